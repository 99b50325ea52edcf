//! The role that may read the views of a store.

use super::query::{holds, run, run_all, value};
use crate::domain::error::{Error, Kind, Result, shorten};
use crate::domain::store::quote::identifier;
use crate::domain::store::{Store, views};

/// Makes the role that may read a store, or takes the one there is, and grants it the views. Whether it was made.
pub fn grant_reader(store: &Store) -> Result<(Option<String>, bool)> {
    let Some(role) = store.settings.reader_of(&store.name) else { return Ok((None, false)) };
    let can_login =
        value("SELECT rolcanlogin FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1", &[Some(&role)]);
    let made = match can_login.as_deref() {
        // A role that was named is meant, whatever it is.
        Some(_) if store.settings.reader.is_some() => false,
        Some("t") => {
            return Err(Error::new(
                Kind::DuplicateObject,
                format!("role \"{}\" exists and can log in", shorten(&role)),
            )
            .detail("A role of this name is made to read the store's views, or taken if it is there and cannot log in.")
            .hint("Name the role in the settings: {\"reader\": \"...\"}, or {\"reader\": \"\"} for none."));
        }
        Some(_) => false,
        None => {
            let may = "SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user";
            if !holds(may, &[]) {
                if store.settings.reader.is_some() {
                    return Err(Error::new(
                        Kind::UndefinedObject,
                        format!("role \"{}\" does not exist", shorten(&role)),
                    )
                    .hint("Ask whoever may create roles, or name another in the settings: {\"reader\": \"...\"}."));
                }
                pgrx::notice!(
                    "role \"{}\" was not made, for which you would need CREATEROLE: nobody but you can read the views yet. When it is \
                     there: SELECT lifecycle.configure(..., '{{\"reader\": \"...\"}}')",
                    shorten(&role)
                );
                return Ok((None, false));
            }
            run(&format!("CREATE ROLE {} NOLOGIN", identifier(&role)));
            true
        }
    };
    run_all(&views::grant(store, &role));
    Ok((Some(role), made))
}

/// Takes the views from the role, and drops it if it was made for the store and nothing depends on it.
pub fn revoke_reader(store: &Store, role: &str, made: bool) {
    if !holds("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1)", &[Some(role)])
    {
        return;
    }
    let quoted = identifier(role);
    if holds(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1)",
        &[Some(&store.name)],
    ) {
        let schema = identifier(&store.name);
        run(&format!("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {quoted}"));
        run(&format!("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM {quoted}"));
        run(&format!("REVOKE ALL ON SCHEMA {schema} FROM {quoted}"));
    }
    if !made {
        return;
    }
    let is_free = "SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_shdepend AS d JOIN pg_catalog.pg_roles AS r
            ON d.refobjid OPERATOR(pg_catalog.=) r.oid WHERE r.rolname OPERATOR(pg_catalog.=) $1) OPERATOR(pg_catalog.=) 0
        AND (SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user)";
    if holds(is_free, &[Some(role)]) {
        run(&format!("DROP ROLE {quoted}"));
    } else {
        pgrx::notice!("role \"{}\" was kept: something else depends on it, or you may not drop roles", shorten(role));
    }
}
