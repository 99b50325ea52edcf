//! Types whose text form is one line of JSON, and which are stored as that line.
//!
//! What is read is parsed, checked and written out again, so that a stored value is always valid and always complete.

/// The input, output, receive and send functions of a JSON type.
macro_rules! json_type {
    ($type:ty, $input:ident, $output:ident, $receive:ident, $send:ident) => {
        #[pgrx::pg_extern]
        fn $input(text: &std::ffi::CStr) -> $crate::pg::ffi::error::SqlResult<String> {
            Ok(<$type>::from_json($crate::pg::ffi::fn_cache::as_text(text.to_bytes())?)?.to_json()?)
        }

        #[pgrx::pg_extern]
        fn $output(value: $crate::pg::ffi::varlena::Bytes<'_>) -> $crate::pg::ffi::varlena::CText<&[u8]> {
            $crate::pg::ffi::varlena::CText(value.0)
        }

        #[pgrx::pg_extern]
        fn $receive(message: $crate::pg::ffi::recv_buffer::Message) -> $crate::pg::ffi::error::SqlResult<String> {
            let bytes = $crate::pg::ffi::recv_buffer::message_bytes(message)?;
            let text = $crate::pg::ffi::fn_cache::as_text(bytes)?;
            Ok(<$type>::from_json(text)?.to_json()?)
        }

        #[pgrx::pg_extern]
        fn $send(value: $crate::pg::ffi::varlena::Bytes<'_>) -> $crate::pg::ffi::varlena::Bytes<'_> {
            value
        }
    };
}
pub(crate) use json_type;
