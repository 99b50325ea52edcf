UPDATE {table.journey_state} SET sweep_of = $1::timestamptz, sweep_next = {next}
