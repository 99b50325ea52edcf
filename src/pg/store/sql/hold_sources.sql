INSERT INTO {data.hold} (kind, since, reason) VALUES ('source', clock_timestamp(), 'its tables are let go by lifecycle.detach_source')
ON CONFLICT (kind) DO NOTHING
