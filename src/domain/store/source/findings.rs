//! What looks odd in the rows of a source, and what to set: found in a sample of bounded size, when a store is attached and when the
//! owner asks.

use serde::Deserialize;

use super::{Column, LinkType, Relation, Sources};
use crate::domain::store::Store;
use crate::domain::store::order_row::OrderRow;
use crate::domain::store::quote::{ascii_literal, plain_identifier};
use crate::domain::store::settings::Changes;
use crate::domain::store::source_views::{condition, of};
use crate::domain::store::tables::Source;
use crate::domain::support::error::{Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};

/// So many rows are looked at.
const SAMPLE: u32 = 20_000;

/// Something odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is, in one or two words.
    pub finding: &'static str,
    /// How many rows of the sample it is about.
    pub rows: u64,
    /// What that means.
    pub says: String,
    /// What to do about it.
    pub advice: String,
}

/// What was counted in the sample.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Counted {
    rows: u64,
    no_customer: u64,
    no_time: u64,
    time_out_of_range: u64,
    future: u64,
    epoch: u64,
    no_amount: u64,
    no_number: u64,
    amount_out_of_range: u64,
    no_order_key: u64,
    shared: u64,
    twice: u64,
    spelled: u64,
    customers: u64,
    nobody: Vec<Nobody>,
    amounts: u64,
    distinct_amounts: u64,
    whole_amounts: u64,
    odd_amounts: u64,
    median_amount: f64,
    most: Option<Nobody>,
    no_changed_at: u64,
    changed_later: u64,
    currencies: Vec<String>,
    no_currency: u64,
}

/// A key, and the rows with it.
#[derive(Debug, Clone, Deserialize)]
struct Nobody {
    customer: String,
    rows: u64,
}

/// The names of columns that say the currency of an amount.
const CURRENCIES: [&str; 6] =
    ["currency", "currency_code", "currencycode", "cur", "iso_currency", "presentment_currency"];

/// The names of columns that tell orders apart.
const ORDER_KEYS: [&str; 9] =
    ["order_id", "orderid", "order_no", "order_number", "invoice_no", "invoiceno", "invoice_id", "invoice", "order"];

fn called<'a>(relation: &'a Relation, names: &[&str]) -> Option<&'a Column> {
    relation
        .columns
        .iter()
        .find(|column| column.computed.is_none() && names.contains(&column.name.to_lowercase().as_str()))
}

/// The query for the sample: its rows as one JSON array. Names in the owner's expressions are those that the caller sees.
///
/// # Errors
/// Where a column does not exist.
pub fn sample(store: &Store, sources: &Sources) -> Result<Sql> {
    let orders = &sources.orders;
    let row = OrderRow::of(store, sources)?;
    let changed_at = match &store.settings.changed_at {
        Some(changed_at) => orders.column("changed_at", changed_at)?.sql(orders),
        None => "NULL::pg_catalog.text".into(),
    };
    let currency = match (&store.settings.currency_column, called(orders, &CURRENCIES)) {
        (Some(column), _) => of(orders, column),
        (None, Some(column)) => column.sql(orders),
        (None, None) => "NULL::pg_catalog.text".into(),
    };
    // Pages as a whole, so that rows that were written together are seen together.
    let some = match orders.kind.as_str() {
        "r" | "m" | "p" => {
            sql!((), "../sql/findings/some_pages.sql", relation = Sql::literal(&orders.oid), sample = SAMPLE)
        }
        _ => Sql::default(),
    };
    Ok(sql!(
        (),
        "../sql/findings/sample.sql",
        customer = &row.customer,
        ordered_at = &row.ordered_at,
        amount = row.amount.as_ref().map_or("NULL::pg_catalog.numeric".into(), |amount| amount.number().clone()),
        has_amount = row
            .amount
            .as_ref()
            .map_or("true".into(), |amount| { expression!((), "{raw} IS NOT NULL", raw = amount.raw()) }),
        order_key = row.order_key.unwrap_or_else(|| "NULL::pg_catalog.text".into()),
        changed_at = changed_at,
        currency = currency,
        relation = orders.from(),
        some = some,
        condition = condition(store.settings.status.as_deref()),
        sample = SAMPLE
    ))
}

/// The query that counts in the sample, `$1`: [`Counted`] as JSON.
pub fn count() -> Sql {
    sql!((), "../sql/findings/count.sql")
}

/// An index that is missing where triggers note changes. Without it a refresh reads the whole table, to find the rows of the customers who
/// have changed.
pub struct MissingIndex<'a> {
    /// The table.
    pub relation: &'a Relation,
    /// The column, or the expression of a setting.
    column: &'a str,
    /// What the index must begin with.
    on: String,
}

impl MissingIndex<'_> {
    /// What it means.
    pub fn says(&self) -> String {
        format!(
            "no index of {} begins with \"{}\": every refresh will read the whole table",
            self.relation.shown(),
            shorten(self.column)
        )
    }

    /// The finding, of a table of about so many rows.
    pub fn finding(&self, rows: u64) -> Finding {
        Finding {
            finding: "missing index",
            rows,
            says: self.says(),
            advice: format!("CREATE INDEX ON {} ({});", self.relation.qualified(), self.on),
        }
    }
}

/// The indexes that are missing.
pub fn missing_indexes<'a>(store: &'a Store, sources: &'a Sources) -> Vec<MissingIndex<'a>> {
    let settings = &store.settings;
    let link = settings.refund_order.as_ref().map(|_| LinkType::of(settings, sources));
    let is_noted = |source: &Source| source.changes(store) == Some(Changes::Triggers);
    let of_customers = Source::ALL.into_iter().filter(is_noted).filter_map(|source| {
        let (relation, of_order) = match source {
            Source::Orders => (Some(&sources.orders), None),
            Source::Events => (sources.events.as_ref(), None),
            Source::Refunds => (sources.refunds.as_ref(), link),
        };
        Some((relation?, source.customer_column(store), of_order))
    });
    let keys = settings.order_key.as_deref().filter(|_| link.is_some() && is_noted(&Source::Refunds));
    let of_refunds = keys.map(|key| (&sources.orders, key, link));
    of_customers.chain(of_refunds).filter_map(|(relation, column, link)| missing(relation, column, link)).collect()
}

/// The index that a table lacks, if it does. Keys of orders and refunds that are compared as texts need one on the text.
fn missing<'a>(relation: &'a Relation, column: &'a str, link: Option<LinkType>) -> Option<MissingIndex<'a>> {
    let as_text = link.filter(|link| link.is_other(relation, column));
    let computed = relation.computed(column);
    let is_on_expression = computed.is_some() || as_text.is_some();
    let is_there = match is_on_expression {
        true => relation.has_index_on_expression,
        false => relation.indexed.iter().any(|indexed| indexed == column),
    };
    if is_there || !["r", "p"].contains(&relation.kind.as_str()) {
        return None;
    }
    let on = match (computed, as_text) {
        (Some(computed), _) => format!("({})", computed.sql),
        (None, Some(_)) => format!("({}::text)", plain_identifier(column)),
        (None, None) => plain_identifier(column),
    };
    Some(MissingIndex { relation, column, on })
}

/// What is odd in what was counted, the worst first.
pub fn findings(store: &Store, orders: &Relation, counted: &Counted, zone_is_utc: bool) -> Vec<Finding> {
    let settings = &store.settings;
    let of = |rows: u64| format!("{rows} of {} rows looked at", counted.rows);
    let mut found = Vec::new();
    let mut add = |finding, rows, says: String, advice: String| {
        if rows > 0 {
            found.push(Finding { finding, rows, says, advice });
        }
    };
    let setting = |name: &str, json: String| format!("Say settings => '{{\"{name}\": {json}}}'.");
    let amount = settings.amount.as_deref().unwrap_or_default();

    if settings.order_key.is_none() && counted.shared >= 3 && counted.shared * 5 >= counted.rows {
        let key = called(orders, &ORDER_KEYS)
            .map_or("the column of the order's number".to_owned(), |column| column.name.clone());
        add(
            "order lines",
            counted.shared,
            format!(
                "{} have the customer and the instant of another row: each counts as an order of its own",
                of(counted.shared)
            ),
            format!("If an order has several rows, say order_key => {}.", ascii_literal(&key)),
        );
    } else if settings.order_key.is_none() && counted.twice >= 3 && counted.twice * 50 >= counted.rows {
        add(
            "duplicates",
            counted.twice,
            format!("{} are equal to another row in customer, instant and amount", of(counted.twice)),
            "If a row was written twice, attach a view that leaves one out.".to_owned(),
        );
    }
    if counted.currencies.len() > 1 && settings.currency_column.is_none() && orders.computed(amount).is_none() {
        let shown: Vec<String> = counted.currencies.iter().take(5).map(|currency| shorten(currency)).collect();
        add(
            "currencies",
            counted.rows,
            format!(
                "the amounts are in {} currencies, such as {}, and are added up as they are",
                counted.currencies.len(),
                shown.join(", ")
            ),
            format!(
                "Say currency_column => {}, and rates => a table of the columns currency, day and rate.",
                called(orders, &CURRENCIES).map_or_else(String::new, |column| ascii_literal(&column.name))
            ),
        );
    }
    let cents = ["cent", "minor", "pennies", "pence"].iter().any(|word| amount.to_lowercase().contains(word));
    let is_whole = counted.amounts > 0 && counted.whole_amounts == counted.amounts;
    let looks_like_cents = is_whole
        && counted.amounts >= 20
        && counted.median_amount >= 1000.0
        && counted.odd_amounts * 5 >= counted.amounts;
    if is_whole && orders.computed(amount).is_none() && (cents || looks_like_cents) {
        add(
            "cents",
            counted.amounts,
            format!(
                "the amounts look like cents: all are whole numbers, half of them above {:.0}",
                counted.median_amount
            ),
            format!("Say amount => {}.", ascii_literal(&format!("{} / 100.0", plain_identifier(amount)))),
        );
    }
    if !zone_is_utc
        && settings.ordered_at_zone.is_none()
        && orders
            .column("ordered_at", &settings.ordered_at)
            .is_ok_and(|column| column.base_type == "timestamp without time zone")
    {
        add(
            "time zone",
            counted.rows.max(1),
            format!("the timestamps have no zone, and are read as {}", shorten(store.source_zone())),
            format!(
                "If the application writes UTC, as Rails and Django do, {}",
                setting("ordered_at_zone", "\"UTC\"".to_owned()).replacen("Say", "say", 1)
            ),
        );
    }
    for nobody in &counted.nobody {
        if !settings.guest.contains(&nobody.customer) {
            let key = serde_json::Value::String(nobody.customer.clone()).to_string();
            add(
                "guest",
                nobody.rows,
                format!("{} have the customer {key}, who counts as one person", of(nobody.rows)),
                format!("If that is nobody, {}", setting("guest", format!("[{key}]")).replacen("Say", "say", 1)),
            );
        }
    }
    if let Some(most) = &counted.most
        && counted.rows >= 100
        && most.rows * 10 >= counted.rows
        // Among few customers each has many rows.
        && most.rows * counted.customers >= counted.rows * 20
        && !settings.guest.contains(&most.customer)
        && !counted.nobody.iter().any(|nobody| nobody.customer == most.customer)
    {
        let key = serde_json::Value::String(shorten(&most.customer)).to_string();
        add(
            "one customer",
            most.rows,
            format!("{} are of one customer, {key}", of(most.rows)),
            format!("If that is nobody, {}", setting("guest", format!("[{key}]")).replacen("Say", "say", 1)),
        );
    }
    if counted.spelled > 0 && orders.computed(&settings.customer).is_none() {
        add(
            "spelling",
            counted.spelled,
            format!("{} customers differ from another one in case or in blanks alone", counted.spelled),
            format!(
                "If they are the same, say customer => {}.",
                ascii_literal(&format!("lower(btrim({}))", plain_identifier(&settings.customer)))
            ),
        );
    }
    let left_out = "The view left_out of the store says how many there are.";
    add(
        "no customer",
        counted.no_customer,
        format!("{} have no customer, and are left out", of(counted.no_customer)),
        left_out.to_owned(),
    );
    add(
        "no time",
        counted.no_time,
        format!("{} have no time, and are left out", of(counted.no_time)),
        left_out.to_owned(),
    );
    add(
        "time out of range",
        counted.time_out_of_range,
        format!("{} have a time before the year 1 or after 9999, and are left out", of(counted.time_out_of_range)),
        left_out.to_owned(),
    );
    add(
        "no order key",
        counted.no_order_key,
        format!("{} have no order_key, and are left out", of(counted.no_order_key)),
        left_out.to_owned(),
    );
    add(
        "no number",
        counted.no_number,
        format!("{} have an amount that is no number, and are left out", of(counted.no_number)),
        left_out.to_owned(),
    );
    add(
        "amount out of range",
        counted.amount_out_of_range,
        format!("{} have an amount that no history can hold, and are left out", of(counted.amount_out_of_range)),
        left_out.to_owned(),
    );
    if settings.currency_column.is_some() {
        add(
            "no currency",
            counted.no_currency,
            format!("{} have no currency, and are left out", of(counted.no_currency)),
            format!(
                "If they are in that of the store, say currency_column => {}.",
                ascii_literal(&format!(
                    "COALESCE({}, '{}')",
                    plain_identifier(settings.currency_column.as_deref().unwrap_or_default()),
                    shorten(settings.currency.as_deref().unwrap_or("EUR"))
                ))
            ),
        );
    }
    add(
        "no amount",
        counted.no_amount,
        match settings.null_amount {
            crate::domain::store::settings::NullAmount::Zero => {
                format!("{} have no amount, and count as orders over 0", of(counted.no_amount))
            }
            crate::domain::store::settings::NullAmount::Skip => {
                format!("{} have no amount, and are left out", of(counted.no_amount))
            }
        },
        setting("null_amount", "\"skip\"".to_owned()).replacen("Say", "To leave them out, say", 1),
    );
    add(
        "future",
        counted.future,
        format!("{} lie more than a day ahead, and count only then", of(counted.future)),
        "If such rows are no orders yet, leave them out with status.".to_owned(),
    );
    add(
        "epoch",
        counted.epoch,
        format!("{} are dated 1970 or earlier", of(counted.epoch)),
        "If that means that the time is not known, leave them out with status.".to_owned(),
    );
    if counted.amounts >= 20 && counted.distinct_amounts == 1 {
        add(
            "one amount",
            counted.amounts,
            "all amounts are the same".to_owned(),
            "If they mean nothing, leave amount out.".to_owned(),
        );
    }
    add(
        "no changed_at",
        counted.no_changed_at,
        format!("{} have no changed_at: their customers are read at every refresh", of(counted.no_changed_at)),
        format!(
            "Say changed_at => {}, with an index on it.",
            ascii_literal(&format!(
                "COALESCE({}, {})",
                plain_identifier(settings.changed_at.as_deref().unwrap_or_default()),
                plain_identifier(&settings.ordered_at)
            ))
        ),
    );
    if settings.changed_at.is_some() && counted.rows >= 20 && counted.changed_later == 0 {
        add(
            "changed_at",
            counted.rows,
            "no row has a changed_at that is later than its time: a change of a row may not show there".to_owned(),
            "If rows change without a new value, leave changes and changed_at out.".to_owned(),
        );
    }
    found
}
