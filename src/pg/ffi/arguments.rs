//! The arguments of a call by their position: for functions that SQL declares several times, with more and more arguments.
//!
//! PostgreSQL allows aggregates no defaults, so that each shorter form is a declaration of its own over the same function.

use pgrx::datum::{Array, Interval, UnboxDatum};
use pgrx::{FromDatum, pg_sys};

use super::error::or_raise;
use super::varlena::bytes_of;
use crate::domain::history::Packed;
use crate::domain::history::entry_kind::EntryKind;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;

/// The arguments of the current call.
#[derive(Debug, Clone, Copy)]
pub struct Arguments(pg_sys::FunctionCallInfo);

impl Arguments {
    /// # Safety
    /// `fcinfo` must be the current call's.
    pub unsafe fn of(fcinfo: pg_sys::FunctionCallInfo) -> Self {
        Arguments(fcinfo)
    }

    /// How many there are.
    pub fn count(self) -> usize {
        // SAFETY: the maker of `self` vouched for the call.
        unsafe { (*self.0).nargs as usize }
    }

    /// The datum of an argument; None where it is NULL and where the call has no such argument.
    pub fn datum(self, number: usize) -> Option<pg_sys::Datum> {
        if number >= self.count() {
            return None;
        }
        // SAFETY: as above, and the number is within the call's arguments.
        let argument = unsafe { *(*self.0).args.as_ptr().add(number) };
        (!argument.isnull).then_some(argument.value)
    }

    /// Refuses NULL in an argument that is there.
    ///
    /// # Errors
    /// [`Kind::NullNotAllowed`].
    pub fn not_null(self, number: usize, name: &str) -> Result<()> {
        if number < self.count() && self.datum(number).is_none() {
            return Err(Error::new(Kind::NullNotAllowed, format!("{name} must not be NULL")));
        }
        Ok(())
    }

    /// An instant, as [`Instant`]s are read; None where the call has no such argument.
    ///
    /// # Errors
    /// [`Kind::NullNotAllowed`], and those of [`Instant::from_micros`].
    pub fn instant(self, number: usize, name: &str) -> Result<Option<Instant>> {
        self.not_null(number, name).map_err(|error| match name {
            "as_of" => error.hint("Write now() for the present."),
            _ => error,
        })?;
        self.datum(number).map(|datum| Instant::from_micros(datum.value() as i64)).transpose()
    }

    /// A history; NULL is the empty one.
    ///
    /// # Safety
    /// SQL must declare the argument with the type of the content.
    pub unsafe fn history<'a, C: EntryKind>(self, number: usize) -> Packed<'a, C> {
        match self.datum(number) {
            // SAFETY: the caller vouches for the type; arguments live as long as the call.
            Some(datum) => or_raise(Packed::from_bytes(unsafe { bytes_of(datum) })),
            None => Packed::empty(),
        }
    }

    /// The bytes of a value of variable length; None for NULL.
    ///
    /// # Safety
    /// SQL must declare the argument with a type of variable length.
    pub unsafe fn bytes<'a>(self, number: usize) -> Option<&'a [u8]> {
        // SAFETY: as above.
        self.datum(number).map(|datum| unsafe { bytes_of(datum) })
    }

    /// A number; None for NULL. SQL declares the argument as `double precision`.
    pub fn float(self, number: usize) -> Option<f64> {
        self.datum(number).map(|datum| f64::from_bits(datum.value() as u64))
    }

    /// A whole number that is not negative; None for NULL. SQL declares the argument as `double precision`, so that
    /// whatever number a table holds can be given.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`].
    pub fn whole(self, number: usize, name: &str) -> Result<Option<u64>> {
        // Above it whole numbers lie apart in floating point.
        const LARGEST: f64 = (1u64 << 53) as f64;
        let Some(value) = self.float(number) else { return Ok(None) };
        if (0.0..=LARGEST).contains(&value) && value.fract() == 0.0 {
            return Ok(Some(value as u64));
        }
        Err(Error::new(Kind::InvalidParameter, format!("{name} out of range: {value}"))
            .detail(format!("{name} must be a whole number, 0 or more.")))
    }

    /// How many customers a row stands for: 1 where the call has no such argument, None for NULL.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub fn weight(self, number: usize) -> Result<Option<u64>> {
        if number >= self.count() {
            return Ok(Some(1));
        }
        self.whole(number, "weight").map_err(|error| error.hint("weight is how many customers the row stands for."))
    }

    /// An interval; None for NULL.
    ///
    /// # Safety
    /// SQL must declare the argument as `interval`.
    pub unsafe fn interval(self, number: usize) -> Option<Interval> {
        // SAFETY: the caller vouches for the type.
        self.datum(number).and_then(|datum| unsafe { Interval::from_datum(datum, false) })
    }

    /// How many dimensions an array has, and its elements; None for NULL.
    ///
    /// # Safety
    /// SQL must declare the argument as an array of T.
    pub unsafe fn array<'a, T: FromDatum + UnboxDatum>(self, number: usize) -> Option<(i32, Array<'a, T>)> {
        // SAFETY: the caller vouches for the type. The first number of an array is that of its dimensions.
        unsafe {
            let dimensions = self.bytes(number)?.first_chunk().map_or(0, |first| i32::from_ne_bytes(*first));
            Some((dimensions, Array::from_datum(self.datum(number)?, false)?))
        }
    }

    /// The months, days and microseconds of an interval; None for NULL.
    ///
    /// # Safety
    /// SQL must declare the argument as `interval`.
    pub unsafe fn interval_parts(self, number: usize) -> Option<(i32, i32, i64)> {
        let interval: *const pg_sys::Interval = self.datum(number)?.cast_mut_ptr();
        // SAFETY: the caller vouches for the type; an interval is passed by reference.
        unsafe { Some(((*interval).month, (*interval).day, (*interval).time)) }
    }
}
