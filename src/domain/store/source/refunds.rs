//! Whether a relation of refunds fits, and how its changes are found.

use super::order_link::is_notable;
use super::{AMOUNTS, INSTANTS, Relation};
use crate::domain::store::Key;
use crate::domain::store::settings::{Changes, Settings};
use crate::domain::support::error::{Error, Kind, Result};

impl Relation {
    /// Checks the columns of refunds.
    pub(super) fn fit_as_refunds<'a>(
        &'a self,
        settings: &Settings,
        keys: &mut Vec<(&'static str, String, &'a Relation, Key)>,
    ) -> Result<()> {
        if let Some(customer) = &settings.refund_customer {
            keys.push(("refund_customer", customer.clone(), self, self.key("refund_customer", customer)?));
        }
        if let Some(order) = &settings.refund_order {
            self.column("refund_order", order)?;
        }
        if let Some(refunded_at) = &settings.refunded_at {
            self.column_of("refunded_at", refunded_at, &INSTANTS)?;
        }
        if let Some(amount) = &settings.refund_amount {
            self.column_of("refund_amount", amount, &AMOUNTS)?;
        }
        Ok(())
    }

    /// The way in which changes of the orders and of these refunds are found: by triggers on both, or by comparing all rows.
    pub(super) fn changes_with_refunds(&self, settings: &Settings, orders: &Relation) -> Result<Changes> {
        let hindered = |relation: &Relation| {
            let keys = settings.order_key.as_ref().zip(settings.refund_order.as_ref());
            let unnotable = keys.filter(|(key, order)| !is_notable((orders, key), self, order));
            match (relation.no_triggers(), unnotable) {
                (Some(why), _) => Some(why),
                (None, Some(_)) => Some((
                    Kind::NotSupported,
                    "refund_order is of another type than order_key, or its text depends on settings of the session.",
                )),
                (None, None) => None,
            }
        };
        match settings.changes {
            Some(Changes::Compare) => Ok(Changes::Compare),
            Some(Changes::Column) => Err(Error::new(
                Kind::NotSupported,
                format!("changes of {} cannot be found with changes => 'column'", self.shown()),
            )
            .detail("No column shows which refunds have changed.")
            .hint("Leave changes out: triggers note the changes, or all rows are compared.")),
            Some(Changes::Triggers) => match hindered(self) {
                None => Ok(Changes::Triggers),
                Some((kind, why)) => {
                    Err(Error::new(kind, format!("triggers cannot note the changes of {} (refunds)", self.shown()))
                        .detail(why)
                        .hint("Leave changes out (null in lifecycle.configure): all rows are compared then."))
                }
            },
            None if settings.changed_at.is_some() || orders.no_triggers().is_some() || hindered(self).is_some() => {
                Ok(Changes::Compare)
            }
            None => Ok(Changes::Triggers),
        }
    }
}
