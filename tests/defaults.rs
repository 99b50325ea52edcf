//! Defaults that SQL declares are those of the domain, and an argument of one name has the same default in all functions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pg_lifecycle::domain::engagement::lifecycle_phase::{ENGAGED_WITHIN, INACTIVE_AFTER, WIN_BACK_WAIT};
use pg_lifecycle::domain::engagement::relationship_stage::{ADVOCATE_REFERRALS, RETAIN_FROM};
use pg_lifecycle::domain::engagement::temperature::WARM_WITHIN;
use pg_lifecycle::domain::stages::stage::{AT_RISK_AFTER, LAPSED_AFTER};
use pg_lifecycle::domain::store::settings::Settings;

/// Arguments whose defaults differ from function to function, and why.
const DIFFERENT: [(&str, &str); 4] = [
    ("as_of", "a refresh without an instant is told NULL, and takes the time at which it begins"),
    (
        "discount_rate",
        "a summary of a customer comes with a rate in its own unit of time, of which no default can know",
    ),
    ("level", "a range of value is wider than one of time"),
    ("until", "a dry run without an end is told NULL, and takes the last instant of whose entries everything is known"),
];

fn sql_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of scripts") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            sql_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
}

/// The arguments with a default of a script: name and default, as `at_risk_after double precision DEFAULT 1.1` has them.
fn arguments(script: &str) -> Vec<(String, String)> {
    let code: Vec<&str> = script.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let mut found = Vec::new();
    for line in code {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once(" DEFAULT ") {
            let start = before.rfind(['(', ',']).map_or(0, |at| at + 1);
            let name = before[start..].split_whitespace().next().unwrap_or_default();
            let end = match after.strip_prefix('\'') {
                Some(text) => text.find('\'').map_or(after.len(), |at| at + 2),
                None => after.find([',', '\n']).unwrap_or(after.len()),
            };
            let value = after[..end].trim();
            let value = if value.contains('(') { value } else { value.trim_end_matches(')') };
            found.push((name.trim_matches('"').to_owned(), value.trim().to_owned()));
            rest = &after[end..];
        }
    }
    found
}

fn declared() -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    sql_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sql"), &mut files);
    assert!(files.len() > 30, "{} scripts", files.len());
    let mut defaults: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let script = fs::read_to_string(&file).expect("a script");
        // Those of tables are not arguments.
        let functions = script.split(";\n").filter(|statement| {
            let head = statement.trim_start().lines().find(|line| !line.starts_with("--")).unwrap_or_default();
            ["FUNCTION", "PROCEDURE"].iter().any(|what| head.contains(what)) && head.starts_with("CREATE")
        });
        for (name, value) in functions.flat_map(arguments) {
            defaults.entry(name).or_default().insert(value);
        }
    }
    defaults
}

#[test]
fn sql_declares_the_defaults_of_the_domain() {
    let declared = declared();
    let only = |name: &str| {
        let of_name = declared.get(name).unwrap_or_else(|| panic!("no function has an argument {name} with a default"));
        assert_eq!(of_name.len(), 1, "{name}: {of_name:?}");
        of_name.first().expect("one").clone()
    };
    let number = |name: &str| only(name).parse::<f64>().unwrap_or_else(|error| panic!("{name}: {error}"));
    let settings = Settings::default();
    assert_eq!(number("at_risk_after"), AT_RISK_AFTER);
    assert_eq!(number("lapsed_after"), LAPSED_AFTER);
    assert_eq!(number("annual_discount_rate"), settings.annual_discount_rate);
    assert_eq!(number("margin"), settings.margin);
    assert_eq!(number("retain_from"), RETAIN_FROM as f64);
    assert_eq!(number("advocate_referrals"), ADVOCATE_REFERRALS as f64);
    for (name, length) in [
        ("inactive_after", INACTIVE_AFTER),
        ("engaged_within", ENGAGED_WITHIN),
        ("win_back_wait", WIN_BACK_WAIT),
        ("warm_within", WARM_WITHIN),
    ] {
        assert_eq!(only(name), format!("'{length}'"), "{name}");
    }
    assert_eq!((settings.at_risk_after, settings.lapsed_after), (AT_RISK_AFTER, LAPSED_AFTER));
}

#[test]
fn an_argument_of_one_name_has_one_default() {
    let declared = declared();
    assert!(declared.len() > 40, "{declared:?}");
    let differing: Vec<&str> =
        declared.iter().filter(|(_, of_name)| of_name.len() > 1).map(|(name, _)| name.as_str()).collect();
    let expected: Vec<&str> = DIFFERENT.iter().map(|(name, _)| *name).collect();
    assert_eq!(differing, expected, "{declared:?}");
}
