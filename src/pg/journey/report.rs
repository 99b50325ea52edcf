//! The results of journeys, for roles that may read the store's views.

use pgrx::{pg_extern, pg_sys};

use super::access::{Grant, StoreAccess};
use super::definition::{found, load, profile_columns};
use super::delivery::optional_text;
use super::record_event::check_key;
use crate::domain::experiment::Confidence;
use crate::domain::history::History;
use crate::domain::history::summary::reached_at;
use crate::domain::journey::results::explain;
use crate::domain::journey::results::lift::{Comparison, Control, EntryArm, entry_arms};
use crate::domain::journey::results::report;
use crate::domain::journey::results::report::Question;
use crate::domain::store::Store;
use crate::domain::store::planner::PLANNER_OF_REPORTS;
use crate::domain::store::profile_columns::PROFILE;
use crate::domain::store::quote::ascii_literal;
use crate::domain::store::scoring;
use crate::domain::store::views::sees_attributes;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression};
use crate::domain::support::suggest::nearest;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::numeric::NumericArgument;
use crate::pg::ffi::row_set::return_rows;
use crate::pg::ffi::session::{with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, value};
use crate::pg::store::{look_at, text_argument};

/// A store and the number of a journey of it, for a caller who may read the results.
struct Opened {
    access: StoreAccess,
    store: Store,
    number: i32,
    /// Of the newest refresh.
    refreshed_at: Option<String>,
}

fn open(store: &str, journey: &str) -> Result<Opened> {
    let access = StoreAccess::named(store, Grant::Results)?;
    let attached = look_at(store)?;
    let journey = access.run(|| found(&attached.store, journey))?;
    Ok(Opened {
        access,
        store: attached.store,
        number: journey.id,
        refreshed_at: attached.as_of.map(|at| at.to_string()),
    })
}

/// The column of the profile by which customers are grouped.
fn check_column(store: &Store, column: &str) -> Result<()> {
    let columns = profile_columns(store);
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    if names.contains(&column) {
        return Ok(());
    }
    let error = Error::new(
        Kind::UndefinedColumn,
        format!("column \"{}\" does not exist in the profile of store \"{}\"", shorten(column), shorten(&store.name)),
    );
    Err(match nearest(column, &names) {
        Some(name) => error.hint(format!("Perhaps you meant {name}.")),
        None => error.hint(format!("The columns are those of {}.", shorten(store.own("customers").as_str()))),
    })
}

/// A role that does not see the attributes in the views does not group by them either: the groups would tell them.
fn check_attribute(store: &Store, column: &str) -> Result<()> {
    let is_attribute = store.attributes.iter().any(|attribute| attribute.name == column);
    if !is_attribute
        || store.settings.reader_attributes
        || with_pinned_settings(|| holds(expression!((), "SELECT {sees}", sees = sees_attributes(store)), &[]))
    {
        return Ok(());
    }
    Err(Error::new(
        Kind::NotAllowed,
        format!("permission denied for attribute \"{}\" of store \"{}\"", shorten(column), shorten(&store.name)),
    )
    .hint(format!(
        "Its owner lets readers see the attributes: SELECT lifecycle.configure({}, '{{\"reader_attributes\": true}}')",
        ascii_literal(&shorten(&store.name))
    )))
}

fn control(against: &str) -> Result<Control> {
    match against {
        "journey" => Ok(Control::Journey),
        "store" => Ok(Control::Store),
        _ => Err(Error::new(
            Kind::InvalidParameter,
            format!("against must be journey or store, and is \"{}\"", shorten(against)),
        )
        .hint("Leave it out for the journey's own control group, or the store's if it has none.")),
    }
}

/// Answers a question about a journey: the arguments are the store, the journey, the column to group by, and `as_of`.
fn answer(
    fcinfo: pg_sys::FunctionCallInfo,
    check_group: impl Fn(&Store, &str) -> Result<()>,
    query: impl Fn(&Question<'_>, &Opened) -> Result<Sql>,
) -> Result<()> {
    let (name, journey) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "journey")?);
    let group_by = optional_text(fcinfo, 2)?;
    // SAFETY: SQL declares the argument as timestamptz.
    let as_of = unsafe { Arguments::of(fcinfo) }.instant(3, "as_of")?;
    let as_of = as_of.map(|as_of| as_of.to_string()).unwrap_or_default();
    let opened = open(&name, &journey)?;
    let store = &opened.store;
    if let Some(column) = &group_by {
        check_column(store, column)?;
        check_attribute(store, column)?;
        check_group(store, column)?;
    }
    let found = opened.access.run(|| {
        let has_arms = holds(report::has_arms(store, &journey), &[]);
        let question = Question {
            store,
            journey: &journey,
            number: opened.number,
            group_by: group_by.as_deref(),
            has_arms,
            as_of: &as_of,
        };
        let query = query(&question, &opened)?;
        Ok::<_, Error>(with_settings(&PLANNER_OF_REPORTS, || rows(query, &[])))
    })?;
    // SAFETY: the call is the caller's, and the query has its columns.
    unsafe { return_rows(fcinfo, &found) };
    Ok(())
}

/// (store, journey, group_by, as_of)
// SQL: journey_report(text, text, text, timestamptz) SETOF record
#[pg_extern]
fn journey_report(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(answer(fcinfo, |_, _| Ok(()), |question, _| Ok(question.report()))?)
}

/// (store, journey, group_by, as_of, against, confidence)
// SQL: journey_lift(text, text, text, timestamptz, text, double precision) SETOF record
#[pg_extern]
fn journey_lift(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let against = optional_text(fcinfo, 4)?.as_deref().map(control).transpose()?;
    // SAFETY: SQL declares the argument as double precision.
    let arguments = unsafe { Arguments::of(fcinfo) };
    arguments.not_null(5, "confidence")?;
    let confidence = Confidence::new(arguments.float(5).unwrap_or_default())?.value();
    Ok(answer(fcinfo, check_known_at_entry, |question, opened| {
        let arms = if question.has_arms { arms_of(opened)? } else { Vec::new() };
        let store = question.store;
        let fit = scoring::Fit::from_json(value(scoring::newest_fit(store), &[]).as_deref());
        let known_until = opened.refreshed_at.as_deref().unwrap_or("-infinity");
        Ok(Comparison { question, known_until, against, confidence, arms: &arms, fit: &fit }.lift())
    })?)
}

/// The arms that are drawn at the entry, of all versions of the journey that can be read.
fn arms_of(opened: &Opened) -> Result<Vec<EntryArm>> {
    let store = &opened.store;
    let columns = profile_columns(store);
    let versions = rows(report::versions(store, opened.number), &[]);
    let numbers = versions.into_iter().filter_map(|row| row.into_iter().next()??.parse().ok());
    let mut arms = Vec::new();
    for version in numbers {
        // A version that today's rules refuse has no arms to tell apart.
        if let Ok(definition) = load(store, &columns, opened.number, version) {
            arms.extend(entry_arms(version, &definition));
        }
    }
    Ok(arms)
}

/// Groups are those of the entry: a column must be known as of any instant, or be an attribute.
fn check_known_at_entry(store: &Store, column: &str) -> Result<()> {
    if PROFILE.iter().any(|known| known.name == column) || store.attributes.iter().any(|known| known.name == column) {
        return Ok(());
    }
    Err(Error::new(
        Kind::NotSupported,
        format!("customers cannot be grouped by \"{}\", for nothing says what it was at their entry", shorten(column)),
    )
    .hint("Group by an attribute, or by a column that follows from the orders, such as stage or segment."))
}

/// (store, journey, customer)
// SQL: explain_journey(text, text, text) SETOF record
#[pg_extern]
fn explain_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (name, journey) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "journey")?);
    let customer = text_argument(fcinfo, 2, "customer")?;
    let Opened { access, store, .. } = open(&name, &journey)?;
    check_key(&customer, store.key)?;
    let found = access.run(|| rows(explain::explain(&store, &journey, &customer), &[]));
    // SAFETY: the call is this function's, and the query has its columns.
    unsafe { return_rows(fcinfo, &found) };
    Ok(())
}

/// (h, after, until, at_least, spend_at_least)
// SQL: goal_reached_at(purchase_history, timestamptz, timestamptz, bigint, numeric) timestamptz
#[pg_extern]
fn goal_reached_at(
    h: History<'_>,
    after: Option<Instant>,
    until: Option<Instant>,
    at_least: Option<i64>,
    spend_at_least: Option<NumericArgument>,
) -> SqlResult<Option<Instant>> {
    let (Some(after), Some(until), Some(at_least)) = (after, until, at_least) else { return Ok(None) };
    let is_enough = |spent| Ok(spend_at_least.is_none_or(|enough| enough.is_reached_by(spent)));
    Ok(reached_at(&h, (after, until), at_least, is_enough)?)
}
