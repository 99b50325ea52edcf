//! The condition of an audience, in the language of journeys: what it says of a customer, and of which columns of the profile.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::journey::definition::json_path::JsonPath;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::journey::definition::read_condition::{Reader, When};
use crate::domain::journey::definition::{Condition, Definition, Entry, StepKind, Test};
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// An audience that was read and checked.
#[derive(Debug, Clone)]
pub struct Audience {
    /// Its number.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// The customers who are in it.
    pub condition: Condition,
}

/// The condition that a JSON value holds, of a store whose profile has these columns.
///
/// # Errors
/// [`Kind::InvalidParameter`] and [`Kind::LimitExceeded`], the message of which begins with the place.
pub fn read(json: &Value, columns: &[ProfileColumn]) -> Result<Condition> {
    let condition = Reader::new(columns, Vec::new())
        .condition(&JsonPath::of(json, "condition").within("condition", json), When::Before);
    let condition = condition.map_err(|error| match &error.hint {
        Some(hint) if hint.starts_with("Conditions of \"who\"") => {
            error.hint("Nobody enters an audience at an instant, so give \"within\", such as \"within\": \"30 days\".")
        }
        _ => error,
    })?;
    match audiences_of(&condition).first() {
        Some(other) => Err(Error::new(
            Kind::InvalidParameter,
            format!("condition: an audience cannot be made of another, \"{}\"", shorten(other)),
        )
        .hint("Repeat the condition of that audience here; the view audiences shows it.")),
        None => Ok(condition),
    }
}

/// Calls a function with every part of a condition that has no parts of its own.
fn each_leaf<'a>(condition: &'a Condition, visit: &mut impl FnMut(&'a Condition)) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|part| each_leaf(part, visit)),
        Condition::Not(part) => each_leaf(part, visit),
        leaf => visit(leaf),
    }
}

/// The audiences that a condition names.
pub fn audiences_of(condition: &Condition) -> Vec<&str> {
    let mut found = Vec::new();
    each_leaf(condition, &mut |leaf| {
        if let Condition::Audience(name) = leaf {
            found.push(name.as_str());
        }
    });
    found
}

/// The audiences that the definition of a journey names.
pub fn audiences_of_journey(definition: &Definition) -> Vec<&str> {
    let mut found = Vec::new();
    match &definition.entry {
        Entry::Joined { audience, .. } => found.push(audience.as_str()),
        Entry::Condition { condition, .. } => found.extend(audiences_of(condition)),
        _ => {}
    }
    let steps = definition.steps.iter().flat_map(|step| match &step.kind {
        StepKind::Branch { cases, .. } => cases.as_slice(),
        _ => &[],
    });
    let conditions = definition.who.iter().chain(&definition.unless).chain(steps.map(|(condition, _)| condition));
    found.extend(conditions.flat_map(audiences_of));
    found
}

/// Whether a condition can change with nothing but the profile of the customer: then those whose profiles stayed need no look.
pub fn is_of_profile(condition: &Condition) -> bool {
    let mut is_of_profile = true;
    each_leaf(condition, &mut |leaf| {
        is_of_profile &= matches!(leaf, Condition::Profile { test, .. } if !matches!(test, Test::WithinLast(_)));
    });
    is_of_profile
}

/// Whether a condition reads the histories of customers.
pub fn reads_history(condition: &Condition) -> bool {
    let mut reads = false;
    each_leaf(condition, &mut |leaf| reads |= !matches!(leaf, Condition::Profile { .. }));
    reads
}

/// The columns of the profile that a condition speaks of.
pub fn columns_of(condition: &Condition) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    each_leaf(condition, &mut |leaf| {
        if let Condition::Profile { column, .. } = leaf {
            found.insert(column.as_str());
        }
    });
    found
}

/// A condition with the columns of the profile called otherwise, where some are: the old names and the new ones.
pub fn renamed(condition: &Value, names: &[(&str, &str)]) -> Value {
    match condition {
        Value::Array(parts) => parts.iter().map(|part| renamed(part, names)).collect(),
        Value::Object(map) => {
            let member = |(key, value): (&String, &Value)| {
                let value = match (key.as_str(), value) {
                    ("profile", Value::String(column)) => {
                        let new = names.iter().find(|(old, _)| old == column).map_or(column.as_str(), |(_, new)| *new);
                        Value::String(new.to_owned())
                    }
                    ("and" | "or" | "not", parts) => renamed(parts, names),
                    (_, other) => other.clone(),
                };
                (key.clone(), value)
            };
            Value::Object(map.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn columns() -> Vec<ProfileColumn> {
        let column =
            |name: &str, sql_type: &str| ProfileColumn { name: name.to_owned(), sql_type: sql_type.to_owned() };
        vec![column("spend", "numeric"), column("segment", "text"), column("born", "date")]
    }

    fn of(json: Value) -> Condition {
        read(&json, &columns()).unwrap()
    }

    #[test]
    fn what_is_refused_is_named_by_its_place() {
        let refused = |json: Value| read(&json, &columns()).unwrap_err();
        let spent = json!({"profile": "spend", "at_least": 5});
        let unknown = refused(json!({"and": [spent, {"profile": "spent", "at_least": 5}]}));
        assert!(unknown.message.starts_with("condition.and[1].profile: column \"spent\" does not exist"), "{unknown}");
        assert!(unknown.hint.unwrap().contains("spend"));
        let entry = refused(json!({"bought": {"at_least": 2}}));
        assert!(entry.message.contains("within") && entry.hint.unwrap().starts_with("Nobody enters"));
        assert!(refused(json!(7)).message.starts_with("condition: must be an object"));
        let deep = (0..21).fold(spent, |inner, _| json!({"not": inner}));
        assert_eq!(refused(deep).kind, Kind::LimitExceeded);
        assert!(refused(json!({"not": {"audience": "x"}})).message.contains("another, \"x\""));
    }

    #[test]
    fn conditions_say_what_they_depend_on() {
        let spent = json!({"profile": "spend", "at_least": 5});
        let born = json!({"not": {"profile": "born", "within_last": "1 year"}});
        for (json, of_profile, history) in [
            (spent.clone(), true, false),
            (born.clone(), false, false),
            (json!({"or": [spent, {"subscribed": "email"}]}), false, true),
            (json!({"bought": {"within": "1 year"}}), false, true),
            (json!({"event": "opened", "within": "1 year"}), false, true),
        ] {
            let condition = of(json.clone());
            assert_eq!((is_of_profile(&condition), reads_history(&condition)), (of_profile, history), "{json}");
        }
        let both = of(json!({"and": [born, {"profile": "segment", "is": "spend"}]}));
        assert_eq!(columns_of(&both).into_iter().collect::<Vec<_>>(), ["born", "segment"]);
    }

    #[test]
    fn columns_are_renamed_where_they_stand_and_two_may_exchange_their_names() {
        let before = json!({"and": [{"not": {"profile": "a", "is": "b"}}, {"profile": "b", "in": ["a", "profile"]}]});
        let after = json!({"and": [{"not": {"profile": "b", "is": "b"}}, {"profile": "a", "in": ["a", "profile"]}]});
        assert_eq!(renamed(&before, &[("a", "b"), ("b", "a")]), after);
        assert_eq!(renamed(&before, &[]), before);
    }
}
