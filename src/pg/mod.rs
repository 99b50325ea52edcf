//! The shell: what PostgreSQL calls. A function here converts its arguments, calls the domain, and returns; the SQL
//! that declares it stands in the file of the same concept under `sql/`.
//!
//! First what every concept needs, then the concepts in the order of the data's way.

mod error;
mod varlena;

mod callsite;
mod composite;
mod enum_type;
mod internal_state;
mod json_type;
mod numeric;
mod session_zone;
mod time;

mod ltv;
mod purchase_history;
mod purchase_history_aggregate;
mod reading;
mod rfm;
mod rhythm;
mod rows;
mod stage;

pgrx::pg_module_magic!(name, version);
