//! What an event that is recorded does at once.

use super::facts::Event;
use super::interpreter::Interpreter;

impl Interpreter {
    /// Takes note of an event: of what the customer was still to get, nothing is sent that is wanted no more.
    pub fn record(&mut self, event: Event) {
        let facts = &mut self.facts;
        facts.events.push(event.clone());
        // What only a message that was sent can have proves that it was.
        let proves = ["delivered", "open", "click", "reply", "bounce", "unsubscribe", "complaint"];
        if let Some(key) = event.action.filter(|_| proves.contains(&event.kind.as_str())) {
            let action = facts.actions.iter_mut().find(|action| action.key == key).expect("an action");
            if action.attempts > 0 && !["done", "withheld"].contains(&action.status.as_str()) {
                (action.status, action.completed_at, action.processed) = ("done".to_owned(), Some(event.at), false);
            }
        }
        // What is about a topic is looked at when an action is handed over.
        if !["unsubscribe", "complaint", "bounce"].contains(&event.kind.as_str()) || event.topic.is_some() {
            return;
        }
        let is_back = |channel: &str| {
            event.kind != "bounce"
                && facts.events.iter().any(|other| {
                    other.customer == event.customer
                        && other.kind == "subscribe"
                        && other.at > event.at
                        && other.channel.as_deref().is_none_or(|of| of == channel)
                })
        };
        for action in facts.actions.iter_mut().filter(|action| action.key.0 == event.customer) {
            let is_meant = event.channel.as_ref().is_none_or(|channel| *channel == action.channel);
            // What the customer says does not stop the answer to what the customer did.
            let is_stopped = event.kind == "bounce" || !action.is_transactional;
            if action.is_open() && is_meant && is_stopped && !is_back(&action.channel) {
                let reason = match event.kind.as_str() {
                    "bounce" => "hard bounce",
                    "complaint" => "complaint",
                    _ => "unsubscribed",
                };
                (action.status, action.reason) = ("cancelled".to_owned(), Some(reason.to_owned()));
                action.processed = false;
            }
        }
    }
}
