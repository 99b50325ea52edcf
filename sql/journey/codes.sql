-- voucher codes that letters carry

CREATE FUNCTION lifecycle.add_codes(store text, pool text, codes text[]) RETURNS bigint
    AS 'MODULE_PATHNAME', 'add_codes_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.add_codes(text, text, text[]) IS
    'adds voucher codes to a pool, from which actions with {"code": pool} in their payload take one each; returns how many are new. '
    'SQLSTATE 42710 for a code of another pool';

CREATE FUNCTION lifecycle.remove_codes(store text, pool text, codes text[] DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'remove_codes_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.remove_codes(text, text, text[]) IS
    'removes those of the codes, or of all codes of the pool where codes is NULL, that no action has taken; returns how many';
