//! What the catalog says of the relations that a store reads.

use pgrx::PgSqlErrorCode;

use super::user_condition::reworded;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::store::Store;
use crate::domain::store::quote::{ascii_literal, plain_identifier, reads_as_name, unquoted};
use crate::domain::store::source::Relation;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::domain::support::suggest::nearest;
use crate::pg::ffi::session::{SEARCH_PATH, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, value};

/// The relation of this name, as the caller's `search_path` finds it; a setting says it.
///
/// # Errors
/// [`Kind::UndefinedTable`] and [`Kind::WrongType`].
pub fn relation(setting: &str, name: &str) -> Result<Relation> {
    // Servers before 16 refuse what cannot be a name, and later ones find nothing of that name: here it is one refusal.
    let find = || {
        reworded(
            || value("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.text", &[Some(name)]),
            |report| {
                let is_no_name = matches!(
                    report.sql_error_code(),
                    PgSqlErrorCode::ERRCODE_INVALID_NAME
                        | PgSqlErrorCode::ERRCODE_SYNTAX_ERROR
                        | PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED
                        | PgSqlErrorCode::ERRCODE_INVALID_SCHEMA_NAME
                        | PgSqlErrorCode::ERRCODE_UNDEFINED_TABLE
                );
                is_no_name.then(|| missing(setting, name).into())
            },
        )
    };
    let oid = if reads_as_name(name) { find() } else { None };
    let Some(oid) = oid else {
        return Err(match nearest_relation(name) {
            _ if is_query(name) => Error::new(
                Kind::UndefinedTable,
                format!("{setting} takes the name of a table or view, not a query: {}", shorten(name)),
            )
            .hint(format!("Make a view of the query, CREATE VIEW {setting}_of_store AS SELECT ..., and write {setting} => '{setting}_of_store'.")),
            Some(near) => missing(setting, name)
                .hint(format!("Perhaps you meant {setting} => {}.", ascii_literal(&near))),
            None => missing(setting, name),
        });
    };
    let relation = described(&oid)?;
    if !["r", "p", "v", "m", "f"].contains(&relation.kind.as_str()) {
        return Err(Error::new(Kind::WrongType, format!("{} is not a table or view ({setting})", relation.shown())));
    }
    if relation.is_temporary {
        return Err(Error::new(Kind::WrongType, format!("{} is temporary ({setting})", relation.shown()))
            .detail("A temporary relation ends with the session, and the store does not."));
    }
    Ok(relation)
}

/// The table or view that was probably meant, as SQL: with quotes where it needs them, and with its schema unless it is in the
/// search_path.
fn nearest_relation(name: &str) -> Option<String> {
    let visible = with_settings(&[SEARCH_PATH], || {
        rows(
            "SELECT n.nspname, c.relname
            FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^(pg_|information_schema$)'
            ORDER BY 1, 2 LIMIT 10000",
            &[],
        )
    });
    // By the caller's own path: what needs no schema there is written without.
    let path = rows("SELECT pg_catalog.unnest(pg_catalog.current_schemas(false))", &[]);
    let path: Vec<String> = path.into_iter().filter_map(|row| row.into_iter().next()?).collect();
    // Each by its name alone and with its schema, as they are called; the quotes come after.
    let mut written: Vec<(String, String)> = Vec::new();
    for row in visible {
        let Ok([Some(schema), Some(name)]) = <[Option<String>; 2]>::try_from(row) else { continue };
        let qualified = [&schema, &name].map(|name| plain_identifier(name)).join(".");
        let alone = if path.contains(&schema) { plain_identifier(&name) } else { qualified.clone() };
        written.push((format!("{schema}.{name}"), qualified));
        written.push((name, alone));
    }
    let called: Vec<&str> = written.iter().map(|(called, _)| called.as_str()).collect();
    let parts: Vec<String> = name.split('.').map(|part| unquoted(part).unwrap_or_else(|| part.to_owned())).collect();
    let near = nearest(&parts.join("."), &called)?;
    written.iter().filter(|(called, _)| called == near).map(|(_, written)| written.clone()).min_by_key(String::len)
}

/// Whether a text is a query, and no name.
fn is_query(text: &str) -> bool {
    let text = text.trim_start_matches(|char: char| char == '(' || char.is_whitespace());
    let word = text.split(|char: char| !char.is_ascii_alphabetic()).next().unwrap_or_default();
    text.len() > word.len()
        && ["select", "with", "values", "table"].iter().any(|start| word.eq_ignore_ascii_case(start))
}

fn missing(setting: &str, name: &str) -> Error {
    Error::new(Kind::UndefinedTable, format!("relation \"{}\" does not exist ({setting})", shorten(name))).hint(
        "Write the name as in SQL: with its schema unless it is in the search_path, and in double quotes if it has capitals.",
    )
}

/// The relation with this object id.
///
/// # Errors
/// [`Kind::UndefinedTable`] if it is gone.
pub fn described(oid: &str) -> Result<Relation> {
    let json = with_settings(&[SEARCH_PATH], || value(sql!((), "sql/description.sql"), &[Some(oid)]));
    let Some(json) = json else {
        return Err(Error::new(Kind::UndefinedTable, format!("the relation with OID {oid} does not exist any more")));
    };
    let mut relation: Relation =
        serde_json::from_str(&json).map_err(|error| Error::new(Kind::InvalidParameter, error.to_string()))?;
    relation.is_hypertable = relation.is_hypertable
        || with_settings(&[SEARCH_PATH], || {
            holds(sql!((), "sql/has_timescaledb.sql"), &[]) && holds(sql!((), "sql/is_hypertable.sql"), &[Some(oid)])
        });
    Ok(relation)
}

/// The columns of a store's profile.
pub fn profile_columns(store: &Store) -> Vec<ProfileColumn> {
    with_pinned_settings(|| rows(sql!(store, "sql/profile_columns.sql"), &[]))
        .into_iter()
        .filter_map(|row| match <[Option<String>; 2]>::try_from(row) {
            Ok([Some(name), Some(sql_type)]) => Some(ProfileColumn { name, sql_type }),
            _ => None,
        })
        .collect()
}

/// The schema that the extension's functions are in.
pub fn extension_schema() -> String {
    value(
        "SELECT n.nspname FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n
            ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
        WHERE e.extname OPERATOR(pg_catalog.=) 'pg_lifecycle'",
        &[],
    )
    .unwrap_or_else(|| "public".to_owned())
}
