CREATE TABLE {data.journey} (
    journey integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'live', 'paused', 'held', 'ended')),
    version integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    movement_seen bigint NOT NULL DEFAULT 0,
    scanned_at timestamptz,
    held_since timestamptz,
    held_reason text,
    held_event bigint,
    released_up_to integer,
    released_from timestamptz,
    recipients text[],
    joined_seen bigint NOT NULL DEFAULT 0,
    held_for_codes boolean NOT NULL DEFAULT false
)
