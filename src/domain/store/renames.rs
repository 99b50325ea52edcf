//! Names that follow: columns and relations are renamed, and the views through which a store reads them know it; here the settings
//! and the store's own tables take the new names.

use super::settings::Settings;
use super::source_views::CUSTOMERS_KEY_VIEW;
use super::tables::{Source, order_attributes};
use super::{Attribute, Store, views};
use crate::domain::support::sql::{Sql, expression};

impl Settings {
    /// The columns that settings name and that a view of `key_...` shows: the setting, by which the view calls it, and the column.
    pub fn columns_of(&self, view: &str) -> Vec<(String, String)> {
        let one = |setting: &str, column: &Option<String>| column.clone().map(|column| (setting.to_owned(), column));
        let of_attributes = (1..)
            .zip(&self.attributes)
            .filter(|_| (view == CUSTOMERS_KEY_VIEW) == self.customers.is_some())
            .map(|(number, name)| (format!("attribute_{number}"), self.attribute_text(name).to_owned()));
        match view {
            "key_orders" => [
                Some(("customer".to_owned(), self.customer.clone())),
                Some(("ordered_at".to_owned(), self.ordered_at.clone())),
                one("order_key", &self.order_key),
                one("currency_column", &self.currency_column),
                one("amount", &self.amount),
                one("channel", &self.channel),
                one("code", &self.code),
                one("changed_at", &self.changed_at),
                one("customer_since", &self.customer_since).filter(|_| self.customers.is_none()),
            ]
            .into_iter()
            .flatten()
            .chain(of_attributes)
            .collect(),
            "key_refunds" => [
                one("refund_order", &self.refund_order),
                one("refund_customer", &self.refund_customer),
                one("refunded_at", &self.refunded_at),
                one("refund_amount", &self.refund_amount),
            ]
            .into_iter()
            .flatten()
            .collect(),
            // Its columns have names of their own.
            "key_rates" => vec![("rates".to_owned(), "rate".to_owned())],
            "key_consents" => [
                one("consent_customer", &self.consent_customer),
                one("consent_channel", &self.consent_channel),
                one("consent_given_at", &self.consent_given_at),
                one("consent_withdrawn_at", &self.consent_withdrawn_at),
            ]
            .into_iter()
            .flatten()
            .collect(),
            "key_events" => [
                one("event_customer", &self.event_customer),
                one("happened_at", &self.happened_at),
                one("kind", &self.kind),
                one("event_channel", &self.event_channel),
                one("event_changed_at", &self.event_changed_at),
            ]
            .into_iter()
            .flatten()
            .collect(),
            _ => [
                one("customers_key", &self.customers_key),
                one("consented_at", &self.consented_at),
                one("customer_since", &self.customer_since),
            ]
            .into_iter()
            .flatten()
            .chain(of_attributes)
            .collect(),
        }
    }

    /// Takes the name that a column, or the text that a condition, has by now. An attribute is called by the name of its column in
    /// the tables and views of the store too, so that its new name must be given to those.
    pub fn follow(&mut self, setting: &str, now: &str) {
        let now = now.to_owned();
        match setting {
            "customer" => self.customer = now,
            "ordered_at" => self.ordered_at = now,
            "order_key" => self.order_key = Some(now),
            "currency_column" => self.currency_column = Some(now),
            "amount" => self.amount = Some(now),
            "channel" => self.channel = Some(now),
            "code" => self.code = Some(now),
            "changed_at" => self.changed_at = Some(now),
            "status" => self.status = Some(now),
            "customers_key" => self.customers_key = Some(now),
            "consented_at" => self.consented_at = Some(now),
            "customer_since" => self.customer_since = Some(now),
            "refund_order" => self.refund_order = Some(now),
            "refund_customer" => self.refund_customer = Some(now),
            "refunded_at" => self.refunded_at = Some(now),
            "refund_amount" => self.refund_amount = Some(now),
            "consent_customer" => self.consent_customer = Some(now),
            "consent_channel" => self.consent_channel = Some(now),
            "consent_given_at" => self.consent_given_at = Some(now),
            "consent_withdrawn_at" => self.consent_withdrawn_at = Some(now),
            "event_customer" => self.event_customer = Some(now),
            "happened_at" => self.happened_at = Some(now),
            "kind" => self.kind = Some(now),
            "event_channel" => self.event_channel = Some(now),
            "event_changed_at" => self.event_changed_at = Some(now),
            "event_status" => self.event_status = Some(now),
            "refund_status" => self.refund_status = Some(now),
            _ => {
                let number = setting.strip_prefix("attribute_").and_then(|number| number.parse::<usize>().ok());
                let Some(name) = number.and_then(|number| self.attributes.get_mut(number.wrapping_sub(1))) else {
                    return;
                };
                match self.attribute_expressions.as_mut().and_then(|all| all.get_mut(name)) {
                    // It is called by a name of its own.
                    Some(text) => *text = now,
                    None => *name = now,
                }
            }
        }
    }
}

/// The store with its attributes called as their columns are called by now.
pub fn with_attributes(store: &Store, names: &[String]) -> Store {
    let mut after = store.clone();
    after.settings.attributes = names.to_vec();
    after.attributes = store
        .attributes
        .iter()
        .map(|attribute| {
            let place = store.settings.attributes.iter().position(|name| *name == attribute.name);
            let name = place.and_then(|place| names.get(place)).unwrap_or(&attribute.name);
            Attribute { name: name.clone(), sql_type: attribute.sql_type.clone() }
        })
        .collect();
    after
}

/// The statements that call the attributes of a store otherwise, in its tables and in its views, which stay what they are to all that
/// depends on them, those of these audiences included. None if the views would not have the same columns in the same places.
pub fn rename_attributes(before: &Store, after: &Store, audiences: &[String]) -> Option<Vec<Sql>> {
    let renamed = renamed_attributes(before, after);
    let source = if before.settings.customers.is_some() { "source_customers" } else { Source::Orders.view() };
    let mut columns = columns_of_tables(before, &renamed);
    columns.extend(renamed.iter().map(|&(old, new)| Renamed { kind: "VIEW", relation: before.data(source), old, new }));
    let shown = views::renamed_columns(before, after, audiences)?;
    columns.extend(shown.iter().map(|column| Renamed {
        kind: "VIEW",
        relation: column.view.clone(),
        old: &column.old,
        new: &column.new,
    }));
    let comments = shown.iter().map(|column| views::comment_on_column(&column.view, &column.new, &column.comment));
    Some(rename(&columns).into_iter().chain(comments).collect())
}

/// The statements that call the attributes of a store otherwise in its tables, where its views are made anew anyway.
pub fn rename_attributes_of_tables(before: &Store, after: &Store) -> Vec<Sql> {
    rename(&columns_of_tables(before, &renamed_attributes(before, after)))
}

/// A column that is called otherwise.
struct Renamed<'a> {
    /// TABLE or VIEW.
    kind: &'static str,
    relation: Sql,
    old: &'a str,
    new: &'a str,
}

/// The attributes that are called otherwise: the old name and the new one.
pub fn renamed_attributes<'a>(before: &'a Store, after: &'a Store) -> Vec<(&'a str, &'a str)> {
    let pairs = before.attributes.iter().zip(&after.attributes);
    pairs.map(|(old, new)| (old.name.as_str(), new.name.as_str())).filter(|(old, new)| old != new).collect()
}

fn columns_of_tables<'a>(before: &Store, renamed: &[(&'a str, &'a str)]) -> Vec<Renamed<'a>> {
    let mut columns = Vec::new();
    for &(old, new) in renamed {
        columns.push(Renamed { kind: "TABLE", relation: before.data("profile"), old, new });
        if order_attributes(before).contains(&old) {
            columns.push(Renamed { kind: "TABLE", relation: before.data("history"), old, new });
        }
    }
    columns
}

/// In two rounds, because two columns may have exchanged their names.
fn rename(columns: &[Renamed]) -> Vec<Sql> {
    let rename = |column: &Renamed, old: &str, new: &str| {
        expression!(
            (),
            "ALTER {kind} {relation} RENAME COLUMN {old} TO {new}",
            kind = column.kind,
            relation = &column.relation,
            old = Sql::identifier(old),
            new = Sql::identifier(new)
        )
    };
    let passing = |i: usize| format!("lifecycle renames {i}");
    let first = columns.iter().enumerate().map(|(i, column)| rename(column, column.old, &passing(i)));
    let second = columns.iter().enumerate().map(|(i, column)| rename(column, &passing(i), column.new));
    first.chain(second).collect()
}
