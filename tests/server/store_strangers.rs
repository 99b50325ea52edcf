//! What stores are made of refers to no trap beside the extension's functions, and what they run finds none in the caller's path.

use postgres::Client;

use crate::harness::{Ask, Database};
use crate::install_hostile::{gone, hostile_role};
use crate::stores::refuses;
use crate::strangers::{EXTENSION, of_store, relation, schema, strangers};
use crate::traps;

const TABLES: &str = "
    SET client_min_messages = warning;
    CREATE SCHEMA sources;
    CREATE DOMAIN sources.price AS numeric; CREATE DOMAIN sources.word AS text;
    CREATE TYPE sources.state AS ENUM ('paid', 'cancelled');
    CREATE TABLE sources.orders (id bigint, customer_id integer, ordered_at timestamp, total integer, price sources.price, channel varchar,
        state sources.state, region sources.word, updated_at timestamptz);
    CREATE INDEX ON sources.orders (customer_id);
    INSERT INTO sources.orders SELECT n, n % 40, '2024-01-01'::timestamp + n * interval '1 day', n % 7 + 1, n, 'web', 'paid', 'r' || n % 3,
        now() FROM generate_series(1, 400) AS n;
    CREATE TABLE sources.people (customer_id bigint, consented date, country varchar(20), birthday date);
    INSERT INTO sources.people SELECT n, '2024-01-01', 'DE', '1980-05-01' FROM generate_series(1, 60) AS n;
    CREATE TABLE sources.events (customer_id integer, happened_at timestamptz, kind sources.word, way varchar, updated_at timestamptz);
    CREATE INDEX ON sources.events (customer_id);
    INSERT INTO sources.events SELECT n % 40, '2024-02-01Z'::timestamptz + n * interval '1 day', 'opened', 'email', now()
        FROM generate_series(1, 100) AS n";

/// The stores: in each way to find changes, with and without amounts, events, customers and attributes.
const STORES: [(&str, &str); 4] = [
    ("whole", "orders => 'sources.orders', customer => 'customer_id', ordered_at => 'ordered_at', amount => 'total', channel => 'channel',
        customers => 'sources.people', consented_at => 'consented', attributes => '{country,birthday}', events => 'sources.events',
        happened_at => 'happened_at', kind => 'kind', event_channel => 'way', time_zone => 'Europe/Berlin'"),
    ("bare", "orders => 'sources.orders', customer => 'customer_id', ordered_at => 'ordered_at', changes => 'compare',
        settings => '{\"reader\": \"\"}'"),
    ("grown", "orders => 'sources.orders', customer => 'customer_id', ordered_at => 'ordered_at', amount => 'price',
        changes => 'column', changed_at => 'updated_at', attributes => '{region,state}', events => 'sources.events',
        happened_at => 'happened_at', kind => 'kind', event_changes => 'column', event_changed_at => 'updated_at',
        settings => '{\"reader\": \"\"}'"),
    ("compared", "orders => 'sources.orders', customer => 'customer_id', ordered_at => 'ordered_at', amount => 'price',
        channel => 'channel', changes => 'compare', events => 'sources.events', happened_at => 'happened_at', kind => 'kind',
        event_changes => 'compare', settings => '{\"reader\": \"\"}'"),
];

/// A journey with each kind of step and condition.
const JOURNEY: &str = r#"{"entry": {"condition": {"profile": "orders", "at_least": 1}, "existing": true}, "control": 0.1, "reentry": {"not_within": "1 day"},
    "who": {"and": [{"profile": "stage", "not_in": ["prospect"]}, {"not": {"profile": "cohort", "within_last": "1 day"}},
        {"or": [{"profile": "spend", "more_than": 0.5}, {"profile": "vip", "is": true}, {"profile": "p_alive", "is_null": true}]},
        {"bought": {"at_least": 1, "spend_at_least": 1, "within": "10 years"}}, {"subscribed": "email"}]},
    "goal": {"bought": {"at_least": 2, "spend_at_least": 3}, "within": "60 days"},
    "exit": {"unless": {"profile": "stage", "is_not": "prospect"}},
    "steps": [
        {"name": "letter", "act": {"channel": "email", "template": "one", "payload": {"of": {"profile": "orders"}}}},
        {"name": "pause", "wait": {"for": "1 day"}},
        {"name": "fork", "branch": [{"if": {"event": "opened", "of": "letter"}, "then": "arms"}, {"if": {"event": "open", "within": "90 days",
            "at_least": 2, "channel": "email"}, "then": "arms"}, {"if": {"bought": {"since": "letter"}}, "then": "end"}]},
        {"name": "arms", "split": [{"arm": "a", "weight": 1, "then": "again"}, {"arm": "b", "weight": 1, "then": "end"}]},
        {"name": "again", "act": {"channel": "sms", "template": "two"}},
        {"name": "end", "exit": "done"}]}"#;

/// All that a store is asked, as its owner; `now` is beyond all orders.
fn live(client: &mut Client, store: &str, arguments: &str) {
    client.run(&format!("SELECT lifecycle.attach(store => '{store}', {arguments})"));
    client.run(&format!("CALL lifecycle.refresh('{store}')"));
    client.run(
        "INSERT INTO sources.orders VALUES (1001, 7, pg_catalog.now(), 5, 5, 'web', 'paid', 'r1', pg_catalog.now())",
    );
    client.run("UPDATE sources.events SET way = 'sms', updated_at = pg_catalog.now() WHERE customer_id OPERATOR(pg_catalog.=) 8");
    client.run(&format!("SELECT lifecycle.configure('{store}', '{{\"currency\": \"EUR\", \"grid\": \"rfm_125\"}}')"));
    client.run(&format!("CALL lifecycle.refresh('{store}', refit => true)"));
    client.run(&format!("CALL lifecycle.refresh('{store}', rebuild => true)"));
    let different = client.query(&format!("SELECT customer FROM lifecycle.verify('{store}')"), &[]);
    assert_eq!(different.unwrap_or_else(|error| panic!("{}", crate::harness::show(&error))).len(), 0, "{store}");

    for name in ["welcome", "post_purchase", "replenishment", "at_risk", "win_back", "vip", "referral"] {
        client.run(&format!("SELECT lifecycle.create_ready_made('{store}', '{name}', start => true)"));
    }
    client.run(&format!("SELECT lifecycle.create_journey('{store}', 'all', '{JOURNEY}', true)"));
    client.run(&format!("SELECT lifecycle.create_journey('{store}', 'moved',
        '{{\"entry\": {{\"movement\": {{\"what\": \"stage\", \"to\": [\"lapsed\", \"active\"]}}}}, \"steps\": [{{\"name\": \"end\", \"exit\": \"x\"}}]}}', true)"));
    client.run(&format!("SELECT lifecycle.create_journey('{store}', 'dated',
        '{{\"entry\": {{\"date\": \"first_purchase\", \"every_year\": true, \"at\": \"09:00\"}}, \"steps\": [{{\"name\": \"end\", \"exit\": \"x\"}}]}}', true)"));
    client.run(&format!(
        "SELECT lifecycle.draft_journey('{store}', 'welcome'), lifecycle.start_journey('{store}', 'welcome'),
        lifecycle.journey_definition('{store}', 'all')"
    ));
    client.run(&format!("SELECT lifecycle.set_journey_policy('{store}', '{{\"caps\": [{{\"per\": \"1 day\", \"most\": 5}}],
        \"quiet_hours\": {{\"from\": \"02:00\", \"to\": \"02:01\"}}, \"control\": 0.05}}'), lifecycle.journey_policy('{store}')"));
    client.run(&format!(
        "SELECT lifecycle.record_event('{store}', 'registered', 'r1', customer => '9'),
        lifecycle.record_event('{store}', 'unsubscribed', 'u1', customer => '10', channel => 'email')"
    ));
    for days in [0, 1] {
        client.run(&format!("CALL lifecycle.run_journeys('{store}', pg_catalog.now() OPERATOR(pg_catalog.+) '{days} day'::pg_catalog.interval)"));
    }
    let claimed = client
        .query(&format!("SELECT action FROM lifecycle.claim_actions('email', 4, store => '{store}')"), &[])
        .unwrap_or_else(|error| panic!("{}", crate::harness::show(&error)));
    let actions: Vec<i64> = claimed.iter().map(|row| row.get(0)).collect();
    let [first, ..] = actions[..] else { panic!("{store}: no action") };
    client.run(&format!(
        "SELECT lifecycle.fail_action('{store}', {first}, 'no'), lifecycle.fail_action('{store}', {first}, 'no', true),
            lifecycle.retry_action('{store}', {first}), lifecycle.complete_action('{store}', {first}),
            lifecycle.complete_actions('{store}', '{{{}}}'), lifecycle.record_event('{store}', 'opened', 'o1', action => {first})",
        actions.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
    ));
    client.run("SELECT lifecycle.claim_actions('sms')");
    for view in [
        "journey_report('{}', 'all', group_by => 'stage')",
        "journey_lift('{}', 'all', group_by => 'stage', against => 'store')",
        "explain_journey('{}', 'all', '7')",
        "simulate_journey('{}', '{JOURNEY}', '2024-06-01 00:00+00', '2024-06-05 00:00+00')",
        "experiment_power('{}', '{JOURNEY}', 0.1, '2024-04-01 00:00+00', '2024-04-05 00:00+00')",
    ] {
        client.run(&format!("SELECT * FROM lifecycle.{}", view.replace("{}", store).replace("{JOURNEY}", JOURNEY)));
    }
    client.run(&format!(
        "SELECT lifecycle.pause_journey('{store}', 'vip'), lifecycle.end_journey('{store}', 'referral')"
    ));
    client.run("SELECT * FROM lifecycle.stores; SELECT * FROM lifecycle.refresh_progress");
}

#[test]
fn stores_call_no_overload_beside_the_extensions_functions() {
    let mut reference = Database::new("strangers_beside_reference");
    let mut database = Database::without_extension("strangers_beside");
    let mut hostile = hostile_role(&mut database, "server_tests_neighbour");
    hostile.run("CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC");
    traps::lay(&mut hostile, "evil", &mut reference);
    hostile.run("CREATE EXTENSION pg_lifecycle SCHEMA evil");
    let laid = traps::lay_beside(&mut hostile, "evil");
    assert!(laid > 500, "{laid}");
    database.run(TABLES);
    for path in ["\"$user\", public", "evil, public"] {
        database.run(&format!("SET search_path = {path}"));
        for (store, arguments) in STORES {
            live(&mut database, store, arguments);
            let others = [
                EXTENSION,
                &relation("sources.orders"),
                &relation("sources.people"),
                &relation("sources.events"),
                &schema("sources"),
            ]
            .join(" UNION ALL ");
            let found = strangers(&mut database, &of_store(store), &others);
            assert!(found.is_empty(), "{store}: {} strangers: {found:#?}", found.len());
            database.run(&format!(
                "SET search_path = {path}; SET client_min_messages = warning; SELECT lifecycle.detach('{store}', discard => true)"
            ));
        }
    }
    // One that fits just as well, by a default, is no better fit: the server refuses to choose, and calls neither.
    hostile.run(
        "CREATE FUNCTION evil.cohort_retention(evil.purchase_history, interval, timestamptz, integer DEFAULT 0)
            RETURNS evil.cohort_cell[] LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$",
    );
    let (_, arguments) = STORES[0];
    refuses(
        &mut database,
        &format!("SELECT lifecycle.attach(store => 'late', {arguments})"),
        "42725",
        &["cohort_retention"],
    );
    drop(hostile);
    gone(database, "server_tests_neighbour");
}

#[test]
fn stores_find_nothing_in_a_path_that_shadows_the_servers_functions() {
    let mut database = Database::new("strangers_shadow");
    database.run(traps::SHADOW);
    let shadows: i64 = database.get("SELECT count(*) FROM pg_proc WHERE pronamespace = 'shadow'::regnamespace");
    assert!(shadows > 2000, "{shadows}");
    database.run(TABLES);
    for (store, arguments) in STORES {
        database.run("SET search_path = shadow, pg_catalog, public");
        live(&mut database, store, arguments);
        let others = [EXTENSION, &schema("sources")].join(" UNION ALL ");
        let found = strangers(&mut database, &of_store(store), &others);
        assert!(found.is_empty(), "{store}: {} strangers: {found:#?}", found.len());
        database.run(&format!(
            "SET search_path = shadow, pg_catalog, public; SET client_min_messages = warning; SELECT lifecycle.detach('{store}', discard => true)"
        ));
    }
}
