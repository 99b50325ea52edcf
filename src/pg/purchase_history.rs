//! `purchase_history`, the type: arguments and results, text and binary form, union, JSON.
//!
//! Equality, order and hash are the server's own over the bytes: equal histories have equal bytes.

use std::ffi::{CStr, CString};

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{direct_function_call_as_datum, pg_extern, pg_sys};

use super::error::{SqlResult, or_raise};
use super::message::{Message, message_bytes};
use super::varlena::{ServerValue, bytes_of, new_value, raw_argument};
use crate::domain::history::History;

// SAFETY: SQL declares these arguments as purchase_history. NULL is a customer without purchases.
unsafe impl<'fcx> ArgAbi<'fcx> for History<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        match raw_argument(arg) {
            // SAFETY: the datum is a purchase_history and lives as long as the call.
            Some(datum) => or_raise(History::from_bytes(unsafe { bytes_of(datum) })),
            None => History::empty(),
        }
    }
}

// SAFETY: a new purchase_history in the caller's memory context.
unsafe impl BoxRet for History<'_> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(new_value(self.bytes())) }
    }
}

#[pg_extern]
fn purchase_history_in(text: &CStr) -> SqlResult<History<'static>> {
    Ok(History::parse(&text.to_string_lossy())?)
}

#[pg_extern]
fn purchase_history_out(h: History<'_>) -> SqlResult<CString> {
    pgrx::check_for_interrupts!();
    Ok(CString::new(h.to_text()?).unwrap_or_default())
}

#[pg_extern]
fn purchase_history_recv(message: Message) -> SqlResult<History<'static>> {
    Ok(History::from_foreign_bytes(message_bytes(message)?)?)
}

#[pg_extern]
fn purchase_history_send(h: History<'_>) -> Vec<u8> {
    h.bytes().to_vec()
}

#[pg_extern]
fn purchase_history_union(a: History<'_>, b: History<'_>) -> SqlResult<History<'static>> {
    pgrx::check_for_interrupts!();
    Ok(a.union(&b)?)
}

#[pg_extern]
fn purchase_history_jsonb(h: History<'_>) -> SqlResult<Option<ServerValue>> {
    pgrx::check_for_interrupts!();
    let json = CString::new(h.to_json()?).unwrap_or_default();
    // SAFETY: the server's own input function over a C string. It reads numbers as numeric: amounts keep their digits.
    let jsonb = unsafe { direct_function_call_as_datum(pg_sys::jsonb_in, &[Some(pg_sys::Datum::from(json.as_ptr()))]) };
    Ok(jsonb.map(ServerValue))
}
