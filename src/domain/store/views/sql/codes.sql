FROM {data.code} AS code
LEFT JOIN {data.action} AS action ON action.id = code.action
LEFT JOIN {data.journey} AS journey ON journey.journey = action.journey
LEFT JOIN (SELECT DISTINCT ON (placed.code) placed.code, placed.at, placed.customer
        FROM {orders} AS placed ORDER BY placed.code, placed.at) AS used ON used.code = lower(code.code)
WHERE code.action IS NOT NULL
