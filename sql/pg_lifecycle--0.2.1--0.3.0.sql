-- First of all: no name is looked up where another role may have put an object of that name.
--
-- The server runs this script as a superuser, with the extension's schema in the path, and a role that owns that schema (any role
-- with CREATE on the database may install the extension) can have made functions, operators, types and casts there that fit a
-- call better than those of pg_catalog. So names without a schema are those of pg_catalog alone. pg_temp is named, because the
-- server searches it first for types and tables where it is not. What belongs to the extension is written @extschema@.name or
-- lifecycle.name, and is called with arguments of exactly its types, so that no other function of that name fits better.

SET LOCAL search_path = pg_catalog, pg_temp;
