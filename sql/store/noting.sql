-- the triggers that note changes, as they were made: no other trigger notes anything

CREATE TABLE lifecycle.noting (
    trigger oid PRIMARY KEY,
    relation oid NOT NULL,
    changes oid NOT NULL,
    missed oid NOT NULL,
    customer smallint NOT NULL,
    file oid NOT NULL,
    store text NOT NULL REFERENCES lifecycle.store ON DELETE CASCADE,
    source text NOT NULL CHECK (source IN ('orders', 'events', 'refunds')),
    mark text NOT NULL
);
CREATE INDEX ON lifecycle.noting (store);
COMMENT ON TABLE lifecycle.noting IS
    'the triggers that note changes, one row each; a trigger that is not listed here notes nothing. Only the extension '
    'writes it, and a dump leaves it out';
COMMENT ON COLUMN lifecycle.noting.trigger IS 'the object id of the trigger';
COMMENT ON COLUMN lifecycle.noting.relation IS 'the object id of the table or partition that it is on';
COMMENT ON COLUMN lifecycle.noting.changes IS 'the object id of the table of changes that it writes to';
COMMENT ON COLUMN lifecycle.noting.missed IS 'the object id of the sequence that it sets to another value where it cannot write';
COMMENT ON COLUMN lifecycle.noting.customer IS
    'the number of the column of the customers, or of the orders of refunds; 0 where an expression says them';
COMMENT ON COLUMN lifecycle.noting.file IS 'the file of the table as of the last refresh';
COMMENT ON COLUMN lifecycle.noting.store IS 'the store';
COMMENT ON COLUMN lifecycle.noting.source IS 'orders, events or refunds';
COMMENT ON COLUMN lifecycle.noting.mark IS
    'how the trigger, its table and the table of changes were as of the last refresh: one that finds them otherwise reads all rows';
