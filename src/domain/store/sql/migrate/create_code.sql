CREATE TABLE IF NOT EXISTS {data.code} (
    code text PRIMARY KEY CHECK (octet_length(code) BETWEEN 1 AND 200),
    pool text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    added_at timestamptz NOT NULL DEFAULT now(),
    action bigint,
    taken_at timestamptz,
    UNIQUE (action, pool)
)
