//! How journeys decide: the SQL that enters, moves and releases customers.
//!
//! A run works on batches of customers; each step of a journey is decided for all customers who are due, in one statement.
//!
//! It imports `definition` and the tables of journeys, and `support`, `time`, `engagement`, `store`.
//!
//! | file | what it knows |
//! |---|---|
//! | [`context`] | the tables, the instant and the rules that a run works with |
//! | [`batch`] | which customers a transaction locks and works on |
//! | [`fresh`] | histories of customers whose rows changed since the last refresh |
//! | [`leave`], [`enter`] | customers who leave early or whose wait ends; customers who enter |
//! | [`brake`] | how many customers may enter a journey in a day |
//! | [`step_due`], [`decide`], [`act`] | when a step is due, what is decided there, and which actions are sent, postponed or dropped |
//! | [`occasion`], [`dates`] | the event or the order of an entry, and days that the profile or the event says |
//! | [`payload`] | what a sender is handed, put together from the profile and the occasion |
//! | [`hand_over`] | whether an action is still to be sent when a sender asks for it |
//! | [`caps`] | frequency caps: when a customer has had enough actions, and when there is room for the next |
//! | [`conditions`] | conditions on a customer as SQL expressions |
//! | [`objection`] | why a customer may not be written to |
//! | [`step_ctes`] | the parts that the statements about steps share |
//! | [`why_nobody`] | why no customer entered in a simulation |
//! | [`simulation`] | the same decisions over past data, with nothing written |

pub mod act;
pub mod answers;
pub mod batch;
pub mod brake;
pub mod caps;
pub mod conditions;
pub mod context;
pub mod dates;
pub mod decide;
pub mod enter;
pub mod fresh;
pub mod hand_over;
pub mod leave;
pub mod objection;
pub mod occasion;
pub mod payload;
pub mod simulation;
pub mod step_ctes;
pub mod step_due;
pub mod why_nobody;
