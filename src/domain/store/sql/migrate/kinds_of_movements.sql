UPDATE {data.movement} SET stage_refitted = refitted, segment_refitted = refitted,
    registered_at = CASE WHEN stage_before IS NULL THEN at END,
    kind = CASE WHEN stage_before IS NULL THEN 'appeared' WHEN stage_after IS NULL THEN 'vanished' ELSE 'moved' END
