//! The order of the tree: a file imports nothing from a folder that comes later on the data's way, and the domain knows nothing of
//! the server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders in the order of the data's way, of both `src/domain` and `src/pg`.
const ORDER: [&str; 14] = [
    "ffi",
    "support",
    "time",
    "math",
    "history",
    "engagement",
    "segments",
    "models",
    "stages",
    "base_metrics",
    "experiment",
    "store",
    "journey",
    "audience",
];

fn files(directory: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of the sources") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

fn place(folder: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == folder)
}

/// The first names of the paths that a source takes from this layer, comments excepted: `history` of `crate::domain::history::money`.
fn imports<'a>(source: &'a str, layer: &str) -> Vec<&'a str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let start = format!("crate::{layer}::");
    code.flat_map(|line| line.match_indices(start.as_str()).map(move |(at, start)| &line[at + start.len()..]))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
        .collect()
}

/// What is wrong with a source in a folder of a layer.
fn wrong(layer: &str, folder: &str, source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let own = place(folder);
    for import in imports(source, layer) {
        match (own, place(import)) {
            (Some(own), Some(theirs)) if theirs > own => {
                wrong.push(format!("imports from {import}, which comes later"))
            }
            (_, None) => wrong.push(format!("imports crate::{layer}::{import}, which is no folder")),
            _ => {}
        }
    }
    if layer == "domain" {
        wrong.extend(
            ["pgrx", "crate::pg"].into_iter().filter(|name| source.contains(name)).map(|name| format!("names {name}")),
        );
    }
    let chains = source.lines().filter(|line| line.contains("super::super::") && !line.starts_with("    "));
    wrong.extend(chains.map(|line| format!("climbs: {}", line.trim())));
    wrong
}

#[test]
fn no_file_imports_from_a_later_folder() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for layer in ["domain", "pg"] {
        let (layer_directory, mut of_layer) = (sources.join(layer), Vec::new());
        files(&layer_directory, "rs", &mut of_layer);
        assert!(of_layer.len() > 50, "{} files in {layer}", of_layer.len());
        for file in of_layer {
            let path = file.strip_prefix(&layer_directory).expect("a path below it");
            let folder = path.components().next().expect("a name").as_os_str().to_string_lossy().replace(".rs", "");
            if folder == "mod" {
                continue;
            }
            assert!(place(&folder).is_some(), "src/{layer}/{} is in no folder of the data's way", path.display());
            let source = fs::read_to_string(&file).expect("a source");
            found.extend(wrong(layer, &folder, &source).into_iter().map(|what| format!("{}: {what}", file.display())));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The `.sql` files that a source names in `sql!("…")`, `include_str!("…")` and the like, each as a path.
fn statements(file: &Path, source: &str) -> Vec<PathBuf> {
    let directory = file.parent().expect("a directory");
    let quoted =
        source.match_indices(".sql\"").filter_map(|(at, ending)| source[..at + ending.len() - 1].rsplit('"').next());
    let climb = |path: &str| {
        path.split('/').fold(directory.to_owned(), |to, part| match part {
            ".." => to.parent().expect("a directory above").to_owned(),
            part => to.join(part),
        })
    };
    quoted.map(climb).collect()
}

#[test]
fn every_statement_is_used_once() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut rust, mut there) = (Vec::new(), Vec::new());
    files(&sources, "rs", &mut rust);
    files(&sources, "sql", &mut there);
    assert!(there.len() > 50, "{} files", there.len());
    let read = |file: &PathBuf| fs::read_to_string(file).expect("a source");
    let used: Vec<PathBuf> = rust.iter().flat_map(|file| statements(file, &read(file))).collect();
    for file in there {
        let uses = used.iter().filter(|path| **path == file).count();
        assert_eq!(uses, 1, "{} is used {uses} times", file.display());
    }
}

/// The longest text of a COMMENT, and how many sentences it may have.
const LONGEST_COMMENT: (usize, usize) = (250, 2);

/// The texts of the COMMENTs of a script.
fn comments(script: &str) -> Vec<String> {
    let text = |statement: &str| {
        let mut parts = statement[statement.find(" IS")?..].split('\'');
        let mut text = String::new();
        // Outside of quotes, then within; nothing between two quotes is a quote, and a line of its own goes on.
        parts.next()?;
        while let (Some(within), Some(outside)) = (parts.next(), parts.next()) {
            text.push_str(within);
            if outside.is_empty() {
                text.push('\'');
            } else if outside.trim_start().starts_with(';') {
                return Some(text);
            }
        }
        None
    };
    script.split("\nCOMMENT ON ").skip(1).map(|statement| text(statement).expect("the text of a COMMENT")).collect()
}

fn sentences(text: &str) -> usize {
    let begins = |rest: &&str| rest.starts_with(|first: char| first.is_uppercase());
    1 + text.split(". ").skip(1).filter(begins).count()
}

#[test]
fn comments_are_short() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    let mut scripts = Vec::new();
    files(&directory, "sql", &mut scripts);
    // What is released stays as it is.
    scripts.retain(|script| !script.file_name().is_some_and(|name| name.to_string_lossy().contains("--")));
    let (longest, most) = LONGEST_COMMENT;
    let mut found = 0;
    for script in scripts {
        for text in comments(&fs::read_to_string(&script).expect("a script")) {
            found += 1;
            let (length, has) = (text.chars().count(), sentences(&text));
            assert!(
                length <= longest && has <= most,
                "{}: {length} characters, {has} sentences: {text}",
                script.display()
            );
        }
    }
    assert!(found > 300, "{found} comments");
}

#[test]
fn texts_of_comments_are_read_whole() {
    let script = "SELECT 1;\nCOMMENT ON TYPE t IS 'it''s one. Two; '\n    'three. Four';\nCOMMENT ON TYPE u IS\n    'e.g. no';\n";
    assert_eq!(comments(script), ["it's one. Two; three. Four", "e.g. no"]);
    assert_eq!(comments(script).iter().map(|text| sentences(text)).collect::<Vec<_>>(), [3, 1]);
}

#[test]
fn no_file_has_the_marks_of_a_conflict() {
    let mut search = Command::new("git");
    search.args(["grep", "-nIE", "^(<{7}|>{7})"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let found = search.output().expect("git");
    // 1: no line was found.
    assert_eq!(found.status.code(), Some(1), "{}", String::from_utf8_lossy(&[found.stdout, found.stderr].concat()));
}

#[test]
fn what_is_wrong_is_noticed() {
    assert!(wrong("domain", "history", "use crate::domain::support::error::Error;").is_empty());
    assert_eq!(wrong("domain", "history", "use crate::domain::store::Store;").len(), 1);
    assert_eq!(wrong("domain", "store", "fn f() -> crate::domain::journey::definition::Definition {}").len(), 1);
    assert_eq!(wrong("pg", "ffi", "use crate::pg::store::open;").len(), 1);
    assert_eq!(wrong("pg", "store", "use crate::pg::nowhere::open;").len(), 1);
    assert_eq!(wrong("domain", "time", "use pgrx::pg_sys;").len(), 1);
    assert_eq!(wrong("domain", "time", "use super::super::support::error::Error;").len(), 1);
}
