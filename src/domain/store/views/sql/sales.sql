FROM (WITH bought AS (
        SELECT (purchase.purchased_at AT TIME ZONE {zone})::date AS day, count(*) FILTER (WHERE purchase.amount >= 0) AS orders,
            sum(purchase.amount) AS revenue, count(DISTINCT history.customer) FILTER (WHERE purchase.amount >= 0) AS customers
        FROM {data.history} AS history CROSS JOIN LATERAL {ext.purchases}(history.purchases, {as_of}) AS purchase
        WHERE {as_of} IS NOT NULL GROUP BY 1)
    SELECT days.day, coalesce(bought.orders, 0) AS orders, coalesce(round(bought.revenue, 2), 0.00) AS revenue,
        coalesce(bought.customers, 0) AS customers, days.as_of
    FROM (SELECT span.first + later.days AS day, span.as_of
        FROM (SELECT min(bought.day) AS first, {as_of} AS as_of FROM bought) AS span
        CROSS JOIN LATERAL generate_series(0, (span.as_of AT TIME ZONE {zone})::date - span.first) AS later (days)) AS days
    LEFT JOIN bought ON bought.day = days.day) AS sold
ORDER BY sold.day
