//! Cohorts and growth by months.
//!
//! The aggregates count by the calendar of the session's time zone, and so would tell everyone another number. A view cannot
//! set the zone: a function does, and the view reads from it.

use super::template::{Views, fill, words};
use super::{AS_OF, Function, Text, View};
use crate::domain::store::Store;
use crate::domain::support::sql::expression;

const COHORTS: &[Text] = &[
    AS_OF,
    (
        "cohort",
        "cohorts.cohort",
        "first day of the month in which the customers made their first purchase, time zone {zone_name}",
    ),
    ("cohort_month", "to_char(cohorts.cohort, 'YYYY-MM')", "the same month as text, such as 2024-03"),
    ("age", "cohorts.age", "how many months later; 0 is the month of the first purchase"),
    ("month", "cohorts.month", "first day of that month"),
    (
        "complete",
        "cohorts.complete",
        "whether the month was over at the last refresh; the last one is not, and still grows",
    ),
    ("customers", "cohorts.customers", "customers of the cohort, active or not: the same at every age"),
    ("active", "cohorts.active", "those of them with at least one purchase in the month"),
    ("retention", "round(cohorts.retention::numeric, 4)", "active / customers, 0 to 1; 1 at age 0"),
    ("orders", "cohorts.orders", "their purchases in the month; refunds are none"),
    ("revenue", "round(cohorts.revenue, 2)", "amounts paid less refunds in the month, {money}"),
    (
        "cumulative_revenue_per_customer",
        "round(cohorts.cumulative_revenue_per_customer, 2)",
        "revenue from age 0 to the end of the month / customers, {money}: what one of them has been worth by then",
    ),
];

const GROWTH: &[Text] = &[
    AS_OF,
    ("month", "growth.month", "first day of the month, time zone {zone_name}"),
    (
        "complete",
        "growth.complete",
        "whether the month was over at the last refresh; the last one is not, and still grows",
    ),
    ("new", "growth.new", "customers who made the first purchase of all in the month"),
    ("retained", "growth.retained", "customers who bought in the month and in the one before"),
    ("resurrected", "growth.resurrected", "customers who bought in the month and before, but not in the month before"),
    ("churned", "growth.churned", "customers who bought in the month before and not in this one"),
    ("active", "growth.active", "customers with at least one purchase in the month: new + retained + resurrected"),
    (
        "quick_ratio",
        "round(growth.quick_ratio::numeric, 4)",
        "(new + resurrected) / churned: above 1 the active base grows; NULL if no customer churned",
    ),
    ("revenue", "round(growth.revenue, 2)", "amounts paid less refunds in the month, {money}"),
    ("new_revenue", "round(growth.new_revenue, 2)", "revenue of the new customers, {money}"),
    ("retained_revenue", "round(growth.retained_revenue, 2)", "revenue of the retained customers, {money}"),
    ("resurrected_revenue", "round(growth.resurrected_revenue, 2)", "revenue of the resurrected customers, {money}"),
    (
        "inactive_revenue",
        "round(growth.inactive_revenue, 2)",
        "refunds to customers who bought nothing in the month, {money}: 0 or less",
    ),
    (
        "churned_revenue",
        "round(growth.churned_revenue, 2)",
        "revenue of the churned customers in the month before, {money}: what they took away; no part of revenue",
    ),
];

/// The functions that the views below read from.
pub fn functions(store: &Store) -> Vec<Function> {
    // The histories may be there before the first profile is: no rows then, rather than an error for the NULL as_of.
    let by_months = |aggregate, columns| {
        expression!(
            Views(store),
            "SELECT {columns}
FROM (SELECT {aggregate}(history.purchases, '1 month'::interval, {as_of}) AS cells FROM {data.history} AS history WHERE {as_of} IS NOT NULL) AS base,
    LATERAL unnest(base.cells) AS cell",
            columns = columns,
            aggregate = store.ext(aggregate)
        )
    };
    let function = |name, comment, columns, rows, body| Function {
        name,
        arguments: &[],
        columns,
        in_zone: true,
        rows,
        body,
        comment: words(store, comment),
    };
    vec![
        function(
            "cohort_months",
            "what the view cohorts shows, computed in the time zone {zone_name}",
            vec![
                ("cohort", "date"),
                ("age", "int4"),
                ("month", "date"),
                ("complete", "bool"),
                ("customers", "int8"),
                ("active", "int8"),
                ("retention", "float8"),
                ("orders", "int8"),
                ("revenue", "numeric"),
                ("cumulative_revenue_per_customer", "numeric"),
            ],
            1000,
            by_months(
                "cohort_retention",
                "cell.cohort, cell.age, cell.period_start, cell.complete, cell.customers, cell.active, cell.active_share, cell.orders, cell.revenue, \
                 cell.cumulative_revenue_per_customer",
            ),
        ),
        function(
            "growth_months",
            "what the view growth shows, computed in the time zone {zone_name}",
            vec![
                ("month", "date"),
                ("complete", "bool"),
                ("new", "int8"),
                ("retained", "int8"),
                ("resurrected", "int8"),
                ("churned", "int8"),
                ("active", "int8"),
                ("quick_ratio", "float8"),
                ("revenue", "numeric"),
                ("new_revenue", "numeric"),
                ("retained_revenue", "numeric"),
                ("resurrected_revenue", "numeric"),
                ("inactive_revenue", "numeric"),
                ("churned_revenue", "numeric"),
            ],
            100,
            by_months(
                "growth_accounting",
                "cell.period_start, cell.complete, cell.new, cell.retained, cell.resurrected, cell.churned, cell.active, cell.quick_ratio, cell.revenue, \
                 cell.new_revenue, cell.retained_revenue, cell.resurrected_revenue, cell.inactive_revenue, cell.churned_revenue",
            ),
        ),
    ]
}

/// The views by months.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        View::new(
            store,
            "cohorts",
            "customers by the month of their first purchase, and what they did in that month and in every later one, also \
             where no customer bought; as of the last refresh",
            COHORTS,
            fill(store, "FROM {own.cohort_months}() AS cohorts\nORDER BY cohorts.cohort, cohorts.age"),
        ),
        View::new(
            store,
            "growth",
            "new, retained, resurrected and churned customers by month, oldest first; as of the last refresh",
            GROWTH,
            fill(store, "FROM {own.growth_months}() AS growth\nORDER BY growth.month"),
        ),
    ]
}
