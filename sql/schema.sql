-- The schema of what holds state. Not IF NOT EXISTS: a schema that somebody else made is somebody else's.

CREATE SCHEMA lifecycle;
COMMENT ON SCHEMA lifecycle IS 'what pg_lifecycle keeps: segment grids';
GRANT USAGE ON SCHEMA lifecycle TO PUBLIC;
