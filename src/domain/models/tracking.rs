//! Tracking: the repeat purchases of a base over time against what a model expects of new customers.
//!
//! The tracking plot of Fader, Hardie, Lee, "Counting Your Customers" the Easy Way, Marketing Science 24(2), 2005: a model
//! that follows the actual purchases within the calibration and leaves them after it was fitted to what passed.

use serde::{Deserialize, Serialize};

use super::backtest::check_unit;
use super::purchase_model::{NEW, PurchaseProcess};
use crate::domain::history::History;
use crate::domain::history::summary::purchase_days;
use crate::domain::math::sum::Sum;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::multiset::Multiset;
use crate::domain::time::calendar::Zone;
use crate::domain::time::instant::Instant;

/// The most points of one tracking.
pub const MAX_POINTS: u32 = 100_000;

/// The longest tracking in days: the years 1 to 9999, beyond which there is no purchase.
pub const MAX_DAYS: u32 = 3_652_059;

/// After so many terms of the sums the caller may stop the tracking.
const INTERRUPT_EVERY: usize = 1000;

/// What tracking counts of a base, in whole numbers: the same in whatever order customers were read and however they were
/// split over workers. Days are local, counted from 2000-01-01.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TrackingCounts {
    /// How many customers first bought on each day.
    first_days: Multiset<i32>,
    /// How many customers bought on each day who had bought before it.
    repeat_days: Multiset<i32>,
}

impl TrackingCounts {
    /// Adds a customer: the purchases at or before `as_of`.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn add_customer(&mut self, history: &History, as_of: Instant, zone: &impl Zone) -> Result<()> {
        let mut days = purchase_days(history, as_of, zone);
        let Some(first) = days.next() else { return Ok(()) };
        self.first_days.insert(first)?;
        days.try_for_each(|day| self.repeat_days.insert(day))
    }

    /// Adds all customers of another part of the base.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.first_days.merge(other.first_days)?;
        self.repeat_days.merge(other.repeat_days)
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn normalize(&mut self) -> Result<()> {
        self.first_days.normalize()?;
        self.repeat_days.normalize()
    }
}

/// The repeat purchases of one step and of all steps up to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The last day of the step; the step begins after the last day of the one before it.
    pub day: i32,
    /// Repeat purchases in the step.
    pub actual: u64,
    /// Repeat purchases that the model expects in the step.
    pub expected: f64,
    /// Repeat purchases up to the day.
    pub cumulative_actual: u64,
    /// Repeat purchases that the model expects up to the day: Σ E[X(day − f)] over all customers, who first bought on day
    /// f ≤ day.
    pub cumulative_expected: f64,
}

/// Tracks a base against a model, which counts time in units of `days_per_unit` days.
///
/// The steps have `step_days` days and begin on the day of the very first purchase: the n-th ends n·`step_days` later. The
/// last one is cut at `end_day` where that is within a step. There is no point without a customer, or where `end_day` does
/// not come after the first purchase. After the day up to which purchases were counted the actual ones stand still.
/// `interrupt` is called every 1,000 terms of the sums, and its error ends the tracking.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless `step_days` and `days_per_unit` are positive and finite; [`Kind::LimitExceeded`]
/// beyond [`MAX_POINTS`] or [`MAX_DAYS`]; what `interrupt` says; [`Kind::OutOfMemory`].
pub fn track(
    counts: &mut TrackingCounts,
    process: &dyn PurchaseProcess,
    days_per_unit: f64,
    step_days: u32,
    end_day: i32,
    interrupt: &mut dyn FnMut() -> Result<()>,
) -> Result<Vec<Point>> {
    check_unit(days_per_unit)?;
    if step_days == 0 {
        return Err(Error::new(Kind::InvalidParameter, "a step must have at least one day: 0"));
    }
    let firsts = counts.first_days.counts()?;
    let Some(&(start, _)) = firsts.first().filter(|&&(start, _)| start < end_day) else { return Ok(Vec::new()) };
    let days = end_day.abs_diff(start);
    let steps = days.div_ceil(step_days);
    if steps > MAX_POINTS {
        return Err(Error::new(Kind::LimitExceeded, format!("too many steps: {steps} of {step_days} days"))
            .detail(format!("There may be {MAX_POINTS}."))
            .hint("Track in longer steps, or up to an earlier day."));
    }
    if days > MAX_DAYS {
        return Err(Error::new(Kind::LimitExceeded, format!("too many days to track: {days}"))
            .detail(format!("There may be {MAX_DAYS}.")));
    }
    let mut points = Vec::new();
    reserve(&mut points, steps as usize)?;
    // What is expected of a new customer depends only on the days since: each is asked of the model once. NaN is unasked.
    let mut of_new: Vec<f64> = Vec::new();
    reserve(&mut of_new, days as usize + 1)?;
    of_new.resize(days as usize + 1, f64::NAN);
    let mut repeats = counts.repeat_days.counts()?.iter().peekable();
    let (mut cumulative_actual, mut cumulative_expected) = (0u64, 0.0);
    let mut terms = 0;
    for step in 1..=steps {
        let since_start = days.min(step_days.saturating_mul(step));
        let day = start.saturating_add_unsigned(since_start);
        let before = (cumulative_actual, cumulative_expected);
        while let Some(&(_, count)) = repeats.next_if(|&&(bought, _)| bought <= day) {
            cumulative_actual = cumulative_actual.saturating_add(count);
        }
        let mut sum = Sum::default();
        for &(first, count) in firsts.iter().take_while(|&&(first, _)| first <= day) {
            if terms % INTERRUPT_EVERY == 0 {
                interrupt()?;
            }
            terms += 1;
            let Some(expected) = of_new.get_mut(day.abs_diff(first) as usize) else { continue };
            if expected.is_nan() {
                *expected = process.expected_purchases(&NEW, f64::from(day.abs_diff(first)) / days_per_unit);
            }
            sum.add(count as f64 * *expected);
        }
        cumulative_expected = sum.value();
        points.push(Point {
            day,
            actual: cumulative_actual - before.0,
            // Rounding may make nothing a little less than nothing.
            expected: (cumulative_expected - before.1).max(0.0),
            cumulative_actual,
            cumulative_expected,
        });
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::arbitrary::{entries, instant};
    use crate::domain::models::reference;
    use crate::domain::models::reference::BG_NBD;
    use crate::domain::time::calendar::{Utc, day_of};

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn add(counts: &mut TrackingCounts, text: &str, as_of: &str, zone: &impl Zone) {
        counts.add_customer(&History::parse(text).unwrap(), at(as_of), zone).unwrap();
    }

    type Days = Vec<(i32, u64)>;

    fn content(counts: &mut TrackingCounts) -> (Days, Days) {
        (counts.first_days.counts().unwrap().to_vec(), counts.repeat_days.counts().unwrap().to_vec())
    }

    fn tracked(counts: &mut TrackingCounts, step_days: u32, end_day: i32) -> Vec<Point> {
        track(counts, &BG_NBD, 7.0, step_days, end_day, &mut || Ok(())).unwrap()
    }

    #[test]
    fn steps_begin_with_the_first_purchase_and_end_on_the_end_day() {
        let mut counts = TrackingCounts::default();
        add(
            &mut counts,
            "{2000-01-11 1, 2000-01-11T12:00:00Z 1, 2000-01-18 1, 2000-01-19 1, 2000-01-26 1}",
            "2001-01-01",
            &Utc,
        );
        add(&mut counts, "{2000-01-15 1, 2000-01-18 1}", "2001-01-01", &Utc);
        assert_eq!(content(&mut counts), (vec![(10, 1), (14, 1)], vec![(17, 2), (18, 1), (25, 1)]));
        let new = |days: f64| BG_NBD.expected_purchases(&NEW, days / 7.0);
        let points = tracked(&mut counts, 7, 26);
        let expected = [(17, 2, new(7.0) + new(3.0)), (24, 3, new(14.0) + new(10.0)), (26, 4, new(16.0) + new(12.0))];
        assert_eq!(points.len(), expected.len());
        let mut before = (0, 0.0);
        for (point, (day, actual, expected)) in points.iter().zip(expected) {
            assert_eq!((point.day, point.cumulative_actual, point.actual), (day, actual, actual - before.0));
            assert!((point.cumulative_expected - expected).abs() < 1e-14);
            assert!((point.expected - (expected - before.1)).abs() < 1e-14);
            before = (actual, expected);
        }
        let days = |points: Vec<Point>| points.iter().map(|point| point.day).collect::<Vec<_>>();
        assert_eq!(days(tracked(&mut counts, 7, 24)), [17, 24], "a whole step is not cut");
        assert_eq!(days(tracked(&mut counts, u32::MAX, 11)), [11]);
        assert_eq!(tracked(&mut counts, 7, 10), []);
        assert_eq!(tracked(&mut counts, 7, i32::MIN), []);
        assert_eq!(tracked(&mut TrackingCounts::default(), 7, 10), []);
    }

    #[test]
    fn days_are_local() {
        let mut counts = TrackingCounts::default();
        let auckland: Tz = "Pacific/Auckland".parse().unwrap();
        add(&mut counts, "{2000-01-01T10:30:00Z 1, 2000-01-01T11:30:00Z 1}", "2001-01-01", &auckland);
        add(&mut counts, "{2000-01-01T10:30:00Z 1, 2000-01-01T11:30:00Z 1}", "2001-01-01", &Utc);
        assert_eq!(content(&mut counts), (vec![(0, 2)], vec![(1, 1)]));
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let mut counts = TrackingCounts::default();
        add(&mut counts, "{2000-01-01 1}", "2001-01-01", &Utc);
        let mut error = |unit, step, end| {
            track(&mut counts, &BG_NBD, unit, step, end, &mut || Err(Error::new(Kind::OutOfMemory, "enough")))
                .unwrap_err()
                .kind
        };
        assert_eq!(error(7.0, 0, 10), Kind::InvalidParameter);
        assert_eq!(error(0.0, 7, 10), Kind::InvalidParameter);
        assert_eq!(error(7.0, 1, 100_001), Kind::LimitExceeded);
        assert_eq!(error(7.0, 1_000_000, i32::MAX), Kind::LimitExceeded);
        assert_eq!(error(7.0, 1, 100_000), Kind::OutOfMemory, "the interrupt");
    }

    #[test]
    fn tracks_the_cdnow_sample_as_published() {
        let mut counts = TrackingCounts::default();
        for history in reference::histories() {
            counts.add_customer(&history, at("1998-06-30"), &Utc).unwrap();
        }
        let points = tracked(&mut counts, 7, day_of(at("1998-06-30"), &Utc));
        let last = points.last().unwrap();
        assert_eq!(points.len(), 78);
        let ratio = last.cumulative_expected / last.cumulative_actual as f64;
        assert_eq!(format!("{ratio:.4}"), "0.9589");
        assert_eq!(points.iter().map(|point| point.actual).sum::<u64>(), last.cumulative_actual);
        let expected: f64 = points.iter().map(|point| point.expected).sum();
        assert!((expected / last.cumulative_expected - 1.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn counts_travel_in_time_and_come_in_any_parts(
            base in prop::collection::vec(entries(), 0..6), as_of in instant(), at_customer in 0usize..6,
        ) {
            let count = |base: &[Vec<crate::domain::history::encoding::Entry>], cut: bool| {
                let mut counts = TrackingCounts::default();
                for customer in base {
                    let h = History::from_entries(&mut customer.clone()).unwrap();
                    let h = if cut { h.until(as_of).unwrap() } else { h };
                    counts.add_customer(&h, as_of, &Utc).unwrap();
                }
                counts
            };
            let (left, right) = base.split_at(at_customer.min(base.len()));
            let (mut whole, mut parts) = (count(&base, false), count(right, true));
            parts.merge(count(left, true)).unwrap();
            whole.normalize().unwrap();
            parts.normalize().unwrap();
            prop_assert_eq!(postcard::to_allocvec(&whole).unwrap(), postcard::to_allocvec(&parts).unwrap());
        }
    }
}
