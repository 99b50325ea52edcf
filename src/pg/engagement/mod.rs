//! SQL functions of engagement histories.
//!
//! It imports `ffi`, `history`, and `domain::engagement`.

pub mod engagement_history;
pub mod lifecycle_phase;
pub mod summary;
pub mod touch_paths;
