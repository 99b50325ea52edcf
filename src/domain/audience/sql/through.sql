-- In the order of the keys: profiles, and between them the customers who are gone since the reader came last.
SELECT page.customer::text, page.kind, CASE WHEN profile.customer IS NOT NULL THEN {json} END
FROM (
    (SELECT profile.customer, 'changed' AS kind FROM {data.profile} AS profile
        WHERE {is_after_profile} AND {has_changed} ORDER BY profile.customer LIMIT {limit})
    UNION ALL
    (SELECT change.customer, change.kind FROM {data.profile_change} AS change
        WHERE {is_after_change} AND {is_gone} ORDER BY change.customer LIMIT {limit})
    ORDER BY 1 LIMIT {limit}) AS page
    LEFT JOIN {data.profile} AS profile ON profile.customer = page.customer AND page.kind = 'changed'
ORDER BY page.customer
