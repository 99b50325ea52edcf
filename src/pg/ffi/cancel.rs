//! That the code of a store's owner, which runs in another's session, ends when the session's user or a budget of time wants it to.
//!
//! A trigger may catch the error of a cancel and go on. So a cancel that came while such code runs is remembered, and asked for again
//! whenever a part of a transaction is rolled back, as the one is in which a handler has caught the error: what comes after the
//! handler is canceled too, until the code has ended.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_guard, pg_sys};

use super::owner_code::runs_for_another;

unsafe extern "C" {
    fn RegisterTimeout(id: c_int, handler: extern "C" fn()) -> c_int;
    fn enable_timeout_every(id: c_int, finish: pg_sys::TimestampTz, milliseconds: c_int);
    fn disable_timeout(id: c_int, keep_indicator: bool);
    fn get_timeout_indicator(id: c_int, reset: bool) -> bool;
    fn SetLatch(latch: *mut pg_sys::Latch);
}

/// The number of `lock_timeout` among the server's timers, in all its versions.
const LOCK_TIMEOUT: c_int = 2;

/// Any number from that of the first free timer on asks for a free one.
const FREE_TIMEOUT: c_int = 20;

/// So many milliseconds after a budget was spent the cancel is repeated.
const AGAIN: c_int = 100;

/// Code that has caught so many cancels does nothing else: the session ends.
const MOST_CATCHES: u32 = 10_000;

/// Whether the session's user, a statement_timeout or the like has canceled, since code of an owner runs.
static IS_CANCELED: AtomicBool = AtomicBool::new(false);
/// Whether the budget is spent.
static IS_SPENT: AtomicBool = AtomicBool::new(false);
/// How often the cancel was asked for again.
static CATCHES: AtomicU32 = AtomicU32::new(0);
/// The handler of SIGINT that was there before.
static BEFORE: AtomicUsize = AtomicUsize::new(0);
/// The number of our timer; 0 before there is one.
static TIMER: AtomicUsize = AtomicUsize::new(0);

/// Asks the server to cancel what runs, at the next place where it may. Called from handlers of signals, too.
fn ask_for_cancel() {
    // SAFETY: sets variables of the backend that handlers of signals are there to set, and wakes it.
    unsafe {
        pg_sys::QueryCancelPending = 1;
        pg_sys::InterruptPending = 1;
        SetLatch(pg_sys::MyLatch);
    }
}

fn is_wanted() -> bool {
    IS_CANCELED.load(Relaxed) || IS_SPENT.load(Relaxed)
}

// ---- cancels by the session's user ----------------------------------------------------------------------------------

extern "C" fn on_interrupt(signal: c_int) {
    // A lock_timeout comes by the same signal, and is an error like any other.
    // SAFETY: reads an entry of an array, as handlers of signals do.
    if !unsafe { get_timeout_indicator(LOCK_TIMEOUT, false) } {
        IS_CANCELED.store(true, Relaxed);
    }
    let before = BEFORE.load(Relaxed);
    if before > libc::SIG_IGN {
        // SAFETY: the handler that the server had installed, which takes the signal's number.
        let before: extern "C" fn(c_int) = unsafe { std::mem::transmute(before) };
        before(signal);
    }
}

/// Notes cancels as long as it lives. Within another it does nothing.
pub struct CancelWatch(Option<libc::sigaction>);

impl CancelWatch {
    /// Begins it.
    pub fn begin() -> Self {
        if BEFORE.load(Relaxed) != 0 {
            return CancelWatch(None);
        }
        IS_CANCELED.store(false, Relaxed);
        CATCHES.store(0, Relaxed);
        let mut before = MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: reads the handler, and sets another that calls it, under the same flags.
        unsafe {
            if libc::sigaction(libc::SIGINT, std::ptr::null(), before.as_mut_ptr()) != 0 {
                return CancelWatch(None);
            }
            let before = before.assume_init();
            BEFORE.store(before.sa_sigaction, Relaxed);
            let ours = libc::sigaction { sa_sigaction: on_interrupt as *const () as usize, ..before };
            libc::sigaction(libc::SIGINT, &raw const ours, std::ptr::null_mut());
            CancelWatch(Some(before))
        }
    }

    /// Ends it where no error did: a cancel that the code has caught takes place now.
    pub fn end(self) {
        drop(self);
        if BEFORE.load(Relaxed) == 0 && IS_CANCELED.load(Relaxed) {
            cancel_now();
        }
    }
}

/// Cancels at once what runs, as the session's user wanted.
pub fn cancel_now() {
    ask_for_cancel();
    pgrx::check_for_interrupts!();
}

impl Drop for CancelWatch {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // SAFETY: sets the handler that was there.
            unsafe { libc::sigaction(libc::SIGINT, before, std::ptr::null_mut()) };
            BEFORE.store(0, Relaxed);
            // What was asked for again, and led to the error that passes here just now, is not to be asked for once more.
            if std::thread::panicking() && CATCHES.load(Relaxed) > 0 {
                // SAFETY: sets a variable of the backend.
                unsafe { pg_sys::QueryCancelPending = 0 };
            }
        }
    }
}

/// Whether the session's user has canceled while the code ran that ran last.
pub fn was_canceled() -> bool {
    IS_CANCELED.load(Relaxed)
}

// ---- budgets of time ------------------------------------------------------------------------------------------------

extern "C" fn on_budget() {
    IS_SPENT.store(true, Relaxed);
    ask_for_cancel();
}

/// The timer of a budget, which ends when this is dropped.
struct Budget(c_int);

impl Budget {
    fn begin(micros: i64) -> Self {
        IS_SPENT.store(false, Relaxed);
        // SAFETY: asks for a timer once in a session, and starts it; the handler does what handlers of signals may.
        unsafe {
            if TIMER.load(Relaxed) == 0 {
                TIMER.store(RegisterTimeout(FREE_TIMEOUT, on_budget) as usize, Relaxed);
            }
            let timer = TIMER.load(Relaxed) as c_int;
            enable_timeout_every(timer, pg_sys::GetCurrentTimestamp() + micros, AGAIN);
            Budget(timer)
        }
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        // SAFETY: stops the timer, and takes back what it has asked for unless the session's user has asked for it too.
        unsafe {
            disable_timeout(self.0, false);
            if IS_SPENT.load(Relaxed) {
                pg_sys::QueryCancelPending = 0;
                if IS_CANCELED.load(Relaxed) {
                    ask_for_cancel();
                }
            }
        }
    }
}

/// Runs code of an owner, and cancels it when so many microseconds are over. Not within another's budget.
pub fn within<T>(micros: i64, run: impl FnOnce() -> T) -> T {
    let _budget = Budget::begin(micros);
    run()
}

/// Whether the last budget was spent; to be asked after each.
pub fn take_spent() -> bool {
    IS_SPENT.swap(false, Relaxed)
}

// ---- cancels that were caught ---------------------------------------------------------------------------------------

/// Has the server tell when a part of a transaction begins and is rolled back.
///
/// # Safety
/// To be called once, when the library is loaded.
pub unsafe fn install_callback() {
    // SAFETY: the callback lives as long as the library, which is never unloaded.
    unsafe { pg_sys::RegisterSubXactCallback(Some(on_subtransaction), std::ptr::null_mut()) };
}

unsafe extern "C-unwind" fn on_subtransaction(
    event: pg_sys::SubXactEvent::Type,
    _own: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _more: *mut std::ffi::c_void,
) {
    if !runs_for_another() || !is_wanted() {
        return;
    }
    match event {
        pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB => {
            CATCHES.fetch_add(1, Relaxed);
            ask_for_cancel();
        }
        pg_sys::SubXactEvent::SUBXACT_EVENT_START_SUB if CATCHES.load(Relaxed) > MOST_CATCHES => {
            // SAFETY: within a call of the server.
            unsafe { end_session() }
        }
        _ => {}
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn end_session() {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_ADMIN_SHUTDOWN,
        "terminating connection because the code of a store's owner does not end when it is canceled",
        "pg_lifecycle",
    )
    .set_hint("Leave that store out, and tell its owner.")
    .report(PgLogLevel::FATAL);
}
