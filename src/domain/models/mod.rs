//! Models that are fitted to a base, what they expect of a customer, and how well they have done.
//!
//! | file | what it knows |
//! |---|---|
//! | [`bg_nbd`], [`pareto_nbd`], [`bg_bb`] | the models of purchases: formulas, likelihood, expectations. [`bg_nbd`] has NBD and MBG/NBD too |
//! | [`purchase_model`] | any of them as a value: how it is fitted, and what a customer is worth by it |
//! | [`rhythm`], [`regularity`] | the gaps between purchases, by a model and without one |
//! | [`spend`], [`renewal`] | the amounts of purchases; contracts and their renewals |
//! | [`ltv`], [`discount`] | lifetime value by the textbook formula; discount rates |
//! | [`backtest`], [`tracking`], [`accuracy`] | forecasts against what customers then did |
//! | [`fitted_json`] | what the JSON of all fitted values has in common |
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
