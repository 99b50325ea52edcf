//! Moves between stages: from which stage or segment customers went to which, how long they stay, and how large each one
//! will be if they go on so.
//!
//! A Markov chain, estimated by maximum likelihood from two looks at the same customers: the probability of a move is the
//! share of customers who made it (Anderson and Goodman, "Statistical inference about Markov chains", Annals of
//! Mathematical Statistics 28, 1957).

use serde::{Deserialize, Serialize};

use crate::domain::math::sum::Sum;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::multiset::Multiset;

/// The most stages that one aggregate tells apart: segments are few, and more are a mistaken column.
pub const MAX_STAGES: usize = 10_000;

/// The number of a stage within one aggregate.
pub type StageNumber = u32;

/// No stage: a customer who is not there yet, or no longer. The largest number, so that it comes last.
pub const NOWHERE: StageNumber = StageNumber::MAX;

/// A stage: what it sorts by before its name, and its name in the encoding of the database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stage {
    rank: u32,
    name: Vec<u8>,
}

impl Stage {
    /// The name.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    fn key(&self) -> (u32, &[u8]) {
        (self.rank, &self.name)
    }
}

/// How many customers went from which stage to which, in whole numbers: the same in whatever order customers were read and
/// however they were split over workers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TransitionCounts {
    /// In the order in which they came: a stage's number is its place.
    stages: Vec<Stage>,
    /// The numbers in the order of the stages.
    order: Vec<StageNumber>,
    moves: Multiset<(StageNumber, StageNumber)>,
}

impl TransitionCounts {
    /// The number of a stage, which holds until the counts are settled.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] beyond [`MAX_STAGES`]; [`Kind::OutOfMemory`].
    pub fn number(&mut self, rank: u32, name: &[u8]) -> Result<StageNumber> {
        let key = |number: &StageNumber| self.stages.get(*number as usize).map(Stage::key);
        match self.order.binary_search_by(|number| key(number).cmp(&Some((rank, name)))) {
            Ok(place) => Ok(self.order[place]),
            Err(place) => {
                if self.stages.len() >= MAX_STAGES {
                    return Err(Error::new(Kind::LimitExceeded, format!("more than {MAX_STAGES} different stages"))
                        .hint("Group the customers into fewer segments."));
                }
                let mut owned = Vec::new();
                reserve(&mut owned, name.len())?;
                owned.extend_from_slice(name);
                reserve(&mut self.stages, 1)?;
                reserve(&mut self.order, 1)?;
                let number = self.stages.len() as StageNumber;
                self.stages.push(Stage { rank, name: owned });
                self.order.insert(place, number);
                Ok(number)
            }
        }
    }

    /// Adds a customer with the stages at the two instants. A customer without a stage at both does not count.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn insert(&mut self, from: StageNumber, to: StageNumber) -> Result<()> {
        if (from, to) == (NOWHERE, NOWHERE) { Ok(()) } else { self.moves.insert((from, to)) }
    }

    /// Adds all customers of another part of the base.
    ///
    /// # Errors
    /// As [`Self::number`].
    pub fn merge(&mut self, mut other: Self) -> Result<()> {
        let mut numbers = Vec::new();
        reserve(&mut numbers, other.stages.len())?;
        for stage in &other.stages {
            numbers.push(self.number(stage.rank, &stage.name)?);
        }
        add_renumbered(&mut self.moves, other.moves.counts()?, &numbers)
    }

    /// Makes the content the same however it was gathered: call it before writing the value out. Stages are numbered anew.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn normalize(&mut self) -> Result<()> {
        let numbers = self.places()?;
        let mut moves = Multiset::default();
        add_renumbered(&mut moves, self.moves.counts()?, &numbers)?;
        moves.normalize()?;
        self.moves = moves;
        self.stages.sort_unstable();
        self.order.sort_unstable();
        Ok(())
    }

    /// The place in order of each stage by its number.
    fn places(&self) -> Result<Vec<u32>> {
        let mut places = Vec::new();
        reserve(&mut places, self.order.len())?;
        places.resize(self.order.len(), NOWHERE);
        for (place, &number) in self.order.iter().enumerate() {
            if let Some(of_number) = places.get_mut(number as usize) {
                *of_number = place as u32;
            }
        }
        Ok(places)
    }

    /// The moves between stages by their places in order, ascending.
    fn ordered(&mut self) -> Result<Vec<Move>> {
        let places = self.places()?;
        let place = |number: StageNumber| places.get(number as usize).copied().unwrap_or(NOWHERE);
        let counts = self.moves.counts()?;
        let mut moves = Vec::new();
        reserve(&mut moves, counts.len())?;
        moves.extend(counts.iter().map(|&((from, to), customers)| Move {
            from: place(from),
            to: place(to),
            customers,
        }));
        moves.sort_unstable_by_key(|m: &Move| (m.from, m.to));
        Ok(moves)
    }

    /// The stage at a place in order.
    fn at(&self, place: u32) -> Option<&Stage> {
        self.stages.get(*self.order.get(place as usize)? as usize)
    }

    /// How many customers were in each stage at first and at last, those in none at the end.
    fn sizes(&self, moves: &[Move]) -> Result<(Vec<u64>, Vec<u64>)> {
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for sizes in [&mut first, &mut last] {
            reserve(sizes, self.order.len() + 1)?;
            sizes.resize(self.order.len() + 1, 0);
        }
        for m in moves {
            first[self.index(m.from)] += m.customers;
            last[self.index(m.to)] += m.customers;
        }
        Ok((first, last))
    }

    fn index(&self, place: u32) -> usize {
        (place as usize).min(self.order.len())
    }

    /// Every move that was made, in the order of the stages; None is no stage, and comes last.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`].
    pub fn transitions(&mut self) -> Result<Vec<Transition<'_>>> {
        let moves = self.ordered()?;
        let (first, _) = self.sizes(&moves)?;
        let mut transitions = Vec::new();
        reserve(&mut transitions, moves.len())?;
        transitions.extend(moves.iter().map(|m| Transition {
            from: self.at(m.from),
            to: self.at(m.to),
            customers: m.customers,
            share: m.customers as f64 / first[self.index(m.from)] as f64,
        }));
        Ok(transitions)
    }

    /// Every stage that a customer was in, in order, and how large it will be after another period in which each stage loses
    /// and gets the same shares and as many customers come anew.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`].
    pub fn forecast(&mut self) -> Result<Vec<Forecast<'_>>> {
        let moves = self.ordered()?;
        let (first, last) = self.sizes(&moves)?;
        let mut next = Vec::new();
        reserve(&mut next, first.len())?;
        next.resize(first.len(), Sum::default());
        let mut stayed = Vec::new();
        reserve(&mut stayed, first.len())?;
        stayed.resize(first.len(), 0);
        for m in &moves {
            let (from, to) = (self.index(m.from), self.index(m.to));
            // Who came from nowhere is no share of anything: as many will come again.
            let moving = if m.from == NOWHERE {
                m.customers as f64
            } else {
                last[from] as f64 * m.customers as f64 / first[from] as f64
            };
            next[to].add(moving);
            if from == to {
                stayed[from] = m.customers;
            }
        }
        let mut forecasts = Vec::new();
        reserve(&mut forecasts, first.len())?;
        for (place, (&at_first, &at_last)) in first.iter().zip(&last).enumerate() {
            let stage = self.at(place as u32);
            if at_first == 0 && at_last == 0 {
                continue;
            }
            // Of a stage that no customer was in at first no moves are known: its customers are taken to stay.
            if at_first == 0 && stage.is_some() {
                next[place].add(at_last as f64);
            }
            let known = stage.is_some() && at_first > 0;
            let left = at_first - stayed[place];
            forecasts.push(Forecast {
                stage,
                first: at_first,
                last: at_last,
                stay_share: known.then(|| stayed[place] as f64 / at_first as f64),
                expected_next: next[place].value(),
                dwell: (known && left > 0).then(|| at_first as f64 / left as f64),
            });
        }
        Ok(forecasts)
    }
}

/// Adds moves whose stages have other numbers here.
fn add_renumbered(
    moves: &mut Multiset<(StageNumber, StageNumber)>,
    counts: &[((StageNumber, StageNumber), u64)],
    numbers: &[StageNumber],
) -> Result<()> {
    let renumber = |number: StageNumber| numbers.get(number as usize).copied().unwrap_or(NOWHERE);
    counts.iter().try_for_each(|&((from, to), count)| moves.insert_times((renumber(from), renumber(to)), count))
}

/// A move between two stages by their places in order.
struct Move {
    from: u32,
    to: u32,
    customers: u64,
}

/// How many customers moved from one stage to the other, or stayed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition<'a> {
    /// Where they were at first.
    pub from: Option<&'a Stage>,
    /// Where they were then.
    pub to: Option<&'a Stage>,
    /// How many.
    pub customers: u64,
    /// The share of those who were in `from`.
    pub share: f64,
}

/// A stage over one period and the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast<'a> {
    /// None stands for those who were not there at first, or are not any more.
    pub stage: Option<&'a Stage>,
    /// Customers at the first look.
    pub first: u64,
    /// Customers at the second.
    pub last: u64,
    /// The share of the first that was in it at the second, p. None where there was no customer.
    pub stay_share: Option<f64>,
    /// Σ last(i) · share(i → this) over the stages i, and those who came to it from nowhere.
    pub expected_next: f64,
    /// For how many periods a customer stays: 1/(1 − p), the mean of a geometric distribution. None where no customer left.
    pub dwell: Option<f64>,
}

#[cfg(test)]
mod tests;
