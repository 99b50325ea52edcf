//! Results of a composite type, rows within rows, and arrays of rows.

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{IntoDatum, pg_sys};

use super::error::raise;
use crate::domain::error::{Error, Kind};

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
        // SAFETY: the result type is that of the call.
        unsafe {
            let row = RowType::of_result(fcinfo.as_mut_ptr()).row(self.0);
            fcinfo.return_raw_datum(row)
        }
    }
}

/// A composite type.
#[derive(Debug, Clone, Copy)]
pub struct RowType(pg_sys::Oid);

impl RowType {
    /// The composite that the function returns, or of which it returns an array.
    ///
    /// # Safety
    /// `fcinfo` must be the current call's, of a function with such a result.
    pub unsafe fn of_result(fcinfo: pg_sys::FunctionCallInfo) -> Self {
        // SAFETY: the function was looked up to be called, so its result type exists.
        unsafe {
            let result = pg_sys::get_func_rettype((*(*fcinfo).flinfo).fn_oid);
            RowType::or_element(result)
        }
    }

    /// The type itself.
    pub const fn oid(self) -> pg_sys::Oid {
        self.0
    }

    /// The type of a column, or of its elements.
    pub fn of_column(self, column: usize) -> Self {
        // SAFETY: two searches of the catalogue; the type exists.
        unsafe {
            let of_column = pg_sys::get_atttype(pg_sys::get_typ_typrelid(self.0), column as i16 + 1);
            if of_column == pg_sys::InvalidOid {
                raise(other_version());
            }
            RowType::or_element(of_column)
        }
    }

    /// # Safety
    /// The type must exist.
    unsafe fn or_element(oid: pg_sys::Oid) -> Self {
        // SAFETY: the caller vouches for it.
        let element = unsafe { pg_sys::get_element_type(oid) };
        RowType(if element == pg_sys::InvalidOid { oid } else { element })
    }

    /// A row of the type.
    ///
    /// # Safety
    /// The columns must be of the types that the composite declares.
    pub unsafe fn row<const N: usize>(self, columns: [Option<pg_sys::Datum>; N]) -> pg_sys::Datum {
        let mut values = columns.map(|value| value.unwrap_or(pg_sys::Datum::null()));
        let mut nulls = columns.map(|value| value.is_none());
        // SAFETY: the type exists; the descriptor is released after its last use; both arrays are as long as the type has
        // columns.
        unsafe {
            let description = pg_sys::lookup_rowtype_tupdesc(self.0, -1);
            if (*description).natts as usize != N {
                release(description);
                raise(other_version());
            }
            let tuple = pg_sys::heap_form_tuple(description, values.as_mut_ptr(), nulls.as_mut_ptr());
            release(description);
            pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data)
        }
    }

    /// An array of rows of the type.
    ///
    /// # Safety
    /// The elements must be rows of the type.
    pub unsafe fn array(self, mut rows: Vec<pg_sys::Datum>) -> pg_sys::Datum {
        // SAFETY: the elements are of variable length and aligned as all composites are.
        unsafe {
            let array = pg_sys::construct_array(
                rows.as_mut_ptr(),
                rows.len() as i32,
                self.0,
                -1,
                false,
                b'd' as std::ffi::c_char,
            );
            pg_sys::Datum::from(array)
        }
    }
}

/// A composite as another version of the extension declares it.
fn other_version() -> Error {
    Error::new(Kind::WrongVersion, "the result type has other columns than the function fills")
        .detail("The library and the objects in the database are of different versions of pg_lifecycle.")
        .hint("Run ALTER EXTENSION pg_lifecycle UPDATE.")
}

/// # Safety
/// The descriptor must be one that was looked up.
unsafe fn release(description: pg_sys::TupleDesc) {
    // SAFETY: the caller vouches for it.
    unsafe {
        if (*description).tdrefcount >= 0 {
            pg_sys::DecrTupleDescRefCount(description);
        }
    }
}
