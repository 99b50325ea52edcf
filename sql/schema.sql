-- The schema of the state. Without IF NOT EXISTS: the extension takes no schema over that another role made.

CREATE SCHEMA lifecycle;
COMMENT ON SCHEMA lifecycle IS 'what pg_lifecycle keeps: segment grids, stores, their journeys and the log of refreshes';
GRANT USAGE ON SCHEMA lifecycle TO PUBLIC;
