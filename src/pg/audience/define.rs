//! Creating, changing and dropping an audience; its members on a day of the past.

use chrono::{Days, NaiveDate};
use pgrx::{pg_extern, pg_sys};
use serde_json::Value;

use crate::domain::audience::definition::{audiences_of_journey, read};
use crate::domain::audience::membership::{Cause, on_day};
use crate::domain::audience::name::{MOST, check};
use crate::domain::journey::definition::json_path::perhaps;
use crate::domain::store::planner::PLANNER;
use crate::domain::store::quote::select_call;
use crate::domain::store::views::audiences::{create_audience as create_view, grant_audience};
use crate::domain::store::{Store, feed};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::row_set::return_rows;
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, TEXT_FORMATS, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, run, run_all, run_with, value};
use crate::pg::journey::access::{Grant, StoreAccess};
use crate::pg::journey::definition::{load, parsed};
use crate::pg::store::attach::json_argument;
use crate::pg::store::audiences::{self, ProfilesChanged, Row, bring_up_to_date};
use crate::pg::store::catalog::profile_columns;
use crate::pg::store::refresh_step::check_pg_temp;
use crate::pg::store::remake::drop_made;
use crate::pg::store::roles::role_exists;
use crate::pg::store::stored_settings::keep_layout;
use crate::pg::store::{Attached, lock, look_at, must_exist, must_own, text_argument};

/// A store, locked for its owner as for a refresh.
fn owned(name: &str) -> Result<Attached> {
    must_exist(name)?;
    must_own(name)?;
    let attached = lock(name)?;
    check_pg_temp()?;
    Ok(attached)
}

/// The refusal of a name that no audience of a store has.
fn unknown(store: &Store, name: &str) -> Error {
    let names = audiences::names(store);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let message = format!("audience \"{}\" does not exist in store \"{}\"", shorten(name), shorten(&store.name));
    perhaps(Error::new(Kind::UndefinedObject, message), name, &names)
}

/// The number of the audience of this name.
///
/// # Errors
/// [`Kind::UndefinedObject`] if there is none.
pub fn number_of(store: &Store, name: &str) -> Result<i32> {
    let query = expression!(store, "SELECT number FROM {data.audience} WHERE name = $1");
    let number = with_pinned_settings(|| value(query, &[Some(name)]));
    number.and_then(|number| number.parse().ok()).ok_or_else(|| unknown(store, name))
}

/// The condition of a call, which was checked.
fn condition(store: &Store, json: &str) -> Result<Value> {
    let json = parsed(json, "condition")?;
    read(&json, &profile_columns(store))?;
    Ok(json)
}

/// Has the members of an audience be those for whom its condition holds as of the last refresh; how many there are.
fn define(attached: &Attached, audience: Row) -> Result<i64> {
    let Attached { store, as_of: Some(as_of), .. } = attached else { return Ok(0) };
    let number = audience.number;
    let settings = [SEARCH_PATH, NO_NOTICES, ("TimeZone", store.zone())];
    with_settings(&[&TEXT_FORMATS[..], &PLANNER[..], &settings[..]].concat(), || {
        let moved = bring_up_to_date(store, vec![audience], as_of, ProfilesChanged::None, &Cause::Definition)?;
        if moved > 0 {
            audiences::notify(&store.name);
        }
        let count = expression!(
            store,
            "SELECT count(*) FROM {data.audience_member} WHERE audience = {number}",
            number = number
        );
        Ok(value(count, &[]).and_then(|count| count.parse().ok()).unwrap_or_default())
    })
}

fn create(store: &str, name: &str, json: &str) -> Result<i64> {
    let attached = owned(store)?;
    let store = &attached.store;
    check(store, name)?;
    let condition = condition(store, json)?;
    let known = audiences::names(store);
    if known.iter().any(|other| other == name) {
        return Err(Error::new(
            Kind::DuplicateObject,
            format!("audience \"{}\" of store \"{}\" exists", shorten(name), shorten(&store.name)),
        )
        .hint("lifecycle.change_audience changes its condition, and lifecycle.drop_audience removes it."));
    }
    if known.len() >= MOST {
        return Err(Error::new(
            Kind::LimitExceeded,
            format!("store \"{}\" has {} audiences, and cannot have more", shorten(&store.name), known.len()),
        )
        .hint("Drop one that you do not need: lifecycle.drop_audience."));
    }
    if holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(store.own(name).as_str())]) {
        return Err(Error::new(Kind::DuplicateObject, format!("{} exists", shorten(store.own(name).as_str())))
            .detail("An audience has a view of its name in the schema of the store.")
            .hint("Choose another name."));
    }
    let insert =
        expression!(store, "INSERT INTO {data.audience} (name, condition) VALUES ($1, $2::jsonb) RETURNING number");
    let number = with_pinned_settings(|| value(insert, &[Some(name), Some(&condition.to_string())]));
    let number: i32 = number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Error::new(Kind::NotReady, "the audience was not written"))?;
    with_settings(&[SEARCH_PATH, NO_NOTICES], || {
        run_all(&create_view(store, number, name));
        if let Some(reader) = attached.reader.as_ref().filter(|role| role_exists(role)) {
            run(grant_audience(store, name, reader));
        }
    });
    keep_layout(store);
    define(&attached, Row { number, name: name.to_owned(), condition, is_new: true })
}

fn change(store: &str, name: &str, json: &str) -> Result<i64> {
    let attached = owned(store)?;
    let store = &attached.store;
    let number = number_of(store, name)?;
    let condition = condition(store, json)?;
    let update = expression!(
        store,
        "UPDATE {data.audience} SET condition = $1::jsonb, changed_at = now(), problem = NULL WHERE number = {number}",
        number = number
    );
    with_pinned_settings(|| run_with(update, &[Some(&condition.to_string())]));
    define(&attached, Row { number, name: name.to_owned(), condition, is_new: true })
}

/// Refuses to drop an audience that a journey asks about which customers are in.
fn check_unused(store: &Store, name: &str) -> Result<()> {
    let columns = profile_columns(store);
    for row in with_pinned_settings(|| rows(sql!(store, "sql/started_versions.sql"), &[])) {
        let Ok([Some(journey), Some(version), Some(of)]) = <[Option<String>; 3]>::try_from(row) else { continue };
        let (Ok(journey), Ok(version)) = (journey.parse(), version.parse()) else { continue };
        // One that cannot be read decides nothing.
        let Ok(definition) = load(store, &columns, journey, version) else { continue };
        if audiences_of_journey(&definition).contains(&name) {
            return Err(Error::new(
                Kind::Dependent,
                format!("journey \"{}\" depends on audience \"{}\"", shorten(&of), shorten(name)),
            )
            .detail(format!("Its version {version} names the audience."))
            .hint(format!(
                "End the journey first: {}",
                select_call("lifecycle.end_journey", &[&shorten(&store.name), &shorten(&of)])
            )));
        }
    }
    Ok(())
}

fn drop_it(store: &str, name: &str) -> Result<()> {
    let attached = owned(store)?;
    let store = &attached.store;
    let number = number_of(store, name)?;
    check_unused(store, name)?;
    drop_made(&store.name, &[name.to_owned()])?;
    let delete = expression!(store, "DELETE FROM {data.audience} WHERE number = {number}", number = number);
    with_pinned_settings(|| run(delete));
    keep_layout(store);
    Ok(())
}

/// The day of a value of type `date`; None for one that no calendar has.
fn day_of(date: pg_sys::Datum) -> Option<NaiveDate> {
    let epoch = NaiveDate::from_ymd_opt(2000, 1, 1)?;
    let days = date.value() as i32;
    let distance = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }
}

/// The customers who were in an audience at the end of a day.
fn members_on(store: &str, name: &str, day: Option<NaiveDate>) -> Result<Vec<Vec<Option<String>>>> {
    let access = StoreAccess::named(store, Grant::Customers)?;
    let store = look_at(store)?.store;
    access.run(|| {
        let number = number_of(&store, name)?.to_string();
        let row = rows(sql!(store, "sql/known_days.sql", zone = Sql::literal(store.zone())), &[Some(&number)]);
        let Some([Some(first), Some(last)]) = row.first().map(Vec::as_slice) else {
            return Err(Error::new(Kind::NotReady, format!("audience \"{}\" has no members yet", shorten(name)))
                .detail("Its store was never refreshed.")
                .hint("Run CALL lifecycle.refresh(...) first."));
        };
        let known = [first, last].map(|day| day.parse::<NaiveDate>().ok());
        if !day
            .is_some_and(|day| known[0].is_some_and(|first| day >= first) && known[1].is_some_and(|last| day <= last))
        {
            let day = day.map_or("that day".to_owned(), |day| day.to_string());
            return Err(Error::new(
                Kind::InvalidParameter,
                format!("the members of audience \"{}\" on {day} are not known", shorten(name)),
            )
            .detail(format!(
                "They are known from {first}, when it was created, to {last}, the day of the last refresh."
            )));
        }
        let day = day.map(|day| day.to_string());
        Ok(rows(on_day(&store), &[Some(&number), day.as_deref()]))
    })
}

// ---- as SQL calls them ----------------------------------------------------------------------------------------------

/// (store, name)
fn two_names(fcinfo: pg_sys::FunctionCallInfo) -> Result<(String, String)> {
    Ok((text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "name")?))
}

/// (store, name, condition): how many customers are in it
// SQL: create_audience(text, text, jsonb) bigint
#[pg_extern]
fn create_audience(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let (store, name) = two_names(fcinfo)?;
    Ok(create(&store, &name, &json_argument(fcinfo, 2, "condition")?)?)
}

/// (store, name, condition): how many customers are in it
// SQL: change_audience(text, text, jsonb) bigint
#[pg_extern]
fn change_audience(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let (store, name) = two_names(fcinfo)?;
    Ok(change(&store, &name, &json_argument(fcinfo, 2, "condition")?)?)
}

/// (store, name)
// SQL: drop_audience(text, text) void
#[pg_extern]
fn drop_audience(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, name) = two_names(fcinfo)?;
    Ok(drop_it(&store, &name)?)
}

/// (store, name, day)
// SQL: audience_on(text, text, date) SETOF record
#[pg_extern]
fn audience_on(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, name) = two_names(fcinfo)?;
    // SAFETY: SQL declares the argument as date.
    let arguments = unsafe { Arguments::of(fcinfo) };
    arguments.not_null(2, "day")?;
    let found = members_on(&store, &name, arguments.datum(2).and_then(day_of))?;
    // SAFETY: the current call, of a function that returns one column.
    unsafe { return_rows(fcinfo, &found) };
    Ok(())
}

/// (store)
// SQL: forget_departures(text) bigint
#[pg_extern]
fn forget_departures(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let attached = owned(&text_argument(fcinfo, 0, "store")?)?;
    let purged = with_pinned_settings(|| value(feed::purge(&attached.store, true), &[]));
    Ok(purged.and_then(|number| number.parse().ok()).unwrap_or_default())
}
