//! Customers, a row each: all of them, and lists to work through.

use super::{AS_OF, Column, SEGMENT_ORDER_MEANS, STAGE_ORDER_MEANS, Text, View, sees_attributes};
use crate::domain::store::quote::identifier;
use crate::domain::store::{Attribute, Store};
use crate::domain::support::sql::{Sql, expression};

const CUSTOMER: Text = ("customer", "p.customer", "the customer's key, as it is in the orders");
const STAGE: Text = (
    "stage",
    "p.stage",
    "stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)",
);
const SEGMENT: Text = (
    "segment",
    "p.segment",
    "segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk",
);
const STAGE_ORDER: Text = ("stage_order", "array_position({stages}, p.stage)", STAGE_ORDER_MEANS);
const SEGMENT_ORDER: Text = ("segment_order", "array_position({segments}, p.segment)", SEGMENT_ORDER_MEANS);
const VIP: Text =
    ("vip", "p.vip", "whether the customer is at the top of the base by purchases, tenure and spend together");
const ORDERS: Text = ("orders", "p.orders", "number of purchases; 0 for prospects");
const SPEND: Text = ("spend", "round(p.spend, 2)", "what came in less refunds, {money}; 0 for prospects");
const AVERAGE_ORDER_VALUE: Text = (
    "average_order_value",
    "round(p.average_order_value, 2)",
    "mean value of a purchase, {money}; NULL without a purchase",
);
const FIRST_PURCHASE: Text =
    ("first_purchase", "p.first_purchase", "instant of the first purchase; NULL without a purchase");
const LAST_PURCHASE: Text =
    ("last_purchase", "p.last_purchase", "instant of the last purchase; NULL without a purchase");
const FIRST_PURCHASE_DAY: Text = (
    "first_purchase_day",
    "(p.first_purchase AT TIME ZONE {zone})::date",
    "day of the first purchase, time zone {zone_name}; NULL without a purchase",
);
const LAST_PURCHASE_DAY: Text = (
    "last_purchase_day",
    "(p.last_purchase AT TIME ZONE {zone})::date",
    "day of the last purchase, time zone {zone_name}; NULL without a purchase",
);
const RECENCY_DAYS: Text =
    ("recency_days", "p.recency_days", "whole days since the last purchase; NULL without a purchase");
const OVERDUE_RATIO: Text = (
    "overdue_ratio",
    "p.overdue",
    "time since the last purchase as a multiple of the customer's usual gap: 1 is just due; NULL without a purchase",
);
const NEXT_PURCHASE: Text =
    ("next_purchase", "p.next_purchase", "day on which the next purchase is expected; NULL where none can be told");
const NEXT_PURCHASE_FROM: Text = (
    "next_purchase_from",
    "p.next_purchase_from",
    "first day of the range in which the next purchase falls with 80 %; NULL where none can be told",
);
const NEXT_PURCHASE_TO: Text = (
    "next_purchase_to",
    "p.next_purchase_to",
    "last day of the range in which the next purchase falls with 80 %; NULL where none can be told",
);
const P_ALIVE: Text = (
    "p_alive",
    "round(p.p_alive, 4)",
    "probability that the customer still buys at all, 0 to 1; NULL without a purchase or a fitted model",
);
const PURCHASE_PROBABILITY: Text = (
    "purchase_probability",
    "round(p.purchase_probability, 4)",
    "probability of a purchase within {horizon}, 0 to 1; NULL without a purchase or a fitted model",
);
const EXPECTED_SPEND: Text = (
    "expected_spend",
    "round(p.expected_spend, 2)",
    "expected value of a future purchase, {money}; NULL without a purchase or a fitted model",
);
const LTV: Text = (
    "ltv",
    "round(p.ltv, 2)",
    "simple lifetime value of {years} years at the pace so far, {money}, whether or not the customer is still one: 0 for one-time buyers, NULL for \
     prospects and on the day of the first purchase",
);
const PREDICTED_LTV: Text = (
    "predicted_ltv",
    "round(p.predicted_ltv, 2)",
    "predicted value of the purchases within {horizon}, discounted, {money}; NULL without a purchase or a fitted model",
);
const CHANNEL: Text =
    ("channel", "coalesce(p.channel, '(none)')", "channel of the first order; (none) where it is not known");
const STAGE_SINCE: Text = ("stage_since", "p.stage_since", "instant from which on the customer is known in this stage");

const CUSTOMERS: &[Text] = &[
    CUSTOMER,
    STAGE,
    STAGE_ORDER,
    SEGMENT,
    SEGMENT_ORDER,
    (
        "rfm",
        "p.recency_score || '-' || p.frequency_score || '-' || p.monetary_score",
        "the three RFM scores, such as 5-4-3; NULL without a purchase",
    ),
    ("recency_score", "p.recency_score", "RFM score of recency, 1 (longest ago) and up; NULL without a purchase"),
    ("frequency_score", "p.frequency_score", "RFM score of frequency, 1 (rarest) and up; NULL without a purchase"),
    ("monetary_score", "p.monetary_score", "RFM score of spend, 1 (least) and up; NULL without a purchase"),
    ("phase", "p.phase", "what to invest in: activation, conversion, growth, retention, reactivation, sunset"),
    (
        "relationship_stage",
        "p.relationship_stage",
        "how far the relationship has come: reach, acquire, develop, retain, advocate",
    ),
    ("temperature", "p.temperature", "whether the customer has reacted recently: warm, cold, never_contacted"),
    VIP,
    ORDERS,
    SPEND,
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
    (
        "expected_purchases",
        "round(p.expected_purchases, 4)",
        "expected number of purchases within {horizon}; NULL without a purchase or a fitted model",
    ),
    PURCHASE_PROBABILITY,
    EXPECTED_SPEND,
    LTV,
    PREDICTED_LTV,
    CHANNEL,
    (
        "last_channel",
        "coalesce(p.last_channel, '(none)')",
        "channel of the last order, be it one that is dated ahead; (none) where it is not known",
    ),
    (
        "cohort",
        "p.cohort",
        "first day of the month of the first purchase, time zone {zone_name}; NULL without a purchase",
    ),
    (
        "cohort_month",
        "to_char(p.cohort, 'YYYY-MM')",
        "the same month as text, such as 2024-03; NULL without a purchase",
    ),
    (
        "consented_at",
        "p.consented_at",
        "instant of consent to be addressed; NULL without one, or where it is not known",
    ),
    STAGE_SINCE,
    ("segment_since", "p.segment_since", "instant from which on the customer is known in this segment"),
];

const AT_RISK: &[Text] = &[
    CUSTOMER,
    (
        "why",
        "CASE WHEN p.overdue > 0 THEN format('last purchase %s days ago, %s times the usual gap of %s days', \
         p.recency_days, p.overdue, round(p.recency_days / p.overdue)) \
         ELSE format('last purchase %s days ago', p.recency_days) END",
        "the reason in words: how long ago the last purchase is, and what is usual",
    ),
    SEGMENT,
    SEGMENT_ORDER,
    VIP,
    OVERDUE_RATIO,
    RECENCY_DAYS,
    (
        "usual_gap_days",
        "round(p.recency_days / nullif(p.overdue, 0))::int4",
        "the gap between purchases that is usual for the customer, in days; NULL where the last purchase is of today",
    ),
    AS_OF,
    (
        "due_on",
        "(p.last_purchase AT TIME ZONE {zone})::date + round(p.recency_days / nullif(p.overdue, 0))::int4",
        "day on which the order was expected that is overdue: last_purchase_day + usual_gap_days",
    ),
    LAST_PURCHASE,
    LAST_PURCHASE_DAY,
    ("at_risk_since", "p.stage_since", "instant from which on the customer is known to be at risk"),
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
        "p.next_purchase - ({as_of} AT TIME ZONE {zone})::date",
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

const TOP_CUSTOMERS: &[Text] = &[
    (
        "rank",
        "(rank() OVER (ORDER BY p.spend + coalesce(p.predicted_ltv, 0) DESC))::int4",
        "place by value, from 1; those of the same value share a place",
    ),
    CUSTOMER,
    (
        "value",
        "round(p.spend + coalesce(p.predicted_ltv, 0), 2)",
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

/// The views of single customers.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        // Without an order: queries are built on it, and a sort would stand in the way of each.
        list(
            store,
            "customers",
            "every customer with the profile of the last refresh, in no order",
            CUSTOMERS,
            "FROM {data.profile} AS p",
        ),
        list(
            store,
            "at_risk",
            "customers who are overdue but not lost yet (stage at_risk, whatever the segment), highest spend first",
            AT_RISK,
            "FROM {data.profile} AS p\nWHERE p.stage = 'at_risk'\nORDER BY p.spend DESC, p.predicted_ltv DESC NULLS LAST, p.customer",
        ),
        list(
            store,
            "next_purchases",
            "customers whose next purchase is expected, soonest first; without prospects and those who have lapsed",
            NEXT_PURCHASES,
            "FROM {data.profile} AS p\nWHERE p.next_purchase IS NOT NULL AND p.stage NOT IN ('prospect', 'lapsed')\n\
             ORDER BY p.next_purchase, p.spend DESC, p.customer",
        ),
        list(
            store,
            "top_customers",
            "the 100 customers of the greatest value: what they have spent and are predicted to bring within {horizon}",
            TOP_CUSTOMERS,
            // The limit before the ranks: 100 rows are kept, and nothing is sorted.
            "FROM (SELECT p.* FROM {data.profile} AS p WHERE p.orders > 0 \
             ORDER BY p.spend + coalesce(p.predicted_ltv, 0) DESC, p.customer LIMIT 100) AS p\n\
             ORDER BY p.spend + coalesce(p.predicted_ltv, 0) DESC, p.customer",
        ),
    ]
}

/// A view of the profile and, after its own columns, the attributes.
fn list(store: &Store, name: &'static str, comment: &str, columns: &[Text], rest: &'static str) -> View {
    let mut view = View::new(store, name, comment, columns, rest);
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
        true => expression!((), "p.{name}", name = name),
        false => expression!((), "p.{name}::pg_catalog.text", name = name),
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
    PLAIN.iter().any(|plain| name == *plain || name == identifier(plain))
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
