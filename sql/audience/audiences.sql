-- audiences: conditions on customers that have a name

CREATE FUNCTION lifecycle.create_audience(store text, name text, condition jsonb) RETURNS bigint
    AS 'MODULE_PATHNAME', 'create_audience_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_audience(text, text, jsonb) IS
    'saves a condition on customers, in the language of journeys, as an audience: a view of that name in the schema of the store, which '
    'refreshes keep up to date, and a log of changes; returns how many customers are in it';

CREATE FUNCTION lifecycle.change_audience(store text, name text, condition jsonb) RETURNS bigint
    AS 'MODULE_PATHNAME', 'change_audience_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.change_audience(text, text, jsonb) IS
    'gives an audience another condition; returns how many customers are in it then. The log calls these changes defined, and no journey '
    'enters customers for them';

CREATE FUNCTION lifecycle.drop_audience(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'drop_audience_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.drop_audience(text, text) IS
    'removes an audience with its view and its log. It fails with 2BP01 if a started journey names the audience, or another object depends on '
    'the view';

CREATE FUNCTION lifecycle.audience_on(store text, name text, day date, OUT customer text, OUT since timestamptz)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'audience_on_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.audience_on(text, text, date) IS
    'returns the customers who were in an audience at the end of a day, in the time zone of the store, and since when; it fails for days '
    'before the audience was created';
