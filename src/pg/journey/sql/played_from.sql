UPDATE {data.journey_state} SET ran_at = clock_timestamp(), ran_as_of = COALESCE($1::timestamptz, clock_timestamp())
