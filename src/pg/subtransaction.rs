//! A part of a transaction that is rolled back by itself when it fails.

use std::panic::AssertUnwindSafe;

use pgrx::PgTryBuilder;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::CaughtError;

/// Runs something whose error rolls back what it has done, and nothing else. What it returns must not live in the server's memory.
pub fn in_subtransaction<T>(run: impl FnOnce() -> T) -> Result<T, CaughtError> {
    // SAFETY: reads variables of the backend, and begins the part, which is ended below either way.
    let (context, owner) = unsafe {
        let before = (pg_sys::CurrentMemoryContext, pg_sys::CurrentResourceOwner);
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        // Memory that is allocated within the part outlives it.
        pg_sys::CurrentMemoryContext = before.0;
        before
    };
    let result = PgTryBuilder::new(AssertUnwindSafe(|| {
        let value = run();
        // SAFETY: ends the part that was begun above: what began within it has ended.
        unsafe { pg_sys::ReleaseCurrentSubTransaction() };
        Ok(value)
    }))
    .catch_others(Err)
    .catch_rust_panic(Err)
    .execute();
    // SAFETY: after an error the part still stands, and the context may be one that ends with it; the two variables become what
    // they were.
    unsafe {
        pg_sys::CurrentMemoryContext = context;
        if result.is_err() {
            pg_sys::RollbackAndReleaseCurrentSubTransaction();
            pg_sys::CurrentMemoryContext = context;
        }
        pg_sys::CurrentResourceOwner = owner;
    }
    result
}
