//! RFM: breaks over a base, scores, segments.

use std::cell::Cell;

use pgrx::datum::Array;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{AnyNumeric, PgLogLevel, PgSqlErrorCode, pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use crate::domain::history::History;
use crate::domain::history::summary::Facts;
use crate::domain::segments::rfm::{Rfm, RfmValues, score_by_thresholds};
use crate::domain::segments::rfm_breaks::{RfmBreaks, RfmCounts, check_bins};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::composite::{Row, column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same, same_as_of, state_functions, state_of};
use crate::pg::ffi::json_type::{json_argument, json_type};
use crate::pg::ffi::numeric::amounts_of;
use crate::pg::ffi::text::name_of;
use crate::pg::ffi::time::now;
use crate::pg::ffi::varlena::Bytes;

json_type!(RfmBreaks, rfm_breaks_in, rfm_breaks_recv);

fn values(h: &History<'_>, as_of: Instant) -> Option<RfmValues> {
    let facts = Facts::of(h, as_of);
    let days_since_last = facts.days_since_last(as_of)?;
    Some(RfmValues { days_since_last, purchases: facts.purchases.into(), spend: facts.spend })
}

// ---- breaks ---------------------------------------------------------------------------------------------------------

/// The counts, and the parameters, which must be the same in every row.
#[derive(Default, Serialize, Deserialize)]
struct BreaksState {
    as_of: Option<i64>,
    bins: Option<i32>,
    counts: RfmCounts,
}

impl State for BreaksState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        same(&mut self.bins, other.bins, "bins")?;
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.counts.normalize()
    }
}

const DEFAULT_BINS: i32 = 5;

/// (state, h [, as_of [, bins]])
// SQL: rfm_breaks_accum(internal, purchase_history [, timestamptz [, integer]]) internal
#[pg_extern]
fn rfm_breaks_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<BreaksState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<BreaksState>(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        arguments.not_null(3, "bins")?;
        let bins = arguments.datum(3).map_or(DEFAULT_BINS, |bins| bins.value() as i32);
        check_bins(bins)?;
        same(&mut state.bins, Some(bins), "bins")?;
        if let Some(values) = values(&arguments.history(1), as_of) {
            state.counts.add(values)?;
        }
        Ok(Pointer::from(state))
    }
}

#[pg_extern]
fn rfm_breaks_final(state: Pointer<BreaksState>) -> SqlResult<Option<String>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let Some((as_of, bins)) = state.as_of.zip(state.bins) else { return Ok(None) };
    if state.counts.customers() == 1 {
        warn_of_single_customers();
    }
    let as_of = Instant::from_micros(as_of)?.to_string();
    Ok(state.counts.breaks(bins, Some(as_of))?.map(|breaks| breaks.to_json()).transpose()?)
}

thread_local! {
    /// When the statement began that last took breaks of a single customer, and of how many customers one by one.
    static SINGLE: Cell<(i64, u32)> = const { Cell::new((0, 0)) };
}

/// Says that breaks are taken of one customer after another, as with GROUP BY customer: each is then scored against itself alone.
/// Said once in a statement, and not of a base that has one customer.
fn warn_of_single_customers() {
    // SAFETY: reads a variable of the session.
    let statement = unsafe { pg_sys::GetCurrentStatementStartTimestamp() };
    let (known, groups) = SINGLE.get();
    let groups = if known == statement { groups.saturating_add(1) } else { 1 };
    SINGLE.set((statement, groups));
    if groups == 2 {
        let message = "rfm_breaks was computed from single customers, so each is scored against itself alone";
        ErrorReport::new(PgSqlErrorCode::ERRCODE_WARNING, message, "pg_lifecycle")
            .set_hint("Compute the breaks over the whole base: rfm_breaks(h) OVER ().")
            .report(PgLogLevel::WARNING);
    }
}

state_functions!(BreaksState, rfm_breaks_combine, rfm_breaks_serialize, rfm_breaks_deserialize);

// ---- scores ---------------------------------------------------------------------------------------------------------

fn row(rfm: Rfm) -> Row<3> {
    Row([column(rfm.recency), column(rfm.frequency), column(rfm.monetary)])
}

#[pg_extern]
fn rfm_score(
    h: History<'_>,
    breaks: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Row<3>>> {
    let Some(breaks) = json_argument::<RfmBreaks>(fcinfo, breaks)? else { return Ok(None) };
    Ok(values(&h, as_of).map(|values| row(breaks.score(values))))
}

/// A score without breaks, which there cannot be: says what to write.
// SQL: rfm_score_without_breaks(purchase_history) rfm_triple
#[pg_extern]
fn rfm_score_without_breaks(_fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<Row<3>>> {
    Err(Error::new(Kind::InvalidParameter, "rfm_score needs breaks: a score compares a customer with the others")
        .hint(
            "Write rfm_score(h, rfm_breaks(h) OVER ()) in a query with one row per customer, or rfm_score(h, breaks) with breaks \
             that you have stored.",
        )
        .into())
}

#[pg_extern]
fn rfm_score_by_thresholds(
    h: History<'_>,
    recency_days: Option<Array<'_, i32>>,
    frequency: Option<Array<'_, i32>>,
    monetary: Option<Array<'_, AnyNumeric>>,
    as_of: Instant,
) -> SqlResult<Option<Row<3>>> {
    let (Some(recency_days), Some(frequency), Some(monetary)) = (recency_days, frequency, monetary) else {
        return Ok(None);
    };
    let whole = |name, array: &Array<'_, i32>| present(name, array.iter().map(|value| value.map(i64::from)).collect());
    let recency_days = whole("recency_days", &recency_days)?;
    let frequency = whole("frequency", &frequency)?;
    let monetary = present("monetary", amounts_of(&monetary)?)?;
    let Some(values) = values(&h, as_of) else { return Ok(None) };
    Ok(Some(row(score_by_thresholds(values, &recency_days, &frequency, &monetary)?)))
}

fn present(name: &str, thresholds: Vec<Option<i64>>) -> Result<Vec<i64>> {
    let thresholds: Option<Vec<i64>> = thresholds.into_iter().collect();
    thresholds.ok_or_else(|| Error::new(Kind::NullNotAllowed, format!("thresholds of {name} must not be NULL")))
}

#[pg_extern]
fn rfm_text(recency: i32, frequency: i32, monetary: i32) -> String {
    Rfm { recency, frequency, monetary }.to_string()
}

#[pg_extern]
fn rfm_code(recency: i32, frequency: i32, monetary: i32) -> SqlResult<i32> {
    Ok(Rfm { recency, frequency, monetary }.code()?)
}

#[pg_extern]
fn rfm_parse(text: Bytes<'_>) -> SqlResult<Row<3>> {
    Ok(row(Rfm::parse(&name_of(text.0))?))
}

#[pg_extern]
fn rfm_segment(recency: i32, frequency: i32, monetary: i32) -> SqlResult<&'static str> {
    Ok(Rfm { recency, frequency, monetary }.segment()?)
}
