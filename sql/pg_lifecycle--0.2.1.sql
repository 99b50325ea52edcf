-- complain if the script is sourced in psql, rather than through CREATE EXTENSION
\echo Use "CREATE EXTENSION pg_lifecycle" to load this file. \quit

-- sql/search_path.sql

-- First of all: no name is looked up where another role may have put an object of that name.
--
-- The server runs this script as a superuser, with the extension's schema in the path, and a role that owns that schema (any role
-- with CREATE on the database may install the extension) can have made functions, operators, types and casts there that fit a
-- call better than those of pg_catalog. So names without a schema are those of pg_catalog alone. pg_temp is named, because the
-- server searches it first for types and tables where it is not. What belongs to the extension is written @extschema@.name or
-- lifecycle.name, and is called with arguments of exactly its types, so that no other function of that name fits better.

SET LOCAL search_path = pg_catalog, pg_temp;

-- sql/preflight.sql

-- Before anything is made: names that are taken are refused in words that say what to do.

DO $$
DECLARE
    owner text := (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'lifecycle');
    taken text := (
        SELECT min(typname) FROM pg_type
        WHERE typnamespace = '@extschema@'::regnamespace AND typname IN (
            'backtest_accuracy', 'backtest_calibration', 'backtest_result', 'btyd_summary', 'cohort_cell', 'engagement_history',
            'engagement_temperature', 'growth_point', 'growth_status', 'growth_status_point', 'lifecycle_phase', 'lifecycle_stage',
            'lorenz_point', 'ltv_inputs', 'model_tracking_point', 'purchase_history', 'purchase_model', 'purchase_rhythm',
            'relationship_stage', 'renewal_model', 'revenue_decomposition', 'rfm_breaks', 'rfm_triple', 'spend_model',
            'stage_forecast', 'stage_transition_count', 'touch_path', 'value_concentration', 'vip_breaks'
        )
    );
BEGIN
    IF owner IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_schema', MESSAGE = 'schema "lifecycle" already exists',
            DETAIL = 'pg_lifecycle makes a schema of this name for its stores. The one that is there belongs to role "' || owner || '".',
            HINT = 'Rename it, ALTER SCHEMA lifecycle RENAME TO lifecycle_old, or drop it. '
                'The analytics functions go into another schema: CREATE EXTENSION pg_lifecycle SCHEMA analytics.';
    ELSIF taken IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_object',
            MESSAGE = 'a table or type "' || taken || '" already exists in schema "' || replace('@extschema@', '"', '') || '"',
            DETAIL = 'pg_lifecycle makes a type of this name in the schema that it is installed into.',
            HINT = 'Install it into another schema: CREATE SCHEMA analytics; CREATE EXTENSION pg_lifecycle SCHEMA analytics.';
    END IF;
END $$;

-- sql/history/purchase_history.sql

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

CREATE AGGREGATE @extschema@.rollup(@extschema@.purchase_history) (
    SFUNC = @extschema@.purchase_history_combine, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.purchase_history) IS
    'the union of histories: of one customer''s shards, or of a group of customers. NULLs are skipped; no rows give the empty '
    'history';

-- sql/history/summary.sql

-- reading a history: what it says by itself

CREATE FUNCTION @extschema@.num_purchases(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS bigint
    AS 'MODULE_PATHNAME', 'num_purchases_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.num_purchases(@extschema@.purchase_history, timestamptz) IS
    'number of purchases at or before as_of; refunds do not count. 0 for NULL';

CREATE FUNCTION @extschema@.num_purchase_days(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS bigint
    AS 'MODULE_PATHNAME', 'num_purchase_days_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.num_purchase_days(@extschema@.purchase_history, timestamptz) IS
    'number of calendar days with a purchase, in the session''s TimeZone. 0 for NULL';

CREATE FUNCTION @extschema@.first_purchase(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'first_purchase_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.first_purchase(@extschema@.purchase_history, timestamptz) IS
    'instant of the first purchase; NULL without one';

CREATE FUNCTION @extschema@.last_purchase(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'last_purchase_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.last_purchase(@extschema@.purchase_history, timestamptz) IS
    'instant of the last purchase at or before as_of; NULL without one';

CREATE FUNCTION @extschema@.total_spend(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS numeric
    AS 'MODULE_PATHNAME', 'total_spend_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.total_spend(@extschema@.purchase_history, timestamptz) IS
    'sum of the amounts at or before as_of, refunds deducted: sum(round(amount, 4)), exactly. 0 for NULL';

CREATE FUNCTION @extschema@.spend_between(h @extschema@.purchase_history, since timestamptz, until timestamptz DEFAULT now())
    RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 30
    BEGIN ATOMIC
        SELECT @extschema@.total_spend(h, until) - @extschema@.total_spend(h, since);
    END;
COMMENT ON FUNCTION @extschema@.spend_between(@extschema@.purchase_history, timestamptz, timestamptz) IS
    'the amounts paid less refunds after since, up to and including until; 0 without a purchase';

CREATE FUNCTION @extschema@.average_order_value(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS numeric
    AS 'MODULE_PATHNAME', 'average_order_value_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.average_order_value(@extschema@.purchase_history, timestamptz) IS
    'total_spend / num_purchases; NULL without a purchase';

CREATE FUNCTION @extschema@.recency(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'recency_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.recency(@extschema@.purchase_history, timestamptz) IS
    'as_of - last_purchase: time since the last purchase, in days of 24 hours and the rest; NULL without a purchase';

CREATE FUNCTION @extschema@.tenure(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'tenure_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.tenure(@extschema@.purchase_history, timestamptz) IS
    'as_of - first_purchase: time since the first purchase, in days of 24 hours and the rest; NULL without a purchase';

CREATE FUNCTION @extschema@.mean_gap(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'mean_gap_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.mean_gap(@extschema@.purchase_history, timestamptz) IS
    'mean number of days between consecutive purchase days (calendar days of the session''s TimeZone), as an interval of '
    'days; NULL with fewer than two purchase days';

CREATE FUNCTION @extschema@.median_gap(h @extschema@.purchase_history, as_of timestamptz DEFAULT now()) RETURNS interval
    AS 'MODULE_PATHNAME', 'median_gap_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.median_gap(@extschema@.purchase_history, timestamptz) IS
    'median number of days between consecutive purchase days, of an even number of gaps the mean of the middle two '
    '(percentile_cont); NULL with fewer than two purchase days';

CREATE FUNCTION @extschema@.purchases(
    h @extschema@.purchase_history, as_of timestamptz DEFAULT now(), OUT purchased_at timestamptz, OUT amount numeric
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'purchases_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION @extschema@.purchases(@extschema@.purchase_history, timestamptz) IS
    'the purchases and refunds at or before as_of as rows, in order of time; no rows for NULL';

CREATE FUNCTION @extschema@.net_purchases(
    h @extschema@.purchase_history, as_of timestamptz DEFAULT now(), OUT purchased_at timestamptz, OUT amount numeric, OUT refunded numeric
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'net_purchases_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION @extschema@.net_purchases(@extschema@.purchase_history, timestamptz) IS
    'the purchases at or before as_of as rows in order of time, each with the sum that refunds have taken back of it. A refund '
    'takes back the last purchase before it of the same open amount, or else the latest purchases';

CREATE FUNCTION @extschema@.until(h @extschema@.purchase_history, t timestamptz) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'until_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.until(@extschema@.purchase_history, timestamptz) IS
    'the history as it was known at t: without what came after it; empty for NULL. f(until(h, t), t) = f(h, t) for '
    'every reading f';

CREATE TYPE @extschema@.btyd_summary AS (
    frequency bigint,
    recency double precision,
    t double precision,
    monetary_value double precision
);
COMMENT ON TYPE @extschema@.btyd_summary IS 'what buy-till-you-die models are fitted to: (x, t_x, T) and the mean spend';
COMMENT ON COLUMN @extschema@.btyd_summary.frequency IS 'x: purchase days after the first';
COMMENT ON COLUMN @extschema@.btyd_summary.recency IS 't_x: from the first purchase day to the last, in units';
COMMENT ON COLUMN @extschema@.btyd_summary.t IS 'T: from the first purchase day to the day of as_of, in units';
COMMENT ON COLUMN @extschema@.btyd_summary.monetary_value IS
    'all amounts paid less refunds after the first purchase day, per repeat purchase day; 0 where there is none';

CREATE FUNCTION @extschema@.btyd_summary(
    h @extschema@.purchase_history, as_of timestamptz DEFAULT now(), unit interval DEFAULT '7 days'
) RETURNS @extschema@.btyd_summary
    AS 'MODULE_PATHNAME', 'btyd_summary_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.btyd_summary(@extschema@.purchase_history, timestamptz, interval) IS
    '(frequency, recency, t, monetary_value) for buy-till-you-die models (Fader, Hardie, Lee 2005, Marketing Science 24(2), p. '
    '277)';

-- sql/engagement/engagement_history.sql

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

-- sql/engagement/summary.sql

-- reading an engagement history: what it says by itself

CREATE FUNCTION @extschema@.events(
    e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), OUT happened_at timestamptz, OUT kind text, OUT channel text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'events_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 20;
COMMENT ON FUNCTION @extschema@.events(@extschema@.engagement_history, timestamptz) IS
    'the events at or before as_of as rows, in order of time; the channel is NULL where there is none; no rows for NULL';

CREATE FUNCTION @extschema@.until(e @extschema@.engagement_history, t timestamptz) RETURNS @extschema@.engagement_history
    AS 'MODULE_PATHNAME', 'engagement_until_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.until(@extschema@.engagement_history, timestamptz) IS
    'the history as it was known at t: without what came after it; empty for NULL. f(until(e, t), t) = f(e, t) for every '
    'reading f';

CREATE FUNCTION @extschema@.last_event(
    e @extschema@.engagement_history, kind text DEFAULT NULL, channel text DEFAULT NULL, as_of timestamptz DEFAULT now()
) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'last_event_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.last_event(@extschema@.engagement_history, text, text, timestamptz) IS
    'instant of the last event of a kind on a channel at or before as_of, NULL being any kind and any channel, also none; NULL '
    'without such an event';

CREATE FUNCTION @extschema@.num_events(
    e @extschema@.engagement_history, kind text DEFAULT NULL, since timestamptz DEFAULT NULL, channel text DEFAULT NULL,
    as_of timestamptz DEFAULT now()
) RETURNS bigint
    AS 'MODULE_PATHNAME', 'num_events_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.num_events(@extschema@.engagement_history, text, timestamptz, text, timestamptz) IS
    'number of events of a kind on a channel after since and at or before as_of; NULL is any kind, any channel, and no limit. '
    '0 for NULL';

CREATE FUNCTION @extschema@.open_rate(
    e @extschema@.engagement_history, since timestamptz DEFAULT NULL, channel text DEFAULT NULL, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'open_rate_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.open_rate(@extschema@.engagement_history, timestamptz, text, timestamptz) IS
    'the share, 0 to 1, of the messages delivered after since and at or before as_of that were opened before the next message '
    'was delivered on the same channel. Each message counts at most once';
CREATE FUNCTION @extschema@.click_rate(
    e @extschema@.engagement_history, since timestamptz DEFAULT NULL, channel text DEFAULT NULL, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'click_rate_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION @extschema@.click_rate(@extschema@.engagement_history, timestamptz, text, timestamptz) IS
    'unique clicks / delivered, 0 to 1: as open_rate, of clicks';

CREATE TYPE @extschema@.engagement_temperature AS ENUM ('warm', 'cold', 'never_contacted');
COMMENT ON TYPE @extschema@.engagement_temperature IS
    'warm: reacted within warm_within; cold: contacted without a recent reaction; never_contacted';

CREATE FUNCTION @extschema@.engagement_temperature(
    e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), warm_within interval DEFAULT '90 days'
) RETURNS @extschema@.engagement_temperature
    AS 'MODULE_PATHNAME', 'engagement_temperature_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.engagement_temperature(@extschema@.engagement_history, timestamptz, interval) IS
    'warm if the last reaction (open, click, visit, reply, referral or subscribe) is at most warm_within ago; else cold, or '
    'never_contacted without any message';

-- sql/segments/rfm.sql

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

-- sql/schema.sql

-- The schema of the state. Without IF NOT EXISTS: the extension takes no schema over that another role made.

CREATE SCHEMA lifecycle;
COMMENT ON SCHEMA lifecycle IS 'what pg_lifecycle keeps: segment grids, stores, their journeys and the log of refreshes';
GRANT USAGE ON SCHEMA lifecycle TO PUBLIC;

-- sql/segments/grid.sql

-- segment grids: which segment each cell of scores belongs to, as rows that are checked

CREATE TABLE lifecycle.segment_grid (
    grid text PRIMARY KEY CHECK (grid <> ''),
    dimensions text NOT NULL DEFAULT 'R,FM' CHECK (dimensions IN ('R,FM', 'R,F,M')),
    bins integer NOT NULL DEFAULT 5 CHECK (bins BETWEEN 2 AND 9),
    description text,
    preset boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE lifecycle.segment_grid IS
    'the segment grids, one row each; their rules are in lifecycle.segment_rule. All roles may read; the role that installed '
    'the extension may write and can grant it';
COMMENT ON COLUMN lifecycle.segment_grid.grid IS 'the name';
COMMENT ON COLUMN lifecycle.segment_grid.dimensions IS
    'what the digits of a cell stand for: R,FM recency score and mean of frequency and monetary score, halves rounded up; '
    'R,F,M all three';
COMMENT ON COLUMN lifecycle.segment_grid.bins IS 'the scores in each dimension run from 1 to this, 2 to 9';
COMMENT ON COLUMN lifecycle.segment_grid.description IS 'what it is';
COMMENT ON COLUMN lifecycle.segment_grid.preset IS
    'whether the grid comes with the extension; only the extension can change it (SQLSTATE 42501), and dumps leave it out';

CREATE TABLE lifecycle.segment_rule (
    grid text NOT NULL REFERENCES lifecycle.segment_grid ON UPDATE CASCADE ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    cells text[] NOT NULL CHECK (cardinality(cells) > 0 AND array_position(cells, NULL) IS NULL),
    priority integer NOT NULL DEFAULT 1,
    PRIMARY KEY (grid, name, priority)
);
COMMENT ON TABLE lifecycle.segment_rule IS
    'the rules of the segment grids, one row each; of the rules that match a cell the one with the lowest priority number '
    'wins. The rules of a grid must be a partition after every statement (SQLSTATE 23514), so insert all of them in one '
    'statement';
COMMENT ON COLUMN lifecycle.segment_rule.grid IS 'the grid';
COMMENT ON COLUMN lifecycle.segment_rule.name IS 'the segment';
COMMENT ON COLUMN lifecycle.segment_rule.cells IS
    'patterns of cells, with one class for each position: a digit, [4-5] for several, * for any, such as 55 or 5[4-5]*';
COMMENT ON COLUMN lifecycle.segment_rule.priority IS 'of the rules that match a cell the lowest number wins';

GRANT SELECT ON lifecycle.segment_grid, lifecycle.segment_rule TO PUBLIC;
-- The tables belong to the superuser in whose name a trusted extension is installed; the grids, to the role that installs it.
GRANT INSERT, UPDATE, DELETE ON lifecycle.segment_grid, lifecycle.segment_rule TO @extowner@ WITH GRANT OPTION;

SELECT pg_catalog.pg_extension_config_dump('lifecycle.segment_grid', 'WHERE NOT preset');
SELECT pg_catalog.pg_extension_config_dump(
    'lifecycle.segment_rule', 'WHERE grid IN (SELECT grid FROM lifecycle.segment_grid WHERE NOT preset)');

-- the check of every statement that writes

CREATE FUNCTION lifecycle.segment_rules_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'segment_rules_changed_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.segment_rules_changed() IS 'implementation of the triggers of lifecycle.segment_rule';
CREATE TRIGGER inserted AFTER INSERT ON lifecycle.segment_rule REFERENCING NEW TABLE AS come
    EXECUTE FUNCTION lifecycle.segment_rules_changed();
CREATE TRIGGER updated AFTER UPDATE ON lifecycle.segment_rule REFERENCING OLD TABLE AS gone NEW TABLE AS come
    EXECUTE FUNCTION lifecycle.segment_rules_changed();
CREATE TRIGGER deleted AFTER DELETE ON lifecycle.segment_rule REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION lifecycle.segment_rules_changed();

CREATE FUNCTION lifecycle.segment_grids_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'segment_grids_changed_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.segment_grids_changed() IS 'implementation of the triggers of lifecycle.segment_grid';
CREATE TRIGGER inserted AFTER INSERT ON lifecycle.segment_grid REFERENCING NEW TABLE AS come
    EXECUTE FUNCTION lifecycle.segment_grids_changed();
CREATE TRIGGER updated AFTER UPDATE ON lifecycle.segment_grid REFERENCING OLD TABLE AS gone NEW TABLE AS come
    EXECUTE FUNCTION lifecycle.segment_grids_changed();
CREATE TRIGGER deleted AFTER DELETE ON lifecycle.segment_grid REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION lifecycle.segment_grids_changed();

CREATE FUNCTION lifecycle.check_segment_grid(grid text, OUT problem text, OUT cell text, OUT names text[])
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'check_segment_grid_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000 ROWS 10;
COMMENT ON FUNCTION lifecycle.check_segment_grid(text) IS
    'what keeps a grid from being a partition; no rows for a sound one. problem is overlap (several rules of one priority win '
    'the cell: names), hole (no rule matches the cell) or unreachable (names holds a name that wins no cell; cell is NULL)';

CREATE FUNCTION lifecycle.check_segment_grid(
    rules jsonb, dimensions text, bins integer, OUT problem text, OUT cell text, OUT names text[]
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'check_segment_rules_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 10;
COMMENT ON FUNCTION lifecycle.check_segment_grid(jsonb, text, integer) IS
    'the problems of rules that are not in the table: an array of objects with cells, name and priority (1 by default), such '
    'as jsonb_agg(t) of a table with these columns';

-- the segment of a score

CREATE FUNCTION @extschema@.rfm_segment(score @extschema@.rfm_triple, grid text) RETURNS text
    AS 'MODULE_PATHNAME', 'rfm_segment_grid_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.rfm_segment(@extschema@.rfm_triple, text) IS
    'the segment of a score in a grid of lifecycle.segment_grid, as the calling query sees it';
CREATE FUNCTION @extschema@.rfm_segment(recency integer, frequency integer, monetary integer, grid text) RETURNS text
    AS 'MODULE_PATHNAME', 'rfm_segment_grid_scores_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.rfm_segment(integer, integer, integer, text) IS
    'the same of three scores; see rfm_segment(rfm_triple, text)';

CREATE FUNCTION @extschema@.explain_segment(
    h @extschema@.purchase_history, breaks @extschema@.rfm_breaks, grid text, as_of timestamptz DEFAULT now(),
    OUT dimension text, OUT value numeric, OUT score integer, OUT above numeric, OUT up_to numeric,
    OUT cell text, OUT segment text, OUT rule_cells text[], OUT rule_priority integer,
    OUT next_score integer, OUT next_needs numeric, OUT next_segment text,
    OUT lift_score integer, OUT lift_needs numeric, OUT lift_segment text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'explain_segment_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 3;
COMMENT ON FUNCTION @extschema@.explain_segment(@extschema@.purchase_history, @extschema@.rfm_breaks, text, timestamptz) IS
    'why a customer is in a segment, one row for recency, frequency and monetary each: the value, its score, and the rule that '
    'won. The columns next_ tell the next better score and what it needs, and lift_ the nearest better score with another '
    'segment';

-- sql/segments/presets.sql

-- The grids that come with the extension. src/domain/segments/grid/tests.rs holds them against what is published: that they
-- are partitions, how many cells each name has, and that a repair changes no cell that had one name (in whole scores).

INSERT INTO lifecycle.segment_grid (grid, dimensions, bins, description, preset) VALUES
    ('rfm_25', 'R,FM', 5, 'the 25 cells of recency and the mean of the frequency and monetary scores, in common use', true),
    ('rfm_125', 'R,F,M', 5, 'the 125 codes in common use', true),
    ('rfm_27', 'R,F,M', 3, 'six groups of 27 codes', true),
    ('putler_repaired', 'R,FM', 5, 'the eleven ranges published for Putler, repaired', true),
    ('r_rfm_0.2_repaired', 'R,F,M', 5, 'the ten ranges of the R package rfm 0.2.2, and Others, repaired', true),
    ('r_rfm_0.3_repaired', 'R,F,M', 5, 'the ten ranges of the R package rfm 0.3.0, and Others, repaired', true);

INSERT INTO lifecycle.segment_rule (grid, name, cells, priority) VALUES
    ('rfm_25', 'Champions', '{55,54,45}', 1),
    ('rfm_25', 'Loyal', '{53,44,35,34}', 1),
    ('rfm_25', 'Potential Loyalist', '{52,42,33,43}', 1),
    ('rfm_25', 'Recent', '{51}', 1),
    ('rfm_25', 'Promising', '{41,31}', 1),
    ('rfm_25', 'Needs Attention', '{32,23,22}', 1),
    ('rfm_25', 'About To Sleep', '{21}', 1),
    ('rfm_25', 'At Risk', '{25,24,13}', 1),
    ('rfm_25', 'Can''t Lose', '{15,14}', 1),
    ('rfm_25', 'Hibernating', '{12}', 1),
    ('rfm_25', 'Lost', '{11}', 1),
    ('rfm_125', 'Champions', '{555,554,544,545,454,455,445}', 1),
    ('rfm_125', 'Loyal', '{543,444,435,355,354,345,344,335}', 1),
    ('rfm_125', 'Potential Loyalist',
        '{553,551,552,541,542,533,532,531,452,451,442,441,431,453,433,432,423,353,352,351,342,341,333,323}', 1),
    ('rfm_125', 'Recent', '{512,511,422,421,412,411,311}', 1),
    ('rfm_125', 'Promising', '{525,524,523,522,521,515,514,513,425,424,413,414,415,315,314,313}', 1),
    ('rfm_125', 'Needs Attention', '{535,534,443,434,343,334,325,324}', 1),
    ('rfm_125', 'About To Sleep', '{331,321,312,221,213}', 1),
    ('rfm_125', 'At Risk',
        '{255,254,245,244,253,252,243,242,235,234,225,224,153,152,145,143,142,135,134,133,125,124}', 1),
    ('rfm_125', 'Can''t Lose', '{155,154,144,214,215,115,114,113}', 1),
    ('rfm_125', 'Hibernating', '{332,322,231,241,251,233,232,223,222,132,123,122,212,211}', 1),
    ('rfm_125', 'Lost', '{111,112,121,131,141,151}', 1),
    ('rfm_27', 'Champions', '{333,332,323}', 1),
    ('rfm_27', 'Loyal', '{321,322,331,232,233}', 1),
    ('rfm_27', 'Recent', '{312,313,311,222,223}', 1),
    ('rfm_27', 'Needs Attention', '{213,221,123,132,133}', 1),
    ('rfm_27', 'At Risk', '{231,212,122,131,211}', 1),
    ('rfm_27', 'Inactive', '{111,112,113,121}', 1),
    ('putler_repaired', 'Lost', '{11}', 1),
    ('putler_repaired', 'Recent (New) Customers', '{[4-5]1}', 2),
    ('putler_repaired', 'Promising', '{[3-4]1}', 3),
    ('putler_repaired', 'Can''t Lose Them', '{1[4-5]}', 4),
    ('putler_repaired', 'Champions', '{[4-5][4-5]}', 5),
    ('putler_repaired', 'Customers Needing Attention', '{[2-3][2-3]}', 6),
    ('putler_repaired', 'About To Sleep', '{[2-3][1-2]}', 7),
    ('putler_repaired', 'Hibernating', '{[1-2][1-2]}', 8),
    ('putler_repaired', 'At Risk', '{[1-2][2-5]}', 9),
    ('putler_repaired', 'Potential Loyalist', '{[3-5][1-3]}', 10),
    ('putler_repaired', 'Loyal Customers', '{[2-5][3-5]}', 11),
    ('r_rfm_0.2_repaired', 'New Customers', '{[4-5]11}', 1),
    ('r_rfm_0.2_repaired', 'Promising', '{[3-4]11}', 2),
    ('r_rfm_0.2_repaired', 'Can''t Lose Them', '{1[4-5][4-5]}', 3),
    ('r_rfm_0.2_repaired', 'Champions', '{[4-5][4-5][4-5]}', 4),
    ('r_rfm_0.2_repaired', 'Need Attention', '{[2-3][2-3][2-3]}', 5),
    ('r_rfm_0.2_repaired', 'About To Sleep', '{[2-3][1-2][1-2]}', 6),
    ('r_rfm_0.2_repaired', 'Lost', '{[1-2][1-2][1-2]}', 7),
    ('r_rfm_0.2_repaired', 'Potential Loyalist', '{[3-5][1-3][1-3]}', 8),
    ('r_rfm_0.2_repaired', 'At Risk', '{[1-2][2-5][2-5]}', 9),
    ('r_rfm_0.2_repaired', 'Loyal Customers', '{[2-5][3-5][3-5]}', 10),
    ('r_rfm_0.2_repaired', 'Others', '{***}', 11),
    ('r_rfm_0.3_repaired', 'Champions', '{555}', 1),
    ('r_rfm_0.3_repaired', 'Can''t Lose Them', '{[1-2][3-4][4-5]}', 2),
    ('r_rfm_0.3_repaired', 'At Risk', '{[1-2][2-5][4-5]}', 3),
    ('r_rfm_0.3_repaired', 'Promising', '{[3-4][1-3][3-5]}', 4),
    ('r_rfm_0.3_repaired', 'About To Sleep', '{[2-3][1-3][1-4]}', 5),
    ('r_rfm_0.3_repaired', 'Lost', '{1[1-5][1-5]}', 6),
    ('r_rfm_0.3_repaired', 'Loyal Customers', '{[2-4][2-4][2-4]}', 7),
    ('r_rfm_0.3_repaired', 'Need Attention', '{[1-3][3-5][3-5]}', 8),
    ('r_rfm_0.3_repaired', 'New Customers', '{[4-5][1-3][1-5]}', 9),
    ('r_rfm_0.3_repaired', 'Potential Loyalist', '{[3-5][3-5][2-5]}', 10),
    ('r_rfm_0.3_repaired', 'Others', '{***}', 11);

-- sql/history/first_last.sql

-- what came first, and what last

CREATE FUNCTION lifecycle.first_accum(bytea, text, timestamptz) RETURNS bytea
    AS 'MODULE_PATHNAME', 'first_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.first_accum(bytea, text, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.first_combine(bytea, bytea) RETURNS bytea
    AS 'MODULE_PATHNAME', 'first_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.first_combine(bytea, bytea) IS 'aggregate combine function';
CREATE FUNCTION lifecycle.last_accum(bytea, text, timestamptz) RETURNS bytea
    AS 'MODULE_PATHNAME', 'last_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.last_accum(bytea, text, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.last_combine(bytea, bytea) RETURNS bytea
    AS 'MODULE_PATHNAME', 'last_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.last_combine(bytea, bytea) IS 'aggregate combine function';
CREATE FUNCTION lifecycle.first_final(bytea) RETURNS text
    AS 'MODULE_PATHNAME', 'first_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.first_final(bytea) IS 'aggregate final function';

CREATE AGGREGATE lifecycle.first(value text, at timestamptz) (
    SFUNC = lifecycle.first_accum, STYPE = bytea, SSPACE = 48, FINALFUNC = lifecycle.first_final,
    COMBINEFUNC = lifecycle.first_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.first(text, timestamptz) IS
    'the value of the row with the earliest instant; of several at that instant the smallest value in order of the bytes '
    '(COLLATE "C"), whatever order the rows come in. Rows with a NULL are skipped; NULL without rows';
CREATE AGGREGATE lifecycle.last(value text, at timestamptz) (
    SFUNC = lifecycle.last_accum, STYPE = bytea, SSPACE = 48, FINALFUNC = lifecycle.first_final,
    COMBINEFUNC = lifecycle.last_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.last(text, timestamptz) IS
    'the value of the row with the latest instant; of several at that instant the smallest value in order of the bytes '
    '(COLLATE "C"), whatever order the rows come in. Rows with a NULL are skipped; NULL without rows';

-- sql/store/note_changes.sql

-- the triggers of attached tables: whose orders or events changed

CREATE FUNCTION lifecycle.note_changes() RETURNS trigger
    AS 'MODULE_PATHNAME', 'note_changes_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.note_changes() IS
    'implementation of the triggers of a store: writes the customers of the changed rows into the store''s table of changes. If it '
    'cannot write, it advances the sequence missed, and the next refresh reads all rows: the statement never fails for it';

CREATE FUNCTION lifecycle.guard_changes() RETURNS trigger
    AS 'MODULE_PATHNAME', 'guard_changes_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.guard_changes() IS
    'implementation of the trigger of a store''s table of changes: if another statement than a refresh deletes changes, it '
    'advances the sequence missed, and the next refresh reads all rows';

-- sql/segments/vip.sql

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

-- sql/models/rhythm.sql

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

-- sql/models/regularity.sql

-- how regularly a base buys, without a model to fit

CREATE FUNCTION @extschema@.regularity_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'regularity_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.regularity_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.regularity_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'regularity_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.regularity_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.regularity_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'regularity_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.regularity_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.regularity_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'regularity_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.regularity_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.regularity_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'regularity_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.regularity_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.regularity_final(internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'regularity_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.regularity_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.regularity(h @extschema@.purchase_history) (
    SFUNC = @extschema@.regularity_accum, STYPE = internal, SSPACE = 64, FINALFUNC = @extschema@.regularity_final,
    COMBINEFUNC = @extschema@.regularity_combine, SERIALFUNC = @extschema@.regularity_serialize,
    DESERIALFUNC = @extschema@.regularity_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.regularity(@extschema@.purchase_history) IS
    'regularity(h, now())';
CREATE AGGREGATE @extschema@.regularity(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.regularity_accum, STYPE = internal, SSPACE = 64, FINALFUNC = @extschema@.regularity_final,
    COMBINEFUNC = @extschema@.regularity_combine, SERIALFUNC = @extschema@.regularity_serialize,
    DESERIALFUNC = @extschema@.regularity_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.regularity(@extschema@.purchase_history, timestamptz) IS
    'how regular the gaps between purchase days are: the shape k of Erlang gaps, from each customer''s last two gaps. 1 means '
    'random times, 2 and more regular ones, below 1 bursts (Wheat and Morrison 1990)';

-- sql/models/purchase_model.sql

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

-- sql/models/prediction.sql

-- what a purchase model says of a customer

-- of a history: horizons are intervals, by the calendar of the session's TimeZone

CREATE FUNCTION @extschema@.p_alive(h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'p_alive_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.p_alive(@extschema@.purchase_history, @extschema@.purchase_model, timestamptz) IS
    'the probability, from 0 to 1, that the customer has not left for good by as_of. Under bg/nbd and bg/cnbd-k it is 1 for '
    'all customers with one purchase, so rank by expected_purchases';

CREATE FUNCTION @extschema@.expected_purchases(
    h @extschema@.purchase_history, m @extschema@.purchase_model, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_purchases_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_purchases(@extschema@.purchase_history, @extschema@.purchase_model, interval, timestamptz) IS
    'the expected number of purchase days in the horizon after as_of, for bg/bb of periods with a purchase; the best ranking '
    'of customers (bg/nbd: Fader, Hardie, Lee 2005, eq. 10; pareto/nbd: Schmittlein et al. 1987; bg/bb: Fader, Hardie, Shang '
    '2010)';

CREATE FUNCTION @extschema@.purchase_probability(
    h @extschema@.purchase_history, m @extschema@.purchase_model, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_probability_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.purchase_probability(@extschema@.purchase_history, @extschema@.purchase_model, interval, timestamptz) IS
    'the probability of at least one purchase in the horizon after as_of: for bg/nbd and mbg/nbd p_alive x (1 - ((alpha + T) / '
    '(alpha + T + horizon))^(r + x)). As the horizon grows it approaches p_alive; under pareto/nbd and bg/bb it stays below';

CREATE FUNCTION @extschema@.expected_next_purchase(h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz DEFAULT now())
    RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'expected_next_purchase_model_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_next_purchase(@extschema@.purchase_history, @extschema@.purchase_model, timestamptz) IS
    'the instant after as_of by which a customer who buys again will have bought with probability one half. It says when, and '
    'p_alive whether';

CREATE FUNCTION @extschema@.expected_next_purchase_within(
    h @extschema@.purchase_history, m @extschema@.purchase_model, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'expected_next_purchase_within_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_next_purchase_within(@extschema@.purchase_history, @extschema@.purchase_model, interval, timestamptz) IS
    'the instant by which a customer who buys within the horizon will have bought with probability one half. Errors as '
    'expected_purchases';

CREATE FUNCTION @extschema@.expected_next_purchase_range(
    h @extschema@.purchase_history, m @extschema@.purchase_model, level double precision DEFAULT 0.8, as_of timestamptz DEFAULT now()
) RETURNS tstzrange
    AS 'MODULE_PATHNAME', 'expected_next_purchase_range_model_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.expected_next_purchase_range(@extschema@.purchase_history, @extschema@.purchase_model, double precision, timestamptz) IS
    'the range in which the next purchase of a customer who buys again comes with probability level, as likely before it as '
    'after it. Unbounded above beyond the year 9999';

CREATE FUNCTION @extschema@.residual_value(
    h @extschema@.purchase_history, m @extschema@.purchase_model, annual_discount_rate double precision DEFAULT 0.1,
    horizon interval DEFAULT NULL, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'residual_value_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 400;
COMMENT ON FUNCTION @extschema@.residual_value(@extschema@.purchase_history, @extschema@.purchase_model, double precision, interval, timestamptz) IS
    'discounted expected residual transactions (DERT): the expected purchases after as_of, each counted as e^(-d t) at the '
    'time t when it comes, with d = ln(1 + annual_discount_rate) a year. Without a horizon over all time';

-- of a new customer

CREATE FUNCTION @extschema@.expected_purchases_new(m @extschema@.purchase_model, horizon interval, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_purchases_new_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_purchases_new(@extschema@.purchase_model, interval, timestamptz) IS
    'the expected number of repeat purchases in the horizon after a first purchase at as_of';

CREATE FUNCTION @extschema@.purchase_count_probability(
    m @extschema@.purchase_model, n integer, horizon interval, as_of timestamptz DEFAULT now()
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_count_probability_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.purchase_count_probability(@extschema@.purchase_model, integer, interval, timestamptz) IS
    'the probability, from 0 to 1, that a customer makes exactly n repeat purchases in the horizon after a first purchase at '
    'as_of';

-- of a bare summary: every time in the unit of the model

CREATE FUNCTION @extschema@.p_alive(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'p_alive_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.p_alive(@extschema@.purchase_model, double precision, double precision, double precision) IS
    'p_alive of a customer with frequency repeat purchases, the last of them recency after the first purchase, in a time t '
    'since it, in units of the model''s time';

CREATE FUNCTION @extschema@.expected_purchases(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision, horizon double precision
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_purchases_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_purchases(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision
) IS
    'the expected purchases of such a customer within horizon units of the model''s time. A new customer is 0, 0, 0';

CREATE FUNCTION @extschema@.purchase_probability(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision, horizon double precision
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'purchase_probability_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.purchase_probability(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision
) IS
    'the probability that such a customer buys at least once within horizon units of the model''s time; infinity is allowed';

CREATE FUNCTION @extschema@.expected_wait(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision,
    p double precision DEFAULT 0.5
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_wait_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_wait(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision
) IS
    'the time, in units of the model, by which such a customer, if ever buying again, has bought with probability p: with p = '
    '0.5, the median, what expected_next_purchase adds to as_of';

CREATE FUNCTION @extschema@.expected_wait_within(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision, horizon double precision,
    p double precision DEFAULT 0.5
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'expected_wait_within_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.expected_wait_within(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision, double precision
) IS
    'the time, in units of the model, by which such a customer, if buying within the horizon, has bought with probability p; '
    'at most the horizon';

CREATE FUNCTION @extschema@.residual_value(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision,
    discount_rate double precision, horizon double precision DEFAULT NULL
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'residual_value_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 400;
COMMENT ON FUNCTION @extschema@.residual_value(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision, double precision
) IS
    'discounted expected residual transactions of such a customer at a continuous discount_rate per unit of the model''s time '
    '(0.0027 a week is 15 % a year), over all time without a horizon';

CREATE FUNCTION @extschema@.log_likelihood(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision,
    sum_log_gaps double precision DEFAULT NULL
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'log_likelihood_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.log_likelihood(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision
) IS
    'the log-likelihood of such a customer''s purchases under the model, times in its unit. The regular models (k > 1) need '
    'the sum of ln gap over the customer''s gaps too, in that unit, and are NULL without it; the others do not look at it';

-- sql/models/spend.sql

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

-- sql/models/renewal.sql

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

-- sql/models/renewal_projection.sql

-- a book of contracts over the years: new business, renewals and losses

CREATE FUNCTION @extschema@.renewal_projection(
    new_per_year double precision, renewal_rate double precision, years integer,
    OUT year integer, OUT new_business double precision, OUT renewed double precision,
    OUT lost_renewals double precision, OUT total double precision, OUT growth double precision
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'renewal_projection_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION @extschema@.renewal_projection(double precision, double precision, integer) IS
    'a book of contracts that starts from nothing, gets the same new_business at the start of every year, and of which the '
    'same share is renewed every year';
CREATE FUNCTION @extschema@.renewal_projection(
    new_per_year double precision, m @extschema@.renewal_model, years integer,
    OUT year integer, OUT new_business double precision, OUT renewed double precision,
    OUT lost_renewals double precision, OUT total double precision, OUT growth double precision
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'renewal_projection_model_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION @extschema@.renewal_projection(double precision, @extschema@.renewal_model, integer) IS
    'a book of contracts of customers who differ in how readily they renew: in year t it holds new_per_year * the sum of '
    'survival(m, k) over k from 0 to t - 1 (Fader and Hardie 2007)';

-- sql/models/backtest.sql

-- judging a model of purchases by what customers did after it was fitted

CREATE TYPE @extschema@.backtest_accuracy AS (
    forecast_purchases double precision,
    total_ratio double precision,
    mae double precision,
    rmse double precision,
    bias double precision,
    rank_correlation double precision,
    auc double precision,
    auc_by_forecast double precision,
    brier double precision,
    log_loss double precision,
    top_decile_capture double precision
);
COMMENT ON TYPE @extschema@.backtest_accuracy IS
    'measures of a forecast of purchases in a holdout: totals, errors per customer, ranking, and the quality of the '
    'probability of a purchase';
COMMENT ON COLUMN @extschema@.backtest_accuracy.forecast_purchases IS 'expected purchases in the holdout, of all customers';
COMMENT ON COLUMN @extschema@.backtest_accuracy.total_ratio IS 'forecast_purchases / actual purchases; NULL where there were none';
COMMENT ON COLUMN @extschema@.backtest_accuracy.mae IS 'mean absolute error a customer';
COMMENT ON COLUMN @extschema@.backtest_accuracy.rmse IS 'root mean squared error a customer';
COMMENT ON COLUMN @extschema@.backtest_accuracy.bias IS 'mean of forecast - actual a customer';
COMMENT ON COLUMN @extschema@.backtest_accuracy.rank_correlation IS
    'Spearman''s rank correlation of forecast and actual purchases; NULL where either is the same for all';
COMMENT ON COLUMN @extschema@.backtest_accuracy.auc IS
    'the probability that of a buyer and a non-buyer the buyer had the higher probability; 0.5 is a coin; NULL without both';
COMMENT ON COLUMN @extschema@.backtest_accuracy.auc_by_forecast IS 'the same by the expected purchases';
COMMENT ON COLUMN @extschema@.backtest_accuracy.brier IS 'mean squared error of the probability to buy at all';
COMMENT ON COLUMN @extschema@.backtest_accuracy.log_loss IS 'mean of -ln of the probability that was given to what happened';
COMMENT ON COLUMN @extschema@.backtest_accuracy.top_decile_capture IS
    'the share of all purchases that the tenth of customers with the highest forecast made';
CREATE TYPE @extschema@.backtest_calibration AS (
    past_purchases text,
    customers bigint,
    actual_purchases bigint,
    forecast_purchases double precision
);
COMMENT ON TYPE @extschema@.backtest_calibration IS
    'actual and forecast purchases of the customers with so many repeat purchases before the split: 0, 1, 2, 3-5, 6+';
COMMENT ON COLUMN @extschema@.backtest_calibration.past_purchases IS 'repeat purchases before the split: 0, 1, 2, 3-5 or 6+';
COMMENT ON COLUMN @extschema@.backtest_calibration.customers IS 'customers with so many';
COMMENT ON COLUMN @extschema@.backtest_calibration.actual_purchases IS 'their purchase days in the holdout';
COMMENT ON COLUMN @extschema@.backtest_calibration.forecast_purchases IS 'those that were expected';
CREATE TYPE @extschema@.backtest_result AS (
    model text,
    customers bigint,
    buyers bigint,
    actual_purchases bigint,
    forecast_purchases double precision,
    total_ratio double precision,
    mae double precision,
    rmse double precision,
    bias double precision,
    rank_correlation double precision,
    auc double precision,
    auc_by_forecast double precision,
    brier double precision,
    log_loss double precision,
    top_decile_capture double precision,
    own_rate @extschema@.backtest_accuracy,
    last_window @extschema@.backtest_accuracy,
    calibration @extschema@.backtest_calibration[],
    aic double precision,
    bic double precision,
    fit @extschema@.purchase_model
);
COMMENT ON TYPE @extschema@.backtest_result IS
    'a model against a holdout: its accuracy, that of two forecasts without a model, the calibration by past purchases, and '
    'the model as it was fitted at the split';
COMMENT ON COLUMN @extschema@.backtest_result.model IS 'its name';
COMMENT ON COLUMN @extschema@.backtest_result.customers IS 'customers who first bought at or before the split';
COMMENT ON COLUMN @extschema@.backtest_result.buyers IS 'calibration customers who bought in the holdout';
COMMENT ON COLUMN @extschema@.backtest_result.actual_purchases IS 'purchase days of these customers in the holdout';
COMMENT ON COLUMN @extschema@.backtest_result.forecast_purchases IS 'expected purchases in the holdout, of all customers, by the model';
COMMENT ON COLUMN @extschema@.backtest_result.total_ratio IS 'forecast_purchases / actual purchases; NULL where there were none';
COMMENT ON COLUMN @extschema@.backtest_result.mae IS 'mean absolute error a customer';
COMMENT ON COLUMN @extschema@.backtest_result.rmse IS 'root mean squared error a customer';
COMMENT ON COLUMN @extschema@.backtest_result.bias IS 'mean of forecast - actual a customer';
COMMENT ON COLUMN @extschema@.backtest_result.rank_correlation IS
    'Spearman''s rank correlation of forecast and actual purchases; NULL where either is the same for all';
COMMENT ON COLUMN @extschema@.backtest_result.auc IS
    'the probability that of a buyer and a non-buyer the buyer had the higher probability; 0.5 is a coin; NULL without both';
COMMENT ON COLUMN @extschema@.backtest_result.auc_by_forecast IS 'the same by the expected purchases';
COMMENT ON COLUMN @extschema@.backtest_result.brier IS 'mean squared error of the probability to buy at all';
COMMENT ON COLUMN @extschema@.backtest_result.log_loss IS 'mean of -ln of the probability that was given to what happened';
COMMENT ON COLUMN @extschema@.backtest_result.top_decile_capture IS
    'the share of all purchases that the tenth of customers with the highest forecast made';
COMMENT ON COLUMN @extschema@.backtest_result.own_rate IS 'the accuracy of the rule that each customer goes on at the own past rate';
COMMENT ON COLUMN @extschema@.backtest_result.last_window IS
    'the accuracy of the rule that each customer buys on as many days as in a window before the split as long as the '
    'holdout, first purchases included; its probability of a purchase is 1 - e^(-count)';
COMMENT ON COLUMN @extschema@.backtest_result.calibration IS 'actual and forecast purchases by past purchases';
COMMENT ON COLUMN @extschema@.backtest_result.aic IS 'aic(fit)';
COMMENT ON COLUMN @extschema@.backtest_result.bic IS 'bic(fit)';
COMMENT ON COLUMN @extschema@.backtest_result.fit IS 'the model as it was fitted at the split';

CREATE FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval) RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, interval, jsonb)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.backtest_accum(internal, @extschema@.purchase_history, text, timestamptz, interval, interval, jsonb) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.backtest_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.backtest_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.backtest_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'backtest_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.backtest_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.backtest_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'backtest_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.backtest_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.backtest_final(internal) RETURNS @extschema@.backtest_result
    AS 'MODULE_PATHNAME', 'backtest_final_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION @extschema@.backtest_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.backtest(h @extschema@.purchase_history, model text, split_at timestamptz, horizon interval) (
    SFUNC = @extschema@.backtest_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.backtest_final,
    COMBINEFUNC = @extschema@.backtest_combine, SERIALFUNC = @extschema@.backtest_serialize,
    DESERIALFUNC = @extschema@.backtest_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.backtest(@extschema@.purchase_history, text, timestamptz, interval) IS
    'backtest(h, model, split_at, horizon, ''7 days'')';
CREATE AGGREGATE @extschema@.backtest(h @extschema@.purchase_history, model text, split_at timestamptz, horizon interval, unit interval) (
    SFUNC = @extschema@.backtest_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.backtest_final,
    COMBINEFUNC = @extschema@.backtest_combine, SERIALFUNC = @extschema@.backtest_serialize,
    DESERIALFUNC = @extschema@.backtest_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.backtest(@extschema@.purchase_history, text, timestamptz, interval, interval) IS
    'backtest(h, model, split_at, horizon, unit, NULL)';
CREATE AGGREGATE @extschema@.backtest(h @extschema@.purchase_history, model text, split_at timestamptz, horizon interval, unit interval, options jsonb) (
    SFUNC = @extschema@.backtest_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.backtest_final,
    COMBINEFUNC = @extschema@.backtest_combine, SERIALFUNC = @extschema@.backtest_serialize,
    DESERIALFUNC = @extschema@.backtest_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.backtest(@extschema@.purchase_history, text, timestamptz, interval, interval, jsonb) IS
    'fits a model to the purchase days at or before split_at and judges it by those in the horizon after it. GROUP BY model '
    'compares models, GROUP BY split_at rolls the origin; model, unit and options are those of purchase_model';

-- sql/models/tracking.sql

-- tracking the repeat purchases of a base over time beside those that a model expects

CREATE TYPE @extschema@.model_tracking_point AS (
    day date,
    actual bigint,
    expected double precision,
    cumulative_actual bigint,
    cumulative_expected double precision
);
COMMENT ON TYPE @extschema@.model_tracking_point IS
    'repeat purchase days of a base in the step that ends on day, and up to it: actual ones and those that a model expects';
COMMENT ON COLUMN @extschema@.model_tracking_point.day IS 'the last day of the step';
COMMENT ON COLUMN @extschema@.model_tracking_point.actual IS 'repeat purchase days in the step';
COMMENT ON COLUMN @extschema@.model_tracking_point.expected IS 'those that the model expects in it';
COMMENT ON COLUMN @extschema@.model_tracking_point.cumulative_actual IS 'repeat purchase days up to the end of the step';
COMMENT ON COLUMN @extschema@.model_tracking_point.cumulative_expected IS 'those that the model expects up to it';

CREATE FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model) RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model, timestamptz)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model, timestamptz, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.tracking_accum(internal, @extschema@.purchase_history, @extschema@.purchase_model, timestamptz, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.tracking_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tracking_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.tracking_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'tracking_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tracking_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.tracking_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'tracking_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.tracking_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.tracking_final(internal) RETURNS @extschema@.model_tracking_point[]
    AS 'MODULE_PATHNAME', 'tracking_final_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION @extschema@.tracking_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.tracking(h @extschema@.purchase_history, m @extschema@.purchase_model) (
    SFUNC = @extschema@.tracking_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.tracking_final,
    COMBINEFUNC = @extschema@.tracking_combine, SERIALFUNC = @extschema@.tracking_serialize,
    DESERIALFUNC = @extschema@.tracking_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.tracking(@extschema@.purchase_history, @extschema@.purchase_model) IS
    'tracking(h, m, now())';
CREATE AGGREGATE @extschema@.tracking(h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz) (
    SFUNC = @extschema@.tracking_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.tracking_final,
    COMBINEFUNC = @extschema@.tracking_combine, SERIALFUNC = @extschema@.tracking_serialize,
    DESERIALFUNC = @extschema@.tracking_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.tracking(@extschema@.purchase_history, @extschema@.purchase_model, timestamptz) IS
    'tracking(h, m, as_of, ''7 days'')';
CREATE AGGREGATE @extschema@.tracking(h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz, step interval) (
    SFUNC = @extschema@.tracking_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.tracking_final,
    COMBINEFUNC = @extschema@.tracking_combine, SERIALFUNC = @extschema@.tracking_serialize,
    DESERIALFUNC = @extschema@.tracking_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.tracking(@extschema@.purchase_history, @extschema@.purchase_model, timestamptz, interval) IS
    'the repeat purchases of a base by steps of whole days (7 by default) up to as_of, actual and expected under m: an array '
    'to unnest. Let m be fitted as of an earlier instant to see how it holds';

-- sql/base_metrics/growth.sql

-- growth accounting: new, retained, lost and returned customers of a base by calendar periods

CREATE TYPE @extschema@.growth_point AS (
    period_start date,
    complete boolean,
    new bigint,
    retained bigint,
    resurrected bigint,
    churned bigint,
    active bigint,
    quick_ratio double precision,
    revenue numeric,
    new_revenue numeric,
    retained_revenue numeric,
    resurrected_revenue numeric,
    inactive_revenue numeric,
    churned_revenue numeric
);
COMMENT ON TYPE @extschema@.growth_point IS
    'a period of a base: its customers and their revenue. active = active of the period before + new + resurrected - churned = new + '
    'retained + resurrected; revenue = new_revenue + retained_revenue + resurrected_revenue + inactive_revenue';
COMMENT ON COLUMN @extschema@.growth_point.period_start IS 'the first day of the period';
COMMENT ON COLUMN @extschema@.growth_point.complete IS
    'whether the period was over at as_of; of the last it is false but at its last microsecond';
COMMENT ON COLUMN @extschema@.growth_point.new IS 'customers who made the first purchase of their whole history in the period';
COMMENT ON COLUMN @extschema@.growth_point.retained IS 'customers who bought in the period and in the one before';
COMMENT ON COLUMN @extschema@.growth_point.resurrected IS
    'customers who bought in the period and before, but not in the period before';
COMMENT ON COLUMN @extschema@.growth_point.churned IS 'customers who bought in the period before and not in this one';
COMMENT ON COLUMN @extschema@.growth_point.active IS 'customers with at least one purchase in the period';
COMMENT ON COLUMN @extschema@.growth_point.quick_ratio IS '(new + resurrected) / churned; NULL if no customer churned';
COMMENT ON COLUMN @extschema@.growth_point.revenue IS
    'amounts paid less refunds in the period; over all periods it adds up to the total spend of the base';
COMMENT ON COLUMN @extschema@.growth_point.new_revenue IS 'revenue of the new customers in the period';
COMMENT ON COLUMN @extschema@.growth_point.retained_revenue IS 'revenue of the retained customers in the period';
COMMENT ON COLUMN @extschema@.growth_point.resurrected_revenue IS 'revenue of the resurrected customers in the period';
COMMENT ON COLUMN @extschema@.growth_point.inactive_revenue IS
    'refunds in the period to customers who bought nothing in it: 0 or less';
COMMENT ON COLUMN @extschema@.growth_point.churned_revenue IS
    'revenue of the churned customers in the period before, which is what they took away; no part of revenue';

CREATE TYPE @extschema@.growth_status AS ENUM ('new', 'returning', 'resurrecting', 'dormant');
COMMENT ON TYPE @extschema@.growth_status IS
    'the lifecycle of product analytics: active for the first time (new), again as in the period before (returning), again after a '
    'pause (resurrecting), or active in the period before and no longer (dormant)';

CREATE TYPE @extschema@.growth_status_point AS (
    period_start date,
    complete boolean,
    status @extschema@.growth_status,
    customers bigint,
    revenue numeric
);
COMMENT ON TYPE @extschema@.growth_status_point IS
    'the customers of one status in a period: new + returning + resurrecting are the active ones, and returning less dormant the '
    'active ones of the period before';
COMMENT ON COLUMN @extschema@.growth_status_point.period_start IS 'the first day of the period';
COMMENT ON COLUMN @extschema@.growth_status_point.complete IS 'whether the period was over at as_of';
COMMENT ON COLUMN @extschema@.growth_status_point.status IS 'what the customers did';
COMMENT ON COLUMN @extschema@.growth_status_point.customers IS
    'the number of customers; that of dormant customers is negative, to be drawn below the axis';
COMMENT ON COLUMN @extschema@.growth_status_point.revenue IS
    'amounts paid less refunds in the period; of the dormant, what they spent in the period before, as a negative '
    'number';

CREATE FUNCTION @extschema@.growth_accum(internal, @extschema@.purchase_history, interval) RETURNS internal
    AS 'MODULE_PATHNAME', 'growth_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.growth_accum(internal, @extschema@.purchase_history, interval) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.growth_accum(internal, @extschema@.purchase_history, interval, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'growth_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.growth_accum(internal, @extschema@.purchase_history, interval, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.growth_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'growth_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.growth_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.growth_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'growth_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.growth_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.growth_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'growth_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.growth_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.growth_accounting_final(internal) RETURNS @extschema@.growth_point[]
    AS 'MODULE_PATHNAME', 'growth_accounting_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.growth_accounting_final(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.growth_lifecycle_final(internal) RETURNS @extschema@.growth_status_point[]
    AS 'MODULE_PATHNAME', 'growth_lifecycle_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.growth_lifecycle_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.growth_accounting(h @extschema@.purchase_history, period interval) (
    SFUNC = @extschema@.growth_accum, STYPE = internal, SSPACE = 16384, FINALFUNC = @extschema@.growth_accounting_final,
    COMBINEFUNC = @extschema@.growth_combine, SERIALFUNC = @extschema@.growth_serialize,
    DESERIALFUNC = @extschema@.growth_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.growth_accounting(@extschema@.purchase_history, interval) IS
    'growth_accounting(h, period, now())';
CREATE AGGREGATE @extschema@.growth_accounting(h @extschema@.purchase_history, period interval, as_of timestamptz) (
    SFUNC = @extschema@.growth_accum, STYPE = internal, SSPACE = 16384, FINALFUNC = @extschema@.growth_accounting_final,
    COMBINEFUNC = @extschema@.growth_combine, SERIALFUNC = @extschema@.growth_serialize,
    DESERIALFUNC = @extschema@.growth_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.growth_accounting(@extschema@.purchase_history, interval, timestamptz) IS
    'new, retained, resurrected, churned and active customers of a base and their revenue by calendar periods, up to the period of '
    'as_of: an array to unnest. A customer is active in a period with at least one purchase in it';

CREATE AGGREGATE @extschema@.growth_lifecycle(h @extschema@.purchase_history, period interval) (
    SFUNC = @extschema@.growth_accum, STYPE = internal, SSPACE = 16384, FINALFUNC = @extschema@.growth_lifecycle_final,
    COMBINEFUNC = @extschema@.growth_combine, SERIALFUNC = @extschema@.growth_serialize,
    DESERIALFUNC = @extschema@.growth_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.growth_lifecycle(@extschema@.purchase_history, interval) IS
    'growth_lifecycle(h, period, now())';
CREATE AGGREGATE @extschema@.growth_lifecycle(h @extschema@.purchase_history, period interval, as_of timestamptz) (
    SFUNC = @extschema@.growth_accum, STYPE = internal, SSPACE = 16384, FINALFUNC = @extschema@.growth_lifecycle_final,
    COMBINEFUNC = @extschema@.growth_combine, SERIALFUNC = @extschema@.growth_serialize,
    DESERIALFUNC = @extschema@.growth_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.growth_lifecycle(@extschema@.purchase_history, interval, timestamptz) IS
    'growth_accounting in the long form, with the names of product analytics: for every period one row each of new, returning, '
    'resurrecting and, as a negative number, dormant customers (PostHog, lifecycle insight)';

-- sql/base_metrics/cohort.sql

-- cohort retention: customers by the period of their first purchase, and what they did in each period since

CREATE TYPE @extschema@.cohort_cell AS (
    cohort date,
    age integer,
    period_start date,
    complete boolean,
    customers bigint,
    active bigint,
    active_share double precision,
    orders bigint,
    revenue numeric,
    cumulative_revenue_per_customer numeric
);
COMMENT ON TYPE @extschema@.cohort_cell IS 'what the customers of a cohort did in a period after that of their first purchase';
COMMENT ON COLUMN @extschema@.cohort_cell.cohort IS 'the first day of the period in which the customers made their first purchase';
COMMENT ON COLUMN @extschema@.cohort_cell.age IS 'how many periods later; 0 is the period of the first purchase';
COMMENT ON COLUMN @extschema@.cohort_cell.period_start IS 'the first day of that period';
COMMENT ON COLUMN @extschema@.cohort_cell.complete IS 'whether the period was over at as_of';
COMMENT ON COLUMN @extschema@.cohort_cell.customers IS 'customers of the cohort, active or not: the same at every age';
COMMENT ON COLUMN @extschema@.cohort_cell.active IS 'those of them with at least one purchase in the period';
COMMENT ON COLUMN @extschema@.cohort_cell.active_share IS 'active / customers, 0 to 1; 1 at age 0';
COMMENT ON COLUMN @extschema@.cohort_cell.orders IS 'their purchases in the period; refunds are none';
COMMENT ON COLUMN @extschema@.cohort_cell.revenue IS 'amounts paid less refunds in the period';
COMMENT ON COLUMN @extschema@.cohort_cell.cumulative_revenue_per_customer IS
    'revenue from age 0 to the end of the period / customers: what a customer of the cohort has been worth by then';

CREATE FUNCTION @extschema@.cohort_retention_accum(internal, @extschema@.purchase_history, interval) RETURNS internal
    AS 'MODULE_PATHNAME', 'cohort_retention_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.cohort_retention_accum(internal, @extschema@.purchase_history, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.cohort_retention_accum(internal, @extschema@.purchase_history, interval, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'cohort_retention_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.cohort_retention_accum(internal, @extschema@.purchase_history, interval, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.cohort_retention_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cohort_retention_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.cohort_retention_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.cohort_retention_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cohort_retention_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.cohort_retention_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.cohort_retention_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'cohort_retention_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.cohort_retention_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.cohort_retention_final(internal) RETURNS @extschema@.cohort_cell[]
    AS 'MODULE_PATHNAME', 'cohort_retention_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION @extschema@.cohort_retention_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.cohort_retention(h @extschema@.purchase_history, period interval) (
    SFUNC = @extschema@.cohort_retention_accum, STYPE = internal, SSPACE = 131072, FINALFUNC = @extschema@.cohort_retention_final,
    COMBINEFUNC = @extschema@.cohort_retention_combine, SERIALFUNC = @extschema@.cohort_retention_serialize,
    DESERIALFUNC = @extschema@.cohort_retention_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.cohort_retention(@extschema@.purchase_history, interval) IS
    'cohort_retention(h, period, now())';
CREATE AGGREGATE @extschema@.cohort_retention(h @extschema@.purchase_history, period interval, as_of timestamptz) (
    SFUNC = @extschema@.cohort_retention_accum, STYPE = internal, SSPACE = 131072, FINALFUNC = @extschema@.cohort_retention_final,
    COMBINEFUNC = @extschema@.cohort_retention_combine, SERIALFUNC = @extschema@.cohort_retention_serialize,
    DESERIALFUNC = @extschema@.cohort_retention_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.cohort_retention(@extschema@.purchase_history, interval, timestamptz) IS
    'customers by the calendar period of their first purchase, and what each cohort bought in that period and in every later '
    'one up to as_of: an array to unnest. The last period may be unfinished: complete says so';

-- sql/stages/stage.sql

-- the lifecycle stage of a customer

CREATE TYPE @extschema@.lifecycle_stage AS ENUM ('prospect', 'new', 'active', 'at_risk', 'lapsed');
COMMENT ON TYPE @extschema@.lifecycle_stage IS
    'where a customer stands by order rhythm: prospect (no purchase yet), new (one purchase day, not overdue), active '
    '(several, in rhythm), at_risk (overdue), lapsed (long overdue)';

CREATE FUNCTION @extschema@.lifecycle_stage(
    h @extschema@.purchase_history, as_of timestamptz DEFAULT now(),
    at_risk_after double precision DEFAULT 1.1, lapsed_after double precision DEFAULT 2.0
) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'lifecycle_stage_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.lifecycle_stage(@extschema@.purchase_history, timestamptz, double precision, double precision) IS
    'the stage of a customer by the own mean gap: at_risk when overdue_ratio > at_risk_after, lapsed when > lapsed_after, else '
    'prospect, new or active by the number of purchase days. Customers with one purchase day are expected again after 90 days';
CREATE FUNCTION @extschema@.lifecycle_stage(
    h @extschema@.purchase_history, rhythm @extschema@.purchase_rhythm, as_of timestamptz DEFAULT now(),
    at_risk_after double precision DEFAULT 1.1, lapsed_after double precision DEFAULT 2.0
) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'lifecycle_stage_rhythm_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.lifecycle_stage(
    @extschema@.purchase_history, @extschema@.purchase_rhythm, timestamptz, double precision, double precision
) IS
    'the stage of a customer by expected_gap(h, rhythm), which also one-time buyers have. Without a rhythm, or with one '
    'that could not be fitted, as lifecycle_stage(h)';
CREATE FUNCTION @extschema@.lifecycle_stage(
    h @extschema@.purchase_history, m @extschema@.purchase_model, as_of timestamptz DEFAULT now(),
    at_risk_below double precision DEFAULT 0.5, lapsed_below double precision DEFAULT 0.1,
    overdue_above double precision DEFAULT 0.9
) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'lifecycle_stage_model_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.lifecycle_stage(
    @extschema@.purchase_history, @extschema@.purchase_model, timestamptz, double precision, double precision, double precision
) IS
    'the stage of a customer by a purchase model: lapsed when p_alive < lapsed_below; at_risk when p_alive < at_risk_below, or '
    'when the customer would have bought by now with a probability > overdue_above; else prospect, new or active';
CREATE FUNCTION @extschema@.lifecycle_stage(
    m @extschema@.purchase_model, frequency double precision, recency double precision, t double precision,
    at_risk_below double precision DEFAULT 0.5, lapsed_below double precision DEFAULT 0.1,
    overdue_above double precision DEFAULT 0.9
) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'lifecycle_stage_summary_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.lifecycle_stage(
    @extschema@.purchase_model, double precision, double precision, double precision, double precision, double precision,
    double precision
) IS
    'the same of a customer with frequency repeat purchases, the last of them recency after the first purchase, in a time t '
    'since it, in units of the model''s time';

-- sql/stages/transitions.sql

-- moves between stages or segments: how many customers move, how long they stay, how large each stage will be

CREATE TYPE @extschema@.stage_transition_count AS (
    from_stage text,
    to_stage text,
    customers bigint,
    share double precision
);
COMMENT ON TYPE @extschema@.stage_transition_count IS
    'how many customers went from one stage to another between two instants, or stayed in it';
COMMENT ON COLUMN @extschema@.stage_transition_count.from_stage IS
    'the stage of the customers at first; NULL for customers who were not in the base then';
COMMENT ON COLUMN @extschema@.stage_transition_count.to_stage IS
    'the stage of the customers afterwards; NULL for customers who were no longer in the base';
COMMENT ON COLUMN @extschema@.stage_transition_count.customers IS 'how many';
COMMENT ON COLUMN @extschema@.stage_transition_count.share IS
    'the share of all customers who were in from_stage; the shares of a from_stage add up to 1';

CREATE TYPE @extschema@.stage_forecast AS (
    stage text,
    customers_from bigint,
    customers_to bigint,
    stay_share double precision,
    expected_next double precision,
    dwell double precision
);
COMMENT ON TYPE @extschema@.stage_forecast IS
    'a stage at two instants, and one period later if the moves stay as they are; a period is the time between the two';
COMMENT ON COLUMN @extschema@.stage_forecast.stage IS
    'the stage; the row of NULL counts customers who came (customers_from), customers who went (customers_to), and '
    'customers expected to go next';
COMMENT ON COLUMN @extschema@.stage_forecast.customers_from IS 'customers in it at first';
COMMENT ON COLUMN @extschema@.stage_forecast.customers_to IS 'customers in it then';
COMMENT ON COLUMN @extschema@.stage_forecast.stay_share IS
    'p, the share of customers_from who were in the stage both times; NULL where no customer was in it at first';
COMMENT ON COLUMN @extschema@.stage_forecast.expected_next IS
    'customers in it a period later: the sum of customers_to(i) * share(i -> stage) over all stages i, and as many newcomers as '
    'this time. Customers of a stage that was empty at first are taken to stay';
COMMENT ON COLUMN @extschema@.stage_forecast.dwell IS
    'the mean number of periods that a customer stays in the stage, 1 / (1 - p); NULL where no customer left or was in it';

CREATE FUNCTION @extschema@.stage_transitions_accum(internal, text, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.stage_transitions_accum(internal, text, text) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.stage_transitions_accum(internal, anyenum, anyenum) RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_accum_enum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.stage_transitions_accum(internal, anyenum, anyenum) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.stage_transitions_accum(internal, @extschema@.purchase_history, timestamptz, timestamptz)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_accum_history_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 60;
COMMENT ON FUNCTION @extschema@.stage_transitions_accum(internal, @extschema@.purchase_history, timestamptz, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.stage_transitions_accum(internal, @extschema@.purchase_history, timestamptz, timestamptz, @extschema@.purchase_rhythm)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_accum_history_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 80;
COMMENT ON FUNCTION @extschema@.stage_transitions_accum(internal, @extschema@.purchase_history, timestamptz, timestamptz, @extschema@.purchase_rhythm) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.stage_transitions_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.stage_transitions_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.stage_transitions_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'stage_transitions_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.stage_transitions_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.stage_transitions_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'stage_transitions_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.stage_transitions_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.stage_transitions_final(internal) RETURNS @extschema@.stage_transition_count[]
    AS 'MODULE_PATHNAME', 'stage_transitions_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.stage_transitions_final(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.stage_forecast_final(internal) RETURNS @extschema@.stage_forecast[]
    AS 'MODULE_PATHNAME', 'stage_forecast_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.stage_forecast_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.stage_transitions(from_stage text, to_stage text) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_transitions_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_transitions(text, text) IS
    'the moves of customers between two stages or segments: an array with one element for each pair that occurs, to unnest for '
    'a chart of flows. NULL means that the customer was not there';
CREATE AGGREGATE @extschema@.stage_transitions(from_stage anyenum, to_stage anyenum) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_transitions_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_transitions(anyenum, anyenum) IS
    'the same of the labels of any enum, in the order of the enum';
CREATE AGGREGATE @extschema@.stage_transitions(h @extschema@.purchase_history, since timestamptz, until timestamptz) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_transitions_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_transitions(@extschema@.purchase_history, timestamptz, timestamptz) IS
    'stage_transitions(lifecycle_stage(h, since), lifecycle_stage(h, until)), in the order of the stages. A NULL history is a '
    'prospect';
CREATE AGGREGATE @extschema@.stage_transitions(h @extschema@.purchase_history, since timestamptz, until timestamptz, rhythm @extschema@.purchase_rhythm) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_transitions_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_transitions(@extschema@.purchase_history, timestamptz, timestamptz, @extschema@.purchase_rhythm) IS
    'the same of lifecycle_stage(h, rhythm, since) and lifecycle_stage(h, rhythm, until); without a rhythm, or with one '
    'that could not be fitted, by the own mean gaps';

CREATE AGGREGATE @extschema@.stage_forecast(from_stage text, to_stage text) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_forecast_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_forecast(text, text) IS
    'the stages of customers at two instants, how long customers stay, and the size of each stage after another period of '
    'that length if the moves stay the same (a Markov chain). As many newcomers, whose first stage is NULL, are expected again';
CREATE AGGREGATE @extschema@.stage_forecast(from_stage anyenum, to_stage anyenum) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_forecast_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_forecast(anyenum, anyenum) IS
    'the same of the labels of any enum, in the order of the enum';
CREATE AGGREGATE @extschema@.stage_forecast(h @extschema@.purchase_history, since timestamptz, until timestamptz) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_forecast_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_forecast(@extschema@.purchase_history, timestamptz, timestamptz) IS
    'stage_forecast(lifecycle_stage(h, since), lifecycle_stage(h, until)). Customers who have yet to buy are prospects, so '
    'there are no newcomers';
CREATE AGGREGATE @extschema@.stage_forecast(h @extschema@.purchase_history, since timestamptz, until timestamptz, rhythm @extschema@.purchase_rhythm) (
    SFUNC = @extschema@.stage_transitions_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.stage_forecast_final,
    COMBINEFUNC = @extschema@.stage_transitions_combine, SERIALFUNC = @extschema@.stage_transitions_serialize,
    DESERIALFUNC = @extschema@.stage_transitions_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stage_forecast(@extschema@.purchase_history, timestamptz, timestamptz, @extschema@.purchase_rhythm) IS
    'the same of lifecycle_stage(h, rhythm, since) and lifecycle_stage(h, rhythm, until)';

-- sql/base_metrics/concentration.sql

-- how much of the revenue comes from how many of the customers

CREATE TYPE @extschema@.lorenz_point AS (share_of_customers double precision, share_of_revenue double precision);
COMMENT ON TYPE @extschema@.lorenz_point IS 'a point of the Lorenz curve';
COMMENT ON COLUMN @extschema@.lorenz_point.share_of_customers IS 'a share of the customers, those with the least spend';
COMMENT ON COLUMN @extschema@.lorenz_point.share_of_revenue IS 'the share of revenue that they bring';

CREATE TYPE @extschema@.value_concentration AS (
    customers bigint,
    revenue numeric,
    gini double precision,
    top_share double precision,
    share_of_top double precision,
    target_share double precision,
    smallest_share double precision,
    lorenz @extschema@.lorenz_point[]
);
COMMENT ON TYPE @extschema@.value_concentration IS
    'how much of the revenue comes from how many customers; a customer at the edge of a share counts in part';
COMMENT ON COLUMN @extschema@.value_concentration.customers IS 'customers with a purchase';
COMMENT ON COLUMN @extschema@.value_concentration.revenue IS
    'the spend of the customers, refunds deducted; a customer with more refunds than purchases counts as 0';
COMMENT ON COLUMN @extschema@.value_concentration.gini IS
    'the Gini coefficient, sum of (2 i - n - 1) x_i / (n sum of x_i) over the spends x_1 <= ... <= x_n: 0 where all spend the '
    'same, 1 - 1 / n where one spends all; NULL without revenue, as are the following';
COMMENT ON COLUMN @extschema@.value_concentration.top_share IS 'the share of customers that the caller gave';
COMMENT ON COLUMN @extschema@.value_concentration.share_of_top IS
    'the share of revenue of those customers, the ones with the most spend';
COMMENT ON COLUMN @extschema@.value_concentration.target_share IS 'the share of revenue that the caller gave';
COMMENT ON COLUMN @extschema@.value_concentration.smallest_share IS
    'the smallest share of customers that brings it, the customer at the cut counted in part';
COMMENT ON COLUMN @extschema@.value_concentration.lorenz IS
    'the Lorenz curve: the share of revenue of the customers with the least spend, by their share of all, in 100 equal steps, '
    'or in a step for each customer where there are fewer';

CREATE FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz, double precision)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz, double precision, double precision)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.value_concentration_accum(internal, @extschema@.purchase_history, timestamptz, double precision, double precision) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.value_concentration_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.value_concentration_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.value_concentration_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'value_concentration_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.value_concentration_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.value_concentration_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'value_concentration_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.value_concentration_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.value_concentration_final(internal) RETURNS @extschema@.value_concentration
    AS 'MODULE_PATHNAME', 'value_concentration_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION @extschema@.value_concentration_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.value_concentration(h @extschema@.purchase_history) (
    SFUNC = @extschema@.value_concentration_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.value_concentration_final,
    COMBINEFUNC = @extschema@.value_concentration_combine, SERIALFUNC = @extschema@.value_concentration_serialize,
    DESERIALFUNC = @extschema@.value_concentration_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.value_concentration(@extschema@.purchase_history) IS
    'value_concentration(h, now())';
CREATE AGGREGATE @extschema@.value_concentration(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.value_concentration_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.value_concentration_final,
    COMBINEFUNC = @extschema@.value_concentration_combine, SERIALFUNC = @extschema@.value_concentration_serialize,
    DESERIALFUNC = @extschema@.value_concentration_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.value_concentration(@extschema@.purchase_history, timestamptz) IS
    'value_concentration(h, as_of, 0.2)';
CREATE AGGREGATE @extschema@.value_concentration(h @extschema@.purchase_history, as_of timestamptz, top_share double precision) (
    SFUNC = @extschema@.value_concentration_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.value_concentration_final,
    COMBINEFUNC = @extschema@.value_concentration_combine, SERIALFUNC = @extschema@.value_concentration_serialize,
    DESERIALFUNC = @extschema@.value_concentration_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.value_concentration(@extschema@.purchase_history, timestamptz, double precision) IS
    'value_concentration(h, as_of, top_share, 0.8)';
CREATE AGGREGATE @extschema@.value_concentration(h @extschema@.purchase_history, as_of timestamptz, top_share double precision, target_share double precision) (
    SFUNC = @extschema@.value_concentration_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.value_concentration_final,
    COMBINEFUNC = @extschema@.value_concentration_combine, SERIALFUNC = @extschema@.value_concentration_serialize,
    DESERIALFUNC = @extschema@.value_concentration_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.value_concentration(@extschema@.purchase_history, timestamptz, double precision, double precision) IS
    'how concentrated the revenue of a base is as of an instant: Gini coefficient, Lorenz curve, the share of revenue that the '
    'top_share of customers brings, and the smallest share of customers that brings the target_share of revenue (Lorenz 1905)';

-- sql/base_metrics/decomposition.sql

-- why revenue changed from one period to another: customers, orders of each, order value

CREATE TYPE @extschema@.revenue_decomposition AS (
    customers_before bigint,
    customers_after bigint,
    orders_before bigint,
    orders_after bigint,
    revenue_before numeric,
    revenue_after numeric,
    orders_per_customer_before double precision,
    orders_per_customer_after double precision,
    average_order_value_before numeric,
    average_order_value_after numeric,
    revenue_change numeric,
    customers_effect numeric,
    frequency_effect numeric,
    value_effect numeric
);
COMMENT ON TYPE @extschema@.revenue_decomposition IS
    'revenue = customers * orders per customer * average order value in two periods, and what each factor made of its change';
COMMENT ON COLUMN @extschema@.revenue_decomposition.customers_before IS 'customers with a purchase in the first period';
COMMENT ON COLUMN @extschema@.revenue_decomposition.customers_after IS 'customers with a purchase in the second period';
COMMENT ON COLUMN @extschema@.revenue_decomposition.orders_before IS 'purchases in the first period';
COMMENT ON COLUMN @extschema@.revenue_decomposition.orders_after IS 'purchases in the second period';
COMMENT ON COLUMN @extschema@.revenue_decomposition.revenue_before IS
    'all amounts paid less refunds in the first period';
COMMENT ON COLUMN @extschema@.revenue_decomposition.revenue_after IS
    'all amounts paid less refunds in the second period';
COMMENT ON COLUMN @extschema@.revenue_decomposition.orders_per_customer_before IS
    'orders / customers of the first period; NULL without a customer';
COMMENT ON COLUMN @extschema@.revenue_decomposition.orders_per_customer_after IS
    'orders / customers of the second period; NULL without a customer';
COMMENT ON COLUMN @extschema@.revenue_decomposition.average_order_value_before IS
    'revenue / orders of the first period; NULL without an order';
COMMENT ON COLUMN @extschema@.revenue_decomposition.average_order_value_after IS
    'revenue / orders of the second period; NULL without an order';
COMMENT ON COLUMN @extschema@.revenue_decomposition.revenue_change IS
    'revenue_after - revenue_before, the sum of the three effects';
COMMENT ON COLUMN @extschema@.revenue_decomposition.customers_effect IS
    'what more or fewer customers made of it, to four decimals; all of it where a period has no order';
COMMENT ON COLUMN @extschema@.revenue_decomposition.frequency_effect IS
    'what more or fewer orders of each customer made of it, to four decimals';
COMMENT ON COLUMN @extschema@.revenue_decomposition.value_effect IS 'what larger or smaller orders made of it: the rest';

CREATE FUNCTION @extschema@.revenue_decomposition_accum(internal, @extschema@.purchase_history, tstzrange, tstzrange)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'revenue_decomposition_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.revenue_decomposition_accum(internal, @extschema@.purchase_history, tstzrange, tstzrange) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.revenue_decomposition_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'revenue_decomposition_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.revenue_decomposition_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.revenue_decomposition_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'revenue_decomposition_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.revenue_decomposition_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.revenue_decomposition_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'revenue_decomposition_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.revenue_decomposition_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.revenue_decomposition_final(internal) RETURNS @extschema@.revenue_decomposition
    AS 'MODULE_PATHNAME', 'revenue_decomposition_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.revenue_decomposition_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.revenue_decomposition(h @extschema@.purchase_history, before tstzrange, after tstzrange) (
    SFUNC = @extschema@.revenue_decomposition_accum, STYPE = internal, SSPACE = 65536,
    FINALFUNC = @extschema@.revenue_decomposition_final,
    COMBINEFUNC = @extschema@.revenue_decomposition_combine, SERIALFUNC = @extschema@.revenue_decomposition_serialize,
    DESERIALFUNC = @extschema@.revenue_decomposition_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.revenue_decomposition(@extschema@.purchase_history, tstzrange, tstzrange) IS
    'the change of revenue from one period to another, split into the effects of the number of customers, of orders per '
    'customer and of the average order value by Shapley values. The effects add up to the change, to the last digit';

-- sql/engagement/lifecycle_phase.sql

-- the phase of the relationship with a person

CREATE TYPE @extschema@.lifecycle_phase AS ENUM ('activation', 'conversion', 'growth', 'retention', 'reactivation', 'sunset');
COMMENT ON TYPE @extschema@.lifecycle_phase IS
    'what the relationship with a person needs next: activation, conversion, growth, retention, reactivation or sunset';

CREATE FUNCTION @extschema@.lifecycle_phase(
    h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), average_spend numeric DEFAULT NULL,
    vip boolean DEFAULT false, inactive_after interval DEFAULT '12 months', engaged_within interval DEFAULT '90 days',
    win_back_at timestamptz DEFAULT NULL, win_back_wait interval DEFAULT '30 days'
) RETURNS @extschema@.lifecycle_phase
    AS 'MODULE_PATHNAME', 'lifecycle_phase_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.lifecycle_phase(
    @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, numeric, boolean, interval, interval, timestamptz, interval
) IS
    'the phase of a customer by purchases, reactions and consent: activation, conversion, growth, retention, reactivation or '
    'sunset; NULL without a purchase or event. docs/engagement.md has the rules; terms end by the calendar of the session';

-- sql/engagement/relationship_stage.sql

-- the classic five stages of a relationship

CREATE TYPE @extschema@.relationship_stage AS ENUM ('reach', 'acquire', 'develop', 'retain', 'advocate');
COMMENT ON TYPE @extschema@.relationship_stage IS
    'how far the relationship with a person has come: reach (known), acquire (has reacted or subscribed), develop (has bought), '
    'retain (buys again and again), advocate (has bought and recommends us)';

CREATE FUNCTION @extschema@.relationship_stage(
    h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz DEFAULT now(), retain_from bigint DEFAULT 3,
    advocate_referrals bigint DEFAULT 1, referred_buyers bigint DEFAULT 0
) RETURNS @extschema@.relationship_stage
    AS 'MODULE_PATHNAME', 'relationship_stage_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 40;
COMMENT ON FUNCTION @extschema@.relationship_stage(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz, bigint, bigint, bigint) IS
    'how far the relationship with a customer has come: reach, acquire (reacted), develop (bought), retain (retain_from '
    'purchase days) or advocate (advocate_referrals referrals, or customers whom this one brought: referred_buyers)';

-- sql/engagement/touch_paths.sql

-- the customer journey: how people move from one touch to the next

CREATE TYPE @extschema@.touch_path AS (
    step integer,
    from_kind text,
    from_channel text,
    to_kind text,
    to_channel text,
    moves bigint,
    customers bigint,
    median_time interval,
    purchase_share double precision,
    source text,
    target text
);
COMMENT ON TYPE @extschema@.touch_path IS 'all moves of a base from one touch to another: a link of a Sankey chart';
COMMENT ON COLUMN @extschema@.touch_path.step IS
    'how many touches of the path came before the move; NULL unless max_steps is given';
COMMENT ON COLUMN @extschema@.touch_path.from_kind IS 'an event''s kind, purchase, or start: before the first touch of a path';
COMMENT ON COLUMN @extschema@.touch_path.from_channel IS 'the event''s channel; NULL without one';
COMMENT ON COLUMN @extschema@.touch_path.to_kind IS
    'an event''s kind, purchase, or what comes after a path: end if it holds a purchase, drop_off if not, ongoing while it may '
    'still go on, more where it goes on beyond max_steps';
COMMENT ON COLUMN @extschema@.touch_path.to_channel IS 'the event''s channel; NULL without one';
COMMENT ON COLUMN @extschema@.touch_path.moves IS 'how often';
COMMENT ON COLUMN @extschema@.touch_path.customers IS 'by how many customers';
COMMENT ON COLUMN @extschema@.touch_path.median_time IS
    'median of the time between the two touches (percentile_cont), in days of 24 hours and the rest; NULL where one of them is no '
    'touch';
COMMENT ON COLUMN @extschema@.touch_path.purchase_share IS
    'share of the moves, 0 to 1, that lead to a purchase or are followed by one on the same path';
COMMENT ON COLUMN @extschema@.touch_path.source IS
    'from_kind and from_channel as the source of a link in a Sankey chart, such as from open email; with max_steps, the place comes '
    'first, such as 1 open email';
COMMENT ON COLUMN @extschema@.touch_path.target IS
    'to_kind and to_channel as the target of a link, such as to purchase, with max_steps 2 purchase: no links go in a circle';

CREATE FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval, integer)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.touch_paths_accum(internal, @extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval, integer) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.touch_paths_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.touch_paths_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.touch_paths_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'touch_paths_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.touch_paths_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.touch_paths_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'touch_paths_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.touch_paths_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.touch_paths_final(internal) RETURNS @extschema@.touch_path[]
    AS 'MODULE_PATHNAME', 'touch_paths_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION @extschema@.touch_paths_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.touch_paths(h @extschema@.purchase_history, e @extschema@.engagement_history) (
    SFUNC = @extschema@.touch_paths_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.touch_paths_final,
    COMBINEFUNC = @extschema@.touch_paths_combine, SERIALFUNC = @extschema@.touch_paths_serialize,
    DESERIALFUNC = @extschema@.touch_paths_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history) IS
    'touch_paths(h, e, now())';
CREATE AGGREGATE @extschema@.touch_paths(h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz) (
    SFUNC = @extschema@.touch_paths_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.touch_paths_final,
    COMBINEFUNC = @extschema@.touch_paths_combine, SERIALFUNC = @extschema@.touch_paths_serialize,
    DESERIALFUNC = @extschema@.touch_paths_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz) IS
    'touch_paths(h, e, as_of, NULL)';
CREATE AGGREGATE @extschema@.touch_paths(h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz, max_gap interval) (
    SFUNC = @extschema@.touch_paths_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.touch_paths_final,
    COMBINEFUNC = @extschema@.touch_paths_combine, SERIALFUNC = @extschema@.touch_paths_serialize,
    DESERIALFUNC = @extschema@.touch_paths_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval) IS
    'the moves of a base from touch to touch at or before as_of, an array to unnest for a chart of flows: touches are events and '
    'purchases, and a path ends when the next touch comes later than max_gap. With max_gap NULL a customer has one path';
CREATE AGGREGATE @extschema@.touch_paths(h @extschema@.purchase_history, e @extschema@.engagement_history, as_of timestamptz, max_gap interval, max_steps integer) (
    SFUNC = @extschema@.touch_paths_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = @extschema@.touch_paths_final,
    COMBINEFUNC = @extschema@.touch_paths_combine, SERIALFUNC = @extschema@.touch_paths_serialize,
    DESERIALFUNC = @extschema@.touch_paths_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.touch_paths(@extschema@.purchase_history, @extschema@.engagement_history, timestamptz, interval, integer) IS
    'touch_paths(h, e, as_of, max_gap) with the moves counted by their place in the path, up to max_steps touches (1 to 100), '
    'so that a chart has no circles';

-- sql/models/ltv.sql

-- lifetime value by the textbook formula: average order value x repeat purchases per year x retention in years

CREATE FUNCTION @extschema@.repeat_purchases_per_year(h @extschema@.purchase_history, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'repeat_purchases_per_year_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.repeat_purchases_per_year(@extschema@.purchase_history, timestamptz) IS
    '(num_purchases - 1) / years from the first purchase to as_of. Years are calendar years: from a date to the same date next '
    'year is 1';

CREATE FUNCTION @extschema@.retention_years(h @extschema@.purchase_history, as_of timestamptz DEFAULT now())
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'retention_years_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.retention_years(@extschema@.purchase_history, timestamptz) IS
    'observed retention: calendar years from the first purchase to the last; 0 for one-time buyers, NULL without a purchase';

CREATE FUNCTION @extschema@.ltv(h @extschema@.purchase_history, years double precision, as_of timestamptz DEFAULT now())
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'ltv_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.ltv(@extschema@.purchase_history, double precision, timestamptz) IS
    'lifetime value of a customer who is retained for so many years: average_order_value x repeat_purchases_per_year x years, '
    'rounded to four decimals. It assumes that the past rate goes on';

CREATE FUNCTION @extschema@.ltv(h @extschema@.purchase_history) RETURNS numeric
    AS 'MODULE_PATHNAME', 'ltv_without_years_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION @extschema@.ltv(@extschema@.purchase_history) IS
    'always SQLSTATE 22023: give years, or call the aggregate average_ltv(h); the hint says what to write';

-- of a group

CREATE TYPE @extschema@.ltv_inputs AS (
    customers bigint,
    average_order_value double precision,
    repeat_purchases_per_year double precision,
    retention_years double precision,
    ltv numeric
);
COMMENT ON TYPE @extschema@.ltv_inputs IS 'the inputs of the lifetime value of a group of customers, and the value';
COMMENT ON COLUMN @extschema@.ltv_inputs.customers IS 'customers with a purchase';
COMMENT ON COLUMN @extschema@.ltv_inputs.average_order_value IS 'all spend / all purchases';
COMMENT ON COLUMN @extschema@.ltv_inputs.repeat_purchases_per_year IS
    'all purchases after the first / all years from the first purchase to as_of';
COMMENT ON COLUMN @extschema@.ltv_inputs.retention_years IS 'mean over customers of the years from the first purchase to the last';
COMMENT ON COLUMN @extschema@.ltv_inputs.ltv IS 'the product of the three';

CREATE FUNCTION @extschema@.ltv_group_accum(internal, @extschema@.purchase_history) RETURNS internal
    AS 'MODULE_PATHNAME', 'ltv_group_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.ltv_group_accum(internal, @extschema@.purchase_history) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.ltv_group_accum(internal, @extschema@.purchase_history, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'ltv_group_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION @extschema@.ltv_group_accum(internal, @extschema@.purchase_history, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.ltv_group_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'ltv_group_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_group_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.ltv_group_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'ltv_group_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_group_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.ltv_group_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'ltv_group_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_group_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.ltv_group_final(internal) RETURNS numeric
    AS 'MODULE_PATHNAME', 'ltv_group_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_group_final(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.ltv_inputs_final(internal) RETURNS @extschema@.ltv_inputs
    AS 'MODULE_PATHNAME', 'ltv_inputs_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.ltv_inputs_final(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.average_ltv(h @extschema@.purchase_history) (
    SFUNC = @extschema@.ltv_group_accum, STYPE = internal, SSPACE = 128, FINALFUNC = @extschema@.ltv_group_final,
    COMBINEFUNC = @extschema@.ltv_group_combine,
    SERIALFUNC = @extschema@.ltv_group_serialize, DESERIALFUNC = @extschema@.ltv_group_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.average_ltv(@extschema@.purchase_history) IS
    'average_ltv(h, now())';
CREATE AGGREGATE @extschema@.average_ltv(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.ltv_group_accum, STYPE = internal, SSPACE = 128, FINALFUNC = @extschema@.ltv_group_final,
    COMBINEFUNC = @extschema@.ltv_group_combine,
    SERIALFUNC = @extschema@.ltv_group_serialize, DESERIALFUNC = @extschema@.ltv_group_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.average_ltv(@extschema@.purchase_history, timestamptz) IS
    'the lifetime value of the average customer of a group: average order value x repeat purchases per year x observed '
    'retention in years, each over the whole group, without customers who have no purchase';
CREATE AGGREGATE @extschema@.ltv_inputs(h @extschema@.purchase_history) (
    SFUNC = @extschema@.ltv_group_accum, STYPE = internal, SSPACE = 128, FINALFUNC = @extschema@.ltv_inputs_final,
    COMBINEFUNC = @extschema@.ltv_group_combine,
    SERIALFUNC = @extschema@.ltv_group_serialize, DESERIALFUNC = @extschema@.ltv_group_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.ltv_inputs(@extschema@.purchase_history) IS
    'ltv_inputs(h, as_of) at now()';
CREATE AGGREGATE @extschema@.ltv_inputs(h @extschema@.purchase_history, as_of timestamptz) (
    SFUNC = @extschema@.ltv_group_accum, STYPE = internal, SSPACE = 128, FINALFUNC = @extschema@.ltv_inputs_final,
    COMBINEFUNC = @extschema@.ltv_group_combine,
    SERIALFUNC = @extschema@.ltv_group_serialize, DESERIALFUNC = @extschema@.ltv_group_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.ltv_inputs(@extschema@.purchase_history, timestamptz) IS
    'the inputs of average_ltv(h, as_of), which explain its value; NULL if no customer has a purchase';

-- by fitted models

CREATE FUNCTION @extschema@.ltv(
    h @extschema@.purchase_history, m @extschema@.purchase_model, s @extschema@.spend_model, horizon interval,
    annual_discount_rate double precision DEFAULT 0.1, margin double precision DEFAULT 1,
    as_of timestamptz DEFAULT now()
) RETURNS numeric
    AS 'MODULE_PATHNAME', 'ltv_model_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION @extschema@.ltv(
    @extschema@.purchase_history, @extschema@.purchase_model, @extschema@.spend_model, interval, double precision, double precision, timestamptz
) IS
    'the expected value of the customer in the horizon after as_of: margin x expected_spend(h, s) x the expected purchases, '
    'each discounted to as_of (Fader, Hardie, Lee 2005, RFM and CLV)';
CREATE FUNCTION @extschema@.ltv_range(
    h @extschema@.purchase_history, m @extschema@.purchase_model, s @extschema@.spend_model, horizon interval,
    annual_discount_rate double precision DEFAULT 0.1, margin double precision DEFAULT 1,
    level double precision DEFAULT 0.9, as_of timestamptz DEFAULT now()
) RETURNS numrange
    AS 'MODULE_PATHNAME', 'ltv_range_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 500000;
COMMENT ON FUNCTION @extschema@.ltv_range(
    @extschema@.purchase_history, @extschema@.purchase_model, @extschema@.spend_model, interval, double precision, double precision, double precision, timestamptz
) IS
    'the range in which the customer''s value in the horizon lies with probability level, as likely below as above, from 1,000 '
    'simulated futures with a fixed seed. Ends of several customers do not add up';

-- of a bare summary: every time in the unit of the model

CREATE FUNCTION @extschema@.ltv(
    m @extschema@.purchase_model, s @extschema@.spend_model, frequency double precision, recency double precision, t double precision,
    monetary_value double precision, horizon double precision,
    discount_rate double precision DEFAULT 0, margin double precision DEFAULT 1
) RETURNS double precision
    AS 'MODULE_PATHNAME', 'ltv_summary_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION @extschema@.ltv(
    @extschema@.purchase_model, @extschema@.spend_model, double precision, double precision, double precision, double precision, double precision,
    double precision, double precision
) IS
    'the expected value within horizon units of the model''s time of a customer with frequency repeat purchases of mean spend '
    'monetary_value, the last of them recency after the first purchase, in a time t since it. discount_rate is continuous, per unit';
CREATE FUNCTION @extschema@.ltv_range(
    m @extschema@.purchase_model, s @extschema@.spend_model, frequency double precision, recency double precision, t double precision,
    monetary_value double precision, horizon double precision,
    discount_rate double precision DEFAULT 0, margin double precision DEFAULT 1, level double precision DEFAULT 0.9
) RETURNS numrange
    AS 'MODULE_PATHNAME', 'ltv_range_summary_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500000;
COMMENT ON FUNCTION @extschema@.ltv_range(
    @extschema@.purchase_model, @extschema@.spend_model, double precision, double precision, double precision, double precision, double precision,
    double precision, double precision, double precision
) IS
    'the range of the value of such a customer, as ltv_range of a history';

-- sql/stages/on_rows.sql

-- straight on the rows of an order table: stage, next purchase and value in a GROUP BY, for the quick question

CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_amount_wrapper' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_amount_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_years_wrapper' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, double precision) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, double precision, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_accum_years_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_accum(internal, timestamptz, numeric, double precision, timestamptz) IS
    'aggregate transition function';
CREATE FUNCTION @extschema@.rows_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.rows_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'rows_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION @extschema@.rows_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'rows_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.rows_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION @extschema@.rows_lifecycle_stage(internal) RETURNS @extschema@.lifecycle_stage
    AS 'MODULE_PATHNAME', 'rows_lifecycle_stage_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION @extschema@.rows_lifecycle_stage(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.rows_expected_next_purchase(internal) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'rows_expected_next_purchase_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION @extschema@.rows_expected_next_purchase(internal) IS 'aggregate final function';
CREATE FUNCTION @extschema@.rows_ltv(internal) RETURNS numeric
    AS 'MODULE_PATHNAME', 'rows_ltv_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION @extschema@.rows_ltv(internal) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.lifecycle_stage(ordered_at timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_lifecycle_stage,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.lifecycle_stage(timestamptz) IS
    'the stage of the customer with these orders: lifecycle_stage(purchase_history(ordered_at))';
CREATE AGGREGATE @extschema@.lifecycle_stage(ordered_at timestamptz, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_lifecycle_stage,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.lifecycle_stage(timestamptz, timestamptz) IS
    'the stage at as_of: lifecycle_stage(purchase_history(ordered_at), as_of)';
CREATE AGGREGATE @extschema@.lifecycle_stage(ordered_at timestamptz, amount numeric) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_lifecycle_stage,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.lifecycle_stage(timestamptz, numeric) IS
    'the stage, refunds left aside: lifecycle_stage(purchase_history(ordered_at, amount))';
CREATE AGGREGATE @extschema@.lifecycle_stage(ordered_at timestamptz, amount numeric, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_lifecycle_stage,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.lifecycle_stage(timestamptz, numeric, timestamptz) IS
    'the stage at as_of, refunds left aside: lifecycle_stage(purchase_history(ordered_at, amount), as_of)';
CREATE AGGREGATE @extschema@.expected_next_purchase(ordered_at timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_expected_next_purchase,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.expected_next_purchase(timestamptz) IS
    'last purchase and mean gap of these orders: expected_next_purchase(purchase_history(ordered_at))';
CREATE AGGREGATE @extschema@.expected_next_purchase(ordered_at timestamptz, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_expected_next_purchase,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.expected_next_purchase(timestamptz, timestamptz) IS
    'the same, as known at as_of: expected_next_purchase(purchase_history(ordered_at), as_of)';
CREATE AGGREGATE @extschema@.expected_next_purchase(ordered_at timestamptz, amount numeric) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_expected_next_purchase,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.expected_next_purchase(timestamptz, numeric) IS
    'the same, refunds left aside: expected_next_purchase(purchase_history(ordered_at, amount))';
CREATE AGGREGATE @extschema@.expected_next_purchase(ordered_at timestamptz, amount numeric, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_expected_next_purchase,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.expected_next_purchase(timestamptz, numeric, timestamptz) IS
    'the same, refunds left aside, as known at as_of';
CREATE AGGREGATE @extschema@.ltv(ordered_at timestamptz, amount numeric, years double precision) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_ltv,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.ltv(timestamptz, numeric, double precision) IS
    'lifetime value of the customer with these orders: ltv(purchase_history(ordered_at, amount), years)';
CREATE AGGREGATE @extschema@.ltv(ordered_at timestamptz, amount numeric, years double precision, as_of timestamptz) (
    SFUNC = @extschema@.rows_accum, STYPE = internal, SSPACE = 256, FINALFUNC = @extschema@.rows_ltv,
    COMBINEFUNC = @extschema@.rows_combine, SERIALFUNC = @extschema@.rows_serialize,
    DESERIALFUNC = @extschema@.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.ltv(timestamptz, numeric, double precision, timestamptz) IS
    'the same at as_of: ltv(purchase_history(ordered_at, amount), years, as_of)';

-- sql/store/store.sql

-- stores: order tables that are attached once, refreshed incrementally, and read through views

CREATE TABLE lifecycle.store (
    store text PRIMARY KEY,
    settings jsonb NOT NULL,
    key_type text NOT NULL,
    owner name NOT NULL,
    orders regclass NOT NULL,
    customers regclass,
    events regclass,
    reader name,
    made_reader boolean NOT NULL DEFAULT false,
    attached_at timestamptz NOT NULL DEFAULT now(),
    refreshed_at timestamptz,
    as_of timestamptz,
    rebuild_due boolean NOT NULL DEFAULT true,
    refit_due boolean NOT NULL DEFAULT true,
    parts oid[],
    kept_in regclass NOT NULL,
    missed bigint DEFAULT 1,
    missed_by xid[] NOT NULL DEFAULT '{}',
    layout integer NOT NULL
);
COMMENT ON TABLE lifecycle.store IS
    'the attached stores, one row each; only the extension writes it, and lifecycle.stores shows more. All roles can read '
    'the settings, so put no secret into a condition';
COMMENT ON COLUMN lifecycle.store.store IS 'the name, which is that of the schema of the views; the tables are in a schema of that name and _data';
COMMENT ON COLUMN lifecycle.store.settings IS
    'the settings of the store, by the names of the arguments of lifecycle.attach; docs/stores/settings.md explains them';
COMMENT ON COLUMN lifecycle.store.key_type IS 'the type of the customers'' key';
COMMENT ON COLUMN lifecycle.store.owner IS 'the role that attached the store';
COMMENT ON COLUMN lifecycle.store.orders IS 'the relation of the orders';
COMMENT ON COLUMN lifecycle.store.customers IS 'the relation of the customers; NULL if there is none';
COMMENT ON COLUMN lifecycle.store.events IS 'the relation of engagement events; NULL if there is none';
COMMENT ON COLUMN lifecycle.store.reader IS 'the role that may read the views; NULL if there is none';
COMMENT ON COLUMN lifecycle.store.made_reader IS 'whether the role was made for the store, and goes with it';
COMMENT ON COLUMN lifecycle.store.attached_at IS 'when it was attached';
COMMENT ON COLUMN lifecycle.store.refreshed_at IS 'when its last refresh ended; NULL before the first';
COMMENT ON COLUMN lifecycle.store.as_of IS 'the instant that its profiles are of; NULL before the first refresh';
COMMENT ON COLUMN lifecycle.store.rebuild_due IS 'whether the next refresh reads all rows again';
COMMENT ON COLUMN lifecycle.store.refit_due IS 'whether the next refresh fits again';
COMMENT ON COLUMN lifecycle.store.parts IS
    'the tables and partitions with triggers as of the last refresh; a partition that was attached or dropped since makes '
    'the next refresh read all rows';
COMMENT ON COLUMN lifecycle.store.kept_in IS
    'the table store_settings in the schema of the store''s tables, which identifies that schema and holds the same settings';
COMMENT ON COLUMN lifecycle.store.missed IS
    'the value of the sequence missed as of the last refresh; another value means that a trigger could not note a change';
COMMENT ON COLUMN lifecycle.store.missed_by IS
    'the transactions that were running when the sequence had another value; all rows are read again after their end';

COMMENT ON COLUMN lifecycle.store.layout IS
    'the number of the layout of the store''s tables, views and functions. lifecycle.refresh, configure and upgrade_store bring an '
    'older one to that of the library';

CREATE TABLE lifecycle.refresh_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store text NOT NULL REFERENCES lifecycle.store ON DELETE CASCADE,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    as_of timestamptz,
    asked_as_of timestamptz,
    pid integer NOT NULL DEFAULT pg_backend_pid(),
    step text NOT NULL DEFAULT 'histories' CHECK (step IN ('histories', 'fits', 'profiles', 'done')),
    step_started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rebuilt boolean NOT NULL DEFAULT false,
    changed_customers bigint,
    refitted boolean,
    customers bigint,
    orders bigint,
    moved bigint,
    reconciled boolean NOT NULL DEFAULT false,
    mismatches bigint,
    histories_ms double precision,
    fits_ms double precision,
    profiles_ms double precision,
    reconcile_ms double precision
);
CREATE INDEX ON lifecycle.refresh_log (store, id);
COMMENT ON TABLE lifecycle.refresh_log IS
    'the refreshes of the last 90 days, one row each, for roles that are members of the store''s owner or reader. A refresh '
    'that was broken off has no finished_at';
COMMENT ON SEQUENCE lifecycle.refresh_log_id_seq IS 'the numbers of the refreshes';
COMMENT ON COLUMN lifecycle.refresh_log.id IS 'the number of the refresh';
COMMENT ON COLUMN lifecycle.refresh_log.store IS 'the store';
COMMENT ON COLUMN lifecycle.refresh_log.started_at IS 'when it began';
COMMENT ON COLUMN lifecycle.refresh_log.finished_at IS 'when it ended; NULL while it runs, and if it was broken off';
COMMENT ON COLUMN lifecycle.refresh_log.as_of IS 'the instant that the profiles are of; NULL until the histories are done, unless it was given';
COMMENT ON COLUMN lifecycle.refresh_log.asked_as_of IS 'the instant that was given; NULL if none was';
COMMENT ON COLUMN lifecycle.refresh_log.pid IS 'the process id of the session';
COMMENT ON COLUMN lifecycle.refresh_log.step IS 'what it does, or did last: histories, fits, profiles, done';
COMMENT ON COLUMN lifecycle.refresh_log.step_started_at IS 'since when';
COMMENT ON COLUMN lifecycle.refresh_log.rebuilt IS
    'whether all rows of the sources were read, and not only those of changed customers';
COMMENT ON COLUMN lifecycle.refresh_log.changed_customers IS 'customers whose histories were built anew; NULL if it was all of them, and until that is done';
COMMENT ON COLUMN lifecycle.refresh_log.refitted IS 'whether breaks, rhythm and models were fitted; NULL until that is decided';
COMMENT ON COLUMN lifecycle.refresh_log.customers IS 'customers with a profile after it; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.orders IS 'their purchases; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.moved IS 'customers whose stage or segment changed; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.reconciled IS 'whether all histories were compared with the source rows';
COMMENT ON COLUMN lifecycle.refresh_log.mismatches IS
    'histories that differed from their source rows and were mended; NULL unless reconciled, and where all rows were read '
    'anyway';
COMMENT ON COLUMN lifecycle.refresh_log.histories_ms IS 'milliseconds to bring the histories up to date, but for those of reconcile_ms';
COMMENT ON COLUMN lifecycle.refresh_log.fits_ms IS 'milliseconds to fit';
COMMENT ON COLUMN lifecycle.refresh_log.profiles_ms IS 'milliseconds to score all customers, and to log and write the changes';
COMMENT ON COLUMN lifecycle.refresh_log.reconcile_ms IS
    'milliseconds to compare all histories with the source rows; NULL unless that was due';

-- The figures of a store are for members of the owner of its schema, and of its reader. Superusers see all.
ALTER TABLE lifecycle.refresh_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY owners_and_readers ON lifecycle.refresh_log FOR SELECT USING (store OPERATOR(pg_catalog.=) ANY (
    SELECT s.store
    FROM lifecycle.store AS s
        JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) s.kept_in::pg_catalog.oid
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace AND n.nspname OPERATOR(pg_catalog.=) (s.store OPERATOR(pg_catalog.||) '_data')
    WHERE pg_catalog.pg_has_role(n.nspowner, 'USAGE')
        OR EXISTS (SELECT FROM pg_catalog.pg_roles AS r
            WHERE r.rolname OPERATOR(pg_catalog.=) s.reader AND pg_catalog.pg_has_role(r.oid, 'USAGE'))));
COMMENT ON POLICY owners_and_readers ON lifecycle.refresh_log IS 'a store''s refreshes are for its owner and its reader';

-- Nobody may write: a row holds conditions, which become code of the store's owner. pg_dump reads the rows in the name of
-- the role that calls it. A superuser's restore writes them; other roles call lifecycle.restore_store after it. The log is not
-- dumped.
GRANT SELECT ON lifecycle.store, lifecycle.refresh_log TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('lifecycle.store', '');

-- attaching and detaching

CREATE FUNCTION lifecycle.attach(store text, settings jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'attach_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.attach(text, jsonb) IS
    'attaches a store with all arguments in one JSON object, as SELECT settings FROM lifecycle.store returns them';

CREATE FUNCTION lifecycle.attach(
    store text, orders text, customer text, ordered_at text, amount text DEFAULT NULL, status text DEFAULT NULL,
    channel text DEFAULT NULL, changes text DEFAULT NULL, changed_at text DEFAULT NULL,
    customers text DEFAULT NULL, customers_key text DEFAULT NULL, consented_at text DEFAULT NULL,
    attributes text[] DEFAULT '{}', events text DEFAULT NULL, event_customer text DEFAULT NULL,
    happened_at text DEFAULT NULL, kind text DEFAULT NULL, event_channel text DEFAULT NULL,
    event_status text DEFAULT NULL, event_changes text DEFAULT NULL, event_changed_at text DEFAULT NULL,
    time_zone text DEFAULT NULL, currency text DEFAULT NULL, settings jsonb DEFAULT '{}'
) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT lifecycle.attach(store, jsonb_build_object(
        'orders', orders, 'customer', customer, 'ordered_at', ordered_at, 'amount', amount, 'status', status,
        'channel', channel, 'changes', changes, 'changed_at', changed_at, 'customers', customers,
        'customers_key', customers_key, 'consented_at', consented_at, 'attributes', attributes, 'events', events,
        'event_customer', event_customer, 'happened_at', happened_at, 'kind', kind, 'event_channel', event_channel,
        'event_status', event_status, 'event_changes', event_changes, 'event_changed_at', event_changed_at,
        'time_zone', time_zone, 'currency', currency) || COALESCE(settings, '{}'));
END;
COMMENT ON FUNCTION lifecycle.attach(
    text, text, text, text, text, text, text, text, text, text, text, text, text[], text, text, text, text, text, text,
    text, text, text, text, jsonb
) IS
    'attaches a table or view of orders as a store: creates the schema of that name, its views, and the role that may read '
    'them. customer, ordered_at and amount name columns, status is a condition on a row; '
    'docs/stores/settings.md explains the settings';

CREATE FUNCTION lifecycle.configure(store text, settings jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'configure_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.configure(text, jsonb) IS
    'changes settings of a store; null sets one back to its default. The next refresh applies them; a store of an older layout is upgraded first';

CREATE FUNCTION lifecycle.upgrade_store(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'upgrade_store_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.upgrade_store(text) IS
    'brings a store that an older version made to the layout of this version, in one transaction, and keeps its data and grants; '
    'returns whether there was anything to do. lifecycle.refresh and lifecycle.configure do the same';

CREATE FUNCTION lifecycle.restore_store(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'restore_store_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.restore_store(text) IS
    'registers a store whose schema was restored from a dump by a role that is not a superuser; the next refresh reads all '
    'rows. Only the owner of the schema may call it';

CREATE FUNCTION lifecycle.detach(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'detach_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.detach(text) IS
    'removes a store: its schemas, triggers, schedules and log, and its roles if attach created them. It removes nothing '
    'else, and fails with 2BP01 if another object depends on the store';

-- sql/store/noting.sql

-- the triggers that note changes, as they were made: no other trigger notes anything

CREATE TABLE lifecycle.noting (
    trigger oid PRIMARY KEY,
    relation oid NOT NULL,
    changes oid NOT NULL,
    missed oid NOT NULL,
    customer smallint NOT NULL,
    file oid NOT NULL,
    store text NOT NULL REFERENCES lifecycle.store ON DELETE CASCADE,
    source text NOT NULL CHECK (source IN ('orders', 'events')),
    mark text NOT NULL
);
CREATE INDEX ON lifecycle.noting (store);
COMMENT ON TABLE lifecycle.noting IS
    'the triggers that note changes, one row each; a trigger that is not listed here notes nothing. Only the extension '
    'writes it, and a dump leaves it out';
COMMENT ON COLUMN lifecycle.noting.trigger IS 'the object id of the trigger';
COMMENT ON COLUMN lifecycle.noting.relation IS 'the object id of the table or partition that it is on';
COMMENT ON COLUMN lifecycle.noting.changes IS 'the object id of the table of changes that it writes to';
COMMENT ON COLUMN lifecycle.noting.missed IS 'the object id of the sequence that it sets to another value where it cannot write';
COMMENT ON COLUMN lifecycle.noting.customer IS 'the number of the column of the customers';
COMMENT ON COLUMN lifecycle.noting.file IS 'the file of the table as of the last refresh';
COMMENT ON COLUMN lifecycle.noting.store IS 'the store';
COMMENT ON COLUMN lifecycle.noting.source IS 'orders or events';
COMMENT ON COLUMN lifecycle.noting.mark IS
    'how the trigger, its table and the table of changes were as of the last refresh: one that finds them otherwise reads all rows';

-- sql/store/schedule.sql

-- when a store is refreshed, and when its journeys are run: jobs of pg_cron, where it is installed

CREATE FUNCTION lifecycle.schedule(store text, schedule text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'schedule_store_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.schedule(text, text) IS
    'has pg_cron call lifecycle.refresh for the store, as the caller, and replaces the caller''s earlier schedule; returns '
    'the number of the job. The schedule is five fields in GMT, 30 seconds, hourly, daily, nightly, weekly or monthly';

CREATE FUNCTION lifecycle.unschedule(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'unschedule_store_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unschedule(text) IS 'removes the caller''s schedule of the store; returns whether there was one';

CREATE FUNCTION lifecycle.refresh_schedule(store text) RETURNS text
    AS 'MODULE_PATHNAME', 'refresh_schedule_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION lifecycle.refresh_schedule(text) IS
    'implementation of lifecycle.stores: when a store is refreshed, as far as the caller sees jobs; NULL if it is not, and '
    'without pg_cron';

CREATE FUNCTION lifecycle.schedule_journeys(store text, schedule text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'schedule_journeys_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.schedule_journeys(text, text) IS
    'has pg_cron call lifecycle.run_journeys for the store, as the caller, and replaces the caller''s earlier schedule; '
    'returns the number of the job. The schedule is written as for lifecycle.schedule';

CREATE FUNCTION lifecycle.unschedule_journeys(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'unschedule_journeys_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unschedule_journeys(text) IS
    'removes the caller''s schedule of the journeys; returns whether there was one';

CREATE FUNCTION lifecycle.journeys_schedule(store text) RETURNS text
    AS 'MODULE_PATHNAME', 'journeys_schedule_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION lifecycle.journeys_schedule(text) IS
    'when the journeys of a store are run, as given to lifecycle.schedule_journeys, as far as the caller sees jobs; NULL if they '
    'are not, and without pg_cron';

-- sql/store/refresh.sql

-- refreshing a store

CREATE FUNCTION lifecycle.begin_refresh(store text, as_of timestamptz) RETURNS bigint
    AS 'MODULE_PATHNAME', 'begin_refresh_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.begin_refresh(text, timestamptz) IS 'implementation of lifecycle.refresh: enters it into the log';
CREATE FUNCTION lifecycle.refresh_histories(refresh bigint, rebuild boolean) RETURNS void
    AS 'MODULE_PATHNAME', 'refresh_histories_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.refresh_histories(bigint, boolean) IS 'implementation of lifecycle.refresh: the histories';
CREATE FUNCTION lifecycle.refresh_fits(refresh bigint, refit boolean) RETURNS void
    AS 'MODULE_PATHNAME', 'refresh_fits_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.refresh_fits(bigint, boolean) IS 'implementation of lifecycle.refresh: breaks, rhythm and models';
CREATE FUNCTION lifecycle.refresh_profiles(refresh bigint) RETURNS void
    AS 'MODULE_PATHNAME', 'refresh_profiles_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.refresh_profiles(bigint) IS 'implementation of lifecycle.refresh: the profiles and the log of moves';
CREATE FUNCTION lifecycle.may_commit() RETURNS boolean
    AS 'MODULE_PATHNAME', 'may_commit_wrapper' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lifecycle.may_commit() IS
    'implementation of lifecycle.refresh: whether the calling procedure may end its transaction';

-- PL/pgSQL, because only a procedure can commit between the steps. It runs with the caller's search_path (a procedure that commits
-- cannot have one of its own), so all names have their schema, and the arguments are of exactly the types declared. Every step
-- locks the store for itself and leaves it in a state from which the next refresh goes on, so that one that is broken off anywhere
-- does no harm.
CREATE PROCEDURE lifecycle.refresh(
    store text, as_of timestamptz DEFAULT NULL, refit boolean DEFAULT false, rebuild boolean DEFAULT false
) LANGUAGE plpgsql AS $$
DECLARE
    run pg_catalog.int8 := lifecycle.begin_refresh(store, as_of);
BEGIN
    IF lifecycle.may_commit() THEN COMMIT; END IF;
    PERFORM lifecycle.refresh_histories(run, rebuild);
    IF lifecycle.may_commit() THEN COMMIT; END IF;
    PERFORM lifecycle.refresh_fits(run, refit);
    IF lifecycle.may_commit() THEN COMMIT; END IF;
    PERFORM lifecycle.refresh_profiles(run);
END
$$;
COMMENT ON PROCEDURE lifecycle.refresh(text, timestamptz, boolean, boolean) IS
    'brings a store up to date as of as_of (NULL is now): histories of changed customers, fits if they are due or refit is true, '
    'profiles and the log of moves. It commits after each step unless called in a transaction block; rebuild reads all rows again';

CREATE FUNCTION lifecycle.verify(store text, OUT customer text, OUT source text, OUT stored text, OUT rebuilt text)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'verify_wrapper' LANGUAGE C VOLATILE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.verify(text) IS
    'compares every stored history with its source rows and returns one row per mismatch; an empty result means the store '
    'is consistent. Refresh first: changes since the last refresh are mismatches too';

-- With the rights of the caller, so that both views show those rows of the log that the caller may see.
CREATE VIEW lifecycle.refresh_progress WITH (security_invoker) AS
SELECT l.store, l.id AS refresh, l.pid, l.started_at, l.step,
    CASE l.step WHEN 'histories' THEN 1 WHEN 'fits' THEN 2 ELSE 3 END AS step_number, 3 AS steps, l.step_started_at,
    extract(epoch FROM clock_timestamp() - l.step_started_at)::double precision AS step_seconds,
    CASE l.step WHEN 'histories' THEN p.histories_ms WHEN 'fits' THEN p.fits_ms ELSE p.profiles_ms END / 1000
        AS previous_step_seconds,
    l.changed_customers
FROM lifecycle.refresh_log AS l
    LEFT JOIN LATERAL (
        SELECT * FROM lifecycle.refresh_log AS p
        WHERE p.store = l.store AND p.finished_at IS NOT NULL AND p.id < l.id AND p.rebuilt = l.rebuilt
        ORDER BY p.id DESC LIMIT 1) AS p ON true
WHERE l.finished_at IS NULL
    AND EXISTS (
        SELECT FROM pg_locks AS k WHERE k.locktype = 'advisory' AND k.pid = l.pid AND k.granted
            AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND k.classid = 1818846821 AND k.objid = (l.id % 2147483647)::oid)
ORDER BY l.id;
COMMENT ON VIEW lifecycle.refresh_progress IS
    'one row for each running refresh of a store whose owner or reader the role is a member of; superusers see all';
COMMENT ON COLUMN lifecycle.refresh_progress.store IS 'the store';
COMMENT ON COLUMN lifecycle.refresh_progress.refresh IS 'the number of the refresh, as in lifecycle.refresh_log';
COMMENT ON COLUMN lifecycle.refresh_progress.pid IS 'the process id of the session, for pg_cancel_backend';
COMMENT ON COLUMN lifecycle.refresh_progress.started_at IS 'when it began';
COMMENT ON COLUMN lifecycle.refresh_progress.step IS 'what it does: histories, fits, profiles';
COMMENT ON COLUMN lifecycle.refresh_progress.step_number IS 'the same as a number from 1';
COMMENT ON COLUMN lifecycle.refresh_progress.steps IS 'how many steps there are';
COMMENT ON COLUMN lifecycle.refresh_progress.step_started_at IS 'since when it does so';
COMMENT ON COLUMN lifecycle.refresh_progress.step_seconds IS 'for how many seconds it has done so';
COMMENT ON COLUMN lifecycle.refresh_progress.previous_step_seconds IS
    'how many seconds the same step took in the last refresh of the same kind (a rebuild or not); NULL if there was none';
COMMENT ON COLUMN lifecycle.refresh_progress.changed_customers IS
    'customers whose histories were built anew; NULL if it is all of them, and until that is known';

CREATE VIEW lifecycle.stores WITH (security_invoker) AS
SELECT s.store, pg_get_userbyid(n.nspowner) AS owner, (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.orders) AS orders,
    (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.customers) AS customers_table,
    (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.events) AS events, s.settings ->> 'changes' AS changes, s.settings ->> 'time_zone' AS time_zone,
    s.settings ->> 'currency' AS currency, s.reader, lifecycle.refresh_schedule(s.store) AS schedule, s.attached_at, s.refreshed_at, s.as_of,
    clock_timestamp() - s.refreshed_at AS lag, l.customers, l.orders AS purchases, l.moved,
    l.finished_at - l.started_at AS took, r.reconciled_at, r.mismatches, s.settings, s.layout
FROM lifecycle.store AS s
    LEFT JOIN pg_namespace AS n ON n.nspname = s.store || '_data'
        AND n.oid = (SELECT c.relnamespace FROM pg_class AS c WHERE c.oid = s.kept_in)
    LEFT JOIN LATERAL (
        SELECT * FROM lifecycle.refresh_log AS l WHERE l.store = s.store AND l.finished_at IS NOT NULL
        ORDER BY l.id DESC LIMIT 1) AS l ON true
    LEFT JOIN LATERAL (
        SELECT COALESCE(r.finished_at, r.step_started_at) AS reconciled_at, r.mismatches
        FROM lifecycle.refresh_log AS r WHERE r.store = s.store AND r.reconciled ORDER BY r.id DESC LIMIT 1) AS r ON true
ORDER BY s.store;
COMMENT ON VIEW lifecycle.stores IS
    'one row for each attached store: its settings, and what its last refresh did. The figures (customers, purchases, '
    'moved, took) are NULL for roles that are not members of the owner or the reader';
COMMENT ON COLUMN lifecycle.stores.store IS 'the name, which is that of the schema';
COMMENT ON COLUMN lifecycle.stores.owner IS
    'the owner of the schema, which may refresh and detach the store; NULL if the schema does not exist or was created '
    'again';
COMMENT ON COLUMN lifecycle.stores.orders IS 'the relation of the orders; NULL if it is gone';
COMMENT ON COLUMN lifecycle.stores.customers_table IS 'the relation of the customers; NULL if there is none';
COMMENT ON COLUMN lifecycle.stores.events IS 'the relation of engagement events; NULL if there is none';
COMMENT ON COLUMN lifecycle.stores.changes IS 'how changes of orders are found: triggers, column or compare';
COMMENT ON COLUMN lifecycle.stores.time_zone IS 'where days and months end';
COMMENT ON COLUMN lifecycle.stores.currency IS 'the currency of the amounts; NULL if it was not said';
COMMENT ON COLUMN lifecycle.stores.reader IS 'the role that may read the views; NULL if there is none';
COMMENT ON COLUMN lifecycle.stores.schedule IS
    'when it is refreshed, as given to lifecycle.schedule; NULL if it is not, without pg_cron, and where the job is another''s';
COMMENT ON COLUMN lifecycle.stores.attached_at IS 'when it was attached';
COMMENT ON COLUMN lifecycle.stores.refreshed_at IS 'when its last refresh ended; NULL before the first, as are the following';
COMMENT ON COLUMN lifecycle.stores.as_of IS 'the instant that its profiles are of';
COMMENT ON COLUMN lifecycle.stores.lag IS 'how long ago the last refresh ended';
COMMENT ON COLUMN lifecycle.stores.customers IS 'customers with a profile, prospects included';
COMMENT ON COLUMN lifecycle.stores.purchases IS 'their purchases';
COMMENT ON COLUMN lifecycle.stores.moved IS 'customers whose stage or segment changed in the last refresh';
COMMENT ON COLUMN lifecycle.stores.took IS 'how long the last refresh took';
COMMENT ON COLUMN lifecycle.stores.reconciled_at IS
    'when all histories were last compared with the source rows, or built from all of them';
COMMENT ON COLUMN lifecycle.stores.mismatches IS
    'histories that differed from their source rows at the last comparison and were mended, 0 if no change was missed; NULL '
    'where all rows were read anyway';
COMMENT ON COLUMN lifecycle.stores.settings IS 'the settings; docs/stores/settings.md explains them';
COMMENT ON COLUMN lifecycle.stores.layout IS 'the number of the layout of its tables and views: see the comment on lifecycle.store.layout';

GRANT SELECT ON lifecycle.refresh_progress, lifecycle.stores TO PUBLIC;

-- sql/experiment/experiment.sql

-- experiments: treated customers against control customers

CREATE TYPE lifecycle.conversion_comparison AS (
    treated_rate double precision,
    control_rate double precision,
    difference double precision,
    difference_low double precision,
    difference_high double precision,
    lift double precision,
    lift_low double precision,
    lift_high double precision,
    p_value double precision,
    sample_size bigint
);
COMMENT ON TYPE lifecycle.conversion_comparison IS 'the shares of two groups of customers who converted, and how far they differ';
COMMENT ON COLUMN lifecycle.conversion_comparison.treated_rate IS 'share of the treated customers who converted, 0 to 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.control_rate IS 'share of the control customers who converted, 0 to 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.difference IS 'treated_rate - control_rate, -1 to 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.difference_low IS 'lower end of the confidence interval of the difference';
COMMENT ON COLUMN lifecycle.conversion_comparison.difference_high IS 'upper end of the confidence interval of the difference';
COMMENT ON COLUMN lifecycle.conversion_comparison.lift IS 'treated_rate / control_rate - 1: 0.1 is a tenth more';
COMMENT ON COLUMN lifecycle.conversion_comparison.lift_low IS
    'lower end of the confidence interval of the lift; NULL where a rate is 0 or both are 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.lift_high IS
    'upper end of the confidence interval of the lift; NULL where a rate is 0 or both are 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.p_value IS
    'how likely at least so large a difference, in either direction, would be without an effect, 0 to 1; NULL where both '
    'rates are 0 or both are 1';
COMMENT ON COLUMN lifecycle.conversion_comparison.sample_size IS
    'customers in each group for which a true difference as large as this one would be found significant four times out of five; NULL '
    'without a difference, and beyond what a bigint holds';

CREATE TYPE lifecycle.mean_comparison AS (
    difference double precision,
    difference_low double precision,
    difference_high double precision,
    lift double precision,
    lift_low double precision,
    lift_high double precision,
    p_value double precision,
    sample_size bigint
);
COMMENT ON TYPE lifecycle.mean_comparison IS 'how far the means of two groups of customers differ';
COMMENT ON COLUMN lifecycle.mean_comparison.difference IS 'treated_mean - control_mean, in their unit';
COMMENT ON COLUMN lifecycle.mean_comparison.difference_low IS
    'lower end of the confidence interval of the difference; NULL without both variances, and where both are 0';
COMMENT ON COLUMN lifecycle.mean_comparison.difference_high IS
    'upper end of the confidence interval of the difference; NULL without both variances, and where both are 0';
COMMENT ON COLUMN lifecycle.mean_comparison.lift IS 'treated_mean / control_mean - 1: 0.1 is a tenth more';
COMMENT ON COLUMN lifecycle.mean_comparison.lift_low IS
    'lower end of the confidence interval of the lift; NULL also where control_mean does not differ significantly from 0';
COMMENT ON COLUMN lifecycle.mean_comparison.lift_high IS
    'upper end of the confidence interval of the lift; NULL also where control_mean does not differ significantly from 0';
COMMENT ON COLUMN lifecycle.mean_comparison.p_value IS
    'how likely at least so large a difference, in either direction, would be without an effect, 0 to 1; NULL without both '
    'variances, and where both are 0';
COMMENT ON COLUMN lifecycle.mean_comparison.sample_size IS
    'customers in each group for which a true difference as large as this one would be found significant four times out of five; NULL '
    'without a difference or a variance, and beyond what a bigint holds';

CREATE FUNCTION lifecycle.compare_conversions(
    treated bigint, treated_converted bigint, control bigint, control_converted bigint,
    confidence double precision DEFAULT 0.95
) RETURNS lifecycle.conversion_comparison
    AS 'MODULE_PATHNAME', 'compare_conversions_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.compare_conversions(bigint, bigint, bigint, bigint, double precision) IS
    'compares the conversions of treated and control customers: difference with Newcombe''s interval (1998, method 10), lift '
    'with Katz''s (1978), p-value of the pooled z-test, and the sample size for a power of 80 % (Fleiss, Levin and Paik 2003)';

CREATE FUNCTION lifecycle.compare_means(
    treated bigint, treated_mean double precision, treated_variance double precision,
    control bigint, control_mean double precision, control_variance double precision,
    confidence double precision DEFAULT 0.95
) RETURNS lifecycle.mean_comparison
    AS 'MODULE_PATHNAME', 'compare_means_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.compare_means(
    bigint, double precision, double precision, bigint, double precision, double precision, double precision
) IS
    'compares a mean over treated and control customers, given as count(*), avg and var_samp with 0 for customers who bought '
    'nothing: difference and p-value by Welch''s t-test, lift with Fieller''s interval, and the sample size for a power of 80 %';

-- sql/journey/send_window.sql

-- when a customer may be written to, by the customer's own clock, and shares drawn at random

CREATE FUNCTION lifecycle.next_permitted(at timestamptz, zone text, quiet_from time, quiet_to time, weekdays integer[])
    RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'next_permitted_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.next_permitted(timestamptz, text, time, time, integer[]) IS
    'returns the first instant from at on that is outside quiet hours (quiet_from to before quiet_to) and on one of the '
    'weekdays (1 for Monday to 7) by the clocks of the zone. NULL quiet hours or weekdays do not limit';

CREATE FUNCTION lifecycle.next_local_time(at timestamptz, zone text, local time, weekdays integer[]) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'next_local_time_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.next_local_time(timestamptz, text, time, integer[]) IS
    'returns the first instant after at with this time of day in a time zone, on one of the weekdays. Skipped local times '
    'move forward by the DST gap; ambiguous ones are the second occurrence, as timezone(zone, timestamp) resolves them';

CREATE FUNCTION lifecycle.known_zone(zone text, otherwise text) RETURNS text
    AS 'MODULE_PATHNAME', 'known_zone_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION lifecycle.known_zone(text, text) IS
    'returns zone if it is the name of a time zone that the server knows, and otherwise if not. Never an error';

CREATE FUNCTION lifecycle.hash_share(customer text, draw text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'hash_share_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.hash_share(text, text) IS
    'returns the place of a customer in a draw, from 0 to below 1, evenly spread and always the same: the first 52 bits of '
    'SHA-256 of the draw, a slash and the customer, by 2^52';

-- sql/journey/journey.sql

-- journeys: chains of messages that follow what customers do

CREATE FUNCTION lifecycle.create_journey(store text, name text, definition jsonb, start boolean DEFAULT false) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_journey(text, text, jsonb, boolean) IS
    'checks the definition of a journey and stores it as a draft, or as a new version in force if the journey was started; '
    'returns the version. Customers in the journey finish on the version that they entered';

CREATE FUNCTION lifecycle.draft_journey(store text, name text) RETURNS integer
    AS 'MODULE_PATHNAME', 'draft_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.draft_journey(text, text) IS
    'opens a version of a journey that can be edited in the rows of journey_version and journey_step: a copy of the newest '
    'version, or the open draft. Returns the version';

CREATE FUNCTION lifecycle.start_journey(store text, name text) RETURNS integer
    AS 'MODULE_PATHNAME', 'start_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.start_journey(text, text) IS
    'checks the draft of a journey and puts it in force, or resumes a paused journey; returns the version in force. Events '
    'before the first start enter no customer';

CREATE FUNCTION lifecycle.pause_journey(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'pause_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.pause_journey(text, text) IS
    'pauses a journey: no customer enters or moves on, and no action is handed out, until lifecycle.start_journey';

CREATE FUNCTION lifecycle.end_journey(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'end_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.end_journey(text, text) IS
    'ends a journey for good: its customers leave with the outcome ended, and its pending actions are cancelled. Rows and '
    'reports stay';

CREATE FUNCTION lifecycle.journey_definition(store text, name text, version integer DEFAULT NULL) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'journey_definition_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.journey_definition(text, text, integer) IS
    'returns the definition of a version of a journey, by default of the version in force, or else of the draft';

CREATE FUNCTION lifecycle.set_journey_policy(store text, policy jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'set_journey_policy_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.set_journey_policy(text, jsonb) IS
    'replaces the policy of a store, which holds for all its journeys: caps, quiet_hours, weekdays, time_zone, deadline, '
    'control and attribution, as docs/journey_policy.schema.json says';

CREATE FUNCTION lifecycle.journey_policy(store text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'journey_policy_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.journey_policy(text) IS
    'returns the policy that lifecycle.set_journey_policy has set, an empty object without one';

CREATE FUNCTION lifecycle.ready_made_journey(name text, settings jsonb DEFAULT '{}') RETURNS jsonb
    AS 'MODULE_PATHNAME', 'ready_made_journey_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lifecycle.ready_made_journey(text, jsonb) IS
    'returns the definition of a ready-made journey: welcome, post_purchase, replenishment, at_risk, win_back, vip or '
    'referral. docs/journeys/ready-made.md lists the settings of each';

CREATE FUNCTION lifecycle.create_ready_made(
    store text, name text, settings jsonb DEFAULT '{}', journey text DEFAULT NULL, start boolean DEFAULT false
) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_ready_made_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_ready_made(text, text, jsonb, text, boolean) IS
    'calls lifecycle.create_journey with the definition of lifecycle.ready_made_journey, under the name journey or else the '
    'ready-made name; returns the version';

CREATE FUNCTION lifecycle.guard_journey() RETURNS trigger
    AS 'MODULE_PATHNAME', 'guard_journey_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.guard_journey() IS
    'implementation of the triggers of journey_version and journey_step: refuses changes of a version that was started '
    '(SQLSTATE 55000)';

-- sql/journey/run.sql

-- running journeys

CREATE FUNCTION lifecycle.work_journeys(store text, as_of timestamptz, batch integer, phase text) RETURNS text
    AS 'MODULE_PATHNAME', 'work_journeys_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
COMMENT ON FUNCTION lifecycle.work_journeys(text, timestamptz, integer, text) IS
    'implementation of lifecycle.run_journeys: one unit of a run, which begins with the given phase (NULL for the first); the '
    'phase of the next unit, NULL at the end';

-- PL/pgSQL, because only a procedure can commit between the units; with all names qualified, for the reason that lifecycle.refresh
-- has. A unit locks its customers, does all that is due for them, and leaves what another run, of this session or any other, goes
-- on from.
CREATE PROCEDURE lifecycle.run_journeys(store text, as_of timestamptz DEFAULT now(), batch integer DEFAULT 10000)
LANGUAGE plpgsql AS $$
DECLARE
    phase pg_catalog.text;
BEGIN
    LOOP
        phase := lifecycle.work_journeys(store, as_of, batch, phase);
        EXIT WHEN phase IS NULL;
        IF lifecycle.may_commit() THEN COMMIT; END IF;
    END LOOP;
END
$$;
COMMENT ON PROCEDURE lifecycle.run_journeys(text, timestamptz, integer) IS
    'runs the live journeys of a store as of an instant: removes customers who have finished, enters customers, and decides '
    'every step that is due, batch customers at a time. Outside a transaction block it commits after each batch';

-- sql/journey/delivery.sql

-- how senders get the actions of journeys, and tell what became of them

CREATE FUNCTION lifecycle.claim_actions(
    channel text, n integer DEFAULT 100, lease interval DEFAULT '5 minutes', store text DEFAULT NULL,
    stores text[] DEFAULT NULL, budget interval DEFAULT '5 seconds',
    OUT store text, OUT action bigint, OUT idempotency_key text, OUT customer text, OUT channel text, OUT template text,
    OUT payload jsonb, OUT journey text, OUT version integer, OUT step text, OUT decided_at timestamptz, OUT attempt integer,
    OUT lease_until timestamptz
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'claim_actions_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100;
COMMENT ON FUNCTION lifecycle.claim_actions(text, integer, interval, text, text[], interval) IS
    'hands the caller up to n due actions of a channel, by priority and age, until lease_until; an action that is neither '
    'completed nor failed by then can be claimed again. Without store and stores, they come from the stores that the '
    'current role owns';

CREATE FUNCTION lifecycle.complete_action(store text, action bigint, message_id text DEFAULT NULL) RETURNS boolean
    AS 'MODULE_PATHNAME', 'complete_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.complete_action(text, bigint, text) IS
    'reports that an action was delivered; returns true the first time, and false without a change afterwards';

CREATE FUNCTION lifecycle.complete_actions(store text, actions bigint[]) RETURNS bigint
    AS 'MODULE_PATHNAME', 'complete_actions_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.complete_actions(text, bigint[]) IS
    'reports that many actions of a store were delivered; returns how many were not completed before. If one does not exist '
    'or is withheld, none is completed';

CREATE FUNCTION lifecycle.fail_action(store text, action bigint, error text, permanent boolean DEFAULT false) RETURNS text
    AS 'MODULE_PATHNAME', 'fail_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.fail_action(text, bigint, text, boolean) IS
    'reports that an action failed, and returns its status: pending (it can be claimed again, after 1 minute at first and 6 '
    'hours at most), dead (after 8 attempts, or if permanent) or cancelled (the journey has ended or the customer has '
    'unsubscribed)';

CREATE FUNCTION lifecycle.retry_action(store text, action bigint) RETURNS boolean
    AS 'MODULE_PATHNAME', 'retry_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.retry_action(text, bigint) IS
    'makes a dead action pending again, unless its journey has ended or its customer has unsubscribed; returns whether it '
    'did';

CREATE FUNCTION lifecycle.record_event(
    store text, kind text, provider_id text, action bigint DEFAULT NULL, customer text DEFAULT NULL, at timestamptz DEFAULT now(),
    channel text DEFAULT NULL, detail jsonb DEFAULT NULL
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'record_event_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb) IS
    'records an event of an action or of a customer, such as open, click, unsubscribe or a word of your own; returns false '
    'if the store has an event with this provider_id. unsubscribe and complaint cancel the customer''s pending actions on '
    'the channel';

-- sql/journey/simulation.sql

-- simulating a journey over past data

CREATE FUNCTION lifecycle.simulate_journey(
    store text, definition jsonb, since timestamptz, until timestamptz, every interval DEFAULT '1 day', assume jsonb DEFAULT '{}',
    OUT day date, OUT kind text, OUT step text, OUT channel text, OUT segment text, OUT customers bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'simulate_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000;
CREATE FUNCTION lifecycle.simulate_journey(
    store text, journey text, since timestamptz, until timestamptz, every interval DEFAULT '1 day', assume jsonb DEFAULT '{}',
    OUT day date, OUT kind text, OUT step text, OUT channel text, OUT segment text, OUT customers bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'simulate_journey_named_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.simulate_journey(text, text, timestamptz, timestamptz, interval, jsonb) IS
    'simulates a journey of the store by its name, in its version in force, or else the newest. Text that begins with { is '
    'taken as a definition';
COMMENT ON FUNCTION lifecycle.simulate_journey(text, jsonb, timestamptz, timestamptz, interval, jsonb) IS
    'computes what a journey of this definition would have decided between since and until, at steps of every: customers by day, '
    'decision, step, channel and segment. It writes nothing; assume gives shares of answered actions, such as {"open": 0.3}';

-- sql/journey/report.sql

-- what came of journeys

CREATE FUNCTION lifecycle.journey_report(
    store text, journey text, group_by text DEFAULT NULL, as_of timestamptz DEFAULT now(),
    OUT version integer, OUT step text, OUT arm text, OUT group_value text,
    OUT entered bigint, OUT control bigint, OUT decided bigint, OUT withheld bigint, OUT sent bigint, OUT delivered bigint,
    OUT opened bigint, OUT clicked bigint, OUT bounced bigint, OUT unsubscribed bigint, OUT dropped bigint, OUT goal_reached bigint,
    OUT orders bigint, OUT revenue numeric, OUT waiting bigint, OUT postponed bigint, OUT left_without_goal bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'journey_report_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 50;
COMMENT ON FUNCTION lifecycle.journey_report(text, text, text, timestamptz) IS
    'counts what came of a journey up to as_of: one row for each version and each of its steps, for each arm of a split and '
    'each value of the profile''s column group_by. The row of a whole version has no step';

CREATE FUNCTION lifecycle.journey_lift(
    store text, journey text, group_by text DEFAULT NULL, as_of timestamptz DEFAULT now(), against text DEFAULT NULL,
    confidence float8 DEFAULT 0.95,
    OUT version integer, OUT arm text, OUT group_value text, OUT compared_with text,
    OUT treated_customers bigint, OUT control_customers bigint, OUT open_customers bigint,
    OUT treated_conversion float8, OUT control_conversion float8, OUT conversion_difference float8,
    OUT conversion_difference_low float8, OUT conversion_difference_high float8, OUT conversion_lift float8,
    OUT conversion_lift_low float8, OUT conversion_lift_high float8, OUT conversion_p_value float8, OUT conversion_sample_size bigint,
    OUT treated_spend float8, OUT control_spend float8, OUT spend_difference float8, OUT spend_difference_low float8,
    OUT spend_difference_high float8, OUT spend_lift float8, OUT spend_lift_low float8, OUT spend_lift_high float8,
    OUT spend_p_value float8, OUT spend_sample_size bigint
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'journey_lift_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION lifecycle.journey_lift(text, text, text, timestamptz, text, float8) IS
    'compares the treated customers of a journey with its control group up to as_of: one row for each version, arm of a split and '
    'value of the profile''s column group_by. confidence is that of the intervals';

CREATE FUNCTION lifecycle.explain_journey(
    store text, journey text, customer text,
    OUT entry integer, OUT version integer, OUT at timestamptz, OUT step text, OUT kind text, OUT reason text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'explain_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 20;
COMMENT ON FUNCTION lifecycle.explain_journey(text, text, text) IS
    'returns the history of a customer in a journey in order of time, one row for each entry, decision, event, purchase and '
    'exit, each with its reason';

-- sql/volatility.sql

-- Last of all: an aggregate is as volatile as the functions it is made of.
--
-- CREATE AGGREGATE marks every aggregate IMMUTABLE and has no word for another mark. postgres_fdw believes it and computes
-- on the remote server, in the zone GMT, what depends on the session's TimeZone or on now().
UPDATE pg_catalog.pg_proc AS aggregate
SET provolatile = 's'
FROM pg_catalog.pg_aggregate AS made, pg_catalog.pg_depend AS member, pg_catalog.pg_extension AS extension
WHERE made.aggfnoid OPERATOR(pg_catalog.=) aggregate.oid
    AND member.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
    AND member.objid OPERATOR(pg_catalog.=) aggregate.oid
    AND member.deptype OPERATOR(pg_catalog.=) 'e'
    AND member.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
    AND member.refobjid OPERATOR(pg_catalog.=) extension.oid
    AND extension.extname OPERATOR(pg_catalog.=) 'pg_lifecycle'
    AND EXISTS (
        SELECT FROM pg_catalog.pg_proc AS part
        WHERE (part.oid OPERATOR(pg_catalog.=) made.aggtransfn OR part.oid OPERATOR(pg_catalog.=) made.aggfinalfn)
            AND part.provolatile OPERATOR(pg_catalog.=) 's'
    );
