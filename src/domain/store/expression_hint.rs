//! What to do where a setting wants a column and the caller gave an expression.

use super::quote::{plain_identifier, unquoted};
use super::source::Relation;
use crate::domain::support::error::shorten;

impl Relation {
    /// What to do where an expression was given for a column: the statements to run.
    pub(super) fn instead_of_expression(&self, setting: &str, expression: &str) -> String {
        let column = format!("{setting}_of_row");
        let names: Vec<&str> = expression.trim().trim_matches(['(', ')']).split(',').map(str::trim).collect();
        let are_columns = names.len() > 1 && names.iter().all(|name| self.names(name).is_some());
        // A key of several columns becomes one text; casts of what keys are made of are immutable, as a generated column must be.
        let (value, sql_type) = if are_columns {
            let parts = names.iter().filter_map(|name| self.names(name));
            let parts: Vec<String> = parts.map(|column| format!("{}::text", plain_identifier(&column.name))).collect();
            (parts.join(" || '/' || "), "text")
        } else if expression.chars().nth(80).is_some() {
            ("...".to_owned(), "...")
        } else {
            let sql_type = match setting {
                "amount" => "numeric",
                "customer" | "customers_key" | "event_customer" => "bigint",
                _ => "text",
            };
            (self.with_quotes(&shorten(expression.trim())), sql_type)
        };
        let of_time =
            ["ordered_at", "happened_at", "consented_at", "changed_at", "event_changed_at"].contains(&setting);
        let view = format!(
            "attach a view: CREATE VIEW ... AS SELECT *, {value} AS {column} FROM {}",
            [&self.schema, &self.name].map(|name| plain_identifier(&shorten(name))).join(".")
        );
        let takes = format!("{setting} takes the name of a column, not an expression.");
        // Text becomes a time by the settings of a session: no generated column can do that.
        if of_time || !(self.kind == "r" || self.kind == "p") {
            let mut view = view;
            view.replace_range(..1, "A");
            return format!("{takes} {view}");
        }
        format!(
            "{takes} Add a generated column: ALTER TABLE {} ADD COLUMN {column} {sql_type} GENERATED ALWAYS AS ({value}) STORED. Or {view}",
            [&self.schema, &self.name].map(|name| plain_identifier(&shorten(name))).join("."),
        )
    }

    /// An expression with quotes around those columns that need them: it was written by what they are called.
    pub fn with_quotes(&self, expression: &str) -> String {
        let is_of_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
        let (mut written, mut rest, mut within) = (String::new(), expression, None);
        while let Some(first) = rest.chars().next() {
            let length = rest.find(|char| !is_of_word(char)).unwrap_or(rest.len()).max(first.len_utf8());
            let (word, after) = rest.split_at(length);
            match within {
                None if first == '"' || first == '\'' => within = Some(first),
                Some(quote) if quote == first => within = None,
                _ => {}
            }
            let is_column = within.is_none() && self.columns.iter().any(|column| column.name == word);
            written.push_str(&if is_column { plain_identifier(word) } else { word.to_owned() });
            rest = after;
        }
        written
    }
}

/// Whether a text cannot be a name with a mistake in it, but is a cast, a call or another expression.
pub fn is_surely_expression(text: &str) -> bool {
    unquoted(text).is_none() && (text.contains("::") || text.contains(['(', '*', ',', '\'', '|', '>', '[']))
}

/// Whether a text is no name.
pub fn is_expression(text: &str) -> bool {
    let is_name = |char: char| char.is_alphanumeric() || char == '_' || char == '$';
    unquoted(text).is_none() && (is_surely_expression(text) || !text.trim().chars().all(is_name))
}
