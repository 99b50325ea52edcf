WITH entries AS MATERIALIZED (
{entries}),
-- Customers by their first entry, for customers are drawn, and up to their entry into the next version, which may
-- treat them otherwise.
first_entries AS (
    SELECT entry.*,
        GREATEST(LEAST(entry.goal_until, {as_of}, lead(entry.entered_at) OVER (PARTITION BY entry.customer ORDER BY entry.version)),
            entry.entered_at) AS known_until
    FROM (SELECT DISTINCT ON (entries.customer, entries.version) entries.*
        FROM entries
        ORDER BY entries.customer, entries.version, entries.entry) AS entry),
versions AS (
    SELECT version.version, {against} AS against
    FROM {data.journey_version} AS version JOIN {data.journey} AS journey ON journey.journey = version.journey
    WHERE journey.name = {journey}),
customers AS (
    SELECT entry.version, entry.arm, entry.group_value, entry.is_treated, versions.against,
        COALESCE(entry.goal_at <= entry.known_until, false) AS has_reached, entry.known_until < entry.goal_until AS is_open,
        COALESCE(anonymous.spend,
            {ext.total_spend}(history.purchases, entry.known_until) - {ext.total_spend}(history.purchases, entry.entered_at), 0) AS spend
    FROM first_entries AS entry
        JOIN versions ON versions.version = entry.version
        LEFT JOIN {data.history} AS history ON history.customer = entry.customer
        LEFT JOIN {data.anonymous} AS anonymous ON anonymous.customer = entry.customer
    WHERE entry.is_treated OR entry.treatment = versions.against),
compared AS (
    SELECT grouped.version, {arm} AS arm, {group_value} AS group_value, grouped.against,
        count(*) FILTER (WHERE grouped.is_treated) AS treated, count(*) FILTER (WHERE NOT grouped.is_treated) AS control,
        count(*) FILTER (WHERE grouped.is_open) AS open,
        count(*) FILTER (WHERE grouped.is_treated AND grouped.has_reached) AS treated_reached,
        count(*) FILTER (WHERE NOT grouped.is_treated AND grouped.has_reached) AS control_reached,
        (avg(grouped.spend) FILTER (WHERE grouped.is_treated))::float8 AS treated_mean,
        (avg(grouped.spend) FILTER (WHERE NOT grouped.is_treated))::float8 AS control_mean,
        (var_samp(grouped.spend) FILTER (WHERE grouped.is_treated))::float8 AS treated_variance,
        (var_samp(grouped.spend) FILTER (WHERE NOT grouped.is_treated))::float8 AS control_variance
    FROM customers AS grouped
    GROUP BY grouped.against, {sets})
SELECT compared.version, compared.arm, compared.group_value, compared.against AS compared_with,
    compared.treated AS treated_customers, compared.control AS control_customers, compared.open AS open_customers,
    compared.treated_reached::float8 / NULLIF(compared.treated, 0) AS treated_conversion,
    compared.control_reached::float8 / NULLIF(compared.control, 0) AS control_conversion,
    conversion.difference AS conversion_difference, conversion.difference_low AS conversion_difference_low,
    conversion.difference_high AS conversion_difference_high, conversion.lift AS conversion_lift,
    conversion.lift_low AS conversion_lift_low, conversion.lift_high AS conversion_lift_high,
    conversion.p_value AS conversion_p_value, conversion.sample_size AS conversion_sample_size,
    compared.treated_mean AS treated_spend, compared.control_mean AS control_spend, spend.difference AS spend_difference,
    spend.difference_low AS spend_difference_low, spend.difference_high AS spend_difference_high, spend.lift AS spend_lift,
    spend.lift_low AS spend_lift_low, spend.lift_high AS spend_lift_high, spend.p_value AS spend_p_value,
    spend.sample_size AS spend_sample_size
FROM compared
    LEFT JOIN LATERAL lifecycle.compare_conversions(compared.treated, compared.treated_reached, compared.control,
        compared.control_reached, {confidence}) AS conversion ON compared.treated > 0 AND compared.control > 0
    LEFT JOIN LATERAL lifecycle.compare_means(compared.treated, compared.treated_mean, compared.treated_variance, compared.control,
        compared.control_mean, compared.control_variance, {confidence}) AS spend ON compared.treated > 0 AND compared.control > 0
ORDER BY compared.version, compared.group_value NULLS FIRST, compared.arm NULLS FIRST
