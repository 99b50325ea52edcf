INSERT INTO {table.movement} (customer, at, kind, registered_at, stage_refitted, segment_refitted, stage_before, stage_after,
    segment_before, segment_after)
SELECT movement.customer, movement.at, movement.kind, movement.registered_at, false, false, movement.stage_before, movement.stage_after,
    movement.segment_before, movement.segment_after
FROM {data.movement} AS movement
WHERE movement.kind = 'appeared' AND {when}
