//! The state of the aggregates that build histories: the hottest code of the extension, called once for each row.
//!
//! The state is a history in its growing form, a plain value of variable length. PostgreSQL allows a
//! transition function to change its first argument in place; while there is room a row costs one append. When it
//! is full, a value of twice the size is made in the short-lived context of the row, and the executor, which sees that
//! another pointer came back, copies it into the aggregate's context and frees the old one.
//!
//! These functions read their arguments from `fcinfo` themselves: the general way of converting them costs some 60 ns a
//! row, more than the append.

use std::cell::RefCell;

use pgrx::{pg_sys, varlena};

use crate::domain::history::encoding;
use crate::domain::history::encoding::Entry;
use crate::domain::history::entry_kind::EntryKind;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::pg::ffi::error::{or_raise, raise};
use crate::pg::ffi::varlena::{MAX_SIZE, bytes_of, new_value};

/// The first size of a state: with its length word just one of the server's memory chunks, some ten entries. What counts
/// is not the copying that a larger state saves, but where it lies: the first state stands beside the group's entry in
/// the hash table, and one that was moved elsewhere costs another miss of the processor's address cache at each row.
const FIRST_SIZE: usize = 128;

/// Declares a function to the server's loader: version 1 calling convention.
macro_rules! finfo {
    ($name:ident) => {
        #[doc(hidden)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() -> *const pg_sys::Pg_finfo_record {
            const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };
            &V1
        }
    };
}
pub(crate) use finfo;

/// An argument of the call.
///
/// # Safety
/// `fcinfo` must be the current call's and have so many arguments, this one not NULL.
#[inline]
pub unsafe fn argument(fcinfo: pg_sys::FunctionCallInfo, number: usize) -> pg_sys::Datum {
    // SAFETY: the caller vouches for it.
    unsafe { (*(*fcinfo).args.as_ptr().add(number)).value }
}

/// Adds an entry to the state, argument 0, and returns the state.
///
/// # Safety
/// `fcinfo` must be the current call's, and argument 0 a history of this content.
#[inline]
pub unsafe fn append<C: EntryKind>(fcinfo: pg_sys::FunctionCallInfo, entry: Entry) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the call; only an aggregate's own state may be changed in place.
    unsafe {
        require_aggregate::<C>(fcinfo);
        let state = argument(fcinfo, 0);
        if encoding::append(bytes_in_place::<C>(state), entry) { state } else { append_to_larger::<C>(state, entry) }
    }
}

/// Refuses a call that is not an aggregate's.
///
/// # Safety
/// `fcinfo` must be the current call's.
#[inline]
pub unsafe fn require_aggregate<C: EntryKind>(fcinfo: pg_sys::FunctionCallInfo) {
    // The server's AggCheckCallContext does the same, behind a guard against its errors that costs more than the append.
    // SAFETY: the context of a call is NULL or a node.
    let is_aggregate = unsafe {
        let context = (*fcinfo).context;
        !context.is_null()
            && matches!((*context).type_, pg_sys::NodeTag::T_AggState | pg_sys::NodeTag::T_WindowAggState)
    };
    if !is_aggregate {
        raise(
            Error::new(Kind::InvalidParameter, "an aggregate's inner function was called outside an aggregate")
                .hint(format!("Use the aggregate {}, or + to unite two histories.", C::TYPE)),
        );
    }
}

/// The bytes of the state to change, empty if it is not in the form that an aggregate makes.
///
/// # Safety
/// The datum must be the state of the current aggregate, a history.
#[inline]
unsafe fn bytes_in_place<'a, C: EntryKind>(state: pg_sys::Datum) -> &'a mut [u8] {
    let value: *mut pg_sys::varlena = state.cast_mut_ptr();
    // SAFETY: the caller vouches for the value; a plain four-byte header says how long it is.
    unsafe {
        if !varlena::varatt_is_4b_u(value) {
            return &mut [];
        }
        let length = varlena::varsize_4b(value) - pg_sys::VARHDRSZ;
        let bytes = std::slice::from_raw_parts_mut(varlena::vardata_4b(value).cast_mut().cast::<u8>(), length);
        if encoding::is_growing::<C>(bytes) { bytes } else { &mut [] }
    }
}

/// A state with room for this entry as well.
///
/// # Safety
/// The datum must be a history of this content.
#[cold]
#[inline(never)]
unsafe fn append_to_larger<C: EntryKind>(state: pg_sys::Datum, entry: Entry) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the value, and the larger one was made just now.
    unsafe {
        let larger = or_raise(with_room::<C>(bytes_of(state), encoding::MAX_ENTRY));
        let appended = encoding::append(bytes_in_place::<C>(larger), entry);
        assert!(appended, "there is room for the longest entry");
        larger
    }
}

/// A growing state with the entries of `old` and room for so many bytes more, in the current memory context.
fn with_room<C: EntryKind>(old: &[u8], room: usize) -> Result<pg_sys::Datum> {
    let is_growing = encoding::is_growing::<C>(old);
    let held = if is_growing {
        encoding::used(old)
    } else {
        encoding::GROWING_HEADER + encoding::MAX_ENTRY * encoding::entries::<C>(old)?.count()
    };
    let needed = pg_sys::VARHDRSZ + held + room;
    let size = needed.next_power_of_two().clamp(FIRST_SIZE, MAX_SIZE);
    if size < needed {
        return Err(Error::new(Kind::LimitExceeded, format!("{} larger than 1 GiB while it is built", C::TYPE))
            .hint(encoding::too_many::<C>()));
    }
    // SAFETY: palloc0 gives so many zeroed bytes or raises an error. The length word is set before anything reads it.
    let (datum, bytes) = unsafe {
        let value: *mut pg_sys::varlena = pg_sys::palloc0(size).cast();
        varlena::set_varsize_4b(value, size as i32);
        let bytes = value.cast::<u8>().add(pg_sys::VARHDRSZ);
        (pg_sys::Datum::from(value), std::slice::from_raw_parts_mut(bytes, size - pg_sys::VARHDRSZ))
    };
    if is_growing {
        let used = encoding::used(old);
        bytes[..used].copy_from_slice(&old[..used]);
    } else {
        encoding::start_growing::<C>(bytes);
        for entry in encoding::entries::<C>(old)? {
            encoding::append(bytes, entry);
        }
    }
    Ok(datum)
}

/// The combine function of an aggregate, and the transition function of `rollup`: the union of two states.
///
/// # Safety
/// `fcinfo` must be the current call's, with two histories of this content, neither of them NULL.
pub unsafe fn combine<C: EntryKind>(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the call.
    unsafe {
        require_aggregate::<C>(fcinfo);
        let state = argument(fcinfo, 0);
        let (mine, theirs) = (bytes_of(state), bytes_of(argument(fcinfo, 1)));
        if encoding::is_empty::<C>(theirs) {
            return state;
        }
        if encoding::is_empty::<C>(mine) {
            // Often the only part there is: it may stay packed. The copy gives it a plain header.
            return new_value(theirs);
        }
        pgrx::check_for_interrupts!();
        let mut target = state;
        for entry in or_raise(encoding::entries::<C>(theirs)) {
            if !encoding::append(bytes_in_place::<C>(target), entry) {
                // In most cases this much more is enough for the rest as well.
                target = or_raise(with_room::<C>(bytes_of(target), encoding::MAX_ENTRY + theirs.len()));
                let appended = encoding::append(bytes_in_place::<C>(target), entry);
                assert!(appended, "there is room for the longest entry");
            }
        }
        target
    }
}

// The final function runs once a customer: it keeps its two work areas from one to the next.
thread_local! {
    static ENTRIES: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
    static PACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A giant history has work areas of its own: it must not hold memory for the life of the session.
const KEPT_ENTRIES: usize = 1 << 16;

/// The final function of an aggregate: the packed value. The state stays as it is, for a window goes on with it.
///
/// # Safety
/// `fcinfo` must be the current call's, with a history of this content that is not NULL.
pub unsafe fn finish<C: EntryKind>(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: the caller vouches for the call.
    let state = unsafe { bytes_of(argument(fcinfo, 0)) };
    if !encoding::is_growing::<C>(state) {
        return new_value(state);
    }
    let held = or_raise(encoding::entries::<C>(state));
    // An entry takes at least one byte: few bytes need not be counted beforehand.
    let room = if state.len() <= KEPT_ENTRIES { state.len() } else { held.clone().count() };
    if room > KEPT_ENTRIES {
        return pack::<C>(held, room, &mut Vec::new(), &mut Vec::new());
    }
    ENTRIES.with_borrow_mut(|entries| PACKED.with_borrow_mut(|packed| pack::<C>(held, room, entries, packed)))
}

/// The packed value of entries of which there are at most so many, with two work areas.
fn pack<C: EntryKind>(
    held: impl Iterator<Item = Entry>,
    room: usize,
    entries: &mut Vec<Entry>,
    packed: &mut Vec<u8>,
) -> pg_sys::Datum {
    entries.clear();
    or_raise(reserve(entries, room));
    entries.extend(held);
    or_raise(encoding::pack::<C>(entries, packed));
    new_value(packed)
}
