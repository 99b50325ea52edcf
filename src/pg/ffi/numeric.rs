//! Money between `numeric` and the domain.

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{IntoDatum, direct_function_call_as_datum, pg_sys};

use super::error::SqlResult;
use super::varlena::{ServerValue, bytes_of, raw_argument};
use crate::domain::history::money::{Amount, SCALE, Total};
use crate::domain::support::error::{Error, Kind, Result};

/// Each digit of a numeric is one of 10000: the scale of an amount is exactly one such digit.
const BASE: i128 = SCALE as i128;

/// The amount of a `numeric`, rounded to four decimals, halves away from zero, as `round(amount, 4)` does. None for a
/// refund that rounds to nothing: as 0 it would be a purchase.
///
/// The digits are read where they lie: the server's own conversions go through text and take some ten times as long.
/// The stored form has been the same since PostgreSQL 9.1; the tests hold it against `round` on every major version.
///
/// # Errors
/// [`crate::domain::support::error::Kind::NumericOutOfRange`] for what does not fit, NaN and ±infinity.
///
/// # Safety
/// The datum must be a `numeric`.
#[inline]
pub unsafe fn amount_of(datum: pg_sys::Datum) -> Result<Option<Amount>> {
    // SAFETY: the caller vouches for the datum.
    let bytes = unsafe { bytes_of(datum) };
    match units(bytes) {
        Some((true, 0)) => Ok(None),
        // SAFETY: as above.
        units => Amount::from_units(units.map(|(_, units)| units), || unsafe { show(datum) }).map(Some),
    }
}

/// Whether the number is negative, and the number in 1/10000; None if it is not finite or too large to be an amount.
#[inline]
fn units(bytes: &[u8]) -> Option<(bool, i128)> {
    let (header, rest) = bytes.split_first_chunk::<2>()?;
    let header = u16::from_ne_bytes(*header);
    let (negative, weight, digits) = match header >> 14 {
        // Short form: sign in one bit, weight in the low seven, the last of them its sign.
        0b10 => (header & 0x2000 != 0, i32::from(((header & 0x7F) << 9) as i16 >> 9), rest),
        // NaN and ±infinity.
        0b11 => return None,
        // Long form: sign in the top two bits, weight in the next word.
        sign => {
            let (weight, digits) = rest.split_first_chunk::<2>()?;
            (sign == 0b01, i32::from(i16::from_ne_bytes(*weight)), digits)
        }
    };
    // Digit i counts BASE^(weight - i). Beyond weight 5 even the digit 1 exceeds 64 bits.
    if weight > 5 {
        return None;
    }
    let digit = |i: i32| match usize::try_from(i).ok().and_then(|i| digits.get(2 * i..)?.first_chunk::<2>()) {
        Some(digit) => i128::from(i16::from_ne_bytes(*digit)),
        None => 0,
    };
    let mut units = 0;
    for i in 0..weight + 2 {
        units = units * BASE + digit(i);
    }
    // The first digit that is dropped stands for less than one unit, and decides the rounding.
    if digit(weight + 2) >= BASE / 2 {
        units += 1;
    }
    Some((negative, if negative { -units } else { units }))
}

/// # Safety
/// The datum must be a `numeric`.
unsafe fn show(datum: pg_sys::Datum) -> String {
    // SAFETY: the server's own output function gives a C string, which it allocated.
    unsafe {
        let text = direct_function_call_as_datum(pg_sys::numeric_out, &[Some(datum)]);
        text.and_then(|text| std::ffi::CStr::from_ptr(text.cast_mut_ptr()).to_str().ok())
            .map_or_else(String::new, str::to_owned)
    }
}

/// An argument that money is compared with, with all its digits.
#[derive(Debug, Clone, Copy)]
pub struct NumericArgument(pg_sys::Datum);

// SAFETY: SQL declares these arguments as numeric. Where NULL may come the argument is an Option.
unsafe impl<'fcx> ArgAbi<'fcx> for NumericArgument {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        NumericArgument(raw_argument(arg).unwrap_or(pg_sys::Datum::null()))
    }
}

impl NumericArgument {
    /// Whether an amount of money is greater.
    ///
    /// # Errors
    /// As [`amount_of`], for a number that is no amount of money.
    pub fn is_exceeded_by(self, total: Total) -> Result<bool> {
        // SAFETY: the argument is a numeric.
        unsafe { amount_of(self.0) }?;
        // SAFETY: the server's own comparison of two numerics.
        let exceeds =
            unsafe { direct_function_call_as_datum(pg_sys::numeric_gt, &[Decimal(total).into_datum(), Some(self.0)]) };
        Ok(exceeds.is_some_and(|exceeds| exceeds.value() != 0))
    }

    /// Whether a sum of money is as great.
    pub fn is_reached_by(self, total: Total) -> bool {
        // SAFETY: the server's own comparison of two numerics.
        let reaches =
            unsafe { direct_function_call_as_datum(pg_sys::numeric_ge, &[Decimal(total).into_datum(), Some(self.0)]) };
        reaches.is_some_and(|reaches| reaches.value() != 0)
    }
}

/// Money as SQL shows it: a `numeric` with four decimals.
#[derive(Debug, Clone, Copy)]
pub struct Decimal(pub Total);

impl Decimal {
    /// The exact quotient of an amount and a whole number, with the digits that `numeric / numeric` gives.
    pub fn per(self, count: impl Into<Total>) -> Option<ServerValue> {
        let (dividend, divisor) = (self.into_datum(), Decimal(count.into() * BASE).into_datum());
        // SAFETY: the server's own division over two numerics; its result is a new numeric.
        unsafe { direct_function_call_as_datum(pg_sys::numeric_div, &[dividend, divisor]) }.map(ServerValue)
    }
}

impl IntoDatum for Decimal {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        match i64::try_from(self.0) {
            // SAFETY: divides a 64-bit integer by 10^4 and gives a new numeric.
            Ok(units) => Some(pg_sys::Datum::from(unsafe { pg_sys::int64_div_fast_to_numeric(units, 4) })),
            Err(_) => {
                let (sign, magnitude) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
                let text = format!("{sign}{}.{:04}", magnitude / SCALE as u128, magnitude % SCALE as u128);
                pgrx::AnyNumeric::try_from(text.as_str()).ok().and_then(IntoDatum::into_datum)
            }
        }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::NUMERICOID
    }
}

impl From<Amount> for Decimal {
    fn from(amount: Amount) -> Self {
        Decimal(Total::from(amount.0))
    }
}

// SAFETY: returns a new numeric in the caller's memory context.
unsafe impl BoxRet for Decimal {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        match self.into_datum() {
            // SAFETY: as above.
            Some(datum) => unsafe { fcinfo.return_raw_datum(datum) },
            None => fcinfo.return_null(),
        }
    }
}

/// A `numeric[]` of money, such as thresholds.
///
/// # Errors
/// As [`amount_of`].
pub fn amounts_of(values: &pgrx::Array<'_, pgrx::AnyNumeric>) -> Result<Vec<Option<i64>>> {
    values
        .iter()
        .map(|value| match value.and_then(IntoDatum::into_datum) {
            // SAFETY: the datum was made from a numeric just now.
            Some(datum) => unsafe { amount_of(datum) }.map(|amount| Some(amount.map_or(0, |amount| amount.0))),
            None => Ok(None),
        })
        .collect()
}

/// Money that was computed, not counted: a numeric with the 15 digits that a floating point number is sure of.
///
/// # Errors
/// [`Kind::NumericOutOfRange`] unless it is finite.
pub fn computed(value: f64) -> SqlResult<ServerValue> {
    if !value.is_finite() {
        return Err(Error::new(Kind::NumericOutOfRange, format!("value out of range: {value}")).into());
    }
    // Fifteen digits, of which so many stand before the point.
    let decimals = (14.0 - value.abs().log10().floor()).clamp(0.0, 18.0);
    let units = (value * 10f64.powi(decimals as i32)).round();
    if units.abs() < 1e18 {
        // SAFETY: divides a 64-bit integer by a power of ten and gives a new numeric.
        let numeric = unsafe { pg_sys::int64_div_fast_to_numeric(units as i64, decimals as i32) };
        return Ok(ServerValue(pg_sys::Datum::from(numeric)));
    }
    // SAFETY: the server's own conversion of a float8 to a new numeric; it goes through text and takes five times as long.
    let datum = unsafe { direct_function_call_as_datum(pg_sys::float8_numeric, &[value.into_datum()]) };
    datum.map(ServerValue).ok_or_else(|| Error::new(Kind::NumericOutOfRange, "value out of range").into())
}
