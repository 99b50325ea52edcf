//! Segments of customers: RFM scores, grids of segments, VIPs.
//!
//! A score places a customer among the others of a base by breaks, which are computed once for the base.
//!
//! | file | what it knows |
//! |---|---|
//! | [`rfm_breaks`], [`rfm`] | where one score ends and the next begins; the scores of a customer |
//! | `sql/segments/presets.sql` | the rules of the grids that come with the extension: which scores make a customer a Champion |
//! | [`grid`] | whether the rules of a grid are sound, and the segment that they give; `grid/published.rs` is for tests |
//! | [`explain`] | what would move a customer to another segment |
//! | [`vip`] | the best customers of a base |
//!
//! [`rfm`] repeats the grid `rfm_25` for calls that name no grid; a test holds the two together.
//!
//! It imports `support`, `time`, `history`.

pub mod explain;
pub mod grid;
pub mod rfm;
pub mod rfm_breaks;
pub mod vip;
