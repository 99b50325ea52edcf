//! A back-test: a model is fitted to what was known at a split, the calibration, and judged by what customers did in the
//! holdout after it.
//!
//! This file holds what is counted of a base, in whole local days. The model is fitted to [`BacktestCounts::summaries`] and
//! [`BacktestCounts::gaps`], which know nothing of the holdout; [`verdict`] holds it against what came then.

use serde::{Deserialize, Serialize};

use crate::domain::history::History;
use crate::domain::history::summary::{days_of_purchases, purchase_days};
use crate::domain::models::purchase_model::counts::DaySummary;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::multiset::Multiset;
use crate::domain::time::calendar::{Zone, day_of};
use crate::domain::time::instant::{DAY, Instant};

pub mod verdict;

/// The length of the holdout in days: from the local day of the split to that of the end.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it ends on a later day than the calibration.
pub fn holdout_days(split_at: Instant, end: Instant, zone: &impl Zone) -> Result<u32> {
    let days = day_of(end, zone) - day_of(split_at, zone);
    u32::try_from(days).ok().filter(|&days| days > 0).ok_or_else(|| {
        Error::new(Kind::InvalidParameter, format!("the holdout must end on a later day than {split_at}: {end}"))
            .detail("The back-test compares the forecast at the split with the purchases from the split to the end.")
    })
}

/// A customer of a back-test. Ordered by the summary first, so that equal summaries are neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Customer {
    summary: DaySummary,
    /// Purchase days in the last days before the split, as many days as the holdout has.
    last_window: u32,
    /// Purchase days in the holdout.
    actual: u32,
}

/// The days with a purchase in the so many days up to the split: after its wall clock time on the day before them, and
/// until the split. A split at midnight is so the end of the day before, and not the beginning of one without orders.
fn last_window(history: &History, split_at: Instant, days: u32, zone: &impl Zone) -> u32 {
    let local = |at: Instant| at.micros() + zone.offset(at);
    let from = local(split_at) - i64::from(days) * DAY;
    days_of_purchases(history, split_at, zone, |at| local(at) > from).count() as u32
}

/// What a back-test counts of a base, in whole numbers: the same in whatever order customers were read and however they
/// were split over workers.
///
/// All customers must be added with the same split, end and zone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct BacktestCounts {
    customers: Multiset<Customer>,
    /// How many gaps between the purchase days of the calibration have each length in days.
    gaps: Multiset<u32>,
    newcomers: u64,
}

impl BacktestCounts {
    /// Adds a customer, as known at the end of the holdout.
    ///
    /// The calibration is what happened at or before `split_at`, the holdout what happened after it, at or before `end`.
    /// Each local day counts once: a day on which the customer had bought by the split is no purchase of the holdout. A
    /// customer who first bought in the holdout is a newcomer without a forecast.
    ///
    /// # Errors
    /// Those of [`holdout_days`]; [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn add_customer(&mut self, history: &History, split_at: Instant, end: Instant, zone: &impl Zone) -> Result<()> {
        let window = holdout_days(split_at, end, zone)?;
        let split_day = day_of(split_at, zone);
        // The days of the calibration are all among them.
        let all = purchase_days(history, end, zone).count();
        let mut days = purchase_days(history, split_at, zone);
        let Some(first) = days.next() else {
            self.newcomers += u64::from(all > 0);
            return Ok(());
        };
        let (mut last, mut count) = (first, 1);
        for day in days {
            self.gaps.insert(day.abs_diff(last))?;
            count += 1;
            last = day;
        }
        let summary = DaySummary {
            frequency: count - 1,
            recency: last.abs_diff(first),
            // Where clocks are put back over midnight, the split may fall on the day before the last purchase.
            t: split_day.max(last).abs_diff(first),
        };
        let last_window = last_window(history, split_at, window, zone);
        self.customers.insert(Customer { summary, last_window, actual: (all as u32).saturating_sub(count) })
    }

    /// Adds all customers of another part of the base.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.customers.merge(other.customers)?;
        self.gaps.merge(other.gaps)?;
        self.newcomers = self.newcomers.saturating_add(other.newcomers);
        Ok(())
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn normalize(&mut self) -> Result<()> {
        self.customers.normalize()?;
        self.gaps.normalize()
    }

    /// The distinct summaries of the calibration in ascending order, each with its number of customers.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn summaries(&mut self) -> Result<Vec<(DaySummary, u64)>> {
        let counts = self.customers.counts()?;
        let mut summaries = Vec::new();
        reserve(&mut summaries, counts.len())?;
        summaries.extend(counts.iter().map(|&(customer, count)| (customer.summary, count)));
        summaries.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
        Ok(summaries)
    }

    /// The lengths in days of the gaps between the purchase days of the calibration, ascending, each with its number.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn gaps(&mut self) -> Result<&[(u32, u64)]> {
        self.gaps.counts()
    }

    /// Customers who first bought in the holdout; they are in no other figure.
    pub fn newcomers(&self) -> u64 {
        self.newcomers
    }
}

/// Refuses a unit of time that is none.
pub(super) fn check_unit(days_per_unit: f64) -> Result<()> {
    if days_per_unit > 0.0 && days_per_unit.is_finite() {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidParameter, format!("time unit must be positive: {days_per_unit} days")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::arbitrary::{entries, instant};
    use crate::domain::models::reference;
    use crate::domain::time::calendar::Utc;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    type Content = (Vec<(Customer, u64)>, Vec<(u32, u64)>, u64);

    fn content(counts: &mut BacktestCounts) -> Content {
        let gaps = counts.gaps().unwrap().to_vec();
        (counts.customers.counts().unwrap().to_vec(), gaps, counts.newcomers)
    }

    fn count(text: &str, split_at: &str, end: &str, zone: &impl Zone) -> Content {
        let mut counts = BacktestCounts::default();
        counts.add_customer(&History::parse(text).unwrap(), at(split_at), at(end), zone).unwrap();
        content(&mut counts)
    }

    fn customer(frequency: u32, recency: u32, t: u32, last_window: u32, actual: u32) -> Customer {
        Customer { summary: DaySummary { frequency, recency, t }, last_window, actual }
    }

    /// The CDNOW sample with its usual split in the middle, and the days of the holdout.
    pub fn cdnow() -> (BacktestCounts, u32) {
        let (split, end) = (at("1997-09-30"), at("1998-06-30"));
        let mut counts = BacktestCounts::default();
        for history in reference::histories() {
            counts.add_customer(&history, split, end, &Utc).unwrap();
        }
        (counts, holdout_days(split, end, &Utc).unwrap())
    }

    #[test]
    fn counts_what_lies_on_either_side_of_the_split() {
        let text = "{2024-01-01 5, 2024-01-10 5, 2024-01-10T08:00:00Z 5, 2024-01-20T10:00:00Z 5, 2024-01-20T12:00:00Z 5, \
                    2024-01-25 -5, 2024-01-28 5, 2024-01-30T12:00:00Z 5, 2024-01-30T12:00:01Z 5}";
        // The holdout's ten days: the 20th was bought on before the split, the 25th is a refund.
        let expected = (vec![(customer(2, 19, 19, 1, 2), 1)], vec![(9, 1), (10, 1)], 0);
        assert_eq!(count(text, "2024-01-20T11:00:00Z", "2024-01-30T12:00:00Z", &Utc), expected);
        // The 10th is the first day of eleven before the split, the 20th then a day of the holdout.
        let expected = (vec![(customer(1, 9, 19, 1, 3), 1)], vec![(9, 1)], 0);
        assert_eq!(count(text, "2024-01-20T09:00:00Z", "2024-01-31T12:00:00Z", &Utc), expected);
        assert_eq!(count(text, "2023-12-31", "2024-01-31", &Utc), (vec![], vec![], 1), "a newcomer");
        assert_eq!(count(text, "2023-12-30", "2023-12-31", &Utc), (vec![], vec![], 0), "not yet a customer");
    }

    #[test]
    fn days_are_local() {
        let auckland: Tz = "Pacific/Auckland".parse().unwrap();
        // 11:30 UTC is the next day there, after midnight.
        let text = "{2024-01-01T10:30:00Z 5, 2024-01-01T11:30:00Z 5, 2024-01-02T10:30:00Z 5, 2024-01-02T11:30:00Z 5}";
        let expected = (vec![(customer(1, 1, 1, 2, 1), 1)], vec![(1, 1)], 0);
        assert_eq!(count(text, "2024-01-02T10:00:00Z", "2024-01-05", &auckland), expected);
        assert_eq!(count(text, "2024-01-02T10:00:00Z", "2024-01-05", &Utc).0, [(customer(0, 0, 1, 1, 1), 1)]);
        // The clocks went from 00:01 of the 29th back to 23:01 of the 28th: T must not be less than t_x.
        let st_johns: Tz = "America/St_Johns".parse().unwrap();
        let text = "{2006-10-20T12:00:00Z 1, 2006-10-29T02:30:30Z 1, 2006-10-29T12:00:00Z 1}";
        let (customers, ..) = count(text, "2006-10-29T02:40:00Z", "2006-11-28T12:00:00Z", &st_johns);
        assert_eq!(customers, [(customer(1, 9, 9, 2, 0), 1)]);
    }

    #[test]
    fn the_last_window_ends_where_the_split_is() {
        let text = "{2024-03-29T15:00:00Z 5, 2024-03-30T15:00:00Z 5, 2024-03-31T15:00:00Z 5}";
        let window = |split: &str, end: &str| count(text, split, end, &Utc).0[0].0.last_window;
        // At midnight the day before has just ended; a little later some of it is beyond the window.
        assert_eq!(window("2024-03-31", "2024-04-01"), 1);
        assert_eq!(window("2024-03-31T15:00:00Z", "2024-04-01"), 1);
        assert_eq!(window("2024-03-31T14:59:59Z", "2024-04-01"), 1);
        assert_eq!(window("2024-03-31T15:00:00Z", "2024-04-02"), 2);
        assert_eq!(window("2024-03-31", "2024-04-02"), 2);
        // By the wall clock: in Berlin the 31st has 23 hours.
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let split = |split: &str| count(text, split, "2024-04-02", &berlin).0[0].0.last_window;
        assert_eq!((split("2024-04-01T14:00:00Z"), split("2024-04-01T14:00:00.000001Z")), (1, 1));
        let one = |text, split: &str| count(text, split, "2024-04-02", &berlin).0[0].0.last_window;
        assert_eq!(one("{2024-03-30T15:00:00Z 5}", "2024-03-31T13:59:59Z"), 1);
        assert_eq!(one("{2024-03-30T15:00:00Z 5}", "2024-04-01T14:00:00Z"), 0);
    }

    #[test]
    fn a_holdout_lasts_at_least_a_day() {
        let history = History::parse("{2024-01-01 5}").unwrap();
        for end in ["2024-01-20T23:00:00Z", "2024-01-20", "2023-01-01"] {
            let mut counts = BacktestCounts::default();
            let error = counts.add_customer(&history, at("2024-01-20T12:00:00Z"), at(end), &Utc).unwrap_err();
            assert_eq!(error.kind, Kind::InvalidParameter, "{end}");
        }
        assert_eq!(holdout_days(Instant::MIN, Instant::MAX, &Utc).unwrap(), 3_652_058);
    }

    proptest! {
        #[test]
        fn counts_travel_in_time(given in entries(), one in instant(), other in instant(), zone in 0usize..2) {
            let zone: Tz = ["Europe/Berlin", "America/St_Johns"][zone].parse().unwrap();
            let (split, end) = (one.min(other), one.max(other));
            prop_assume!(holdout_days(split, end, &zone).is_ok());
            let h = History::from_entries(&mut given.clone()).unwrap();
            let mut counts = BacktestCounts::default();
            counts.add_customer(&h, split, end, &zone).unwrap();
            let mut then = BacktestCounts::default();
            then.add_customer(&h.until(end).unwrap(), split, end, &zone).unwrap();
            prop_assert_eq!(content(&mut counts), content(&mut then));
            // What is known at the split is what the calibration alone says.
            let mut calibration = BacktestCounts::default();
            calibration.add_customer(&h.until(split).unwrap(), split, end, &zone).unwrap();
            prop_assert_eq!(counts.summaries().unwrap(), calibration.summaries().unwrap());
            prop_assert_eq!(counts.gaps().unwrap(), calibration.gaps().unwrap());
            // And the holdout is the days of it that are not days of the calibration.
            let days = |from: Option<Instant>, to: Instant| -> BTreeSet<i32> {
                let bought = given.iter().filter(|entry| entry.amount.0 >= 0 && entry.at <= to);
                bought.filter(|entry| from.is_none_or(|from| entry.at > from)).map(|entry| day_of(entry.at, &zone)).collect()
            };
            let (before, after) = (days(None, split), days(Some(split), end));
            for (customer, _) in counts.customers.counts().unwrap() {
                prop_assert_eq!(customer.actual as usize, after.difference(&before).count());
                prop_assert!(customer.summary.recency <= customer.summary.t);
                prop_assert!(customer.last_window <= customer.summary.frequency + 1);
            }
            prop_assert_eq!(counts.newcomers, u64::from(before.is_empty() && !after.is_empty()));
        }

        #[test]
        fn any_split_of_the_base_counts_the_same(base in prop::collection::vec(entries(), 0..6), at_customer in 0usize..6) {
            let (split, end) = (at("2000-01-01"), at("2000-03-01"));
            let count = |base: &[Vec<crate::domain::history::encoding::Entry>]| {
                let mut counts = BacktestCounts::default();
                for customer in base {
                    let history = History::from_entries(&mut customer.clone()).unwrap();
                    counts.add_customer(&history, split, end, &Utc).unwrap();
                }
                counts
            };
            let (left, right) = base.split_at(at_customer.min(base.len()));
            let (mut whole, mut parts) = (count(&base), count(right));
            parts.merge(count(left)).unwrap();
            whole.normalize().unwrap();
            parts.normalize().unwrap();
            prop_assert_eq!(postcard::to_allocvec(&whole).unwrap(), postcard::to_allocvec(&parts).unwrap());
            let read: BacktestCounts = postcard::from_bytes(&postcard::to_allocvec(&whole).unwrap()).unwrap();
            prop_assert_eq!(postcard::to_allocvec(&read).unwrap(), postcard::to_allocvec(&whole).unwrap());
        }
    }

    #[test]
    fn the_cdnow_sample_is_counted_as_published() {
        let (mut counts, days) = cdnow();
        assert_eq!((days, counts.newcomers()), (273, 0));
        let mut expected: Vec<(DaySummary, u32)> = reference::summaries()
            .map(|((frequency, recency, t), actual)| (DaySummary { frequency, recency, t }, actual))
            .collect();
        expected.sort_unstable();
        let customers = counts.customers.counts().unwrap();
        let found: Vec<(DaySummary, u32)> =
            customers.iter().flat_map(|(c, count)| vec![(c.summary, c.actual); *count as usize]).collect();
        assert_eq!(found, expected);
        let summaries = counts.summaries().unwrap();
        assert_eq!((summaries.len(), summaries.iter().map(|(_, count)| count).sum::<u64>()), (1016, 2357));
        let repeats: u64 = summaries.iter().map(|(summary, count)| count * u64::from(summary.frequency)).sum();
        assert_eq!(counts.gaps().unwrap().iter().map(|(_, count)| count).sum::<u64>(), repeats);
    }
}
