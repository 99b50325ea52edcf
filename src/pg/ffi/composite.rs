//! Results of a composite type, rows within rows, and arrays of rows.

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{IntoDatum, pg_sys};

use super::error::{or_raise, raise};
use super::text::text_of;
use super::varlena::{MAX_SIZE, ServerValue, new_value};
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::interrupt;

/// The value of a column, and the type that it is of.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    value: pg_sys::Datum,
    of: pg_sys::Oid,
}

impl Column {
    /// An oid as a value of a type whose values are oids, as those of an enum are.
    pub fn of(value: pg_sys::Oid, of: pg_sys::Oid) -> Self {
        Column { value: pg_sys::Datum::from(value), of }
    }
}

/// The values of the columns of a row, and which of them are NULL. Columns of other types than a descriptor's end the statement.
///
/// # Safety
/// The descriptor must be valid.
pub unsafe fn values_for<const N: usize>(
    columns: [Option<Column>; N],
    description: pg_sys::TupleDesc,
) -> ([pg_sys::Datum; N], [bool; N]) {
    // SAFETY: the caller vouches for the descriptor.
    if let Some(difference) = unsafe { difference(description, columns.map(|column| column.map(|column| column.of))) } {
        raise(other_version(difference));
    }
    (
        columns.map(|column| column.map_or(pg_sys::Datum::null(), |column| column.value)),
        columns.map(|column| column.is_none()),
    )
}

/// A row of N columns of the composite type that SQL declares as the function's result; None is NULL.
#[derive(Debug, Clone, Copy)]
pub struct Row<const N: usize>(pub [Option<Column>; N]);

/// A column of the SQL type that belongs to the Rust type.
pub fn column<T: IntoDatum>(value: T) -> Option<Column> {
    value.into_datum().map(|value| Column { value, of: T::type_oid() })
}

/// A column of type `numeric`, by a value of it.
pub fn numeric_column(value: Option<ServerValue>) -> Option<Column> {
    value.map(|ServerValue(value)| Column { value, of: pg_sys::NUMERICOID })
}

/// A column of type `jsonb`, by the bytes of a value of it.
pub fn jsonb_column(bytes: &[u8]) -> Option<Column> {
    Some(Column { value: new_value(bytes), of: pg_sys::JSONBOID })
}

/// A column of type `date`, by the days since 2000-01-01.
pub fn date_column(days: i32) -> Option<Column> {
    Some(Column { value: pg_sys::Datum::from(days), of: pg_sys::DATEOID })
}

/// A column of type `text`, by its bytes in the encoding of the database.
pub fn text_column(bytes: &[u8]) -> Option<Column> {
    Some(Column { value: new_value(bytes), of: pg_sys::TEXTOID })
}

// SAFETY: gives a new tuple of the declared type, whose columns are checked against it.
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
                raise(other_version(format!("The type has no column {}, which the function fills.", column + 1)));
            }
            RowType::or_element(of_column)
        }
    }

    /// A column of a type of the extension's own that is stored as text is, such as one that is JSON.
    pub fn text_of_own_type(self, column: usize, name: &str, text: String) -> Option<Column> {
        let RowType(of) = self.of_column(column);
        // SAFETY: two searches of the catalogue, of a type that exists; the name is a C string that lives as long as it is read.
        let is_it = unsafe {
            let found = pg_sys::format_type_be(of);
            pg_sys::get_typlen(of) == -1
                && std::ffi::CStr::from_ptr(found).to_bytes().rsplit(|byte| *byte == b'.').next()
                    == Some(name.as_bytes())
        };
        if !is_it {
            raise(other_version(format!("Its column {} is not of type {name}.", column + 1)));
        }
        text.into_datum().map(|value| Column { value, of })
    }

    /// A column of the type itself, by a row of it.
    pub fn column(self, row: pg_sys::Datum) -> Option<Column> {
        Some(Column { value: row, of: self.0 })
    }

    /// A column of an array of the type.
    pub fn array_column(self, array: pg_sys::Datum) -> Option<Column> {
        // SAFETY: a search of the catalogue.
        Some(Column { value: array, of: unsafe { pg_sys::get_array_type(self.0) } })
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
    /// The values must be of the types that their columns say; that the composite declares these types is checked.
    pub unsafe fn row<const N: usize>(self, columns: [Option<Column>; N]) -> pg_sys::Datum {
        let mut values = columns.map(|column| column.map_or(pg_sys::Datum::null(), |column| column.value));
        let mut nulls = columns.map(|column| column.is_none());
        // SAFETY: the descriptor is released after its last use; both arrays are as long as the type has columns.
        unsafe {
            let description = pg_sys::lookup_rowtype_tupdesc_noerror(self.0, -1, true);
            if description.is_null() {
                raise(other_version("The type is not composite.".to_owned()));
            }
            if let Some(difference) = difference(description, columns.map(|column| column.map(|column| column.of))) {
                release(description);
                raise(other_version(difference));
            }
            let tuple = pg_sys::heap_form_tuple(description, values.as_mut_ptr(), nulls.as_mut_ptr());
            release(description);
            pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data)
        }
    }

    /// An array of rows of the type.
    ///
    /// More than fit one value end the statement.
    ///
    /// # Safety
    /// The elements must be rows of the type.
    pub unsafe fn array(self, elements: impl Iterator<Item = pg_sys::Datum>) -> pg_sys::Datum {
        let mut rows = Vec::new();
        let mut size = 0;
        for row in elements {
            interrupt::check();
            or_raise(reserve(&mut rows, 1));
            rows.push(row);
            // SAFETY: the caller vouches for the row, whose header says how long it is.
            size += unsafe { pgrx::varlena::varsize_any(row.cast_mut_ptr()) };
            if size > MAX_SIZE {
                raise(
                    Error::new(Kind::LimitExceeded, "the result is larger than 1 GiB")
                        .detail(format!("The first {} rows reach that size.", rows.len())),
                );
            }
        }
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

/// The result of a function that returns an array of a composite.
///
/// # Safety
/// `fcinfo` must be the current call's, and the values of the types that their columns say.
pub unsafe fn array_result<const N: usize>(
    fcinfo: pg_sys::FunctionCallInfo,
    rows: impl Iterator<Item = [Option<Column>; N]>,
) -> ServerValue {
    // SAFETY: the caller vouches for both.
    unsafe {
        let row_type = RowType::of_result(fcinfo);
        ServerValue(row_type.array(rows.map(|columns| row_type.row(columns))))
    }
}

/// In what a composite differs from what a function fills or reads: columns of these types, None for any. None if in nothing.
///
/// # Safety
/// The descriptor must be valid.
#[inline]
unsafe fn difference<const N: usize>(
    description: pg_sys::TupleDesc,
    types: [Option<pg_sys::Oid>; N],
) -> Option<String> {
    // SAFETY: the caller vouches for the descriptor, of whose columns only those are looked at that it has.
    let is_same = unsafe {
        (*description).natts as usize == N
            && types.iter().enumerate().all(|(number, of)| {
                let column = &*attribute(description, number);
                !column.attisdropped && of.is_none_or(|of| of == column.atttypid)
            })
    };
    // SAFETY: the caller vouches for the descriptor.
    if is_same { None } else { Some(unsafe { difference_in_words(description, &types) }) }
}

/// The same in words, of a composite that differs.
///
/// # Safety
/// The descriptor must be valid.
#[cold]
unsafe fn difference_in_words(description: pg_sys::TupleDesc, types: &[Option<pg_sys::Oid>]) -> String {
    // SAFETY: the caller vouches for the descriptor.
    let count = unsafe { (*description).natts } as usize;
    if count != types.len() {
        return format!("The type has {count} columns, and the function knows {}.", types.len());
    }
    let differing = types.iter().enumerate().find_map(|(number, of)| {
        // SAFETY: the number is one of the descriptor's columns; a name ends with a zero.
        let (column, name) = unsafe {
            let column = &*attribute(description, number);
            (column, std::ffi::CStr::from_ptr(column.attname.data.as_ptr()))
        };
        if column.attisdropped {
            return Some(format!("Its column {} was dropped.", number + 1));
        }
        let of = of.filter(|of| *of != column.atttypid)?;
        Some(format!(
            "Its column \"{}\" is of type {}, and the function knows {}.",
            text_of(name.to_bytes()),
            type_name(column.atttypid),
            type_name(of)
        ))
    });
    differing.unwrap_or_default()
}

fn type_name(of: pg_sys::Oid) -> String {
    // SAFETY: the server gives a C string for any number.
    let name = unsafe { std::ffi::CStr::from_ptr(pg_sys::format_type_be(of)) };
    text_of(name.to_bytes())
}

/// A column of a descriptor, counted from 0.
///
/// # Safety
/// The descriptor must be valid and have such a column.
unsafe fn attribute(description: pg_sys::TupleDesc, number: usize) -> *const pg_sys::FormData_pg_attribute {
    // SAFETY: the caller vouches for both. Since version 18 the columns stand behind the array of their short forms.
    unsafe {
        #[cfg(not(feature = "pg18"))]
        {
            (*description).attrs.as_ptr().add(number)
        }
        #[cfg(feature = "pg18")]
        {
            let columns = (*description).compact_attrs.as_ptr().add((*description).natts as usize);
            columns.cast::<pg_sys::FormData_pg_attribute>().add(number)
        }
    }
}

/// The columns of an argument of a composite type, which must be of these types.
///
/// # Errors
/// [`Kind::WrongVersion`] if they are others.
///
/// # Safety
/// The datum must be of a composite type.
pub unsafe fn columns_of<const N: usize>(
    datum: pg_sys::Datum,
    types: [pg_sys::Oid; N],
) -> Result<[Option<pg_sys::Datum>; N]> {
    let (mut values, mut nulls) = ([pg_sys::Datum::null(); N], [true; N]);
    // SAFETY: the caller vouches for the datum, which says its type itself. The descriptor is released after its last use, and both
    // arrays are as long as it has columns. The tuple lives as long as the datum, or for the rest of the call if it was stored out
    // of line.
    unsafe {
        let row: pg_sys::HeapTupleHeader = pg_sys::pg_detoast_datum(datum.cast_mut_ptr()).cast();
        let of = (*row).t_choice.t_datum;
        let description = pg_sys::lookup_rowtype_tupdesc(of.datum_typeid, of.datum_typmod);
        if let Some(difference) = difference(description, types.map(Some)) {
            release(description);
            return Err(other_version(difference));
        }
        let mut tuple = pg_sys::HeapTupleData {
            t_len: pgrx::varlena::varsize_4b(row.cast()) as u32,
            t_tableOid: pg_sys::InvalidOid,
            t_data: row,
            ..Default::default()
        };
        pg_sys::heap_deform_tuple(&raw mut tuple, description, values.as_mut_ptr(), nulls.as_mut_ptr());
        release(description);
    }
    Ok(std::array::from_fn(|number| (!nulls[number]).then_some(values[number])))
}

/// A composite as another version of the extension declares it.
fn other_version(difference: String) -> Error {
    Error::new(Kind::WrongVersion, "a composite type has other columns than the function knows")
        .detail(format!("{difference} The library and the objects in the database are of different versions of pg_lifecycle, or the type was altered."))
        .hint("Run ALTER EXTENSION pg_lifecycle UPDATE, or undo what ALTER TYPE has changed.")
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
