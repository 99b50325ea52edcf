//! The readings of a history against plain queries over the order table, as of many instants and in several zones.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{
    Config, FailurePersistence, FileFailurePersistence, TestCaseError, TestCaseResult, TestError, TestRunner,
};

use crate::harness::{Ask, Database, assert_none, none};
use crate::orders::{Order, TABLES, ZONES, instant, instant_sql, orders, store};

/// Columns of `reading` (readings.sql) and how they are compared.
const READINGS: [(&str, &str); 19] = [
    ("num_purchases", "same"),
    ("num_purchase_days", "same"),
    ("first_purchase", "exactly"),
    ("last_purchase", "exactly"),
    ("total_spend", "exactly"),
    ("average_order_value", "exactly"),
    ("recency", "exactly"),
    ("tenure", "exactly"),
    ("mean_gap", "same"),
    ("median_gap", "exactly"),
    ("frequency", "same"),
    ("t_x", "same"),
    ("t", "same"),
    ("monetary_value", "same"),
    ("repeat_purchases_per_year", "same"),
    ("retention_years", "same"),
    ("expected_next_purchase", "same"),
    ("overdue_ratio", "same"),
    ("lifecycle_stage", "same_stage"),
];

const AS_OFS: usize = 20;

/// An order table, and instants to read it at: some of them those of its own orders.
fn base() -> impl Strategy<Value = (Vec<Order>, Vec<String>)> {
    orders().prop_flat_map(|orders| {
        let mut own: Vec<String> = orders.iter().filter_map(|order| order.at.clone()).collect();
        own.push("2024-06-01 00:00:00Z|0".to_owned());
        let as_of = prop_oneof![proptest::sample::select(own), instant()];
        (Just(orders), prop::collection::vec(as_of, AS_OFS))
    })
}

/// Runs a test on random bases, LAWS=N times as many. A failure is narrowed down to a small base.
pub fn for_random_bases(name: &str, cases: u32, test: impl Fn(&mut Database) -> TestCaseResult) {
    let times = std::env::var("LAWS").map_or(1, |times| times.parse().expect("LAWS must be a number"));
    let cases: u32 = cases * times;
    let mut database = Database::new(name);
    database.run(TABLES);
    database.run(include_str!("readings.sql"));
    let database = RefCell::new(database);
    // A base that fails is kept by its seed, and tried first from then on. The path lives as long as the process, as the type asks.
    let kept: &'static str = format!("proptest-regressions/server/{name}.txt").leak();
    let failure_persistence = Some(Box::new(FileFailurePersistence::Direct(kept)) as Box<dyn FailurePersistence>);
    let config = Config { cases, max_shrink_time: 15_000, failure_persistence, ..Config::default() };
    let result = TestRunner::new(config).run(&base(), |(orders, as_ofs)| {
        let mut database = database.borrow_mut();
        store(&mut database, &orders);
        database.run("DROP TABLE IF EXISTS instants; CREATE TABLE instants (as_of timestamptz)");
        let insert = format!("INSERT INTO instants SELECT DISTINCT {} FROM unnest($1::text[]) AS t", instant_sql("t"));
        database.execute(&insert, &[&as_ofs]).expect("storing instants");
        test(&mut database)
    });
    match result {
        Err(TestError::Fail(reason, base)) => panic!("{reason}\nwith the base {base:?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
        Ok(()) => {}
    }
}

/// Fails the case with some rows of a query that looks for what must not be there.
pub fn must_not_be(database: &mut Database, what: &str, query: &str) -> TestCaseResult {
    none(database, query).map_err(|found| TestCaseError::fail(format!("{what}:\n{found}")))
}

/// A query for the rows in which two readings differ.
fn differing(given: &str, expected: &str, rest: &str) -> String {
    let conditions = READINGS.map(|(column, how)| {
        let same = match how {
            "exactly" => format!("({given}).{column}::text IS NOT DISTINCT FROM ({expected}).{column}::text"),
            how => format!("{how}(({given}).{column}, ({expected}).{column})"),
        };
        format!("CASE WHEN {same} THEN NULL ELSE '{column}' END")
    });
    format!(
        "SELECT * FROM (SELECT concat_ws(' ', {}) AS differing, * FROM {rest}) AS x WHERE differing <> ''",
        conditions.join(", ")
    )
}

#[test]
fn every_reading_is_what_a_plain_query_says() {
    for_random_bases("laws_readings", 8, |database| {
        for zone in ZONES {
            database.run(&format!("SET TimeZone = '{zone}'"));
            let rest = "(SELECT as_of, customer_id, h, given(h, as_of) AS given, expected
                FROM instants, expected(as_of) AS e JOIN histories USING (customer_id) OFFSET 0) AS both_ways";
            must_not_be(database, zone, &differing("given", "expected", rest))?;
        }
        Ok(())
    });
}

#[test]
fn readings_travel_in_time() {
    for_random_bases("laws_time_travel", 2, |database| {
        for zone in ZONES {
            database.run(&format!("SET TimeZone = '{zone}'"));
            let past = "(SELECT as_of, customer_id, h, purchase_history(ordered_at, amount)
                    FILTER (WHERE ordered_at <= as_of) AS past
                FROM instants CROSS JOIN histories LEFT JOIN orders USING (customer_id) GROUP BY as_of, customer_id, h)
                AS pasts";
            must_not_be(
                database,
                "until(h, t) is the history of the rows until t",
                &format!("SELECT * FROM {past} WHERE until(h, as_of) <> past OR until(past, as_of) <> past"),
            )?;
            let rest = format!(
                "(SELECT as_of, h, given(h, as_of) AS now_known, given(until(h, as_of), as_of) AS then_known,
                    given(past, as_of) AS of_past FROM {past} OFFSET 0) AS readings"
            );
            must_not_be(database, "f(h, t) = f(until(h, t), t)", &differing("now_known", "then_known", &rest))?;
            must_not_be(database, "f(h, t) = f(rows until t, t)", &differing("now_known", "of_past", &rest))?;
        }
        Ok(())
    });
}

#[test]
fn a_history_gives_back_its_rows() {
    for_random_bases("laws_rows", 6, |database| {
        let kept = "SELECT as_of, customer_id, purchased_at, amount
            FROM instants, histories, purchases(h, as_of)";
        let rows = "SELECT as_of, customer_id, ordered_at, round(amount, 4)
            FROM instants JOIN orders ON ordered_at <= as_of WHERE amount >= 0 OR round(amount, 4) < 0";
        must_not_be(database, "too much", &format!("({kept}) EXCEPT ALL ({rows})"))?;
        must_not_be(database, "too little", &format!("({rows}) EXCEPT ALL ({kept})"))?;
        must_not_be(
            database,
            "in order of time",
            "SELECT * FROM (SELECT customer_id, p.purchased_at, lag(p.purchased_at) OVER (PARTITION BY customer_id
                ORDER BY p.n) AS before FROM histories, ROWS FROM (purchases(h, '9999-12-31 23:59:59.999999Z')) WITH ORDINALITY
                AS p (purchased_at, amount, n)) AS pairs WHERE purchased_at < before",
        )?;
        must_not_be(
            database,
            "as JSON",
            "SELECT h FROM histories WHERE jsonb_array_length(h::jsonb) <> (SELECT count(*) FROM purchases(h, '9999-12-31 23:59:59.999999Z'))
                OR EXISTS (SELECT (e->>'at')::timestamptz, (e->>'amount')::numeric FROM jsonb_array_elements(h::jsonb) e
                EXCEPT SELECT purchased_at, amount FROM purchases(h, '9999-12-31 23:59:59.999999Z'))",
        )?;
        must_not_be(
            database,
            "as text",
            "SELECT h FROM histories WHERE h::text::purchase_history <> h OR h::text::purchase_history::text <> h::text",
        )?;
        Ok(())
    });
}

#[test]
fn value_is_the_product_of_its_inputs() {
    for_random_bases("laws_value", 6, |database| {
        // Products beyond what money can hold are errors, which bad_input looks at.
        let rows = "(SELECT as_of, h, average_order_value(h, as_of)::float8 * repeat_purchases_per_year(h, as_of) * 2.5
                AS product FROM instants, histories OFFSET 0) AS products";
        must_not_be(
            database,
            "ltv(h, years)",
            &format!(
                "SELECT * FROM {rows} WHERE CASE WHEN abs(product) >= 9e14 THEN false WHEN product IS NULL
                    THEN ltv(h, 2.5, as_of) IS NOT NULL
                    ELSE NOT coalesce(abs(ltv(h, 2.5, as_of) - product::numeric) <= 0.0001 + abs(product) * 1e-11, false) END"
            ),
        )?;
        must_not_be(
            database,
            "ltv_inputs(h)",
            "SELECT * FROM (SELECT as_of, ltv_inputs(h, as_of) AS i, count(last_purchase(h, as_of)) AS customers,
                sum(total_spend(h, as_of)) FILTER (WHERE last_purchase(h, as_of) IS NOT NULL)
                    / nullif(sum(num_purchases(h, as_of)), 0) AS average_order_value,
                avg(retention_years(h, as_of)) AS retention_years
                FROM instants, histories WHERE abs(total_spend(h, as_of)) < 1e9 GROUP BY as_of) AS found
            WHERE customers <> coalesce((i).customers, 0)
                OR NOT same((i).average_order_value, average_order_value::float8)
                OR coalesce(abs((i).retention_years - retention_years) > 1e-8, (i).retention_years IS NOT NULL)
                OR abs((i).ltv - ((i).average_order_value * (i).repeat_purchases_per_year * (i).retention_years)::numeric)
                    > 0.0001",
        )?;
        Ok(())
    });
}

#[test]
fn dates_and_timestamps_are_of_the_session() {
    for_random_bases("laws_dates", 3, |database| {
        for zone in ZONES {
            database.run(&format!(
                "SET TimeZone = '{zone}';
                 CREATE OR REPLACE TEMP VIEW local_orders AS
                 SELECT customer_id, amount, local(ordered_at) AS at, local(ordered_at)::date AS day FROM orders
                 WHERE ordered_at IS NULL OR local(ordered_at) BETWEEN '0001-01-03' AND '9999-12-28'"
            ));
            must_not_be(
                database,
                zone,
                "SELECT customer_id FROM local_orders GROUP BY customer_id
                 HAVING purchase_history(at, amount) <> purchase_history(at::timestamptz, amount)
                    OR purchase_history(day, amount) <> purchase_history(day::timestamptz, amount)
                    OR purchase_history(at) <> purchase_history(at::timestamptz, 0)
                    OR purchase_history(day) <> purchase_history(day::timestamptz, 0.0)
                    OR purchase_history(at::timestamptz) <> purchase_history(at::timestamptz, 0.0000)",
            )?;
        }
        Ok(())
    });
}

#[test]
fn a_day_that_ends_twice_is_a_day() {
    // On 29 October 2006 the clocks of St. John's went from 00:01 back to 23:01 of the day before.
    let mut database = Database::new("laws_day_that_ends_twice");
    database.run(TABLES);
    database.run(include_str!("readings.sql"));
    database.run(
        "SET TimeZone = 'America/St_Johns';
         INSERT INTO orders VALUES
            (1, '2006-10-29 02:30:30Z', 1), (1, '2006-10-29 02:40:00Z', 2),
            (2, '2006-10-27 12:00:00Z', 1), (2, '2006-10-29 02:30:30Z', 2), (2, '2006-10-29 02:40:00Z', 3),
            (2, '2006-10-30 12:00:00Z', -4), (2, '2006-11-05 12:00:00Z', 5),
            (3, '2006-10-29 02:30:30Z', 1), (3, '2006-10-29 02:40:00Z', -2);
         INSERT INTO histories
            SELECT customer_id, purchase_history(ordered_at, amount) FROM orders GROUP BY customer_id",
    );
    let rest = "(SELECT customer_id, given(h, '2006-12-01') AS given, expected
        FROM expected('2006-12-01') JOIN histories USING (customer_id) OFFSET 0) AS both_ways";
    assert_none(&mut database, "St. John's", &differing("given", "expected", rest));
}

#[test]
fn null_is_a_customer_without_purchases() {
    let mut database = Database::new("laws_null");
    database.run(TABLES);
    database.run(include_str!("readings.sql"));
    assert_none(
        &mut database,
        "NULL and the empty history read alike",
        "SELECT * FROM (VALUES (given(NULL, '2024-01-01'), given('{}', '2024-01-01'))) AS v (a, b)
         WHERE a::text IS DISTINCT FROM b::text OR a::text <> '(0,0,,,0.0000,,,,,,,,,,,,,,prospect)'",
    );
    assert_eq!(database.get::<String>("SELECT purchase_history(NULL::timestamptz, 1)::text"), "{}");
    assert_eq!(database.get::<String>("SELECT purchase_history(now(), 1)::text FROM generate_series(1, 0)"), "{}");
    assert_eq!(database.get::<String>("SELECT rollup(NULL)::text"), "{}");
    assert_eq!(database.get::<Option<String>>("SELECT (NULL + '{}'::purchase_history)::text"), None);
    assert_eq!(database.get::<String>("SELECT until(NULL, now())::text"), "{}");
}
