//! What the catalog says of the relations that a store reads.

use pgrx::PgSqlErrorCode;

use super::user_condition::reworded;
use crate::domain::store::source::Relation;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::suggest::nearest;
use crate::pg::ffi::session::{SEARCH_PATH, with_settings};
use crate::pg::ffi::spi::{rows, value};

/// The relation of this name, as the caller's `search_path` finds it; a setting says it.
///
/// # Errors
/// [`Kind::UndefinedTable`] and [`Kind::WrongType`].
pub fn relation(setting: &str, name: &str) -> Result<Relation> {
    // Servers before 16 refuse what cannot be a name, and later ones find nothing of that name: here it is one refusal.
    let oid = reworded(
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
    );
    let Some(oid) = oid else {
        let error = missing(setting, name);
        let visible: Vec<String> = with_settings(&[SEARCH_PATH], || {
            rows(
                "SELECT pg_catalog.unnest(ARRAY[c.relname, n.nspname || '.' || c.relname])
            FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^(pg_|information_schema$)'
            ORDER BY 1 LIMIT 10000",
                &[],
            )
        })
        .into_iter()
        .filter_map(|row| row.into_iter().next()?)
        .collect();
        let names: Vec<&str> = visible.iter().map(String::as_str).collect();
        return Err(match nearest(name, &names) {
            Some(near) => error.hint(format!("Perhaps you meant {setting} => '{}'.", shorten(near))),
            None => error,
        });
    };
    let relation = described(&oid)?;
    if !["r", "p", "v", "m", "f"].contains(&relation.kind.as_str()) {
        return Err(Error::new(Kind::WrongType, format!("{} is no table or view ({setting})", relation.shown())));
    }
    if relation.is_temporary {
        return Err(Error::new(Kind::WrongType, format!("{} is temporary ({setting})", relation.shown()))
            .detail("It ends with the session, and the store does not."));
    }
    Ok(relation)
}

fn missing(setting: &str, name: &str) -> Error {
    Error::new(Kind::UndefinedTable, format!("relation \"{}\" does not exist ({setting})", shorten(name))).hint(
        "Write it as in SQL: with its schema unless it is in the search_path, and with quotes where SQL needs them.",
    )
}

/// The relation with this object id.
///
/// # Errors
/// [`Kind::UndefinedTable`] if it is gone.
pub fn described(oid: &str) -> Result<Relation> {
    let json = with_settings(&[SEARCH_PATH], || value(DESCRIPTION, &[Some(oid)]));
    let Some(json) = json else {
        return Err(Error::new(Kind::UndefinedTable, format!("the relation with OID {oid} does not exist any more")));
    };
    serde_json::from_str(&json).map_err(|error| Error::new(Kind::InvalidParameter, error.to_string()))
}

/// A relation as JSON. Its parts are its partitions, or what inherits from it, and itself.
const DESCRIPTION: &str = "
    WITH RECURSIVE part AS (
        SELECT $1::oid AS oid
        UNION SELECT i.inhrelid FROM part JOIN pg_inherits AS i ON i.inhparent = part.oid
    )
    SELECT json_build_object(
        'oid', c.oid::text, 'is_temporary', c.relpersistence = 't', 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
        'columns', COALESCE((
            SELECT json_agg(json_build_object(
                'name', a.attname, 'is_text', (SELECT t.typcategory IN ('S', 'E') FROM pg_type AS t WHERE t.oid = a.atttypid),
                'sql_type', format_type(a.atttypid, a.atttypmod), 'carried_type', (
                    WITH RECURSIVE below AS (
                        SELECT t.oid, t.typtype, t.typbasetype, t.typnamespace FROM pg_type AS t WHERE t.oid = a.atttypid
                        UNION ALL
                        SELECT t.oid, t.typtype, t.typbasetype, t.typnamespace
                        FROM below JOIN pg_type AS t ON t.oid = below.typbasetype WHERE below.typtype = 'd'
                    )
                    SELECT CASE WHEN typnamespace = 'pg_catalog'::regnamespace
                        THEN format_type(oid, CASE WHEN oid = a.atttypid THEN a.atttypmod END) ELSE 'text' END
                    FROM below WHERE typtype <> 'd'),
                'base_type', (
                    WITH RECURSIVE below AS (
                        SELECT t.oid, t.typtype, t.typbasetype FROM pg_type AS t WHERE t.oid = a.atttypid
                        UNION ALL
                        SELECT t.oid, t.typtype, t.typbasetype FROM below JOIN pg_type AS t ON t.oid = below.typbasetype
                        WHERE below.typtype = 'd'
                    )
                    SELECT format_type(oid, NULL) FROM below WHERE typtype <> 'd')) ORDER BY a.attnum)
            FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
        'is_own', (SELECT bool_and(pg_has_role(p.relowner, 'USAGE')) FROM part JOIN pg_class AS p ON p.oid = part.oid),
        'has_foreign_part', EXISTS (SELECT FROM part JOIN pg_class AS p ON p.oid = part.oid WHERE p.relkind = 'f'),
        'is_subscribed', EXISTS (SELECT FROM part JOIN pg_subscription_rel AS s ON s.srrelid = part.oid),
        'indexed', COALESCE((
            SELECT json_agg(DISTINCT a.attname)
            FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL), '[]'),
        'unique', COALESCE((
            SELECT json_agg(DISTINCT a.attname)
            FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = c.oid AND i.indisvalid AND i.indisunique AND i.indimmediate AND i.indnkeyatts = 1
                AND i.indpred IS NULL), '[]'))
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = $1::oid";

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
