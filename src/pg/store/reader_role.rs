//! The role that may read the views of a store.

use crate::domain::store::quote::{ascii_literal, identifier};
use crate::domain::store::{Store, views};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression};
use crate::pg::ffi::spi::{holds, run, run_all, value};

/// Makes the role that may read a store, or takes the one there is, and grants it the views. Whether it was made.
pub fn grant_reader(store: &Store) -> Result<(Option<String>, bool)> {
    let Some(role) = store.settings.reader_of(&store.name) else { return Ok((None, false)) };
    let existing =
        value("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1", &[Some(&role)]);
    let made = match existing {
        // A role that was named is meant, whatever it is.
        Some(_) if store.settings.reader.is_some() => false,
        // One that is there may have members, from another database too: they are not let in by the way.
        Some(_) => {
            pgrx::notice!(
                "role \"{}\" already exists and was not granted access to the views. To grant it, run: SELECT lifecycle.configure({}, \
                 '{{\"reader\": \"{}\"}}')",
                shorten(&role),
                ascii_literal(&store.name),
                shorten(&role)
            );
            return Ok((None, false));
        }
        None => {
            let may = "SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user";
            if !holds(may, &[]) {
                if store.settings.reader.is_some() {
                    return Err(Error::new(
                        Kind::UndefinedObject,
                        format!("role \"{}\" does not exist", shorten(&role)),
                    )
                    .hint("Name a role that exists in the settings, {\"reader\": \"...\"}, or ask a role with CREATEROLE to create it."));
                }
                pgrx::notice!(
                    "role \"{}\" was not created, since you lack CREATEROLE, and only you can read the views. When the role exists, run: \
                     SELECT lifecycle.configure({}, '{{\"reader\": \"{}\"}}')",
                    shorten(&role),
                    ascii_literal(&store.name),
                    shorten(&role)
                );
                return Ok((None, false));
            }
            run(&expression!((), "CREATE ROLE {role} NOLOGIN", role = Sql::identifier(&role)));
            true
        }
    };
    run_all(&views::grant(store, &role));
    Ok((Some(role), made))
}

/// Whether there is a role of this name.
pub fn role_exists(role: &str) -> bool {
    holds("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1)", &[Some(role)])
}

/// Takes the views from the role.
pub fn revoke_views(store: &Store, role: &str) {
    if role_exists(role) {
        let (schema, role) = (Sql::identifier(&store.name), Sql::identifier(role));
        for what in ["ALL TABLES IN SCHEMA", "ALL FUNCTIONS IN SCHEMA", "SCHEMA"] {
            run(&expression!(
                (),
                "REVOKE ALL ON {what} {schema} FROM {role}",
                what = what,
                schema = &schema,
                role = &role
            ));
        }
    }
}

/// Drops the role that was made for a store, if nothing depends on the role and the caller may drop it. Otherwise the role stays, and
/// a notice says what the caller can type.
pub fn drop_reader(role: &str) {
    if !role_exists(role) {
        return;
    }
    let (quoted, shown) = (identifier(role), shorten(role));
    // The sessions that work as this role, and what it owns or was granted, in any database of the server.
    let is_free = "SELECT r.rolname OPERATOR(pg_catalog.<>) ALL (ARRAY[current_user, session_user])
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend AS d
                WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_authid'::pg_catalog.regclass::pg_catalog.oid
                    AND d.refobjid OPERATOR(pg_catalog.=) r.oid)
        FROM pg_catalog.pg_roles AS r WHERE r.rolname OPERATOR(pg_catalog.=) $1";
    if !holds(is_free, &[Some(role)]) {
        pgrx::notice!(
            "role \"{shown}\" was not dropped, since other objects depend on it. When none does, run: DROP ROLE {}",
            shorten(&quoted)
        );
    } else if holds(MAY_DROP, &[Some(role)]) {
        run(&expression!((), "DROP ROLE {role}", role = Sql::identifier(role)));
    } else {
        pgrx::notice!(
            "role \"{shown}\" was not dropped, since you may not drop it. A superuser, or from PostgreSQL 16 on a role with \
             CREATEROLE and ADMIN OPTION on it, can run: DROP ROLE {}",
            shorten(&quoted)
        );
    }
}

/// Whether the caller may drop a role. From PostgreSQL 16 on CREATEROLE alone does not do: roles that were made before an upgrade to it
/// are not the caller's to drop.
#[cfg(feature = "pg15")]
const MAY_DROP: &str = "SELECT u.rolsuper OR u.rolcreaterole AND NOT r.rolsuper
    FROM pg_catalog.pg_roles AS r, pg_catalog.pg_roles AS u
    WHERE r.rolname OPERATOR(pg_catalog.=) $1 AND u.rolname OPERATOR(pg_catalog.=) current_user";
#[cfg(not(feature = "pg15"))]
const MAY_DROP: &str = "SELECT u.rolsuper OR u.rolcreaterole AND NOT r.rolsuper AND pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')
    FROM pg_catalog.pg_roles AS r, pg_catalog.pg_roles AS u
    WHERE r.rolname OPERATOR(pg_catalog.=) $1 AND u.rolname OPERATOR(pg_catalog.=) current_user";
