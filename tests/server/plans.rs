//! Making the planner choose, and seeing that it did.

use postgres::Client;

use crate::harness::Ask;

/// Settings for one way to run a query.
pub struct Way {
    pub name: &'static str,
    settings: &'static str,
    /// What its plan shows.
    shows: &'static [&'static str],
}

const SERIAL: &str = "SET max_parallel_workers_per_gather = 0;";
const PARALLEL: &str =
    "SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
    SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = on;";

/// The ways to aggregate a table by a key: in order and by hashing, in one process and in several.
pub const WAYS: [Way; 5] = [
    Way {
        name: "sorted",
        settings: "SET enable_hashagg = off; SET work_mem = '64kB'",
        shows: &["GroupAggregate", "Sort"],
    },
    Way { name: "hashed", settings: "SET enable_sort = off; SET work_mem = '64MB'", shows: &["HashAggregate"] },
    Way {
        name: "parallel, sorted",
        settings: "PARALLEL SET enable_hashagg = off; SET work_mem = '64kB'",
        shows: &["Finalize GroupAggregate", "Gather Merge", "Partial GroupAggregate"],
    },
    Way {
        name: "parallel, hashed",
        settings: "PARALLEL SET enable_sort = off; SET enable_incremental_sort = off; SET work_mem = '64MB'",
        shows: &["Finalize HashAggregate", "Gather", "Partial HashAggregate"],
    },
    Way {
        name: "parallel, without the leader",
        settings: "PARALLEL SET parallel_leader_participation = off; SET enable_hashagg = off",
        shows: &["Finalize GroupAggregate", "Gather Merge", "Partial"],
    },
];

impl Way {
    /// Makes the session work this way.
    pub fn choose(&self, client: &mut Client) {
        let chosen = match self.settings.strip_prefix("PARALLEL ") {
            Some(rest) => format!("{PARALLEL} {rest}"),
            None => format!("{SERIAL} {}", self.settings),
        };
        reset(client);
        client.run(&chosen);
    }

    /// Fails unless the session would run the query this way.
    pub fn must_be_that_of(&self, client: &mut Client, query: &str) {
        let plan = client.plan(query);
        for node in self.shows {
            assert!(plan.contains(node), "{} shows no {node}:\n{plan}\n{query}", self.name);
        }
    }
}

/// Back to the settings of a new session, but for the zone.
pub fn reset(client: &mut Client) {
    let zone: String = client.get("SHOW TimeZone");
    client.run(&format!("RESET ALL; SET TimeZone = '{zone}'"));
}

/// Makes every query that can run in a worker run in one.
pub fn run_all_in_a_worker(client: &mut Client) {
    // PostgreSQL 16 renamed the setting.
    let set: i64 = client.get(
        "SELECT count(set_config(name, 'on', false)) FROM pg_settings
         WHERE name IN ('force_parallel_mode', 'debug_parallel_query')",
    );
    assert_eq!(set, 1);
}

/// An order table that makes the planner think of workers, in two physical orders and in parts: `orders`, `shuffled`,
/// and `parts`, which is partitioned by customer and holds the same rows.
pub fn large_tables(client: &mut Client) {
    client.run(
        "SELECT setseed(0.25);
         CREATE TABLE orders AS
         SELECT (random() ^ 2 * 2000)::int AS customer_id, '2023-01-01'::timestamptz + random() * interval '500 days' AS at,
            CASE WHEN random() < 0.05 THEN -random() * 20 WHEN random() < 0.02 THEN NULL ELSE random() * 300 END::numeric(12, 5)
                AS amount
         FROM generate_series(1, 24000) ORDER BY at;
         INSERT INTO orders SELECT 3000, '2024-01-01', n FROM generate_series(1, 1000) AS n;
         UPDATE orders SET at = NULL WHERE random() < 0.01;
         CREATE TABLE shuffled AS SELECT * FROM orders ORDER BY random();
         CREATE TABLE parts (LIKE orders) PARTITION BY HASH (customer_id);
         CREATE TABLE part_0 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 0);
         CREATE TABLE part_1 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 1);
         CREATE TABLE part_2 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 2);
         INSERT INTO parts SELECT * FROM shuffled;
         ALTER TABLE orders SET (parallel_workers = 2);
         ALTER TABLE shuffled SET (parallel_workers = 2);
         ANALYZE",
    );
}
