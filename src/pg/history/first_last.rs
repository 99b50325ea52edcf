//! `first` and `last`: the value of the row with the earliest or latest instant.
//!
//! The state is a plain `bytea`, so that any planner can split the aggregate, and is changed in place while the value has
//! room: see `growing_state` for how that works and why the arguments are read here from `fcinfo`.

use pgrx::{pg_guard, pg_sys, varlena};

use super::growing_state::{argument, finfo};
use crate::domain::history::first_last::{Dated, End, read, size, write};
use crate::domain::support::error::{Error, Kind};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::{or_raise, raise};
use crate::pg::ffi::varlena::{bytes_of, new_value};

/// The transition function: takes the row in argument 1 and 2 over into the state if it counts.
///
/// # Safety
/// `fcinfo` must be the current call's, with a `bytea`, a `text` and a `timestamptz`.
#[inline]
unsafe fn accumulate(fcinfo: pg_sys::FunctionCallInfo, end: End) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the call.
    unsafe {
        require_aggregate(fcinfo);
        let arguments = Arguments::of(fcinfo);
        let state = arguments.datum(0);
        let (Some(value), Some(at)) = (arguments.datum(1), arguments.datum(2)) else {
            return state.unwrap_or_else(|| null(fcinfo));
        };
        let at = at.value() as i64;
        match state {
            None => new_state(Dated { at, value: bytes_of(value) }),
            Some(state) => taken_over(state, Dated { at, value: bytes_of(value) }, end),
        }
    }
}

/// The state after such a row.
///
/// # Safety
/// The datum must be the state of the current aggregate, a `bytea`.
#[inline]
unsafe fn taken_over(state: pg_sys::Datum, row: Dated<'_>, end: End) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the state, which only this call reads. What is read is not used once it is written.
    unsafe {
        if !row.precedes(or_raise(read(bytes_of(state))), end) {
            return state;
        }
        let place: *mut pg_sys::varlena = state.cast_mut_ptr();
        if varlena::varatt_is_4b_u(place) {
            let length = varlena::varsize_4b(place) - pg_sys::VARHDRSZ;
            let bytes = std::slice::from_raw_parts_mut(varlena::vardata_4b(place).cast_mut().cast::<u8>(), length);
            if write(bytes, row) {
                return state;
            }
        }
        new_state(row)
    }
}

/// A new state with this row, in the current memory context.
fn new_state(row: Dated<'_>) -> pg_sys::Datum {
    let size = size(row.value) + pg_sys::VARHDRSZ;
    // SAFETY: palloc0 gives so many zeroed bytes or raises an error, and nothing else knows them yet.
    unsafe {
        let value: *mut pg_sys::varlena = pg_sys::palloc0(size).cast();
        varlena::set_varsize_4b(value, size as i32);
        let bytes = std::slice::from_raw_parts_mut(value.cast::<u8>().add(pg_sys::VARHDRSZ), size - pg_sys::VARHDRSZ);
        if !write(bytes, row) {
            raise(Error::new(Kind::LimitExceeded, "a value is too long for an aggregate's state"));
        }
        pg_sys::Datum::from(value)
    }
}

/// The result NULL.
///
/// # Safety
/// `fcinfo` must be the current call's.
unsafe fn null(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: the caller vouches for it.
    unsafe { (*fcinfo).isnull = true };
    pg_sys::Datum::null()
}

/// Refuses a call that is not an aggregate's: only the state of an aggregate may be changed in place.
///
/// # Safety
/// `fcinfo` must be the current call's.
#[inline]
unsafe fn require_aggregate(fcinfo: pg_sys::FunctionCallInfo) {
    // SAFETY: the context of a call is NULL or a node.
    let is_aggregate = unsafe {
        let context = (*fcinfo).context;
        !context.is_null()
            && matches!((*context).type_, pg_sys::NodeTag::T_AggState | pg_sys::NodeTag::T_WindowAggState)
    };
    if !is_aggregate {
        raise(
            Error::new(Kind::InvalidParameter, "an aggregate's inner function was called outside an aggregate")
                .hint("Use the aggregates lifecycle.first and lifecycle.last."),
        );
    }
}

/// The functions of one of the two aggregates.
macro_rules! functions {
    ($end:expr, $accum:ident, $accum_finfo:ident, $combine:ident, $combine_finfo:ident) => {
        finfo!($accum_finfo);

        /// The transition function.
        ///
        /// # Safety
        /// For the server to call, with the arguments that SQL declares.
        #[pg_guard]
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $accum(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
            // SAFETY: SQL declares a bytea, a text and a timestamptz.
            unsafe { accumulate(fcinfo, $end) }
        }

        finfo!($combine_finfo);

        /// The combine function.
        ///
        /// # Safety
        /// For the server to call, with two states.
        #[pg_guard]
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $combine(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
            // SAFETY: SQL declares the function STRICT over two bytea.
            unsafe {
                require_aggregate(fcinfo);
                let theirs = or_raise(read(bytes_of(argument(fcinfo, 1))));
                taken_over(argument(fcinfo, 0), theirs, $end)
            }
        }
    };
}

// SQL: first_accum(bytea, text, timestamptz) bytea
// SQL: first_combine(bytea, bytea) bytea STRICT
// SQL: last_accum(bytea, text, timestamptz) bytea
// SQL: last_combine(bytea, bytea) bytea STRICT
functions!(End::Earliest, first_accum, pg_finfo_first_accum, first_combine, pg_finfo_first_combine);
functions!(End::Latest, last_accum, pg_finfo_last_accum, last_combine, pg_finfo_last_combine);

// SQL: first_final(bytea) text STRICT
finfo!(pg_finfo_first_final);

/// The final function of both aggregates: the value.
///
/// # Safety
/// For the server to call, with a state.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn first_final(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over a bytea.
    unsafe { new_value(or_raise(read(bytes_of(argument(fcinfo, 0)))).value) }
}
