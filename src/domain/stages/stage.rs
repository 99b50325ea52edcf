//! The lifecycle stage by order rhythm: prospect, new, active, at risk, lapsed.

use crate::domain::support::error::{Error, Kind, Result};

/// Where a customer stands, by how overdue the next purchase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LifecycleStage {
    /// No purchase yet.
    Prospect,
    /// One purchase day, not overdue.
    New,
    /// Several purchase days, in rhythm.
    Active,
    /// Overdue.
    AtRisk,
    /// Long overdue.
    Lapsed,
}

impl LifecycleStage {
    /// All of them.
    pub const ALL: [LifecycleStage; 5] = {
        use LifecycleStage::*;
        [Prospect, New, Active, AtRisk, Lapsed]
    };

    /// The label of the enum in SQL.
    pub const fn label(self) -> &'static str {
        match self {
            LifecycleStage::Prospect => "prospect",
            LifecycleStage::New => "new",
            LifecycleStage::Active => "active",
            LifecycleStage::AtRisk => "at_risk",
            LifecycleStage::Lapsed => "lapsed",
        }
    }
}

/// The gap, in days, that is expected of a customer who has none, where no rhythm of the base is given. With the
/// default thresholds a one-time buyer is then at risk after 99 days and lapsed after 180, the half year after which
/// several products call a customer lost.
pub const DEFAULT_GAP_DAYS: f64 = 90.0;

/// From which overdue ratio on a customer is at risk, and from which lapsed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    at_risk_after: f64,
    lapsed_after: f64,
}

/// The overdue ratio from which a customer is at risk, where the caller says no other.
pub const AT_RISK_AFTER: f64 = 1.1;

/// The overdue ratio from which a customer is lapsed, where the caller says no other.
pub const LAPSED_AFTER: f64 = 2.0;

impl Default for Thresholds {
    /// Who buys every ten weeks is at risk when the eleventh is over, and lapsed after twenty.
    fn default() -> Self {
        Thresholds { at_risk_after: AT_RISK_AFTER, lapsed_after: LAPSED_AFTER }
    }
}

impl Thresholds {
    /// # Errors
    /// [`Kind::InvalidParameter`] unless 0 < `at_risk_after` ≤ `lapsed_after`; infinity is allowed and means never.
    pub fn new(at_risk_after: f64, lapsed_after: f64) -> Result<Self> {
        if at_risk_after > 0.0 && at_risk_after <= lapsed_after {
            return Ok(Thresholds { at_risk_after, lapsed_after });
        }
        Err(Error::new(
            Kind::InvalidParameter,
            format!("invalid thresholds: at_risk_after {at_risk_after}, lapsed_after {lapsed_after}"),
        )
        .detail("Both are multiples of the expected gap: 0 < at_risk_after <= lapsed_after."))
    }

    /// The stage of a customer with so many purchase days, whose time since the last is so many expected gaps.
    pub fn stage(self, purchase_days: u32, overdue_ratio: f64) -> LifecycleStage {
        match purchase_days {
            0 => LifecycleStage::Prospect,
            _ if overdue_ratio > self.lapsed_after => LifecycleStage::Lapsed,
            _ if overdue_ratio > self.at_risk_after => LifecycleStage::AtRisk,
            1 => LifecycleStage::New,
            _ => LifecycleStage::Active,
        }
    }
}

/// When a customer whose purchases a model describes is at risk, and when lapsed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AliveThresholds {
    at_risk_below: f64,
    lapsed_below: f64,
    overdue_above: f64,
}

impl AliveThresholds {
    /// # Errors
    /// [`Kind::InvalidParameter`] unless 0 ≤ `lapsed_below` ≤ `at_risk_below` ≤ 1 and 0 ≤ `overdue_above` ≤ 1.
    pub fn new(at_risk_below: f64, lapsed_below: f64, overdue_above: f64) -> Result<Self> {
        let probability = |p: f64| (0.0..=1.0).contains(&p);
        if probability(lapsed_below)
            && lapsed_below <= at_risk_below
            && probability(at_risk_below)
            && probability(overdue_above)
        {
            return Ok(AliveThresholds { at_risk_below, lapsed_below, overdue_above });
        }
        Err(Error::new(
            Kind::InvalidParameter,
            format!(
                "invalid thresholds: at_risk_below {at_risk_below}, lapsed_below {lapsed_below}, overdue_above \
                 {overdue_above}"
            ),
        )
        .detail("All are probabilities: 0 <= lapsed_below <= at_risk_below <= 1 and 0 <= overdue_above <= 1."))
    }

    /// The stage of a customer with so many purchase days, by P(alive) and by how overdue the next purchase is: the
    /// probability that one who still buys would have bought by now.
    pub fn stage(self, purchase_days: u32, p_alive: f64, overdue: f64) -> LifecycleStage {
        match purchase_days {
            0 => LifecycleStage::Prospect,
            _ if p_alive < self.lapsed_below => LifecycleStage::Lapsed,
            _ if p_alive < self.at_risk_below || overdue > self.overdue_above => LifecycleStage::AtRisk,
            1 => LifecycleStage::New,
            _ => LifecycleStage::Active,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shampoo_every_ten_weeks_is_at_risk_when_the_eleventh_is_over() {
        let stage = |weeks: f64| Thresholds::default().stage(5, weeks * 7.0 / 70.0);
        assert_eq!(stage(0.0), LifecycleStage::Active);
        assert_eq!(stage(11.0), LifecycleStage::Active);
        assert_eq!(stage(11.0 + 1e-6), LifecycleStage::AtRisk);
        assert_eq!(stage(20.0), LifecycleStage::AtRisk);
        assert_eq!(stage(20.0 + 1e-6), LifecycleStage::Lapsed);
    }

    #[test]
    fn the_number_of_purchase_days_names_who_is_not_overdue() {
        let thresholds = Thresholds::new(1.0, f64::INFINITY).unwrap();
        assert_eq!(thresholds.stage(0, 99.0), LifecycleStage::Prospect);
        assert_eq!(thresholds.stage(1, 1.0), LifecycleStage::New);
        assert_eq!(thresholds.stage(2, 1.0), LifecycleStage::Active);
        assert_eq!(thresholds.stage(1, 99.0), LifecycleStage::AtRisk);
    }

    #[test]
    fn refuses_thresholds_that_make_no_stages() {
        for (at_risk, lapsed) in [(0.0, 2.0), (-1.0, 2.0), (2.0, 1.0), (f64::NAN, 2.0), (1.0, f64::NAN)] {
            assert_eq!(Thresholds::new(at_risk, lapsed).unwrap_err().kind, Kind::InvalidParameter);
        }
    }

    #[test]
    fn by_p_alive_and_overdue() {
        let thresholds = AliveThresholds::new(0.5, 0.1, 0.9).unwrap();
        for (days, p_alive, overdue, stage) in [
            (0, 1.0, 0.0, LifecycleStage::Prospect),
            (1, 0.5, 0.9, LifecycleStage::New),
            (2, 0.5, 0.9, LifecycleStage::Active),
            (2, 0.49, 0.0, LifecycleStage::AtRisk),
            (1, 1.0, 0.91, LifecycleStage::AtRisk),
            (1, 0.1, 0.0, LifecycleStage::AtRisk),
            (9, 0.09, 0.0, LifecycleStage::Lapsed),
        ] {
            assert_eq!(thresholds.stage(days, p_alive, overdue), stage, "{days} {p_alive} {overdue}");
        }
        for (a, b, c) in [(0.1, 0.5, 0.9), (1.1, 0.1, 0.9), (0.5, -0.1, 0.9), (0.5, 0.1, 1.1), (f64::NAN, 0.1, 0.5)] {
            assert_eq!(AliveThresholds::new(a, b, c).unwrap_err().kind, Kind::InvalidParameter);
        }
    }
}
