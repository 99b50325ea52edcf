//! How journeys decide: the SQL that enters, moves and releases customers.
//!
//! A run works on batches of customers; each step of a journey is decided for all customers who are due, in one statement.
//!
//! It imports `definition`, and the tables of `store`.

pub mod act;
pub mod batch;
pub mod caps;
pub mod conditions;
pub mod context;
pub mod decide;
pub mod enter;
pub mod leave;
pub mod simulation;
pub mod step_ctes;
pub mod step_due;
