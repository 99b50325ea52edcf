//! Journeys that too many customers complain about, or whose messages bounce too often: the next run holds them.
//!
//! A share counts from [`LEAST_MESSAGES`] messages on, and one answer alone says nothing: of 100 messages one complaint is 1 %, and may be
//! one customer's mistake.

use super::context::RunContext;
use crate::domain::store::settings::Settings;
use crate::domain::support::sql::{Sql, sql};

/// With fewer messages no share is looked at.
pub const LEAST_MESSAGES: u64 = 100;

/// With fewer answers of a kind their share is not looked at.
const LEAST_ANSWERS: u64 = 2;

/// What came of the messages of a journey that were sent in the last 7 days, or since its owner has released it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// Messages that were sent.
    pub messages: u64,
    /// Those of them that bounced, but for soft bounces.
    pub bounces: u64,
    /// Those of them that were answered by a complaint.
    pub complaints: u64,
}

/// Counts for each live journey that has new bounces or complaints: rows of journey, messages, bounces, complaints.
pub fn answers(context: &RunContext) -> Sql {
    sql!(context, "sql/brake/answers.sql")
}

/// Why a journey with these answers is held; None if it is not.
pub fn reason_to_hold(answers: Answers, settings: &Settings) -> Option<String> {
    let Answers { messages, bounces, complaints } = answers;
    let kinds = [(complaints, settings.max_complaints, "complaints"), (bounces, settings.max_bounces, "hard bounces")];
    let (n, limit, what) = kinds.into_iter().find(|(n, limit, _)| {
        messages >= LEAST_MESSAGES && *n >= LEAST_ANSWERS && *n as f64 > limit * messages as f64
    })?;
    let [share, limit] = [n as f64 / messages as f64, limit].map(|share| share * 100.0);
    Some(format!(
        "{n} {what} of {messages} messages in the last 7 days: {share:.2} %, more than the limit of {limit:.2} %"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(messages: u64, bounces: u64, complaints: u64) -> bool {
        reason_to_hold(Answers { messages, bounces, complaints }, &Settings::default()).is_some()
    }

    #[test]
    fn a_journey_is_held_where_a_share_passes_its_limit() {
        assert!(holds(1000, 0, 4) && !holds(1000, 0, 3));
        assert!(holds(1000, 51, 0) && !holds(1000, 50, 0));
        let answers = Answers { messages: 1000, bounces: 60, complaints: 4 };
        assert_eq!(
            reason_to_hold(answers, &Settings::default()).as_deref(),
            Some("4 complaints of 1000 messages in the last 7 days: 0.40 %, more than the limit of 0.30 %")
        );
        let tolerant = Settings { max_complaints: 1.0, max_bounces: 1.0, ..Settings::default() };
        assert_eq!(reason_to_hold(Answers { messages: 100, bounces: 100, complaints: 100 }, &tolerant), None);
    }

    #[test]
    fn few_messages_and_single_answers_hold_nothing() {
        assert!(!holds(99, 99, 99) && holds(100, 0, 2) && holds(100, 6, 0));
        assert!(!holds(100, 0, 1) && !holds(333, 0, 1));
        assert!(!holds(0, 0, 0));
    }
}
