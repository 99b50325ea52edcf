//! Why a simulation let no customer enter: for each kind of entry, what is counted and what is said if there is none.

use super::context::{ActiveVersion, RunContext};
use crate::domain::engagement::event_kind::{ORDERED, REGISTERED};
use crate::domain::journey::definition::{Dimension, Entry, Occasion};
use crate::domain::support::error::shorten;
use crate::domain::support::sql::{Sql, expression};

/// What keeps customers with an occasion out.
const MAY_NOT: &str =
    "but none of these customers may enter: see \"where\", \"who\", \"reentry\" and the limit of 168 hours";

/// Why no customer entered.
#[derive(Debug)]
pub struct WhyNobody {
    /// The query for the number of occasions; None where there can be none.
    pub count: Option<Sql>,
    /// What to say if there is none.
    pub none: String,
    /// What to say of them after their number if there are some.
    pub some: String,
}

/// Why no customer entered the journey between two instants. It reads the tables of the simulation.
pub fn why_nobody_enters(context: &RunContext, journey: &ActiveVersion, since: &str, until: &str) -> WhyNobody {
    let between = |at: &'static str| {
        expression!(
            (),
            "{at} BETWEEN {since}::timestamptz AND {until}::timestamptz",
            at = at,
            since = Sql::literal(since),
            until = Sql::literal(until)
        )
    };
    let number_of = |from: Sql, condition: Sql| {
        Some(expression!((), "SELECT count(*) FROM {from} WHERE {condition}", from = from, condition = condition))
    };
    let why =
        |count: Option<Sql>, none: &str, some: &str| WhyNobody { count, none: none.to_owned(), some: some.to_owned() };
    match &journey.definition.entry {
        Entry::Call => why(None, "customers enter it only where another journey calls it", ""),
        Entry::Event(occasion) if occasion.kind == ORDERED => why(
            number_of(expression!(context, "{table.profile} AS profile"), between("profile.last_purchase")),
            "no customer ordered in this time",
            &format!("customers ordered, {MAY_NOT}"),
        ),
        Entry::Event(occasion) if occasion.kind == REGISTERED => why(
            Some(expression!(
                context,
                "SELECT (SELECT count(*) FROM {table.movement} AS movement WHERE movement.stage_before IS NULL)
                    + (SELECT count(*) FROM {table.event} AS event WHERE event.kind = 'registered' AND {when})",
                when = between("event.at")
            )),
            "no refresh found a new customer in this time, and no event registered is recorded in it",
            &format!("customers registered, {MAY_NOT}"),
        ),
        Entry::Event(Occasion { kind, .. }) => {
            let kind_shown = shorten(kind);
            WhyNobody {
                count: number_of(
                    expression!(context, "{table.event} AS event"),
                    expression!(
                        (),
                        "event.kind = {kind} AND {when}",
                        kind = Sql::text(kind),
                        when = between("event.at")
                    ),
                ),
                none: format!("no event {kind_shown} is recorded in this time"),
                some: format!("events {kind_shown} are recorded, {MAY_NOT}"),
            }
        }
        Entry::Movement { what, from, to, .. } => {
            let (before, after, what) = match what {
                Dimension::Stage => ("movement.stage_before", "movement.stage_after", "stage"),
                Dimension::Segment => ("movement.segment_before", "movement.segment_after", "segment"),
            };
            let among = |side: &'static str, names: &[String]| {
                let names = Sql::list(names.iter().map(|name| Sql::text(name)));
                (!names.is_empty()).then(|| expression!((), "{side} IN ({names})", side = side, names = names))
            };
            let moved = expression!((), "{before} IS DISTINCT FROM {after}", before = before, after = after);
            let condition = Sql::all([Some(moved), among(before, from), among(after, to)].into_iter().flatten());
            let shown = |names: &[String]| match names.is_empty() {
                true => "any".to_owned(),
                false => shorten(&names.join(", ")),
            };
            WhyNobody {
                count: number_of(expression!(context, "{table.movement} AS movement"), condition),
                none: format!("no customer moves from {what} {} to {}", shown(from), shown(to)),
                some: format!("customers make this move, {MAY_NOT}"),
            }
        }
        Entry::Date { column, .. } => {
            let name = Sql::identifier(column);
            WhyNobody {
                count: number_of(
                    expression!(context, "{table.profile} AS profile"),
                    expression!((), "profile.{column} IS NOT NULL", column = name),
                ),
                none: format!("the column {} is NULL for all customers", shorten(column)),
                some: format!("customers have a {}, but none on such a day: see \"offset\", \"every_year\" and \"who\"", shorten(column)),
            }
        }
        Entry::Joined { audience, .. } => why(
            number_of(
                expression!(
                    context,
                    "{data.audience_log} AS log JOIN {data.audience} AS audience ON audience.number = log.audience"
                ),
                expression!(
                    (),
                    "log.joined AND audience.name = {name} AND {when}",
                    name = Sql::text(audience),
                    when = between("log.at")
                ),
            ),
            "the log of the audience has no customer who joined in this time",
            &format!("customers joined the audience, {MAY_NOT}"),
        ),
        Entry::Condition { existing, .. } => why(
            number_of(expression!(context, "{table.journey_condition} AS known"), "true".into()),
            "no customer fulfils the condition",
            &match existing {
                true => format!("customers fulfil the condition, {MAY_NOT}"),
                false => "customers fulfil the condition, and did so at the first instant already: \"existing\" lets these enter"
                    .to_owned(),
            },
        ),
    }
}
