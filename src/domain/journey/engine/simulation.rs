//! A journey over the past, with nothing written: what would have been decided had it run then.
//!
//! The same statements as in a run work on temporary tables. Profiles of the past come from the histories, by the fits of today.

use super::context::{Desk, Live, text};
use super::step_ctes::share;
use crate::domain::store::quote::literal;

/// The tables that stand in for those of the store.
const TABLES: [&str; 9] = [
    "profile",
    "movement",
    "journey",
    "journey_state",
    "journey_condition",
    "enrollment",
    "action",
    "decision",
    "event",
];

/// The temporary table of what came of it.
const RESULT: &str = "result";

/// A kind of reaction to what would have been sent, and how often it is assumed.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumed {
    /// The kind of event.
    pub kind: String,
    /// The share of actions that it follows, from 0 to 1.
    pub share: f64,
}

/// The statements that make the tables, with the journey in them.
pub fn begin(desk: &Desk, journey: &Live) -> Vec<String> {
    let mut statements = end(desk);
    for table in TABLES {
        let name = desk.table(table);
        // Without the keys of other tables; identities count from 1.
        statements.push(format!(
            "CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING ALL)",
            name.trim_start_matches("pg_temp."),
            desk.store.own(table)
        ));
    }
    statements.push(format!(
        "CREATE TEMPORARY TABLE {} (day pg_catalog.date, what pg_catalog.text, step pg_catalog.text, channel pg_catalog.text,
            segment pg_catalog.text, customers pg_catalog.int8)",
        desk.table(RESULT).trim_start_matches("pg_temp.")
    ));
    statements.push(format!("INSERT INTO {} DEFAULT VALUES", desk.table("journey_state")));
    statements.push(format!(
        "INSERT INTO {} (journey, name, status, version, started_at) OVERRIDING SYSTEM VALUE
        VALUES ({}, {}, 'live', {}, {})",
        desk.table("journey"),
        journey.journey,
        text(&journey.name),
        journey.version,
        literal(&journey.started_at)
    ));
    statements
}

/// The statements that drop them.
pub fn end(desk: &Desk) -> Vec<String> {
    TABLES.iter().chain([&RESULT]).map(|table| format!("DROP TABLE IF EXISTS {}", desk.table(table))).collect()
}

/// What was recorded before the first tick: who had unsubscribed, or reacted to something. It is no occasion any more.
pub fn had_happened(desk: &Desk, until: &str) -> String {
    format!("{} AND v.at <= {}::pg_catalog.timestamptz", recorded(desk, true), literal(until))
}

/// Recorded events, without the actions that they belong to, for those are not of this simulation.
fn recorded(desk: &Desk, seen: bool) -> String {
    format!(
        "INSERT INTO {} (customer, kind, at, channel, provider_id, seen)
        SELECT v.customer, v.kind, v.at, v.channel, v.provider_id, {seen} FROM {} AS v WHERE true",
        desk.table("event"),
        desk.store.own("event")
    )
}

/// What became known between the tick before and this one, apart from profiles: people who came to the store, and events that were
/// recorded. What people did with other letters is no reaction to those of this journey, but an unsubscription is one from all.
pub fn happened(desk: &Desk, since: &str) -> Vec<String> {
    let between = |at: &str| format!("{at} > {}::pg_catalog.timestamptz AND {at} <= {}", literal(since), desk.now());
    vec![
        format!(
            "INSERT INTO {} (customer, at, refitted, stage_before, stage_after, segment_before, segment_after)
            SELECT m.customer, m.at, m.refitted, m.stage_before, m.stage_after, m.segment_before, m.segment_after
            FROM {} AS m WHERE m.stage_before IS NULL AND {}",
            desk.table("movement"),
            desk.store.own("movement"),
            between("m.at")
        ),
        format!("{} AND {}", recorded(desk, false), between("v.at")),
    ]
}

/// The profiles are new: everything is to be looked through again.
pub fn refreshed(desk: &Desk) -> Vec<String> {
    vec![
        format!("UPDATE {} SET swept_at = NULL", desk.table("journey_state")),
        format!("UPDATE {} SET scanned_at = '-infinity' WHERE scanned_at IS NOT NULL", desk.table("journey")),
    ]
}

/// The reactions that are assumed to what would have been sent at this tick, an hour later.
pub fn react(desk: &Desk, assumed: &[Assumed]) -> Vec<String> {
    assumed
        .iter()
        .map(|reaction| {
            format!(
                "INSERT INTO {} (customer, kind, at, action, channel)
                SELECT a.customer, {}, a.at + '1 hour'::pg_catalog.interval, a.id, a.channel FROM {} AS a
                WHERE a.at = {} AND a.control IS NULL AND {} < {:?}::pg_catalog.float8",
                desk.table("event"),
                text(&reaction.kind),
                desk.table("action"),
                desk.now(),
                share(
                    "(a.customer::pg_catalog.text || '/' || a.id::pg_catalog.text)",
                    &format!("react/{}", reaction.kind)
                ),
                reaction.share
            )
        })
        .collect()
}

/// Writes down what the tick has brought, by steps and by the segments that the customers were in.
pub fn count(desk: &Desk, journey: &Live) -> Vec<String> {
    let now = desk.now();
    let zone = text(desk.store.settings.time_zone.as_deref().unwrap_or("UTC"));
    let day = format!("pg_catalog.timezone({zone}, {now})::pg_catalog.date");
    let mut names = "CASE c.step".to_owned();
    for (i, step) in journey.definition.steps.iter().enumerate() {
        names += &format!(" WHEN {} THEN {}", i + 1, text(&step.name));
    }
    names += " END";
    let counted = |what: &str, step: &str, channel: &str, from: &str| {
        format!(
            "INSERT INTO {} SELECT {day}, {what}, {step}, {channel}, COALESCE(p.segment, '(none)'), pg_catalog.count(*)
            FROM {from} LEFT JOIN {} AS p ON p.customer = c.customer GROUP BY 2, 3, 4, 5",
            desk.table(RESULT),
            desk.table("profile")
        )
    };
    let none = "NULL::pg_catalog.text";
    vec![
        counted(
            "'entered'",
            none,
            none,
            &format!("(SELECT * FROM {} WHERE entered_at = {now}) AS c", desk.table("enrollment")),
        ),
        counted(
            "CASE WHEN c.control IS NULL THEN 'act' ELSE 'withheld' END",
            &names,
            "c.channel",
            &format!("(SELECT * FROM {} WHERE at = {now}) AS c", desk.table("action")),
        ),
        counted(
            "CASE WHEN c.what = 'postponed' THEN 'postponed: ' || c.why ELSE c.what END",
            &names,
            none,
            &format!(
                "(SELECT * FROM {} WHERE at = {now} AND what IN ('postponed', 'dropped', 'passed over')) AS c",
                desk.table("decision")
            ),
        ),
        counted(
            "'left: ' || c.outcome",
            none,
            none,
            &format!("(SELECT * FROM {} WHERE ended_at = {now}) AS c", desk.table("enrollment")),
        ),
    ]
}

/// What came of it: day, what, step, channel, segment, customers.
pub fn results(desk: &Desk) -> String {
    format!(
        "SELECT r.day::pg_catalog.text, r.what, r.step, r.channel, r.segment, pg_catalog.sum(r.customers)::pg_catalog.int8::pg_catalog.text
        FROM {} AS r GROUP BY r.day, r.what, r.step, r.channel, r.segment ORDER BY r.day, r.what, r.step, r.channel, r.segment",
        desk.table(RESULT)
    )
}
