//! The session's `TimeZone` as the domain's zone.

use std::cell::{Cell, RefCell};

use pgrx::pg_sys;

use crate::domain::time::calendar::Zone;
use crate::domain::time::instant;
use crate::domain::time::instant::Instant;

/// The session's `TimeZone` at the time of the call.
#[derive(Debug, Clone, Copy)]
pub struct SessionZone;

/// A stretch of time in which a zone's clocks are not changed: `from <= at < to`.
#[derive(Debug, Clone, Copy)]
pub struct OffsetRange {
    zone: *const pg_sys::pg_tz,
    from: i64,
    to: i64,
    offset: i64,
}

impl OffsetRange {
    /// What the clocks are ahead of UTC, if this instant lies in the stretch.
    pub fn offset_at(&self, at: i64) -> Option<i64> {
        (self.from <= at && at < self.to).then_some(self.offset)
    }

    /// Whether it is the same stretch of the same zone, seen from another instant.
    pub fn is_of(&self, other: &OffsetRange) -> bool {
        self.zone == other.zone && self.to == other.to && self.offset == other.offset
    }

    /// Makes it begin as early as it does there.
    pub fn reach_back(&mut self, other: &OffsetRange) {
        self.from = self.from.min(other.from);
    }
}

const NOWHERE: OffsetRange = OffsetRange { zone: std::ptr::null(), from: 0, to: 0, offset: 0 };

// PostgreSQL finds an offset by a search through the zone's table, some 100 ns; a history asks for each of its entries,
// and most lie in the stretch of the one before. The server keeps zones for the life of the process, so that the
// address tells them apart.
thread_local! {
    static LAST: Cell<OffsetRange> = const { Cell::new(NOWHERE) };
    static KNOWN: RefCell<Vec<OffsetRange>> = const { RefCell::new(Vec::new()) };
}

impl Zone for SessionZone {
    #[inline]
    fn offset(&self, at: Instant) -> i64 {
        // SAFETY: reads the pointer of the session's zone, which the server sets before any query runs.
        let zone = unsafe { pg_sys::session_timezone };
        let at = at.micros();
        let last = LAST.get();
        if last.zone == zone.cast_const() && last.from <= at && at < last.to {
            return last.offset;
        }
        let stretch = find(zone, at);
        LAST.set(stretch);
        stretch.offset
    }
}

fn find(zone: *mut pg_sys::pg_tz, at: i64) -> OffsetRange {
    KNOWN.with_borrow_mut(|known| {
        let holds = |s: &&OffsetRange| s.zone == zone.cast_const() && s.from <= at && at < s.to;
        if let Some(stretch) = known.iter().find(holds) {
            return *stretch;
        }
        let asked = ask(zone, at);
        // The server tells where a stretch ends, not where it began: an earlier instant of it makes it longer.
        match known.iter_mut().find(|s| s.is_of(&asked)) {
            Some(stretch) => {
                stretch.reach_back(&asked);
                *stretch
            }
            None => {
                known.push(asked);
                asked
            }
        }
    })
}

/// Asks the server for the stretch from `at` on, of a zone that the server has given.
pub fn ask(zone: *mut pg_sys::pg_tz, at: i64) -> OffsetRange {
    const MICROS: i64 = 1_000_000;
    const UNIX_TO_EPOCH: i64 = instant::UNIX_TO_EPOCH / MICROS;
    let second: pg_sys::pg_time_t = at.div_euclid(MICROS) + UNIX_TO_EPOCH;
    let (mut before, mut after) = (0, 0);
    let (mut before_is_dst, mut after_is_dst) = (0, 0);
    let mut boundary: pg_sys::pg_time_t = 0;
    // SAFETY: the zone is one of the server's, which last, and all the pointers are to live variables of the types the function fills.
    let found = unsafe {
        pg_sys::pg_next_dst_boundary(
            &second,
            &mut before,
            &mut before_is_dst,
            &mut boundary,
            &mut after,
            &mut after_is_dst,
            zone,
        )
    };
    let to = if found == 1 { (boundary - UNIX_TO_EPOCH) * MICROS } else { i64::MAX };
    OffsetRange { zone, from: (second - UNIX_TO_EPOCH) * MICROS, to, offset: before * MICROS }
}
