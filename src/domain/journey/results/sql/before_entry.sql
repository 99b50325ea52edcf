-- What was known of the spend of the row `history` at the instant of an entry, in a time before it as long as its window, and in the year
-- before it; recency in days, 365 without an order in that year. Nothing of it is later than the entry.
({ext.total_spend}(history.purchases, {entered_at})
    - {ext.total_spend}(history.purchases, {entered_at} - ({until} - {entered_at})))::float8 AS spend_before,
({ext.num_purchases}(history.purchases, {entered_at})
    - {ext.num_purchases}(history.purchases, {entered_at} - ({until} - {entered_at})))::float8 AS orders_before,
COALESCE(LEAST(extract(epoch FROM {entered_at} - {ext.last_purchase}(history.purchases, {entered_at}))::float8 / 86400, 365), 365)
    AS recency,
({ext.total_spend}(history.purchases, {entered_at})
    - {ext.total_spend}(history.purchases, {entered_at} - '365 days'::interval))::float8 AS spend_year,
({ext.num_purchases}(history.purchases, {entered_at})
    - {ext.num_purchases}(history.purchases, {entered_at} - '365 days'::interval))::float8 AS orders_year
