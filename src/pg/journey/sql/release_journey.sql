UPDATE {data.journey} AS journey
SET status = 'live', held_since = NULL, held_reason = NULL, held_for_codes = false,
    released_up_to = CASE WHEN journey.held_for_codes AND $1::int4 IS NULL THEN journey.released_up_to ELSE COALESCE($1::int4, 2147483647) END,
    released_from = CASE WHEN journey.held_for_codes AND $1::int4 IS NULL THEN journey.released_from END
WHERE journey.journey = {journey} AND journey.status = 'held'
