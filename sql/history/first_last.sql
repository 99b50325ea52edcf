-- what came first, and what last

CREATE FUNCTION lifecycle.earliest_accum(bytea, text, timestamptz) RETURNS bytea
    AS 'MODULE_PATHNAME', 'earliest_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.earliest_accum(bytea, text, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.earliest_combine(bytea, bytea) RETURNS bytea
    AS 'MODULE_PATHNAME', 'earliest_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.earliest_combine(bytea, bytea) IS 'aggregate combine function';
CREATE FUNCTION lifecycle.latest_accum(bytea, text, timestamptz) RETURNS bytea
    AS 'MODULE_PATHNAME', 'latest_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.latest_accum(bytea, text, timestamptz) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.latest_combine(bytea, bytea) RETURNS bytea
    AS 'MODULE_PATHNAME', 'latest_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.latest_combine(bytea, bytea) IS 'aggregate combine function';
CREATE FUNCTION lifecycle.earliest_final(bytea) RETURNS text
    AS 'MODULE_PATHNAME', 'earliest_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.earliest_final(bytea) IS 'aggregate final function';

CREATE AGGREGATE lifecycle.earliest(value text, at timestamptz) (
    SFUNC = lifecycle.earliest_accum, STYPE = bytea, SSPACE = 48, FINALFUNC = lifecycle.earliest_final,
    COMBINEFUNC = lifecycle.earliest_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.earliest(text, timestamptz) IS
    'the value of the row with the earliest instant; of several at that instant the smallest value in order of the bytes '
    '(COLLATE "C"), whatever order the rows come in. Rows with a NULL are skipped; NULL without rows';
CREATE AGGREGATE lifecycle.latest(value text, at timestamptz) (
    SFUNC = lifecycle.latest_accum, STYPE = bytea, SSPACE = 48, FINALFUNC = lifecycle.earliest_final,
    COMBINEFUNC = lifecycle.latest_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.latest(text, timestamptz) IS
    'the value of the row with the latest instant; of several at that instant the smallest value in order of the bytes '
    '(COLLATE "C"), whatever order the rows come in. Rows with a NULL are skipped; NULL without rows';
