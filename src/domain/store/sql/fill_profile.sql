-- The first profiles are not moves: where the customers were before is not known.
INSERT INTO {profile} ({columns}, stage_since, segment_since, lifecycle_version)
SELECT {columns}, {now}, {now}, {version} FROM ({scored_rows}) AS scored
