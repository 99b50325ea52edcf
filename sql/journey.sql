-- journeys: chains of messages that follow what customers do

CREATE FUNCTION lifecycle.create_journey(store text, name text, definition jsonb, start boolean DEFAULT false) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
CREATE FUNCTION lifecycle.draft_journey(store text, name text) RETURNS integer
    AS 'MODULE_PATHNAME', 'draft_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
CREATE FUNCTION lifecycle.start_journey(store text, name text, since timestamptz DEFAULT NULL) RETURNS integer
    AS 'MODULE_PATHNAME', 'start_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
CREATE FUNCTION lifecycle.pause_journey(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'pause_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
CREATE FUNCTION lifecycle.end_journey(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'end_journey_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
CREATE FUNCTION lifecycle.journey_definition_text(store text, name text, version integer DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME', 'journey_definition_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
CREATE FUNCTION lifecycle.set_journey_policy(store text, policy jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'set_journey_policy_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
