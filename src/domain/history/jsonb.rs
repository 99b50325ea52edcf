//! An array of flat objects in the server's binary form of `jsonb`, written in one pass into memory of exactly its size.
//!
//! The way over text takes some 700 bytes for each entry of a history, and cannot be cancelled. The form has been the same
//! since PostgreSQL 9.4, for it is what is stored; the tests hold it against the server's own on every major version.
//!
//! ```text
//! container   header u32 (number of children, kind) | a u32 for each child (kind, and its length or its end) | children
//! array       its children are the elements
//! object      its children are the keys, shorter ones first, and then the values
//! string      its bytes
//! number      a numeric with a length word of four bytes
//! ```
//!
//! Containers and numbers begin at multiples of four bytes; the bytes before count as theirs.

use super::money::{Amount, SCALE};

/// What the children of one container take at most: the server keeps 28 bits for it.
pub const MAX_CHILDREN: usize = 0x0FFF_FFFF;

const ARRAY: u32 = 0x4000_0000;
const OBJECT: u32 = 0x2000_0000;
const NUMBER: u32 = 0x1000_0000;
const CONTAINER: u32 = 0x5000_0000;
/// Every 32nd child of a container says where it ends, the others how long they are.
const HAS_OFFSET: u32 = 0x8000_0000;
const STRIDE: usize = 32;

/// A word.
const WORD: usize = 4;

/// A value of a member.
#[derive(Debug, Clone, Copy)]
pub enum Scalar<'a> {
    /// Without escapes, in ASCII.
    String(&'a str),
    /// With the decimals that it needs.
    Number(Amount),
}

/// A member of an object: its key, and its value.
pub type Member<'a> = (&'static str, Scalar<'a>);

const fn padded(length: usize) -> usize {
    length.next_multiple_of(WORD)
}

/// A number in the server's stored form without the length word, and how many of the bytes count.
fn numeric(amount: Amount) -> ([u8; 12], usize) {
    let magnitude = amount.0.unsigned_abs();
    let base = SCALE as u64;
    let (mut whole, decimals) = (magnitude / base, magnitude % base);
    let mut digits = [decimals as u16, 0, 0, 0, 0];
    let mut count = 1;
    while whole > 0 {
        digits[count] = (whole % base) as u16;
        whole /= base;
        count += 1;
    }
    digits[..count].reverse();
    let weight = count as i32 - 2;
    let mut shown = &digits[..count];
    // The first digit is no zero but in numbers below 1, which have one digit only.
    while let [rest @ .., 0] = shown {
        shown = rest;
    }
    let weight = if shown.is_empty() { 0 } else { weight };
    let scale = if decimals == 0 { 0 } else { 4 - (1..4).take_while(|&n| decimals % 10u64.pow(n) == 0).count() };
    let sign = if amount.is_refund() { 0x2000 } else { 0 };
    let header = 0x8000 | sign | (scale as u16) << 7 | (weight as u16 & 0x7F);
    let mut bytes = [0; 12];
    for (place, word) in bytes.chunks_exact_mut(2).zip(std::iter::once(&header).chain(shown)) {
        place.copy_from_slice(&word.to_ne_bytes());
    }
    (bytes, 2 * (1 + shown.len()))
}

/// The length word of a value of variable length.
fn length_word(length: usize) -> u32 {
    if cfg!(target_endian = "big") { length as u32 } else { (length as u32) << 2 }
}

/// The length of an object that begins at `start`, with the padding before it.
fn object_length(start: usize, members: &[Member<'_>]) -> usize {
    let head = padded(start) + WORD * (1 + 2 * members.len());
    let keys: usize = members.iter().map(|(key, _)| key.len()).sum();
    let end = members.iter().fold(head + keys, |at, (_, value)| match value {
        Scalar::String(text) => at + text.len(),
        Scalar::Number(amount) => padded(at) + WORD + numeric(*amount).1,
    });
    end - start
}

/// How long an array becomes, object by object.
#[derive(Debug, Clone, Copy, Default)]
pub struct Size {
    objects: usize,
    children: usize,
}

impl Size {
    /// One more object. The texts may be any of the same length.
    pub fn add(&mut self, members: &[Member<'_>]) {
        self.objects += 1;
        // The head of an array is a multiple of a word: where an object begins does not depend on how many there are.
        self.children += object_length(self.children, members);
    }

    /// Whether the server can hold such a value.
    pub const fn fits(self) -> bool {
        self.children <= MAX_CHILDREN
    }

    /// The bytes of the whole.
    pub const fn bytes(self) -> usize {
        WORD * (1 + self.objects) + self.children
    }
}

/// Writes an array into memory of its size.
#[derive(Debug)]
pub struct Array<'a> {
    bytes: &'a mut [u8],
    /// The children before the next.
    count: usize,
    /// Where the next child begins, from the start of the children.
    end: usize,
    head: usize,
}

impl<'a> Array<'a> {
    /// An array of so many objects; the memory must be of its [`Size`].
    pub fn new(bytes: &'a mut [u8], size: Size) -> Self {
        let head = WORD * (1 + size.objects);
        put(bytes, 0, ARRAY | size.objects as u32);
        Array { bytes, count: 0, end: 0, head }
    }

    /// Writes the next object.
    pub fn push(&mut self, members: &[Member<'_>]) {
        let length = object_length(self.end, members);
        let start = padded(self.head + self.end);
        self.bytes[self.head + self.end..start].fill(0);
        object(self.bytes, start, members);
        self.end += length;
        put(self.bytes, WORD * (1 + self.count), CONTAINER | length_or_end(self.count, length, self.end));
        self.count += 1;
    }
}

fn put(bytes: &mut [u8], at: usize, word: u32) {
    bytes[at..at + WORD].copy_from_slice(&word.to_ne_bytes());
}

fn length_or_end(number: usize, length: usize, end: usize) -> u32 {
    if number.is_multiple_of(STRIDE) { HAS_OFFSET | end as u32 } else { length as u32 }
}

fn object(bytes: &mut [u8], start: usize, members: &[Member<'_>]) {
    put(bytes, start, OBJECT | members.len() as u32);
    let children = start + WORD * (1 + 2 * members.len());
    let mut at = children;
    for (number, (key, _)) in members.iter().enumerate() {
        bytes[at..at + key.len()].copy_from_slice(key.as_bytes());
        at += key.len();
        put(bytes, start + WORD * (1 + number), length_or_end(number, key.len(), at - children));
    }
    for (number, (_, value)) in members.iter().enumerate() {
        let before = at;
        let kind = match value {
            Scalar::String(text) => {
                bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
                at += text.len();
                0
            }
            Scalar::Number(amount) => {
                let word = padded(at);
                bytes[at..word].fill(0);
                let (digits, length) = numeric(*amount);
                put(bytes, word, length_word(WORD + length));
                at = word + WORD + length;
                bytes[word + WORD..at].copy_from_slice(&digits[..length]);
                NUMBER
            }
        };
        let number = members.len() + number;
        put(bytes, start + WORD * (1 + number), kind | length_or_end(number, at - before, at - children));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numeric_text(amount: i64) -> String {
        let (bytes, length) = numeric(Amount(amount));
        bytes[..length].chunks_exact(2).map(|two| format!("{:04x} ", u16::from_ne_bytes([two[0], two[1]]))).collect()
    }

    #[test]
    fn numbers_are_as_the_server_stores_them() {
        // A scale of 0 to 4 decimals, a weight in digits of 10000 (007f is -1), the digits.
        for (amount, words) in [
            (0, "8000 "),
            (1, "827f 0001 "),
            (-5_000, "a0ff 1388 "),
            (10_000, "8000 0001 "),
            (100_000_000, "8001 0001 "),
            (12_300, "8100 0001 08fc "),
            (i64::MIN, "a203 039a 0d2c 0170 1565 16b0 "),
        ] {
            assert_eq!(numeric_text(amount), words, "{amount}");
        }
    }

    proptest! {
        #[test]
        fn the_size_is_what_is_written(given in prop::collection::vec((0usize..30, any::<i64>(), any::<bool>()), 0..100)) {
            let text = "x".repeat(30);
            let objects: Vec<Vec<Member<'_>>> = given
                .iter()
                .map(|&(length, amount, is_short)| {
                    let number = Scalar::Number(Amount(if is_short { amount % 100_000 } else { amount }));
                    vec![("at", Scalar::String(&text[..length])), ("amount", number)]
                })
                .collect();
            let mut size = Size::default();
            objects.iter().for_each(|members| size.add(members));
            let mut bytes = vec![0xFF; size.bytes()];
            let mut array = Array::new(&mut bytes, size);
            objects.iter().for_each(|members| array.push(members));
            prop_assert_eq!((array.count, array.head + array.end), (objects.len(), size.bytes()));
        }
    }
}
