//! Voucher codes: pools of them, of which each action takes one when it is handed over.
//!
//! A code is in one pool of a store, and goes to one action for ever. So that none is given twice and none is lost, the statement that
//! gives it to an action also writes it into the payload.

use std::collections::BTreeMap;

use super::definition::Act;
use super::definition::json_path::is_name;
use super::definition::read_payload::codes;
use crate::domain::store::Store;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};

/// The longest code, in bytes.
pub const LONGEST: usize = 200;

/// How many codes can be added at once.
const MOST: usize = 1_000_000;

/// Checks the name of a pool.
///
/// # Errors
/// [`Kind::InvalidName`].
pub fn check_pool(pool: &str) -> Result<()> {
    if is_name(pool) {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidName, format!("\"{}\" cannot be the name of a pool of codes", shorten(pool))).hint(
        "Names begin with a small letter, and go on with small letters, digits and _; they have at most 63 characters.",
    ))
}

/// The codes without blanks around them.
///
/// # Errors
/// [`Kind::NullNotAllowed`], [`Kind::InvalidParameter`] for one that is empty or too long, [`Kind::LimitExceeded`].
pub fn checked(codes: Vec<Option<String>>) -> Result<Vec<String>> {
    if codes.len() > MOST {
        return Err(Error::new(Kind::LimitExceeded, format!("{} codes are more than {MOST}", codes.len()))
            .hint("Add them in several calls."));
    }
    let checked = |(place, code): (usize, Option<String>)| {
        let code =
            code.ok_or_else(|| Error::new(Kind::NullNotAllowed, format!("code {} of the array is NULL", place + 1)))?;
        let code = code.trim();
        if code.is_empty() || code.len() > LONGEST {
            return Err(Error::new(Kind::InvalidParameter, format!("\"{}\" cannot be a code", shorten(code)))
                .detail(format!("A code has from 1 to {LONGEST} bytes.")));
        }
        Ok(code.to_owned())
    };
    codes.into_iter().enumerate().map(checked).collect()
}

/// Adds the codes `$2` to the pool `$1`; those that are there already stay as they are.
pub fn add(store: &Store) -> Sql {
    sql!(store, "sql/codes/add.sql")
}

/// One of the codes `$2` that is in another pool than `$1`, and which pool that is.
pub fn in_another_pool(store: &Store) -> Sql {
    sql!(store, "sql/codes/in_another_pool.sql")
}

/// Removes those of the codes `$2`, or all where that is NULL, that no action has taken from the pool `$1`.
pub fn remove(store: &Store) -> Sql {
    sql!(store, "sql/codes/remove.sql")
}

/// Gives the actions `$1`, which are handed over at `$2`, their codes: number, payload, and a pool that has no more. The payload of an action
/// for which there is none is NULL: it is pending again. None if none of these acts, which are given by the numbers of their steps, needs
/// a code.
pub fn take(store: &Store, acts: &[(usize, &Act)]) -> Option<Sql> {
    let mut needs = Vec::new();
    let mut payloads = Vec::new();
    for (step, act) in acts {
        let codes = codes(&act.payload);
        let mut pools: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
        for (pool, way) in codes {
            pools.entry(pool).or_default().push(way);
        }
        if pools.is_empty() {
            continue;
        }
        let mut payload = Sql::from("action.payload");
        for (pool, ways) in pools {
            needs.push(expression!((), "({step}, {pool})", step = *step, pool = Sql::text(pool)));
            for way in ways {
                payload = expression!(
                    (),
                    "jsonb_set({payload}, ARRAY[{way}]::text[], to_jsonb((SELECT held.code FROM held
                        WHERE held.id = action.id AND held.pool = {pool})))",
                    payload = payload,
                    way = Sql::list(way.iter().map(|step| Sql::text(step))),
                    pool = Sql::text(pool)
                );
            }
        }
        payloads.push((*step, payload));
    }
    if needs.is_empty() {
        return None;
    }
    let payload = Sql::case_of(&"action.step".into(), payloads);
    Some(sql!(store, "sql/codes/take.sql", needs = Sql::list(needs), payload = payload))
}
