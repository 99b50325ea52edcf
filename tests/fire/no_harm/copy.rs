//! A copy of the database that is made in the middle, and wakes up at the end: it hands over nothing before it is adopted, and then
//! nothing under a key that the original has used for something else, and nothing that customers had objected to by then.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::thread;
use std::time::Duration;

use postgres::{Client, Error};

use super::conductor::Conducted;
use super::judge::{actions, by_customer};
use super::rules::Told;
use super::world;
use crate::Fire;
use crate::harness::{Ask, connect};
use crate::ledger::{LEASE, Ledger};
use crate::session::Session;

/// The database beside which the copy is made.
fn server() -> String {
    std::env::var("PGDATABASE").expect("PGDATABASE is set, for the database was made from there")
}

fn name_of(database: &str) -> String {
    format!("{database}_copy")
}

/// Copies the database, from which all are shut out meanwhile: between which instants.
pub fn make(fire: &Fire) -> (Duration, Duration) {
    let (database, copy) = (&fire.database, name_of(&fire.database));
    let mut session = Session::in_database(fire, "copier", &server());
    let allow = |session: &mut Session<'_>, whether: bool| {
        let allow = format!("ALTER DATABASE {database} ALLOW_CONNECTIONS {whether}");
        session.until_done(|client| client.batch_execute(&allow));
    };
    let before = fire.clock();
    allow(&mut session, false);
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
    let is_made = |client: &mut Client| -> Result<bool, Error> {
        client.batch_execute(&end)?;
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {copy} WITH (FORCE)"))?;
        match client.batch_execute(&format!("CREATE DATABASE {copy} TEMPLATE {database}")) {
            Ok(()) => Ok(true),
            // Some session has not ended yet.
            Err(error) if error.as_db_error().is_some_and(|error| error.code().code() == "55006") => Ok(false),
            Err(error) => Err(error),
        }
    };
    while !session.until_done(is_made) {
        assert!(fire.goes_on(), "another thread has failed");
    }
    let after = fire.clock();
    allow(&mut session, true);
    (before, after)
}

/// What the copy has done since it woke up.
pub struct Woken {
    /// Actions that it had when it was made, and those that it decided after it was adopted.
    known: usize,
    new: usize,
    /// What it handed over, and how much of it was of actions that it had: under the keys that they had.
    handed: usize,
    old: usize,
}

/// Wakes the copy up.
pub fn wake(original: &mut Client, ledger: &Ledger, told: &[Told], conducted: &Conducted) -> Woken {
    let database: String = original.get("SELECT current_database()::text");
    let mut copy = connect(&name_of(&database));
    copy.run("SET client_min_messages = error");
    thread::sleep(Duration::from_secs(LEASE as u64));

    // Neither decides nor hands over.
    let count = |client: &mut Client| -> (i64, i64) {
        (client.get("SELECT count(*) FROM shop_data.action"), client.get("SELECT count(*) FROM shop_data.decision"))
    };
    let asleep = count(&mut copy);
    copy.run("CALL lifecycle.run_journeys('shop')");
    assert_eq!(count(&mut copy), asleep, "a copy decides nothing");
    for channel in ["email", "sms"] {
        let handed: i64 =
            copy.get(&format!("SELECT count(*) FROM lifecycle.claim_actions('{channel}', 10000, store => 'shop')"));
        assert_eq!(handed, 0, "a copy hands over nothing");
    }
    let before = actions(&mut copy);

    copy.run("SELECT lifecycle.adopt('shop')");
    let handed = hand_over_all(&mut copy);
    let after = actions(&mut copy);
    let woken = Woken {
        known: before.len(),
        new: after.len() - before.len(),
        handed: handed.len(),
        old: handed.keys().filter(|action| before.contains_key(action)).count(),
    };
    assert!(woken.new > 0 && woken.handed > woken.old, "the copy was made too late to have anything to do: {woken}");

    // The keys of both.
    let used: HashMap<&str, i64> = ledger.claims.iter().map(|claim| (claim.key.as_str(), claim.action)).collect();
    for (action, key) in &handed {
        let is_new = !before.contains_key(action);
        match used.get(key.as_str()) {
            Some(_) if is_new => {
                panic!("the copy has decided action {action} under {key}, which the original has used")
            }
            Some(same) => assert_eq!(same, action, "{key} names two actions"),
            None => {}
        }
    }
    assert_eq!(handed.values().collect::<HashSet<_>>().len(), handed.len(), "a key names one action");

    // What was said before the copy was made; who spoke just then may have been heard or not.
    let (began, ended) = conducted.copied.expect("a copy");
    let words = by_customer(told);
    for action in handed.keys() {
        let sent = &after[action];
        let of_customer = words.get(&sent.customer).map_or(&[][..], Vec::as_slice);
        if of_customer.iter().any(|one| one.before < ended && one.after > began) {
            continue;
        }
        let known = of_customer.partition_point(|one| one.after <= began);
        let words = &of_customer[..known];
        assert_eq!(sent.against(words)[0], None, "the copy has handed over action {action} after {words:#?}");
    }
    drop(copy);
    original.run(&format!("DROP DATABASE {} WITH (FORCE)", name_of(&database)));
    woken
}

/// Decides and hands over until there is nothing left: each action once, with its key.
fn hand_over_all(copy: &mut Client) -> HashMap<i64, String> {
    let mut handed = HashMap::new();
    let mut rounds = 0;
    while !world::is_over(copy).expect("the tables of the copy") {
        rounds += 1;
        assert!(rounds < 1000, "the copy comes to no end");
        copy.run("CALL lifecycle.run_journeys('shop')");
        for channel in ["email", "sms"] {
            let claim = format!(
                "SELECT action, idempotency_key FROM lifecycle.claim_actions('{channel}', 10000, '1 hour', 'shop', budget => '1 hour')"
            );
            let rows = copy.query(&claim, &[]).expect("a claim");
            let claimed: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
            for row in &rows {
                let before = handed.insert(row.get(0), row.get(1));
                assert_eq!(before, None, "the copy has handed over an action twice");
            }
            copy.execute("SELECT lifecycle.complete_actions('shop', $1)", &[&claimed]).expect("completing");
        }
    }
    handed
}

impl fmt::Display for Woken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the copy had {} actions, decided {} more, and handed over {}, of which it had {}",
            self.known, self.new, self.handed, self.old
        )
    }
}
