-- tracking the repeat purchases of a base over time beside those that a model expects

CREATE TYPE @extschema@.model_tracking_point AS (
    day date,
    actual bigint,
    expected double precision,
    cumulative_actual bigint,
    cumulative_expected double precision
);
COMMENT ON TYPE @extschema@.model_tracking_point IS
    'repeat purchase days of a base in the step that ends on day, and up to it: actual ones and those that a model expects';
COMMENT ON COLUMN @extschema@.model_tracking_point.day IS 'the last day of the step';
COMMENT ON COLUMN @extschema@.model_tracking_point.actual IS 'repeat purchase days in the step';
COMMENT ON COLUMN @extschema@.model_tracking_point.expected IS 'those that the model expects in it';
COMMENT ON COLUMN @extschema@.model_tracking_point.cumulative_actual IS 'repeat purchase days up to the end of the step';
COMMENT ON COLUMN @extschema@.model_tracking_point.cumulative_expected IS 'those that the model expects up to it';

CREATE FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model) RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model, timestamptz)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model, timestamptz, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model, timestamptz, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.tracking_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tracking_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.tracking_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'tracking_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tracking_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.tracking_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tracking_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.tracking_final(internal) RETURNS @extschema@.model_tracking_point[]
    AS 'MODULE_PATHNAME', 'tracking_final_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION @extschema@.tracking_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.tracking(h @extschema@.purchase_history, m @extschema@.purchase_model) (
    SFUNC = @extschema@.tracking_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.tracking_final,
    COMBINEFUNC = @extschema@.tracking_combine, SERIALFUNC = @extschema@.tracking_serialize,
    DESERIALFUNC = @extschema@.tracking_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.tracking(@extschema@.purchase_history, @extschema@.purchase_model) IS
    'tracking(h, m, now())';
CREATE AGGREGATE @extschema@.tracking(h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz) (
    SFUNC = @extschema@.tracking_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.tracking_final,
    COMBINEFUNC = @extschema@.tracking_combine, SERIALFUNC = @extschema@.tracking_serialize,
    DESERIALFUNC = @extschema@.tracking_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.tracking(@extschema@.purchase_history, @extschema@.purchase_model, timestamptz) IS
    'tracking(h, m, as_of, ''7 days'')';
CREATE AGGREGATE @extschema@.tracking(h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz, step interval) (
    SFUNC = @extschema@.tracking_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.tracking_final,
    COMBINEFUNC = @extschema@.tracking_combine, SERIALFUNC = @extschema@.tracking_serialize,
    DESERIALFUNC = @extschema@.tracking_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.tracking(@extschema@.purchase_history, @extschema@.purchase_model, timestamptz, interval) IS
    'the repeat purchases of a base by steps of whole days (7 by default) up to as_of, actual and expected under m: an array '
    'to unnest. Let m be fitted as of an earlier instant to see how it holds';
