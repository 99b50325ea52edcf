-- RFM: recency, frequency, monetary value

-- breaks

CREATE TYPE @extschema@.rfm_breaks;
CREATE FUNCTION @extschema@.rfm_breaks_in(cstring) RETURNS @extschema@.rfm_breaks
    AS 'MODULE_PATHNAME', 'rfm_breaks_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.rfm_breaks_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.rfm_breaks_out(@extschema@.rfm_breaks) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_breaks_out(@extschema@.rfm_breaks) IS 'I/O';
CREATE FUNCTION @extschema@.rfm_breaks_recv(internal) RETURNS @extschema@.rfm_breaks
    AS 'MODULE_PATHNAME', 'rfm_breaks_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.rfm_breaks_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.rfm_breaks_send(@extschema@.rfm_breaks) RETURNS bytea
    AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_breaks_send(@extschema@.rfm_breaks) IS 'I/O';
CREATE TYPE @extschema@.rfm_breaks (
    INPUT = @extschema@.rfm_breaks_in, OUTPUT = @extschema@.rfm_breaks_out, RECEIVE = @extschema@.rfm_breaks_recv,
    SEND = @extschema@.rfm_breaks_send, LIKE = text
);
COMMENT ON TYPE @extschema@.rfm_breaks IS
    'the values at which one RFM score ends and the next begins, as one line of JSON: bins, and bins - 1 ascending values each '
    'for recency_days, frequency and monetary. Can be written by hand and stored';
CREATE CAST (@extschema@.rfm_breaks AS jsonb) WITH INOUT;
COMMENT ON CAST (@extschema@.rfm_breaks AS jsonb) IS 'the same JSON';
CREATE CAST (jsonb AS @extschema@.rfm_breaks) WITH INOUT;
COMMENT ON CAST (jsonb AS @extschema@.rfm_breaks) IS 'the same JSON, checked';

CREATE FUNCTION @extschema@.rfm_breaks_eq(@extschema@.rfm_breaks, @extschema@.rfm_breaks) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.rfm_breaks_eq(@extschema@.rfm_breaks, @extschema@.rfm_breaks) IS 'implementation of = operator';
CREATE FUNCTION @extschema@.rfm_breaks_ne(@extschema@.rfm_breaks, @extschema@.rfm_breaks) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.rfm_breaks_ne(@extschema@.rfm_breaks, @extschema@.rfm_breaks) IS 'implementation of <> operator';
CREATE FUNCTION @extschema@.rfm_breaks_hash(@extschema@.rfm_breaks) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_breaks_hash(@extschema@.rfm_breaks) IS 'implementation of the hash operator class';
CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.rfm_breaks, RIGHTARG = @extschema@.rfm_breaks, FUNCTION = @extschema@.rfm_breaks_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.rfm_breaks, @extschema@.rfm_breaks) IS 'the same breaks, provenance included';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.rfm_breaks, RIGHTARG = @extschema@.rfm_breaks, FUNCTION = @extschema@.rfm_breaks_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.rfm_breaks, @extschema@.rfm_breaks) IS 'not the same breaks';
CREATE OPERATOR FAMILY @extschema@.rfm_breaks_hash_ops USING hash;
CREATE OPERATOR CLASS @extschema@.rfm_breaks_hash_ops DEFAULT FOR TYPE @extschema@.rfm_breaks USING hash
    FAMILY @extschema@.rfm_breaks_hash_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.rfm_breaks_hash(@extschema@.rfm_breaks);
COMMENT ON OPERATOR CLASS @extschema@.rfm_breaks_hash_ops USING hash IS 'equality of breaks';

CREATE FUNCTION @extschema@.rfm_breaks_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'rfm_breaks_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.rfm_breaks_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rfm_breaks_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rfm_breaks_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.rfm_breaks_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.rfm_breaks_accum(internal, @extschema@.purchase_history, timestamptz, integer) RETURNS internal
    AS 'MODULE_PATHNAME', 'rfm_breaks_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.rfm_breaks_accum(internal, @extschema@.purchase_history, timestamptz, integer) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.rfm_breaks_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'rfm_breaks_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_breaks_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.rfm_breaks_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'rfm_breaks_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_breaks_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.rfm_breaks_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'rfm_breaks_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_breaks_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.rfm_breaks_final(internal) RETURNS @extschema@.rfm_breaks
    AS 'MODULE_PATHNAME', 'rfm_breaks_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.rfm_breaks_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.rfm_breaks(h @extschema@.purchase_history) (
    SFUNC = @extschema@.rfm_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.rfm_breaks_final,
    COMBINEFUNC = @extschema@.rfm_breaks_combine, SERIALFUNC = @extschema@.rfm_breaks_serialize,
    DESERIALFUNC = @extschema@.rfm_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rfm_breaks(@extschema@.purchase_history) IS 'rfm_breaks(h, now(), 5)';
CREATE AGGREGATE @extschema@.rfm_breaks(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.rfm_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.rfm_breaks_final,
    COMBINEFUNC = @extschema@.rfm_breaks_combine, SERIALFUNC = @extschema@.rfm_breaks_serialize,
    DESERIALFUNC = @extschema@.rfm_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rfm_breaks(@extschema@.purchase_history, timestamptz) IS 'rfm_breaks(h, as_of, 5)';
CREATE AGGREGATE @extschema@.rfm_breaks(h @extschema@.purchase_history, as_of timestamptz, bins integer) (
    SFUNC = @extschema@.rfm_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.rfm_breaks_final,
    COMBINEFUNC = @extschema@.rfm_breaks_combine, SERIALFUNC = @extschema@.rfm_breaks_serialize,
    DESERIALFUNC = @extschema@.rfm_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rfm_breaks(@extschema@.purchase_history, timestamptz, integer) IS
    'RFM breaks over the customers of a base: the discrete quantiles at 1/bins, 2/bins, ... of days since the last purchase, '
    'number of purchases and total spend. bins is from 2 to 100';

-- scores

CREATE TYPE @extschema@.rfm_triple AS (recency integer, frequency integer, monetary integer);
COMMENT ON TYPE @extschema@.rfm_triple IS 'RFM scores, from 1 (worst) to the number of bins (best)';
COMMENT ON COLUMN @extschema@.rfm_triple.recency IS 'high is recent';
COMMENT ON COLUMN @extschema@.rfm_triple.frequency IS 'high is often';
COMMENT ON COLUMN @extschema@.rfm_triple.monetary IS 'high is much';

CREATE FUNCTION @extschema@.rfm_score(h @extschema@.purchase_history, breaks @extschema@.rfm_breaks, as_of timestamptz DEFAULT now())
    RETURNS @extschema@.rfm_triple
    AS 'MODULE_PATHNAME', 'rfm_score_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.rfm_score(@extschema@.purchase_history, @extschema@.rfm_breaks, timestamptz) IS
    'RFM scores of a customer by the breaks of the base, from 1 (worst) to bins (best); equal values get equal scores. In one '
    'query: rfm_score(h, rfm_breaks(h) OVER ())';

CREATE FUNCTION @extschema@.rfm_score(h @extschema@.purchase_history) RETURNS @extschema@.rfm_triple
    AS 'MODULE_PATHNAME', 'rfm_score_without_breaks_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.rfm_score(@extschema@.purchase_history) IS
    'always SQLSTATE 22023: a score compares a customer with the others, so it needs breaks; the hint says what to write';

CREATE FUNCTION @extschema@.rfm_score(
    h @extschema@.purchase_history, recency_days integer[], frequency integer[], monetary numeric[],
    as_of timestamptz DEFAULT now()
) RETURNS @extschema@.rfm_triple
    AS 'MODULE_PATHNAME', 'rfm_score_by_thresholds_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.rfm_score(@extschema@.purchase_history, integer[], integer[], numeric[], timestamptz) IS
    'RFM scores of a customer by thresholds given by hand, the ascending upper bounds of all classes but the last: '
    'recency_days array[180, 365] scores 3 up to 180 days, 2 up to 365, else 1. The three arrays may differ in length';

CREATE FUNCTION @extschema@.rfm_text(recency integer, frequency integer, monetary integer) RETURNS text
    AS 'MODULE_PATHNAME', 'rfm_text_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_text(integer, integer, integer) IS 'implementation of the cast of rfm_triple to text';
CREATE FUNCTION @extschema@.rfm_to_text(score @extschema@.rfm_triple) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN @extschema@.rfm_text((score).recency, (score).frequency, (score).monetary);
COMMENT ON FUNCTION @extschema@.rfm_to_text(@extschema@.rfm_triple) IS 'implementation of the cast of rfm_triple to text';
CREATE CAST (@extschema@.rfm_triple AS text) WITH FUNCTION @extschema@.rfm_to_text(@extschema@.rfm_triple);
COMMENT ON CAST (@extschema@.rfm_triple AS text) IS 'such as 5-4-3';

CREATE FUNCTION @extschema@.rfm_from_text(text) RETURNS @extschema@.rfm_triple
    AS 'MODULE_PATHNAME', 'rfm_parse_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_from_text(text) IS 'implementation of the cast of text to rfm_triple';
CREATE CAST (text AS @extschema@.rfm_triple) WITH FUNCTION @extschema@.rfm_from_text(text);
COMMENT ON CAST (text AS @extschema@.rfm_triple) IS 'from text such as 5-4-3 or (5,4,3); SQLSTATE 22P02 if malformed';

CREATE FUNCTION @extschema@.rfm_code(recency integer, frequency integer, monetary integer) RETURNS integer
    AS 'MODULE_PATHNAME', 'rfm_code_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_code(integer, integer, integer) IS 'implementation of the cast of rfm_triple to integer';
CREATE FUNCTION @extschema@.rfm_to_integer(score @extschema@.rfm_triple) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN @extschema@.rfm_code((score).recency, (score).frequency, (score).monetary);
COMMENT ON FUNCTION @extschema@.rfm_to_integer(@extschema@.rfm_triple) IS 'implementation of the cast of rfm_triple to integer';
CREATE CAST (@extschema@.rfm_triple AS integer) WITH FUNCTION @extschema@.rfm_to_integer(@extschema@.rfm_triple);
COMMENT ON CAST (@extschema@.rfm_triple AS integer) IS 'such as 543; SQLSTATE 22003 if a score has more than one digit';

-- segments

CREATE FUNCTION @extschema@.rfm_segment(recency integer, frequency integer, monetary integer) RETURNS text
    AS 'MODULE_PATHNAME', 'rfm_segment_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rfm_segment(integer, integer, integer) IS
    'the segment of three scores from 1 to 5; see rfm_segment(rfm_triple)';
CREATE FUNCTION @extschema@.rfm_segment(score @extschema@.rfm_triple) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN @extschema@.rfm_segment((score).recency, (score).frequency, (score).monetary);
COMMENT ON FUNCTION @extschema@.rfm_segment(@extschema@.rfm_triple) IS
    'the segment of a score on the grid of 25 cells in common use: recency against the mean of frequency and monetary score, '
    'halves rounded up';
