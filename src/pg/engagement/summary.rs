//! What an engagement history says by itself.

use pgrx::datum::Interval;
use pgrx::{pg_extern, pg_sys};

use super::engagement_history::{channel_of, kind_of};
use crate::domain::engagement::contact_state::ContactState;
use crate::domain::engagement::summary::{Filter, Response};
use crate::domain::engagement::temperature::Temperature;
use crate::domain::engagement::{Engagement, EventKind};
use crate::domain::support::error::{Error, Kind};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::composite::column;
use crate::pg::ffi::enum_type::Label;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::row_set::return_values;
use crate::pg::ffi::time::Term;
use crate::pg::ffi::varlena::Bytes;

/// (e, as_of)
// SQL: events(engagement_history, timestamptz) SETOF record
#[pg_extern]
fn events(e: Engagement<'_>, as_of: Instant, fcinfo: pg_sys::FunctionCallInfo) {
    let rows = e.events_until(as_of).map(|event| {
        [
            column(event.at),
            column(event.what.kind.label()),
            event.what.channel.and_then(|channel| column(channel.label())),
        ]
    });
    // SAFETY: the call is this function's, and SQL declares these columns.
    unsafe { return_values(fcinfo, rows) }
}

#[pg_extern]
fn engagement_until(e: Engagement<'_>, t: Option<Instant>) -> SqlResult<Engagement<'static>> {
    let t = t.ok_or_else(|| Error::new(Kind::NullNotAllowed, "t must not be NULL"))?;
    Ok(e.until(t)?)
}

#[pg_extern]
fn last_event(
    e: Engagement<'_>,
    kind: Option<Bytes<'_>>,
    channel: Option<Bytes<'_>>,
    as_of: Instant,
) -> SqlResult<Option<Instant>> {
    let filter = Filter { kind: kind_of(kind)?, channel: channel_of(channel)?, since: None };
    Ok(filter.events(&e, as_of).last().map(|event| event.at))
}

#[pg_extern]
fn num_events(
    e: Engagement<'_>,
    kind: Option<Bytes<'_>>,
    since: Option<Instant>,
    channel: Option<Bytes<'_>>,
    as_of: Instant,
) -> SqlResult<i64> {
    let filter = Filter { kind: kind_of(kind)?, channel: channel_of(channel)?, since };
    Ok(filter.events(&e, as_of).count() as i64)
}

#[pg_extern]
fn open_rate(
    e: Engagement<'_>,
    since: Option<Instant>,
    channel: Option<Bytes<'_>>,
    as_of: Instant,
) -> SqlResult<Option<f64>> {
    Ok(Response::of(&e, EventKind::Open, since, channel_of(channel)?, as_of).rate())
}

#[pg_extern]
fn click_rate(
    e: Engagement<'_>,
    since: Option<Instant>,
    channel: Option<Bytes<'_>>,
    as_of: Instant,
) -> SqlResult<Option<f64>> {
    Ok(Response::of(&e, EventKind::Click, since, channel_of(channel)?, as_of).rate())
}

#[pg_extern]
fn engagement_temperature(e: Engagement<'_>, as_of: Instant, warm_within: Option<Interval>) -> SqlResult<Label> {
    let warm_within = Term::of("warm_within", warm_within)?;
    let contact_state = ContactState::of(&e, as_of);
    Ok(Label(Temperature::of(&contact_state, |at| warm_within.holds(at, as_of)).label()))
}
