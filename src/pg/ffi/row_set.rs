//! Rows of many columns as the result of a function: from texts, each read by the input function of its column's type.

use std::ffi::CString;

use pgrx::{PgMemoryContexts, pg_sys};

use super::composite::{Column, values_for};
use super::spi::Row;
use super::text::bytes_in_database;

/// Puts rows into the result of a function that RETURNS TABLE or SETOF record with OUT columns.
///
/// # Safety
/// `fcinfo` must be the current call's, of such a function, and every row must have as many values as there are columns.
pub unsafe fn return_rows(fcinfo: pg_sys::FunctionCallInfo, rows: &[Row]) {
    // SAFETY: the caller vouches for the call; the server makes the tuplestore, and reads C strings that live until it has.
    unsafe {
        pg_sys::InitMaterializedSRF(fcinfo, 0);
        let result: *mut pg_sys::ReturnSetInfo = (*fcinfo).resultinfo.cast();
        let reader = pg_sys::TupleDescGetAttInMetadata((*result).setDesc);
        for row in rows {
            // No text of a database holds a zero.
            let texts: Vec<Option<CString>> = row
                .iter()
                .map(|value| value.as_ref().map(|text| CString::new(bytes_in_database(text)).unwrap_or_default()))
                .collect();
            let mut values: Vec<*mut std::ffi::c_char> = texts
                .iter()
                .map(|text| text.as_ref().map_or(std::ptr::null_mut(), |text| text.as_ptr().cast_mut()))
                .collect();
            let tuple = pg_sys::BuildTupleFromCStrings(reader, values.as_mut_ptr());
            pg_sys::tuplestore_puttuple((*result).setResult, tuple);
            pg_sys::pfree(tuple.cast());
        }
    }
}

/// Puts rows of values into the result of such a function: what does not fit `work_mem` goes to disk.
///
/// # Safety
/// `fcinfo` must be the current call's, of a function that returns a set of these columns.
pub unsafe fn return_values<const N: usize>(
    fcinfo: pg_sys::FunctionCallInfo,
    rows: impl Iterator<Item = [Option<Column>; N]>,
) {
    /// After so many rows the memory of their values is used again.
    const TOGETHER: usize = 1 << 10;
    // SAFETY: the caller vouches for the call; the server makes the tuplestore and copies the values into it.
    let (store, description) = unsafe {
        pg_sys::InitMaterializedSRF(fcinfo, 0);
        let result: *mut pg_sys::ReturnSetInfo = (*fcinfo).resultinfo.cast();
        ((*result).setResult, (*result).setDesc)
    };
    let mut context = PgMemoryContexts::new("rows of a result");
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        // SAFETY: nothing of a row is used after it was put; there are as many columns as the function declares.
        unsafe {
            context.switch_to(|_| {
                for row in rows.by_ref().take(TOGETHER) {
                    let (mut values, mut nulls) = values_for(row, description);
                    pg_sys::tuplestore_putvalues(store, description, values.as_mut_ptr(), nulls.as_mut_ptr());
                }
            });
            context.reset();
        }
        pgrx::check_for_interrupts!();
    }
}
