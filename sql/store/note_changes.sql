-- the triggers of attached tables: whose orders or events changed

CREATE FUNCTION lifecycle.note_changes() RETURNS trigger
    AS 'MODULE_PATHNAME', 'note_changes_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.note_changes() IS
    'implementation of the triggers of a store''s tables: notes the customers of the rows that a statement inserted, updated '
    'or deleted in the store''s table of changes, each once, and NULL, which means all, for TRUNCATE and where it cannot tell '
    'the customers. For AFTER triggers FOR EACH STATEMENT with all transition tables that there are for the event; the '
    'arguments are the store, order_change or event_change, and the column of the customer. SQLSTATE 22023 for any other. '
    'A trigger that is not listed in lifecycle.noting notes nothing. The statement never fails because of the store: where the '
    'table of changes is gone, has more to it than rows, or belongs to a role that may not read the table with the trigger, the '
    'sequence missed of the store''s schema takes another value, by which the next refresh knows that it must read all rows';

CREATE FUNCTION lifecycle.guard_changes() RETURNS trigger
    AS 'MODULE_PATHNAME', 'guard_changes_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.guard_changes() IS
    'implementation of the trigger of a store''s table of changes: where another statement than that of a refresh takes notes '
    'away, the sequence missed of the store''s schema takes another value, by which the next refresh knows that it must read all '
    'rows. For AFTER triggers FOR EACH STATEMENT; SQLSTATE 22023 for any other';
