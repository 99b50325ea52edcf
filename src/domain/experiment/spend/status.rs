//! What a comparison can see, in words.

use super::terms::Lots;
use super::{Confidence, Group};

/// The smallest increase that is found more often than missed: where the difference that it makes reaches the value that the lot alone exceeds
/// in half of 1 − confidence. None where no increase does.
///
/// An increase δ makes the difference δ·mean, and the squared standard error ((1+δ)²/n + 1/m) σ² with n treated and m control customers.
pub fn smallest_seen(lots: &Lots, treated: f64, control: f64, confidence: Confidence) -> Option<f64> {
    let balance = lots.drawn.balance();
    let mean = lots.drawn.control_mean();
    if !(balance.is_finite() && balance > 0.0 && mean > 0.0) {
        return None;
    }
    let critical = lots.critical(balance, 0.5 * (1.0 - confidence.0));
    let by_lot = lots.standard_error(balance);
    let (of_treated, of_control) = (control / (treated + control), treated / (treated + control));
    let reaches = |lift: f64| {
        let grown = 1.0 + lift;
        lift * mean >= critical * by_lot * (grown * grown * of_treated + of_control).sqrt()
    };
    let mut most = 0.01;
    while !reaches(most) {
        most *= 2.0;
        if most > 1e6 {
            return None;
        }
    }
    let mut least = 0.0;
    for _ in 0..60 {
        let middle = 0.5 * (least + most);
        if reaches(middle) { most = middle } else { least = middle }
    }
    Some(most)
}

/// A share in per cent with two digits, rounded up.
fn per_cent(share: f64) -> String {
    let per_cent = 100.0 * share.max(1e-4);
    let unit = 10f64.powi(per_cent.log10().floor() as i32 - 1).max(0.01);
    let rounded = (per_cent / unit - 1e-9).ceil() * unit;
    let decimals = usize::from(unit < 1.0) + usize::from(unit < 0.1);
    format!("{rounded:.decimals$} %")
}

/// So many of something.
fn counted(number: u64, one: &str, many: &str) -> String {
    match number {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

/// Customers of strata without one of the groups.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeftOut {
    /// How many customers.
    pub customers: u64,
    /// How many strata.
    pub strata: u64,
}

/// The smallest increase that is seen; None where none is.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// In the spend as it is.
    pub plain: Option<f64>,
    /// After adjustment for covariates, if there are any.
    pub adjusted: Option<Option<f64>>,
}

/// All that a reader is told of both groups, and of what is seen where they could be compared.
pub fn status(treated: &Group, control: &Group, seen: Option<Seen>, left: LeftOut) -> String {
    let mut told = Vec::new();
    match seen {
        _ if control.customers == 0 => told.push("no control customers: nothing can be compared".to_owned()),
        _ if treated.customers == 0 => told.push("no treated customers: nothing can be compared".to_owned()),
        _ if treated.buyers + control.buyers == 0 => {
            told.push("no buyers in either group: no effect can be seen".to_owned());
        }
        Some(_) if control.buyers == 0 => {
            told.push("no buyers in the control group: the lift cannot be estimated".to_owned());
        }
        Some(_) if treated.buyers == 0 => {
            told.push("no buyers in the treated group: no interval can be given".to_owned());
        }
        None => told.push("no stratum with both groups: nothing can be compared".to_owned()),
        Some(Seen { plain, adjusted }) => {
            let (buyers, group) = if treated.customers < control.customers {
                (treated.buyers, "treated group")
            } else {
                (control.buyers, "control group")
            };
            let buyers = counted(buyers, "buyer", "buyers");
            let limit = plain.map_or("no increase, however large, can be seen".to_owned(), |plain| {
                format!("an effect below {} cannot be seen", per_cent(plain))
            });
            told.push(format!("{buyers} in the {group}: {limit}"));
            match adjusted {
                Some(Some(adjusted)) => told.push(format!("after adjustment, below {}", per_cent(adjusted))),
                Some(None) => told.push("after adjustment, no increase can be seen".to_owned()),
                None => {}
            }
        }
    }
    if left.customers > 0 && seen.is_some() {
        let customers = counted(left.customers, "customer", "customers");
        let strata = if left.strata == 1 { "1 stratum".to_owned() } else { format!("{} strata", left.strata) };
        told.push(format!("{customers} of {strata} with one group alone left out"));
    }
    told.join("; ")
}
