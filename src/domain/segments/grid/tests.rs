use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::published::{PYMC_OTHER, RFM_25, putler, r_rfm_0_2, r_rfm_0_3};
use super::*;

const PRESETS: &str = include_str!("../../../../sql/segments/presets.sql");

fn rule(name: &str, cells: &[&str], priority: i32) -> Rule {
    Rule { cells: cells.iter().map(|&cell| cell.into()).collect(), name: name.into(), priority }
}

fn found(sizes: &[u8], rules: &[Rule]) -> Vec<Problem> {
    problems(sizes, rules, &coverage(sizes, rules).unwrap())
}

fn kinds(problems: &[Problem]) -> [usize; 3] {
    ["overlap", "hole", "unreachable"].map(|kind| problems.iter().filter(|problem| problem.kind() == kind).count())
}

fn unreachable(problems: &[Problem]) -> Vec<&str> {
    problems
        .iter()
        .filter_map(|problem| if let Problem::Unreachable { name } = problem { Some(&**name) } else { None })
        .collect()
}

fn holes(problems: &[Problem]) -> Vec<&str> {
    problems
        .iter()
        .filter_map(|problem| if let Problem::Hole { cell } = problem { Some(&**cell) } else { None })
        .collect()
}

// ---- the presets, as the script of the extension inserts them ------------------------------------------------------

/// The values of a row such as `('rfm_25', 'Lost', '{11}', 1),`.
fn values(row: &str) -> Vec<String> {
    let row = row.trim().trim_end_matches([',', ';']);
    let row = row.strip_prefix('(').and_then(|row| row.strip_suffix(')')).unwrap();
    let (mut values, mut value, mut quoted) = (Vec::new(), String::new(), false);
    for char in row.replace("''", "\u{1}").chars() {
        match char {
            '\'' => quoted = !quoted,
            ',' if !quoted => values.push(std::mem::take(&mut value).trim().replace('\u{1}', "'")),
            char => value.push(char),
        }
    }
    values.push(value.trim().replace('\u{1}', "'"));
    values
}

fn presets() -> BTreeMap<String, Definition> {
    let (grids, rules) = PRESETS.split_once("INSERT INTO lifecycle.segment_rule").unwrap();
    let rows = |part: &str| {
        let body = part.split_once("VALUES").unwrap().1.trim().trim_end_matches(';').to_owned();
        body.split("),\n").map(|row| values(&(row.trim_end_matches(')').to_owned() + ")"))).collect::<Vec<_>>()
    };
    let mut presets = BTreeMap::new();
    for row in rows(grids) {
        let json = format!(r#"{{"dimensions": "{}", "bins": {}, "rules": []}}"#, row[1], row[2]);
        presets.insert(row[0].clone(), Definition::from_json(&json).unwrap());
    }
    for row in rows(rules) {
        let cells = row[2].trim_matches(['{', '}']).split(',').map(str::to_owned).collect();
        let rule = Rule { cells, name: row[1].clone(), priority: row[3].parse().unwrap() };
        presets.get_mut(&row[0]).unwrap().rules.push(rule);
    }
    presets
}

fn preset(name: &str) -> Grid {
    Grid::new(name, presets().remove(name).unwrap()).unwrap()
}

fn all_scores(bins: i32) -> impl Iterator<Item = Rfm> {
    let digits = move || 1..=bins;
    digits().flat_map(move |recency| {
        digits().flat_map(move |frequency| digits().map(move |monetary| Rfm { recency, frequency, monetary }))
    })
}

#[test]
fn every_preset_is_a_partition() {
    let presets = presets();
    let names: Vec<&str> = presets.keys().map(String::as_str).collect();
    assert_eq!(names, ["putler_repaired", "r_rfm_0.2_repaired", "r_rfm_0.3_repaired", "rfm_125", "rfm_25", "rfm_27"]);
    for (name, definition) in presets {
        assert_eq!(definition.problems().unwrap(), [], "{name}");
    }
}

#[test]
fn the_25_cells_are_those_published_and_those_in_the_code() {
    let preset = preset("rfm_25");
    let published: BTreeMap<&str, &str> =
        RFM_25.iter().flat_map(|&(name, cells)| cells.split(' ').map(move |cell| (cell, name))).collect();
    assert_eq!(published.len(), 25);
    for score in all_scores(5) {
        assert_eq!(preset.segment(score).unwrap(), score.segment().unwrap(), "{score}");
        assert_eq!(published[preset.cell(score).unwrap().as_str()], score.segment().unwrap(), "{score}");
    }
}

#[test]
fn grids_of_codes_have_as_many_of_each_name_as_published() {
    let count = |grid: &str, bins| {
        let grid = preset(grid);
        let mut counts = BTreeMap::new();
        all_scores(bins).for_each(|score| *counts.entry(grid.segment(score).unwrap().to_owned()).or_insert(0) += 1);
        counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(
        count("rfm_125", 5),
        "About To Sleep 5, At Risk 22, Can't Lose 8, Champions 7, Hibernating 14, Lost 6, Loyal 8, Needs Attention 8, \
         Potential Loyalist 24, Promising 16, Recent 7"
    );
    assert_eq!(count("rfm_27", 3), "At Risk 5, Champions 3, Inactive 4, Loyal 5, Needs Attention 5, Recent 5");
}

#[test]
fn repairs_change_no_cell_that_had_one_name() {
    for (name, published) in [("r_rfm_0.2_repaired", r_rfm_0_2(false)), ("r_rfm_0.3_repaired", r_rfm_0_3(false))] {
        let grid = preset(name);
        let published_winners = coverage(&[5, 5, 5], &published).unwrap();
        for (winners, score) in published_winners.iter().zip(all_scores(5)) {
            let segment = grid.segment(score).unwrap();
            match winners[..] {
                [] => assert_eq!(segment, "Others", "{score}"),
                ref winners => assert!(winners.iter().any(|&rule| published[rule].name == segment), "{name} {score}"),
            }
        }
    }
    let grid = preset("putler_repaired");
    let published = putler(false);
    let winners = coverage(&[5, 9], &published).unwrap();
    for score in all_scores(5).filter(|score| score.frequency == score.monetary) {
        let winners = &winners[(9 * (score.recency - 1) + 2 * (score.frequency - 1)) as usize];
        assert!(winners.iter().any(|&rule| published[rule].name == grid.segment(score).unwrap()), "{score}");
    }
}

// ---- published and broken ------------------------------------------------------------------------------------------

#[test]
fn putlers_ranges_cover_30_of_45_cells_several_times() {
    let problems = found(&[5, 9], &putler(false));
    assert_eq!(kinds(&problems)[0], 30);
    let first = found(&[5, 9], &putler(true));
    let never = ["Recent (New) Customers", "Promising", "Can't Lose Them", "Lost"];
    assert_eq!(unreachable(&first), never);
    assert_eq!(kinds(&first), [0, holes(&problems).len(), 4]);
}

#[test]
fn the_r_package_leaves_holes_and_overlaps() {
    let problems = found(&[5, 5, 5], &r_rfm_0_3(false));
    assert_eq!(kinds(&problems)[..2], [58, 10]);
    let problems = found(&[5, 5, 5], &r_rfm_0_2(false));
    assert_eq!(kinds(&problems)[..2], [39, 36]);
    let first = found(&[5, 5, 5], &r_rfm_0_2(true));
    assert_eq!(kinds(&first)[..2], [0, 36]);
    assert_eq!(unreachable(&first), ["New Customers", "Promising", "Can't Lose Them"]);
    // Champions is the one cell of its range.
    let grid = coverage(&[5, 5, 5], &r_rfm_0_3(true)).unwrap();
    assert_eq!(grid.iter().filter(|winners| winners[..] == [0]).count(), 1);
}

#[test]
fn codes_left_to_other_are_named() {
    // Which of its five names the other codes have does not matter for the holes.
    let all: Vec<String> = cells(&[4, 4, 4]).map(|cell| cell.iter().map(|digit| digit.to_string()).collect()).collect();
    let named: Vec<&str> = all.iter().map(String::as_str).filter(|cell| !PYMC_OTHER.contains(cell)).collect();
    assert_eq!(named.len(), 8 + 7 + 13 + 11 + 7);
    let problems = found(&[4, 4, 4], &[rule("named", &named, 1)]);
    assert_eq!(holes(&problems), PYMC_OTHER);
}

// ---- the check ------------------------------------------------------------------------------------------------------

#[test]
fn problems_name_the_cells() {
    let rules = [rule("a", &["1*"], 1), rule("b", &["[1-2]2"], 1), rule("c", &["12"], 2), rule("d", &["*1"], 3)];
    let overlap = Problem::Overlap { cell: "12".into(), names: vec!["a".into(), "b".into()] };
    assert_eq!(found(&[2, 2], &rules), [overlap, Problem::Unreachable { name: "c".into() }]);
    assert_eq!(found(&[2, 2], &rules[..2])[1], Problem::Hole { cell: "21".into() });
    // A rule may say a cell twice, and two rules may have a name: only names must be reached.
    let rules = [rule("a", &["11", "1*"], 1), rule("a", &["1*"], 2), rule("b", &["**"], 3)];
    assert_eq!(found(&[2, 2], &rules), []);
    let twice = [rule("a", &["**"], 1), rule("a", &["**"], 1)];
    assert_eq!(kinds(&found(&[2, 2], &twice)), [4, 0, 0], "one name twice is an overlap too");
    assert_eq!(kinds(&found(&[3, 3, 3], &[])), [0, 27, 0]);
}

#[test]
fn refuses_what_is_no_pattern() {
    for (text, why) in [
        ("", "has 2 positions, and this 0"),
        ("5", "has 2 positions, and this 1"),
        ("555", "has 2 positions, and this 3"),
        ("56", "score 6 does not exist: the highest is 5"),
        ("5[4-9]", "score 9 does not exist"),
        ("05", "not a sequence"),
        ("5[5-4]", "not a sequence"),
        ("5[4-", "not a sequence"),
        ("5[45]", "not a sequence"),
        ("5 5", "not a sequence"),
        ("5é", "not a sequence"),
        ("5?", "not a sequence"),
    ] {
        let error = coverage(&[5, 5], &[rule("a", &[text], 1)]).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidText, "{text}");
        assert!(error.detail.unwrap().contains(why), "{text}");
    }
}

#[test]
fn refuses_more_than_can_be_checked() {
    let all = vec!["**"; MAX_PATTERNS];
    let name = "n".repeat(MAX_NAME);
    assert_eq!(found(&[5, 5], &[rule(&name, &all, 1)]), []);
    let many = vec![rule("a", &["**"], 1); MAX_RULES + 1];
    assert_eq!(kinds(&found(&[9, 9, 9], &vec![rule("a", &["***"], 1); MAX_RULES])), [729, 0, 0]);
    for rules in [&many[..], &[rule("a", &all, 1), rule("b", &["11"], 1)], &[rule(&(name + "n"), &["**"], 1)]] {
        assert_eq!(coverage(&[5, 5], rules).unwrap_err().kind, Kind::LimitExceeded);
    }
}

#[test]
fn refuses_what_is_no_grid() {
    let with =
        |shape: &str| format!(r#"{{{shape}, "rules": [{{"cells": ["**"], "name": "all", "note": "ignored"}}]}}"#);
    assert!(Definition::from_json(&with(r#""dimensions": "R,FM", "bins": 2"#)).unwrap().problems().unwrap().is_empty());
    for shape in [
        r#""dimensions": "R,FM", "bins": 1"#,
        r#""dimensions": "R,FM", "bins": 10"#,
        r#""dimensions": "R,FM", "bins": null"#,
        r#""dimensions": "F,M", "bins": 5"#,
        r#""bins": 5"#,
    ] {
        assert_eq!(Definition::from_json(&with(shape)).unwrap_err().kind, Kind::InvalidParameter, "{shape}");
    }
    let holes = Definition::from_json(r#"{"dimensions": "R,FM", "bins": 9, "rules": []}"#).unwrap();
    let error = Grid::new("é", holes).unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (Kind::InvalidParameter, "segment grid \"\\u{e9}\" is not a partition")
    );
    assert_eq!(error.detail.unwrap(), "In no segment: 11, 12, 13, 14, 15 and 76 more.");
}

#[test]
fn refuses_scores_off_the_grid() {
    let grid = preset("rfm_27");
    assert_eq!(grid.segment(Rfm { recency: 3, frequency: 1, monetary: 2 }).unwrap(), "Recent");
    for (recency, frequency, monetary) in [(0, 1, 1), (4, 1, 1), (1, 4, 1), (1, 1, -1), (i32::MAX, i32::MAX, i32::MIN)]
    {
        let error = grid.segment(Rfm { recency, frequency, monetary }).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidParameter);
    }
}

/// What a pattern says, without parsing it into classes.
fn naive_matches(pattern: &str, cell: &str) -> bool {
    match (pattern.chars().next(), cell.chars().next()) {
        (None, None) => true,
        (Some('['), Some(digit)) => {
            let (low, high) = (pattern.chars().nth(1).unwrap(), pattern.chars().nth(3).unwrap());
            low <= digit && digit <= high && naive_matches(&pattern[5..], &cell[1..])
        }
        (Some(class), Some(digit)) => (class == '*' || class == digit) && naive_matches(&pattern[1..], &cell[1..]),
        _ => false,
    }
}

fn grids() -> impl Strategy<Value = (Shape, Vec<Rule>)> {
    let shape = (any::<bool>(), 2i32..6).prop_map(|(all, bins)| Shape {
        dimensions: if all { Dimensions::All } else { Dimensions::RecencyAndMean },
        bins,
    });
    shape.prop_flat_map(|shape| {
        let bins = shape.bins;
        let class = prop_oneof![
            2 => (1..=bins).prop_map(|digit| digit.to_string()),
            2 => Just("*".to_owned()),
            3 => (1..=bins, 1..=bins).prop_map(|(a, b)| format!("[{}-{}]", a.min(b), a.max(b))),
        ];
        let pattern = prop::collection::vec(class, shape.sizes().len()).prop_map(|classes| classes.concat());
        let rule = (prop::collection::vec(pattern, 1..4), 0u8..6, 0i32..4).prop_map(|(cells, name, priority)| Rule {
            cells,
            name: char::from(b'a' + name).to_string(),
            priority,
        });
        (Just(shape), prop::collection::vec(rule, 0..12))
    })
}

proptest! {
    #[test]
    fn agrees_with_a_naive_checker((shape, rules) in grids()) {
        let definition = Definition { shape, rules: rules.clone() };
        let found = definition.problems().unwrap();
        let (mut overlaps, mut holes, mut reached) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let mut winner = BTreeMap::new();
        let positions = shape.sizes().len() as u32;
        let digits = (10i32.pow(positions - 1)..10i32.pow(positions)).map(|code| code.to_string());
        for cell in digits.filter(|cell| cell.bytes().all(|d| (1..=shape.bins).contains(&i32::from(d - b'0')))) {
            let mut matching: Vec<&Rule> =
                rules.iter().filter(|rule| rule.cells.iter().any(|pattern| naive_matches(pattern, &cell))).collect();
            matching.sort_by_key(|rule| rule.priority);
            matching.retain({
                let best = matching.first().map(|rule| rule.priority);
                move |rule| Some(rule.priority) == best
            });
            reached.extend(matching.iter().map(|rule| rule.name.clone()));
            match matching[..] {
                [] => { holes.insert(cell); }
                [rule] => { winner.insert(cell, rule.name.clone()); }
                ref several => {
                    overlaps.insert(cell, several.iter().map(|rule| rule.name.clone()).collect::<Vec<_>>());
                }
            }
        }
        let names: BTreeSet<String> = rules.iter().map(|rule| rule.name.clone()).collect();
        let mut expected = [0; 3];
        for problem in &found {
            match problem {
                Problem::Overlap { cell, names } => {
                    prop_assert_eq!(overlaps.get(cell), Some(names));
                    expected[0] += 1;
                }
                Problem::Hole { cell } => {
                    prop_assert!(holes.contains(cell));
                    expected[1] += 1;
                }
                Problem::Unreachable { name } => {
                    prop_assert!(names.contains(name) && !reached.contains(name));
                    expected[2] += 1;
                }
            }
        }
        prop_assert_eq!(expected, [overlaps.len(), holes.len(), names.difference(&reached).count()]);
        match Grid::new("random", definition) {
            Ok(grid) => {
                prop_assert!(found.is_empty());
                for score in all_scores(shape.bins) {
                    let mean = (score.frequency + score.monetary + 1) / 2;
                    let cell = match shape.dimensions {
                        Dimensions::RecencyAndMean => format!("{}{mean}", score.recency),
                        Dimensions::All => format!("{}{}{}", score.recency, score.frequency, score.monetary),
                    };
                    prop_assert_eq!(grid.segment(score).unwrap(), winner[&cell].as_str());
                    prop_assert_eq!(grid.cell(score).unwrap(), cell);
                }
            }
            Err(error) => prop_assert!(!found.is_empty() && error.kind == Kind::InvalidParameter),
        }
    }

    #[test]
    fn any_text_is_a_pattern_or_refused(text in "[0-9*\\[\\]\\-a é]{0,12}") {
        if let Err(error) = coverage(&[5, 5, 5], &[rule("a", &[&text], 1)]) {
            prop_assert_eq!(error.kind, Kind::InvalidText);
        }
    }
}
