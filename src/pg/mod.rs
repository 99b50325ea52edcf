//! The shell: what PostgreSQL calls. A function here converts its arguments, calls the domain, and returns; the SQL
//! that declares it stands in the file of the same concept under `sql/`.
//!
//! First what every concept needs, then the concepts in the order of the data's way:
//!
//! | room | what it does |
//! |---|---|
//! | `error`, `spare_memory` | the domain's errors as SQLSTATE, and how a statement ends where memory ends |
//! | `varlena`, `composite`, `enum_type`, `numeric`, `time`, `session_zone`, `named_zone` | values between SQL and the domain |
//! | `arguments` | the arguments of functions that are declared with several numbers of them |
//! | `callsite` | reads a value once for each place in a query, not once for each row |
//! | `internal_state` | aggregate states that live in Rust |
//! | `message` | what a client sends in binary |
//! | `json_type` | types that are one line of JSON |
//! | `history`, `history_order`, `growing_state` | what the two types of histories share, and their aggregates |
//! | `purchase_history`, `purchase_history_aggregate` | the type, and the aggregate that builds it |
//! | `reading` | what a history says by itself |
//! | `engagement_history`, `engagement` | the same of messages and what people do with them |
//! | `rfm` | breaks and scores |
//! | `text`, `query`, `kept_plan` | text of any encoding, and queries from within a function |
//! | `trigger` | what the functions of triggers have in common |
//! | `segment_grid`, `explain_segment` | segments by the rules of a table, and what leads to them |
//! | `vip` | heroes |
//! | `rhythm`, `regularity` | the rhythm of a base, and a customer's next purchase |
//! | `fit_arguments`, `purchase_model` | fitted models of purchases |
//! | `forecaster`, `prediction` | what they say of a customer |
//! | `backtest`, `tracking` | how good a model is |
//! | `timeline`, `growth`, `cohort` | a base by calendar periods |
//! | `stage` | the lifecycle stage |
//! | `transitions` | moves between stages |
//! | `concentration`, `decomposition` | which customers bring the revenue, and why it changes |
//! | `lifecycle_phase` | the phase and the stage of a relationship |
//! | `journey_paths` | moves from touch to touch |
//! | `ltv` | lifetime value by the textbook formula |
//! | `spend`, `ltv_model` | models of spend, and lifetime value by fitted models |
//! | `renewal`, `renewal_projection` | who renews a contract, and a book of them over the years |
//! | `session`, `catalog`, `condition` | as whom a function works, what the catalog says of a relation, and SQL that users write |
//! | `earliest` | what came first and last |
//! | `customer_key`, `change_table`, `noting`, `note_changes` | the triggers that note whose rows changed |
//! | `store`, `reader` | an attached order table, and who may read it |
//! | `tree_lock`, `watch`, `keep_watch` | locks on tables and their parts, what triggers watch, and whether they could |
//! | `kept`, `followed` | its settings in its own schema, and the names that it follows |
//! | `attach`, `restore`, `schedule` | how one comes and goes, comes again after a restore, and when it is refreshed |
//! | `refresh_step`, `refresh_histories`, `refresh` | how it is kept up to date, step by step |
//! | `experiment` | treated customers against control customers |
//! | `politeness` | when a customer may be written to, by the clock of any zone, and shares by lot |
//! | `journey_definition`, `journey_lifecycle`, `guard_journey` | journeys as rows: written, read again, started, ended, and frozen |
//! | `journey_run`, `row_set`, `journey_simulation` | who enters, what is decided, who leaves; and the same over the past |
//! | `owner_code`, `cancel`, `subtransaction` | what holds when the code of a store's owner runs in another's session |
//! | `counter`, `claim`, `delivery`, `record_event` | how senders get the actions of journeys, and what came back |
//! | `journey_report` | what came of journeys, and what happened to one customer |
//! | `rows` | stage, next purchase and value straight on the rows of an order table |

#![allow(clippy::result_large_err, reason = "the error type is pgrx's, and is built on the way out only")]

mod arguments;
mod attach;
mod backtest;
mod callsite;
mod cancel;
mod catalog;
mod change_table;
mod claim;
mod cohort;
mod composite;
mod concentration;
mod condition;
mod counter;
mod customer_key;
mod decomposition;
mod delivery;
mod earliest;
mod engagement;
mod engagement_history;
mod enum_type;
mod error;
mod experiment;
mod explain_segment;
mod fit_arguments;
mod followed;
mod forecaster;
mod growing_state;
mod growth;
mod guard_journey;
mod history;
mod history_order;
mod internal_state;
mod journey_definition;
mod journey_lifecycle;
mod journey_paths;
mod journey_report;
mod journey_run;
mod journey_simulation;
mod json_type;
mod keep_watch;
mod kept;
mod kept_plan;
mod lifecycle_phase;
mod ltv;
mod ltv_model;
mod message;
mod named_zone;
mod note_changes;
mod noting;
mod numeric;
mod owner_code;
mod politeness;
mod prediction;
mod purchase_history;
mod purchase_history_aggregate;
mod purchase_model;
mod query;
mod reader;
mod reading;
mod record_event;
mod refresh;
mod refresh_histories;
mod refresh_step;
mod regularity;
mod renewal;
mod renewal_projection;
mod restore;
mod rfm;
mod rhythm;
mod row_set;
mod rows;
mod schedule;
mod segment_grid;
mod session;
mod session_zone;
mod spare_memory;
mod spend;
mod stage;
mod store;
mod subtransaction;
mod text;
mod time;
mod timeline;
mod tracking;
mod transitions;
mod tree_lock;
mod trigger;
mod varlena;
mod vip;
mod watch;

pgrx::pg_module_magic!(name, version);

/// When the library is loaded into a session.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    spare_memory::install();
    // SAFETY: the server calls this once in a session.
    unsafe {
        owner_code::install_hooks();
        cancel::install_callback();
    }
}
