-- heroes: at the top of the base by purchases, length of the relationship and spend together

CREATE TYPE vip_breaks;
CREATE FUNCTION vip_breaks_in(cstring) RETURNS vip_breaks
    AS 'MODULE_PATHNAME', 'vip_breaks_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION vip_breaks_in(cstring) IS 'I/O';
CREATE FUNCTION vip_breaks_out(vip_breaks) RETURNS cstring
    AS 'MODULE_PATHNAME', 'vip_breaks_out_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION vip_breaks_out(vip_breaks) IS 'I/O';
CREATE FUNCTION vip_breaks_recv(internal) RETURNS vip_breaks
    AS 'MODULE_PATHNAME', 'vip_breaks_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION vip_breaks_recv(internal) IS 'I/O';
CREATE FUNCTION vip_breaks_send(vip_breaks) RETURNS bytea
    AS 'MODULE_PATHNAME', 'vip_breaks_send_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION vip_breaks_send(vip_breaks) IS 'I/O';
CREATE TYPE vip_breaks (
    INPUT = vip_breaks_in, OUTPUT = vip_breaks_out, RECEIVE = vip_breaks_recv, SEND = vip_breaks_send, LIKE = text
);
COMMENT ON TYPE vip_breaks IS
    'the least that a hero has, as one line of JSON: purchases, tenure_days (whole 24-hour days since the first purchase) and '
    'spend; from the aggregate also top_share, mean_spend, customers, as_of and version. Can be written by hand and '
    'stored. SQLSTATE 22P02 if malformed';
CREATE CAST (vip_breaks AS jsonb) WITH INOUT;
COMMENT ON CAST (vip_breaks AS jsonb) IS 'the same JSON';
CREATE CAST (jsonb AS vip_breaks) WITH INOUT;
COMMENT ON CAST (jsonb AS vip_breaks) IS 'the same JSON, checked';

CREATE FUNCTION vip_breaks_eq(vip_breaks, vip_breaks) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION vip_breaks_eq(vip_breaks, vip_breaks) IS 'implementation of = operator';
CREATE FUNCTION vip_breaks_ne(vip_breaks, vip_breaks) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION vip_breaks_ne(vip_breaks, vip_breaks) IS 'implementation of <> operator';
CREATE FUNCTION vip_breaks_hash(vip_breaks) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION vip_breaks_hash(vip_breaks) IS 'implementation of the hash operator class';
CREATE OPERATOR = (
    LEFTARG = vip_breaks, RIGHTARG = vip_breaks, FUNCTION = vip_breaks_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (vip_breaks, vip_breaks) IS 'the same breaks, provenance included';
CREATE OPERATOR <> (
    LEFTARG = vip_breaks, RIGHTARG = vip_breaks, FUNCTION = vip_breaks_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (vip_breaks, vip_breaks) IS 'not the same breaks';
CREATE OPERATOR CLASS vip_breaks_hash_ops DEFAULT FOR TYPE vip_breaks USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 vip_breaks_hash(vip_breaks);
COMMENT ON OPERATOR CLASS vip_breaks_hash_ops USING hash IS 'equality of breaks';

CREATE FUNCTION vip_breaks_accum(internal, purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION vip_breaks_accum(internal, purchase_history) IS 'aggregate transition function';
CREATE FUNCTION vip_breaks_accum(internal, purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION vip_breaks_accum(internal, purchase_history, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION vip_breaks_accum(internal, purchase_history, timestamptz, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION vip_breaks_accum(internal, purchase_history, timestamptz, double precision) IS
    'aggregate transition function';
CREATE FUNCTION vip_breaks_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION vip_breaks_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION vip_breaks_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'vip_breaks_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION vip_breaks_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION vip_breaks_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'vip_breaks_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION vip_breaks_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION vip_breaks_final(internal) RETURNS vip_breaks
    AS 'MODULE_PATHNAME', 'vip_breaks_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION vip_breaks_final(internal) IS 'aggregate final function';

CREATE AGGREGATE vip_breaks(h purchase_history) (
    SFUNC = vip_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = vip_breaks_final,
    COMBINEFUNC = vip_breaks_combine, SERIALFUNC = vip_breaks_serialize, DESERIALFUNC = vip_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE vip_breaks(purchase_history) IS 'vip_breaks(h, now(), 0.2)';
CREATE AGGREGATE vip_breaks(h purchase_history, as_of timestamptz) (
    SFUNC = vip_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = vip_breaks_final,
    COMBINEFUNC = vip_breaks_combine, SERIALFUNC = vip_breaks_serialize, DESERIALFUNC = vip_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE vip_breaks(purchase_history, timestamptz) IS 'vip_breaks(h, as_of, 0.2)';
CREATE AGGREGATE vip_breaks(h purchase_history, as_of timestamptz, top_share double precision) (
    SFUNC = vip_breaks_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = vip_breaks_final,
    COMBINEFUNC = vip_breaks_combine, SERIALFUNC = vip_breaks_serialize, DESERIALFUNC = vip_breaks_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE vip_breaks(purchase_history, timestamptz, double precision) IS
    'where the top share of the customers of a base begins: percentile_disc(1 - top_share), the share taken as a decimal of '
    'nine places, of the number of purchases, of whole 24-hour days since the first purchase and of total spend, each by itself; '
    'with the mean of total spend, to four decimals, and the number of customers. Customers without a purchase do not '
    'count; NULL if there is no other. SQLSTATE 22023 unless 0 < top_share < 1 and if a parameter varies within a group, '
    '22004 if one is NULL, 54000 beyond 67,108,864 distinct values';

CREATE FUNCTION is_vip(h purchase_history, breaks vip_breaks, as_of timestamptz DEFAULT now()) RETURNS boolean
    AS 'MODULE_PATHNAME', 'is_vip_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION is_vip(purchase_history, vip_breaks, timestamptz) IS
    'whether the customer is a hero: at or above the breaks of number of purchases, of days since the first purchase and of '
    'total spend, all three. As each is asked of the top share by itself, heroes are fewer than that share. False without '
    'a purchase, NULL without breaks';
