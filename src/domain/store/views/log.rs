//! The log of movements: each change, how many went from where to where, how long customers stay, and where each was.

use super::template::{Views, fill, words};
use super::{AS_OF, Function, STAGE_ORDER_MEANS, Text, View};
use crate::domain::store::Store;
use crate::domain::support::sql::sql;

/// A row of the log may tell of a stage and of a segment; each is a change of its own here.
pub const CHANGES: &str = "{data.movement} AS movement,
    LATERAL (VALUES ('stage', movement.stage_before, movement.stage_after), ('segment', movement.segment_before, movement.segment_after))
        AS change (what, moved_from, moved_to)";

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
    ("customer", "movement.customer", "the customer's key, as it is in the orders"),
    ("at", "movement.at", "instant of the refresh that found the change"),
    ("day", "(movement.at AT TIME ZONE {zone})::date", "day of that instant, time zone {zone_name}"),
    ("kind", "change.what", "what changed: stage or segment"),
    (
        "refitted",
        "CASE WHEN change.what = 'stage' THEN movement.stage_refitted ELSE movement.segment_refitted END",
        "whether borders made the change, by a fit, a grid, a setting or an upgrade of the store: by those of before the customer would \
         not be there",
    ),
    (
        "moved_from",
        "coalesce(change.moved_from, '(none)')",
        "the stage or segment before; (none) for customers whom the store had never seen",
    ),
    ("moved_to", "coalesce(change.moved_to, '(none)')", "the stage or segment after"),
    ("moved_from_order", place_of!("change.what", "change.moved_from"), PLACE_BEFORE_MEANS),
    ("moved_to_order", place_of!("change.what", "change.moved_to"), PLACE_AFTER_MEANS),
    (
        "score_before",
        "movement.score_before",
        "RFM scores before, such as 5-4-3; NULL without a purchase, or for new customers",
    ),
    ("score_after", "movement.score_after", "RFM scores after, such as 5-4-3; NULL without a purchase"),
    ("orders_before", "coalesce(movement.orders_before, 0)", "number of purchases before; 0 for new customers"),
    ("orders_after", "coalesce(movement.orders_after, 0)", "number of purchases after"),
    ("spend_before", "coalesce(round(movement.spend_before, 2), 0)", "spend before, {money}; 0 for new customers"),
    ("spend_after", "coalesce(round(movement.spend_after, 2), 0)", "spend after, {money}"),
    (
        "recency_days_before",
        "movement.recency_days_before",
        "whole days since the last purchase before; NULL without a purchase, or for new customers",
    ),
    (
        "recency_days_after",
        "movement.recency_days_after",
        "whole days since the last purchase after; NULL without a purchase",
    ),
    (
        "overdue_ratio_before",
        "movement.overdue_ratio_before",
        "time since the last purchase as a multiple of the usual gap, before; NULL without a purchase, or for new customers",
    ),
    (
        "overdue_ratio_after",
        "movement.overdue_ratio_after",
        "time since the last purchase as a multiple of the usual gap, after; NULL without a purchase",
    ),
];

const CORRECTIONS: &[Text] = &[
    ("customer", "movement.customer", "the customer's key, as it is in the orders"),
    ("at", "movement.at", "instant of the refresh that found it"),
    ("day", "(movement.at AT TIME ZONE {zone})::date", "day of that instant, time zone {zone_name}"),
    (
        "kind",
        "movement.kind",
        "what happened: vanished (all rows of the customer are gone), returned (they are back), corrected (rows of the past came, went \
         or changed, and the customer has bought nothing since)",
    ),
    ("stage_before", "movement.stage_before", "the stage before; NULL for customers who have returned"),
    ("stage_after", "movement.stage_after", "the stage after; NULL for customers who have vanished"),
    ("segment_before", "movement.segment_before", "the segment before; NULL for customers who have returned"),
    ("segment_after", "movement.segment_after", "the segment after; NULL for customers who have vanished"),
];

const TRANSITIONS: &[Text] = &[
    ("kind", "transition.what", "what changed: stage or segment"),
    (
        "moved_from",
        "transition.moved_from",
        "the stage or segment before; (none) for customers who are new to the store",
    ),
    ("moved_to", "transition.moved_to", "the stage or segment after; (none) for customers who are gone from the store"),
    (
        "source",
        "'from ' || transition.moved_from",
        "moved_from as the source of a link in a Sankey chart, such as from active",
    ),
    (
        "target",
        "'to ' || transition.moved_to",
        "moved_to as the target of a link, such as to at_risk: no target is a source, and so no links go in a circle",
    ),
    ("moved_from_order", place_of!("transition.what", "transition.moved_from"), PLACE_BEFORE_MEANS),
    ("moved_to_order", place_of!("transition.what", "transition.moved_to"), PLACE_AFTER_MEANS),
    ("moves", "transition.moves", "number of such changes in the log"),
    ("customers", "transition.customers", "number of customers who made them, each counted once"),
    (
        "share_of_moves",
        "round(transition.moves / sum(transition.moves) OVER (PARTITION BY transition.what, transition.moved_from), 4)",
        "share of all changes out of moved_from, 0 to 1; customers who stay do not count; transition_matrix() counts them",
    ),
    AS_OF,
    ("first_at", "transition.first_at", "instant of the first such change"),
    ("last_at", "transition.last_at", "instant of the last such change"),
];

const TIME_IN_STAGE: &[Text] = &[
    ("stage", "stages.stage", "stage of the lifecycle: prospect, new, active, at_risk, lapsed"),
    ("stage_order", "stages.stage_order::int4", STAGE_ORDER_MEANS),
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

/// The columns of `left_out`.
const LEFT_OUT: &[Text] = &[
    ("as_of", "counted.as_of", "instant of the refresh that has counted them"),
    (
        "reason",
        "found.key",
        "why: no customer, customer too long, guest, no time, time out of range, no order key, no amount, amount is no number, currency unknown, amount out of \
         range, or status is NULL",
    ),
    ("rows", "(found.value ->> 'rows')::int8", "how many rows"),
    ("amount", "(found.value ->> 'amount')::numeric", "the sum of their amounts; NULL where none is known"),
];

/// The views of the log.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        View::new(
            store,
            "movements",
            "every change of a customer's stage or segment that a refresh has found, newest first, with the figures behind it. Customers \
             who have vanished or returned, and corrections of the past, are in corrections",
            MOVEMENTS,
            fill(
                store,
                "FROM {moves}\nWHERE movement.kind IN ('moved', 'appeared') AND change.moved_from IS DISTINCT FROM change.moved_to\nORDER BY movement.at DESC, movement.id DESC, change.what DESC",
            ),
        ),
        View::new(
            store,
            "corrections",
            "every change of a customer's stage or segment that no customer made, newest first: rows of the sources came, went or changed",
            CORRECTIONS,
            fill(
                store,
                "FROM {data.movement} AS movement\nWHERE movement.kind IN ('vanished', 'returned', 'corrected')\nORDER BY movement.at DESC, movement.id DESC",
            ),
        ),
        View::new(
            store,
            "left_out",
            "the rows of the orders that count for nobody, by the reason, as the last refresh that read all rows has counted them. Rows that \
             the setting status leaves out are no orders, and are not among them",
            LEFT_OUT,
            sql!(Views(store), "sql/left_out.sql"),
        ),
        View::new(
            store,
            "transitions",
            "how often customers have moved from one stage or segment to another, over the whole log",
            TRANSITIONS,
            sql!(Views(store), "sql/transitions.sql"),
        ),
        View::new(
            store,
            "time_in_stage",
            "how long customers stay in each stage of the lifecycle: those who are there now, and those who have left",
            TIME_IN_STAGE,
            sql!(Views(store), "sql/time_in_stage.sql"),
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
        columns: vec![("customer", "{key}"), ("stage", "text"), ("stage_order", "int4"), ("segment", "text")],
        in_zone: true,
        rows: 100_000,
        body: fill(
            store,
            "SELECT stages.customer, stages.stage, stages.stage_order, stages.segment
FROM {own.stages_at}((stages_on.day + 1)::timestamptz - '1 microsecond'::interval) AS stages",
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
        body: sql!(Views(store), "sql/transition_matrix.sql"),
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
        columns: vec![("customer", "{key}"), ("stage", "text"), ("stage_order", "int4"), ("segment", "text")],
        in_zone: false,
        rows: 100_000,
        body: sql!(Views(store), "sql/stages_at.sql"),
        comment: words(
            store,
            "the stage and segment of every customer at an instant, from the log of movements. An instant before the first refresh \
             counts as the first, one after the last as the last",
        ),
    }
}
