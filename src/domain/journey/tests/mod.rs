//! What all tests of definitions share: a profile, a definition that uses everything, and ways to spoil it.

mod accepted;
mod properties;
mod ready_made;
mod rejected;
mod schema;
mod statements;

use serde_json::{Value, json};

use super::definition::Definition;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::journey::definition::read_definition::read;
use crate::domain::support::error::Result;

/// The columns of a profile, with attributes of every sort.
pub fn columns() -> Vec<ProfileColumn> {
    [
        ("customer", "bigint"),
        ("stage", "text"),
        ("segment", "text"),
        ("vip", "boolean"),
        ("orders", "bigint"),
        ("spend", "numeric"),
        ("last_purchase", "timestamp with time zone"),
        ("next_purchase", "date"),
        ("country", "character varying(2)"),
        ("rating", "numeric(10,2)"),
        ("zone", "text"),
        ("birthday", "date"),
        ("token", "uuid"),
        ("it's \"odd\"", "text"),
    ]
    .map(|(name, sql_type)| ProfileColumn { name: name.to_owned(), sql_type: sql_type.to_owned() })
    .to_vec()
}

/// A definition that has something of everything.
pub fn sound() -> Value {
    json!({
        "entry": {"event": "registered"},
        "who": {"and": [{"profile": "stage", "is": "prospect"}, {"not": {"event": "complained", "within": "1 year"}}]},
        "reentry": {"not_within": "30 days"},
        "steps": [
            {"name": "letter", "act": {
                "channel": "email", "template": "welcome", "deadline": "2 days",
                "payload": {"country": {"profile": "country"}, "list": [1, {"profile": "orders"}]}
            }},
            {"name": "opening", "wait": {"event": "opened", "of": "letter", "timeout": "3 days", "then": "ask"}},
            {"name": "ask", "branch": [
                {"if": {"and": [{"bought": {"since": "letter"}}, {"profile": "stage", "is": "active"}]}, "then": "done"},
                {"if": {"or": [{"event": "clicked", "of": "letter"}, {"subscribed": "sms"}]}, "then": "gone"}
            ], "else": "lots"},
            {"name": "lots", "split": [{"arm": "a", "weight": 1, "then": "pause"}, {"arm": "b", "weight": 2.5, "then": "other"}]},
            {"name": "pause", "wait": {"for": "1 day"}, "next": "letter"},
            {"name": "other", "call": "win_back"},
            {"name": "night", "wait": {"until": "09:30", "weekdays": ["mon", "fri"]}},
            {"name": "done", "goal": true},
            {"name": "gone", "exit": "no answer"}
        ],
        "goal": {"bought": {"at_least": 2, "spend_at_least": 10.5}, "within": "2 weeks"},
        "exit": {"on_goal": true, "unless": {"profile": "country", "in": ["DE", "FR"]}},
        "priority": 5,
        "control": 0.1,
        "description": "anything"
    })
}

pub fn read_as(json: &Value, name: &str) -> Result<Definition> {
    read(json, name, &columns())
}

/// The sound definition with another value in one place (a JSON pointer; `/-` at the end of a list), or without it for None.
pub fn changed(pointer: &str, value: Option<Value>) -> Value {
    let mut whole = sound();
    let (above, last) = pointer.rsplit_once('/').unwrap();
    match whole.pointer_mut(above).unwrap_or_else(|| panic!("no {above}")) {
        Value::Object(map) => {
            match value {
                Some(value) => map.insert(last.to_owned(), value),
                None => map.remove(last),
            };
        }
        Value::Array(list) => match (last.parse::<usize>(), value) {
            (Ok(i), Some(value)) => list[i] = value,
            (Ok(i), None) => drop(list.remove(i)),
            (Err(_), value) => list.extend(value),
        },
        other => panic!("{other} has nothing below it"),
    }
    whole
}
