//! Every statement of a store is one statement to the server's parser, whatever the store, its columns and its attributes are called.

use super::changes::{self, Scope};
use super::people::{self, People};
use super::settings::{Changes, NullAmount, Settings};
use super::source::{Column, Computed, LinkType, Relation, Sources, findings};
use super::tables::{self, Source};
use super::views;
use super::{Attribute, Key, Store};
use super::{brake, feed, fresh, migrations, moves, noting, renames, schedule, scoring, source_views, stored_settings};
use crate::domain::support::sql::Sql;
use crate::domain::support::sql_parser::{HOSTILE_NAMES, assert_is_one_statement};

/// What the expressions of these stores begin with.
const COMPUTED: &str = "coalesce";

/// Stores of all sorts, named and with columns named like this: with and without customers, events, channels and attributes, with each way
/// to find changes, and each key; of orders with several rows, with guests, with amounts of text, and with expressions for columns.
pub fn stores(name: &str) -> Vec<Store> {
    let named = |what: &str| format!("{what} {name}");
    let attribute = |what: &str, sql_type: &str| Attribute { name: named(what), sql_type: sql_type.into() };
    let least = Settings {
        orders: "public.orders".to_owned(),
        customer: named("customer"),
        ordered_at: named("ordered_at"),
        changes: Some(Changes::Triggers),
        ..Settings::default()
    };
    let most = Settings {
        amount: Some(named("amount")),
        channel: Some(named("channel")),
        status: Some("state <> 'cancelled' -- not those".to_owned()),
        events: Some("public.events".to_owned()),
        event_customer: Some(named("event_customer")),
        happened_at: Some(named("happened_at")),
        kind: Some(named("kind")),
        event_channel: Some(named("event_channel")),
        event_status: Some("true".to_owned()),
        event_changes: Some(Changes::Triggers),
        time_zone: Some(named("zone")),
        currency: Some(named("currency")),
        ..least.clone()
    };
    let with_customers = Settings {
        changes: Some(Changes::Column),
        changed_at: Some(named("changed_at")),
        customers: Some("public.customers".to_owned()),
        customers_key: Some(named("key")),
        consented_at: Some(named("consented_at")),
        customer_since: Some(named("since")),
        attributes: vec![named("plan"), named("born")],
        event_changes: Some(Changes::Column),
        event_changed_at: Some(named("event_changed_at")),
        overlap: Some("1000".to_owned()),
        ..most.clone()
    };
    let attributes = vec![attribute("plan", "text"), attribute("born", "timestamp(3) with time zone")];
    let of_orders = Settings {
        changes: Some(Changes::Compare),
        attributes: vec![named("plan")],
        customer_since: Some(named("since")),
        ..most.clone()
    };
    let of_lines = Settings {
        code: Some(named("code")),
        order_key: Some(named("order_key")),
        guest: vec![named("guest"), String::new()],
        null_amount: NullAmount::Skip,
        ordered_at_zone: Some(named("zone of rows")),
        ..of_orders.clone()
    };
    let of_many = Settings {
        refunds: Some("public.refunds".to_owned()),
        refund_order: Some(named("refund_order")),
        refunded_at: Some(named("refunded_at")),
        refund_amount: Some(named("refund_amount")),
        refund_status: Some("true".to_owned()),
        consents: Some("public.consents".to_owned()),
        consent_customer: Some(named("consent_customer")),
        consent_channel: Some(named("consent_channel")),
        consent_given_at: Some(named("given_at")),
        consent_withdrawn_at: Some(named("withdrawn_at")),
        ..of_lines.clone()
    };
    let of_currencies = Settings {
        currency_column: Some(named("currency_column")),
        rates: Some("public.rates".to_owned()),
        ..of_many.clone()
    };
    // A comment at the end ends with its line.
    let computed = |what: &str| Some(format!("{COMPUTED}({}, NULL) -- {what}", Sql::identifier(&named(what)).as_str()));
    let of_expressions = Settings {
        customer: computed("customer").unwrap_or_default(),
        ordered_at: computed("ordered_at").unwrap_or_default(),
        amount: computed("amount"),
        channel: computed("channel"),
        code: computed("code"),
        order_key: computed("order_key"),
        changed_at: computed("changed_at"),
        event_customer: computed("event_customer"),
        happened_at: computed("happened_at"),
        kind: computed("kind"),
        event_channel: computed("event_channel"),
        event_changed_at: computed("event_changed_at"),
        customers_key: computed("key"),
        consented_at: computed("consented_at"),
        customer_since: computed("since"),
        guest: vec![named("guest")],
        ..with_customers.clone()
    };
    let store = |key, settings, attributes| Store {
        name: name.to_owned(),
        extension: named("extension"),
        key,
        settings,
        attributes,
        people: People::default(),
    };
    vec![
        store(Key::BigInt, least, Vec::new()),
        store(Key::Integer, most, Vec::new()),
        store(Key::Uuid, with_customers, attributes.clone()),
        store(Key::Text, of_orders, attributes[..1].to_vec()),
        store(Key::Text, of_lines, attributes[..1].to_vec()),
        store(Key::Text, of_many, attributes[..1].to_vec()),
        store(Key::Text, of_currencies, attributes[..1].to_vec()),
        store(Key::Text, of_expressions, attributes),
    ]
}

/// The relations that such a store reads.
fn sources(store: &Store) -> Sources {
    let relation = |name: &str, columns: &[(&Option<String>, &str)]| Relation {
        oid: "1".to_owned(),
        schema: store.name.clone(),
        name: format!("{name} {}", store.name),
        kind: "r".to_owned(),
        is_temporary: false,
        columns: columns
            .iter()
            .filter_map(|(name, sql_type)| Some(((*name).clone()?, sql_type)))
            .map(|(name, sql_type)| Column {
                base_type: (*sql_type).to_owned(),
                sql_type: (*sql_type).to_owned(),
                carried_type: (*sql_type).into(),
                is_text: *sql_type == "text",
                is_whole: false,
                computed: name.starts_with(COMPUTED).then(|| Computed {
                    sql: name.clone(),
                    is_immutable: true,
                    reads_tables: false,
                }),
                name,
            })
            .collect(),
        is_own: true,
        has_foreign_part: false,
        is_subscribed: false,
        is_hypertable: false,
        indexed: Vec::new(),
        has_index_on_expression: false,
        unique: Vec::new(),
    };
    let settings = &store.settings;
    let zoned = "timestamp with time zone";
    let (key, amount) = match settings.null_amount {
        NullAmount::Skip => ("citext", "text"),
        NullAmount::Zero => (store.key.name(), "numeric"),
    };
    Sources {
        orders: relation(
            "orders",
            &[
                (&Some(settings.customer.clone()), key),
                (&Some(settings.ordered_at.clone()), "timestamp without time zone"),
                (&settings.amount, amount),
                (&settings.channel, "text"),
                (&settings.order_key, "integer"),
                (&settings.currency_column, "text"),
                (&settings.changed_at, zoned),
                (&settings.customer_since, "date"),
            ],
        ),
        customers: settings.customers.as_ref().map(|_| {
            let columns = [
                (&settings.customers_key, store.key.name()),
                (&settings.consented_at, zoned),
                (&settings.customer_since, zoned),
            ];
            relation("customers", &columns)
        }),
        events: settings.events.as_ref().map(|_| {
            let columns = [
                (&settings.event_customer, store.key.name()),
                (&settings.happened_at, zoned),
                (&settings.kind, "text"),
                (&settings.event_channel, "text"),
                (&settings.event_changed_at, zoned),
            ];
            relation("events", &columns)
        }),
        refunds: settings.refunds.as_ref().map(|_| {
            let columns = [
                (&settings.refund_order, "integer"),
                (&settings.refunded_at, "date"),
                (&settings.refund_amount, "text"),
            ];
            relation("refunds", &columns)
        }),
        consents: settings.consents.as_ref().map(|_| {
            let columns = [
                (&settings.consent_customer, store.key.name()),
                (&settings.consent_channel, "text"),
                (&settings.consent_given_at, zoned),
                (&settings.consent_withdrawn_at, "date"),
            ];
            relation("consents", &columns)
        }),
        rates: settings.rates.as_ref().map(|_| relation("rates", &[])),
    }
}

macro_rules! parse_all {
    ($($statements:expr),* $(,)?) => {$(
        for statement in $statements {
            assert_is_one_statement(&statement);
        }
    )*};
}

/// Borders that are known, and others than those of today.
const OTHER_BORDERS: &str = r#"{"fit": {"rhythm": "it's one"}, "fit_is_newest": false, "at_risk_after": 2.5, "lapsed_after": 9,
    "grid": "it's a grid", "grid_is_as_it_was": true, "layout": 3}"#;

#[test]
fn every_statement_is_one_to_the_parser_of_the_server() {
    let people = People { has_forgotten: true, has_merged: true };
    for store in
        HOSTILE_NAMES.iter().flat_map(|name| stores(name)).flat_map(|store| [Store { people, ..store.clone() }, store])
    {
        let (store, as_of, role) = (&store, "2024-01-01 00:00:00+00", store.name.as_str());
        let relation = &Sql::identifier(role);
        parse_all!(
            tables::create(store),
            tables::drop(store),
            source_views::create(store, &sources(store)).expect("columns that are there"),
            source_views::drop(store),
            [findings::sample(store, &sources(store)).expect("columns that are there"), findings::count()],
            views::create(store),
            views::drop(store),
            views::grant(store, role),
            migrations::MIGRATIONS.iter().flat_map(|migration| (migration.statements)(store)),
            [stored_settings::create(store), stored_settings::write(store), stored_settings::write_layout(store)],
            changes::begin(store),
            changes::end(),
            [changes::say_changed(store), people::leave_out(store, changes::FRESH)],
            [people::follow_merged(store, changes::CHANGED)],
            [
                changes::everybody_noted(),
                changes::count_changed(),
                changes::analyze_changed(),
                changes::analyze_fresh()
            ],
            [noting::has_missed(store), noting::has_crash_marker(store), noting::mark(store)],
            [schedule::schedule_sql(schedule::Job::Refresh, &store.name, &store.name)],
            [schedule::unschedule_sql(schedule::Job::Journeys, &store.name)],
            [schedule::schedule_of_sql(schedule::Job::Refresh, &store.name)],
            [scoring::fit_is_due(store, as_of, "5"), scoring::newest_fit(store), scoring::figures(store, as_of)],
            scoring::fit(store, as_of, "5"),
            scoring::score(store, as_of, &scoring::Fit::default()),
            [scoring::end()],
            [moves::log(store, as_of, as_of, None), moves::read_borders(store), moves::write_borders(store)],
            [moves::log(store, as_of, as_of, Some(OTHER_BORDERS)), moves::forget_borders(store)],
            [
                brake::listed(store),
                brake::count(store),
                brake::people(store),
                brake::hold(store),
                brake::release(store)
            ],
            moves::know(store, as_of, None),
            moves::know(store, as_of, Some(as_of)),
            [scoring::fill(store, &store.data("profile"), as_of, 7)],
            scoring::replace(store, &store.data("profile"), as_of, 7),
            [feed::next_version(store), feed::list_changed(store, as_of, 7), feed::forget_changed(store)],
            [
                feed::set_version(store, 7, true),
                feed::reshape(store),
                feed::purge(store, true),
                feed::purge(store, false)
            ],
            feed::forget(store),
        );
        let column = changes::GrowingType::of("bigint").map(fresh::Watch::Column);
        for watch in [None, Some(fresh::Watch::Triggers), column] {
            for refunds in [None, Some(LinkType::Integer), Some(LinkType::Uuid), Some(LinkType::Text)] {
                let watched = fresh::Watched { orders: watch, events: column, refunds };
                parse_all!(
                    fresh::changed(store, watched, relation).into_iter(),
                    [fresh::histories(store, watched, relation)],
                    refunds.map(|link| changes::take_noted_refunds(store, link)).into_iter(),
                );
            }
        }
        assert!(fresh::changed(store, fresh::Watched::default(), relation).is_none());
        for source in Source::ALL {
            parse_all!(
                noting::create_triggers(store, source, relation),
                noting::drop_triggers(store, source, relation),
                noting::enter(store, source, "1"),
                [noting::has_guard(store, source), noting::watched(store, source, "1"), noting::leave(store, source)],
                [noting::all_entered(store, source, 2), noting::triggered(store, source)],
                [changes::forget_noted(store, source)],
            );
        }
        for source in Source::WITH_HISTORIES {
            parse_all!(
                [changes::take_noted(store, source), changes::count_rows(store, source)],
                [changes::find_different(store, source), changes::find_wrong(store, source)],
                [
                    changes::count_mismatches(store, source),
                    changes::fill(store, source),
                    changes::verify(store, source)
                ],
            );
            for scope in [Scope::All, Scope::Changed] {
                parse_all!(
                    changes::build(store, source, scope),
                    [changes::empty(store, source, scope), changes::replace(store, source, scope)],
                    [changes::remove(store, scope), brake::lost(store, changes::FRESH, scope)],
                );
            }
            for column in changes::GrowingType::NAMES.into_iter().filter_map(changes::GrowingType::of) {
                parse_all!(
                    [changes::find_grown(store, source, column, &store.name), changes::highest(column)],
                    [changes::highest_of_all(store, source, column)],
                    changes::no_later_than_now(column, &store.name).into_iter(),
                );
            }
        }
        let renamed: Vec<String> = store.settings.attributes.iter().map(|name| format!("{name} too")).collect();
        let after = renames::with_attributes(store, &renamed);
        parse_all!(
            renames::rename_attributes(store, &after, &["big \"spenders\"".to_owned()]).expect("the same columns"),
            renames::rename_attributes_of_tables(store, &after),
            tables::change_attributes(store, &after),
        );
    }
}
