-- engagement_history: messages and what one person did with them as one value, and the aggregate that builds it

-- type

CREATE TYPE @extschema@.engagement_history;

CREATE FUNCTION @extschema@.engagement_history_in(cstring) RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_history_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.engagement_history_in(cstring) IS 'I/O';

CREATE FUNCTION @extschema@.engagement_history_out(@extschema@.engagement_history) RETURNS cstring
    AS 'MODULE_PATHNAME', 'engagement_history_out_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.engagement_history_out(@extschema@.engagement_history) IS 'I/O';

CREATE FUNCTION @extschema@.engagement_history_recv(internal) RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_history_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.engagement_history_recv(internal) IS 'I/O';

CREATE FUNCTION @extschema@.engagement_history_send(@extschema@.engagement_history) RETURNS bytea
    AS 'MODULE_PATHNAME', 'engagement_history_send_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.engagement_history_send(@extschema@.engagement_history) IS 'I/O';

CREATE TYPE @extschema@.engagement_history (
    INPUT = @extschema@.engagement_history_in,
    OUTPUT = @extschema@.engagement_history_out,
    RECEIVE = @extschema@.engagement_history_recv,
    SEND = @extschema@.engagement_history_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended,
    -- That of purchase_history, which is preferred where a text or NULL might be either.
    CATEGORY = 'H'
);
COMMENT ON TYPE @extschema@.engagement_history IS
    'What was sent to one person and what the person did with it, such as {2024-01-01T10:00:00Z open email, '
    '2024-01-02T00:00:00Z visit}. NULL and the empty history {} both mean a person without events';

-- union

CREATE FUNCTION @extschema@.engagement_history_union(@extschema@.engagement_history, @extschema@.engagement_history)
    RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_history_union_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.engagement_history_union(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'implementation of + operator';

CREATE OPERATOR @extschema@.+ (
    LEFTARG = @extschema@.engagement_history, RIGHTARG = @extschema@.engagement_history,
    FUNCTION = @extschema@.engagement_history_union, COMMUTATOR = OPERATOR(@extschema@.+)
);
COMMENT ON OPERATOR @extschema@.+ (@extschema@.engagement_history, @extschema@.engagement_history) IS
    'union: every event of both, as often as it occurs; e + e counts events twice';

-- equality, order and hash: those of the bytes, for equal histories have equal bytes

CREATE FUNCTION @extschema@.engagement_history_eq(@extschema@.engagement_history, @extschema@.engagement_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'engagement_history_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.engagement_history_eq(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'implementation of = operator';
CREATE FUNCTION @extschema@.engagement_history_ne(@extschema@.engagement_history, @extschema@.engagement_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'engagement_history_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.engagement_history_ne(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'implementation of <> operator';
CREATE FUNCTION @extschema@.engagement_history_lt(@extschema@.engagement_history, @extschema@.engagement_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'engagement_history_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.engagement_history_lt(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'implementation of < operator';
CREATE FUNCTION @extschema@.engagement_history_le(@extschema@.engagement_history, @extschema@.engagement_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'engagement_history_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.engagement_history_le(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'implementation of <= operator';
CREATE FUNCTION @extschema@.engagement_history_gt(@extschema@.engagement_history, @extschema@.engagement_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'engagement_history_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.engagement_history_gt(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'implementation of > operator';
CREATE FUNCTION @extschema@.engagement_history_ge(@extschema@.engagement_history, @extschema@.engagement_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'engagement_history_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.engagement_history_ge(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'implementation of >= operator';
CREATE FUNCTION @extschema@.engagement_history_cmp(@extschema@.engagement_history, @extschema@.engagement_history) RETURNS integer
    AS 'MODULE_PATHNAME', 'engagement_history_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.engagement_history_cmp(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'implementation of the btree operator class';
CREATE FUNCTION @extschema@.engagement_history_hash(@extschema@.engagement_history) RETURNS integer
    AS 'MODULE_PATHNAME', 'engagement_history_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.engagement_history_hash(@extschema@.engagement_history) IS
    'implementation of the hash operator class';
CREATE FUNCTION @extschema@.engagement_history_hash_extended(@extschema@.engagement_history, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'engagement_history_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.engagement_history_hash_extended(@extschema@.engagement_history, bigint) IS
    'implementation of the hash operator class, with a seed';

CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.engagement_history, RIGHTARG = @extschema@.engagement_history,
    FUNCTION = @extschema@.engagement_history_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.engagement_history, @extschema@.engagement_history) IS 'the same events';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.engagement_history, RIGHTARG = @extschema@.engagement_history,
    FUNCTION = @extschema@.engagement_history_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.engagement_history, @extschema@.engagement_history) IS 'not the same events';
CREATE OPERATOR @extschema@.< (
    LEFTARG = @extschema@.engagement_history, RIGHTARG = @extschema@.engagement_history,
    FUNCTION = @extschema@.engagement_history_lt,
    COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR @extschema@.< (@extschema@.engagement_history, @extschema@.engagement_history) IS
    'order of the bytes, for sorting only';
CREATE OPERATOR @extschema@.<= (
    LEFTARG = @extschema@.engagement_history, RIGHTARG = @extschema@.engagement_history,
    FUNCTION = @extschema@.engagement_history_le,
    COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR @extschema@.<= (@extschema@.engagement_history, @extschema@.engagement_history) IS
    'order of the bytes, for sorting only';
CREATE OPERATOR @extschema@.> (
    LEFTARG = @extschema@.engagement_history, RIGHTARG = @extschema@.engagement_history,
    FUNCTION = @extschema@.engagement_history_gt,
    COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR @extschema@.> (@extschema@.engagement_history, @extschema@.engagement_history) IS
    'order of the bytes, for sorting only';
CREATE OPERATOR @extschema@.>= (
    LEFTARG = @extschema@.engagement_history, RIGHTARG = @extschema@.engagement_history,
    FUNCTION = @extschema@.engagement_history_ge,
    COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR @extschema@.>= (@extschema@.engagement_history, @extschema@.engagement_history) IS
    'order of the bytes, for sorting only';

CREATE OPERATOR FAMILY @extschema@.engagement_history_hash_ops USING hash;
CREATE OPERATOR CLASS @extschema@.engagement_history_hash_ops DEFAULT FOR TYPE @extschema@.engagement_history USING hash
    FAMILY @extschema@.engagement_history_hash_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.engagement_history_hash(@extschema@.engagement_history),
    FUNCTION 2 @extschema@.engagement_history_hash_extended(@extschema@.engagement_history, bigint);
COMMENT ON OPERATOR CLASS @extschema@.engagement_history_hash_ops USING hash IS 'equality of engagement histories';
CREATE OPERATOR FAMILY @extschema@.engagement_history_ops USING btree;
CREATE OPERATOR CLASS @extschema@.engagement_history_ops DEFAULT FOR TYPE @extschema@.engagement_history USING btree
    FAMILY @extschema@.engagement_history_ops AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=,
    OPERATOR 5 @extschema@.>,
    FUNCTION 1 @extschema@.engagement_history_cmp(@extschema@.engagement_history, @extschema@.engagement_history);
COMMENT ON OPERATOR CLASS @extschema@.engagement_history_ops USING btree IS 'order of the bytes of engagement histories';

-- casts

CREATE FUNCTION @extschema@.engagement_history_jsonb(@extschema@.engagement_history) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'engagement_history_jsonb_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.engagement_history_jsonb(@extschema@.engagement_history) IS 'implementation of the cast to jsonb';
CREATE CAST (@extschema@.engagement_history AS jsonb)
    WITH FUNCTION @extschema@.engagement_history_jsonb(@extschema@.engagement_history);
COMMENT ON CAST (@extschema@.engagement_history AS jsonb) IS
    'an array of {"at": instant in UTC, "kind": text, "channel": text}, in order of time; without a channel that member is '
    'left out; 54000 beyond what a jsonb can hold, some 4 million events';

-- aggregates

CREATE FUNCTION @extschema@.engagement_history_accum(@extschema@.engagement_history, timestamptz, text)
    RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_history_accum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.engagement_history_accum(@extschema@.engagement_history, timestamptz, text) IS
    'aggregate transition function';
-- Not STRICT, for an event may have no channel.
CREATE FUNCTION @extschema@.engagement_history_accum(@extschema@.engagement_history, timestamptz, text, text)
    RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_history_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.engagement_history_accum(@extschema@.engagement_history, timestamptz, text, text) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.engagement_history_combine(@extschema@.engagement_history, @extschema@.engagement_history)
    RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_history_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.engagement_history_combine(@extschema@.engagement_history, @extschema@.engagement_history) IS
    'aggregate combine function';
CREATE FUNCTION @extschema@.engagement_history_final(@extschema@.engagement_history) RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_history_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.engagement_history_final(@extschema@.engagement_history) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.engagement_history(happened_at timestamptz, kind text) (
    SFUNC = @extschema@.engagement_history_accum, STYPE = @extschema@.engagement_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.engagement_history_final, COMBINEFUNC = @extschema@.engagement_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.engagement_history(timestamptz, text) IS
    'the events of a group as one value, without channels. Rows with a NULL are skipped; no rows give the empty history';
CREATE AGGREGATE @extschema@.engagement_history(happened_at timestamptz, kind text, channel text) (
    SFUNC = @extschema@.engagement_history_accum, STYPE = @extschema@.engagement_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.engagement_history_final, COMBINEFUNC = @extschema@.engagement_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.engagement_history(timestamptz, text, text) IS
    'the events of a group as one value. A channel that is NULL is none; rows with another NULL are skipped; no rows give the '
    'empty history';

CREATE AGGREGATE @extschema@.rollup(@extschema@.engagement_history) (
    SFUNC = @extschema@.engagement_history_combine, STYPE = @extschema@.engagement_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.engagement_history_final, COMBINEFUNC = @extschema@.engagement_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.engagement_history) IS
    'the union of histories: of one person''s channels, or of a group of people. NULLs are skipped; no rows give the empty '
    'history';
