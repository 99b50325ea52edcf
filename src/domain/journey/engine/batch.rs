//! What a transaction works on: it locks the buckets of some customers, so that no other worker does anything about them meanwhile,
//! and takes down what is due for them.
//!
//! | temporary table | what is in it |
//! |---|---|
//! | `due` | enrollments that are due, as they stand |
//! | `customers` | customers |
//! | `entering` | customers who are about to enter a journey, when and why |
//! | `events` | events that no run has looked at |

use std::cmp::Reverse;

use super::context::{ActiveVersion, BUCKETS, RunContext, bucket_of};
use crate::domain::journey::definition::{Step, StepKind, Wait};
use crate::domain::store::Store;
use crate::domain::store::quote::{identifier, literal};
use crate::domain::support::error::{Error, Kind, Result};

/// Enrollments that are due.
pub const DUE: &str = "due";
/// Customers.
pub const CUSTOMERS: &str = "customers";
/// Those who are about to enter a journey.
pub const ENTERING: &str = "entering";
/// Events that are being looked at.
pub const EVENTS: &str = "events";

/// The statements that make the temporary tables, where the session has none yet, and empty them.
pub fn scratch_tables(context: &RunContext) -> Vec<String> {
    let key = context.store.key.sql();
    let time = "pg_catalog.timestamptz";
    let (number, text) = ("pg_catalog.int4", "pg_catalog.text");
    [
        (
            DUE,
            format!(
                "place pg_catalog.tid, customer {key}, journey {number}, version {number}, entry {number}, step {number}, round {number},
                entered_at {time}, since {time}, postponed_since {time}, postponed_why {text}, arm {text}, control {text}"
            ),
        ),
        (CUSTOMERS, format!("customer {key}")),
        (ENTERING, format!("customer {key}, triggered_at {time}, why {text}")),
        (EVENTS, format!("id pg_catalog.int8, customer {key}, kind {text}, at {time}")),
    ]
    .into_iter()
    .flat_map(|(name, columns)| {
        let create = format!(
            "CREATE TEMPORARY TABLE IF NOT EXISTS {} ({columns}) ON COMMIT DELETE ROWS",
            context.scratch_name(name)
        );
        [create, empty(context, name)]
    })
    .collect()
}

/// The statements that drop them.
pub fn drop_scratch_tables(context: &RunContext) -> Vec<String> {
    [DUE, CUSTOMERS, ENTERING, EVENTS].map(|name| format!("DROP TABLE IF EXISTS {}", context.scratch(name))).to_vec()
}

/// Empties a temporary table.
pub fn empty(context: &RunContext, name: &str) -> String {
    format!("DELETE FROM {}", context.scratch(name))
}

// ---- locks ----------------------------------------------------------------------------------------------------------

/// The number of a bucket's lock.
fn lock_number(store: &str, bucket: &str) -> String {
    // "jo" in ASCII, the schema of the store, the bucket.
    format!(
        "(7669014979331194880 + ({}::pg_catalog.regnamespace::pg_catalog.oid::pg_catalog.int8 << 8) + {bucket})",
        literal(&identifier(store))
    )
}

/// Those of these buckets that no other worker holds: they are locked now.
pub fn try_lock(context: &RunContext, buckets: &[u8]) -> String {
    let buckets: Vec<String> = buckets.iter().map(u8::to_string).collect();
    format!(
        "SELECT b.b::pg_catalog.text FROM pg_catalog.unnest('{{{}}}'::pg_catalog.int4[]) AS b (b)
        WHERE pg_catalog.pg_try_advisory_xact_lock({})",
        buckets.join(","),
        lock_number(&context.store.name, "b.b")
    )
}

/// Locks a bucket, once the worker that holds it is done.
pub fn lock(store: &Store, bucket: u8) -> String {
    format!("SELECT pg_catalog.pg_advisory_xact_lock({})", lock_number(&store.name, &bucket.to_string()))
}

/// Locks the bucket of customer `$1`, by the store's name and the key's type.
pub fn lock_customer(store: &str, key: &str) -> String {
    format!("SELECT pg_catalog.pg_advisory_xact_lock({})", lock_number(store, &bucket_of(&format!("$1::{key}"))))
}

/// Locks the whole store, in the order of all sessions that wait for such locks.
pub fn lock_store(store: &Store) -> String {
    format!(
        "SELECT pg_catalog.pg_advisory_xact_lock({}) FROM pg_catalog.generate_series(0, {}) AS b (b)",
        lock_number(&store.name, "b.b"),
        BUCKETS - 1
    )
}

/// Locks the buckets of the customers of a temporary table, in that order.
pub fn lock_all(context: &RunContext, of: &str) -> String {
    format!(
        "SELECT pg_catalog.pg_advisory_xact_lock({}) FROM (
            SELECT DISTINCT {} AS bucket FROM {} AS t ORDER BY 1 OFFSET 0) AS l",
        lock_number(&context.store.name, "l.bucket"),
        bucket_of("t.customer"),
        context.scratch(of)
    )
}

// ---- who is due -----------------------------------------------------------------------------------------------------

/// The numbers of journeys as a list in SQL.
fn numbers(journeys: &[ActiveVersion]) -> String {
    let mut numbers: Vec<i32> = journeys.iter().map(|journey| journey.journey).collect();
    numbers.dedup();
    numbers.iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
}

/// The columns of an enrollment as they are taken down.
pub const TAKEN: &str =
    "e.ctid, e.customer, e.journey, e.version, e.entry, e.step, e.round, e.entered_at, e.since, e.postponed_since,
    e.postponed_why, e.arm, e.control";

/// Takes down so many enrollments of these buckets that are due.
pub fn take_due(context: &RunContext, journeys: &[ActiveVersion], buckets: &[u8], limit: u64) -> String {
    let buckets: Vec<String> = buckets.iter().map(u8::to_string).collect();
    format!(
        "INSERT INTO {} SELECT {TAKEN} FROM {} AS e
        WHERE e.bucket IN ({}) AND e.due_at <= {} AND e.journey IN ({}) LIMIT {limit}",
        context.scratch(DUE),
        context.table("enrollment"),
        buckets.join(", "),
        context.now(),
        numbers(journeys)
    )
}

/// The customers of what was taken down.
pub fn customers_due(context: &RunContext) -> String {
    format!("INSERT INTO {} SELECT DISTINCT d.customer FROM {} AS d", context.scratch(CUSTOMERS), context.scratch(DUE))
}

/// Takes down anew all that is due for these customers.
pub fn take_all_due(context: &RunContext, journeys: &[ActiveVersion]) -> Vec<String> {
    vec![
        empty(context, DUE),
        format!(
            "INSERT INTO {} SELECT {TAKEN} FROM {} AS c JOIN {} AS e ON e.customer = c.customer
            WHERE e.due_at <= {} AND e.journey IN ({})",
            context.scratch(DUE),
            context.scratch(CUSTOMERS),
            context.table("enrollment"),
            context.now(),
            numbers(journeys)
        ),
    ]
}

/// Writes down the customers who have entered the called journey from a step and are due there.
pub fn take_called(context: &RunContext, caller: &ActiveVersion, step: usize, called: &ActiveVersion) -> String {
    let due = context.scratch(DUE);
    format!(
        "INSERT INTO {due} SELECT {TAKEN} FROM {} AS e
        WHERE e.journey = {} AND e.entered_at = {now} AND e.due_at <= {now}
            AND e.customer IN (SELECT d.customer FROM {due} AS d WHERE {})
            AND NOT EXISTS (SELECT FROM {due} AS d WHERE d.journey = e.journey AND d.customer = e.customer)",
        context.table("enrollment"),
        called.journey,
        at_step(caller, step),
        now = context.now(),
    )
}

/// The steps at which a customer is due: journey, version, step.
pub fn due_steps(context: &RunContext) -> String {
    format!("SELECT DISTINCT d.journey, d.version, d.step FROM {} AS d", context.scratch(DUE))
}

/// The step to decide at first, of those at which a customer is due: of the journey of the highest priority. It is given by the
/// journey's place in the list, and its own in the journey.
///
/// # Errors
/// [`Kind::NotReady`] for a step that does not exist, which only an edit of the tables can bring about.
pub fn first(journeys: &[ActiveVersion], due: &[(i32, i32, usize)]) -> Result<(usize, usize)> {
    let mut found = None;
    for &(journey, version, step) in due {
        let at = journeys.iter().position(|live| live.journey == journey && live.version == version);
        let place = at.and_then(|at| {
            let definition = &journeys[at].definition;
            let step = step.checked_sub(1).filter(|&step| step < definition.steps.len())?;
            Some((Reverse(definition.priority), journey, version, decided_at(&definition.steps, step), at))
        });
        let Some(place) = place else {
            return Err(lost(journey, version, step));
        };
        found = Some(found.map_or(place, |found| std::cmp::min(found, place)));
    }
    found.map(|(.., step, at)| (at, step)).ok_or_else(|| lost(0, 0, 0))
}

fn lost(journey: i32, version: i32, step: usize) -> Error {
    Error::new(Kind::NotReady, format!("journey {journey} has no step {step} in version {version}"))
        .detail("Customers are due there: rows of enrollment or journey_step were changed.")
        .hint("Put the rows right, or end the journey: lifecycle.end_journey(...).")
}

// ---- at which step --------------------------------------------------------------------------------------------------

/// The step at which a customer who is due at this one is decided on: a wait for a length of time that is over is no decision, and
/// leads to the step after it in the same statement.
fn decided_at(steps: &[Step], step: usize) -> usize {
    match &steps[step].kind {
        StepKind::Wait { wait: Wait::For(_) | Wait::Until { .. }, next } if is_immediate(&steps[*next]) => *next,
        _ => step,
    }
}

/// Whether a customer who comes to a step is due there at once.
pub fn is_immediate(step: &Step) -> bool {
    !matches!(step.kind, StepKind::Wait { .. } | StepKind::Goal | StepKind::Exit(_))
}

/// The condition on enrollments `d` that were taken down: that they are decided on at this step.
pub fn at_step(journey: &ActiveVersion, step: usize) -> String {
    let steps = &journey.definition.steps;
    let at = (0..steps.len()).filter(|&from| decided_at(steps, from) == step);
    let at: Vec<String> = at.map(|from| (from + 1).to_string()).collect();
    format!("d.journey = {} AND d.version = {} AND d.step IN ({})", journey.journey, journey.version, at.join(", "))
}

// ---- events ---------------------------------------------------------------------------------------------------------

/// Takes so many events that no run has looked at.
pub fn take_events(context: &RunContext, limit: u32) -> String {
    format!(
        "WITH locked AS MATERIALIZED (
            SELECT v.id, v.customer, v.kind, v.at FROM {} AS v WHERE NOT v.seen AND v.at <= {}
            ORDER BY v.id LIMIT {limit} FOR UPDATE SKIP LOCKED)
        INSERT INTO {} SELECT l.id, l.customer, l.kind, l.at FROM locked AS l",
        context.table("event"),
        context.now(),
        context.scratch(EVENTS)
    )
}

/// The customers of these events.
pub fn customers_of_events(context: &RunContext) -> String {
    format!(
        "INSERT INTO {} SELECT DISTINCT v.customer FROM {} AS v",
        context.scratch(CUSTOMERS),
        context.scratch(EVENTS)
    )
}

/// They were looked at.
pub fn events_seen(context: &RunContext) -> String {
    format!(
        "UPDATE {} AS v SET seen = true FROM {} AS s WHERE v.id = s.id",
        context.table("event"),
        context.scratch(EVENTS)
    )
}
