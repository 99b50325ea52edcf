UPDATE {data.journey} AS journey
SET status = 'live', held_since = NULL, held_reason = NULL, released_up_to = $1::int4, released_from = NULL
WHERE journey.journey = {journey} AND journey.status = 'held'
