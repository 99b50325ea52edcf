CREATE TABLE {data.decision} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer {key} NOT NULL,
    journey integer NOT NULL,
    version integer NOT NULL,
    entry integer NOT NULL,
    step integer NOT NULL,
    round integer NOT NULL,
    decided_at timestamptz NOT NULL,
    kind text NOT NULL,
    reason text
)
