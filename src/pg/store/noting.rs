//! What the triggers of sources know of the stores: which of them note, and where; and the sequence that says that something was
//! missed.
//!
//! They run within every write to the customers' tables, so no query is run, and nothing here makes the write fail.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use pgrx::{pg_extern, pg_sys};

use crate::domain::store::noting::MISSED;
use crate::domain::support::error::{Error, Kind};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::as_user;
use crate::pg::ffi::trigger::{DONE, trigger};
use crate::pg::ffi::varlena::ServerValue;

/// What a trigger was made to write to.
#[derive(Clone, Copy)]
pub struct Noting {
    /// The table of changes.
    pub changes: pg_sys::Oid,
    /// The sequence that says that something was missed.
    pub missed: pg_sys::Oid,
    /// The number of the customer's column, which a column keeps whatever it is called; 0 where an expression computes the customer.
    pub customer: i32,
}

/// So many are remembered.
const REMEMBERED: usize = 10_000;

thread_local! {
    /// What was found: by the trigger's object id, its relation and what it writes to, which are the same for as long as it exists.
    static KNOWN: RefCell<HashMap<u32, (pg_sys::Oid, Noting)>> = RefCell::new(HashMap::new());
}

impl Noting {
    /// What this trigger on this relation writes to. None for a trigger that was not made for a store: any role may make one.
    ///
    /// Found with the newest snapshot: the store may be newer than that of the statement.
    ///
    /// # Safety
    /// Call it within a transaction.
    pub unsafe fn of(trigger: pg_sys::Oid, relation: pg_sys::Oid) -> Option<Self> {
        let known = KNOWN.with_borrow(|known| known.get(&trigger.to_u32()).copied());
        // SAFETY: the caller vouches for the transaction.
        let (of, noting) = known.or_else(|| unsafe { Self::find(trigger) })?;
        if known.is_none() {
            KNOWN.with_borrow_mut(|known| {
                if known.len() >= REMEMBERED {
                    known.clear();
                }
                known.insert(trigger.to_u32(), (of, noting));
            });
        }
        (of == relation).then_some(noting)
    }

    /// Finds it in the table, along with its relation.
    ///
    /// # Safety
    /// Call it within a transaction.
    unsafe fn find(trigger: pg_sys::Oid) -> Option<(pg_sys::Oid, Self)> {
        // SAFETY: looks names up, and scans a table of the extension by its index; what is opened is closed. Without a snapshot
        // the server takes a new one, since the table is none of its own catalogs.
        unsafe {
            let schema = pg_sys::get_namespace_oid(c"lifecycle".as_ptr(), true);
            if schema == pg_sys::InvalidOid {
                return None;
            }
            let table = pg_sys::get_relname_relid(c"noting".as_ptr(), schema);
            let index = pg_sys::get_relname_relid(c"noting_pkey".as_ptr(), schema);
            if table == pg_sys::InvalidOid || index == pg_sys::InvalidOid {
                return None;
            }
            let lock = pg_sys::AccessShareLock as i32;
            let noting = pg_sys::try_relation_open(table, lock);
            if noting.is_null() {
                return None;
            }
            let mut key = pg_sys::ScanKeyData::default();
            pg_sys::ScanKeyInit(
                &raw mut key,
                1,
                pg_sys::BTEqualStrategyNumber as pg_sys::StrategyNumber,
                pg_sys::RegProcedure::from(pg_sys::F_OIDEQ),
                pg_sys::Datum::from(trigger),
            );
            let scan = pg_sys::systable_beginscan(noting, index, true, std::ptr::null_mut(), 1, &raw mut key);
            let tuple = pg_sys::systable_getnext(scan);
            let found = (!tuple.is_null()).then(|| {
                let value = |column| {
                    let mut is_null = false;
                    pg_sys::SPI_getbinval(tuple, (*noting).rd_att, column, &raw mut is_null)
                };
                let oid = |column| pg_sys::Oid::from(value(column).value() as u32);
                (oid(2), Noting { changes: oid(3), missed: oid(4), customer: i32::from(value(5).value() as i16) })
            });
            pg_sys::systable_endscan(scan);
            pg_sys::relation_close(noting, lock);
            found
        }
    }
}

/// Sets the sequence to another value, which no rollback takes back. Not by the next value of the sequence: `lastval` of the session
/// would be that, and it is the writer's.
///
/// A sequence that is gone, or that cannot take the value, says nothing; the next refresh finds it so, and reads all rows.
///
/// # Safety
/// Call it within a transaction.
pub unsafe fn something_was_missed(sequence: pg_sys::Oid) {
    const MAX: i32 = 5;
    const MIN: i32 = 6;
    // SAFETY: the sequence is open, and locked as for setting it, while it is looked at and set; the tuple is released.
    unsafe {
        let relation = pg_sys::try_relation_open(sequence, pg_sys::RowExclusiveLock as i32);
        if relation.is_null() {
            return;
        }
        let form = &*(*relation).rd_rel;
        let is_sequence = form.relkind as u8 == pg_sys::RELKIND_SEQUENCE
            && form.relpersistence as u8 == pg_sys::RELPERSISTENCE_PERMANENT;
        let number = pg_sys::SysCacheIdentifier::SEQRELID as i32;
        let tuple = if is_sequence {
            pg_sys::SearchSysCache1(number, pg_sys::Datum::from(sequence))
        } else {
            std::ptr::null_mut()
        };
        if !tuple.is_null() {
            let bound = |column| {
                let mut is_null = false;
                pg_sys::SysCacheGetAttr(number, tuple, column as pg_sys::AttrNumber, &raw mut is_null).value() as i64
            };
            let has_room = bound(MIN) <= 1 && bound(MAX) >= 1 << 62;
            pg_sys::ReleaseSysCache(tuple);
            let mut random = 0_u64;
            if has_room && pg_sys::pg_strong_random((&raw mut random).cast(), size_of::<u64>()) {
                let value = ((random >> 2) as i64).max(1);
                as_user(pg_sys::Oid::from(pg_sys::BOOTSTRAP_SUPERUSERID), || {
                    pg_sys::OidFunctionCall2Coll(
                        pg_sys::Oid::from(pg_sys::F_SETVAL_REGCLASS_INT8),
                        pg_sys::InvalidOid,
                        pg_sys::Datum::from(sequence),
                        pg_sys::Datum::from(value),
                    );
                });
            }
        }
        pg_sys::relation_close(relation, pg_sys::NoLock as i32);
    }
}

// ---- notes that are taken away --------------------------------------------------------------------------------------

thread_local! {
    static IS_TAKING: Cell<bool> = const { Cell::new(false) };
}

/// Takes notes away, as a refresh does.
pub fn taking<T>(take: impl FnOnce() -> T) -> T {
    /// Ends it, also where an error ends it.
    struct Taking;
    impl Drop for Taking {
        fn drop(&mut self) {
            IS_TAKING.set(false);
        }
    }
    let _taking = Taking;
    IS_TAKING.set(true);
    take()
}

/// After a statement on a table of changes.
// SQL: guard_changes() trigger
#[pg_extern]
fn guard_changes(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<ServerValue> {
    let data = trigger(fcinfo)?;
    // SAFETY: the data are those of this call, and live as long as it; the relation is open.
    unsafe {
        let data = &*data;
        if data.tg_event & (pg_sys::TRIGGER_EVENT_ROW | pg_sys::TRIGGER_EVENT_TIMINGMASK) != 0 {
            return Err(Error::new(
                Kind::InvalidParameter,
                "lifecycle.guard_changes must be called by a trigger that lifecycle.refresh created",
            )
            .detail("The trigger must be an AFTER trigger FOR EACH STATEMENT.")
            .hint("lifecycle.refresh creates it.")
            .into());
        }
        if !IS_TAKING.get() {
            let form = &*(*data.tg_relation).rd_rel;
            if let Some(sequence) = missed_of(form.relnamespace, form.relowner) {
                something_was_missed(sequence);
            }
        }
    }
    Ok(DONE)
}

/// The sequence in a schema, if it belongs to the owner of the table that asks: a role cannot set the sequence of another's store.
///
/// # Safety
/// Call it within a transaction.
unsafe fn missed_of(schema: pg_sys::Oid, owner: pg_sys::Oid) -> Option<pg_sys::Oid> {
    let name = std::ffi::CString::new(MISSED).unwrap_or_default();
    // SAFETY: looks a name up; the tuple is released.
    unsafe {
        let sequence = pg_sys::get_relname_relid(name.as_ptr(), schema);
        let number = pg_sys::SysCacheIdentifier::RELOID as i32;
        let tuple = pg_sys::SearchSysCache1(number, pg_sys::Datum::from(sequence));
        if tuple.is_null() {
            return None;
        }
        let class: *const pg_sys::FormData_pg_class = pg_sys::GETSTRUCT(tuple).cast();
        let is_owners = (*class).relowner == owner;
        pg_sys::ReleaseSysCache(tuple);
        is_owners.then_some(sequence)
    }
}
