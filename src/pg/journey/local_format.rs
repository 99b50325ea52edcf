//! Dates and money for letters, as people of a language and country write them.

use pgrx::{pg_extern, pg_sys};

use crate::domain::journey::local_format::{date, known, locale, money};
use crate::domain::support::error::Kind;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::numeric::amount_of;
use crate::pg::ffi::text::text_of;
use crate::pg::ffi::varlena::ServerValue;

/// (at, format, locale)
// SQL: local_date(timestamp, text, text) text STRICT
#[pg_extern]
fn local_date(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<String>> {
    // SAFETY: the call's own arguments, which SQL declares as a timestamp and two texts, and never NULL.
    let (at, format, name) = unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments.datum(0), arguments.bytes(1), arguments.bytes(2))
    };
    let (Some(at), Some(format), Some(name)) = (at, format, name) else { return Ok(None) };
    let locale = locale(&text_of(name))?;
    match date(at.value() as i64, &text_of(format), locale) {
        Err(error) if error.kind == Kind::DatetimeOutOfRange => Ok(None),
        text => Ok(Some(text?)),
    }
}

/// (amount, currency, locale)
// SQL: local_money(numeric, text, text) text STRICT
#[pg_extern]
fn local_money(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<String>> {
    // SAFETY: the call's own arguments, which SQL declares as a numeric and two texts, and never NULL.
    let (amount, currency, name) = unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments.datum(0), arguments.bytes(1), arguments.bytes(2))
    };
    let (Some(amount), Some(currency), Some(name)) = (amount, currency, name) else { return Ok(None) };
    let locale = locale(&text_of(name))?;
    // What no history can hold is no amount either.
    // SAFETY: SQL declares it as a numeric.
    let amount = unsafe { amount_of(amount) }.ok().flatten();
    Ok(amount.map(|amount| money(amount, &text_of(currency), locale)))
}

/// (locale, otherwise)
// SQL: known_locale(text, text) text
#[pg_extern]
fn known_locale(fcinfo: pg_sys::FunctionCallInfo) -> Option<ServerValue> {
    // SAFETY: the call's own arguments, of which SQL declares both as text.
    let (arguments, name) = unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments, arguments.bytes(0))
    };
    let is_known = name.is_some_and(|name| known(&text_of(name)).is_some());
    arguments.datum(if is_known { 0 } else { 1 }).map(ServerValue)
}
