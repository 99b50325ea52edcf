CREATE TABLE {data.event} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer {key} NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    action bigint,
    channel text,
    provider_id text UNIQUE,
    detail jsonb,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    processed boolean NOT NULL DEFAULT false,
    class text CONSTRAINT event_class CHECK (class IN ('hard', 'soft')),
    is_machine boolean NOT NULL DEFAULT false,
    topic text
)
