-- What customers with orders have spent in the time before an instant: the number that bought, mean and variance. It reads some thousand
-- blocks at most, so that it takes less than a second however large the store is.
SELECT count(*) FILTER (WHERE recent.spend > 0)::text, avg(recent.spend)::float8::text, var_samp(recent.spend)::float8::text
FROM (SELECT {ext.total_spend}(history.purchases, {as_of}) - {ext.total_spend}(history.purchases, {as_of} - {within}) AS spend
    FROM {data.history} AS history
        TABLESAMPLE SYSTEM (LEAST(100, 100.0 * 1000 * 8192 / GREATEST(pg_relation_size({table}::regclass), 1))::float4) REPEATABLE (0)
    WHERE {ext.num_purchases}(history.purchases, {as_of}) > 0) AS recent
