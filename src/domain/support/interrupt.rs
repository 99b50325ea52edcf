//! Long loops ask whether they are to go on. The domain knows nothing of the server: the shell installs the check.

use std::cmp::Ordering;
use std::sync::OnceLock;

/// A loop over the data asks after so many turns at the latest.
pub const EVERY: usize = 1 << 16;

/// Slices up to this length are sorted without asking: it takes some milliseconds.
const SORTED_AT_ONCE: usize = 1 << 17;

static CHECK: OnceLock<fn()> = OnceLock::new();

/// Installs what [`check`] calls: it returns where the work is to go on, and unwinds where it is to end.
pub fn install(check: fn()) {
    // The first one stays.
    let _ = CHECK.set(check);
}

/// Ends the work by unwinding where its user asked for that.
#[cold]
#[inline(never)]
pub fn check() {
    if let Some(check) = CHECK.get() {
        check();
    }
}

/// Counts the turns of a loop, and asks at every [`EVERY`]th.
#[derive(Debug, Clone, Copy, Default)]
pub struct Turns(usize);

impl Turns {
    /// Another turn.
    #[inline]
    pub fn turn(&mut self) {
        self.0 = self.0.wrapping_add(1);
        if self.0.is_multiple_of(EVERY) {
            check();
        }
    }
}

/// The same elements; the walk over them asks.
pub fn asking<I: Iterator>(elements: I) -> impl Iterator<Item = I::Item> {
    let mut turns = Turns::default();
    elements.inspect(move |_| turns.turn())
}

/// Sorts; a long sort asks.
pub fn sort<T: Ord>(values: &mut [T]) {
    if values.len() <= SORTED_AT_ONCE {
        values.sort_unstable();
    } else {
        sort_by(values, T::cmp);
    }
}

/// The same in this order.
pub fn sort_by<T>(values: &mut [T], mut order: impl FnMut(&T, &T) -> Ordering) {
    if values.len() <= SORTED_AT_ONCE {
        values.sort_unstable_by(order);
        return;
    }
    let mut turns = Turns::default();
    values.sort_unstable_by(|a, b| {
        turns.turn();
        order(a, b)
    });
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static ASKED: Cell<usize> = const { Cell::new(0) };
    }

    fn count() {
        ASKED.set(ASKED.get() + 1);
    }

    #[test]
    fn long_loops_and_sorts_ask() {
        install(count);
        let asked = |work: &dyn Fn()| {
            let before = ASKED.get();
            work();
            ASKED.get() - before
        };
        assert_eq!(asked(&|| asking(0..EVERY - 1).for_each(drop)), 0);
        assert_eq!(asked(&|| asking(0..3 * EVERY).for_each(drop)), 3);
        let shuffled = |n: u64| (0..n).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20).collect::<Vec<_>>();
        for n in [1_000, SORTED_AT_ONCE as u64 + 1, 1_000_000] {
            let mut sorted = shuffled(n);
            let times = asked(&|| sort(&mut shuffled(n)));
            sort(&mut sorted);
            assert!(sorted.is_sorted(), "{n}");
            assert_eq!(times > 0, n > SORTED_AT_ONCE as u64, "{n}: {times}");
        }
    }
}
