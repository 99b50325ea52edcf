//! Letting go of the tables that a store reads, for a migration that views and triggers would forbid, and reading them again.

use pgrx::{pg_extern, pg_sys};

use super::configure::configure_store;
use super::follow::take_up_replaced;
use super::refresh_step::set;
use super::remake::drop_made;
use super::source_triggers::{drop_all_triggers, lock_triggered};
use super::upgrade::lock_upgraded;
use super::{layout, must_exist, must_own, text_argument};
use crate::domain::support::error::Result;
use crate::domain::support::sql::sql;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::run;

fn let_go(name: &str) -> Result<()> {
    must_exist(name)?;
    must_own(name)?;
    let attached = lock_upgraded(name)?;
    lock_triggered(&attached.store);
    drop_all_triggers(&attached.store);
    drop_made(name, &layout::views_of_sources())?;
    with_pinned_settings(|| run(sql!(attached.store, "sql/hold_sources.sql")));
    set(name, "rebuild_due = true", &[]);
    Ok(())
}

fn read_again(name: &str) -> Result<()> {
    must_exist(name)?;
    must_own(name)?;
    let attached = lock_upgraded(name)?;
    with_pinned_settings(|| run(sql!(attached.store, "sql/release_sources.sql")));
    // The tables may have been replaced meanwhile.
    take_up_replaced(name)?;
    configure_store(name, "{}")?;
    set(name, "rebuild_due = true", &[]);
    Ok(())
}

/// (store)
// SQL: detach_source(text) void
#[pg_extern]
fn detach_source(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(let_go(&text_argument(fcinfo, 0, "store")?)?)
}

/// (store)
// SQL: reattach_source(text) void
#[pg_extern]
fn reattach_source(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(read_again(&text_argument(fcinfo, 0, "store")?)?)
}
