//! The rows that a refresh leaves out, counted by their reasons, and what it says of them.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode};

use super::has_rows;
use crate::domain::store::Store;
use crate::domain::store::changes::{self, Scope};
use crate::domain::store::order_row::CURRENCY_UNKNOWN;
use crate::domain::store::quote::select_call;
use crate::domain::store::refund_row::OF_NO_ORDER;
use crate::domain::store::source_views::{
    LEFT_OUT_EVENTS, LEFT_OUT_ORDERS, LEFT_OUT_REFUNDS, RATES_KEY_VIEW, count_left_out,
};
use crate::domain::store::tables::Source;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};
use crate::pg::ffi::session::{SEARCH_PATH, with_settings};
use crate::pg::ffi::spi::{holds, rows, value};

/// How many rows of the orders and refunds are left out, by the reason, as JSON; of customers who have changed, those of the orders.
pub fn orders_left_out(store: &Store, scope: Scope) -> Option<String> {
    let exists =
        |view: &Sql| holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(view.as_str())]).then_some(());
    let (orders, refunds) = (store.data(LEFT_OUT_ORDERS), store.data(LEFT_OUT_REFUNDS));
    exists(&orders)?;
    let of_orders = expression!(
        (),
        "SELECT reason, amount FROM {orders} WHERE {condition}",
        orders = orders,
        condition = changes::within(scope, "customer")
    );
    let left_out = match scope == Scope::All && exists(&refunds).is_some() {
        true => expression!(
            (),
            "{orders} UNION ALL SELECT reason, amount FROM {refunds}",
            orders = of_orders,
            refunds = refunds
        ),
        false => of_orders,
    };
    value(sql!((), "sql/count_left_out_orders.sql", left_out = left_out), &[])
}

/// Says that amounts are in a currency that has no rate.
pub fn warn_of_currencies(store: &Store, left_out: Option<&str>) {
    let left_out: serde_json::Value = left_out.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let Some(rows) = left_out[CURRENCY_UNKNOWN]["rows"].as_u64() else { return };
    let message =
        format!("store \"{}\": orders whose currency has no rate are left out (rows: {rows})", shorten(&store.name));
    let hint = match store.settings.rates {
        Some(_) => "Add the rates, then CALL lifecycle.refresh(..., rebuild => true).".to_owned(),
        None => {
            select_call("lifecycle.configure", &[&shorten(&store.name), "{\"rates\": \"...\"}"])
                + " names a table of the columns currency, day and rate."
        }
    };
    ErrorReport::new(PgSqlErrorCode::ERRCODE_WARNING, message, "pg_lifecycle")
        .set_hint(hint)
        .report(PgLogLevel::WARNING);
}

/// Says that most refunds find no order, as where their keys are written otherwise than those of the orders.
pub fn warn_of_refunds(store: &Store, left_out: Option<&str>) {
    if store.settings.refund_order.is_none() {
        return;
    }
    let left_out: serde_json::Value = left_out.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let Some(rows) = left_out[OF_NO_ORDER]["rows"].as_u64() else { return };
    let refunds = store.data(Source::Refunds.view());
    let all = value(expression!((), "SELECT count(*) FROM {refunds}", refunds = refunds), &[]);
    let all: u64 = all.and_then(|number| number.parse().ok()).unwrap_or_default();
    if rows * 2 <= all {
        return;
    }
    let message = format!("store \"{}\": {rows} of {all} refunds find no order that counts", shorten(&store.name));
    ErrorReport::new(PgSqlErrorCode::ERRCODE_WARNING, message, "pg_lifecycle")
        .set_hint("refund_order must be the same key as order_key, in the same form.")
        .report(PgLogLevel::WARNING);
}

/// How many events are left out for their word, and a few of the words.
pub fn events_left_out(store: &Store, of_changed: bool) -> Option<(String, Option<String>)> {
    let view = store.data(LEFT_OUT_EVENTS);
    // A store whose sources have changed since it was upgraded has the views of its older layout.
    if !holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(view.as_str())]) {
        return None;
    }
    let row = rows(count_left_out(store, of_changed.then_some(changes::CHANGED)), &[]).pop()?;
    let mut row = row.into_iter();
    Some((row.next()??, row.next().flatten()))
}

/// Refuses to read orders while the table of rates is empty, as it is while another session fills it anew.
///
/// # Errors
/// [`Kind::NotReady`].
pub fn check_rates(store: &Store) -> Result<()> {
    let Some(rates) = &store.settings.rates else { return Ok(()) };
    if with_settings(&[SEARCH_PATH], || has_rows(&store.data(RATES_KEY_VIEW))) {
        return Ok(());
    }
    Err(Error::new(Kind::NotReady, format!("the rates of store \"{}\" are empty: {}", shorten(&store.name), shorten(rates)))
        .detail("All orders in another currency than the store's would be left out. The store keeps the state of its last refresh.")
        .hint("Fill the table, and repeat the call."))
}
