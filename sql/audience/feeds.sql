-- feeds: what has changed, for copies in other places

CREATE FUNCTION lifecycle.changes_since(
    store text, token text DEFAULT NULL, max_rows integer DEFAULT 1000,
    OUT customer text, OUT kind text, OUT profile jsonb, OUT next_token text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'changes_since_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.changes_since(text, text, integer) IS
    'returns customers whose profiles changed since a token, each with the profile as of the last refresh, and customers who left or were '
    'forgotten; without a token all. The next call takes next_token of the last row';

CREATE FUNCTION lifecycle.audience_changes_since(
    store text, audience text, token text DEFAULT NULL, max_rows integer DEFAULT 1000,
    OUT customer text, OUT kind text, OUT at timestamptz, OUT next_token text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'audience_changes_since_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.audience_changes_since(text, text, text, integer) IS
    'returns customers who joined or left an audience since a token, in order; without a token the members. The next call takes '
    'next_token of the last row';

CREATE FUNCTION lifecycle.forget_departures(store text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'forget_departures_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.forget_departures(text) IS
    'forgets the keys of forgotten customers at once, which are otherwise kept for 30 days so that feeds can tell of them; returns how many. '
    'Readers with older tokens must begin anew';
