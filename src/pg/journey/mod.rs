//! SQL functions of journeys: their definition, runs, delivery and results.
//!
//! It imports `ffi`, `store`, and `domain::journey`.

pub mod access;
pub mod claim;
pub mod definition;
pub mod delivery;
pub mod guard;
pub mod lifecycle;
pub mod record_event;
pub mod report;
pub mod run;
pub mod send_window;
pub mod simulation;
