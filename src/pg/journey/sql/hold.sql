INSERT INTO {data.hold} (kind, since, reason) VALUES ('owner', clock_timestamp(), $1)
ON CONFLICT (kind) DO UPDATE SET reason = excluded.reason
