//! pg_lifecycle: customer lifecycle analytics inside PostgreSQL.
//!
//! * [`domain`]: pure Rust: the bytes of a history, the mathematics, every rule.
//! * `pg`: the only modules that know PostgreSQL: they convert, check, call the domain, and return.
//! * `sql/`: the types, functions and aggregates as SQL sees them, one file per concept.
//!
//! The three have folders of the same names, and `src/domain/mod.rs` says what each is about. The head of each `mod.rs`
//! leads on to the files. `docs/` is for users, and `examples/` has the demo, a sender and dbt models.

pub mod domain;

#[cfg(any(feature = "pg15", feature = "pg16", feature = "pg17", feature = "pg18"))]
mod pg;
