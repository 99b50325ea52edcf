//! Which purchase a refund takes back: histories say what went back, and not of what.

use std::collections::HashMap;

use super::History;
use super::money::Amount;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::time::instant::Instant;

/// A purchase, and what was given back of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetPurchase {
    /// When it was made.
    pub at: Instant,
    /// What it came to.
    pub amount: Amount,
    /// What was given back of it, from 0 to the amount.
    pub refunded: Amount,
}

impl NetPurchase {
    const fn rest(&self) -> i64 {
        self.amount.0 - self.refunded.0
    }
}

/// The purchases at or before `as_of` in order of time, with what was given back of each by then.
///
/// A refund takes back the last purchase before it of which exactly the refunded amount is left, for most refunds are whole. Without one it takes back
/// the rest of the last purchase, and then of those before it; an excess over all of them counts nowhere.
///
/// # Errors
/// [`crate::domain::support::error::Kind::OutOfMemory`].
pub fn net_purchases(history: &History, as_of: Instant) -> Result<Vec<NetPurchase>> {
    let mut purchases: Vec<NetPurchase> = Vec::new();
    reserve(&mut purchases, history.entries_until(as_of).filter(|entry| !entry.amount.is_refund()).count())?;
    // By what is left of a purchase, the places of those that had so much left when they were noted; and all with anything left.
    let mut by_rest: HashMap<i64, Vec<usize>> = HashMap::new();
    let mut open: Vec<usize> = Vec::new();
    let mut refunds: Vec<u64> = Vec::new();
    // Entries of one instant are in order of their amounts: the refunds come first, and are kept until the purchases are there.
    let mut entries = history.entries_until(as_of).peekable();
    while let Some(entry) = entries.next() {
        if entry.amount.is_refund() {
            reserve(&mut refunds, 1)?;
            refunds.push(entry.amount.0.unsigned_abs());
        } else {
            note(&mut by_rest, entry.amount.0, purchases.len())?;
            reserve(&mut open, 1)?;
            open.push(purchases.len());
            purchases.push(NetPurchase { at: entry.at, amount: entry.amount, refunded: Amount(0) });
        }
        if entries.peek().is_some_and(|next| next.at == entry.at) {
            continue;
        }
        for refund in refunds.drain(..) {
            take_back(&mut purchases, &mut by_rest, &mut open, refund)?;
        }
    }
    Ok(purchases)
}

fn take_back(
    purchases: &mut [NetPurchase],
    by_rest: &mut HashMap<i64, Vec<usize>>,
    open: &mut Vec<usize>,
    refund: u64,
) -> Result<()> {
    // More than any purchase can be is no whole one.
    if let Ok(whole) = i64::try_from(refund) {
        let mut same = by_rest.get_mut(&whole);
        while let Some(place) = same.as_mut().and_then(|places| places.pop()) {
            if purchases[place].rest() == whole {
                purchases[place].refunded = purchases[place].amount;
                return Ok(());
            }
        }
    }
    let mut left = refund;
    while left > 0 {
        let Some(&place) = open.last() else { break };
        let purchase = &mut purchases[place];
        let taken = left.min(purchase.rest().unsigned_abs());
        // It is at most what is left of the purchase, which is at most what an amount can be.
        purchase.refunded.0 += taken as i64;
        left -= taken;
        if purchase.rest() == 0 {
            open.pop();
        } else {
            note(by_rest, purchase.rest(), place)?;
        }
    }
    Ok(())
}

/// Notes of a purchase that so much is left of it.
fn note(by_rest: &mut HashMap<i64, Vec<usize>>, rest: i64, place: usize) -> Result<()> {
    by_rest.try_reserve(1).map_err(|_| Error::new(Kind::OutOfMemory, "out of memory"))?;
    let places = by_rest.entry(rest).or_default();
    reserve(places, 1)?;
    places.push(place);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::encoding::Entry;

    fn refunded(history: &str) -> Vec<i64> {
        let history = History::parse(history).unwrap();
        let all = net_purchases(&history, Instant::MAX).unwrap();
        all.iter().map(|purchase| purchase.refunded.0 / 10_000).collect()
    }

    #[test]
    fn a_refund_takes_back_the_last_purchase_of_just_so_much() {
        assert_eq!(refunded("{2024-01-01 10, 2024-01-02 20, 2024-01-03 10, 2024-01-04 -10}"), [0, 0, 10]);
        assert_eq!(refunded("{2024-01-01 10, 2024-01-02 20, 2024-01-03 -10}"), [10, 0]);
        assert_eq!(refunded("{2024-01-01 10, 2024-01-02 10, 2024-01-03 -10, 2024-01-04 -10}"), [10, 10]);
        // The rest of a purchase of which a part went back is as good as a whole one.
        assert_eq!(refunded("{2024-01-01 7, 2024-01-02 10, 2024-01-03 -3, 2024-01-04 -7}"), [0, 10]);
    }

    #[test]
    fn or_else_what_is_left_of_the_last_ones() {
        assert_eq!(refunded("{2024-01-01 10, 2024-01-02 20, 2024-01-03 -5}"), [0, 5]);
        assert_eq!(refunded("{2024-01-01 10, 2024-01-02 20, 2024-01-03 -25}"), [5, 20]);
        assert_eq!(refunded("{2024-01-01 10, 2024-01-02 20, 2024-01-03 -99}"), [10, 20]);
        assert_eq!(refunded("{2024-01-01 -5, 2024-01-02 20}"), [0]);
        // At the same instant the purchase was first.
        assert_eq!(refunded("{2024-01-01 -5, 2024-01-01 20}"), [5]);
        assert_eq!(refunded("{2024-01-01 0, 2024-01-02 -1}"), [0]);
        assert_eq!(refunded("{}"), Vec::<i64>::new());
    }

    /// The rule again, by searching.
    fn naive(entries: &[Entry]) -> Vec<NetPurchase> {
        let mut sorted = entries.to_vec();
        sorted.sort_by_key(|entry| (entry.at, entry.amount.is_refund(), entry.amount));
        let mut purchases: Vec<NetPurchase> = Vec::new();
        for entry in sorted {
            if !entry.amount.is_refund() {
                purchases.push(NetPurchase { at: entry.at, amount: entry.amount, refunded: Amount(0) });
                continue;
            }
            let refund = -entry.amount.0;
            if let Some(same) = purchases.iter_mut().rev().find(|purchase| purchase.rest() == refund) {
                same.refunded = same.amount;
                continue;
            }
            let mut left = refund;
            for purchase in purchases.iter_mut().rev() {
                let taken = left.min(purchase.rest());
                purchase.refunded.0 += taken;
                left -= taken;
            }
        }
        purchases
    }

    proptest! {
        #[test]
        fn as_by_searching(entries in prop::collection::vec((0i64..6, -6i64..9), 0..24)) {
            let mut entries: Vec<Entry> = entries
                .into_iter()
                .map(|(day, amount)| Entry {
                    at: Instant::from_micros(day * crate::domain::time::instant::DAY).unwrap(),
                    amount: Amount(amount),
                })
                .collect();
            let history = History::from_entries(&mut entries).unwrap();
            let found = net_purchases(&history, Instant::MAX).unwrap();
            prop_assert_eq!(&found, &naive(&entries));
            let bought: i64 = entries.iter().map(|entry| entry.amount.0.max(0)).sum();
            let given_back: i64 = found.iter().map(|purchase| purchase.refunded.0).sum();
            prop_assert!(given_back <= bought && found.iter().all(|purchase| purchase.rest() >= 0));
        }

        #[test]
        fn no_amount_is_too_much(amounts in prop::collection::vec(any::<i64>(), 0..9)) {
            let mut entries: Vec<Entry> = amounts
                .into_iter()
                .enumerate()
                .map(|(i, amount)| Entry { at: Instant::from_micros(i as i64).unwrap(), amount: Amount(amount) })
                .collect();
            let history = History::from_entries(&mut entries).unwrap();
            let found = net_purchases(&history, Instant::MAX).unwrap();
            prop_assert!(found.iter().all(|purchase| (0..=purchase.amount.0).contains(&purchase.refunded.0)));
        }
    }
}
