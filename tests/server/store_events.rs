//! A store of orders and engagement events, against plain SQL over both tables.

use crate::harness::{Ask, Database, assert_none};
use crate::plain::Plain;
use crate::stores::verified;

/// Each spelling of a kind that is read, and the kind that it is.
const SPELLINGS: [(&str, &str); 28] = [
    ("sent", "sent"),
    ("Sent", "sent"),
    ("delivered", "delivered"),
    ("DELIVERED", "delivered"),
    ("open", "open"),
    ("Opened", "open"),
    ("opened", "open"),
    (" open", "open"),
    ("Open;", "open"),
    ("click", "click"),
    ("CLICKED", "click"),
    ("clicked", "click"),
    ("visit", "visit"),
    ("Visited", "visit"),
    ("reply", "reply"),
    ("replied", "reply"),
    ("bounce", "bounce"),
    ("bounced", "bounce"),
    ("unsubscribe", "unsubscribe"),
    ("Unsubscribed", "unsubscribe"),
    ("UNSUBSCRIBE", "unsubscribe"),
    ("complaint", "complaint"),
    ("complained", "complaint"),
    ("referral", "referral"),
    ("referred", "referral"),
    ("subscribe", "subscribe"),
    ("Subscribed", "subscribe"),
    ("sUbScRiBeD", "subscribe"),
];

/// Spellings of no kind: rows of these are no events.
const NO_KINDS: [&str; 6] = ["", "opening", "noise", "sending", "öpened", "unknown"];

/// The kinds that are known as a list for SQL.
fn known() -> String {
    SPELLINGS.map(|(word, kind)| format!("('{word}', '{kind}')")).join(", ")
}

fn shop(name: &str, changes: &str) -> (Database, Plain) {
    let mut database = Database::new(name);
    database.run(&format!(
        "SET client_min_messages = warning; SET TimeZone = 'UTC';
         CREATE TABLE spelling (n serial, word text, kind text);
         INSERT INTO spelling (word, kind) VALUES {};
         CREATE TABLE orders (customer bigint, at timestamptz, amount numeric, channel text);
         INSERT INTO orders SELECT n % 40, '2023-01-01'::timestamptz + n * interval '17 hours', 5 + n % 50, NULL
            FROM generate_series(1, 400) AS n WHERE n % 40 < 30;
         -- Some have stopped long ago, and some of late.
         DELETE FROM orders WHERE customer < 6 AND at > '2023-02-20' OR customer BETWEEN 6 AND 11 AND at > '2023-05-20';
         CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, person bigint, at timestamp, kind varchar, by text, ok boolean DEFAULT true);
         -- Everybody in another mood: from those who open everything to those who have long gone, and some who never bought.
         INSERT INTO events (person, at, kind, by)
            SELECT p, '2023-01-05'::timestamp + e * (3 + p % 9) * interval '1 day', s.word,
                (ARRAY['email', 'sms', 'EMAIL', 'pigeon', NULL])[1 + (p + e) % 5]
            FROM generate_series(0, 59) AS p, generate_series(1, 12) AS e JOIN spelling AS s ON true
            WHERE s.n = 1 + (p * 7 + e * e * 3) % {} AND p % 6 <> 5;
         CREATE TABLE people (customer bigint PRIMARY KEY, consented date);
         INSERT INTO people SELECT n, CASE WHEN n % 3 > 0 THEN date '2023-01-02' + n::int END FROM generate_series(20, 70) AS n",
        known(),
        SPELLINGS.len()
    ));
    database.run(&format!(
        "SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            channel => 'channel', changes => '{changes}', customers => 'people', consented_at => 'consented', events => 'events',
            event_customer => 'person', happened_at => 'at', kind => 'kind', event_channel => 'by', event_status => 'ok',
            event_changes => '{changes}', time_zone => 'UTC', settings => '{{\"reader\": \"\"}}')"
    ));
    let plain = Plain {
        // Channels are read in any case; those of other names are none.
        events: "SELECT person AS customer, at AT TIME ZONE 'UTC' AS at, s.kind,
                CASE WHEN lower(by) IN ('email', 'sms') THEN lower(by) END AS channel
             FROM events AS e JOIN (SELECT DISTINCT lower(word) AS word, kind FROM spelling) AS s ON s.word = lower(e.kind)
             WHERE ok"
            .to_owned(),
        people: "SELECT customer, consented::timestamp AT TIME ZONE 'UTC' AS consented_at FROM people".to_owned(),
        ..Plain::of("SELECT * FROM orders", "bigint")
    };
    (database, plain)
}

#[test]
fn a_store_of_events_says_what_plain_sql_says() {
    for changes in ["triggers", "compare"] {
        let (mut database, plain) = shop(&format!("store_events_{changes}"), changes);
        let check = |database: &mut Database, what: &str, as_of: &str| {
            database.run(&format!("CALL lifecycle.refresh('shop', as_of => '{as_of}')"));
            verified(database, "shop").unwrap_or_else(|found| panic!("{changes}, {what}: {found}"));
            plain.check_profile(database, "shop", as_of).unwrap_or_else(|found| panic!("{changes}, {what}: {found}"));
        };
        check(&mut database, "first", "2023-07-01Z");
        // There is something to see.
        for (column, least) in [("temperature", 3), ("relationship_stage", 3), ("phase", 4), ("stage", 3)] {
            let kinds: i64 = database.get(&format!("SELECT count(DISTINCT {column}) FROM shop_data.profile"));
            assert!(kinds >= least, "{changes}: only {kinds} of {column}");
        }
        // Rows of no kind, of nobody, of no time, and those that the condition keeps out, are no events.
        let unknown =
            NO_KINDS.map(|kind| format!("(1000, '2023-06-30', E'{}', 'email', true)", kind.replace("\\u0000", ".")));
        database.run(&format!(
            "INSERT INTO events (person, at, kind, by, ok) VALUES {}, (1000, '2023-06-30', NULL, NULL, true),
                (NULL, '2023-06-30', 'open', NULL, true), (1000, NULL, 'open', NULL, true), (1000, '2023-06-30', 'open', NULL, false)",
            unknown.join(", ")
        ));
        check(&mut database, "rows that are no events", "2023-07-02Z");
        assert_eq!(database.get::<i64>("SELECT count(*) FROM shop_data.profile WHERE customer = 1000"), 0, "{changes}");

        // Consent, and what becomes of it. Somebody of whom there is nothing else.
        database.run(
            "INSERT INTO events (person, at, kind, by) VALUES (2000, '2023-06-01', 'Sent', 'email'),
                (2000, '2023-06-02', 'Opened', 'email'), (2001, '2023-06-01', 'Subscribed', NULL)",
        );
        check(&mut database, "newcomers", "2023-07-03Z");
        let of = |database: &mut Database, who: i64| {
            database.get::<String>(&format!(
                "SELECT concat_ws(' ', temperature, relationship_stage, phase) FROM shop_data.profile WHERE customer = {who}"
            ))
        };
        assert!(of(&mut database, 2000).starts_with("warm "), "{}", of(&mut database, 2000));
        let before = of(&mut database, 2000);
        database.run("INSERT INTO events (person, at, kind, by) VALUES (2000, '2023-07-01', 'UNSUBSCRIBED', 'email')");
        check(&mut database, "unsubscribed", "2023-07-04Z");
        database.run("UPDATE events SET kind = 'Unsubscribed' WHERE kind = 'UNSUBSCRIBED'");
        check(&mut database, "unsubscribed", "2023-07-04Z");
        assert_ne!(of(&mut database, 2000), before, "who has unsubscribed is where he was");

        // Corrections, deletions, other spellings of the same, and a truncate.
        for (what, statement) in [
            ("a spelling", "UPDATE events SET kind = 'Opened' WHERE kind IN ('open', 'opened')"),
            ("a kind", "UPDATE events SET kind = 'bounced' WHERE kind = 'click' AND id % 2 = 0"),
            ("a channel", "UPDATE events SET by = 'sms' WHERE person = 3"),
            ("a condition", "UPDATE events SET ok = false WHERE person = 4"),
            ("a person", "UPDATE events SET person = 5 WHERE person = 6"),
            ("a time", "UPDATE events SET at = at + interval '90 days' WHERE person = 7"),
            ("a delete", "DELETE FROM events WHERE person IN (8, 2000)"),
            (
                "orders",
                "DELETE FROM orders WHERE customer IN (9, 10); INSERT INTO orders VALUES (2001, '2023-07-01Z', 9, NULL)",
            ),
            (
                "people",
                "DELETE FROM people WHERE customer = 25; UPDATE people SET consented = NULL WHERE customer = 26",
            ),
            ("all", "TRUNCATE events"),
        ] {
            database.run(statement);
            check(&mut database, what, "2023-07-05Z");
        }
        assert_none(
            &mut database,
            "temperatures without events",
            "SELECT customer, temperature FROM shop_data.profile WHERE temperature <> 'never_contacted'",
        );
    }
}

#[test]
fn each_spelling_of_a_kind_is_that_kind() {
    let (mut database, _) = shop("store_events_spelled", "triggers");
    database.run(
        "TRUNCATE events, orders, people;
         INSERT INTO events (person, at, kind, by) SELECT n, '2023-06-01', word, 'email' FROM spelling",
    );
    database.run("CALL lifecycle.refresh('shop', as_of => '2023-07-01Z')");
    assert_none(
        &mut database,
        "spellings that are read otherwise",
        "SELECT s.word, s.kind, h.engagement::text FROM spelling AS s LEFT JOIN shop_data.history AS h ON h.customer = s.n
            JOIN (SELECT kind, engagement_history('2023-06-01'::timestamp AT TIME ZONE 'UTC', kind, 'email') AS engagement
                  FROM (SELECT DISTINCT kind FROM spelling) AS k GROUP BY kind) AS k ON k.kind = s.kind
         WHERE h.engagement IS DISTINCT FROM k.engagement",
    );
}
