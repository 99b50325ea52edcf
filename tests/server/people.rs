//! Customers who are forgotten or merged, while runs, senders, refreshes and providers go on.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pg_lifecycle::domain::journey::people::holdings::{HOLDINGS, MADE_UP};
use postgres::Client;

use crate::harness::{Ask, Database, assert_none, connect, show};

/// How many customers there are at the beginning.
const CUSTOMERS: usize = 120;

fn key(number: usize) -> String {
    format!("person-{number}-x")
}

/// A store whose journeys write to customers who register and to customers who order, on the tables `orders` and `people`.
fn shop(name: &str) -> Database {
    let mut database = Database::new(name);
    database.run(&format!(
        "SET client_min_messages = warning;
         CREATE TABLE people AS SELECT 'person-' || i || '-x' AS key, 'm' || i || '@example.org' AS email FROM generate_series(1, {CUSTOMERS}) AS i;
         ALTER TABLE people ADD PRIMARY KEY (key);
         CREATE TABLE orders AS SELECT key AS customer, now() - interval '40 days' AS at, 20::numeric AS amount FROM people;
         CREATE INDEX ON orders (customer);
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount', customers => 'people',
            customers_key => 'key', attributes => '{{email}}', settings => '{{\"reader\": \"\"}}');
         CALL lifecycle.refresh('shop');
         SELECT lifecycle.create_journey('shop', 'welcome', '{{\"entry\": {{\"event\": \"registered\"}}, \"reentry\": \"always\", \"steps\": [
            {{\"name\": \"letter\", \"act\": {{\"channel\": \"email\", \"template\": \"hello\", \"payload\": {{\"to\": {{\"profile\": \"email\"}}}}}}}},
            {{\"name\": \"end\", \"exit\": \"done\"}}]}}', start => true);
         SELECT lifecycle.create_journey('shop', 'thanks', '{{\"entry\": {{\"event\": \"ordered\"}}, \"reentry\": \"always\", \"steps\": [
            {{\"name\": \"letter\", \"act\": {{\"channel\": \"email\", \"template\": \"thanks\", \"payload\": {{\"to\": {{\"profile\": \"email\"}}}}}}}},
            {{\"name\": \"end\", \"exit\": \"done\"}}]}}', start => true);
         UPDATE shop_data.journey SET started_at = now() - interval '1 hour'"
    ));
    database
}

/// The query for the columns of the store's tables in which the text stands that `needle`, an expression, gives.
fn held(client: &mut Client, needle: &str) -> Vec<String> {
    let columns = client.texts(
        "SELECT format('SELECT %L WHERE EXISTS (SELECT FROM %s AS t WHERE strpos(t.%I::text, needle) > 0)',
             c.oid::regclass || '.' || a.attname, c.oid::regclass, a.attname)
         FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
         WHERE c.relnamespace::regnamespace::text IN ('shop_data', 'lifecycle') AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped",
    );
    assert!(columns.len() > 100);
    let query = columns.join(" UNION ALL ");
    client.texts(&format!(
        "SELECT found.place FROM (VALUES ('{needle}')) AS of (needle), LATERAL ({query}) AS found (place)"
    ))
}

#[test]
fn every_column_of_customers_is_one_that_forgetting_knows() {
    let mut database = Database::new("people_columns");
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE orders (customer uuid, at timestamptz, amount numeric); CREATE TABLE refunds (customer uuid, at timestamptz, amount numeric);
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount', refunds => 'refunds',
            refund_customer => 'customer', refunded_at => 'at', refund_amount => 'amount', settings => '{\"reader\": \"\"}')",
    );
    // Nothing else is a uuid in the tables of a store; notes of refunds and test recipients are texts.
    let found: BTreeSet<String> = database
        .texts(
            "SELECT c.relname || '.' || a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
             WHERE c.relnamespace = 'shop_data'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
                 AND (a.atttypid IN ('uuid'::regtype, 'uuid[]'::regtype) OR a.attname IN ('customer', 'customers', 'refund_of'))",
        )
        .into_iter()
        .collect();
    let known =
        HOLDINGS.iter().flat_map(|holding| holding.columns.iter().map(|column| format!("{}.{column}", holding.table)));
    let known: BTreeSet<String> = known.chain(MADE_UP.map(|table| format!("{table}.customer"))).collect();
    let counts = BTreeSet::from(["fit.customers", "kpi.customers", "journey_intake.customers"].map(str::to_owned));
    assert_eq!(found.difference(&counts).cloned().collect::<BTreeSet<_>>(), known);
}

/// A session that calls until it is told to stop.
struct Session {
    thread: thread::JoinHandle<()>,
    calls: Arc<AtomicUsize>,
    what: &'static str,
}

/// Calls until it is told to stop.
fn go_on(
    what: &'static str,
    name: &str,
    stop: &Arc<AtomicBool>,
    mut call: impl FnMut(&mut Client, usize) + Send + 'static,
) -> Session {
    let (name, stop, calls) = (name.to_owned(), Arc::clone(stop), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&calls);
    let thread = thread::spawn(move || {
        let mut client = connect(&name);
        client.run("SET client_min_messages = error");
        while !stop.load(Ordering::SeqCst) {
            call(&mut client, counted.fetch_add(1, Ordering::SeqCst));
        }
    });
    Session { thread, calls, what }
}

/// Runs a call that may be refused for one of these codes only.
fn may_fail(client: &mut Client, call: &str, codes: &[&str]) {
    if let Err(error) = client.batch_execute(call) {
        let code = error.code().map(|code| code.code().to_owned()).unwrap_or_default();
        assert!(codes.contains(&code.as_str()), "{}\n{call}", show(&error));
    }
}

#[test]
fn nobody_who_is_gone_gets_a_letter_while_everything_goes_on() {
    let mut database = shop("people_at_once");
    let name = database.name().to_owned();
    let stop = Arc::new(AtomicBool::new(false));
    let gone: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let sent = Arc::new(Mutex::new(0));
    let any = |n: usize, by: usize| key(1 + n * by % CUSTOMERS);
    let mut threads = vec![
        go_on("refresh", &name, &stop, |client, n| {
            let rebuild = if n % 2 == 1 { "true" } else { "false" };
            // Every refresh has the runs look at all customers anew: one after the other without a pause, and no run would come to an end.
            thread::sleep(Duration::from_secs(4));
            may_fail(client, &format!("CALL lifecycle.refresh('shop', rebuild => {rebuild}, accept => true)"), &[]);
        }),
        go_on("run", &name, &stop, |client, _| may_fail(client, "CALL lifecycle.run_journeys('shop')", &[])),
        go_on("write", &name, &stop, move |client, n| {
            let customer = any(n, 37);
            // Of a customer who is forgotten nothing is recorded: 55000.
            may_fail(
                client,
                &format!("SELECT lifecycle.record_event('shop', 'registered', 'r{n}', customer => '{customer}')"),
                &["55000"],
            );
            may_fail(
                client,
                &format!("SELECT lifecycle.record_consent('shop', '{customer}', evidence => '{customer}')"),
                &["55000"],
            );
            may_fail(client, &format!("SELECT lifecycle.suppress('shop', '{customer}', 'sms')"), &["55000"]);
            client.run(&format!("INSERT INTO orders VALUES ('{customer}', clock_timestamp(), 5)"));
        }),
    ];
    for _ in 0..2 {
        let (gone, sent) = (Arc::clone(&gone), Arc::clone(&sent));
        threads.push(go_on("send", &name, &stop, move |client, _| {
            let before = gone.lock().expect("the list").clone();
            let claims = client.query("SELECT action, customer FROM lifecycle.claim_actions('email', 5, store => 'shop')", &[]);
            for row in claims.unwrap_or_else(|error| panic!("{}", show(&error))) {
                let (action, customer): (i64, String) = (row.get(0), row.get(1));
                assert!(!before.contains(&customer), "a letter to {customer}, who is gone");
                *sent.lock().expect("the number") += 1;
                client.run(&format!("SELECT lifecycle.complete_action('shop', {action}, 'message to {customer}')"));
                client.run(&format!("SELECT lifecycle.record_event('shop', 'delivered', 'd{action}', action => {action}, detail => '{{\"to\": \"{customer}\"}}')"));
            }
        }));
    }
    let mut forgotten = Vec::new();
    for n in 0..40 {
        let (one, other) = (key(1 + n), key(CUSTOMERS - n));
        if n % 3 == 0 {
            database
                .run(&format!("SELECT * FROM lifecycle.merge_customers('shop', '{other}', '{}')", key(CUSTOMERS / 2)));
            gone.lock().expect("the list").insert(other);
        } else {
            database.run(&format!("SELECT * FROM lifecycle.forget('shop', '{one}')"));
            gone.lock().expect("the list").insert(one.clone());
            forgotten.push(one);
        }
        thread::sleep(Duration::from_millis(250));
    }
    let began = Instant::now();
    while threads.iter().any(|session| session.calls.load(Ordering::SeqCst) < 4)
        && began.elapsed() < Duration::from_secs(120)
    {
        thread::sleep(Duration::from_millis(100));
    }
    stop.store(true, Ordering::SeqCst);
    for session in threads {
        let calls = session.calls.load(Ordering::SeqCst);
        assert!(calls >= 4, "{}: {calls} calls are too few to say anything", session.what);
        session.thread.join().expect("a session that goes on");
    }
    let sent = *sent.lock().expect("the number");
    assert!(sent > 20, "{sent} letters");
    for rebuild in ["false", "true"] {
        database.run(&format!(
            "CALL lifecycle.refresh('shop', rebuild => {rebuild}, accept => true); CALL lifecycle.run_journeys('shop')"
        ));
        assert_none(&mut database, "verify", "SELECT * FROM lifecycle.verify('shop')");
        for customer in &forgotten {
            assert_eq!(held(&mut database, customer), [""; 0], "{customer}");
        }
    }
    assert_none(
        &mut database,
        "an entry of a customer who was merged",
        "SELECT e.customer FROM shop_data.enrollment AS e JOIN shop_data.alias AS a ON a.duplicate = e.customer",
    );
    assert_none(
        &mut database,
        "an event of a customer who was merged",
        "SELECT e.customer FROM shop_data.event AS e JOIN shop_data.alias AS a ON a.duplicate = e.customer",
    );
}

#[test]
fn a_transaction_that_does_not_see_it_cannot_write_about_a_customer_who_is_forgotten() {
    let mut database = shop("people_snapshot");
    let mut other = connect(database.name());
    for (level, call) in [
        ("REPEATABLE READ", "SELECT lifecycle.record_event('shop', 'registered', 'late', customer => 'person-1-x')"),
        ("SERIALIZABLE", "SELECT lifecycle.record_consent('shop', 'person-2-x')"),
        ("REPEATABLE READ", "SELECT lifecycle.suppress('shop', 'person-3-x')"),
    ] {
        let customer = call.split('\'').rev().nth(1).expect("a key");
        other.run(&format!("BEGIN ISOLATION LEVEL {level}; SELECT count(*) FROM orders"));
        database.run(&format!("SELECT * FROM lifecycle.forget('shop', '{customer}')"));
        assert_eq!(other.refused(call).code().code(), "40001", "{call}");
        other.run("ROLLBACK");
        assert_eq!(other.refused(call).code().code(), "55000", "{call}");
        assert_eq!(held(&mut database, customer), [""; 0], "{call}");
    }
    other.run(
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT lifecycle.record_event('shop', 'registered', 'now', customer => 'person-4-x'); COMMIT",
    );
}

#[test]
fn a_dump_keeps_who_is_forgotten_and_who_was_merged() {
    let mut database = shop("people_copy");
    database.run("SELECT lifecycle.forget('shop', 'person-1-x'); SELECT lifecycle.merge_customers('shop', 'person-2-x', 'person-3-x')");
    database.run(
        "SELECT * FROM lifecycle.upgrade_store('shop'); SELECT lifecycle.configure('shop', '{\"attributes\": []}')",
    );
    database.run("CALL lifecycle.refresh('shop', rebuild => true)");
    assert_eq!(held(&mut database, "person-1-x"), [""; 0]);
    let orders: i64 = database.get("SELECT orders FROM shop.customers WHERE customer = 'person-3-x'");
    assert_eq!(orders, 2);
    // A restore by a role that is no superuser: the row of the store is gone, its schemas are there.
    database.run("DELETE FROM lifecycle.store; SELECT lifecycle.restore_store('shop'); CALL lifecycle.refresh('shop')");
    assert_eq!(held(&mut database, "person-1-x"), [""; 0]);
    assert_none(&mut database, "verify", "SELECT * FROM lifecycle.verify('shop')");
    assert_none(&mut database, "the duplicate", "SELECT customer FROM shop.customers WHERE customer = 'person-2-x'");
}
