-- `kind` is what made the change, and `registered_at` the earliest date of a customer who appeared, if that is recent.
CREATE TABLE {data.audience_log} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    audience integer NOT NULL REFERENCES {data.audience} ON DELETE CASCADE, customer {key} NOT NULL, at timestamptz NOT NULL,
    joined boolean NOT NULL, kind text NOT NULL CONSTRAINT audience_log_kind_check
        CHECK (kind IN ('moved', 'appeared', 'vanished', 'corrected', 'refitted', 'defined', 'forgotten')),
    registered_at timestamptz)
