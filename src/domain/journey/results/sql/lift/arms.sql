-- Each arm that was drawn at the entry, whatever further splits its customers came to, beside the control customers that came to the same
-- split, whatever their arm; and beside each other arm of it.
arms AS MATERIALIZED (
    SELECT DISTINCT drawn.version, drawn.arm, regexp_replace(drawn.arm, '[^=]*$', '') AS split, weights.weight,
        count(*) OVER (PARTITION BY drawn.version, regexp_replace(drawn.arm, '[^=]*$', '')) AS arms_of_split
    FROM (SELECT DISTINCT customers.version, array_to_string(labels.drawn[:place.number], ', ') AS arm, labels.drawn[place.number] AS label
            FROM (SELECT DISTINCT customers.version, customers.arm FROM customers WHERE customers.is_treated AND customers.arm <> '(none)')
                    AS customers
                CROSS JOIN LATERAL (SELECT string_to_array(customers.arm, ', ') AS drawn) AS labels
                CROSS JOIN LATERAL generate_subscripts(labels.drawn, 1) AS place (number)) AS drawn
        JOIN (VALUES {weights}) AS weights (version, label, weight)
            ON weights.version = drawn.version AND weights.label = drawn.label),
by_arm AS NOT MATERIALIZED (
    SELECT customers.version, customers.against AS compared_with, arms.arm, customers.group_value, customers.is_treated, customers.customer,
        customers.until, customers.is_closed, customers.is_called, customers.has_reached, customers.spend, customers.before, customers.has_got_nothing,
        customers.is_reached,
        NULLIF(customers.treated_share * arms.weight / (customers.treated_share * arms.weight + 1 - customers.treated_share), 1)
            AS treated_share
    FROM customers
        JOIN arms ON arms.version = customers.version
            AND CASE WHEN customers.is_treated THEN starts_with(customers.arm || ', ', arms.arm || ', ')
                ELSE starts_with(customers.arm, arms.split) END
    UNION ALL
    SELECT customers.version, other.arm, arms.arm, customers.group_value, starts_with(customers.arm || ', ', arms.arm || ', '), customers.customer,
        customers.until, customers.is_closed, customers.is_called, customers.has_reached, customers.spend, customers.before, customers.has_got_nothing,
        false, arms.weight / (arms.weight + other.weight)
    FROM arms
        JOIN arms AS other ON other.version = arms.version AND other.split = arms.split AND other.arm < arms.arm AND arms.arms_of_split <= {most_paired}
        JOIN customers ON customers.version = arms.version AND customers.is_treated
            AND (starts_with(customers.arm || ', ', arms.arm || ', ') OR starts_with(customers.arm || ', ', other.arm || ', '))),
