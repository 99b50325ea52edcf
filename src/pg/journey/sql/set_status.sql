UPDATE {data.journey} AS journey SET status = $1, held_since = NULL, held_reason = NULL WHERE journey.journey = {journey}
