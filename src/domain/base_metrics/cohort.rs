//! Cohort retention: customers by the period of their first purchase, and what they did in each period since.

use serde::{Deserialize, Serialize};

use super::activity::{Activity, Series, Timeline, read_activities};
use crate::domain::history::History;
use crate::domain::history::money::Total;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::received;
use crate::domain::time::calendar::Zone;

/// The most cells of one table: 1413 cohorts of 1413 periods.
pub const MAX_CELLS: usize = 1_000_000;

/// What a cohort did in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counts {
    active: u64,
    orders: u64,
    revenue: Total,
}

/// The customers who first bought in one period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cohort {
    customers: u64,
    /// By age. Nothing if there are no customers; else up to the period after the last, which is rarely seen.
    #[serde(deserialize_with = "received::vec")]
    ages: Vec<Counts>,
}

/// A cell of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The first day of the period in which the customers first bought.
    pub cohort: i32,
    /// How many periods later; 0 is that of the first purchase.
    pub age: u32,
    /// The first day of that period.
    pub start: i32,
    /// Whether it was over at `as_of`.
    pub complete: bool,
    /// The customers of the cohort.
    pub customers: u64,
    /// Those of them who made a purchase in the period.
    pub active: u64,
    /// The purchases in it.
    pub orders: u64,
    /// Amounts paid less refunds in it.
    pub revenue: Total,
    /// The same from age 0 to the end of the period.
    pub cumulative_revenue: Total,
}

/// The cohorts of a base, in whole numbers: the same in whatever order customers were read and however they were split
/// over workers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cohorts {
    cohorts: Series<Cohort>,
    cells: usize,
    /// Of the customer that is being read.
    #[serde(skip)]
    activities: Vec<Activity>,
}

impl Cohorts {
    /// Adds a customer. Who never bought belongs to no cohort, and what was refunded before the period of the first
    /// purchase has no age: neither is counted.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn add_customer(&mut self, history: &History, timeline: Timeline, zone: &impl Zone) -> Result<()> {
        read_activities(history, timeline, zone, &mut self.activities)?;
        let Some(first) = self.activities.iter().position(|activity| activity.orders > 0) else { return Ok(()) };
        let since_first = &self.activities[first..];
        let born = since_first[0].index;
        let cohort = self.cohorts.at(timeline, born)?;
        if cohort.customers == 0 {
            let ages = timeline.periods_since(born);
            self.cells += ages;
            check_cells(self.cells)?;
            reserve(&mut cohort.ages, ages)?;
            cohort.ages.resize(ages, Counts::default());
        }
        cohort.customers += 1;
        for activity in since_first {
            // Every period up to the one after the last has a place.
            let Some(counts) = cohort.ages.get_mut((activity.index - born) as usize) else { continue };
            counts.active += u64::from(activity.orders > 0);
            counts.orders += u64::from(activity.orders);
            counts.revenue += activity.revenue;
        }
        Ok(())
    }

    /// Adds all customers of another part of the base.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn merge(&mut self, other: Self) -> Result<()> {
        let cells = &mut self.cells;
        self.cohorts.merge(other.cohorts, |cohort, more| {
            if cohort.customers == 0 {
                *cells += more.ages.len();
                *cohort = more;
                return check_cells(*cells);
            }
            cohort.customers += more.customers;
            for (counts, more) in cohort.ages.iter_mut().zip(more.ages) {
                counts.active += more.active;
                counts.orders += more.orders;
                counts.revenue += more.revenue;
            }
            Ok(())
        })
    }

    /// Every cell from age 0 to the period that holds the end of the timeline, of every cohort that has customers.
    pub fn cells(&self, timeline: Timeline) -> impl Iterator<Item = Cell> {
        // Clocks that were put back: see the position of a period. If one cohort was seen in it, all have the column.
        let is_seen = |cohort: &Cohort| cohort.ages.last().is_some_and(|counts| *counts != Counts::default());
        let unseen = usize::from(!self.cohorts.values().iter().any(is_seen));
        self.cohorts.in_order(timeline, move |_| unseen == 0).flat_map(move |(born, cohort)| {
            let ages = cohort.ages.len().saturating_sub(unseen);
            let mut cumulative_revenue = 0;
            (0..).zip(&cohort.ages[..ages]).map(move |(age, counts)| {
                cumulative_revenue += counts.revenue;
                let index = born + i64::from(age);
                Cell {
                    cohort: timeline.start(born),
                    age,
                    start: timeline.start(index),
                    complete: timeline.is_complete(index),
                    customers: cohort.customers,
                    active: counts.active,
                    orders: counts.orders,
                    revenue: counts.revenue,
                    cumulative_revenue,
                }
            })
        })
    }
}

fn check_cells(cells: usize) -> Result<()> {
    if cells <= MAX_CELLS {
        return Ok(());
    }
    Err(Error::new(Kind::LimitExceeded, format!("more than {MAX_CELLS} cells in a table of cohorts"))
        .detail("There is one for each cohort and each period since.")
        .hint("Use a longer period, or an earlier as_of."))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::arbitrary::{entries, instant};
    use crate::domain::history::encoding::Entry;
    use crate::domain::models::reference;
    use crate::domain::time::calendar::{Utc, day_of};
    use crate::domain::time::instant::Instant;
    use crate::domain::time::period::Period;

    const MONTH: Period = Period::Months(1);

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn cells(base: &[&str], as_of: &str, zone: &impl Zone) -> Vec<Cell> {
        let timeline = Timeline::new(MONTH, at(as_of), zone);
        let mut cohorts = Cohorts::default();
        for text in base {
            cohorts.add_customer(&History::parse(text).unwrap(), timeline, zone).unwrap();
        }
        cohorts.cells(timeline).collect()
    }

    /// Cohort as its month of 2024 or 2009, age, customers, active, orders, revenue and cumulative revenue in whole units.
    fn figures(cells: &[Cell], year: &str) -> Vec<[i64; 7]> {
        let month = |day| (1..=12).find(|m| day_of(at(&format!("{year}-{m:02}-01")), &Utc) == day).unwrap();
        let money = |units| (units / 10_000) as i64;
        cells
            .iter()
            .map(|c| {
                let counts = [c.customers, c.active, c.orders].map(|n| n as i64);
                let [customers, active, orders] = counts;
                let money = [c.revenue, c.cumulative_revenue].map(money);
                [month(c.cohort), c.age.into(), customers, active, orders, money[0], money[1]]
            })
            .collect()
    }

    #[test]
    fn cohorts_age_by_periods() {
        let base = [
            "{2024-01-05 10, 2024-01-20 5, 2024-02-05 20, 2024-04-30T23:59:59Z 30}",
            "{2024-01-31 100, 2024-02-01 -20, 2024-03-31 8}",
            "{2023-12-31 -7, 2024-03-01 -1, 2024-03-05 50}",
            "{2024-01-01 -9}",
            "{}",
        ];
        let cells = cells(&base, "2024-04-30T23:59:59.999999Z", &Utc);
        let expected = [
            [1, 0, 2, 2, 3, 115, 115],
            [1, 1, 2, 1, 1, 0, 115],
            [1, 2, 2, 1, 1, 8, 123],
            [1, 3, 2, 1, 1, 30, 153],
            [3, 0, 1, 1, 1, 49, 49],
            [3, 1, 1, 0, 0, 0, 49],
        ];
        assert_eq!(figures(&cells, "2024"), expected);
        assert!(cells.iter().all(|cell| cell.complete));
        let starts: Vec<i32> = cells.iter().map(|cell| cell.start - cells[0].start).collect();
        assert_eq!(starts, [0, 31, 60, 91, 60, 91]);
    }

    #[test]
    fn the_last_period_may_be_unfinished() {
        let complete = |as_of| cells(&["{2024-01-05 1}"], as_of, &Utc).iter().map(|c| c.complete).collect::<Vec<_>>();
        assert_eq!(complete("2024-02-29T23:59:59.999998Z"), [true, false]);
        assert_eq!(complete("2024-02-29T23:59:59.999999Z"), [true, true]);
        assert_eq!(complete("2024-03-01"), [true, true, false]);
        assert_eq!(complete("2024-01-04"), [false; 0]);
    }

    #[test]
    fn months_are_those_of_the_zone() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let base = ["{2024-03-31T21:59:59Z 1, 2024-03-31T22:00:00Z 2}"];
        assert_eq!(
            figures(&cells(&base, "2024-04-02", &berlin), "2024"),
            [[3, 0, 1, 1, 1, 1, 1], [3, 1, 1, 1, 1, 2, 3]]
        );
        assert_eq!(figures(&cells(&base, "2024-04-02", &Utc), "2024"), [[3, 0, 1, 1, 2, 3, 3], [3, 1, 1, 0, 0, 0, 3]]);
    }

    #[test]
    fn the_month_after_the_last_may_have_been_seen() {
        // In St. John's, 1 November 2009 was followed at 00:01 by 31 October, 23:01.
        let zone: Tz = "America/St_Johns".parse().unwrap();
        let base = ["{2009-09-20 1, 2009-11-01T02:30:30Z 1}", "{2009-10-20 1}", "{2009-11-01T02:30:30Z 4}"];
        let last = [[10, 0, 1, 1, 1, 1, 1], [10, 1, 1, 0, 0, 0, 1], [11, 0, 1, 1, 1, 4, 4]];
        let all = figures(&cells(&base, "2009-11-01T02:32:00Z", &zone), "2009");
        assert_eq!(all[..3], [[9, 0, 1, 1, 1, 1, 1], [9, 1, 1, 0, 0, 0, 1], [9, 2, 1, 1, 1, 1, 2]]);
        assert_eq!(all[3..], last);
        assert_eq!(figures(&cells(&base[1..2], "2009-11-01T02:32:00Z", &zone), "2009"), last[..1]);
    }

    #[test]
    fn too_many_cells_are_refused() {
        // 1412 days have 1412 · 1413 / 2 cells, and one more for each cohort.
        let timeline = Timeline::new(Period::Days(1), at("2024-01-01"), &Utc);
        let mut cohorts = Cohorts::default();
        let add = |cohorts: &mut Cohorts, back: i64| {
            let micros = at("2024-01-01").micros() - back * crate::domain::time::instant::DAY;
            let entry =
                Entry { at: Instant::from_micros(micros).unwrap(), amount: crate::domain::history::money::Amount(1) };
            cohorts.add_customer(&History::from_entries(&mut [entry]).unwrap(), timeline, &Utc)
        };
        for back in 0..1412 {
            add(&mut cohorts, back).unwrap();
        }
        let mut other = Cohorts::default();
        add(&mut other, 1412).unwrap();
        assert_eq!(cohorts.clone().merge(other).unwrap_err().kind, Kind::LimitExceeded);
        assert_eq!(add(&mut cohorts, 1412).unwrap_err().kind, Kind::LimitExceeded);
    }

    #[test]
    fn the_cdnow_sample_has_three_cohorts() {
        let timeline = Timeline::new(MONTH, at("1998-06-30"), &Utc);
        let mut cohorts = Cohorts::default();
        for history in reference::histories() {
            cohorts.add_customer(&history, timeline, &Utc).unwrap();
        }
        let cells: Vec<Cell> = cohorts.cells(timeline).collect();
        assert_eq!(cells.len(), 18 + 17 + 16);
        assert_eq!(cells.iter().filter(|cell| cell.age == 0).map(|cell| cell.customers).sum::<u64>(), 2357);
        assert_eq!(cells.iter().map(|cell| cell.orders).sum::<u64>(), 6919);
        assert_eq!(cells.iter().map(|cell| cell.revenue).sum::<Total>(), 2_440_919_400);
    }

    /// By the definition, from (first day of the cohort, age).
    fn naive(base: &[Vec<Entry>], timeline: Timeline, period: Period, as_of: Instant) -> BTreeMap<(i32, u32), Cell> {
        let index = |entry: &Entry| period.index_of(day_of(entry.at, &Utc));
        let mut cells = BTreeMap::new();
        let last = period.index_of(day_of(as_of, &Utc));
        for customer in base {
            let known: Vec<&Entry> = customer.iter().filter(|e| e.at <= as_of).collect();
            let purchase = |e: &&&Entry| !e.amount.is_refund();
            let Some(born) = known.iter().filter(purchase).map(|e| index(e)).min() else { continue };
            for i in born..=last {
                let within = |from: i64| known.iter().filter(move |e| from <= index(e) && index(e) <= i);
                let revenue = |from| within(from).map(|e| Total::from(e.amount.0)).sum::<Total>();
                let (cohort, start) = (timeline.start(born), timeline.start(i));
                let cell = cells.entry((cohort, (i - born) as u32)).or_insert(Cell {
                    cohort,
                    age: (i - born) as u32,
                    start,
                    complete: timeline.is_complete(i),
                    customers: 0,
                    active: 0,
                    orders: 0,
                    revenue: 0,
                    cumulative_revenue: 0,
                });
                let orders = within(i).filter(purchase).count() as u64;
                cell.customers += 1;
                cell.active += u64::from(orders > 0);
                cell.orders += orders;
                cell.revenue += revenue(i);
                cell.cumulative_revenue += revenue(born);
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn equals_the_definition_in_any_parts(
            base in prop::collection::vec(entries(), 0..5), as_of in instant(), split in 0usize..5,
            period in prop_oneof![Just(Period::Months(240)), Just(Period::Months(1200)), Just(Period::Days(3650))],
        ) {
            let timeline = Timeline::new(period, as_of, &Utc);
            let count = |base: &[Vec<Entry>]| {
                let mut cohorts = Cohorts::default();
                for customer in base {
                    let h = History::from_entries(&mut customer.clone()).unwrap();
                    cohorts.add_customer(&h, timeline, &Utc).unwrap();
                }
                cohorts
            };
            let (left, right) = base.split_at(split.min(base.len()));
            let (whole, mut parts) = (count(&base), count(right));
            parts.merge(count(left)).unwrap();
            prop_assert_eq!(postcard::to_allocvec(&whole).unwrap(), postcard::to_allocvec(&parts).unwrap());
            let cells: Vec<Cell> = whole.cells(timeline).collect();
            prop_assert!(cells.is_sorted_by_key(|cell| (cell.cohort, cell.age)));
            let counted: BTreeMap<_, _> = cells.iter().map(|cell| ((cell.cohort, cell.age), *cell)).collect();
            prop_assert_eq!(counted, naive(&base, timeline, period, as_of));
        }
    }
}
