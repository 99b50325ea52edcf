use proptest::prelude::*;
use serde_json::Value;

use super::fit::{Likelihood, fit};
use super::*;
use crate::domain::math::maximum_likelihood::LogLikelihood;
use crate::domain::support::json::JsonValue;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../../tests/data/sbg_reference.json")).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

/// The survivors of 1,000 customers, as the golden cohorts have them.
fn cohort(golden: &Value) -> Vec<u64> {
    let percent = golden["survivors_percent"].as_array().unwrap();
    percent.iter().map(|v| (v.as_f64().unwrap() * 10.0).round() as u64).collect()
}

fn fitted(curves: &[&[u64]]) -> RenewalModel {
    let mut counts = RenewalCounts::default();
    curves.iter().for_each(|curve| counts.add_curve(curve).unwrap());
    fit(&mut counts, &mut || Ok(())).unwrap()
}

#[track_caller]
fn near(what: &str, got: f64, want: f64, relative: f64) {
    assert!((got / want - 1.0).abs() <= relative, "{what}: {got:e} instead of {want:e}");
}

/// tests/data/sbg_reference.json, in its conventions; `published` there holds the figures of Fader and Hardie 2007.
#[test]
fn agrees_with_the_golden_cohorts() {
    let golden = golden();
    for name in ["high_end", "regular"] {
        let cohort_of = &golden[name];
        let model = fitted(&[&cohort(cohort_of)[..8]]);
        assert_eq!((model.status.as_deref(), model.note.as_deref()), (Some("converged"), None));
        assert_eq!(model.customers, 1000);
        let (params, errors) = (model.params.unwrap(), model.standard_errors.unwrap());
        near("log-likelihood", model.log_likelihood.unwrap(), number(&cohort_of["loglik_n1000"]), 1e-13);
        for ((parameter, got), (_, error)) in params.named().into_iter().zip(errors.named()) {
            near(parameter.name, got, number(&cohort_of["params"][parameter.name]), 1e-10);
            near(parameter.name, error, number(&cohort_of["se"][parameter.name]), 1e-8);
            assert!((got - cohort_of["published"][parameter.name].as_f64().unwrap()).abs() < 6e-4);
        }
        assert!((model.log_likelihood.unwrap() - cohort_of["published"]["loglik"].as_f64().unwrap()).abs() < 0.06);
        let covariance = model.covariance.unwrap();
        let correlation = covariance[0][1] / (errors.alpha * errors.beta);
        near("correlation", correlation, number(&cohort_of["se"]["corr"]), 1e-6);
        let params =
            Renewal { alpha: number(&cohort_of["params"]["alpha"]), beta: number(&cohort_of["params"]["beta"]) };
        near("del", params.expected_lifetime(0.1).unwrap(), number(&cohort_of["del_d10"]), 1e-13);
        for n in 0..=12u32 {
            let at = |table: &str| Some(number(cohort_of[table].get(n.to_string())?));
            for (table, got) in [
                ("survival_percent", 100.0 * params.survival(n)),
                ("retention_rate", params.renewal_rate(n)),
                ("P_T", if n > 0 { params.survival(n - 1) - params.survival(n) } else { 0.0 }),
                ("derl_before_renewal_d10", params.residual_lifetime_before(n, 0.1).unwrap()),
                ("derl_after_renewals_d10", params.residual_lifetime(n, 0.1).unwrap()),
                ("del_residual_incl_now_d10", params.posterior(n).expected_lifetime(0.1).unwrap()),
            ] {
                if let Some(want) = at(table) {
                    near(table, got, want, 1e-13);
                }
            }
        }
    }
}

#[test]
fn lifetimes_agree_with_mpmath() {
    // Σ S(t)/(1+d)ᵗ at 40 digits, tests/reference/beta_geometric.py.
    for (alpha, beta, discount, want) in LIFETIMES {
        let got = Renewal { alpha, beta }.expected_lifetime(discount).unwrap();
        near(&format!("{alpha} {beta} {discount}"), got, want, 1e-12);
    }
}

/// α, β, d and the lifetime.
const LIFETIMES: [(f64, f64, f64, f64); 60] = [
    (0.01, 0.02, 1e-09, 542150672.6082269),
    (0.01, 0.02, 0.0001, 6084.022550100879),
    (0.01, 0.02, 0.1, 7.511243649306076),
    (0.01, 0.02, 10.0, 1.0666049632082306),
    (0.01, 1.2, 1e-09, 815295115.9982693),
    (0.01, 1.2, 0.0001, 9148.647258297908),
    (0.01, 1.2, 0.1, 10.765116860615072),
    (0.01, 1.2, 10.0, 1.0991300270077682),
    (0.01, 80.0, 1e-09, 854174648.210216),
    (0.01, 80.0, 0.0001, 9580.843179388552),
    (0.01, 80.0, 0.1, 10.987651166271345),
    (0.01, 80.0, 10.0, 1.0999862688174789),
    (0.7, 0.02, 1e-09, 39.36948259849432),
    (0.7, 0.02, 0.0001, 2.148794961563675),
    (0.7, 0.02, 0.1, 1.088003477472837),
    (0.7, 0.02, 10.0, 1.002671318581951),
    (0.7, 1.2, 1e-09, 1567.5286496391914),
    (0.7, 1.2, 0.0001, 46.67015944948623),
    (0.7, 1.2, 0.1, 3.7342275941676375),
    (0.7, 1.2, 10.0, 1.0616963997976208),
    (0.7, 80.0, 1e-09, 31907.40411706694),
    (0.7, 80.0, 0.0001, 758.2660509866083),
    (0.7, 80.0, 0.1, 10.198436471977042),
    (0.7, 80.0, 10.0, 1.0990478277512827),
    (1.0, 0.02, 1e-09, 1.4138167896786975),
    (1.0, 0.02, 0.0001, 1.1835606873502562),
    (1.0, 0.02, 0.1, 1.04743692437163),
    (1.0, 0.02, 10.0, 1.0018696997332344),
    (1.0, 1.2, 1e-09, 24.52210811323101),
    (1.0, 1.2, 0.0001, 10.708026338310493),
    (1.0, 1.2, 0.1, 2.863347079343685),
    (1.0, 1.2, 10.0, 1.0529176776685936),
    (1.0, 80.0, 1e-09, 1261.62303196991),
    (1.0, 80.0, 0.0001, 343.9682254320593),
    (1.0, 80.0, 0.1, 9.890245285911476),
    (1.0, 80.0, 10.0, 1.098645275648656),
    (3.5, 0.02, 1e-09, 1.00799999998656),
    (3.5, 0.02, 0.0001, 1.0079986564021222),
    (3.5, 0.02, 0.1, 1.0068999620345311),
    (3.5, 0.02, 10.0, 1.000527493582258),
    (3.5, 1.2, 1e-09, 1.479999998816),
    (3.5, 1.2, 0.0001, 1.479881662368794),
    (3.5, 1.2, 0.1, 1.391948467377727),
    (3.5, 1.2, 10.0, 1.0240624628063821),
    (3.5, 80.0, 1e-09, 32.99999824000029),
    (3.5, 80.0, 0.0001, 32.826454635617296),
    (3.5, 80.0, 0.1, 7.920256481053972),
    (3.5, 80.0, 10.0, 1.0954136192226018),
    (1000.0, 0.02, 1e-09, 1.00002002002),
    (1000.0, 0.02, 0.0001, 1.0000200180161725),
    (1000.0, 0.02, 0.1, 1.0000181983274914),
    (1000.0, 0.02, 10.0, 1.000001818313906),
    (1000.0, 1.2, 1e-09, 1.0012012011999973),
    (1000.0, 1.2, 0.0001, 1.0012010808283511),
    (1000.0, 1.2, 0.1, 1.001091782317936),
    (1000.0, 1.2, 10.0, 1.0001089819074045),
    (1000.0, 80.0, 1e-09, 1.0800800799935004),
    (1000.0, 80.0, 0.0001, 1.0800714230595612),
    (1000.0, 80.0, 0.1, 1.0722669112868723),
    (1000.0, 80.0, 10.0, 1.006780196194639),
];

/// α, β, t and S(t).
const FAR: [(f64, f64, u32, f64); 31] = [
    (0.01, 0.02, 17, 0.6447557337916809),
    (0.01, 0.02, 5000, 0.6089589284339351),
    (0.01, 0.02, 1000000, 0.5775336479207929),
    (0.01, 80.0, 17, 0.9980641482805482),
    (0.01, 80.0, 5000, 0.9592808153716647),
    (0.01, 80.0, 1000000, 0.9099208733982374),
    (0.01, 100000.0, 17, 0.9999983001375148),
    (0.01, 100000.0, 5000, 0.9995122150069561),
    (0.01, 100000.0, 1000000, 0.9763062141911921),
    (0.7, 0.02, 17, 0.00354680737474093),
    (0.7, 0.02, 5000, 6.600392312662763e-05),
    (0.7, 0.02, 1000000, 1.6174873333331356e-06),
    (0.7, 80.0, 17, 0.8736209321042986),
    (0.7, 80.0, 5000, 0.05463838265317306),
    (0.7, 80.0, 1000000, 0.0013538457425847543),
    (0.7, 100000.0, 17, 0.9998810170144213),
    (0.7, 100000.0, 5000, 0.9664234711287979),
    (0.7, 100000.0, 1000000, 0.18664858671356124),
    (3.5, 0.02, 17, 2.6493742843965117e-06),
    (3.5, 0.02, 5000, 7.767975291958128e-15),
    (3.5, 0.02, 1000000, 6.872059808088905e-23),
    (3.5, 80.0, 17, 0.5142611441544251),
    (3.5, 80.0, 5000, 5.168647420434456e-07),
    (3.5, 80.0, 1000000, 4.832260661915757e-15),
    (3.5, 100000.0, 17, 0.9994052349482525),
    (3.5, 100000.0, 5000, 0.8430209316800427),
    (3.5, 100000.0, 1000000, 0.00022653894561524857),
    (1000.0, 0.02, 17, 3.908315782318807e-40),
    (1000.0, 80.0, 17, 2.6431179177776313e-19),
    (1000.0, 100000.0, 17, 0.8443888560006546),
    (1000.0, 100000.0, 5000, 8.19094331869857e-22),
];

#[test]
fn without_discount_lifetimes_are_plain_means_or_infinite() {
    let model = Renewal { alpha: 2.5, beta: 6.0 };
    near("lifetime", model.expected_lifetime(0.0).unwrap(), 7.5 / 1.5, 1e-15);
    near("limit", model.expected_lifetime(1e-13).unwrap(), 5.0, 1e-10);
    near("residual", model.residual_lifetime(4, 0.0).unwrap(), 10.0 / 1.5, 1e-15);
    near("before", model.residual_lifetime_before(4, 0.0).unwrap(), 9.0 / 1.5, 1e-15);
    let slow = Renewal { alpha: 1.0, beta: 6.0 };
    assert_eq!((slow.expected_lifetime(0.0), slow.residual_lifetime(9, 0.0)), (None, None));
    for nonsense in [-0.1, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(model.expected_lifetime(nonsense), None);
    }
    assert_eq!(model.expected_lifetime(f64::INFINITY), Some(1.0));
    assert_eq!(model.renewal_rate(0), model.renewal_rate(1));
}

#[test]
fn far_renewals_keep_their_digits() {
    // mpmath: beta(a, b + t)/beta(a, b) at 40 digits.
    for (alpha, beta, t, want) in FAR {
        near("survival", Renewal { alpha, beta }.survival(t), want, 1e-12);
    }
}

#[test]
fn bases_without_a_maximum_end_in_words() {
    let same_rate: Vec<u64> = (0..9).map(|t| (1e9 * 0.85f64.powi(t)).round() as u64).collect();
    for (name, status, note, curve) in [
        ("nobody", "too few customers with a renewal due: n = 0", None, vec![]),
        ("only begun", "too few customers with a renewal due: n = 0", None, vec![500]),
        ("few", "too few customers with a renewal due: n = 3", None, vec![3, 2, 1]),
        ("nobody leaves", "boundary: alpha → 0", Some("no customer was lost"), vec![100; 6]),
        ("everyone leaves", "boundary: ", Some("everyone was lost at the first renewal"), vec![100, 0, 0, 0]),
        ("one renewal", "converged", Some("no customer came to a second renewal"), vec![100, 80]),
        (
            "same rate",
            "boundary: ",
            Some("renewal rates do not rise with age: no difference between customers can be seen"),
            same_rate,
        ),
        (
            "ever faster",
            "boundary: ",
            Some("renewal rates do not rise with age: no difference between customers can be seen"),
            vec![1000, 900, 700, 300, 20],
        ),
        ("first or never", "boundary: ", None, vec![1000, 700, 700, 700, 700]),
    ] {
        let model = fitted(&[&curve]);
        let found = model.status.clone().unwrap();
        assert!(found.starts_with(status) && !found.contains("not converged"), "{name}: {found} {model:?}");
        let said = model.note.clone().unwrap_or_default();
        assert!(said.starts_with(note.unwrap_or_default()) && note.is_some() != said.is_empty(), "{name}: {said}");
        assert_eq!(RenewalModel::from_json(&model.to_json().unwrap()).unwrap(), model, "{name}");
        if let Some(params) = model.params {
            let (lifetime, survival) = (params.expected_lifetime(0.1).unwrap(), params.survival(1_000_000));
            assert!((1.0..=11.0 * (1.0 + 1e-12)).contains(&lifetime), "{name}: {lifetime}");
            assert!((0.0..=1.0).contains(&survival), "{name}: {survival}");
        }
    }
}

#[test]
fn cohorts_and_customers_count_the_same() {
    let mut singly = RenewalCounts::default();
    for (renewals, active, n) in [(0, false, 37), (1, false, 16), (2, true, 47), (0, false, 5), (1, true, 15)] {
        (0..n).for_each(|_| singly.insert(renewals, active).unwrap());
    }
    let mut left = RenewalCounts::default();
    left.add_curve(&[100, 63, 47]).unwrap();
    let mut right = RenewalCounts::default();
    right.add_curve(&[20, 15]).unwrap();
    right.merge(left).unwrap();
    right.normalize().unwrap();
    let fitted = fit(&mut right, &mut || Ok(())).unwrap();
    assert_eq!(fit(&mut singly, &mut || Ok(())).unwrap(), fitted);
    assert_eq!((fitted.customers, fitted.lost, fitted.renewals), (120, 58, 37 + 32 + 94 + 5 + 15));
}

#[test]
fn a_rising_curve_is_refused() {
    let mut counts = RenewalCounts::default();
    let error = counts.add_curve(&[100, 80, 81, 40]).unwrap_err();
    assert_eq!(error.kind, Kind::InvalidParameter);
    let detail = "Number 3 is 81, and the one before it 80.";
    assert_eq!(error.detail.as_deref(), Some(detail));
    assert!(counts.customers.counts().unwrap().is_empty());
    counts.add_curve(&[]).unwrap();
}

#[test]
fn reads_what_a_person_writes_and_refuses_the_rest() {
    let model = RenewalModel::from_json(r#"{"params":{"alpha":0.668,"beta":3.806}}"#).unwrap();
    assert_eq!(model, RenewalModel::new(Some(Renewal { alpha: 0.668, beta: 3.806 })));
    for (text, detail) in [
        ("{}", "missing field `params`"),
        (r#"{"params":{"alpha":0.668}}"#, "missing field `beta`"),
        (r#"{"params":{"alpha":0.668,"beta":0}}"#, "The parameter beta is 0,"),
        (r#"{"params":null,"model":"bg/bb"}"#, "The model is \"bg/bb\""),
    ] {
        let error = RenewalModel::from_json(text).expect_err(text);
        assert!(error.kind == Kind::InvalidText && error.hint.is_some(), "{text}: {error:?}");
        assert!(error.detail.as_deref().unwrap().contains(detail), "{text}: {error:?}");
    }
}

proptest! {
    #[test]
    fn derivatives_are_those_of_the_likelihood(
        ln in [-4f64..5.0, -4f64..5.0],
        customers in prop::collection::vec((0u32..200, any::<bool>(), 1u32..50), 1..8),
    ) {
        let rows: Vec<(f64, bool, f64)> = customers.into_iter().map(|(r, lost, n)| (r.into(), lost, n.into())).collect();
        let likelihood = Likelihood::new(&rows);
        let at = ln.map(f64::exp);
        let ((value, gradient), hessian) = (likelihood.value_and_gradient(&at), likelihood.hessian(&at));
        for i in 0..2 {
            let moved = |by: f64| {
                let mut at = at;
                at[i] *= 1.0 + by;
                likelihood.value_and_gradient(&at)
            };
            let (low, high, step) = (moved(-1e-5), moved(1e-5), 2e-5 * at[i]);
            let error = ((high.0 - low.0) / step - gradient[i]) * at[i];
            prop_assert!(error.abs() < 1e-8 * (1.0 + value.abs()), "gradient {i}: {error:e}");
            for j in 0..2 {
                let error = ((high.1[j] - low.1[j]) / step - hessian[i][j]) * at[i] * at[j];
                prop_assert!(error.abs() < 1e-7 * (1.0 + value.abs()), "hessian {i} {j}: {error:e}");
            }
        }
    }

    #[test]
    fn readings_are_in_order(
        ln in [-13.8f64..13.8, -13.8f64..13.8], n in 0u32..1_000_000, discount in 1e-9f64..10.0,
    ) {
        let model = Renewal { alpha: ln[0].exp(), beta: ln[1].exp() };
        let (now, next) = (model.survival(n), model.survival(n + 1));
        prop_assert!((0.0..=1.0).contains(&now) && next <= now);
        // The smallest numbers have fewer digits.
        prop_assert!((next - now * model.renewal_rate(n + 1)).abs() <= 1e-11 * now + 1e-307);
        prop_assert!(model.renewal_rate(n + 1) >= model.renewal_rate(n.max(1)));
        let (first, later) = (model.expected_lifetime(discount).unwrap(), model.residual_lifetime(n, discount).unwrap());
        prop_assert!(first >= 1.0 && later <= (1.0 + 1e-11) / discount && 1.0 + later >= first * (1.0 - 1e-12));
        // The lifetime is this payment and, for those who renew, the lifetime from there.
        let from_next = model.posterior(n + 1).expected_lifetime(discount).unwrap();
        let rate = model.renewal_rate(n + 1) / (1.0 + discount);
        prop_assert!((later - rate * from_next).abs() <= 1e-11 * later, "{later:e}");
    }
}
