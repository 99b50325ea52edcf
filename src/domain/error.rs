//! What can be wrong with an input, in words that a person at a SQL prompt can act on.

use std::fmt;

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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
