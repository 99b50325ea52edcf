//! The calendar of a time zone: which local day an instant falls on, and how many years lie between two instants.

use chrono::{Datelike, NaiveDate};

use super::instant::{DAY, Instant};

/// A time zone, which the caller provides: the domain has no zone database of its own.
pub trait Zone {
    /// What the zone's clocks are ahead of UTC at this instant, in microseconds.
    fn offset(&self, at: Instant) -> i64;
}

/// UTC, which needs no database.
#[derive(Debug, Clone, Copy)]
pub struct Utc;

impl Zone for Utc {
    fn offset(&self, _: Instant) -> i64 {
        0
    }
}

/// The local calendar day, counted from 2000-01-01.
pub fn day_of(at: Instant, zone: &impl Zone) -> i32 {
    // Within the years 1 to 9999 the day number fits an i32 amply.
    (at.micros() + zone.offset(at)).div_euclid(DAY) as i32
}

/// The years from one instant to a later one by the calendar: whole anniversaries, and the rest as a fraction of the
/// year between the last anniversary and the next. From any date to the same date a year on is exactly 1.
///
/// An anniversary of 29 February is 28 February in a year without one. Where clocks were put back in between, the wall
/// clock may show the earlier time later: that is no time, not a negative one.
pub fn years_between(from: Instant, to: Instant, zone: &impl Zone) -> f64 {
    let local = |at: Instant| at.micros() + zone.offset(at);
    let (start, end) = (local(from), local(to));
    let days_from_ce = |micros: i64| micros.div_euclid(DAY) as i32 + EPOCH_FROM_CE;
    let civil = NaiveDate::from_num_days_from_ce_opt(days_from_ce(start));
    let years = civil.zip(NaiveDate::from_num_days_from_ce_opt(days_from_ce(end))).and_then(|(first, last)| {
        let time_of_day = start.rem_euclid(DAY);
        let anniversary = |years: i32| {
            let year = first.year() + years;
            let date = first.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))?;
            Some(i64::from(date.num_days_from_ce() - EPOCH_FROM_CE) * DAY + time_of_day)
        };
        let mut whole = last.year() - first.year();
        if anniversary(whole)? > end {
            whole -= 1;
        }
        let (before, after) = (anniversary(whole)?, anniversary(whole + 1)?);
        Some((f64::from(whole) + (end - before) as f64 / (after - before) as f64).max(0.0))
    });
    // chrono's calendar covers far more than the years 1 to 9999, so that there always is an answer.
    years.unwrap_or(f64::NAN)
}

/// The instant at which clocks show a local time, in microseconds of any year, as PostgreSQL's `timezone(zone, timestamp)` takes it: where the clocks are
/// changed, a time that is skipped is as long after the change as the clocks show it too late, and of a time that comes twice
/// it is the second.
pub fn micros_of(local: i64, zone: &impl Zone) -> i64 {
    let clamped =
        |micros: i64| Instant::in_range(micros).unwrap_or(if micros < 0 { Instant::MIN } else { Instant::MAX });
    // Clocks differ from UTC by less than a day everywhere.
    let (before, after) = (zone.offset(clamped(local - DAY)), zone.offset(clamped(local + DAY)));
    let (early, late) = (local - before, local - after);
    if before == after {
        return early;
    }
    match (zone.offset(clamped(early)) == before, zone.offset(clamped(late)) == before) {
        (true, true) => early,
        (false, false) => late,
        _ => early.max(late),
    }
}

/// The day number of 2000-01-01 when 0001-01-01 is day 1.
pub const EPOCH_FROM_CE: i32 = 730_120;

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Offset, TimeZone};
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::time::instant::UNIX_TO_EPOCH;

    impl Zone for Tz {
        fn offset(&self, at: Instant) -> i64 {
            let utc = DateTime::from_timestamp_micros(at.micros() + UNIX_TO_EPOCH).unwrap().naive_utc();
            i64::from(self.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * 1_000_000
        }
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_day_is_a_local_day() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        assert_eq!(day_of(at("1999-12-31T23:30:00Z"), &Utc), -1);
        assert_eq!(day_of(at("1999-12-31T23:30:00Z"), &berlin), 0);
        // The night the clocks go back lasts 25 hours and is one day.
        let night = [at("2024-10-26T22:00:00Z"), at("2024-10-27T22:59:59Z")];
        assert_eq!(day_of(night[0], &berlin), day_of(night[1], &berlin));
        assert_eq!(day_of(at("2024-10-27T23:00:00Z"), &berlin), day_of(night[1], &berlin) + 1);
    }

    #[test]
    fn an_anniversary_is_a_whole_year() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        for (from, to, years) in [
            ("2023-01-01", "2024-01-01", 1.0),
            ("2024-01-01", "2025-01-01", 1.0),
            ("2024-01-01", "2024-01-01", 0.0),
            ("2023-01-01", "2023-07-02T12:00:00Z", 0.5),
            ("2024-02-29", "2025-02-28", 1.0),
            ("2000-06-15T10:00:00Z", "2026-06-15T10:00:00Z", 26.0),
        ] {
            assert_eq!(years_between(at(from), at(to), &Utc), years, "{from} to {to}");
        }
        // Summer time at one end only: the wall clock decides.
        assert_eq!(years_between(at("2023-03-25T23:00:00Z"), at("2024-03-25T23:00:00Z"), &berlin), 1.0);
        assert_eq!(years_between(at("2023-03-29T22:00:00Z"), at("2024-03-29T23:00:00Z"), &berlin), 1.0);
    }

    #[test]
    fn clocks_put_back_make_no_negative_time() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        assert_eq!(years_between(at("2024-10-27T00:50:00Z"), at("2024-10-27T01:10:00Z"), &berlin), 0.0);
    }

    #[test]
    fn the_whole_range_has_an_answer() {
        let years = years_between(Instant::MIN, Instant::MAX, &Utc);
        assert!((9998.999..=9999.0).contains(&years), "{years}");
    }
}
