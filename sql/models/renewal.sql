-- the renewal of contracts

-- type

CREATE TYPE @extschema@.renewal_model;
CREATE FUNCTION @extschema@.renewal_model_in(cstring) RETURNS @extschema@.renewal_model
    AS 'MODULE_PATHNAME', 'renewal_model_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.renewal_model_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.renewal_model_out(@extschema@.renewal_model) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.renewal_model_out(@extschema@.renewal_model) IS 'I/O';
CREATE FUNCTION @extschema@.renewal_model_recv(internal) RETURNS @extschema@.renewal_model
    AS 'MODULE_PATHNAME', 'renewal_model_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.renewal_model_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.renewal_model_send(@extschema@.renewal_model) RETURNS bytea
    AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.renewal_model_send(@extschema@.renewal_model) IS 'I/O';
CREATE TYPE @extschema@.renewal_model (
    INPUT = @extschema@.renewal_model_in, OUTPUT = @extschema@.renewal_model_out, RECEIVE = @extschema@.renewal_model_recv,
    SEND = @extschema@.renewal_model_send, LIKE = text
);
COMMENT ON TYPE @extschema@.renewal_model IS
    'how readily customers renew a contract, as one line of JSON: the shifted beta-geometric model (sBG). Written by hand it '
    'needs params: {"params": {"alpha": 0.668, "beta": 3.806}} (Fader and Hardie 2007)';
CREATE CAST (@extschema@.renewal_model AS jsonb) WITH INOUT;
COMMENT ON CAST (@extschema@.renewal_model AS jsonb) IS 'the same JSON';
CREATE CAST (jsonb AS @extschema@.renewal_model) WITH INOUT;
COMMENT ON CAST (jsonb AS @extschema@.renewal_model) IS 'the same JSON, checked';

CREATE FUNCTION @extschema@.renewal_model_eq(@extschema@.renewal_model, @extschema@.renewal_model) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.renewal_model_eq(@extschema@.renewal_model, @extschema@.renewal_model) IS
    'implementation of = operator';
CREATE FUNCTION @extschema@.renewal_model_ne(@extschema@.renewal_model, @extschema@.renewal_model) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.renewal_model_ne(@extschema@.renewal_model, @extschema@.renewal_model) IS
    'implementation of <> operator';
CREATE FUNCTION @extschema@.renewal_model_hash(@extschema@.renewal_model) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.renewal_model_hash(@extschema@.renewal_model) IS 'implementation of the hash operator class';
CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.renewal_model, RIGHTARG = @extschema@.renewal_model, FUNCTION = @extschema@.renewal_model_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.renewal_model, @extschema@.renewal_model) IS 'the same models, provenance included';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.renewal_model, RIGHTARG = @extschema@.renewal_model, FUNCTION = @extschema@.renewal_model_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.renewal_model, @extschema@.renewal_model) IS 'not the same models';
CREATE OPERATOR FAMILY @extschema@.renewal_model_hash_ops USING hash;
CREATE OPERATOR CLASS @extschema@.renewal_model_hash_ops DEFAULT FOR TYPE @extschema@.renewal_model USING hash
    FAMILY @extschema@.renewal_model_hash_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.renewal_model_hash(@extschema@.renewal_model);
COMMENT ON OPERATOR CLASS @extschema@.renewal_model_hash_ops USING hash IS 'equality of models';

-- aggregates

CREATE FUNCTION @extschema@.renewal_model_accum(internal, bigint[]) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_curve_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.renewal_model_accum(internal, bigint[]) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.renewal_model_accum(internal, double precision, boolean) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_customer_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.renewal_model_accum(internal, double precision, boolean) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.renewal_model_accum(internal, double precision, boolean, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_customer_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.renewal_model_accum(internal, double precision, boolean, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.renewal_model_accum(internal, @extschema@.purchase_history, timestamptz, interval) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.renewal_model_accum(internal, @extschema@.purchase_history, timestamptz, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.renewal_model_accum(internal, @extschema@.purchase_history, timestamptz, interval, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.renewal_model_accum(internal, @extschema@.purchase_history, timestamptz, interval, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.renewal_model_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.renewal_model_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.renewal_model_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'renewal_model_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.renewal_model_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.renewal_model_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.renewal_model_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.renewal_model_final(internal) RETURNS @extschema@.renewal_model
    AS 'MODULE_PATHNAME', 'renewal_model_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION @extschema@.renewal_model_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.renewal_model(n_active bigint[]) (
    SFUNC = @extschema@.renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.renewal_model_final,
    COMBINEFUNC = @extschema@.renewal_model_combine, SERIALFUNC = @extschema@.renewal_model_serialize,
    DESERIALFUNC = @extschema@.renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.renewal_model(bigint[]) IS
    'the renewals of cohorts, each a survival curve: how many of its customers were active at its start, after the first '
    'renewal, after the second ... Fitted by maximum likelihood; with fewer than 10 customers who came to a renewal the params '
    'are null';
CREATE AGGREGATE @extschema@.renewal_model(renewals double precision, active boolean) (
    SFUNC = @extschema@.renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.renewal_model_final,
    COMBINEFUNC = @extschema@.renewal_model_combine, SERIALFUNC = @extschema@.renewal_model_serialize,
    DESERIALFUNC = @extschema@.renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.renewal_model(double precision, boolean) IS
    'renewal_model(renewals, active, 1)';
CREATE AGGREGATE @extschema@.renewal_model(renewals double precision, active boolean, weight double precision) (
    SFUNC = @extschema@.renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.renewal_model_final,
    COMBINEFUNC = @extschema@.renewal_model_combine, SERIALFUNC = @extschema@.renewal_model_serialize,
    DESERIALFUNC = @extschema@.renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.renewal_model(double precision, boolean, double precision) IS
    'the renewals of weight customers each, who have made so many renewals and then either are still active or left at the '
    'next one';
CREATE AGGREGATE @extschema@.renewal_model(h @extschema@.purchase_history, as_of timestamptz, period interval) (
    SFUNC = @extschema@.renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.renewal_model_final,
    COMBINEFUNC = @extschema@.renewal_model_combine, SERIALFUNC = @extschema@.renewal_model_serialize,
    DESERIALFUNC = @extschema@.renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.renewal_model(@extschema@.purchase_history, timestamptz, interval) IS
    'renewal_model(h, as_of, period, ''0 days'')';
CREATE AGGREGATE @extschema@.renewal_model(h @extschema@.purchase_history, as_of timestamptz, period interval, grace interval) (
    SFUNC = @extschema@.renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.renewal_model_final,
    COMBINEFUNC = @extschema@.renewal_model_combine, SERIALFUNC = @extschema@.renewal_model_serialize,
    DESERIALFUNC = @extschema@.renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.renewal_model(@extschema@.purchase_history, timestamptz, interval, interval) IS
    'the renewals of customers whose purchase days are payments, the first that of the contract. A customer who has not paid '
    'by the last payment + period + grace has left';

-- what a model says; a year is a period of the contract, whatever its length

CREATE FUNCTION @extschema@.survival(m @extschema@.renewal_model, year integer) RETURNS double precision
    AS 'MODULE_PATHNAME', 'survival_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION @extschema@.survival(@extschema@.renewal_model, integer) IS
    'the share of a cohort that is still there after so many renewals, from 1 at 0 down: B(alpha, beta + year) / B(alpha, '
    'beta) (Fader and Hardie 2007)';
CREATE FUNCTION @extschema@.renewal_rate(m @extschema@.renewal_model, year integer) RETURNS double precision
    AS 'MODULE_PATHNAME', 'renewal_rate_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.renewal_rate(@extschema@.renewal_model, integer) IS
    'the share of customers who renew at their year-th renewal, of those who come to it: (beta + year - 1) / (alpha + beta + '
    'year - 1) (Fader and Hardie 2007)';
CREATE FUNCTION @extschema@.expected_lifetime(m @extschema@.renewal_model, discount_rate double precision DEFAULT 0.1)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_lifetime_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.expected_lifetime(@extschema@.renewal_model, double precision) IS
    'the discounted expected number of payments of a new customer, the first, now, included: sum of survival(m, t) / (1 + '
    'discount_rate)^t (Fader and Hardie 2010)';
CREATE FUNCTION @extschema@.residual_lifetime(
    m @extschema@.renewal_model, renewals integer, discount_rate double precision DEFAULT 0.1, before_renewal boolean DEFAULT false
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'residual_lifetime_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.residual_lifetime(@extschema@.renewal_model, integer, double precision, boolean) IS
    'the discounted expected number of payments still to come from a customer who has made so many renewals, the next one due '
    'in a period. With before_renewal the next renewal is due now, and its payment is not discounted (DERL)';
