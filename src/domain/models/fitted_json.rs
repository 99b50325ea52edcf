//! The text form of fitted values: one line of JSON, of which a person need write no more than the parameters.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::domain::math::maximum_likelihood::Parameter;
use crate::domain::support::error::{Error, Kind, Result, shorten, show_number};
use crate::domain::support::json::check_length;

/// A fitted value that is read from JSON.
pub trait Fitted: DeserializeOwned {
    /// The name of the type as users know it.
    const TYPE: &'static str;
    /// The name of the model in the field `model`.
    const MODEL: &'static str;
    /// A full sentence with an example.
    const EXAMPLE: &'static str;

    /// What the field `model` says.
    fn model(&self) -> &str;

    /// The parameters with their bounds; none where there are none.
    fn parameters(&self) -> Vec<(Parameter, f64)>;

    /// Another reason to refuse the value, as a full sentence.
    fn objection(&self) -> Option<String> {
        None
    }
}

/// Reads a fitted value from JSON, be it written by the extension or by hand.
///
/// # Errors
/// [`Kind::InvalidText`] for what is not JSON of the type, is of another model, or has a parameter out of its bounds.
pub fn read<T: Fitted>(text: &str) -> Result<T> {
    let value: T = parse(T::TYPE, T::EXAMPLE, text)?;
    let refuse = |detail: String| refusal(T::TYPE, text, detail, T::EXAMPLE);
    if value.model() != T::MODEL {
        return Err(refuse(format!("The model is \"{}\" and not \"{}\".", value.model(), T::MODEL)));
    }
    if let Some(objection) = value.objection() {
        return Err(refuse(objection));
    }
    match value.parameters().into_iter().find_map(|(parameter, value)| out_of_bounds(&parameter, value)) {
        Some(detail) => Err(refuse(detail)),
        None => Ok(value),
    }
}

/// Reads a type from JSON, which must be an object.
///
/// # Errors
/// [`refusal`], with the example as its hint.
pub fn parse<T: DeserializeOwned>(type_name: &str, example: &str, text: &str) -> Result<T> {
    check_length(text)?;
    // serde would read an array as the fields in order.
    if !text.trim_start().starts_with('{') {
        return Err(refusal(type_name, text, "It is not a JSON object.".into(), example));
    }
    // Rust's name of a number is not a user's.
    let words = |error: serde_json::Error| format!("{error}.").replace("expected f64", "expected a number");
    serde_json::from_str(text).map_err(|error| refusal(type_name, text, words(error), example))
}

/// What is said of a text that is no value of a type.
pub fn refusal(type_name: &str, text: &str, detail: String, hint: &str) -> Error {
    Error::new(Kind::InvalidText, format!("invalid input syntax for type {type_name}: \"{}\"", shorten(text)))
        .detail(detail)
        .hint(hint)
}

/// What is said of a parameter that is out of its bounds, as a full sentence; None within them.
pub fn out_of_bounds(parameter: &Parameter, value: f64) -> Option<String> {
    let &Parameter { name, lower, upper } = parameter;
    let within = (lower..=upper).contains(&value);
    let [value, lower, upper] = [value, lower, upper].map(show_number);
    (!within).then(|| format!("The parameter {name} is {value}, and not between {lower} and {upper}."))
}

/// For a field without a default, so that a missing one is refused while null is not.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// The version of the extension that fits, for the field `version`.
pub fn version() -> Option<String> {
    Some(env!("CARGO_PKG_VERSION").into())
}

/// A fit's covariance matrix, of N parameters.
pub fn matrix<const N: usize>(rows: Option<Vec<Vec<f64>>>) -> Option<[[f64; N]; N]> {
    let row = |row: Vec<f64>| <[f64; N]>::try_from(row).ok();
    let rows: Vec<[f64; N]> = rows?.into_iter().map(row).collect::<Option<_>>()?;
    rows.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_of_another_size_is_none() {
        assert_eq!(matrix::<2>(Some(vec![vec![1.0, 2.0], vec![2.0, 5.0]])), Some([[1.0, 2.0], [2.0, 5.0]]));
        assert_eq!(matrix::<2>(Some(vec![vec![1.0, 2.0]])), None);
        assert_eq!(matrix::<2>(Some(vec![vec![1.0], vec![2.0]])), None);
        assert_eq!(matrix::<2>(None), None);
    }
}
