(SELECT min(placed.order_key COLLATE pg_catalog."C")
    FROM (SELECT line.order_key, min(line.ordered_at) AS ordered_at
            FROM {data.source_orders} AS line WHERE line.customer = {customer} GROUP BY line.order_key) AS placed
    WHERE placed.ordered_at = {at})
