-- Lines for the upgrade script to 0.3.0: objections.

DROP FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb);
DROP FUNCTION lifecycle.detach(text);

CREATE FUNCTION lifecycle.detach(store text, discard boolean DEFAULT false) RETURNS void
    AS 'MODULE_PATHNAME', 'detach_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.detach(text, boolean) IS
    'removes a store: its schemas, triggers, schedules and log, and its roles if attach created them. It removes nothing '
    'else, fails with 2BP01 if another object depends on the store, and with 55000 if it holds suppressions or consents, unless discard'
    ' is true';

CREATE FUNCTION lifecycle.record_event(
    store text, kind text, provider_id text, action bigint DEFAULT NULL, customer text DEFAULT NULL, at timestamptz DEFAULT now(),
    channel text DEFAULT NULL, detail jsonb DEFAULT NULL, topic text DEFAULT NULL
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'record_event_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb, text) IS
    'records an event of an action or of a customer, in the word of a provider such as open, spamreport or STOP, or in a word that a '
    'journey or the setting event_kinds names; returns false if the store has an event with this provider_id. Objections and hard '
    'bounces suppress the customer on the channel and cancel pending actions';

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
