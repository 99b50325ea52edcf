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
CREATE ROLE keeper LOGIN;
GRANT CREATE ON SCHEMA public TO keeper;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO keeper', current_database()); END $$;
ALTER TABLE orders OWNER TO keeper;
ALTER TABLE orders_early OWNER TO keeper;
ALTER TABLE orders_2024 OWNER TO keeper;
ALTER TABLE orders_rest OWNER TO keeper;
ALTER TABLE events OWNER TO keeper;
-- Undoes what tests/storm/owner.rs does.
CREATE PROCEDURE undo() LANGUAGE plpgsql AS $$
BEGIN
    IF to_regnamespace('away') IS NOT NULL THEN
        ALTER SCHEMA away RENAME TO by_triggers;
    END IF;
    IF to_regnamespace('away_data') IS NOT NULL THEN
        ALTER SCHEMA away_data RENAME TO by_triggers_data;
    END IF;
    IF to_regclass('by_triggers_data.away') IS NOT NULL AND to_regclass('by_triggers_data.order_change') IS NULL THEN
        ALTER TABLE by_triggers_data.away RENAME TO order_change;
    END IF;
    IF to_regclass('by_triggers_data.order_change') IS NULL THEN
        CREATE TABLE by_triggers_data.order_change (customer int);
        ALTER TABLE by_triggers_data.order_change OWNER TO keeper;
    END IF;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'by_triggers_data.order_change'::regclass AND attname = 'buyer') THEN
        ALTER TABLE by_triggers_data.order_change RENAME buyer TO customer;
    END IF;
    DROP INDEX IF EXISTS by_triggers_data.added;
    ALTER TABLE by_triggers_data.order_change DROP CONSTRAINT IF EXISTS added, DROP COLUMN IF EXISTS added;
    IF EXISTS (SELECT FROM pg_class WHERE oid = 'by_triggers_data.order_change'::regclass AND relpersistence = 'u') THEN
        ALTER TABLE by_triggers_data.order_change SET LOGGED;
    END IF;
    GRANT SELECT ON orders, orders_early, orders_2024, orders_rest TO keeper;
END
$$;
SET ROLE keeper;
SELECT lifecycle.attach('by_triggers', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
    status => $$state = 'paid'$$, changes => 'triggers', events => 'events', event_customer => 'customer', happened_at => 'at',
    kind => 'kind', settings => '{"reader": ""}');
SELECT lifecycle.attach('by_column', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
    status => $$state = 'paid'$$, changes => 'column', changed_at => 'changed', settings => '{"reader": "", "reconcile": "0"}');
SELECT lifecycle.attach('by_comparison', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
    status => $$state = 'paid'$$, changes => 'compare', settings => '{"reader": ""}');
RESET ROLE;
