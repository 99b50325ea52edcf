//! Whatever comes, reading ends in a definition or in an error; and what is made by the rules is taken.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{changed, columns, read_as};
use crate::domain::journey::definition::policy::Policy;
use crate::domain::journey::definition::read_definition::read;
use crate::domain::journey::definition::ready_made::ready_made;

/// JSON with the words of definitions in it, so that it comes far.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "entry", "steps", "act", "wait", "branch", "split", "if", "then", "and", "or", "not", "profile", "bought",
        "event", "since", "within", "of", "stage", "is", "in", "name", "letter", "1 day", "for", "09:00", "a", "x'",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.clone().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((words.clone(), inner), 0..5).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
            }),
        ]
    })
}

fn span() -> impl Strategy<Value = String> {
    let units = prop::sample::select(vec!["minutes", "hour", "days", "weeks", "months"]);
    (1u32..50, units).prop_map(|(number, unit)| format!("{number} {unit}"))
}

/// A condition on a customer in a journey whose first step acts.
fn condition() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        ".*".prop_map(|text| json!({"profile": "stage", "is": text})),
        any::<i32>().prop_map(|number| json!({"profile": "orders", "less_than": number})),
        prop::collection::vec(".*", 1..4).prop_map(|texts| json!({"profile": "country", "not_in": texts})),
        any::<bool>().prop_map(|is| json!({"profile": "vip", "is": is})),
        any::<bool>().prop_map(|is| json!({"profile": "rating", "is_null": is})),
        span().prop_map(|span| json!({"profile": "birthday", "within_last": span})),
        (1u32..9, span()).prop_map(|(n, span)| json!({"bought": {"at_least": n, "within": span}})),
        Just(json!({"bought": {"since": "s0"}})),
        Just(json!({"event": "opened", "of": "s0", "at_least": 2, "channel": "email"})),
        "[a-z][a-z0-9_]{0,20}"
            .prop_filter("a purchase", |kind| kind != "ordered")
            .prop_map(|kind| json!({"event": kind})),
        Just(json!({"subscribed": "email"})),
        ".{1,20}".prop_map(|name| json!({"audience": name})),
    ];
    leaf.prop_recursive(5, 20, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"and": all})),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({"or": all})),
            inner.prop_map(|one| json!({"not": one})),
        ]
    })
}

/// What an entry by an event says besides: the event has a key, or customers enter by orders.
fn occasion() -> impl Strategy<Value = Value> {
    let of_event = prop_oneof![
        any::<i32>().prop_map(|number| json!({"event": "total", "at_least": number})),
        ".{1,20}".prop_map(|text| json!({"event": ["lines", text], "in": [text, "x"]})),
        any::<bool>().prop_map(|is| json!({"not": {"event": "gift", "is": is}})),
        Just(json!({"or": [{"event": "on", "less_than": "2024-05-01"}, {"event": "on", "within_last": "3 days"}]})),
    ];
    prop_oneof![
        Just(json!({"event": "registered"})),
        (".{1,20}", of_event).prop_map(|(key, condition)| json!({"event": "cart_left", "key": key, "where": condition, "cancelled_by": "cart_emptied"})),
        Just(json!({"event": "cart_left", "cancelled_by": ["cart_emptied", "paid"]})),
        any::<u32>().prop_map(|amount| json!({"event": "ordered", "key": "order", "where": {"order": "amount", "more_than": amount}})),
        Just(json!({"event": "ordered", "cancelled_by": ["order", "returned"]})),
    ]
}

/// What a step does, and how far ahead it leads besides to the next one; for a wait for a time, how far back it may.
fn step() -> impl Strategy<Value = (u8, usize, Value, String, String)> {
    (0u8..9, 1usize..5, condition(), span(), ".{1,20}")
}

/// A definition by the rules: steps lead on, and back only from a rest.
pub fn definition() -> impl Strategy<Value = Value> {
    (prop::collection::vec(step(), 0..12), span(), -1000i32..=1000, 0.0f64..1.0, any::<bool>(), occasion()).prop_map(
        |(steps, within, priority, control, on_goal, entry)| {
            let last = steps.len() + 1;
            let mut all = vec![json!({"name": "s0", "act": {"channel": "email", "template": "first"}})];
            for (i, (kind, far, condition, span, text)) in steps.into_iter().enumerate() {
                let i = i + 1;
                let ahead = format!("s{}", (i + far).min(last));
                let next = format!("s{}", i + 1);
                let mut step = match kind {
                    0 => json!({"act": {"channel": "sms", "template": text, "deadline": span, "payload": {text: {"profile": "orders"}}}}),
                    1 => json!({"wait": {"for": span}}),
                    2 => json!({"wait": {"until": "23:59", "weekdays": ["sun"]}}),
                    3 => json!({"wait": {"event": "clicked", "of": "s0", "timeout": span, "then": ahead}}),
                    4 => json!({"branch": [{"if": condition, "then": ahead}]}),
                    7 => json!({"wait": {"date": "birthday", "offset": format!("-{span}"), "at": "09:30", "else": ahead}}),
                    8 => {
                        let (part, of) = match entry["event"].as_str() {
                            Some("ordered") => (json!({"order": "amount"}), json!({"order": "key", "is": text})),
                            _ => (json!({"event": [text, "x"]}), json!({"event": text, "of": "entry", "at_least": far})),
                        };
                        match far % 2 {
                            0 => json!({"act": {"channel": "email", "template": "t", "payload": {"of": part}}}),
                            _ => json!({"branch": [{"if": {"or": [of, condition]}, "then": ahead}]}),
                        }
                    }
                    5 => json!({"split": [{"arm": "a", "weight": far, "then": next}, {"arm": "b", "weight": 0.5, "then": ahead}]}),
                    _ => json!({"branch": [{"if": condition, "then": format!("rest{i}")}], "else": next}),
                };
                step["name"] = json!(format!("s{i}"));
                all.push(step);
                if kind == 6 {
                    all.push(json!({"name": format!("rest{i}"), "wait": {"for": span}, "next": format!("s{}", i.saturating_sub(far))}));
                }
            }
            all.push(json!({"name": format!("s{last}"), "exit": "end"}));
            json!({
                "entry": entry, "steps": all, "priority": priority, "control": control,
                "goal": {"bought": true, "within": within}, "exit": {"on_goal": on_goal}
            })
        },
    )
}

proptest! {
    #[test]
    fn nothing_makes_reading_panic(json in any_json()) {
        let _ = read(&json, "x", &columns());
        let _ = Policy::read(&json, &columns());
        let _ = ready_made("win_back", &json);
    }

    #[test]
    fn nothing_in_a_place_of_a_sound_one_makes_it_panic(
        json in any_json(),
        place in prop::sample::select(vec![
            "/entry", "/who", "/reentry", "/steps", "/steps/-", "/goal", "/exit", "/exit/unless", "/steps/0", "/steps/0/act",
            "/steps/0/act/payload", "/steps/1/wait", "/steps/2/branch", "/steps/2/branch/0/if", "/steps/3/split",
            "/steps/3/split/0", "/steps/4/wait", "/steps/6/wait", "/control", "/priority",
        ])
    ) {
        if let Err(error) = read_as(&changed(place, Some(json)), "x") {
            prop_assert!(error.message.contains(": ") && error.message.is_ascii());
        }
    }

    #[test]
    fn what_is_made_by_the_rules_is_taken(json in definition()) {
        let read = read_as(&json, "x");
        prop_assert!(read.is_ok(), "{json}: {read:?}");
        // So is what was written down and read again.
        prop_assert_eq!(read, read_as(&serde_json::from_str(&json.to_string()).unwrap(), "x"));
    }
}
