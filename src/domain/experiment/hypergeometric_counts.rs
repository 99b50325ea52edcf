//! How many of the customers of a kind get into a group that the lot fills: the hypergeometric distribution.

use crate::domain::support::error::{Result, reserve};

/// The numbers that are not too unlikely, and their probabilities.
#[derive(Debug)]
pub struct HypergeometricCounts {
    /// The least of them.
    pub least: u64,
    /// Of the least one, the next, and so on; their sum is 1.
    pub probabilities: Vec<f64>,
}

/// How likely a number is beside the most likely one where those beyond it are left out.
const NEGLIGIBLE: f64 = 1e-20;

impl HypergeometricCounts {
    /// Of `all` customers `kind` are of the kind, and the group takes `taken`: P(k) = C(kind, k) C(all − kind, taken − k) / C(all, taken)
    /// (Johnson, Kemp and Kotz, Univariate Discrete Distributions, 3rd ed. 2005, chapter 6), from the mode on by the ratio of neighbours.
    ///
    /// # Errors
    /// [`crate::domain::support::error::Kind::OutOfMemory`].
    pub fn new(all: u64, kind: u64, taken: u64) -> Result<Self> {
        let last = taken.min(kind);
        let first = kind.saturating_add(taken).saturating_sub(all).min(last);
        let mode = (kind as f64 + 1.0) * ((taken as f64 + 1.0) / (all as f64 + 2.0));
        let mode = (mode as u64).clamp(first, last);
        // P(k + 1) / P(k).
        let ratio = |k: u64| {
            let others_left =
                (u128::from(all) + u128::from(k) + 1).saturating_sub(u128::from(kind) + u128::from(taken));
            ((kind - k) as f64 * (taken - k) as f64) / ((k + 1) as f64 * others_left.max(1) as f64)
        };
        let (mut below, mut above) = (Vec::new(), vec![1.0]);
        let (mut k, mut p) = (mode, 1.0);
        while k > first {
            k -= 1;
            p /= ratio(k);
            if p < NEGLIGIBLE {
                break;
            }
            reserve(&mut below, 1)?;
            below.push(p);
        }
        (k, p) = (mode, 1.0);
        while k < last {
            p *= ratio(k);
            if p < NEGLIGIBLE {
                break;
            }
            reserve(&mut above, 1)?;
            above.push(p);
            k += 1;
        }
        let least = mode - below.len() as u64;
        below.reverse();
        reserve(&mut below, above.len())?;
        below.append(&mut above);
        let sum: f64 = below.iter().sum();
        below.iter_mut().for_each(|p| *p /= sum);
        Ok(HypergeometricCounts { least, probabilities: below })
    }

    /// Twice the smaller of the probabilities of a number as large and as small as this, the number itself counted half; at most 1. Where
    /// the number is too unlikely, 0.
    pub fn mid_p(&self, number: u64) -> f64 {
        let (mut below, mut here, mut above) = (0.0, 0.0, 0.0);
        for (k, p) in (self.least..).zip(&self.probabilities) {
            match k.cmp(&number) {
                std::cmp::Ordering::Less => below += p,
                std::cmp::Ordering::Equal => here += p,
                std::cmp::Ordering::Greater => above += p,
            }
        }
        (2.0 * (f64::min(below, above) + 0.5 * here)).min(1.0)
    }
}
