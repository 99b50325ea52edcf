//! Locks on tables and their parts, for making and dropping triggers, without a deadlock with those who write.
//!
//! A statement locks a table before its partitions, and these in the order in which its rows come; one that names a partition
//! locks that first. So nothing here waits for a lock while it holds another of the same tree, if it can be helped: what cannot
//! be had at once makes it let go of all, wait for that one alone, and begin again.

use std::cell::Cell;

use pgrx::pg_sys;

use crate::domain::store::noting::in_order_of_locks;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::rows;
use crate::pg::ffi::subtransaction::{End, in_subtransaction_that_ends};

/// How strong a lock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// Against writers, to make triggers: `SHARE ROW EXCLUSIVE`.
    Make,
    /// Against all others, to drop them: `ACCESS EXCLUSIVE`.
    Drop,
}

impl Strength {
    fn mode(self) -> i32 {
        let mode = match self {
            Strength::Make => pg_sys::ShareRowExclusiveLock,
            Strength::Drop => pg_sys::AccessExclusiveLock,
        };
        mode as i32
    }
}

/// So often it begins again, before it waits with what it has.
const ATTEMPTS: usize = 1000;

/// Locks relations, given by their object ids, until the end of the transaction.
pub fn lock_all(relations: &[(String, Strength)]) {
    let oids: Vec<&str> = relations.iter().map(|(oid, _)| oid.as_str()).collect();
    if oids.is_empty() {
        return;
    }
    let ordered: Vec<(pg_sys::Oid, i32)> = with_pinned_settings(|| rows(in_order_of_locks(&oids), &[]))
        .into_iter()
        .filter_map(|row| row.into_iter().next()?)
        .filter_map(|oid| {
            let (_, strength) = relations.iter().find(|(known, _)| *known == oid)?;
            Some((pg_sys::Oid::from(oid.parse::<u32>().ok()?), strength.mode()))
        })
        .collect();
    for _ in 0..ATTEMPTS {
        pgrx::check_for_interrupts!();
        let missing = Cell::new(None);
        in_part(|| {
            for (place, (relation, mode)) in ordered.iter().enumerate() {
                // SAFETY: locks by number, whether the relation is there or not. The first is waited for with nothing in hand.
                unsafe {
                    if place == 0 {
                        pg_sys::LockRelationOid(*relation, *mode);
                    } else if !pg_sys::ConditionalLockRelationOid(*relation, *mode) {
                        missing.set(Some((*relation, *mode)));
                        return false;
                    }
                }
            }
            true
        });
        let Some((relation, mode)) = missing.get() else { return };
        in_part(|| {
            // SAFETY: locks by number.
            unsafe { pg_sys::LockRelationOid(relation, mode) };
            false
        });
    }
    for (relation, mode) in ordered {
        // SAFETY: locks by number.
        unsafe { pg_sys::LockRelationOid(relation, mode) };
    }
}

/// Does something in a part of the transaction, whose locks are given back unless it says that it is done.
fn in_part(act: impl FnOnce() -> bool) {
    if let Err(error) = in_subtransaction_that_ends(|| ((), if act() { End::Keep } else { End::Undo })) {
        error.rethrow();
    }
}
