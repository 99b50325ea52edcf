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
                database.get(&format!("SELECT as_of = '{as_of}' FROM kept.fit ORDER BY id DESC LIMIT 1"));
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
            kind => 'kind', time_zone => 'UTC', settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-01-01Z')");
    let expected = "SELECT sum(orders)::bigint FROM kept.profile";
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
        database.get::<i64>("SELECT count(*) FROM kept.profile WHERE orders > 0"),
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
