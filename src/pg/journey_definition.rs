//! Journeys as they are kept: reading versions from their rows, and writing new ones.

use std::collections::BTreeSet;

use pgrx::{pg_extern, pg_sys};
use serde_json::{Map, Value};

use super::arguments::Arguments;
use super::catalog::profile_columns;
use super::error::SqlResult;
use super::query::{Row, holds, rows, run_with, value};
use super::session::unswayed;
use super::store::{lock, look_at, must_exist, must_own, text_argument};
use super::text::{Text, jsonb_text};
use crate::domain::error::{Error, Kind, Result, shorten};
use crate::domain::journey::definition::Definition;
use crate::domain::journey::desk::Live;
use crate::domain::journey::place::Place;
use crate::domain::journey::policy::Policy;
use crate::domain::journey::read_condition::ProfileColumn;
use crate::domain::journey::{batch, read_definition, read_policy};
use crate::domain::nearest::nearest;
use crate::domain::store::Store;

// ---- reading --------------------------------------------------------------------------------------------------------

/// The policy of a store.
///
/// # Errors
/// Where the row was changed into something that is none.
pub fn policy_of(store: &Store, columns: &[ProfileColumn]) -> Result<Policy> {
    let json = unswayed(|| value(&format!("SELECT policy::text FROM {}", store.own("journey_state")), &[]));
    read_policy::read(&parsed(json.as_deref().unwrap_or("{}"))?, columns)
}

/// All versions of the live journeys that anybody can be in, by journey and version.
///
/// # Errors
/// Where rows were changed into something that is no definition, or a column that one names is gone.
pub fn live_versions(store: &Store, columns: &[ProfileColumn]) -> Result<Vec<Live>> {
    let found = unswayed(|| {
        rows(
            &format!(
                "SELECT j.journey, j.name, v.version, (v.version = j.version)::text, j.started_at
                FROM {} AS j JOIN {} AS v ON v.journey = j.journey
                WHERE j.status = 'live' AND v.started_at IS NOT NULL ORDER BY j.journey, v.version",
                store.own("journey"),
                store.own("journey_version")
            ),
            &[],
        )
    });
    found.iter().map(|row| live(store, row, columns)).collect()
}

fn live(store: &Store, row: &Row, columns: &[ProfileColumn]) -> Result<Live> {
    let text = |i: usize| row.get(i).cloned().flatten().unwrap_or_default();
    let number = |i: usize| text(i).parse().unwrap_or_default();
    let (journey, name, version) = (number(0), text(1), number(2));
    let definition = read(&definition_json(store, journey, version)?, &name, version, columns)?;
    Ok(Live { journey, name, version, is_current: text(3) == "true", started_at: text(4), definition })
}

/// Reads a definition that is kept; what it cannot be is an error of its rows.
fn read(json: &Value, name: &str, version: i32, columns: &[ProfileColumn]) -> Result<Definition> {
    read_definition::read(json, name, columns).map_err(|error| Error {
        detail: Some(format!("That is version {version} of journey \"{}\".", shorten(name))),
        ..error
    })
}

/// The definition of a version, put together from its rows.
fn definition_json(store: &Store, journey: i32, version: i32) -> Result<Value> {
    let (journey, version) = (journey.to_string(), version.to_string());
    let json = unswayed(|| {
        value(
            &format!(
                "SELECT (v.head || jsonb_build_object('steps', COALESCE((
                    SELECT jsonb_agg(jsonb_build_object('name', s.name) || s.definition ORDER BY s.step) FROM {} AS s
                    WHERE s.journey = v.journey AND s.version = v.version), '[]')))::text
                FROM {} AS v WHERE v.journey = $1::int4 AND v.version = $2::int4",
                store.own("journey_step"),
                store.own("journey_version")
            ),
            &[Some(&journey), Some(&version)],
        )
    });
    parsed(&json.unwrap_or_default())
}

fn parsed(json: &str) -> Result<Value> {
    serde_json::from_str(json).map_err(|error| read_definition::no_json(&error))
}

// ---- writing --------------------------------------------------------------------------------------------------------

/// A journey as it is kept.
struct Kept {
    journey: i32,
    status: String,
    /// The version that people enter; None before the first start.
    version: Option<i32>,
    /// The newest version, which may be a draft.
    newest: i32,
    /// Whether the newest is a draft.
    is_draft: bool,
}

/// The journey of this name, locked; None if there is none.
fn kept(store: &Store, name: &str) -> Option<Kept> {
    let found = unswayed(|| {
        rows(
            &format!(
                "SELECT j.journey, j.status, j.version, v.version, (v.started_at IS NULL)::text FROM {} AS j,
                    LATERAL (SELECT * FROM {} AS v WHERE v.journey = j.journey ORDER BY v.version DESC LIMIT 1) AS v
                WHERE j.name = $1 FOR UPDATE OF j",
                store.own("journey"),
                store.own("journey_version")
            ),
            &[Some(name)],
        )
    });
    let row = found.first()?;
    let number = |i: usize| row.get(i)?.as_ref()?.parse().ok();
    Some(Kept {
        journey: number(0)?,
        status: row[1].clone()?,
        version: number(2),
        newest: number(3)?,
        is_draft: row[4].as_deref() == Some("true"),
    })
}

fn must_be_kept(store: &Store, name: &str) -> Result<Kept> {
    kept(store, name).ok_or_else(|| {
        let error = Error::new(
            Kind::UndefinedObject,
            format!("journey \"{}\" does not exist in store \"{}\"", shorten(name), shorten(&store.name)),
        );
        let names = names(store);
        match nearest(name, &names.iter().map(String::as_str).collect::<Vec<_>>()) {
            Some(near) => error.hint(format!("Perhaps you meant '{}'.", shorten(near))),
            None => error.hint("lifecycle.create_journey makes one."),
        }
    })
}

fn names(store: &Store) -> BTreeSet<String> {
    let query = format!("SELECT j.name FROM {} AS j", store.own("journey"));
    unswayed(|| rows(&query, &[])).into_iter().filter_map(|row| row.into_iter().next()?).collect()
}

/// The store, for its owner, locked.
fn owned(name: &str) -> Result<Store> {
    must_exist(name)?;
    must_own(name)?;
    Ok(lock(name)?.store)
}

/// Checks a definition as a whole: what only the store knows, too.
fn check(store: &Store, name: &str, json: &Value) -> Result<Definition> {
    let definition = read_definition::read(json, name, &profile_columns(store))?;
    let names = names(store);
    for (called, place) in read_definition::called(json)? {
        if !names.contains(&called) {
            let error = place.refused(format!("journey \"{}\" does not exist", shorten(&called)));
            return Err(match nearest(&called, &names.iter().map(String::as_str).collect::<Vec<_>>()) {
                Some(near) => error.hint(format!("Perhaps you meant \"{}\".", shorten(near))),
                None => error.hint("Create the journey that is called first."),
            });
        }
    }
    Ok(definition)
}

/// Writes a version's rows.
fn write_version(store: &Store, journey: i32, version: i32, json: &Value) {
    let empty = Map::new();
    let mut head = json.as_object().unwrap_or(&empty).clone();
    let steps = head.remove("steps").unwrap_or_default();
    let (journey, version) = (journey.to_string(), version.to_string());
    unswayed(|| {
        run_with(
            &format!(
                "INSERT INTO {} (journey, version, head) VALUES ($1::int4, $2::int4, $3::jsonb)",
                store.own("journey_version")
            ),
            &[Some(&journey), Some(&version), Some(&Value::Object(head).to_string())],
        );
        run_with(
            &format!(
                "INSERT INTO {} (journey, version, step, name, definition)
                SELECT $1::int4, $2::int4, s.step, s.definition ->> 'name', s.definition - 'name'
                FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS s (definition, step)",
                store.own("journey_step")
            ),
            &[Some(&journey), Some(&version), Some(&steps.to_string())],
        );
    });
}

fn delete_version(store: &Store, journey: i32, version: i32) {
    let (journey, version) = (journey.to_string(), version.to_string());
    unswayed(|| {
        run_with(
            &format!("DELETE FROM {} WHERE journey = $1::int4 AND version = $2::int4", store.own("journey_version")),
            &[Some(&journey), Some(&version)],
        )
    });
}

/// Makes a version the one that people enter from now on.
fn start_version(store: &Store, journey: i32, version: i32, since: Option<&str>) {
    let (journey, version) = (journey.to_string(), version.to_string());
    unswayed(|| {
        run_with(
            &format!(
                "UPDATE {} SET started_at = COALESCE(started_at, now()) WHERE journey = $1::int4 AND version = $2::int4",
                store.own("journey_version")
            ),
            &[Some(&journey), Some(&version)],
        );
        // What moved before the start is no occasion.
        run_with(
            &format!(
                "UPDATE {} SET status = 'live', version = $2::int4,
                    movement_seen = CASE WHEN started_at IS NULL OR $3 IS NOT NULL
                        THEN (SELECT COALESCE(max(m.id), 0) FROM {movement} AS m WHERE m.at <= COALESCE($3::timestamptz, now()))
                        ELSE movement_seen END,
                    started_at = COALESCE($3::timestamptz, started_at, now())
                WHERE journey = $1::int4",
                store.own("journey"),
                movement = store.own("movement")
            ),
            &[Some(&journey), Some(&version), since],
        );
    });
}

fn create(store: &str, name: &str, definition: &str, start: bool) -> Result<i32> {
    let store = owned(store)?;
    check_name(name)?;
    let json = parsed(definition)?;
    check(&store, name, &json)?;
    let Some(kept) = kept(&store, name) else {
        let journey = unswayed(|| {
            value(&format!("INSERT INTO {} (name) VALUES ($1) RETURNING journey", store.own("journey")), &[Some(name)])
        });
        let journey = journey.and_then(|journey| journey.parse().ok()).unwrap_or_default();
        write_version(&store, journey, 1, &json);
        if start {
            start_version(&store, journey, 1, None);
        }
        return Ok(1);
    };
    let is_same = same(&definition_json(&store, kept.journey, kept.newest)?, &json);
    let version = match (is_same, kept.is_draft) {
        (true, _) => kept.newest,
        (false, true) => {
            delete_version(&store, kept.journey, kept.newest);
            write_version(&store, kept.journey, kept.newest, &json);
            kept.newest
        }
        (false, false) => {
            write_version(&store, kept.journey, kept.newest + 1, &json);
            kept.newest + 1
        }
    };
    if start || kept.status == "live" && kept.version != Some(version) {
        start_version(&store, kept.journey, version, None);
    }
    Ok(version)
}

/// Whether two definitions say the same: names of members in any order.
fn same(one: &Value, other: &Value) -> bool {
    one == other
}

fn check_name(name: &str) -> Result<()> {
    Place::whole(&Value::String(name.to_owned())).name().map(|_| ()).map_err(|error| Error {
        kind: Kind::InvalidName,
        message: format!("\"{}\" cannot be the name of a journey", shorten(name)),
        ..error
    })
}

// ---- as SQL calls it ------------------------------------------------------------------------------------------------

fn json_argument(fcinfo: pg_sys::FunctionCallInfo, number: usize, name: &str) -> Result<String> {
    // SAFETY: SQL declares the argument as jsonb.
    unsafe {
        let arguments = Arguments::of(fcinfo);
        arguments.not_null(number, name)?;
        Ok(arguments.datum(number).and_then(|json| jsonb_text(json)).unwrap_or_default())
    }
}

/// A boolean argument; NULL is false.
fn flag(fcinfo: pg_sys::FunctionCallInfo, number: usize) -> bool {
    // SAFETY: SQL declares the argument as boolean.
    unsafe { Arguments::of(fcinfo) }.datum(number).is_some_and(|flag| flag.value() != 0)
}

/// (store, name, definition, start)
#[pg_extern]
fn create_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i32> {
    let (store, name) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "name")?);
    Ok(create(&store, &name, &json_argument(fcinfo, 2, "definition")?, flag(fcinfo, 3))?)
}

/// (store, name)
#[pg_extern]
fn draft_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i32> {
    let store = owned(&text_argument(fcinfo, 0, "store")?)?;
    let kept = must_be_kept(&store, &text_argument(fcinfo, 1, "name")?)?;
    if kept.is_draft {
        return Ok(kept.newest);
    }
    write_version(&store, kept.journey, kept.newest + 1, &definition_json(&store, kept.journey, kept.newest)?);
    Ok(kept.newest + 1)
}

/// (store, name, since)
#[pg_extern]
fn start_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i32> {
    let store = owned(&text_argument(fcinfo, 0, "store")?)?;
    let name = text_argument(fcinfo, 1, "name")?;
    // SAFETY: SQL declares the argument as timestamptz.
    let since = unsafe { Arguments::of(fcinfo) }.datum(2);
    let since = since
        .map(|datum| crate::domain::instant::Instant::from_micros(datum.value() as i64))
        .transpose()?
        .map(|since| since.to_string());
    let kept = must_be_kept(&store, &name)?;
    check(&store, &name, &definition_json(&store, kept.journey, kept.newest)?)?;
    start_version(&store, kept.journey, kept.newest, since.as_deref());
    Ok(kept.newest)
}

/// (store, name)
#[pg_extern]
fn pause_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = owned(&text_argument(fcinfo, 0, "store")?)?;
    let name = text_argument(fcinfo, 1, "name")?;
    let kept = must_be_kept(&store, &name)?;
    if kept.status != "live" && kept.status != "paused" {
        return Err(not_in_state(&name, &kept.status, "Only a live journey can be paused.").into());
    }
    set_status(&store, kept.journey, "paused");
    Ok(())
}

fn not_in_state(name: &str, status: &str, why: &str) -> Error {
    Error::new(Kind::NotReady, format!("journey \"{}\" is {status}", shorten(name))).detail(why)
}

fn set_status(store: &Store, journey: i32, status: &str) {
    unswayed(|| {
        run_with(
            &format!("UPDATE {} SET status = $2 WHERE journey = $1::int4", store.own("journey")),
            &[Some(&journey.to_string()), Some(status)],
        )
    });
}

/// (store, name)
#[pg_extern]
fn end_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = owned(&text_argument(fcinfo, 0, "store")?)?;
    let name = text_argument(fcinfo, 1, "name")?;
    let kept = must_be_kept(&store, &name)?;
    set_status(&store, kept.journey, "ended");
    let journey = kept.journey.to_string();
    unswayed(|| {
        // After whoever works on customers of the journey now.
        rows(&batch::lock_store(&store), &[]);
        run_with(
            &format!(
                "WITH over AS (
                    UPDATE {} SET due_at = NULL, ended_at = now(), outcome = 'ended', postponed_since = NULL, postponed_why = NULL
                    WHERE journey = $1::int4 AND due_at IS NOT NULL RETURNING *)
                INSERT INTO {} (customer, journey, version, entry, step, round, at, what, why)
                SELECT customer, journey, version, entry, step, round, ended_at, 'left', outcome FROM over",
                store.own("enrollment"),
                store.own("decision")
            ),
            &[Some(&journey)],
        );
        run_with(
            &format!(
                "UPDATE {} SET status = 'cancelled', claimable_at = NULL, error = 'the journey was ended'
                WHERE journey = $1::int4 AND status = 'pending'",
                store.own("action")
            ),
            &[Some(&journey)],
        );
    });
    Ok(())
}

/// (store, name, version)
#[pg_extern]
fn journey_definition(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<Text>> {
    let name = text_argument(fcinfo, 0, "store")?;
    must_exist(&name)?;
    must_own(&name)?;
    let store = look_at(&name)?.store;
    let journey = text_argument(fcinfo, 1, "name")?;
    let kept = must_be_kept(&store, &journey)?;
    // SAFETY: SQL declares the argument as integer.
    let version = unsafe { Arguments::of(fcinfo) }.datum(2).map_or(kept.newest, |version| version.value() as i32);
    let exists = format!(
        "SELECT EXISTS (SELECT FROM {} WHERE journey = $1::int4 AND version = $2::int4)",
        store.own("journey_version")
    );
    if !unswayed(|| holds(&exists, &[Some(&kept.journey.to_string()), Some(&version.to_string())])) {
        return Err(Error::new(
            Kind::UndefinedObject,
            format!("journey \"{}\" has no version {version}", shorten(&journey)),
        )
        .hint(format!("The newest is {}.", kept.newest))
        .into());
    }
    Ok(Some(Text(definition_json(&store, kept.journey, version)?.to_string())))
}

/// (store, policy)
#[pg_extern]
fn set_journey_policy(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = owned(&text_argument(fcinfo, 0, "store")?)?;
    let json = json_argument(fcinfo, 1, "policy")?;
    read_policy::read(&parsed(&json)?, &profile_columns(&store))?;
    unswayed(|| {
        run_with(&format!("UPDATE {} SET policy = $1::jsonb", store.own("journey_state")), &[Some(&json)]);
    });
    Ok(())
}
