//! Pure Rust: the history's layout, the mathematics and every rule. Nothing here knows PostgreSQL, so that it can be
//! tested, fuzzed and measured with the ordinary tools: `cargo test --no-default-features`.
//!
//! The rooms in the order of the data's way; each imports only from those before it:
//!
//! | room | what it knows |
//! |---|---|
//! | [`error`], [`interrupt`] | what can be wrong with an input, in words, and whether long work is to go on |
//! | [`instant`], [`calendar`], [`period`], [`time_unit`], [`money`], [`discount`] | when and how much |
//! | [`content`], [`layout`], [`history`] | what a history holds, its bytes, and the value they are |
//! | [`reading`], [`refunds`] | what a history says by itself, and which purchase a refund takes back |
//! | [`engagement`], [`engagement_reading`], [`standing`] | messages and what people do with them, and what such a history says |
//! | [`received`], [`multiset`] | vectors from another process, and the counts over a base of customers |
//! | [`json`], [`jsonb`] | fitted values as one line of JSON, and histories as the server's binary form of it |
//! | [`nearest`] | what somebody probably meant |
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
//! | [`activity`], [`growth`], [`cohort`] | a base by calendar periods: who came, stayed and went, and what cohorts bring |
//! | [`stage`] | prospect, new, active, at risk, lapsed |
//! | [`transitions`] | moves between stages |
//! | [`concentration`], [`decomposition`] | which customers bring the revenue, and why it changes |
//! | [`temperature`], [`lifecycle_phase`], [`relationship_stage`] | where a person stands by purchases and engagement |
//! | [`journey_paths`] | how people move from one touch to the next |
//! | [`ltv`] | lifetime value by the textbook formula |
//! | [`experiment`] | treated customers against control customers |
//! | [`earliest`], [`distinct`] | what came first and last, and which customers a statement touched |
//! | [`store`] | an attached order table: its settings, and the SQL of all that is kept of it |
//! | [`journey`] | chains of messages to the customers of a store: their definition, and the SQL that decides |

pub mod accuracy;
pub mod activity;
pub mod backtest;
pub mod beta;
pub mod beta_geometric;
pub mod btyd;
pub mod calendar;
pub mod cholesky;
pub mod cohort;
pub mod concentration;
pub mod content;
pub mod decomposition;
pub mod discount;
pub mod distinct;
pub mod earliest;
pub mod engagement;
pub mod engagement_reading;
pub mod error;
pub mod experiment;
pub mod explain_segment;
pub mod fitted;
pub mod gamma;
pub mod gamma_gamma;
pub mod growth;
pub mod history;
#[cfg(test)]
mod hypergeometric;
pub mod instant;
pub mod interrupt;
pub mod journey;
pub mod journey_paths;
pub mod json;
pub mod jsonb;
pub mod layout;
pub mod lifecycle_phase;
pub mod ltv;
pub mod maximum_likelihood;
pub mod money;
pub mod multiset;
pub mod nearest;
pub mod period;
pub mod powers_integral;
pub mod reading;
pub mod received;
#[cfg(test)]
mod reference;
pub mod refunds;
pub mod regularity;
pub mod relationship_stage;
pub mod renewal;
pub mod rfm;
pub mod rfm_breaks;
pub mod rhythm;
pub mod segment_grid;
pub mod stage;
pub mod standing;
pub mod store;
pub mod sum;
pub mod temperature;
pub mod time_unit;
pub mod tracking;
pub mod transitions;
pub mod trapezoid;
pub mod vip;
