//! A store: an order table that was attached, and what is kept of it in a schema of the store's name.
//!
//! Nothing here runs a statement: the files below say what a store is made of and write its SQL, which the shell runs.
//!
//! It imports `support`, `time`, `engagement`, `models`, `stages`.
//!
//! | file | what it knows |
//! |---|---|
//! | [`settings`] | the settings of a store, their defaults, and their errors |
//! | [`settings_check`] | what is wrong with settings, as far as they say it themselves |
//! | [`preset`] | the settings for the tables of well-known shops |
//! | [`source`] | the tables that a store reads, and whether they fit |
//! | [`profile_columns`], [`kpi_columns`] | each column of the profiles and of the key figures: its type, its value, what it means |
//! | [`expression_hint`] | the hint for a caller who gives an expression in place of a column |
//! | [`quote`] | names and values as SQL text |
//! | [`journey_defaults`] | the defaults of journeys, which views of the store use too |
//! | [`order_row`] | what a row of the orders says, and why it is none that a history can hold |
//! | [`refund_row`] | what a row of the refunds says, and which order it belongs to |
//! | [`tables`], [`source_views`] | the tables of the store's schema, and the views through which it reads its sources |
//! | [`renames`] | settings, where tables and columns were renamed |
//! | [`stored_settings`] | the settings as they are kept in the store's schema |
//! | [`migrations`] | the layouts of a store, and how its tables become those of a newer one |
//! | [`copies`] | what tells a store from its copies in other databases |
//! | [`noting`] | the triggers that note changes, and how they are known again; their function is `src/pg/store/note_changes.rs` |
//! | [`changes`] | which customers have changed, in each of the ways to find out |
//! | [`brake`] | which refreshes are held, because they would lose many customers or orders |
//! | [`feed`] | which profiles have changed, for copies in other places |
//! | [`fresh`] | histories of a few customers as fresh as the sources, with nothing stored |
//! | [`scoring`] | the profile of every customer |
//! | [`people`] | customers who were forgotten, and customers who were merged into others |
//! | [`moves`] | the log of moves, and which customers the store has ever seen |
//! | [`views`] | the views for people, and what the roles of readers and senders are granted |
//! | [`planner`] | the planner's settings under which statements of a store run |
//! | [`schedule`] | when a store is refreshed |

pub mod brake;
pub mod changes;
pub mod copies;
pub mod expression_hint;
pub mod feed;
pub mod fresh;
pub mod journey_defaults;
pub mod kpi_columns;
pub mod migrations;
pub mod moves;
pub mod noting;
pub mod order_row;
pub mod people;
pub mod planner;
pub mod preset;
pub mod profile_columns;
pub mod quote;
pub mod refund_row;
pub mod renames;
pub mod retain;
pub mod schedule;
pub mod scoring;
pub mod settings;
pub mod settings_check;
pub mod source;
pub mod source_views;
pub mod stored_settings;
pub mod tables;
#[cfg(test)]
pub mod tests;
pub mod views;

use crate::domain::support::sql::{Gaps, Sql};
use people::People;
use settings::Settings;

/// The type of the customers' key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `bigint`; a `numeric` without decimals is read as one
    BigInt,
    /// `integer`; a `smallint` is read as one
    Integer,
    /// `uuid`
    Uuid,
    /// `text`; a `varchar`, `char` or `citext` is read as one
    Text,
}

impl Key {
    /// The type's name, as it is shown and stored.
    pub fn name(self) -> &'static str {
        match self {
            Key::BigInt => "bigint",
            Key::Integer => "integer",
            Key::Uuid => "uuid",
            Key::Text => "text",
        }
    }

    /// The key of a column of this type, by the type's name in the catalog.
    pub fn of_type(name: &str) -> Option<Self> {
        match name {
            "bigint" | "numeric" => Some(Key::BigInt),
            "integer" | "smallint" => Some(Key::Integer),
            "uuid" => Some(Key::Uuid),
            "text" | "character varying" | "character" | "citext" => Some(Key::Text),
            _ => None,
        }
    }

    /// Whether it holds all keys of another type, whose columns can be made of this one.
    pub fn widens(self, other: Key) -> bool {
        (self, other) == (Key::BigInt, Key::Integer)
    }

    /// The type's name in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            Key::BigInt => "pg_catalog.int8",
            Key::Integer => "pg_catalog.int4",
            Key::Uuid => "pg_catalog.uuid",
            Key::Text => "pg_catalog.text",
        }
    }
}

/// A column that the customers' profile carries along: its name, and its type in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The column's name.
    pub name: String,
    /// The type with its modifiers, qualified, such as `pg_catalog.numeric(10,2)`.
    pub sql_type: String,
}

impl Attribute {
    /// The type as SQL: the server has written it.
    pub fn type_as_sql(&self) -> Sql {
        Sql::vouched(&self.sql_type)
    }
}

/// All that the SQL of a store depends on.
#[derive(Debug, Clone)]
pub struct Store {
    /// The store's name, which is that of its schema.
    pub name: String,
    /// The schema that the extension's functions and types are in.
    pub extension: String,
    /// The type of the customers' key.
    pub key: Key,
    /// Its settings.
    pub settings: Settings,
    /// The columns of the customers' table, or of the orders', that the profile carries along.
    pub attributes: Vec<Attribute>,
    /// Whether customers were forgotten, and merged.
    pub people: People,
}

impl Store {
    /// A store of which no more is known than where its relations are.
    pub fn bare(name: String, key: Key) -> Self {
        Store {
            name,
            extension: String::new(),
            key,
            settings: Settings::default(),
            attributes: Vec::new(),
            people: People::default(),
        }
    }

    /// The time zone of its days and months. Attaching writes the zone of its session down; UTC is for a store that was never told one.
    pub fn zone(&self) -> &str {
        self.settings.time_zone.as_deref().unwrap_or("UTC")
    }

    /// The time zone in which columns of its sources that have none were written.
    pub fn source_zone(&self) -> &str {
        self.settings.ordered_at_zone.as_deref().unwrap_or(self.zone())
    }

    /// A view or function of the store's schema, which people read.
    pub fn own(&self, name: &str) -> Sql {
        qualified(&self.name, name)
    }

    /// A table of the store, or a view through which it reads its sources: internal, for nobody but the owner.
    pub fn data(&self, name: &str) -> Sql {
        data_of(&self.name, name)
    }

    /// A function or type of the extension. A call gives all arguments, each of exactly the declared type: the owner of the extension's
    /// schema may make a function of the same name there, and the server calls the function that fits the arguments best.
    pub fn ext(&self, name: &str) -> Sql {
        qualified(&self.extension, name)
    }
}

/// The schema of the internal tables of the store of this name. SQL files of the extension say the same: `store || '_data'`.
pub fn data_schema(store: &str) -> String {
    format!("{store}_data")
}

/// An internal table of the store of this name.
pub fn data_of(store: &str, name: &str) -> Sql {
    qualified(&data_schema(store), name)
}

fn qualified(schema: &str, name: &str) -> Sql {
    Sql::join([schema, name].map(Sql::identifier), ".")
}

/// What every template of a store may name: `{own.segments}`, `{data.profile}`, `{ext.p_alive}`, `{key}`, the type of the key, and as
/// literals `{store}`, the name, and `{data_schema}`, the schema of the internal tables.
impl Gaps for Store {
    fn gap(&self, name: &str) -> Option<Sql> {
        match name.split_once('.') {
            Some(("own", name)) => Some(self.own(name)),
            Some(("data", name)) => Some(self.data(name)),
            Some(("ext", name)) => Some(self.ext(name)),
            None if name == "key" => Some(self.key.sql().into()),
            None if name == "store" => Some(Sql::literal(&self.name)),
            None if name == "data_schema" => Some(Sql::literal(&data_schema(&self.name))),
            _ => None,
        }
    }
}
