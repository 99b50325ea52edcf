//! What orders, customers and events can be: every kind of relation, and every type of column.

use crate::harness::{Ask, Database, assert_none};
use crate::plain::Plain;
use crate::stores::{refuses, verified};

/// How changes of a relation's orders were found.
fn changes(database: &mut Database, store: &str) -> String {
    database.get(&format!("SELECT settings ->> 'changes' FROM lifecycle.store WHERE store = '{store}'"))
}

/// Refreshes and holds the store against the relation.
#[track_caller]
fn sees(database: &mut Database, store: &str, relation: &str, as_of: &str) {
    database.run(&format!("CALL lifecycle.refresh('{store}', as_of => '{as_of}')"));
    verified(database, store).unwrap_or_else(|found| panic!("{relation}: {found}"));
    let key: String = database.get(&format!("SELECT key_type FROM lifecycle.store WHERE store = '{store}'"));
    let orders = format!(
        "SELECT customer::{key} AS customer, at::timestamp AT TIME ZONE 'UTC' AS at, amount::numeric AS amount,
            NULL AS channel FROM {relation}"
    );
    Plain::of(&orders, &key)
        .check_profile(database, store, as_of)
        .unwrap_or_else(|found| panic!("{relation}: {found}"));
}

const ORDERS: &str = "
    SET client_min_messages = warning; SET TimeZone = 'UTC';
    CREATE TABLE plain AS SELECT n % 10 AS customer, '2024-01-01'::timestamp + n * interval '31 hours' AS at, n AS amount
        FROM generate_series(1, 50) AS n";

fn attach(store: &str, relation: &str, further: &str) -> String {
    format!(
        "SELECT lifecycle.attach('{store}', orders => '{relation}', customer => 'customer', ordered_at => 'at',
            amount => 'amount', time_zone => 'UTC', settings => '{{\"reader\": \"\"}}'{further})"
    )
}

/// Whether the server has an extension of contrib. Some builds come without; then that is said, past the test harness, which
/// shows nothing of a test that passes.
fn has(database: &mut Database, extension: &str) -> bool {
    let has: bool =
        database.get(&format!("SELECT count(*) > 0 FROM pg_available_extensions WHERE name = '{extension}'"));
    if has {
        database.run(&format!("CREATE EXTENSION {extension}"));
    } else {
        let line = format!("store_sources: NOT TESTED, this server has no {extension}\n");
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).ok();
    }
    has
}

#[test]
fn a_foreign_table_of_another_database_is_compared() {
    let mut database = Database::new("store_foreign");
    database.run(ORDERS);
    if !has(&mut database, "postgres_fdw") {
        return;
    }
    let (socket, port): (String, String) = (database.get("SHOW unix_socket_directories"), database.get("SHOW port"));
    let mut other = Database::without_extension("store_foreign_other");
    other.run(ORDERS);
    let name = other.name().to_owned();
    database.run(&format!(
        "CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{socket}', port '{port}', dbname '{name}');
         CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (user 'postgres');
         CREATE FOREIGN TABLE far (customer int, at timestamp, amount int) SERVER other OPTIONS (table_name 'plain');
         CREATE TABLE mixed (customer int, at timestamp, amount int) PARTITION BY LIST (customer);
         CREATE FOREIGN TABLE mixed_far PARTITION OF mixed FOR VALUES IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9) SERVER other
            OPTIONS (table_name 'plain');
         CREATE TABLE mixed_near PARTITION OF mixed DEFAULT; INSERT INTO mixed VALUES (77, '2024-01-01', 5)"
    ));
    for relation in ["far", "mixed"] {
        // Triggers cannot be had there.
        refuses(&mut database, &attach("shop", relation, ", changes => 'triggers'"), "0A000", &[relation, "triggers"]);
        database.run(&attach(relation, relation, ""));
        assert_eq!(changes(&mut database, relation), "compare");
        sees(&mut database, relation, relation, "2024-03-15Z");
    }
    other.run(
        "INSERT INTO plain VALUES (3, '2024-02-01', 7), (5, '2024-02-01', 7); UPDATE plain SET amount = 0 WHERE customer = 4;
         DELETE FROM plain WHERE customer = 6",
    );
    database.run("DELETE FROM mixed_near; INSERT INTO mixed_near VALUES (78, '2024-01-01', 5)");
    for relation in ["far", "mixed"] {
        sees(&mut database, relation, relation, "2024-03-16Z");
    }
    // Where it cannot be reached, the refresh says so and the old state stays.
    let before: i64 = database.get("SELECT count(*) FROM far.customers");
    database.run("ALTER SERVER other OPTIONS (SET dbname 'server_tests_no_such_database')");
    assert_eq!(database.refused("CALL lifecycle.refresh('far', as_of => '2024-03-17Z')").code().code(), "08001");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM far.customers"), before);
    database.run("SELECT lifecycle.detach('far'); SELECT lifecycle.detach('mixed')");
}

#[test]
fn a_file_is_compared() {
    let mut database = Database::new("store_file");
    database.run(ORDERS);
    if !has(&mut database, "file_fdw") {
        return;
    }
    let directory: String = database.get("SHOW data_directory");
    let file = format!("{directory}/store_sources.csv");
    database.run(&format!(
        "COPY plain TO '{file}' (FORMAT csv); CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
         CREATE FOREIGN TABLE filed (customer int, at timestamp, amount int) SERVER files OPTIONS (filename '{file}', format 'csv')"
    ));
    database.run(&attach("shop", "filed", ""));
    assert_eq!(changes(&mut database, "shop"), "compare");
    sees(&mut database, "shop", "filed", "2024-03-15Z");
    database.run(&format!(
        "UPDATE plain SET amount = amount + 1 WHERE customer = 3; DELETE FROM plain WHERE customer = 4;
         COPY plain TO '{file}' (FORMAT csv)"
    ));
    sees(&mut database, "shop", "filed", "2024-03-16Z");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM shop.customers"), 9);
}

#[test]
fn views_and_materialized_views_are_compared_and_tables_and_partitions_have_triggers() {
    let mut database = Database::new("store_relations_of_all_kinds");
    database.run(ORDERS);
    database.run(
        "CREATE VIEW viewed AS SELECT * FROM plain WHERE amount > 3;
         CREATE MATERIALIZED VIEW materialized AS SELECT * FROM plain;
         CREATE UNLOGGED TABLE unlogged AS SELECT * FROM plain;
         CREATE TABLE partitioned (customer int, at timestamp, amount int) PARTITION BY HASH (customer);
         CREATE TABLE part_0 PARTITION OF partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 0);
         CREATE TABLE part_1 PARTITION OF partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 1);
         INSERT INTO partitioned SELECT * FROM plain",
    );
    for (relation, how, change) in [
        ("plain", "triggers", "INSERT INTO plain VALUES (3, '2024-02-01', 7); DELETE FROM plain WHERE customer = 4"),
        (
            "unlogged",
            "triggers",
            "INSERT INTO unlogged VALUES (3, '2024-02-01', 7); DELETE FROM unlogged WHERE customer = 4",
        ),
        ("partitioned", "triggers", "INSERT INTO partitioned VALUES (3, '2024-02-01', 7); TRUNCATE part_0"),
        ("viewed", "compare", "INSERT INTO plain VALUES (5, '2024-02-01', 7); DELETE FROM plain WHERE customer = 6"),
        (
            "materialized",
            "compare",
            "INSERT INTO plain VALUES (7, '2024-02-01', 7); REFRESH MATERIALIZED VIEW materialized",
        ),
    ] {
        if how == "compare" {
            refuses(
                &mut database,
                &attach("shop", relation, ", changes => 'triggers'"),
                "0A000",
                &[relation, "triggers"],
            );
        }
        database.run(&attach("shop", relation, ""));
        assert_eq!(changes(&mut database, "shop"), how, "{relation}");
        sees(&mut database, "shop", relation, "2024-03-15Z");
        let before: String =
            database.get("SELECT md5(string_agg(h::text, '' ORDER BY customer)) FROM shop_data.history AS h");
        database.run(change);
        sees(&mut database, "shop", relation, "2024-03-16Z");
        let after: String =
            database.get("SELECT md5(string_agg(h::text, '' ORDER BY customer)) FROM shop_data.history AS h");
        assert_ne!(before, after, "{relation}");
        database.run("SELECT lifecycle.detach('shop')");
    }
}

#[test]
fn a_table_that_a_subscription_writes_to_is_compared() {
    // What a subscription writes fires no triggers of statements. One that connects to nowhere is enough to be seen.
    let mut database = Database::new("store_subscribed");
    database.run(ORDERS);
    database.run("CREATE TABLE free AS SELECT * FROM plain");
    database.run(
        "CREATE SUBSCRIPTION server_tests_subscription CONNECTION 'host=/nowhere dbname=none' PUBLICATION none
            WITH (connect = false, slot_name = NONE);
         INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate)
            SELECT oid, 'plain'::regclass, 'r' FROM pg_subscription WHERE subname = 'server_tests_subscription'",
    );
    refuses(&mut database, &attach("shop", "plain", ", changes => 'triggers'"), "0A000", &["plain", "subscription"]);
    for (relation, how) in [("plain", "compare"), ("free", "triggers")] {
        database.run(&attach("shop", relation, ""));
        assert_eq!(changes(&mut database, "shop"), how, "{relation}");
        // As a subscription's worker does it: no trigger of a statement fires.
        sees(&mut database, "shop", relation, "2024-03-15Z");
        database.run(&format!("INSERT INTO {relation} VALUES (3, '2024-02-01', 7)"));
        sees(&mut database, "shop", relation, "2024-03-16Z");
        database.run("SELECT lifecycle.detach('shop')");
    }
    database.run(
        "DELETE FROM pg_subscription_rel;
         ALTER SUBSCRIPTION server_tests_subscription DISABLE; DROP SUBSCRIPTION server_tests_subscription",
    );
}

#[test]
fn every_type_that_fits_gives_the_same_store() {
    let mut database = Database::new("store_types");
    database.run(ORDERS);
    database.run(
        "CREATE DOMAIN number_of_a_customer AS integer CHECK (VALUE >= 0);
         CREATE DOMAIN name_of_a_customer AS varchar(30) NOT NULL;
         CREATE DOMAIN moment AS timestamptz; CREATE DOMAIN price AS numeric(12, 2)",
    );
    let mut tried = 0;
    for (column, types) in [
        (
            "customer",
            &["integer", "bigint", "text", "varchar", "varchar(9)", "number_of_a_customer", "name_of_a_customer"][..],
        ),
        ("at", &["timestamp", "timestamptz", "date", "timestamp(0)", "moment"]),
        ("amount", &["integer", "bigint", "smallint", "numeric", "numeric(9, 1)", "real", "float8", "money", "price"]),
    ] {
        for of_type in types {
            let columns = ["customer", "at", "amount"]
                .map(|name| if name == column { format!("{name}::{of_type}") } else { name.to_owned() });
            for changes in ["triggers", "compare"] {
                database.run(&format!("CREATE TABLE typed AS SELECT {} FROM plain", columns.join(", ")));
                database.run(&attach("shop", "typed", &format!(", changes => '{changes}'")));
                sees(&mut database, "shop", "typed", "2024-03-15Z");
                assert_eq!(database.get::<i64>("SELECT count(*) FROM shop.customers"), 10, "{column} {of_type}");
                assert!(database.get::<bool>("SELECT sum(spend) = 1275 FROM shop.customers"), "{column} {of_type}");
                // The same type without its modifiers and domains is the key's.
                database.run(&format!(
                    "INSERT INTO typed SELECT customer, at, amount FROM typed WHERE customer::text = '3';
                     UPDATE typed SET amount = 3::numeric::{} WHERE customer::text = '4'; DELETE FROM typed WHERE customer::text = '5'",
                    if column == "amount" { of_type } else { "numeric" }
                ));
                sees(&mut database, "shop", "typed", "2024-03-16Z");
                assert_eq!(database.get::<i64>("SELECT count(*) FROM shop.customers"), 9, "{column} {of_type}");
                database.run("SELECT lifecycle.detach('shop'); DROP TABLE typed");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 42);
    // Keys that are no numbers.
    database.run("CREATE TABLE typed AS SELECT md5(customer::text)::uuid AS customer, at, amount FROM plain");
    database.run(&attach("shop", "typed", ""));
    sees(&mut database, "shop", "typed", "2024-03-15Z");
}

#[test]
fn attributes_of_every_type_follow_their_table() {
    let mut database = Database::new("store_attributes");
    database.run(ORDERS);
    database.run(
        "CREATE TYPE tier AS ENUM ('silver', 'gold'); CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
         CREATE TYPE place AS (street text, town text);
         CREATE TABLE people (customer int PRIMARY KEY, tier tier, tags text[], more jsonb, plain json, address email, home place,
            letter char(3), price money, size numeric(7, 2), flag boolean, span int4range);
         INSERT INTO people SELECT n, 'silver', ARRAY['a', NULL, 'b'], '{\"b\": 1, \"a\": [1.50]}', '{\"b\": 1,  \"a\": 2}', 'a@b',
            ROW('x \"y', 'z')::place, 'a', 3.5, 1.50, NULL, '[1,5)' FROM generate_series(0, 12) AS n;
         CREATE TABLE orders AS SELECT p.*, o.at, o.amount FROM plain AS o JOIN people AS p USING (customer)",
    );
    let attributes = ["tier", "tags", "more", "plain", "address", "home", "letter", "price", "size", "flag", "span"];
    let list = attributes.join(",");
    for (further, table) in [
        (format!(", customers => 'people', attributes => '{{{list}}}'"), "people"),
        // Of the orders, where there are no customers.
        (format!(", attributes => '{{{list}}}'"), "orders"),
    ] {
        database.run(&attach("shop", "orders", &further));
        let same = |database: &mut Database, as_of: &str| {
            database.run(&format!("CALL lifecycle.refresh('shop', as_of => '{as_of}')"));
            verified(database, "shop").unwrap();
            for name in attributes {
                assert_none(
                    database,
                    &format!("{name} of {table}"),
                    &format!(
                        "SELECT customer, p.{name}, c.{name} FROM shop_data.profile AS p FULL JOIN
                            (SELECT DISTINCT customer, {name}::text FROM {table}) AS c USING (customer)
                         WHERE p.{name}::text IS DISTINCT FROM c.{name}"
                    ),
                );
                database.run(&format!("SELECT max({name}::text) FROM shop.customers"));
            }
        };
        same(&mut database, "2024-03-15Z");
        database.run(&format!(
            "UPDATE {table} SET tier = 'gold', tags = '{{}}', more = '{{\"a\": [1.5]}}', plain = '{{\"a\": 2}}', address = 'c@d',
                home = ROW('q', NULL)::place, letter = 'b', price = 4, size = 2, flag = true, span = 'empty' WHERE customer = 3;
             UPDATE {table} SET tier = NULL, tags = NULL, more = NULL, plain = NULL, address = NULL, home = NULL, letter = NULL,
                price = NULL, size = NULL, flag = NULL, span = NULL WHERE customer = 4"
        ));
        same(&mut database, "2024-03-16Z");
        database.run("SELECT lifecycle.detach('shop')");
    }
}
