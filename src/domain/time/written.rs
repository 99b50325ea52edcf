//! Days and instants as texts say them, in the forms of ISO 8601 that the server reads for certain: `2026-01-31`,
//! `2026-01-31T18:00`, `2026-01-31 18:00:00.5+02:00`.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

use super::calendar::{EPOCH_FROM_CE, Zone, micros_of};
use super::instant::{DAY, Instant, UNIX_TO_EPOCH};

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// A time by the clocks of some zone, in microseconds since 2000.
    Local(i64),
    /// An instant.
    Fixed(i64),
}

/// Whether a text is a day.
pub fn is_date(text: &str) -> bool {
    date(text).is_some()
}

/// Whether a text is a day, or an instant with an offset or without one.
pub fn is_instant(text: &str) -> bool {
    read(text).is_some()
}

/// The instant that a text says: by the clocks of a zone where it gives no offset, and at midnight where it gives no time. None where it
/// says none.
pub fn instant(text: &str, zone: &impl Zone) -> Option<Instant> {
    match read(text)? {
        Written::Fixed(micros) => Instant::in_range(micros),
        Written::Local(local) => Instant::in_range(micros_of(local, zone)),
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    let is_written = bytes.len() == 10
        && (bytes.iter().enumerate())
            .all(|(i, byte)| if i == 4 || i == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    // The server has no year 0.
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| is_written && date.year() > 0)
}

fn read(text: &str) -> Option<Written> {
    let (day, rest) = (date(text.get(..10)?)?, text.get(10..)?);
    if !text.is_ascii() || text.len() > 40 {
        return None;
    }
    if rest.is_empty() {
        return Some(Written::Local(i64::from(day.num_days_from_ce() - EPOCH_FROM_CE) * DAY));
    }
    let with_t = format!("{day}T{}", rest.strip_prefix(['T', ' '])?);
    // The server knows offsets of less than 16 hours.
    if let Ok(at) = DateTime::parse_from_rfc3339(&with_t) {
        let is_known = at.offset().local_minus_utc().abs() < 16 * 3600;
        return is_known.then(|| Written::Fixed(at.timestamp_micros() - UNIX_TO_EPOCH));
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"].iter().find_map(|form| {
        let local = NaiveDateTime::parse_from_str(&with_t, form).ok()?;
        Some(Written::Local(local.and_utc().timestamp_micros() - UNIX_TO_EPOCH))
    })
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    #[test]
    fn a_text_without_an_offset_is_read_by_the_clocks_of_the_zone() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let said = |text: &str| instant(text, &berlin).map(|at| at.to_string());
        assert_eq!(said("2024-07-01"), Some("2024-06-30T22:00:00Z".to_owned()));
        assert_eq!(said("2024-01-01 09:30"), Some("2024-01-01T08:30:00Z".to_owned()));
        assert_eq!(said("2024-01-01T09:30:00+05:00"), Some("2024-01-01T04:30:00Z".to_owned()));
        assert_eq!(said("2024-01-01T09:30:00Z"), Some("2024-01-01T09:30:00Z".to_owned()));
        // Skipped by the clocks.
        assert_eq!(said("2024-03-31T02:30"), Some("2024-03-31T01:30:00Z".to_owned()));
    }

    #[test]
    fn what_is_no_instant_says_none() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        for text in [
            "",
            "soon",
            "2024-02-30",
            "2024-2-3",
            "20240203",
            "2024-01-01T25:00",
            "0000-01-01",
            "infinity",
            "9999-12-31T23:59:59.9999999-15:59x",
        ] {
            assert_eq!(instant(text, &berlin), None, "{text}");
        }
    }
}
