//! Audiences: conditions on customers that have a name, a view, and a log of which customers joined and left; and what a copy of profiles
//! or audiences in another place reads to keep in step.
//!
//! Nothing here runs a statement.
//!
//! | module | what it knows |
//! |---|---|
//! | [`name`] | which names an audience can have |
//! | [`definition`] | the condition of an audience: reading it, which columns it speaks of, following columns that are renamed |
//! | [`membership`] | the statements that bring the members up to date, and log what made each change |
//! | [`token`] | how far a reader of a feed has come, as a text |
//! | [`feed`] | the rows of the feeds |
//!
//! The tables are those of the store (`src/domain/store/tables.rs`), for a refresh writes them. It imports `support`, `store` and of
//! `journey` the language of conditions.

pub mod definition;
pub mod feed;
pub mod membership;
pub mod name;
#[cfg(test)]
mod tests;
pub mod token;
