//! Voucher codes, as the owner of a store adds and removes them.

use pgrx::{pg_extern, pg_sys};

use super::claim::texts;
use super::lifecycle::seen;
use crate::domain::journey::codes;
use crate::domain::store::Store;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{array_text, rows, run_with};
use crate::pg::store::text_argument;

/// The store and the pool, which the first two arguments name. Codes are worth money: only the owner of the store adds and removes them.
fn pool_of(fcinfo: pg_sys::FunctionCallInfo) -> Result<(Store, String)> {
    let (store, pool) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "pool")?);
    codes::check_pool(&pool)?;
    Ok((seen(&store)?, pool))
}

/// The codes, which the third argument holds; None for NULL.
fn codes_of(fcinfo: pg_sys::FunctionCallInfo) -> Result<Option<Vec<String>>> {
    // SAFETY: the call's own arguments, of which SQL declares the third as text[].
    let array = unsafe { Arguments::of(fcinfo).datum(2).map(|array| texts(array)) };
    array.map(codes::checked).transpose()
}

/// (store, pool, codes)
// SQL: add_codes(text, text, text[]) bigint
#[pg_extern]
fn add_codes(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let (store, pool) = pool_of(fcinfo)?;
    let codes = codes_of(fcinfo)?.ok_or_else(|| Error::new(Kind::NullNotAllowed, "codes must not be NULL"))?;
    let codes = array_text(&codes);
    let added = with_pinned_settings(|| {
        let arguments = [Some(pool.as_str()), Some(codes.as_str())];
        let other = rows(codes::in_another_pool(&store), &arguments).into_iter().next();
        if let Some([Some(code), Some(other)]) = other.as_deref() {
            let taken = format!("code \"{}\" is in the pool \"{}\"", shorten(code), shorten(other));
            return Err(Error::new(Kind::DuplicateObject, taken)
                .detail("A code can be in one pool of a store only, so that no two customers get it."));
        }
        Ok(run_with(codes::add(&store), &arguments))
    })?;
    Ok(added as i64)
}

/// (store, pool, codes)
// SQL: remove_codes(text, text, text[]) bigint
#[pg_extern]
fn remove_codes(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let (store, pool) = pool_of(fcinfo)?;
    let codes = codes_of(fcinfo)?.map(|codes| array_text(&codes));
    let arguments = [Some(pool.as_str()), codes.as_deref()];
    Ok(with_pinned_settings(|| run_with(codes::remove(&store), &arguments)) as i64)
}
