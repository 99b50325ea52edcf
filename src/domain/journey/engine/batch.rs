//! What a transaction works on: it locks the buckets of some customers, so that no other worker does anything about them meanwhile,
//! and takes down what is due for them.
//!
//! | temporary table | what is in it |
//! |---|---|
//! | `due` | enrollments that are due, as they stand |
//! | `customers` | customers |
//! | `entering` | customers who are about to enter a journey, when and why |
//! | `events` | events that no run has looked at |
//! | `changed`, `fresh` | customers whose rows changed since the last refresh, and their histories |
//! | `settled` | actions of which it is known what became of them, and which no run has looked at |

use std::cmp::Reverse;

use super::context::{ActiveVersion, BUCKETS, RunContext, bucket_of};
use super::occasion::has_keys;
use crate::domain::journey::definition::{Step, StepKind, Wait};
use crate::domain::journey::tables::drop_table;
use crate::domain::store::Store;
use crate::domain::store::people::{is_forgotten, secret};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::sql::{Sql, expression, sql};

/// Customers.
pub const CUSTOMERS: &str = "customers";
/// Those who are about to enter a journey.
pub const ENTERING: &str = "entering";
/// Events that no run has looked at.
pub const EVENTS: &str = "events";

const SCRATCH: [&str; 7] = ["due", CUSTOMERS, ENTERING, EVENTS, "settled", "changed", "fresh"];

/// The statements that make the temporary tables, where the session has none yet, and empty them.
pub fn scratch_tables(context: &RunContext) -> Vec<Sql> {
    let create = [
        sql!(context, "sql/scratch/due.sql"),
        sql!(context, "sql/scratch/customers.sql"),
        sql!(context, "sql/scratch/entering.sql"),
        sql!(context, "sql/scratch/events.sql"),
        sql!(context, "sql/scratch/changed.sql"),
        sql!(context, "sql/scratch/fresh.sql"),
        sql!(context, "sql/scratch/settled.sql"),
    ];
    create.into_iter().chain(SCRATCH.map(|name| empty(context, name))).collect()
}

/// The statements that drop them.
pub fn drop_scratch_tables(context: &RunContext) -> Vec<Sql> {
    SCRATCH.map(|name| drop_table(context.scratch(name))).to_vec()
}

/// Empties a temporary table.
pub fn empty(context: &RunContext, name: &str) -> Sql {
    sql!((), "sql/scratch/empty.sql", table = context.scratch(name))
}

// ---- locks ----------------------------------------------------------------------------------------------------------

/// The number of a bucket's lock.
fn lock_number(store: &Store, bucket: impl Into<Sql>) -> Sql {
    let bucket: Sql = bucket.into();
    // "jo" in ASCII, the schema of the store, the bucket.
    expression!(
        (),
        "(7669014979331194880 + ({schema}::regnamespace::oid::int8 << 8) + {bucket})",
        schema = Sql::literal(Sql::identifier(&store.name).as_str()),
        bucket = bucket
    )
}

/// Numbers as an array.
fn array(numbers: &[u8]) -> Sql {
    expression!((), "ARRAY[{numbers}]::int4[]", numbers = Sql::list(numbers.iter().copied()))
}

/// Those of these buckets that no other worker holds: they are locked now.
pub fn try_lock(context: &RunContext, buckets: &[u8]) -> Sql {
    let number = lock_number(&context.store, "buckets.bucket");
    sql!((), "sql/try_lock.sql", buckets = array(buckets), lock = number)
}

/// Locks a bucket, once the worker that holds it is done.
pub fn lock(store: &Store, bucket: u8) -> Sql {
    lock_of(store, bucket)
}

fn lock_of(store: &Store, bucket: impl Into<Sql>) -> Sql {
    sql!((), "sql/lock.sql", lock = lock_number(store, bucket))
}

/// Locks the bucket of customer `$1`.
pub fn lock_customer(store: &Store) -> Sql {
    let bucket = bucket_of(expression!(store, "$1::{key}"));
    lock_of(store, bucket)
}

/// Locks the buckets of customers `$1`, an array of keys.
pub fn lock_customers(store: &Store) -> Sql {
    sql!(
        store,
        "sql/lock_customers.sql",
        lock = lock_number(store, "buckets.bucket"),
        bucket = bucket_of("asked.customer")
    )
}

/// The number of a lock beside that of a bucket: what is written about a customer without the lock of the bucket holds it together with
/// others, and what forgets or merges customers holds it alone.
pub fn people_lock(store: &Store, bucket: impl Into<Sql>) -> Sql {
    let bucket: Sql = bucket.into();
    lock_number(store, expression!((), "({beside} + {bucket})", beside = BUCKETS, bucket = bucket))
}

/// Takes customers who were forgotten or merged into others since they were taken down out of a temporary table: to be run under the lock
/// of their buckets.
pub fn leave_out(context: &RunContext, of: &str) -> Sql {
    sql!(
        context.store,
        "sql/scratch/leave_out.sql",
        taken = context.scratch(of),
        secret = secret(&context.store),
        is_forgotten = is_forgotten(&context.store, "taken.customer::text".into())
    )
}

/// Locks the whole store, in the order of all sessions that wait for such locks.
pub fn lock_store(store: &Store) -> Sql {
    sql!((), "sql/lock_store.sql", lock = lock_number(store, "buckets.bucket"), last = BUCKETS - 1)
}

/// Locks the buckets of the customers of a temporary table, in that order.
pub fn lock_all(context: &RunContext, of: &str) -> Sql {
    sql!(
        (),
        "sql/lock_all.sql",
        lock = lock_number(&context.store, "buckets.bucket"),
        bucket = bucket_of("locked.customer"),
        locked = context.scratch(of)
    )
}

// ---- who is due -----------------------------------------------------------------------------------------------------

/// The numbers of journeys.
fn numbers(journeys: &[ActiveVersion]) -> Sql {
    let mut numbers: Vec<i32> = journeys.iter().map(|journey| journey.journey).collect();
    numbers.dedup();
    Sql::list(numbers)
}

/// The columns of an enrollment as they are taken down, but for its place.
const TAKEN: [&str; 17] = [
    "customer",
    "journey",
    "version",
    "entry",
    "step",
    "round",
    "entered_at",
    "step_since",
    "postponed_since",
    "postponed_reason",
    "arm",
    "control",
    "action",
    "triggered_at",
    "event",
    "occasion_key",
    "order_key",
];

/// Their names.
pub fn taken_names() -> Sql {
    Sql::list(TAKEN)
}

/// The same of a row.
pub fn taken_of(row: &'static str) -> Sql {
    Sql::list(TAKEN.map(|column| expression!((), "{row}.{column}", row = row, column = column)))
}

/// Takes down so many enrollments of these buckets that are due.
pub fn take_due(context: &RunContext, journeys: &[ActiveVersion], buckets: &[u8], limit: u64) -> Sql {
    sql!(
        context,
        "sql/take_due.sql",
        names = taken_names(),
        columns = taken_of("enrollment"),
        buckets = Sql::list(buckets.iter().copied()),
        journeys = numbers(journeys),
        limit = limit
    )
}

/// All customers were looked at since the refresh of the instant `$1`.
pub fn swept(context: &RunContext) -> Sql {
    sql!(context, "sql/sweep_done.sql")
}

/// The customers of what was taken down.
pub fn customers_due(context: &RunContext) -> Sql {
    sql!(context, "sql/customers_due.sql")
}

/// Takes down anew all that is due for these customers.
pub fn take_all_due(context: &RunContext, journeys: &[ActiveVersion]) -> Vec<Sql> {
    let take = sql!(
        context,
        "sql/take_all_due.sql",
        names = taken_names(),
        columns = taken_of("enrollment"),
        journeys = numbers(journeys)
    );
    vec![empty(context, "due"), take]
}

/// Writes down the customers who have entered the called journey from a step and are due there.
pub fn take_called(context: &RunContext, caller: &ActiveVersion, step: usize, called: &ActiveVersion) -> Sql {
    sql!(
        (context, called),
        "sql/take_called.sql",
        names = taken_names(),
        columns = taken_of("enrollment"),
        at_step = at_step(caller, step)
    )
}

/// The steps at which a customer is due: journey, version, step.
pub fn due_steps(context: &RunContext) -> Sql {
    sql!(context, "sql/due_steps.sql")
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

/// How many of those who are due are decided on at this step.
pub fn number_at(journey: &ActiveVersion, step: usize, due: &[((i32, i32, usize), u64)]) -> u64 {
    let steps = &journey.definition.steps;
    let is_here = |&&((of, version, at), _): &&((i32, i32, usize), u64)| {
        (of, version) == (journey.journey, journey.version)
            && at.checked_sub(1).is_some_and(|at| at < steps.len() && decided_at(steps, at) == step)
    };
    due.iter().filter(is_here).map(|(_, number)| number).sum()
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
    match &step.kind {
        StepKind::Wait { wait, .. } => matches!(wait, Wait::Date { .. }),
        StepKind::Goal | StepKind::Exit(_) => false,
        _ => true,
    }
}

/// The condition on rows of `due`, which were taken down: that they are decided on at this step.
pub fn at_step(journey: &ActiveVersion, step: usize) -> Sql {
    is_at_step("due", journey, step)
}

/// The condition on the row `due` at this step that it is the first of its customer there: of a customer with several entries one is
/// decided after the other.
pub fn is_first(context: &RunContext, journey: &ActiveVersion, step: usize) -> Sql {
    match has_keys(journey) {
        false => "true".into(),
        true => expression!(
            context,
            "NOT EXISTS (SELECT FROM {scratch.due} AS other
                WHERE other.customer = due.customer AND other.entry < due.entry AND {at_step})",
            at_step = is_at_step("other", journey, step)
        ),
    }
}

fn is_at_step(row: &'static str, journey: &ActiveVersion, step: usize) -> Sql {
    let steps = &journey.definition.steps;
    let at = (0..steps.len()).filter(|&from| decided_at(steps, from) == step);
    expression!(
        (),
        "{row}.journey = {journey} AND {row}.version = {version} AND {row}.step = ANY (ARRAY[{steps}]::int4[])",
        row = row,
        journey = journey.journey,
        version = journey.version,
        steps = Sql::list(at.map(|from| from + 1))
    )
}

// ---- events ---------------------------------------------------------------------------------------------------------

/// Takes so many events that no run has looked at.
pub fn take_events(context: &RunContext, limit: u32) -> Sql {
    sql!(context, "sql/take_events.sql", limit = limit)
}

/// The customers of these events.
pub fn customers_of_events(context: &RunContext) -> Sql {
    sql!(context, "sql/customers_of_events.sql")
}

/// They were looked at.
pub fn events_processed(context: &RunContext) -> Sql {
    sql!(context, "sql/events_processed.sql")
}

// ---- what became of actions -----------------------------------------------------------------------------------------

/// Takes down so many actions that were sent, or will not be, since a run has looked at them last.
pub fn take_settled(context: &RunContext, limit: u32) -> Sql {
    sql!(context, "sql/settled/take.sql", limit = limit)
}

/// Drops the actions whose deadline is over, and for which no sender has asked: their customers would wait for ever.
pub fn expire(context: &RunContext, journeys: &[ActiveVersion]) -> Sql {
    sql!(context, "sql/settled/expire.sql", journeys = numbers(journeys))
}

/// Their customers.
pub fn customers_of_settled(context: &RunContext) -> Sql {
    sql!(context, "sql/settled/customers.sql")
}

/// Makes the customers due who wait for one of them: those whose message was sent are at its step since then.
pub fn wake_settled(context: &RunContext) -> Sql {
    sql!(context, "sql/settled/wake.sql")
}
