//! The store, its journeys, and what must be in it in the end whatever the customers have said meanwhile.

use postgres::Client;

use crate::harness::{Ask, assert_none};

/// Everybody enters this one at once. Nothing in it waits but for the sender, so that it is played in the present.
const NEWS: &str = r#"{
    "entry": {"condition": {"profile": "orders", "at_least": 1}, "existing": true}, "goal": {"bought": true},
    "steps": [
        {"name": "offer_1", "act": {"channel": "email", "template": "offer", "topic": "offers"}},
        {"name": "text_1", "act": {"channel": "sms", "template": "text"}},
        {"name": "letter", "act": {"channel": "email", "template": "letter"}},
        {"name": "statement", "act": {"channel": "email", "template": "statement", "transactional": true}},
        {"name": "offer_2", "act": {"channel": "sms", "template": "offer", "topic": "offers"}},
        {"name": "text_2", "act": {"channel": "sms", "template": "text"}},
        {"name": "last", "act": {"channel": "email", "template": "last"}},
        {"name": "end", "exit": "through"}]}"#;

/// How many of its steps act, and how many of these also for customers who have agreed to nothing.
const ACTS: i64 = 7;
const TRANSACTIONAL: i64 = 1;

/// Who pays enters this one, each time.
const RECEIPT: &str = r#"{
    "entry": {"event": "paid"}, "reentry": "always", "priority": 5,
    "steps": [
        {"name": "receipt", "act": {"channel": "email", "template": "receipt", "transactional": true}},
        {"name": "thanks", "act": {"channel": "sms", "template": "thanks", "topic": "offers"}},
        {"name": "end", "exit": "thanked"}]}"#;

/// Nobody does anything by which one would enter these.
const IDLE: [(&str, &str); 4] = [
    ("newcomers", r#"{"event": "registered"}"#),
    ("buyers", r#"{"event": "ordered"}"#),
    ("movers", r#"{"movement": {"what": "stage", "to": ["new", "active", "at_risk", "lapsed"]}}"#),
    ("regulars", r#"{"condition": {"profile": "orders", "at_least": 2}}"#),
];

/// An eighth of the customers says something; a tenth has agreed to nothing at the start.
pub fn speaks(customer: i32) -> bool {
    customer % 8 == 0
}

pub fn has_agreed(customer: i32) -> bool {
    customer % 10 != 3
}

/// How many actions there are of those who say nothing, all of which are handed over.
pub fn at_least(customers: i32) -> i64 {
    let silent = (1..=customers).filter(|customer| !speaks(*customer));
    silent.map(|customer| if has_agreed(customer) { ACTS } else { TRANSACTIONAL }).sum()
}

/// Purchases of some days and of a month ago, none of them where a stage ends.
const STORE: &str = "
    CREATE TABLE people AS SELECT c AS customer, CASE WHEN c % 10 <> 3 THEN now() - interval '200 days' END AS consented
        FROM generate_series(1, {customers}) AS c;
    ALTER TABLE people ADD PRIMARY KEY (customer);
    CREATE TABLE orders (customer integer NOT NULL, at timestamptz NOT NULL, amount numeric NOT NULL);
    INSERT INTO orders SELECT customer, now() - interval '84 hours' - n * interval '30 days', 10
        FROM people, generate_series(0, customer % 2) AS n;
    CREATE INDEX ON orders (customer);
    CREATE TABLE kept_orders AS TABLE orders;
    ANALYZE people, orders, kept_orders;
    SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
        customers => 'people', consented_at => 'consented',
        settings => '{\"reader\": \"\", \"max_complaints\": 1, \"max_bounces\": 1}');
    SELECT lifecycle.set_journey_policy('shop', '{\"max_entries\": 1000000000, \"consent\": \"required\"}');
    CALL lifecycle.refresh('shop');
    CREATE TABLE completion (action bigint, completed_at timestamptz, at timestamptz);
    CREATE FUNCTION log_completion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.completion VALUES (NEW.id, NEW.completed_at, clock_timestamp());
        RETURN NULL;
    END $$;
    CREATE TRIGGER log_completion AFTER UPDATE ON shop_data.action FOR EACH ROW WHEN (NEW.status = 'done' AND OLD.status <> 'done')
        EXECUTE FUNCTION log_completion()";

/// Makes all that is there before the first run.
pub fn create(client: &mut Client, customers: i32) {
    client.run("SET client_min_messages = warning; SET timezone = 'UTC'");
    client.run(&STORE.replace("{customers}", &customers.to_string()));
    let mut start = |name: &str, definition: &str| {
        client.run(&format!("SELECT lifecycle.create_journey('shop', '{name}', '{definition}', start => true)"));
    };
    start("news", NEWS);
    start("receipt", RECEIPT);
    for (name, entry) in IDLE {
        let step = r#"{"name": "letter", "act": {"channel": "email", "template": "hello"}}"#;
        start(name, &format!(r#"{{"entry": {entry}, "steps": [{step}, {{"name": "end", "exit": "done"}}]}}"#));
    }
    client.run("VACUUM ANALYZE");
}

/// Whether nothing is left to decide and to send, by the tables alone.
pub fn is_over(client: &mut Client) -> Result<bool, postgres::Error> {
    let query = "SELECT NOT EXISTS (SELECT FROM shop_data.event WHERE NOT processed)
        AND NOT EXISTS (SELECT FROM shop_data.action WHERE NOT processed OR status IN ('pending', 'claimed'))
        AND NOT EXISTS (SELECT FROM shop_data.enrollment WHERE due_at IS NOT NULL)";
    client.query_one(query, &[]).map(|row| row.get(0))
}

/// What must be true of the tables in the end.
pub fn check(client: &mut Client, customers: i32) {
    let twice =
        "SELECT customer, journey, entry, step, round FROM shop_data.action GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1";
    assert_none(client, "decided twice", twice);
    let entered =
        "SELECT e.customer, j.name, count(*) FROM shop_data.decision AS e JOIN shop_data.journey AS j USING (journey)
        WHERE e.kind = 'entered' AND j.name <> 'receipt' GROUP BY 1, 2 HAVING j.name <> 'news' OR count(*) <> 1";
    assert_none(client, "entered twice, or for nothing", entered);
    let all: i64 = client.get("SELECT count(*) FROM shop_data.enrollment WHERE journey = 1");
    assert_eq!(all, i64::from(customers), "each customer enters once");
    // Each event was an occasion once; more than one may have come before a run.
    let receipts = "SELECT e.customer, count(*) FROM shop_data.enrollment AS e WHERE e.journey = 2 GROUP BY 1
        HAVING count(*) > (SELECT count(*) FROM shop_data.event AS v WHERE v.customer = e.customer AND v.kind = 'paid')";
    assert_none(client, "more receipts than payments", receipts);
    assert_none(client, "a purchase was seen", "SELECT * FROM shop_data.enrollment WHERE outcome = 'goal'");

    // Those who said nothing got all of it, once; without consent only what answers them.
    let silent = "SELECT * FROM shop_data.action
        WHERE customer % 8 <> 0 AND (status <> 'done' OR journey <> 1 OR customer % 10 = 3 AND NOT transactional)";
    assert_none(client, "came to another end", silent);
    let lost = format!(
        "SELECT c, count(a.id) FROM generate_series(1, {customers}) AS c LEFT JOIN shop_data.action AS a ON a.customer = c
            WHERE c % 8 <> 0 GROUP BY c HAVING count(a.id) <> CASE WHEN c % 10 = 3 THEN {TRANSACTIONAL} ELSE {ACTS} END"
    );
    assert_none(client, "lost", &lost);
    let left = "SELECT * FROM shop_data.enrollment WHERE customer % 8 <> 0 AND outcome IS DISTINCT FROM 'exit'";
    assert_none(client, "left early", left);
}

/// How many actions were not handed over in the end, and why; each reason was there.
pub fn reasons(client: &mut Client) -> Vec<String> {
    let query = "SELECT reason FROM shop_data.action WHERE status IN ('cancelled', 'withheld') GROUP BY 1 ORDER BY 1";
    let found = client.texts(query);
    for reason in ["complaint", "hard bounce", "no consent", "suppressed", "unsubscribed"] {
        assert!(found.iter().any(|found| found == reason), "nothing was stopped by {reason}: {found:?}");
    }
    client.texts(
        "SELECT count(*) || ' ' || status || COALESCE(' (' || reason || ')', '') FROM shop_data.action
            GROUP BY status, reason ORDER BY status, reason",
    )
}
