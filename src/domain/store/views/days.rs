//! The base on each day and in each month, and the sales of each day.

use super::template::{Views, fill};
use super::{STAGE_ORDER_MEANS, Text, View};
use crate::domain::store::Store;
use crate::domain::support::sql::sql;

const KPIS: &[Text] = &[
    ("day", "kpi.day", "the day, time zone {zone_name}"),
    ("as_of", "kpi.as_of", "the instant of its last refresh: what happened later on the day is not in the figures"),
    ("customers", "coalesce(kpi.customers, 0)", "customers of the store, with or without a purchase"),
    ("buyers", "coalesce(kpi.buyers, 0)", "those with at least one purchase"),
    ("prospects", "coalesce(kpi.prospects, 0)", "those without a purchase"),
    ("new", "coalesce(kpi.new, 0)", "those in stage new: one purchase day, not overdue"),
    ("active", "coalesce(kpi.active, 0)", "those in stage active: several purchase days, in rhythm"),
    ("at_risk", "coalesce(kpi.at_risk, 0)", "those in stage at_risk: overdue"),
    ("lapsed", "coalesce(kpi.lapsed, 0)", "those in stage lapsed: long overdue"),
    ("vips", "coalesce(kpi.vips, 0)", "those at the top of the base by purchases, tenure and spend together"),
    ("orders_to_date", "coalesce(kpi.orders_to_date, 0)", "purchases of all time"),
    (
        "revenue_to_date",
        "coalesce(round(kpi.revenue_to_date, 2), 0.00)",
        "amounts paid less refunds, of all time, {money}",
    ),
    (
        "revenue_with_guests",
        "round(kpi.revenue_with_guests, 2)",
        "revenue_to_date and the amounts of orders without a customer or of guests, as the last refresh that read all rows counted them, {money}",
    ),
    ("orders_of_day", "coalesce(kpi.orders_of_day, 0)", "purchases of the day, up to as_of"),
    (
        "revenue_of_day",
        "coalesce(round(kpi.revenue_of_day, 2), 0.00)",
        "amounts paid less refunds on the day, up to as_of, {money}",
    ),
    (
        "average_order_value",
        "round(kpi.average_order_value, 2)",
        "mean value of a purchase of all time, {money}; NULL where no customer has bought",
    ),
    (
        "expected_purchases",
        "coalesce(round(kpi.expected_purchases, 2), 0.00)",
        "purchases that are expected of all within {horizon}; 0 without a fitted model",
    ),
    (
        "predicted_ltv",
        "coalesce(round(kpi.predicted_ltv, 2), 0.00)",
        "what all are predicted to bring within {horizon}, discounted, {money}; 0 without a fitted model",
    ),
    (
        "average_p_alive",
        "round(kpi.average_p_alive, 4)",
        "mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model",
    ),
    (
        "moved",
        "coalesce(kpi.moved, 0)",
        "customers whose stage or segment was found changed on the day, once for each refresh that found one",
    ),
];

const STAGE_DAYS: &[Text] = &[
    ("day", "days.day", "the day, time zone {zone_name}: every one from the first refresh to the last"),
    (
        "stage",
        "levels.stage",
        "stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)",
    ),
    ("stage_order", "levels.stage_order::int4", STAGE_ORDER_MEANS),
    (
        "customers",
        "levels.customers",
        "customers in the stage on that day, as of its last refresh or the last one before. A level: never sum over days",
    ),
    (
        "as_of",
        "days.as_of",
        "the instant of that refresh; earlier than the day where the store was not refreshed on it",
    ),
];

const KPIS_BY_MONTH: &[Text] = &[
    (
        "month",
        "months.month",
        "first day of the month, time zone {zone_name}: every one from the first refresh to the last",
    ),
    (
        "complete",
        "months.complete",
        "whether the month was over at the last refresh; the last one is not, and still changes",
    ),
    (
        "as_of",
        "kpi.as_of",
        "instant of the last refresh in the month or before, of which the levels are: all columns but orders, revenue and moved",
    ),
    (
        "customers",
        "kpi.customers",
        "customers of the store, with or without a purchase. A level: never sum over months",
    ),
    ("buyers", "kpi.buyers", "those with at least one purchase; a level"),
    ("prospects", "kpi.prospects", "those without a purchase; a level"),
    ("new", "kpi.new", "those in stage new: one purchase day, not overdue; a level"),
    ("active", "kpi.active", "those in stage active: several purchase days, in rhythm; a level"),
    ("at_risk", "kpi.at_risk", "those in stage at_risk: overdue; a level"),
    ("lapsed", "kpi.lapsed", "those in stage lapsed: long overdue; a level"),
    ("vips", "kpi.vips", "those at the top of the base by purchases, tenure and spend together; a level"),
    ("orders_to_date", "kpi.orders_to_date", "purchases of all time; a level"),
    ("revenue_to_date", "round(kpi.revenue_to_date, 2)", "amounts paid less refunds, of all time, {money}; a level"),
    (
        "expected_purchases",
        "coalesce(round(kpi.expected_purchases, 2), 0.00)",
        "purchases that are expected of all within {horizon}; a level; 0 without a fitted model",
    ),
    (
        "predicted_ltv",
        "coalesce(round(kpi.predicted_ltv, 2), 0.00)",
        "what all are predicted to bring within {horizon}, discounted, {money}; a level; 0 without a fitted model",
    ),
    (
        "average_p_alive",
        "round(kpi.average_p_alive, 4)",
        "mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model",
    ),
    ("orders", "coalesce(sold.orders, 0)", "purchases of the month up to the last refresh; can be summed"),
    (
        "revenue",
        "coalesce(sold.revenue, 0.00)",
        "amounts paid less refunds in the month up to the last refresh, {money}; can be summed",
    ),
    (
        "moved",
        "months.moved",
        "customers whose stage or segment was found changed in the month, once for each refresh that found one; can be summed",
    ),
];

const SALES: &[Text] = &[
    ("day", "sold.day", "the day, time zone {zone_name}: every one from the first purchase to the last refresh"),
    ("orders", "sold.orders", "purchases of the day; refunds are none; can be summed"),
    ("revenue", "sold.revenue", "amounts paid less refunds on the day, {money}; can be summed"),
    (
        "customers",
        "sold.customers",
        "customers with a purchase on the day; never sum over days: a customer may buy on several",
    ),
    ("as_of", "sold.as_of", "instant of the last refresh: later purchases are not in"),
];

/// The views of days and months.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        View::new(
            store,
            "kpis",
            "the figures of each day on which the store was refreshed, oldest first; the numbers of customers are levels: never sum them over days",
            KPIS,
            fill(store, "FROM {data.kpi} AS kpi\nORDER BY kpi.day"),
        ),
        View::new(
            store,
            "stage_days",
            "how many customers were in which stage, a row for each day and stage without gaps, for charts over time; a level: never sum over days",
            STAGE_DAYS,
            sql!(Views(store), "sql/stage_days.sql"),
        ),
        View::new(
            store,
            "sales",
            "orders, revenue and customers who bought by day without gaps, oldest first, as of the last refresh",
            SALES,
            sql!(Views(store), "sql/sales.sql"),
        ),
        View::new(
            store,
            "kpis_by_month",
            "the figures of each month without gaps, oldest first: levels as of its last refresh, or of the last one before; orders, revenue and moves of \
             the month",
            KPIS_BY_MONTH,
            sql!(Views(store), "sql/kpis_by_month.sql"),
        ),
    ]
}
