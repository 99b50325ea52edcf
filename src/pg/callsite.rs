//! A value that is read once per place in a query, not once per row.
//!
//! Breaks and rhythms are JSON, and mostly the same for every row. Reading one takes about a microsecond, comparing its
//! bytes with those of the row before some ten nanoseconds.

use pgrx::{PgMemoryContexts, pg_sys};

use crate::domain::error::{Error, Kind, Result};

struct Entry<T, const N: usize> {
    bytes: [Vec<u8>; N],
    value: T,
}

/// The value that `read` makes of these bytes: from the row before if they are the same.
///
/// A function may cache one value: of one type, always by the same `read`.
///
/// # Errors
/// Those of `read`.
pub fn cached<'fcx, T>(
    fcinfo: pg_sys::FunctionCallInfo,
    bytes: &[u8],
    read: impl Fn(&str) -> Result<T>,
) -> Result<&'fcx T> {
    cached_all(fcinfo, [bytes], |[bytes]| read(as_text(bytes)?))
}

/// The same of two arguments together.
///
/// # Errors
/// Those of `read`.
pub fn cached_pair<'fcx, T>(
    fcinfo: pg_sys::FunctionCallInfo,
    bytes: [&[u8]; 2],
    read: impl Fn([&[u8]; 2]) -> Result<T>,
) -> Result<&'fcx T> {
    cached_all(fcinfo, bytes, read)
}

fn cached_all<'fcx, T, const N: usize>(
    fcinfo: pg_sys::FunctionCallInfo,
    bytes: [&[u8]; N],
    read: impl Fn([&[u8]; N]) -> Result<T>,
) -> Result<&'fcx T> {
    // SAFETY: PostgreSQL calls functions with a live call site, whose fn_extra is ours alone. What stands there was
    // put there below, as an entry of this same function, in a context that lives as long as the call site.
    unsafe {
        let site = (*fcinfo).flinfo;
        let kept: *mut Entry<T, N> = (*site).fn_extra.cast();
        if let Some(entry) = kept.as_mut() {
            if entry.bytes.iter().zip(bytes).any(|(known, bytes)| known != bytes) {
                entry.value = read(bytes)?;
                entry.bytes = bytes.map(<[u8]>::to_vec);
            }
            return Ok(&entry.value);
        }
        let entry = Entry { bytes: bytes.map(<[u8]>::to_vec), value: read(bytes)? };
        let kept = PgMemoryContexts::For((*site).fn_mcxt).leak_and_drop_on_delete(entry);
        (*site).fn_extra = kept.cast();
        Ok(&(*kept).value)
    }
}

/// The text of a JSON type.
///
/// # Errors
/// [`Kind::InvalidText`] if it is no UTF-8, as may come from a client of a database in another encoding.
pub fn as_text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        Error::new(Kind::InvalidText, format!("invalid JSON: {error}"))
            .hint("Write other characters than ASCII as JSON escapes, such as \\u00e9.")
    })
}
