CREATE TABLE {data.hold} (kind text PRIMARY KEY CHECK (kind IN ('refresh', 'owner', 'copy', 'source')), since timestamptz NOT NULL,
    reason text NOT NULL)
