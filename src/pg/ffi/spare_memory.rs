//! Where memory ends the statement ends, and not the server.
//!
//! A session keeps some address space that it does not use. It is given back to the system for a moment
//!
//! * when Rust asks for a little memory and there is none: Rust would end the process, and with it all sessions of the
//!   server. Much memory is asked for by `try_reserve` (`domain::support::error::reserve`), which can be refused;
//! * when pgrx copies an error of the server, which it does into the very memory context that may have no room left, and
//!   before it has restored the handler of errors: an error there comes back to the same place, until the server's stack of
//!   errors is full and the server ends with PANIC; and when pgrx makes the texts of an error that it raises;
//! * when a transaction or a savepoint is rolled back: to remove the tables that it made, such as the temporary ones of a refresh or a
//!   simulation, the server asks for memory. A refusal has it roll back again, until its stack of errors is full (PANIC again).
//!
//! The functions of the server that are called then (`CopyErrorData`, `errstart`, `errfinish`) are wrapped by the linker:
//! see `build.rs`.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::Relaxed};

use pgrx::pg_sys;

use super::error::raise;
use crate::domain::support::error::{Error, Kind};
use crate::domain::support::interrupt;

/// The address space kept: an error may be copied into a few contexts in turn, each of which asks for a block of up to 1 MiB, and so
/// does the allocator; and the longest JSON, once it is read, takes as much. It is address space alone, for nothing is
/// written there.
const SIZE: usize = 16 << 20;
/// Less than this would not serve.
const LEAST: usize = 256 << 10;
/// Larger requests are refused where there is no memory: their callers can take a refusal.
const LITTLE: usize = 8 << 20;

static START: AtomicPtr<libc::c_void> = AtomicPtr::new(std::ptr::null_mut());
static HELD: AtomicUsize = AtomicUsize::new(0);
/// Whether some of it was used, so that the work at hand must end.
static IS_SPENT: AtomicBool = AtomicBool::new(false);

/// Gives the address space back to the system.
fn give_back() {
    let size = HELD.swap(0, Relaxed);
    if size > 0 {
        // SAFETY: the mapping is that of `hold`, which nothing else knows.
        unsafe { libc::munmap(START.load(Relaxed), size) };
    }
}

/// Takes address space, as much as there is up to [`SIZE`]; whether that is all of it.
fn hold() -> bool {
    let mut size = SIZE;
    while HELD.load(Relaxed) == 0 && size >= LEAST {
        let (access, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: asks for a new mapping, wherever there is room.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), size, access, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            size /= 2;
        } else {
            START.store(start, Relaxed);
            HELD.store(size, Relaxed);
        }
    }
    HELD.load(Relaxed) == SIZE
}

/// Takes the spare memory, and lets the loops of the domain ask whether they may go on: once in a session.
pub fn install() {
    hold();
    interrupt::install(check);
    // SAFETY: the functions have the signatures that the server calls them by, and stay where they are while the process lives.
    unsafe {
        pg_sys::RegisterXactCallback(Some(on_transaction), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(on_subtransaction), std::ptr::null_mut());
    }
}

/// The server calls this before it removes the tables that the transaction made. The next [`check`] or error takes the memory again.
unsafe extern "C-unwind" fn on_transaction(event: pg_sys::XactEvent::Type, _: *mut libc::c_void) {
    if event == pg_sys::XactEvent::XACT_EVENT_ABORT || event == pg_sys::XactEvent::XACT_EVENT_PARALLEL_ABORT {
        give_back();
    }
}

/// The same for a savepoint.
unsafe extern "C-unwind" fn on_subtransaction(
    event: pg_sys::SubXactEvent::Type,
    _: pg_sys::SubTransactionId,
    _: pg_sys::SubTransactionId,
    _: *mut libc::c_void,
) {
    if event == pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB {
        give_back();
    }
}

/// Ends the statement where its user asked for that, or where it has used the last of the memory.
pub fn check() {
    if IS_SPENT.load(Relaxed) {
        give_back();
        let is_whole = hold();
        IS_SPENT.store(!is_whole, Relaxed);
        if !is_whole {
            raise(Error::new(Kind::OutOfMemory, "out of memory").detail("The session has no memory left."));
        }
    }
    if HELD.load(Relaxed) == 0 {
        hold();
    }
    pgrx::check_for_interrupts!();
}

// ---- Rust's memory --------------------------------------------------------------------------------------------------

/// The system's allocator, with the spare memory for little requests.
struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// Asks again for what there was no memory for.
#[cold]
#[inline(never)]
fn again(size: usize, ask: impl Fn() -> *mut u8) -> *mut u8 {
    if size > LITTLE {
        return std::ptr::null_mut();
    }
    give_back();
    let memory = ask();
    hold();
    IS_SPENT.store(true, Relaxed);
    memory
}

// SAFETY: passes everything on to the system's allocator, and nothing here unwinds.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller vouches for the layout.
        let ask = || unsafe { System.alloc(layout) };
        let memory = ask();
        if memory.is_null() { again(layout.size(), ask) } else { memory }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller vouches for the layout.
        let ask = || unsafe { System.alloc_zeroed(layout) };
        let memory = ask();
        if memory.is_null() { again(layout.size(), ask) } else { memory }
    }

    #[inline]
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller vouches for the memory and its layout; a refusal leaves it as it is.
        let ask = || unsafe { System.realloc(old, layout, size) };
        let memory = ask();
        if memory.is_null() { again(size, ask) } else { memory }
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller vouches for the memory and its layout.
        unsafe { System.dealloc(memory, layout) };
    }
}

// ---- errors of the server -------------------------------------------------------------------------------------------

#[cfg(target_os = "linux")]
mod wrapped {
    //! What pgrx calls in place of the server's functions. The server may leave each of them by `longjmp`, so none of them
    //! holds anything that would have to be dropped.

    use std::ffi::{c_char, c_int};

    use pgrx::{PgLogLevel, pg_sys};

    use super::{give_back, hold};

    unsafe extern "C-unwind" {
        fn __real_CopyErrorData() -> *mut pg_sys::ErrorData;
        fn __real_errstart(level: c_int, domain: *const c_char) -> bool;
        fn __real_errfinish(file: *const c_char, line: c_int, function: *const c_char);
    }

    /// Copies the error that was caught; there is room for the copy.
    ///
    /// # Safety
    /// That of the server's function.
    #[unsafe(no_mangle)]
    unsafe extern "C-unwind" fn __wrap_CopyErrorData() -> *mut pg_sys::ErrorData {
        give_back();
        // SAFETY: the caller vouches for the call.
        let copy = unsafe { __real_CopyErrorData() };
        hold();
        copy
    }

    /// Begins a report; until it ends there is room for its texts.
    ///
    /// # Safety
    /// That of the server's function.
    #[unsafe(no_mangle)]
    unsafe extern "C-unwind" fn __wrap_errstart(level: c_int, domain: *const c_char) -> bool {
        if level >= PgLogLevel::ERROR as c_int {
            give_back();
        }
        // SAFETY: the caller vouches for the call.
        unsafe { __real_errstart(level, domain) }
    }

    /// Ends a report.
    ///
    /// # Safety
    /// That of the server's function.
    #[unsafe(no_mangle)]
    unsafe extern "C-unwind" fn __wrap_errfinish(file: *const c_char, line: c_int, function: *const c_char) {
        hold();
        // SAFETY: the caller vouches for the call.
        unsafe { __real_errfinish(file, line, function) }
    }
}
