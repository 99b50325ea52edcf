//! The settings of a store as they are kept in its own schema, in a table of one row. They go with the schema where it goes, and
//! belong to its owner: what `lifecycle.store` says of a store counts only where this table says the same.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Store;
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// The name of the table.
pub const TABLE: &str = "store_settings";

/// Its columns, and their types by which it is recognised.
pub const COLUMNS: [(&str, &str); 6] = [
    ("settings", "jsonb"),
    ("key_type", "text"),
    ("reader", "name"),
    ("made_reader", "bool"),
    ("attached_at", "timestamptz"),
    ("conditions", "jsonb"),
];

/// The statement that makes it.
pub fn create(store: &Store) -> String {
    format!(
        "CREATE TABLE {} (one boolean PRIMARY KEY DEFAULT true CHECK (one), settings jsonb NOT NULL, key_type text NOT NULL,
            reader name, made_reader boolean NOT NULL DEFAULT false, attached_at timestamptz NOT NULL DEFAULT now(),
            conditions jsonb NOT NULL DEFAULT '{{}}')",
        store.own(TABLE)
    )
}

/// The statement that writes it: settings, key_type, reader, made_reader, conditions.
pub fn write(store: &Store) -> String {
    format!(
        "INSERT INTO {} AS k (settings, key_type, reader, made_reader, conditions)
        VALUES ($1::jsonb, $2, $3::name, $4::boolean, $5::jsonb)
        ON CONFLICT (one) DO UPDATE SET settings = excluded.settings, key_type = excluded.key_type, reader = excluded.reader,
            made_reader = excluded.made_reader, conditions = excluded.conditions",
        store.own(TABLE)
    )
}

/// The query that reads it, as JSON.
pub fn read(table: &str) -> String {
    format!(
        "SELECT json_build_object('settings', settings, 'key_type', key_type, 'reader', reader, 'made_reader', made_reader,
            'attached_at', attached_at, 'conditions', conditions)
        FROM ONLY {table} LIMIT 1"
    )
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
