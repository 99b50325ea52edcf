//! What a row of a store's refunds says, where they have a relation of their own: whose it is, when, over how much, and which order it
//! belongs to.

use super::Store;
use super::order_row::{Amount, OrderRow, guest, is_amount, is_guest, is_instant};
use super::source::{Relation, Sources};
use super::source_views::{as_text, condition, instant, key, of};
use super::tables::{order_attributes, since_of_orders};
use crate::domain::support::error::Result;
use crate::domain::support::sql::{Sql, expression, sql};

/// What the views say of a refund: each as an expression over the row of the refund and, where it names its order, that of the order.
struct RefundRow {
    relation: Sql,
    customer: Sql,
    refunded_at: Sql,
    amount: Amount,
    /// What tells the refund apart from orders and from other refunds.
    key: Sql,
}

impl RefundRow {
    /// The row; it is read from `relation`, in which the order stands beside the refund where there is one.
    fn of(store: &Store, sources: &Sources, refunds: &Relation) -> Result<Self> {
        let settings = &store.settings;
        let name = |setting: &Option<String>| setting.clone().unwrap_or_default();
        let refunded_at = name(&settings.refunded_at);
        let refunded_at = instant(refunds, refunds.column("refunded_at", &refunded_at)?, store.source_zone());
        let order = settings.refund_order.as_ref().map(|order| as_text(&of(refunds, order)));
        let (relation, customer) = match &order {
            None => (refunds.from(), key(store, refunds, &name(&settings.refund_customer))),
            Some(order) => {
                let row = OrderRow::of(store, sources)?;
                let joined = sql!(
                    (),
                    "sql/refunds_of_orders.sql",
                    refunds = refunds.from(),
                    order = order,
                    order_key = row.order_key.clone().unwrap_or_else(|| "NULL::pg_catalog.text".into()),
                    customer = &row.customer,
                    orders = sources.orders.from(),
                    is_order = Sql::all(row.needs(store)),
                    condition = condition(settings.status.as_deref())
                );
                (joined, "of_order.customer".into())
            }
        };
        let key = expression!(
            (),
            "pg_catalog.format('refund %s %s', pg_catalog.to_char(pg_catalog.timezone('UTC', {refunded_at}), 'YYYYMMDDHH24MISSUS'), {order})",
            refunded_at = &refunded_at,
            order = order.unwrap_or_else(|| "NULL::pg_catalog.text".into())
        );
        Ok(RefundRow {
            relation,
            customer,
            refunded_at,
            amount: Amount::alone(refunds, &name(&settings.refund_amount)),
            key,
        })
    }

    fn needs(&self, store: &Store, orders: &Relation) -> Vec<Sql> {
        let guests: Vec<Sql> = store.settings.guest.iter().map(|key| guest(store, orders, key)).collect();
        let mut needs = vec![
            expression!((), "{customer} IS NOT NULL", customer = &self.customer),
            is_instant(&self.refunded_at),
            is_amount(&self.amount.value),
        ];
        needs.extend(
            is_guest(&self.customer, &guests).map(|is_guest| expression!((), "NOT {is_guest}", is_guest = is_guest)),
        );
        needs
    }
}

/// The query for the refunds, as rows of the orders with amounts below 0.
///
/// # Errors
/// Where a column does not exist.
pub fn refunds(store: &Store, sources: &Sources) -> Result<Sql> {
    let Some(refunds) = &sources.refunds else { return Ok(Sql::default()) };
    let row = RefundRow::of(store, sources, refunds)?;
    let columns = [
        row.customer.clone(),
        row.refunded_at.clone(),
        expression!((), "OPERATOR(pg_catalog.-) pg_catalog.abs({amount})", amount = &row.amount.value),
        "NULL::pg_catalog.text".into(),
    ];
    let order_key = store.settings.order_key.as_ref().map(|_| row.key.clone());
    let since = since_of_orders(store).map(|_| "NULL::pg_catalog.timestamptz".into());
    let carried = order_attributes(store).into_iter().map(|_| "NULL::pg_catalog.text".into());
    Ok(sql!(
        (),
        "sql/refunds.sql",
        columns = Sql::list(columns.into_iter().chain(order_key).chain(since).chain(carried)),
        relation = &row.relation,
        is_refund = Sql::all(row.needs(store, &sources.orders))
    ))
}

/// The query for the refunds that find no order that counts, or that no history can hold.
///
/// # Errors
/// Where a column does not exist.
pub fn left_out(store: &Store, sources: &Sources) -> Result<Sql> {
    let Some(refunds) = &sources.refunds else { return Ok(Sql::default()) };
    let row = RefundRow::of(store, sources, refunds)?;
    Ok(sql!(
        (),
        "sql/left_out_refunds.sql",
        amount = &row.amount.value,
        relation = &row.relation,
        is_refund = Sql::all(row.needs(store, &sources.orders))
    ))
}
