//! How decided actions are handed over: the statements that claim them, and that take note of what became of them.
//!
//! An action is handed over at least once: a sender that claims it has it for the time of a lease, and when that has ended without a
//! word it can be claimed again, under the same idempotency key.

use crate::domain::engagement::event_kind::OPT_OUT_KINDS;
use crate::domain::store::quote::identifier;
use crate::domain::support::error::{Error, Kind, Result};

/// So many actions may be claimed at once.
pub const MOST: i32 = 10_000;

/// After so many attempts an action is dead; once it is put back, after so many more.
pub const ATTEMPTS: i32 = 8;

/// A lease may last so long, in microseconds.
const LONGEST_LEASE: i64 = 86_400_000_000;

/// How long a lease lasts, in microseconds, from the parts of an interval.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it is positive and a day at most.
pub fn lease(months: i32, days: i32, micros: i64) -> Result<i64> {
    let length = i64::from(months) * 30 + i64::from(days);
    length
        .checked_mul(LONGEST_LEASE)
        .and_then(|length| length.checked_add(micros))
        .filter(|length| (1..=LONGEST_LEASE).contains(length))
        .ok_or_else(|| Error::new(Kind::InvalidParameter, "lease must be positive, and a day at most"))
}

/// How many actions are asked for.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it is from 1 to [`MOST`].
pub fn count(n: i32) -> Result<i32> {
    if (1..=MOST).contains(&n) {
        return Ok(n);
    }
    Err(Error::new(Kind::InvalidParameter, format!("n must be from 1 to {MOST}, and is {n}")))
}

/// A store may take so long over its claims, in microseconds.
const LONGEST_BUDGET: i64 = 3_600_000_000;

/// How long each store may take, in microseconds, from the parts of an interval.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it is positive and an hour at most.
pub fn budget(months: i32, days: i32, micros: i64) -> Result<i64> {
    (i64::from(months) * 30 + i64::from(days))
        .checked_mul(LONGEST_LEASE)
        .and_then(|length| length.checked_add(micros))
        .filter(|length| (1..=LONGEST_BUDGET).contains(length))
        .ok_or_else(|| {
            Error::new(Kind::InvalidParameter, "budget must be positive, and an hour at most")
                .hint("budget limits the time for each store, 5 seconds by default.")
        })
}

/// An interval of up to an hour, for a message.
pub fn shown(micros: i64) -> String {
    if micros % 1_000_000 == 0 { format!("{} s", micros / 1_000_000) } else { format!("{} ms", micros as f64 / 1000.0) }
}

fn own(store: &str, table: &str) -> String {
    format!("{}.{}", identifier(store), identifier(table))
}

/// An instant as microseconds since 2000, so that it passes through text unharmed.
fn micros(instant: &str) -> String {
    format!(
        "((EXTRACT(epoch FROM {instant}) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8
            OPERATOR(pg_catalog.-) 946684800000000)"
    )
}

/// The actions of a channel that may be claimed, in the order in which they are: of `$1` the channel, `$2` the present, `$4` how
/// many. Those that another session is just about to claim are passed over. The actions of journeys that are paused or have
/// ended stay where they are.
pub fn claimable(store: &str) -> String {
    format!(
        "SELECT a.id FROM {action} AS a
        WHERE a.channel OPERATOR(pg_catalog.=) $1 AND a.claimable_at OPERATOR(pg_catalog.<=) $2::pg_catalog.timestamptz
            AND a.status IN ('pending', 'claimed') AND a.journey OPERATOR(pg_catalog.=) ANY (ARRAY(
                SELECT j.journey FROM {journey} AS j WHERE j.status OPERATOR(pg_catalog.=) 'live'))
        ORDER BY a.priority DESC, a.claimable_at LIMIT $4::pg_catalog.int8 FOR NO KEY UPDATE SKIP LOCKED",
        action = own(store, "action"),
        journey = own(store, "journey"),
    )
}

/// Claims them: `$3` is the end of the lease, `$5` who claims. In the columns of `lifecycle.claim_actions`, the store's name,
/// the key and the lease excepted.
pub fn claim(store: &str) -> String {
    format!(
        "WITH chosen AS MATERIALIZED ({claimable}), claimed AS (
            UPDATE {action} AS a SET status = 'claimed', claimable_at = $3::pg_catalog.timestamptz,
                attempts = a.attempts OPERATOR(pg_catalog.+) 1, claimed_by = $5
            FROM chosen AS c WHERE a.id OPERATOR(pg_catalog.=) c.id RETURNING a.*)
        SELECT a.id, a.customer, a.channel, a.template, a.payload, j.name, a.version,
            COALESCE(s.name, a.step::pg_catalog.text), {at}, a.attempts
        FROM claimed AS a JOIN {journey} AS j ON j.journey OPERATOR(pg_catalog.=) a.journey
            LEFT JOIN {step} AS s ON s.journey OPERATOR(pg_catalog.=) a.journey
                AND s.version OPERATOR(pg_catalog.=) a.version AND s.step OPERATOR(pg_catalog.=) a.step
        ORDER BY a.priority DESC, a.at, a.id",
        claimable = claimable(store),
        action = own(store, "action"),
        journey = own(store, "journey"),
        step = own(store, "journey_step"),
        at = micros("a.at"),
    )
}

/// Completes the actions of `$1`, an array, with the message id `$2`. How many are known, how many of these are withheld, and
/// how many were completed now.
///
/// What was delivered was delivered: an action that was given up or cancelled is completed, too. In the order of their numbers,
/// so that two sessions that complete the same ones do not wait for each other in turn.
pub fn complete(store: &str) -> String {
    format!(
        "WITH known AS MATERIALIZED (
            SELECT a.id, a.status FROM {action} AS a WHERE a.id OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.int8[])
            ORDER BY a.id FOR NO KEY UPDATE),
        completed AS (
            UPDATE {action} AS a SET status = 'done', claimable_at = NULL, completed_at = pg_catalog.clock_timestamp(), message_id = $2
            FROM known AS k WHERE a.id OPERATOR(pg_catalog.=) k.id AND k.status NOT IN ('done', 'withheld') RETURNING a.id)
        SELECT (SELECT pg_catalog.count(*) FROM known),
            (SELECT pg_catalog.count(*) FROM known AS k WHERE k.status OPERATOR(pg_catalog.=) 'withheld'),
            (SELECT pg_catalog.count(*) FROM completed)",
        action = own(store, "action"),
    )
}

/// Takes note that action `$1` has failed with error `$2`, for good if `$3` says so, and gives its status: it waits for the next
/// attempt, a minute after the first and twice as long after each, six hours at most; or it is dead. Nothing waits in a journey that
/// has ended. What is done, dead, cancelled or withheld stays so.
pub fn fail(store: &str) -> String {
    format!(
        "WITH failed AS (
            UPDATE {action} AS a SET error = $2, (status, claimable_at) = (
                SELECT f.status, CASE WHEN f.status OPERATOR(pg_catalog.=) 'pending' THEN pg_catalog.clock_timestamp()
                    OPERATOR(pg_catalog.+) LEAST('6 hours'::pg_catalog.interval, '1 minute'::pg_catalog.interval OPERATOR(pg_catalog.*)
                        pg_catalog.power(2, GREATEST(a.attempts OPERATOR(pg_catalog.-) 1, 0) OPERATOR(pg_catalog.%) {ATTEMPTS})) END
                FROM (SELECT CASE
                    WHEN $3::pg_catalog.bool OR (a.attempts OPERATOR(pg_catalog.>) 0
                        AND a.attempts OPERATOR(pg_catalog.%) {ATTEMPTS} OPERATOR(pg_catalog.=) 0) THEN 'dead'
                    WHEN EXISTS (SELECT FROM {journey} AS j WHERE j.journey OPERATOR(pg_catalog.=) a.journey
                        AND j.status OPERATOR(pg_catalog.=) 'ended') THEN 'cancelled'
                    ELSE 'pending' END AS status) AS f)
            WHERE a.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8 AND a.status IN ('pending', 'claimed')
            RETURNING a.status)
        SELECT f.status FROM failed AS f UNION ALL
        SELECT a.status FROM {action} AS a
        WHERE a.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8 AND NOT EXISTS (SELECT FROM failed)",
        action = own(store, "action"),
        journey = own(store, "journey"),
    )
}

/// Puts the dead action `$1` back; its channel if it was one that can be sent. It is cancelled if its journey has ended, or its customer
/// has since said to want nothing more by this way.
pub fn retry(store: &str) -> String {
    let last = |kinds: &str| {
        format!(
            "(SELECT pg_catalog.max(e.at) FROM {} AS e WHERE e.customer OPERATOR(pg_catalog.=) a.customer AND e.kind IN ({kinds})
                AND (e.channel IS NULL OR e.channel OPERATOR(pg_catalog.=) a.channel))",
            own(store, "event")
        )
    };
    let against = OPT_OUT_KINDS.map(|kind| format!("'{kind}'")).join(", ");
    format!(
        "WITH dead AS MATERIALIZED (
            SELECT a.id, NOT EXISTS (SELECT FROM {journey} AS j WHERE j.journey OPERATOR(pg_catalog.=) a.journey
                    AND j.status OPERATOR(pg_catalog.=) 'ended')
                AND COALESCE({out} OPERATOR(pg_catalog.<) COALESCE({back}, '-infinity'), {out} IS NULL) AS may
            FROM {action} AS a
            WHERE a.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8 AND a.status OPERATOR(pg_catalog.=) 'dead' FOR NO KEY UPDATE),
        put_back AS (
            UPDATE {action} AS a SET status = CASE WHEN d.may THEN 'pending' ELSE 'cancelled' END,
                claimable_at = CASE WHEN d.may THEN pg_catalog.clock_timestamp() END
            FROM dead AS d WHERE a.id OPERATOR(pg_catalog.=) d.id RETURNING a.channel, a.status)
        SELECT p.channel FROM put_back AS p WHERE p.status OPERATOR(pg_catalog.=) 'pending'",
        journey = own(store, "journey"),
        action = own(store, "action"),
        out = last(&against),
        back = last("'subscribe'"),
    )
}

/// The customer and the channel of action `$1`, and whether it is withheld.
pub fn action(store: &str) -> String {
    format!(
        "SELECT a.customer, a.channel, a.status OPERATOR(pg_catalog.=) 'withheld' FROM {} AS a WHERE a.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8",
        own(store, "action")
    )
}

// ---- what came back -------------------------------------------------------------------------------------------------

/// Records an event, if its provider's id is new: customer, kind, instant, action, channel, id and detail.
pub fn record(store: &str, key: &str) -> String {
    format!(
        "INSERT INTO {} (customer, kind, at, action, channel, provider_id, detail)
        VALUES ($1::{key}, $2, $3::pg_catalog.timestamptz, $4::pg_catalog.int8, $5, $6, $7::pg_catalog.jsonb)
        ON CONFLICT (provider_id) DO NOTHING",
        own(store, "event")
    )
}

/// Cancels what customer `$1` was still to get on channel `$2` (NULL for all), unless a later event than of `$3` has subscribed again.
/// What a sender holds just now is not handed over a second time either.
pub fn cancel(store: &str, key: &str) -> String {
    format!(
        "UPDATE {} AS a SET status = 'cancelled', claimable_at = NULL
        WHERE a.customer OPERATOR(pg_catalog.=) $1::{key} AND a.status IN ('pending', 'claimed')
            AND ($2 IS NULL OR a.channel OPERATOR(pg_catalog.=) $2)
            AND NOT EXISTS (SELECT FROM {} AS e
                WHERE e.customer OPERATOR(pg_catalog.=) $1::{key} AND e.kind OPERATOR(pg_catalog.=) 'subscribe'
                    AND e.at OPERATOR(pg_catalog.>) $3::pg_catalog.timestamptz
                    AND (e.channel IS NULL OR e.channel OPERATOR(pg_catalog.=) a.channel))",
        own(store, "action"),
        own(store, "event"),
    )
}

/// Completes action `$1`, which was handed over and of which no customer has said so, at the instant `$2` of one of the [`DELIVERY_EVIDENCE_KINDS`](crate::domain::engagement::event_kind::DELIVERY_EVIDENCE_KINDS).
pub fn prove(store: &str) -> String {
    format!(
        "UPDATE {} AS a SET status = 'done', claimable_at = NULL, completed_at = $2::pg_catalog.timestamptz
        WHERE a.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8 AND a.attempts OPERATOR(pg_catalog.>) 0
            AND a.status NOT IN ('done', 'withheld')",
        own(store, "action")
    )
}

/// Whether an event of this kind ends what the customer gets on its channel.
pub fn unsubscribes(kind: &str) -> bool {
    OPT_OUT_KINDS.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_positive_and_short() {
        assert_eq!(lease(0, 0, 300_000_000).unwrap(), 300_000_000);
        assert_eq!(lease(0, 1, 0).unwrap(), LONGEST_LEASE);
        assert_eq!(lease(0, 1, -1).unwrap(), LONGEST_LEASE - 1);
        for (months, days, micros) in
            [(0, 0, 0), (0, 0, -1), (0, 1, 1), (1, 0, 0), (i32::MAX, i32::MAX, i64::MAX), (i32::MIN, 0, i64::MIN)]
        {
            assert_eq!(
                lease(months, days, micros).unwrap_err().kind,
                Kind::InvalidParameter,
                "{months} {days} {micros}"
            );
        }
    }

    #[test]
    fn a_budget_is_positive_and_an_hour_at_most() {
        for (months, days, micros, expected) in
            [(0, 0, 1, 1), (0, 0, LONGEST_BUDGET, LONGEST_BUDGET), (0, 1, 1 - LONGEST_LEASE, 1)]
        {
            assert_eq!(budget(months, days, micros).unwrap(), expected);
        }
        for (months, days, micros) in [
            (0, 0, 0),
            (0, 0, -1),
            (0, 0, LONGEST_BUDGET + 1),
            (0, 1, 0),
            (1, -30, 0),
            (i32::MAX, i32::MAX, i64::MAX),
            (i32::MIN, i32::MIN, i64::MIN),
        ] {
            assert_eq!(
                budget(months, days, micros).unwrap_err().kind,
                Kind::InvalidParameter,
                "{months} {days} {micros}"
            );
        }
        assert_eq!([5_000_000, 500_000, 1].map(shown), ["5 s", "500 ms", "0.001 ms"]);
    }

    #[test]
    fn so_many_may_be_claimed() {
        assert_eq!([1, 100, MOST].map(|n| count(n).unwrap()), [1, 100, MOST]);
        for n in [0, -1, MOST + 1, i32::MIN] {
            assert_eq!(count(n).unwrap_err().kind, Kind::InvalidParameter, "{n}");
        }
    }

    #[test]
    fn names_are_quoted() {
        for statement in [claim("or'ders\"; drop"), complete("or'ders\"; drop"), fail("or'ders\"; drop")] {
            assert!(statement.contains(r#""or'ders""; drop"."action""#), "{statement}");
        }
    }
}
