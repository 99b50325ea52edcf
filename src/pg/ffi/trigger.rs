//! What the functions of triggers have in common.

use pgrx::pg_sys;

use super::varlena::ServerValue;
use crate::domain::support::error::{Error, Kind, Result};

/// The data of a trigger.
///
/// # Errors
/// [`Kind::InvalidParameter`] if the call is none of a trigger.
pub fn trigger(fcinfo: pg_sys::FunctionCallInfo) -> Result<*mut pg_sys::TriggerData> {
    // SAFETY: the call's context, if it is there, begins with its tag.
    unsafe {
        let context = (*fcinfo).context;
        if context.is_null() || (*context).type_ != pg_sys::NodeTag::T_TriggerData {
            return Err(Error::new(Kind::InvalidParameter, "a trigger's function was called by other than a trigger"));
        }
        Ok(context.cast())
    }
}

/// The result of a trigger after the fact: a null pointer, which is not NULL.
pub const DONE: ServerValue = ServerValue(pg_sys::Datum::null());
