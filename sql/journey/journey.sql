-- journeys: chains of messages that follow what customers do

CREATE FUNCTION lifecycle.create_journey(
    store text, name text, definition jsonb, start boolean DEFAULT false, started_at timestamptz DEFAULT NULL, only_customers text[] DEFAULT NULL
) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_journey(text, text, jsonb, boolean, timestamptz, text[]) IS
    'checks the definition of a journey and stores it as a draft, or as a new version in force if the journey was started; '
    'returns the version. Customers in the journey finish on the version that they entered';

CREATE FUNCTION lifecycle.draft_journey(store text, name text) RETURNS integer
    AS 'MODULE_PATHNAME', 'draft_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.draft_journey(text, text) IS
    'opens a version of a journey that can be edited in the rows of journey_version and journey_step: a copy of the newest '
    'version, or the open draft. Returns the version';

CREATE FUNCTION lifecycle.start_journey(
    store text, name text, started_at timestamptz DEFAULT NULL, only_customers text[] DEFAULT NULL, accept boolean DEFAULT false
) RETURNS integer
    AS 'MODULE_PATHNAME', 'start_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.start_journey(text, text, timestamptz, text[], boolean) IS
    'starts or resumes a journey; returns the version in force. Events before started_at, by default the first start, enter no '
    'customer; only_customers lets no others in, and accept more at once than max_entries allows';

CREATE FUNCTION lifecycle.pause_journey(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'pause_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.pause_journey(text, text) IS
    'pauses a journey: no customer enters or moves on, and no action is handed out, until lifecycle.start_journey';

CREATE FUNCTION lifecycle.release_journey(store text, name text, up_to integer DEFAULT NULL) RETURNS boolean
    AS 'MODULE_PATHNAME', 'release_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.release_journey(text, text, integer) IS
    'lets a journey go on that is held: for 24 hours from its next run up to up_to customers may enter, without it any number, or as '
    'many as before where voucher codes had run out. Returns whether the journey was held';

CREATE FUNCTION lifecycle.end_journey(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'end_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.end_journey(text, text) IS
    'ends a journey for good: its customers leave with the outcome ended, and its pending actions are cancelled. Rows and '
    'reports stay';

CREATE FUNCTION lifecycle.journey_definition(store text, name text, version integer DEFAULT NULL) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'journey_definition_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.journey_definition(text, text, integer) IS
    'returns the definition of a version of a journey, by default of the version in force, or else of the draft';

CREATE FUNCTION lifecycle.set_journey_policy(store text, policy jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'set_journey_policy_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.set_journey_policy(text, jsonb) IS
    'replaces the policy of a store, which holds for all its journeys: caps, quiet_hours, weekdays, time_zone, deadline, '
    'control and attribution, as docs/journey_policy.schema.json says';

CREATE FUNCTION lifecycle.journey_policy(store text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'journey_policy_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.journey_policy(text) IS
    'returns the policy that lifecycle.set_journey_policy has set, an empty object without one';

CREATE FUNCTION lifecycle.ready_made_journey(name text, settings jsonb DEFAULT '{}') RETURNS jsonb
    AS 'MODULE_PATHNAME', 'ready_made_journey_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lifecycle.ready_made_journey(text, jsonb) IS
    'returns the definition of a ready-made journey: welcome, post_purchase, replenishment, at_risk, win_back, vip or '
    'referral. docs/journeys/ready-made.md lists the settings of each';

CREATE FUNCTION lifecycle.create_ready_made(
    store text, name text, settings jsonb DEFAULT '{}', journey text DEFAULT NULL, start boolean DEFAULT false
) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_ready_made_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_ready_made(text, text, jsonb, text, boolean) IS
    'calls lifecycle.create_journey with the definition of lifecycle.ready_made_journey, under the name journey or else the '
    'ready-made name; returns the version';

CREATE FUNCTION lifecycle.guard_journey() RETURNS trigger
    AS 'MODULE_PATHNAME', 'guard_journey_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.guard_journey() IS
    'implementation of the triggers of journey_version and journey_step: refuses changes of a version that was started '
    '(SQLSTATE 55000)';
