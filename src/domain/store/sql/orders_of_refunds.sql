
    LEFT JOIN (
        SELECT orders.link, pg_catalog.bool_or(orders.counts) AS counts, pg_catalog.min(orders.rate) AS rate
        FROM (
            SELECT orders.link, true AS counts, {rate} AS rate FROM {orders} AS orders
            UNION ALL
            SELECT guests.link, false, {rate_of_guests} FROM {left_out} AS guests
            WHERE guests.reason OPERATOR(pg_catalog.=) ANY (ARRAY[{nobody}]::pg_catalog.text[])) AS orders
        WHERE orders.rate IS NOT NULL
        GROUP BY orders.link) AS of_order ON of_order.link OPERATOR(pg_catalog.=) refund.refund_of
