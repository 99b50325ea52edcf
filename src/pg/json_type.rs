//! Types whose text form is one line of JSON, and which are stored as that line.
//!
//! What is read is parsed, checked and written out again, so that a stored value is always valid and always complete.

use pgrx::pg_sys;

use super::internal_state::Pointer;
use crate::domain::error::{Error, Kind, Result};

/// The message from a client, as a receive function gets it.
pub type Message = Pointer<pg_sys::StringInfoData>;

/// The bytes of a message that have not been read yet.
///
/// # Errors
/// [`Kind::InvalidBinary`] if there is no message.
pub fn message_bytes<'a>(message: Message) -> Result<&'a [u8]> {
    // SAFETY: a receive function is called with a live message buffer.
    let Some(buffer) = (unsafe { message.get() }) else {
        return Err(Error::new(Kind::InvalidBinary, "no message to receive"));
    };
    // SAFETY: `data` holds `len` bytes, of which those before `cursor` have been read.
    unsafe {
        let (start, end) = (buffer.cursor.max(0) as usize, buffer.len.max(0) as usize);
        // The end says that we have read the rest.
        buffer.cursor = buffer.len;
        Ok(std::slice::from_raw_parts(buffer.data.cast::<u8>().add(start), end.saturating_sub(start)))
    }
}

/// The input, output, receive and send functions of a JSON type.
macro_rules! json_type {
    ($type:ty, $input:ident, $output:ident, $receive:ident, $send:ident) => {
        #[pgrx::pg_extern]
        fn $input(text: &std::ffi::CStr) -> $crate::pg::error::SqlResult<String> {
            Ok(<$type>::from_json($crate::pg::callsite::as_text(text.to_bytes())?)?.to_json()?)
        }

        #[pgrx::pg_extern]
        fn $output(value: $crate::pg::varlena::Bytes<'_>) -> $crate::pg::error::SqlResult<std::ffi::CString> {
            Ok(std::ffi::CString::new(value.0).unwrap_or_default())
        }

        #[pgrx::pg_extern]
        fn $receive(message: $crate::pg::json_type::Message) -> $crate::pg::error::SqlResult<String> {
            let bytes = $crate::pg::json_type::message_bytes(message)?;
            let text = $crate::pg::callsite::as_text(bytes)?;
            Ok(<$type>::from_json(text)?.to_json()?)
        }

        #[pgrx::pg_extern]
        fn $send(value: $crate::pg::varlena::Bytes<'_>) -> Vec<u8> {
            value.0.to_vec()
        }
    };
}
pub(crate) use json_type;
