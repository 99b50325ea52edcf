//! A column of a source, or an expression over its row that stands in the place of one.

use serde::Deserialize;

use super::Relation;
use crate::domain::store::quote::plain_identifier;
use crate::domain::support::error::shorten;
use crate::domain::support::sql::{Sql, expression};

/// A column as the catalog describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, that of a domain being the type below it.
    pub base_type: String,
    /// Its declared type, with modifiers.
    pub sql_type: String,
    /// The type in which a profile carries it: a type of the server's own, that of a domain being the type below it; text for
    /// user-defined types, whose casts would run with the rights of the role that refreshes the store.
    pub carried_type: String,
    /// Whether its values are words: text, or labels of an enum.
    pub is_text: bool,
    /// Whether it is a `numeric` of at most 18 digits and no decimals.
    #[serde(default)]
    pub is_whole: bool,
    /// What it is computed by, where a setting says an expression over the row and not a column.
    #[serde(default)]
    pub computed: Option<Computed>,
}

/// What the server says of an expression over the row.
#[derive(Debug, Clone, Deserialize)]
pub struct Computed {
    /// The expression as the views of the store have it.
    pub sql: String,
    /// Whether the same row has the same value for ever, whatever the session's settings and the clock.
    pub is_immutable: bool,
    /// Whether it reads other tables.
    pub reads_tables: bool,
}

impl Column {
    /// The column, or the expression, as SQL over the rows of its relation. An expression stands in lines of its own, so that a comment at
    /// its end ends there: the server's parser has found it to be one.
    pub fn sql(&self, relation: &Relation) -> Sql {
        match &self.computed {
            Some(computed) => expression!((), "(\n{user}\n)", user = Sql::vouched(&computed.sql)),
            None => expression!(
                (),
                "{relation}.{column}",
                relation = Sql::identifier(&relation.name),
                column = Sql::identifier(&self.name)
            ),
        }
    }

    /// The column as a caller would write it.
    pub(super) fn written(&self) -> String {
        if self.computed.is_some() { self.name.clone() } else { plain_identifier(&self.name) }
    }

    /// The column as a message shows it.
    pub fn shown(&self, relation: &Relation) -> String {
        match self.computed {
            Some(_) => format!("expression {} over {}", shorten(&self.name), relation.shown()),
            None => format!("column \"{}\" of {}", shorten(&self.name), relation.shown()),
        }
    }
}
