-- Another run that is just writing it down has the same to say.
UPDATE {data.journey_state} AS state
SET ran_at = clock_timestamp(), ran_as_of = $1::timestamptz
FROM (SELECT of.singleton FROM {data.journey_state} AS of FOR NO KEY UPDATE SKIP LOCKED) AS locked
WHERE state.singleton = locked.singleton
