//! Calendar periods: into which stretches of whole months or whole days a base's past is cut, for charts and cohorts.
//!
//! A period belongs to the calendar and not to the data: two bases that are cut the same way can be put side by side.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::calendar::EPOCH_FROM_CE;
use crate::domain::support::error::{Error, Kind, Result};

/// The most months of a period: 1000 years, so that the start of every period is a date.
const MAX_MONTHS: i32 = 12_000;

/// The most days of a period.
const MAX_DAYS: i32 = 365_250;

/// Monday, 3 January 2000, counted from 2000-01-01: where the periods of whole days have their origin.
const MONDAY: i64 = 2;

/// How long a calendar period is, and with it where each begins. Days are local days, counted from 2000-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    /// So many whole months, counted from January of the year 1: 3 are quarters, 12 are years.
    Months(u32),
    /// So many whole days, counted from Monday, 3 January 2000: 7 are weeks from Monday to Sunday.
    Days(u32),
}

impl Period {
    /// The period of an interval's three parts; `shown` is how the interval is written.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless it is either whole months or whole days, at least one, and at most 1000 years.
    pub fn of_interval(months: i32, days: i32, micros: i64, shown: impl FnOnce() -> String) -> Result<Self> {
        let refused = |why: &str| {
            Error::new(Kind::InvalidParameter, format!("period {why}: {}", shown()))
                .hint("Use an interval such as '1 month', '3 months', '1 year', '7 days' or '1 day'.")
        };
        match (months, days, micros) {
            (1..=MAX_MONTHS, 0, 0) => Ok(Period::Months(months.unsigned_abs())),
            (0, 1..=MAX_DAYS, 0) => Ok(Period::Days(days.unsigned_abs())),
            (1.., 0, 0) | (0, 1.., 0) => {
                Err(refused("is too long").detail("It may have 12,000 months or 365,250 days, 1000 years."))
            }
            (_, 0, 0) | (0, _, 0) => Err(refused("must be positive")),
            _ => Err(refused("is neither whole months nor whole days")),
        }
    }

    /// The number of the period that a day lies in.
    #[inline]
    pub fn index_of(self, day: i32) -> i64 {
        match self {
            Period::Days(days) => (i64::from(day) - MONDAY).div_euclid(i64::from(days)),
            Period::Months(months) => {
                // chrono counts far more days than there are in the years 1 to 9999.
                let date = NaiveDate::from_num_days_from_ce_opt(day.saturating_add(EPOCH_FROM_CE));
                let month = date.map_or(0, |date| i64::from(date.year() - 1) * 12 + i64::from(date.month0()));
                month.div_euclid(i64::from(months))
            }
        }
    }

    /// The first day of a period. It ends before the first of the next.
    ///
    /// The number of a day of the years 0 to 10000, its predecessor and its successor have one; beyond what chrono counts
    /// (±262,000 years) it is the end of the numbers.
    pub fn start(self, index: i64) -> i32 {
        let end = if index < 0 { i32::MIN } else { i32::MAX };
        match self {
            Period::Days(days) => {
                let day = index.saturating_mul(i64::from(days)).saturating_add(MONDAY);
                i32::try_from(day).unwrap_or(end)
            }
            Period::Months(months) => {
                let month = index.saturating_mul(i64::from(months));
                let (year, month) = (month.div_euclid(12) + 1, month.rem_euclid(12) as u32 + 1);
                let first = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, 1));
                first.map_or(end, |first| first.num_days_from_ce() - EPOCH_FROM_CE)
            }
        }
    }
}

/// As an interval is written.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Months(1) => f.write_str("1 month"),
            Period::Months(months) => write!(f, "{months} months"),
            Period::Days(1) => f.write_str("1 day"),
            Period::Days(days) => write!(f, "{days} days"),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::calendar::{Utc, day_of};
    use crate::domain::time::instant::Instant;

    const MONTH: Period = Period::Months(1);
    const QUARTER: Period = Period::Months(3);
    const YEAR: Period = Period::Months(12);
    const WEEK: Period = Period::Days(7);

    fn day(text: &str) -> i32 {
        day_of(Instant::parse(text).unwrap(), &Utc)
    }

    fn date(day: i32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(day + EPOCH_FROM_CE).unwrap()
    }

    /// The first day of the period that a day lies in.
    fn start_of(period: Period, text: &str) -> String {
        date(period.start(period.index_of(day(text)))).to_string()
    }

    #[test]
    fn periods_belong_to_the_calendar() {
        for (period, of, start) in [
            (MONTH, "1997-01-31", "1997-01-01"),
            (MONTH, "1997-02-01", "1997-02-01"),
            (MONTH, "2024-02-29", "2024-02-01"),
            (MONTH, "2023-12-31", "2023-12-01"),
            (MONTH, "2024-01-01", "2024-01-01"),
            (QUARTER, "2024-03-31", "2024-01-01"),
            (QUARTER, "2024-04-01", "2024-04-01"),
            (QUARTER, "2024-12-31", "2024-10-01"),
            (YEAR, "2024-12-31", "2024-01-01"),
            (YEAR, "0001-01-01", "0001-01-01"),
            (YEAR, "9999-12-31", "9999-01-01"),
            // From January of the year 1: 2024 is the second of two years, 2021 to 2025 are five.
            (Period::Months(24), "2024-06-15", "2023-01-01"),
            (Period::Months(60), "2024-06-15", "2021-01-01"),
            (WEEK, "2000-01-02", "1999-12-27"),
            (WEEK, "2000-01-03", "2000-01-03"),
            (WEEK, "2024-02-29", "2024-02-26"),
            (WEEK, "2024-03-03", "2024-02-26"),
            (WEEK, "2024-03-04", "2024-03-04"),
            (Period::Days(1), "2024-02-29", "2024-02-29"),
            (Period::Days(10), "2000-01-12", "2000-01-03"),
            (Period::Days(10), "2000-01-13", "2000-01-13"),
        ] {
            assert_eq!(start_of(period, of), start, "{period} of {of}");
        }
    }

    #[test]
    fn periods_follow_each_other() {
        let index = |text| MONTH.index_of(day(text));
        assert_eq!(index("2024-01-01") - index("2023-12-31"), 1);
        assert_eq!(index("2024-03-15") - index("2022-11-15"), 16);
        assert_eq!(index("0001-01-01"), 0);
        // West of Greenwich the first instant of the year 1 is a day of the year before.
        assert_eq!(MONTH.index_of(day("0001-01-01") - 1), -1);
        assert_eq!(date(MONTH.start(-1)).to_string(), "0000-12-01");
        assert_eq!(WEEK.index_of(day("2000-01-03")), 0);
        assert_eq!(WEEK.index_of(day("2000-01-02")), -1);
        assert_eq!(WEEK.index_of(day("1999-12-26")), -2);
    }

    #[test]
    fn a_day_is_a_local_day_before_it_is_in_a_period() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let month = |text, zone: &Tz| date(MONTH.start(MONTH.index_of(day_of(Instant::parse(text).unwrap(), zone))));
        // Midnight in Berlin is 22:00 UTC in summer time and 23:00 else; the clocks change on 31 March and 27 October.
        for (at, start) in [
            ("2024-03-31T21:59:59Z", "2024-03-01"),
            ("2024-03-31T22:00:00Z", "2024-04-01"),
            ("2024-10-31T22:59:59Z", "2024-10-01"),
            ("2024-10-31T23:00:00Z", "2024-11-01"),
        ] {
            assert_eq!(month(at, &berlin).to_string(), start, "{at}");
            assert_eq!(month(at, &Tz::UTC).to_string(), format!("{}-01", &at[..7]), "{at}");
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        let of = |months, days, micros| Period::of_interval(months, days, micros, || "shown".to_owned());
        assert_eq!(of(3, 0, 0).unwrap(), QUARTER);
        assert_eq!(of(0, 7, 0).unwrap(), WEEK);
        assert_eq!(of(MAX_MONTHS, 0, 0).unwrap(), Period::Months(12_000));
        for (months, days, micros, why) in [
            (0, 0, 0, "must be positive"),
            (-1, 0, 0, "must be positive"),
            (0, -7, 0, "must be positive"),
            (i32::MIN, 0, 0, "must be positive"),
            (MAX_MONTHS + 1, 0, 0, "is too long"),
            (0, MAX_DAYS + 1, 0, "is too long"),
            (1, 1, 0, "is neither"),
            (1, -1, 0, "is neither"),
            (0, 1, 1, "is neither"),
            (0, 0, 3_600_000_000, "is neither"),
            // What PostgreSQL 17 and later write for infinity.
            (i32::MAX, i32::MAX, i64::MAX, "is neither"),
        ] {
            let error = of(months, days, micros).unwrap_err();
            assert_eq!(error.kind, Kind::InvalidParameter);
            assert!(error.message.starts_with(&format!("period {why}")), "{}", error.message);
            assert!(error.message.ends_with(": shown"), "{}", error.message);
        }
    }

    #[test]
    fn the_ends_of_the_numbers_are_no_panic() {
        for period in [MONTH, Period::Months(u32::MAX), Period::Days(1), Period::Days(u32::MAX)] {
            for index in [i64::MIN, -1, 0, 1, i64::MAX] {
                period.start(index);
            }
            for day in [i32::MIN, 0, i32::MAX] {
                period.index_of(day);
            }
        }
        assert_eq!(WEEK.start(i64::MIN), i32::MIN);
        assert_eq!(YEAR.start(i64::MAX), i32::MAX);
    }

    proptest! {
        #[test]
        fn every_day_lies_in_its_period(day in -EPOCH_FROM_CE..2_922_000, length in 1i32..400, in_months: bool) {
            let (months, days) = if in_months { (length, 0) } else { (0, length) };
            let period = Period::of_interval(months, days, 0, String::new).unwrap();
            let index = period.index_of(day);
            let (start, next) = (period.start(index), period.start(index + 1));
            prop_assert!(start <= day && day < next, "{start} {day} {next}");
            prop_assert_eq!(period.index_of(start), index);
            prop_assert_eq!(period.index_of(start - 1), index - 1);
            match period {
                Period::Days(days) => prop_assert_eq!((next - start).unsigned_abs(), days),
                Period::Months(_) => prop_assert_eq!(date(start).day(), 1),
            }
            prop_assert_eq!(date(WEEK.start(WEEK.index_of(day))).weekday(), Weekday::Mon);
        }
    }
}
