//! Every function over a store refuses a store of another layout than the library's, but for those that must go on: what came back of
//! messages is recorded, changes are noted, and the store can be detached. Dumps keep the layout.

use std::process::Command;

use crate::harness::{Ask, Database};
use crate::store_dump::program;
use crate::stores::{refuses, said, verified, without_layout_3};

/// What a call does to a store of another layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// It is refused with 55000, and a hint.
    Refuses,
    /// It brings an older store to the library's layout, and refuses a newer one.
    Upgrades,
    /// It works.
    Works,
    /// It is refused because there is such a store.
    Exists,
}

use Does::{Exists, Refuses, Upgrades, Works};

/// The functions and procedures of the extension that are told a store or a refresh: name, a call, and what it does.
const CALLS: [(&str, &str, Does); 62] = [
    (
        "attach",
        "SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at')",
        Exists,
    ),
    ("attach_preset", "SELECT lifecycle.attach_preset('shop', 'stripe')", Exists),
    ("restore_store", "SELECT lifecycle.restore_store('shop')", Exists),
    ("upgrade_store", "SELECT lifecycle.upgrade_store('shop')", Upgrades),
    ("configure", "SELECT lifecycle.configure('shop', '{\"lapsed_after\": 3}')", Upgrades),
    ("detach_source", "SELECT lifecycle.detach_source('shop')", Upgrades),
    ("reattach_source", "SELECT lifecycle.reattach_source('shop')", Upgrades),
    ("refresh", "CALL lifecycle.refresh('shop')", Upgrades),
    ("begin_refresh", "SELECT lifecycle.begin_refresh('shop', NULL)", Upgrades),
    ("detach", "SELECT lifecycle.detach('shop', discard => true)", Works),
    ("complete_action", "SELECT lifecycle.complete_action('shop', 1)", Works),
    ("complete_actions", "SELECT lifecycle.complete_actions('shop', '{1}')", Works),
    ("fail_action", "SELECT lifecycle.fail_action('shop', 1, 'mailbox full')", Works),
    ("record_event", "SELECT lifecycle.record_event('shop', 'unsubscribe', 'e1', action => 1)", Works),
    ("suppress", "SELECT lifecycle.suppress('shop', '1')", Refuses),
    ("unsuppress", "SELECT lifecycle.unsuppress('shop', '1')", Refuses),
    ("add_codes", "SELECT lifecycle.add_codes('shop', 'winback', '{A}')", Refuses),
    ("remove_codes", "SELECT lifecycle.remove_codes('shop', 'winback')", Refuses),
    ("forget", "SELECT lifecycle.forget('shop', '1')", Refuses),
    ("unforget", "SELECT lifecycle.unforget('shop', '1')", Refuses),
    ("export_customer", "SELECT lifecycle.export_customer('shop', '1')", Refuses),
    ("merge_customers", "SELECT lifecycle.merge_customers('shop', '1', '2')", Refuses),
    // The views of all stores call these, and jobs of pg_cron have no layout.
    ("refresh_schedule", "SELECT lifecycle.refresh_schedule('shop')", Works),
    ("journeys_schedule", "SELECT lifecycle.journeys_schedule('shop')", Works),
    ("refresh_histories", "SELECT lifecycle.refresh_histories({refresh}, false, false)", Refuses),
    ("hold_refresh", "SELECT lifecycle.hold_refresh({refresh}, 'it would lose all')", Refuses),
    ("refresh_fits", "SELECT lifecycle.refresh_fits({refresh}, false)", Refuses),
    ("refresh_profiles", "SELECT lifecycle.refresh_profiles({refresh})", Refuses),
    ("verify", "SELECT lifecycle.verify('shop')", Refuses),
    ("check_source", "SELECT lifecycle.check_source('shop')", Refuses),
    ("schedule", "SELECT lifecycle.schedule('shop', '*/15 * * * *')", Refuses),
    ("unschedule", "SELECT lifecycle.unschedule('shop')", Refuses),
    ("schedule_journeys", "SELECT lifecycle.schedule_journeys('shop', '* * * * *')", Refuses),
    ("unschedule_journeys", "SELECT lifecycle.unschedule_journeys('shop')", Refuses),
    (
        "create_audience",
        "SELECT lifecycle.create_audience('shop', 'all', '{\"profile\": \"orders\", \"at_least\": 0}')",
        Refuses,
    ),
    (
        "change_audience",
        "SELECT lifecycle.change_audience('shop', 'all', '{\"profile\": \"orders\", \"at_least\": 0}')",
        Refuses,
    ),
    ("drop_audience", "SELECT lifecycle.drop_audience('shop', 'all')", Refuses),
    ("audience_on", "SELECT lifecycle.audience_on('shop', 'all', '2024-01-01')", Refuses),
    ("changes_since", "SELECT lifecycle.changes_since('shop')", Refuses),
    ("audience_changes_since", "SELECT lifecycle.audience_changes_since('shop', 'all')", Refuses),
    ("forget_departures", "SELECT lifecycle.forget_departures('shop')", Refuses),
    ("create_journey", "SELECT lifecycle.create_journey('shop', 'another', '{}')", Refuses),
    ("create_ready_made", "SELECT lifecycle.create_ready_made('shop', 'welcome')", Refuses),
    ("draft_journey", "SELECT lifecycle.draft_journey('shop', 'welcome')", Refuses),
    ("start_journey", "SELECT lifecycle.start_journey('shop', 'welcome')", Refuses),
    ("pause_journey", "SELECT lifecycle.pause_journey('shop', 'welcome')", Refuses),
    ("release_journey", "SELECT lifecycle.release_journey('shop', 'welcome')", Refuses),
    ("end_journey", "SELECT lifecycle.end_journey('shop', 'welcome')", Refuses),
    ("journey_definition", "SELECT lifecycle.journey_definition('shop', 'welcome')", Refuses),
    ("set_journey_policy", "SELECT lifecycle.set_journey_policy('shop', '{}')", Refuses),
    ("journey_policy", "SELECT lifecycle.journey_policy('shop')", Refuses),
    ("simulate_journey", "SELECT lifecycle.simulate_journey('shop', '{}', '2023-01-01', '2023-02-01')", Refuses),
    ("experiment_power", "SELECT lifecycle.experiment_power('shop', 'welcome', 0.1)", Refuses),
    ("work_journeys", "SELECT lifecycle.work_journeys('shop', now(), 100, NULL)", Refuses),
    ("run_journeys", "CALL lifecycle.run_journeys('shop')", Refuses),
    ("hold", "SELECT lifecycle.hold('shop')", Refuses),
    ("release", "SELECT lifecycle.release('shop')", Refuses),
    ("adopt", "SELECT lifecycle.adopt('shop')", Refuses),
    ("record_consent", "SELECT lifecycle.record_consent('shop', '1')", Refuses),
    ("withdraw_consent", "SELECT lifecycle.withdraw_consent('shop', '1')", Refuses),
    ("retry_action", "SELECT lifecycle.retry_action('shop', 1)", Refuses),
    ("claim_actions", "SELECT lifecycle.claim_actions('email', store => 'shop')", Refuses),
];

/// Those whose argument is `store` beside those: readers may call them.
const REPORTS: [(&str, &str, Does); 4] = [
    ("journey_report", "SELECT lifecycle.journey_report('shop', 'welcome')", Refuses),
    ("journey_lift", "SELECT lifecycle.journey_lift('shop', 'welcome')", Refuses),
    ("explain_journey", "SELECT lifecycle.explain_journey('shop', 'welcome', '1')", Refuses),
    ("journey_graph", "SELECT lifecycle.journey_graph('shop', 'welcome')", Refuses),
];

const STORE: &str = "
    SET client_min_messages = warning; SET TimeZone = 'UTC';
    CREATE TABLE orders AS SELECT n AS id, (n % 30)::bigint AS customer, '2023-01-01'::timestamptz + n * interval '19 hours' AS at,
        (5 + n * 7 % 90)::numeric AS amount FROM generate_series(1, 200) AS n;
    SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
        changes => 'triggers', settings => '{\"reader\": \"\"}');";

const JOURNEY: &str = "
    SELECT lifecycle.create_journey('shop', 'welcome', '{\"entry\": {\"event\": \"registered\"}, \"steps\": [
        {\"name\": \"one\", \"act\": {\"channel\": \"email\", \"template\": \"first\"}}, {\"name\": \"end\", \"exit\": \"through\"}]}', start => true);
    UPDATE shop_data.journey SET started_at = '2023-12-01';
    SELECT lifecycle.record_event('shop', 'registered', 'r1', customer => '1', at => '2023-12-01 10:00Z');
    CALL lifecycle.run_journeys('shop', '2023-12-02 12:00Z')";

fn shop(name: &str) -> Database {
    let mut database = Database::new(name);
    database.run(STORE);
    database.run("CALL lifecycle.refresh('shop', as_of => '2023-12-01Z')");
    database.run(JOURNEY);
    database
}

/// Says of a store that it has another layout.
fn set_layout(database: &mut Database, layout: i32) {
    database.run(&format!(
        "UPDATE shop_data.store_settings SET layout = {layout}; UPDATE lifecycle.store SET layout = {layout}"
    ));
}

#[test]
fn all_calls_over_a_store_are_known() {
    let mut database = Database::new("store_layout_known");
    let mut known: Vec<&str> = CALLS.iter().chain(&REPORTS).map(|(name, ..)| *name).collect();
    known.sort_unstable();
    let all = database.texts(
        "SELECT DISTINCT p.proname::text COLLATE \"C\" FROM pg_proc AS p WHERE p.pronamespace = 'lifecycle'::regnamespace AND p.pronargs > 0
             AND p.proargnames && '{store,stores,refresh}' ORDER BY 1",
    );
    assert_eq!(known, all, "a function that is new has its place in the table of calls");
}

#[test]
fn a_store_of_another_layout_is_refused_and_goes_on() {
    let mut database = shop("store_layout_calls");
    let current: i32 = database.get("SELECT layout FROM lifecycle.stores");
    let refresh: i64 = database.get("SELECT lifecycle.begin_refresh('shop', NULL)");
    for (layout, is_older) in [(current - 1, true), (current + 1, false)] {
        set_layout(&mut database, layout);
        for (name, call, does) in CALLS.iter().chain(&REPORTS) {
            let call = call.replace("{refresh}", &refresh.to_string());
            let hint =
                if is_older { "SELECT lifecycle.upgrade_store('shop')" } else { "ALTER EXTENSION pg_lifecycle UPDATE" };
            let is_refused = *does == Refuses || *does == Upgrades && !is_older;
            database.run("BEGIN");
            if is_refused {
                refuses(&mut database, &call, "55000", &[&format!("store \"shop\" has layout {layout}"), hint]);
            } else if *does == Exists {
                refuses(&mut database, &call, "42710", &["shop"]);
            } else {
                database.run(&call);
            }
            if *does == Upgrades && is_older {
                assert_eq!(database.get::<i32>("SELECT layout FROM lifecycle.store"), current, "{name}");
            } else if !is_refused && *does == Works && *name != "detach" {
                assert_eq!(database.get::<i32>("SELECT layout FROM lifecycle.store"), layout, "{name}");
            }
            database.run("ROLLBACK");
        }
        // Changes are noted, and the views of all stores show it.
        let before: i64 = database.get("SELECT count(*) FROM shop_data.order_change");
        database.run(&format!("INSERT INTO orders VALUES (1000, {}, '2023-11-30Z', 77)", 1000 + layout));
        assert_eq!(database.get::<i64>("SELECT count(*) FROM shop_data.order_change"), before + 1);
        assert_eq!(database.get::<i32>("SELECT layout FROM lifecycle.stores"), layout);
        assert!(database.get::<i64>("SELECT count(*) FROM shop.customers") > 20);
        // A sender of all stores is told which one it hands nothing over of, and gets those of the others.
        assert_eq!(database.get::<i64>("SELECT count(*) FROM lifecycle.claim_actions('email')"), 0);
        if !is_older {
            continue;
        }
        database.run("SET client_min_messages = error");
        database.run("CALL lifecycle.refresh('shop', as_of => '2024-01-01Z'); SET client_min_messages = warning");
        verified(&mut database, "shop").unwrap();
        assert_eq!(database.get::<i64>("SELECT count(*) FROM lifecycle.claim_actions('email')"), 1);
    }
    // One whose schema says another layout than its row is not the store's.
    set_layout(&mut database, current);
    database.run("UPDATE shop_data.store_settings SET layout = 0");
    refuses(&mut database, "CALL lifecycle.refresh('shop')", "55000", &["store_settings"]);
}

#[test]
fn a_store_of_a_newer_layout_is_detached_whole() {
    let mut database = Database::new("store_layout_newer");
    database.run("SET client_min_messages = warning");
    let before = crate::stores::everything(&mut database, "");
    database.run(STORE);
    // What this library does not know, and depends on what it knows.
    database.run(
        "CREATE TABLE shop_data.novelty (customer bigint REFERENCES shop_data.profile, journey int REFERENCES shop_data.journey);
         CREATE SEQUENCE shop_data.newer; CREATE VIEW shop.newest AS SELECT * FROM shop.customers JOIN shop_data.novelty USING (customer);
         CREATE FUNCTION shop.of_newest(interval) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop.newest; END;
         CREATE VIEW shop.counted AS SELECT shop.of_newest('1 day') AS n;
         UPDATE shop_data.store_settings SET made = made || '{novelty,newer,newest,of_newest(interval),counted}'::text[], layout = 99;
         UPDATE lifecycle.store SET layout = 99; CREATE VIEW mine AS SELECT n FROM shop.counted",
    );
    refuses(
        &mut database,
        "SELECT lifecycle.detach('shop')",
        "2BP01",
        &["view public.mine depends on view shop.counted"],
    );
    database.run("DROP VIEW mine; SELECT lifecycle.detach('shop'); DROP TABLE orders");
    let left = crate::stores::differences(&before, &crate::stores::everything(&mut database, ""));
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_dump_of_an_old_layout_is_restored_with_it() {
    let mut source = shop("store_layout_dump");
    let current: i32 = source.get("SELECT layout FROM lifecycle.stores");
    source.run(&without_layout_3("shop"));
    source.run(
        "ALTER TABLE shop_data.profile DROP COLUMN spend_last_year CASCADE;
         CREATE VIEW shop.customers AS SELECT customer, stage FROM shop_data.profile;
         UPDATE shop_data.store_settings SET layout = 1, made = ARRAY(SELECT name FROM unnest(made) AS name WHERE name !~ '^top_customers|^corrections|^movements|^consent|^known_customer|^borders|^hold|^forgotten|^alias|^anonymous|^code|^audience|^profile_change|^feed|^journey_customers|^journey_funnel|^journey_goals');
         UPDATE lifecycle.store SET layout = 1",
    );
    let dump = Command::new(program("pg_dump")).args(["-d", source.name()]).output().expect("running pg_dump").stdout;
    let dump = String::from_utf8(dump).expect("a dump");
    for (name, by_hand) in [("store_layout_restored", false), ("store_layout_registered", true)] {
        let mut target = Database::without_extension(name);
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.sql"));
        std::fs::write(&file, &dump).expect("writing a file");
        let output = Command::new(program("psql"))
            .args(["-qX", "-v", "ON_ERROR_STOP=1", "-d", target.name(), "-f"])
            .arg(&file)
            .output();
        assert!(output.expect("running psql").status.success());
        target.run("SET client_min_messages = warning");
        if by_hand {
            // Without the rights of a superuser the row is not restored.
            target.run("DELETE FROM lifecycle.store; SELECT lifecycle.restore_store('shop')");
        }
        assert_eq!(target.get::<i32>("SELECT layout FROM lifecycle.store"), 1);
        let error = target.refused("SELECT lifecycle.verify('shop')");
        assert!(said(&error).contains("SELECT lifecycle.upgrade_store('shop')"), "{}", said(&error));
        target.run("CALL lifecycle.refresh('shop', as_of => '2024-01-01Z')");
        assert_eq!(target.get::<i32>("SELECT layout FROM lifecycle.store"), current);
        verified(&mut target, "shop").unwrap();
        assert!(target.get::<i64>("SELECT count(spend_last_year) FROM shop.customers") > 20);
        assert_eq!(target.get::<i64>("SELECT count(*) FROM lifecycle.claim_actions('email', store => 'shop')"), 1);
    }
    // A dump that a newer version has made is refused.
    source.run("UPDATE shop_data.store_settings SET layout = 99; DELETE FROM lifecycle.store");
    refuses(
        &mut source,
        "SELECT lifecycle.restore_store('shop')",
        "55000",
        &["layout 99", "ALTER EXTENSION pg_lifecycle UPDATE"],
    );
}
