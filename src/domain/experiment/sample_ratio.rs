//! Whether the groups are as large as the lot should have made them.

use super::count;
use super::tails::normal_tails;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::interrupt::Turns;

/// How likely a number is beside the most likely one where those beyond it are left out.
const NEGLIGIBLE: f64 = 1e-300;

/// Of more customers the binomial distribution is taken as the normal one.
const MANY: u64 = 100_000_000_000;

/// How likely groups are at least so far from the share that the lot gives to the treated group, in the same direction, doubled; at most 1. A p-value
/// below 0.001 says that customers were lost, added or moved after the lot (Fabijan et al., "Diagnosing sample ratio mismatch in online
/// controlled experiments", KDD 2019). Exact binomial up to 10¹¹ customers. None without customers.
///
/// # Errors
/// [`Kind::InvalidParameter`] for a negative number, and a share that does not lie between 0 and 1.
pub fn sample_ratio_p_value(treated: i64, control: i64, treated_share: f64) -> Result<Option<f64>> {
    count("treated", treated)?;
    count("control", control)?;
    if !(treated_share > 0.0 && treated_share < 1.0) {
        return Err(Error::new(Kind::InvalidParameter, format!("treated_share out of range: {treated_share}"))
            .detail("treated_share must lie strictly between 0 and 1.")
            .hint("With a control group of a tenth it is 0.9."));
    }
    let (treated, all) = (treated as u64, treated as u64 + control as u64);
    if all == 0 {
        return Ok(None);
    }
    if all > MANY {
        let (n, others) = (all as f64, 1.0 - treated_share);
        return Ok(Some(normal_tails((treated as f64 - n * treated_share) / (n * treated_share * others).sqrt())));
    }
    Ok(Some(binomial_p_value(treated, all, treated_share)))
}

/// Sums the probabilities from the mode on to both sides, each by the ratio to its neighbour, so that no factorial is needed.
fn binomial_p_value(treated: u64, all: u64, share: f64) -> f64 {
    let odds = share / (1.0 - share);
    let mode = (((all + 1) as f64 * share) as u64).min(all);
    // Of fewer, of as many, and of more than `treated`.
    let (mut below, mut here, mut above) = (0.0, 0.0, 0.0);
    let mut add = |k: u64, p: f64| match k.cmp(&treated) {
        std::cmp::Ordering::Less => below += p,
        std::cmp::Ordering::Equal => here += p,
        std::cmp::Ordering::Greater => above += p,
    };
    let mut turns = Turns::default();
    add(mode, 1.0);
    let (mut k, mut p) = (mode, 1.0);
    while k > 0 && p >= NEGLIGIBLE {
        // P(k − 1) / P(k).
        p *= k as f64 / ((all - k + 1) as f64 * odds);
        k -= 1;
        add(k, p);
        turns.turn();
    }
    (k, p) = (mode, 1.0);
    while k < all && p >= NEGLIGIBLE {
        p *= (all - k) as f64 * odds / (k + 1) as f64;
        k += 1;
        add(k, p);
        turns.turn();
    }
    (2.0 * (f64::min(below, above) + here) / (below + here + above)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::sample_ratio_p_value;

    /// scipy 1.17.1: 2 * min(binom.cdf(treated, n, share), binom.sf(treated - 1, n, share)), at most 1.
    #[test]
    fn p_values_are_those_of_scipy() {
        for (treated, control, share, want) in [
            (7, 3, 0.9, 0.140_381_652_8),
            (9, 1, 0.9, 1.0),
            (9_000, 1_200, 0.9, 7.255_078_402_683_497e-9),
            (900_000, 100_000, 0.9, 1.0),
            (901_200, 98_800, 0.9, 6.200_958_860_066_225e-5),
            (5_000_000, 5_000_000, 0.5, 1.0),
            (5_006_325, 4_993_675, 0.5, 6.335_171_528_738_817e-5),
            (3, 9_999_997, 1e-7, 0.160_602_775_748_814_57),
        ] {
            let got = sample_ratio_p_value(treated, control, share).unwrap().unwrap();
            assert!((got / want - 1.0).abs() < 1e-9, "{treated}, {control}: {got} instead of {want}");
        }
    }

    #[test]
    fn groups_as_the_lot_makes_them_are_sound_however_many() {
        for n in [10i64.pow(9), 10i64.pow(12), 1 << 61] {
            let p = sample_ratio_p_value(n, n, 0.5).unwrap().unwrap();
            assert!(p > 0.999, "{n}: {p}");
        }
        let most = sample_ratio_p_value(i64::MAX, i64::MAX, 0.9).unwrap().unwrap();
        assert!(most < 1e-9, "{most}");
    }
}
