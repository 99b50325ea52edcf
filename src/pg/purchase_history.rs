//! `purchase_history`, the type: text and binary form, union, JSON.

use std::ffi::CStr;

use pgrx::pg_extern;

use super::error::SqlResult;
use super::history::{jsonb_of, parse, text_of};
use super::message::{Message, message_bytes};
use super::varlena::{CText, ServerValue};
use crate::domain::history::History;

#[pg_extern]
fn purchase_history_in(text: &CStr) -> SqlResult<History<'static>> {
    Ok(parse(text)?)
}

#[pg_extern]
fn purchase_history_out(h: History<'_>) -> SqlResult<CText<String>> {
    text_of(&h)
}

#[pg_extern]
fn purchase_history_recv(message: Message) -> SqlResult<History<'static>> {
    Ok(History::from_foreign_bytes(message_bytes(message)?)?)
}

#[pg_extern]
fn purchase_history_send(h: History<'_>) -> History<'_> {
    h
}

#[pg_extern]
fn purchase_history_union(a: History<'_>, b: History<'_>) -> SqlResult<History<'static>> {
    pgrx::check_for_interrupts!();
    Ok(a.union(&b)?)
}

// SQL: purchase_history_jsonb(purchase_history) jsonb STRICT
#[pg_extern]
fn purchase_history_jsonb(h: History<'_>) -> SqlResult<ServerValue> {
    jsonb_of(&h)
}
