CREATE TABLE {data.journey_condition} (
    journey integer NOT NULL REFERENCES {data.journey} ON DELETE CASCADE,
    customer {key} NOT NULL,
    PRIMARY KEY (journey, customer)
)
