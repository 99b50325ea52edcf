//! Audiences against plain SQL after random changes, and copies of the feeds that are kept in step while sessions are ended.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use postgres::{Client, Transaction};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::harness::{Ask, Database, assert_none, config, connect};
use crate::seeds::Seeds;

/// Conditions, each with what it says of the row `p` of the profile in plain SQL, as of `{now}`.
const CONDITIONS: [(&str, &str, &str); 8] = [
    ("spenders", r#"{"profile": "spend", "at_least": 120}"#, "p.spend >= 120"),
    (
        "gold \"buyers\"",
        r#"{"and": [{"profile": "plan", "is": "gold"}, {"profile": "orders", "more_than": 1}]}"#,
        "p.plan = 'gold' AND p.orders > 1",
    ),
    ("awake", r#"{"profile": "stage", "in": ["new", "active"]}"#, "p.stage IN ('new', 'active')"),
    ("asleep", r#"{"not": {"profile": "stage", "in": ["new", "active"]}}"#, "p.stage NOT IN ('new', 'active')"),
    ("no plan", r#"{"profile": "plan", "is_null": true}"#, "p.plan IS NULL"),
    (
        "long ago",
        r#"{"profile": "last_purchase", "not_within_last": "30 days"}"#,
        "(p.last_purchase > {now} - interval '30 days' AND p.last_purchase <= {now}) IS NOT TRUE",
    ),
    (
        "twice lately",
        r#"{"bought": {"at_least": 2, "within": "60 days"}}"#,
        "(SELECT count(*) FROM orders AS o WHERE o.customer = p.customer AND o.at > {now} - interval '60 days' AND o.at <= {now}) >= 2",
    ),
    (
        "rich or fast",
        r#"{"or": [{"profile": "predicted_ltv", "at_least": 100}, {"not": {"profile": "overdue_ratio", "at_least": 0.5}}]}"#,
        "COALESCE(p.predicted_ltv >= 100, false) OR (p.overdue_ratio >= 0.5) IS NOT TRUE",
    ),
];

/// How many sequences, and refreshes in each.
const SEQUENCES: u64 = 3;
const REFRESHES: usize = 14;

fn base(database: &mut Database, customers: usize) {
    database.run(&format!(
        "SET client_min_messages = warning; SET TimeZone = 'UTC';
         CREATE TABLE people (id bigint PRIMARY KEY, plan text, since timestamptz);
         CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer bigint, at timestamptz, amount numeric);
         INSERT INTO people SELECT i, (ARRAY['gold', 'basic', NULL])[1 + i % 3], '2023-01-01Z' FROM generate_series(1, {customers}) AS i;
         INSERT INTO orders (customer, at, amount)
            SELECT 1 + (i * 7919) % {customers}, '2023-06-01Z'::timestamptz + i * interval '200 days' / (3 * {customers}), 5 + i % 90
            FROM generate_series(1, 3 * {customers}) AS i;
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            customers => 'people', customers_key => 'id', attributes => '{{plan}}', time_zone => 'UTC',
            settings => '{{\"reader\": \"\", \"customer_since\": \"since\", \"max_shrink\": 1}}')"
    ));
}

/// A change of the sources at random, before an instant.
fn change(random: &mut ChaCha8Rng, now: &str, customers: usize) -> String {
    let one = random.random_range(1..=customers + 5);
    match random.random_range(0..8) {
        0 | 1 => format!(
            "INSERT INTO orders (customer, at, amount) VALUES ({one}, timestamptz '{now}' - random() * interval '20 hours', {})",
            random.random_range(1..200)
        ),
        2 => format!(
            "INSERT INTO orders (customer, at, amount) VALUES ({one}, timestamptz '{now}' - interval '90 days', {})",
            random.random_range(1..200)
        ),
        3 => format!("DELETE FROM orders WHERE customer = {one}"),
        4 => format!("UPDATE orders SET amount = amount + 40 WHERE customer = {one}"),
        5 => format!("UPDATE people SET plan = (ARRAY['gold', 'basic', NULL])[1 + {}] WHERE id = {one}", one % 3),
        6 => format!("DELETE FROM people WHERE id = {one}; DELETE FROM orders WHERE customer = {one}"),
        _ => format!("INSERT INTO people VALUES ({one}, 'gold', '{now}') ON CONFLICT DO NOTHING"),
    }
}

/// The members are those of plain SQL, the view shows them, and the log leads to them.
fn check(database: &mut Database, now: &str) {
    for (name, _, plain) in CONDITIONS {
        let plain = plain.replace("{now}", &format!("timestamptz '{now}'"));
        let (literal, view) = (name.replace('\'', "''"), name.replace('"', "\"\""));
        let members = format!(
            "SELECT m.customer FROM shop_data.audience_member AS m JOIN shop_data.audience AS a ON a.number = m.audience WHERE a.name = '{literal}'"
        );
        let plain = format!("SELECT p.customer FROM shop_data.profile AS p WHERE {plain}");
        let logged = format!(
            "SELECT customer FROM (SELECT DISTINCT ON (l.customer) l.customer, l.joined FROM shop_data.audience_log AS l
                JOIN shop_data.audience AS a ON a.number = l.audience WHERE a.name = '{literal}' ORDER BY l.customer, l.id DESC) AS last WHERE joined"
        );
        let shown = format!("SELECT customer FROM shop.\"{view}\"");
        for (what, other) in [("plain SQL", &plain), ("the view", &shown), ("the log", &logged)] {
            assert_none(
                database,
                &format!("{name} as of {now}: members and {what}"),
                &format!("({members} EXCEPT {other}) UNION ALL ({other} EXCEPT {members})"),
            );
        }
    }
    // A customer joins and leaves in turn.
    assert_none(
        database,
        "a customer joined or left twice",
        "SELECT * FROM (SELECT audience, customer, joined, lag(joined) OVER (PARTITION BY audience, customer ORDER BY id) AS before
            FROM shop_data.audience_log) AS l WHERE joined = before OR (before IS NULL AND NOT joined)",
    );
}

#[test]
fn members_are_those_of_plain_sql_and_the_log_says_whose_doing_it_was() {
    let seeds = Seeds::new("audiences", "AUDIENCE_SEED", SEQUENCES, 1);
    for &seed in &seeds.seeds {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut database = Database::new("audiences");
        base(&mut database, 60);
        let mut days: Vec<(String, Vec<String>)> = Vec::new();
        for (name, condition, _) in &CONDITIONS[..4] {
            database.run(&format!("SELECT lifecycle.create_audience('shop', '{name}', '{condition}')"));
        }
        database.run("CALL lifecycle.refresh('shop', '2024-01-01 06:00Z')");
        for (name, condition, _) in &CONDITIONS[4..] {
            database.run(&format!("SELECT lifecycle.create_audience('shop', '{name}', '{condition}')"));
        }
        check(&mut database, "2024-01-01 06:00Z");
        let mut hours = 6;
        for _ in 0..REFRESHES {
            hours += random.random_range(0..3) * random.random_range(1..40);
            let now: String =
                database.get(&format!("SELECT (timestamptz '2024-01-01Z' + interval '{hours} hours')::text"));
            let last: i64 = database.get("SELECT COALESCE(max(id), 0) FROM shop_data.audience_log");
            match random.random_range(0..5) {
                0 => {
                    // Nothing but borders and settings: nobody's doing. Time stands still.
                    let now: String = database.get("SELECT as_of::text FROM lifecycle.store");
                    let after = random.random_range(5..20) as f64 / 10.0;
                    database.run(&format!(
                        "SELECT lifecycle.configure('shop', '{{\"at_risk_after\": {after}, \"margin\": {}}}')",
                        after / 2.0
                    ));
                    database.run(&format!("CALL lifecycle.refresh('shop', '{now}', refit => true)"));
                    assert_none(
                        &mut database,
                        &format!("AUDIENCE_SEED={seed}: borders were taken for customers"),
                        &format!("SELECT * FROM shop_data.audience_log WHERE id > {last} AND kind <> 'refitted'"),
                    );
                    check(&mut database, &now);
                    continue;
                }
                1 => {
                    // What is taken away is vanished, and what comes back corrected.
                    let plan: String = database.get("SELECT COALESCE(md5(string_agg(m::text, ' ' ORDER BY audience, customer)), '') FROM (SELECT audience, customer FROM shop_data.audience_member) AS m");
                    let now: String = database.get("SELECT as_of::text FROM lifecycle.store");
                    database.run("CREATE TEMP TABLE aside AS TABLE orders; CREATE TEMP TABLE people_aside AS TABLE people; DELETE FROM orders; DELETE FROM people");
                    database.run(&format!("CALL lifecycle.refresh('shop', '{now}', accept => true)"));
                    database.run("INSERT INTO orders OVERRIDING SYSTEM VALUE TABLE aside; INSERT INTO people TABLE people_aside; DROP TABLE aside, people_aside");
                    database.run(&format!("CALL lifecycle.refresh('shop', '{now}')"));
                    assert_none(
                        &mut database,
                        &format!("AUDIENCE_SEED={seed}: a reload was taken for customers"),
                        &format!(
                            "SELECT * FROM shop_data.audience_log WHERE id > {last} AND joined AND kind NOT IN ('corrected', 'refitted')"
                        ),
                    );
                    let again: String = database.get("SELECT COALESCE(md5(string_agg(m::text, ' ' ORDER BY audience, customer)), '') FROM (SELECT audience, customer FROM shop_data.audience_member) AS m");
                    // A fit of an empty base may lie between.
                    let refitted: bool =
                        database.get(&format!("SELECT EXISTS (SELECT FROM shop_data.fit WHERE as_of = '{now}')"));
                    assert!(plan == again || refitted, "AUDIENCE_SEED={seed}: a round trip has changed members");
                    check(&mut database, &now);
                    continue;
                }
                _ => {}
            }
            for _ in 0..random.random_range(0..6) {
                let change = change(&mut random, &now, 60);
                database.run(&change);
            }
            database.run(&format!("CALL lifecycle.refresh('shop', '{now}', accept => true)"));
            check(&mut database, &now);
            let members = database.texts("SELECT customer::text FROM shop.awake ORDER BY 1");
            let day: String = database.get(&format!("SELECT (timestamptz '{now}' AT TIME ZONE 'UTC')::date::text"));
            days.retain(|(known, _)| *known != day);
            days.push((day, members));
        }
        // Later refreshes of a day without changes of the sources may have been of borders.
        for (day, members) in &days {
            let is_last: bool = database.get(&format!(
                "SELECT NOT EXISTS (SELECT FROM shop_data.audience_log AS l JOIN shop_data.audience AS a ON a.number = l.audience
                    WHERE a.name = 'awake' AND (l.at AT TIME ZONE 'UTC')::date = '{day}' AND l.kind IN ('refitted', 'vanished', 'corrected'))"
            ));
            let on = database
                .texts(&format!("SELECT customer FROM lifecycle.audience_on('shop', 'awake', '{day}') ORDER BY 1"));
            assert!(on == *members || !is_last, "AUDIENCE_SEED={seed}, {day}: {on:?} {members:?}");
        }
    }
}

// ---- feeds ----------------------------------------------------------------------------------------------------------

/// Customers of the store that is copied.
const COPIED: usize = 400;

/// Reads a page of both feeds and writes it into the copy, the tokens along with the rows. Whether there may be more.
fn follow(source: &mut Client, copy: &mut Client, rows: i32) -> Result<bool, postgres::Error> {
    let mut into: Transaction<'_> = copy.transaction()?;
    let token = |into: &mut Transaction<'_>, feed: &str| -> Result<Option<String>, postgres::Error> {
        Ok(into.query_one("SELECT token FROM place WHERE feed = $1", &[&feed])?.get(0))
    };
    let place = token(&mut into, "profiles")?;
    let changes = source.query(
        "SELECT customer, kind, profile::text, next_token FROM lifecycle.changes_since('shop', $1, $2)",
        &[&place, &rows],
    )?;
    for row in &changes {
        let (customer, kind): (String, String) = (row.get(0), row.get(1));
        if kind == "changed" {
            let profile: String = row.get(2);
            into.execute(
                "INSERT INTO profiles VALUES ($1, $2::text::jsonb) ON CONFLICT (customer) DO UPDATE SET profile = excluded.profile",
                &[&customer, &profile],
            )?;
        } else {
            into.execute("DELETE FROM profiles WHERE customer = $1", &[&customer])?;
        }
    }
    if let Some(last) = changes.last() {
        into.execute("UPDATE place SET token = $1 WHERE feed = 'profiles'", &[&last.get::<_, String>(3)])?;
    }
    let place = token(&mut into, "awake")?;
    let members = source.query(
        "SELECT customer, kind, next_token FROM lifecycle.audience_changes_since('shop', 'awake', $1, $2)",
        &[&place, &rows],
    )?;
    for row in &members {
        let (customer, kind): (String, String) = (row.get(0), row.get(1));
        let statement = match kind.as_str() {
            "joined" => "INSERT INTO awake VALUES ($1) ON CONFLICT DO NOTHING",
            _ => "DELETE FROM awake WHERE customer = $1",
        };
        into.execute(statement, &[&customer])?;
    }
    if let Some(last) = members.last() {
        into.execute("UPDATE place SET token = $1 WHERE feed = 'awake'", &[&last.get::<_, String>(2)])?;
    }
    into.commit()?;
    Ok(changes.len() as i32 >= rows || members.len() as i32 >= rows)
}

#[test]
fn copies_are_equal_at_the_end_whatever_is_ended_on_the_way() {
    let seed = Seeds::new("feeds", "FEED_SEED", 1, 1).seeds.pop().expect("a seed");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut database, mut copied) = (Database::new("feed_source"), Database::without_extension("feed_copy"));
    base(&mut database, COPIED);
    database.run(&format!("SELECT lifecycle.create_audience('shop', 'awake', '{}')", CONDITIONS[2].1));
    copied.run(
        "CREATE TABLE profiles (customer text PRIMARY KEY, profile jsonb NOT NULL); CREATE TABLE awake (customer text PRIMARY KEY);
         CREATE TABLE place (feed text PRIMARY KEY, token text); INSERT INTO place VALUES ('profiles'), ('awake')",
    );
    database.run("CALL lifecycle.refresh('shop', '2024-01-01 06:00Z')");
    let (is_over, user) = (AtomicBool::new(false), std::env::var("PGUSER").expect("a user"));
    let names = [database.name().to_owned(), copied.name().to_owned()];
    let (pages, lost) = (AtomicU32::new(0), AtomicU32::new(0));
    let is_enough = || pages.load(Ordering::Relaxed) > 10 && lost.load(Ordering::Relaxed) > 3;
    std::thread::scope(|scope| {
        // The reader, which begins anew whenever one of its sessions is ended.
        let reader = scope.spawn(|| {
            let mut random = ChaCha8Rng::seed_from_u64(seed + 1);
            while !is_over.load(Ordering::Relaxed) {
                let open = |name: &str| config(name, &user).application_name("follower").connect(postgres::NoTls);
                let (Ok(mut source), Ok(mut copy)) = (open(&names[0]), open(&names[1])) else { continue };
                while !is_over.load(Ordering::Relaxed) {
                    match follow(&mut source, &mut copy, random.random_range(1..60)) {
                        Ok(_) => {
                            pages.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(_) => {
                            lost.fetch_add(1, Ordering::Relaxed);
                            break;
                        }
                    }
                }
            }
        });
        let killer = scope.spawn(|| {
            let mut random = ChaCha8Rng::seed_from_u64(seed + 2);
            let mut server = connect(&names[0]);
            while !is_over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(random.random_range(20..200)));
                server.run(&format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'follower'
                        AND datname IN ('{}', '{}') AND random() < 0.5",
                    names[0], names[1]
                ));
            }
        });
        let mut hours = 6;
        // A fast server has done 25 refreshes before many sessions were ended.
        for round in 0..1000 {
            if round >= 25 && is_enough() {
                break;
            }
            // Often no time passes, so that few profiles change.
            hours += if random.random_bool(0.3) { random.random_range(1..40) } else { 0 };
            let now: String =
                database.get(&format!("SELECT (timestamptz '2024-01-01Z' + interval '{hours} hours')::text"));
            for _ in 0..random.random_range(0..8) {
                let change = change(&mut random, &now, COPIED);
                database.run(&change);
            }
            database.run(&format!("CALL lifecycle.refresh('shop', '{now}', accept => true)"));
        }
        is_over.store(true, Ordering::Relaxed);
        killer.join().expect("the killer");
        reader.join().expect("the reader");
    });
    println!("{pages:?} pages were copied, and {lost:?} sessions were lost");
    assert!(is_enough(), "{pages:?} pages, {lost:?} lost");
    let mut source = connect(database.name());
    while follow(&mut source, &mut copied, 50).expect("to follow") {}
    // The feed from its beginning, and the tables themselves.
    for (mine, theirs) in [
        (
            "SELECT customer || profile::text FROM profiles ORDER BY 1",
            "SELECT customer || profile::text FROM lifecycle.changes_since('shop', NULL, 100000) ORDER BY 1",
        ),
        (
            "SELECT concat_ws(' ', customer, profile ->> 'stage', profile ->> 'orders', profile ->> 'spend', profile ->> 'plan') FROM profiles ORDER BY 1",
            "SELECT concat_ws(' ', customer, stage, orders, spend, plan) FROM shop.customers ORDER BY 1",
        ),
        ("SELECT customer FROM awake ORDER BY 1", "SELECT customer::text FROM shop.awake ORDER BY 1"),
    ] {
        assert_eq!(copied.texts(mine), database.texts(theirs), "FEED_SEED={seed}: {theirs}");
    }
}
