UPDATE lifecycle.store SET settings = $2::jsonb, orders = $3::oid, customers = $4::oid, events = $5::oid, reader = $6,
    made_reader = $7::bool, rebuild_due = rebuild_due OR $8::bool, refit_due = refit_due OR $9::bool, key_type = $10
WHERE store = $1
