-- the triggers of attached tables: whose orders or events changed

CREATE FUNCTION lifecycle.note_changes() RETURNS trigger
    AS 'MODULE_PATHNAME', 'note_changes_wrapper' LANGUAGE C;
COMMENT ON FUNCTION lifecycle.note_changes() IS
    'implementation of the triggers of a store''s tables: notes the customers of the rows that a statement inserted, updated '
    'or deleted in the store''s table of changes, each once, and NULL, which means all, for TRUNCATE and where it cannot tell '
    'the customers. For AFTER triggers FOR EACH STATEMENT with all transition tables that there are for the event; the '
    'arguments are the store, order_change or event_change, and the column of the customer. SQLSTATE 22023 for any other. '
    'The statement never fails because of the store: nothing is noted without the table of changes, if somebody has put more to '
    'it, and unless the owner of that table may read the table with the trigger, so that nobody learns of keys in this way';
