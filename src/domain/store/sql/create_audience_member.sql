CREATE TABLE {data.audience_member} (audience integer NOT NULL REFERENCES {data.audience} ON DELETE CASCADE, customer {key} NOT NULL,
    since timestamptz NOT NULL, PRIMARY KEY (audience, customer))
