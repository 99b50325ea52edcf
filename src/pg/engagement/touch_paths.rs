//! The customer journey: moves from touch to touch over a base.

use pgrx::datum::Interval;
use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use crate::domain::engagement::touch_paths::{PathCounts, Paths};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::composite::{array_result, column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of, varies};
use crate::pg::ffi::time::{Term, interval_of, now, show};
use crate::pg::ffi::varlena::ServerValue;

/// The most touches of a path that can be told apart.
const MAX_STEPS: i32 = 100;

/// What must be the same in every row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Options {
    /// Months, days and microseconds; None for no end.
    max_gap: Option<(i32, i32, i64)>,
    max_steps: Option<u32>,
}

#[derive(Default, Serialize, Deserialize)]
struct PathState {
    as_of: Option<i64>,
    options: Option<Options>,
    counts: PathCounts,
}

impl PathState {
    fn same_options(&mut self, options: Options) -> Result<()> {
        let known = self.options.get_or_insert_with(|| options.clone());
        let gap = |gap: Option<(i32, i32, i64)>| {
            let interval = gap.and_then(|(months, days, micros)| Interval::new(months, days, micros).ok());
            interval.map_or_else(|| "NULL".to_owned(), show)
        };
        if known.max_gap != options.max_gap {
            return Err(varies("max_gap", gap(known.max_gap), gap(options.max_gap)));
        }
        if known.max_steps != options.max_steps {
            let steps = |steps: Option<u32>| steps.map_or_else(|| "NULL".to_owned(), |steps| steps.to_string());
            return Err(varies("max_steps", steps(known.max_steps), steps(options.max_steps)));
        }
        Ok(())
    }
}

impl State for PathState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        if let Some(options) = other.options {
            self.same_options(options)?;
        }
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.counts.normalize()
    }
}

/// Paths that end with a pause by the calendar of the session, or not at all.
struct ByCalendar {
    as_of: Instant,
    max_gap: Option<Term>,
    max_steps: Option<u32>,
}

impl Paths for ByCalendar {
    fn goes_on(&self, before: Instant, at: Instant) -> bool {
        self.max_gap.as_ref().is_none_or(|gap| gap.holds(before, at))
    }

    fn is_ongoing(&self, last: Instant) -> bool {
        self.max_gap.as_ref().is_some_and(|gap| gap.holds(last, self.as_of))
    }

    fn max_steps(&self) -> Option<u32> {
        self.max_steps
    }
}

/// (state, h, e [, as_of [, max_gap [, max_steps]]])
// SQL: touch_paths_accum(internal, purchase_history, engagement_history [, timestamptz [, interval [, integer]]]) internal
#[pg_extern]
fn touch_paths_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<PathState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<PathState>(fcinfo);
        let as_of = arguments.instant(3, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        let max_gap = arguments.interval(4).map(|gap| Term::of("max_gap", Some(gap))).transpose()?;
        let max_steps = arguments.datum(5).map(|steps| max_steps(steps.value() as i32)).transpose()?;
        state.same_options(Options { max_gap: arguments.interval_parts(4), max_steps })?;
        let paths = ByCalendar { as_of, max_gap, max_steps };
        state.counts.add_customer(&arguments.history(1), &arguments.history(2), as_of, &paths)?;
        Ok(Pointer::from(state))
    }
}

fn max_steps(steps: i32) -> Result<u32> {
    if (1..=MAX_STEPS).contains(&steps) {
        return Ok(steps as u32);
    }
    Err(Error::new(Kind::InvalidParameter, format!("max_steps out of range: {steps}"))
        .detail(format!("max_steps must lie between 1 and {MAX_STEPS}.")))
}

state_functions!(PathState, touch_paths_combine, touch_paths_serialize, touch_paths_deserialize);

// SQL: touch_paths_final(internal) touch_path[]
#[pg_extern]
fn touch_paths_final(state: Pointer<PathState>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<ServerValue>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let paths = state.counts.paths()?;
    let rows = paths.iter().map(|p| {
        let ((from, from_channel), (to, to_channel)) = (p.from.names(), p.to.names());
        let (source, target) = p.labels();
        [
            p.step.and_then(|step| column(step as i32)),
            column(from),
            from_channel.and_then(column),
            column(to),
            to_channel.and_then(column),
            column(p.moves as i64),
            column(p.customers as i64),
            p.median_time.and_then(|time| column(interval_of(time))),
            column(p.purchase_share),
            column(source),
            column(target),
        ]
    });
    // SAFETY: the composite is declared with these columns.
    Ok(Some(unsafe { array_result(fcinfo, rows) }))
}
