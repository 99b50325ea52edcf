FROM (SELECT kpi.day + later.days AS day, kpi.as_of, kpi.prospects, kpi.new, kpi.active, kpi.at_risk, kpi.lapsed
    FROM (SELECT kpi.*, lead(kpi.day, 1, kpi.day + 1) OVER (ORDER BY kpi.day) AS next_day FROM {data.kpi} AS kpi) AS kpi
    CROSS JOIN LATERAL generate_series(0, kpi.next_day - kpi.day - 1) AS later (days)) AS days
CROSS JOIN LATERAL unnest({stages}, ARRAY[days.prospects, days.new, days.active, days.at_risk, days.lapsed])
    WITH ORDINALITY AS levels (stage, customers, stage_order)
ORDER BY days.day, levels.stage_order
