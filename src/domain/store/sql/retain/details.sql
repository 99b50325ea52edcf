-- Takes the details from events, but for those that an entry goes by which is under way or has ended since, and not while a journey is
-- held or paused, which may have to look at them.
WITH old AS (
    SELECT event.id FROM {data.event} AS event
    WHERE event.detail IS NOT NULL AND event.processed AND event.at < {before}
        AND NOT EXISTS (SELECT FROM {data.enrollment} AS enrollment
            WHERE enrollment.event = event.id AND (enrollment.ended_at IS NULL OR enrollment.ended_at >= {before}))
        AND NOT EXISTS (SELECT FROM {data.journey} AS journey WHERE journey.status IN ('held', 'paused'))
    ORDER BY event.id
    FOR NO KEY UPDATE SKIP LOCKED)
UPDATE {data.event} AS event SET detail = NULL FROM old WHERE event.id = old.id
