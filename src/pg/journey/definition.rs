//! Definitions of journeys as rows: looking for them, writing them, and reading them again, which never trusts what stands there.

use serde_json::Value;

use crate::domain::audience::definition::audiences_of_journey;
use crate::domain::journey::definition::json_path::perhaps;
use crate::domain::journey::definition::policy::Policy;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::journey::definition::read_definition::read;
use crate::domain::journey::definition::read_payload::without_currency;
use crate::domain::journey::definition::{Definition, StepKind};
use crate::domain::journey::engine::batch;
use crate::domain::store::Store;
use crate::domain::store::quote::select_call;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::json::check_length;
use crate::domain::support::sql::sql;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{holds, rows, run, run_all, run_with, value};
use crate::pg::store::audiences;
pub use crate::pg::store::catalog::profile_columns;

/// A journey as it stands.
pub struct Journey {
    /// Its number.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// draft, live, paused, held or ended.
    pub status: String,
    /// The version that entrants get; None until it was started.
    pub version: Option<i32>,
    /// The newest version.
    pub newest: i32,
    /// Whether that one was not started.
    pub has_draft: bool,
}

/// JSON as the server wrote it.
///
/// # Errors
/// [`Kind::InvalidParameter`] for what no reader takes: nested too deep, or with a number beyond all numbers.
pub fn parsed(json: &str, what: &str) -> Result<Value> {
    check_length(json)?;
    serde_json::from_str(json)
        .map_err(|error| Error::new(Kind::InvalidParameter, format!("{what}: {}", shorten(&error.to_string()))))
}

/// The journey of this name, if there is one.
pub fn find(store: &Store, name: &str) -> Option<Journey> {
    let query = sql!(store, "sql/find_journey.sql");
    let row = with_pinned_settings(|| rows(&query, &[Some(name)])).into_iter().next()?;
    let number = |i: usize| row.get(i)?.as_ref()?.parse().ok();
    Some(Journey {
        id: number(0)?,
        name: name.to_owned(),
        status: row.get(1).cloned().flatten().unwrap_or_default(),
        version: number(2),
        newest: number(3).unwrap_or(0),
        has_draft: number(3).is_some() && row.get(4).is_some_and(|is_draft| is_draft.as_deref() == Some("t")),
    })
}

/// The journey of this name.
///
/// # Errors
/// [`Kind::UndefinedObject`] if there is none.
pub fn found(store: &Store, name: &str) -> Result<Journey> {
    find(store, name).ok_or_else(|| unknown(store, name))
}

fn unknown(store: &Store, name: &str) -> Error {
    let query = sql!(store, "sql/journey_names.sql");
    let all: Vec<String> =
        with_pinned_settings(|| rows(&query, &[])).into_iter().filter_map(|row| row.into_iter().next()?).collect();
    let names: Vec<&str> = all.iter().map(String::as_str).collect();
    let (name_shown, store_shown) = (shorten(name), shorten(&store.name));
    let what = format!("journey \"{name_shown}\" does not exist in store \"{store_shown}\"");
    perhaps(Error::new(Kind::UndefinedObject, what), name, &names)
}

/// The definition of a version as its rows say, whatever they say.
///
/// # Errors
/// [`Kind::UndefinedObject`] if there is no such version.
pub fn load_json(store: &Store, journey: i32, version: i32) -> Result<String> {
    let numbers = [journey, version].map(|number| number.to_string());
    with_pinned_settings(|| value(sql!(store, "sql/definition.sql"), &[Some(&numbers[0]), Some(&numbers[1])]))
        .ok_or_else(|| Error::new(Kind::UndefinedObject, format!("the journey has no version {version}")))
}

/// The name of a journey by its number; empty if it is gone.
pub fn journey_name(store: &Store, journey: i32) -> String {
    let query = sql!(store, "sql/journey_name.sql");
    with_pinned_settings(|| value(&query, &[Some(&journey.to_string())])).unwrap_or_default()
}

/// The definition of a version, which is checked as if it came from outside: rows can be edited, and columns of the profile go.
///
/// # Errors
/// Those of [`read`], and [`Kind::UndefinedObject`] if there is no such version.
pub fn load(store: &Store, columns: &[ProfileColumn], journey: i32, version: i32) -> Result<Definition> {
    let name = journey_name(store, journey);
    let json = parsed(&load_json(store, journey, version)?, "definition")?;
    read(&json, &name, columns).map_err(|error| {
        let of = format!("It is version {version} of journey \"{}\", as its rows are.", shorten(&name));
        Error { detail: error.detail.clone().or(Some(of)), ..error }
    })
}

/// The policy of a store as it stands.
pub fn policy_json(store: &Store) -> String {
    let query = sql!(store, "sql/policy.sql");
    with_pinned_settings(|| value(&query, &[])).unwrap_or_else(|| "{}".to_owned())
}

/// The policy of a store, checked likewise.
///
/// # Errors
/// Those of [`Policy::read`].
pub fn load_policy(store: &Store, columns: &[ProfileColumn]) -> Result<Policy> {
    Policy::read(&parsed(&policy_json(store), "policy")?, columns)
}

/// Takes a policy.
///
/// # Errors
/// As [`load_policy`].
pub fn set_policy(store: &Store, json: &str) -> Result<()> {
    // The row may have been lost with other rows of the owner's.
    with_pinned_settings(|| run_with(sql!(store, "sql/set_policy.sql"), &[Some(json)]));
    // Refused, it is undone with the statement.
    let columns = profile_columns(store);
    let policy = load_policy(store, &columns)?;
    policy.check()?;
    for row in with_pinned_settings(|| rows(sql!(store, "sql/versions_in_force.sql"), &[])) {
        let number = |place: usize| row.get(place)?.as_ref()?.parse().ok();
        let (Some(journey), Some(version)) = (number(0), number(1)) else { continue };
        let name = row.get(2).cloned().flatten().unwrap_or_default();
        policy.check_acts(&load(store, &columns, journey, version)?).map_err(|error| Error {
            message: format!("journey \"{}\": {}", shorten(&name), error.message),
            ..error
        })?;
    }
    Ok(())
}

/// Refuses a definition that the policy of its store cannot serve: a deadline that is over before anything may be sent.
///
/// # Errors
/// [`Kind::InvalidParameter`], with the numbers.
pub fn check_deadlines(store: &Store, columns: &[ProfileColumn], definition: &Definition) -> Result<()> {
    load_policy(store, columns)?.check_acts(definition)
}

/// Amounts of money in payloads must have a currency: one that the payload says, or that of the store.
///
/// # Errors
/// [`Kind::InvalidParameter`], by the place.
pub fn check_currencies(store: &Store, definition: &Definition) -> Result<()> {
    if store.settings.currency.is_some() {
        return Ok(());
    }
    for (number, step) in definition.steps.iter().enumerate() {
        if let StepKind::Act { act, .. } = &step.kind
            && let Some(way) = without_currency(&act.payload)
        {
            let place = shorten(&format!("steps[{number}].act.payload.{way}"));
            let set = select_call("lifecycle.configure", &[&shorten(&store.name), "{\"currency\": \"EUR\"}"]);
            let message = format!("{place}: an amount without a currency, and the store has none");
            return Err(Error::new(Kind::InvalidParameter, message)
                .hint(format!("Write \"currency\": \"EUR\" beside \"format\", or set that of the store: {set}")));
        }
    }
    Ok(())
}

/// The journeys that are called must be there.
///
/// # Errors
/// [`Kind::InvalidParameter`], by the place.
pub fn check_calls(store: &Store, definition: &Definition) -> Result<()> {
    for (number, step) in definition.steps.iter().enumerate() {
        if let StepKind::Call { journey, .. } = &step.kind
            && find(store, journey).is_none()
        {
            let error = unknown(store, journey);
            let message = format!("steps[{number}].call: {}", error.message);
            return Err(Error { kind: Kind::InvalidParameter, message, ..error });
        }
    }
    Ok(())
}

/// The audiences that a definition names must be there.
///
/// # Errors
/// [`Kind::InvalidParameter`].
pub fn check_audiences(store: &Store, definition: &Definition) -> Result<()> {
    let named = audiences_of_journey(definition);
    if named.is_empty() {
        return Ok(());
    }
    let known = audiences::names(store);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    match named.into_iter().find(|name| !known.contains(name)) {
        Some(name) => {
            let message =
                format!("audience \"{}\" does not exist in store \"{}\"", shorten(name), shorten(&store.name));
            Err(perhaps(Error::new(Kind::InvalidParameter, message), name, &known))
        }
        None => Ok(()),
    }
}

/// Makes a journey of which nothing is there yet; its number.
pub fn insert(store: &Store, name: &str) -> Result<i32> {
    let query = sql!(store, "sql/create_journey.sql");
    with_pinned_settings(|| value(&query, &[Some(name)]))
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Error::new(Kind::NotReady, "the journey was not written"))
}

/// Writes the rows of a version that was not started, instead of those that are there.
pub fn write(store: &Store, journey: i32, version: i32, json: &str) {
    with_pinned_settings(|| {
        let head = sql!(store, "sql/write_head.sql", journey = journey, version = version);
        run_with(&head, &[Some(json)]);
        run(sql!(store, "sql/delete_steps.sql", journey = journey, version = version));
        let steps = sql!(store, "sql/write_steps.sql", journey = journey, version = version);
        run_with(&steps, &[Some(json)]);
    });
}

/// Whether a version says the same.
pub fn is_same(store: &Store, journey: i32, version: i32, json: &str) -> Result<bool> {
    let stored = load_json(store, journey, version)?;
    Ok(with_pinned_settings(|| holds("SELECT $1::jsonb = $2::jsonb", &[Some(&stored), Some(json)])))
}

/// Numbers the steps of a draft from 1 without gaps, in their order, and writes into each the name that its column says.
pub fn tidy(store: &Store, journey: i32, version: i32) {
    let tidy = sql!(store, "sql/tidy_steps.sql", journey = journey, version = version);
    with_pinned_settings(|| run(&tidy));
}

/// Sets the status of a journey.
pub fn set_status(store: &Store, journey: i32, status: &str) {
    let set = sql!(store, "sql/set_status.sql", journey = journey);
    with_pinned_settings(|| run_with(&set, &[Some(status)]));
}

/// Takes the actions of a journey away from where claims look for them.
pub fn hold_actions(store: &Store, journey: i32) {
    let hold = sql!(store, "sql/hold_actions.sql", journey = journey);
    with_pinned_settings(|| run(&hold));
}

/// Has a journey go on that stood still: its actions are handed out, and the next run looks at all its customers, for events in the
/// meantime were not looked at for this journey, and may be a reason to leave or the end of a wait.
pub fn go_on(store: &Store, journey: i32) {
    let statements = [sql!(store, "sql/sweep_again.sql"), sql!(store, "sql/offer_actions.sql", journey = journey)];
    with_pinned_settings(|| run_all(&statements));
}

/// Ends what is under way in a journey. Waits for the workers that hold its customers.
pub fn end_all(store: &Store, journey: i32) {
    let statements = [
        batch::lock_store(store),
        sql!(store, "sql/note_end.sql", journey = journey),
        sql!(store, "sql/end_enrollments.sql", journey = journey),
        sql!(store, "sql/cancel_actions.sql", journey = journey),
    ];
    with_pinned_settings(|| run_all(&statements));
}
