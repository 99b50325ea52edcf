//! Results of a composite type.

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{IntoDatum, pg_sys};

/// A row of N columns of the composite type that SQL declares as the function's result.
#[derive(Debug, Clone, Copy)]
pub struct Row<const N: usize>(pub [Option<pg_sys::Datum>; N]);

/// One column; the SQL type must be the one the composite declares.
pub fn column(value: impl IntoDatum) -> Option<pg_sys::Datum> {
    value.into_datum()
}

// SAFETY: gives a new tuple of the declared type, whose columns the caller matched to it.
unsafe impl<const N: usize> BoxRet for Row<N> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        let mut values = self.0.map(|value| value.unwrap_or(pg_sys::Datum::null()));
        let mut nulls = self.0.map(|value| value.is_none());
        // SAFETY: the function was looked up to be called, so its result type exists; the descriptor is released after
        // its last use; both arrays are as long as the type has columns.
        unsafe {
            let result_type = pg_sys::get_func_rettype((*(*fcinfo.as_mut_ptr()).flinfo).fn_oid);
            let description = pg_sys::lookup_rowtype_tupdesc(result_type, -1);
            assert!((*description).natts as usize == N, "the result type has other columns than the function fills");
            let tuple = pg_sys::heap_form_tuple(description, values.as_mut_ptr(), nulls.as_mut_ptr());
            if (*description).tdrefcount >= 0 {
                pg_sys::DecrTupleDescRefCount(description);
            }
            fcinfo.return_raw_datum(pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data))
        }
    }
}
