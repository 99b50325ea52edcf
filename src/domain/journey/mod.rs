//! Journeys: chains of messages that follow what a customer does, decided once, measured against a control group.
//!
//! Nothing here runs a statement: the modules below read definitions, check them, and write the SQL that decides for all customers
//! at once, which the shell runs.
//!
//! | module | what it knows |
//! |---|---|
//! | [`definition`] | what a journey is, what is wrong with one, and journeys that come ready-made |
//! | [`codes`] | voucher codes, of which each action takes one when it is handed over |
//! | [`send_window`] | quiet hours and weekdays: when a customer may be written to |
//! | [`local_format`] | dates and money as people of a language and country write them |
//! | [`draw`] | where in a draw a customer stands: control groups and splits |
//! | [`engine`] | which customers enter and leave, what is decided at each step, frequency caps; and the same over the past |
//! | [`delivery`] | how actions are handed over, and what came back |
//! | [`people`] | forgetting and merging customers, and all that is held of one |
//! | [`results`] | what came of a journey, and what happened to one customer |
//! | [`suppressions`] | which customers get nothing on a channel, since when and why |
//! | [`tables`] | the tables that journeys are kept in, in the store's schema |
//!
//! It imports `support`, `time`, `engagement`, `stages` and `store`.

pub mod codes;
pub mod definition;
pub mod delivery;
pub mod draw;
pub mod engine;
pub mod local_format;
pub mod people;
pub mod results;
pub mod send_window;
pub mod suppressions;
pub mod tables;

#[cfg(test)]
mod tests;
