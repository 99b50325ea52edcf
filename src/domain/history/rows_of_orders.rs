//! The rows of orders while they are collected: one order may have several rows, told by its key.
//!
//! An order is the sum of its rows, at the instant of the first. Where that sum is below 0, it is a refund.
//!
//! The bytes: how many are used, and then each row: the length of its key, the key as [`held`] gives it, the instant and the amount. All
//! numbers are little-endian, so that the value means the same on every machine.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::encoding::{self, Entry};
use super::money::{Amount, Total};
use crate::domain::support::error::{Error, Kind, Result, reserve, shorten};
use crate::domain::support::interrupt;
use crate::domain::time::instant::Instant;

/// The bytes before the first row.
pub const HEADER: usize = 4;

/// What a row takes beside its key.
const FIXED: usize = 4 + 8 + 8;

/// The longest key that a row holds as it is: of one that is longer it holds the digest, so that the rows take no more for it.
const LONGEST_KEY: usize = 64;

/// A key as a row holds it.
pub fn held(key: &[u8]) -> Cow<'_, [u8]> {
    if key.len() <= LONGEST_KEY {
        return Cow::Borrowed(key);
    }
    // One byte more than the longest key that stays as it is, so that no such key equals a digest.
    let mut digest = vec![0; LONGEST_KEY + 1];
    digest[..32].copy_from_slice(&Sha256::digest(key));
    Cow::Owned(digest)
}

/// How many bytes a row takes with this key.
pub const fn length_of(key: &[u8]) -> usize {
    FIXED + key.len()
}

/// How many bytes are used, of those that there are.
pub fn used(bytes: &[u8]) -> usize {
    let said = bytes.first_chunk::<4>().map_or(0, |used| u32::from_le_bytes(*used) as usize);
    said.clamp(HEADER.min(bytes.len()), bytes.len())
}

/// Makes bytes hold no row.
pub fn start(bytes: &mut [u8]) {
    set_used(bytes, HEADER);
}

fn set_used(bytes: &mut [u8], used: usize) {
    if let (Some(place), Ok(used)) = (bytes.first_chunk_mut::<4>(), u32::try_from(used)) {
        *place = used.to_le_bytes();
    }
}

/// Adds a row, if there is room for it. The key is one that [`held`] has given.
#[inline]
pub fn append(bytes: &mut [u8], key: &[u8], at: Instant, amount: Amount) -> bool {
    let begin = used(bytes);
    let end = begin + length_of(key);
    if begin < HEADER || end > bytes.len() {
        return false;
    }
    let row = &mut bytes[begin..end];
    let (fixed, rest) = row.split_at_mut(FIXED);
    fixed[..4].copy_from_slice(&(key.len() as u32).to_le_bytes());
    fixed[4..12].copy_from_slice(&at.micros().to_le_bytes());
    fixed[12..20].copy_from_slice(&amount.0.to_le_bytes());
    rest.copy_from_slice(key);
    set_used(bytes, end);
    true
}

/// Adds the rows of another value, which are given without its header.
///
/// # Errors
/// [`Kind::LimitExceeded`] where there is no room, which the caller has made.
pub fn extend(bytes: &mut [u8], rows: &[u8]) -> Result<()> {
    let begin = used(bytes);
    let end = begin + rows.len();
    let place = bytes
        .get_mut(begin..end)
        .ok_or_else(|| Error::new(Kind::LimitExceeded, "purchase_history_rows have no room"))?;
    place.copy_from_slice(rows);
    set_used(bytes, end);
    Ok(())
}

/// A row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Line<'a> {
    key: &'a [u8],
    at: Instant,
    amount: Amount,
}

/// The rows, from the first on.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = Result<Line<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let rest = std::mem::take(&mut self.0);
        let read = || {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let (at, rest) = rest.split_first_chunk::<8>()?;
            let (amount, rest) = rest.split_first_chunk::<8>()?;
            let (key, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            let at = Instant::from_micros(i64::from_le_bytes(*at)).ok()?;
            Some((Line { key, at, amount: Amount(i64::from_le_bytes(*amount)) }, rest))
        };
        let Some((line, rest)) = read() else {
            return Some(Err(Error::new(Kind::InvalidBinary, "invalid purchase_history_rows")
                .detail("The bytes end within a row, or hold an instant that does not exist.")));
        };
        self.0 = rest;
        Some(Ok(line))
    }
}

fn lines(bytes: &[u8]) -> Lines<'_> {
    Lines(bytes.get(HEADER..used(bytes)).unwrap_or_default())
}

/// Refuses bytes from outside that are none of these.
///
/// # Errors
/// [`Kind::InvalidBinary`].
pub fn validate(bytes: &[u8]) -> Result<()> {
    let said = bytes.first_chunk::<4>().map(|used| u32::from_le_bytes(*used) as usize);
    if said != Some(bytes.len()) {
        return Err(Error::new(Kind::InvalidBinary, "invalid purchase_history_rows")
            .detail("The value does not begin with the number of its bytes."));
    }
    lines(bytes).try_for_each(|line| line.map(drop))
}

/// The orders that the rows make.
///
/// # Errors
/// [`Kind::NumericOutOfRange`] for an order whose sum does not fit, [`Kind::InvalidBinary`], and where memory or a history has no room.
pub fn orders(bytes: &[u8], orders: &mut Vec<Entry>) -> Result<()> {
    let count = lines(bytes).count();
    if count > encoding::MAX_ENTRIES {
        return Err(Error::new(Kind::LimitExceeded, format!("{count} rows of orders are too many for one customer"))
            .hint("Check the column that identifies the customer: this many rows are rarely one person's."));
    }
    let mut rows: Vec<Line<'_>> = Vec::new();
    reserve(&mut rows, count)?;
    for line in interrupt::asking(lines(bytes)) {
        rows.push(line?);
    }
    // Rows of one order mostly come together, one after the other.
    if !rows.is_sorted() {
        interrupt::sort(&mut rows);
    }
    orders.clear();
    reserve(orders, count)?;
    for order in rows.chunk_by(|one, other| one.key == other.key) {
        let Some(first) = order.first() else { continue };
        let total: Total = order.iter().map(|line| Total::from(line.amount.0)).sum();
        let shown = || format!("the sum of order {}", shorten(&String::from_utf8_lossy(first.key)));
        orders.push(Entry { at: first.at, amount: Amount::from_units(Some(total), shown)? });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::arbitrary::instant;

    fn collected(rows: &[(Vec<u8>, Instant, i64)]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER + 3];
        start(&mut bytes);
        for (key, at, amount) in rows {
            while !append(&mut bytes, &held(key), *at, Amount(*amount)) {
                bytes.resize(bytes.len() * 2, 0xFF);
            }
        }
        bytes
    }

    fn row() -> impl Strategy<Value = (Vec<u8>, Instant, i64)> {
        let long = (62usize..68, 0u8..2).prop_map(|(length, byte)| vec![byte; length]);
        let key = prop_oneof![prop::collection::vec(0u8..3, 0..3), prop::collection::vec(any::<u8>(), 0..40), long];
        (key, instant(), -1_000_000i64..1_000_000)
    }

    proptest! {
        #[test]
        fn an_order_is_the_sum_of_its_rows_at_the_first_instant(rows in prop::collection::vec(row(), 0..40)) {
            let mut naive: BTreeMap<Vec<u8>, (Instant, i64)> = BTreeMap::new();
            for (key, at, amount) in &rows {
                let order = naive.entry(key.clone()).or_insert((*at, 0));
                order.0 = order.0.min(*at);
                order.1 += amount;
            }
            let mut expected: Vec<Entry> = naive.into_values().map(|(at, sum)| Entry { at, amount: Amount(sum) }).collect();
            let mut found = Vec::new();
            orders(&collected(&rows), &mut found).unwrap();
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_bytes_are_rows_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80), honest in any::<bool>()) {
            if honest && bytes.len() >= HEADER {
                let length = bytes.len() as u32;
                bytes[..4].copy_from_slice(&length.to_le_bytes());
            }
            let is_valid = validate(&bytes).is_ok();
            let are_orders = orders(&bytes, &mut Vec::new()).is_ok();
            prop_assert!(are_orders || !is_valid);
        }
    }

    #[test]
    fn a_long_key_takes_no_more_room() {
        let long = [vec![b'x'; 1_000_000], vec![b'y'; 1_000_000]];
        assert!(long.iter().all(|key| length_of(&held(key)) < 100));
        assert_ne!(held(&long[0]), held(&long[1]));
        assert_eq!(held(b"A-1"), &b"A-1"[..]);
    }

    #[test]
    fn a_sum_that_does_not_fit_is_refused_by_the_name_of_the_order() {
        let at = Instant::from_micros(0).unwrap();
        let rows = [(b"A-1".to_vec(), at, i64::MAX), (b"A-1".to_vec(), at, 1)];
        let refused = orders(&collected(&rows), &mut Vec::new()).unwrap_err();
        assert_eq!(refused.kind, Kind::NumericOutOfRange);
        assert!(refused.message.contains("A-1"), "{}", refused.message);
    }
}
