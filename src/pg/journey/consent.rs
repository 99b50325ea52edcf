//! What customers have agreed to, as senders and forms tell it.

use pgrx::{pg_extern, pg_sys};

use super::access::{Grant, StoreAccess};
use super::delivery::optional_text;
use super::people::customer_to_write;
use super::record_event::{channel_of, check_key, instant};
use crate::domain::support::error::Result;
use crate::domain::support::sql::sql;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::spi::run_kept;
use crate::pg::store::text_argument;

/// Writes a row: what was given, with its evidence, or taken back.
fn write(fcinfo: pg_sys::FunctionCallInfo, is_given: bool) -> Result<()> {
    let (store, customer) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "customer")?);
    let channel = optional_text(fcinfo, 2)?;
    // SAFETY: the call's own arguments.
    let at = instant(unsafe { Arguments::of(fcinfo) }, 3)?.to_string();
    let evidence = if is_given { optional_text(fcinfo, 4)? } else { None };
    let access = StoreAccess::named(&store, Grant::Actions)?;
    check_key(&customer, access.store.key)?;
    // Consent that is taken back by a way that nothing knows would be lost.
    let channel = channel.map(|channel| channel_of(&access, &channel)).transpose()?;
    let (given, withdrawn) = if is_given { (Some(at.as_str()), None) } else { (None, Some(at.as_str())) };
    access.run(|| {
        let customer = customer_to_write(&access, &customer, |_| ())?;
        run_kept(
            sql!(access.store, "sql/write_consent.sql"),
            &[Some(&customer), channel.as_deref(), given, evidence.as_deref(), withdrawn],
        );
        Ok(())
    })
}

/// (store, customer, channel, at, evidence)
// SQL: record_consent(text, text, text, timestamptz, text) void
#[pg_extern]
fn record_consent(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(write(fcinfo, true)?)
}

/// (store, customer, channel, at)
// SQL: withdraw_consent(text, text, text, timestamptz) void
#[pg_extern]
fn withdraw_consent(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(write(fcinfo, false)?)
}
