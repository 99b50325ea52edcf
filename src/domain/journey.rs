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
//! | [`place`], [`columns`] | where in a JSON value something stands, and what the profile's columns can be compared with |
//! | [`read_definition`], [`read_steps`], [`read_condition`], [`read_policy`] | what is wrong with a definition or a policy |
//! | [`graph`] | the way through the steps: what is never reached, and loops without a rest |
//! | [`ready_made`] | journeys that nobody has to write |
//! | [`politeness`] | when a customer may be written to |
//! | [`share`] | where in a draw a customer stands: control groups and splits |
//! | [`desk`] | where decisions are made: tables, instant, policy |
//! | [`facts`] | what is known of a customer, and conditions on it |
//! | [`arrival`] | what it means to come to a step |
//! | [`batch`] | what a transaction works on |
//! | [`enter`], [`leave`] | who enters, on what occasion, and who leaves |
//! | [`going`] | what all steps have in common: who is due, and what is noted |
//! | [`act`], [`decide`] | what is decided at a step, for all customers at once |
//! | [`simulation`] | a journey over the past, with nothing written |
//! | [`delivery`], [`event_kind`] | how actions are handed over, and what came back |
//! | [`report`], [`explain`] | what came of a journey, and what happened to one customer |
//! | [`tables`] | the tables that journeys are kept in, in the store's schema |

pub mod act;
pub mod arrival;
pub mod batch;
pub mod columns;
pub mod decide;
pub mod definition;
pub mod delivery;
pub mod desk;
pub mod enter;
pub mod event_kind;
pub mod explain;
pub mod facts;
pub mod going;
pub mod graph;
pub mod leave;
pub mod place;
pub mod policy;
pub mod politeness;
pub mod read_condition;
pub mod read_definition;
pub mod read_policy;
pub mod read_steps;
pub mod ready_made;
pub mod report;
pub mod share;
pub mod simulation;
pub mod span;
pub mod tables;

#[cfg(test)]
mod tests;
