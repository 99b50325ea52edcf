-- First of all: no name is looked up where another role may have put an object of that name.
--
-- The server runs this script as a superuser, with the extension's schema in the path, and a role that owns that schema (any role
-- with CREATE on the database may install the extension) can have made functions, operators, types and casts there that fit a
-- call better than those of pg_catalog. So names without a schema are those of pg_catalog alone. pg_temp is named, because the
-- server searches it first for types and tables where it is not. What belongs to the extension is written @extschema@.name or
-- lifecycle.name, and is called with arguments of exactly its types, so that no other function of that name fits better.

SET LOCAL search_path = pg_catalog, pg_temp;

CREATE FUNCTION @extschema@.spend_between(h @extschema@.purchase_history, since timestamptz, until timestamptz DEFAULT now())
    RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 30
    BEGIN ATOMIC
        SELECT @extschema@.total_spend(h, until) - @extschema@.total_spend(h, since);
    END;
COMMENT ON FUNCTION @extschema@.spend_between(@extschema@.purchase_history, timestamptz, timestamptz) IS
    'the amounts paid less refunds after since, up to and including until; 0 without a purchase';

-- A row of a store always says its layout.
ALTER TABLE lifecycle.store ALTER layout DROP DEFAULT;

-- Journeys: when they start and for which customers, what holds them, and consent.
DROP FUNCTION lifecycle.create_journey(text, text, jsonb, boolean);
CREATE FUNCTION lifecycle.create_journey(
    store text, name text, definition jsonb, start boolean DEFAULT false, started_at timestamptz DEFAULT NULL, only_customers text[] DEFAULT NULL
) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_journey(text, text, jsonb, boolean, timestamptz, text[]) IS
    'checks the definition of a journey and stores it as a draft, or as a new version in force if the journey was started; '
    'returns the version. Customers in the journey finish on the version that they entered';

DROP FUNCTION lifecycle.start_journey(text, text);
CREATE FUNCTION lifecycle.start_journey(
    store text, name text, started_at timestamptz DEFAULT NULL, only_customers text[] DEFAULT NULL
) RETURNS integer
    AS 'MODULE_PATHNAME', 'start_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.start_journey(text, text, timestamptz, text[]) IS
    'checks the draft of a journey and puts it in force, or resumes a paused journey; returns the version in force. Events '
    'before started_at, by default the first start, enter no customer. With only_customers, no other customers enter or get anything';

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

CREATE FUNCTION lifecycle.withdraw_consent(store text, customer text, channel text DEFAULT NULL, at timestamptz DEFAULT now()) RETURNS void
    AS 'MODULE_PATHNAME', 'withdraw_consent_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.withdraw_consent(text, text, text, timestamptz) IS
    'records that a customer has taken back the consent to messages by a channel, or by all without one';
