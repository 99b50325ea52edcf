//! Results of journeys: reports, how large an experiment must be, the story of one customer, the way through a journey as a diagram,
//! and the health of stores.
//!
//! All of it only reads what runs and simulations have written.
//!
//! It imports `definition`, and the tables of `store`.

pub mod experiment;
pub mod explain;
pub mod flowchart;
pub mod health;
pub mod lift;
pub mod report;
