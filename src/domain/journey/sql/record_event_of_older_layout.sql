INSERT INTO {data.event} (customer, kind, at, action, channel, provider_id, detail)
VALUES ($1::{key}, $2, $3::timestamptz, $4::int8, $5, $6, $7::jsonb)
ON CONFLICT (provider_id) DO NOTHING
RETURNING id
