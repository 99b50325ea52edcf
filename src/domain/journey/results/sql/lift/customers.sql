-- One row for each customer of a version, by the first entry into it: later entries may follow from what the first one brought.
SELECT entry.version, entry.customer, entry.entry, versions.against, entry.control IS NULL AS is_treated, entry.entered_at, entry.until,
    entry.until <= {known_until} AS is_closed, {arm} AS arm, {group_value} AS group_value,
    COALESCE(entry.reached_at <= entry.until, false) AS has_reached, {treated_share} AS treated_share,
    COALESCE(anonymous.spend,
        {ext.total_spend}(history.purchases, entry.until) - {ext.total_spend}(history.purchases, entry.entered_at), 0) AS spend,
    CASE WHEN anonymous.customer IS NULL THEN ARRAY[{before}] END AS before,
    versions.acts AND got.customer IS NULL AS has_got_nothing
FROM (SELECT DISTINCT ON (entered.customer, entered.version) entered.customer, entered.version, entered.entry, entered.control,
            entered.store_control, entered.entered_at, entered.until, entered.reached_at, entered.arm
        FROM ({entries_to_order}
UNION ALL
{entries_to_event}) AS entered
        WHERE entered.journey = {number} AND entered.entered_at <= {as_of}
        ORDER BY entered.customer, entered.version, entered.entry) AS entry
    JOIN versions ON versions.version = entry.version
    LEFT JOIN {data.history} AS history ON history.customer = entry.customer
    LEFT JOIN {data.anonymous} AS anonymous ON anonymous.customer = entry.customer
    LEFT JOIN (SELECT DISTINCT action.customer, action.entry
            FROM {data.action} AS action
            WHERE action.journey = {number} AND action.status = 'done') AS got
        ON got.customer = entry.customer AND got.entry = entry.entry
    {profile_at_entry}
    CROSS JOIN LATERAL (SELECT {before_entry}) AS before
WHERE (entry.control IS NULL OR entry.control = versions.control)
    -- What is kept of a customer who was forgotten is the spend after the first entry into the journey.
    AND (anonymous.customer IS NULL OR NOT EXISTS (
        SELECT FROM {data.enrollment} AS earlier
        WHERE earlier.customer = entry.customer AND earlier.journey = {number} AND earlier.entry < entry.entry))
