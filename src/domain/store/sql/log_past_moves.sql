-- The moves between two profiles that are made of the same histories by the same borders: those of the customers and of time.
INSERT INTO {movement} (customer, at, kind, stage_refitted, segment_refitted, stage_before, stage_after, segment_before, segment_after)
SELECT scored.customer, {now}, 'moved', false, false, stored.stage, scored.stage, stored.segment, scored.segment
FROM {profile} AS stored JOIN ({scored_rows}) AS scored ON scored.customer = stored.customer
WHERE stored.stage IS DISTINCT FROM scored.stage OR stored.segment IS DISTINCT FROM scored.segment
