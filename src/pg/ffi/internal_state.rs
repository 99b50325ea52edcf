//! Aggregate states that live in Rust, where the result is not the state: the counts from which breaks and fits are
//! made. A state is created on the first row, changed in place, and dropped with the aggregate's memory context.

use std::fmt::Display;
use std::ptr::NonNull;

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::{PgMemoryContexts, pg_sys};
use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arguments::Arguments;
use super::error::raise;
use super::varlena::{new_value, raw_argument};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::interrupt::Turns;
use crate::domain::time::instant::Instant;

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
    fn normalize(&mut self) -> Result<()> {
        Ok(())
    }
}

/// An argument or result of type `internal`: NULL or a pointer to an S.
#[derive(Debug)]
pub struct Pointer<S>(Option<NonNull<S>>);

impl<S> Clone for Pointer<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Pointer<S> {}

impl<S> Pointer<S> {
    /// The pointer in a datum; None is NULL.
    pub fn from_datum(datum: Option<pg_sys::Datum>) -> Self {
        Pointer(datum.and_then(|datum| NonNull::new(datum.cast_mut_ptr())))
    }

    /// What it points to, if it is not NULL.
    ///
    /// # Safety
    /// It must be NULL or point to a live S that nothing else reads during the call.
    pub unsafe fn get(self) -> Option<&'static mut S> {
        // SAFETY: the caller vouches for it.
        self.0.map(|mut pointer| unsafe { pointer.as_mut() })
    }
}

impl<S> From<&mut S> for Pointer<S> {
    fn from(state: &mut S) -> Self {
        Pointer(Some(NonNull::from(state)))
    }
}

// SAFETY: only copies the pointer.
unsafe impl<'fcx, S> ArgAbi<'fcx> for Pointer<S> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        Pointer::from_datum(raw_argument(arg))
    }
}

// SAFETY: an internal is passed by value, as a pointer.
unsafe impl<S> BoxRet for Pointer<S> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        match self.0 {
            // SAFETY: as above.
            Some(pointer) => unsafe { fcinfo.return_raw_datum(pg_sys::Datum::from(pointer.as_ptr())) },
            None => fcinfo.return_null(),
        }
    }
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
/// The state must be NULL or have been made by this function; `fcinfo` must be the current call's.
unsafe fn get_or_insert<S: State>(
    state: Pointer<S>,
    fcinfo: pg_sys::FunctionCallInfo,
    new: impl FnOnce() -> S,
) -> &'static mut S {
    // SAFETY: the caller vouches for both; the new state lives as long as the aggregate.
    unsafe {
        match state.get() {
            Some(state) => state,
            None => &mut *PgMemoryContexts::For(aggregate_context(fcinfo)).leak_and_drop_on_delete(new()),
        }
    }
}

/// The arguments of a transition function, and the state in the first of them or a new one.
///
/// # Safety
/// `fcinfo` must be the current call's, and its first argument a state of this aggregate or NULL.
pub unsafe fn state_of<S: State>(fcinfo: pg_sys::FunctionCallInfo) -> (Arguments, &'static mut S) {
    // SAFETY: the caller vouches for it.
    unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments, get_or_insert(Pointer::from_datum(arguments.datum(0)), fcinfo, S::default))
    }
}

/// The combine function of a state.
///
/// # Safety
/// As [`get_or_insert`].
pub unsafe fn combine<S: State>(
    left: Pointer<S>,
    right: Pointer<S>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> Result<Pointer<S>> {
    // SAFETY: the caller vouches for all. The right state comes from another process by way of `deserialize` and is not
    // read again, so that its content may be moved out. It lives shorter than the aggregate, hence the move.
    unsafe {
        let Some(right) = right.get().map(std::mem::take) else { return Ok(left) };
        match left.get() {
            Some(left) => {
                left.merge(right)?;
                Ok(Pointer::from(left))
            }
            None => Ok(Pointer::from(get_or_insert(left, fcinfo, || right))),
        }
    }
}

/// The first byte of a state on its way to another process, which may have loaded another version of the library.
const WIRE_VERSION: u8 = 1;

/// Bytes that ask for the room they need.
struct Reserving {
    bytes: Vec<u8>,
    turns: Turns,
}

impl Flavor for Reserving {
    type Output = Vec<u8>;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.turns.turn();
        self.bytes.try_reserve(bytes.len()).map_err(|_| postcard::Error::SerializeBufferFull)?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.bytes)
    }
}

/// What a serialize function returns.
pub struct Serialized(Vec<u8>);

// SAFETY: a new varlena in the caller's memory context is a bytea.
unsafe impl BoxRet for Serialized {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(new_value(&self.0)) }
    }
}

/// The bytes of a state, to be sent to another process of the same server.
///
/// # Errors
/// Where it grows too large.
pub fn to_bytes<S: State>(state: &mut S) -> Result<Serialized> {
    state.normalize()?;
    let bytes = Reserving { bytes: vec![WIRE_VERSION], turns: Turns::default() };
    postcard::serialize_with_flavor(state, bytes).map(Serialized).map_err(|error| broken(&error))
}

/// The state in such bytes, in the current memory context.
///
/// # Errors
/// [`Kind::InvalidBinary`] if they are not.
pub fn from_bytes<S: State>(bytes: &[u8]) -> Result<Pointer<S>> {
    let Some((&WIRE_VERSION, bytes)) = bytes.split_first() else {
        return Err(Error::new(Kind::WrongVersion, "an aggregate's state is of another version of the extension")
            .hint("Reconnect, and run the query again."));
    };
    let state: S = postcard::from_bytes(bytes).map_err(|error| broken(&error))?;
    let kept = PgMemoryContexts::CurrentMemoryContext.leak_and_drop_on_delete(state);
    Ok(Pointer(NonNull::new(kept)))
}

fn broken(error: &postcard::Error) -> Error {
    // What a state says of itself when it is read is that there is no memory.
    if matches!(error, postcard::Error::SerializeBufferFull | postcard::Error::SerdeDeCustom) {
        return Error::new(Kind::OutOfMemory, "out of memory")
            .detail("An aggregate's state was to be passed between processes.");
    }
    Error::new(Kind::InvalidBinary, format!("an aggregate's state could not be passed between processes: {error}"))
}

/// The refusal of a parameter of an aggregate that is not the same in every row.
pub fn varies(parameter: &str, one: impl Display, other: impl Display) -> Error {
    Error::new(Kind::InvalidParameter, format!("{parameter} must be the same in every row of a group"))
        .detail(format!("{parameter} is {one} in one row and {other} in another."))
        .hint(format!("Group by the column that {parameter} comes from."))
}

/// Keeps a parameter of a row in a state, where every row must have the same.
///
/// # Errors
/// That of [`varies`].
pub fn same<T: Copy + PartialEq + Display>(known: &mut Option<T>, given: Option<T>, parameter: &str) -> Result<()> {
    let Some(given) = given else { return Ok(()) };
    let known = *known.get_or_insert(given);
    if known == given { Ok(()) } else { Err(varies(parameter, known, given)) }
}

/// Keeps the `as_of` of a row in a state, where every row must have the same.
///
/// # Errors
/// That of [`varies`].
pub fn same_as_of(state: &mut Option<i64>, as_of: Option<i64>) -> Result<()> {
    let Some(as_of) = as_of else { return Ok(()) };
    let known = *state.get_or_insert(as_of);
    if known == as_of {
        return Ok(());
    }
    Err(varies("as_of", Instant::from_micros(known)?, Instant::from_micros(as_of)?))
}

/// The combine, serialize and deserialize functions of a state, under the names by which SQL declares them.
macro_rules! state_functions {
    ($state:ty, $combine:ident, $serialize:ident, $deserialize:ident) => {
        #[pgrx::pg_extern]
        fn $combine(
            left: $crate::pg::ffi::internal_state::Pointer<$state>,
            right: $crate::pg::ffi::internal_state::Pointer<$state>,
            fcinfo: pgrx::pg_sys::FunctionCallInfo,
        ) -> $crate::pg::ffi::error::SqlResult<$crate::pg::ffi::internal_state::Pointer<$state>> {
            // SAFETY: SQL passes states of this aggregate only.
            Ok(unsafe { $crate::pg::ffi::internal_state::combine(left, right, fcinfo) }?)
        }

        #[pgrx::pg_extern]
        fn $serialize(
            state: $crate::pg::ffi::internal_state::Pointer<$state>,
        ) -> $crate::pg::ffi::error::SqlResult<Option<$crate::pg::ffi::internal_state::Serialized>> {
            // SAFETY: as above; SQL declares the function STRICT.
            let state = unsafe { state.get() };
            Ok(state.map($crate::pg::ffi::internal_state::to_bytes).transpose()?)
        }

        #[pgrx::pg_extern]
        fn $deserialize(
            bytes: $crate::pg::ffi::varlena::Bytes<'_>,
            _state: $crate::pg::ffi::internal_state::Pointer<$state>,
        ) -> $crate::pg::ffi::error::SqlResult<$crate::pg::ffi::internal_state::Pointer<$state>> {
            Ok($crate::pg::ffi::internal_state::from_bytes(bytes.0)?)
        }
    };
}
pub(crate) use state_functions;
