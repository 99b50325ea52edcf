//! The roles that a store lets in: its reader, for the views, and its sender, for the actions of journeys.

use super::audiences;
use crate::domain::store::quote::ascii_literal;
use crate::domain::store::{Store, views};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression};
use crate::pg::ffi::spi::{holds, run, run_all, value};

/// What a role is let in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Reads the views.
    Reader,
    /// Claims actions, says what became of them, and records events.
    Sender,
}

impl Part {
    /// The setting that names the role.
    const fn setting(self) -> &'static str {
        match self {
            Part::Reader => "reader",
            Part::Sender => "sender",
        }
    }

    /// What the role is let in to, and what holds as long as it is not, in words.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Part::Reader => ("the views", "only you can read the views"),
            Part::Sender => ("the actions", "only you can send the actions"),
        }
    }

    /// The role, if there is to be one.
    pub fn role(self, store: &Store) -> Option<String> {
        match self {
            Part::Reader => store.settings.reader_of(&store.name),
            Part::Sender => store.settings.sender_of(&store.name),
        }
    }

    fn is_named(self, store: &Store) -> bool {
        match self {
            Part::Reader => store.settings.reader.is_some(),
            Part::Sender => store.settings.sender.is_some(),
        }
    }

    fn rights(self, store: &Store, role: &str) -> Vec<Sql> {
        match self {
            Part::Reader => [views::grant(store, role), audiences::grant(store, role)].concat(),
            Part::Sender => vec![views::grant_sending(store, role)],
        }
    }

    /// The comment on a role that was made for a store, by which it is known again.
    fn comment(self, store: &Store) -> String {
        let database = value("SELECT pg_catalog.current_database()::pg_catalog.text", &[]).unwrap_or_default();
        format!("the {} of the store {} of the database {database}, made by pg_lifecycle", self.setting(), store.name)
    }
}

/// Makes a role of a store, or takes the one there is, and grants it its rights. Whether it was made.
pub fn let_in(part: Part, store: &Store) -> Result<(Option<String>, bool)> {
    let Some(role) = part.role(store) else { return Ok((None, false)) };
    let (setting, (_, alone)) = (part.setting(), part.words());
    let existing =
        value("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1", &[Some(&role)]);
    let made = match existing {
        // A role that was named is meant, whatever it is.
        Some(_) if part.is_named(store) => false,
        // An existing role may have members, also of other databases: the owner must name the role to let them in.
        Some(_) => {
            say_not_granted(part, store, &role);
            return Ok((None, false));
        }
        None => {
            let may = "SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user";
            if !holds(may, &[]) {
                if part.is_named(store) {
                    return Err(Error::new(
                        Kind::UndefinedObject,
                        format!("role \"{}\" does not exist", shorten(&role)),
                    )
                    .hint(format!("Name an existing role: {{\"{setting}\": \"...\"}}")));
                }
                pgrx::notice!(
                    "role \"{}\" was not created, since you lack CREATEROLE, and {alone}. When the role exists, run: \
                     SELECT lifecycle.configure({}, '{{\"{setting}\": \"{}\"}}')",
                    shorten(&role),
                    ascii_literal(&store.name),
                    shorten(&role)
                );
                return Ok((None, false));
            }
            run(expression!((), "CREATE ROLE {role} NOLOGIN", role = Sql::identifier(&role)));
            run(expression!(
                (),
                "COMMENT ON ROLE {role} IS {comment}",
                role = Sql::identifier(&role),
                comment = Sql::literal(&part.comment(store))
            ));
            true
        }
    };
    run_all(&part.rights(store, &role));
    Ok((Some(role), made))
}

fn say_not_granted(part: Part, store: &Store, role: &str) {
    pgrx::notice!(
        "role \"{}\" already exists and was not granted access to {}. To grant it, run: SELECT lifecycle.configure({}, \
         '{{\"{}\": \"{}\"}}')",
        shorten(role),
        part.words().0,
        ascii_literal(&store.name),
        part.setting(),
        shorten(role)
    );
}

/// Whether a role was made for a store.
fn was_made(part: Part, store: &Store, role: &str) -> bool {
    let has_comment = "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname OPERATOR(pg_catalog.=) $1
        AND pg_catalog.shobj_description(r.oid, 'pg_authid') OPERATOR(pg_catalog.=) $2)";
    holds(has_comment, &[Some(role), Some(&part.comment(store))])
}

/// Grants the sender of a restored store its right again, where the dump did not bring it: a role that the owner has named, or that
/// was made for the store. A notice says so where it is another role, or where there is none.
pub fn let_sender_in_again(store: &Store) {
    let part = Part::Sender;
    let Some(role) = part.role(store) else { return };
    if !role_exists(&role) {
        pgrx::notice!(
            "{}. When the sender role exists, run: SELECT lifecycle.configure({}, '{{\"{}\": \"...\"}}')",
            part.words().1,
            ascii_literal(&store.name),
            part.setting()
        );
    } else if may_send(store) {
        // The dump brought the right.
    } else if part.is_named(store) || was_made(part, store, &role) {
        run_all(&part.rights(store, &role));
    } else {
        say_not_granted(part, store, &role);
    }
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
            run(expression!(
                (),
                "REVOKE ALL ON {what} {schema} FROM {role}",
                what = what,
                schema = &schema,
                role = &role
            ));
        }
    }
}

/// Whether the sender of a store may send.
pub fn may_send(store: &Store) -> bool {
    Part::Sender.role(store).is_some_and(|role| {
        role_exists(&role)
            && holds(
                "SELECT pg_catalog.has_table_privilege($1, $2, 'INSERT')",
                &[Some(&role), Some(store.own("journey_actions").as_str())],
            )
    })
}

/// Takes the actions from the sender of a store, and drops the role if it was made for the store.
pub fn revoke_sending(store: &Store) {
    if let Some(role) = Part::Sender.role(store).filter(|role| role_exists(role)) {
        run(expression!(store, "REVOKE ALL ON {own.journey_actions} FROM {role}", role = Sql::identifier(&role)));
        drop_sender(store);
    }
}

/// Drops the sender of a store, if the role was made for it.
pub fn drop_sender(store: &Store) {
    if let Some(role) = Part::Sender.role(store)
        && was_made(Part::Sender, store, &role)
    {
        drop_role(&role);
    }
}

/// Drops the role that was made for a store, if nothing depends on the role and the caller may drop it. Otherwise the role stays, and
/// a notice says what the caller can type.
pub fn drop_role(role: &str) {
    if !role_exists(role) {
        return;
    }
    let (quoted, shown) = (Sql::identifier(role), shorten(role));
    // The sessions that work as this role, and what it owns or was granted, in any database of the server.
    let is_free = "SELECT r.rolname OPERATOR(pg_catalog.<>) ALL (ARRAY[current_user, session_user])
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend AS d
                WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_authid'::pg_catalog.regclass::pg_catalog.oid
                    AND d.refobjid OPERATOR(pg_catalog.=) r.oid)
        FROM pg_catalog.pg_roles AS r WHERE r.rolname OPERATOR(pg_catalog.=) $1";
    if !holds(is_free, &[Some(role)]) {
        pgrx::notice!(
            "role \"{shown}\" was not dropped, since other objects depend on it. When none does, run: DROP ROLE {}",
            shorten(quoted.as_str())
        );
    } else if holds(MAY_DROP, &[Some(role)]) {
        run(expression!((), "DROP ROLE {role}", role = quoted));
    } else {
        pgrx::notice!(
            "role \"{shown}\" was not dropped, since you may not drop it. A superuser, or from PostgreSQL 16 on a role with \
             CREATEROLE and ADMIN OPTION on it, can run: DROP ROLE {}",
            shorten(quoted.as_str())
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
