//! Values as one line of JSON in ASCII, which is the same in every encoding that a database may have.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::error::{Error, Kind, Result, shorten};

/// A type of SQL whose text form is one line of JSON, be it written by the extension or by hand.
pub trait JsonValue: Serialize + DeserializeOwned {
    /// The name of the type in SQL.
    const TYPE: &'static str;
    /// A full sentence with an example: the hint of each refusal.
    const EXAMPLE: &'static str;

    /// Checks the fields against each other and puts them in order.
    ///
    /// # Errors
    /// A full sentence that says why the value is refused, for DETAIL.
    fn check(&mut self) -> std::result::Result<(), String>;

    /// The hint for a value whose fields are refused: the example, where it depends on nothing.
    fn example(&self) -> String {
        Self::EXAMPLE.into()
    }

    /// One line of JSON, whose numbers read back to the same bits.
    ///
    /// # Errors
    /// [`Kind::InvalidText`] for a number that JSON cannot hold.
    fn to_json(&self) -> Result<String> {
        to_line(self)
    }

    /// Reads the JSON form, which must be an object.
    ///
    /// # Errors
    /// [`Kind::InvalidText`] for JSON of another form and for values that [`Self::check`] refuses, [`Kind::LimitExceeded`] for a text
    /// that is too long.
    fn from_json(text: &str) -> Result<Self> {
        check_length(text)?;
        let refused = |detail: String, hint: String| {
            Error::new(
                Kind::InvalidText,
                format!("invalid input syntax for type {}: \"{}\"", Self::TYPE, shorten(text)),
            )
            .detail(detail)
            .hint(hint)
        };
        // serde would read an array as the fields in order.
        if !text.trim_start().starts_with('{') {
            return Err(refused("The text is not a JSON object.".into(), Self::EXAMPLE.into()));
        }
        // Users know f64 as a number.
        let words = |error: serde_json::Error| format!("{error}.").replace("expected f64", "expected a number");
        let mut value: Self =
            serde_json::from_str(text).map_err(|error| refused(words(error), Self::EXAMPLE.into()))?;
        value.check().map_err(|detail| refused(detail, value.example()))?;
        Ok(value)
    }
}

/// One line of JSON, whose numbers read back to the same bits and whose other characters than ASCII are escaped.
///
/// # Errors
/// [`Kind::InvalidText`] for what JSON cannot hold.
pub fn to_line(value: &impl Serialize) -> Result<String> {
    let mut line = Vec::new();
    value
        .serialize(&mut Serializer::with_formatter(&mut line, Ascii))
        .map_err(|error| Error::new(Kind::InvalidText, error.to_string()))?;
    String::from_utf8(line).map_err(|error| Error::new(Kind::InvalidText, error.to_string()))
}

/// The longest text, in bytes, that is read: no useful text is longer, and a value takes up to a hundred times
/// as much memory, piece by piece.
pub const MAX_LENGTH: usize = 512 << 10;

/// Refuses a text that is too long to be read.
///
/// # Errors
/// [`Kind::LimitExceeded`].
pub fn check_length(text: &str) -> Result<()> {
    if text.len() <= MAX_LENGTH {
        return Ok(());
    }
    Err(Error::new(Kind::LimitExceeded, format!("JSON of {} bytes is too long", text.len()))
        .detail(format!("Here it can have {MAX_LENGTH} bytes.")))
}

struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for char in fragment.chars() {
            if char.is_ascii() {
                writer.write_all(&[char as u8])?;
                continue;
            }
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_back_and_is_ascii(text: String, number: f64) {
            prop_assume!(number.is_finite());
            let line = to_line(&(&text, number)).unwrap();
            prop_assert!(line.is_ascii() && !line.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<(String, f64)>(&line).unwrap(), (text, number));
        }
    }

    #[test]
    fn what_is_read_has_a_longest() {
        check_length(&" ".repeat(MAX_LENGTH)).unwrap();
        let error = check_length(&" ".repeat(MAX_LENGTH + 1)).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::LimitExceeded, "JSON of 524289 bytes is too long"));
    }

    #[test]
    fn escapes_as_json_does() {
        assert_eq!(to_line(&"k → ∞ 😀").unwrap(), r#""k \u2192 \u221e \ud83d\ude00""#);
    }
}
