//! Equality, order and hash of histories: the server's own over the bytes, for equal histories have equal packed bytes.
//!
//! A growing history does not leave the aggregates of the extension, but may leave one that a user makes of their inner functions.
//! It is compared and hashed as the packed one that it stands for.

use std::cmp::Ordering;

use pgrx::pg_sys::panic::pgrx_extern_c_guard;
use pgrx::{direct_function_call_as_datum, pg_sys, varlena};

use super::growing_state::{argument, finfo};
use crate::domain::engagement::Events;
use crate::domain::history::Packed;
use crate::domain::history::encoding;
use crate::domain::history::entry_kind::{EntryKind, Purchases};
use crate::pg::ffi::varlena::{bytes_of, new_value};

/// The server's functions without pgrx's guard against their errors, which costs more than the comparison.
mod unguarded {
    use pgrx::pg_sys::{Datum, FunctionCallInfo};

    unsafe extern "C-unwind" {
        pub fn byteaeq(fcinfo: FunctionCallInfo) -> Datum;
        pub fn byteane(fcinfo: FunctionCallInfo) -> Datum;
        pub fn bytealt(fcinfo: FunctionCallInfo) -> Datum;
        pub fn byteale(fcinfo: FunctionCallInfo) -> Datum;
        pub fn byteagt(fcinfo: FunctionCallInfo) -> Datum;
        pub fn byteage(fcinfo: FunctionCallInfo) -> Datum;
        pub fn byteacmp(fcinfo: FunctionCallInfo) -> Datum;
        pub fn hashvarlena(fcinfo: FunctionCallInfo) -> Datum;
        pub fn hashvarlenaextended(fcinfo: FunctionCallInfo) -> Datum;
    }
}

/// Whether an argument is seen to be no growing history. False also where that takes more than a look at its first bytes.
///
/// # Safety
/// `fcinfo` must be the current call's, with a history in this argument.
#[inline]
unsafe fn is_plain<C: EntryKind>(fcinfo: pg_sys::FunctionCallInfo, number: usize) -> bool {
    // SAFETY: the caller vouches for the argument; a value whose header says that it lies here lies here, as long as it says.
    unsafe {
        let value: *mut pg_sys::varlena = argument(fcinfo, number).cast_mut_ptr();
        !varlena::varatt_is_1b_e(value)
            && !varlena::varatt_is_4b_c(value)
            && !encoding::is_growing::<C>(std::slice::from_raw_parts(
                varlena::vardata_any(value).cast(),
                varlena::varsize_any_exhdr(value),
            ))
    }
}

/// Whether an argument is a growing history. Of a value that is compressed or stored elsewhere only the beginning is read.
///
/// # Safety
/// As [`is_plain`].
unsafe fn is_growing<C: EntryKind>(fcinfo: pg_sys::FunctionCallInfo, number: usize) -> bool {
    /// As many bytes as tell the form.
    const BEGINNING: i32 = 2;
    // SAFETY: the caller vouches for the argument. The slice is always a new value, and freed after its last use.
    unsafe {
        let slice = pg_sys::pg_detoast_datum_slice(argument(fcinfo, number).cast_mut_ptr(), 0, BEGINNING);
        let is_growing = encoding::is_growing::<C>(bytes_of(pg_sys::Datum::from(slice)));
        pg_sys::pfree(slice.cast());
        is_growing
    }
}

/// The packed bytes of an argument; those that it has if it cannot be read.
///
/// # Safety
/// As [`is_plain`].
unsafe fn packed<C: EntryKind>(fcinfo: pg_sys::FunctionCallInfo, number: usize) -> Vec<u8> {
    // SAFETY: the caller vouches for the argument. A copy is freed after its last use, for a sort calls this many times in one
    // memory context.
    unsafe {
        let value = argument(fcinfo, number).cast_mut_ptr();
        let here = pg_sys::pg_detoast_datum_packed(value);
        let bytes = bytes_of(pg_sys::Datum::from(here));
        let packed = match Packed::<C>::from_bytes(bytes) {
            Ok(history) => history.bytes().to_vec(),
            Err(_) => bytes.to_vec(),
        };
        if here != value {
            pg_sys::pfree(here.cast());
        }
        packed
    }
}

/// Compares two histories of which one may be growing, or lie elsewhere: by the server's function, if none is growing.
///
/// # Safety
/// `fcinfo` must be the current call's, with two histories.
#[cold]
unsafe fn compare_any<C: EntryKind>(
    fcinfo: pg_sys::FunctionCallInfo,
    plain: unsafe fn(pg_sys::FunctionCallInfo) -> pg_sys::Datum,
    of: fn(Ordering) -> pg_sys::Datum,
) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the call, and has nothing to drop.
    unsafe {
        pgrx_extern_c_guard(|| {
            if is_growing::<C>(fcinfo, 0) || is_growing::<C>(fcinfo, 1) {
                return of(packed::<C>(fcinfo, 0).cmp(&packed::<C>(fcinfo, 1)));
            }
            plain(fcinfo)
        })
    }
}

/// Hashes a history that may be growing, or lie elsewhere.
///
/// # Safety
/// `fcinfo` must be the current call's, with a history, and a seed if the function takes one.
#[cold]
unsafe fn hash_any<C: EntryKind>(
    fcinfo: pg_sys::FunctionCallInfo,
    plain: unsafe fn(pg_sys::FunctionCallInfo) -> pg_sys::Datum,
) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the call, and has nothing to drop; the new value is freed after its last use.
    unsafe {
        pgrx_extern_c_guard(|| {
            if !is_growing::<C>(fcinfo, 0) {
                return plain(fcinfo);
            }
            let value = new_value(&packed::<C>(fcinfo, 0));
            let seed = ((*fcinfo).nargs > 1).then(|| argument(fcinfo, 1));
            let hash = match seed {
                Some(_) => direct_function_call_as_datum(plain, &[Some(value), seed]),
                None => direct_function_call_as_datum(plain, &[Some(value)]),
            };
            pg_sys::pfree(value.cast_mut_ptr());
            hash.unwrap_or(pg_sys::Datum::null())
        })
    }
}

/// A comparison of two histories, and what it says of their order.
macro_rules! comparison {
    ($content:ty, $name:ident, $finfo:ident, $server:ident, $of:expr) => {
        finfo!($finfo);

        /// A comparison of two histories.
        ///
        /// # Safety
        /// For the server to call, with two histories, neither of them NULL.
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
            // SAFETY: SQL declares the function STRICT over two histories. The server's function takes what it takes; an error of
            // its passes over this frame, in which there is nothing to drop.
            unsafe {
                if is_plain::<$content>(fcinfo, 0) && is_plain::<$content>(fcinfo, 1) {
                    return unguarded::$server(fcinfo);
                }
                compare_any::<$content>(fcinfo, pg_sys::$server, |order| pg_sys::Datum::from($of(order)))
            }
        }
    };
}

/// A hash of a history.
macro_rules! hash {
    ($content:ty, $name:ident, $finfo:ident, $server:ident) => {
        finfo!($finfo);

        /// A hash of a history.
        ///
        /// # Safety
        /// For the server to call, with a history that is not NULL, and a seed if the server's function takes one.
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
            // SAFETY: SQL declares the function STRICT over a history and what else the server's function takes; an error of its
            // passes over this frame, in which there is nothing to drop.
            unsafe {
                if is_plain::<$content>(fcinfo, 0) {
                    return unguarded::$server(fcinfo);
                }
                hash_any::<$content>(fcinfo, pg_sys::$server)
            }
        }
    };
}

/// A number that is below, at or above 0.
fn sign(order: Ordering) -> i32 {
    order as i32
}

// SQL: purchase_history_eq(purchase_history, purchase_history) boolean STRICT
comparison!(Purchases, purchase_history_eq, pg_finfo_purchase_history_eq, byteaeq, Ordering::is_eq);
// SQL: purchase_history_ne(purchase_history, purchase_history) boolean STRICT
comparison!(Purchases, purchase_history_ne, pg_finfo_purchase_history_ne, byteane, Ordering::is_ne);
// SQL: purchase_history_lt(purchase_history, purchase_history) boolean STRICT
comparison!(Purchases, purchase_history_lt, pg_finfo_purchase_history_lt, bytealt, Ordering::is_lt);
// SQL: purchase_history_le(purchase_history, purchase_history) boolean STRICT
comparison!(Purchases, purchase_history_le, pg_finfo_purchase_history_le, byteale, Ordering::is_le);
// SQL: purchase_history_gt(purchase_history, purchase_history) boolean STRICT
comparison!(Purchases, purchase_history_gt, pg_finfo_purchase_history_gt, byteagt, Ordering::is_gt);
// SQL: purchase_history_ge(purchase_history, purchase_history) boolean STRICT
comparison!(Purchases, purchase_history_ge, pg_finfo_purchase_history_ge, byteage, Ordering::is_ge);
// SQL: purchase_history_cmp(purchase_history, purchase_history) integer STRICT
comparison!(Purchases, purchase_history_cmp, pg_finfo_purchase_history_cmp, byteacmp, sign);
// SQL: purchase_history_hash(purchase_history) integer STRICT
hash!(Purchases, purchase_history_hash, pg_finfo_purchase_history_hash, hashvarlena);
// SQL: purchase_history_hash_extended(purchase_history, bigint) bigint STRICT
hash!(Purchases, purchase_history_hash_extended, pg_finfo_purchase_history_hash_extended, hashvarlenaextended);

// SQL: engagement_history_eq(engagement_history, engagement_history) boolean STRICT
comparison!(Events, engagement_history_eq, pg_finfo_engagement_history_eq, byteaeq, Ordering::is_eq);
// SQL: engagement_history_ne(engagement_history, engagement_history) boolean STRICT
comparison!(Events, engagement_history_ne, pg_finfo_engagement_history_ne, byteane, Ordering::is_ne);
// SQL: engagement_history_lt(engagement_history, engagement_history) boolean STRICT
comparison!(Events, engagement_history_lt, pg_finfo_engagement_history_lt, bytealt, Ordering::is_lt);
// SQL: engagement_history_le(engagement_history, engagement_history) boolean STRICT
comparison!(Events, engagement_history_le, pg_finfo_engagement_history_le, byteale, Ordering::is_le);
// SQL: engagement_history_gt(engagement_history, engagement_history) boolean STRICT
comparison!(Events, engagement_history_gt, pg_finfo_engagement_history_gt, byteagt, Ordering::is_gt);
// SQL: engagement_history_ge(engagement_history, engagement_history) boolean STRICT
comparison!(Events, engagement_history_ge, pg_finfo_engagement_history_ge, byteage, Ordering::is_ge);
// SQL: engagement_history_cmp(engagement_history, engagement_history) integer STRICT
comparison!(Events, engagement_history_cmp, pg_finfo_engagement_history_cmp, byteacmp, sign);
// SQL: engagement_history_hash(engagement_history) integer STRICT
hash!(Events, engagement_history_hash, pg_finfo_engagement_history_hash, hashvarlena);
// SQL: engagement_history_hash_extended(engagement_history, bigint) bigint STRICT
hash!(Events, engagement_history_hash_extended, pg_finfo_engagement_history_hash_extended, hashvarlenaextended);
