//! A place in a JSON value, so that whatever is refused is refused by its place: `steps[2].branch[0].if`.

use serde_json::{Map, Value};

use super::TimeOfDay;
use crate::domain::engagement::channel_word::channel_word;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::suggest::nearest;
use crate::domain::time::span::Span;

/// The longest text that is taken, in characters.
const LONGEST_TEXT: usize = 1000;
/// The longest name: that of a name in PostgreSQL.
const LONGEST_NAME: usize = 63;
/// The days of the week.
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct JsonPath<'a> {
    /// The value.
    pub value: &'a Value,
    /// What the whole is called.
    whole: &'static str,
    /// The way from the whole to here; empty for the whole.
    path: String,
}

/// An object, of which only some keys are known.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    /// Where it stands.
    pub place: JsonPath<'a>,
    map: &'a Map<String, Value>,
}

/// The refusal of a name that is none of those that there are, with the one that was probably meant.
pub fn perhaps(error: Error, name: &str, known: &[&str]) -> Error {
    match nearest(name, known) {
        Some(near) => error.hint(format!("Perhaps you meant {}.", shorten(near))),
        None if known.is_empty() => error,
        None => {
            let shown: Vec<String> = known.iter().take(20).map(|name| shorten(name)).collect();
            let more = if known.len() > shown.len() { ", and others" } else { "" };
            error.hint(format!("There are: {}{more}.", shown.join(", ")))
        }
    }
}

/// Whether a text can be the name of a journey, a step, an arm, a channel or a kind of event.
pub fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

impl<'a> JsonPath<'a> {
    /// The whole.
    pub fn of(value: &'a Value, whole: &'static str) -> Self {
        JsonPath { value, whole, path: String::new() }
    }

    fn below(&self, value: &'a Value, step: &str) -> Self {
        JsonPath { value, whole: self.whole, path: format!("{}{step}", self.path) }
    }

    /// The refusal of what stands here.
    pub fn refuse(&self, why: impl AsRef<str>) -> Error {
        self.refuse_as(Kind::InvalidParameter, why)
    }

    /// The same with another class.
    pub fn refuse_as(&self, kind: Kind, why: impl AsRef<str>) -> Error {
        let place = if self.path.is_empty() { self.whole } else { &self.path };
        Error::new(kind, format!("{place}: {}", why.as_ref()))
    }

    /// The refusal of a value that is not what is needed.
    pub fn must_be(&self, what: &str) -> Error {
        self.refuse(format!("must be {what}, and is {}", shorten(&self.value.to_string())))
    }

    /// A value within an object, whatever its key.
    pub fn within(&self, key: &str, value: &'a Value) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.below(value, &format!("{dot}{}", shorten(key)))
    }

    /// An object with no other keys than these.
    pub fn object(&self, keys: &[&str]) -> Result<Object<'a>> {
        let object = self.any_object()?;
        object.only(keys)?;
        Ok(object)
    }

    /// An object.
    pub fn any_object(&self) -> Result<Object<'a>> {
        match self.value {
            Value::Object(map) => Ok(Object { place: self.clone(), map }),
            _ => Err(self.must_be("an object")),
        }
    }

    /// The elements of a list that is not empty.
    pub fn list(&self) -> Result<Vec<JsonPath<'a>>> {
        match self.value {
            Value::Array(values) if values.is_empty() => Err(self.refuse("the list is empty")),
            Value::Array(values) => Ok(self.elements(values)),
            _ => Err(self.must_be("a list")),
        }
    }

    /// These values, each with its place.
    pub fn elements(&self, values: &'a [Value]) -> Vec<JsonPath<'a>> {
        values.iter().enumerate().map(|(i, value)| self.below(value, &format!("[{i}]"))).collect()
    }

    /// A text.
    pub fn text(&self) -> Result<&'a str> {
        let text = self.value.as_str().ok_or_else(|| self.must_be("a text"))?;
        if text.is_empty() {
            return Err(self.refuse("the text is empty"));
        }
        if text.chars().nth(LONGEST_TEXT).is_some() {
            return Err(self.refuse(format!("a text of more than {LONGEST_TEXT} characters")));
        }
        Ok(text)
    }

    /// A name.
    pub fn name(&self) -> Result<&'a str> {
        let name = self.text()?;
        if is_name(name) {
            return Ok(name);
        }
        Err(self.refuse(format!("\"{}\" cannot be a name", shorten(name))).hint(format!(
            "Names begin with a small letter, and go on with small letters, digits and _; they have at most {LONGEST_NAME} characters."
        )))
    }

    /// The name of a channel, in any case.
    pub fn channel(&self) -> Result<String> {
        let channel = channel_word(self.text()?);
        if is_name(&channel) { Ok(channel) } else { self.name().map(str::to_owned) }
    }

    /// One of these words.
    pub fn word(&self, words: &[&str]) -> Result<&'a str> {
        let text = self.text()?;
        if words.contains(&text) {
            return Ok(text);
        }
        Err(perhaps(self.refuse(format!("unknown word \"{}\"", shorten(text))), text, words))
    }

    /// True or false.
    pub fn boolean(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.must_be("true or false"))
    }

    /// Nothing but true.
    pub fn is_true(&self) -> Result<()> {
        if self.value == &Value::Bool(true) { Ok(()) } else { Err(self.must_be("true")) }
    }

    /// A number in a range, which is given in words too.
    pub fn number(&self, fits: impl Fn(f64) -> bool, range: &str) -> Result<f64> {
        self.value
            .as_f64()
            .filter(|&number| number.is_finite() && fits(number))
            .ok_or_else(|| self.must_be(&format!("a number {range}")))
    }

    /// A share, from 0 to below 1.
    pub fn share(&self) -> Result<f64> {
        self.number(|share| (0.0..1.0).contains(&share), "from 0 to below 1")
    }

    /// A whole number in a range.
    pub fn whole(&self, from: i32, to: i32) -> Result<i32> {
        let range = from..=to;
        self.value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX))
            .map(|number| number as i32)
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.must_be(&format!("a whole number from {from} to {to}")))
    }

    /// How often something happens: at least once.
    pub fn times(&self) -> Result<u32> {
        Ok(self.whole(1, 1_000_000)?.unsigned_abs())
    }

    /// A length of time.
    pub fn span(&self) -> Result<Span> {
        self.span_of(self.text()?)
    }

    /// A text of this place as a length of time.
    pub fn span_of(&self, text: &str) -> Result<Span> {
        Span::parse(text).map_err(|error| Error { message: self.refuse(&error.message).message, ..error })
    }

    /// A time of day.
    pub fn time_of_day(&self) -> Result<TimeOfDay> {
        let read = |text: &str| {
            let (hours, minutes) = text.split_once(':')?;
            let part = |digits: &str, below: u16| {
                let is_number = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
                digits.parse().ok().filter(|&number: &u16| is_number && number < below)
            };
            Some(TimeOfDay(part(hours, 24)? * 60 + part(minutes, 60)?))
        };
        read(self.text()?).ok_or_else(|| self.must_be("a time of day from \"00:00\" to \"23:59\""))
    }

    /// Days of the week, in their order; Monday is 0.
    pub fn weekdays(&self) -> Result<Vec<u8>> {
        let mut days = Vec::new();
        for place in self.list()? {
            let word = place.word(&WEEKDAYS)?;
            let day = (0..).zip(WEEKDAYS).find_map(|(number, day)| (day == word).then_some(number)).unwrap_or(0);
            if days.contains(&day) {
                return Err(place.refuse(format!("{word} is in the list twice")));
            }
            days.push(day);
        }
        days.sort_unstable();
        Ok(days)
    }
}

impl<'a> Object<'a> {
    /// Refuses other keys than these.
    pub fn only(&self, keys: &[&str]) -> Result<()> {
        match self.map.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(perhaps(self.place.refuse(format!("unknown key \"{}\"", shorten(key))), key, keys)),
            None => Ok(()),
        }
    }

    /// The value of a key, if it is there.
    pub fn get(&self, key: &str) -> Option<JsonPath<'a>> {
        self.map.get(key).map(|value| self.place.within(key, value))
    }

    /// The value of a key that must be there.
    pub fn need(&self, key: &str) -> Result<JsonPath<'a>> {
        self.get(key).ok_or_else(|| self.place.refuse(format!("\"{key}\" is missing")))
    }

    /// What is read from the value of a key, if it is there.
    pub fn read<T>(&self, key: &str, read: impl FnOnce(&JsonPath<'a>) -> Result<T>) -> Result<Option<T>> {
        self.get(key).map(|place| read(&place)).transpose()
    }

    /// The one of these keys that the object has: it must have exactly one.
    pub fn one_of(&self, keys: &[&'static str]) -> Result<(&'static str, JsonPath<'a>)> {
        let mut found = keys.iter().filter_map(|key| self.get(key).map(|place| (*key, place)));
        let Some(first) = found.next() else {
            // What stands in its place is probably misspelt.
            let unknown = self.map.keys().find_map(|key| nearest(key, keys).map(|near| (key, near)));
            let error = self.place.refuse(format!("must have one of the keys {}", keys.join(", ")));
            return Err(match unknown {
                Some((key, near)) => error.hint(format!("Perhaps you meant {near} by \"{}\".", shorten(key))),
                None => error,
            });
        };
        match found.next() {
            Some((second, _)) => Err(self.place.refuse(format!("\"{}\" and \"{second}\" exclude each other", first.0))),
            None => Ok(first),
        }
    }
}
