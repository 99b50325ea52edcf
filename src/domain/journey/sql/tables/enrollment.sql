-- Rows that are changed a few times each: room for that in their page.
CREATE TABLE {data.enrollment} (
    customer {key} NOT NULL,
    journey integer NOT NULL,
    entry integer NOT NULL,
    bucket smallint NOT NULL,
    version integer NOT NULL,
    step integer NOT NULL,
    round integer NOT NULL DEFAULT 1,
    entered_at timestamptz NOT NULL,
    triggered_at timestamptz NOT NULL,
    step_since timestamptz NOT NULL,
    due_at timestamptz,
    postponed_since timestamptz,
    postponed_reason text,
    arm text,
    control text CHECK (control IN ('journey', 'store')),
    goal_until timestamptz,
    ended_at timestamptz,
    outcome text,
    goal_at timestamptz,
    action bigint,
    PRIMARY KEY (customer, journey, entry)
) WITH (fillfactor = 80)
