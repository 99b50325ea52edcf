//! Pure Rust: the bytes of a history, the mathematics and every rule. Nothing here knows PostgreSQL, so that it can be
//! tested, fuzzed and measured with the ordinary tools: `cargo test --no-default-features`.
//!
//! The folders in the order of the data's way. A file imports from its own folder and from those before it, never from a later
//! one: `tests/tree.rs` fails otherwise. `src/pg`, `sql` and `docs` use the same names.
//!
//! | folder | what it knows |
//! |---|---|
//! | [`support`] | errors in words, long work that asks whether to go on, JSON, exact counts |
//! | [`time`] | instants, calendars, periods, lengths of time |
//! | [`math`] | special functions, quadrature, the search for a maximum |
//! | [`history`] | the purchases of a customer: their bytes, and what they say by themselves |
//! | [`engagement`] | messages, what customers do with them, and where a relationship stands |
//! | [`segments`] | RFM scores, grids of segments, VIPs |
//! | [`models`] | BG/NBD, Pareto/NBD, BG/BB, rhythm, spend, contracts; and how well they forecast |
//! | [`stages`] | prospect, new, active, at risk, lapsed; and the moves between them |
//! | [`base_metrics`] | growth, cohorts, concentration and decomposition of revenue |
//! | [`experiment`] | treated customers against control customers |
//! | [`store`] | an attached order table: its settings, and the SQL of all that is kept of it |
//! | [`journey`] | chains of messages to the customers of a store: their definition, and the SQL that decides |
//! | [`audience`] | conditions on customers that have a name, and what copies in other places read |

pub mod audience;
pub mod base_metrics;
pub mod engagement;
pub mod experiment;
pub mod history;
pub mod journey;
pub mod math;
pub mod models;
pub mod segments;
pub mod stages;
pub mod store;
pub mod support;
pub mod time;
