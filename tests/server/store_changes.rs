//! What a refresh notices, one thing at a time: rows, partitions and children that come and go, what is tampered with, and what
//! it writes.

use crate::harness::{Ask, Database, assert_none};
use crate::plain::Plain;
use crate::stores::verified;

/// A table with as_of's that go on day by day, for the tests of a few statements.
fn small(name: &str, attach: &str) -> Database {
    let mut database = Database::new(name);
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, customer bigint, at timestamptz, amount numeric,
            updated_at timestamptz NOT NULL DEFAULT clock_timestamp());
         INSERT INTO orders (customer, at, amount)
            SELECT n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', n FROM generate_series(1, 60) AS n",
    );
    database.run(&format!(
        "SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            {attach})"
    ));
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-15Z')");
    database
}

const COUNTED: &str = "SELECT orders FROM kept_data.profile WHERE customer = 1";

#[test]
fn a_column_shows_inserts_and_updates_at_once_and_deletes_when_all_is_compared() {
    let mut database = small(
        "store_column_default",
        "changes => 'column', changed_at => 'updated_at', settings => '{\"reader\": \"\"}'",
    );
    let mut day = 15;
    let mut refreshed = |database: &mut Database, options: &str| {
        day += 1;
        database.run(&format!("CALL lifecycle.refresh('kept', as_of => '2024-03-{day}Z'{options})"));
    };
    assert_eq!(database.get::<i64>(COUNTED), 6);
    database.run("INSERT INTO orders (customer, at, amount) VALUES (1, '2023-03-03Z', 5), (77, '2024-03-03Z', 5)");
    database.run("UPDATE orders SET amount = 1000, updated_at = clock_timestamp() WHERE customer = 2");
    refreshed(&mut database, "");
    assert_eq!(database.get::<i64>(COUNTED), 7, "a late row");
    assert_eq!(database.get::<i64>("SELECT orders FROM kept_data.profile WHERE customer = 77"), 1, "a new customer");
    assert!(database.get::<bool>("SELECT spend = 6000 FROM kept_data.profile WHERE customer = 2"), "an update");

    // A delete does not show in the column: it is seen when the interval is over, or at a rebuild.
    database.run("DELETE FROM orders WHERE customer = 1 AND at < '2024-01-01Z'");
    assert!(verified(&mut database, "kept").is_err(), "verify sees what the column does not show");
    refreshed(&mut database, ", rebuild => true");
    assert_eq!(database.get::<i64>(COUNTED), 6, "a rebuild sees the delete");
    database.run("DELETE FROM orders WHERE customer = 1 AND at < '2024-01-05Z'");
    database.run("SELECT lifecycle.configure('kept', '{\"reconcile\": \"0\"}')");
    refreshed(&mut database, "");
    assert_eq!(database.get::<i64>(COUNTED), 5, "the interval is over");
    verified(&mut database, "kept").unwrap();
}

#[test]
fn verify_finds_what_was_tampered_with_and_a_rebuild_mends_it() {
    let mut database = small("store_tampered", "settings => '{\"reader\": \"\"}'");
    verified(&mut database, "kept").unwrap();
    database.run("UPDATE kept_data.history SET purchases = '{2024-01-01T00:00:00Z 1}' WHERE customer = 3");
    database.run("DELETE FROM kept_data.history WHERE customer = 4");
    database.run("INSERT INTO kept_data.history SELECT (jsonb_populate_record(h, '{\"customer\": 99}')).* FROM kept_data.history AS h WHERE customer = 5");
    let found = database.texts("SELECT DISTINCT customer FROM lifecycle.verify('kept') ORDER BY 1");
    assert_eq!(found, ["3", "4", "99"]);
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-16Z', rebuild => true)");
    verified(&mut database, "kept").unwrap();
    assert_eq!(database.get::<i64>("SELECT count(*) FROM kept_data.profile"), 10);
}

#[test]
fn a_refresh_takes_time_in_proportion_to_what_changed() {
    // Not how long, but what is written: the histories of those alone who have changed.
    for changes in ["triggers", "compare"] {
        let mut database = small(
            &format!("store_touched_{changes}"),
            &format!("changes => '{changes}', settings => '{{\"reader\": \"\"}}'"),
        );
        database.run("CREATE TABLE rows AS SELECT customer, xmin AS written FROM kept_data.history");
        database.run("UPDATE orders SET amount = amount + 1 WHERE customer = 3; DELETE FROM orders WHERE customer = 4");
        database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-16Z')");
        assert_none(
            &mut database,
            "histories that were written without need",
            "SELECT customer FROM kept_data.history AS h JOIN rows AS r USING (customer)
             WHERE h.xmin <> r.written AND customer NOT IN (3, 4)",
        );
        assert_eq!(database.get::<i64>("SELECT count(*) FROM kept_data.history WHERE purchases <> '{}'"), 9);
    }
}

#[test]
fn orders_that_exchange_their_amounts_times_or_channels_are_noticed() {
    // Of each column the sum stays as it was, and so would that of a checksum that adds up the columns.
    for changes in ["triggers", "compare"] {
        let mut database = Database::new(&format!("store_exchange_{changes}"));
        database.run(&format!(
            "CREATE TABLE orders (id int, customer bigint, at timestamptz, amount numeric, channel text);
             INSERT INTO orders VALUES (1, 1, '2024-01-01Z', 10, 'web'), (2, 1, '2024-02-01Z', 20, 'store'),
                (3, 1, '2024-03-01Z', 30, 'phone');
             SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
                channel => 'channel', changes => '{changes}', settings => '{{\"reader\": \"\"}}')"
        ));
        database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-15Z')");
        for column in ["amount", "at", "channel"] {
            database.run(&format!(
                "UPDATE orders SET {column} = other.{column} FROM orders AS other
                 WHERE orders.id IN (1, 2) AND other.id = 3 - orders.id"
            ));
            database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-15Z')");
            verified(&mut database, "kept").unwrap_or_else(|found| panic!("{changes}, {column}: {found}"));
            let first: bool = database.get(
                "SELECT first_channel = (SELECT channel FROM orders ORDER BY at LIMIT 1)
                    AND purchases = (SELECT purchase_history(at, amount) FROM orders) FROM kept_data.history",
            );
            assert!(first, "{changes}, {column}");
        }
    }
}

#[test]
fn the_first_refresh_writes_no_moves_and_a_second_at_the_same_instant_none_either() {
    let mut database = small("store_moves", "settings => '{\"reader\": \"\"}'");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM kept_data.movement"), 0);
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-15Z')");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM kept_data.movement"), 0);
    assert_eq!(database.get::<i64>("SELECT count(*) FROM kept_data.kpi"), 1);
    database.run("INSERT INTO orders (customer, at, amount) VALUES (77, '2024-03-15 12:00Z', 5); DELETE FROM orders WHERE customer = 4");
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-16Z')");
    let moved = database.texts(
        "SELECT format('%s %s %s', customer, stage_before IS NULL, stage_after IS NULL) FROM kept_data.movement
         WHERE customer IN (4, 77) ORDER BY customer",
    );
    assert_eq!(moved, ["4 f t", "77 t f"]);
}

#[test]
fn rows_written_into_a_partition_directly_are_noticed() {
    // Triggers of the partitioned table do not fire for a statement that names the partition.
    let mut database = Database::new("store_partition");
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE orders (customer bigint, at timestamptz, amount numeric) PARTITION BY RANGE (at);
         CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (MINVALUE) TO ('2024-02-01Z');
         CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM ('2024-02-01Z') TO (MAXVALUE);
         INSERT INTO orders SELECT n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', n FROM generate_series(1, 60) AS n;
         SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-15Z')");
    for statement in [
        "INSERT INTO orders_1 VALUES (1, '2024-01-01Z', 5)",
        "UPDATE orders_2 SET amount = 0 WHERE customer = 2",
        "TRUNCATE orders_1",
        "DELETE FROM orders_2 WHERE customer = 3",
    ] {
        database.run(statement);
        database.run("CALL lifecycle.refresh('kept', as_of => '2024-03-15Z')");
        verified(&mut database, "kept").unwrap_or_else(|found| panic!("{statement}: {found}"));
    }
}

/// Refreshes two stores of the same orders, one that is told of changes and one that compares, and holds both against the
/// orders, which must be as many as this.
#[track_caller]
fn both_see(database: &mut Database, day: &mut u32, what: &str, orders: i64) {
    *day += 1;
    let as_of = format!("2024-03-15 00:{:02}Z", *day);
    assert_eq!(database.get::<i64>("SELECT count(*) FROM orders"), orders, "{what}");
    for store in ["triggered", "compared"] {
        database.run(&format!("CALL lifecycle.refresh('{store}', as_of => '{as_of}')"));
        verified(database, store).unwrap_or_else(|found| panic!("{what}, {store}: {found}"));
        let counted: i64 = database.get(&format!("SELECT COALESCE(sum(orders), 0)::bigint FROM {store}_data.profile"));
        assert_eq!(counted, orders, "{what}, {store}");
        let plain = Plain::of("SELECT *, NULL AS channel FROM orders", "bigint");
        plain.check_profile(database, store, &as_of).unwrap_or_else(|found| panic!("{what}, {store}: {found}"));
    }
}

fn attach_both(database: &mut Database) {
    for (store, changes) in [("triggered", "triggers"), ("compared", "compare")] {
        database.run(&format!(
            "SELECT lifecycle.attach('{store}', orders => 'orders', customer => 'customer', ordered_at => 'at',
                amount => 'amount', changes => '{changes}', settings => '{{\"reader\": \"\"}}')"
        ));
    }
}

/// Whether the newest refresh of the store with triggers has read everything.
fn rebuilt(database: &mut Database) -> bool {
    database.get("SELECT rebuilt FROM lifecycle.refresh_log WHERE store = 'triggered' ORDER BY id DESC LIMIT 1")
}

#[test]
fn partitions_that_come_and_go_are_noticed_by_the_next_refresh() {
    let mut database = Database::new("store_partitions_moved");
    database.run(
        "SET client_min_messages = warning; SET TimeZone = 'UTC';
         CREATE TABLE orders (customer bigint, at timestamptz, amount numeric) PARTITION BY RANGE (at);
         CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
         CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
         INSERT INTO orders SELECT n % 10, '2024-01-01'::timestamptz + n * interval '1 day', n FROM generate_series(1, 50) AS n",
    );
    attach_both(&mut database);
    let (mut day, mut count) = (0, 50);
    both_see(&mut database, &mut day, "first", count);
    // The statement, and by how many orders it changes the table.
    for (statement, more) in [
        // One that is made empty. Its first rows come in through the parent, or not.
        ("CREATE TABLE orders_3 PARTITION OF orders FOR VALUES FROM ('2024-03-01') TO ('2024-03-10')", 0),
        ("INSERT INTO orders VALUES (1, '2024-03-02', 5), (77, '2024-03-03', 5)", 2),
        ("INSERT INTO orders_3 VALUES (2, '2024-03-04', 5)", 1),
        ("UPDATE orders_3 SET customer = 78 WHERE customer = 77", 0),
        ("DELETE FROM orders_3 WHERE customer = 1", -1),
        ("TRUNCATE orders_3", -2),
        // Rows that are written before the refresh has seen the partition.
        (
            "CREATE TABLE orders_0 PARTITION OF orders FOR VALUES FROM ('2023-12-01') TO ('2024-01-01');
             INSERT INTO orders_0 VALUES (3, '2023-12-05', 5)",
            1,
        ),
        // One that brings rows along.
        (
            "CREATE TABLE orders_x (customer bigint, at timestamptz, amount numeric);
             INSERT INTO orders_x SELECT n % 10, '2023-11-01'::timestamptz + n * interval '1 day', 7 FROM generate_series(0, 19) AS n;
             ALTER TABLE orders ATTACH PARTITION orders_x FOR VALUES FROM ('2023-11-01') TO ('2023-12-01')",
            20,
        ),
        ("UPDATE orders_x SET amount = amount + 1 WHERE customer = 4", 0),
        ("ALTER TABLE orders DETACH PARTITION orders_1", -30),
        // It is none of ours any more; and then it is again, with other rows.
        ("INSERT INTO orders_1 SELECT 5, '2024-01-05', 1 FROM generate_series(1, 3)", 0),
        ("ALTER TABLE orders ATTACH PARTITION orders_1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')", 33),
        ("DROP TABLE orders_2", -20),
        // Gone and come within one interval between refreshes.
        (
            "ALTER TABLE orders DETACH PARTITION orders_x; DELETE FROM orders_x WHERE customer = 1;
             ALTER TABLE orders ATTACH PARTITION orders_x FOR VALUES FROM ('2023-11-01') TO ('2023-12-01')",
            -2,
        ),
        // Parts of parts.
        (
            "CREATE TABLE orders_4 PARTITION OF orders FOR VALUES FROM ('2024-03-10') TO ('2024-03-20') PARTITION BY HASH (customer);
             CREATE TABLE orders_4_0 PARTITION OF orders_4 FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
            0,
        ),
        ("INSERT INTO orders_4_0 VALUES (9, '2024-03-11', 5)", 1),
        ("INSERT INTO orders_4 VALUES (9, '2024-03-12', 5)", 1),
        ("DROP TABLE orders_4", -2),
    ] {
        database.run(statement);
        count += more;
        both_see(&mut database, &mut day, statement, count);
    }
    // And where nothing came or went, not everything is read.
    database.run("INSERT INTO orders_3 VALUES (6, '2024-03-05', 5)");
    both_see(&mut database, &mut day, "a row", count + 1);
    assert!(!rebuilt(&mut database), "everything was read for one row");
}

#[test]
fn children_that_come_and_go_are_noticed_by_the_next_refresh() {
    let mut database = Database::new("store_children_moved");
    database.run(
        "SET client_min_messages = warning; SET TimeZone = 'UTC';
         CREATE TABLE orders (customer bigint, at timestamptz, amount numeric);
         CREATE TABLE child (note text) INHERITS (orders);
         INSERT INTO orders SELECT n % 10, '2024-01-01'::timestamptz + n * interval '1 day', n FROM generate_series(1, 30) AS n;
         INSERT INTO child SELECT n % 10, '2024-02-01'::timestamptz + n * interval '1 day', n FROM generate_series(1, 20) AS n",
    );
    attach_both(&mut database);
    let (mut day, mut count) = (0, 50);
    both_see(&mut database, &mut day, "first", count);
    for (statement, more) in [
        ("INSERT INTO child VALUES (3, '2024-03-01', 5), (77, '2024-03-01', 5)", 2),
        ("UPDATE orders SET amount = 0 WHERE customer = 4", 0),
        ("UPDATE ONLY child SET customer = 78 WHERE customer = 77", 0),
        ("DELETE FROM child WHERE customer = 78", -1),
        ("CREATE TABLE second () INHERITS (orders); INSERT INTO second VALUES (5, '2024-03-02', 5)", 1),
        ("INSERT INTO second VALUES (6, '2024-03-02', 5)", 1),
        ("CREATE TABLE grandchild () INHERITS (child)", 0),
        ("INSERT INTO grandchild VALUES (7, '2024-03-02', 5)", 1),
        ("TRUNCATE ONLY child", -21),
        ("ALTER TABLE second NO INHERIT orders", -2),
        ("INSERT INTO second VALUES (6, '2024-03-02', 5)", 0),
        ("ALTER TABLE second INHERIT orders", 3),
        ("DROP TABLE second", -3),
        ("TRUNCATE orders", -31),
    ] {
        database.run(statement);
        count += more;
        both_see(&mut database, &mut day, statement, count);
    }
}

#[test]
fn a_store_that_was_refreshed_while_empty_knows_its_first_customers() {
    let mut database = Database::new("store_empty_first");
    database.run(
        "SET client_min_messages = warning; SET TimeZone = 'UTC';
         CREATE TABLE orders (customer bigint, at timestamptz, amount numeric)",
    );
    attach_both(&mut database);
    let mut day = 0;
    both_see(&mut database, &mut day, "nothing", 0);
    both_see(&mut database, &mut day, "nothing still", 0);
    database.run(
        "INSERT INTO orders SELECT n % 40, '2024-01-01'::timestamptz + n * interval '8 hours' + (n * n % 7) * interval '1 day', 5 + n % 13
         FROM generate_series(1, 200) AS n",
    );
    both_see(&mut database, &mut day, "filled", 200);
    for store in ["triggered", "compared"] {
        assert_none(
            &mut database,
            "nobody with purchases is a prospect, and of everybody it is known how likely he is still there",
            &format!(
                "SELECT customer, stage, segment, recency_score, p_alive, expected_purchases, overdue_ratio FROM {store}_data.profile
                 WHERE segment = 'Prospect' OR stage = 'prospect' OR recency_score IS NULL OR p_alive IS NULL
                    OR expected_purchases IS NULL OR overdue_ratio IS NULL"
            ),
        );
        assert_eq!(database.get::<i64>(&format!("SELECT count(*) FROM {store}_data.profile")), 40);
    }
    // Once there is a base, its fit stays for its week.
    database.run("INSERT INTO orders VALUES (1, '2024-03-15', 5)");
    both_see(&mut database, &mut day, "one more", 201);
    assert!(!database.get::<bool>("SELECT refitted FROM lifecycle.refresh_log ORDER BY id DESC LIMIT 1"));
}
