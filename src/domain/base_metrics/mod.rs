//! Figures of a whole base.
//!
//! Growth by calendar periods, cohorts, which customers bring the revenue, and why it changes.
//!
//! It imports `support`, `time`, `history`.

pub mod activity;
pub mod cohort;
pub mod concentration;
pub mod decomposition;
pub mod growth;
