CREATE TABLE {data.journey} (
    journey integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'live', 'paused', 'ended')),
    version integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    movement_seen bigint NOT NULL DEFAULT 0,
    scanned_at timestamptz,
    recipients text[]
)
