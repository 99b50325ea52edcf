//! Layouts: a store of an older layout is upgraded as a whole or stays what it is, with all that was granted on it; what does not work
//! on every layout refuses any other than the library's.
//!
//! A store of layout 1 is made from one of today: tables, columns of tables and of a view, views and a function are taken away.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use postgres::Client;

use crate::harness::{Ask, Database, connect, connect_as};
use crate::stores::{
    differences, everything, refuses, said, same_fits, same_histories, same_profiles, verified, without_layout_3,
};

const TABLES: &str = "
    SET client_min_messages = warning; SET TimeZone = 'UTC';
    CREATE TABLE orders AS SELECT n AS id, (n % 30)::bigint AS customer, '2023-01-01'::timestamptz + n * interval '19 hours' AS at,
        (5 + n * 7 % 90)::numeric AS amount, CASE WHEN n % 5 = 0 THEN 'test' ELSE 'paid' END AS status,
        (ARRAY['web', 'shop', 'phone'])[1 + n % 3] AS channel FROM generate_series(1, 400) AS n;
    CREATE TABLE people AS SELECT n::bigint AS customer, 'country ' || n % 3 AS country, n % 4 AS tier FROM generate_series(0, 40) AS n;
    CREATE TABLE events AS SELECT (n % 35)::bigint AS customer, '2023-01-01'::timestamptz + n * interval '20 hours' AS at,
        (ARRAY['sent', 'open', 'click'])[1 + n % 3] AS kind FROM generate_series(1, 300) AS n";

/// All that lies in the schemas of a store: relations with their columns, definitions, comments and rights. Comments and definitions
/// name the schema `S`, so that stores can be compared; columns of tables come in any order.
fn schema(client: &mut Client, store: &str) -> Vec<String> {
    let found = client.texts(&format!(
        "SELECT format('%s %s %s %s %s', c.relkind, c.relname, pg_get_userbyid(c.relowner), c.reloptions,
                (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(COALESCE(c.relacl, acldefault('r', c.relowner))) AS a))
            FROM pg_class AS c WHERE c.relnamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace) AND c.relkind IN ('r', 'v', 'S')
         UNION ALL SELECT format('comment on %s: %s', c.relname, obj_description(c.oid, 'pg_class')) FROM pg_class AS c
            WHERE c.relnamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace) AND c.relkind IN ('r', 'v')
         UNION ALL SELECT format('column %s %s %s: %s %s %s %s', c.relname, CASE c.relkind WHEN 'v' THEN a.attnum END, a.attname,
                format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl, col_description(c.oid, a.attnum))
            FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace) AND c.relkind IN ('r', 'v')
         UNION ALL SELECT format('default of %s %s: %s', c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid))
            FROM pg_attrdef AS d JOIN pg_class AS c ON c.oid = d.adrelid JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.adnum
            WHERE c.relnamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace)
         UNION ALL SELECT format('view %s %s', c.relname, pg_get_viewdef(c.oid)) FROM pg_class AS c
            WHERE c.relnamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace) AND c.relkind = 'v'
         UNION ALL SELECT format('function %s %s %s %s', pg_get_functiondef(p.oid), pg_get_userbyid(p.proowner),
                (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(p.proacl) AS a), obj_description(p.oid, 'pg_proc'))
            FROM pg_proc AS p WHERE p.pronamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace)
         UNION ALL SELECT format('index %s', pg_get_indexdef(i.indexrelid)) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
            WHERE c.relnamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace)
         UNION ALL SELECT format('constraint %s on %s: %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid))
            FROM pg_constraint AS k WHERE k.connamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace) AND k.conrelid <> 0 AND k.contype <> 'n'
         UNION ALL SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
            WHERE c.relnamespace IN ('{store}'::regnamespace, '{store}_data'::regnamespace) AND NOT t.tgisinternal
         UNION ALL SELECT format('schema %s', nspacl) FROM pg_namespace WHERE nspname IN ('{store}', '{store}_data') ORDER BY 1"
    ));
    // A view that reads all columns of a table names them in the table's order.
    let in_any_order = |line: String| match line.strip_prefix("view ") {
        Some(view) => {
            let mut parts: Vec<&str> = view.lines().map(|part| part.trim().trim_end_matches(',')).collect();
            parts.sort_unstable();
            format!("view {}", parts.join(" "))
        }
        None => line,
    };
    let mut found: Vec<String> = found.iter().map(|line| in_any_order(line.replace(store, "S"))).collect();
    found.sort();
    found
}

/// The rows of the tables that an upgrade keeps.
fn rows(client: &mut Client, store: &str) -> Vec<String> {
    let tables =
        ["history", "movement", "kpi", "fit", "watermark", "enrollment", "action", "decision", "event", "journey_step"];
    let mut rows = Vec::new();
    for table in tables {
        // But for the columns that later layouts have brought or taken, and are NULL.
        let others = match table {
            "history" => "{earliest_since, first_event_at, past_changed}",
            "movement" => "{refitted, kind, registered_at, stage_refitted, segment_refitted}",
            "action" => "{expires_at, handed_over_at, transactional, incarnation, processed, is_anonymous}",
            _ => "{}",
        };
        rows.extend(client.texts(&format!(
            "SELECT '{table} ' || (jsonb_strip_nulls(to_jsonb(t)) - '{others}'::text[])::text FROM {store}_data.{table} AS t ORDER BY 1"
        )));
    }
    rows.extend(client.texts(&format!(
        "SELECT 'profile ' || (to_jsonb(p) - '{{spend_last_year,lifecycle_version}}'::text[])::text FROM {store}_data.profile AS p ORDER BY 1"
    )));
    rows
}

fn settings() -> &'static str {
    r#"{"orders": "public.orders", "customer": "customer", "ordered_at": "at", "amount": "amount", "status": "status <> 'test'",
        "channel": "channel", "customers": "public.people", "customers_key": "customer", "attributes": ["country", "tier"],
        "events": "public.events", "event_customer": "customer", "happened_at": "at", "kind": "kind", "time_zone": "UTC", "changes": "triggers",
        "reader": ""}"#
}

const JOURNEY: &str = r#"{"entry": {"event": "registered"}, "steps": [
    {"name": "one", "act": {"channel": "email", "template": "first"}}, {"name": "wait", "wait": {"for": "3 days"}},
    {"name": "two", "act": {"channel": "email", "template": "second"}}, {"name": "end", "exit": "through"}]}"#;

/// A store with a history of two refreshes, and a journey in which two customers are: one has had the first message, the other waits
/// for it to be sent.
fn attach(client: &mut Client, store: &str) {
    client.run(&format!("SELECT lifecycle.attach('{store}', $s${}$s$)", settings()));
    for day in [1, 2] {
        client.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2023-12-0{day}Z')"));
    }
    client.run(&format!(
        "SELECT lifecycle.create_journey('{store}', 'welcome', $j${JOURNEY}$j$, start => true);
         UPDATE {store}_data.journey SET started_at = '2023-12-01';
         SELECT lifecycle.record_event('{store}', 'registered', 'r1', customer => '1', at => '2023-12-01 10:00Z');
         SELECT lifecycle.record_event('{store}', 'registered', 'r2', customer => '2', at => '2023-12-01 10:00Z')"
    ));
    client.run(&format!("CALL lifecycle.run_journeys('{store}', '2023-12-02 12:00Z')"));
    client.run(&format!(
        "SELECT lifecycle.claim_actions('email', 1, store => '{store}'); SELECT lifecycle.complete_action('{store}', 1)"
    ));
}

/// Makes a store into one of layout 1. The caller is a superuser; the owner keeps what is made.
fn age(client: &mut Client, store: &str) {
    client.run(&format!(
        "BEGIN; SET LOCAL client_min_messages = warning;
         SELECT set_config('role', (SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = '{store}'), true);
         ALTER TABLE {store}_data.profile DROP COLUMN spend_last_year CASCADE;
         DROP TABLE {store}_data.journey_intake;
         ALTER TABLE {store}_data.journey DROP COLUMN held_since CASCADE, DROP COLUMN held_reason CASCADE, DROP COLUMN held_event,
            DROP COLUMN released_up_to, DROP COLUMN released_from, DROP COLUMN recipients;
         -- Customers went on when a message was decided.
         UPDATE {store}_data.enrollment SET step = 2, round = 2, due_at = '2023-12-05 12:00Z' WHERE due_at = 'infinity';
         ALTER TABLE {store}_data.action DROP expires_at CASCADE, DROP handed_over_at CASCADE, DROP reason CASCADE, DROP topic CASCADE,
            DROP transactional CASCADE, DROP incarnation, DROP processed;
         UPDATE {store}_data.action SET payload = '{{}}';
         ALTER TABLE {store}_data.action ALTER payload SET NOT NULL;
         CREATE INDEX action_channel_priority_claimable_at_idx
            ON {store}_data.action (channel, priority DESC, claimable_at) WHERE claimable_at IS NOT NULL;
         DROP INDEX {store}_data.action_channel_priority_claimable_at_id_idx;
         ALTER TABLE {store}_data.enrollment DROP action CASCADE;
         ALTER TABLE {store}_data.journey_state DROP ran_at, DROP ran_as_of, DROP incarnation, DROP home;
         {};
         DROP VIEW {store}.kpis CASCADE;
         DROP FUNCTION {store}.transition_matrix;
         UPDATE {store}_data.store_settings SET layout = 1, made = ARRAY(SELECT m FROM unnest(made) AS m
            WHERE m NOT IN ('top_customers_of_year', 'corrections', 'consents', 'known_customer', 'borders', 'hold', 'consent', 'forgotten',
                'forgotten_key', 'alias', 'anonymous', 'forgotten_credit', 'code', 'codes', 'code_pools', 'audience',
                'audience_member', 'audience_log', 'forgotten_member', 'profile_change', 'feed', 'audiences', 'audience_days', 'audience_changes'));
         CREATE VIEW {store}.customers AS SELECT customer, stage, segment FROM {store}_data.profile;
         COMMENT ON VIEW {store}.customers IS 'each customer, as it was';
         RESET ROLE; UPDATE lifecycle.store SET layout = 1 WHERE store = '{store}'; COMMIT",
        without_layout_3(store)
    ));
}

/// The store says what one says that is attached now, with the same settings, and its schema is the same.
#[track_caller]
fn equals_a_fresh_one(database: &mut Database, store: &str) {
    database.run(&format!("SELECT lifecycle.attach('second_one', $s${}$s$)", settings()));
    for name in [store, "second_one"] {
        database.run(&format!("CALL lifecycle.refresh('{name}', as_of => '2024-01-01Z', refit => true)"));
    }
    verified(database, store).unwrap();
    same_histories(database, store, "second_one").unwrap();
    same_fits(database, store, "second_one").unwrap();
    same_profiles(database, store, "second_one").unwrap();
    let changed = differences(&schema(database, "second_one"), &schema(database, store));
    assert!(changed.is_empty(), "{changed:#?}");
    database.run("SELECT lifecycle.detach('second_one')");
}

#[test]
fn a_store_of_an_older_layout_becomes_one_of_today_with_all_that_it_holds() {
    for (name, upgrade, is_refreshed) in [
        ("called", "SELECT lifecycle.upgrade_store('shop')", false),
        ("refreshed", "CALL lifecycle.refresh('shop', as_of => '2023-12-03Z')", true),
        ("configured", "SELECT lifecycle.configure('shop', '{\"currency\": null}')", false),
    ] {
        let mut database = Database::new(&format!("store_layout_{name}"));
        database.run(TABLES);
        attach(&mut database, "shop");
        age(&mut database, "shop");
        let before = rows(&mut database, "shop");
        let log: i64 = database.get("SELECT count(*) FROM lifecycle.refresh_log");
        assert_eq!(database.get::<i32>("SELECT layout FROM lifecycle.stores"), 1);
        // What is noted meanwhile is not lost.
        database.run("INSERT INTO orders VALUES (1000, 7, '2023-11-30Z', 77, 'paid', 'web')");
        database.run(upgrade);
        assert!(database.get::<i32>("SELECT layout FROM lifecycle.stores") > 1, "{name}");
        assert_eq!(database.get::<i64>("SELECT count(*) FROM lifecycle.refresh_log"), log + i64::from(is_refreshed));
        if !is_refreshed {
            let lost = differences(&before, &rows(&mut database, "shop"));
            assert!(lost.is_empty(), "{name}: {lost:#?}");
            assert!(!database.get::<bool>("SELECT lifecycle.upgrade_store('shop')"), "there is nothing left to do");
            // The next refresh reads the first events of all customers, and does not fit again.
            assert!(database.get::<bool>("SELECT rebuild_due AND NOT refit_due FROM lifecycle.store"), "{name}");
        }
        equals_a_fresh_one(&mut database, "shop");
        // The journey goes on where it was.
        database.run("CALL lifecycle.run_journeys('shop', '2023-12-06 12:00Z')");
        let sent = database.texts(
            "SELECT format('%s %s %s', a.customer, s.name, a.status) FROM shop_data.action AS a JOIN shop_data.journey_step AS s
                USING (journey, version, step) ORDER BY 1",
        );
        assert_eq!(sent, ["1 one done", "1 two pending", "2 one pending", "2 two pending"], "{name}");
        database.run("SELECT lifecycle.detach('shop')");
        assert_eq!(database.get::<i64>("SELECT count(*) FROM pg_namespace WHERE nspname = 'shop'"), 0);
    }
}

#[test]
fn payloads_of_older_versions_say_what_they_said() {
    let mut database = Database::new("store_layout_payloads");
    database.run(TABLES);
    attach(&mut database, "shop");
    // As 0.2.1 took them: it knew {"profile": COLUMN} alone.
    let payload = r#"{"track": {"event": "winback_sent"}, "coupon": {"code": "SUMMER24"}, "country": {"profile": "country"},
        "list": [1, {"order": 7}, [{"deep": {"profile": "x", "default": {"event": "y"}}}]], "both": {"code": "A", "other": {"event": "z"}},
        "two": {"code": "A", "event": "b"}, "text": "code", "": {"code": null}}"#;
    let expected = r#"{"track": {"as_is": {"event": "winback_sent"}}, "coupon": {"as_is": {"code": "SUMMER24"}}, "country": {"profile": "country"},
        "list": [1, {"as_is": {"order": 7}}, [{"deep": {"as_is": {"profile": "x", "default": {"event": "y"}}}}]],
        "both": {"code": "A", "other": {"as_is": {"event": "z"}}}, "two": {"code": "A", "event": "b"}, "text": "code",
        "": {"as_is": {"code": null}}}"#;
    database.run(&format!(
        "SET client_min_messages = warning; ALTER TABLE shop_data.journey_step DISABLE TRIGGER USER;
         UPDATE shop_data.journey_step SET definition = jsonb_set(definition, '{{act,payload}}', $p${payload}$p$) WHERE name = 'one';
         UPDATE shop_data.journey_step SET definition = jsonb_set(definition, '{{act,payload}}', '{{\"code\": \"SUMMER24\"}}') WHERE name = 'two';
         ALTER TABLE shop_data.journey_step ENABLE TRIGGER USER"
    ));
    let payload = |database: &mut Database, name: &str| {
        database.get::<String>(&format!(
            "SELECT definition #>> '{{act,payload}}' FROM shop_data.journey_step WHERE name = '{name}'"
        ))
    };
    // What was wrapped once is not wrapped again.
    for _ in 0..2 {
        age(&mut database, "shop");
        assert!(database.get::<bool>("SELECT lifecycle.upgrade_store('shop')"));
        let first = payload(&mut database, "one");
        assert!(database.get::<bool>(&format!("SELECT $a${first}$a$::jsonb = $b${expected}$b$")), "{first}");
        assert_eq!(payload(&mut database, "two"), r#"{"as_is": {"code": "SUMMER24"}}"#);
    }
    // The versions are guarded as before, and say what they said.
    assert!(database.batch_execute("UPDATE shop_data.journey_step SET name = 'other' WHERE name = 'one'").is_err());
    database.run("CALL lifecycle.refresh('shop', as_of => '2023-12-06Z'); CALL lifecycle.run_journeys('shop', '2023-12-06 12:00Z')");
    let handed = database
        .texts("SELECT payload::text FROM lifecycle.claim_actions('email', 10, store => 'shop') ORDER BY action");
    assert!(handed.iter().any(|payload| payload == r#"{"code": "SUMMER24"}"#), "{handed:?}");
}

#[test]
fn columns_that_were_renamed_before_an_upgrade_are_followed() {
    let mut database = Database::new("store_layout_renamed");
    database.run(TABLES);
    attach(&mut database, "shop");
    age(&mut database, "shop");
    database.run(
        "ALTER TABLE people RENAME country TO land; ALTER TABLE people RENAME tier TO country; ALTER TABLE orders RENAME customer TO buyer;
         ALTER TABLE orders RENAME status TO state; ALTER TABLE orders RENAME TO sales; CREATE SCHEMA crm; ALTER TABLE sales SET SCHEMA crm;
         INSERT INTO crm.sales VALUES (1000, 7, '2023-11-30Z', 77, 'paid', 'web')",
    );
    database.run("CALL lifecycle.refresh('shop', as_of => '2023-12-03Z')");
    verified(&mut database, "shop").unwrap();
    let settings: String = database.get("SELECT concat_ws(' ', settings ->> 'orders', settings ->> 'customer', settings ->> 'attributes') FROM lifecycle.store");
    assert_eq!(settings, r#"crm.sales buyer ["land", "country"]"#);
    let columns = "SELECT string_agg(land, '') ~ 'country' AND max(country::int) < 4 FROM shop.customers";
    assert!(database.get::<bool>(columns));
    // The triggers know the new name of the column.
    database.run("INSERT INTO crm.sales VALUES (1001, 900, '2023-11-30Z', 77, 'paid', 'web')");
    database.run("CALL lifecycle.refresh('shop', as_of => '2023-12-04Z')");
    assert_eq!(database.get::<i64>("SELECT orders FROM shop_data.profile WHERE customer = 900"), 1);
    database.run("SELECT lifecycle.detach('shop')");
}

#[test]
fn rights_owners_and_options_are_the_same_after_views_are_made_anew() {
    let roles = ["layout_owner", "layout_bob", "layout_carol", "layout_dave", "layout_readers", "layout_late"];
    let mut database = Database::new("store_layout_rights");
    for role in roles {
        database.run(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN"));
    }
    let name = database.name().to_owned();
    database.run(&format!(
        "{TABLES}; GRANT CREATE ON DATABASE {name} TO layout_owner; GRANT layout_bob TO layout_owner;
         ALTER TABLE orders OWNER TO layout_owner; ALTER TABLE people OWNER TO layout_owner; ALTER TABLE events OWNER TO layout_owner"
    ));
    let mut owner = connect_as(&name, "layout_owner");
    owner.run("SET client_min_messages = warning");
    attach(&mut owner, "shop");
    owner.run("SELECT lifecycle.configure('shop', '{\"reader\": \"layout_readers\"}')");
    age(&mut database, "shop");
    owner.run(
        "GRANT USAGE, CREATE ON SCHEMA shop TO layout_bob; GRANT USAGE ON SCHEMA shop TO layout_carol, layout_dave;
         GRANT SELECT ON shop.customers TO layout_readers;
         GRANT SELECT ON shop.stages TO layout_bob WITH GRANT OPTION; GRANT INSERT, UPDATE ON shop.stages TO PUBLIC;
         GRANT SELECT (customer), REFERENCES (stage) ON shop.customers TO layout_dave; REVOKE SELECT ON shop.segments FROM layout_readers;
         REVOKE DELETE ON shop.segments FROM layout_owner; GRANT EXECUTE ON FUNCTION shop.stages_at TO PUBLIC; GRANT EXECUTE ON FUNCTION shop.stages_at TO layout_bob WITH GRANT OPTION;
         GRANT SELECT ON shop_data.profile, shop_data.source_orders TO layout_dave; GRANT UPDATE ON shop_data.action TO layout_bob;
         ALTER VIEW shop.segments SET (security_barrier); ALTER VIEW shop.growth OWNER TO layout_bob",
    );
    let mut bob = connect_as(&name, "layout_bob");
    bob.run(
        "GRANT SELECT ON shop.stages TO layout_carol WITH GRANT OPTION; GRANT EXECUTE ON FUNCTION shop.stages_at TO layout_dave;
         GRANT SELECT ON shop.growth TO layout_carol",
    );
    connect_as(&name, "layout_carol").run("GRANT SELECT ON shop.stages TO layout_dave");
    // What is made from now on would be open to another role.
    owner.run(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO layout_late;
         ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT EXECUTE ON FUNCTIONS TO layout_late",
    );
    let of = |client: &mut Client| -> Vec<String> {
        let all =
            schema(client, "shop").into_iter().filter(|line| line.contains("layout_") && !line.starts_with("function"));
        // Comments of columns are those of the layout.
        let all = all.map(|line| match line.split_once("} ") {
            Some((rights, _)) if line.starts_with("column") => rights.to_owned(),
            _ => line,
        });
        let functions = client.texts(
            "SELECT format('function %s %s %s', p.oid::regprocedure, pg_get_userbyid(p.proowner),
                (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(p.proacl) AS a)) FROM pg_proc AS p
             WHERE p.pronamespace = 'shop'::regnamespace",
        );
        // These are made anew, and the others from nothing.
        all.chain(functions).filter(|line| !line.contains(" kpis ") && !line.contains("transition_matrix")).collect()
    };
    let before = of(&mut database);
    assert!(before.iter().any(|line| line.contains("layout_dave=r/layout_carol")), "{before:#?}");
    owner.run("SELECT lifecycle.upgrade_store('shop')");
    let there = |before: &[String], after: &[String]| -> Vec<String> {
        differences(before, after)
            .into_iter()
            // Views that were lost with the column are there again: they are not what this is about.
            .filter(|line| line.starts_with('-') || before.iter().any(|other| name_of(other) == name_of(&line[2..])))
            .collect()
    };
    let changed = there(&before, &of(&mut database));
    assert!(changed.is_empty(), "{changed:#?}");
    // What is new is for the store's reader.
    for view in ["shop.kpis", "shop.top_customers"] {
        assert!(
            database.get::<bool>(&format!("SELECT has_table_privilege('layout_readers', '{view}', 'SELECT')")),
            "{view}"
        );
    }
    // Settings that make the views anew keep the rights too.
    let before = of(&mut database);
    owner.run(
        "SELECT lifecycle.configure('shop', '{\"time_zone\": \"Asia/Tokyo\", \"lapsed_after\": 3, \"amount\": null}')",
    );
    let changed = differences(&before, &of(&mut database));
    assert!(changed.is_empty(), "{changed:#?}");
    drop((owner, bob));
    database.run("SET ROLE layout_owner; SELECT lifecycle.detach('shop'); RESET ROLE");
    database.run(&format!("DROP OWNED BY {} CASCADE; DROP ROLE {}", roles.join(", "), roles.join(", ")));
}

/// The kind and the name with which a line of [`schema`] begins.
fn name_of(line: &str) -> String {
    line.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// An upgrade is refused and everything is as it was; what works on every layout works.
#[track_caller]
fn stays_as_it_was(database: &mut Database, code: &str, words: &[&str]) {
    let before = (everything(database, ""), schema(database, "shop"), rows(database, "shop"));
    for call in [
        "SELECT lifecycle.upgrade_store('shop')",
        "CALL lifecycle.refresh('shop')",
        "SELECT lifecycle.configure('shop', '{\"lapsed_after\": 3}')",
    ] {
        refuses(database, call, code, words);
    }
    let after = (everything(database, ""), schema(database, "shop"), rows(database, "shop"));
    for (before, after) in [(&before.0, &after.0), (&before.1, &after.1), (&before.2, &after.2)] {
        let changed = differences(before, after);
        assert!(changed.is_empty(), "{words:?}: {changed:#?}");
    }
    assert_eq!(database.get::<i32>("SELECT layout FROM lifecycle.store"), 1);
    assert!(database.get::<i64>("SELECT count(*) FROM shop.customers") > 20, "{words:?}");
    database.run(
        "BEGIN; INSERT INTO orders VALUES (1000, 7, '2023-11-30Z', 77, 'paid', 'web');
         SELECT lifecycle.record_event('shop', 'open', 'e1', action => 1); SELECT lifecycle.complete_action('shop', 2); ROLLBACK",
    );
}

#[test]
fn an_upgrade_that_fails_leaves_the_store_as_it_was() {
    let mut database = Database::new("store_layout_fails");
    database.run(TABLES);
    attach(&mut database, "shop");
    age(&mut database, "shop");
    database.run("CREATE TABLE public.\"T able\" (n int)");
    let depended = ["shop", "pg_get_viewdef", "Keep their definitions"];
    for (made, gone, words) in [
        (
            "CREATE VIEW mine AS SELECT * FROM shop.customers",
            "DROP VIEW mine",
            "view public.mine depends on view shop.customers",
        ),
        (
            "CREATE MATERIALIZED VIEW mine AS SELECT * FROM shop.stages",
            "DROP MATERIALIZED VIEW mine",
            "materialized view public.mine depends on view shop.stages",
        ),
        (
            "CREATE FUNCTION mine() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop.segments; END",
            "DROP FUNCTION mine",
            "function public.mine() depends on view shop.segments",
        ),
        (
            "CREATE FUNCTION mine(shop.customers) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DROP FUNCTION mine",
            "function public.mine(shop.customers) depends on view shop.customers",
        ),
        (
            "CREATE VIEW shop.mine AS SELECT * FROM shop.stages_at('2023-06-01')",
            "DROP VIEW shop.mine",
            "view shop.mine depends on function shop.stages_at(timestamp with time zone)",
        ),
        (
            "CREATE VIEW mine AS SELECT * FROM shop_data.source_orders",
            "DROP VIEW mine",
            "view public.mine depends on view shop_data.source_orders",
        ),
        (
            "ALTER TABLE \"T able\" ADD row shop.customers[]",
            "ALTER TABLE \"T able\" DROP row",
            "column row of table public.\"T able\" depends on view shop.customers",
        ),
        (
            "CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
             CREATE TRIGGER mine INSTEAD OF INSERT ON shop.customers FOR EACH ROW EXECUTE FUNCTION mine()",
            "DROP TRIGGER mine ON shop.customers; DROP FUNCTION mine",
            "trigger mine on view shop.customers depends on view shop.customers",
        ),
    ] {
        database.run(made);
        stays_as_it_was(&mut database, "2BP01", &[&depended[..], &[words][..]].concat());
        let error = database.refused("SELECT lifecycle.upgrade_store('shop')");
        assert!(!said(&error).contains("CASCADE"), "{}", said(&error));
        database.run(gone);
    }
    // A foreign key refers to a table, which stays.
    database.run("CREATE TABLE vips (customer bigint REFERENCES shop_data.profile); INSERT INTO vips VALUES (1)");
    // Midway: after the views were dropped.
    database.run("CREATE TABLE shop.kpis (mine int)");
    stays_as_it_was(&mut database, "42P07", &["kpis"]);
    database.run("DROP TABLE shop.kpis");
    // After the tables were changed: the last thing that an upgrade makes.
    database.run(
        "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
            IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'shop.journey_goals') THEN
                RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100';
            END IF; END $$;
         CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION refuse()",
    );
    stays_as_it_was(&mut database, "53100", &["the disk is full"]);
    database.run("DROP EVENT TRIGGER refuse");
    assert!(database.get::<bool>("SELECT lifecycle.upgrade_store('shop')"));
    assert_eq!(database.get::<i64>("SELECT count(*) FROM vips"), 1);
    database.run("DROP TABLE vips");
    equals_a_fresh_one(&mut database, "shop");
}

#[test]
fn an_upgrade_waits_for_calls_under_way_and_they_for_it() {
    let mut database = Database::new("store_layout_waits");
    database.run(TABLES);
    attach(&mut database, "shop");
    let name = database.name().to_owned();
    // A claim, and what a sender tells, are over before the upgrade begins; a refresh then finds the store of today.
    for (under_way, then) in [
        (
            "SELECT lifecycle.complete_action('shop', 1)",
            "SELECT lifecycle.record_event('shop', 'open', 'e9', action => 1)",
        ),
        (
            "SELECT lifecycle.record_event('shop', 'open', 'e8', action => 1)",
            "SELECT lifecycle.complete_actions('shop', '{1}')",
        ),
        ("INSERT INTO orders VALUES (1000, 7, '2023-11-30Z', 77, 'paid', 'web')", "DELETE FROM orders WHERE id = 1000"),
    ] {
        age(&mut database, "shop");
        let mut sender = connect(&name);
        sender.run(&format!("BEGIN; {under_way}"));
        let waits = !under_way.starts_with("INSERT");
        let (send, done) = channel();
        let upgraders: Vec<_> =
            ["SELECT lifecycle.upgrade_store('shop')", "CALL lifecycle.refresh('shop', as_of => '2023-12-10Z')"]
                .map(|call| {
                    let (name, send) = (name.clone(), send.clone());
                    thread::spawn(move || {
                        let mut client = connect(&name);
                        client.run("SET client_min_messages = warning");
                        client.run(call);
                        send.send(()).expect("telling");
                    })
                })
                .into();
        if waits {
            assert!(done.recv_timeout(Duration::from_millis(500)).is_err(), "{under_way}");
        } else {
            done.recv_timeout(Duration::from_secs(60)).expect("a writer of orders is not waited for");
        }
        sender.run(then);
        sender.run("COMMIT");
        for upgrader in upgraders {
            upgrader.join().expect("upgrading");
        }
        assert!(database.get::<i32>("SELECT layout FROM lifecycle.store") > 1);
        verified(&mut database, "shop").unwrap();
    }
}
