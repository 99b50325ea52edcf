-- The amounts of rows that belong to no customer, as the last refresh that read all rows has counted them; NULL if none has.
SELECT COALESCE((
    SELECT sum((found.value ->> 'amount')::numeric) FROM jsonb_each(log.orders_left_out) AS found
    WHERE found.key IN ('no customer', 'guest')), 0)
FROM lifecycle.refresh_log AS log
WHERE log.store = {store} AND log.orders_left_out IS NOT NULL
ORDER BY log.id DESC LIMIT 1
