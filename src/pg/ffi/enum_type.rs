//! Results and columns of an enum type, and the labels of any.

use std::cell::{Cell, RefCell};
use std::ffi::CString;

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::pg_sys;

use super::composite::{Column, RowType};
use super::error::raise;
use super::text::text_of;
use crate::domain::support::error::{Error, Kind, Result};

/// A label of the enum that SQL declares as the function's result.
#[derive(Debug, Clone, Copy)]
pub struct Label(pub &'static str);

impl Label {
    /// The label as the value of a column that the composite declares as the enum.
    pub fn in_column(self, row: RowType, column: usize) -> Option<Column> {
        let of = row.of_column(column).oid();
        Some(Column::of(label_oid(of, self.0), of))
    }
}

// A lookup in the server's catalogue cache takes longer than the rule that chose the label. What was found is forgotten when the
// server says that some label has changed.
thread_local! {
    static KNOWN: RefCell<Vec<(pg_sys::Oid, &'static str, pg_sys::Oid)>> = const { RefCell::new(Vec::new()) };
    /// How often the server has said so; None as long as it was not asked to.
    static CHANGES: Cell<Option<u64>> = const { Cell::new(None) };
    /// How often it had when `KNOWN` was begun.
    static KNOWN_AT: Cell<u64> = const { Cell::new(0) };
}

/// The server calls this whenever it forgets what it knows of labels, in the middle of whatever it does: it only counts.
unsafe extern "C-unwind" fn labels_changed(_: pg_sys::Datum, _: i32, _: u32) {
    CHANGES.set(CHANGES.get().map(|count| count.wrapping_add(1)));
}

/// How often labels have changed since the server was asked to say so.
fn changes() -> u64 {
    CHANGES.get().unwrap_or_else(|| {
        // SAFETY: registers a function that lives as long as the process; done once, for there are few places.
        unsafe {
            pg_sys::CacheRegisterSyscacheCallback(
                pg_sys::SysCacheIdentifier::ENUMOID as i32,
                Some(labels_changed),
                pg_sys::Datum::null(),
            );
        }
        CHANGES.set(Some(0));
        0
    })
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
    let before = changes();
    if KNOWN_AT.replace(before) != before {
        KNOWN.with_borrow_mut(Vec::clear);
    }
    let known = KNOWN.with_borrow(|known| known.iter().find(|(t, l, _)| *t == enum_type && *l == label).copied());
    if let Some((_, _, oid)) = known {
        return oid;
    }
    let oid = look_up(enum_type, label);
    KNOWN.with_borrow_mut(|known| known.push((enum_type, label, oid)));
    oid
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
        if tuple.is_null() {
            let name = text_of(std::ffi::CStr::from_ptr(pg_sys::format_type_be(enum_type)).to_bytes());
            raise(
                Error::new(Kind::WrongVersion, format!("type {name} has no label \"{label}\""))
                    .detail("The library and the objects in the database are of different versions of pg_lifecycle, or the label was renamed.")
                    .hint("Run ALTER EXTENSION pg_lifecycle UPDATE, or give the label its name back with ALTER TYPE ... RENAME VALUE."),
            );
        }
        let row: pg_sys::Form_pg_enum = pg_sys::heap_tuple_get_struct(tuple);
        let oid = (*row).oid;
        pg_sys::ReleaseSysCache(tuple);
        oid
    }
}

/// The name of a label of any enum, and a number by which labels of one enum sort as the enum does.
///
/// # Errors
/// [`Kind::InvalidBinary`] for an oid that is no label.
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
