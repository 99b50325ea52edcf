//! The audiences of a store, as its refreshes and its changes of settings meet them: their members, their views, and the columns that their
//! conditions name.

use std::cell::Cell;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode};
use serde_json::{Value, json};

use super::catalog::profile_columns;
use crate::domain::audience::definition::{Audience, is_of_profile, read, renamed};
use crate::domain::audience::membership::{Cause, Whom, update};
use crate::domain::journey::definition::policy::Policy;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::journey::engine::context::{Fresh, RunContext};
use crate::domain::store::Store;
use crate::domain::store::fresh::Watched;
use crate::domain::store::quote::select_call;
use crate::domain::store::views::audiences::{create_audience, drop_audience, grant_audience};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{holds, rows, run, run_all, run_with, value};

/// An audience as its row says.
pub struct Row {
    /// Its number.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// The condition as JSON.
    pub condition: Value,
    /// Whether its members are not those of the last refresh.
    pub is_new: bool,
}

/// All audiences of a store; none of a store that has no table of them.
pub fn all(store: &Store) -> Vec<Row> {
    with_pinned_settings(|| {
        let table = store.data("audience");
        if !holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(table.as_str())]) {
            return Vec::new();
        }
        let read = |row: Vec<Option<String>>| match <[Option<String>; 4]>::try_from(row) {
            Ok([Some(number), Some(name), Some(condition), is_new]) => Some(Row {
                number: number.parse().ok()?,
                name,
                condition: serde_json::from_str(&condition).unwrap_or_default(),
                is_new: is_new.as_deref() == Some("true"),
            }),
            _ => None,
        };
        rows(sql!(store, "sql/audiences.sql"), &[]).into_iter().filter_map(read).collect()
    })
}

/// The names of all, which are those of their views.
pub fn names(store: &Store) -> Vec<String> {
    all(store).into_iter().map(|audience| audience.name).collect()
}

// ---- views ----------------------------------------------------------------------------------------------------------

/// Makes the views of all audiences.
pub fn create_views(store: &Store) {
    for audience in all(store) {
        run_all(&create_audience(store, audience.number, &audience.name));
    }
}

/// Drops them.
pub fn drop_views(store: &Store) {
    for name in names(store) {
        run(drop_audience(store, &name));
    }
}

/// The statements by which a role may read them.
pub fn grant(store: &Store, role: &str) -> Vec<Sql> {
    names(store).iter().map(|name| grant_audience(store, name, role)).collect()
}

// ---- columns --------------------------------------------------------------------------------------------------------

/// Has the conditions call columns of the profile by new names, where some are called otherwise: the old names and the new ones.
pub fn rename_columns(store: &Store, names: &[(&str, &str)]) {
    if names.is_empty() {
        return;
    }
    for audience in all(store) {
        let condition = renamed(&audience.condition, names);
        if condition != audience.condition {
            let update = expression!(
                store,
                "UPDATE {data.audience} SET condition = $1::jsonb WHERE number = {number}",
                number = audience.number
            );
            with_pinned_settings(|| run_with(update, &[Some(&condition.to_string())]));
        }
    }
}

/// Refuses a change of attributes that an audience could not be asked about any more: of a store as it is, and as it would be.
///
/// # Errors
/// [`Kind::Dependent`].
pub fn check_attributes(before: &Store, after: &Store) -> Result<()> {
    let stays = |column: &ProfileColumn| !before.attributes.iter().any(|attribute| attribute.name == column.name);
    let others = after
        .attributes
        .iter()
        .map(|attribute| ProfileColumn { name: attribute.name.clone(), sql_type: attribute.sql_type.clone() });
    let columns: Vec<ProfileColumn> = profile_columns(before).into_iter().filter(stays).chain(others).collect();
    for audience in all(before) {
        // One that could not be read before is no worse off.
        if read(&audience.condition, &profile_columns(before)).is_ok()
            && let Err(error) = read(&audience.condition, &columns)
        {
            return Err(Error::new(
                Kind::Dependent,
                format!(
                    "audience \"{}\" of store \"{}\" depends on an attribute that would change",
                    shorten(&audience.name),
                    shorten(&before.name)
                ),
            )
            .detail(format!("It could not be read any more: {}.", error.message))
            .hint(format!(
                "Change its condition with lifecycle.change_audience, or drop it: {}",
                select_call("lifecycle.drop_audience", &[&shorten(&before.name), &shorten(&audience.name)])
            )));
        }
    }
    Ok(())
}

// ---- members --------------------------------------------------------------------------------------------------------

/// What conditions on the profiles of an instant depend on. A policy that cannot be read any more keeps no refresh from its work: then the
/// zone of customers is that of the store.
fn context(store: &Store, as_of: &str) -> Result<RunContext> {
    let columns = profile_columns(store);
    let query = expression!(store, "SELECT state.policy::text FROM {data.journey_state} AS state");
    let policy = with_pinned_settings(|| value(query, &[]));
    let policy = policy.and_then(|json| serde_json::from_str(&json).ok());
    let policy = match policy.and_then(|json: Value| Policy::read(&json, &columns).ok()) {
        Some(policy) => policy,
        None => Policy::read(&json!({}), &columns)?,
    };
    Ok(RunContext {
        store: store.clone(),
        user: 0,
        is_simulation: false,
        as_of: as_of.to_owned(),
        takes_instants: false,
        known_until: as_of.to_owned(),
        watched: Watched::default(),
        fresh: Cell::new(Fresh::Nowhere),
        policy,
        columns,
    })
}

/// Which profiles a refresh has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfilesChanged {
    /// None.
    None,
    /// Those that are listed in this version of the feed.
    Listed(i64),
    /// Most.
    Most,
}

/// Brings the members of audiences up to date with the profiles of an instant; how many customers joined and left. It runs under the settings of
/// a refresh.
///
/// # Errors
/// Those of a policy; a condition that cannot be read is none, see [`note_problem`].
pub fn bring_up_to_date(
    store: &Store,
    audiences: Vec<Row>,
    as_of: &str,
    changed: ProfilesChanged,
    cause: &Cause<'_>,
) -> Result<u64> {
    if audiences.is_empty() {
        return Ok(0);
    }
    let context = context(store, as_of)?;
    let (mut defined, mut listed, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for row in audiences {
        let condition = match read(&row.condition, &context.columns) {
            Ok(condition) => condition,
            Err(error) => {
                note_problem(store, &row, &error);
                continue;
            }
        };
        let is_of_profile = is_of_profile(&condition);
        let audience = Audience { number: row.number, name: row.name, condition };
        match (row.is_new, is_of_profile, changed) {
            (true, ..) => defined.push(audience),
            (false, true, ProfilesChanged::None) => {}
            (false, true, ProfilesChanged::Listed(_)) => listed.push(audience),
            _ => others.push(audience),
        }
    }
    let whom = match changed {
        ProfilesChanged::Listed(version) => Whom::Changed(version),
        _ => Whom::All,
    };
    let groups = [(&defined, Whom::All, &Cause::Definition), (&listed, whom, cause), (&others, Whom::All, cause)];
    let mut moved = 0;
    for (group, whom, cause) in groups {
        let group: Vec<&Audience> = group.iter().collect();
        if group.is_empty() {
            continue;
        }
        for (place, statement) in update(&context, &group, whom, cause).iter().enumerate() {
            let rows = run(statement);
            // The log has a row for each.
            moved += if place == 2 { rows } else { 0 };
        }
    }
    Ok(moved)
}

/// Writes down why an audience cannot be brought up to date: its members stay as they are.
fn note_problem(store: &Store, row: &Row, error: &Error) {
    let problem = shorten(&error.message);
    let note = expression!(
        store,
        "UPDATE {data.audience} SET problem = $1 WHERE number = {number} AND problem IS DISTINCT FROM $1",
        number = row.number
    );
    run_with(note, &[Some(&problem)]);
    let name = shorten(&row.name);
    let message = format!("audience \"{name}\" of store \"{}\" is not brought up to date", shorten(&store.name));
    ErrorReport::new(PgSqlErrorCode::ERRCODE_WARNING, message, "pg_lifecycle")
        .set_detail(format!("It cannot be read any more: {problem}."))
        .set_hint("Change its condition with lifecycle.change_audience, or drop it with lifecycle.drop_audience.")
        .report(PgLogLevel::WARNING);
}

/// Tells sessions that listen that the profiles or audiences of a store have changed, once the transaction ends.
pub fn notify(store: &str) {
    let message = json!({ "store": store }).to_string();
    // The longest that a notification can be.
    if message.len() < 8000 {
        with_pinned_settings(|| run_with("SELECT pg_catalog.pg_notify('lifecycle_changed', $1)", &[Some(&message)]));
    }
}
