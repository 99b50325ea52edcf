//! A step of a refresh: its entry in the log, the store that it works on, and the settings under which it does so.

use std::cell::Cell;
use std::time::{Duration, Instant as Moment};

use pgrx::pg_sys;

use super::left_out::check_rates;
use super::{Attached, lock, must_own};
use crate::domain::audience::membership;
use crate::domain::store::planner::PLANNER;
use crate::domain::store::tables::Source;
use crate::domain::store::{Store, changes, scoring};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::session::{
    NO_NOTICES, SEARCH_PATH, TEXT_FORMATS, as_extension, with_pinned_settings, with_settings,
};
use crate::pg::ffi::spi::{holds, rows, run_with, value};

/// The class of the advisory locks by which other sessions see that a refresh is running: "life" in ASCII. The number of the
/// refresh is the other half.
const LOCK_CLASS: i32 = 0x6c69_6665;

/// Shows that this transaction works on a refresh. It does not wait: where another session holds that lock alone, the refresh is not
/// shown.
pub fn show_running(refresh: &str) {
    value(sql!((), "sql/show_running.sql", class = LOCK_CLASS), &[Some(refresh)]);
}

thread_local! {
    static LAST_NOTICE: Cell<Option<Moment>> = const { Cell::new(None) };
}

/// From now on a refresh runs, which says nothing in its first second.
pub fn reset_progress_notice() {
    LAST_NOTICE.set(Some(Moment::now()));
}

/// Says how far a long refresh is, at most once a second.
pub fn progress_notice(message: impl FnOnce() -> String) {
    let is_due = LAST_NOTICE.get().is_some_and(|last| last.elapsed() >= Duration::from_secs(1));
    if is_due {
        LAST_NOTICE.set(Some(Moment::now()));
        pgrx::notice!("{}", message());
    }
}

/// Writes into the log, as the owner of the log.
pub fn log(refresh: &str, set: &'static str, arguments: &[Option<&str>]) {
    write(&sql!((), "sql/log_refresh.sql", set = set), refresh, arguments);
}

/// Writes into the store's row, as the owner of the table.
pub fn set(name: &str, set: impl Into<Sql>, arguments: &[Option<&str>]) {
    write(&sql!((), "sql/set_of_store.sql", set = set), name, arguments);
}

fn write(statement: &Sql, of: &str, arguments: &[Option<&str>]) {
    let arguments: Vec<Option<&str>> = std::iter::once(Some(of)).chain(arguments.iter().copied()).collect();
    as_extension(|| with_pinned_settings(|| run_with(statement, &arguments)));
}

/// What a step works on: the refresh's number, and its store, locked.
pub struct Step {
    /// The refresh's number.
    pub refresh: String,
    /// The store's name.
    pub name: String,
    /// The store, locked.
    pub attached: Attached,
    /// The instant of the profiles, once it is known.
    pub as_of: Option<String>,
    /// Whether the caller gave the instant.
    pub as_of_was_asked: bool,
    began: Moment,
}

impl Step {
    /// Begins a step of the refresh with this number.
    pub fn begin(fcinfo: pg_sys::FunctionCallInfo, step: &str) -> Result<Self> {
        // SAFETY: SQL declares the first argument as bigint.
        let refresh = unsafe { Arguments::of(fcinfo) }.datum(0).map_or(0, |number| number.value() as i64).to_string();
        let entry = sql!((), "sql/running_refresh.sql");
        let entry = as_extension(|| with_pinned_settings(|| rows(&entry, &[Some(&refresh)])));
        let Some([Some(name), as_of, asked]) = entry.first().map(Vec::as_slice) else {
            return Err(Error::new(Kind::UndefinedObject, format!("refresh {refresh} does not run"))
                .detail("Its store was detached, or no such refresh was started.")
                .hint("CALL lifecycle.refresh(...) runs the steps."));
        };
        must_own(name)?;
        show_running(&refresh);
        let attached = lock(name)?;
        must_own(name)?;
        check_tables(&attached.store)?;
        check_pg_temp()?;
        log(&refresh, "step = $2, step_started_at = clock_timestamp()", &[Some(step)]);
        Ok(Step {
            refresh,
            name: name.clone(),
            attached,
            as_of: as_of.clone(),
            as_of_was_asked: asked.as_deref() == Some("t"),
            began: Moment::now(),
        })
    }

    /// Runs statements of the store: in its time zone, and finding nothing but what they name.
    pub fn run<T>(&self, run: impl FnOnce(&Store) -> T) -> T {
        let store = &self.attached.store;
        // A refresh is maintenance, as is building an index.
        let memory = value(
            "SELECT GREATEST(pg_catalog.pg_size_bytes(pg_catalog.current_setting('work_mem')),
                pg_catalog.pg_size_bytes(pg_catalog.current_setting('maintenance_work_mem'))) OPERATOR(pg_catalog./) 1024",
            &[],
        )
        .unwrap_or_default();
        let settings = [SEARCH_PATH, ("work_mem", &memory), NO_NOTICES];
        // The zone last: it is that of the store's days and months.
        let settings = [&TEXT_FORMATS[..], &PLANNER[..], &settings[..], &[("TimeZone", store.zone())][..]].concat();
        with_settings(&settings, || run(store))
    }

    /// For how long it has run.
    pub fn took(&self) -> Duration {
        self.began.elapsed()
    }

    /// The same in milliseconds, as text.
    pub fn milliseconds(&self) -> String {
        (self.took().as_secs_f64() * 1000.0).to_string()
    }
}

/// Refuses a session in which the temporary tables of a refresh cannot be made, because their names are taken: what is not ours is
/// not dropped.
pub fn check_pg_temp() -> Result<()> {
    for table in [changes::CHANGED, changes::FRESH, scoring::SCORED, scoring::FITTED, membership::MOVED] {
        if holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(table)]) {
            return Err(Error::new(Kind::DuplicateObject, format!("{table} exists"))
                .detail("A refresh creates a temporary table of this name, and does not drop a table that it did not create.")
                .hint("Drop it or rename it, or refresh from another session."));
        }
    }
    Ok(())
}

/// Refuses a store whose view of its orders was dropped, along with the table that it read, and one to whose tables of changes
/// a role has added what the triggers do not keep up.
pub fn check_tables(store: &Store) -> Result<()> {
    for (view, setting, has) in [
        (Source::Orders.view(), "orders", true),
        (Source::Events.view(), "events", store.settings.events.is_some()),
        (Source::Refunds.view(), "refunds", store.settings.refunds.is_some()),
        ("source_customers", "customers", store.settings.customers.is_some()),
        ("source_consents", "consents", store.settings.consents.is_some()),
    ] {
        let view = store.data(view);
        if has && !holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(view.as_str())]) {
            return Err(Error::new(
                Kind::NotReady,
                format!("the source view for {setting} of store \"{}\" does not exist", shorten(&store.name)),
            )
            .detail(format!("The view {} was dropped with its table, or by lifecycle.detach_source.", shorten(view.as_str())))
            .hint(format!(
                "lifecycle.reattach_source(store) reads the table again, and lifecycle.configure(store, '{{\"{setting}\": \"...\"}}') attaches another one."
            )));
        }
    }
    check_rates(store)?;
    for source in Source::ALL {
        let table = store.data(source.change_table());
        if !with_pinned_settings(|| holds(sql!((), "sql/is_plain_table.sql"), &[Some(table.as_str())])) {
            return Err(Error::new(Kind::NotReady, format!("{} cannot record changes", shorten(table.as_str())))
                .detail("The table does not exist, is unlogged, or has an index, a trigger, a rule, a constraint, a default or forced row security; the triggers of a store write to plain tables only.")
                .hint("Drop what was added, or ALTER TABLE ... SET LOGGED, and refresh again; or detach the store and attach it again."));
        }
    }
    Ok(())
}
