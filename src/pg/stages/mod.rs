//! SQL functions of stages, of moves between them, and of rows without a history.
//!
//! It imports `ffi`, `models`, and `domain::stages`.

pub mod on_rows;
pub mod stage;
pub mod transitions;
