//! The list of suppressions: which customers get nothing on a channel, or on a topic of it, since when and why.
//!
//! A suppression has a channel and a topic; NULL stands for all. What customers say ends by their word: an unsubscription or a complaint
//! holds until a later event `subscribe` of that channel and topic. All others hold until `lifecycle.unsuppress` lifts them.

use crate::domain::store::Store;
use crate::domain::support::sql::{Sql, expression, sql};

/// Why a customer is suppressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The address does not exist.
    HardBounce,
    /// Three messages in a row could not be delivered.
    SoftBounces,
    /// The customer called a message unwanted.
    Complaint,
    /// The customer wants no more messages.
    Unsubscribe,
    /// The owner of the store says so.
    Manual,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 5] =
        [Reason::HardBounce, Reason::SoftBounces, Reason::Complaint, Reason::Unsubscribe, Reason::Manual];

    /// The name under which it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Reason::HardBounce => "hard_bounce",
            Reason::SoftBounces => "soft_bounces",
            Reason::Complaint => "complaint",
            Reason::Unsubscribe => "unsubscribe",
            Reason::Manual => "manual",
        }
    }

    /// How decisions and outcomes of journeys call it.
    pub const fn objection(self) -> &'static str {
        match self {
            Reason::HardBounce => "hard bounce",
            Reason::SoftBounces => "soft bounces",
            Reason::Complaint => "complaint",
            Reason::Unsubscribe => "unsubscribed",
            Reason::Manual => "suppressed",
        }
    }

    /// Whether the customer has said so, and can say otherwise.
    pub const fn is_word_of_customer(self) -> bool {
        matches!(self, Reason::Complaint | Reason::Unsubscribe)
    }
}

/// The reasons that the customer can take back, as literals.
pub fn words_of_customer() -> Sql {
    Sql::list(Reason::ALL.into_iter().filter(|reason| reason.is_word_of_customer()).map(|one| Sql::literal(one.name())))
}

/// All objections, as literals.
pub fn objections() -> Sql {
    Sql::list(Reason::ALL.map(|reason| Sql::literal(reason.objection())))
}

/// The objection that a reason is, as an expression.
pub fn objection_of(reason: &Sql) -> Sql {
    let arms = Reason::ALL.map(|one| {
        (
            expression!((), "{reason} = {name}", reason = reason, name = Sql::literal(one.name())),
            Sql::literal(one.objection()),
        )
    });
    Sql::case(arms, "NULL".into())
}

/// A message that is to be sent.
pub struct Message<'a> {
    /// Its channel, as an expression.
    pub channel: &'a Sql,
    /// Its topic, as an expression that may be NULL.
    pub topic: &'a Sql,
    /// When it is to be sent.
    pub at: &'a Sql,
}

/// The condition that the row `suppression` stops a message, given the relation of recorded events.
pub fn stops(events: &Sql, message: &Message<'_>) -> Sql {
    sql!(
        (),
        "sql/suppression/stops.sql",
        channel = message.channel,
        topic = message.topic,
        at = message.at,
        words_of_customer = words_of_customer(),
        taken_back = taken_back(events, message, &"suppression.customer".into(), &"suppression.since".into())
    )
}

/// The condition that a customer has taken back on a recorded event what was said at an instant, for the channel and topic of a message.
pub fn taken_back(events: &Sql, message: &Message<'_>, customer: &Sql, said_at: &Sql) -> Sql {
    sql!(
        (),
        "sql/suppression/taken_back.sql",
        events = events,
        customer = customer,
        said_at = said_at,
        channel = message.channel,
        topic = message.topic,
        at = message.at
    )
}

/// Suppresses customer `$1` on channel `$2` and topic `$3` for reason `$4` since `$5` by event `$6`.
pub fn suppress(store: &Store) -> Sql {
    sql!(store, "sql/suppression/suppress.sql", words_of_customer = words_of_customer())
}

/// Suppresses customer `$1` on channel `$2` since `$3` by event `$4` if the last three messages could not be delivered for the moment.
pub fn suppress_after_soft_bounces(store: &Store) -> Sql {
    sql!(store, "sql/suppression/soft_bounces.sql")
}

/// Ends what customer `$1` has said before `$4` on channel `$2` and topic `$3` (NULL for all).
pub fn subscribe(store: &Store) -> Sql {
    sql!(store, "sql/suppression/subscribe.sql", words_of_customer = words_of_customer())
}

/// Suppresses customer `$1` on channel `$2` and topic `$3` (NULL for all) on the owner's word, with note `$4`: no row if that is said already.
pub fn suppress_manually(store: &Store) -> Sql {
    sql!(store, "sql/suppression/suppress_manually.sql")
}

/// Lifts the suppressions of customer `$1` on channel `$2` and topic `$3` (NULL for all), whatever their reason, and says how many.
pub fn unsuppress(store: &Store) -> Sql {
    sql!(store, "sql/suppression/unsuppress.sql")
}

/// The condition that the row `action` is stopped at the present.
pub fn stops_action(store: &Store) -> Sql {
    let message = Message { channel: &"action.channel".into(), topic: &"NULL".into(), at: &"clock_timestamp()".into() };
    expression!(
        store,
        "EXISTS (SELECT FROM {data.suppression} AS suppression WHERE suppression.customer = action.customer AND {stops})",
        stops = stops(&store.data("event"), &message)
    )
}
