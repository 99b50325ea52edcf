//! The switches that stop all handing-over: of the server or of a database, of a store, and of a copy of the database that does not know yet
//! whether it is one.

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, pg_sys};

/// The setting `pg_lifecycle.handover`.
static HANDOVER: GucSetting<bool> = GucSetting::<bool>::new(true);

/// What to type where it is off.
pub const HINT: &str =
    "If this server is the one that shall write to customers, turn it on: ALTER SYSTEM SET pg_lifecycle.handover = on";

/// Declares the setting.
pub fn declare() {
    GucRegistry::define_bool_guc(
        c"pg_lifecycle.handover",
        c"Whether lifecycle.claim_actions hands actions over to senders.",
        c"Off on a copy of a server that must not write to customers.",
        &HANDOVER,
        GucContext::Suset,
        GucFlags::default(),
    );
}

/// Whether actions are handed over on this server.
pub fn is_on() -> bool {
    HANDOVER.get()
}

/// Which database this is, as [`home`](crate::domain::store::copies::home) says it in SQL.
pub fn home() -> String {
    // SAFETY: reads what the server knows of itself since its start, and a variable of the backend.
    let (server, database) = unsafe { (pg_sys::GetSystemIdentifier(), pg_sys::MyDatabaseId) };
    format!("{server}/{}", database.to_u32())
}
