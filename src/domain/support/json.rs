//! Values as one line of JSON in ASCII, which is the same in every encoding that a database may have.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::error::{Error, Kind, Result};

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

/// The longest text, in bytes, that is read: none that serves is longer, and what is made of one takes up to a hundred times
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
