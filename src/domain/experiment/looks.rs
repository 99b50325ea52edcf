//! The customers of an experiment whose windows have ended, gathered in whatever order, for readers who look every day.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Confidence;
use super::anytime::{Anytime, Looked, anytime};
use crate::domain::history::money::SCALE;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::interrupt;

/// A customer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Ended {
    /// When the window ended.
    at: i64,
    /// Of the customer's key: customers of one instant stand in an order that has nothing to do with their group or their spend.
    place: u64,
    treated: bool,
    /// In 1/10000.
    spend: i64,
    share: f64,
}

/// The customers so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LooksState {
    customers: Vec<Ended>,
}

impl LooksState {
    /// Adds a customer by key: spend in 1/10000, the probability of being treated, and when the window ended, in microseconds.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for a share that does not lie strictly between 0 and 1; [`Kind::OutOfMemory`].
    pub fn add(&mut self, treated: bool, spend: i64, share: f64, at: i64, customer: &[u8]) -> Result<()> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::new(Kind::InvalidParameter, format!("treated_share out of range: {share}"))
                .detail("treated_share must lie strictly between 0 and 1.")
                .hint("With a control group of a tenth it is 0.9."));
        }
        let hash = Sha256::digest(customer);
        let place = hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        reserve(&mut self.customers, 1)?;
        self.customers.push(Ended { at, place, treated, spend, share });
        Ok(())
    }

    /// Adds all customers of another part.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`].
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        reserve(&mut self.customers, other.customers.len())?;
        self.customers.extend_from_slice(&other.customers);
        Ok(())
    }

    /// Puts the customers into the order in which their windows ended.
    pub fn normalize(&mut self) {
        interrupt::sort_by(&mut self.customers, |one, other| {
            let order = one.at.cmp(&other.at).then(one.place.cmp(&other.place));
            // One key twice.
            order
                .then(one.spend.cmp(&other.spend))
                .then(one.treated.cmp(&other.treated))
                .then(one.share.total_cmp(&other.share))
        });
    }

    /// What may be acted upon at any time.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`].
    pub fn anytime(&mut self, confidence: Confidence) -> Result<Anytime> {
        self.normalize();
        let mut looked = Vec::new();
        reserve(&mut looked, self.customers.len())?;
        looked.extend(self.customers.iter().map(|customer| Looked {
            treated: customer.treated,
            spend: customer.spend as f64 / SCALE as f64,
            share: customer.share,
        }));
        anytime(&looked, confidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_order_nor_workers_change_a_digit() {
        let customers: Vec<(bool, i64, i64, String)> =
            (0..400).map(|i| (i * 31 % 7 != 0, i * 7919 % 991 * (i % 3), i / 10, i.to_string())).collect();
        let state = |customers: &[(bool, i64, i64, String)]| {
            let mut state = LooksState::default();
            for (treated, spend, at, customer) in customers {
                state.add(*treated, *spend, 0.857, *at, customer.as_bytes()).unwrap();
            }
            state
        };
        let confidence = Confidence::new(0.95).unwrap();
        let (mut one, mut backward) = (customers.clone(), state(&customers[250..]));
        one.reverse();
        backward.merge(&state(&customers[..250])).unwrap();
        let want = state(&customers).anytime(confidence).unwrap();
        assert!(want.p_value.is_some());
        assert_eq!(state(&one).anytime(confidence).unwrap(), want);
        assert_eq!(backward.anytime(confidence).unwrap(), want);
    }

    #[test]
    fn shares_of_0_and_1_are_no_lot() {
        for share in [0.0, 1.0, -0.1, 90.0, f64::NAN, f64::INFINITY] {
            let refused = LooksState::default().add(true, 0, share, 0, b"").map_err(|error| error.kind);
            assert_eq!(refused, Err(Kind::InvalidParameter), "{share}");
        }
    }
}
