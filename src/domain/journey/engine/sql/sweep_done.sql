UPDATE {table.journey_state} SET swept_at = $1::timestamptz, sweep_of = NULL, sweep_next = NULL
