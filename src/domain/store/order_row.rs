//! What a row of the orders says: whose it is, when, over how much, and why it is none that a history can hold.

use super::settings::NullAmount;
use super::source::order_link::text_of_key;
use super::source::{Relation, Sources};
use super::source_views::{instant, key, of};
use super::{Key, Store};
use crate::domain::support::error::Result;
use crate::domain::support::sql::{Sql, expression, sql};

/// The most bytes that the key of a customer can have: the tables of a store have indexes on it.
const LONGEST_KEY: usize = 2000;

/// The reasons why a row is left out that is of nobody.
pub const NOBODY: [&str; 2] = ["no customer", "guest"];

/// The reason why a row is left out whose currency has no rate.
pub const CURRENCY_UNKNOWN: &str = "currency unknown";

/// A row of the orders: each part as an expression over it.
pub struct OrderRow {
    /// The key of the customer; NULL where there is none.
    pub customer: Sql,
    /// The instant.
    pub ordered_at: Sql,
    /// The amount; None where the store has none.
    pub amount: Option<Amount>,
    /// By how much the amount is multiplied to be one of the currency of the store; None where all amounts are.
    pub rate: Option<Sql>,
    /// The number of the order, where an order has several rows.
    pub order_key: Option<Sql>,
    /// The keys that are nobody.
    guests: Vec<Sql>,
}

/// The amount of a row.
pub struct Amount {
    /// As the relation has it.
    raw: Sql,
    /// As a number, in its own currency; NULL where there is none, or where a text is no number.
    number: Sql,
    /// The same in the currency of the store; NULL also where the currency is not known, or has no rate.
    pub value: Sql,
    is_text: bool,
    has_currency: bool,
    /// Whether its type holds only what a history can hold.
    always_fits: bool,
}

impl Amount {
    fn of(store: &Store, orders: &Relation, rates: Option<&Relation>, ordered_at: &Sql, column: &str) -> Self {
        let alone = Amount::alone(orders, column);
        match &store.settings.currency_column {
            None => alone,
            Some(currency) => {
                let value = in_currency_of_store(store, &of(orders, currency), rates, ordered_at, &alone.number);
                Amount { value, has_currency: true, always_fits: false, ..alone }
            }
        }
    }

    /// The amount of a row in the currency of the store, whose column this is.
    pub fn alone(relation: &Relation, column: &str) -> Self {
        let raw = of(relation, column);
        let known = relation.columns.iter().find(|known| known.name == column);
        let base_type = known.map_or("", |known| known.base_type.as_str());
        let is_text = ["text", "character varying", "character"].contains(&base_type);
        let number = match is_text {
            true => sql!((), "sql/number_of_text.sql", text = expression!((), "{raw}::pg_catalog.text", raw = &raw)),
            false => expression!((), "{raw}::pg_catalog.numeric", raw = &raw),
        };
        let always_fits = ["integer", "smallint"].contains(&base_type);
        Amount { raw, value: number.clone(), number, is_text, has_currency: false, always_fits }
    }

    /// As the relation has it.
    pub fn raw(&self) -> &Sql {
        &self.raw
    }

    /// As a number, in its own currency; NULL where there is none, or where a text is no number.
    pub fn number(&self) -> &Sql {
        &self.number
    }

    /// The amount that counts.
    pub fn counted(&self, null_amount: NullAmount) -> Sql {
        match null_amount {
            NullAmount::Zero => expression!((), "COALESCE({value}, 0::pg_catalog.numeric)", value = &self.value),
            NullAmount::Skip => self.value.clone(),
        }
    }

    /// The condition that the row has an amount that a history can hold, or one of NULL that counts as 0.
    fn fits(&self, null_amount: NullAmount) -> Sql {
        let fits = if self.always_fits {
            expression!((), "{value} IS NOT NULL", value = &self.value)
        } else {
            is_amount(&self.value)
        };
        match null_amount {
            NullAmount::Zero if self.always_fits => "true".into(),
            NullAmount::Zero => expression!((), "({raw} IS NULL OR {fits})", raw = &self.raw, fits = fits),
            NullAmount::Skip => fits,
        }
    }
}

impl OrderRow {
    /// The row of this relation.
    ///
    /// # Errors
    /// Where a column does not exist.
    pub fn of(store: &Store, sources: &Sources) -> Result<Self> {
        let (settings, orders) = (&store.settings, &sources.orders);
        let ordered_at = instant(orders, orders.column("ordered_at", &settings.ordered_at)?, store.source_zone());
        let rates = sources.rates.as_ref();
        let amount = |column: &String| Amount::of(store, orders, rates, &ordered_at, column);
        let rate = settings.currency_column.as_ref().map(|currency| {
            in_currency_of_store(store, &of(orders, currency), rates, &ordered_at, &"1::pg_catalog.numeric".into())
        });
        Ok(OrderRow {
            customer: key(store, orders, &settings.customer),
            amount: settings.amount.as_ref().map(amount),
            rate,
            ordered_at,
            order_key: settings.order_key.as_ref().map(|column| text_of_key(orders, column)),
            guests: settings.guest.iter().map(|key| guest(store, orders, key)).collect(),
        })
    }

    /// The condition that the customer is nobody; None if nobody is.
    fn is_guest(&self) -> Option<Sql> {
        is_guest(&self.customer, &self.guests)
    }

    /// What must hold for the row to be an order, besides the owner's condition.
    pub fn needs(&self, store: &Store) -> Vec<Sql> {
        let not_null = |value: &Sql| expression!((), "{value} IS NOT NULL", value = value);
        let mut needs = vec![not_null(&self.customer), is_instant(&self.ordered_at)];
        needs.extend(
            is_too_long(store, &self.customer).map(|too_long| expression!((), "NOT {too_long}", too_long = too_long)),
        );
        needs.extend(self.order_key.as_ref().map(not_null));
        needs.extend(self.amount.as_ref().map(|amount| amount.fits(store.settings.null_amount)));
        needs.extend(self.is_guest().map(|is_guest| expression!((), "NOT {is_guest}", is_guest = is_guest)));
        needs.retain(|need| *need != Sql::from("true"));
        needs
    }

    /// The reasons why a row is none, by their names: the first that holds counts.
    pub fn hindrances(&self, store: &Store) -> Vec<(&'static str, Sql)> {
        let is_null = |value: &Sql| expression!((), "{value} IS NULL", value = value);
        let not = |condition: Sql| expression!((), "NOT ({condition})", condition = condition);
        let mut hindrances = vec![(NOBODY[0], is_null(&self.customer))];
        hindrances.extend(is_too_long(store, &self.customer).map(|is_so| ("customer too long", is_so)));
        hindrances.extend(self.is_guest().map(|is_guest| (NOBODY[1], is_guest)));
        hindrances.push(("no time", is_null(&self.ordered_at)));
        hindrances.push(("time out of range", not(is_instant(&self.ordered_at))));
        hindrances.extend(self.order_key.as_ref().map(|key| ("no order key", is_null(key))));
        if let Some(amount) = &self.amount {
            if store.settings.null_amount == NullAmount::Skip {
                hindrances.push(("no amount", is_null(&amount.raw)));
            }
            if amount.is_text {
                let is_no_number = expression!(
                    (),
                    "{raw} IS NOT NULL AND {number} IS NULL",
                    raw = &amount.raw,
                    number = &amount.number
                );
                hindrances.push(("amount is no number", is_no_number));
            }
            if amount.has_currency {
                let is_unknown = expression!(
                    (),
                    "{number} IS NOT NULL AND {value} IS NULL",
                    number = &amount.number,
                    value = &amount.value
                );
                hindrances.push((CURRENCY_UNKNOWN, is_unknown));
            }
            hindrances.push(("amount out of range", not(is_amount(&amount.value))));
        }
        hindrances
    }
}

/// An amount in the currency of the store, by the rate of its day or of the last day before; NULL where there is none.
fn in_currency_of_store(
    store: &Store,
    currency: &Sql,
    rates: Option<&Relation>,
    ordered_at: &Sql,
    number: &Sql,
) -> Sql {
    let currency =
        expression!((), "pg_catalog.upper(pg_catalog.btrim({currency}::pg_catalog.text))", currency = currency);
    let own = Sql::literal(&store.settings.currency.as_deref().unwrap_or_default().trim().to_uppercase());
    let converted = rates.map_or("NULL::pg_catalog.numeric".into(), |rates| {
        sql!(
            (),
            "sql/in_currency_of_store.sql",
            number = number,
            rates = rates.from(),
            currency = &currency,
            zone = Sql::literal(store.zone()),
            ordered_at = ordered_at
        )
    });
    expression!(
        (),
        "CASE WHEN {currency} OPERATOR(pg_catalog.=) {own}::pg_catalog.text THEN {number} ELSE {converted} END",
        currency = &currency,
        own = own,
        number = number,
        converted = converted
    )
}

/// The condition that a key has more bytes than an index holds; None where no key can.
fn is_too_long(store: &Store, key: &Sql) -> Option<Sql> {
    (store.key == Key::Text).then(|| {
        expression!(
            (),
            "(pg_catalog.octet_length({key}) OPERATOR(pg_catalog.>) {longest})",
            key = key,
            longest = LONGEST_KEY
        )
    })
}

/// The condition that a key is one of those that are nobody; None if there are none.
pub fn is_guest(key: &Sql, guests: &[Sql]) -> Option<Sql> {
    if guests.is_empty() {
        return None;
    }
    let guests = Sql::list(guests.iter().cloned());
    Some(expression!((), "({key} OPERATOR(pg_catalog.=) ANY (ARRAY[{guests}]))", key = key, guests = guests))
}

/// One of the keys that are nobody, as the keys of the rows are.
pub fn guest(store: &Store, orders: &Relation, guest: &str) -> Sql {
    let is_citext =
        orders.columns.iter().any(|column| column.name == store.settings.customer && column.base_type == "citext");
    match is_citext {
        true => expression!((), "pg_catalog.lower({guest})", guest = Sql::text(guest)),
        false => expression!(store, "{guest}::{key}", guest = Sql::literal(guest)),
    }
}

/// The condition that an amount is one that a history can hold, which NaN is not.
pub fn is_amount(value: &Sql) -> Sql {
    expression!(
        (),
        "{value} OPERATOR(pg_catalog.>=) '-922337203685477.5807'::pg_catalog.numeric
    AND {value} OPERATOR(pg_catalog.<=) '922337203685477.5807'::pg_catalog.numeric",
        value = value
    )
}

/// The condition that an instant is one that a history can hold.
pub fn is_instant(value: &Sql) -> Sql {
    expression!(
        (),
        "{value} OPERATOR(pg_catalog.>=) '0001-01-01 00:00:00+00'::pg_catalog.timestamptz
    AND {value} OPERATOR(pg_catalog.<) '10000-01-01 00:00:00+00'::pg_catalog.timestamptz",
        value = value
    )
}
