//! Refreshing a store: the steps of the procedure `lifecycle.refresh` but for the histories. Each leaves the store in a state from
//! which the next refresh goes on.

use pgrx::{pg_extern, pg_sys};

use super::audiences::{self, ProfilesChanged};
use super::brake;
use super::follow::{remember_owners, take_up_replaced};
use super::refresh_step::{Step, check_tables, log, progress_notice, reset_progress_notice, set, show_running};
use super::renames::follow;
use super::source_triggers::{drop_triggers, parts_of, place_triggers, watched};
use super::upgrade::lock_upgraded;
use super::watch_sources::{crashed, mend_schema};
use super::{has_rows, must_exist, must_own, relation_of, text_argument};
use crate::domain::audience::membership::Cause;
use crate::domain::segments::grid::DEFAULT_GRID;
use crate::domain::store::quote::select_call;
use crate::domain::store::settings::Changes;
use crate::domain::store::source::Relation;
use crate::domain::store::tables::Source;
use crate::domain::store::{Store, feed, moves, retain, scoring};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::{SqlResult, or_raise};
use crate::pg::ffi::session::{as_extension, with_pinned_settings};
use crate::pg::ffi::spi::{holds, rows, run, run_all, run_with, value};

/// (store, as_of) to the number of the refresh
// SQL: begin_refresh(text, timestamptz) bigint
#[pg_extern]
fn begin_refresh(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let name = text_argument(fcinfo, 0, "store")?;
    // SAFETY: SQL declares the argument as timestamptz.
    let as_of = unsafe { Arguments::of(fcinfo) }
        .datum(1)
        .map(|datum| Instant::from_micros(datum.value() as i64))
        .transpose()?;
    reset_progress_notice();
    must_exist(&name)?;
    must_own(&name)?;
    let as_of = as_of.map(|instant| instant.to_string());
    lock_upgraded(&name)?;
    take_up_replaced(&name)?;
    // In a transaction of its own, which ends at once: making a trigger locks its table against writers.
    let mut attached = lock_upgraded(&name)?;
    check_tables(&attached.store)?;
    let mut may_have_missed = mend_schema(&attached.store);
    let renamed = follow(&mut attached)?;
    let mut all_parts = Vec::new();
    for source in Source::ALL {
        let Some(relation) = relation_of(&attached, source)? else { continue };
        check_watchable(&attached.store, source, &relation)?;
        if renamed.contains(&source) {
            drop_triggers(&attached.store, source);
            may_have_missed = true;
        }
        let parts = watched(&attached.store, source, &relation);
        may_have_missed |= place_triggers(&attached.store, source, &relation, &parts, &attached.parts);
        all_parts.extend(if parts.is_empty() { parts_of(&attached.store, source, &relation) } else { parts });
    }
    if crashed(&attached.store, &all_parts) || may_have_missed {
        set(&name, "rebuild_due = true", &[]);
    }
    remember_owners(&attached);
    let id = as_extension(|| {
        with_pinned_settings(|| {
            run_with(sql!((), "sql/forget_old_refreshes.sql"), &[Some(&name)]);
            value(sql!((), "sql/begin_refresh.sql"), &[Some(&name), as_of.as_deref()])
        })
    });
    let id = id.unwrap_or_default();
    if let Some(as_of) = &as_of {
        check_as_of(&name, as_of)?;
    }
    show_running(&id);
    Ok(id.parse().unwrap_or_default())
}

/// Refuses an instant before that of the last refresh, for the log of moves runs forward, and one that is yet to come, before
/// which no refresh could go back.
fn check_as_of(name: &str, as_of: &str) -> Result<()> {
    let refused = |why: &str, detail: String, hint: &str| {
        Err(Error::new(Kind::InvalidParameter, format!("as_of must not {why} (store \"{}\")", shorten(name)))
            .detail(detail)
            .hint(hint))
    };
    if with_pinned_settings(|| holds("SELECT $1::timestamptz > clock_timestamp() + '1 day'::interval", &[Some(as_of)]))
    {
        return refused(
            "be more than one day in the future",
            format!("as_of is {as_of}."),
            "Leave as_of out for the present.",
        );
    }
    let last = with_pinned_settings(|| {
        value(
            "SELECT as_of::text FROM lifecycle.store WHERE store = $1 AND as_of > $2::timestamptz",
            &[Some(name), Some(as_of)],
        )
    });
    match last {
        Some(last) => refused(
            "be before the as_of of the last refresh",
            format!("as_of is {as_of}, and the as_of of the last refresh was {last}."),
            "The function stages_at(...) of the store's schema shows past stages. To refresh for past dates, attach the table as another store.",
        ),
        None => Ok(()),
    }
}

/// Refuses to note changes where triggers cannot any more.
fn check_watchable(store: &Store, source: Source, relation: &Relation) -> Result<()> {
    let Some((kind, why)) = relation.no_triggers().filter(|_| source.changes(store) == Some(Changes::Triggers)) else {
        return Ok(());
    };
    let setting = if source == Source::Events { "event_changes" } else { "changes" };
    Err(Error::new(kind, format!("triggers cannot note the changes of {} any more", relation.shown()))
        .detail(why)
        .hint(
            select_call("lifecycle.configure", &[&shorten(&store.name), &format!("{{\"{setting}\": \"compare\"}}")])
                + ".",
        ))
}

// ---- fits -----------------------------------------------------------------------------------------------------------

/// The instant that was asked for, or the present: that after the histories were read. Time does not run backwards, whatever
/// clocks do and whoever has refreshed the store meanwhile.
fn present(step: &Step) -> String {
    match &step.as_of {
        Some(as_of) if step.as_of_was_asked => as_of.clone(),
        as_of => with_pinned_settings(|| {
            value(
                "SELECT GREATEST(COALESCE($1::timestamptz, clock_timestamp()), $2::timestamptz)::text",
                &[as_of.as_deref(), step.attached.as_of.as_deref()],
            )
        })
        .unwrap_or_default(),
    }
}

/// (refresh, refit)
// SQL: refresh_fits(bigint, boolean) void
#[pg_extern]
fn refresh_fits(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let step = Step::begin(fcinfo, "fits")?;
    // SAFETY: SQL declares the argument as boolean.
    let asked = unsafe { Arguments::of(fcinfo) }.datum(1).is_some_and(|refit| refit.value() != 0);
    let as_of = present(&step);
    if step.as_of_was_asked {
        check_as_of(&step.name, &as_of)?;
    }
    let grid = &step.attached.store.settings.grid;
    let Some(bins) =
        value("SELECT bins FROM lifecycle.segment_grid WHERE grid OPERATOR(pg_catalog.=) $1", &[Some(grid)])
    else {
        return Err(Error::new(
            Kind::UndefinedObject,
            format!("segment grid \"{}\" does not exist any more", shorten(grid)),
        )
        .hint(format!("Choose another: lifecycle.configure(store, '{{\"grid\": \"{DEFAULT_GRID}\"}}')."))
        .into());
    };
    let refit =
        asked || step.attached.refit_due || step.run(|store| holds(scoring::fit_is_due(store, &as_of, &bins), &[]));
    if refit {
        step.run(|store| run_all(&scoring::fit(store, &as_of, &bins)));
        set(&step.name, "refit_due = false", &[]);
    }
    log(
        &step.refresh,
        "as_of = $2::timestamptz, refitted = $3::bool, fits_ms = $4::float8",
        &[Some(&as_of), Some(if refit { "true" } else { "false" }), Some(&step.milliseconds())],
    );
    progress_notice(|| format!("store \"{}\": breaks, rhythm and models are fitted", shorten(&step.name)));
    Ok(())
}

// ---- profiles -------------------------------------------------------------------------------------------------------

/// (refresh)
// SQL: refresh_profiles(bigint) void
#[pg_extern]
fn refresh_profiles(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let step = Step::begin(fcinfo, "profiles")?;
    let as_of = present(&step);
    if step.as_of_was_asked {
        check_as_of(&step.name, &as_of)?;
    }
    let before = step.attached.as_of.as_deref();
    step.run(|store| {
        let fit = scoring::Fit::from_json(value(scoring::newest_fit(store), &[]).as_deref());
        run_all(&scoring::score(store, &as_of, &fit));
    });
    progress_notice(|| format!("store \"{}\": all customers are scored", shorten(&step.name)));
    let (moved, figures, has_changed) = step.run(|store| {
        let is_empty = !has_rows(&store.data("profile"));
        let version = value(feed::next_version(store), &[]).and_then(|number| number.parse().ok()).unwrap_or(1);
        let borders = value(moves::read_borders(store), &[]);
        let logged = value(moves::last(store), &[]).and_then(|number| number.parse().ok()).unwrap_or(0);
        // The first profiles of a store are no moves; those of a store that was empty before are.
        let moved = match before {
            None => Vec::new(),
            Some(before) => rows(moves::log(store, &as_of, before, borders.as_deref()), &[]).pop().unwrap_or_default(),
        };
        run_all(&moves::know(store, &as_of, before));
        let profile = store.data("profile");
        let [changed, gone] = if is_empty {
            [run(scoring::fill(store, &profile, &as_of, version)), 0]
        } else {
            let [analyze, write, remove] = scoring::replace(store, &profile, &as_of, version);
            run(analyze);
            [run(write), run(remove)]
        };
        run(moves::write_borders(store));
        brake::release(store);
        run(scoring::figures(store, &as_of));
        run(scoring::end());
        let query = sql!(store, "sql/figures_of_refresh.sql");
        let figures = rows(&query, &[Some(&as_of)]).into_iter().next().unwrap_or_default();
        let customers = figures.first().and_then(Option::as_ref).and_then(|number| number.parse().ok());
        let changes = note_changes(store, &as_of, version, [changed, gone, customers.unwrap_or(0)]);
        let scored_by = moves::before(store, borders.as_deref());
        let cause = match before {
            None => Cause::Definition,
            Some(_) => Cause::Refresh { logged, before: &scored_by },
        };
        let joined = audiences::bring_up_to_date(store, audiences::all(store), &as_of, changes, &cause);
        let joined = or_raise(joined);
        run(feed::purge(store, false));
        if store.settings.retain.is_some() && holds(retain::is_due(store, &as_of, before), &[]) {
            run_all(&retain::apply(store, &as_of));
        }
        (moved, figures, joined > 0 || changes != ProfilesChanged::None)
    });
    if has_changed {
        audiences::notify(&step.name);
    }
    let figure = |i: usize| figures.get(i).and_then(Option::as_deref);
    let number = |i: usize| Some(moved.get(i).and_then(Option::as_deref).unwrap_or("0"));
    log(
        &step.refresh,
        "step = 'done', finished_at = clock_timestamp(), customers = $2::int8, orders = $3::int8, moved = $4::int8,
            vanished = $5::int8, returned = $6::int8, corrected = $7::int8, profiles_ms = $8::float8, as_of = $9::timestamptz",
        &[
            figure(0),
            figure(1),
            number(0),
            number(1),
            number(2),
            number(3),
            Some(&step.milliseconds()),
            Some(&as_of),
        ],
    );
    set(&step.name, "refreshed_at = clock_timestamp(), as_of = $2::timestamptz", &[Some(&as_of)]);
    Ok(())
}

/// Notes in the feed which profiles a refresh has changed: how many it wrote and took away, of how many customers.
fn note_changes(store: &Store, as_of: &str, version: i64, [changed, gone, customers]: [u64; 3]) -> ProfilesChanged {
    if changed + gone == 0 {
        return ProfilesChanged::None;
    }
    let is_most = feed::is_most(changed, customers);
    if is_most {
        run(feed::forget_changed(store));
    } else if changed > 0 {
        run(feed::list_changed(store, as_of, version));
    }
    run(feed::set_version(store, version, is_most));
    if is_most { ProfilesChanged::Most } else { ProfilesChanged::Listed(version) }
}

/// Whether the procedure that calls this may end its transaction: it is not in a transaction block, nor in a function.
#[pg_extern]
fn may_commit() -> bool {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::SPI_inside_nonatomic_context() }
}
