//! What came first, and what last: the value of the row with the earliest or latest instant. Of several rows at that
//! instant the one with the smallest value in order of the bytes counts, whatever order they come in.
//!
//! The state is one run of bytes that is changed in place: the instant, the length of the value, and the value with some
//! room behind it, so that a later value of about the same length needs no new one.

use crate::domain::support::error::{Error, Kind, Result};

/// The instant, in microseconds since 2000-01-01 UTC, and the length of the value.
const HEADER: usize = 8 + 4;

/// The room of the first value: with the header and a value's length word this makes 32 bytes, one of the server's chunks.
const FIRST_ROOM: usize = 16;

/// The longest value: what a `text` can hold.
const MAX_LENGTH: usize = 0x3FFF_FFFF;

/// Which end of the row of instants is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The earliest instant.
    Earliest,
    /// The latest instant.
    Latest,
}

/// A value and its instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated<'a> {
    /// The instant, in microseconds; the infinite ones are the least and the greatest number.
    pub at: i64,
    /// The value, in bytes of the database's encoding.
    pub value: &'a [u8],
}

impl Dated<'_> {
    /// Whether it counts, rather than the other.
    #[inline]
    pub fn precedes(self, other: Dated<'_>, end: End) -> bool {
        if self.at == other.at {
            return self.value < other.value;
        }
        match end {
            End::Earliest => self.at < other.at,
            End::Latest => self.at > other.at,
        }
    }
}

/// The size of a new state for such a value. Values that have grown once may grow again.
pub fn size(value: &[u8]) -> usize {
    HEADER + value.len().checked_next_power_of_two().map_or(value.len(), |room| room.clamp(FIRST_ROOM, MAX_LENGTH))
}

/// Writes into a state; false if there is no room, and nothing was written.
#[inline]
pub fn write(state: &mut [u8], row: Dated<'_>) -> bool {
    let Some((header, room)) = state.split_first_chunk_mut::<HEADER>() else { return false };
    let Some(place) = room.get_mut(..row.value.len()) else { return false };
    header[..8].copy_from_slice(&row.at.to_ne_bytes());
    header[8..].copy_from_slice(&(row.value.len() as u32).to_ne_bytes());
    place.copy_from_slice(row.value);
    true
}

/// What a state holds.
///
/// # Errors
/// [`Kind::InvalidBinary`] if the bytes are no state.
#[inline]
pub fn read(state: &[u8]) -> Result<Dated<'_>> {
    let read = || {
        let (at, rest) = state.split_first_chunk::<8>()?;
        let (length, room) = rest.split_first_chunk::<4>()?;
        Some(Dated { at: i64::from_ne_bytes(*at), value: room.get(..u32::from_ne_bytes(*length) as usize)? })
    };
    read().ok_or_else(|| Error::new(Kind::InvalidBinary, "invalid state of the aggregate first or last"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Row = (i64, Vec<u8>);

    fn dated(row: &Row) -> Dated<'_> {
        Dated { at: row.0, value: &row.1 }
    }

    fn add(state: &mut Vec<u8>, row: Dated<'_>, end: End) {
        if !state.is_empty() && !row.precedes(read(state).unwrap(), end) {
            return;
        }
        if !write(state, row) {
            *state = vec![0; size(row.value)];
            assert!(write(state, row));
        }
    }

    fn state(rows: &[Row], end: End) -> Vec<u8> {
        let mut state = Vec::new();
        rows.iter().for_each(|row| add(&mut state, dated(row), end));
        state
    }

    fn merged(mut left: Vec<u8>, right: &[u8], end: End) -> Vec<u8> {
        if !right.is_empty() {
            add(&mut left, read(right).unwrap(), end);
        }
        left
    }

    fn held(state: &[u8]) -> Option<Row> {
        (!state.is_empty()).then(|| read(state).unwrap()).map(|row| (row.at, row.value.to_vec()))
    }

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let at = prop_oneof![-2i64..3, Just(i64::MIN), Just(i64::MAX)];
        prop::collection::vec((at, prop::collection::vec(0u8..3, 0..40)), 0..20)
    }

    fn ends() -> impl Strategy<Value = End> {
        prop_oneof![Just(End::Earliest), Just(End::Latest)]
    }

    proptest! {
        #[test]
        fn it_is_the_first_of_the_sorted_rows(rows in rows(), end in ends()) {
            let mut sorted = rows.clone();
            sorted.sort_by(|a, b| match end {
                End::Earliest => a.cmp(b),
                End::Latest => b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)),
            });
            prop_assert_eq!(held(&state(&rows, end)), sorted.into_iter().next());
        }

        #[test]
        fn parts_merge_in_any_order_and_any_grouping(a in rows(), b in rows(), c in rows(), end in ends()) {
            let all: Vec<Row> = [&a[..], &b, &c].concat();
            let [a, b, c] = [a, b, c].map(|rows| state(&rows, end));
            let left = merged(merged(a.clone(), &b, end), &c, end);
            let right = merged(a.clone(), &merged(b.clone(), &c, end), end);
            let turned = merged(merged(c, &b, end), &a, end);
            let expected = held(&state(&all, end));
            prop_assert_eq!(held(&left), expected.clone());
            prop_assert_eq!(held(&right), expected.clone());
            prop_assert_eq!(held(&turned), expected);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(row) = read(&bytes) {
                prop_assert!(row.value.len() + HEADER <= bytes.len());
            }
        }
    }

    #[test]
    fn a_value_of_about_the_same_length_stays_in_place() {
        let first = Dated { at: 1, value: b"web" };
        let mut state = vec![0; size(first.value)];
        assert_eq!(state.len(), 28);
        assert!(write(&mut state, first));
        assert!(write(&mut state, Dated { at: 2, value: b"market place 123" }));
        assert!(!write(&mut state, Dated { at: 3, value: b"market place 1234" }));
        assert_eq!(read(&state).unwrap(), Dated { at: 2, value: b"market place 123" });
        assert!(write(&mut state, Dated { at: 4, value: b"" }));
        assert_eq!(read(&state).unwrap(), Dated { at: 4, value: b"" });
    }

    #[test]
    fn the_longest_values_have_a_state() {
        assert_eq!(size(&[0; 17]), HEADER + 32);
        assert_eq!(MAX_LENGTH.next_power_of_two().clamp(FIRST_ROOM, MAX_LENGTH), MAX_LENGTH);
    }
}
