//! A value that is read once per place in a query, not once per row.
//!
//! Breaks and rhythms are JSON, and mostly the same for every row. Reading one takes about a microsecond, comparing its
//! bytes with those of the row before some ten nanoseconds.

use std::any::Any;
use std::rc::Rc;

use pgrx::{PgMemoryContexts, pg_sys};

use crate::domain::support::error::{Error, Kind, Result};

/// What a call site keeps: the value, and the bytes that it was read from. The value knows its own type.
struct Entry {
    bytes: Vec<Vec<u8>>,
    value: Rc<dyn Any>,
}

/// The value that `read` makes of these bytes: from the row before if they are the same, and the value is of this type.
///
/// # Errors
/// Those of `read`.
pub fn cached<T: 'static>(
    fcinfo: pg_sys::FunctionCallInfo,
    bytes: &[u8],
    read: impl Fn(&str) -> Result<T>,
) -> Result<Rc<T>> {
    cached_all(fcinfo, [bytes], |[bytes]| read(as_text(bytes)?))
}

/// The same of two arguments together.
///
/// # Errors
/// Those of `read`.
pub fn cached_pair<T: 'static>(
    fcinfo: pg_sys::FunctionCallInfo,
    bytes: [&[u8]; 2],
    read: impl Fn([&[u8]; 2]) -> Result<T>,
) -> Result<Rc<T>> {
    cached_all(fcinfo, bytes, read)
}

fn cached_all<T: 'static, const N: usize>(
    fcinfo: pg_sys::FunctionCallInfo,
    bytes: [&[u8]; N],
    read: impl Fn([&[u8]; N]) -> Result<T>,
) -> Result<Rc<T>> {
    // SAFETY: the server calls functions with a live call site.
    let site = unsafe { &mut *(*fcinfo).flinfo };
    if site.fn_retset {
        // The call site of a function that returns a set is pgrx's, which keeps there how far the set has come.
        return Ok(Rc::new(read(bytes)?));
    }
    let kept: *mut Entry = site.fn_extra.cast();
    // SAFETY: only this function puts something there, an entry, which lives as long as the call site. No reference to it is held
    // while `read` runs, which may call SQL.
    if let Some(entry) = unsafe { kept.as_ref() }
        && entry.bytes.len() == N
        && entry.bytes.iter().zip(bytes).all(|(known, bytes)| known == bytes)
        && let Ok(value) = Rc::clone(&entry.value).downcast()
    {
        return Ok(value);
    }
    let value = Rc::new(read(bytes)?);
    let entry = Entry { bytes: bytes.map(<[u8]>::to_vec).to_vec(), value: Rc::clone(&value) as Rc<dyn Any> };
    // SAFETY: what stands there is NULL or an entry of this function, whose value others hold by a count of their own. The context
    // lives as long as the call site.
    unsafe {
        match site.fn_extra.cast::<Entry>().as_mut() {
            Some(kept) => *kept = entry,
            None => site.fn_extra = PgMemoryContexts::For(site.fn_mcxt).leak_and_drop_on_delete(entry).cast(),
        }
    }
    Ok(value)
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
