FROM (WITH sold AS (
        SELECT (p.purchased_at AT TIME ZONE {zone})::date AS day, count(*) FILTER (WHERE p.amount >= 0) AS orders,
            sum(p.amount) AS revenue, count(DISTINCT h.customer) FILTER (WHERE p.amount >= 0) AS customers
        FROM {data.history} AS h CROSS JOIN LATERAL {ext.purchases}(h.purchases, {as_of}) AS p
        WHERE {as_of} IS NOT NULL GROUP BY 1)
    SELECT d.day, coalesce(s.orders, 0) AS orders, coalesce(round(s.revenue, 2), 0.00) AS revenue,
        coalesce(s.customers, 0) AS customers, d.as_of
    FROM (SELECT f.first + n.days AS day, f.as_of
        FROM (SELECT min(s.day) AS first, {as_of} AS as_of FROM sold AS s) AS f
        CROSS JOIN LATERAL generate_series(0, (f.as_of AT TIME ZONE {zone})::date - f.first) AS n (days)) AS d
    LEFT JOIN sold AS s ON s.day = d.day) AS s
ORDER BY s.day
