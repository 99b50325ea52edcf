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
