//! What customers did in each calendar period, and counters for each period of a base.

use serde::{Deserialize, Serialize};

use crate::domain::history::History;
use crate::domain::history::money::Total;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::received;
use crate::domain::time::calendar::{Zone, day_of};
use crate::domain::time::instant::Instant;
use crate::domain::time::period::Period;

/// The most periods from the first of a base to the one that holds `as_of`.
pub const MAX_PERIODS: usize = 100_000;

/// The periods up to an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    period: Period,
    /// In microseconds.
    as_of: i64,
    /// The period that holds `as_of`.
    last: i64,
    /// The first that is not over: something may still happen in it after `as_of`.
    open: i64,
}

impl Timeline {
    /// The periods up to the one that holds `as_of`.
    pub fn new(period: Period, as_of: Instant, zone: &impl Zone) -> Self {
        let last = period.index_of(day_of(as_of, zone));
        // At the end of the year 9999 there is no next instant, and the last period stays open.
        let next = Instant::from_micros(as_of.micros() + 1).unwrap_or(as_of);
        Timeline { period, as_of: as_of.micros(), last, open: period.index_of(day_of(next, zone)).max(last) }
    }

    /// What the periods are.
    pub const fn period(self) -> Period {
        self.period
    }

    /// The instant up to which they reach, in microseconds.
    pub const fn as_of(self) -> i64 {
        self.as_of
    }

    /// The first day of a period.
    pub fn start(self, index: i64) -> i32 {
        self.period.start(index)
    }

    /// Whether a period is over at `as_of`.
    pub const fn is_complete(self, index: i64) -> bool {
        index < self.open
    }

    /// Whether a period is the one that holds `as_of`, the one after it, or earlier.
    pub const fn reaches(self, index: i64) -> bool {
        index <= self.last + 1
    }

    /// How many periods there are from one to the one after the last.
    pub const fn periods_since(self, index: i64) -> usize {
        (self.last + 2 - index) as usize
    }

    /// How far a period lies back from the one after the last.
    ///
    /// Local days need not ascend with the instants: where clocks are put back across midnight, purchases of a moment ago
    /// may lie in the period after the one that holds `as_of`. It has position 0, and the last period position 1.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`].
    #[inline]
    fn position(self, index: i64) -> Result<usize> {
        match usize::try_from(self.last + 1 - index) {
            Ok(position) if position <= MAX_PERIODS => Ok(position),
            _ => Err(too_many(self, index)),
        }
    }

    /// The period at a position.
    fn index(self, position: usize) -> i64 {
        self.last + 1 - position as i64
    }
}

#[cold]
fn too_many(timeline: Timeline, index: i64) -> Error {
    let periods = timeline.last + 1 - index;
    Error::new(Kind::LimitExceeded, format!("too many periods: {periods} of {}", timeline.period))
        .detail(format!("There may be {MAX_PERIODS}."))
        .hint("Use a longer period, or look for a mistyped year.")
}

/// One value for each period of a timeline, from the first that was asked for on.
///
/// They lie backwards, so that the past may become longer. That depends on nothing but the first period: the same in
/// whatever order customers were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Series<T>(#[serde(deserialize_with = "received::vec")] Vec<T>);

impl<T> Default for Series<T> {
    fn default() -> Self {
        Series(Vec::new())
    }
}

impl<T: Default> Series<T> {
    /// The value of a period.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    #[inline]
    pub fn at(&mut self, timeline: Timeline, index: i64) -> Result<&mut T> {
        let position = timeline.position(index)?;
        self.lengthen(position + 1)?;
        Ok(&mut self.0[position])
    }

    #[inline]
    fn lengthen(&mut self, length: usize) -> Result<()> {
        let known = self.0.len();
        if length > known {
            reserve(&mut self.0, length - known)?;
            self.0.resize_with(length, T::default);
        }
        Ok(())
    }

    /// Adds the values of another part of the base, over the same timeline.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`], and those of `add`.
    pub fn merge(&mut self, other: Self, mut add: impl FnMut(&mut T, T) -> Result<()>) -> Result<()> {
        self.lengthen(other.0.len())?;
        self.0.iter_mut().zip(other.0).try_for_each(|(value, more)| add(value, more))
    }

    /// The values with the numbers of their periods, in order of time: up to the last period, and the one after it where
    /// `has` says that something happened in it.
    pub fn in_order(&self, timeline: Timeline, has: impl Fn(&T) -> bool) -> impl Iterator<Item = (i64, &T)> {
        let after = self.0.first().is_some_and(has);
        let places = self.0.iter().enumerate().skip(usize::from(!after)).rev();
        places.map(move |(position, value)| (timeline.index(position), value))
    }

    /// All values.
    pub fn values(&self) -> &[T] {
        &self.0
    }
}

/// What a customer did in a period: there is none in which nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// The number of the period.
    pub index: i64,
    /// The purchases; 0 where there were refunds alone. Who has one was active.
    pub orders: u32,
    /// Amounts paid less refunds.
    pub revenue: Total,
}

/// Reads what a customer did up to the timeline's end, by periods in ascending order, into `activities`.
///
/// # Errors
/// [`Kind::OutOfMemory`].
pub fn read_activities(
    history: &History,
    timeline: Timeline,
    zone: &impl Zone,
    activities: &mut Vec<Activity>,
) -> Result<()> {
    activities.clear();
    let as_of = Instant::from_micros(timeline.as_of)?;
    for entry in history.entries_until(as_of) {
        let index = timeline.period.index_of(day_of(entry.at, zone));
        let orders = u32::from(!entry.amount.is_refund());
        let revenue = Total::from(entry.amount.0);
        match activities.last_mut() {
            Some(last) if last.index == index => {
                last.orders += orders;
                last.revenue += revenue;
            }
            Some(last) if last.index > index => put_back(activities, Activity { index, orders, revenue })?,
            _ => {
                reserve(activities, 1)?;
                activities.push(Activity { index, orders, revenue });
            }
        }
    }
    Ok(())
}

/// An entry whose local day lies before that of an earlier one, because clocks were put back across midnight.
#[cold]
fn put_back(activities: &mut Vec<Activity>, late: Activity) -> Result<()> {
    match activities.binary_search_by_key(&late.index, |activity| activity.index) {
        Ok(place) => {
            activities[place].orders += late.orders;
            activities[place].revenue += late.revenue;
        }
        Err(place) => {
            reserve(activities, 1)?;
            activities.insert(place, late);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::time::calendar::Utc;

    const MONTH: Period = Period::Months(1);

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// The months since the one that holds `as_of`, the purchases and the revenue in whole units.
    fn read(text: &str, as_of: &str, zone: &impl Zone) -> Vec<(i64, u32, i64)> {
        let timeline = Timeline::new(MONTH, at(as_of), zone);
        let mut activities = Vec::new();
        read_activities(&History::parse(text).unwrap(), timeline, zone, &mut activities).unwrap();
        activities.iter().map(|a| (a.index - timeline.last, a.orders, (a.revenue / 10_000) as i64)).collect()
    }

    #[test]
    fn purchases_and_refunds_lie_in_their_own_periods() {
        let h = "{2024-01-31T23:59:59.999999Z 5, 2024-02-01 7, 2024-02-10 0, 2024-02-11 -2, 2024-04-01 -3}";
        assert_eq!(read(h, "2024-04-01", &Utc), [(-3, 1, 5), (-2, 2, 5), (0, 0, -3)]);
        assert_eq!(read(h, "2024-03-31T23:59:59.999999Z", &Utc), [(-2, 1, 5), (-1, 2, 5)]);
        assert_eq!(read(h, "2024-02-01", &Utc), [(-1, 1, 5), (0, 1, 7)]);
        assert_eq!(read(h, "2024-01-31", &Utc), []);
        assert_eq!(read("{}", "2024-01-31", &Utc), []);
        assert_eq!(read("{2024-01-02 -5}", "2024-01-31", &Utc), [(0, 0, -5)]);
    }

    #[test]
    fn a_period_is_complete_with_its_last_instant() {
        let complete = |as_of, zone: &Tz| {
            let timeline = Timeline::new(MONTH, at(as_of), zone);
            [-1, 0].map(|since| timeline.is_complete(timeline.last + since))
        };
        let (utc, new_york) = (Tz::UTC, "America/New_York".parse().unwrap());
        assert_eq!(complete("2024-03-31T23:59:59.999998Z", &utc), [true, false]);
        assert_eq!(complete("2024-03-31T23:59:59.999999Z", &utc), [true, true]);
        assert_eq!(complete("2024-04-01T00:00:00Z", &utc), [true, false]);
        // By the clock of New York, in summer time: April begins four hours later.
        assert_eq!(complete("2024-03-31T23:59:59.999999Z", &new_york), [true, false]);
        assert_eq!(complete("2024-04-01T03:59:59.999999Z", &new_york), [true, true]);
        assert_eq!(complete(&Instant::MAX.to_string(), &utc), [true, false]);
    }

    #[test]
    fn clocks_put_back_across_midnight_lead_back_into_the_month_before() {
        // In St. John's, 1 November 2009 was followed at 00:01 by 31 October, 23:01.
        let zone: Tz = "America/St_Johns".parse().unwrap();
        let h = "{2009-10-31T12:00:00Z 1, 2009-11-01T02:30:30Z 2, 2009-11-01T02:31:30Z 4, 2009-11-01T04:00:00Z 8}";
        assert_eq!(read(h, "2009-11-30", &zone), [(-1, 2, 5), (0, 2, 10)]);
        // As of the second time round in October, November has been seen already.
        let second = "2009-11-01T02:32:00Z";
        assert_eq!(read(h, second, &zone), [(0, 2, 5), (1, 1, 2)]);
        let timeline = Timeline::new(MONTH, at(second), &zone);
        let mut series: Series<u32> = Series::default();
        *series.at(timeline, timeline.last).unwrap() = 2;
        let order = |series: &Series<u32>| {
            series.in_order(timeline, |&n| n > 0).map(|(index, &n)| (index - timeline.last, n)).collect::<Vec<_>>()
        };
        assert_eq!(order(&series), [(0, 2)]);
        *series.at(timeline, timeline.last + 1).unwrap() = 1;
        assert_eq!(order(&series), [(0, 2), (1, 1)]);
        assert_eq!(series.at(timeline, timeline.last + 2).unwrap_err().kind, Kind::LimitExceeded);
    }

    #[test]
    fn too_long_a_past_is_refused() {
        let timeline = Timeline::new(Period::Days(1), at("2024-01-01"), &Utc);
        let mut series: Series<u8> = Series::default();
        series.at(timeline, timeline.last + 1 - MAX_PERIODS as i64).unwrap();
        assert_eq!(series.values().len(), MAX_PERIODS + 1);
        let error = series.at(timeline, timeline.last - MAX_PERIODS as i64).unwrap_err();
        assert_eq!(error.kind, Kind::LimitExceeded);
        assert_eq!(error.message, "too many periods: 100001 of 1 day");
    }
}
