//! What customers say, and what may be sent to them after it: the rules read plainly, one word after the other.

use std::time::Duration;

/// A way by which messages come, or all of them.
pub type Channel = Option<&'static str>;
pub type Topic = Option<&'static str>;

/// What a customer says or does, or the owner about the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Bounce(Channel),
    Complaint(Channel),
    Unsubscribe(Channel, Topic),
    Subscribe(Channel, Topic),
    Withdraw(Channel),
    Consent(Channel),
    Suppress(Channel),
    Unsuppress(Channel),
    /// Does what a receipt answers.
    Pay,
}

/// A word that was told: not before one instant, and committed before another, by the clock of this program.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    pub customer: i32,
    pub word: Word,
    pub before: Duration,
    pub after: Duration,
}

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    pub channel: &'a str,
    pub topic: Option<&'a str>,
    pub is_transactional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bounce,
    Owner,
    Customer,
}

/// Something that stands against messages.
struct Objection {
    kind: Kind,
    channel: Channel,
    topic: Topic,
}

impl Objection {
    fn is_about(&self, message: &Message<'_>) -> bool {
        (self.channel.is_none() || self.channel == Some(message.channel))
            && (self.topic.is_none() || self.topic == message.topic)
            && (self.kind != Kind::Customer || !message.is_transactional)
    }

    /// Whether a word that is about so much takes it back.
    fn is_within(&self, channel: Channel, topic: Topic) -> bool {
        (channel.is_none() || channel == self.channel) && (topic.is_none() || topic == self.topic)
    }
}

/// Why a message must not be sent to a customer after these words. The caller says whether the customer had consented before them.
pub fn against(had_agreed: bool, words: impl Iterator<Item = Word>, message: &Message<'_>) -> Option<&'static str> {
    let (mut stands, mut has_agreed): (Vec<Objection>, bool) = (Vec::new(), had_agreed);
    let covers = |channel: Channel| channel.is_none() || channel == Some(message.channel);
    for word in words {
        let mut object = |kind, channel, topic| stands.push(Objection { kind, channel, topic });
        match word {
            Word::Bounce(channel) => object(Kind::Bounce, channel, None),
            Word::Complaint(channel) => object(Kind::Customer, channel, None),
            Word::Unsubscribe(channel, topic) => object(Kind::Customer, channel, topic),
            Word::Suppress(channel) => object(Kind::Owner, channel, None),
            Word::Unsuppress(channel) => stands.retain(|one| !one.is_within(channel, None)),
            // Who comes back for this message, or for all of what was objected to.
            Word::Subscribe(channel, topic) => {
                let is_for_it = covers(channel) && (topic.is_none() || topic == message.topic);
                stands.retain(|one| one.kind != Kind::Customer || !is_for_it && !one.is_within(channel, topic));
            }
            Word::Withdraw(channel) if covers(channel) => has_agreed = false,
            Word::Consent(channel) if covers(channel) => has_agreed = true,
            Word::Withdraw(_) | Word::Consent(_) | Word::Pay => {}
        }
    }
    let objection = stands.iter().find(|one| one.is_about(message)).map(|one| match one.kind {
        Kind::Bounce => "a bounce",
        Kind::Owner => "a suppression",
        Kind::Customer => "an objection",
    });
    objection.or((!has_agreed && !message.is_transactional).then_some("no consent"))
}

#[test]
fn the_rules_tell_harm_from_what_may_be_sent() {
    use Word::{Bounce, Complaint, Consent, Subscribe, Suppress, Unsubscribe, Unsuppress, Withdraw};
    let (email, sms, offers) = (Some("email"), Some("sms"), Some("offers"));
    let letter = Message { channel: "email", topic: None, is_transactional: false };
    let offer = Message { topic: offers, ..letter };
    let receipt = Message { is_transactional: true, ..letter };
    let all = [letter, offer, receipt];
    let check = |words: &[Word], stopped: [bool; 3]| {
        let found = all.map(|message| against(true, words.iter().copied(), &message).is_some());
        assert_eq!(found, stopped, "{words:?}");
    };
    check(&[], [false; 3]);
    check(&[Bounce(email)], [true; 3]);
    check(&[Bounce(None), Subscribe(None, None)], [true; 3]);
    check(&[Bounce(sms), Complaint(sms), Withdraw(sms), Suppress(sms)], [false; 3]);
    check(&[Bounce(email), Suppress(None), Unsuppress(email)], [true; 3]);
    check(&[Bounce(email), Suppress(None), Unsuppress(None)], [false; 3]);
    check(&[Complaint(email)], [true, true, false]);
    check(&[Complaint(email), Subscribe(email, offers)], [true, false, false]);
    check(&[Unsubscribe(email, offers)], [false, true, false]);
    check(&[Unsubscribe(None, offers), Subscribe(email, None)], [false; 3]);
    check(&[Subscribe(email, None), Unsubscribe(email, None)], [true, true, false]);
    check(&[Withdraw(None)], [true, true, false]);
    check(&[Withdraw(None), Consent(email)], [false; 3]);
    let without = |words: &[Word]| against(false, words.iter().copied(), &letter);
    assert_eq!(without(&[]), Some("no consent"));
    assert_eq!(without(&[Consent(sms)]), Some("no consent"));
    assert_eq!(without(&[Consent(None)]), None);
}
