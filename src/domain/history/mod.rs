//! A history as a value: packed bytes, their union, their past, their text.
//!
//! A history holds the instants of one customer and what happened at each: amounts of purchases, or kinds of events. This file
//! builds, merges and cuts histories; the encoding is the same for both kinds of entries.
//!
//! It imports `support`, `time`.
//!
//! | file | what it knows |
//! |---|---|
//! | [`encoding`] | the bytes, packed and growing, and their validation |
//! | [`entry_kind`] | where purchases and events differ |
//! | [`money`] | amounts as exact counts of 1/10000 |
//! | [`rows_of_orders`] | the rows of orders while they are collected, several to an order |
//! | [`refunds`] | which purchase a refund takes back |
//! | [`summary`] | number of purchases, dates, spend and gaps |
//! | [`first_last`] | the value of the earliest and of the latest row |
//! | [`jsonb`] | entries in the server's binary form of `jsonb` |

pub mod encoding;
pub mod entry_kind;
pub mod first_last;
pub mod jsonb;
pub mod money;
pub mod refunds;
pub mod rows_of_orders;
pub mod summary;

use std::borrow::Cow;
use std::fmt::Write;
use std::marker::PhantomData;

use crate::domain::support::error::{Error, Kind, Result, reserve, shorten};
use crate::domain::support::interrupt;
use crate::domain::time::instant::Instant;
use encoding::{Entries, Entry};
use entry_kind::{EntryKind, Purchases};

/// A packed history, borrowed from where it is stored or owned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Packed<'a, C> {
    bytes: Cow<'a, [u8]>,
    content: PhantomData<C>,
}

/// A purchase history.
pub type History<'a> = Packed<'a, Purchases>;

impl<'a, C: EntryKind> Packed<'a, C> {
    const fn of(bytes: Cow<'a, [u8]>) -> Self {
        Packed { bytes, content: PhantomData }
    }

    /// The history in these bytes, which this code wrote: stored or growing, it is packed afterwards.
    ///
    /// # Errors
    /// [`Kind::InvalidBinary`] if another version wrote them.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self> {
        let entries = encoding::entries::<C>(bytes)?;
        if encoding::is_growing::<C>(bytes) {
            return Self::from_iterator(entries);
        }
        Ok(Self::of(Cow::Borrowed(bytes)))
    }

    /// The history in bytes that come from outside: a client or a file.
    ///
    /// # Errors
    /// [`Kind::InvalidBinary`] unless they are a packed history to the last bit.
    pub fn from_foreign_bytes(bytes: &'a [u8]) -> Result<Self> {
        encoding::validate::<C>(bytes)?;
        Ok(Self::of(Cow::Borrowed(bytes)))
    }

    /// The history of these entries, which it sorts.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] beyond what one value can hold.
    pub fn from_entries(entries: &mut [Entry]) -> Result<Self> {
        let mut bytes = Vec::new();
        encoding::pack::<C>(entries, &mut bytes)?;
        Ok(Self::of(Cow::Owned(bytes)))
    }

    fn from_iterator(iterator: impl Iterator<Item = Entry> + Clone) -> Result<Packed<'static, C>> {
        let mut entries = Vec::new();
        // Counted beforehand, so that the entries are laid out once and not doubled again and again.
        reserve(&mut entries, iterator.clone().count())?;
        entries.extend(iterator);
        Packed::from_entries(&mut entries)
    }

    /// The history without any entry: the identity of the union.
    pub const fn empty() -> Self {
        Self::of(Cow::Borrowed(C::EMPTY))
    }

    /// The canonical bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All entries in order of time, refunds included.
    pub fn entries(&self) -> Entries<'_> {
        encoding::entries::<C>(&self.bytes).expect("the bytes were read when the history was made")
    }

    /// The entries at or before `as_of`.
    #[inline]
    pub fn entries_until(&self, as_of: Instant) -> impl Iterator<Item = Entry> + Clone {
        self.entries().take_while(move |entry| entry.at <= as_of)
    }

    /// The union of two histories: every entry of both, as often as it occurs.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] beyond what one value can hold.
    pub fn union(&self, other: &Packed<'_, C>) -> Result<Packed<'static, C>> {
        Self::from_iterator(self.entries().chain(other.entries()))
    }

    /// The history as it was known at `as_of`: without the entries after it.
    ///
    /// # Errors
    /// None beyond those of [`Self::from_entries`], which a shorter history cannot meet.
    pub fn until(&self, as_of: Instant) -> Result<Packed<'static, C>> {
        Self::from_iterator(self.entries_until(as_of))
    }

    /// The text form: `{1997-01-01T00:00:00Z 29.33, 1997-01-18T00:00:00Z 29.73}`.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`].
    pub fn to_text(&self) -> Result<String> {
        /// An instant of at most 27 characters, an amount of at most 21 or a kind and a channel, and what stands between.
        const LONGEST: usize = 52;
        let mut bytes = Vec::new();
        // And a byte more, for the zero that ends a C string.
        reserve(&mut bytes, 3 + LONGEST * self.entries().count())?;
        let mut text = String::from_utf8(bytes).unwrap_or_default();
        text.push('{');
        for (i, entry) in self.entries().enumerate() {
            text.push_str(if i == 0 { "" } else { ", " });
            write!(text, "{} ", entry.at)
                .and_then(|()| C::write(&mut text, entry.amount))
                .expect("a string takes any text");
        }
        text.push('}');
        Ok(text)
    }

    /// Reads the text form. Entries may stand in any order, and an instant may be a bare date, which means midnight UTC.
    ///
    /// # Errors
    /// [`Kind::InvalidText`] for a text of another form; what [`Instant::parse`] and [`EntryKind::parse`] refuse.
    pub fn parse(text: &str) -> Result<Packed<'static, C>> {
        let (shape, hint) = C::SHAPE;
        let malformed = |why: &str| {
            let message = format!("invalid input syntax for type {}: \"{}\"", C::TYPE, shorten(text));
            Error::new(Kind::InvalidText, message).detail(format!("{why}.")).hint(hint)
        };
        let inner = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let inner = inner.ok_or_else(|| malformed("The value must stand in braces"))?.trim();
        if inner.is_empty() {
            return Ok(Packed::empty());
        }
        let count = interrupt::asking(inner.bytes()).filter(|&byte| byte == b',').count() + 1;
        if count > encoding::MAX_ENTRIES {
            return Err(encoding::more_than_fit::<C>(count));
        }
        let mut entries = Vec::new();
        reserve(&mut entries, count)?;
        for (i, part) in interrupt::asking(inner.split(',').enumerate()) {
            let place = |error: Error| match error.kind {
                Kind::InvalidText => malformed(&format!("Entry {}: {}", i + 1, error.message)),
                _ => error,
            };
            let mut words = part.split_ascii_whitespace();
            let (at, word, second, more) = (words.next(), words.next(), words.next(), words.next());
            let number = word.filter(|_| more.is_none()).and_then(|word| C::parse(word, second));
            let (Some(at), Some(number)) = (at, number) else {
                return Err(malformed(&format!("Entry {} is not {shape}", i + 1)));
            };
            entries.push(Entry { at: Instant::parse(at).map_err(place)?, amount: number.map_err(place)? });
        }
        Packed::from_entries(&mut entries)
    }

    /// How many bytes the entries take as a `jsonb`: an array of objects such as
    /// `{"at": "1997-01-01T00:00:00Z", "amount": 29.33}`, amounts to the last digit.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] beyond what a `jsonb` can hold.
    pub fn jsonb_size(&self) -> Result<jsonb::Size> {
        const ANY: &str = "0001-01-01T00:00:00.000000Z";
        let mut size = jsonb::Size::default();
        for entry in self.entries() {
            if size.fits() {
                let (members, count) = C::members(&ANY[..entry.at.text_length()], entry.amount);
                size.add(&members[..count]);
            }
        }
        if size.fits() {
            return Ok(size);
        }
        let message = format!("{} {} are too many for one jsonb", self.entries().count(), C::ENTRIES);
        Err(Error::new(Kind::LimitExceeded, message)
            .detail(format!("The elements of a jsonb array can take {} bytes together.", jsonb::MAX_CHILDREN))
            .hint(format!(
                "Use {}, which gives them as rows, or the history of a shorter time: until(history, instant).",
                C::ROWS
            )))
    }

    /// Writes the entries as a `jsonb` into memory of its size.
    pub fn write_jsonb(&self, size: jsonb::Size, bytes: &mut [u8]) {
        let mut array = jsonb::Array::new(bytes, size);
        let mut at = String::new();
        for entry in self.entries() {
            at.clear();
            write!(at, "{}", entry.at).expect("a string takes any text");
            let (members, count) = C::members(&at, entry.amount);
            array.push(&members[..count]);
        }
    }
}

#[cfg(test)]
pub(crate) mod arbitrary {
    //! Histories for property tests: awkward instants and amounts, often equal ones.

    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::money::Amount;
    use crate::domain::time::instant::DAY;

    pub fn instant() -> impl Strategy<Value = Instant> {
        let micros = prop_oneof![
            Instant::MIN.micros()..=Instant::MAX.micros(),
            (-40i64..40).prop_map(|days| days * DAY),
            (-100_000i64..100_000).prop_map(|seconds| seconds * 1_000_000),
            Just(Instant::MIN.micros()),
            Just(Instant::MAX.micros()),
            -3i64..3,
        ];
        micros.prop_map(|micros| Instant::from_micros(micros).unwrap())
    }

    pub fn entry() -> impl Strategy<Value = Entry> {
        let units = prop_oneof![any::<i64>(), -200i64..500, (0i64..100).prop_map(|n| n * 10_000), Just(i64::MIN)];
        (instant(), units).prop_map(|(at, units)| Entry { at, amount: Amount(units) })
    }

    pub fn entries() -> impl Strategy<Value = Vec<Entry>> {
        prop::collection::vec(entry(), 0..40)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::arbitrary::{entries, instant};
    use super::*;
    use crate::domain::history::money::Amount;

    fn history(entries: &[Entry]) -> History<'static> {
        History::from_entries(&mut entries.to_vec()).unwrap()
    }

    /// A growing history filled as an aggregate does it: doubled when it is full.
    fn grown(entries: &[Entry]) -> Vec<u8> {
        let mut bytes = vec![0; encoding::GROWING_HEADER + 5];
        encoding::start_growing::<Purchases>(&mut bytes);
        for &entry in entries {
            while !encoding::append(&mut bytes, entry) {
                bytes.resize(bytes.len() * 2, 0xFF);
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn holds_what_it_was_given(given in entries()) {
            let mut sorted = given.clone();
            sorted.sort();
            prop_assert_eq!(history(&given).entries().collect::<Vec<_>>(), sorted);
        }

        #[test]
        fn grows_to_the_same_value(given in entries()) {
            let grown = grown(&given);
            prop_assert_eq!(History::from_bytes(&grown).unwrap(), history(&given));
            prop_assert!(encoding::used(&grown) <= encoding::GROWING_HEADER + encoding::MAX_ENTRY * given.len());
        }

        #[test]
        fn union_is_a_commutative_monoid(a in entries(), b in entries(), c in entries()) {
            let [a, b, c] = [a, b, c].map(|entries| history(&entries));
            prop_assert_eq!(a.union(&b).unwrap(), b.union(&a).unwrap());
            prop_assert_eq!(a.union(&b).unwrap().union(&c).unwrap(), a.union(&b.union(&c).unwrap()).unwrap());
            prop_assert_eq!(a.union(&History::empty()).unwrap(), a);
        }

        #[test]
        fn does_not_depend_on_the_order(given in entries(), seed: u64) {
            let mut shuffled = given.clone();
            let n = shuffled.len().max(1) as u64;
            for i in 0..shuffled.len() {
                shuffled.swap(i, (seed.wrapping_mul(i as u64 + 7) % n) as usize);
            }
            prop_assert_eq!(history(&shuffled), history(&given));
        }

        #[test]
        fn until_is_the_history_of_the_earlier_rows(given in entries(), as_of in instant()) {
            let earlier: Vec<Entry> = given.iter().copied().filter(|entry| entry.at <= as_of).collect();
            prop_assert_eq!(history(&given).until(as_of).unwrap(), history(&earlier));
        }

        #[test]
        fn text_and_bytes_round_trip(given in entries()) {
            let h = history(&given);
            prop_assert_eq!(&History::parse(&h.to_text().unwrap()).unwrap(), &h);
            prop_assert_eq!(&History::from_foreign_bytes(h.bytes()).unwrap(), &h);
        }

        #[test]
        fn is_small(days in prop::collection::vec((0i64..5000, 0i64..100_000), 1..200)) {
            let dates_and_cents: Vec<Entry> = days
                .iter()
                .map(|&(day, cents)| Entry {
                    at: Instant::from_micros(day * 86_400_000_000).unwrap(),
                    amount: Amount(cents * 100),
                })
                .collect();
            // One byte of widths, at most two of days, at most three of cents.
            prop_assert!(history(&dates_and_cents).bytes().len() <= 5 + 6 * days.len());
        }
    }

    #[test]
    fn what_no_jsonb_can_hold_is_refused_before_it_is_written() {
        let of = |count: i64| {
            let entry = |i| Entry { at: Instant::from_micros(i * 1_000_000).unwrap(), amount: Amount(15_000) };
            History::from_entries(&mut (0..count).map(entry).collect::<Vec<_>>()).unwrap()
        };
        // An object of this kind takes 58 bytes, and two before the next.
        assert_eq!(of(4_400_000).jsonb_size().unwrap().bytes(), 4 + 4_400_000 * (4 + 60) - 2);
        let error = of(4_500_000).jsonb_size().unwrap_err();
        assert_eq!(error.message, "4500000 purchases are too many for one jsonb");
        assert_eq!(error.kind, Kind::LimitExceeded);
    }

    #[test]
    fn the_empty_history_is_what_packing_nothing_writes() {
        assert_eq!(History::empty(), history(&[]));
        assert_eq!(History::empty().to_text().unwrap(), "{}");
        assert_eq!(History::parse(" { } ").unwrap(), History::empty());
    }

    #[test]
    fn refuses_malformed_text() {
        for text in [
            "",
            "{",
            "}",
            "1997-01-01 5",
            "{1997-01-01}",
            "{1997-01-01 5,}",
            "{,}",
            "{1997-01-01 5 6}",
            "{5 1997-01-01}",
            "{1997-13-01 5}",
            "{1997-01-01 NaN}",
            "{1997-01-01 5} x",
            "{infinity 5}",
            "{{}}",
            "{1997-01-01 1.00001}",
        ] {
            assert_eq!(History::parse(text).unwrap_err().kind, Kind::InvalidText, "{text}");
        }
        let error = History::parse("{1997-01-01 5, 1997-01-02 x}").unwrap_err();
        assert_eq!(error.detail.unwrap(), "Entry 2: invalid amount: \"x\".");
        assert_eq!(History::parse("{1997-01-01 922337203685478}").unwrap_err().kind, Kind::NumericOutOfRange);
        assert_eq!(History::parse("{0000-01-01 5}").unwrap_err().kind, Kind::DatetimeOutOfRange);
    }

    #[test]
    fn refuses_bytes_that_are_not_canonical() {
        let h = history(&[
            Entry { at: Instant::parse("2024-01-01").unwrap(), amount: Amount(12_345) },
            Entry { at: Instant::parse("2024-02-01").unwrap(), amount: Amount(-5) },
        ]);
        let good = h.bytes();
        let mut cases: Vec<Vec<u8>> = (0..good.len()).map(|n| good[..n].to_vec()).collect();
        cases.push([good, &[0]].concat());
        cases.push(grown(&[]));
        for (at, value) in [(0, 2), (0, 0), (1, 1), (1, 9), (2, 0x0F), (2, 0xF0), (3, 0), (3, 1), (3, 3), (3, 0xFF)] {
            let mut bytes = good.to_vec();
            bytes[at] = value;
            cases.push(bytes);
        }
        for bytes in cases {
            assert_eq!(History::from_foreign_bytes(&bytes).unwrap_err().kind, Kind::InvalidBinary, "{bytes:?}");
        }
    }

    proptest! {
        // Together some 100,000 hostile inputs: cut, flipped, lengthened, and wholly invented.
        #![proptest_config(ProptestConfig::with_cases(25_000))]

        #[test]
        fn reading_mutilated_bytes_never_panics(given in entries(), at: prop::sample::Index, flip: u8, cut: prop::sample::Index) {
            let mut bytes = history(&given).bytes().to_vec();
            let place = at.index(bytes.len());
            bytes[place] ^= flip;
            for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
                if let Ok(h) = History::from_foreign_bytes(bytes) {
                    prop_assert_eq!(h.bytes(), bytes);
                }
                // Bytes that were damaged on disk are not validated; they may give wrong entries, but no panic.
                if let Ok(h) = History::from_bytes(bytes) {
                    h.entries().for_each(drop);
                }
            }
        }

        #[test]
        fn reading_invented_bytes_never_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = History::from_foreign_bytes(&bytes);
            if bytes.len() > 2 {
                (bytes[0], bytes[1], bytes[2]) = (1, bytes[1] & 1, bytes[2] & 0x12);
                let _ = History::from_foreign_bytes(&bytes);
                if let Ok(h) = History::from_bytes(&bytes) {
                    h.entries().for_each(drop);
                }
            }
        }

        #[test]
        fn reading_mutilated_text_never_panics(given in entries(), at: prop::sample::Index, with: char) {
            let mut text: Vec<char> = history(&given).to_text().unwrap().chars().collect();
            let place = at.index(text.len());
            text[place] = with;
            let text: String = text.into_iter().collect();
            if let Ok(h) = History::parse(&text) {
                prop_assert_eq!(History::parse(&h.to_text().unwrap()).unwrap(), h);
            }
        }

        #[test]
        fn reading_invented_text_never_panics(text in "\\PC{0,60}") {
            let _ = History::parse(&text);
            let _ = History::parse(&format!("{{{text}}}"));
        }
    }
}
