//! Segment grids: which segment each cell of scores belongs to, as rules that can be checked.
//!
//! A rule gives a name to cells, written as patterns. Among the rules that match a cell the one of the lowest priority
//! number wins. A grid is sound if it is a partition: every cell has exactly one winner, and every name wins a cell.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::rfm::Rfm;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::interrupt;
use crate::domain::support::json::check_length;

/// The fewest and the most scores in each dimension: a cell is written with one digit for each.
pub const BINS: std::ops::RangeInclusive<i32> = 2..=9;

/// The most rules of a grid, which has at most 729 cells.
pub const MAX_RULES: usize = 1000;

/// The most patterns of a grid: many times what its cells could need.
pub const MAX_PATTERNS: usize = 100_000;

/// The longest name, in bytes of UTF-8.
pub const MAX_NAME: usize = 200;

/// The grid of a store that names none.
pub const DEFAULT_GRID: &str = "rfm_25";

/// What the digits of a cell stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Dimensions {
    /// Recency, and the mean of frequency and monetary score, halves rounded up.
    #[serde(rename = "R,FM")]
    RecencyAndMean,
    /// Recency, frequency, monetary.
    #[serde(rename = "R,F,M")]
    All,
}

/// The cells that a grid has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Shape {
    /// What the digits stand for.
    pub dimensions: Dimensions,
    /// Scores in each dimension.
    pub bins: i32,
}

impl Shape {
    /// The number of scores at each position of a cell.
    fn sizes(self) -> Vec<u8> {
        let positions = match self.dimensions {
            Dimensions::RecencyAndMean => 2,
            Dimensions::All => 3,
        };
        vec![self.bins as u8; positions]
    }

    /// The digits of a score's cell.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless all scores lie between 1 and the number of bins.
    fn digits(self, score: Rfm) -> Result<impl Iterator<Item = i32>> {
        let Rfm { recency, frequency, monetary } = score;
        if ![recency, frequency, monetary].iter().all(|digit| (1..=self.bins).contains(digit)) {
            return Err(off_the_grid(score, self.bins));
        }
        let digits = match self.dimensions {
            Dimensions::RecencyAndMean => [Some(recency), Some((frequency + monetary + 1) / 2), None],
            Dimensions::All => [Some(recency), Some(frequency), Some(monetary)],
        };
        Ok(digits.into_iter().flatten())
    }
}

#[cold]
fn off_the_grid(score: Rfm, bins: i32) -> Error {
    Error::new(Kind::InvalidParameter, format!("RFM score {score} does not lie on a grid of {bins} bins"))
        .detail(format!("The segment grid needs scores from 1 to {bins}."))
        .hint(format!("Score with breaks of {bins} bins, or by {} thresholds in each dimension.", bins - 1))
}

/// The rules of a grid as they are written down.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Definition {
    /// The cells.
    #[serde(flatten)]
    pub shape: Shape,
    /// The rules, in any order.
    pub rules: Vec<Rule>,
}

/// One rule: a name for some cells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// Patterns with one class for each position: a digit, `[4-5]` for several, `*` for any.
    pub cells: Vec<String>,
    /// The segment.
    pub name: String,
    /// Among rules that match a cell the lowest number wins.
    #[serde(default = "first")]
    pub priority: i32,
}

fn first() -> i32 {
    1
}

impl Definition {
    /// Reads the JSON form, in which other fields of a rule are ignored.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] if it is no such JSON, or if the number of bins is out of range.
    pub fn from_json(json: &str) -> Result<Self> {
        check_length(json)?;
        let definition: Definition = serde_json::from_str(json).map_err(|error| {
            Error::new(Kind::InvalidParameter, format!("invalid segment grid: \"{}\"", shorten(json)))
                .detail(format!("The JSON is wrong: {error}."))
                .hint(r#"Write rules as [{"cells": ["5[4-5]", "45"], "name": "Champions", "priority": 1}, ...]."#)
        })?;
        if BINS.contains(&definition.shape.bins) {
            return Ok(definition);
        }
        let bins = definition.shape.bins;
        Err(Error::new(Kind::InvalidParameter, format!("number of bins out of range: {bins}")).detail(format!(
            "A segment grid has {} to {} scores in each dimension.",
            BINS.start(),
            BINS.end()
        )))
    }

    /// All that keeps the rules from being a partition; nothing for a sound grid.
    ///
    /// # Errors
    /// [`Kind::InvalidText`] if a pattern is malformed or does not fit the grid, [`Kind::LimitExceeded`] for too many rules.
    pub fn problems(&self) -> Result<Vec<Problem>> {
        let sizes = self.shape.sizes();
        Ok(problems(&sizes, &self.rules, &coverage(&sizes, &self.rules)?))
    }
}

/// A character class of each position: the lowest and the highest digit.
struct Pattern(Vec<(u8, u8)>);

impl Pattern {
    fn parse(text: &str, sizes: &[u8]) -> Result<Self> {
        let malformed = |why: String| {
            Error::new(Kind::InvalidText, format!("invalid cell: \"{}\"", shorten(text)))
                .detail(why)
                .hint("Write one class for each position: a digit, [4-5] for several, * for any, such as 5[4-5]*.")
        };
        let mut classes = Vec::new();
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let (low, high, after) = match rest {
                [b'*', after @ ..] => (1, *sizes.get(classes.len()).unwrap_or(&1), after),
                [digit @ b'1'..=b'9', after @ ..] => (digit - b'0', digit - b'0', after),
                [b'[', low @ b'1'..=b'9', b'-', high @ b'1'..=b'9', b']', after @ ..] if low <= high => {
                    (low - b'0', high - b'0', after)
                }
                _ => return Err(malformed("The text is not a sequence of classes.".into())),
            };
            classes.push((low, high));
            rest = after;
        }
        if classes.len() != sizes.len() {
            return Err(malformed(format!("The grid has {} positions, and this {}.", sizes.len(), classes.len())));
        }
        match classes.iter().zip(sizes).find(|((_, high), size)| high > size) {
            Some(((_, high), size)) => {
                Err(malformed(format!("The score {high} does not exist: the highest is {size}.")))
            }
            None => Ok(Pattern(classes)),
        }
    }

    fn matches(&self, cell: &[u8]) -> bool {
        self.0.iter().zip(cell).all(|(&(low, high), digit)| (low..=high).contains(digit))
    }
}

/// The digits of each cell, ascending.
fn cells(sizes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let count: usize = sizes.iter().map(|&size| usize::from(size)).product();
    (0..count).map(move |mut index| {
        let mut digits: Vec<u8> = sizes
            .iter()
            .rev()
            .map(|&size| {
                let digit = (index % usize::from(size)) as u8 + 1;
                index /= usize::from(size);
                digit
            })
            .collect();
        digits.reverse();
        digits
    })
}

/// Refuses more than can be checked at once.
fn check_size(rules: &[Rule]) -> Result<()> {
    let limit = |message: String| Err(Error::new(Kind::LimitExceeded, message));
    if rules.len() > MAX_RULES {
        return limit(format!("more than {MAX_RULES} rules in a segment grid"));
    }
    if rules.iter().map(|rule| rule.cells.len()).sum::<usize>() > MAX_PATTERNS {
        return limit(format!("more than {MAX_PATTERNS} cells in the rules of a segment grid"));
    }
    match rules.iter().find(|rule| rule.name.len() > MAX_NAME) {
        Some(rule) => limit(format!("name of a segment longer than {MAX_NAME} bytes: \"{}\"", shorten(&rule.name))),
        None => Ok(()),
    }
}

/// The winners of each cell, by their place among the rules: those of the lowest priority number that match it.
///
/// # Errors
/// [`Kind::InvalidText`] if a pattern is malformed or does not fit the grid, [`Kind::LimitExceeded`] for too many rules.
fn coverage(sizes: &[u8], rules: &[Rule]) -> Result<Vec<Vec<usize>>> {
    check_size(rules)?;
    let mut parsed = Vec::new();
    for rule in rules {
        let patterns: Result<Vec<Pattern>> = rule.cells.iter().map(|text| Pattern::parse(text, sizes)).collect();
        parsed.push(patterns?);
    }
    let winners = cells(sizes).map(|cell| {
        interrupt::check();
        let matching = || (0..rules.len()).filter(|&rule| parsed[rule].iter().any(|pattern| pattern.matches(&cell)));
        let best = matching().map(|rule| rules[rule].priority).min();
        matching().filter(|&rule| Some(rules[rule].priority) == best).collect()
    });
    Ok(winners.collect())
}

/// What keeps rules from being a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Several rules of one priority win a cell.
    Overlap {
        /// The cell.
        cell: String,
        /// The names of the rules, in their order.
        names: Vec<String>,
    },
    /// No rule matches a cell.
    Hole {
        /// The cell.
        cell: String,
    },
    /// No rule of a name wins a cell.
    Unreachable {
        /// The name.
        name: String,
    },
}

impl Problem {
    /// The word for it in SQL.
    pub const fn kind(&self) -> &'static str {
        match self {
            Problem::Overlap { .. } => "overlap",
            Problem::Hole { .. } => "hole",
            Problem::Unreachable { .. } => "unreachable",
        }
    }
}

/// Overlaps, then holes, each by cell; then names that nothing reaches, in the order of the rules.
fn problems(sizes: &[u8], rules: &[Rule], coverage: &[Vec<usize>]) -> Vec<Problem> {
    let text = |cell: Vec<u8>| cell.iter().map(|digit| char::from(b'0' + digit)).collect::<String>();
    let (mut found, mut holes) = (Vec::new(), Vec::new());
    for (cell, winners) in cells(sizes).zip(coverage) {
        match winners.len() {
            0 => holes.push(Problem::Hole { cell: text(cell) }),
            1 => {}
            _ => {
                let names = winners.iter().map(|&rule| rules[rule].name.clone()).collect();
                found.push(Problem::Overlap { cell: text(cell), names });
            }
        }
    }
    found.append(&mut holes);
    let mut named: BTreeSet<&str> = coverage.iter().flatten().map(|&rule| rules[rule].name.as_str()).collect();
    for Rule { name, .. } in rules {
        // Each name once, also one that nothing reaches.
        if named.insert(name) {
            found.push(Problem::Unreachable { name: name.clone() });
        }
    }
    found
}

/// The refusal of a grid with problems: the first of each kind are named.
pub fn refusal(kind: Kind, grid: &str, problems: &[Problem]) -> Error {
    const SHOWN: usize = 5;
    let list = |kind: &str, what: &str, show: &dyn Fn(&Problem) -> String| {
        let shown: Vec<String> = problems.iter().filter(|problem| problem.kind() == kind).map(show).collect();
        let more = if shown.len() > SHOWN { format!(" and {} more", shown.len() - SHOWN) } else { String::new() };
        let first = shown.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        (!shown.is_empty()).then(|| format!("{what}: {first}{more}."))
    };
    let cell = |problem: &Problem| match problem {
        Problem::Overlap { cell, names } => format!("{cell} ({})", shorten(&names.join(", "))),
        Problem::Hole { cell } => cell.clone(),
        Problem::Unreachable { name } => shorten(name),
    };
    let details = [
        list("overlap", "In several segments", &cell),
        list("hole", "In no segment", &cell),
        list("unreachable", "Reached by no cell", &cell),
    ];
    Error::new(kind, format!("segment grid \"{}\" is not a partition", shorten(grid)))
        .detail(details.into_iter().flatten().collect::<Vec<_>>().join(" "))
        .hint(
            "Give each cell to one segment, or let a lower priority number win, and write all rules of a grid in one \
             statement. lifecycle.check_segment_grid lists all cells, also of rules that are in no table.",
        )
}

/// A sound grid, ready to be asked.
#[derive(Debug, Clone)]
pub struct Grid {
    shape: Shape,
    rules: Vec<Rule>,
    /// The rule of each cell.
    winners: Vec<usize>,
}

impl Grid {
    /// # Errors
    /// [`Kind::InvalidParameter`] for rules that are no partition, [`Kind::InvalidText`] for a malformed cell.
    pub fn new(name: &str, definition: Definition) -> Result<Self> {
        let Definition { shape, rules } = definition;
        let sizes = shape.sizes();
        let coverage = coverage(&sizes, &rules)?;
        match problems(&sizes, &rules, &coverage)[..] {
            [] => Ok(Grid { shape, rules, winners: coverage.into_iter().flatten().collect() }),
            ref problems => Err(refusal(Kind::InvalidParameter, name, problems)),
        }
    }

    /// Scores in each dimension.
    pub const fn bins(&self) -> i32 {
        self.shape.bins
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The place among [`Self::rules`] of the rule that a score leads to.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless all scores lie between 1 and the number of bins.
    pub fn rule_of(&self, score: Rfm) -> Result<usize> {
        let cell = self.shape.digits(score)?.fold(0, |index, digit| index * self.shape.bins + digit - 1);
        Ok(self.winners[cell as usize])
    }

    /// The segment of a score.
    ///
    /// # Errors
    /// Those of [`Self::rule_of`].
    pub fn segment(&self, score: Rfm) -> Result<&str> {
        Ok(&self.rules[self.rule_of(score)?].name)
    }

    /// The cell of a score, such as `54`.
    ///
    /// # Errors
    /// Those of [`Self::rule_of`].
    pub fn cell(&self, score: Rfm) -> Result<String> {
        Ok(self.shape.digits(score)?.map(|digit| digit.to_string()).collect())
    }
}

#[cfg(test)]
mod published;
#[cfg(test)]
mod tests;
