UPDATE {data.journey} AS journey SET status = $1, held_since = NULL, held_reason = NULL, held_for_codes = false
WHERE journey.journey = {journey}
