//! Vectors that come from another process as long as they are: room is asked for, as it is where they are filled.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::interrupt::Turns;

struct Reserving<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Reserving<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        let mut room = sequence.size_hint().unwrap_or(0);
        let mut turns = Turns::default();
        while let Some(value) = sequence.next_element()? {
            turns.turn();
            if values.len() == values.capacity() {
                values.try_reserve(room.max(1)).map_err(A::Error::custom)?;
                room = 0;
            }
            values.push(value);
        }
        Ok(values)
    }
}

/// Reads a vector: for `#[serde(deserialize_with = "...")]`.
///
/// # Errors
/// Those of its elements, and one of the format where there is no memory.
pub fn vec<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_seq(Reserving(PhantomData))
}
