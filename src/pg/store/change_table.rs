//! A store's table of changes, as the trigger writes it: straight into the table, which asks for no rights there and runs nothing
//! that another role could have put in the way.

use std::ffi::CStr;

use pgrx::{PgMemoryContexts, pg_sys};

use super::customer_key::{Conversion, DedupSet, Key, Reader, Verdict};
use crate::domain::support::error::{Result, reserve};

/// After so many rows what was found is written: the number of rows that the server's own COPY gathers.
const BATCH: usize = 1000;

/// A batch ends early when its keys take so many bytes.
const BATCH_BYTES: usize = 1 << 20;

/// The columns of tables of changes, of which each has one, and of the views of the sources: whose rows have changed.
pub const NOTED: [&CStr; 2] = [c"customer", c"refund_of"];

/// A store's table of changes, open and locked until the transaction ends, as any table that was written.
pub struct Changes {
    relation: pg_sys::Relation,
    column: i32,
    /// The type of the key.
    pub key: pg_sys::Oid,
}

impl Changes {
    /// Opens the table in which changes of a relation are noted. Returns None when the table does not exist, is not a plain heap
    /// table, or its owner may not read the customers of the relation: the notes would tell the owner their keys.
    ///
    /// # Safety
    /// Call it within a transaction. The column must be one of the relation, or none of a user's.
    pub unsafe fn open(table: pg_sys::Oid, of: pg_sys::Oid, customer: i32) -> Option<Self> {
        // SAFETY: opens the table if it is there, without asking for rights.
        unsafe {
            let relation = pg_sys::try_relation_open(table, pg_sys::RowExclusiveLock as i32);
            if relation.is_null() {
                return None;
            }
            let form = &*(*relation).rd_rel;
            // A crash would empty one that is not permanent, and a temporary one may be another session's.
            let is_table = form.relkind as u8 == pg_sys::RELKIND_RELATION
                && form.relpersistence as u8 == pg_sys::RELPERSISTENCE_PERMANENT;
            let column = NOTED
                .into_iter()
                .find_map(|name| column((*relation).rd_att, name))
                .filter(|_| is_table && may_read(form.relowner, of, customer) && is_plain(relation));
            let Some(column) = column else {
                pg_sys::relation_close(relation, pg_sys::NoLock as i32);
                return None;
            };
            Some(Changes { relation, column, key: pg_sys::SPI_gettypeid((*relation).rd_att, column) })
        }
    }

    /// The role that owns it, and the store.
    pub fn owner(&self) -> pg_sys::Oid {
        // SAFETY: the relation is open.
        unsafe { (*(*self.relation).rd_rel).relowner }
    }

    /// The schema that it is in.
    pub fn schema(&self) -> pg_sys::Oid {
        // SAFETY: the relation is open.
        unsafe { (*(*self.relation).rd_rel).relnamespace }
    }

    /// Closes the table, and keeps its lock.
    ///
    /// # Safety
    /// Once only.
    pub unsafe fn close(self) {
        // SAFETY: `open` opened it.
        unsafe { pg_sys::relation_close(self.relation, pg_sys::NoLock as i32) };
    }
}

/// Whether a role may read a table, or at least this column of it.
///
/// # Safety
/// Call it within a transaction.
unsafe fn may_read(role: pg_sys::Oid, table: pg_sys::Oid, column: i32) -> bool {
    let (select, ok) = (pg_sys::ACL_SELECT as pg_sys::AclMode, pg_sys::AclResult::ACLCHECK_OK);
    // SAFETY: asks the catalog.
    unsafe {
        pg_sys::pg_class_aclcheck(table, role, select) == ok
            || column > 0 && pg_sys::pg_attribute_aclcheck(table, column as pg_sys::AttrNumber, role, select) == ok
    }
}

/// Whether a row is all there is to write: no index to keep, nothing to check, nothing to call.
///
/// # Safety
/// The relation must be open.
unsafe fn is_plain(relation: pg_sys::Relation) -> bool {
    // SAFETY: the caller vouches for it.
    unsafe {
        let form = &*(*relation).rd_rel;
        // The flags of the catalog say that there may be some, or may have been.
        let has_index = form.relhasindex && !pg_sys::RelationGetIndexList(relation).is_null();
        let has_trigger = (*relation).trigdesc.as_ref().is_some_and(|on| {
            on.trig_insert_before_row
                || on.trig_insert_after_row
                || on.trig_insert_instead_row
                || on.trig_insert_before_statement
                || on.trig_insert_after_statement
        });
        !has_index
            && !has_trigger
            && (*relation).rd_rules.is_null()
            && !form.relispartition
            && (*(*relation).rd_att).constr.is_null()
    }
}

unsafe extern "C-unwind" {
    /// The server's function without pgrx's guard against its errors, which costs more than what it does.
    fn ExecStoreVirtualTuple(slot: *mut pg_sys::TupleTableSlot) -> *mut pg_sys::TupleTableSlot;
}

/// What is to be written.
pub struct Notes<'a> {
    changes: &'a Changes,
    /// The keys of this batch, which live in its memory; None is NULL.
    keys: Vec<Option<pg_sys::Datum>>,
    /// The rows and bytes that were read since the last batch was written.
    rows: usize,
    bytes: usize,
    memory: PgMemoryContexts,
    slots: Vec<*mut pg_sys::TupleTableSlot>,
}

impl<'a> Notes<'a> {
    /// Nothing yet.
    pub fn new(changes: &'a Changes) -> Self {
        Notes {
            changes,
            keys: Vec::new(),
            rows: 0,
            bytes: 0,
            memory: PgMemoryContexts::new("lifecycle.note_changes"),
            slots: Vec::new(),
        }
    }

    /// Notes a customer. False if all are noted instead.
    ///
    /// # Safety
    /// The value must be one that the reader reads, not NULL.
    #[inline]
    pub unsafe fn note(&mut self, reader: &Reader, value: pg_sys::Datum, seen: &mut DedupSet) -> Result<bool> {
        let mut judge = || {
            // SAFETY: the caller vouches for the value.
            let key = unsafe { reader.key(value) };
            let bytes = if let Key::Text(text) = key { text.len() } else { 0 };
            seen.judge(&key).map(|verdict| (verdict, bytes))
        };
        let (verdict, bytes) = match reader.conversion {
            Conversion::Integer(_) => judge()?,
            // What is made on the way lives until the batch is written.
            _ => in_memory(&self.memory, judge)?,
        };
        match verdict {
            Verdict::New(key) => {
                reserve(&mut self.keys, 1)?;
                self.keys.push(Some(key));
            }
            Verdict::Known => (),
            Verdict::OutOfRange => {
                self.all()?;
                return Ok(false);
            }
        }
        self.rows += 1;
        self.bytes += bytes;
        if self.rows >= BATCH || self.bytes >= BATCH_BYTES {
            self.write();
        }
        Ok(true)
    }

    /// Notes all customers.
    pub fn all(&mut self) -> Result<()> {
        reserve(&mut self.keys, 1)?;
        self.keys.push(None);
        Ok(())
    }

    /// Writes the batch.
    fn write(&mut self) {
        if !self.keys.is_empty() {
            let (keys, slots, changes) = (&self.keys, &mut self.slots, self.changes);
            // SAFETY: the keys are of the column's type, and live. The slots outlive the batch.
            unsafe {
                slots.extend(
                    (slots.len()..keys.len())
                        .map(|_| pg_sys::table_slot_create(changes.relation, std::ptr::null_mut())),
                );
                in_memory(&self.memory, || insert_rows(changes, keys, slots));
            }
            self.keys.clear();
        }
        if self.rows > 0 {
            // SAFETY: what is in there was written, or was only on the way.
            unsafe { self.memory.reset() };
        }
        (self.rows, self.bytes) = (0, 0);
    }

    /// Writes the rest.
    pub fn finish(mut self) {
        self.write();
        for slot in self.slots {
            // SAFETY: `write` made it.
            unsafe { pg_sys::ExecDropSingleTupleTableSlot(slot) };
        }
    }
}

/// Does something in a memory context.
#[inline]
fn in_memory<T>(memory: &PgMemoryContexts, act: impl FnOnce() -> T) -> T {
    // SAFETY: the context lives as long as its owner. After an error the server itself leaves the context.
    unsafe {
        let before = pg_sys::CurrentMemoryContext;
        pg_sys::CurrentMemoryContext = memory.value();
        let result = act();
        pg_sys::CurrentMemoryContext = before;
        result
    }
}

/// Writes rows of a plain table.
///
/// # Safety
/// The keys must be of the column's type, and there must be a slot of the table for each.
unsafe fn insert_rows(changes: &Changes, keys: &[Option<pg_sys::Datum>], slots: &mut [*mut pg_sys::TupleTableSlot]) {
    // SAFETY: the caller vouches for the keys; the relation is open, and locked for writing.
    unsafe {
        let columns = usize::try_from((*(*changes.relation).rd_att).natts).unwrap_or(0);
        let place = usize::try_from(changes.column - 1).unwrap_or(0);
        let command = pg_sys::GetCurrentCommandId(true);
        let insert = (*(*changes.relation).rd_tableam).multi_insert;
        // One guard for all, in which nothing is to be dropped and nothing may panic: a panic would leave the guard without taking
        // its place for errors to go to back. There is no arithmetic that can overflow, no index and no unwrapping.
        pg_sys::ffi::pg_guard_ffi_boundary(|| {
            let Some(insert) = insert else { return };
            for (&slot, key) in slots.iter().zip(keys) {
                if let Some(clear) = (*(*slot).tts_ops).clear {
                    clear(slot);
                }
                for i in 0..columns {
                    *(*slot).tts_isnull.add(i) = i != place || key.is_none();
                    *(*slot).tts_values.add(i) = key.filter(|_| i == place).unwrap_or(pg_sys::Datum::null());
                }
                ExecStoreVirtualTuple(slot);
            }
            insert(changes.relation, slots.as_mut_ptr(), keys.len() as i32, command, 0, std::ptr::null_mut());
        });
    }
}

/// The number of a user's column.
///
/// # Safety
/// The descriptor must be valid.
pub unsafe fn column(columns: pg_sys::TupleDesc, name: &CStr) -> Option<i32> {
    // SAFETY: the caller vouches for the descriptor.
    let number = unsafe { pg_sys::SPI_fnumber(columns, name.as_ptr()) };
    // The system's columns have negative numbers, and so has what is not there.
    (number > 0).then_some(number)
}
