WITH entries AS MATERIALIZED (
    SELECT enrollment.customer, enrollment.journey, enrollment.version, enrollment.entry, enrollment.step, enrollment.round,
        enrollment.entered_at, enrollment.goal_until, enrollment.ended_at
    FROM {data.enrollment} AS enrollment
    WHERE enrollment.customer = ANY ($1::{key}[])),
firsts AS (
    SELECT DISTINCT ON (entries.customer, entries.journey) entries.customer, entries.journey, entries.entered_at, entries.goal_until
    FROM entries
    ORDER BY entries.customer, entries.journey, entries.entry),
named AS MATERIALIZED (
    SELECT firsts.customer, firsts.journey, {made_up} AS anonymous,
        GREATEST(COALESCE({ext.total_spend}(history.purchases, COALESCE(firsts.goal_until, $2::timestamptz, firsts.entered_at))
            - {ext.total_spend}(history.purchases, firsts.entered_at), 0), 0) AS spend
    FROM firsts LEFT JOIN {data.history} AS history ON history.customer = firsts.customer),
kept AS (
    INSERT INTO {data.anonymous} (customer, spend) SELECT named.anonymous, named.spend FROM named),
of_entries AS (
    UPDATE {data.enrollment} AS enrollment
    SET customer = named.anonymous, bucket = 0, due_at = NULL, event = NULL, occasion_key = NULL, order_key = NULL, ended_at = COALESCE(enrollment.ended_at, {now}),
        outcome = COALESCE(enrollment.outcome, 'forgotten'), postponed_since = NULL, postponed_reason = NULL
    FROM named
    WHERE enrollment.customer = named.customer AND enrollment.journey = named.journey
    RETURNING enrollment.entry),
of_events AS (
    UPDATE {data.event} AS event
    SET customer = named.anonymous, provider_id = NULL, detail = NULL, topic = NULL, processed = true
    FROM {data.action} AS action JOIN named ON named.customer = action.customer AND named.journey = action.journey
    WHERE action.id = event.action AND action.customer = event.customer
    RETURNING event.id),
of_actions AS (
    UPDATE {data.action} AS action
    SET customer = named.anonymous, is_anonymous = true, payload = NULL, error = NULL, message_id = NULL, claimed_by = NULL,
        claimable_at = NULL, processed = true,
        status = CASE WHEN action.status IN ('pending', 'claimed') THEN 'cancelled' ELSE action.status END,
        reason = CASE WHEN action.status IN ('pending', 'claimed') THEN 'forgotten' ELSE action.reason END
    FROM named
    WHERE action.customer = named.customer AND action.journey = named.journey
    RETURNING action.id),
of_decisions AS (
    UPDATE {data.decision} AS decision
    SET customer = named.anonymous, reason = CASE WHEN decision.kind <> 'entered' THEN decision.reason END
    FROM named
    WHERE decision.customer = named.customer AND decision.journey = named.journey
    RETURNING decision.id),
ended AS (
    INSERT INTO {data.decision} (customer, journey, version, entry, step, round, decided_at, kind, reason)
    SELECT named.anonymous, entries.journey, entries.version, entries.entry, entries.step, entries.round, {now}, 'left', 'forgotten'
    FROM entries JOIN named ON named.customer = entries.customer AND named.journey = entries.journey
    WHERE entries.ended_at IS NULL)
SELECT (SELECT count(*) FROM of_entries), (SELECT count(*) FROM of_actions), (SELECT count(*) FROM of_decisions),
    (SELECT count(*) FROM of_events)
