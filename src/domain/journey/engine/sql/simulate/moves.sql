-- The moves between two profiles that are made of the same histories by the same borders: those of the customers and of time.
INSERT INTO {table.movement} (customer, at, kind, stage_refitted, segment_refitted, stage_before, stage_after, segment_before, segment_after)
SELECT after.customer, {now}, 'moved', false, false, before.stage, after.stage, before.segment, after.segment
FROM {before} AS before JOIN {after} AS after ON after.customer = before.customer
WHERE before.stage IS DISTINCT FROM after.stage OR before.segment IS DISTINCT FROM after.segment
