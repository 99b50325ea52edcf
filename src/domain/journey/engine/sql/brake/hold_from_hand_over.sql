-- What the owner has released, and what counts since then, stays as it is: that codes are missing says nothing about it.
UPDATE {data.journey} AS journey
SET status = 'held', held_since = clock_timestamp(), held_reason = $1, held_for_codes = true,
    held_event = LEAST(journey.held_event, {next_event})
FROM (SELECT live.journey FROM {data.journey} AS live
        WHERE live.journey = {journey} AND live.status = 'live' FOR NO KEY UPDATE SKIP LOCKED) AS live
WHERE journey.journey = live.journey
