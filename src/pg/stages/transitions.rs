//! Moves between stages: of stages or segments in two columns, and of the lifecycle stages of histories at two instants.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::stage::stage_of;
use crate::domain::stages::stage::Thresholds;
use crate::domain::stages::transitions::{NOWHERE, Stage, StageNumber, TransitionCounts};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::composite::{Column, array_result, column, text_column};
use crate::pg::ffi::enum_type::name_and_rank;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, state_functions, state_of, varies};
use crate::pg::ffi::varlena::{Bytes, ServerValue};
use crate::pg::models::rhythm::params_of;

#[derive(Default, Serialize, Deserialize)]
struct TransitionState {
    /// The two instants, the same in every row.
    span: Option<(i64, i64)>,
    /// The rhythm as JSON, the same in every row; within, None for NULL and where there is no such argument.
    rhythm: Option<Option<Vec<u8>>>,
    counts: TransitionCounts,
    /// The numbers of labels of an enum by their oids, which only this process needs.
    #[serde(skip)]
    labels: Vec<(pg_sys::Oid, StageNumber)>,
}

impl TransitionState {
    fn same_span(&mut self, span: (i64, i64)) -> Result<()> {
        let known = *self.span.get_or_insert(span);
        for (name, known, given) in [("since", known.0, span.0), ("until", known.1, span.1)] {
            if known != given {
                return Err(varies(name, Instant::from_micros(known)?, Instant::from_micros(given)?));
            }
        }
        Ok(())
    }

    fn same_rhythm(&mut self, rhythm: Option<&[u8]>) -> Result<()> {
        match &self.rhythm {
            Some(known) if known.as_deref() == rhythm => Ok(()),
            Some(_) => Err(Error::new(Kind::InvalidParameter, "rhythm must be the same in every row of a group")
                .hint("Group by the column that the rhythm comes from.")),
            None => {
                self.rhythm = Some(rhythm.map(<[u8]>::to_vec));
                Ok(())
            }
        }
    }

    fn label(&mut self, oid: pg_sys::Oid) -> Result<StageNumber> {
        if let Some((_, number)) = self.labels.iter().find(|(known, _)| *known == oid) {
            return Ok(*number);
        }
        let (name, rank) = name_and_rank(oid)?;
        let number = self.counts.number(rank, &name)?;
        self.labels.push((oid, number));
        Ok(number)
    }
}

impl State for TransitionState {
    fn merge(&mut self, other: Self) -> Result<()> {
        if let Some(span) = other.span {
            self.same_span(span)?;
        }
        if let Some(rhythm) = other.rhythm {
            self.same_rhythm(rhythm.as_deref())?;
        }
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.labels.clear();
        self.counts.normalize()
    }
}

/// (state, from_stage text, to_stage text)
// SQL: stage_transitions_accum(internal, text, text) internal
#[pg_extern]
fn stage_transitions_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<TransitionState>> {
    // SAFETY: SQL declares the arguments as text, and passes states of these aggregates only.
    unsafe {
        let (arguments, state) = state_of::<TransitionState>(fcinfo);
        let mut numbers = [NOWHERE; 2];
        for (number, argument) in numbers.iter_mut().zip([1, 2]) {
            if let Some(name) = arguments.bytes(argument) {
                *number = state.counts.number(0, name)?;
            }
        }
        state.counts.insert(numbers[0], numbers[1])?;
        Ok(Pointer::from(state))
    }
}

/// (state, from_stage anyenum, to_stage anyenum)
// SQL: stage_transitions_accum_enum(internal, anyenum, anyenum) internal
#[pg_extern]
fn stage_transitions_accum_enum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<TransitionState>> {
    // SAFETY: as above; an enum is passed by value, as the oid of its label.
    let (arguments, state) = unsafe { state_of::<TransitionState>(fcinfo) };
    let mut numbers = [NOWHERE; 2];
    for (number, argument) in numbers.iter_mut().zip([1, 2]) {
        if let Some(label) = arguments.datum(argument) {
            *number = state.label(pg_sys::Oid::from(label.value() as u32))?;
        }
    }
    state.counts.insert(numbers[0], numbers[1])?;
    Ok(Pointer::from(state))
}

/// (state, h, from, to [, rhythm])
// SQL: stage_transitions_accum_history(internal, purchase_history, timestamptz, timestamptz [, purchase_rhythm]) internal
#[pg_extern]
fn stage_transitions_accum_history(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<TransitionState>> {
    // SAFETY: SQL declares the arguments so, and passes states of these aggregates only.
    unsafe {
        let (arguments, state) = state_of::<TransitionState>(fcinfo);
        let (Some(from), Some(to)) = (arguments.instant(2, "since")?, arguments.instant(3, "until")?) else {
            return Ok(Pointer::from(state));
        };
        if from >= to {
            return Err(Error::new(Kind::InvalidParameter, format!("since must be before until: {from}, {to}"))
                .hint("Give the earlier instant first.")
                .into());
        }
        state.same_span((from.micros(), to.micros()))?;
        let rhythm = arguments.bytes(4);
        state.same_rhythm(rhythm)?;
        let (h, rhythm) = (arguments.history(1), params_of(fcinfo, rhythm.map(Bytes))?);
        let mut numbers = [NOWHERE; 2];
        for (number, at) in numbers.iter_mut().zip([from, to]) {
            let stage = stage_of(&h, rhythm, at, Thresholds::default());
            *number = state.counts.number(stage as u32, stage.label().as_bytes())?;
        }
        state.counts.insert(numbers[0], numbers[1])?;
        Ok(Pointer::from(state))
    }
}

state_functions!(
    TransitionState,
    stage_transitions_combine,
    stage_transitions_serialize,
    stage_transitions_deserialize
);

/// The name of a stage as text.
fn text(stage: Option<&Stage>) -> Option<Column> {
    stage.and_then(|stage| text_column(stage.name()))
}

// SQL: stage_transitions_final(internal) stage_transition_count[]
#[pg_extern]
fn stage_transitions_final(
    state: Pointer<TransitionState>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<ServerValue>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    pgrx::check_for_interrupts!();
    let transitions = state.counts.transitions()?;
    pgrx::check_for_interrupts!();
    let rows = transitions.iter().map(|t| [text(t.from), text(t.to), column(t.customers as i64), column(t.share)]);
    // SAFETY: the composite is declared with these columns.
    Ok(Some(unsafe { array_result(fcinfo, rows) }))
}

// SQL: stage_forecast_final(internal) stage_forecast[]
#[pg_extern]
fn stage_forecast_final(
    state: Pointer<TransitionState>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<ServerValue>> {
    // SAFETY: as above.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    pgrx::check_for_interrupts!();
    let forecast = state.counts.forecast()?;
    let rows = forecast.iter().map(|f| {
        [
            text(f.stage),
            column(f.first as i64),
            column(f.last as i64),
            column(f.stay_share),
            column(f.expected_next),
            column(f.dwell),
        ]
    });
    // SAFETY: the composite is declared with these columns.
    Ok(Some(unsafe { array_result(fcinfo, rows) }))
}
