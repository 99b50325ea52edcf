-- who renews a contract

-- type

CREATE TYPE renewal_model;
CREATE FUNCTION renewal_model_in(cstring) RETURNS renewal_model
    AS 'MODULE_PATHNAME', 'renewal_model_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION renewal_model_in(cstring) IS 'I/O';
CREATE FUNCTION renewal_model_out(renewal_model) RETURNS cstring
    AS 'MODULE_PATHNAME', 'renewal_model_out_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION renewal_model_out(renewal_model) IS 'I/O';
CREATE FUNCTION renewal_model_recv(internal) RETURNS renewal_model
    AS 'MODULE_PATHNAME', 'renewal_model_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION renewal_model_recv(internal) IS 'I/O';
CREATE FUNCTION renewal_model_send(renewal_model) RETURNS bytea
    AS 'MODULE_PATHNAME', 'renewal_model_send_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION renewal_model_send(renewal_model) IS 'I/O';
CREATE TYPE renewal_model (
    INPUT = renewal_model_in, OUTPUT = renewal_model_out, RECEIVE = renewal_model_recv,
    SEND = renewal_model_send, LIKE = text
);
COMMENT ON TYPE renewal_model IS
    'who renews a contract and for how long, as one line of JSON: the shifted beta-geometric model (sBG) with parameters alpha '
    'and beta. Only params is needed when written by hand: {"params": {"alpha": 0.668, "beta": 3.806}}. SQLSTATE 22P02 if '
    'malformed (Fader and Hardie 2007)';
CREATE CAST (renewal_model AS jsonb) WITH INOUT;
COMMENT ON CAST (renewal_model AS jsonb) IS 'the same JSON';
CREATE CAST (jsonb AS renewal_model) WITH INOUT;
COMMENT ON CAST (jsonb AS renewal_model) IS 'the same JSON, checked';

CREATE FUNCTION renewal_model_eq(renewal_model, renewal_model) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION renewal_model_eq(renewal_model, renewal_model) IS 'implementation of = operator';
CREATE FUNCTION renewal_model_ne(renewal_model, renewal_model) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION renewal_model_ne(renewal_model, renewal_model) IS 'implementation of <> operator';
CREATE FUNCTION renewal_model_hash(renewal_model) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION renewal_model_hash(renewal_model) IS 'implementation of the hash operator class';
CREATE OPERATOR = (
    LEFTARG = renewal_model, RIGHTARG = renewal_model, FUNCTION = renewal_model_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (renewal_model, renewal_model) IS 'the same models, provenance included';
CREATE OPERATOR <> (
    LEFTARG = renewal_model, RIGHTARG = renewal_model, FUNCTION = renewal_model_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (renewal_model, renewal_model) IS 'not the same models';
CREATE OPERATOR CLASS renewal_model_hash_ops DEFAULT FOR TYPE renewal_model USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 renewal_model_hash(renewal_model);
COMMENT ON OPERATOR CLASS renewal_model_hash_ops USING hash IS 'equality of models';

-- aggregates

CREATE FUNCTION renewal_model_accum(internal, bigint[]) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_curve_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION renewal_model_accum(internal, bigint[]) IS 'aggregate transition function';
CREATE FUNCTION renewal_model_accum(internal, double precision, boolean) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_customer_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION renewal_model_accum(internal, double precision, boolean) IS 'aggregate transition function';
CREATE FUNCTION renewal_model_accum(internal, double precision, boolean, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_customer_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION renewal_model_accum(internal, double precision, boolean, double precision) IS 'aggregate transition function';
CREATE FUNCTION renewal_model_accum(internal, purchase_history, timestamptz, interval) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION renewal_model_accum(internal, purchase_history, timestamptz, interval) IS 'aggregate transition function';
CREATE FUNCTION renewal_model_accum(internal, purchase_history, timestamptz, interval, interval) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION renewal_model_accum(internal, purchase_history, timestamptz, interval, interval) IS 'aggregate transition function';
CREATE FUNCTION renewal_model_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION renewal_model_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION renewal_model_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'renewal_model_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION renewal_model_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION renewal_model_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'renewal_model_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION renewal_model_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION renewal_model_final(internal) RETURNS renewal_model
    AS 'MODULE_PATHNAME', 'renewal_model_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION renewal_model_final(internal) IS 'aggregate final function';

CREATE AGGREGATE renewal_model(n_active bigint[]) (
    SFUNC = renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = renewal_model_final,
    COMBINEFUNC = renewal_model_combine, SERIALFUNC = renewal_model_serialize,
    DESERIALFUNC = renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE renewal_model(bigint[]) IS
    'the renewals of one or more cohorts, each a survival curve: how many of its customers were active at its start, after the '
    'first renewal, after the second ... Fitted by maximum likelihood; with fewer than 10 customers who came to a renewal the '
    'params are null. NULL arrays are left out. SQLSTATE 22023 for a curve that rises, a negative number or '
    'several dimensions, 22004 for a NULL in it (Fader and Hardie 2007)';
CREATE AGGREGATE renewal_model(renewals double precision, active boolean) (
    SFUNC = renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = renewal_model_final,
    COMBINEFUNC = renewal_model_combine, SERIALFUNC = renewal_model_serialize,
    DESERIALFUNC = renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE renewal_model(double precision, boolean) IS
    'renewal_model(renewals, active, 1)';
CREATE AGGREGATE renewal_model(renewals double precision, active boolean, weight double precision) (
    SFUNC = renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = renewal_model_final,
    COMBINEFUNC = renewal_model_combine, SERIALFUNC = renewal_model_serialize,
    DESERIALFUNC = renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE renewal_model(double precision, boolean, double precision) IS
    'the same of weight customers each who have made so many renewals and then either are still active or left at the next one. A '
    'row with a NULL is left out. SQLSTATE 22023 for a number that is not whole, 0 or more';
CREATE AGGREGATE renewal_model(h purchase_history, as_of timestamptz, period interval) (
    SFUNC = renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = renewal_model_final,
    COMBINEFUNC = renewal_model_combine, SERIALFUNC = renewal_model_serialize,
    DESERIALFUNC = renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE renewal_model(purchase_history, timestamptz, interval) IS
    'renewal_model(h, as_of, period, ''0 days'')';
CREATE AGGREGATE renewal_model(h purchase_history, as_of timestamptz, period interval, grace interval) (
    SFUNC = renewal_model_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = renewal_model_final,
    COMBINEFUNC = renewal_model_combine, SERIALFUNC = renewal_model_serialize,
    DESERIALFUNC = renewal_model_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE renewal_model(purchase_history, timestamptz, interval, interval) IS
    'the same of customers whose purchase days are their payments, the first one that of the contract: each later one is a '
    'renewal, however late, and who has not paid by the last payment + period + grace has left. Choose an as_of that few '
    'customers'' grace covers: those who have paid early count as renewals, those still in their grace as not yet come to one. '
    'SQLSTATE 22023 unless the period is positive and grace is not negative, and if an argument varies within a group, 22004 if '
    'one is NULL, 22008 if as_of is infinite or outside the years 1 to 9999';

-- what a model says; a year is a period of the contract, whatever its length

CREATE FUNCTION survival(m renewal_model, year integer) RETURNS double precision
    AS 'MODULE_PATHNAME', 'survival_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION survival(renewal_model, integer) IS
    'the share of a cohort that is still there after so many renewals, from 1 at 0 down: B(alpha, beta + year) / B(alpha, beta). '
    'NULL without a model or year. SQLSTATE 22023 if the year is negative (Fader and Hardie 2007)';
CREATE FUNCTION renewal_rate(m renewal_model, year integer) RETURNS double precision
    AS 'MODULE_PATHNAME', 'renewal_rate_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION renewal_rate(renewal_model, integer) IS
    'the share of those who come to their year-th renewal that makes it, (beta + year - 1) / (alpha + beta + year - 1): it rises '
    'because those who leave easily are gone. From 0 to 1. NULL without a model or year. SQLSTATE 22023 if the year is below 1 '
    '(Fader and Hardie 2007)';
CREATE FUNCTION expected_lifetime(m renewal_model, discount_rate double precision DEFAULT 0.1) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_lifetime_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION expected_lifetime(renewal_model, double precision) IS
    'the discounted expected number of payments of a new customer, the first, now, included: sum of survival(m, t) / (1 + '
    'discount_rate)^t. NULL without a model or rate, and where it is infinite (rate 0 and alpha <= 1). SQLSTATE 22023 if the '
    'rate is negative (Fader and Hardie 2010)';
CREATE FUNCTION residual_lifetime(
    m renewal_model, renewals integer, discount_rate double precision DEFAULT 0.1, before_renewal boolean DEFAULT false
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'residual_lifetime_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION residual_lifetime(renewal_model, integer, double precision, boolean) IS
    'the discounted expected number of payments still to come from a customer who has made so many renewals: the payment just '
    'made is not counted, and the next is due in a period. before_renewal: the next renewal is due now, and its payment is not '
    'discounted (DERL). NULL with any NULL, and where it is infinite. SQLSTATE 22023 if a number is negative (Fader and Hardie '
    '2010)';
