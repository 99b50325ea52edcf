-- customers' keys of each type, of several columns and of expressions; and keys that are nobody
\i modes.sql
CREATE SCHEMA sources_keys;
SET search_path = sources_keys, public;
CREATE EXTENSION citext WITH SCHEMA sources_keys;
CREATE SEQUENCE tick;
CREATE FUNCTION ticked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := nextval('sources_keys.tick'); RETURN NEW; END $$;
CREATE DOMAIN account AS numeric(10, 0);
CREATE DOMAIN big_account AS account CHECK (VALUE > 0);
CREATE DOMAIN mail AS citext;
CREATE TABLE o (small smallint, num numeric(12, 0), acc big_account, code char(8), mail citext, mail2 mail, v varchar(40), id uuid, tenant int, part text,
    wide numeric(18, 0), at timestamptz, amount numeric, changed_at bigint DEFAULT nextval('tick'));
CREATE TRIGGER ticked BEFORE UPDATE ON o FOR EACH ROW EXECUTE FUNCTION ticked();
CREATE FUNCTION pg_temp.row(n int, spelled text, tenant int, part text, at timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO sources_keys.o VALUES (n, n, n, 'c' || n, spelled, spelled, spelled, md5(n::text)::uuid, tenant, part,
        999999999999999990 + n, at, 10) $$;
SELECT pg_temp.row(1, 'Ann@x', 1, 'a/b', '2025-01-01'), pg_temp.row(1, 'ANN@X', 1, 'a/b', '2025-01-02'),
    pg_temp.row(2, 'Bo', 1, E'a\\/b', '2025-01-03'), pg_temp.row(3, 'Cy', 1, E'a\\', '2025-01-04'), pg_temp.row(4, '', 1, NULL, '2025-01-05'),
    pg_temp.row(5, ' ', 11, '', '2025-01-06'), pg_temp.row(6, 'Dee', NULL, 'x', '2025-01-07');
INSERT INTO kept SELECT prefix, jsonb_build_object('customer', k) FROM (VALUES ('small', 'sk_small'), ('num', 'sk_num'), ('acc', 'sk_acc'), ('code', 'sk_code'),
    ('mail', 'sk_mail'), ('mail2', 'sk_mail2'), ('v', 'sk_v'), ('id', 'sk_id'), ('wide', 'sk_wide'), ('{tenant, part}', 'sk_two'),
    ('{part, tenant, small}', 'sk_three'), ('lower(v)', 'sk_lower'), ('COALESCE(tenant, -1)', 'sk_coalesce'), ('(wide::bigint)', 'sk_cast'),
    ('small::int * 2', 'sk_twice'), ('id::text', 'sk_text'), ('NULLIF(btrim(v), '''')', 'sk_null'), ('mail::citext', 'sk_citext')) AS k (k, prefix);
CALL pg_temp.attach_kept('{"orders": "o", "ordered_at": "at", "amount": "amount"}');
SELECT settings ->> 'customer' AS customer, key_type FROM lifecycle.store WHERE store LIKE 'sk\_%\_triggers' ORDER BY store;
CALL pg_temp.refresh_kept('2025-02-01');
SELECT said ->> 'customer' AS key, customer, orders, spend FROM found JOIN kept USING (prefix) ORDER BY prefix COLLATE "C", customer COLLATE "C";
-- what a change notes is the customer, and not everybody
SELECT pg_temp.row(1, 'aNN@x', 1, 'a/b', '2025-01-20'), pg_temp.row(7, 'New', 2, 'n', '2025-01-20');
UPDATE o SET part = 'z', v = 'zed' WHERE small = 3;
CREATE TABLE noted (key text, customers text[]);
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT * FROM kept LOOP
        EXECUTE format('INSERT INTO sources_keys.noted SELECT %L, array_agg(customer::text ORDER BY customer::text COLLATE "C") FROM %I.order_change', one.said ->> 'customer', one.prefix || '_triggers_data');
    END LOOP;
END $$;
SELECT * FROM noted ORDER BY key COLLATE "C";
CALL pg_temp.refresh_kept('2025-02-02');
SELECT said ->> 'customer' AS key, count(*), sum(orders) AS orders, sum(spend) AS spend FROM found JOIN kept USING (prefix) GROUP BY prefix, said ORDER BY prefix COLLATE "C";
DELETE FROM o WHERE small IN (1, 5);
CALL pg_temp.refresh_kept('2025-02-03');
SELECT said ->> 'customer' AS key, count(*), sum(orders) AS orders, sum(spend) AS spend FROM found JOIN kept USING (prefix) GROUP BY prefix, said ORDER BY prefix COLLATE "C";
-- keys with slashes and backslashes in their parts never meet
SELECT customer, orders FROM sk_two_triggers.customers ORDER BY customer COLLATE "C";
-- columns that are renamed are followed within expressions too
ALTER TABLE o RENAME COLUMN v TO vee;
ALTER TABLE o RENAME COLUMN part TO "the part";
INSERT INTO o (small, vee, tenant, "the part", at, amount) VALUES (8, 'Hal', 3, 'h', '2025-01-21', 1);
SELECT r.customer, r.orders FROM pg_temp.refreshed('sk_lower', '2025-02-04') AS r ORDER BY r.customer COLLATE "C";
SELECT r.customer, r.orders FROM pg_temp.refreshed('sk_two', '2025-02-04') AS r ORDER BY r.customer COLLATE "C";
SELECT store, settings ->> 'customer' AS customer FROM lifecycle.store WHERE store LIKE 'sk\_lower%' OR store LIKE 'sk\_two%' ORDER BY store;
CALL pg_temp.detach_kept();

-- nobody, in each type of key
CREATE TABLE g (b bigint, i int, s smallint, n numeric(9, 0), t text, c char(4), e citext, u uuid, at timestamptz DEFAULT '2025-01-01', amount numeric DEFAULT 5,
    changed_at bigint DEFAULT nextval('tick'));
CREATE TRIGGER ticked BEFORE UPDATE ON g FOR EACH ROW EXECUTE FUNCTION ticked();
INSERT INTO g VALUES (0, 0, 0, 0, '', '', 'Guest', '00000000-0000-0000-0000-000000000000'), (-1, -1, -1, -1, 'guest', '-', 'guest', md5('x')::uuid),
    (5, 5, 5, 5, 'Guest', 'ab', 'Ann', md5('y')::uuid), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO kept SELECT prefix, jsonb_build_object('customer', k, 'guest', guest::jsonb) FROM (VALUES ('sg_b', 'b', '[0, -1]'), ('sg_i', 'i', '0'), ('sg_s', 's', '["0", -1]'),
    ('sg_n', 'n', '[0]'), ('sg_t', 't', '["", "guest"]'), ('sg_c', 'c', '""'), ('sg_e', 'e', '"Guest"'), ('sg_u', 'u', '"00000000-0000-0000-0000-000000000000"'),
    ('sg_lower', 'lower(t)', '["guest", ""]'), ('sg_two', '{b, t}', '["0/", "-1/guest"]'), ('sg_none', 'b', '[]')) AS v (prefix, k, guest);
CALL pg_temp.attach_kept('{"orders": "g", "ordered_at": "at", "amount": "amount"}');
CALL pg_temp.refresh_kept('2025-02-01');
SELECT said ->> 'customer' AS key, said ->> 'guest' AS guest, customer, orders, spend FROM found JOIN kept USING (prefix) ORDER BY prefix COLLATE "C", customer COLLATE "C";
SELECT said ->> 'customer' AS key, said ->> 'guest' AS guest, reason, rows, amount FROM pg_temp.left_out() JOIN kept USING (prefix) ORDER BY prefix COLLATE "C", reason;
-- a customer becomes a guest, and a guest a customer
UPDATE g SET b = 0, i = 0, s = 0, n = 0, t = '', c = '', e = 'GUEST', u = '00000000-0000-0000-0000-000000000000' WHERE b = 5;
UPDATE g SET b = 6, i = 6, s = 6, n = 6, t = 'six', c = 'six', e = 'six', u = md5('six')::uuid WHERE b = -1;
CALL pg_temp.refresh_kept('2025-02-02');
SELECT said ->> 'customer' AS key, said ->> 'guest' AS guest, customer, orders, spend FROM found JOIN kept USING (prefix) ORDER BY prefix COLLATE "C", customer COLLATE "C";
-- a customer is a guest from now on, and then a customer again
DELETE FROM kept WHERE prefix <> 'sg_two';
CALL pg_temp.configure_kept('{"guest": ["6/six"]}');
SELECT customer, orders FROM pg_temp.refreshed('sg_two', '2025-02-03') ORDER BY customer COLLATE "C";
CALL pg_temp.configure_kept('{"guest": null}');
SELECT customer, orders FROM pg_temp.refreshed('sg_two', '2025-02-03') ORDER BY customer COLLATE "C";
INSERT INTO kept VALUES ('sg');
CALL pg_temp.detach_kept();
DROP SCHEMA sources_keys CASCADE;
