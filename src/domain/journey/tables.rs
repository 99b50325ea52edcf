//! The tables that journeys are kept in, in the store's schema.
//!
//! All that belongs to one customer is worked on under one lock, that of the customer's bucket: so that caps count right, whatever
//! number of workers there are.

use crate::domain::store::quote::literal;
use crate::domain::store::{Store, noting, source_views, tables};

/// A table: its name, its columns and constraints (`{key}` is the type of the customers' key), and what it holds.
type Table = (&'static str, &'static str, &'static str);

const TABLES: [Table; 9] = [
    (
        "journey",
        "journey integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,
            status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'live', 'paused', 'ended')), version integer,
            created_at timestamptz NOT NULL DEFAULT pg_catalog.now(), started_at timestamptz,
            movement_seen bigint NOT NULL DEFAULT 0, scanned_at timestamptz",
        "the journeys: chains of messages that follow what customers do",
    ),
    (
        "journey_version",
        "journey integer NOT NULL REFERENCES {journey} ON DELETE CASCADE, version integer NOT NULL, head jsonb NOT NULL,
            created_at timestamptz NOT NULL DEFAULT pg_catalog.now(), started_at timestamptz, PRIMARY KEY (journey, version)",
        "the versions of each journey: all of a definition but its steps",
    ),
    (
        "journey_step",
        "journey integer NOT NULL, version integer NOT NULL, step integer NOT NULL CHECK (step > 0), name text NOT NULL,
            definition jsonb NOT NULL, PRIMARY KEY (journey, version, step) DEFERRABLE, UNIQUE (journey, version, name) DEFERRABLE,
            FOREIGN KEY (journey, version) REFERENCES {journey_version} ON DELETE CASCADE",
        "the steps of each version of a journey, in order",
    ),
    (
        "journey_state",
        "one boolean PRIMARY KEY DEFAULT true CHECK (one), policy jsonb NOT NULL DEFAULT '{}', swept_at timestamptz,
            sweep_of timestamptz, sweep_next smallint",
        "what holds for all journeys of the store, and how far they are",
    ),
    (
        "journey_condition",
        "journey integer NOT NULL REFERENCES {journey} ON DELETE CASCADE, customer {key} NOT NULL, PRIMARY KEY (journey, customer)",
        "customers for whom the entry condition of a journey holds now",
    ),
    (
        "enrollment",
        "customer {key} NOT NULL, journey integer NOT NULL, entry integer NOT NULL, bucket smallint NOT NULL,
            version integer NOT NULL, step integer NOT NULL, round integer NOT NULL DEFAULT 1, entered_at timestamptz NOT NULL, triggered_at timestamptz NOT NULL,
            since timestamptz NOT NULL, due_at timestamptz, postponed_since timestamptz, postponed_why text, arm text,
            control text CHECK (control IN ('journey', 'store')), goal_until timestamptz, ended_at timestamptz, outcome text, goal_at timestamptz,
            PRIMARY KEY (customer, journey, entry)",
        "one row for each entry of a customer into a journey, and the step it is at",
    ),
    (
        "action",
        "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer {key} NOT NULL, journey integer NOT NULL,
            version integer NOT NULL, entry integer NOT NULL, step integer NOT NULL, round integer NOT NULL,
            at timestamptz NOT NULL, arm text, control text, channel text NOT NULL, template text NOT NULL, payload jsonb NOT NULL,
            priority integer NOT NULL, status text NOT NULL
                CHECK (status IN ('pending', 'claimed', 'done', 'dead', 'withheld', 'cancelled')),
            claimable_at timestamptz, attempts integer NOT NULL DEFAULT 0, claimed_by text, completed_at timestamptz,
            message_id text, error text,
            CONSTRAINT action_decided_once UNIQUE (customer, journey, version, entry, step, round)",
        "what was decided to be sent or done, once for each time that a customer came to a step, and what became of it",
    ),
    (
        "decision",
        "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer {key} NOT NULL, journey integer NOT NULL,
            version integer NOT NULL, entry integer NOT NULL, step integer NOT NULL, round integer NOT NULL,
            at timestamptz NOT NULL, what text NOT NULL, why text",
        "all decisions but actions: entries, branches, postponed and dropped actions, and exits with their reason",
    ),
    (
        "event",
        "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer {key} NOT NULL, kind text NOT NULL,
            at timestamptz NOT NULL, action bigint, channel text, provider_id text UNIQUE, detail jsonb,
            recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now(), seen boolean NOT NULL DEFAULT false",
        "what came back: what lifecycle.record_event was told",
    ),
];

/// Indexes: the table, and the rest of the definition.
const INDEXES: [(&str, &str); 6] = [
    ("enrollment", "(bucket, due_at) WHERE due_at IS NOT NULL"),
    ("action", "(channel, priority DESC, claimable_at) WHERE claimable_at IS NOT NULL"),
    ("action", "(journey, version, step)"),
    ("decision", "(customer, journey, entry)"),
    ("event", "(customer, kind, at)"),
    ("event", "(id) WHERE NOT seen"),
];

/// The statements that make the tables.
pub fn create(store: &Store) -> Vec<String> {
    let filled = |text: &str| {
        text.replace("{key}", store.key.sql())
            .replace("{journey}", store.data("journey").as_str())
            .replace("{journey_version}", store.data("journey_version").as_str())
    };
    let mut statements = Vec::new();
    for (table, columns, what) in TABLES {
        // Rows that are changed a few times each: room for that in their page.
        let room = if table == "enrollment" || table == "action" { " WITH (fillfactor = 80)" } else { "" };
        statements.push(format!("CREATE TABLE {} ({}){room}", store.data(table), filled(columns)));
        statements.push(format!("COMMENT ON TABLE {} IS {}", store.data(table), literal(what)));
    }
    statements.extend(INDEXES.map(|(table, rest)| format!("CREATE INDEX ON {} {rest}", store.data(table))));
    // Its keys can be checked late, so that steps can be numbered anew; a publication needs to know its rows by something else.
    statements.push(format!("ALTER TABLE {} REPLICA IDENTITY FULL", store.data("journey_step")));
    for table in ["journey_version", "journey_step"].map(|table| store.data(table)) {
        for (name, when) in [
            ("guard_journey", "AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW"),
            ("guard_journeys", "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"),
        ] {
            let when = when.replace("{table}", table.as_str());
            statements.push(format!("CREATE TRIGGER {name} {when} EXECUTE FUNCTION lifecycle.guard_journey()"));
        }
    }
    statements.push(format!("INSERT INTO {} DEFAULT VALUES", store.data("journey_state")));
    statements
}

/// The names of the tables.
pub fn names() -> [&'static str; 9] {
    TABLES.map(|(table, ..)| table)
}

/// The names of all relations in the schema of a store that it works with: its own, and those of its journeys.
pub fn relations_of_store() -> Vec<&'static str> {
    tables::TABLES.into_iter().chain([noting::MISSED]).chain(source_views::VIEWS).chain(names()).collect()
}

/// The statements that drop them.
pub fn drop(store: &Store) -> Vec<String> {
    TABLES.iter().rev().map(|(table, ..)| format!("DROP TABLE IF EXISTS {}", store.data(table))).collect()
}
