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
