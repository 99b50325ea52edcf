//! Who enters a journey, and on what occasion.
//!
//! Those who may enter are found first, and locked; then they are looked at again, for in the meantime another worker may have had
//! them enter.

use super::batch::{DUE, ENTERING, EVENTS, at_step};
use super::conditions::{Subject, holds};
use super::context::{ActiveVersion, RunContext, bucket_of, text};
use super::leave::reasons;
use super::step_ctes::share;
use super::step_due::{StepDue, at_one_of, time};
use crate::domain::engagement::event_kind::{ORDERED, REGISTERED};
use crate::domain::journey::definition::{Condition, Dimension, Entry, Reentry};
use crate::domain::store::quote::{identifier, literal};

// ---- occasions ------------------------------------------------------------------------------------------------------

/// The occasions that recorded events are: `customer, triggered_at, why`. None if the journey is not entered by such a one.
pub fn by_event(context: &RunContext, journey: &ActiveVersion) -> Option<String> {
    match &journey.definition.entry {
        Entry::Event(kind) if kind != ORDERED => Some(format!(
            "SELECT v.customer, v.at AS triggered_at, v.kind AS why FROM {} AS v WHERE v.kind = {}",
            context.scratch(EVENTS),
            text(kind)
        )),
        _ => None,
    }
}

/// How far the log of movements, and the profiles, were looked through for a journey.
#[derive(Debug, Clone)]
pub struct ScanPosition {
    /// The last movement that was seen.
    pub movement: String,
    /// The last movement that there is to see.
    pub last_movement: String,
    /// Whether the profiles are new since they were looked through.
    pub has_new_profiles: bool,
    /// Whether they are looked through for the first time.
    pub is_first: bool,
}

/// The other occasions. None if there can be none now.
pub fn by_profile(context: &RunContext, journey: &ActiveVersion, seen: &ScanPosition) -> Option<String> {
    let profile = context.table("profile");
    match &journey.definition.entry {
        Entry::Event(kind) if kind == ORDERED => seen.has_new_profiles.then(|| {
            format!(
                "SELECT p.customer, p.last_purchase AS triggered_at, 'ordered'::pg_catalog.text AS why
                FROM {profile} AS p WHERE p.last_purchase > {}",
                context.earliest()
            )
        }),
        Entry::Event(kind) if kind == REGISTERED => Some(format!(
            "SELECT m.customer, m.at AS triggered_at, 'registered'::pg_catalog.text AS why {} AND m.stage_before IS NULL
                AND NOT EXISTS (SELECT FROM {} AS v WHERE v.customer = m.customer AND v.kind = 'registered')",
            movements(context, seen),
            context.table("event")
        )),
        Entry::Movement { what, from, to } => {
            let what = match what {
                Dimension::Stage => "stage",
                Dimension::Segment => "segment",
            };
            let among = |side: &str, names: &[String]| {
                let names: Vec<String> = names.iter().map(|name| text(name)).collect();
                if names.is_empty() { String::new() } else { format!(" AND m.{what}_{side} IN ({})", names.join(", ")) }
            };
            Some(format!(
                "SELECT m.customer, m.at AS triggered_at,
                    {} || COALESCE(m.{what}_before, '(none)') || ' to ' || COALESCE(m.{what}_after, '(none)') AS why
                {} AND m.{what}_before IS DISTINCT FROM m.{what}_after AND m.{what}_after IS NOT NULL{}{}",
                text(&format!("{what}: ")),
                movements(context, seen),
                among("before", from),
                among("after", to)
            ))
        }
        Entry::Date { column, is_date, offset, every_year, at } => {
            let zone = context.zone();
            let column_sql = format!("p.{}", identifier(column));
            let day = match !is_date && context.column(column).has_zone() {
                true => format!("pg_catalog.timezone({zone}, {column_sql})::pg_catalog.date"),
                false => format!("{column_sql}::pg_catalog.date"),
            };
            // In which years, before and after that of the run, the day must lie so that the offset leads to the run.
            let reach = if *every_year { offset.span.years_at_most() + 1 } else { 0 };
            let sign = if offset.before { "-" } else { "+" };
            // The day itself, or those of its anniversaries that can be near.
            let years = match every_year {
                false => "0".to_owned(),
                true => format!(
                    "pg_catalog.date_part('year', pg_catalog.timezone({zone}, {}))::pg_catalog.int4
                        - pg_catalog.date_part('year', o.day)::pg_catalog.int4 + n.n",
                    context.now()
                ),
            };
            let offset = match offset.span.is_nothing() {
                true => String::new(),
                false => format!(" {sign} {}", offset.span.sql()),
            };
            Some(format!(
                "SELECT p.customer, f.triggered_at, {why} || o.day AS why
                FROM {profile} AS p, LATERAL (SELECT {day} AS day OFFSET 0) AS o,
                    pg_catalog.generate_series({first}, {last}) AS n (n),
                    LATERAL (SELECT {years} AS years OFFSET 0) AS y,
                    LATERAL (SELECT pg_catalog.timezone({zone}, o.day + pg_catalog.make_interval(years => y.years){offset} + {at}::pg_catalog.interval)
                        AS triggered_at OFFSET 0) AS f
                WHERE o.day IS NOT NULL AND pg_catalog.isfinite(o.day) AND y.years >= 0 AND f.triggered_at <= {now} AND f.triggered_at > {earliest}",
                why = text(&format!("{column} ")),
                first = -reach,
                last = reach,
                at = time(*at),
                now = context.now(),
                earliest = context.earliest(),
            ))
        }
        Entry::Condition { condition, existing } => {
            if seen.is_first && !existing {
                return None;
            }
            let person = Subject { customer: "p.customer", journey: None };
            Some(format!(
                "SELECT p.customer, {} AS triggered_at, 'condition'::pg_catalog.text AS why
                FROM {profile} AS p LEFT JOIN {} AS h ON h.customer = p.customer
                WHERE {} AND NOT EXISTS (SELECT FROM {} AS k WHERE k.journey = {} AND k.customer = p.customer)",
                context.now(),
                context.store.data("history"),
                holds(context, person, condition),
                context.table("journey_condition"),
                journey.journey
            ))
        }
        _ => None,
    }
}

fn movements(context: &RunContext, seen: &ScanPosition) -> String {
    format!(
        "FROM {} AS m WHERE m.id > {} AND m.id <= {}",
        context.table("movement"),
        literal(&seen.movement),
        literal(&seen.last_movement)
    )
}

/// Notes for whom the condition of an entry holds by now, and for whom it does not any more: of all, or, while not all have
/// entered who may, of those who just did.
pub fn note_condition(
    context: &RunContext,
    journey: &ActiveVersion,
    condition: &Condition,
    is_all: bool,
) -> Vec<String> {
    let person = Subject { customer: "p.customer", journey: None };
    let (kept, id) = (context.table("journey_condition"), journey.journey);
    if !is_all {
        return vec![format!(
            "INSERT INTO {kept} (journey, customer) SELECT {id}, t.customer FROM {} AS t ON CONFLICT DO NOTHING",
            context.scratch(ENTERING)
        )];
    }
    let found = format!(
        "FROM {} AS p LEFT JOIN {} AS h ON h.customer = p.customer WHERE {}",
        context.table("profile"),
        context.store.data("history"),
        holds(context, person, condition)
    );
    vec![
        format!("INSERT INTO {kept} (journey, customer) SELECT {id}, p.customer {found} ON CONFLICT DO NOTHING"),
        format!(
            "DELETE FROM {kept} AS k WHERE k.journey = {id} AND NOT EXISTS (SELECT {found} AND p.customer = k.customer)"
        ),
    ]
}

// ---- entering -------------------------------------------------------------------------------------------------------

/// Who of those with an occasion may enter: `c.customer, c.triggered_at, c.why`, and the number of the entry.
fn eligible(context: &RunContext, journey: &ActiveVersion, occasions: &str) -> String {
    let now = context.now();
    let definition = &journey.definition;
    let person = Subject { customer: "c.customer", journey: None };
    let who = definition.who.as_ref().map_or(String::new(), |who| format!(" AND {}", holds(context, person, who)));
    let again = match definition.reentry {
        Reentry::Once => "false".to_owned(),
        Reentry::Always => "true".to_owned(),
        Reentry::NotWithin(span) => format!("{} <= {now}", context.later("l.entered_at", span, &context.zone())),
    };
    format!(
        "SELECT c.customer, c.triggered_at, c.why, COALESCE(l.entry, 0) + 1 AS entry, {zone} AS zone
        FROM (SELECT DISTINCT ON (o.customer) o.customer, o.triggered_at, o.why FROM ({occasions}) AS o
                WHERE o.triggered_at > {started} AND o.triggered_at > {earliest} AND o.triggered_at <= {now}
                ORDER BY o.customer, o.triggered_at) AS c
            LEFT JOIN LATERAL (SELECT e.entry, e.entered_at, e.triggered_at, e.due_at FROM {enrollment} AS e
                WHERE e.customer = c.customer AND e.journey = {id} ORDER BY e.entry DESC LIMIT 1) AS l ON true
            {joined}
        WHERE (l.entry IS NULL OR (l.due_at IS NULL AND l.entered_at < {now} AND l.triggered_at < c.triggered_at AND {again})){who}",
        zone = context.zone(),
        started = format_args!("{}::pg_catalog.timestamptz", literal(&journey.started_at)),
        earliest = context.earliest(),
        enrollment = context.table("enrollment"),
        id = journey.journey,
        joined = context.joined("c"),
    )
}

/// Takes so many of those with an occasion as are about to enter.
pub fn take(context: &RunContext, journey: &ActiveVersion, occasions: &str, batch: u32) -> String {
    format!(
        "INSERT INTO {} (customer, triggered_at, why) SELECT t.customer, t.triggered_at, t.why FROM ({}) AS t LIMIT {batch}",
        context.scratch(ENTERING),
        eligible(context, journey, occasions)
    )
}

/// Enters all locked customers who have an occasion and may enter. Customers who do not belong there leave at once. Those who are called
/// by a step of another journey, and get nothing from it, get nothing from this one either.
pub fn enter(
    context: &RunContext,
    journey: &ActiveVersion,
    occasions: &str,
    caller: Option<(&ActiveVersion, usize)>,
) -> String {
    let steps = &journey.definition.steps;
    let StepDue { due, outcome } = at_one_of(context, steps, &[0], "1", "d.zone");
    let now = context.now();
    format!(
        "WITH eligible AS MATERIALIZED (
            SELECT c.*, {now} AS entered_at, {now} AS since, {control} AS control FROM ({eligible}) AS c),
        entering AS MATERIALIZED (
            SELECT d.*, {due} AS due_at, {goal_until} AS goal_until, CASE{reasons} ELSE {outcome} END AS outcome FROM eligible AS d {joined}),
        entered AS (
            INSERT INTO {enrollment} (customer, journey, entry, bucket, version, step, round, entered_at, triggered_at, since, due_at,
                control, goal_until, ended_at, outcome, goal_at)
            SELECT n.customer, {id}, n.entry, {bucket}, {version}, 1, 1, {now}, n.triggered_at, {now},
                CASE WHEN n.outcome IS NULL THEN n.due_at END, n.control, n.goal_until, CASE WHEN n.outcome IS NOT NULL THEN {now} END, n.outcome,
                CASE WHEN n.outcome = 'goal' THEN {now} END
            FROM entering AS n
            ON CONFLICT (customer, journey, entry) DO NOTHING
            RETURNING customer, outcome)
        INSERT INTO {decision} (customer, journey, version, entry, step, round, at, what, why)
        SELECT n.customer, {id}, {version}, n.entry, 1, 1, {now}, w.what, w.why
        FROM entering AS n JOIN entered AS d ON d.customer = n.customer,
            LATERAL (VALUES ('entered', n.why), ('left', d.outcome)) AS w (what, why)
        WHERE w.what = 'entered' OR w.why IS NOT NULL",
        control = control(context, journey, caller),
        eligible = eligible(context, journey, occasions),
        reasons = match reasons(context, journey) {
            reasons if reasons.is_empty() => " WHEN false THEN NULL::pg_catalog.text".to_owned(),
            reasons => reasons,
        },
        joined = context.joined("d"),
        goal_until = context.later(&now, journey.definition.goal.within, "d.zone"),
        bucket = bucket_of("n.customer"),
        enrollment = context.table("enrollment"),
        decision = context.table("decision"),
        id = journey.journey,
        version = journey.version,
    )
}

/// The occasions of those who were taken.
pub fn taken(context: &RunContext) -> String {
    format!("SELECT t.customer, t.triggered_at, t.why FROM {} AS t", context.scratch(ENTERING))
}

/// The occasions of those who come to a step that calls another journey.
pub fn by_call(context: &RunContext, journey: &ActiveVersion, step: usize) -> String {
    format!(
        "SELECT d.customer, {} AS triggered_at, {} AS why FROM {} AS d WHERE {}",
        context.now(),
        text(&format!("called by {}", journey.name)),
        context.scratch(DUE),
        at_step(journey, step)
    )
}

/// Of which control group a customer is: NULL for none.
fn control(context: &RunContext, journey: &ActiveVersion, caller: Option<(&ActiveVersion, usize)>) -> String {
    let mut cases = String::new();
    for (share_of, of, group) in [
        (context.policy.control, "store".to_owned(), "store"),
        (journey.definition.control, format!("journey/{}", journey.name), "journey"),
    ] {
        if share_of > 0.0 {
            cases += &format!(" WHEN {} < {share_of:?}::pg_catalog.float8 THEN '{group}'", share("c.customer", &of));
        }
    }
    let own =
        if cases.is_empty() { "NULL::pg_catalog.text".to_owned() } else { format!("CASE{cases} END::pg_catalog.text") };
    match caller {
        None => own,
        Some((journey, step)) => format!(
            "COALESCE({own}, (SELECT d.control FROM {} AS d WHERE d.customer = c.customer AND {} LIMIT 1))",
            context.scratch(DUE),
            at_step(journey, step)
        ),
    }
}
