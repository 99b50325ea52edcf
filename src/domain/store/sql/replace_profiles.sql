-- Rows that are as they were are not touched.
MERGE INTO {profile} AS stored USING ({scored_rows}) AS scored ON stored.customer = scored.customer
WHEN MATCHED AND ROW({compared_stored}) IS DISTINCT FROM ROW({compared_scored}) THEN UPDATE SET {set}, lifecycle_version = {version},
    stage_since = CASE WHEN stored.stage = scored.stage THEN stored.stage_since ELSE {now} END,
    segment_since = CASE WHEN stored.segment = scored.segment THEN stored.segment_since ELSE {now} END
WHEN NOT MATCHED THEN INSERT ({columns}, stage_since, segment_since, lifecycle_version)
    VALUES ({values}, {now}, {now}, {version})
