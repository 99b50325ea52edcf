//! What a row of a store's refunds says, where they have a relation of their own: whose it is, when, over how much, and which order it
//! belongs to.

use super::Store;
use super::order_row::{Amount, NOBODY, guest, is_amount, is_guest, is_instant};
use super::source::{LinkType, Relation, Sources};
use super::source_views::{LEFT_OUT_ORDERS, LEFT_OUT_REFUNDS, as_text, condition, condition_of, instant, key};
use super::tables::{Source, order_attributes, since_of_orders};
use crate::domain::support::error::Result;
use crate::domain::support::sql::{Sql, expression, sql};

/// What the views say of a refund: each as an expression over its row.
struct RefundRow {
    /// The key of its order as [`LinkType`] compares it, or that of its customer.
    refund_of: Sql,
    refunded_at: Sql,
    amount: Amount,
    /// What tells the refund apart from orders and from other refunds.
    key: Sql,
    /// The condition that the customer is nobody.
    is_guest: Option<Sql>,
}

impl RefundRow {
    fn of(store: &Store, sources: &Sources, refunds: &Relation) -> Result<Self> {
        let settings = &store.settings;
        let name = |setting: &Option<String>| setting.clone().unwrap_or_default();
        let refunded_at = name(&settings.refunded_at);
        let refunded_at = instant(refunds, refunds.column("refunded_at", &refunded_at)?, store.source_zone());
        let (refund_of, is_guest) = match &settings.refund_order {
            Some(order) => (LinkType::of(settings, sources).key(refunds, order), None),
            None => {
                let customer = key(store, refunds, &name(&settings.refund_customer));
                let guests: Vec<Sql> = settings.guest.iter().map(|key| guest(store, &sources.orders, key)).collect();
                let is_guest = is_guest(&customer, &guests);
                (customer, is_guest)
            }
        };
        let order = settings.refund_order.as_ref().map(|_| as_text(&refund_of));
        let key = expression!(
            (),
            "pg_catalog.format('refund %s %s', pg_catalog.to_char(pg_catalog.timezone('UTC', {refunded_at}), 'YYYYMMDDHH24MISSUS'), {order})",
            refunded_at = &refunded_at,
            order = order.unwrap_or_else(|| "NULL::pg_catalog.text".into())
        );
        let amount = Amount::alone(refunds, &name(&settings.refund_amount));
        Ok(RefundRow { refund_of, refunded_at, amount, key, is_guest })
    }

    /// The reasons why a row is no refund that a history can hold, by their names: the first that holds counts.
    fn hindrances(&self, store: &Store) -> Vec<(&'static str, Sql)> {
        let is_not = |condition: Sql| expression!((), "({condition}) IS NOT TRUE", condition = condition);
        let nobody = match store.settings.refund_order {
            Some(_) => OF_NO_ORDER,
            None => OF_NO_CUSTOMER,
        };
        let mut hindrances = vec![(nobody, expression!((), "{of} IS NULL", of = &self.refund_of))];
        hindrances.extend(self.is_guest.clone().map(|is_guest| (OF_GUEST, is_guest)));
        hindrances.push(("refund without a time in range", is_not(is_instant(&self.refunded_at))));
        hindrances.push(("refund without an amount in range", is_not(is_amount(&self.amount.value))));
        // Over 0 it would be an order.
        hindrances.push((
            "refund over 0",
            expression!(
                (),
                "pg_catalog.round({amount}, 4) OPERATOR(pg_catalog.=) 0::pg_catalog.numeric",
                amount = &self.amount.value
            ),
        ));
        hindrances
    }

    /// What must hold for the row to be a refund: nothing hinders it.
    fn needs(&self, store: &Store) -> Vec<Sql> {
        let hindrances = self.hindrances(store).into_iter();
        hindrances.map(|(_, hinders)| expression!((), "NOT ({hinders})", hinders = hinders)).collect()
    }
}

/// The reason why a refund is left out whose order does not count.
pub const OF_NO_ORDER: &str = "refund of no order";

/// The reason why a refund is left out whose order is a guest's, or of no customer.
pub const OF_GUEST: &str = "refund of a guest";

/// The reason why a refund is left out that names no customer.
pub const OF_NO_CUSTOMER: &str = "refund of no customer";

/// The view of the refunds, each with an amount below 0.
///
/// # Errors
/// Where a column does not exist.
pub fn source_refunds(store: &Store, sources: &Sources, refunds: &Relation) -> Result<Sql> {
    let row = RefundRow::of(store, sources, refunds)?;
    Ok(sql!(
        (),
        "sql/source_refunds.sql",
        view = store.data(Source::Refunds.view()),
        refund_of = &row.refund_of,
        refunded_at = &row.refunded_at,
        amount = expression!((), "OPERATOR(pg_catalog.-) pg_catalog.abs({amount})", amount = &row.amount.value),
        key = &row.key,
        relation = refunds.from(),
        is_refund = Sql::all(row.needs(store)),
        condition = condition(store.settings.refund_status.as_deref())
    ))
}

/// The view of the refunds that no history can hold, or that find no order that counts, each with the reason.
///
/// # Errors
/// Where a column does not exist.
pub fn left_out(store: &Store, sources: &Sources, refunds: &Relation) -> Result<Sql> {
    let row = RefundRow::of(store, sources, refunds)?;
    let hindrances = row.hindrances(store).into_iter();
    let has_rates = store.settings.currency_column.is_some();
    let (orders, found) = match store.settings.refund_order {
        None => (Sql::default(), "refund.reason".into()),
        Some(_) => (
            sql!(
                (),
                "sql/orders_of_refunds.sql",
                orders = store.data(Source::Orders.view()),
                left_out = store.data(LEFT_OUT_ORDERS),
                nobody = Sql::list(NOBODY.map(Sql::literal)),
                rate = if has_rates { "orders.rate" } else { "1" },
                rate_of_guests = if has_rates { "guests.rate" } else { "1" }
            ),
            expression!(
                (),
                "COALESCE(refund.reason, CASE WHEN of_order.link IS NULL THEN {of_no_order} WHEN NOT of_order.counts THEN {of_guest} END)",
                of_no_order = Sql::literal(OF_NO_ORDER),
                of_guest = Sql::literal(OF_GUEST)
            ),
        ),
    };
    let status = store.settings.refund_status.as_deref();
    let is_unknown = status
        .map(|status| ("refund_status is NULL", expression!((), "{status} IS NULL", status = condition_of(status))));
    let reasons = is_unknown.into_iter().chain(hindrances);
    let reasons = reasons.map(|(reason, hinders)| (hinders, Sql::literal(reason)));
    Ok(sql!(
        (),
        "sql/left_out_refunds.sql",
        view = store.data(LEFT_OUT_REFUNDS),
        amount_of_store = match &store.settings.refund_order {
            Some(_) => "(refund.amount OPERATOR(pg_catalog.*) COALESCE(of_order.rate, 1))",
            None => "refund.amount",
        },
        found = found,
        reason = Sql::case(reasons, "NULL".into()),
        refund_of = &row.refund_of,
        amount = expression!(
            (),
            "CASE WHEN {is_amount} THEN pg_catalog.abs({amount}) END",
            is_amount = is_amount(&row.amount.value),
            amount = &row.amount.value
        ),
        relation = refunds.from(),
        orders = orders,
        condition = condition(status)
    ))
}

// ---- among the rows of the orders -----------------------------------------------------------------------------------

/// The columns of the view of the orders that refunds need: the key as it is compared, and the rate by which an amount is converted.
pub fn columns_of_orders(store: &Store, sources: &Sources, rate: Option<Sql>) -> Vec<(Sql, &'static str)> {
    let settings = &store.settings;
    let (Some(_), Some(key)) = (&settings.refund_order, &settings.order_key) else { return Vec::new() };
    let link = LinkType::of(settings, sources).key(&sources.orders, key);
    [(link, "link")].into_iter().chain(rate.map(|rate| (rate, "rate"))).collect()
}

/// The query for the rows of the orders and the refunds, for the customers for whom a condition on the column `customer` holds. A refund
/// of an order counts for the customer of the order, by the rate of the order.
pub fn with_refunds(store: &Store, condition: &Sql) -> Sql {
    let settings = &store.settings;
    let orders = store.data(Source::Orders.view());
    if settings.refunds.is_none() {
        return orders;
    }
    let is_by_order = settings.refund_order.is_some();
    let amount = match is_by_order && settings.currency_column.is_some() {
        true => "(refund.amount * of_order.rate)",
        false => "refund.amount",
    };
    let order_key = settings.order_key.as_ref().map(|_| ("order_key".to_owned(), "refund.order_key"));
    let since = since_of_orders(store).map(|_| ("earliest_since".to_owned(), "NULL::timestamptz"));
    let carried = order_attributes(store).into_iter().map(|name| (name.to_owned(), "NULL::text"));
    let columns: Vec<(String, &'static str)> =
        [("ordered_at", "refund.refunded_at"), ("amount", amount), ("channel", "NULL::text")]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .chain(order_key)
            .chain(since)
            .chain(carried)
            .collect();
    let names = Sql::list(columns.iter().map(|(name, _)| Sql::identifier(name)));
    let values = Sql::list(columns.iter().map(|(_, value)| Sql::from(*value)));
    let refunds = store.data(Source::Refunds.view());
    match is_by_order {
        true => sql!(
            (),
            "sql/orders_and_their_refunds.sql",
            names = names,
            orders = orders,
            condition = condition,
            values = values,
            refunds = refunds,
            rate = if settings.currency_column.is_some() { ", min(rate) AS rate" } else { "" },
            amount = amount
        ),
        false => sql!(
            (),
            "sql/orders_and_refunds.sql",
            names = names,
            orders = orders,
            condition = condition,
            values = values,
            refunds = refunds
        ),
    }
}

// ---- whose refunds have changed -------------------------------------------------------------------------------------

/// The query for the customers of noted refunds: of the rows of a relation with a column `refund_of`.
pub fn customers_of_noted(store: &Store, link: LinkType, noted: &Sql) -> Sql {
    match store.settings.refund_order {
        Some(_) => sql!(
            (),
            "sql/customers_of_noted_orders.sql",
            noted = noted,
            orders = store.data(Source::Orders.view()),
            link = link.name()
        ),
        None => sql!(store, "sql/customers_of_noted_refunds.sql", noted = noted),
    }
}

/// Takes the notes of triggers on the refunds, as customers.
pub fn take_noted(store: &Store, link: LinkType, changed: &'static str) -> Sql {
    sql!(
        (),
        "sql/take_noted_refunds.sql",
        notes = store.data(Source::Refunds.change_table()),
        customers = customers_of_noted(store, link, &"once".into()),
        changed = changed
    )
}
