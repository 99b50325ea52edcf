CREATE TABLE {data.journey_state} (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    policy jsonb NOT NULL DEFAULT '{}',
    swept_at timestamptz,
    sweep_of timestamptz,
    sweep_next smallint,
    ran_at timestamptz,
    ran_as_of timestamptz,
    incarnation text,
    home text
)
