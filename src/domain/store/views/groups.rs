//! Sums over customers as of the last refresh: by segment, by stage, by channel, and along the Lorenz curve.

use super::template::Views;
use super::{AS_OF, SEGMENT_ORDER_MEANS, STAGE_ORDER_MEANS, Text, View};
use crate::domain::stages::stage::LifecycleStage;
use crate::domain::store::Store;
use crate::domain::store::kpi_columns::{column_of, count_in};
use crate::domain::support::sql::{Sql, expression, fill, sql};

/// The row `sums` of each group: its key and its sums.
fn sums(store: &Store, group: &'static str) -> Sql {
    let counts = LifecycleStage::ALL.map(|stage| {
        expression!((), "{count} AS {name}", count = count_in(stage, "profile.stage"), name = column_of(stage))
    });
    sql!(store, "sql/sums.sql", group = group, customers_by_stage = Sql::list(counts))
}

const CUSTOMERS: Text = ("customers", "coalesce(sums.customers, 0)", "number of customers");
const SHARE: Text = (
    "share",
    "coalesce(round(sums.customers / nullif(sum(sums.customers) OVER (), 0), 4), 0.0000)",
    "share of all customers, 0 to 1",
);
const BUYERS: Text = ("buyers", "coalesce(sums.buyers, 0)", "those with at least one purchase");
const VIPS: Text =
    ("vips", "coalesce(sums.vips, 0)", "those at the top of the base by purchases, tenure and spend together");
const ORDERS: Text = ("orders", "coalesce(sums.orders, 0)", "their purchases");
const SPEND: Text = ("spend", "coalesce(round(sums.spend, 2), 0.00)", "amounts paid less refunds, {money}");
const SHARE_OF_SPEND: Text = (
    "share_of_spend",
    "coalesce(round(sums.spend / nullif(sum(sums.spend) OVER (), 0), 4), 0.0000)",
    "their share of the spend of all customers; 0 where nothing was spent at all",
);
const AVERAGE_SPEND: Text = (
    "average_spend",
    "round(sums.spend / nullif(sums.buyers, 0), 2)",
    "mean spend of a buyer, {money}; NULL where no customer has bought",
);
const AVERAGE_ORDER_VALUE: Text = (
    "average_order_value",
    "round(sums.spend / nullif(sums.orders, 0), 2)",
    "mean value of a purchase, spend / orders, {money}; NULL where no customer has bought",
);
const AVERAGE_ORDERS: Text = (
    "average_orders",
    "round(sums.orders::numeric / nullif(sums.buyers, 0), 2)",
    "mean number of purchases of a buyer; NULL where no customer has bought",
);
const AVERAGE_RECENCY_DAYS: Text = (
    "average_recency_days",
    "round(sums.recency_days, 1)",
    "mean days since the last purchase; NULL where no customer has bought",
);
const AVERAGE_P_ALIVE: Text = (
    "average_p_alive",
    "round(sums.p_alive, 4)",
    "mean probability that a buyer still buys at all, 0 to 1; NULL where no customer has bought, or without a fitted model",
);
const EXPECTED_PURCHASES: Text = (
    "expected_purchases",
    "coalesce(round(sums.expected_purchases, 2), 0.00)",
    "purchases that are expected of them within {horizon}; 0 without a fitted model",
);
const PREDICTED_LTV: Text = (
    "predicted_ltv",
    "coalesce(round(sums.predicted_ltv, 2), 0.00)",
    "what they are predicted to bring within {horizon}, discounted, {money}; 0 without a fitted model",
);
const AVERAGE_PREDICTED_LTV: Text = (
    "average_predicted_ltv",
    "coalesce(round(sums.predicted_ltv / nullif(sums.buyers, 0), 2), 0.00)",
    "predicted_ltv of a buyer in the mean, {money}; 0 where no customer has bought, or without a fitted model",
);
const NEW: Text = ("new", "sums.new", "those in stage new: one purchase day, not overdue");
const ACTIVE: Text = ("active", "sums.active", "those in stage active: several purchase days, in rhythm");
const AT_RISK: Text = ("at_risk", "sums.at_risk", "those in stage at_risk: overdue");
const LAPSED: Text = ("lapsed", "sums.lapsed", "those in stage lapsed: long overdue");

const SEGMENTS: &[Text] = &[
    ("segment", "sums.group_key", "segment by the RFM scores; Prospect is of those without a purchase"),
    ("segment_order", "array_position({segments}, sums.group_key)", SEGMENT_ORDER_MEANS),
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
        "stages.stage",
        "stage of the lifecycle: prospect (no purchase yet), new (one purchase day, not overdue), active (several, in \
         rhythm), at_risk (overdue), lapsed (long overdue)",
    ),
    ("stage_order", "stages.stage_order::int4", STAGE_ORDER_MEANS),
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
        "sums.group_key",
        "channel of a customer's first order; (none) where it is not known, and for those without an order",
    ),
    CUSTOMERS,
    SHARE,
    BUYERS,
    ("prospects", "sums.prospects", "those without a purchase"),
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
        "round(point.share_of_customers::numeric, 4)",
        "a share of the customers, those with the least spend, 0 to 1",
    ),
    (
        "share_of_spend",
        "round(point.share_of_revenue::numeric, 4)",
        "the share of the spend of all that is theirs, 0 to 1",
    ),
    (
        "share_of_best_customers",
        "round(1 - point.share_of_customers::numeric, 4)",
        "all the other customers, those with the most spend, 0 to 1",
    ),
    (
        "share_of_spend_of_best",
        "round(1 - point.share_of_revenue::numeric, 4)",
        "share of spend of the best customers, 0 to 1; the row with share_of_best_customers 0.2 is the best 20 %",
    ),
    (
        "gini",
        "round((base.concentration).gini::numeric, 4)",
        "the Gini coefficient of all, the same in every row: 0 where all spend the same, near 1 where one spends all",
    ),
    ("customers", "(base.concentration).customers", "customers with a purchase, the same in every row"),
    (
        "spend",
        "round((base.concentration).revenue, 2)",
        "what they spent, {money}, the same in every row; a customer with more refunds than purchases counts as 0",
    ),
    AS_OF,
];

/// The views of sums.
pub fn views(store: &Store) -> Vec<View> {
    let of_groups = |group| {
        let rest = "FROM {sums}\nORDER BY sums.spend DESC, sums.group_key";
        fill(rest, store, &[("sums", sums(store, group))])
    };
    vec![
        View::new(
            store,
            "segments",
            "the segments that have customers, those that spent most first",
            SEGMENTS,
            of_groups("profile.segment"),
        ),
        View::new(
            store,
            "stages",
            "the five stages of the lifecycle in their order, also those without customers",
            STAGES,
            expression!(
                Views(store),
                "FROM unnest({stages}) WITH ORDINALITY AS stages (stage, stage_order)
LEFT JOIN {sums} ON sums.group_key = stages.stage
ORDER BY stages.stage_order",
                sums = sums(store, "profile.stage")
            ),
        ),
        View::new(
            store,
            "channels",
            "customers by the channel of their first order, those of the channel that brought most first",
            CHANNELS,
            of_groups("coalesce(profile.channel, '(none)')"),
        ),
        View::new(
            store,
            "concentration",
            "how much of the spend comes from how many of the customers: the points of the Lorenz curve, in 100 steps \
             or in one for each customer; empty where nothing was spent",
            CONCENTRATION,
            sql!(Views(store), "sql/concentration.sql"),
        ),
    ]
}
