//! Choices at random, of a generator whose seed repeats them.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A generator of choices.
pub struct Random(ChaCha8Rng);

impl Random {
    pub fn new(seed: u64, part: &str) -> Self {
        // Each part draws from a stream of its own, so that its calls do not depend on how long another part took.
        let part = part.bytes().fold(0u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Random(ChaCha8Rng::seed_from_u64(seed << 20 ^ part))
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.random_bool(probability)
    }

    /// A whole number from 0 to `n` - 1.
    pub fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n)
    }

    /// A whole number, both ends included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    pub fn real(&mut self, low: f64, high: f64) -> f64 {
        self.0.random_range(low..high)
    }

    pub fn byte(&mut self) -> u8 {
        self.0.random()
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    pub fn shuffle<T>(&mut self, of: &mut [T]) {
        for i in (1..of.len()).rev() {
            of.swap(i, self.below(i + 1));
        }
    }
}

/// A string as a literal of SQL.
pub fn literal(text: impl AsRef<str>) -> String {
    format!("E'{}'", text.as_ref().replace('\\', r"\\").replace('\'', "''").replace('\0', ""))
}
