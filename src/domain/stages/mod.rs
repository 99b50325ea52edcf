//! Lifecycle stages, and the moves between them.
//!
//! A stage follows from how long a customer has been silent, measured by the gap that is expected.
//!
//! It imports `support`, `math`.

pub mod stage;
pub mod transitions;
