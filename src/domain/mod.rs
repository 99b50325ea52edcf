//! Pure Rust: the history's layout, the mathematics and every rule. Nothing here knows PostgreSQL, so that it can be
//! tested, fuzzed and measured with the ordinary tools: `cargo test --no-default-features`.
//!
//! The rooms in the order of the data's way; each imports only from those before it:
//!
//! | room | what it knows |
//! |---|---|
//! | [`error`] | what can be wrong with an input, in words |
//! | [`instant`], [`calendar`], [`money`] | when and how much |
//! | [`layout`], [`history`] | the bytes of a purchase history, and the value they are |
//! | [`reading`] | what a history says by itself |
//! | [`multiset`] | the counts over a base of customers |
//! | [`json`] | fitted values as one line of JSON |
//! | [`rfm`], [`rfm_breaks`] | scores and segments, and the breaks between scores |
//! | [`gamma`], [`beta`], [`cholesky`], [`maximum_likelihood`] | the mathematics of fitted models |
//! | [`rhythm`] | the gaps between purchases in a base, and a customer's next purchase |
//! | [`btyd`] | buy-till-you-die models of purchases |
//! | [`stage`] | prospect, new, active, at risk, lapsed |
//! | [`ltv`] | lifetime value by the textbook formula |

pub mod beta;
pub mod btyd;
pub mod calendar;
pub mod cholesky;
pub mod error;
pub mod gamma;
pub mod history;
pub mod instant;
pub mod json;
pub mod layout;
pub mod ltv;
pub mod maximum_likelihood;
pub mod money;
pub mod multiset;
pub mod reading;
pub mod rfm;
pub mod rfm_breaks;
pub mod rhythm;
pub mod stage;
