//! Where a person stands by an engagement history: the last reaction, and whether we may write.

use super::{Channel, Engagement, EventKind};
use crate::domain::time::instant::Instant;

/// Whether a person wants to be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Subscribed, on at least one channel.
    Given,
    /// Withdrawn, on every channel on which the person was written to or had subscribed.
    Withdrawn,
    /// Neither.
    Unknown,
}

/// What the stages need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactState {
    /// The first event of any kind: since when the person is known.
    pub first_event: Option<Instant>,
    /// Whether a message or call was made to the person, or must have been.
    pub was_contacted: bool,
    /// The last reaction: open, click, visit, reply, referral, subscribe.
    pub last_reaction: Option<Instant>,
    /// The last open, click, visit or reply.
    pub last_engagement: Option<Instant>,
    /// How often the person recommended us.
    pub referrals: u64,
    /// Whether we may write.
    pub consent: Consent,
}

/// The last word on consent on one channel.
#[derive(Debug, Clone, Copy, Default)]
struct Words {
    subscribed: Option<Instant>,
    withdrawn: Option<Instant>,
    contacted: bool,
}

impl ContactState {
    /// Reads the events at or before `as_of`.
    pub fn of(e: &Engagement<'_>, as_of: Instant) -> Self {
        let mut contact_state = ContactState {
            first_event: None,
            was_contacted: false,
            last_reaction: None,
            last_engagement: None,
            referrals: 0,
            consent: Consent::Unknown,
        };
        let mut words = [Words::default(); Channel::COUNT];
        for event in e.events_until(as_of) {
            let kind = event.what.kind;
            contact_state.first_event.get_or_insert(event.at);
            contact_state.was_contacted |= kind.is_contact();
            if kind.is_reaction() {
                contact_state.last_reaction = Some(event.at);
            }
            if kind.is_engagement() {
                contact_state.last_engagement = Some(event.at);
            }
            let on_channel = &mut words[event.what.channel_number()];
            match kind {
                EventKind::Sent | EventKind::Delivered => on_channel.contacted = true,
                EventKind::Subscribe => on_channel.subscribed = Some(event.at),
                EventKind::Referral => contact_state.referrals += 1,
                _ if kind.is_withdrawal() => on_channel.withdrawn = Some(event.at),
                _ => {}
            }
        }
        contact_state.consent = consent(&words);
        contact_state
    }
}

/// The last word on each channel decides, and a word without a channel is one on all of them. At the same instant the
/// withdrawal is taken for the later.
fn consent(words: &[Words; Channel::COUNT]) -> Consent {
    let [without_channel, ..] = words;
    let subscribed = |on: &Words| on.subscribed.max(without_channel.subscribed);
    let withdrawn = |on: &Words| on.withdrawn.max(without_channel.withdrawn);
    let stands = |on: &Words| subscribed(on) > withdrawn(on);
    if words.iter().any(|on| on.subscribed.is_some() && stands(on)) {
        return Consent::Given;
    }
    let in_use = |on: &&Words| on.contacted || on.subscribed.is_some();
    let is_withdrawn = |on: &Words| withdrawn(on).is_some() && !stands(on);
    let any_withdrawal = words.iter().any(|on| on.withdrawn.is_some());
    if any_withdrawal && words.iter().filter(in_use).all(is_withdrawn) { Consent::Withdrawn } else { Consent::Unknown }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::engagement::arbitrary::{engagement, events, instant};

    fn consent_of(text: &str) -> Consent {
        ContactState::of(&Engagement::parse(text).unwrap(), Instant::MAX).consent
    }

    #[test]
    fn the_last_word_on_consent_decides() {
        for (text, expected) in [
            ("{}", Consent::Unknown),
            ("{2024-01-01 sent email, 2024-01-02 open email}", Consent::Unknown),
            ("{2024-01-01 subscribe}", Consent::Given),
            ("{2024-01-01 subscribe, 2024-01-02 unsubscribe}", Consent::Withdrawn),
            ("{2024-01-01 subscribe, 2024-01-02 complaint, 2024-01-03 subscribe}", Consent::Given),
            ("{2024-01-01 subscribe, 2024-01-01 unsubscribe}", Consent::Withdrawn),
            ("{2024-01-01 unsubscribe}", Consent::Withdrawn),
            ("{2024-01-01 sent, 2024-01-02 complaint}", Consent::Withdrawn),
        ] {
            assert_eq!(consent_of(text), expected, "{text}");
        }
    }

    #[test]
    fn consent_is_one_of_channels() {
        for (text, expected) in [
            ("{2024-01-01 subscribe email, 2024-01-02 subscribe sms, 2024-01-03 unsubscribe sms}", Consent::Given),
            ("{2024-01-01 subscribe email, 2024-01-02 subscribe sms, 2024-01-03 unsubscribe}", Consent::Withdrawn),
            ("{2024-01-01 subscribe, 2024-01-03 unsubscribe sms}", Consent::Given),
            // Written to by e-mail, and that was not refused.
            ("{2024-01-01 sent email, 2024-01-03 unsubscribe sms}", Consent::Unknown),
            ("{2024-01-01 sent email, 2024-01-03 unsubscribe email}", Consent::Withdrawn),
            ("{2024-01-01 sent email, 2024-01-02 delivered sms, 2024-01-03 complaint email}", Consent::Unknown),
            ("{2024-01-01 sent email, 2024-01-02 delivered sms, 2024-01-03 complaint}", Consent::Withdrawn),
            ("{2024-01-01 unsubscribe, 2024-01-02 subscribe email}", Consent::Given),
            // A visit is no message.
            ("{2024-01-01 sent email, 2024-01-02 unsubscribe email, 2024-01-03 visit web}", Consent::Withdrawn),
        ] {
            assert_eq!(consent_of(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn travels_in_time(given in events(), as_of in instant()) {
            let e = engagement(&given);
            prop_assert_eq!(ContactState::of(&e, as_of), ContactState::of(&e.until(as_of).unwrap(), Instant::MAX));
        }

        #[test]
        fn says_what_the_rows_say(given in events()) {
            let contact_state = ContactState::of(&engagement(&given), Instant::MAX);
            let last = |wanted: &[&str]| {
                given.iter().filter(|event| wanted.contains(&event.what.kind.label())).map(|event| event.at).max()
            };
            prop_assert_eq!(contact_state.first_event, given.iter().map(|event| event.at).min());
            prop_assert_eq!(contact_state.last_engagement, last(&["open", "click", "visit", "reply"]));
            prop_assert_eq!(
                contact_state.last_reaction, last(&["open", "click", "visit", "reply", "referral", "subscribe"])
            );
            let referrals = given.iter().filter(|event| event.what.kind == EventKind::Referral).count();
            prop_assert_eq!(contact_state.referrals, referrals as u64);
        }
    }
}
