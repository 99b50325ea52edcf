//! VIPs: the breaks over a base, and whether a customer reaches them.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use crate::domain::history::History;
use crate::domain::segments::vip::{DEFAULT_TOP_SHARE, VipBreaks, VipCounts, VipValues, check_top_share};
use crate::domain::support::error::Result;
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same, same_as_of, state_functions, state_of};
use crate::pg::ffi::json_type::{json_argument, json_type};
use crate::pg::ffi::time::now;
use crate::pg::ffi::varlena::Bytes;

json_type!(VipBreaks, vip_breaks_in, vip_breaks_recv);

/// The counts, and the parameters, which must be the same in every row.
#[derive(Default, Serialize, Deserialize)]
struct VipState {
    as_of: Option<i64>,
    top_share: Option<f64>,
    counts: VipCounts,
}

impl State for VipState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        same(&mut self.top_share, other.top_share, "top_share")?;
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.counts.normalize()
    }
}

/// (state, h [, as_of [, top_share]])
// SQL: vip_breaks_accum(internal, purchase_history [, timestamptz [, double precision]]) internal
#[pg_extern]
fn vip_breaks_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<VipState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<VipState>(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        arguments.not_null(3, "top_share")?;
        let top_share = arguments.float(3).unwrap_or(DEFAULT_TOP_SHARE);
        check_top_share(top_share)?;
        same(&mut state.top_share, Some(top_share), "top_share")?;
        if let Some(values) = VipValues::of(&arguments.history(1), as_of) {
            state.counts.add(values)?;
        }
        Ok(Pointer::from(state))
    }
}

#[pg_extern]
fn vip_breaks_final(state: Pointer<VipState>) -> SqlResult<Option<String>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let (Some(as_of), Some(top_share)) = (state.as_of, state.top_share) else { return Ok(None) };
    let as_of = Instant::from_micros(as_of)?.to_string();
    Ok(state.counts.breaks(top_share, Some(as_of))?.map(|breaks| breaks.to_json()).transpose()?)
}

state_functions!(VipState, vip_breaks_combine, vip_breaks_serialize, vip_breaks_deserialize);

#[pg_extern]
fn is_vip(
    h: History<'_>,
    breaks: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<bool>> {
    let Some(breaks) = json_argument::<VipBreaks>(fcinfo, breaks)? else { return Ok(None) };
    Ok(Some(VipValues::of(&h, as_of).is_some_and(|values| breaks.is_vip(values))))
}
