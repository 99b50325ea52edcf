CREATE TABLE {data.consent} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer {key} NOT NULL,
    channel text,
    given_at timestamptz,
    evidence text,
    withdrawn_at timestamptz,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((given_at IS NULL) <> (withdrawn_at IS NULL))
)
