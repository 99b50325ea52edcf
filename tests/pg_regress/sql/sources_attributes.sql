-- Attributes that are computed, or called otherwise than their column: of a table of customers, and of the last order.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE person (id integer PRIMARY KEY, country_code text, born date, orders integer, data jsonb);
CREATE TABLE person_order (person integer, at timestamptz, total numeric, shop text);
INSERT INTO person VALUES (1, 'de', '1990-05-01', 7, '{"plan": "gold"}'), (2, 'at', NULL, 8, '{}'), (3, NULL, '1980-01-01', 9, NULL);
INSERT INTO person_order VALUES (1, '2024-01-05Z', 10, ' Web '), (2, '2024-01-06Z', 20, 'store'), (1, '2024-01-07Z', 5, 'STORE');
CREATE FUNCTION attached(more jsonb) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    PERFORM lifecycle.attach('people', orders => 'person_order', customer => 'person', ordered_at => 'at', amount => 'total',
        customers => CASE WHEN more ? 'customers' THEN NULL ELSE 'person' END, settings => '{"reader": "", "max_shrink": 1}' || (more - 'customers')
        || CASE WHEN more ? 'customers' THEN '{}' ELSE '{"customers_key": "id"}'::jsonb END);
    RETURN 'attached';
EXCEPTION WHEN OTHERS THEN
    DECLARE state text; detail text; hint text;
    BEGIN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
        RETURN concat_ws(' | ', state, SQLERRM, NULLIF(left(detail, 100), ''), NULLIF(hint, ''));
    END;
END $$;
-- what is refused
SELECT attached(a::jsonb) FROM unnest(ARRAY[
    '{"attributes": ["country"], "attribute_expressions": {"state": "upper(country_code)"}}',
    '{"attributes": ["country"]}',
    '{"attributes": [""], "attribute_expressions": {"": "upper(country_code)"}}',
    '{"attributes": ["country"], "attribute_expressions": {"country": " "}}',
    '{"attributes": ["country"], "attribute_expressions": {"country": "upper(nation)"}}',
    '{"attributes": ["country"], "attribute_expressions": {"country": "count(*)"}}',
    '{"attributes": ["country"], "attribute_expressions": {"country": "random()"}}',
    '{"attributes": ["country"], "attribute_expressions": {"country": "upper(country_code); DROP TABLE person"}}',
    '{"attributes": ["orders"]}',
    '{"attributes": ["stage"], "attribute_expressions": {"stage": "country_code"}}',
    '{"attributes": ["country"], "attribute_expressions": ["country_code"]}'
]) AS a;

SELECT attached('{"attributes": ["country", "age", "plan", "old_orders", "id"], "attribute_expressions": {"country": "upper(country_code)",
    "age": "2024 - extract(year FROM born)::integer", "plan": "data ->> ''plan''", "old_orders": "orders"}}');
CALL lifecycle.refresh('people', '2024-02-01Z');
SELECT customer, country, age, plan, old_orders, id FROM people.customers ORDER BY customer;
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'people' AND table_name = 'customers' AND column_name IN ('country', 'age', 'plan', 'old_orders') ORDER BY 1;
-- columns are renamed: the attributes keep their names
ALTER TABLE person RENAME COLUMN country_code TO nation;
ALTER TABLE person RENAME COLUMN orders TO bought;
UPDATE person SET nation = 'fr', bought = 70 WHERE id = 1;
CALL lifecycle.refresh('people', '2024-02-02Z');
SELECT customer, country, age, plan, old_orders FROM people.customers WHERE customer = 1;
SELECT settings -> 'attributes' AS attributes, settings -> 'attribute_expressions' AS expressions FROM lifecycle.store WHERE store = 'people';
SELECT lifecycle.configure('people', '{"horizon": "90 days"}') \g /dev/null
SELECT lifecycle.configure('people', '{"attribute_expressions": {"country": "lower(nation)", "age": "born", "plan": "data ->> ''plan''", "old_orders": "bought"}}') \g /dev/null
CALL lifecycle.refresh('people', '2024-02-03Z');
SELECT customer, country, age, plan, old_orders FROM people.customers ORDER BY customer;
SELECT lifecycle.detach_source('people') \g /dev/null
SELECT lifecycle.reattach_source('people') \g /dev/null
CALL lifecycle.refresh('people', '2024-02-04Z');
SELECT lifecycle.configure('people', '{"attributes": ["plan"], "attribute_expressions": {"plan": "data ->> ''plan''"}}') \g /dev/null
CALL lifecycle.refresh('people', '2024-02-05Z');
SELECT customer, plan FROM people.customers ORDER BY customer;
SELECT lifecycle.detach('people', discard => true) \g /dev/null

-- of the last order
SELECT attached('{"customers": false, "attributes": ["place"], "attribute_expressions": {"place": "lower(btrim(shop))"}}');
CALL lifecycle.refresh('people', '2024-02-01Z');
SELECT customer, place FROM people.customers ORDER BY customer;
UPDATE person_order SET shop = 'Kiosk' WHERE at = '2024-01-07Z';
CALL lifecycle.refresh('people', '2024-02-02Z');
SELECT customer, place FROM people.customers ORDER BY customer;
SELECT customer, source FROM lifecycle.verify('people');
SELECT lifecycle.detach('people', discard => true) \g /dev/null
DROP TABLE person, person_order;
DROP FUNCTION attached;
