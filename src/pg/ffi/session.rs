//! The role and the settings under which a part of a function runs.
//!
//! Both are restored when the part ends, however it ends: by a value, by an error of the server, by a panic.

use std::ffi::CString;

use pgrx::pg_sys;

use super::owner_code::Restriction;

/// Runs something as another user, as a function with SECURITY DEFINER would.
pub fn as_user<T>(user: pg_sys::Oid, run: impl FnOnce() -> T) -> T {
    let _switch = UserSwitch::to(user, pg_sys::SECURITY_LOCAL_USERID_CHANGE);
    run()
}

/// Runs something as the owner of the tables, in a security-restricted operation. Triggers that the owner defined run with the
/// owner's rights: they cannot regain the caller's rights, queue anything (temporary objects, deferred triggers) that would run with
/// them, or change the state of the caller's session: see [`Restriction`].
pub fn as_owner<T>(owner: pg_sys::Oid, run: impl FnOnce() -> T) -> T {
    let restriction = Restriction::begin();
    let switch = UserSwitch::to(owner, pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_RESTRICTED_OPERATION);
    let result = run();
    drop(switch);
    restriction.end();
    result
}

/// The user and the security context of before, which come back when this is dropped.
struct UserSwitch {
    user: pg_sys::Oid,
    context: i32,
}

impl UserSwitch {
    fn to(user: pg_sys::Oid, more: u32) -> Self {
        let mut before = UserSwitch { user: pg_sys::InvalidOid, context: 0 };
        // SAFETY: reads and sets two variables of the backend.
        unsafe {
            pg_sys::GetUserIdAndSecContext(&mut before.user, &mut before.context);
            pg_sys::SetUserIdAndSecContext(user, before.context | more as i32);
        }
        before
    }
}

impl Drop for UserSwitch {
    fn drop(&mut self) {
        // SAFETY: sets two variables of the backend to what they were; this raises no error.
        unsafe { pg_sys::SetUserIdAndSecContext(self.user, self.context) };
    }
}

/// Runs something as the owner of the extension's tables.
pub fn as_extension<T>(run: impl FnOnce() -> T) -> T {
    as_user(extension_owner(), run)
}

/// The owner of the extension's tables: a superuser where the extension was installed as a trusted one.
fn extension_owner() -> pg_sys::Oid {
    // SAFETY: looks names up in the catalog; the tuple is released.
    unsafe {
        let schema = pg_sys::get_namespace_oid(c"lifecycle".as_ptr(), false);
        let table = pg_sys::get_relname_relid(c"store".as_ptr(), schema);
        let tuple = pg_sys::SearchSysCache1(pg_sys::SysCacheIdentifier::RELOID as i32, pg_sys::Datum::from(table));
        if tuple.is_null() {
            return pg_sys::InvalidOid;
        }
        let class: *const pg_sys::FormData_pg_class = pg_sys::GETSTRUCT(tuple).cast();
        let owner = (*class).relowner;
        pg_sys::ReleaseSysCache(tuple);
        owner
    }
}

/// Runs something with some settings changed, and then sets them back, together with all that it has set itself: a SET or a
/// `set_config` in a function that was called on the way does not outlive it.
pub fn with_settings<T>(settings: &[(&str, &str)], run: impl FnOnce() -> T) -> T {
    let _level = SettingsLevel::open();
    for (name, value) in settings {
        let (Ok(name), Ok(value)) = (CString::new(*name), CString::new(*value)) else { continue };
        // SAFETY: two C strings, which the server copies; a value that does not serve is the server's own error.
        unsafe {
            pg_sys::set_config_option(
                name.as_ptr(),
                value.as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_SAVE,
                true,
                0,
                false,
            );
        }
    }
    run()
}

/// A level of settings: all that is set while it is open is set back when it is dropped.
struct SettingsLevel(i32);

impl SettingsLevel {
    fn open() -> Self {
        // SAFETY: opens a level, which the drop closes.
        SettingsLevel(unsafe { pg_sys::NewGUCNestLevel() })
    }
}

impl Drop for SettingsLevel {
    fn drop(&mut self) {
        // SAFETY: closes the level, and those within it, as the end of a failed transaction does; to set back raises no error.
        unsafe { pg_sys::AtEOXact_GUC(false, self.0) };
    }
}

/// The path on which nothing but the server's own is found, and temporary tables last.
pub const SEARCH_PATH: (&str, &str) = ("search_path", "pg_catalog, pg_temp");

/// The forms in which values pass through text and back, whatever the session shows them in.
pub const TEXT_FORMATS: [(&str, &str); 5] = [
    ("DateStyle", "ISO, YMD"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
];

/// Runs something that depends on neither the `search_path` nor the forms in which the session shows values.
pub fn with_pinned_settings<T>(run: impl FnOnce() -> T) -> T {
    with_settings(&[&[SEARCH_PATH][..], &TEXT_FORMATS[..]].concat(), run)
}

/// That there is nothing to drop is no news.
pub const NO_NOTICES: (&str, &str) = ("client_min_messages", "warning");
