//! `lifecycle.note_changes`: the trigger that notes whose orders a statement changed.
//!
//! It runs within every write to a user's table, so that two things count: that it costs little, and that it never makes
//! the write fail. So no query is run, neither to read the transition tables nor to write what is noted.
//!
//! A customer that an expression computes is the work of [`customer_expression`].
//!
//! What cannot be told exactly is noted as NULL, which means all customers. Where nothing can be noted, a sequence says so.

use std::ffi::CStr;

use pgrx::{check_for_interrupts, pg_extern, pg_sys};

use super::change_table::{Changes, Notes};
use super::customer_expression;
use super::customer_key::{Conversion, DedupSet, Reader};
use super::noting::{Noting, something_was_missed};
use crate::domain::store::tables::Source;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::trigger::{DONE, trigger};
use crate::pg::ffi::varlena::ServerValue;

/// After a statement on a table of a store.
// SQL: note_changes() trigger
#[pg_extern]
fn note_changes(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<ServerValue> {
    let data = trigger(fcinfo)?;
    // SAFETY: the data are those of this call, and live as long as it.
    unsafe {
        let call = Call::of(&*data)?;
        if !call.touched_rows() {
            return Ok(DONE);
        }
        let of = (*call.relation).rd_id;
        let Some(noting) = Noting::of(call.trigger, of) else { return Ok(DONE) };
        let Some(changes) = Changes::open(noting.changes, of, noting.customer) else {
            something_was_missed(noting.missed);
            return Ok(DONE);
        };
        let mut notes = Notes::new(&changes);
        match call.reader(noting.customer, changes.key) {
            Some(reader) => {
                let mut seen = DedupSet::new(changes.key);
                for table in call.tables.into_iter().flatten() {
                    if !note_rows(table, (*call.relation).rd_att, &reader, &mut seen, &mut notes)? {
                        break;
                    }
                }
            }
            None => {
                let is_noted =
                    !call.is_truncate && customer_expression::note(call.relation, call.tables, call.source, &noting);
                if !is_noted {
                    notes.all()?;
                }
            }
        }
        notes.finish();
        changes.close();
    }
    Ok(DONE)
}

// ---- the call -------------------------------------------------------------------------------------------------------

/// What a trigger was called with.
struct Call {
    /// The trigger's object id.
    trigger: pg_sys::Oid,
    relation: pg_sys::Relation,
    /// The old and the new rows.
    tables: [Option<*mut pg_sys::Tuplestorestate>; 2],
    is_truncate: bool,
    /// What the relation is to the store.
    source: Source,
}

impl Call {
    /// Refuses what is wrong with the trigger itself.
    ///
    /// # Safety
    /// The data must be those of the current call.
    unsafe fn of(data: &pg_sys::TriggerData) -> Result<Self> {
        let wrong = |detail: &str| {
            Error::new(
                Kind::InvalidParameter,
                "lifecycle.note_changes must be called by a trigger that lifecycle.attach created",
            )
            .detail(detail)
            .hint("lifecycle.attach creates the triggers of a store.")
        };
        if data.tg_event & (pg_sys::TRIGGER_EVENT_ROW | pg_sys::TRIGGER_EVENT_TIMINGMASK) != 0 {
            return Err(wrong("The trigger must be an AFTER trigger FOR EACH STATEMENT."));
        }
        let event = data.tg_event & pg_sys::TRIGGER_EVENT_OPMASK;
        let is_truncate = event == pg_sys::TRIGGER_EVENT_TRUNCATE;
        let tables = [data.tg_oldtable, data.tg_newtable].map(|table| (!table.is_null()).then_some(table));
        let needs_old = event == pg_sys::TRIGGER_EVENT_DELETE || event == pg_sys::TRIGGER_EVENT_UPDATE;
        let needs_new = event == pg_sys::TRIGGER_EVENT_INSERT || event == pg_sys::TRIGGER_EVENT_UPDATE;
        if needs_old && tables[0].is_none() || needs_new && tables[1].is_none() {
            return Err(wrong(
                "The trigger must have transition tables of the old and new rows, as far as its event has them.",
            ));
        }
        // SAFETY: the trigger's arguments are as many C strings as it says.
        let arguments = unsafe {
            let trigger = &*data.tg_trigger;
            let count = if trigger.tgargs.is_null() { 0 } else { usize::try_from(trigger.tgnargs).unwrap_or(0) };
            (0..count).map(|i| CStr::from_ptr(*trigger.tgargs.add(i))).collect::<Vec<_>>()
        };
        let [_, changes, _] = arguments[..] else {
            return Err(wrong(
                "The trigger must have three arguments: the store, its table of changes, and the customer's column.",
            ));
        };
        let source = Source::ALL.into_iter().find(|source| source.change_table().as_bytes() == changes.to_bytes());
        let Some(source) = source else {
            let (name, tables) =
                (shorten(&changes.to_string_lossy()), Source::ALL.map(Source::change_table).join(", "));
            return Err(wrong(&format!(
                "The second argument of the trigger must be the name of a table of changes ({tables}), not \"{name}\"."
            )));
        };
        // SAFETY: a trigger's data name the trigger.
        let trigger = unsafe { (*data.tg_trigger).tgoid };
        Ok(Call { trigger, relation: data.tg_relation, tables, is_truncate, source })
    }

    /// Whether there is anything to note.
    fn touched_rows(&self) -> bool {
        // SAFETY: the transition tables live as long as the call.
        let is_empty = |table: *mut pg_sys::Tuplestorestate| unsafe { pg_sys::tuplestore_tuple_count(table) == 0 };
        self.is_truncate || !self.tables.into_iter().flatten().all(is_empty)
    }

    /// How to read the customers as keys of this type; None if they cannot be told.
    fn reader(&self, column: i32, key: pg_sys::Oid) -> Option<Reader> {
        if self.is_truncate {
            return None;
        }
        // SAFETY: the relation is open, and the column one of it; one that was dropped has no type.
        unsafe {
            let columns = (*self.relation).rd_att;
            if column < 1 || column > (*columns).natts {
                return None;
            }
            let of_type = pg_sys::SPI_gettypeid(columns, column);
            if of_type == pg_sys::InvalidOid || is_virtual(self.relation, column) {
                return None;
            }
            let conversion = Conversion::between(of_type, key)?;
            Some(Reader { column, conversion })
        }
    }
}

/// Whether a column is computed when it is read, which the rows of a transition table are not.
#[cfg(feature = "pg18")]
pub fn is_virtual(relation: pg_sys::Relation, column: i32) -> bool {
    // SAFETY: the relation is open; the catalog is asked.
    let generated = unsafe { pg_sys::get_attgenerated((*relation).rd_id, column as pg_sys::AttrNumber) };
    generated as u8 == pg_sys::ATTRIBUTE_GENERATED_VIRTUAL
}

/// Servers before 18 store every generated column.
#[cfg(not(feature = "pg18"))]
pub fn is_virtual(_: pg_sys::Relation, _: i32) -> bool {
    false
}

// ---- reading the rows -----------------------------------------------------------------------------------------------

/// So many numbers are read at a time.
pub const CHUNK: usize = 256;

/// The server's functions without pgrx's guard against their errors, which costs more than most of what they do here.
pub mod unguarded {
    use pgrx::pg_sys::{TupleTableSlot, Tuplestorestate};

    unsafe extern "C-unwind" {
        pub fn tuplestore_gettupleslot(
            table: *mut Tuplestorestate,
            forward: bool,
            copy: bool,
            slot: *mut TupleTableSlot,
        ) -> bool;
        pub fn slot_getsomeattrs_int(slot: *mut TupleTableSlot, column: i32);
    }
}

/// Reads as many rows as there is room for their values; how many were not NULL, and whether there may be more.
///
/// # Safety
/// The table must be one of the current call, the slot of its columns, and the column one of them.
unsafe fn read_rows(
    table: *mut pg_sys::Tuplestorestate,
    slot: *mut pg_sys::TupleTableSlot,
    column: i32,
    values: &mut [pg_sys::Datum],
) -> (usize, bool) {
    let place = usize::try_from(column - 1).unwrap_or(0);
    // SAFETY: the caller vouches for all. One guard stands around the loop, in which nothing is to be dropped and nothing may panic:
    // a panic would leave the guard without taking its place for errors to go to back. `count` is below the number of rounds, which
    // is the length of `values`.
    unsafe {
        pg_sys::ffi::pg_guard_ffi_boundary(|| {
            let mut count = 0;
            for _ in 0..values.len() {
                if !unguarded::tuplestore_gettupleslot(table, true, false, slot) {
                    return (count, false);
                }
                if i32::from((*slot).tts_nvalid) < column {
                    unguarded::slot_getsomeattrs_int(slot, column);
                }
                if !*(*slot).tts_isnull.add(place) {
                    *values.get_unchecked_mut(count) = *(*slot).tts_values.add(place);
                    count += 1;
                }
            }
            (count, true)
        })
    }
}

/// Notes the customers of a transition table. False if they are noted as all, so that nothing else need be read.
///
/// # Safety
/// The table must be one of the current call, with these columns.
unsafe fn note_rows(
    table: *mut pg_sys::Tuplestorestate,
    columns: pg_sys::TupleDesc,
    reader: &Reader,
    seen: &mut DedupSet,
    notes: &mut Notes<'_>,
) -> Result<bool> {
    // SAFETY: the caller vouches for the table. Others read it too, hence a pointer of our own.
    unsafe {
        let pointer = pg_sys::tuplestore_alloc_read_pointer(table, pg_sys::EXEC_FLAG_REWIND as i32);
        pg_sys::tuplestore_select_read_pointer(table, pointer);
        pg_sys::tuplestore_rescan(table);
        let slot = pg_sys::MakeSingleTupleTableSlot(columns, &raw const pg_sys::TTSOpsMinimalTuple);
        // A value by reference lives until the next row is read; numbers are read many at a time.
        let chunk = if matches!(reader.conversion, Conversion::Integer(_)) { CHUNK } else { 1 };
        let mut values = [pg_sys::Datum::null(); CHUNK];
        let mut exact = true;
        loop {
            check_for_interrupts!();
            let (count, more) = read_rows(table, slot, reader.column, &mut values[..chunk]);
            for &value in &values[..count] {
                exact = exact && notes.note(reader, value, seen)?;
            }
            if !exact || !more {
                break;
            }
        }
        pg_sys::ExecDropSingleTupleTableSlot(slot);
        Ok(exact)
    }
}
