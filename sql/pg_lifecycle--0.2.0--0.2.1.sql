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

-- The ends of a link by names that never form a circle.
ALTER TYPE @extschema@.touch_path ADD ATTRIBUTE source text, ADD ATTRIBUTE target text;
COMMENT ON COLUMN @extschema@.touch_path.source IS
    'from_kind and from_channel as the source of a link in a Sankey chart, such as from open email; with max_steps, the place comes '
    'first, such as 1 open email';
COMMENT ON COLUMN @extschema@.touch_path.target IS
    'to_kind and to_channel as the target of a link, such as to purchase, with max_steps 2 purchase: no links go in a circle';
