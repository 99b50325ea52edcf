//! What the owner of a store says of the list of suppressions.

use pgrx::{pg_extern, pg_sys};

use super::access::{Grant, StoreAccess};
use super::delivery::optional_text;
use super::people::customer_to_write;
use super::record_event::{channel_of, check_key};
use crate::domain::journey::delivery;
use crate::domain::journey::engine::batch;
use crate::domain::journey::suppressions::{self, Reason};
use crate::domain::support::error::Result;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::owner_code::lifted;
use crate::pg::ffi::spi::{rows_of_kept, run_kept};
use crate::pg::store::text_argument;

/// Whom it is about, and what.
struct About {
    access: StoreAccess,
    customer: String,
    channel: Option<String>,
    topic: Option<String>,
}

impl About {
    fn of(fcinfo: pg_sys::FunctionCallInfo) -> Result<Self> {
        let store = text_argument(fcinfo, 0, "store")?;
        let customer = text_argument(fcinfo, 1, "customer")?;
        let (channel, topic) = (optional_text(fcinfo, 2)?, optional_text(fcinfo, 3)?);
        let access = StoreAccess::named(&store, Grant::Actions)?;
        check_key(&customer, access.store.key)?;
        let channel = channel.map(|channel| channel_of(&access, &channel)).transpose()?;
        let topic = topic.map(|topic| topic.trim().to_owned()).filter(|topic| !topic.is_empty());
        Ok(About { access, customer, channel, topic })
    }

    /// Locks the customer, or the one who was kept where this one was merged; that one's key.
    ///
    /// # Errors
    /// [`Kind::NotReady`](crate::domain::support::error::Kind::NotReady) for a customer who is forgotten.
    fn lock(&self) -> Result<String> {
        customer_to_write(&self.access, &self.customer, |customer| {
            lifted(|| rows_of_kept(batch::lock_customer(&self.access.store), &[Some(customer)]));
        })
    }
}

/// (store, customer, channel, topic, note)
// SQL: suppress(text, text, text, text, text) boolean
#[pg_extern]
fn suppress(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let about = About::of(fcinfo)?;
    let note = optional_text(fcinfo, 4)?;
    let About { access, channel, topic, .. } = &about;
    let (channel, topic) = (channel.as_deref(), topic.as_deref());
    Ok(access.run(|| -> Result<bool> {
        let customer = about.lock()?;
        let customer = Some(customer.as_str());
        let is_new =
            run_kept(suppressions::suppress_manually(&access.store), &[customer, channel, topic, note.as_deref()]) > 0;
        if topic.is_none() {
            run_kept(
                delivery::cancel(&access.store, access.layout, Reason::Manual),
                &[customer, channel, Some("infinity")],
            );
        }
        Ok(is_new)
    })?)
}

/// (store, customer, channel, topic)
// SQL: unsuppress(text, text, text, text) bigint
#[pg_extern]
fn unsuppress(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let about = About::of(fcinfo)?;
    let About { access, channel, topic, .. } = &about;
    Ok(access.run(|| -> Result<i64> {
        let customer = about.lock()?;
        let lifted = [Some(customer.as_str()), channel.as_deref(), topic.as_deref()];
        Ok(run_kept(suppressions::unsuppress(&access.store), &lifted) as i64)
    })?)
}
