FROM (SELECT k.day + n.days AS day, k.as_of, k.prospects, k.new, k.active, k.at_risk, k.lapsed
    FROM (SELECT k.*, lead(k.day, 1, k.day + 1) OVER (ORDER BY k.day) AS next_day FROM {data.kpi} AS k) AS k
    CROSS JOIN LATERAL generate_series(0, k.next_day - k.day - 1) AS n (days)) AS d
CROSS JOIN LATERAL unnest({stages}, ARRAY[d.prospects, d.new, d.active, d.at_risk, d.lapsed])
    WITH ORDINALITY AS s (stage, customers, stage_order)
ORDER BY d.day, s.stage_order
