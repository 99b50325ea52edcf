//! Expressions over a row that users write as SQL in place of a column: that each is one, and of which type.

use std::collections::BTreeMap;
use std::ffi::CString;

use pgrx::pg_sys;

use super::user_condition::{analyzed, check_is_expression, elements, naming};
use crate::domain::store::settings::{Changes, Settings};
use crate::domain::store::source::expressions::{Asked, Place, asked};
use crate::domain::store::source::{Column, Computed, Relation, Sources};
use crate::domain::store::{Store, order_row};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::session::{SEARCH_PATH, with_settings};
use crate::pg::ffi::spi::value;
use crate::pg::ffi::text::bytes_in_database;

/// Adds to the relations what settings compute over their rows, as columns under the text of the setting. Those in `written` are as the
/// server has written them down when the views were made, so that names in them stay what they were.
///
/// # Errors
/// [`Kind::Syntax`], [`Kind::InvalidParameter`] and what [`asked`] refuses; names that do not exist are the server's own errors.
pub fn add_expressions(settings: &Settings, sources: &mut Sources, written: &BTreeMap<String, String>) -> Result<()> {
    for asked in asked(settings, sources)? {
        let Some(relation) = asked.place.of(sources) else { continue };
        let text = written.get(&asked.called).unwrap_or(&asked.sql);
        let column = described(&asked, text, relation)?;
        if let Some(relation) = asked.place.of_mut(sources) {
            relation.columns.push(column);
        }
    }
    Ok(())
}

/// What the server says of an expression.
#[derive(Default)]
struct Found {
    sql_type: Option<(pg_sys::Oid, i32)>,
    is_volatile: bool,
    is_mutable: bool,
    reads_tables: bool,
    reads_system_column: bool,
    is_no_value_of_row: Option<&'static str>,
}

fn described(asked: &Asked, text: &str, relation: &Relation) -> Result<Column> {
    let setting = asked.setting;
    check_is_expression(setting, text)?;
    let name = Sql::join([&relation.schema, &relation.name].map(|name| Sql::identifier(name)), ".");
    let mut exists = format!("\nThe columns of {} are: {}.", relation.shown(), relation.shown_columns());
    let quoted = relation.with_quotes(text);
    if quoted != text {
        exists.push_str(&format!("\nA name with capitals stands in quotes: {}.", shorten(&quoted)));
    }
    let query = CString::new(bytes_in_database(&format!("SELECT (\n{text}\n) FROM {name}")))
        .map_err(|_| Error::new(Kind::Syntax, format!("{setting} is not one expression: {}", shorten(text))))?;
    let found = naming(setting, text, &exists, || found_by(&query));
    let refused = |kind, what: &str, detail: &str| {
        Err(Error::new(kind, format!("{setting} {what}: {}", shorten(text)))
            .detail(detail.to_owned())
            .hint("Use columns of the row, and functions that are stable or immutable."))
    };
    if let Some(what) = found.is_no_value_of_row {
        return refused(Kind::InvalidParameter, what, "The expression must give one value for each row.");
    }
    if found.reads_system_column {
        return refused(
            Kind::InvalidParameter,
            "reads a system column",
            "A system column, such as ctid or tableoid, says where a row lies, and not what it is.",
        );
    }
    if found.is_volatile {
        return refused(
            Kind::InvalidParameter,
            "is volatile",
            "A volatile expression can give another result for the same row each time.",
        );
    }
    let Some((oid, modifier)) = found.sql_type else {
        return refused(Kind::Syntax, "is not one expression", "The expression must give one value for each row.");
    };
    let arguments = [Some(oid.to_u32().to_string()), Some(modifier.to_string())];
    let arguments = arguments.each_ref().map(|argument| argument.as_deref());
    let json = with_settings(&[SEARCH_PATH], || value(sql!((), "sql/type_of_expression.sql"), &arguments));
    let mut column: Column = serde_json::from_str(&json.unwrap_or_default())
        .map_err(|error| Error::new(Kind::InvalidParameter, error.to_string()))?;
    column.name.clone_from(&asked.text);
    column.computed =
        Some(Computed { sql: text.to_owned(), is_immutable: !found.is_mutable, reads_tables: found.reads_tables });
    Ok(column)
}

/// Refuses a guest that is no key of the store's type.
///
/// # Errors
/// The server's own, which name the setting.
pub fn check_guests(store: &Store, orders: &Relation) {
    for guest in &store.settings.guest {
        let key = order_row::guest(store, orders, guest);
        let type_is = format!("\nThe keys of the store are of type {}.", store.key.name());
        naming("guest", guest, &type_is, || {
            with_settings(&[SEARCH_PATH], || value(sql!((), "sql/guest_as_key.sql", key = key), &[]))
        });
    }
}

fn found_by(query: &CString) -> Found {
    let mut found = Found::default();
    // SAFETY: the server's functions look at a query that lives, and whose nodes are what their tags say.
    analyzed(query, |query| unsafe {
        let query = &*query;
        let node: *mut pg_sys::Node = std::ptr::from_ref(query).cast_mut().cast();
        let mut columns: *mut pg_sys::Bitmapset = std::ptr::null_mut();
        pg_sys::pull_varattnos(query.targetList.cast(), 1, &raw mut columns);
        let first = pg_sys::bms_next_member(columns, -1);
        found.reads_system_column = first >= 0 && first + pg_sys::FirstLowInvalidHeapAttributeNumber < 0;
        found.is_volatile |= pg_sys::contain_volatile_functions(node);
        found.is_mutable |= pg_sys::contain_mutable_functions(node);
        found.reads_tables |= query.hasSubLinks;
        found.is_no_value_of_row = [
            (query.hasAggs, "is an aggregate over rows"),
            (query.hasWindowFuncs, "is a window function over rows"),
            (query.hasTargetSRFs, "returns a set of rows"),
        ]
        .into_iter()
        .find_map(|(is_so, what)| is_so.then_some(what));
        if let [target] = elements::<pg_sys::TargetEntry>(query.targetList)[..] {
            let value: *mut pg_sys::Node = (*target).expr.cast();
            found.sql_type = Some((pg_sys::exprType(value), pg_sys::exprTypmod(value)));
        }
    });
    found
}

/// Refuses expressions whose changes would not be noticed: those that read other tables, unless all rows are compared; and where
/// triggers note customers, a customer that is computed by more than the row. Says which depend on a setting or the clock.
///
/// # Errors
/// [`Kind::NotSupported`] and [`Kind::InvalidParameter`].
pub fn check_expressions(settings: &Settings, sources: &Sources) -> Result<()> {
    for Asked { setting, text, place, .. } in asked(settings, sources)? {
        let Some(relation) = place.of(sources) else { continue };
        let changes = match place {
            Place::Orders => settings.changes,
            Place::Events => settings.event_changes,
            // A refresh reads the people whole. Journeys read the consents of a customer before they write to that customer.
            Place::Customers | Place::Consents => Some(Changes::Compare),
            Place::Refunds => settings.changes,
        };
        let Some(computed) = relation.computed(&text) else { continue };
        if computed.reads_tables && changes != Some(Changes::Compare) {
            return Err(Error::new(Kind::NotSupported, format!("{setting} reads other tables: {}", shorten(&text)))
                .detail("The store does not notice changes of those tables.")
                .hint("Say changes => 'compare', or attach a view that joins them."));
        }
        let is_noted = ["customer", "event_customer", "refund_customer", "refund_order"].contains(&setting)
            && changes == Some(Changes::Triggers);
        if is_noted && !computed.is_immutable {
            return Err(Error::new(Kind::InvalidParameter, format!("{setting} is not immutable: {}", shorten(&text)))
                .detail("Triggers note the customers of changed rows: the same row must have the same customer, whatever the session's settings.")
                .hint("Use functions that are immutable, or say changes => 'compare' or 'column'."));
        }
        if !computed.is_immutable {
            pgrx::notice!(
                "{setting} depends on more than the row, such as the clock or a setting; after a change of these, run CALL \
                 lifecycle.refresh(..., rebuild => true)"
            );
        }
    }
    Ok(())
}
