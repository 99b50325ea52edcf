//! The results of journeys, for roles that may read the store's views.

use pgrx::{pg_extern, pg_sys};

use super::access::{Grant, StoreAccess};
use super::definition::{found, profile_columns};
use super::delivery::optional_text;
use super::record_event::check_key;
use crate::domain::history::History;
use crate::domain::history::summary::reached_at;
use crate::domain::journey::results::explain;
use crate::domain::journey::results::report;
use crate::domain::journey::results::report::{Control, Question};
use crate::domain::store::Store;
use crate::domain::store::planner::PLANNER_OF_REPORTS;
use crate::domain::store::quote::ascii_literal;
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
use crate::pg::ffi::spi::{holds, rows};
use crate::pg::store::{look_at, text_argument};

/// The store and the number of a journey of it, for a caller who may read the results.
fn open(store: &str, journey: &str) -> Result<(StoreAccess, Store, i32)> {
    let access = StoreAccess::named(store, Grant::Results)?;
    let attached = look_at(store)?;
    let journey = access.run(|| found(&attached.store, journey))?;
    Ok((access, attached.store, journey.id))
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
fn answer(fcinfo: pg_sys::FunctionCallInfo, query: impl Fn(&Question<'_>) -> Sql) -> Result<()> {
    let (name, journey) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "journey")?);
    let group_by = optional_text(fcinfo, 2)?;
    // SAFETY: SQL declares the argument as timestamptz.
    let as_of = unsafe { Arguments::of(fcinfo) }.instant(3, "as_of")?;
    let as_of = as_of.map(|as_of| as_of.to_string()).unwrap_or_default();
    let (access, store, number) = open(&name, &journey)?;
    if let Some(column) = &group_by {
        check_column(&store, column)?;
        check_attribute(&store, column)?;
    }
    let found = access.run(|| {
        let has_arms = holds(report::has_arms(&store, &journey), &[]);
        let question = Question {
            store: &store,
            journey: &journey,
            number,
            group_by: group_by.as_deref(),
            has_arms,
            as_of: &as_of,
        };
        with_settings(&PLANNER_OF_REPORTS, || rows(query(&question), &[]))
    });
    // SAFETY: the call is the caller's, and the query has its columns.
    unsafe { return_rows(fcinfo, &found) };
    Ok(())
}

/// (store, journey, group_by, as_of)
// SQL: journey_report(text, text, text, timestamptz) SETOF record
#[pg_extern]
fn journey_report(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(answer(fcinfo, |question| question.report())?)
}

/// (store, journey, group_by, as_of, against, confidence)
// SQL: journey_lift(text, text, text, timestamptz, text, double precision) SETOF record
#[pg_extern]
fn journey_lift(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let against = optional_text(fcinfo, 4)?.as_deref().map(control).transpose()?;
    // SAFETY: SQL declares the argument as double precision.
    let arguments = unsafe { Arguments::of(fcinfo) };
    arguments.not_null(5, "confidence")?;
    let confidence = arguments.datum(5).map_or(0.0, |datum| f64::from_bits(datum.value() as u64));
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("confidence must be between 0 and 1, and is {confidence}"),
        )
        .into());
    }
    Ok(answer(fcinfo, |question| question.lift(against, confidence))?)
}

/// (store, journey, customer)
// SQL: explain_journey(text, text, text) SETOF record
#[pg_extern]
fn explain_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (name, journey) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "journey")?);
    let customer = text_argument(fcinfo, 2, "customer")?;
    let (access, store, _) = open(&name, &journey)?;
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
