INSERT INTO {data.watermark} AS w (source, high, reconciled_at)
VALUES ($1, $2, CASE WHEN $3::boolean THEN clock_timestamp() END)
ON CONFLICT (source) DO UPDATE SET high = excluded.high, reconciled_at = COALESCE(excluded.reconciled_at, w.reconciled_at)
