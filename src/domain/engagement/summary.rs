//! What an engagement history says by itself: what happened last, how often, and how many messages were answered.

use super::{Channel, Engagement, Event, EventKind};
use crate::domain::time::instant::Instant;

/// Which events are asked for; None is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<EventKind>,
    /// By this way.
    pub channel: Option<Channel>,
    /// After this instant.
    pub since: Option<Instant>,
}

impl Filter {
    fn passes(&self, event: &Event) -> bool {
        self.kind.is_none_or(|kind| event.what.kind == kind)
            && self.channel.is_none_or(|channel| event.what.channel == Some(channel))
            && self.since.is_none_or(|since| event.at > since)
    }

    /// The events of a history that pass, at or before `as_of`, in order.
    pub fn events(self, e: &Engagement<'_>, as_of: Instant) -> impl Iterator<Item = Event> {
        e.events_until(as_of).filter(move |event| self.passes(event))
    }
}

/// How many messages were delivered, and how many of them were answered by a reaction of one kind.
///
/// Events carry no message ids, so a reaction counts for the last message delivered before it on the same channel, none
/// being a channel of its own: unique opens / delivered, as if every message were sent after the reactions to the one
/// before.
///
/// Deliveries are the `delivered` events of the channel; where it has none in the window, its `sent` events but those
/// that a bounce follows before the next is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Response {
    /// Messages that were delivered.
    pub delivered: u64,
    /// Those among them that were answered before the next on the same channel.
    pub answered: u64,
}

/// What is known of one channel while its events go by.
#[derive(Debug, Clone, Copy, Default)]
struct OneChannel {
    by_receipt: Response,
    by_sending: Response,
    /// Whether the last message was answered; None while there is none.
    last_received: Option<bool>,
    last_arrived: Option<bool>,
    /// The last message that was sent and may still bounce.
    last_sent: Option<bool>,
}

impl Response {
    /// Reads the events after `since` and at or before `as_of`, of one channel or of all.
    pub fn of(
        e: &Engagement<'_>,
        reaction: EventKind,
        since: Option<Instant>,
        channel: Option<Channel>,
        as_of: Instant,
    ) -> Self {
        let mut channels = [OneChannel::default(); Channel::COUNT];
        for event in (Filter { kind: None, channel, since }).events(e, as_of) {
            let one = &mut channels[event.what.channel_number()];
            match event.what.kind {
                EventKind::Delivered => one.by_receipt.count(one.last_received.replace(false)),
                EventKind::Sent => one.sent(),
                // No customer answers a message that bounced: a reaction after it was one to the message before.
                EventKind::Bounce => {
                    if let (Some(answered), Some(before)) = (one.last_sent.take(), &mut one.last_arrived) {
                        *before |= answered;
                    }
                }
                kind if kind == reaction => one.answered(),
                _ => {}
            }
        }
        channels.iter_mut().fold(Response::default(), |all, one| {
            let of_channel = one.finish();
            Response { delivered: all.delivered + of_channel.delivered, answered: all.answered + of_channel.answered }
        })
    }

    /// answered / delivered; None without a delivery.
    pub fn rate(self) -> Option<f64> {
        (self.delivered > 0).then(|| self.answered as f64 / self.delivered as f64)
    }

    /// Adds a message, if there is one, that was answered or not.
    fn count(&mut self, message: Option<bool>) {
        self.delivered += u64::from(message.is_some());
        self.answered += u64::from(message == Some(true));
    }
}

impl OneChannel {
    fn sent(&mut self) {
        self.arrive();
        self.last_sent = Some(false);
    }

    /// The last message sent has arrived, for nothing more can be heard of it.
    fn arrive(&mut self) {
        if let Some(answered) = self.last_sent.take() {
            self.by_sending.count(self.last_arrived.replace(answered));
        }
    }

    fn answered(&mut self) {
        for last in [
            &mut self.last_received,
            if self.last_sent.is_some() { &mut self.last_sent } else { &mut self.last_arrived },
        ] {
            *last = last.map(|_| true);
        }
    }

    fn finish(&mut self) -> Response {
        self.arrive();
        self.by_sending.count(self.last_arrived.take());
        self.by_receipt.count(self.last_received.take());
        if self.by_receipt.delivered > 0 { self.by_receipt } else { self.by_sending }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::engagement::arbitrary::{engagement, events, instant};

    fn response(text: &str) -> (u64, u64) {
        let e = Engagement::parse(text).unwrap();
        let r = Response::of(&e, EventKind::Open, None, None, Instant::MAX);
        (r.delivered, r.answered)
    }

    #[test]
    fn an_open_counts_for_the_last_message_on_its_channel() {
        for (text, expected) in [
            ("{}", (0, 0)),
            ("{2024-01-01 open email}", (0, 0)),
            ("{2024-01-01 delivered email}", (1, 0)),
            ("{2024-01-01 delivered email, 2024-01-01 open email}", (1, 1)),
            ("{2024-01-01 open email, 2024-01-02 delivered email}", (1, 0)),
            // Opened twice, and so once; the second message was not.
            (
                "{2024-01-01 delivered email, 2024-01-02 open email, 2024-01-03 open email, 2024-01-04 delivered email}",
                (2, 1),
            ),
            // On another channel, and on none.
            ("{2024-01-01 delivered email, 2024-01-02 open sms}", (1, 0)),
            ("{2024-01-01 delivered email, 2024-01-02 open}", (1, 0)),
            ("{2024-01-01 delivered email, 2024-01-02 delivered sms, 2024-01-03 open email}", (2, 1)),
            // A click is no open.
            ("{2024-01-01 delivered email, 2024-01-02 click email}", (1, 0)),
        ] {
            assert_eq!(response(text), expected, "{text}");
        }
    }

    #[test]
    fn without_receipts_what_was_sent_and_did_not_bounce_was_delivered() {
        for (text, expected) in [
            ("{2024-01-01 sent}", (1, 0)),
            ("{2024-01-01 sent, 2024-01-02 bounce}", (0, 0)),
            ("{2024-01-01 sent, 2024-01-02 open}", (1, 1)),
            ("{2024-01-01 sent, 2024-01-02 sent, 2024-01-03 bounce}", (1, 0)),
            // The second bounced: an open after it is of the first, also if the bounce comes late.
            ("{2024-01-01 sent, 2024-01-02 sent, 2024-01-03 bounce, 2024-01-04 open}", (1, 1)),
            ("{2024-01-01 sent, 2024-01-02 sent, 2024-01-03 open, 2024-01-04 bounce}", (1, 1)),
            ("{2024-01-01 sent, 2024-01-02 open, 2024-01-03 bounce}", (0, 0)),
            // Two bounces of one message are one.
            ("{2024-01-01 sent, 2024-01-02 sent, 2024-01-03 bounce, 2024-01-04 bounce}", (1, 0)),
            // A bounce on another channel.
            ("{2024-01-01 sent email, 2024-01-02 bounce sms}", (1, 0)),
            // Channels with and without receipts side by side.
            (
                "{2024-01-01 sent email, 2024-01-01 delivered email, 2024-01-02 sent email, 2024-01-03 sent push}",
                (2, 0),
            ),
        ] {
            assert_eq!(response(text), expected, "{text}");
        }
    }

    #[test]
    fn the_window_is_open_at_its_start_and_closed_at_its_end() {
        let e = Engagement::parse("{2024-01-01 sent, 2024-01-02 open, 2024-01-03 sent, 2024-01-04 open}").unwrap();
        let at = |day: &str| Instant::parse(day).unwrap();
        let asked = |since, as_of| Response::of(&e, EventKind::Open, Some(at(since)), None, at(as_of)).rate();
        assert_eq!(asked("2023-12-31", "2024-01-04"), Some(1.0));
        assert_eq!(asked("2024-01-01", "2024-01-04"), Some(1.0));
        assert_eq!(asked("2023-12-31", "2024-01-03"), Some(0.5));
        assert_eq!(asked("2024-01-02", "2024-01-03"), Some(0.0));
        assert_eq!(asked("2024-01-03", "2024-01-04"), None);
    }

    /// The definition, word for word.
    fn by_definition(given: &[Event], reaction: EventKind) -> (u64, u64) {
        let (mut delivered, mut answered) = (0, 0);
        for channel in std::iter::once(None).chain(Channel::ALL.map(Some)) {
            let mut on: Vec<Event> = given.iter().copied().filter(|event| event.what.channel == channel).collect();
            on.sort();
            let kinds: Vec<EventKind> = on.iter().map(|event| event.what.kind).collect();
            let next = |i: usize, of: EventKind| (i + 1..kinds.len()).find(|&j| kinds[j] == of).unwrap_or(kinds.len());
            let mut deliveries: Vec<usize> = (0..kinds.len()).filter(|&i| kinds[i] == EventKind::Delivered).collect();
            if deliveries.is_empty() {
                deliveries = (0..kinds.len())
                    .filter(|&i| kinds[i] == EventKind::Sent)
                    .filter(|&i| next(i, EventKind::Bounce) >= next(i, EventKind::Sent))
                    .collect();
            }
            delivered += deliveries.len() as u64;
            for (n, &from) in deliveries.iter().enumerate() {
                let to = deliveries.get(n + 1).copied().unwrap_or(kinds.len());
                answered += u64::from(kinds[from..to].contains(&reaction));
            }
        }
        (delivered, answered)
    }

    proptest! {
        #[test]
        fn rates_are_what_the_definition_says(given in events(), as_of in instant(), click: bool) {
            let reaction = if click { EventKind::Click } else { EventKind::Open };
            let e = engagement(&given);
            let found = Response::of(&e, reaction, None, None, as_of);
            let known: Vec<Event> = given.into_iter().filter(|event| event.at <= as_of).collect();
            prop_assert_eq!((found.delivered, found.answered), by_definition(&known, reaction));
            prop_assert_eq!(found, Response::of(&e.until(as_of).unwrap(), reaction, None, None, Instant::MAX));
            prop_assert!(found.rate().is_none_or(|rate| (0.0..=1.0).contains(&rate)));
        }

        #[test]
        fn all_channels_are_the_sum_of_each(given in events(), since in instant()) {
            let e = engagement(&given);
            let of = |channel| Response::of(&e, EventKind::Open, Some(since), channel, Instant::MAX);
            let without: Vec<Event> = given.iter().copied().filter(|event| event.what.channel.is_none()).collect();
            let mut sum = Response::of(&engagement(&without), EventKind::Open, Some(since), None, Instant::MAX);
            for channel in Channel::ALL {
                sum.delivered += of(Some(channel)).delivered;
                sum.answered += of(Some(channel)).answered;
            }
            prop_assert_eq!(of(None), sum);
        }
    }
}
