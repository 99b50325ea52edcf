SELECT freed.*, permit.permitted_at, permit.deadline,
    CASE WHEN freed.objection IS NOT NULL THEN 'passed over'
        WHEN permit.permitted_at <= {now} THEN 'acted'
        WHEN permit.deadline <= {now} AND freed.postponed_since IS NOT NULL THEN 'dropped'
        ELSE 'postponed' END AS verdict,
    {hindrance} AS hindrance
FROM freed, LATERAL (SELECT {permitted} AS permitted_at, {deadline} AS deadline OFFSET 0) AS permit
