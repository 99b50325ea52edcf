-- First of all: no name is looked up where another role may have put an object of that name.
--
-- The server runs this script as a superuser, with the extension's schema in the path, and a role that owns that schema (any role
-- with CREATE on the database may install the extension) can have made functions, operators, types and casts there that fit a
-- call better than those of pg_catalog. So names without a schema are those of pg_catalog alone. pg_temp is named, because the
-- server searches it first for types and tables where it is not. What belongs to the extension is written @extschema@.name or
-- lifecycle.name, and is called with arguments of exactly its types, so that no other function of that name fits better.

SET LOCAL search_path = pg_catalog, pg_temp;
-- how stores and their journeys are, and the way through a journey

CREATE FUNCTION lifecycle.health_of_stores(
    OUT store text, OUT journey text, OUT status text, OUT problem text, OUT refreshed_at timestamptz, OUT refresh_lag interval,
    OUT failed_refreshes bigint, OUT ran_at timestamptz, OUT run_lag interval, OUT held_since timestamptz, OUT held_reason text,
    OUT schedule text, OUT pending bigint, OUT oldest_pending interval, OUT dead bigint, OUT dropped jsonb, OUT messages bigint,
    OUT bounces float8, OUT complaints float8
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'health_of_stores_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 20;
COMMENT ON FUNCTION lifecycle.health_of_stores() IS 'implementation of lifecycle.health';

CREATE VIEW lifecycle.health WITH (security_invoker) AS
SELECT h.store, h.journey, h.status, h.problem, h.refreshed_at, h.refresh_lag, h.failed_refreshes, h.ran_at, h.run_lag, h.held_since,
    h.held_reason, h.schedule, h.pending, h.oldest_pending, h.dead, h.dropped, h.messages, h.bounces, h.complaints
FROM lifecycle.health_of_stores() AS h;
COMMENT ON VIEW lifecycle.health IS
    'for alerts: one row for each store that the role owns or may read, and one for each of its journeys. A store that cannot be read '
    'has a row that says why';
COMMENT ON COLUMN lifecycle.health.store IS 'the store';
COMMENT ON COLUMN lifecycle.health.journey IS 'the journey; NULL in the row of the store itself, which sums up its journeys';
COMMENT ON COLUMN lifecycle.health.status IS
    'of a store ready, held or unreadable; of a journey draft, live, paused, held or ended';
COMMENT ON COLUMN lifecycle.health.problem IS 'why the store cannot be read; NULL if it can';
COMMENT ON COLUMN lifecycle.health.refreshed_at IS 'when the last refresh of the store ended; NULL before the first, and for journeys';
COMMENT ON COLUMN lifecycle.health.refresh_lag IS 'how long ago that was';
COMMENT ON COLUMN lifecycle.health.failed_refreshes IS 'refreshes since then that were broken off; NULL for journeys';
COMMENT ON COLUMN lifecycle.health.ran_at IS 'when the journeys of the store were last run; NULL before the first run';
COMMENT ON COLUMN lifecycle.health.run_lag IS 'how long ago that was';
COMMENT ON COLUMN lifecycle.health.held_since IS 'since when the store or the journey is held; NULL if it is not';
COMMENT ON COLUMN lifecycle.health.held_reason IS 'why it is held; NULL if it is not';
COMMENT ON COLUMN lifecycle.health.schedule IS
    'when pg_cron refreshes the store or runs its journeys, by the jobs of its owner; NULL if it does not, and without pg_cron';
COMMENT ON COLUMN lifecycle.health.pending IS 'actions that wait for a sender, or are with one';
COMMENT ON COLUMN lifecycle.health.oldest_pending IS 'how long ago the oldest of them was decided; NULL if there is none';
COMMENT ON COLUMN lifecycle.health.dead IS 'actions that were given up after too many failures';
COMMENT ON COLUMN lifecycle.health.dropped IS
    'messages of the last day that are not sent, counted by the reason; NULL if there are none';
COMMENT ON COLUMN lifecycle.health.messages IS 'messages that were sent in the last 7 days';
COMMENT ON COLUMN lifecycle.health.bounces IS 'share of them that bounced, without soft bounces; NULL if none was sent';
COMMENT ON COLUMN lifecycle.health.complaints IS 'share of them that were answered by a complaint; NULL if none was sent';
GRANT SELECT ON lifecycle.health TO PUBLIC;

CREATE FUNCTION lifecycle.journey_graph(store text, journey text) RETURNS text
    AS 'MODULE_PATHNAME', 'journey_graph_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
COMMENT ON FUNCTION lifecycle.journey_graph(text, text) IS
    'draws a journey as a Mermaid flowchart: a node for each step of the version that customers enter, and on each arrow the number of '
    'entries that went there';

-- ---- 0.3.0: the brake of entries

CREATE FUNCTION lifecycle.release_journey(store text, name text, up_to integer DEFAULT NULL) RETURNS boolean
    AS 'MODULE_PATHNAME', 'release_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.release_journey(text, text, integer) IS
    'lets a journey go on that a run has held because too many customers would have entered: for 24 hours from its next run up to '
    'up_to customers may enter, without it any number. Returns whether the journey was held';

DROP FUNCTION lifecycle.start_journey(text, text);
CREATE FUNCTION lifecycle.start_journey(store text, name text, accept boolean DEFAULT false) RETURNS integer
    AS 'MODULE_PATHNAME', 'start_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.start_journey(text, text, boolean) IS
    'checks the draft of a journey and puts it in force, or resumes a paused journey; returns the version in force. Events '
    'before the first start enter no customer. accept lets more customers enter at once than max_entries allows';
