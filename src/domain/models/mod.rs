//! Models that are fitted to a base, what they expect of a customer, and how well they have done.
//!
//! `bg_nbd`, `pareto_nbd` and `bg_bb` are the models of purchases, which `purchase_model` fits and asks; `rhythm` models the gaps,
//! `spend` the amounts, and `renewal` contracts. `backtest`, `tracking` and `accuracy` hold forecasts against what customers then did.
//!
//! It imports `support`, `time`, `math`, `history`.

pub mod accuracy;
pub mod backtest;
pub mod bg_bb;
pub mod bg_nbd;
pub mod discount;
pub mod fitted_json;
pub mod ltv;
pub mod pareto_nbd;
pub mod purchase_model;
#[cfg(test)]
pub mod reference;
pub mod regularity;
pub mod renewal;
pub mod rhythm;
pub mod spend;
pub mod tracking;
