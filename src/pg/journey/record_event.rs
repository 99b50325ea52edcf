//! What came back: events that senders and others tell of, once each.

use pgrx::{pg_extern, pg_sys};

use super::access::{Grant, StoreAccess};
use super::delivery::{no_action, optional_text, present, withheld};
use crate::domain::engagement::event_kind::DELIVERY_EVIDENCE_KINDS;
use crate::domain::engagement::event_kind::event_kind;
use crate::domain::journey::delivery;
use crate::domain::journey::engine::batch;
use crate::domain::store::Key;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::instant::{DAY, Instant};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::owner_code::lifted;
use crate::pg::ffi::spi::{rows_of_kept, run_kept};
use crate::pg::ffi::text::jsonb_text;
use crate::pg::store::text_argument;

fn refused(message: impl Into<String>) -> Error {
    Error::new(Kind::InvalidParameter, message)
}

/// Refuses a text that is no key of this type.
///
/// # Errors
/// [`Kind::InvalidText`].
pub fn check_key(customer: &str, key: Key) -> Result<()> {
    let text = customer.trim();
    let fits = match key {
        Key::BigInt => text.parse::<i64>().is_ok(),
        Key::Integer => text.parse::<i32>().is_ok(),
        Key::Uuid => {
            let digits = text.chars().filter(char::is_ascii_hexdigit).count();
            digits == 32 && text.chars().all(|char| char.is_ascii_hexdigit() || "{}-".contains(char))
        }
        Key::Text => true,
    };
    if fits {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidText, format!("customer \"{}\" is not of type {}", shorten(customer), key.name()))
        .hint("Give the key of a customer, as in the store's tables."))
}

/// When it happened.
///
/// # Errors
/// [`Kind::NullNotAllowed`], and [`Kind::InvalidParameter`] if it is in the future.
pub fn instant(arguments: Arguments, number: usize) -> Result<Instant> {
    arguments.not_null(number, "at")?;
    let at = Instant::from_micros(arguments.datum(number).map_or(0, |at| at.value() as i64))?;
    if at.since(present()?) > DAY {
        return Err(refused("at is more than one day in the future").detail(format!("at is {at}.")));
    }
    Ok(at)
}

/// (store, kind, provider_id, action, customer, at, channel, detail)
// SQL: record_event(text, text, text, bigint, text, timestamptz, text, jsonb) boolean
#[pg_extern]
fn record_event(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let store = text_argument(fcinfo, 0, "store")?;
    let kind = event_kind(&text_argument(fcinfo, 1, "kind")?)?;
    if kind == "ordered" {
        return Err(refused("an order cannot be recorded as an event")
            .hint("Orders come from the store's table of orders: insert it there, and refresh the store.")
            .into());
    }
    let provider_id = optional_text(fcinfo, 2)?;
    if provider_id.as_deref() == Some("") {
        return Err(refused("provider_id must not be empty").hint("Leave it NULL if there is none.").into());
    }
    // SAFETY: the call's own arguments, of which SQL declares the last as jsonb.
    let (arguments, detail) = unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments, arguments.datum(7).and_then(|detail| jsonb_text(detail)))
    };
    let action = arguments.datum(3).map(|action| action.value() as i64);
    let (customer, channel) = (optional_text(fcinfo, 4)?, optional_text(fcinfo, 6)?);
    let at = instant(arguments, 5)?.to_string();
    let access = StoreAccess::of_any_layout(&store, Grant::Actions)?;
    let id = action.map(|action| action.to_string());
    let (customer, channel) = match (action, customer) {
        (Some(action), None) => {
            let row = access.run(|| rows_of_kept(delivery::action(&access.store), &[id.as_deref()])).into_iter().next();
            let mut row = row.ok_or_else(|| no_action(&store, action))?.into_iter();
            let (customer, own) = (row.next().flatten(), row.next().flatten());
            if row.next().flatten().as_deref() == Some("t") {
                return Err(withheld(&store).into());
            }
            if channel.is_some() && channel != own {
                let own = own.unwrap_or_default();
                return Err(refused(format!("action {action} was for channel \"{}\"", shorten(&own)))
                    .hint("Leave the channel out: the action has one.")
                    .into());
            }
            (customer.unwrap_or_default(), own)
        }
        (None, Some(customer)) => {
            check_key(&customer, access.store.key)?;
            (customer, channel)
        }
        _ => {
            return Err(refused("either the action or the customer must be given, and not both")
                .hint("An action names its customer and its channel.")
                .into());
        }
    };
    let (customer, channel) = (Some(customer.as_str()), channel.as_deref());
    Ok(access.run(|| {
        if delivery::unsubscribes(&kind) {
            // What is just being decided for the customer is to be cancelled, too.
            lifted(|| rows_of_kept(batch::lock_customer(&access.store), &[customer]));
        }
        let event =
            [customer, Some(&kind), Some(&at), id.as_deref(), channel, provider_id.as_deref(), detail.as_deref()];
        if run_kept(delivery::record(&access.store), &event) == 0 {
            return false;
        }
        if id.is_some() && DELIVERY_EVIDENCE_KINDS.contains(&kind.as_str()) {
            run_kept(delivery::prove(&access.store, access.layout), &[id.as_deref(), Some(&at)]);
        }
        if delivery::unsubscribes(&kind) {
            run_kept(delivery::cancel(&access.store, access.layout), &[customer, channel, Some(&at)]);
        }
        true
    }))
}
