//! Reading conditions: comparisons of the profile, of the occasion, of purchases and of engagement, combined by and, or and not.

use std::collections::BTreeSet;

use super::json_path::{JsonPath, Object, perhaps};
use super::profile_columns::{ProfileColumn, Sort};
use super::read_occasion::{self, Known};
use super::{Condition, OccasionValue, OrderPart, Since, Test};
use crate::domain::engagement::event_kind::event_kind;
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// How deep conditions may be nested.
const DEEPEST: usize = 20;
/// How many conditions a definition may have.
const MOST_CONDITIONS: usize = 500;
/// How many values a list may have.
const MOST_VALUES: usize = 1000;

/// The comparisons of a value.
pub const TESTS: [&str; 11] = [
    "is",
    "is_not",
    "in",
    "not_in",
    "less_than",
    "at_most",
    "more_than",
    "at_least",
    "is_null",
    "within_last",
    "not_within_last",
];

/// The one that also says how many events there must be.
pub const AMBIGUOUS_TEST: &str = "at_least";

/// What conditions may speak of.
#[derive(Debug)]
pub struct Reader<'a> {
    /// The columns of the profile.
    pub columns: &'a [ProfileColumn],
    /// The steps: each one's name, and whether it acts.
    pub steps: Vec<(&'a str, bool)>,
    /// The occasion of the entries.
    pub known: Known,
    /// The members of the event's detail that the entry speaks of.
    pub members: BTreeSet<String>,
    /// How many conditions were read.
    conditions: usize,
}

/// When a condition is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the customer has entered, so that nothing can be since the entry.
    Before,
    /// In the journey.
    Within,
    /// Of the event or the order by which a customer would enter.
    Occasion,
}

impl<'a> Reader<'a> {
    /// Of a store with this profile, and a journey of these steps.
    pub fn new(columns: &'a [ProfileColumn], steps: Vec<(&'a str, bool)>) -> Self {
        Reader { columns, steps, known: Known::Nothing, members: BTreeSet::new(), conditions: 0 }
    }

    /// The number of the step that is named here.
    pub fn step(&self, place: &JsonPath<'_>) -> Result<usize> {
        let name = place.text()?;
        self.steps.iter().position(|(step, _)| *step == name).ok_or_else(|| {
            let names: Vec<&str> = self.steps.iter().map(|(name, _)| *name).collect();
            perhaps(place.refuse(format!("there is no step \"{}\"", shorten(name))), name, &names)
        })
    }

    /// The same of a step that acts.
    pub fn act(&self, place: &JsonPath<'_>) -> Result<usize> {
        let step = self.step(place)?;
        if self.steps[step].1 {
            return Ok(step);
        }
        Err(place.refuse(format!("step \"{}\" is no act", self.steps[step].0)))
    }

    /// A condition.
    pub fn condition(&mut self, place: &JsonPath<'_>, when: When) -> Result<Condition> {
        self.at_depth(place, when, 1)
    }

    fn at_depth(&mut self, place: &JsonPath<'_>, when: When, depth: usize) -> Result<Condition> {
        let limit = |why: String| Err(place.refuse_as(Kind::LimitExceeded, why));
        self.conditions += 1;
        if self.conditions > MOST_CONDITIONS {
            return limit(format!("more than {MOST_CONDITIONS} conditions in one definition"));
        }
        if depth > DEEPEST {
            return limit(format!("conditions are nested more than {DEEPEST} deep"));
        }
        let object = place.any_object()?;
        let (what, value) =
            object.one_of(&["and", "or", "not", "profile", "bought", "event", "order", "subscribed", "audience"])?;
        if when == When::Occasion && ["profile", "bought", "subscribed", "audience"].contains(&what) {
            let hint = "Ask {\"event\": ...} or {\"order\": ...} here; conditions on the customer stand in \"who\".";
            return Err(place.refuse(format!("\"{what}\" says nothing about the occasion")).hint(hint));
        }
        let all = |reader: &mut Self| {
            object.only(&[what])?;
            value.list()?.iter().map(|each| reader.at_depth(each, when, depth + 1)).collect::<Result<Vec<_>>>()
        };
        match what {
            "and" => Ok(Condition::And(all(self)?)),
            "or" => Ok(Condition::Or(all(self)?)),
            "not" => {
                object.only(&["not"])?;
                Ok(Condition::Not(Box::new(self.at_depth(&value, when, depth + 1)?)))
            }
            "profile" => self.profile(&object, &value),
            "bought" => {
                object.only(&["bought"])?;
                self.bought(&value, when)
            }
            "order" => self.occasion(&object, "order", &value, when),
            "event" if when == When::Occasion || is_about_detail(&object) => {
                self.occasion(&object, "event", &value, when)
            }
            "event" => self.event(&object, &value, when),
            "audience" => {
                object.only(&["audience"])?;
                Ok(Condition::Audience(value.text()?.to_owned()))
            }
            _ => {
                object.only(&["subscribed"])?;
                Ok(Condition::Subscribed(value.channel()?))
            }
        }
    }

    fn profile(&self, object: &Object<'_>, column: &JsonPath<'_>) -> Result<Condition> {
        let column = ProfileColumn::named(column, self.columns)?;
        let (test, place) = object.one_of(&TESTS)?;
        object.only(&["profile", test])?;
        let (read, is_negated) = compared(column, test, &place)?;
        let condition = Condition::Profile { column: column.name.clone(), test: read };
        Ok(if is_negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    /// A condition on the occasion of the entry.
    fn occasion(&mut self, object: &Object<'_>, key: &str, value: &JsonPath<'_>, when: When) -> Result<Condition> {
        if when == When::Before {
            return Err(value.refuse("there is no entry yet").hint("Ask it in \"where\" of the entry."));
        }
        let (value, column) = read_occasion::value(key, value, self.known)?;
        if when == When::Occasion && value == OccasionValue::Order(OrderPart::Key) {
            return Err(object.place.refuse("the key of an order is known only once the customer has entered"));
        }
        if let OccasionValue::Event(path) = &value {
            self.members.extend(path.first().cloned());
        }
        object.read("of", |place| place.word(&["entry"]).map(drop))?;
        let (test, place) = object.one_of(&TESTS)?;
        object.only(&[key, "of", test])?;
        let column = match (&value, column) {
            (OccasionValue::Event(path), None) => read_occasion::member_as(path, test, &place),
            (_, column) => {
                column.unwrap_or_else(|| ProfileColumn { name: key.to_owned(), sql_type: "text".to_owned() })
            }
        };
        let (read, is_negated) = compared(&column, test, &place)?;
        let condition = Condition::Occasion { value, test: read };
        Ok(if is_negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    fn bought(&self, place: &JsonPath<'_>, when: When) -> Result<Condition> {
        let read = |object: &Object<'_>| {
            let (at_least, spend_at_least) = purchases(object)?;
            let since = self.since(object, when, &["since", "within"])?;
            Ok(Condition::Bought { at_least, spend_at_least, since })
        };
        if place.value == &serde_json::Value::Bool(true) && when == When::Within {
            return Ok(Condition::Bought { at_least: 1, spend_at_least: None, since: Since::Entry });
        }
        read(&place.object(&["at_least", "spend_at_least", "since", "within"])?)
    }

    fn event(&self, object: &Object<'_>, kind: &JsonPath<'_>, when: When) -> Result<Condition> {
        object.only(&["event", "of", "since", "within", "at_least", "channel", "machine"])?;
        if let (Some(at_least), Some(name)) =
            (object.get("at_least"), kind.value.as_str().filter(|name| self.members.contains(*name)))
        {
            let why = format!(
                "\"{}\" is a member of the entry's event, and this would count events of that kind",
                shorten(name)
            );
            return Err(at_least.refuse(why).hint("To compare the member, add \"of\": \"entry\"."));
        }
        Ok(Condition::Event {
            kind: reaction(kind)?,
            since: self.since(object, when, &["of", "since", "within"])?,
            at_least: object.read("at_least", JsonPath::times)?.unwrap_or(1),
            channel: object.read("channel", JsonPath::channel)?,
            machine: object.read("machine", JsonPath::boolean)?.unwrap_or(false),
        })
    }

    /// From when on something counts.
    fn since(&self, object: &Object<'_>, when: When, keys: &[&'static str]) -> Result<Since> {
        let given = keys.iter().any(|key| object.get(key).is_some());
        let needs_within = |error: Error| {
            error.hint("Conditions of \"who\" are checked before the entry, so give \"within\", such as \"within\": \"30 days\".")
        };
        if !given {
            return match when {
                When::Within | When::Occasion => Ok(Since::Entry),
                When::Before => Err(needs_within(object.place.refuse("\"within\" is missing"))),
            };
        }
        let (key, place) = object.one_of(keys)?;
        match key {
            "within" => Ok(Since::Within(place.span()?)),
            _ if when == When::Before => Err(needs_within(place.refuse("there is no entry yet"))),
            "of" => Ok(Since::Of(self.act(&place)?)),
            _ if place.value == "entry" => Ok(Since::Entry),
            _ => Ok(Since::Step(self.act(&place)?)),
        }
    }
}

/// The comparison with a column that is asked for here, and whether the opposite is.
fn compared(column: &ProfileColumn, test: &str, place: &JsonPath<'_>) -> Result<(Test, bool)> {
    let sort = column.sort();
    let cannot = |why: &str, hint: &str| {
        let of = format!("\"{}\" of type {} {why}", shorten(&column.name), column.sql_type);
        place.refuse(of).hint(hint)
    };
    let ordered = || match sort {
        Sort::Number | Sort::Date | Sort::Instant => column.value(place),
        _ => {
            Err(cannot("has no order to ask for", "Numbers, dates and instants have; ask \"is\" or \"in\" of others."))
        }
    };
    let read = match test {
        "is" | "is_not" => Test::In(vec![column.value(place)?]),
        "in" | "not_in" => {
            let values = place.list()?;
            if values.len() > MOST_VALUES {
                return Err(place.refuse_as(Kind::LimitExceeded, format!("more than {MOST_VALUES} values")));
            }
            Test::In(values.iter().map(|value| column.value(value)).collect::<Result<_>>()?)
        }
        "less_than" => Test::LessThan(ordered()?),
        "at_most" => Test::AtMost(ordered()?),
        "more_than" => Test::MoreThan(ordered()?),
        "at_least" => Test::AtLeast(ordered()?),
        "is_null" => Test::IsNull,
        _ => match sort {
            Sort::Date | Sort::Instant => Test::WithinLast(place.span()?),
            _ => return Err(cannot("is no date or instant", "Only those can be within a time.")),
        },
    };
    let is_negated = match test {
        "is_null" => !place.boolean()?,
        _ => test.contains("not"),
    };
    Ok((read, is_negated))
}

/// Whether a condition on an event compares a member of the entry's event, and does not count reactions.
fn is_about_detail(object: &Object<'_>) -> bool {
    let compares = TESTS.iter().filter(|test| **test != AMBIGUOUS_TEST).any(|test| object.get(test).is_some());
    compares || object.get("of").is_some_and(|of| of.value == "entry")
}

/// How many purchases, and for how much.
pub fn purchases(object: &Object<'_>) -> Result<(u32, Option<f64>)> {
    let at_least = object.read("at_least", JsonPath::times)?.unwrap_or(1);
    let spend = object.read("spend_at_least", |place| place.number(|spend| spend > 0.0, "above 0"))?;
    Ok((at_least, spend))
}

/// The kind of an event that is no purchase.
pub fn reaction(place: &JsonPath<'_>) -> Result<String> {
    match event_kind(place.name()?)? {
        kind if kind == "ordered" => {
            Err(place.refuse("purchases are no events").hint("Write \"bought\": true, or \"bought\": {...}."))
        }
        kind => Ok(kind),
    }
}
