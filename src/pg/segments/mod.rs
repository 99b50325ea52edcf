//! SQL functions of segments: RFM scores, grids, VIPs.
//!
//! It imports `ffi`, and `domain::segments`.

pub mod explain;
pub mod grid;
pub mod rfm;
pub mod vip;
