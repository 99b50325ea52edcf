//! Statements from within a function: those that ask for values, which come as text, and those that do something.
//!
//! Straight on the server's interface: pgrx decides by itself whether a query may write, and gives every transaction that
//! asks for more than a look a number, which neither a parallel worker nor a standby can have.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CStr;

use pgrx::pg_sys;

use super::text::{bytes_in_database, text_of};
use super::varlena::new_value;

/// What a query sees and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Reads what the calling query sees.
    ReadOnly,
    /// Sees what was done since, too, and may write.
    Write,
}

/// The first column of the first row; None for NULL and for no row. The argument `$1` is of type `text`. In a trigger the
/// query may name the transition tables.
///
/// Errors of the query end the statement.
///
/// # Safety
/// `argument` must be a `text`, and `trigger` NULL or the data of the current call.
pub unsafe fn ask(
    query: &CStr,
    argument: Option<pg_sys::Datum>,
    trigger: *mut pg_sys::TriggerData,
    mode: Mode,
) -> Option<String> {
    // SAFETY: connects and finishes; in between the server reads the arguments, of which there is one or none. An error
    // ends the transaction, and with it the connection. The result is copied before its memory goes.
    unsafe {
        pg_sys::SPI_connect();
        if !trigger.is_null() {
            pg_sys::SPI_register_trigger_data(trigger);
        }
        let mut types = [pg_sys::TEXTOID];
        let mut values = [argument.unwrap_or(pg_sys::Datum::null())];
        pg_sys::SPI_execute_with_args(
            query.as_ptr(),
            argument.iter().count() as i32,
            types.as_mut_ptr(),
            values.as_mut_ptr(),
            std::ptr::null(),
            mode == Mode::ReadOnly,
            1,
        );
        let rows = pg_sys::SPI_tuptable.as_ref().filter(|rows| rows.numvals > 0);
        let value = rows.map(|rows| pg_sys::SPI_getvalue(*rows.vals, rows.tupdesc, 1));
        let text = value.filter(|value| !value.is_null()).map(|value| text_of(CStr::from_ptr(value).to_bytes()));
        pg_sys::SPI_finish();
        text
    }
}

/// A row of a query, each value as its text; None is NULL.
pub type Row = Vec<Option<String>>;

/// Runs a statement, whose arguments `$1`, ... are of type `text`. All rows of what it returns, and how many it worked on.
///
/// Errors of the statement end the calling one.
fn execute(statement: &str, arguments: &[Option<&str>], mode: Mode, is_kept: bool) -> (Vec<Row>, u64) {
    let mut text = bytes_in_database(statement);
    text.push(0);
    let mut types = vec![pg_sys::TEXTOID; arguments.len()];
    let mut values: Vec<pg_sys::Datum> = arguments
        .iter()
        .map(|argument| argument.map_or(pg_sys::Datum::null(), |text| new_value(&bytes_in_database(text))))
        .collect();
    let nulls: Vec<std::ffi::c_char> =
        arguments.iter().map(|argument| if argument.is_some() { b' ' } else { b'n' } as std::ffi::c_char).collect();
    // SAFETY: connects and finishes; in between the server reads the statement, which ends with a zero, and the arguments,
    // of which there are as many as it is told. An error ends the transaction, and with it the connection. What it returns
    // is copied before its memory goes.
    unsafe {
        pg_sys::SPI_connect();
        let kept = if is_kept { kept_plan(statement, &text, &mut types) } else { None };
        if let Some(plan) = kept {
            pg_sys::SPI_execute_plan(plan, values.as_mut_ptr(), nulls.as_ptr(), mode == Mode::ReadOnly, 0);
        } else {
            pg_sys::SPI_execute_with_args(
                text.as_ptr().cast(),
                arguments.len() as i32,
                types.as_mut_ptr(),
                values.as_mut_ptr(),
                nulls.as_ptr(),
                mode == Mode::ReadOnly,
                0,
            );
        }
        let processed = pg_sys::SPI_processed;
        let mut rows = Vec::new();
        if let Some(table) = pg_sys::SPI_tuptable.as_ref() {
            let columns = (*table.tupdesc).natts;
            for i in 0..table.numvals as usize {
                let tuple = *table.vals.add(i);
                let value = |column| pg_sys::SPI_getvalue(tuple, table.tupdesc, column);
                let text = |value: *mut std::ffi::c_char| text_of(CStr::from_ptr(value).to_bytes());
                rows.push((1..=columns).map(value).map(|value| (!value.is_null()).then(|| text(value))).collect());
            }
        }
        pg_sys::SPI_finish();
        (rows, processed)
    }
}

/// So many statements are kept with their plans.
const KEPT: usize = 200;

thread_local! {
    static PLANS: RefCell<HashMap<String, pg_sys::SPIPlanPtr>> = RefCell::new(HashMap::new());
}

/// The plan of a statement that this session has kept, or keeps from now on. The server plans it anew by itself when that is
/// necessary.
///
/// # Safety
/// There must be a connection, and the text be the statement with a zero at its end.
unsafe fn kept_plan(statement: &str, text: &[u8], types: &mut [pg_sys::Oid]) -> Option<pg_sys::SPIPlanPtr> {
    let (known, count) = PLANS.with_borrow(|plans| (plans.get(statement).copied(), plans.len()));
    if known.is_some() || count >= KEPT {
        return known;
    }
    // SAFETY: the caller vouches for the connection and the text; the types are as many as they say.
    let plan = unsafe {
        let plan = pg_sys::SPI_prepare(text.as_ptr().cast(), types.len() as i32, types.as_mut_ptr());
        if plan.is_null() || pg_sys::SPI_keepplan(plan) != 0 {
            return None;
        }
        plan
    };
    PLANS.with_borrow_mut(|plans| plans.insert(statement.to_owned(), plan));
    Some(plan)
}

/// The rows of a statement that sessions run again and again: it is planned once.
pub fn rows_of_kept(statement: &str, arguments: &[Option<&str>]) -> Vec<Row> {
    execute(statement, arguments, Mode::Write, true).0
}

/// How many rows such a statement worked on.
pub fn run_kept(statement: &str, arguments: &[Option<&str>]) -> u64 {
    execute(statement, arguments, Mode::Write, true).1
}

/// Runs a statement that may write; how many rows it worked on.
pub fn run(statement: &str) -> u64 {
    execute(statement, &[], Mode::Write, false).1
}

/// The same of one with arguments `$1`, ... of type `text`.
pub fn run_with(statement: &str, arguments: &[Option<&str>]) -> u64 {
    execute(statement, arguments, Mode::Write, false).1
}

/// Runs several statements in turn.
pub fn run_all(statements: &[String]) {
    for statement in statements {
        run(statement);
    }
}

/// The rows of a query, or of a statement with RETURNING.
pub fn rows(query: &str, arguments: &[Option<&str>]) -> Vec<Row> {
    execute(query, arguments, Mode::Write, false).0
}

/// The first value of the first row; None for NULL and for no row.
pub fn value(query: &str, arguments: &[Option<&str>]) -> Option<String> {
    rows(query, arguments).into_iter().next()?.into_iter().next()?
}

/// Whether a query says `true`.
pub fn holds(query: &str, arguments: &[Option<&str>]) -> bool {
    value(query, arguments).as_deref() == Some("t")
}
