-- The amounts of rows that belong to no customer, less the refunds of their orders, as the last refresh that read all rows has counted them;
-- NULL if none has.
SELECT COALESCE((
    SELECT sum(CASE WHEN found.key IN ({orders}) THEN (found.value ->> 'amount')::numeric ELSE - abs((found.value ->> 'amount')::numeric) END)
    FROM jsonb_each(log.orders_left_out) AS found
    WHERE found.key IN ({orders}, {refunds})), 0)
FROM lifecycle.refresh_log AS log
WHERE log.store = {store} AND log.orders_left_out IS NOT NULL
ORDER BY log.id DESC LIMIT 1
