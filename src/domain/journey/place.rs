//! A place in a JSON value, which says where it is when what stands there is refused.

use serde_json::{Map, Value};

use crate::domain::error::{Error, Kind, Result, shorten};
use crate::domain::nearest::nearest;

/// A value and the way to it.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// The value.
    pub value: &'a Value,
    /// What the whole is called.
    whole: &'static str,
    path: String,
}

impl<'a> Place<'a> {
    /// A whole definition.
    pub fn whole(value: &'a Value) -> Self {
        Place { value, whole: "definition", path: String::new() }
    }

    /// A whole policy.
    pub fn of_policy(value: &'a Value) -> Self {
        Place { value, whole: "policy", path: String::new() }
    }

    /// A refusal of what stands here.
    pub fn refused(&self, why: impl Into<String>) -> Error {
        let why = why.into();
        let path = if self.path.is_empty() { self.whole } else { &self.path };
        Error::new(Kind::InvalidParameter, format!("{path}: {why}"))
    }

    /// A refusal by another room, with the place before it.
    pub fn at(&self, error: Error) -> Error {
        Error { message: self.refused(error.message.as_str()).message, ..error }
    }

    fn inner(&self, name: &str, value: &'a Value) -> Self {
        let path = if self.path.is_empty() { shorten(name) } else { format!("{}.{}", self.path, shorten(name)) };
        Place { value, whole: self.whole, path }
    }

    /// The members of an object, none of which may have another name than these.
    pub fn object(&self, known: &[&str]) -> Result<&'a Map<String, Value>> {
        let Value::Object(members) = self.value else {
            return Err(self.refused(format!("must be an object, and is {}", shown(self.value))));
        };
        for name in members.keys() {
            if !known.contains(&name.as_str()) {
                let error = self.inner(name, self.value).refused("is not known here");
                return Err(match nearest(name, known) {
                    Some(near) => error.hint(format!("Perhaps you meant \"{}\".", shorten(near))),
                    None => error.hint(format!("Here can be: {}.", known.join(", "))),
                });
            }
        }
        Ok(members)
    }

    /// A member; None if it is not there, or null.
    pub fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(name).filter(|value| !value.is_null())?;
        Some(self.inner(name, value))
    }

    /// A member that must be there.
    pub fn needed(&self, name: &str) -> Result<Self> {
        self.member(name).ok_or_else(|| self.refused(format!("{name} is missing")))
    }

    /// The elements of an array.
    pub fn elements(&self) -> Result<Vec<Self>> {
        let Value::Array(values) = self.value else {
            return Err(self.refused(format!("must be an array, and is {}", shown(self.value))));
        };
        let element = |(i, value)| Place { value, whole: self.whole, path: format!("{}[{i}]", self.path) };
        Ok(values.iter().enumerate().map(element).collect())
    }

    /// A text.
    pub fn text(&self) -> Result<&'a str> {
        match self.value {
            Value::String(text) if text.contains('\0') => Err(self.refused("must not hold a zero character")),
            Value::String(text) => Ok(text),
            other => Err(self.refused(format!("must be a text, and is {}", shown(other)))),
        }
    }

    /// True or false.
    pub fn bool(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.refused(format!("must be true or false, and is {}", shown(self.value))))
    }

    /// A number from one to another.
    pub fn number(&self, from: f64, to: f64) -> Result<f64> {
        match self.value.as_f64() {
            Some(number) if (from..=to).contains(&number) => Ok(number),
            _ => Err(self.refused(format!("must be a number from {from} to {to}, and is {}", shown(self.value)))),
        }
    }

    /// A whole number from one to another.
    pub fn whole_number(&self, from: i64, to: i64) -> Result<i64> {
        match self.value.as_i64() {
            Some(number) if (from..=to).contains(&number) => Ok(number),
            _ => Err(self.refused(format!("must be a whole number from {from} to {to}, and is {}", shown(self.value)))),
        }
    }

    /// A name: small letters, digits and underscores, a letter first.
    pub fn name(&self) -> Result<&'a str> {
        let text = self.text()?;
        if is_name(text) {
            return Ok(text);
        }
        Err(self
            .refused(format!("\"{}\" is no name", shorten(text)))
            .hint("Use small letters, digits and underscores, at most 63, a letter first."))
    }
}

/// Whether a text can be a name.
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    text.len() <= 63
        && chars.next().is_some_and(|first| first.is_ascii_lowercase())
        && chars.all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
}

/// The beginning of a value.
pub fn shown(value: &Value) -> String {
    shorten(&value.to_string())
}
