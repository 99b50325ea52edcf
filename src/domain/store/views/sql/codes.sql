-- An order of which only the day is known lies at its beginning.
FROM {data.code} AS code
LEFT JOIN {data.action} AS action ON action.id = code.action
LEFT JOIN {data.journey} AS journey ON journey.journey = action.journey
LEFT JOIN (SELECT DISTINCT ON (given.code) given.code, placed.at, placed.customer
        FROM {data.code} AS given JOIN {orders} AS placed ON placed.code = lower(given.code) AND placed.at > given.taken_at - '1 day'::interval
        ORDER BY given.code, placed.at) AS used ON used.code = code.code
WHERE code.action IS NOT NULL
