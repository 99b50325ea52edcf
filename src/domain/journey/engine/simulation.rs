//! A journey over the past, with nothing written: what would have been decided had it run then.
//!
//! The same statements as in a run work on temporary tables. Profiles of the past come from the histories, by the fits of today.

use std::collections::BTreeSet;

use serde_json::Value;

use super::context::{ActiveVersion, RunContext, share};
use crate::domain::engagement::event_kind::ORDERED;
use crate::domain::journey::definition::{Dimension, Entry};
use crate::domain::journey::suppressions::Reason;
use crate::domain::journey::tables::drop_table;
use crate::domain::store::scoring::{Fit, segment_at};
use crate::domain::support::sql::{Sql, expression, sql};

/// The tables that stand in for those of the store.
const TABLES: [&str; 9] = [
    "movement",
    "journey",
    "journey_state",
    "journey_condition",
    "enrollment",
    "action",
    "decision",
    "event",
    "suppression",
];

/// The temporary table of what came of it.
const RESULT: &str = "result";

/// The temporary tables of the profiles at a tick, and at the next one.
const PROFILE: &str = "profile";
const NEXT: &str = "next_profile";

/// A kind of reaction to what would have been sent, and how often it is assumed.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumed {
    /// The kind of event.
    pub kind: String,
    /// The share of actions that it follows, from 0 to 1.
    pub share: f64,
}

/// The statements that make the tables, with the journey in them.
pub fn begin(context: &RunContext, journey: &ActiveVersion) -> Vec<Sql> {
    // Without the keys of other tables; identities count from 1.
    let like = |table: &&str| {
        let original = context.store.data(table);
        sql!((), "sql/simulate/create_like.sql", table = context.table(table), original = original)
    };
    let first = [
        sql!(context, "sql/simulate/create_result.sql"),
        sql!(context, "sql/simulate/state.sql"),
        sql!(context, "sql/simulate/suppressions.sql"),
        sql!(
            (context, journey),
            "sql/simulate/journey.sql",
            name = Sql::text(&journey.name),
            started_at = Sql::literal(&journey.started_at)
        ),
    ];
    let profiles =
        [PROFILE, NEXT].map(|table| sql!(context, "sql/simulate/create_profile.sql", profile = context.table(table)));
    end(context).into_iter().chain(profiles).chain(TABLES.iter().map(like)).chain(first).collect()
}

/// The statements that drop them.
pub fn end(context: &RunContext) -> Vec<Sql> {
    let tables = TABLES.iter().chain([&RESULT, &PROFILE, &NEXT]);
    tables.map(|table| drop_table(context.table(table))).collect()
}

/// The columns of the profile, but for the attributes, that a definition or the policy may name: those whose name is a value in its
/// JSON. Nothing else is computed at each tick.
#[derive(Debug)]
pub struct Wanted(BTreeSet<String>);

impl Wanted {
    /// Of a journey, whose definition and policy are given as JSON.
    pub fn of(journey: &ActiveVersion, definition: &Value, policy: &Value) -> Self {
        let entry = match &journey.definition.entry {
            Entry::Movement { what: Dimension::Stage, .. } => Some("stage"),
            Entry::Movement { what: Dimension::Segment, .. } => Some("segment"),
            Entry::Event(occasion) if occasion.kind == ORDERED => Some("last_purchase"),
            _ => None,
        };
        let mut words: BTreeSet<String> = entry.map(str::to_owned).into_iter().collect();
        texts(definition, &mut words);
        texts(policy, &mut words);
        Wanted(words)
    }

    /// Whether a column is among them.
    pub fn has(&self, column: &str) -> bool {
        self.0.contains(column) || self.0.contains(&format!("{column}_since"))
    }
}

/// The texts in a JSON value.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(members) => members.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// The statements that make the profiles those of a tick: the query for them has these columns besides the customer's. Moves are
/// logged from the second tick on.
pub fn profiles(context: &RunContext, columns: &[Sql], scored: &Sql, wanted: &Wanted, is_first: bool) -> Vec<Sql> {
    let (profile, next) = (context.table(PROFILE), context.table(NEXT));
    let since: Vec<&str> = ["stage", "segment"].into_iter().filter(|column| wanted.has(column)).collect();
    // The customer's stands among them, for a journey may read no column at all.
    let columns: Vec<Sql> = std::iter::once(Sql::from("customer")).chain(columns.iter().cloned()).collect();
    let names: Vec<Sql> = columns.iter().cloned().chain(since.iter().map(|column| since_column(column))).collect();
    let values: Vec<Sql> = (columns.iter())
        .map(|column| expression!((), "scored.{column}", column = column))
        .chain(since.iter().map(|column| {
            let column = Sql::identifier(column);
            let is_same = expression!((), "before.{column} = scored.{column}", column = &column);
            let then = expression!((), "before.{since}", since = since_column(column.as_str().trim_matches('"')));
            expression!(context, "COALESCE(CASE WHEN {is_same} THEN {then} END, {now})", is_same = is_same, then = then)
        }))
        .collect();
    let fill = sql!(
        (),
        "sql/simulate/fill_profile.sql",
        next = &next,
        names = Sql::list(&names),
        values = Sql::list(&values),
        scored = scored,
        profile = &profile
    );
    let moves = (!is_first && !since.is_empty())
        .then(|| sql!(context, "sql/simulate/moves.sql", before = &profile, after = &next));
    let [name, next_name, aside] =
        [PROFILE, NEXT, "profile_aside"].map(|table| Sql::identifier(&format!("lifecycle_simulated_{table}")));
    let renamed = |table: &Sql, name: &Sql| {
        expression!((), "ALTER TABLE pg_temp.{table} RENAME TO {name}", table = table, name = name)
    };
    let swap = [renamed(&name, &aside), renamed(&next_name, &name), renamed(&aside, &next_name)];
    let empty = expression!((), "TRUNCATE {next}", next = &next);
    [empty, fill].into_iter().chain(moves).chain(swap).collect()
}

fn since_column(column: &str) -> Sql {
    Sql::identifier(&format!("{column}_since"))
}

/// What was recorded before the first tick: who had unsubscribed, or reacted to something. It is no occasion any more.
pub fn had_happened(context: &RunContext, until: &str) -> Sql {
    recorded(context, "true", expression!((), "event.at <= {until}::timestamptz", until = Sql::literal(until)))
}

/// Recorded events, without the actions that they belong to, for those are not of this simulation.
fn recorded(context: &RunContext, processed: &'static str, when: Sql) -> Sql {
    sql!(context, "sql/simulate/events.sql", processed = processed, when = when)
}

/// What became known between the tick before and this one, apart from profiles: people who came to the store, and events that were
/// recorded. What people did with other letters is no reaction to those of this journey, but an unsubscription is one from all.
pub fn happened(context: &RunContext, since: &str) -> Vec<Sql> {
    let since = Sql::literal(since);
    let between = |at: &'static str| {
        expression!(context, "{at} > {since}::timestamptz AND {at} <= {now}", at = at, since = &since)
    };
    vec![
        sql!(context, "sql/simulate/registrations.sql", when = between("movement.at")),
        recorded(context, "false", between("event.at")),
    ]
}

/// The profiles are new: everything is to be looked through again.
pub fn refreshed(context: &RunContext) -> Vec<Sql> {
    vec![sql!(context, "sql/simulate/sweep_again.sql"), sql!(context, "sql/simulate/scan_again.sql")]
}

/// The reactions that are assumed to what would have been sent at this tick, an hour later.
pub fn react(context: &RunContext, assumed: &[Assumed]) -> Vec<Sql> {
    let react = |reaction: &Assumed| {
        let key = expression!((), "(action.customer::text || '/' || action.id::text)");
        sql!(
            context,
            "sql/simulate/react.sql",
            kind = Sql::text(&reaction.kind),
            drawn = share(key, &format!("react/{}", reaction.kind)),
            share = reaction.share
        )
    };
    assumed.iter().flat_map(|reaction| [Some(react(reaction)), objects(context, &reaction.kind)]).flatten().collect()
}

/// What follows from an assumed reaction that is an objection: a suppression. A bounce is one for good.
fn objects(context: &RunContext, kind: &str) -> Option<Sql> {
    let reason =
        [("bounce", Reason::HardBounce), ("complaint", Reason::Complaint), ("unsubscribe", Reason::Unsubscribe)];
    let (_, reason) = reason.into_iter().find(|(of, _)| *of == kind)?;
    Some(sql!(context, "sql/simulate/object.sql", kind = Sql::text(kind), reason = Sql::literal(reason.name())))
}

/// Writes down what came of all instants, by steps and by the segments that the customers were in then.
pub fn count(context: &RunContext, journey: &ActiveVersion, fit: &Fit) -> Vec<Sql> {
    let names = (1..).zip(journey.definition.steps.iter().map(|step| Sql::text(&step.name)));
    let step = Sql::case_of(&"counted.step".into(), names);
    let zone = Sql::text(context.store.zone());
    // Of the rows of a table for which a condition holds, at the instant of a column.
    let counted = |table: &str,
                   at: &'static str,
                   condition: &'static str,
                   what: &'static str,
                   step: Sql,
                   channel: &'static str| {
        let at = Sql::from(at);
        let (base, segment) = segment_at(&context.store, fit, &at);
        sql!(
            context,
            "sql/simulate/count.sql",
            store_zone = &zone,
            at = at,
            segment = segment,
            base = base,
            what = what,
            step = step,
            channel = channel,
            counted = context.table(table),
            condition = condition
        )
    };
    let none = "NULL::text";
    vec![
        counted("enrollment", "counted.entered_at", "true", "'entered'", none.into(), none),
        counted(
            "action",
            "counted.decided_at",
            "true",
            "CASE WHEN counted.control IS NULL THEN 'act' ELSE 'withheld' END",
            step.clone(),
            "counted.channel",
        ),
        counted(
            "decision",
            "counted.decided_at",
            "counted.kind IN ('postponed', 'dropped', 'passed over')",
            "CASE WHEN counted.kind = 'postponed' THEN 'postponed: ' || counted.reason ELSE counted.kind END",
            step,
            none,
        ),
        counted(
            "enrollment",
            "counted.ended_at",
            "counted.ended_at IS NOT NULL",
            "'left: ' || counted.outcome",
            none.into(),
            none,
        ),
    ]
}

/// Tells the planner how large the tables have become: nothing else does so for temporary ones.
pub fn analyze(context: &RunContext) -> Vec<Sql> {
    let tables = [PROFILE, "enrollment", "action", "event"];
    tables.map(|table| expression!((), "ANALYZE {table}", table = context.table(table))).to_vec()
}

/// What came of it: day, what, step, channel, segment, customers.
pub fn results(context: &RunContext) -> Sql {
    sql!(context, "sql/simulate/results.sql")
}
