//! Figures of a whole base.
//!
//! Growth by calendar periods, cohorts, which customers bring the revenue, and why it changes.
//!
//! | file | what it knows |
//! |---|---|
//! | [`growth`], [`activity`] | how the active customers of one period become those of the next; what customers did in each period |
//! | [`cohort`] | customers by the period of their first purchase, and what they did since |
//! | [`concentration`] | how much of the revenue comes from how many customers |
//! | [`decomposition`] | where a change of revenue comes from |
//!
//! It imports `support`, `time`, `history`.

pub mod activity;
pub mod cohort;
pub mod concentration;
pub mod decomposition;
pub mod growth;
