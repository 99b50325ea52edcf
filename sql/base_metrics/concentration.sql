-- how much of the revenue comes from how many of the customers

CREATE TYPE @extschema@.lorenz_point AS (share_of_customers double precision, share_of_revenue double precision);
COMMENT ON TYPE @extschema@.lorenz_point IS 'a point of the Lorenz curve';
COMMENT ON COLUMN @extschema@.lorenz_point.share_of_customers IS 'a share of the customers, those with the least spend';
COMMENT ON COLUMN @extschema@.lorenz_point.share_of_revenue IS 'the share of revenue that they bring';

CREATE TYPE @extschema@.value_concentration AS (
    customers bigint,
    revenue numeric,
    gini double precision,
    top_share double precision,
    share_of_top double precision,
    target_share double precision,
    smallest_share double precision,
    lorenz @extschema@.lorenz_point[]
);
COMMENT ON TYPE @extschema@.value_concentration IS
    'how much of the revenue comes from how many customers; a customer at the edge of a share counts in part';
COMMENT ON COLUMN @extschema@.value_concentration.customers IS 'customers with a purchase';
COMMENT ON COLUMN @extschema@.value_concentration.revenue IS
    'the spend of the customers, refunds deducted; a customer with more refunds than purchases counts as 0';
COMMENT ON COLUMN @extschema@.value_concentration.gini IS
    'the Gini coefficient, sum of (2 i - n - 1) x_i / (n sum of x_i) over the spends x_1 <= ... <= x_n: 0 where all spend the '
    'same, 1 - 1 / n where one spends all; NULL without revenue, as are the following';
COMMENT ON COLUMN @extschema@.value_concentration.top_share IS 'the share of customers that the caller gave';
COMMENT ON COLUMN @extschema@.value_concentration.share_of_top IS
    'the share of revenue of those customers, the ones with the most spend';
COMMENT ON COLUMN @extschema@.value_concentration.target_share IS 'the share of revenue that the caller gave';
COMMENT ON COLUMN @extschema@.value_concentration.smallest_share IS
    'the smallest share of customers that brings it, the customer at the cut counted in part';
COMMENT ON COLUMN @extschema@.value_concentration.lorenz IS
    'the Lorenz curve: the share of revenue of the customers with the least spend, by their share of all, in 100 equal steps, '
    'or in a step for each customer where there are fewer';

CREATE FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz, double precision)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz, double precision, double precision)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz, double precision, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.value_concentration_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.value_concentration_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.value_concentration_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'value_concentration_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.value_concentration_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.value_concentration_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.value_concentration_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.value_concentration_final(internal) RETURNS @extschema@.value_concentration
    AS 'MODULE_PATHNAME', 'value_concentration_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION @extschema@.value_concentration_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.value_concentration(h @extschema@.purchase_history) (
    SFUNC = @extschema@.value_concentration_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.value_concentration_final,
    COMBINEFUNC = @extschema@.value_concentration_combine, SERIALFUNC = @extschema@.value_concentration_serialize,
    DESERIALFUNC = @extschema@.value_concentration_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.value_concentration(@extschema@.purchase_history) IS
    'value_concentration(h, now())';
CREATE AGGREGATE @extschema@.value_concentration(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.value_concentration_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.value_concentration_final,
    COMBINEFUNC = @extschema@.value_concentration_combine, SERIALFUNC = @extschema@.value_concentration_serialize,
    DESERIALFUNC = @extschema@.value_concentration_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.value_concentration(@extschema@.purchase_history, timestamptz) IS
    'value_concentration(h, as_of, 0.2)';
CREATE AGGREGATE @extschema@.value_concentration(h @extschema@.purchase_history, as_of timestamptz, top_share double precision) (
    SFUNC = @extschema@.value_concentration_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.value_concentration_final,
    COMBINEFUNC = @extschema@.value_concentration_combine, SERIALFUNC = @extschema@.value_concentration_serialize,
    DESERIALFUNC = @extschema@.value_concentration_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.value_concentration(@extschema@.purchase_history, timestamptz, double precision) IS
    'value_concentration(h, as_of, top_share, 0.8)';
CREATE AGGREGATE @extschema@.value_concentration(h @extschema@.purchase_history, as_of timestamptz, top_share double precision, target_share double precision) (
    SFUNC = @extschema@.value_concentration_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.value_concentration_final,
    COMBINEFUNC = @extschema@.value_concentration_combine, SERIALFUNC = @extschema@.value_concentration_serialize,
    DESERIALFUNC = @extschema@.value_concentration_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.value_concentration(@extschema@.purchase_history, timestamptz, double precision, double precision) IS
    'how concentrated the revenue of a base is as of an instant: Gini coefficient, Lorenz curve, the share of revenue that the '
    'top_share of customers brings, and the smallest share of customers that brings the target_share of revenue (Lorenz 1905)';
