//! Views and functions of a store are dropped and made anew: what was granted on them, whose they are and how they are set is the same
//! after as before. Nothing is dropped with them: where something of the caller's depends on one, the call is refused.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::PgSqlErrorCode;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use serde::Deserialize;

use super::user_condition::reworded;
use crate::domain::store::quote::{identifier, literal};
use crate::domain::support::error::{Error, Kind, Result, shorten};
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
    grantee: String,
    /// What it allows.
    privilege: String,
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
    sql: String,
    /// The object id of its owner.
    owner: u32,
    /// The name of its owner, quoted.
    owner_sql: String,
    /// The options of a view, such as `security_barrier=true`.
    options: Vec<String>,
    /// The columns of a view.
    columns: Vec<String>,
    /// What is granted on it.
    rights: Vec<Right>,
}

/// The views and functions of these names ($2) in a schema ($1), each as JSON. Without an entry of rights those hold that are the
/// default.
const OBJECTS: &str = "
    WITH named AS (SELECT json_array_elements_text($2::json) AS name),
    object AS (
        SELECT 'VIEW' AS kind, c.oid, c.relname::text AS name, format('%I.%I', n.nspname, c.relname) AS sql, c.relowner AS owner,
            c.reloptions AS options, COALESCE(c.relacl, acldefault('r', c.relowner)) AS acl
        FROM pg_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'v'
        WHERE n.nspname = $1 AND c.relname::text IN (SELECT name FROM named)
        UNION ALL
        SELECT 'FUNCTION', p.oid, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.oid::regprocedure::text, p.proowner,
            NULL, COALESCE(p.proacl, acldefault('f', p.proowner))
        FROM pg_namespace AS n JOIN pg_proc AS p ON p.pronamespace = n.oid AND p.prokind = 'f'
        WHERE n.nspname = $1 AND p.proname || '(' || oidvectortypes(p.proargtypes) || ')' IN (SELECT name FROM named)
    ),
    granted AS (
        SELECT o.kind, o.oid, NULL::name AS column, 0 AS place, e.* FROM object AS o, aclexplode(o.acl) WITH ORDINALITY AS e
        UNION ALL
        SELECT o.kind, o.oid, a.attname, a.attnum, e.* FROM object AS o
            JOIN pg_attribute AS a ON o.kind = 'VIEW' AND a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped,
            aclexplode(a.attacl) WITH ORDINALITY AS e
    )
    SELECT json_build_object('kind', o.kind, 'oid', o.oid::int8, 'name', o.name, 'sql', o.sql, 'owner', o.owner::int8,
        'owner_sql', quote_ident(pg_get_userbyid(o.owner)), 'options', COALESCE(to_json(o.options), '[]'),
        'columns', COALESCE((SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute AS a
            WHERE o.kind = 'VIEW' AND a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
        'rights', COALESCE((SELECT json_agg(json_build_object('column', g.column, 'grantor', g.grantor::int8,
                'grantee', CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
                'privilege', g.privilege_type, 'is_grantable', g.is_grantable) ORDER BY g.place, g.ordinality)
            FROM granted AS g WHERE g.kind = o.kind AND g.oid = o.oid), '[]'))
    FROM object AS o";

/// What depends on views and functions (their object ids: $1 and $2): for each pair the one of ours that it is itself or a part of
/// (its kind and object id, NULL if it is none of them), the one of ours that it depends on, and both in words. A view is also its
/// query and the types of its rows.
const DEPENDENCIES: &str = "
    WITH part AS (
        SELECT 'pg_class'::regclass::oid AS class, v.oid, 'VIEW' AS kind, v.oid AS of FROM unnest($1::oid[]) AS v (oid)
        UNION ALL SELECT 'pg_proc'::regclass, f.oid, 'FUNCTION', f.oid FROM unnest($2::oid[]) AS f (oid)
        UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, 'VIEW', r.ev_class FROM pg_rewrite AS r
            WHERE r.ev_class = ANY ($1::oid[]) AND r.rulename = '_RETURN'
        UNION ALL SELECT 'pg_type'::regclass, t.oid, 'VIEW', t.typrelid FROM pg_type AS t WHERE t.typrelid = ANY ($1::oid[])
        UNION ALL SELECT 'pg_type'::regclass, t.typarray, 'VIEW', t.typrelid FROM pg_type AS t WHERE t.typrelid = ANY ($1::oid[])
    )
    SELECT DISTINCT d.kind, d.of, p.kind, p.of, CASE WHEN r.oid IS NULL THEN pg_describe_object(k.classid, k.objid, k.objsubid)
            ELSE pg_describe_object('pg_class'::regclass, r.ev_class, 0) END AS dependent,
        pg_describe_object(CASE p.kind WHEN 'VIEW' THEN 'pg_class' ELSE 'pg_proc' END::regclass, p.of, 0) AS ours
    FROM part AS p JOIN pg_depend AS k ON k.refclassid = p.class AND k.refobjid = p.oid
        LEFT JOIN part AS d ON d.class = k.classid AND d.oid = k.objid
        LEFT JOIN pg_rewrite AS r ON k.classid = 'pg_rewrite'::regclass AND r.oid = k.objid AND r.rulename = '_RETURN'
    WHERE (d.kind, d.of) IS DISTINCT FROM (p.kind, p.of)
    ORDER BY dependent, ours";

fn objects(schema: &str, names: &[String]) -> Vec<Object> {
    let names = serde_json::to_string(names).unwrap_or_default();
    with_pinned_settings(|| rows(OBJECTS, &[Some(schema), Some(&names)]))
        .into_iter()
        .filter_map(|row| serde_json::from_str(&row.into_iter().next()??).ok())
        .collect()
}

/// How many dependent objects an error names.
const NAMED: usize = 20;

const HINT: &str = "Keep their definitions, drop them, repeat the call, and make them again. SELECT pg_get_viewdef('...'::regclass) shows \
                    the query of a view.";

fn depended_on(schema: &str, detail: &str) -> Error {
    let message = format!("cannot drop views of store \"{}\" because other objects depend on them", shorten(schema));
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
    schema: String,
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

/// Drops those views and functions of a schema that have these names; a function's is with the types of its arguments.
///
/// # Errors
/// [`Kind::Dependent`], which names what depends on them. Nothing is dropped then.
pub fn drop_made(schema: &str, names: &[String]) -> Result<Dropped> {
    let objects = objects(schema, names);
    let oids = |kind: &str| {
        let oids: Vec<String> =
            objects.iter().filter(|object| object.kind == kind).map(|object| object.oid.to_string()).collect();
        format!("{{{}}}", oids.join(","))
    };
    let (views, functions) = (oids("VIEW"), oids("FUNCTION"));
    let dependencies = with_pinned_settings(|| rows(DEPENDENCIES, &[Some(&views), Some(&functions)]));
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
        return Err(depended_on(schema, &others.join("\n")));
    }
    without_cascade(|| {
        with_settings(&[SEARCH_PATH, NO_NOTICES], || {
            for object in in_order(&objects, &edges) {
                run(&format!("DROP {} {}", object.kind, object.sql));
            }
        });
    });
    Ok(Dropped { schema: schema.to_owned(), objects })
}

impl Dropped {
    /// Gives those that were made anew their owners, options and rights of before. Those that were not there before stay as they are.
    pub fn restore(&self) {
        let names: Vec<String> = self.objects.iter().map(|object| object.name.clone()).collect();
        let now = || -> BTreeMap<(String, String), Object> {
            let now = objects(&self.schema, &names).into_iter();
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
                    run(&format!("ALTER VIEW {} SET ({} = {})", object.sql, identifier(name), literal(setting)));
                }
                if before.owner != object.owner {
                    run(&format!("ALTER {} {} OWNER TO {}", object.kind, object.sql, before.owner_sql));
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
    let column = right.column.as_ref().map(|column| format!(" ({})", identifier(column))).unwrap_or_default();
    let kind = if object.kind == "VIEW" { "TABLE" } else { "FUNCTION" };
    let what = format!("{}{column} ON {kind} {}", right.privilege, object.sql);
    let option = if right.is_grantable { " WITH GRANT OPTION" } else { "" };
    let statement = if gives {
        format!("GRANT {what} TO {}{option}", right.grantee)
    } else {
        format!("REVOKE {what} FROM {}", right.grantee)
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
                        && Some(&other.grantee) == name.as_ref()
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
pub fn grant_made(schema: &str, names: &[String], role: &str) {
    let role = identifier(role);
    with_settings(&[SEARCH_PATH], || {
        run(&format!("GRANT USAGE ON SCHEMA {} TO {role}", identifier(schema)));
        for object in objects(schema, names) {
            let right = if object.kind == "VIEW" { "SELECT ON TABLE" } else { "EXECUTE ON FUNCTION" };
            run(&format!("GRANT {right} {} TO {role}", object.sql));
        }
    });
}
