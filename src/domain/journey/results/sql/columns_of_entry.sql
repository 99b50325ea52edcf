-- an entry of the row `enrollment` as it stood then
enrollment.version, enrollment.customer, enrollment.entry, enrollment.control IS NULL AS is_treated,
        COALESCE(enrollment.arm, '(none)') AS arm, {group} AS group_value,
        CASE WHEN enrollment.step_since <= {as_of} THEN enrollment.step END AS step,
        enrollment.ended_at IS NULL OR enrollment.ended_at > {as_of} AS is_under_way
