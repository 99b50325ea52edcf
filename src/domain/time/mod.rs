//! When: instants, calendars and lengths of time.
//!
//! An instant is a number of microseconds. A calendar day belongs to a time zone, which the caller brings.
//!
//! It imports `support`.

pub mod calendar;
pub mod instant;
pub mod period;
pub mod span;
pub mod unit;
pub mod zone_names;
