SELECT capped.*, {free_at} AS free_at FROM capped OFFSET 0
