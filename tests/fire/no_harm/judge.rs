//! Holds each hand-over against what was known before the sender asked. Only clear orders count: a word that was told while the sender
//! asked may have come before or after.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use postgres::Client;

use super::conductor::{Conducted, Stop};
use super::rules::{Message, Told, against};
use super::world;
use crate::ledger::{Claim, Ledger};

/// What was judged.
#[derive(Default)]
pub struct Judged {
    /// Hand-overs to customers who had said something, clear ones and others.
    clear: usize,
    unclear: usize,
    /// Of these what is transactional, while another message was forbidden.
    answers: usize,
    /// Calls while something stopped the store or the journey.
    stopped: usize,
    words: usize,
}

/// An action as the table has it.
pub struct Sent {
    pub customer: i32,
    pub journey: String,
    channel: String,
    topic: Option<String>,
    is_transactional: bool,
}

/// All actions of a database.
pub fn actions(client: &mut Client) -> HashMap<i64, Sent> {
    let query = "SELECT a.id, a.customer, j.name, a.channel, a.topic, a.transactional
        FROM shop_data.action AS a JOIN shop_data.journey AS j USING (journey)";
    let rows = client.query(query, &[]).expect("the actions");
    let sent = |row: &postgres::Row| Sent {
        customer: row.get(1),
        journey: row.get(2),
        channel: row.get(3),
        topic: row.get(4),
        is_transactional: row.get(5),
    };
    rows.iter().map(|row| (row.get(0), sent(row))).collect()
}

/// The words of each customer, in their order.
pub fn by_customer(told: &[Told]) -> HashMap<i32, Vec<Told>> {
    let mut words: HashMap<i32, Vec<Told>> = HashMap::new();
    for one in told {
        words.entry(one.customer).or_default().push(*one);
    }
    words
}

impl Sent {
    /// Why it must not be sent to a customer who has said all this; and why not if it were no answer.
    pub fn against(&self, words: &[Told]) -> [Option<&'static str>; 2] {
        [self.is_transactional, false].map(|is_transactional| {
            let message = Message { channel: &self.channel, topic: self.topic.as_deref(), is_transactional };
            against(world::has_agreed(self.customer), words.iter().map(|one| one.word), &message)
        })
    }
}

/// Judges all that was handed over.
pub fn judge(client: &mut Client, ledger: &Ledger, told: &[Told], conducted: &Conducted) -> Judged {
    let (actions, words) = (actions(client), by_customer(told));
    let mut judged = Judged { words: told.len(), ..Judged::default() };
    for claim in &ledger.claims {
        let sent = &actions[&claim.action];
        let of_customer = words.get(&sent.customer).map_or(&[][..], Vec::as_slice);
        judge_words(claim, sent, of_customer, &mut judged);
        for stop in conducted.stops.iter().filter(|stop| stop.journey.is_none_or(|journey| journey == sent.journey)) {
            assert!(
                !stop.is_during(claim.began, claim.ended),
                "{}: action {} was handed over from {:?} to {:?}",
                stop.show(),
                claim.action,
                claim.began,
                claim.ended
            );
        }
    }
    for stop in &conducted.stops {
        let calls = ledger.vain.iter().filter(|(began, ended)| stop.is_during(*began, *ended)).count();
        assert!(calls > 0 || stop.journey.is_some(), "{}: nobody has asked for anything", stop.show());
        judged.stopped += calls;
    }
    assert!(judged.clear > 0 && judged.answers > 0, "{judged}");
    judged
}

fn judge_words(claim: &Claim, sent: &Sent, words: &[Told], judged: &mut Judged) {
    let known = words.partition_point(|one| one.after < claim.began);
    if words.is_empty() {
        return assert_eq!(sent.against(words)[0], None, "action {} was handed over", claim.action);
    }
    if words.get(known).is_some_and(|one| one.before < claim.ended) {
        judged.unclear += 1;
        return;
    }
    judged.clear += 1;
    let [why, if_no_answer] = sent.against(&words[..known]);
    judged.answers += usize::from(why.is_none() && if_no_answer.is_some());
    let Claim { action, began, ended, .. } = claim;
    assert_eq!(
        why,
        None,
        "action {action} of customer {} on {} (topic {:?}, transactional: {}) was handed over from {began:?} to {ended:?} after {:#?}",
        sent.customer,
        sent.channel,
        sent.topic,
        sent.is_transactional,
        &words[..known]
    );
}

impl Stop {
    /// Whether something that began and ended then was wholly within it.
    fn is_during(&self, began: Duration, ended: Duration) -> bool {
        self.after < began && ended < self.before
    }

    fn show(&self) -> String {
        format!("{} from {:?} to {:?}", self.what, self.after, self.before)
    }
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} words of customers; {} hand-overs to them, {} of these answers while nothing else was allowed; {} at the same time as a word; {} calls in \
             vain while something was held",
            self.words,
            self.clear + self.unclear,
            self.answers,
            self.unclear,
            self.stopped
        )
    }
}
