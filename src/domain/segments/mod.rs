//! Segments of customers: RFM scores, grids of segments, VIPs.
//!
//! A score places a customer among the others of a base by breaks, which are computed once for the base.
//!
//! [`rfm_breaks`] and [`rfm`] make the scores, [`vip`] finds the best customers, and [`explain`] says what would move a customer.
//! [`grid`] checks the rules of a grid. The rules of the grids that come with the extension are rows of `sql/segments/presets.sql`;
//! `grid/published.rs` has them as they were published, with their mistakes, for tests.
//!
//! It imports `support`, `time`, `history`.

pub mod explain;
pub mod grid;
pub mod rfm;
pub mod rfm_breaks;
pub mod vip;
