//! What a tool and a reader meet in a store's schema: types that every tool knows, a comment on everything, and nothing behind the
//! views.

use pg_lifecycle::domain::store::{Store, views};
use pg_lifecycle::domain::support::sql::Sql;
use postgres::Client;

use crate::harness::{Ask, Database, assert_none, connect_as};
use crate::store_views::run_as_the_store_does;
use crate::stores::VIEWS;

/// What a tool meets: types that it knows, and a comment on everything.
pub fn check_catalog(client: &mut Client, store: &str) {
    let schema = Sql::literal(store);
    let views = format!(
        "SELECT c.oid, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname = {schema} AND c.relkind = 'v' AND c.relname !~ '^(source|grown|key)_'"
    );
    let mut names = client.texts(&format!("SELECT relname::text FROM ({views}) AS v"));
    names.sort();
    let mut expected = VIEWS;
    expected.sort();
    assert_eq!(names, expected);
    assert_none(
        client,
        "a type that not every tool knows",
        &format!(
            "SELECT v.relname, a.attname, a.atttypid::regtype::text AS of_type FROM ({views}) AS v JOIN pg_attribute AS a ON a.attrelid = v.oid
             WHERE a.attnum > 0 AND a.atttypid NOT IN ('text'::regtype, 'varchar'::regtype, 'char'::regtype, 'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype,
                'numeric'::regtype, 'real'::regtype, 'double precision'::regtype, 'boolean'::regtype, 'date'::regtype, 'uuid'::regtype, 'timestamptz'::regtype)"
        ),
    );
    assert_none(
        client,
        "without a comment",
        &format!(
            "SELECT v.relname, a.attname FROM ({views}) AS v JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0
             WHERE col_description(v.oid, a.attnum) IS NULL OR obj_description(v.oid, 'pg_class') IS NULL
             UNION ALL SELECT p.proname, '' FROM pg_proc AS p WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = {schema})
                AND obj_description(p.oid, 'pg_proc') IS NULL"
        ),
    );
    assert_none(
        client,
        "a date that comes before as_of, which a tool takes for its time filter",
        &format!(
            "SELECT v.relname, a.attname FROM ({views}) AS v JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0
                AND a.atttypid IN ('date'::regtype, 'timestamptz'::regtype)
                JOIN pg_attribute AS o ON o.attrelid = v.oid AND o.attname = 'as_of' AND a.attnum < o.attnum
             WHERE v.relname NOT IN ('kpis', 'kpis_by_month', 'stage_days', 'sales', 'models')"
        ),
    );
    assert_none(
        client,
        "a function that is not pinned, or that is everybody's",
        &format!(
            "SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = {schema})
                AND (NOT p.prosecdef OR p.proconfig[1] <> 'search_path=pg_catalog, pg_temp'
                    OR has_function_privilege('public', p.oid, 'EXECUTE'))"
        ),
    );
}

/// A reader sees the views and nothing behind them.
pub fn check_reader(database: &mut Database, store: &Store, reader: &str) {
    database.run(&format!(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{reader}') THEN DROP OWNED BY {reader};
            ELSE CREATE ROLE {reader} LOGIN; END IF; END $$"
    ));
    let mut client = connect_as(database.name(), reader);
    assert_eq!(client.refused(&format!("TABLE {}", store.own("customers"))).code().code(), "42501");
    run_as_the_store_does(database, &views::grant(store, reader));
    // Without a journey, an objection, a consent, a correction or a row that is left out there is nothing to see of any.
    let may_be_empty = |view: &str| {
        view.starts_with("journey")
            || ["suppressions", "consents", "codes", "code_pools", "corrections", "left_out"].contains(&view)
    };
    for view in VIEWS.into_iter().filter(|view| !may_be_empty(view)) {
        let name = store.own(view);
        let rows: i64 = client.get(&format!("SELECT count(*) FROM (SELECT * FROM {name}) AS v"));
        assert!(rows > 0, "{view}");
        for statement in [format!("DELETE FROM {name}"), format!("UPDATE {name} SET customer = customer")] {
            if view == "customers" {
                assert_eq!(client.refused(&statement).code().code(), "42501");
            }
        }
    }
    // Attributes are not for readers, unless the owner says so.
    for view in ["customers", "at_risk", "next_purchases", "top_customers", "top_customers_of_year"] {
        let known =
            format!("SELECT count(*) FROM {} WHERE \"pl\"\"an\" IS NOT NULL OR tags IS NOT NULL", store.own(view));
        assert_eq!(client.get::<i64>(&known), 0, "{view}");
        assert!(database.get::<i64>(&known) > 0, "{view}");
    }
    client.run(&format!("SELECT * FROM {}(now())", store.own("stages_at")));
    for table in ["history", "fit", "profile", "movement", "kpi"] {
        assert_eq!(client.refused(&format!("TABLE {}", store.data(table))).code().code(), "42501", "{table}");
    }
    let mut open = store.clone();
    open.settings.reader_attributes = true;
    run_as_the_store_does(database, &views::drop(store));
    run_as_the_store_does(database, &[views::create(&open), views::grant(&open, reader)].concat());
    assert!(
        client.get::<i64>(&format!("SELECT count(*) FROM {} WHERE \"pl\"\"an\" IS NOT NULL", store.own("at_risk"))) > 0
    );
    drop(client);
    database.run(&format!("DROP OWNED BY {reader}; DROP ROLE {reader}"));
}

#[test]
fn of_an_attached_store_are_as_every_tool_knows_them() {
    let mut database = Database::new("store_catalog");
    database.run(
        "SET client_min_messages = warning;
         CREATE TYPE tier AS ENUM ('silver', 'gold');
         CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
         CREATE TABLE orders AS SELECT n % 20 AS customer, '2024-01-01Z'::timestamptz + n * interval '1 day' AS at, n AS amount,
            CASE WHEN n % 3 = 0 THEN 'web' END AS channel FROM generate_series(1, 200) AS n;
         CREATE TABLE events AS SELECT customer, at - interval '1 hour' AS at, 'open' AS kind, 'email' AS channel FROM orders;
         CREATE TABLE people (customer integer PRIMARY KEY, consented date, tier tier, tags text[], more jsonb, address email,
            born date, born_at time, size smallint, weight real, share float8, code varchar(9), letter char(3), ip inet,
            took interval, who uuid, note json);
         INSERT INTO people SELECT n, '2023-12-01', 'gold', '{a,b}', '{\"a\": 1}', 'a@b', '1990-01-01', '12:00', 1, 1.5, 2.5, 'x',
            'y', '127.0.0.1', '1 day', md5(n::text)::uuid, '{}' FROM generate_series(0, 24) AS n;
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            channel => 'channel', customers => 'people', consented_at => 'consented', attributes => ARRAY['tier', 'tags', 'more',
            'address', 'born', 'born_at', 'size', 'weight', 'share', 'code', 'letter', 'ip', 'took', 'who', 'note'],
            events => 'events', happened_at => 'at', kind => 'kind', event_channel => 'channel', time_zone => 'Asia/Tokyo',
            currency => 'JPY', settings => '{\"reader\": \"\"}')",
    );
    check_catalog(&mut database, "shop");
    database.run("CALL lifecycle.refresh('shop', as_of => '2024-08-01Z')");
    database.run("INSERT INTO orders VALUES (24, '2024-08-01 12:00Z', 5, 'web')");
    // A journey with one letter, which is sent and followed by an order.
    database.run(
        "SELECT lifecycle.create_journey('shop', 'hello', '{\"entry\": {\"event\": \"hello\"}, \"steps\": [
            {\"name\": \"letter\", \"act\": {\"channel\": \"email\", \"template\": \"hello\", \"payload\": {\"voucher\": {\"code\": \"hello\"}}}}, {\"name\": \"end\", \"exit\": \"sent\"}]}', true);
         SELECT lifecycle.add_codes('shop', 'hello', '{HELLO-1,HELLO-2}');
         UPDATE shop_data.journey SET started_at = '2024-08-01Z';
         SELECT lifecycle.record_event('shop', 'hello', 'h', customer => '3', at => '2024-08-01 13:00Z')",
    );
    database.run("CALL lifecycle.run_journeys('shop', '2024-08-01 14:00Z')");
    database.run(
        "SELECT lifecycle.complete_action(store, action),
            lifecycle.record_event(store, 'delivered', 'd', action => action, at => '2024-08-01 14:01Z') FROM lifecycle.claim_actions('email');
         SELECT lifecycle.record_consent('shop', '3', at => '2024-08-01Z'), lifecycle.suppress('shop', '6'),
            lifecycle.create_audience('shop', 'everybody', '{\"profile\": \"orders\", \"at_least\": 0}');
         DELETE FROM orders WHERE customer = 5;
         INSERT INTO orders VALUES (3, '2024-08-02 12:00Z', 5, 'web'), (NULL, '2024-08-02 12:00Z', 5, 'web')",
    );
    database.run("CALL lifecycle.refresh('shop', as_of => '2024-09-01Z', rebuild => true)");
    // The view of an audience is none of every store.
    database.run("DROP VIEW shop.everybody");
    check_catalog(&mut database, "shop");
    for view in VIEWS {
        let rows: i64 = database.get(&format!("SELECT count(*) FROM shop.{view}"));
        assert!(rows > 0, "{view}");
    }
    assert_none(
        &mut database,
        "attributes as they are in the table",
        "SELECT c.customer, c.tier, c.tags, c.more, c.address, c.note FROM shop.customers AS c JOIN people AS p USING (customer)
         WHERE (c.tier, c.tags, c.more, c.address, c.note, c.took, c.who::text, c.ip)
            IS DISTINCT FROM (p.tier::text, p.tags::text, p.more::text, p.address::text, p.note::text, p.took::text, p.who::text,
                p.ip::text)
            OR (c.born, c.size, c.weight::real, c.share, c.code) IS DISTINCT FROM (p.born, p.size, p.weight, p.share, p.code)",
    );
    database.run("SELECT lifecycle.drop_audience('shop', 'everybody')");
    // Settings that make the views anew leave nothing without a comment.
    database.run("SELECT lifecycle.configure('shop', '{\"horizon\": \"90 days\", \"currency\": \"EUR\", \"attributes\": [\"tier\"]}')");
    check_catalog(&mut database, "shop");
    // Its tables bear comments too, which tell whoever finds them what they are.
    assert_none(
        &mut database,
        "a table without a comment",
        "SELECT relname FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'
            AND obj_description(oid, 'pg_class') IS NULL",
    );
}
