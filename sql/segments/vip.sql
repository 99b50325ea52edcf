-- VIPs: at the top of the base by purchases, length of the relationship and spend together

CREATE TYPE @extschema@.vip_breaks;
CREATE FUNCTION @extschema@.vip_breaks_in(cstring) RETURNS @extschema@.vip_breaks
    AS 'MODULE_PATHNAME', 'vip_breaks_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.vip_breaks_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.vip_breaks_out(@extschema@.vip_breaks) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.vip_breaks_out(@extschema@.vip_breaks) IS 'I/O';
CREATE FUNCTION @extschema@.vip_breaks_recv(internal) RETURNS @extschema@.vip_breaks
    AS 'MODULE_PATHNAME', 'vip_breaks_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.vip_breaks_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.vip_breaks_send(@extschema@.vip_breaks) RETURNS bytea
    AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.vip_breaks_send(@extschema@.vip_breaks) IS 'I/O';
CREATE TYPE @extschema@.vip_breaks (
    INPUT = @extschema@.vip_breaks_in, OUTPUT = @extschema@.vip_breaks_out, RECEIVE = @extschema@.vip_breaks_recv,
    SEND = @extschema@.vip_breaks_send, LIKE = text
);
COMMENT ON TYPE @extschema@.vip_breaks IS
    'the least that a VIP has of each figure, as one line of JSON: {"purchases": 5, "tenure_days": 365, "spend": 500}. The '
    'aggregate adds top_share, mean_spend, customers, as_of and version';
CREATE CAST (@extschema@.vip_breaks AS jsonb) WITH INOUT;
COMMENT ON CAST (@extschema@.vip_breaks AS jsonb) IS 'the same JSON';
CREATE CAST (jsonb AS @extschema@.vip_breaks) WITH INOUT;
COMMENT ON CAST (jsonb AS @extschema@.vip_breaks) IS 'the same JSON, checked';

CREATE FUNCTION @extschema@.vip_breaks_eq(@extschema@.vip_breaks, @extschema@.vip_breaks) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.vip_breaks_eq(@extschema@.vip_breaks, @extschema@.vip_breaks) IS 'implementation of = operator';
CREATE FUNCTION @extschema@.vip_breaks_ne(@extschema@.vip_breaks, @extschema@.vip_breaks) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.vip_breaks_ne(@extschema@.vip_breaks, @extschema@.vip_breaks) IS 'implementation of <> operator';
CREATE FUNCTION @extschema@.vip_breaks_hash(@extschema@.vip_breaks) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.vip_breaks_hash(@extschema@.vip_breaks) IS 'implementation of the hash operator class';
CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.vip_breaks, RIGHTARG = @extschema@.vip_breaks, FUNCTION = @extschema@.vip_breaks_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.vip_breaks, @extschema@.vip_breaks) IS 'the same breaks, provenance included';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.vip_breaks, RIGHTARG = @extschema@.vip_breaks, FUNCTION = @extschema@.vip_breaks_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.vip_breaks, @extschema@.vip_breaks) IS 'not the same breaks';
CREATE OPERATOR FAMILY @extschema@.vip_breaks_hash_ops USING hash;
CREATE OPERATOR CLASS @extschema@.vip_breaks_hash_ops DEFAULT FOR TYPE @extschema@.vip_breaks USING hash
    FAMILY @extschema@.vip_breaks_hash_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.vip_breaks_hash(@extschema@.vip_breaks);
COMMENT ON OPERATOR CLASS @extschema@.vip_breaks_hash_ops USING hash IS 'equality of breaks';

CREATE FUNCTION @extschema@.vip_breaks_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.vip_breaks_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.vip_breaks_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.vip_breaks_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.vip_breaks_accum(internal, @extschema@.purchase_history, timestamptz, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.vip_breaks_accum(internal, @extschema@.purchase_history, timestamptz, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.vip_breaks_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.vip_breaks_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.vip_breaks_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'vip_breaks_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.vip_breaks_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.vip_breaks_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.vip_breaks_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.vip_breaks_final(internal) RETURNS @extschema@.vip_breaks
    AS 'MODULE_PATHNAME', 'vip_breaks_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.vip_breaks_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.vip_breaks(h @extschema@.purchase_history) (
    SFUNC = @extschema@.vip_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.vip_breaks_final,
    COMBINEFUNC = @extschema@.vip_breaks_combine, SERIALFUNC = @extschema@.vip_breaks_serialize,
    DESERIALFUNC = @extschema@.vip_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.vip_breaks(@extschema@.purchase_history) IS 'vip_breaks(h, now(), 0.2)';
CREATE AGGREGATE @extschema@.vip_breaks(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.vip_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.vip_breaks_final,
    COMBINEFUNC = @extschema@.vip_breaks_combine, SERIALFUNC = @extschema@.vip_breaks_serialize,
    DESERIALFUNC = @extschema@.vip_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.vip_breaks(@extschema@.purchase_history, timestamptz) IS 'vip_breaks(h, as_of, 0.2)';
CREATE AGGREGATE @extschema@.vip_breaks(h @extschema@.purchase_history, as_of timestamptz, top_share double precision) (
    SFUNC = @extschema@.vip_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.vip_breaks_final,
    COMBINEFUNC = @extschema@.vip_breaks_combine, SERIALFUNC = @extschema@.vip_breaks_serialize,
    DESERIALFUNC = @extschema@.vip_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.vip_breaks(@extschema@.purchase_history, timestamptz, double precision) IS
    'where the top_share of the customers of a base begins, for number of purchases, days since the first purchase and total '
    'spend each: percentile_disc(1 - top_share)';

CREATE FUNCTION @extschema@.is_vip(h @extschema@.purchase_history, breaks @extschema@.vip_breaks, as_of timestamptz DEFAULT now())
    RETURNS boolean
    AS 'MODULE_PATHNAME', 'is_vip_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.is_vip(@extschema@.purchase_history, @extschema@.vip_breaks, timestamptz) IS
    'whether the customer is at or above the breaks of number of purchases, of days since the first purchase and of total '
    'spend, all three. VIPs are fewer than the top_share, since it is taken of each figure by itself';
