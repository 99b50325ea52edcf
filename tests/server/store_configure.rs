//! Settings that are changed later: after the next refresh a store is what one would be that was attached with them, whatever was
//! renamed meanwhile, and whatever the search_path is.

use crate::harness::{Ask, Database, assert_none};
use crate::stores::{everything, refuses, same_fits, same_histories, same_profiles, verified};

const TABLES: &str = "
    SET client_min_messages = warning; SET TimeZone = 'UTC';
    CREATE TABLE orders AS SELECT n AS id, (n % 30)::bigint AS customer, ((n + 1) % 30)::bigint AS buyer,
        '2023-01-01'::timestamptz + n * interval '19 hours' + (n * n % 11) * interval '1 day' AS at,
        '2023-02-01'::timestamp + n * interval '13 hours' AS paid, (5 + n * 7 % 90)::numeric AS amount,
        (3 + n * 5 % 70) AS net, CASE WHEN n % 5 = 0 THEN 'test' ELSE 'paid' END AS status,
        (ARRAY['web', 'shop', 'phone'])[1 + n % 3] AS channel, (ARRAY['x', 'y'])[1 + n % 2] AS way, 'region ' || n % 4 AS region,
        n AS version, '2023-01-01'::timestamptz + n * interval '1 minute' AS touched
        FROM generate_series(1, 400) AS n;
    CREATE TABLE others AS SELECT * FROM orders WHERE id % 3 = 0;
    CREATE TABLE people AS SELECT n::bigint AS customer, (n + 3)::bigint AS other, date '2023-01-01' + n::int AS consented,
        date '2023-03-01' AS again, 'country ' || n % 3 AS country, n % 4 AS tier FROM generate_series(0, 40) AS n;
    ALTER TABLE people ADD UNIQUE (customer), ADD UNIQUE (other);
    CREATE TABLE events AS SELECT (n % 35)::bigint AS customer, (n % 33)::bigint AS person, '2023-01-01'::timestamptz + n * interval '20 hours' AS at,
        '2023-01-02'::timestamp + n * interval '18 hours' AS seen, (ARRAY['sent', 'open', 'click', 'visit', 'unsubscribe'])[1 + n % 5] AS kind,
        (ARRAY['sent', 'bounce'])[1 + n % 2] AS sort, (ARRAY['email', 'sms'])[1 + n % 2] AS channel, 'sms' AS means, n AS version
        FROM generate_series(1, 300) AS n";

const LEAST: &str =
    r#""customer": "customer", "ordered_at": "at", "amount": "amount", "reader": "", "time_zone": "UTC""#;

/// Attaches the same with the settings that a store has now, refreshes both, and compares them.
#[track_caller]
fn as_if_anew(database: &mut Database, day: &mut u32, what: &str) {
    *day += 1;
    let settings: String = database.get("SELECT settings::text FROM lifecycle.store WHERE store = 'kept'");
    database.run(&format!("SELECT lifecycle.attach('anew', $settings${settings}$settings$)"));
    let as_of = format!("2023-12-01 {:02}:{:02}Z", *day / 60, *day % 60);
    database.run(&format!("CALL lifecycle.refresh('kept', as_of => '{as_of}')"));
    database.run(&format!("CALL lifecycle.refresh('anew', as_of => '{as_of}', refit => true)"));
    let same = same_histories(database, "kept", "anew")
        .and_then(|()| verified(database, "kept"))
        .and_then(|()| {
            // What is refitted is what follows from the change; whether it is or not, the profile is by its fit.
            let refitted: bool =
                database.get(&format!("SELECT as_of = '{as_of}' FROM kept_data.fit ORDER BY id DESC LIMIT 1"));
            if !refitted {
                database.run(&format!("CALL lifecycle.refresh('kept', as_of => '{as_of}', refit => true)"));
            }
            same_fits(database, "kept", "anew")
        })
        .and_then(|()| same_profiles(database, "kept", "anew"));
    same.unwrap_or_else(|found| panic!("{what}: {found}"));
    // The views are those of a new store, and the tables have the same columns, be it in another order.
    let columns = |store: &str| {
        format!(
            "(SELECT c.relname, c.relkind, CASE c.relkind WHEN 'v' THEN a.attnum END, a.attname, a.atttypid::regtype,
                CASE c.relkind WHEN 'v' THEN col_description(c.oid, a.attnum) END
              FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
              WHERE c.relnamespace = '{store}'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped)"
        )
    };
    for (one, other) in [("kept", "anew"), ("anew", "kept")] {
        assert_none(database, what, &format!("{} EXCEPT {}", columns(one), columns(other)));
    }
    let triggers = |store: &str| {
        format!(
            "SELECT tgrelid::regclass || ' ' || replace(tgname, '{store}_', '') FROM pg_trigger WHERE tgname ~ '^{store}_' ORDER BY 1"
        )
    };
    assert_eq!(database.texts(&triggers("kept")), database.texts(&triggers("anew")), "{what}");
    database.run("SELECT lifecycle.detach('anew')");
}

#[test]
fn each_setting_that_is_changed_holds_from_the_next_refresh_on() {
    let mut database = Database::new("store_configured");
    database.run(TABLES);
    let before = everything(&mut database, "");
    database.run(&format!("SELECT lifecycle.attach('kept', '{{\"orders\": \"orders\", {LEAST}}}')"));
    let mut day = 0;
    as_if_anew(&mut database, &mut day, "first");
    for change in [
        r#"{"grid": "rfm_125"}"#,
        r#"{"grid": "rfm_27"}"#,
        r#"{"grid": null}"#,
        r#"{"model": "bg/nbd"}"#,
        r#"{"model": "pareto/nbd"}"#,
        r#"{"model": null}"#,
        r#"{"horizon": "90 days"}"#,
        r#"{"ltv_years": 5}"#,
        r#"{"annual_discount_rate": 0.3}"#,
        r#"{"margin": 0.25}"#,
        r#"{"lapsed_after": 4}"#,
        r#"{"at_risk_after": 0.5}"#,
        r#"{"refit": "1 hour"}"#,
        r#"{"currency": "EUR"}"#,
        r#"{"time_zone": "Asia/Tokyo"}"#,
        r#"{"time_zone": "America/New_York"}"#,
        r#"{"amount": "net"}"#,
        r#"{"amount": null}"#,
        r#"{"amount": "amount"}"#,
        r#"{"ordered_at": "paid"}"#,
        r#"{"ordered_at": "at"}"#,
        r#"{"customer": "buyer"}"#,
        r#"{"customer": "customer"}"#,
        r#"{"status": "status <> 'test'"}"#,
        r#"{"status": "amount > 20"}"#,
        r#"{"status": null}"#,
        r#"{"channel": "channel"}"#,
        r#"{"channel": "way"}"#,
        r#"{"channel": null}"#,
        r#"{"attributes": ["region"]}"#,
        r#"{"attributes": ["region", "way"]}"#,
        r#"{"attributes": ["way"]}"#,
        r#"{"attributes": null}"#,
        r#"{"changes": "compare"}"#,
        r#"{"changes": "column", "changed_at": "version"}"#,
        r#"{"changed_at": "touched"}"#,
        r#"{"overlap": "5 minutes"}"#,
        r#"{"reconcile": "0"}"#,
        r#"{"changes": "triggers", "changed_at": null, "overlap": null}"#,
        r#"{"customers": "people"}"#,
        r#"{"consented_at": "consented"}"#,
        r#"{"consented_at": "again"}"#,
        r#"{"attributes": ["country"]}"#,
        r#"{"attributes": ["tier", "country"]}"#,
        r#"{"customers_key": "other"}"#,
        r#"{"events": "events", "happened_at": "at", "kind": "kind"}"#,
        r#"{"event_channel": "channel"}"#,
        r#"{"event_channel": "means"}"#,
        r#"{"event_customer": "person"}"#,
        r#"{"happened_at": "seen"}"#,
        r#"{"kind": "sort"}"#,
        r#"{"event_status": "version > 100"}"#,
        r#"{"event_changes": "compare"}"#,
        r#"{"event_changes": "column", "event_changed_at": "version"}"#,
        r#"{"event_changes": "triggers", "event_changed_at": null}"#,
        r#"{"customers": null, "attributes": null}"#,
        r#"{"events": null}"#,
        r#"{"orders": "others"}"#,
        r#"{"orders": "orders", "grid": "rfm_125", "horizon": "2 years"}"#,
    ] {
        database.run(&format!("SELECT lifecycle.configure('kept', $change${change}$change$)"));
        as_if_anew(&mut database, &mut day, change);
        // And changes are found in the way that holds now.
        if day % 7 == 0 {
            database.run("INSERT INTO orders (id, customer, buyer, at, paid, amount, net, version, touched)
                SELECT max(id) + 1, 3, 4, '2023-11-01', '2023-11-01', 50, 40, max(version) + 1, max(touched) + interval '1 minute' FROM orders");
            as_if_anew(&mut database, &mut day, &format!("a row after {change}"));
        }
    }
    database.run("SELECT lifecycle.detach('kept')");
    assert_eq!(everything(&mut database, ""), before, "something was left behind");
}

#[test]
fn tables_that_are_renamed_or_moved_stay_those_of_the_store() {
    let mut database = Database::new("store_renamed");
    database.run(TABLES);
    database.run(
        "SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            customers => 'people', consented_at => 'consented', attributes => '{country}', events => 'events', happened_at => 'at',
            kind => 'kind', time_zone => 'UTC', settings => '{\"reader\": \"\", \"follow\": \"oid\"}')",
    );
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-01-01Z')");
    let expected = "SELECT sum(orders)::bigint FROM kept_data.profile";
    let mut count: i64 = database.get(expected);
    let mut hour = 0;
    for (statement, orders) in [
        // Another table takes the old name: it is none of ours.
        ("ALTER TABLE orders RENAME TO sales; CREATE TABLE orders (LIKE sales)", "sales"),
        (
            "CREATE SCHEMA crm; ALTER TABLE sales SET SCHEMA crm; ALTER TABLE people SET SCHEMA crm; ALTER TABLE events SET SCHEMA crm",
            "crm.sales",
        ),
        ("ALTER SCHEMA crm RENAME TO \"c r'm\"", "\"c r'm\".sales"),
        ("SET search_path = pg_catalog", "\"c r'm\".sales"),
        (
            "CREATE SCHEMA hers; CREATE TABLE hers.sales (LIKE \"c r'm\".sales); SET search_path = hers, public",
            "\"c r'm\".sales",
        ),
        (
            "ALTER TABLE \"c r'm\".people RENAME TO persons; ALTER TABLE \"c r'm\".events RENAME TO \"e'v\"",
            "\"c r'm\".sales",
        ),
    ] {
        database.run(statement);
        for change in [
            r#"{"lapsed_after": 3}"#,
            r#"{"status": "amount >= 0"}"#,
            r#"{"status": null, "lapsed_after": 2}"#,
            r#"{"attributes": ["tier"]}"#,
        ] {
            let result =
                database.batch_execute(&format!("SELECT lifecycle.configure('kept', $change${change}$change$)"));
            result.unwrap_or_else(|error| panic!("{statement}, {change}: {}", crate::harness::show(&error)));
            database.run(&format!(
                "INSERT INTO {orders} (id, customer, at, amount, status) VALUES (1000, 7, '2023-10-01Z', 5, 'paid')"
            ));
            count += 1;
            hour += 1;
            database.run(&format!("CALL lifecycle.refresh('kept', as_of => '2024-01-02 {hour:02}:00Z')"));
            assert_eq!(database.get::<i64>(expected), count, "{statement}, {change}");
            verified(&mut database, "kept").unwrap_or_else(|found| panic!("{statement}, {change}: {found}"));
        }
    }
    // Named anew it is found as the search_path has it; and what is said of the other settings stays.
    database.run("SELECT lifecycle.configure('kept', '{\"orders\": \"sales\"}')");
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-01-04Z')");
    assert_eq!(
        database.get::<i64>("SELECT count(*) FROM kept_data.profile WHERE orders > 0"),
        0,
        "an empty table of that name"
    );
    database.run("SELECT lifecycle.detach('kept')");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM pg_trigger WHERE tgname ~ '^kept_'"), 0);
}

#[test]
fn what_is_wrong_with_a_change_of_settings_is_said_by_name() {
    let mut database = Database::new("store_misconfigured");
    database.run(TABLES);
    database.run(&format!("SELECT lifecycle.attach('kept', '{{\"orders\": \"orders\", {LEAST}}}')"));
    for (change, code, words) in [
        (r#"{"gird": "rfm_25"}"#, "22023", &["unknown setting", "\"gird\"", "grid"][..]),
        (r#"{"lapsed_afer": 2}"#, "22023", &["unknown setting", "\"lapsed_afer\"", "lapsed_after"]),
        (r#"{"customer": "net"}"#, "22023", &["key", "bigint", "integer"]),
        (r#"{"customer": "region"}"#, "22023", &["key", "bigint", "text"]),
        (r#"{"orders": "people"}"#, "42703", &["at", "people"]),
        (r#"{"attributes": ["country"]}"#, "42703", &["country", "region"]),
        (r#"{"consented_at": "consented"}"#, "22023", &["consented_at", "customers"]),
        (r#"{"lapsed_after": 1}"#, "22023", &["lapsed_after", "at_risk_after"]),
    ] {
        let settings: String = database.get("SELECT settings::text FROM lifecycle.store");
        refuses(&mut database, &format!("SELECT lifecycle.configure('kept', $change${change}$change$)"), code, words);
        assert_eq!(database.get::<String>("SELECT settings::text FROM lifecycle.store"), settings);
    }
    refuses(
        &mut database,
        &format!("SELECT lifecycle.attach('other', '{{\"orders\": \"orders\", \"gird\": 1, {LEAST}}}')"),
        "22023",
        &["unknown setting", "\"gird\"", "grid"],
    );
}

/// Attaches the tables with every column that there is to name.
const EVERYTHING: &str = r#"{"orders": "orders", "customer": "customer", "ordered_at": "at", "amount": "amount", "channel": "channel",
    "status": "status <> 'test' AND orders.way IS NOT NULL", "changed_at": "version", "reader": "", "time_zone": "UTC",
    "customers": "people", "customers_key": "customer", "consented_at": "consented", "attributes": ["country", "tier"],
    "events": "events", "event_customer": "customer", "happened_at": "at", "kind": "kind", "event_channel": "channel",
    "event_status": "version > 10", "event_changed_at": "version"}"#;

/// Renames all columns of all sources, and the sources.
const RENAMED: &str = "
    ALTER TABLE orders RENAME customer TO \"Buyer's\"; ALTER TABLE orders RENAME at TO \"or\"\"dered\"; ALTER TABLE orders RENAME amount TO total;
    ALTER TABLE orders RENAME channel TO shop; ALTER TABLE orders RENAME status TO state; ALTER TABLE orders RENAME way TO path;
    ALTER TABLE orders RENAME version TO revision; ALTER TABLE orders RENAME region TO area;
    ALTER TABLE people RENAME customer TO who; ALTER TABLE people RENAME consented TO agreed; ALTER TABLE people RENAME country TO land;
    ALTER TABLE people RENAME tier TO level; ALTER TABLE events RENAME customer TO person2; ALTER TABLE events RENAME at TO happened;
    ALTER TABLE events RENAME kind TO what; ALTER TABLE events RENAME channel TO via; ALTER TABLE events RENAME version TO revision;
    CREATE SCHEMA elsewhere; ALTER TABLE orders SET SCHEMA elsewhere; ALTER TABLE elsewhere.orders RENAME TO purchases;
    ALTER TABLE people RENAME TO \"Persons\"; ALTER SCHEMA elsewhere RENAME TO \"else where\"";

/// One setting of each sort.
const ONE_OF_EACH: [&str; 14] = [
    r#"{"lapsed_after": 3}"#,
    r#"{"time_zone": "Asia/Tokyo"}"#,
    r#"{"grid": "rfm_125"}"#,
    r#"{"changes": "compare", "changed_at": null, "overlap": null}"#,
    r#"{"currency": "EUR"}"#,
    r#"{"reader": ""}"#,
    r#"{"event_changes": "triggers", "event_changed_at": null}"#,
    r#"{"changes": "triggers"}"#,
    r#"{"amount": null}"#,
    r#"{"event_channel": null}"#,
    r#"{"consented_at": null}"#,
    r#"{"event_status": null}"#,
    r#"{"events": null}"#,
    r#"{"customers": null, "attributes": null}"#,
];

#[test]
fn settings_follow_columns_and_tables_that_are_renamed() {
    for (name, refreshes_first, change_way) in [
        ("refreshed", true, ""),
        ("configured", false, ""),
        ("noted", false, r#", "changes": "triggers", "event_changes": "compare""#),
    ] {
        let mut database = Database::new(&format!("store_renamed_{name}"));
        database.run(TABLES);
        let settings = format!("{}{change_way}}}", EVERYTHING.trim_end_matches('}'));
        database.run(&format!("SELECT lifecycle.attach('kept', $settings${settings}$settings$)"));
        let mut day = 0;
        as_if_anew(&mut database, &mut day, "first");
        database.run("CREATE VIEW mine AS SELECT customer, country, tier, stage FROM kept.customers");
        database.run(RENAMED);
        let insert = "INSERT INTO \"else where\".purchases SELECT 1000 + count(*), 7, 8, '2023-10-01Z', '2023-10-01', 50, 40, 'paid', 'web', 'x', 'region 1',
            1000 + count(*), '2023-11-01Z' FROM \"else where\".purchases";
        database.run(insert);
        if refreshes_first {
            database.run("CALL lifecycle.refresh('kept', as_of => '2023-12-01 00:01:30Z')");
            verified(&mut database, "kept").unwrap();
            let said: String = database.get("SELECT concat_ws(' ', settings ->> 'orders', settings ->> 'customer', settings ->> 'ordered_at',
                settings ->> 'amount', settings ->> 'channel', settings ->> 'changed_at', settings ->> 'customers', settings ->> 'customers_key',
                settings ->> 'consented_at', settings ->> 'event_customer', settings ->> 'happened_at', settings ->> 'kind',
                settings ->> 'event_channel', settings ->> 'event_changed_at') FROM lifecycle.store");
            assert_eq!(
                said,
                "\"else where\".purchases Buyer's or\"dered total shop revision public.\"Persons\" who agreed person2 happened what via revision"
            );
        }
        for change in ONE_OF_EACH {
            // What depends on the views stays where they are only called otherwise, and hinders what makes them anew.
            let dependent = change.contains("lapsed_after");
            if !dependent {
                database.run("DROP VIEW IF EXISTS mine");
            }
            database.run(&format!("SELECT lifecycle.configure('kept', $change${change}$change$)"));
            database.run(insert);
            as_if_anew(&mut database, &mut day, &format!("{name}: {change}"));
            if !change.contains("customers") {
                let settings: String = database.get("SELECT settings ->> 'attributes' FROM lifecycle.store");
                assert_eq!(settings, r#"["land", "level"]"#, "{name}: {change}");
            }
            if dependent {
                let shown = "SELECT count(*) FROM mine JOIN kept.customers AS c USING (customer) WHERE (mine.country, mine.tier) = (c.land, c.level)";
                assert!(database.get::<i64>(shown) > 30, "{name}: {change}");
            }
        }
        let status: String = database.get("SELECT settings ->> 'status' FROM lifecycle.store");
        assert!(status.contains("state") && status.contains("path"), "{status}");
        database.run("SELECT lifecycle.detach('kept')");
        assert_eq!(database.get::<i64>("SELECT count(*) FROM pg_trigger WHERE tgname ~ '^kept_'"), 0);
    }
}

#[test]
fn columns_that_exchange_their_names_stay_what_they_are() {
    let exchange = |table: &str, one: &str, other: &str| {
        format!(
            "ALTER TABLE {table} RENAME {one} TO passing; ALTER TABLE {table} RENAME {other} TO {one};
             ALTER TABLE {table} RENAME passing TO {other};"
        )
    };
    let exchanged = [
        exchange("orders", "customer", "buyer"),
        exchange("orders", "at", "paid"),
        exchange("orders", "amount", "net"),
        exchange("orders", "channel", "way"),
        exchange("orders", "status", "region"),
        exchange("people", "customer", "other"),
        exchange("people", "consented", "again"),
        exchange("people", "country", "tier"),
        exchange("events", "customer", "person"),
        exchange("events", "kind", "sort"),
    ]
    .concat();
    let in_orders = r#"{"orders": "orders", "customer": "customer", "ordered_at": "at", "amount": "amount", "attributes": ["region", "status"],
        "channel": "channel", "status": "status <> 'test'", "reader": "", "time_zone": "UTC"}"#;
    for (name, settings) in [("all", EVERYTHING), ("orders", in_orders)] {
        let mut database = Database::new(&format!("store_exchanged_{name}"));
        database.run(TABLES);
        database.run(&format!("SELECT lifecycle.attach('kept', $settings${settings}$settings$)"));
        let mut day = 0;
        as_if_anew(&mut database, &mut day, "first");
        let sums = "SELECT concat_ws(' ', count(*), sum(orders), sum(spend), count(consented_at), max(channel)) FROM kept_data.profile";
        let before: String = database.get(sums);
        database.run(&exchanged);
        for (i, change) in
            [r#"{"lapsed_after": 4}"#, r#"{"currency": "EUR"}"#, r#"{"horizon": "90 days"}"#].iter().enumerate()
        {
            database.run(&format!("SELECT lifecycle.configure('kept', $change${change}$change$)"));
            as_if_anew(&mut database, &mut day, &format!("{name}: {change}"));
            assert_eq!(database.get::<String>(sums), before, "{name}: {change}");
            // And back again.
            if i == 1 {
                database.run(&exchanged);
            }
        }
        // Named anew, they are those of that name.
        database.run(&exchanged);
        let attributes = if name == "all" { r#"["country", "tier"]"# } else { r#"["region", "status"]"# };
        let change = format!(r#"{{"amount": "amount", "attributes": {attributes}}}"#);
        database.run(&format!("SELECT lifecycle.configure('kept', $change${change}$change$)"));
        as_if_anew(&mut database, &mut day, &change);
        assert_ne!(database.get::<String>(sums), before, "{name}: another column");
        database.run("SELECT lifecycle.detach('kept')");
    }
}

#[test]
fn names_that_cannot_be_followed_are_said() {
    let mut database = Database::new("store_not_followed");
    database.run(TABLES);
    database.run(&format!("SELECT lifecycle.attach('kept', $settings${EVERYTHING}$settings$)"));
    let mut day = 0;
    as_if_anew(&mut database, &mut day, "first");
    // The profile has a column of that name.
    database.run("ALTER TABLE people RENAME country TO stage; INSERT INTO orders SELECT * FROM others WHERE id = 3");
    let change = "SELECT lifecycle.configure('kept', '{\"lapsed_after\": 4}')";
    refuses(&mut database, change, "22023", &["\"stage\"", "attribute"]);
    database.run("CALL lifecycle.refresh('kept', as_of => '2023-12-01 00:01:30Z')");
    verified(&mut database, "kept").unwrap();
    database.run("SELECT lifecycle.configure('kept', '{\"attributes\": [\"tier\"]}')");
    as_if_anew(&mut database, &mut day, "without it");
    // A column that is dropped takes the views with it; another of its name is another column, and is taken if it serves.
    database.run("ALTER TABLE orders DROP COLUMN amount CASCADE; ALTER TABLE orders RENAME net TO amount");
    refuses(&mut database, "CALL lifecycle.refresh('kept')", "55000", &["lifecycle.configure"]);
    database.run(change);
    as_if_anew(&mut database, &mut day, "another amount");
    database.run("ALTER TABLE orders DROP COLUMN channel CASCADE; ALTER TABLE orders DROP COLUMN status CASCADE");
    refuses(&mut database, change, "42703", &["channel"]);
    refuses(&mut database, "SELECT lifecycle.configure('kept', '{\"channel\": null}')", "42703", &["status"]);
    database.run("SELECT lifecycle.configure('kept', '{\"channel\": null, \"status\": \"amount > 5\"}')");
    as_if_anew(&mut database, &mut day, "without a channel");
    database.run("SELECT lifecycle.detach('kept')");
}

#[test]
fn conditions_mean_what_they_meant_whatever_the_path_is() {
    let mut database = Database::new("store_condition_path");
    database.run(TABLES);
    database.run(
        "CREATE SCHEMA one; CREATE FUNCTION one.fits(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT $1 <> 'test' $$;
         CREATE SCHEMA two; CREATE FUNCTION two.fits(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT $1 = 'test' $$;
         SET search_path = one, public",
    );
    database.run(
        "SELECT lifecycle.attach('kept', '{\"orders\": \"orders\", \"customer\": \"customer\", \"ordered_at\": \"at\",
        \"status\": \"fits(status)\", \"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-01-01Z')");
    let count: i64 = database.get("SELECT sum(orders)::bigint FROM kept_data.profile");
    assert_eq!(count, 320);
    for (hour, path) in ["two, public", "pg_catalog", "public"].iter().enumerate() {
        database.run(&format!("SET search_path = {path}"));
        database.run("SELECT lifecycle.configure('kept', '{\"time_zone\": \"Asia/Tokyo\"}'); SELECT lifecycle.configure('kept', '{\"time_zone\": \"UTC\"}')");
        database.run(&format!("CALL lifecycle.refresh('kept', as_of => '2024-01-02 {hour:02}:00Z', rebuild => true)"));
        assert_eq!(database.get::<i64>("SELECT sum(orders)::bigint FROM kept_data.profile"), count, "{path}");
        verified(&mut database, "kept").unwrap();
        assert_eq!(database.get::<String>("SELECT settings ->> 'status' FROM lifecycle.store"), "fits(status)");
    }
    // Said anew, it is what the path finds.
    database.run("SET search_path = two, public");
    database.run("SELECT lifecycle.configure('kept', '{\"status\": \"fits(status)\", \"time_zone\": \"Asia/Tokyo\"}')");
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-01-03Z')");
    assert_eq!(database.get::<i64>("SELECT sum(orders)::bigint FROM kept_data.profile"), 80);
    // What is in it is renamed as well.
    database.run("ALTER FUNCTION two.fits(text) RENAME TO serves; ALTER SCHEMA two RENAME TO three; ALTER TABLE public.orders RENAME status TO state");
    database.run("SELECT lifecycle.configure('kept', '{\"time_zone\": \"UTC\"}')");
    assert_eq!(database.get::<String>("SELECT settings ->> 'status' FROM lifecycle.store"), "three.serves(state)");
    database.run("SELECT lifecycle.detach('kept')");
}
