SELECT last_value::text FROM {sequence}
