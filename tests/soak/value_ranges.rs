//! Whether `ltv_range` holds what customers then spend as often as it says, where all that is known of the parameters is
//! a fit.

use pg_lifecycle::domain::models::purchase_model::Summary;
use pg_lifecycle::domain::models::purchase_model::counts::PurchaseCounts;
use pg_lifecycle::domain::models::purchase_model::fit::{Options, fit};
use pg_lifecycle::domain::models::purchase_model::model::ModelKind;
use pg_lifecycle::domain::models::purchase_model::value::{Customer, Terms, Uncertain};
use pg_lifecycle::domain::models::spend::SpendCounts;
use pg_lifecycle::domain::models::spend::fit::fit as fit_spend;
use pg_lifecycle::domain::time::unit::TimeUnit;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::story::{beta, exponential, gamma};

/// Weeks of calibration and of what is forecast.
const SEEN: f64 = 78.0;
const AHEAD: f64 = 52.0;

/// A customer of a busy shop under BG/NBD and gamma-gamma, and what he spends in the time ahead.
fn draw(random: &mut ChaCha8Rng) -> (Customer, f64) {
    let (rate, leaves, price) = (gamma(1.5, random) / 9.0, beta(0.4, 6.0, random), 15.0 / gamma(4.0, random));
    let (mut frequency, mut recency, mut spent, mut ahead) = (0.0, 0.0, 0.0, 0.0);
    let mut at = exponential(random) / rate;
    while at <= SEEN + AHEAD {
        let spend = price * gamma(6.0, random);
        if at <= SEEN {
            (frequency, recency, spent) = (frequency + 1.0, at, spent + spend);
        } else {
            ahead += spend;
        }
        if random.random::<f64>() < leaves {
            break;
        }
        at += exponential(random) / rate;
    }
    let mean_spend = if frequency > 0.0 { spent / frequency } else { 0.0 };
    (Customer { summary: Summary { frequency, recency, t: SEEN }, repeats: frequency, mean_spend }, ahead)
}

#[test]
fn a_range_holds_what_is_spent_as_often_as_it_says() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let (mut purchases, mut spends) = (PurchaseCounts::default(), SpendCounts::default());
    for _ in 0..3_000 {
        let (customer, _) = draw(&mut random);
        purchases.add_summary(&customer.summary, 1).expect("a small base");
        spends.insert(customer.repeats as u32, customer.mean_spend).expect("a small base");
    }
    let base = purchases.base(1.0).expect("a small base");
    let purchases = fit(ModelKind::BgNbd, TimeUnit::WEEK, &base, &Options::default(), &mut || Ok(())).expect("a fit");
    let spends = fit_spend(&mut spends, &mut || Ok(())).expect("a fit");
    let uncertain = Uncertain::new(&purchases, &spends).expect("parameters");
    let terms = Terms { within: AHEAD, rate: 0.0, margin: 1.0 };
    // Customers whom the fit has not seen. An end at 0 says only how many spend nothing, so the others are judged.
    let (mut lower_ends, mut upper_ends) = (End::default(), End::default());
    for _ in 0..4_000 {
        let (customer, spent) = draw(&mut random);
        let (lower, upper) = uncertain.range(&customer, &terms, 0.8, &mut || Ok(())).expect("a range");
        lower_ends.judge(lower, spent < lower);
        upper_ends.judge(upper, spent > upper);
    }
    println!("ltv_range at 0.8: {lower_ends} less than its lower end, {upper_ends} more than its upper end");
    lower_ends.must_be(0.1);
    upper_ends.must_be(0.1);
}

/// How many ends of ranges there were, and beyond how many of them the customer came to be.
#[derive(Debug, Default)]
struct End {
    judged: u32,
    beyond: u32,
}

impl End {
    fn judge(&mut self, end: f64, beyond: bool) {
        if end > 0.0 {
            self.judged += 1;
            self.beyond += u32::from(beyond);
        }
    }

    /// Four standard deviations of chance, and two hundredths for what a fit does not know.
    fn must_be(&self, share: f64) {
        let judged = f64::from(self.judged);
        let off = (f64::from(self.beyond) / judged - share).abs();
        assert!(judged > 1_000.0 && off <= 0.02 + 4.0 * (share * (1.0 - share) / judged).sqrt(), "{self:?}");
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} of {}", f64::from(self.beyond) / f64::from(self.judged), self.judged)
    }
}
