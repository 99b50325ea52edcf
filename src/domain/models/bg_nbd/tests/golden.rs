//! Reference values: published data, high-precision arithmetic.

use super::*;

#[test]
fn the_customers_of_the_cdnow_sample() {
    let mut customers = 0;
    for row in table(include_str!("../../../../../tests/data/cdnow_sample_mle.csv")) {
        let get = |name: &str| number(row(name));
        let c = customer(get("frequency"), get("recency_days") / 7.0, get("T_days") / 7.0);
        for (name, model) in [("bgnbd", BG), ("mbgnbd", MBG)] {
            near("P(alive)", model.p_alive(&c), get(&format!("{name}_p_alive")), 1e-12);
            for weeks in ["1", "4.345", "39", "52"] {
                let want = get(&format!("{name}_exp_purch_{weeks}w"));
                // The table's own formula cancels: mpmath has 0.005062957461348737 where it has …354013.
                near("expected purchases", model.expected_purchases(&c, number(weeks)), want, 1e-11);
            }
        }
        customers += 1;
    }
    assert_eq!(customers, 2357);
}

fn check(model: Cnbd, row: &dyn Fn(&str) -> &'static str) {
    let get = |name: &str| number(row(name));
    let c = customer(get("frequency"), get("recency"), get("T"));
    let what = |name| format!("{name} of {c:?} under {model:?}, horizon {}", row("horizon"));
    let (likelihood, want) = (model.log_likelihood(&c), get("loglik"));
    assert!((likelihood - want).abs() <= 1e-12 * (1.0 + want.abs()), "{}: {likelihood} {want}", what("log-likelihood"));
    let (alive, want) = (model.p_alive(&c), get("p_alive"));
    // The logarithm of P(left)/P(here) is some 10⁵ for the hardest, and has their rounding.
    let relative = 1e-12 + 1e-15 * want.max(1e-300).ln().abs() + 1e-15 * c.frequency;
    assert!((alive - want).abs() <= relative * want + 1e-300, "{}: {alive:e} {want:e}", what("P(alive)"));
    if want > 1e-290 {
        let got = model.expected_purchases(&c, get("horizon"));
        near(&what("expected purchases"), got, get("expected_purchases"), relative + 3e-12);
    }
}

#[test]
fn hard_cases() {
    let mut cases = 0;
    for row in table(include_str!("../../../../../tests/data/stress_mpmath.csv")) {
        if row("model") != "pnbd" {
            let [r, alpha, a, b] = ["p1", "p2", "p3", "p4"].map(|name| number(row(name)));
            let at_first = row("model") == "mbgnbd";
            check(Cnbd { k: 1, r, alpha, dropout: Some(Dropout { a, b, at_first }) }, &row);
            cases += 1;
        }
    }
    assert_eq!(cases, 306);
}

#[test]
fn harder_cases() {
    let mut cases = 0;
    for row in table(include_str!("../../../../../tests/data/cnbd.csv")) {
        let [r, alpha, a, b] = ["r", "alpha", "a", "b"].map(|name| number(row(name)));
        let k = row("k").parse().unwrap();
        check(Cnbd { k, r, alpha, dropout: Some(Dropout { a, b, at_first: row("m") == "1" }) }, &row);
        cases += 1;
    }
    assert!(cases >= 200, "only {cases} cases");
}

#[test]
fn at_least_one_purchase_and_when() {
    for row in table(include_str!("../../../../../tests/data/purchase_probability.csv")) {
        let get = |name: &str| number(row(name));
        let model = match row("model") {
            "bgnbd" => BG,
            "mbgnbd" => MBG,
            _ => continue,
        };
        let c = customer(get("x"), get("t_x_days") / 7.0, get("T_days") / 7.0);
        for weeks in [1.0, 4.0, 13.0, 39.0] {
            let want = get(&format!("p_at_least_one_{weeks}w"));
            near("P(buys)", model.purchase_probability(&c, weeks), want, 1e-12);
        }
        near("P(buys ever)", model.purchase_probability(&c, f64::INFINITY), get("p_ever_again"), 1e-12);
        near("wait", model.wait_quantile(&c, 0.5), get("median_wait_weeks_given_purchase"), 1e-12);
        if !row("median_wait_weeks").is_empty() {
            // Half of all have bought by then: of those who will, 0.5/P(alive).
            let wait = model.wait_quantile(&c, 0.5 / model.p_alive(&c));
            near("wait of all", wait, get("median_wait_weeks"), 1e-11);
        }
    }
}

#[test]
fn discounted_for_ever() {
    let mut cases = 0;
    for row in table(include_str!("../../../../../tests/data/dert.csv")) {
        let get = |name: &str| number(row(name));
        let model = match row("model") {
            "bgnbd" => BG,
            "mbgnbd" => MBG,
            _ => continue,
        };
        let c = customer(get("x"), get("t_x_days") / 7.0, get("T_days") / 7.0);
        near("DERT", model.discounted_purchases(&c, 0.0027, f64::INFINITY), get("dert_d0.0027"), 1e-12);
        // The finite one, up to where it no longer matters.
        near("DERT", model.discounted_purchases(&c, 0.0027, 44.9 / 0.0027), get("dert_d0.0027"), 1e-11);
        cases += 1;
    }
    assert_eq!(cases, 120);
}

#[test]
fn new_customers() {
    for row in table(include_str!("../../../../../tests/data/cdnow_pmf_mle.csv")) {
        for (name, model) in [("bgnbd", BG), ("mbgnbd", MBG)] {
            for weeks in [2.0, 30.0, 39.0] {
                let got = model.count_probability(row("n").parse().unwrap(), weeks);
                let want = number(row(&format!("{name}_P_X({weeks})=n")));
                // The table is made by 1 − a sum, and has that error.
                assert!((got - want).abs() <= 1e-16 + 1e-12 * want, "P(X = {}): {got:e} {want:e}", row("n"));
            }
        }
    }
    // mpmath at 40 digits.
    near("P(X = 20)", BG.count_probability(20, 2.0), 3.331_588_073_706_757e-13, 1e-13);
    near("P(X = 20)", MBG.count_probability(20, 2.0), 6.909_124_985_337_69e-15, 1e-13);
    for row in table(include_str!("../../../../../tests/data/cdnow_expected_curve_mle.csv")) {
        for (name, model) in [("bgnbd", BG), ("mbgnbd", MBG)] {
            let got = model.expected_purchases(&crate::domain::models::purchase_model::NEW, number(row("t_weeks")));
            // E[X(t)] of a new customer counts those who left at once.
            near("E[X(t)]", got, number(row(&format!("{name}_E_X_t"))), 1e-12);
        }
    }
}

#[test]
fn regular_customers() {
    let reference: serde_json::Value =
        serde_json::from_str(include_str!("../../../../../tests/data/cnbdk_reference.json")).unwrap();
    let mut cases = 0;
    for row in table(include_str!("../../../../../tests/data/cnbdk_customers.csv")) {
        let get = |name: &str| number(row(name));
        let model = reference_model(&reference, row("dataset"), row("model"), row("k").parse().unwrap());
        let c = customer(get("x"), get("t_x_days") / 7.0, get("T_days") / 7.0);
        let likelihood = model.log_likelihood(&c) + (f64::from(model.k) - 1.0) * get("litt_weeks");
        near("log-likelihood", likelihood, get("loglik"), 1e-12);
        near("P(alive)", model.p_alive(&c), get("p_alive"), 1e-11);
        near("E", model.expected_purchases(&c, get("horizon_weeks")), get("exp_purchases"), 1e-11);
        near("P(buys)", model.purchase_probability(&c, get("horizon_weeks")), get("p_at_least_one"), 1e-11);
        cases += 1;
    }
    assert_eq!(cases, 2334);
}

/// The fitted model of a data set.
pub(super) fn reference_model(reference: &serde_json::Value, data: &str, model: &str, k: u32) -> Cnbd {
    let params = &reference[data][format!("{model}_cnbd_k")]["by_k"][k.to_string()]["params"];
    let get = |name: &str| number(params[name].as_str().unwrap());
    let dropout = Some(Dropout { a: get("a"), b: get("b"), at_first: model == "mbg" });
    Cnbd { k, r: get("r"), alpha: get("alpha"), dropout }
}
