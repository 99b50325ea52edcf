//! The phase of the relationship with a person, which says what to invest in: activation, conversion, growth, retention,
//! reactivation, sunset.

use super::contact_state::{Consent, ContactState};
use crate::domain::time::instant::Instant;

/// How long after the last purchase or reaction a customer is still in contact.
pub const INACTIVE_AFTER: &str = "12 months";

/// How long after the last open, click, visit or reply a customer is still engaged.
pub const ENGAGED_WITHIN: &str = "90 days";

/// How long an offer to win a customer back is open.
pub const WIN_BACK_WAIT: &str = "30 days";

/// What the relationship needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LifecyclePhase {
    /// Known, and not (or no longer) engaged: get a first reaction.
    Activation,
    /// Engaged without a purchase of late: get one.
    Conversion,
    /// Has bought of late: get more.
    Growth,
    /// Has bought of late, and is of more value than others: keep.
    Retention,
    /// Neither bought nor reacted for long: win back.
    Reactivation,
    /// Did not answer that, or wants nothing: stop.
    Sunset,
}

impl LifecyclePhase {
    /// The label of the enum in SQL.
    pub const fn label(self) -> &'static str {
        match self {
            LifecyclePhase::Activation => "activation",
            LifecyclePhase::Conversion => "conversion",
            LifecyclePhase::Growth => "growth",
            LifecyclePhase::Retention => "retention",
            LifecyclePhase::Reactivation => "reactivation",
            LifecyclePhase::Sunset => "sunset",
        }
    }
}

/// How long ago counts as what; each says whether an instant is not too long ago, the end of the term included. By the
/// calendar, which the caller knows.
pub trait Terms {
    /// For a purchase or reaction, to be still in contact.
    fn active(&self, at: Instant) -> bool;
    /// For an open, click, visit or reply, to be engaged.
    fn engaged(&self, at: Instant) -> bool;
    /// For an offer to win back, to be still open.
    fn waiting(&self, at: Instant) -> bool;
}

/// What the phase depends on beside the engagement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Customer {
    /// The last purchase.
    pub last_purchase: Option<Instant>,
    /// Whether the customer is a VIP or has spent more than the average.
    pub is_valuable: bool,
    /// When an offer was made to win the customer back; it must not lie after the instant of the question.
    pub win_back_at: Option<Instant>,
}

impl LifecyclePhase {
    /// The phase; None for a person without a purchase and without any contact.
    pub fn of(customer: &Customer, contact_state: &ContactState, terms: &impl Terms) -> Option<Self> {
        let last_activity = customer.last_purchase.max(contact_state.last_reaction);
        // Who never did anything is silent since we know of the person.
        let silent_since = last_activity.or(contact_state.first_event)?;
        let bought_of_late = customer.last_purchase.is_some_and(|at| terms.active(at));
        if !bought_of_late && contact_state.consent == Consent::Withdrawn {
            return Some(LifecyclePhase::Sunset);
        }
        if !terms.active(silent_since) {
            let unanswered = customer.win_back_at.is_some_and(|at| at >= silent_since && !terms.waiting(at));
            return Some(if unanswered { LifecyclePhase::Sunset } else { LifecyclePhase::Reactivation });
        }
        if bought_of_late {
            return Some(if customer.is_valuable { LifecyclePhase::Retention } else { LifecyclePhase::Growth });
        }
        let is_engaged = contact_state.last_engagement.is_some_and(|at| terms.engaged(at));
        Some(if is_engaged { LifecyclePhase::Conversion } else { LifecyclePhase::Activation })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::engagement::Engagement;
    use crate::domain::engagement::arbitrary::{engagement, events, instant};
    use crate::domain::time::instant::DAY;

    /// Days of 24 hours: 365 for activity, 90 for engagement, 30 for an answer.
    struct Days {
        as_of: Instant,
    }

    impl Terms for Days {
        fn active(&self, at: Instant) -> bool {
            self.as_of.since(at) <= 365 * DAY
        }

        fn engaged(&self, at: Instant) -> bool {
            self.as_of.since(at) <= 90 * DAY
        }

        fn waiting(&self, at: Instant) -> bool {
            self.as_of.since(at) <= 30 * DAY
        }
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn phase(bought: Option<&str>, events: &str, win_back_at: Option<&str>, as_of: &str) -> Option<LifecyclePhase> {
        let as_of = at(as_of);
        let customer = Customer { last_purchase: bought.map(at), is_valuable: false, win_back_at: win_back_at.map(at) };
        LifecyclePhase::of(&customer, &ContactState::of(&Engagement::parse(events).unwrap(), as_of), &Days { as_of })
    }

    #[test]
    fn of_who_has_not_bought() {
        use LifecyclePhase::*;
        for (events, expected) in [
            ("{}", None),
            ("{2024-06-01 subscribe}", Some(Activation)),
            ("{2024-06-01 sent}", Some(Activation)),
            ("{2024-06-01 referral}", Some(Activation)),
            ("{2024-06-01 open}", Some(Conversion)),
            ("{2024-04-02 click}", Some(Conversion)),
            ("{2024-04-01T23:59:59.999999Z click}", Some(Activation)),
            ("{2023-07-02 sent}", Some(Activation)),
            ("{2023-07-01T23:59:59.999999Z sent}", Some(Reactivation)),
            ("{2023-07-01T23:59:59.999999Z sent, 2024-06-30 sent}", Some(Reactivation)),
            ("{2023-07-01T23:59:59.999999Z sent, 2024-01-01 open}", Some(Activation)),
            ("{2024-06-01 open, 2024-06-02 unsubscribe}", Some(Sunset)),
            ("{2024-06-01 open, 2024-06-02 complaint}", Some(Sunset)),
            ("{2020-06-01 unsubscribe}", Some(Sunset)),
            ("{2024-06-01 unsubscribe, 2024-06-02 subscribe}", Some(Activation)),
        ] {
            assert_eq!(phase(None, events, None, "2024-07-01"), expected, "{events}");
        }
    }

    #[test]
    fn of_who_has_bought() {
        use LifecyclePhase::*;
        for (bought, events, expected) in [
            ("2024-06-01", "{}", Growth),
            ("2023-07-02", "{}", Growth),
            ("2023-07-01T23:59:59.999999Z", "{}", Reactivation),
            ("2023-06-01", "{2024-01-01 open}", Activation),
            ("2023-06-01", "{2024-06-01 open}", Conversion),
            ("2023-06-01", "{2024-06-01 subscribe}", Activation),
            // Consent is for messages; a purchase is more than that.
            ("2024-06-01", "{2024-06-02 unsubscribe}", Growth),
            ("2023-06-01", "{2024-06-02 unsubscribe}", Sunset),
            ("2023-07-02", "{2024-06-02 open, 2024-06-03 complaint}", Growth),
            ("2023-07-01T23:59:59.999999Z", "{2024-06-02 open, 2024-06-03 complaint}", Sunset),
        ] {
            assert_eq!(phase(Some(bought), events, None, "2024-07-01"), Some(expected), "{bought} {events}");
        }
        let valuable = Customer { last_purchase: Some(at("2024-06-01")), is_valuable: true, win_back_at: None };
        let contact_state = ContactState::of(&Engagement::empty(), at("2024-07-01"));
        let terms = Days { as_of: at("2024-07-01") };
        assert_eq!(LifecyclePhase::of(&valuable, &contact_state, &terms), Some(Retention));
        let gone = Customer { last_purchase: Some(at("2022-06-01")), ..valuable };
        assert_eq!(LifecyclePhase::of(&gone, &contact_state, &terms), Some(Reactivation));
    }

    #[test]
    fn an_offer_that_is_not_answered_ends_it() {
        use LifecyclePhase::*;
        let bought = Some("2023-01-01");
        for (events, offer, as_of, expected) in [
            ("{}", None, "2024-07-01", Reactivation),
            ("{}", Some("2024-05-01"), "2024-05-01", Reactivation),
            ("{}", Some("2024-05-01"), "2024-05-31", Reactivation),
            ("{}", Some("2024-05-01"), "2024-05-31T00:00:00.000001Z", Sunset),
            // An answer, of which it is judged anew, until it is a year old.
            ("{2024-05-10 open}", Some("2024-05-01"), "2024-07-01", Conversion),
            ("{2024-05-10 subscribe}", Some("2024-05-01"), "2024-07-01", Activation),
            ("{2024-05-10 open}", Some("2024-05-01"), "2025-05-11", Reactivation),
            // An offer before the last activity was another story; one at the same instant was not.
            ("{2023-03-01 open}", Some("2023-02-01"), "2024-07-01", Reactivation),
            ("{2023-03-01 open}", Some("2023-03-01"), "2024-07-01", Sunset),
            // A bounce and an unsubscribe are no answer.
            ("{2024-05-10 unsubscribe, 2024-05-11 bounce}", Some("2024-05-01"), "2024-07-01", Sunset),
        ] {
            assert_eq!(phase(bought, events, offer, as_of), Some(expected), "{events} {offer:?} {as_of}");
        }
    }

    proptest! {
        #[test]
        fn a_purchase_of_late_is_growth(given in events(), bought in instant(), as_of in instant()) {
            let contact_state = ContactState::of(&engagement(&given), as_of);
            let customer = Customer { last_purchase: (bought <= as_of).then_some(bought), is_valuable: false, win_back_at: None };
            let phase = LifecyclePhase::of(&customer, &contact_state, &Days { as_of });
            // All instants of the test lie within 40 days.
            prop_assert_eq!(phase == Some(LifecyclePhase::Growth), bought <= as_of);
            prop_assert_eq!(phase.is_none(), bought > as_of && contact_state.first_event.is_none());
        }
    }
}
