//! The brake: a refresh that would lose many customers or orders at once is held, because that is rather a reload, a partition that was
//! detached or a condition that went wrong than what customers have done.

use super::Store;
use super::changes::{Scope, within};
use super::scoring::base;
use super::settings::Settings;
use super::tables::Source;
use crate::domain::support::sql::{Sql, expression, sql};

/// From how many customers on a refresh can be held: of a few, many may go.
pub const HELD_FROM: u64 = 100;

/// How many there were of something before a refresh, and what would become of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shrinking {
    /// How many there are in the store.
    pub before: u64,
    /// How many of them would be gone, whatever else comes.
    pub lost: u64,
    /// How many there would be then.
    pub after: u64,
    /// The most that there were within the last day, for what goes in several parts.
    pub highest: u64,
}

impl Shrinking {
    /// How many are lost, of how many: the greater share of what goes at once and of what is missing since the highest.
    fn worst(self) -> (u64, u64) {
        let most = self.before.max(self.highest);
        let (at_once, in_parts) = ((self.lost, self.before), (most.saturating_sub(self.after), most));
        if share(in_parts) > share(at_once) { in_parts } else { at_once }
    }
}

fn share((lost, of): (u64, u64)) -> f64 {
    if of == 0 { 0.0 } else { lost as f64 / of as f64 }
}

/// What a refresh would lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Losses {
    /// Customers with orders.
    pub buyers: Shrinking,
    /// Orders.
    pub orders: Shrinking,
    /// All customers, prospects among them.
    pub people: Shrinking,
    /// Rows of the relation of the customers, where there is one: without them customers lose what it says of them.
    pub listed: Shrinking,
}

impl Losses {
    /// Why the refresh is held; None if it may go on.
    pub fn held(&self, settings: &Settings) -> Option<String> {
        let most = [self.buyers, self.people, self.listed]
            .map(|of| of.before.max(of.highest))
            .into_iter()
            .max()
            .unwrap_or_default();
        if most < HELD_FROM {
            return None;
        }
        let of = [
            ("rows of the relation of the customers", self.listed),
            ("customers", self.people),
            ("customers with orders", self.buyers),
            ("orders", self.orders),
        ];
        let too_many: Vec<String> = of
            .into_iter()
            .map(|(what, shrinking)| (what, shrinking.worst()))
            .filter(|(_, worst)| share(*worst) > settings.max_shrink)
            .map(|(what, (lost, of))| format!("{lost} of {of} {what}"))
            .collect();
        if too_many.is_empty() {
            return None;
        }
        Some(format!(
            "it would lose {}, more than the setting max_shrink allows: {} %",
            too_many.join(" and "),
            settings.max_shrink * 100.0
        ))
    }
}

/// The query for how many customers with orders there are, and how many orders.
pub fn count(store: &Store) -> Sql {
    sql!(store, "sql/brake/count.sql")
}

/// The query for how many of them the new histories would take away: to be run before those are put in the place of the old ones.
pub fn lost(store: &Store, fresh: &'static str, scope: Scope) -> Sql {
    let count = Source::Orders.count_column();
    sql!(store, "sql/brake/lost.sql", fresh = fresh, count = count, condition = within(scope, "stored.customer"))
}

/// The query for how many customers have a profile, how many of those would have none any more, and how many there would be.
pub fn people(store: &Store) -> Sql {
    sql!(store, "sql/brake/people.sql", base = base(store))
}

/// The query for how many rows the relation of the customers has.
pub fn listed(store: &Store) -> Sql {
    expression!(store, "SELECT count(*) FROM {data.source_customers}")
}

/// Has the journeys of the store wait, for this reason: its parameter.
pub fn hold(store: &Store) -> Sql {
    sql!(store, "sql/brake/hold.sql")
}

/// Lets them go on.
pub fn release(store: &Store) -> Sql {
    expression!(store, "DELETE FROM {data.hold} WHERE kind = 'refresh'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrinking(before: u64, lost: u64, after: u64) -> Shrinking {
        Shrinking { before, lost, after, highest: before }
    }

    fn held(losses: Losses, max_shrink: f64) -> Option<String> {
        losses.held(&Settings { max_shrink, ..Settings::default() })
    }

    #[test]
    fn a_refresh_that_would_lose_more_than_the_setting_says_is_held() {
        let buyers = |lost| Losses { buyers: shrinking(1000, lost, 1000 - lost), ..Losses::default() };
        assert_eq!(held(buyers(300), 0.3), None);
        assert_eq!(
            held(buyers(301), 0.3).as_deref(),
            Some("it would lose 301 of 1000 customers with orders, more than the setting max_shrink allows: 30 %")
        );
        assert_eq!(held(buyers(1000), 1.0), None);
        assert!(held(buyers(1), 0.0).is_some());
    }

    #[test]
    fn what_comes_does_not_make_good_what_goes() {
        let orders = shrinking(5000, 4000, 6000);
        assert!(held(Losses { orders, people: shrinking(100, 0, 100), ..Losses::default() }, 0.3).is_some());
    }

    #[test]
    fn what_goes_in_parts_counts_together() {
        let buyers = Shrinking { before: 600, lost: 100, after: 500, highest: 1000 };
        let reason = held(Losses { buyers, ..Losses::default() }, 0.3).expect("held");
        assert!(reason.contains("500 of 1000 customers with orders"), "{reason}");
    }

    #[test]
    fn of_a_few_customers_all_may_go() {
        let few = |number| Losses { buyers: shrinking(number, number, 0), ..Losses::default() };
        assert_eq!(held(few(HELD_FROM - 1), 0.3), None);
        assert!(held(few(HELD_FROM), 0.3).is_some());
        assert_eq!(held(Losses::default(), 0.0), None);
    }
}
