//! The settings of a store: the arguments of `lifecycle.attach`, and the values of `lifecycle.configure`.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::journey_defaults::{MAX_BOUNCES, MAX_COMPLAINTS};
use crate::domain::models::purchase_model::model::ModelKind;
use crate::domain::segments::grid::DEFAULT_GRID;
use crate::domain::stages::stage::{AT_RISK_AFTER, LAPSED_AFTER};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::json::check_length;
use crate::domain::support::suggest::nearest;

/// How soon after the delivery an open or a click is a machine's, where the setting says nothing.
pub const MACHINE_WITHIN: &str = "2 seconds";

/// How long ago the first row of a new customer may lie, by default.
pub const NEWCOMER_WITHIN: &str = "7 days";

/// The share of the customers or orders that a refresh may lose, by default.
pub const MAX_SHRINK: f64 = 0.3;

/// How a store finds out which customers have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changes {
    /// Triggers on the table note the customers of every statement.
    Triggers,
    /// A column that grows with every insert and update: an `updated_at`, or an id.
    Column,
    /// Numbers and checksums of each customer's rows are compared.
    Compare,
}

impl Changes {
    /// The name, as it is given.
    pub fn name(self) -> &'static str {
        match self {
            Changes::Triggers => "triggers",
            Changes::Column => "column",
            Changes::Compare => "compare",
        }
    }
}

/// What a row with an amount of NULL is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NullAmount {
    /// An order over 0: the customer has ordered.
    Zero,
    /// No order: the row is left out, and counted.
    Skip,
}

/// What a store reads after its table was replaced by another one of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    /// The table that has the name by then.
    Name,
    /// The table that it was attached to, whatever it is called.
    Oid,
}

/// All settings of a store. What is left out, or null, is as [`Settings::default`] says; `changes` and
/// `event_changes` are then chosen by what the table allows, and stand in what is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The relation of the orders.
    pub orders: String,
    /// The column of the customer's key.
    pub customer: String,
    /// The column of the instant: `timestamptz`, `timestamp` or `date`.
    pub ordered_at: String,
    /// The column of the order's number, where an order has several rows.
    pub order_key: Option<String>,
    /// The column of the amount.
    pub amount: Option<String>,
    /// The condition on a row for being an order, such as `status <> 'cancelled'`.
    pub status: Option<String>,
    /// The column of the sales channel.
    pub channel: Option<String>,
    /// The column of the voucher code with which the order was placed.
    pub code: Option<String>,
    /// How changes of orders are found.
    pub changes: Option<Changes>,
    /// The column that grows, for [`Changes::Column`].
    pub changed_at: Option<String>,
    /// The relation of the customers: those without an order are prospects.
    pub customers: Option<String>,
    /// Its key; by default the column of the same name as `customer`.
    pub customers_key: Option<String>,
    /// Its column of when consent was given.
    pub consented_at: Option<String>,
    /// The column of since when a person is a customer: of the customers' relation, or else of the orders.
    pub customer_since: Option<String>,
    /// Columns that the profile carries along, of the customers' relation, or else of the last order.
    pub attributes: Vec<String>,
    /// Attributes that are called otherwise than a column, or computed: for each of these the column, or an expression over the row.
    pub attribute_expressions: Option<BTreeMap<String, String>>,
    /// The relation of engagement events.
    pub events: Option<String>,
    /// Its column of the customer's key; by default of the same name as `customer`.
    pub event_customer: Option<String>,
    /// Its column of the instant.
    pub happened_at: Option<String>,
    /// Its column of the kind of event.
    pub kind: Option<String>,
    /// Its column of the channel.
    pub event_channel: Option<String>,
    /// The condition on a row for being an event.
    pub event_status: Option<String>,
    /// How changes of events are found.
    pub event_changes: Option<Changes>,
    /// The column that grows, for [`Changes::Column`].
    pub event_changed_at: Option<String>,
    /// The relation of refunds, where they are no rows of the orders.
    pub refunds: Option<String>,
    /// Its column of the order's number, by which a refund finds its order and the customer.
    pub refund_order: Option<String>,
    /// Its column of the customer's key, where it has no order's number.
    pub refund_customer: Option<String>,
    /// Its column of the instant.
    pub refunded_at: Option<String>,
    /// Its column of the amount, which lowers what the customer has spent, whatever its sign.
    pub refund_amount: Option<String>,
    /// The condition that makes a row of it a refund.
    pub refund_status: Option<String>,
    /// The relation of consents: what customers agreed to, and took back.
    pub consents: Option<String>,
    /// Its column of the customer's key; by default of the same name as `customer`.
    pub consent_customer: Option<String>,
    /// Its column of the channel; without it, and where it is NULL, a consent is for all channels.
    pub consent_channel: Option<String>,
    /// Its column of when the consent was given.
    pub consent_given_at: Option<String>,
    /// Its column of when the consent was taken back.
    pub consent_withdrawn_at: Option<String>,
    /// The time zone in which days and months end.
    pub time_zone: Option<String>,
    /// The time zone in which columns without one were written; null for `time_zone`.
    pub ordered_at_zone: Option<String>,
    /// The keys that are nobody, such as 0 or the empty text: rows with them are left out.
    #[serde(deserialize_with = "one_or_many")]
    pub guest: Vec<String>,
    /// What a row with an amount of NULL is.
    pub null_amount: NullAmount,
    /// What the store reads after its table was replaced.
    pub follow: Follow,
    /// The column of the amount's currency, where there are several.
    pub currency_column: Option<String>,
    /// The relation of rates by which amounts of other currencies are converted: its columns are currency, day and rate.
    pub rates: Option<String>,
    /// The currency of the amounts, which is shown; those of other currencies are converted into it, if there are rates.
    pub currency: Option<String>,
    /// The segment grid, of `lifecycle.segment_grid`.
    pub grid: String,
    /// The model of purchases that is fitted.
    pub model: String,
    /// How long a fit is used before it is made anew.
    pub refit: String,
    /// How far predictions look ahead.
    pub horizon: String,
    /// The years of the simple lifetime value.
    pub ltv_years: f64,
    /// The yearly discount of the predicted lifetime value.
    pub annual_discount_rate: f64,
    /// The margin of the predicted lifetime value.
    pub margin: f64,
    /// Overdue ratio above which a customer is at risk.
    pub at_risk_after: f64,
    /// Overdue ratio above which a customer has lapsed.
    pub lapsed_after: f64,
    /// How far before the highest value seen [`Changes::Column`] reads again, for what was committed late: an interval, or a
    /// number where the column is one.
    pub overlap: Option<String>,
    /// How often all histories are held against the rows of the sources, for what was not noticed.
    pub reconcile: String,
    /// Words of the owner's own for kinds of events that `lifecycle.record_event` takes, beside those that journeys name.
    pub event_kinds: Option<Vec<String>>,
    /// Channels beside those that every store knows and those that journeys name.
    pub channels: Option<Vec<String>>,
    /// How soon after the delivery an open or a click is a machine's; [`MACHINE_WITHIN`] if it does not say.
    pub machine_within: Option<String>,
    /// How long ago the first row of a customer who is new may lie.
    pub newcomer_within: String,
    /// The share of the customers or orders that a refresh may lose, from 0 to 1; a refresh that would lose more is held.
    pub max_shrink: f64,
    /// For how long rows of persons are kept, by their kind; what it does not name is kept.
    pub retain: Option<BTreeMap<String, String>>,
    /// The share of messages answered by a complaint beyond which a journey is held, from 0 to 1.
    pub max_complaints: f64,
    /// The share of messages that bounced for good beyond which a journey is held, from 0 to 1.
    pub max_bounces: f64,
    /// The role that may read the views; null for the store's name and `_reader`, empty for none.
    pub reader: Option<String>,
    /// Whether other roles than members of the owner see the attributes in the views.
    pub reader_attributes: bool,
    /// Of each channel of journeys the attribute that says where its messages go.
    pub addresses: Option<BTreeMap<String, String>>,
    /// The role that may send the actions of journeys; null for the store's name and `_sender`, empty for none.
    pub sender: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            orders: String::new(),
            customer: String::new(),
            ordered_at: String::new(),
            order_key: None,
            amount: None,
            status: None,
            channel: None,
            code: None,
            changes: None,
            changed_at: None,
            customers: None,
            customers_key: None,
            consented_at: None,
            customer_since: None,
            attributes: Vec::new(),
            attribute_expressions: None,
            events: None,
            event_customer: None,
            happened_at: None,
            kind: None,
            event_channel: None,
            event_status: None,
            event_changes: None,
            event_changed_at: None,
            refunds: None,
            refund_order: None,
            refund_customer: None,
            refunded_at: None,
            refund_amount: None,
            refund_status: None,
            consents: None,
            consent_customer: None,
            consent_channel: None,
            consent_given_at: None,
            consent_withdrawn_at: None,
            time_zone: None,
            ordered_at_zone: None,
            guest: Vec::new(),
            null_amount: NullAmount::Zero,
            follow: Follow::Name,
            currency_column: None,
            rates: None,
            currency: None,
            grid: DEFAULT_GRID.to_owned(),
            model: ModelKind::DEFAULT.name().to_owned(),
            refit: "7 days".to_owned(),
            horizon: "1 year".to_owned(),
            ltv_years: 3.0,
            annual_discount_rate: 0.1,
            margin: 1.0,
            at_risk_after: AT_RISK_AFTER,
            lapsed_after: LAPSED_AFTER,
            overlap: None,
            reconcile: "1 day".to_owned(),
            event_kinds: None,
            channels: None,
            machine_within: None,
            newcomer_within: NEWCOMER_WITHIN.to_owned(),
            max_shrink: MAX_SHRINK,
            retain: None,
            max_complaints: MAX_COMPLAINTS,
            max_bounces: MAX_BOUNCES,
            reader: None,
            reader_attributes: false,
            addresses: None,
            sender: None,
        }
    }
}

/// One value, or several in an array; numbers as they are written.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<String>, D::Error> {
    let text = |value: Value| match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(D::Error::custom(format!("a key is a text or a number, not {other}"))),
    };
    match Value::deserialize(deserializer)? {
        Value::Array(values) => values.into_iter().map(text).collect(),
        value => Ok(vec![text(value)?]),
    }
}

/// The role that a setting names: null for one that is called by the store and what it does, empty for none.
fn role(setting: Option<&str>, store: &str, does: &str) -> Option<String> {
    match setting {
        None => Some(format!("{store}_{does}")),
        Some("") => None,
        Some(role) => Some(role.to_owned()),
    }
}

/// The role that may send the actions of a store, by its setting `sender`, if there is to be one.
pub fn sender_role(setting: Option<&str>, store: &str) -> Option<String> {
    role(setting, store, "sender")
}

/// The settings that are conditions on a row.
pub const CONDITIONS: [&str; 3] = ["status", "event_status", "refund_status"];

/// The longest name of a store, in bytes: its triggers and its roles, whose names begin with it, must fit into the server's 63.
pub const LONGEST_NAME: usize = 40;

/// Checks the name of a store.
///
/// # Errors
/// [`Kind::InvalidName`].
pub fn check_name(name: &str) -> Result<()> {
    let refuse = |why: &str| {
        Err(Error::new(Kind::InvalidName, format!("\"{}\" cannot be the name of a store", shorten(name)))
            .detail(why)
            .hint("The store becomes a schema of this name. Choose another, such as shop."))
    };
    if name.is_empty() {
        return refuse("The name is empty.");
    }
    if name.len() > LONGEST_NAME {
        return refuse(&format!("It has {} bytes, and at most {LONGEST_NAME} are allowed.", name.len()));
    }
    if name.starts_with("pg_") || name == "information_schema" || name == "lifecycle" {
        return refuse("Such names are reserved.");
    }
    Ok(())
}

impl Settings {
    /// The settings in an object: what it leaves out, or says is null, is as by default.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for a setting that does not exist or a value that does not serve,
    /// [`Kind::NullNotAllowed`] where one is missing that every store needs.
    pub fn from_json(json: &str) -> Result<Self> {
        let mut given = object(json)?;
        given.retain(|_, value| !value.is_null());
        if let Some(name) = given.keys().find(|name| !Self::names().contains(name)) {
            return Err(unknown(name));
        }
        let settings: Settings = serde_path_to_error::deserialize(Value::Object(given)).map_err(|error| {
            let setting = error.path().to_string();
            malformed(&setting, &error.into_inner().to_string())
        })?;
        settings.check()?;
        Ok(settings)
    }

    /// The names of all settings.
    fn names() -> Vec<String> {
        match serde_json::to_value(Settings::default()) {
            Ok(Value::Object(all)) => all.into_iter().map(|(name, _)| name).collect(),
            _ => Vec::new(),
        }
    }

    /// These settings with some changed: those that are null go back to the default.
    ///
    /// # Errors
    /// As [`Settings::from_json`].
    pub fn changed(&self, json: &str) -> Result<Self> {
        let change = object(json)?;
        let mut all = object(&self.to_json())?;
        // How changes are found depends on the table: with another table it is chosen anew, unless it is said.
        for (relation, changes) in [("orders", "changes"), ("events", "event_changes")] {
            if change.contains_key(relation) {
                all.remove(changes);
            }
        }
        remove_with_relations(&mut all, &change);
        all.extend(change);
        Self::from_json(&Value::Object(all).to_string())
    }

    /// The settings that are conditions, and what each says.
    pub fn conditions(&self) -> [(&'static str, Option<&String>); 3] {
        let said = [&self.status, &self.event_status, &self.refund_status];
        std::array::from_fn(|i| (CONDITIONS[i], said[i].as_ref()))
    }

    /// The column of an attribute, or the expression that computes it.
    pub fn attribute_text<'a>(&'a self, name: &'a str) -> &'a str {
        self.attribute_expressions.as_ref().and_then(|all| all.get(name)).map_or(name, String::as_str)
    }

    /// Whether a change says something of this setting.
    pub fn changes_setting(&self, change: &str, setting: &str) -> bool {
        object(change).is_ok_and(|change| change.contains_key(setting))
    }

    /// Whether other settings make the store read its sources otherwise, so that all rows must be read again. What is named
    /// here is only about what is made of histories.
    pub fn reads_otherwise(&self, other: &Settings) -> bool {
        let reading = |settings: &Settings| Settings {
            follow: Follow::Name,
            // Amounts of other currencies depend on it, where there is a column that tells them.
            currency: settings.currency.clone().filter(|_| settings.currency_column.is_some()),
            grid: String::new(),
            model: String::new(),
            refit: String::new(),
            horizon: String::new(),
            ltv_years: 0.0,
            annual_discount_rate: 0.0,
            margin: 0.0,
            at_risk_after: 0.0,
            lapsed_after: 0.0,
            overlap: None,
            reconcile: String::new(),
            event_kinds: None,
            channels: None,
            machine_within: None,
            newcomer_within: String::new(),
            max_shrink: 0.0,
            retain: None,
            max_complaints: 0.0,
            max_bounces: 0.0,
            reader: None,
            reader_attributes: false,
            addresses: None,
            sender: None,
            ..settings.clone()
        };
        reading(self) != reading(other)
    }

    /// Whether other settings make other purchases of the same rows, or other people: where customers then stand elsewhere, it is not they
    /// who have moved.
    pub fn counts_otherwise(&self, other: &Settings) -> bool {
        let counted = |settings: &Settings| {
            let Settings { orders, customer, ordered_at, order_key, amount, status, guest, null_amount, .. } =
                settings.clone();
            let Settings { customers, customers_key, time_zone, ordered_at_zone, currency_column, rates, .. } =
                settings.clone();
            let Settings { refunds, refund_order, refund_customer, refunded_at, refund_amount, refund_status, .. } =
                settings.clone();
            let rows = (orders, customer, ordered_at, order_key, amount, status, guest, null_amount);
            let of_refunds = (refunds, refund_order, refund_customer, refunded_at, refund_amount, refund_status);
            (rows, customers, customers_key, time_zone, ordered_at_zone, currency_column, rates, of_refunds)
        };
        counted(self) != counted(other)
    }

    /// As JSON, without what is not set.
    pub fn to_json(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(all) = &mut value {
            all.retain(|_, value| !value.is_null());
        }
        value.to_string()
    }

    /// The name of the role that may read the views of a store, if there is to be one.
    pub fn reader_of(&self, store: &str) -> Option<String> {
        role(self.reader.as_deref(), store, "reader")
    }

    /// The name of the role that may send the actions of a store, if there is to be one.
    pub fn sender_of(&self, store: &str) -> Option<String> {
        sender_role(self.sender.as_deref(), store)
    }
}

/// Removes what was said of a relation that a change takes away.
fn remove_with_relations(all: &mut Map<String, Value>, change: &Map<String, Value>) {
    for (relation, of_it) in [
        ("customers", &["customers_key", "consented_at", "customer_since"][..]),
        ("refunds", &["refund_order", "refund_customer", "refunded_at", "refund_amount", "refund_status"]),
        ("consents", &["consent_customer", "consent_channel", "consent_given_at", "consent_withdrawn_at"]),
        (
            "events",
            &[
                "event_customer",
                "happened_at",
                "kind",
                "event_channel",
                "event_status",
                "event_changes",
                "event_changed_at",
            ],
        ),
    ] {
        if change.get(relation).is_some_and(Value::is_null) {
            of_it.iter().for_each(|name| drop(all.remove(*name)));
        }
    }
}

/// The values of an object. Each is read by itself, so that what is wrong with one, such as a number beyond all numbers, is said
/// of that one.
fn object(json: &str) -> Result<Map<String, Value>> {
    check_length(json)?;
    let raw: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json).map_err(|_| {
        Error::new(Kind::InvalidParameter, format!("the settings of a store must be a JSON object: {}", shorten(json)))
            .hint("Write them as '{\"grid\": \"rfm_125\"}'.")
    })?;
    raw.into_iter()
        .map(|(name, value)| match serde_json::from_str(value.get()) {
            Ok(value) => Ok((name, value)),
            Err(error) => Err(malformed(&name, &error.to_string())),
        })
        .collect()
}

fn unknown(name: &str) -> Error {
    let names = Settings::names();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let error = Error::new(Kind::InvalidParameter, format!("unknown setting: \"{}\"", shorten(name)))
        .detail(format!("The settings are: {}.", known.join(", ")));
    match nearest(name, &known) {
        Some(near) => error.hint(format!("Perhaps you meant {near}.")),
        None => error.hint("The page docs/stores/settings.md explains the settings."),
    }
}

/// The refusal of a value, by what the JSON reader says in Rust's words.
fn malformed(setting: &str, why: &str) -> Error {
    let why = [
        ("f64", "a number"),
        ("floating point", "the number"),
        ("invalid type: map", "invalid type: an object"),
        ("invalid type: sequence", "invalid type: an array"),
        ("invalid type: string", "invalid type: the text"),
        ("expected a map", "expected an object"),
        ("expected a sequence", "expected an array"),
        ("expected a string", "expected a text"),
    ]
    .iter()
    .fold(why.to_owned(), |why, (rust, json)| why.replace(rust, json));
    let why: String = why.chars().map(|char| if char.is_ascii() { char } else { '?' }).take(200).collect();
    Error::new(Kind::InvalidParameter, format!("setting \"{}\" has an invalid value", shorten(setting)))
        .detail(format!("The value is wrong: {}.", why.trim_end_matches('.')))
        .hint("The page docs/stores/settings.md explains the settings.")
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
