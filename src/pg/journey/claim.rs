//! Handing over the actions of journeys to senders, who may do nothing else.
//!
//! A sender serves several stores, whose owners need not trust each other: each store is asked in a part of the transaction of its own,
//! for so long and no longer, so that what one of them has put on its tables costs no other its mail.

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::{CaughtError, ErrorReport};
use pgrx::{PgLogLevel, PgSqlErrorCode, name, pg_extern, pg_sys};

use super::access::{Grant, StoreAccess};
use super::hand_over::{Claim, Wanted, hand_over};
use super::handover;
use crate::domain::engagement::channel_word::channel_word;
use crate::domain::journey::delivery;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::cancel::{cancel_now, take_spent, was_canceled, within};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::owner_code::runs_for_another;
use crate::pg::ffi::spi::rows_of_kept;
use crate::pg::ffi::subtransaction::in_subtransaction;
use crate::pg::ffi::text::{Jsonb, Text, text_of};
use crate::pg::ffi::varlena::bytes_of;
use crate::pg::store::text_argument;

type Claims = TableIterator<
    'static,
    (
        name!(store, Text),
        name!(action, i64),
        name!(idempotency_key, Text),
        name!(customer, Option<Text>),
        name!(channel, Option<Text>),
        name!(template, Option<Text>),
        name!(payload, Option<Jsonb>),
        name!(journey, Option<Text>),
        name!(version, Option<i32>),
        name!(step, Option<Text>),
        name!(decided_at, Option<Instant>),
        name!(attempt, Option<i32>),
        name!(lease_until, Instant),
    ),
>;

/// The elements of an array.
///
/// # Safety
/// It must be a `text[]`.
pub unsafe fn texts(array: pg_sys::Datum) -> Vec<Option<String>> {
    let (mut values, mut nulls, mut count) = (std::ptr::null_mut(), std::ptr::null_mut(), 0);
    // SAFETY: the caller vouches for the type; the server makes two arrays of so many elements, which last as long as the call.
    unsafe {
        let array = pg_sys::pg_detoast_datum(array.cast_mut_ptr());
        pg_sys::deconstruct_array(
            array.cast(),
            pg_sys::TEXTOID,
            -1,
            false,
            b'i' as std::ffi::c_char,
            &raw mut values,
            &raw mut nulls,
            &raw mut count,
        );
        (0..count as usize).map(|i| (!*nulls.add(i)).then(|| text_of(bytes_of(*values.add(i))))).collect()
    }
}

/// The stores that a call names, each once; None if it names none.
fn named_stores(fcinfo: pg_sys::FunctionCallInfo) -> Result<Option<Vec<String>>> {
    // SAFETY: the call's own arguments.
    let arguments = unsafe { Arguments::of(fcinfo) };
    if arguments.datum(3).is_none() && arguments.datum(4).is_none() {
        return Ok(None);
    }
    let mut names = Vec::new();
    if arguments.datum(3).is_some() {
        names.push(text_argument(fcinfo, 3, "store")?);
    }
    if let Some(stores) = arguments.datum(4) {
        // SAFETY: SQL declares the argument as text[].
        for name in unsafe { texts(stores) } {
            names.push(name.ok_or_else(|| Error::new(Kind::NullNotAllowed, "stores must not hold NULL"))?);
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(Some(names))
}

/// The stores that a call is about, in any order.
fn stores_of(fcinfo: pg_sys::FunctionCallInfo) -> Result<Vec<StoreAccess>> {
    let Some(names) = named_stores(fcinfo)? else { return Ok(StoreAccess::own()) };
    let mut stores_of = Vec::new();
    for name in names {
        stores_of.push(StoreAccess::named(&name, Grant::Actions)?);
    }
    // SAFETY: draws from the server's generator.
    stores_of.sort_by_cached_key(|_| unsafe { pg_sys::pg_prng_uint64(&raw mut pg_sys::pg_global_prng_state) });
    Ok(stores_of)
}

/// What a store hands over; nothing, and a warning, if it cannot. A cancel by the session's user is passed on.
fn claimed(access: &StoreAccess, budget: i64, wanted: &Wanted<'_>) -> Vec<Claim> {
    if let Err(error) = access.check_layout() {
        let code = PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
        warn(access, code, &error.message, error.hint.as_deref());
        return Vec::new();
    }
    let result = in_subtransaction(|| within(budget, || access.run(|| hand_over(access, wanted, budget))));
    let is_spent = take_spent();
    let error = match result {
        Ok(Ok(claims)) => return claims,
        Ok(Err(error)) => {
            let code = PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
            warn(access, code, &error.message, error.hint.as_deref());
            return Vec::new();
        }
        Err(error) => error,
    };
    let report = match &error {
        CaughtError::PostgresError(report) | CaughtError::ErrorReport(report) => report,
        CaughtError::RustPanic { .. } => error.rethrow(),
    };
    let is_cancel = report.sql_error_code() == PgSqlErrorCode::ERRCODE_QUERY_CANCELED;
    if was_canceled() {
        if is_cancel {
            error.rethrow();
        }
        // The code has caught it and raised another error.
        cancel_now();
    }
    let what = if is_cancel && is_spent {
        format!("it took longer than the budget of {}", delivery::shown(budget))
    } else {
        shorten(report.message())
    };
    warn(access, report.sql_error_code(), &what, None);
    Vec::new()
}

/// Says that a store hands nothing over, and why.
fn warn(access: &StoreAccess, code: PgSqlErrorCode, what: &str, hint: Option<&str>) {
    let message = format!("store \"{}\" hands nothing over: {} {what}", shorten(&access.store.name), sqlstate(code));
    let warning = ErrorReport::new(PgSqlErrorCode::ERRCODE_WARNING, message, "pg_lifecycle");
    let warning = match hint {
        Some(hint) => warning.set_hint(hint.to_owned()),
        None => warning,
    };
    warning.report(PgLogLevel::WARNING);
}

/// The five characters of a SQLSTATE.
fn sqlstate(code: PgSqlErrorCode) -> String {
    let code = code as u32;
    (0..5).map(|place| char::from(((code >> (6 * place)) & 0x3F) as u8 + b'0')).collect()
}

/// (channel, n, lease, store, stores, budget)
// SQL: claim_actions(text, integer, interval, text, text[], interval) SETOF record
#[pg_extern]
fn claim_actions(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Claims> {
    let channel = channel_word(&text_argument(fcinfo, 0, "channel")?);
    // SAFETY: the call's own arguments; SQL declares the lease and the budget as interval.
    let (arguments, lease, budget) = unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments, arguments.interval_parts(2), arguments.interval_parts(5))
    };
    arguments.not_null(1, "n")?;
    arguments.not_null(2, "lease")?;
    arguments.not_null(5, "budget")?;
    let mut wanted = delivery::count(arguments.datum(1).map_or(0, |n| n.value() as i32))?;
    let lease = lease.map_or(Ok(0), |(months, days, micros)| delivery::lease(months, days, micros))?;
    let budget = budget.map_or(Ok(0), |(months, days, micros)| delivery::budget(months, days, micros))?;
    if runs_for_another() {
        return Err(Error::new(
            Kind::NotAllowed,
            "cannot execute lifecycle.claim_actions within security-restricted operation",
        )
        .detail("The statement runs code of a store's owner in the session of another role.")
        .into());
    }
    // What no store could do is not the stores' failure.
    // SAFETY: checks variables of the backend; the name is a C string.
    unsafe {
        pg_sys::PreventCommandIfReadOnly(c"lifecycle.claim_actions()".as_ptr());
        pg_sys::PreventCommandDuringRecovery(c"lifecycle.claim_actions()".as_ptr());
    }
    let stores_of = stores_of(fcinfo)?;
    if !handover::is_on() {
        ErrorReport::new(
            PgSqlErrorCode::ERRCODE_WARNING,
            "no action is handed over: pg_lifecycle.handover is off",
            "pg_lifecycle",
        )
        .set_hint(handover::HINT.to_owned())
        .report(PgLogLevel::WARNING);
        return Ok(TableIterator::new(Vec::new()));
    }
    let claimant =
        rows_of_kept("SELECT pg_catalog.format('%s (process %s)', CURRENT_USER, pg_catalog.pg_backend_pid())", &[]);
    let claimant = claimant.into_iter().next().and_then(|row| row.into_iter().next()?);
    let mut claims = Vec::new();
    for access in stores_of {
        pgrx::check_for_interrupts!();
        let asked = Wanted { channel: &channel, number: wanted, lease, claimant: claimant.as_deref() };
        let claimed = claimed(&access, budget, &asked);
        wanted -= claimed.len() as i32;
        claims.extend(claimed.into_iter().map(|claim| (access.store.name.clone(), claim)));
        if wanted <= 0 {
            break;
        }
    }
    Ok(TableIterator::new(claims.into_iter().map(move |(store, claim)| {
        (
            Text(store),
            claim.action,
            Text(claim.key),
            claim.customer.map(Text),
            Some(Text(channel.clone())),
            claim.template.map(Text),
            claim.payload.map(Jsonb),
            Some(Text(claim.journey)),
            Some(claim.version),
            Some(Text(claim.step)),
            claim.decided_at,
            Some(claim.attempts),
            claim.until,
        )
    })))
}
