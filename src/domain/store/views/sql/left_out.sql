FROM (
    SELECT log.as_of, log.orders_left_out
    FROM lifecycle.refresh_log AS log
    WHERE log.store = {store} AND log.orders_left_out IS NOT NULL
    ORDER BY log.id DESC LIMIT 1) AS counted
    CROSS JOIN LATERAL jsonb_each(counted.orders_left_out) AS found
ORDER BY (found.value ->> 'rows')::int8 DESC, found.key
