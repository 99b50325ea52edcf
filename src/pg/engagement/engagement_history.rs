//! `engagement_history`, the type and the aggregate: all but the events themselves is shared with `purchase_history`.

use std::ffi::CStr;

use pgrx::{pg_extern, pg_guard, pg_sys};

use crate::domain::engagement::{Channel, Engagement, Event, EventKind, Events, What};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::{SqlResult, or_raise};
use crate::pg::ffi::recv_buffer::{Message, message_bytes};
use crate::pg::ffi::text::name_of;
use crate::pg::ffi::varlena::{Bytes, CText, ServerValue};
use crate::pg::history::growing_state::{append, combine, finfo, finish, require_aggregate};
use crate::pg::history::{jsonb_of, parse, text_of};

#[pg_extern]
fn engagement_history_in(text: &CStr) -> SqlResult<Engagement<'static>> {
    Ok(parse(text)?)
}

#[pg_extern]
fn engagement_history_out(e: Engagement<'_>) -> SqlResult<CText<String>> {
    text_of(&e)
}

#[pg_extern]
fn engagement_history_recv(message: Message) -> SqlResult<Engagement<'static>> {
    Ok(Engagement::from_foreign_bytes(message_bytes(message)?)?)
}

#[pg_extern]
fn engagement_history_send(e: Engagement<'_>) -> Engagement<'_> {
    e
}

#[pg_extern]
fn engagement_history_union(a: Engagement<'_>, b: Engagement<'_>) -> SqlResult<Engagement<'static>> {
    pgrx::check_for_interrupts!();
    Ok(a.union(&b)?)
}

// SQL: engagement_history_jsonb(engagement_history) jsonb STRICT
#[pg_extern]
fn engagement_history_jsonb(e: Engagement<'_>) -> SqlResult<ServerValue> {
    jsonb_of(&e)
}

// ---- the aggregate --------------------------------------------------------------------------------------------------

/// A kind by its name; None for NULL.
///
/// # Errors
/// Those of [`EventKind::parse`].
pub fn kind_of(name: Option<Bytes<'_>>) -> Result<Option<EventKind>> {
    name.map(|name| EventKind::parse(&name_of(name.0))).transpose()
}

/// A channel by its name; None for NULL.
///
/// # Errors
/// Those of [`Channel::parse`].
pub fn channel_of(name: Option<Bytes<'_>>) -> Result<Option<Channel>> {
    name.map(|name| Channel::parse(&name_of(name.0))).transpose()
}

// SQL: engagement_history_accum(engagement_history, timestamptz, text [, text]) engagement_history
finfo!(pg_finfo_engagement_history_accum);

/// The transition function: (state, at, kind [, channel]).
///
/// # Safety
/// For the server to call, with the arguments that SQL declares.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn engagement_history_accum(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the arguments so; text is of variable length. A state that is NULL is not read.
    unsafe {
        require_aggregate::<Events>(fcinfo);
        let arguments = Arguments::of(fcinfo);
        let Some(state) = arguments.datum(0) else {
            or_raise(Err(Error::new(Kind::NullNotAllowed, "an aggregate's state must not be NULL")))
        };
        let (Some(at), Some(kind)) = (arguments.datum(1), arguments.bytes(2)) else { return state };
        let event = event(at, kind, arguments.bytes(3));
        append::<Events>(fcinfo, or_raise(event).into())
    }
}

fn event(at: pg_sys::Datum, kind: &[u8], channel: Option<&[u8]>) -> Result<Event> {
    let at = Instant::from_micros(at.value() as i64)?;
    let kind = EventKind::parse(&name_of(kind))?;
    Ok(Event { at, what: What { kind, channel: channel_of(channel.map(Bytes))? } })
}

// SQL: engagement_history_combine(engagement_history, engagement_history) engagement_history STRICT
finfo!(pg_finfo_engagement_history_combine);

/// The combine function of the aggregate, and the transition function of `rollup`: the union of two states.
///
/// # Safety
/// For the server to call, with two values of `engagement_history`.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn engagement_history_combine(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over two histories.
    unsafe { combine::<Events>(fcinfo) }
}

// SQL: engagement_history_final(engagement_history) engagement_history STRICT
finfo!(pg_finfo_engagement_history_final);

/// The final function of the aggregate: the packed value.
///
/// # Safety
/// For the server to call, with a value of `engagement_history`.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn engagement_history_final(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over a history.
    unsafe { finish::<Events>(fcinfo) }
}
