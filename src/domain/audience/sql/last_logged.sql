-- The last row of the log of an audience, $1, or that was there before it was purged; up to which row it was; and the last row that any log
-- may have had.
SELECT GREATEST((SELECT max(log.id) FROM {data.audience_log} AS log WHERE log.audience = audience.number), audience.purged), audience.purged,
    COALESCE(pg_sequence_last_value(pg_get_serial_sequence({log}, 'id')::regclass), 0)
FROM {data.audience} AS audience WHERE audience.number = $1::int4
