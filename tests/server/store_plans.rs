//! How the queries of a refresh are run, seen by EXPLAIN: scores by parallel workers, the rows of who has changed by an index.

use pg_lifecycle::domain::store::changes::{CHANGED, Scope, begin, rebuilt};
use pg_lifecycle::domain::store::people::People;
use pg_lifecycle::domain::store::planner::PLANNER;
use pg_lifecycle::domain::store::scoring::{Fit, newest_fit, scored};
use pg_lifecycle::domain::store::settings::Settings;
use pg_lifecycle::domain::store::tables::Source;
use pg_lifecycle::domain::store::{Attribute, Key, Store};

use crate::harness::{Ask, Database};

/// A base in which neither choice would be a coincidence.
fn attached(name: &str) -> (Database, Store) {
    let mut database = Database::new(name);
    database.run(
        "CREATE TABLE orders AS SELECT i AS id, i % 20000 AS customer, timestamptz '2022-01-01' + i * interval '5 minutes' AS at,
            (i % 50 + 1)::numeric AS amount FROM generate_series(1, 200000) AS i;
         CREATE INDEX ON orders (customer);
         CREATE TABLE people AS SELECT i AS customer, 'tier ' || i % 3 AS tier FROM generate_series(0, 21000) AS i;
         ALTER TABLE people ADD PRIMARY KEY (customer);
         ANALYZE orders, people;
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            customers => 'people', attributes => '{tier}', time_zone => 'UTC', settings => '{\"reader\": \"\"}');
         CALL lifecycle.refresh('shop', as_of => '2024-01-01Z')",
    );
    let settings: String = database.get("SELECT settings::text FROM lifecycle.store");
    let store = Store {
        name: "shop".to_owned(),
        extension: "public".to_owned(),
        key: Key::Integer,
        settings: Settings::from_json(&settings).expect("what is stored"),
        attributes: vec![Attribute { name: "tier".to_owned(), sql_type: "text".to_owned() }],
        people: People::default(),
    };
    (database, store)
}

#[test]
fn everybody_is_scored_by_parallel_workers() {
    let (mut database, store) = attached("store_plans_scores");
    let json: String = database.get(&format!("SELECT f.fit::text FROM ({}) AS f (fit)", newest_fit(&store)));
    assert!(!json.contains("\" : null"), "{json}");
    let fit = Fit::from_json(Some(&json));
    database.run(
        "SET parallel_setup_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2",
    );
    let query = scored(&store, "2024-01-01Z", &fit);
    let plan = database.plan(query.as_str());
    let (above, below) = plan.split_once("Workers Planned: 2").unwrap_or_else(|| panic!("no workers:\n{plan}"));
    assert!(above.trim_start().starts_with("Gather"), "scored above the workers:\n{plan}");
    assert!(below.contains("p_alive") && below.contains("Parallel"), "{plan}");
    // And what they say is what the refresh wrote.
    let differing: i64 = database.get(&format!(
        "SELECT count(*) FROM ({query}) AS s FULL JOIN shop_data.profile AS p USING (customer)
         WHERE (s.stage, s.segment, s.p_alive, s.tier) IS DISTINCT FROM (p.stage, p.segment, p.p_alive, p.tier)"
    ));
    assert_eq!(differing, 0);
}

#[test]
fn the_rows_of_who_has_changed_are_found_by_an_index() {
    let (mut database, store) = attached("store_plans_changes");
    for statement in begin(&store) {
        database.run(statement.as_str());
    }
    database.run(&format!(
        "INSERT INTO {CHANGED} (customer) SELECT i * 50 FROM generate_series(1, 200) AS i; ANALYZE {CHANGED}"
    ));
    for (name, value) in PLANNER {
        database.run(&format!("SET {name} = {value}"));
    }
    let plan = database.plan(rebuilt(&store, Source::Orders, Scope::Changed).as_str());
    assert!(plan.contains("orders_customer_idx") && !plan.contains("Seq Scan on public.orders"), "{plan}");
}
