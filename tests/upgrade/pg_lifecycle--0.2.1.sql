--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: compared; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA compared;


--
-- Name: SCHEMA compared; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA compared IS 'the views of a store of pg_lifecycle: lifecycle.detach removes it';


--
-- Name: compared_data; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA compared_data;


--
-- Name: SCHEMA compared_data; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA compared_data IS 'the tables of a store of pg_lifecycle, for the store alone: lifecycle.detach removes it';


--
-- Name: pg_lifecycle; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_lifecycle WITH SCHEMA public;


--
-- Name: EXTENSION pg_lifecycle; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION pg_lifecycle IS 'customer lifecycle analytics: purchase histories, RFM, stages, next purchase and value';


--
-- Name: shop; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA shop;


--
-- Name: SCHEMA shop; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA shop IS 'the views of a store of pg_lifecycle: lifecycle.detach removes it';


--
-- Name: shop_data; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA shop_data;


--
-- Name: SCHEMA shop_data; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA shop_data IS 'the tables of a store of pg_lifecycle, for the store alone: lifecycle.detach removes it';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: history; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.history (
    customer bigint NOT NULL,
    purchases public.purchase_history,
    engagement public.engagement_history,
    orders bigint DEFAULT 0 NOT NULL,
    order_checksum numeric,
    events bigint DEFAULT 0 NOT NULL,
    event_checksum numeric,
    first_channel text,
    last_channel text
);


--
-- Name: TABLE history; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.history IS 'what is known of each customer: the histories from which everything else is computed';


--
-- Name: kpi; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.kpi (
    day date NOT NULL,
    as_of timestamp with time zone NOT NULL,
    customers bigint NOT NULL,
    buyers bigint NOT NULL,
    prospects bigint NOT NULL,
    new bigint NOT NULL,
    active bigint NOT NULL,
    at_risk bigint NOT NULL,
    lapsed bigint NOT NULL,
    vips bigint NOT NULL,
    orders_to_date bigint NOT NULL,
    revenue_to_date numeric NOT NULL,
    orders_of_day bigint NOT NULL,
    revenue_of_day numeric NOT NULL,
    average_order_value numeric,
    expected_purchases numeric,
    predicted_ltv numeric,
    average_p_alive numeric,
    moved bigint NOT NULL
);


--
-- Name: TABLE kpi; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.kpi IS 'the base on each day that it was refreshed';


--
-- Name: cohort_months(); Type: FUNCTION; Schema: compared; Owner: -
--

CREATE FUNCTION compared.cohort_months() RETURNS TABLE(cohort date, age integer, month date, complete boolean, customers bigint, active bigint, retention double precision, orders bigint, revenue numeric, cumulative_revenue_per_customer numeric)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    BEGIN ATOMIC
 SELECT cell.cohort,
     cell.age,
     cell.period_start,
     cell.complete,
     cell.customers,
     cell.active,
     cell.active_share,
     cell.orders,
     cell.revenue,
     cell.cumulative_revenue_per_customer
    FROM ( SELECT public.cohort_retention(history.purchases, '1 mon'::interval, ( SELECT max(kpi.as_of) AS max
                    FROM compared_data.kpi kpi)) AS cells
            FROM compared_data.history history
           WHERE (( SELECT max(kpi.as_of) AS max
                    FROM compared_data.kpi kpi) IS NOT NULL)) base,
     LATERAL unnest(base.cells) cell(cohort, age, period_start, complete, customers, active, active_share, orders, revenue, cumulative_revenue_per_customer);
END;


--
-- Name: FUNCTION cohort_months(); Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON FUNCTION compared.cohort_months() IS 'what the view cohorts shows, computed in the time zone UTC';


--
-- Name: growth_months(); Type: FUNCTION; Schema: compared; Owner: -
--

CREATE FUNCTION compared.growth_months() RETURNS TABLE(month date, complete boolean, new bigint, retained bigint, resurrected bigint, churned bigint, active bigint, quick_ratio double precision, revenue numeric, new_revenue numeric, retained_revenue numeric, resurrected_revenue numeric, inactive_revenue numeric, churned_revenue numeric)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    BEGIN ATOMIC
 SELECT cell.period_start,
     cell.complete,
     cell.new,
     cell.retained,
     cell.resurrected,
     cell.churned,
     cell.active,
     cell.quick_ratio,
     cell.revenue,
     cell.new_revenue,
     cell.retained_revenue,
     cell.resurrected_revenue,
     cell.inactive_revenue,
     cell.churned_revenue
    FROM ( SELECT public.growth_accounting(history.purchases, '1 mon'::interval, ( SELECT max(kpi.as_of) AS max
                    FROM compared_data.kpi kpi)) AS cells
            FROM compared_data.history history
           WHERE (( SELECT max(kpi.as_of) AS max
                    FROM compared_data.kpi kpi) IS NOT NULL)) base,
     LATERAL unnest(base.cells) cell(period_start, complete, new, retained, resurrected, churned, active, quick_ratio, revenue, new_revenue, retained_revenue, resurrected_revenue, inactive_revenue, churned_revenue);
END;


--
-- Name: FUNCTION growth_months(); Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON FUNCTION compared.growth_months() IS 'what the view growth shows, computed in the time zone UTC';


--
-- Name: movement; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.movement (
    id bigint NOT NULL,
    customer bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    refitted boolean NOT NULL,
    stage_before text,
    stage_after text,
    segment_before text,
    segment_after text,
    score_before text,
    score_after text,
    orders_before bigint,
    orders_after bigint,
    spend_before numeric,
    spend_after numeric,
    recency_days_before integer,
    recency_days_after integer,
    overdue_ratio_before numeric,
    overdue_ratio_after numeric
);


--
-- Name: TABLE movement; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.movement IS 'every change of a customer''s stage or segment since the first refresh';


--
-- Name: profile; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.profile (
    customer bigint NOT NULL,
    stage text NOT NULL,
    segment text NOT NULL,
    recency_score integer,
    frequency_score integer,
    monetary_score integer,
    phase text NOT NULL,
    relationship_stage text NOT NULL,
    temperature text NOT NULL,
    vip boolean NOT NULL,
    orders bigint NOT NULL,
    spend numeric NOT NULL,
    average_order_value numeric,
    first_purchase timestamp with time zone,
    last_purchase timestamp with time zone,
    recency_days integer,
    overdue_ratio numeric,
    next_purchase date,
    next_purchase_from date,
    next_purchase_to date,
    p_alive numeric,
    expected_purchases numeric,
    purchase_probability numeric,
    expected_spend numeric,
    ltv numeric,
    predicted_ltv numeric,
    channel text,
    last_channel text,
    cohort date,
    consented_at timestamp with time zone,
    spend_last_year numeric,
    stage_since timestamp with time zone NOT NULL,
    segment_since timestamp with time zone NOT NULL
)
WITH (fillfactor='50');


--
-- Name: TABLE profile; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.profile IS 'each customer as of the last refresh';


--
-- Name: stages_at(timestamp with time zone); Type: FUNCTION; Schema: compared; Owner: -
--

CREATE FUNCTION compared.stages_at(at timestamp with time zone) RETURNS TABLE(customer bigint, stage text, stage_order integer, segment text)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 100000
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT known.customer,
     known.stage,
     array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], known.stage) AS array_position,
     known.segment
    FROM ( SELECT COALESCE(profile.customer, logged.customer) AS customer,
                 CASE
                     WHEN (logged.customer IS NULL) THEN profile.stage
                     ELSE logged.stage
                 END AS stage,
                 CASE
                     WHEN (logged.customer IS NULL) THEN profile.segment
                     ELSE logged.segment
                 END AS segment
            FROM (compared_data.profile profile
              FULL JOIN ( SELECT COALESCE(before.customer, after.customer) AS customer,
                         CASE
                             WHEN (before.customer IS NULL) THEN after.stage
                             ELSE before.stage
                         END AS stage,
                         CASE
                             WHEN (before.customer IS NULL) THEN after.segment
                             ELSE before.segment
                         END AS segment
                    FROM (( SELECT DISTINCT ON (movement.customer) movement.customer,
                             movement.stage_after AS stage,
                             movement.segment_after AS segment
                            FROM compared_data.movement movement
                           WHERE (movement.at <= stages_at.at)
                           ORDER BY movement.customer, movement.at DESC, movement.id DESC) before
                      FULL JOIN ( SELECT DISTINCT ON (movement.customer) movement.customer,
                             movement.stage_before AS stage,
                             movement.segment_before AS segment
                            FROM compared_data.movement movement
                           WHERE (movement.at > stages_at.at)
                           ORDER BY movement.customer, movement.at, movement.id) after ON ((after.customer = before.customer)))) logged ON ((logged.customer = profile.customer)))) known
   WHERE (known.stage IS NOT NULL);
END;


--
-- Name: FUNCTION stages_at(at timestamp with time zone); Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON FUNCTION compared.stages_at(at timestamp with time zone) IS 'the stage and segment of every customer at an instant, from the log of movements. An instant before the first refresh counts as the first, one after the last as the last';


--
-- Name: stages_on(date); Type: FUNCTION; Schema: compared; Owner: -
--

CREATE FUNCTION compared.stages_on(day date) RETURNS TABLE(customer bigint, stage text, stage_order integer, segment text)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 100000
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    BEGIN ATOMIC
 SELECT stages.customer,
     stages.stage,
     stages.stage_order,
     stages.segment
    FROM compared.stages_at((((stages_on.day + 1))::timestamp with time zone - '00:00:00.000001'::interval)) stages(customer, stage, stage_order, segment);
END;


--
-- Name: FUNCTION stages_on(day date); Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON FUNCTION compared.stages_on(day date) IS 'the stage and segment in which every customer was at the end of a day of the time zone UTC: as stages_at() at its last microsecond';


--
-- Name: transition_matrix(timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: compared; Owner: -
--

CREATE FUNCTION compared.transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone) RETURNS TABLE(moved_from text, moved_to text, source text, target text, moved_from_order integer, moved_to_order integer, customers bigint, share numeric)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 36
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT moved.moved_from,
     moved.moved_to,
     ('from '::text || moved.moved_from),
     ('to '::text || moved.moved_to),
     COALESCE(array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], moved.moved_from), 0) AS before,
     COALESCE(array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], moved.moved_to), 0) AS after,
     moved.customers,
     round(((moved.customers)::numeric / sum(moved.customers) OVER (PARTITION BY moved.moved_from)), 4) AS round
    FROM ( SELECT COALESCE(before.stage, '(none)'::text) AS moved_from,
             COALESCE(after.stage, '(none)'::text) AS moved_to,
             count(*) AS customers
            FROM (compared.stages_at(transition_matrix.from_at) before(customer, stage, stage_order, segment)
              FULL JOIN compared.stages_at(transition_matrix.to_at) after(customer, stage, stage_order, segment) ON ((after.customer = before.customer)))
           GROUP BY COALESCE(before.stage, '(none)'::text), COALESCE(after.stage, '(none)'::text)) moved
   ORDER BY COALESCE(array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], moved.moved_from), 0), COALESCE(array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], moved.moved_to), 0);
END;


--
-- Name: FUNCTION transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone); Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON FUNCTION compared.transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone) IS 'number of customers by their stage at from_at and at to_at; (none) means not in the store. share is of the customers in moved_from';


--
-- Name: history; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.history (
    customer bigint NOT NULL,
    purchases public.purchase_history,
    engagement public.engagement_history,
    orders bigint DEFAULT 0 NOT NULL,
    order_checksum numeric,
    events bigint DEFAULT 0 NOT NULL,
    event_checksum numeric,
    first_channel text,
    last_channel text
);


--
-- Name: TABLE history; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.history IS 'what is known of each customer: the histories from which everything else is computed';


--
-- Name: kpi; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.kpi (
    day date NOT NULL,
    as_of timestamp with time zone NOT NULL,
    customers bigint NOT NULL,
    buyers bigint NOT NULL,
    prospects bigint NOT NULL,
    new bigint NOT NULL,
    active bigint NOT NULL,
    at_risk bigint NOT NULL,
    lapsed bigint NOT NULL,
    vips bigint NOT NULL,
    orders_to_date bigint NOT NULL,
    revenue_to_date numeric NOT NULL,
    orders_of_day bigint NOT NULL,
    revenue_of_day numeric NOT NULL,
    average_order_value numeric,
    expected_purchases numeric,
    predicted_ltv numeric,
    average_p_alive numeric,
    moved bigint NOT NULL
);


--
-- Name: TABLE kpi; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.kpi IS 'the base on each day that it was refreshed';


--
-- Name: cohort_months(); Type: FUNCTION; Schema: shop; Owner: -
--

CREATE FUNCTION shop.cohort_months() RETURNS TABLE(cohort date, age integer, month date, complete boolean, customers bigint, active bigint, retention double precision, orders bigint, revenue numeric, cumulative_revenue_per_customer numeric)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'Europe/Berlin'
    BEGIN ATOMIC
 SELECT cell.cohort,
     cell.age,
     cell.period_start,
     cell.complete,
     cell.customers,
     cell.active,
     cell.active_share,
     cell.orders,
     cell.revenue,
     cell.cumulative_revenue_per_customer
    FROM ( SELECT public.cohort_retention(history.purchases, '1 mon'::interval, ( SELECT max(kpi.as_of) AS max
                    FROM shop_data.kpi kpi)) AS cells
            FROM shop_data.history history
           WHERE (( SELECT max(kpi.as_of) AS max
                    FROM shop_data.kpi kpi) IS NOT NULL)) base,
     LATERAL unnest(base.cells) cell(cohort, age, period_start, complete, customers, active, active_share, orders, revenue, cumulative_revenue_per_customer);
END;


--
-- Name: FUNCTION cohort_months(); Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON FUNCTION shop.cohort_months() IS 'what the view cohorts shows, computed in the time zone Europe/Berlin';


--
-- Name: growth_months(); Type: FUNCTION; Schema: shop; Owner: -
--

CREATE FUNCTION shop.growth_months() RETURNS TABLE(month date, complete boolean, new bigint, retained bigint, resurrected bigint, churned bigint, active bigint, quick_ratio double precision, revenue numeric, new_revenue numeric, retained_revenue numeric, resurrected_revenue numeric, inactive_revenue numeric, churned_revenue numeric)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'Europe/Berlin'
    BEGIN ATOMIC
 SELECT cell.period_start,
     cell.complete,
     cell.new,
     cell.retained,
     cell.resurrected,
     cell.churned,
     cell.active,
     cell.quick_ratio,
     cell.revenue,
     cell.new_revenue,
     cell.retained_revenue,
     cell.resurrected_revenue,
     cell.inactive_revenue,
     cell.churned_revenue
    FROM ( SELECT public.growth_accounting(history.purchases, '1 mon'::interval, ( SELECT max(kpi.as_of) AS max
                    FROM shop_data.kpi kpi)) AS cells
            FROM shop_data.history history
           WHERE (( SELECT max(kpi.as_of) AS max
                    FROM shop_data.kpi kpi) IS NOT NULL)) base,
     LATERAL unnest(base.cells) cell(period_start, complete, new, retained, resurrected, churned, active, quick_ratio, revenue, new_revenue, retained_revenue, resurrected_revenue, inactive_revenue, churned_revenue);
END;


--
-- Name: FUNCTION growth_months(); Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON FUNCTION shop.growth_months() IS 'what the view growth shows, computed in the time zone Europe/Berlin';


--
-- Name: movement; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.movement (
    id bigint NOT NULL,
    customer bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    refitted boolean NOT NULL,
    stage_before text,
    stage_after text,
    segment_before text,
    segment_after text,
    score_before text,
    score_after text,
    orders_before bigint,
    orders_after bigint,
    spend_before numeric,
    spend_after numeric,
    recency_days_before integer,
    recency_days_after integer,
    overdue_ratio_before numeric,
    overdue_ratio_after numeric
);


--
-- Name: TABLE movement; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.movement IS 'every change of a customer''s stage or segment since the first refresh';


--
-- Name: profile; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.profile (
    customer bigint NOT NULL,
    stage text NOT NULL,
    segment text NOT NULL,
    recency_score integer,
    frequency_score integer,
    monetary_score integer,
    phase text NOT NULL,
    relationship_stage text NOT NULL,
    temperature text NOT NULL,
    vip boolean NOT NULL,
    orders bigint NOT NULL,
    spend numeric NOT NULL,
    average_order_value numeric,
    first_purchase timestamp with time zone,
    last_purchase timestamp with time zone,
    recency_days integer,
    overdue_ratio numeric,
    next_purchase date,
    next_purchase_from date,
    next_purchase_to date,
    p_alive numeric,
    expected_purchases numeric,
    purchase_probability numeric,
    expected_spend numeric,
    ltv numeric,
    predicted_ltv numeric,
    channel text,
    last_channel text,
    cohort date,
    consented_at timestamp with time zone,
    spend_last_year numeric,
    stage_since timestamp with time zone NOT NULL,
    segment_since timestamp with time zone NOT NULL,
    country text
)
WITH (fillfactor='50');


--
-- Name: TABLE profile; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.profile IS 'each customer as of the last refresh';


--
-- Name: stages_at(timestamp with time zone); Type: FUNCTION; Schema: shop; Owner: -
--

CREATE FUNCTION shop.stages_at(at timestamp with time zone) RETURNS TABLE(customer bigint, stage text, stage_order integer, segment text)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 100000
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT known.customer,
     known.stage,
     array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], known.stage) AS array_position,
     known.segment
    FROM ( SELECT COALESCE(profile.customer, logged.customer) AS customer,
                 CASE
                     WHEN (logged.customer IS NULL) THEN profile.stage
                     ELSE logged.stage
                 END AS stage,
                 CASE
                     WHEN (logged.customer IS NULL) THEN profile.segment
                     ELSE logged.segment
                 END AS segment
            FROM (shop_data.profile profile
              FULL JOIN ( SELECT COALESCE(before.customer, after.customer) AS customer,
                         CASE
                             WHEN (before.customer IS NULL) THEN after.stage
                             ELSE before.stage
                         END AS stage,
                         CASE
                             WHEN (before.customer IS NULL) THEN after.segment
                             ELSE before.segment
                         END AS segment
                    FROM (( SELECT DISTINCT ON (movement.customer) movement.customer,
                             movement.stage_after AS stage,
                             movement.segment_after AS segment
                            FROM shop_data.movement movement
                           WHERE (movement.at <= stages_at.at)
                           ORDER BY movement.customer, movement.at DESC, movement.id DESC) before
                      FULL JOIN ( SELECT DISTINCT ON (movement.customer) movement.customer,
                             movement.stage_before AS stage,
                             movement.segment_before AS segment
                            FROM shop_data.movement movement
                           WHERE (movement.at > stages_at.at)
                           ORDER BY movement.customer, movement.at, movement.id) after ON ((after.customer = before.customer)))) logged ON ((logged.customer = profile.customer)))) known
   WHERE (known.stage IS NOT NULL);
END;


--
-- Name: FUNCTION stages_at(at timestamp with time zone); Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON FUNCTION shop.stages_at(at timestamp with time zone) IS 'the stage and segment of every customer at an instant, from the log of movements. An instant before the first refresh counts as the first, one after the last as the last';


--
-- Name: stages_on(date); Type: FUNCTION; Schema: shop; Owner: -
--

CREATE FUNCTION shop.stages_on(day date) RETURNS TABLE(customer bigint, stage text, stage_order integer, segment text)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 100000
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'Europe/Berlin'
    BEGIN ATOMIC
 SELECT stages.customer,
     stages.stage,
     stages.stage_order,
     stages.segment
    FROM shop.stages_at((((stages_on.day + 1))::timestamp with time zone - '00:00:00.000001'::interval)) stages(customer, stage, stage_order, segment);
END;


--
-- Name: FUNCTION stages_on(day date); Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON FUNCTION shop.stages_on(day date) IS 'the stage and segment in which every customer was at the end of a day of the time zone Europe/Berlin: as stages_at() at its last microsecond';


--
-- Name: transition_matrix(timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: shop; Owner: -
--

CREATE FUNCTION shop.transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone) RETURNS TABLE(moved_from text, moved_to text, source text, target text, moved_from_order integer, moved_to_order integer, customers bigint, share numeric)
    LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 36
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT moved.moved_from,
     moved.moved_to,
     ('from '::text || moved.moved_from),
     ('to '::text || moved.moved_to),
     COALESCE(array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], moved.moved_from), 0) AS before,
     COALESCE(array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], moved.moved_to), 0) AS after,
     moved.customers,
     round(((moved.customers)::numeric / sum(moved.customers) OVER (PARTITION BY moved.moved_from)), 4) AS round
    FROM ( SELECT COALESCE(before.stage, '(none)'::text) AS moved_from,
             COALESCE(after.stage, '(none)'::text) AS moved_to,
             count(*) AS customers
            FROM (shop.stages_at(transition_matrix.from_at) before(customer, stage, stage_order, segment)
              FULL JOIN shop.stages_at(transition_matrix.to_at) after(customer, stage, stage_order, segment) ON ((after.customer = before.customer)))
           GROUP BY COALESCE(before.stage, '(none)'::text), COALESCE(after.stage, '(none)'::text)) moved
   ORDER BY COALESCE(array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], moved.moved_from), 0), COALESCE(array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], moved.moved_to), 0);
END;


--
-- Name: FUNCTION transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone); Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON FUNCTION shop.transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone) IS 'number of customers by their stage at from_at and at to_at; (none) means not in the store. share is of the customers in moved_from';


--
-- Name: store_settings; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.store_settings (
    one boolean DEFAULT true NOT NULL,
    settings jsonb NOT NULL,
    key_type text NOT NULL,
    reader name,
    made_reader boolean DEFAULT false NOT NULL,
    attached_at timestamp with time zone DEFAULT now() NOT NULL,
    conditions jsonb DEFAULT '{}'::jsonb NOT NULL,
    layout integer DEFAULT 1 NOT NULL,
    made text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT store_settings_one_check CHECK (one)
);


--
-- Name: TABLE store_settings; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.store_settings IS 'the settings of the store, one row: lifecycle.store must say the same, and lifecycle.restore_store reads them. Written by lifecycle.attach, configure and refresh';


--
-- Name: at_risk; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.at_risk AS
 SELECT profile.customer,
        CASE
            WHEN (profile.overdue_ratio > (0)::numeric) THEN format('last purchase %s days ago, %s times the usual gap of %s days'::text, profile.recency_days, profile.overdue_ratio, round(((profile.recency_days)::numeric / profile.overdue_ratio)))
            ELSE format('last purchase %s days ago'::text, profile.recency_days)
        END AS reason,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((compared_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    profile.vip,
    profile.overdue_ratio,
    profile.recency_days,
    (round(((profile.recency_days)::numeric / NULLIF(profile.overdue_ratio, (0)::numeric))))::integer AS usual_gap_days,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    (((profile.last_purchase AT TIME ZONE 'UTC'::text))::date + (round(((profile.recency_days)::numeric / NULLIF(profile.overdue_ratio, (0)::numeric))))::integer) AS due_on,
    profile.last_purchase,
    ((profile.last_purchase AT TIME ZONE 'UTC'::text))::date AS last_purchase_day,
    profile.stage_since AS at_risk_since,
    profile.orders,
    round(profile.spend, 2) AS spend,
    round(profile.average_order_value, 2) AS average_order_value,
    round(profile.p_alive, 4) AS p_alive,
    round(profile.expected_spend, 2) AS expected_spend,
    round(profile.ltv, 2) AS ltv,
    round(profile.predicted_ltv, 2) AS predicted_ltv,
    COALESCE(profile.channel, '(none)'::text) AS channel
   FROM compared_data.profile profile
  WHERE (profile.stage = 'at_risk'::text)
  ORDER BY profile.spend DESC, profile.predicted_ltv DESC NULLS LAST, profile.customer;


--
-- Name: VIEW at_risk; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.at_risk IS 'customers who are overdue but not lost yet (stage at_risk, whatever the segment), highest spend first';


--
-- Name: COLUMN at_risk.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN at_risk.reason; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.reason IS 'the reason in words: days since the last purchase, and the customer''s usual gap';


--
-- Name: COLUMN at_risk.segment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN at_risk.segment_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN at_risk.vip; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN at_risk.overdue_ratio; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.overdue_ratio IS 'time since the last purchase as a multiple of the customer''s usual gap: 1 is just due; NULL without a purchase';


--
-- Name: COLUMN at_risk.recency_days; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.recency_days IS 'whole days since the last purchase; NULL without a purchase';


--
-- Name: COLUMN at_risk.usual_gap_days; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.usual_gap_days IS 'the gap between purchases that is usual for the customer, in days; NULL where the last purchase is of today';


--
-- Name: COLUMN at_risk.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN at_risk.due_on; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.due_on IS 'day on which the order was expected that is overdue: last_purchase_day + usual_gap_days';


--
-- Name: COLUMN at_risk.last_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.last_purchase IS 'instant of the last purchase; NULL without a purchase';


--
-- Name: COLUMN at_risk.last_purchase_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.last_purchase_day IS 'day of the last purchase, time zone UTC; NULL without a purchase';


--
-- Name: COLUMN at_risk.at_risk_since; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.at_risk_since IS 'instant from which on the customer is known to be at risk';


--
-- Name: COLUMN at_risk.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN at_risk.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN at_risk.average_order_value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.average_order_value IS 'mean value of a purchase, in the currency of the orders; NULL without a purchase';


--
-- Name: COLUMN at_risk.p_alive; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.p_alive IS 'probability that the customer still buys at all, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN at_risk.expected_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.expected_spend IS 'expected value of a future purchase, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN at_risk.ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.ltv IS 'simple lifetime value of 3 years at the pace so far, in the currency of the orders: 0 for one-time buyers, NULL for prospects and on the day of the first purchase';


--
-- Name: COLUMN at_risk.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.predicted_ltv IS 'predicted value of the purchases within 1 year, discounted, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN at_risk.channel; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.at_risk.channel IS 'channel of the first order; (none) where it is not known';


--
-- Name: channels; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.channels AS
 SELECT sums.group_key AS channel,
    COALESCE(sums.customers, (0)::bigint) AS customers,
    COALESCE(round(((sums.customers)::numeric / NULLIF(sum(sums.customers) OVER (), (0)::numeric)), 4), 0.0000) AS share,
    COALESCE(sums.buyers, (0)::bigint) AS buyers,
    sums.prospects,
    sums.new,
    sums.active,
    sums.at_risk,
    sums.lapsed,
    COALESCE(sums.vips, (0)::bigint) AS vips,
    COALESCE(sums.orders, (0)::bigint) AS orders,
    COALESCE(round(sums.spend, 2), 0.00) AS spend,
    COALESCE(round((sums.spend / NULLIF(sum(sums.spend) OVER (), (0)::numeric)), 4), 0.0000) AS share_of_spend,
    round((sums.spend / (NULLIF(sums.buyers, 0))::numeric), 2) AS average_spend,
    round((sums.spend / (NULLIF(sums.orders, 0))::numeric), 2) AS average_order_value,
    round(sums.p_alive, 4) AS average_p_alive,
    COALESCE(round(sums.predicted_ltv, 2), 0.00) AS predicted_ltv,
    COALESCE(round((sums.predicted_ltv / (NULLIF(sums.buyers, 0))::numeric), 2), 0.00) AS average_predicted_ltv,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of
   FROM ( SELECT COALESCE(profile.channel, '(none)'::text) AS group_key,
            count(*) AS customers,
            count(*) FILTER (WHERE (profile.orders > 0)) AS buyers,
            count(*) FILTER (WHERE (profile.stage = 'prospect'::text)) AS prospects,
            count(*) FILTER (WHERE (profile.stage = 'new'::text)) AS new,
            count(*) FILTER (WHERE (profile.stage = 'active'::text)) AS active,
            count(*) FILTER (WHERE (profile.stage = 'at_risk'::text)) AS at_risk,
            count(*) FILTER (WHERE (profile.stage = 'lapsed'::text)) AS lapsed,
            count(*) FILTER (WHERE profile.vip) AS vips,
            (sum(profile.orders))::bigint AS orders,
            sum(profile.spend) AS spend,
            avg(profile.recency_days) AS recency_days,
            avg(profile.p_alive) AS p_alive,
            sum(profile.expected_purchases) AS expected_purchases,
            sum(profile.predicted_ltv) AS predicted_ltv
           FROM compared_data.profile profile
          GROUP BY COALESCE(profile.channel, '(none)'::text)) sums
  ORDER BY sums.spend DESC, sums.group_key;


--
-- Name: VIEW channels; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.channels IS 'customers by the channel of their first order, those of the channel that brought most first';


--
-- Name: COLUMN channels.channel; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.channel IS 'channel of a customer''s first order; (none) where it is not known, and for those without an order';


--
-- Name: COLUMN channels.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.customers IS 'number of customers';


--
-- Name: COLUMN channels.share; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.share IS 'share of all customers, 0 to 1';


--
-- Name: COLUMN channels.buyers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.buyers IS 'those with at least one purchase';


--
-- Name: COLUMN channels.prospects; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.prospects IS 'those without a purchase';


--
-- Name: COLUMN channels.new; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.new IS 'those in stage new: one purchase day, not overdue';


--
-- Name: COLUMN channels.active; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.active IS 'those in stage active: several purchase days, in rhythm';


--
-- Name: COLUMN channels.at_risk; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.at_risk IS 'those in stage at_risk: overdue';


--
-- Name: COLUMN channels.lapsed; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.lapsed IS 'those in stage lapsed: long overdue';


--
-- Name: COLUMN channels.vips; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.vips IS 'those at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN channels.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.orders IS 'their purchases';


--
-- Name: COLUMN channels.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.spend IS 'amounts paid less refunds, in the currency of the orders';


--
-- Name: COLUMN channels.share_of_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.share_of_spend IS 'their share of the spend of all customers; 0 where nothing was spent at all';


--
-- Name: COLUMN channels.average_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.average_spend IS 'mean spend of a buyer, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN channels.average_order_value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.average_order_value IS 'mean value of a purchase, spend / orders, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN channels.average_p_alive; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN channels.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.predicted_ltv IS 'what they are predicted to bring within 1 year, discounted, in the currency of the orders; 0 without a fitted model';


--
-- Name: COLUMN channels.average_predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.average_predicted_ltv IS 'predicted_ltv of a buyer in the mean, in the currency of the orders; 0 where no customer has bought, or without a fitted model';


--
-- Name: COLUMN channels.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.channels.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: cohorts; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.cohorts AS
 SELECT ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    cohorts.cohort,
    to_char((cohorts.cohort)::timestamp with time zone, 'YYYY-MM'::text) AS cohort_month,
    cohorts.age,
    cohorts.month,
    cohorts.complete,
    cohorts.customers,
    cohorts.active,
    round((cohorts.retention)::numeric, 4) AS retention,
    cohorts.orders,
    round(cohorts.revenue, 2) AS revenue,
    round(cohorts.cumulative_revenue_per_customer, 2) AS cumulative_revenue_per_customer
   FROM compared.cohort_months() cohorts(cohort, age, month, complete, customers, active, retention, orders, revenue, cumulative_revenue_per_customer)
  ORDER BY cohorts.cohort, cohorts.age;


--
-- Name: VIEW cohorts; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.cohorts IS 'customers by the month of their first purchase, and what they did in that month and in every later one, also where no customer bought; as of the last refresh';


--
-- Name: COLUMN cohorts.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN cohorts.cohort; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.cohort IS 'first day of the month in which the customers made their first purchase, time zone UTC';


--
-- Name: COLUMN cohorts.cohort_month; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.cohort_month IS 'the same month as text, such as 2024-03';


--
-- Name: COLUMN cohorts.age; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.age IS 'how many months later; 0 is the month of the first purchase';


--
-- Name: COLUMN cohorts.month; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.month IS 'first day of that month';


--
-- Name: COLUMN cohorts.complete; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.complete IS 'whether the month was over at the last refresh; the last one is not, and still grows';


--
-- Name: COLUMN cohorts.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.customers IS 'customers of the cohort, active or not: the same at every age';


--
-- Name: COLUMN cohorts.active; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.active IS 'those of them with at least one purchase in the month';


--
-- Name: COLUMN cohorts.retention; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.retention IS 'active / customers, 0 to 1; 1 at age 0';


--
-- Name: COLUMN cohorts.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.orders IS 'their purchases in the month; refunds are none';


--
-- Name: COLUMN cohorts.revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.revenue IS 'amounts paid less refunds in the month, in the currency of the orders';


--
-- Name: COLUMN cohorts.cumulative_revenue_per_customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.cohorts.cumulative_revenue_per_customer IS 'revenue from age 0 to the end of the month / customers, in the currency of the orders: what one of them has been worth by then';


--
-- Name: concentration; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.concentration AS
 SELECT round((point.share_of_customers)::numeric, 4) AS share_of_customers,
    round((point.share_of_revenue)::numeric, 4) AS share_of_spend,
    round(((1)::numeric - (point.share_of_customers)::numeric), 4) AS share_of_best_customers,
    round(((1)::numeric - (point.share_of_revenue)::numeric), 4) AS share_of_spend_of_best,
    round(((base.concentration).gini)::numeric, 4) AS gini,
    (base.concentration).customers AS customers,
    round((base.concentration).revenue, 2) AS spend,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of
   FROM ( SELECT public.value_concentration(history.purchases, ( SELECT max(kpi.as_of) AS max
                   FROM compared_data.kpi kpi)) AS concentration
           FROM compared_data.history history
          WHERE (( SELECT max(kpi.as_of) AS max
                   FROM compared_data.kpi kpi) IS NOT NULL)) base,
    LATERAL unnest((base.concentration).lorenz) point(share_of_customers, share_of_revenue)
  ORDER BY point.share_of_customers;


--
-- Name: VIEW concentration; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.concentration IS 'how much of the spend comes from how many of the customers: the points of the Lorenz curve, in 100 steps or in one for each customer; empty where nothing was spent';


--
-- Name: COLUMN concentration.share_of_customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.concentration.share_of_customers IS 'a share of the customers, those with the least spend, 0 to 1';


--
-- Name: COLUMN concentration.share_of_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.concentration.share_of_spend IS 'the share of the spend of all that is theirs, 0 to 1';


--
-- Name: COLUMN concentration.share_of_best_customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.concentration.share_of_best_customers IS 'all the other customers, those with the most spend, 0 to 1';


--
-- Name: COLUMN concentration.share_of_spend_of_best; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.concentration.share_of_spend_of_best IS 'share of spend of the best customers, 0 to 1; the row with share_of_best_customers 0.2 is the best 20 %';


--
-- Name: COLUMN concentration.gini; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.concentration.gini IS 'the Gini coefficient of all, the same in every row: 0 where all spend the same, near 1 where one spends all';


--
-- Name: COLUMN concentration.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.concentration.customers IS 'customers with a purchase, the same in every row';


--
-- Name: COLUMN concentration.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.concentration.spend IS 'what they spent, in the currency of the orders, the same in every row; a customer with more refunds than purchases counts as 0';


--
-- Name: COLUMN concentration.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.concentration.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: customers; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.customers AS
 SELECT profile.customer,
    profile.stage,
    array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], profile.stage) AS stage_order,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((compared_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    ((((profile.recency_score || '-'::text) || profile.frequency_score) || '-'::text) || profile.monetary_score) AS rfm,
    profile.recency_score,
    profile.frequency_score,
    profile.monetary_score,
    profile.phase,
    profile.relationship_stage,
    profile.temperature,
    profile.vip,
    profile.orders,
    round(profile.spend, 2) AS spend,
    round(profile.spend_last_year, 2) AS spend_last_year,
    round(profile.average_order_value, 2) AS average_order_value,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    profile.first_purchase,
    ((profile.first_purchase AT TIME ZONE 'UTC'::text))::date AS first_purchase_day,
    profile.last_purchase,
    ((profile.last_purchase AT TIME ZONE 'UTC'::text))::date AS last_purchase_day,
    profile.recency_days,
    profile.overdue_ratio,
    profile.next_purchase,
    profile.next_purchase_from,
    profile.next_purchase_to,
    round(profile.p_alive, 4) AS p_alive,
    round(profile.expected_purchases, 4) AS expected_purchases,
    round(profile.purchase_probability, 4) AS purchase_probability,
    round(profile.expected_spend, 2) AS expected_spend,
    round(profile.ltv, 2) AS ltv,
    round(profile.predicted_ltv, 2) AS predicted_ltv,
    COALESCE(profile.channel, '(none)'::text) AS channel,
    COALESCE(profile.last_channel, '(none)'::text) AS last_channel,
    profile.cohort,
    to_char((profile.cohort)::timestamp with time zone, 'YYYY-MM'::text) AS cohort_month,
    profile.consented_at,
    profile.stage_since,
    profile.segment_since
   FROM compared_data.profile profile;


--
-- Name: VIEW customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.customers IS 'every customer with the profile of the last refresh, in no order';


--
-- Name: COLUMN customers.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN customers.stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN customers.stage_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN customers.segment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN customers.segment_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN customers.rfm; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.rfm IS 'the three RFM scores, such as 5-4-3; NULL without a purchase';


--
-- Name: COLUMN customers.recency_score; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.recency_score IS 'RFM score of recency, 1 (longest ago) and up; NULL without a purchase';


--
-- Name: COLUMN customers.frequency_score; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.frequency_score IS 'RFM score of frequency, 1 (rarest) and up; NULL without a purchase';


--
-- Name: COLUMN customers.monetary_score; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.monetary_score IS 'RFM score of spend, 1 (least) and up; NULL without a purchase';


--
-- Name: COLUMN customers.phase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.phase IS 'what to invest in: activation, conversion, growth, retention, reactivation, sunset';


--
-- Name: COLUMN customers.relationship_stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.relationship_stage IS 'how far the relationship has come: reach, acquire, develop, retain, advocate';


--
-- Name: COLUMN customers.temperature; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.temperature IS 'whether the customer has reacted recently: warm, cold, never_contacted';


--
-- Name: COLUMN customers.vip; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN customers.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN customers.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN customers.spend_last_year; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.spend_last_year IS 'amounts paid less refunds in the year before the last refresh, in the currency of the orders; 0 without a purchase in it; NULL from an upgrade of the store to the next refresh';


--
-- Name: COLUMN customers.average_order_value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.average_order_value IS 'mean value of a purchase, in the currency of the orders; NULL without a purchase';


--
-- Name: COLUMN customers.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN customers.first_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.first_purchase IS 'instant of the first purchase; NULL without a purchase';


--
-- Name: COLUMN customers.first_purchase_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.first_purchase_day IS 'day of the first purchase, time zone UTC; NULL without a purchase';


--
-- Name: COLUMN customers.last_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.last_purchase IS 'instant of the last purchase; NULL without a purchase';


--
-- Name: COLUMN customers.last_purchase_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.last_purchase_day IS 'day of the last purchase, time zone UTC; NULL without a purchase';


--
-- Name: COLUMN customers.recency_days; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.recency_days IS 'whole days since the last purchase; NULL without a purchase';


--
-- Name: COLUMN customers.overdue_ratio; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.overdue_ratio IS 'time since the last purchase as a multiple of the customer''s usual gap: 1 is just due; NULL without a purchase';


--
-- Name: COLUMN customers.next_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.next_purchase IS 'day on which the next purchase is expected; NULL where it is not known';


--
-- Name: COLUMN customers.next_purchase_from; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.next_purchase_from IS 'first day of the range in which the next purchase falls with 80 %; NULL where it is not known';


--
-- Name: COLUMN customers.next_purchase_to; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.next_purchase_to IS 'last day of the range in which the next purchase falls with 80 %; NULL where it is not known';


--
-- Name: COLUMN customers.p_alive; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.p_alive IS 'probability that the customer still buys at all, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.expected_purchases; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.expected_purchases IS 'expected number of purchases within 1 year; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.purchase_probability; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.purchase_probability IS 'probability of a purchase within 1 year, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.expected_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.expected_spend IS 'expected value of a future purchase, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.ltv IS 'simple lifetime value of 3 years at the pace so far, in the currency of the orders: 0 for one-time buyers, NULL for prospects and on the day of the first purchase';


--
-- Name: COLUMN customers.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.predicted_ltv IS 'predicted value of the purchases within 1 year, discounted, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.channel; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.channel IS 'channel of the first order; (none) where it is not known';


--
-- Name: COLUMN customers.last_channel; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.last_channel IS 'channel of the last order, also one with a future date; (none) where it is not known';


--
-- Name: COLUMN customers.cohort; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.cohort IS 'first day of the month of the first purchase, time zone UTC; NULL without a purchase';


--
-- Name: COLUMN customers.cohort_month; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.cohort_month IS 'the same month as text, such as 2024-03; NULL without a purchase';


--
-- Name: COLUMN customers.consented_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.consented_at IS 'instant of consent to be addressed; NULL without one, or where it is not known';


--
-- Name: COLUMN customers.stage_since; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.stage_since IS 'instant from which on the customer is known in this stage';


--
-- Name: COLUMN customers.segment_since; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.customers.segment_since IS 'instant from which on the customer is known in this segment';


--
-- Name: growth; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.growth AS
 SELECT ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    growth.month,
    growth.complete,
    growth.new,
    growth.retained,
    growth.resurrected,
    growth.churned,
    growth.active,
    round((growth.quick_ratio)::numeric, 4) AS quick_ratio,
    round(growth.revenue, 2) AS revenue,
    round(growth.new_revenue, 2) AS new_revenue,
    round(growth.retained_revenue, 2) AS retained_revenue,
    round(growth.resurrected_revenue, 2) AS resurrected_revenue,
    round(growth.inactive_revenue, 2) AS inactive_revenue,
    round(growth.churned_revenue, 2) AS churned_revenue
   FROM compared.growth_months() growth(month, complete, new, retained, resurrected, churned, active, quick_ratio, revenue, new_revenue, retained_revenue, resurrected_revenue, inactive_revenue, churned_revenue)
  ORDER BY growth.month;


--
-- Name: VIEW growth; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.growth IS 'new, retained, resurrected and churned customers by month, oldest first; as of the last refresh';


--
-- Name: COLUMN growth.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN growth.month; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.month IS 'first day of the month, time zone UTC';


--
-- Name: COLUMN growth.complete; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.complete IS 'whether the month was over at the last refresh; the last one is not, and still grows';


--
-- Name: COLUMN growth.new; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.new IS 'customers who made the first purchase of all in the month';


--
-- Name: COLUMN growth.retained; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.retained IS 'customers who bought in the month and in the one before';


--
-- Name: COLUMN growth.resurrected; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.resurrected IS 'customers who bought in the month and before, but not in the month before';


--
-- Name: COLUMN growth.churned; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.churned IS 'customers who bought in the month before and not in this one';


--
-- Name: COLUMN growth.active; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.active IS 'customers with at least one purchase in the month: new + retained + resurrected';


--
-- Name: COLUMN growth.quick_ratio; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.quick_ratio IS '(new + resurrected) / churned: above 1 the active base grows; NULL if no customer churned';


--
-- Name: COLUMN growth.revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.revenue IS 'amounts paid less refunds in the month, in the currency of the orders';


--
-- Name: COLUMN growth.new_revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.new_revenue IS 'revenue of the new customers, in the currency of the orders';


--
-- Name: COLUMN growth.retained_revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.retained_revenue IS 'revenue of the retained customers, in the currency of the orders';


--
-- Name: COLUMN growth.resurrected_revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.resurrected_revenue IS 'revenue of the resurrected customers, in the currency of the orders';


--
-- Name: COLUMN growth.inactive_revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.inactive_revenue IS 'refunds to customers who bought nothing in the month, in the currency of the orders: 0 or less';


--
-- Name: COLUMN growth.churned_revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.growth.churned_revenue IS 'revenue of the churned customers in the month before, in the currency of the orders: what they took away; no part of revenue';


--
-- Name: action; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.action (
    id bigint NOT NULL,
    customer bigint NOT NULL,
    journey integer NOT NULL,
    version integer NOT NULL,
    entry integer NOT NULL,
    step integer NOT NULL,
    round integer NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    arm text,
    control text,
    channel text NOT NULL,
    template text NOT NULL,
    payload jsonb NOT NULL,
    priority integer NOT NULL,
    status text NOT NULL,
    claimable_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    claimed_by text,
    completed_at timestamp with time zone,
    message_id text,
    error text,
    CONSTRAINT action_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'claimed'::text, 'done'::text, 'dead'::text, 'withheld'::text, 'cancelled'::text])))
)
WITH (fillfactor='80');


--
-- Name: TABLE action; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.action IS 'the actions: one row for each decision to send, with its delivery status';


--
-- Name: event; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.event (
    id bigint NOT NULL,
    customer bigint NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    action bigint,
    channel text,
    provider_id text,
    detail jsonb,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    processed boolean DEFAULT false NOT NULL
);


--
-- Name: TABLE event; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.event IS 'the events that lifecycle.record_event recorded';


--
-- Name: journey; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.journey (
    journey integer NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    version integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    movement_seen bigint DEFAULT 0 NOT NULL,
    scanned_at timestamp with time zone,
    CONSTRAINT journey_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'paused'::text, 'ended'::text])))
);


--
-- Name: TABLE journey; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.journey IS 'the journeys: chains of messages that follow what customers do';


--
-- Name: journey_step; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.journey_step (
    journey integer NOT NULL,
    version integer NOT NULL,
    step integer NOT NULL,
    name text NOT NULL,
    definition jsonb NOT NULL,
    CONSTRAINT journey_step_step_check CHECK ((step > 0))
);

ALTER TABLE ONLY compared_data.journey_step REPLICA IDENTITY FULL;


--
-- Name: TABLE journey_step; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.journey_step IS 'the steps of each version of a journey, in order';


--
-- Name: journey_actions; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.journey_actions AS
 SELECT action.id AS action,
    journey.name AS journey,
    action.version,
    step.name AS step,
    action.customer,
    action.entry,
        CASE action.control
            WHEN 'journey'::text THEN 'journey control'::text
            WHEN 'store'::text THEN 'store control'::text
            ELSE 'treated'::text
        END AS treatment,
    COALESCE(action.arm, '(none)'::text) AS arm,
    action.channel,
    action.template,
    action.status,
    action.attempts,
    action.error,
    action.decided_at,
        CASE
            WHEN (action.status = 'done'::text) THEN GREATEST(LEAST(action.completed_at, reaction.answered_at), action.decided_at)
            ELSE NULL::timestamp with time zone
        END AS sent_at,
    LEAST(reaction.delivered_at, reaction.opened_at, reaction.clicked_at) AS delivered_at,
    LEAST(reaction.opened_at, reaction.clicked_at) AS opened_at,
    reaction.clicked_at,
    reaction.bounced_at,
    reaction.unsubscribed_at
   FROM (((compared_data.action action
     JOIN compared_data.journey journey ON ((journey.journey = action.journey)))
     LEFT JOIN compared_data.journey_step step ON (((step.journey = action.journey) AND (step.version = action.version) AND (step.step = action.step))))
     LEFT JOIN ( SELECT event.customer,
            event.action,
            min(event.at) FILTER (WHERE (event.kind = ANY (ARRAY['delivered'::text, 'open'::text, 'click'::text, 'reply'::text, 'bounce'::text, 'unsubscribe'::text, 'complaint'::text]))) AS answered_at,
            min(event.at) FILTER (WHERE (event.kind = 'delivered'::text)) AS delivered_at,
            min(event.at) FILTER (WHERE (event.kind = 'open'::text)) AS opened_at,
            min(event.at) FILTER (WHERE (event.kind = 'click'::text)) AS clicked_at,
            min(event.at) FILTER (WHERE (event.kind = 'bounce'::text)) AS bounced_at,
            min(event.at) FILTER (WHERE (event.kind = ANY (ARRAY['unsubscribe'::text, 'complaint'::text]))) AS unsubscribed_at
           FROM compared_data.event event
          WHERE (event.action IS NOT NULL)
          GROUP BY event.customer, event.action) reaction ON (((reaction.customer = action.customer) AND (reaction.action = action.id) AND (action.status = 'done'::text))));


--
-- Name: VIEW journey_actions; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.journey_actions IS 'every action that a journey has decided, and what became of it';


--
-- Name: COLUMN journey_actions.action; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.action IS 'number of the action';


--
-- Name: COLUMN journey_actions.journey; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.journey IS 'name of the journey';


--
-- Name: COLUMN journey_actions.version; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.version IS 'version of the journey';


--
-- Name: COLUMN journey_actions.step; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.step IS 'step that decided it';


--
-- Name: COLUMN journey_actions.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN journey_actions.entry; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.entry IS 'which entry of the customer into this journey, from 1';


--
-- Name: COLUMN journey_actions.treatment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.treatment IS 'treated, or journey control or store control: customers of a control group go through every decision and get nothing';


--
-- Name: COLUMN journey_actions.arm; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.arm IS 'arms drawn at splits, such as subject=a; (none) before a split';


--
-- Name: COLUMN journey_actions.channel; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.channel IS 'by which way it is sent, such as email';


--
-- Name: COLUMN journey_actions.template; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.template IS 'what is sent';


--
-- Name: COLUMN journey_actions.status; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.status IS 'pending, claimed, done, dead (given up), withheld (control group) or cancelled (unsubscribed, or the journey has ended)';


--
-- Name: COLUMN journey_actions.attempts; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.attempts IS 'how often a sender has claimed it';


--
-- Name: COLUMN journey_actions.error; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.error IS 'what the sender has said of its last failure; NULL without one';


--
-- Name: COLUMN journey_actions.decided_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.decided_at IS 'when it was decided';


--
-- Name: COLUMN journey_actions.sent_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.sent_at IS 'when it was done, as its sender has said, or as the first reaction proves, be it a bounce; NULL if it was not';


--
-- Name: COLUMN journey_actions.delivered_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.delivered_at IS 'when it was delivered, as its provider reported or the first opening proves; NULL if neither is known';


--
-- Name: COLUMN journey_actions.opened_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.opened_at IS 'when it was first opened; a click is an opening, whether or not the picture was loaded; NULL if it was not';


--
-- Name: COLUMN journey_actions.clicked_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.clicked_at IS 'when a link in it was first followed; NULL if none was';


--
-- Name: COLUMN journey_actions.bounced_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.bounced_at IS 'when it came back; NULL if it did not';


--
-- Name: COLUMN journey_actions.unsubscribed_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_actions.unsubscribed_at IS 'when it was answered by an unsubscription or a complaint; NULL if it was not';


--
-- Name: journey_state; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.journey_state (
    singleton boolean DEFAULT true NOT NULL,
    policy jsonb DEFAULT '{}'::jsonb NOT NULL,
    swept_at timestamp with time zone,
    sweep_of timestamp with time zone,
    sweep_next smallint,
    CONSTRAINT journey_state_singleton_check CHECK (singleton)
);


--
-- Name: TABLE journey_state; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.journey_state IS 'what holds for all journeys of the store, and how far they are';


--
-- Name: journey_credits; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.journey_credits AS
 SELECT credit.customer,
    credit.purchased_at,
    round(credit.amount, 2) AS amount,
    round(credit.refunded, 2) AS refunded,
    round((credit.amount - credit.refunded), 2) AS credit,
    credit.action,
    credit.journey,
    credit.version,
    credit.step,
    credit.entry,
    credit.arm,
    credit.touched_at,
    round(((date_part('epoch'::text, (credit.purchased_at - credit.touched_at)) / (86400)::double precision))::numeric, 2) AS days_after_touch,
    credit.rule
   FROM ( SELECT DISTINCT ON (purchase.customer, purchase.place) purchase.customer,
            purchase.purchased_at,
            purchase.amount,
            purchase.refunded,
            touch.action,
            touch.journey,
            touch.version,
            touch.step,
            touch.entry,
            touch.arm,
            touch.touched_at,
            ((((attribution.rule || ' ('::text) || attribution.touch) || ') within '::text) || attribution.within) AS rule
           FROM ((( SELECT COALESCE((state.policy #>> '{attribution,rule}'::text[]), 'last_touch'::text) AS rule,
                    COALESCE((state.policy #>> '{attribution,touch}'::text[]), 'sent'::text) AS touch,
                    COALESCE((state.policy #>> '{attribution,window}'::text[]), '7 days'::text) AS within
                   FROM compared_data.journey_state state) attribution
             CROSS JOIN LATERAL ( SELECT sent.action,
                    sent.journey,
                    sent.version,
                    sent.step,
                    sent.entry,
                    sent.arm,
                    sent.customer,
                    sent.sent_at AS touched_at
                   FROM compared.journey_actions sent
                  WHERE ((attribution.touch = 'sent'::text) AND (sent.sent_at IS NOT NULL) AND ((sent.bounced_at IS NULL) OR (sent.delivered_at IS NOT NULL)))
                UNION ALL
                 SELECT sent.action,
                    sent.journey,
                    sent.version,
                    sent.step,
                    sent.entry,
                    sent.arm,
                    sent.customer,
                    event.at
                   FROM (compared_data.event event
                     JOIN compared.journey_actions sent ON (((sent.action = event.action) AND (sent.customer = event.customer))))
                  WHERE ((event.kind = attribution.touch) AND (sent.status = 'done'::text))) touch)
             JOIN ( SELECT history.customer,
                    net.purchased_at,
                    net.amount,
                    net.refunded,
                    net.place
                   FROM compared_data.history history,
                    LATERAL public.net_purchases(history.purchases, '9999-12-31 00:00:00+00'::timestamp with time zone) WITH ORDINALITY net(purchased_at, amount, refunded, place)) purchase ON ((purchase.customer = touch.customer)))
          WHERE ((touch.touched_at <= purchase.purchased_at) AND (touch.touched_at >= (((purchase.purchased_at AT TIME ZONE 'UTC'::text) - (attribution.within)::interval) AT TIME ZONE 'UTC'::text)))
          ORDER BY purchase.customer, purchase.place, (date_part('epoch'::text, touch.touched_at) * (
                CASE attribution.rule
                    WHEN 'first_touch'::text THEN 1
                    ELSE '-1'::integer
                END)::double precision), (touch.action *
                CASE attribution.rule
                    WHEN 'first_touch'::text THEN 1
                    ELSE '-1'::integer
                END)) credit;


--
-- Name: VIEW journey_credits; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.journey_credits IS 'purchases credited to an action by the attribution rule of the policy; each purchase has one action at most, and refunds reduce the credit';


--
-- Name: COLUMN journey_credits.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN journey_credits.purchased_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.purchased_at IS 'when the purchase was made';


--
-- Name: COLUMN journey_credits.amount; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.amount IS 'what it came to, in the currency of the orders';


--
-- Name: COLUMN journey_credits.refunded; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.refunded IS 'what was given back of it by the last refresh, in the currency of the orders';


--
-- Name: COLUMN journey_credits.credit; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.credit IS 'what is left of it, in the currency of the orders';


--
-- Name: COLUMN journey_credits.action; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.action IS 'number of the action that it is credited to';


--
-- Name: COLUMN journey_credits.journey; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.journey IS 'name of that action''s journey';


--
-- Name: COLUMN journey_credits.version; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.version IS 'version of the journey';


--
-- Name: COLUMN journey_credits.step; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.step IS 'step that decided the action';


--
-- Name: COLUMN journey_credits.entry; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.entry IS 'which entry of the customer into this journey, from 1';


--
-- Name: COLUMN journey_credits.arm; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.arm IS 'arms drawn at splits, such as subject=a; (none) before a split';


--
-- Name: COLUMN journey_credits.touched_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.touched_at IS 'when it was sent, opened or clicked, as the rule says';


--
-- Name: COLUMN journey_credits.days_after_touch; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.days_after_touch IS 'days from there to the purchase';


--
-- Name: COLUMN journey_credits.rule; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_credits.rule IS 'the rule: last_touch or first_touch, of what is sent, open or click, and within how long';


--
-- Name: enrollment; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.enrollment (
    customer bigint NOT NULL,
    journey integer NOT NULL,
    entry integer NOT NULL,
    bucket smallint NOT NULL,
    version integer NOT NULL,
    step integer NOT NULL,
    round integer DEFAULT 1 NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    triggered_at timestamp with time zone NOT NULL,
    step_since timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    postponed_since timestamp with time zone,
    postponed_reason text,
    arm text,
    control text,
    goal_until timestamp with time zone,
    ended_at timestamp with time zone,
    outcome text,
    goal_at timestamp with time zone,
    CONSTRAINT enrollment_control_check CHECK ((control = ANY (ARRAY['journey'::text, 'store'::text])))
)
WITH (fillfactor='80');


--
-- Name: TABLE enrollment; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.enrollment IS 'one row for each entry of a customer into a journey, and the step it is at';


--
-- Name: journey_version; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.journey_version (
    journey integer NOT NULL,
    version integer NOT NULL,
    head jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone
);


--
-- Name: TABLE journey_version; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.journey_version IS 'the versions of each journey: all of a definition but its steps';


--
-- Name: journey_customers; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.journey_customers AS
 SELECT journey.name AS journey,
    enrollment.version,
    enrollment.customer,
    enrollment.entry,
        CASE enrollment.control
            WHEN 'journey'::text THEN 'journey control'::text
            WHEN 'store'::text THEN 'store control'::text
            ELSE 'treated'::text
        END AS treatment,
    enrollment.entered_at,
    enrollment.triggered_at,
    step.name AS step,
    enrollment.step_since,
    COALESCE(enrollment.arm, '(none)'::text) AS arm,
    enrollment.due_at,
    enrollment.postponed_since,
    enrollment.postponed_reason,
    enrollment.ended_at,
    enrollment.outcome,
    LEAST(reached.at,
        CASE
            WHEN (enrollment.goal_at <= counting.until) THEN enrollment.goal_at
            ELSE NULL::timestamp with time zone
        END) AS goal_at,
    counting.until AS goal_until,
    GREATEST(LEAST(counting.until,
        CASE
            WHEN ((goal.event IS NULL) OR (goal.event = 'ordered'::text)) THEN ( SELECT max(kpi.as_of) AS max
               FROM compared_data.kpi kpi)
            ELSE now()
        END), enrollment.entered_at) AS goal_known_until
   FROM ((((((compared_data.enrollment enrollment
     JOIN compared_data.journey journey ON ((journey.journey = enrollment.journey)))
     JOIN ( SELECT version.journey,
            version.version,
            COALESCE(('{"opened": "open", "bounced": "bounce", "clicked": "click", "replied": "reply", "visited": "visit", "referred": "referral", "complained": "complaint", "subscribed": "subscribe", "unsubscribed": "unsubscribe"}'::jsonb ->> lower((version.head #>> '{goal,event}'::text[]))), lower((version.head #>> '{goal,event}'::text[]))) AS event,
            COALESCE(((version.head #>> '{goal,bought,at_least}'::text[]))::numeric, (1)::numeric) AS at_least,
            ((version.head #>> '{goal,bought,spend_at_least}'::text[]))::numeric AS spend_at_least,
            (COALESCE((version.head #>> '{goal,within}'::text[]), '30 days'::text))::interval AS within
           FROM compared_data.journey_version version) goal ON (((goal.journey = enrollment.journey) AND (goal.version = enrollment.version))))
     LEFT JOIN compared_data.journey_step step ON (((step.journey = enrollment.journey) AND (step.version = enrollment.version) AND (step.step = enrollment.step))))
     LEFT JOIN compared_data.history history ON ((history.customer = enrollment.customer)))
     CROSS JOIN LATERAL ( SELECT COALESCE(enrollment.goal_until, (((enrollment.entered_at AT TIME ZONE 'UTC'::text) + goal.within) AT TIME ZONE 'UTC'::text)) AS until
         OFFSET 0) counting)
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN ((goal.event IS NULL) OR (goal.event = 'ordered'::text)) THEN ( SELECT min(so_far.purchased_at) AS min
                       FROM ( SELECT purchase.purchased_at,
                                count(*) FILTER (WHERE (purchase.amount >= (0)::numeric)) OVER in_order AS bought,
                                sum(purchase.amount) OVER in_order AS spent
                               FROM public.purchases(history.purchases, counting.until) purchase(purchased_at, amount)
                              WHERE (purchase.purchased_at > enrollment.entered_at)
                              WINDOW in_order AS (ORDER BY purchase.purchased_at)) so_far
                      WHERE (((so_far.bought)::numeric >= goal.at_least) AND ((goal.spend_at_least IS NULL) OR (so_far.spent >= goal.spend_at_least))))
                    ELSE LEAST(( SELECT min(event.at) AS min
                       FROM compared_data.event event
                      WHERE ((event.customer = enrollment.customer) AND (event.kind = goal.event) AND (event.at > enrollment.entered_at) AND (event.at <= counting.until))), ( SELECT min(event.happened_at) AS min
                       FROM public.events(history.engagement, counting.until) event(happened_at, kind, channel)
                      WHERE ((event.kind = goal.event) AND (event.happened_at > enrollment.entered_at))))
                END AS at
         OFFSET 0) reached);


--
-- Name: VIEW journey_customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.journey_customers IS 'one row for each entry of a customer into a journey: the step it is at, and how it ended';


--
-- Name: COLUMN journey_customers.journey; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.journey IS 'name of the journey';


--
-- Name: COLUMN journey_customers.version; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.version IS 'version of the journey that the customer is in';


--
-- Name: COLUMN journey_customers.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN journey_customers.entry; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.entry IS 'which entry of the customer into this journey, from 1';


--
-- Name: COLUMN journey_customers.treatment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.treatment IS 'treated, or journey control or store control: customers of a control group go through every decision and get nothing';


--
-- Name: COLUMN journey_customers.entered_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.entered_at IS 'when the customer entered';


--
-- Name: COLUMN journey_customers.triggered_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.triggered_at IS 'time of the event, order or change that triggered the entry';


--
-- Name: COLUMN journey_customers.step; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.step IS 'step at which the customer is, or at which the journey ended';


--
-- Name: COLUMN journey_customers.step_since; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.step_since IS 'since when the customer is or was at that step';


--
-- Name: COLUMN journey_customers.arm; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.arm IS 'arms drawn at splits, such as subject=a; (none) before a split';


--
-- Name: COLUMN journey_customers.due_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.due_at IS 'when the step is due; NULL once it has ended';


--
-- Name: COLUMN journey_customers.postponed_since; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.postponed_since IS 'since when the step''s action is postponed; NULL if it is not';


--
-- Name: COLUMN journey_customers.postponed_reason; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.postponed_reason IS 'why it is: quiet hours, or the cap; NULL if it is not';


--
-- Name: COLUMN journey_customers.ended_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.ended_at IS 'when it ended; NULL while the customer is under way';


--
-- Name: COLUMN journey_customers.outcome; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.outcome IS 'how it ended: goal, exit, unsubscribed, left (does not belong there any more), ended (with the journey); NULL while the customer is under way';


--
-- Name: COLUMN journey_customers.goal_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.goal_at IS 'first time the goal was reached before goal_until; later refunds do not change it; NULL if it was not reached';


--
-- Name: COLUMN journey_customers.goal_until; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.goal_until IS 'until when it counts';


--
-- Name: COLUMN journey_customers.goal_known_until; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_customers.goal_known_until IS 'until when it is known whether it was reached: purchases up to the last refresh, events up to now';


--
-- Name: journey_funnel; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.journey_funnel AS
 SELECT ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    funnel.journey,
    funnel.version,
    funnel.treatment,
    funnel.place,
    ((lpad((funnel.place)::text, length((funnel.last_place)::text), '0'::text) || ' '::text) || funnel.step) AS label,
    funnel.step,
    funnel.entries,
    round(((funnel.entries)::numeric / (NULLIF(funnel.entered, 0))::numeric), 4) AS share_of_entered,
    funnel.sent,
    funnel.delivered,
    funnel.opened,
    funnel.clicked
   FROM ( SELECT stop.journey,
            stop.version,
            stop.treatment,
            stop.step,
            stop.entries,
            stop.sent,
            stop.delivered,
            stop.opened,
            stop.clicked,
            ((row_number() OVER in_order - 1))::integer AS place,
            (count(*) OVER in_group - 1) AS last_place,
            first_value(stop.entries) OVER in_order AS entered
           FROM ( SELECT enrolled.journey,
                    enrolled.version,
                    enrolled.treatment,
                    0 AS place,
                    '(entered)'::text AS step,
                    count(*) AS entries,
                    NULL::bigint AS sent,
                    NULL::bigint AS delivered,
                    NULL::bigint AS opened,
                    NULL::bigint AS clicked
                   FROM compared.journey_customers enrolled
                  GROUP BY enrolled.journey, enrolled.version, enrolled.treatment
                UNION ALL
                 SELECT journey.name,
                    step.version,
                    present.treatment,
                    step.step,
                    step.name AS step,
                    COALESCE(acted.entries, (0)::bigint) AS entries,
                    COALESCE(acted.sent, (0)::bigint) AS sent,
                    COALESCE(acted.delivered, (0)::bigint) AS delivered,
                    COALESCE(acted.opened, (0)::bigint) AS opened,
                    COALESCE(acted.clicked, (0)::bigint) AS clicked
                   FROM (((compared_data.journey_step step
                     JOIN compared_data.journey journey ON ((journey.journey = step.journey)))
                     JOIN ( SELECT DISTINCT enrolled.journey,
                            enrolled.version,
                            enrolled.treatment
                           FROM compared.journey_customers enrolled) present ON (((present.journey = journey.name) AND (present.version = step.version))))
                     LEFT JOIN ( SELECT entry.journey,
                            entry.version,
                            entry.step,
                            entry.treatment,
                            count(*) AS entries,
                            count(*) FILTER (WHERE entry.sent) AS sent,
                            count(*) FILTER (WHERE entry.delivered) AS delivered,
                            count(*) FILTER (WHERE entry.opened) AS opened,
                            count(*) FILTER (WHERE entry.clicked) AS clicked
                           FROM ( SELECT action.journey,
                                    action.version,
                                    action.step,
                                    action.treatment,
                                    bool_or((action.sent_at IS NOT NULL)) AS sent,
                                    bool_or((action.delivered_at IS NOT NULL)) AS delivered,
                                    bool_or((action.opened_at IS NOT NULL)) AS opened,
                                    bool_or((action.clicked_at IS NOT NULL)) AS clicked
                                   FROM compared.journey_actions action
                                  GROUP BY action.journey, action.version, action.step, action.treatment, action.customer, action.entry) entry
                          GROUP BY entry.journey, entry.version, entry.step, entry.treatment) acted ON (((acted.journey = journey.name) AND (acted.version = step.version) AND (acted.step = step.name) AND (acted.treatment = present.treatment))))
                  WHERE (step.definition ? 'act'::text)
                UNION ALL
                 SELECT enrolled.journey,
                    enrolled.version,
                    enrolled.treatment,
                    1000 AS place,
                    '(goal)'::text AS step,
                    count(enrolled.goal_at) AS entries,
                    NULL::bigint AS sent,
                    NULL::bigint AS delivered,
                    NULL::bigint AS opened,
                    NULL::bigint AS clicked
                   FROM compared.journey_customers enrolled
                  GROUP BY enrolled.journey, enrolled.version, enrolled.treatment) stop
          WINDOW in_group AS (PARTITION BY stop.journey, stop.version, stop.treatment), in_order AS (PARTITION BY stop.journey, stop.version, stop.treatment ORDER BY stop.place)) funnel
  ORDER BY funnel.journey, funnel.version, funnel.treatment DESC, funnel.place;


--
-- Name: VIEW journey_funnel; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.journey_funnel IS 'the funnel of each version and group: entries, each step that acts, and the goal';


--
-- Name: COLUMN journey_funnel.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.as_of IS 'instant of the last refresh, up to which purchases count; entries, messages and events count up to now; NULL before the first';


--
-- Name: COLUMN journey_funnel.journey; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.journey IS 'name of the journey';


--
-- Name: COLUMN journey_funnel.version; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.version IS 'version of the journey';


--
-- Name: COLUMN journey_funnel.treatment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.treatment IS 'treated, or journey control or store control: customers of a control group go through every decision and get nothing';


--
-- Name: COLUMN journey_funnel.place; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.place IS 'place in the funnel, from 0 (entered), without gaps, to sort by';


--
-- Name: COLUMN journey_funnel.label; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.label IS 'place and step, such as 2 letter: sorted as text, the labels are in the order of the funnel';


--
-- Name: COLUMN journey_funnel.step; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.step IS '(entered), the name of a step that acts, or (goal)';


--
-- Name: COLUMN journey_funnel.entries; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.entries IS 'entries that came so far: for a step, those for which its action was decided';


--
-- Name: COLUMN journey_funnel.share_of_entered; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.share_of_entered IS 'their share of all entries of the group, 0 to 1';


--
-- Name: COLUMN journey_funnel.sent; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.sent IS 'entries whose message was sent; NULL but for steps';


--
-- Name: COLUMN journey_funnel.delivered; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.delivered IS 'entries whose message was delivered; NULL but for steps';


--
-- Name: COLUMN journey_funnel.opened; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.opened IS 'entries whose message was opened; NULL but for steps';


--
-- Name: COLUMN journey_funnel.clicked; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_funnel.clicked IS 'entries with a click in the message; NULL but for steps';


--
-- Name: journey_goals; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.journey_goals AS
 SELECT ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    reaching.journey,
    reaching.version,
    reaching.treatment,
    reaching.day,
    reaching.still_followed,
    reaching.reached,
    round((((1)::double precision - reaching.share_left))::numeric, 4) AS share_reached
   FROM ( WITH observed AS (
                 SELECT enrolled.journey,
                    enrolled.version,
                    enrolled.treatment,
                    COALESCE((enrolled.goal_at <= enrolled.goal_known_until), false) AS has_reached,
                    GREATEST(date_part('epoch'::text, (LEAST(enrolled.goal_at, enrolled.goal_known_until) - enrolled.entered_at)), (0)::double precision) AS after
                   FROM compared.journey_customers enrolled
                ), instants AS (
                 SELECT observed.journey,
                    observed.version,
                    observed.treatment,
                    observed.after,
                    count(*) FILTER (WHERE observed.has_reached) AS reached,
                    sum(count(*)) OVER (PARTITION BY observed.journey, observed.version, observed.treatment ORDER BY observed.after DESC) AS still_followed
                   FROM observed
                  GROUP BY observed.journey, observed.version, observed.treatment, observed.after
                ), left_over AS (
                 SELECT instant.journey,
                    instant.version,
                    instant.treatment,
                    (floor((instant.after / (86400)::double precision)))::integer AS day,
                    instant.reached,
                    instant.still_followed,
                        CASE
                            WHEN bool_or(((instant.reached)::numeric = instant.still_followed)) OVER so_far THEN (0)::double precision
                            ELSE exp(sum(
                            CASE
                                WHEN ((instant.reached)::numeric < instant.still_followed) THEN ln(((1)::double precision - ((instant.reached)::double precision / (instant.still_followed)::double precision)))
                                ELSE (0)::double precision
                            END) OVER so_far)
                        END AS share_left
                   FROM instants instant
                  WINDOW so_far AS (PARTITION BY instant.journey, instant.version, instant.treatment ORDER BY instant.after)
                ), days AS (
                 SELECT left_over.journey,
                    left_over.version,
                    left_over.treatment,
                    left_over.day,
                    sum(left_over.reached) AS reached,
                    max(left_over.still_followed) AS still_followed,
                    min(left_over.share_left) AS share_left,
                    lag(left_over.day, 1, '-1'::integer) OVER so_far AS day_before,
                    lag(min(left_over.share_left), 1, (1)::double precision) OVER so_far AS left_before
                   FROM left_over
                  GROUP BY left_over.journey, left_over.version, left_over.treatment, left_over.day
                  WINDOW so_far AS (PARTITION BY left_over.journey, left_over.version, left_over.treatment ORDER BY left_over.day)
                )
         SELECT day.journey,
            day.version,
            day.treatment,
            shown.day,
            day.still_followed,
                CASE
                    WHEN (shown.day = day.day) THEN day.reached
                    ELSE (0)::numeric
                END AS reached,
                CASE
                    WHEN (shown.day = day.day) THEN day.share_left
                    ELSE day.left_before
                END AS share_left
           FROM (days day
             CROSS JOIN LATERAL generate_series((day.day_before + 1), day.day) shown(day))) reaching
  ORDER BY reaching.journey, reaching.version, reaching.treatment DESC, reaching.day;


--
-- Name: VIEW journey_goals; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.journey_goals IS 'the share of entries that have reached the goal by each day after the entry, for each version and group (Kaplan and Meier), so that recent entries count up to the last refresh';


--
-- Name: COLUMN journey_goals.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_goals.as_of IS 'instant of the last refresh, up to which purchases count; entries, messages and events count up to now; NULL before the first';


--
-- Name: COLUMN journey_goals.journey; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_goals.journey IS 'name of the journey';


--
-- Name: COLUMN journey_goals.version; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_goals.version IS 'version of the journey';


--
-- Name: COLUMN journey_goals.treatment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_goals.treatment IS 'treated, or journey control or store control: customers of a control group go through every decision and get nothing';


--
-- Name: COLUMN journey_goals.day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_goals.day IS 'whole days since the entry, every one from 0 to the last on which an entry of the group is known';


--
-- Name: COLUMN journey_goals.still_followed; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_goals.still_followed IS 'entries that had not reached the goal before this day, and are known on it';


--
-- Name: COLUMN journey_goals.reached; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_goals.reached IS 'entries that reached the goal on this day';


--
-- Name: COLUMN journey_goals.share_reached; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journey_goals.share_reached IS 'share of entries that have reached the goal by the end of this day, 0 to 1, estimated at the instants themselves';


--
-- Name: journeys; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.journeys AS
 SELECT journey.name AS journey,
    journey.status,
    journey.version,
    journey.created_at,
    journey.started_at,
    COALESCE(entered.entries, (0)::bigint) AS entries,
    COALESCE(entered.customers, (0)::bigint) AS customers,
    COALESCE(entered.under_way, (0)::bigint) AS under_way,
    COALESCE(entered.control_customers, (0)::bigint) AS control_customers,
    COALESCE(decided.actions, (0)::bigint) AS actions,
    COALESCE(decided.pending, (0)::bigint) AS pending,
    COALESCE(decided.done, (0)::bigint) AS done,
    COALESCE(decided.dead, (0)::bigint) AS dead,
    entered.last_entered_at,
    decided.last_action_at
   FROM ((compared_data.journey journey
     LEFT JOIN ( SELECT enrollment.journey,
            count(*) AS entries,
            count(DISTINCT enrollment.customer) AS customers,
            count(*) FILTER (WHERE (enrollment.due_at IS NOT NULL)) AS under_way,
            count(DISTINCT enrollment.customer) FILTER (WHERE (enrollment.control IS NOT NULL)) AS control_customers,
            max(enrollment.entered_at) AS last_entered_at
           FROM compared_data.enrollment enrollment
          GROUP BY enrollment.journey) entered ON ((entered.journey = journey.journey)))
     LEFT JOIN ( SELECT action.journey,
            count(*) FILTER (WHERE (action.status <> 'withheld'::text)) AS actions,
            count(*) FILTER (WHERE (action.status = ANY (ARRAY['pending'::text, 'claimed'::text]))) AS pending,
            count(*) FILTER (WHERE (action.status = 'done'::text)) AS done,
            count(*) FILTER (WHERE (action.status = 'dead'::text)) AS dead,
            max(action.decided_at) AS last_action_at
           FROM compared_data.action action
          GROUP BY action.journey) decided ON ((decided.journey = journey.journey)))
  ORDER BY journey.name;


--
-- Name: VIEW journeys; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.journeys IS 'one row for each journey: status, entries and actions';


--
-- Name: COLUMN journeys.journey; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.journey IS 'name of the journey';


--
-- Name: COLUMN journeys.status; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.status IS 'draft, live, paused or ended';


--
-- Name: COLUMN journeys.version; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.version IS 'version that people enter; NULL before the first start';


--
-- Name: COLUMN journeys.created_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.created_at IS 'when it was made';


--
-- Name: COLUMN journeys.started_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.started_at IS 'when it was first started; NULL before';


--
-- Name: COLUMN journeys.entries; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.entries IS 'number of entries, in all versions, control groups included';


--
-- Name: COLUMN journeys.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.customers IS 'how many customers have entered';


--
-- Name: COLUMN journeys.under_way; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.under_way IS 'entries that have not ended';


--
-- Name: COLUMN journeys.control_customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.control_customers IS 'customers of a control group among those who have entered';


--
-- Name: COLUMN journeys.actions; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.actions IS 'actions decided, without those withheld from control groups';


--
-- Name: COLUMN journeys.pending; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.pending IS 'actions that wait for a sender, or are with one';


--
-- Name: COLUMN journeys.done; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.done IS 'actions that were done';


--
-- Name: COLUMN journeys.dead; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.dead IS 'actions that were given up after too many failures';


--
-- Name: COLUMN journeys.last_entered_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.last_entered_at IS 'time of the last entry; NULL without one';


--
-- Name: COLUMN journeys.last_action_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.journeys.last_action_at IS 'when an action was decided last; NULL if none was';


--
-- Name: kpis; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.kpis AS
 SELECT kpi.day,
    kpi.as_of,
    COALESCE(kpi.customers, (0)::bigint) AS customers,
    COALESCE(kpi.buyers, (0)::bigint) AS buyers,
    COALESCE(kpi.prospects, (0)::bigint) AS prospects,
    COALESCE(kpi.new, (0)::bigint) AS new,
    COALESCE(kpi.active, (0)::bigint) AS active,
    COALESCE(kpi.at_risk, (0)::bigint) AS at_risk,
    COALESCE(kpi.lapsed, (0)::bigint) AS lapsed,
    COALESCE(kpi.vips, (0)::bigint) AS vips,
    COALESCE(kpi.orders_to_date, (0)::bigint) AS orders_to_date,
    COALESCE(round(kpi.revenue_to_date, 2), 0.00) AS revenue_to_date,
    COALESCE(kpi.orders_of_day, (0)::bigint) AS orders_of_day,
    COALESCE(round(kpi.revenue_of_day, 2), 0.00) AS revenue_of_day,
    round(kpi.average_order_value, 2) AS average_order_value,
    COALESCE(round(kpi.expected_purchases, 2), 0.00) AS expected_purchases,
    COALESCE(round(kpi.predicted_ltv, 2), 0.00) AS predicted_ltv,
    round(kpi.average_p_alive, 4) AS average_p_alive,
    COALESCE(kpi.moved, (0)::bigint) AS moved
   FROM compared_data.kpi kpi
  ORDER BY kpi.day;


--
-- Name: VIEW kpis; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.kpis IS 'the figures of each day on which the store was refreshed, oldest first; the numbers of customers are levels: never sum them over days';


--
-- Name: COLUMN kpis.day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.day IS 'the day, time zone UTC';


--
-- Name: COLUMN kpis.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.as_of IS 'the instant of its last refresh: what happened later on the day is not in the figures';


--
-- Name: COLUMN kpis.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.customers IS 'customers of the store, with or without a purchase';


--
-- Name: COLUMN kpis.buyers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.buyers IS 'those with at least one purchase';


--
-- Name: COLUMN kpis.prospects; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.prospects IS 'those without a purchase';


--
-- Name: COLUMN kpis.new; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.new IS 'those in stage new: one purchase day, not overdue';


--
-- Name: COLUMN kpis.active; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.active IS 'those in stage active: several purchase days, in rhythm';


--
-- Name: COLUMN kpis.at_risk; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.at_risk IS 'those in stage at_risk: overdue';


--
-- Name: COLUMN kpis.lapsed; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.lapsed IS 'those in stage lapsed: long overdue';


--
-- Name: COLUMN kpis.vips; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.vips IS 'those at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN kpis.orders_to_date; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.orders_to_date IS 'purchases of all time';


--
-- Name: COLUMN kpis.revenue_to_date; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.revenue_to_date IS 'amounts paid less refunds, of all time, in the currency of the orders';


--
-- Name: COLUMN kpis.orders_of_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.orders_of_day IS 'purchases of the day, up to as_of';


--
-- Name: COLUMN kpis.revenue_of_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.revenue_of_day IS 'amounts paid less refunds on the day, up to as_of, in the currency of the orders';


--
-- Name: COLUMN kpis.average_order_value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.average_order_value IS 'mean value of a purchase of all time, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN kpis.expected_purchases; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.expected_purchases IS 'purchases that are expected of all within 1 year; 0 without a fitted model';


--
-- Name: COLUMN kpis.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.predicted_ltv IS 'what all are predicted to bring within 1 year, discounted, in the currency of the orders; 0 without a fitted model';


--
-- Name: COLUMN kpis.average_p_alive; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN kpis.moved; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis.moved IS 'customers whose stage or segment was found changed on the day, once for each refresh that found one';


--
-- Name: sales; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.sales AS
 SELECT sold.day,
    sold.orders,
    sold.revenue,
    sold.customers,
    sold.as_of
   FROM ( WITH bought AS (
                 SELECT ((purchase.purchased_at AT TIME ZONE 'UTC'::text))::date AS day,
                    count(*) FILTER (WHERE (purchase.amount >= (0)::numeric)) AS orders,
                    sum(purchase.amount) AS revenue,
                    count(DISTINCT history.customer) FILTER (WHERE (purchase.amount >= (0)::numeric)) AS customers
                   FROM (compared_data.history history
                     CROSS JOIN LATERAL public.purchases(history.purchases, ( SELECT max(kpi.as_of) AS max
                           FROM compared_data.kpi kpi)) purchase(purchased_at, amount))
                  WHERE (( SELECT max(kpi.as_of) AS max
                           FROM compared_data.kpi kpi) IS NOT NULL)
                  GROUP BY (((purchase.purchased_at AT TIME ZONE 'UTC'::text))::date)
                )
         SELECT days.day,
            COALESCE(bought.orders, (0)::bigint) AS orders,
            COALESCE(round(bought.revenue, 2), 0.00) AS revenue,
            COALESCE(bought.customers, (0)::bigint) AS customers,
            days.as_of
           FROM (( SELECT (span.first + later.days) AS day,
                    span.as_of
                   FROM (( SELECT min(bought_1.day) AS first,
                            ( SELECT max(kpi.as_of) AS max
                                   FROM compared_data.kpi kpi) AS as_of
                           FROM bought bought_1) span
                     CROSS JOIN LATERAL generate_series(0, (((span.as_of AT TIME ZONE 'UTC'::text))::date - span.first)) later(days))) days
             LEFT JOIN bought ON ((bought.day = days.day)))) sold
  ORDER BY sold.day;


--
-- Name: VIEW sales; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.sales IS 'orders, revenue and customers who bought by day without gaps, oldest first, as of the last refresh';


--
-- Name: COLUMN sales.day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.sales.day IS 'the day, time zone UTC: every one from the first purchase to the last refresh';


--
-- Name: COLUMN sales.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.sales.orders IS 'purchases of the day; refunds are none; can be summed';


--
-- Name: COLUMN sales.revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.sales.revenue IS 'amounts paid less refunds on the day, in the currency of the orders; can be summed';


--
-- Name: COLUMN sales.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.sales.customers IS 'customers with a purchase on the day; never sum over days: a customer may buy on several';


--
-- Name: COLUMN sales.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.sales.as_of IS 'instant of the last refresh: later purchases are not in';


--
-- Name: kpis_by_month; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.kpis_by_month AS
 SELECT months.month,
    months.complete,
    kpi.as_of,
    kpi.customers,
    kpi.buyers,
    kpi.prospects,
    kpi.new,
    kpi.active,
    kpi.at_risk,
    kpi.lapsed,
    kpi.vips,
    kpi.orders_to_date,
    round(kpi.revenue_to_date, 2) AS revenue_to_date,
    COALESCE(round(kpi.expected_purchases, 2), 0.00) AS expected_purchases,
    COALESCE(round(kpi.predicted_ltv, 2), 0.00) AS predicted_ltv,
    round(kpi.average_p_alive, 4) AS average_p_alive,
    COALESCE(sold.orders, (0)::bigint) AS orders,
    COALESCE(sold.revenue, 0.00) AS revenue,
    months.moved
   FROM ((( SELECT month.month,
            ((month.month + '1 mon'::interval) <= span.last) AS complete,
            COALESCE(moves.moved, (0)::bigint) AS moved,
            ((month.month + '1 mon'::interval))::date AS next_month
           FROM (((( SELECT date_trunc('month'::text, (min(kpi_1.day))::timestamp without time zone) AS first,
                    (max(kpi_1.day))::timestamp without time zone AS last
                   FROM compared_data.kpi kpi_1) span
             CROSS JOIN LATERAL generate_series(span.first, span.last, '1 mon'::interval) start(at))
             CROSS JOIN LATERAL ( SELECT (start.at)::date AS month) month)
             LEFT JOIN ( SELECT (date_trunc('month'::text, (kpi_1.day)::timestamp without time zone))::date AS month,
                    (sum(kpi_1.moved))::bigint AS moved
                   FROM compared_data.kpi kpi_1
                  GROUP BY ((date_trunc('month'::text, (kpi_1.day)::timestamp without time zone))::date)) moves ON ((moves.month = month.month)))) months
     CROSS JOIN LATERAL ( SELECT kpi_1.day,
            kpi_1.as_of,
            kpi_1.customers,
            kpi_1.buyers,
            kpi_1.prospects,
            kpi_1.new,
            kpi_1.active,
            kpi_1.at_risk,
            kpi_1.lapsed,
            kpi_1.vips,
            kpi_1.orders_to_date,
            kpi_1.revenue_to_date,
            kpi_1.orders_of_day,
            kpi_1.revenue_of_day,
            kpi_1.average_order_value,
            kpi_1.expected_purchases,
            kpi_1.predicted_ltv,
            kpi_1.average_p_alive,
            kpi_1.moved
           FROM compared_data.kpi kpi_1
          WHERE (kpi_1.day < months.next_month)
          ORDER BY kpi_1.day DESC
         LIMIT 1) kpi)
     LEFT JOIN ( SELECT (date_trunc('month'::text, (sales.day)::timestamp without time zone))::date AS month,
            (sum(sales.orders))::bigint AS orders,
            sum(sales.revenue) AS revenue
           FROM compared.sales sales
          GROUP BY ((date_trunc('month'::text, (sales.day)::timestamp without time zone))::date)) sold ON ((sold.month = months.month)))
  ORDER BY months.month;


--
-- Name: VIEW kpis_by_month; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.kpis_by_month IS 'the figures of each month without gaps, oldest first: levels as of its last refresh, or of the last one before; orders, revenue and moves of the month';


--
-- Name: COLUMN kpis_by_month.month; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.month IS 'first day of the month, time zone UTC: every one from the first refresh to the last';


--
-- Name: COLUMN kpis_by_month.complete; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.complete IS 'whether the month was over at the last refresh; the last one is not, and still changes';


--
-- Name: COLUMN kpis_by_month.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.as_of IS 'instant of the last refresh in the month or before, of which the levels are: all columns but orders, revenue and moved';


--
-- Name: COLUMN kpis_by_month.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.customers IS 'customers of the store, with or without a purchase. A level: never sum over months';


--
-- Name: COLUMN kpis_by_month.buyers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.buyers IS 'those with at least one purchase; a level';


--
-- Name: COLUMN kpis_by_month.prospects; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.prospects IS 'those without a purchase; a level';


--
-- Name: COLUMN kpis_by_month.new; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.new IS 'those in stage new: one purchase day, not overdue; a level';


--
-- Name: COLUMN kpis_by_month.active; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.active IS 'those in stage active: several purchase days, in rhythm; a level';


--
-- Name: COLUMN kpis_by_month.at_risk; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.at_risk IS 'those in stage at_risk: overdue; a level';


--
-- Name: COLUMN kpis_by_month.lapsed; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.lapsed IS 'those in stage lapsed: long overdue; a level';


--
-- Name: COLUMN kpis_by_month.vips; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.vips IS 'those at the top of the base by purchases, tenure and spend together; a level';


--
-- Name: COLUMN kpis_by_month.orders_to_date; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.orders_to_date IS 'purchases of all time; a level';


--
-- Name: COLUMN kpis_by_month.revenue_to_date; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.revenue_to_date IS 'amounts paid less refunds, of all time, in the currency of the orders; a level';


--
-- Name: COLUMN kpis_by_month.expected_purchases; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.expected_purchases IS 'purchases that are expected of all within 1 year; a level; 0 without a fitted model';


--
-- Name: COLUMN kpis_by_month.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.predicted_ltv IS 'what all are predicted to bring within 1 year, discounted, in the currency of the orders; a level; 0 without a fitted model';


--
-- Name: COLUMN kpis_by_month.average_p_alive; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN kpis_by_month.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.orders IS 'purchases of the month up to the last refresh; can be summed';


--
-- Name: COLUMN kpis_by_month.revenue; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.revenue IS 'amounts paid less refunds in the month up to the last refresh, in the currency of the orders; can be summed';


--
-- Name: COLUMN kpis_by_month.moved; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.kpis_by_month.moved IS 'customers whose stage or segment was found changed in the month, once for each refresh that found one; can be summed';


--
-- Name: fit; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.fit (
    id bigint NOT NULL,
    fitted_at timestamp with time zone NOT NULL,
    as_of timestamp with time zone NOT NULL,
    customers bigint NOT NULL,
    rfm_breaks public.rfm_breaks,
    rhythm public.purchase_rhythm,
    purchase_model public.purchase_model,
    spend_model public.spend_model,
    vip_breaks public.vip_breaks,
    mean_spend numeric
);


--
-- Name: TABLE fit; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.fit IS 'what was fitted to the base, and when; the newest row is in force';


--
-- Name: models; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.models AS
 SELECT fit.id AS fit,
    fit.kind,
    (fit.id = ( SELECT max(newest.id) AS max
           FROM compared_data.fit newest)) AS in_force,
    fit.fitted_at,
    fit.as_of,
    COALESCE(((fit.value ->> 'customers'::text))::bigint, (0)::bigint) AS customers,
    COALESCE((fit.value ->> 'model'::text), fit.kind_of_model) AS model,
        CASE
            WHEN (fit.value IS NULL) THEN 'not fitted'::text
            ELSE COALESCE((fit.value ->> 'status'::text), (fit.value ->> 'method'::text), 'exact'::text)
        END AS status,
    COALESCE(( SELECT string_agg(((pair.key || ' = '::text) ||
                CASE json_typeof(pair.value)
                    WHEN 'array'::text THEN ( SELECT string_agg(item.item, ' '::text ORDER BY item.place) AS string_agg
                       FROM json_array_elements_text(pair.value) WITH ORDINALITY item(item, place))
                    WHEN 'number'::text THEN ( SELECT
                            CASE
                                WHEN (number.n = (0)::numeric) THEN '0'::text
                                ELSE (trim_scale(round(number.n, LEAST(GREATEST((5 - (floor(log(abs(number.n))))::integer), 0), 1000))))::text
                            END AS trim_scale
                       FROM ( SELECT ((pair.value #>> '{}'::text[]))::numeric AS n) number)
                    ELSE (pair.value #>> '{}'::text[])
                END), ', '::text ORDER BY pair.place) AS string_agg
           FROM json_each(
                CASE json_typeof(fit.params)
                    WHEN 'object'::text THEN fit.params
                    ELSE '{}'::json
                END) WITH ORDINALITY pair(key, value, place)
          WHERE (json_typeof(pair.value) <> 'null'::text)), ''::text) AS parameters,
    COALESCE(( SELECT string_agg(((pair.key || ' = '::text) ||
                CASE json_typeof(pair.value)
                    WHEN 'array'::text THEN ( SELECT string_agg(item.item, ' '::text ORDER BY item.place) AS string_agg
                       FROM json_array_elements_text(pair.value) WITH ORDINALITY item(item, place))
                    WHEN 'number'::text THEN ( SELECT
                            CASE
                                WHEN (number.n = (0)::numeric) THEN '0'::text
                                ELSE (trim_scale(round(number.n, LEAST(GREATEST((5 - (floor(log(abs(number.n))))::integer), 0), 1000))))::text
                            END AS trim_scale
                       FROM ( SELECT ((pair.value #>> '{}'::text[]))::numeric AS n) number)
                    ELSE (pair.value #>> '{}'::text[])
                END), ', '::text ORDER BY pair.place) AS string_agg
           FROM json_each(
                CASE json_typeof((fit.value -> 'standard_errors'::text))
                    WHEN 'object'::text THEN (fit.value -> 'standard_errors'::text)
                    ELSE '{}'::json
                END) WITH ORDINALITY pair(key, value, place)
          WHERE (json_typeof(pair.value) <> 'null'::text)), ''::text) AS standard_errors,
    ((fit.value ->> 'log_likelihood'::text))::double precision AS log_likelihood,
    COALESCE((fit.value ->> 'unit'::text), ''::text) AS unit,
    COALESCE((fit.value ->> 'note'::text), ''::text) AS note,
    COALESCE((fit.value ->> 'version'::text), ''::text) AS version
   FROM ( SELECT stored.id,
            stored.fitted_at,
            stored.as_of,
            part.kind_order,
            part.kind,
            part.kind_of_model,
            part.value,
                CASE part.kind
                    WHEN 'rfm_breaks'::text THEN json_build_object('recency_days', (part.value -> 'recency_days'::text), 'frequency', (part.value -> 'frequency'::text), 'monetary', (part.value -> 'monetary'::text))
                    WHEN 'vip_breaks'::text THEN json_build_object('purchases', (part.value -> 'purchases'::text), 'tenure_days', (part.value -> 'tenure_days'::text), 'spend', (part.value -> 'spend'::text), 'top_share', (part.value -> 'top_share'::text), 'mean_spend', (part.value -> 'mean_spend'::text))
                    ELSE (part.value -> 'params'::text)
                END AS params
           FROM compared_data.fit stored,
            LATERAL ( VALUES (1,'rfm_breaks'::text,'quantiles'::text,((stored.rfm_breaks)::text)::json), (2,'rhythm'::text,''::text,((stored.rhythm)::text)::json), (3,'purchase_model'::text,''::text,((stored.purchase_model)::text)::json), (4,'spend_model'::text,''::text,((stored.spend_model)::text)::json), (5,'vip_breaks'::text,'quantiles'::text,((stored.vip_breaks)::text)::json)) part(kind_order, kind, kind_of_model, value)) fit
  ORDER BY fit.id DESC, fit.kind_order;


--
-- Name: VIEW models; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.models IS 'what was fitted to the base, a row for each kind in each fit, the newest fit first';


--
-- Name: COLUMN models.fit; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.fit IS 'number of the fit, which fits all kinds at once; grows with each';


--
-- Name: COLUMN models.kind; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.kind IS 'what was fitted: rfm_breaks, rhythm, purchase_model, spend_model or vip_breaks';


--
-- Name: COLUMN models.in_force; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.in_force IS 'whether scores and predictions are made with it; false for what a later fit has superseded';


--
-- Name: COLUMN models.fitted_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.fitted_at IS 'instant at which it was fitted';


--
-- Name: COLUMN models.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.as_of IS 'instant up to which the purchases were read';


--
-- Name: COLUMN models.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.customers IS 'number of customers that it was fitted to';


--
-- Name: COLUMN models.model; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.model IS 'name of the model; quantiles for breaks';


--
-- Name: COLUMN models.status; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.status IS 'converged, or what kept the fit from it; exact for breaks, which are counted and not estimated; not fitted where there was nothing to fit to';


--
-- Name: COLUMN models.parameters; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.parameters IS 'the parameters by their names, to six digits, or the breaks; money in the currency of the orders; empty where there are none';


--
-- Name: COLUMN models.standard_errors; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.standard_errors IS 'standard errors of the parameters, to six digits; empty where there are none, as for breaks';


--
-- Name: COLUMN models.log_likelihood; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.log_likelihood IS 'log-likelihood of the data at the parameters; NULL for breaks, and where nothing was fitted';


--
-- Name: COLUMN models.unit; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.unit IS 'unit of time of the parameters; empty where they have none';


--
-- Name: COLUMN models.note; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.note IS 'what else a reader should know; empty for the most part';


--
-- Name: COLUMN models.version; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.models.version IS 'version of the extension that fitted; empty where nothing was';


--
-- Name: movements; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.movements AS
 SELECT movement.customer,
    movement.at,
    ((movement.at AT TIME ZONE 'UTC'::text))::date AS day,
    change.what AS kind,
    movement.refitted,
    COALESCE(change.moved_from, '(none)'::text) AS moved_from,
    COALESCE(change.moved_to, '(none)'::text) AS moved_to,
        CASE
            WHEN (COALESCE(change.moved_from, '(none)'::text) = '(none)'::text) THEN 0
            WHEN (change.what = 'stage'::text) THEN array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], change.moved_from)
            ELSE array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
               FROM ( SELECT rule.name,
                        avg(
                            CASE cell.class
                                WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                                ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                            END) AS score
                       FROM ((((compared_data.store_settings kept
                         JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                         JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                         CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                         CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                               FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                      GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), change.moved_from)
        END AS moved_from_order,
        CASE
            WHEN (COALESCE(change.moved_to, '(none)'::text) = '(none)'::text) THEN 0
            WHEN (change.what = 'stage'::text) THEN array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], change.moved_to)
            ELSE array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
               FROM ( SELECT rule.name,
                        avg(
                            CASE cell.class
                                WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                                ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                            END) AS score
                       FROM ((((compared_data.store_settings kept
                         JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                         JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                         CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                         CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                               FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                      GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), change.moved_to)
        END AS moved_to_order,
    movement.score_before,
    movement.score_after,
    COALESCE(movement.orders_before, (0)::bigint) AS orders_before,
    COALESCE(movement.orders_after, (0)::bigint) AS orders_after,
    COALESCE(round(movement.spend_before, 2), (0)::numeric) AS spend_before,
    COALESCE(round(movement.spend_after, 2), (0)::numeric) AS spend_after,
    movement.recency_days_before,
    movement.recency_days_after,
    movement.overdue_ratio_before,
    movement.overdue_ratio_after
   FROM compared_data.movement movement,
    LATERAL ( VALUES ('stage'::text,movement.stage_before,movement.stage_after), ('segment'::text,movement.segment_before,movement.segment_after)) change(what, moved_from, moved_to)
  WHERE (change.moved_from IS DISTINCT FROM change.moved_to)
  ORDER BY movement.at DESC, movement.id DESC, change.what DESC;


--
-- Name: VIEW movements; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.movements IS 'every change of a customer''s stage or segment that a refresh has found, newest first, with the figures behind it';


--
-- Name: COLUMN movements.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN movements.at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.at IS 'instant of the refresh that found the change';


--
-- Name: COLUMN movements.day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.day IS 'day of that instant, time zone UTC';


--
-- Name: COLUMN movements.kind; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.kind IS 'what changed: stage or segment';


--
-- Name: COLUMN movements.refitted; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.refitted IS 'whether breaks, rhythm and models were fitted anew in that refresh: then the borders may have moved, and not the customer';


--
-- Name: COLUMN movements.moved_from; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.moved_from IS 'the stage or segment before; (none) for customers who are new to the store';


--
-- Name: COLUMN movements.moved_to; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.moved_to IS 'the stage or segment after; (none) for customers who are gone from the store';


--
-- Name: COLUMN movements.moved_from_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.moved_from_order IS 'place of moved_from, as stage_order or segment_order of other views; 0 for (none)';


--
-- Name: COLUMN movements.moved_to_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.moved_to_order IS 'place of moved_to, as stage_order or segment_order of other views; 0 for (none)';


--
-- Name: COLUMN movements.score_before; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.score_before IS 'RFM scores before, such as 5-4-3; NULL without a purchase, or for new customers';


--
-- Name: COLUMN movements.score_after; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.score_after IS 'RFM scores after, such as 5-4-3; NULL without a purchase, or where the customer is gone';


--
-- Name: COLUMN movements.orders_before; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.orders_before IS 'number of purchases before; 0 for new customers';


--
-- Name: COLUMN movements.orders_after; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.orders_after IS 'number of purchases after; 0 where the customer is gone';


--
-- Name: COLUMN movements.spend_before; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.spend_before IS 'spend before, in the currency of the orders; 0 for new customers';


--
-- Name: COLUMN movements.spend_after; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.spend_after IS 'spend after, in the currency of the orders; 0 where the customer is gone';


--
-- Name: COLUMN movements.recency_days_before; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.recency_days_before IS 'whole days since the last purchase before; NULL without a purchase, or for new customers';


--
-- Name: COLUMN movements.recency_days_after; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.recency_days_after IS 'whole days since the last purchase after; NULL without a purchase, or where the customer is gone';


--
-- Name: COLUMN movements.overdue_ratio_before; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.overdue_ratio_before IS 'time since the last purchase as a multiple of the usual gap, before; NULL without a purchase, or for new customers';


--
-- Name: COLUMN movements.overdue_ratio_after; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.movements.overdue_ratio_after IS 'time since the last purchase as a multiple of the usual gap, after; NULL without a purchase, or where the customer is gone';


--
-- Name: next_purchases; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.next_purchases AS
 SELECT profile.customer,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    profile.next_purchase,
    profile.next_purchase_from,
    profile.next_purchase_to,
    (profile.next_purchase - ((( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AT TIME ZONE 'UTC'::text))::date) AS days_until,
    profile.stage,
    array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], profile.stage) AS stage_order,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((compared_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    profile.vip,
    round(profile.purchase_probability, 4) AS purchase_probability,
    round(profile.expected_spend, 2) AS expected_spend,
    profile.last_purchase,
    ((profile.last_purchase AT TIME ZONE 'UTC'::text))::date AS last_purchase_day,
    profile.recency_days,
    profile.orders,
    round(profile.spend, 2) AS spend,
    round(profile.average_order_value, 2) AS average_order_value,
    round(profile.predicted_ltv, 2) AS predicted_ltv,
    COALESCE(profile.channel, '(none)'::text) AS channel
   FROM compared_data.profile profile
  WHERE ((profile.next_purchase IS NOT NULL) AND (profile.stage <> ALL (ARRAY['prospect'::text, 'lapsed'::text])))
  ORDER BY profile.next_purchase, profile.spend DESC, profile.customer;


--
-- Name: VIEW next_purchases; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.next_purchases IS 'customers whose next purchase is expected, soonest first; without prospects and those who have lapsed';


--
-- Name: COLUMN next_purchases.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN next_purchases.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN next_purchases.next_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.next_purchase IS 'day on which the next purchase is expected; NULL where it is not known';


--
-- Name: COLUMN next_purchases.next_purchase_from; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.next_purchase_from IS 'first day of the range in which the next purchase falls with 80 %; NULL where it is not known';


--
-- Name: COLUMN next_purchases.next_purchase_to; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.next_purchase_to IS 'last day of the range in which the next purchase falls with 80 %; NULL where it is not known';


--
-- Name: COLUMN next_purchases.days_until; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.days_until IS 'days from the last refresh to the expected purchase; an overdue customer has a new expected date, so it lies ahead';


--
-- Name: COLUMN next_purchases.stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN next_purchases.stage_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN next_purchases.segment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN next_purchases.segment_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN next_purchases.vip; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN next_purchases.purchase_probability; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.purchase_probability IS 'probability of a purchase within 1 year, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN next_purchases.expected_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.expected_spend IS 'expected value of a future purchase, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN next_purchases.last_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.last_purchase IS 'instant of the last purchase; NULL without a purchase';


--
-- Name: COLUMN next_purchases.last_purchase_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.last_purchase_day IS 'day of the last purchase, time zone UTC; NULL without a purchase';


--
-- Name: COLUMN next_purchases.recency_days; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.recency_days IS 'whole days since the last purchase; NULL without a purchase';


--
-- Name: COLUMN next_purchases.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN next_purchases.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN next_purchases.average_order_value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.average_order_value IS 'mean value of a purchase, in the currency of the orders; NULL without a purchase';


--
-- Name: COLUMN next_purchases.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.predicted_ltv IS 'predicted value of the purchases within 1 year, discounted, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN next_purchases.channel; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.next_purchases.channel IS 'channel of the first order; (none) where it is not known';


--
-- Name: segments; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.segments AS
 SELECT sums.group_key AS segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((compared_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), sums.group_key) AS segment_order,
    COALESCE(sums.customers, (0)::bigint) AS customers,
    COALESCE(round(((sums.customers)::numeric / NULLIF(sum(sums.customers) OVER (), (0)::numeric)), 4), 0.0000) AS share,
    COALESCE(sums.orders, (0)::bigint) AS orders,
    COALESCE(round(sums.spend, 2), 0.00) AS spend,
    COALESCE(round((sums.spend / NULLIF(sum(sums.spend) OVER (), (0)::numeric)), 4), 0.0000) AS share_of_spend,
    round((sums.spend / (NULLIF(sums.buyers, 0))::numeric), 2) AS average_spend,
    round((sums.spend / (NULLIF(sums.orders, 0))::numeric), 2) AS average_order_value,
    round(((sums.orders)::numeric / (NULLIF(sums.buyers, 0))::numeric), 2) AS average_orders,
    round(sums.recency_days, 1) AS average_recency_days,
    round(sums.p_alive, 4) AS average_p_alive,
    COALESCE(round(sums.expected_purchases, 2), 0.00) AS expected_purchases,
    COALESCE(round(sums.predicted_ltv, 2), 0.00) AS predicted_ltv,
    COALESCE(round((sums.predicted_ltv / (NULLIF(sums.buyers, 0))::numeric), 2), 0.00) AS average_predicted_ltv,
    COALESCE(sums.vips, (0)::bigint) AS vips,
    sums.new,
    sums.active,
    sums.at_risk,
    sums.lapsed,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of
   FROM ( SELECT profile.segment AS group_key,
            count(*) AS customers,
            count(*) FILTER (WHERE (profile.orders > 0)) AS buyers,
            count(*) FILTER (WHERE (profile.stage = 'prospect'::text)) AS prospects,
            count(*) FILTER (WHERE (profile.stage = 'new'::text)) AS new,
            count(*) FILTER (WHERE (profile.stage = 'active'::text)) AS active,
            count(*) FILTER (WHERE (profile.stage = 'at_risk'::text)) AS at_risk,
            count(*) FILTER (WHERE (profile.stage = 'lapsed'::text)) AS lapsed,
            count(*) FILTER (WHERE profile.vip) AS vips,
            (sum(profile.orders))::bigint AS orders,
            sum(profile.spend) AS spend,
            avg(profile.recency_days) AS recency_days,
            avg(profile.p_alive) AS p_alive,
            sum(profile.expected_purchases) AS expected_purchases,
            sum(profile.predicted_ltv) AS predicted_ltv
           FROM compared_data.profile profile
          GROUP BY profile.segment) sums
  ORDER BY sums.spend DESC, sums.group_key;


--
-- Name: VIEW segments; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.segments IS 'the segments that have customers, those that spent most first';


--
-- Name: COLUMN segments.segment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.segment IS 'segment by the RFM scores; Prospect is of those without a purchase';


--
-- Name: COLUMN segments.segment_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN segments.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.customers IS 'number of customers';


--
-- Name: COLUMN segments.share; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.share IS 'share of all customers, 0 to 1';


--
-- Name: COLUMN segments.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.orders IS 'their purchases';


--
-- Name: COLUMN segments.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.spend IS 'amounts paid less refunds, in the currency of the orders';


--
-- Name: COLUMN segments.share_of_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.share_of_spend IS 'their share of the spend of all customers; 0 where nothing was spent at all';


--
-- Name: COLUMN segments.average_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.average_spend IS 'mean spend of a buyer, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN segments.average_order_value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.average_order_value IS 'mean value of a purchase, spend / orders, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN segments.average_orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.average_orders IS 'mean number of purchases of a buyer; NULL where no customer has bought';


--
-- Name: COLUMN segments.average_recency_days; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.average_recency_days IS 'mean days since the last purchase; NULL where no customer has bought';


--
-- Name: COLUMN segments.average_p_alive; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN segments.expected_purchases; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.expected_purchases IS 'purchases that are expected of them within 1 year; 0 without a fitted model';


--
-- Name: COLUMN segments.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.predicted_ltv IS 'what they are predicted to bring within 1 year, discounted, in the currency of the orders; 0 without a fitted model';


--
-- Name: COLUMN segments.average_predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.average_predicted_ltv IS 'predicted_ltv of a buyer in the mean, in the currency of the orders; 0 where no customer has bought, or without a fitted model';


--
-- Name: COLUMN segments.vips; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.vips IS 'those at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN segments.new; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.new IS 'those in stage new: one purchase day, not overdue';


--
-- Name: COLUMN segments.active; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.active IS 'those in stage active: several purchase days, in rhythm';


--
-- Name: COLUMN segments.at_risk; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.at_risk IS 'those in stage at_risk: overdue';


--
-- Name: COLUMN segments.lapsed; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.lapsed IS 'those in stage lapsed: long overdue';


--
-- Name: COLUMN segments.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.segments.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: stage_days; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.stage_days AS
 SELECT days.day,
    levels.stage,
    (levels.stage_order)::integer AS stage_order,
    levels.customers,
    days.as_of
   FROM (( SELECT (kpi.day + later.days) AS day,
            kpi.as_of,
            kpi.prospects,
            kpi.new,
            kpi.active,
            kpi.at_risk,
            kpi.lapsed
           FROM (( SELECT kpi_1.day,
                    kpi_1.as_of,
                    kpi_1.customers,
                    kpi_1.buyers,
                    kpi_1.prospects,
                    kpi_1.new,
                    kpi_1.active,
                    kpi_1.at_risk,
                    kpi_1.lapsed,
                    kpi_1.vips,
                    kpi_1.orders_to_date,
                    kpi_1.revenue_to_date,
                    kpi_1.orders_of_day,
                    kpi_1.revenue_of_day,
                    kpi_1.average_order_value,
                    kpi_1.expected_purchases,
                    kpi_1.predicted_ltv,
                    kpi_1.average_p_alive,
                    kpi_1.moved,
                    lead(kpi_1.day, 1, (kpi_1.day + 1)) OVER (ORDER BY kpi_1.day) AS next_day
                   FROM compared_data.kpi kpi_1) kpi
             CROSS JOIN LATERAL generate_series(0, ((kpi.next_day - kpi.day) - 1)) later(days))) days
     CROSS JOIN LATERAL UNNEST(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], ARRAY[days.prospects, days.new, days.active, days.at_risk, days.lapsed]) WITH ORDINALITY levels(stage, customers, stage_order))
  ORDER BY days.day, levels.stage_order;


--
-- Name: VIEW stage_days; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.stage_days IS 'how many customers were in which stage, a row for each day and stage without gaps, for charts over time; a level: never sum over days';


--
-- Name: COLUMN stage_days.day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stage_days.day IS 'the day, time zone UTC: every one from the first refresh to the last';


--
-- Name: COLUMN stage_days.stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stage_days.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN stage_days.stage_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stage_days.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN stage_days.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stage_days.customers IS 'customers in the stage on that day, as of its last refresh or the last one before. A level: never sum over days';


--
-- Name: COLUMN stage_days.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stage_days.as_of IS 'the instant of that refresh; earlier than the day where the store was not refreshed on it';


--
-- Name: stages; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.stages AS
 SELECT stages.stage,
    (stages.stage_order)::integer AS stage_order,
    COALESCE(sums.customers, (0)::bigint) AS customers,
    COALESCE(round(((sums.customers)::numeric / NULLIF(sum(sums.customers) OVER (), (0)::numeric)), 4), 0.0000) AS share,
    COALESCE(sums.vips, (0)::bigint) AS vips,
    COALESCE(sums.orders, (0)::bigint) AS orders,
    COALESCE(round(sums.spend, 2), 0.00) AS spend,
    COALESCE(round((sums.spend / NULLIF(sum(sums.spend) OVER (), (0)::numeric)), 4), 0.0000) AS share_of_spend,
    round((sums.spend / (NULLIF(sums.buyers, 0))::numeric), 2) AS average_spend,
    round((sums.spend / (NULLIF(sums.orders, 0))::numeric), 2) AS average_order_value,
    round(sums.recency_days, 1) AS average_recency_days,
    round(sums.p_alive, 4) AS average_p_alive,
    COALESCE(round(sums.expected_purchases, 2), 0.00) AS expected_purchases,
    COALESCE(round(sums.predicted_ltv, 2), 0.00) AS predicted_ltv,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of
   FROM (unnest(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text]) WITH ORDINALITY stages(stage, stage_order)
     LEFT JOIN ( SELECT profile.stage AS group_key,
            count(*) AS customers,
            count(*) FILTER (WHERE (profile.orders > 0)) AS buyers,
            count(*) FILTER (WHERE (profile.stage = 'prospect'::text)) AS prospects,
            count(*) FILTER (WHERE (profile.stage = 'new'::text)) AS new,
            count(*) FILTER (WHERE (profile.stage = 'active'::text)) AS active,
            count(*) FILTER (WHERE (profile.stage = 'at_risk'::text)) AS at_risk,
            count(*) FILTER (WHERE (profile.stage = 'lapsed'::text)) AS lapsed,
            count(*) FILTER (WHERE profile.vip) AS vips,
            (sum(profile.orders))::bigint AS orders,
            sum(profile.spend) AS spend,
            avg(profile.recency_days) AS recency_days,
            avg(profile.p_alive) AS p_alive,
            sum(profile.expected_purchases) AS expected_purchases,
            sum(profile.predicted_ltv) AS predicted_ltv
           FROM compared_data.profile profile
          GROUP BY profile.stage) sums ON ((sums.group_key = stages.stage)))
  ORDER BY stages.stage_order;


--
-- Name: VIEW stages; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.stages IS 'the five stages of the lifecycle in their order, also those without customers';


--
-- Name: COLUMN stages.stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.stage IS 'stage of the lifecycle: prospect (no purchase yet), new (one purchase day, not overdue), active (several, in rhythm), at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN stages.stage_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN stages.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.customers IS 'number of customers';


--
-- Name: COLUMN stages.share; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.share IS 'share of all customers, 0 to 1';


--
-- Name: COLUMN stages.vips; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.vips IS 'those at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN stages.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.orders IS 'their purchases';


--
-- Name: COLUMN stages.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.spend IS 'amounts paid less refunds, in the currency of the orders';


--
-- Name: COLUMN stages.share_of_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.share_of_spend IS 'their share of the spend of all customers; 0 where nothing was spent at all';


--
-- Name: COLUMN stages.average_spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.average_spend IS 'mean spend of a buyer, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN stages.average_order_value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.average_order_value IS 'mean value of a purchase, spend / orders, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN stages.average_recency_days; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.average_recency_days IS 'mean days since the last purchase; NULL where no customer has bought';


--
-- Name: COLUMN stages.average_p_alive; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN stages.expected_purchases; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.expected_purchases IS 'purchases that are expected of them within 1 year; 0 without a fitted model';


--
-- Name: COLUMN stages.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.predicted_ltv IS 'what they are predicted to bring within 1 year, discounted, in the currency of the orders; 0 without a fitted model';


--
-- Name: COLUMN stages.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.stages.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: time_in_stage; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.time_in_stage AS
 SELECT stages.stage,
    (stages.stage_order)::integer AS stage_order,
    COALESCE(present.customers, (0)::bigint) AS customers,
    round((present.days)::numeric, 1) AS mean_days_so_far,
    COALESCE(completed.stays, (0)::bigint) AS completed_stays,
    round((completed.mean_days)::numeric, 1) AS mean_days_completed,
    round((completed.median_days)::numeric, 1) AS median_days_completed,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of
   FROM ((unnest(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text]) WITH ORDINALITY stages(stage, stage_order)
     LEFT JOIN ( SELECT profile.stage,
            count(*) AS customers,
            avg(GREATEST((date_part('epoch'::text, (( SELECT max(kpi.as_of) AS max
                   FROM compared_data.kpi kpi) - profile.stage_since)) / (86400)::double precision), (0)::double precision)) FILTER (WHERE (( SELECT max(kpi.as_of) AS max
                   FROM compared_data.kpi kpi) IS NOT NULL)) AS days
           FROM compared_data.profile profile
          GROUP BY profile.stage) present ON ((present.stage = stages.stage)))
     LEFT JOIN ( SELECT stay.stage,
            count(*) AS stays,
            avg(stay.days) AS mean_days,
            percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY stay.days) AS median_days
           FROM ( SELECT movement.stage_before AS stage,
                    (date_part('epoch'::text, (movement.at - lag(movement.at) OVER (PARTITION BY movement.customer ORDER BY movement.at, movement.id))) / (86400)::double precision) AS days
                   FROM compared_data.movement movement
                  WHERE (movement.stage_before IS DISTINCT FROM movement.stage_after)) stay
          WHERE ((stay.days IS NOT NULL) AND (stay.stage IS NOT NULL))
          GROUP BY stay.stage) completed ON ((completed.stage = stages.stage)))
  ORDER BY stages.stage_order;


--
-- Name: VIEW time_in_stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.time_in_stage IS 'how long customers stay in each stage of the lifecycle: those who are there now, and those who have left';


--
-- Name: COLUMN time_in_stage.stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.time_in_stage.stage IS 'stage of the lifecycle: prospect, new, active, at_risk, lapsed';


--
-- Name: COLUMN time_in_stage.stage_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.time_in_stage.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN time_in_stage.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.time_in_stage.customers IS 'customers who are in the stage now';


--
-- Name: COLUMN time_in_stage.mean_days_so_far; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.time_in_stage.mean_days_so_far IS 'mean days of these customers in the stage up to the last refresh, as far as it is known; NULL where no customer is in it';


--
-- Name: COLUMN time_in_stage.completed_stays; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.time_in_stage.completed_stays IS 'stays in the stage of which the log knows beginning and end; those that began before the log are left out';


--
-- Name: COLUMN time_in_stage.mean_days_completed; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.time_in_stage.mean_days_completed IS 'mean days of completed stays, which in a young log are the short ones; NULL where there is none';


--
-- Name: COLUMN time_in_stage.median_days_completed; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.time_in_stage.median_days_completed IS 'median days of completed stays; NULL where there is none';


--
-- Name: COLUMN time_in_stage.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.time_in_stage.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: top_customers; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.top_customers AS
 SELECT (rank() OVER (ORDER BY (profile.spend + COALESCE(profile.predicted_ltv, (0)::numeric)) DESC))::integer AS rank,
    profile.customer,
    round((profile.spend + COALESCE(profile.predicted_ltv, (0)::numeric)), 2) AS value,
    round(profile.spend, 2) AS spend,
    round(profile.predicted_ltv, 2) AS predicted_ltv,
    profile.orders,
    round(profile.average_order_value, 2) AS average_order_value,
    profile.stage,
    array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], profile.stage) AS stage_order,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((compared_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    profile.vip,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    profile.first_purchase,
    ((profile.first_purchase AT TIME ZONE 'UTC'::text))::date AS first_purchase_day,
    profile.last_purchase,
    ((profile.last_purchase AT TIME ZONE 'UTC'::text))::date AS last_purchase_day,
    round(profile.p_alive, 4) AS p_alive,
    round(profile.ltv, 2) AS ltv,
    COALESCE(profile.channel, '(none)'::text) AS channel
   FROM ( SELECT profile_1.customer,
            profile_1.stage,
            profile_1.segment,
            profile_1.recency_score,
            profile_1.frequency_score,
            profile_1.monetary_score,
            profile_1.phase,
            profile_1.relationship_stage,
            profile_1.temperature,
            profile_1.vip,
            profile_1.orders,
            profile_1.spend,
            profile_1.average_order_value,
            profile_1.first_purchase,
            profile_1.last_purchase,
            profile_1.recency_days,
            profile_1.overdue_ratio,
            profile_1.next_purchase,
            profile_1.next_purchase_from,
            profile_1.next_purchase_to,
            profile_1.p_alive,
            profile_1.expected_purchases,
            profile_1.purchase_probability,
            profile_1.expected_spend,
            profile_1.ltv,
            profile_1.predicted_ltv,
            profile_1.channel,
            profile_1.last_channel,
            profile_1.cohort,
            profile_1.consented_at,
            profile_1.spend_last_year,
            profile_1.stage_since,
            profile_1.segment_since
           FROM compared_data.profile profile_1
          WHERE (profile_1.orders > 0)
          ORDER BY (profile_1.spend + COALESCE(profile_1.predicted_ltv, (0)::numeric)) DESC, profile_1.customer
         LIMIT 100) profile
  ORDER BY (profile.spend + COALESCE(profile.predicted_ltv, (0)::numeric)) DESC, profile.customer;


--
-- Name: VIEW top_customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.top_customers IS 'the 100 customers of the greatest value: what they have spent and are predicted to bring within 1 year';


--
-- Name: COLUMN top_customers.rank; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.rank IS 'place by value, from 1; those of the same value share a place';


--
-- Name: COLUMN top_customers.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN top_customers.value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.value IS 'what the customer has spent and is predicted to bring: spend + predicted_ltv, in the currency of the orders; spend alone without a fitted model';


--
-- Name: COLUMN top_customers.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN top_customers.predicted_ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.predicted_ltv IS 'predicted value of the purchases within 1 year, discounted, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN top_customers.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN top_customers.average_order_value; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.average_order_value IS 'mean value of a purchase, in the currency of the orders; NULL without a purchase';


--
-- Name: COLUMN top_customers.stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN top_customers.stage_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN top_customers.segment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN top_customers.segment_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN top_customers.vip; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN top_customers.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN top_customers.first_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.first_purchase IS 'instant of the first purchase; NULL without a purchase';


--
-- Name: COLUMN top_customers.first_purchase_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.first_purchase_day IS 'day of the first purchase, time zone UTC; NULL without a purchase';


--
-- Name: COLUMN top_customers.last_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.last_purchase IS 'instant of the last purchase; NULL without a purchase';


--
-- Name: COLUMN top_customers.last_purchase_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.last_purchase_day IS 'day of the last purchase, time zone UTC; NULL without a purchase';


--
-- Name: COLUMN top_customers.p_alive; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.p_alive IS 'probability that the customer still buys at all, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN top_customers.ltv; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.ltv IS 'simple lifetime value of 3 years at the pace so far, in the currency of the orders: 0 for one-time buyers, NULL for prospects and on the day of the first purchase';


--
-- Name: COLUMN top_customers.channel; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers.channel IS 'channel of the first order; (none) where it is not known';


--
-- Name: top_customers_of_year; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.top_customers_of_year AS
 SELECT (rank() OVER (ORDER BY profile.spend_last_year DESC))::integer AS rank,
    profile.customer,
    round(profile.spend_last_year, 2) AS spend_last_year,
    round(profile.spend, 2) AS spend,
    profile.orders,
    profile.stage,
    array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], profile.stage) AS stage_order,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((compared_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    profile.vip,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    ((profile.last_purchase AT TIME ZONE 'UTC'::text))::date AS last_purchase_day,
    profile.next_purchase
   FROM ( SELECT profile_1.customer,
            profile_1.stage,
            profile_1.segment,
            profile_1.recency_score,
            profile_1.frequency_score,
            profile_1.monetary_score,
            profile_1.phase,
            profile_1.relationship_stage,
            profile_1.temperature,
            profile_1.vip,
            profile_1.orders,
            profile_1.spend,
            profile_1.average_order_value,
            profile_1.first_purchase,
            profile_1.last_purchase,
            profile_1.recency_days,
            profile_1.overdue_ratio,
            profile_1.next_purchase,
            profile_1.next_purchase_from,
            profile_1.next_purchase_to,
            profile_1.p_alive,
            profile_1.expected_purchases,
            profile_1.purchase_probability,
            profile_1.expected_spend,
            profile_1.ltv,
            profile_1.predicted_ltv,
            profile_1.channel,
            profile_1.last_channel,
            profile_1.cohort,
            profile_1.consented_at,
            profile_1.spend_last_year,
            profile_1.stage_since,
            profile_1.segment_since
           FROM compared_data.profile profile_1
          WHERE (profile_1.spend_last_year > (0)::numeric)
          ORDER BY profile_1.spend_last_year DESC, profile_1.customer
         LIMIT 100) profile
  ORDER BY profile.spend_last_year DESC, profile.customer;


--
-- Name: VIEW top_customers_of_year; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.top_customers_of_year IS 'the 100 customers of the highest spend in the year before the last refresh';


--
-- Name: COLUMN top_customers_of_year.rank; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.rank IS 'place by spend_last_year, from 1; customers of the same spend share a place';


--
-- Name: COLUMN top_customers_of_year.customer; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN top_customers_of_year.spend_last_year; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.spend_last_year IS 'amounts paid less refunds in the year before the last refresh, in the currency of the orders; 0 without a purchase in it; NULL from an upgrade of the store to the next refresh';


--
-- Name: COLUMN top_customers_of_year.spend; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN top_customers_of_year.orders; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN top_customers_of_year.stage; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN top_customers_of_year.stage_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN top_customers_of_year.segment; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN top_customers_of_year.segment_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN top_customers_of_year.vip; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN top_customers_of_year.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN top_customers_of_year.last_purchase_day; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.last_purchase_day IS 'day of the last purchase, time zone UTC; NULL without a purchase';


--
-- Name: COLUMN top_customers_of_year.next_purchase; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.top_customers_of_year.next_purchase IS 'day on which the next purchase is expected; NULL where it is not known';


--
-- Name: transitions; Type: VIEW; Schema: compared; Owner: -
--

CREATE VIEW compared.transitions AS
 SELECT transition.what AS kind,
    transition.moved_from,
    transition.moved_to,
    ('from '::text || transition.moved_from) AS source,
    ('to '::text || transition.moved_to) AS target,
        CASE
            WHEN (COALESCE(transition.moved_from, '(none)'::text) = '(none)'::text) THEN 0
            WHEN (transition.what = 'stage'::text) THEN array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], transition.moved_from)
            ELSE array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
               FROM ( SELECT rule.name,
                        avg(
                            CASE cell.class
                                WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                                ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                            END) AS score
                       FROM ((((compared_data.store_settings kept
                         JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                         JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                         CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                         CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                               FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                      GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), transition.moved_from)
        END AS moved_from_order,
        CASE
            WHEN (COALESCE(transition.moved_to, '(none)'::text) = '(none)'::text) THEN 0
            WHEN (transition.what = 'stage'::text) THEN array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], transition.moved_to)
            ELSE array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
               FROM ( SELECT rule.name,
                        avg(
                            CASE cell.class
                                WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                                ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                            END) AS score
                       FROM ((((compared_data.store_settings kept
                         JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                         JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                         CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                         CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                               FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                      GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), transition.moved_to)
        END AS moved_to_order,
    transition.moves,
    transition.customers,
    round(((transition.moves)::numeric / sum(transition.moves) OVER (PARTITION BY transition.what, transition.moved_from)), 4) AS share_of_moves,
    ( SELECT max(kpi.as_of) AS max
           FROM compared_data.kpi kpi) AS as_of,
    transition.first_at,
    transition.last_at
   FROM ( SELECT change.what,
            COALESCE(change.moved_from, '(none)'::text) AS moved_from,
            COALESCE(change.moved_to, '(none)'::text) AS moved_to,
            count(*) AS moves,
            count(DISTINCT movement.customer) AS customers,
            min(movement.at) AS first_at,
            max(movement.at) AS last_at
           FROM compared_data.movement movement,
            LATERAL ( VALUES ('stage'::text,movement.stage_before,movement.stage_after), ('segment'::text,movement.segment_before,movement.segment_after)) change(what, moved_from, moved_to)
          WHERE (change.moved_from IS DISTINCT FROM change.moved_to)
          GROUP BY change.what, COALESCE(change.moved_from, '(none)'::text), COALESCE(change.moved_to, '(none)'::text)) transition
  ORDER BY transition.what DESC, transition.moved_from, transition.moves DESC, transition.moved_to;


--
-- Name: VIEW transitions; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON VIEW compared.transitions IS 'how often customers have moved from one stage or segment to another, over the whole log';


--
-- Name: COLUMN transitions.kind; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.kind IS 'what changed: stage or segment';


--
-- Name: COLUMN transitions.moved_from; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.moved_from IS 'the stage or segment before; (none) for customers who are new to the store';


--
-- Name: COLUMN transitions.moved_to; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.moved_to IS 'the stage or segment after; (none) for customers who are gone from the store';


--
-- Name: COLUMN transitions.source; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.source IS 'moved_from as the source of a link in a Sankey chart, such as from active';


--
-- Name: COLUMN transitions.target; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.target IS 'moved_to as the target of a link, such as to at_risk: no target is a source, and so no links go in a circle';


--
-- Name: COLUMN transitions.moved_from_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.moved_from_order IS 'place of moved_from, as stage_order or segment_order of other views; 0 for (none)';


--
-- Name: COLUMN transitions.moved_to_order; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.moved_to_order IS 'place of moved_to, as stage_order or segment_order of other views; 0 for (none)';


--
-- Name: COLUMN transitions.moves; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.moves IS 'number of such changes in the log';


--
-- Name: COLUMN transitions.customers; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.customers IS 'number of customers who made them, each counted once';


--
-- Name: COLUMN transitions.share_of_moves; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.share_of_moves IS 'share of all changes out of moved_from, 0 to 1; customers who stay do not count; transition_matrix() counts them';


--
-- Name: COLUMN transitions.as_of; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN transitions.first_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.first_at IS 'instant of the first such change';


--
-- Name: COLUMN transitions.last_at; Type: COMMENT; Schema: compared; Owner: -
--

COMMENT ON COLUMN compared.transitions.last_at IS 'instant of the last such change';


--
-- Name: action_id_seq; Type: SEQUENCE; Schema: compared_data; Owner: -
--

ALTER TABLE compared_data.action ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME compared_data.action_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: crash_marker; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE UNLOGGED TABLE compared_data.crash_marker (
    made_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE crash_marker; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.crash_marker IS 'a row that a crash of the server takes away, as it does those of unlogged sources';


--
-- Name: decision; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.decision (
    id bigint NOT NULL,
    customer bigint NOT NULL,
    journey integer NOT NULL,
    version integer NOT NULL,
    entry integer NOT NULL,
    step integer NOT NULL,
    round integer NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    reason text
);


--
-- Name: TABLE decision; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.decision IS 'all decisions but actions: entries, branches, postponed and dropped actions, and exits with their reason';


--
-- Name: decision_id_seq; Type: SEQUENCE; Schema: compared_data; Owner: -
--

ALTER TABLE compared_data.decision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME compared_data.decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: event_change; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.event_change (
    customer bigint
);

ALTER TABLE ONLY compared_data.event_change REPLICA IDENTITY FULL;


--
-- Name: TABLE event_change; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.event_change IS 'customers whose events have changed since the last refresh, NULL for all; filled by triggers';


--
-- Name: event_id_seq; Type: SEQUENCE; Schema: compared_data; Owner: -
--

ALTER TABLE compared_data.event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME compared_data.event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: fit_id_seq; Type: SEQUENCE; Schema: compared_data; Owner: -
--

ALTER TABLE compared_data.fit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME compared_data.fit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: journey_condition; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.journey_condition (
    journey integer NOT NULL,
    customer bigint NOT NULL
);


--
-- Name: TABLE journey_condition; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.journey_condition IS 'customers for whom the entry condition of a journey holds now';


--
-- Name: journey_journey_seq; Type: SEQUENCE; Schema: compared_data; Owner: -
--

ALTER TABLE compared_data.journey ALTER COLUMN journey ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME compared_data.journey_journey_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: orders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.orders (
    id integer,
    customer bigint,
    at timestamp with time zone,
    amount numeric,
    status text,
    channel text
);


--
-- Name: key_orders; Type: VIEW; Schema: compared_data; Owner: -
--

CREATE VIEW compared_data.key_orders AS
 SELECT orders.customer,
    orders.at AS ordered_at,
    orders.amount
   FROM public.orders;


--
-- Name: VIEW key_orders; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON VIEW compared_data.key_orders IS 'the columns that settings name, of all rows, which tells what they are called by now';


--
-- Name: missed; Type: SEQUENCE; Schema: compared_data; Owner: -
--

CREATE SEQUENCE compared_data.missed
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: SEQUENCE missed; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON SEQUENCE compared_data.missed IS 'takes another value when changes could not be noted: the next refresh reads all rows';


--
-- Name: movement_id_seq; Type: SEQUENCE; Schema: compared_data; Owner: -
--

ALTER TABLE compared_data.movement ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME compared_data.movement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: order_change; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.order_change (
    customer bigint
);

ALTER TABLE ONLY compared_data.order_change REPLICA IDENTITY FULL;


--
-- Name: TABLE order_change; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.order_change IS 'customers whose orders have changed since the last refresh, NULL for all; filled by triggers';


--
-- Name: source_orders; Type: VIEW; Schema: compared_data; Owner: -
--

CREATE VIEW compared_data.source_orders AS
 SELECT orders.customer,
    orders.at AS ordered_at,
    orders.amount,
    NULL::text AS channel
   FROM public.orders
  WHERE ((orders.customer IS NOT NULL) AND (orders.at >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (orders.at < '10000-01-01 00:00:00+00'::timestamp with time zone) AND true);


--
-- Name: VIEW source_orders; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON VIEW compared_data.source_orders IS 'the rows that are orders, as the store reads them';


--
-- Name: watermark; Type: TABLE; Schema: compared_data; Owner: -
--

CREATE TABLE compared_data.watermark (
    source text NOT NULL,
    high text,
    reconciled_at timestamp with time zone
);


--
-- Name: TABLE watermark; Type: COMMENT; Schema: compared_data; Owner: -
--

COMMENT ON TABLE compared_data.watermark IS 'when a source was last read whole, and how far one whose changes a column shows';


--
-- Name: contacts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contacts (
    customer bigint,
    e public.engagement_history
);


--
-- Name: events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events (
    customer bigint,
    at timestamp with time zone,
    kind text
);


--
-- Name: fits; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.fits (
    breaks public.rfm_breaks,
    rhythm public.purchase_rhythm,
    model public.purchase_model,
    spend public.spend_model,
    vips public.vip_breaks
);


--
-- Name: histories; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.histories (
    customer bigint,
    h public.purchase_history
);


--
-- Name: people; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.people (
    customer bigint,
    country text
);


--
-- Name: store_settings; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.store_settings (
    one boolean DEFAULT true NOT NULL,
    settings jsonb NOT NULL,
    key_type text NOT NULL,
    reader name,
    made_reader boolean DEFAULT false NOT NULL,
    attached_at timestamp with time zone DEFAULT now() NOT NULL,
    conditions jsonb DEFAULT '{}'::jsonb NOT NULL,
    layout integer DEFAULT 1 NOT NULL,
    made text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT store_settings_one_check CHECK (one)
);


--
-- Name: TABLE store_settings; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.store_settings IS 'the settings of the store, one row: lifecycle.store must say the same, and lifecycle.restore_store reads them. Written by lifecycle.attach, configure and refresh';


--
-- Name: at_risk; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.at_risk AS
 SELECT profile.customer,
        CASE
            WHEN (profile.overdue_ratio > (0)::numeric) THEN format('last purchase %s days ago, %s times the usual gap of %s days'::text, profile.recency_days, profile.overdue_ratio, round(((profile.recency_days)::numeric / profile.overdue_ratio)))
            ELSE format('last purchase %s days ago'::text, profile.recency_days)
        END AS reason,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((shop_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    profile.vip,
    profile.overdue_ratio,
    profile.recency_days,
    (round(((profile.recency_days)::numeric / NULLIF(profile.overdue_ratio, (0)::numeric))))::integer AS usual_gap_days,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    (((profile.last_purchase AT TIME ZONE 'Europe/Berlin'::text))::date + (round(((profile.recency_days)::numeric / NULLIF(profile.overdue_ratio, (0)::numeric))))::integer) AS due_on,
    profile.last_purchase,
    ((profile.last_purchase AT TIME ZONE 'Europe/Berlin'::text))::date AS last_purchase_day,
    profile.stage_since AS at_risk_since,
    profile.orders,
    round(profile.spend, 2) AS spend,
    round(profile.average_order_value, 2) AS average_order_value,
    round(profile.p_alive, 4) AS p_alive,
    round(profile.expected_spend, 2) AS expected_spend,
    round(profile.ltv, 2) AS ltv,
    round(profile.predicted_ltv, 2) AS predicted_ltv,
    COALESCE(profile.channel, '(none)'::text) AS channel,
        CASE
            WHEN ( SELECT pg_has_role(n.nspowner, 'USAGE'::text) AS pg_has_role
               FROM pg_namespace n
              WHERE (n.nspname = 'shop'::name)) THEN profile.country
            ELSE NULL::text
        END AS country
   FROM shop_data.profile profile
  WHERE (profile.stage = 'at_risk'::text)
  ORDER BY profile.spend DESC, profile.predicted_ltv DESC NULLS LAST, profile.customer;


--
-- Name: VIEW at_risk; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.at_risk IS 'customers who are overdue but not lost yet (stage at_risk, whatever the segment), highest spend first';


--
-- Name: COLUMN at_risk.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN at_risk.reason; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.reason IS 'the reason in words: days since the last purchase, and the customer''s usual gap';


--
-- Name: COLUMN at_risk.segment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN at_risk.segment_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN at_risk.vip; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN at_risk.overdue_ratio; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.overdue_ratio IS 'time since the last purchase as a multiple of the customer''s usual gap: 1 is just due; NULL without a purchase';


--
-- Name: COLUMN at_risk.recency_days; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.recency_days IS 'whole days since the last purchase; NULL without a purchase';


--
-- Name: COLUMN at_risk.usual_gap_days; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.usual_gap_days IS 'the gap between purchases that is usual for the customer, in days; NULL where the last purchase is of today';


--
-- Name: COLUMN at_risk.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN at_risk.due_on; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.due_on IS 'day on which the order was expected that is overdue: last_purchase_day + usual_gap_days';


--
-- Name: COLUMN at_risk.last_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.last_purchase IS 'instant of the last purchase; NULL without a purchase';


--
-- Name: COLUMN at_risk.last_purchase_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.last_purchase_day IS 'day of the last purchase, time zone Europe/Berlin; NULL without a purchase';


--
-- Name: COLUMN at_risk.at_risk_since; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.at_risk_since IS 'instant from which on the customer is known to be at risk';


--
-- Name: COLUMN at_risk.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN at_risk.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN at_risk.average_order_value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.average_order_value IS 'mean value of a purchase, in the currency of the orders; NULL without a purchase';


--
-- Name: COLUMN at_risk.p_alive; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.p_alive IS 'probability that the customer still buys at all, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN at_risk.expected_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.expected_spend IS 'expected value of a future purchase, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN at_risk.ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.ltv IS 'simple lifetime value of 3 years at the pace so far, in the currency of the orders: 0 for one-time buyers, NULL for prospects and on the day of the first purchase';


--
-- Name: COLUMN at_risk.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.predicted_ltv IS 'predicted value of the purchases within 1 year, discounted, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN at_risk.channel; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.channel IS 'channel of the first order; (none) where it is not known';


--
-- Name: COLUMN at_risk.country; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.at_risk.country IS 'attribute "country" of the customer; NULL where it is not known, and for roles that are not members of the store''s owner';


--
-- Name: channels; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.channels AS
 SELECT sums.group_key AS channel,
    COALESCE(sums.customers, (0)::bigint) AS customers,
    COALESCE(round(((sums.customers)::numeric / NULLIF(sum(sums.customers) OVER (), (0)::numeric)), 4), 0.0000) AS share,
    COALESCE(sums.buyers, (0)::bigint) AS buyers,
    sums.prospects,
    sums.new,
    sums.active,
    sums.at_risk,
    sums.lapsed,
    COALESCE(sums.vips, (0)::bigint) AS vips,
    COALESCE(sums.orders, (0)::bigint) AS orders,
    COALESCE(round(sums.spend, 2), 0.00) AS spend,
    COALESCE(round((sums.spend / NULLIF(sum(sums.spend) OVER (), (0)::numeric)), 4), 0.0000) AS share_of_spend,
    round((sums.spend / (NULLIF(sums.buyers, 0))::numeric), 2) AS average_spend,
    round((sums.spend / (NULLIF(sums.orders, 0))::numeric), 2) AS average_order_value,
    round(sums.p_alive, 4) AS average_p_alive,
    COALESCE(round(sums.predicted_ltv, 2), 0.00) AS predicted_ltv,
    COALESCE(round((sums.predicted_ltv / (NULLIF(sums.buyers, 0))::numeric), 2), 0.00) AS average_predicted_ltv,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of
   FROM ( SELECT COALESCE(profile.channel, '(none)'::text) AS group_key,
            count(*) AS customers,
            count(*) FILTER (WHERE (profile.orders > 0)) AS buyers,
            count(*) FILTER (WHERE (profile.stage = 'prospect'::text)) AS prospects,
            count(*) FILTER (WHERE (profile.stage = 'new'::text)) AS new,
            count(*) FILTER (WHERE (profile.stage = 'active'::text)) AS active,
            count(*) FILTER (WHERE (profile.stage = 'at_risk'::text)) AS at_risk,
            count(*) FILTER (WHERE (profile.stage = 'lapsed'::text)) AS lapsed,
            count(*) FILTER (WHERE profile.vip) AS vips,
            (sum(profile.orders))::bigint AS orders,
            sum(profile.spend) AS spend,
            avg(profile.recency_days) AS recency_days,
            avg(profile.p_alive) AS p_alive,
            sum(profile.expected_purchases) AS expected_purchases,
            sum(profile.predicted_ltv) AS predicted_ltv
           FROM shop_data.profile profile
          GROUP BY COALESCE(profile.channel, '(none)'::text)) sums
  ORDER BY sums.spend DESC, sums.group_key;


--
-- Name: VIEW channels; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.channels IS 'customers by the channel of their first order, those of the channel that brought most first';


--
-- Name: COLUMN channels.channel; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.channel IS 'channel of a customer''s first order; (none) where it is not known, and for those without an order';


--
-- Name: COLUMN channels.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.customers IS 'number of customers';


--
-- Name: COLUMN channels.share; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.share IS 'share of all customers, 0 to 1';


--
-- Name: COLUMN channels.buyers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.buyers IS 'those with at least one purchase';


--
-- Name: COLUMN channels.prospects; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.prospects IS 'those without a purchase';


--
-- Name: COLUMN channels.new; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.new IS 'those in stage new: one purchase day, not overdue';


--
-- Name: COLUMN channels.active; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.active IS 'those in stage active: several purchase days, in rhythm';


--
-- Name: COLUMN channels.at_risk; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.at_risk IS 'those in stage at_risk: overdue';


--
-- Name: COLUMN channels.lapsed; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.lapsed IS 'those in stage lapsed: long overdue';


--
-- Name: COLUMN channels.vips; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.vips IS 'those at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN channels.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.orders IS 'their purchases';


--
-- Name: COLUMN channels.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.spend IS 'amounts paid less refunds, in the currency of the orders';


--
-- Name: COLUMN channels.share_of_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.share_of_spend IS 'their share of the spend of all customers; 0 where nothing was spent at all';


--
-- Name: COLUMN channels.average_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.average_spend IS 'mean spend of a buyer, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN channels.average_order_value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.average_order_value IS 'mean value of a purchase, spend / orders, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN channels.average_p_alive; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN channels.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.predicted_ltv IS 'what they are predicted to bring within 1 year, discounted, in the currency of the orders; 0 without a fitted model';


--
-- Name: COLUMN channels.average_predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.average_predicted_ltv IS 'predicted_ltv of a buyer in the mean, in the currency of the orders; 0 where no customer has bought, or without a fitted model';


--
-- Name: COLUMN channels.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.channels.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: cohorts; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.cohorts AS
 SELECT ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    cohorts.cohort,
    to_char((cohorts.cohort)::timestamp with time zone, 'YYYY-MM'::text) AS cohort_month,
    cohorts.age,
    cohorts.month,
    cohorts.complete,
    cohorts.customers,
    cohorts.active,
    round((cohorts.retention)::numeric, 4) AS retention,
    cohorts.orders,
    round(cohorts.revenue, 2) AS revenue,
    round(cohorts.cumulative_revenue_per_customer, 2) AS cumulative_revenue_per_customer
   FROM shop.cohort_months() cohorts(cohort, age, month, complete, customers, active, retention, orders, revenue, cumulative_revenue_per_customer)
  ORDER BY cohorts.cohort, cohorts.age;


--
-- Name: VIEW cohorts; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.cohorts IS 'customers by the month of their first purchase, and what they did in that month and in every later one, also where no customer bought; as of the last refresh';


--
-- Name: COLUMN cohorts.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN cohorts.cohort; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.cohort IS 'first day of the month in which the customers made their first purchase, time zone Europe/Berlin';


--
-- Name: COLUMN cohorts.cohort_month; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.cohort_month IS 'the same month as text, such as 2024-03';


--
-- Name: COLUMN cohorts.age; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.age IS 'how many months later; 0 is the month of the first purchase';


--
-- Name: COLUMN cohorts.month; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.month IS 'first day of that month';


--
-- Name: COLUMN cohorts.complete; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.complete IS 'whether the month was over at the last refresh; the last one is not, and still grows';


--
-- Name: COLUMN cohorts.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.customers IS 'customers of the cohort, active or not: the same at every age';


--
-- Name: COLUMN cohorts.active; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.active IS 'those of them with at least one purchase in the month';


--
-- Name: COLUMN cohorts.retention; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.retention IS 'active / customers, 0 to 1; 1 at age 0';


--
-- Name: COLUMN cohorts.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.orders IS 'their purchases in the month; refunds are none';


--
-- Name: COLUMN cohorts.revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.revenue IS 'amounts paid less refunds in the month, in the currency of the orders';


--
-- Name: COLUMN cohorts.cumulative_revenue_per_customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.cohorts.cumulative_revenue_per_customer IS 'revenue from age 0 to the end of the month / customers, in the currency of the orders: what one of them has been worth by then';


--
-- Name: concentration; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.concentration AS
 SELECT round((point.share_of_customers)::numeric, 4) AS share_of_customers,
    round((point.share_of_revenue)::numeric, 4) AS share_of_spend,
    round(((1)::numeric - (point.share_of_customers)::numeric), 4) AS share_of_best_customers,
    round(((1)::numeric - (point.share_of_revenue)::numeric), 4) AS share_of_spend_of_best,
    round(((base.concentration).gini)::numeric, 4) AS gini,
    (base.concentration).customers AS customers,
    round((base.concentration).revenue, 2) AS spend,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of
   FROM ( SELECT public.value_concentration(history.purchases, ( SELECT max(kpi.as_of) AS max
                   FROM shop_data.kpi kpi)) AS concentration
           FROM shop_data.history history
          WHERE (( SELECT max(kpi.as_of) AS max
                   FROM shop_data.kpi kpi) IS NOT NULL)) base,
    LATERAL unnest((base.concentration).lorenz) point(share_of_customers, share_of_revenue)
  ORDER BY point.share_of_customers;


--
-- Name: VIEW concentration; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.concentration IS 'how much of the spend comes from how many of the customers: the points of the Lorenz curve, in 100 steps or in one for each customer; empty where nothing was spent';


--
-- Name: COLUMN concentration.share_of_customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.concentration.share_of_customers IS 'a share of the customers, those with the least spend, 0 to 1';


--
-- Name: COLUMN concentration.share_of_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.concentration.share_of_spend IS 'the share of the spend of all that is theirs, 0 to 1';


--
-- Name: COLUMN concentration.share_of_best_customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.concentration.share_of_best_customers IS 'all the other customers, those with the most spend, 0 to 1';


--
-- Name: COLUMN concentration.share_of_spend_of_best; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.concentration.share_of_spend_of_best IS 'share of spend of the best customers, 0 to 1; the row with share_of_best_customers 0.2 is the best 20 %';


--
-- Name: COLUMN concentration.gini; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.concentration.gini IS 'the Gini coefficient of all, the same in every row: 0 where all spend the same, near 1 where one spends all';


--
-- Name: COLUMN concentration.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.concentration.customers IS 'customers with a purchase, the same in every row';


--
-- Name: COLUMN concentration.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.concentration.spend IS 'what they spent, in the currency of the orders, the same in every row; a customer with more refunds than purchases counts as 0';


--
-- Name: COLUMN concentration.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.concentration.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: customers; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.customers AS
 SELECT profile.customer,
    profile.stage,
    array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], profile.stage) AS stage_order,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((shop_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    ((((profile.recency_score || '-'::text) || profile.frequency_score) || '-'::text) || profile.monetary_score) AS rfm,
    profile.recency_score,
    profile.frequency_score,
    profile.monetary_score,
    profile.phase,
    profile.relationship_stage,
    profile.temperature,
    profile.vip,
    profile.orders,
    round(profile.spend, 2) AS spend,
    round(profile.spend_last_year, 2) AS spend_last_year,
    round(profile.average_order_value, 2) AS average_order_value,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    profile.first_purchase,
    ((profile.first_purchase AT TIME ZONE 'Europe/Berlin'::text))::date AS first_purchase_day,
    profile.last_purchase,
    ((profile.last_purchase AT TIME ZONE 'Europe/Berlin'::text))::date AS last_purchase_day,
    profile.recency_days,
    profile.overdue_ratio,
    profile.next_purchase,
    profile.next_purchase_from,
    profile.next_purchase_to,
    round(profile.p_alive, 4) AS p_alive,
    round(profile.expected_purchases, 4) AS expected_purchases,
    round(profile.purchase_probability, 4) AS purchase_probability,
    round(profile.expected_spend, 2) AS expected_spend,
    round(profile.ltv, 2) AS ltv,
    round(profile.predicted_ltv, 2) AS predicted_ltv,
    COALESCE(profile.channel, '(none)'::text) AS channel,
    COALESCE(profile.last_channel, '(none)'::text) AS last_channel,
    profile.cohort,
    to_char((profile.cohort)::timestamp with time zone, 'YYYY-MM'::text) AS cohort_month,
    profile.consented_at,
    profile.stage_since,
    profile.segment_since,
        CASE
            WHEN ( SELECT pg_has_role(n.nspowner, 'USAGE'::text) AS pg_has_role
               FROM pg_namespace n
              WHERE (n.nspname = 'shop'::name)) THEN profile.country
            ELSE NULL::text
        END AS country
   FROM shop_data.profile profile;


--
-- Name: VIEW customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.customers IS 'every customer with the profile of the last refresh, in no order';


--
-- Name: COLUMN customers.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN customers.stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN customers.stage_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN customers.segment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN customers.segment_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN customers.rfm; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.rfm IS 'the three RFM scores, such as 5-4-3; NULL without a purchase';


--
-- Name: COLUMN customers.recency_score; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.recency_score IS 'RFM score of recency, 1 (longest ago) and up; NULL without a purchase';


--
-- Name: COLUMN customers.frequency_score; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.frequency_score IS 'RFM score of frequency, 1 (rarest) and up; NULL without a purchase';


--
-- Name: COLUMN customers.monetary_score; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.monetary_score IS 'RFM score of spend, 1 (least) and up; NULL without a purchase';


--
-- Name: COLUMN customers.phase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.phase IS 'what to invest in: activation, conversion, growth, retention, reactivation, sunset';


--
-- Name: COLUMN customers.relationship_stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.relationship_stage IS 'how far the relationship has come: reach, acquire, develop, retain, advocate';


--
-- Name: COLUMN customers.temperature; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.temperature IS 'whether the customer has reacted recently: warm, cold, never_contacted';


--
-- Name: COLUMN customers.vip; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN customers.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN customers.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN customers.spend_last_year; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.spend_last_year IS 'amounts paid less refunds in the year before the last refresh, in the currency of the orders; 0 without a purchase in it; NULL from an upgrade of the store to the next refresh';


--
-- Name: COLUMN customers.average_order_value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.average_order_value IS 'mean value of a purchase, in the currency of the orders; NULL without a purchase';


--
-- Name: COLUMN customers.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN customers.first_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.first_purchase IS 'instant of the first purchase; NULL without a purchase';


--
-- Name: COLUMN customers.first_purchase_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.first_purchase_day IS 'day of the first purchase, time zone Europe/Berlin; NULL without a purchase';


--
-- Name: COLUMN customers.last_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.last_purchase IS 'instant of the last purchase; NULL without a purchase';


--
-- Name: COLUMN customers.last_purchase_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.last_purchase_day IS 'day of the last purchase, time zone Europe/Berlin; NULL without a purchase';


--
-- Name: COLUMN customers.recency_days; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.recency_days IS 'whole days since the last purchase; NULL without a purchase';


--
-- Name: COLUMN customers.overdue_ratio; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.overdue_ratio IS 'time since the last purchase as a multiple of the customer''s usual gap: 1 is just due; NULL without a purchase';


--
-- Name: COLUMN customers.next_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.next_purchase IS 'day on which the next purchase is expected; NULL where it is not known';


--
-- Name: COLUMN customers.next_purchase_from; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.next_purchase_from IS 'first day of the range in which the next purchase falls with 80 %; NULL where it is not known';


--
-- Name: COLUMN customers.next_purchase_to; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.next_purchase_to IS 'last day of the range in which the next purchase falls with 80 %; NULL where it is not known';


--
-- Name: COLUMN customers.p_alive; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.p_alive IS 'probability that the customer still buys at all, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.expected_purchases; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.expected_purchases IS 'expected number of purchases within 1 year; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.purchase_probability; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.purchase_probability IS 'probability of a purchase within 1 year, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.expected_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.expected_spend IS 'expected value of a future purchase, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.ltv IS 'simple lifetime value of 3 years at the pace so far, in the currency of the orders: 0 for one-time buyers, NULL for prospects and on the day of the first purchase';


--
-- Name: COLUMN customers.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.predicted_ltv IS 'predicted value of the purchases within 1 year, discounted, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN customers.channel; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.channel IS 'channel of the first order; (none) where it is not known';


--
-- Name: COLUMN customers.last_channel; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.last_channel IS 'channel of the last order, also one with a future date; (none) where it is not known';


--
-- Name: COLUMN customers.cohort; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.cohort IS 'first day of the month of the first purchase, time zone Europe/Berlin; NULL without a purchase';


--
-- Name: COLUMN customers.cohort_month; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.cohort_month IS 'the same month as text, such as 2024-03; NULL without a purchase';


--
-- Name: COLUMN customers.consented_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.consented_at IS 'instant of consent to be addressed; NULL without one, or where it is not known';


--
-- Name: COLUMN customers.stage_since; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.stage_since IS 'instant from which on the customer is known in this stage';


--
-- Name: COLUMN customers.segment_since; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.segment_since IS 'instant from which on the customer is known in this segment';


--
-- Name: COLUMN customers.country; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.customers.country IS 'attribute "country" of the customer; NULL where it is not known, and for roles that are not members of the store''s owner';


--
-- Name: growth; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.growth AS
 SELECT ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    growth.month,
    growth.complete,
    growth.new,
    growth.retained,
    growth.resurrected,
    growth.churned,
    growth.active,
    round((growth.quick_ratio)::numeric, 4) AS quick_ratio,
    round(growth.revenue, 2) AS revenue,
    round(growth.new_revenue, 2) AS new_revenue,
    round(growth.retained_revenue, 2) AS retained_revenue,
    round(growth.resurrected_revenue, 2) AS resurrected_revenue,
    round(growth.inactive_revenue, 2) AS inactive_revenue,
    round(growth.churned_revenue, 2) AS churned_revenue
   FROM shop.growth_months() growth(month, complete, new, retained, resurrected, churned, active, quick_ratio, revenue, new_revenue, retained_revenue, resurrected_revenue, inactive_revenue, churned_revenue)
  ORDER BY growth.month;


--
-- Name: VIEW growth; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.growth IS 'new, retained, resurrected and churned customers by month, oldest first; as of the last refresh';


--
-- Name: COLUMN growth.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN growth.month; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.month IS 'first day of the month, time zone Europe/Berlin';


--
-- Name: COLUMN growth.complete; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.complete IS 'whether the month was over at the last refresh; the last one is not, and still grows';


--
-- Name: COLUMN growth.new; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.new IS 'customers who made the first purchase of all in the month';


--
-- Name: COLUMN growth.retained; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.retained IS 'customers who bought in the month and in the one before';


--
-- Name: COLUMN growth.resurrected; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.resurrected IS 'customers who bought in the month and before, but not in the month before';


--
-- Name: COLUMN growth.churned; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.churned IS 'customers who bought in the month before and not in this one';


--
-- Name: COLUMN growth.active; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.active IS 'customers with at least one purchase in the month: new + retained + resurrected';


--
-- Name: COLUMN growth.quick_ratio; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.quick_ratio IS '(new + resurrected) / churned: above 1 the active base grows; NULL if no customer churned';


--
-- Name: COLUMN growth.revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.revenue IS 'amounts paid less refunds in the month, in the currency of the orders';


--
-- Name: COLUMN growth.new_revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.new_revenue IS 'revenue of the new customers, in the currency of the orders';


--
-- Name: COLUMN growth.retained_revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.retained_revenue IS 'revenue of the retained customers, in the currency of the orders';


--
-- Name: COLUMN growth.resurrected_revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.resurrected_revenue IS 'revenue of the resurrected customers, in the currency of the orders';


--
-- Name: COLUMN growth.inactive_revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.inactive_revenue IS 'refunds to customers who bought nothing in the month, in the currency of the orders: 0 or less';


--
-- Name: COLUMN growth.churned_revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.growth.churned_revenue IS 'revenue of the churned customers in the month before, in the currency of the orders: what they took away; no part of revenue';


--
-- Name: action; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.action (
    id bigint NOT NULL,
    customer bigint NOT NULL,
    journey integer NOT NULL,
    version integer NOT NULL,
    entry integer NOT NULL,
    step integer NOT NULL,
    round integer NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    arm text,
    control text,
    channel text NOT NULL,
    template text NOT NULL,
    payload jsonb NOT NULL,
    priority integer NOT NULL,
    status text NOT NULL,
    claimable_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    claimed_by text,
    completed_at timestamp with time zone,
    message_id text,
    error text,
    CONSTRAINT action_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'claimed'::text, 'done'::text, 'dead'::text, 'withheld'::text, 'cancelled'::text])))
)
WITH (fillfactor='80');


--
-- Name: TABLE action; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.action IS 'the actions: one row for each decision to send, with its delivery status';


--
-- Name: event; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.event (
    id bigint NOT NULL,
    customer bigint NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    action bigint,
    channel text,
    provider_id text,
    detail jsonb,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    processed boolean DEFAULT false NOT NULL
);


--
-- Name: TABLE event; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.event IS 'the events that lifecycle.record_event recorded';


--
-- Name: journey; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.journey (
    journey integer NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    version integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    movement_seen bigint DEFAULT 0 NOT NULL,
    scanned_at timestamp with time zone,
    CONSTRAINT journey_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'paused'::text, 'ended'::text])))
);


--
-- Name: TABLE journey; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.journey IS 'the journeys: chains of messages that follow what customers do';


--
-- Name: journey_step; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.journey_step (
    journey integer NOT NULL,
    version integer NOT NULL,
    step integer NOT NULL,
    name text NOT NULL,
    definition jsonb NOT NULL,
    CONSTRAINT journey_step_step_check CHECK ((step > 0))
);

ALTER TABLE ONLY shop_data.journey_step REPLICA IDENTITY FULL;


--
-- Name: TABLE journey_step; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.journey_step IS 'the steps of each version of a journey, in order';


--
-- Name: journey_actions; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.journey_actions AS
 SELECT action.id AS action,
    journey.name AS journey,
    action.version,
    step.name AS step,
    action.customer,
    action.entry,
        CASE action.control
            WHEN 'journey'::text THEN 'journey control'::text
            WHEN 'store'::text THEN 'store control'::text
            ELSE 'treated'::text
        END AS treatment,
    COALESCE(action.arm, '(none)'::text) AS arm,
    action.channel,
    action.template,
    action.status,
    action.attempts,
    action.error,
    action.decided_at,
        CASE
            WHEN (action.status = 'done'::text) THEN GREATEST(LEAST(action.completed_at, reaction.answered_at), action.decided_at)
            ELSE NULL::timestamp with time zone
        END AS sent_at,
    LEAST(reaction.delivered_at, reaction.opened_at, reaction.clicked_at) AS delivered_at,
    LEAST(reaction.opened_at, reaction.clicked_at) AS opened_at,
    reaction.clicked_at,
    reaction.bounced_at,
    reaction.unsubscribed_at
   FROM (((shop_data.action action
     JOIN shop_data.journey journey ON ((journey.journey = action.journey)))
     LEFT JOIN shop_data.journey_step step ON (((step.journey = action.journey) AND (step.version = action.version) AND (step.step = action.step))))
     LEFT JOIN ( SELECT event.customer,
            event.action,
            min(event.at) FILTER (WHERE (event.kind = ANY (ARRAY['delivered'::text, 'open'::text, 'click'::text, 'reply'::text, 'bounce'::text, 'unsubscribe'::text, 'complaint'::text]))) AS answered_at,
            min(event.at) FILTER (WHERE (event.kind = 'delivered'::text)) AS delivered_at,
            min(event.at) FILTER (WHERE (event.kind = 'open'::text)) AS opened_at,
            min(event.at) FILTER (WHERE (event.kind = 'click'::text)) AS clicked_at,
            min(event.at) FILTER (WHERE (event.kind = 'bounce'::text)) AS bounced_at,
            min(event.at) FILTER (WHERE (event.kind = ANY (ARRAY['unsubscribe'::text, 'complaint'::text]))) AS unsubscribed_at
           FROM shop_data.event event
          WHERE (event.action IS NOT NULL)
          GROUP BY event.customer, event.action) reaction ON (((reaction.customer = action.customer) AND (reaction.action = action.id) AND (action.status = 'done'::text))));


--
-- Name: VIEW journey_actions; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.journey_actions IS 'every action that a journey has decided, and what became of it';


--
-- Name: COLUMN journey_actions.action; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.action IS 'number of the action';


--
-- Name: COLUMN journey_actions.journey; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.journey IS 'name of the journey';


--
-- Name: COLUMN journey_actions.version; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.version IS 'version of the journey';


--
-- Name: COLUMN journey_actions.step; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.step IS 'step that decided it';


--
-- Name: COLUMN journey_actions.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN journey_actions.entry; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.entry IS 'which entry of the customer into this journey, from 1';


--
-- Name: COLUMN journey_actions.treatment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.treatment IS 'treated, or journey control or store control: customers of a control group go through every decision and get nothing';


--
-- Name: COLUMN journey_actions.arm; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.arm IS 'arms drawn at splits, such as subject=a; (none) before a split';


--
-- Name: COLUMN journey_actions.channel; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.channel IS 'by which way it is sent, such as email';


--
-- Name: COLUMN journey_actions.template; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.template IS 'what is sent';


--
-- Name: COLUMN journey_actions.status; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.status IS 'pending, claimed, done, dead (given up), withheld (control group) or cancelled (unsubscribed, or the journey has ended)';


--
-- Name: COLUMN journey_actions.attempts; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.attempts IS 'how often a sender has claimed it';


--
-- Name: COLUMN journey_actions.error; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.error IS 'what the sender has said of its last failure; NULL without one';


--
-- Name: COLUMN journey_actions.decided_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.decided_at IS 'when it was decided';


--
-- Name: COLUMN journey_actions.sent_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.sent_at IS 'when it was done, as its sender has said, or as the first reaction proves, be it a bounce; NULL if it was not';


--
-- Name: COLUMN journey_actions.delivered_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.delivered_at IS 'when it was delivered, as its provider reported or the first opening proves; NULL if neither is known';


--
-- Name: COLUMN journey_actions.opened_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.opened_at IS 'when it was first opened; a click is an opening, whether or not the picture was loaded; NULL if it was not';


--
-- Name: COLUMN journey_actions.clicked_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.clicked_at IS 'when a link in it was first followed; NULL if none was';


--
-- Name: COLUMN journey_actions.bounced_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.bounced_at IS 'when it came back; NULL if it did not';


--
-- Name: COLUMN journey_actions.unsubscribed_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_actions.unsubscribed_at IS 'when it was answered by an unsubscription or a complaint; NULL if it was not';


--
-- Name: journey_state; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.journey_state (
    singleton boolean DEFAULT true NOT NULL,
    policy jsonb DEFAULT '{}'::jsonb NOT NULL,
    swept_at timestamp with time zone,
    sweep_of timestamp with time zone,
    sweep_next smallint,
    CONSTRAINT journey_state_singleton_check CHECK (singleton)
);


--
-- Name: TABLE journey_state; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.journey_state IS 'what holds for all journeys of the store, and how far they are';


--
-- Name: journey_credits; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.journey_credits AS
 SELECT credit.customer,
    credit.purchased_at,
    round(credit.amount, 2) AS amount,
    round(credit.refunded, 2) AS refunded,
    round((credit.amount - credit.refunded), 2) AS credit,
    credit.action,
    credit.journey,
    credit.version,
    credit.step,
    credit.entry,
    credit.arm,
    credit.touched_at,
    round(((date_part('epoch'::text, (credit.purchased_at - credit.touched_at)) / (86400)::double precision))::numeric, 2) AS days_after_touch,
    credit.rule
   FROM ( SELECT DISTINCT ON (purchase.customer, purchase.place) purchase.customer,
            purchase.purchased_at,
            purchase.amount,
            purchase.refunded,
            touch.action,
            touch.journey,
            touch.version,
            touch.step,
            touch.entry,
            touch.arm,
            touch.touched_at,
            ((((attribution.rule || ' ('::text) || attribution.touch) || ') within '::text) || attribution.within) AS rule
           FROM ((( SELECT COALESCE((state.policy #>> '{attribution,rule}'::text[]), 'last_touch'::text) AS rule,
                    COALESCE((state.policy #>> '{attribution,touch}'::text[]), 'sent'::text) AS touch,
                    COALESCE((state.policy #>> '{attribution,window}'::text[]), '7 days'::text) AS within
                   FROM shop_data.journey_state state) attribution
             CROSS JOIN LATERAL ( SELECT sent.action,
                    sent.journey,
                    sent.version,
                    sent.step,
                    sent.entry,
                    sent.arm,
                    sent.customer,
                    sent.sent_at AS touched_at
                   FROM shop.journey_actions sent
                  WHERE ((attribution.touch = 'sent'::text) AND (sent.sent_at IS NOT NULL) AND ((sent.bounced_at IS NULL) OR (sent.delivered_at IS NOT NULL)))
                UNION ALL
                 SELECT sent.action,
                    sent.journey,
                    sent.version,
                    sent.step,
                    sent.entry,
                    sent.arm,
                    sent.customer,
                    event.at
                   FROM (shop_data.event event
                     JOIN shop.journey_actions sent ON (((sent.action = event.action) AND (sent.customer = event.customer))))
                  WHERE ((event.kind = attribution.touch) AND (sent.status = 'done'::text))) touch)
             JOIN ( SELECT history.customer,
                    net.purchased_at,
                    net.amount,
                    net.refunded,
                    net.place
                   FROM shop_data.history history,
                    LATERAL public.net_purchases(history.purchases, '9999-12-31 00:00:00+00'::timestamp with time zone) WITH ORDINALITY net(purchased_at, amount, refunded, place)) purchase ON ((purchase.customer = touch.customer)))
          WHERE ((touch.touched_at <= purchase.purchased_at) AND (touch.touched_at >= (((purchase.purchased_at AT TIME ZONE 'Europe/Berlin'::text) - (attribution.within)::interval) AT TIME ZONE 'Europe/Berlin'::text)))
          ORDER BY purchase.customer, purchase.place, (date_part('epoch'::text, touch.touched_at) * (
                CASE attribution.rule
                    WHEN 'first_touch'::text THEN 1
                    ELSE '-1'::integer
                END)::double precision), (touch.action *
                CASE attribution.rule
                    WHEN 'first_touch'::text THEN 1
                    ELSE '-1'::integer
                END)) credit;


--
-- Name: VIEW journey_credits; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.journey_credits IS 'purchases credited to an action by the attribution rule of the policy; each purchase has one action at most, and refunds reduce the credit';


--
-- Name: COLUMN journey_credits.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN journey_credits.purchased_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.purchased_at IS 'when the purchase was made';


--
-- Name: COLUMN journey_credits.amount; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.amount IS 'what it came to, in the currency of the orders';


--
-- Name: COLUMN journey_credits.refunded; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.refunded IS 'what was given back of it by the last refresh, in the currency of the orders';


--
-- Name: COLUMN journey_credits.credit; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.credit IS 'what is left of it, in the currency of the orders';


--
-- Name: COLUMN journey_credits.action; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.action IS 'number of the action that it is credited to';


--
-- Name: COLUMN journey_credits.journey; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.journey IS 'name of that action''s journey';


--
-- Name: COLUMN journey_credits.version; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.version IS 'version of the journey';


--
-- Name: COLUMN journey_credits.step; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.step IS 'step that decided the action';


--
-- Name: COLUMN journey_credits.entry; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.entry IS 'which entry of the customer into this journey, from 1';


--
-- Name: COLUMN journey_credits.arm; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.arm IS 'arms drawn at splits, such as subject=a; (none) before a split';


--
-- Name: COLUMN journey_credits.touched_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.touched_at IS 'when it was sent, opened or clicked, as the rule says';


--
-- Name: COLUMN journey_credits.days_after_touch; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.days_after_touch IS 'days from there to the purchase';


--
-- Name: COLUMN journey_credits.rule; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_credits.rule IS 'the rule: last_touch or first_touch, of what is sent, open or click, and within how long';


--
-- Name: enrollment; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.enrollment (
    customer bigint NOT NULL,
    journey integer NOT NULL,
    entry integer NOT NULL,
    bucket smallint NOT NULL,
    version integer NOT NULL,
    step integer NOT NULL,
    round integer DEFAULT 1 NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    triggered_at timestamp with time zone NOT NULL,
    step_since timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    postponed_since timestamp with time zone,
    postponed_reason text,
    arm text,
    control text,
    goal_until timestamp with time zone,
    ended_at timestamp with time zone,
    outcome text,
    goal_at timestamp with time zone,
    CONSTRAINT enrollment_control_check CHECK ((control = ANY (ARRAY['journey'::text, 'store'::text])))
)
WITH (fillfactor='80');


--
-- Name: TABLE enrollment; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.enrollment IS 'one row for each entry of a customer into a journey, and the step it is at';


--
-- Name: journey_version; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.journey_version (
    journey integer NOT NULL,
    version integer NOT NULL,
    head jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone
);


--
-- Name: TABLE journey_version; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.journey_version IS 'the versions of each journey: all of a definition but its steps';


--
-- Name: journey_customers; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.journey_customers AS
 SELECT journey.name AS journey,
    enrollment.version,
    enrollment.customer,
    enrollment.entry,
        CASE enrollment.control
            WHEN 'journey'::text THEN 'journey control'::text
            WHEN 'store'::text THEN 'store control'::text
            ELSE 'treated'::text
        END AS treatment,
    enrollment.entered_at,
    enrollment.triggered_at,
    step.name AS step,
    enrollment.step_since,
    COALESCE(enrollment.arm, '(none)'::text) AS arm,
    enrollment.due_at,
    enrollment.postponed_since,
    enrollment.postponed_reason,
    enrollment.ended_at,
    enrollment.outcome,
    LEAST(reached.at,
        CASE
            WHEN (enrollment.goal_at <= counting.until) THEN enrollment.goal_at
            ELSE NULL::timestamp with time zone
        END) AS goal_at,
    counting.until AS goal_until,
    GREATEST(LEAST(counting.until,
        CASE
            WHEN ((goal.event IS NULL) OR (goal.event = 'ordered'::text)) THEN ( SELECT max(kpi.as_of) AS max
               FROM shop_data.kpi kpi)
            ELSE now()
        END), enrollment.entered_at) AS goal_known_until
   FROM ((((((shop_data.enrollment enrollment
     JOIN shop_data.journey journey ON ((journey.journey = enrollment.journey)))
     JOIN ( SELECT version.journey,
            version.version,
            COALESCE(('{"opened": "open", "bounced": "bounce", "clicked": "click", "replied": "reply", "visited": "visit", "referred": "referral", "complained": "complaint", "subscribed": "subscribe", "unsubscribed": "unsubscribe"}'::jsonb ->> lower((version.head #>> '{goal,event}'::text[]))), lower((version.head #>> '{goal,event}'::text[]))) AS event,
            COALESCE(((version.head #>> '{goal,bought,at_least}'::text[]))::numeric, (1)::numeric) AS at_least,
            ((version.head #>> '{goal,bought,spend_at_least}'::text[]))::numeric AS spend_at_least,
            (COALESCE((version.head #>> '{goal,within}'::text[]), '30 days'::text))::interval AS within
           FROM shop_data.journey_version version) goal ON (((goal.journey = enrollment.journey) AND (goal.version = enrollment.version))))
     LEFT JOIN shop_data.journey_step step ON (((step.journey = enrollment.journey) AND (step.version = enrollment.version) AND (step.step = enrollment.step))))
     LEFT JOIN shop_data.history history ON ((history.customer = enrollment.customer)))
     CROSS JOIN LATERAL ( SELECT COALESCE(enrollment.goal_until, (((enrollment.entered_at AT TIME ZONE 'Europe/Berlin'::text) + goal.within) AT TIME ZONE 'Europe/Berlin'::text)) AS until
         OFFSET 0) counting)
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN ((goal.event IS NULL) OR (goal.event = 'ordered'::text)) THEN ( SELECT min(so_far.purchased_at) AS min
                       FROM ( SELECT purchase.purchased_at,
                                count(*) FILTER (WHERE (purchase.amount >= (0)::numeric)) OVER in_order AS bought,
                                sum(purchase.amount) OVER in_order AS spent
                               FROM public.purchases(history.purchases, counting.until) purchase(purchased_at, amount)
                              WHERE (purchase.purchased_at > enrollment.entered_at)
                              WINDOW in_order AS (ORDER BY purchase.purchased_at)) so_far
                      WHERE (((so_far.bought)::numeric >= goal.at_least) AND ((goal.spend_at_least IS NULL) OR (so_far.spent >= goal.spend_at_least))))
                    ELSE LEAST(( SELECT min(event.at) AS min
                       FROM shop_data.event event
                      WHERE ((event.customer = enrollment.customer) AND (event.kind = goal.event) AND (event.at > enrollment.entered_at) AND (event.at <= counting.until))), ( SELECT min(event.happened_at) AS min
                       FROM public.events(history.engagement, counting.until) event(happened_at, kind, channel)
                      WHERE ((event.kind = goal.event) AND (event.happened_at > enrollment.entered_at))))
                END AS at
         OFFSET 0) reached);


--
-- Name: VIEW journey_customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.journey_customers IS 'one row for each entry of a customer into a journey: the step it is at, and how it ended';


--
-- Name: COLUMN journey_customers.journey; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.journey IS 'name of the journey';


--
-- Name: COLUMN journey_customers.version; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.version IS 'version of the journey that the customer is in';


--
-- Name: COLUMN journey_customers.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN journey_customers.entry; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.entry IS 'which entry of the customer into this journey, from 1';


--
-- Name: COLUMN journey_customers.treatment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.treatment IS 'treated, or journey control or store control: customers of a control group go through every decision and get nothing';


--
-- Name: COLUMN journey_customers.entered_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.entered_at IS 'when the customer entered';


--
-- Name: COLUMN journey_customers.triggered_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.triggered_at IS 'time of the event, order or change that triggered the entry';


--
-- Name: COLUMN journey_customers.step; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.step IS 'step at which the customer is, or at which the journey ended';


--
-- Name: COLUMN journey_customers.step_since; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.step_since IS 'since when the customer is or was at that step';


--
-- Name: COLUMN journey_customers.arm; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.arm IS 'arms drawn at splits, such as subject=a; (none) before a split';


--
-- Name: COLUMN journey_customers.due_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.due_at IS 'when the step is due; NULL once it has ended';


--
-- Name: COLUMN journey_customers.postponed_since; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.postponed_since IS 'since when the step''s action is postponed; NULL if it is not';


--
-- Name: COLUMN journey_customers.postponed_reason; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.postponed_reason IS 'why it is: quiet hours, or the cap; NULL if it is not';


--
-- Name: COLUMN journey_customers.ended_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.ended_at IS 'when it ended; NULL while the customer is under way';


--
-- Name: COLUMN journey_customers.outcome; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.outcome IS 'how it ended: goal, exit, unsubscribed, left (does not belong there any more), ended (with the journey); NULL while the customer is under way';


--
-- Name: COLUMN journey_customers.goal_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.goal_at IS 'first time the goal was reached before goal_until; later refunds do not change it; NULL if it was not reached';


--
-- Name: COLUMN journey_customers.goal_until; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.goal_until IS 'until when it counts';


--
-- Name: COLUMN journey_customers.goal_known_until; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_customers.goal_known_until IS 'until when it is known whether it was reached: purchases up to the last refresh, events up to now';


--
-- Name: journey_funnel; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.journey_funnel AS
 SELECT ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    funnel.journey,
    funnel.version,
    funnel.treatment,
    funnel.place,
    ((lpad((funnel.place)::text, length((funnel.last_place)::text), '0'::text) || ' '::text) || funnel.step) AS label,
    funnel.step,
    funnel.entries,
    round(((funnel.entries)::numeric / (NULLIF(funnel.entered, 0))::numeric), 4) AS share_of_entered,
    funnel.sent,
    funnel.delivered,
    funnel.opened,
    funnel.clicked
   FROM ( SELECT stop.journey,
            stop.version,
            stop.treatment,
            stop.step,
            stop.entries,
            stop.sent,
            stop.delivered,
            stop.opened,
            stop.clicked,
            ((row_number() OVER in_order - 1))::integer AS place,
            (count(*) OVER in_group - 1) AS last_place,
            first_value(stop.entries) OVER in_order AS entered
           FROM ( SELECT enrolled.journey,
                    enrolled.version,
                    enrolled.treatment,
                    0 AS place,
                    '(entered)'::text AS step,
                    count(*) AS entries,
                    NULL::bigint AS sent,
                    NULL::bigint AS delivered,
                    NULL::bigint AS opened,
                    NULL::bigint AS clicked
                   FROM shop.journey_customers enrolled
                  GROUP BY enrolled.journey, enrolled.version, enrolled.treatment
                UNION ALL
                 SELECT journey.name,
                    step.version,
                    present.treatment,
                    step.step,
                    step.name AS step,
                    COALESCE(acted.entries, (0)::bigint) AS entries,
                    COALESCE(acted.sent, (0)::bigint) AS sent,
                    COALESCE(acted.delivered, (0)::bigint) AS delivered,
                    COALESCE(acted.opened, (0)::bigint) AS opened,
                    COALESCE(acted.clicked, (0)::bigint) AS clicked
                   FROM (((shop_data.journey_step step
                     JOIN shop_data.journey journey ON ((journey.journey = step.journey)))
                     JOIN ( SELECT DISTINCT enrolled.journey,
                            enrolled.version,
                            enrolled.treatment
                           FROM shop.journey_customers enrolled) present ON (((present.journey = journey.name) AND (present.version = step.version))))
                     LEFT JOIN ( SELECT entry.journey,
                            entry.version,
                            entry.step,
                            entry.treatment,
                            count(*) AS entries,
                            count(*) FILTER (WHERE entry.sent) AS sent,
                            count(*) FILTER (WHERE entry.delivered) AS delivered,
                            count(*) FILTER (WHERE entry.opened) AS opened,
                            count(*) FILTER (WHERE entry.clicked) AS clicked
                           FROM ( SELECT action.journey,
                                    action.version,
                                    action.step,
                                    action.treatment,
                                    bool_or((action.sent_at IS NOT NULL)) AS sent,
                                    bool_or((action.delivered_at IS NOT NULL)) AS delivered,
                                    bool_or((action.opened_at IS NOT NULL)) AS opened,
                                    bool_or((action.clicked_at IS NOT NULL)) AS clicked
                                   FROM shop.journey_actions action
                                  GROUP BY action.journey, action.version, action.step, action.treatment, action.customer, action.entry) entry
                          GROUP BY entry.journey, entry.version, entry.step, entry.treatment) acted ON (((acted.journey = journey.name) AND (acted.version = step.version) AND (acted.step = step.name) AND (acted.treatment = present.treatment))))
                  WHERE (step.definition ? 'act'::text)
                UNION ALL
                 SELECT enrolled.journey,
                    enrolled.version,
                    enrolled.treatment,
                    1000 AS place,
                    '(goal)'::text AS step,
                    count(enrolled.goal_at) AS entries,
                    NULL::bigint AS sent,
                    NULL::bigint AS delivered,
                    NULL::bigint AS opened,
                    NULL::bigint AS clicked
                   FROM shop.journey_customers enrolled
                  GROUP BY enrolled.journey, enrolled.version, enrolled.treatment) stop
          WINDOW in_group AS (PARTITION BY stop.journey, stop.version, stop.treatment), in_order AS (PARTITION BY stop.journey, stop.version, stop.treatment ORDER BY stop.place)) funnel
  ORDER BY funnel.journey, funnel.version, funnel.treatment DESC, funnel.place;


--
-- Name: VIEW journey_funnel; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.journey_funnel IS 'the funnel of each version and group: entries, each step that acts, and the goal';


--
-- Name: COLUMN journey_funnel.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.as_of IS 'instant of the last refresh, up to which purchases count; entries, messages and events count up to now; NULL before the first';


--
-- Name: COLUMN journey_funnel.journey; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.journey IS 'name of the journey';


--
-- Name: COLUMN journey_funnel.version; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.version IS 'version of the journey';


--
-- Name: COLUMN journey_funnel.treatment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.treatment IS 'treated, or journey control or store control: customers of a control group go through every decision and get nothing';


--
-- Name: COLUMN journey_funnel.place; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.place IS 'place in the funnel, from 0 (entered), without gaps, to sort by';


--
-- Name: COLUMN journey_funnel.label; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.label IS 'place and step, such as 2 letter: sorted as text, the labels are in the order of the funnel';


--
-- Name: COLUMN journey_funnel.step; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.step IS '(entered), the name of a step that acts, or (goal)';


--
-- Name: COLUMN journey_funnel.entries; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.entries IS 'entries that came so far: for a step, those for which its action was decided';


--
-- Name: COLUMN journey_funnel.share_of_entered; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.share_of_entered IS 'their share of all entries of the group, 0 to 1';


--
-- Name: COLUMN journey_funnel.sent; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.sent IS 'entries whose message was sent; NULL but for steps';


--
-- Name: COLUMN journey_funnel.delivered; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.delivered IS 'entries whose message was delivered; NULL but for steps';


--
-- Name: COLUMN journey_funnel.opened; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.opened IS 'entries whose message was opened; NULL but for steps';


--
-- Name: COLUMN journey_funnel.clicked; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_funnel.clicked IS 'entries with a click in the message; NULL but for steps';


--
-- Name: journey_goals; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.journey_goals AS
 SELECT ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    reaching.journey,
    reaching.version,
    reaching.treatment,
    reaching.day,
    reaching.still_followed,
    reaching.reached,
    round((((1)::double precision - reaching.share_left))::numeric, 4) AS share_reached
   FROM ( WITH observed AS (
                 SELECT enrolled.journey,
                    enrolled.version,
                    enrolled.treatment,
                    COALESCE((enrolled.goal_at <= enrolled.goal_known_until), false) AS has_reached,
                    GREATEST(date_part('epoch'::text, (LEAST(enrolled.goal_at, enrolled.goal_known_until) - enrolled.entered_at)), (0)::double precision) AS after
                   FROM shop.journey_customers enrolled
                ), instants AS (
                 SELECT observed.journey,
                    observed.version,
                    observed.treatment,
                    observed.after,
                    count(*) FILTER (WHERE observed.has_reached) AS reached,
                    sum(count(*)) OVER (PARTITION BY observed.journey, observed.version, observed.treatment ORDER BY observed.after DESC) AS still_followed
                   FROM observed
                  GROUP BY observed.journey, observed.version, observed.treatment, observed.after
                ), left_over AS (
                 SELECT instant.journey,
                    instant.version,
                    instant.treatment,
                    (floor((instant.after / (86400)::double precision)))::integer AS day,
                    instant.reached,
                    instant.still_followed,
                        CASE
                            WHEN bool_or(((instant.reached)::numeric = instant.still_followed)) OVER so_far THEN (0)::double precision
                            ELSE exp(sum(
                            CASE
                                WHEN ((instant.reached)::numeric < instant.still_followed) THEN ln(((1)::double precision - ((instant.reached)::double precision / (instant.still_followed)::double precision)))
                                ELSE (0)::double precision
                            END) OVER so_far)
                        END AS share_left
                   FROM instants instant
                  WINDOW so_far AS (PARTITION BY instant.journey, instant.version, instant.treatment ORDER BY instant.after)
                ), days AS (
                 SELECT left_over.journey,
                    left_over.version,
                    left_over.treatment,
                    left_over.day,
                    sum(left_over.reached) AS reached,
                    max(left_over.still_followed) AS still_followed,
                    min(left_over.share_left) AS share_left,
                    lag(left_over.day, 1, '-1'::integer) OVER so_far AS day_before,
                    lag(min(left_over.share_left), 1, (1)::double precision) OVER so_far AS left_before
                   FROM left_over
                  GROUP BY left_over.journey, left_over.version, left_over.treatment, left_over.day
                  WINDOW so_far AS (PARTITION BY left_over.journey, left_over.version, left_over.treatment ORDER BY left_over.day)
                )
         SELECT day.journey,
            day.version,
            day.treatment,
            shown.day,
            day.still_followed,
                CASE
                    WHEN (shown.day = day.day) THEN day.reached
                    ELSE (0)::numeric
                END AS reached,
                CASE
                    WHEN (shown.day = day.day) THEN day.share_left
                    ELSE day.left_before
                END AS share_left
           FROM (days day
             CROSS JOIN LATERAL generate_series((day.day_before + 1), day.day) shown(day))) reaching
  ORDER BY reaching.journey, reaching.version, reaching.treatment DESC, reaching.day;


--
-- Name: VIEW journey_goals; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.journey_goals IS 'the share of entries that have reached the goal by each day after the entry, for each version and group (Kaplan and Meier), so that recent entries count up to the last refresh';


--
-- Name: COLUMN journey_goals.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_goals.as_of IS 'instant of the last refresh, up to which purchases count; entries, messages and events count up to now; NULL before the first';


--
-- Name: COLUMN journey_goals.journey; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_goals.journey IS 'name of the journey';


--
-- Name: COLUMN journey_goals.version; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_goals.version IS 'version of the journey';


--
-- Name: COLUMN journey_goals.treatment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_goals.treatment IS 'treated, or journey control or store control: customers of a control group go through every decision and get nothing';


--
-- Name: COLUMN journey_goals.day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_goals.day IS 'whole days since the entry, every one from 0 to the last on which an entry of the group is known';


--
-- Name: COLUMN journey_goals.still_followed; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_goals.still_followed IS 'entries that had not reached the goal before this day, and are known on it';


--
-- Name: COLUMN journey_goals.reached; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_goals.reached IS 'entries that reached the goal on this day';


--
-- Name: COLUMN journey_goals.share_reached; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journey_goals.share_reached IS 'share of entries that have reached the goal by the end of this day, 0 to 1, estimated at the instants themselves';


--
-- Name: journeys; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.journeys AS
 SELECT journey.name AS journey,
    journey.status,
    journey.version,
    journey.created_at,
    journey.started_at,
    COALESCE(entered.entries, (0)::bigint) AS entries,
    COALESCE(entered.customers, (0)::bigint) AS customers,
    COALESCE(entered.under_way, (0)::bigint) AS under_way,
    COALESCE(entered.control_customers, (0)::bigint) AS control_customers,
    COALESCE(decided.actions, (0)::bigint) AS actions,
    COALESCE(decided.pending, (0)::bigint) AS pending,
    COALESCE(decided.done, (0)::bigint) AS done,
    COALESCE(decided.dead, (0)::bigint) AS dead,
    entered.last_entered_at,
    decided.last_action_at
   FROM ((shop_data.journey journey
     LEFT JOIN ( SELECT enrollment.journey,
            count(*) AS entries,
            count(DISTINCT enrollment.customer) AS customers,
            count(*) FILTER (WHERE (enrollment.due_at IS NOT NULL)) AS under_way,
            count(DISTINCT enrollment.customer) FILTER (WHERE (enrollment.control IS NOT NULL)) AS control_customers,
            max(enrollment.entered_at) AS last_entered_at
           FROM shop_data.enrollment enrollment
          GROUP BY enrollment.journey) entered ON ((entered.journey = journey.journey)))
     LEFT JOIN ( SELECT action.journey,
            count(*) FILTER (WHERE (action.status <> 'withheld'::text)) AS actions,
            count(*) FILTER (WHERE (action.status = ANY (ARRAY['pending'::text, 'claimed'::text]))) AS pending,
            count(*) FILTER (WHERE (action.status = 'done'::text)) AS done,
            count(*) FILTER (WHERE (action.status = 'dead'::text)) AS dead,
            max(action.decided_at) AS last_action_at
           FROM shop_data.action action
          GROUP BY action.journey) decided ON ((decided.journey = journey.journey)))
  ORDER BY journey.name;


--
-- Name: VIEW journeys; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.journeys IS 'one row for each journey: status, entries and actions';


--
-- Name: COLUMN journeys.journey; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.journey IS 'name of the journey';


--
-- Name: COLUMN journeys.status; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.status IS 'draft, live, paused or ended';


--
-- Name: COLUMN journeys.version; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.version IS 'version that people enter; NULL before the first start';


--
-- Name: COLUMN journeys.created_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.created_at IS 'when it was made';


--
-- Name: COLUMN journeys.started_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.started_at IS 'when it was first started; NULL before';


--
-- Name: COLUMN journeys.entries; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.entries IS 'number of entries, in all versions, control groups included';


--
-- Name: COLUMN journeys.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.customers IS 'how many customers have entered';


--
-- Name: COLUMN journeys.under_way; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.under_way IS 'entries that have not ended';


--
-- Name: COLUMN journeys.control_customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.control_customers IS 'customers of a control group among those who have entered';


--
-- Name: COLUMN journeys.actions; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.actions IS 'actions decided, without those withheld from control groups';


--
-- Name: COLUMN journeys.pending; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.pending IS 'actions that wait for a sender, or are with one';


--
-- Name: COLUMN journeys.done; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.done IS 'actions that were done';


--
-- Name: COLUMN journeys.dead; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.dead IS 'actions that were given up after too many failures';


--
-- Name: COLUMN journeys.last_entered_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.last_entered_at IS 'time of the last entry; NULL without one';


--
-- Name: COLUMN journeys.last_action_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.journeys.last_action_at IS 'when an action was decided last; NULL if none was';


--
-- Name: kpis; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.kpis AS
 SELECT kpi.day,
    kpi.as_of,
    COALESCE(kpi.customers, (0)::bigint) AS customers,
    COALESCE(kpi.buyers, (0)::bigint) AS buyers,
    COALESCE(kpi.prospects, (0)::bigint) AS prospects,
    COALESCE(kpi.new, (0)::bigint) AS new,
    COALESCE(kpi.active, (0)::bigint) AS active,
    COALESCE(kpi.at_risk, (0)::bigint) AS at_risk,
    COALESCE(kpi.lapsed, (0)::bigint) AS lapsed,
    COALESCE(kpi.vips, (0)::bigint) AS vips,
    COALESCE(kpi.orders_to_date, (0)::bigint) AS orders_to_date,
    COALESCE(round(kpi.revenue_to_date, 2), 0.00) AS revenue_to_date,
    COALESCE(kpi.orders_of_day, (0)::bigint) AS orders_of_day,
    COALESCE(round(kpi.revenue_of_day, 2), 0.00) AS revenue_of_day,
    round(kpi.average_order_value, 2) AS average_order_value,
    COALESCE(round(kpi.expected_purchases, 2), 0.00) AS expected_purchases,
    COALESCE(round(kpi.predicted_ltv, 2), 0.00) AS predicted_ltv,
    round(kpi.average_p_alive, 4) AS average_p_alive,
    COALESCE(kpi.moved, (0)::bigint) AS moved
   FROM shop_data.kpi kpi
  ORDER BY kpi.day;


--
-- Name: VIEW kpis; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.kpis IS 'the figures of each day on which the store was refreshed, oldest first; the numbers of customers are levels: never sum them over days';


--
-- Name: COLUMN kpis.day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.day IS 'the day, time zone Europe/Berlin';


--
-- Name: COLUMN kpis.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.as_of IS 'the instant of its last refresh: what happened later on the day is not in the figures';


--
-- Name: COLUMN kpis.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.customers IS 'customers of the store, with or without a purchase';


--
-- Name: COLUMN kpis.buyers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.buyers IS 'those with at least one purchase';


--
-- Name: COLUMN kpis.prospects; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.prospects IS 'those without a purchase';


--
-- Name: COLUMN kpis.new; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.new IS 'those in stage new: one purchase day, not overdue';


--
-- Name: COLUMN kpis.active; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.active IS 'those in stage active: several purchase days, in rhythm';


--
-- Name: COLUMN kpis.at_risk; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.at_risk IS 'those in stage at_risk: overdue';


--
-- Name: COLUMN kpis.lapsed; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.lapsed IS 'those in stage lapsed: long overdue';


--
-- Name: COLUMN kpis.vips; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.vips IS 'those at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN kpis.orders_to_date; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.orders_to_date IS 'purchases of all time';


--
-- Name: COLUMN kpis.revenue_to_date; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.revenue_to_date IS 'amounts paid less refunds, of all time, in the currency of the orders';


--
-- Name: COLUMN kpis.orders_of_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.orders_of_day IS 'purchases of the day, up to as_of';


--
-- Name: COLUMN kpis.revenue_of_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.revenue_of_day IS 'amounts paid less refunds on the day, up to as_of, in the currency of the orders';


--
-- Name: COLUMN kpis.average_order_value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.average_order_value IS 'mean value of a purchase of all time, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN kpis.expected_purchases; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.expected_purchases IS 'purchases that are expected of all within 1 year; 0 without a fitted model';


--
-- Name: COLUMN kpis.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.predicted_ltv IS 'what all are predicted to bring within 1 year, discounted, in the currency of the orders; 0 without a fitted model';


--
-- Name: COLUMN kpis.average_p_alive; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN kpis.moved; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis.moved IS 'customers whose stage or segment was found changed on the day, once for each refresh that found one';


--
-- Name: sales; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.sales AS
 SELECT sold.day,
    sold.orders,
    sold.revenue,
    sold.customers,
    sold.as_of
   FROM ( WITH bought AS (
                 SELECT ((purchase.purchased_at AT TIME ZONE 'Europe/Berlin'::text))::date AS day,
                    count(*) FILTER (WHERE (purchase.amount >= (0)::numeric)) AS orders,
                    sum(purchase.amount) AS revenue,
                    count(DISTINCT history.customer) FILTER (WHERE (purchase.amount >= (0)::numeric)) AS customers
                   FROM (shop_data.history history
                     CROSS JOIN LATERAL public.purchases(history.purchases, ( SELECT max(kpi.as_of) AS max
                           FROM shop_data.kpi kpi)) purchase(purchased_at, amount))
                  WHERE (( SELECT max(kpi.as_of) AS max
                           FROM shop_data.kpi kpi) IS NOT NULL)
                  GROUP BY (((purchase.purchased_at AT TIME ZONE 'Europe/Berlin'::text))::date)
                )
         SELECT days.day,
            COALESCE(bought.orders, (0)::bigint) AS orders,
            COALESCE(round(bought.revenue, 2), 0.00) AS revenue,
            COALESCE(bought.customers, (0)::bigint) AS customers,
            days.as_of
           FROM (( SELECT (span.first + later.days) AS day,
                    span.as_of
                   FROM (( SELECT min(bought_1.day) AS first,
                            ( SELECT max(kpi.as_of) AS max
                                   FROM shop_data.kpi kpi) AS as_of
                           FROM bought bought_1) span
                     CROSS JOIN LATERAL generate_series(0, (((span.as_of AT TIME ZONE 'Europe/Berlin'::text))::date - span.first)) later(days))) days
             LEFT JOIN bought ON ((bought.day = days.day)))) sold
  ORDER BY sold.day;


--
-- Name: VIEW sales; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.sales IS 'orders, revenue and customers who bought by day without gaps, oldest first, as of the last refresh';


--
-- Name: COLUMN sales.day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.sales.day IS 'the day, time zone Europe/Berlin: every one from the first purchase to the last refresh';


--
-- Name: COLUMN sales.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.sales.orders IS 'purchases of the day; refunds are none; can be summed';


--
-- Name: COLUMN sales.revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.sales.revenue IS 'amounts paid less refunds on the day, in the currency of the orders; can be summed';


--
-- Name: COLUMN sales.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.sales.customers IS 'customers with a purchase on the day; never sum over days: a customer may buy on several';


--
-- Name: COLUMN sales.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.sales.as_of IS 'instant of the last refresh: later purchases are not in';


--
-- Name: kpis_by_month; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.kpis_by_month AS
 SELECT months.month,
    months.complete,
    kpi.as_of,
    kpi.customers,
    kpi.buyers,
    kpi.prospects,
    kpi.new,
    kpi.active,
    kpi.at_risk,
    kpi.lapsed,
    kpi.vips,
    kpi.orders_to_date,
    round(kpi.revenue_to_date, 2) AS revenue_to_date,
    COALESCE(round(kpi.expected_purchases, 2), 0.00) AS expected_purchases,
    COALESCE(round(kpi.predicted_ltv, 2), 0.00) AS predicted_ltv,
    round(kpi.average_p_alive, 4) AS average_p_alive,
    COALESCE(sold.orders, (0)::bigint) AS orders,
    COALESCE(sold.revenue, 0.00) AS revenue,
    months.moved
   FROM ((( SELECT month.month,
            ((month.month + '1 mon'::interval) <= span.last) AS complete,
            COALESCE(moves.moved, (0)::bigint) AS moved,
            ((month.month + '1 mon'::interval))::date AS next_month
           FROM (((( SELECT date_trunc('month'::text, (min(kpi_1.day))::timestamp without time zone) AS first,
                    (max(kpi_1.day))::timestamp without time zone AS last
                   FROM shop_data.kpi kpi_1) span
             CROSS JOIN LATERAL generate_series(span.first, span.last, '1 mon'::interval) start(at))
             CROSS JOIN LATERAL ( SELECT (start.at)::date AS month) month)
             LEFT JOIN ( SELECT (date_trunc('month'::text, (kpi_1.day)::timestamp without time zone))::date AS month,
                    (sum(kpi_1.moved))::bigint AS moved
                   FROM shop_data.kpi kpi_1
                  GROUP BY ((date_trunc('month'::text, (kpi_1.day)::timestamp without time zone))::date)) moves ON ((moves.month = month.month)))) months
     CROSS JOIN LATERAL ( SELECT kpi_1.day,
            kpi_1.as_of,
            kpi_1.customers,
            kpi_1.buyers,
            kpi_1.prospects,
            kpi_1.new,
            kpi_1.active,
            kpi_1.at_risk,
            kpi_1.lapsed,
            kpi_1.vips,
            kpi_1.orders_to_date,
            kpi_1.revenue_to_date,
            kpi_1.orders_of_day,
            kpi_1.revenue_of_day,
            kpi_1.average_order_value,
            kpi_1.expected_purchases,
            kpi_1.predicted_ltv,
            kpi_1.average_p_alive,
            kpi_1.moved
           FROM shop_data.kpi kpi_1
          WHERE (kpi_1.day < months.next_month)
          ORDER BY kpi_1.day DESC
         LIMIT 1) kpi)
     LEFT JOIN ( SELECT (date_trunc('month'::text, (sales.day)::timestamp without time zone))::date AS month,
            (sum(sales.orders))::bigint AS orders,
            sum(sales.revenue) AS revenue
           FROM shop.sales sales
          GROUP BY ((date_trunc('month'::text, (sales.day)::timestamp without time zone))::date)) sold ON ((sold.month = months.month)))
  ORDER BY months.month;


--
-- Name: VIEW kpis_by_month; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.kpis_by_month IS 'the figures of each month without gaps, oldest first: levels as of its last refresh, or of the last one before; orders, revenue and moves of the month';


--
-- Name: COLUMN kpis_by_month.month; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.month IS 'first day of the month, time zone Europe/Berlin: every one from the first refresh to the last';


--
-- Name: COLUMN kpis_by_month.complete; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.complete IS 'whether the month was over at the last refresh; the last one is not, and still changes';


--
-- Name: COLUMN kpis_by_month.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.as_of IS 'instant of the last refresh in the month or before, of which the levels are: all columns but orders, revenue and moved';


--
-- Name: COLUMN kpis_by_month.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.customers IS 'customers of the store, with or without a purchase. A level: never sum over months';


--
-- Name: COLUMN kpis_by_month.buyers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.buyers IS 'those with at least one purchase; a level';


--
-- Name: COLUMN kpis_by_month.prospects; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.prospects IS 'those without a purchase; a level';


--
-- Name: COLUMN kpis_by_month.new; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.new IS 'those in stage new: one purchase day, not overdue; a level';


--
-- Name: COLUMN kpis_by_month.active; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.active IS 'those in stage active: several purchase days, in rhythm; a level';


--
-- Name: COLUMN kpis_by_month.at_risk; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.at_risk IS 'those in stage at_risk: overdue; a level';


--
-- Name: COLUMN kpis_by_month.lapsed; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.lapsed IS 'those in stage lapsed: long overdue; a level';


--
-- Name: COLUMN kpis_by_month.vips; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.vips IS 'those at the top of the base by purchases, tenure and spend together; a level';


--
-- Name: COLUMN kpis_by_month.orders_to_date; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.orders_to_date IS 'purchases of all time; a level';


--
-- Name: COLUMN kpis_by_month.revenue_to_date; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.revenue_to_date IS 'amounts paid less refunds, of all time, in the currency of the orders; a level';


--
-- Name: COLUMN kpis_by_month.expected_purchases; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.expected_purchases IS 'purchases that are expected of all within 1 year; a level; 0 without a fitted model';


--
-- Name: COLUMN kpis_by_month.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.predicted_ltv IS 'what all are predicted to bring within 1 year, discounted, in the currency of the orders; a level; 0 without a fitted model';


--
-- Name: COLUMN kpis_by_month.average_p_alive; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN kpis_by_month.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.orders IS 'purchases of the month up to the last refresh; can be summed';


--
-- Name: COLUMN kpis_by_month.revenue; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.revenue IS 'amounts paid less refunds in the month up to the last refresh, in the currency of the orders; can be summed';


--
-- Name: COLUMN kpis_by_month.moved; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.kpis_by_month.moved IS 'customers whose stage or segment was found changed in the month, once for each refresh that found one; can be summed';


--
-- Name: fit; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.fit (
    id bigint NOT NULL,
    fitted_at timestamp with time zone NOT NULL,
    as_of timestamp with time zone NOT NULL,
    customers bigint NOT NULL,
    rfm_breaks public.rfm_breaks,
    rhythm public.purchase_rhythm,
    purchase_model public.purchase_model,
    spend_model public.spend_model,
    vip_breaks public.vip_breaks,
    mean_spend numeric
);


--
-- Name: TABLE fit; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.fit IS 'what was fitted to the base, and when; the newest row is in force';


--
-- Name: models; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.models AS
 SELECT fit.id AS fit,
    fit.kind,
    (fit.id = ( SELECT max(newest.id) AS max
           FROM shop_data.fit newest)) AS in_force,
    fit.fitted_at,
    fit.as_of,
    COALESCE(((fit.value ->> 'customers'::text))::bigint, (0)::bigint) AS customers,
    COALESCE((fit.value ->> 'model'::text), fit.kind_of_model) AS model,
        CASE
            WHEN (fit.value IS NULL) THEN 'not fitted'::text
            ELSE COALESCE((fit.value ->> 'status'::text), (fit.value ->> 'method'::text), 'exact'::text)
        END AS status,
    COALESCE(( SELECT string_agg(((pair.key || ' = '::text) ||
                CASE json_typeof(pair.value)
                    WHEN 'array'::text THEN ( SELECT string_agg(item.item, ' '::text ORDER BY item.place) AS string_agg
                       FROM json_array_elements_text(pair.value) WITH ORDINALITY item(item, place))
                    WHEN 'number'::text THEN ( SELECT
                            CASE
                                WHEN (number.n = (0)::numeric) THEN '0'::text
                                ELSE (trim_scale(round(number.n, LEAST(GREATEST((5 - (floor(log(abs(number.n))))::integer), 0), 1000))))::text
                            END AS trim_scale
                       FROM ( SELECT ((pair.value #>> '{}'::text[]))::numeric AS n) number)
                    ELSE (pair.value #>> '{}'::text[])
                END), ', '::text ORDER BY pair.place) AS string_agg
           FROM json_each(
                CASE json_typeof(fit.params)
                    WHEN 'object'::text THEN fit.params
                    ELSE '{}'::json
                END) WITH ORDINALITY pair(key, value, place)
          WHERE (json_typeof(pair.value) <> 'null'::text)), ''::text) AS parameters,
    COALESCE(( SELECT string_agg(((pair.key || ' = '::text) ||
                CASE json_typeof(pair.value)
                    WHEN 'array'::text THEN ( SELECT string_agg(item.item, ' '::text ORDER BY item.place) AS string_agg
                       FROM json_array_elements_text(pair.value) WITH ORDINALITY item(item, place))
                    WHEN 'number'::text THEN ( SELECT
                            CASE
                                WHEN (number.n = (0)::numeric) THEN '0'::text
                                ELSE (trim_scale(round(number.n, LEAST(GREATEST((5 - (floor(log(abs(number.n))))::integer), 0), 1000))))::text
                            END AS trim_scale
                       FROM ( SELECT ((pair.value #>> '{}'::text[]))::numeric AS n) number)
                    ELSE (pair.value #>> '{}'::text[])
                END), ', '::text ORDER BY pair.place) AS string_agg
           FROM json_each(
                CASE json_typeof((fit.value -> 'standard_errors'::text))
                    WHEN 'object'::text THEN (fit.value -> 'standard_errors'::text)
                    ELSE '{}'::json
                END) WITH ORDINALITY pair(key, value, place)
          WHERE (json_typeof(pair.value) <> 'null'::text)), ''::text) AS standard_errors,
    ((fit.value ->> 'log_likelihood'::text))::double precision AS log_likelihood,
    COALESCE((fit.value ->> 'unit'::text), ''::text) AS unit,
    COALESCE((fit.value ->> 'note'::text), ''::text) AS note,
    COALESCE((fit.value ->> 'version'::text), ''::text) AS version
   FROM ( SELECT stored.id,
            stored.fitted_at,
            stored.as_of,
            part.kind_order,
            part.kind,
            part.kind_of_model,
            part.value,
                CASE part.kind
                    WHEN 'rfm_breaks'::text THEN json_build_object('recency_days', (part.value -> 'recency_days'::text), 'frequency', (part.value -> 'frequency'::text), 'monetary', (part.value -> 'monetary'::text))
                    WHEN 'vip_breaks'::text THEN json_build_object('purchases', (part.value -> 'purchases'::text), 'tenure_days', (part.value -> 'tenure_days'::text), 'spend', (part.value -> 'spend'::text), 'top_share', (part.value -> 'top_share'::text), 'mean_spend', (part.value -> 'mean_spend'::text))
                    ELSE (part.value -> 'params'::text)
                END AS params
           FROM shop_data.fit stored,
            LATERAL ( VALUES (1,'rfm_breaks'::text,'quantiles'::text,((stored.rfm_breaks)::text)::json), (2,'rhythm'::text,''::text,((stored.rhythm)::text)::json), (3,'purchase_model'::text,''::text,((stored.purchase_model)::text)::json), (4,'spend_model'::text,''::text,((stored.spend_model)::text)::json), (5,'vip_breaks'::text,'quantiles'::text,((stored.vip_breaks)::text)::json)) part(kind_order, kind, kind_of_model, value)) fit
  ORDER BY fit.id DESC, fit.kind_order;


--
-- Name: VIEW models; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.models IS 'what was fitted to the base, a row for each kind in each fit, the newest fit first';


--
-- Name: COLUMN models.fit; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.fit IS 'number of the fit, which fits all kinds at once; grows with each';


--
-- Name: COLUMN models.kind; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.kind IS 'what was fitted: rfm_breaks, rhythm, purchase_model, spend_model or vip_breaks';


--
-- Name: COLUMN models.in_force; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.in_force IS 'whether scores and predictions are made with it; false for what a later fit has superseded';


--
-- Name: COLUMN models.fitted_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.fitted_at IS 'instant at which it was fitted';


--
-- Name: COLUMN models.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.as_of IS 'instant up to which the purchases were read';


--
-- Name: COLUMN models.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.customers IS 'number of customers that it was fitted to';


--
-- Name: COLUMN models.model; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.model IS 'name of the model; quantiles for breaks';


--
-- Name: COLUMN models.status; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.status IS 'converged, or what kept the fit from it; exact for breaks, which are counted and not estimated; not fitted where there was nothing to fit to';


--
-- Name: COLUMN models.parameters; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.parameters IS 'the parameters by their names, to six digits, or the breaks; money in the currency of the orders; empty where there are none';


--
-- Name: COLUMN models.standard_errors; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.standard_errors IS 'standard errors of the parameters, to six digits; empty where there are none, as for breaks';


--
-- Name: COLUMN models.log_likelihood; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.log_likelihood IS 'log-likelihood of the data at the parameters; NULL for breaks, and where nothing was fitted';


--
-- Name: COLUMN models.unit; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.unit IS 'unit of time of the parameters; empty where they have none';


--
-- Name: COLUMN models.note; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.note IS 'what else a reader should know; empty for the most part';


--
-- Name: COLUMN models.version; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.models.version IS 'version of the extension that fitted; empty where nothing was';


--
-- Name: movements; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.movements AS
 SELECT movement.customer,
    movement.at,
    ((movement.at AT TIME ZONE 'Europe/Berlin'::text))::date AS day,
    change.what AS kind,
    movement.refitted,
    COALESCE(change.moved_from, '(none)'::text) AS moved_from,
    COALESCE(change.moved_to, '(none)'::text) AS moved_to,
        CASE
            WHEN (COALESCE(change.moved_from, '(none)'::text) = '(none)'::text) THEN 0
            WHEN (change.what = 'stage'::text) THEN array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], change.moved_from)
            ELSE array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
               FROM ( SELECT rule.name,
                        avg(
                            CASE cell.class
                                WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                                ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                            END) AS score
                       FROM ((((shop_data.store_settings kept
                         JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                         JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                         CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                         CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                               FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                      GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), change.moved_from)
        END AS moved_from_order,
        CASE
            WHEN (COALESCE(change.moved_to, '(none)'::text) = '(none)'::text) THEN 0
            WHEN (change.what = 'stage'::text) THEN array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], change.moved_to)
            ELSE array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
               FROM ( SELECT rule.name,
                        avg(
                            CASE cell.class
                                WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                                ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                            END) AS score
                       FROM ((((shop_data.store_settings kept
                         JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                         JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                         CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                         CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                               FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                      GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), change.moved_to)
        END AS moved_to_order,
    movement.score_before,
    movement.score_after,
    COALESCE(movement.orders_before, (0)::bigint) AS orders_before,
    COALESCE(movement.orders_after, (0)::bigint) AS orders_after,
    COALESCE(round(movement.spend_before, 2), (0)::numeric) AS spend_before,
    COALESCE(round(movement.spend_after, 2), (0)::numeric) AS spend_after,
    movement.recency_days_before,
    movement.recency_days_after,
    movement.overdue_ratio_before,
    movement.overdue_ratio_after
   FROM shop_data.movement movement,
    LATERAL ( VALUES ('stage'::text,movement.stage_before,movement.stage_after), ('segment'::text,movement.segment_before,movement.segment_after)) change(what, moved_from, moved_to)
  WHERE (change.moved_from IS DISTINCT FROM change.moved_to)
  ORDER BY movement.at DESC, movement.id DESC, change.what DESC;


--
-- Name: VIEW movements; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.movements IS 'every change of a customer''s stage or segment that a refresh has found, newest first, with the figures behind it';


--
-- Name: COLUMN movements.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN movements.at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.at IS 'instant of the refresh that found the change';


--
-- Name: COLUMN movements.day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.day IS 'day of that instant, time zone Europe/Berlin';


--
-- Name: COLUMN movements.kind; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.kind IS 'what changed: stage or segment';


--
-- Name: COLUMN movements.refitted; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.refitted IS 'whether breaks, rhythm and models were fitted anew in that refresh: then the borders may have moved, and not the customer';


--
-- Name: COLUMN movements.moved_from; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.moved_from IS 'the stage or segment before; (none) for customers who are new to the store';


--
-- Name: COLUMN movements.moved_to; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.moved_to IS 'the stage or segment after; (none) for customers who are gone from the store';


--
-- Name: COLUMN movements.moved_from_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.moved_from_order IS 'place of moved_from, as stage_order or segment_order of other views; 0 for (none)';


--
-- Name: COLUMN movements.moved_to_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.moved_to_order IS 'place of moved_to, as stage_order or segment_order of other views; 0 for (none)';


--
-- Name: COLUMN movements.score_before; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.score_before IS 'RFM scores before, such as 5-4-3; NULL without a purchase, or for new customers';


--
-- Name: COLUMN movements.score_after; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.score_after IS 'RFM scores after, such as 5-4-3; NULL without a purchase, or where the customer is gone';


--
-- Name: COLUMN movements.orders_before; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.orders_before IS 'number of purchases before; 0 for new customers';


--
-- Name: COLUMN movements.orders_after; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.orders_after IS 'number of purchases after; 0 where the customer is gone';


--
-- Name: COLUMN movements.spend_before; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.spend_before IS 'spend before, in the currency of the orders; 0 for new customers';


--
-- Name: COLUMN movements.spend_after; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.spend_after IS 'spend after, in the currency of the orders; 0 where the customer is gone';


--
-- Name: COLUMN movements.recency_days_before; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.recency_days_before IS 'whole days since the last purchase before; NULL without a purchase, or for new customers';


--
-- Name: COLUMN movements.recency_days_after; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.recency_days_after IS 'whole days since the last purchase after; NULL without a purchase, or where the customer is gone';


--
-- Name: COLUMN movements.overdue_ratio_before; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.overdue_ratio_before IS 'time since the last purchase as a multiple of the usual gap, before; NULL without a purchase, or for new customers';


--
-- Name: COLUMN movements.overdue_ratio_after; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.movements.overdue_ratio_after IS 'time since the last purchase as a multiple of the usual gap, after; NULL without a purchase, or where the customer is gone';


--
-- Name: next_purchases; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.next_purchases AS
 SELECT profile.customer,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    profile.next_purchase,
    profile.next_purchase_from,
    profile.next_purchase_to,
    (profile.next_purchase - ((( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AT TIME ZONE 'Europe/Berlin'::text))::date) AS days_until,
    profile.stage,
    array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], profile.stage) AS stage_order,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((shop_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    profile.vip,
    round(profile.purchase_probability, 4) AS purchase_probability,
    round(profile.expected_spend, 2) AS expected_spend,
    profile.last_purchase,
    ((profile.last_purchase AT TIME ZONE 'Europe/Berlin'::text))::date AS last_purchase_day,
    profile.recency_days,
    profile.orders,
    round(profile.spend, 2) AS spend,
    round(profile.average_order_value, 2) AS average_order_value,
    round(profile.predicted_ltv, 2) AS predicted_ltv,
    COALESCE(profile.channel, '(none)'::text) AS channel,
        CASE
            WHEN ( SELECT pg_has_role(n.nspowner, 'USAGE'::text) AS pg_has_role
               FROM pg_namespace n
              WHERE (n.nspname = 'shop'::name)) THEN profile.country
            ELSE NULL::text
        END AS country
   FROM shop_data.profile profile
  WHERE ((profile.next_purchase IS NOT NULL) AND (profile.stage <> ALL (ARRAY['prospect'::text, 'lapsed'::text])))
  ORDER BY profile.next_purchase, profile.spend DESC, profile.customer;


--
-- Name: VIEW next_purchases; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.next_purchases IS 'customers whose next purchase is expected, soonest first; without prospects and those who have lapsed';


--
-- Name: COLUMN next_purchases.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN next_purchases.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN next_purchases.next_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.next_purchase IS 'day on which the next purchase is expected; NULL where it is not known';


--
-- Name: COLUMN next_purchases.next_purchase_from; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.next_purchase_from IS 'first day of the range in which the next purchase falls with 80 %; NULL where it is not known';


--
-- Name: COLUMN next_purchases.next_purchase_to; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.next_purchase_to IS 'last day of the range in which the next purchase falls with 80 %; NULL where it is not known';


--
-- Name: COLUMN next_purchases.days_until; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.days_until IS 'days from the last refresh to the expected purchase; an overdue customer has a new expected date, so it lies ahead';


--
-- Name: COLUMN next_purchases.stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN next_purchases.stage_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN next_purchases.segment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN next_purchases.segment_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN next_purchases.vip; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN next_purchases.purchase_probability; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.purchase_probability IS 'probability of a purchase within 1 year, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN next_purchases.expected_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.expected_spend IS 'expected value of a future purchase, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN next_purchases.last_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.last_purchase IS 'instant of the last purchase; NULL without a purchase';


--
-- Name: COLUMN next_purchases.last_purchase_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.last_purchase_day IS 'day of the last purchase, time zone Europe/Berlin; NULL without a purchase';


--
-- Name: COLUMN next_purchases.recency_days; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.recency_days IS 'whole days since the last purchase; NULL without a purchase';


--
-- Name: COLUMN next_purchases.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN next_purchases.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN next_purchases.average_order_value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.average_order_value IS 'mean value of a purchase, in the currency of the orders; NULL without a purchase';


--
-- Name: COLUMN next_purchases.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.predicted_ltv IS 'predicted value of the purchases within 1 year, discounted, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN next_purchases.channel; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.channel IS 'channel of the first order; (none) where it is not known';


--
-- Name: COLUMN next_purchases.country; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.next_purchases.country IS 'attribute "country" of the customer; NULL where it is not known, and for roles that are not members of the store''s owner';


--
-- Name: segments; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.segments AS
 SELECT sums.group_key AS segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((shop_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), sums.group_key) AS segment_order,
    COALESCE(sums.customers, (0)::bigint) AS customers,
    COALESCE(round(((sums.customers)::numeric / NULLIF(sum(sums.customers) OVER (), (0)::numeric)), 4), 0.0000) AS share,
    COALESCE(sums.orders, (0)::bigint) AS orders,
    COALESCE(round(sums.spend, 2), 0.00) AS spend,
    COALESCE(round((sums.spend / NULLIF(sum(sums.spend) OVER (), (0)::numeric)), 4), 0.0000) AS share_of_spend,
    round((sums.spend / (NULLIF(sums.buyers, 0))::numeric), 2) AS average_spend,
    round((sums.spend / (NULLIF(sums.orders, 0))::numeric), 2) AS average_order_value,
    round(((sums.orders)::numeric / (NULLIF(sums.buyers, 0))::numeric), 2) AS average_orders,
    round(sums.recency_days, 1) AS average_recency_days,
    round(sums.p_alive, 4) AS average_p_alive,
    COALESCE(round(sums.expected_purchases, 2), 0.00) AS expected_purchases,
    COALESCE(round(sums.predicted_ltv, 2), 0.00) AS predicted_ltv,
    COALESCE(round((sums.predicted_ltv / (NULLIF(sums.buyers, 0))::numeric), 2), 0.00) AS average_predicted_ltv,
    COALESCE(sums.vips, (0)::bigint) AS vips,
    sums.new,
    sums.active,
    sums.at_risk,
    sums.lapsed,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of
   FROM ( SELECT profile.segment AS group_key,
            count(*) AS customers,
            count(*) FILTER (WHERE (profile.orders > 0)) AS buyers,
            count(*) FILTER (WHERE (profile.stage = 'prospect'::text)) AS prospects,
            count(*) FILTER (WHERE (profile.stage = 'new'::text)) AS new,
            count(*) FILTER (WHERE (profile.stage = 'active'::text)) AS active,
            count(*) FILTER (WHERE (profile.stage = 'at_risk'::text)) AS at_risk,
            count(*) FILTER (WHERE (profile.stage = 'lapsed'::text)) AS lapsed,
            count(*) FILTER (WHERE profile.vip) AS vips,
            (sum(profile.orders))::bigint AS orders,
            sum(profile.spend) AS spend,
            avg(profile.recency_days) AS recency_days,
            avg(profile.p_alive) AS p_alive,
            sum(profile.expected_purchases) AS expected_purchases,
            sum(profile.predicted_ltv) AS predicted_ltv
           FROM shop_data.profile profile
          GROUP BY profile.segment) sums
  ORDER BY sums.spend DESC, sums.group_key;


--
-- Name: VIEW segments; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.segments IS 'the segments that have customers, those that spent most first';


--
-- Name: COLUMN segments.segment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.segment IS 'segment by the RFM scores; Prospect is of those without a purchase';


--
-- Name: COLUMN segments.segment_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN segments.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.customers IS 'number of customers';


--
-- Name: COLUMN segments.share; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.share IS 'share of all customers, 0 to 1';


--
-- Name: COLUMN segments.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.orders IS 'their purchases';


--
-- Name: COLUMN segments.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.spend IS 'amounts paid less refunds, in the currency of the orders';


--
-- Name: COLUMN segments.share_of_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.share_of_spend IS 'their share of the spend of all customers; 0 where nothing was spent at all';


--
-- Name: COLUMN segments.average_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.average_spend IS 'mean spend of a buyer, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN segments.average_order_value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.average_order_value IS 'mean value of a purchase, spend / orders, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN segments.average_orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.average_orders IS 'mean number of purchases of a buyer; NULL where no customer has bought';


--
-- Name: COLUMN segments.average_recency_days; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.average_recency_days IS 'mean days since the last purchase; NULL where no customer has bought';


--
-- Name: COLUMN segments.average_p_alive; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN segments.expected_purchases; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.expected_purchases IS 'purchases that are expected of them within 1 year; 0 without a fitted model';


--
-- Name: COLUMN segments.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.predicted_ltv IS 'what they are predicted to bring within 1 year, discounted, in the currency of the orders; 0 without a fitted model';


--
-- Name: COLUMN segments.average_predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.average_predicted_ltv IS 'predicted_ltv of a buyer in the mean, in the currency of the orders; 0 where no customer has bought, or without a fitted model';


--
-- Name: COLUMN segments.vips; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.vips IS 'those at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN segments.new; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.new IS 'those in stage new: one purchase day, not overdue';


--
-- Name: COLUMN segments.active; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.active IS 'those in stage active: several purchase days, in rhythm';


--
-- Name: COLUMN segments.at_risk; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.at_risk IS 'those in stage at_risk: overdue';


--
-- Name: COLUMN segments.lapsed; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.lapsed IS 'those in stage lapsed: long overdue';


--
-- Name: COLUMN segments.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.segments.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: stage_days; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.stage_days AS
 SELECT days.day,
    levels.stage,
    (levels.stage_order)::integer AS stage_order,
    levels.customers,
    days.as_of
   FROM (( SELECT (kpi.day + later.days) AS day,
            kpi.as_of,
            kpi.prospects,
            kpi.new,
            kpi.active,
            kpi.at_risk,
            kpi.lapsed
           FROM (( SELECT kpi_1.day,
                    kpi_1.as_of,
                    kpi_1.customers,
                    kpi_1.buyers,
                    kpi_1.prospects,
                    kpi_1.new,
                    kpi_1.active,
                    kpi_1.at_risk,
                    kpi_1.lapsed,
                    kpi_1.vips,
                    kpi_1.orders_to_date,
                    kpi_1.revenue_to_date,
                    kpi_1.orders_of_day,
                    kpi_1.revenue_of_day,
                    kpi_1.average_order_value,
                    kpi_1.expected_purchases,
                    kpi_1.predicted_ltv,
                    kpi_1.average_p_alive,
                    kpi_1.moved,
                    lead(kpi_1.day, 1, (kpi_1.day + 1)) OVER (ORDER BY kpi_1.day) AS next_day
                   FROM shop_data.kpi kpi_1) kpi
             CROSS JOIN LATERAL generate_series(0, ((kpi.next_day - kpi.day) - 1)) later(days))) days
     CROSS JOIN LATERAL UNNEST(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], ARRAY[days.prospects, days.new, days.active, days.at_risk, days.lapsed]) WITH ORDINALITY levels(stage, customers, stage_order))
  ORDER BY days.day, levels.stage_order;


--
-- Name: VIEW stage_days; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.stage_days IS 'how many customers were in which stage, a row for each day and stage without gaps, for charts over time; a level: never sum over days';


--
-- Name: COLUMN stage_days.day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stage_days.day IS 'the day, time zone Europe/Berlin: every one from the first refresh to the last';


--
-- Name: COLUMN stage_days.stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stage_days.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN stage_days.stage_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stage_days.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN stage_days.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stage_days.customers IS 'customers in the stage on that day, as of its last refresh or the last one before. A level: never sum over days';


--
-- Name: COLUMN stage_days.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stage_days.as_of IS 'the instant of that refresh; earlier than the day where the store was not refreshed on it';


--
-- Name: stages; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.stages AS
 SELECT stages.stage,
    (stages.stage_order)::integer AS stage_order,
    COALESCE(sums.customers, (0)::bigint) AS customers,
    COALESCE(round(((sums.customers)::numeric / NULLIF(sum(sums.customers) OVER (), (0)::numeric)), 4), 0.0000) AS share,
    COALESCE(sums.vips, (0)::bigint) AS vips,
    COALESCE(sums.orders, (0)::bigint) AS orders,
    COALESCE(round(sums.spend, 2), 0.00) AS spend,
    COALESCE(round((sums.spend / NULLIF(sum(sums.spend) OVER (), (0)::numeric)), 4), 0.0000) AS share_of_spend,
    round((sums.spend / (NULLIF(sums.buyers, 0))::numeric), 2) AS average_spend,
    round((sums.spend / (NULLIF(sums.orders, 0))::numeric), 2) AS average_order_value,
    round(sums.recency_days, 1) AS average_recency_days,
    round(sums.p_alive, 4) AS average_p_alive,
    COALESCE(round(sums.expected_purchases, 2), 0.00) AS expected_purchases,
    COALESCE(round(sums.predicted_ltv, 2), 0.00) AS predicted_ltv,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of
   FROM (unnest(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text]) WITH ORDINALITY stages(stage, stage_order)
     LEFT JOIN ( SELECT profile.stage AS group_key,
            count(*) AS customers,
            count(*) FILTER (WHERE (profile.orders > 0)) AS buyers,
            count(*) FILTER (WHERE (profile.stage = 'prospect'::text)) AS prospects,
            count(*) FILTER (WHERE (profile.stage = 'new'::text)) AS new,
            count(*) FILTER (WHERE (profile.stage = 'active'::text)) AS active,
            count(*) FILTER (WHERE (profile.stage = 'at_risk'::text)) AS at_risk,
            count(*) FILTER (WHERE (profile.stage = 'lapsed'::text)) AS lapsed,
            count(*) FILTER (WHERE profile.vip) AS vips,
            (sum(profile.orders))::bigint AS orders,
            sum(profile.spend) AS spend,
            avg(profile.recency_days) AS recency_days,
            avg(profile.p_alive) AS p_alive,
            sum(profile.expected_purchases) AS expected_purchases,
            sum(profile.predicted_ltv) AS predicted_ltv
           FROM shop_data.profile profile
          GROUP BY profile.stage) sums ON ((sums.group_key = stages.stage)))
  ORDER BY stages.stage_order;


--
-- Name: VIEW stages; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.stages IS 'the five stages of the lifecycle in their order, also those without customers';


--
-- Name: COLUMN stages.stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.stage IS 'stage of the lifecycle: prospect (no purchase yet), new (one purchase day, not overdue), active (several, in rhythm), at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN stages.stage_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN stages.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.customers IS 'number of customers';


--
-- Name: COLUMN stages.share; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.share IS 'share of all customers, 0 to 1';


--
-- Name: COLUMN stages.vips; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.vips IS 'those at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN stages.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.orders IS 'their purchases';


--
-- Name: COLUMN stages.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.spend IS 'amounts paid less refunds, in the currency of the orders';


--
-- Name: COLUMN stages.share_of_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.share_of_spend IS 'their share of the spend of all customers; 0 where nothing was spent at all';


--
-- Name: COLUMN stages.average_spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.average_spend IS 'mean spend of a buyer, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN stages.average_order_value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.average_order_value IS 'mean value of a purchase, spend / orders, in the currency of the orders; NULL where no customer has bought';


--
-- Name: COLUMN stages.average_recency_days; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.average_recency_days IS 'mean days since the last purchase; NULL where no customer has bought';


--
-- Name: COLUMN stages.average_p_alive; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.average_p_alive IS 'mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model';


--
-- Name: COLUMN stages.expected_purchases; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.expected_purchases IS 'purchases that are expected of them within 1 year; 0 without a fitted model';


--
-- Name: COLUMN stages.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.predicted_ltv IS 'what they are predicted to bring within 1 year, discounted, in the currency of the orders; 0 without a fitted model';


--
-- Name: COLUMN stages.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.stages.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: time_in_stage; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.time_in_stage AS
 SELECT stages.stage,
    (stages.stage_order)::integer AS stage_order,
    COALESCE(present.customers, (0)::bigint) AS customers,
    round((present.days)::numeric, 1) AS mean_days_so_far,
    COALESCE(completed.stays, (0)::bigint) AS completed_stays,
    round((completed.mean_days)::numeric, 1) AS mean_days_completed,
    round((completed.median_days)::numeric, 1) AS median_days_completed,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of
   FROM ((unnest(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text]) WITH ORDINALITY stages(stage, stage_order)
     LEFT JOIN ( SELECT profile.stage,
            count(*) AS customers,
            avg(GREATEST((date_part('epoch'::text, (( SELECT max(kpi.as_of) AS max
                   FROM shop_data.kpi kpi) - profile.stage_since)) / (86400)::double precision), (0)::double precision)) FILTER (WHERE (( SELECT max(kpi.as_of) AS max
                   FROM shop_data.kpi kpi) IS NOT NULL)) AS days
           FROM shop_data.profile profile
          GROUP BY profile.stage) present ON ((present.stage = stages.stage)))
     LEFT JOIN ( SELECT stay.stage,
            count(*) AS stays,
            avg(stay.days) AS mean_days,
            percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY stay.days) AS median_days
           FROM ( SELECT movement.stage_before AS stage,
                    (date_part('epoch'::text, (movement.at - lag(movement.at) OVER (PARTITION BY movement.customer ORDER BY movement.at, movement.id))) / (86400)::double precision) AS days
                   FROM shop_data.movement movement
                  WHERE (movement.stage_before IS DISTINCT FROM movement.stage_after)) stay
          WHERE ((stay.days IS NOT NULL) AND (stay.stage IS NOT NULL))
          GROUP BY stay.stage) completed ON ((completed.stage = stages.stage)))
  ORDER BY stages.stage_order;


--
-- Name: VIEW time_in_stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.time_in_stage IS 'how long customers stay in each stage of the lifecycle: those who are there now, and those who have left';


--
-- Name: COLUMN time_in_stage.stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.time_in_stage.stage IS 'stage of the lifecycle: prospect, new, active, at_risk, lapsed';


--
-- Name: COLUMN time_in_stage.stage_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.time_in_stage.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN time_in_stage.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.time_in_stage.customers IS 'customers who are in the stage now';


--
-- Name: COLUMN time_in_stage.mean_days_so_far; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.time_in_stage.mean_days_so_far IS 'mean days of these customers in the stage up to the last refresh, as far as it is known; NULL where no customer is in it';


--
-- Name: COLUMN time_in_stage.completed_stays; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.time_in_stage.completed_stays IS 'stays in the stage of which the log knows beginning and end; those that began before the log are left out';


--
-- Name: COLUMN time_in_stage.mean_days_completed; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.time_in_stage.mean_days_completed IS 'mean days of completed stays, which in a young log are the short ones; NULL where there is none';


--
-- Name: COLUMN time_in_stage.median_days_completed; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.time_in_stage.median_days_completed IS 'median days of completed stays; NULL where there is none';


--
-- Name: COLUMN time_in_stage.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.time_in_stage.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: top_customers; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.top_customers AS
 SELECT (rank() OVER (ORDER BY (profile.spend + COALESCE(profile.predicted_ltv, (0)::numeric)) DESC))::integer AS rank,
    profile.customer,
    round((profile.spend + COALESCE(profile.predicted_ltv, (0)::numeric)), 2) AS value,
    round(profile.spend, 2) AS spend,
    round(profile.predicted_ltv, 2) AS predicted_ltv,
    profile.orders,
    round(profile.average_order_value, 2) AS average_order_value,
    profile.stage,
    array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], profile.stage) AS stage_order,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((shop_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    profile.vip,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    profile.first_purchase,
    ((profile.first_purchase AT TIME ZONE 'Europe/Berlin'::text))::date AS first_purchase_day,
    profile.last_purchase,
    ((profile.last_purchase AT TIME ZONE 'Europe/Berlin'::text))::date AS last_purchase_day,
    round(profile.p_alive, 4) AS p_alive,
    round(profile.ltv, 2) AS ltv,
    COALESCE(profile.channel, '(none)'::text) AS channel,
        CASE
            WHEN ( SELECT pg_has_role(n.nspowner, 'USAGE'::text) AS pg_has_role
               FROM pg_namespace n
              WHERE (n.nspname = 'shop'::name)) THEN profile.country
            ELSE NULL::text
        END AS country
   FROM ( SELECT profile_1.customer,
            profile_1.stage,
            profile_1.segment,
            profile_1.recency_score,
            profile_1.frequency_score,
            profile_1.monetary_score,
            profile_1.phase,
            profile_1.relationship_stage,
            profile_1.temperature,
            profile_1.vip,
            profile_1.orders,
            profile_1.spend,
            profile_1.average_order_value,
            profile_1.first_purchase,
            profile_1.last_purchase,
            profile_1.recency_days,
            profile_1.overdue_ratio,
            profile_1.next_purchase,
            profile_1.next_purchase_from,
            profile_1.next_purchase_to,
            profile_1.p_alive,
            profile_1.expected_purchases,
            profile_1.purchase_probability,
            profile_1.expected_spend,
            profile_1.ltv,
            profile_1.predicted_ltv,
            profile_1.channel,
            profile_1.last_channel,
            profile_1.cohort,
            profile_1.consented_at,
            profile_1.spend_last_year,
            profile_1.stage_since,
            profile_1.segment_since,
            profile_1.country
           FROM shop_data.profile profile_1
          WHERE (profile_1.orders > 0)
          ORDER BY (profile_1.spend + COALESCE(profile_1.predicted_ltv, (0)::numeric)) DESC, profile_1.customer
         LIMIT 100) profile
  ORDER BY (profile.spend + COALESCE(profile.predicted_ltv, (0)::numeric)) DESC, profile.customer;


--
-- Name: VIEW top_customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.top_customers IS 'the 100 customers of the greatest value: what they have spent and are predicted to bring within 1 year';


--
-- Name: COLUMN top_customers.rank; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.rank IS 'place by value, from 1; those of the same value share a place';


--
-- Name: COLUMN top_customers.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN top_customers.value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.value IS 'what the customer has spent and is predicted to bring: spend + predicted_ltv, in the currency of the orders; spend alone without a fitted model';


--
-- Name: COLUMN top_customers.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN top_customers.predicted_ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.predicted_ltv IS 'predicted value of the purchases within 1 year, discounted, in the currency of the orders; NULL without a purchase or a fitted model';


--
-- Name: COLUMN top_customers.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN top_customers.average_order_value; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.average_order_value IS 'mean value of a purchase, in the currency of the orders; NULL without a purchase';


--
-- Name: COLUMN top_customers.stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN top_customers.stage_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN top_customers.segment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN top_customers.segment_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN top_customers.vip; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN top_customers.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN top_customers.first_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.first_purchase IS 'instant of the first purchase; NULL without a purchase';


--
-- Name: COLUMN top_customers.first_purchase_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.first_purchase_day IS 'day of the first purchase, time zone Europe/Berlin; NULL without a purchase';


--
-- Name: COLUMN top_customers.last_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.last_purchase IS 'instant of the last purchase; NULL without a purchase';


--
-- Name: COLUMN top_customers.last_purchase_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.last_purchase_day IS 'day of the last purchase, time zone Europe/Berlin; NULL without a purchase';


--
-- Name: COLUMN top_customers.p_alive; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.p_alive IS 'probability that the customer still buys at all, 0 to 1; NULL without a purchase or a fitted model';


--
-- Name: COLUMN top_customers.ltv; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.ltv IS 'simple lifetime value of 3 years at the pace so far, in the currency of the orders: 0 for one-time buyers, NULL for prospects and on the day of the first purchase';


--
-- Name: COLUMN top_customers.channel; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.channel IS 'channel of the first order; (none) where it is not known';


--
-- Name: COLUMN top_customers.country; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers.country IS 'attribute "country" of the customer; NULL where it is not known, and for roles that are not members of the store''s owner';


--
-- Name: top_customers_of_year; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.top_customers_of_year AS
 SELECT (rank() OVER (ORDER BY profile.spend_last_year DESC))::integer AS rank,
    profile.customer,
    round(profile.spend_last_year, 2) AS spend_last_year,
    round(profile.spend, 2) AS spend,
    profile.orders,
    profile.stage,
    array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], profile.stage) AS stage_order,
    profile.segment,
    array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
           FROM ( SELECT rule.name,
                    avg(
                        CASE cell.class
                            WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                            ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                        END) AS score
                   FROM ((((shop_data.store_settings kept
                     JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                     JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                     CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                     CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                           FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                  GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), profile.segment) AS segment_order,
    profile.vip,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    ((profile.last_purchase AT TIME ZONE 'Europe/Berlin'::text))::date AS last_purchase_day,
    profile.next_purchase,
        CASE
            WHEN ( SELECT pg_has_role(n.nspowner, 'USAGE'::text) AS pg_has_role
               FROM pg_namespace n
              WHERE (n.nspname = 'shop'::name)) THEN profile.country
            ELSE NULL::text
        END AS country
   FROM ( SELECT profile_1.customer,
            profile_1.stage,
            profile_1.segment,
            profile_1.recency_score,
            profile_1.frequency_score,
            profile_1.monetary_score,
            profile_1.phase,
            profile_1.relationship_stage,
            profile_1.temperature,
            profile_1.vip,
            profile_1.orders,
            profile_1.spend,
            profile_1.average_order_value,
            profile_1.first_purchase,
            profile_1.last_purchase,
            profile_1.recency_days,
            profile_1.overdue_ratio,
            profile_1.next_purchase,
            profile_1.next_purchase_from,
            profile_1.next_purchase_to,
            profile_1.p_alive,
            profile_1.expected_purchases,
            profile_1.purchase_probability,
            profile_1.expected_spend,
            profile_1.ltv,
            profile_1.predicted_ltv,
            profile_1.channel,
            profile_1.last_channel,
            profile_1.cohort,
            profile_1.consented_at,
            profile_1.spend_last_year,
            profile_1.stage_since,
            profile_1.segment_since,
            profile_1.country
           FROM shop_data.profile profile_1
          WHERE (profile_1.spend_last_year > (0)::numeric)
          ORDER BY profile_1.spend_last_year DESC, profile_1.customer
         LIMIT 100) profile
  ORDER BY profile.spend_last_year DESC, profile.customer;


--
-- Name: VIEW top_customers_of_year; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.top_customers_of_year IS 'the 100 customers of the highest spend in the year before the last refresh';


--
-- Name: COLUMN top_customers_of_year.rank; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.rank IS 'place by spend_last_year, from 1; customers of the same spend share a place';


--
-- Name: COLUMN top_customers_of_year.customer; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.customer IS 'the customer''s key, as it is in the orders';


--
-- Name: COLUMN top_customers_of_year.spend_last_year; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.spend_last_year IS 'amounts paid less refunds in the year before the last refresh, in the currency of the orders; 0 without a purchase in it; NULL from an upgrade of the store to the next refresh';


--
-- Name: COLUMN top_customers_of_year.spend; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.spend IS 'amounts paid less refunds, in the currency of the orders; 0 for prospects';


--
-- Name: COLUMN top_customers_of_year.orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.orders IS 'number of purchases; 0 for prospects';


--
-- Name: COLUMN top_customers_of_year.stage; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.stage IS 'stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)';


--
-- Name: COLUMN top_customers_of_year.stage_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.stage_order IS 'place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by';


--
-- Name: COLUMN top_customers_of_year.segment; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.segment IS 'segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk';


--
-- Name: COLUMN top_customers_of_year.segment_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.segment_order IS 'place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL for one that the grid does not have any more';


--
-- Name: COLUMN top_customers_of_year.vip; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.vip IS 'whether the customer is at the top of the base by purchases, tenure and spend together';


--
-- Name: COLUMN top_customers_of_year.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN top_customers_of_year.last_purchase_day; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.last_purchase_day IS 'day of the last purchase, time zone Europe/Berlin; NULL without a purchase';


--
-- Name: COLUMN top_customers_of_year.next_purchase; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.next_purchase IS 'day on which the next purchase is expected; NULL where it is not known';


--
-- Name: COLUMN top_customers_of_year.country; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.top_customers_of_year.country IS 'attribute "country" of the customer; NULL where it is not known, and for roles that are not members of the store''s owner';


--
-- Name: transitions; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.transitions AS
 SELECT transition.what AS kind,
    transition.moved_from,
    transition.moved_to,
    ('from '::text || transition.moved_from) AS source,
    ('to '::text || transition.moved_to) AS target,
        CASE
            WHEN (COALESCE(transition.moved_from, '(none)'::text) = '(none)'::text) THEN 0
            WHEN (transition.what = 'stage'::text) THEN array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], transition.moved_from)
            ELSE array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
               FROM ( SELECT rule.name,
                        avg(
                            CASE cell.class
                                WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                                ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                            END) AS score
                       FROM ((((shop_data.store_settings kept
                         JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                         JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                         CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                         CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                               FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                      GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), transition.moved_from)
        END AS moved_from_order,
        CASE
            WHEN (COALESCE(transition.moved_to, '(none)'::text) = '(none)'::text) THEN 0
            WHEN (transition.what = 'stage'::text) THEN array_position(ARRAY['prospect'::text, 'new'::text, 'active'::text, 'at_risk'::text, 'lapsed'::text], transition.moved_to)
            ELSE array_position((( SELECT array_agg(scored.name ORDER BY scored.score DESC, scored.name) AS array_agg
               FROM ( SELECT rule.name,
                        avg(
                            CASE cell.class
                                WHEN '*'::text THEN (((1 + grid.bins))::numeric / 2.0)
                                ELSE ((("left"(btrim(cell.class, '[]'::text), 1))::numeric + ("right"(btrim(cell.class, '[]'::text), 1))::numeric) / (2)::numeric)
                            END) AS score
                       FROM ((((shop_data.store_settings kept
                         JOIN lifecycle.segment_grid grid ON ((grid.grid = (kept.settings ->> 'grid'::text))))
                         JOIN lifecycle.segment_rule rule ON ((rule.grid = grid.grid)))
                         CROSS JOIN LATERAL unnest(rule.cells) pattern(pattern))
                         CROSS JOIN LATERAL ( SELECT matched.found[1] AS class
                               FROM regexp_matches(pattern.pattern, '[[][0-9]-[0-9][]]|[0-9]|[*]'::text, 'g'::text) matched(found)) cell)
                      GROUP BY rule.name) scored) || ARRAY['Unscored'::text, 'Prospect'::text]), transition.moved_to)
        END AS moved_to_order,
    transition.moves,
    transition.customers,
    round(((transition.moves)::numeric / sum(transition.moves) OVER (PARTITION BY transition.what, transition.moved_from)), 4) AS share_of_moves,
    ( SELECT max(kpi.as_of) AS max
           FROM shop_data.kpi kpi) AS as_of,
    transition.first_at,
    transition.last_at
   FROM ( SELECT change.what,
            COALESCE(change.moved_from, '(none)'::text) AS moved_from,
            COALESCE(change.moved_to, '(none)'::text) AS moved_to,
            count(*) AS moves,
            count(DISTINCT movement.customer) AS customers,
            min(movement.at) AS first_at,
            max(movement.at) AS last_at
           FROM shop_data.movement movement,
            LATERAL ( VALUES ('stage'::text,movement.stage_before,movement.stage_after), ('segment'::text,movement.segment_before,movement.segment_after)) change(what, moved_from, moved_to)
          WHERE (change.moved_from IS DISTINCT FROM change.moved_to)
          GROUP BY change.what, COALESCE(change.moved_from, '(none)'::text), COALESCE(change.moved_to, '(none)'::text)) transition
  ORDER BY transition.what DESC, transition.moved_from, transition.moves DESC, transition.moved_to;


--
-- Name: VIEW transitions; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON VIEW shop.transitions IS 'how often customers have moved from one stage or segment to another, over the whole log';


--
-- Name: COLUMN transitions.kind; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.kind IS 'what changed: stage or segment';


--
-- Name: COLUMN transitions.moved_from; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.moved_from IS 'the stage or segment before; (none) for customers who are new to the store';


--
-- Name: COLUMN transitions.moved_to; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.moved_to IS 'the stage or segment after; (none) for customers who are gone from the store';


--
-- Name: COLUMN transitions.source; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.source IS 'moved_from as the source of a link in a Sankey chart, such as from active';


--
-- Name: COLUMN transitions.target; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.target IS 'moved_to as the target of a link, such as to at_risk: no target is a source, and so no links go in a circle';


--
-- Name: COLUMN transitions.moved_from_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.moved_from_order IS 'place of moved_from, as stage_order or segment_order of other views; 0 for (none)';


--
-- Name: COLUMN transitions.moved_to_order; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.moved_to_order IS 'place of moved_to, as stage_order or segment_order of other views; 0 for (none)';


--
-- Name: COLUMN transitions.moves; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.moves IS 'number of such changes in the log';


--
-- Name: COLUMN transitions.customers; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.customers IS 'number of customers who made them, each counted once';


--
-- Name: COLUMN transitions.share_of_moves; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.share_of_moves IS 'share of all changes out of moved_from, 0 to 1; customers who stay do not count; transition_matrix() counts them';


--
-- Name: COLUMN transitions.as_of; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.as_of IS 'instant of the last refresh, as of which all rows are; NULL before the first';


--
-- Name: COLUMN transitions.first_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.first_at IS 'instant of the first such change';


--
-- Name: COLUMN transitions.last_at; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON COLUMN shop.transitions.last_at IS 'instant of the last such change';


--
-- Name: action_id_seq; Type: SEQUENCE; Schema: shop_data; Owner: -
--

ALTER TABLE shop_data.action ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop_data.action_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: crash_marker; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE UNLOGGED TABLE shop_data.crash_marker (
    made_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE crash_marker; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.crash_marker IS 'a row that a crash of the server takes away, as it does those of unlogged sources';


--
-- Name: decision; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.decision (
    id bigint NOT NULL,
    customer bigint NOT NULL,
    journey integer NOT NULL,
    version integer NOT NULL,
    entry integer NOT NULL,
    step integer NOT NULL,
    round integer NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    reason text
);


--
-- Name: TABLE decision; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.decision IS 'all decisions but actions: entries, branches, postponed and dropped actions, and exits with their reason';


--
-- Name: decision_id_seq; Type: SEQUENCE; Schema: shop_data; Owner: -
--

ALTER TABLE shop_data.decision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop_data.decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: event_change; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.event_change (
    customer bigint
);

ALTER TABLE ONLY shop_data.event_change REPLICA IDENTITY FULL;


--
-- Name: TABLE event_change; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.event_change IS 'customers whose events have changed since the last refresh, NULL for all; filled by triggers';


--
-- Name: event_id_seq; Type: SEQUENCE; Schema: shop_data; Owner: -
--

ALTER TABLE shop_data.event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop_data.event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: fit_id_seq; Type: SEQUENCE; Schema: shop_data; Owner: -
--

ALTER TABLE shop_data.fit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop_data.fit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: journey_condition; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.journey_condition (
    journey integer NOT NULL,
    customer bigint NOT NULL
);


--
-- Name: TABLE journey_condition; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.journey_condition IS 'customers for whom the entry condition of a journey holds now';


--
-- Name: journey_journey_seq; Type: SEQUENCE; Schema: shop_data; Owner: -
--

ALTER TABLE shop_data.journey ALTER COLUMN journey ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop_data.journey_journey_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: key_customers; Type: VIEW; Schema: shop_data; Owner: -
--

CREATE VIEW shop_data.key_customers AS
 SELECT people.customer AS customers_key,
    people.country AS attribute_1
   FROM public.people;


--
-- Name: VIEW key_customers; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON VIEW shop_data.key_customers IS 'the columns of the known people, which tells what they are called by now';


--
-- Name: key_events; Type: VIEW; Schema: shop_data; Owner: -
--

CREATE VIEW shop_data.key_events AS
 SELECT events.customer AS event_customer,
    events.at AS happened_at,
    events.kind
   FROM public.events;


--
-- Name: VIEW key_events; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON VIEW shop_data.key_events IS 'the columns that settings name, of all rows, which tells what they are called by now';


--
-- Name: key_orders; Type: VIEW; Schema: shop_data; Owner: -
--

CREATE VIEW shop_data.key_orders AS
 SELECT orders.customer,
    orders.at AS ordered_at,
    orders.amount,
    orders.channel,
    (NOT (orders.status <> 'test'::text)) AS status
   FROM public.orders;


--
-- Name: VIEW key_orders; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON VIEW shop_data.key_orders IS 'the columns that settings name, of all rows, which tells what they are called by now';


--
-- Name: missed; Type: SEQUENCE; Schema: shop_data; Owner: -
--

CREATE SEQUENCE shop_data.missed
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: SEQUENCE missed; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON SEQUENCE shop_data.missed IS 'takes another value when changes could not be noted: the next refresh reads all rows';


--
-- Name: movement_id_seq; Type: SEQUENCE; Schema: shop_data; Owner: -
--

ALTER TABLE shop_data.movement ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop_data.movement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: order_change; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.order_change (
    customer bigint
);

ALTER TABLE ONLY shop_data.order_change REPLICA IDENTITY FULL;


--
-- Name: TABLE order_change; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.order_change IS 'customers whose orders have changed since the last refresh, NULL for all; filled by triggers';


--
-- Name: source_customers; Type: VIEW; Schema: shop_data; Owner: -
--

CREATE VIEW shop_data.source_customers AS
 SELECT DISTINCT ON (people.customer) people.customer,
    NULL::timestamp with time zone AS consented_at,
        CASE
            WHEN (people.country IS NOT NULL) THEN format('%s'::text, people.country)
            ELSE NULL::text
        END AS country
   FROM public.people
  WHERE (people.customer IS NOT NULL)
  ORDER BY people.customer;


--
-- Name: VIEW source_customers; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON VIEW shop_data.source_customers IS 'the known people, as the store reads them';


--
-- Name: source_events; Type: VIEW; Schema: shop_data; Owner: -
--

CREATE VIEW shop_data.source_events AS
 SELECT events.customer,
    events.at AS happened_at,
    COALESCE(('{"opened": "open", "bounced": "bounce", "clicked": "click", "replied": "reply", "visited": "visit", "referred": "referral", "complained": "complaint", "subscribed": "subscribe", "unsubscribed": "unsubscribe"}'::jsonb ->> lower(events.kind)), lower(events.kind)) AS kind,
    NULL::text AS channel
   FROM public.events
  WHERE ((events.customer IS NOT NULL) AND (events.at >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (events.at < '10000-01-01 00:00:00+00'::timestamp with time zone) AND (COALESCE(('{"opened": "open", "bounced": "bounce", "clicked": "click", "replied": "reply", "visited": "visit", "referred": "referral", "complained": "complaint", "subscribed": "subscribe", "unsubscribed": "unsubscribe"}'::jsonb ->> lower(events.kind)), lower(events.kind)) = ANY (ARRAY['sent'::text, 'delivered'::text, 'open'::text, 'click'::text, 'visit'::text, 'reply'::text, 'bounce'::text, 'unsubscribe'::text, 'complaint'::text, 'referral'::text, 'subscribe'::text])) AND true);


--
-- Name: VIEW source_events; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON VIEW shop_data.source_events IS 'the rows that are engagement events of a known kind, as the store reads them';


--
-- Name: source_orders; Type: VIEW; Schema: shop_data; Owner: -
--

CREATE VIEW shop_data.source_orders AS
 SELECT orders.customer,
    orders.at AS ordered_at,
    orders.amount,
    orders.channel
   FROM public.orders
  WHERE ((orders.customer IS NOT NULL) AND (orders.at >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (orders.at < '10000-01-01 00:00:00+00'::timestamp with time zone) AND (orders.status <> 'test'::text));


--
-- Name: VIEW source_orders; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON VIEW shop_data.source_orders IS 'the rows that are orders, as the store reads them';


--
-- Name: watermark; Type: TABLE; Schema: shop_data; Owner: -
--

CREATE TABLE shop_data.watermark (
    source text NOT NULL,
    high text,
    reconciled_at timestamp with time zone
);


--
-- Name: TABLE watermark; Type: COMMENT; Schema: shop_data; Owner: -
--

COMMENT ON TABLE shop_data.watermark IS 'when a source was last read whole, and how far one whose changes a column shows';


--
-- Data for Name: action; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.action (id, customer, journey, version, entry, step, round, decided_at, arm, control, channel, template, payload, priority, status, claimable_at, attempts, claimed_by, completed_at, message_id, error) FROM stdin;
\.


--
-- Data for Name: crash_marker; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.crash_marker (made_at) FROM stdin;
2026-11-30 10:53:59.889828+00
\.


--
-- Data for Name: decision; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.decision (id, customer, journey, version, entry, step, round, decided_at, kind, reason) FROM stdin;
\.


--
-- Data for Name: enrollment; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.enrollment (customer, journey, entry, bucket, version, step, round, entered_at, triggered_at, step_since, due_at, postponed_since, postponed_reason, arm, control, goal_until, ended_at, outcome, goal_at) FROM stdin;
\.


--
-- Data for Name: event; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.event (id, customer, kind, at, action, channel, provider_id, detail, recorded_at, processed) FROM stdin;
\.


--
-- Data for Name: event_change; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.event_change (customer) FROM stdin;
\.


--
-- Data for Name: fit; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.fit (id, fitted_at, as_of, customers, rfm_breaks, rhythm, purchase_model, spend_model, vip_breaks, mean_spend) FROM stdin;
1	2026-11-30 10:54:00.44535+00	2023-12-01 00:00:00+00	60	{"bins":5,"recency_days":[18,23,29,34],"frequency":[11,12,12,12],"monetary":[468,540,600,672],"customers":60,"method":"exact","as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	{"model":"gamma/gamma","params":{"k":1000.0,"r":1000000.0,"alpha":27499.99943817398},"unit":"1 day","customers":60,"one_time_buyers":0,"gaps":640,"log_likelihood":-604.7799211777747,"standard_errors":null,"covariance":null,"status":"boundary: k \\u2192 \\u221e, r \\u2192 \\u221e","iterations":42,"gradient_norm":7.511930738669207e-12,"as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	{"model":"mbg/nbd","params":{"r":1000000.0,"alpha":4292410.727045597,"a":0.0,"b":1.0},"unit":"7 days","customers":60,"repeat_buyers":60,"log_likelihood":-1572.383365776077,"standard_errors":null,"covariance":null,"status":"boundary: r \\u2192 \\u221e, a \\u2192 0","collapses_to":"nbd","iterations":23,"gradient_norm":9.195577827233047e-15,"as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	{"model":"gamma-gamma","params":{"p":2.7567648024306535,"q":1000000.0,"gamma":17955812.350510176},"customers":60,"one_time_buyers":0,"without_spend":0,"log_likelihood":-217.14322807292734,"standard_errors":null,"covariance":null,"status":"boundary: q \\u2192 \\u221e","note":null,"iterations":31,"gradient_norm":7.765941744784612e-15,"as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	{"purchases":12,"tenure_days":328,"spend":672,"top_share":0.2,"mean_spend":575.5,"customers":60,"as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	575.5000
\.


--
-- Data for Name: history; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.history (customer, purchases, engagement, orders, order_checksum, events, event_checksum, first_channel, last_channel) FROM stdin;
0	{2023-01-28T12:00:00Z 65, 2023-02-25T00:00:00Z 35, 2023-03-24T12:00:00Z 5, 2023-04-21T00:00:00Z 65, 2023-05-18T12:00:00Z 35, 2023-06-15T00:00:00Z 5, 2023-07-12T12:00:00Z 65, 2023-08-09T00:00:00Z 35, 2023-09-05T12:00:00Z 5, 2023-10-03T00:00:00Z 65, 2023-10-30T12:00:00Z 35}	\N	11	14556209591572196609	0	\N	\N	\N
1	{2023-01-01T11:00:00Z 12, 2023-01-28T23:00:00Z 72, 2023-02-25T11:00:00Z 42, 2023-03-24T23:00:00Z 12, 2023-04-21T11:00:00Z 72, 2023-05-18T23:00:00Z 42, 2023-06-15T11:00:00Z 12, 2023-07-12T23:00:00Z 72, 2023-08-09T11:00:00Z 42, 2023-09-05T23:00:00Z 12, 2023-10-03T11:00:00Z 72, 2023-10-30T23:00:00Z 42}	\N	12	-9872649270090432924	0	\N	\N	\N
2	{2023-01-01T22:00:00Z 19, 2023-01-29T10:00:00Z 79, 2023-02-25T22:00:00Z 49, 2023-03-25T10:00:00Z 19, 2023-04-21T22:00:00Z 79, 2023-05-19T10:00:00Z 49, 2023-06-15T22:00:00Z 19, 2023-07-13T10:00:00Z 79, 2023-08-09T22:00:00Z 49, 2023-09-06T10:00:00Z 19, 2023-10-03T22:00:00Z 79, 2023-10-31T10:00:00Z 49}	\N	12	-3064186121269342826	0	\N	\N	\N
3	{2023-01-02T09:00:00Z 26, 2023-01-29T21:00:00Z 86, 2023-02-26T09:00:00Z 56, 2023-03-25T21:00:00Z 26, 2023-04-22T09:00:00Z 86, 2023-05-19T21:00:00Z 56, 2023-06-16T09:00:00Z 26, 2023-07-13T21:00:00Z 86, 2023-08-10T09:00:00Z 56, 2023-09-06T21:00:00Z 26, 2023-10-04T09:00:00Z 86, 2023-10-31T21:00:00Z 56}	\N	12	7905437864899987564	0	\N	\N	\N
4	{2023-01-02T20:00:00Z 33, 2023-01-30T08:00:00Z 93, 2023-02-26T20:00:00Z 63, 2023-03-26T08:00:00Z 33, 2023-04-22T20:00:00Z 93, 2023-05-20T08:00:00Z 63, 2023-06-16T20:00:00Z 33, 2023-07-14T08:00:00Z 93, 2023-08-10T20:00:00Z 63, 2023-09-07T08:00:00Z 33, 2023-10-04T20:00:00Z 93, 2023-11-01T08:00:00Z 63}	\N	12	-22301863453349044357	0	\N	\N	\N
5	{2023-01-03T07:00:00Z 40, 2023-01-30T19:00:00Z 10, 2023-02-27T07:00:00Z 70, 2023-03-26T19:00:00Z 40, 2023-04-23T07:00:00Z 10, 2023-05-20T19:00:00Z 70, 2023-06-17T07:00:00Z 40, 2023-07-14T19:00:00Z 10, 2023-08-11T07:00:00Z 70, 2023-09-07T19:00:00Z 40, 2023-10-05T07:00:00Z 10, 2023-11-01T19:00:00Z 70}	\N	12	20870086052023761183	0	\N	\N	\N
6	{2023-01-03T18:00:00Z 47, 2023-01-31T06:00:00Z 17, 2023-02-27T18:00:00Z 77, 2023-03-27T06:00:00Z 47, 2023-04-23T18:00:00Z 17, 2023-05-21T06:00:00Z 77, 2023-06-17T18:00:00Z 47, 2023-07-15T06:00:00Z 17, 2023-08-11T18:00:00Z 77, 2023-09-08T06:00:00Z 47, 2023-10-05T18:00:00Z 17, 2023-11-02T06:00:00Z 77}	\N	12	-3209476753330211460	0	\N	\N	\N
8	{2023-01-04T16:00:00Z 61, 2023-02-01T04:00:00Z 31, 2023-02-28T16:00:00Z 91, 2023-03-28T04:00:00Z 61, 2023-04-24T16:00:00Z 31, 2023-05-22T04:00:00Z 91, 2023-06-18T16:00:00Z 61, 2023-07-16T04:00:00Z 31, 2023-08-12T16:00:00Z 91, 2023-09-09T04:00:00Z 61, 2023-10-06T16:00:00Z 31, 2023-11-03T04:00:00Z 91}	\N	12	23497525168631813001	0	\N	\N	\N
9	{2023-01-05T03:00:00Z 68, 2023-02-01T15:00:00Z 38, 2023-03-01T03:00:00Z 8, 2023-03-28T15:00:00Z 68, 2023-04-25T03:00:00Z 38, 2023-05-22T15:00:00Z 8, 2023-06-19T03:00:00Z 68, 2023-07-16T15:00:00Z 38, 2023-08-13T03:00:00Z 8, 2023-09-09T15:00:00Z 68, 2023-10-07T03:00:00Z 38, 2023-11-03T15:00:00Z 8}	\N	12	23510768548385807190	0	\N	\N	\N
10	{2023-01-05T14:00:00Z 75, 2023-02-02T02:00:00Z 45, 2023-03-01T14:00:00Z 15, 2023-03-29T02:00:00Z 75, 2023-04-25T14:00:00Z 45, 2023-05-23T02:00:00Z 15, 2023-06-19T14:00:00Z 75, 2023-07-17T02:00:00Z 45, 2023-08-13T14:00:00Z 15, 2023-09-10T02:00:00Z 75, 2023-10-07T14:00:00Z 45, 2023-11-04T02:00:00Z 15}	\N	12	25644646577438458873	0	\N	\N	\N
11	{2023-01-06T01:00:00Z 82, 2023-02-02T13:00:00Z 52, 2023-03-02T01:00:00Z 22, 2023-03-29T13:00:00Z 82, 2023-04-26T01:00:00Z 52, 2023-05-23T13:00:00Z 22, 2023-06-20T01:00:00Z 82, 2023-07-17T13:00:00Z 52, 2023-08-14T01:00:00Z 22, 2023-09-10T13:00:00Z 82, 2023-10-08T01:00:00Z 52, 2023-11-04T13:00:00Z 22}	\N	12	-5517046055758147537	0	\N	\N	\N
12	{2023-01-06T12:00:00Z 89, 2023-02-03T00:00:00Z 59, 2023-03-02T12:00:00Z 29, 2023-03-30T00:00:00Z 89, 2023-04-26T12:00:00Z 59, 2023-05-24T00:00:00Z 29, 2023-06-20T12:00:00Z 89, 2023-07-18T00:00:00Z 59, 2023-08-14T12:00:00Z 29, 2023-09-11T00:00:00Z 89, 2023-10-08T12:00:00Z 59, 2023-11-05T00:00:00Z 29}	\N	12	-22514535782562643972	0	\N	\N	\N
13	{2023-01-06T23:00:00Z 6, 2023-02-03T11:00:00Z 66, 2023-03-02T23:00:00Z 36, 2023-03-30T11:00:00Z 6, 2023-04-26T23:00:00Z 66, 2023-05-24T11:00:00Z 36, 2023-06-20T23:00:00Z 6, 2023-07-18T11:00:00Z 66, 2023-08-14T23:00:00Z 36, 2023-09-11T11:00:00Z 6, 2023-10-08T23:00:00Z 66, 2023-11-05T11:00:00Z 36}	\N	12	-20920380017223775087	0	\N	\N	\N
14	{2023-01-07T10:00:00Z 13, 2023-02-03T22:00:00Z 73, 2023-03-03T10:00:00Z 43, 2023-03-30T22:00:00Z 13, 2023-04-27T10:00:00Z 73, 2023-05-24T22:00:00Z 43, 2023-06-21T10:00:00Z 13, 2023-07-18T22:00:00Z 73, 2023-08-15T10:00:00Z 43, 2023-09-11T22:00:00Z 13, 2023-10-09T10:00:00Z 73, 2023-11-05T22:00:00Z 43}	\N	12	2186612605542068615	0	\N	\N	\N
15	{2023-01-07T21:00:00Z 20, 2023-02-04T09:00:00Z 80, 2023-03-03T21:00:00Z 50, 2023-03-31T09:00:00Z 20, 2023-04-27T21:00:00Z 80, 2023-05-25T09:00:00Z 50, 2023-06-21T21:00:00Z 20, 2023-07-19T09:00:00Z 80, 2023-08-15T21:00:00Z 50, 2023-09-12T09:00:00Z 20, 2023-10-09T21:00:00Z 80, 2023-11-06T09:00:00Z 50}	\N	12	-6291819384286170402	0	\N	\N	\N
16	{2023-01-08T08:00:00Z 27, 2023-02-04T20:00:00Z 87, 2023-03-04T08:00:00Z 57, 2023-03-31T20:00:00Z 27, 2023-04-28T08:00:00Z 87, 2023-05-25T20:00:00Z 57, 2023-06-22T08:00:00Z 27, 2023-07-19T20:00:00Z 87, 2023-08-16T08:00:00Z 57, 2023-09-12T20:00:00Z 27, 2023-10-10T08:00:00Z 87, 2023-11-06T20:00:00Z 57}	\N	12	-11643851145488521775	0	\N	\N	\N
17	{2023-01-08T19:00:00Z 34, 2023-02-05T07:00:00Z 94, 2023-03-04T19:00:00Z 64, 2023-04-01T07:00:00Z 34, 2023-04-28T19:00:00Z 94, 2023-05-26T07:00:00Z 64, 2023-06-22T19:00:00Z 34, 2023-07-20T07:00:00Z 94, 2023-08-16T19:00:00Z 64, 2023-09-13T07:00:00Z 34, 2023-10-10T19:00:00Z 94, 2023-11-07T07:00:00Z 64}	\N	12	-9656278455672689080	0	\N	\N	\N
18	{2023-01-09T06:00:00Z 41, 2023-02-05T18:00:00Z 11, 2023-03-05T06:00:00Z 71, 2023-04-01T18:00:00Z 41, 2023-04-29T06:00:00Z 11, 2023-05-26T18:00:00Z 71, 2023-06-23T06:00:00Z 41, 2023-07-20T18:00:00Z 11, 2023-08-17T06:00:00Z 71, 2023-09-13T18:00:00Z 41, 2023-10-11T06:00:00Z 11, 2023-11-07T18:00:00Z 71}	\N	12	-22128372351108644320	0	\N	\N	\N
19	{2023-01-09T17:00:00Z 48, 2023-02-06T05:00:00Z 18, 2023-03-05T17:00:00Z 78, 2023-04-02T05:00:00Z 48, 2023-04-29T17:00:00Z 18, 2023-05-27T05:00:00Z 78, 2023-06-23T17:00:00Z 48, 2023-07-21T05:00:00Z 18, 2023-08-17T17:00:00Z 78, 2023-09-14T05:00:00Z 48, 2023-10-11T17:00:00Z 18, 2023-11-08T05:00:00Z 78}	\N	12	-11604977472193546915	0	\N	\N	\N
20	{2023-01-10T04:00:00Z 55, 2023-02-06T16:00:00Z 25, 2023-03-06T04:00:00Z 85, 2023-04-02T16:00:00Z 55, 2023-04-30T04:00:00Z 25, 2023-05-27T16:00:00Z 85, 2023-06-24T04:00:00Z 55, 2023-07-21T16:00:00Z 25, 2023-08-18T04:00:00Z 85, 2023-09-14T16:00:00Z 55, 2023-10-12T04:00:00Z 25, 2023-11-08T16:00:00Z 85}	\N	12	13785982292836760478	0	\N	\N	\N
21	{2023-01-10T15:00:00Z 62, 2023-02-07T03:00:00Z 32, 2023-03-06T15:00:00Z 92, 2023-04-03T03:00:00Z 62, 2023-04-30T15:00:00Z 32, 2023-05-28T03:00:00Z 92, 2023-06-24T15:00:00Z 62, 2023-07-22T03:00:00Z 32, 2023-08-18T15:00:00Z 92, 2023-09-15T03:00:00Z 62, 2023-10-12T15:00:00Z 32, 2023-11-09T03:00:00Z 92}	\N	12	29447978309896955009	0	\N	\N	\N
22	{2023-01-11T02:00:00Z 69, 2023-02-07T14:00:00Z 39, 2023-03-07T02:00:00Z 9, 2023-04-03T14:00:00Z 69, 2023-05-01T02:00:00Z 39, 2023-05-28T14:00:00Z 9, 2023-06-25T02:00:00Z 69, 2023-07-22T14:00:00Z 39, 2023-08-19T02:00:00Z 9, 2023-09-15T14:00:00Z 69, 2023-10-13T02:00:00Z 39, 2023-11-09T14:00:00Z 9}	\N	12	-10163123693423856398	0	\N	\N	\N
23	{2023-01-11T13:00:00Z 76, 2023-02-08T01:00:00Z 46, 2023-03-07T13:00:00Z 16, 2023-04-04T01:00:00Z 76, 2023-05-01T13:00:00Z 46, 2023-05-29T01:00:00Z 16, 2023-06-25T13:00:00Z 76, 2023-07-23T01:00:00Z 46, 2023-08-19T13:00:00Z 16, 2023-09-16T01:00:00Z 76, 2023-10-13T13:00:00Z 46, 2023-11-10T01:00:00Z 16}	\N	12	10639694480875579869	0	\N	\N	\N
24	{2023-01-12T00:00:00Z 83, 2023-02-08T12:00:00Z 53, 2023-03-08T00:00:00Z 23, 2023-04-04T12:00:00Z 83, 2023-05-02T00:00:00Z 53, 2023-05-29T12:00:00Z 23, 2023-06-26T00:00:00Z 83, 2023-07-23T12:00:00Z 53, 2023-08-20T00:00:00Z 23, 2023-09-16T12:00:00Z 83, 2023-10-14T00:00:00Z 53, 2023-11-10T12:00:00Z 23}	\N	12	-16210185741164925516	0	\N	\N	\N
25	{2023-01-12T11:00:00Z 90, 2023-02-08T23:00:00Z 60, 2023-03-08T11:00:00Z 30, 2023-04-04T23:00:00Z 90, 2023-05-02T11:00:00Z 60, 2023-05-29T23:00:00Z 30, 2023-06-26T11:00:00Z 90, 2023-07-23T23:00:00Z 60, 2023-08-20T11:00:00Z 30, 2023-09-16T23:00:00Z 90, 2023-10-14T11:00:00Z 60, 2023-11-10T23:00:00Z 30}	\N	12	16122752774387177414	0	\N	\N	\N
26	{2023-01-12T22:00:00Z 7, 2023-02-09T10:00:00Z 67, 2023-03-08T22:00:00Z 37, 2023-04-05T10:00:00Z 7, 2023-05-02T22:00:00Z 67, 2023-05-30T10:00:00Z 37, 2023-06-26T22:00:00Z 7, 2023-07-24T10:00:00Z 67, 2023-08-20T22:00:00Z 37, 2023-09-17T10:00:00Z 7, 2023-10-14T22:00:00Z 67, 2023-11-11T10:00:00Z 37}	\N	12	-564583858150703646	0	\N	\N	\N
27	{2023-01-13T09:00:00Z 14, 2023-02-09T21:00:00Z 74, 2023-03-09T09:00:00Z 44, 2023-04-05T21:00:00Z 14, 2023-05-03T09:00:00Z 74, 2023-05-30T21:00:00Z 44, 2023-06-27T09:00:00Z 14, 2023-07-24T21:00:00Z 74, 2023-08-21T09:00:00Z 44, 2023-09-17T21:00:00Z 14, 2023-10-15T09:00:00Z 74, 2023-11-11T21:00:00Z 44}	\N	12	-27742432554191711181	0	\N	\N	\N
28	{2023-01-13T20:00:00Z 21, 2023-02-10T08:00:00Z 81, 2023-03-09T20:00:00Z 51, 2023-04-06T08:00:00Z 21, 2023-05-03T20:00:00Z 81, 2023-05-31T08:00:00Z 51, 2023-06-27T20:00:00Z 21, 2023-07-25T08:00:00Z 81, 2023-08-21T20:00:00Z 51, 2023-09-18T08:00:00Z 21, 2023-10-15T20:00:00Z 81, 2023-11-12T08:00:00Z 51}	\N	12	-21450176024266493	0	\N	\N	\N
29	{2023-01-14T07:00:00Z 28, 2023-02-10T19:00:00Z 88, 2023-03-10T07:00:00Z 58, 2023-04-06T19:00:00Z 28, 2023-05-04T07:00:00Z 88, 2023-05-31T19:00:00Z 58, 2023-06-28T07:00:00Z 28, 2023-07-25T19:00:00Z 88, 2023-08-22T07:00:00Z 58, 2023-09-18T19:00:00Z 28, 2023-10-16T07:00:00Z 88, 2023-11-12T19:00:00Z 58}	\N	12	-9707910775767340508	0	\N	\N	\N
30	{2023-01-14T18:00:00Z 35, 2023-02-11T06:00:00Z 5, 2023-03-10T18:00:00Z 65, 2023-04-07T06:00:00Z 35, 2023-05-04T18:00:00Z 5, 2023-06-01T06:00:00Z 65, 2023-06-28T18:00:00Z 35, 2023-07-26T06:00:00Z 5, 2023-08-22T18:00:00Z 65, 2023-09-19T06:00:00Z 35, 2023-10-16T18:00:00Z 5, 2023-11-13T06:00:00Z 65}	\N	12	-4516683566947253911	0	\N	\N	\N
31	{2023-01-15T05:00:00Z 42, 2023-02-11T17:00:00Z 12, 2023-03-11T05:00:00Z 72, 2023-04-07T17:00:00Z 42, 2023-05-05T05:00:00Z 12, 2023-06-01T17:00:00Z 72, 2023-06-29T05:00:00Z 42, 2023-07-26T17:00:00Z 12, 2023-08-23T05:00:00Z 72, 2023-09-19T17:00:00Z 42, 2023-10-17T05:00:00Z 12, 2023-11-13T17:00:00Z 72}	\N	12	2540291596082844653	0	\N	\N	\N
32	{2023-01-15T16:00:00Z 49, 2023-02-12T04:00:00Z 19, 2023-03-11T16:00:00Z 79, 2023-04-08T04:00:00Z 49, 2023-05-05T16:00:00Z 19, 2023-06-02T04:00:00Z 79, 2023-06-29T16:00:00Z 49, 2023-07-27T04:00:00Z 19, 2023-08-23T16:00:00Z 79, 2023-09-20T04:00:00Z 49, 2023-10-17T16:00:00Z 19, 2023-11-14T04:00:00Z 79}	\N	12	-20919100536952215748	0	\N	\N	\N
33	{2023-01-16T03:00:00Z 56, 2023-02-12T15:00:00Z 26, 2023-03-12T03:00:00Z 86, 2023-04-08T15:00:00Z 56, 2023-05-06T03:00:00Z 26, 2023-06-02T15:00:00Z 86, 2023-06-30T03:00:00Z 56, 2023-07-27T15:00:00Z 26, 2023-08-24T03:00:00Z 86, 2023-09-20T15:00:00Z 56, 2023-10-18T03:00:00Z 26, 2023-11-14T15:00:00Z 86}	\N	12	14775525390742045558	0	\N	\N	\N
34	{2023-01-16T14:00:00Z 63, 2023-02-13T02:00:00Z 33, 2023-03-12T14:00:00Z 93, 2023-04-09T02:00:00Z 63, 2023-05-06T14:00:00Z 33, 2023-06-03T02:00:00Z 93, 2023-06-30T14:00:00Z 63, 2023-07-28T02:00:00Z 33, 2023-08-24T14:00:00Z 93, 2023-09-21T02:00:00Z 63, 2023-10-18T14:00:00Z 33, 2023-11-15T02:00:00Z 93}	\N	12	3710899662438245408	0	\N	\N	\N
35	{2023-01-17T01:00:00Z 70, 2023-02-13T13:00:00Z 40, 2023-03-13T01:00:00Z 10, 2023-04-09T13:00:00Z 70, 2023-05-07T01:00:00Z 40, 2023-06-03T13:00:00Z 10, 2023-07-01T01:00:00Z 70, 2023-07-28T13:00:00Z 40, 2023-08-25T01:00:00Z 10, 2023-09-21T13:00:00Z 70, 2023-10-19T01:00:00Z 40, 2023-11-15T13:00:00Z 10}	\N	12	-15772093841009012867	0	\N	\N	\N
36	{2023-01-17T12:00:00Z 77, 2023-02-14T00:00:00Z 47, 2023-03-13T12:00:00Z 17, 2023-04-10T00:00:00Z 77, 2023-05-07T12:00:00Z 47, 2023-06-04T00:00:00Z 17, 2023-07-01T12:00:00Z 77, 2023-07-29T00:00:00Z 47, 2023-08-25T12:00:00Z 17, 2023-09-22T00:00:00Z 77, 2023-10-19T12:00:00Z 47, 2023-11-16T00:00:00Z 17}	\N	12	-28321982981590486162	0	\N	\N	\N
37	{2023-01-17T23:00:00Z 84, 2023-02-14T11:00:00Z 54, 2023-03-13T23:00:00Z 24, 2023-04-10T11:00:00Z 84, 2023-05-07T23:00:00Z 54, 2023-06-04T11:00:00Z 24, 2023-07-01T23:00:00Z 84, 2023-07-29T11:00:00Z 54, 2023-08-25T23:00:00Z 24, 2023-09-22T11:00:00Z 84, 2023-10-19T23:00:00Z 54, 2023-11-16T11:00:00Z 24}	\N	12	-14557925507107509960	0	\N	\N	\N
38	{2023-01-18T10:00:00Z 91, 2023-02-14T22:00:00Z 61, 2023-03-14T10:00:00Z 31, 2023-04-10T22:00:00Z 91, 2023-05-08T10:00:00Z 61, 2023-06-04T22:00:00Z 31, 2023-07-02T10:00:00Z 91, 2023-07-29T22:00:00Z 61, 2023-08-26T10:00:00Z 31, 2023-09-22T22:00:00Z 91, 2023-10-20T10:00:00Z 61, 2023-11-16T22:00:00Z 31}	\N	12	-812166012657695296	0	\N	\N	\N
39	{2023-01-18T21:00:00Z 8, 2023-02-15T09:00:00Z 68, 2023-03-14T21:00:00Z 38, 2023-04-11T09:00:00Z 8, 2023-05-08T21:00:00Z 68, 2023-06-05T09:00:00Z 38, 2023-07-02T21:00:00Z 8, 2023-07-30T09:00:00Z 68, 2023-08-26T21:00:00Z 38, 2023-09-23T09:00:00Z 8, 2023-10-20T21:00:00Z 68, 2023-11-17T09:00:00Z 38}	\N	12	12226008124909438198	0	\N	\N	\N
40	{2023-01-19T08:00:00Z 15, 2023-02-15T20:00:00Z 75, 2023-03-15T08:00:00Z 45, 2023-04-11T20:00:00Z 15, 2023-05-09T08:00:00Z 75, 2023-06-05T20:00:00Z 45, 2023-07-03T08:00:00Z 15, 2023-07-30T20:00:00Z 75, 2023-08-27T08:00:00Z 45, 2023-09-23T20:00:00Z 15, 2023-10-21T08:00:00Z 75, 2023-11-17T20:00:00Z 45}	\N	12	-11600534399652006419	0	\N	\N	\N
41	{2023-01-19T19:00:00Z 22, 2023-02-16T07:00:00Z 82, 2023-03-15T19:00:00Z 52, 2023-04-12T07:00:00Z 22, 2023-05-09T19:00:00Z 82, 2023-06-06T07:00:00Z 52, 2023-07-03T19:00:00Z 22, 2023-07-31T07:00:00Z 82, 2023-08-27T19:00:00Z 52, 2023-09-24T07:00:00Z 22, 2023-10-21T19:00:00Z 82}	\N	11	694907799585867140	0	\N	\N	\N
42	{2023-01-20T06:00:00Z 29, 2023-02-16T18:00:00Z 89, 2023-03-16T06:00:00Z 59, 2023-04-12T18:00:00Z 29, 2023-05-10T06:00:00Z 89, 2023-06-06T18:00:00Z 59, 2023-07-04T06:00:00Z 29, 2023-07-31T18:00:00Z 89, 2023-08-28T06:00:00Z 59, 2023-09-24T18:00:00Z 29, 2023-10-22T06:00:00Z 89}	\N	11	526940495028093788	0	\N	\N	\N
43	{2023-01-20T17:00:00Z 36, 2023-02-17T05:00:00Z 6, 2023-03-16T17:00:00Z 66, 2023-04-13T05:00:00Z 36, 2023-05-10T17:00:00Z 6, 2023-06-07T05:00:00Z 66, 2023-07-04T17:00:00Z 36, 2023-08-01T05:00:00Z 6, 2023-08-28T17:00:00Z 66, 2023-09-25T05:00:00Z 36, 2023-10-22T17:00:00Z 6}	\N	11	18539804044282224299	0	\N	\N	\N
44	{2023-01-21T04:00:00Z 43, 2023-02-17T16:00:00Z 13, 2023-03-17T04:00:00Z 73, 2023-04-13T16:00:00Z 43, 2023-05-11T04:00:00Z 13, 2023-06-07T16:00:00Z 73, 2023-07-05T04:00:00Z 43, 2023-08-01T16:00:00Z 13, 2023-08-29T04:00:00Z 73, 2023-09-25T16:00:00Z 43, 2023-10-23T04:00:00Z 13}	\N	11	20820402771298365651	0	\N	\N	\N
45	{2023-01-21T15:00:00Z 50, 2023-02-18T03:00:00Z 20, 2023-03-17T15:00:00Z 80, 2023-04-14T03:00:00Z 50, 2023-05-11T15:00:00Z 20, 2023-06-08T03:00:00Z 80, 2023-07-05T15:00:00Z 50, 2023-08-02T03:00:00Z 20, 2023-08-29T15:00:00Z 80, 2023-09-26T03:00:00Z 50, 2023-10-23T15:00:00Z 20}	\N	11	29435827874264825758	0	\N	\N	\N
46	{2023-01-22T02:00:00Z 57, 2023-02-18T14:00:00Z 27, 2023-03-18T02:00:00Z 87, 2023-04-14T14:00:00Z 57, 2023-05-12T02:00:00Z 27, 2023-06-08T14:00:00Z 87, 2023-07-06T02:00:00Z 57, 2023-08-02T14:00:00Z 27, 2023-08-30T02:00:00Z 87, 2023-09-26T14:00:00Z 57, 2023-10-24T02:00:00Z 27}	\N	11	-1577760164571011798	0	\N	\N	\N
47	{2023-01-22T13:00:00Z 64, 2023-02-19T01:00:00Z 34, 2023-03-18T13:00:00Z 94, 2023-04-15T01:00:00Z 64, 2023-05-12T13:00:00Z 34, 2023-06-09T01:00:00Z 94, 2023-07-06T13:00:00Z 64, 2023-08-03T01:00:00Z 34, 2023-08-30T13:00:00Z 94, 2023-09-27T01:00:00Z 64, 2023-10-24T13:00:00Z 34}	\N	11	-4150800205159065998	0	\N	\N	\N
48	{2023-01-23T00:00:00Z 71, 2023-02-19T12:00:00Z 41, 2023-03-19T00:00:00Z 11, 2023-04-15T12:00:00Z 71, 2023-05-13T00:00:00Z 41, 2023-06-09T12:00:00Z 11, 2023-07-07T00:00:00Z 71, 2023-08-03T12:00:00Z 41, 2023-08-31T00:00:00Z 11, 2023-09-27T12:00:00Z 71, 2023-10-25T00:00:00Z 41}	\N	11	-10655506633872485309	0	\N	\N	\N
49	{2023-01-23T11:00:00Z 78, 2023-02-19T23:00:00Z 48, 2023-03-19T11:00:00Z 18, 2023-04-15T23:00:00Z 78, 2023-05-13T11:00:00Z 48, 2023-06-09T23:00:00Z 18, 2023-07-07T11:00:00Z 78, 2023-08-03T23:00:00Z 48, 2023-08-31T11:00:00Z 18, 2023-09-27T23:00:00Z 78, 2023-10-25T11:00:00Z 48}	\N	11	-18012382804087071475	0	\N	\N	\N
50	{2023-01-23T22:00:00Z 85, 2023-02-20T10:00:00Z 55, 2023-03-19T22:00:00Z 25, 2023-04-16T10:00:00Z 85, 2023-05-13T22:00:00Z 55, 2023-06-10T10:00:00Z 25, 2023-07-07T22:00:00Z 85, 2023-08-04T10:00:00Z 55, 2023-08-31T22:00:00Z 25, 2023-09-28T10:00:00Z 85, 2023-10-25T22:00:00Z 55}	\N	11	14508288459916747278	0	\N	\N	\N
51	{2023-01-24T09:00:00Z 92, 2023-02-20T21:00:00Z 62, 2023-03-20T09:00:00Z 32, 2023-04-16T21:00:00Z 92, 2023-05-14T09:00:00Z 62, 2023-06-10T21:00:00Z 32, 2023-07-08T09:00:00Z 92, 2023-08-04T21:00:00Z 62, 2023-09-01T09:00:00Z 32, 2023-09-28T21:00:00Z 92, 2023-10-26T09:00:00Z 62}	\N	11	11705857991298308055	0	\N	\N	\N
52	{2023-01-24T20:00:00Z 9, 2023-02-21T08:00:00Z 69, 2023-03-20T20:00:00Z 39, 2023-04-17T08:00:00Z 9, 2023-05-14T20:00:00Z 69, 2023-06-11T08:00:00Z 39, 2023-07-08T20:00:00Z 9, 2023-08-05T08:00:00Z 69, 2023-09-01T20:00:00Z 39, 2023-09-29T08:00:00Z 9, 2023-10-26T20:00:00Z 69}	\N	11	-4723383240052483932	0	\N	\N	\N
53	{2023-01-25T07:00:00Z 16, 2023-02-21T19:00:00Z 76, 2023-03-21T07:00:00Z 46, 2023-04-17T19:00:00Z 16, 2023-05-15T07:00:00Z 76, 2023-06-11T19:00:00Z 46, 2023-07-09T07:00:00Z 16, 2023-08-05T19:00:00Z 76, 2023-09-02T07:00:00Z 46, 2023-09-29T19:00:00Z 16, 2023-10-27T07:00:00Z 76}	\N	11	46773224169489702048	0	\N	\N	\N
54	{2023-01-25T18:00:00Z 23, 2023-02-22T06:00:00Z 83, 2023-03-21T18:00:00Z 53, 2023-04-18T06:00:00Z 23, 2023-05-15T18:00:00Z 83, 2023-06-12T06:00:00Z 53, 2023-07-09T18:00:00Z 23, 2023-08-06T06:00:00Z 83, 2023-09-02T18:00:00Z 53, 2023-09-30T06:00:00Z 23, 2023-10-27T18:00:00Z 83}	\N	11	-8998158381441748832	0	\N	\N	\N
55	{2023-01-26T05:00:00Z 30, 2023-02-22T17:00:00Z 90, 2023-03-22T05:00:00Z 60, 2023-04-18T17:00:00Z 30, 2023-05-16T05:00:00Z 90, 2023-06-12T17:00:00Z 60, 2023-07-10T05:00:00Z 30, 2023-08-06T17:00:00Z 90, 2023-09-03T05:00:00Z 60, 2023-09-30T17:00:00Z 30, 2023-10-28T05:00:00Z 90}	\N	11	-17783982602882386436	0	\N	\N	\N
56	{2023-01-26T16:00:00Z 37, 2023-02-23T04:00:00Z 7, 2023-03-22T16:00:00Z 67, 2023-04-19T04:00:00Z 37, 2023-05-16T16:00:00Z 7, 2023-06-13T04:00:00Z 67, 2023-07-10T16:00:00Z 37, 2023-08-07T04:00:00Z 7, 2023-09-03T16:00:00Z 67, 2023-10-01T04:00:00Z 37, 2023-10-28T16:00:00Z 7}	\N	11	-7809016165456703152	0	\N	\N	\N
57	{2023-01-27T03:00:00Z 44, 2023-02-23T15:00:00Z 14, 2023-03-23T03:00:00Z 74, 2023-04-19T15:00:00Z 44, 2023-05-17T03:00:00Z 14, 2023-06-13T15:00:00Z 74, 2023-07-11T03:00:00Z 44, 2023-08-07T15:00:00Z 14, 2023-09-04T03:00:00Z 74, 2023-10-01T15:00:00Z 44, 2023-10-29T03:00:00Z 14}	\N	11	-9435824203779999045	0	\N	\N	\N
58	{2023-01-27T14:00:00Z 51, 2023-02-24T02:00:00Z 21, 2023-03-23T14:00:00Z 81, 2023-04-20T02:00:00Z 51, 2023-05-17T14:00:00Z 21, 2023-06-14T02:00:00Z 81, 2023-07-11T14:00:00Z 51, 2023-08-08T02:00:00Z 21, 2023-09-04T14:00:00Z 81, 2023-10-02T02:00:00Z 51, 2023-10-29T14:00:00Z 21}	\N	11	1351999952589026719	0	\N	\N	\N
59	{2023-01-28T01:00:00Z 58, 2023-02-24T13:00:00Z 28, 2023-03-24T01:00:00Z 88, 2023-04-20T13:00:00Z 58, 2023-05-18T01:00:00Z 28, 2023-06-14T13:00:00Z 88, 2023-07-12T01:00:00Z 58, 2023-08-08T13:00:00Z 28, 2023-09-05T01:00:00Z 88, 2023-10-02T13:00:00Z 58, 2023-10-30T01:00:00Z 28}	\N	11	-12539207495059052692	0	\N	\N	\N
7	{2023-01-04T05:00:00Z 54, 2023-01-31T17:00:00Z 24, 2023-02-28T05:00:00Z 84, 2023-03-27T17:00:00Z 54, 2023-04-24T05:00:00Z 24, 2023-05-21T17:00:00Z 84, 2023-06-18T05:00:00Z 54, 2023-07-15T17:00:00Z 24, 2023-08-12T05:00:00Z 84, 2023-09-08T17:00:00Z 54, 2023-10-06T05:00:00Z 24, 2023-11-02T17:00:00Z 84, 2023-12-01T00:00:00Z 77}	\N	13	19923554666800372593	0	\N	\N	\N
\.


--
-- Data for Name: journey; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.journey (journey, name, status, version, created_at, started_at, movement_seen, scanned_at) FROM stdin;
\.


--
-- Data for Name: journey_condition; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.journey_condition (journey, customer) FROM stdin;
\.


--
-- Data for Name: journey_state; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.journey_state (singleton, policy, swept_at, sweep_of, sweep_next) FROM stdin;
t	{}	\N	\N	\N
\.


--
-- Data for Name: journey_step; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.journey_step (journey, version, step, name, definition) FROM stdin;
\.


--
-- Data for Name: journey_version; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.journey_version (journey, version, head, created_at, started_at) FROM stdin;
\.


--
-- Data for Name: kpi; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.kpi (day, as_of, customers, buyers, prospects, new, active, at_risk, lapsed, vips, orders_to_date, revenue_to_date, orders_of_day, revenue_of_day, average_order_value, expected_purchases, predicted_ltv, average_p_alive, moved) FROM stdin;
2023-12-01	2023-12-01 00:00:00+00	60	60	0	0	38	22	0	4	700	34530.0000	0	0.0000	49.33	730.8600	34503.56	1.0000	0
2023-12-02	2023-12-02 00:00:00+00	60	60	0	0	36	24	0	5	701	34607.0000	0	0.0000	49.37	730.8600	34503.56	1.0000	7
\.


--
-- Data for Name: movement; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.movement (id, customer, at, refitted, stage_before, stage_after, segment_before, segment_after, score_before, score_after, orders_before, orders_after, spend_before, spend_after, recency_days_before, recency_days_after, overdue_ratio_before, overdue_ratio_after) FROM stdin;
1	3	2023-12-02 00:00:00+00	f	active	at_risk	At Risk	At Risk	2-2-4	2-2-4	12	12	672.0000	672.0000	30	31	1.10	1.13
2	4	2023-12-02 00:00:00+00	f	active	at_risk	Needs Attention	At Risk	3-2-5	2-2-5	12	12	756.0000	756.0000	29	30	1.08	1.12
3	17	2023-12-02 00:00:00+00	f	active	active	Promising	Needs Attention	4-2-5	3-2-5	12	12	768.0000	768.0000	23	24	0.86	0.90
4	18	2023-12-02 00:00:00+00	f	active	active	Recent	Hibernating	4-2-2	3-2-2	12	12	492.0000	492.0000	23	24	0.85	0.88
5	53	2023-12-02 00:00:00+00	f	at_risk	at_risk	Hibernating	Lost	2-1-2	1-1-2	11	11	506.0000	506.0000	34	35	1.26	1.30
6	54	2023-12-02 00:00:00+00	f	at_risk	at_risk	About To Sleep	Can't Lose	2-1-3	1-1-3	11	11	583.0000	583.0000	34	35	1.25	1.28
7	7	2023-12-02 00:00:00+00	f	active	active	Needs Attention	Champions	3-2-4	5-5-5	12	13	648.0000	725.0000	28	1	1.03	0.04
\.


--
-- Data for Name: order_change; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.order_change (customer) FROM stdin;
\.


--
-- Data for Name: profile; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.profile (customer, stage, segment, recency_score, frequency_score, monetary_score, phase, relationship_stage, temperature, vip, orders, spend, average_order_value, first_purchase, last_purchase, recency_days, overdue_ratio, next_purchase, next_purchase_from, next_purchase_to, p_alive, expected_purchases, purchase_probability, expected_spend, ltv, predicted_ltv, channel, last_channel, cohort, consented_at, spend_last_year, stage_since, segment_since) FROM stdin;
0	at_risk	Hibernating	2	1	1	growth	retain	never_contacted	f	11	415.0000	37.73	2023-01-28 12:00:00+00	2023-10-30 12:00:00+00	32	1.18	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1343.46	575.05	\N	\N	2023-01-01	\N	415.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
1	at_risk	Hibernating	2	2	2	growth	retain	never_contacted	f	12	504.0000	42.00	2023-01-01 11:00:00+00	2023-10-30 23:00:00+00	32	1.17	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1512.19	575.06	\N	\N	2023-01-01	\N	504.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
2	at_risk	Hibernating	2	2	3	retention	retain	never_contacted	f	12	588.0000	49.00	2023-01-01 22:00:00+00	2023-10-31 10:00:00+00	31	1.15	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1766.64	575.06	\N	\N	2023-01-01	\N	588.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
3	at_risk	At Risk	2	2	4	retention	retain	never_contacted	t	12	672.0000	56.00	2023-01-02 09:00:00+00	2023-10-31 21:00:00+00	31	1.13	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	2021.79	575.06	\N	\N	2023-01-01	\N	672.0000	2023-12-02 00:00:00+00	2023-12-01 00:00:00+00
4	at_risk	At Risk	2	2	5	retention	retain	never_contacted	t	12	756.0000	63.00	2023-01-02 20:00:00+00	2023-11-01 08:00:00+00	30	1.12	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	2277.64	575.07	\N	\N	2023-01-01	\N	756.0000	2023-12-02 00:00:00+00	2023-12-02 00:00:00+00
5	active	Hibernating	2	2	2	growth	retain	never_contacted	f	12	480.0000	40.00	2023-01-03 07:00:00+00	2023-11-01 19:00:00+00	30	1.10	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1448.12	575.06	\N	\N	2023-01-01	\N	480.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
6	active	Potential Loyalist	3	2	3	growth	retain	never_contacted	f	12	564.0000	47.00	2023-01-03 18:00:00+00	2023-11-02 06:00:00+00	29	1.08	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1703.88	575.06	\N	\N	2023-01-01	\N	564.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
7	active	Champions	5	5	5	retention	retain	never_contacted	t	13	725.0000	55.77	2023-01-04 05:00:00+00	2023-12-01 00:00:00+00	1	0.04	2023-12-28	2023-12-27	2023-12-29	1.0000	12.1810	1.0000	49.50	2208.64	575.06	\N	\N	2023-01-01	\N	725.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00
8	active	Needs Attention	3	2	5	retention	retain	never_contacted	t	12	732.0000	61.00	2023-01-04 16:00:00+00	2023-11-03 04:00:00+00	28	1.05	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	2217.54	575.06	\N	\N	2023-01-01	\N	732.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
9	active	About To Sleep	3	2	1	growth	retain	never_contacted	f	12	456.0000	38.00	2023-01-05 03:00:00+00	2023-11-03 15:00:00+00	28	1.03	2023-12-02	2023-12-02	2023-12-03	1.0000	12.1810	1.0000	49.50	1383.33	575.05	\N	\N	2023-01-01	\N	456.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
10	active	Hibernating	3	2	2	growth	retain	never_contacted	f	12	540.0000	45.00	2023-01-05 14:00:00+00	2023-11-04 02:00:00+00	27	1.02	2023-12-02	2023-12-02	2023-12-03	1.0000	12.1810	1.0000	49.50	1640.43	575.06	\N	\N	2023-01-01	\N	540.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
11	active	Needs Attention	3	2	4	retention	retain	never_contacted	f	12	624.0000	52.00	2023-01-06 01:00:00+00	2023-11-04 13:00:00+00	27	1.00	2023-12-02	2023-12-02	2023-12-03	1.0000	12.1810	1.0000	49.50	1898.24	575.06	\N	\N	2023-01-01	\N	624.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
12	active	Needs Attention	3	2	5	retention	retain	never_contacted	t	12	708.0000	59.00	2023-01-06 12:00:00+00	2023-11-05 00:00:00+00	27	0.98	2023-12-02	2023-12-02	2023-12-03	1.0000	12.1810	1.0000	49.50	2156.77	575.06	\N	\N	2023-01-01	\N	708.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
13	active	About To Sleep	3	2	1	growth	retain	never_contacted	f	12	432.0000	36.00	2023-01-06 23:00:00+00	2023-11-05 11:00:00+00	26	0.97	2023-12-03	2023-12-02	2023-12-04	1.0000	12.1810	1.0000	49.50	1317.83	575.06	\N	\N	2023-01-01	\N	432.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
14	active	Hibernating	3	2	2	growth	retain	never_contacted	f	12	516.0000	43.00	2023-01-07 10:00:00+00	2023-11-05 22:00:00+00	26	0.95	2023-12-03	2023-12-02	2023-12-04	1.0000	12.1810	1.0000	49.50	1576.27	575.06	\N	\N	2023-01-01	\N	516.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
15	active	Potential Loyalist	3	2	3	retention	retain	never_contacted	f	12	600.0000	50.00	2023-01-07 21:00:00+00	2023-11-06 09:00:00+00	25	0.93	2023-12-03	2023-12-02	2023-12-05	1.0000	12.1810	1.0000	49.50	1835.43	575.06	\N	\N	2023-01-01	\N	600.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
16	active	Needs Attention	3	2	5	retention	retain	never_contacted	f	12	684.0000	57.00	2023-01-08 08:00:00+00	2023-11-06 20:00:00+00	25	0.92	2023-12-04	2023-12-03	2023-12-05	1.0000	12.1810	1.0000	49.50	2095.32	575.06	\N	\N	2023-01-01	\N	684.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
17	active	Needs Attention	3	2	5	retention	retain	never_contacted	f	12	768.0000	64.00	2023-01-08 19:00:00+00	2023-11-07 07:00:00+00	24	0.90	2023-12-04	2023-12-03	2023-12-05	1.0000	12.1810	1.0000	49.50	2355.93	575.07	\N	\N	2023-01-01	\N	768.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00
18	active	Hibernating	3	2	2	growth	retain	never_contacted	f	12	492.0000	41.00	2023-01-09 06:00:00+00	2023-11-07 18:00:00+00	24	0.88	2023-12-05	2023-12-04	2023-12-06	1.0000	12.1810	1.0000	49.50	1511.38	575.06	\N	\N	2023-01-01	\N	492.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00
19	active	Potential Loyalist	4	2	3	retention	retain	never_contacted	f	12	576.0000	48.00	2023-01-09 17:00:00+00	2023-11-08 05:00:00+00	23	0.87	2023-12-05	2023-12-04	2023-12-06	1.0000	12.1810	1.0000	49.50	1771.91	575.06	\N	\N	2023-01-01	\N	576.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
20	active	Promising	4	2	4	retention	retain	never_contacted	f	12	660.0000	55.00	2023-01-10 04:00:00+00	2023-11-08 16:00:00+00	23	0.85	2023-12-06	2023-12-05	2023-12-07	1.0000	12.1810	1.0000	49.50	2033.17	575.06	\N	\N	2023-01-01	\N	660.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
21	active	Promising	4	2	5	retention	retain	never_contacted	f	12	744.0000	62.00	2023-01-10 15:00:00+00	2023-11-09 03:00:00+00	22	0.83	2023-12-06	2023-12-05	2023-12-07	1.0000	12.1810	1.0000	49.50	2295.17	575.06	\N	\N	2023-01-01	\N	744.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
22	active	Recent	4	2	1	growth	retain	never_contacted	f	12	468.0000	39.00	2023-01-11 02:00:00+00	2023-11-09 14:00:00+00	22	0.82	2023-12-07	2023-12-05	2023-12-08	1.0000	12.1810	1.0000	49.50	1445.77	575.05	\N	\N	2023-01-01	\N	468.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
23	active	Potential Loyalist	4	2	3	growth	retain	never_contacted	f	12	552.0000	46.00	2023-01-11 13:00:00+00	2023-11-10 01:00:00+00	21	0.80	2023-12-07	2023-12-06	2023-12-08	1.0000	12.1810	1.0000	49.50	1707.68	575.06	\N	\N	2023-01-01	\N	552.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
24	active	Promising	4	2	4	retention	retain	never_contacted	f	12	636.0000	53.00	2023-01-12 00:00:00+00	2023-11-10 12:00:00+00	21	0.78	2023-12-07	2023-12-06	2023-12-09	1.0000	12.1810	1.0000	49.50	1970.32	575.06	\N	\N	2023-01-01	\N	636.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
25	active	Promising	4	2	5	retention	retain	never_contacted	f	12	720.0000	60.00	2023-01-12 11:00:00+00	2023-11-10 23:00:00+00	21	0.77	2023-12-08	2023-12-07	2023-12-09	1.0000	12.1810	1.0000	49.50	2233.72	575.06	\N	\N	2023-01-01	\N	720.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
26	active	Recent	4	2	1	growth	retain	never_contacted	f	12	444.0000	37.00	2023-01-12 22:00:00+00	2023-11-11 10:00:00+00	20	0.75	2023-12-08	2023-12-07	2023-12-10	1.0000	12.1810	1.0000	49.50	1379.41	575.06	\N	\N	2023-01-01	\N	444.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
27	active	Recent	4	2	2	growth	retain	never_contacted	f	12	528.0000	44.00	2023-01-13 09:00:00+00	2023-11-11 21:00:00+00	20	0.73	2023-12-09	2023-12-08	2023-12-10	1.0000	12.1810	1.0000	49.50	1642.71	575.06	\N	\N	2023-01-01	\N	528.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
28	active	Promising	4	2	4	retention	retain	never_contacted	f	12	612.0000	51.00	2023-01-13 20:00:00+00	2023-11-12 08:00:00+00	19	0.72	2023-12-09	2023-12-08	2023-12-10	1.0000	12.1810	1.0000	49.50	1906.76	575.06	\N	\N	2023-01-01	\N	612.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
29	active	Promising	4	2	5	retention	retain	never_contacted	f	12	696.0000	58.00	2023-01-14 07:00:00+00	2023-11-12 19:00:00+00	19	0.70	2023-12-10	2023-12-09	2023-12-11	1.0000	12.1810	1.0000	49.50	2171.56	575.06	\N	\N	2023-01-01	\N	696.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
30	active	Promising	5	2	1	growth	retain	never_contacted	f	12	420.0000	35.00	2023-01-14 18:00:00+00	2023-11-13 06:00:00+00	18	0.68	2023-12-10	2023-12-09	2023-12-11	1.0000	12.1810	1.0000	49.50	1312.30	575.05	\N	\N	2023-01-01	\N	420.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
31	active	Promising	5	2	2	growth	retain	never_contacted	f	12	504.0000	42.00	2023-01-15 05:00:00+00	2023-11-13 17:00:00+00	18	0.67	2023-12-11	2023-12-10	2023-12-12	1.0000	12.1810	1.0000	49.50	1577.00	575.06	\N	\N	2023-01-01	\N	504.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
32	active	Promising	5	2	3	retention	retain	never_contacted	f	12	588.0000	49.00	2023-01-15 16:00:00+00	2023-11-14 04:00:00+00	17	0.65	2023-12-11	2023-12-10	2023-12-12	1.0000	12.1810	1.0000	49.50	1842.47	575.06	\N	\N	2023-01-01	\N	588.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
33	active	Promising	5	2	4	retention	retain	never_contacted	f	12	672.0000	56.00	2023-01-16 03:00:00+00	2023-11-14 15:00:00+00	17	0.63	2023-12-12	2023-12-11	2023-12-13	1.0000	12.1810	1.0000	49.50	2108.70	575.06	\N	\N	2023-01-01	\N	672.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
34	active	Promising	5	2	5	retention	retain	never_contacted	f	12	756.0000	63.00	2023-01-16 14:00:00+00	2023-11-15 02:00:00+00	16	0.62	2023-12-12	2023-12-11	2023-12-13	1.0000	12.1810	1.0000	49.50	2375.69	575.06	\N	\N	2023-01-01	\N	756.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
35	active	Promising	5	2	2	growth	retain	never_contacted	f	12	480.0000	40.00	2023-01-17 01:00:00+00	2023-11-15 13:00:00+00	16	0.60	2023-12-13	2023-12-11	2023-12-14	1.0000	12.1810	1.0000	49.50	1510.54	575.06	\N	\N	2023-01-01	\N	480.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
36	active	Promising	5	2	3	growth	retain	never_contacted	f	12	564.0000	47.00	2023-01-17 12:00:00+00	2023-11-16 00:00:00+00	16	0.58	2023-12-13	2023-12-12	2023-12-14	1.0000	12.1810	1.0000	49.50	1777.44	575.06	\N	\N	2023-01-01	\N	564.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
37	active	Promising	5	2	4	retention	retain	never_contacted	f	12	648.0000	54.00	2023-01-17 23:00:00+00	2023-11-16 11:00:00+00	15	0.57	2023-12-13	2023-12-12	2023-12-15	1.0000	12.1810	1.0000	49.50	2045.11	575.06	\N	\N	2023-01-01	\N	648.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
38	active	Promising	5	2	5	retention	retain	never_contacted	f	12	732.0000	61.00	2023-01-18 10:00:00+00	2023-11-16 22:00:00+00	15	0.55	2023-12-14	2023-12-13	2023-12-15	1.0000	12.1810	1.0000	49.50	2313.55	575.06	\N	\N	2023-01-01	\N	732.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
39	active	Promising	5	2	1	growth	retain	never_contacted	f	12	456.0000	38.00	2023-01-18 21:00:00+00	2023-11-17 09:00:00+00	14	0.53	2023-12-14	2023-12-13	2023-12-15	1.0000	12.1810	1.0000	49.50	1443.31	575.06	\N	\N	2023-01-01	\N	456.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
40	active	Promising	5	2	2	growth	retain	never_contacted	f	12	540.0000	45.00	2023-01-19 08:00:00+00	2023-11-17 20:00:00+00	14	0.52	2023-12-15	2023-12-14	2023-12-16	1.0000	12.1810	1.0000	49.50	1711.66	575.06	\N	\N	2023-01-01	\N	540.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
41	at_risk	Can't Lose	1	1	3	growth	retain	never_contacted	f	11	572.0000	52.00	2023-01-19 19:00:00+00	2023-10-21 19:00:00+00	41	1.50	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1800.71	575.06	\N	\N	2023-01-01	\N	572.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
42	at_risk	Can't Lose	1	1	4	retention	retain	never_contacted	f	11	649.0000	59.00	2023-01-20 06:00:00+00	2023-10-22 06:00:00+00	40	1.48	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	2046.08	575.06	\N	\N	2023-01-01	\N	649.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
43	at_risk	Lost	1	1	1	growth	retain	never_contacted	f	11	366.0000	33.27	2023-01-20 17:00:00+00	2023-10-22 17:00:00+00	40	1.47	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1155.55	575.05	\N	\N	2023-01-01	\N	366.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
44	at_risk	Lost	1	1	1	growth	retain	never_contacted	f	11	443.0000	40.27	2023-01-21 04:00:00+00	2023-10-23 04:00:00+00	39	1.45	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1400.70	575.06	\N	\N	2023-01-01	\N	443.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
45	at_risk	Lost	1	1	2	growth	retain	never_contacted	f	11	520.0000	47.27	2023-01-21 15:00:00+00	2023-10-23 15:00:00+00	39	1.43	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1646.56	575.06	\N	\N	2023-01-01	\N	520.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
46	at_risk	Can't Lose	1	1	3	retention	retain	never_contacted	f	11	597.0000	54.27	2023-01-22 02:00:00+00	2023-10-24 02:00:00+00	38	1.42	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1893.13	575.06	\N	\N	2023-01-01	\N	597.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
47	at_risk	Can't Lose	1	1	5	retention	retain	never_contacted	f	11	674.0000	61.27	2023-01-22 13:00:00+00	2023-10-24 13:00:00+00	38	1.40	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	2140.43	575.06	\N	\N	2023-01-01	\N	674.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
48	at_risk	Lost	1	1	2	growth	retain	never_contacted	f	11	481.0000	43.73	2023-01-23 00:00:00+00	2023-10-25 00:00:00+00	38	1.38	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1529.76	575.06	\N	\N	2023-01-01	\N	481.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
49	at_risk	Can't Lose	1	1	3	growth	retain	never_contacted	f	11	558.0000	50.73	2023-01-23 11:00:00+00	2023-10-25 11:00:00+00	37	1.37	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1777.25	575.06	\N	\N	2023-01-01	\N	558.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
50	at_risk	Can't Lose	1	1	4	retention	retain	never_contacted	f	11	635.0000	57.73	2023-01-23 22:00:00+00	2023-10-25 22:00:00+00	37	1.35	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	2025.46	575.06	\N	\N	2023-01-01	\N	635.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
51	at_risk	Can't Lose	1	1	5	retention	retain	never_contacted	f	11	712.0000	64.73	2023-01-24 09:00:00+00	2023-10-26 09:00:00+00	36	1.33	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	2274.41	575.06	\N	\N	2023-01-01	\N	712.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
52	at_risk	Lost	1	1	1	growth	retain	never_contacted	f	11	429.0000	39.00	2023-01-24 20:00:00+00	2023-10-26 20:00:00+00	36	1.32	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1372.42	575.06	\N	\N	2023-01-01	\N	429.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
53	at_risk	Lost	1	1	2	growth	retain	never_contacted	f	11	506.0000	46.00	2023-01-25 07:00:00+00	2023-10-27 07:00:00+00	35	1.30	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1621.13	575.06	\N	\N	2023-01-01	\N	506.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00
54	at_risk	Can't Lose	1	1	3	retention	retain	never_contacted	f	11	583.0000	53.00	2023-01-25 18:00:00+00	2023-10-27 18:00:00+00	35	1.28	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1870.59	575.06	\N	\N	2023-01-01	\N	583.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00
55	at_risk	Can't Lose	2	1	4	retention	retain	never_contacted	f	11	660.0000	60.00	2023-01-26 05:00:00+00	2023-10-28 05:00:00+00	34	1.27	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	2120.78	575.06	\N	\N	2023-01-01	\N	660.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
56	at_risk	Hibernating	2	1	1	growth	retain	never_contacted	f	11	377.0000	34.27	2023-01-26 16:00:00+00	2023-10-28 16:00:00+00	34	1.25	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1213.21	575.05	\N	\N	2023-01-01	\N	377.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
57	at_risk	Hibernating	2	1	1	growth	retain	never_contacted	f	11	454.0000	41.27	2023-01-27 03:00:00+00	2023-10-29 03:00:00+00	33	1.23	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1463.17	575.06	\N	\N	2023-01-01	\N	454.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
58	at_risk	Hibernating	2	1	2	growth	retain	never_contacted	f	11	531.0000	48.27	2023-01-27 14:00:00+00	2023-10-29 14:00:00+00	33	1.22	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1713.87	575.06	\N	\N	2023-01-01	\N	531.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
59	at_risk	Can't Lose	2	1	4	retention	retain	never_contacted	f	11	608.0000	55.27	2023-01-28 01:00:00+00	2023-10-30 01:00:00+00	32	1.20	2023-12-02	2023-12-02	2023-12-02	1.0000	12.1810	1.0000	49.50	1965.32	575.06	\N	\N	2023-01-01	\N	608.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00
\.


--
-- Data for Name: store_settings; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.store_settings (one, settings, key_type, reader, made_reader, attached_at, conditions, layout, made) FROM stdin;
t	{"grid": "rfm_125", "model": "mbg/nbd", "refit": "7 days", "amount": "amount", "margin": 1.0, "orders": "public.orders", "reader": "", "sender": "", "changes": "compare", "horizon": "1 year", "customer": "customer", "ltv_years": 3.0, "reconcile": "1 day", "time_zone": "UTC", "attributes": [], "ordered_at": "at", "lapsed_after": 2.0, "at_risk_after": 1.1, "reader_attributes": false, "annual_discount_rate": 0.1}	bigint	\N	f	2026-11-30 10:53:59.86505+00	{}	2	{history,profile,movement,kpi,fit,watermark,order_change,event_change,crash_marker,store_settings,missed,journey,journey_version,journey_step,journey_state,journey_condition,enrollment,action,decision,event,source_orders,source_events,source_customers,grown_orders,grown_events,key_orders,key_events,key_customers,customers,at_risk,next_purchases,top_customers,top_customers_of_year,segments,stages,channels,concentration,kpis,stage_days,sales,kpis_by_month,cohorts,growth,movements,transitions,time_in_stage,models,journeys,journey_customers,journey_actions,journey_credits,journey_funnel,journey_goals,cohort_months(),growth_months(),"stages_at(timestamp with time zone)",stages_on(date),"transition_matrix(timestamp with time zone, timestamp with time zone)"}
\.


--
-- Data for Name: watermark; Type: TABLE DATA; Schema: compared_data; Owner: -
--

COPY compared_data.watermark (source, high, reconciled_at) FROM stdin;
orders	\N	2026-11-30 10:54:00.441138+00
\.


--
-- Data for Name: segment_grid; Type: TABLE DATA; Schema: lifecycle; Owner: -
--

COPY lifecycle.segment_grid (grid, dimensions, bins, description, preset) FROM stdin;
\.


--
-- Data for Name: segment_rule; Type: TABLE DATA; Schema: lifecycle; Owner: -
--

COPY lifecycle.segment_rule (grid, name, cells, priority) FROM stdin;
\.


--
-- Data for Name: store; Type: TABLE DATA; Schema: lifecycle; Owner: -
--

COPY lifecycle.store (store, settings, key_type, owner, orders, customers, events, reader, made_reader, attached_at, refreshed_at, as_of, rebuild_due, refit_due, parts, kept_in, missed, missed_by, layout) FROM stdin;
compared	{"grid": "rfm_125", "model": "mbg/nbd", "refit": "7 days", "amount": "amount", "margin": 1.0, "orders": "public.orders", "reader": "", "sender": "", "changes": "compare", "horizon": "1 year", "customer": "customer", "ltv_years": 3.0, "reconcile": "1 day", "time_zone": "UTC", "attributes": [], "ordered_at": "at", "lapsed_after": 2.0, "at_risk_after": 1.1, "reader_attributes": false, "annual_discount_rate": 0.1}	bigint	postgres	public.orders	\N	\N	\N	f	2026-11-30 10:53:59.86505+00	2026-11-30 10:54:00.830524+00	2023-12-02 00:00:00+00	f	f	{}	compared_data.store_settings	1	{}	2
shop	{"grid": "rfm_25", "kind": "kind", "model": "mbg/nbd", "refit": "7 days", "amount": "amount", "events": "public.events", "margin": 1.0, "orders": "public.orders", "reader": "", "sender": "", "status": "status <> 'test'", "changes": "triggers", "channel": "channel", "horizon": "1 year", "customer": "customer", "customers": "public.people", "ltv_years": 3.0, "reconcile": "1 day", "time_zone": "Europe/Berlin", "attributes": ["country"], "ordered_at": "at", "happened_at": "at", "lapsed_after": 2.0, "at_risk_after": 1.1, "customers_key": "customer", "event_changes": "triggers", "event_customer": "customer", "reader_attributes": false, "annual_discount_rate": 0.1}	bigint	postgres	public.orders	public.people	public.events	\N	f	2026-11-30 10:53:59.441172+00	2026-11-30 10:54:00.687772+00	2023-12-02 00:00:00+00	f	f	{32883,32893}	shop_data.store_settings	1	{}	2
\.


--
-- Data for Name: contacts; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.contacts (customer, e) FROM stdin;
51	{2023-01-28T15:00:00Z sent, 2023-03-04T20:00:00Z click, 2023-04-09T01:00:00Z open, 2023-05-14T06:00:00Z sent, 2023-06-18T11:00:00Z click, 2023-07-23T16:00:00Z open, 2023-08-27T21:00:00Z sent}
52	{2023-01-29T04:00:00Z open, 2023-03-05T09:00:00Z sent, 2023-04-09T14:00:00Z click, 2023-05-14T19:00:00Z open, 2023-06-19T00:00:00Z sent, 2023-07-24T05:00:00Z click, 2023-08-28T10:00:00Z open}
60	{2023-02-02T12:00:00Z sent, 2023-03-09T17:00:00Z click, 2023-04-13T22:00:00Z open, 2023-05-19T03:00:00Z sent, 2023-06-23T08:00:00Z click, 2023-07-28T13:00:00Z open, 2023-09-01T18:00:00Z sent}
22	{2023-01-12T22:00:00Z open, 2023-02-17T03:00:00Z sent, 2023-03-24T08:00:00Z click, 2023-04-28T13:00:00Z open, 2023-06-02T18:00:00Z sent, 2023-07-07T23:00:00Z click, 2023-08-12T04:00:00Z open, 2023-09-16T09:00:00Z sent}
59	{2023-02-01T23:00:00Z click, 2023-03-09T04:00:00Z open, 2023-04-13T09:00:00Z sent, 2023-05-18T14:00:00Z click, 2023-06-22T19:00:00Z open, 2023-07-28T00:00:00Z sent, 2023-09-01T05:00:00Z click}
44	{2023-01-24T20:00:00Z click, 2023-03-01T01:00:00Z open, 2023-04-05T06:00:00Z sent, 2023-05-10T11:00:00Z click, 2023-06-14T16:00:00Z open, 2023-07-19T21:00:00Z sent, 2023-08-24T02:00:00Z click, 2023-09-28T07:00:00Z open}
11	{2023-01-06T23:00:00Z click, 2023-02-11T04:00:00Z open, 2023-03-18T09:00:00Z sent, 2023-04-22T14:00:00Z click, 2023-05-27T19:00:00Z open, 2023-07-02T00:00:00Z sent, 2023-08-06T05:00:00Z click, 2023-09-10T10:00:00Z open}
42	{2023-01-23T18:00:00Z sent, 2023-02-27T23:00:00Z click, 2023-04-04T04:00:00Z open, 2023-05-09T09:00:00Z sent, 2023-06-13T14:00:00Z click, 2023-07-18T19:00:00Z open, 2023-08-23T00:00:00Z sent, 2023-09-27T05:00:00Z click}
40	{2023-01-22T16:00:00Z open, 2023-02-26T21:00:00Z sent, 2023-04-03T02:00:00Z click, 2023-05-08T07:00:00Z open, 2023-06-12T12:00:00Z sent, 2023-07-17T17:00:00Z click, 2023-08-21T22:00:00Z open, 2023-09-26T03:00:00Z sent}
43	{2023-01-24T07:00:00Z open, 2023-02-28T12:00:00Z sent, 2023-04-04T17:00:00Z click, 2023-05-09T22:00:00Z open, 2023-06-14T03:00:00Z sent, 2023-07-19T08:00:00Z click, 2023-08-23T13:00:00Z open, 2023-09-27T18:00:00Z sent}
9	{2023-01-05T21:00:00Z sent, 2023-02-10T02:00:00Z click, 2023-03-17T07:00:00Z open, 2023-04-21T12:00:00Z sent, 2023-05-26T17:00:00Z click, 2023-06-30T22:00:00Z open, 2023-08-05T03:00:00Z sent, 2023-09-09T08:00:00Z click}
15	{2023-01-09T03:00:00Z sent, 2023-02-13T08:00:00Z click, 2023-03-20T13:00:00Z open, 2023-04-24T18:00:00Z sent, 2023-05-29T23:00:00Z click, 2023-07-04T04:00:00Z open, 2023-08-08T09:00:00Z sent, 2023-09-12T14:00:00Z click}
48	{2023-01-27T00:00:00Z sent, 2023-03-03T05:00:00Z click, 2023-04-07T10:00:00Z open, 2023-05-12T15:00:00Z sent, 2023-06-16T20:00:00Z click, 2023-07-22T01:00:00Z open, 2023-08-26T06:00:00Z sent}
26	{2023-01-15T02:00:00Z click, 2023-02-19T07:00:00Z open, 2023-03-26T12:00:00Z sent, 2023-04-30T17:00:00Z click, 2023-06-04T22:00:00Z open, 2023-07-10T03:00:00Z sent, 2023-08-14T08:00:00Z click, 2023-09-18T13:00:00Z open}
57	{2023-01-31T21:00:00Z sent, 2023-03-08T02:00:00Z click, 2023-04-12T07:00:00Z open, 2023-05-17T12:00:00Z sent, 2023-06-21T17:00:00Z click, 2023-07-26T22:00:00Z open, 2023-08-31T03:00:00Z sent}
61	{2023-02-03T01:00:00Z open, 2023-03-10T06:00:00Z sent, 2023-04-14T11:00:00Z click, 2023-05-19T16:00:00Z open, 2023-06-23T21:00:00Z sent, 2023-07-29T02:00:00Z click, 2023-09-02T07:00:00Z open}
19	{2023-01-11T07:00:00Z open, 2023-02-15T12:00:00Z sent, 2023-03-22T17:00:00Z click, 2023-04-26T22:00:00Z open, 2023-06-01T03:00:00Z sent, 2023-07-06T08:00:00Z click, 2023-08-10T13:00:00Z open, 2023-09-14T18:00:00Z sent}
30	{2023-01-17T06:00:00Z sent, 2023-02-21T11:00:00Z click, 2023-03-28T16:00:00Z open, 2023-05-02T21:00:00Z sent, 2023-06-07T02:00:00Z click, 2023-07-12T07:00:00Z open, 2023-08-16T12:00:00Z sent, 2023-09-20T17:00:00Z click}
21	{2023-01-12T09:00:00Z sent, 2023-02-16T14:00:00Z click, 2023-03-23T19:00:00Z open, 2023-04-28T00:00:00Z sent, 2023-06-02T05:00:00Z click, 2023-07-07T10:00:00Z open, 2023-08-11T15:00:00Z sent, 2023-09-15T20:00:00Z click}
3	{2023-01-02T15:00:00Z sent, 2023-02-06T20:00:00Z click, 2023-03-14T01:00:00Z open, 2023-04-18T06:00:00Z sent, 2023-05-23T11:00:00Z click, 2023-06-27T16:00:00Z open, 2023-08-01T21:00:00Z sent, 2023-09-06T02:00:00Z click}
17	{2023-01-10T05:00:00Z click, 2023-02-14T10:00:00Z open, 2023-03-21T15:00:00Z sent, 2023-04-25T20:00:00Z click, 2023-05-31T01:00:00Z open, 2023-07-05T06:00:00Z sent, 2023-08-09T11:00:00Z click, 2023-09-13T16:00:00Z open}
37	{2023-01-21T01:00:00Z open, 2023-02-25T06:00:00Z sent, 2023-04-01T11:00:00Z click, 2023-05-06T16:00:00Z open, 2023-06-10T21:00:00Z sent, 2023-07-16T02:00:00Z click, 2023-08-20T07:00:00Z open, 2023-09-24T12:00:00Z sent}
28	{2023-01-16T04:00:00Z open, 2023-02-20T09:00:00Z sent, 2023-03-27T14:00:00Z click, 2023-05-01T19:00:00Z open, 2023-06-06T00:00:00Z sent, 2023-07-11T05:00:00Z click, 2023-08-15T10:00:00Z open, 2023-09-19T15:00:00Z sent}
5	{2023-01-03T17:00:00Z click, 2023-02-07T22:00:00Z open, 2023-03-15T03:00:00Z sent, 2023-04-19T08:00:00Z click, 2023-05-24T13:00:00Z open, 2023-06-28T18:00:00Z sent, 2023-08-02T23:00:00Z click, 2023-09-07T04:00:00Z open}
56	{2023-01-31T08:00:00Z click, 2023-03-07T13:00:00Z open, 2023-04-11T18:00:00Z sent, 2023-05-16T23:00:00Z click, 2023-06-21T04:00:00Z open, 2023-07-26T09:00:00Z sent, 2023-08-30T14:00:00Z click}
54	{2023-01-30T06:00:00Z sent, 2023-03-06T11:00:00Z click, 2023-04-10T16:00:00Z open, 2023-05-15T21:00:00Z sent, 2023-06-20T02:00:00Z click, 2023-07-25T07:00:00Z open, 2023-08-29T12:00:00Z sent}
29	{2023-01-16T17:00:00Z click, 2023-02-20T22:00:00Z open, 2023-03-28T03:00:00Z sent, 2023-05-02T08:00:00Z click, 2023-06-06T13:00:00Z open, 2023-07-11T18:00:00Z sent, 2023-08-15T23:00:00Z click, 2023-09-20T04:00:00Z open}
4	{2023-01-03T04:00:00Z open, 2023-02-07T09:00:00Z sent, 2023-03-14T14:00:00Z click, 2023-04-18T19:00:00Z open, 2023-05-24T00:00:00Z sent, 2023-06-28T05:00:00Z click, 2023-08-02T10:00:00Z open, 2023-09-06T15:00:00Z sent}
34	{2023-01-19T10:00:00Z open, 2023-02-23T15:00:00Z sent, 2023-03-30T20:00:00Z click, 2023-05-05T01:00:00Z open, 2023-06-09T06:00:00Z sent, 2023-07-14T11:00:00Z click, 2023-08-18T16:00:00Z open, 2023-09-22T21:00:00Z sent}
0	{2023-02-05T05:00:00Z click, 2023-03-12T10:00:00Z open, 2023-04-16T15:00:00Z sent, 2023-05-21T20:00:00Z click, 2023-06-26T01:00:00Z open, 2023-07-31T06:00:00Z sent, 2023-09-04T11:00:00Z click}
63	{2023-02-04T03:00:00Z sent, 2023-03-11T08:00:00Z click, 2023-04-15T13:00:00Z open, 2023-05-20T18:00:00Z sent, 2023-06-24T23:00:00Z click, 2023-07-30T04:00:00Z open, 2023-09-03T09:00:00Z sent}
10	{2023-01-06T10:00:00Z open, 2023-02-10T15:00:00Z sent, 2023-03-17T20:00:00Z click, 2023-04-22T01:00:00Z open, 2023-05-27T06:00:00Z sent, 2023-07-01T11:00:00Z click, 2023-08-05T16:00:00Z open, 2023-09-09T21:00:00Z sent}
35	{2023-01-19T23:00:00Z click, 2023-02-24T04:00:00Z open, 2023-03-31T09:00:00Z sent, 2023-05-05T14:00:00Z click, 2023-06-09T19:00:00Z open, 2023-07-15T00:00:00Z sent, 2023-08-19T05:00:00Z click, 2023-09-23T10:00:00Z open}
45	{2023-01-25T09:00:00Z sent, 2023-03-01T14:00:00Z click, 2023-04-05T19:00:00Z open, 2023-05-11T00:00:00Z sent, 2023-06-15T05:00:00Z click, 2023-07-20T10:00:00Z open, 2023-08-24T15:00:00Z sent, 2023-09-28T20:00:00Z click}
6	{2023-01-04T06:00:00Z sent, 2023-02-08T11:00:00Z click, 2023-03-15T16:00:00Z open, 2023-04-19T21:00:00Z sent, 2023-05-25T02:00:00Z click, 2023-06-29T07:00:00Z open, 2023-08-03T12:00:00Z sent, 2023-09-07T17:00:00Z click}
39	{2023-01-22T03:00:00Z sent, 2023-02-26T08:00:00Z click, 2023-04-02T13:00:00Z open, 2023-05-07T18:00:00Z sent, 2023-06-11T23:00:00Z click, 2023-07-17T04:00:00Z open, 2023-08-21T09:00:00Z sent, 2023-09-25T14:00:00Z click}
36	{2023-01-20T12:00:00Z sent, 2023-02-24T17:00:00Z click, 2023-03-31T22:00:00Z open, 2023-05-06T03:00:00Z sent, 2023-06-10T08:00:00Z click, 2023-07-15T13:00:00Z open, 2023-08-19T18:00:00Z sent, 2023-09-23T23:00:00Z click}
31	{2023-01-17T19:00:00Z open, 2023-02-22T00:00:00Z sent, 2023-03-29T05:00:00Z click, 2023-05-03T10:00:00Z open, 2023-06-07T15:00:00Z sent, 2023-07-12T20:00:00Z click, 2023-08-17T01:00:00Z open, 2023-09-21T06:00:00Z sent}
50	{2023-01-28T02:00:00Z click, 2023-03-04T07:00:00Z open, 2023-04-08T12:00:00Z sent, 2023-05-13T17:00:00Z click, 2023-06-17T22:00:00Z open, 2023-07-23T03:00:00Z sent, 2023-08-27T08:00:00Z click}
14	{2023-01-08T14:00:00Z click, 2023-02-12T19:00:00Z open, 2023-03-20T00:00:00Z sent, 2023-04-24T05:00:00Z click, 2023-05-29T10:00:00Z open, 2023-07-03T15:00:00Z sent, 2023-08-07T20:00:00Z click, 2023-09-12T01:00:00Z open}
13	{2023-01-08T01:00:00Z open, 2023-02-12T06:00:00Z sent, 2023-03-19T11:00:00Z click, 2023-04-23T16:00:00Z open, 2023-05-28T21:00:00Z sent, 2023-07-03T02:00:00Z click, 2023-08-07T07:00:00Z open, 2023-09-11T12:00:00Z sent}
2	{2023-01-02T02:00:00Z click, 2023-02-06T07:00:00Z open, 2023-03-13T12:00:00Z sent, 2023-04-17T17:00:00Z click, 2023-05-22T22:00:00Z open, 2023-06-27T03:00:00Z sent, 2023-08-01T08:00:00Z click, 2023-09-05T13:00:00Z open}
16	{2023-01-09T16:00:00Z open, 2023-02-13T21:00:00Z sent, 2023-03-21T02:00:00Z click, 2023-04-25T07:00:00Z open, 2023-05-30T12:00:00Z sent, 2023-07-04T17:00:00Z click, 2023-08-08T22:00:00Z open, 2023-09-13T03:00:00Z sent}
62	{2023-02-03T14:00:00Z click, 2023-03-10T19:00:00Z open, 2023-04-15T00:00:00Z sent, 2023-05-20T05:00:00Z click, 2023-06-24T10:00:00Z open, 2023-07-29T15:00:00Z sent, 2023-09-02T20:00:00Z click}
41	{2023-01-23T05:00:00Z click, 2023-02-27T10:00:00Z open, 2023-04-03T15:00:00Z sent, 2023-05-08T20:00:00Z click, 2023-06-13T01:00:00Z open, 2023-07-18T06:00:00Z sent, 2023-08-22T11:00:00Z click, 2023-09-26T16:00:00Z open}
46	{2023-01-25T22:00:00Z open, 2023-03-02T03:00:00Z sent, 2023-04-06T08:00:00Z click, 2023-05-11T13:00:00Z open, 2023-06-15T18:00:00Z sent, 2023-07-20T23:00:00Z click, 2023-08-25T04:00:00Z open}
53	{2023-01-29T17:00:00Z click, 2023-03-05T22:00:00Z open, 2023-04-10T03:00:00Z sent, 2023-05-15T08:00:00Z click, 2023-06-19T13:00:00Z open, 2023-07-24T18:00:00Z sent, 2023-08-28T23:00:00Z click}
32	{2023-01-18T08:00:00Z click, 2023-02-22T13:00:00Z open, 2023-03-29T18:00:00Z sent, 2023-05-03T23:00:00Z click, 2023-06-08T04:00:00Z open, 2023-07-13T09:00:00Z sent, 2023-08-17T14:00:00Z click, 2023-09-21T19:00:00Z open}
7	{2023-01-04T19:00:00Z open, 2023-02-09T00:00:00Z sent, 2023-03-16T05:00:00Z click, 2023-04-20T10:00:00Z open, 2023-05-25T15:00:00Z sent, 2023-06-29T20:00:00Z click, 2023-08-04T01:00:00Z open, 2023-09-08T06:00:00Z sent}
38	{2023-01-21T14:00:00Z click, 2023-02-25T19:00:00Z open, 2023-04-02T00:00:00Z sent, 2023-05-07T05:00:00Z click, 2023-06-11T10:00:00Z open, 2023-07-16T15:00:00Z sent, 2023-08-20T20:00:00Z click, 2023-09-25T01:00:00Z open}
12	{2023-01-07T12:00:00Z sent, 2023-02-11T17:00:00Z click, 2023-03-18T22:00:00Z open, 2023-04-23T03:00:00Z sent, 2023-05-28T08:00:00Z click, 2023-07-02T13:00:00Z open, 2023-08-06T18:00:00Z sent, 2023-09-10T23:00:00Z click}
24	{2023-01-14T00:00:00Z sent, 2023-02-18T05:00:00Z click, 2023-03-25T10:00:00Z open, 2023-04-29T15:00:00Z sent, 2023-06-03T20:00:00Z click, 2023-07-09T01:00:00Z open, 2023-08-13T06:00:00Z sent, 2023-09-17T11:00:00Z click}
25	{2023-01-14T13:00:00Z open, 2023-02-18T18:00:00Z sent, 2023-03-25T23:00:00Z click, 2023-04-30T04:00:00Z open, 2023-06-04T09:00:00Z sent, 2023-07-09T14:00:00Z click, 2023-08-13T19:00:00Z open, 2023-09-18T00:00:00Z sent}
49	{2023-01-27T13:00:00Z open, 2023-03-03T18:00:00Z sent, 2023-04-07T23:00:00Z click, 2023-05-13T04:00:00Z open, 2023-06-17T09:00:00Z sent, 2023-07-22T14:00:00Z click, 2023-08-26T19:00:00Z open}
47	{2023-01-26T11:00:00Z click, 2023-03-02T16:00:00Z open, 2023-04-06T21:00:00Z sent, 2023-05-12T02:00:00Z click, 2023-06-16T07:00:00Z open, 2023-07-21T12:00:00Z sent, 2023-08-25T17:00:00Z click}
20	{2023-01-11T20:00:00Z click, 2023-02-16T01:00:00Z open, 2023-03-23T06:00:00Z sent, 2023-04-27T11:00:00Z click, 2023-06-01T16:00:00Z open, 2023-07-06T21:00:00Z sent, 2023-08-11T02:00:00Z click, 2023-09-15T07:00:00Z open}
33	{2023-01-18T21:00:00Z sent, 2023-02-23T02:00:00Z click, 2023-03-30T07:00:00Z open, 2023-05-04T12:00:00Z sent, 2023-06-08T17:00:00Z click, 2023-07-13T22:00:00Z open, 2023-08-18T03:00:00Z sent, 2023-09-22T08:00:00Z click}
1	{2023-01-01T13:00:00Z open, 2023-02-05T18:00:00Z sent, 2023-03-12T23:00:00Z click, 2023-04-17T04:00:00Z open, 2023-05-22T09:00:00Z sent, 2023-06-26T14:00:00Z click, 2023-07-31T19:00:00Z open, 2023-09-05T00:00:00Z sent}
18	{2023-01-10T18:00:00Z sent, 2023-02-14T23:00:00Z click, 2023-03-22T04:00:00Z open, 2023-04-26T09:00:00Z sent, 2023-05-31T14:00:00Z click, 2023-07-05T19:00:00Z open, 2023-08-10T00:00:00Z sent, 2023-09-14T05:00:00Z click}
64	{2023-02-04T16:00:00Z open, 2023-03-11T21:00:00Z sent, 2023-04-16T02:00:00Z click, 2023-05-21T07:00:00Z open, 2023-06-25T12:00:00Z sent, 2023-07-30T17:00:00Z click, 2023-09-03T22:00:00Z open}
55	{2023-01-30T19:00:00Z open, 2023-03-07T00:00:00Z sent, 2023-04-11T05:00:00Z click, 2023-05-16T10:00:00Z open, 2023-06-20T15:00:00Z sent, 2023-07-25T20:00:00Z click, 2023-08-30T01:00:00Z open}
27	{2023-01-15T15:00:00Z sent, 2023-02-19T20:00:00Z click, 2023-03-27T01:00:00Z open, 2023-05-01T06:00:00Z sent, 2023-06-05T11:00:00Z click, 2023-07-10T16:00:00Z open, 2023-08-14T21:00:00Z sent, 2023-09-19T02:00:00Z click}
23	{2023-01-13T11:00:00Z click, 2023-02-17T16:00:00Z open, 2023-03-24T21:00:00Z sent, 2023-04-29T02:00:00Z click, 2023-06-03T07:00:00Z open, 2023-07-08T12:00:00Z sent, 2023-08-12T17:00:00Z click, 2023-09-16T22:00:00Z open}
58	{2023-02-01T10:00:00Z open, 2023-03-08T15:00:00Z sent, 2023-04-12T20:00:00Z click, 2023-05-18T01:00:00Z open, 2023-06-22T06:00:00Z sent, 2023-07-27T11:00:00Z click, 2023-08-31T16:00:00Z open}
8	{2023-01-05T08:00:00Z click, 2023-02-09T13:00:00Z open, 2023-03-16T18:00:00Z sent, 2023-04-20T23:00:00Z click, 2023-05-26T04:00:00Z open, 2023-06-30T09:00:00Z sent, 2023-08-04T14:00:00Z click, 2023-09-08T19:00:00Z open}
\.


--
-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.events (customer, at, kind) FROM stdin;
1	2023-01-01 13:00:00+00	open
2	2023-01-02 02:00:00+00	click
3	2023-01-02 15:00:00+00	sent
4	2023-01-03 04:00:00+00	open
5	2023-01-03 17:00:00+00	click
6	2023-01-04 06:00:00+00	sent
7	2023-01-04 19:00:00+00	open
8	2023-01-05 08:00:00+00	click
9	2023-01-05 21:00:00+00	sent
10	2023-01-06 10:00:00+00	open
11	2023-01-06 23:00:00+00	click
12	2023-01-07 12:00:00+00	sent
13	2023-01-08 01:00:00+00	open
14	2023-01-08 14:00:00+00	click
15	2023-01-09 03:00:00+00	sent
16	2023-01-09 16:00:00+00	open
17	2023-01-10 05:00:00+00	click
18	2023-01-10 18:00:00+00	sent
19	2023-01-11 07:00:00+00	open
20	2023-01-11 20:00:00+00	click
21	2023-01-12 09:00:00+00	sent
22	2023-01-12 22:00:00+00	open
23	2023-01-13 11:00:00+00	click
24	2023-01-14 00:00:00+00	sent
25	2023-01-14 13:00:00+00	open
26	2023-01-15 02:00:00+00	click
27	2023-01-15 15:00:00+00	sent
28	2023-01-16 04:00:00+00	open
29	2023-01-16 17:00:00+00	click
30	2023-01-17 06:00:00+00	sent
31	2023-01-17 19:00:00+00	open
32	2023-01-18 08:00:00+00	click
33	2023-01-18 21:00:00+00	sent
34	2023-01-19 10:00:00+00	open
35	2023-01-19 23:00:00+00	click
36	2023-01-20 12:00:00+00	sent
37	2023-01-21 01:00:00+00	open
38	2023-01-21 14:00:00+00	click
39	2023-01-22 03:00:00+00	sent
40	2023-01-22 16:00:00+00	open
41	2023-01-23 05:00:00+00	click
42	2023-01-23 18:00:00+00	sent
43	2023-01-24 07:00:00+00	open
44	2023-01-24 20:00:00+00	click
45	2023-01-25 09:00:00+00	sent
46	2023-01-25 22:00:00+00	open
47	2023-01-26 11:00:00+00	click
48	2023-01-27 00:00:00+00	sent
49	2023-01-27 13:00:00+00	open
50	2023-01-28 02:00:00+00	click
51	2023-01-28 15:00:00+00	sent
52	2023-01-29 04:00:00+00	open
53	2023-01-29 17:00:00+00	click
54	2023-01-30 06:00:00+00	sent
55	2023-01-30 19:00:00+00	open
56	2023-01-31 08:00:00+00	click
57	2023-01-31 21:00:00+00	sent
58	2023-02-01 10:00:00+00	open
59	2023-02-01 23:00:00+00	click
60	2023-02-02 12:00:00+00	sent
61	2023-02-03 01:00:00+00	open
62	2023-02-03 14:00:00+00	click
63	2023-02-04 03:00:00+00	sent
64	2023-02-04 16:00:00+00	open
0	2023-02-05 05:00:00+00	click
1	2023-02-05 18:00:00+00	sent
2	2023-02-06 07:00:00+00	open
3	2023-02-06 20:00:00+00	click
4	2023-02-07 09:00:00+00	sent
5	2023-02-07 22:00:00+00	open
6	2023-02-08 11:00:00+00	click
7	2023-02-09 00:00:00+00	sent
8	2023-02-09 13:00:00+00	open
9	2023-02-10 02:00:00+00	click
10	2023-02-10 15:00:00+00	sent
11	2023-02-11 04:00:00+00	open
12	2023-02-11 17:00:00+00	click
13	2023-02-12 06:00:00+00	sent
14	2023-02-12 19:00:00+00	open
15	2023-02-13 08:00:00+00	click
16	2023-02-13 21:00:00+00	sent
17	2023-02-14 10:00:00+00	open
18	2023-02-14 23:00:00+00	click
19	2023-02-15 12:00:00+00	sent
20	2023-02-16 01:00:00+00	open
21	2023-02-16 14:00:00+00	click
22	2023-02-17 03:00:00+00	sent
23	2023-02-17 16:00:00+00	open
24	2023-02-18 05:00:00+00	click
25	2023-02-18 18:00:00+00	sent
26	2023-02-19 07:00:00+00	open
27	2023-02-19 20:00:00+00	click
28	2023-02-20 09:00:00+00	sent
29	2023-02-20 22:00:00+00	open
30	2023-02-21 11:00:00+00	click
31	2023-02-22 00:00:00+00	sent
32	2023-02-22 13:00:00+00	open
33	2023-02-23 02:00:00+00	click
34	2023-02-23 15:00:00+00	sent
35	2023-02-24 04:00:00+00	open
36	2023-02-24 17:00:00+00	click
37	2023-02-25 06:00:00+00	sent
38	2023-02-25 19:00:00+00	open
39	2023-02-26 08:00:00+00	click
40	2023-02-26 21:00:00+00	sent
41	2023-02-27 10:00:00+00	open
42	2023-02-27 23:00:00+00	click
43	2023-02-28 12:00:00+00	sent
44	2023-03-01 01:00:00+00	open
45	2023-03-01 14:00:00+00	click
46	2023-03-02 03:00:00+00	sent
47	2023-03-02 16:00:00+00	open
48	2023-03-03 05:00:00+00	click
49	2023-03-03 18:00:00+00	sent
50	2023-03-04 07:00:00+00	open
51	2023-03-04 20:00:00+00	click
52	2023-03-05 09:00:00+00	sent
53	2023-03-05 22:00:00+00	open
54	2023-03-06 11:00:00+00	click
55	2023-03-07 00:00:00+00	sent
56	2023-03-07 13:00:00+00	open
57	2023-03-08 02:00:00+00	click
58	2023-03-08 15:00:00+00	sent
59	2023-03-09 04:00:00+00	open
60	2023-03-09 17:00:00+00	click
61	2023-03-10 06:00:00+00	sent
62	2023-03-10 19:00:00+00	open
63	2023-03-11 08:00:00+00	click
64	2023-03-11 21:00:00+00	sent
0	2023-03-12 10:00:00+00	open
1	2023-03-12 23:00:00+00	click
2	2023-03-13 12:00:00+00	sent
3	2023-03-14 01:00:00+00	open
4	2023-03-14 14:00:00+00	click
5	2023-03-15 03:00:00+00	sent
6	2023-03-15 16:00:00+00	open
7	2023-03-16 05:00:00+00	click
8	2023-03-16 18:00:00+00	sent
9	2023-03-17 07:00:00+00	open
10	2023-03-17 20:00:00+00	click
11	2023-03-18 09:00:00+00	sent
12	2023-03-18 22:00:00+00	open
13	2023-03-19 11:00:00+00	click
14	2023-03-20 00:00:00+00	sent
15	2023-03-20 13:00:00+00	open
16	2023-03-21 02:00:00+00	click
17	2023-03-21 15:00:00+00	sent
18	2023-03-22 04:00:00+00	open
19	2023-03-22 17:00:00+00	click
20	2023-03-23 06:00:00+00	sent
21	2023-03-23 19:00:00+00	open
22	2023-03-24 08:00:00+00	click
23	2023-03-24 21:00:00+00	sent
24	2023-03-25 10:00:00+00	open
25	2023-03-25 23:00:00+00	click
26	2023-03-26 12:00:00+00	sent
27	2023-03-27 01:00:00+00	open
28	2023-03-27 14:00:00+00	click
29	2023-03-28 03:00:00+00	sent
30	2023-03-28 16:00:00+00	open
31	2023-03-29 05:00:00+00	click
32	2023-03-29 18:00:00+00	sent
33	2023-03-30 07:00:00+00	open
34	2023-03-30 20:00:00+00	click
35	2023-03-31 09:00:00+00	sent
36	2023-03-31 22:00:00+00	open
37	2023-04-01 11:00:00+00	click
38	2023-04-02 00:00:00+00	sent
39	2023-04-02 13:00:00+00	open
40	2023-04-03 02:00:00+00	click
41	2023-04-03 15:00:00+00	sent
42	2023-04-04 04:00:00+00	open
43	2023-04-04 17:00:00+00	click
44	2023-04-05 06:00:00+00	sent
45	2023-04-05 19:00:00+00	open
46	2023-04-06 08:00:00+00	click
47	2023-04-06 21:00:00+00	sent
48	2023-04-07 10:00:00+00	open
49	2023-04-07 23:00:00+00	click
50	2023-04-08 12:00:00+00	sent
51	2023-04-09 01:00:00+00	open
52	2023-04-09 14:00:00+00	click
53	2023-04-10 03:00:00+00	sent
54	2023-04-10 16:00:00+00	open
55	2023-04-11 05:00:00+00	click
56	2023-04-11 18:00:00+00	sent
57	2023-04-12 07:00:00+00	open
58	2023-04-12 20:00:00+00	click
59	2023-04-13 09:00:00+00	sent
60	2023-04-13 22:00:00+00	open
61	2023-04-14 11:00:00+00	click
62	2023-04-15 00:00:00+00	sent
63	2023-04-15 13:00:00+00	open
64	2023-04-16 02:00:00+00	click
0	2023-04-16 15:00:00+00	sent
1	2023-04-17 04:00:00+00	open
2	2023-04-17 17:00:00+00	click
3	2023-04-18 06:00:00+00	sent
4	2023-04-18 19:00:00+00	open
5	2023-04-19 08:00:00+00	click
6	2023-04-19 21:00:00+00	sent
7	2023-04-20 10:00:00+00	open
8	2023-04-20 23:00:00+00	click
9	2023-04-21 12:00:00+00	sent
10	2023-04-22 01:00:00+00	open
11	2023-04-22 14:00:00+00	click
12	2023-04-23 03:00:00+00	sent
13	2023-04-23 16:00:00+00	open
14	2023-04-24 05:00:00+00	click
15	2023-04-24 18:00:00+00	sent
16	2023-04-25 07:00:00+00	open
17	2023-04-25 20:00:00+00	click
18	2023-04-26 09:00:00+00	sent
19	2023-04-26 22:00:00+00	open
20	2023-04-27 11:00:00+00	click
21	2023-04-28 00:00:00+00	sent
22	2023-04-28 13:00:00+00	open
23	2023-04-29 02:00:00+00	click
24	2023-04-29 15:00:00+00	sent
25	2023-04-30 04:00:00+00	open
26	2023-04-30 17:00:00+00	click
27	2023-05-01 06:00:00+00	sent
28	2023-05-01 19:00:00+00	open
29	2023-05-02 08:00:00+00	click
30	2023-05-02 21:00:00+00	sent
31	2023-05-03 10:00:00+00	open
32	2023-05-03 23:00:00+00	click
33	2023-05-04 12:00:00+00	sent
34	2023-05-05 01:00:00+00	open
35	2023-05-05 14:00:00+00	click
36	2023-05-06 03:00:00+00	sent
37	2023-05-06 16:00:00+00	open
38	2023-05-07 05:00:00+00	click
39	2023-05-07 18:00:00+00	sent
40	2023-05-08 07:00:00+00	open
41	2023-05-08 20:00:00+00	click
42	2023-05-09 09:00:00+00	sent
43	2023-05-09 22:00:00+00	open
44	2023-05-10 11:00:00+00	click
45	2023-05-11 00:00:00+00	sent
46	2023-05-11 13:00:00+00	open
47	2023-05-12 02:00:00+00	click
48	2023-05-12 15:00:00+00	sent
49	2023-05-13 04:00:00+00	open
50	2023-05-13 17:00:00+00	click
51	2023-05-14 06:00:00+00	sent
52	2023-05-14 19:00:00+00	open
53	2023-05-15 08:00:00+00	click
54	2023-05-15 21:00:00+00	sent
55	2023-05-16 10:00:00+00	open
56	2023-05-16 23:00:00+00	click
57	2023-05-17 12:00:00+00	sent
58	2023-05-18 01:00:00+00	open
59	2023-05-18 14:00:00+00	click
60	2023-05-19 03:00:00+00	sent
61	2023-05-19 16:00:00+00	open
62	2023-05-20 05:00:00+00	click
63	2023-05-20 18:00:00+00	sent
64	2023-05-21 07:00:00+00	open
0	2023-05-21 20:00:00+00	click
1	2023-05-22 09:00:00+00	sent
2	2023-05-22 22:00:00+00	open
3	2023-05-23 11:00:00+00	click
4	2023-05-24 00:00:00+00	sent
5	2023-05-24 13:00:00+00	open
6	2023-05-25 02:00:00+00	click
7	2023-05-25 15:00:00+00	sent
8	2023-05-26 04:00:00+00	open
9	2023-05-26 17:00:00+00	click
10	2023-05-27 06:00:00+00	sent
11	2023-05-27 19:00:00+00	open
12	2023-05-28 08:00:00+00	click
13	2023-05-28 21:00:00+00	sent
14	2023-05-29 10:00:00+00	open
15	2023-05-29 23:00:00+00	click
16	2023-05-30 12:00:00+00	sent
17	2023-05-31 01:00:00+00	open
18	2023-05-31 14:00:00+00	click
19	2023-06-01 03:00:00+00	sent
20	2023-06-01 16:00:00+00	open
21	2023-06-02 05:00:00+00	click
22	2023-06-02 18:00:00+00	sent
23	2023-06-03 07:00:00+00	open
24	2023-06-03 20:00:00+00	click
25	2023-06-04 09:00:00+00	sent
26	2023-06-04 22:00:00+00	open
27	2023-06-05 11:00:00+00	click
28	2023-06-06 00:00:00+00	sent
29	2023-06-06 13:00:00+00	open
30	2023-06-07 02:00:00+00	click
31	2023-06-07 15:00:00+00	sent
32	2023-06-08 04:00:00+00	open
33	2023-06-08 17:00:00+00	click
34	2023-06-09 06:00:00+00	sent
35	2023-06-09 19:00:00+00	open
36	2023-06-10 08:00:00+00	click
37	2023-06-10 21:00:00+00	sent
38	2023-06-11 10:00:00+00	open
39	2023-06-11 23:00:00+00	click
40	2023-06-12 12:00:00+00	sent
41	2023-06-13 01:00:00+00	open
42	2023-06-13 14:00:00+00	click
43	2023-06-14 03:00:00+00	sent
44	2023-06-14 16:00:00+00	open
45	2023-06-15 05:00:00+00	click
46	2023-06-15 18:00:00+00	sent
47	2023-06-16 07:00:00+00	open
48	2023-06-16 20:00:00+00	click
49	2023-06-17 09:00:00+00	sent
50	2023-06-17 22:00:00+00	open
51	2023-06-18 11:00:00+00	click
52	2023-06-19 00:00:00+00	sent
53	2023-06-19 13:00:00+00	open
54	2023-06-20 02:00:00+00	click
55	2023-06-20 15:00:00+00	sent
56	2023-06-21 04:00:00+00	open
57	2023-06-21 17:00:00+00	click
58	2023-06-22 06:00:00+00	sent
59	2023-06-22 19:00:00+00	open
60	2023-06-23 08:00:00+00	click
61	2023-06-23 21:00:00+00	sent
62	2023-06-24 10:00:00+00	open
63	2023-06-24 23:00:00+00	click
64	2023-06-25 12:00:00+00	sent
0	2023-06-26 01:00:00+00	open
1	2023-06-26 14:00:00+00	click
2	2023-06-27 03:00:00+00	sent
3	2023-06-27 16:00:00+00	open
4	2023-06-28 05:00:00+00	click
5	2023-06-28 18:00:00+00	sent
6	2023-06-29 07:00:00+00	open
7	2023-06-29 20:00:00+00	click
8	2023-06-30 09:00:00+00	sent
9	2023-06-30 22:00:00+00	open
10	2023-07-01 11:00:00+00	click
11	2023-07-02 00:00:00+00	sent
12	2023-07-02 13:00:00+00	open
13	2023-07-03 02:00:00+00	click
14	2023-07-03 15:00:00+00	sent
15	2023-07-04 04:00:00+00	open
16	2023-07-04 17:00:00+00	click
17	2023-07-05 06:00:00+00	sent
18	2023-07-05 19:00:00+00	open
19	2023-07-06 08:00:00+00	click
20	2023-07-06 21:00:00+00	sent
21	2023-07-07 10:00:00+00	open
22	2023-07-07 23:00:00+00	click
23	2023-07-08 12:00:00+00	sent
24	2023-07-09 01:00:00+00	open
25	2023-07-09 14:00:00+00	click
26	2023-07-10 03:00:00+00	sent
27	2023-07-10 16:00:00+00	open
28	2023-07-11 05:00:00+00	click
29	2023-07-11 18:00:00+00	sent
30	2023-07-12 07:00:00+00	open
31	2023-07-12 20:00:00+00	click
32	2023-07-13 09:00:00+00	sent
33	2023-07-13 22:00:00+00	open
34	2023-07-14 11:00:00+00	click
35	2023-07-15 00:00:00+00	sent
36	2023-07-15 13:00:00+00	open
37	2023-07-16 02:00:00+00	click
38	2023-07-16 15:00:00+00	sent
39	2023-07-17 04:00:00+00	open
40	2023-07-17 17:00:00+00	click
41	2023-07-18 06:00:00+00	sent
42	2023-07-18 19:00:00+00	open
43	2023-07-19 08:00:00+00	click
44	2023-07-19 21:00:00+00	sent
45	2023-07-20 10:00:00+00	open
46	2023-07-20 23:00:00+00	click
47	2023-07-21 12:00:00+00	sent
48	2023-07-22 01:00:00+00	open
49	2023-07-22 14:00:00+00	click
50	2023-07-23 03:00:00+00	sent
51	2023-07-23 16:00:00+00	open
52	2023-07-24 05:00:00+00	click
53	2023-07-24 18:00:00+00	sent
54	2023-07-25 07:00:00+00	open
55	2023-07-25 20:00:00+00	click
56	2023-07-26 09:00:00+00	sent
57	2023-07-26 22:00:00+00	open
58	2023-07-27 11:00:00+00	click
59	2023-07-28 00:00:00+00	sent
60	2023-07-28 13:00:00+00	open
61	2023-07-29 02:00:00+00	click
62	2023-07-29 15:00:00+00	sent
63	2023-07-30 04:00:00+00	open
64	2023-07-30 17:00:00+00	click
0	2023-07-31 06:00:00+00	sent
1	2023-07-31 19:00:00+00	open
2	2023-08-01 08:00:00+00	click
3	2023-08-01 21:00:00+00	sent
4	2023-08-02 10:00:00+00	open
5	2023-08-02 23:00:00+00	click
6	2023-08-03 12:00:00+00	sent
7	2023-08-04 01:00:00+00	open
8	2023-08-04 14:00:00+00	click
9	2023-08-05 03:00:00+00	sent
10	2023-08-05 16:00:00+00	open
11	2023-08-06 05:00:00+00	click
12	2023-08-06 18:00:00+00	sent
13	2023-08-07 07:00:00+00	open
14	2023-08-07 20:00:00+00	click
15	2023-08-08 09:00:00+00	sent
16	2023-08-08 22:00:00+00	open
17	2023-08-09 11:00:00+00	click
18	2023-08-10 00:00:00+00	sent
19	2023-08-10 13:00:00+00	open
20	2023-08-11 02:00:00+00	click
21	2023-08-11 15:00:00+00	sent
22	2023-08-12 04:00:00+00	open
23	2023-08-12 17:00:00+00	click
24	2023-08-13 06:00:00+00	sent
25	2023-08-13 19:00:00+00	open
26	2023-08-14 08:00:00+00	click
27	2023-08-14 21:00:00+00	sent
28	2023-08-15 10:00:00+00	open
29	2023-08-15 23:00:00+00	click
30	2023-08-16 12:00:00+00	sent
31	2023-08-17 01:00:00+00	open
32	2023-08-17 14:00:00+00	click
33	2023-08-18 03:00:00+00	sent
34	2023-08-18 16:00:00+00	open
35	2023-08-19 05:00:00+00	click
36	2023-08-19 18:00:00+00	sent
37	2023-08-20 07:00:00+00	open
38	2023-08-20 20:00:00+00	click
39	2023-08-21 09:00:00+00	sent
40	2023-08-21 22:00:00+00	open
41	2023-08-22 11:00:00+00	click
42	2023-08-23 00:00:00+00	sent
43	2023-08-23 13:00:00+00	open
44	2023-08-24 02:00:00+00	click
45	2023-08-24 15:00:00+00	sent
46	2023-08-25 04:00:00+00	open
47	2023-08-25 17:00:00+00	click
48	2023-08-26 06:00:00+00	sent
49	2023-08-26 19:00:00+00	open
50	2023-08-27 08:00:00+00	click
51	2023-08-27 21:00:00+00	sent
52	2023-08-28 10:00:00+00	open
53	2023-08-28 23:00:00+00	click
54	2023-08-29 12:00:00+00	sent
55	2023-08-30 01:00:00+00	open
56	2023-08-30 14:00:00+00	click
57	2023-08-31 03:00:00+00	sent
58	2023-08-31 16:00:00+00	open
59	2023-09-01 05:00:00+00	click
60	2023-09-01 18:00:00+00	sent
61	2023-09-02 07:00:00+00	open
62	2023-09-02 20:00:00+00	click
63	2023-09-03 09:00:00+00	sent
64	2023-09-03 22:00:00+00	open
0	2023-09-04 11:00:00+00	click
1	2023-09-05 00:00:00+00	sent
2	2023-09-05 13:00:00+00	open
3	2023-09-06 02:00:00+00	click
4	2023-09-06 15:00:00+00	sent
5	2023-09-07 04:00:00+00	open
6	2023-09-07 17:00:00+00	click
7	2023-09-08 06:00:00+00	sent
8	2023-09-08 19:00:00+00	open
9	2023-09-09 08:00:00+00	click
10	2023-09-09 21:00:00+00	sent
11	2023-09-10 10:00:00+00	open
12	2023-09-10 23:00:00+00	click
13	2023-09-11 12:00:00+00	sent
14	2023-09-12 01:00:00+00	open
15	2023-09-12 14:00:00+00	click
16	2023-09-13 03:00:00+00	sent
17	2023-09-13 16:00:00+00	open
18	2023-09-14 05:00:00+00	click
19	2023-09-14 18:00:00+00	sent
20	2023-09-15 07:00:00+00	open
21	2023-09-15 20:00:00+00	click
22	2023-09-16 09:00:00+00	sent
23	2023-09-16 22:00:00+00	open
24	2023-09-17 11:00:00+00	click
25	2023-09-18 00:00:00+00	sent
26	2023-09-18 13:00:00+00	open
27	2023-09-19 02:00:00+00	click
28	2023-09-19 15:00:00+00	sent
29	2023-09-20 04:00:00+00	open
30	2023-09-20 17:00:00+00	click
31	2023-09-21 06:00:00+00	sent
32	2023-09-21 19:00:00+00	open
33	2023-09-22 08:00:00+00	click
34	2023-09-22 21:00:00+00	sent
35	2023-09-23 10:00:00+00	open
36	2023-09-23 23:00:00+00	click
37	2023-09-24 12:00:00+00	sent
38	2023-09-25 01:00:00+00	open
39	2023-09-25 14:00:00+00	click
40	2023-09-26 03:00:00+00	sent
41	2023-09-26 16:00:00+00	open
42	2023-09-27 05:00:00+00	click
43	2023-09-27 18:00:00+00	sent
44	2023-09-28 07:00:00+00	open
45	2023-09-28 20:00:00+00	click
\.


--
-- Data for Name: fits; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.fits (breaks, rhythm, model, spend, vips) FROM stdin;
{"bins":5,"recency_days":[49,54,60,65],"frequency":[11,12,12,12],"monetary":[468,540,600,672],"customers":60,"method":"exact","as_of":"2024-01-01T00:00:00Z","version":"0.2.1"}	{"model":"gamma/gamma","params":{"k":1000.0,"r":1000000.0,"alpha":27499.99943817398},"unit":"1 day","customers":60,"one_time_buyers":0,"gaps":640,"log_likelihood":-604.7799211777747,"standard_errors":null,"covariance":null,"status":"boundary: k \\u2192 \\u221e, r \\u2192 \\u221e","iterations":42,"gradient_norm":7.511930738669207e-12,"as_of":"2024-01-01T00:00:00Z","version":"0.2.1"}	{"model":"mbg/nbd","params":{"r":1000000.0,"alpha":4707589.300971021,"a":0.0,"b":1.0},"unit":"7 days","customers":60,"repeat_buyers":60,"log_likelihood":-1631.4729239214682,"standard_errors":null,"covariance":null,"status":"boundary: r \\u2192 \\u221e, a \\u2192 0","collapses_to":"nbd","iterations":23,"gradient_norm":4.203471915567778e-15,"as_of":"2024-01-01T00:00:00Z","version":"0.2.1"}	{"model":"gamma-gamma","params":{"p":2.7567648024306535,"q":1000000.0,"gamma":17955812.350510176},"customers":60,"one_time_buyers":0,"without_spend":0,"log_likelihood":-217.14322807292734,"standard_errors":null,"covariance":null,"status":"boundary: q \\u2192 \\u221e","note":null,"iterations":31,"gradient_norm":7.765941744784612e-15,"as_of":"2024-01-01T00:00:00Z","version":"0.2.1"}	{"purchases":12,"tenure_days":359,"spend":672,"top_share":0.2,"mean_spend":575.5,"customers":60,"as_of":"2024-01-01T00:00:00Z","version":"0.2.1"}
\.


--
-- Data for Name: histories; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.histories (customer, h) FROM stdin;
51	{2023-01-24T09:00:00Z 92, 2023-02-20T21:00:00Z 62, 2023-03-20T09:00:00Z 32, 2023-04-16T21:00:00Z 92, 2023-05-14T09:00:00Z 62, 2023-06-10T21:00:00Z 32, 2023-07-08T09:00:00Z 92, 2023-08-04T21:00:00Z 62, 2023-09-01T09:00:00Z 32, 2023-09-28T21:00:00Z 92, 2023-10-26T09:00:00Z 62}
52	{2023-01-24T20:00:00Z 9, 2023-02-21T08:00:00Z 69, 2023-03-20T20:00:00Z 39, 2023-04-17T08:00:00Z 9, 2023-05-14T20:00:00Z 69, 2023-06-11T08:00:00Z 39, 2023-07-08T20:00:00Z 9, 2023-08-05T08:00:00Z 69, 2023-09-01T20:00:00Z 39, 2023-09-29T08:00:00Z 9, 2023-10-26T20:00:00Z 69}
22	{2023-01-11T02:00:00Z 69, 2023-02-07T14:00:00Z 39, 2023-03-07T02:00:00Z 9, 2023-04-03T14:00:00Z 69, 2023-05-01T02:00:00Z 39, 2023-05-28T14:00:00Z 9, 2023-06-25T02:00:00Z 69, 2023-07-22T14:00:00Z 39, 2023-08-19T02:00:00Z 9, 2023-09-15T14:00:00Z 69, 2023-10-13T02:00:00Z 39, 2023-11-09T14:00:00Z 9}
59	{2023-01-28T01:00:00Z 58, 2023-02-24T13:00:00Z 28, 2023-03-24T01:00:00Z 88, 2023-04-20T13:00:00Z 58, 2023-05-18T01:00:00Z 28, 2023-06-14T13:00:00Z 88, 2023-07-12T01:00:00Z 58, 2023-08-08T13:00:00Z 28, 2023-09-05T01:00:00Z 88, 2023-10-02T13:00:00Z 58, 2023-10-30T01:00:00Z 28}
44	{2023-01-21T04:00:00Z 43, 2023-02-17T16:00:00Z 13, 2023-03-17T04:00:00Z 73, 2023-04-13T16:00:00Z 43, 2023-05-11T04:00:00Z 13, 2023-06-07T16:00:00Z 73, 2023-07-05T04:00:00Z 43, 2023-08-01T16:00:00Z 13, 2023-08-29T04:00:00Z 73, 2023-09-25T16:00:00Z 43, 2023-10-23T04:00:00Z 13}
11	{2023-01-06T01:00:00Z 82, 2023-02-02T13:00:00Z 52, 2023-03-02T01:00:00Z 22, 2023-03-29T13:00:00Z 82, 2023-04-26T01:00:00Z 52, 2023-05-23T13:00:00Z 22, 2023-06-20T01:00:00Z 82, 2023-07-17T13:00:00Z 52, 2023-08-14T01:00:00Z 22, 2023-09-10T13:00:00Z 82, 2023-10-08T01:00:00Z 52, 2023-11-04T13:00:00Z 22}
42	{2023-01-20T06:00:00Z 29, 2023-02-16T18:00:00Z 89, 2023-03-16T06:00:00Z 59, 2023-04-12T18:00:00Z 29, 2023-05-10T06:00:00Z 89, 2023-06-06T18:00:00Z 59, 2023-07-04T06:00:00Z 29, 2023-07-31T18:00:00Z 89, 2023-08-28T06:00:00Z 59, 2023-09-24T18:00:00Z 29, 2023-10-22T06:00:00Z 89}
40	{2023-01-19T08:00:00Z 15, 2023-02-15T20:00:00Z 75, 2023-03-15T08:00:00Z 45, 2023-04-11T20:00:00Z 15, 2023-05-09T08:00:00Z 75, 2023-06-05T20:00:00Z 45, 2023-07-03T08:00:00Z 15, 2023-07-30T20:00:00Z 75, 2023-08-27T08:00:00Z 45, 2023-09-23T20:00:00Z 15, 2023-10-21T08:00:00Z 75, 2023-11-17T20:00:00Z 45}
43	{2023-01-20T17:00:00Z 36, 2023-02-17T05:00:00Z 6, 2023-03-16T17:00:00Z 66, 2023-04-13T05:00:00Z 36, 2023-05-10T17:00:00Z 6, 2023-06-07T05:00:00Z 66, 2023-07-04T17:00:00Z 36, 2023-08-01T05:00:00Z 6, 2023-08-28T17:00:00Z 66, 2023-09-25T05:00:00Z 36, 2023-10-22T17:00:00Z 6}
9	{2023-01-05T03:00:00Z 68, 2023-02-01T15:00:00Z 38, 2023-03-01T03:00:00Z 8, 2023-03-28T15:00:00Z 68, 2023-04-25T03:00:00Z 38, 2023-05-22T15:00:00Z 8, 2023-06-19T03:00:00Z 68, 2023-07-16T15:00:00Z 38, 2023-08-13T03:00:00Z 8, 2023-09-09T15:00:00Z 68, 2023-10-07T03:00:00Z 38, 2023-11-03T15:00:00Z 8}
15	{2023-01-07T21:00:00Z 20, 2023-02-04T09:00:00Z 80, 2023-03-03T21:00:00Z 50, 2023-03-31T09:00:00Z 20, 2023-04-27T21:00:00Z 80, 2023-05-25T09:00:00Z 50, 2023-06-21T21:00:00Z 20, 2023-07-19T09:00:00Z 80, 2023-08-15T21:00:00Z 50, 2023-09-12T09:00:00Z 20, 2023-10-09T21:00:00Z 80, 2023-11-06T09:00:00Z 50}
48	{2023-01-23T00:00:00Z 71, 2023-02-19T12:00:00Z 41, 2023-03-19T00:00:00Z 11, 2023-04-15T12:00:00Z 71, 2023-05-13T00:00:00Z 41, 2023-06-09T12:00:00Z 11, 2023-07-07T00:00:00Z 71, 2023-08-03T12:00:00Z 41, 2023-08-31T00:00:00Z 11, 2023-09-27T12:00:00Z 71, 2023-10-25T00:00:00Z 41}
26	{2023-01-12T22:00:00Z 7, 2023-02-09T10:00:00Z 67, 2023-03-08T22:00:00Z 37, 2023-04-05T10:00:00Z 7, 2023-05-02T22:00:00Z 67, 2023-05-30T10:00:00Z 37, 2023-06-26T22:00:00Z 7, 2023-07-24T10:00:00Z 67, 2023-08-20T22:00:00Z 37, 2023-09-17T10:00:00Z 7, 2023-10-14T22:00:00Z 67, 2023-11-11T10:00:00Z 37}
57	{2023-01-27T03:00:00Z 44, 2023-02-23T15:00:00Z 14, 2023-03-23T03:00:00Z 74, 2023-04-19T15:00:00Z 44, 2023-05-17T03:00:00Z 14, 2023-06-13T15:00:00Z 74, 2023-07-11T03:00:00Z 44, 2023-08-07T15:00:00Z 14, 2023-09-04T03:00:00Z 74, 2023-10-01T15:00:00Z 44, 2023-10-29T03:00:00Z 14}
19	{2023-01-09T17:00:00Z 48, 2023-02-06T05:00:00Z 18, 2023-03-05T17:00:00Z 78, 2023-04-02T05:00:00Z 48, 2023-04-29T17:00:00Z 18, 2023-05-27T05:00:00Z 78, 2023-06-23T17:00:00Z 48, 2023-07-21T05:00:00Z 18, 2023-08-17T17:00:00Z 78, 2023-09-14T05:00:00Z 48, 2023-10-11T17:00:00Z 18, 2023-11-08T05:00:00Z 78}
30	{2023-01-14T18:00:00Z 35, 2023-02-11T06:00:00Z 5, 2023-03-10T18:00:00Z 65, 2023-04-07T06:00:00Z 35, 2023-05-04T18:00:00Z 5, 2023-06-01T06:00:00Z 65, 2023-06-28T18:00:00Z 35, 2023-07-26T06:00:00Z 5, 2023-08-22T18:00:00Z 65, 2023-09-19T06:00:00Z 35, 2023-10-16T18:00:00Z 5, 2023-11-13T06:00:00Z 65}
21	{2023-01-10T15:00:00Z 62, 2023-02-07T03:00:00Z 32, 2023-03-06T15:00:00Z 92, 2023-04-03T03:00:00Z 62, 2023-04-30T15:00:00Z 32, 2023-05-28T03:00:00Z 92, 2023-06-24T15:00:00Z 62, 2023-07-22T03:00:00Z 32, 2023-08-18T15:00:00Z 92, 2023-09-15T03:00:00Z 62, 2023-10-12T15:00:00Z 32, 2023-11-09T03:00:00Z 92}
3	{2023-01-02T09:00:00Z 26, 2023-01-29T21:00:00Z 86, 2023-02-26T09:00:00Z 56, 2023-03-25T21:00:00Z 26, 2023-04-22T09:00:00Z 86, 2023-05-19T21:00:00Z 56, 2023-06-16T09:00:00Z 26, 2023-07-13T21:00:00Z 86, 2023-08-10T09:00:00Z 56, 2023-09-06T21:00:00Z 26, 2023-10-04T09:00:00Z 86, 2023-10-31T21:00:00Z 56}
17	{2023-01-08T19:00:00Z 34, 2023-02-05T07:00:00Z 94, 2023-03-04T19:00:00Z 64, 2023-04-01T07:00:00Z 34, 2023-04-28T19:00:00Z 94, 2023-05-26T07:00:00Z 64, 2023-06-22T19:00:00Z 34, 2023-07-20T07:00:00Z 94, 2023-08-16T19:00:00Z 64, 2023-09-13T07:00:00Z 34, 2023-10-10T19:00:00Z 94, 2023-11-07T07:00:00Z 64}
37	{2023-01-17T23:00:00Z 84, 2023-02-14T11:00:00Z 54, 2023-03-13T23:00:00Z 24, 2023-04-10T11:00:00Z 84, 2023-05-07T23:00:00Z 54, 2023-06-04T11:00:00Z 24, 2023-07-01T23:00:00Z 84, 2023-07-29T11:00:00Z 54, 2023-08-25T23:00:00Z 24, 2023-09-22T11:00:00Z 84, 2023-10-19T23:00:00Z 54, 2023-11-16T11:00:00Z 24}
28	{2023-01-13T20:00:00Z 21, 2023-02-10T08:00:00Z 81, 2023-03-09T20:00:00Z 51, 2023-04-06T08:00:00Z 21, 2023-05-03T20:00:00Z 81, 2023-05-31T08:00:00Z 51, 2023-06-27T20:00:00Z 21, 2023-07-25T08:00:00Z 81, 2023-08-21T20:00:00Z 51, 2023-09-18T08:00:00Z 21, 2023-10-15T20:00:00Z 81, 2023-11-12T08:00:00Z 51}
5	{2023-01-03T07:00:00Z 40, 2023-01-30T19:00:00Z 10, 2023-02-27T07:00:00Z 70, 2023-03-26T19:00:00Z 40, 2023-04-23T07:00:00Z 10, 2023-05-20T19:00:00Z 70, 2023-06-17T07:00:00Z 40, 2023-07-14T19:00:00Z 10, 2023-08-11T07:00:00Z 70, 2023-09-07T19:00:00Z 40, 2023-10-05T07:00:00Z 10, 2023-11-01T19:00:00Z 70}
56	{2023-01-26T16:00:00Z 37, 2023-02-23T04:00:00Z 7, 2023-03-22T16:00:00Z 67, 2023-04-19T04:00:00Z 37, 2023-05-16T16:00:00Z 7, 2023-06-13T04:00:00Z 67, 2023-07-10T16:00:00Z 37, 2023-08-07T04:00:00Z 7, 2023-09-03T16:00:00Z 67, 2023-10-01T04:00:00Z 37, 2023-10-28T16:00:00Z 7}
54	{2023-01-25T18:00:00Z 23, 2023-02-22T06:00:00Z 83, 2023-03-21T18:00:00Z 53, 2023-04-18T06:00:00Z 23, 2023-05-15T18:00:00Z 83, 2023-06-12T06:00:00Z 53, 2023-07-09T18:00:00Z 23, 2023-08-06T06:00:00Z 83, 2023-09-02T18:00:00Z 53, 2023-09-30T06:00:00Z 23, 2023-10-27T18:00:00Z 83}
29	{2023-01-14T07:00:00Z 28, 2023-02-10T19:00:00Z 88, 2023-03-10T07:00:00Z 58, 2023-04-06T19:00:00Z 28, 2023-05-04T07:00:00Z 88, 2023-05-31T19:00:00Z 58, 2023-06-28T07:00:00Z 28, 2023-07-25T19:00:00Z 88, 2023-08-22T07:00:00Z 58, 2023-09-18T19:00:00Z 28, 2023-10-16T07:00:00Z 88, 2023-11-12T19:00:00Z 58}
4	{2023-01-02T20:00:00Z 33, 2023-01-30T08:00:00Z 93, 2023-02-26T20:00:00Z 63, 2023-03-26T08:00:00Z 33, 2023-04-22T20:00:00Z 93, 2023-05-20T08:00:00Z 63, 2023-06-16T20:00:00Z 33, 2023-07-14T08:00:00Z 93, 2023-08-10T20:00:00Z 63, 2023-09-07T08:00:00Z 33, 2023-10-04T20:00:00Z 93, 2023-11-01T08:00:00Z 63}
34	{2023-01-16T14:00:00Z 63, 2023-02-13T02:00:00Z 33, 2023-03-12T14:00:00Z 93, 2023-04-09T02:00:00Z 63, 2023-05-06T14:00:00Z 33, 2023-06-03T02:00:00Z 93, 2023-06-30T14:00:00Z 63, 2023-07-28T02:00:00Z 33, 2023-08-24T14:00:00Z 93, 2023-09-21T02:00:00Z 63, 2023-10-18T14:00:00Z 33, 2023-11-15T02:00:00Z 93}
0	{2023-01-28T12:00:00Z 65, 2023-02-25T00:00:00Z 35, 2023-03-24T12:00:00Z 5, 2023-04-21T00:00:00Z 65, 2023-05-18T12:00:00Z 35, 2023-06-15T00:00:00Z 5, 2023-07-12T12:00:00Z 65, 2023-08-09T00:00:00Z 35, 2023-09-05T12:00:00Z 5, 2023-10-03T00:00:00Z 65, 2023-10-30T12:00:00Z 35}
10	{2023-01-05T14:00:00Z 75, 2023-02-02T02:00:00Z 45, 2023-03-01T14:00:00Z 15, 2023-03-29T02:00:00Z 75, 2023-04-25T14:00:00Z 45, 2023-05-23T02:00:00Z 15, 2023-06-19T14:00:00Z 75, 2023-07-17T02:00:00Z 45, 2023-08-13T14:00:00Z 15, 2023-09-10T02:00:00Z 75, 2023-10-07T14:00:00Z 45, 2023-11-04T02:00:00Z 15}
35	{2023-01-17T01:00:00Z 70, 2023-02-13T13:00:00Z 40, 2023-03-13T01:00:00Z 10, 2023-04-09T13:00:00Z 70, 2023-05-07T01:00:00Z 40, 2023-06-03T13:00:00Z 10, 2023-07-01T01:00:00Z 70, 2023-07-28T13:00:00Z 40, 2023-08-25T01:00:00Z 10, 2023-09-21T13:00:00Z 70, 2023-10-19T01:00:00Z 40, 2023-11-15T13:00:00Z 10}
45	{2023-01-21T15:00:00Z 50, 2023-02-18T03:00:00Z 20, 2023-03-17T15:00:00Z 80, 2023-04-14T03:00:00Z 50, 2023-05-11T15:00:00Z 20, 2023-06-08T03:00:00Z 80, 2023-07-05T15:00:00Z 50, 2023-08-02T03:00:00Z 20, 2023-08-29T15:00:00Z 80, 2023-09-26T03:00:00Z 50, 2023-10-23T15:00:00Z 20}
6	{2023-01-03T18:00:00Z 47, 2023-01-31T06:00:00Z 17, 2023-02-27T18:00:00Z 77, 2023-03-27T06:00:00Z 47, 2023-04-23T18:00:00Z 17, 2023-05-21T06:00:00Z 77, 2023-06-17T18:00:00Z 47, 2023-07-15T06:00:00Z 17, 2023-08-11T18:00:00Z 77, 2023-09-08T06:00:00Z 47, 2023-10-05T18:00:00Z 17, 2023-11-02T06:00:00Z 77}
39	{2023-01-18T21:00:00Z 8, 2023-02-15T09:00:00Z 68, 2023-03-14T21:00:00Z 38, 2023-04-11T09:00:00Z 8, 2023-05-08T21:00:00Z 68, 2023-06-05T09:00:00Z 38, 2023-07-02T21:00:00Z 8, 2023-07-30T09:00:00Z 68, 2023-08-26T21:00:00Z 38, 2023-09-23T09:00:00Z 8, 2023-10-20T21:00:00Z 68, 2023-11-17T09:00:00Z 38}
36	{2023-01-17T12:00:00Z 77, 2023-02-14T00:00:00Z 47, 2023-03-13T12:00:00Z 17, 2023-04-10T00:00:00Z 77, 2023-05-07T12:00:00Z 47, 2023-06-04T00:00:00Z 17, 2023-07-01T12:00:00Z 77, 2023-07-29T00:00:00Z 47, 2023-08-25T12:00:00Z 17, 2023-09-22T00:00:00Z 77, 2023-10-19T12:00:00Z 47, 2023-11-16T00:00:00Z 17}
31	{2023-01-15T05:00:00Z 42, 2023-02-11T17:00:00Z 12, 2023-03-11T05:00:00Z 72, 2023-04-07T17:00:00Z 42, 2023-05-05T05:00:00Z 12, 2023-06-01T17:00:00Z 72, 2023-06-29T05:00:00Z 42, 2023-07-26T17:00:00Z 12, 2023-08-23T05:00:00Z 72, 2023-09-19T17:00:00Z 42, 2023-10-17T05:00:00Z 12, 2023-11-13T17:00:00Z 72}
50	{2023-01-23T22:00:00Z 85, 2023-02-20T10:00:00Z 55, 2023-03-19T22:00:00Z 25, 2023-04-16T10:00:00Z 85, 2023-05-13T22:00:00Z 55, 2023-06-10T10:00:00Z 25, 2023-07-07T22:00:00Z 85, 2023-08-04T10:00:00Z 55, 2023-08-31T22:00:00Z 25, 2023-09-28T10:00:00Z 85, 2023-10-25T22:00:00Z 55}
14	{2023-01-07T10:00:00Z 13, 2023-02-03T22:00:00Z 73, 2023-03-03T10:00:00Z 43, 2023-03-30T22:00:00Z 13, 2023-04-27T10:00:00Z 73, 2023-05-24T22:00:00Z 43, 2023-06-21T10:00:00Z 13, 2023-07-18T22:00:00Z 73, 2023-08-15T10:00:00Z 43, 2023-09-11T22:00:00Z 13, 2023-10-09T10:00:00Z 73, 2023-11-05T22:00:00Z 43}
13	{2023-01-06T23:00:00Z 6, 2023-02-03T11:00:00Z 66, 2023-03-02T23:00:00Z 36, 2023-03-30T11:00:00Z 6, 2023-04-26T23:00:00Z 66, 2023-05-24T11:00:00Z 36, 2023-06-20T23:00:00Z 6, 2023-07-18T11:00:00Z 66, 2023-08-14T23:00:00Z 36, 2023-09-11T11:00:00Z 6, 2023-10-08T23:00:00Z 66, 2023-11-05T11:00:00Z 36}
2	{2023-01-01T22:00:00Z 19, 2023-01-29T10:00:00Z 79, 2023-02-25T22:00:00Z 49, 2023-03-25T10:00:00Z 19, 2023-04-21T22:00:00Z 79, 2023-05-19T10:00:00Z 49, 2023-06-15T22:00:00Z 19, 2023-07-13T10:00:00Z 79, 2023-08-09T22:00:00Z 49, 2023-09-06T10:00:00Z 19, 2023-10-03T22:00:00Z 79, 2023-10-31T10:00:00Z 49}
16	{2023-01-08T08:00:00Z 27, 2023-02-04T20:00:00Z 87, 2023-03-04T08:00:00Z 57, 2023-03-31T20:00:00Z 27, 2023-04-28T08:00:00Z 87, 2023-05-25T20:00:00Z 57, 2023-06-22T08:00:00Z 27, 2023-07-19T20:00:00Z 87, 2023-08-16T08:00:00Z 57, 2023-09-12T20:00:00Z 27, 2023-10-10T08:00:00Z 87, 2023-11-06T20:00:00Z 57}
41	{2023-01-19T19:00:00Z 22, 2023-02-16T07:00:00Z 82, 2023-03-15T19:00:00Z 52, 2023-04-12T07:00:00Z 22, 2023-05-09T19:00:00Z 82, 2023-06-06T07:00:00Z 52, 2023-07-03T19:00:00Z 22, 2023-07-31T07:00:00Z 82, 2023-08-27T19:00:00Z 52, 2023-09-24T07:00:00Z 22, 2023-10-21T19:00:00Z 82}
46	{2023-01-22T02:00:00Z 57, 2023-02-18T14:00:00Z 27, 2023-03-18T02:00:00Z 87, 2023-04-14T14:00:00Z 57, 2023-05-12T02:00:00Z 27, 2023-06-08T14:00:00Z 87, 2023-07-06T02:00:00Z 57, 2023-08-02T14:00:00Z 27, 2023-08-30T02:00:00Z 87, 2023-09-26T14:00:00Z 57, 2023-10-24T02:00:00Z 27}
53	{2023-01-25T07:00:00Z 16, 2023-02-21T19:00:00Z 76, 2023-03-21T07:00:00Z 46, 2023-04-17T19:00:00Z 16, 2023-05-15T07:00:00Z 76, 2023-06-11T19:00:00Z 46, 2023-07-09T07:00:00Z 16, 2023-08-05T19:00:00Z 76, 2023-09-02T07:00:00Z 46, 2023-09-29T19:00:00Z 16, 2023-10-27T07:00:00Z 76}
32	{2023-01-15T16:00:00Z 49, 2023-02-12T04:00:00Z 19, 2023-03-11T16:00:00Z 79, 2023-04-08T04:00:00Z 49, 2023-05-05T16:00:00Z 19, 2023-06-02T04:00:00Z 79, 2023-06-29T16:00:00Z 49, 2023-07-27T04:00:00Z 19, 2023-08-23T16:00:00Z 79, 2023-09-20T04:00:00Z 49, 2023-10-17T16:00:00Z 19, 2023-11-14T04:00:00Z 79}
7	{2023-01-04T05:00:00Z 54, 2023-01-31T17:00:00Z 24, 2023-02-28T05:00:00Z 84, 2023-03-27T17:00:00Z 54, 2023-04-24T05:00:00Z 24, 2023-05-21T17:00:00Z 84, 2023-06-18T05:00:00Z 54, 2023-07-15T17:00:00Z 24, 2023-08-12T05:00:00Z 84, 2023-09-08T17:00:00Z 54, 2023-10-06T05:00:00Z 24, 2023-11-02T17:00:00Z 84}
38	{2023-01-18T10:00:00Z 91, 2023-02-14T22:00:00Z 61, 2023-03-14T10:00:00Z 31, 2023-04-10T22:00:00Z 91, 2023-05-08T10:00:00Z 61, 2023-06-04T22:00:00Z 31, 2023-07-02T10:00:00Z 91, 2023-07-29T22:00:00Z 61, 2023-08-26T10:00:00Z 31, 2023-09-22T22:00:00Z 91, 2023-10-20T10:00:00Z 61, 2023-11-16T22:00:00Z 31}
12	{2023-01-06T12:00:00Z 89, 2023-02-03T00:00:00Z 59, 2023-03-02T12:00:00Z 29, 2023-03-30T00:00:00Z 89, 2023-04-26T12:00:00Z 59, 2023-05-24T00:00:00Z 29, 2023-06-20T12:00:00Z 89, 2023-07-18T00:00:00Z 59, 2023-08-14T12:00:00Z 29, 2023-09-11T00:00:00Z 89, 2023-10-08T12:00:00Z 59, 2023-11-05T00:00:00Z 29}
24	{2023-01-12T00:00:00Z 83, 2023-02-08T12:00:00Z 53, 2023-03-08T00:00:00Z 23, 2023-04-04T12:00:00Z 83, 2023-05-02T00:00:00Z 53, 2023-05-29T12:00:00Z 23, 2023-06-26T00:00:00Z 83, 2023-07-23T12:00:00Z 53, 2023-08-20T00:00:00Z 23, 2023-09-16T12:00:00Z 83, 2023-10-14T00:00:00Z 53, 2023-11-10T12:00:00Z 23}
25	{2023-01-12T11:00:00Z 90, 2023-02-08T23:00:00Z 60, 2023-03-08T11:00:00Z 30, 2023-04-04T23:00:00Z 90, 2023-05-02T11:00:00Z 60, 2023-05-29T23:00:00Z 30, 2023-06-26T11:00:00Z 90, 2023-07-23T23:00:00Z 60, 2023-08-20T11:00:00Z 30, 2023-09-16T23:00:00Z 90, 2023-10-14T11:00:00Z 60, 2023-11-10T23:00:00Z 30}
49	{2023-01-23T11:00:00Z 78, 2023-02-19T23:00:00Z 48, 2023-03-19T11:00:00Z 18, 2023-04-15T23:00:00Z 78, 2023-05-13T11:00:00Z 48, 2023-06-09T23:00:00Z 18, 2023-07-07T11:00:00Z 78, 2023-08-03T23:00:00Z 48, 2023-08-31T11:00:00Z 18, 2023-09-27T23:00:00Z 78, 2023-10-25T11:00:00Z 48}
47	{2023-01-22T13:00:00Z 64, 2023-02-19T01:00:00Z 34, 2023-03-18T13:00:00Z 94, 2023-04-15T01:00:00Z 64, 2023-05-12T13:00:00Z 34, 2023-06-09T01:00:00Z 94, 2023-07-06T13:00:00Z 64, 2023-08-03T01:00:00Z 34, 2023-08-30T13:00:00Z 94, 2023-09-27T01:00:00Z 64, 2023-10-24T13:00:00Z 34}
20	{2023-01-10T04:00:00Z 55, 2023-02-06T16:00:00Z 25, 2023-03-06T04:00:00Z 85, 2023-04-02T16:00:00Z 55, 2023-04-30T04:00:00Z 25, 2023-05-27T16:00:00Z 85, 2023-06-24T04:00:00Z 55, 2023-07-21T16:00:00Z 25, 2023-08-18T04:00:00Z 85, 2023-09-14T16:00:00Z 55, 2023-10-12T04:00:00Z 25, 2023-11-08T16:00:00Z 85}
33	{2023-01-16T03:00:00Z 56, 2023-02-12T15:00:00Z 26, 2023-03-12T03:00:00Z 86, 2023-04-08T15:00:00Z 56, 2023-05-06T03:00:00Z 26, 2023-06-02T15:00:00Z 86, 2023-06-30T03:00:00Z 56, 2023-07-27T15:00:00Z 26, 2023-08-24T03:00:00Z 86, 2023-09-20T15:00:00Z 56, 2023-10-18T03:00:00Z 26, 2023-11-14T15:00:00Z 86}
1	{2023-01-01T11:00:00Z 12, 2023-01-28T23:00:00Z 72, 2023-02-25T11:00:00Z 42, 2023-03-24T23:00:00Z 12, 2023-04-21T11:00:00Z 72, 2023-05-18T23:00:00Z 42, 2023-06-15T11:00:00Z 12, 2023-07-12T23:00:00Z 72, 2023-08-09T11:00:00Z 42, 2023-09-05T23:00:00Z 12, 2023-10-03T11:00:00Z 72, 2023-10-30T23:00:00Z 42}
18	{2023-01-09T06:00:00Z 41, 2023-02-05T18:00:00Z 11, 2023-03-05T06:00:00Z 71, 2023-04-01T18:00:00Z 41, 2023-04-29T06:00:00Z 11, 2023-05-26T18:00:00Z 71, 2023-06-23T06:00:00Z 41, 2023-07-20T18:00:00Z 11, 2023-08-17T06:00:00Z 71, 2023-09-13T18:00:00Z 41, 2023-10-11T06:00:00Z 11, 2023-11-07T18:00:00Z 71}
55	{2023-01-26T05:00:00Z 30, 2023-02-22T17:00:00Z 90, 2023-03-22T05:00:00Z 60, 2023-04-18T17:00:00Z 30, 2023-05-16T05:00:00Z 90, 2023-06-12T17:00:00Z 60, 2023-07-10T05:00:00Z 30, 2023-08-06T17:00:00Z 90, 2023-09-03T05:00:00Z 60, 2023-09-30T17:00:00Z 30, 2023-10-28T05:00:00Z 90}
27	{2023-01-13T09:00:00Z 14, 2023-02-09T21:00:00Z 74, 2023-03-09T09:00:00Z 44, 2023-04-05T21:00:00Z 14, 2023-05-03T09:00:00Z 74, 2023-05-30T21:00:00Z 44, 2023-06-27T09:00:00Z 14, 2023-07-24T21:00:00Z 74, 2023-08-21T09:00:00Z 44, 2023-09-17T21:00:00Z 14, 2023-10-15T09:00:00Z 74, 2023-11-11T21:00:00Z 44}
23	{2023-01-11T13:00:00Z 76, 2023-02-08T01:00:00Z 46, 2023-03-07T13:00:00Z 16, 2023-04-04T01:00:00Z 76, 2023-05-01T13:00:00Z 46, 2023-05-29T01:00:00Z 16, 2023-06-25T13:00:00Z 76, 2023-07-23T01:00:00Z 46, 2023-08-19T13:00:00Z 16, 2023-09-16T01:00:00Z 76, 2023-10-13T13:00:00Z 46, 2023-11-10T01:00:00Z 16}
58	{2023-01-27T14:00:00Z 51, 2023-02-24T02:00:00Z 21, 2023-03-23T14:00:00Z 81, 2023-04-20T02:00:00Z 51, 2023-05-17T14:00:00Z 21, 2023-06-14T02:00:00Z 81, 2023-07-11T14:00:00Z 51, 2023-08-08T02:00:00Z 21, 2023-09-04T14:00:00Z 81, 2023-10-02T02:00:00Z 51, 2023-10-29T14:00:00Z 21}
8	{2023-01-04T16:00:00Z 61, 2023-02-01T04:00:00Z 31, 2023-02-28T16:00:00Z 91, 2023-03-28T04:00:00Z 61, 2023-04-24T16:00:00Z 31, 2023-05-22T04:00:00Z 91, 2023-06-18T16:00:00Z 61, 2023-07-16T04:00:00Z 31, 2023-08-12T16:00:00Z 91, 2023-09-09T04:00:00Z 61, 2023-10-06T16:00:00Z 31, 2023-11-03T04:00:00Z 91}
\.


--
-- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.orders (id, customer, at, amount, status, channel) FROM stdin;
1	1	2023-01-01 11:00:00+00	12	paid	shop
2	2	2023-01-01 22:00:00+00	19	paid	phone
3	3	2023-01-02 09:00:00+00	26	paid	web
4	4	2023-01-02 20:00:00+00	33	paid	shop
5	5	2023-01-03 07:00:00+00	40	paid	phone
6	6	2023-01-03 18:00:00+00	47	paid	web
7	7	2023-01-04 05:00:00+00	54	paid	shop
8	8	2023-01-04 16:00:00+00	61	paid	phone
9	9	2023-01-05 03:00:00+00	68	test	web
10	10	2023-01-05 14:00:00+00	75	paid	shop
11	11	2023-01-06 01:00:00+00	82	paid	phone
12	12	2023-01-06 12:00:00+00	89	paid	web
13	13	2023-01-06 23:00:00+00	6	paid	shop
14	14	2023-01-07 10:00:00+00	13	paid	phone
15	15	2023-01-07 21:00:00+00	20	paid	web
16	16	2023-01-08 08:00:00+00	27	paid	shop
17	17	2023-01-08 19:00:00+00	34	paid	phone
18	18	2023-01-09 06:00:00+00	41	test	web
19	19	2023-01-09 17:00:00+00	48	paid	shop
20	20	2023-01-10 04:00:00+00	55	paid	phone
21	21	2023-01-10 15:00:00+00	62	paid	web
22	22	2023-01-11 02:00:00+00	69	paid	shop
23	23	2023-01-11 13:00:00+00	76	paid	phone
24	24	2023-01-12 00:00:00+00	83	paid	web
25	25	2023-01-12 11:00:00+00	90	paid	shop
26	26	2023-01-12 22:00:00+00	7	paid	phone
27	27	2023-01-13 09:00:00+00	14	test	web
28	28	2023-01-13 20:00:00+00	21	paid	shop
29	29	2023-01-14 07:00:00+00	28	paid	phone
30	30	2023-01-14 18:00:00+00	35	paid	web
31	31	2023-01-15 05:00:00+00	42	paid	shop
32	32	2023-01-15 16:00:00+00	49	paid	phone
33	33	2023-01-16 03:00:00+00	56	paid	web
34	34	2023-01-16 14:00:00+00	63	paid	shop
35	35	2023-01-17 01:00:00+00	70	paid	phone
36	36	2023-01-17 12:00:00+00	77	test	web
37	37	2023-01-17 23:00:00+00	84	paid	shop
38	38	2023-01-18 10:00:00+00	91	paid	phone
39	39	2023-01-18 21:00:00+00	8	paid	web
40	40	2023-01-19 08:00:00+00	15	paid	shop
41	41	2023-01-19 19:00:00+00	22	paid	phone
42	42	2023-01-20 06:00:00+00	29	paid	web
43	43	2023-01-20 17:00:00+00	36	paid	shop
44	44	2023-01-21 04:00:00+00	43	paid	phone
45	45	2023-01-21 15:00:00+00	50	test	web
46	46	2023-01-22 02:00:00+00	57	paid	shop
47	47	2023-01-22 13:00:00+00	64	paid	phone
48	48	2023-01-23 00:00:00+00	71	paid	web
49	49	2023-01-23 11:00:00+00	78	paid	shop
50	50	2023-01-23 22:00:00+00	85	paid	phone
51	51	2023-01-24 09:00:00+00	92	paid	web
52	52	2023-01-24 20:00:00+00	9	paid	shop
53	53	2023-01-25 07:00:00+00	16	paid	phone
54	54	2023-01-25 18:00:00+00	23	test	web
55	55	2023-01-26 05:00:00+00	30	paid	shop
56	56	2023-01-26 16:00:00+00	37	paid	phone
57	57	2023-01-27 03:00:00+00	44	paid	web
58	58	2023-01-27 14:00:00+00	51	paid	shop
59	59	2023-01-28 01:00:00+00	58	paid	phone
60	0	2023-01-28 12:00:00+00	65	paid	web
61	1	2023-01-28 23:00:00+00	72	paid	shop
62	2	2023-01-29 10:00:00+00	79	paid	phone
63	3	2023-01-29 21:00:00+00	86	test	web
64	4	2023-01-30 08:00:00+00	93	paid	shop
65	5	2023-01-30 19:00:00+00	10	paid	phone
66	6	2023-01-31 06:00:00+00	17	paid	web
67	7	2023-01-31 17:00:00+00	24	paid	shop
68	8	2023-02-01 04:00:00+00	31	paid	phone
69	9	2023-02-01 15:00:00+00	38	paid	web
70	10	2023-02-02 02:00:00+00	45	paid	shop
71	11	2023-02-02 13:00:00+00	52	paid	phone
72	12	2023-02-03 00:00:00+00	59	test	web
73	13	2023-02-03 11:00:00+00	66	paid	shop
74	14	2023-02-03 22:00:00+00	73	paid	phone
75	15	2023-02-04 09:00:00+00	80	paid	web
76	16	2023-02-04 20:00:00+00	87	paid	shop
77	17	2023-02-05 07:00:00+00	94	paid	phone
78	18	2023-02-05 18:00:00+00	11	paid	web
79	19	2023-02-06 05:00:00+00	18	paid	shop
80	20	2023-02-06 16:00:00+00	25	paid	phone
81	21	2023-02-07 03:00:00+00	32	test	web
82	22	2023-02-07 14:00:00+00	39	paid	shop
83	23	2023-02-08 01:00:00+00	46	paid	phone
84	24	2023-02-08 12:00:00+00	53	paid	web
85	25	2023-02-08 23:00:00+00	60	paid	shop
86	26	2023-02-09 10:00:00+00	67	paid	phone
87	27	2023-02-09 21:00:00+00	74	paid	web
88	28	2023-02-10 08:00:00+00	81	paid	shop
89	29	2023-02-10 19:00:00+00	88	paid	phone
90	30	2023-02-11 06:00:00+00	5	test	web
91	31	2023-02-11 17:00:00+00	12	paid	shop
92	32	2023-02-12 04:00:00+00	19	paid	phone
93	33	2023-02-12 15:00:00+00	26	paid	web
94	34	2023-02-13 02:00:00+00	33	paid	shop
95	35	2023-02-13 13:00:00+00	40	paid	phone
96	36	2023-02-14 00:00:00+00	47	paid	web
97	37	2023-02-14 11:00:00+00	54	paid	shop
98	38	2023-02-14 22:00:00+00	61	paid	phone
99	39	2023-02-15 09:00:00+00	68	test	web
100	40	2023-02-15 20:00:00+00	75	paid	shop
101	41	2023-02-16 07:00:00+00	82	paid	phone
102	42	2023-02-16 18:00:00+00	89	paid	web
103	43	2023-02-17 05:00:00+00	6	paid	shop
104	44	2023-02-17 16:00:00+00	13	paid	phone
105	45	2023-02-18 03:00:00+00	20	paid	web
106	46	2023-02-18 14:00:00+00	27	paid	shop
107	47	2023-02-19 01:00:00+00	34	paid	phone
108	48	2023-02-19 12:00:00+00	41	test	web
109	49	2023-02-19 23:00:00+00	48	paid	shop
110	50	2023-02-20 10:00:00+00	55	paid	phone
111	51	2023-02-20 21:00:00+00	62	paid	web
112	52	2023-02-21 08:00:00+00	69	paid	shop
113	53	2023-02-21 19:00:00+00	76	paid	phone
114	54	2023-02-22 06:00:00+00	83	paid	web
115	55	2023-02-22 17:00:00+00	90	paid	shop
116	56	2023-02-23 04:00:00+00	7	paid	phone
117	57	2023-02-23 15:00:00+00	14	test	web
118	58	2023-02-24 02:00:00+00	21	paid	shop
119	59	2023-02-24 13:00:00+00	28	paid	phone
120	0	2023-02-25 00:00:00+00	35	paid	web
121	1	2023-02-25 11:00:00+00	42	paid	shop
122	2	2023-02-25 22:00:00+00	49	paid	phone
123	3	2023-02-26 09:00:00+00	56	paid	web
124	4	2023-02-26 20:00:00+00	63	paid	shop
125	5	2023-02-27 07:00:00+00	70	paid	phone
126	6	2023-02-27 18:00:00+00	77	test	web
127	7	2023-02-28 05:00:00+00	84	paid	shop
128	8	2023-02-28 16:00:00+00	91	paid	phone
129	9	2023-03-01 03:00:00+00	8	paid	web
130	10	2023-03-01 14:00:00+00	15	paid	shop
131	11	2023-03-02 01:00:00+00	22	paid	phone
132	12	2023-03-02 12:00:00+00	29	paid	web
133	13	2023-03-02 23:00:00+00	36	paid	shop
134	14	2023-03-03 10:00:00+00	43	paid	phone
135	15	2023-03-03 21:00:00+00	50	test	web
136	16	2023-03-04 08:00:00+00	57	paid	shop
137	17	2023-03-04 19:00:00+00	64	paid	phone
138	18	2023-03-05 06:00:00+00	71	paid	web
139	19	2023-03-05 17:00:00+00	78	paid	shop
140	20	2023-03-06 04:00:00+00	85	paid	phone
141	21	2023-03-06 15:00:00+00	92	paid	web
142	22	2023-03-07 02:00:00+00	9	paid	shop
143	23	2023-03-07 13:00:00+00	16	paid	phone
144	24	2023-03-08 00:00:00+00	23	test	web
145	25	2023-03-08 11:00:00+00	30	paid	shop
146	26	2023-03-08 22:00:00+00	37	paid	phone
147	27	2023-03-09 09:00:00+00	44	paid	web
148	28	2023-03-09 20:00:00+00	51	paid	shop
149	29	2023-03-10 07:00:00+00	58	paid	phone
150	30	2023-03-10 18:00:00+00	65	paid	web
151	31	2023-03-11 05:00:00+00	72	paid	shop
152	32	2023-03-11 16:00:00+00	79	paid	phone
153	33	2023-03-12 03:00:00+00	86	test	web
154	34	2023-03-12 14:00:00+00	93	paid	shop
155	35	2023-03-13 01:00:00+00	10	paid	phone
156	36	2023-03-13 12:00:00+00	17	paid	web
157	37	2023-03-13 23:00:00+00	24	paid	shop
158	38	2023-03-14 10:00:00+00	31	paid	phone
159	39	2023-03-14 21:00:00+00	38	paid	web
160	40	2023-03-15 08:00:00+00	45	paid	shop
161	41	2023-03-15 19:00:00+00	52	paid	phone
162	42	2023-03-16 06:00:00+00	59	test	web
163	43	2023-03-16 17:00:00+00	66	paid	shop
164	44	2023-03-17 04:00:00+00	73	paid	phone
165	45	2023-03-17 15:00:00+00	80	paid	web
166	46	2023-03-18 02:00:00+00	87	paid	shop
167	47	2023-03-18 13:00:00+00	94	paid	phone
168	48	2023-03-19 00:00:00+00	11	paid	web
169	49	2023-03-19 11:00:00+00	18	paid	shop
170	50	2023-03-19 22:00:00+00	25	paid	phone
171	51	2023-03-20 09:00:00+00	32	test	web
172	52	2023-03-20 20:00:00+00	39	paid	shop
173	53	2023-03-21 07:00:00+00	46	paid	phone
174	54	2023-03-21 18:00:00+00	53	paid	web
175	55	2023-03-22 05:00:00+00	60	paid	shop
176	56	2023-03-22 16:00:00+00	67	paid	phone
177	57	2023-03-23 03:00:00+00	74	paid	web
178	58	2023-03-23 14:00:00+00	81	paid	shop
179	59	2023-03-24 01:00:00+00	88	paid	phone
180	0	2023-03-24 12:00:00+00	5	test	web
181	1	2023-03-24 23:00:00+00	12	paid	shop
182	2	2023-03-25 10:00:00+00	19	paid	phone
183	3	2023-03-25 21:00:00+00	26	paid	web
184	4	2023-03-26 08:00:00+00	33	paid	shop
185	5	2023-03-26 19:00:00+00	40	paid	phone
186	6	2023-03-27 06:00:00+00	47	paid	web
187	7	2023-03-27 17:00:00+00	54	paid	shop
188	8	2023-03-28 04:00:00+00	61	paid	phone
189	9	2023-03-28 15:00:00+00	68	test	web
190	10	2023-03-29 02:00:00+00	75	paid	shop
191	11	2023-03-29 13:00:00+00	82	paid	phone
192	12	2023-03-30 00:00:00+00	89	paid	web
193	13	2023-03-30 11:00:00+00	6	paid	shop
194	14	2023-03-30 22:00:00+00	13	paid	phone
195	15	2023-03-31 09:00:00+00	20	paid	web
196	16	2023-03-31 20:00:00+00	27	paid	shop
197	17	2023-04-01 07:00:00+00	34	paid	phone
198	18	2023-04-01 18:00:00+00	41	test	web
199	19	2023-04-02 05:00:00+00	48	paid	shop
200	20	2023-04-02 16:00:00+00	55	paid	phone
201	21	2023-04-03 03:00:00+00	62	paid	web
202	22	2023-04-03 14:00:00+00	69	paid	shop
203	23	2023-04-04 01:00:00+00	76	paid	phone
204	24	2023-04-04 12:00:00+00	83	paid	web
205	25	2023-04-04 23:00:00+00	90	paid	shop
206	26	2023-04-05 10:00:00+00	7	paid	phone
207	27	2023-04-05 21:00:00+00	14	test	web
208	28	2023-04-06 08:00:00+00	21	paid	shop
209	29	2023-04-06 19:00:00+00	28	paid	phone
210	30	2023-04-07 06:00:00+00	35	paid	web
211	31	2023-04-07 17:00:00+00	42	paid	shop
212	32	2023-04-08 04:00:00+00	49	paid	phone
213	33	2023-04-08 15:00:00+00	56	paid	web
214	34	2023-04-09 02:00:00+00	63	paid	shop
215	35	2023-04-09 13:00:00+00	70	paid	phone
216	36	2023-04-10 00:00:00+00	77	test	web
217	37	2023-04-10 11:00:00+00	84	paid	shop
218	38	2023-04-10 22:00:00+00	91	paid	phone
219	39	2023-04-11 09:00:00+00	8	paid	web
220	40	2023-04-11 20:00:00+00	15	paid	shop
221	41	2023-04-12 07:00:00+00	22	paid	phone
222	42	2023-04-12 18:00:00+00	29	paid	web
223	43	2023-04-13 05:00:00+00	36	paid	shop
224	44	2023-04-13 16:00:00+00	43	paid	phone
225	45	2023-04-14 03:00:00+00	50	test	web
226	46	2023-04-14 14:00:00+00	57	paid	shop
227	47	2023-04-15 01:00:00+00	64	paid	phone
228	48	2023-04-15 12:00:00+00	71	paid	web
229	49	2023-04-15 23:00:00+00	78	paid	shop
230	50	2023-04-16 10:00:00+00	85	paid	phone
231	51	2023-04-16 21:00:00+00	92	paid	web
232	52	2023-04-17 08:00:00+00	9	paid	shop
233	53	2023-04-17 19:00:00+00	16	paid	phone
234	54	2023-04-18 06:00:00+00	23	test	web
235	55	2023-04-18 17:00:00+00	30	paid	shop
236	56	2023-04-19 04:00:00+00	37	paid	phone
237	57	2023-04-19 15:00:00+00	44	paid	web
238	58	2023-04-20 02:00:00+00	51	paid	shop
239	59	2023-04-20 13:00:00+00	58	paid	phone
240	0	2023-04-21 00:00:00+00	65	paid	web
241	1	2023-04-21 11:00:00+00	72	paid	shop
242	2	2023-04-21 22:00:00+00	79	paid	phone
243	3	2023-04-22 09:00:00+00	86	test	web
244	4	2023-04-22 20:00:00+00	93	paid	shop
245	5	2023-04-23 07:00:00+00	10	paid	phone
246	6	2023-04-23 18:00:00+00	17	paid	web
247	7	2023-04-24 05:00:00+00	24	paid	shop
248	8	2023-04-24 16:00:00+00	31	paid	phone
249	9	2023-04-25 03:00:00+00	38	paid	web
250	10	2023-04-25 14:00:00+00	45	paid	shop
251	11	2023-04-26 01:00:00+00	52	paid	phone
252	12	2023-04-26 12:00:00+00	59	test	web
253	13	2023-04-26 23:00:00+00	66	paid	shop
254	14	2023-04-27 10:00:00+00	73	paid	phone
255	15	2023-04-27 21:00:00+00	80	paid	web
256	16	2023-04-28 08:00:00+00	87	paid	shop
257	17	2023-04-28 19:00:00+00	94	paid	phone
258	18	2023-04-29 06:00:00+00	11	paid	web
259	19	2023-04-29 17:00:00+00	18	paid	shop
260	20	2023-04-30 04:00:00+00	25	paid	phone
261	21	2023-04-30 15:00:00+00	32	test	web
262	22	2023-05-01 02:00:00+00	39	paid	shop
263	23	2023-05-01 13:00:00+00	46	paid	phone
264	24	2023-05-02 00:00:00+00	53	paid	web
265	25	2023-05-02 11:00:00+00	60	paid	shop
266	26	2023-05-02 22:00:00+00	67	paid	phone
267	27	2023-05-03 09:00:00+00	74	paid	web
268	28	2023-05-03 20:00:00+00	81	paid	shop
269	29	2023-05-04 07:00:00+00	88	paid	phone
270	30	2023-05-04 18:00:00+00	5	test	web
271	31	2023-05-05 05:00:00+00	12	paid	shop
272	32	2023-05-05 16:00:00+00	19	paid	phone
273	33	2023-05-06 03:00:00+00	26	paid	web
274	34	2023-05-06 14:00:00+00	33	paid	shop
275	35	2023-05-07 01:00:00+00	40	paid	phone
276	36	2023-05-07 12:00:00+00	47	paid	web
277	37	2023-05-07 23:00:00+00	54	paid	shop
278	38	2023-05-08 10:00:00+00	61	paid	phone
279	39	2023-05-08 21:00:00+00	68	test	web
280	40	2023-05-09 08:00:00+00	75	paid	shop
281	41	2023-05-09 19:00:00+00	82	paid	phone
282	42	2023-05-10 06:00:00+00	89	paid	web
283	43	2023-05-10 17:00:00+00	6	paid	shop
284	44	2023-05-11 04:00:00+00	13	paid	phone
285	45	2023-05-11 15:00:00+00	20	paid	web
286	46	2023-05-12 02:00:00+00	27	paid	shop
287	47	2023-05-12 13:00:00+00	34	paid	phone
288	48	2023-05-13 00:00:00+00	41	test	web
289	49	2023-05-13 11:00:00+00	48	paid	shop
290	50	2023-05-13 22:00:00+00	55	paid	phone
291	51	2023-05-14 09:00:00+00	62	paid	web
292	52	2023-05-14 20:00:00+00	69	paid	shop
293	53	2023-05-15 07:00:00+00	76	paid	phone
294	54	2023-05-15 18:00:00+00	83	paid	web
295	55	2023-05-16 05:00:00+00	90	paid	shop
296	56	2023-05-16 16:00:00+00	7	paid	phone
297	57	2023-05-17 03:00:00+00	14	test	web
298	58	2023-05-17 14:00:00+00	21	paid	shop
299	59	2023-05-18 01:00:00+00	28	paid	phone
300	0	2023-05-18 12:00:00+00	35	paid	web
301	1	2023-05-18 23:00:00+00	42	paid	shop
302	2	2023-05-19 10:00:00+00	49	paid	phone
303	3	2023-05-19 21:00:00+00	56	paid	web
304	4	2023-05-20 08:00:00+00	63	paid	shop
305	5	2023-05-20 19:00:00+00	70	paid	phone
306	6	2023-05-21 06:00:00+00	77	test	web
307	7	2023-05-21 17:00:00+00	84	paid	shop
308	8	2023-05-22 04:00:00+00	91	paid	phone
309	9	2023-05-22 15:00:00+00	8	paid	web
310	10	2023-05-23 02:00:00+00	15	paid	shop
311	11	2023-05-23 13:00:00+00	22	paid	phone
312	12	2023-05-24 00:00:00+00	29	paid	web
313	13	2023-05-24 11:00:00+00	36	paid	shop
314	14	2023-05-24 22:00:00+00	43	paid	phone
315	15	2023-05-25 09:00:00+00	50	test	web
316	16	2023-05-25 20:00:00+00	57	paid	shop
317	17	2023-05-26 07:00:00+00	64	paid	phone
318	18	2023-05-26 18:00:00+00	71	paid	web
319	19	2023-05-27 05:00:00+00	78	paid	shop
320	20	2023-05-27 16:00:00+00	85	paid	phone
321	21	2023-05-28 03:00:00+00	92	paid	web
322	22	2023-05-28 14:00:00+00	9	paid	shop
323	23	2023-05-29 01:00:00+00	16	paid	phone
324	24	2023-05-29 12:00:00+00	23	test	web
325	25	2023-05-29 23:00:00+00	30	paid	shop
326	26	2023-05-30 10:00:00+00	37	paid	phone
327	27	2023-05-30 21:00:00+00	44	paid	web
328	28	2023-05-31 08:00:00+00	51	paid	shop
329	29	2023-05-31 19:00:00+00	58	paid	phone
330	30	2023-06-01 06:00:00+00	65	paid	web
331	31	2023-06-01 17:00:00+00	72	paid	shop
332	32	2023-06-02 04:00:00+00	79	paid	phone
333	33	2023-06-02 15:00:00+00	86	test	web
334	34	2023-06-03 02:00:00+00	93	paid	shop
335	35	2023-06-03 13:00:00+00	10	paid	phone
336	36	2023-06-04 00:00:00+00	17	paid	web
337	37	2023-06-04 11:00:00+00	24	paid	shop
338	38	2023-06-04 22:00:00+00	31	paid	phone
339	39	2023-06-05 09:00:00+00	38	paid	web
340	40	2023-06-05 20:00:00+00	45	paid	shop
341	41	2023-06-06 07:00:00+00	52	paid	phone
342	42	2023-06-06 18:00:00+00	59	test	web
343	43	2023-06-07 05:00:00+00	66	paid	shop
344	44	2023-06-07 16:00:00+00	73	paid	phone
345	45	2023-06-08 03:00:00+00	80	paid	web
346	46	2023-06-08 14:00:00+00	87	paid	shop
347	47	2023-06-09 01:00:00+00	94	paid	phone
348	48	2023-06-09 12:00:00+00	11	paid	web
349	49	2023-06-09 23:00:00+00	18	paid	shop
350	50	2023-06-10 10:00:00+00	25	paid	phone
351	51	2023-06-10 21:00:00+00	32	test	web
352	52	2023-06-11 08:00:00+00	39	paid	shop
353	53	2023-06-11 19:00:00+00	46	paid	phone
354	54	2023-06-12 06:00:00+00	53	paid	web
355	55	2023-06-12 17:00:00+00	60	paid	shop
356	56	2023-06-13 04:00:00+00	67	paid	phone
357	57	2023-06-13 15:00:00+00	74	paid	web
358	58	2023-06-14 02:00:00+00	81	paid	shop
359	59	2023-06-14 13:00:00+00	88	paid	phone
360	0	2023-06-15 00:00:00+00	5	test	web
361	1	2023-06-15 11:00:00+00	12	paid	shop
362	2	2023-06-15 22:00:00+00	19	paid	phone
363	3	2023-06-16 09:00:00+00	26	paid	web
364	4	2023-06-16 20:00:00+00	33	paid	shop
365	5	2023-06-17 07:00:00+00	40	paid	phone
366	6	2023-06-17 18:00:00+00	47	paid	web
367	7	2023-06-18 05:00:00+00	54	paid	shop
368	8	2023-06-18 16:00:00+00	61	paid	phone
369	9	2023-06-19 03:00:00+00	68	test	web
370	10	2023-06-19 14:00:00+00	75	paid	shop
371	11	2023-06-20 01:00:00+00	82	paid	phone
372	12	2023-06-20 12:00:00+00	89	paid	web
373	13	2023-06-20 23:00:00+00	6	paid	shop
374	14	2023-06-21 10:00:00+00	13	paid	phone
375	15	2023-06-21 21:00:00+00	20	paid	web
376	16	2023-06-22 08:00:00+00	27	paid	shop
377	17	2023-06-22 19:00:00+00	34	paid	phone
378	18	2023-06-23 06:00:00+00	41	test	web
379	19	2023-06-23 17:00:00+00	48	paid	shop
380	20	2023-06-24 04:00:00+00	55	paid	phone
381	21	2023-06-24 15:00:00+00	62	paid	web
382	22	2023-06-25 02:00:00+00	69	paid	shop
383	23	2023-06-25 13:00:00+00	76	paid	phone
384	24	2023-06-26 00:00:00+00	83	paid	web
385	25	2023-06-26 11:00:00+00	90	paid	shop
386	26	2023-06-26 22:00:00+00	7	paid	phone
387	27	2023-06-27 09:00:00+00	14	test	web
388	28	2023-06-27 20:00:00+00	21	paid	shop
389	29	2023-06-28 07:00:00+00	28	paid	phone
390	30	2023-06-28 18:00:00+00	35	paid	web
391	31	2023-06-29 05:00:00+00	42	paid	shop
392	32	2023-06-29 16:00:00+00	49	paid	phone
393	33	2023-06-30 03:00:00+00	56	paid	web
394	34	2023-06-30 14:00:00+00	63	paid	shop
395	35	2023-07-01 01:00:00+00	70	paid	phone
396	36	2023-07-01 12:00:00+00	77	test	web
397	37	2023-07-01 23:00:00+00	84	paid	shop
398	38	2023-07-02 10:00:00+00	91	paid	phone
399	39	2023-07-02 21:00:00+00	8	paid	web
400	40	2023-07-03 08:00:00+00	15	paid	shop
401	41	2023-07-03 19:00:00+00	22	paid	phone
402	42	2023-07-04 06:00:00+00	29	paid	web
403	43	2023-07-04 17:00:00+00	36	paid	shop
404	44	2023-07-05 04:00:00+00	43	paid	phone
405	45	2023-07-05 15:00:00+00	50	test	web
406	46	2023-07-06 02:00:00+00	57	paid	shop
407	47	2023-07-06 13:00:00+00	64	paid	phone
408	48	2023-07-07 00:00:00+00	71	paid	web
409	49	2023-07-07 11:00:00+00	78	paid	shop
410	50	2023-07-07 22:00:00+00	85	paid	phone
411	51	2023-07-08 09:00:00+00	92	paid	web
412	52	2023-07-08 20:00:00+00	9	paid	shop
413	53	2023-07-09 07:00:00+00	16	paid	phone
414	54	2023-07-09 18:00:00+00	23	test	web
415	55	2023-07-10 05:00:00+00	30	paid	shop
416	56	2023-07-10 16:00:00+00	37	paid	phone
417	57	2023-07-11 03:00:00+00	44	paid	web
418	58	2023-07-11 14:00:00+00	51	paid	shop
419	59	2023-07-12 01:00:00+00	58	paid	phone
420	0	2023-07-12 12:00:00+00	65	paid	web
421	1	2023-07-12 23:00:00+00	72	paid	shop
422	2	2023-07-13 10:00:00+00	79	paid	phone
423	3	2023-07-13 21:00:00+00	86	test	web
424	4	2023-07-14 08:00:00+00	93	paid	shop
425	5	2023-07-14 19:00:00+00	10	paid	phone
426	6	2023-07-15 06:00:00+00	17	paid	web
427	7	2023-07-15 17:00:00+00	24	paid	shop
428	8	2023-07-16 04:00:00+00	31	paid	phone
429	9	2023-07-16 15:00:00+00	38	paid	web
430	10	2023-07-17 02:00:00+00	45	paid	shop
431	11	2023-07-17 13:00:00+00	52	paid	phone
432	12	2023-07-18 00:00:00+00	59	test	web
433	13	2023-07-18 11:00:00+00	66	paid	shop
434	14	2023-07-18 22:00:00+00	73	paid	phone
435	15	2023-07-19 09:00:00+00	80	paid	web
436	16	2023-07-19 20:00:00+00	87	paid	shop
437	17	2023-07-20 07:00:00+00	94	paid	phone
438	18	2023-07-20 18:00:00+00	11	paid	web
439	19	2023-07-21 05:00:00+00	18	paid	shop
440	20	2023-07-21 16:00:00+00	25	paid	phone
441	21	2023-07-22 03:00:00+00	32	test	web
442	22	2023-07-22 14:00:00+00	39	paid	shop
443	23	2023-07-23 01:00:00+00	46	paid	phone
444	24	2023-07-23 12:00:00+00	53	paid	web
445	25	2023-07-23 23:00:00+00	60	paid	shop
446	26	2023-07-24 10:00:00+00	67	paid	phone
447	27	2023-07-24 21:00:00+00	74	paid	web
448	28	2023-07-25 08:00:00+00	81	paid	shop
449	29	2023-07-25 19:00:00+00	88	paid	phone
450	30	2023-07-26 06:00:00+00	5	test	web
451	31	2023-07-26 17:00:00+00	12	paid	shop
452	32	2023-07-27 04:00:00+00	19	paid	phone
453	33	2023-07-27 15:00:00+00	26	paid	web
454	34	2023-07-28 02:00:00+00	33	paid	shop
455	35	2023-07-28 13:00:00+00	40	paid	phone
456	36	2023-07-29 00:00:00+00	47	paid	web
457	37	2023-07-29 11:00:00+00	54	paid	shop
458	38	2023-07-29 22:00:00+00	61	paid	phone
459	39	2023-07-30 09:00:00+00	68	test	web
460	40	2023-07-30 20:00:00+00	75	paid	shop
461	41	2023-07-31 07:00:00+00	82	paid	phone
462	42	2023-07-31 18:00:00+00	89	paid	web
463	43	2023-08-01 05:00:00+00	6	paid	shop
464	44	2023-08-01 16:00:00+00	13	paid	phone
465	45	2023-08-02 03:00:00+00	20	paid	web
466	46	2023-08-02 14:00:00+00	27	paid	shop
467	47	2023-08-03 01:00:00+00	34	paid	phone
468	48	2023-08-03 12:00:00+00	41	test	web
469	49	2023-08-03 23:00:00+00	48	paid	shop
470	50	2023-08-04 10:00:00+00	55	paid	phone
471	51	2023-08-04 21:00:00+00	62	paid	web
472	52	2023-08-05 08:00:00+00	69	paid	shop
473	53	2023-08-05 19:00:00+00	76	paid	phone
474	54	2023-08-06 06:00:00+00	83	paid	web
475	55	2023-08-06 17:00:00+00	90	paid	shop
476	56	2023-08-07 04:00:00+00	7	paid	phone
477	57	2023-08-07 15:00:00+00	14	test	web
478	58	2023-08-08 02:00:00+00	21	paid	shop
479	59	2023-08-08 13:00:00+00	28	paid	phone
480	0	2023-08-09 00:00:00+00	35	paid	web
481	1	2023-08-09 11:00:00+00	42	paid	shop
482	2	2023-08-09 22:00:00+00	49	paid	phone
483	3	2023-08-10 09:00:00+00	56	paid	web
484	4	2023-08-10 20:00:00+00	63	paid	shop
485	5	2023-08-11 07:00:00+00	70	paid	phone
486	6	2023-08-11 18:00:00+00	77	test	web
487	7	2023-08-12 05:00:00+00	84	paid	shop
488	8	2023-08-12 16:00:00+00	91	paid	phone
489	9	2023-08-13 03:00:00+00	8	paid	web
490	10	2023-08-13 14:00:00+00	15	paid	shop
491	11	2023-08-14 01:00:00+00	22	paid	phone
492	12	2023-08-14 12:00:00+00	29	paid	web
493	13	2023-08-14 23:00:00+00	36	paid	shop
494	14	2023-08-15 10:00:00+00	43	paid	phone
495	15	2023-08-15 21:00:00+00	50	test	web
496	16	2023-08-16 08:00:00+00	57	paid	shop
497	17	2023-08-16 19:00:00+00	64	paid	phone
498	18	2023-08-17 06:00:00+00	71	paid	web
499	19	2023-08-17 17:00:00+00	78	paid	shop
500	20	2023-08-18 04:00:00+00	85	paid	phone
501	21	2023-08-18 15:00:00+00	92	paid	web
502	22	2023-08-19 02:00:00+00	9	paid	shop
503	23	2023-08-19 13:00:00+00	16	paid	phone
504	24	2023-08-20 00:00:00+00	23	test	web
505	25	2023-08-20 11:00:00+00	30	paid	shop
506	26	2023-08-20 22:00:00+00	37	paid	phone
507	27	2023-08-21 09:00:00+00	44	paid	web
508	28	2023-08-21 20:00:00+00	51	paid	shop
509	29	2023-08-22 07:00:00+00	58	paid	phone
510	30	2023-08-22 18:00:00+00	65	paid	web
511	31	2023-08-23 05:00:00+00	72	paid	shop
512	32	2023-08-23 16:00:00+00	79	paid	phone
513	33	2023-08-24 03:00:00+00	86	test	web
514	34	2023-08-24 14:00:00+00	93	paid	shop
515	35	2023-08-25 01:00:00+00	10	paid	phone
516	36	2023-08-25 12:00:00+00	17	paid	web
517	37	2023-08-25 23:00:00+00	24	paid	shop
518	38	2023-08-26 10:00:00+00	31	paid	phone
519	39	2023-08-26 21:00:00+00	38	paid	web
520	40	2023-08-27 08:00:00+00	45	paid	shop
521	41	2023-08-27 19:00:00+00	52	paid	phone
522	42	2023-08-28 06:00:00+00	59	test	web
523	43	2023-08-28 17:00:00+00	66	paid	shop
524	44	2023-08-29 04:00:00+00	73	paid	phone
525	45	2023-08-29 15:00:00+00	80	paid	web
526	46	2023-08-30 02:00:00+00	87	paid	shop
527	47	2023-08-30 13:00:00+00	94	paid	phone
528	48	2023-08-31 00:00:00+00	11	paid	web
529	49	2023-08-31 11:00:00+00	18	paid	shop
530	50	2023-08-31 22:00:00+00	25	paid	phone
531	51	2023-09-01 09:00:00+00	32	test	web
532	52	2023-09-01 20:00:00+00	39	paid	shop
533	53	2023-09-02 07:00:00+00	46	paid	phone
534	54	2023-09-02 18:00:00+00	53	paid	web
535	55	2023-09-03 05:00:00+00	60	paid	shop
536	56	2023-09-03 16:00:00+00	67	paid	phone
537	57	2023-09-04 03:00:00+00	74	paid	web
538	58	2023-09-04 14:00:00+00	81	paid	shop
539	59	2023-09-05 01:00:00+00	88	paid	phone
540	0	2023-09-05 12:00:00+00	5	test	web
541	1	2023-09-05 23:00:00+00	12	paid	shop
542	2	2023-09-06 10:00:00+00	19	paid	phone
543	3	2023-09-06 21:00:00+00	26	paid	web
544	4	2023-09-07 08:00:00+00	33	paid	shop
545	5	2023-09-07 19:00:00+00	40	paid	phone
546	6	2023-09-08 06:00:00+00	47	paid	web
547	7	2023-09-08 17:00:00+00	54	paid	shop
548	8	2023-09-09 04:00:00+00	61	paid	phone
549	9	2023-09-09 15:00:00+00	68	test	web
550	10	2023-09-10 02:00:00+00	75	paid	shop
551	11	2023-09-10 13:00:00+00	82	paid	phone
552	12	2023-09-11 00:00:00+00	89	paid	web
553	13	2023-09-11 11:00:00+00	6	paid	shop
554	14	2023-09-11 22:00:00+00	13	paid	phone
555	15	2023-09-12 09:00:00+00	20	paid	web
556	16	2023-09-12 20:00:00+00	27	paid	shop
557	17	2023-09-13 07:00:00+00	34	paid	phone
558	18	2023-09-13 18:00:00+00	41	test	web
559	19	2023-09-14 05:00:00+00	48	paid	shop
560	20	2023-09-14 16:00:00+00	55	paid	phone
561	21	2023-09-15 03:00:00+00	62	paid	web
562	22	2023-09-15 14:00:00+00	69	paid	shop
563	23	2023-09-16 01:00:00+00	76	paid	phone
564	24	2023-09-16 12:00:00+00	83	paid	web
565	25	2023-09-16 23:00:00+00	90	paid	shop
566	26	2023-09-17 10:00:00+00	7	paid	phone
567	27	2023-09-17 21:00:00+00	14	test	web
568	28	2023-09-18 08:00:00+00	21	paid	shop
569	29	2023-09-18 19:00:00+00	28	paid	phone
570	30	2023-09-19 06:00:00+00	35	paid	web
571	31	2023-09-19 17:00:00+00	42	paid	shop
572	32	2023-09-20 04:00:00+00	49	paid	phone
573	33	2023-09-20 15:00:00+00	56	paid	web
574	34	2023-09-21 02:00:00+00	63	paid	shop
575	35	2023-09-21 13:00:00+00	70	paid	phone
576	36	2023-09-22 00:00:00+00	77	test	web
577	37	2023-09-22 11:00:00+00	84	paid	shop
578	38	2023-09-22 22:00:00+00	91	paid	phone
579	39	2023-09-23 09:00:00+00	8	paid	web
580	40	2023-09-23 20:00:00+00	15	paid	shop
581	41	2023-09-24 07:00:00+00	22	paid	phone
582	42	2023-09-24 18:00:00+00	29	paid	web
583	43	2023-09-25 05:00:00+00	36	paid	shop
584	44	2023-09-25 16:00:00+00	43	paid	phone
585	45	2023-09-26 03:00:00+00	50	test	web
586	46	2023-09-26 14:00:00+00	57	paid	shop
587	47	2023-09-27 01:00:00+00	64	paid	phone
588	48	2023-09-27 12:00:00+00	71	paid	web
589	49	2023-09-27 23:00:00+00	78	paid	shop
590	50	2023-09-28 10:00:00+00	85	paid	phone
591	51	2023-09-28 21:00:00+00	92	paid	web
592	52	2023-09-29 08:00:00+00	9	paid	shop
593	53	2023-09-29 19:00:00+00	16	paid	phone
594	54	2023-09-30 06:00:00+00	23	test	web
595	55	2023-09-30 17:00:00+00	30	paid	shop
596	56	2023-10-01 04:00:00+00	37	paid	phone
597	57	2023-10-01 15:00:00+00	44	paid	web
598	58	2023-10-02 02:00:00+00	51	paid	shop
599	59	2023-10-02 13:00:00+00	58	paid	phone
600	0	2023-10-03 00:00:00+00	65	paid	web
601	1	2023-10-03 11:00:00+00	72	paid	shop
602	2	2023-10-03 22:00:00+00	79	paid	phone
603	3	2023-10-04 09:00:00+00	86	test	web
604	4	2023-10-04 20:00:00+00	93	paid	shop
605	5	2023-10-05 07:00:00+00	10	paid	phone
606	6	2023-10-05 18:00:00+00	17	paid	web
607	7	2023-10-06 05:00:00+00	24	paid	shop
608	8	2023-10-06 16:00:00+00	31	paid	phone
609	9	2023-10-07 03:00:00+00	38	paid	web
610	10	2023-10-07 14:00:00+00	45	paid	shop
611	11	2023-10-08 01:00:00+00	52	paid	phone
612	12	2023-10-08 12:00:00+00	59	test	web
613	13	2023-10-08 23:00:00+00	66	paid	shop
614	14	2023-10-09 10:00:00+00	73	paid	phone
615	15	2023-10-09 21:00:00+00	80	paid	web
616	16	2023-10-10 08:00:00+00	87	paid	shop
617	17	2023-10-10 19:00:00+00	94	paid	phone
618	18	2023-10-11 06:00:00+00	11	paid	web
619	19	2023-10-11 17:00:00+00	18	paid	shop
620	20	2023-10-12 04:00:00+00	25	paid	phone
621	21	2023-10-12 15:00:00+00	32	test	web
622	22	2023-10-13 02:00:00+00	39	paid	shop
623	23	2023-10-13 13:00:00+00	46	paid	phone
624	24	2023-10-14 00:00:00+00	53	paid	web
625	25	2023-10-14 11:00:00+00	60	paid	shop
626	26	2023-10-14 22:00:00+00	67	paid	phone
627	27	2023-10-15 09:00:00+00	74	paid	web
628	28	2023-10-15 20:00:00+00	81	paid	shop
629	29	2023-10-16 07:00:00+00	88	paid	phone
630	30	2023-10-16 18:00:00+00	5	test	web
631	31	2023-10-17 05:00:00+00	12	paid	shop
632	32	2023-10-17 16:00:00+00	19	paid	phone
633	33	2023-10-18 03:00:00+00	26	paid	web
634	34	2023-10-18 14:00:00+00	33	paid	shop
635	35	2023-10-19 01:00:00+00	40	paid	phone
636	36	2023-10-19 12:00:00+00	47	paid	web
637	37	2023-10-19 23:00:00+00	54	paid	shop
638	38	2023-10-20 10:00:00+00	61	paid	phone
639	39	2023-10-20 21:00:00+00	68	test	web
640	40	2023-10-21 08:00:00+00	75	paid	shop
641	41	2023-10-21 19:00:00+00	82	paid	phone
642	42	2023-10-22 06:00:00+00	89	paid	web
643	43	2023-10-22 17:00:00+00	6	paid	shop
644	44	2023-10-23 04:00:00+00	13	paid	phone
645	45	2023-10-23 15:00:00+00	20	paid	web
646	46	2023-10-24 02:00:00+00	27	paid	shop
647	47	2023-10-24 13:00:00+00	34	paid	phone
648	48	2023-10-25 00:00:00+00	41	test	web
649	49	2023-10-25 11:00:00+00	48	paid	shop
650	50	2023-10-25 22:00:00+00	55	paid	phone
651	51	2023-10-26 09:00:00+00	62	paid	web
652	52	2023-10-26 20:00:00+00	69	paid	shop
653	53	2023-10-27 07:00:00+00	76	paid	phone
654	54	2023-10-27 18:00:00+00	83	paid	web
655	55	2023-10-28 05:00:00+00	90	paid	shop
656	56	2023-10-28 16:00:00+00	7	paid	phone
657	57	2023-10-29 03:00:00+00	14	test	web
658	58	2023-10-29 14:00:00+00	21	paid	shop
659	59	2023-10-30 01:00:00+00	28	paid	phone
660	0	2023-10-30 12:00:00+00	35	paid	web
661	1	2023-10-30 23:00:00+00	42	paid	shop
662	2	2023-10-31 10:00:00+00	49	paid	phone
663	3	2023-10-31 21:00:00+00	56	paid	web
664	4	2023-11-01 08:00:00+00	63	paid	shop
665	5	2023-11-01 19:00:00+00	70	paid	phone
666	6	2023-11-02 06:00:00+00	77	test	web
667	7	2023-11-02 17:00:00+00	84	paid	shop
668	8	2023-11-03 04:00:00+00	91	paid	phone
669	9	2023-11-03 15:00:00+00	8	paid	web
670	10	2023-11-04 02:00:00+00	15	paid	shop
671	11	2023-11-04 13:00:00+00	22	paid	phone
672	12	2023-11-05 00:00:00+00	29	paid	web
673	13	2023-11-05 11:00:00+00	36	paid	shop
674	14	2023-11-05 22:00:00+00	43	paid	phone
675	15	2023-11-06 09:00:00+00	50	test	web
676	16	2023-11-06 20:00:00+00	57	paid	shop
677	17	2023-11-07 07:00:00+00	64	paid	phone
678	18	2023-11-07 18:00:00+00	71	paid	web
679	19	2023-11-08 05:00:00+00	78	paid	shop
680	20	2023-11-08 16:00:00+00	85	paid	phone
681	21	2023-11-09 03:00:00+00	92	paid	web
682	22	2023-11-09 14:00:00+00	9	paid	shop
683	23	2023-11-10 01:00:00+00	16	paid	phone
684	24	2023-11-10 12:00:00+00	23	test	web
685	25	2023-11-10 23:00:00+00	30	paid	shop
686	26	2023-11-11 10:00:00+00	37	paid	phone
687	27	2023-11-11 21:00:00+00	44	paid	web
688	28	2023-11-12 08:00:00+00	51	paid	shop
689	29	2023-11-12 19:00:00+00	58	paid	phone
690	30	2023-11-13 06:00:00+00	65	paid	web
691	31	2023-11-13 17:00:00+00	72	paid	shop
692	32	2023-11-14 04:00:00+00	79	paid	phone
693	33	2023-11-14 15:00:00+00	86	test	web
694	34	2023-11-15 02:00:00+00	93	paid	shop
695	35	2023-11-15 13:00:00+00	10	paid	phone
696	36	2023-11-16 00:00:00+00	17	paid	web
697	37	2023-11-16 11:00:00+00	24	paid	shop
698	38	2023-11-16 22:00:00+00	31	paid	phone
699	39	2023-11-17 09:00:00+00	38	paid	web
700	40	2023-11-17 20:00:00+00	45	paid	shop
1000	7	2023-12-01 00:00:00+00	77	paid	web
1001	8	2023-12-02 00:00:00+00	88	paid	web
1002	900	2023-12-02 00:00:00+00	99	paid	shop
\.


--
-- Data for Name: people; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.people (customer, country) FROM stdin;
0	country 0
1	country 1
2	country 2
3	country 0
4	country 1
5	country 2
6	country 0
7	country 1
8	country 2
9	country 0
10	country 1
11	country 2
12	country 0
13	country 1
14	country 2
15	country 0
16	country 1
17	country 2
18	country 0
19	country 1
20	country 2
21	country 0
22	country 1
23	country 2
24	country 0
25	country 1
26	country 2
27	country 0
28	country 1
29	country 2
30	country 0
31	country 1
32	country 2
33	country 0
34	country 1
35	country 2
36	country 0
37	country 1
38	country 2
39	country 0
40	country 1
41	country 2
42	country 0
43	country 1
44	country 2
45	country 0
46	country 1
47	country 2
48	country 0
49	country 1
50	country 2
51	country 0
52	country 1
53	country 2
54	country 0
55	country 1
56	country 2
57	country 0
58	country 1
59	country 2
60	country 0
61	country 1
62	country 2
63	country 0
64	country 1
65	country 2
66	country 0
67	country 1
68	country 2
69	country 0
70	country 1
\.


--
-- Data for Name: action; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.action (id, customer, journey, version, entry, step, round, decided_at, arm, control, channel, template, payload, priority, status, claimable_at, attempts, claimed_by, completed_at, message_id, error) FROM stdin;
3	3	1	1	1	1	1	2023-12-02 12:00:00+00	\N	\N	email	first	{}	0	pending	2023-12-02 12:00:00+00	0	\N	\N	\N	\N
4	4	1	1	1	1	1	2023-12-02 12:00:00+00	\N	\N	email	first	{}	0	pending	2023-12-02 12:00:00+00	0	\N	\N	\N	\N
5	5	1	1	1	1	1	2023-12-02 12:00:00+00	\N	\N	email	first	{}	0	pending	2023-12-02 12:00:00+00	0	\N	\N	\N	\N
2	2	1	1	1	1	1	2023-12-02 12:00:00+00	\N	\N	email	first	{}	0	claimed	2026-11-30 10:59:03.018125+00	1	postgres (process 24694)	\N	\N	\N
1	1	1	1	1	1	1	2023-12-02 12:00:00+00	\N	\N	email	first	{}	0	done	\N	1	postgres (process 24694)	2026-11-30 10:54:03.025834+00	message 1	\N
\.


--
-- Data for Name: crash_marker; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.crash_marker (made_at) FROM stdin;
2026-11-30 10:53:59.506118+00
\.


--
-- Data for Name: decision; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.decision (id, customer, journey, version, entry, step, round, decided_at, kind, reason) FROM stdin;
1	1	1	1	1	1	1	2023-12-02 12:00:00+00	entered	registered
2	2	1	1	1	1	1	2023-12-02 12:00:00+00	entered	registered
3	3	1	1	1	1	1	2023-12-02 12:00:00+00	entered	registered
4	4	1	1	1	1	1	2023-12-02 12:00:00+00	entered	registered
5	5	1	1	1	1	1	2023-12-02 12:00:00+00	entered	registered
\.


--
-- Data for Name: enrollment; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.enrollment (customer, journey, entry, bucket, version, step, round, entered_at, triggered_at, step_since, due_at, postponed_since, postponed_reason, arm, control, goal_until, ended_at, outcome, goal_at) FROM stdin;
1	1	1	29	1	2	2	2023-12-02 12:00:00+00	2023-12-01 10:00:00+00	2023-12-02 12:00:00+00	2023-12-05 12:00:00+00	\N	\N	\N	\N	2024-01-01 12:00:00+00	\N	\N	\N
2	1	1	44	1	2	2	2023-12-02 12:00:00+00	2023-12-01 10:00:00+00	2023-12-02 12:00:00+00	2023-12-05 12:00:00+00	\N	\N	\N	\N	2024-01-01 12:00:00+00	\N	\N	\N
3	1	1	38	1	2	2	2023-12-02 12:00:00+00	2023-12-01 10:00:00+00	2023-12-02 12:00:00+00	2023-12-05 12:00:00+00	\N	\N	\N	\N	2024-01-01 12:00:00+00	\N	\N	\N
4	1	1	37	1	2	2	2023-12-02 12:00:00+00	2023-12-01 10:00:00+00	2023-12-02 12:00:00+00	2023-12-05 12:00:00+00	\N	\N	\N	\N	2024-01-01 12:00:00+00	\N	\N	\N
5	1	1	42	1	2	2	2023-12-02 12:00:00+00	2023-12-01 10:00:00+00	2023-12-02 12:00:00+00	2023-12-05 12:00:00+00	\N	\N	\N	\N	2024-01-01 12:00:00+00	\N	\N	\N
\.


--
-- Data for Name: event; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.event (id, customer, kind, at, action, channel, provider_id, detail, recorded_at, processed) FROM stdin;
1	1	registered	2023-12-01 10:00:00+00	\N	\N	r1	\N	2026-11-30 10:54:00.874788+00	t
2	2	registered	2023-12-01 10:00:00+00	\N	\N	r2	\N	2026-11-30 10:54:00.874788+00	t
3	3	registered	2023-12-01 10:00:00+00	\N	\N	r3	\N	2026-11-30 10:54:00.874788+00	t
4	4	registered	2023-12-01 10:00:00+00	\N	\N	r4	\N	2026-11-30 10:54:00.874788+00	t
5	5	registered	2023-12-01 10:00:00+00	\N	\N	r5	\N	2026-11-30 10:54:00.874788+00	t
\.


--
-- Data for Name: event_change; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.event_change (customer) FROM stdin;
\.


--
-- Data for Name: fit; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.fit (id, fitted_at, as_of, customers, rfm_breaks, rhythm, purchase_model, spend_model, vip_breaks, mean_spend) FROM stdin;
1	2026-11-30 10:54:00.293649+00	2023-12-01 00:00:00+00	60	{"bins":5,"recency_days":[18,25,31,37],"frequency":[8,11,12,12],"monetary":[398,480,558,648],"customers":60,"method":"exact","as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	{"model":"gamma/gamma","params":{"k":31.41869000872364,"r":34.99403201007503,"alpha":34.30184751213687},"unit":"1 day","customers":60,"one_time_buyers":0,"gaps":563,"log_likelihood":-1809.2842824015152,"standard_errors":{"k":1.9710081862583462,"r":7.186616497369353,"alpha":7.489331843326172},"covariance":[[3.884873270297416,-0.587853136559869,-4.815414042414367],[-0.587853136559869,51.64745668026135,51.244437104507135],[-4.815414042414367,51.244437104507135,56.0900914594594]],"status":"converged","iterations":16,"gradient_norm":2.339153168490342e-11,"as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	{"model":"mbg/nbd","params":{"r":1000000.0,"alpha":4837097.285712748,"a":0.0,"b":1.0},"unit":"7 days","customers":60,"repeat_buyers":60,"log_likelihood":-1450.4654149665585,"standard_errors":null,"covariance":null,"status":"boundary: r \\u2192 \\u221e, a \\u2192 0","collapses_to":"nbd","iterations":29,"gradient_norm":2.458308462043827e-15,"as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	{"model":"gamma-gamma","params":{"p":2.0153195071796377,"q":1000000.0,"gamma":24797601.386619143},"customers":60,"one_time_buyers":0,"without_spend":0,"log_likelihood":-231.0716741591102,"standard_errors":null,"covariance":null,"status":"boundary: q \\u2192 \\u221e","note":null,"iterations":33,"gradient_norm":4.4215581308274536e-14,"as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	{"purchases":12,"tenure_days":327,"spend":648,"top_share":0.2,"mean_spend":516.4333,"customers":60,"as_of":"2023-12-01T00:00:00Z","version":"0.2.1"}	516.4333
\.


--
-- Data for Name: history; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.history (customer, purchases, engagement, orders, order_checksum, events, event_checksum, first_channel, last_channel) FROM stdin;
0	{2023-01-28T12:00:00Z 65, 2023-02-25T00:00:00Z 35, 2023-04-21T00:00:00Z 65, 2023-05-18T12:00:00Z 35, 2023-07-12T12:00:00Z 65, 2023-08-09T00:00:00Z 35, 2023-10-03T00:00:00Z 65, 2023-10-30T12:00:00Z 35}	{2023-02-05T05:00:00Z click, 2023-03-12T10:00:00Z open, 2023-04-16T15:00:00Z sent, 2023-05-21T20:00:00Z click, 2023-06-26T01:00:00Z open, 2023-07-31T06:00:00Z sent, 2023-09-04T11:00:00Z click}	8	\N	7	\N	web	web
1	{2023-01-01T11:00:00Z 12, 2023-01-28T23:00:00Z 72, 2023-02-25T11:00:00Z 42, 2023-03-24T23:00:00Z 12, 2023-04-21T11:00:00Z 72, 2023-05-18T23:00:00Z 42, 2023-06-15T11:00:00Z 12, 2023-07-12T23:00:00Z 72, 2023-08-09T11:00:00Z 42, 2023-09-05T23:00:00Z 12, 2023-10-03T11:00:00Z 72, 2023-10-30T23:00:00Z 42}	{2023-01-01T13:00:00Z open, 2023-02-05T18:00:00Z sent, 2023-03-12T23:00:00Z click, 2023-04-17T04:00:00Z open, 2023-05-22T09:00:00Z sent, 2023-06-26T14:00:00Z click, 2023-07-31T19:00:00Z open, 2023-09-05T00:00:00Z sent}	12	\N	8	\N	shop	shop
2	{2023-01-01T22:00:00Z 19, 2023-01-29T10:00:00Z 79, 2023-02-25T22:00:00Z 49, 2023-03-25T10:00:00Z 19, 2023-04-21T22:00:00Z 79, 2023-05-19T10:00:00Z 49, 2023-06-15T22:00:00Z 19, 2023-07-13T10:00:00Z 79, 2023-08-09T22:00:00Z 49, 2023-09-06T10:00:00Z 19, 2023-10-03T22:00:00Z 79, 2023-10-31T10:00:00Z 49}	{2023-01-02T02:00:00Z click, 2023-02-06T07:00:00Z open, 2023-03-13T12:00:00Z sent, 2023-04-17T17:00:00Z click, 2023-05-22T22:00:00Z open, 2023-06-27T03:00:00Z sent, 2023-08-01T08:00:00Z click, 2023-09-05T13:00:00Z open}	12	\N	8	\N	phone	phone
3	{2023-01-02T09:00:00Z 26, 2023-02-26T09:00:00Z 56, 2023-03-25T21:00:00Z 26, 2023-05-19T21:00:00Z 56, 2023-06-16T09:00:00Z 26, 2023-08-10T09:00:00Z 56, 2023-09-06T21:00:00Z 26, 2023-10-31T21:00:00Z 56}	{2023-01-02T15:00:00Z sent, 2023-02-06T20:00:00Z click, 2023-03-14T01:00:00Z open, 2023-04-18T06:00:00Z sent, 2023-05-23T11:00:00Z click, 2023-06-27T16:00:00Z open, 2023-08-01T21:00:00Z sent, 2023-09-06T02:00:00Z click}	8	\N	8	\N	web	web
4	{2023-01-02T20:00:00Z 33, 2023-01-30T08:00:00Z 93, 2023-02-26T20:00:00Z 63, 2023-03-26T08:00:00Z 33, 2023-04-22T20:00:00Z 93, 2023-05-20T08:00:00Z 63, 2023-06-16T20:00:00Z 33, 2023-07-14T08:00:00Z 93, 2023-08-10T20:00:00Z 63, 2023-09-07T08:00:00Z 33, 2023-10-04T20:00:00Z 93, 2023-11-01T08:00:00Z 63}	{2023-01-03T04:00:00Z open, 2023-02-07T09:00:00Z sent, 2023-03-14T14:00:00Z click, 2023-04-18T19:00:00Z open, 2023-05-24T00:00:00Z sent, 2023-06-28T05:00:00Z click, 2023-08-02T10:00:00Z open, 2023-09-06T15:00:00Z sent}	12	\N	8	\N	shop	shop
5	{2023-01-03T07:00:00Z 40, 2023-01-30T19:00:00Z 10, 2023-02-27T07:00:00Z 70, 2023-03-26T19:00:00Z 40, 2023-04-23T07:00:00Z 10, 2023-05-20T19:00:00Z 70, 2023-06-17T07:00:00Z 40, 2023-07-14T19:00:00Z 10, 2023-08-11T07:00:00Z 70, 2023-09-07T19:00:00Z 40, 2023-10-05T07:00:00Z 10, 2023-11-01T19:00:00Z 70}	{2023-01-03T17:00:00Z click, 2023-02-07T22:00:00Z open, 2023-03-15T03:00:00Z sent, 2023-04-19T08:00:00Z click, 2023-05-24T13:00:00Z open, 2023-06-28T18:00:00Z sent, 2023-08-02T23:00:00Z click, 2023-09-07T04:00:00Z open}	12	\N	8	\N	phone	phone
6	{2023-01-03T18:00:00Z 47, 2023-01-31T06:00:00Z 17, 2023-03-27T06:00:00Z 47, 2023-04-23T18:00:00Z 17, 2023-06-17T18:00:00Z 47, 2023-07-15T06:00:00Z 17, 2023-09-08T06:00:00Z 47, 2023-10-05T18:00:00Z 17}	{2023-01-04T06:00:00Z sent, 2023-02-08T11:00:00Z click, 2023-03-15T16:00:00Z open, 2023-04-19T21:00:00Z sent, 2023-05-25T02:00:00Z click, 2023-06-29T07:00:00Z open, 2023-08-03T12:00:00Z sent, 2023-09-07T17:00:00Z click}	8	\N	8	\N	web	web
8	{2023-01-04T16:00:00Z 61, 2023-02-01T04:00:00Z 31, 2023-02-28T16:00:00Z 91, 2023-03-28T04:00:00Z 61, 2023-04-24T16:00:00Z 31, 2023-05-22T04:00:00Z 91, 2023-06-18T16:00:00Z 61, 2023-07-16T04:00:00Z 31, 2023-08-12T16:00:00Z 91, 2023-09-09T04:00:00Z 61, 2023-10-06T16:00:00Z 31, 2023-11-03T04:00:00Z 91}	{2023-01-05T08:00:00Z click, 2023-02-09T13:00:00Z open, 2023-03-16T18:00:00Z sent, 2023-04-20T23:00:00Z click, 2023-05-26T04:00:00Z open, 2023-06-30T09:00:00Z sent, 2023-08-04T14:00:00Z click, 2023-09-08T19:00:00Z open}	12	\N	8	\N	phone	phone
9	{2023-02-01T15:00:00Z 38, 2023-03-01T03:00:00Z 8, 2023-04-25T03:00:00Z 38, 2023-05-22T15:00:00Z 8, 2023-07-16T15:00:00Z 38, 2023-08-13T03:00:00Z 8, 2023-10-07T03:00:00Z 38, 2023-11-03T15:00:00Z 8}	{2023-01-05T21:00:00Z sent, 2023-02-10T02:00:00Z click, 2023-03-17T07:00:00Z open, 2023-04-21T12:00:00Z sent, 2023-05-26T17:00:00Z click, 2023-06-30T22:00:00Z open, 2023-08-05T03:00:00Z sent, 2023-09-09T08:00:00Z click}	8	\N	8	\N	web	web
10	{2023-01-05T14:00:00Z 75, 2023-02-02T02:00:00Z 45, 2023-03-01T14:00:00Z 15, 2023-03-29T02:00:00Z 75, 2023-04-25T14:00:00Z 45, 2023-05-23T02:00:00Z 15, 2023-06-19T14:00:00Z 75, 2023-07-17T02:00:00Z 45, 2023-08-13T14:00:00Z 15, 2023-09-10T02:00:00Z 75, 2023-10-07T14:00:00Z 45, 2023-11-04T02:00:00Z 15}	{2023-01-06T10:00:00Z open, 2023-02-10T15:00:00Z sent, 2023-03-17T20:00:00Z click, 2023-04-22T01:00:00Z open, 2023-05-27T06:00:00Z sent, 2023-07-01T11:00:00Z click, 2023-08-05T16:00:00Z open, 2023-09-09T21:00:00Z sent}	12	\N	8	\N	shop	shop
11	{2023-01-06T01:00:00Z 82, 2023-02-02T13:00:00Z 52, 2023-03-02T01:00:00Z 22, 2023-03-29T13:00:00Z 82, 2023-04-26T01:00:00Z 52, 2023-05-23T13:00:00Z 22, 2023-06-20T01:00:00Z 82, 2023-07-17T13:00:00Z 52, 2023-08-14T01:00:00Z 22, 2023-09-10T13:00:00Z 82, 2023-10-08T01:00:00Z 52, 2023-11-04T13:00:00Z 22}	{2023-01-06T23:00:00Z click, 2023-02-11T04:00:00Z open, 2023-03-18T09:00:00Z sent, 2023-04-22T14:00:00Z click, 2023-05-27T19:00:00Z open, 2023-07-02T00:00:00Z sent, 2023-08-06T05:00:00Z click, 2023-09-10T10:00:00Z open}	12	\N	8	\N	phone	phone
12	{2023-01-06T12:00:00Z 89, 2023-03-02T12:00:00Z 29, 2023-03-30T00:00:00Z 89, 2023-05-24T00:00:00Z 29, 2023-06-20T12:00:00Z 89, 2023-08-14T12:00:00Z 29, 2023-09-11T00:00:00Z 89, 2023-11-05T00:00:00Z 29}	{2023-01-07T12:00:00Z sent, 2023-02-11T17:00:00Z click, 2023-03-18T22:00:00Z open, 2023-04-23T03:00:00Z sent, 2023-05-28T08:00:00Z click, 2023-07-02T13:00:00Z open, 2023-08-06T18:00:00Z sent, 2023-09-10T23:00:00Z click}	8	\N	8	\N	web	web
13	{2023-01-06T23:00:00Z 6, 2023-02-03T11:00:00Z 66, 2023-03-02T23:00:00Z 36, 2023-03-30T11:00:00Z 6, 2023-04-26T23:00:00Z 66, 2023-05-24T11:00:00Z 36, 2023-06-20T23:00:00Z 6, 2023-07-18T11:00:00Z 66, 2023-08-14T23:00:00Z 36, 2023-09-11T11:00:00Z 6, 2023-10-08T23:00:00Z 66, 2023-11-05T11:00:00Z 36}	{2023-01-08T01:00:00Z open, 2023-02-12T06:00:00Z sent, 2023-03-19T11:00:00Z click, 2023-04-23T16:00:00Z open, 2023-05-28T21:00:00Z sent, 2023-07-03T02:00:00Z click, 2023-08-07T07:00:00Z open, 2023-09-11T12:00:00Z sent}	12	\N	8	\N	shop	shop
14	{2023-01-07T10:00:00Z 13, 2023-02-03T22:00:00Z 73, 2023-03-03T10:00:00Z 43, 2023-03-30T22:00:00Z 13, 2023-04-27T10:00:00Z 73, 2023-05-24T22:00:00Z 43, 2023-06-21T10:00:00Z 13, 2023-07-18T22:00:00Z 73, 2023-08-15T10:00:00Z 43, 2023-09-11T22:00:00Z 13, 2023-10-09T10:00:00Z 73, 2023-11-05T22:00:00Z 43}	{2023-01-08T14:00:00Z click, 2023-02-12T19:00:00Z open, 2023-03-20T00:00:00Z sent, 2023-04-24T05:00:00Z click, 2023-05-29T10:00:00Z open, 2023-07-03T15:00:00Z sent, 2023-08-07T20:00:00Z click, 2023-09-12T01:00:00Z open}	12	\N	8	\N	phone	phone
15	{2023-01-07T21:00:00Z 20, 2023-02-04T09:00:00Z 80, 2023-03-31T09:00:00Z 20, 2023-04-27T21:00:00Z 80, 2023-06-21T21:00:00Z 20, 2023-07-19T09:00:00Z 80, 2023-09-12T09:00:00Z 20, 2023-10-09T21:00:00Z 80}	{2023-01-09T03:00:00Z sent, 2023-02-13T08:00:00Z click, 2023-03-20T13:00:00Z open, 2023-04-24T18:00:00Z sent, 2023-05-29T23:00:00Z click, 2023-07-04T04:00:00Z open, 2023-08-08T09:00:00Z sent, 2023-09-12T14:00:00Z click}	8	\N	8	\N	web	web
16	{2023-01-08T08:00:00Z 27, 2023-02-04T20:00:00Z 87, 2023-03-04T08:00:00Z 57, 2023-03-31T20:00:00Z 27, 2023-04-28T08:00:00Z 87, 2023-05-25T20:00:00Z 57, 2023-06-22T08:00:00Z 27, 2023-07-19T20:00:00Z 87, 2023-08-16T08:00:00Z 57, 2023-09-12T20:00:00Z 27, 2023-10-10T08:00:00Z 87, 2023-11-06T20:00:00Z 57}	{2023-01-09T16:00:00Z open, 2023-02-13T21:00:00Z sent, 2023-03-21T02:00:00Z click, 2023-04-25T07:00:00Z open, 2023-05-30T12:00:00Z sent, 2023-07-04T17:00:00Z click, 2023-08-08T22:00:00Z open, 2023-09-13T03:00:00Z sent}	12	\N	8	\N	shop	shop
17	{2023-01-08T19:00:00Z 34, 2023-02-05T07:00:00Z 94, 2023-03-04T19:00:00Z 64, 2023-04-01T07:00:00Z 34, 2023-04-28T19:00:00Z 94, 2023-05-26T07:00:00Z 64, 2023-06-22T19:00:00Z 34, 2023-07-20T07:00:00Z 94, 2023-08-16T19:00:00Z 64, 2023-09-13T07:00:00Z 34, 2023-10-10T19:00:00Z 94, 2023-11-07T07:00:00Z 64}	{2023-01-10T05:00:00Z click, 2023-02-14T10:00:00Z open, 2023-03-21T15:00:00Z sent, 2023-04-25T20:00:00Z click, 2023-05-31T01:00:00Z open, 2023-07-05T06:00:00Z sent, 2023-08-09T11:00:00Z click, 2023-09-13T16:00:00Z open}	12	\N	8	\N	phone	phone
18	{2023-02-05T18:00:00Z 11, 2023-03-05T06:00:00Z 71, 2023-04-29T06:00:00Z 11, 2023-05-26T18:00:00Z 71, 2023-07-20T18:00:00Z 11, 2023-08-17T06:00:00Z 71, 2023-10-11T06:00:00Z 11, 2023-11-07T18:00:00Z 71}	{2023-01-10T18:00:00Z sent, 2023-02-14T23:00:00Z click, 2023-03-22T04:00:00Z open, 2023-04-26T09:00:00Z sent, 2023-05-31T14:00:00Z click, 2023-07-05T19:00:00Z open, 2023-08-10T00:00:00Z sent, 2023-09-14T05:00:00Z click}	8	\N	8	\N	web	web
19	{2023-01-09T17:00:00Z 48, 2023-02-06T05:00:00Z 18, 2023-03-05T17:00:00Z 78, 2023-04-02T05:00:00Z 48, 2023-04-29T17:00:00Z 18, 2023-05-27T05:00:00Z 78, 2023-06-23T17:00:00Z 48, 2023-07-21T05:00:00Z 18, 2023-08-17T17:00:00Z 78, 2023-09-14T05:00:00Z 48, 2023-10-11T17:00:00Z 18, 2023-11-08T05:00:00Z 78}	{2023-01-11T07:00:00Z open, 2023-02-15T12:00:00Z sent, 2023-03-22T17:00:00Z click, 2023-04-26T22:00:00Z open, 2023-06-01T03:00:00Z sent, 2023-07-06T08:00:00Z click, 2023-08-10T13:00:00Z open, 2023-09-14T18:00:00Z sent}	12	\N	8	\N	shop	shop
20	{2023-01-10T04:00:00Z 55, 2023-02-06T16:00:00Z 25, 2023-03-06T04:00:00Z 85, 2023-04-02T16:00:00Z 55, 2023-04-30T04:00:00Z 25, 2023-05-27T16:00:00Z 85, 2023-06-24T04:00:00Z 55, 2023-07-21T16:00:00Z 25, 2023-08-18T04:00:00Z 85, 2023-09-14T16:00:00Z 55, 2023-10-12T04:00:00Z 25, 2023-11-08T16:00:00Z 85}	{2023-01-11T20:00:00Z click, 2023-02-16T01:00:00Z open, 2023-03-23T06:00:00Z sent, 2023-04-27T11:00:00Z click, 2023-06-01T16:00:00Z open, 2023-07-06T21:00:00Z sent, 2023-08-11T02:00:00Z click, 2023-09-15T07:00:00Z open}	12	\N	8	\N	phone	phone
21	{2023-01-10T15:00:00Z 62, 2023-03-06T15:00:00Z 92, 2023-04-03T03:00:00Z 62, 2023-05-28T03:00:00Z 92, 2023-06-24T15:00:00Z 62, 2023-08-18T15:00:00Z 92, 2023-09-15T03:00:00Z 62, 2023-11-09T03:00:00Z 92}	{2023-01-12T09:00:00Z sent, 2023-02-16T14:00:00Z click, 2023-03-23T19:00:00Z open, 2023-04-28T00:00:00Z sent, 2023-06-02T05:00:00Z click, 2023-07-07T10:00:00Z open, 2023-08-11T15:00:00Z sent, 2023-09-15T20:00:00Z click}	8	\N	8	\N	web	web
22	{2023-01-11T02:00:00Z 69, 2023-02-07T14:00:00Z 39, 2023-03-07T02:00:00Z 9, 2023-04-03T14:00:00Z 69, 2023-05-01T02:00:00Z 39, 2023-05-28T14:00:00Z 9, 2023-06-25T02:00:00Z 69, 2023-07-22T14:00:00Z 39, 2023-08-19T02:00:00Z 9, 2023-09-15T14:00:00Z 69, 2023-10-13T02:00:00Z 39, 2023-11-09T14:00:00Z 9}	{2023-01-12T22:00:00Z open, 2023-02-17T03:00:00Z sent, 2023-03-24T08:00:00Z click, 2023-04-28T13:00:00Z open, 2023-06-02T18:00:00Z sent, 2023-07-07T23:00:00Z click, 2023-08-12T04:00:00Z open, 2023-09-16T09:00:00Z sent}	12	\N	8	\N	shop	shop
23	{2023-01-11T13:00:00Z 76, 2023-02-08T01:00:00Z 46, 2023-03-07T13:00:00Z 16, 2023-04-04T01:00:00Z 76, 2023-05-01T13:00:00Z 46, 2023-05-29T01:00:00Z 16, 2023-06-25T13:00:00Z 76, 2023-07-23T01:00:00Z 46, 2023-08-19T13:00:00Z 16, 2023-09-16T01:00:00Z 76, 2023-10-13T13:00:00Z 46, 2023-11-10T01:00:00Z 16}	{2023-01-13T11:00:00Z click, 2023-02-17T16:00:00Z open, 2023-03-24T21:00:00Z sent, 2023-04-29T02:00:00Z click, 2023-06-03T07:00:00Z open, 2023-07-08T12:00:00Z sent, 2023-08-12T17:00:00Z click, 2023-09-16T22:00:00Z open}	12	\N	8	\N	phone	phone
24	{2023-01-12T00:00:00Z 83, 2023-02-08T12:00:00Z 53, 2023-04-04T12:00:00Z 83, 2023-05-02T00:00:00Z 53, 2023-06-26T00:00:00Z 83, 2023-07-23T12:00:00Z 53, 2023-09-16T12:00:00Z 83, 2023-10-14T00:00:00Z 53}	{2023-01-14T00:00:00Z sent, 2023-02-18T05:00:00Z click, 2023-03-25T10:00:00Z open, 2023-04-29T15:00:00Z sent, 2023-06-03T20:00:00Z click, 2023-07-09T01:00:00Z open, 2023-08-13T06:00:00Z sent, 2023-09-17T11:00:00Z click}	8	\N	8	\N	web	web
25	{2023-01-12T11:00:00Z 90, 2023-02-08T23:00:00Z 60, 2023-03-08T11:00:00Z 30, 2023-04-04T23:00:00Z 90, 2023-05-02T11:00:00Z 60, 2023-05-29T23:00:00Z 30, 2023-06-26T11:00:00Z 90, 2023-07-23T23:00:00Z 60, 2023-08-20T11:00:00Z 30, 2023-09-16T23:00:00Z 90, 2023-10-14T11:00:00Z 60, 2023-11-10T23:00:00Z 30}	{2023-01-14T13:00:00Z open, 2023-02-18T18:00:00Z sent, 2023-03-25T23:00:00Z click, 2023-04-30T04:00:00Z open, 2023-06-04T09:00:00Z sent, 2023-07-09T14:00:00Z click, 2023-08-13T19:00:00Z open, 2023-09-18T00:00:00Z sent}	12	\N	8	\N	shop	shop
26	{2023-01-12T22:00:00Z 7, 2023-02-09T10:00:00Z 67, 2023-03-08T22:00:00Z 37, 2023-04-05T10:00:00Z 7, 2023-05-02T22:00:00Z 67, 2023-05-30T10:00:00Z 37, 2023-06-26T22:00:00Z 7, 2023-07-24T10:00:00Z 67, 2023-08-20T22:00:00Z 37, 2023-09-17T10:00:00Z 7, 2023-10-14T22:00:00Z 67, 2023-11-11T10:00:00Z 37}	{2023-01-15T02:00:00Z click, 2023-02-19T07:00:00Z open, 2023-03-26T12:00:00Z sent, 2023-04-30T17:00:00Z click, 2023-06-04T22:00:00Z open, 2023-07-10T03:00:00Z sent, 2023-08-14T08:00:00Z click, 2023-09-18T13:00:00Z open}	12	\N	8	\N	phone	phone
27	{2023-02-09T21:00:00Z 74, 2023-03-09T09:00:00Z 44, 2023-05-03T09:00:00Z 74, 2023-05-30T21:00:00Z 44, 2023-07-24T21:00:00Z 74, 2023-08-21T09:00:00Z 44, 2023-10-15T09:00:00Z 74, 2023-11-11T21:00:00Z 44}	{2023-01-15T15:00:00Z sent, 2023-02-19T20:00:00Z click, 2023-03-27T01:00:00Z open, 2023-05-01T06:00:00Z sent, 2023-06-05T11:00:00Z click, 2023-07-10T16:00:00Z open, 2023-08-14T21:00:00Z sent, 2023-09-19T02:00:00Z click}	8	\N	8	\N	web	web
28	{2023-01-13T20:00:00Z 21, 2023-02-10T08:00:00Z 81, 2023-03-09T20:00:00Z 51, 2023-04-06T08:00:00Z 21, 2023-05-03T20:00:00Z 81, 2023-05-31T08:00:00Z 51, 2023-06-27T20:00:00Z 21, 2023-07-25T08:00:00Z 81, 2023-08-21T20:00:00Z 51, 2023-09-18T08:00:00Z 21, 2023-10-15T20:00:00Z 81, 2023-11-12T08:00:00Z 51}	{2023-01-16T04:00:00Z open, 2023-02-20T09:00:00Z sent, 2023-03-27T14:00:00Z click, 2023-05-01T19:00:00Z open, 2023-06-06T00:00:00Z sent, 2023-07-11T05:00:00Z click, 2023-08-15T10:00:00Z open, 2023-09-19T15:00:00Z sent}	12	\N	8	\N	shop	shop
29	{2023-01-14T07:00:00Z 28, 2023-02-10T19:00:00Z 88, 2023-03-10T07:00:00Z 58, 2023-04-06T19:00:00Z 28, 2023-05-04T07:00:00Z 88, 2023-05-31T19:00:00Z 58, 2023-06-28T07:00:00Z 28, 2023-07-25T19:00:00Z 88, 2023-08-22T07:00:00Z 58, 2023-09-18T19:00:00Z 28, 2023-10-16T07:00:00Z 88, 2023-11-12T19:00:00Z 58}	{2023-01-16T17:00:00Z click, 2023-02-20T22:00:00Z open, 2023-03-28T03:00:00Z sent, 2023-05-02T08:00:00Z click, 2023-06-06T13:00:00Z open, 2023-07-11T18:00:00Z sent, 2023-08-15T23:00:00Z click, 2023-09-20T04:00:00Z open}	12	\N	8	\N	phone	phone
30	{2023-01-14T18:00:00Z 35, 2023-03-10T18:00:00Z 65, 2023-04-07T06:00:00Z 35, 2023-06-01T06:00:00Z 65, 2023-06-28T18:00:00Z 35, 2023-08-22T18:00:00Z 65, 2023-09-19T06:00:00Z 35, 2023-11-13T06:00:00Z 65}	{2023-01-17T06:00:00Z sent, 2023-02-21T11:00:00Z click, 2023-03-28T16:00:00Z open, 2023-05-02T21:00:00Z sent, 2023-06-07T02:00:00Z click, 2023-07-12T07:00:00Z open, 2023-08-16T12:00:00Z sent, 2023-09-20T17:00:00Z click}	8	\N	8	\N	web	web
31	{2023-01-15T05:00:00Z 42, 2023-02-11T17:00:00Z 12, 2023-03-11T05:00:00Z 72, 2023-04-07T17:00:00Z 42, 2023-05-05T05:00:00Z 12, 2023-06-01T17:00:00Z 72, 2023-06-29T05:00:00Z 42, 2023-07-26T17:00:00Z 12, 2023-08-23T05:00:00Z 72, 2023-09-19T17:00:00Z 42, 2023-10-17T05:00:00Z 12, 2023-11-13T17:00:00Z 72}	{2023-01-17T19:00:00Z open, 2023-02-22T00:00:00Z sent, 2023-03-29T05:00:00Z click, 2023-05-03T10:00:00Z open, 2023-06-07T15:00:00Z sent, 2023-07-12T20:00:00Z click, 2023-08-17T01:00:00Z open, 2023-09-21T06:00:00Z sent}	12	\N	8	\N	shop	shop
32	{2023-01-15T16:00:00Z 49, 2023-02-12T04:00:00Z 19, 2023-03-11T16:00:00Z 79, 2023-04-08T04:00:00Z 49, 2023-05-05T16:00:00Z 19, 2023-06-02T04:00:00Z 79, 2023-06-29T16:00:00Z 49, 2023-07-27T04:00:00Z 19, 2023-08-23T16:00:00Z 79, 2023-09-20T04:00:00Z 49, 2023-10-17T16:00:00Z 19, 2023-11-14T04:00:00Z 79}	{2023-01-18T08:00:00Z click, 2023-02-22T13:00:00Z open, 2023-03-29T18:00:00Z sent, 2023-05-03T23:00:00Z click, 2023-06-08T04:00:00Z open, 2023-07-13T09:00:00Z sent, 2023-08-17T14:00:00Z click, 2023-09-21T19:00:00Z open}	12	\N	8	\N	phone	phone
33	{2023-01-16T03:00:00Z 56, 2023-02-12T15:00:00Z 26, 2023-04-08T15:00:00Z 56, 2023-05-06T03:00:00Z 26, 2023-06-30T03:00:00Z 56, 2023-07-27T15:00:00Z 26, 2023-09-20T15:00:00Z 56, 2023-10-18T03:00:00Z 26}	{2023-01-18T21:00:00Z sent, 2023-02-23T02:00:00Z click, 2023-03-30T07:00:00Z open, 2023-05-04T12:00:00Z sent, 2023-06-08T17:00:00Z click, 2023-07-13T22:00:00Z open, 2023-08-18T03:00:00Z sent, 2023-09-22T08:00:00Z click}	8	\N	8	\N	web	web
34	{2023-01-16T14:00:00Z 63, 2023-02-13T02:00:00Z 33, 2023-03-12T14:00:00Z 93, 2023-04-09T02:00:00Z 63, 2023-05-06T14:00:00Z 33, 2023-06-03T02:00:00Z 93, 2023-06-30T14:00:00Z 63, 2023-07-28T02:00:00Z 33, 2023-08-24T14:00:00Z 93, 2023-09-21T02:00:00Z 63, 2023-10-18T14:00:00Z 33, 2023-11-15T02:00:00Z 93}	{2023-01-19T10:00:00Z open, 2023-02-23T15:00:00Z sent, 2023-03-30T20:00:00Z click, 2023-05-05T01:00:00Z open, 2023-06-09T06:00:00Z sent, 2023-07-14T11:00:00Z click, 2023-08-18T16:00:00Z open, 2023-09-22T21:00:00Z sent}	12	\N	8	\N	shop	shop
35	{2023-01-17T01:00:00Z 70, 2023-02-13T13:00:00Z 40, 2023-03-13T01:00:00Z 10, 2023-04-09T13:00:00Z 70, 2023-05-07T01:00:00Z 40, 2023-06-03T13:00:00Z 10, 2023-07-01T01:00:00Z 70, 2023-07-28T13:00:00Z 40, 2023-08-25T01:00:00Z 10, 2023-09-21T13:00:00Z 70, 2023-10-19T01:00:00Z 40, 2023-11-15T13:00:00Z 10}	{2023-01-19T23:00:00Z click, 2023-02-24T04:00:00Z open, 2023-03-31T09:00:00Z sent, 2023-05-05T14:00:00Z click, 2023-06-09T19:00:00Z open, 2023-07-15T00:00:00Z sent, 2023-08-19T05:00:00Z click, 2023-09-23T10:00:00Z open}	12	\N	8	\N	phone	phone
36	{2023-02-14T00:00:00Z 47, 2023-03-13T12:00:00Z 17, 2023-05-07T12:00:00Z 47, 2023-06-04T00:00:00Z 17, 2023-07-29T00:00:00Z 47, 2023-08-25T12:00:00Z 17, 2023-10-19T12:00:00Z 47, 2023-11-16T00:00:00Z 17}	{2023-01-20T12:00:00Z sent, 2023-02-24T17:00:00Z click, 2023-03-31T22:00:00Z open, 2023-05-06T03:00:00Z sent, 2023-06-10T08:00:00Z click, 2023-07-15T13:00:00Z open, 2023-08-19T18:00:00Z sent, 2023-09-23T23:00:00Z click}	8	\N	8	\N	web	web
37	{2023-01-17T23:00:00Z 84, 2023-02-14T11:00:00Z 54, 2023-03-13T23:00:00Z 24, 2023-04-10T11:00:00Z 84, 2023-05-07T23:00:00Z 54, 2023-06-04T11:00:00Z 24, 2023-07-01T23:00:00Z 84, 2023-07-29T11:00:00Z 54, 2023-08-25T23:00:00Z 24, 2023-09-22T11:00:00Z 84, 2023-10-19T23:00:00Z 54, 2023-11-16T11:00:00Z 24}	{2023-01-21T01:00:00Z open, 2023-02-25T06:00:00Z sent, 2023-04-01T11:00:00Z click, 2023-05-06T16:00:00Z open, 2023-06-10T21:00:00Z sent, 2023-07-16T02:00:00Z click, 2023-08-20T07:00:00Z open, 2023-09-24T12:00:00Z sent}	12	\N	8	\N	shop	shop
38	{2023-01-18T10:00:00Z 91, 2023-02-14T22:00:00Z 61, 2023-03-14T10:00:00Z 31, 2023-04-10T22:00:00Z 91, 2023-05-08T10:00:00Z 61, 2023-06-04T22:00:00Z 31, 2023-07-02T10:00:00Z 91, 2023-07-29T22:00:00Z 61, 2023-08-26T10:00:00Z 31, 2023-09-22T22:00:00Z 91, 2023-10-20T10:00:00Z 61, 2023-11-16T22:00:00Z 31}	{2023-01-21T14:00:00Z click, 2023-02-25T19:00:00Z open, 2023-04-02T00:00:00Z sent, 2023-05-07T05:00:00Z click, 2023-06-11T10:00:00Z open, 2023-07-16T15:00:00Z sent, 2023-08-20T20:00:00Z click, 2023-09-25T01:00:00Z open}	12	\N	8	\N	phone	phone
39	{2023-01-18T21:00:00Z 8, 2023-03-14T21:00:00Z 38, 2023-04-11T09:00:00Z 8, 2023-06-05T09:00:00Z 38, 2023-07-02T21:00:00Z 8, 2023-08-26T21:00:00Z 38, 2023-09-23T09:00:00Z 8, 2023-11-17T09:00:00Z 38}	{2023-01-22T03:00:00Z sent, 2023-02-26T08:00:00Z click, 2023-04-02T13:00:00Z open, 2023-05-07T18:00:00Z sent, 2023-06-11T23:00:00Z click, 2023-07-17T04:00:00Z open, 2023-08-21T09:00:00Z sent, 2023-09-25T14:00:00Z click}	8	\N	8	\N	web	web
40	{2023-01-19T08:00:00Z 15, 2023-02-15T20:00:00Z 75, 2023-03-15T08:00:00Z 45, 2023-04-11T20:00:00Z 15, 2023-05-09T08:00:00Z 75, 2023-06-05T20:00:00Z 45, 2023-07-03T08:00:00Z 15, 2023-07-30T20:00:00Z 75, 2023-08-27T08:00:00Z 45, 2023-09-23T20:00:00Z 15, 2023-10-21T08:00:00Z 75, 2023-11-17T20:00:00Z 45}	{2023-01-22T16:00:00Z open, 2023-02-26T21:00:00Z sent, 2023-04-03T02:00:00Z click, 2023-05-08T07:00:00Z open, 2023-06-12T12:00:00Z sent, 2023-07-17T17:00:00Z click, 2023-08-21T22:00:00Z open, 2023-09-26T03:00:00Z sent}	12	\N	8	\N	shop	shop
41	{2023-01-19T19:00:00Z 22, 2023-02-16T07:00:00Z 82, 2023-03-15T19:00:00Z 52, 2023-04-12T07:00:00Z 22, 2023-05-09T19:00:00Z 82, 2023-06-06T07:00:00Z 52, 2023-07-03T19:00:00Z 22, 2023-07-31T07:00:00Z 82, 2023-08-27T19:00:00Z 52, 2023-09-24T07:00:00Z 22, 2023-10-21T19:00:00Z 82}	{2023-01-23T05:00:00Z click, 2023-02-27T10:00:00Z open, 2023-04-03T15:00:00Z sent, 2023-05-08T20:00:00Z click, 2023-06-13T01:00:00Z open, 2023-07-18T06:00:00Z sent, 2023-08-22T11:00:00Z click, 2023-09-26T16:00:00Z open}	11	\N	8	\N	phone	phone
42	{2023-01-20T06:00:00Z 29, 2023-02-16T18:00:00Z 89, 2023-04-12T18:00:00Z 29, 2023-05-10T06:00:00Z 89, 2023-07-04T06:00:00Z 29, 2023-07-31T18:00:00Z 89, 2023-09-24T18:00:00Z 29, 2023-10-22T06:00:00Z 89}	{2023-01-23T18:00:00Z sent, 2023-02-27T23:00:00Z click, 2023-04-04T04:00:00Z open, 2023-05-09T09:00:00Z sent, 2023-06-13T14:00:00Z click, 2023-07-18T19:00:00Z open, 2023-08-23T00:00:00Z sent, 2023-09-27T05:00:00Z click}	8	\N	8	\N	web	web
43	{2023-01-20T17:00:00Z 36, 2023-02-17T05:00:00Z 6, 2023-03-16T17:00:00Z 66, 2023-04-13T05:00:00Z 36, 2023-05-10T17:00:00Z 6, 2023-06-07T05:00:00Z 66, 2023-07-04T17:00:00Z 36, 2023-08-01T05:00:00Z 6, 2023-08-28T17:00:00Z 66, 2023-09-25T05:00:00Z 36, 2023-10-22T17:00:00Z 6}	{2023-01-24T07:00:00Z open, 2023-02-28T12:00:00Z sent, 2023-04-04T17:00:00Z click, 2023-05-09T22:00:00Z open, 2023-06-14T03:00:00Z sent, 2023-07-19T08:00:00Z click, 2023-08-23T13:00:00Z open, 2023-09-27T18:00:00Z sent}	11	\N	8	\N	shop	shop
44	{2023-01-21T04:00:00Z 43, 2023-02-17T16:00:00Z 13, 2023-03-17T04:00:00Z 73, 2023-04-13T16:00:00Z 43, 2023-05-11T04:00:00Z 13, 2023-06-07T16:00:00Z 73, 2023-07-05T04:00:00Z 43, 2023-08-01T16:00:00Z 13, 2023-08-29T04:00:00Z 73, 2023-09-25T16:00:00Z 43, 2023-10-23T04:00:00Z 13}	{2023-01-24T20:00:00Z click, 2023-03-01T01:00:00Z open, 2023-04-05T06:00:00Z sent, 2023-05-10T11:00:00Z click, 2023-06-14T16:00:00Z open, 2023-07-19T21:00:00Z sent, 2023-08-24T02:00:00Z click, 2023-09-28T07:00:00Z open}	11	\N	8	\N	phone	phone
45	{2023-02-18T03:00:00Z 20, 2023-03-17T15:00:00Z 80, 2023-05-11T15:00:00Z 20, 2023-06-08T03:00:00Z 80, 2023-08-02T03:00:00Z 20, 2023-08-29T15:00:00Z 80, 2023-10-23T15:00:00Z 20}	{2023-01-25T09:00:00Z sent, 2023-03-01T14:00:00Z click, 2023-04-05T19:00:00Z open, 2023-05-11T00:00:00Z sent, 2023-06-15T05:00:00Z click, 2023-07-20T10:00:00Z open, 2023-08-24T15:00:00Z sent, 2023-09-28T20:00:00Z click}	7	\N	8	\N	web	web
46	{2023-01-22T02:00:00Z 57, 2023-02-18T14:00:00Z 27, 2023-03-18T02:00:00Z 87, 2023-04-14T14:00:00Z 57, 2023-05-12T02:00:00Z 27, 2023-06-08T14:00:00Z 87, 2023-07-06T02:00:00Z 57, 2023-08-02T14:00:00Z 27, 2023-08-30T02:00:00Z 87, 2023-09-26T14:00:00Z 57, 2023-10-24T02:00:00Z 27}	{2023-01-25T22:00:00Z open, 2023-03-02T03:00:00Z sent, 2023-04-06T08:00:00Z click, 2023-05-11T13:00:00Z open, 2023-06-15T18:00:00Z sent, 2023-07-20T23:00:00Z click, 2023-08-25T04:00:00Z open}	11	\N	7	\N	shop	shop
47	{2023-01-22T13:00:00Z 64, 2023-02-19T01:00:00Z 34, 2023-03-18T13:00:00Z 94, 2023-04-15T01:00:00Z 64, 2023-05-12T13:00:00Z 34, 2023-06-09T01:00:00Z 94, 2023-07-06T13:00:00Z 64, 2023-08-03T01:00:00Z 34, 2023-08-30T13:00:00Z 94, 2023-09-27T01:00:00Z 64, 2023-10-24T13:00:00Z 34}	{2023-01-26T11:00:00Z click, 2023-03-02T16:00:00Z open, 2023-04-06T21:00:00Z sent, 2023-05-12T02:00:00Z click, 2023-06-16T07:00:00Z open, 2023-07-21T12:00:00Z sent, 2023-08-25T17:00:00Z click}	11	\N	7	\N	phone	phone
48	{2023-01-23T00:00:00Z 71, 2023-03-19T00:00:00Z 11, 2023-04-15T12:00:00Z 71, 2023-06-09T12:00:00Z 11, 2023-07-07T00:00:00Z 71, 2023-08-31T00:00:00Z 11, 2023-09-27T12:00:00Z 71}	{2023-01-27T00:00:00Z sent, 2023-03-03T05:00:00Z click, 2023-04-07T10:00:00Z open, 2023-05-12T15:00:00Z sent, 2023-06-16T20:00:00Z click, 2023-07-22T01:00:00Z open, 2023-08-26T06:00:00Z sent}	7	\N	7	\N	web	web
49	{2023-01-23T11:00:00Z 78, 2023-02-19T23:00:00Z 48, 2023-03-19T11:00:00Z 18, 2023-04-15T23:00:00Z 78, 2023-05-13T11:00:00Z 48, 2023-06-09T23:00:00Z 18, 2023-07-07T11:00:00Z 78, 2023-08-03T23:00:00Z 48, 2023-08-31T11:00:00Z 18, 2023-09-27T23:00:00Z 78, 2023-10-25T11:00:00Z 48}	{2023-01-27T13:00:00Z open, 2023-03-03T18:00:00Z sent, 2023-04-07T23:00:00Z click, 2023-05-13T04:00:00Z open, 2023-06-17T09:00:00Z sent, 2023-07-22T14:00:00Z click, 2023-08-26T19:00:00Z open}	11	\N	7	\N	shop	shop
50	{2023-01-23T22:00:00Z 85, 2023-02-20T10:00:00Z 55, 2023-03-19T22:00:00Z 25, 2023-04-16T10:00:00Z 85, 2023-05-13T22:00:00Z 55, 2023-06-10T10:00:00Z 25, 2023-07-07T22:00:00Z 85, 2023-08-04T10:00:00Z 55, 2023-08-31T22:00:00Z 25, 2023-09-28T10:00:00Z 85, 2023-10-25T22:00:00Z 55}	{2023-01-28T02:00:00Z click, 2023-03-04T07:00:00Z open, 2023-04-08T12:00:00Z sent, 2023-05-13T17:00:00Z click, 2023-06-17T22:00:00Z open, 2023-07-23T03:00:00Z sent, 2023-08-27T08:00:00Z click}	11	\N	7	\N	phone	phone
51	{2023-01-24T09:00:00Z 92, 2023-02-20T21:00:00Z 62, 2023-04-16T21:00:00Z 92, 2023-05-14T09:00:00Z 62, 2023-07-08T09:00:00Z 92, 2023-08-04T21:00:00Z 62, 2023-09-28T21:00:00Z 92, 2023-10-26T09:00:00Z 62}	{2023-01-28T15:00:00Z sent, 2023-03-04T20:00:00Z click, 2023-04-09T01:00:00Z open, 2023-05-14T06:00:00Z sent, 2023-06-18T11:00:00Z click, 2023-07-23T16:00:00Z open, 2023-08-27T21:00:00Z sent}	8	\N	7	\N	web	web
52	{2023-01-24T20:00:00Z 9, 2023-02-21T08:00:00Z 69, 2023-03-20T20:00:00Z 39, 2023-04-17T08:00:00Z 9, 2023-05-14T20:00:00Z 69, 2023-06-11T08:00:00Z 39, 2023-07-08T20:00:00Z 9, 2023-08-05T08:00:00Z 69, 2023-09-01T20:00:00Z 39, 2023-09-29T08:00:00Z 9, 2023-10-26T20:00:00Z 69}	{2023-01-29T04:00:00Z open, 2023-03-05T09:00:00Z sent, 2023-04-09T14:00:00Z click, 2023-05-14T19:00:00Z open, 2023-06-19T00:00:00Z sent, 2023-07-24T05:00:00Z click, 2023-08-28T10:00:00Z open}	11	\N	7	\N	shop	shop
53	{2023-01-25T07:00:00Z 16, 2023-02-21T19:00:00Z 76, 2023-03-21T07:00:00Z 46, 2023-04-17T19:00:00Z 16, 2023-05-15T07:00:00Z 76, 2023-06-11T19:00:00Z 46, 2023-07-09T07:00:00Z 16, 2023-08-05T19:00:00Z 76, 2023-09-02T07:00:00Z 46, 2023-09-29T19:00:00Z 16, 2023-10-27T07:00:00Z 76}	{2023-01-29T17:00:00Z click, 2023-03-05T22:00:00Z open, 2023-04-10T03:00:00Z sent, 2023-05-15T08:00:00Z click, 2023-06-19T13:00:00Z open, 2023-07-24T18:00:00Z sent, 2023-08-28T23:00:00Z click}	11	\N	7	\N	phone	phone
54	{2023-02-22T06:00:00Z 83, 2023-03-21T18:00:00Z 53, 2023-05-15T18:00:00Z 83, 2023-06-12T06:00:00Z 53, 2023-08-06T06:00:00Z 83, 2023-09-02T18:00:00Z 53, 2023-10-27T18:00:00Z 83}	{2023-01-30T06:00:00Z sent, 2023-03-06T11:00:00Z click, 2023-04-10T16:00:00Z open, 2023-05-15T21:00:00Z sent, 2023-06-20T02:00:00Z click, 2023-07-25T07:00:00Z open, 2023-08-29T12:00:00Z sent}	7	\N	7	\N	web	web
55	{2023-01-26T05:00:00Z 30, 2023-02-22T17:00:00Z 90, 2023-03-22T05:00:00Z 60, 2023-04-18T17:00:00Z 30, 2023-05-16T05:00:00Z 90, 2023-06-12T17:00:00Z 60, 2023-07-10T05:00:00Z 30, 2023-08-06T17:00:00Z 90, 2023-09-03T05:00:00Z 60, 2023-09-30T17:00:00Z 30, 2023-10-28T05:00:00Z 90}	{2023-01-30T19:00:00Z open, 2023-03-07T00:00:00Z sent, 2023-04-11T05:00:00Z click, 2023-05-16T10:00:00Z open, 2023-06-20T15:00:00Z sent, 2023-07-25T20:00:00Z click, 2023-08-30T01:00:00Z open}	11	\N	7	\N	shop	shop
56	{2023-01-26T16:00:00Z 37, 2023-02-23T04:00:00Z 7, 2023-03-22T16:00:00Z 67, 2023-04-19T04:00:00Z 37, 2023-05-16T16:00:00Z 7, 2023-06-13T04:00:00Z 67, 2023-07-10T16:00:00Z 37, 2023-08-07T04:00:00Z 7, 2023-09-03T16:00:00Z 67, 2023-10-01T04:00:00Z 37, 2023-10-28T16:00:00Z 7}	{2023-01-31T08:00:00Z click, 2023-03-07T13:00:00Z open, 2023-04-11T18:00:00Z sent, 2023-05-16T23:00:00Z click, 2023-06-21T04:00:00Z open, 2023-07-26T09:00:00Z sent, 2023-08-30T14:00:00Z click}	11	\N	7	\N	phone	phone
57	{2023-01-27T03:00:00Z 44, 2023-03-23T03:00:00Z 74, 2023-04-19T15:00:00Z 44, 2023-06-13T15:00:00Z 74, 2023-07-11T03:00:00Z 44, 2023-09-04T03:00:00Z 74, 2023-10-01T15:00:00Z 44}	{2023-01-31T21:00:00Z sent, 2023-03-08T02:00:00Z click, 2023-04-12T07:00:00Z open, 2023-05-17T12:00:00Z sent, 2023-06-21T17:00:00Z click, 2023-07-26T22:00:00Z open, 2023-08-31T03:00:00Z sent}	7	\N	7	\N	web	web
58	{2023-01-27T14:00:00Z 51, 2023-02-24T02:00:00Z 21, 2023-03-23T14:00:00Z 81, 2023-04-20T02:00:00Z 51, 2023-05-17T14:00:00Z 21, 2023-06-14T02:00:00Z 81, 2023-07-11T14:00:00Z 51, 2023-08-08T02:00:00Z 21, 2023-09-04T14:00:00Z 81, 2023-10-02T02:00:00Z 51, 2023-10-29T14:00:00Z 21}	{2023-02-01T10:00:00Z open, 2023-03-08T15:00:00Z sent, 2023-04-12T20:00:00Z click, 2023-05-18T01:00:00Z open, 2023-06-22T06:00:00Z sent, 2023-07-27T11:00:00Z click, 2023-08-31T16:00:00Z open}	11	\N	7	\N	shop	shop
59	{2023-01-28T01:00:00Z 58, 2023-02-24T13:00:00Z 28, 2023-03-24T01:00:00Z 88, 2023-04-20T13:00:00Z 58, 2023-05-18T01:00:00Z 28, 2023-06-14T13:00:00Z 88, 2023-07-12T01:00:00Z 58, 2023-08-08T13:00:00Z 28, 2023-09-05T01:00:00Z 88, 2023-10-02T13:00:00Z 58, 2023-10-30T01:00:00Z 28}	{2023-02-01T23:00:00Z click, 2023-03-09T04:00:00Z open, 2023-04-13T09:00:00Z sent, 2023-05-18T14:00:00Z click, 2023-06-22T19:00:00Z open, 2023-07-28T00:00:00Z sent, 2023-09-01T05:00:00Z click}	11	\N	7	\N	phone	phone
60	\N	{2023-02-02T12:00:00Z sent, 2023-03-09T17:00:00Z click, 2023-04-13T22:00:00Z open, 2023-05-19T03:00:00Z sent, 2023-06-23T08:00:00Z click, 2023-07-28T13:00:00Z open, 2023-09-01T18:00:00Z sent}	0	\N	7	\N	\N	\N
61	\N	{2023-02-03T01:00:00Z open, 2023-03-10T06:00:00Z sent, 2023-04-14T11:00:00Z click, 2023-05-19T16:00:00Z open, 2023-06-23T21:00:00Z sent, 2023-07-29T02:00:00Z click, 2023-09-02T07:00:00Z open}	0	\N	7	\N	\N	\N
62	\N	{2023-02-03T14:00:00Z click, 2023-03-10T19:00:00Z open, 2023-04-15T00:00:00Z sent, 2023-05-20T05:00:00Z click, 2023-06-24T10:00:00Z open, 2023-07-29T15:00:00Z sent, 2023-09-02T20:00:00Z click}	0	\N	7	\N	\N	\N
63	\N	{2023-02-04T03:00:00Z sent, 2023-03-11T08:00:00Z click, 2023-04-15T13:00:00Z open, 2023-05-20T18:00:00Z sent, 2023-06-24T23:00:00Z click, 2023-07-30T04:00:00Z open, 2023-09-03T09:00:00Z sent}	0	\N	7	\N	\N	\N
64	\N	{2023-02-04T16:00:00Z open, 2023-03-11T21:00:00Z sent, 2023-04-16T02:00:00Z click, 2023-05-21T07:00:00Z open, 2023-06-25T12:00:00Z sent, 2023-07-30T17:00:00Z click, 2023-09-03T22:00:00Z open}	0	\N	7	\N	\N	\N
7	{2023-01-04T05:00:00Z 54, 2023-01-31T17:00:00Z 24, 2023-02-28T05:00:00Z 84, 2023-03-27T17:00:00Z 54, 2023-04-24T05:00:00Z 24, 2023-05-21T17:00:00Z 84, 2023-06-18T05:00:00Z 54, 2023-07-15T17:00:00Z 24, 2023-08-12T05:00:00Z 84, 2023-09-08T17:00:00Z 54, 2023-10-06T05:00:00Z 24, 2023-11-02T17:00:00Z 84, 2023-12-01T00:00:00Z 77}	{2023-01-04T19:00:00Z open, 2023-02-09T00:00:00Z sent, 2023-03-16T05:00:00Z click, 2023-04-20T10:00:00Z open, 2023-05-25T15:00:00Z sent, 2023-06-29T20:00:00Z click, 2023-08-04T01:00:00Z open, 2023-09-08T06:00:00Z sent}	13	\N	8	\N	shop	web
\.


--
-- Data for Name: journey; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.journey (journey, name, status, version, created_at, started_at, movement_seen, scanned_at) FROM stdin;
1	welcome	live	1	2026-11-30 10:54:00.845034+00	2023-12-01 00:00:00+00	8	2026-11-30 10:54:00.687772+00
\.


--
-- Data for Name: journey_condition; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.journey_condition (journey, customer) FROM stdin;
\.


--
-- Data for Name: journey_state; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.journey_state (singleton, policy, swept_at, sweep_of, sweep_next) FROM stdin;
t	{}	2026-11-30 10:54:00.687772+00	\N	\N
\.


--
-- Data for Name: journey_step; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.journey_step (journey, version, step, name, definition) FROM stdin;
1	1	1	one	{"act": {"channel": "email", "template": "first"}, "name": "one"}
1	1	2	wait	{"name": "wait", "wait": {"for": "3 days"}}
1	1	3	two	{"act": {"channel": "email", "template": "second"}, "name": "two"}
1	1	4	end	{"exit": "through", "name": "end"}
\.


--
-- Data for Name: journey_version; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.journey_version (journey, version, head, created_at, started_at) FROM stdin;
1	1	{"entry": {"event": "registered"}}	2026-11-30 10:54:00.845034+00	2026-11-30 10:54:00.845034+00
\.


--
-- Data for Name: kpi; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.kpi (day, as_of, customers, buyers, prospects, new, active, at_risk, lapsed, vips, orders_to_date, revenue_to_date, orders_of_day, revenue_of_day, average_order_value, expected_purchases, predicted_ltv, average_p_alive, moved) FROM stdin;
2023-12-01	2023-12-01 00:00:00+00	71	60	11	0	40	20	0	3	623	30986.0000	0	0.0000	49.74	648.5580	30912.11	1.0000	0
2023-12-02	2023-12-02 00:00:00+00	71	60	11	0	39	21	0	5	624	31063.0000	0	0.0000	49.78	648.5580	30912.12	1.0000	8
\.


--
-- Data for Name: movement; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.movement (id, customer, at, refitted, stage_before, stage_after, segment_before, segment_after, score_before, score_after, orders_before, orders_after, spend_before, spend_after, recency_days_before, recency_days_after, overdue_ratio_before, overdue_ratio_after) FROM stdin;
1	1	2023-12-02 00:00:00+00	f	at_risk	at_risk	Potential Loyalist	Needs Attention	3-3-3	2-3-3	12	12	504.0000	504.0000	31	32	1.11	1.15
2	2	2023-12-02 00:00:00+00	f	active	at_risk	Loyal	Loyal	3-3-4	3-3-4	12	12	588.0000	588.0000	30	31	1.10	1.13
3	7	2023-12-02 00:00:00+00	f	active	active	Loyal	Champions	3-3-4	5-5-5	12	13	648.0000	725.0000	28	1	1.02	0.04
4	28	2023-12-02 00:00:00+00	f	active	active	Champions	Loyal	5-3-4	4-3-4	12	12	612.0000	612.0000	18	19	0.67	0.70
5	29	2023-12-02 00:00:00+00	f	active	active	Champions	Loyal	5-3-5	4-3-5	12	12	696.0000	696.0000	18	19	0.65	0.69
6	46	2023-12-02 00:00:00+00	f	at_risk	at_risk	Needs Attention	At Risk	2-2-4	1-2-4	11	11	597.0000	597.0000	37	38	1.36	1.39
7	47	2023-12-02 00:00:00+00	f	at_risk	at_risk	At Risk	Can't Lose	2-2-5	1-2-5	11	11	674.0000	674.0000	37	38	1.34	1.38
8	59	2023-12-02 00:00:00+00	f	at_risk	at_risk	Potential Loyalist	Needs Attention	3-2-4	2-2-4	11	11	608.0000	608.0000	31	32	1.15	1.18
\.


--
-- Data for Name: order_change; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.order_change (customer) FROM stdin;
8
900
\.


--
-- Data for Name: profile; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.profile (customer, stage, segment, recency_score, frequency_score, monetary_score, phase, relationship_stage, temperature, vip, orders, spend, average_order_value, first_purchase, last_purchase, recency_days, overdue_ratio, next_purchase, next_purchase_from, next_purchase_to, p_alive, expected_purchases, purchase_probability, expected_spend, ltv, predicted_ltv, channel, last_channel, cohort, consented_at, spend_last_year, stage_since, segment_since, country) FROM stdin;
0	active	Needs Attention	2	1	2	growth	retain	warm	f	8	400.0000	50.00	2023-01-28 12:00:00+00	2023-10-30 12:00:00+00	32	0.85	2023-12-09	2023-12-03	2023-12-18	1.0000	10.8093	1.0000	49.98	1246.34	515.20	web	web	2023-01-01	\N	400.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
1	at_risk	Needs Attention	2	3	3	growth	retain	cold	f	12	504.0000	42.00	2023-01-01 11:00:00+00	2023-10-30 23:00:00+00	32	1.15	2023-12-04	2023-12-02	2023-12-09	1.0000	10.8093	1.0000	49.98	1512.19	515.20	shop	shop	2023-01-01	\N	504.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00	country 1
2	at_risk	Loyal	3	3	4	retention	retain	warm	f	12	588.0000	49.00	2023-01-01 22:00:00+00	2023-10-31 10:00:00+00	31	1.13	2023-12-04	2023-12-02	2023-12-09	1.0000	10.8093	1.0000	49.98	1766.64	515.20	phone	phone	2023-01-01	\N	588.0000	2023-12-02 00:00:00+00	2023-12-01 00:00:00+00	country 2
3	active	Promising	3	1	1	growth	retain	warm	f	8	328.0000	41.00	2023-01-02 09:00:00+00	2023-10-31 21:00:00+00	31	0.75	2023-12-12	2023-12-05	2023-12-23	1.0000	10.8093	1.0000	49.98	941.97	515.20	web	web	2023-01-01	\N	328.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
4	active	Loyal	3	3	5	retention	retain	cold	t	12	756.0000	63.00	2023-01-02 20:00:00+00	2023-11-01 08:00:00+00	30	1.10	2023-12-04	2023-12-02	2023-12-10	1.0000	10.8093	1.0000	49.98	2277.64	515.21	shop	shop	2023-01-01	\N	756.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
5	active	Potential Loyalist	3	3	2	growth	retain	warm	f	12	480.0000	40.00	2023-01-03 07:00:00+00	2023-11-01 19:00:00+00	30	1.09	2023-12-04	2023-12-02	2023-12-10	1.0000	10.8093	1.0000	49.97	1448.12	515.20	phone	phone	2023-01-01	\N	480.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
6	at_risk	Lost	1	1	1	growth	retain	warm	f	8	256.0000	32.00	2023-01-03 18:00:00+00	2023-10-05 18:00:00+00	57	1.50	2023-12-04	2023-12-02	2023-12-09	1.0000	10.8093	1.0000	49.97	738.24	515.20	web	web	2023-01-01	\N	256.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
7	active	Champions	5	5	5	retention	retain	cold	t	13	725.0000	55.77	2023-01-04 05:00:00+00	2023-12-01 00:00:00+00	1	0.04	2023-12-28	2023-12-22	2024-01-04	1.0000	10.8093	1.0000	49.98	2208.64	515.21	shop	web	2023-01-01	\N	725.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00	country 1
8	active	Loyal	3	3	5	retention	retain	warm	t	12	732.0000	61.00	2023-01-04 16:00:00+00	2023-11-03 04:00:00+00	28	1.03	2023-12-05	2023-12-02	2023-12-10	1.0000	10.8093	1.0000	49.98	2217.54	515.21	phone	phone	2023-01-01	\N	732.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
9	active	Promising	3	1	1	growth	retain	warm	f	8	184.0000	23.00	2023-02-01 15:00:00+00	2023-11-03 15:00:00+00	28	0.74	2023-12-12	2023-12-04	2023-12-21	1.0000	10.8093	1.0000	49.97	581.11	515.20	web	web	2023-02-01	\N	184.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
10	active	Potential Loyalist	3	3	3	retention	retain	cold	f	12	540.0000	45.00	2023-01-05 14:00:00+00	2023-11-04 02:00:00+00	27	1.00	2023-12-05	2023-12-02	2023-12-11	1.0000	10.8093	1.0000	49.97	1640.43	515.20	shop	shop	2023-01-01	\N	540.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
11	active	Loyal	3	3	4	retention	retain	warm	f	12	624.0000	52.00	2023-01-06 01:00:00+00	2023-11-04 13:00:00+00	27	0.99	2023-12-05	2023-12-02	2023-12-11	1.0000	10.8093	1.0000	49.98	1898.24	515.20	phone	phone	2023-01-01	\N	624.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
12	active	Needs Attention	3	1	2	growth	retain	warm	f	8	472.0000	59.00	2023-01-06 12:00:00+00	2023-11-05 00:00:00+00	27	0.65	2023-12-16	2023-12-07	2023-12-27	1.0000	10.8093	1.0000	49.98	1372.49	515.20	web	web	2023-01-01	\N	472.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
13	active	Potential Loyalist	3	3	2	growth	retain	cold	f	12	432.0000	36.00	2023-01-06 23:00:00+00	2023-11-05 11:00:00+00	26	0.95	2023-12-05	2023-12-02	2023-12-11	1.0000	10.8093	1.0000	49.97	1317.83	515.20	shop	shop	2023-01-01	\N	432.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
14	active	Potential Loyalist	3	3	3	growth	retain	warm	f	12	516.0000	43.00	2023-01-07 10:00:00+00	2023-11-05 22:00:00+00	26	0.94	2023-12-06	2023-12-02	2023-12-12	1.0000	10.8093	1.0000	49.98	1576.27	515.20	phone	phone	2023-01-01	\N	516.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
15	at_risk	Hibernating	1	1	2	growth	retain	warm	f	8	400.0000	50.00	2023-01-07 21:00:00+00	2023-10-09 21:00:00+00	53	1.39	2023-12-04	2023-12-02	2023-12-10	1.0000	10.8093	1.0000	49.98	1168.00	515.20	web	web	2023-01-01	\N	400.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
16	active	Loyal	4	3	5	retention	retain	cold	t	12	684.0000	57.00	2023-01-08 08:00:00+00	2023-11-06 20:00:00+00	25	0.90	2023-12-06	2023-12-02	2023-12-12	1.0000	10.8093	1.0000	49.98	2095.32	515.21	shop	shop	2023-01-01	\N	684.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
17	active	Loyal	4	3	5	retention	retain	warm	t	12	768.0000	64.00	2023-01-08 19:00:00+00	2023-11-07 07:00:00+00	24	0.89	2023-12-06	2023-12-03	2023-12-13	1.0000	10.8093	1.0000	49.98	2355.93	515.21	phone	phone	2023-01-01	\N	768.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
18	active	Promising	4	1	1	growth	retain	warm	f	8	328.0000	41.00	2023-02-05 18:00:00+00	2023-11-07 18:00:00+00	24	0.63	2023-12-15	2023-12-07	2023-12-25	1.0000	10.8093	1.0000	49.98	1050.18	515.20	web	web	2023-02-01	\N	328.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
19	active	Loyal	4	3	4	retention	retain	cold	f	12	576.0000	48.00	2023-01-09 17:00:00+00	2023-11-08 05:00:00+00	23	0.85	2023-12-07	2023-12-03	2023-12-13	1.0000	10.8093	1.0000	49.98	1771.91	515.20	shop	shop	2023-01-01	\N	576.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
20	active	Loyal	4	3	5	retention	retain	warm	f	12	660.0000	55.00	2023-01-10 04:00:00+00	2023-11-08 16:00:00+00	23	0.84	2023-12-07	2023-12-03	2023-12-14	1.0000	10.8093	1.0000	49.98	2033.17	515.20	phone	phone	2023-01-01	\N	660.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
21	active	Potential Loyalist	4	1	4	retention	retain	warm	f	8	616.0000	77.00	2023-01-10 15:00:00+00	2023-11-09 03:00:00+00	22	0.55	2023-12-20	2023-12-11	2023-12-31	1.0000	10.8093	1.0000	49.98	1813.92	515.21	web	web	2023-01-01	\N	616.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
22	active	Potential Loyalist	4	3	2	growth	retain	cold	f	12	468.0000	39.00	2023-01-11 02:00:00+00	2023-11-09 14:00:00+00	22	0.81	2023-12-08	2023-12-03	2023-12-14	1.0000	10.8093	1.0000	49.97	1445.77	515.20	shop	shop	2023-01-01	\N	468.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
23	active	Potential Loyalist	4	3	3	retention	retain	warm	f	12	552.0000	46.00	2023-01-11 13:00:00+00	2023-11-10 01:00:00+00	21	0.79	2023-12-08	2023-12-03	2023-12-15	1.0000	10.8093	1.0000	49.97	1707.68	515.20	phone	phone	2023-01-01	\N	552.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
24	at_risk	Hibernating	1	1	3	retention	retain	warm	f	8	544.0000	68.00	2023-01-12 00:00:00+00	2023-10-14 00:00:00+00	49	1.28	2023-12-05	2023-12-02	2023-12-11	1.0000	10.8093	1.0000	49.98	1608.70	515.20	web	web	2023-01-01	\N	544.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
25	active	Loyal	4	3	5	retention	retain	cold	f	12	720.0000	60.00	2023-01-12 11:00:00+00	2023-11-10 23:00:00+00	21	0.75	2023-12-09	2023-12-04	2023-12-16	1.0000	10.8093	1.0000	49.98	2233.72	515.20	shop	shop	2023-01-01	\N	720.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
26	active	Potential Loyalist	4	3	2	growth	retain	warm	f	12	444.0000	37.00	2023-01-12 22:00:00+00	2023-11-11 10:00:00+00	20	0.74	2023-12-09	2023-12-04	2023-12-16	1.0000	10.8093	1.0000	49.97	1379.41	515.20	phone	phone	2023-01-01	\N	444.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
27	active	Potential Loyalist	4	1	2	growth	retain	warm	f	8	472.0000	59.00	2023-02-09 21:00:00+00	2023-11-11 21:00:00+00	20	0.53	2023-12-19	2023-12-11	2023-12-29	1.0000	10.8093	1.0000	49.98	1532.35	515.20	web	web	2023-02-01	\N	472.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
28	active	Loyal	4	3	4	retention	retain	cold	f	12	612.0000	51.00	2023-01-13 20:00:00+00	2023-11-12 08:00:00+00	19	0.70	2023-12-10	2023-12-04	2023-12-17	1.0000	10.8093	1.0000	49.98	1906.76	515.20	shop	shop	2023-01-01	\N	612.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00	country 1
29	active	Loyal	4	3	5	retention	retain	warm	f	12	696.0000	58.00	2023-01-14 07:00:00+00	2023-11-12 19:00:00+00	19	0.69	2023-12-10	2023-12-04	2023-12-17	1.0000	10.8093	1.0000	49.98	2171.56	515.21	phone	phone	2023-01-01	\N	696.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00	country 2
30	active	Potential Loyalist	5	1	2	growth	retain	warm	f	8	400.0000	50.00	2023-01-14 18:00:00+00	2023-11-13 06:00:00+00	18	0.45	2023-12-24	2023-12-15	2024-01-04	1.0000	10.8093	1.0000	49.98	1193.00	515.20	web	web	2023-01-01	\N	400.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
31	active	Loyal	5	3	3	growth	retain	cold	f	12	504.0000	42.00	2023-01-15 05:00:00+00	2023-11-13 17:00:00+00	18	0.66	2023-12-11	2023-12-05	2023-12-18	1.0000	10.8093	1.0000	49.97	1577.00	515.20	shop	shop	2023-01-01	\N	504.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
32	active	Champions	5	3	4	retention	retain	warm	f	12	588.0000	49.00	2023-01-15 16:00:00+00	2023-11-14 04:00:00+00	17	0.64	2023-12-11	2023-12-06	2023-12-19	1.0000	10.8093	1.0000	49.98	1842.47	515.20	phone	phone	2023-01-01	\N	588.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
33	at_risk	Lost	1	1	1	growth	retain	warm	f	8	328.0000	41.00	2023-01-16 03:00:00+00	2023-10-18 03:00:00+00	44	1.17	2023-12-05	2023-12-02	2023-12-12	1.0000	10.8093	1.0000	49.97	982.46	515.20	web	web	2023-01-01	\N	328.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
34	active	Champions	5	3	5	retention	retain	cold	f	12	756.0000	63.00	2023-01-16 14:00:00+00	2023-11-15 02:00:00+00	16	0.61	2023-12-12	2023-12-06	2023-12-19	1.0000	10.8093	1.0000	49.98	2375.69	515.21	shop	shop	2023-01-01	\N	756.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
35	active	Loyal	5	3	2	growth	retain	warm	f	12	480.0000	40.00	2023-01-17 01:00:00+00	2023-11-15 13:00:00+00	16	0.59	2023-12-13	2023-12-07	2023-12-20	1.0000	10.8093	1.0000	49.97	1510.54	515.20	phone	phone	2023-01-01	\N	480.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
36	active	Recent	5	1	1	growth	retain	warm	f	8	256.0000	32.00	2023-02-14 00:00:00+00	2023-11-16 00:00:00+00	16	0.42	2023-12-23	2023-12-15	2024-01-02	1.0000	10.8093	1.0000	49.97	842.89	515.20	web	web	2023-02-01	\N	256.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
37	active	Champions	5	3	4	retention	retain	cold	f	12	648.0000	54.00	2023-01-17 23:00:00+00	2023-11-16 11:00:00+00	15	0.56	2023-12-14	2023-12-08	2023-12-21	1.0000	10.8093	1.0000	49.98	2045.11	515.20	shop	shop	2023-01-01	\N	648.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
38	active	Champions	5	3	5	retention	retain	warm	f	12	732.0000	61.00	2023-01-18 10:00:00+00	2023-11-16 22:00:00+00	15	0.54	2023-12-14	2023-12-08	2023-12-21	1.0000	10.8093	1.0000	49.98	2313.55	515.21	phone	phone	2023-01-01	\N	732.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
39	active	Recent	5	1	1	growth	retain	warm	f	8	184.0000	23.00	2023-01-18 21:00:00+00	2023-11-17 09:00:00+00	14	0.35	2023-12-28	2023-12-19	2024-01-08	1.0000	10.8093	1.0000	49.97	555.92	515.20	web	web	2023-01-01	\N	184.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
40	active	Loyal	5	3	3	retention	retain	cold	f	12	540.0000	45.00	2023-01-19 08:00:00+00	2023-11-17 20:00:00+00	14	0.51	2023-12-15	2023-12-09	2023-12-22	1.0000	10.8093	1.0000	49.98	1711.66	515.20	shop	shop	2023-01-01	\N	540.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
41	at_risk	At Risk	1	2	4	retention	retain	warm	f	11	572.0000	52.00	2023-01-19 19:00:00+00	2023-10-21 19:00:00+00	41	1.48	2023-12-03	2023-12-02	2023-12-07	1.0000	10.8093	1.0000	49.98	1800.71	515.20	phone	phone	2023-01-01	\N	572.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
42	active	Hibernating	1	1	2	growth	retain	warm	f	8	472.0000	59.00	2023-01-20 06:00:00+00	2023-10-22 06:00:00+00	40	1.06	2023-12-06	2023-12-02	2023-12-13	1.0000	10.8093	1.0000	49.98	1432.26	515.20	web	web	2023-01-01	\N	472.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
43	at_risk	Hibernating	1	2	1	growth	retain	cold	f	11	366.0000	33.27	2023-01-20 17:00:00+00	2023-10-22 17:00:00+00	40	1.44	2023-12-03	2023-12-02	2023-12-07	1.0000	10.8093	1.0000	49.97	1155.55	515.20	shop	shop	2023-01-01	\N	366.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
44	at_risk	Hibernating	1	2	2	growth	retain	warm	f	11	443.0000	40.27	2023-01-21 04:00:00+00	2023-10-23 04:00:00+00	39	1.43	2023-12-03	2023-12-02	2023-12-07	1.0000	10.8093	1.0000	49.97	1400.70	515.20	phone	phone	2023-01-01	\N	443.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
61	prospect	Prospect	\N	\N	\N	activation	acquire	cold	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
60	prospect	Prospect	\N	\N	\N	activation	acquire	cold	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
45	active	Lost	1	1	1	growth	retain	warm	f	7	320.0000	45.71	2023-02-18 03:00:00+00	2023-10-23 15:00:00+00	39	0.99	2023-12-07	2023-12-02	2023-12-15	1.0000	10.8093	1.0000	49.98	1046.95	515.20	web	web	2023-02-01	\N	320.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
46	at_risk	At Risk	1	2	4	retention	retain	cold	f	11	597.0000	54.27	2023-01-22 02:00:00+00	2023-10-24 02:00:00+00	38	1.39	2023-12-03	2023-12-02	2023-12-07	1.0000	10.8093	1.0000	49.98	1893.13	515.20	shop	shop	2023-01-01	\N	597.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00	country 1
47	at_risk	Can't Lose	1	2	5	retention	retain	cold	f	11	674.0000	61.27	2023-01-22 13:00:00+00	2023-10-24 13:00:00+00	38	1.38	2023-12-03	2023-12-02	2023-12-08	1.0000	10.8093	1.0000	49.98	2140.43	515.21	phone	phone	2023-01-01	\N	674.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00	country 2
48	at_risk	Lost	1	1	1	growth	retain	cold	f	7	317.0000	45.29	2023-01-23 00:00:00+00	2023-09-27 12:00:00+00	65	1.65	2023-12-04	2023-12-02	2023-12-09	1.0000	10.8093	1.0000	49.98	950.57	515.20	web	web	2023-01-01	\N	317.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
49	at_risk	Needs Attention	2	2	3	retention	retain	cold	f	11	558.0000	50.73	2023-01-23 11:00:00+00	2023-10-25 11:00:00+00	37	1.35	2023-12-04	2023-12-02	2023-12-08	1.0000	10.8093	1.0000	49.98	1777.25	515.20	shop	shop	2023-01-01	\N	558.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
50	at_risk	Needs Attention	2	2	4	retention	retain	cold	f	11	635.0000	57.73	2023-01-23 22:00:00+00	2023-10-25 22:00:00+00	37	1.32	2023-12-04	2023-12-02	2023-12-08	1.0000	10.8093	1.0000	49.98	2025.46	515.20	phone	phone	2023-01-01	\N	635.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
51	active	Needs Attention	2	1	4	retention	retain	cold	f	8	616.0000	77.00	2023-01-24 09:00:00+00	2023-10-26 09:00:00+00	36	0.96	2023-12-07	2023-12-03	2023-12-15	1.0000	10.8093	1.0000	49.98	1893.96	515.21	web	web	2023-01-01	\N	616.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
52	at_risk	Needs Attention	2	2	2	growth	retain	cold	f	11	429.0000	39.00	2023-01-24 20:00:00+00	2023-10-26 20:00:00+00	36	1.30	2023-12-04	2023-12-02	2023-12-08	1.0000	10.8093	1.0000	49.97	1372.42	515.20	shop	shop	2023-01-01	\N	429.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
53	at_risk	Needs Attention	2	2	3	growth	retain	cold	f	11	506.0000	46.00	2023-01-25 07:00:00+00	2023-10-27 07:00:00+00	35	1.28	2023-12-04	2023-12-02	2023-12-08	1.0000	10.8093	1.0000	49.98	1621.13	515.20	phone	phone	2023-01-01	\N	506.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
54	active	Needs Attention	2	1	3	growth	retain	cold	f	7	491.0000	70.14	2023-02-22 06:00:00+00	2023-10-27 18:00:00+00	35	0.89	2023-12-08	2023-12-03	2023-12-18	1.0000	10.8093	1.0000	49.98	1629.84	515.20	web	web	2023-02-01	\N	491.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
55	at_risk	At Risk	2	2	5	retention	retain	cold	f	11	660.0000	60.00	2023-01-26 05:00:00+00	2023-10-28 05:00:00+00	34	1.25	2023-12-04	2023-12-02	2023-12-08	1.0000	10.8093	1.0000	49.98	2120.78	515.21	shop	shop	2023-01-01	\N	660.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
56	at_risk	Needs Attention	2	2	1	growth	retain	cold	f	11	377.0000	34.27	2023-01-26 16:00:00+00	2023-10-28 16:00:00+00	34	1.23	2023-12-04	2023-12-02	2023-12-08	1.0000	10.8093	1.0000	49.97	1213.21	515.20	phone	phone	2023-01-01	\N	377.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
57	at_risk	Lost	1	1	1	growth	retain	cold	f	7	398.0000	56.86	2023-01-27 03:00:00+00	2023-10-01 15:00:00+00	61	1.55	2023-12-04	2023-12-02	2023-12-10	1.0000	10.8093	1.0000	49.98	1209.39	515.20	web	web	2023-01-01	\N	398.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
58	at_risk	Needs Attention	2	2	3	retention	retain	cold	f	11	531.0000	48.27	2023-01-27 14:00:00+00	2023-10-29 14:00:00+00	33	1.20	2023-12-04	2023-12-02	2023-12-09	1.0000	10.8093	1.0000	49.98	1713.87	515.20	shop	shop	2023-01-01	\N	531.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
59	at_risk	Needs Attention	2	2	4	retention	retain	cold	f	11	608.0000	55.27	2023-01-28 01:00:00+00	2023-10-30 01:00:00+00	32	1.18	2023-12-04	2023-12-02	2023-12-09	1.0000	10.8093	1.0000	49.98	1965.32	515.20	phone	phone	2023-01-01	\N	608.0000	2023-12-01 00:00:00+00	2023-12-02 00:00:00+00	country 2
63	prospect	Prospect	\N	\N	\N	activation	acquire	cold	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
64	prospect	Prospect	\N	\N	\N	conversion	acquire	warm	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
65	prospect	Prospect	\N	\N	\N	activation	reach	never_contacted	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
66	prospect	Prospect	\N	\N	\N	activation	reach	never_contacted	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
67	prospect	Prospect	\N	\N	\N	activation	reach	never_contacted	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
68	prospect	Prospect	\N	\N	\N	activation	reach	never_contacted	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
69	prospect	Prospect	\N	\N	\N	activation	reach	never_contacted	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 0
70	prospect	Prospect	\N	\N	\N	activation	reach	never_contacted	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 1
62	prospect	Prospect	\N	\N	\N	activation	acquire	cold	f	0	0.0000	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0000	2023-12-01 00:00:00+00	2023-12-01 00:00:00+00	country 2
\.


--
-- Data for Name: store_settings; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.store_settings (one, settings, key_type, reader, made_reader, attached_at, conditions, layout, made) FROM stdin;
t	{"grid": "rfm_25", "kind": "kind", "model": "mbg/nbd", "refit": "7 days", "amount": "amount", "events": "public.events", "margin": 1.0, "orders": "public.orders", "reader": "", "sender": "", "status": "status <> 'test'", "changes": "triggers", "channel": "channel", "horizon": "1 year", "customer": "customer", "customers": "public.people", "ltv_years": 3.0, "reconcile": "1 day", "time_zone": "Europe/Berlin", "attributes": ["country"], "ordered_at": "at", "happened_at": "at", "lapsed_after": 2.0, "at_risk_after": 1.1, "customers_key": "customer", "event_changes": "triggers", "event_customer": "customer", "reader_attributes": false, "annual_discount_rate": 0.1}	bigint	\N	f	2026-11-30 10:53:59.441172+00	{"status": "(status <> 'test'::text)"}	2	{history,profile,movement,kpi,fit,watermark,order_change,event_change,crash_marker,store_settings,missed,journey,journey_version,journey_step,journey_state,journey_condition,enrollment,action,decision,event,source_orders,source_events,source_customers,grown_orders,grown_events,key_orders,key_events,key_customers,customers,at_risk,next_purchases,top_customers,top_customers_of_year,segments,stages,channels,concentration,kpis,stage_days,sales,kpis_by_month,cohorts,growth,movements,transitions,time_in_stage,models,journeys,journey_customers,journey_actions,journey_credits,journey_funnel,journey_goals,cohort_months(),growth_months(),"stages_at(timestamp with time zone)",stages_on(date),"transition_matrix(timestamp with time zone, timestamp with time zone)"}
\.


--
-- Data for Name: watermark; Type: TABLE DATA; Schema: shop_data; Owner: -
--

COPY shop_data.watermark (source, high, reconciled_at) FROM stdin;
orders	\N	2026-11-30 10:54:00.260875+00
events	\N	2026-11-30 10:54:00.268819+00
\.


--
-- Name: action_id_seq; Type: SEQUENCE SET; Schema: compared_data; Owner: -
--

SELECT pg_catalog.setval('compared_data.action_id_seq', 1, false);


--
-- Name: decision_id_seq; Type: SEQUENCE SET; Schema: compared_data; Owner: -
--

SELECT pg_catalog.setval('compared_data.decision_id_seq', 1, false);


--
-- Name: event_id_seq; Type: SEQUENCE SET; Schema: compared_data; Owner: -
--

SELECT pg_catalog.setval('compared_data.event_id_seq', 1, false);


--
-- Name: fit_id_seq; Type: SEQUENCE SET; Schema: compared_data; Owner: -
--

SELECT pg_catalog.setval('compared_data.fit_id_seq', 1, true);


--
-- Name: journey_journey_seq; Type: SEQUENCE SET; Schema: compared_data; Owner: -
--

SELECT pg_catalog.setval('compared_data.journey_journey_seq', 1, false);


--
-- Name: missed; Type: SEQUENCE SET; Schema: compared_data; Owner: -
--

SELECT pg_catalog.setval('compared_data.missed', 1, false);


--
-- Name: movement_id_seq; Type: SEQUENCE SET; Schema: compared_data; Owner: -
--

SELECT pg_catalog.setval('compared_data.movement_id_seq', 7, true);


--
-- Name: action_id_seq; Type: SEQUENCE SET; Schema: shop_data; Owner: -
--

SELECT pg_catalog.setval('shop_data.action_id_seq', 5, true);


--
-- Name: decision_id_seq; Type: SEQUENCE SET; Schema: shop_data; Owner: -
--

SELECT pg_catalog.setval('shop_data.decision_id_seq', 5, true);


--
-- Name: event_id_seq; Type: SEQUENCE SET; Schema: shop_data; Owner: -
--

SELECT pg_catalog.setval('shop_data.event_id_seq', 5, true);


--
-- Name: fit_id_seq; Type: SEQUENCE SET; Schema: shop_data; Owner: -
--

SELECT pg_catalog.setval('shop_data.fit_id_seq', 1, true);


--
-- Name: journey_journey_seq; Type: SEQUENCE SET; Schema: shop_data; Owner: -
--

SELECT pg_catalog.setval('shop_data.journey_journey_seq', 1, true);


--
-- Name: missed; Type: SEQUENCE SET; Schema: shop_data; Owner: -
--

SELECT pg_catalog.setval('shop_data.missed', 1, false);


--
-- Name: movement_id_seq; Type: SEQUENCE SET; Schema: shop_data; Owner: -
--

SELECT pg_catalog.setval('shop_data.movement_id_seq', 8, true);


--
-- Name: action action_decided_once; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.action
    ADD CONSTRAINT action_decided_once UNIQUE (customer, journey, version, entry, step, round);


--
-- Name: action action_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.action
    ADD CONSTRAINT action_pkey PRIMARY KEY (id);


--
-- Name: decision decision_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (id);


--
-- Name: enrollment enrollment_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.enrollment
    ADD CONSTRAINT enrollment_pkey PRIMARY KEY (customer, journey, entry);


--
-- Name: event event_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);


--
-- Name: event event_provider_id_key; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.event
    ADD CONSTRAINT event_provider_id_key UNIQUE (provider_id);


--
-- Name: fit fit_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.fit
    ADD CONSTRAINT fit_pkey PRIMARY KEY (id);


--
-- Name: history history_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (customer);


--
-- Name: journey_condition journey_condition_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey_condition
    ADD CONSTRAINT journey_condition_pkey PRIMARY KEY (journey, customer);


--
-- Name: journey journey_name_key; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey
    ADD CONSTRAINT journey_name_key UNIQUE (name);


--
-- Name: journey journey_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey
    ADD CONSTRAINT journey_pkey PRIMARY KEY (journey);


--
-- Name: journey_state journey_state_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey_state
    ADD CONSTRAINT journey_state_pkey PRIMARY KEY (singleton);


--
-- Name: journey_step journey_step_journey_version_name_key; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey_step
    ADD CONSTRAINT journey_step_journey_version_name_key UNIQUE (journey, version, name) DEFERRABLE;


--
-- Name: journey_step journey_step_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey_step
    ADD CONSTRAINT journey_step_pkey PRIMARY KEY (journey, version, step) DEFERRABLE;


--
-- Name: journey_version journey_version_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey_version
    ADD CONSTRAINT journey_version_pkey PRIMARY KEY (journey, version);


--
-- Name: kpi kpi_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.kpi
    ADD CONSTRAINT kpi_pkey PRIMARY KEY (day);


--
-- Name: movement movement_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.movement
    ADD CONSTRAINT movement_pkey PRIMARY KEY (id);


--
-- Name: profile profile_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.profile
    ADD CONSTRAINT profile_pkey PRIMARY KEY (customer);


--
-- Name: store_settings store_settings_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.store_settings
    ADD CONSTRAINT store_settings_pkey PRIMARY KEY (one);


--
-- Name: watermark watermark_pkey; Type: CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.watermark
    ADD CONSTRAINT watermark_pkey PRIMARY KEY (source);


--
-- Name: action action_decided_once; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.action
    ADD CONSTRAINT action_decided_once UNIQUE (customer, journey, version, entry, step, round);


--
-- Name: action action_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.action
    ADD CONSTRAINT action_pkey PRIMARY KEY (id);


--
-- Name: decision decision_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (id);


--
-- Name: enrollment enrollment_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.enrollment
    ADD CONSTRAINT enrollment_pkey PRIMARY KEY (customer, journey, entry);


--
-- Name: event event_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);


--
-- Name: event event_provider_id_key; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.event
    ADD CONSTRAINT event_provider_id_key UNIQUE (provider_id);


--
-- Name: fit fit_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.fit
    ADD CONSTRAINT fit_pkey PRIMARY KEY (id);


--
-- Name: history history_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (customer);


--
-- Name: journey_condition journey_condition_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey_condition
    ADD CONSTRAINT journey_condition_pkey PRIMARY KEY (journey, customer);


--
-- Name: journey journey_name_key; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey
    ADD CONSTRAINT journey_name_key UNIQUE (name);


--
-- Name: journey journey_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey
    ADD CONSTRAINT journey_pkey PRIMARY KEY (journey);


--
-- Name: journey_state journey_state_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey_state
    ADD CONSTRAINT journey_state_pkey PRIMARY KEY (singleton);


--
-- Name: journey_step journey_step_journey_version_name_key; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey_step
    ADD CONSTRAINT journey_step_journey_version_name_key UNIQUE (journey, version, name) DEFERRABLE;


--
-- Name: journey_step journey_step_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey_step
    ADD CONSTRAINT journey_step_pkey PRIMARY KEY (journey, version, step) DEFERRABLE;


--
-- Name: journey_version journey_version_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey_version
    ADD CONSTRAINT journey_version_pkey PRIMARY KEY (journey, version);


--
-- Name: kpi kpi_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.kpi
    ADD CONSTRAINT kpi_pkey PRIMARY KEY (day);


--
-- Name: movement movement_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.movement
    ADD CONSTRAINT movement_pkey PRIMARY KEY (id);


--
-- Name: profile profile_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.profile
    ADD CONSTRAINT profile_pkey PRIMARY KEY (customer);


--
-- Name: store_settings store_settings_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.store_settings
    ADD CONSTRAINT store_settings_pkey PRIMARY KEY (one);


--
-- Name: watermark watermark_pkey; Type: CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.watermark
    ADD CONSTRAINT watermark_pkey PRIMARY KEY (source);


--
-- Name: action_channel_priority_claimable_at_idx; Type: INDEX; Schema: compared_data; Owner: -
--

CREATE INDEX action_channel_priority_claimable_at_idx ON compared_data.action USING btree (channel, priority DESC, claimable_at) WHERE (claimable_at IS NOT NULL);


--
-- Name: action_journey_version_step_idx; Type: INDEX; Schema: compared_data; Owner: -
--

CREATE INDEX action_journey_version_step_idx ON compared_data.action USING btree (journey, version, step);


--
-- Name: decision_customer_journey_entry_idx; Type: INDEX; Schema: compared_data; Owner: -
--

CREATE INDEX decision_customer_journey_entry_idx ON compared_data.decision USING btree (customer, journey, entry);


--
-- Name: enrollment_bucket_due_at_idx; Type: INDEX; Schema: compared_data; Owner: -
--

CREATE INDEX enrollment_bucket_due_at_idx ON compared_data.enrollment USING btree (bucket, due_at) WHERE (due_at IS NOT NULL);


--
-- Name: event_customer_kind_at_idx; Type: INDEX; Schema: compared_data; Owner: -
--

CREATE INDEX event_customer_kind_at_idx ON compared_data.event USING btree (customer, kind, at);


--
-- Name: event_id_idx; Type: INDEX; Schema: compared_data; Owner: -
--

CREATE INDEX event_id_idx ON compared_data.event USING btree (id) WHERE (NOT processed);


--
-- Name: movement_at_id_idx; Type: INDEX; Schema: compared_data; Owner: -
--

CREATE INDEX movement_at_id_idx ON compared_data.movement USING btree (at, id);


--
-- Name: movement_customer_at_id_stage_before_stage_after_idx; Type: INDEX; Schema: compared_data; Owner: -
--

CREATE INDEX movement_customer_at_id_stage_before_stage_after_idx ON compared_data.movement USING btree (customer, at, id) INCLUDE (stage_before, stage_after);


--
-- Name: action_channel_priority_claimable_at_idx; Type: INDEX; Schema: shop_data; Owner: -
--

CREATE INDEX action_channel_priority_claimable_at_idx ON shop_data.action USING btree (channel, priority DESC, claimable_at) WHERE (claimable_at IS NOT NULL);


--
-- Name: action_journey_version_step_idx; Type: INDEX; Schema: shop_data; Owner: -
--

CREATE INDEX action_journey_version_step_idx ON shop_data.action USING btree (journey, version, step);


--
-- Name: decision_customer_journey_entry_idx; Type: INDEX; Schema: shop_data; Owner: -
--

CREATE INDEX decision_customer_journey_entry_idx ON shop_data.decision USING btree (customer, journey, entry);


--
-- Name: enrollment_bucket_due_at_idx; Type: INDEX; Schema: shop_data; Owner: -
--

CREATE INDEX enrollment_bucket_due_at_idx ON shop_data.enrollment USING btree (bucket, due_at) WHERE (due_at IS NOT NULL);


--
-- Name: event_customer_kind_at_idx; Type: INDEX; Schema: shop_data; Owner: -
--

CREATE INDEX event_customer_kind_at_idx ON shop_data.event USING btree (customer, kind, at);


--
-- Name: event_id_idx; Type: INDEX; Schema: shop_data; Owner: -
--

CREATE INDEX event_id_idx ON shop_data.event USING btree (id) WHERE (NOT processed);


--
-- Name: movement_at_id_idx; Type: INDEX; Schema: shop_data; Owner: -
--

CREATE INDEX movement_at_id_idx ON shop_data.movement USING btree (at, id);


--
-- Name: movement_customer_at_id_stage_before_stage_after_idx; Type: INDEX; Schema: shop_data; Owner: -
--

CREATE INDEX movement_customer_at_id_stage_before_stage_after_idx ON shop_data.movement USING btree (customer, at, id) INCLUDE (stage_before, stage_after);


--
-- Name: event_change guard; Type: TRIGGER; Schema: compared_data; Owner: -
--

CREATE TRIGGER guard AFTER DELETE OR UPDATE OR TRUNCATE ON compared_data.event_change FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.guard_changes();

ALTER TABLE compared_data.event_change ENABLE ALWAYS TRIGGER guard;


--
-- Name: order_change guard; Type: TRIGGER; Schema: compared_data; Owner: -
--

CREATE TRIGGER guard AFTER DELETE OR UPDATE OR TRUNCATE ON compared_data.order_change FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.guard_changes();

ALTER TABLE compared_data.order_change ENABLE ALWAYS TRIGGER guard;


--
-- Name: journey_step guard_journey; Type: TRIGGER; Schema: compared_data; Owner: -
--

CREATE TRIGGER guard_journey AFTER INSERT OR DELETE OR UPDATE ON compared_data.journey_step FOR EACH ROW EXECUTE FUNCTION lifecycle.guard_journey();


--
-- Name: journey_version guard_journey; Type: TRIGGER; Schema: compared_data; Owner: -
--

CREATE TRIGGER guard_journey AFTER INSERT OR DELETE OR UPDATE ON compared_data.journey_version FOR EACH ROW EXECUTE FUNCTION lifecycle.guard_journey();


--
-- Name: journey_step guard_journeys; Type: TRIGGER; Schema: compared_data; Owner: -
--

CREATE TRIGGER guard_journeys BEFORE TRUNCATE ON compared_data.journey_step FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.guard_journey();


--
-- Name: journey_version guard_journeys; Type: TRIGGER; Schema: compared_data; Owner: -
--

CREATE TRIGGER guard_journeys BEFORE TRUNCATE ON compared_data.journey_version FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.guard_journey();


--
-- Name: events shop_events_deleted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER shop_events_deleted AFTER DELETE ON public.events REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes('shop', 'event_change', 'customer');

ALTER TABLE public.events ENABLE ALWAYS TRIGGER shop_events_deleted;


--
-- Name: events shop_events_inserted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER shop_events_inserted AFTER INSERT ON public.events REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes('shop', 'event_change', 'customer');

ALTER TABLE public.events ENABLE ALWAYS TRIGGER shop_events_inserted;


--
-- Name: events shop_events_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER shop_events_truncated AFTER TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes('shop', 'event_change', 'customer');

ALTER TABLE public.events ENABLE ALWAYS TRIGGER shop_events_truncated;


--
-- Name: events shop_events_updated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER shop_events_updated AFTER UPDATE ON public.events REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes('shop', 'event_change', 'customer');

ALTER TABLE public.events ENABLE ALWAYS TRIGGER shop_events_updated;


--
-- Name: orders shop_orders_deleted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER shop_orders_deleted AFTER DELETE ON public.orders REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes('shop', 'order_change', 'customer');

ALTER TABLE public.orders ENABLE ALWAYS TRIGGER shop_orders_deleted;


--
-- Name: orders shop_orders_inserted; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER shop_orders_inserted AFTER INSERT ON public.orders REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes('shop', 'order_change', 'customer');

ALTER TABLE public.orders ENABLE ALWAYS TRIGGER shop_orders_inserted;


--
-- Name: orders shop_orders_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER shop_orders_truncated AFTER TRUNCATE ON public.orders FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes('shop', 'order_change', 'customer');

ALTER TABLE public.orders ENABLE ALWAYS TRIGGER shop_orders_truncated;


--
-- Name: orders shop_orders_updated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER shop_orders_updated AFTER UPDATE ON public.orders REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes('shop', 'order_change', 'customer');

ALTER TABLE public.orders ENABLE ALWAYS TRIGGER shop_orders_updated;


--
-- Name: event_change guard; Type: TRIGGER; Schema: shop_data; Owner: -
--

CREATE TRIGGER guard AFTER DELETE OR UPDATE OR TRUNCATE ON shop_data.event_change FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.guard_changes();

ALTER TABLE shop_data.event_change ENABLE ALWAYS TRIGGER guard;


--
-- Name: order_change guard; Type: TRIGGER; Schema: shop_data; Owner: -
--

CREATE TRIGGER guard AFTER DELETE OR UPDATE OR TRUNCATE ON shop_data.order_change FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.guard_changes();

ALTER TABLE shop_data.order_change ENABLE ALWAYS TRIGGER guard;


--
-- Name: journey_step guard_journey; Type: TRIGGER; Schema: shop_data; Owner: -
--

CREATE TRIGGER guard_journey AFTER INSERT OR DELETE OR UPDATE ON shop_data.journey_step FOR EACH ROW EXECUTE FUNCTION lifecycle.guard_journey();


--
-- Name: journey_version guard_journey; Type: TRIGGER; Schema: shop_data; Owner: -
--

CREATE TRIGGER guard_journey AFTER INSERT OR DELETE OR UPDATE ON shop_data.journey_version FOR EACH ROW EXECUTE FUNCTION lifecycle.guard_journey();


--
-- Name: journey_step guard_journeys; Type: TRIGGER; Schema: shop_data; Owner: -
--

CREATE TRIGGER guard_journeys BEFORE TRUNCATE ON shop_data.journey_step FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.guard_journey();


--
-- Name: journey_version guard_journeys; Type: TRIGGER; Schema: shop_data; Owner: -
--

CREATE TRIGGER guard_journeys BEFORE TRUNCATE ON shop_data.journey_version FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.guard_journey();


--
-- Name: journey_condition journey_condition_journey_fkey; Type: FK CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey_condition
    ADD CONSTRAINT journey_condition_journey_fkey FOREIGN KEY (journey) REFERENCES compared_data.journey(journey) ON DELETE CASCADE;


--
-- Name: journey_step journey_step_journey_version_fkey; Type: FK CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey_step
    ADD CONSTRAINT journey_step_journey_version_fkey FOREIGN KEY (journey, version) REFERENCES compared_data.journey_version(journey, version) ON DELETE CASCADE;


--
-- Name: journey_version journey_version_journey_fkey; Type: FK CONSTRAINT; Schema: compared_data; Owner: -
--

ALTER TABLE ONLY compared_data.journey_version
    ADD CONSTRAINT journey_version_journey_fkey FOREIGN KEY (journey) REFERENCES compared_data.journey(journey) ON DELETE CASCADE;


--
-- Name: journey_condition journey_condition_journey_fkey; Type: FK CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey_condition
    ADD CONSTRAINT journey_condition_journey_fkey FOREIGN KEY (journey) REFERENCES shop_data.journey(journey) ON DELETE CASCADE;


--
-- Name: journey_step journey_step_journey_version_fkey; Type: FK CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey_step
    ADD CONSTRAINT journey_step_journey_version_fkey FOREIGN KEY (journey, version) REFERENCES shop_data.journey_version(journey, version) ON DELETE CASCADE;


--
-- Name: journey_version journey_version_journey_fkey; Type: FK CONSTRAINT; Schema: shop_data; Owner: -
--

ALTER TABLE ONLY shop_data.journey_version
    ADD CONSTRAINT journey_version_journey_fkey FOREIGN KEY (journey) REFERENCES shop_data.journey(journey) ON DELETE CASCADE;


--
-- Name: FUNCTION cohort_months(); Type: ACL; Schema: compared; Owner: -
--

REVOKE ALL ON FUNCTION compared.cohort_months() FROM PUBLIC;


--
-- Name: FUNCTION growth_months(); Type: ACL; Schema: compared; Owner: -
--

REVOKE ALL ON FUNCTION compared.growth_months() FROM PUBLIC;


--
-- Name: FUNCTION stages_at(at timestamp with time zone); Type: ACL; Schema: compared; Owner: -
--

REVOKE ALL ON FUNCTION compared.stages_at(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION stages_on(day date); Type: ACL; Schema: compared; Owner: -
--

REVOKE ALL ON FUNCTION compared.stages_on(day date) FROM PUBLIC;


--
-- Name: FUNCTION transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone); Type: ACL; Schema: compared; Owner: -
--

REVOKE ALL ON FUNCTION compared.transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION cohort_months(); Type: ACL; Schema: shop; Owner: -
--

REVOKE ALL ON FUNCTION shop.cohort_months() FROM PUBLIC;


--
-- Name: FUNCTION growth_months(); Type: ACL; Schema: shop; Owner: -
--

REVOKE ALL ON FUNCTION shop.growth_months() FROM PUBLIC;


--
-- Name: FUNCTION stages_at(at timestamp with time zone); Type: ACL; Schema: shop; Owner: -
--

REVOKE ALL ON FUNCTION shop.stages_at(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION stages_on(day date); Type: ACL; Schema: shop; Owner: -
--

REVOKE ALL ON FUNCTION shop.stages_on(day date) FROM PUBLIC;


--
-- Name: FUNCTION transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone); Type: ACL; Schema: shop; Owner: -
--

REVOKE ALL ON FUNCTION shop.transition_matrix(from_at timestamp with time zone, to_at timestamp with time zone) FROM PUBLIC;


--
-- Name: TABLE customers; Type: ACL; Schema: shop; Owner: -
--

GRANT SELECT ON TABLE shop.customers TO PUBLIC;


--
-- PostgreSQL database dump complete
--


