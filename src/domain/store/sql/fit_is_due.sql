-- Whether the base must be fitted again: there is no fit, the newest is older than the setting refit says, it is of a later instant than
-- is asked about, of half as many customers as there are by now (while they are few), or its breaks are not as many as the grid has.
SELECT NOT EXISTS (
    SELECT FROM (SELECT as_of, customers, rfm_breaks FROM {data.fit} ORDER BY id DESC LIMIT 1) AS newest
    WHERE newest.customers > 0
        AND (newest.customers >= 100000 OR (SELECT count(*) FROM {data.history} WHERE orders > 0) < 2 * newest.customers)
        AND newest.as_of + {refit}::interval > {now} AND newest.as_of <= {now}
        AND COALESCE((newest.rfm_breaks::jsonb ->> 'bins')::int4 = {bins}::int4, true)
)
