//! Warm, cold or never contacted: whether a person has reacted of late.

use super::contact_state::ContactState;
use crate::domain::time::instant::Instant;

/// How long after a reaction a customer is still warm.
pub const WARM_WITHIN: &str = "90 days";

/// How a person takes what we offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Temperature {
    /// Reacted of late.
    Warm,
    /// Was contacted, without a reaction of late.
    Cold,
    /// Was never contacted, and has not come of late either.
    NeverContacted,
}

impl Temperature {
    /// The label of the enum in SQL.
    pub const fn label(self) -> &'static str {
        match self {
            Temperature::Warm => "warm",
            Temperature::Cold => "cold",
            Temperature::NeverContacted => "never_contacted",
        }
    }

    /// The temperature of a person; `of_late` says whether an instant is not too long ago.
    ///
    /// Also a bounce, an open or a complaint whose message is not in the history says that the person was contacted.
    pub fn of(contact_state: &ContactState, of_late: impl FnOnce(Instant) -> bool) -> Self {
        match contact_state.last_reaction {
            Some(reaction) if of_late(reaction) => Temperature::Warm,
            _ if contact_state.was_contacted => Temperature::Cold,
            _ => Temperature::NeverContacted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engagement::Engagement;
    use crate::domain::time::instant::DAY;

    #[test]
    fn a_reaction_of_late_is_warm() {
        let as_of = Instant::parse("2024-04-01").unwrap();
        let temperature = |text: &str| {
            let contact_state = ContactState::of(&Engagement::parse(text).unwrap(), as_of);
            Temperature::of(&contact_state, |at| as_of.since(at) <= 90 * DAY)
        };
        for (text, expected) in [
            ("{}", Temperature::NeverContacted),
            ("{2024-05-01 open}", Temperature::NeverContacted),
            ("{2024-01-02 open}", Temperature::Warm),
            ("{2024-01-01T23:59:59.999999Z open}", Temperature::Cold),
            ("{2023-01-01 open, 2024-03-01 subscribe}", Temperature::Warm),
            ("{2024-03-01 sent, 2024-03-02 delivered, 2024-03-03 bounce}", Temperature::Cold),
            ("{2024-03-01 unsubscribe}", Temperature::Cold),
            ("{2024-03-01 complaint}", Temperature::Cold),
            // Visited without any message.
            ("{2023-03-01 subscribe, 2023-04-01 visit, 2023-05-01 referral}", Temperature::NeverContacted),
            ("{2023-03-01 subscribe, 2023-04-01 sent}", Temperature::Cold),
        ] {
            assert_eq!(temperature(text), expected, "{text}");
        }
        for kind in ["click", "visit", "reply", "referral"] {
            assert_eq!(temperature(&format!("{{2024-03-01 {kind}}}")), Temperature::Warm, "{kind}");
        }
    }
}
