//! Journeys: how they stand, who is in them, what was sent, and what came of it.

use super::{Text, View};
use crate::domain::store::Store;

/// What each version is for, from the head of its definition: a kind of event, or so many purchases and so much spend; within so long.
pub const GOALS: &str = "(SELECT v.journey, v.version, {goal_event} AS event,
        coalesce((v.head #>> '{goal,bought,at_least}')::numeric, 1) AS at_least,
        (v.head #>> '{goal,bought,spend_at_least}')::numeric AS spend_at_least,
        coalesce(v.head #>> '{goal,within}', {goal_within})::interval AS within
    FROM {data.journey_version} AS v)";

/// Of which group a row with a column `control` is, given by its alias.
macro_rules! treatment {
    ($row:literal) => {
        concat!(
            "CASE ",
            $row,
            ".control WHEN 'journey' THEN 'journey control' WHEN 'store' THEN 'store control' ELSE 'treated' END"
        )
    };
}

const TREATMENT_MEANS: &str = "treated, or journey control or store control: customers of a control group go through every decision and get nothing";
const JOURNEY: Text = ("journey", "j.name", "name of the journey");
const ARM_MEANS: &str = "arms drawn at splits, such as subject=a; (none) before a split";

const JOURNEYS: &[Text] = &[
    JOURNEY,
    ("status", "j.status", "draft, live, paused or ended"),
    ("version", "j.version", "version that people enter; NULL before the first start"),
    ("created_at", "j.created_at", "when it was made"),
    ("started_at", "j.started_at", "when it was first started; NULL before"),
    ("entries", "coalesce(e.entries, 0)", "number of entries, in all versions, control groups included"),
    ("customers", "coalesce(e.customers, 0)", "how many customers have entered"),
    ("under_way", "coalesce(e.under_way, 0)", "entries that have not ended"),
    (
        "control_customers",
        "coalesce(e.control_customers, 0)",
        "customers of a control group among those who have entered",
    ),
    ("actions", "coalesce(a.actions, 0)", "actions decided, without those withheld from control groups"),
    ("pending", "coalesce(a.pending, 0)", "actions that wait for a sender, or are with one"),
    ("done", "coalesce(a.done, 0)", "actions that were done"),
    ("dead", "coalesce(a.dead, 0)", "actions that were given up after too many failures"),
    ("last_entered_at", "e.last_entered_at", "time of the last entry; NULL without one"),
    ("last_action_at", "a.last_action_at", "when an action was decided last; NULL if none was"),
];

const JOURNEYS_FROM: &str = "FROM {data.journey} AS j
LEFT JOIN (SELECT e.journey, count(*) AS entries, count(DISTINCT e.customer) AS customers,
        count(*) FILTER (WHERE e.due_at IS NOT NULL) AS under_way,
        count(DISTINCT e.customer) FILTER (WHERE e.control IS NOT NULL) AS control_customers, max(e.entered_at) AS last_entered_at
    FROM {data.enrollment} AS e GROUP BY e.journey) AS e ON e.journey = j.journey
LEFT JOIN (SELECT a.journey, count(*) FILTER (WHERE a.status <> 'withheld') AS actions,
        count(*) FILTER (WHERE a.status IN ('pending', 'claimed')) AS pending, count(*) FILTER (WHERE a.status = 'done') AS done,
        count(*) FILTER (WHERE a.status = 'dead') AS dead, max(a.decided_at) AS last_action_at
    FROM {data.action} AS a GROUP BY a.journey) AS a ON a.journey = j.journey
ORDER BY j.name";

fn journey_customers(store: &Store) -> View {
    View::new(
        store,
        "journey_customers",
        "one row for each entry of a customer into a journey: the step it is at, and how it ended",
        &[
            JOURNEY,
            ("version", "e.version", "version of the journey that the customer is in"),
            ("customer", "e.customer", "the customer's key, as it is in the orders"),
            ("entry", "e.entry", "which entry of the customer into this journey, from 1"),
            ("treatment", treatment!("e"), TREATMENT_MEANS),
            ("entered_at", "e.entered_at", "when the customer entered"),
            ("triggered_at", "e.triggered_at", "time of the event, order or change that triggered the entry"),
            ("step", "s.name", "step at which the customer is, or at which the journey ended"),
            ("step_since", "e.step_since", "since when the customer is or was at that step"),
            ("arm", "coalesce(e.arm, '(none)')", ARM_MEANS),
            ("due_at", "e.due_at", "when the step is due; NULL once it has ended"),
            ("postponed_since", "e.postponed_since", "since when the step's action is postponed; NULL if it is not"),
            ("postponed_reason", "e.postponed_reason", "why it is: quiet hours, or the cap; NULL if it is not"),
            ("ended_at", "e.ended_at", "when it ended; NULL while the customer is under way"),
            (
                "outcome",
                "e.outcome",
                "how it ended: goal, exit, unsubscribed, left (does not belong there any more), ended (with the journey); NULL while \
                 the customer is under way",
            ),
            (
                "goal_at",
                "least(g.at, CASE WHEN e.goal_at <= w.until THEN e.goal_at END)",
                "first time the goal was reached before goal_until; later refunds do not change it; NULL if it was not reached",
            ),
            ("goal_until", "w.until", "until when it counts"),
            (
                "goal_known_until",
                "greatest(least(w.until, CASE WHEN o.event IS NULL OR o.event = 'ordered' THEN {as_of} ELSE now() END), e.entered_at)",
                "until when it is known whether it was reached: purchases up to the last refresh, events up to now",
            ),
        ],
        "FROM {data.enrollment} AS e
JOIN {data.journey} AS j ON j.journey = e.journey
JOIN {goals} AS o ON o.journey = e.journey AND o.version = e.version
LEFT JOIN {data.journey_step} AS s ON s.journey = e.journey AND s.version = e.version AND s.step = e.step
LEFT JOIN {data.history} AS h ON h.customer = e.customer
CROSS JOIN LATERAL (SELECT coalesce(e.goal_until, ((e.entered_at AT TIME ZONE {zone}) + o.within) AT TIME ZONE {zone}) AS until
    OFFSET 0) AS w
CROSS JOIN LATERAL (SELECT CASE
        WHEN o.event IS NULL OR o.event = 'ordered' THEN (
            SELECT min(b.purchased_at) FROM (
                SELECT p.purchased_at, count(*) FILTER (WHERE p.amount >= 0) OVER so_far AS bought, sum(p.amount) OVER so_far AS spent
                FROM {ext.purchases}(h.purchases, w.until) AS p WHERE p.purchased_at > e.entered_at
                WINDOW so_far AS (ORDER BY p.purchased_at)) AS b
            WHERE b.bought >= o.at_least AND (o.spend_at_least IS NULL OR b.spent >= o.spend_at_least))
        ELSE least(
            (SELECT min(v.at) FROM {data.event} AS v
                WHERE v.customer = e.customer AND v.kind = o.event AND v.at > e.entered_at AND v.at <= w.until),
            (SELECT min(v.happened_at) FROM {ext.events}(h.engagement, w.until) AS v
                WHERE v.kind = o.event AND v.happened_at > e.entered_at))
        END AS at OFFSET 0) AS g",
    )
}

/// What came back for each action.
pub const REACTIONS: &str = "(SELECT v.customer, v.action,
        min(v.at) FILTER (WHERE v.kind IN ({delivery_evidence})) AS answered_at,
        min(v.at) FILTER (WHERE v.kind = 'delivered') AS delivered_at,
        min(v.at) FILTER (WHERE v.kind = 'open') AS opened_at, min(v.at) FILTER (WHERE v.kind = 'click') AS clicked_at,
        min(v.at) FILTER (WHERE v.kind = 'bounce') AS bounced_at,
        min(v.at) FILTER (WHERE v.kind IN ({opt_out})) AS unsubscribed_at
    FROM {data.event} AS v WHERE v.action IS NOT NULL GROUP BY v.customer, v.action)";

fn journey_actions(store: &Store) -> View {
    View::new(
        store,
        "journey_actions",
        "every action that a journey has decided, and what became of it",
        &[
            ("action", "a.id", "number of the action"),
            JOURNEY,
            ("version", "a.version", "version of the journey"),
            ("step", "s.name", "step that decided it"),
            ("customer", "a.customer", "the customer's key, as it is in the orders"),
            ("entry", "a.entry", "which entry of the customer into this journey, from 1"),
            ("treatment", treatment!("a"), TREATMENT_MEANS),
            ("arm", "coalesce(a.arm, '(none)')", ARM_MEANS),
            ("channel", "a.channel", "by which way it is sent, such as email"),
            ("template", "a.template", "what is sent"),
            (
                "status",
                "a.status",
                "pending, claimed, done, dead (given up), withheld (control group) or cancelled (unsubscribed, or the journey has ended)",
            ),
            ("attempts", "a.attempts", "how often a sender has claimed it"),
            ("error", "a.error", "what the sender has said of its last failure; NULL without one"),
            ("decided_at", "a.decided_at", "when it was decided"),
            (
                "sent_at",
                "CASE WHEN a.status = 'done' THEN greatest(least(a.completed_at, r.answered_at), a.decided_at) END",
                "when it was done, as its sender has said, or as the first reaction proves, be it a bounce; NULL if it was not",
            ),
            (
                "delivered_at",
                "least(r.delivered_at, r.opened_at, r.clicked_at)",
                "when it was delivered, as its provider reported or the first opening proves; NULL if neither is known",
            ),
            (
                "opened_at",
                "least(r.opened_at, r.clicked_at)",
                "when it was first opened; a click is an opening, whether or not the picture was loaded; NULL if it was not",
            ),
            ("clicked_at", "r.clicked_at", "when a link in it was first followed; NULL if none was"),
            ("bounced_at", "r.bounced_at", "when it came back; NULL if it did not"),
            (
                "unsubscribed_at",
                "r.unsubscribed_at",
                "when it was answered by an unsubscription or a complaint; NULL if it was not",
            ),
        ],
        "FROM {data.action} AS a
JOIN {data.journey} AS j ON j.journey = a.journey
LEFT JOIN {data.journey_step} AS s ON s.journey = a.journey AND s.version = a.version AND s.step = a.step
LEFT JOIN {reactions} AS r ON r.customer = a.customer AND r.action = a.id AND a.status = 'done'",
    )
}

fn journey_credits(store: &Store) -> View {
    View::new(
        store,
        "journey_credits",
        "purchases credited to an action by the attribution rule of the policy; each purchase has one action at most, and refunds \
         reduce the credit",
        &[
            ("customer", "c.customer", "the customer's key, as it is in the orders"),
            ("purchased_at", "c.purchased_at", "when the purchase was made"),
            ("amount", "round(c.amount, 2)", "what it came to, {money}"),
            ("refunded", "round(c.refunded, 2)", "what was given back of it by the last refresh, {money}"),
            ("credit", "round(c.amount - c.refunded, 2)", "what is left of it, {money}"),
            ("action", "c.action", "number of the action that it is credited to"),
            ("journey", "c.journey", "name of that action's journey"),
            ("version", "c.version", "version of the journey"),
            ("step", "c.step", "step that decided the action"),
            ("entry", "c.entry", "which entry of the customer into this journey, from 1"),
            ("arm", "c.arm", ARM_MEANS),
            ("touched_at", "c.touched_at", "when it was sent, opened or clicked, as the rule says"),
            (
                "days_after_touch",
                "round((date_part('epoch', c.purchased_at - c.touched_at) / 86400)::numeric, 2)",
                "days from there to the purchase",
            ),
            ("rule", "c.rule", "the rule: last_touch or first_touch, of what is sent, open or click, and within how long"),
        ],
        // A purchase is one by its place among all of the customer: two may be of one instant and amount.
        "FROM (SELECT DISTINCT ON (b.customer, b.place) b.customer, b.purchased_at, b.amount, b.refunded, t.action, t.journey,
        t.version, t.step, t.entry, t.arm, t.touched_at, r.rule || ' (' || r.touch || ') within ' || r.within AS rule
    FROM (SELECT coalesce(k.policy #>> '{attribution,rule}', {attribution_rule}) AS rule,
            coalesce(k.policy #>> '{attribution,touch}', {attribution_touch}) AS touch,
            coalesce(k.policy #>> '{attribution,window}', {attribution_window}) AS within
        FROM {data.journey_state} AS k) AS r
    CROSS JOIN LATERAL (
        SELECT a.action, a.journey, a.version, a.step, a.entry, a.arm, a.customer, a.sent_at AS touched_at
        FROM {own.journey_actions} AS a
        WHERE r.touch = 'sent' AND a.sent_at IS NOT NULL AND (a.bounced_at IS NULL OR a.delivered_at IS NOT NULL)
        UNION ALL
        SELECT a.action, a.journey, a.version, a.step, a.entry, a.arm, a.customer, v.at
        FROM {data.event} AS v JOIN {own.journey_actions} AS a ON a.action = v.action AND a.customer = v.customer
        WHERE v.kind = r.touch AND a.status = 'done') AS t
    JOIN (SELECT h.customer, p.purchased_at, p.amount, p.refunded, p.place
        FROM {data.history} AS h, {ext.net_purchases}(h.purchases, '9999-12-31 00:00:00+00'::timestamptz)
            WITH ORDINALITY AS p (purchased_at, amount, refunded, place))
        AS b ON b.customer = t.customer
    WHERE t.touched_at <= b.purchased_at
        AND t.touched_at >= ((b.purchased_at AT TIME ZONE {zone}) - r.within::interval) AT TIME ZONE {zone}
    ORDER BY b.customer, b.place,
        date_part('epoch', t.touched_at) * CASE r.rule WHEN 'first_touch' THEN 1 ELSE -1 END,
        t.action * CASE r.rule WHEN 'first_touch' THEN 1 ELSE -1 END) AS c",
    )
}

fn journey_funnel(store: &Store) -> View {
    View::new(
        store,
        "journey_funnel",
        "the funnel of each version and group: entries, each step that acts, and the goal",
        &[
            ("journey", "f.journey", "name of the journey"),
            ("version", "f.version", "version of the journey"),
            ("treatment", "f.treatment", TREATMENT_MEANS),
            ("place", "f.place", "place in the funnel, from 0 (entered), without gaps, to sort by"),
            (
                "label",
                "lpad(f.place::text, length(f.last_place::text), '0') || ' ' || f.step",
                "place and step, such as 2 letter: sorted as text, the labels are in the order of the funnel",
            ),
            ("step", "f.step", "(entered), the name of a step that acts, or (goal)"),
            ("entries", "f.entries", "entries that came so far: for a step, those for which its action was decided"),
            (
                "share_of_entered",
                "round(f.entries / nullif(f.entered, 0)::numeric, 4)",
                "their share of all entries of the group, 0 to 1",
            ),
            ("sent", "f.sent", "entries whose message was sent; NULL but for steps"),
            ("delivered", "f.delivered", "entries whose message was delivered; NULL but for steps"),
            ("opened", "f.opened", "entries whose message was opened; NULL but for steps"),
            ("clicked", "f.clicked", "entries with a click in the message; NULL but for steps"),
        ],
        include_str!("sql/journey_funnel.sql"),
    )
}

fn journey_goals(store: &Store) -> View {
    View::new(
        store,
        "journey_goals",
        "the share of entries that have reached the goal by each day after the entry, for each version and group (Kaplan and Meier), \
         so that recent entries count up to the last refresh",
        &[
            ("journey", "g.journey", "name of the journey"),
            ("version", "g.version", "version of the journey"),
            ("treatment", "g.treatment", TREATMENT_MEANS),
            (
                "day",
                "g.day",
                "whole days since the entry, every one from 0 to the last on which an entry of the group is known",
            ),
            (
                "still_followed",
                "g.still_followed",
                "entries that had not reached the goal before this day, and are known on it",
            ),
            ("reached", "g.reached", "entries that reached the goal on this day"),
            (
                "share_reached",
                "round((1 - g.share_left)::numeric, 4)",
                "share of entries that have reached the goal by the end of this day, 0 to 1, estimated at the instants themselves",
            ),
        ],
        include_str!("sql/journey_goals.sql"),
    )
}

/// The views of journeys.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        View::new(store, "journeys", "one row for each journey: status, entries and actions", JOURNEYS, JOURNEYS_FROM),
        journey_customers(store),
        journey_actions(store),
        journey_credits(store),
        journey_funnel(store),
        journey_goals(store),
    ]
}
