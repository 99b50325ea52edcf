//! Claims actions and completes them, and keeps its own ledger of what it was given and told.

use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::ledger::{Claim, Group, LEASE, Ledger};
use crate::session::Session;
use crate::{Alarm, Fire};

/// One of the senders.
pub fn send(fire: &Fire, number: u64) -> Ledger {
    let _alarm = Alarm(fire);
    let mut rng = ChaCha8Rng::seed_from_u64(fire.seed << 8 | 0x80 | number);
    let mut session = Session::new(fire, &format!("sender {number}"));
    let mut ledger = Ledger::default();
    while !fire.finished.load(SeqCst) && fire.goes_on() {
        // A few, each told alone, or many.
        let n = if rng.random_bool(0.2) { rng.random_range(1..=20) } else { rng.random_range(100..=800) };
        let channel = if rng.random_bool(0.6) { "email" } else { "sms" };
        let query = format!(
            "SELECT action, idempotency_key, attempt, (extract(epoch FROM lease_until) * 1000000)::bigint, customer,
                payload ->> 'cart', payload ->> 'code'
            FROM lifecycle.claim_actions('{channel}', {n}, '{LEASE} seconds', 'shop')"
        );
        let began = fire.clock();
        let Some(rows) = session.attempt(|client| client.query(&query, &[])) else { continue };
        let ended = fire.clock();
        if rows.is_empty() {
            ledger.vain.push((began, ended));
            thread::sleep(Duration::from_millis(rng.random_range(20..100)));
            continue;
        }
        let mut actions: Vec<i64> = Vec::new();
        for row in &rows {
            let key: String = row.get(1);
            let is_own = key.starts_with("shop/") && key.ends_with(&format!("/{}", row.get::<_, i64>(0)));
            assert!(is_own && key.len() > "shop//".len() + 16, "{key}");
            actions.push(row.get(0));
            let (action, attempt, until) = (row.get(0), row.get(2), row.get(3));
            let (customer, cart, code) = (row.get(4), row.get(5), row.get(6));
            ledger.claims.push(Claim { action, key, began, ended, attempt, until, customer, cart, code });
        }
        // Some are forgotten, as by a sender that has died.
        if rng.random_bool(0.02) {
            ledger.forgotten += actions.len();
            continue;
        }
        // Some come so late that another sender has them by then, and both complete them.
        if rng.random_bool(0.005) {
            ledger.late += actions.len();
            thread::sleep(Duration::from_millis(LEASE as u64 * 1000 + rng.random_range(0..1000)));
        }
        actions.sort_unstable();
        complete(&mut session, &mut ledger, &actions, rng.random_bool(0.2));
        fire.completed.fetch_add(actions.len() as i64, SeqCst);
    }
    ledger
}

fn complete(session: &mut Session, ledger: &mut Ledger, actions: &[i64], each: bool) {
    // Each in a transaction of its own.
    if actions.len() <= 20 {
        for action in actions {
            let query = format!("SELECT lifecycle.complete_action('shop', {action}, 'message {action}')");
            match session.attempt(|client| client.query_one(&query, &[])) {
                Some(row) => ledger.told(*action, row.get(0)),
                None => ledger.unknown.push(*action),
            }
        }
        return;
    }
    // All in one, which tells of each or only how many.
    if each {
        let query = "SELECT action, lifecycle.complete_action('shop', action) FROM unnest($1::bigint[]) AS action";
        match session.attempt(|client| client.query(query, &[&actions])) {
            Some(rows) => rows.iter().for_each(|row| ledger.told(row.get(0), row.get(1))),
            None => ledger.unknown.extend(actions),
        }
        return;
    }
    let query = "SELECT lifecycle.complete_actions('shop', $1)";
    match session.attempt(|client| client.query_one(query, &[&actions])) {
        Some(row) => match row.get::<_, i64>(0) {
            n if n == actions.len() as i64 => actions.iter().for_each(|action| ledger.told(*action, true)),
            0 => actions.iter().for_each(|action| ledger.told(*action, false)),
            n => ledger.groups.push(Group { actions: actions.to_vec(), completed: n }),
        },
        None => ledger.unknown.extend(actions),
    }
}
