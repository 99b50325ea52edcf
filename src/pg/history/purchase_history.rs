//! `purchase_history`, the type: text and binary form, union, JSON.

use std::ffi::CStr;

use pgrx::pg_extern;

use super::{jsonb_of, parse, text_of};
use crate::domain::history::History;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::recv_buffer::{Message, message_bytes};
use crate::pg::ffi::varlena::{CText, ServerValue};

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
