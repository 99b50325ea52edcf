UPDATE {table.journey_state} SET swept_at = NULL
