//! Aggregate states that live in Rust, where the result is not the state: the counts from which breaks and fits are
//! made. A state is created on the first row, changed in place, and dropped with the aggregate's memory context.

use pgrx::{Internal, PgMemoryContexts, pg_sys};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::raise;
use crate::domain::error::{Error, Kind, Result};

/// What every such state can do.
pub trait State: Default + Serialize + DeserializeOwned + 'static {
    /// Takes over what another worker gathered.
    ///
    /// # Errors
    /// Where parts do not fit together, or grow too large.
    fn merge(&mut self, other: Self) -> Result<()>;

    /// Makes the content the same however it was gathered, before it is written out.
    ///
    /// # Errors
    /// Where it grows too large.
    fn settle(&mut self) -> Result<()>;
}

/// The aggregate's memory context, in which states live.
///
/// # Safety
/// `fcinfo` must be that of the current call.
unsafe fn aggregate_context(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::MemoryContext {
    let mut context = std::ptr::null_mut();
    // SAFETY: the caller vouches for fcinfo.
    if unsafe { pg_sys::AggCheckCallContext(fcinfo, &mut context) } == 0 {
        raise(Error::new(Kind::InvalidParameter, "an aggregate's inner function was called outside an aggregate"));
    }
    context
}

/// The state, or on the first row a new one.
///
/// # Safety
/// The state must be NULL or have been made by this function for the same type; `fcinfo` must be the current call's.
pub unsafe fn get_or_insert<S: State>(
    state: &Internal,
    fcinfo: pg_sys::FunctionCallInfo,
    new: impl FnOnce() -> S,
) -> &'static mut S {
    // SAFETY: the caller vouches for both.
    unsafe {
        let pointer: *mut S = match state.unwrap() {
            Some(datum) => datum.cast_mut_ptr(),
            None => PgMemoryContexts::For(aggregate_context(fcinfo)).leak_and_drop_on_delete(new()),
        };
        &mut *pointer
    }
}

/// The state, if there has been a row.
///
/// # Safety
/// As [`get_or_insert`].
pub unsafe fn get<S: State>(state: &Internal) -> Option<&'static mut S> {
    // SAFETY: the caller vouches for the state.
    unsafe { state.unwrap().map(|datum| &mut *datum.cast_mut_ptr::<S>()) }
}

/// The state as SQL passes it on.
pub fn wrap<S>(state: &mut S) -> Internal {
    Internal::from(Some(pg_sys::Datum::from(std::ptr::from_mut(state))))
}

/// The combine function of a state.
///
/// # Safety
/// As [`get_or_insert`].
pub unsafe fn combine<S: State>(left: &Internal, right: &Internal, fcinfo: pg_sys::FunctionCallInfo) -> Result<Internal> {
    // SAFETY: the caller vouches for all. The right state comes from another process by way of `deserialize` and is not
    // read again, so that its content may be moved out. It lives shorter than the aggregate, hence the move.
    unsafe {
        let Some(right) = get::<S>(right).map(std::mem::take) else { return Ok(Internal::from(left.unwrap())) };
        match get::<S>(left) {
            Some(left) => {
                left.merge(right)?;
                Ok(wrap(left))
            }
            None => Ok(wrap(get_or_insert(left, fcinfo, || right))),
        }
    }
}

/// The bytes of a state, to be sent to another process of the same server.
///
/// # Errors
/// Where it grows too large.
pub fn to_bytes<S: State>(state: &mut S) -> Result<Vec<u8>> {
    state.settle()?;
    postcard::to_allocvec(state).map_err(|error| broken(&error))
}

/// The state in such bytes, in the current memory context.
///
/// # Errors
/// [`Kind::InvalidBinary`] if they are not.
pub fn from_bytes<S: State>(bytes: &[u8]) -> Result<Internal> {
    let state: S = postcard::from_bytes(bytes).map_err(|error| broken(&error))?;
    let kept = PgMemoryContexts::CurrentMemoryContext.leak_and_drop_on_delete(state);
    Ok(Internal::from(Some(pg_sys::Datum::from(kept))))
}

fn broken(error: &postcard::Error) -> Error {
    Error::new(Kind::InvalidBinary, format!("an aggregate's state could not be passed between processes: {error}"))
}

/// The combine, serialize and deserialize functions of a state, under the names by which SQL declares them.
macro_rules! state_functions {
    ($state:ty, $combine:ident, $serialize:ident, $deserialize:ident) => {
        #[pgrx::pg_extern]
        fn $combine(
            left: pgrx::Internal,
            right: pgrx::Internal,
            fcinfo: pgrx::pg_sys::FunctionCallInfo,
        ) -> $crate::pg::error::SqlResult<pgrx::Internal> {
            // SAFETY: SQL passes states of this aggregate only.
            Ok(unsafe { $crate::pg::internal_state::combine::<$state>(&left, &right, fcinfo) }?)
        }

        #[pgrx::pg_extern]
        fn $serialize(state: pgrx::Internal) -> $crate::pg::error::SqlResult<Vec<u8>> {
            // SAFETY: as above; SQL declares the function STRICT.
            let state = unsafe { $crate::pg::internal_state::get::<$state>(&state) };
            Ok(state.map_or(Ok(Vec::new()), $crate::pg::internal_state::to_bytes)?)
        }

        #[pgrx::pg_extern]
        fn $deserialize(
            bytes: $crate::pg::varlena::Bytes<'_>,
            _state: pgrx::Internal,
        ) -> $crate::pg::error::SqlResult<pgrx::Internal> {
            Ok($crate::pg::internal_state::from_bytes::<$state>(bytes.0)?)
        }
    };
}
pub(crate) use state_functions;
