//! The profile of every customer as of an instant: what is fitted to the base, the scores, and the log of moves.
//!
//! The statements leave temporary tables: [`FITTED`], one row of fits, and [`SCORED`], the new profiles. They run under a pinned
//! search_path.

use serde::Deserialize;

use super::Store;
use super::kpi_columns::{KPI, KpiValue, count_in};
use super::order_row::NOBODY;
use super::people::is_customer;
use super::profile_columns::{PROFILE, Scores, derived, scored as scored_columns, some};
use super::refund_row::{OF_GUEST, OF_NO_CUSTOMER};
use crate::domain::support::sql::{Gaps, Sql, expression, fill as fill_template, sql};

/// The new profiles.
pub const SCORED: &str = "pg_temp.\"lifecycle.refresh: scored\"";
/// What was fitted.
pub const FITTED: &str = "pg_temp.\"lifecycle.refresh: fitted\"";

/// What statements on profiles may name besides the relations of the store: the instant `{now}`, the temporary tables `{scored}` and
/// `{fitted}`, and `{scored_rows}`, the new profiles with all their columns.
pub struct AsOf<'a> {
    store: &'a Store,
    /// The instant.
    pub now: Sql,
}

impl<'a> AsOf<'a> {
    /// The same as of an instant.
    pub fn new(store: &'a Store, as_of: &str) -> Self {
        AsOf { store, now: expression!((), "{as_of}::timestamptz", as_of = Sql::literal(as_of)) }
    }
}

impl Gaps for AsOf<'_> {
    fn gap(&self, name: &str) -> Option<Sql> {
        Some(match name {
            "now" => self.now.clone(),
            "scored" => SCORED.into(),
            "fitted" => FITTED.into(),
            "scored_rows" => sql!((), "sql/scored_rows.sql", derived = derived(), scored = SCORED),
            _ => return self.store.gap(name),
        })
    }
}

// ---- fits -----------------------------------------------------------------------------------------------------------

/// Whether a fit is due: `t` or `f`.
pub fn fit_is_due(store: &Store, as_of: &str, bins: &str) -> Sql {
    sql!(
        AsOf::new(store, as_of),
        "sql/fit_is_due.sql",
        refit = Sql::literal(&store.settings.refit),
        bins = Sql::literal(bins)
    )
}

/// Fits the base.
pub fn fit(store: &Store, as_of: &str, bins: &str) -> Vec<Sql> {
    let at = AsOf::new(store, as_of);
    vec![
        expression!(at, "DROP TABLE IF EXISTS {fitted}"),
        sql!(at, "sql/create_fitted.sql", model = Sql::text(&store.settings.model), bins = Sql::literal(bins)),
        sql!(at, "sql/insert_fit.sql"),
        expression!(at, "DROP TABLE {fitted}"),
    ]
}

/// The fit in force, as JSON that [`Fit::from_json`] reads.
pub fn newest_fit(store: &Store) -> Sql {
    sql!(store, "sql/newest_fit.sql", values = fit_values())
}

/// The values of a fit as JSON of their texts.
pub fn fit_values() -> Sql {
    let names = ["rfm_breaks", "rhythm", "purchase_model", "spend_model", "vip_breaks", "mean_spend"];
    let pairs = names.map(|name| expression!((), "'{name}', {name}::text", name = name));
    expression!((), "json_build_object({pairs})", pairs = Sql::list(pairs))
}

/// The values of a fit, each as its text. They stand in the query as constants: that one table is read, and not joined with
/// another, lets parallel workers score.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Fit {
    rfm_breaks: Option<String>,
    rhythm: Option<String>,
    purchase_model: Option<String>,
    spend_model: Option<String>,
    vip_breaks: Option<String>,
    mean_spend: Option<String>,
}

impl Fit {
    /// Reads what [`newest_fit`] gives; a store without a fit has no values.
    pub fn from_json(json: Option<&str>) -> Self {
        json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }

    /// A value, by its name, as a constant of its type.
    pub fn gap(&self, store: &Store, name: &str) -> Option<Sql> {
        let (value, sql_type) = match name {
            "rfm_breaks" => (&self.rfm_breaks, store.ext("rfm_breaks")),
            "rhythm" => (&self.rhythm, store.ext("purchase_rhythm")),
            "purchase_model" => (&self.purchase_model, store.ext("purchase_model")),
            "spend_model" => (&self.spend_model, store.ext("spend_model")),
            "vip_breaks" => (&self.vip_breaks, store.ext("vip_breaks")),
            "mean_spend" => (&self.mean_spend, "numeric".into()),
            _ => return None,
        };
        let value = value.as_ref().map_or("NULL".into(), |text| Sql::literal(text));
        Some(expression!((), "{value}::{type}", value = value, type = sql_type))
    }
}

// ---- profiles -------------------------------------------------------------------------------------------------------

fn attributes(store: &Store) -> impl Iterator<Item = Sql> {
    store.attributes.iter().map(|attribute| Sql::identifier(&attribute.name))
}

/// All customers that the store knows of, with both histories and what else is known of them.
pub fn base(store: &Store) -> Sql {
    if store.settings.customers.is_some() {
        let known = ["consented_at", "earliest_since"].map(Sql::from).into_iter().chain(attributes(store));
        let known = known.map(|column| expression!((), "known.{column}", column = column));
        let (joined, is_customer) = is_customer(store);
        return sql!(
            store,
            "sql/base_of_customers.sql",
            known = Sql::list(known),
            joined = joined,
            is_customer = is_customer
        );
    }
    let known = store.attributes.iter().map(|attribute| {
        let name = Sql::identifier(&attribute.name);
        expression!((), "history.{name}::{type} AS {name}", name = name, type = attribute.type_as_sql())
    });
    let columns = [
        "customer",
        "purchases",
        "engagement",
        "first_channel",
        "last_channel",
        "first_event_at",
        "past_changed",
        "earliest_since",
    ]
    .map(Sql::from);
    let columns = columns.into_iter().chain(["NULL::timestamptz AS consented_at".into()]).chain(known);
    sql!(store, "sql/base_of_orders.sql", columns = Sql::list(columns))
}

/// The query that scores all customers by a fit: the columns of the profile but for those that are derived and those of time in stage and
/// segment, and what was bought on the day of `as_of`.
pub fn scored(store: &Store, as_of: &str, fit: &Fit) -> Sql {
    let now = AsOf::new(store, as_of).now;
    let scores = Scores { store, now: &now, fit };
    let columns = [scored_columns(&scores)].into_iter();
    let columns = columns.chain(attributes(store).map(|column| expression!((), "base.{column}", column = column)));
    sql!(
        scores,
        "sql/scored.sql",
        columns = Sql::list(columns),
        // The last microsecond of the day before.
        day_before = expression!(scores, "(date_trunc('day', {now}) - '1 microsecond'::interval)"),
        base = base(store)
    )
}

/// The query that scores all customers in some columns only: `customer`, those columns, and the attributes; their names.
pub fn scored_in_part(store: &Store, as_of: &str, fit: &Fit, is_wanted: impl Fn(&str) -> bool) -> (Vec<Sql>, Sql) {
    let now = AsOf::new(store, as_of).now;
    let (mut names, values): (Vec<Sql>, Vec<Sql>) =
        some(&Scores { store, now: &now, fit }, is_wanted).into_iter().unzip();
    let values: Vec<Sql> = values
        .into_iter()
        .zip(&names)
        .map(|(value, name)| expression!((), "{value} AS {name}", value = value, name = name))
        .chain(attributes(store).map(|column| expression!((), "base.{column}", column = column)))
        .collect();
    names.extend(attributes(store));
    let columns = Sql::list(with_customer_of("base", &values));
    (names, sql!((), "sql/scored_in_part.sql", columns = columns, base = base(store)))
}

/// What the segment of a customer was at an instant, an expression: the relation `base` of all customers, and the expression of their
/// segment.
pub fn segment_at(store: &Store, fit: &Fit, at: &Sql) -> (Sql, Sql) {
    let (_, segment) = some(&Scores { store, now: at, fit }, |column| column == "segment").swap_remove(0);
    (base(store), segment)
}

fn with_customer_of(row: &'static str, columns: &[Sql]) -> Vec<Sql> {
    [expression!((), "{row}.customer", row = row)].iter().chain(columns).cloned().collect()
}

/// Scores all customers.
pub fn score(store: &Store, as_of: &str, fit: &Fit) -> Vec<Sql> {
    let query = scored(store, as_of, fit);
    vec![end(), sql!((), "sql/create_scored.sql", scored = SCORED, query = query)]
}

/// Drops the table of the new profiles.
pub fn end() -> Sql {
    expression!((), "DROP TABLE IF EXISTS {scored}", scored = SCORED)
}

/// The columns of the profile that a score gives, attributes included.
fn columns(store: &Store) -> Vec<Sql> {
    PROFILE.iter().map(|column| Sql::identifier(column.name)).chain(attributes(store)).collect()
}

/// The customer and these columns.
fn with_customer(columns: &[Sql]) -> Vec<Sql> {
    [Sql::from("customer")].iter().chain(columns).cloned().collect()
}

/// Puts the first profiles into an empty table; they are those of this version of the feed.
pub fn fill(store: &Store, profile: &Sql, as_of: &str, version: i64) -> Sql {
    let columns = with_customer(&columns(store));
    sql!(
        AsOf::new(store, as_of),
        "sql/fill_profile.sql",
        profile = profile,
        columns = Sql::list(&columns),
        version = version
    )
}

/// Puts the new profiles in the place of the old ones: the second statement writes those that changed, and the third takes away those of
/// customers who are gone. What changes is of this version of the feed.
pub fn replace(store: &Store, profile: &Sql, as_of: &str, version: i64) -> [Sql; 3] {
    let at = AsOf::new(store, as_of);
    let columns = columns(store);
    // A type without an equality of its own, such as json, is compared by its text.
    let compared = |row: &'static str| {
        let own = PROFILE.iter().map(|column| Sql::identifier(column.name));
        let own = own.map(move |column| expression!((), "{row}.{column}", row = row, column = column));
        own.chain(
            attributes(store).map(move |column| expression!((), "{row}.{column}::text", row = row, column = column)),
        )
    };
    let set = columns.iter().map(|column| expression!((), "{column} = scored.{column}", column = column));
    let all = with_customer(&columns);
    let values = all.iter().map(|column| expression!((), "scored.{column}", column = column));
    [
        expression!(at, "ANALYZE {scored} (customer)"),
        sql!(
            at,
            "sql/replace_profiles.sql",
            version = version,
            profile = profile,
            compared_stored = Sql::list(compared("stored")),
            compared_scored = Sql::list(compared("scored")),
            set = Sql::list(set),
            columns = Sql::list(&all),
            values = Sql::list(values)
        ),
        sql!(at, "sql/delete_profiles.sql", profile = profile, version = version),
    ]
}

/// The figures of the day of `as_of`.
pub fn figures(store: &Store, as_of: &str) -> Sql {
    let at = AsOf::new(store, as_of);
    let set = KPI
        .iter()
        .filter(|column| column.name != "day")
        .map(|column| expression!((), "{column} = excluded.{column}", column = Sql::identifier(column.name)));
    sql!(
        at,
        "sql/figures.sql",
        columns = Sql::list(KPI.iter().map(|column| Sql::identifier(column.name))),
        values = Sql::list(KPI.iter().map(|column| match column.value {
            KpiValue::Template(template) => fill_template(template, &at, &[]),
            KpiValue::RevenueWithGuests => expression!(
                (),
                "COALESCE(sum(spend), 0) + (\n{of_guests}\n)",
                of_guests = sql!(
                    store,
                    "sql/revenue_of_guests.sql",
                    orders = Sql::list(NOBODY.map(Sql::literal)),
                    refunds = Sql::list([OF_GUEST, OF_NO_CUSTOMER].map(Sql::literal))
                )
            ),
            KpiValue::CustomersIn(stage) => count_in(stage, "stage"),
        })),
        set = Sql::list(set)
    )
}
