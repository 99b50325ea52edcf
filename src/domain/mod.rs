//! Pure Rust: the history's layout, the mathematics and every rule. Nothing here knows PostgreSQL, so that it can be
//! tested, fuzzed and measured with the ordinary tools: `cargo test --no-default-features`.
//!
//! The files in the order of the data's way; each imports only from those before it.

pub mod calendar;
pub mod error;
pub mod history;
pub mod instant;
pub mod layout;
pub mod ltv;
pub mod money;
pub mod multiset;
pub mod reading;
pub mod rfm;
pub mod rfm_breaks;
pub mod stage;
