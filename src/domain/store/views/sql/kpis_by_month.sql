FROM (SELECT month.month, month.month + '1 month'::interval <= span.last AS complete, coalesce(moves.moved, 0) AS moved,
        (month.month + '1 month'::interval)::date AS next_month
    FROM (SELECT date_trunc('month', min(kpi.day)::timestamp) AS first, max(kpi.day)::timestamp AS last FROM {data.kpi} AS kpi) AS span
    CROSS JOIN LATERAL generate_series(span.first, span.last, '1 month'::interval) AS start (at)
    CROSS JOIN LATERAL (SELECT start.at::date AS month) AS month
    LEFT JOIN (SELECT date_trunc('month', kpi.day::timestamp)::date AS month, sum(kpi.moved)::int8 AS moved
        FROM {data.kpi} AS kpi GROUP BY 1) AS moves ON moves.month = month.month) AS months
CROSS JOIN LATERAL (SELECT kpi.* FROM {data.kpi} AS kpi WHERE kpi.day < months.next_month ORDER BY kpi.day DESC LIMIT 1) AS kpi
LEFT JOIN (SELECT date_trunc('month', sales.day::timestamp)::date AS month, sum(sales.orders)::int8 AS orders,
        sum(sales.revenue) AS revenue
    FROM {own.sales} AS sales GROUP BY 1) AS sold ON sold.month = months.month
ORDER BY months.month
