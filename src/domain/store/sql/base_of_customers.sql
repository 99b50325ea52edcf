-- All customers that the store knows of, with both histories and what their own relation says of them. Two halves instead of a full
-- join, which PostgreSQL 15 cannot do in parallel.
SELECT history.customer, history.purchases, history.engagement, history.first_channel, history.last_channel, history.first_event_at,
    history.past_changed, {known}
FROM {data.history} AS history LEFT JOIN {data.source_customers} AS known ON known.customer = history.customer
UNION ALL
SELECT known.customer, NULL, NULL, NULL, NULL, NULL, NULL, {known}
FROM {data.source_customers} AS known{joined}
WHERE NOT EXISTS (SELECT FROM {data.history} AS history WHERE history.customer = known.customer){is_customer}
