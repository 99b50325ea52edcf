-- Composite types and enums that were altered since the functions were written: refused by name, and nothing is read that is not there.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TEMP TABLE calls (type text, call text);
INSERT INTO calls VALUES
    ('btyd_summary', $$btyd_summary('{2024-01-01 5, 2024-02-01 5, 2024-03-01 5}'::purchase_history, '2024-06-01Z')$$),
    ('rfm_triple', $$'5-4-5'::text::rfm_triple$$),
    ('rfm_triple', $$rfm_segment(ROW(5, 4, 5)::rfm_triple, 'rfm_25')$$),
    ('lifecycle.conversion_comparison', $$lifecycle.compare_conversions(100, 20, 100, 10)$$),
    ('lifecycle.mean_comparison', $$lifecycle.compare_means(100, 20, 5, 100, 10, 5)$$),
    ('revenue_decomposition', $$revenue_decomposition('{2024-01-01 5, 2024-02-01 6}'::purchase_history, '[2024-01-01Z,2024-02-01Z)', '[2024-02-01Z,2024-03-01Z)')$$),
    ('ltv_inputs', $$ltv_inputs('{2024-01-01 5, 2024-02-01 6}'::purchase_history, '2024-03-01Z')$$),
    ('cohort_cell', $$cohort_retention('{2024-01-01 5, 2024-02-01 6}'::purchase_history, '1 month', '2024-03-01Z')$$),
    ('growth_point', $$growth_accounting('{2024-01-01 5, 2024-02-01 6}'::purchase_history, '1 month', '2024-03-01Z')$$),
    ('growth_status_point', $$growth_lifecycle('{2024-01-01 5, 2024-02-01 6}'::purchase_history, '1 month', '2024-03-01Z')$$),
    ('stage_transition_count', $$stage_transitions('a'::text, 'b'::text)$$),
    ('stage_forecast', $$stage_forecast('a'::text, 'b'::text)$$),
    ('touch_path', $$touch_paths('{2024-02-01 6}'::purchase_history, '{2024-01-01 open email, 2024-01-02 visit}'::engagement_history)$$),
    ('value_concentration', $$value_concentration('{2024-01-01 5, 2024-02-01 6}'::purchase_history, '2024-03-01Z')$$),
    ('lorenz_point', $$value_concentration('{2024-01-01 5, 2024-02-01 6}'::purchase_history, '2024-03-01Z')$$);

-- with another type in each column, and with each column dropped, added or first dropped and then added again: the same call is
-- either answered as before, where the column is NULL, or refused with 55000
CREATE FUNCTION pg_temp.try(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text;
    hint text;
BEGIN
    EXECUTE 'SELECT (' || call || ')::text' INTO code;
    RETURN 'answers';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, hint = PG_EXCEPTION_HINT;
    RETURN code || CASE WHEN hint ~ 'ALTER EXTENSION pg_lifecycle UPDATE' THEN ', update' ELSE ', ' || SQLERRM END;
END $$;
CREATE FUNCTION pg_temp.altered(type regclass, call text, change text) RETURNS TABLE (outcome text) LANGUAGE plpgsql AS $$
DECLARE
    attribute name;
BEGIN
    FOR attribute IN SELECT attname FROM pg_attribute WHERE attrelid = type AND attnum > 0 AND NOT attisdropped ORDER BY attnum LOOP
        BEGIN
            BEGIN
                EXECUTE format(change, type, attribute);
                outcome := pg_temp.try(call);
            EXCEPTION WHEN feature_not_supported OR dependent_objects_still_exist OR object_in_use THEN
                outcome := 'the server refuses to alter it';
            END;
            RAISE EXCEPTION USING ERRCODE = 'UE001';
        EXCEPTION WHEN SQLSTATE 'UE001' THEN
            RETURN NEXT;
        END;
    END LOOP;
END $$;
SELECT type, call, pg_temp.try(call) FROM calls WHERE pg_temp.try(call) <> 'answers';
SELECT type, change, outcome, count(*)
FROM calls, unnest(ARRAY['ALTER TYPE %s ALTER ATTRIBUTE %I TYPE text CASCADE', 'ALTER TYPE %s ALTER ATTRIBUTE %I TYPE name CASCADE',
        'ALTER TYPE %s ALTER ATTRIBUTE %I TYPE boolean CASCADE', 'ALTER TYPE %s DROP ATTRIBUTE %I CASCADE',
        'ALTER TYPE %s DROP ATTRIBUTE %2$I CASCADE, ADD ATTRIBUTE %2$I text CASCADE',
        'ALTER TYPE %s ADD ATTRIBUTE "more than %s" text CASCADE']) WITH ORDINALITY AS c (change, number),
    LATERAL pg_temp.altered(type::regclass, call, change)
GROUP BY type, number, change, outcome ORDER BY type COLLATE "C", number, outcome;

-- a name says nothing: what is renamed is answered as before
BEGIN;
ALTER TYPE btyd_summary RENAME ATTRIBUTE frequency TO repeat_purchases CASCADE;
SELECT btyd_summary('{2024-01-01 5, 2024-02-01 5, 2024-03-01 5}'::purchase_history, '2024-06-01Z');
ROLLBACK;

-- a stored row of the type as it was before is read as the type says, in a session that has read it before too
CREATE TEMP TABLE scores AS SELECT '5-4-5'::text::rfm_triple AS score;
SELECT rfm_segment(score, 'rfm_25') FROM scores;
\set VERBOSITY terse
BEGIN;
ALTER TYPE rfm_triple RENAME ATTRIBUTE monetary TO money;
SELECT rfm_segment(score, 'rfm_25') FROM scores;
ROLLBACK;
SELECT rfm_segment(score, 'rfm_25') FROM scores;
