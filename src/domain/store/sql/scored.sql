-- The profiles as of an instant, but for the columns that are derived, and what was bought on the day of the instant.
SELECT base.customer, {columns}, {score} AS lifecycle_score,
    {ext.expected_next_purchase_range}(base.purchases, {rhythm}, 0.8::float8, {now}) AS lifecycle_next,
    {ext.num_purchases}(base.purchases, {now}) - {ext.num_purchases}(base.purchases, {day_before}) AS lifecycle_orders_of_day,
    {ext.total_spend}(base.purchases, {now}) - {ext.total_spend}(base.purchases, {day_before}) AS lifecycle_revenue_of_day,
    LEAST({ext.first_purchase}(base.purchases, {now} + '1 day'::interval), base.first_event_at, base.consented_at, base.earliest_since)
        AS lifecycle_first_at, COALESCE(base.past_changed, false) AS lifecycle_past_changed
FROM ({base}) AS base
