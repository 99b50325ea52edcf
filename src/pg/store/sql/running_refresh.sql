SELECT store, as_of, asked_as_of IS NOT NULL FROM lifecycle.refresh_log
WHERE id = $1::int8 AND finished_at IS NULL
