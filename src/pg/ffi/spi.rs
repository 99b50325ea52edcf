//! Statements from within a function: those that ask for values, which come as text, and those that do something.
//!
//! Straight on the server's interface: pgrx decides by itself whether a query may write, and gives every transaction that
//! asks for more than a look a number, which neither a parallel worker nor a standby can have.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_sys};

use super::error::or_raise;
use super::kept_plan::kept_plan;
use super::spare_memory;
use super::text::{bytes_in_database, copied, text_of};
use super::varlena::{bytes_of, new_value};
use crate::domain::support::error::reserve;
use crate::domain::support::interrupt;
use crate::domain::support::sql::Statement;

/// What a query sees and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Reads what the calling query sees.
    ReadOnly,
    /// Sees what was done since, too, and may write.
    Write,
}

/// Refuses what the server's interface says of a call that did not succeed: a negative code, by its name. What such a call leaves
/// in `SPI_processed` and `SPI_tuptable` is of the call before it.
pub fn check(function: &str, code: i32) {
    if code < 0 {
        // SAFETY: the server gives a constant C string for any number, or one in a buffer of its own.
        let name = unsafe { CStr::from_ptr(pg_sys::SPI_result_code_string(code)) }.to_string_lossy().into_owned();
        ErrorReport::new(PgSqlErrorCode::ERRCODE_INTERNAL_ERROR, format!("{function} failed: {name}"), "pg_lifecycle")
            .report(PgLogLevel::ERROR);
    }
}

/// Runs something with a connection to the server's interface, which an error ends with the transaction or its part.
pub fn connected<T>(run: impl FnOnce() -> T) -> T {
    // SAFETY: opens a connection, which is closed below, or by the server when the transaction or its part fails.
    check("SPI_connect", unsafe { pg_sys::SPI_connect() });
    let result = run();
    // SAFETY: closes the connection, which is the innermost one: what `run` opened it has closed.
    check("SPI_finish", unsafe { pg_sys::SPI_finish() });
    result
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
    // SAFETY: the server reads the arguments, of which there is one or none. The result is copied before its memory goes.
    connected(|| unsafe {
        if !trigger.is_null() {
            check("SPI_register_trigger_data", pg_sys::SPI_register_trigger_data(trigger));
        }
        let mut types = [pg_sys::TEXTOID];
        let mut values = [argument.unwrap_or(pg_sys::Datum::null())];
        let code = pg_sys::SPI_execute_with_args(
            query.as_ptr(),
            argument.iter().count() as i32,
            types.as_mut_ptr(),
            values.as_mut_ptr(),
            std::ptr::null(),
            mode == Mode::ReadOnly,
            1,
        );
        check("SPI_execute_with_args", code);
        let rows = pg_sys::SPI_tuptable.as_ref().filter(|rows| rows.numvals > 0);
        let value = rows.map(|rows| pg_sys::SPI_getvalue(*rows.vals, rows.tupdesc, 1));
        value.filter(|value| !value.is_null()).map(|value| text_of(CStr::from_ptr(value).to_bytes()))
    })
}

/// A row of a query, each value as its text; None is NULL.
pub type Row = Vec<Option<String>>;

/// The text of a value of a row; None for NULL.
///
/// # Safety
/// The row must be of the descriptor, which has such a column.
unsafe fn text_in(tuple: pg_sys::HeapTuple, description: pg_sys::TupleDesc, column: i32) -> Option<String> {
    // SAFETY: the caller vouches for it; the server gives a C string of its own.
    unsafe {
        let value = pg_sys::SPI_getvalue(tuple, description, column);
        (!value.is_null()).then(|| text_of(CStr::from_ptr(value).to_bytes()))
    }
}

/// A row as texts.
fn texts_of(tuple: pg_sys::HeapTuple, description: pg_sys::TupleDesc) -> Row {
    // SAFETY: `execute` gives a row and its descriptor.
    unsafe { (1..=(*description).natts).map(|column| text_in(tuple, description, column)).collect() }
}

/// Runs a statement, whose arguments `$1`, ... are of type `text`. All rows of what it returns, as they are read, and how many it worked on.
///
/// Errors of the statement end the calling one.
fn execute<T>(
    statement: &str,
    arguments: &[Option<&str>],
    mode: Mode,
    is_kept: bool,
    read: impl Fn(pg_sys::HeapTuple, pg_sys::TupleDesc) -> T,
) -> (Vec<T>, u64) {
    spare_memory::check();
    let mut text = bytes_in_database(statement);
    text.push(0);
    let mut types = vec![pg_sys::TEXTOID; arguments.len()];
    let mut values: Vec<pg_sys::Datum> = arguments
        .iter()
        .map(|argument| argument.map_or(pg_sys::Datum::null(), |text| new_value(&bytes_in_database(text))))
        .collect();
    let nulls: Vec<std::ffi::c_char> =
        arguments.iter().map(|argument| if argument.is_some() { b' ' } else { b'n' } as std::ffi::c_char).collect();
    // SAFETY: the server reads the statement, which ends with a zero, and the arguments, of which there are as many as it is
    // told. The plan is held while it runs. What it returns is copied before its memory goes.
    connected(|| unsafe {
        let kept = if is_kept { kept_plan(statement, &text, &mut types) } else { None };
        let code = if let Some(plan) = &kept {
            pg_sys::SPI_execute_plan(plan.pointer(), values.as_mut_ptr(), nulls.as_ptr(), mode == Mode::ReadOnly, 0)
        } else {
            pg_sys::SPI_execute_with_args(
                text.as_ptr().cast(),
                arguments.len() as i32,
                types.as_mut_ptr(),
                values.as_mut_ptr(),
                nulls.as_ptr(),
                mode == Mode::ReadOnly,
                0,
            )
        };
        check(if kept.is_some() { "SPI_execute_plan" } else { "SPI_execute_with_args" }, code);
        let processed = pg_sys::SPI_processed;
        let mut rows = Vec::new();
        if let Some(table) = pg_sys::SPI_tuptable.as_ref() {
            for i in 0..table.numvals as usize {
                interrupt::check();
                or_raise(reserve(&mut rows, 1));
                rows.push(read(*table.vals.add(i), table.tupdesc));
            }
        }
        (rows, processed)
    })
}

/// The rows of a statement that sessions run again and again: it is planned once.
pub fn rows_of_kept(statement: impl Statement, arguments: &[Option<&str>]) -> Vec<Row> {
    execute(statement.text(), arguments, Mode::Write, true, texts_of).0
}

/// How many rows such a statement worked on.
pub fn run_kept(statement: impl Statement, arguments: &[Option<&str>]) -> u64 {
    execute(statement.text(), arguments, Mode::Write, true, texts_of).1
}

/// Runs a statement that may write; how many rows it worked on.
pub fn run(statement: impl Statement) -> u64 {
    execute(statement.text(), &[], Mode::Write, false, texts_of).1
}

/// The same of one with arguments `$1`, ... of type `text`.
pub fn run_with(statement: impl Statement, arguments: &[Option<&str>]) -> u64 {
    execute(statement.text(), arguments, Mode::Write, false, texts_of).1
}

/// Runs several statements in turn.
pub fn run_all(statements: &[impl Statement]) {
    for statement in statements {
        run(statement);
    }
}

/// The rows of a query, or of a statement with RETURNING.
pub fn rows(query: impl Statement, arguments: &[Option<&str>]) -> Vec<Row> {
    execute(query.text(), arguments, Mode::Write, false, texts_of).0
}

/// A row of a query, of which one value is given as its bytes; None is NULL.
pub struct RowWithBytes {
    /// The values as their texts; None in the place of the bytes.
    pub texts: Row,
    /// The bytes of that value.
    pub bytes: Option<Vec<u8>>,
}

/// The rows of a query, of which one column, from 0, is given as it is: what is large and only handed on is not made into a text and back.
///
/// # Safety
/// The column must be of a type of variable length.
pub unsafe fn rows_with_bytes(query: impl Statement, column: usize) -> Vec<RowWithBytes> {
    let read = |tuple: pg_sys::HeapTuple, description: pg_sys::TupleDesc| {
        let text = |number: i32| {
            // SAFETY: `execute` gives a row and its descriptor.
            if number as usize == column { None } else { unsafe { text_in(tuple, description, number + 1) } }
        };
        // SAFETY: as above.
        let texts = unsafe { (0..(*description).natts).map(text).collect() };
        let mut is_null = false;
        // SAFETY: as above; the caller vouches for the type. The bytes are copied.
        let bytes = unsafe {
            let value = pg_sys::SPI_getbinval(tuple, description, column as i32 + 1, &mut is_null);
            (!is_null).then(|| copied(bytes_of(value)))
        };
        RowWithBytes { texts, bytes }
    };
    execute(query.text(), &[], Mode::Write, false, read).0
}

/// The first value of the first row; None for NULL and for no row.
pub fn value(query: impl Statement, arguments: &[Option<&str>]) -> Option<String> {
    rows(query, arguments).into_iter().next()?.into_iter().next()?
}

/// Whether a query says `true`.
pub fn holds(query: impl Statement, arguments: &[Option<&str>]) -> bool {
    value(query, arguments).as_deref() == Some("t")
}

/// An argument of type boolean, as its text.
pub fn truth(is_true: bool) -> &'static str {
    if is_true { "true" } else { "false" }
}

/// An array of texts as the server reads it.
pub fn array_text(texts: &[String]) -> String {
    let quoted = texts.iter().map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
    format!("{{{}}}", quoted.collect::<Vec<_>>().join(","))
}
