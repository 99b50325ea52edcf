//! A journey over the past, with nothing written: what would have been decided had it run then.
//!
//! The same statements as in a run work on temporary tables. Profiles of the past come from the histories, by the fits of today.

use super::context::{ActiveVersion, RunContext, text};
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
pub fn begin(context: &RunContext, journey: &ActiveVersion) -> Vec<String> {
    let mut statements = end(context);
    for table in TABLES {
        let name = context.table(table);
        // Without the keys of other tables; identities count from 1.
        statements.push(format!(
            "CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING ALL)",
            name.trim_start_matches("pg_temp."),
            context.store.data(table)
        ));
    }
    statements.push(format!(
        "CREATE TEMPORARY TABLE {} (day pg_catalog.date, what pg_catalog.text, step pg_catalog.text, channel pg_catalog.text,
            segment pg_catalog.text, customers pg_catalog.int8)",
        context.table(RESULT).trim_start_matches("pg_temp.")
    ));
    statements.push(format!("INSERT INTO {} DEFAULT VALUES", context.table("journey_state")));
    statements.push(format!(
        "INSERT INTO {} (journey, name, status, version, started_at) OVERRIDING SYSTEM VALUE
        VALUES ({}, {}, 'live', {}, {})",
        context.table("journey"),
        journey.journey,
        text(&journey.name),
        journey.version,
        literal(&journey.started_at)
    ));
    statements
}

/// The statements that drop them.
pub fn end(context: &RunContext) -> Vec<String> {
    TABLES.iter().chain([&RESULT]).map(|table| format!("DROP TABLE IF EXISTS {}", context.table(table))).collect()
}

/// What was recorded before the first tick: who had unsubscribed, or reacted to something. It is no occasion any more.
pub fn had_happened(context: &RunContext, until: &str) -> String {
    format!("{} AND v.at <= {}::pg_catalog.timestamptz", recorded(context, true), literal(until))
}

/// Recorded events, without the actions that they belong to, for those are not of this simulation.
fn recorded(context: &RunContext, seen: bool) -> String {
    format!(
        "INSERT INTO {} (customer, kind, at, channel, provider_id, seen)
        SELECT v.customer, v.kind, v.at, v.channel, v.provider_id, {seen} FROM {} AS v WHERE true",
        context.table("event"),
        context.store.data("event")
    )
}

/// What became known between the tick before and this one, apart from profiles: people who came to the store, and events that were
/// recorded. What people did with other letters is no reaction to those of this journey, but an unsubscription is one from all.
pub fn happened(context: &RunContext, since: &str) -> Vec<String> {
    let between = |at: &str| format!("{at} > {}::pg_catalog.timestamptz AND {at} <= {}", literal(since), context.now());
    vec![
        format!(
            "INSERT INTO {} (customer, at, refitted, stage_before, stage_after, segment_before, segment_after)
            SELECT m.customer, m.at, m.refitted, m.stage_before, m.stage_after, m.segment_before, m.segment_after
            FROM {} AS m WHERE m.stage_before IS NULL AND {}",
            context.table("movement"),
            context.store.data("movement"),
            between("m.at")
        ),
        format!("{} AND {}", recorded(context, false), between("v.at")),
    ]
}

/// The profiles are new: everything is to be looked through again.
pub fn refreshed(context: &RunContext) -> Vec<String> {
    vec![
        format!("UPDATE {} SET swept_at = NULL", context.table("journey_state")),
        format!("UPDATE {} SET scanned_at = '-infinity' WHERE scanned_at IS NOT NULL", context.table("journey")),
    ]
}

/// The reactions that are assumed to what would have been sent at this tick, an hour later.
pub fn react(context: &RunContext, assumed: &[Assumed]) -> Vec<String> {
    assumed
        .iter()
        .map(|reaction| {
            format!(
                "INSERT INTO {} (customer, kind, at, action, channel)
                SELECT a.customer, {}, a.at + '1 hour'::pg_catalog.interval, a.id, a.channel FROM {} AS a
                WHERE a.at = {} AND a.control IS NULL AND {} < {:?}::pg_catalog.float8",
                context.table("event"),
                text(&reaction.kind),
                context.table("action"),
                context.now(),
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
pub fn count(context: &RunContext, journey: &ActiveVersion) -> Vec<String> {
    let now = context.now();
    let zone = text(context.store.settings.time_zone.as_deref().unwrap_or("UTC"));
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
            context.table(RESULT),
            context.table("profile")
        )
    };
    let none = "NULL::pg_catalog.text";
    vec![
        counted(
            "'entered'",
            none,
            none,
            &format!("(SELECT * FROM {} WHERE entered_at = {now}) AS c", context.table("enrollment")),
        ),
        counted(
            "CASE WHEN c.control IS NULL THEN 'act' ELSE 'withheld' END",
            &names,
            "c.channel",
            &format!("(SELECT * FROM {} WHERE at = {now}) AS c", context.table("action")),
        ),
        counted(
            "CASE WHEN c.what = 'postponed' THEN 'postponed: ' || c.why ELSE c.what END",
            &names,
            none,
            &format!(
                "(SELECT * FROM {} WHERE at = {now} AND what IN ('postponed', 'dropped', 'passed over')) AS c",
                context.table("decision")
            ),
        ),
        counted(
            "'left: ' || c.outcome",
            none,
            none,
            &format!("(SELECT * FROM {} WHERE ended_at = {now}) AS c", context.table("enrollment")),
        ),
    ]
}

/// What came of it: day, what, step, channel, segment, customers.
pub fn results(context: &RunContext) -> String {
    format!(
        "SELECT r.day::pg_catalog.text, r.what, r.step, r.channel, r.segment, pg_catalog.sum(r.customers)::pg_catalog.int8::pg_catalog.text
        FROM {} AS r GROUP BY r.day, r.what, r.step, r.channel, r.segment ORDER BY r.day, r.what, r.step, r.channel, r.segment",
        context.table(RESULT)
    )
}
