-- What an update of the extension, and the upgrade of the stores that follows, must leave as it is.
SET TimeZone = 'UTC';
SELECT 'history', customer, h::text FROM histories ORDER BY customer;
SELECT 'contact', customer, e::text FROM contacts ORDER BY customer;
SELECT 'fit', breaks::text, rhythm::text, model::text, spend::text, vips::text FROM fits;
SELECT 'store', store, settings - '{max_shrink, newcomer_within, max_bounces, max_complaints, guest, null_amount, follow}'::text[], key_type, owner, orders, customers, events, as_of, refreshed_at FROM lifecycle.store ORDER BY store;
SELECT 'movement', 'shop', t.id, t.customer, t.at, t.stage_before, t.stage_after, t.segment_before, t.segment_after, t.score_before, t.score_after,
    t.orders_before, t.orders_after, t.spend_before, t.spend_after, t.recency_days_before, t.recency_days_after, t.overdue_ratio_before, t.overdue_ratio_after
FROM shop_data.movement AS t WHERE at <= '2023-12-02Z' ORDER BY id;
SELECT 'movement', 'compared', t.id, t.customer, t.at, t.stage_before, t.stage_after, t.segment_before, t.segment_after, t.score_before, t.score_after,
    t.orders_before, t.orders_after, t.spend_before, t.spend_after, t.recency_days_before, t.recency_days_after, t.overdue_ratio_before, t.overdue_ratio_after
FROM compared_data.movement AS t WHERE at <= '2023-12-02Z' ORDER BY id;
SELECT 'kpi', day, customers, buyers, orders_to_date, revenue_to_date FROM shop_data.kpi WHERE as_of <= '2023-12-02Z' ORDER BY day;
SELECT 'fit of a store', id, as_of, customers, rfm_breaks::text, purchase_model::text FROM shop_data.fit WHERE as_of <= '2023-12-02Z' ORDER BY id;
SELECT 'enrollment', customer, journey, entry, version, step, entered_at, due_at FROM shop_data.enrollment ORDER BY customer, journey, entry;
SELECT 'action', id, customer, step, decided_at, channel, template, status, attempts, message_id FROM shop_data.action ORDER BY id;
SELECT 'event', id, customer, kind, at, action, provider_id FROM shop_data.event ORDER BY id;
SELECT 'rights', relacl FROM pg_class WHERE oid = 'shop.customers'::regclass;
