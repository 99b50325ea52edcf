//! RFM breaks over a base: the distribution of the three figures, and the values at which one score ends.

use serde::{Deserialize, Serialize};

use super::rfm::{Rfm, RfmValues, below};
use crate::domain::history::money::{Amount, Total};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::support::multiset::Multiset;

/// The fewest and the most bins: one would tell nothing, and a score is for people to read.
pub const BINS: std::ops::RangeInclusive<i32> = 2..=100;

/// The distribution of the three figures over a base: what breaks are computed from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RfmCounts {
    days_since_last: Multiset<i64>,
    purchases: Multiset<i64>,
    spend: Multiset<i64>,
    customers: u64,
}

impl RfmCounts {
    /// Adds one customer.
    ///
    /// A total spend beyond 64 bits counts as the largest there is: it lies in the last bin wherever the others lie.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] for too large a base, [`Kind::OutOfMemory`].
    pub fn add(&mut self, values: RfmValues) -> Result<()> {
        let spend = values.spend.clamp(Total::from(i64::MIN), Total::from(i64::MAX)) as i64;
        self.days_since_last.insert(values.days_since_last)?;
        self.purchases.insert(values.purchases)?;
        self.spend.insert(spend)?;
        self.customers += 1;
        Ok(())
    }

    /// Adds the customers of another part of the base.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] for too large a base.
    pub fn merge(&mut self, other: RfmCounts) -> Result<()> {
        self.days_since_last.merge(other.days_since_last)?;
        self.purchases.merge(other.purchases)?;
        self.spend.merge(other.spend)?;
        self.customers += other.customers;
        Ok(())
    }

    /// How many customers there are.
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] for too large a base.
    pub fn normalize(&mut self) -> Result<()> {
        self.days_since_last.normalize()?;
        self.purchases.normalize()?;
        self.spend.normalize()
    }

    /// The breaks: the discrete quantiles at 1/bins, 2/bins and so on.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] if `bins` is out of range, [`Kind::LimitExceeded`] for too large a base.
    pub fn breaks(&mut self, bins: i32, as_of: Option<String>) -> Result<Option<RfmBreaks>> {
        check_bins(bins)?;
        if self.customers == 0 {
            return Ok(None);
        }
        Ok(Some(RfmBreaks {
            bins,
            recency_days: quantiles(self.days_since_last.counts()?, bins),
            frequency: quantiles(self.purchases.counts()?, bins),
            monetary: quantiles(self.spend.counts()?, bins).into_iter().map(Money).collect(),
            customers: Some(self.customers),
            method: Some(EXACT.to_owned()),
            as_of,
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }))
    }
}

/// How the breaks were computed: no value is approximated.
const EXACT: &str = "exact";

/// # Errors
/// [`Kind::InvalidParameter`] outside [`BINS`].
pub fn check_bins(bins: i32) -> Result<()> {
    if BINS.contains(&bins) {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidParameter, format!("number of bins out of range: {bins}")).detail(format!(
        "bins must lie between {} and {}.",
        BINS.start(),
        BINS.end()
    )))
}

/// The discrete quantiles at i/bins: the first value at which the cumulative share reaches i/bins, in whole numbers, so
/// that no rounding moves a break (the definition of `percentile_disc`, which computes the share in floating point).
fn quantiles(counts: &[(i64, u64)], bins: i32) -> Vec<i64> {
    let total: u128 = counts.iter().map(|&(_, count)| u128::from(count)).sum();
    let mut ascending = counts.iter();
    let (mut value, mut reached) = (0, 0u128);
    let breaks = (1..bins as u128).map(|i| {
        while reached * (bins as u128) < i * total {
            let Some(&(next, count)) = ascending.next() else { break };
            value = next;
            reached += u128::from(count);
        }
        value
    });
    breaks.collect()
}

/// The breaks between scores: bins − 1 ascending values for each of the three figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RfmBreaks {
    /// The number of scores, and one more than there are breaks.
    pub bins: i32,
    /// Breaks of the whole days since the last purchase.
    pub recency_days: Vec<i64>,
    /// Breaks of the number of purchases.
    pub frequency: Vec<i64>,
    /// Breaks of the total spend.
    pub monetary: Vec<Money>,
    /// How many customers they were computed from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<u64>,
    /// "exact", or how they were approximated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The instant for which they were computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The version of the extension that computed them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// An amount in 1/10000 that is a decimal number in JSON, to the last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        // A raw value, since a JSON number made from a double would lose digits beyond 2^53.
        serde_json::value::RawValue::from_string(Amount(self.0).to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let raw: Box<serde_json::value::RawValue> = Deserialize::deserialize(deserializer)?;
        Amount::parse(raw.get()).map(|amount| Money(amount.0)).map_err(serde::de::Error::custom)
    }
}

impl JsonValue for RfmBreaks {
    const TYPE: &'static str = "rfm_breaks";
    const EXAMPLE: &'static str = r#"Write {"bins": 3, "recency_days": [180, 365], "frequency": [1, 2], "monetary": [50, 200]}, or compute them: rfm_breaks(h) OVER ()."#;

    fn check(&mut self) -> std::result::Result<(), String> {
        check_bins(self.bins).map_err(|error| format!("The {}.", error.message))?;
        let lists = [
            ("recency_days", self.recency_days.len(), self.recency_days.is_sorted()),
            ("frequency", self.frequency.len(), self.frequency.is_sorted()),
            ("monetary", self.monetary.len(), self.monetary.is_sorted()),
        ];
        for (name, length, ascending) in lists {
            if length as i32 != self.bins - 1 {
                return Err(format!("{} bins need {} breaks, and {name} has {length}.", self.bins, self.bins - 1));
            }
            if !ascending {
                return Err(format!("The breaks of {name} must ascend."));
            }
        }
        Ok(())
    }
}

impl RfmBreaks {
    /// Scores a customer. Equal values get equal scores; 1 is the worst of each, [`Self::bins`] the best.
    pub fn score(&self, values: RfmValues) -> Rfm {
        Rfm {
            recency: self.bins - below(&self.recency_days, |&days| days < values.days_since_last),
            frequency: 1 + below(&self.frequency, |&purchases| purchases < values.purchases),
            monetary: 1 + below(&self.monetary, |&spend| Total::from(spend.0) < values.spend),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(days_since_last: i64, purchases: i64, spend: Total) -> RfmValues {
        RfmValues { days_since_last, purchases, spend }
    }

    fn breaks_of(base: &[RfmValues], bins: i32) -> RfmBreaks {
        let mut counts = RfmCounts::default();
        base.iter().for_each(|&customer| counts.add(customer).unwrap());
        counts.breaks(bins, None).unwrap().unwrap()
    }

    /// The first value whose rank reaches the share: the definition, on the sorted rows themselves.
    fn naive_quantiles(mut rows: Vec<i64>, bins: usize) -> Vec<i64> {
        rows.sort_unstable();
        (1..bins).map(|i| rows[(i * rows.len()).div_ceil(bins) - 1]).collect()
    }

    fn base() -> impl Strategy<Value = Vec<RfmValues>> {
        let customer = (0i64..50, 1i64..6, -100i64..400).prop_map(|(days, n, spend)| values(days, n, spend.into()));
        prop::collection::vec(customer, 1..200)
    }

    proptest! {
        #[test]
        fn breaks_are_discrete_quantiles(base in base(), bins in 2i32..12) {
            let breaks = breaks_of(&base, bins);
            let column = |f: fn(&RfmValues) -> i64| naive_quantiles(base.iter().map(f).collect(), bins as usize);
            prop_assert_eq!(&breaks.recency_days, &column(|c| c.days_since_last));
            prop_assert_eq!(&breaks.frequency, &column(|c| c.purchases));
            prop_assert_eq!(breaks.monetary.iter().map(|m| m.0).collect::<Vec<_>>(), column(|c| c.spend as i64));
        }

        #[test]
        fn breaks_do_not_depend_on_the_split(base in base(), at: prop::sample::Index, bins in 2i32..12) {
            let (left, right) = base.split_at(at.index(base.len()));
            let mut counts = RfmCounts::default();
            right.iter().for_each(|&customer| counts.add(customer).unwrap());
            let mut others = RfmCounts::default();
            left.iter().for_each(|&customer| others.add(customer).unwrap());
            counts.merge(others).unwrap();
            prop_assert_eq!(counts.breaks(bins, None).unwrap().unwrap(), breaks_of(&base, bins));
        }

        #[test]
        fn scores_are_within_the_bins_and_ordered(base in base(), bins in 2i32..12) {
            let breaks = breaks_of(&base, bins);
            for (a, b) in base.iter().zip(base.iter().rev()) {
                let (sa, sb) = (breaks.score(*a), breaks.score(*b));
                prop_assert!((1..=bins).contains(&sa.recency) && (1..=bins).contains(&sa.frequency));
                prop_assert!((1..=bins).contains(&sa.monetary));
                prop_assert!(a.days_since_last > b.days_since_last || sa.recency >= sb.recency);
                prop_assert!(a.spend < b.spend || sa.monetary >= sb.monetary);
                prop_assert!(a.purchases != b.purchases || sa.frequency == sb.frequency);
            }
        }

        #[test]
        fn json_round_trips(base in base(), bins in 2i32..12) {
            let breaks = breaks_of(&base, bins);
            prop_assert_eq!(RfmBreaks::from_json(&breaks.to_json().unwrap()).unwrap(), breaks);
        }
    }

    #[test]
    fn money_keeps_its_last_digit_in_json() {
        let json = r#"{"bins":2,"recency_days":[1],"frequency":[1],"monetary":[922337203685477.5807]}"#;
        assert_eq!(RfmBreaks::from_json(json).unwrap().to_json().unwrap(), json);
    }

    #[test]
    fn refuses_what_cannot_be_breaks() {
        for json in [
            "",
            "{}",
            "[]",
            "null",
            "{\"bins\":2}",
            r#"{"bins":1,"recency_days":[],"frequency":[],"monetary":[]}"#,
            r#"{"bins":101,"recency_days":[],"frequency":[],"monetary":[]}"#,
            r#"{"bins":3,"recency_days":[1],"frequency":[1,2],"monetary":[1,2]}"#,
            r#"{"bins":3,"recency_days":[2,1],"frequency":[1,2],"monetary":[1,2]}"#,
            r#"{"bins":2,"recency_days":[1],"frequency":[1.5],"monetary":[1]}"#,
            r#"{"bins":2,"recency_days":[1],"frequency":[1],"monetary":["1"]}"#,
            r#"{"bins":2,"recency_days":[1],"frequency":[1],"monetary":[1],"colour":"red"}"#,
            r#"{"bins":2,"recency_days":[1],"frequency":[1],"monetary":[1]} x"#,
        ] {
            assert_eq!(RfmBreaks::from_json(json).unwrap_err().kind, Kind::InvalidText, "{json}");
        }
    }

    #[test]
    fn refuses_bins_out_of_range_and_no_total() {
        let mut counts = RfmCounts::default();
        assert_eq!(counts.breaks(5, None).unwrap(), None);
        assert_eq!(counts.breaks(1, None).unwrap_err().kind, Kind::InvalidParameter);
        // A total beyond 64 bits is the largest there is.
        counts.add(values(0, 1, i128::MAX)).unwrap();
        counts.add(values(0, 1, 5)).unwrap();
        let breaks = counts.breaks(2, None).unwrap().unwrap();
        assert_eq!(breaks.score(values(0, 1, i128::MAX)).monetary, 2);
        assert_eq!(breaks.score(values(0, 1, 5)).monetary, 1);
    }
}
