//! Definitions that are taken, and what becomes of them.

use serde_json::json;

use super::{changed, columns, read_as, sound};
use crate::domain::journey::definition::Arm;
use crate::domain::journey::definition::policy::{Cap, Policy, Touch};
use crate::domain::journey::definition::{
    Condition, DayOf, Definition, Dimension, Entry, Goal, GoalKind, Occasion, OccasionKey, OccasionValue, Offset,
    OrderPart, Reentry, Scalar, Since, StepKind, Test, TimeOfDay, Wait,
};
use crate::domain::time::span::Span;

fn with(pointer: &str, value: serde_json::Value) -> Definition {
    read_as(&changed(pointer, Some(value)), "x").unwrap()
}

#[test]
fn occasions_are_read_as_they_are_meant() {
    let of = |json| match with("/entry", json).entry {
        Entry::Event(occasion) => occasion,
        other => panic!("{other:?}"),
    };
    let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let total = |test| Some(Condition::Occasion { value: OccasionValue::Event(path(&["cart", "total"])), test });
    let cart =
        of(json!({"event": "cart_left", "where": {"event": ["cart", "total"], "at_least": 50}, "key": "cart_id",
        "cancelled_by": "cart_emptied"}));
    assert_eq!(cart.only_if, total(Test::AtLeast(Scalar::Number("50".to_owned()))));
    assert_eq!(cart.key, Some(OccasionKey::Member(path(&["cart_id"]))));
    assert_eq!((cart.cancelled_by, cart.needs_order), (path(&["cart_emptied"]), false));
    // What a value is compared as follows from what it is held against.
    let held =
        |test: &str, value| of(json!({"event": "a", "where": {"event": ["cart", "total"], test: value}})).only_if;
    assert_eq!(held("is", json!("x")), total(Test::In(vec![Scalar::Text("x".to_owned())])));
    assert_eq!(held("less_than", json!("2024-01-31")), total(Test::LessThan(Scalar::Text("2024-01-31".to_owned()))));
    assert_eq!(held("is", json!(true)), total(Test::In(vec![Scalar::Bool(true)])));
    // An order that does not count any more ends the entry, unless the definition says otherwise.
    let order = of(json!({"event": "ordered", "key": "order", "where": {"order": "amount", "more_than": 10}}));
    assert_eq!((order.key, order.needs_order), (Some(OccasionKey::Order), true));
    let amount = OccasionValue::Order(OrderPart::Amount);
    assert!(matches!(order.only_if, Some(Condition::Occasion { value, .. }) if value == amount));
    assert!(!of(json!({"event": "ordered", "cancelled_by": []})).needs_order);
    let both = of(json!({"event": "ordered", "cancelled_by": ["order", "returned"]}));
    assert_eq!((both.cancelled_by, both.needs_order), (path(&["returned"]), true));
}

#[test]
fn a_date_of_every_year_comes_every_year() {
    let entry = |every_year, reentry: Option<&str>| {
        let mut definition = changed("/entry", Some(json!({"date": "birthday", "every_year": every_year})));
        match reentry {
            Some(word) => definition["reentry"] = json!(word),
            None => drop(definition.as_object_mut().unwrap().remove("reentry")),
        }
        read_as(&definition, "x").unwrap().reentry
    };
    assert_eq!(
        [entry(true, None), entry(false, None), entry(true, Some("once"))],
        [Reentry::NotWithin(Span::days(300)), Reentry::Once, Reentry::Once]
    );
}

#[test]
fn a_wait_for_a_day_is_read_as_it_is_meant() {
    let wait = |json| match &with("/steps/1/wait", json).steps[1].kind {
        StepKind::Wait { wait, .. } => wait.clone(),
        other => panic!("{other:?}"),
    };
    let birthday = DayOf::Profile { column: "birthday".to_owned(), is_date: true };
    assert_eq!(
        wait(json!({"date": "birthday", "offset": "-3 days", "at": "09:30", "else": "gone"})),
        Wait::Date {
            day: birthday,
            offset: Offset { before: true, span: Span::days(3) },
            at: TimeOfDay(570),
            otherwise: 8
        }
    );
    let day = |json| match wait(json) {
        Wait::Date { day, offset, .. } => (day, offset.span),
        other => panic!("{other:?}"),
    };
    let delivered = json!({"date": {"event": "delivered_on"}, "offset": "14 days", "else": "gone"});
    assert_eq!(day(delivered), (DayOf::Event(vec!["delivered_on".to_owned()]), Span::days(14)));
}

#[test]
fn everything_is_read_as_it_is_meant() {
    let read = read_as(&sound(), "welcome").unwrap();
    assert_eq!(read.entry, Entry::Event(Occasion::of_kind("registered")));
    assert_eq!(read.reentry, Reentry::NotWithin(Span::days(30)));
    let goal = GoalKind::Bought { at_least: 2, spend_at_least: Some(10.5) };
    assert_eq!(read.goal, Goal { what: goal, within: Span::days(14) });
    assert!(read.ends_on_goal && read.priority == 5 && read.control == 0.1);
    let complained = Condition::Event {
        kind: "complaint".to_owned(),
        since: Since::Within(Span { months: 12, days: 0, minutes: 0 }),
        at_least: 1,
        channel: None,
        machine: false,
    };
    let is = |column: &str, values: &[&str]| Condition::Profile {
        column: column.to_owned(),
        test: Test::In(values.iter().map(|value| Scalar::Text((*value).to_owned())).collect()),
    };
    assert_eq!(read.who, Some(Condition::And(vec![is("stage", &["prospect"]), Condition::Not(Box::new(complained))])));
    assert_eq!(read.unless, Some(is("country", &["DE", "FR"])));

    let kinds: Vec<&StepKind> = read.steps.iter().map(|step| &step.kind).collect();
    assert!(matches!(kinds[0], StepKind::Act { next: 1, act } if act.deadline == Some(Span::days(2))));
    let opening = Wait::Event { kind: "open".to_owned(), of: Some(0), machine: false, timeout: Span::days(3), then: 2 };
    assert_eq!(*kinds[1], StepKind::Wait { wait: opening, next: 2 });
    let StepKind::Branch { cases, otherwise: 3 } = kinds[2] else { panic!("{:?}", kinds[2]) };
    let bought = Condition::Bought { at_least: 1, spend_at_least: None, since: Since::Step(0) };
    assert_eq!(cases[0], (Condition::And(vec![bought, is("stage", &["active"])]), 7));
    let arm = |name: &str, weight, to| Arm { name: name.to_owned(), weight, to };
    assert_eq!(*kinds[3], StepKind::Split(vec![arm("a", 1.0, 4), arm("b", 2.5, 5)]));
    assert_eq!(*kinds[4], StepKind::Wait { wait: Wait::For(Span::days(1)), next: 0 });
    assert_eq!(*kinds[5], StepKind::Call { journey: "win_back".to_owned(), next: 6 });
    let night = Wait::Until { at: TimeOfDay(570), weekdays: vec![0, 4] };
    assert_eq!(*kinds[6], StepKind::Wait { wait: night, next: 7 });
    assert_eq!(*kinds[7], StepKind::Goal);
    assert_eq!(*kinds[8], StepKind::Exit("no answer".to_owned()));
}

#[test]
fn what_is_left_out_is_as_by_default() {
    let least = json!({"entry": {"call": true}, "steps": [{"name": "end", "goal": true}]});
    let read = read_as(&least, "x").unwrap();
    assert_eq!(read.reentry, Reentry::Once);
    assert_eq!(read.goal.what, GoalKind::Bought { at_least: 1, spend_at_least: None });
    assert_eq!(read.goal.within, Span::days(30));
    assert!(read.ends_on_goal && read.who.is_none() && read.unless.is_none() && read.control == 0.0);
}

#[test]
fn entries_of_every_sort() {
    let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        with("/entry", json!({"movement": {"what": "stage", "from": ["new", "active"], "to": "at_risk"}})).entry,
        Entry::Movement {
            what: Dimension::Stage,
            from: strings(&["new", "active"]),
            to: strings(&["at_risk"]),
            include_refitted: false
        }
    );
    assert_eq!(
        with("/entry", json!({"movement": {"what": "stage", "to": "new"}, "include_refitted": true})).entry,
        Entry::Movement { what: Dimension::Stage, from: vec![], to: strings(&["new"]), include_refitted: true }
    );
    let offset = |before, span| Offset { before, span };
    let date = |column: &str, is_date, offset, every_year, at| Entry::Date {
        column: column.to_owned(),
        is_date,
        offset,
        every_year,
        at: TimeOfDay(at),
    };
    assert_eq!(
        with("/entry", json!({"date": "birthday", "offset": "-3 days", "every_year": true, "at": "09:05"})).entry,
        date("birthday", true, offset(true, Span::days(3)), true, 545)
    );
    assert_eq!(
        with("/entry", json!({"date": "last_purchase"})).entry,
        date("last_purchase", false, offset(false, Span::days(0)), false, 0)
    );
    let condition = Condition::Bought { at_least: 3, spend_at_least: None, since: Since::Within(Span::days(7)) };
    assert_eq!(
        with("/entry", json!({"condition": {"bought": {"at_least": 3, "within": "1 week"}}, "existing": true})).entry,
        Entry::Condition { condition, existing: true }
    );
    let joined = |include_refitted| Entry::Joined { audience: "Big \"spenders\"".to_owned(), include_refitted };
    assert_eq!(with("/entry", json!({"joined": "Big \"spenders\""})).entry, joined(false));
    let refitted = json!({"joined": "Big \"spenders\"", "include_refitted": true});
    assert_eq!(with("/entry", refitted).entry, joined(true));
    assert_eq!(
        with("/entry", json!({"event": "something_else"})).entry,
        Entry::Event(Occasion::of_kind("something_else"))
    );
}

#[test]
fn questions_of_every_sort() {
    let ask = |question: serde_json::Value| with("/who", question).who.unwrap();
    let not = |condition| Condition::Not(Box::new(condition));
    let profile = |column: &str, test| Condition::Profile { column: column.to_owned(), test };
    let number = |number: &str| Scalar::Number(number.to_owned());
    let text = |text: &str| Scalar::Text(text.to_owned());
    for (question, test) in [
        (json!({"profile": "rating", "less_than": 0.1}), profile("rating", Test::LessThan(number("0.1")))),
        (json!({"profile": "orders", "at_most": 3}), profile("orders", Test::AtMost(number("3")))),
        (json!({"profile": "spend", "more_than": -1e20}), profile("spend", Test::MoreThan(number("-1e+20")))),
        (json!({"profile": "vip", "is_not": true}), not(profile("vip", Test::In(vec![Scalar::Bool(true)])))),
        (json!({"profile": "vip", "is_null": false}), not(profile("vip", Test::IsNull))),
        (json!({"profile": "vip", "is_null": true}), profile("vip", Test::IsNull)),
        (json!({"profile": "token", "not_in": ["x"]}), not(profile("token", Test::In(vec![text("x")])))),
        (
            json!({"profile": "birthday", "at_least": "1980-01-31"}),
            profile("birthday", Test::AtLeast(text("1980-01-31"))),
        ),
        (
            json!({"profile": "last_purchase", "is": "2026-01-31T10:00:00+01:00"}),
            profile("last_purchase", Test::In(vec![text("2026-01-31T10:00:00+01:00")])),
        ),
        (
            json!({"profile": "last_purchase", "within_last": "2 days"}),
            profile("last_purchase", Test::WithinLast(Span::days(2))),
        ),
        (
            json!({"profile": "birthday", "not_within_last": "2 days"}),
            not(profile("birthday", Test::WithinLast(Span::days(2)))),
        ),
        (json!({"subscribed": "email"}), Condition::Subscribed("email".to_owned())),
        (json!({"audience": "big spenders"}), Condition::Audience("big spenders".to_owned())),
    ] {
        assert_eq!(ask(question), test);
    }
}

/// What is free text is not SQL, and arrives as it was written.
#[test]
fn free_text_arrives_unchanged() {
    for text in ["x'; DROP TABLE customers; --", "\"; --", "\\'; $$ $1 {key} %s", "\u{1f600} caf\u{e9}\n"] {
        let act =
            json!({"channel": "email", "template": text, "payload": {text: text, "deep": [{"profile": 7, "x": text}]}});
        let read = with("/steps/0/act", act);
        let StepKind::Act { act, .. } = &read.steps[0].kind else { panic!("no act") };
        assert_eq!((act.template.as_str(), act.payload[text].as_str()), (text, Some(text)));
        assert_eq!(with("/steps/8/exit", json!(text)).steps[8].kind, StepKind::Exit(text.to_owned()));
        let Some(Condition::Profile { test, .. }) = with("/who", json!({"profile": "stage", "is": text})).who else {
            panic!("no condition")
        };
        assert_eq!(test, Test::In(vec![Scalar::Text(text.to_owned())]));
        let entry = with("/entry", json!({"movement": {"what": "segment", "to": [text]}})).entry;
        assert_eq!(
            entry,
            Entry::Movement {
                what: Dimension::Segment,
                from: vec![],
                to: vec![text.to_owned()],
                include_refitted: false
            }
        );
    }
    // A column may be called anything, if there is one.
    assert!(with("/who", json!({"profile": "it's \"odd\"", "is": "x"})).who.is_some());
}

#[test]
fn rests_make_loops_that_are_allowed() {
    with("/steps/4/next", json!("pause"));
    with("/steps/8", json!({"name": "gone", "wait": {"until": "09:00"}, "next": "letter"}));
}

#[test]
fn limits_are_the_last_that_is_allowed() {
    let deep = (0..19).fold(json!({"subscribed": "email"}), |inner, _| json!({"not": inner}));
    with("/who", deep);
    let mut steps: Vec<_> = (0..199).map(|i| json!({"name": format!("s{i}"), "wait": {"for": "1 day"}})).collect();
    steps.push(json!({"name": "end", "goal": true}));
    assert_eq!(with("/steps", json!(steps)).steps.len(), 200);
}

#[test]
fn policies_are_read() {
    let read = |json: serde_json::Value| Policy::read(&json, &columns()).unwrap();
    assert_eq!(read(json!({})), Policy::default());
    assert_eq!(read(json!({"caps": []})), Policy::default());
    let policy = read(full_policy());
    assert_eq!((policy.requires_consent, policy.check()), (Some(false), Ok(())));
    assert_eq!(policy.caps[0], Cap { per: Span::days(1), most: 1, channel: None });
    assert_eq!(policy.caps[1].channel.as_deref(), Some("sms"));
    assert_eq!(policy.quiet_hours, Some((TimeOfDay(21 * 60), TimeOfDay(9 * 60))));
    assert_eq!((policy.weekdays, policy.time_zone.as_deref()), (vec![0, 6], Some("zone")));
    assert_eq!((policy.deadline, policy.control), (Span::days(6), 0.05));
    assert!(policy.attribution.is_first_touch && policy.attribution.touch == Touch::Click);
}

/// A policy that says everything.
pub fn full_policy() -> serde_json::Value {
    json!({
        "caps": [{"per": "1 day", "most": 1}, {"per": "1 month", "most": 4, "channel": "sms"}],
        "quiet_hours": {"from": "21:00", "to": "09:00"},
        "weekdays": ["sun", "mon"],
        "time_zone": "zone",
        "deadline": "6 days",
        "consent": "assumed",
        "control": 0.05,
        "attribution": {"window": "14 days", "rule": "first_touch", "touch": "click"}
    })
}
