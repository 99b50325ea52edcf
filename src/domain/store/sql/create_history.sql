CREATE TABLE {data.history} (customer {key} PRIMARY KEY, purchases {ext.purchase_history}, engagement {ext.engagement_history},
    orders bigint NOT NULL DEFAULT 0, order_checksum numeric, events bigint NOT NULL DEFAULT 0, event_checksum numeric,
    earliest_since timestamptz, first_event_at timestamptz, past_changed boolean NOT NULL DEFAULT false, {channels})
