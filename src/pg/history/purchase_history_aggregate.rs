//! `purchase_history`, the aggregate: see `growing_state` for its state.

use pgrx::{pg_guard, pg_sys};

use super::growing_state::{append, argument, combine, finfo, finish};
use crate::domain::history::encoding::Entry;
use crate::domain::history::entry_kind::Purchases;
use crate::domain::history::money::Amount;
use crate::domain::support::error::Result;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::error::or_raise;
use crate::pg::ffi::numeric::amount_of;

/// A transition function whose instant comes from argument 1 by `$instant` and whose amount from argument 2 by `$amount`.
macro_rules! transition {
    ($name:ident, $finfo:ident, $instant:expr, $amount:expr) => {
        finfo!($finfo);

        /// A transition function of the aggregate `purchase_history`.
        ///
        /// # Safety
        /// For the server to call, with the arguments that SQL declares.
        #[pg_guard]
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
            // SAFETY: SQL declares the function STRICT over the types that the two readers expect.
            unsafe {
                let at = or_raise($instant(argument(fcinfo, 1)));
                match or_raise($amount(fcinfo)) {
                    Some(amount) => append::<Purchases>(fcinfo, Entry { at, amount }),
                    None => argument(fcinfo, 0),
                }
            }
        }
    };
}

// SQL: purchase_history_accum_timestamptz(purchase_history, timestamptz) purchase_history STRICT
// SQL: purchase_history_accum_timestamp(purchase_history, timestamp) purchase_history STRICT
// SQL: purchase_history_accum_date(purchase_history, date) purchase_history STRICT
// SQL: purchase_history_accum_timestamptz_numeric(purchase_history, timestamptz, numeric) purchase_history STRICT
// SQL: purchase_history_accum_timestamp_numeric(purchase_history, timestamp, numeric) purchase_history STRICT
// SQL: purchase_history_accum_timestamptz_float8(purchase_history, timestamptz, double precision) purchase_history STRICT
// SQL: purchase_history_accum_date_numeric(purchase_history, date, numeric) purchase_history STRICT
transition!(purchase_history_accum_timestamptz, pg_finfo_purchase_history_accum_timestamptz, of_timestamptz, no_amount);
transition!(purchase_history_accum_timestamp, pg_finfo_purchase_history_accum_timestamp, of_timestamp, no_amount);
transition!(purchase_history_accum_date, pg_finfo_purchase_history_accum_date, of_date, no_amount);
transition!(
    purchase_history_accum_timestamptz_numeric,
    pg_finfo_purchase_history_accum_timestamptz_numeric,
    of_timestamptz,
    amount_argument
);
transition!(
    purchase_history_accum_timestamp_numeric,
    pg_finfo_purchase_history_accum_timestamp_numeric,
    of_timestamp,
    amount_argument
);
transition!(
    purchase_history_accum_timestamptz_float8,
    pg_finfo_purchase_history_accum_timestamptz_float8,
    of_timestamptz,
    float_argument
);
transition!(
    purchase_history_accum_date_numeric,
    pg_finfo_purchase_history_accum_date_numeric,
    of_date,
    amount_argument
);

#[inline]
fn of_timestamptz(datum: pg_sys::Datum) -> Result<Instant> {
    Instant::from_micros(datum.value() as i64)
}

/// A `timestamp` in the session's time zone, as its cast to `timestamptz` does.
fn of_timestamp(datum: pg_sys::Datum) -> Result<Instant> {
    let mut overflow = 0;
    // SAFETY: a conversion of one number to another that reads the session's zone.
    Instant::from_micros(unsafe { pg_sys::timestamp2timestamptz_opt_overflow(datum.value() as i64, &mut overflow) })
}

/// Midnight in the session's time zone, as the cast of a `date` to `timestamptz` does.
fn of_date(datum: pg_sys::Datum) -> Result<Instant> {
    let mut overflow = 0;
    // SAFETY: as above.
    Instant::from_micros(unsafe { pg_sys::date2timestamptz_opt_overflow(datum.value() as i32, &mut overflow) })
}

/// # Safety
/// Argument 2 of the call must be a `numeric`.
#[inline]
unsafe fn amount_argument(fcinfo: pg_sys::FunctionCallInfo) -> Result<Option<Amount>> {
    // SAFETY: the caller vouches for it.
    unsafe { amount_of(argument(fcinfo, 2)) }
}

/// As the cast to `numeric` reads it, with 15 digits.
///
/// # Safety
/// Argument 2 of the call must be a `double precision`.
unsafe fn float_argument(fcinfo: pg_sys::FunctionCallInfo) -> Result<Option<Amount>> {
    // SAFETY: the caller vouches for it; the function of the server makes a numeric.
    unsafe {
        let function: unsafe fn(pg_sys::FunctionCallInfo) -> pg_sys::Datum = pg_sys::float8_numeric;
        match pgrx::direct_function_call_as_datum(function, &[Some(argument(fcinfo, 2))]) {
            Some(amount) => amount_of(amount),
            None => Ok(None),
        }
    }
}

/// # Safety
/// None: it reads nothing.
#[inline]
unsafe fn no_amount(_: pg_sys::FunctionCallInfo) -> Result<Option<Amount>> {
    Ok(Some(Amount(0)))
}

// SQL: purchase_history_combine(purchase_history, purchase_history) purchase_history STRICT
finfo!(pg_finfo_purchase_history_combine);

/// The combine function of the aggregate, and the transition function of `rollup`: the union of two states.
///
/// # Safety
/// For the server to call, with two values of `purchase_history`.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn purchase_history_combine(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over two histories.
    unsafe { combine::<Purchases>(fcinfo) }
}

// SQL: purchase_history_final(purchase_history) purchase_history STRICT
finfo!(pg_finfo_purchase_history_final);

/// The final function of the aggregate: the packed value.
///
/// # Safety
/// For the server to call, with a value of `purchase_history`.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn purchase_history_final(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: SQL declares the function STRICT over a history.
    unsafe { finish::<Purchases>(fcinfo) }
}
