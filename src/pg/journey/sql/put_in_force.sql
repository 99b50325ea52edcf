-- What moved before the first start is no occasion; what moved since it is, whichever version was in force.
UPDATE {data.journey} AS journey
SET version = {version}, started_at = COALESCE($1::timestamptz, journey.started_at, now()),
    movement_seen = CASE WHEN journey.started_at IS NULL
        THEN (SELECT COALESCE(max(movement.id), 0) FROM {data.movement} AS movement
            WHERE movement.at <= COALESCE($1::timestamptz, 'infinity')) ELSE journey.movement_seen END,
    joined_seen = CASE WHEN journey.started_at IS NULL
        THEN (SELECT COALESCE(max(log.id), 0) FROM {data.audience_log} AS log
            WHERE log.at <= COALESCE($1::timestamptz, 'infinity')) ELSE journey.joined_seen END
WHERE journey.journey = {journey}
