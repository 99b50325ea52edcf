-- purchase_history: every purchase of one customer as one value, and the aggregate that builds it

-- type

CREATE TYPE @extschema@.purchase_history;

CREATE FUNCTION @extschema@.purchase_history_in(cstring) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.purchase_history_in(cstring) IS 'I/O';

CREATE FUNCTION @extschema@.purchase_history_out(@extschema@.purchase_history) RETURNS cstring
    AS 'MODULE_PATHNAME', 'purchase_history_out_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.purchase_history_out(@extschema@.purchase_history) IS 'I/O';

CREATE FUNCTION @extschema@.purchase_history_recv(internal) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.purchase_history_recv(internal) IS 'I/O';

CREATE FUNCTION @extschema@.purchase_history_send(@extschema@.purchase_history) RETURNS bytea
    AS 'MODULE_PATHNAME', 'purchase_history_send_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.purchase_history_send(@extschema@.purchase_history) IS 'I/O';

CREATE TYPE @extschema@.purchase_history (
    INPUT = @extschema@.purchase_history_in,
    OUTPUT = @extschema@.purchase_history_out,
    RECEIVE = @extschema@.purchase_history_recv,
    SEND = @extschema@.purchase_history_send,
    INTERNALLENGTH = VARIABLE,
    -- The least that a type of variable length may have; histories below 127 bytes are stored without any.
    ALIGNMENT = int4,
    STORAGE = extended,
    -- A category of histories alone: until('{...}', t) and rollup(NULL) mean purchases, though there are histories of another
    -- type too, and no type of another extension is preferred beside it.
    CATEGORY = 'H',
    PREFERRED = true
);
COMMENT ON TYPE @extschema@.purchase_history IS
    'Every purchase of one customer as (instant, amount), such as {1997-01-01T00:00:00Z 29.33, 1997-01-18T00:00:00Z -5}; an '
    'amount below 0 is a refund. NULL and the empty history {} both mean a customer without purchases';

-- union

CREATE FUNCTION @extschema@.purchase_history_union(@extschema@.purchase_history, @extschema@.purchase_history)
    RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_union_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.purchase_history_union(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'implementation of + operator';

CREATE OPERATOR @extschema@.+ (
    LEFTARG = @extschema@.purchase_history, RIGHTARG = @extschema@.purchase_history,
    FUNCTION = @extschema@.purchase_history_union, COMMUTATOR = OPERATOR(@extschema@.+)
);
COMMENT ON OPERATOR @extschema@.+ (@extschema@.purchase_history, @extschema@.purchase_history) IS
    'union: every purchase of both, as often as it occurs; h + h counts purchases twice';

-- equality, order and hash: those of the bytes, for equal histories have equal bytes

CREATE FUNCTION @extschema@.purchase_history_eq(@extschema@.purchase_history, @extschema@.purchase_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'purchase_history_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_history_eq(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'implementation of = operator';
CREATE FUNCTION @extschema@.purchase_history_ne(@extschema@.purchase_history, @extschema@.purchase_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'purchase_history_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_history_ne(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'implementation of <> operator';
CREATE FUNCTION @extschema@.purchase_history_lt(@extschema@.purchase_history, @extschema@.purchase_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'purchase_history_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_history_lt(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'implementation of < operator';
CREATE FUNCTION @extschema@.purchase_history_le(@extschema@.purchase_history, @extschema@.purchase_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'purchase_history_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_history_le(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'implementation of <= operator';
CREATE FUNCTION @extschema@.purchase_history_gt(@extschema@.purchase_history, @extschema@.purchase_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'purchase_history_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_history_gt(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'implementation of > operator';
CREATE FUNCTION @extschema@.purchase_history_ge(@extschema@.purchase_history, @extschema@.purchase_history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'purchase_history_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_history_ge(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'implementation of >= operator';
CREATE FUNCTION @extschema@.purchase_history_cmp(@extschema@.purchase_history, @extschema@.purchase_history) RETURNS integer
    AS 'MODULE_PATHNAME', 'purchase_history_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.purchase_history_cmp(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'implementation of the btree operator class';
CREATE FUNCTION @extschema@.purchase_history_hash(@extschema@.purchase_history) RETURNS integer
    AS 'MODULE_PATHNAME', 'purchase_history_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_hash(@extschema@.purchase_history) IS 'implementation of the hash operator class';
CREATE FUNCTION @extschema@.purchase_history_hash_extended(@extschema@.purchase_history, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'purchase_history_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_hash_extended(@extschema@.purchase_history, bigint) IS
    'implementation of the hash operator class, with a seed';

CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.purchase_history, RIGHTARG = @extschema@.purchase_history, FUNCTION = @extschema@.purchase_history_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR @extschema@.= (@extschema@.purchase_history, @extschema@.purchase_history) IS 'the same purchases';
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.purchase_history, RIGHTARG = @extschema@.purchase_history, FUNCTION = @extschema@.purchase_history_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (@extschema@.purchase_history, @extschema@.purchase_history) IS 'not the same purchases';
CREATE OPERATOR @extschema@.< (
    LEFTARG = @extschema@.purchase_history, RIGHTARG = @extschema@.purchase_history, FUNCTION = @extschema@.purchase_history_lt,
    COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR @extschema@.< (@extschema@.purchase_history, @extschema@.purchase_history) IS
    'order of the bytes, for sorting only';
CREATE OPERATOR @extschema@.<= (
    LEFTARG = @extschema@.purchase_history, RIGHTARG = @extschema@.purchase_history, FUNCTION = @extschema@.purchase_history_le,
    COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR @extschema@.<= (@extschema@.purchase_history, @extschema@.purchase_history) IS
    'order of the bytes, for sorting only';
CREATE OPERATOR @extschema@.> (
    LEFTARG = @extschema@.purchase_history, RIGHTARG = @extschema@.purchase_history, FUNCTION = @extschema@.purchase_history_gt,
    COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR @extschema@.> (@extschema@.purchase_history, @extschema@.purchase_history) IS
    'order of the bytes, for sorting only';
CREATE OPERATOR @extschema@.>= (
    LEFTARG = @extschema@.purchase_history, RIGHTARG = @extschema@.purchase_history, FUNCTION = @extschema@.purchase_history_ge,
    COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR @extschema@.>= (@extschema@.purchase_history, @extschema@.purchase_history) IS
    'order of the bytes, for sorting only';

-- Each family by itself: a class would join one of its name that another has made.
CREATE OPERATOR FAMILY @extschema@.purchase_history_hash_ops USING hash;
CREATE OPERATOR CLASS @extschema@.purchase_history_hash_ops DEFAULT FOR TYPE @extschema@.purchase_history USING hash
    FAMILY @extschema@.purchase_history_hash_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.purchase_history_hash(@extschema@.purchase_history),
    FUNCTION 2 @extschema@.purchase_history_hash_extended(@extschema@.purchase_history, bigint);
COMMENT ON OPERATOR CLASS @extschema@.purchase_history_hash_ops USING hash IS 'equality of purchase histories';
CREATE OPERATOR FAMILY @extschema@.purchase_history_ops USING btree;
CREATE OPERATOR CLASS @extschema@.purchase_history_ops DEFAULT FOR TYPE @extschema@.purchase_history USING btree
    FAMILY @extschema@.purchase_history_ops AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=,
    OPERATOR 5 @extschema@.>,
    FUNCTION 1 @extschema@.purchase_history_cmp(@extschema@.purchase_history, @extschema@.purchase_history);
COMMENT ON OPERATOR CLASS @extschema@.purchase_history_ops USING btree IS 'order of the bytes of purchase histories';

-- casts

CREATE FUNCTION @extschema@.purchase_history_jsonb(@extschema@.purchase_history) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'purchase_history_jsonb_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.purchase_history_jsonb(@extschema@.purchase_history) IS 'implementation of the cast to jsonb';
CREATE CAST (@extschema@.purchase_history AS jsonb) WITH FUNCTION @extschema@.purchase_history_jsonb(@extschema@.purchase_history);
COMMENT ON CAST (@extschema@.purchase_history AS jsonb) IS
    'an array of {"at": instant in UTC, "amount": number}, in order of time, amounts exact; 54000 beyond what a jsonb can hold, '
    'some 4 million purchases';

-- aggregates

CREATE FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamptz) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_accum_timestamptz' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamptz, numeric)
    RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_accum_timestamptz_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamptz, numeric) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamp) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_accum_timestamp' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamp) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamp, numeric)
    RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_accum_timestamp_numeric' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamp, numeric) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, date) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_accum_date' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, date) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, date, numeric) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_accum_date_numeric' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, date, numeric) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_combine(@extschema@.purchase_history, @extschema@.purchase_history)
    RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_combine(@extschema@.purchase_history, @extschema@.purchase_history) IS
    'aggregate combine function';
CREATE FUNCTION @extschema@.purchase_history_final(@extschema@.purchase_history) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.purchase_history_final(@extschema@.purchase_history) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamptz) (
    SFUNC = @extschema@.purchase_history_accum, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamptz) IS
    'the purchases of a group as one value, each with amount 0. Rows with NULL are skipped; no rows give the empty history';
CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamptz, amount numeric) (
    SFUNC = @extschema@.purchase_history_accum, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamptz, numeric) IS
    'the purchases of a group as one value, amounts rounded to four decimals. An amount below 0 is a refund: it lowers spend, '
    'but is no purchase';
CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamp) (
    SFUNC = @extschema@.purchase_history_accum, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamp) IS
    'as over timestamptz, the timestamps being of the session''s TimeZone';
CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamp, amount numeric) (
    SFUNC = @extschema@.purchase_history_accum, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamp, numeric) IS
    'as over timestamptz, the timestamps being of the session''s TimeZone';
CREATE AGGREGATE @extschema@.purchase_history(ordered_on date) (
    SFUNC = @extschema@.purchase_history_accum, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(date) IS
    'as over timestamptz, a date being midnight in the session''s TimeZone';
CREATE AGGREGATE @extschema@.purchase_history(ordered_on date, amount numeric) (
    SFUNC = @extschema@.purchase_history_accum, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(date, numeric) IS
    'as over timestamptz, a date being midnight in the session''s TimeZone';

-- rows of which several make one order

CREATE TYPE @extschema@.purchase_history_rows;

CREATE FUNCTION @extschema@.purchase_history_rows_in(cstring) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_history_rows_out(@extschema@.purchase_history_rows) RETURNS cstring
    AS 'MODULE_PATHNAME', 'purchase_history_rows_out_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_out(@extschema@.purchase_history_rows) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_history_rows_recv(internal) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_history_rows_send(@extschema@.purchase_history_rows) RETURNS bytea
    AS 'MODULE_PATHNAME', 'purchase_history_rows_send_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_send(@extschema@.purchase_history_rows) IS 'I/O';

CREATE TYPE @extschema@.purchase_history_rows (
    INPUT = @extschema@.purchase_history_rows_in,
    OUTPUT = @extschema@.purchase_history_rows_out,
    RECEIVE = @extschema@.purchase_history_rows_recv,
    SEND = @extschema@.purchase_history_rows_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE @extschema@.purchase_history_rows IS
    'the rows of orders while the aggregate purchase_history(ordered_at, amount, order_key) collects them; no column need be of it';

CREATE FUNCTION @extschema@.purchase_history_rows_accum(@extschema@.purchase_history_rows, timestamptz, numeric, text) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_accum_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_accum(@extschema@.purchase_history_rows, timestamptz, numeric, text) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_rows_accum(@extschema@.purchase_history_rows, timestamptz, numeric, bigint) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_accum_bigint' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_accum(@extschema@.purchase_history_rows, timestamptz, numeric, bigint) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_rows_combine(@extschema@.purchase_history_rows, @extschema@.purchase_history_rows) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_combine(@extschema@.purchase_history_rows, @extschema@.purchase_history_rows) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.purchase_history_rows_final(@extschema@.purchase_history_rows) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_rows_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_final(@extschema@.purchase_history_rows) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamptz, amount numeric, order_key text) (
    SFUNC = @extschema@.purchase_history_rows_accum, STYPE = @extschema@.purchase_history_rows, SSPACE = 256, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_rows_final, COMBINEFUNC = @extschema@.purchase_history_rows_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamptz, numeric, text) IS
    'the orders of a group as one value: rows with one order_key are one order, over their sum, at the first of their instants. '
    'Rows with NULL are skipped; a history knows no keys, so all rows of an order must be in one group';
CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamptz, amount numeric, order_key bigint) (
    SFUNC = @extschema@.purchase_history_rows_accum, STYPE = @extschema@.purchase_history_rows, SSPACE = 256, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_rows_final, COMBINEFUNC = @extschema@.purchase_history_rows_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamptz, numeric, bigint) IS
    'as with an order_key of type text';

-- amounts that are floating point numbers

CREATE FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamptz, double precision)
    RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_accum_timestamptz_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamptz, double precision) IS
    'aggregate transition function';
CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamptz, amount double precision) (
    SFUNC = @extschema@.purchase_history_accum, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamptz, double precision) IS
    'as over numeric, each amount read with 15 digits and rounded to four decimals';

CREATE AGGREGATE @extschema@.rollup(@extschema@.purchase_history) (
    SFUNC = @extschema@.purchase_history_combine, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.purchase_history) IS
    'the union of histories: of one customer''s shards, or of a group of customers. NULLs are skipped; no rows give the empty '
    'history';
