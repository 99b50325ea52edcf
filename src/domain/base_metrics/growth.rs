//! Growth accounting: how the active customers of one period become those of the next, with what they spend.
//!
//! New, retained, resurrected and churned as in Hsu, "Diligence at Social Capital" part 1 (2015); the quick ratio is Hamid's.
//! The second form has the names of product analytics: new, returning, resurrecting, dormant. With the first purchase for
//! the creation of the customer, both count the same customers.

use serde::{Deserialize, Serialize};

use super::activity::{Activity, Series, Timeline, read_activities};
use crate::domain::history::History;
use crate::domain::history::money::Total;
use crate::domain::support::error::Result;
use crate::domain::time::calendar::Zone;

/// So many customers, and what they spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// How many.
    pub customers: u64,
    /// Amounts paid less refunds.
    pub revenue: Total,
}

impl Group {
    #[inline]
    fn count(&mut self, revenue: Total) {
        self.customers += 1;
        self.revenue += revenue;
    }

    fn add(&mut self, other: Self) {
        self.customers += other.customers;
        self.revenue += other.revenue;
    }
}

/// The movements of a period. A customer with a purchase in the period is active in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movements {
    /// Active for the first time.
    pub new: Group,
    /// Active in it and in the period before.
    pub retained: Group,
    /// Active in it, before, but not in the period before.
    pub resurrected: Group,
    /// Active in the period before and not in it; their revenue is that of the period before.
    pub churned: Group,
    /// Of customers who were not active in it: refunds alone, 0 or less.
    pub inactive_revenue: Total,
}

impl Movements {
    fn add(&mut self, other: Self) {
        self.new.add(other.new);
        self.retained.add(other.retained);
        self.resurrected.add(other.resurrected);
        self.churned.add(other.churned);
        self.inactive_revenue += other.inactive_revenue;
    }

    /// Whether the period has a purchase or a refund, which is never 0.
    const fn is_seen(&self) -> bool {
        self.active() > 0 || self.inactive_revenue != 0
    }

    /// The active customers.
    pub const fn active(&self) -> u64 {
        self.new.customers + self.retained.customers + self.resurrected.customers
    }

    /// All amounts paid less refunds.
    pub const fn revenue(&self) -> Total {
        self.new.revenue + self.retained.revenue + self.resurrected.revenue + self.inactive_revenue
    }

    /// Customers won or won back for each that was lost; None if none was lost.
    pub fn quick_ratio(&self) -> Option<f64> {
        let (won, lost) = (self.new.customers + self.resurrected.customers, self.churned.customers);
        (lost > 0).then(|| won as f64 / lost as f64)
    }
}

/// A period of a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Its first day.
    pub start: i32,
    /// Whether it was over at `as_of`.
    pub complete: bool,
    /// What happened in it.
    pub movements: Movements,
}

/// The movements of a base in every period, in whole numbers: the same in whatever order customers were read and however
/// they were split over workers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Growth {
    periods: Series<Movements>,
    /// Of the customer that is being read.
    #[serde(skip)]
    activities: Vec<Activity>,
}

impl Growth {
    /// Adds a customer.
    ///
    /// # Errors
    /// [`crate::domain::support::error::Kind::LimitExceeded`] and [`crate::domain::support::error::Kind::OutOfMemory`].
    pub fn add_customer(&mut self, history: &History, timeline: Timeline, zone: &impl Zone) -> Result<()> {
        read_activities(history, timeline, zone, &mut self.activities)?;
        let Growth { periods, activities } = self;
        // The period in which the customer was last active, and the revenue of it.
        let mut previous: Option<(i64, Total)> = None;
        for &Activity { index, orders, revenue } in activities.iter() {
            // Before anything else, so that a past that is too long is refused.
            let movements = periods.at(timeline, index)?;
            if orders == 0 {
                movements.inactive_revenue += revenue;
                continue;
            }
            match previous {
                None => movements.new.count(revenue),
                Some((before, _)) if before + 1 == index => movements.retained.count(revenue),
                Some((before, spent)) => {
                    movements.resurrected.count(revenue);
                    periods.at(timeline, before + 1)?.churned.count(spent);
                }
            }
            previous = Some((index, revenue));
        }
        if let Some((index, spent)) = previous.filter(|&(index, _)| timeline.reaches(index + 1)) {
            periods.at(timeline, index + 1)?.churned.count(spent);
        }
        Ok(())
    }

    /// Adds all customers of another part of the base.
    ///
    /// # Errors
    /// [`crate::domain::support::error::Kind::OutOfMemory`].
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.periods.merge(other.periods, |movements, more| {
            movements.add(more);
            Ok(())
        })
    }

    /// Every period from the first with a purchase or a refund to the one that holds the end of the timeline; none
    /// without either.
    pub fn points(&self, timeline: Timeline) -> impl Iterator<Item = Point> {
        self.periods.in_order(timeline, Movements::is_seen).map(move |(index, &movements)| Point {
            start: timeline.start(index),
            complete: timeline.is_complete(index),
            movements,
        })
    }
}

/// Where a customer stands in the lifecycle of product analytics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Active for the first time.
    New,
    /// Active in the period and in the one before.
    Returning,
    /// Active in the period and before, but not in the one before.
    Resurrecting,
    /// Active in the period before and not in it.
    Dormant,
}

impl Status {
    /// The name of the status in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Returning => "returning",
            Status::Resurrecting => "resurrecting",
            Status::Dormant => "dormant",
        }
    }
}

/// The customers of each status in a period, and their revenue; those of the dormant are negative, to be drawn below the
/// axis, and their revenue is that of the period before.
pub fn lifecycle(movements: &Movements) -> [(Status, i128, Total); 4] {
    let row = |status, group: Group, sign: i128| (status, sign * i128::from(group.customers), sign * group.revenue);
    [
        row(Status::New, movements.new, 1),
        row(Status::Returning, movements.retained, 1),
        row(Status::Resurrecting, movements.resurrected, 1),
        row(Status::Dormant, movements.churned, -1),
    ]
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
    use crate::domain::support::error::Kind;
    use crate::domain::time::calendar::{Utc, day_of};
    use crate::domain::time::instant::Instant;
    use crate::domain::time::period::Period;

    const MONTH: Period = Period::Months(1);

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn points(base: &[&str], as_of: &str, zone: &impl Zone) -> Vec<Point> {
        let timeline = Timeline::new(MONTH, at(as_of), zone);
        let mut growth = Growth::default();
        for text in base {
            growth.add_customer(&History::parse(text).unwrap(), timeline, zone).unwrap();
        }
        growth.points(timeline).collect()
    }

    /// new, retained, resurrected, churned, active
    fn customers(points: &[Point]) -> Vec<[u64; 5]> {
        let counts = |m: &Movements| {
            [m.new.customers, m.retained.customers, m.resurrected.customers, m.churned.customers, m.active()]
        };
        points.iter().map(|point| counts(&point.movements)).collect()
    }

    /// The same of the revenue in whole units, with that of the inactive and of all.
    fn revenue(points: &[Point]) -> Vec<[i64; 6]> {
        let sums = |m: &Movements| {
            [
                m.new.revenue,
                m.retained.revenue,
                m.resurrected.revenue,
                m.churned.revenue,
                m.inactive_revenue,
                m.revenue(),
            ]
        };
        points.iter().map(|point| sums(&point.movements).map(|units| (units / 10_000) as i64)).collect()
    }

    #[test]
    fn customers_come_stay_go_and_come_back() {
        let base = [
            "{2024-01-05 10, 2024-01-20 5, 2024-02-05 20, 2024-04-30T23:59:59Z 30}",
            "{2024-02-10 7, 2024-02-11 -2, 2024-03-15 -5, 2024-05-01 1}",
            "{2024-01-31 100}",
            "{2024-03-01 -40}",
            "{}",
        ];
        let points = points(&base, "2024-05-15", &Utc);
        assert_eq!(
            customers(&points),
            [[2, 0, 0, 0, 2], [1, 1, 0, 1, 2], [0, 0, 0, 2, 0], [0, 0, 1, 0, 1], [0, 0, 1, 1, 1]]
        );
        assert_eq!(
            revenue(&points),
            [
                [115, 0, 0, 0, 0, 115],
                [5, 20, 0, 100, 0, 25],
                [0, 0, 0, 25, -45, -45],
                [0, 0, 30, 0, 0, 30],
                [0, 0, 1, 30, 0, 1]
            ]
        );
        let ratios = [None, Some(1.0), Some(0.0), None, Some(1.0)];
        assert_eq!(points.iter().map(|point| point.movements.quick_ratio()).collect::<Vec<_>>(), ratios);
        assert_eq!(points.iter().map(|point| point.complete).collect::<Vec<_>>(), [true, true, true, true, false]);
        let days: Vec<i32> = points.iter().map(|point| point.start).collect();
        let first = |month| day_of(at(&format!("2024-0{month}-01")), &Utc);
        assert_eq!(days, [first(1), first(2), first(3), first(4), first(5)]);
    }

    #[test]
    fn a_refund_is_no_purchase() {
        // It neither starts nor prolongs, and is in the sums all the same.
        let all = points(&["{2023-12-31 -1, 2024-01-05 10, 2024-02-05 -3, 2024-03-05 10}"], "2024-03-31", &Utc);
        assert_eq!(customers(&all), [[0, 0, 0, 0, 0], [1, 0, 0, 0, 1], [0, 0, 0, 1, 0], [0, 0, 1, 0, 1]]);
        assert_eq!(revenue(&all).iter().map(|sums| sums[5]).sum::<i64>(), 16);
        assert_eq!(customers(&points(&["{2024-02-05 -3}"], "2024-03-31", &Utc)), [[0; 5], [0; 5]]);
    }

    #[test]
    fn nothing_before_anything() {
        assert_eq!(points(&["{2024-01-05 10}"], "2024-01-04T23:59:59Z", &Utc), []);
        assert_eq!(points(&[], "2024-01-05", &Utc), []);
        assert_eq!(customers(&points(&["{2024-01-05 10}"], "2024-01-05", &Utc)), [[1, 0, 0, 0, 1]]);
    }

    #[test]
    fn months_are_those_of_the_zone() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        // Midnight in Berlin on 1 April is 22:00 UTC: clocks were put forward the day before.
        let base = ["{2024-03-31T21:59:59Z 1, 2024-03-31T22:00:00Z 1}"];
        assert_eq!(customers(&points(&base, "2024-04-02", &berlin)), [[1, 0, 0, 0, 1], [0, 1, 0, 0, 1]]);
        assert_eq!(customers(&points(&base, "2024-04-02", &Utc)), [[1, 0, 0, 0, 1], [0, 0, 0, 1, 0]]);
    }

    #[test]
    fn the_month_after_the_last_may_have_been_seen() {
        // In St. John's, 1 November 2009 was followed at 00:01 by 31 October, 23:01.
        let zone: Tz = "America/St_Johns".parse().unwrap();
        let base = ["{2009-10-20 1, 2009-11-01T02:30:30Z 1}", "{2009-10-20 1}"];
        let counts = customers(&points(&base, "2009-11-01T02:32:00Z", &zone));
        assert_eq!(counts, [[2, 0, 0, 0, 2], [0, 1, 0, 1, 1]]);
        assert_eq!(customers(&points(&base[1..], "2009-11-01T02:32:00Z", &zone)), [[1, 0, 0, 0, 1]]);
    }

    #[test]
    fn the_dormant_are_negative() {
        let points = points(&["{2024-01-05 10}", "{2024-01-05 4, 2024-02-05 5}"], "2024-02-28", &Utc);
        let rows = lifecycle(&points[1].movements).map(|(status, n, revenue)| (status.name(), n, revenue / 10_000));
        assert_eq!(rows, [("new", 0, 0), ("returning", 1, 5), ("resurrecting", 0, 0), ("dormant", -1, -10)]);
    }

    #[test]
    fn too_long_a_past_is_refused() {
        let timeline = Timeline::new(Period::Days(1), at("2024-01-01"), &Utc);
        let mut growth = Growth::default();
        let error = growth.add_customer(&History::parse("{0001-01-01 1}").unwrap(), timeline, &Utc).unwrap_err();
        assert_eq!(error.kind, Kind::LimitExceeded);
    }

    #[test]
    fn the_cdnow_sample_adds_up() {
        let timeline = Timeline::new(MONTH, at("1998-06-30"), &Utc);
        let mut growth = Growth::default();
        for history in reference::histories() {
            growth.add_customer(&history, timeline, &Utc).unwrap();
        }
        let points: Vec<Point> = growth.points(timeline).collect();
        assert_eq!(points.len(), 18);
        assert_eq!(points.iter().map(|point| point.movements.new.customers).sum::<u64>(), 2357);
        assert_eq!(points.iter().map(|point| point.movements.revenue()).sum::<Total>(), 2_440_919_400);
        check_identities(&points);
    }

    fn check_identities(points: &[Point]) {
        let mut before = Movements::default();
        for Point { movements: m, .. } in points {
            let after = before.active() + m.new.customers + m.resurrected.customers - m.churned.customers;
            assert_eq!(m.active(), after);
            assert_eq!(before.active(), m.retained.customers + m.churned.customers);
            let rows = lifecycle(m);
            assert_eq!(rows[..3].iter().map(|row| row.1).sum::<i128>(), i128::from(m.active()));
            assert_eq!(rows[1].1 - rows[3].1, i128::from(before.active()));
            before = *m;
        }
    }

    /// By the definition, period by period.
    fn naive(base: &[Vec<Entry>], timeline: Timeline, period: Period, as_of: Instant) -> BTreeMap<i64, Movements> {
        let index = |entry: &Entry| period.index_of(day_of(entry.at, &Utc));
        let customers: Vec<Vec<Entry>> =
            base.iter().map(|customer| customer.iter().filter(|e| e.at <= as_of).copied().collect()).collect();
        let Some(first) = customers.iter().flatten().map(index).min() else { return BTreeMap::new() };
        let last = period.index_of(day_of(as_of, &Utc));
        let mut periods = BTreeMap::new();
        for i in first..=last {
            let mut movements = Movements::default();
            for customer in &customers {
                let active = |i| customer.iter().any(|e| index(e) == i && !e.amount.is_refund());
                let revenue =
                    |i| customer.iter().filter(|e| index(e) == i).map(|e| Total::from(e.amount.0)).sum::<Total>();
                let ever_before = customer.iter().any(|e| index(e) < i && !e.amount.is_refund());
                match (active(i), active(i - 1)) {
                    (true, true) => movements.retained.count(revenue(i)),
                    (true, false) if ever_before => movements.resurrected.count(revenue(i)),
                    (true, false) => movements.new.count(revenue(i)),
                    (false, true) => {
                        movements.churned.count(revenue(i - 1));
                        movements.inactive_revenue += revenue(i);
                    }
                    (false, false) => movements.inactive_revenue += revenue(i),
                }
            }
            periods.insert(timeline.start(i).into(), movements);
        }
        periods
    }

    proptest! {
        #[test]
        fn equals_the_definition_in_any_parts(
            base in prop::collection::vec(entries(), 0..5), as_of in instant(), split in 0usize..5,
            period in prop_oneof![Just(Period::Months(240)), Just(Period::Months(1200)), Just(Period::Days(3650))],
        ) {
            let timeline = Timeline::new(period, as_of, &Utc);
            let count = |base: &[Vec<Entry>]| {
                let mut growth = Growth::default();
                for customer in base {
                    let h = History::from_entries(&mut customer.clone()).unwrap();
                    growth.add_customer(&h, timeline, &Utc).unwrap();
                }
                growth
            };
            let (left, right) = base.split_at(split.min(base.len()));
            let (whole, mut parts) = (count(&base), count(right));
            parts.merge(count(left)).unwrap();
            prop_assert_eq!(postcard::to_allocvec(&whole).unwrap(), postcard::to_allocvec(&parts).unwrap());
            let points: Vec<Point> = whole.points(timeline).collect();
            check_identities(&points);
            let counted: BTreeMap<i64, Movements> = points.iter().map(|p| (p.start.into(), p.movements)).collect();
            prop_assert_eq!(counted, naive(&base, timeline, period, as_of));
        }
    }
}
