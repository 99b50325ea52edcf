-- the rhythm of a base, and when the next purchase of a customer is due

-- type

-- CATEGORY D, that of dates and intervals: a rhythm is a distribution of gaps in time. It also lets the parser read
-- expected_next_purchase(h, '2025-12-31') as an instant, which is the preferred type of the category.
CREATE TYPE @extschema@.purchase_rhythm;
CREATE FUNCTION @extschema@.purchase_rhythm_in(cstring) RETURNS @extschema@.purchase_rhythm
    AS 'MODULE_PATHNAME', 'purchase_rhythm_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_rhythm_out(@extschema@.purchase_rhythm) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_out(@extschema@.purchase_rhythm) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_rhythm_recv(internal) RETURNS @extschema@.purchase_rhythm
    AS 'MODULE_PATHNAME', 'purchase_rhythm_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_rhythm_send(@extschema@.purchase_rhythm) RETURNS bytea
    AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_send(@extschema@.purchase_rhythm) IS 'I/O';
CREATE TYPE @extschema@.purchase_rhythm (
    INPUT = @extschema@.purchase_rhythm_in, OUTPUT = @extschema@.purchase_rhythm_out, RECEIVE = @extschema@.purchase_rhythm_recv,
    SEND = @extschema@.purchase_rhythm_send, LIKE = text, CATEGORY = 'D', PREFERRED = false
);
COMMENT ON TYPE @extschema@.purchase_rhythm IS
    'how long gaps between purchase days are in a base, and how customers differ, as one line of JSON: gaps are Gamma(k, lambda), '
    'and lambda is Gamma(r, alpha), alpha in days. Written by hand it needs params: {"params": {"k": 1.1, "r": 3.5, "alpha": 140}}';
CREATE CAST (@extschema@.purchase_rhythm AS jsonb) WITH INOUT;
COMMENT ON CAST (@extschema@.purchase_rhythm AS jsonb) IS 'the same JSON';
CREATE CAST (jsonb AS @extschema@.purchase_rhythm) WITH INOUT;
COMMENT ON CAST (jsonb AS @extschema@.purchase_rhythm) IS 'the same JSON, checked';

CREATE FUNCTION @extschema@.purchase_rhythm_eq(@extschema@.purchase_rhythm, @extschema@.purchase_rhythm) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_eq(@extschema@.purchase_rhythm, @extschema@.purchase_rhythm) IS
    'implementation of = operator';
CREATE FUNCTION @extschema@.purchase_rhythm_ne(@extschema@.purchase_rhythm, @extschema@.purchase_rhythm) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_ne(@extschema@.purchase_rhythm, @extschema@.purchase_rhythm) IS
    'implementation of <> operator';
CREATE FUNCTION @extschema@.purchase_rhythm_hash(@extschema@.purchase_rhythm) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_hash(@extschema@.purchase_rhythm) IS 'implementation of the hash operator class';
CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.purchase_rhythm, RIGHTARG = @extschema@.purchase_rhythm, FUNCTION = @extschema@.purchase_rhythm_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.purchase_rhythm, @extschema@.purchase_rhythm) IS
    'the same rhythms, provenance included';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.purchase_rhythm, RIGHTARG = @extschema@.purchase_rhythm, FUNCTION = @extschema@.purchase_rhythm_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.purchase_rhythm, @extschema@.purchase_rhythm) IS 'not the same rhythms';
CREATE OPERATOR FAMILY @extschema@.purchase_rhythm_hash_ops USING hash;
CREATE OPERATOR CLASS @extschema@.purchase_rhythm_hash_ops DEFAULT FOR TYPE @extschema@.purchase_rhythm USING hash
    FAMILY @extschema@.purchase_rhythm_hash_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.purchase_rhythm_hash(@extschema@.purchase_rhythm);
COMMENT ON OPERATOR CLASS @extschema@.purchase_rhythm_hash_ops USING hash IS 'equality of rhythms';

-- aggregate

CREATE FUNCTION @extschema@.purchase_rhythm_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_rhythm_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_rhythm_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_rhythm_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_rhythm_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_rhythm_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.purchase_rhythm_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'purchase_rhythm_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.purchase_rhythm_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'purchase_rhythm_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.purchase_rhythm_final(internal) RETURNS @extschema@.purchase_rhythm
    AS 'MODULE_PATHNAME', 'purchase_rhythm_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION @extschema@.purchase_rhythm_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.purchase_rhythm(h @extschema@.purchase_history) (
    SFUNC = @extschema@.purchase_rhythm_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_rhythm_final,
    COMBINEFUNC = @extschema@.purchase_rhythm_combine, SERIALFUNC = @extschema@.purchase_rhythm_serialize,
    DESERIALFUNC = @extschema@.purchase_rhythm_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_rhythm(@extschema@.purchase_history) IS 'purchase_rhythm(h, now())';
CREATE AGGREGATE @extschema@.purchase_rhythm(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.purchase_rhythm_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.purchase_rhythm_final,
    COMBINEFUNC = @extschema@.purchase_rhythm_combine, SERIALFUNC = @extschema@.purchase_rhythm_serialize,
    DESERIALFUNC = @extschema@.purchase_rhythm_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_rhythm(@extschema@.purchase_history, timestamptz) IS
    'the rhythm of a base, fitted by maximum likelihood to the completed gaps between purchase days of the session''s '
    'TimeZone. Without gaps its params are null';

-- a customer in the rhythm

CREATE FUNCTION @extschema@.expected_gap(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'expected_gap_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.expected_gap(@extschema@.purchase_history, timestamptz) IS
    'the customer''s own mean gap between purchase days; NULL with fewer than two of them';
CREATE FUNCTION @extschema@.expected_gap(h @extschema@.purchase_history, rhythm @extschema@.purchase_rhythm, as_of timestamptz DEFAULT now())
    RETURNS interval
    AS 'MODULE_PATHNAME', 'expected_gap_rhythm_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.expected_gap(@extschema@.purchase_history, @extschema@.purchase_rhythm, timestamptz) IS
    'the customer''s mean gap, shrunk towards the base: k (alpha + S) / (r + k x - 1) with x gaps that add up to S days; where '
    'that mean is infinite the predictive median';

CREATE FUNCTION @extschema@.overdue_ratio(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS double precision
    AS 'MODULE_PATHNAME', 'overdue_ratio_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.overdue_ratio(@extschema@.purchase_history, timestamptz) IS
    'time since the last purchase / expected gap: above 1 the customer is overdue. NULL with fewer than two purchase days';
CREATE FUNCTION @extschema@.overdue_ratio(h @extschema@.purchase_history, rhythm @extschema@.purchase_rhythm, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'overdue_ratio_rhythm_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.overdue_ratio(@extschema@.purchase_history, @extschema@.purchase_rhythm, timestamptz) IS
    'time since the last purchase / expected_gap(h, rhythm)';

CREATE FUNCTION @extschema@.expected_next_purchase(h @extschema@.purchase_history, as_of timestamptz DEFAULT now())
    RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'expected_next_purchase_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.expected_next_purchase(@extschema@.purchase_history, timestamptz) IS
    'last_purchase(h) + mean_gap(h), by the calendar of the session''s TimeZone. A date in the past means that the customer is '
    'overdue';
CREATE FUNCTION @extschema@.expected_next_purchase(h @extschema@.purchase_history, rhythm @extschema@.purchase_rhythm, as_of timestamptz DEFAULT now())
    RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'expected_next_purchase_rhythm_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.expected_next_purchase(@extschema@.purchase_history, @extschema@.purchase_rhythm, timestamptz) IS
    'the median of when the next purchase comes, given that it has not come by as_of and that the customer buys again: always '
    'after as_of. Predicts from the first purchase on';

CREATE FUNCTION @extschema@.expected_next_purchase_range(
    h @extschema@.purchase_history, rhythm @extschema@.purchase_rhythm, level double precision DEFAULT 0.8, as_of timestamptz DEFAULT now()
) RETURNS tstzrange
    AS 'MODULE_PATHNAME', 'expected_next_purchase_range_rhythm_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION @extschema@.expected_next_purchase_range(@extschema@.purchase_history, @extschema@.purchase_rhythm, double precision, timestamptz) IS
    'the range in which the next purchase comes with probability level, as likely before it as after it; the same distribution '
    'as expected_next_purchase(h, rhythm). Unbounded above beyond the year 9999';

CREATE FUNCTION @extschema@.purchase_probability(
    h @extschema@.purchase_history, rhythm @extschema@.purchase_rhythm, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_probability_rhythm_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 150;
COMMENT ON FUNCTION @extschema@.purchase_probability(@extschema@.purchase_history, @extschema@.purchase_rhythm, interval, timestamptz) IS
    'probability of a purchase by as_of + horizon, given that the customer still buys: P(gap <= elapsed + horizon | gap > '
    'elapsed), from 0 to 1. The horizon is calendar-true';
