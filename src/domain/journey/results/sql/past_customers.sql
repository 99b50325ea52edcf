-- What customers have spent within the window after their first entry in a simulation, and what was known of them before; of so many
-- customers at most, drawn by their keys. Left out are entries whose window is not over, and the store's control group.
SELECT ({ext.total_spend}(history.purchases, entry.goal_until) - {ext.total_spend}(history.purchases, entry.entered_at))::float8::text AS spend,
    before.spend_before::text, before.orders_before::text, before.recency::text, before.spend_year::text, before.orders_year::text
FROM (SELECT entry.customer, entry.entered_at, entry.goal_until
    FROM ({first_entries}) AS entry
    WHERE entry.goal_until <= {as_of}
    ORDER BY {drawn}, entry.customer
    LIMIT {most}) AS entry
    LEFT JOIN {data.history} AS history ON history.customer = entry.customer
    CROSS JOIN LATERAL (SELECT {before_entry}) AS before
