//! Segments of customers: RFM scores, grids of segments, VIPs.
//!
//! A score places a customer among the others of a base by breaks, which are computed once for the base.
//!
//! It imports `support`, `history`.

pub mod explain;
pub mod grid;
pub mod rfm;
pub mod rfm_breaks;
pub mod vip;
