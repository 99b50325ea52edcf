//! Views and functions of a store are dropped and made anew: what was granted on them, whose they are and how they are set is the same
//! after as before. Nothing is dropped with them: where something of the caller's depends on one, the call is refused.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::PgSqlErrorCode;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::layout;
use super::user_condition::reworded;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, as_user, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{rows, run, value};

/// A right on a view, a column of it, or a function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Right {
    /// The column; None for the whole.
    column: Option<String>,
    /// The object id of the role that granted it.
    grantor: u32,
    /// The role that has it, as GRANT names it.
    #[serde(deserialize_with = "written_by_server")]
    grantee: Sql,
    /// What it allows.
    #[serde(deserialize_with = "written_by_server")]
    privilege: Sql,
    /// Whether that role may grant it to others.
    is_grantable: bool,
}

/// A view or function as it is.
#[derive(Debug, Clone, Deserialize)]
struct Object {
    /// VIEW or FUNCTION.
    kind: String,
    /// Its object id.
    oid: u32,
    /// Its name in its schema, of a function with the types of its arguments.
    name: String,
    /// The name as statements call it.
    #[serde(deserialize_with = "written_by_server")]
    sql: Sql,
    /// The object id of its owner.
    owner: u32,
    /// The name of its owner, quoted.
    #[serde(deserialize_with = "written_by_server")]
    owner_sql: Sql,
    /// The options of a view, such as `security_barrier=true`.
    options: Vec<String>,
    /// The columns of a view.
    columns: Vec<String>,
    /// What is granted on it.
    rights: Vec<Right>,
}

/// What the query of [`objects`] has written as SQL.
fn written_by_server<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Sql, D::Error> {
    Ok(Sql::vouched(&String::deserialize(deserializer)?))
}

impl Object {
    /// Its kind, as DROP and ALTER say it.
    fn kind(&self) -> &'static str {
        if self.kind == "VIEW" { "VIEW" } else { "FUNCTION" }
    }
}

/// The views and functions of these names in a schema.
fn objects(store: &str, names: &[String]) -> Vec<Object> {
    let places =
        names.iter().flat_map(|name| layout::schemas_of(store, name).into_iter().map(move |schema| (schema, name)));
    let named = Value::from_iter(places.map(|(schema, name)| json!({"schema": schema, "name": name}))).to_string();
    with_pinned_settings(|| rows(sql!((), "sql/made_objects.sql"), &[Some(&named)]))
        .into_iter()
        .filter_map(|row| serde_json::from_str(&row.into_iter().next()??).ok())
        .collect()
}

/// How many dependent objects an error names.
const NAMED: usize = 20;

const HINT: &str = "Keep their definitions, drop them, repeat the call, and make them again. SELECT pg_get_viewdef('...'::regclass) shows \
                    the query of a view.";

fn depended_on(store: &str, detail: &str) -> Error {
    let message = format!("cannot drop views of store \"{}\" because other objects depend on them", shorten(store));
    Error::new(Kind::Dependent, message).detail(detail).hint(HINT)
}

/// Runs statements of a migration or of a change of settings: the server's refusal to drop what other objects depend on advises to drop
/// those with it, which is not ours to advise.
pub fn without_cascade<T>(run: impl FnOnce() -> T) -> T {
    reworded(run, |report| {
        if report.sql_error_code() != PgSqlErrorCode::ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST {
            return None;
        }
        let error = ErrorReport::new(report.sql_error_code(), report.message().to_owned(), "pg_lifecycle");
        let error = error.set_hint(HINT.to_owned());
        Some(match report.detail() {
            Some(detail) => error.set_detail(detail.to_owned()),
            None => error,
        })
    })
}

/// Views and functions that were dropped, as they were.
pub struct Dropped {
    store: String,
    objects: Vec<Object>,
}

/// A view or function: VIEW or FUNCTION, and its object id.
type Key = (String, u32);

/// In which order objects can be dropped: each after those of them that depend on it. An edge leads from one to one that it depends on.
fn in_order(objects: &[Object], edges: &BTreeSet<(Key, Key)>) -> Vec<Object> {
    let key = |object: &Object| (object.kind.clone(), object.oid);
    let mut left: Vec<Object> = objects.to_vec();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let there: BTreeSet<_> = left.iter().map(key).collect();
        let is_free = |object: &Object| !edges.iter().any(|(on, of)| *of == key(object) && there.contains(on));
        let (free, rest): (Vec<Object>, Vec<Object>) = left.into_iter().partition(is_free);
        if free.is_empty() {
            // They depend on each other in a circle: the server says so.
            order.extend(rest);
            break;
        }
        order.extend(free);
        left = rest;
    }
    order
}

/// Drops those views and functions of a store that have these names; a function's is with the types of its arguments.
///
/// # Errors
/// [`Kind::Dependent`], which names what depends on them. Nothing is dropped then.
pub fn drop_made(store: &str, names: &[String]) -> Result<Dropped> {
    let objects = objects(store, names);
    let oids = |kind: &str| {
        let oids: Vec<String> =
            objects.iter().filter(|object| object.kind == kind).map(|object| object.oid.to_string()).collect();
        format!("{{{}}}", oids.join(","))
    };
    let (views, functions) = (oids("VIEW"), oids("FUNCTION"));
    let dependencies =
        with_pinned_settings(|| rows(sql!((), "sql/dependencies.sql"), &[Some(&views), Some(&functions)]));
    let (mut edges, mut others) = (BTreeSet::new(), Vec::new());
    for row in dependencies {
        let Ok([kind, oid, of_kind, of, dependent, ours]) = <[Option<String>; 6]>::try_from(row) else { continue };
        let number = |oid: Option<String>| oid.and_then(|oid| oid.parse::<u32>().ok()).unwrap_or_default();
        match kind {
            Some(kind) => {
                edges.insert(((kind, number(oid)), (of_kind.unwrap_or_default(), number(of))));
            }
            None => others.push(format!(
                "{} depends on {}.",
                shorten(&dependent.unwrap_or_default()),
                shorten(&ours.unwrap_or_default())
            )),
        }
    }
    if !others.is_empty() {
        let more = others.len().saturating_sub(NAMED);
        others.truncate(NAMED);
        if more > 0 {
            others.push(format!("And {more} more."));
        }
        return Err(depended_on(store, &others.join("\n")));
    }
    without_cascade(|| {
        with_settings(&[SEARCH_PATH, NO_NOTICES], || {
            for object in in_order(&objects, &edges) {
                run(expression!((), "DROP {kind} {name}", kind = object.kind(), name = &object.sql));
            }
        });
    });
    Ok(Dropped { store: store.to_owned(), objects })
}

impl Dropped {
    /// Gives those that were made anew their owners, options and rights of before. Those that were not there before stay as they are.
    pub fn restore(&self) {
        let names: Vec<String> = self.objects.iter().map(|object| object.name.clone()).collect();
        let now = || -> BTreeMap<(String, String), Object> {
            let now = objects(&self.store, &names).into_iter();
            now.map(|object| ((object.kind.clone(), object.name.clone()), object)).collect()
        };
        let pairs = |now: BTreeMap<(String, String), Object>| -> Vec<(&Object, Object)> {
            let of = |before: &Object| now.get(&(before.kind.clone(), before.name.clone())).cloned();
            self.objects.iter().filter_map(|before| Some((before, of(before)?))).collect()
        };
        with_settings(&[SEARCH_PATH, NO_NOTICES], || {
            for (before, object) in pairs(now()) {
                for option in before.options.iter().filter(|option| !object.options.contains(option)) {
                    let (name, setting) = option.split_once('=').unwrap_or((option, "true"));
                    run(expression!(
                        (),
                        "ALTER VIEW {view} SET ({option} = {value})",
                        view = &object.sql,
                        option = Sql::identifier(name),
                        value = Sql::literal(setting)
                    ));
                }
                if before.owner != object.owner {
                    run(expression!(
                        (),
                        "ALTER {kind} {name} OWNER TO {owner}",
                        kind = object.kind(),
                        name = &object.sql,
                        owner = &before.owner_sql
                    ));
                }
            }
            for (before, object) in pairs(now()) {
                restore_rights(before, &object);
            }
        });
    }
}

/// The statement that grants a right, or takes it.
fn of_right(right: &Right, object: &Object, gives: bool) {
    let column = right.column.as_ref().map(|name| expression!((), "({name})", name = Sql::identifier(name)));
    let what = expression!(
        (),
        "{privilege} {column} ON {kind} {object}",
        privilege = &right.privilege,
        column = column.unwrap_or_default(),
        kind = if object.kind == "VIEW" { "TABLE" } else { "FUNCTION" },
        object = &object.sql
    );
    let statement = match (gives, right.is_grantable) {
        (true, true) => {
            expression!((), "GRANT {what} TO {grantee} WITH GRANT OPTION", what = what, grantee = &right.grantee)
        }
        (true, false) => expression!((), "GRANT {what} TO {grantee}", what = what, grantee = &right.grantee),
        (false, _) => expression!((), "REVOKE {what} FROM {grantee}", what = what, grantee = &right.grantee),
    };
    // In the name of the role that had granted it: the same role grants the same right to the same role again.
    as_user(pg_sys::Oid::from(right.grantor), || run(&statement));
}

fn restore_rights(before: &Object, object: &Object) {
    let is_there = |right: &&Right| right.column.as_ref().is_none_or(|column| object.columns.contains(column));
    for right in object.rights.iter().filter(|right| !before.rights.contains(right)) {
        of_right(right, object, false);
    }
    let mut given: Vec<&Right> = before.rights.iter().filter(|right| object.rights.contains(right)).collect();
    let mut left: Vec<&Right> =
        before.rights.iter().filter(|right| !object.rights.contains(right)).filter(is_there).collect();
    // A role can grant what it may grant: after it was granted to that role.
    while !left.is_empty() {
        let may = |right: &&Right| {
            let name = value(
                "SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid($1::pg_catalog.oid))",
                &[Some(&right.grantor.to_string())],
            );
            right.grantor == before.owner
                || given.iter().any(|other| {
                    other.is_grantable
                        && other.privilege == right.privilege
                        && Some(other.grantee.as_str()) == name.as_deref()
                        && (other.column.is_none() || other.column == right.column)
                })
        };
        let (now, later): (Vec<&Right>, Vec<&Right>) = left.iter().partition(|right| may(right));
        // Those that nobody can grant any more are left.
        if now.is_empty() {
            break;
        }
        for right in &now {
            of_right(right, object, true);
        }
        given.extend(now);
        left = later;
    }
}

/// Lets a role use those views and functions of a schema that are there.
pub fn grant_made(store: &str, names: &[String], role: &str) {
    let role = Sql::identifier(role);
    with_settings(&[SEARCH_PATH], || {
        let schema_sql = Sql::identifier(store);
        run(expression!((), "GRANT USAGE ON SCHEMA {schema} TO {role}", schema = schema_sql, role = &role));
        for object in objects(store, names) {
            let right = if object.kind == "VIEW" { "SELECT ON TABLE" } else { "EXECUTE ON FUNCTION" };
            run(expression!((), "GRANT {right} {name} TO {role}", right = right, name = &object.sql, role = &role));
        }
    });
}
