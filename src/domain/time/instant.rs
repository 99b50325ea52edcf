//! An instant: microseconds since 2000-01-01 00:00 UTC, the epoch and precision of `timestamptz`.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};

use crate::domain::support::error::{Error, Kind, Result, shorten};

/// Microseconds in a day of 24 hours.
pub const DAY: i64 = 86_400_000_000;

/// Microseconds from 1970-01-01, where chrono counts from, to 2000-01-01.
pub const UNIX_TO_EPOCH: i64 = 946_684_800_000_000;

/// A finite instant of the years 1 to 9999.
///
/// The range is narrower than that of `timestamptz`: a purchase before our era or beyond the year 9999 is a fault of
/// the data, and within the range differences cannot overflow and the text form is plain ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Instant = Instant(-63_082_281_600_000_000);
    /// 9999-12-31T23:59:59.999999Z.
    pub const MAX: Instant = Instant(252_455_615_999_999_999);

    /// The instant so many microseconds after 2000-01-01 00:00 UTC.
    ///
    /// # Errors
    /// [`Kind::DatetimeOutOfRange`] outside the years 1 to 9999, and for the values that stand for ±infinity.
    #[inline]
    pub fn from_micros(micros: i64) -> Result<Self> {
        Self::in_range(micros).ok_or_else(|| out_of_range(micros))
    }

    /// The same without an error to build: for the innermost loops.
    #[inline]
    pub(crate) fn in_range(micros: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&micros).then_some(Instant(micros))
    }

    /// Microseconds since 2000-01-01 00:00 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The length of its text: the decimals of a second are none, three or six.
    pub const fn text_length(self) -> usize {
        match (self.0 % 1_000_000, self.0 % 1_000) {
            (0, _) => 20,
            (_, 0) => 24,
            _ => 27,
        }
    }

    /// The microseconds from `earlier` to `self`; negative if `earlier` is the later one.
    pub const fn since(self, earlier: Instant) -> i64 {
        self.0 - earlier.0
    }

    /// The days of 24 hours, with their fraction, from `earlier` to `self`.
    pub fn days_since(self, earlier: Instant) -> f64 {
        self.since(earlier) as f64 / DAY as f64
    }

    /// The instant `days` days of 24 hours later, if that is still in range.
    pub fn plus_days(self, days: f64) -> Option<Instant> {
        let micros = days * DAY as f64;
        if micros.abs() > (Self::MAX.0 - Self::MIN.0) as f64 {
            return None;
        }
        Self::from_micros(self.0 + micros.round() as i64).ok()
    }

    /// Reads `2026-01-31`, `2026-01-31T12:00:00Z` or the like with an offset and up to six decimals (RFC 3339).
    ///
    /// # Errors
    /// [`Kind::InvalidText`] for a text of another form, [`Kind::DatetimeOutOfRange`] as [`Self::from_micros`].
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || {
            Error::new(Kind::InvalidText, format!("invalid instant: \"{}\"", shorten(text)))
                .detail("Expected a form such as 2026-01-31T12:00:00Z, with at most six decimals of a second.")
        };
        let utc: DateTime<Utc> = match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => instant.to_utc(),
            Err(_) => {
                let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| malformed())?;
                day.and_hms_opt(0, 0, 0).ok_or_else(malformed)?.and_utc()
            }
        };
        // chrono keeps a leap second as more than 10^9 nanoseconds.
        if utc.timestamp_subsec_nanos() >= 1_000_000_000 || !utc.timestamp_subsec_nanos().is_multiple_of(1000) {
            return Err(malformed());
        }
        Self::from_micros(utc.timestamp_micros() - UNIX_TO_EPOCH)
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&display_any(self.0))
    }
}

#[cold]
fn out_of_range(micros: i64) -> Error {
    let (value, hint) = match micros {
        i64::MAX => ("infinity".to_owned(), "Leave out rows without a date, and use now() for the present."),
        i64::MIN => ("-infinity".to_owned(), "Leave out rows without a date, and use now() for the present."),
        _ => (display_any(micros), "Look for a mistyped year."),
    };
    Error::new(Kind::DatetimeOutOfRange, format!("instant out of range: {value}"))
        .detail("An instant must be finite and lie in the years 1 to 9999.")
        .hint(hint)
}

/// Any instant, also one that is out of range, for messages.
fn display_any(micros: i64) -> String {
    let utc = micros.checked_add(UNIX_TO_EPOCH).and_then(DateTime::<Utc>::from_timestamp_micros);
    match utc {
        Some(utc) if utc.year() > 0 => utc.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        // There is no year 0: 1 BC is the year before 1.
        Some(utc) => format!("{:04}-{:02}-{:02} BC", 1 - utc.year(), utc.month(), utc.day()),
        None => format!("{micros} microseconds after 2000-01-01"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_the_years_1_to_9999() {
        assert_eq!(Instant::MIN.to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(Instant::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(Instant::from_micros(0).unwrap().to_string(), "2000-01-01T00:00:00Z");
    }

    #[test]
    fn text_round_trips() {
        for text in ["1997-01-01T00:00:00Z", "2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:59.120Z"] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Instant::parse("1997-01-01").unwrap(), Instant::parse("1997-01-01T02:00:00+02:00").unwrap());
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        for text in
            ["", "1997", "1997-02-30", "1997-01-01T00:00:00", "1997-01-01T00:00:00.1234567Z", "2016-12-31T23:59:60Z"]
        {
            assert_eq!(Instant::parse(text).unwrap_err().kind, Kind::InvalidText, "{text}");
        }
        for (micros, value) in [
            (i64::MAX, "infinity"),
            (i64::MIN, "-infinity"),
            (Instant::MIN.0 - 1, "0001-12-31 BC"),
            (Instant::MAX.0 + 1, "+10000-01-01T00:00:00Z"),
        ] {
            let error = Instant::from_micros(micros).unwrap_err();
            assert_eq!(error.kind, Kind::DatetimeOutOfRange);
            assert_eq!(error.message, format!("instant out of range: {value}"));
        }
    }

    #[test]
    fn adding_days_stops_at_the_bounds() {
        let epoch = Instant(0);
        assert_eq!(epoch.plus_days(1.5), Some(Instant(DAY + DAY / 2)));
        assert_eq!(epoch.plus_days(1e9), None);
        assert_eq!(epoch.plus_days(f64::INFINITY), None);
        assert_eq!(Instant::MAX.plus_days(1.0), None);
    }
}
