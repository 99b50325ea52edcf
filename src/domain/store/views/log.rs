//! The log of movements: each change, how many went from where to where, how long customers stay, and where each was.

use super::template::{fill, words};
use super::{AS_OF, Function, STAGE_ORDER_MEANS, Text, View};
use crate::domain::store::Store;

/// A row of the log may tell of a stage and of a segment; each is a change of its own here.
pub const CHANGES: &str = "{data.movement} AS m,
    LATERAL (VALUES ('stage', m.stage_before, m.stage_after), ('segment', m.segment_before, m.segment_after))
        AS c (what, moved_from, moved_to)";

/// The place of a stage or segment, by which of them it is.
macro_rules! place_of {
    ($what:literal, $name:literal) => {
        concat!(
            "CASE WHEN coalesce(",
            $name,
            ", '(none)') = '(none)' THEN 0 WHEN ",
            $what,
            " = 'stage' THEN array_position({stages}, ",
            $name,
            ") ELSE array_position({segments}, ",
            $name,
            ") END"
        )
    };
}

const PLACE_BEFORE_MEANS: &str = "place of moved_from, as stage_order or segment_order of other views; 0 for (none)";
const PLACE_AFTER_MEANS: &str = "place of moved_to, as stage_order or segment_order of other views; 0 for (none)";

const MOVEMENTS: &[Text] = &[
    ("customer", "m.customer", "the customer's key, as it is in the orders"),
    ("at", "m.at", "instant of the refresh that found the change"),
    ("day", "(m.at AT TIME ZONE {zone})::date", "day of that instant, time zone {zone_name}"),
    ("kind", "c.what", "what changed: stage or segment"),
    (
        "refitted",
        "m.refitted",
        "whether breaks, rhythm and models were fitted anew in that refresh: then the borders may have moved, and not the customer",
    ),
    (
        "moved_from",
        "coalesce(c.moved_from, '(none)')",
        "the stage or segment before; (none) for customers who are new to the store",
    ),
    (
        "moved_to",
        "coalesce(c.moved_to, '(none)')",
        "the stage or segment after; (none) for customers who are gone from the store",
    ),
    ("moved_from_order", place_of!("c.what", "c.moved_from"), PLACE_BEFORE_MEANS),
    ("moved_to_order", place_of!("c.what", "c.moved_to"), PLACE_AFTER_MEANS),
    (
        "score_before",
        "m.score_before",
        "RFM scores before, such as 5-4-3; NULL without a purchase, or for new customers",
    ),
    (
        "score_after",
        "m.score_after",
        "RFM scores after, such as 5-4-3; NULL without a purchase, or where the customer is gone",
    ),
    ("orders_before", "coalesce(m.orders_before, 0)", "number of purchases before; 0 for new customers"),
    ("orders_after", "coalesce(m.orders_after, 0)", "number of purchases after; 0 where the customer is gone"),
    ("spend_before", "coalesce(round(m.spend_before, 2), 0)", "spend before, {money}; 0 for new customers"),
    ("spend_after", "coalesce(round(m.spend_after, 2), 0)", "spend after, {money}; 0 where the customer is gone"),
    (
        "recency_days_before",
        "m.recency_days_before",
        "whole days since the last purchase before; NULL without a purchase, or for new customers",
    ),
    (
        "recency_days_after",
        "m.recency_days_after",
        "whole days since the last purchase after; NULL without a purchase, or where the customer is gone",
    ),
    (
        "overdue_ratio_before",
        "m.overdue_ratio_before",
        "time since the last purchase as a multiple of the usual gap, before; NULL without a purchase, or for new customers",
    ),
    (
        "overdue_ratio_after",
        "m.overdue_ratio_after",
        "time since the last purchase as a multiple of the usual gap, after; NULL without a purchase, or where the customer \
         is gone",
    ),
];

const TRANSITIONS: &[Text] = &[
    ("kind", "t.what", "what changed: stage or segment"),
    ("moved_from", "t.moved_from", "the stage or segment before; (none) for customers who are new to the store"),
    ("moved_to", "t.moved_to", "the stage or segment after; (none) for customers who are gone from the store"),
    ("source", "'from ' || t.moved_from", "moved_from as the source of a link in a Sankey chart, such as from active"),
    (
        "target",
        "'to ' || t.moved_to",
        "moved_to as the target of a link, such as to at_risk: no target is a source, and so no links go in a circle",
    ),
    ("moved_from_order", place_of!("t.what", "t.moved_from"), PLACE_BEFORE_MEANS),
    ("moved_to_order", place_of!("t.what", "t.moved_to"), PLACE_AFTER_MEANS),
    ("moves", "t.moves", "number of such changes in the log"),
    ("customers", "t.customers", "number of customers who made them, each counted once"),
    (
        "share_of_moves",
        "round(t.moves / sum(t.moves) OVER (PARTITION BY t.what, t.moved_from), 4)",
        "share of all changes out of moved_from, 0 to 1; customers who stay do not count; transition_matrix() counts them",
    ),
    AS_OF,
    ("first_at", "t.first_at", "instant of the first such change"),
    ("last_at", "t.last_at", "instant of the last such change"),
];

const TIME_IN_STAGE: &[Text] = &[
    ("stage", "s.stage", "stage of the lifecycle: prospect, new, active, at_risk, lapsed"),
    ("stage_order", "s.stage_order::int4", STAGE_ORDER_MEANS),
    ("customers", "coalesce(present.customers, 0)", "customers who are in the stage now"),
    (
        "mean_days_so_far",
        "round(present.days::numeric, 1)",
        "mean days of these customers in the stage up to the last refresh, as far as it is known; NULL where no customer is in it",
    ),
    (
        "completed_stays",
        "coalesce(completed.stays, 0)",
        "stays in the stage of which the log knows beginning and end; those that began before the log are left out",
    ),
    (
        "mean_days_completed",
        "round(completed.mean_days::numeric, 1)",
        "mean days of completed stays, which in a young log are the short ones; NULL where there is none",
    ),
    (
        "median_days_completed",
        "round(completed.median_days::numeric, 1)",
        "median days of completed stays; NULL where there is none",
    ),
    AS_OF,
];

/// The views of the log.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        View::new(
            store,
            "movements",
            "every change of a customer's stage or segment that a refresh has found, newest first, with the figures behind it",
            MOVEMENTS,
            "FROM {moves}\nWHERE c.moved_from IS DISTINCT FROM c.moved_to\nORDER BY m.at DESC, m.id DESC, c.what DESC",
        ),
        View::new(
            store,
            "transitions",
            "how often customers have moved from one stage or segment to another, over the whole log",
            TRANSITIONS,
            "FROM (SELECT c.what, coalesce(c.moved_from, '(none)') AS moved_from, coalesce(c.moved_to, '(none)') AS moved_to,
        count(*) AS moves, count(DISTINCT m.customer) AS customers, min(m.at) AS first_at, max(m.at) AS last_at
    FROM {moves}
    WHERE c.moved_from IS DISTINCT FROM c.moved_to
    GROUP BY 1, 2, 3) AS t
ORDER BY t.what DESC, t.moved_from, t.moves DESC, t.moved_to",
        ),
        View::new(
            store,
            "time_in_stage",
            "how long customers stay in each stage of the lifecycle: those who are there now, and those who have left",
            TIME_IN_STAGE,
            // A stay that has ended lies between two changes of stage of a customer, and was in the stage before the second.
            "FROM unnest({stages}) WITH ORDINALITY AS s (stage, stage_order)
LEFT JOIN (SELECT p.stage, count(*) AS customers,
        avg(greatest(date_part('epoch', {as_of} - p.stage_since) / 86400, 0)) FILTER (WHERE {as_of} IS NOT NULL) AS days
    FROM {data.profile} AS p GROUP BY p.stage) AS present ON present.stage = s.stage
LEFT JOIN (SELECT stay.stage, count(*) AS stays, avg(stay.days) AS mean_days,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY stay.days) AS median_days
    FROM (SELECT m.stage_before AS stage,
            date_part('epoch', m.at - lag(m.at) OVER (PARTITION BY m.customer ORDER BY m.at, m.id)) / 86400 AS days
        FROM {data.movement} AS m
        WHERE m.stage_before IS DISTINCT FROM m.stage_after) AS stay
    WHERE stay.days IS NOT NULL AND stay.stage IS NOT NULL
    GROUP BY stay.stage) AS completed ON completed.stage = s.stage
ORDER BY s.stage_order",
        ),
    ]
}

/// Where each customer was, and where each went.
pub fn functions(store: &Store) -> Vec<Function> {
    vec![stages_at(store), stages_on(store), transition_matrix(store)]
}

fn stages_on(store: &Store) -> Function {
    Function {
        name: "stages_on",
        arguments: &[("day", "date")],
        columns: vec![("customer", "{key}"), ("stage", "text"), ("segment", "text")],
        in_zone: true,
        rows: 100_000,
        body: fill(
            store,
            "SELECT s.customer, s.stage, s.segment
FROM {own.stages_at}((stages_on.day + 1)::timestamptz - '1 microsecond'::interval) AS s",
        ),
        comment: words(
            store,
            "the stage and segment in which every customer was at the end of a day of the time zone {zone_name}: as stages_at() at \
             its last microsecond",
        ),
    }
}

fn transition_matrix(store: &Store) -> Function {
    Function {
        name: "transition_matrix",
        arguments: &[("from_at", "timestamptz"), ("to_at", "timestamptz")],
        columns: vec![
            ("moved_from", "text"),
            ("moved_to", "text"),
            ("source", "text"),
            ("target", "text"),
            ("moved_from_order", "int4"),
            ("moved_to_order", "int4"),
            ("customers", "int8"),
            ("share", "numeric"),
        ],
        in_zone: false,
        rows: 36,
        body: fill(
            store,
            "SELECT t.moved_from, t.moved_to, 'from ' || t.moved_from, 'to ' || t.moved_to,
    coalesce(array_position({stages}, t.moved_from), 0) AS before, coalesce(array_position({stages}, t.moved_to), 0) AS after,
    t.customers, round(t.customers / sum(t.customers) OVER (PARTITION BY t.moved_from), 4)
FROM (SELECT coalesce(b.stage, '(none)') AS moved_from, coalesce(a.stage, '(none)') AS moved_to, count(*) AS customers
    FROM {own.stages_at}(transition_matrix.from_at) AS b
    FULL JOIN {own.stages_at}(transition_matrix.to_at) AS a ON a.customer = b.customer
    GROUP BY 1, 2) AS t
ORDER BY 5, 6",
        ),
        comment: words(
            store,
            "number of customers by their stage at from_at and at to_at; (none) means not in the store. share is of the customers \
             in moved_from",
        ),
    }
}

fn stages_at(store: &Store) -> Function {
    Function {
        name: "stages_at",
        arguments: &[("at", "timestamptz")],
        columns: vec![("customer", "{key}"), ("stage", "text"), ("segment", "text")],
        in_zone: false,
        rows: 100_000,
        // A customer is where the last movement up to then has led, or else whence the first one after it came, or else,
        // without any, where the profile says. A NULL there says that the customer was not there.
        body: fill(
            store,
            "SELECT w.customer, w.stage, w.segment
FROM (SELECT coalesce(p.customer, m.customer) AS customer,
        CASE WHEN m.customer IS NULL THEN p.stage ELSE m.stage END AS stage,
        CASE WHEN m.customer IS NULL THEN p.segment ELSE m.segment END AS segment
    FROM {data.profile} AS p
    FULL JOIN (SELECT coalesce(b.customer, a.customer) AS customer,
            CASE WHEN b.customer IS NULL THEN a.stage ELSE b.stage END AS stage,
            CASE WHEN b.customer IS NULL THEN a.segment ELSE b.segment END AS segment
        FROM (SELECT DISTINCT ON (m.customer) m.customer, m.stage_after AS stage, m.segment_after AS segment
            FROM {data.movement} AS m WHERE m.at <= stages_at.at ORDER BY m.customer, m.at DESC, m.id DESC) AS b
        FULL JOIN (SELECT DISTINCT ON (m.customer) m.customer, m.stage_before AS stage, m.segment_before AS segment
            FROM {data.movement} AS m WHERE m.at > stages_at.at ORDER BY m.customer, m.at, m.id) AS a
            ON a.customer = b.customer) AS m ON m.customer = p.customer) AS w
WHERE w.stage IS NOT NULL",
        ),
        comment: words(
            store,
            "the stage and segment of every customer at an instant, from the log of movements. An instant before the first refresh \
             counts as the first, one after the last as the last",
        ),
    }
}
