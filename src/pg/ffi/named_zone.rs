//! Any time zone by its name, as the domain's zone: as `timezone(name, ...)` takes the name.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::rc::Rc;

use pgrx::{direct_function_call_as_datum, pg_sys};

use super::session_zone::{OffsetRange, ask};
use super::text::bytes_in_database;
use super::varlena::new_value;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::calendar::Zone;
use crate::domain::time::instant::Instant;

/// A zone that `timezone(name, ...)` knows.
#[derive(Debug)]
pub struct NamedZone {
    clock: Clock,
    /// Whether the name is one of a zone, and not only an abbreviation.
    pub is_zone: bool,
}

#[derive(Debug)]
enum Clock {
    /// Clocks that are never changed: what they are ahead of UTC.
    Fixed(i64),
    /// A zone, and what has been found out about it so far.
    Zone(*mut pg_sys::pg_tz, RefCell<Vec<OffsetRange>>),
    /// An abbreviation that has meant one thing and another: the server is asked each time.
    Changing(CString),
}

/// So many names are kept; they come from tables, in which anything may stand.
const KEPT: usize = 2048;

// Looking a name up takes the server a microsecond, and one that it does not know some more, for it searches its files.
thread_local! {
    static KNOWN: RefCell<HashMap<Vec<u8>, Option<Rc<NamedZone>>>> = RefCell::new(HashMap::new());
    static SESSION: Cell<*mut pg_sys::pg_tz> = const { Cell::new(std::ptr::null_mut()) };
    static ABBREVIATIONS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Forgets what names mean if that has changed: it depends on the set of abbreviations, and, since version 18, on what the
/// session's zone calls so.
fn forget_what_has_changed() {
    // SAFETY: reads the pointer of the session's zone, and a setting that every server has, as a C string that lasts until it is
    // changed.
    let (session, abbreviations) = unsafe {
        let abbreviations = pg_sys::GetConfigOption(c"timezone_abbreviations".as_ptr(), true, false);
        let abbreviations = if abbreviations.is_null() { c"" } else { CStr::from_ptr(abbreviations) };
        (pg_sys::session_timezone, abbreviations.to_bytes())
    };
    let is_the_same = ABBREVIATIONS.with_borrow_mut(|known| {
        let is_the_same = known == abbreviations;
        if !is_the_same {
            abbreviations.clone_into(known);
        }
        is_the_same
    });
    if !is_the_same || SESSION.get() != session {
        KNOWN.with_borrow_mut(HashMap::clear);
        SESSION.set(session);
    }
}

/// The zone of this name, which is in the database's encoding; None if the server knows none.
pub fn named_zone(name: &[u8]) -> Option<Rc<NamedZone>> {
    forget_what_has_changed();
    if let Some(known) = KNOWN.with_borrow(|known| known.get(name).cloned()) {
        return known;
    }
    let found = find(name).map(Rc::new);
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(name.to_vec(), found.clone());
    });
    found
}

fn find(name: &[u8]) -> Option<NamedZone> {
    if name.is_empty() || name.len() > pg_sys::TZ_STRLEN_MAX as usize {
        return None;
    }
    let name = CString::new(name).ok()?;
    // SAFETY: a C string; the server keeps what it gives for the life of the process.
    let zone = unsafe { pg_sys::pg_tzset(name.as_ptr()) };
    let is_zone = !zone.is_null();
    // The server takes a name for an abbreviation first.
    let clock = match abbreviation(&name) {
        Some(true) => Clock::Fixed(asked(&name, 0)),
        Some(false) => Clock::Changing(name),
        None if is_zone => Clock::Zone(zone, RefCell::default()),
        None => return None,
    };
    Some(NamedZone { clock, is_zone })
}

/// Refuses what does not serve as the setting `TimeZone`: as SET does, and numbers, which are hours to the east there and to the
/// west in `timezone(name, ...)`.
///
/// # Errors
/// [`Kind::InvalidParameter`]; of what SET does not take it is the server's own error.
pub fn must_serve_as_time_zone(setting: &str, name: &str) -> Result<()> {
    if name.trim().parse::<f64>().is_ok() {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("{setting} must be the name of a time zone, and is {}", shorten(name)),
        )
        .hint("Etc/GMT-5 is 5 hours ahead of UTC; SELECT name FROM pg_timezone_names shows all names."));
    }
    let Ok(name) = CString::new(bytes_in_database(name)) else { return Ok(()) };
    // SAFETY: two C strings; the value is checked only, and one that does not serve is the server's own error.
    unsafe {
        pg_sys::set_config_option(
            c"TimeZone".as_ptr(),
            name.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SET,
            false,
            0,
            false,
        );
    }
    Ok(())
}

/// Whether a name is an abbreviation, and if so, whether it always means the same.
fn abbreviation(name: &CStr) -> Option<bool> {
    let (mut offset, mut zone) = (0, std::ptr::null_mut());
    // SAFETY: C strings, of which the server makes the second, and live variables of the types the functions fill.
    let kind = unsafe {
        let low = pg_sys::downcase_truncate_identifier(name.as_ptr(), name.count_bytes() as i32, false);
        #[cfg(feature = "pg15")]
        {
            pg_sys::DecodeTimezoneAbbrev(0, low, &mut offset, &mut zone)
        }
        #[cfg(not(feature = "pg15"))]
        {
            let (mut kind, mut extra) = (0, pg_sys::DateTimeErrorExtra::default());
            match pg_sys::DecodeTimezoneAbbrev(0, low, &mut kind, &mut offset, &mut zone, &mut extra) {
                0 => kind,
                _ => pg_sys::UNKNOWN_FIELD as i32,
            }
        }
    };
    match kind as u32 {
        pg_sys::TZ | pg_sys::DTZ => Some(true),
        pg_sys::DYNTZ => Some(false),
        _ => None,
    }
}

/// What the clocks are ahead of UTC, by the server's own `timezone(text, timestamptz)`.
fn asked(name: &CStr, at: i64) -> i64 {
    let arguments = [Some(new_value(name.to_bytes())), Some(pg_sys::Datum::from(at))];
    // SAFETY: the function takes a text and a timestamptz, and gives a timestamp, which is passed by value.
    let local = unsafe { direct_function_call_as_datum(pg_sys::timestamptz_zone, &arguments) };
    local.map_or(0, |local| local.value() as i64 - at)
}

impl Zone for NamedZone {
    fn offset(&self, at: Instant) -> i64 {
        let at = at.micros();
        match &self.clock {
            Clock::Fixed(offset) => *offset,
            Clock::Changing(name) => asked(name, at),
            Clock::Zone(zone, known) => {
                if let Some(offset) = known.borrow().iter().find_map(|stretch| stretch.offset_at(at)) {
                    return offset;
                }
                let found = ask(*zone, at);
                let mut known = known.borrow_mut();
                // The server tells where a stretch ends, not where it began: an earlier instant of it makes it longer.
                match known.iter_mut().find(|stretch| stretch.is_of(&found)) {
                    Some(stretch) => stretch.reach_back(&found),
                    None => known.push(found),
                }
                found.offset_at(at).unwrap_or_default()
            }
        }
    }
}
