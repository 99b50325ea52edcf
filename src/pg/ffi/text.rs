//! Text between a database of any encoding and Rust, whose text is UTF-8.

use std::borrow::Cow;

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{IntoDatum, direct_function_call_as_datum, pg_sys};

use super::error::or_raise;
use super::varlena::new_value;
use crate::domain::support::error::reserve;

/// The text in bytes of the database's encoding.
pub fn text_of(bytes: &[u8]) -> String {
    let utf8 = converted(bytes, |source, length| {
        // SAFETY: the server reads as many bytes as it is told.
        unsafe { pg_sys::pg_server_to_any(source, length, pg_sys::pg_enc::PG_UTF8 as i32) }
    });
    // In a database without an encoding the bytes may be any.
    String::from_utf8(utf8).unwrap_or_else(|error| {
        let mut text = Vec::new();
        for chunk in error.as_bytes().utf8_chunks() {
            let replaced = if chunk.invalid().is_empty() { "" } else { "\u{FFFD}" };
            or_raise(reserve(&mut text, chunk.valid().len() + replaced.len()));
            text.extend_from_slice(chunk.valid().as_bytes());
            text.extend_from_slice(replaced.as_bytes());
        }
        String::from_utf8(text).unwrap_or_default()
    })
}

/// The text of a name in ASCII, as all are that the extension knows: of other bytes so many as a message shows.
pub fn name_of(bytes: &[u8]) -> Cow<'_, str> {
    const SHOWN: usize = 400;
    match std::str::from_utf8(bytes) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) if bytes.len() <= SHOWN => String::from_utf8_lossy(bytes),
        // What was cut must not become a name.
        Err(_) => Cow::Owned(String::from_utf8_lossy(&bytes[..SHOWN]).into_owned() + "\u{FFFD}"),
    }
}

/// The text of a `jsonb`.
///
/// # Safety
/// The datum must be a `jsonb`.
pub unsafe fn jsonb_text(datum: pg_sys::Datum) -> Option<String> {
    // SAFETY: the server's own output function over a jsonb gives a C string, which it allocated.
    unsafe {
        direct_function_call_as_datum(pg_sys::jsonb_out, &[Some(datum)])
            .map(|text| text_of(std::ffi::CStr::from_ptr(text.cast_mut_ptr()).to_bytes()))
    }
}

/// The bytes of a text in the database's encoding.
///
/// A character that the encoding has not ends the statement with the server's own error.
pub fn bytes_in_database(text: &str) -> Vec<u8> {
    converted(text.as_bytes(), |source, length| {
        // SAFETY: as above.
        unsafe { pg_sys::pg_any_to_server(source, length, pg_sys::pg_enc::PG_UTF8 as i32) }
    })
}

/// The server's conversions give back the source itself where nothing is to be done, and else a new C string.
fn converted(bytes: &[u8], convert: impl Fn(*const std::ffi::c_char, i32) -> *mut std::ffi::c_char) -> Vec<u8> {
    let result = convert(bytes.as_ptr().cast(), bytes.len() as i32);
    if result.is_null() || result.cast_const().cast() == bytes.as_ptr() {
        return copied(bytes);
    }
    // SAFETY: a C string that the server allocated, and that nothing else frees.
    copied(unsafe { std::ffi::CStr::from_ptr(result) }.to_bytes())
}

/// The same bytes, and room for a zero after them; where there is no memory for them the statement ends.
pub fn copied(bytes: &[u8]) -> Vec<u8> {
    let mut copy = Vec::new();
    or_raise(reserve(&mut copy, bytes.len() + 1));
    copy.extend_from_slice(bytes);
    copy
}

/// A result of type `text`.
#[derive(Debug, Clone)]
pub struct Text(pub String);

impl IntoDatum for Text {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        Some(new_value(&bytes_in_database(&self.0)))
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::TEXTOID
    }
}

// SAFETY: a new value in the caller's memory context.
unsafe impl BoxRet for Text {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(new_value(&bytes_in_database(&self.0))) }
    }
}

/// A result of type `jsonb`.
#[derive(Debug, Clone)]
pub struct Jsonb(pub String);

impl IntoDatum for Jsonb {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let mut text = bytes_in_database(&self.0);
        text.push(0);
        // SAFETY: the server's own input function reads a C string, and raises an error for other texts than JSON.
        unsafe { direct_function_call_as_datum(pg_sys::jsonb_in, &[Some(pg_sys::Datum::from(text.as_ptr()))]) }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::JSONBOID
    }
}

// SAFETY: a new value in the caller's memory context.
unsafe impl BoxRet for Jsonb {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        match self.into_datum() {
            // SAFETY: as above.
            Some(datum) => unsafe { fcinfo.return_raw_datum(datum) },
            None => fcinfo.return_null(),
        }
    }
}
