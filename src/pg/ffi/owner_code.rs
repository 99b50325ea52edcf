//! What the code of a store's owner must not do while it runs in another's session.
//!
//! Senders and readers call functions that work on a store's tables as the store's owner. What the owner has put on these
//! tables (triggers, policies, rules, functions in views, defaults and indexes) then runs in the caller's session. The server's own
//! security-restricted operation holds most of it back: SET ROLE, temporary tables, PREPARE, LISTEN, WITH HOLD, deferred triggers.
//! Settings are set back by [`with_settings`](super::session::with_settings). This module holds back the rest:
//!
//! | what | how |
//! |---|---|
//! | SET CONSTRAINTS, DECLARE CURSOR, SET seed | a hook of utility statements refuses them |
//! | advisory locks, taken or released; the caller's open large objects; `setseed`; `cursor_to_xml` | a hook of function calls refuses them |
//! | the caller's open cursors | are marked as running: the server refuses to fetch from them and to close them |
//! | cursors that were left open | are closed |
//! | functions and other objects in the session's temporary schema | end the call |

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_guard, pg_sys};

use super::cancel::CancelWatch;
use super::varlena::bytes_of;

/// How many calls within one another run code of an owner just now. A session is one process with one thread; these are atomic because
/// they are static.
static DEPTH: AtomicU32 = AtomicU32::new(0);

/// Whether it is the extension's own statement that runs within them.
static IS_LIFTED: AtomicBool = AtomicBool::new(false);

fn is_restricted() -> bool {
    DEPTH.load(Relaxed) > 0 && !IS_LIFTED.load(Relaxed)
}

/// Whether the caller is itself the code of an owner that runs in another's session.
pub fn runs_for_another() -> bool {
    DEPTH.load(Relaxed) > 0
}

/// Runs a statement of the extension's own, which reaches no code of an owner, such as one that takes an advisory lock.
pub fn lifted<T>(run: impl FnOnce() -> T) -> T {
    struct Lift(bool);
    impl Drop for Lift {
        fn drop(&mut self) {
            IS_LIFTED.store(self.0, Relaxed);
        }
    }
    let _lift = Lift(IS_LIFTED.swap(true, Relaxed));
    run()
}

fn refuse(what: &str) -> ! {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("cannot execute {what} within security-restricted operation"),
        "pg_lifecycle",
    )
    .set_detail(
        "The code of a store's owner runs in the session of another role, and must not change what that session holds.",
    )
    .report(PgLogLevel::ERROR);
    unreachable!("reporting an ERROR does not return")
}

// ---- while it runs --------------------------------------------------------------------------------------------------

/// The time in which the code of an owner runs in another's session. Begun as the caller, before the user changes.
pub struct Restriction {
    cursors: HiddenCursors,
    depth: Depth,
    temporary: TemporaryFlag,
    cancel: CancelWatch,
}

impl Restriction {
    /// Begins it.
    pub fn begin() -> Self {
        let cursors = HiddenCursors::hide();
        Restriction { cursors, depth: Depth::deeper(), temporary: TemporaryFlag::clear(), cancel: CancelWatch::begin() }
    }

    /// Ends it where no error did: what was left behind is closed, or refused.
    pub fn end(self) {
        let Restriction { cursors, depth, temporary, cancel } = self;
        let is_touched = temporary.is_set();
        drop((temporary, depth));
        cursors.close_others();
        drop(cursors);
        if is_touched {
            refuse("a statement on temporary objects");
        }
        cancel.end();
    }
}

struct Depth;

impl Depth {
    fn deeper() -> Self {
        DEPTH.fetch_add(1, Relaxed);
        Depth
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        DEPTH.fetch_sub(1, Relaxed);
    }
}

/// The server's note that the transaction has touched the temporary schema: put aside, so that it tells of the code that runs, and put
/// back.
struct TemporaryFlag(c_int);

impl TemporaryFlag {
    const BIT: c_int = pg_sys::XACT_FLAGS_ACCESSEDTEMPNAMESPACE as c_int;

    fn clear() -> Self {
        // SAFETY: reads and sets a variable of the backend.
        unsafe {
            let before = pg_sys::MyXactFlags & Self::BIT;
            pg_sys::MyXactFlags &= !Self::BIT;
            TemporaryFlag(before)
        }
    }

    fn is_set(&self) -> bool {
        // SAFETY: reads a variable of the backend.
        unsafe { pg_sys::MyXactFlags & Self::BIT != 0 }
    }
}

impl Drop for TemporaryFlag {
    fn drop(&mut self) {
        // SAFETY: sets a variable of the backend.
        unsafe { pg_sys::MyXactFlags |= self.0 };
    }
}

// ---- cursors --------------------------------------------------------------------------------------------------------

/// The caller's cursors, marked as running while this lives: the server then refuses to fetch from them and to close them, by
/// whatever name or function.
struct HiddenCursors {
    known: Vec<CString>,
    marked: Vec<pg_sys::Portal>,
}

/// The cursors of the session, by name. Straight from the server's function: a query around it would take as long as completing an action.
fn open_cursors() -> Vec<CString> {
    // SAFETY: the function is called as the executor would, to return its rows at once; they are read, and all is freed.
    unsafe {
        let mut function = std::mem::zeroed::<pg_sys::FmgrInfo>();
        pg_sys::fmgr_info(pg_sys::Oid::from(pg_sys::F_PG_CURSOR), &raw mut function);
        let mut result = std::mem::zeroed::<pg_sys::ReturnSetInfo>();
        result.type_ = pg_sys::NodeTag::T_ReturnSetInfo;
        result.econtext = pg_sys::CreateStandaloneExprContext();
        result.allowedModes = pg_sys::SetFunctionReturnMode::SFRM_Materialize as c_int;
        let mut call = std::mem::zeroed::<pg_sys::FunctionCallInfoBaseData>();
        call.flinfo = &raw mut function;
        call.resultinfo = (&raw mut result).cast();
        if let Some(address) = function.fn_addr {
            pg_sys::ffi::pg_guard_ffi_boundary(|| address(&raw mut call));
        }
        let mut names = Vec::new();
        if !result.setResult.is_null() {
            let slot = pg_sys::MakeSingleTupleTableSlot(result.setDesc, &raw const pg_sys::TTSOpsMinimalTuple);
            while pg_sys::tuplestore_gettupleslot(result.setResult, true, false, slot) {
                pg_sys::slot_getsomeattrs_int(slot, 1);
                if !*(*slot).tts_isnull {
                    names.extend(CString::new(bytes_of(*(*slot).tts_values)));
                }
            }
            pg_sys::ExecDropSingleTupleTableSlot(slot);
            pg_sys::tuplestore_end(result.setResult);
            pg_sys::FreeTupleDesc(result.setDesc);
        }
        pg_sys::FreeExprContext(result.econtext, true);
        names
    }
}

/// The cursor of this name, if nothing runs in it.
fn idle_cursor(name: &CStr) -> Option<pg_sys::Portal> {
    // SAFETY: the server looks the name up; a cursor that it finds lives until it is closed.
    unsafe {
        let cursor = pg_sys::GetPortalByName(name.as_ptr());
        (!cursor.is_null() && (*cursor).status == pg_sys::PortalStatus::PORTAL_READY).then_some(cursor)
    }
}

impl HiddenCursors {
    fn hide() -> Self {
        let known = open_cursors();
        let marked: Vec<pg_sys::Portal> = known.iter().filter_map(|name| idle_cursor(name)).collect();
        for cursor in &marked {
            // SAFETY: it was found just now.
            unsafe { (**cursor).status = pg_sys::PortalStatus::PORTAL_ACTIVE };
        }
        HiddenCursors { known, marked }
    }

    /// Closes the cursors that were opened since.
    fn close_others(&self) {
        for name in open_cursors().iter().filter(|name| !self.known.contains(name)) {
            if let Some(cursor) = idle_cursor(name) {
                // SAFETY: it was found just now, and nothing runs in it.
                unsafe { pg_sys::SPI_cursor_close(cursor) };
            }
        }
    }
}

impl Drop for HiddenCursors {
    fn drop(&mut self) {
        for cursor in &self.marked {
            // SAFETY: the server closes no cursor that runs, as this one seems to, so that it still lives.
            unsafe { (**cursor).status = pg_sys::PortalStatus::PORTAL_READY };
        }
    }
}

// ---- hooks ----------------------------------------------------------------------------------------------------------

static mut NEXT_UTILITY: pg_sys::ProcessUtility_hook_type = None;
static mut NEXT_ACCESS: pg_sys::object_access_hook_type = None;

unsafe extern "C-unwind" {
    // Not as pgrx has it, which would turn its errors into panics, for which the hook is not made.
    fn standard_ProcessUtility(
        statement: *mut pg_sys::PlannedStmt,
        text: *const c_char,
        is_read_only: bool,
        context: pg_sys::ProcessUtilityContext::Type,
        parameters: pg_sys::ParamListInfo,
        environment: *mut pg_sys::QueryEnvironment,
        receiver: *mut pg_sys::DestReceiver,
        completion: *mut pg_sys::QueryCompletion,
    );
}

/// Puts the hooks into place, before those that are there.
///
/// # Safety
/// To be called once, when the library is loaded.
pub unsafe fn install_hooks() {
    // SAFETY: the library is loaded by the session's one thread.
    unsafe {
        NEXT_UTILITY = pg_sys::ProcessUtility_hook;
        pg_sys::ProcessUtility_hook = Some(on_utility);
        NEXT_ACCESS = pg_sys::object_access_hook;
        pg_sys::object_access_hook = Some(on_access);
    }
}

/// Neither this nor [`on_access`] owns anything: an error of the server may pass.
#[allow(clippy::too_many_arguments, reason = "the server's hook")]
unsafe extern "C-unwind" fn on_utility(
    statement: *mut pg_sys::PlannedStmt,
    text: *const c_char,
    is_read_only: bool,
    context: pg_sys::ProcessUtilityContext::Type,
    parameters: pg_sys::ParamListInfo,
    environment: *mut pg_sys::QueryEnvironment,
    receiver: *mut pg_sys::DestReceiver,
    completion: *mut pg_sys::QueryCompletion,
) {
    // SAFETY: the server's own arguments, which are passed on.
    unsafe {
        if is_restricted() {
            check_utility((*statement).utilityStmt);
        }
        match NEXT_UTILITY {
            Some(next) => {
                next(statement, text, is_read_only, context, parameters, environment, receiver, completion);
            }
            None => standard_ProcessUtility(
                statement,
                text,
                is_read_only,
                context,
                parameters,
                environment,
                receiver,
                completion,
            ),
        }
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn check_utility(statement: *mut pg_sys::Node) {
    // SAFETY: a statement of the server, whose tag says what it is.
    unsafe {
        match (*statement).type_ {
            pg_sys::NodeTag::T_ConstraintsSetStmt => refuse("SET CONSTRAINTS"),
            pg_sys::NodeTag::T_DeclareCursorStmt => refuse("DECLARE CURSOR"),
            pg_sys::NodeTag::T_VariableSetStmt => {
                let name = (*statement.cast::<pg_sys::VariableSetStmt>()).name;
                if !name.is_null() && CStr::from_ptr(name).to_bytes().eq_ignore_ascii_case(b"seed") {
                    refuse("SET seed");
                }
            }
            _ => {}
        }
    }
}

unsafe extern "C-unwind" fn on_access(
    access: pg_sys::ObjectAccessType::Type,
    class: pg_sys::Oid,
    object: pg_sys::Oid,
    part: c_int,
    more: *mut c_void,
) {
    // SAFETY: the server's own arguments, which are passed on.
    unsafe {
        if let Some(next) = NEXT_ACCESS {
            next(access, class, object, part, more);
        }
        if access == pg_sys::ObjectAccessType::OAT_FUNCTION_EXECUTE && is_restricted() {
            check_function(object);
        }
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn check_function(function: pg_sys::Oid) {
    match function.to_u32() {
        // All that take and release advisory locks.
        pg_sys::F_PG_ADVISORY_LOCK_INT8..=pg_sys::F_PG_ADVISORY_UNLOCK_ALL
        | pg_sys::F_PG_ADVISORY_XACT_LOCK_INT8..=pg_sys::F_PG_TRY_ADVISORY_XACT_LOCK_SHARED_INT4_INT4 => {
            refuse("functions of advisory locks");
        }
        // A descriptor was checked when the session opened it, and not when it is read or written.
        pg_sys::F_LO_OPEN
        | pg_sys::F_LO_CLOSE
        | pg_sys::F_LOREAD
        | pg_sys::F_LOWRITE
        | pg_sys::F_LO_LSEEK
        | pg_sys::F_LO_LSEEK64
        | pg_sys::F_LO_TELL
        | pg_sys::F_LO_TELL64
        | pg_sys::F_LO_TRUNCATE
        | pg_sys::F_LO_TRUNCATE64 => refuse("functions of open large objects"),
        pg_sys::F_SETSEED => refuse("setseed"),
        pg_sys::F_CURSOR_TO_XML | pg_sys::F_CURSOR_TO_XMLSCHEMA => refuse("cursor_to_xml"),
        _ => {}
    }
}
