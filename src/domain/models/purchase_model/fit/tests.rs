//! Tests of what a fit is asked for and what it answers. That its optima are those of other programs is tested where the
//! likelihoods are, and on random bases in tests/soak.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::domain::models::purchase_model::NEW;
use crate::domain::models::purchase_model::counts::PurchaseCounts;
use crate::domain::support::json::JsonValue;

const WEEK: TimeUnit = TimeUnit::WEEK;

/// A process by its parameters.
fn model(kind: ModelKind, params: &[(&str, f64)]) -> PurchaseModel {
    PurchaseModel::new(kind, Some(named(params)), WEEK)
}

fn named(values: &[(&str, f64)]) -> Named {
    Named(values.iter().map(|(name, value)| ((*name).to_string(), *value)).collect())
}

/// New customers of a model, each seen for 50 to 100 units of time; whole ones make summaries that customers share.
fn simulated(model: &PurchaseModel, customers: u32, whole: bool) -> Base {
    let process = model.process().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut counts = PurchaseCounts::default();
    let mut times = Vec::new();
    for _ in 0..customers {
        let seen = |t: f64| if whole { t.ceil() } else { t };
        let t = seen(random.random_range(50.0..100.0));
        times.clear();
        process.as_dyn().draw_purchases(&NEW, t, &mut random, &mut times);
        times.iter_mut().for_each(|time| *time = seen(*time));
        times.dedup();
        let recency = times.last().copied().unwrap_or(0.0);
        counts.add_summary(&Summary { frequency: times.len() as f64, recency, t }, 1).unwrap();
    }
    // As if the gaps had been counted: the regular models are fitted without them here.
    Base { sum_ln_gaps: Some(0.0), ..counts.base(1.0).unwrap() }
}

/// A base of (x, t_x, T, customers).
fn base(rows: &[(f64, f64, f64, u64)]) -> Base {
    let mut counts = PurchaseCounts::default();
    for &(frequency, recency, t, customers) in rows {
        counts.add_summary(&Summary { frequency, recency, t }, customers).unwrap();
    }
    Base { sum_ln_gaps: Some(0.0), ..counts.base(1.0).unwrap() }
}

#[test]
fn k_is_not_chosen_where_the_gaps_are_not_known() {
    let gaps_unknown =
        Base { sum_ln_gaps: None, ..base(&[(1.0, 5.0, 10.0, 20), (2.0, 7.0, 10.0, 20), (0.0, 0.0, 9.0, 5)]) };
    let with = |options: &str| {
        let kind = ModelKind::MbgCnbdK;
        fit(kind, WEEK, &gaps_unknown, &Options::read(options, kind).unwrap(), &mut || Ok(()))
    };
    let error = with("{}").unwrap_err();
    assert!(error.kind == Kind::InvalidParameter && error.hint.unwrap().contains("sum_log_gaps"), "{}", error.message);
    assert!(with(r#"{"sum_log_gaps": 50}"#).unwrap().log_likelihood.is_some());
    // With k held there is a fit, but no likelihood that could be compared with another k's.
    let held = with(r#"{"fixed": {"k": 2}}"#).unwrap();
    assert!(held.params.is_some() && held.log_likelihood.is_none() && held.aic().is_none(), "{held:?}");
    assert!(with(r#"{"fixed": {"k": 1}}"#).unwrap().log_likelihood.is_some());
}

fn mbg() -> PurchaseModel {
    model(ModelKind::MbgNbd, &[("r", 0.5), ("alpha", 6.0), ("a", 0.9), ("b", 1.6)])
}

fn fitted(kind: ModelKind, base: &Base, options: &Options) -> PurchaseModel {
    fit(kind, WEEK, base, options, &mut || Ok(())).unwrap()
}

fn params(model: &PurchaseModel) -> Vec<f64> {
    model.params.iter().flat_map(|params| &params.0).map(|(_, value)| *value).collect()
}

fn log_likelihood(base: &Base, model: &PurchaseModel) -> f64 {
    let process = model.process().unwrap();
    base.rows.iter().map(|(customer, n)| n * process.as_dyn().log_likelihood(customer)).sum()
}

#[track_caller]
fn near(got: &[f64], want: &[f64], relative: f64) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= relative * want.abs(), "{got:e} instead of {want:e}");
    }
}

#[test]
fn options_are_read() {
    assert_eq!(Options::read("{}", ModelKind::Nbd).unwrap(), Options::default());
    let text = r#"{"ridge": 0.01, "start": {"r": 0.5}, "fixed": {"b": 2, "k": 3}, "sum_log_gaps": -1.5}"#;
    let want = Options {
        ridge: 0.01,
        start: named(&[("r", 0.5)]),
        fixed: named(&[("b", 2.0), ("k", 3.0)]),
        sum_log_gaps: Some(-1.5),
    };
    assert_eq!(Options::read(text, ModelKind::MbgCnbdK).unwrap(), want);
}

#[test]
fn options_that_mean_nothing_are_refused() {
    for (text, kind, why) in [
        ("", ModelKind::Nbd, "not a JSON object"),
        ("[0, {}, {}, null]", ModelKind::Nbd, "not a JSON object"),
        ("{", ModelKind::Nbd, "EOF while parsing"),
        (r#"{"penalty": 1}"#, ModelKind::Nbd, "unknown field `penalty`"),
        (r#"{"ridge": -1}"#, ModelKind::Nbd, "ridge is -1, and not a number of at least 0."),
        (r#"{"ridge": "1"}"#, ModelKind::Nbd, "invalid type"),
        (r#"{"start": {"s": 1}}"#, ModelKind::BgNbd, "bg/nbd has no such parameter: s."),
        (r#"{"fixed": {"a": 1}}"#, ModelKind::Nbd, "nbd has no such parameter: a."),
        (r#"{"fixed": {"a": 0}}"#, ModelKind::BgNbd, "a is 0, and not between 0.001 and 100000."),
        (r#"{"start": {"r": 1e9}}"#, ModelKind::BgNbd, "r is 1e9, and not between 0.001 and 1000000."),
        (r#"{"fixed": {"r": 1, "r": 2}}"#, ModelKind::BgNbd, "duplicate field `r`"),
        (r#"{"fixed": {"k": 2}}"#, ModelKind::BgNbd, "bg/nbd has no such parameter: k."),
        (r#"{"fixed": {"k": 0}}"#, ModelKind::BgCnbdK, "k is 0, and not a whole number from 1 to 12."),
        (r#"{"fixed": {"k": 2.5}}"#, ModelKind::BgCnbdK, "k is 2.5, and not a whole number from 1 to 12."),
        (r#"{"start": {"k": 2}}"#, ModelKind::BgCnbdK, "bg/cnbd-k has no such parameter: k."),
    ] {
        let error = Options::read(text, kind).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidParameter, "{text}");
        assert!(error.detail.as_deref().unwrap_or_default().contains(why), "{text}: {:?}", error.detail);
    }
}

/// The slope of the penalised log-likelihood per customer in the logarithm of a parameter, by differences.
fn slope(base: &Base, found: &PurchaseModel, name: &str, ridge: f64) -> f64 {
    let at = |factor: f64| {
        let mut moved = found.clone();
        let Some(Named(params)) = &mut moved.params else { panic!() };
        params.iter_mut().filter(|(known, _)| known == name).for_each(|(_, value)| *value *= factor);
        let penalty: f64 = params.iter().map(|(_, value)| value * value).sum();
        log_likelihood(base, &moved) / base.customers as f64 - ridge * penalty
    };
    (at(1.0 + 1e-5) - at(1.0 - 1e-5)) / 2e-5
}

#[test]
fn a_ridge_moves_the_optimum_to_where_the_penalised_likelihood_is_flat() {
    let base = simulated(&mbg(), 2_000, true);
    let free = fitted(ModelKind::MbgNbd, &base, &Options::default());
    let found = fitted(ModelKind::MbgNbd, &base, &Options { ridge: 0.01, ..Options::default() });
    assert_eq!((found.status.as_deref(), found.ridge, free.ridge), (Some("converged"), Some(0.01), None));
    for name in ["r", "alpha", "a", "b"] {
        assert!(slope(&base, &found, name, 0.01).abs() < 1e-8, "{name}");
        assert!(slope(&base, &free, name, 0.0).abs() < 1e-8, "{name}");
    }
    // Shorter, hence less likely; and what is reported is the likelihood without the penalty.
    let length = |model: &PurchaseModel| params(model).iter().map(|v| v * v).sum::<f64>();
    assert!(length(&found) < 0.9 * length(&free));
    assert!(found.log_likelihood < free.log_likelihood);
    near(&[found.log_likelihood.unwrap()], &[log_likelihood(&base, &found)], 1e-12);
}

#[test]
fn fixed_parameters_stay() {
    let base = simulated(&mbg(), 2_000, true);
    let free = fitted(ModelKind::MbgNbd, &base, &Options::default());
    let fixed = named(&[("b", 2.0)]);
    let found = fitted(ModelKind::MbgNbd, &base, &Options { fixed: fixed.clone(), ..Options::default() });
    assert_eq!((found.status.as_deref(), found.fixed.as_ref()), (Some("converged"), Some(&fixed)));
    assert_eq!(found.params.as_ref().unwrap().get("b"), Some(2.0));
    assert!(found.log_likelihood < free.log_likelihood);
    let fitted_names = |model: &PurchaseModel| -> Vec<String> {
        model.standard_errors.iter().flat_map(|errors| &errors.0).map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(fitted_names(&found), ["r", "alpha", "a"]);
    assert_eq!(found.covariance.as_ref().map(Vec::len), Some(3));
    for name in ["r", "alpha", "a"] {
        assert!(slope(&base, &found, name, 0.0).abs() < 1e-8, "{name}");
    }
    // At the optimum's own value nothing moves, though to know b makes the others surer.
    let b = free.params.as_ref().unwrap().get("b").unwrap();
    let same = fitted(ModelKind::MbgNbd, &base, &Options { fixed: named(&[("b", b)]), ..Options::default() });
    near(&params(&same), &params(&free), 1e-7);
    let error = |model: &PurchaseModel, name: &str| model.standard_errors.as_ref().unwrap().get(name).unwrap();
    assert!(error(&same, "a") < error(&free, "a"));
}

#[test]
fn names_in_another_order_are_the_same_model() {
    let found = fitted(ModelKind::MbgCnbdK, &simulated(&mbg(), 500, true), &Options::default());
    // As jsonb writes them: shorter names first, then by the alphabet.
    let mut shuffled = found.clone();
    for named in [&mut shuffled.params, &mut shuffled.standard_errors].into_iter().flatten() {
        named.0.sort_by_key(|(name, _)| (name.len(), name.clone()));
        assert_eq!(named.0[0].0, "a");
    }
    assert_eq!(PurchaseModel::from_json(&shuffled.to_json().unwrap()).unwrap(), found);
}

#[test]
fn all_parameters_may_be_fixed() {
    let base = simulated(&mbg(), 200, true);
    let given = mbg();
    let options = Options { fixed: given.params.clone().unwrap(), ..Options::default() };
    let found = fitted(ModelKind::MbgNbd, &base, &options);
    assert_eq!((found.status.as_deref(), &found.params), (Some("converged"), &given.params));
    near(&[found.log_likelihood.unwrap()], &[log_likelihood(&base, &given)], 1e-12);
    assert_eq!(PurchaseModel::from_json(&found.to_json().unwrap()).unwrap(), found);
    // What is left to fit in the model without leaving may be nothing.
    let options = Options { fixed: named(&[("r", 0.5), ("alpha", 6.0)]), ..Options::default() };
    let found = fitted(ModelKind::MbgNbd, &base, &options);
    assert_eq!((found.status.as_deref(), &params(&found)[..2]), (Some("converged"), &[0.5, 6.0][..]));
    let stays = simulated(&model(ModelKind::Nbd, &[("r", 1.0), ("alpha", 10.0)]), 500, true);
    let options = Options { fixed: named(&[("r", 1.0), ("alpha", 10.0)]), ..Options::default() };
    let found = fitted(ModelKind::MbgNbd, &stays, &options);
    assert_eq!((params(&found), found.collapses_to), (vec![1.0, 10.0, 0.0, 1.0], Some(ModelKind::Nbd)));
}

#[test]
fn a_start_is_where_the_search_starts() {
    let base = simulated(&mbg(), 2_000, true);
    let free = fitted(ModelKind::MbgNbd, &base, &Options::default());
    let from = |values: &[(&str, f64)]| {
        fitted(ModelKind::MbgNbd, &base, &Options { start: named(values), ..Options::default() })
    };
    let far = from(&[("r", 40.0), ("alpha", 0.01), ("b", 30.0)]);
    near(&params(&far), &params(&free), 1e-7);
    let there = Options { start: free.params.clone().unwrap(), ..Options::default() };
    let there = fitted(ModelKind::MbgNbd, &base, &there);
    near(&params(&there), &params(&free), 1e-7);
    assert!(there.iterations < Some(4) && there.iterations < far.iterations, "{:?}", there.iterations);
}

#[test]
fn a_base_that_nobody_leaves_collapses_to_nbd_by_name() {
    // In whole days heavy buyers buy less than the model says, and some who never buy seem to have left.
    let base = simulated(&model(ModelKind::Nbd, &[("r", 1.2), ("alpha", 8.0)]), 1_000, false);
    let nbd = fitted(ModelKind::Nbd, &base, &Options::default());
    assert_eq!((nbd.status.as_deref(), nbd.collapses_to), (Some("converged"), None));
    for (kind, status) in [
        (ModelKind::BgNbd, "boundary: a → 0"),
        (ModelKind::MbgNbd, "boundary: a → 0"),
        (ModelKind::ParetoNbd, "no interior optimum: s → 0"),
    ] {
        let found = fitted(kind, &base, &Options::default());
        assert_eq!((found.status.as_deref(), found.collapses_to), (Some(status), Some(ModelKind::Nbd)));
        near(&[found.log_likelihood.unwrap()], &[nbd.log_likelihood.unwrap()], 1e-12);
        let want = [params(&nbd), vec![0.0, 1.0]].concat();
        near(&params(&found), &want, 1e-8);
        assert_eq!((&found.standard_errors, &found.covariance), (&nbd.standard_errors, &nbd.covariance));
        assert_eq!(PurchaseModel::from_json(&found.to_json().unwrap()).unwrap(), found);
        let customer = Summary { frequency: 3.0, recency: 20.0, t: 60.0 };
        assert_eq!(found.process().unwrap().as_dyn().p_alive(&customer), 1.0);
    }
}

#[test]
fn too_few_repeat_buyers_are_no_fit_but_no_error() {
    for kind in ModelKind::ALL {
        for repeat_buyers in 0..MIN_REPEAT_BUYERS {
            let mut rows = vec![(0.0, 0.0, 30.0, 1_000)];
            if repeat_buyers > 0 {
                rows.push((2.0, 10.0, 30.0, repeat_buyers));
            }
            let found = fitted(kind, &base(&rows), &Options::default());
            assert_eq!(found.status, Some(format!("too few repeat buyers: n = {repeat_buyers}")));
            assert_eq!(
                (found.params.as_ref(), found.log_likelihood, found.customers),
                (None, None, 1_000 + repeat_buyers)
            );
            assert_eq!(PurchaseModel::from_json(&found.to_json().unwrap()).unwrap(), found);
        }
        let enough = [(0.0, 0.0, 30.0, 1_000), (2.0, 10.0, 30.0, 3), (1.0, 4.0, 20.0, MIN_REPEAT_BUYERS - 3)];
        assert!(fitted(kind, &base(&enough), &Options::default()).params.is_some());
    }
    let nobody = fitted(ModelKind::MbgNbd, &base(&[]), &Options::default());
    assert_eq!(nobody.status.as_deref(), Some("too few repeat buyers: n = 0"));
}

#[test]
fn a_sample_leads_to_the_optimum_of_the_whole() {
    let base = simulated(&mbg(), 25_000, false);
    assert!(base.rows.len() > SAMPLED_FROM);
    let found = fitted(ModelKind::MbgNbd, &base, &Options::default());
    let options = Options::default();
    let start = [vec![1.0, 10.0, 1.0, 3.0]];
    let direct = climb_all(ModelKind::MbgNbd, 1, &base.rows, &options, &start, &mut || Ok(())).unwrap();
    assert_eq!((found.status.as_deref(), direct.status), (Some("converged"), Status::Converged));
    near(&params(&found), &direct.params, 1e-8);
    near(&[found.log_likelihood.unwrap()], &[direct.log_likelihood], 1e-13);
    let errors: Vec<f64> = found.standard_errors.unwrap().0.iter().map(|(_, error)| *error).collect();
    near(&errors, &direct.standard_errors.unwrap(), 1e-7);
}

#[test]
fn a_sample_weighs_what_the_whole_weighs() {
    let mut rows: Vec<(Summary, f64)> =
        (0..30_000).map(|i| (Summary { frequency: 0.0, recency: 0.0, t: f64::from(i) }, 1.0)).collect();
    assert_eq!(sample(&rows[..SAMPLED_FROM]), None);
    rows[100].1 = 5_000.0;
    let sampled = sample(&rows).unwrap();
    assert!(sampled.len() < SAMPLED_FROM / 2, "{}", sampled.len());
    assert!(sampled.contains(&rows[100]));
    let total = |rows: &[(Summary, f64)]| rows.iter().map(|(_, n)| n).sum::<f64>();
    near(&[total(&sampled)], &[total(&rows)], 1e-3);
}

#[test]
fn an_interrupt_ends_the_fit_with_its_error() {
    let (small, large) = (simulated(&mbg(), 300, true), simulated(&mbg(), 21_000, false));
    for (kind, base) in [
        (ModelKind::MbgNbd, &small),
        (ModelKind::BgCnbdK, &small),
        (ModelKind::ParetoNbd, &small),
        (ModelKind::MbgNbd, &large),
    ] {
        let mut evaluations = 0;
        fit(kind, WEEK, base, &Options::default(), &mut || {
            evaluations += 1;
            Ok(())
        })
        .unwrap();
        assert!(evaluations > 10);
        for last in [1, 2, 10, evaluations / 2, evaluations] {
            let mut calls = 0;
            let ended = fit(kind, WEEK, base, &Options::default(), &mut || {
                calls += 1;
                if calls == last { Err(Error::new(Kind::LimitExceeded, "interrupted")) } else { Ok(()) }
            });
            assert_eq!(ended.map_err(|error| error.kind), Err(Kind::LimitExceeded), "{last} of {evaluations}");
            assert_eq!(calls, last);
        }
    }
}

#[test]
fn regular_gaps_choose_their_k() {
    let truth = model(ModelKind::MbgCnbdK, &[("r", 0.8), ("alpha", 2.0), ("a", 0.5), ("b", 3.0), ("k", 3.0)]);
    let mut base = simulated(&truth, 1_500, false);
    // Σ ln gap decides between the k: one that speaks against regular gaps, and one that speaks for them.
    base.sum_ln_gaps = Some(-1e6);
    let found = fitted(ModelKind::MbgCnbdK, &base, &Options::default());
    assert_eq!(found.params.as_ref().unwrap().get("k"), Some(1.0));
    assert_eq!(found.log_likelihood_by_k.as_ref().map(Vec::len), Some(3));
    let given = Options { sum_log_gaps: Some(1e6), ..Options::default() };
    let found = fitted(ModelKind::MbgCnbdK, &base, &given);
    assert_eq!(found.params.as_ref().unwrap().get("k"), Some(f64::from(MAX_K)));
    assert_eq!(found.log_likelihood_by_k.as_ref().map(Vec::len), Some(MAX_K as usize));
    let held = Options { fixed: named(&[("k", 3.0)]), sum_log_gaps: Some(10.0), ..Options::default() };
    let found = fitted(ModelKind::MbgCnbdK, &base, &held);
    assert_eq!((found.params.as_ref().unwrap().get("k"), &found.log_likelihood_by_k), (Some(3.0), &None));
    near(&[found.log_likelihood.unwrap() - 20.0], &[log_likelihood(&base, &found)], 1e-11);
}

/// Of two hills the higher one is found: some leave at once for sure and the others never (MBG), a few buy in every period
/// and the others never (BG/BB).
#[test]
fn finds_the_higher_hill_of_a_base_of_two_kinds() {
    let once = [(15., 1), (16., 2), (17., 1), (20., 1), (21., 3), (22., 1), (23., 1), (24., 1), (25., 3), (26., 1)];
    let once = once.into_iter().chain([(27., 2), (28., 2), (29., 2), (30., 1), (33., 1), (36., 1)]);
    let mut rows: Vec<(f64, f64, f64, u64)> = once.map(|(t, n)| (0., 0., t, n)).collect();
    rows.extend([(1., 11., 25., 1), (1., 29., 31., 1), (1., 32., 35., 1), (2., 6., 24., 1), (2., 8., 20., 1)]);
    rows.extend([(2., 19., 29., 1), (2., 21., 35., 1), (3., 11., 17., 1), (4., 9., 16., 1), (5., 10., 16., 1)]);
    rows.extend([(6., 22., 31., 1), (7., 28., 28., 1), (8., 18., 21., 1), (9., 25., 28., 1), (10., 28., 29., 1)]);
    rows.push((16., 31., 32., 1));
    let higher = [("r", 0.36), ("alpha", 4.1), ("a", 0.0104), ("b", 0.0406)];
    as_high_as(&base(&rows), &model(ModelKind::MbgNbd, &higher));

    let mut rows = vec![(0., 0., 80., 150), (80., 80., 80., 40), (42., 66., 80., 1)];
    rows.extend([11., 12., 16., 17., 24., 28., 32., 34., 46., 47., 55., 69.].map(|x| (x, x, 80., 1)));
    let higher = [("alpha", 0.0016), ("beta", 0.0057), ("gamma", 0.2), ("delta", 6.3)];
    as_high_as(&base(&rows), &model(ModelKind::BgBb, &higher));
}

#[track_caller]
fn as_high_as(base: &Base, other: &PurchaseModel) {
    let found = fitted(other.model, base, &Options::default());
    let from_there = Options { start: other.params.clone().unwrap(), ..Options::default() };
    let there = fitted(other.model, base, &from_there);
    assert!(found.log_likelihood.unwrap() > there.log_likelihood.unwrap() - 1e-6, "{found:?} below {there:?}");
}
