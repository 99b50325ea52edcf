//! The brake: how many customers may enter a journey within 24 hours, and the journey that is held because more would.
//!
//! Customers whom a step of another journey calls do not count: they have entered already.

use super::context::{ActiveVersion, RunContext};
use super::enter::eligible;
use super::occasion::{OccasionRow, is_occasion, key_of, profile_of_event};
use crate::domain::journey::definition::Occasion;
use crate::domain::journey::definition::policy::MaxEntries;
use crate::domain::store::Store;
use crate::domain::support::sql::{Sql, expression, sql};

/// So many may always enter where the policy says nothing.
pub const ALWAYS: u64 = 100;

/// The greatest share of the customers that may enter where the policy says nothing.
const SHARE: f64 = 0.2;

/// So many times the largest day of its own past may enter a journey where the policy says nothing.
const TIMES: u32 = 10;

/// Notes that so many customers have entered a journey now.
pub fn count_in(context: &RunContext, journey: &ActiveVersion, customers: u64) -> Sql {
    sql!((context, journey), "sql/brake/count_in.sql", customers = customers)
}

/// How many have entered it in the last 24 hours.
pub fn entered(context: &RunContext, journey: &ActiveVersion) -> Sql {
    sql!((context, journey), "sql/brake/entered.sql")
}

/// How many would enter it for these occasions.
pub fn coming(context: &RunContext, journey: &ActiveVersion, occasions: &Sql) -> Sql {
    sql!((), "sql/brake/coming.sql", eligible = eligible(context, journey, occasions))
}

/// How many may enter it within 24 hours.
pub fn limit(context: &RunContext, journey: &ActiveVersion) -> Sql {
    let base = expression!(context, "(SELECT count(*) FROM {table.profile} AS profile)");
    let limit = match context.policy.max_entries {
        Some(MaxEntries::Customers(number)) => number.into(),
        Some(MaxEntries::Share(share)) => {
            expression!((), "GREATEST(1, floor({base} * {share}))", base = base, share = share)
        }
        None => {
            sql!((context, journey), "sql/brake/usual.sql", always = ALWAYS, base = base, share = SHARE, times = TIMES)
        }
    };
    sql!((context, journey), "sql/brake/limit.sql", limit = limit)
}

/// Begins the 24 hours for which the owner has released journeys.
pub fn begin_release(context: &RunContext) -> Sql {
    sql!(context, "sql/brake/begin_release.sql")
}

/// Holds a journey, for the reason `$1`. The events from this one on are looked at again when it is released.
pub fn hold(context: &RunContext, journey: &ActiveVersion, event: &Sql) -> Sql {
    sql!((context, journey), "sql/brake/hold.sql", event = event)
}

/// Holds a journey for the reason `$1` from the hand-over, unless another session has locked it, which the hand-over does not wait for.
pub fn hold_from_hand_over(store: &Store, journey: i32) -> Sql {
    sql!(store, "sql/brake/hold_from_hand_over.sql", journey = journey, next_event = next_event(store))
}

/// The first event that comes to runs from now on.
pub fn next_event(store: &Store) -> Sql {
    sql!(store, "sql/brake/next_event.sql")
}

/// Locks a journey that no other worker works on: one row, or none.
pub fn lock(context: &RunContext, journey: &ActiveVersion) -> Sql {
    sql!((context, journey), "sql/brake/lock.sql")
}

/// The first of the events that were taken.
pub fn first_event(context: &RunContext) -> Sql {
    expression!(context, "(SELECT min(event.id) FROM {scratch.events} AS event)")
}

/// Whether there are events to look at again for a journey that was released: locks it. One row, or none.
pub fn has_held_events(context: &RunContext, journey: &ActiveVersion) -> Sql {
    sql!((context, journey), "sql/brake/has_held_events.sql")
}

/// The customers of these events, as a relation.
pub fn customers_of_held_events(context: &RunContext, journey: &ActiveVersion, occasion: &Occasion) -> Sql {
    expression!(
        (context, journey),
        "(SELECT DISTINCT event.customer FROM {table.event} AS event
            WHERE event.kind = {kind} AND event.processed
                AND event.id >= (SELECT journey.held_event FROM {table.journey} AS journey WHERE journey.journey = {journey}))",
        kind = Sql::text(&occasion.kind)
    )
}

/// The occasions that these events are.
pub fn held_events(context: &RunContext, journey: &ActiveVersion, occasion: &Occasion) -> Sql {
    sql!(
        (context, journey),
        "sql/brake/held_events.sql",
        kind = Sql::text(&occasion.kind),
        key = key_of(occasion),
        profile = profile_of_event(context, occasion),
        is_occasion = is_occasion(context, OccasionRow::Event, occasion)
    )
}

/// They were looked at.
pub fn forget_held_events(context: &RunContext, journey: &ActiveVersion) -> Sql {
    sql!((context, journey), "sql/brake/forget_held_events.sql")
}
