//! What a history says by itself.

use pgrx::datum::Interval;
use pgrx::{pg_extern, pg_sys};

use crate::domain::history::History;
use crate::domain::history::refunds;
use crate::domain::history::summary;
use crate::domain::history::summary::{BtydSummary, Facts, Gaps, purchase_days};
use crate::domain::support::error::{Error, Kind};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::composite::{Row, column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::numeric::Decimal;
use crate::pg::ffi::row_set::return_values;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::{fixed_micros, interval_of, interval_of_days};
use crate::pg::ffi::varlena::ServerValue;

#[pg_extern]
fn num_purchases(h: History<'_>, as_of: Instant) -> i64 {
    Facts::of(&h, as_of).purchases.into()
}

#[pg_extern]
fn num_purchase_days(h: History<'_>, as_of: Instant) -> i64 {
    purchase_days(&h, as_of, &SessionZone).count() as i64
}

#[pg_extern]
fn first_purchase(h: History<'_>, as_of: Instant) -> Option<Instant> {
    Facts::of(&h, as_of).span.map(|(first, _)| first)
}

#[pg_extern]
fn last_purchase(h: History<'_>, as_of: Instant) -> Option<Instant> {
    Facts::of(&h, as_of).span.map(|(_, last)| last)
}

#[pg_extern]
fn total_spend(h: History<'_>, as_of: Instant) -> Decimal {
    Decimal(Facts::of(&h, as_of).spend)
}

// SQL: average_order_value(purchase_history, timestamptz) numeric
#[pg_extern]
fn average_order_value(h: History<'_>, as_of: Instant) -> Option<ServerValue> {
    let facts = Facts::of(&h, as_of);
    if facts.purchases == 0 { None } else { Decimal(facts.spend).per(facts.purchases) }
}

#[pg_extern]
fn recency(h: History<'_>, as_of: Instant) -> Option<Interval> {
    Facts::of(&h, as_of).span.map(|(_, last)| interval_of(as_of.since(last)))
}

#[pg_extern]
fn tenure(h: History<'_>, as_of: Instant) -> Option<Interval> {
    Facts::of(&h, as_of).span.map(|(first, _)| interval_of(as_of.since(first)))
}

#[pg_extern]
fn mean_gap(h: History<'_>, as_of: Instant) -> Option<Interval> {
    Gaps::of(&h, as_of, &SessionZone).and_then(Gaps::mean).map(interval_of_days)
}

#[pg_extern]
fn median_gap(h: History<'_>, as_of: Instant) -> SqlResult<Option<Interval>> {
    Ok(summary::median_gap(&h, as_of, &SessionZone)?.map(interval_of_days))
}

/// (h, as_of)
// SQL: purchases(purchase_history, timestamptz) SETOF record
#[pg_extern]
fn purchases(h: History<'_>, as_of: Instant, fcinfo: pg_sys::FunctionCallInfo) {
    let rows = h.entries_until(as_of).map(|entry| [column(entry.at), column(Decimal::from(entry.amount))]);
    // SAFETY: the call is this function's, and SQL declares these columns.
    unsafe { return_values(fcinfo, rows) }
}

/// (h, as_of)
// SQL: net_purchases(purchase_history, timestamptz) SETOF record
#[pg_extern]
fn net_purchases(h: History<'_>, as_of: Instant, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let purchases = refunds::net_purchases(&h, as_of)?;
    let rows = purchases
        .iter()
        .map(|of| [column(of.at), column(Decimal::from(of.amount)), column(Decimal::from(of.refunded))]);
    // SAFETY: as above.
    unsafe { return_values(fcinfo, rows) };
    Ok(())
}

#[pg_extern]
fn until(h: History<'_>, t: Option<Instant>) -> SqlResult<History<'static>> {
    let t = t.ok_or_else(|| Error::new(Kind::NullNotAllowed, "t must not be NULL"))?;
    Ok(h.until(t)?)
}

#[pg_extern]
fn btyd_summary(h: History<'_>, as_of: Instant, unit: Option<Interval>) -> SqlResult<Option<Row<4>>> {
    let unit = unit.ok_or_else(|| Error::new(Kind::NullNotAllowed, "unit must not be NULL"))?;
    let summary = BtydSummary::of(&h, as_of, fixed_micros("time unit", unit)?, &SessionZone)?;
    Ok(summary.map(|s| Row([column(i64::from(s.frequency)), column(s.recency), column(s.t), column(s.monetary_value)])))
}
