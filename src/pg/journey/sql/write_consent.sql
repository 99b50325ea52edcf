INSERT INTO {data.consent} (customer, channel, given_at, evidence, withdrawn_at)
VALUES ($1::{key}, $2, $3::timestamptz, $4, $5::timestamptz)
