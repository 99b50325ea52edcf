//! Results of journeys: reports, and the story of one customer.
//!
//! Both only read what runs have written.
//!
//! It imports `definition`, and the tables of `store`.

pub mod explain;
pub mod report;
