//! SQL aggregates of a whole base.
//!
//! It imports `ffi`, and `domain::base_metrics`.

pub mod cohort;
pub mod concentration;
pub mod decomposition;
pub mod growth;
pub mod timeline;
