//! Customers, a row each: all of them, and lists to work through.

use super::template::fill;
use super::{AS_OF, Column, SEGMENT_ORDER_MEANS, STAGE_ORDER_MEANS, Text, View, sees_attributes};
use crate::domain::store::profile_columns::{PROFILE, profile_column};
use crate::domain::store::{Attribute, Store};
use crate::domain::support::sql::{Sql, expression};

/// A column of the profile as it is shown everywhere.
const fn of_profile(name: &str) -> Text {
    let column = profile_column(name);
    (column.name, column.shown, column.comment)
}

const CUSTOMER: Text = ("customer", "profile.customer", "the customer's key, as it is in the orders");
const STAGE: Text = of_profile("stage");
const SEGMENT: Text = of_profile("segment");
const STAGE_ORDER: Text = ("stage_order", "array_position({stages}, profile.stage)", STAGE_ORDER_MEANS);
const SEGMENT_ORDER: Text = ("segment_order", "array_position({segments}, profile.segment)", SEGMENT_ORDER_MEANS);
const VIP: Text = of_profile("vip");
const ORDERS: Text = of_profile("orders");
const SPEND: Text = of_profile("spend");
const SPEND_LAST_YEAR: Text = of_profile("spend_last_year");
const AVERAGE_ORDER_VALUE: Text = of_profile("average_order_value");
const FIRST_PURCHASE: Text = of_profile("first_purchase");
const LAST_PURCHASE: Text = of_profile("last_purchase");
const FIRST_PURCHASE_DAY: Text = (
    "first_purchase_day",
    "(profile.first_purchase AT TIME ZONE {zone})::date",
    "day of the first purchase, time zone {zone_name}; NULL without a purchase",
);
const LAST_PURCHASE_DAY: Text = (
    "last_purchase_day",
    "(profile.last_purchase AT TIME ZONE {zone})::date",
    "day of the last purchase, time zone {zone_name}; NULL without a purchase",
);
const RECENCY_DAYS: Text = of_profile("recency_days");
const OVERDUE_RATIO: Text = of_profile("overdue_ratio");
const NEXT_PURCHASE: Text = of_profile("next_purchase");
const NEXT_PURCHASE_FROM: Text = of_profile("next_purchase_from");
const NEXT_PURCHASE_TO: Text = of_profile("next_purchase_to");
const P_ALIVE: Text = of_profile("p_alive");
const PURCHASE_PROBABILITY: Text = of_profile("purchase_probability");
const EXPECTED_SPEND: Text = of_profile("expected_spend");
const LTV: Text = of_profile("ltv");
const PREDICTED_LTV: Text = of_profile("predicted_ltv");
const CHANNEL: Text = of_profile("channel");
const STAGE_SINCE: Text =
    ("stage_since", "profile.stage_since", "instant from which on the customer is known in this stage");

const CUSTOMERS: &[Text] = &[
    CUSTOMER,
    STAGE,
    STAGE_ORDER,
    SEGMENT,
    SEGMENT_ORDER,
    (
        "rfm",
        "profile.recency_score || '-' || profile.frequency_score || '-' || profile.monetary_score",
        "the three RFM scores, such as 5-4-3; NULL without a purchase",
    ),
    of_profile("recency_score"),
    of_profile("frequency_score"),
    of_profile("monetary_score"),
    of_profile("phase"),
    of_profile("relationship_stage"),
    of_profile("temperature"),
    VIP,
    ORDERS,
    SPEND,
    SPEND_LAST_YEAR,
    AVERAGE_ORDER_VALUE,
    AS_OF,
    FIRST_PURCHASE,
    FIRST_PURCHASE_DAY,
    LAST_PURCHASE,
    LAST_PURCHASE_DAY,
    RECENCY_DAYS,
    OVERDUE_RATIO,
    NEXT_PURCHASE,
    NEXT_PURCHASE_FROM,
    NEXT_PURCHASE_TO,
    P_ALIVE,
    of_profile("expected_purchases"),
    PURCHASE_PROBABILITY,
    EXPECTED_SPEND,
    LTV,
    PREDICTED_LTV,
    CHANNEL,
    of_profile("last_channel"),
    of_profile("cohort"),
    (
        "cohort_month",
        "to_char(profile.cohort, 'YYYY-MM')",
        "the same month as text, such as 2024-03; NULL without a purchase",
    ),
    of_profile("consented_at"),
    STAGE_SINCE,
    ("segment_since", "profile.segment_since", "instant from which on the customer is known in this segment"),
];

const AT_RISK: &[Text] = &[
    CUSTOMER,
    (
        "reason",
        "CASE WHEN profile.overdue_ratio > 0 THEN format('last purchase %s days ago, %s times the usual gap of %s days', \
         profile.recency_days, profile.overdue_ratio, round(profile.recency_days / profile.overdue_ratio)) \
         ELSE format('last purchase %s days ago', profile.recency_days) END",
        "the reason in words: days since the last purchase, and the customer's usual gap",
    ),
    SEGMENT,
    SEGMENT_ORDER,
    VIP,
    OVERDUE_RATIO,
    RECENCY_DAYS,
    (
        "usual_gap_days",
        "round(profile.recency_days / nullif(profile.overdue_ratio, 0))::int4",
        "the gap between purchases that is usual for the customer, in days; NULL where the last purchase is of today",
    ),
    AS_OF,
    (
        "due_on",
        "(profile.last_purchase AT TIME ZONE {zone})::date + round(profile.recency_days / nullif(profile.overdue_ratio, 0))::int4",
        "day on which the order was expected that is overdue: last_purchase_day + usual_gap_days",
    ),
    LAST_PURCHASE,
    LAST_PURCHASE_DAY,
    ("at_risk_since", "profile.stage_since", "instant from which on the customer is known to be at risk"),
    ORDERS,
    SPEND,
    AVERAGE_ORDER_VALUE,
    P_ALIVE,
    EXPECTED_SPEND,
    LTV,
    PREDICTED_LTV,
    CHANNEL,
];

const NEXT_PURCHASES: &[Text] = &[
    CUSTOMER,
    AS_OF,
    NEXT_PURCHASE,
    NEXT_PURCHASE_FROM,
    NEXT_PURCHASE_TO,
    (
        "days_until",
        "profile.next_purchase - ({as_of} AT TIME ZONE {zone})::date",
        "days from the last refresh to the expected purchase; an overdue customer has a new expected date, so it lies ahead",
    ),
    STAGE,
    STAGE_ORDER,
    SEGMENT,
    SEGMENT_ORDER,
    VIP,
    PURCHASE_PROBABILITY,
    EXPECTED_SPEND,
    LAST_PURCHASE,
    LAST_PURCHASE_DAY,
    RECENCY_DAYS,
    ORDERS,
    SPEND,
    AVERAGE_ORDER_VALUE,
    PREDICTED_LTV,
    CHANNEL,
];

const TOP_CUSTOMERS_OF_YEAR: &[Text] = &[
    (
        "rank",
        "(rank() OVER (ORDER BY profile.spend_last_year DESC))::int4",
        "place by spend_last_year, from 1; customers of the same spend share a place",
    ),
    CUSTOMER,
    SPEND_LAST_YEAR,
    SPEND,
    ORDERS,
    STAGE,
    STAGE_ORDER,
    SEGMENT,
    SEGMENT_ORDER,
    VIP,
    AS_OF,
    LAST_PURCHASE_DAY,
    NEXT_PURCHASE,
];

const TOP_CUSTOMERS: &[Text] = &[
    (
        "rank",
        "(rank() OVER (ORDER BY profile.spend + coalesce(profile.predicted_ltv, 0) DESC))::int4",
        "place by value, from 1; those of the same value share a place",
    ),
    CUSTOMER,
    (
        "value",
        "round(profile.spend + coalesce(profile.predicted_ltv, 0), 2)",
        "what the customer has spent and is predicted to bring: spend + predicted_ltv, {money}; spend alone without a \
         fitted model",
    ),
    SPEND,
    PREDICTED_LTV,
    ORDERS,
    AVERAGE_ORDER_VALUE,
    STAGE,
    STAGE_ORDER,
    SEGMENT,
    SEGMENT_ORDER,
    VIP,
    AS_OF,
    FIRST_PURCHASE,
    FIRST_PURCHASE_DAY,
    LAST_PURCHASE,
    LAST_PURCHASE_DAY,
    P_ALIVE,
    LTV,
    CHANNEL,
];

/// The view of all customers.
pub fn customers(store: &Store) -> View {
    // A column of the profile is shown even if no list above names it.
    let others = PROFILE.iter().map(|column| of_profile(column.name));
    let others = others.filter(|(_, shown, _)| CUSTOMERS.iter().all(|(_, other, _)| shown != other));
    let columns: Vec<Text> = CUSTOMERS.iter().copied().chain(others).collect();
    // Without an order: queries are built on it, and a sort would stand in the way of each.
    list(
        store,
        "customers",
        "every customer with the profile of the last refresh, in no order",
        &columns,
        "FROM {data.profile} AS profile",
    )
}

/// The views of single customers.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        customers(store),
        list(
            store,
            "at_risk",
            "customers who are overdue but not lost yet (stage at_risk, whatever the segment), highest spend first",
            AT_RISK,
            "FROM {data.profile} AS profile\nWHERE profile.stage = 'at_risk'\nORDER BY profile.spend DESC, profile.predicted_ltv DESC NULLS LAST, profile.customer",
        ),
        list(
            store,
            "next_purchases",
            "customers whose next purchase is expected, soonest first; without prospects and those who have lapsed",
            NEXT_PURCHASES,
            "FROM {data.profile} AS profile\nWHERE profile.next_purchase IS NOT NULL AND profile.stage NOT IN ('prospect', 'lapsed')\n\
             ORDER BY profile.next_purchase, profile.spend DESC, profile.customer",
        ),
        list(
            store,
            "top_customers",
            "the 100 customers of the greatest value: what they have spent and are predicted to bring within {horizon}",
            TOP_CUSTOMERS,
            // The limit before the ranks: 100 rows are kept, and nothing is sorted.
            "FROM (SELECT profile.* FROM {data.profile} AS profile WHERE profile.orders > 0 \
             ORDER BY profile.spend + coalesce(profile.predicted_ltv, 0) DESC, profile.customer LIMIT 100) AS profile\n\
             ORDER BY profile.spend + coalesce(profile.predicted_ltv, 0) DESC, profile.customer",
        ),
        list(
            store,
            "top_customers_of_year",
            "the 100 customers of the highest spend in the year before the last refresh",
            TOP_CUSTOMERS_OF_YEAR,
            "FROM (SELECT profile.* FROM {data.profile} AS profile WHERE profile.spend_last_year > 0 \
             ORDER BY profile.spend_last_year DESC, profile.customer LIMIT 100) AS profile\n\
             ORDER BY profile.spend_last_year DESC, profile.customer",
        ),
    ]
}

/// A view of the profile and, after its own columns, the attributes.
fn list(store: &Store, name: &'static str, comment: &str, columns: &[Text], rest: &'static str) -> View {
    let mut view = View::new(store, name, comment, columns, fill(store, rest));
    // An attribute cannot be called like a column of the profile, but may be like another of this list, which then stays.
    let attributes =
        store.attributes.iter().filter(|attribute| columns.iter().all(|(name, ..)| *name != attribute.name));
    view.columns.extend(attributes.map(|attribute| shown(store, attribute)));
    view
}

/// An attribute as a column: as text, if not every tool knows the type; NULL for roles that the setting `reader_attributes` does not let
/// see it. The column is there for all, so that `SELECT *` works for all.
fn shown(store: &Store, attribute: &Attribute) -> Column {
    let name = Sql::identifier(&attribute.name);
    let unknown = format!("attribute {name} of the customer; NULL where it is not known");
    let value = match is_plain(&attribute.sql_type) {
        true => expression!((), "profile.{name}", name = name),
        false => expression!((), "profile.{name}::pg_catalog.text", name = name),
    };
    let (sql, comment) = match store.settings.reader_attributes {
        true => (value, unknown),
        false => (
            expression!((), "CASE WHEN {sees} THEN {value} END", sees = sees_attributes(store), value = value),
            format!("{unknown}, and for roles that are not members of the store's owner"),
        ),
    };
    Column { name: attribute.name.clone(), sql, comment }
}

/// Whether every tool knows the type.
fn is_plain(sql_type: &str) -> bool {
    const PLAIN: [&str; 24] = [
        "int2",
        "smallint",
        "int4",
        "integer",
        "int8",
        "bigint",
        "numeric",
        "float4",
        "real",
        "float8",
        "double precision",
        "bool",
        "boolean",
        "text",
        "varchar",
        "character varying",
        "bpchar",
        "character",
        "date",
        "uuid",
        "timestamp",
        "timestamptz",
        "timestamp with time zone",
        "timestamp without time zone",
    ];
    let name = sql_type.strip_prefix("pg_catalog.").unwrap_or(sql_type);
    // The modifier, in parentheses, may stand in the middle: timestamp(3) with time zone.
    let (start, end) = match (name.find('('), name.find(')')) {
        (Some(open), Some(close)) if open < close => (name[..open].trim(), name[close + 1..].trim()),
        _ => (name, ""),
    };
    let name = if end.is_empty() { start.to_owned() } else { format!("{start} {end}") };
    PLAIN.iter().any(|plain| name == *plain || name == Sql::identifier(plain).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_types_are_known_with_and_without_modifiers() {
        for plain in
            ["pg_catalog.numeric(10,2)", "text", "timestamp(3) with time zone", "pg_catalog.\"varchar\"", "date"]
        {
            assert!(is_plain(plain), "{plain}");
        }
        for other in
            ["pg_catalog.jsonb", "text[]", "pg_catalog.int4[]", "public.\"mood\"", "interval", "numeric(1,2)[]"]
        {
            assert!(!is_plain(other), "{other}");
        }
    }
}
