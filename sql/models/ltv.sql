-- lifetime value by the textbook formula: average order value x repeat purchases per year x retention in years

CREATE FUNCTION @extschema@.repeat_purchases_per_year(h @extschema@.purchase_history, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'repeat_purchases_per_year_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.repeat_purchases_per_year(@extschema@.purchase_history, timestamptz) IS
    '(num_purchases - 1) / years from the first purchase to as_of. Years are calendar years: from a date to the same date next '
    'year is 1';

CREATE FUNCTION @extschema@.retention_years(h @extschema@.purchase_history, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'retention_years_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.retention_years(@extschema@.purchase_history, timestamptz) IS
    'observed retention: calendar years from the first purchase to the last; 0 for one-time buyers, NULL without a purchase';

CREATE FUNCTION @extschema@.ltv(h @extschema@.purchase_history, years double precision, as_of timestamptz DEFAULT now())
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'ltv_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.ltv(@extschema@.purchase_history, double precision, timestamptz) IS
    'lifetime value of a customer who is retained for so many years: average_order_value x repeat_purchases_per_year x years, '
    'rounded to four decimals. It assumes that the past rate goes on';

CREATE FUNCTION @extschema@.ltv(h @extschema@.purchase_history) RETURNS numeric
    AS 'MODULE_PATHNAME', 'ltv_without_years_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.ltv(@extschema@.purchase_history) IS
    'always SQLSTATE 22023: give years, or call the aggregate average_ltv(h); the hint says what to write';

-- of a group

CREATE TYPE @extschema@.ltv_inputs AS (
    customers bigint,
    average_order_value double precision,
    repeat_purchases_per_year double precision,
    retention_years double precision,
    ltv numeric
);
COMMENT ON TYPE @extschema@.ltv_inputs IS 'the inputs of the lifetime value of a group of customers, and the value';
COMMENT ON COLUMN @extschema@.ltv_inputs.customers IS 'customers with a purchase';
COMMENT ON COLUMN @extschema@.ltv_inputs.average_order_value IS 'all spend / all purchases';
COMMENT ON COLUMN @extschema@.ltv_inputs.repeat_purchases_per_year IS
    'all purchases after the first / all years from the first purchase to as_of';
COMMENT ON COLUMN @extschema@.ltv_inputs.retention_years IS 'mean over customers of the years from the first purchase to the last';
COMMENT ON COLUMN @extschema@.ltv_inputs.ltv IS 'the product of the three';

CREATE FUNCTION @extschema@.ltv_group_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'ltv_group_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.ltv_group_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.ltv_group_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'ltv_group_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.ltv_group_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.ltv_group_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'ltv_group_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_group_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.ltv_group_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'ltv_group_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_group_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.ltv_group_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'ltv_group_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_group_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.ltv_group_final(internal) RETURNS numeric
    AS 'MODULE_PATHNAME', 'ltv_group_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_group_final(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.ltv_inputs_final(internal) RETURNS @extschema@.ltv_inputs
    AS 'MODULE_PATHNAME', 'ltv_inputs_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_inputs_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.average_ltv(h @extschema@.purchase_history) (
    SFUNC = @extschema@.ltv_group_accum, STYPE = internal, SSPACE = 128, FINALFUNC = @extschema@.ltv_group_final,
    COMBINEFUNC = @extschema@.ltv_group_combine,
    SERIALFUNC = @extschema@.ltv_group_serialize, DESERIALFUNC = @extschema@.ltv_group_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.average_ltv(@extschema@.purchase_history) IS
    'average_ltv(h, now())';
CREATE AGGREGATE @extschema@.average_ltv(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.ltv_group_accum, STYPE = internal, SSPACE = 128, FINALFUNC = @extschema@.ltv_group_final,
    COMBINEFUNC = @extschema@.ltv_group_combine,
    SERIALFUNC = @extschema@.ltv_group_serialize, DESERIALFUNC = @extschema@.ltv_group_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.average_ltv(@extschema@.purchase_history, timestamptz) IS
    'the lifetime value of the average customer of a group: average order value x repeat purchases per year x observed '
    'retention in years, each over the whole group, without customers who have no purchase';
CREATE AGGREGATE @extschema@.ltv_inputs(h @extschema@.purchase_history) (
    SFUNC = @extschema@.ltv_group_accum, STYPE = internal, SSPACE = 128, FINALFUNC = @extschema@.ltv_inputs_final,
    COMBINEFUNC = @extschema@.ltv_group_combine,
    SERIALFUNC = @extschema@.ltv_group_serialize, DESERIALFUNC = @extschema@.ltv_group_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.ltv_inputs(@extschema@.purchase_history) IS
    'ltv_inputs(h, as_of) at now()';
CREATE AGGREGATE @extschema@.ltv_inputs(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.ltv_group_accum, STYPE = internal, SSPACE = 128, FINALFUNC = @extschema@.ltv_inputs_final,
    COMBINEFUNC = @extschema@.ltv_group_combine,
    SERIALFUNC = @extschema@.ltv_group_serialize, DESERIALFUNC = @extschema@.ltv_group_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.ltv_inputs(@extschema@.purchase_history, timestamptz) IS
    'the inputs of average_ltv(h, as_of), which explain its value; NULL if no customer has a purchase';

-- by fitted models

CREATE FUNCTION @extschema@.ltv(
    h @extschema@.purchase_history, m @extschema@.purchase_model, s @extschema@.spend_model, horizon interval,
    annual_discount_rate double precision DEFAULT 0.1, margin double precision DEFAULT 1,
    as_of timestamptz DEFAULT now()
) RETURNS numeric
    AS 'MODULE_PATHNAME', 'ltv_model_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION @extschema@.ltv(
    @extschema@.purchase_history, @extschema@.purchase_model, @extschema@.spend_model, interval, double precision, double precision, timestamptz
) IS
    'the expected value of the customer in the horizon after as_of: margin x expected_spend(h, s) x the expected purchases, '
    'each discounted to as_of (Fader, Hardie, Lee 2005, RFM and CLV)';
CREATE FUNCTION @extschema@.ltv_range(
    h @extschema@.purchase_history, m @extschema@.purchase_model, s @extschema@.spend_model, horizon interval,
    annual_discount_rate double precision DEFAULT 0.1, margin double precision DEFAULT 1,
    level double precision DEFAULT 0.9, as_of timestamptz DEFAULT now()
) RETURNS numrange
    AS 'MODULE_PATHNAME', 'ltv_range_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 500000;
COMMENT ON FUNCTION @extschema@.ltv_range(
    @extschema@.purchase_history, @extschema@.purchase_model, @extschema@.spend_model, interval, double precision, double precision, double precision, timestamptz
) IS
    'the range in which the customer''s value in the horizon lies with probability level, as likely below as above, from 1,000 '
    'simulated futures with a fixed seed. Ends of several customers do not add up';

-- of a bare summary: every time in the unit of the model

CREATE FUNCTION @extschema@.ltv(
    m @extschema@.purchase_model, s @extschema@.spend_model, frequency double precision, recency double precision, t double precision,
    monetary_value double precision, horizon double precision,
    discount_rate double precision DEFAULT 0, margin double precision DEFAULT 1
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'ltv_summary_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION @extschema@.ltv(
    @extschema@.purchase_model, @extschema@.spend_model, double precision, double precision, double precision, double precision, double precision,
    double precision, double precision
) IS
    'the expected value within horizon units of the model''s time of a customer with frequency repeat purchases of mean spend '
    'monetary_value, the last of them recency after the first purchase, in a time t since it. discount_rate is continuous, per unit';
CREATE FUNCTION @extschema@.ltv_range(
    m @extschema@.purchase_model, s @extschema@.spend_model, frequency double precision, recency double precision, t double precision,
    monetary_value double precision, horizon double precision,
    discount_rate double precision DEFAULT 0, margin double precision DEFAULT 1, level double precision DEFAULT 0.9
) RETURNS numrange
    AS 'MODULE_PATHNAME', 'ltv_range_summary_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500000;
COMMENT ON FUNCTION @extschema@.ltv_range(
    @extschema@.purchase_model, @extschema@.spend_model, double precision, double precision, double precision, double precision, double precision,
    double precision, double precision, double precision
) IS
    'the range of the value of such a customer, as ltv_range of a history';
