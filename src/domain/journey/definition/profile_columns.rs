//! The columns of a store's profile, and which values they can be compared with.

use serde_json::Value;

use super::Scalar;
use super::json_path::{JsonPath, perhaps};
use crate::domain::support::error::{Result, shorten};
use crate::domain::time::written::{is_date, is_instant};

/// A column of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the server shows it: `text`, `numeric(10,2)`, `timestamp with time zone`.
    pub sql_type: String,
}

/// What can be asked of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Texts.
    Text,
    /// Numbers of any kind.
    Number,
    /// True or false.
    Boolean,
    /// Days.
    Date,
    /// Instants, with a zone or in that of the store.
    Instant,
    /// Anything else, known by its text.
    Other,
}

impl ProfileColumn {
    /// What can be asked of it.
    pub fn sort(&self) -> Sort {
        // Without modifiers, which may stand in the midst: timestamp(3) with time zone.
        let mut bare = self.sql_type.strip_prefix("pg_catalog.").unwrap_or(&self.sql_type).to_owned();
        if let (Some(from), Some(to)) = (bare.find('('), bare.rfind(')')) {
            bare.replace_range(from..=to, "");
        }
        match bare.as_str() {
            "text" | "character varying" | "character" | "name" => Sort::Text,
            "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => Sort::Number,
            "boolean" => Sort::Boolean,
            "date" => Sort::Date,
            "timestamp with time zone" | "timestamptz" | "timestamp without time zone" | "timestamp" => Sort::Instant,
            _ => Sort::Other,
        }
    }

    /// Whether its instants are the same in every zone.
    pub fn has_zone(&self) -> bool {
        self.sql_type == "timestamptz" || self.sql_type.ends_with("with time zone")
    }

    /// The column that is named here.
    ///
    /// # Errors
    /// If there is none.
    pub fn named<'c>(place: &JsonPath<'_>, columns: &'c [ProfileColumn]) -> Result<&'c ProfileColumn> {
        let name = place.text()?;
        columns.iter().find(|column| column.name == name).ok_or_else(|| {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            perhaps(place.refuse(format!("column \"{}\" does not exist in the profile", shorten(name))), name, &names)
        })
    }

    /// A value that the column can be compared with.
    ///
    /// # Errors
    /// If it is of another type.
    pub fn value(&self, place: &JsonPath<'_>) -> Result<Scalar> {
        let must_be = |what: &str| {
            place.must_be(&format!("{what}, for the column \"{}\" is of type {}", shorten(&self.name), self.sql_type))
        };
        match (self.sort(), place.value) {
            (_, Value::Null) => Err(place.refuse("nothing is the same as null").hint("Ask \"is_null\": true.")),
            (Sort::Text | Sort::Other, Value::String(text)) => Ok(Scalar::Text(text.clone())),
            (Sort::Text | Sort::Other, _) => Err(must_be("a text")),
            (Sort::Number, Value::Number(number)) => Ok(Scalar::Number(number.to_string())),
            (Sort::Number, _) => Err(must_be("a number")),
            (Sort::Boolean, Value::Bool(is)) => Ok(Scalar::Bool(*is)),
            (Sort::Boolean, _) => Err(must_be("true or false")),
            (Sort::Date, Value::String(text)) if is_date(text) => Ok(Scalar::Text(text.clone())),
            (Sort::Date, _) => Err(must_be("a date such as \"2026-01-31\"")),
            (Sort::Instant, Value::String(text)) if is_instant(text) => Ok(Scalar::Text(text.clone())),
            (Sort::Instant, _) => Err(must_be("an instant such as \"2026-01-31\" or \"2026-01-31T18:00:00Z\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_instants_are_those_that_the_server_reads() {
        for text in ["2026-02-28", "2024-02-29", "0001-01-01"] {
            assert!(is_date(text) && is_instant(text), "{text}");
        }
        for text in ["2026-01-31T18:00:00Z", "2026-01-31 18:00", "2026-01-31T18:00:00.5+02:00", "2026-01-31T18:00:59"] {
            assert!(is_instant(text) && !is_date(text), "{text}");
        }
        for text in [
            "",
            "2026-2-28",
            "2026-02-30",
            "0000-01-01",
            "now",
            "2026-01-31x",
            "2026-01-31T25:00",
            "2026-01-31T18:00:00+20:00",
            "2026-01-3\u{e9}",
            "infinity",
        ] {
            assert!(!is_instant(text) && !is_date(text), "{text}");
        }
    }

    #[test]
    fn modifiers_do_not_change_the_sort() {
        for (sql_type, sort) in [
            ("numeric(10,2)", Sort::Number),
            ("character varying(20)", Sort::Text),
            ("timestamp(3) with time zone", Sort::Instant),
            ("timestamp without time zone", Sort::Instant),
            ("uuid", Sort::Other),
            ("text[]", Sort::Other),
        ] {
            assert_eq!(
                ProfileColumn { name: "x".to_owned(), sql_type: sql_type.to_owned() }.sort(),
                sort,
                "{sql_type}"
            );
        }
    }
}
