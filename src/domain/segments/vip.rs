//! VIPs: customers who are at the top of the base by number of purchases, length of the relationship and spend together.

use serde::{Deserialize, Serialize};

use super::rfm_breaks::Money;
use crate::domain::history::History;
use crate::domain::history::money::Total;
use crate::domain::history::summary::Facts;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::support::multiset::Multiset;
use crate::domain::time::instant::{DAY, Instant};

/// The share of customers at the top where none is given.
pub const DEFAULT_TOP_SHARE: f64 = 0.2;

/// The three figures that make a VIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VipValues {
    /// Number of purchases.
    pub purchases: i64,
    /// Whole days of 24 hours since the first purchase.
    pub tenure_days: i64,
    /// Total spend in 1/10000.
    pub spend: Total,
}

impl VipValues {
    /// Reads the entries at or before `as_of`; None without a purchase.
    pub fn of(history: &History, as_of: Instant) -> Option<Self> {
        let facts = Facts::of(history, as_of);
        let (first, _) = facts.span?;
        Some(VipValues {
            purchases: facts.purchases.into(),
            tenure_days: as_of.since(first).div_euclid(DAY),
            spend: facts.spend,
        })
    }
}

/// The distribution of the three figures over a base.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct VipCounts {
    purchases: Multiset<i64>,
    tenure_days: Multiset<i64>,
    spend: Multiset<i64>,
    total: Total,
    customers: u64,
}

impl VipCounts {
    /// Adds one customer. A total spend beyond 64 bits counts as the largest there is.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] for too large a base, [`Kind::OutOfMemory`].
    pub fn add(&mut self, values: VipValues) -> Result<()> {
        let spend = values.spend.clamp(Total::from(i64::MIN), Total::from(i64::MAX)) as i64;
        self.purchases.insert(values.purchases)?;
        self.tenure_days.insert(values.tenure_days)?;
        self.spend.insert(spend)?;
        self.total += Total::from(spend);
        self.customers += 1;
        Ok(())
    }

    /// Adds the customers of another part of the base.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] for too large a base.
    pub fn merge(&mut self, other: VipCounts) -> Result<()> {
        self.purchases.merge(other.purchases)?;
        self.tenure_days.merge(other.tenure_days)?;
        self.spend.merge(other.spend)?;
        self.total += other.total;
        self.customers += other.customers;
        Ok(())
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] for too large a base.
    pub fn normalize(&mut self) -> Result<()> {
        self.purchases.normalize()?;
        self.tenure_days.normalize()?;
        self.spend.normalize()
    }

    /// The breaks: of each figure the discrete quantile at 1 − `top_share`. None for a base without a purchase.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] if `top_share` is out of range, [`Kind::LimitExceeded`] for too large a base.
    pub fn breaks(&mut self, top_share: f64, as_of: Option<String>) -> Result<Option<VipBreaks>> {
        check_top_share(top_share)?;
        if self.customers == 0 {
            return Ok(None);
        }
        // The mean of 64-bit numbers, halves away from zero, is one.
        let customers = Total::from(self.customers);
        let mean = (2 * self.total.abs() + customers) / (2 * customers) * self.total.signum();
        Ok(Some(VipBreaks {
            purchases: quantile(self.purchases.counts()?, top_share),
            tenure_days: quantile(self.tenure_days.counts()?, top_share),
            spend: Money(quantile(self.spend.counts()?, top_share)),
            top_share: Some(top_share),
            mean_spend: Some(Money(mean as i64)),
            customers: Some(self.customers),
            as_of,
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }))
    }
}

/// # Errors
/// [`Kind::InvalidParameter`] unless the share lies strictly between 0 and 1.
pub fn check_top_share(top_share: f64) -> Result<()> {
    if top_share > 0.0 && top_share < 1.0 {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidParameter, format!("top_share out of range: {top_share}"))
        .detail("top_share must lie between 0 and 1, such as 0.2 for a fifth of the customers."))
}

/// `percentile_disc(1 - top_share)`: the first value at which the cumulative share reaches it. The share is taken as the
/// decimal number that was written, to nine places: 0.29 of 100 customers are 29, and not the 28.999… of floating point.
fn quantile(counts: &[(i64, u64)], top_share: f64) -> i64 {
    const ONE: u128 = 1_000_000_000;
    let share = (top_share * ONE as f64).round() as u128;
    let total: u128 = counts.iter().map(|&(_, count)| u128::from(count)).sum();
    let mut reached = 0u128;
    let first = counts.iter().find(|&&(_, count)| {
        reached += u128::from(count);
        reached * ONE >= (ONE - share) * total
    });
    first.or(counts.last()).map_or(0, |&(value, _)| value)
}

/// The least that a VIP has of each figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VipBreaks {
    /// Number of purchases.
    pub purchases: i64,
    /// Whole days of 24 hours since the first purchase.
    pub tenure_days: i64,
    /// Total spend.
    pub spend: Money,
    /// The share of customers that reach each of them, or more where values are equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_share: Option<f64>,
    /// The mean of total spend over the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_spend: Option<Money>,
    /// How many customers they were computed from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<u64>,
    /// The instant for which they were computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The version of the extension that computed them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl JsonValue for VipBreaks {
    const TYPE: &'static str = "vip_breaks";
    const EXAMPLE: &'static str = r#"Write {"purchases": 5, "tenure_days": 365, "spend": 500}."#;

    fn check(&mut self) -> std::result::Result<(), String> {
        self.top_share.map_or(Ok(()), check_top_share).map_err(|error| format!("The {}.", error.message))
    }
}

impl VipBreaks {
    /// Whether a customer is at or above all three.
    pub fn is_vip(&self, values: VipValues) -> bool {
        values.purchases >= self.purchases
            && values.tenure_days >= self.tenure_days
            && values.spend >= Total::from(self.spend.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(base: &[VipValues]) -> VipCounts {
        let mut counts = VipCounts::default();
        base.iter().for_each(|&customer| counts.add(customer).unwrap());
        counts
    }

    fn base() -> impl Strategy<Value = Vec<VipValues>> {
        let customer = (1i64..9, 0i64..50, -100i64..400).prop_map(|(purchases, tenure_days, spend)| VipValues {
            purchases,
            tenure_days,
            spend: spend.into(),
        });
        prop::collection::vec(customer, 1..200)
    }

    proptest! {
        #[test]
        fn breaks_are_discrete_quantiles(base in base(), percent in 1usize..100) {
            let breaks = counts(&base).breaks(percent as f64 / 100.0, None).unwrap().unwrap();
            // The first value whose rank reaches the share: the definition, on the sorted rows themselves.
            let naive = |f: fn(&VipValues) -> i64| {
                let mut rows: Vec<i64> = base.iter().map(f).collect();
                rows.sort_unstable();
                rows[((100 - percent) * rows.len()).div_ceil(100) - 1]
            };
            prop_assert_eq!(breaks.purchases, naive(|c| c.purchases));
            prop_assert_eq!(breaks.tenure_days, naive(|c| c.tenure_days));
            prop_assert_eq!(breaks.spend.0, naive(|c| c.spend as i64));
            let mean = base.iter().map(|c| c.spend as f64).sum::<f64>() / base.len() as f64;
            prop_assert!((breaks.mean_spend.unwrap().0 as f64 - mean).abs() <= 0.5 + 1e-9);
            prop_assert_eq!(breaks.customers, Some(base.len() as u64));
        }

        #[test]
        fn breaks_do_not_depend_on_the_split(base in base(), at: prop::sample::Index, share in 0.001f64..0.999) {
            let (left, right) = base.split_at(at.index(base.len()));
            let mut parts = counts(right);
            parts.merge(counts(left)).unwrap();
            prop_assert_eq!(parts.breaks(share, None).unwrap(), counts(&base).breaks(share, None).unwrap());
        }

        #[test]
        fn json_round_trips(base in base(), share in 0.001f64..0.999) {
            let breaks = counts(&base).breaks(share, Some("now".into())).unwrap().unwrap();
            prop_assert_eq!(VipBreaks::from_json(&breaks.to_json().unwrap()).unwrap(), breaks);
        }
    }

    #[test]
    fn a_vip_reaches_all_three() {
        let breaks = VipBreaks::from_json(r#"{"purchases": 5, "tenure_days": 365, "spend": 500.5}"#).unwrap();
        let at = |purchases, tenure_days, spend| VipValues { purchases, tenure_days, spend };
        assert!(breaks.is_vip(at(5, 365, 5_005_000)));
        assert!(breaks.is_vip(at(6, 366, Total::MAX)));
        for less in [at(4, 365, 5_005_000), at(5, 364, 5_005_000), at(5, 365, 5_004_999)] {
            assert!(!breaks.is_vip(less), "{less:?}");
        }
    }

    #[test]
    fn values_are_those_of_purchases() {
        let at = |text: &str| Instant::parse(text).unwrap();
        let h = History::parse("{2024-01-01 -3, 2024-01-10 10, 2024-01-20 20.5, 2024-03-01 -5}").unwrap();
        let values = VipValues { purchases: 2, tenure_days: 21, spend: 275_000 };
        assert_eq!(VipValues::of(&h, at("2024-01-31T23:59:59Z")), Some(values));
        assert_eq!(VipValues::of(&h, at("2024-01-09")), None);
        assert_eq!(VipValues::of(&h, at("2024-03-01")).unwrap().spend, 225_000);
    }

    #[test]
    fn a_share_is_the_decimal_that_was_written() {
        let rows: Vec<(i64, u64)> = (1..=100).map(|value| (value, 1)).collect();
        for percent in 1..100 {
            assert_eq!(quantile(&rows, f64::from(percent) / 100.0), 100 - i64::from(percent), "{percent}");
        }
        assert_eq!(quantile(&rows, 1e-12), 100);
        assert_eq!(quantile(&rows, 1.0 - 1e-12), 1);
    }

    #[test]
    fn refuses_what_cannot_be_breaks() {
        for json in [
            "",
            "{}",
            "[]",
            "[5, 365, 500]",
            "null",
            r#"{"purchases": 5, "tenure_days": 365}"#,
            r#"{"purchases": 5.5, "tenure_days": 365, "spend": 1}"#,
            r#"{"purchases": 5, "tenure_days": 365, "spend": "1"}"#,
            r#"{"purchases": 5, "tenure_days": 365, "spend": 1, "top_share": 1}"#,
            r#"{"purchases": 5, "tenure_days": 365, "spend": 1, "colour": "red"}"#,
            r#"{"purchases": 5, "tenure_days": 365, "spend": 1} x"#,
        ] {
            assert_eq!(VipBreaks::from_json(json).unwrap_err().kind, Kind::InvalidText, "{json}");
        }
        for share in [0.0, 1.0, -0.2, f64::NAN, f64::INFINITY] {
            assert_eq!(counts(&[]).breaks(share, None).unwrap_err().kind, Kind::InvalidParameter, "{share}");
        }
        assert_eq!(counts(&[]).breaks(0.2, None).unwrap(), None);
        // A total beyond 64 bits is the largest there is.
        let rich = VipValues { purchases: 1, tenure_days: 0, spend: Total::MAX };
        let breaks = counts(&[rich, rich]).breaks(0.2, None).unwrap().unwrap();
        assert_eq!((breaks.spend.0, breaks.mean_spend.unwrap().0), (i64::MAX, i64::MAX));
    }
}
