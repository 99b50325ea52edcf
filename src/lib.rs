//! pg_lifecycle: customer lifecycle analytics inside PostgreSQL.
//!
//! * [`domain`]: pure Rust: the bytes of a history, the mathematics, every rule.
//! * `pg`: the only modules that know PostgreSQL: they convert, check, call the domain, and return.
//! * `sql/`: the types, functions and aggregates as SQL sees them, one file per concept.
//!
//! The three have folders of the same names. `domain` lists them in the order of the data's way.

pub mod domain;

#[cfg(any(feature = "pg15", feature = "pg16", feature = "pg17", feature = "pg18"))]
mod pg;
