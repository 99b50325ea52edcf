//! Judging purchase models: back-tests against a holdout, and regularity.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::fit_arguments::{ParsedFitArguments, interrupt};
use crate::domain::models::accuracy::Accuracy;
use crate::domain::models::backtest::verdict::judge;
use crate::domain::models::backtest::{BacktestCounts, holdout_days};
use crate::domain::models::purchase_model::counts::Base;
use crate::domain::models::purchase_model::fit::fit;
use crate::domain::models::purchase_model::model::ModelKind;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::composite::{Column, Row, RowType, column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, state_functions, state_of, varies};
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::{horizon_end, now};

/// When the calibration ends and when the holdout, the same in every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    split_at: i64,
    end: i64,
    /// The interval from one to the other as it stood in the arguments.
    horizon: (i32, i32, i64),
}

#[derive(Default, Serialize, Deserialize)]
struct BacktestState {
    wanted: Option<ParsedFitArguments>,
    window: Option<Window>,
    counts: BacktestCounts,
}

impl BacktestState {
    fn same_window(&self, split_at: i64, horizon: (i32, i32, i64)) -> Result<()> {
        let Some(known) = self.window else { return Ok(()) };
        if known.split_at != split_at {
            return Err(varies("split_at", Instant::from_micros(known.split_at)?, Instant::from_micros(split_at)?));
        }
        if known.horizon != horizon {
            return Err(Error::new(Kind::InvalidParameter, "horizon must be the same in every row of a group")
                .hint("Group by the column that the horizon comes from."));
        }
        Ok(())
    }
}

impl State for BacktestState {
    fn merge(&mut self, other: Self) -> Result<()> {
        if let Some(window) = other.window {
            self.same_window(window.split_at, window.horizon)?;
            self.window = Some(window);
        }
        match (&self.wanted, other.wanted) {
            (Some(known), Some(wanted)) => known.same(&wanted.asked)?,
            (None, wanted) => self.wanted = wanted,
            (Some(_), None) => {}
        }
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.counts.normalize()
    }
}

/// (state, h, model, split_at, horizon [, unit [, options]])
// SQL: backtest_accum(internal, purchase_history, text, timestamptz, interval [, interval [, jsonb]]) internal
#[pg_extern]
fn backtest_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<BacktestState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<BacktestState>(fcinfo);
        arguments.not_null(4, "horizon")?;
        let split_at = arguments.instant(3, "split_at")?.unwrap_or_else(now);
        match &state.wanted {
            None => {
                let wanted = ParsedFitArguments::read(arguments, 2, 5, 6)?;
                if wanted.kind() == ModelKind::BgBb {
                    return Err(Error::new(Kind::InvalidParameter, "bg/bb cannot be back-tested")
                        .detail("It forecasts periods with a purchase, and a back-test compares purchase days.")
                        .into());
                }
                state.wanted = Some(wanted);
            }
            Some(known) => known.same_row(arguments, 2, 5, 6)?,
        }
        let horizon = arguments.interval_parts(4).unwrap_or_default();
        state.same_window(split_at.micros(), horizon)?;
        let end = match state.window {
            Some(window) => Instant::from_micros(window.end)?,
            None => {
                let interval = arguments.interval(4).ok_or_else(|| Error::new(Kind::NullNotAllowed, "no horizon"))?;
                let end = horizon_end(split_at, interval)?;
                holdout_days(split_at, end, &SessionZone)?;
                state.window = Some(Window { split_at: split_at.micros(), end: end.micros(), horizon });
                end
            }
        };
        state.counts.add_customer(&arguments.history(1), split_at, end, &SessionZone)?;
        Ok(Pointer::from(state))
    }
}

state_functions!(BacktestState, backtest_combine, backtest_serialize, backtest_deserialize);

#[pg_extern]
fn backtest_final(state: Pointer<BacktestState>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<Row<21>>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let (Some(wanted), Some(window)) = (&state.wanted, state.window) else { return Ok(None) };
    let (split_at, end) = (Instant::from_micros(window.split_at)?, Instant::from_micros(window.end)?);
    let (kind, unit, options) = (wanted.kind(), wanted.unit(), wanted.options()?);
    let base = Base::of_days(&state.counts.summaries()?, state.counts.gaps()?, unit);
    let mut model = fit(kind, unit, &base, &options, &mut interrupt)?;
    model.as_of = Some(split_at.to_string());
    let process = model.process();
    let days = holdout_days(split_at, end, &SessionZone)?;
    let judging = process.as_ref().map(|process| process.as_dyn());
    let Some(judgement) = judge(&mut state.counts, judging, unit.days(), days, &mut interrupt)? else {
        return Ok(None);
    };
    let [forecast, ratio, mae, rmse, bias, rank, auc, auc_by_forecast, brier, log_loss, top] =
        judgement.model.as_ref().map_or([None; 11], columns_of);
    // SAFETY: the call's own result.
    let row = unsafe { RowType::of_result(fcinfo) };
    // SAFETY: each value is of the type that its column says.
    let (own_rate, last_window, calibration) = unsafe {
        let accuracy = row.of_column(OWN_RATE);
        let bins = row.of_column(CALIBRATION);
        let rows = judgement.calibration.iter().map(|bin| {
            bins.row([
                column(bin.label()),
                column(bin.customers as i64),
                column(bin.actual as i64),
                bin.forecast.and_then(column),
            ])
        });
        (
            accuracy.column(accuracy.row(columns_of(&judgement.own_rate))),
            accuracy.column(accuracy.row(columns_of(&judgement.last_window))),
            bins.array_column(bins.array(rows)),
        )
    };
    Ok(Some(Row([
        column(kind.name()),
        column(judgement.customers as i64),
        column(judgement.buyers as i64),
        column(judgement.actual_purchases as i64),
        forecast,
        ratio,
        mae,
        rmse,
        bias,
        rank,
        auc,
        auc_by_forecast,
        brier,
        log_loss,
        top,
        own_rate,
        last_window,
        calibration,
        model.aic().and_then(column),
        model.bic().and_then(column),
        row.text_of_own_type(MODEL, "purchase_model", model.to_json()?),
    ])))
}

/// The places of columns in the composite `backtest`, counted from 0.
const OWN_RATE: usize = 15;
const CALIBRATION: usize = 17;
const MODEL: usize = 20;

/// The columns of the composite `backtest_accuracy`.
fn columns_of(accuracy: &Accuracy) -> [Option<Column>; 11] {
    let optional = |value: Option<f64>| column(value);
    [
        column(accuracy.forecast_purchases),
        optional(accuracy.total_ratio),
        column(accuracy.mae),
        column(accuracy.rmse),
        column(accuracy.bias),
        optional(accuracy.rank_correlation),
        optional(accuracy.auc),
        optional(accuracy.auc_by_forecast),
        column(accuracy.brier),
        column(accuracy.log_loss),
        optional(accuracy.top_decile_capture),
    ]
}
