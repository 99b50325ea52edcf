//! Lots that are drawn again: in every stratum as many customers get into each group as the lot has put there.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::terms::{Division, Lots, Moments, Pair, Terms};
use crate::domain::experiment::hypergeometric_counts::HypergeometricCounts;
use crate::domain::support::error::{Result, reserve};
use crate::domain::support::interrupt::{Turns, asking};

/// A stratum: its customers in one order. The last customers of the order may have no row.
#[derive(Debug)]
pub struct Stratum<const F: usize> {
    /// F figures of the customers. A figure is 0 of the customers after its last row.
    pub figures: [Vec<Pair>; F],
    /// Bit by bit, which customers are in the smaller group.
    pub is_smaller: Vec<u64>,
    /// How it is divided.
    pub division: Division,
}

impl<const F: usize> Stratum<F> {
    /// How many customers have a row.
    fn rows(&self) -> usize {
        self.figures.iter().map(Vec::len).max().unwrap_or_default()
    }
}

/// The sums over the rows whose bits are set.
fn sums(rows: &[Pair], mask: &[u64], turns: &mut Turns) -> Moments {
    let mut sums = Moments::default();
    for (rows, word) in rows.chunks(64).zip(mask) {
        turns.turn();
        let mut word = *word;
        while word != 0 {
            // The last word may have bits beyond the last row of this figure.
            let Some(row) = rows.get(word.trailing_zeros() as usize) else { break };
            sums.add(*row);
            word &= word - 1;
        }
    }
    sums
}

/// Draws lots.
#[derive(Debug)]
pub struct Urn<const F: usize> {
    strata: Vec<Drawn<F>>,
    generator: ChaCha8Rng,
    lots: [Lots; F],
}

/// A stratum, and what every lot of it needs.
#[derive(Debug)]
struct Drawn<const F: usize> {
    stratum: Stratum<F>,
    all: [Moments; F],
    rows_taken: RowsTaken,
    mask: Vec<u64>,
}

/// The greatest number of lots that are all looked at instead of drawn.
pub const MOST_COMPLETE: u128 = 19_999;

impl<const F: usize> Urn<F> {
    /// An urn, whose draws follow from the seed.
    ///
    /// # Errors
    /// [`crate::domain::support::error::Kind::OutOfMemory`].
    pub fn new(strata: Vec<Stratum<F>>, seed: [u8; 32]) -> Result<Self> {
        let mut drawn = Vec::new();
        for stratum in strata {
            let mut mask = Vec::new();
            let words = stratum.rows().div_ceil(64);
            reserve(&mut mask, words)?;
            mask.resize(words, 0);
            let Division { customers, smaller, .. } = stratum.division;
            let rows_taken = RowsTaken::new(customers, stratum.rows(), smaller)?;
            let all = stratum.figures.each_ref().map(|rows| {
                asking(rows.iter()).fold(Moments::default(), |mut all, row| {
                    all.add(*row);
                    all
                })
            });
            drawn.push(Drawn { all, rows_taken, mask, stratum });
        }
        let mut urn = Urn {
            strata: drawn,
            generator: ChaCha8Rng::from_seed(seed),
            lots: std::array::from_fn(|_| Lots { drawn: Terms::default(), again: Vec::new(), is_complete: false }),
        };
        let mut turns = Turns::default();
        let as_drawn = urn.strata.iter().map(|drawn| drawn.terms(&drawn.stratum.is_smaller, &mut turns));
        let as_drawn = as_drawn.fold([Terms::default(); F], |sum, terms| plus(&sum, &terms));
        for (lots, drawn) in urn.lots.iter_mut().zip(as_drawn) {
            lots.drawn = drawn;
        }
        Ok(urn)
    }

    /// The lots so far, of each figure.
    pub fn lots(&self) -> &[Lots; F] {
        &self.lots
    }

    /// How many lots there are; None where there are more than [`MOST_COMPLETE`].
    pub fn all(&self) -> Option<u128> {
        self.strata.iter().try_fold(1, |all, drawn| {
            let Division { customers, smaller, .. } = drawn.stratum.division;
            Some(all * ways(customers, smaller)?).filter(|all| *all <= MOST_COMPLETE)
        })
    }

    /// How many rows a lot reads, each stratum counted as one more.
    pub fn rows(&self) -> usize {
        self.strata.iter().map(|drawn| drawn.stratum.rows() + 1).sum()
    }

    /// Looks at all lots.
    ///
    /// # Errors
    /// [`crate::domain::support::error::Kind::OutOfMemory`].
    pub fn complete(&mut self) -> Result<()> {
        let mut all = vec![[Terms::default(); F]];
        for drawn in &self.strata {
            let of_stratum = drawn.every_lot();
            let mut products = Vec::new();
            reserve(&mut products, all.len() * of_stratum.len())?;
            products.extend(all.iter().flat_map(|sum| of_stratum.iter().map(|terms| plus(sum, terms))));
            all = products;
        }
        for (f, lots) in self.lots.iter_mut().enumerate() {
            lots.is_complete = true;
            reserve(&mut lots.again, all.len())?;
            lots.again.extend(all.iter().map(|terms| terms[f]));
        }
        Ok(())
    }

    /// Draws until there are so many lots.
    ///
    /// # Errors
    /// [`crate::domain::support::error::Kind::OutOfMemory`].
    pub fn draw(&mut self, number: usize) -> Result<()> {
        let mut turns = Turns::default();
        for lots in &mut self.lots {
            let more = number.saturating_sub(lots.again.len());
            reserve(&mut lots.again, more)?;
        }
        while self.lots[0].again.len() < number {
            let mut sum = [Terms::default(); F];
            for drawn in &mut self.strata {
                sum = plus(&sum, &drawn.draw(&mut self.generator, &mut turns));
            }
            for (lots, terms) in self.lots.iter_mut().zip(sum) {
                lots.again.push(terms);
            }
        }
        Ok(())
    }
}

fn plus<const F: usize>(one: &[Terms; F], other: &[Terms; F]) -> [Terms; F] {
    std::array::from_fn(|f| one[f].plus(&other[f]))
}

/// In how many ways so many of n can be chosen; None where there are more than [`MOST_COMPLETE`].
fn ways(n: usize, chosen: usize) -> Option<u128> {
    let (n, chosen) = (n as u128, chosen.min(n - chosen) as u128);
    (1..=chosen).try_fold(1, |ways, i| Some(ways * (n - chosen + i) / i).filter(|ways| *ways <= MOST_COMPLETE))
}

impl<const F: usize> Drawn<F> {
    /// The terms of the lot that puts these customers into the smaller group.
    fn terms(&self, mask: &[u64], turns: &mut Turns) -> [Terms; F] {
        std::array::from_fn(|f| {
            let smaller = sums(&self.stratum.figures[f], mask, turns);
            Terms::of(&smaller, &self.all[f], self.stratum.division)
        })
    }

    /// Each lot, in the order of the customers that the smaller group takes.
    fn every_lot(&self) -> Vec<[Terms; F]> {
        let Division { customers, smaller, .. } = self.stratum.division;
        let mut taken: Vec<usize> = (0..smaller).collect();
        let mut every = Vec::new();
        loop {
            every.push(std::array::from_fn(|f| {
                let mut sums = Moments::default();
                taken.iter().filter_map(|at| self.stratum.figures[f].get(*at)).for_each(|row| sums.add(*row));
                Terms::of(&sums, &self.all[f], self.stratum.division)
            }));
            // The last one that can go on does, and those after it follow right behind.
            let Some(moving) = (0..smaller).rfind(|i| taken[*i] < customers - smaller + i) else { return every };
            let next = taken[moving] + 1;
            for (i, place) in taken[moving..].iter_mut().enumerate() {
                *place = next + i;
            }
        }
    }

    /// A lot.
    fn draw(&mut self, generator: &mut ChaCha8Rng, turns: &mut Turns) -> [Terms; F] {
        // A stratum may have no rows at all.
        turns.turn();
        let number = self.rows_taken.draw(generator);
        let mut mask = std::mem::take(&mut self.mask);
        take(&mut mask, self.stratum.rows(), number, generator);
        let terms = self.terms(&mask, turns);
        self.mask = mask;
        terms
    }
}

/// Takes so many of the rows, every set of that size with the same probability.
///
/// Each row is taken by itself with about the right probability; then rows drawn at random are added or left out until the number is
/// right, which keeps all sets of a size equally likely.
pub(super) fn take(mask: &mut [u64], rows: usize, number: usize, generator: &mut ChaCha8Rng) {
    if rows == 0 {
        return;
    }
    // In 1/256: bit by bit from the lowest, a word of random bits halves the probability or adds a half to it.
    let share = (256 * number + rows / 2) / rows;
    for word in mask.iter_mut() {
        *word = if share >= 256 {
            u64::MAX
        } else {
            (share.trailing_zeros()..8).filter(|_| share > 0).fold(0, |word, bit| {
                let random: u64 = generator.random();
                if share >> bit & 1 == 1 { word | random } else { word & random }
            })
        };
    }
    if let (Some(last), rest @ 1..) = (mask.last_mut(), rows % 64) {
        *last &= (1 << rest) - 1;
    }
    let mut taken: usize = mask.iter().map(|word| word.count_ones() as usize).sum();
    while taken != number {
        let at = generator.random_range(0..rows);
        let (word, bit) = (&mut mask[at / 64], 1u64 << (at % 64));
        if taken < number && *word & bit == 0 {
            taken += 1;
            *word |= bit;
        } else if taken > number && *word & bit != 0 {
            taken -= 1;
            *word &= !bit;
        }
    }
}

/// How many of the customers that have a row the smaller group takes.
#[derive(Debug)]
pub(super) struct RowsTaken {
    least: usize,
    /// The probability of the least number or less, and so on.
    up_to: Vec<f64>,
}

impl RowsTaken {
    pub(super) fn new(customers: usize, rows: usize, taken: usize) -> Result<Self> {
        let HypergeometricCounts { least, probabilities } =
            HypergeometricCounts::new(customers as u64, rows as u64, taken as u64)?;
        let mut sum = 0.0;
        let mut up_to = probabilities;
        for p in &mut up_to {
            sum += *p;
            *p = sum;
        }
        Ok(RowsTaken { least: least as usize, up_to })
    }

    pub(super) fn draw(&self, generator: &mut ChaCha8Rng) -> usize {
        if self.up_to.len() == 1 {
            return self.least;
        }
        let drawn = generator.random::<f64>() * self.up_to.last().copied().unwrap_or_default();
        self.least + self.up_to.partition_point(|sum| *sum <= drawn).min(self.up_to.len() - 1)
    }
}
