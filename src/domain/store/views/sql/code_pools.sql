-- As in the view of the codes.
FROM (SELECT code.pool, count(*) AS codes, count(*) FILTER (WHERE code.action IS NULL) AS free,
        count(*) FILTER (WHERE code.action IS NOT NULL AND used.code IS NOT NULL) AS used, max(code.taken_at) AS last_taken_at
    FROM {data.code} AS code
    LEFT JOIN (SELECT placed.code, max(placed.at) AS last_at FROM {orders} AS placed GROUP BY placed.code) AS used
        ON used.code = lower(code.code) AND used.last_at > code.taken_at - '1 day'::interval
    GROUP BY code.pool) AS pool
