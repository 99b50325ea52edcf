//! What can be wrong with an input, in words that a person at a SQL prompt can act on.

use std::fmt;
use std::fmt::Write;

/// The class of an error. The shell gives each class its SQLSTATE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text that cannot be read as a value of the type (22P02).
    InvalidText,
    /// Bytes that cannot be read as a value of the type (22P03).
    InvalidBinary,
    /// A number beyond what its type can hold (22003).
    NumericOutOfRange,
    /// An instant beyond what a history can hold, or infinite (22008).
    DatetimeOutOfRange,
    /// NULL where a value is needed (22004).
    NullNotAllowed,
    /// An argument outside its range (22023).
    InvalidParameter,
    /// More than a single value can hold (54000).
    LimitExceeded,
    /// The machine has no memory left for it (53200).
    OutOfMemory,
    /// The library meets what another version of the extension has made (55000).
    WrongVersion,
    /// A needed object is missing or in the wrong state (55000).
    NotReady,
    /// A row that breaks what its table promises (23514).
    CheckViolation,
    /// What the caller has no right to, or only the extension itself may change (42501).
    NotAllowed,
    /// A relation that does not exist (42P01).
    UndefinedTable,
    /// A column that does not exist (42703).
    UndefinedColumn,
    /// Anything else that does not exist (42704).
    UndefinedObject,
    /// A column of a type that does not serve (42804).
    WrongType,
    /// Something of the caller's depends on what would be dropped (2BP01).
    Dependent,
    /// A name that is taken (42710).
    DuplicateObject,
    /// A name that cannot be one (42602).
    InvalidName,
    /// SQL that is no expression (42601).
    Syntax,
    /// What cannot be done in this place (0A000).
    NotSupported,
}

/// An error: what was wrong with which value, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The class, from which the SQLSTATE follows.
    pub kind: Kind,
    /// Lower case, without a full stop, holding the offending value.
    pub message: String,
    /// A full sentence on why, where the message does not say it.
    pub detail: Option<String>,
    /// A full sentence on what to do.
    pub hint: Option<String>,
}

/// The result of anything that can refuse its input.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error without detail or hint.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), detail: None, hint: None }
    }

    /// Adds the sentence that says why.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Error { detail: Some(detail.into()), ..self }
    }

    /// Adds the sentence that says what to do.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Error { hint: Some(hint.into()), ..self }
    }
}

/// A number as a person writes it: 5, 0.001, 1e15.
pub fn show_number(value: f64) -> String {
    if value == 0.0 || (1e-4..1e7).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

/// The beginning of a text that came from outside, for a message: in ASCII, which is the same in every encoding of a
/// database.
pub fn shorten(text: &str) -> String {
    const LENGTH: usize = 80;
    let mut short = String::new();
    for (i, char) in text.chars().enumerate() {
        if i == LENGTH {
            short.push_str("...");
            break;
        }
        // Writing to a string cannot fail.
        let _ = if char.is_ascii() { short.write_char(char) } else { write!(short, "{}", char.escape_unicode()) };
    }
    short
}

/// Makes room for so many more elements.
///
/// What grows with the user's data must ask first: a collection that grows by itself ends the process where there is no
/// memory left, and with it all sessions of the server.
///
/// # Errors
/// [`Kind::OutOfMemory`].
pub fn reserve<T>(vec: &mut Vec<T>, additional: usize) -> Result<()> {
    vec.try_reserve(additional).map_err(|_| {
        Error::new(Kind::OutOfMemory, "out of memory")
            .detail(format!("No memory for {} bytes more.", additional.saturating_mul(size_of::<T>())))
    })
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_a_person_writes_them() {
        let shown = [0.0, -0.5, 1e-3, 100000.0, 1e15, 1e-6, f64::NAN, f64::INFINITY].map(show_number);
        assert_eq!(shown, ["0", "-0.5", "0.001", "100000", "1e15", "1e-6", "NaN", "inf"]);
    }

    #[test]
    fn asking_for_too_much_memory_is_an_error() {
        let mut vec = vec![1u64];
        assert_eq!(reserve(&mut vec, usize::MAX / 8).unwrap_err().kind, Kind::OutOfMemory);
        reserve(&mut vec, 1000).unwrap();
        assert_eq!(vec, [1]);
    }

    #[test]
    fn what_came_from_outside_is_shown_short_and_in_ascii() {
        assert_eq!(shorten("café"), r"caf\u{e9}");
        assert_eq!(shorten(&"9".repeat(1_000_000)), format!("{}...", "9".repeat(80)));
    }
}
