//! The life of a journey: created, started, paused, changed and ended. All of it is the store owner's, one at a time.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_extern, pg_sys};

use super::brake::{check_existing, refuse_held, release};
use super::claim::texts;
use super::definition::{
    Journey, check_audiences, check_calls, check_currencies, check_deadlines, end_all, find, found, go_on,
    hold_actions, insert, is_same, load, load_json, parsed, policy_json, profile_columns, set_policy, set_status, tidy,
    write,
};
use super::experiment_power::say_how_many_are_needed;
use super::people::person_named;
use super::record_event::check_key;
use crate::domain::engagement::event_kind::REGISTERED;
use crate::domain::journey::definition::read_definition::{check_name, read};
use crate::domain::journey::definition::ready_made::ready_made;
use crate::domain::journey::definition::{Definition, Entry};
use crate::domain::store::Store;
use crate::domain::store::quote::select_call;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{run, run_with, value};
use crate::pg::ffi::text::{Jsonb, text_of};
use crate::pg::ffi::time::now;
use crate::pg::store::attach::json_argument;
use crate::pg::store::{Attached, lock, look_at, must_exist, must_own, text_argument};

/// A store, locked for its owner.
pub fn owned(name: &str) -> Result<Store> {
    Ok(owned_with_its_state(name)?.store)
}

fn owned_with_its_state(name: &str) -> Result<Attached> {
    must_exist(name)?;
    must_own(name)?;
    lock(name)
}

/// The same to look at.
pub fn seen(name: &str) -> Result<Store> {
    must_exist(name)?;
    must_own(name)?;
    Ok(look_at(name)?.store)
}

fn refuse_ended(journey: &Journey) -> Result<()> {
    if journey.status != "ended" {
        return Ok(());
    }
    Err(Error::new(Kind::NotReady, format!("journey \"{}\" has ended", shorten(&journey.name)))
        .hint("Create a journey under another name; lifecycle.journey_definition shows the definition of this one."))
}

/// How a journey is started.
#[derive(Debug, Default)]
struct Start {
    /// Before when nothing counts; None for the present, or what was said at the first start.
    at: Option<Instant>,
    /// The only customers who enter, as an array in text; None for those of before.
    only: Option<String>,
    /// Whether more customers may enter at once than the brake lets in.
    accept: bool,
}

impl Start {
    /// Reads the instant and the customers from two arguments.
    fn read(fcinfo: pg_sys::FunctionCallInfo, first: usize) -> Result<Self> {
        // SAFETY: SQL declares the arguments as timestamptz and text[].
        let arguments = unsafe { Arguments::of(fcinfo) };
        let at = arguments.datum(first).map(|at| Instant::from_micros(at.value() as i64)).transpose()?;
        if let Some(at) = at.filter(|at| at.since(now()) > 0) {
            return Err(Error::new(Kind::InvalidParameter, "started_at is in the future")
                .detail(format!("started_at is {at}."))
                .hint("Leave started_at out for the present."));
        }
        // SAFETY: as above.
        let only = arguments.datum(first + 1).map(|only| unsafe { texts(only) });
        let only = only.map(|only| {
            let only: Option<Vec<String>> = only.into_iter().collect();
            only.ok_or_else(|| Error::new(Kind::NullNotAllowed, "only_customers must not hold NULL"))
        });
        let only = only.transpose()?.map(|only| serde_json::Value::from(only).to_string());
        Ok(Start { at, only, accept: false })
    }
}

fn create(store: &str, name: &str, json: &str, start: Option<&Start>) -> Result<i32> {
    let Attached { store, as_of, .. } = owned_with_its_state(store)?;
    check_name(name)?;
    let definition = read(&parsed(json, "definition")?, name, &profile_columns(&store))?;
    check_calls(&store, &definition)?;
    check_currencies(&store, &definition)?;
    check_audiences(&store, &definition)?;
    let Some(journey) = find(&store, name) else {
        let id = insert(&store, name)?;
        write(&store, id, 1, json);
        say_how_many_are_needed(&store, as_of.as_deref(), name, &definition);
        if let Some(start) = start {
            start_found(&store, &found(&store, name)?, start)?;
        }
        return Ok(1);
    };
    refuse_ended(&journey)?;
    if start.is_some() {
        refuse_held(&store, &journey)?;
    }
    let version = match journey.version {
        Some(version) if is_same(&store, journey.id, version, json)? => version,
        _ => {
            let version = if journey.has_draft { journey.newest } else { journey.newest + 1 };
            write(&store, journey.id, version, json);
            say_how_many_are_needed(&store, as_of.as_deref(), name, &definition);
            // Whatever has been started goes on with what it is told.
            if journey.version.is_some() {
                put_in_force(&store, journey.id, version, None)?;
            }
            version
        }
    };
    if let Some(start) = start.filter(|_| journey.status != "live") {
        // A draft that waits beside the version in force goes on waiting.
        match journey.version {
            Some(_) => set_live(&store, &journey, start)?,
            None => drop(start_found(&store, &found(&store, name)?, start)?),
        }
    }
    Ok(version)
}

/// Checks the rows of a version: what it calls must be there, and its deadlines must suit the policy.
fn check_version(store: &Store, journey: i32, version: i32) -> Result<Definition> {
    let columns = profile_columns(store);
    let definition = load(store, &columns, journey, version)?;
    check_calls(store, &definition)?;
    check_currencies(store, &definition)?;
    check_audiences(store, &definition)?;
    check_deadlines(store, &columns, &definition)?;
    Ok(definition)
}

/// Makes a draft the version that entrants get. From here on its rows are frozen.
fn put_in_force(store: &Store, journey: i32, version: i32, started_at: Option<Instant>) -> Result<Definition> {
    // Whoever edits its rows has locked the version (see guard_journey), and is waited for before they are read.
    let lock = sql!(store, "sql/lock_version.sql", journey = journey, version = version);
    with_pinned_settings(|| run(&lock));
    let definition = check_version(store, journey, version)?;
    if let Some(notice) = undated_newcomers(store, &definition) {
        notice.report(PgLogLevel::NOTICE);
    }
    tidy(store, journey, version);
    let started_at = started_at.map(|at| at.to_string());
    with_pinned_settings(|| {
        run(sql!(store, "sql/start_version.sql", journey = journey, version = version));
        run_with(sql!(store, "sql/put_in_force.sql", journey = journey, version = version), &[started_at.as_deref()]);
    });
    Ok(definition)
}

/// What to say of a journey for new customers whose first date the store does not know: customers without a date are not new.
fn undated_newcomers(store: &Store, definition: &Definition) -> Option<ErrorReport> {
    let is_for_newcomers = matches!(&definition.entry, Entry::Event(occasion) if occasion.kind == REGISTERED);
    let customers = store.settings.customers.as_ref().filter(|_| store.settings.customer_since.is_none());
    let customers = customers.filter(|_| is_for_newcomers)?;
    let message = format!("store \"{}\" does not know since when its customers are customers", shorten(&store.name));
    let call = select_call("lifecycle.configure", &[&shorten(&store.name), "{\"customer_since\": \"...\"}"]);
    Some(
        ErrorReport::new(PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION, message, "pg_lifecycle")
            .set_detail(format!(
                "A customer of {} without an order, event or consent has no date, and does not enter as one who is new.",
                shorten(customers)
            ))
            .set_hint(format!("{call} names the column of that date.")),
    )
}

/// Has a journey begin, or go on: the next run then looks at all its customers, for events during a pause were not looked at for this
/// journey, and may be a reason to leave or the end of a wait.
///
/// The store lives in the present from then on, or at the instant that is given.
fn set_live(store: &Store, journey: &Journey, start: &Start) -> Result<()> {
    if let Some(only) = &start.only {
        let customers: Vec<String> = serde_json::from_str(only).unwrap_or_default();
        let mut persons = Vec::new();
        for customer in &customers {
            check_key(customer, store.key)?;
            persons.push(with_pinned_settings(|| person_named(store, customer))?);
        }
        let only = serde_json::json!(persons).to_string();
        with_pinned_settings(|| run_with(sql!(store, "sql/set_recipients.sql", journey = journey.id), &[Some(&only)]));
    }
    set_status(store, journey.id, "live");
    let at = start.at.map(|at| at.to_string());
    with_pinned_settings(|| run_with(sql!(store, "sql/set_started_at.sql", journey = journey.id), &[at.as_deref()]));
    with_pinned_settings(|| run_with(sql!(store, "sql/played_from.sql"), &[at.as_deref()]));
    if journey.status == "paused" {
        go_on(store, journey.id);
    }
    let count = with_pinned_settings(|| value(sql!(store, "sql/count_recipients.sql", journey = journey.id), &[]));
    if let Some(count) = count {
        pgrx::notice!(
            "journey \"{}\" writes to no other customers than {count} test recipients",
            shorten(&journey.name)
        );
    }
    Ok(())
}

fn start_found(store: &Store, journey: &Journey, start: &Start) -> Result<i32> {
    refuse_ended(journey)?;
    refuse_held(store, journey)?;
    let version = match journey.version {
        Some(version) if !journey.has_draft => {
            // The profile may have changed while it was paused.
            check_version(store, journey.id, version)?;
            version
        }
        _ => {
            let definition = put_in_force(store, journey.id, journey.newest, start.at)?;
            check_existing(store, journey, &definition, start.accept)?;
            journey.newest
        }
    };
    set_live(store, journey, start)?;
    Ok(version)
}

fn start(store: &str, name: &str, start: &Start) -> Result<i32> {
    let store = owned(store)?;
    start_found(&store, &found(&store, name)?, start)
}

fn draft(store: &str, name: &str) -> Result<i32> {
    let store = owned(store)?;
    let journey = found(&store, name)?;
    refuse_ended(&journey)?;
    if journey.has_draft {
        return Ok(journey.newest);
    }
    let json = load_json(&store, journey.id, journey.newest)?;
    write(&store, journey.id, journey.newest + 1, &json);
    Ok(journey.newest + 1)
}

fn pause(store: &str, name: &str) -> Result<()> {
    let store = owned(store)?;
    let journey = found(&store, name)?;
    refuse_ended(&journey)?;
    if journey.status == "draft" {
        return Err(Error::new(Kind::NotReady, format!("journey \"{}\" was not started", shorten(name)))
            .hint("Run lifecycle.start_journey to start it."));
    }
    set_status(&store, journey.id, "paused");
    hold_actions(&store, journey.id);
    Ok(())
}

fn release_held(store: &str, name: &str, up_to: Option<i32>) -> Result<bool> {
    let store = owned(store)?;
    release(&store, &found(&store, name)?, up_to)
}

fn end(store: &str, name: &str) -> Result<()> {
    let store = owned(store)?;
    let journey = found(&store, name)?;
    if journey.status != "ended" {
        // First, so that no customer enters any more.
        set_status(&store, journey.id, "ended");
        end_all(&store, journey.id);
    }
    Ok(())
}

fn definition(store: &str, name: &str, version: Option<i32>) -> Result<String> {
    let store = seen(store)?;
    let journey = found(&store, name)?;
    load_json(&store, journey.id, version.or(journey.version).unwrap_or(journey.newest))
}

// ---- as SQL calls them ----------------------------------------------------------------------------------------------

/// A boolean or integer argument that is passed by value; None for NULL.
fn word(fcinfo: pg_sys::FunctionCallInfo, number: usize) -> Option<pg_sys::Datum> {
    // SAFETY: the current call.
    unsafe { Arguments::of(fcinfo) }.datum(number)
}

fn switch(fcinfo: pg_sys::FunctionCallInfo, number: usize, name: &str) -> Result<bool> {
    // SAFETY: the current call.
    unsafe { Arguments::of(fcinfo) }.not_null(number, name)?;
    Ok(word(fcinfo, number).is_some_and(|datum| datum.value() != 0))
}

/// (store, name)
fn two_names(fcinfo: pg_sys::FunctionCallInfo) -> Result<(String, String)> {
    Ok((text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "name")?))
}

/// (store, name, definition, start, started_at, only_customers)
// SQL: create_journey(text, text, jsonb, boolean, timestamptz, text[]) integer
#[pg_extern]
fn create_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i32> {
    let (store, name) = two_names(fcinfo)?;
    let json = json_argument(fcinfo, 2, "definition")?;
    let start = Start::read(fcinfo, 4)?;
    Ok(create(&store, &name, &json, switch(fcinfo, 3, "start")?.then_some(&start))?)
}

/// (store, name)
// SQL: draft_journey(text, text) integer
#[pg_extern]
fn draft_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i32> {
    let (store, name) = two_names(fcinfo)?;
    Ok(draft(&store, &name)?)
}

/// (store, name, started_at, only_customers, accept)
// SQL: start_journey(text, text, timestamptz, text[], boolean) integer
#[pg_extern]
fn start_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i32> {
    let (store, name) = two_names(fcinfo)?;
    let start_of = Start { accept: switch(fcinfo, 4, "accept")?, ..Start::read(fcinfo, 2)? };
    Ok(start(&store, &name, &start_of)?)
}

/// (store, name)
// SQL: pause_journey(text, text) void
#[pg_extern]
fn pause_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, name) = two_names(fcinfo)?;
    Ok(pause(&store, &name)?)
}

/// (store, name, up_to)
// SQL: release_journey(text, text, integer) boolean
#[pg_extern]
fn release_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let (store, name) = two_names(fcinfo)?;
    let up_to = word(fcinfo, 2).map(|datum| datum.value() as i32);
    Ok(release_held(&store, &name, up_to)?)
}

/// (store, name)
// SQL: end_journey(text, text) void
#[pg_extern]
fn end_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, name) = two_names(fcinfo)?;
    Ok(end(&store, &name)?)
}

/// (store, name, version)
// SQL: journey_definition(text, text, integer) jsonb
#[pg_extern]
fn journey_definition(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Jsonb> {
    let (store, name) = two_names(fcinfo)?;
    let version = word(fcinfo, 2).map(|datum| datum.value() as i32);
    Ok(Jsonb(definition(&store, &name, version)?))
}

/// (store, policy)
// SQL: set_journey_policy(text, jsonb) void
#[pg_extern]
fn set_journey_policy(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, policy) = (text_argument(fcinfo, 0, "store")?, json_argument(fcinfo, 1, "policy")?);
    Ok(set_policy(&owned(&store)?, &policy)?)
}

/// (store)
// SQL: journey_policy(text) jsonb
#[pg_extern]
fn journey_policy(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Jsonb> {
    Ok(Jsonb(policy_json(&seen(&text_argument(fcinfo, 0, "store")?)?)))
}

/// (name, settings)
// SQL: ready_made_journey(text, jsonb) jsonb
#[pg_extern]
fn ready_made_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Jsonb> {
    let (name, settings) = (text_argument(fcinfo, 0, "name")?, json_argument(fcinfo, 1, "settings")?);
    Ok(Jsonb(ready_made(&name, &parsed(&settings, "settings")?)?.to_string()))
}

/// (store, name, settings, journey, start)
// SQL: create_ready_made(text, text, jsonb, text, boolean) integer
#[pg_extern]
fn create_ready_made(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i32> {
    let (store, name) = two_names(fcinfo)?;
    let settings = json_argument(fcinfo, 2, "settings")?;
    // SAFETY: SQL declares the argument as text.
    let journey = unsafe { Arguments::of(fcinfo).bytes(3) }.map_or_else(|| name.clone(), text_of);
    let start = switch(fcinfo, 4, "start")?;
    let definition = ready_made(&name, &parsed(&settings, "settings")?)?.to_string();
    let as_it_is = Start::default();
    Ok(create(&store, &journey, &definition, start.then_some(&as_it_is))?)
}
