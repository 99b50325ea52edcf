CREATE TABLE {data.forgotten} (hash bytea PRIMARY KEY, forgotten_at timestamptz NOT NULL DEFAULT now())
