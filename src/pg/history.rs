//! Histories of both types as arguments and results, as text and as JSON.
//!
//! Equality, order and hash are in `history_order`.

use std::ffi::CString;

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{direct_function_call_as_datum, pg_sys};

use super::error::{SqlResult, or_raise};
use super::varlena::{ServerValue, bytes_of, new_value, raw_argument};
use crate::domain::content::Content;
use crate::domain::history::Packed;

// SAFETY: SQL declares these arguments with the type of the content. NULL is a history without entries.
unsafe impl<'fcx, C: Content> ArgAbi<'fcx> for Packed<'fcx, C> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        match raw_argument(arg) {
            // SAFETY: the datum is of variable length and lives as long as the call.
            Some(datum) => or_raise(Packed::from_bytes(unsafe { bytes_of(datum) })),
            None => Packed::empty(),
        }
    }
}

// SAFETY: a new history in the caller's memory context.
unsafe impl<C: Content> BoxRet for Packed<'_, C> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(new_value(self.bytes())) }
    }
}

/// The text form, as an output function returns it.
pub fn text_of<C: Content>(h: &Packed<'_, C>) -> SqlResult<CString> {
    pgrx::check_for_interrupts!();
    Ok(CString::new(h.to_text()?).unwrap_or_default())
}

/// The entries as `jsonb`.
pub fn jsonb_of<C: Content>(h: &Packed<'_, C>) -> SqlResult<Option<ServerValue>> {
    pgrx::check_for_interrupts!();
    let json = CString::new(h.to_json()?).unwrap_or_default();
    // SAFETY: the server's own input function over a C string. It reads numbers as numeric: amounts keep their digits.
    let jsonb = unsafe { direct_function_call_as_datum(pg_sys::jsonb_in, &[Some(pg_sys::Datum::from(json.as_ptr()))]) };
    Ok(jsonb.map(ServerValue))
}
