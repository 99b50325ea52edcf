//! The call interface: values, errors, sessions and queries between Rust and the server.
//!
//! Most of the `unsafe` code stands here. Nothing here knows customers.
//!
//! It imports `domain::support`, `domain::time` and `domain::history`.

pub mod arguments;
pub mod cancel;
pub mod composite;
pub mod enum_type;
pub mod error;
pub mod fn_cache;
pub mod internal_state;
pub mod json_type;
pub mod kept_plan;
pub mod named_zone;
pub mod numeric;
pub mod owner_code;
pub mod recv_buffer;
pub mod row_set;
pub mod session;
pub mod session_zone;
pub mod spare_memory;
pub mod spi;
pub mod subtransaction;
pub mod text;
pub mod time;
pub mod trigger;
pub mod varlena;
