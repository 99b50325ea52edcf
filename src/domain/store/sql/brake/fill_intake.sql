-- One row an hour is enough for entries of the past.
INSERT INTO {data.journey_intake} (journey, at, customers)
SELECT enrollment.journey, date_trunc('hour', enrollment.entered_at), count(*)
FROM {data.enrollment} AS enrollment
GROUP BY 1, 2
ORDER BY 2, 1
