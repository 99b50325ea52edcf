//! What the JSON of fitted values has in common: the model, the parameters with their bounds, the covariance matrix, the version.

use serde::{Deserialize, Deserializer};

use crate::domain::math::maximum_likelihood::Parameter;
use crate::domain::support::error::show_number;

/// Checks that a value is of the model that its type holds, and that its parameters lie within their bounds.
///
/// # Errors
/// A full sentence.
pub fn check_model(
    model: &str,
    expected: &str,
    parameters: impl IntoIterator<Item = (Parameter, f64)>,
) -> Result<(), String> {
    if model != expected {
        return Err(format!("The model is \"{model}\" and not \"{expected}\"."));
    }
    parameters.into_iter().try_for_each(|(parameter, value)| check_bounds(&parameter, value))
}

/// Checks that a parameter lies within its bounds.
///
/// # Errors
/// A full sentence.
pub fn check_bounds(&Parameter { name, lower, upper }: &Parameter, value: f64) -> Result<(), String> {
    if (lower..=upper).contains(&value) {
        return Ok(());
    }
    let [value, lower, upper] = [value, lower, upper].map(show_number);
    Err(format!("The parameter {name} is {value}, and not between {lower} and {upper}."))
}

/// For a field without a default, so that a missing one is refused while null is not.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
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
