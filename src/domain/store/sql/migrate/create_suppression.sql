CREATE TABLE IF NOT EXISTS {data.suppression} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer {key} NOT NULL,
    channel text,
    topic text,
    reason text NOT NULL CONSTRAINT suppression_reason CHECK (reason IN ('hard_bounce', 'soft_bounces', 'complaint', 'unsubscribe', 'manual')),
    since timestamptz NOT NULL,
    until timestamptz,
    lifted_at timestamptz,
    event bigint,
    note text
)
