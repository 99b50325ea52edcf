//! Tells the store what customers say, one word after the other, and keeps between which instants each was told.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::rules::{Channel, Told, Topic, Word};
use super::world;
use crate::session::Session;
use crate::{Alarm, Fire};

/// One of so many tellers: the words of a customer all come by the same one, so that their order is known.
pub fn tell(fire: &Fire, is_quiet: &AtomicBool, (number, of): (u64, u64), customers: i32) -> Vec<Told> {
    let _alarm = Alarm(fire);
    let mut rng = ChaCha8Rng::seed_from_u64(fire.seed << 8 | 0x40 | number);
    let mut session = Session::new(fire, &format!("teller {number}"));
    let mine: Vec<i32> =
        (1..=customers).filter(|customer| world::speaks(*customer) && *customer as u64 / 8 % of == number).collect();
    let mut told = Vec::new();
    while !is_quiet.load(SeqCst) && fire.goes_on() {
        let customer = *mine.choose(&mut rng).expect("a customer");
        let word = draw(&mut rng);
        // Told again where the answer was lost: the id of the event, or the list, knows it then.
        let call = call(word, customer, &format!("{number}-{}", told.len()));
        let before = fire.clock();
        session.until_done(|client| client.batch_execute(&call));
        told.push(Told { customer, word, before, after: fire.clock() });
        thread::sleep(Duration::from_millis(rng.random_range(0..8)));
    }
    told
}

fn draw(rng: &mut ChaCha8Rng) -> Word {
    let channel: Channel = *[Some("email"), Some("email"), Some("sms"), None].choose(rng).expect("a channel");
    let topic: Topic = *[Some("offers"), Some("offers"), None].choose(rng).expect("a topic");
    match rng.random_range(0..26) {
        0..=1 => Word::Bounce(channel),
        2..=3 => Word::Complaint(channel),
        4..=7 => Word::Unsubscribe(channel, topic),
        8..=11 => Word::Subscribe(channel, topic),
        12..=13 => Word::Withdraw(channel),
        14..=15 => Word::Consent(channel),
        16..=17 => Word::Suppress(channel),
        18..=20 => Word::Unsuppress(channel),
        _ => Word::Pay,
    }
}

/// The statement that tells it.
fn call(word: Word, customer: i32, id: &str) -> String {
    let text = |value: Option<&str>| value.map_or("NULL".to_owned(), |value| format!("'{value}'"));
    let event = |kind: &str, channel: Channel, topic: Topic, detail: &str| {
        format!(
            "SELECT lifecycle.record_event('shop', '{kind}', '{id}', customer => '{customer}', channel => {}, topic => {}, detail => '{detail}')",
            text(channel),
            text(topic)
        )
    };
    let about = |function: &str, channel: Channel| {
        format!("SELECT lifecycle.{function}('shop', '{customer}', {})", text(channel))
    };
    match word {
        Word::Bounce(channel) => event("bounce", channel, None, r#"{"bounceType": "Permanent"}"#),
        Word::Complaint(channel) => event("spamreport", channel, None, "{}"),
        Word::Unsubscribe(channel, topic) => event("unsubscribed", channel, topic, "{}"),
        Word::Subscribe(channel, topic) => event("subscribed", channel, topic, "{}"),
        Word::Pay => event("paid", None, None, "{}"),
        Word::Withdraw(channel) => about("withdraw_consent", channel),
        Word::Consent(channel) => about("record_consent", channel),
        Word::Suppress(channel) => about("suppress", channel),
        Word::Unsuppress(channel) => about("unsuppress", channel),
    }
}
