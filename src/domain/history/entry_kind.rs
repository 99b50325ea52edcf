//! What the entries of a history are: purchases or events. All else about a history is the same for both.

use std::fmt::{Result as Written, Write};

use super::jsonb::{Member, Scalar};
use super::money::Amount;
use crate::domain::support::error::Result;

/// The content of a history, as its type says and as its bytes say. An entry is an instant and one 64-bit number.
pub trait EntryKind: Copy + 'static {
    /// The bit in the form byte that tells the two types of history apart, so that neither is decoded as the other: see [`super::encoding`].
    const FORM: u8;
    /// The SQL type.
    const TYPE: &'static str;
    /// What the entries are called.
    const ENTRIES: &'static str;
    /// The function that gives them as rows.
    const ROWS: &'static str;
    /// An entry in words, and what to write.
    const SHAPE: (&'static str, &'static str);
    /// The history without an entry, packed; a test holds it against what packing nothing writes.
    const EMPTY: &'static [u8] = &[1, Self::FORM, 0, 0];

    /// Whether an entry may have this number.
    fn allows(number: Amount) -> bool;

    /// The number in the words after an instant, of which there are one or two; None if it has another number of words.
    fn parse(word: &str, second: Option<&str>) -> Option<Result<Amount>>;

    /// Writes these words.
    fn write(text: &mut String, number: Amount) -> Written;

    /// The members of a JSON object, the shorter keys first, and how many of them count.
    fn members(at: &str, number: Amount) -> ([Member<'_>; 3], usize);
}

/// Purchases and refunds; the number is an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Purchases;

impl EntryKind for Purchases {
    const FORM: u8 = 0;
    const TYPE: &'static str = "purchase_history";
    const ENTRIES: &'static str = "purchases";
    const ROWS: &'static str = "purchases(history)";
    const SHAPE: (&'static str, &'static str) = (
        "an instant, a space and an amount",
        "Write {instant amount, ...}, for example {1997-01-01T00:00:00Z 29.33, 1997-01-18T00:00:00Z -5}.",
    );

    fn allows(_: Amount) -> bool {
        true
    }

    fn parse(word: &str, second: Option<&str>) -> Option<Result<Amount>> {
        second.is_none().then(|| Amount::parse(word))
    }

    fn write(text: &mut String, number: Amount) -> Written {
        write!(text, "{number}")
    }

    fn members(at: &str, number: Amount) -> ([Member<'_>; 3], usize) {
        ([("at", Scalar::String(at)), ("amount", Scalar::Number(number)), ("", Scalar::String(""))], 2)
    }
}
