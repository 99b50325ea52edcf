//! The classic five stages of a relationship: reach, acquire, develop, retain, advocate.

use super::contact_state::ContactState;
use crate::domain::support::error::{Error, Kind, Result};

/// The purchase days from which on a customer is retained.
pub const RETAIN_FROM: i64 = 3;

/// The referrals from which on a customer is an advocate.
pub const ADVOCATE_REFERRALS: i64 = 1;

/// How far the relationship has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationshipStage {
    /// Known, without a reaction.
    Reach,
    /// Reacted or subscribed, without a purchase.
    Acquire,
    /// Has bought.
    Develop,
    /// Buys again and again.
    Retain,
    /// Has bought and recommends us.
    Advocate,
}

impl RelationshipStage {
    /// The label of the enum in SQL.
    pub const fn label(self) -> &'static str {
        match self {
            RelationshipStage::Reach => "reach",
            RelationshipStage::Acquire => "acquire",
            RelationshipStage::Develop => "develop",
            RelationshipStage::Retain => "retain",
            RelationshipStage::Advocate => "advocate",
        }
    }
}

/// How many purchases and recommendations make which stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    retain_from: u64,
    advocate_referrals: u64,
}

impl Steps {
    /// # Errors
    /// [`Kind::InvalidParameter`] unless both are at least 1: a customer cannot recommend by doing nothing.
    pub fn new(retain_from: i64, advocate_referrals: i64) -> Result<Self> {
        let at_least_one = |name: &str, value: i64| {
            u64::try_from(value).ok().filter(|&value| value > 0).ok_or_else(|| {
                Error::new(Kind::InvalidParameter, format!("{name} out of range: {value}"))
                    .detail(format!("{name} must be at least 1."))
            })
        };
        Ok(Steps {
            retain_from: at_least_one("retain_from", retain_from)?,
            advocate_referrals: at_least_one("advocate_referrals", advocate_referrals)?,
        })
    }

    /// The stage of a person with so many purchase days and so many customers who came on the person's word.
    pub fn stage(self, purchase_days: u64, contact_state: &ContactState, referred_buyers: u64) -> RelationshipStage {
        match purchase_days {
            0 if contact_state.last_reaction.is_none() => RelationshipStage::Reach,
            0 => RelationshipStage::Acquire,
            _ if contact_state.referrals >= self.advocate_referrals || referred_buyers > 0 => {
                RelationshipStage::Advocate
            }
            days if days >= self.retain_from => RelationshipStage::Retain,
            _ => RelationshipStage::Develop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engagement::Engagement;
    use crate::domain::time::instant::Instant;

    #[test]
    fn stages() {
        use RelationshipStage::*;
        let steps = Steps::new(3, 2).unwrap();
        for (days, events, referred, expected) in [
            (0, "{}", 0, Reach),
            (0, "{2024-01-01 sent, 2024-01-02 delivered, 2024-01-03 bounce}", 0, Reach),
            (0, "{2024-01-01 unsubscribe}", 0, Reach),
            (0, "{2024-01-01 open}", 0, Acquire),
            (0, "{2024-01-01 subscribe}", 0, Acquire),
            // What was done is done.
            (0, "{2024-01-01 subscribe, 2024-01-02 unsubscribe}", 0, Acquire),
            // Who recommends without having bought is no customer yet.
            (0, "{2024-01-01 referral, 2024-01-02 referral}", 9, Acquire),
            (0, "{}", 9, Reach),
            (1, "{}", 0, Develop),
            (2, "{2024-01-01 open}", 0, Develop),
            (3, "{}", 0, Retain),
            (99, "{2024-01-01 referral}", 0, Retain),
            (1, "{2024-01-01 referral}", 0, Develop),
            (1, "{2024-01-01 referral, 2024-01-01 referral}", 0, Advocate),
            (1, "{}", 1, Advocate),
            (99, "{}", 1, Advocate),
        ] {
            let contact_state = ContactState::of(&Engagement::parse(events).unwrap(), Instant::MAX);
            assert_eq!(steps.stage(days, &contact_state, referred), expected, "{days} {events} {referred}");
        }
    }

    #[test]
    fn refuses_steps_of_nothing() {
        for (retain_from, referrals) in [(0, 1), (1, 0), (-1, 1), (i64::MIN, 1)] {
            assert_eq!(Steps::new(retain_from, referrals).unwrap_err().kind, Kind::InvalidParameter);
        }
    }
}
