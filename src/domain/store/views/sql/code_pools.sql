FROM (SELECT code.pool, count(*) AS codes, count(*) FILTER (WHERE code.action IS NULL) AS free,
        count(*) FILTER (WHERE code.action IS NOT NULL AND used.code IS NOT NULL) AS used, max(code.taken_at) AS last_taken_at
    FROM {data.code} AS code
    LEFT JOIN (SELECT DISTINCT placed.code FROM {orders} AS placed) AS used ON used.code = lower(code.code)
    GROUP BY code.pool) AS pool
