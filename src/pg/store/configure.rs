//! Changing the settings of a store.

use std::collections::BTreeMap;

use pgrx::{pg_extern, pg_sys};

use super::attach::{json_argument, make_source_views, place_all_triggers};
use super::audiences;
use super::catalog::{described, relation};
use super::check_settings::{check_conditions, check_overlap, check_values};
use super::currency::settle_currency;
use super::follow::{RELATIONS, take_up_replaced};
use super::remake::{drop_made, without_cascade};
use super::renames::{followed, relation_read_by};
use super::roles::{Part, drop_role, let_in, may_send, revoke_sending, revoke_views, role_exists};
use super::source_triggers::{drop_all_triggers, lock_triggered};
use super::stored_settings::{keep, keep_layout};
use super::upgrade::lock_upgraded;
use super::user_expression::{add_expressions, check_expressions, check_guests};
use super::{layout, must_exist, must_own, text_argument};
use crate::domain::store::quote::select_call;
use crate::domain::store::renames::{rename_attributes, renamed_attributes, with_attributes};
use crate::domain::store::settings::Settings;
use crate::domain::store::source::{Resolved, Sources, resolve};
use crate::domain::store::source_views::{CONSENTS_KEY_VIEW, RATES_KEY_VIEW};
use crate::domain::store::tables;
use crate::domain::store::tables::Source;
use crate::domain::store::{Store, data_schema, feed, moves, views};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, as_extension, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, run, run_all, run_with, truth};

/// A store as its settings make it read its sources: with the conditions that did not change as the server has written them down, so
/// that names in them stay what they were looked up to be, whatever was renamed and whatever the search_path finds by now.
pub fn reading(store: &Store, conditions: &BTreeMap<String, String>, changes: impl Fn(&str) -> bool) -> Store {
    let mut reading = store.clone();
    for (setting, relation) in [("status", "orders"), ("event_status", "events"), ("refund_status", "refunds")] {
        if let Some(condition) = conditions.get(setting).filter(|_| !changes(setting) && !changes(relation)) {
            reading.settings.follow(setting, condition);
        }
    }
    reading
}

/// Refuses to forget where consents stand as long as nothing says whether customers may be written to without one.
fn must_say_what_silence_means(store: &Store, now: &Settings) -> Result<()> {
    let knows = |settings: &Settings| settings.consents.is_some() || settings.consented_at.is_some();
    if !knows(&store.settings) || knows(now) {
        return Ok(());
    }
    let is_said = with_settings(&[SEARCH_PATH], || holds(sql!(store, "sql/policy_says_consent.sql"), &[]));
    if is_said {
        return Ok(());
    }
    let name = shorten(&store.name);
    Err(Error::new(
        Kind::InvalidParameter,
        format!("without consents the journeys of store \"{name}\" would write to customers who gave none"),
    )
    .detail("The policy does not say consent: it is \"required\" while the store has consents or consented_at, and else \"assumed\".")
    .hint(format!(
        "Say first which holds: {}; or \"assumed\".",
        select_call("lifecycle.set_journey_policy", &[&name, "{\"consent\": \"required\"}"])
    )))
}

/// Makes the keys in all tables of a store as wide as those of its orders are by now.
fn widen_keys(store: &Store) {
    let query = sql!(store, "sql/narrow_keys.sql", data_schema = Sql::literal(&data_schema(&store.name)));
    let narrow = with_pinned_settings(|| rows(query, &[]));
    for statement in narrow.into_iter().filter_map(|row| row.into_iter().next()?) {
        run(Sql::vouched(&statement));
    }
}

/// Changes settings of a store.
///
/// # Errors
/// What the settings, the relations and the roles do not allow.
pub fn configure_store(name: &str, json: &str) -> Result<()> {
    must_exist(name)?;
    must_own(name)?;
    let attached = lock_upgraded(name)?;
    let followed = followed(&attached)?;
    let changes = |setting: &str| attached.store.settings.changes_setting(json, setting);
    // Attributes that are named anew, or are those of another table, come and go by their names; else they are called otherwise.
    let keeps_attributes = !["attributes", "customers", "orders"].iter().any(|setting| changes(setting));
    let renamed = followed.attributes != attached.store.settings.attributes;
    let mut before = followed.store;
    let mut now = before.settings.clone();
    now.attributes.clone_from(&followed.attributes);
    let mut settings = now.changed(json)?;
    check_values(&mut settings)?;
    // What is not changed stays the relation that it is, whatever it is called by now, and whatever the search_path finds.
    let kept = |setting: &str, name: &str, oid: &Option<String>| match oid {
        Some(oid) if !changes(setting) => described(oid),
        _ => relation(setting, name),
    };
    let [orders, customers, events] = &attached.relations;
    let read = |view: &str| relation_read_by(&attached.store, view);
    let mut sources = Sources {
        orders: kept("orders", &settings.orders, orders)?,
        customers: settings.customers.as_ref().map(|name| kept("customers", name, customers)).transpose()?,
        events: settings.events.as_ref().map(|name| kept("events", name, events)).transpose()?,
        refunds: settings.refunds.as_ref().map(|name| kept("refunds", name, &read("key_refunds"))).transpose()?,
        consents: settings
            .consents
            .as_ref()
            .map(|name| kept("consents", name, &read(CONSENTS_KEY_VIEW)))
            .transpose()?,
        rates: settings.rates.as_ref().map(|name| kept("rates", name, &read(RATES_KEY_VIEW))).transpose()?,
    };
    // What is not changed stays the expression that it is, as the server has written it down.
    let relation_of = |setting: &str| match setting {
        "event_customer" | "happened_at" | "kind" | "event_channel" => "events",
        "customers_key" | "consented_at" => "customers",
        "refund_order" | "refund_customer" | "refunded_at" | "refund_amount" => "refunds",
        "consent_customer" | "consent_channel" | "consent_given_at" | "consent_withdrawn_at" => "consents",
        _ => "orders",
    };
    let attributes_stay = !changes("attributes") && !changes("attribute_expressions") && keeps_attributes;
    let written = followed.conditions.iter().filter(|(setting, _)| {
        let stays = if setting.starts_with("attribute_") { attributes_stay } else { !changes(setting) };
        stays && !changes(relation_of(setting))
    });
    let written = written.map(|(setting, text)| (setting.clone(), text.clone())).collect();
    add_expressions(&settings, &mut sources, &written)?;
    if changes("currency_column") || changes("currency") || changes("rates") {
        let written = followed.conditions.get("status").filter(|_| !changes("status"));
        let status = written.or(settings.status.as_ref()).cloned();
        settle_currency(&mut settings, &sources, status.as_deref())?;
    }
    must_say_what_silence_means(&attached.store, &settings)?;
    let Resolved { settings, key, attributes } = resolve(settings, &sources)?;
    let widens = key.widens(before.key);
    if key != before.key && !widens {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("the key of store \"{}\" cannot change its type", shorten(name)),
        )
        .detail(format!("The key is {}, and would become {}.", before.key.name(), key.name()))
        .hint("Detach the store and attach it again; its log is lost."));
    }
    let after = Store {
        settings,
        attributes,
        key,
        name: before.name.clone(),
        extension: before.extension.clone(),
        people: before.people,
    };
    let reads = reading(&after, &followed.conditions, changes);
    check_overlap(&after.settings, &sources)?;
    let same_relations = attached.relations
        == [
            Some(sources.orders.oid.clone()),
            sources.customers.as_ref().map(|relation| relation.oid.clone()),
            sources.events.as_ref().map(|relation| relation.oid.clone()),
        ];
    if !same_relations || before.settings.reads_otherwise(&after.settings) {
        // Before anything is read, which would lock the tables more weakly: two sessions that then want the stronger lock wait for
        // each other.
        lock_triggered(&before);
    }
    check_conditions(&reads.settings, &sources)?;
    check_expressions(&after.settings, &sources)?;
    check_guests(&after, &sources.orders);

    let called = with_attributes(&before, &followed.attributes);
    let rename = if renamed && keeps_attributes {
        rename_attributes(&before, &called, &audiences::names(&before))
    } else {
        None
    };
    let attributes_change = renamed && rename.is_none();
    if renamed && keeps_attributes {
        audiences::rename_columns(&before, &renamed_attributes(&before, &called));
        run(feed::reshape(&before));
    }
    if let Some(statements) = rename {
        with_settings(&[SEARCH_PATH, NO_NOTICES], || run_all(&statements));
        before = called;
    }
    if before.attributes != after.attributes {
        audiences::check_attributes(&before, &after)?;
    }
    // A column whose type changes is made anew too.
    let views_change =
        widens || views::create(&before) != views::create(&after) || before.attributes != after.attributes;
    let asks_for_reader = changes("reader");
    // A view of a source that is gone was dropped with what it read.
    let has_views =
        holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(after.data(Source::Orders.view()).as_str())]);
    let names_others = ["refunds", "rates", "consents"].iter().any(|setting| changes(setting));
    let sources_change = !has_views
        || widens
        || !same_relations
        || attributes_change
        || names_others
        || before.settings.reads_otherwise(&after.settings);
    let fits_change =
        before.settings.model != after.settings.model || before.settings.grid != after.settings.grid || sources_change;

    if sources_change {
        lock_triggered(&before);
    }
    let mut names = if views_change { layout::views_for_people(&before) } else { Vec::new() };
    if sources_change {
        names.extend(layout::views_of_sources());
    }
    let dropped = drop_made(name, &names)?;
    if sources_change {
        with_settings(&[SEARCH_PATH, NO_NOTICES], || {
            without_cascade(|| {
                run_all(&tables::change_attributes(&before, &after));
                if widens {
                    widen_keys(&after);
                }
            });
        });
    }
    if sources_change {
        make_source_views(&reads, &sources)?;
        run(sql!(&after, "sql/forget_watermarks.sql"));
        if !same_relations || before.settings.counts_otherwise(&after.settings) {
            run(moves::forget_borders(&after));
        }
    }
    let triggers_change = sources_change || !followed.keys.is_empty();
    if triggers_change {
        drop_all_triggers(&before);
        place_all_triggers(&after, &sources);
    }
    let (reader, made_reader) = with_settings(&[SEARCH_PATH], || {
        if views_change {
            run_all(&views::create(&after));
            audiences::create_views(&after);
            run(feed::reshape(&after));
            if let Some(reader) = attached.reader.as_ref().filter(|role| role_exists(role)) {
                run_all(&[views::grant(&after, reader), audiences::grant(&after, reader)].concat());
            }
        }
        dropped.restore();
        let other_sender = before.settings.sender != after.settings.sender;
        if other_sender {
            revoke_sending(&before);
        }
        if other_sender || changes("sender") && !may_send(&after) {
            let_in(Part::Sender, &after)?;
        }
        if before.settings.reader == after.settings.reader && (attached.reader.is_some() || !asks_for_reader) {
            return Ok((attached.reader.clone(), attached.made_reader));
        }
        if let Some(reader) = &attached.reader {
            revoke_views(&after, reader);
            if attached.made_reader {
                drop_role(reader);
            }
        }
        let_in(Part::Reader, &after)
    })?;
    keep(&after, reader.as_deref(), made_reader);
    keep_layout(&after);
    let arguments = [
        Some(name),
        Some(&after.settings.to_json()),
        Some(&sources.orders.oid),
        sources.customers.as_ref().map(|relation| relation.oid.as_str()),
        sources.events.as_ref().map(|relation| relation.oid.as_str()),
        reader.as_deref(),
        Some(truth(made_reader)),
        Some(truth(triggers_change)),
        Some(truth(fits_change)),
        Some(after.key.name()),
    ];
    as_extension(|| with_pinned_settings(|| run_with(sql!((), "sql/change_store.sql"), &arguments)));
    Ok(())
}

/// (store, settings)
// SQL: configure(text, jsonb) void
#[pg_extern]
fn configure(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, settings) = (text_argument(fcinfo, 0, "store")?, json_argument(fcinfo, 1, "settings")?);
    // The caller says which table is meant, or that names do not count.
    let is_said =
        RELATIONS.iter().chain(&["follow"]).any(|setting| Settings::default().changes_setting(&settings, setting));
    Ok(with_settings(&[], || {
        must_exist(&store)?;
        must_own(&store)?;
        if !is_said {
            lock_upgraded(&store)?;
            take_up_replaced(&store)?;
        }
        configure_store(&store, &settings)
    })?)
}
