//! `lifecycle.note_changes`: the trigger that notes whose orders a statement changed.
//!
//! It runs within every write to somebody's table, so that two things count: that it costs little, and that it never makes
//! the write fail. So no query is run, neither to read the transition tables nor to write what is noted: rows go straight
//! into the store's table of changes, which needs no rights there, no plans, no search path, and runs nothing that anybody
//! could have put in the way. Only a table of changes to which its owner added an index, a trigger or a constraint is
//! written by a query, in the owner's name.
//!
//! What cannot be told exactly is noted as NULL, which means all customers.

use std::ffi::CStr;

use pgrx::{PgMemoryContexts, check_for_interrupts, pg_extern, pg_sys};

use super::error::SqlResult;
use super::trigger::{DONE, trigger};
use super::varlena::{ServerValue, bytes_of, new_value};
use crate::domain::distinct::{Distinct, Mix};
use crate::domain::error::{Error, Kind, Result, reserve, shorten};

/// After so many rows what was found is written: the number of rows that the server's own COPY gathers.
const BATCH: usize = 1000;

/// A batch ends early when its keys take so many bytes.
const BATCH_BYTES: usize = 1 << 20;

/// The column of a table of changes.
const CUSTOMER: &CStr = c"customer";

/// After a statement on a table of a store.
#[pg_extern]
fn note_changes(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<ServerValue> {
    let data = trigger(fcinfo)?;
    // SAFETY: the data are those of this call, and live as long as it.
    unsafe {
        let call = Call::of(&*data)?;
        if !call.touched_rows() {
            return Ok(DONE);
        }
        let Some(changes) = Changes::open(call.store, call.changes) else { return Ok(DONE) };
        let mut notes = Notes::new(&changes);
        match call.reader(changes.key) {
            Some(reader) => {
                let mut seen = Seen::new(changes.key);
                for table in call.tables.into_iter().flatten() {
                    if !note_rows(table, (*call.relation).rd_att, &reader, &mut seen, &mut notes)? {
                        break;
                    }
                }
            }
            None => notes.all()?,
        }
        notes.finish();
        changes.close();
    }
    Ok(DONE)
}

// ---- the call -------------------------------------------------------------------------------------------------------

/// What a trigger was called with.
struct Call<'a> {
    relation: pg_sys::Relation,
    /// The old and the new rows.
    tables: [Option<*mut pg_sys::Tuplestorestate>; 2],
    is_truncate: bool,
    store: &'a CStr,
    changes: &'a CStr,
    customer: &'a CStr,
}

impl<'a> Call<'a> {
    /// Refuses what is wrong with the trigger itself.
    ///
    /// # Safety
    /// The data must be those of the current call.
    unsafe fn of(data: &'a pg_sys::TriggerData) -> Result<Self> {
        let wrong = |detail: &str| {
            Error::new(
                Kind::InvalidParameter,
                "lifecycle.note_changes was called by a trigger that is not as it must be",
            )
            .detail(detail)
            .hint("Let lifecycle.attach make the triggers of a store.")
        };
        if data.tg_event & (pg_sys::TRIGGER_EVENT_ROW | pg_sys::TRIGGER_EVENT_TIMINGMASK) != 0 {
            return Err(wrong("It must be an AFTER trigger FOR EACH STATEMENT."));
        }
        let event = data.tg_event & pg_sys::TRIGGER_EVENT_OPMASK;
        let is_truncate = event == pg_sys::TRIGGER_EVENT_TRUNCATE;
        let tables = [data.tg_oldtable, data.tg_newtable].map(|table| (!table.is_null()).then_some(table));
        let needs_old = event == pg_sys::TRIGGER_EVENT_DELETE || event == pg_sys::TRIGGER_EVENT_UPDATE;
        let needs_new = event == pg_sys::TRIGGER_EVENT_INSERT || event == pg_sys::TRIGGER_EVENT_UPDATE;
        if needs_old && tables[0].is_none() || needs_new && tables[1].is_none() {
            return Err(wrong("It must have transition tables of the old and new rows, as far as its event has them."));
        }
        // SAFETY: the trigger's arguments are as many C strings as it says.
        let arguments = unsafe {
            let trigger = &*data.tg_trigger;
            let count = if trigger.tgargs.is_null() { 0 } else { usize::try_from(trigger.tgnargs).unwrap_or(0) };
            (0..count).map(|i| CStr::from_ptr(*trigger.tgargs.add(i))).collect::<Vec<_>>()
        };
        let [store, changes, customer] = arguments[..] else {
            return Err(wrong(
                "It must have three arguments: the store, its table of changes, and the customer's column.",
            ));
        };
        // The name is fixed, so that a wrong trigger cannot write into somebody's other tables.
        if changes != c"order_change" && changes != c"event_change" {
            let name = shorten(&changes.to_string_lossy());
            return Err(wrong(&format!(
                "Its second argument must be order_change or event_change, the name of a table of changes, not \"{name}\"."
            )));
        }
        Ok(Call { relation: data.tg_relation, tables, is_truncate, store, changes, customer })
    }

    /// Whether there is anything to note.
    fn touched_rows(&self) -> bool {
        // SAFETY: the transition tables live as long as the call.
        let is_empty = |table: *mut pg_sys::Tuplestorestate| unsafe { pg_sys::tuplestore_tuple_count(table) == 0 };
        self.is_truncate || !self.tables.into_iter().flatten().all(is_empty)
    }

    /// How to read the customers as keys of this type; None if they cannot be told.
    fn reader(&self, key: pg_sys::Oid) -> Option<Reader> {
        if self.is_truncate {
            return None;
        }
        // SAFETY: the relation is open; the name is a C string.
        unsafe {
            let columns = (*self.relation).rd_att;
            let column = column(columns, self.customer)?;
            if is_virtual(columns, column) {
                return None;
            }
            let conversion = Conversion::between(pg_sys::SPI_gettypeid(columns, column), key)?;
            Some(Reader { column, conversion })
        }
    }
}

/// The number of a user's column.
///
/// # Safety
/// The descriptor must be valid.
unsafe fn column(columns: pg_sys::TupleDesc, name: &CStr) -> Option<i32> {
    // SAFETY: the caller vouches for the descriptor.
    let number = unsafe { pg_sys::SPI_fnumber(columns, name.as_ptr()) };
    // The system's columns have negative numbers, and so has what is not there.
    (number > 0).then_some(number)
}

/// Whether a column is computed when it is read, which the rows of a transition table are not.
///
/// # Safety
/// The descriptor must be valid and have the column.
#[cfg(feature = "pg18")]
unsafe fn is_virtual(columns: pg_sys::TupleDesc, column: i32) -> bool {
    // SAFETY: the caller vouches for both.
    let generated = unsafe { (*pg_sys::TupleDescAttr(columns, column - 1)).attgenerated };
    generated as u8 == pg_sys::ATTRIBUTE_GENERATED_VIRTUAL
}

/// Servers before 18 store every generated column.
#[cfg(not(feature = "pg18"))]
unsafe fn is_virtual(_: pg_sys::TupleDesc, _: i32) -> bool {
    false
}

// ---- the keys -------------------------------------------------------------------------------------------------------

/// From the values of a column to keys. Only conversions that cannot fail: a value that is out of range is no reason to
/// refuse an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conversion {
    /// Whole numbers of 2, 4 or 8 bytes.
    Integer(pg_sys::Oid),
    Uuid,
    /// The same bytes.
    Text,
    /// A function of the server that makes text.
    Cast(pg_sys::Oid),
    /// The server's text form of a type.
    Output(pg_sys::Oid),
}

impl Conversion {
    /// None if there is none that cannot fail.
    fn between(from: pg_sys::Oid, key: pg_sys::Oid) -> Option<Self> {
        // SAFETY: looks types up.
        let from = unsafe { pg_sys::getBaseType(from) };
        match key {
            pg_sys::INT4OID | pg_sys::INT8OID => {
                matches!(from, pg_sys::INT2OID | pg_sys::INT4OID | pg_sys::INT8OID).then_some(Self::Integer(from))
            }
            pg_sys::UUIDOID => (from == pg_sys::UUIDOID).then_some(Self::Uuid),
            pg_sys::TEXTOID => match from {
                pg_sys::TEXTOID | pg_sys::VARCHAROID => Some(Self::Text),
                _ => Self::to_text(from),
            },
            _ => None,
        }
    }

    fn to_text(from: pg_sys::Oid) -> Option<Self> {
        let is_builtin = |oid: pg_sys::Oid| oid.to_u32() < pg_sys::FirstNormalObjectId;
        let mut function = pg_sys::InvalidOid;
        // SAFETY: looks up how the server casts.
        unsafe {
            let path = pg_sys::find_coercion_pathway(
                pg_sys::TEXTOID,
                from,
                pg_sys::CoercionContext::COERCION_EXPLICIT,
                &mut function,
            );
            match path {
                pg_sys::CoercionPathType::COERCION_PATH_RELABELTYPE => Some(Self::Text),
                pg_sys::CoercionPathType::COERCION_PATH_FUNC => is_builtin(function).then_some(Self::Cast(function)),
                pg_sys::CoercionPathType::COERCION_PATH_COERCEVIAIO => {
                    // The forms of rows, arrays and ranges call those of what is in them, which may be anybody's.
                    let mut is_varlena = false;
                    pg_sys::getTypeOutputInfo(from, &mut function, &mut is_varlena);
                    let is_simple = match pg_sys::get_typtype(from) as u8 {
                        pg_sys::TYPTYPE_BASE => pg_sys::get_element_type(from) == pg_sys::InvalidOid,
                        pg_sys::TYPTYPE_ENUM => true,
                        _ => false,
                    };
                    (is_simple && is_builtin(function)).then_some(Self::Output(function))
                }
                _ => None,
            }
        }
    }
}

/// Reads the customers of rows.
struct Reader {
    column: i32,
    conversion: Conversion,
}

/// A customer.
enum Key<'a> {
    Integer(i64),
    Uuid(u128),
    Text(&'a [u8]),
}

impl Reader {
    /// The customer of a row; it lives as long as the row, or in the current memory context.
    ///
    /// # Safety
    /// The value must be one of this column, not NULL.
    #[inline]
    unsafe fn key<'a>(&self, value: pg_sys::Datum) -> Key<'a> {
        // SAFETY: the caller vouches for the value; the conversion was chosen by its type.
        unsafe {
            match self.conversion {
                Conversion::Integer(pg_sys::INT8OID) => Key::Integer(value.value() as i64),
                Conversion::Integer(pg_sys::INT4OID) => Key::Integer((value.value() as i32).into()),
                Conversion::Integer(_) => Key::Integer((value.value() as i16).into()),
                Conversion::Uuid => Key::Uuid(u128::from_ne_bytes(*value.cast_mut_ptr::<[u8; 16]>())),
                Conversion::Text => Key::Text(bytes_of(value)),
                Conversion::Cast(function) => {
                    Key::Text(bytes_of(pg_sys::OidFunctionCall1Coll(function, pg_sys::DEFAULT_COLLATION_OID, value)))
                }
                Conversion::Output(function) => {
                    Key::Text(CStr::from_ptr(pg_sys::OidOutputFunctionCall(function, value)).to_bytes())
                }
            }
        }
    }
}

/// The customers noted so far, as far as memory allows.
enum Seen {
    Integers { keys: Distinct<i64, Mix>, last: Option<i64>, narrow: bool },
    Uuids(Distinct<u128, Mix>),
    Texts(Distinct<Box<[u8]>>),
}

/// What to do with a customer.
enum Verdict {
    /// To be noted as this value.
    New(pg_sys::Datum),
    Known,
    /// Not a value of the key's type.
    OutOfRange,
}

impl Seen {
    fn new(key: pg_sys::Oid) -> Self {
        // SAFETY: reads a setting.
        let limit = unsafe { pg_sys::get_hash_memory_limit() };
        match key {
            pg_sys::UUIDOID => Seen::Uuids(Distinct::within(limit)),
            pg_sys::TEXTOID => Seen::Texts(Distinct::within(limit)),
            _ => Seen::Integers { keys: Distinct::within(limit), last: None, narrow: key == pg_sys::INT4OID },
        }
    }

    /// Whether the customer must be noted. A value by reference is made in the current memory context.
    #[inline]
    fn judge(&mut self, key: &Key<'_>) -> Result<Verdict> {
        Ok(match (self, key) {
            (Seen::Integers { keys, last, narrow }, &Key::Integer(number)) => {
                // Rows of one customer often come together.
                if last.replace(number) == Some(number) || !keys.is_new(&number, 0, |&number| Ok(number))? {
                    Verdict::Known
                } else if !*narrow {
                    Verdict::New(pg_sys::Datum::from(number))
                } else {
                    i32::try_from(number)
                        .map_or(Verdict::OutOfRange, |number| Verdict::New(pg_sys::Datum::from(number)))
                }
            }
            (Seen::Uuids(keys), Key::Uuid(uuid)) => {
                if keys.is_new(uuid, 0, |&uuid| Ok(uuid))? {
                    // SAFETY: palloc gives 16 bytes or raises an error.
                    Verdict::New(unsafe {
                        let place: *mut [u8; 16] = pg_sys::palloc(16).cast();
                        *place = uuid.to_ne_bytes();
                        pg_sys::Datum::from(place)
                    })
                } else {
                    Verdict::Known
                }
            }
            (Seen::Texts(keys), &Key::Text(text)) => {
                let own = |text: &[u8]| {
                    let mut bytes = Vec::new();
                    reserve(&mut bytes, text.len())?;
                    bytes.extend_from_slice(text);
                    Ok(bytes.into_boxed_slice())
                };
                // Beside the bytes there is what the allocator keeps of them.
                if keys.is_new(text, text.len() + 16, own)? { Verdict::New(new_value(text)) } else { Verdict::Known }
            }
            _ => Verdict::OutOfRange,
        })
    }
}

// ---- reading the rows -----------------------------------------------------------------------------------------------

/// Notes the customers of a transition table. False if they are noted as all, so that nothing else need be read.
///
/// # Safety
/// The table must be one of the current call, with these columns.
unsafe fn note_rows(
    table: *mut pg_sys::Tuplestorestate,
    columns: pg_sys::TupleDesc,
    reader: &Reader,
    seen: &mut Seen,
    notes: &mut Notes<'_>,
) -> Result<bool> {
    // SAFETY: the caller vouches for the table. Others read it too, hence a pointer of our own.
    unsafe {
        let pointer = pg_sys::tuplestore_alloc_read_pointer(table, pg_sys::EXEC_FLAG_REWIND as i32);
        pg_sys::tuplestore_select_read_pointer(table, pointer);
        pg_sys::tuplestore_rescan(table);
        let slot = pg_sys::MakeSingleTupleTableSlot(columns, &raw const pg_sys::TTSOpsMinimalTuple);
        let place = usize::try_from(reader.column - 1).unwrap_or(0);
        let mut exact = true;
        while exact && pg_sys::tuplestore_gettupleslot(table, true, false, slot) {
            if i32::from((*slot).tts_nvalid) < reader.column {
                pg_sys::slot_getsomeattrs_int(slot, reader.column);
            }
            if !*(*slot).tts_isnull.add(place) {
                exact = notes.note(reader, *(*slot).tts_values.add(place), seen)?;
            }
        }
        pg_sys::ExecDropSingleTupleTableSlot(slot);
        Ok(exact)
    }
}

// ---- writing what is noted ------------------------------------------------------------------------------------------

/// A store's table of changes, open and locked until the transaction ends, as any table that was written.
struct Changes {
    relation: pg_sys::Relation,
    column: i32,
    key: pg_sys::Oid,
}

impl Changes {
    /// None if it is gone, or is no longer such a table.
    ///
    /// # Safety
    /// Call it within a transaction.
    unsafe fn open(store: &CStr, name: &CStr) -> Option<Self> {
        // SAFETY: looks names up, without asking for rights. After waiting for a lock the name may be another table's: then
        // the first has gone, and the lookup sees what came.
        unsafe {
            let relation = loop {
                let schema = pg_sys::get_namespace_oid(store.as_ptr(), true);
                if schema == pg_sys::InvalidOid {
                    return None;
                }
                let table = pg_sys::get_relname_relid(name.as_ptr(), schema);
                if table == pg_sys::InvalidOid {
                    return None;
                }
                let relation = pg_sys::try_relation_open(table, pg_sys::RowExclusiveLock as i32);
                if !relation.is_null() {
                    break relation;
                }
            };
            let form = &*(*relation).rd_rel;
            // A temporary one may be another session's.
            let is_table = form.relkind as u8 == pg_sys::RELKIND_RELATION
                && form.relpersistence as u8 != pg_sys::RELPERSISTENCE_TEMP;
            let column = column((*relation).rd_att, CUSTOMER).filter(|_| is_table);
            let Some(column) = column else {
                pg_sys::relation_close(relation, pg_sys::NoLock as i32);
                return None;
            };
            Some(Changes { relation, column, key: pg_sys::SPI_gettypeid((*relation).rd_att, column) })
        }
    }

    /// Closes the table, and keeps its lock.
    ///
    /// # Safety
    /// Once only.
    unsafe fn close(self) {
        // SAFETY: `open` opened it.
        unsafe { pg_sys::relation_close(self.relation, pg_sys::NoLock as i32) };
    }

    /// Whether a row is all there is to write: no index to keep, nothing to check, nothing to call.
    fn is_plain(&self) -> bool {
        // SAFETY: the relation is open.
        unsafe {
            let form = &*(*self.relation).rd_rel;
            !form.relhasindex
                && !form.relhastriggers
                && !form.relhasrules
                && !form.relispartition
                && (*(*self.relation).rd_att).constr.is_null()
        }
    }
}

/// What is to be written.
struct Notes<'a> {
    changes: &'a Changes,
    is_plain: bool,
    /// The keys of this batch, which live in its memory; None is NULL.
    keys: Vec<Option<pg_sys::Datum>>,
    /// The rows and bytes that were read since the last batch was written.
    rows: usize,
    bytes: usize,
    memory: PgMemoryContexts,
    slots: Vec<*mut pg_sys::TupleTableSlot>,
}

impl<'a> Notes<'a> {
    fn new(changes: &'a Changes) -> Self {
        Notes {
            changes,
            is_plain: changes.is_plain(),
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
    unsafe fn note(&mut self, reader: &Reader, value: pg_sys::Datum, seen: &mut Seen) -> Result<bool> {
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
            check_for_interrupts!();
            self.write();
        }
        Ok(true)
    }

    /// Notes all customers.
    fn all(&mut self) -> Result<()> {
        reserve(&mut self.keys, 1)?;
        self.keys.push(None);
        Ok(())
    }

    /// Writes the batch.
    fn write(&mut self) {
        if !self.keys.is_empty() {
            let (keys, slots, changes) = (&self.keys, &mut self.slots, self.changes);
            // SAFETY: the keys are of the column's type, and live.
            unsafe {
                if self.is_plain {
                    // The slots outlive the batch.
                    slots.extend(
                        (slots.len()..keys.len())
                            .map(|_| pg_sys::table_slot_create(changes.relation, std::ptr::null_mut())),
                    );
                    in_memory(&self.memory, || insert_rows(changes, keys, slots));
                } else {
                    in_memory(&self.memory, || insert_as_owner(changes, keys));
                }
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
    fn finish(mut self) {
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
        let before = std::mem::replace(&mut *&raw mut pg_sys::CurrentMemoryContext, memory.value());
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
        for (&slot, key) in slots.iter().zip(keys) {
            pg_sys::ffi::pg_guard_ffi_boundary(|| {
                if let Some(clear) = (*(*slot).tts_ops).clear {
                    clear(slot);
                }
            });
            for i in 0..columns {
                *(*slot).tts_isnull.add(i) = i != place || key.is_none();
                *(*slot).tts_values.add(i) = key.filter(|_| i == place).unwrap_or(pg_sys::Datum::null());
            }
            pg_sys::ExecStoreVirtualTuple(slot);
        }
        let command = pg_sys::GetCurrentCommandId(true);
        let insert = (*(*changes.relation).rd_tableam).multi_insert;
        pg_sys::ffi::pg_guard_ffi_boundary(|| {
            if let Some(insert) = insert {
                let count = keys.len() as i32;
                insert(changes.relation, slots.as_mut_ptr(), count, command, 0, std::ptr::null_mut());
            }
        });
    }
}

/// Writes rows of a table with more to it, by a query in the name of the table's owner.
///
/// # Safety
/// The keys must be of the column's type.
unsafe fn insert_as_owner(changes: &Changes, keys: &[Option<pg_sys::Datum>]) {
    // SAFETY: the caller vouches for the keys. An error ends the transaction, and with it the other identity.
    unsafe {
        let (mut user, mut context) = (pg_sys::InvalidOid, 0);
        pg_sys::GetUserIdAndSecContext(&mut user, &mut context);
        let guarded = pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_NOFORCE_RLS;
        pg_sys::SetUserIdAndSecContext((*(*changes.relation).rd_rel).relowner, context | guarded as i32);

        let name = pg_sys::quote_qualified_identifier(
            pg_sys::get_namespace_name((*(*changes.relation).rd_rel).relnamespace),
            (*(*changes.relation).rd_rel).relname.data.as_ptr(),
        );
        let is_all = keys.iter().any(Option::is_none);
        let source: &[u8] =
            if is_all { b" (customer) VALUES (NULL)" } else { b" (customer) SELECT pg_catalog.unnest($1)" };
        let query = [b"INSERT INTO ", CStr::from_ptr(name).to_bytes(), source, b"\0"].concat();
        let mut types = [pg_sys::get_array_type(changes.key)];
        let mut values = [if is_all { pg_sys::Datum::null() } else { array_of(changes.key, keys) }];
        pg_sys::SPI_connect();
        pg_sys::SPI_execute_with_args(
            query.as_ptr().cast(),
            i32::from(!is_all),
            types.as_mut_ptr(),
            values.as_mut_ptr(),
            std::ptr::null(),
            false,
            0,
        );
        pg_sys::SPI_finish();
        pg_sys::SetUserIdAndSecContext(user, context);
    }
}

/// An array of the keys.
///
/// # Safety
/// They must be of this type.
unsafe fn array_of(key: pg_sys::Oid, keys: &[Option<pg_sys::Datum>]) -> pg_sys::Datum {
    let mut values: Vec<pg_sys::Datum> = keys.iter().flatten().copied().collect();
    // SAFETY: the caller vouches for the keys; the server says how they are laid out.
    unsafe {
        let (mut length, mut by_value, mut align) = (0, false, 0);
        pg_sys::get_typlenbyvalalign(key, &mut length, &mut by_value, &mut align);
        let count = values.len() as i32;
        pg_sys::Datum::from(pg_sys::construct_array(values.as_mut_ptr(), count, key, length.into(), by_value, align))
    }
}
