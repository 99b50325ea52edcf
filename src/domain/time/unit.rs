//! The unit of time that a model counts in: a fixed length, written as SQL writes an interval.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::instant::DAY;
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// A fixed length of time, positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeUnit(i64);

/// The names of units and their lengths in microseconds, the largest first.
const NAMES: [(&str, i64); 7] = [
    ("week", 7 * DAY),
    ("day", DAY),
    ("hour", 3_600_000_000),
    ("minute", 60_000_000),
    ("second", 1_000_000),
    ("millisecond", 1_000),
    ("microsecond", 1),
];

impl TimeUnit {
    /// Seven days: the unit in which the literature of purchase models counts.
    pub const WEEK: TimeUnit = TimeUnit(7 * DAY);

    /// So many microseconds.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless positive.
    pub fn from_micros(micros: i64) -> Result<Self> {
        if micros > 0 {
            return Ok(TimeUnit(micros));
        }
        Err(Error::new(Kind::InvalidParameter, format!("time unit must be positive: {micros} microseconds")))
    }

    /// Its length in microseconds.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// Its length in days of 24 hours.
    pub fn days(self) -> f64 {
        self.0 as f64 / DAY as f64
    }

    /// Reads what [`fmt::Display`] writes, and whatever else is a whole number and the name of a unit: `1 week`.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`].
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = || {
            Error::new(Kind::InvalidParameter, format!("invalid time unit: \"{}\"", shorten(text)))
                .detail("A unit of time has a fixed length, which months and years have not.")
                .hint("Write a whole number and a unit, such as \"7 days\", \"1 day\" or \"12 hours\".")
        };
        let (number, name) = text.trim().split_once(char::is_whitespace).ok_or_else(refuse)?;
        let name = name.trim().to_ascii_lowercase();
        let singular = name.strip_suffix('s').unwrap_or(&name);
        let length = NAMES.iter().find(|(known, _)| *known == singular).ok_or_else(refuse)?.1;
        let micros = number.parse::<i64>().ok().and_then(|n| n.checked_mul(length)).ok_or_else(refuse)?;
        TimeUnit::from_micros(micros).map_err(|_| refuse())
    }
}

impl Default for TimeUnit {
    fn default() -> Self {
        TimeUnit::WEEK
    }
}

impl fmt::Display for TimeUnit {
    /// The largest of days and smaller units that divides it: `7 days`, `36 hours`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, length) = NAMES[1..].iter().find(|(_, length)| self.0 % length == 0).unwrap_or(&NAMES[6]);
        let number = self.0 / length;
        write!(f, "{number} {name}{}", if number == 1 { "" } else { "s" })
    }
}

impl Serialize for TimeUnit {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeUnit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let words = |error: Error| format!("{error}, which is no fixed length such as \"7 days\"");
        TimeUnit::parse(&text).map_err(|error| serde::de::Error::custom(words(error)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_what_it_writes(micros in 1i64..=i64::MAX, n in 1i64..100_000) {
            for unit in [micros, n * DAY, n * 3_600_000_000, n * 1000].map(|m| TimeUnit::from_micros(m).unwrap()) {
                prop_assert_eq!(TimeUnit::parse(&unit.to_string()).unwrap(), unit);
            }
        }

        #[test]
        fn survives_anything(text in ".{0,30}", number in any::<i64>()) {
            let _ = TimeUnit::parse(&text);
            prop_assert_eq!(TimeUnit::parse(&format!("{number} days")).is_ok(), number > 0 && number < i64::MAX / DAY);
        }
    }

    #[test]
    fn is_written_as_sql_writes_it() {
        for (text, micros, written) in [
            ("7 days", 7 * DAY, "7 days"),
            ("1 week", 7 * DAY, "7 days"),
            (" 2  WEEKS ", 14 * DAY, "14 days"),
            ("24 hours", DAY, "1 day"),
            ("36 hours", 36 * 3_600_000_000, "36 hours"),
            ("1 millisecond", 1000, "1 millisecond"),
        ] {
            let unit = TimeUnit::parse(text).unwrap();
            assert_eq!((unit.micros(), unit.to_string().as_str()), (micros, written));
        }
        assert_eq!(TimeUnit::WEEK.days(), 7.0);
        for text in ["", "week", "1 month", "1 year", "0 days", "-1 day", "1.5 days", "99999999999999 days", "7days"] {
            let error = TimeUnit::parse(text).unwrap_err();
            assert!(error.kind == Kind::InvalidParameter && error.hint.is_some(), "{text}");
        }
    }
}
