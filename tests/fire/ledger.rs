//! What the senders know: what they were given, and what they were told when they completed it. It is kept outside the database, so
//! that no crash takes anything away from it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use postgres::Client;

use crate::harness::assert_none;

/// How long a lease lasts, in seconds: so short that what a sender has lost comes back.
pub const LEASE: i64 = 3;

/// An action that was handed over.
pub struct Claim {
    pub action: i64,
    pub key: String,
    /// Before the call began, and after its answer was there, by the clock of this program.
    pub began: Duration,
    pub ended: Duration,
    pub attempt: i32,
    /// The end of the lease in microseconds since 1970.
    pub until: i64,
    pub customer: String,
    /// The cart and the code in the payload.
    pub cart: Option<String>,
    pub code: Option<String>,
}

/// Actions that were completed at once, not all of them for the first time: only how many is known.
pub struct Group {
    pub actions: Vec<i64>,
    pub completed: i64,
}

/// The ledger of one sender, or of all.
#[derive(Default)]
pub struct Ledger {
    pub claims: Vec<Claim>,
    /// Begin and end of the calls that got nothing.
    pub vain: Vec<(Duration, Duration)>,
    /// How many were claimed and then forgotten, or completed only after the lease.
    pub forgotten: usize,
    pub late: usize,
    /// The answers that an action was completed now, and that it had been before.
    first: HashMap<i64, u32>,
    again: HashSet<i64>,
    pub groups: Vec<Group>,
    /// Completed in a session that was lost before the answer: it may have been done, or not.
    pub unknown: Vec<i64>,
}

impl Ledger {
    /// What the server said of a completion.
    pub fn told(&mut self, action: i64, is_first: bool) {
        if is_first {
            *self.first.entry(action).or_default() += 1;
        } else {
            self.again.insert(action);
        }
    }

    /// The ledgers of all senders as one.
    pub fn all(ledgers: Vec<Ledger>) -> Ledger {
        let mut all = Ledger::default();
        for ledger in ledgers {
            all.claims.extend(ledger.claims);
            all.vain.extend(ledger.vain);
            all.forgotten += ledger.forgotten;
            all.late += ledger.late;
            for (action, times) in ledger.first {
                *all.first.entry(action).or_default() += times;
            }
            all.again.extend(ledger.again);
            all.groups.extend(ledger.groups);
            all.unknown.extend(ledger.unknown);
        }
        all
    }

    /// Holds it against what the database says in the end; where nothing is cancelled, all that was handed over is done.
    pub fn check(&self, client: &mut Client, is_all_done: bool) {
        // The log of completions, which a trigger has written: each action that is done is in it once, and has not been changed since.
        let log = "SELECT id, status, a.completed_at, l.completed_at AS logged
            FROM shop_data.action AS a FULL JOIN completion AS l ON l.action = a.id
            WHERE (a.status = 'done') IS DISTINCT FROM (l.action IS NOT NULL) OR a.completed_at IS DISTINCT FROM l.completed_at";
        assert_none(client, "done without a completion, or changed afterwards", log);
        let twice = "SELECT action, count(*) FROM completion GROUP BY action HAVING count(*) > 1";
        assert_none(client, "completed twice", twice);

        // By the clock of the server: that of the store goes by the instants of the runs.
        let done = "SELECT action, (extract(epoch FROM at) * 1000000)::bigint FROM completion";
        let rows = client.query(done, &[]).expect("what is done");
        let done: HashMap<i64, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        self.check_claims(&done);
        self.check_completions(&done);
        if is_all_done {
            let claimed: HashSet<i64> = self.claims.iter().map(|claim| claim.action).collect();
            let open = claimed.iter().find(|action| !done.contains_key(action));
            assert_eq!(open, None, "an action that was handed over is not done");
        }
    }

    /// An action goes to one sender at a time, under one key that is no other's, and to none once it is done.
    fn check_claims(&self, done: &HashMap<i64, i64>) {
        let (mut keys, mut actions) = (HashMap::new(), HashMap::new());
        for claim in &self.claims {
            let key = *keys.entry(claim.action).or_insert(&claim.key);
            assert_eq!(*key, claim.key, "action {} was handed over under two keys", claim.action);
            let action = *actions.entry(&claim.key).or_insert(claim.action);
            assert_eq!(action, claim.action, "two actions were handed over as {}", claim.key);
        }
        let mut claims: Vec<&Claim> = self.claims.iter().collect();
        claims.sort_by_key(|claim| (claim.action, claim.attempt));
        let claimed_at = |claim: &Claim| claim.until - LEASE * 1_000_000;
        for pair in claims.windows(2).filter(|pair| pair[0].action == pair[1].action) {
            let (one, next) = (pair[0], pair[1]);
            assert_ne!(one.attempt, next.attempt, "action {} was handed over twice at once", one.action);
            assert!(claimed_at(next) >= one.until, "action {} was handed over again within its lease", one.action);
        }
        for claim in &claims {
            if let Some(completed_at) = done.get(&claim.action) {
                assert!(claimed_at(claim) <= *completed_at, "action {} was handed over when it was done", claim.action);
            }
        }
        let claimed: HashSet<i64> = claims.iter().map(|claim| claim.action).collect();
        let never = done.keys().find(|action| !claimed.contains(action));
        assert_eq!(never, None, "an action is done that nobody was handed");
    }

    fn check_completions(&self, done: &HashMap<i64, i64>) {
        for (action, times) in &self.first {
            assert_eq!(*times, 1, "action {action} was completed {times} times");
            assert!(done.contains_key(action), "action {action} was completed, and is not");
        }
        // Where nobody was told so, it must have been in a lost answer, or in one that only says how many.
        let unknown: HashSet<i64> = self.unknown.iter().copied().collect();
        let grouped: HashSet<i64> = self.groups.iter().flat_map(|group| &group.actions).copied().collect();
        for action in done.keys().filter(|action| !self.first.contains_key(action)) {
            assert!(unknown.contains(action) || grouped.contains(action), "nobody has completed action {action}");
        }
        for action in &self.again {
            let known = self.first.contains_key(action) || unknown.contains(action) || grouped.contains(action);
            assert!(known, "action {action} was said to have been completed before");
        }
        let mut open = 0;
        for group in &self.groups {
            let possible = group.actions.iter().filter(|action| !self.first.contains_key(action)).count() as i64;
            assert!(group.completed <= possible, "{} of {possible} actions were completed at once", group.completed);
            open += group.completed;
        }
        let known = self.first.len() as i64 + open;
        assert!(known <= done.len() as i64, "{known} completions of {} actions", done.len());
        assert!(known + unknown.len() as i64 >= done.len() as i64, "{known} completions of {} actions", done.len());
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions: HashSet<i64> = self.claims.iter().map(|claim| claim.action).collect();
        let highest = self.claims.iter().map(|claim| claim.attempt).max().unwrap_or_default();
        write!(
            f,
            "{} claims of {} actions, {} of them repeated (attempt {highest} at most), {} forgotten on purpose, {} completed late on purpose; {} completions \
             answered as the first, {} as done before, {} in {} answers of how many; {} whose answer was lost",
            self.claims.len(),
            actions.len(),
            self.claims.len() - actions.len(),
            self.forgotten,
            self.late,
            self.first.len(),
            self.again.len(),
            self.groups.iter().map(|group| group.completed).sum::<i64>(),
            self.groups.len(),
            self.unknown.len()
        )
    }
}
