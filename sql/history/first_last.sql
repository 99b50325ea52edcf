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
