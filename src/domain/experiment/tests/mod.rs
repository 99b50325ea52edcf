mod anytime;
mod few_conversions;
mod power;
mod simulated;

use proptest::prelude::*;
use serde_json::Value;

use super::tails::{normal_critical, normal_tails, student_critical, student_tails};
use super::*;

fn level(confidence: f64) -> Confidence {
    Confidence::new(confidence).unwrap()
}

/// Two groups as customers and converted, and what is said of them.
fn conversions(groups: [i64; 4], confidence: f64) -> Comparison {
    let [n, x, m, y] = groups;
    let (treated, control) = (Conversions::new("treated", n, x).unwrap(), Conversions::new("control", m, y).unwrap());
    treated.compare(&control, level(confidence)).unwrap()
}

/// A group as customers, mean and variance.
type Figures = (i64, f64, f64);

fn means(treated: Figures, control: Figures, confidence: f64) -> Comparison {
    let group = |name, (n, mean, variance)| Means::new(name, n, Some(mean), Some(variance)).unwrap();
    group("treated", treated).compare(&group("control", control), level(confidence))
}

fn ends(interval: Option<Interval>) -> Option<[f64; 2]> {
    interval.map(|interval| [interval.low, interval.high])
}

#[track_caller]
fn near(what: &str, got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs().max(1e-3), "{what}: {got:e} instead of {want:e}");
}

/// Newcombe 1998, table II, method 10, at 95 %.
#[test]
fn differences_are_those_of_newcombe() {
    for (groups, want) in [
        ([70, 56, 80, 48], [0.0524, 0.3339]),
        ([10, 9, 10, 3], [0.1705, 0.8090]),
        ([7, 6, 7, 2], [0.0582, 0.8062]),
        ([56, 5, 29, 0], [-0.0381, 0.1926]),
        ([10, 0, 20, 0], [-0.1611, 0.2775]),
        ([10, 0, 10, 0], [-0.2775, 0.2775]),
        ([10, 10, 20, 0], [0.6791, 1.0]),
        ([10, 10, 10, 0], [0.6075, 1.0]),
    ] {
        let got = ends(conversions(groups, 0.95).difference_interval).unwrap();
        assert!(got.iter().zip(want).all(|(got, want)| (got - want).abs() <= 5e-5), "{groups:?}: {got:?}");
    }
}

/// The sleep of ten patients under two drugs ("Student", "The probable error of a mean", Biometrika 6, 1908, p. 20), as
/// the manual of R's t.test has it: t = -1.8608, df = 17.776, p-value = 0.07939, -3.3654832 to 0.2054832.
#[test]
fn means_are_compared_as_by_welch() {
    let said = means((10, 0.75, 3.200_555_555_555_556), (10, 2.33, 4.009), 0.95);
    let [low, high] = ends(said.difference_interval).unwrap();
    assert!((low - -3.365_483_2).abs() <= 5e-8 && (high - 0.205_483_2).abs() <= 5e-8, "{low} {high}");
    assert!((said.p_value.unwrap() - 0.07939).abs() <= 5e-6);
}

#[test]
fn agrees_with_scipy_and_statsmodels() {
    let golden: Value = serde_json::from_str(include_str!("../../../../tests/data/experiment.json")).unwrap();
    let mut cases = 0;
    for (kind, case) in ["conversions", "means"].iter().flat_map(|kind| {
        let cases = golden[kind].as_array().unwrap();
        cases.iter().map(move |case| (*kind, case))
    }) {
        let v: Vec<f64> = case["groups"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let confidence = case["confidence"].as_f64().unwrap();
        let said = match v[..] {
            [n, x, m, y] => conversions([n, x, m, y].map(|v| v as i64), confidence),
            [n, a, s, m, b, t] => means((n as i64, a, s), (m as i64, b, t), confidence),
            _ => panic!("{case}"),
        };
        let place = format!("{kind} {v:?} at {confidence}");
        for (what, estimate, interval) in
            [("difference", said.difference, said.difference_interval), ("lift", said.lift, said.lift_interval)]
        {
            let Some(want) = case[what].as_array() else {
                assert_eq!(interval, None, "{what} of {place}");
                continue;
            };
            let interval = interval.unwrap_or_else(|| panic!("no interval of {what} of {place}"));
            // Differences of large numbers have what digits those leave.
            let scale = if v.len() == 6 && what == "difference" { 1e-3 * v[1].abs().max(1.0) } else { 1.0 };
            for (got, want) in [estimate.unwrap(), interval.low, interval.high].into_iter().zip(want) {
                let want = want.as_f64().unwrap();
                assert!(
                    (got - want).abs() <= 1e-11 * want.abs().max(scale),
                    "{what} of {place}: {got:e} instead of {want:e}"
                );
            }
        }
        match (said.p_value, case["p_value"].as_f64()) {
            (Some(got), Some(want)) => {
                assert!((got - want).abs() <= 1e-8 * want + 1e-300, "p-value of {place}: {got:e} instead of {want:e}");
            }
            (got, want) => assert_eq!(got, want, "p-value of {place}"),
        }
        assert_eq!(said.sample_size, case["sample_size"].as_i64(), "{place}");
        cases += 1;
    }
    assert_eq!(cases, 132);
}

#[test]
fn what_cannot_be_said_is_unknown() {
    let nothing = Comparison::default();
    assert_eq!(conversions([0, 0, 5, 2], 0.95), nothing);
    assert_eq!(conversions([5, 2, 0, 0], 0.95), nothing);
    assert_eq!(Conversions::new("treated", 0, 0).unwrap().rate(), None);
    // Nobody, nobody of the treated, nobody of the control, everybody, all alike.
    let none = conversions([10, 0, 20, 0], 0.95);
    assert_eq!((none.lift, none.lift_interval, none.p_value, none.sample_size), (None, None, None, None));
    let fall = conversions([10, 0, 20, 4], 0.95);
    assert_eq!((fall.lift, fall.lift_interval), (Some(-1.0), None));
    assert!(fall.p_value.is_some() && fall.sample_size.is_some());
    let rise = conversions([10, 4, 20, 0], 0.95);
    assert_eq!((rise.lift, rise.lift_interval), (None, None));
    assert!(rise.p_value.is_some() && rise.sample_size.is_some());
    let everybody = conversions([10, 10, 20, 20], 0.95);
    assert_eq!((everybody.lift, everybody.lift_interval, everybody.p_value), (Some(0.0), None, None));
    let alike = conversions([10, 2, 20, 4], 0.95);
    assert_eq!((alike.difference, alike.p_value, alike.sample_size), (Some(0.0), Some(1.0), None));

    let group = |n, mean, variance| Means::new("treated", n, mean, variance).unwrap();
    let control = group(20, Some(4.0), Some(2.0));
    for empty in [group(0, None, None), group(0, Some(5.0), Some(1.0)), group(5, None, Some(1.0))] {
        assert_eq!(empty.compare(&control, level(0.95)), nothing);
        assert_eq!(control.compare(&empty, level(0.95)), nothing);
    }
    let estimates = Comparison { difference: Some(1.0), lift: Some(0.25), ..nothing };
    for one in [group(1, Some(5.0), Some(3.0)), group(1, Some(5.0), None), group(7, Some(5.0), None)] {
        assert_eq!(one.compare(&control, level(0.95)), estimates);
    }
    assert_eq!(means((7, 5.0, 0.0), (9, 4.0, 0.0), 0.95), estimates);
    assert_eq!(means((7, 5.0, 1.0), (9, 0.0, 1.0), 0.95).lift, None);
    // A control mean within its own error of 0.
    let unbounded = means((7, 5.0, 1.0), (9, 0.5, 4.0), 0.95);
    assert_eq!((unbounded.lift, unbounded.lift_interval), (Some(9.0), None));
    assert_eq!(means((7, 5.0, 1.0), (9, 5.0, 4.0), 0.95).sample_size, None);
    // 2^63 customers and more.
    assert_eq!(means((7, 5.0, 1e9), (9, 5.0 + 1e-9, 1e9), 0.95).sample_size, None);
}

#[test]
fn refuses_what_is_no_experiment() {
    let refused = |result: Result<()>, message: &str| {
        let error = result.unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::InvalidParameter, message));
    };
    let rates = |n, x| Conversions::new("control", n, x).map(|_| ());
    refused(rates(-1, 0), "control out of range: -1");
    refused(rates(5, -2), "control_converted out of range: -2");
    refused(rates(5, 6), "control_converted out of range: 6");
    refused(rates(i64::MIN, i64::MAX), "control out of range: -9223372036854775808");
    let figures = |n, mean, variance| Means::new("treated", n, mean, variance).map(|_| ());
    refused(figures(-7, None, None), "treated out of range: -7");
    refused(figures(7, Some(f64::NAN), None), "treated_mean out of range: NaN");
    refused(figures(0, Some(f64::INFINITY), None), "treated_mean out of range: inf");
    refused(figures(7, None, Some(-0.5)), "treated_variance out of range: -0.5");
    refused(figures(7, Some(1.0), Some(f64::NAN)), "treated_variance out of range: NaN");
    refused(figures(7, Some(1.0), Some(f64::INFINITY)), "treated_variance out of range: inf");
    for (confidence, message) in [(0.0, "0"), (1.0, "1"), (-0.5, "-0.5"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        refused(Confidence::new(confidence).map(|_| ()), &format!("confidence out of range: {message}"));
    }
}

/// Values that say something, or None; ends in order around the estimate, probabilities in their range.
fn sound(said: &Comparison) -> std::result::Result<(), TestCaseError> {
    for (estimate, interval) in [(said.difference, said.difference_interval), (said.lift, said.lift_interval)] {
        prop_assert!(estimate.is_none_or(f64::is_finite), "{said:?}");
        if let Some(Interval { low, high }) = interval {
            let estimate = estimate.unwrap();
            prop_assert!(low.is_finite() && low <= estimate && estimate <= high && high.is_finite(), "{said:?}");
        }
    }
    prop_assert!(said.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)), "{said:?}");
    prop_assert!(said.sample_size.is_none_or(|n| n >= 1), "{said:?}");
    Ok(())
}

fn mirrored(said: Option<Interval>) -> Option<Interval> {
    said.map(|Interval { low, high }| Interval { low: -high, high: -low })
}

fn group(most: i64) -> impl Strategy<Value = (i64, i64)> {
    (0..=most).prop_flat_map(|n| (Just(n), 0..=n))
}

fn figures() -> impl Strategy<Value = Figures> {
    (2i64..3000, -50f64..100.0, prop_oneof![Just(0.0), 0f64..3000.0])
}

/// Floats of any size, and those that break formulas.
fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![
        prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
        prop::sample::select(vec![0.0, 1.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, -5e-324, 1e300]),
    ]
}

fn customers() -> impl Strategy<Value = i64> {
    prop_oneof![0i64..4, 0..=i64::MAX, prop::sample::select(vec![i64::MAX, i64::MAX - 1, 1 << 53])]
}

fn confidences() -> impl Strategy<Value = f64> {
    prop_oneof![0.001f64..0.9999, prop::sample::select(vec![5e-324, 1e-160, 1e-9, 0.5, 1.0 - f64::EPSILON / 2.0])]
}

proptest! {
    #[test]
    fn swapped_groups_mirror_the_difference((n, x) in group(3000), (m, y) in group(3000), confidence in 0.01f64..0.9999) {
        let (said, swapped) = (conversions([n, x, m, y], confidence), conversions([m, y, n, x], confidence));
        prop_assert_eq!(said.difference, swapped.difference.map(|difference| 0.0 - difference));
        prop_assert_eq!(said.difference_interval, mirrored(swapped.difference_interval));
        prop_assert_eq!(said.sample_size, swapped.sample_size);
        let [p, q] = [said, swapped].map(|said| said.p_value.unwrap_or(2.0));
        prop_assert!((p - q).abs() <= 1e-12 * p, "{p} {q}");
        // Of ratios it is one over the other.
        if let (Some(lift), Some(back)) = (ends(said.lift_interval), ends(swapped.lift_interval)) {
            prop_assert!(((1.0 + lift[0]) * (1.0 + back[1]) - 1.0).abs() < 1e-9, "{lift:?} {back:?}");
        }
        sound(&said)?;
    }

    #[test]
    fn swapped_means_mirror_the_difference(one in figures(), other in figures(), confidence in 0.01f64..0.9999) {
        let (said, swapped) = (means(one, other, confidence), means(other, one, confidence));
        prop_assert_eq!(said.difference, swapped.difference.map(|difference| 0.0 - difference));
        prop_assert_eq!(said.difference_interval, mirrored(swapped.difference_interval));
        prop_assert_eq!((said.p_value, said.sample_size), (swapped.p_value, swapped.sample_size));
        sound(&said)?;
    }

    /// Whether an effect is significant, all three say alike.
    #[test]
    fn interval_lift_and_p_value_agree(one in figures(), other in figures(), confidence in 0.01f64..0.9999) {
        let said = means(one, other, confidence);
        let (Some([low, high]), Some(p)) = (ends(said.difference_interval), said.p_value) else { return Ok(()) };
        prop_assume!((p - (1.0 - confidence)).abs() > 1e-9);
        prop_assert_eq!(low <= 0.0 && 0.0 <= high, p > 1.0 - confidence);
        if let Some([lift_low, lift_high]) = ends(said.lift_interval) {
            prop_assert_eq!(lift_low <= 0.0 && 0.0 <= lift_high, p > 1.0 - confidence);
        }
    }

    #[test]
    fn more_of_the_same_narrows_the_intervals((n, x) in group(500), (m, y) in group(500), times in 2i64..50) {
        let width = |interval: Option<Interval>| interval.map_or(0.0, |interval| interval.high - interval.low);
        let few = conversions([n, x, m, y], 0.95);
        let many = conversions([n * times, x * times, m * times, y * times], 0.95);
        prop_assert!(few.difference_interval.is_none() || width(many.difference_interval) < width(few.difference_interval));
        prop_assert!(few.lift_interval.is_none() || width(many.lift_interval) < width(few.lift_interval));
        let few = means((n + 2, 5.0, 9.0), (m + 2, 4.0, 7.0), 0.95);
        let many = means(((n + 2) * times, 5.0, 9.0), ((m + 2) * times, 4.0, 7.0), 0.95);
        prop_assert!(width(many.difference_interval) < width(few.difference_interval));
        prop_assert!(few.lift_interval.is_none() || width(many.lift_interval) < width(few.lift_interval));
    }

    #[test]
    fn any_counts_have_an_answer(a in customers(), b in customers(), c in customers(), d in customers(), confidence in confidences()) {
        let said = conversions([a.max(b), a.min(b), c.max(d), c.min(d)], confidence);
        sound(&said)?;
        prop_assert_eq!(said.difference.is_some(), said.difference_interval.is_some());
    }

    #[test]
    fn any_means_have_an_answer(
        (n, mean, variance) in (customers(), wild(), wild()), (m, other_mean, other) in (customers(), wild(), wild()),
        confidence in confidences(),
    ) {
        sound(&means((n, mean, variance.abs()), (m, other_mean, other.abs()), confidence))?;
    }

    #[test]
    fn quantiles_invert_the_tails(confidence in 1e-9f64..0.999_999_999, ln_degrees in 0f64..25.0) {
        let z = normal_critical(level(confidence));
        prop_assert!((normal_tails(z) - (1.0 - confidence)).abs() < 1e-10, "{z}");
        let (degrees, tails) = (ln_degrees.exp(), 1.0 - confidence);
        let t = student_critical(level(confidence), degrees);
        let found = student_tails(t, degrees);
        prop_assert!((found - tails).abs() < 1e-10 && (found / tails - 1.0).abs() < 1e-6, "{t}: {found} for {tails}");
    }
}

/// scipy: t.isf(0.025, ν), norm.isf(0.025).
#[test]
fn critical_values_are_the_known_ones() {
    for (degrees, want) in [
        (1.0, 12.706_204_736_174_694),
        (2.5, 3.574_654_842_003_683_4),
        (30.0, 2.042_272_456_301_238),
        (1e5, 1.959_987_707_534_61),
        (1e9, 1.959_963_986_912_325_3),
        (1e18, 1.959_963_984_540_053_6),
    ] {
        near("t", student_critical(level(0.95), degrees), want, 1e-12);
    }
    let p = normal_tails(2.044_804_240_601_443);
    // The error function of statrs is good to ten digits.
    near("tails", p, 0.040_874_161_532_351_22, 1e-10);
    near("z", normal_critical(level(0.95)), 1.959_963_984_540_054_5, 1e-15);
}
