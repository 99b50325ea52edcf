//! What became of the actions of journeys that senders have claimed: they are completed, have failed, or are put back.

use pgrx::{FromDatum, pg_extern, pg_sys};

use super::access::{Grant, StoreAccess};
use crate::domain::journey::delivery;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::spi::{rows, rows_of_kept, run_with, value};
use crate::pg::ffi::text::Text;
use crate::pg::store::text_argument;

/// The refusal of an action that is not there.
pub fn no_action(store: &str, action: i64) -> Error {
    Error::new(Kind::UndefinedObject, format!("action {action} of store \"{}\" does not exist", shorten(store)))
}

/// The refusal of an action that no sender can have done.
pub fn withheld(store: &str) -> Error {
    Error::new(
        Kind::NotReady,
        format!("an action of store \"{}\" is withheld from its customer and cannot be reported", shorten(store)),
    )
    .detail(
        "Its customer is in a control group, has given no consent, or has no address. Such actions are never claimed.",
    )
}

/// Tells the senders that listen that there is something to send.
pub fn notify_new_actions(store: &str, channels: &[String]) {
    for channel in channels {
        let message = serde_json::json!({ "store": store, "channel": channel }).to_string();
        run_with("SELECT pg_catalog.pg_notify('lifecycle_actions', $1)", &[Some(&message)]);
    }
}

/// The present, which goes on within a transaction.
pub fn present() -> Result<Instant> {
    // SAFETY: asks for the time.
    Instant::from_micros(unsafe { pg_sys::GetCurrentTimestamp() })
}

/// The action that a call is about.
fn action_argument(fcinfo: pg_sys::FunctionCallInfo) -> Result<i64> {
    // SAFETY: the call's own arguments.
    let arguments = unsafe { Arguments::of(fcinfo) };
    arguments.not_null(1, "action")?;
    Ok(arguments.datum(1).map_or(0, |action| action.value() as i64))
}

/// A text that may be left out.
pub fn optional_text(fcinfo: pg_sys::FunctionCallInfo, number: usize) -> Result<Option<String>> {
    // SAFETY: the call's own arguments.
    match unsafe { Arguments::of(fcinfo) }.datum(number) {
        Some(_) => text_argument(fcinfo, number, "").map(Some),
        None => Ok(None),
    }
}

/// Completes actions; how many were completed now.
fn complete(store: &str, actions: &[i64], message_id: Option<&str>) -> Result<i64> {
    let access = StoreAccess::of_any_layout(store, Grant::Actions)?;
    let ids: Vec<String> = actions.iter().map(i64::to_string).collect();
    let list = format!("{{{}}}", ids.join(","));
    let row = access
        .run(|| rows_of_kept(delivery::complete(&access.store, access.layout), &[Some(&list), message_id]))
        .into_iter()
        .next();
    let number = |place: usize| -> i64 {
        row.as_ref().and_then(|row| row.get(place)?.as_ref()?.parse().ok()).unwrap_or_default()
    };
    if number(0) < actions.len() as i64 {
        return Err(match actions {
            [action] => no_action(store, *action),
            _ => Error::new(
                Kind::UndefinedObject,
                format!(
                    "{} of the actions do not exist in store \"{}\"",
                    actions.len() as i64 - number(0),
                    shorten(store)
                ),
            ),
        });
    }
    if number(1) > 0 {
        return Err(withheld(store));
    }
    Ok(number(2))
}

/// (store, action, message_id)
// SQL: complete_action(text, bigint, text) boolean
#[pg_extern]
fn complete_action(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let (store, action) = (text_argument(fcinfo, 0, "store")?, action_argument(fcinfo)?);
    Ok(complete(&store, &[action], optional_text(fcinfo, 2)?.as_deref())? > 0)
}

/// (store, actions)
// SQL: complete_actions(text, bigint[]) bigint
#[pg_extern]
fn complete_actions(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let store = text_argument(fcinfo, 0, "store")?;
    // SAFETY: the call's own arguments, and SQL declares the second as bigint[].
    let actions = unsafe {
        let arguments = Arguments::of(fcinfo);
        arguments.not_null(1, "actions")?;
        arguments.datum(1).and_then(|actions| pgrx::Array::<i64>::from_datum(actions, false))
    };
    let mut known = Vec::new();
    for action in actions.iter().flat_map(|actions| actions.iter()) {
        known.push(action.ok_or_else(|| Error::new(Kind::NullNotAllowed, "actions must not hold NULL"))?);
    }
    known.sort_unstable();
    known.dedup();
    Ok(complete(&store, &known, None)?)
}

/// (store, action, error, permanent)
// SQL: fail_action(text, bigint, text, boolean) text
#[pg_extern]
fn fail_action(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Text> {
    let (store, action) = (text_argument(fcinfo, 0, "store")?, action_argument(fcinfo)?);
    let error = text_argument(fcinfo, 2, "error")?;
    // SAFETY: the call's own arguments.
    let arguments = unsafe { Arguments::of(fcinfo) };
    arguments.not_null(3, "permanent")?;
    let is_permanent = arguments.datum(3).is_some_and(|permanent| permanent.value() != 0);
    let access = StoreAccess::of_any_layout(&store, Grant::Actions)?;
    let permanent = if is_permanent { "true" } else { "false" };
    let id = action.to_string();
    let row = access.run(|| {
        rows_of_kept(delivery::fail(&access.store, access.layout), &[Some(&id), Some(&error), Some(permanent)])
    });
    let status = row.into_iter().next().and_then(|row| row.into_iter().next()?);
    Ok(Text(status.ok_or_else(|| no_action(&store, action))?))
}

/// (store, action)
// SQL: retry_action(text, bigint) boolean
#[pg_extern]
fn retry_action(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let (store, action) = (text_argument(fcinfo, 0, "store")?, action_argument(fcinfo)?);
    let access = StoreAccess::named(&store, Grant::Actions)?;
    let id = action.to_string();
    let (exists, channel) = access.run(|| {
        (
            !rows(delivery::action(&access.store, access.layout), &[Some(&id)]).is_empty(),
            value(delivery::retry(&access.store), &[Some(&id)]),
        )
    });
    if !exists {
        return Err(no_action(&store, action).into());
    }
    let was_dead = channel.is_some();
    notify_new_actions(&store, channel.as_slice());
    Ok(was_dead)
}
