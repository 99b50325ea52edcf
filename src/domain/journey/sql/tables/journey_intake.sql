CREATE TABLE {data.journey_intake} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    journey integer NOT NULL REFERENCES {data.journey} ON DELETE CASCADE,
    at timestamptz NOT NULL,
    customers bigint NOT NULL
)
