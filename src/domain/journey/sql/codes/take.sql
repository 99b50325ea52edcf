-- The codes that another session is just about to take are passed over. An action that had its code keeps it, and one takes none
-- unless all of its pools have one for it.
WITH need (step, pool) AS (VALUES {needs}),
wanted AS MATERIALIZED (
    SELECT action.id, need.pool
    FROM {data.action} AS action JOIN need ON need.step = action.step
    WHERE action.id = ANY ($1::int8[])),
missing AS MATERIALIZED (
    SELECT wanted.id, wanted.pool, row_number() OVER (PARTITION BY wanted.pool ORDER BY wanted.id) AS place
    FROM wanted
    WHERE NOT EXISTS (SELECT FROM {data.code} AS had WHERE had.action = wanted.id AND had.pool = wanted.pool)),
asked AS MATERIALIZED (SELECT missing.pool, count(*) AS number FROM missing GROUP BY missing.pool),
free AS MATERIALIZED (
    SELECT asked.pool, found.code, row_number() OVER (PARTITION BY asked.pool ORDER BY found.number) AS place
    FROM asked CROSS JOIN LATERAL (
        SELECT code.code, code.number FROM {data.code} AS code
        WHERE code.pool = asked.pool AND code.action IS NULL
        ORDER BY code.number LIMIT asked.number
        FOR UPDATE SKIP LOCKED) AS found),
served AS MATERIALIZED (
    SELECT missing.id
    FROM missing LEFT JOIN free ON free.pool = missing.pool AND free.place = missing.place
    GROUP BY missing.id
    HAVING bool_and(free.code IS NOT NULL)),
taken AS (
    UPDATE {data.code} AS code SET action = missing.id, taken_at = COALESCE($2::timestamptz, clock_timestamp())
    FROM missing JOIN served ON served.id = missing.id JOIN free ON free.pool = missing.pool AND free.place = missing.place
    WHERE code.code = free.code
    RETURNING code.action AS id, code.pool, code.code),
held AS MATERIALIZED (
    SELECT taken.id, taken.pool, taken.code FROM taken
    UNION ALL
    SELECT wanted.id, wanted.pool, had.code
    FROM wanted JOIN {data.code} AS had ON had.action = wanted.id AND had.pool = wanted.pool),
complete AS (
    SELECT wanted.id, bool_and(held.code IS NOT NULL) AS has_all
    FROM wanted LEFT JOIN held ON held.id = wanted.id AND held.pool = wanted.pool
    GROUP BY wanted.id),
dry AS (
    SELECT min(asked.pool) AS pool
    FROM asked
    WHERE asked.number > (SELECT count(*) FROM (
        SELECT FROM {data.code} AS code WHERE code.pool = asked.pool AND code.action IS NULL LIMIT asked.number) AS counted))
UPDATE {data.action} AS action
SET payload = CASE WHEN complete.has_all THEN {payload} END,
    status = CASE WHEN complete.has_all THEN action.status ELSE 'pending' END,
    reason = CASE WHEN complete.has_all THEN action.reason ELSE 'no code' END,
    claimable_at = CASE WHEN complete.has_all THEN action.claimable_at
        ELSE LEAST($2::timestamptz + '10 minutes'::interval, action.expires_at) END,
    attempts = CASE WHEN complete.has_all THEN action.attempts ELSE action.attempts - 1 END,
    handed_over_at = CASE WHEN complete.has_all THEN action.handed_over_at END
FROM complete
WHERE action.id = complete.id
RETURNING action.id, CASE WHEN complete.has_all THEN action.payload END, (SELECT dry.pool FROM dry)
