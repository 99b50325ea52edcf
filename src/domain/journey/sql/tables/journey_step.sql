CREATE TABLE {data.journey_step} (
    journey integer NOT NULL,
    version integer NOT NULL,
    step integer NOT NULL CHECK (step > 0),
    name text NOT NULL,
    definition jsonb NOT NULL,
    PRIMARY KEY (journey, version, step) DEFERRABLE,
    UNIQUE (journey, version, name) DEFERRABLE,
    FOREIGN KEY (journey, version) REFERENCES {data.journey_version} ON DELETE CASCADE
)
