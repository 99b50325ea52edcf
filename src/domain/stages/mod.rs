//! Lifecycle stages, and the moves between them.
//!
//! A stage follows from how long a customer has been silent, measured by the gap that is expected.
//!
//! | file | what it knows |
//! |---|---|
//! | [`stage`] | the stages, and the thresholds from which a customer is at risk or lapsed |
//! | [`transitions`] | which moves between stages occur, and how large each stage will be |
//!
//! It imports `support`, `math`.

pub mod stage;
pub mod transitions;
