-- how regularly a base buys, without a model to fit

CREATE FUNCTION @extschema@.regularity_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'regularity_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.regularity_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.regularity_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'regularity_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.regularity_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.regularity_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'regularity_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.regularity_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.regularity_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'regularity_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.regularity_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.regularity_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'regularity_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.regularity_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.regularity_final(internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'regularity_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.regularity_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.regularity(h @extschema@.purchase_history) (
    SFUNC = @extschema@.regularity_accum, STYPE = internal, SSPACE = 64, FINALFUNC = @extschema@.regularity_final,
    COMBINEFUNC = @extschema@.regularity_combine, SERIALFUNC = @extschema@.regularity_serialize,
    DESERIALFUNC = @extschema@.regularity_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.regularity(@extschema@.purchase_history) IS
    'regularity(h, now())';
CREATE AGGREGATE @extschema@.regularity(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.regularity_accum, STYPE = internal, SSPACE = 64, FINALFUNC = @extschema@.regularity_final,
    COMBINEFUNC = @extschema@.regularity_combine, SERIALFUNC = @extschema@.regularity_serialize,
    DESERIALFUNC = @extschema@.regularity_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.regularity(@extschema@.purchase_history, timestamptz) IS
    'how regular the gaps between purchase days are: the shape k of Erlang gaps, from each customer''s last two gaps. 1 means '
    'random times, 2 and more regular ones, below 1 bursts (Wheat and Morrison 1990)';
