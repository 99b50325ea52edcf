//! What is wrong with the settings of a store, as far as they say it themselves.

use super::retain::check_kind;
use super::settings::{Changes, Settings};
use crate::domain::engagement::channel_word::channel_word;
use crate::domain::engagement::event_kind::own_kind;
use crate::domain::models::purchase_model::model::ModelKind;
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// The longest name of a channel, in bytes.
const LONGEST_CHANNEL: usize = 63;

/// The longest name of a column, in bytes.
const LONGEST_COLUMN: usize = 63;

impl Settings {
    /// Checks all that can be checked without looking at the tables.
    pub(super) fn check(&self) -> Result<()> {
        for (name, value) in [("orders", &self.orders), ("customer", &self.customer), ("ordered_at", &self.ordered_at)]
        {
            if value.is_empty() {
                return Err(Error::new(Kind::NullNotAllowed, format!("{name} must not be NULL"))
                    .hint("A store needs at least orders (the table), customer and ordered_at (its columns)."));
            }
        }
        if self.sender.is_some() && self.sender == self.reader && self.reader.as_deref() != Some("") {
            return Err(Error::new(Kind::InvalidParameter, "reader and sender must be different roles")
                .hint("Name one role for each, and make a role that does both a member of both."));
        }
        let needs = |name: &str, needed: &str, because: &str| {
            Err(Error::new(Kind::InvalidParameter, format!("{needed} is needed with {because}"))
                .hint(format!("Give {needed}, or leave {name} out.")))
        };
        if self.events.is_some() {
            if self.happened_at.is_none() {
                return needs("events", "happened_at", "events");
            }
            if self.kind.is_none() {
                return needs("events", "kind", "events");
            }
        } else {
            let of_events = [
                ("event_customer", &self.event_customer),
                ("happened_at", &self.happened_at),
                ("kind", &self.kind),
                ("event_channel", &self.event_channel),
                ("event_status", &self.event_status),
                ("event_changed_at", &self.event_changed_at),
            ];
            if let Some((name, _)) = of_events.iter().find(|(_, value)| value.is_some()) {
                return needs(name, "events", name);
            }
        }
        self.check_refunds()?;
        if self.consents.is_some() {
            if self.consent_given_at.is_none() {
                return needs("consents", "consent_given_at", "consents");
            }
        } else {
            let of_consents = [
                ("consent_customer", &self.consent_customer),
                ("consent_channel", &self.consent_channel),
                ("consent_given_at", &self.consent_given_at),
                ("consent_withdrawn_at", &self.consent_withdrawn_at),
            ];
            if let Some((name, _)) = of_consents.iter().find(|(_, value)| value.is_some()) {
                return needs(name, "consents", name);
            }
        }
        if self.currency_column.is_some() && self.amount.is_none() {
            return needs("currency_column", "amount", "currency_column");
        }
        if self.rates.is_some() {
            if self.currency_column.is_none() {
                return needs("rates", "currency_column", "rates");
            }
            if self.currency.is_none() {
                return needs("rates", "currency", "rates");
            }
        }
        if self.customers.is_none() {
            for (name, value) in [("customers_key", &self.customers_key), ("consented_at", &self.consented_at)] {
                if value.is_some() {
                    return needs(name, "customers", name);
                }
            }
        }
        for (changes, column, changes_name, column_name) in [
            (self.changes, &self.changed_at, "changes", "changed_at"),
            (self.event_changes, &self.event_changed_at, "event_changes", "event_changed_at"),
        ] {
            if changes == Some(Changes::Column) && column.is_none() {
                return needs(changes_name, column_name, &format!("{changes_name} = column"));
            }
        }
        for word in self.event_kinds.iter().flatten() {
            own_kind(word)?;
        }
        for channel in self.channels.iter().flatten() {
            if channel_word(channel).is_empty() || channel.len() > LONGEST_CHANNEL {
                return Err(Error::new(Kind::InvalidParameter, format!("\"{}\" is no channel", shorten(channel)))
                    .hint(format!("A channel has from 1 to {LONGEST_CHANNEL} letters, such as letter.")));
            }
        }
        for (name, text) in self.attribute_expressions.iter().flatten() {
            let refuse = |why: &str| {
                Err(Error::new(Kind::InvalidParameter, format!("attribute_expressions: \"{}\" {why}", shorten(name)))
                    .hint(r#"Write {"attributes": ["country"], "attribute_expressions": {"country": "upper(country_code)"}}."#))
            };
            if !self.attributes.contains(name) {
                return refuse("is no attribute");
            }
            if name.is_empty() || name.len() > LONGEST_COLUMN {
                return refuse(&format!("cannot be a column: a name has from 1 to {LONGEST_COLUMN} bytes"));
            }
            if text.trim().is_empty() {
                return refuse("names no column and no expression");
            }
        }
        for (channel, attribute) in self.addresses.iter().flatten() {
            if !self.attributes.contains(attribute) {
                return Err(Error::new(
                    Kind::InvalidParameter,
                    format!(
                        "addresses: \"{}\" of channel \"{}\" is no attribute",
                        shorten(attribute),
                        shorten(channel)
                    ),
                )
                .hint("Name one of the columns of the setting attributes, such as {\"email\": \"email\"}."));
            }
        }
        self.retain.iter().flatten().try_for_each(|(kind, _)| check_kind(kind))?;
        ModelKind::named(&self.model)?;
        let number = |name: &str, value: f64, fits: bool, range: &str| {
            if fits {
                return Ok(());
            }
            Err(Error::new(Kind::InvalidParameter, format!("{name} must be {range}, and is {value}")))
        };
        number("ltv_years", self.ltv_years, (0.0..=1000.0).contains(&self.ltv_years), "from 0 to 1000")?;
        let rate = self.annual_discount_rate;
        number("annual_discount_rate", rate, (0.0..=10.0).contains(&rate), "from 0 to 10")?;
        number("margin", self.margin, (0.0..=1.0).contains(&self.margin), "from 0 to 1")?;
        let is_share = |value: f64| (0.0..=1.0).contains(&value);
        number("max_complaints", self.max_complaints, is_share(self.max_complaints), "from 0 to 1")?;
        number("max_bounces", self.max_bounces, is_share(self.max_bounces), "from 0 to 1")?;
        number("at_risk_after", self.at_risk_after, self.at_risk_after > 0.0, "above 0")?;
        number("max_shrink", self.max_shrink, (0.0..=1.0).contains(&self.max_shrink), "from 0 to 1")?;
        let lapsed = self.lapsed_after;
        number("lapsed_after", lapsed, lapsed >= self.at_risk_after, "at least at_risk_after")?;
        Ok(())
    }
}

impl Settings {
    /// Checks what is said of refunds.
    fn check_refunds(&self) -> Result<()> {
        let refuse =
            |message: String, hint: &str| Err(Error::new(Kind::InvalidParameter, message).hint(hint.to_owned()));
        let of_refunds = [
            ("refund_order", &self.refund_order),
            ("refund_customer", &self.refund_customer),
            ("refunded_at", &self.refunded_at),
            ("refund_amount", &self.refund_amount),
            ("refund_status", &self.refund_status),
        ];
        if self.refunds.is_none() {
            return match of_refunds.iter().find(|(_, value)| value.is_some()) {
                Some((name, _)) => refuse(
                    format!("refunds is needed with {name}"),
                    "Give refunds, the table, or leave the columns out.",
                ),
                None => Ok(()),
            };
        }
        for (name, value) in
            [("amount", &self.amount), ("refunded_at", &self.refunded_at), ("refund_amount", &self.refund_amount)]
        {
            if value.is_none() {
                return refuse(format!("{name} is needed with refunds"), "Give the column, or leave refunds out.");
            }
        }
        match (&self.refund_order, &self.refund_customer) {
            (None, None) => refuse(
                "refund_order or refund_customer is needed with refunds".to_owned(),
                "Name the column of the order's number, or that of the customer.",
            ),
            (Some(_), Some(_)) => refuse(
                "refund_order and refund_customer cannot both be given".to_owned(),
                "With refund_order the customer is that of the order.",
            ),
            (Some(_), None) if self.order_key.is_none() => refuse(
                "order_key is needed with refund_order".to_owned(),
                "Name the column of the orders that refund_order refers to.",
            ),
            (None, Some(_)) if self.currency_column.is_some() => refuse(
                "refund_customer cannot be given along with currency_column".to_owned(),
                "Name the order of a refund (refund_order): the refund is in the currency of its order.",
            ),
            _ => Ok(()),
        }
    }
}
