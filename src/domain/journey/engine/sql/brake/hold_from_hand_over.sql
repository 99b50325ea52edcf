UPDATE {data.journey} AS journey
SET status = 'held', held_since = clock_timestamp(), held_reason = $1, released_up_to = NULL, released_from = NULL
FROM (SELECT live.journey FROM {data.journey} AS live
        WHERE live.journey = {journey} AND live.status = 'live' FOR NO KEY UPDATE SKIP LOCKED) AS live
WHERE journey.journey = live.journey
