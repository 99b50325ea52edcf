-- growth accounting: the customers of a base who come, stay, go and come back, by calendar periods

CREATE TYPE growth_point AS (
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
COMMENT ON TYPE growth_point IS
    'a period of a base: its customers and their revenue. active = active of the period before + new + resurrected - churned = new + '
    'retained + resurrected; revenue = new_revenue + retained_revenue + resurrected_revenue + inactive_revenue';
COMMENT ON COLUMN growth_point.period_start IS 'the first day of the period';
COMMENT ON COLUMN growth_point.complete IS 'whether the period was over at as_of; of the last it is false but at its last microsecond';
COMMENT ON COLUMN growth_point.new IS 'customers who made the first purchase of their whole history in the period';
COMMENT ON COLUMN growth_point.retained IS 'customers who bought in the period and in the one before';
COMMENT ON COLUMN growth_point.resurrected IS 'customers who bought in the period and before, but not in the period before';
COMMENT ON COLUMN growth_point.churned IS 'customers who bought in the period before and not in this one';
COMMENT ON COLUMN growth_point.active IS 'customers with at least one purchase in the period';
COMMENT ON COLUMN growth_point.quick_ratio IS '(new + resurrected) / churned; NULL if nobody churned';
COMMENT ON COLUMN growth_point.revenue IS
    'what came in less what went back in the period; over all periods it adds up to the total spend of the base';
COMMENT ON COLUMN growth_point.new_revenue IS 'revenue of the new customers in the period';
COMMENT ON COLUMN growth_point.retained_revenue IS 'revenue of the retained customers in the period';
COMMENT ON COLUMN growth_point.resurrected_revenue IS 'revenue of the resurrected customers in the period';
COMMENT ON COLUMN growth_point.inactive_revenue IS
    'refunds in the period to customers who bought nothing in it: 0 or less';
COMMENT ON COLUMN growth_point.churned_revenue IS
    'revenue of the churned customers in the period before, which is what they took away; no part of revenue';

CREATE TYPE growth_status AS ENUM ('new', 'returning', 'resurrecting', 'dormant');
COMMENT ON TYPE growth_status IS
    'the lifecycle of product analytics: active for the first time (new), again as in the period before (returning), again after a '
    'pause (resurrecting), or active in the period before and no longer (dormant)';

CREATE TYPE growth_status_point AS (
    period_start date,
    complete boolean,
    status growth_status,
    customers bigint,
    revenue numeric
);
COMMENT ON TYPE growth_status_point IS
    'the customers of one status in a period: new + returning + resurrecting are the active ones, and returning less dormant the '
    'active ones of the period before';
COMMENT ON COLUMN growth_status_point.period_start IS 'the first day of the period';
COMMENT ON COLUMN growth_status_point.complete IS 'whether the period was over at as_of';
COMMENT ON COLUMN growth_status_point.status IS 'what the customers did';
COMMENT ON COLUMN growth_status_point.customers IS 'how many they are; those who are dormant are negative, to be drawn below the axis';
COMMENT ON COLUMN growth_status_point.revenue IS
    'what came in from them less what went back in the period; of the dormant, what they spent in the period before, as a negative '
    'number';

CREATE FUNCTION growth_accum(internal, purchase_history, interval) RETURNS internal
    AS 'MODULE_PATHNAME', 'growth_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION growth_accum(internal, purchase_history, interval) IS 'aggregate transition function';
CREATE FUNCTION growth_accum(internal, purchase_history, interval, timestamptz) RETURNS internal
    AS 'MODULE_PATHNAME', 'growth_accum_wrapper' LANGUAGE C STABLE PARALLEL SAFE COST 30;
COMMENT ON FUNCTION growth_accum(internal, purchase_history, interval, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION growth_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'growth_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION growth_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION growth_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'growth_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION growth_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION growth_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'growth_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION growth_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION growth_accounting_final(internal) RETURNS growth_point[]
    AS 'MODULE_PATHNAME', 'growth_accounting_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION growth_accounting_final(internal) IS 'aggregate final function';
CREATE FUNCTION growth_lifecycle_final(internal) RETURNS growth_status_point[]
    AS 'MODULE_PATHNAME', 'growth_lifecycle_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION growth_lifecycle_final(internal) IS 'aggregate final function';

CREATE AGGREGATE growth_accounting(h purchase_history, period interval) (
    SFUNC = growth_accum, STYPE = internal, SSPACE = 16384, FINALFUNC = growth_accounting_final,
    COMBINEFUNC = growth_combine, SERIALFUNC = growth_serialize,
    DESERIALFUNC = growth_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE growth_accounting(purchase_history, interval) IS
    'growth_accounting(h, period, now())';
CREATE AGGREGATE growth_accounting(h purchase_history, period interval, as_of timestamptz) (
    SFUNC = growth_accum, STYPE = internal, SSPACE = 16384, FINALFUNC = growth_accounting_final,
    COMBINEFUNC = growth_combine, SERIALFUNC = growth_serialize,
    DESERIALFUNC = growth_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE growth_accounting(purchase_history, interval, timestamptz) IS
    'the movements of a base of customers by calendar periods of the session''s TimeZone: new, retained, resurrected, churned and '
    'active customers, the quick ratio, and revenue in the same parts. A point for every period from the first with a purchase (or a '
    'refund) to the one that holds as_of, which may be unfinished; unnest it for a chart. A period is a whole number of months, '
    'counted from January of the year 1, or of days, counted from Monday, 3 January 2000. A customer is active in a period with at '
    'least one purchase in it; a refund lowers the revenue of its own period and counts nowhere else. Empty where nothing happened by '
    'as_of; NULL without rows. SQLSTATE 22023 for another period, and if an argument varies within a group, 22004 if period or as_of '
    'is NULL, 22008 if as_of is infinite or outside the years 1 to 9999, 54000 beyond 100,000 periods (Hsu, Diligence at Social Capital, 2015)';

CREATE AGGREGATE growth_lifecycle(h purchase_history, period interval) (
    SFUNC = growth_accum, STYPE = internal, SSPACE = 16384, FINALFUNC = growth_lifecycle_final,
    COMBINEFUNC = growth_combine, SERIALFUNC = growth_serialize,
    DESERIALFUNC = growth_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE growth_lifecycle(purchase_history, interval) IS
    'growth_lifecycle(h, period, now())';
CREATE AGGREGATE growth_lifecycle(h purchase_history, period interval, as_of timestamptz) (
    SFUNC = growth_accum, STYPE = internal, SSPACE = 16384, FINALFUNC = growth_lifecycle_final,
    COMBINEFUNC = growth_combine, SERIALFUNC = growth_serialize,
    DESERIALFUNC = growth_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE growth_lifecycle(purchase_history, interval, timestamptz) IS
    'the same in the long form and by the names of product analytics: for every period a row of the customers who are new, returning '
    '(retained), resurrecting (resurrected) and, as a negative number, dormant (churned); a customer is created by the first purchase. '
    'NULL and errors as growth_accounting (PostHog, lifecycle insight)';
