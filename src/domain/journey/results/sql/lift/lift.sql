WITH versions AS MATERIALIZED (
    SELECT version.version, against.treatment AS against, CASE against.treatment WHEN {journey_control} THEN 'journey' ELSE 'store' END AS control,
        COALESCE((version.head ->> 'control')::float8, 0) AS journey_control, {splits} AS splits,
        EXISTS (SELECT FROM {data.journey_step} AS step
            WHERE step.journey = {number} AND step.version = version.version AND step.definition ? 'act') AS acts
    FROM {data.journey_version} AS version CROSS JOIN LATERAL (SELECT {against} AS treatment) AS against
    WHERE version.journey = {number}),
entries AS MATERIALIZED (
{customers}),
-- Control customers who got one of the templates through another journey, or anything through another entry into this one, in the time
-- that is compared. What their own entry sends to control customers too, such as a receipt, does not count.
reached AS MATERIALIZED (
    SELECT DISTINCT entries.customer, entries.version
    FROM entries
        JOIN {data.action} AS action ON action.customer = entries.customer AND action.status = 'done'
            AND action.decided_at >= entries.entered_at AND action.decided_at <= entries.until
    WHERE NOT entries.is_treated AND entries.is_closed AND (action.journey, action.entry) <> ({number}, entries.entry)
        AND (action.journey = {number} OR EXISTS (
        SELECT FROM {data.journey_step} AS step
        WHERE step.journey = {number} AND step.version = entries.version
            AND step.definition #>> '{act,channel}' = action.channel AND step.definition #>> '{act,template}' = action.template))),
customers AS MATERIALIZED (
    SELECT entries.*, reached.customer IS NOT NULL AS is_reached
    FROM entries LEFT JOIN reached ON reached.customer = entries.customer AND reached.version = entries.version),
{arms}compared AS MATERIALIZED (
    SELECT grouped.version, grouped.compared_with, grouped.arm, {group_value} AS group_value,
        count(*) FILTER (WHERE grouped.is_closed AND grouped.is_treated) AS all_treated,
        count(*) FILTER (WHERE grouped.is_closed AND NOT grouped.is_treated) AS all_control,
        count(*) FILTER (WHERE NOT grouped.is_closed AND NOT grouped.is_called) AS open,
        count(*) FILTER (WHERE grouped.is_called) AS called,
        count(*) FILTER (WHERE grouped.is_closed AND grouped.is_treated AND grouped.has_reached) AS treated_reached,
        count(*) FILTER (WHERE grouped.is_closed AND NOT grouped.is_treated AND grouped.has_reached) AS control_reached,
        count(*) FILTER (WHERE grouped.is_closed AND NOT grouped.is_treated AND grouped.is_reached) AS control_got,
        count(*) FILTER (WHERE grouped.is_closed AND grouped.is_treated AND grouped.has_got_nothing) AS treated_missed,
        lifecycle.sample_ratio_p_value(
            count(*) FILTER (WHERE grouped.treated_share IS NOT NULL AND grouped.is_treated),
            count(*) FILTER (WHERE grouped.treated_share IS NOT NULL AND NOT grouped.is_treated),
            avg(grouped.treated_share)) AS sample_ratio_p_value,
        lifecycle.compare_spend(grouped.is_treated, grouped.spend, grouped.before, grouped.treated_share::text, {confidence})
            FILTER (WHERE grouped.is_closed) AS spend,
        lifecycle.compare_spend(grouped.is_treated, grouped.has_reached::integer, NULL, grouped.treated_share::text, {confidence})
            FILTER (WHERE grouped.is_closed) AS conversion,
        lifecycle.compare_spend_anytime(grouped.is_treated, grouped.spend, grouped.treated_share, grouped.until, grouped.customer::text,
            {confidence}) FILTER (WHERE grouped.is_closed) AS anytime
    FROM (SELECT customers.version, customers.against AS compared_with, NULL::text AS arm, customers.group_value, customers.is_treated,
                customers.customer, customers.until, customers.is_closed, customers.is_called, customers.has_reached, customers.spend, customers.before,
                customers.has_got_nothing, customers.is_reached, customers.treated_share
            FROM customers{rows_by_arm}) AS grouped
    GROUP BY grouped.version, grouped.compared_with, grouped.arm{group_sets}),
-- Conversions of one lot are compared by their counts; of several, as spend is, within each.
judged AS (
    SELECT compared.*, (compared.spend).*, (compared.anytime).*, compared.arm IS NULL AND compared.group_value IS NULL AS is_whole,
        COALESCE((compared.spend).treated_customers, 0) AS treated, COALESCE((compared.spend).control_customers, 0) AS control,
        rates.*
    FROM compared
        LEFT JOIN LATERAL lifecycle.compare_conversions(compared.all_treated, compared.treated_reached, compared.all_control,
            compared.control_reached, {confidence}) AS plain ON true
        CROSS JOIN LATERAL (SELECT (compared.conversion).strata > 1 OR (compared.conversion).left_out_customers > 0 AS has_strata) AS lots
        CROSS JOIN LATERAL (SELECT
            CASE WHEN lots.has_strata THEN (compared.conversion).treated_mean ELSE plain.treated_rate END AS treated_rate,
            CASE WHEN lots.has_strata THEN (compared.conversion).control_mean ELSE plain.control_rate END AS control_rate,
            CASE WHEN lots.has_strata THEN (compared.conversion).difference ELSE plain.difference END AS rate_difference,
            CASE WHEN lots.has_strata THEN (compared.conversion).difference_low ELSE plain.difference_low END AS rate_difference_low,
            CASE WHEN lots.has_strata THEN (compared.conversion).difference_high ELSE plain.difference_high END AS rate_difference_high,
            CASE WHEN lots.has_strata THEN (compared.conversion).lift ELSE plain.lift END AS rate_lift,
            CASE WHEN lots.has_strata THEN (compared.conversion).lift_low ELSE plain.lift_low END AS rate_lift_low,
            CASE WHEN lots.has_strata THEN (compared.conversion).lift_high ELSE plain.lift_high END AS rate_lift_high,
            CASE WHEN lots.has_strata THEN (compared.conversion).p_value ELSE plain.p_value END AS rate_p_value,
            CASE WHEN lots.has_strata THEN (compared.conversion).sample_size ELSE plain.sample_size END AS rate_sample_size) AS rates),
-- Benjamini and Hochberg: the comparisons of parts of a version are judged together, the version as a whole by itself.
placed AS (
    SELECT judged.*,
        count(judged.rate_p_value) OVER family AS rate_number, count(judged.rate_p_value) OVER (family ORDER BY judged.rate_p_value) AS rate_place,
        count(judged.p_value) OVER family AS number, count(judged.p_value) OVER (family ORDER BY judged.p_value) AS place,
        count(judged.adjusted_p_value) OVER family AS adjusted_number,
        count(judged.adjusted_p_value) OVER (family ORDER BY judged.adjusted_p_value) AS adjusted_place
    FROM judged
    WINDOW family AS (PARTITION BY judged.version, judged.is_whole)),
corrected AS (
    SELECT placed.*,
        min(placed.rate_p_value * placed.rate_number / placed.rate_place) OVER (family ORDER BY placed.rate_p_value DESC NULLS FIRST) AS rate_q_value,
        min(placed.p_value * placed.number / placed.place) OVER (family ORDER BY placed.p_value DESC NULLS FIRST) AS q_value,
        min(placed.adjusted_p_value * placed.adjusted_number / placed.adjusted_place)
            OVER (family ORDER BY placed.adjusted_p_value DESC NULLS FIRST) AS adjusted_q_value
    FROM placed
    WINDOW family AS (PARTITION BY placed.version, placed.is_whole))
SELECT judged.version, judged.arm, judged.group_value, judged.compared_with,
    judged.treated AS treated_customers, judged.control AS control_customers, judged.open AS open_customers,
    judged.treated_rate AS treated_conversion, judged.control_rate AS control_conversion,
    judged.rate_difference AS conversion_difference, judged.rate_difference_low AS conversion_difference_low,
    judged.rate_difference_high AS conversion_difference_high, judged.rate_lift AS conversion_lift,
    judged.rate_lift_low AS conversion_lift_low, judged.rate_lift_high AS conversion_lift_high,
    judged.rate_p_value AS conversion_p_value, CASE WHEN judged.rate_p_value IS NOT NULL THEN judged.rate_q_value END AS conversion_q_value,
    judged.rate_sample_size AS conversion_sample_size,
    judged.treated_mean AS treated_spend, judged.control_mean AS control_spend, judged.difference AS spend_difference,
    judged.difference_low AS spend_difference_low, judged.difference_high AS spend_difference_high, judged.lift AS spend_lift,
    judged.lift_low AS spend_lift_low, judged.lift_high AS spend_lift_high, judged.p_value AS spend_p_value,
    CASE WHEN judged.p_value IS NOT NULL THEN judged.q_value END AS spend_q_value, judged.sample_size AS spend_sample_size,
    judged.adjusted_difference AS adjusted_spend_difference, judged.adjusted_difference_low AS adjusted_spend_difference_low,
    judged.adjusted_difference_high AS adjusted_spend_difference_high, judged.adjusted_lift AS adjusted_spend_lift,
    judged.adjusted_lift_low AS adjusted_spend_lift_low, judged.adjusted_lift_high AS adjusted_spend_lift_high,
    judged.adjusted_p_value AS adjusted_spend_p_value,
    CASE WHEN judged.adjusted_p_value IS NOT NULL THEN judged.adjusted_q_value END AS adjusted_spend_q_value,
    judged.p_value_anytime, judged.lift_low_anytime, judged.lift_high_anytime, judged.sample_ratio_p_value,
    judged.control_got AS control_customers_reached, judged.treated_missed AS treated_customers_missed,
    {may_be_best} AS may_be_best,
    concat_ws('; ',
        CASE WHEN judged.sample_ratio_p_value < 0.001
            THEN 'sample ratio mismatch: the groups are not as large as the lot makes them, so do not trust this row' END,
        CASE WHEN judged.treated + judged.control = 0 AND judged.open > 0 THEN 'no window has ended yet' ELSE judged.status END,
        CASE WHEN judged.called > 0 THEN judged.called || ' customers that another journey called in are left out: their groups follow from the lot of that journey' END,
        CASE WHEN judged.control_got > 0 THEN judged.control_got || ' of the control customers got a message of it another way' END)
        AS status
FROM corrected AS judged
ORDER BY judged.version, judged.group_value NULLS FIRST, judged.arm NULLS FIRST, judged.compared_with
