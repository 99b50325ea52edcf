//! The shell: what PostgreSQL calls. A function here converts its arguments, calls the domain, and returns; the SQL
//! that declares it stands in the file of the same name under `sql/`.
//!
//! The folders have the names of those of the domain, in the same order.
//!
//! | folder | what it does |
//! |---|---|
//! | `ffi` | values, errors, sessions and queries between Rust and the server |
//! | `history` | the types of histories, the aggregates that build them, and what a history says |
//! | `engagement` | the same of messages and what customers do with them |
//! | `segments` | RFM breaks and scores, grids of segments, VIPs |
//! | `models` | fitted models, what they say of a customer, and how good they are |
//! | `stages` | the lifecycle stage, moves between stages, and stages straight on the rows of an order table |
//! | `base_metrics` | a base by calendar periods, and where its revenue comes from |
//! | `experiment` | treated customers against control customers |
//! | `store` | an attached order table: triggers that note changes, refreshes, settings, readers |
//! | `journey` | journeys: their definition, runs, simulation, delivery to senders, and reports |

#![allow(clippy::result_large_err, reason = "the error type is pgrx's, and is built on the way out only")]

mod audience;
mod base_metrics;
mod engagement;
mod experiment;
mod ffi;
mod history;
mod journey;
mod models;
mod segments;
mod stages;
mod store;

pgrx::pg_module_magic!(name, version);

/// When the library is loaded into a session.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    ffi::spare_memory::install();
    journey::handover::declare();
    // SAFETY: the server calls this once in a session.
    unsafe {
        ffi::owner_code::install_hooks();
        ffi::cancel::install_callback();
    }
}
