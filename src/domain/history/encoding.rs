//! The bytes of a history.
//!
//! A history is a sorted multiset of (instant, amount), both 64-bit integers; of events, the amount is a small number
//! that says which. One codec serves two forms, which the byte after the version tells apart:
//!
//! ```text
//! packed    version 1 | form | units u8 | n LEB128 | n entries                  the stored value: canonical, sorted
//! growing   version 1 | form | 0 0 | used u32 LE | last i64 LE | entries | spare bytes  what an aggregate fills
//! form      0 packed, 1 growing, and 2 more for events: so bytes of one type are never read as the other
//! entry     one byte: width codes of the two numbers (low half the time, high half the amount) | time | amount
//! ```
//!
//! The time of an entry is the difference to the entry before it (to 2000-01-01 for the first), the amount is itself;
//! each takes as many bytes as it needs, 0 to 8. Packed numbers are counted in the largest of a few units that divides
//! them all (`units`: low half the time, high half the amount), so that orders with dates and cents take four to five
//! bytes and orders with microseconds some nine. A growing history counts in the smallest units and keeps its entries
//! in the order in which they came. Everything is a byte string: no alignment, the same on every machine.
//!
//! Equal histories have equal packed bytes. That is how they are compared and hashed, and how bytes from outside are
//! checked: what does not come back the same when it is packed again is refused.

use super::entry_kind::EntryKind;
use super::money::Amount;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::interrupt;
use crate::domain::time::instant::{DAY, Instant};

/// The version that this code writes, and the only one so far.
const VERSION: u8 = 1;
/// Added to the form of a content.
const GROWING: u8 = 1;

/// Length of a packed history before the number of its entries.
const PACKED_HEADER: usize = 3;
/// Length of a growing history without its entries.
pub const GROWING_HEADER: usize = 16;
/// The most bytes that one entry takes: two width codes and twice eight bytes.
pub const MAX_ENTRY: usize = 17;

/// The most bytes of the number of entries.
const MAX_COUNT: usize = 5;

/// Each divides the next: a history that is not in days may still be in hours, and so on down to microseconds.
const TIME_UNITS: [i64; 6] = [1, 1_000, 1_000_000, 60_000_000, 3_600_000_000, DAY];
/// 1/10000, cents, whole currency units.
const MONEY_UNITS: [i64; 3] = [1, 100, 10_000];

/// One purchase or refund, or an event in the shape of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// How much: at least 0 is a purchase, below 0 a refund.
    pub amount: Amount,
}

// ---- one number -----------------------------------------------------------------------------------------------------

/// The width code of a number (0 to 15) and its bytes, in the low part of a word.
///
/// Codes 0 to 8 are non-negative numbers of so many bytes, 9 to 15 negative ones of one to seven bytes, stored as their
/// magnitude. A negative number of eight bytes has code 8 as well: as a signed word it is its own sign.
#[inline]
fn encode(number: i64) -> (u8, u64) {
    let magnitude = number.unsigned_abs();
    let width = (71 - magnitude.leading_zeros()) as u8 / 8;
    if number >= 0 {
        (width, magnitude)
    } else if width < 8 {
        (8 + width, magnitude)
    } else {
        (8, number as u64)
    }
}

#[inline]
const fn width_of(code: u8) -> usize {
    (if code > 8 { code - 8 } else { code }) as usize
}

#[inline]
const fn decode(code: u8, word: u64) -> i64 {
    let kept = if width_of(code) == 8 { word } else { word & ((1 << (8 * width_of(code))) - 1) };
    if code > 8 { -(kept as i64) } else { kept as i64 }
}

/// Writes a number in groups of seven bits, the lowest first; all but the last have the top bit set.
fn encode_count(mut count: usize, bytes: &mut Vec<u8>) {
    while count >= 0x80 {
        bytes.push(count as u8 | 0x80);
        count >>= 7;
    }
    bytes.push(count as u8);
}

/// Such a number, and the bytes after it.
#[inline]
fn decode_count(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut count = 0;
    for (i, &byte) in bytes.iter().take(MAX_COUNT).enumerate() {
        count |= usize::from(byte & 0x7F) << (7 * i);
        if byte < 0x80 {
            return Some((count, &bytes[i + 1..]));
        }
    }
    None
}

// ---- one entry ------------------------------------------------------------------------------------------------------

/// The bytes of one entry and how many of them count.
#[inline]
fn encode_entry(time: i64, amount: i64) -> ([u8; MAX_ENTRY + 7], usize) {
    let (time_code, time_word) = encode(time);
    let (amount_code, amount_word) = encode(amount);
    let mut bytes = [0; MAX_ENTRY + 7];
    let amount_at = 1 + width_of(time_code);
    bytes[0] = time_code | amount_code << 4;
    bytes[1..9].copy_from_slice(&time_word.to_le_bytes());
    bytes[amount_at..amount_at + 8].copy_from_slice(&amount_word.to_le_bytes());
    (bytes, amount_at + width_of(amount_code))
}

/// The (time, amount) pairs of a byte string, as they stand: neither added up nor multiplied by their units.
#[derive(Debug, Clone)]
struct Pairs<'a> {
    bytes: &'a [u8],
    /// How many of them there are; a growing history ends with its bytes.
    left: usize,
}

impl Iterator for Pairs<'_> {
    type Item = (i64, i64);

    #[inline(always)]
    fn next(&mut self) -> Option<(i64, i64)> {
        self.left = self.left.checked_sub(1)?;
        // Every walk over a history comes by here. Half way, so that one of few entries never asks.
        if self.left % interrupt::EVERY == interrupt::EVERY / 2 {
            interrupt::check();
        }
        let codes = *self.bytes.first()?;
        let (time_code, amount_code) = (codes & 15, codes >> 4);
        let amount_at = 1 + width_of(time_code);
        let end = amount_at + width_of(amount_code);
        let (time, amount) = if let Some(window) = self.bytes.first_chunk::<MAX_ENTRY>() {
            (word(&window[1..9]), word(&window[amount_at..amount_at + 8]))
        } else {
            // Near the end of the bytes a word of eight would reach beyond it.
            (partial_word(self.bytes.get(1..amount_at)?), partial_word(self.bytes.get(amount_at..end)?))
        };
        self.bytes = &self.bytes[end..];
        Some((decode(time_code, time), decode(amount_code, amount)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // An entry takes at least one byte: a number that lies must not make us reserve memory.
        (0, Some(self.left.min(self.bytes.len())))
    }
}

#[inline]
fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

fn partial_word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_le_bytes(*word))
}

fn i64_at(bytes: &[u8], at: usize) -> i64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| i64::from_le_bytes(*word))
}

// ---- reading --------------------------------------------------------------------------------------------------------

/// The entries of a history, in order of time if it is packed, in the order of arrival if it is growing.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    pairs: Pairs<'a>,
    at: i64,
    time_unit: i64,
    money_unit: i64,
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    #[inline]
    fn next(&mut self) -> Option<Entry> {
        let (time, amount) = self.pairs.next()?;
        // Wrapping: bytes that were damaged on disk may give wrong numbers, but must not stop the server.
        self.at = self.at.wrapping_add(time.wrapping_mul(self.time_unit));
        let at = Instant::in_range(self.at)?;
        Some(Entry { at, amount: Amount(amount.wrapping_mul(self.money_unit)) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pairs.size_hint()
    }
}

/// Whether the bytes are a growing history of this content: the state of an aggregate.
pub fn is_growing<C: EntryKind>(bytes: &[u8]) -> bool {
    bytes.get(1) == Some(&(C::FORM | GROWING))
}

/// The entries of a history that this code wrote.
///
/// # Errors
/// [`Kind::InvalidBinary`] if another version wrote it, or if it is of another content.
pub fn entries<C: EntryKind>(bytes: &[u8]) -> Result<Entries<'_>> {
    let malformed = malformed::<C>;
    let (pairs, time_unit, money_unit) = match bytes {
        [VERSION, form, units, rest @ ..] if *form == C::FORM => {
            let (time_unit, money_unit) = units_of(*units).ok_or_else(|| malformed("its units are unknown"))?;
            let (left, bytes) = decode_count(rest).ok_or_else(|| malformed("its number of entries is unreadable"))?;
            (Pairs { bytes, left }, time_unit, money_unit)
        }
        [VERSION, ..] if is_growing::<C>(bytes) && used(bytes) <= bytes.len() => {
            (Pairs { bytes: &bytes[GROWING_HEADER..used(bytes)], left: usize::MAX }, 1, 1)
        }
        [VERSION, ..] => return Err(malformed("its header is incomplete or of an unknown form")),
        [version, ..] => {
            return Err(malformed(&format!("it has version {version}, and this library reads version {VERSION}"))
                .hint("Install the version of pg_lifecycle that wrote it, or a later one."));
        }
        [] => return Err(malformed("it has no bytes")),
    };
    Ok(Entries { pairs, at: 0, time_unit, money_unit })
}

fn units_of(units: u8) -> Option<(i64, i64)> {
    Some((*TIME_UNITS.get(usize::from(units & 15))?, *MONEY_UNITS.get(usize::from(units >> 4))?))
}

fn malformed<C: EntryKind>(why: &str) -> Error {
    Error::new(Kind::InvalidBinary, format!("invalid binary representation of {}", C::TYPE))
        .detail(format!("The value cannot be read: {why}."))
}

/// Checks bytes that come from outside.
///
/// # Errors
/// [`Kind::InvalidBinary`] unless they are exactly the bytes that [`pack`] writes for the entries they hold.
pub fn validate<C: EntryKind>(bytes: &[u8]) -> Result<()> {
    let malformed = malformed::<C>;
    if is_growing::<C>(bytes) {
        return Err(malformed("it is the unfinished state of an aggregate"));
    }
    let mut reader = entries::<C>(bytes)?;
    let n = reader.pairs.left;
    let mut found = Vec::new();
    let mut at = 0i64;
    for (time, amount) in reader.pairs.by_ref() {
        let next = time.checked_mul(reader.time_unit).and_then(|time| at.checked_add(time));
        let amount = amount.checked_mul(reader.money_unit).map(Amount).filter(|&amount| C::allows(amount));
        let entry = next.and_then(Instant::in_range).zip(amount);
        let Some((instant, amount)) = entry else {
            return Err(malformed(&format!("entry {} holds a number out of range", found.len() + 1)));
        };
        at = instant.micros();
        reserve(&mut found, 1)?;
        found.push(Entry { at: instant, amount });
    }
    if found.len() < n {
        return Err(malformed(&format!("it ends within entry {} of {n}", found.len() + 1)));
    }
    if !reader.pairs.bytes.is_empty() {
        return Err(malformed(&format!("bytes after its last entry: {}", reader.pairs.bytes.len())));
    }
    let mut again = Vec::new();
    pack::<C>(&mut found, &mut again)?;
    if again != bytes {
        return Err(malformed("its entries are not in order of time or not packed in the one canonical way"));
    }
    Ok(())
}

// ---- packing --------------------------------------------------------------------------------------------------------

/// Sorts the entries and writes them in the packed form, in place of what `packed` held.
///
/// # Errors
/// [`Kind::LimitExceeded`] beyond what one value can hold.
pub fn pack<C: EntryKind>(entries: &mut [Entry], packed: &mut Vec<u8>) -> Result<()> {
    if !entries.is_sorted() {
        interrupt::sort(entries);
    }
    if entries.len() > MAX_ENTRIES {
        return Err(more_than_fit::<C>(entries.len()));
    }
    let (time_index, money_index) = common_units(entries);
    packed.clear();
    reserve(packed, PACKED_HEADER + MAX_COUNT + entries.len() * MAX_ENTRY)?;
    packed.extend_from_slice(&[VERSION, C::FORM, time_index | money_index << 4]);
    encode_count(entries.len(), packed);
    let mut before = 0;
    for part in entries.chunks(interrupt::EVERY) {
        for entry in part {
            let time = divide_time(entry.at.micros() - before, time_index);
            let (bytes, length) = encode_entry(time, divide_money(entry.amount.0, money_index));
            packed.extend_from_slice(&bytes[..length]);
            before = entry.at.micros();
        }
        if part.len() == interrupt::EVERY {
            interrupt::check();
        }
    }
    Ok(())
}

/// The refusal of more entries than a history can hold.
pub fn more_than_fit<C: EntryKind>(count: usize) -> Error {
    Error::new(Kind::LimitExceeded, format!("more than {MAX_ENTRIES} {} in one history", C::ENTRIES))
        .detail(format!("There are {count}."))
        .hint(too_many::<C>())
}

/// What to do about a history that is too large.
pub fn too_many<C: EntryKind>() -> String {
    format!("Check the column that identifies the customer: this many {} are rarely one person's.", C::ENTRIES)
}

/// So many entries stay below PostgreSQL's 1 GiB for one value, even if each takes its most, and so does their text, at
/// most 53 characters each: what can be stored can be dumped.
pub const MAX_ENTRIES: usize = 20_000_000;

/// The indexes of the largest units that divide all entries.
fn common_units(entries: &[Entry]) -> (u8, u8) {
    let (mut time, mut money) = match entries {
        [] => (0, 0),
        _ => ((TIME_UNITS.len() - 1) as u8, (MONEY_UNITS.len() - 1) as u8),
    };
    for part in entries.chunks(interrupt::EVERY) {
        for entry in part {
            while !divides_time(entry.at.micros(), time) {
                time -= 1;
            }
            while !divides_money(entry.amount.0, money) {
                money -= 1;
            }
        }
        if part.len() == interrupt::EVERY {
            interrupt::check();
        }
    }
    (time, money)
}

// The divisions below are by constants, which the compiler turns into multiplications: they stand in the innermost loop.

#[inline]
fn divides_time(micros: i64, index: u8) -> bool {
    match index {
        0 => true,
        1 => micros % TIME_UNITS[1] == 0,
        2 => micros % TIME_UNITS[2] == 0,
        3 => micros % TIME_UNITS[3] == 0,
        4 => micros % TIME_UNITS[4] == 0,
        _ => micros % TIME_UNITS[5] == 0,
    }
}

#[inline]
fn divide_time(micros: i64, index: u8) -> i64 {
    match index {
        0 => micros,
        1 => micros / TIME_UNITS[1],
        2 => micros / TIME_UNITS[2],
        3 => micros / TIME_UNITS[3],
        4 => micros / TIME_UNITS[4],
        _ => micros / TIME_UNITS[5],
    }
}

#[inline]
fn divides_money(units: i64, index: u8) -> bool {
    match index {
        0 => true,
        1 => units % MONEY_UNITS[1] == 0,
        _ => units % MONEY_UNITS[2] == 0,
    }
}

#[inline]
fn divide_money(units: i64, index: u8) -> i64 {
    match index {
        0 => units,
        1 => units / MONEY_UNITS[1],
        _ => units / MONEY_UNITS[2],
    }
}

// ---- growing --------------------------------------------------------------------------------------------------------

/// Makes the bytes an empty growing history; all of them beyond the header are its spare capacity.
pub fn start_growing<C: EntryKind>(bytes: &mut [u8]) {
    bytes[..GROWING_HEADER].fill(0);
    bytes[0] = VERSION;
    bytes[1] = C::FORM | GROWING;
}

/// Adds an entry to a growing history in place. Returns false, and changes nothing, if there is no room.
#[inline]
pub fn append(bytes: &mut [u8], entry: Entry) -> bool {
    let Some((header, stream)) = bytes.split_first_chunk_mut::<GROWING_HEADER>() else { return false };
    let used = u32_at(header, 4) as usize;
    let (code, length) = encode_entry(entry.at.micros() - i64_at(header, 8), entry.amount.0);
    let Some(room) = stream.get_mut(used..) else { return false };
    if let Some(window) = room.first_chunk_mut::<{ MAX_ENTRY + 7 }>() {
        *window = code;
    } else if let Some(exact) = room.get_mut(..length) {
        exact.copy_from_slice(&code[..length]);
    } else {
        return false;
    }
    header[4..8].copy_from_slice(&((used + length) as u32).to_le_bytes());
    header[8..16].copy_from_slice(&entry.at.micros().to_le_bytes());
    true
}

/// The bytes of a growing history that count: without its spare capacity.
pub fn used(bytes: &[u8]) -> usize {
    GROWING_HEADER + u32_at(bytes, 4) as usize
}

/// Whether a history in either form holds no entry.
pub fn is_empty<C: EntryKind>(bytes: &[u8]) -> bool {
    if is_growing::<C>(bytes) { used(bytes) == GROWING_HEADER } else { bytes.len() <= PACKED_HEADER + 1 }
}
