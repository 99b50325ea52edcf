-- A customer whose action was decided before, and was sent or will not be, goes on from then.
SELECT freed.*, permit.permitted_at, permit.deadline, CASE WHEN freed.action IS NULL THEN {now} ELSE freed.step_since END AS since,
    CASE WHEN freed.action IS NOT NULL THEN 'settled'
        WHEN freed.objection IS NOT NULL THEN 'passed over'
        WHEN permit.permitted_at <= {now} THEN 'acted'
        WHEN permit.deadline <= {now} AND freed.postponed_since IS NOT NULL THEN 'dropped'
        ELSE 'postponed' END AS verdict,
    {hindrance} AS hindrance
FROM freed, LATERAL (SELECT {permitted} AS permitted_at, {deadline} AS deadline OFFSET 0) AS permit
