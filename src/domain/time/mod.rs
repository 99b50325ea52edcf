//! When: instants, calendars and lengths of time.
//!
//! An instant is a number of microseconds. A calendar day belongs to a time zone, which the caller brings.
//!
//! | file | what it knows |
//! |---|---|
//! | `instant`, `calendar` | microseconds since 2000; the local days and years of a time zone |
//! | `period` | calendar periods, for charts and cohorts |
//! | `span`, `unit` | lengths of time as people write them; the unit of time of a model |
//! | `written` | days and instants as texts say them |
//! | `zone_names` | the time zone that a caller probably meant |
//!
//! It imports `support`.

pub mod calendar;
pub mod instant;
pub mod period;
pub mod span;
pub mod unit;
pub mod written;
pub mod zone_names;
