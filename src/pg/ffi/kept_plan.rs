//! The plans of statements that a session runs again and again. So many are kept as a few stores with journeys need; of more, those
//! that were not used for the longest time are given back.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use pgrx::pg_sys;

use super::spi::check;

/// So many statements are kept with their plans.
const KEPT: usize = 200;

/// A plan that the server keeps for the session, or until it is given back.
struct Plan {
    pointer: pg_sys::SPIPlanPtr,
    /// When it was used last, by the count of uses.
    used: Cell<u64>,
}

/// A plan that is in use: it is not given back meanwhile, also when what it runs comes back to this file, as a trigger may.
pub struct KeptPlan(Rc<Plan>);

impl KeptPlan {
    /// What the server knows it by.
    pub fn pointer(&self) -> pg_sys::SPIPlanPtr {
        self.0.pointer
    }
}

thread_local! {
    static PLANS: RefCell<HashMap<String, Rc<Plan>>> = RefCell::new(HashMap::new());
    static USES: Cell<u64> = const { Cell::new(0) };
}

/// The plan of a statement that this session has kept, or keeps from now on. The server plans it anew by itself when that is
/// necessary. None if so many plans are in use at this moment that none can be given back.
///
/// # Safety
/// There must be a connection, and the text be the statement with a zero at its end.
pub unsafe fn kept_plan(statement: &str, text: &[u8], types: &mut [pg_sys::Oid]) -> Option<KeptPlan> {
    let now = USES.get() + 1;
    USES.set(now);
    if let Some(plan) = PLANS.with_borrow(|plans| plans.get(statement).cloned()) {
        plan.used.set(now);
        return Some(KeptPlan(plan));
    }
    if !make_room() {
        return None;
    }
    // SAFETY: the caller vouches for the connection and the text; the types are as many as they say.
    let pointer = unsafe {
        let pointer = pg_sys::SPI_prepare(text.as_ptr().cast(), types.len() as i32, types.as_mut_ptr());
        if pointer.is_null() {
            check("SPI_prepare", pg_sys::SPI_result);
            return None;
        }
        check("SPI_keepplan", pg_sys::SPI_keepplan(pointer));
        pointer
    };
    let plan = Rc::new(Plan { pointer, used: Cell::new(now) });
    PLANS.with_borrow_mut(|plans| plans.insert(statement.to_owned(), Rc::clone(&plan)));
    Some(KeptPlan(plan))
}

/// Gives plans back until there is room for one more; false if all are in use.
fn make_room() -> bool {
    loop {
        // The plan leaves the map before the server is called, whose errors then find it gone.
        let oldest = PLANS.with_borrow_mut(|plans| {
            if plans.len() < KEPT {
                return Ok(None);
            }
            let idle = plans.iter().filter(|(_, plan)| Rc::strong_count(plan) == 1);
            let statement = idle.min_by_key(|(_, plan)| plan.used.get()).map(|(statement, _)| statement.clone());
            statement.and_then(|statement| plans.remove(&statement)).map(Some).ok_or(())
        });
        match oldest {
            Ok(None) => return true,
            // SAFETY: the map held the only reference, so that nothing runs the plan, and nothing finds it any more.
            Ok(Some(plan)) => check("SPI_freeplan", unsafe { pg_sys::SPI_freeplan(plan.pointer) }),
            Err(()) => return false,
        }
    }
}
