//! Conditions on rows that users write as SQL: that each is one expression, and one whose value depends on the row alone.

use std::ffi::CString;

use pgrx::pg_sys;

use super::text::bytes_in_database;
use crate::domain::error::{Error, Kind, Result, shorten};

/// Refuses a text that is not one expression: read as `SELECT (text)` it must be a SELECT of one value and nothing else.
/// What it names is looked up later, when the view is made that it becomes a part of.
///
/// # Errors
/// [`Kind::Syntax`]. Text that is no SQL at all is the server's own error, of the same class.
pub fn check_is_expression(setting: &str, text: &str) -> Result<()> {
    let statement =
        CString::new(bytes_in_database(&format!("SELECT (\n{text}\n)"))).map_err(|_| refusal(setting, text))?;
    // SAFETY: the parser reads a C string, and its nodes are looked at while they live.
    let is_expression = unsafe {
        let list = pg_sys::raw_parser(statement.as_ptr(), pg_sys::RawParseMode::RAW_PARSE_DEFAULT);
        !list.is_null() && (*list).length == 1 && {
            let raw: *const pg_sys::RawStmt = (*(*list).elements).ptr_value.cast();
            let node = (*raw).stmt;
            (*node).type_ == pg_sys::NodeTag::T_SelectStmt && {
                let select: *const pg_sys::SelectStmt = node.cast();
                let select = &*select;
                select.op == pg_sys::SetOperation::SETOP_NONE
                    && !select.targetList.is_null()
                    && (*select.targetList).length == 1
                    && [
                        select.distinctClause,
                        select.fromClause,
                        select.groupClause,
                        select.windowClause,
                        select.valuesLists,
                        select.sortClause,
                        select.lockingClause,
                    ]
                    .iter()
                    .all(|clause| clause.is_null())
                    && select.intoClause.is_null()
                    && select.whereClause.is_null()
                    && select.havingClause.is_null()
                    && select.limitCount.is_null()
                    && select.limitOffset.is_null()
                    && select.withClause.is_null()
            }
        }
    };
    if is_expression { Ok(()) } else { Err(refusal(setting, text)) }
}

fn refusal(setting: &str, text: &str) -> Error {
    Error::new(Kind::Syntax, format!("{setting} is not one expression: {}", shorten(text)))
        .hint(format!("Give a condition on a row, as after WHERE: {setting} => $$state <> 'cancelled'$$."))
}

/// Refuses a condition that says something else of the same row each time, as with `random()`: what is kept of such rows could
/// never be brought up to date. Says so where it changes without a change of the row, as with `now()`.
///
/// # Errors
/// [`Kind::InvalidParameter`].
pub fn check_volatility(setting: &str, text: &str, relation: &str) -> Result<()> {
    let query = format!("SELECT FROM {relation} WHERE (\n{text}\n)");
    let query = CString::new(bytes_in_database(&query)).map_err(|_| refusal(setting, text))?;
    // SAFETY: prepares a plan and looks at its queries while it lives.
    let (is_volatile, is_mutable) = unsafe {
        pg_sys::SPI_connect();
        let plan = pg_sys::SPI_prepare(query.as_ptr(), 0, std::ptr::null_mut());
        let sources = if plan.is_null() { std::ptr::null_mut() } else { pg_sys::SPI_plan_get_plan_sources(plan) };
        let (mut is_volatile, mut is_mutable) = (false, false);
        for source in elements::<pg_sys::CachedPlanSource>(sources) {
            for query in elements::<pg_sys::Node>((*source).query_list) {
                is_volatile |= pg_sys::contain_volatile_functions(query);
                is_mutable |= pg_sys::contain_mutable_functions(query);
            }
        }
        pg_sys::SPI_finish();
        (is_volatile, is_mutable)
    };
    if is_volatile {
        return Err(Error::new(Kind::InvalidParameter, format!("{setting} is volatile: {}", shorten(text)))
            .detail("It may say something else of the same row each time.")
            .hint("Use columns of the row, and functions that are not volatile."));
    }
    if is_mutable {
        pgrx::notice!(
            "{setting} depends on more than the row, such as the clock or a setting: what changes with that alone is seen by \
             CALL lifecycle.refresh(..., rebuild => true)"
        );
    }
    Ok(())
}

/// The pointers in a list of the server's.
///
/// # Safety
/// It must be NULL or a list of pointers to T.
unsafe fn elements<T>(list: *const pg_sys::List) -> Vec<*mut T> {
    // SAFETY: the caller vouches for it.
    unsafe {
        let Some(list) = list.as_ref() else { return Vec::new() };
        (0..list.length as usize).map(|i| (*list.elements.add(i)).ptr_value.cast()).collect()
    }
}
