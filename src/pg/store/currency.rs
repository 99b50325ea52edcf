//! The currencies of a source: one, or several with rates.

use crate::domain::store::settings::Settings;
use crate::domain::store::source::Sources;
use crate::domain::store::source_views::condition;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::pg::ffi::spi::rows;

/// Where there are no rates, refuses orders in several currencies; the one that there is becomes that of the store, if it has none. `status`
/// is the condition that makes a row an order: carts and tests can be in others.
///
/// # Errors
/// [`Kind::InvalidParameter`], with the currencies; [`Kind::UndefinedColumn`].
pub fn settle_currency(settings: &mut Settings, sources: &Sources, status: Option<&str>) -> Result<()> {
    let (Some(column), None) = (&settings.currency_column, &settings.rates) else { return Ok(()) };
    let orders = &sources.orders;
    let currency = match orders.names(column) {
        Some(column) => column.sql(orders),
        None => orders.column("currency_column", column)?.sql(orders),
    };
    let query =
        sql!((), "sql/currencies.sql", currency = currency, relation = orders.from(), condition = condition(status));
    let found = rows(query, &[]);
    let mut found: Vec<String> = found.into_iter().filter_map(|row| row.into_iter().next()?).collect();
    found.sort_unstable();
    let own = settings.currency.as_ref().map(|own| own.trim().to_uppercase());
    let others = found.iter().any(|currency| own.as_ref().is_some_and(|own| own != currency));
    if found.len() > 1 || others {
        let shown: Vec<String> = found.iter().take(10).map(|currency| shorten(currency)).collect();
        return Err(Error::new(
            Kind::InvalidParameter,
            match found.len() {
                1 => format!("the amounts of {} are in another currency than the store's, and there are no rates (currency_column)", orders.shown()),
                _ => format!("the amounts of {} are in several currencies, and there are no rates (currency_column)", orders.shown()),
            },
        )
        .detail(format!(
            "The currencies of the rows are: {}. That of the store is: {}.",
            shown.join(", "),
            own.as_deref().unwrap_or("none")
        ))
        .hint("Say currency => the one to convert into, and rates => a table of the columns currency, day and rate."));
    }
    if own.is_none() {
        settings.currency = found.into_iter().next();
    }
    Ok(())
}
