DELETE FROM lifecycle.refresh_log AS l WHERE store = $1 AND started_at < now() - interval '90 days'
    AND EXISTS (SELECT FROM lifecycle.refresh_log AS m
        WHERE m.store = l.store AND m.id > l.id AND m.finished_at IS NOT NULL)
