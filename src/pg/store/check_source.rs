//! What looks odd in the rows of a source, said when a store is attached and when the owner asks.

use std::collections::BTreeMap;

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::{CaughtError, ErrorReport};
use pgrx::{PgLogLevel, PgSqlErrorCode, name, pg_extern, pg_sys};

use super::attach::{json_argument, sources};
use super::catalog::{described, extension_schema, relation};
use super::check_settings::{check_conditions, check_values};
use super::configure::reading;
use super::currency::settle_currency;
use super::renames::followed;
use super::user_expression::{add_expressions, check_expressions, check_guests};
use super::{look_at, must_exist, must_own, text_argument};
use crate::domain::store::Store;
use crate::domain::store::people::People;
use crate::domain::store::settings::Settings;
use crate::domain::store::source::findings::{Counted, Finding, count, findings, missing_indexes, sample};
use crate::domain::store::source::{Resolved, Sources, resolve};
use crate::domain::support::error::{Result, shorten};
use crate::domain::support::sql::sql;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::{SEARCH_PATH, with_settings};
use crate::pg::ffi::spi::{holds, value};
use crate::pg::ffi::subtransaction::in_subtransaction;
use crate::pg::ffi::text::Text;

/// What is odd in the rows of the orders. Rows that cannot be read, such as where a cast fails, are a finding themselves.
///
/// # Errors
/// Where a column does not exist.
pub fn found(store: &Store, sources: &Sources) -> Result<Vec<Finding>> {
    let sample = sample(store, sources)?;
    let rows = match in_subtransaction(|| value(&sample, &[])) {
        Ok(rows) => rows,
        Err(CaughtError::PostgresError(report) | CaughtError::ErrorReport(report))
            if ![PgSqlErrorCode::ERRCODE_QUERY_CANCELED, PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE]
                .contains(&report.sql_error_code()) =>
        {
            return Ok(vec![Finding {
                finding: "not readable",
                rows: 1,
                says: format!("a row cannot be read: {}", shorten(report.message())),
                advice: "Leave such rows out with status, or change the expression: a refresh would fail at this row."
                    .to_owned(),
            }]);
        }
        Err(error) => error.rethrow(),
    };
    let Some(rows) = rows else { return Ok(Vec::new()) };
    let counted = with_settings(&[SEARCH_PATH], || value(count(), &[Some(&rows)]));
    let counted: Counted = counted.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    let zone_is_utc = holds(
        "SELECT pg_catalog.timezone($1, t) OPERATOR(pg_catalog.=) pg_catalog.timezone('UTC', t)
            AND pg_catalog.timezone($1, t OPERATOR(pg_catalog.+) '182 days'::pg_catalog.interval)
                OPERATOR(pg_catalog.=) pg_catalog.timezone('UTC', t OPERATOR(pg_catalog.+) '182 days'::pg_catalog.interval)
        FROM (SELECT pg_catalog.now()) AS moment (t)",
        &[Some(store.source_zone())],
    );
    Ok(findings(store, &sources.orders, &counted, zone_is_utc))
}

/// Says what is odd in the rows of a store that is attached.
///
/// # Errors
/// As [`found`].
pub fn notice_findings(store: &Store, sources: &Sources) -> Result<()> {
    for Finding { says, advice, .. } in found(store, sources)? {
        let message = format!("store \"{}\": {says}", shorten(&store.name));
        ErrorReport::new(PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION, message, "pg_lifecycle")
            .set_hint(advice)
            .report(PgLogLevel::NOTICE);
    }
    Ok(())
}

type Findings =
    TableIterator<'static, (name!(finding, Text), name!(rows, i64), name!(says, Text), name!(advice, Text))>;

fn check(json: &str) -> Result<Vec<Finding>> {
    let mut settings = Settings::from_json(json)?;
    check_values(&mut settings)?;
    let mut sources = sources(&settings)?;
    add_expressions(&settings, &mut sources, &BTreeMap::new())?;
    let Resolved { mut settings, key, attributes } = resolve(settings, &sources)?;
    check_conditions(&settings, &sources)?;
    check_expressions(&settings, &sources)?;
    let status = settings.status.clone();
    settle_currency(&mut settings, &sources, status.as_deref())?;
    let store = Store {
        name: "check_source".to_owned(),
        extension: extension_schema(),
        key,
        settings,
        attributes,
        people: People::default(),
    };
    check_guests(&store, &sources.orders);
    with_indexes(&store, &sources)
}

/// The same of a store, whose conditions and expressions are the owner's, and run with the rights of nobody else.
fn check_store(name: &str) -> Result<Vec<Finding>> {
    must_exist(name)?;
    must_own(name)?;
    let attached = look_at(name)?;
    let followed = followed(&attached)?;
    let of = |oid: &Option<String>| oid.as_ref().map(|oid| described(oid)).transpose();
    let [orders, customers, events] = &attached.relations;
    let Some(orders) = of(orders)? else { return Ok(Vec::new()) };
    let named = |setting: &str, name: &Option<String>| name.as_ref().map(|name| relation(setting, name)).transpose();
    let settings = &followed.store.settings;
    let mut sources = Sources {
        orders,
        customers: of(customers)?,
        events: of(events)?,
        refunds: named("refunds", &settings.refunds)?,
        consents: named("consents", &settings.consents)?,
        rates: named("rates", &settings.rates)?,
    };
    add_expressions(&followed.store.settings, &mut sources, &followed.conditions)?;
    let store = reading(&followed.store, &followed.conditions, |_| false);
    with_indexes(&store, &sources)
}

/// What is odd in the rows, and the indexes that are missing, with the number of rows that the server's statistics have.
fn with_indexes(store: &Store, sources: &Sources) -> Result<Vec<Finding>> {
    let mut found = found(store, sources)?;
    found.extend(missing_indexes(store, sources).iter().map(|index| {
        let oid = Some(index.relation.oid.as_str());
        let rows = with_settings(&[SEARCH_PATH], || value(sql!((), "sql/about_rows.sql"), &[oid]));
        index.finding(rows.and_then(|rows| rows.parse().ok()).unwrap_or_default())
    }));
    Ok(found)
}

/// A literal without a type is a text, whatever was meant: settings begin with a brace.
fn check_text(text: &str) -> Result<Vec<Finding>> {
    if text.trim_start().starts_with('{') && must_exist(text).is_err() { check(text) } else { check_store(text) }
}

fn table(found: Vec<Finding>) -> Findings {
    TableIterator::new(found.into_iter().map(|finding| {
        let rows = i64::try_from(finding.rows).unwrap_or(i64::MAX);
        (Text(finding.finding.to_owned()), rows, Text(finding.says), Text(finding.advice))
    }))
}

/// (settings)
// SQL: check_source(jsonb) SETOF record
#[pg_extern]
fn check_source(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Findings> {
    let settings = json_argument(fcinfo, 0, "settings")?;
    Ok(table(with_settings(&[], || check(&settings))?))
}

/// (store)
// SQL: check_source_of(text) SETOF record
#[pg_extern]
fn check_source_of(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Findings> {
    let store = text_argument(fcinfo, 0, "store")?;
    Ok(table(with_settings(&[], || check_text(&store))?))
}
