-- How many customers enter within each of the durations $1: as many as in the simulation by then, and beyond its end at the pace of its
-- second half, for a journey may begin with many customers who have waited for it.
WITH first_entries AS MATERIALIZED (
{first_entries})
SELECT round(entered.by_then + COALESCE(entered.late * extract(epoch FROM GREATEST({since} + asked.duration - {until}, '0'::interval))
    / NULLIF(extract(epoch FROM {until} - {since}) / 2, 0), 0))::int8::text
FROM unnest($1::interval[]) WITH ORDINALITY AS asked (duration, number)
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE first.entered_at < {since} + asked.duration) AS by_then,
            count(*) FILTER (WHERE first.entered_at > {since} + ({until} - {since}) / 2) AS late
        FROM first_entries AS first) AS entered
ORDER BY asked.number
