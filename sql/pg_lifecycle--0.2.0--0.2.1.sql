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
