//! Pure Rust: the history's layout, the mathematics and every rule. Nothing here knows PostgreSQL, so that it can be
//! tested, fuzzed and measured with the ordinary tools: `cargo test --no-default-features`.
//!
//! The rooms in the order of the data's way; each imports only from those before it:
//!
//! | room | what it knows |
//! |---|---|
//! | [`error`] | what can be wrong with an input, in words |
//! | [`instant`], [`calendar`], [`time_unit`], [`money`], [`discount`] | when and how much |
//! | [`layout`], [`history`] | the bytes of a purchase history, and the value they are |
//! | [`reading`] | what a history says by itself |
//! | [`multiset`] | the counts over a base of customers |
//! | [`json`] | fitted values as one line of JSON |
//! | [`rfm`], [`rfm_breaks`] | scores and segments, and the breaks between scores |
//! | [`segment_grid`], [`explain_segment`], [`vip`] | segments as rules that can be checked, what leads to them, and heroes |
//! | [`gamma`], [`beta`], [`beta_geometric`] | special functions, and sums without cancellation |
//! | [`trapezoid`], [`powers_integral`] | quadrature of positive integrands |
//! | [`cholesky`], [`maximum_likelihood`] | how anything is fitted |
//! | [`fitted`] | the text form of fitted values, and its refusals |
//! | [`rhythm`] | the gaps between purchases in a base, and a customer's next purchase |
//! | [`gamma_gamma`] | what customers spend per purchase |
//! | [`btyd`] | buy-till-you-die models of purchases |
//! | [`sum`], [`accuracy`] | how good forecasts were |
//! | [`backtest`], [`tracking`] | a fitted model against what customers then did |
//! | [`regularity`] | how regularly a base buys, without a model to fit |
//! | [`renewal`] | who renews a contract, and for how long |
//! | [`stage`] | prospect, new, active, at risk, lapsed |
//! | [`ltv`] | lifetime value by the textbook formula |

pub mod accuracy;
pub mod backtest;
pub mod beta;
pub mod beta_geometric;
pub mod btyd;
pub mod calendar;
pub mod cholesky;
pub mod discount;
pub mod error;
pub mod explain_segment;
pub mod fitted;
pub mod gamma;
pub mod gamma_gamma;
pub mod history;
#[cfg(test)]
mod hypergeometric;
pub mod instant;
pub mod json;
pub mod layout;
pub mod ltv;
pub mod maximum_likelihood;
pub mod money;
pub mod multiset;
pub mod powers_integral;
pub mod reading;
#[cfg(test)]
mod reference;
pub mod regularity;
pub mod renewal;
pub mod rfm;
pub mod rfm_breaks;
pub mod rhythm;
pub mod segment_grid;
pub mod stage;
pub mod sum;
pub mod time_unit;
pub mod tracking;
pub mod trapezoid;
pub mod vip;
