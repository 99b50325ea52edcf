//! Journeys: chains of messages that follow what a customer does, decided once, measured against a control group.
//!
//! Nothing here runs a statement: the rooms below read definitions, check them, and write the SQL that decides for all customers
//! at once, which the shell runs.
//!
//! | room | what it knows |
//! |---|---|
//! | [`span`] | lengths of time as people write them |
//! | [`definition`] | what a journey is: how one enters, the steps, the goal, how one leaves |
//! | [`policy`] | what holds for all journeys of a store: caps, quiet hours, control group, attribution |
//! | [`politeness`] | when a customer may be written to |
//! | [`share`] | where in a draw a customer stands: control groups and splits |
//! | [`delivery`], [`event_kind`] | how actions are handed over, and what came back |
//! | [`tables`] | the tables that journeys are kept in, in the store's schema |

pub mod definition;
pub mod delivery;
pub mod event_kind;
pub mod policy;
pub mod politeness;
pub mod share;
pub mod span;
pub mod tables;
