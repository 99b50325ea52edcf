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
