//! Sums over customers as of the last refresh: by segment, by stage, by channel, and along the Lorenz curve.

use super::{AS_OF, SEGMENT_ORDER_MEANS, STAGE_ORDER_MEANS, Text, View};
use crate::domain::store::Store;

/// The sums of a group, from which the columns below are read. They are made before anything is joined or shared out, so
/// that they can be made in parallel.
macro_rules! sums_by {
    ($key:literal) => {
        concat!(
            "(SELECT ",
            $key,
            " AS key, count(*) AS customers, count(*) FILTER (WHERE p.orders > 0) AS buyers,
        count(*) FILTER (WHERE p.stage = 'prospect') AS prospects, count(*) FILTER (WHERE p.stage = 'new') AS new,
        count(*) FILTER (WHERE p.stage = 'active') AS active, count(*) FILTER (WHERE p.stage = 'at_risk') AS at_risk,
        count(*) FILTER (WHERE p.stage = 'lapsed') AS lapsed, count(*) FILTER (WHERE p.vip) AS vips,
        sum(p.orders)::int8 AS orders, sum(p.spend) AS spend, avg(p.recency_days) AS recency_days,
        avg(p.p_alive) AS p_alive, sum(p.expected_purchases) AS expected_purchases, sum(p.predicted_ltv) AS predicted_ltv
    FROM {data.profile} AS p
    GROUP BY 1) AS g"
        )
    };
}

const CUSTOMERS: Text = ("customers", "coalesce(g.customers, 0)", "number of customers");
const SHARE: Text = (
    "share",
    "coalesce(round(g.customers / nullif(sum(g.customers) OVER (), 0), 4), 0.0000)",
    "share of all customers, 0 to 1",
);
const BUYERS: Text = ("buyers", "coalesce(g.buyers, 0)", "those with at least one purchase");
const VIPS: Text =
    ("vips", "coalesce(g.vips, 0)", "those at the top of the base by purchases, tenure and spend together");
const ORDERS: Text = ("orders", "coalesce(g.orders, 0)", "their purchases");
const SPEND: Text = ("spend", "coalesce(round(g.spend, 2), 0.00)", "amounts paid less refunds, {money}");
const SHARE_OF_SPEND: Text = (
    "share_of_spend",
    "coalesce(round(g.spend / nullif(sum(g.spend) OVER (), 0), 4), 0.0000)",
    "their share of the spend of all customers; 0 where nothing was spent at all",
);
const AVERAGE_SPEND: Text = (
    "average_spend",
    "round(g.spend / nullif(g.buyers, 0), 2)",
    "mean spend of a buyer, {money}; NULL where no customer has bought",
);
const AVERAGE_ORDER_VALUE: Text = (
    "average_order_value",
    "round(g.spend / nullif(g.orders, 0), 2)",
    "mean value of a purchase, spend / orders, {money}; NULL where no customer has bought",
);
const AVERAGE_ORDERS: Text = (
    "average_orders",
    "round(g.orders::numeric / nullif(g.buyers, 0), 2)",
    "mean number of purchases of a buyer; NULL where no customer has bought",
);
const AVERAGE_RECENCY_DAYS: Text = (
    "average_recency_days",
    "round(g.recency_days, 1)",
    "mean days since the last purchase; NULL where no customer has bought",
);
const AVERAGE_P_ALIVE: Text = (
    "average_p_alive",
    "round(g.p_alive, 4)",
    "mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model",
);
const EXPECTED_PURCHASES: Text = (
    "expected_purchases",
    "coalesce(round(g.expected_purchases, 2), 0.00)",
    "purchases that are expected of them within {horizon}; 0 without a fitted model",
);
const PREDICTED_LTV: Text = (
    "predicted_ltv",
    "coalesce(round(g.predicted_ltv, 2), 0.00)",
    "what they are predicted to bring within {horizon}, discounted, {money}; 0 without a fitted model",
);
const AVERAGE_PREDICTED_LTV: Text = (
    "average_predicted_ltv",
    "coalesce(round(g.predicted_ltv / nullif(g.buyers, 0), 2), 0.00)",
    "predicted_ltv of a buyer in the mean, {money}; 0 where no customer has bought, or without a fitted model",
);
const NEW: Text = ("new", "g.new", "those in stage new: one purchase day, not overdue");
const ACTIVE: Text = ("active", "g.active", "those in stage active: several purchase days, in rhythm");
const AT_RISK: Text = ("at_risk", "g.at_risk", "those in stage at_risk: overdue");
const LAPSED: Text = ("lapsed", "g.lapsed", "those in stage lapsed: long overdue");

const SEGMENTS: &[Text] = &[
    ("segment", "g.key", "segment by the RFM scores; Prospect is of those without a purchase"),
    ("segment_order", "array_position({segments}, g.key)", SEGMENT_ORDER_MEANS),
    CUSTOMERS,
    SHARE,
    ORDERS,
    SPEND,
    SHARE_OF_SPEND,
    AVERAGE_SPEND,
    AVERAGE_ORDER_VALUE,
    AVERAGE_ORDERS,
    AVERAGE_RECENCY_DAYS,
    AVERAGE_P_ALIVE,
    EXPECTED_PURCHASES,
    PREDICTED_LTV,
    AVERAGE_PREDICTED_LTV,
    VIPS,
    NEW,
    ACTIVE,
    AT_RISK,
    LAPSED,
    AS_OF,
];

const STAGES: &[Text] = &[
    (
        "stage",
        "s.stage",
        "stage of the lifecycle: prospect (no purchase yet), new (one purchase day, not overdue), active (several, in \
         rhythm), at_risk (overdue), lapsed (long overdue)",
    ),
    ("stage_order", "s.stage_order::int4", STAGE_ORDER_MEANS),
    CUSTOMERS,
    SHARE,
    VIPS,
    ORDERS,
    SPEND,
    SHARE_OF_SPEND,
    AVERAGE_SPEND,
    AVERAGE_ORDER_VALUE,
    AVERAGE_RECENCY_DAYS,
    AVERAGE_P_ALIVE,
    EXPECTED_PURCHASES,
    PREDICTED_LTV,
    AS_OF,
];

const CHANNELS: &[Text] = &[
    (
        "channel",
        "g.key",
        "channel of a customer's first order; (none) where it is not known, and for those without an order",
    ),
    CUSTOMERS,
    SHARE,
    BUYERS,
    ("prospects", "g.prospects", "those without a purchase"),
    NEW,
    ACTIVE,
    AT_RISK,
    LAPSED,
    VIPS,
    ORDERS,
    SPEND,
    SHARE_OF_SPEND,
    AVERAGE_SPEND,
    AVERAGE_ORDER_VALUE,
    AVERAGE_P_ALIVE,
    PREDICTED_LTV,
    AVERAGE_PREDICTED_LTV,
    AS_OF,
];

const CONCENTRATION: &[Text] = &[
    (
        "share_of_customers",
        "round(l.share_of_customers::numeric, 4)",
        "a share of the customers, those with the least spend, 0 to 1",
    ),
    ("share_of_spend", "round(l.share_of_revenue::numeric, 4)", "the share of the spend of all that is theirs, 0 to 1"),
    (
        "share_of_best_customers",
        "round(1 - l.share_of_customers::numeric, 4)",
        "all the other customers, those with the most spend, 0 to 1",
    ),
    (
        "share_of_spend_of_best",
        "round(1 - l.share_of_revenue::numeric, 4)",
        "share of spend of the best customers, 0 to 1; the row with share_of_best_customers 0.2 is the best 20 %",
    ),
    (
        "gini",
        "round((v.c).gini::numeric, 4)",
        "the Gini coefficient of all, the same in every row: 0 where all spend the same, near 1 where one spends all",
    ),
    ("customers", "(v.c).customers", "customers with a purchase, the same in every row"),
    (
        "spend",
        "round((v.c).revenue, 2)",
        "what they spent, {money}, the same in every row; a customer with more refunds than purchases counts as 0",
    ),
    AS_OF,
];

/// The views of sums.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        View::new(
            store,
            "segments",
            "the segments that have customers, those that spent most first",
            SEGMENTS,
            concat!("FROM ", sums_by!("p.segment"), "\nORDER BY g.spend DESC, g.key"),
        ),
        View::new(
            store,
            "stages",
            "the five stages of the lifecycle in their order, also those without customers",
            STAGES,
            concat!(
                "FROM unnest({stages}) WITH ORDINALITY AS s (stage, stage_order)\nLEFT JOIN ",
                sums_by!("p.stage"),
                " ON g.key = s.stage\nORDER BY s.stage_order"
            ),
        ),
        View::new(
            store,
            "channels",
            "customers by the channel of their first order, those of the channel that brought most first",
            CHANNELS,
            concat!("FROM ", sums_by!("coalesce(p.channel, '(none)')"), "\nORDER BY g.spend DESC, g.key"),
        ),
        View::new(
            store,
            "concentration",
            "how much of the spend comes from how many of the customers: the points of the Lorenz curve, in 100 steps \
             or in one for each customer; empty where nothing was spent",
            CONCENTRATION,
            "FROM (SELECT {ext.value_concentration}(h.purchases, {as_of}) AS c FROM {data.history} AS h \
             WHERE {as_of} IS NOT NULL) AS v,\n    LATERAL unnest((v.c).lorenz) AS l\nORDER BY l.share_of_customers",
        ),
    ]
}
