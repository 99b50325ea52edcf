//! Definitions and policies that are refused, each by the place and in words.

use serde_json::{Value, json};

use super::{changed, columns, read_as, sound};
use crate::domain::journey::definition::policy::Policy;
use crate::domain::journey::definition::ready_made::ready_made;
use crate::domain::support::error::{Error, Kind};

/// What is changed, the new value, the place and the words of the refusal, and whether the schema refuses it too.
pub type Case = (&'static str, Value, &'static str, &'static str, Schema);

/// Whether a schema can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// It is wrong in itself.
    Refuses,
    /// It is wrong for this store, or only together with other parts.
    CannotTell,
}

use Schema::{CannotTell, Refuses};

fn nested(depth: usize, leaf: &Value) -> Value {
    (0..depth).fold(leaf.clone(), |inner, _| json!({"not": inner}))
}

/// Stands for a value that is taken out.
fn removed() -> Value {
    json!("removed")
}

/// The definition of a case.
pub fn definition_of(pointer: &str, value: &Value) -> Value {
    changed(pointer, Some(value.clone()).filter(|value| *value != removed()))
}

/// All that is changed in one place.
pub fn broken() -> Vec<Case> {
    let remove = removed();
    let act = |more: Value| {
        let mut act = json!({"channel": "email", "template": "t"});
        act.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        act
    };
    let injection = "x'; DROP TABLE customers; --";
    vec![
        // The whole.
        ("/stepps", json!([]), "definition", "unknown key \"stepps\"", Refuses),
        ("/entry", remove.clone(), "definition", "\"entry\" is missing", Refuses),
        ("/steps", remove.clone(), "definition", "\"steps\" is missing", Refuses),
        ("/steps", json!([]), "steps", "the list is empty", Refuses),
        ("/steps", json!({"name": "letter"}), "steps", "must be a list", Refuses),
        ("/priority", json!(1001), "priority", "from -1000 to 1000", Refuses),
        ("/priority", json!(1.5), "priority", "whole number", Refuses),
        ("/control", json!(1.5), "control", "from 0 to below 1", Refuses),
        ("/control", json!(-0.1), "control", "from 0 to below 1", Refuses),
        ("/control", json!("0.1"), "control", "must be a number", Refuses),
        ("/description", json!(7), "description", "must be a text", Refuses),
        ("/reentry", json!("twice"), "reentry", "unknown word \"twice\"", Refuses),
        ("/reentry", json!({"not_within": "-30 days"}), "reentry.not_within", "negative", Refuses),
        // Entries.
        ("/entry", json!({}), "entry", "must have one of the keys event, movement", Refuses),
        ("/entry", json!({"event": "a", "call": true}), "entry", "exclude each other", Refuses),
        ("/entry/event", json!("Opened"), "entry.event", "cannot be a name", Refuses),
        ("/entry/event", json!(injection), "entry.event", "cannot be a name", Refuses),
        ("/entry", json!({"joined": 7}), "entry.joined", "must be a text", Refuses),
        ("/entry", json!({"joined": "x", "existing": true}), "entry", "existing", Refuses),
        ("/who", json!({"audience": ["x"]}), "who.audience", "must be a text", Refuses),
        ("/entry", json!({"call": false}), "entry.call", "must be true", Refuses),
        (
            "/entry",
            json!({"movement": {"what": "stage", "to": "new"}, "include_refitted": 1}),
            "entry.include_refitted",
            "true or false",
            Refuses,
        ),
        ("/entry", json!({"event": "ordered", "include_refitted": true}), "entry", "include_refitted", Refuses),
        // Occasions.
        (
            "/entry",
            json!({"event": "a", "where": {"profile": "orders", "is": 1}}),
            "entry.where",
            "\"profile\" says nothing",
            Refuses,
        ),
        (
            "/entry",
            json!({"event": "a", "where": {"event": "total"}}),
            "entry.where",
            "must have one of the keys is,",
            Refuses,
        ),
        ("/entry", json!({"event": "a", "where": {"event": "total", "is": null}}), "entry.where.is", "null", Refuses),
        (
            "/entry",
            json!({"event": "a", "where": {"event": "total", "in": [1, "x"]}}),
            "entry.where.in[1]",
            "must be a number",
            CannotTell,
        ),
        (
            "/entry",
            json!({"event": "a", "where": {"event": "total", "at_least": "soon"}}),
            "entry.where.at_least",
            "an instant such as",
            CannotTell,
        ),
        (
            "/entry",
            json!({"event": "a", "where": {"event": "total", "at_least": [1]}}),
            "entry.where.at_least",
            "must be a number",
            Refuses,
        ),
        (
            "/entry",
            json!({"event": "a", "where": {"event": [], "is": 1}}),
            "entry.where.event",
            "the list is empty",
            Refuses,
        ),
        (
            "/entry",
            json!({"event": "a", "where": {"order": "amount", "is": 1}}),
            "entry.where.order",
            "do not enter this journey by an order",
            CannotTell,
        ),
        (
            "/entry",
            json!({"event": "ordered", "where": {"event": "total", "is": 1}}),
            "entry.where.event",
            "no detail to read",
            CannotTell,
        ),
        (
            "/entry",
            json!({"event": "ordered", "where": {"order": "key", "is": "1"}}),
            "entry.where",
            "known only once",
            CannotTell,
        ),
        (
            "/entry",
            json!({"event": "ordered", "where": {"order": "total", "is": 1}}),
            "entry.where.order",
            "an order has no \"total\"",
            Refuses,
        ),
        ("/entry", json!({"event": "ordered", "key": "cart_id"}), "entry.key", "must be \"order\"", CannotTell),
        ("/entry", json!({"event": "a", "key": 7}), "entry.key", "must be a text", Refuses),
        (
            "/entry",
            json!({"event": "a", "cancelled_by": "ordered"}),
            "entry.cancelled_by",
            "purchases are no events",
            CannotTell,
        ),
        ("/entry", json!({"event": "a", "cancelled_by": {"b": 1}}), "entry.cancelled_by", "must be a text", Refuses),
        ("/entry", json!({"condition": {"bought": true}, "key": "x"}), "entry", "unknown key \"key\"", Refuses),
        ("/who", json!({"event": "total", "is": 7}), "who.event", "there is no entry yet", CannotTell),
        (
            "/steps/0/act/payload",
            json!({"of": {"order": "key"}}),
            "steps[0].act.payload.of.order",
            "do not enter this journey by an order",
            CannotTell,
        ),
        ("/steps/1/wait", json!({"date": "birthday"}), "steps[1].wait", "\"else\" is missing", Refuses),
        (
            "/steps/1/wait",
            json!({"date": "orders", "else": "gone"}),
            "steps[1].wait.date",
            "is no date or instant",
            CannotTell,
        ),
        (
            "/steps/1/wait",
            json!({"date": {"event": 3}, "else": "gone"}),
            "steps[1].wait.date.event",
            "must be a text",
            Refuses,
        ),
        ("/entry", json!({"movement": {"what": "stage"}}), "entry.movement", "\"from\" or \"to\"", Refuses),
        ("/entry", json!({"movement": {"what": "stge", "to": "x"}}), "entry.movement.what", "unknown word", Refuses),
        (
            "/entry",
            json!({"movement": {"what": "stage", "from": null, "to": "new"}}),
            "entry.movement.from",
            "must be a text",
            Refuses,
        ),
        (
            "/entry",
            json!({"movement": {"what": "stage", "to": ["at_rsk"]}}),
            "entry.movement.to[0]",
            "unknown word \"at_rsk\"",
            CannotTell,
        ),
        ("/entry", json!({"date": "stage"}), "entry.date", "is no date or instant", CannotTell),
        ("/entry", json!({"date": "birthdy"}), "entry.date", "column \"birthdy\" does not exist", CannotTell),
        ("/entry", json!({"date": "birthday", "offset": "--3 days"}), "entry.offset", "negative", Refuses),
        ("/entry", json!({"date": "birthday", "offset": "3 moons"}), "entry.offset", "unknown unit", Refuses),
        ("/entry", json!({"date": "birthday", "at": "24:00"}), "entry.at", "time of day", Refuses),
        ("/entry", json!({"condition": {"bought": {}}}), "entry.condition.bought", "\"within\" is missing", CannotTell),
        // Who.
        ("/who/and/0/profile", json!("stge"), "who.and[0].profile", "column \"stge\" does not exist", CannotTell),
        ("/who/and/0/profile", json!(injection), "who.and[0].profile", "does not exist in the profile", CannotTell),
        ("/who/and/0/is", json!(7), "who.and[0].is", "must be a text", CannotTell),
        ("/who/and/0/is", json!(null), "who.and[0].is", "null", Refuses),
        ("/who/and/0/between", json!([1, 2]), "who.and[0]", "unknown key \"between\"", Refuses),
        ("/who/and/0", json!({"profile": "stage"}), "who.and[0]", "must have one of the keys is, is_not", Refuses),
        (
            "/who/and/1/not",
            json!({"event": "opened", "since": "entry"}),
            "who.and[1].not.since",
            "no entry yet",
            CannotTell,
        ),
        ("/who/and/1/not", json!({"event": "opened", "of": "letter"}), "who.and[1].not.of", "no entry yet", CannotTell),
        // Conditions on columns, by their types.
        ("/who", json!({"profile": "stage", "less_than": "x"}), "who.less_than", "has no order to ask for", CannotTell),
        ("/who", json!({"profile": "orders", "is": "3"}), "who.is", "must be a number", CannotTell),
        ("/who", json!({"profile": "vip", "is": "yes"}), "who.is", "must be true or false", CannotTell),
        ("/who", json!({"profile": "birthday", "is": "2026-02-30"}), "who.is", "must be a date", CannotTell),
        ("/who", json!({"profile": "birthday", "at_most": 5}), "who.at_most", "must be a date", CannotTell),
        (
            "/who",
            json!({"profile": "last_purchase", "more_than": "yesterday"}),
            "who.more_than",
            "must be an instant",
            CannotTell,
        ),
        ("/who", json!({"profile": "orders", "within_last": "3 days"}), "who.within_last", "no date", CannotTell),
        ("/who", json!({"profile": "birthday", "within_last": "soon"}), "who.within_last", "not a length", Refuses),
        ("/who", json!({"profile": "token", "more_than": "x"}), "who.more_than", "has no order", CannotTell),
        ("/who", json!({"profile": "stage", "in": []}), "who.in", "the list is empty", Refuses),
        ("/who", json!({"profile": "stage", "in": ["a", 1]}), "who.in[1]", "must be a text", CannotTell),
        ("/who", json!({"profile": "stage", "is_null": 1}), "who.is_null", "must be true or false", Refuses),
        // Combinations.
        ("/who", json!({"and": []}), "who.and", "the list is empty", Refuses),
        ("/who", json!({"and": [], "or": []}), "who", "exclude each other", Refuses),
        ("/who", json!({"not": [{"subscribed": "email"}]}), "who.not", "must be an object", Refuses),
        ("/who", json!("stage = 'new'"), "who", "must be an object", Refuses),
        ("/who", json!({"sql": "true"}), "who", "must have one of the keys and, or, not", Refuses),
        ("/who", json!({"subscribed": "E-Mail"}), "who.subscribed", "cannot be a name", Refuses),
        ("/who", nested(21, &json!({"subscribed": "email"})), "who.not.not", "more than 20 deep", CannotTell),
        (
            "/exit/unless",
            json!({"or": vec![json!({"subscribed": "email"}); 501]}),
            "exit.unless.or[",
            "more than 500 conditions",
            CannotTell,
        ),
        ("/exit/unless", json!({"bought": {"at_least": 0}}), "exit.unless.bought.at_least", "from 1", Refuses),
        (
            "/exit/unless",
            json!({"bought": {"since": "entry", "within": "1 day"}}),
            "exit.unless.bought",
            "exclude each other",
            Refuses,
        ),
        (
            "/exit/unless",
            json!({"bought": {"since": "opening"}}),
            "exit.unless.bought.since",
            "step \"opening\" is no act",
            CannotTell,
        ),
        ("/exit/unless", json!({"event": "ordered"}), "exit.unless.event", "purchases are no events", CannotTell),
        // Steps.
        ("/steps/0/name", json!("Letter 1"), "steps[0].name", "cannot be a name", Refuses),
        ("/steps/0/name", json!(injection), "steps[0].name", "cannot be a name", Refuses),
        ("/steps/0/name", json!("x".repeat(64)), "steps[0].name", "cannot be a name", Refuses),
        ("/steps/0/name", json!("entry"), "steps[0].name", "cannot be the name of a step", Refuses),
        ("/steps/1/name", json!("letter"), "steps[1].name", "two steps \"letter\"", CannotTell),
        ("/steps/0/name", remove.clone(), "steps[0]", "\"name\" is missing", Refuses),
        ("/steps/0/wait", json!({"for": "1 day"}), "steps[0]", "exclude each other", Refuses),
        ("/steps/0", json!({"name": "letter", "send": {}}), "steps[0]", "must have one of the keys act", Refuses),
        ("/steps/0/then", json!("ask"), "steps[0]", "unknown key \"then\"", Refuses),
        ("/steps/0/act", json!({"template": "t"}), "steps[0].act", "\"channel\" is missing", Refuses),
        ("/steps/0/act/channel", json!(injection), "steps[0].act.channel", "cannot be a name", Refuses),
        ("/steps/0/act/template", json!(""), "steps[0].act.template", "the text is empty", Refuses),
        ("/steps/0/act/deadline", json!("0 days"), "steps[0].act.deadline", "more than nothing", CannotTell),
        ("/steps/0/act/topic", json!("All offers"), "steps[0].act.topic", "cannot be a name", Refuses),
        ("/steps/0/act/transactional", json!("yes"), "steps[0].act.transactional", "true or false", Refuses),
        ("/steps/0/act/payload", json!("x"), "steps[0].act.payload", "must be an object", Refuses),
        (
            "/steps/0/act/payload/list/1/profile",
            json!("ordrs"),
            "steps[0].act.payload.list[1].profile",
            "\"ordrs\" does not exist",
            CannotTell,
        ),
        (
            "/steps/0/act/payload/country/profile",
            json!(injection),
            "steps[0].act.payload.country.profile",
            "does not exist",
            CannotTell,
        ),
        (
            "/steps/0/act",
            act(json!({"payload": {"profile": "country"}})),
            "steps[0].act.payload",
            "not a value",
            CannotTell,
        ),
        ("/steps/0/act", act(json!({"payload": {"as_is": "x"}})), "steps[0].act.payload", "not a value", CannotTell),
        (
            "/steps/0/act/payload/country",
            json!({"code": "Winback10"}),
            "steps[0].act.payload.country.code",
            "cannot be a name",
            CannotTell,
        ),
        (
            "/steps/0/act/payload/country",
            json!({"profile": "orders", "format": "money", "currency": "€"}),
            "steps[0].act.payload.country.currency",
            "three letters",
            CannotTell,
        ),
        ("/steps/0/next", json!("openin"), "steps[0].next", "there is no step \"openin\"", CannotTell),
        ("/steps/1/wait/of", json!("ask"), "steps[1].wait.of", "step \"ask\" is no act", CannotTell),
        ("/steps/1/wait/timeout", remove.clone(), "steps[1].wait", "\"timeout\" is missing", Refuses),
        ("/steps/1/wait/timeout", json!("-3 days"), "steps[1].wait.timeout", "negative", Refuses),
        ("/steps/1/wait/event", json!("ordered"), "steps[1].wait.of", "not tied to an act", CannotTell),
        ("/steps/1/wait/then", json!("nowhere"), "steps[1].wait.then", "there is no step", CannotTell),
        ("/steps/2/branch", json!([]), "steps[2].branch", "the list is empty", Refuses),
        ("/steps/2/next", json!("letter"), "steps[2]", "unknown key \"next\"", Refuses),
        (
            "/steps/2/branch/0/if/and/1/profile",
            json!("stge"),
            "steps[2].branch[0].if.and[1].profile",
            "\"stge\" does not exist",
            CannotTell,
        ),
        ("/steps/2/branch/0/then", remove.clone(), "steps[2].branch[0]", "\"then\" is missing", Refuses),
        (
            "/steps/2/branch/0/if/and/0/bought/since",
            json!(injection),
            "steps[2].branch[0].if.and[0].bought.since",
            "there is no step",
            Refuses,
        ),
        ("/steps/3/split/0/weight", json!(0), "steps[3].split[0].weight", "above 0", Refuses),
        ("/steps/3/split/0/weight", json!(-1), "steps[3].split[0].weight", "above 0", Refuses),
        ("/steps/3/split/0/arm", json!(injection), "steps[3].split[0].arm", "cannot be a name", Refuses),
        ("/steps/3/split/1/arm", json!("a"), "steps[3].split[1].arm", "two arms \"a\"", CannotTell),
        ("/steps/3/split/1", remove.clone(), "steps[3].split", "at least two arms", Refuses),
        ("/steps/4/wait/for", json!("3 fortnights"), "steps[4].wait.for", "unknown unit", Refuses),
        ("/steps/4/wait/for", json!("1 day'; DROP"), "steps[4].wait.for", "not a length", Refuses),
        ("/steps/4/wait/for", json!(3), "steps[4].wait.for", "must be a text", Refuses),
        ("/steps/4/wait", json!({"for": "1 day", "until": "09:00"}), "steps[4].wait", "exclude each other", Refuses),
        ("/steps/5/call", json!("welcome"), "steps[5].call", "cannot call itself", CannotTell),
        ("/steps/5/call", json!(injection), "steps[5].call", "cannot be a name", Refuses),
        ("/steps/6/wait/until", json!("9:30"), "steps[6].wait.until", "time of day", Refuses),
        ("/steps/6/wait/weekdays", json!([]), "steps[6].wait.weekdays", "the list is empty", Refuses),
        ("/steps/6/wait/weekdays/1", json!("monday"), "steps[6].wait.weekdays[1]", "unknown word", Refuses),
        ("/steps/6/wait/weekdays/1", json!("mon"), "steps[6].wait.weekdays[1]", "twice", Refuses),
        ("/steps/7/goal", json!("yes"), "steps[7].goal", "must be true", Refuses),
        ("/steps/8/exit", json!(["x"]), "steps[8].exit", "must be a text", Refuses),
        // The way through them.
        (
            "/steps/4/wait",
            json!({"event": "clicked", "timeout": "1 day"}),
            "steps[0]",
            "loop without a wait: letter -> opening -> ask -> lots -> pause -> letter",
            CannotTell,
        ),
        ("/steps/-", json!({"name": "stray", "exit": "x"}), "steps[9]", "step \"stray\" is never reached", CannotTell),
        (
            "/steps/8",
            json!({"name": "gone", "wait": {"for": "1 day"}}),
            "steps[8]",
            "dead end: nothing comes after step \"gone\"",
            CannotTell,
        ),
        (
            "/steps/8",
            json!({"name": "gone", "act": {"channel": "email", "template": "t"}}),
            "steps[8]",
            "dead end",
            CannotTell,
        ),
        (
            "/steps/8",
            json!({"name": "gone", "branch": [{"if": {"bought": true}, "then": "done"}]}),
            "steps[8]",
            "dead end",
            CannotTell,
        ),
        (
            "/steps/8",
            json!({"name": "gone", "call": "other", "next": "gone"}),
            "steps[8]",
            "loop without a wait: gone -> gone",
            CannotTell,
        ),
        // The goal and the exit.
        ("/goal", json!({"within": "1 day"}), "goal", "must have one of the keys bought, event", Refuses),
        ("/goal/bought", json!(false), "goal.bought", "must be true", Refuses),
        ("/goal/bought/spend_at_least", json!(0), "goal.bought.spend_at_least", "above 0", Refuses),
        ("/goal", json!({"event": "ordered"}), "goal.event", "purchases are no events", CannotTell),
        ("/goal/within", json!("11 years"), "goal.within", "longer than ten years", CannotTell),
        ("/exit/on_goal", json!("no"), "exit.on_goal", "must be true or false", Refuses),
        ("/exit/on_gaol", json!(true), "exit", "unknown key \"on_gaol\"", Refuses),
    ]
}

fn check(error: Error, place: &str, words: &str, what: &str) {
    assert!(matches!(error.kind, Kind::InvalidParameter | Kind::LimitExceeded), "{what}: {error:?}");
    assert!(error.message.starts_with(place), "{what}: {}", error.message);
    let after = error.message[place.len()..].chars().next();
    assert!(place.ends_with(['[', 't']) || after == Some(':'), "{what}: the place of {}", error.message);
    assert!(error.message.contains(words), "{what}: {}", error.message);
    assert!(error.message.is_ascii() && error.message.len() < 400, "{what}: {}", error.message);
}

#[test]
fn what_is_broken_is_refused_by_its_place() {
    assert!(read_as(&sound(), "welcome").is_ok());
    for (pointer, value, place, words, _) in broken() {
        match read_as(&definition_of(pointer, &value), "welcome") {
            Err(error) => check(error, place, words, &format!("{pointer} = {value}")),
            Ok(_) => panic!("{pointer} = {value} was taken"),
        }
    }
}

#[test]
fn refusals_of_other_wholes_name_them() {
    for json in [json!([]), json!("x"), json!(null), json!(1)] {
        check(read_as(&json, "x").unwrap_err(), "definition", "must be an object", "a whole");
    }
    let error =
        read_as(&changed("/steps", Some(json!(vec![json!({"name": "x", "goal": true}); 201]))), "x").unwrap_err();
    assert_eq!(error.kind, Kind::LimitExceeded);
    assert_eq!(error.message, "steps: more than 200 steps");
}

#[test]
fn the_name_that_was_meant_is_in_the_hint() {
    for (pointer, value, hint) in [
        ("/who/and/0/profile", json!("stge"), "Perhaps you meant stage."),
        ("/steps/0/next", json!("openin"), "Perhaps you meant opening."),
        ("/priorty", json!(1), "Perhaps you meant priority."),
        ("/who", json!({"subscribd": "email"}), "Perhaps you meant subscribed by \"subscribd\"."),
        ("/steps/6/wait/weekdays/1", json!("thue"), "Perhaps you meant thu."),
    ] {
        assert_eq!(read_as(&changed(pointer, Some(value)), "x").unwrap_err().hint.as_deref(), Some(hint), "{pointer}");
    }
}

#[test]
fn broken_policies_are_refused_by_their_place() {
    for (json, place, words) in broken_policies() {
        check(Policy::read(&json, &columns()).unwrap_err(), place, words, &json.to_string());
    }
}

/// A deadline must be longer than the longest time in which nothing is sent, whichever instant it begins at.
#[test]
fn deadlines_that_nothing_can_meet_are_refused_with_the_numbers() {
    let read = |json: &Value| Policy::read(json, &columns()).unwrap();
    for (json, wait, from_to) in [
        (json!({"weekdays": ["mon"], "deadline": "3 days"}), "6 days", "from Tuesday 00:00 to Monday 00:00"),
        (
            json!({"weekdays": ["mon"], "quiet_hours": {"from": "21:00", "to": "09:30"}, "deadline": "6 days 12 hours"}),
            "6 days 12 hours 30 minutes",
            "from Monday 21:00 to Monday 09:30",
        ),
        (
            json!({"quiet_hours": {"from": "20:00", "to": "09:00"}, "deadline": "12 hours"}),
            "13 hours",
            "20:00 to Tuesday 09:00",
        ),
    ] {
        let error = read(&json).check().unwrap_err();
        assert!(error.message.contains(wait), "{json}: {}", error.message);
        assert!(error.detail.clone().is_some_and(|detail| detail.contains(from_to)), "{json}: {:?}", error.detail);
    }
    for json in [
        json!({"weekdays": ["mon"], "deadline": "6 days"}),
        json!({"weekdays": ["mon"], "quiet_hours": {"from": "00:01", "to": "00:00"}}),
        json!({"deadline": "1 minute"}),
    ] {
        assert_eq!(read(&json).check(), Ok(()), "{json}");
    }
    let policy = read(&json!({"weekdays": ["mon"]}));
    let error = policy.check_acts(&read_as(&sound(), "x").unwrap()).unwrap_err();
    assert!(error.message.starts_with("steps[0].act.deadline: 2 days"), "{}", error.message);
    let asked_for = changed("/steps/0/act/transactional", Some(json!(true)));
    assert_eq!(policy.check_acts(&read_as(&asked_for, "x").unwrap()), Ok(()));
}

/// Policies, and the place and the words of their refusal.
pub fn broken_policies() -> Vec<(Value, &'static str, &'static str)> {
    vec![
        (json!([]), "policy", "must be an object"),
        (json!({"cap": []}), "policy", "unknown key \"cap\""),
        (json!({"caps": {}}), "caps", "must be a list"),
        (json!({"caps": [{"per": "1 day"}]}), "caps[0]", "\"most\" is missing"),
        (json!({"caps": [{"per": "1 day", "most": 0}]}), "caps[0].most", "from 1"),
        (json!({"caps": [{"per": "-1 day", "most": 1}]}), "caps[0].per", "negative"),
        (json!({"caps": [{"per": "1 day", "most": 1, "channel": "x'"}]}), "caps[0].channel", "cannot be a name"),
        (json!({"quiet_hours": {"from": "21:00"}}), "quiet_hours", "\"to\" is missing"),
        (json!({"quiet_hours": {"from": "25:00", "to": "09:00"}}), "quiet_hours.from", "time of day"),
        (json!({"quiet_hours": {"from": "09:00", "to": "09:00"}}), "quiet_hours", "are the same"),
        (json!({"weekdays": ["sun", "sun"]}), "weekdays[1]", "twice"),
        (json!({"time_zone": "zne"}), "time_zone", "does not exist"),
        (json!({"time_zone": "birthday"}), "time_zone", "is no text"),
        (json!({"deadline": "soon"}), "deadline", "not a length"),
        (json!({"consent": true}), "consent", "must be a text"),
        (json!({"consent": "asked"}), "consent", "unknown word"),
        (json!({"control": 1}), "control", "from 0 to below 1"),
        (json!({"attribution": {"rule": "linear"}}), "attribution.rule", "unknown word"),
        (json!({"attribution": {"touch": "opened"}}), "attribution.touch", "unknown word"),
        (json!({"attribution": {"window": "0 days"}}), "attribution.window", "more than nothing"),
    ]
}

#[test]
fn broken_settings_of_ready_made_journeys_are_refused_by_their_place() {
    for (json, place, words) in [
        (json!([]), "settings", "must be an object"),
        (json!({"chanel": "sms"}), "settings", "unknown key \"chanel\""),
        (json!({"existing": true}), "settings", "unknown key \"existing\""),
        (json!({"channel": "x'; DROP"}), "channel", "cannot be a name"),
        (json!({"opening": "-3 days"}), "opening", "negative"),
        (json!({"control": 2}), "control", "below 1"),
        (json!({"prefix": 1}), "prefix", "must be a text"),
    ] {
        check(ready_made("welcome", &json).unwrap_err(), place, words, &json.to_string());
    }
    let error = ready_made("welcom", &json!({})).unwrap_err();
    assert_eq!((error.kind, error.hint.as_deref()), (Kind::UndefinedObject, Some("Perhaps you meant welcome.")));
}
