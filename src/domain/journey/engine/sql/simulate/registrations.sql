INSERT INTO {table.movement} (customer, at, refitted, stage_before, stage_after, segment_before, segment_after)
SELECT movement.customer, movement.at, movement.refitted, movement.stage_before, movement.stage_after, movement.segment_before,
    movement.segment_after
FROM {data.movement} AS movement
WHERE movement.stage_before IS NULL AND {when}
