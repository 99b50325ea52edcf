//! Engagement: what was sent to a person and what the person did with it, as a history like that of purchases.
//!
//! An event is an instant and a number that says its kind and channel. Kinds and channels keep their numbers for ever:
//! they are what is stored. Events of the same instant are in the order of the kinds below, which is that of cause and
//! effect.
//!
//! It imports `support`, `time`, `history`.
//!
//! | file | what it knows |
//! |---|---|
//! | [`event_kind`] | kinds of events, and words of the owner's own |
//! | [`provider_words`] | the words by which mail and message services call them |
//! | [`channel_word`] | the names of channels |
//! | [`event_detail`] | what the detail of an event says: hard or soft bounce, a machine, a topic |
//! | [`summary`] | last events, their number, and rates of opens and clicks |
//! | [`contact_state`], [`temperature`] | whether a customer may be written to, and reacted of late |
//! | [`lifecycle_phase`], [`relationship_stage`] | how far the relationship with a customer has come |
//! | [`touch_paths`] | how customers move from one touch to the next |

pub mod channel_word;
pub mod contact_state;
pub mod event_detail;
pub mod event_kind;
pub mod lifecycle_phase;
pub mod provider_words;
pub mod relationship_stage;
pub mod summary;
pub mod temperature;
pub mod touch_paths;

use std::fmt::{Result as Written, Write};

use crate::domain::history::Packed;
use crate::domain::history::encoding::Entry;
use crate::domain::history::entry_kind::EntryKind;
use crate::domain::history::jsonb::{Member, Scalar};
use crate::domain::history::money::Amount;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::instant::Instant;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A message was sent.
    Sent,
    /// It arrived.
    Delivered,
    /// The person opened it.
    Open,
    /// The person followed a link.
    Click,
    /// The person came to the web site, the app or the store.
    Visit,
    /// The person answered.
    Reply,
    /// A message could not be delivered.
    Bounce,
    /// The person wants no more messages.
    Unsubscribe,
    /// The person called a message unwanted.
    Complaint,
    /// The person recommended us.
    Referral,
    /// The person wants messages.
    Subscribe,
}

impl EventKind {
    /// All of them; each one's place is its number.
    pub const ALL: [EventKind; 11] = {
        use EventKind::*;
        [Sent, Delivered, Open, Click, Visit, Reply, Bounce, Unsubscribe, Complaint, Referral, Subscribe]
    };

    /// The name in SQL.
    pub const fn label(self) -> &'static str {
        match self {
            EventKind::Sent => "sent",
            EventKind::Delivered => "delivered",
            EventKind::Open => "open",
            EventKind::Click => "click",
            EventKind::Visit => "visit",
            EventKind::Reply => "reply",
            EventKind::Bounce => "bounce",
            EventKind::Unsubscribe => "unsubscribe",
            EventKind::Complaint => "complaint",
            EventKind::Referral => "referral",
            EventKind::Subscribe => "subscribe",
        }
    }

    /// The kind of this name.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] if there is none.
    pub fn parse(name: &str) -> Result<Self> {
        named(&Self::ALL, Self::label, "kind of event", name)
    }

    /// Whether the person did it of their own accord and it speaks for interest.
    pub const fn is_reaction(self) -> bool {
        self.is_engagement() || matches!(self, EventKind::Referral | EventKind::Subscribe)
    }

    /// Whether it is a reaction to what we offer: a reaction other than a word on consent or a recommendation.
    pub const fn is_engagement(self) -> bool {
        matches!(self, EventKind::Open | EventKind::Click | EventKind::Visit | EventKind::Reply)
    }

    /// Whether it says that the person was contacted: all but a visit, a word of consent or a recommendation, which come by
    /// themselves.
    pub const fn is_contact(self) -> bool {
        !matches!(self, EventKind::Visit | EventKind::Subscribe | EventKind::Referral)
    }

    /// Whether it withdraws consent.
    pub const fn is_withdrawal(self) -> bool {
        matches!(self, EventKind::Unsubscribe | EventKind::Complaint)
    }
}

/// By which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Electronic mail.
    Email,
    /// Text messages to the telephone.
    Sms,
    /// Telephone calls.
    Call,
    /// Notifications by an app or a browser.
    Push,
    /// The web site.
    Web,
    /// A store.
    Store,
}

impl Channel {
    /// All of them; the number of each is its place counted from 1, and 0 is none.
    pub const ALL: [Channel; 6] =
        [Channel::Email, Channel::Sms, Channel::Call, Channel::Push, Channel::Web, Channel::Store];

    /// How many there are, none included.
    pub const COUNT: usize = Self::ALL.len() + 1;

    /// The name in SQL.
    pub const fn label(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
            Channel::Call => "call",
            Channel::Push => "push",
            Channel::Web => "web",
            Channel::Store => "store",
        }
    }

    /// The channel of this name.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] if there is none.
    pub fn parse(name: &str) -> Result<Self> {
        named(&Self::ALL, Self::label, "channel", name)
    }
}

/// The one of these that has a name.
fn named<T: Copy>(all: &[T], label: impl Fn(T) -> &'static str, what: &str, name: &str) -> Result<T> {
    all.iter().copied().find(|&one| label(one) == name).ok_or_else(|| {
        let labels: Vec<&str> = all.iter().map(|&one| label(one)).collect();
        Error::new(Kind::InvalidParameter, format!("unknown {what}: \"{}\"", shorten(name)))
            .hint(format!("Use one of {}.", labels.join(", ")))
    })
}

/// What happened, and by which way if that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct What {
    /// What happened.
    pub kind: EventKind,
    /// By which way.
    pub channel: Option<Channel>,
}

/// Each kind has this many numbers, of which the channels take the first.
const PER_KIND: i64 = 8;

impl What {
    /// The number by which it is stored: the kind's times 8 plus the channel's.
    pub fn number(self) -> Amount {
        Amount(self.kind as i64 * PER_KIND + self.channel_number() as i64)
    }

    /// The channel's place, 0 for none.
    pub fn channel_number(self) -> usize {
        self.channel.map_or(0, |channel| 1 + channel as usize)
    }

    /// What has this number.
    #[inline]
    pub fn of_number(number: Amount) -> Option<Self> {
        let place = |number: i64| usize::try_from(number).ok();
        let kind = *EventKind::ALL.get(place(number.0.div_euclid(PER_KIND))?)?;
        let channel = match place(number.0.rem_euclid(PER_KIND))? {
            0 => None,
            n => Some(*Channel::ALL.get(n - 1)?),
        };
        Some(What { kind, channel })
    }
}

/// Something that happened at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// What.
    pub what: What,
}

impl From<Event> for Entry {
    fn from(event: Event) -> Self {
        Entry { at: event.at, amount: event.what.number() }
    }
}

/// Events; the number says what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Events;

impl EntryKind for Events {
    const FORM: u8 = 2;
    const TYPE: &'static str = "engagement_history";
    const ENTRIES: &'static str = "events";
    const ROWS: &'static str = "events(history)";
    const SHAPE: (&'static str, &'static str) = (
        "an instant, a space, a kind and perhaps a channel",
        "Write {instant kind [channel], ...}, for example {2024-01-01T10:00:00Z open email, 2024-01-02T00:00:00Z visit}.",
    );

    fn allows(number: Amount) -> bool {
        What::of_number(number).is_some()
    }

    fn parse(word: &str, second: Option<&str>) -> Option<Result<Amount>> {
        // Within a text, an unknown word is a fault of the text.
        let in_text = |error: Error| Error { kind: Kind::InvalidText, ..error };
        let what = EventKind::parse(word)
            .and_then(|kind| Ok(What { kind, channel: second.map(Channel::parse).transpose()? }))
            .map_err(in_text);
        Some(what.map(What::number))
    }

    fn write(text: &mut String, number: Amount) -> Written {
        let Some(what) = What::of_number(number) else { return Ok(()) };
        text.push_str(what.kind.label());
        what.channel.map_or(Ok(()), |channel| write!(text, " {}", channel.label()))
    }

    fn members(at: &str, number: Amount) -> ([Member<'_>; 3], usize) {
        let what = What::of_number(number);
        let kind = what.map_or("", |what| what.kind.label());
        let channel = what.and_then(|what| what.channel);
        let members = [("at", at), ("kind", kind), ("channel", channel.map_or("", Channel::label))];
        let count = 1 + usize::from(what.is_some()) + usize::from(channel.is_some());
        (members.map(|(key, value)| (key, Scalar::String(value))), count)
    }
}

/// The engagement history of a person.
pub type Engagement<'a> = Packed<'a, Events>;

impl Engagement<'_> {
    /// The events at or before `as_of`, in order. Bytes that were damaged on disk may lose some.
    #[inline]
    pub fn events_until(&self, as_of: Instant) -> impl Iterator<Item = Event> + Clone {
        self.entries_until(as_of)
            .filter_map(|entry| What::of_number(entry.amount).map(|what| Event { at: entry.at, what }))
    }
}

#[cfg(test)]
pub(crate) mod arbitrary {
    //! Events for property tests: a few instants, so that many are equal.

    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::instant::DAY;

    pub fn what() -> impl Strategy<Value = What> {
        let channel = prop_oneof![Just(None), prop::sample::select(&Channel::ALL[..]).prop_map(Some)];
        (prop::sample::select(&EventKind::ALL[..]), channel).prop_map(|(kind, channel)| What { kind, channel })
    }

    pub fn instant() -> impl Strategy<Value = Instant> {
        (-20i64..20).prop_map(|days| Instant::from_micros(days * DAY).unwrap())
    }

    pub fn events() -> impl Strategy<Value = Vec<Event>> {
        prop::collection::vec((instant(), what()).prop_map(|(at, what)| Event { at, what }), 0..40)
    }

    pub fn engagement(events: &[Event]) -> Engagement<'static> {
        let mut entries: Vec<Entry> = events.iter().copied().map(Entry::from).collect();
        Engagement::from_entries(&mut entries).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::arbitrary::{engagement, events, instant};
    use super::*;
    use crate::domain::history::History;

    #[test]
    fn numbers_are_what_is_stored() {
        let known: Vec<(i64, What)> =
            (-9..200).filter_map(|number| What::of_number(Amount(number)).map(|what| (number, what))).collect();
        assert_eq!(known.len(), EventKind::ALL.len() * Channel::COUNT);
        for (number, what) in known {
            assert_eq!(what.number(), Amount(number));
        }
        // Never to change: values are stored with them.
        let stored =
            [("sent", 0), ("delivered", 1), ("open", 2), ("click", 3), ("visit", 4), ("reply", 5), ("bounce", 6)];
        for (name, number) in
            stored.into_iter().chain([("unsubscribe", 7), ("complaint", 8), ("referral", 9), ("subscribe", 10)])
        {
            assert_eq!(EventKind::parse(name).unwrap() as i64, number);
        }
        for (number, name) in ["email", "sms", "call", "push", "web", "store"].into_iter().enumerate() {
            let what = What { kind: EventKind::Sent, channel: Some(Channel::parse(name).unwrap()) };
            assert_eq!(what.number(), Amount(number as i64 + 1));
        }
    }

    #[test]
    fn an_unknown_name_is_told_what_there_is() {
        let error = EventKind::parse("Open").unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::InvalidParameter, "unknown kind of event: \"Open\""));
        assert!(error.hint.unwrap().ends_with("unsubscribe, complaint, referral, subscribe."));
        assert_eq!(Channel::parse("").unwrap_err().hint.unwrap(), "Use one of email, sms, call, push, web, store.");
    }

    #[test]
    fn text_form() {
        let e = Engagement::parse("{2024-01-02 visit, 2024-01-01T10:00:00Z open email,2024-01-02 open web}").unwrap();
        let text = "{2024-01-01T10:00:00Z open email, 2024-01-02T00:00:00Z open web, 2024-01-02T00:00:00Z visit}";
        assert_eq!(e.to_text().unwrap(), text);
        assert_eq!(Engagement::empty().to_text().unwrap(), "{}");
        for text in [
            "",
            "{2024-01-01}",
            "{2024-01-01 open email web}",
            "{2024-01-01 email}",
            "{open 2024-01-01}",
            "{2024-01-01 open 5}",
            "{2024-01-01 5}",
            "{2024-01-01 open,}",
        ] {
            assert_eq!(Engagement::parse(text).unwrap_err().kind, Kind::InvalidText, "{text}");
        }
        let error = Engagement::parse("{2024-01-01 open, 2024-01-02 opened}").unwrap_err();
        assert_eq!(error.detail.unwrap(), "Entry 2: unknown kind of event: \"opened\".");
    }

    #[test]
    fn is_no_purchase_history() {
        let e = Engagement::parse("{2024-01-01 open email}").unwrap();
        let h = History::parse("{2024-01-01 0.0017}").unwrap();
        assert_eq!(h.entries().next(), e.entries().next());
        assert_eq!(History::from_foreign_bytes(e.bytes()).unwrap_err().kind, Kind::InvalidBinary);
        assert_eq!(Engagement::from_foreign_bytes(h.bytes()).unwrap_err().kind, Kind::InvalidBinary);
        assert_eq!(Engagement::from_bytes(h.bytes()).unwrap_err().kind, Kind::InvalidBinary);
    }

    #[test]
    fn bytes_from_outside_hold_known_events_only() {
        let at = Instant::parse("2024-01-01").unwrap();
        for (number, known) in [(0, true), (6, true), (7, false), (86, true), (87, false), (88, false), (-1, false)] {
            let e = Engagement::from_entries(&mut [Entry { at, amount: Amount(number) }]).unwrap();
            assert_eq!(Engagement::from_foreign_bytes(e.bytes()).is_ok(), known, "{number}");
            assert_eq!(e.events_until(at).count(), usize::from(known));
        }
    }

    proptest! {
        #[test]
        fn holds_what_it_was_given(given in events(), as_of in instant()) {
            let e = engagement(&given);
            let mut known: Vec<Event> = given.into_iter().filter(|event| event.at <= as_of).collect();
            known.sort();
            prop_assert_eq!(e.events_until(as_of).collect::<Vec<_>>(), known.clone());
            prop_assert_eq!(e.until(as_of).unwrap(), engagement(&known));
        }

        #[test]
        fn text_and_bytes_round_trip(given in events()) {
            let e = engagement(&given);
            prop_assert_eq!(&Engagement::parse(&e.to_text().unwrap()).unwrap(), &e);
            prop_assert_eq!(&Engagement::from_foreign_bytes(e.bytes()).unwrap(), &e);
            let size = e.jsonb_size().unwrap();
            e.write_jsonb(size, &mut vec![0; size.bytes()]);
        }

        #[test]
        fn union_is_a_commutative_monoid(a in events(), b in events()) {
            let both = engagement(&[a.clone(), b.clone()].concat());
            let (a, b) = (engagement(&a), engagement(&b));
            prop_assert_eq!(&a.union(&b).unwrap(), &both);
            prop_assert_eq!(b.union(&a).unwrap(), both);
            prop_assert_eq!(a.union(&Engagement::empty()).unwrap(), a);
        }

        #[test]
        fn mutilated_bytes_never_panic(given in events(), at: prop::sample::Index, flip: u8) {
            let mut bytes = engagement(&given).bytes().to_vec();
            let place = at.index(bytes.len());
            bytes[place] ^= flip;
            if let Ok(e) = Engagement::from_foreign_bytes(&bytes) {
                prop_assert_eq!(e.events_until(Instant::MAX).count(), e.entries().count());
            }
            if let Ok(e) = Engagement::from_bytes(&bytes) {
                let _ = (e.events_until(Instant::MAX).count(), e.to_text());
                let size = e.jsonb_size().unwrap();
                e.write_jsonb(size, &mut vec![0; size.bytes()]);
            }
        }
    }
}
