CREATE TABLE o AS SELECT c AS customer, '2023-01-01Z'::timestamptz + (hashint4(c * 1000 + k) & 63000000) * interval '1 second' AS at,
    ((hashint4(c + k * 77) & 4095) / 17.0)::numeric(12, 2) AS amount
FROM generate_series(1, 300) AS c, LATERAL generate_series(1, 1 + (hashint4(c) & 15)) AS k;
CREATE INDEX ON o (customer);
CREATE TABLE p AS SELECT c AS customer, 'm' || c AS email,
    (ARRAY['Europe/Berlin', 'America/New_York', 'Nowhere/X', NULL])[1 + c % 4] AS zone,
    CASE c % 3 WHEN 0 THEN 'DE' WHEN 1 THEN 'US' END AS country, '1980-02-29'::date + c AS birthday
FROM generate_series(1, 350) AS c;
CREATE TABLE ev AS SELECT c AS customer, '2023-03-01Z'::timestamptz + c * interval '5 hours' AS at,
    (ARRAY['opened', 'clicked', 'sent', 'bounced', 'unsubscribed', 'visit'])[1 + c % 6] AS kind, 'email' AS ch
FROM generate_series(1, 300) AS c;

-- Histories of customers, then long and odd ones: many purchases, extreme amounts, one instant, nothing but refunds.
CREATE TABLE ph (i serial, v purchase_history);
INSERT INTO ph (v) SELECT purchase_history(at, amount) FROM o GROUP BY customer;
INSERT INTO ph (v) SELECT purchase_history(t, 1.5) FROM generate_series('2000-01-01Z'::timestamptz, '2023-01-01Z', '10 hours') AS t;
INSERT INTO ph (v) SELECT purchase_history(t, CASE WHEN extract(epoch FROM t)::bigint % 7 = 0 THEN -3 ELSE 922337203685477.5807 END)
    FROM generate_series('2020-01-01Z'::timestamptz, '2020-03-01Z', '1 hour') AS t;
INSERT INTO ph (v) SELECT purchase_history('2020-01-01Z'::timestamptz, 1) FROM generate_series(1, 5000);
INSERT INTO ph (v) SELECT purchase_history('2020-01-01Z'::timestamptz + i * interval '1 microsecond', -1) FROM generate_series(1, 3000) AS i;
CREATE TABLE eh (i serial, v engagement_history);
INSERT INTO eh (v) SELECT engagement_history(at, (ARRAY['open', 'click', 'sent', 'bounce', 'unsubscribe', 'visit'])[1 + customer % 6], ch)
    FROM ev GROUP BY customer % 40;
INSERT INTO eh (v) SELECT engagement_history(t, (ARRAY['sent', 'open', 'click'])[1 + extract(hour FROM t)::int % 3], 'email')
    FROM generate_series('2015-01-01Z'::timestamptz, '2023-01-01Z', '11 hours') AS t;

-- Models that were fitted, as they print.
CREATE TABLE models (t text, v text);
INSERT INTO models SELECT 'rfm_breaks', rfm_breaks(v, '2025-01-01Z')::text FROM ph WHERE i <= 300;
INSERT INTO models SELECT 'rfm_breaks', rfm_breaks(v, '2025-01-01Z', 9)::text FROM ph;
INSERT INTO models SELECT 'vip_breaks', vip_breaks(v, '2025-01-01Z')::text FROM ph WHERE i <= 300;
INSERT INTO models SELECT 'purchase_rhythm', purchase_rhythm(v, '2025-01-01Z')::text FROM ph WHERE i <= 300;
INSERT INTO models SELECT 'purchase_model', purchase_model(v, m, '2025-01-01Z')::text
    FROM ph, unnest('{bg/nbd,mbg/nbd,pareto/nbd,bg/cnbd-k,mbg/cnbd-k}'::text[]) AS m WHERE i <= 300 GROUP BY m;
INSERT INTO models SELECT 'spend_model', spend_model(v, '2025-01-01Z')::text FROM ph WHERE i <= 300;
INSERT INTO models SELECT 'renewal_model', renewal_model(ARRAY[1000, 631, 468, 382, 326]::bigint[])::text;

-- Runs a statement as text. What it did is undone, unless it is to be kept; its result is only measured.
CREATE FUNCTION fuzz_try(statement text, keep boolean, OUT state text, OUT ms bigint, OUT bytes bigint, OUT message text)
LANGUAGE plpgsql AS $$
DECLARE
    result text;
    start timestamptz := clock_timestamp();
BEGIN
    BEGIN
        EXECUTE statement INTO result;
        state := '00000';
        bytes := octet_length(result);
        IF NOT keep THEN
            RAISE EXCEPTION USING ERRCODE = 'ZZ001';
        END IF;
    EXCEPTION WHEN OTHERS THEN
        IF SQLSTATE <> 'ZZ001' THEN
            state := SQLSTATE;
            message := left(SQLERRM, 2000);
        END IF;
    END;
    ms := extract(epoch FROM clock_timestamp() - start) * 1000;
END
$$;
