FROM (SELECT m.month, m.month + '1 month'::interval <= s.last AS complete, coalesce(c.moved, 0) AS moved,
        (m.month + '1 month'::interval)::date AS next_month
    FROM (SELECT date_trunc('month', min(k.day)::timestamp) AS first, max(k.day)::timestamp AS last FROM {data.kpi} AS k) AS s
    CROSS JOIN LATERAL generate_series(s.first, s.last, '1 month'::interval) AS t (at)
    CROSS JOIN LATERAL (SELECT t.at::date AS month) AS m
    LEFT JOIN (SELECT date_trunc('month', k.day::timestamp)::date AS month, sum(k.moved)::int8 AS moved FROM {data.kpi} AS k GROUP BY 1) AS c
        ON c.month = m.month) AS m
CROSS JOIN LATERAL (SELECT k.* FROM {data.kpi} AS k WHERE k.day < m.next_month ORDER BY k.day DESC LIMIT 1) AS k
LEFT JOIN (SELECT date_trunc('month', s.day::timestamp)::date AS month, sum(s.orders)::int8 AS orders, sum(s.revenue) AS revenue
    FROM {own.sales} AS s GROUP BY 1) AS o ON o.month = m.month
ORDER BY m.month
