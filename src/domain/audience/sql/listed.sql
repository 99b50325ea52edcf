SELECT change.customer::text, change.kind, CASE WHEN profile.customer IS NOT NULL THEN {json} END, change.version
FROM (
    SELECT change.customer, change.kind, change.version FROM {data.profile_change} AS change
    WHERE {is_after} AND change.version <= {upto}::int8
    ORDER BY change.version, change.customer LIMIT {limit}) AS change
    LEFT JOIN {data.profile} AS profile ON profile.customer = change.customer AND change.kind = 'changed'
ORDER BY change.version, change.customer
