-- how senders get the actions of journeys, and tell what became of them

CREATE FUNCTION lifecycle.claim_actions(
    channel text, n integer DEFAULT 100, lease interval DEFAULT '5 minutes', store text DEFAULT NULL,
    stores text[] DEFAULT NULL, budget interval DEFAULT '5 seconds',
    OUT store text, OUT action bigint, OUT idempotency_key text, OUT customer text, OUT channel text, OUT template text,
    OUT payload jsonb, OUT journey text, OUT version integer, OUT step text, OUT decided_at timestamptz, OUT attempt integer,
    OUT lease_until timestamptz
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'claim_actions_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100;
COMMENT ON FUNCTION lifecycle.claim_actions(text, integer, interval, text, text[], interval) IS
    'hands the caller up to n due actions of a channel, by priority and age, until lease_until; an action that is neither '
    'completed nor failed by then can be claimed again. Without store and stores, they come from the stores that the '
    'current role owns';

CREATE FUNCTION lifecycle.complete_action(store text, action bigint, message_id text DEFAULT NULL) RETURNS boolean
    AS 'MODULE_PATHNAME', 'complete_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.complete_action(text, bigint, text) IS
    'reports that an action was delivered; returns true the first time, and false without a change afterwards';

CREATE FUNCTION lifecycle.complete_actions(store text, actions bigint[]) RETURNS bigint
    AS 'MODULE_PATHNAME', 'complete_actions_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.complete_actions(text, bigint[]) IS
    'reports that many actions of a store were delivered; returns how many were not completed before. If one does not exist '
    'or is withheld, none is completed';

CREATE FUNCTION lifecycle.fail_action(store text, action bigint, error text, permanent boolean DEFAULT false) RETURNS text
    AS 'MODULE_PATHNAME', 'fail_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.fail_action(text, bigint, text, boolean) IS
    'reports that an action failed, and returns its status: pending (it can be claimed again, after 1 minute at first and 6 '
    'hours at most), dead (after 8 attempts, or if permanent) or cancelled (the journey has ended or the customer has '
    'unsubscribed)';

CREATE FUNCTION lifecycle.retry_action(store text, action bigint) RETURNS boolean
    AS 'MODULE_PATHNAME', 'retry_action_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.retry_action(text, bigint) IS
    'makes a dead action pending again, unless its journey has ended or its customer has unsubscribed; returns whether it '
    'did';

CREATE FUNCTION lifecycle.record_event(
    store text, kind text, provider_id text, action bigint DEFAULT NULL, customer text DEFAULT NULL, at timestamptz DEFAULT now(),
    channel text DEFAULT NULL, detail jsonb DEFAULT NULL, topic text DEFAULT NULL
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'record_event_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb, text) IS
    'records an event of an action or of a customer, in a provider''s word or one that a journey or event_kinds names; returns false '
    'if its provider_id is known. An objection or a hard bounce stops further messages on the channel';

CREATE FUNCTION lifecycle.suppress(
    store text, customer text, channel text DEFAULT NULL, topic text DEFAULT NULL, note text DEFAULT NULL
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'suppress_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.suppress(text, text, text, text, text) IS
    'puts a customer on the list of suppressions of a channel and topic, or of all, and cancels pending actions; returns false if '
    'the owner has put the customer there before';

CREATE FUNCTION lifecycle.unsuppress(
    store text, customer text, channel text DEFAULT NULL, topic text DEFAULT NULL
) RETURNS bigint
    AS 'MODULE_PATHNAME', 'unsuppress_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unsuppress(text, text, text, text) IS
    'lifts all suppressions of a customer on a channel and topic, or on all, whatever their reason; returns how many';
