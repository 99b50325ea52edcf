//! Treated customers against control customers.
//!
//! | file | what it knows |
//! |---|---|
//! | `counts` | two groups by their counts, or by their means |
//! | `spend` | the aggregate that compares what customers spent, by the lot itself |

mod counts;
mod spend;
