-- Every reading of a history, twice: as the extension gives it, and as a plain query over the order table defines it.

CREATE TYPE reading AS (
    num_purchases bigint,
    num_purchase_days bigint,
    first_purchase timestamptz,
    last_purchase timestamptz,
    total_spend numeric,
    average_order_value numeric,
    recency interval,
    tenure interval,
    mean_gap interval,
    median_gap interval,
    frequency bigint,
    t_x double precision,
    t double precision,
    monetary_value double precision,
    repeat_purchases_per_year double precision,
    retention_years double precision,
    expected_next_purchase timestamptz,
    overdue_ratio double precision,
    lifecycle_stage text
);

CREATE FUNCTION given(h purchase_history, as_of timestamptz) RETURNS reading LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT num_purchases(h, as_of), num_purchase_days(h, as_of), first_purchase(h, as_of), last_purchase(h, as_of),
        total_spend(h, as_of), average_order_value(h, as_of), recency(h, as_of), tenure(h, as_of),
        mean_gap(h, as_of), median_gap(h, as_of),
        (b).frequency, (b).recency, (b).t, (b).monetary_value,
        repeat_purchases_per_year(h, as_of), retention_years(h, as_of),
        expected_next_purchase(h, as_of), overdue_ratio(h, as_of), lifecycle_stage(h, as_of)::text
    FROM (SELECT btyd_summary(h, as_of, '7 days') AS b OFFSET 0) AS summary
$$;

-- Whole anniversaries by the wall clock, and the rest as a share of the year between the last one and the next.
CREATE FUNCTION years(start timestamp, finish timestamp) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(0, n + extract(epoch FROM finish - (start + make_interval(years => n)))
        / extract(epoch FROM (start + make_interval(years => n + 1)) - (start + make_interval(years => n))))
    FROM (SELECT floor((finish::date - start::date) / 365.2425)::int AS guess) AS about,
        generate_series(guess - 1, guess + 1) AS n
    WHERE start + make_interval(years => n) <= finish
    ORDER BY n DESC LIMIT 1
$$;

CREATE FUNCTION local(at timestamptz) RETURNS timestamp LANGUAGE sql STABLE AS $$
    SELECT at AT TIME ZONE current_setting('TimeZone')
$$;

CREATE FUNCTION expected(as_of timestamptz) RETURNS TABLE (customer_id integer, expected reading) LANGUAGE sql STABLE AS $$
    WITH entries AS MATERIALIZED (
        SELECT customer_id, ordered_at AS at, round(amount, 4) AS amount, local(ordered_at)::date AS day
        -- A refund that rounds to nothing is left out.
        FROM orders WHERE ordered_at <= as_of AND (amount >= 0 OR round(amount, 4) < 0)
    ), money AS (
        SELECT customer_id, sum(amount) AS spend FROM entries GROUP BY customer_id
    ), bought AS (
        SELECT customer_id, count(*) AS purchases, min(at) AS first, max(at) AS last
        FROM entries WHERE amount >= 0 GROUP BY customer_id
    ), days AS (
        SELECT customer_id, day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
        FROM (SELECT DISTINCT customer_id, day FROM entries WHERE amount >= 0) AS distinct_days
    ), spans AS (
        SELECT customer_id, count(*) AS days, min(day) AS first_day, max(day) AS last_day,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median_gap
        FROM days GROUP BY customer_id
    ), repeats AS (
        SELECT customer_id, sum(amount) AS spend
        FROM entries JOIN spans USING (customer_id) WHERE day > first_day GROUP BY customer_id
    ), figures AS (
        SELECT customer_id, days, purchases, first, last, first_day, last_day, median_gap,
            coalesce(money.spend, 0.0000) AS spend, coalesce(repeats.spend, 0) AS repeat_spend,
            (last_day - first_day)::numeric / nullif(days - 1, 0) AS mean_gap,
            extract(epoch FROM as_of - last) / 86400 AS elapsed,
            years(local(first), local(as_of)) AS years
        FROM customers LEFT JOIN money USING (customer_id) LEFT JOIN bought USING (customer_id)
            LEFT JOIN spans USING (customer_id) LEFT JOIN repeats USING (customer_id)
    ), more AS (
        SELECT *, elapsed / coalesce(mean_gap, 90) AS ratio,
            make_interval(days => floor(mean_gap)::int, secs => round((mean_gap - floor(mean_gap)) * 86400, 6)::float8)
                AS mean_interval
        FROM figures
    )
    SELECT customer_id, ROW(
        coalesce(purchases, 0), coalesce(days, 0), first, last, spend, spend / purchases, as_of - last, as_of - first,
        mean_interval, median_gap * interval '1 day',
        days - 1, (last_day - first_day) / 7.0, (greatest(local(as_of)::date, last_day) - first_day) / 7.0,
        CASE WHEN days > 1 THEN repeat_spend / (days - 1) WHEN days = 1 THEN 0 END,
        (purchases - 1) / nullif(years, 0), years(local(first), local(last)),
        CASE WHEN last + mean_interval < '10000-01-01 00:00:00Z' THEN last + mean_interval END,
        CASE WHEN days > 1 THEN ratio END,
        CASE
            WHEN purchases IS NULL THEN 'prospect'
            -- Where the ratio is a threshold to the last digit, floating point may fall on either side.
            WHEN abs(ratio - 1.1) < 1e-12 OR abs(ratio - 2.0) < 1e-12 THEN '?'
            WHEN ratio > 2.0 THEN 'lapsed' WHEN ratio > 1.1 THEN 'at_risk'
            WHEN days = 1 THEN 'new' ELSE 'active'
        END
    )::reading
    FROM more
$$;

-- Whether two answers are the same: exactly, but for floating point, in which a gap of 3,000 years has no last microsecond.

CREATE FUNCTION same(a anyelement, b anyelement) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT a IS NOT DISTINCT FROM b
$$;
CREATE FUNCTION same(a double precision, b double precision) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN a IS NULL OR b IS NULL THEN a IS NULL AND b IS NULL ELSE abs(a - b) <= 1e-11 * abs(b) + 1e-12 END
$$;
CREATE FUNCTION same(a interval, b interval) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN a IS NULL OR b IS NULL THEN a IS NULL AND b IS NULL
        ELSE a - b BETWEEN '-10 microseconds' AND '10 microseconds' END
$$;
CREATE FUNCTION same(a timestamptz, b timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a IS NULL OR b IS NULL THEN a IS NULL AND b IS NULL
        ELSE a - b BETWEEN '-10 microseconds' AND '10 microseconds' END
$$;
CREATE FUNCTION same_stage(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT b = '?' OR a = b
$$;
