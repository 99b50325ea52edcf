-- A customer who left before the action was sent stands at that step still. The instant passes through text as microseconds since 2000.
WITH enrolled AS MATERIALIZED (
    SELECT action.id, action.customer, action.journey, action.entry, action.step, action.decided_at, action.expires_at, action.attempts,
        enrollment.entered_at, enrollment.step_since, enrollment.outcome, enrollment.triggered_at, enrollment.event, enrollment.occasion_key,
        enrollment.order_key,
        COALESCE(enrollment.outcome IN ('goal', 'left', 'cancelled', {objections}) AND enrollment.step = action.step AND enrollment.round = action.round,
            false) AS left_early
    FROM {data.action} AS action
        LEFT JOIN {data.enrollment} AS enrollment
            ON enrollment.customer = action.customer AND enrollment.journey = action.journey AND enrollment.entry = action.entry
    WHERE action.id = ANY ($1::int8[])),
{fresh}considered AS (
{considered}),
capped AS (SELECT {capped} FROM considered OFFSET 0),
freed AS (SELECT capped.*, {free_at} AS free_at FROM capped OFFSET 0),
permitted AS (SELECT freed.*, {permitted} AS permitted_at, {hindrance} AS hindrance FROM freed OFFSET 0),
judged AS MATERIALIZED (
    SELECT permitted.id, GREATEST(permitted.permitted_at, verdict.waits_until) AS permitted_at, permitted.deadline, permitted.bound, verdict.status,
        verdict.reason
    FROM permitted,
        LATERAL (SELECT CASE WHEN permitted.refusal = 'no consent' THEN 'no consent'
                WHEN permitted.lacks_address AND NOT permitted.is_unseen THEN 'no address'
                WHEN permitted.is_no_recipient THEN 'no test recipient' END AS lacking,
            CASE WHEN permitted.lacks_address AND permitted.is_unseen THEN 'no profile yet' WHEN permitted.misses_order THEN 'order not found' END AS awaits,
            CASE WHEN permitted.refusal <> 'no consent' THEN permitted.refusal END AS objection OFFSET 0) AS found,
        LATERAL (SELECT CASE WHEN permitted.deadline <= {now} THEN 'dropped'
                WHEN COALESCE(permitted.left_by, found.objection) IS NOT NULL THEN 'cancelled'
                WHEN found.lacking IS NOT NULL THEN CASE WHEN permitted.attempts = 0 THEN 'withheld' ELSE 'cancelled' END
                WHEN permitted.permitted_at > {now} OR found.awaits IS NOT NULL THEN 'pending'
                ELSE 'claimed' END AS status,
            CASE WHEN permitted.deadline <= {now} THEN 'too late'
                ELSE COALESCE(permitted.left_by, found.objection, found.lacking,
                    CASE WHEN permitted.permitted_at > {now} THEN permitted.hindrance ELSE found.awaits END)
                END AS reason,
            CASE WHEN found.awaits IS NOT NULL THEN {now} + '10 minutes'::interval END AS waits_until OFFSET 0) AS verdict)
UPDATE {data.action} AS action
SET status = judged.status, reason = judged.reason,
    claimable_at = CASE judged.status WHEN 'claimed' THEN $4::timestamptz WHEN 'pending' THEN LEAST(judged.permitted_at, judged.deadline) END,
    attempts = CASE judged.status WHEN 'claimed' THEN action.attempts + 1 ELSE action.attempts END,
    claimed_by = CASE judged.status WHEN 'claimed' THEN $5 ELSE action.claimed_by END,
    handed_over_at = CASE judged.status WHEN 'claimed' THEN {now} ELSE action.handed_over_at END,
    payload = CASE judged.status WHEN 'claimed' THEN COALESCE(action.payload, judged.bound) ELSE action.payload END,
    processed = judged.status IN ('claimed', 'pending')
FROM judged
WHERE action.id = judged.id
RETURNING action.id, action.status, action.customer, action.template, CASE action.status WHEN 'claimed' THEN action.payload END, action.step,
    (extract(epoch FROM action.decided_at) * 1000000)::int8 - 946684800000000, action.attempts, action.priority, action.incarnation
