//! Results of journeys: reports, the story of one customer, the way through a journey as a diagram, and the health of stores.
//!
//! Both only read what runs have written.
//!
//! It imports `definition`, and the tables of `store`.

pub mod explain;
pub mod flowchart;
pub mod health;
pub mod lift;
pub mod report;
