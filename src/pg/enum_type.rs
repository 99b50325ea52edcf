//! Results and columns of an enum type, and the labels of any.

use std::cell::RefCell;
use std::ffi::CString;

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::pg_sys;

use super::composite::RowType;
use crate::domain::error::{Error, Kind, Result};

/// A label of the enum that SQL declares as the function's result.
#[derive(Debug, Clone, Copy)]
pub struct Label(pub &'static str);

impl Label {
    /// The label as the value of a column that the composite declares as the enum.
    pub fn in_column(self, row: RowType, column: usize) -> pg_sys::Datum {
        pg_sys::Datum::from(label_oid(row.of_column(column).oid(), self.0))
    }
}

// A lookup in the server's catalogue cache takes longer than the rule that chose the label. A type that is dropped and
// made anew has another oid; the labels are the extension's own and not to be renamed.
thread_local! {
    static KNOWN: RefCell<Vec<(pg_sys::Oid, &'static str, pg_sys::Oid)>> = const { RefCell::new(Vec::new()) };
}

// SAFETY: an enum is returned by value, as the oid of its label.
unsafe impl BoxRet for Label {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: the function was looked up to be called, so its result type exists.
        unsafe {
            let enum_type = pg_sys::get_func_rettype((*(*fcinfo.as_mut_ptr()).flinfo).fn_oid);
            fcinfo.return_raw_datum(pg_sys::Datum::from(label_oid(enum_type, self.0)))
        }
    }
}

fn label_oid(enum_type: pg_sys::Oid, label: &'static str) -> pg_sys::Oid {
    KNOWN.with_borrow_mut(|known| {
        if let Some((_, _, oid)) = known.iter().find(|(t, l, _)| *t == enum_type && *l == label) {
            return *oid;
        }
        let oid = look_up(enum_type, label);
        known.push((enum_type, label, oid));
        oid
    })
}

fn look_up(enum_type: pg_sys::Oid, label: &str) -> pg_sys::Oid {
    let text = CString::new(label).expect("labels are constants without NUL");
    // SAFETY: a search of the catalogue cache by a type and a C string; the tuple is released after its last use.
    unsafe {
        let tuple = pg_sys::SearchSysCache2(
            pg_sys::SysCacheIdentifier::ENUMTYPOIDNAME as i32,
            pg_sys::Datum::from(enum_type),
            pg_sys::Datum::from(text.as_ptr()),
        );
        assert!(!tuple.is_null(), "the enum has no label {label}");
        let row: pg_sys::Form_pg_enum = pg_sys::heap_tuple_get_struct(tuple);
        let oid = (*row).oid;
        pg_sys::ReleaseSysCache(tuple);
        oid
    }
}

/// The name of a label of any enum, and a number by which labels of one enum sort as the enum does.
///
/// # Errors
/// [`Kind::InvalidBinary`] for what is no label.
pub fn name_and_rank(label: pg_sys::Oid) -> Result<(Vec<u8>, u32)> {
    // SAFETY: a search of the catalogue cache by an oid; the tuple is released after its last use.
    unsafe {
        let tuple = pg_sys::SearchSysCache1(pg_sys::SysCacheIdentifier::ENUMOID as i32, pg_sys::Datum::from(label));
        if tuple.is_null() {
            return Err(Error::new(Kind::InvalidBinary, format!("invalid internal value for enum: {label}")));
        }
        let row: pg_sys::Form_pg_enum = pg_sys::heap_tuple_get_struct(tuple);
        let name = std::ffi::CStr::from_ptr((*row).enumlabel.data.as_ptr()).to_bytes().to_vec();
        let order = (*row).enumsortorder.to_bits();
        pg_sys::ReleaseSysCache(tuple);
        // The bits of floating-point numbers sort as the numbers do if those of negative ones are turned around.
        Ok((name, if order >> 31 == 1 { !order } else { order | 1 << 31 }))
    }
}
