//! Types whose text form is one line of JSON, and which are stored as that line.
//!
//! What is read is parsed, checked and written out again, so that a stored value is always valid and always complete.

use pgrx::{Internal, pg_sys};

use crate::domain::error::{Error, Kind, Result};

/// The bytes of a message from a client.
///
/// # Errors
/// [`Kind::InvalidBinary`] if there are none.
pub fn message_bytes<'a>(message: &Internal) -> Result<&'a [u8]> {
    let Some(datum) = (
        // SAFETY: a receive function is called with the message buffer, a StringInfo.
        unsafe { message.unwrap() }
    ) else {
        return Err(Error::new(Kind::InvalidBinary, "no message to receive"));
    };
    let buffer: pg_sys::StringInfo = datum.cast_mut_ptr();
    // SAFETY: as above: `data` holds `len` bytes, of which those before `cursor` have been read. Moving the cursor to
    // the end says that we have read the rest.
    unsafe {
        let (start, end) = ((*buffer).cursor.max(0) as usize, (*buffer).len.max(0) as usize);
        (*buffer).cursor = (*buffer).len;
        Ok(std::slice::from_raw_parts((*buffer).data.cast::<u8>().add(start), end.saturating_sub(start)))
    }
}

/// The input, output, receive and send functions of a JSON type.
macro_rules! json_type {
    ($type:ty, $input:ident, $output:ident, $receive:ident, $send:ident) => {
        #[pgrx::pg_extern]
        fn $input(text: &std::ffi::CStr) -> $crate::pg::error::SqlResult<String> {
            Ok(<$type>::from_json(&text.to_string_lossy())?.to_json())
        }

        #[pgrx::pg_extern]
        fn $output(value: $crate::pg::varlena::Bytes<'_>) -> $crate::pg::error::SqlResult<std::ffi::CString> {
            Ok(std::ffi::CString::new(value.0).unwrap_or_default())
        }

        #[pgrx::pg_extern]
        fn $receive(message: pgrx::Internal) -> $crate::pg::error::SqlResult<String> {
            let bytes = $crate::pg::json_type::message_bytes(&message)?;
            let text = $crate::pg::callsite::as_text(bytes)?;
            Ok(<$type>::from_json(text)?.to_json())
        }

        #[pgrx::pg_extern]
        fn $send(value: $crate::pg::varlena::Bytes<'_>) -> Vec<u8> {
            value.0.to_vec()
        }
    };
}
pub(crate) use json_type;
