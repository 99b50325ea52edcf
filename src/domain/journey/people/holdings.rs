//! Which tables of a store hold customers.

use crate::domain::store::people::ALIAS;
use crate::domain::store::tables::Source;
use crate::domain::store::{Key, Store};
use crate::domain::support::sql::{Sql, expression, sql};

/// What becomes of the rows of a customer who is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They are deleted.
    Deleted,
    /// They stay for the results of journeys, under a made-up key and without what a customer said or got.
    Anonymous,
}

impl Fate {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Deleted => "deleted",
            Fate::Anonymous => "anonymous",
        }
    }
}

/// A table with a column of customers.
#[derive(Debug, Clone, Copy)]
pub struct Holding {
    /// Its name.
    pub table: &'static str,
    /// The columns that hold customers.
    pub columns: &'static [&'static str],
    /// What becomes of the rows.
    pub fate: Fate,
}

const fn of(table: &'static str, fate: Fate) -> Holding {
    Holding { table, columns: &["customer"], fate }
}

/// The tables that hold customers, but for those of [`MADE_UP`] keys. `refund_change` holds customers where refunds name no orders.
pub const HOLDINGS: [Holding; 18] = [
    of("profile", Fate::Deleted),
    of("history", Fate::Deleted),
    of("movement", Fate::Deleted),
    of("known_customer", Fate::Deleted),
    of("enrollment", Fate::Anonymous),
    of("action", Fate::Anonymous),
    of("decision", Fate::Anonymous),
    of("event", Fate::Anonymous),
    of("journey_condition", Fate::Deleted),
    of("audience_member", Fate::Deleted),
    of("audience_log", Fate::Deleted),
    of("profile_change", Fate::Deleted),
    of("suppression", Fate::Deleted),
    of("consent", Fate::Deleted),
    of("order_change", Fate::Deleted),
    of("event_change", Fate::Deleted),
    Holding { table: "refund_change", columns: &["refund_of"], fate: Fate::Deleted },
    Holding { table: ALIAS, columns: &["duplicate", "kept"], fate: Fate::Deleted },
];

/// Tables whose column `customer` holds keys that were made up.
pub const MADE_UP: [&str; 1] = ["anonymous"];

impl Holding {
    /// Whether the table has notes of triggers, which only a refresh takes away.
    pub fn is_of_notes(&self) -> bool {
        Source::ALL.iter().any(|source| source.change_table() == self.table)
    }

    /// The condition on the row `held` that it is of one of the customers of `$1`, an array of keys; None if it can be of none.
    fn condition(&self, store: &Store) -> Option<Sql> {
        if self.table == Source::Refunds.change_table() {
            let settings = &store.settings;
            let is_of_customers = settings.refunds.is_some() && settings.refund_order.is_none();
            // Notes of refunds are texts.
            return is_of_customers
                .then(|| expression!(store, "held.refund_of = ANY ($1::{key}[]::pg_catalog.text[])"));
        }
        let each = self
            .columns
            .iter()
            .map(|column| expression!(store, "held.{column} = ANY ($1::{key}[])", column = Sql::identifier(column)));
        let any = Sql::join(each, " OR ");
        Some(match self.table {
            // What tells readers of feeds that a customer is forgotten.
            "audience_log" | "profile_change" => expression!((), "held.kind <> 'forgotten' AND {any}", any = any),
            // Its index begins with the journey.
            "journey_condition" => expression!(
                store,
                "held.journey IN (SELECT journey.journey FROM {data.journey} AS journey) AND {any}",
                any = any
            ),
            _ => any,
        })
    }

    /// Deletes the rows of these customers.
    pub fn delete(&self, store: &Store) -> Option<Sql> {
        let condition = self.condition(store)?;
        let table = store.data(self.table);
        Some(expression!((), "DELETE FROM {table} AS held WHERE {condition}", table = table, condition = condition))
    }

    /// The rows of these customers as one JSON array.
    pub fn export(&self, store: &Store) -> Option<Sql> {
        let condition = self.condition(store)?;
        let table = store.data(self.table);
        Some(sql!((), "sql/export.sql", table = table, condition = condition))
    }
}

/// The statement that takes these customers, `$1`, out of the test recipients of journeys. A journey with none left sends to nobody.
pub fn forget_recipients(store: &Store) -> Sql {
    sql!(store, "sql/forget_recipients.sql")
}

/// The journeys that have these customers as test recipients.
pub fn recipients(store: &Store) -> Sql {
    sql!(store, "sql/recipients.sql")
}

/// The voucher codes that messages to these customers took.
pub fn codes(store: &Store) -> Sql {
    sql!(store, "sql/codes.sql")
}

/// The customers of `$1`, an array of keys as text: those who were kept where they were merged, and all who were merged into those.
pub fn persons(store: &Store) -> Sql {
    sql!(store, "sql/persons.sql")
}

/// A made-up key, as an expression of a query with one row for each: one that no customer has.
pub fn made_up_key(store: &Store) -> Sql {
    let least = match store.key {
        Key::Uuid => return "gen_random_uuid()".into(),
        Key::Text => return "'forgotten ' || gen_random_uuid()".into(),
        Key::Integer => "-2147483648",
        Key::BigInt => "-9223372036854775808",
    };
    expression!(
        store,
        "(COALESCE((SELECT max(used.customer) FROM {data.anonymous} AS used), {least}) + row_number() OVER ())::{key}",
        least = least
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::journey::tables::relations_of_store;

    #[test]
    fn all_of_them_are_tables_of_a_store() {
        for holding in HOLDINGS {
            assert!(relations_of_store().contains(&holding.table), "{}", holding.table);
        }
    }
}
