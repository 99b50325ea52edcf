//! Lengths of time as people write them: "3 days", "1 day 12 hours". Never negative, and calendar-true: a month is a month.

use std::fmt;

use crate::domain::support::error::{Error, Kind, Result, shorten};

/// A length of time of whole months, days and seconds, each counted by the calendar of the place where it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Months.
    pub months: u32,
    /// Days.
    pub days: u32,
    /// Minutes.
    pub minutes: u32,
}

/// Ten years, in minutes of years of 366 days: a longer text is a mistake.
const LONGEST: u64 = 10 * 366 * 24 * 60;

impl Span {
    /// So many days.
    pub const fn days(days: u32) -> Self {
        Span { months: 0, days, minutes: 0 }
    }

    /// Reads a length of time.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for another text, and for a length that is negative, 0 or longer than ten years.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |why: &str| {
            Error::new(Kind::InvalidParameter, format!("{why}: {}", shorten(text)))
                .hint("Write whole numbers and units, such as \"3 days\", \"1 day 12 hours\" or \"1 month\".")
        };
        let mut span = Span { months: 0, days: 0, minutes: 0 };
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        if words.is_empty() || !words.len().is_multiple_of(2) {
            return Err(refused("not a length of time"));
        }
        for (i, pair) in words.chunks(2).enumerate() {
            let number: i64 = pair[0].parse().map_err(|_| refused("not a length of time"))?;
            if number < 0 {
                return Err(refused("a length of time must not be negative"));
            }
            let unit = |pair: &[&str]| pair[1].trim_end_matches('s').to_owned();
            if words.chunks(2).take(i).any(|before| unit(before) == unit(pair)) {
                return Err(refused("a unit of time stands twice"));
            }
            let number = u32::try_from(number)
                .ok()
                .filter(|&n| n <= 10_000_000)
                .ok_or_else(|| refused("longer than ten years"))?;
            let (part, times) = match pair[1] {
                "minute" | "minutes" => (&mut span.minutes, 1),
                "hour" | "hours" => (&mut span.minutes, 60),
                "day" | "days" => (&mut span.days, 1),
                "week" | "weeks" => (&mut span.days, 7),
                "month" | "months" => (&mut span.months, 1),
                "year" | "years" => (&mut span.months, 12),
                _ => return Err(refused("unknown unit of time")),
            };
            *part = number
                .checked_mul(times)
                .and_then(|more| part.checked_add(more))
                .ok_or_else(|| refused("longer than ten years"))?;
        }
        match span.minutes_at_most() {
            0 => Err(refused("a length of time must be more than nothing")),
            minutes if minutes > LONGEST => Err(refused("longer than ten years")),
            _ => Ok(span),
        }
    }

    /// Whether it is nothing at all, as the offset of a date may be.
    pub fn is_nothing(self) -> bool {
        self.minutes_at_most() == 0
    }

    /// So many years that it is not longer.
    pub fn years_at_most(self) -> i32 {
        const YEAR: u64 = 365 * 24 * 60;
        (self.minutes_at_most() / YEAR) as i32 + 1
    }

    /// Its minutes, if every month has 28 days and every year 365.
    pub fn minutes_at_least(self) -> u64 {
        let (years, months) = (u64::from(self.months / 12), u64::from(self.months % 12));
        (years * 365 + months * 28 + u64::from(self.days)) * 24 * 60 + u64::from(self.minutes)
    }

    /// Its minutes, if every month has 31 days and every year 366.
    fn minutes_at_most(self) -> u64 {
        let (years, months) = (u64::from(self.months / 12), u64::from(self.months % 12));
        (years * 366 + months * 31 + u64::from(self.days)) * 24 * 60 + u64::from(self.minutes)
    }
}

/// As it can be read again, and as PostgreSQL reads it.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.months, "months"), (self.days, "days"), (self.minutes, "minutes")];
        let shown: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, unit)| format!("{number} {}", if *number == 1 { &unit[..unit.len() - 1] } else { unit }))
            .collect();
        f.write_str(if shown.is_empty() { "0 days".to_owned() } else { shown.join(" ") }.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_write_many_forms() {
        assert_eq!(Span::parse("3 days").unwrap(), Span::days(3));
        assert_eq!(Span::parse(" 1 week  12 hours ").unwrap(), Span { months: 0, days: 7, minutes: 720 });
        assert_eq!(Span::parse("1 year 1 month").unwrap().to_string(), "13 months");
        assert_eq!(Span::parse("10 years").unwrap().to_string(), "120 months");
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for (text, why) in [
            ("", "not a length"),
            ("3", "not a length"),
            ("days", "not a length"),
            ("three days", "not a length"),
            ("1.5 days", "not a length"),
            ("-3 days", "negative"),
            ("1 day -1 hour", "negative"),
            ("0 days", "more than nothing"),
            ("3 fortnights", "unknown unit"),
            ("3 days'; DROP TABLE x", "not a length"),
            ("3 days';--", "unknown unit"),
            ("1 day 1 days", "twice"),
            ("2 hours 1 day 1 hour", "twice"),
            ("11 years", "longer"),
            ("99999999999 days", "longer"),
            ("9999999 years", "longer"),
        ] {
            let error = Span::parse(text).unwrap_err();
            assert!(error.message.contains(why), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn is_read_as_it_is_shown(months in 0u32..100, days in 0u32..100, minutes in 1u32..100_000) {
            let span = Span { months, days, minutes };
            prop_assert_eq!(Span::parse(&span.to_string()).unwrap(), span);
        }
    }
}
