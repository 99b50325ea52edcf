//! `purchase_history`, the type: text and binary form, union, JSON.

use std::ffi::{CStr, CString};

use pgrx::pg_extern;

use super::error::SqlResult;
use super::history::{jsonb_of, text_of};
use super::message::{Message, message_bytes};
use super::varlena::ServerValue;
use crate::domain::history::History;

#[pg_extern]
fn purchase_history_in(text: &CStr) -> SqlResult<History<'static>> {
    Ok(History::parse(&text.to_string_lossy())?)
}

#[pg_extern]
fn purchase_history_out(h: History<'_>) -> SqlResult<CString> {
    text_of(&h)
}

#[pg_extern]
fn purchase_history_recv(message: Message) -> SqlResult<History<'static>> {
    Ok(History::from_foreign_bytes(message_bytes(message)?)?)
}

#[pg_extern]
fn purchase_history_send(h: History<'_>) -> Vec<u8> {
    h.bytes().to_vec()
}

#[pg_extern]
fn purchase_history_union(a: History<'_>, b: History<'_>) -> SqlResult<History<'static>> {
    pgrx::check_for_interrupts!();
    Ok(a.union(&b)?)
}

#[pg_extern]
fn purchase_history_jsonb(h: History<'_>) -> SqlResult<Option<ServerValue>> {
    jsonb_of(&h)
}
