//! What every other folder needs.
//!
//! Errors in words, whether long work is to go on, lines of JSON, exact counts over a base, SQL that is safe by its type, and the nearest
//! known name to one that is unknown.
//!
//! It imports nothing of the domain but itself.

pub mod dedup;
pub mod error;
pub mod interrupt;
pub mod json;
pub mod multiset;
pub mod received;
pub mod sql;
#[cfg(test)]
pub mod sql_parser;
pub mod suggest;
