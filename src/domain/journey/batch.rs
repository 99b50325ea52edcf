//! Which customers a transaction works on: it locks them, so that no other worker does anything about them meanwhile.

use super::desk::{Desk, Live};
use super::enter::EVENTS;
use super::going::{BATCH, decided_at};

/// The numbers of journeys as a list in SQL.
fn numbers(journeys: &[Live]) -> String {
    let mut numbers: Vec<i32> = journeys.iter().map(|journey| journey.journey).collect();
    numbers.dedup();
    numbers.iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
}

/// Locks so many customers who are due, passing over those whom another worker holds.
pub fn due(desk: &Desk, journeys: &[Live], batch: u32) -> String {
    format!(
        "WITH locked AS MATERIALIZED (
            SELECT k.customer FROM {} AS e JOIN {} AS k ON k.customer = e.customer
            WHERE e.due_at <= {} AND e.journey IN ({})
            LIMIT {batch} FOR UPDATE OF k SKIP LOCKED)
        INSERT INTO {} (customer) SELECT DISTINCT l.customer FROM locked AS l",
        desk.table("enrollment"),
        desk.table("contact"),
        desk.now(),
        numbers(journeys),
        desk.scratch(BATCH)
    )
}

/// Locks so many customers who are under way, from this key on, in order. It waits for others.
pub fn next_in_order(desk: &Desk, after: Option<&str>, batch: u32) -> String {
    let key = desk.store.key.sql();
    let after = after.map_or(String::new(), |after| {
        format!("k.customer > {}::{key} AND ", crate::domain::store::quote::literal(after))
    });
    format!(
        "WITH locked AS MATERIALIZED (
            SELECT k.customer FROM {} AS k
            WHERE {after}EXISTS (SELECT FROM {} AS e WHERE e.customer = k.customer AND e.due_at IS NOT NULL)
            ORDER BY k.customer LIMIT {batch} FOR UPDATE)
        INSERT INTO {} (customer) SELECT l.customer FROM locked AS l",
        desk.table("contact"),
        desk.table("enrollment"),
        desk.scratch(BATCH)
    )
}

/// The last customer of the batch, as text; NULL without one.
pub fn last_in_order(desk: &Desk) -> String {
    format!("SELECT b.customer::pg_catalog.text FROM {} AS b ORDER BY b.customer DESC LIMIT 1", desk.scratch(BATCH))
}

/// Takes so many events that nobody has looked at.
pub fn take_events(desk: &Desk, batch: u32) -> String {
    format!(
        "WITH locked AS MATERIALIZED (
            SELECT v.id, v.customer, v.kind, v.at FROM {} AS v WHERE NOT v.seen AND v.at <= {}
            ORDER BY v.id LIMIT {batch} FOR UPDATE SKIP LOCKED)
        INSERT INTO {} (id, customer, kind, at) SELECT l.id, l.customer, l.kind, l.at FROM locked AS l",
        desk.table("event"),
        desk.now(),
        desk.scratch(EVENTS)
    )
}

/// The customers of these events are the batch.
pub fn of_events(desk: &Desk) -> String {
    format!(
        "INSERT INTO {} (customer) SELECT DISTINCT v.customer FROM {} AS v",
        desk.scratch(BATCH),
        desk.scratch(EVENTS)
    )
}

/// They were looked at.
pub fn events_seen(desk: &Desk) -> String {
    format!("UPDATE {} AS v SET seen = true FROM {} AS s WHERE v.id = s.id", desk.table("event"), desk.scratch(EVENTS))
}

/// At which steps customers of the batch are due: journey, version, step.
pub fn due_steps(desk: &Desk) -> String {
    format!(
        "SELECT DISTINCT e.journey, e.version, e.step FROM {} AS b JOIN {} AS e ON e.customer = b.customer WHERE e.due_at <= {}",
        desk.scratch(BATCH),
        desk.table("enrollment"),
        desk.now()
    )
}

/// The step to decide at first, of those at which customers are due: of the journey of the highest priority.
pub fn first(journeys: &[Live], due: &[(i32, i32, usize)]) -> Option<(usize, usize)> {
    due.iter()
        .filter_map(|&(journey, version, step)| {
            let at = journeys.iter().position(|live| live.journey == journey && live.version == version)?;
            let definition = &journeys[at].definition;
            let step =
                decided_at(&definition.steps, step.checked_sub(1).filter(|&step| step < definition.steps.len())?);
            Some((std::cmp::Reverse(definition.priority), journey, version, step, at))
        })
        .min()
        .map(|(.., step, at)| (at, step))
}
