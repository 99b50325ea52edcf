//! The histories of a store: brought up to date by the first step of a refresh, and held against the rows of the sources.

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{name, pg_extern, pg_sys};

use super::arguments::Arguments;
use super::condition::{is_of_data, reworded};
use super::error::SqlResult;
use super::query::{holds, rows, run, run_all, run_with, value};
use super::refresh_step::{Step, check_tables, log, say, set};
use super::session::{EXACT, PINNED, with_settings};
use super::store::{look_at, must_exist, must_own, relation_of, text_argument};
use super::text::Text;
use super::watch::{parts_changed, watched};
use crate::domain::error::shorten;
use crate::domain::store::Store;
use crate::domain::store::changes::{self, Scope};
use crate::domain::store::settings::Changes;
use crate::domain::store::source::{Column, Relation};
use crate::domain::store::tables::Source;

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
    reworded(
        || run(&build),
        |report| {
            // A row that no history can hold, such as one with an amount that is no number, is known by its value only.
            let message = format!("{}: {}", source.name(), report.message());
            let mut error = ErrorReport::new(report.sql_error_code(), message, "pg_lifecycle");
            if let Some(detail) = report.detail() {
                error = error.set_detail(detail.to_owned());
            }
            Some(if is_of_data(report.sql_error_code()) {
                let setting = if source == Source::Orders { "status" } else { "event_status" };
                error.set_hint(format!(
                    "A condition leaves such rows out: SELECT lifecycle.configure('{}', '{{\"{setting}\": \"...\"}}').",
                    shorten(&store.name)
                ))
            } else if let Some(hint) = report.hint() {
                error.set_hint(hint.to_owned())
            } else {
                error
            })
        },
    )
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
    let attached = look_at(&name)?;
    let store = &attached.store;
    check_tables(store)?;
    let zone = store.settings.time_zone.as_deref().unwrap_or("UTC");
    let mut differences = Vec::new();
    for source in [Source::Orders, Source::Events] {
        if source.changes(store).is_some() {
            differences.extend(with_settings(&[&EXACT[..], &[PINNED, ("TimeZone", zone)][..]].concat(), || {
                rows(&changes::verify(store, source), &[])
            }));
        }
    }
    Ok(TableIterator::new(differences.into_iter().map(|row| {
        let mut values = row.into_iter().map(|value| value.map(Text));
        let mut next = || values.next().flatten();
        (next(), next(), next(), next())
    })))
}
