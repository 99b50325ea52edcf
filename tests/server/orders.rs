//! Order tables of awkward shapes: unsorted, with duplicates, ties, refunds, NULLs, extremes, and instants where the
//! calendar is odd.

use postgres::Client;
use proptest::prelude::*;
use proptest::sample::select;

use crate::harness::Ask;

/// One row of an order table, each value as SQL text.
#[derive(Debug, Clone)]
pub struct Order {
    pub customer: i32,
    pub at: Option<String>,
    pub amount: Option<String>,
}

/// The zones in which the tests read. All but UTC change their clocks within the generated instants: Berlin by day, São
/// Paulo at midnight, so that some days have no midnight, St. John's at 00:01, so that some days end twice, and
/// Kathmandu once, by a quarter of an hour.
pub const ZONES: [&str; 5] = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "Asia/Kathmandu"];

/// Where clocks change in one of the zones, midnights, a leap day, and the ends of the range.
const CORNERS: [&str; 16] = [
    "2024-03-31 01:00:00Z",
    "2024-10-27 01:00:00Z",
    "2018-02-18 02:00:00Z",
    "2018-11-04 03:00:00Z",
    "2006-10-29 02:31:00Z",
    "2006-04-02 03:31:00Z",
    "1985-12-31 18:30:00Z",
    "2024-01-01 00:00:00Z",
    "2024-01-01 00:00:00 Europe/Berlin",
    "2024-01-01 00:00:00 Asia/Kathmandu",
    "2024-02-29 12:00:00Z",
    "2023-02-28 23:59:59.999999Z",
    "1999-12-31 23:59:59.999999Z",
    "1970-01-01 00:00:00Z",
    "0001-01-03 00:00:00Z",
    "9999-12-28 23:59:59.999999Z",
];

/// An instant as text, with microseconds that SQL adds to it.
pub fn instant() -> impl Strategy<Value = String> {
    let offset = prop_oneof![
        Just(0i64),
        -2i64..3,
        (-90i64..90).prop_map(|minutes| minutes * 60_000_000),
        (-47i64..47).prop_map(|hours| hours * 3_600_000_000),
    ];
    let corner = (select(&CORNERS[..]), offset).prop_map(|(at, micros)| shifted(at, micros));
    let in_a_year = (0i64..366 * 86_400).prop_map(|seconds| shifted("2023-06-15 00:00:00Z", seconds * 1_000_000));
    let on_a_day = (0i64..60).prop_map(|day| shifted("2024-01-15 00:00:00Z", day * 7 * 86_400_000_000));
    let ends = select(vec!["0001-01-01 00:00:00Z|0", "9999-12-31 23:59:59.999999Z|0"]).prop_map(str::to_owned);
    let anywhere = (-3_000_000_000i64..3_000_000_000).prop_map(|s| shifted("2000-01-01 00:00:00Z", s * 1_000_001));
    prop_oneof![60 => corner, 60 => in_a_year, 40 => on_a_day, 20 => anywhere, 1 => ends]
}

fn shifted(at: &str, micros: i64) -> String {
    // Through an interval of microseconds: days would be days of the session's zone.
    format!("{at}|{micros} microseconds")
}

/// An amount as the text of a numeric.
pub fn amount() -> impl Strategy<Value = String> {
    let cents = (-20_000i64..100_000).prop_map(|cents| format!("{}e-2", cents));
    let halves = (-2_000_000i64..2_000_000).prop_map(|n| format!("{}e-5", 10 * n + 5));
    let fine = (any::<i32>(), 5u32..30).prop_map(|(n, scale)| format!("{n}e-{scale}"));
    let extreme = select(vec![
        "922337203685477.5807",
        "-922337203685477.5808",
        "922337203685477.58",
        "-922337203685477.58",
        "922337203685477.58074999999",
        "-922337203685477.58084999999",
        "0",
        "-0.00004999",
        "-0.00005",
        "10000",
        "9999.99995",
        "0.000000000000000000000000000000000000001",
        "12.50000000000000000000000000",
    ]);
    prop_oneof![6 => cents, 2 => halves, 1 => fine, 1 => extreme.prop_map(str::to_owned)]
}

/// The orders of one customer: none, one, many, only refunds, ties, the same row again and again.
fn orders_of_one() -> impl Strategy<Value = Vec<(Option<String>, Option<String>)>> {
    let row = || (prop::option::weighted(0.95, instant()), prop::option::weighted(0.95, amount()));
    let refund = (instant(), 1i64..5_000).prop_map(|(at, n)| (Some(at), Some(format!("-{n}e-2"))));
    let same_instant = (instant(), prop::collection::vec(amount(), 1..6))
        .prop_map(|(at, amounts)| amounts.into_iter().map(|amount| (Some(at.clone()), Some(amount))).collect());
    let same_row = (row(), 1usize..5).prop_map(|(row, times)| vec![row; times]);
    prop_oneof![
        1 => Just(Vec::new()),
        6 => prop::collection::vec(row(), 1..16),
        1 => prop::collection::vec(refund, 1..4),
        1 => same_instant,
        1 => same_row,
    ]
}

/// An order table of many customers in no order.
pub fn orders() -> impl Strategy<Value = Vec<Order>> {
    prop::collection::vec(orders_of_one(), 1..60)
        .prop_map(|customers| {
            let rows = customers.into_iter().zip(1..);
            rows.flat_map(|(rows, customer)| rows.into_iter().map(move |(at, amount)| Order { customer, at, amount }))
                .collect()
        })
        .prop_shuffle()
}

/// SQL for the instant of [`instant`]'s text.
pub fn instant_sql(text: &str) -> String {
    format!("split_part({text}, '|', 1)::timestamptz + split_part({text}, '|', 2)::interval")
}

/// The tables that [`store`] fills: 60 customers, whether they have rows or not.
pub const TABLES: &str = "
    CREATE TABLE customers AS SELECT generate_series(1, 60) AS customer_id;
    CREATE TABLE orders (customer_id integer, ordered_at timestamptz, amount numeric);
    CREATE TABLE histories (customer_id integer, h purchase_history)";

/// Puts these orders in place of those in the tables.
pub fn store(client: &mut Client, orders: &[Order]) {
    let customers: Vec<i32> = orders.iter().map(|order| order.customer).collect();
    let instants: Vec<Option<&str>> = orders.iter().map(|order| order.at.as_deref()).collect();
    let amounts: Vec<Option<&str>> = orders.iter().map(|order| order.amount.as_deref()).collect();
    client.run("TRUNCATE orders, histories");
    let insert = format!(
        "INSERT INTO orders SELECT c, {}, a::numeric FROM unnest($1::int[], $2::text[], $3::text[]) AS u (c, t, a)",
        instant_sql("t")
    );
    client.execute(&insert, &[&customers, &instants, &amounts]).expect("storing orders");
    client.run(
        "INSERT INTO histories
         SELECT customer_id, purchase_history(ordered_at, amount) AS h
         FROM customers LEFT JOIN orders USING (customer_id) GROUP BY customer_id",
    );
}
