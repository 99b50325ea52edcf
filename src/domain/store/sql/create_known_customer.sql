CREATE TABLE {data.known_customer} (
    customer {key} PRIMARY KEY,
    first_at timestamptz,
    last_purchase timestamptz,
    known_since timestamptz,
    vanished_at timestamptz,
    stage text,
    segment text
)
