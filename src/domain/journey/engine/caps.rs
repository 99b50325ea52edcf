//! Frequency caps: how many actions a customer may get in a stretch of time, and when there is room for the next.

use super::context::RunContext;
use crate::domain::journey::definition::policy::Cap;
use crate::domain::support::sql::{Sql, expression};

/// Which actions count, and when they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Those that were decided, and may be sent.
    Decided,
    /// Those that were handed over, but for the one that is about to be.
    HandedOver,
}

/// For each cap of N actions per period: the time of the N-th newest action. The cap frees up one period later. One query reads all
/// caps.
pub fn latest(context: &RunContext, caps: &[&Cap], when: When) -> Sql {
    if caps.is_empty() {
        return "NULL::timestamptz[]".into();
    }
    let (at, counts) = match when {
        When::Decided => (
            "past.decided_at",
            "past.status NOT IN ('cancelled', 'dropped') AND (past.status <> 'withheld' OR past.control IS NOT NULL)",
        ),
        When::HandedOver => ("past.handed_over_at", "past.handed_over_at IS NOT NULL AND past.id <> enrolled.id"),
    };
    let of = |cap: &&Cap| {
        let all = match cap.most {
            1 => expression!((), "max({at})", at = at),
            _ => expression!((), "array_agg({at} ORDER BY {at} DESC)", at = at),
        };
        let counted = match &cap.channel {
            Some(channel) => expression!(
                (),
                "{all} FILTER (WHERE past.channel = {channel})",
                all = &all,
                channel = Sql::text(channel)
            ),
            None => all,
        };
        match cap.most {
            1 => counted,
            most => expression!((), "({counted})[{most}]", counted = counted, most = most),
        }
    };
    expression!(
        context,
        "(SELECT ARRAY[{latest}] FROM {table.action} AS past
            WHERE past.customer = enrolled.customer AND NOT past.transactional AND {counts})",
        counts = counts,
        latest = Sql::list(caps.iter().map(of))
    )
}

/// All columns, and of each cap when the customer is below it again: an instant of the past, or NULL, where the customer is below it now.
pub fn cap_columns(context: &RunContext, caps: &[&Cap]) -> Sql {
    let of = |(i, cap): (usize, &&Cap)| {
        let latest = expression!((), "considered.latest[{place}]", place = i + 1);
        let free = context.later(&latest, cap.per, &"considered.zone".into());
        expression!((), "{free} AS cap_{i}_free_at", free = free, i = i)
    };
    Sql::list(std::iter::once("considered.*".into()).chain(caps.iter().enumerate().map(of)))
}

/// When a cap leaves room again.
fn cap_free_at(i: usize) -> Sql {
    expression!((), "capped.cap_{i}_free_at", i = i)
}

/// When all caps leave room again; NULL where they do now.
pub fn free_at(context: &RunContext, caps: usize) -> Sql {
    if caps == 0 {
        return "NULL::timestamptz".into();
    }
    let all = expression!((), "GREATEST({each})", each = Sql::list((0..caps).map(cap_free_at)));
    expression!(context, "CASE WHEN {all} > {now} THEN {all} END", all = all)
}

/// Of each cap, whether the customer of the row `freed` is at it now, and the words of the reason.
pub fn over_caps(context: &RunContext, caps: &[&Cap]) -> impl Iterator<Item = (Sql, Sql)> {
    caps.iter().enumerate().map(move |(i, cap)| {
        let is_over = expression!(context, "freed.cap_{i}_free_at > {now}", i = i);
        (is_over, Sql::text(&format!("cap: {}", shown(cap))))
    })
}

/// A cap in words.
pub fn shown(cap: &Cap) -> String {
    let on = cap.channel.as_ref().map_or(String::new(), |channel| format!(" on {channel}"));
    format!("{} in {}{on}", cap.most, cap.per)
}
