//! Queries from within a function, which ask for one value of type `text`.
//!
//! Straight on the server's interface: pgrx decides by itself whether a query may write, and gives every transaction that
//! asks for more than a look a number, which neither a parallel worker nor a standby can have.

use std::ffi::CStr;

use pgrx::pg_sys;

use super::text::text_of;

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
