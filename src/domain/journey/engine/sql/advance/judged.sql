-- OFFSET 0 has the condition of a wait computed once.
SELECT enrolled.*, {zone} AS zone, {target} AS target, waited.came
FROM due AS enrolled
    LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
    LEFT JOIN {data.history} AS history ON history.customer = enrolled.customer
    CROSS JOIN LATERAL (SELECT {came} AS came OFFSET 0) AS waited
