//! SQL functions that fit models, ask them, and judge them.
//!
//! It imports `ffi`, and `domain::models`.

pub mod backtest;
pub mod fit_arguments;
pub mod forecaster;
pub mod ltv;
pub mod ltv_model;
pub mod prediction;
pub mod purchase_model;
pub mod regularity;
pub mod renewal;
pub mod renewal_projection;
pub mod rhythm;
pub mod spend;
pub mod tracking;
