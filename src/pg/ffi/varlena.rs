//! Values of variable length: reading their bytes where they lie, and making new ones.

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{FromDatum, pg_sys, varlena};

use super::error::raise;
use crate::domain::support::error::{Error, Kind};

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

/// The largest value that the server can allocate: 1 GiB less one byte.
pub const MAX_SIZE: usize = 0x3FFF_FFFF;

/// A new value with these bytes, in the current memory context.
pub fn new_value(bytes: &[u8]) -> pg_sys::Datum {
    let size = bytes.len() + pg_sys::VARHDRSZ;
    must_fit(size);
    // SAFETY: palloc gives `size` bytes or raises an error; all of them are written.
    unsafe {
        let value: *mut pg_sys::varlena = pg_sys::palloc(size).cast();
        varlena::set_varsize_4b(value, size as i32);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), value.cast::<u8>().add(pg_sys::VARHDRSZ), bytes.len());
        pg_sys::Datum::from(value)
    }
}

/// A new value of so many bytes, which `write` fills, in the current memory context.
pub fn new_value_of(length: usize, write: impl FnOnce(&mut [u8])) -> pg_sys::Datum {
    let size = length + pg_sys::VARHDRSZ;
    must_fit(size);
    // SAFETY: palloc0 gives `size` zeroed bytes or raises an error, and the length word is written.
    unsafe {
        let value: *mut pg_sys::varlena = pg_sys::palloc0(size).cast();
        varlena::set_varsize_4b(value, size as i32);
        let bytes = value.cast::<u8>().add(pg_sys::VARHDRSZ);
        write(std::slice::from_raw_parts_mut(bytes, length));
        pg_sys::Datum::from(value)
    }
}

/// Refuses a size that the server cannot allocate.
fn must_fit(size: usize) {
    if size > MAX_SIZE {
        raise(Error::new(Kind::LimitExceeded, format!("a result of {size} bytes is larger than 1 GiB")));
    }
}

/// A result of type `cstring`, as output functions return it; it holds no zero.
#[derive(Debug, Clone)]
pub struct CText<T>(pub T);

// SAFETY: a new C string in the caller's memory context.
unsafe impl<T: AsRef<[u8]>> BoxRet for CText<T> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        let bytes = self.0.as_ref();
        must_fit(bytes.len() + 1);
        // SAFETY: palloc gives so many bytes or raises an error; all of them are written.
        unsafe {
            let text: *mut u8 = pg_sys::palloc(bytes.len() + 1).cast();
            text.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            text.add(bytes.len()).write(0);
            fcinfo.return_raw_datum(pg_sys::Datum::from(text))
        }
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
