//! The shell: what PostgreSQL calls. A function here converts its arguments, calls the domain, and returns; the SQL
//! that declares it stands in the file of the same concept under `sql/`.
//!
//! First what every concept needs, then the concepts in the order of the data's way:
//!
//! | room | what it does |
//! |---|---|
//! | `error` | the domain's errors as SQLSTATE |
//! | `varlena`, `composite`, `enum_type`, `numeric`, `time`, `session_zone` | values between SQL and the domain |
//! | `callsite` | reads a value once for each place in a query, not once for each row |
//! | `internal_state` | aggregate states that live in Rust |
//! | `message` | what a client sends in binary |
//! | `json_type` | types that are one line of JSON |
//! | `purchase_history`, `purchase_history_aggregate` | the type, and the aggregate that builds it |
//! | `reading` | what a history says by itself |
//! | `rfm` | breaks and scores |
//! | `rhythm` | the rhythm of a base, and a customer's next purchase |
//! | `stage` | the lifecycle stage |
//! | `ltv` | lifetime value |
//! | `rows` | stage, next purchase and value straight on the rows of an order table |

#![allow(clippy::result_large_err, reason = "the error type is pgrx's, and is built on the way out only")]

mod callsite;
mod composite;
mod enum_type;
mod error;
mod internal_state;
mod json_type;
mod ltv;
mod message;
mod numeric;
mod purchase_history;
mod purchase_history_aggregate;
mod reading;
mod rfm;
mod rhythm;
mod rows;
mod session_zone;
mod stage;
mod time;
mod varlena;

pgrx::pg_module_magic!(name, version);
