//! The methods that are judged: Welch's and Fieller's, and that by the lot itself, plain and adjusted.

use pg_lifecycle::domain::experiment::spend::{Effect, SpendState};
use pg_lifecycle::domain::experiment::{Confidence, Interval, Means};

use super::bases::Customer;
use super::figures::Said;

/// In the order of [`said`].
pub const METHODS: [&str; 3] = ["Welch", "lot", "lot, adjusted"];

fn confidence() -> Confidence {
    Confidence::new(0.95).expect("a confidence")
}

/// What each of the methods says of one lot.
pub fn said(customers: &[Customer], lot: &[bool]) -> [Said; 3] {
    [welch(customers, lot), by_the_lot(customers, lot, false), by_the_lot(customers, lot, true)]
}

fn welch(customers: &[Customer], lot: &[bool]) -> Said {
    let group = |name: &str, treated: bool| {
        let members =
            || customers.iter().zip(lot).filter(|(_, of)| **of == treated).map(|(customer, _)| customer.spend as f64);
        let n = members().count() as f64;
        let mean = members().sum::<f64>() / n;
        let variance = members().map(|spend| (spend - mean).powi(2)).sum::<f64>() / (n - 1.0);
        Means::new(name, n as i64, Some(mean), Some(variance)).expect("a group")
    };
    let compared = group("treated", true).compare(&group("control", false), confidence());
    Said { difference: compared.difference, p_value: compared.p_value, interval: compared.lift_interval }
}

fn by_the_lot(customers: &[Customer], lot: &[bool], adjusted: bool) -> Said {
    let mut state = SpendState::default();
    for (customer, treated) in customers.iter().zip(lot) {
        let before = customer.before.map(Some);
        state.add(*treated, customer.spend, adjusted.then_some(&before[..]), b"").expect("a customer");
    }
    let compared = state.compare(confidence()).expect("a comparison");
    let Effect { difference, lift_low, lift_high, p_value, .. } = match adjusted {
        true => compared.adjusted.expect("covariates"),
        false => compared.plain,
    };
    let interval = lift_low.map(|low| Interval { low, high: lift_high.unwrap_or(f64::INFINITY) });
    Said { difference, p_value, interval }
}
