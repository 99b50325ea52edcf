-- One row for each customer of a version, by the first entry into it: later entries may follow from what the first one brought. Customers
-- whom another journey has called in are in the control group that the caller's lot has put them into, and came by what they did: they are
-- counted alone. What was known before is of the first entry into the journey, of which all versions have one lot; against the store's
-- control group, of the first entry into any journey, since that lot is older than all of them.
SELECT entry.version, entry.customer, entry.entry, versions.against, entry.control IS NULL AS is_treated, entry.entered_at, entry.until,
    entry.until <= {known_until} AND NOT entry.is_called AS is_closed, entry.is_called, {arm} AS arm, {group_value} AS group_value,
    COALESCE(entry.reached_at <= entry.until, false) AS has_reached, {treated_share} AS treated_share,
    COALESCE(anonymous.spend,
        {ext.total_spend}(history.purchases, entry.until) - {ext.total_spend}(history.purchases, entry.entered_at), 0) AS spend,
    CASE WHEN anonymous.customer IS NULL THEN ARRAY[{before}] END AS before,
    versions.acts AND got.customer IS NULL AS has_got_nothing
FROM (SELECT DISTINCT ON (entered.customer, entered.version) entered.customer, entered.version, entered.entry, entered.control,
            entered.store_control, entered.is_called, entered.entered_at, entered.until, entered.reached_at, entered.arm,
            min(entered.entered_at) OVER (PARTITION BY entered.customer) AS first_at
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
    LEFT JOIN (SELECT enrollment.customer, min(enrollment.entered_at) AS first_at FROM {data.enrollment} AS enrollment GROUP BY enrollment.customer)
        AS any_journey ON any_journey.customer = entry.customer AND versions.control = 'store'
    {profile_at_entry}
    CROSS JOIN LATERAL (SELECT COALESCE(any_journey.first_at, entry.first_at) AS at) AS lot
    CROSS JOIN LATERAL (SELECT {before_entry}) AS before
WHERE (entry.control IS NULL OR entry.control = versions.control)
    -- What is kept of a customer who was forgotten is the spend after the first entry into the journey.
    AND (anonymous.customer IS NULL OR NOT EXISTS (
        SELECT FROM {data.enrollment} AS earlier
        WHERE earlier.customer = entry.customer AND earlier.journey = {number} AND earlier.entry < entry.entry))
