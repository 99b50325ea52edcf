-- forgetting and merging customers, and all that is held of one

CREATE FUNCTION lifecycle.forget(store text, customer text) RETURNS TABLE (kind text, rows bigint, result text)
    AS 'MODULE_PATHNAME', 'forget_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.forget(text, text) IS
    'removes all that a store holds of a customer, cancels what is still to be sent, and leaves rows of the customer out from then on; returns how '
    'many rows were deleted, and how many stay anonymous for reports';

CREATE FUNCTION lifecycle.forget(store text, customers text[]) RETURNS TABLE (kind text, rows bigint, result text)
    AS 'MODULE_PATHNAME', 'forget_all_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.forget(text, text[]) IS
    'removes all that a store holds of these customers, as lifecycle.forget does of one, in one transaction';

CREATE FUNCTION lifecycle.unforget(store text, customer text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'unforget_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unforget(text, text) IS
    'lets a store take a customer up again who was forgotten: the next refresh reads the rows that there are by then. Returns false if the customer '
    'was not forgotten';

CREATE FUNCTION lifecycle.export_customer(store text, customer text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'export_customer_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.export_customer(text, text) IS
    'returns all that a store holds of a customer, and the tables of the shop that hold more';

CREATE FUNCTION lifecycle.merge_customers(store text, duplicate text, kept text) RETURNS TABLE (kind text, rows bigint)
    AS 'MODULE_PATHNAME', 'merge_customers_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.merge_customers(text, text, text) IS
    'makes two customers one: rows of the duplicate count as those of the customer who is kept from then on, and one chain of each journey goes on. '
    'It cannot be undone; returns how many rows went over';
