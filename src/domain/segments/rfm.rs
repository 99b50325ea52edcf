//! Recency, frequency, monetary value: the three figures of a customer, their scores, and the segment of the scores.

use crate::domain::history::money::{Amount, Total};
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// The three figures of a customer that are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RfmValues {
    /// Whole days of 24 hours since the last purchase.
    pub days_since_last: i64,
    /// Number of purchases.
    pub purchases: i64,
    /// Total spend in 1/10000.
    pub spend: Total,
}

/// The number of breaks strictly below a value.
pub fn below<T>(breaks: &[T], is_below: impl Fn(&T) -> bool) -> i32 {
    breaks.partition_point(is_below) as i32
}

/// Scores a customer by thresholds given by hand, which may differ in number: recency scores run from 1 to one more
/// than there are recency thresholds, and so for the others.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless each list ascends.
pub fn score_by_thresholds(
    values: RfmValues,
    recency_days: &[i64],
    frequency: &[i64],
    monetary: &[i64],
) -> Result<Rfm> {
    let as_money = |units: &i64| Amount(*units).to_string();
    ascending("recency_days", recency_days, i64::to_string)?;
    ascending("frequency", frequency, i64::to_string)?;
    ascending("monetary", monetary, as_money)?;
    Ok(Rfm {
        recency: 1 + recency_days.len() as i32 - below(recency_days, |&days| days < values.days_since_last),
        frequency: 1 + below(frequency, |&purchases| purchases < values.purchases),
        monetary: 1 + below(monetary, |&spend| Total::from(spend) < values.spend),
    })
}

fn ascending(name: &str, thresholds: &[i64], show: impl Fn(&i64) -> String) -> Result<()> {
    if thresholds.is_sorted() {
        return Ok(());
    }
    let shown = thresholds.iter().map(show).collect::<Vec<_>>().join(", ");
    Err(Error::new(Kind::InvalidParameter, format!("thresholds of {name} do not ascend: {}", shorten(&shown))).hint(
        "Give the upper bound of each class but the last, in ascending order: array[180, 365] makes three classes.",
    ))
}

/// The three scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfm {
    /// High is recent.
    pub recency: i32,
    /// High is often.
    pub frequency: i32,
    /// High is much.
    pub monetary: i32,
}

impl Rfm {
    /// The digits as one number: 5-4-3 is 543.
    ///
    /// # Errors
    /// [`Kind::NumericOutOfRange`] unless each score has one digit.
    pub fn code(self) -> Result<i32> {
        let digits = [self.recency, self.frequency, self.monetary];
        if digits.iter().all(|digit| (0..=9).contains(digit)) {
            return Ok(digits.iter().fold(0, |code, digit| 10 * code + digit));
        }
        Err(Error::new(Kind::NumericOutOfRange, format!("RFM score {self} has no three-digit code"))
            .detail("Each score must have one digit.")
            .hint("Use at most 9 bins, or the text form."))
    }

    /// Reads `5-4-3`, and the row `(5,4,3)`.
    ///
    /// # Errors
    /// [`Kind::InvalidText`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        // As text() writes it, and as the server writes a row.
        let row = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let (list, separator) = row.map_or((text, '-'), |row| (row, ','));
        let scores: Option<Vec<i32>> = list.split(separator).map(|score| score.parse().ok()).collect();
        match scores.as_deref() {
            Some(&[recency, frequency, monetary]) => Ok(Rfm { recency, frequency, monetary }),
            _ => Err(Error::new(Kind::InvalidText, format!("invalid RFM score: \"{}\"", shorten(text)))
                .detail("Expected three whole numbers joined by hyphens, such as 5-4-3.")),
        }
    }

    /// The segment on the grid of 25 cells in common use: recency against the mean of frequency and monetary score,
    /// halves rounded up, so that 4 and 5 make 5.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless all scores lie between 1 and 5.
    pub fn segment(self) -> Result<&'static str> {
        let digits = [self.recency, self.frequency, self.monetary];
        if !digits.iter().all(|digit| (1..=5).contains(digit)) {
            return Err(Error::new(
                Kind::InvalidParameter,
                format!("RFM score {self} does not lie on the 5 by 5 grid"),
            )
            .detail("The segment grid needs scores from 1 to 5.")
            .hint("Score with breaks of 5 bins, the default of rfm_breaks."));
        }
        let row = 5 - self.recency as usize;
        let column = ((self.frequency + self.monetary + 1) / 2 - 1) as usize;
        Ok(GRID[row][column])
    }
}

impl std::fmt::Display for Rfm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.recency, self.frequency, self.monetary)
    }
}

/// Rows: recency 5 down to 1. Columns: mean of frequency and monetary score 1 up to 5.
const GRID: [[&str; 5]; 5] = [
    ["Recent", "Potential Loyalist", "Loyal", "Champions", "Champions"],
    ["Promising", "Potential Loyalist", "Potential Loyalist", "Loyal", "Champions"],
    ["Promising", "Needs Attention", "Potential Loyalist", "Loyal", "Loyal"],
    ["About To Sleep", "Needs Attention", "Needs Attention", "At Risk", "At Risk"],
    ["Lost", "Hibernating", "At Risk", "Can't Lose", "Can't Lose"],
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn rfm(recency: i32, frequency: i32, monetary: i32) -> Rfm {
        Rfm { recency, frequency, monetary }
    }

    #[test]
    fn thresholds_are_upper_bounds() {
        let score = |days_since_last, purchases, spend| {
            let values = RfmValues { days_since_last, purchases, spend };
            score_by_thresholds(values, &[180, 365], &[1, 2], &[500_000]).unwrap()
        };
        assert_eq!(score(180, 1, 500_000), rfm(3, 1, 1));
        assert_eq!(score(181, 2, 500_001), rfm(2, 2, 2));
        assert_eq!(score(366, 3, -1), rfm(1, 3, 1));
        let values = RfmValues { days_since_last: 1, purchases: 1, spend: 1 };
        let error = score_by_thresholds(values, &[365, 180], &[], &[]).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidParameter);
        assert_eq!(score_by_thresholds(values, &[], &[], &[]).unwrap(), rfm(1, 1, 1));
    }

    #[test]
    fn text_and_code() {
        assert_eq!(rfm(5, 4, 3).to_string(), "5-4-3");
        assert_eq!(Rfm::parse(" 10-9-1 ").unwrap(), rfm(10, 9, 1));
        assert_eq!(Rfm::parse("(5,4,3)").unwrap(), rfm(5, 4, 3));
        assert_eq!(rfm(5, 4, 3).code().unwrap(), 543);
        assert_eq!(rfm(10, 1, 1).code().unwrap_err().kind, Kind::NumericOutOfRange);
        for text in
            ["", "5-4", "5-4-3-2", "5-4-x", "543", "5--4-3", "99999999999-1-1", "(5-4-3)", "(5,4)", "5,4,3", "(5,,3)"]
        {
            assert_eq!(Rfm::parse(text).unwrap_err().kind, Kind::InvalidText, "{text}");
        }
    }

    /// The published partition, cell by cell: recency, then the mean of frequency and monetary.
    const PUBLISHED: [(&str, &[(i32, i32)]); 11] = [
        ("Champions", &[(5, 5), (5, 4), (4, 5)]),
        ("Loyal", &[(5, 3), (4, 4), (3, 5), (3, 4)]),
        ("Potential Loyalist", &[(5, 2), (4, 2), (3, 3), (4, 3)]),
        ("Recent", &[(5, 1)]),
        ("Promising", &[(4, 1), (3, 1)]),
        ("Needs Attention", &[(3, 2), (2, 3), (2, 2)]),
        ("About To Sleep", &[(2, 1)]),
        ("At Risk", &[(2, 5), (2, 4), (1, 3)]),
        ("Can't Lose", &[(1, 5), (1, 4)]),
        ("Hibernating", &[(1, 2)]),
        ("Lost", &[(1, 1)]),
    ];

    #[test]
    fn the_grid_is_the_published_partition() {
        let mut cells = BTreeMap::new();
        for (segment, of_segment) in PUBLISHED {
            of_segment.iter().for_each(|&cell| assert_eq!(cells.insert(cell, segment), None, "{cell:?} twice"));
        }
        assert_eq!(cells.len(), 25);
        for ((recency, both), segment) in cells {
            assert_eq!(rfm(recency, both, both).segment().unwrap(), segment, "{recency} {both}");
        }
        assert_eq!(rfm(5, 5, 4).segment().unwrap(), rfm(5, 5, 5).segment().unwrap(), "halves round up");
        assert_eq!(rfm(1, 2, 3).segment().unwrap(), "At Risk");
        for off in [rfm(0, 1, 1), rfm(6, 1, 1), rfm(1, 10, 1), rfm(1, 1, -1)] {
            assert_eq!(off.segment().unwrap_err().kind, Kind::InvalidParameter);
        }
    }
}
