//! The journeys that are run, and what must have been decided in the end: worked out by plain SQL before anything runs.

use postgres::Client;

use crate::harness::{Ask, assert_none};

/// As of when the journeys are run, one after the other: each an hour later in the day than the one before, for waits begin when a
/// message was sent, which is after the run that decided it.
pub const INSTANTS: [&str; 7] = [
    "2024-01-10 12:00Z",
    "2024-01-11 13:00Z",
    "2024-01-13 14:00Z",
    "2024-01-14 15:00Z",
    "2024-01-15 16:00Z",
    "2024-01-16 17:00Z",
    "2024-01-17 18:00Z",
];

/// After which of these some have bought, who then leave.
pub const BOUGHT_AFTER: usize = 1;

/// Everybody enters this one at the first instant. A tenth is in the control group.
const CHAIN: &str = r#"{
    "entry": {"condition": {"profile": "orders", "at_least": 1}, "existing": true}, "control": 0.1,
    "steps": [
        {"name": "hello", "act": {"channel": "email", "template": "hello", "payload": {"of": {"profile": "orders"}}}},
        {"name": "a_day", "wait": {"for": "1 day"}},
        {"name": "regular", "branch": [{"if": {"profile": "orders", "at_least": 2}, "then": "thanks"}]},
        {"name": "which", "split": [{"arm": "a", "weight": 1, "then": "offer_a"}, {"arm": "b", "weight": 3, "then": "offer_b"}]},
        {"name": "offer_a", "act": {"channel": "email", "template": "offer_a"}, "next": "two_days"},
        {"name": "offer_b", "act": {"channel": "sms", "template": "offer_b"}, "next": "two_days"},
        {"name": "thanks", "act": {"channel": "email", "template": "thanks"}},
        {"name": "two_days", "wait": {"for": "2 days"}},
        {"name": "reminder", "act": {"channel": "email", "template": "reminder"}},
        {"name": "another_day", "wait": {"for": "1 day"}},
        {"name": "recent", "branch": [{"if": {"profile": "last_purchase", "within_last": "8 days"}, "then": "reminder"}]},
        {"name": "farewell", "act": {"channel": "sms", "template": "farewell"}},
        {"name": "end", "exit": "through"}]}"#;

/// A seventh enters this one too, by an event that was recorded twice.
const TRIAL: &str = r#"{
    "entry": {"event": "trial"}, "priority": 5,
    "steps": [
        {"name": "begin", "act": {"channel": "email", "template": "begin"}},
        {"name": "three_days", "wait": {"for": "3 days"}},
        {"name": "finish", "act": {"channel": "sms", "template": "finish"}},
        {"name": "end", "exit": "tried"}]}"#;

/// The customers and all that is drawn for them, with no function of ours: `f` is the round of the act of the second instant, `loops`
/// how often they are reminded again.
const PEOPLE: &str = "
    CREATE FUNCTION draw(what text, customer integer) RETURNS numeric LANGUAGE sql AS $$
        SELECT ('x' || left(encode(sha256(convert_to(what || '/' || customer, 'UTF8')), 'hex'), 13))::bit(52)::bigint / 2.0 ^ 52 $$;
    CREATE TABLE person AS
    SELECT c AS customer, 1 + c % 2 AS orders, timestamptz '2024-01-01Z' + c % 9 * interval '1 day' AS last_purchase,
        c % 11 = 0 AS buys, c % 7 = 1 AS tries, CASE WHEN draw('journey/chain', c) < 0.1 THEN 'journey' END AS control,
        CASE WHEN c % 2 = 0 THEN CASE WHEN draw('split/chain/which', c) < 0.25 THEN 'a' ELSE 'b' END END AS arm,
        CASE WHEN c % 2 = 0 THEN 5 ELSE 4 END AS f, GREATEST(c % 9 - 5, 0) AS loops
    FROM generate_series(1, {customers}) AS c";

const EXPECTED: &str = "
    CREATE TABLE expected_action AS
    SELECT p.customer, a.journey, 1 AS version, 1 AS entry, a.step, a.round,
        timestamptz '2024-01-10 12:00Z' + a.day * interval '1 day' + (a.day - (a.day > 1)::int) * interval '1 hour' AS decided_at,
        CASE WHEN a.journey = 1 AND a.day > 0 THEN 'which=' || p.arm END AS arm,
        CASE WHEN a.journey = 1 THEN p.control END AS control, a.channel, a.template,
        CASE WHEN a.journey = 1 AND p.control IS NOT NULL THEN NULL WHEN a.template = 'hello' THEN jsonb_build_object('of', p.orders)
            ELSE '{}' END AS payload,
        CASE WHEN a.journey = 1 AND p.control IS NOT NULL THEN 'withheld' ELSE 'done' END AS status
    FROM person AS p, LATERAL (
        SELECT 1 AS journey, 1 AS step, 1 AS round, 0 AS day, 'email' AS channel, 'hello' AS template
        UNION ALL SELECT 1, 5, 5, 1, 'email', 'offer_a' WHERE p.arm = 'a'
        UNION ALL SELECT 1, 6, 5, 1, 'sms', 'offer_b' WHERE p.arm = 'b'
        UNION ALL SELECT 1, 7, 4, 1, 'email', 'thanks' WHERE p.arm IS NULL
        UNION ALL SELECT 1, 9, p.f + 2 + 3 * k, 3 + k, 'email', 'reminder' FROM generate_series(0, p.loops) AS k WHERE NOT p.buys
        UNION ALL SELECT 1, 12, p.f + 5 + 3 * p.loops, 4 + p.loops, 'sms', 'farewell' WHERE NOT p.buys
        UNION ALL SELECT 2, 1, 1, 0, 'email', 'begin' WHERE p.tries
        UNION ALL SELECT 2, 3, 3, 3, 'sms', 'finish' WHERE p.tries AND NOT p.buys) AS a;
    CREATE TABLE expected_decision AS
    SELECT p.customer, d.journey, 1 AS version, 1 AS entry, d.step, d.round,
        timestamptz '2024-01-10 12:00Z' + d.day * interval '1 day' + (d.day - (d.day > 1)::int) * interval '1 hour' AS decided_at, d.kind, d.reason
    FROM person AS p, LATERAL (
        SELECT 1 AS journey, 1 AS step, 1 AS round, 0 AS day, 'entered' AS kind, 'condition' AS reason
        UNION ALL SELECT 1, 3, 3, 1, 'branched', CASE WHEN p.arm IS NULL THEN 'thanks' ELSE 'which' END
        UNION ALL SELECT 1, 4, 4, 1, 'split', 'which=' || p.arm WHERE p.arm IS NOT NULL
        UNION ALL SELECT 1, 11, p.f + 4 + 3 * k, 4 + k, 'branched', CASE WHEN k < p.loops THEN 'reminder' ELSE 'farewell' END
            FROM generate_series(0, p.loops) AS k WHERE NOT p.buys
        UNION ALL SELECT 1, 13, p.f + 6 + 3 * p.loops, 4 + p.loops, 'left', 'through' WHERE NOT p.buys
        -- Whichever runner finds them first: as of the instant before the purchases were known, or of the one after it.
        UNION ALL SELECT 1, 8, p.f + 1, NULL, 'left', 'goal' WHERE p.buys
        UNION ALL SELECT 2, 1, 1, 0, 'entered', 'trial' WHERE p.tries
        UNION ALL SELECT 2, 2, 2, NULL, 'left', 'goal' WHERE p.tries AND p.buys
        UNION ALL SELECT 2, 4, 4, 3, 'left', 'tried' WHERE p.tries AND NOT p.buys) AS d;
    ANALYZE expected_action, expected_decision";

/// The store, its journeys, and a log of completions that is no part of it.
const STORE: &str = "
    CREATE TABLE orders (customer integer NOT NULL, at timestamptz NOT NULL, amount numeric NOT NULL);
    INSERT INTO orders SELECT customer, last_purchase - n * interval '30 days', 10 FROM person, generate_series(0, person.orders - 1) AS n;
    CREATE INDEX ON orders (customer);
    ANALYZE orders;
    SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
        settings => '{\"reader\": \"\"}');
    SELECT lifecycle.set_journey_policy('shop', '{\"max_entries\": 1000000000}')";

const LOG: &str = "
    UPDATE shop_data.journey SET started_at = '2024-01-05Z';
    INSERT INTO shop_data.event (customer, kind, at, provider_id)
        SELECT customer, 'trial', timestamptz '2024-01-10 11:00Z', format('trial %s %s', customer, n)
        FROM person, generate_series(1, 2) AS n WHERE tries;
    CREATE TABLE completion (action bigint, completed_at timestamptz, at timestamptz);
    CREATE FUNCTION log_completion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.completion VALUES (NEW.id, NEW.completed_at, clock_timestamp());
        RETURN NULL;
    END $$;
    CREATE TRIGGER log_completion AFTER UPDATE ON shop_data.action FOR EACH ROW WHEN (NEW.status = 'done' AND OLD.status <> 'done')
        EXECUTE FUNCTION log_completion()";

/// Makes all that is there before the first run.
pub fn create(client: &mut Client, customers: u64) {
    client.run("SET client_min_messages = warning; SET timezone = 'UTC'");
    client.run(&PEOPLE.replace("{customers}", &customers.to_string()));
    client.run(EXPECTED);
    client.run(STORE);
    client.run(&format!("CALL lifecycle.refresh('shop', '{}')", INSTANTS[0]));
    for (name, definition) in [("chain", CHAIN), ("trial", TRIAL)] {
        client.run(&format!("SELECT lifecycle.create_journey('shop', '{name}', '{definition}', start => true)"));
    }
    client.run(LOG);
    client.run("VACUUM ANALYZE");
}

/// Some buy between the first two instants, and the store gets to know it. May be done again.
pub fn buy(client: &mut Client) -> Result<(), postgres::Error> {
    client.batch_execute(
        "INSERT INTO orders SELECT customer, '2024-01-10 18:00Z', 10 FROM person
            WHERE buys AND NOT EXISTS (SELECT FROM orders WHERE at = '2024-01-10 18:00Z')",
    )?;
    client.batch_execute(&format!("CALL lifecycle.refresh('shop', '{}')", INSTANTS[BOUGHT_AFTER]))
}

/// Whether nothing is left to decide as of an instant, and to send, by the tables alone.
pub fn is_decided(client: &mut Client, at: usize) -> Result<bool, postgres::Error> {
    let query = format!(
        "SELECT NOT EXISTS (SELECT FROM shop_data.event WHERE NOT processed)
            AND (SELECT j.scanned_at = s.refreshed_at AND t.swept_at = s.refreshed_at
                FROM shop_data.journey AS j, shop_data.journey_state AS t, lifecycle.store AS s WHERE j.journey = 1) IS TRUE
            AND NOT EXISTS (SELECT FROM shop_data.action WHERE NOT processed)
            AND NOT EXISTS (SELECT FROM shop_data.enrollment WHERE due_at <= '{}' OR due_at = 'infinity')",
        INSTANTS[at]
    );
    client.query_one(&query, &[]).map(|row| row.get(0))
}

/// Holds what was decided against what must have been.
pub fn check(client: &mut Client) {
    client.run("SET timezone = 'UTC'");
    let mut compare = |what: &str, expected: &str, found: &str| {
        assert_none(client, &format!("{what}: too many"), &format!("{found} EXCEPT ALL {expected}"));
        assert_none(client, &format!("{what}: lost"), &format!("{expected} EXCEPT ALL {found}"));
    };
    compare(
        "actions",
        "SELECT customer, journey, version, entry, step, round, decided_at, arm, control, channel, template, payload, status FROM expected_action",
        "SELECT customer, journey, version, entry, step, round, decided_at, arm, control, channel, template, payload, status FROM shop_data.action",
    );
    compare(
        "decisions",
        "SELECT customer, journey, version, entry, step, round, decided_at, kind, reason FROM expected_decision",
        "SELECT customer, journey, version, entry, step, round, CASE WHEN reason <> 'goal' THEN decided_at END, kind, reason FROM shop_data.decision",
    );
    // Who is in it once, and out of it again.
    compare(
        "enrollments",
        "SELECT customer, journey, 1, CASE WHEN buys THEN 'goal' ELSE 'exit' END, true
            FROM person, generate_series(1, 2) AS journey WHERE journey = 1 OR tries",
        "SELECT customer, journey, entry, outcome, due_at IS NULL AND ended_at IS NOT NULL FROM shop_data.enrollment",
    );
    assert_none(client, "not looked at", "SELECT * FROM shop_data.event WHERE NOT processed");
}
