-- straight on the rows of an order table: stage, next purchase and value in a GROUP BY, for the quick question

CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_amount_wrapper' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_amount_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_years_wrapper' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, double precision) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, double precision, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_years_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, double precision, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.rows_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.rows_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'rows_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.rows_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.rows_lifecycle_stage(internal) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'rows_lifecycle_stage_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION @extschema@.rows_lifecycle_stage(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.rows_expected_next_purchase(internal) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'rows_expected_next_purchase_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION @extschema@.rows_expected_next_purchase(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.rows_ltv(internal) RETURNS numeric
    AS 'MODULE_PATHNAME', 'rows_ltv_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION @extschema@.rows_ltv(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.lifecycle_stage(ordered_at timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_lifecycle_stage,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.lifecycle_stage(timestamptz) IS
    'the stage of the customer with these orders: lifecycle_stage(purchase_history(ordered_at))';
CREATE AGGREGATE @extschema@.lifecycle_stage(ordered_at timestamptz, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_lifecycle_stage,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.lifecycle_stage(timestamptz, timestamptz) IS
    'the stage at as_of: lifecycle_stage(purchase_history(ordered_at), as_of)';
CREATE AGGREGATE @extschema@.lifecycle_stage(ordered_at timestamptz, amount numeric) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_lifecycle_stage,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.lifecycle_stage(timestamptz, numeric) IS
    'the stage, refunds left aside: lifecycle_stage(purchase_history(ordered_at, amount))';
CREATE AGGREGATE @extschema@.lifecycle_stage(ordered_at timestamptz, amount numeric, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_lifecycle_stage,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.lifecycle_stage(timestamptz, numeric, timestamptz) IS
    'the stage at as_of, refunds left aside: lifecycle_stage(purchase_history(ordered_at, amount), as_of)';
CREATE AGGREGATE @extschema@.expected_next_purchase(ordered_at timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_expected_next_purchase,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.expected_next_purchase(timestamptz) IS
    'last purchase and mean gap of these orders: expected_next_purchase(purchase_history(ordered_at))';
CREATE AGGREGATE @extschema@.expected_next_purchase(ordered_at timestamptz, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_expected_next_purchase,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.expected_next_purchase(timestamptz, timestamptz) IS
    'the same, as known at as_of: expected_next_purchase(purchase_history(ordered_at), as_of)';
CREATE AGGREGATE @extschema@.expected_next_purchase(ordered_at timestamptz, amount numeric) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_expected_next_purchase,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.expected_next_purchase(timestamptz, numeric) IS
    'the same, refunds left aside: expected_next_purchase(purchase_history(ordered_at, amount))';
CREATE AGGREGATE @extschema@.expected_next_purchase(ordered_at timestamptz, amount numeric, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_expected_next_purchase,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.expected_next_purchase(timestamptz, numeric, timestamptz) IS
    'the same, refunds left aside, as known at as_of';
CREATE AGGREGATE @extschema@.ltv(ordered_at timestamptz, amount numeric, years double precision) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_ltv,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.ltv(timestamptz, numeric, double precision) IS
    'lifetime value of the customer with these orders: ltv(purchase_history(ordered_at, amount), years)';
CREATE AGGREGATE @extschema@.ltv(ordered_at timestamptz, amount numeric, years double precision, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_ltv,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.ltv(timestamptz, numeric, double precision, timestamptz) IS
    'the same at as_of: ltv(purchase_history(ordered_at, amount), years, as_of)';
