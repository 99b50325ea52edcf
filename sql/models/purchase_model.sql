-- buy-till-you-die models of purchases: the type, and the aggregates that fit them

-- type

-- CATEGORY D, that of dates and intervals, for the reason that purchase_rhythm has it: lifecycle_stage(h, '2025-12-31')
-- is then read as an instant.
CREATE TYPE @extschema@.purchase_model;
CREATE FUNCTION @extschema@.purchase_model_in(cstring) RETURNS @extschema@.purchase_model
    AS 'MODULE_PATHNAME', 'purchase_model_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.purchase_model_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_model_out(@extschema@.purchase_model) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_model_out(@extschema@.purchase_model) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_model_recv(internal) RETURNS @extschema@.purchase_model
    AS 'MODULE_PATHNAME', 'purchase_model_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.purchase_model_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_model_send(@extschema@.purchase_model) RETURNS bytea
    AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_model_send(@extschema@.purchase_model) IS 'I/O';
CREATE TYPE @extschema@.purchase_model (
    INPUT = @extschema@.purchase_model_in, OUTPUT = @extschema@.purchase_model_out, RECEIVE = @extschema@.purchase_model_recv,
    SEND = @extschema@.purchase_model_send, LIKE = text, CATEGORY = 'D', PREFERRED = false
);
COMMENT ON TYPE @extschema@.purchase_model IS
    'a model of purchases with its parameters, as one line of JSON. Written by hand it needs model and params: {"model": '
    '"bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, "unit": "7 days"}';
CREATE CAST (@extschema@.purchase_model AS jsonb) WITH INOUT;
COMMENT ON CAST (@extschema@.purchase_model AS jsonb) IS 'the same JSON';
CREATE CAST (jsonb AS @extschema@.purchase_model) WITH INOUT;
COMMENT ON CAST (jsonb AS @extschema@.purchase_model) IS 'the same JSON, checked';

CREATE FUNCTION @extschema@.purchase_model_eq(@extschema@.purchase_model, @extschema@.purchase_model) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_model_eq(@extschema@.purchase_model, @extschema@.purchase_model) IS
    'implementation of = operator';
CREATE FUNCTION @extschema@.purchase_model_ne(@extschema@.purchase_model, @extschema@.purchase_model) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_model_ne(@extschema@.purchase_model, @extschema@.purchase_model) IS
    'implementation of <> operator';
CREATE FUNCTION @extschema@.purchase_model_hash(@extschema@.purchase_model) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_model_hash(@extschema@.purchase_model) IS 'implementation of the hash operator class';
CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.purchase_model, RIGHTARG = @extschema@.purchase_model, FUNCTION = @extschema@.purchase_model_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.purchase_model, @extschema@.purchase_model) IS
    'the same models, provenance included';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.purchase_model, RIGHTARG = @extschema@.purchase_model, FUNCTION = @extschema@.purchase_model_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.purchase_model, @extschema@.purchase_model) IS 'not the same models';
CREATE OPERATOR FAMILY @extschema@.purchase_model_hash_ops USING hash;
CREATE OPERATOR CLASS @extschema@.purchase_model_hash_ops DEFAULT FOR TYPE @extschema@.purchase_model USING hash
    FAMILY @extschema@.purchase_model_hash_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.purchase_model_hash(@extschema@.purchase_model);
COMMENT ON OPERATOR CLASS @extschema@.purchase_model_hash_ops USING hash IS 'equality of models';

-- aggregates

CREATE FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history, text) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history, text, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history, text, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history, text, timestamptz, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history, text, timestamptz, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, jsonb)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, jsonb) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_summary_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, text)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_summary_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, text) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, double precision)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_weighted_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, double precision, text)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_weighted_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, double precision, text) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, double precision, text, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_weighted_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, double precision, text, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, double precision, text, interval, jsonb)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_weighted_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_model_accum(internal, double precision, double precision, double precision, double precision, text, interval, jsonb) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_model_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_model_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.purchase_model_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'purchase_model_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_model_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.purchase_model_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_model_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_model_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.purchase_model_final(internal) RETURNS @extschema@.purchase_model
    AS 'MODULE_PATHNAME', 'purchase_model_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION @extschema@.purchase_model_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.purchase_model(h @extschema@.purchase_history) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(@extschema@.purchase_history) IS
    'purchase_model(h, ''mbg/nbd'', now())';
CREATE AGGREGATE @extschema@.purchase_model(h @extschema@.purchase_history, model text) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(@extschema@.purchase_history, text) IS
    'purchase_model(h, model, now())';
CREATE AGGREGATE @extschema@.purchase_model(h @extschema@.purchase_history, model text, as_of timestamptz) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(@extschema@.purchase_history, text, timestamptz) IS
    'purchase_model(h, model, as_of, ''7 days'')';
CREATE AGGREGATE @extschema@.purchase_model(h @extschema@.purchase_history, model text, as_of timestamptz, unit interval) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(@extschema@.purchase_history, text, timestamptz, interval) IS
    'purchase_model(h, model, as_of, unit, NULL)';
CREATE AGGREGATE @extschema@.purchase_model(h @extschema@.purchase_history, model text, as_of timestamptz, unit interval, options jsonb) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(@extschema@.purchase_history, text, timestamptz, interval, jsonb) IS
    'the model of a base, fitted by maximum likelihood to purchase days at or before as_of: bg/nbd, mbg/nbd (the default), '
    'bg/cnbd-k, mbg/cnbd-k, pareto/nbd, nbd or bg/bb, with parameters in unit (7 days by default). options are ridge, start and '
    'fixed';
CREATE AGGREGATE @extschema@.purchase_model(frequency double precision, recency double precision, t double precision) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(double precision, double precision, double precision) IS
    'purchase_model(frequency, recency, t, 1, ''mbg/nbd'', ''7 days'', NULL)';
CREATE AGGREGATE @extschema@.purchase_model(frequency double precision, recency double precision, t double precision, model text) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(double precision, double precision, double precision, text) IS
    'purchase_model(frequency, recency, t, 1, model, ''7 days'', NULL)';
CREATE AGGREGATE @extschema@.purchase_model(frequency double precision, recency double precision, t double precision, weight double precision) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(double precision, double precision, double precision, double precision) IS
    'purchase_model(frequency, recency, t, weight, ''mbg/nbd'', ''7 days'', NULL)';
CREATE AGGREGATE @extschema@.purchase_model(frequency double precision, recency double precision, t double precision, weight double precision, model text) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(double precision, double precision, double precision, double precision, text) IS
    'purchase_model(frequency, recency, t, weight, model, ''7 days'', NULL)';
CREATE AGGREGATE @extschema@.purchase_model(frequency double precision, recency double precision, t double precision, weight double precision, model text, unit interval) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(double precision, double precision, double precision, double precision, text, interval) IS
    'purchase_model(frequency, recency, t, weight, model, unit, NULL)';
CREATE AGGREGATE @extschema@.purchase_model(frequency double precision, recency double precision, t double precision, weight double precision, model text, unit interval, options jsonb) (
    SFUNC = @extschema@.purchase_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_model_final,
    COMBINEFUNC = @extschema@.purchase_model_combine, SERIALFUNC = @extschema@.purchase_model_serialize,
    DESERIALFUNC = @extschema@.purchase_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_model(double precision, double precision, double precision, double precision, text, interval, jsonb) IS
    'the model of a base given by summaries as of btyd_summary(h), each of weight customers, with times already in unit. The '
    'regular models need the option sum_log_gaps to choose k';

-- what a model says of itself

CREATE FUNCTION @extschema@.aic(m @extschema@.purchase_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'aic_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.aic(@extschema@.purchase_model) IS
    'Akaike''s information criterion, 2p - 2 ln L with p fitted parameters: of two models of one base the one with the smaller '
    'is the better. A model that has become a simpler one has the parameters of that (Akaike 1974)';
CREATE FUNCTION @extschema@.bic(m @extschema@.purchase_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'bic_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.bic(@extschema@.purchase_model) IS
    'the Bayesian information criterion, p ln n - 2 ln L with p fitted parameters and n customers: the smaller the better '
    '(Schwarz 1978)';
