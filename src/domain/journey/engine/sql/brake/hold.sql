UPDATE {data.journey} AS journey
SET status = 'held', held_since = clock_timestamp(), held_reason = $1, held_event = LEAST(journey.held_event, {event}), released_up_to = NULL,
    released_from = NULL, held_for_codes = false
WHERE journey.journey = {journey} AND journey.status = 'live'
