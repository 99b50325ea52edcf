//! A part of a transaction that is rolled back by itself when it fails.

use std::panic::AssertUnwindSafe;

use pgrx::PgTryBuilder;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::CaughtError;

/// How a part of a transaction ends where nothing has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// What was done and locked stays.
    Keep,
    /// It is rolled back, and its locks are given back.
    Undo,
}

/// Runs something whose error rolls back what it has done, and nothing else. What it returns must not live in the server's memory.
pub fn in_subtransaction<T>(run: impl FnOnce() -> T) -> Result<T, CaughtError> {
    in_subtransaction_that_ends(|| (run(), End::Keep))
}

/// The same of something that says how the part is to end.
pub fn in_subtransaction_that_ends<T>(run: impl FnOnce() -> (T, End)) -> Result<T, CaughtError> {
    // SAFETY: reads variables of the backend, and begins the part, which is ended below either way.
    let (context, owner) = unsafe {
        let before = (pg_sys::CurrentMemoryContext, pg_sys::CurrentResourceOwner);
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        // Memory that is allocated within the part outlives it.
        pg_sys::CurrentMemoryContext = before.0;
        before
    };
    let result = PgTryBuilder::new(AssertUnwindSafe(|| {
        let (value, end) = run();
        if end == End::Keep {
            // SAFETY: ends the part that was begun above: what began within it has ended.
            unsafe { pg_sys::ReleaseCurrentSubTransaction() };
        }
        Ok((value, end))
    }))
    .catch_others(Err)
    .catch_rust_panic(Err)
    .execute();
    // SAFETY: where the part still stands it ends now, and the context may be one that ends with it; the two variables become what
    // they were.
    unsafe {
        pg_sys::CurrentMemoryContext = context;
        if !matches!(result, Ok((_, End::Keep))) {
            pg_sys::RollbackAndReleaseCurrentSubTransaction();
            pg_sys::CurrentMemoryContext = context;
        }
        pg_sys::CurrentResourceOwner = owner;
    }
    result.map(|(value, _)| value)
}
