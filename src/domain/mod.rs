//! Pure Rust: the history's layout, the mathematics and every rule. Nothing here knows PostgreSQL, so that it can be
//! tested, fuzzed and measured with the ordinary tools: `cargo test --no-default-features`.
//!
//! The files in the order of the data's way; each imports only from those before it.

pub mod error;
pub mod multiset;
