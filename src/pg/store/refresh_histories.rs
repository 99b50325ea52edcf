//! The histories of a store: brought up to date by the first step of a refresh, and held against the rows of the sources.

use std::time::{Duration, Instant as Moment};

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, name, pg_extern, pg_sys};

use super::brake;
use super::left_out::{events_left_out, orders_left_out, warn_of_currencies, warn_of_refunds};
use super::noting::taking;
use super::refresh_step::{Step, check_tables, log, progress_notice, set};
use super::source_triggers::{parts_changed, watched};
use super::user_condition::{is_of_data, reworded};
use super::watch_sources::Missed;
use super::{has_rows, look_at, must_exist, must_own, relation_of, text_argument};
use crate::domain::store::Store;
use crate::domain::store::changes;
use crate::domain::store::changes::{CHANGED, FRESH, GrowingType, Scope};
use crate::domain::store::people;
use crate::domain::store::settings::Changes;
use crate::domain::store::source::{LinkType, Relation};
use crate::domain::store::tables::Source;
use crate::domain::support::error::shorten;
use crate::domain::support::sql::{Sql, expression, sql};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::{SEARCH_PATH, TEXT_FORMATS, with_settings};
use crate::pg::ffi::spi::{holds, rows, run, run_all, run_with, value};
use crate::pg::ffi::text::Text;

/// (refresh, rebuild, accept): why the refresh must be held, after which all that this has done is to be rolled back
// SQL: refresh_histories(bigint, boolean, boolean) text
#[pg_extern]
fn refresh_histories(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<Text>> {
    let step = Step::begin(fcinfo, "histories")?;
    // SAFETY: SQL declares the arguments as boolean.
    let [asked, is_accepted] =
        [1, 2].map(|number| unsafe { Arguments::of(fcinfo) }.datum(number).is_some_and(|word| word.value() != 0));
    let mut relations = Vec::new();
    let mut parts = Vec::new();
    for source in Source::ALL {
        let relation = relation_of(&step.attached, source)?;
        if let Some(relation) = &relation {
            parts.extend(watched(&step.attached.store, source, relation));
        }
        if Source::WITH_HISTORIES.contains(&source) {
            relations.push((source, relation));
        }
    }
    let missed = Missed::look(&step.attached.store, &parts);
    // A part without triggers, which came since the refresh began, is left to the next one.
    parts.retain(|part| part.is_watched);
    let everybody = asked || step.attached.rebuild_due || missed.is_due || parts_changed(&step.attached.parts, &parts);
    let mut done = Vec::new();
    let before = step.run(brake::count);
    for (source, relation) in relations {
        let (Some(changes), Some(relation)) = (source.changes(&step.attached.store), relation) else {
            // A store loses a source by a change of its settings only, which makes it read all.
            if everybody {
                step.run(|store| forget(store, source));
            }
            continue;
        };
        let result = step.run(|store| bring_up_to_date(store, source, changes, &relation, everybody));
        warn_of_mismatches(&step.attached.store, source, changes, &relation, &result);
        done.push(result);
    }
    // Where no customer has changed, none is lost; but the relation of the customers may have.
    if everybody || step.attached.store.settings.customers.is_some() || done.iter().any(|done| done.changed != Some(0))
    {
        let lost = done.iter().find_map(|done| done.lost).unwrap_or_default();
        let losses = brake::losses(&step, before, lost);
        if let Some(reason) = losses.held(&step.attached.store.settings).filter(|_| !is_accepted) {
            return Ok(Some(Text(reason)));
        }
        brake::write(&step, &losses);
    }
    if is_accepted {
        log(&step.refresh, "accepted = true", &[]);
    }
    let parts = format!("{{{}}}", parts.into_iter().map(|part| part.oid).collect::<Vec<_>>().join(","));
    // A transaction that sees but the state at its beginning may have missed what was committed before its triggers were made.
    if holds("SELECT pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.~~) 'read %'", &[]) {
        let (kept, value, by) = missed.kept();
        let kept = expression!((), "rebuild_due = false, parts = $2::oid[], {kept}", kept = kept);
        set(&step.name, kept, &[Some(&parts), value, Some(&by)]);
    }
    let entry = Entry::of(everybody, &done, &step);
    entry.write(&step.refresh);
    progress_notice(|| match entry.changed {
        Some(number) => format!("store \"{}\": histories of {number} customers are up to date", shorten(&step.name)),
        None => format!("store \"{}\": the histories are built", shorten(&step.name)),
    });
    Ok(None)
}

/// What was done to the histories of a source.
#[derive(Default)]
struct Done {
    /// How many customers had changed; None if all of them were read without a look at who had.
    changed: Option<u64>,
    /// Whether all histories were held against the rows.
    is_reconciled: bool,
    /// How many of them were wrong, though nothing had said so; None where all were read anyway.
    mismatches: Option<u64>,
    /// How long that took, where it was due.
    reconciling: Option<Duration>,
    /// How many rows were left out for a word that nothing knows, and a few of the words.
    left_out: Option<(String, Option<String>)>,
    /// Where all rows were read: how many rows of the orders were left out, by the reason.
    orders_left_out: Option<String>,
    /// Where they were not: how many of the customers who have changed.
    changed_left_out: Option<String>,
    /// How many rows of the orders and refunds are in the histories that were built.
    orders_read: Option<String>,
    /// How many customers with orders, and how many orders, the new histories have taken away.
    lost: Option<[u64; 2]>,
}

/// What the log says of this step.
struct Entry {
    changed: Option<u64>,
    is_reconciled: bool,
    mismatches: Option<u64>,
    histories_ms: f64,
    reconcile_ms: Option<f64>,
    left_out: Option<(String, Option<String>)>,
    orders_left_out: Option<String>,
    changed_left_out: Option<String>,
    orders_read: Option<String>,
}

impl Entry {
    fn of(everybody: bool, done: &[Done], step: &Step) -> Self {
        let sum = |numbers: Vec<Option<u64>>| numbers.into_iter().sum::<Option<u64>>();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        let reconciling: Option<Duration> =
            done.iter().filter_map(|done| done.reconciling).reduce(|one, other| one + other);
        let is_reconciled = done.iter().all(|done| done.is_reconciled);
        Entry {
            changed: if everybody { None } else { sum(done.iter().map(|done| done.changed).collect()) },
            is_reconciled,
            mismatches: sum(done.iter().map(|done| done.mismatches).collect()).filter(|_| is_reconciled),
            histories_ms: milliseconds(step.took().saturating_sub(reconciling.unwrap_or_default())),
            reconcile_ms: reconciling.map(milliseconds),
            left_out: done.iter().find_map(|done| done.left_out.clone()),
            orders_left_out: done.iter().find_map(|done| done.orders_left_out.clone()),
            changed_left_out: done.iter().find_map(|done| done.changed_left_out.clone()),
            orders_read: done.iter().find_map(|done| done.orders_read.clone()),
        }
    }

    fn write(&self, refresh: &str) {
        let is = |it: bool| Some(if it { "true" } else { "false" });
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        log(
            refresh,
            "rebuilt = $2::bool, changed_customers = $3::int8, reconciled = $4::bool, mismatches = $5::int8,
                histories_ms = $6::float8, reconcile_ms = $7::float8, events_left_out = $8::int8, words_left_out = $9,
                orders_left_out = $10::jsonb, changed_left_out = $11::jsonb, orders_read = $12::int8",
            &[
                is(self.changed.is_none()),
                number(self.changed).as_deref(),
                is(self.is_reconciled),
                number(self.mismatches).as_deref(),
                Some(&self.histories_ms.to_string()),
                self.reconcile_ms.map(|time| time.to_string()).as_deref(),
                self.left_out.as_ref().map(|(rows, _)| rows.as_str()),
                self.left_out.as_ref().and_then(|(_, words)| words.as_deref()),
                self.orders_left_out.as_deref(),
                self.changed_left_out.as_deref(),
                self.orders_read.as_deref(),
            ],
        );
    }
}

/// Says how many histories were wrong though nothing had said so.
fn warn_of_mismatches(store: &Store, source: Source, changes: Changes, relation: &Relation, done: &Done) {
    let Some(number) = done.mismatches.filter(|number| *number > 0) else { return };
    let (level, code, why, hint) = match changes {
        Changes::Triggers => (
            PgLogLevel::WARNING,
            PgSqlErrorCode::ERRCODE_WARNING,
            match store.settings.rates {
                Some(_) => format!(
                    "No trigger on {} had noted a change of their rows, or rates were corrected. They are right now.",
                    relation.shown()
                ),
                None => {
                    format!("No trigger on {} had noted a change of their rows. They are right now.", relation.shown())
                }
            },
            "Rows that are written past the triggers are found once in the interval that the setting reconcile says; \
             changes => 'compare' finds them in every refresh.",
        ),
        _ => (
            PgLogLevel::NOTICE,
            PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
            format!(
                "The growing column of {} had not shown a change of their rows, as of deletes. They are right now.",
                relation.shown()
            ),
            "Such changes are found once in the interval that the setting reconcile says.",
        ),
    };
    let message = format!(
        "store \"{}\": the histories of {number} customers were not those of their {}",
        shorten(&store.name),
        source.name()
    );
    ErrorReport::new(code, message, "pg_lifecycle").set_detail(why).set_hint(hint).report(level);
}

/// Takes away the histories of a source that a store does not have any more.
fn forget(store: &Store, source: Source) {
    if source == Source::Events && holds(sql!(store, "sql/has_events.sql"), &[]) {
        run(sql!(store, "sql/forget_events.sql"));
        run(changes::remove(store, Scope::All));
    }
}

/// Brings the histories of one source up to date.
fn bring_up_to_date(store: &Store, source: Source, changes: Changes, relation: &Relation, all: bool) -> Done {
    run_all(&changes::begin(store));
    let found = if all { None } else { find_changed(store, source, changes, relation) };
    // Changes are found of all customers where the histories of all are built.
    let of_changed = found.as_ref().is_some_and(|found| !found.needs_all);
    let mut done = match found {
        Some(found) => {
            if found.needs_all {
                reconcile(store, source, found)
            } else {
                let mut done = found.done;
                if done.changed != Some(0) {
                    run(changes::analyze_changed());
                    let built = build(store, source, Scope::Changed);
                    done.orders_read = rows_read(store, source);
                    done.lost = replace(store, source, Scope::Changed, done.changed == Some(built));
                } else if source == Source::Orders {
                    done.orders_read = Some("0".to_owned());
                }
                done
            }
        }
        None => {
            if changes == Changes::Triggers {
                taking(|| run(changes::forget_noted(store, source)));
                if source == Source::Orders {
                    taking(|| run(changes::forget_noted(store, Source::Refunds)));
                }
            }
            // Before the rows are read: what comes while they are is found the next time.
            let high = growing_type(store, source, relation)
                .filter(|_| changes == Changes::Column)
                .and_then(|column| value(changes::highest_of_all(store, source, column), &[]));
            build(store, source, Scope::All);
            let orders_read = rows_read(store, source);
            let is_empty = !has_rows(&store.data("history"));
            let lost = if is_empty {
                run(changes::fill(store, source));
                None
            } else {
                replace(store, source, Scope::All, false)
            };
            set_watermark(store, source, high.as_deref(), true);
            run(expression!(store, "ANALYZE {data.history}"));
            Done { is_reconciled: true, lost, orders_read, ..Done::default() }
        }
    };
    if source == Source::Orders {
        let is_of_all = done.is_reconciled;
        let left_out = orders_left_out(store, if is_of_all { Scope::All } else { Scope::Changed });
        warn_of_currencies(store, left_out.as_deref());
        if is_of_all {
            warn_of_refunds(store, left_out.as_deref());
        }
        *(if is_of_all { &mut done.orders_left_out } else { &mut done.changed_left_out }) = left_out;
    }
    done.left_out = (source == Source::Events).then(|| events_left_out(store, of_changed)).flatten();
    run_all(&changes::end());
    done
}

/// Builds the histories of some customers anew, whose keys these are, an array in text.
pub fn rebuild(store: &Store, customers: &str) {
    for source in Source::WITH_HISTORIES.into_iter().filter(|source| source.changes(store).is_some()) {
        run_all(&changes::begin(store));
        run_with(changes::say_changed(store), &[Some(customers)]);
        run(changes::analyze_changed());
        build(store, source, Scope::Changed);
        replace(store, source, Scope::Changed, false);
        run_all(&changes::end());
    }
}

/// Builds all histories, holds the stored ones against them, and replaces those that differ.
fn reconcile(store: &Store, source: Source, found: Found) -> Done {
    let began = Moment::now();
    build(store, source, Scope::All);
    run(changes::analyze_fresh());
    run(changes::find_wrong(store, source));
    run(changes::analyze_changed());
    let mismatches = mismatches(store, source);
    let lost = (source == Source::Orders).then(|| brake::lost(store, Scope::Changed));
    if run(changes::empty(store, source, Scope::Changed)) > 0 {
        run(changes::remove(store, Scope::Changed));
    }
    run(changes::replace(store, source, Scope::Changed));
    set_watermark(store, source, None, true);
    Done {
        changed: found.done.changed.zip(mismatches).map(|(noted, wrong)| noted + wrong),
        is_reconciled: true,
        mismatches,
        reconciling: Some(began.elapsed()),
        orders_read: rows_read(store, source),
        lost,
        ..Done::default()
    }
}

/// How many rows of the orders and refunds are in the histories that were built.
fn rows_read(store: &Store, source: Source) -> Option<String> {
    (source == Source::Orders).then(|| value(changes::count_rows(store, source), &[])).flatten()
}

/// How many were found by comparing only.
fn mismatches(store: &Store, source: Source) -> Option<u64> {
    value(changes::count_mismatches(store, source), &[])?.parse().ok()
}

/// Builds the new histories; how many they are. Of customers who are forgotten none is made.
fn build(store: &Store, source: Source, scope: Scope) -> u64 {
    let [drop, build] = changes::build(store, source, scope);
    run(&drop);
    let setting = if source == Source::Orders { "status" } else { "event_status" };
    let built = reworded_rows(store, source.name(), setting, || run(&build));
    built - if store.people.has_forgotten { run(people::leave_out(store, FRESH)) } else { 0 }
}

/// Puts customers in the place of those who were merged into them, among those who have changed, and takes out those who are forgotten;
/// how many these are.
fn settle_people(store: &Store) -> u64 {
    if store.people.has_merged {
        run(people::follow_merged(store, CHANGED));
    }
    if store.people.has_forgotten { run(people::leave_out(store, CHANGED)) } else { 0 }
}

/// Runs what builds histories. A row that no history can hold, such as one with an amount that is no number, is known by its value only.
pub fn reworded_rows<T>(store: &Store, of: &str, setting: &str, build: impl FnOnce() -> T) -> T {
    reworded(build, |report| {
        let message = format!("{of}: {}", report.message());
        let mut error = ErrorReport::new(report.sql_error_code(), message, "pg_lifecycle");
        if let Some(detail) = report.detail() {
            error = error.set_detail(detail.to_owned());
        }
        Some(if is_of_data(report.sql_error_code()) {
            error.set_hint(format!(
                "A condition leaves such rows out: SELECT lifecycle.configure('{}', '{{\"{setting}\": \"...\"}}').",
                shorten(&store.name)
            ))
        } else if let Some(hint) = report.hint() {
            error.set_hint(hint.to_owned())
        } else {
            error
        })
    })
}

/// Puts them in the place of the old ones, and counts what is lost with those. If there are as many as customers who have changed, no
/// customer has vanished.
fn replace(store: &Store, source: Source, scope: Scope, nobody_vanished: bool) -> Option<[u64; 2]> {
    run(changes::analyze_fresh());
    let lost = (source == Source::Orders).then(|| brake::lost(store, scope));
    if !nobody_vanished && run(changes::empty(store, source, scope)) > 0 {
        run(changes::remove(store, scope));
    }
    run(changes::replace(store, source, Scope::All));
    lost
}

/// The customers who have changed, as far as is known.
struct Found {
    done: Done,
    /// Whether the histories of all are to be built and compared.
    needs_all: bool,
}

/// Finds the customers who have changed. None if all customers may have.
fn find_changed(store: &Store, source: Source, changes: Changes, relation: &Relation) -> Option<Found> {
    let found = |done: Done| Some(Found { done, needs_all: false });
    match changes {
        Changes::Triggers => {
            let of_refunds = (source == Source::Orders).then(|| link_of_refunds(store)).flatten();
            let mut number = taking(|| run(changes::take_noted(store, source)));
            if let Some(link) = of_refunds {
                number += taking(|| run(changes::take_noted_refunds(store, link)));
            }
            if number > 0 && holds(changes::everybody_noted(), &[]) {
                return None;
            }
            if number > 0 {
                number -= settle_people(store);
            }
            let done = Done { changed: Some(number), ..Done::default() };
            Some(Found { done, needs_all: reconcile_is_due(store, source) })
        }
        Changes::Compare => {
            let number = run(changes::find_different(store, source)) - settle_people(store);
            found(Done { changed: Some(number), is_reconciled: true, mismatches: Some(0), ..Done::default() })
        }
        Changes::Column => {
            let high = value(sql!(store, "sql/watermark.sql"), &[Some(source.name())])?;
            let column = growing_type(store, source, relation)?;
            // A value that lies ahead of the clock is from before it went back: what was written since may have lower ones.
            let now = changes::no_later_than_now(column, &high).and_then(|query| rows(&query, &[]).pop());
            let (high, went_back) = match now.as_deref() {
                Some([Some(high), went_back]) => (high.clone(), went_back.as_deref() == Some("t")),
                _ => (high, false),
            };
            let is_due = went_back || reconcile_is_due(store, source);
            let began = Moment::now();
            if is_due {
                // First: what is committed meanwhile shows in the column.
                run(changes::find_different(store, source));
            }
            let reconciling = is_due.then(|| began.elapsed());
            let mut grown = run(changes::find_grown(store, source, column, &high));
            let new_high = value(changes::highest(column), &[]);
            set_watermark(store, source, Some(new_high.as_deref().unwrap_or(&high)), is_due);
            let left_out = settle_people(store);
            if !is_due {
                grown -= left_out;
                return found(Done { changed: Some(grown), ..Done::default() });
            }
            // Whoever was found in both ways counts once.
            let changed = value(changes::count_changed(), &[])?.parse().ok();
            found(Done {
                changed,
                is_reconciled: true,
                mismatches: mismatches(store, source),
                reconciling,
                ..Done::default()
            })
        }
    }
}

/// The name of the type of a column of a view.
fn type_of_column(view: &Sql, column: &str) -> Option<String> {
    value(sql!((), "sql/type_of_column.sql"), &[Some(view.as_str()), Some(column)])
}

/// How the refunds of a store find their orders; None if it has none that triggers note.
pub fn link_of_refunds(store: &Store) -> Option<LinkType> {
    let is_noted = Source::Refunds.changes(store) == Some(Changes::Triggers);
    let (view, column) = (store.data(Source::Refunds.view()), "refund_of");
    is_noted.then(|| LinkType::of_type(&type_of_column(&view, column).unwrap_or_default()))
}

/// Whether it is time to hold all histories against their rows: the interval is over, or began at a time that is yet to come.
fn reconcile_is_due(store: &Store, source: Source) -> bool {
    let query = sql!(store, "sql/reconcile_is_not_due.sql");
    !holds(&query, &[Some(source.name()), Some(&store.settings.reconcile)])
}

/// The type of the column that grows.
pub fn growing_type(store: &Store, source: Source, relation: &Relation) -> Option<GrowingType> {
    let name = match source {
        Source::Orders | Source::Refunds => store.settings.changed_at.as_deref(),
        Source::Events => store.settings.event_changed_at.as_deref(),
    };
    match relation.columns.iter().find(|column| Some(column.name.as_str()) == name) {
        Some(column) => GrowingType::of(&column.base_type),
        // An expression has its type in the view.
        None => GrowingType::of(&type_of_column(&store.data(source.grown_view()), "changed_at")?),
    }
}

fn set_watermark(store: &Store, source: Source, high: Option<&str>, reconciled: bool) {
    let reconciled = if reconciled { "true" } else { "false" };
    run_with(sql!(store, "sql/set_watermark.sql"), &[Some(source.name()), high, Some(reconciled)]);
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
// SQL: verify(text) SETOF record
#[pg_extern]
fn verify(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Differences> {
    let name = text_argument(fcinfo, 0, "store")?;
    must_exist(&name)?;
    must_own(&name)?;
    let attached = look_at(&name)?;
    let store = &attached.store;
    check_tables(store)?;
    let mut differences = Vec::new();
    for source in Source::WITH_HISTORIES {
        if source.changes(store).is_some() {
            differences.extend(with_settings(
                &[&TEXT_FORMATS[..], &[SEARCH_PATH, ("TimeZone", store.zone())][..]].concat(),
                || rows(changes::verify(store, source), &[]),
            ));
        }
    }
    Ok(TableIterator::new(differences.into_iter().map(|row| {
        let mut values = row.into_iter().map(|value| value.map(Text));
        let mut next = || values.next().flatten();
        (next(), next(), next(), next())
    })))
}
