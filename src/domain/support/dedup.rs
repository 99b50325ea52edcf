//! A set of keys already seen in a statement, such as its customers, within bounds of memory.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};

use super::error::{Error, Kind, Result};

/// Keys seen so far. When they exceed the limit they are cleared; a customer noted twice only costs a row.
#[derive(Debug)]
pub struct Distinct<K, S = RandomState> {
    seen: HashSet<K, S>,
    used: usize,
    limit: usize,
}

impl<K: Hash + Eq, S: BuildHasher + Default> Distinct<K, S> {
    /// No keys, in at most about so many bytes.
    pub fn within(limit: usize) -> Self {
        Distinct { seen: HashSet::default(), used: 0, limit }
    }

    /// Whether the key is new. `own` makes of it what is kept, which takes so many bytes beside itself.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`], and those of `own`.
    pub fn is_new<Q: Hash + Eq + ?Sized>(
        &mut self,
        key: &Q,
        beside: usize,
        own: impl FnOnce(&Q) -> Result<K>,
    ) -> Result<bool>
    where
        K: Borrow<Q>,
    {
        if self.seen.contains(key) {
            return Ok(false);
        }
        // A table is half full on average after it has grown, and has a byte for each place.
        self.used += 2 * (size_of::<K>() + 1) + beside;
        if self.used > self.limit {
            self.seen.clear();
            self.used = 0;
        }
        self.seen.try_reserve(1).map_err(|_| {
            Error::new(Kind::OutOfMemory, "out of memory")
                .detail(format!("No memory for the keys of {} customers.", self.seen.len()))
        })?;
        self.seen.insert(own(key)?);
        Ok(true)
    }
}

/// The hash of whole numbers. It need not withstand an attacker: a caller that chooses the keys of a statement slows down
/// that statement alone.
#[derive(Debug, Default, Clone, Copy)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        // The last steps of MurmurHash3: every bit of the number sways every bit of the hash.
        let mut bits = self.0;
        bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        bits ^ (bits >> 33)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_ne_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn write_i64(&mut self, number: i64) {
        self.0 = number as u64;
    }
}

/// Makes [`Mixed`].
pub type Mix = std::hash::BuildHasherDefault<Mixed>;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The keys that come as new, and the most that were kept at once.
    fn new_ones(keys: &[i64], limit: usize) -> (Vec<i64>, usize) {
        let mut distinct = Distinct::<i64, Mix>::within(limit);
        let mut most = 0;
        let new = keys
            .iter()
            .filter(|&key| {
                let is_new = distinct.is_new(key, 0, |&key| Ok(key)).unwrap();
                most = most.max(distinct.seen.len());
                is_new
            })
            .copied()
            .collect();
        (new, most)
    }

    proptest! {
        #[test]
        fn every_key_is_new_once(keys in prop::collection::vec(-20i64..20, 0..300)) {
            let (new, _) = new_ones(&keys, usize::MAX);
            let expected: BTreeSet<i64> = keys.iter().copied().collect();
            prop_assert_eq!(new.len(), expected.len());
            prop_assert_eq!(new.into_iter().collect::<BTreeSet<_>>(), expected);
        }

        #[test]
        fn no_key_is_missed_in_however_little_memory(keys in prop::collection::vec(any::<i8>(), 0..300), limit in 0..500usize) {
            let keys: Vec<i64> = keys.into_iter().map(i64::from).collect();
            let (new, most) = new_ones(&keys, limit);
            prop_assert_eq!(new.into_iter().collect::<BTreeSet<_>>(), keys.into_iter().collect::<BTreeSet<_>>());
            prop_assert!(most <= 1 + limit / 18);
        }

        #[test]
        fn bytes_are_told_apart(keys in prop::collection::vec("[ab]{0,3}", 0..100)) {
            let mut distinct = Distinct::<Box<[u8]>>::within(usize::MAX);
            let new = keys.iter().filter(|key| distinct.is_new(key.as_bytes(), key.len(), |key| Ok(key.into())).unwrap());
            prop_assert_eq!(new.count(), keys.iter().collect::<BTreeSet<_>>().len());
        }
    }

    #[test]
    fn numbers_in_steps_spread_over_the_table() {
        for step in [1u64, 1 << 7, 1 << 20, 1 << 40] {
            let low: BTreeSet<u64> = (0..1024u64).map(|i| Mix::default().hash_one((i * step) as i64) & 1023).collect();
            assert!(low.len() > 550, "{} places for 1024 numbers in steps of {step}", low.len());
        }
    }
}
