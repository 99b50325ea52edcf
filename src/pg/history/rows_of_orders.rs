//! `purchase_history_rows`, the state of the aggregate `purchase_history` over rows of which several make one order.

use std::ffi::CStr;

use pgrx::{pg_extern, pg_guard, pg_sys, varlena};

use super::growing_state::{argument, finfo, require_aggregate};
use crate::domain::history::encoding::{self, Entry};
use crate::domain::history::entry_kind::Purchases;
use crate::domain::history::rows_of_orders;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::error::{SqlResult, or_raise};
use crate::pg::ffi::numeric::amount_of;
use crate::pg::ffi::recv_buffer::{Message, message_bytes};
use crate::pg::ffi::varlena::{Bytes, CText, MAX_SIZE, ServerValue, bytes_of, new_value};

/// The first size of a state, its length word included.
const FIRST_SIZE: usize = 256;

/// The text form: the bytes as those of a `bytea`, or `{}`.
#[pg_extern]
fn purchase_history_rows_in(text: &CStr) -> SqlResult<ServerValue> {
    let text = text.to_bytes();
    if text == b"{}" {
        return Ok(ServerValue(new_value(&(rows_of_orders::HEADER as u32).to_le_bytes())));
    }
    let bytes = of_hex(text).ok_or_else(|| {
        let shown = shorten(&String::from_utf8_lossy(text));
        Error::new(Kind::InvalidText, format!("invalid input syntax for type purchase_history_rows: \"{shown}\""))
            .hint("Only the aggregate purchase_history(ordered_at, amount, order_key) makes such values.")
    })?;
    rows_of_orders::validate(&bytes)?;
    Ok(ServerValue(new_value(&bytes)))
}

fn of_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(br"\x").filter(|digits| digits.len() % 2 == 0)?;
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// The bytes that are used, with their number in front.
fn exact(bytes: &[u8]) -> &[u8] {
    &bytes[..rows_of_orders::used(bytes)]
}

#[pg_extern]
fn purchase_history_rows_out(lines: Bytes<'_>) -> SqlResult<CText<String>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bytes = exact(lines.0);
    let mut text = Vec::new();
    crate::domain::support::error::reserve(&mut text, 3 + 2 * bytes.len())?;
    text.extend_from_slice(br"\x");
    for byte in bytes {
        text.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    Ok(CText(String::from_utf8(text).unwrap_or_default()))
}

#[pg_extern]
fn purchase_history_rows_recv(message: Message) -> SqlResult<ServerValue> {
    let bytes = message_bytes(message)?;
    rows_of_orders::validate(bytes)?;
    Ok(ServerValue(new_value(bytes)))
}

#[pg_extern]
fn purchase_history_rows_send(lines: Bytes<'_>) -> SqlResult<ServerValue> {
    Ok(ServerValue(new_value(exact(lines.0))))
}

// ---- the aggregate --------------------------------------------------------------------------------------------------

/// The bytes of the state to change; empty if they cannot be changed where they lie.
///
/// # Safety
/// The datum must be the state of the current aggregate.
unsafe fn bytes_in_place<'a>(state: pg_sys::Datum) -> &'a mut [u8] {
    let value: *mut pg_sys::varlena = state.cast_mut_ptr();
    // SAFETY: the caller vouches for the value; a plain four-byte header says how long it is.
    unsafe {
        if !varlena::varatt_is_4b_u(value) {
            return &mut [];
        }
        let length = varlena::varsize_4b(value) - pg_sys::VARHDRSZ;
        std::slice::from_raw_parts_mut(varlena::vardata_4b(value).cast_mut().cast::<u8>(), length)
    }
}

/// A state with these rows and room for so many bytes more, in the current memory context.
fn with_room(old: &[u8], room: usize) -> Result<pg_sys::Datum> {
    let held = exact(old);
    let needed = pg_sys::VARHDRSZ + held.len().max(rows_of_orders::HEADER) + room;
    let size = needed.next_power_of_two().clamp(FIRST_SIZE, MAX_SIZE);
    if size < needed {
        return Err(Error::new(
            Kind::LimitExceeded,
            "purchase_history_rows larger than 1 GiB while a history is built",
        )
        .hint("Check the column that identifies the customer: this many rows are rarely one person's."));
    }
    // SAFETY: palloc0 gives so many zeroed bytes or raises an error. The length word is set before anything reads it.
    let (datum, bytes) = unsafe {
        let value: *mut pg_sys::varlena = pg_sys::palloc0(size).cast();
        varlena::set_varsize_4b(value, size as i32);
        let bytes = value.cast::<u8>().add(pg_sys::VARHDRSZ);
        (pg_sys::Datum::from(value), std::slice::from_raw_parts_mut(bytes, size - pg_sys::VARHDRSZ))
    };
    rows_of_orders::start(bytes);
    if held.len() > rows_of_orders::HEADER {
        bytes[..held.len()].copy_from_slice(held);
    }
    Ok(datum)
}

/// Adds a row to the state, argument 0, with the instant and the amount of the next two arguments.
///
/// # Safety
/// `fcinfo` must be the current call's, with the arguments that SQL declares.
unsafe fn append(fcinfo: pg_sys::FunctionCallInfo, key: &[u8]) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the call; only an aggregate's own state may be changed in place.
    unsafe {
        require_aggregate::<Purchases>(fcinfo);
        let state = argument(fcinfo, 0);
        let at = or_raise(Instant::from_micros(argument(fcinfo, 1).value() as i64));
        let Some(amount) = or_raise(amount_of(argument(fcinfo, 2))) else { return state };
        let key = &rows_of_orders::held(key)[..];
        if rows_of_orders::append(bytes_in_place(state), key, at, amount) {
            return state;
        }
        let larger = or_raise(with_room(bytes_of(state), rows_of_orders::length_of(key)));
        let appended = rows_of_orders::append(bytes_in_place(larger), key, at, amount);
        assert!(appended, "there is room for the row");
        larger
    }
}

// SQL: purchase_history_rows_accum_text(purchase_history_rows, timestamptz, numeric, text) purchase_history_rows STRICT
finfo!(pg_finfo_purchase_history_rows_accum_text);

/// A transition function of the aggregate `purchase_history` over the rows of orders.
///
/// # Safety
/// For the server to call, with the arguments that SQL declares.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn purchase_history_rows_accum_text(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over these types.
    unsafe { append(fcinfo, bytes_of(argument(fcinfo, 3))) }
}

// SQL: purchase_history_rows_accum_bigint(purchase_history_rows, timestamptz, numeric, bigint) purchase_history_rows STRICT
finfo!(pg_finfo_purchase_history_rows_accum_bigint);

/// The same where the key is a number.
///
/// # Safety
/// For the server to call, with the arguments that SQL declares.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn purchase_history_rows_accum_bigint(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over these types.
    unsafe { append(fcinfo, (argument(fcinfo, 3).value() as i64).to_string().as_bytes()) }
}

// SQL: purchase_history_rows_combine(purchase_history_rows, purchase_history_rows) purchase_history_rows STRICT
finfo!(pg_finfo_purchase_history_rows_combine);

/// The combine function: the rows of both.
///
/// # Safety
/// For the server to call, with two values of `purchase_history_rows`.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn purchase_history_rows_combine(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over two states; the new one was made just now.
    unsafe {
        require_aggregate::<Purchases>(fcinfo);
        let (state, theirs) = (argument(fcinfo, 0), exact(bytes_of(argument(fcinfo, 1))));
        let theirs = theirs.get(rows_of_orders::HEADER..).unwrap_or_default();
        if theirs.is_empty() {
            return state;
        }
        pgrx::check_for_interrupts!();
        let united = or_raise(with_room(bytes_of(state), theirs.len()));
        or_raise(rows_of_orders::extend(bytes_in_place(united), theirs));
        united
    }
}

// SQL: purchase_history_rows_final(purchase_history_rows) purchase_history STRICT
finfo!(pg_finfo_purchase_history_rows_final);

/// The final function: the history of the orders.
///
/// # Safety
/// For the server to call, with a value of `purchase_history_rows`.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn purchase_history_rows_final(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over a state.
    let state = unsafe { bytes_of(argument(fcinfo, 0)) };
    let (mut entries, mut packed): (Vec<Entry>, Vec<u8>) = (Vec::new(), Vec::new());
    or_raise(rows_of_orders::orders(state, &mut entries));
    or_raise(encoding::pack::<Purchases>(&mut entries, &mut packed));
    new_value(&packed)
}
