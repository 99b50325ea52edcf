INSERT INTO {data.crash_marker} VALUES (clock_timestamp())
