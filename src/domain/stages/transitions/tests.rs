use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type Labels = (Option<&'static str>, Option<&'static str>);

fn count(customers: &[Labels]) -> TransitionCounts {
    let mut counts = TransitionCounts::default();
    for (from, to) in customers {
        let [from, to] =
            [from, to].map(|label| label.map_or(NOWHERE, |label| counts.number(0, label.as_bytes()).unwrap()));
        counts.insert(from, to).unwrap();
    }
    counts
}

fn name(stage: Option<&Stage>) -> Option<&str> {
    stage.map(|stage| std::str::from_utf8(stage.name()).unwrap())
}

fn moves(counts: &mut TransitionCounts) -> Vec<(Option<String>, Option<String>, u64, f64)> {
    let text = |stage| name(stage).map(str::to_owned);
    counts.transitions().unwrap().iter().map(|t| (text(t.from), text(t.to), t.customers, t.share)).collect()
}

#[test]
fn shares_are_of_the_stage_that_was_left() {
    let mut counts = count(&[
        (Some("new"), Some("new")),
        (Some("new"), Some("active")),
        (Some("new"), Some("active")),
        (Some("new"), None),
        (Some("active"), Some("active")),
        (None, Some("new")),
        (None, Some("new")),
        (None, None),
    ]);
    let expected = [
        (Some("active"), Some("active"), 1, 1.0),
        (Some("new"), Some("active"), 2, 0.5),
        (Some("new"), Some("new"), 1, 0.25),
        (Some("new"), None, 1, 0.25),
        (None, Some("new"), 2, 1.0),
    ];
    let expected =
        expected.map(|(from, to, n, share)| (from.map(str::to_owned), to.map(str::to_owned), n, share)).to_vec();
    assert_eq!(moves(&mut counts), expected);
    // active 1 → 3: all stay, and half of new's three come. new 4 → 3: a quarter stays, two come anew.
    let forecast: Vec<_> = counts
        .forecast()
        .unwrap()
        .iter()
        .map(|f| (name(f.stage).map(str::to_owned), f.first, f.last, f.stay_share, f.expected_next, f.dwell))
        .collect();
    assert_eq!(
        forecast,
        [
            (Some("active".to_owned()), 1, 3, Some(1.0), 4.5, None),
            (Some("new".to_owned()), 4, 3, Some(0.25), 2.75, Some(4.0 / 3.0)),
            (None, 2, 1, None, 0.75, None),
        ]
    );
}

#[test]
fn who_is_in_a_stage_of_which_no_move_is_known_is_taken_to_stay() {
    let mut counts = count(&[(Some("a"), Some("b")), (None, Some("b")), (Some("a"), Some("a"))]);
    let forecast = counts.forecast().unwrap();
    let of = |at: usize| (forecast[at].stay_share, forecast[at].expected_next, forecast[at].dwell);
    // a has one customer left, of whom half goes to b. b's two stay, and one comes anew.
    assert_eq!(of(0), (Some(0.5), 0.5, Some(2.0)));
    assert_eq!(of(1), (None, 3.5, None));
    assert_eq!((forecast[2].first, forecast[2].last, of(2)), (1, 0, (None, 0.0, None)));
}

#[test]
fn ranks_come_before_names_and_nobody_is_nothing() {
    let mut counts = TransitionCounts::default();
    let (b, a) = (counts.number(2, b"a").unwrap(), counts.number(1, b"b").unwrap());
    assert_eq!((counts.number(2, b"a").unwrap(), counts.number(1, b"b").unwrap()), (b, a));
    counts.insert(b, b).unwrap();
    counts.insert(a, a).unwrap();
    assert_eq!(counts.transitions().unwrap().iter().map(|t| name(t.from).unwrap()).collect::<Vec<_>>(), ["b", "a"]);
    let mut nobody = count(&[(None, None)]);
    assert_eq!(nobody.transitions().unwrap(), []);
    assert_eq!(nobody.forecast().unwrap(), []);
}

#[test]
fn too_many_stages_are_refused() {
    let mut counts = TransitionCounts::default();
    for stage in 0..MAX_STAGES {
        counts.number(0, stage.to_string().as_bytes()).unwrap();
    }
    assert_eq!(counts.number(0, b"17").unwrap(), 17);
    assert_eq!(counts.number(0, b"one more").unwrap_err().kind, Kind::LimitExceeded);
}

fn labels() -> impl Strategy<Value = Labels> {
    let label = || prop::option::weighted(0.8, prop::sample::select(vec!["", "a", "b", "ab", "c", "z", "ä"]));
    (label(), label())
}

proptest! {
    #[test]
    fn any_split_says_the_same_and_that_is_what_a_map_counts(
        customers in prop::collection::vec(labels(), 0..80), at in 0usize..80,
    ) {
        let (left, right) = customers.split_at(at.min(customers.len()));
        let mut parts = count(right);
        parts.merge(count(left)).unwrap();
        let mut whole = count(&customers);
        prop_assert_eq!(moves(&mut parts), moves(&mut whole));
        prop_assert_eq!(parts.forecast().unwrap(), whole.forecast().unwrap());
        let said = moves(&mut whole);
        whole.normalize().unwrap();
        parts.normalize().unwrap();
        prop_assert_eq!(&moves(&mut whole), &said);
        prop_assert_eq!(postcard::to_allocvec(&whole).unwrap(), postcard::to_allocvec(&parts).unwrap());
        let mut naive = BTreeMap::new();
        for &(from, to) in customers.iter().filter(|c| **c != (None, None)) {
            // None is the last.
            *naive.entry(((from.is_none(), from), (to.is_none(), to))).or_insert(0u64) += 1;
        }
        let counted: Vec<_> = naive.iter().map(|(((_, from), (_, to)), n)| (*from, *to, *n)).collect();
        let said: Vec<_> = said.iter().map(|(from, to, n, _)| (from.as_deref(), to.as_deref(), *n)).collect();
        prop_assert_eq!(counted, said);
    }

    #[test]
    fn nobody_is_lost(customers in prop::collection::vec(labels(), 0..80)) {
        let mut counts = count(&customers);
        let shares: f64 = counts.transitions().unwrap().iter().map(|t| t.share).sum();
        let forecast = counts.forecast().unwrap();
        prop_assert!((shares - forecast.iter().filter(|f| f.first > 0).count() as f64).abs() < 1e-9);
        let there: u64 = forecast.iter().filter(|f| f.stage.is_some()).map(|f| f.last).sum();
        let came = forecast.iter().find(|f| f.stage.is_none()).map_or(0, |f| f.first);
        let next: f64 = forecast.iter().map(|f| f.expected_next).sum();
        prop_assert!((next - (there + came) as f64).abs() < 1e-9);
    }
}
