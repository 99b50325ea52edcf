CREATE EXTENSION IF NOT EXISTS pg_lifecycle;
CREATE TABLE orders (id bigserial, customer integer, at timestamptz, amount numeric(10, 2), state text DEFAULT 'paid', changed timestamptz)
    PARTITION BY RANGE (at);
CREATE TABLE orders_early PARTITION OF orders FOR VALUES FROM ('2020-01-01Z') TO ('2024-01-01Z');
CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES FROM ('2024-01-01Z') TO ('2025-01-01Z');
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
CREATE INDEX ON orders (customer);
CREATE INDEX ON orders (changed);
CREATE FUNCTION set_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed := clock_timestamp();
    RETURN NEW;
END
$$;
CREATE TRIGGER set_changed BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION set_changed();
INSERT INTO orders (customer, at, amount)
    SELECT i % 500, '2023-01-01Z'::timestamptz + i * interval '1 hour', i % 90 FROM generate_series(1, 10000) AS i;
CREATE TABLE events (customer integer, at timestamptz, kind text);
CREATE INDEX ON events (customer);
INSERT INTO events
    SELECT i % 600, '2023-01-01Z'::timestamptz + i * interval '3 hours', (ARRAY['open', 'click', 'visit'])[1 + i % 3]
    FROM generate_series(1, 3000) AS i;
SELECT lifecycle.attach('by_triggers', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
    status => $$state = 'paid'$$, changes => 'triggers', events => 'events', event_customer => 'customer', happened_at => 'at',
    kind => 'kind', settings => '{"reader": ""}');
SELECT lifecycle.attach('by_column', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
    status => $$state = 'paid'$$, changes => 'column', changed_at => 'changed', settings => '{"reader": "", "reconcile": "0"}');
SELECT lifecycle.attach('by_comparison', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
    status => $$state = 'paid'$$, changes => 'compare', settings => '{"reader": ""}');
