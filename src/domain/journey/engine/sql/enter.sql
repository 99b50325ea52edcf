WITH eligible AS MATERIALIZED (
    SELECT occasion.customer, occasion.triggered_at, occasion.reason, occasion.event, occasion.key, occasion.key AS occasion_key,
        COALESCE(occasion.order_key, {order_key}) AS order_key, occasion.entry, occasion.zone, {now} AS entered_at, {now} AS step_since,
        {control} AS control
    FROM (
{eligible}) AS occasion),
entering AS MATERIALIZED (
    SELECT enrolled.*, {due} AS due_at, {goal_until} AS goal_until, {outcome} AS outcome
    FROM eligible AS enrolled
        LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
        {history_of.enrolled}),
{known}entered AS (
    INSERT INTO {table.enrollment} (customer, journey, entry, bucket, version, step, round, entered_at, triggered_at, step_since,
        due_at, control, store_control, is_called, goal_until, ended_at, outcome, goal_at, event, occasion_key, order_key)
    SELECT entering.customer, {journey}, entering.entry, {bucket}, {version}, 1, 1, {now}, entering.triggered_at, {now},
        CASE WHEN entering.outcome IS NULL THEN entering.due_at END, entering.control, {store_control}, {is_called}, entering.goal_until,
        CASE WHEN entering.outcome IS NOT NULL THEN {now} END, entering.outcome, CASE WHEN entering.outcome = 'goal' THEN {now} END, entering.event, entering.key, entering.order_key
    FROM entering
    ON CONFLICT (customer, journey, entry) DO NOTHING
    RETURNING customer, entry, outcome),
noted AS (
INSERT INTO {table.decision} (customer, journey, version, entry, step, round, decided_at, kind, reason)
SELECT entering.customer, {journey}, {version}, entering.entry, 1, 1, {now}, note.kind, note.reason
FROM entering JOIN entered ON entered.customer = entering.customer AND entered.entry = entering.entry,
    LATERAL (VALUES ('entered', entering.reason), ('left', entered.outcome)) AS note (kind, reason)
WHERE note.kind = 'entered' OR note.reason IS NOT NULL
RETURNING kind)
SELECT count(*) FILTER (WHERE noted.kind = 'entered')::text, count(*) FILTER (WHERE noted.kind = 'left')::text FROM noted
