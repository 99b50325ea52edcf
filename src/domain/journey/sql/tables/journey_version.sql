CREATE TABLE {data.journey_version} (
    journey integer NOT NULL REFERENCES {data.journey} ON DELETE CASCADE,
    version integer NOT NULL,
    head jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    PRIMARY KEY (journey, version)
)
