//! For how long rows of persons are kept, where the setting `retain` says so: else they are kept until the customer is forgotten.
//!
//! Entries into journeys, decisions, messages and events stay as rows: by these a customer does not enter again, and reports count them. What
//! customers have said, which is suppressions and consents, stays, and so do the hashes of those who were forgotten.

use super::Store;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, fill};

/// The shortest time for which anything is kept: by then providers have told what became of a message.
pub const SHORTEST: &str = "7 days";

/// What can be kept for a limited time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its name in the setting.
    pub name: &'static str,
    /// The statement that takes the older ones away.
    statement: &'static str,
}

/// All kinds.
pub const KINDS: [Kept; 3] = [
    Kept { name: "details", statement: include_str!("sql/retain/details.sql") },
    Kept { name: "movements", statement: include_str!("sql/retain/movements.sql") },
    Kept { name: "payloads", statement: include_str!("sql/retain/payloads.sql") },
];

/// Refuses a name that is no kind.
///
/// # Errors
/// [`Kind::InvalidParameter`].
pub fn check_kind(name: &str) -> Result<()> {
    if KINDS.iter().any(|kind| kind.name == name) {
        return Ok(());
    }
    let kinds = KINDS.map(|kind| kind.name).join(", ");
    Err(Error::new(Kind::InvalidParameter, format!("retain: unknown kind \"{}\"", shorten(name)))
        .detail(format!("The kinds are: {kinds}."))
        .hint(r#"Write {"payloads": "90 days", "details": "90 days", "movements": "3 years"}."#))
}

/// Whether a refresh applies the setting: the first of each day in the time zone of the store.
pub fn is_due(store: &Store, as_of: &str, before: Option<&str>) -> Sql {
    let before = before.map_or("NULL".into(), Sql::literal);
    let zone = Sql::text(store.zone());
    let as_of = Sql::literal(as_of);
    expression!(
        store,
        "SELECT timezone({zone}, {before}::timestamptz)::date IS DISTINCT FROM timezone({zone}, {as_of}::timestamptz)::date",
        zone = zone,
        before = before,
        as_of = as_of
    )
}

/// The statements that take away what is too old as of an instant. Rows that another session has locked wait for the next time.
pub fn apply(store: &Store, as_of: &str) -> Vec<Sql> {
    let Some(retain) = &store.settings.retain else { return Vec::new() };
    let said = KINDS.iter().filter_map(|kind| Some((kind, retain.get(kind.name)?)));
    said.map(|(kind, interval)| {
        let before = expression!(
            (),
            "({as_of}::timestamptz - {interval}::interval)",
            as_of = Sql::literal(as_of),
            interval = Sql::literal(interval)
        );
        fill(kind.statement.trim_ascii_end(), store, &[("before", before)])
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::store::tests::stores;
    use crate::domain::support::sql_parser::{HOSTILE_NAMES, assert_is_one_statement};

    #[test]
    fn what_is_not_named_is_kept() {
        for mut store in stores("shop") {
            store.settings.retain = None;
            assert!(apply(&store, "2024-03-01 12:00:00+00").is_empty());
            store.settings.retain = Some([("movements".to_owned(), "1 year".to_owned())].into());
            let statements = apply(&store, "2024-03-01 12:00:00+00");
            assert_eq!(statements.len(), 1);
            assert!(statements[0].as_str().contains("DELETE FROM"));
        }
    }

    #[test]
    fn each_is_one_statement_whatever_the_interval() {
        for text in HOSTILE_NAMES {
            for mut store in stores(text) {
                store.settings.retain = Some(KINDS.map(|kind| (kind.name.to_owned(), text.to_owned())).into());
                let statements = apply(&store, text);
                assert_eq!(statements.len(), KINDS.len());
                statements.iter().for_each(assert_is_one_statement);
                assert_is_one_statement(&is_due(&store, text, Some(text)));
                assert_is_one_statement(&is_due(&store, text, None));
            }
        }
    }

    #[test]
    fn what_customers_have_said_is_no_kind() {
        for name in ["suppressions", "consents", "forgotten", "events", "Payloads", "", "payloads "] {
            let error = check_kind(name).expect_err(name);
            assert_eq!(error.kind, Kind::InvalidParameter);
            assert!(error.detail.as_deref().unwrap_or_default().contains("details, movements, payloads"), "{error:?}");
        }
        assert!(KINDS.iter().all(|kind| check_kind(kind.name).is_ok()));
    }
}
