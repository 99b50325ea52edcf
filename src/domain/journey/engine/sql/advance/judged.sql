-- OFFSET 0 has the condition of a wait computed once.
SELECT enrolled.*, {zone} AS zone, {target} AS target, waited.came
FROM due AS enrolled
    LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
    {history_of.enrolled}
    CROSS JOIN LATERAL (SELECT {came} AS came OFFSET 0) AS waited
