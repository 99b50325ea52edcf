COALESCE((SELECT bool_and(placed.order_key COLLATE pg_catalog."C" <> enrolled.order_key)
    FROM (SELECT line.order_key, min(line.ordered_at) AS ordered_at
            FROM {data.source_orders} AS line WHERE line.customer = enrolled.customer GROUP BY line.order_key) AS placed
    WHERE placed.ordered_at = enrolled.triggered_at), false)
