UPDATE {data.journey_state} SET swept_at = NULL, sweep_of = NULL, sweep_next = NULL
