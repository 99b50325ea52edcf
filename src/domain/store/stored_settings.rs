//! The settings of a store as they are kept in its own schema, in a table of one row. They go with the schema where it goes, and
//! belong to its owner: what `lifecycle.store` says of a store counts only where this table says the same.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Store;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, sql};

/// The name of the table.
pub const TABLE: &str = "store_settings";

/// Its columns, and their types by which it is recognised.
pub const COLUMNS: [(&str, &str); 8] = [
    ("settings", "jsonb"),
    ("key_type", "text"),
    ("reader", "name"),
    ("made_reader", "bool"),
    ("attached_at", "timestamptz"),
    ("conditions", "jsonb"),
    ("layout", "int4"),
    ("made", "_text"),
];

/// The statement that makes it.
pub fn create(store: &Store) -> Sql {
    sql!(store, "sql/create_store_settings.sql")
}

/// The statement that writes it: settings, key_type, reader, made_reader, conditions.
pub fn write(store: &Store) -> Sql {
    sql!(store, "sql/write_store_settings.sql")
}

/// The statement that writes the layout: its number, and what was made for it, as JSON.
pub fn write_layout(store: &Store) -> Sql {
    sql!(store, "sql/write_layout.sql")
}

/// The query that reads it, as JSON.
pub fn read(table: &Sql) -> Sql {
    sql!((), "sql/read_store_settings.sql", table = table)
}

/// What it says.
#[derive(Debug, Deserialize)]
pub struct Kept {
    /// The settings, as JSON.
    pub settings: Box<RawValue>,
    /// The type of the customers' key.
    pub key_type: String,
    /// The role that may read the views.
    pub reader: Option<String>,
    /// Whether it was made for the store.
    pub made_reader: bool,
    /// When the store was attached.
    pub attached_at: String,
    /// The conditions as the server wrote them down when the views were made, by the names of their settings: where it writes them
    /// otherwise by now, something in them was renamed.
    pub conditions: BTreeMap<String, String>,
    /// The number of the store's layout.
    pub layout: i32,
    /// The tables, sequences, views and functions that were made for it, functions with the types of their arguments.
    pub made: Vec<String>,
}

impl Kept {
    /// Reads what [`read`] gives.
    ///
    /// # Errors
    /// [`Kind::NotReady`].
    pub fn from_json(name: &str, json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|error| {
            Error::new(Kind::NotReady, format!("the settings of store \"{}\" cannot be read", shorten(name)))
                .detail(format!("{}.{TABLE}: {error}", shorten(name)))
                .hint("Write them there as lifecycle.attach takes them; key_type is the type of the customers' key.")
        })
    }
}
