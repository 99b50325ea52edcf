-- when a store is refreshed, and when its journeys are run: jobs of pg_cron, where it is installed

CREATE FUNCTION lifecycle.schedule(store text, schedule text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'schedule_store_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.schedule(text, text) IS
    'has pg_cron call lifecycle.refresh for the store, as the caller, and replaces the caller''s earlier schedule; returns '
    'the number of the job. The schedule is five fields in GMT, 30 seconds, hourly, daily, nightly, weekly or monthly';

CREATE FUNCTION lifecycle.unschedule(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'unschedule_store_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unschedule(text) IS 'removes the caller''s schedule of the store; returns whether there was one';

CREATE FUNCTION lifecycle.refresh_schedule(store text) RETURNS text
    AS 'MODULE_PATHNAME', 'refresh_schedule_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION lifecycle.refresh_schedule(text) IS
    'implementation of lifecycle.stores: when a store is refreshed, as far as the caller sees jobs; NULL if it is not, and '
    'without pg_cron';

CREATE FUNCTION lifecycle.schedule_journeys(store text, schedule text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'schedule_journeys_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.schedule_journeys(text, text) IS
    'has pg_cron call lifecycle.run_journeys for the store, as the caller, and replaces the caller''s earlier schedule; '
    'returns the number of the job. The schedule is written as for lifecycle.schedule';

CREATE FUNCTION lifecycle.unschedule_journeys(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'unschedule_journeys_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unschedule_journeys(text) IS
    'removes the caller''s schedule of the journeys; returns whether there was one';

CREATE FUNCTION lifecycle.journeys_schedule(store text) RETURNS text
    AS 'MODULE_PATHNAME', 'journeys_schedule_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION lifecycle.journeys_schedule(text) IS
    'when the journeys of a store are run, as given to lifecycle.schedule_journeys, as far as the caller sees jobs; NULL if they '
    'are not, and without pg_cron';
