use serde_json::json;

use super::*;
use crate::domain::journey::definition::Act;
use crate::domain::journey::definition::read_definition::read;

/// What a strict reader understands of a flowchart: nodes with their two lines, and arrows with their label.
#[derive(Debug, PartialEq, Eq, Default)]
struct Chart {
    nodes: Vec<(String, Vec<String>)>,
    arrows: Vec<(String, String, String)>,
}

/// Numbers of characters become characters again; all else must be plain.
fn unescaped(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        if char == '#' {
            let (number, after) = rest.split_once(';').expect("a number ends with a semicolon");
            plain.push(char::from_u32(number.parse().expect("a number")).expect("a character"));
            rest = after;
        } else {
            assert!(char.is_alphanumeric() || " _-.,=:".contains(char), "{char:?} in {text}");
            plain.push(char);
        }
    }
    plain
}

fn is_id(text: &str) -> bool {
    text == "entered" || text.strip_prefix('s').is_some_and(|number| number.parse::<usize>().is_ok())
}

/// Reads a flowchart line by line, and refuses what it does not know.
fn parse(chart: &str) -> Chart {
    const SHAPES: [(&str, &str); 5] =
        [("([\"", "\"])"), ("[[\"", "\"]]"), ("[\"", "\"]"), ("(\"", "\")"), ("{\"", "\"}")];
    let mut lines = chart.strip_suffix('\n').expect("a last line").split('\n');
    assert_eq!(lines.next(), Some("flowchart TD"));
    let mut parsed = Chart::default();
    for line in lines {
        let line = line.strip_prefix("    ").expect("four spaces");
        if let Some((from, rest)) = line.split_once(" -->|\"") {
            let (label, to) = rest.split_once("\"| ").expect("a label in quotes");
            assert!(is_id(from) && is_id(to) && !label.contains('"'), "{line}");
            parsed.arrows.push((from.to_owned(), to.to_owned(), unescaped(label)));
            continue;
        }
        let id: String = line.chars().take_while(char::is_ascii_alphanumeric).collect();
        let shape = &line[id.len()..];
        let text =
            SHAPES.iter().find_map(|(open, close)| shape.strip_prefix(open)?.strip_suffix(close)).expect("a shape");
        assert!(is_id(&id) && !text.contains('"'), "{line}");
        parsed.nodes.push((id, text.split("<br/>").map(unescaped).collect()));
    }
    for (from, to, _) in &parsed.arrows {
        for end in [from, to] {
            assert!(parsed.nodes.iter().any(|(id, _)| id == end), "{end} is no node");
        }
    }
    parsed
}

fn definition(json: &serde_json::Value) -> Definition {
    read(json, "journey", &[]).expect("a definition")
}

fn count(step: usize, what: &str, reason: Option<&str>, n: u64) -> Count {
    Count { step, what: what.to_owned(), reason: reason.map(str::to_owned), n }
}

fn labels(chart: &str) -> Vec<String> {
    parse(chart).arrows.into_iter().map(|(from, to, label)| format!("{from} {to} {label}")).collect()
}

#[test]
fn arrows_say_how_many_customers_went_there() {
    let journey = definition(&json!({"entry": {"event": "registered"}, "steps": [
        {"name": "letter", "act": {"channel": "email", "template": "first"}},
        {"name": "a_day", "wait": {"for": "1 day"}},
        {"name": "opened", "wait": {"event": "open", "of": "letter", "timeout": "3 days", "then": "end"}},
        {"name": "test", "split": [{"arm": "red", "weight": 1, "then": "again"}, {"arm": "blue", "weight": 1, "then": "end"}]},
        {"name": "again", "act": {"channel": "email", "template": "second"}},
        {"name": "end", "exit": "done"}]}));
    let counts = [
        count(1, "entered", None, 10),
        count(1, "acted", None, 9),
        count(1, "standing", None, 1),
        count(2, "standing", None, 2),
        count(2, "ended", None, 1),
        count(3, "waited", Some("event"), 1),
        count(3, "waited", Some("timeout"), 4),
        count(4, "split", Some("test=red"), 3),
        count(4, "split", Some("test=blue"), 1),
        count(5, "acted", None, 3),
    ];
    let chart = flowchart(&journey, &counts);
    assert_eq!(
        labels(&chart),
        [
            "entered s1 10",
            "s1 s2 9",
            "s2 s3 6",
            "s3 s6 then: 1",
            "s3 s4 timeout: 4",
            "s4 s5 red: 3",
            "s4 s6 blue: 1",
            "s5 s6 3"
        ]
    );
    let nodes = parse(&chart).nodes;
    assert_eq!(nodes[1], ("s1".to_owned(), vec!["letter".to_owned(), "email, first".to_owned()]));
    assert_eq!(nodes.len(), 7);
}

#[test]
fn a_branch_has_an_arrow_for_each_step_that_it_leads_to() {
    let journey = definition(&json!({"entry": {"event": "registered"}, "steps": [
        {"name": "which", "branch": [
            {"if": {"bought": true}, "then": "thanks"}, {"if": {"event": "open", "within": "1 day"}, "then": "thanks"}], "else": "end"},
        {"name": "thanks", "exit": "bought"},
        {"name": "end", "exit": "done"}]}));
    let counts = [count(1, "branched", Some("thanks"), 2), count(1, "branched", Some("end"), 5)];
    assert_eq!(labels(&flowchart(&journey, &counts)), ["entered s1 0", "s1 s2 then: 2", "s1 s3 else: 5"]);
}

#[test]
fn no_text_can_break_the_diagram() {
    let hostile = [
        "\"]; s1 --> s2; click s1 \"javascript:alert(1)\"",
        "end",
        "a\nb --> c",
        "%% comment",
        "`md`",
        "<br/><script>",
        "#quot;",
        "#35;",
        "subgraph x",
        "]]",
        "})",
        "|",
        "\u{202e}rtl",
        "\u{0}x",
        "ß ж 猫",
        "",
        "\\\"",
        "-->",
        "{{",
        "&lt;",
        "a;b",
        "style s1 fill:#f00",
    ];
    for text in hostile {
        let steps = vec![
            Step {
                name: text.to_owned(),
                kind: StepKind::Act {
                    act: Act {
                        channel: text.to_owned(),
                        template: text.to_owned(),
                        payload: serde_json::Map::new(),
                        deadline: None,
                        topic: None,
                        is_transactional: false,
                    },
                    next: 1,
                },
            },
            Step {
                name: format!("{text}2"),
                kind: StepKind::Split(vec![crate::domain::journey::definition::Arm {
                    name: text.to_owned(),
                    weight: 1.0,
                    to: 2,
                }]),
            },
            Step { name: format!("{text}3"), kind: StepKind::Exit(text.to_owned()) },
        ];
        let mut journey =
            definition(&json!({"entry": {"event": "registered"}, "steps": [{"name": "end", "exit": "done"}]}));
        journey.steps = steps;
        let chart = parse(&flowchart(&journey, &[]));
        assert_eq!(chart.nodes[1].1, [text.to_owned(), format!("{text}, {text}")]);
        assert_eq!(chart.arrows[2].2, format!("{text}: 0"));
        assert_eq!(chart.nodes[3].1, [format!("{text}3"), format!("exit, {text}")]);
    }
}

#[test]
fn a_circle_of_waits_alone_has_no_number() {
    let mut journey =
        definition(&json!({"entry": {"event": "registered"}, "steps": [{"name": "end", "exit": "done"}]}));
    let wait = |next| StepKind::Wait { wait: Wait::For(crate::domain::time::span::Span::days(1)), next };
    journey.steps = vec![Step { name: "a".to_owned(), kind: wait(1) }, Step { name: "b".to_owned(), kind: wait(0) }];
    assert_eq!(labels(&flowchart(&journey, &[])), ["entered s1 0", "s1 s2 not known", "s2 s1 not known"]);
}
