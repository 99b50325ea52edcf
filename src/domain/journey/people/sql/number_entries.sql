-- The entry that is under way is the last.
WITH numbered AS MATERIALIZED (
    SELECT enrollment.customer, enrollment.journey, enrollment.entry, - row_number() OVER (PARTITION BY enrollment.journey
        ORDER BY enrollment.due_at IS NOT NULL, enrollment.triggered_at, enrollment.entered_at, enrollment.customer, enrollment.entry)::int4 AS number
    FROM {data.enrollment} AS enrollment
    WHERE enrollment.customer IN ($1::{key}, $2::{key})),
of_entries AS (
    UPDATE {data.enrollment} AS enrollment SET customer = $2::{key}, entry = numbered.number, bucket = {bucket}
    FROM numbered
    WHERE enrollment.customer = numbered.customer AND enrollment.journey = numbered.journey AND enrollment.entry = numbered.entry
    RETURNING numbered.customer),
of_actions AS (
    UPDATE {data.action} AS action SET customer = $2::{key}, entry = numbered.number
    FROM numbered
    WHERE action.customer = numbered.customer AND action.journey = numbered.journey AND action.entry = numbered.entry
    RETURNING numbered.customer),
of_decisions AS (
    UPDATE {data.decision} AS decision SET customer = $2::{key}, entry = numbered.number
    FROM numbered
    WHERE decision.customer = numbered.customer AND decision.journey = numbered.journey AND decision.entry = numbered.entry
    RETURNING numbered.customer)
SELECT (SELECT count(*) FROM of_entries WHERE of_entries.customer = $1::{key}),
    (SELECT count(*) FROM of_actions WHERE of_actions.customer = $1::{key}),
    (SELECT count(*) FROM of_decisions WHERE of_decisions.customer = $1::{key})
