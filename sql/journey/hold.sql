-- what stops the journeys of a store, and consent of its customers

CREATE FUNCTION lifecycle.hold(store text, reason text DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'hold_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.hold(text, text) IS
    'holds a store: until lifecycle.release its journeys decide nothing, and no action is handed over';

CREATE FUNCTION lifecycle.release(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'release_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.release(text) IS
    'lets the journeys of a store go on that lifecycle.hold has held; returns whether it was held so';

CREATE FUNCTION lifecycle.adopt(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'adopt_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.adopt(text) IS
    'says that this database, a copy of the one that a store was attached in, is the one that writes to customers from now on: '
    'its journeys go on, and what they decide has idempotency keys that no other copy has';

CREATE FUNCTION lifecycle.record_consent(
    store text, customer text, channel text DEFAULT NULL, at timestamptz DEFAULT now(), evidence text DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME', 'record_consent_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.record_consent(text, text, text, timestamptz, text) IS
    'records that a customer has agreed to messages by a channel, or by all without one, and by what evidence';

CREATE FUNCTION lifecycle.withdraw_consent(
    store text, customer text, channel text DEFAULT NULL, at timestamptz DEFAULT now()
) RETURNS void
    AS 'MODULE_PATHNAME', 'withdraw_consent_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.withdraw_consent(text, text, text, timestamptz) IS
    'records that a customer has taken back the consent to messages by a channel, or by all without one';
