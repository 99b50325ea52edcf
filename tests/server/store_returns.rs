//! Where the history of a source ends where it began, no customer has done anything: none enters a journey, none moves, and nothing is
//! sent, whatever refreshes and runs have seen in between.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::harness::{Ask, Database, none};
use crate::seeds::Seeds;

/// Histories of each run, the same ones and others.
const HISTORIES: u64 = 9;
const FRESH: usize = 3;

/// What is done to the orders, and how it is undone; `{low}` and `{high}` are two customers, and `{kept}` has the rows
/// of before.
const CHANGES: [(&str, &str); 8] = [
    ("TRUNCATE orders", "INSERT INTO orders TABLE {kept} ON CONFLICT DO NOTHING"),
    (
        "DELETE FROM orders WHERE customer BETWEEN {low} AND {high}",
        "INSERT INTO orders SELECT * FROM {kept} WHERE customer BETWEEN {low} AND {high} ON CONFLICT DO NOTHING",
    ),
    (
        "DELETE FROM orders WHERE customer BETWEEN {low} AND {high} AND id % 3 = 0",
        "INSERT INTO orders SELECT * FROM {kept} WHERE customer BETWEEN {low} AND {high} ON CONFLICT DO NOTHING",
    ),
    (
        "UPDATE orders SET customer = customer + 10000, changed_at = clock_timestamp() WHERE customer BETWEEN {low} AND {high}",
        "UPDATE orders SET customer = customer - 10000, changed_at = clock_timestamp()
         WHERE customer BETWEEN 10000 + {low} AND 10000 + {high}",
    ),
    (
        "ALTER TABLE orders DETACH PARTITION orders_old",
        "ALTER TABLE orders ATTACH PARTITION orders_old FOR VALUES FROM (MINVALUE) TO (250)",
    ),
    (
        "UPDATE orders SET state = 'cancelled', changed_at = clock_timestamp() WHERE customer BETWEEN {low} AND {high} AND id % 2 = 0",
        "UPDATE orders SET state = 'paid', changed_at = clock_timestamp() WHERE customer BETWEEN {low} AND {high}",
    ),
    (
        "UPDATE orders SET amount = amount * 50, changed_at = clock_timestamp() WHERE customer BETWEEN {low} AND {high}",
        "UPDATE orders SET amount = amount / 50, changed_at = clock_timestamp() WHERE customer BETWEEN {low} AND {high}",
    ),
    (
        "UPDATE orders SET ordered_at = ordered_at - interval '90 days', changed_at = clock_timestamp()
         WHERE customer BETWEEN {low} AND {high}",
        "UPDATE orders SET ordered_at = ordered_at + interval '90 days', changed_at = clock_timestamp()
         WHERE customer BETWEEN {low} AND {high}",
    ),
];

struct History {
    database: Database,
    random: StdRng,
    log: Vec<String>,
}

impl History {
    fn begin(seed: u64) -> Self {
        let mut database = Database::new(&format!("store_returns_{seed}"));
        let changes = ["triggers", "column", "compare"][(seed % 3) as usize];
        let customers = if seed.is_multiple_of(2) {
            ", customers => 'people', customers_key => 'id', consented_at => 'since'"
        } else {
            ""
        };
        database.run(
            "SET client_min_messages = error; SET TimeZone = 'UTC';
             CREATE TABLE orders (id int, customer int, ordered_at timestamptz, amount numeric, state text DEFAULT 'paid',
                changed_at timestamptz DEFAULT clock_timestamp(), PRIMARY KEY (id)) PARTITION BY RANGE (id);
             CREATE TABLE orders_old PARTITION OF orders FOR VALUES FROM (MINVALUE) TO (250);
             CREATE TABLE orders_new PARTITION OF orders FOR VALUES FROM (250) TO (MAXVALUE);
             INSERT INTO orders (id, customer, ordered_at, amount)
                SELECT i, 1 + i * i % 211, now() - (1 + i * 7919 % 400) * interval '1 day', 5 + i * 104729 % 90
                FROM generate_series(1, 1200) AS i;
             CREATE TABLE people (id int PRIMARY KEY, since timestamptz);
             INSERT INTO people SELECT i, now() - interval '500 days' FROM generate_series(1, 230) AS i;
             CREATE TABLE kept_orders AS TABLE orders",
        );
        database.run(&format!(
            "SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'ordered_at',
                amount => 'amount', status => $$state = 'paid'$$, changes => '{changes}',
                changed_at => 'changed_at' {customers}, time_zone => 'UTC', settings => '{{\"reconcile\": \"0\", \"reader\": \"\"}}')"
        ));
        // At one instant, so that time moves no customer.
        database.run(
            "CREATE TABLE instant AS SELECT now() + interval '1 hour' AS at;
             CREATE FUNCTION instant() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT at FROM instant'",
        );
        database.run("CALL lifecycle.refresh('kept', instant())");
        database.run(
            "SELECT lifecycle.create_ready_made('kept', name, '{}', start => true)
             FROM unnest('{welcome, at_risk, win_back, vip, post_purchase}'::text[]) AS name",
        );
        database.run("CALL lifecycle.run_journeys('kept', instant())");
        History {
            database,
            random: StdRng::seed_from_u64(seed),
            log: vec![format!("changes => '{changes}' {customers}")],
        }
    }

    fn run(&mut self, statement: &str) {
        self.log.push(statement.to_owned());
        self.database.run(statement);
    }

    /// Perhaps a refresh, perhaps a run, in any order.
    fn look(&mut self) {
        for _ in 0..self.random.random_range(0..3) {
            let call = if self.random.random_bool(0.6) { "refresh" } else { "run_journeys" };
            self.run(&format!("CALL lifecycle.{call}('kept', instant())"));
        }
    }

    fn play(&mut self) -> Result<(), String> {
        let mut kept = 0;
        for _ in 0..4 {
            let mut undo = Vec::new();
            for _ in 0..self.random.random_range(1..=2) {
                let (does, undoes) = CHANGES[self.random.random_range(0..CHANGES.len())];
                let low = self.random.random_range(1..200);
                let high = low + self.random.random_range(0..80);
                kept += 1;
                let of = |text: &str| {
                    let text = text.replace("{low}", &low.to_string()).replace("{high}", &high.to_string());
                    text.replace("{kept}", &format!("kept_{kept}"))
                };
                // What is detached cannot be emptied and filled again, nor detached once more.
                if undo.iter().any(|(text, _): &(String, String)| text.contains("TRUNCATE") || text.contains("DETACH"))
                {
                    continue;
                }
                self.run(&format!("CREATE TABLE kept_{kept} AS TABLE orders"));
                self.run(&of(does));
                self.look();
                undo.push((of(does), of(undoes)));
            }
            for (_, undoes) in undo.into_iter().rev() {
                self.run(&undoes);
                self.look();
            }
        }
        // What comes back can be more than a refresh takes away unasked.
        self.run("CALL lifecycle.refresh('kept', instant(), accept => true)");
        self.run("CALL lifecycle.run_journeys('kept', instant())");
        for (what, query) in [
            (
                "the orders are others",
                "(SELECT id, customer, ordered_at, amount, state FROM orders) EXCEPT
                SELECT id, customer, ordered_at, amount, state FROM kept_orders",
            ),
            ("a history is not that of its rows", "SELECT * FROM lifecycle.verify('kept')"),
            ("a customer has entered", "SELECT * FROM kept.journey_customers"),
            ("something is to be sent", "SELECT * FROM kept_data.action"),
            // A key that the store had never seen appears with it.
            ("a customer has moved", "SELECT * FROM kept.movements WHERE customer < 10000"),
            ("the journeys are held", "SELECT * FROM kept_data.hold"),
            ("a change of the past is not known", "SELECT customer FROM kept_data.history WHERE past_changed"),
        ] {
            none(&mut self.database, query).map_err(|found| format!("{what}:\n{found}"))?;
        }
        Ok(())
    }
}

#[test]
fn a_source_that_ends_where_it_began_moves_no_customer() {
    let seeds = Seeds::new("store_returns", "RETURNS_SEED", HISTORIES, FRESH);
    let mut held = 0;
    for &seed in &seeds.seeds {
        let mut history = History::begin(seed);
        if let Err(found) = history.play() {
            seeds.keep(seed);
            panic!("seed {seed}: {found}\n{}", history.log.join(";\n"));
        }
        held += history.database.get::<i64>("SELECT count(*) FROM lifecycle.refresh_log WHERE step = 'held'");
    }
    assert!(held > 0 || seeds.alone, "no refresh was held");
}
