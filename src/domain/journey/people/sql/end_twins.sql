-- Entries of different keys go on side by side. Of two others the one that goes on has sent most, or else has come further. Where the other
-- customer has been through by the same occasion, or through a journey of $3 that is entered once, none goes on.
WITH under_way AS (
    SELECT enrollment.customer, enrollment.journey, enrollment.version, enrollment.entry, enrollment.step, enrollment.round, enrollment.occasion_key,
        row_number() OVER (PARTITION BY enrollment.journey, enrollment.occasion_key ORDER BY (
            SELECT count(*) FROM {data.action} AS action
            WHERE action.customer = enrollment.customer AND action.journey = enrollment.journey AND action.entry = enrollment.entry
                AND action.status IN ('done', 'claimed')) DESC,
            enrollment.step DESC, enrollment.round DESC, enrollment.entered_at, enrollment.customer = $2::{key} DESC) AS place
    FROM {data.enrollment} AS enrollment
    WHERE enrollment.customer IN ($1::{key}, $2::{key}) AND enrollment.due_at IS NOT NULL),
ending AS MATERIALIZED (
    SELECT under_way.* FROM under_way
    WHERE under_way.place > 1 OR (under_way.occasion_key IS NOT NULL OR under_way.journey = ANY ($3::int4[])) AND EXISTS (
        SELECT FROM {data.enrollment} AS past JOIN {data.action} AS sent
            ON sent.customer = past.customer AND sent.journey = past.journey AND sent.entry = past.entry AND sent.status = 'done'
        WHERE past.customer IN ($1::{key}, $2::{key}) AND past.customer <> under_way.customer AND past.journey = under_way.journey
            AND past.due_at IS NULL AND past.occasion_key IS NOT DISTINCT FROM under_way.occasion_key)),
cancelled AS (
    UPDATE {data.action} AS action
    SET status = 'cancelled', claimable_at = NULL, reason = 'merged', processed = true
    FROM ending
    WHERE action.customer = ending.customer AND action.journey = ending.journey AND action.entry = ending.entry
        AND action.status IN ('pending', 'claimed')),
noted AS (
    INSERT INTO {data.decision} (customer, journey, version, entry, step, round, decided_at, kind, reason)
    SELECT ending.customer, ending.journey, ending.version, ending.entry, ending.step, ending.round, {now}, 'left', 'merged' FROM ending)
UPDATE {data.enrollment} AS enrollment
SET due_at = NULL, ended_at = {now}, outcome = 'merged', postponed_since = NULL, postponed_reason = NULL
FROM ending
WHERE enrollment.customer = ending.customer AND enrollment.journey = ending.journey AND enrollment.entry = ending.entry
