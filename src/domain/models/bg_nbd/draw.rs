//! Draws a customer's future.

use rand::{Rng, RngCore};
use rand_distr::{Distribution, Gamma};

use super::Cnbd;
use crate::domain::models::purchase_model::{PurchaseProcess, Summary};

/// No future has more purchases than this.
const MAX_PURCHASES: u32 = 1_000_000;

/// Appends the times after T of the purchases in (T, T + within], ascending.
///
/// Whether alive, how many phases of the open gap are over, and λ are drawn from what the summary says of them. p is not:
/// with p ~ Beta(a, b₁) integrated out, the n-th coin from now, after n − 1 stays, says leave with probability
/// a/(a+b₁+n−1) (Pólya's urn).
pub(super) fn purchases(model: &Cnbd, customer: &Summary, within: f64, random: &mut dyn RngCore, times: &mut Vec<f64>) {
    if random.random::<f64>() >= model.p_alive(customer) {
        return;
    }
    let living = model.living(customer);
    let mut share = random.random::<f64>();
    let mut over = 0;
    while over + 1 < living.k && share >= living.phases[over] {
        share -= living.phases[over];
        over += 1;
    }
    // The rate of the process; its reciprocal is the scale of the gaps.
    let Ok(rates) = Gamma::new(living.shape + over as f64, 1.0 / living.rate) else { return };
    let scale = 1.0 / rates.sample(random);
    let (Ok(first), Ok(other)) = (Gamma::new((living.k - over) as f64, scale), Gamma::new(living.k as f64, scale))
    else {
        // No finite gap: the customer never buys again.
        return;
    };
    let mut at = first.sample(random);
    for n in 0..MAX_PURCHASES {
        if at.is_nan() || at > within {
            return;
        }
        times.push(at);
        if let Some((a, b)) = living.coin
            && random.random::<f64>() * (a + b + f64::from(n)) < a
        {
            return;
        }
        at += other.sample(random);
    }
}
