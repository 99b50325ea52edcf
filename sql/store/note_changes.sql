-- the triggers of attached tables: whose orders or events changed

CREATE FUNCTION lifecycle.note_changes() RETURNS trigger
    AS 'MODULE_PATHNAME', 'note_changes_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.note_changes() IS
    'implementation of the triggers of a store: writes the customers of the changed rows into the store''s table of changes. If it '
    'cannot write, it advances the sequence missed, and the next refresh reads all rows: the statement never fails for it';

CREATE FUNCTION lifecycle.guard_changes() RETURNS trigger
    AS 'MODULE_PATHNAME', 'guard_changes_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.guard_changes() IS
    'implementation of the trigger of a store''s table of changes: if another statement than a refresh deletes changes, it '
    'advances the sequence missed, and the next refresh reads all rows';
