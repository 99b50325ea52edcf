-- The first entry of each customer in a simulation, but for the store's control group, which no journey's result counts.
SELECT first.customer, first.entered_at, first.goal_until
FROM (SELECT DISTINCT ON (enrollment.customer) enrollment.customer, enrollment.entered_at, enrollment.goal_until, enrollment.control
    FROM {table.enrollment} AS enrollment
    ORDER BY enrollment.customer, enrollment.entry) AS first
WHERE first.control IS DISTINCT FROM 'store'
