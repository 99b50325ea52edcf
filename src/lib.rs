//! pg_lifecycle: customer lifecycle analytics inside PostgreSQL.
//!
//! * [`domain`]: pure Rust: the history's layout, the mathematics, every rule.
//! * `pg`: the only rooms that know PostgreSQL: converts, checks, calls the domain, returns.
//! * `sql/`: the types, functions and aggregates as SQL sees them, one file per concept.

pub mod domain;

#[cfg(any(feature = "pg15", feature = "pg16", feature = "pg17", feature = "pg18"))]
mod pg;
