-- all customers who have entered by then, as they stood then
SELECT entered.version, entered.customer, entered.entry, entered.treatment, entered.treatment = 'treated' AS is_treated, entered.arm,
    {group} AS group_value,
    CASE WHEN entered.step_since <= {as_of} THEN entered.step END AS step,
    CASE WHEN entered.postponed_since <= {as_of} THEN entered.postponed_since END AS postponed_since,
    CASE WHEN entered.ended_at <= {as_of} THEN entered.outcome END AS outcome, entered.entered_at, entered.goal_until,
    CASE WHEN entered.goal_at <= {as_of} THEN entered.goal_at END AS goal_at,
    entered.ended_at IS NULL OR entered.ended_at > {as_of} AS is_under_way
FROM {own.journey_customers} AS entered LEFT JOIN {data.profile} AS profile ON profile.customer = entered.customer
WHERE entered.journey = {journey} AND entered.entered_at <= {as_of}
