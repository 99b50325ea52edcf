//! SQL functions of journeys: their definition, runs, delivery and results.
//!
//! | file | what it knows |
//! |---|---|
//! | `definition`, `lifecycle`, `guard` | definitions as rows; creating, starting, changing and ending a journey; the trigger that keeps started versions |
//! | `fresh`, `brake`, `tally` | rows that changed since the last refresh; how many customers may enter; what a run has done |
//! | `run`, `entries`, `simulation` | a run of the journeys of a store, and how customers enter in it; the same over the past, with nothing written |
//! | `send_window` | the SQL functions of quiet hours and of draws |
//! | `claim`, `hand_over`, `handover` | what senders ask for, what a store hands over, and the switches that stop it |
//! | `hold` | holding a store, and adopting a copy |
//! | `delivery`, `record_event`, `consent` | what came back, and what customers have agreed to |
//! | `suppress`, `codes` | the list of suppressions; voucher codes |
//! | `local_format` | dates and money for letters |
//! | `people` | forgetting and merging customers, and all that is held of one |
//! | `access` | what senders and readers may call |
//! | `report` | the results of journeys |
//! | `experiment_power` | how large the experiment of a journey must be |
//! | `health` | the health of stores and journeys, and the diagram of a journey |
//!
//! It imports `ffi`, `store`, and `domain::journey`.

pub mod access;
pub mod brake;
pub mod claim;
pub mod codes;
pub mod consent;
pub mod definition;
pub mod delivery;
pub mod entries;
pub mod experiment_power;
pub mod fresh;
pub mod guard;
pub mod hand_over;
pub mod handover;
pub mod health;
pub mod hold;
pub mod lifecycle;
pub mod local_format;
pub mod people;
pub mod record_event;
pub mod report;
pub mod run;
pub mod send_window;
pub mod simulation;
pub mod suppress;
pub mod tally;
