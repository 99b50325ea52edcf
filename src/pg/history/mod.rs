//! Histories of purchases and of engagement, as the server passes them: arguments and results, text and JSON.
//!
//! It imports `ffi` and `domain::history`.
//!
//! | file | what it knows |
//! |---|---|
//! | `purchase_history` | the type: text and binary form, union, JSON |
//! | `purchase_history_aggregate`, `growing_state` | the aggregates that build histories, and their state |
//! | `rows_of_orders` | the state of the aggregate over rows of which several make one order |
//! | `order` | equality, order and hash of both types |
//! | `summary` | what a history says by itself |
//! | `first_last` | the aggregates `first` and `last` |

pub mod first_last;
pub mod growing_state;
pub mod order;
pub mod purchase_history;
pub mod purchase_history_aggregate;
pub mod rows_of_orders;
pub mod summary;

use std::ffi::CStr;

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;

use crate::domain::history::Packed;
use crate::domain::history::entry_kind::EntryKind;
use crate::domain::support::error::Result;
use crate::pg::ffi::error::{SqlResult, or_raise};
use crate::pg::ffi::varlena::{CText, ServerValue, bytes_of, new_value, new_value_of, raw_argument};

// SAFETY: SQL declares these arguments with the type of the content. NULL is a history without entries.
unsafe impl<'fcx, C: EntryKind> ArgAbi<'fcx> for Packed<'fcx, C> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        match raw_argument(arg) {
            // SAFETY: the datum is of variable length and lives as long as the call.
            Some(datum) => or_raise(Packed::from_bytes(unsafe { bytes_of(datum) })),
            None => Packed::empty(),
        }
    }
}

// SAFETY: a new history in the caller's memory context.
unsafe impl<C: EntryKind> BoxRet for Packed<'_, C> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(new_value(self.bytes())) }
    }
}

/// A history as its text, which is that of the database: a text of other bytes than UTF-8 is none.
///
/// # Errors
/// Those of [`Packed::parse`].
pub fn parse<C: EntryKind>(text: &CStr) -> Result<Packed<'static, C>> {
    /// So much is enough for the refusal.
    const SHOWN: usize = 400;
    match text.to_str() {
        Ok(text) => Packed::parse(text),
        Err(_) => Packed::parse(&String::from_utf8_lossy(&text.to_bytes()[..text.count_bytes().min(SHOWN)])),
    }
}

/// The text form, as an output function returns it.
pub fn text_of<C: EntryKind>(h: &Packed<'_, C>) -> SqlResult<CText<String>> {
    pgrx::check_for_interrupts!();
    Ok(CText(h.to_text()?))
}

/// The entries as `jsonb`.
pub fn jsonb_of<C: EntryKind>(h: &Packed<'_, C>) -> SqlResult<ServerValue> {
    pgrx::check_for_interrupts!();
    let size = h.jsonb_size()?;
    Ok(ServerValue(new_value_of(size.bytes(), |bytes| h.write_jsonb(size, bytes))))
}
