//! Types whose text form is one line of JSON, and which are stored as that line: see [`JsonValue`].
//!
//! A text is parsed, checked and written out again, so that a stored value is always valid and complete. Output and send are those of
//! `text`, whose representation these types share.

use std::rc::Rc;

use pgrx::pg_sys;

use super::fn_cache::cached;
use super::varlena::Bytes;
use crate::domain::support::error::Result;
use crate::domain::support::json::JsonValue;

/// What the value of an argument says, read once for each place in a query; None for NULL.
pub fn json_argument<T: JsonValue + 'static>(
    fcinfo: pg_sys::FunctionCallInfo,
    value: Option<Bytes<'_>>,
) -> Result<Option<Rc<T>>> {
    value.map(|value| cached(fcinfo, value.0, T::from_json)).transpose()
}

/// The input and receive functions of a JSON type.
macro_rules! json_type {
    ($type:ty, $input:ident, $receive:ident) => {
        #[pgrx::pg_extern]
        fn $input(text: &std::ffi::CStr) -> $crate::pg::ffi::error::SqlResult<String> {
            use $crate::domain::support::json::JsonValue;
            Ok(<$type>::from_json($crate::pg::ffi::fn_cache::as_text(text.to_bytes())?)?.to_json()?)
        }

        #[pgrx::pg_extern]
        fn $receive(message: $crate::pg::ffi::recv_buffer::Message) -> $crate::pg::ffi::error::SqlResult<String> {
            use $crate::domain::support::json::JsonValue;
            let bytes = $crate::pg::ffi::recv_buffer::message_bytes(message)?;
            let text = $crate::pg::ffi::fn_cache::as_text(bytes)?;
            Ok(<$type>::from_json(text)?.to_json()?)
        }
    };
}
pub(crate) use json_type;
