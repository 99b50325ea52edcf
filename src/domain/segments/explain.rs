//! What led to a customer's segment, and what would lift the customer out of it: one dimension at a time, the others
//! staying as they are.

use super::grid::{Grid, Rule};
use super::rfm::{Rfm, RfmValues, below};
use super::rfm_breaks::RfmBreaks;
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// A figure of a customer: days, purchases, or money in 1/10000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Days or purchases.
    Whole(i128),
    /// Money in 1/10000.
    Money(i128),
}

/// A better score, and what leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The score.
    pub score: i32,
    /// How much more it takes: purchases, spend, or days by which the last purchase would have to be more recent.
    pub needs: Figure,
    /// The segment with this score.
    pub segment: &'a str,
}

/// One dimension of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained<'a> {
    /// `recency`, `frequency` or `monetary`.
    pub dimension: &'static str,
    /// Days since the last purchase, purchases, or total spend.
    pub value: Figure,
    /// Its score.
    pub score: i32,
    /// The score is that of values above this; None if there is no lower bound.
    pub above: Option<Figure>,
    /// The score is that of values up to this; None if there is no upper bound.
    pub up_to: Option<Figure>,
    /// The next better score; None for the best.
    pub next: Option<Step<'a>>,
    /// The nearest better score with another segment; None if none has.
    pub lift: Option<Step<'a>>,
}

/// An explanation: the cell, its rule, and each dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation<'a> {
    /// The cell, such as `54`.
    pub cell: String,
    /// The rule that won it.
    pub rule: &'a Rule,
    /// Recency, frequency, monetary.
    pub dimensions: Vec<Explained<'a>>,
}

/// Explains the segment of a customer.
///
/// # Errors
/// [`Kind::InvalidParameter`] if breaks and grid have not as many bins.
pub fn explain<'a>(values: RfmValues, breaks: &RfmBreaks, name: &str, grid: &'a Grid) -> Result<Explanation<'a>> {
    if breaks.bins != grid.bins() {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("breaks of {} bins do not fit segment grid \"{}\"", breaks.bins, shorten(name)),
        )
        .detail(format!("The grid has {} scores in each dimension.", grid.bins()))
        .hint(format!("Make breaks of {} bins: rfm_breaks(h, as_of, {}).", grid.bins(), grid.bins())));
    }
    let score = breaks.score(values);
    let monetary: Vec<i128> = breaks.monetary.iter().map(|spend| spend.0.into()).collect();
    let whole = |breaks: &[i64]| breaks.iter().map(|&value| value.into()).collect::<Vec<i128>>();
    let scales = [
        Scale {
            dimension: "recency",
            value: values.days_since_last.into(),
            breaks: whole(&breaks.recency_days),
            figure: Figure::Whole,
            falling: true,
        },
        Scale {
            dimension: "frequency",
            value: values.purchases.into(),
            breaks: whole(&breaks.frequency),
            figure: Figure::Whole,
            falling: false,
        },
        Scale { dimension: "monetary", value: values.spend, breaks: monetary, figure: Figure::Money, falling: false },
    ];
    let with = [
        |score, recency| Rfm { recency, ..score },
        |score, frequency| Rfm { frequency, ..score },
        |score, monetary| Rfm { monetary, ..score },
    ];
    let dimensions = scales.iter().zip(with).map(|(scale, with)| scale.explain(grid, score, with));
    Ok(Explanation {
        cell: grid.cell(score)?,
        rule: &grid.rules()[grid.rule_of(score)?],
        dimensions: dimensions.collect::<Result<_>>()?,
    })
}

/// A value among the ascending breaks of its dimension.
struct Scale {
    dimension: &'static str,
    value: i128,
    breaks: Vec<i128>,
    figure: fn(i128) -> Figure,
    /// Whether lower values are better.
    falling: bool,
}

impl Scale {
    /// How many breaks lie strictly below a value: its class.
    fn class(&self, value: i128) -> i32 {
        below(&self.breaks, |&end| end < value)
    }

    fn score(&self, value: i128) -> i32 {
        if self.falling { self.breaks.len() as i32 + 1 - self.class(value) } else { self.class(value) + 1 }
    }

    /// The nearest value with a better score than this one. Where breaks are equal it passes over the scores that no customer has.
    fn better(&self, value: i128) -> Option<i128> {
        let class = self.class(value) as usize;
        if self.falling {
            class.checked_sub(1).map(|before| self.breaks[before])
        } else {
            self.breaks.get(class).map(|end| end + 1)
        }
    }

    fn explain<'a>(&self, grid: &'a Grid, score: Rfm, with: impl Fn(Rfm, i32) -> Rfm) -> Result<Explained<'a>> {
        let class = self.class(self.value) as usize;
        let segment = grid.segment(score)?;
        let better = std::iter::successors(self.better(self.value), |&value| self.better(value));
        let steps = better.map(|value| {
            let score = with(score, self.score(value));
            Ok(Step {
                score: self.score(value),
                needs: (self.figure)((value - self.value).abs()),
                segment: grid.segment(score)?,
            })
        });
        let steps = steps.collect::<Result<Vec<Step<'a>>>>()?;
        Ok(Explained {
            dimension: self.dimension,
            value: (self.figure)(self.value),
            score: self.score(self.value),
            above: class.checked_sub(1).map(|before| (self.figure)(self.breaks[before])),
            up_to: self.breaks.get(class).map(|&end| (self.figure)(end)),
            next: steps.first().copied(),
            lift: steps.into_iter().find(|step| step.segment != segment),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::segments::grid::Definition;
    use crate::domain::segments::rfm_breaks::Money;

    fn grid(dimensions: &str, bins: i32, rules: &[(&str, &str, i32)]) -> Grid {
        let rules: Vec<String> = rules
            .iter()
            .map(|(cell, name, priority)| {
                format!(r#"{{"cells": ["{cell}"], "name": "{name}", "priority": {priority}}}"#)
            })
            .collect();
        let json = format!(r#"{{"dimensions": "{dimensions}", "bins": {bins}, "rules": [{}]}}"#, rules.join(","));
        Grid::new("test", Definition::from_json(&json).unwrap()).unwrap()
    }

    fn breaks(recency: &[i64], frequency: &[i64], monetary: &[i64]) -> RfmBreaks {
        RfmBreaks {
            bins: recency.len() as i32 + 1,
            recency_days: recency.to_vec(),
            frequency: frequency.to_vec(),
            monetary: monetary.iter().map(|&units| Money(units)).collect(),
            customers: None,
            method: None,
            as_of: None,
            version: None,
        }
    }

    #[test]
    fn steps_begin_just_beyond_a_break() {
        let grid =
            grid("R,F,M", 3, &[("333", "best", 1), ("3**", "recent", 2), ("*3*", "often", 3), ("***", "rest", 4)]);
        let breaks = breaks(&[180, 365], &[1, 2], &[500_000, 1_000_000]);
        let values = RfmValues { days_since_last: 400, purchases: 1, spend: 600_000 };
        let found = explain(values, &breaks, "test", &grid).unwrap();
        assert_eq!((found.cell.as_str(), found.rule.name.as_str(), found.rule.priority), ("112", "rest", 4));
        let [recency, frequency, monetary] = &found.dimensions[..] else { panic!("three dimensions") };
        assert_eq!((recency.score, recency.above, recency.up_to), (1, Some(Figure::Whole(365)), None));
        assert_eq!(recency.next, Some(Step { score: 2, needs: Figure::Whole(35), segment: "rest" }));
        assert_eq!(recency.lift, Some(Step { score: 3, needs: Figure::Whole(220), segment: "recent" }));
        assert_eq!((frequency.score, frequency.above, frequency.up_to), (1, None, Some(Figure::Whole(1))));
        assert_eq!(frequency.next, Some(Step { score: 2, needs: Figure::Whole(1), segment: "rest" }));
        assert_eq!(frequency.lift, Some(Step { score: 3, needs: Figure::Whole(2), segment: "often" }));
        assert_eq!((monetary.above, monetary.up_to), (Some(Figure::Money(500_000)), Some(Figure::Money(1_000_000))));
        assert_eq!(monetary.next, Some(Step { score: 3, needs: Figure::Money(400_001), segment: "rest" }));
        assert_eq!(monetary.lift, None);
        let best = RfmValues { days_since_last: 180, purchases: 3, spend: 1_000_001 };
        let found = explain(best, &breaks, "test", &grid).unwrap();
        assert!(found.dimensions.iter().all(|dimension| dimension.next.is_none() && dimension.lift.is_none()));
    }

    #[test]
    fn equal_breaks_are_one_step() {
        let grid = grid("R,FM", 5, &[("**", "all", 1)]);
        let breaks = breaks(&[10, 10, 10, 20], &[1, 1, 2, 2], &[0, 0, 0, i64::MAX]);
        let values = RfmValues { days_since_last: 15, purchases: 1, spend: 1 };
        let found = explain(values, &breaks, "test", &grid).unwrap();
        let steps: Vec<_> = found.dimensions.iter().map(|d| d.next.map(|step| (step.score, step.needs))).collect();
        let expected = [(5, Figure::Whole(5)), (3, Figure::Whole(1)), (5, Figure::Money(i128::from(i64::MAX)))];
        assert_eq!(steps, expected.map(Some));
    }

    #[test]
    fn breaks_and_grid_must_fit() {
        let values = RfmValues { days_since_last: 1, purchases: 1, spend: 1 };
        let two = grid("R,FM", 2, &[("**", "all", 1)]);
        let error = explain(values, &breaks(&[1, 2], &[1, 2], &[1, 2]), "two", &two).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidParameter);
        assert_eq!(error.message, "breaks of 3 bins do not fit segment grid \"two\"");
    }

    fn sorted() -> impl Strategy<Value = Vec<i64>> {
        prop::collection::vec(0i64..12, 4).prop_map(|mut values| {
            values.sort_unstable();
            values
        })
    }

    proptest! {
        /// What is said of a step is so: with that much more the score is the one named, with less it is the old one.
        #[test]
        fn steps_are_true_and_nearest(
            lists in (sorted(), sorted(), sorted()), days in 0i64..14, purchases in 1i64..14, spend in -3i64..14,
        ) {
            let breaks = breaks(&lists.0, &lists.1, &lists.2);
            let rules = [("[4-5][4-5]*", "a", 1), ("[2-4]*[1-2]", "b", 2), ("*1*", "c", 3), ("***", "d", 4)];
            let grid = grid("R,F,M", 5, &rules);
            let at = |days, purchases, spend: i64| RfmValues { days_since_last: days, purchases, spend: spend.into() };
            let values = at(days, purchases, spend);
            let old = breaks.score(values);
            let found = explain(values, &breaks, "test", &grid).unwrap();
            prop_assert_eq!(&found.rule.name, grid.segment(old).unwrap());
            for (i, dimension) in found.dimensions.iter().enumerate() {
                let moved = |by: i64| match i {
                    0 => breaks.score(at(days - by, purchases, spend)),
                    1 => breaks.score(at(days, purchases + by, spend)),
                    _ => breaks.score(at(days, purchases, spend + by)),
                };
                let scores = |score: Rfm| [score.recency, score.frequency, score.monetary][i];
                prop_assert_eq!(dimension.score, scores(old));
                let first = |is: &dyn Fn(Rfm) -> bool| (1..40).find(|&by| is(moved(by)));
                let plain = |step: Option<Step<'_>>| step.map(|step| match step.needs {
                    Figure::Whole(needs) | Figure::Money(needs) => needs as i64,
                });
                let next = first(&|score| scores(score) > scores(old));
                let lift = first(&|score| grid.segment(score).unwrap() != grid.segment(old).unwrap());
                prop_assert_eq!(plain(dimension.next), next);
                prop_assert_eq!(plain(dimension.lift), lift);
                for (step, by) in [(dimension.next, next), (dimension.lift, lift)] {
                    if let (Some(step), Some(by)) = (step, by) {
                        prop_assert_eq!(step.score, scores(moved(by)));
                        prop_assert_eq!(step.segment, grid.segment(moved(by)).unwrap());
                    }
                }
            }
        }
    }
}
