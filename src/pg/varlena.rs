//! Values of variable length: reading their bytes where they lie, and making new ones.

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{FromDatum, pg_sys, varlena};

/// An argument of any type of variable length, as its bytes without the length word. They may lie at any address.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'fcx>(pub &'fcx [u8]);

/// The bytes of a value of variable length; copied only if they are compressed or stored out of line.
///
/// # Safety
/// The datum must be a valid value of variable length, and live as long as the result is used.
pub unsafe fn bytes_of<'a>(datum: pg_sys::Datum) -> &'a [u8] {
    let mut value: *mut pg_sys::varlena = datum.cast_mut_ptr();
    // SAFETY: the caller vouches for the value; the macros below read only its header, and its length bounds the slice.
    unsafe {
        if varlena::varatt_is_1b_e(value) || varlena::varatt_is_4b_c(value) {
            value = pg_sys::pg_detoast_datum_packed(value);
        }
        std::slice::from_raw_parts(varlena::vardata_any(value).cast(), varlena::varsize_any_exhdr(value))
    }
}

/// A new value with these bytes, in the current memory context.
pub fn new_value(bytes: &[u8]) -> pg_sys::Datum {
    let size = bytes.len() + pg_sys::VARHDRSZ;
    // SAFETY: palloc gives `size` bytes or raises an error; all of them are written.
    unsafe {
        let value: *mut pg_sys::varlena = pg_sys::palloc(size).cast();
        varlena::set_varsize_4b(value, size as i32);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), value.cast::<u8>().add(pg_sys::VARHDRSZ), bytes.len());
        pg_sys::Datum::from(value)
    }
}

/// A datum as it came, for types that read themselves.
struct Raw(pg_sys::Datum);

impl FromDatum for Raw {
    unsafe fn from_polymorphic_datum(datum: pg_sys::Datum, is_null: bool, _: pg_sys::Oid) -> Option<Self> {
        (!is_null).then_some(Raw(datum))
    }
}

/// The datum of an argument; None for NULL.
pub fn raw_argument(arg: Arg<'_, '_>) -> Option<pg_sys::Datum> {
    // SAFETY: `Raw` only copies the word, whatever its type.
    unsafe { arg.unbox_arg_using_from_datum::<Raw>() }.map(|raw| raw.0)
}

// SAFETY: SQL declares these arguments with types of variable length. Where NULL may come the argument is an Option; else
// it would be empty bytes, which every reader refuses.
unsafe impl<'fcx> ArgAbi<'fcx> for Bytes<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: arguments live as long as the call.
        Bytes(raw_argument(arg).map_or(&[], |datum| unsafe { bytes_of(datum) }))
    }
}

// SAFETY: a new varlena in the caller's memory context is what such a function returns.
unsafe impl BoxRet for Bytes<'_> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(new_value(self.0)) }
    }
}

/// A value that a function of the server made.
#[derive(Debug, Clone, Copy)]
pub struct ServerValue(pub pg_sys::Datum);

// SAFETY: the server made the value in the caller's memory context, of the type that SQL declares.
unsafe impl BoxRet for ServerValue {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(self.0) }
    }
}
