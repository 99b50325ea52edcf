//! The layouts of a store: how the tables of its schema become those of a newer release.
//!
//! A store has the layout of the library that made it. A release that changes a table of a store, or a view or function in its
//! schema, adds one migration to [`MIGRATIONS`]: a number, and the statements that make the tables fit. Views and functions need
//! no statement: an upgrade drops those that the store says it has and makes those of the library.
//!
//! Three rules hold for all layouts, because the calls that work on every one of them depend on it:
//!
//! * `store_settings` of a store and `lifecycle.store` keep their columns: a layout may add some.
//! * `order_change` and `event_change` keep their column, and the sequence `missed` its name.
//! * The columns of `action` and `event` that those calls name stay. A column that is added to them can be NULL or has a default.

use super::quote::select_call;
use super::tables::Source;
use super::{Store, copies, people, tables};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};

/// How a store becomes one of the next layout.
pub struct Migration {
    /// The layout that it leads to, from the one before.
    pub to: i32,
    /// The statements for the tables of the store and of its journeys, in order. They run as the owner of the store, while its views
    /// and functions are not there.
    pub statements: fn(&Store) -> Vec<Sql>,
    /// Whether the next refresh must read all rows again.
    pub rebuilds: bool,
    /// Whether the next refresh must fit again.
    pub refits: bool,
}

/// All migrations, in order: the first leads from layout 1, that of version 0.2.0, to layout 2.
pub const MIGRATIONS: [Migration; 2] = [
    Migration { to: 2, statements: spend_of_last_year, rebuilds: false, refits: false },
    Migration { to: 3, statements: no_harm, rebuilds: true, refits: false },
];

/// The layout of the stores that this library makes and works with.
pub const CURRENT: i32 = 1 + MIGRATIONS.len() as i32;

/// The migrations of a store that has this layout.
pub fn since(layout: i32) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter().filter(move |migration| migration.to > layout)
}

/// The statement that adds a column to a table of a store, where it is missing. A column that must not be NULL needs a value for the
/// rows that are there.
fn add_column(store: &Store, table: &str, column: &str, definition: &'static str) -> Sql {
    expression!(
        (),
        "ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {definition}",
        table = store.data(table),
        column = Sql::identifier(column),
        definition = definition
    )
}

// ---- 1 to 2: version 0.2.1 -------------------------------------------------------------------------------------------

/// The profile says what a customer spent in the last year; the next refresh computes it.
fn spend_of_last_year(store: &Store) -> Vec<Sql> {
    vec![add_column(store, "profile", "spend_last_year", "numeric")]
}

// ---- 2 to 3: version 0.3.0 -------------------------------------------------------------------------------------------

/// What keeps journeys from doing harm.
fn no_harm(store: &Store) -> Vec<Sql> {
    [
        known_customers(store),
        suppressions_of_events(store),
        brake(store),
        hand_over(store),
        notes_of_refunds(store),
        people(store),
        vec![add_column(store, "kpi", "revenue_with_guests", "numeric")],
        occasions(store),
        codes(store),
        payloads(store),
        audiences_and_feeds(store),
    ]
    .concat()
}

/// Entries know their event, their key, their order, and how large the store's control group was. Of those that there are nobody knows.
fn occasions(store: &Store) -> Vec<Sql> {
    [
        ("event", "bigint"),
        ("occasion_key", "text"),
        ("order_key", "text"),
        ("store_control", "float8"),
        ("is_called", "boolean NOT NULL DEFAULT false"),
    ]
    .map(|(column, definition)| add_column(store, "enrollment", column, definition))
    .to_vec()
}

/// The table of voucher codes.
fn codes(store: &Store) -> Vec<Sql> {
    vec![
        sql!(store, "sql/migrate/create_code.sql"),
        sql!(store, "sql/migrate/comment_on_code.sql"),
        sql!(store, "sql/migrate/index_code.sql"),
        sql!(store, "sql/migrate/unique_code.sql"),
    ]
}

/// Payloads say what is to be handed over as it is, where it looks like an object that stands for a value now. Versions that were started
/// are guarded against changes of what they say, which this is none.
fn payloads(store: &Store) -> Vec<Sql> {
    let guards = |change| expression!(store, "ALTER TABLE {data.journey_step} {change} TRIGGER USER", change = change);
    vec![guards("DISABLE"), sql!(store, "sql/migrate/keep_payloads.sql"), guards("ENABLE")]
}

/// Audiences, and what changes from refresh to refresh. The profiles of before are those of version 0, which a feed reads from the
/// beginning.
fn audiences_and_feeds(store: &Store) -> Vec<Sql> {
    let made = ["audience", "audience_member", "audience_log", people::FORGOTTEN_MEMBER, "profile_change", "feed"];
    let drop =
        made.into_iter().rev().map(|name| expression!((), "DROP TABLE IF EXISTS {table}", table = store.data(name)));
    drop.chain(tables::create_some(store, &made))
        .chain([
            add_column(store, "profile", "lifecycle_version", "bigint NOT NULL DEFAULT 0"),
            add_column(store, "journey", "joined_seen", "bigint NOT NULL DEFAULT 0"),
        ])
        .collect()
}

/// The table of the refunds that triggers note.
fn notes_of_refunds(store: &Store) -> Vec<Sql> {
    let notes = Source::Refunds.change_table();
    let drop = expression!((), "DROP TABLE IF EXISTS {table}", table = store.data(notes));
    [drop].into_iter().chain(tables::create_some(store, &[notes])).collect()
}

/// The tables of customers who were forgotten and merged, and the mark of actions whose customer was forgotten.
fn people(store: &Store) -> Vec<Sql> {
    let drop = people::TABLES.map(|name| expression!((), "DROP TABLE IF EXISTS {table}", table = store.data(name)));
    let mark = add_column(store, "action", "is_anonymous", "boolean NOT NULL DEFAULT false");
    drop.into_iter().chain(tables::create_some(store, &people::TABLES)).chain([mark]).collect()
}

/// The list of suppressions, from the events that were recorded so far.
fn suppressions_of_events(store: &Store) -> Vec<Sql> {
    let events = [
        add_column(store, "event", "class", "text CONSTRAINT event_class CHECK (class IN ('hard', 'soft'))"),
        add_column(store, "event", "is_machine", "boolean NOT NULL DEFAULT false"),
        add_column(store, "event", "topic", "text"),
        sql!(store, "sql/migrate/classes_of_bounces.sql"),
    ];
    let derived = [
        sql!(store, "sql/migrate/suppressions.sql"),
        sql!(store, "sql/migrate/soft_bounces.sql"),
        sql!(store, "sql/migrate/channels_of_actions.sql"),
    ];
    let table = [
        sql!(store, "sql/migrate/create_suppression.sql"),
        sql!(store, "sql/migrate/comment_on_suppression.sql"),
        sql!(store, "sql/migrate/index_suppression.sql"),
    ];
    events.into_iter().chain(table).chain(derived).collect()
}

/// The store knows every customer that it has ever seen, and of every movement what made it. What is known of customers comes from the
/// profiles, and of those without one from the log; the next refresh reads their first events.
fn known_customers(store: &Store) -> Vec<Sql> {
    let alter = |change: &'static str| expression!(store, "ALTER TABLE {data.movement} {change}", change = change);
    let new_tables = ["known_customer", "borders", "hold"];
    let of_history = [
        ("earliest_since", "timestamptz"),
        ("first_event_at", "timestamptz"),
        ("past_changed", "boolean NOT NULL DEFAULT false"),
    ];
    let of_movement = [
        ("refitted", "boolean NOT NULL DEFAULT false"),
        ("kind", "text NOT NULL DEFAULT 'moved'"),
        ("registered_at", "timestamptz"),
        ("stage_refitted", "boolean NOT NULL DEFAULT false"),
        ("segment_refitted", "boolean NOT NULL DEFAULT false"),
    ];
    let (movement, comment) = (store.data("movement"), Sql::literal(tables::comment("movement")));
    let added = of_history.map(|(name, definition)| add_column(store, "history", name, definition)).into_iter();
    let dropped = new_tables.map(|name| expression!((), "DROP TABLE IF EXISTS {table}", table = store.data(name)));
    added
        .chain(dropped)
        .chain(tables::create_some(store, &new_tables))
        .chain(of_movement.map(|(name, definition)| add_column(store, "movement", name, definition)))
        .chain([
            sql!(store, "sql/migrate/kinds_of_movements.sql"),
            alter("ALTER COLUMN kind DROP DEFAULT"),
            alter("ALTER COLUMN stage_refitted DROP DEFAULT"),
            alter("ALTER COLUMN segment_refitted DROP DEFAULT"),
            alter("DROP CONSTRAINT IF EXISTS movement_kind_check"),
            alter(
                "ADD CONSTRAINT movement_kind_check CHECK (kind IN ('moved', 'appeared', 'vanished', 'returned', 'corrected'))",
            ),
            alter("DROP COLUMN refitted"),
            sql!(store, "sql/migrate/know_profiles.sql"),
            sql!(store, "sql/migrate/know_vanished.sql"),
            expression!((), "COMMENT ON TABLE {table} IS {comment}", table = movement, comment = comment),
        ])
        .collect()
}

/// The brake of entries: a journey is held where more customers would enter than may.
fn brake(store: &Store) -> Vec<Sql> {
    let columns = [
        ("held_since", "timestamptz"),
        ("held_reason", "text"),
        ("held_event", "bigint"),
        ("released_up_to", "integer"),
        ("released_from", "timestamptz"),
        ("held_for_codes", "boolean NOT NULL DEFAULT false"),
    ];
    let columns = columns.map(|(column, definition)| add_column(store, "journey", column, definition));
    let tables = [
        sql!(store, "sql/brake/drop_check.sql"),
        sql!(store, "sql/brake/add_check.sql"),
        sql!(store, "sql/brake/create_intake.sql"),
        sql!(store, "sql/brake/fill_intake.sql"),
        sql!(store, "sql/brake/index_intake.sql"),
        sql!(store, "sql/brake/comment_on_intake.sql"),
    ];
    columns.into_iter().chain(tables).collect()
}

/// The hand-over of an action decides whether it is still to be sent, and customers wait for the sending. What was decided before, and waits
/// for a sender, is dropped after the usual deadline.
fn hand_over(store: &Store) -> Vec<Sql> {
    let columns = [
        ("action", "expires_at", "timestamptz"),
        ("action", "handed_over_at", "timestamptz"),
        ("action", "reason", "text"),
        ("action", "topic", "text"),
        ("action", "transactional", "boolean NOT NULL DEFAULT false"),
        ("action", "incarnation", "text"),
        ("action", "processed", "boolean NOT NULL DEFAULT true"),
        ("enrollment", "action", "bigint"),
        ("journey", "recipients", "text[]"),
        ("journey_state", "ran_at", "timestamptz"),
        ("journey_state", "ran_as_of", "timestamptz"),
        ("journey_state", "incarnation", "text"),
        ("journey_state", "home", "text"),
    ];
    let columns = columns.map(|(table, column, definition)| add_column(store, table, column, definition));
    let alter = |rest: &'static str| expression!(store, "ALTER TABLE {data.action} {rest}", rest = rest);
    let statuses = [
        alter("ALTER COLUMN payload DROP NOT NULL"),
        alter("DROP CONSTRAINT IF EXISTS action_status_check"),
        alter(
            "ADD CONSTRAINT action_status_check
                CHECK (status IN ('pending', 'claimed', 'done', 'dead', 'withheld', 'cancelled', 'dropped'))",
        ),
    ];
    let consent = [expression!(store, "DROP TABLE IF EXISTS {data.consent}")];
    let tables = consent.into_iter().chain(tables::create_some(store, &["consent"]));
    let rows = [
        expression!(store, "CREATE INDEX ON {data.action} (id) WHERE NOT processed"),
        expression!(store, "DROP INDEX IF EXISTS {data.action_channel_priority_claimable_at_idx}"),
        expression!(
            store,
            "CREATE INDEX ON {data.action} (channel, priority DESC, claimable_at, id) WHERE claimable_at IS NOT NULL"
        ),
        sql!(store, "sql/migrate/meet_customers.sql"),
        sql!(store, "sql/migrate/date_handed_over.sql"),
        sql!(store, "sql/migrate/name_copy.sql", incarnation = copies::incarnation(), home = copies::home()),
    ];
    columns.into_iter().chain(statuses).chain(tables).chain(rows).collect()
}

// ---- what a library refuses -----------------------------------------------------------------------------------------

/// Refuses a store that a newer release has made or upgraded.
///
/// # Errors
/// [`Kind::NotReady`].
pub fn check_not_newer(name: &str, layout: i32) -> Result<()> {
    if layout <= CURRENT {
        return Ok(());
    }
    Err(Error::new(
        Kind::NotReady,
        format!("store \"{}\" has layout {layout}, and this library works with layout {CURRENT}", shorten(name)),
    )
    .detail("A newer version of pg_lifecycle has made or upgraded the store.")
    .hint("The library is older than the store. Install that version, start a new session, and ALTER EXTENSION pg_lifecycle UPDATE."))
}

/// Refuses a store of another layout than [`CURRENT`].
///
/// # Errors
/// [`Kind::NotReady`].
pub fn check(name: &str, layout: i32) -> Result<()> {
    check_not_newer(name, layout)?;
    if layout == CURRENT {
        return Ok(());
    }
    Err(Error::new(
        Kind::NotReady,
        format!("store \"{}\" has layout {layout}, and this library works with layout {CURRENT}", shorten(name)),
    )
    .detail("An older version of pg_lifecycle has made the store.")
    .hint(select_call("lifecycle.upgrade_store", &[&shorten(name)])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::store::Key;
    use crate::domain::store::settings::Settings;

    #[test]
    fn each_migration_leads_one_layout_further() {
        let leads_to = |layout| since(layout).map(|migration| migration.to).collect::<Vec<_>>();
        assert_eq!(leads_to(1), (1..=CURRENT).skip(1).collect::<Vec<_>>());
        assert_eq!(leads_to(CURRENT), [0; 0]);
    }

    #[test]
    fn statements_change_tables_of_the_store_and_never_drop_what_depends_on_them() {
        let store = Store {
            name: "or'ders\"".to_owned(),
            extension: "public".to_owned(),
            key: Key::Text,
            settings: Settings::default(),
            attributes: Vec::new(),
            people: people::People::default(),
        };
        for statement in MIGRATIONS.iter().flat_map(|migration| (migration.statements)(&store)) {
            let statement = statement.as_str();
            assert!(statement.contains(r#""or'ders""_data"."#), "{statement}");
            assert!(!statement.to_uppercase().replace("ON DELETE CASCADE", "").contains("CASCADE"), "{statement}");
        }
    }

    #[test]
    fn what_is_refused_says_what_to_type() {
        assert_eq!(check("shop", CURRENT), Ok(()));
        let older = check("it's", CURRENT - 1).unwrap_err();
        assert_eq!(older.hint.as_deref(), Some("SELECT lifecycle.upgrade_store('it''s')"));
        assert_eq!(check_not_newer("shop", CURRENT - 1), Ok(()));
        let newer = check("shop", CURRENT + 1).unwrap_err();
        assert_eq!((newer.kind, newer.clone()), (Kind::NotReady, check_not_newer("shop", CURRENT + 1).unwrap_err()));
        assert!(newer.hint.is_some_and(|hint| hint.contains("ALTER EXTENSION pg_lifecycle UPDATE")));
    }
}
