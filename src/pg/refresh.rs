//! Refreshing a store: the steps of the procedure `lifecycle.refresh`, each of which leaves the store in a state from which
//! the next refresh goes on.

use std::cell::Cell;
use std::time::{Duration, Instant as Moment};

use pgrx::iter::TableIterator;
use pgrx::{name, pg_extern, pg_sys};

use super::arguments::Arguments;
use super::error::SqlResult;
use super::query::{holds, rows, run, run_all, run_with, value};
use super::session::{EXACT, PINNED, QUIET, as_extension, unswayed, with_settings};
use super::store::{Attached, lock, must_exist, must_own, relation_of, text_argument};
use super::text::Text;
use super::watch::{parts_changed, place_triggers, watched};
use crate::domain::error::{Error, Kind, Result, shorten};
use crate::domain::instant::Instant;
use crate::domain::store::changes::{self, Scope};
use crate::domain::store::settings::Changes;
use crate::domain::store::source::{Column, Relation};
use crate::domain::store::tables::Source;
use crate::domain::store::{Store, scoring};

// ---- the log --------------------------------------------------------------------------------------------------------

/// The class of the advisory locks by which other sessions see that a refresh is running: "life" in ASCII. The number of the
/// refresh is the other half.
const LOCK_CLASS: i32 = 0x6c69_6665;

/// Shows that this transaction works on a refresh; without waiting, for whoever holds that lock of ours alone.
fn show_running(refresh: &str) {
    value(
        &format!(
            "SELECT pg_catalog.pg_try_advisory_xact_lock_shared({LOCK_CLASS},
                ($1::pg_catalog.int8 OPERATOR(pg_catalog.%) 2147483647)::pg_catalog.int4)"
        ),
        &[Some(refresh)],
    );
}

thread_local! {
    static LAST_NOTICE: Cell<Option<Moment>> = const { Cell::new(None) };
}

/// Says how far a long refresh is, at most once a second.
fn say(message: impl FnOnce() -> String) {
    let is_due = LAST_NOTICE.get().is_some_and(|last| last.elapsed() >= Duration::from_secs(1));
    if is_due {
        LAST_NOTICE.set(Some(Moment::now()));
        pgrx::notice!("{}", message());
    }
}

/// Writes into the log, as the owner of the log.
fn log(refresh: &str, set: &str, arguments: &[Option<&str>]) {
    let arguments: Vec<Option<&str>> = std::iter::once(Some(refresh)).chain(arguments.iter().copied()).collect();
    as_extension(|| {
        unswayed(|| run_with(&format!("UPDATE lifecycle.refresh_log SET {set} WHERE id = $1::int8"), &arguments))
    });
}

/// Writes into the store's row, as the owner of the table.
fn set(name: &str, set: &str, arguments: &[Option<&str>]) {
    let arguments: Vec<Option<&str>> = std::iter::once(Some(name)).chain(arguments.iter().copied()).collect();
    as_extension(|| {
        unswayed(|| run_with(&format!("UPDATE lifecycle.store SET {set} WHERE store = $1"), &arguments));
    });
}

/// What a step works on: the refresh's number, and its store, locked.
struct Step {
    refresh: String,
    name: String,
    attached: Attached,
    as_of: Option<String>,
    /// Whether somebody gave the instant.
    as_of_was_asked: bool,
    refitted: bool,
    began: Moment,
}

impl Step {
    /// Begins a step of the refresh with this number.
    fn begin(fcinfo: pg_sys::FunctionCallInfo, step: &str) -> Result<Self> {
        // SAFETY: SQL declares the first argument as bigint.
        let refresh = unsafe { Arguments::of(fcinfo) }.datum(0).map_or(0, |number| number.value() as i64).to_string();
        let entry = unswayed(|| {
            rows(
                "SELECT store, as_of, refitted, asked_as_of IS NOT NULL FROM lifecycle.refresh_log
                WHERE id = $1::int8 AND finished_at IS NULL",
                &[Some(&refresh)],
            )
        });
        let Some([Some(name), as_of, refitted, asked]) = entry.first().map(Vec::as_slice) else {
            return Err(Error::new(Kind::UndefinedObject, format!("refresh {refresh} does not run"))
                .detail("Its store was detached meanwhile, or there was no such refresh.")
                .hint("CALL lifecycle.refresh(...) is what runs the steps."));
        };
        must_own(name)?;
        show_running(&refresh);
        let attached = lock(name)?;
        must_own(name)?;
        check_tables(&attached.store)?;
        log(&refresh, "step = $2, step_started_at = clock_timestamp()", &[Some(step)]);
        Ok(Step {
            refresh,
            name: name.clone(),
            attached,
            as_of: as_of.clone(),
            as_of_was_asked: asked.as_deref() == Some("t"),
            refitted: refitted.as_deref() == Some("t"),
            began: Moment::now(),
        })
    }

    /// Runs statements of the store: in its time zone, and finding nothing but what they name.
    fn run<T>(&self, run: impl FnOnce(&Store) -> T) -> T {
        let store = &self.attached.store;
        let zone = store.settings.time_zone.as_deref().unwrap_or("UTC");
        // A refresh is maintenance, as is building an index.
        let memory = value(
            "SELECT GREATEST(pg_catalog.pg_size_bytes(pg_catalog.current_setting('work_mem')),
                pg_catalog.pg_size_bytes(pg_catalog.current_setting('maintenance_work_mem'))) / 1024",
            &[],
        )
        .unwrap_or_default();
        let settings = [
            PINNED,
            ("work_mem", &memory),
            // The rows of customers who have changed are few, and mostly in memory: an index finds them sooner than a look
            // through the whole table, which the server prefers from some thousand customers on for fear of a slow disk.
            ("random_page_cost", "1.1"),
            // Nor is walking along both indexes any help, which reads all that lies between those customers too.
            ("enable_mergejoin", "off"),
            // The time goes into the extension's functions, which compiling the queries around them does not make faster.
            ("jit", "off"),
            QUIET,
        ];
        // The zone last: it is that of the store's days and months.
        with_settings(&[&EXACT[..], &settings[..], &[("TimeZone", zone)][..]].concat(), || run(store))
    }

    fn milliseconds(&self) -> String {
        (self.began.elapsed().as_secs_f64() * 1000.0).to_string()
    }
}

/// Refuses a store whose view of its orders was dropped, along with the table that it read, and one to whose tables of changes
/// somebody has added what the triggers do not keep up.
fn check_tables(store: &Store) -> Result<()> {
    let view = store.own(Source::Orders.view());
    if !holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(&view)]) {
        return Err(Error::new(
            Kind::NotReady,
            format!("what store \"{}\" reads its orders from is gone", shorten(&store.name)),
        )
        .detail(format!("The view {} does not exist: it was dropped with the table.", shorten(&view)))
        .hint("lifecycle.configure(store, '{\"orders\": \"...\"}') names another table."));
    }
    for source in [Source::Orders, Source::Events] {
        let table = store.own(source.change_table());
        let is_plain = "SELECT relkind = 'r' AND NOT relhasrules AND NOT relispartition
                AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid)
                AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid)
                AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid)
                AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND (attnotnull OR atthasdef))
            FROM pg_class AS c WHERE oid = to_regclass($1)";
        if !unswayed(|| holds(is_plain, &[Some(&table)])) {
            return Err(Error::new(Kind::NotReady, format!("{} cannot take notes of changes", shorten(&table)))
                .detail("It is gone, or has an index, a trigger, a rule, a constraint or a default, and triggers write to plain tables only.")
                .hint("Drop what was added, and CALL lifecycle.refresh(..., rebuild => true); or detach the store and attach it again."));
        }
    }
    Ok(())
}

/// (store, as_of) to the number of the refresh
#[pg_extern]
fn begin_refresh(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    let name = text_argument(fcinfo, 0, "store")?;
    // SAFETY: SQL declares the argument as timestamptz.
    let as_of = unsafe { Arguments::of(fcinfo) }
        .datum(1)
        .map(|datum| Instant::from_micros(datum.value() as i64))
        .transpose()?;
    LAST_NOTICE.set(Some(Moment::now()));
    must_exist(&name)?;
    must_own(&name)?;
    let as_of = as_of.map(|instant| instant.to_string());
    // In a transaction of its own, which ends at once: making a trigger locks its table against writers.
    let attached = lock(&name)?;
    check_tables(&attached.store)?;
    let mut has_lost_triggers = false;
    for source in [Source::Orders, Source::Events] {
        let Some(relation) = relation_of(&attached, source)? else { continue };
        check_watchable(&attached.store, source, &relation)?;
        let parts = watched(&attached.store, source, &relation);
        has_lost_triggers |= place_triggers(&attached.store, source, &parts, &attached.parts);
    }
    if has_lost_triggers {
        set(&name, "rebuild_due = true", &[]);
    }
    let id = as_extension(|| {
        unswayed(|| {
            run_with(
                "DELETE FROM lifecycle.refresh_log AS l WHERE store = $1 AND started_at < now() - interval '90 days'
                    AND EXISTS (SELECT FROM lifecycle.refresh_log AS m
                        WHERE m.store = l.store AND m.id > l.id AND m.finished_at IS NOT NULL)",
                &[Some(&name)],
            );
            value(
                "INSERT INTO lifecycle.refresh_log (store, as_of, asked_as_of)
                VALUES ($1, $2::timestamptz, $2::timestamptz) RETURNING id",
                &[Some(&name), as_of.as_deref()],
            )
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
    if unswayed(|| holds("SELECT $1::timestamptz > clock_timestamp() + '1 day'::interval", &[Some(as_of)])) {
        return refused("lie in the future", format!("It is {as_of}."), "Leave it out for the present.");
    }
    let last = unswayed(|| {
        value(
            "SELECT as_of::text FROM lifecycle.store WHERE store = $1 AND as_of > $2::timestamptz",
            &[Some(name), Some(as_of)],
        )
    });
    match last {
        Some(last) => refused(
            "be before that of the last refresh",
            format!("It is {as_of}, and that was {last}."),
            "stages_at(...) of the store's schema tells of the past; or attach the table as another store.",
        ),
        None => Ok(()),
    }
}

/// Refuses to note changes where triggers cannot any more.
fn check_watchable(store: &Store, source: Source, relation: &Relation) -> Result<()> {
    let Some((kind, why)) = relation.no_triggers().filter(|_| source.changes(store) == Some(Changes::Triggers)) else {
        return Ok(());
    };
    let setting = if source == Source::Orders { "changes" } else { "event_changes" };
    Err(Error::new(kind, format!("triggers cannot note the changes of {} any more", relation.shown()))
        .detail(why)
        .hint(format!("SELECT lifecycle.configure('{}', '{{\"{setting}\": \"compare\"}}').", shorten(&store.name))))
}

// ---- histories ------------------------------------------------------------------------------------------------------

/// (refresh, rebuild)
#[pg_extern]
fn refresh_histories(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let step = Step::begin(fcinfo, "histories")?;
    // SAFETY: SQL declares the argument as boolean.
    let asked = unsafe { Arguments::of(fcinfo) }.datum(1).is_some_and(|rebuild| rebuild.value() != 0);
    let mut relations = Vec::new();
    let mut parts = Vec::new();
    for source in [Source::Orders, Source::Events] {
        let relation = relation_of(&step.attached, source)?;
        if let Some(relation) = &relation {
            parts.extend(watched(&step.attached.store, source, relation));
        }
        relations.push((source, relation));
    }
    // A part without triggers, which came since the refresh began, is left to the next one.
    parts.retain(|part| part.is_watched);
    let mut rebuilt = asked || step.attached.rebuild_due || parts_changed(&step.attached.parts, &parts);
    let everybody = rebuilt;
    let mut changed = 0;
    for (source, relation) in relations {
        let (Some(changes), Some(relation)) = (source.changes(&step.attached.store), relation) else {
            // A store loses a source by a change of its settings only, which makes it read all.
            if everybody {
                step.run(|store| forget(store, source));
            }
            continue;
        };
        match step.run(|store| bring_up_to_date(store, source, changes, &relation, everybody)) {
            Some(number) => changed += number,
            None => rebuilt = true,
        }
    }
    let parts = format!("{{{}}}", parts.into_iter().map(|part| part.oid).collect::<Vec<_>>().join(","));
    // A transaction that sees but the state at its beginning may have missed what was committed before its triggers were made.
    if holds("SELECT pg_catalog.current_setting('transaction_isolation') LIKE 'read %'", &[]) {
        set(&step.name, "rebuild_due = false, parts = $2::oid[]", &[Some(&parts)]);
    }
    let number = if rebuilt { None } else { Some(changed.to_string()) };
    log(
        &step.refresh,
        "rebuilt = $2::bool, changed_customers = $3::int8, histories_ms = $4::float8",
        &[Some(if rebuilt { "true" } else { "false" }), number.as_deref(), Some(&step.milliseconds())],
    );
    say(|| match number {
        Some(number) => format!("store \"{}\": histories of {number} customers are up to date", shorten(&step.name)),
        None => format!("store \"{}\": the histories are built", shorten(&step.name)),
    });
    Ok(())
}

/// Takes away the histories of a source that a store does not have any more.
fn forget(store: &Store, source: Source) {
    if source == Source::Events
        && holds(&format!("SELECT EXISTS (SELECT FROM {} WHERE events > 0)", store.own("history")), &[])
    {
        run(&format!(
            "UPDATE {} SET engagement = NULL, events = 0, event_checksum = NULL WHERE events > 0",
            store.own("history")
        ));
        run(&format!("DELETE FROM {} WHERE orders = 0 AND events = 0", store.own("history")));
    }
}

/// Brings the histories of one source up to date. How many customers had changed; None if all of them were read.
fn bring_up_to_date(store: &Store, source: Source, changes: Changes, relation: &Relation, all: bool) -> Option<u64> {
    run_all(&changes::begin(store));
    let found = if all { None } else { find_changed(store, source, changes, relation) };
    match found {
        Some(0) => {}
        Some(number) => {
            run(&changes::analyze_changed());
            let built = build(store, source, Scope::Changed);
            replace(store, source, Scope::Changed, number == built);
        }
        None => {
            if changes == Changes::Triggers {
                run(&changes::forget_noted(store, source));
            }
            // Before the rows are read: what comes while they are is found the next time.
            let high = column_of(store, source, relation)
                .filter(|_| changes == Changes::Column)
                .and_then(|column| value(&changes::highest_of_all(store, source, &column.base_type), &[]));
            build(store, source, Scope::All);
            let is_empty = holds(&format!("SELECT NOT EXISTS (SELECT FROM {})", store.own("history")), &[]);
            if is_empty {
                run(&changes::fill(store, source));
            } else {
                replace(store, source, Scope::All, false);
            }
            if changes == Changes::Column {
                set_watermark(store, source, high.as_deref(), true);
            }
            run(&format!("ANALYZE {}", store.own("history")));
        }
    }
    run_all(&changes::end());
    found
}

/// Builds the new histories; how many they are.
fn build(store: &Store, source: Source, scope: Scope) -> u64 {
    let [drop, build] = changes::build(store, source, scope);
    run(&drop);
    run(&build)
}

/// Puts them in the place of the old ones. If there are as many as customers who have changed, nobody has vanished.
fn replace(store: &Store, source: Source, scope: Scope, nobody_vanished: bool) {
    run(&changes::analyze_fresh());
    if !nobody_vanished && run(&changes::empty(store, source, scope)) > 0 {
        run(&changes::remove(store, scope));
    }
    run(&changes::replace(store, source));
}

/// Finds the customers who have changed, and how many they are. None if everybody may have.
fn find_changed(store: &Store, source: Source, changes: Changes, relation: &Relation) -> Option<u64> {
    match changes {
        Changes::Triggers => {
            let found = run(&changes::take_noted(store, source));
            (found == 0 || !holds(&changes::everybody_noted(), &[])).then_some(found)
        }
        Changes::Compare => Some(run(&changes::find_different(store, source))),
        Changes::Column => {
            let watermark = rows(
                &format!(
                    "SELECT high, (reconciled_at <= pg_catalog.clock_timestamp() - $2::pg_catalog.interval)::pg_catalog.text
                    FROM {} WHERE source = $1",
                    store.own("watermark")
                ),
                &[Some(source.name()), Some(&store.settings.reconcile)],
            );
            let column = column_of(store, source, relation)?;
            let [Some(high), reconcile] = watermark.first()?.as_slice() else { return None };
            let grown = run(&changes::find_grown(store, source, &column.base_type, high));
            let new_high = value(&changes::highest(&column.base_type), &[]);
            let is_due = reconcile.as_deref() == Some("true");
            if is_due {
                run(&changes::find_different(store, source));
            }
            set_watermark(store, source, new_high.as_deref().or(Some(high)), is_due);
            // Whoever was found in both ways counts once.
            if is_due { value(&changes::count_changed(), &[])?.parse().ok() } else { Some(grown) }
        }
    }
}

/// The column that grows.
fn column_of<'a>(store: &Store, source: Source, relation: &'a Relation) -> Option<&'a Column> {
    let name = match source {
        Source::Orders => store.settings.changed_at.as_deref(),
        Source::Events => store.settings.event_changed_at.as_deref(),
    };
    relation.columns.iter().find(|column| Some(column.name.as_str()) == name)
}

fn set_watermark(store: &Store, source: Source, high: Option<&str>, reconciled: bool) {
    let at = if reconciled { "pg_catalog.clock_timestamp()" } else { "NULL" };
    run_with(
        &format!(
            "INSERT INTO {} AS w (source, high, reconciled_at) VALUES ($1, $2, {at})
            ON CONFLICT (source) DO UPDATE SET high = excluded.high,
                reconciled_at = COALESCE(excluded.reconciled_at, w.reconciled_at)",
            store.own("watermark")
        ),
        &[Some(source.name()), high],
    );
}

// ---- fits -----------------------------------------------------------------------------------------------------------

/// The instant that was asked for, or the present: that after the histories were read. Time does not run backwards, whatever
/// clocks do and whoever has refreshed the store meanwhile.
fn present(step: &Step) -> String {
    match &step.as_of {
        Some(as_of) if step.as_of_was_asked => as_of.clone(),
        as_of => unswayed(|| {
            value(
                "SELECT GREATEST(COALESCE($1::timestamptz, clock_timestamp()), $2::timestamptz)::text",
                &[as_of.as_deref(), step.attached.as_of.as_deref()],
            )
        })
        .unwrap_or_default(),
    }
}

/// (refresh, refit)
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
    let Some(bins) = value("SELECT bins FROM lifecycle.grid WHERE grid OPERATOR(pg_catalog.=) $1", &[Some(grid)])
    else {
        return Err(Error::new(
            Kind::UndefinedObject,
            format!("segment grid \"{}\" does not exist any more", shorten(grid)),
        )
        .hint("Choose another: lifecycle.configure(store, '{\"grid\": \"rfm_25\"}').")
        .into());
    };
    let refit =
        asked || step.attached.refit_due || step.run(|store| holds(&scoring::fit_is_due(store, &as_of, &bins), &[]));
    if refit {
        step.run(|store| run_all(&scoring::fit(store, &as_of, &bins)));
        set(&step.name, "refit_due = false", &[]);
    }
    log(
        &step.refresh,
        "as_of = $2::timestamptz, refitted = $3::bool, fits_ms = $4::float8",
        &[Some(&as_of), Some(if refit { "true" } else { "false" }), Some(&step.milliseconds())],
    );
    say(|| format!("store \"{}\": breaks, rhythm and models are fitted", shorten(&step.name)));
    Ok(())
}

// ---- profiles -------------------------------------------------------------------------------------------------------

/// (refresh)
#[pg_extern]
fn refresh_profiles(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let step = Step::begin(fcinfo, "profiles")?;
    let as_of = present(&step);
    if step.as_of_was_asked {
        check_as_of(&step.name, &as_of)?;
    }
    let is_first = step.attached.as_of.is_none();
    step.run(|store| {
        let fit = rows(&scoring::newest_fit(store), &[]).into_iter().next();
        let values = fit.and_then(|row| row.try_into().ok()).unwrap_or_default();
        run_all(&scoring::score(store, &as_of, &scoring::Fit { values }));
    });
    say(|| format!("store \"{}\": all customers are scored", shorten(&step.name)));
    let (moved, figures) = step.run(|store| {
        let is_empty = holds(&format!("SELECT NOT EXISTS (SELECT FROM {})", store.own("profile")), &[]);
        // The first profiles of a store are no moves; those of a store that was empty before are.
        let moved = if is_first { 0 } else { run(&scoring::log_moves(store, &as_of, step.refitted)) };
        if is_empty {
            run(&scoring::fill(store, &as_of));
            run(&format!("ANALYZE {}", store.own("profile")));
        } else {
            run_all(&scoring::replace(store, &as_of));
        }
        run(&scoring::figures(store, &as_of));
        run_all(&scoring::end());
        let query =
            format!("SELECT customers, orders FROM {} WHERE as_of = $1::pg_catalog.timestamptz", store.own("kpi"));
        (moved, rows(&query, &[Some(&as_of)]).into_iter().next().unwrap_or_default())
    });
    let figure = |i: usize| figures.get(i).and_then(Option::as_deref);
    log(
        &step.refresh,
        "step = 'done', finished_at = clock_timestamp(), customers = $2::int8, orders = $3::int8, moved = $4::int8,
            profiles_ms = $5::float8, as_of = $6::timestamptz",
        &[figure(0), figure(1), Some(&moved.to_string()), Some(&step.milliseconds()), Some(&as_of)],
    );
    set(&step.name, "refreshed_at = clock_timestamp(), as_of = $2::timestamptz", &[Some(&as_of)]);
    Ok(())
}

/// Whether the procedure that calls this may end its transaction: it is not in a transaction block, nor in a function.
#[pg_extern]
fn may_commit() -> bool {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::SPI_inside_nonatomic_context() }
}

// ---- the law --------------------------------------------------------------------------------------------------------

type Differences = TableIterator<
    'static,
    (
        name!(customer, Option<Text>),
        name!(source, Option<Text>),
        name!(stored, Option<Text>),
        name!(rebuilt, Option<Text>),
    ),
>;

/// (store)
#[pg_extern]
fn verify(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Differences> {
    let name = text_argument(fcinfo, 0, "store")?;
    must_exist(&name)?;
    must_own(&name)?;
    let attached = lock(&name)?;
    let store = &attached.store;
    let zone = store.settings.time_zone.as_deref().unwrap_or("UTC");
    let mut differences = Vec::new();
    for source in [Source::Orders, Source::Events] {
        if source.changes(store).is_some() {
            differences
                .extend(with_settings(&[PINNED, ("TimeZone", zone)], || rows(&changes::verify(store, source), &[])));
        }
    }
    Ok(TableIterator::new(differences.into_iter().map(|row| {
        let mut values = row.into_iter().map(|value| value.map(Text));
        let mut next = || values.next().flatten();
        (next(), next(), next(), next())
    })))
}
