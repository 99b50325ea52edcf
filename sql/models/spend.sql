-- what customers spend per purchase

-- type

CREATE TYPE @extschema@.spend_model;
CREATE FUNCTION @extschema@.spend_model_in(cstring) RETURNS @extschema@.spend_model
    AS 'MODULE_PATHNAME', 'spend_model_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.spend_model_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.spend_model_out(@extschema@.spend_model) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.spend_model_out(@extschema@.spend_model) IS 'I/O';
CREATE FUNCTION @extschema@.spend_model_recv(internal) RETURNS @extschema@.spend_model
    AS 'MODULE_PATHNAME', 'spend_model_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.spend_model_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.spend_model_send(@extschema@.spend_model) RETURNS bytea
    AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.spend_model_send(@extschema@.spend_model) IS 'I/O';
CREATE TYPE @extschema@.spend_model (
    INPUT = @extschema@.spend_model_in, OUTPUT = @extschema@.spend_model_out, RECEIVE = @extschema@.spend_model_recv,
    SEND = @extschema@.spend_model_send, LIKE = text
);
COMMENT ON TYPE @extschema@.spend_model IS
    'how much customers spend per purchase and how they differ, as one line of JSON: the gamma-gamma model, gamma in units of '
    'money. Written by hand it needs params: {"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}} (Fader and Hardie 2013)';
CREATE CAST (@extschema@.spend_model AS jsonb) WITH INOUT;
COMMENT ON CAST (@extschema@.spend_model AS jsonb) IS 'the same JSON';
CREATE CAST (jsonb AS @extschema@.spend_model) WITH INOUT;
COMMENT ON CAST (jsonb AS @extschema@.spend_model) IS 'the same JSON, checked';

CREATE FUNCTION @extschema@.spend_model_eq(@extschema@.spend_model, @extschema@.spend_model) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.spend_model_eq(@extschema@.spend_model, @extschema@.spend_model) IS 'implementation of = operator';
CREATE FUNCTION @extschema@.spend_model_ne(@extschema@.spend_model, @extschema@.spend_model) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.spend_model_ne(@extschema@.spend_model, @extschema@.spend_model) IS 'implementation of <> operator';
CREATE FUNCTION @extschema@.spend_model_hash(@extschema@.spend_model) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.spend_model_hash(@extschema@.spend_model) IS 'implementation of the hash operator class';
CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.spend_model, RIGHTARG = @extschema@.spend_model, FUNCTION = @extschema@.spend_model_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.spend_model, @extschema@.spend_model) IS 'the same models, provenance included';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.spend_model, RIGHTARG = @extschema@.spend_model, FUNCTION = @extschema@.spend_model_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.spend_model, @extschema@.spend_model) IS 'not the same models';
CREATE OPERATOR FAMILY @extschema@.spend_model_hash_ops USING hash;
CREATE OPERATOR CLASS @extschema@.spend_model_hash_ops DEFAULT FOR TYPE @extschema@.spend_model USING hash
    FAMILY @extschema@.spend_model_hash_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.spend_model_hash(@extschema@.spend_model);
COMMENT ON OPERATOR CLASS @extschema@.spend_model_hash_ops USING hash IS 'equality of models';

-- aggregate

CREATE FUNCTION @extschema@.spend_model_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'spend_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.spend_model_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.spend_model_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'spend_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.spend_model_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.spend_model_accum(internal, double precision, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'spend_model_summary_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.spend_model_accum(internal, double precision, double precision) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.spend_model_accum(internal, double precision, double precision, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'spend_model_summary_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.spend_model_accum(internal, double precision, double precision, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.spend_model_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'spend_model_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.spend_model_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.spend_model_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'spend_model_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.spend_model_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.spend_model_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'spend_model_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.spend_model_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.spend_model_final(internal) RETURNS @extschema@.spend_model
    AS 'MODULE_PATHNAME', 'spend_model_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION @extschema@.spend_model_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.spend_model(h @extschema@.purchase_history) (
    SFUNC = @extschema@.spend_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.spend_model_final,
    COMBINEFUNC = @extschema@.spend_model_combine, SERIALFUNC = @extschema@.spend_model_serialize,
    DESERIALFUNC = @extschema@.spend_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.spend_model(@extschema@.purchase_history) IS
    'spend_model(h, now())';
CREATE AGGREGATE @extschema@.spend_model(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.spend_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.spend_model_final,
    COMBINEFUNC = @extschema@.spend_model_combine, SERIALFUNC = @extschema@.spend_model_serialize,
    DESERIALFUNC = @extschema@.spend_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.spend_model(@extschema@.purchase_history, timestamptz) IS
    'the spend per repeat purchase day of a base, fitted by maximum likelihood; the first purchase day is left out. With fewer '
    'than 10 customers the params are null (Fader and Hardie 2013, The Gamma-Gamma Model of Monetary Value)';
CREATE AGGREGATE @extschema@.spend_model(frequency double precision, monetary_value double precision) (
    SFUNC = @extschema@.spend_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.spend_model_final,
    COMBINEFUNC = @extschema@.spend_model_combine, SERIALFUNC = @extschema@.spend_model_serialize,
    DESERIALFUNC = @extschema@.spend_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.spend_model(double precision, double precision) IS
    'spend_model(frequency, monetary_value, 1)';
CREATE AGGREGATE @extschema@.spend_model(frequency double precision, monetary_value double precision, weight double precision) (
    SFUNC = @extschema@.spend_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.spend_model_final,
    COMBINEFUNC = @extschema@.spend_model_combine, SERIALFUNC = @extschema@.spend_model_serialize,
    DESERIALFUNC = @extschema@.spend_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.spend_model(double precision, double precision, double precision) IS
    'the spend of a base that is given by summaries as btyd_summary(h) gives them: frequency repeat purchase days with a mean '
    'spend of monetary_value, each the summary of weight customers. A row with a NULL is left out';

-- of a customer

CREATE FUNCTION @extschema@.expected_spend(h @extschema@.purchase_history, s @extschema@.spend_model, as_of timestamptz DEFAULT now())
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'expected_spend_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_spend(@extschema@.purchase_history, @extschema@.spend_model, timestamptz) IS
    'the expected spend of the customer''s next purchase day: p (gamma + x m) / (p x + q - 1) with x repeat purchase days of '
    'mean spend m, the own mean shrunk towards that of the base (Fader and Hardie 2013)';
CREATE FUNCTION @extschema@.expected_spend(s @extschema@.spend_model, frequency double precision, monetary_value double precision)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_spend_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.expected_spend(@extschema@.spend_model, double precision, double precision) IS
    'the expected spend of a customer with frequency repeat purchases of mean spend monetary_value';
