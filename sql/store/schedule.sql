-- when a store is refreshed, and when its journeys are run: jobs of pg_cron, where it is installed

CREATE FUNCTION lifecycle.schedule(store text, schedule text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'schedule_store_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.schedule(text, text) IS
    'has pg_cron call lifecycle.refresh for the store at these times, such as */15 * * * * (in GMT), as the caller; instead of '
    'the schedule that the caller has given it before. Returns the number of the job, which is called lifecycle.refresh '
    'and the store. SQLSTATE 42704 if there is no such store, 22023 if the schedule cannot be read, 22004 for NULL, 42501 unless '
    'the caller owns the store and may use schema cron, 0A000 in a database without pg_cron: the hint says how else';

CREATE FUNCTION lifecycle.unschedule(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'unschedule_store_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unschedule(text) IS
    'ends what lifecycle.schedule has begun, and returns whether there was anything. SQLSTATE 42704 if there is no such '
    'store, 22004 for NULL, 42501 unless the caller owns the store and may use schema cron, 0A000 in a database without '
    'pg_cron';

CREATE FUNCTION lifecycle.schedule_of(store text) RETURNS text
    AS 'MODULE_PATHNAME', 'schedule_of_store_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION lifecycle.schedule_of(text) IS
    'implementation of lifecycle.stores: when a store is refreshed, as far as the caller sees jobs; NULL if it is not, and '
    'without pg_cron';

CREATE FUNCTION lifecycle.schedule_journeys(store text, schedule text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'schedule_journeys_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.schedule_journeys(text, text) IS
    'has pg_cron call lifecycle.run_journeys for the store at these times, such as * * * * * (in GMT), as the caller; instead of '
    'the schedule that the caller has given it before. Returns the number of the job, which is called lifecycle.run_journeys '
    'and the store. SQLSTATE as lifecycle.schedule';

CREATE FUNCTION lifecycle.unschedule_journeys(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'unschedule_journeys_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unschedule_journeys(text) IS
    'ends what lifecycle.schedule_journeys has begun, and returns whether there was anything. SQLSTATE as lifecycle.unschedule';

CREATE FUNCTION lifecycle.journeys_schedule_of(store text) RETURNS text
    AS 'MODULE_PATHNAME', 'journeys_schedule_of_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION lifecycle.journeys_schedule_of(text) IS
    'when the journeys of a store are run, as given to lifecycle.schedule_journeys, as far as the caller sees jobs; NULL if they '
    'are not, and without pg_cron';
