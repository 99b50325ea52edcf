//! Treated customers against control customers.
//!
//! | file | what it knows |
//! |---|---|
//! | `counts` | two groups by their counts, or by their means |
//! | `spend` | the aggregate that compares what customers spent, by the lot itself |
//! | `anytime` | the same for readers who look every day |

mod anytime;
mod counts;
mod spend;

/// The confidence of the intervals where an aggregate is given none.
const DEFAULT_CONFIDENCE: f64 = 0.95;
