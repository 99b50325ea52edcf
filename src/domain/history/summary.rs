//! What a history says by itself: how many purchases, when, for how much, and how far apart.

use std::cell::Cell;

use super::History;
use super::encoding::Entry;
use super::money::Total;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::interrupt;
use crate::domain::time::calendar::{Zone, day_of, years_between};
use crate::domain::time::instant::{DAY, Instant};

/// The facts of a history at an instant that need no calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The purchases: entries of at least 0. Refunds do not count.
    pub purchases: u32,
    /// The instants of the first and of the last purchase.
    pub span: Option<(Instant, Instant)>,
    /// All amounts paid less refunds, in 1/10000.
    pub spend: Total,
}

impl Facts {
    /// Reads the entries at or before `as_of`.
    pub fn of(history: &History, as_of: Instant) -> Self {
        let mut facts = Facts { purchases: 0, span: None, spend: 0 };
        for entry in history.entries_until(as_of) {
            facts.spend += Total::from(entry.amount.0);
            if !entry.amount.is_refund() {
                facts.purchases += 1;
                facts.span = Some((facts.span.map_or(entry.at, |(first, _)| first), entry.at));
            }
        }
        facts
    }

    /// Whole days of 24 hours since the last purchase; None without a purchase.
    pub fn days_since_last(&self, as_of: Instant) -> Option<i64> {
        self.span.map(|(_, last)| as_of.since(last).div_euclid(DAY))
    }

    /// Repeat purchases (all but the first) per calendar year since the first; None without a purchase, and while no
    /// time has passed since.
    pub fn repeat_purchases_per_year(&self, as_of: Instant, zone: &impl Zone) -> Option<f64> {
        let (first, _) = self.span?;
        let years = years_between(first, as_of, zone);
        (years > 0.0).then(|| f64::from(self.purchases - 1) / years)
    }

    /// Calendar years from the first to the last purchase; None without a purchase.
    pub fn retention_years(&self, zone: &impl Zone) -> Option<f64> {
        self.span.map(|(first, last)| years_between(first, last, zone))
    }
}

/// The first instant after `after`, up to `until`, by which there were so many purchases, and a spend that is enough. What is of one
/// instant counts together.
///
/// # Errors
/// Those of `is_enough`.
pub fn reached_at(
    history: &History,
    (after, until): (Instant, Instant),
    at_least: i64,
    is_enough: impl Fn(Total) -> Result<bool>,
) -> Result<Option<Instant>> {
    let mut entries = history.entries_until(until).skip_while(|entry| entry.at <= after).peekable();
    let (mut purchases, mut spend) = (0, 0);
    while let Some(entry) = entries.next() {
        spend += Total::from(entry.amount.0);
        purchases += i64::from(!entry.amount.is_refund());
        let is_last_of_instant = entries.peek().is_none_or(|next| next.at > entry.at);
        if is_last_of_instant && purchases >= at_least && is_enough(spend)? {
            return Ok(Some(entry.at));
        }
    }
    Ok(None)
}

/// The local calendar days with at least one purchase at or before `as_of`, ascending, each once.
#[inline]
pub fn purchase_days(history: &History, as_of: Instant, zone: &impl Zone) -> impl Iterator<Item = i32> {
    ascending(purchases(history, as_of).map(|entry| day_of(entry.at, zone)))
}

/// The local calendar days with at least one of the wanted purchases at or before `as_of`, ascending, each once.
pub fn days_of_purchases(
    history: &History,
    as_of: Instant,
    zone: &impl Zone,
    wanted: impl Fn(Instant) -> bool,
) -> impl Iterator<Item = i32> {
    let purchases = purchases(history, as_of).filter(move |entry| wanted(entry.at));
    ascending(purchases.map(|entry| day_of(entry.at, zone)))
}

/// The purchases at or before `as_of`, without the refunds.
#[inline]
fn purchases(history: &History, as_of: Instant) -> impl Iterator<Item = Entry> + Clone {
    history.entries_until(as_of).filter(|entry| !entry.amount.is_refund())
}

/// Local days of ascending instants, ascending, each once.
///
/// Local days need not ascend with the instants: where clocks are put back shortly after midnight (in St. John's by an
/// hour at 00:01), a day is followed by the end of the day before. So each day waits for the next one.
#[inline]
fn ascending(mut local_days: impl Iterator<Item = i32>) -> impl Iterator<Item = i32> {
    let (mut given, mut waiting) = (None, None);
    std::iter::from_fn(move || {
        let next = loop {
            let Some(day) = local_days.next() else { break waiting.take() };
            match waiting {
                None => waiting = Some(day),
                Some(later) if day > later => break waiting.replace(day),
                // Where a zone crossed the date line a local day came twice; it counts once.
                Some(later) if day < later && given.is_none_or(|given| day > given) => break Some(day),
                Some(_) => {}
            }
        };
        given = next;
        next
    })
}

/// Where a customer stands: how the purchase days lie, and when the last purchase was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gaps {
    /// Gaps between purchase days: one less than there are days.
    pub count: u32,
    /// Days from the first purchase day to the last.
    pub days: u32,
    /// The last purchase.
    pub last: Instant,
}

impl Gaps {
    /// Reads the purchases at or before `as_of`; None without one.
    pub fn of(history: &History, as_of: Instant, zone: &impl Zone) -> Option<Self> {
        // One pass for the days and the instant: this stands in the innermost loop of every stage and date.
        let last = Cell::new(None);
        let mut days = ascending(purchases(history, as_of).map(|entry| {
            last.set(Some(entry.at));
            day_of(entry.at, zone)
        }));
        let first_day = days.next()?;
        let (count, last_day) = days.fold((0, first_day), |(count, _), day| (count + 1, day));
        Some(Gaps { count, days: (last_day - first_day) as u32, last: last.get()? })
    }

    /// The mean gap in days; None without a gap.
    pub fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| f64::from(self.days) / f64::from(self.count))
    }
}

/// The median gap between consecutive purchase days, in days; None without a gap. With an even number of gaps it is
/// the mean of the two in the middle.
///
/// # Errors
/// [`Kind::OutOfMemory`].
pub fn median_gap(history: &History, as_of: Instant, zone: &impl Zone) -> Result<Option<f64>> {
    let (mut gaps, mut before) = (Vec::new(), None);
    for day in purchase_days(history, as_of, zone) {
        if let Some(before) = before.replace(day) {
            reserve(&mut gaps, 1)?;
            gaps.push(day - before);
        }
    }
    interrupt::sort(&mut gaps);
    let Some(upper) = gaps.get(gaps.len() / 2) else { return Ok(None) };
    let lower = gaps[(gaps.len() - 1) / 2];
    Ok(Some((f64::from(lower) + f64::from(*upper)) / 2.0))
}

/// The summary that buy-till-you-die models are fitted to.
///
/// Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), p. 277: (x, t_x, T).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BtydSummary {
    /// x: purchase days after the first.
    pub frequency: u32,
    /// t_x: from the first purchase day to the last, in units.
    pub recency: f64,
    /// T: from the first purchase day to the day of `as_of`, in units.
    pub t: f64,
    /// All amounts paid less refunds after the first purchase day, per repeat purchase day; 0 where there is none.
    pub monetary_value: f64,
}

impl BtydSummary {
    /// Reads the entries at or before `as_of`, counting time in units of `unit` microseconds; None without a purchase.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless the unit is positive.
    pub fn of(history: &History, as_of: Instant, unit: i64, zone: &impl Zone) -> Result<Option<Self>> {
        if unit <= 0 {
            return Err(Error::new(Kind::InvalidParameter, format!("time unit must be positive: {unit} microseconds")));
        }
        let mut purchase_days = purchase_days(history, as_of, zone);
        let Some(first) = purchase_days.next() else { return Ok(None) };
        let (frequency, last) = purchase_days.fold((0u32, first), |(count, _), day| (count + 1, day));
        let days = (last - first) as u32;
        // A second pass, which only repeat buyers need.
        let after_first: Total = history
            .entries_until(as_of)
            .filter(|entry| frequency > 0 && day_of(entry.at, zone) > first)
            .map(|entry| Total::from(entry.amount.0))
            .sum();
        let units = |days: i64| days as f64 * DAY as f64 / unit as f64;
        let per_day =
            if frequency == 0 { 0.0 } else { after_first as f64 / (super::money::SCALE as f64 * f64::from(frequency)) };
        Ok(Some(BtydSummary {
            frequency,
            recency: units(days.into()),
            // Where clocks are put back over midnight, `as_of` may fall on the day before the last purchase.
            t: units((day_of(as_of, zone).max(last) - first).into()),
            monetary_value: per_day,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::arbitrary::{entries, instant};
    use crate::domain::time::calendar::Utc;

    fn history(text: &str) -> History<'static> {
        History::parse(text).unwrap()
    }

    #[test]
    fn the_last_purchase_of_a_btyd_summary_is_not_after_its_end() {
        // The clocks of St. John's went from 00:01 of the 29th back to 23:01 of the 28th.
        let st_johns: chrono_tz::Tz = "America/St_Johns".parse().unwrap();
        let h = history("{2006-10-20T12:00:00Z 1, 2006-10-29T02:30:30Z 1}");
        let summary = BtydSummary::of(&h, at("2006-10-29T02:40:00Z"), DAY, &st_johns).unwrap().unwrap();
        assert_eq!((summary.frequency, summary.recency, summary.t), (1, 9.0, 9.0));
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_refund_lowers_spend_and_is_nothing_else() {
        let h = history("{2024-01-01 -3, 2024-01-10 10, 2024-01-20 20.5, 2024-03-01 -5}");
        let facts = Facts::of(&h, at("2024-04-01"));
        assert_eq!(facts.purchases, 2);
        assert_eq!(facts.span, Some((at("2024-01-10"), at("2024-01-20"))));
        assert_eq!(facts.spend, 225_000);
        assert_eq!(facts.days_since_last(at("2024-01-21T23:59:59Z")), Some(1));
        assert_eq!(Gaps::of(&h, at("2024-04-01"), &Utc), Some(Gaps { count: 1, days: 10, last: at("2024-01-20") }));
        let only_refund = history("{2024-01-01 -3}");
        assert_eq!(Facts::of(&only_refund, at("2024-04-01")), Facts { purchases: 0, span: None, spend: -30_000 });
        assert_eq!(Gaps::of(&only_refund, at("2024-04-01"), &Utc), None);
    }

    #[test]
    fn a_goal_is_reached_by_what_came_after_the_entry() {
        let h = history("{2024-01-01 10, 2024-01-02 5, 2024-01-02 -3, 2024-01-03 -1, 2024-01-04 8, 2024-01-05 1}");
        let reached = |after, until, at_least, spend| {
            reached_at(&h, (at(after), at(until)), at_least, |spent| Ok(spend <= spent)).unwrap()
        };
        let any = Total::MIN;
        assert_eq!(reached("2023-12-31", "2024-01-09", 1, any), Some(at("2024-01-01")));
        // The entry itself is before, the end is within.
        assert_eq!(reached("2024-01-01", "2024-01-02", 1, any), Some(at("2024-01-02")));
        assert_eq!(reached("2024-01-02", "2024-01-03", 1, any), None);
        assert_eq!(reached("2024-01-01", "2024-01-09", 2, any), Some(at("2024-01-04")));
        // Refunds lower what was spent, also those of the same instant.
        assert_eq!(reached("2024-01-01", "2024-01-09", 1, 20_000), Some(at("2024-01-02")));
        assert_eq!(reached("2024-01-01", "2024-01-09", 1, 20_001), Some(at("2024-01-04")));
        assert_eq!(reached("2024-01-01", "2024-01-09", 1, 100_001), None);
        assert_eq!(reached("2024-01-09", "2024-01-01", 0, any), None);
    }

    #[test]
    fn gaps_lie_between_days_not_orders() {
        let h = history("{2024-01-01 1, 2024-01-01T20:00:00Z 1, 2024-01-04 1, 2024-01-05T01:00:00Z 1, 2024-01-25 1}");
        let as_of = at("2024-02-01");
        assert_eq!(Gaps::of(&h, as_of, &Utc).unwrap().mean(), Some(8.0));
        assert_eq!(median_gap(&h, as_of, &Utc).unwrap(), Some(3.0));
        assert_eq!(median_gap(&h, at("2024-01-10"), &Utc).unwrap(), Some(2.0));
        assert_eq!(median_gap(&h, at("2024-01-01T22:00:00Z"), &Utc).unwrap(), None);
    }

    #[test]
    fn a_day_that_ends_twice_is_a_day() {
        // On 29 October 2006 the clocks went from 00:01 back to 23:01 of the 28th.
        let zone: chrono_tz::Tz = "America/St_Johns".parse().unwrap();
        let as_of = at("2006-11-01");
        for (text, days) in [
            ("{2006-10-29T02:30:30Z 1, 2006-10-29T02:40:00Z 2}", 2),
            ("{2006-10-28T12:00:00Z 1, 2006-10-29T02:30:30Z 1, 2006-10-29T02:40:00Z 2, 2006-10-29T04:00:00Z 4}", 2),
            ("{2006-10-27T12:00:00Z 1, 2006-10-29T02:30:30Z 1, 2006-10-29T02:40:00Z 2, 2006-10-30T12:00:00Z 4}", 4),
        ] {
            let h = history(text);
            let found: Vec<i32> = purchase_days(&h, as_of, &zone).collect();
            assert!(found.len() == days && found.is_sorted_by(|a, b| a < b), "{text}: {found:?}");
            let summary = BtydSummary::of(&h, as_of, DAY, &zone).unwrap().unwrap();
            assert_eq!(
                (summary.frequency as usize, summary.recency),
                (days - 1, f64::from(found[days - 1] - found[0]))
            );
        }
        let summary = BtydSummary::of(&history("{2006-10-29T02:30:30Z 1, 2006-10-29T02:40:00Z 2}"), as_of, DAY, &zone);
        assert_eq!(summary.unwrap().unwrap().monetary_value, 1.0, "the earlier day is the later purchase's");
    }

    #[test]
    fn the_btyd_summary_leaves_the_first_day_out_of_the_value() {
        let h = history("{2024-01-01 100, 2024-01-01T05:00:00Z 7, 2024-01-15 20, 2024-01-20 -4, 2024-01-29 8}");
        let summary = BtydSummary::of(&h, at("2024-02-05T12:00:00Z"), 7 * DAY, &Utc).unwrap().unwrap();
        assert_eq!(summary, BtydSummary { frequency: 2, recency: 4.0, t: 5.0, monetary_value: 12.0 });
        let once = BtydSummary::of(&h, at("2024-01-10"), DAY, &Utc).unwrap().unwrap();
        assert_eq!(once, BtydSummary { frequency: 0, recency: 0.0, t: 9.0, monetary_value: 0.0 });
        assert_eq!(BtydSummary::of(&h, at("2023-01-10"), DAY, &Utc).unwrap(), None);
        assert_eq!(BtydSummary::of(&h, at("2024-01-10"), 0, &Utc).unwrap_err().kind, Kind::InvalidParameter);
    }

    #[test]
    fn rates_are_per_calendar_year() {
        let h = history("{2023-01-01 1, 2023-06-01 1, 2024-01-01 1}");
        let facts = Facts::of(&h, at("2025-01-01"));
        assert_eq!(facts.repeat_purchases_per_year(at("2025-01-01"), &Utc), Some(1.0));
        assert_eq!(facts.retention_years(&Utc), Some(1.0));
        let first_day = Facts::of(&h, at("2023-01-01"));
        assert_eq!(first_day.repeat_purchases_per_year(at("2023-01-01"), &Utc), None);
    }

    proptest! {
        #[test]
        fn readings_travel_in_time(given in entries(), as_of in instant()) {
            let h = History::from_entries(&mut given.clone()).unwrap();
            let then = h.until(as_of).unwrap();
            prop_assert_eq!(Facts::of(&h, as_of), Facts::of(&then, Instant::MAX));
            prop_assert_eq!(Gaps::of(&h, as_of, &Utc), Gaps::of(&then, Instant::MAX, &Utc));
            prop_assert_eq!(median_gap(&h, as_of, &Utc), median_gap(&then, Instant::MAX, &Utc));
            prop_assert_eq!(
                BtydSummary::of(&h, as_of, DAY, &Utc).unwrap(),
                BtydSummary::of(&then, as_of, DAY, &Utc).unwrap()
            );
        }

        #[test]
        fn facts_are_what_the_rows_say(given in entries(), as_of in instant()) {
            let h = History::from_entries(&mut given.clone()).unwrap();
            let known = || given.iter().filter(|entry| entry.at <= as_of);
            let bought = || known().filter(|entry| entry.amount.0 >= 0);
            let facts = Facts::of(&h, as_of);
            prop_assert_eq!(facts.purchases as usize, bought().count());
            prop_assert_eq!(facts.spend, known().map(|entry| i128::from(entry.amount.0)).sum::<i128>());
            prop_assert_eq!(facts.span, bought().map(|e| e.at).min().zip(bought().map(|e| e.at).max()));
        }
    }
}
