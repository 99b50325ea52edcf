//! Forgetting and merging customers, and all that is held of one, as the owner of a store asks for it.

use pgrx::iter::TableIterator;
use pgrx::{name, pg_extern, pg_sys};
use serde_json::json;

use super::access::StoreAccess;
use super::claim::texts;
use super::definition::{load, profile_columns};
use super::record_event::check_key;
use crate::domain::audience::membership::leave_merged;
use crate::domain::journey::definition::Reentry;
use crate::domain::journey::engine::batch;
use crate::domain::journey::people::holdings::{self, Fate, HOLDINGS};
use crate::domain::journey::people::{forget as forgetting, merge, *};
use crate::domain::store::feed;
use crate::domain::store::quote::select_call;
use crate::domain::store::source_views::CONSENTS_KEY_VIEW;
use crate::domain::store::tables::Source;
use crate::domain::store::{Key, Store};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::owner_code::lifted;
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, TEXT_FORMATS, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{array_text, rows, rows_of_kept, run, run_with, value};
use crate::pg::ffi::text::{Jsonb, Text};
use crate::pg::store::catalog::described;
use crate::pg::store::noting::taking;
use crate::pg::store::refresh_histories::rebuild;
use crate::pg::store::refresh_step::{check_pg_temp, check_tables, set};
use crate::pg::store::renames::relation_read_by;
use crate::pg::store::restore::note_people;
use crate::pg::store::{Attached, lock, look_at, must_exist, must_own, text_argument};

// ---- customers whom others write about ------------------------------------------------------------------------------

fn forgotten(store: &str, customer: &str) -> Error {
    let (store, customer) = (shorten(store), shorten(customer));
    Error::new(Kind::NotReady, format!("customer \"{customer}\" of store \"{store}\" is forgotten"))
        .detail("The owner has called lifecycle.forget: nothing is written down about this key.")
        .hint(format!(
            "If the person is a customer again, the owner calls: {}",
            select_call("lifecycle.unforget", &[&store, &customer])
        ))
}

/// The customer whom a key names: the one who was kept where this one was merged.
///
/// # Errors
/// [`Kind::NotReady`] for a customer who is forgotten.
pub fn person_named(store: &Store, customer: &str) -> Result<String> {
    let found = rows_of_kept(whose(store), &[Some(customer)]).into_iter().next().unwrap_or_default();
    let mut found = found.into_iter();
    let (kept, is_forgotten) = (found.next().flatten(), found.next().flatten());
    if is_forgotten.as_deref() == Some("t") {
        return Err(forgotten(&store.name, customer));
    }
    Ok(kept.unwrap_or_else(|| customer.to_owned()))
}

/// The customer about whom something is written: the one who was kept where this one was merged. Until the end of the transaction nobody
/// forgets or merges that customer, whom `lock` then locks for the writer.
///
/// # Errors
/// [`Kind::NotReady`] for a customer who is forgotten.
pub fn customer_to_write(access: &StoreAccess, customer: &str, lock: impl Fn(&str)) -> Result<String> {
    let store = &access.store;
    let mut held: Option<String> = None;
    // What was found before the lock is looked up again under it.
    loop {
        let kept = person_named(store, customer)?;
        if held.as_ref() == Some(&kept) {
            lock(&kept);
            return Ok(kept);
        }
        lifted(|| rows_of_kept(hold_customer(store), &[Some(&kept)]));
        if has_old_snapshot() {
            rows_of_kept(see_changes(store), &[]);
        }
        held = Some(kept);
    }
}

// ---- what the owner asks for ----------------------------------------------------------------------------------------

/// Whether the transaction sees but the state at its beginning.
fn has_old_snapshot() -> bool {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// A store for its owner, locked against refreshes.
fn locked(name: &str) -> Result<Attached> {
    must_exist(name)?;
    must_own(name)?;
    if has_old_snapshot() {
        return Err(Error::new(Kind::NotReady, "cannot change customers under REPEATABLE READ or SERIALIZABLE")
            .detail("The call must see what others have committed until it has locked the customers.")
            .hint("Run BEGIN ISOLATION LEVEL READ COMMITTED, or call it outside a transaction block."));
    }
    let attached = lock(name)?;
    must_own(name)?;
    Ok(attached)
}

/// The keys of customers as the sources have them: of a type that does not tell capitals apart, in small letters.
fn keys(attached: &Attached, keys: &[String]) -> Result<Vec<String>> {
    let store = &attached.store;
    keys.iter().try_for_each(|key| check_key(key, store.key))?;
    let orders = attached.relations[0].as_ref().filter(|_| store.key == Key::Text).and_then(|oid| described(oid).ok());
    let is_citext = orders.is_some_and(|orders| {
        orders.columns.iter().any(|column| column.name == store.settings.customer && column.base_type == "citext")
    });
    if !is_citext {
        return Ok(keys.to_vec());
    }
    let lower = "SELECT lower(one.key) FROM unnest($1::text[]) AS one (key)";
    let found = with_pinned_settings(|| rows(lower, &[Some(&array_text(keys))]));
    Ok(found.into_iter().filter_map(|row| row.into_iter().next()?).collect())
}

/// Runs statements of the store: in its time zone, and finding nothing but what they name.
fn with_store_settings<T>(store: &Store, run: impl FnOnce() -> T) -> T {
    let settings = [SEARCH_PATH, NO_NOTICES, ("TimeZone", store.zone())];
    with_settings(&[&TEXT_FORMATS[..], &settings[..]].concat(), run)
}

/// Locks these customers against runs, senders and all who write about them: each lock after those that sessions hold who wait for it. What
/// writes about a customer locks the customer and then the bucket, and a run events and then buckets.
fn lock_customers(store: &Store, customers: &str) {
    rows(lock_journeys(store), &[]);
    for lock in [lock_people(store), lock_events(store), batch::lock_customers(store), lock_actions(store)] {
        rows(lock, &[Some(customers)]);
    }
    run(note_change(store));
}

fn persons_of(store: &Store, keys: &[String]) -> Vec<String> {
    let found = rows(holdings::persons(store), &[Some(&array_text(keys))]);
    found.into_iter().filter_map(|row| row.into_iter().next()?).collect()
}

// ---- forgetting -----------------------------------------------------------------------------------------------------

type Forgotten = TableIterator<'static, (name!(kind, Text), name!(rows, i64), name!(result, Text))>;

fn forget_people(name: &str, customers: &[String]) -> Result<Forgotten> {
    let attached = locked(name)?;
    let store = &attached.store;
    let asked = keys(&attached, customers)?;
    if asked.is_empty() {
        return Ok(TableIterator::new(Vec::new()));
    }
    let counts = with_store_settings(store, || {
        let all = array_text(&persons_of(store, &asked));
        let (all, as_of) = (Some(all.as_str()), attached.as_of.as_deref());
        lock_customers(store, all.unwrap_or_default());
        for tell in feed::forget(store) {
            run_with(tell, &[all]);
        }
        run_with(forgetting::keep_credit(store), &[all]);
        run_with(forgetting::keep_goals(store), &[all, as_of]);
        let kept = rows(forgetting::anonymize(store), &[all, as_of]).into_iter().next().unwrap_or_default();
        let kept: Vec<i64> = kept.into_iter().map(|count| count.and_then(|n| n.parse().ok()).unwrap_or(0)).collect();
        let mut counts = Vec::new();
        for holding in HOLDINGS {
            let place = ["enrollment", "action", "decision", "event"].iter().position(|table| *table == holding.table);
            if let Some(rows) = place.and_then(|place| kept.get(place)) {
                counts.push((holding.table, *rows, Fate::Anonymous));
            }
            if let Some(delete) = holding.delete(store) {
                let delete = || run_with(&delete, &[all]) as i64;
                let rows = if holding.is_of_notes() { taking(delete) } else { delete() };
                counts.push((holding.table, rows, Fate::Deleted));
            }
        }
        run_with(holdings::forget_recipients(store), &[all]);
        run_with(forgetting::remember_hashes(store), &[all]);
        counts
    });
    note_people(store);
    let counts = counts.into_iter().filter(|(_, rows, _)| *rows > 0);
    Ok(TableIterator::new(
        counts
            .map(|(table, rows, fate)| (Text(table.to_owned()), rows, Text(fate.word().to_owned())))
            .collect::<Vec<_>>(),
    ))
}

/// (store, customer)
// SQL: forget(text, text) SETOF record
#[pg_extern]
fn forget(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Forgotten> {
    let (store, customer) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "customer")?);
    Ok(forget_people(&store, &[customer])?)
}

/// (store, customers)
// SQL: forget_all(text, text[]) SETOF record
#[pg_extern]
fn forget_all(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Forgotten> {
    let store = text_argument(fcinfo, 0, "store")?;
    // SAFETY: the call's own arguments, of which SQL declares the second as text[].
    let customers = unsafe {
        let arguments = Arguments::of(fcinfo);
        arguments.not_null(1, "customers")?;
        arguments.datum(1).map(|customers| texts(customers)).unwrap_or_default()
    };
    let customers: Option<Vec<String>> = customers.into_iter().collect();
    let customers = customers.ok_or_else(|| Error::new(Kind::NullNotAllowed, "customers must not hold NULL"))?;
    Ok(forget_people(&store, &customers)?)
}

/// (store, customer)
// SQL: unforget(text, text) boolean
#[pg_extern]
fn unforget(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let (name, customer) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "customer")?);
    let attached = locked(&name)?;
    let store = &attached.store;
    let asked = keys(&attached, &[customer])?;
    let is_taken_back = with_store_settings(store, || {
        rows(lock_people(store), &[Some(&array_text(&asked))]);
        run_with(forgetting::unforget(store), &[asked.first().map(String::as_str)]) > 0
    });
    if is_taken_back {
        note_people(store);
        set(&name, "rebuild_due = true", &[]);
    }
    Ok(is_taken_back)
}

// ---- what is held ---------------------------------------------------------------------------------------------------

/// (store, customer)
// SQL: export_customer(text, text) jsonb
#[pg_extern]
fn export_customer(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Jsonb> {
    let (name, customer) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "customer")?);
    must_exist(&name)?;
    must_own(&name)?;
    let attached = look_at(&name)?;
    let store = &attached.store;
    let asked = keys(&attached, &[customer])?;
    let (persons, held) = with_store_settings(store, || {
        let persons = persons_of(store, &asked);
        let all = array_text(&persons);
        let held = HOLDINGS.iter().filter_map(|holding| {
            Some(format!("{}: {}", json!(holding.table), value(holding.export(store)?, &[Some(&all)])?))
        });
        let others = [("code", holdings::codes(store)), ("test_recipient_of", holdings::recipients(store))];
        let others = others
            .into_iter()
            .filter_map(|(name, query)| Some(format!("{}: {}", json!(name), value(query, &[Some(&all)])?)));
        (persons, held.chain(others).collect::<Vec<_>>())
    });
    let text = format!(
        "{{\"store\": {}, \"customer\": {}, \"keys\": {}, \"held\": {{{}}}, \"sources\": {}}}",
        json!(name),
        json!(asked.first()),
        json!(persons),
        held.join(", "),
        json!(sources(&attached)),
    );
    Ok(Jsonb(text))
}

/// The tables of the shop that the store reads, by which more of a customer can be found.
fn sources(attached: &Attached) -> Vec<String> {
    let settings = &attached.store.settings;
    let read = |is_set: bool, view: &str| is_set.then(|| relation_read_by(&attached.store, view)).flatten();
    let [orders, customers, events] = attached.relations.clone();
    let others = [
        read(settings.refunds.is_some(), Source::Refunds.key_view()),
        read(settings.consents.is_some(), CONSENTS_KEY_VIEW),
    ];
    let all = [orders, customers, events].into_iter().chain(others).flatten();
    all.filter_map(|oid| Some(described(&oid).ok()?.qualified())).collect()
}

// ---- merging --------------------------------------------------------------------------------------------------------

type Merged = TableIterator<'static, (name!(kind, Text), name!(rows, i64))>;

/// The customer into whom another is merged. None if that was done before.
///
/// # Errors
/// Where the two cannot become one.
fn target(store: &Store, duplicate: &str, kept: &str) -> Result<Option<String>> {
    let refused = |kind, message: String| Error::new(kind, message);
    let shown = |key: &str| format!("customer \"{}\" of store \"{}\"", shorten(key), shorten(&store.name));
    let row = rows(merge::state(store), &[Some(duplicate), Some(kept)]).into_iter().next().unwrap_or_default();
    let text = |place: usize| row.get(place).cloned().flatten();
    let is = |place: usize| text(place).as_deref() == Some("t");
    if is(0) {
        return Err(refused(
            Kind::InvalidParameter,
            format!("{} cannot be merged into the same customer", shown(duplicate)),
        )
        .hint("Give the key that goes first, and then the key that is kept."));
    }
    for (place, key) in [(1, duplicate), (2, kept)] {
        if is(place) {
            return Err(forgotten(&store.name, key));
        }
    }
    if is(6) {
        return Err(refused(Kind::LimitExceeded, "a key of more than 2000 bytes cannot be merged".to_owned()));
    }
    let target = text(4).unwrap_or_else(|| kept.to_owned());
    if let Some(merged_into) = text(3) {
        if merged_into == target {
            return Ok(None);
        }
        return Err(refused(Kind::NotReady, format!("{} is merged into another customer", shown(duplicate)))
            .detail(format!("It was merged into customer \"{}\".", shorten(&merged_into)))
            .hint(select_call(
                "lifecycle.merge_customers",
                &[&shorten(&store.name), &shorten(&merged_into), &shorten(kept)],
            )));
    }
    let row = rows(merge::state(store), &[Some(duplicate), Some(&target)]).into_iter().next().unwrap_or_default();
    if row.first().cloned().flatten().as_deref() == Some("t") {
        return Err(refused(Kind::InvalidParameter, format!("{} cannot be merged in a circle", shown(duplicate)))
            .detail(format!("Customer \"{}\" was merged into this one.", shorten(kept))));
    }
    if row.get(5).cloned().flatten().as_deref() != Some("t") {
        return Err(refused(Kind::UndefinedObject, format!("{} is not known", shown(kept)))
            .detail("The store has seen no row of the customer who is to be kept.")
            .hint(format!("CALL lifecycle.refresh('{}') reads new rows.", shorten(&store.name).replace('\'', "''"))));
    }
    Ok(Some(target))
}

/// The journeys that a customer can enter only once.
fn entered_once(store: &Store) -> Vec<String> {
    let columns = profile_columns(store);
    let all = with_store_settings(store, || rows(journeys_in_force(store), &[]));
    let is_once = |journey: &String, version: &String| {
        let numbers = journey.parse().ok().zip(version.parse().ok());
        let found = numbers.and_then(|(journey, version)| load(store, &columns, journey, version).ok());
        found.is_none_or(|definition| definition.reentry == Reentry::Once)
    };
    let all = all.into_iter().filter_map(|row| <[Option<String>; 2]>::try_from(row).ok());
    let all = all.filter_map(|[journey, version]| journey.zip(version));
    all.filter(|(journey, version)| is_once(journey, version)).map(|(journey, _)| journey).collect()
}

fn merge_people(name: &str, duplicate: &str, kept: &str) -> Result<Vec<(String, i64)>> {
    let attached = locked(name)?;
    let asked = keys(&attached, &[duplicate.to_owned(), kept.to_owned()])?;
    let mut store = attached.store.clone();
    let [duplicate, kept] = [&asked[0], &asked[1]];
    let Some(kept) = with_store_settings(&store, || target(&store, duplicate, kept))? else { return Ok(Vec::new()) };
    check_tables(&store)?;
    check_pg_temp()?;
    let both = array_text(&[duplicate.clone(), kept.clone()]);
    let [gone, kept] = [duplicate, &kept].map(|key| Some(key.as_str()));
    store.people.has_merged = true;
    let once = array_text(&entered_once(&store));
    let counts = with_store_settings(&store, || {
        lock_customers(&store, &both);
        run_with(merge::end_twins(&store), &[gone, kept, Some(&once)]);
        let numbered = rows(merge::number_entries(&store), &[gone, kept]).into_iter().next().unwrap_or_default();
        for settle in merge::settle_numbers(&store) {
            run_with(settle, &[kept]);
        }
        let numbered = numbered.into_iter().map(|count| count.and_then(|n| n.parse().ok()).unwrap_or(0));
        let mut counts: Vec<(&str, i64)> = ["enrollment", "action", "decision"].into_iter().zip(numbered).collect();
        for keep in merge::keep_objections(&store) {
            run_with(keep, &[gone, kept]);
        }
        for table in ["event", "suppression", "consent"] {
            counts.push((table, run_with(merge::give(&store, table), &[gone, kept]) as i64));
        }
        for know in merge::know(&store) {
            run_with(know, &[gone, kept]);
        }
        run_with(merge::log_end(&store), &[gone, attached.as_of.as_deref()]);
        run_with(leave_merged(&store), &[gone, attached.as_of.as_deref()]);
        let goes = array_text(std::slice::from_ref(duplicate));
        run_with(feed::leave(&store), &[Some(&goes)]);
        for holding in HOLDINGS {
            let is_of_now = ["profile", "history", "known_customer", "journey_condition"].contains(&holding.table);
            if let Some(delete) = holding.delete(&store).filter(|_| is_of_now) {
                run_with(delete, &[Some(&goes)]);
            }
        }
        for write in merge::write(&store) {
            run_with(write, &[gone, kept]);
        }
        if !attached.rebuild_due {
            rebuild(&store, &array_text(&[kept.unwrap_or_default().to_owned()]));
        }
        counts
    });
    note_people(&store);
    Ok(counts.into_iter().filter(|(_, rows)| *rows > 0).map(|(table, rows)| (table.to_owned(), rows)).collect())
}

/// (store, duplicate, kept)
// SQL: merge_customers(text, text, text) SETOF record
#[pg_extern]
fn merge_customers(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Merged> {
    let store = text_argument(fcinfo, 0, "store")?;
    let (duplicate, kept) = (text_argument(fcinfo, 1, "duplicate")?, text_argument(fcinfo, 2, "kept")?);
    let counts = merge_people(&store, &duplicate, &kept)?;
    Ok(TableIterator::new(counts.into_iter().map(|(kind, rows)| (Text(kind), rows)).collect::<Vec<_>>()))
}
