-- The first profiles are not moves: where the customers were before is not known.
INSERT INTO {profile} ({columns}, stage_since, segment_since)
SELECT {columns}, {now}, {now} FROM ({scored_rows}) AS scored
