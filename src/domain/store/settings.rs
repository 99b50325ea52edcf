//! What a store can be told: the arguments of `lifecycle.attach`, and the values of `lifecycle.configure`.

use serde::{Deserialize, Serialize};

use crate::domain::error::{Error, Kind, Result, shorten};

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

/// Everything a store can be told. What is left out, or null, is as [`Settings::default`] says; `changes` and
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
    /// The column of the amount.
    pub amount: Option<String>,
    /// The condition on a row for being an order, such as `status <> 'cancelled'`.
    pub status: Option<String>,
    /// The column of the sales channel.
    pub channel: Option<String>,
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
    /// Columns that the profile carries along, of the customers' relation, or else of the last order.
    pub attributes: Vec<String>,
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
    /// The time zone in which days and months end.
    pub time_zone: Option<String>,
    /// The currency of the amounts, which is shown and not converted.
    pub currency: Option<String>,
    /// The segment grid, of `lifecycle.grid`.
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
    /// How often [`Changes::Column`] compares all customers too, for what the column does not show.
    pub reconcile: String,
    /// The role that may read the views; null for the store's name and `_reader`, empty for none.
    pub reader: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            orders: String::new(),
            customer: String::new(),
            ordered_at: String::new(),
            amount: None,
            status: None,
            channel: None,
            changes: None,
            changed_at: None,
            customers: None,
            customers_key: None,
            consented_at: None,
            attributes: Vec::new(),
            events: None,
            event_customer: None,
            happened_at: None,
            kind: None,
            event_channel: None,
            event_status: None,
            event_changes: None,
            event_changed_at: None,
            time_zone: None,
            currency: None,
            grid: "rfm_25".to_owned(),
            model: "mbg/nbd".to_owned(),
            refit: "7 days".to_owned(),
            horizon: "1 year".to_owned(),
            ltv_years: 3.0,
            annual_discount_rate: 0.1,
            margin: 1.0,
            at_risk_after: 1.1,
            lapsed_after: 2.0,
            overlap: None,
            reconcile: "1 day".to_owned(),
            reader: None,
        }
    }
}
