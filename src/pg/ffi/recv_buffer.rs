//! What a client sends in binary, as a receive function gets it.

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pg_sys;

use super::varlena::raw_argument;
use crate::domain::support::error::{Error, Kind, Result};

/// A message from a client.
pub struct Message(pg_sys::StringInfo);

// SAFETY: only copies the pointer to the message buffer.
unsafe impl<'fcx> ArgAbi<'fcx> for Message {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        Message(raw_argument(arg).map_or(std::ptr::null_mut(), pg_sys::Datum::cast_mut_ptr))
    }
}

/// The bytes of a message that have not been read yet.
///
/// # Errors
/// [`Kind::InvalidBinary`] if there is no message.
pub fn message_bytes<'a>(message: Message) -> Result<&'a [u8]> {
    // SAFETY: the server calls a receive function with a live message buffer: `data` holds `len` bytes, of which those
    // before `cursor` have been read.
    unsafe {
        let Some(buffer) = message.0.as_mut() else {
            return Err(Error::new(Kind::InvalidBinary, "no message to receive"));
        };
        let (start, end) = (buffer.cursor.max(0) as usize, buffer.len.max(0) as usize);
        // The end says that we have read the rest.
        buffer.cursor = buffer.len;
        Ok(std::slice::from_raw_parts(buffer.data.cast::<u8>().add(start), end.saturating_sub(start)))
    }
}
