//! Rules as they are published, with their mistakes: for tests only.

use super::Rule;

/// A range of each position for each name: of recency, and of what follows.
type Ranges<'a, const N: usize> = &'a [(&'a str, [(u8, u8); N])];

/// One rule for each range, in the order of the list: all of priority 1, or the first match wins.
fn rules<const N: usize>(ranges: Ranges<'_, N>, first_wins: bool) -> Vec<Rule> {
    let class = |&(low, high): &(u8, u8)| format!("[{low}-{high}]");
    let rules = (1..).zip(ranges).map(|(place, (name, range))| Rule {
        cells: vec![range.iter().map(class).collect()],
        name: (*name).to_owned(),
        priority: if first_wins { place } else { 1 },
    });
    rules.collect()
}

/// Putler's eleven ranges of recency and of the mean of frequency and monetary score. Scores of 0 are left out. A mean in
/// half steps is a position of nine: 1 is 1, 1.5 is 2, and so on to 5, which is 9.
pub fn putler(first_wins: bool) -> Vec<Rule> {
    let ranges: Ranges<'_, 2> = &[
        ("Champions", [(4, 5), (4, 5)]),
        ("Loyal Customers", [(2, 5), (3, 5)]),
        ("Potential Loyalist", [(3, 5), (1, 3)]),
        ("Recent (New) Customers", [(4, 5), (1, 1)]),
        ("Promising", [(3, 4), (1, 1)]),
        ("Customers Needing Attention", [(2, 3), (2, 3)]),
        ("About To Sleep", [(2, 3), (1, 2)]),
        ("At Risk", [(1, 2), (2, 5)]),
        ("Can't Lose Them", [(1, 1), (4, 5)]),
        ("Hibernating", [(1, 2), (1, 2)]),
        ("Lost", [(1, 2), (1, 2)]),
    ];
    let halves = |(name, [r, (low, high)]): &(_, [(u8, u8); 2])| (*name, [*r, (2 * low - 1, 2 * high - 1)]);
    rules(&ranges.iter().map(halves).collect::<Vec<_>>(), first_wins)
}

/// The arrays that the R package rfm documents since 0.3.0.
pub fn r_rfm_0_3(first_wins: bool) -> Vec<Rule> {
    let ranges: Ranges<'_, 3> = &[
        ("Champions", [(5, 5), (5, 5), (5, 5)]),
        ("Potential Loyalist", [(3, 5), (3, 5), (2, 5)]),
        ("Loyal Customers", [(2, 4), (2, 4), (2, 4)]),
        ("Promising", [(3, 4), (1, 3), (3, 5)]),
        ("New Customers", [(4, 5), (1, 3), (1, 5)]),
        ("Can't Lose Them", [(1, 2), (3, 4), (4, 5)]),
        ("At Risk", [(1, 2), (2, 5), (4, 5)]),
        ("Need Attention", [(1, 3), (3, 5), (3, 5)]),
        ("About To Sleep", [(2, 3), (1, 3), (1, 4)]),
        ("Lost", [(1, 1), (1, 5), (1, 5)]),
    ];
    rules(ranges, first_wins)
}

/// The arrays of 0.2.2, where frequency and monetary score have the same.
pub fn r_rfm_0_2(first_wins: bool) -> Vec<Rule> {
    let ranges: Ranges<'_, 3> = &[
        ("Champions", [(4, 5), (4, 5), (4, 5)]),
        ("Loyal Customers", [(2, 5), (3, 5), (3, 5)]),
        ("Potential Loyalist", [(3, 5), (1, 3), (1, 3)]),
        ("New Customers", [(4, 5), (1, 1), (1, 1)]),
        ("Promising", [(3, 4), (1, 1), (1, 1)]),
        ("Need Attention", [(2, 3), (2, 3), (2, 3)]),
        ("About To Sleep", [(2, 3), (1, 2), (1, 2)]),
        ("At Risk", [(1, 2), (2, 5), (2, 5)]),
        ("Can't Lose Them", [(1, 1), (4, 5), (4, 5)]),
        ("Lost", [(1, 2), (1, 2), (1, 2)]),
    ];
    rules(ranges, first_wins)
}

/// The 18 codes that pymc-marketing's default, on quartiles, leaves to "Other".
pub const PYMC_OTHER: [&str; 18] = [
    "121", "131", "141", "142", "213", "221", "231", "241", "242", "321", "331", "341", "342", "421", "431", "432",
    "441", "442",
];

/// The 25 cells in common use: recency, then the mean of frequency and monetary score.
pub const RFM_25: [(&str, &str); 11] = [
    ("Champions", "55 54 45"),
    ("Loyal", "53 44 35 34"),
    ("Potential Loyalist", "52 42 33 43"),
    ("Recent", "51"),
    ("Promising", "41 31"),
    ("Needs Attention", "32 23 22"),
    ("About To Sleep", "21"),
    ("At Risk", "25 24 13"),
    ("Can't Lose", "15 14"),
    ("Hibernating", "12"),
    ("Lost", "11"),
];
