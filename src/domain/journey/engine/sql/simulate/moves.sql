INSERT INTO {table.movement} (customer, at, refitted, stage_before, stage_after, segment_before, segment_after)
SELECT COALESCE(after.customer, before.customer), {now}, false, before.stage, after.stage, before.segment, after.segment
FROM {before} AS before FULL JOIN {after} AS after ON after.customer = before.customer
WHERE before.stage IS DISTINCT FROM after.stage OR before.segment IS DISTINCT FROM after.segment
