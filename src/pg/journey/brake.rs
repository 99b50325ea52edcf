//! The brake of entries, as a run pulls it and the owner of a store releases it.

use pgrx::PgLogLevel;
use pgrx::PgSqlErrorCode;
use pgrx::pg_sys::panic::ErrorReport;

use super::definition::{Journey, go_on, hold_actions};
use super::run::{context_of, with_run_settings};
use super::tally::tally;
use crate::domain::journey::definition::{Definition, Entry};
use crate::domain::journey::engine::answers::{Answers, answers, reason_to_hold};
use crate::domain::journey::engine::brake;
use crate::domain::journey::engine::context::{ActiveVersion, RunContext};
use crate::domain::journey::engine::enter::{ScanPosition, by_profile};
use crate::domain::store::Store;
use crate::domain::store::quote::select_call;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{rows, run, run_with, value};
use crate::pg::store::look_at;

/// Whether customers may enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// They may.
    Open,
    /// They may not: the journey is held from now on.
    Held,
    /// Another worker has locked the journey: look again later.
    Busy,
}

fn number(query: &Sql) -> u64 {
    value(query, &[]).and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Whether the customers with these occasions, `at_most` so many, may enter the journey. `all` gives the occasions of all customers that wait
/// to enter; with an event, those are events from that one on.
pub fn passage(
    context: &RunContext,
    journey: &ActiveVersion,
    occasions: &Sql,
    at_most: u64,
    all: &Sql,
    event: Option<&Sql>,
) -> Passage {
    if context.is_simulation {
        return Passage::Open;
    }
    let entered = number(&brake::entered(context, journey));
    if entered + at_most <= brake::ALWAYS && context.policy.max_entries.is_none() {
        return Passage::Open;
    }
    let limit = number(&brake::limit(context, journey));
    if entered + at_most <= limit {
        return Passage::Open;
    }
    // Where nobody would enter, those who have entered already are no reason to hold it.
    let coming = number(&brake::coming(context, journey, occasions));
    if coming == 0 || entered + coming <= limit {
        return Passage::Open;
    }
    if rows(brake::lock(context, journey), &[]).is_empty() {
        return Passage::Busy;
    }
    let coming = number(&brake::coming(context, journey, all));
    let reason = format!(
        "{coming} customers would enter, and {entered} have entered in the last 24 hours: more than the limit of {limit}"
    );
    hold(context, journey, event, &reason, "To let them enter");
    Passage::Held
}

/// Holds a journey. The hint says what its release is for.
fn hold(context: &RunContext, journey: &ActiveVersion, event: Option<&Sql>, reason: &str, hint: &str) {
    let nothing = Sql::from("NULL::int8");
    run_with(brake::hold(context, journey, event.unwrap_or(&nothing)), &[Some(reason)]);
    hold_actions(&context.store, journey.journey);
    tally(|tally| tally.held += 1);
    warn(&context.store, &journey.name, reason, hint);
}

/// Holds the journeys that too many customers complain about, or whose messages bounce too often; whether there was one.
pub fn hold_disliked(context: &RunContext, journeys: &[ActiveVersion]) -> bool {
    let mut is_held = false;
    for row in rows(answers(context), &[]) {
        let number =
            |i: usize| row.get(i).cloned().flatten().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
        let answers = Answers { messages: number(1), bounces: number(2), complaints: number(3) };
        let journey = journeys.iter().find(|journey| u64::try_from(journey.journey) == Ok(number(0)));
        if let (Some(journey), Some(reason)) = (journey, reason_to_hold(answers, &context.store.settings)) {
            hold(context, journey, Some(&brake::next_event(&context.store)), &reason, "To let it go on");
            is_held = true;
        }
    }
    is_held
}

/// Holds a journey whose messages carry codes of a pool that has no more.
pub fn hold_without_codes(store: &Store, journey: &ActiveVersion, pool: &str) {
    let reason = format!("the pool \"{}\" has no codes left", shorten(pool));
    if run_with(brake::hold_from_hand_over(store, journey.journey), &[Some(&reason)]) > 0 {
        let add = select_call("lifecycle.add_codes", &[&store.name, pool]);
        let add = add.strip_suffix(')').map_or_else(|| add.clone(), |add| format!("{add}, '{{...}}')"));
        warn(store, &journey.name, &reason, &format!("Add codes: {add}. Then let it go on"));
    }
}

/// Says that a journey is held, to the caller and to those who listen.
fn warn(store: &Store, journey: &str, reason: &str, hint: &str) {
    let told = serde_json::json!({"store": store.name, "journey": journey, "reason": reason}).to_string();
    with_pinned_settings(|| rows("SELECT pg_catalog.pg_notify('lifecycle_held', $1)", &[Some(&told)]));
    let message = format!("journey \"{}\" of store \"{}\" is held", shorten(journey), shorten(&store.name));
    ErrorReport::new(PgSqlErrorCode::ERRCODE_WARNING, message, "pg_lifecycle")
        .set_detail(format!("{reason}."))
        .set_hint(format!("{hint}: {}", select_call("lifecycle.release_journey", &[&store.name, journey])))
        .report(PgLogLevel::WARNING);
}

/// The refusal to start a journey that is held.
pub fn refuse_held(store: &Store, journey: &Journey) -> Result<()> {
    if journey.status != "held" {
        return Ok(());
    }
    Err(Error::new(Kind::NotReady, format!("journey \"{}\" is held", shorten(&journey.name)))
        .detail("A run has held it; held_reason in the view lifecycle.health says why.")
        .hint(select_call("lifecycle.release_journey", &[&store.name, &journey.name])))
}

/// Says how many customers enter a journey with the first run after its start, because its condition holds for them already, and refuses
/// to start it where more would than may, unless the caller accepts that.
pub fn check_existing(store: &Store, journey: &Journey, definition: &Definition, accept: bool) -> Result<()> {
    if journey.version.is_some() || !matches!(definition.entry, Entry::Condition { existing: true, .. }) {
        return Ok(());
    }
    let attached = look_at(&store.name)?;
    let Some(as_of) = attached.as_of.clone() else { return Ok(()) };
    let context = context_of(attached, &as_of)?;
    let version = ActiveVersion {
        journey: journey.id,
        name: journey.name.clone(),
        version: journey.newest,
        is_current: true,
        started_at: "-infinity".to_owned(),
        definition: definition.clone(),
    };
    let zero = || "0".to_owned();
    let seen = ScanPosition { movement: zero(), last_movement: zero(), has_new_profiles: true, is_first: true };
    let Some(occasions) = by_profile(&context, &version, &seen) else { return Ok(()) };
    let coming = with_run_settings(store, || number(&brake::coming(&context, &version, &occasions)));
    let limit = with_run_settings(store, || number(&brake::limit(&context, &version)));
    let (name, shown) = (shorten(&journey.name), shorten(&store.name));
    if coming > limit && !accept {
        return Err(Error::new(
            Kind::NotReady,
            format!("{coming} customers would enter journey \"{name}\" of store \"{shown}\" at once"),
        )
        .detail(format!("Its condition holds for them as of the last refresh, and at most {limit} customers may enter within 24 hours."))
        .hint(start_call(&store.name, &journey.name)));
    }
    if coming > 0 {
        pgrx::notice!("{coming} customers enter journey \"{name}\" of store \"{shown}\" with its first run");
    }
    if coming > limit {
        let accepted = sql!(store, "sql/accept_existing.sql", journey = journey.id);
        with_pinned_settings(|| run(&accepted));
    }
    Ok(())
}

/// The call that starts a journey whatever comes.
fn start_call(store: &str, journey: &str) -> String {
    let call = select_call("lifecycle.start_journey", &[store, journey]);
    call.strip_suffix(')').map_or_else(|| call.clone(), |call| format!("{call}, accept => true)"))
}

/// Lets a held journey go on: for the 24 hours from its next run so many may enter, or any number; as many as before where it was held
/// because a pool had no codes left.
pub fn release(store: &Store, journey: &Journey, up_to: Option<i32>) -> Result<bool> {
    if up_to.is_some_and(|up_to| up_to < 1) {
        return Err(Error::new(Kind::InvalidParameter, "up_to must be positive").hint("Leave it out for no limit."));
    }
    if journey.status != "held" {
        return Ok(false);
    }
    let up_to = up_to.map(|up_to| up_to.to_string());
    let release = sql!(store, "sql/release_journey.sql", journey = journey.id);
    with_pinned_settings(|| run_with(&release, &[up_to.as_deref()]));
    go_on(store, journey.id);
    Ok(true)
}
