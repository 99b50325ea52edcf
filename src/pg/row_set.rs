//! Rows of many columns as the result of a function: from texts, each read by the input function of its column's type.

use std::ffi::CString;

use pgrx::pg_sys;

use super::query::Row;
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
