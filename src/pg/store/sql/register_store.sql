INSERT INTO lifecycle.store (store, settings, key_type, owner, orders, customers, events, reader, made_reader, kept_in,
    layout, attached_at, as_of)
VALUES ($1, $2::jsonb, $3, $4, $5::oid, $6::oid, $7::oid, $8, $9::bool, $10::oid,
    $11::int4, COALESCE($12::timestamptz, now()), $13::timestamptz)
