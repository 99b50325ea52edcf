-- The extension, and nothing else.
CREATE EXTENSION pg_lifecycle;
