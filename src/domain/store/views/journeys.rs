//! Journeys: how they stand, who is in them, what was sent, and what came of it.

use super::template::{Views, fill};
use super::{Text, View};
use crate::domain::store::Store;
use crate::domain::support::sql::{Sql, expression, sql};

/// Of which group a row with a column `control` is, given by its alias.
macro_rules! treatment {
    ($row:literal) => {
        concat!(
            "CASE ",
            $row,
            ".control WHEN 'journey' THEN {journey_control} WHEN 'store' THEN {store_control} ELSE 'treated' END"
        )
    };
}

const TREATMENT_MEANS: &str = "treated, or journey control or store control: customers of a control group go through every decision and get nothing";
const JOURNEY: Text = ("journey", "journey.name", "name of the journey");
const RESULTS_AS_OF: Text = (
    "as_of",
    "{as_of}",
    "instant of the last refresh, up to which purchases count; entries, messages and events count up to now; NULL before the first",
);
const ARM_MEANS: &str = "arms drawn at splits, such as subject=a; (none) before a split";

const JOURNEYS: &[Text] = &[
    JOURNEY,
    ("status", "journey.status", "draft, live, paused, held (too many customers would have entered) or ended"),
    ("version", "journey.version", "version that people enter; NULL before the first start"),
    ("created_at", "journey.created_at", "when it was made"),
    ("started_at", "journey.started_at", "when it was first started; NULL before"),
    ("entries", "coalesce(entered.entries, 0)", "number of entries, in all versions, control groups included"),
    ("customers", "coalesce(entered.customers, 0)", "how many customers have entered"),
    ("under_way", "coalesce(entered.under_way, 0)", "entries that have not ended"),
    (
        "control_customers",
        "coalesce(entered.control_customers, 0)",
        "customers of a control group among those who have entered",
    ),
    ("actions", "coalesce(decided.actions, 0)", "actions decided, without those withheld from control groups"),
    ("pending", "coalesce(decided.pending, 0)", "actions that wait for a sender, or are with one"),
    ("done", "coalesce(decided.done, 0)", "actions that were done"),
    ("dead", "coalesce(decided.dead, 0)", "actions that were given up after too many failures"),
    ("last_entered_at", "entered.last_entered_at", "time of the last entry; NULL without one"),
    ("last_action_at", "decided.last_action_at", "when an action was decided last; NULL if none was"),
    ("held_since", "journey.held_since", "since when it is held; NULL if it is not"),
    ("held_reason", "journey.held_reason", "why it is held; NULL if it is not"),
];

fn journey_customers(store: &Store) -> View {
    View::new(
        store,
        "journey_customers",
        "one row for each entry of a customer into a journey: the step it is at, and how it ended",
        &[
            JOURNEY,
            ("version", "enrollment.version", "version of the journey that the customer is in"),
            ("customer", "enrollment.customer", "the customer's key, as it is in the orders"),
            ("entry", "enrollment.entry", "which entry of the customer into this journey, from 1"),
            (
                "occasion",
                "enrollment.occasion_key",
                "key of the event or order, which tells the entry apart from others of the customer; NULL where the journey has no key",
            ),
            (
                "order_key",
                "enrollment.order_key",
                "key of the order by which the customer entered; NULL where that was no order, or the store knows no keys",
            ),
            ("treatment", treatment!("enrollment"), TREATMENT_MEANS),
            ("entered_at", "enrollment.entered_at", "when the customer entered"),
            ("triggered_at", "enrollment.triggered_at", "time of the event, order or change that triggered the entry"),
            ("step", "step.name", "step at which the customer is, or at which the journey ended"),
            ("step_since", "enrollment.step_since", "since when the customer is or was at that step"),
            ("arm", "coalesce(enrollment.arm, '(none)')", ARM_MEANS),
            (
                "due_at",
                "enrollment.due_at",
                "when the step is due; infinity while its message waits to be sent; NULL once it has ended",
            ),
            (
                "postponed_since",
                "enrollment.postponed_since",
                "since when the step's action is postponed; NULL if it is not",
            ),
            (
                "postponed_reason",
                "enrollment.postponed_reason",
                "why it is: quiet hours, or the cap; NULL if it is not",
            ),
            ("ended_at", "enrollment.ended_at", "when it ended; NULL while the customer is under way"),
            (
                "outcome",
                "CASE WHEN enrollment.is_taken_back THEN 'goal taken back' ELSE enrollment.outcome END",
                "how it ended: goal, goal taken back (with the order), exit, cancelled (what it began with), unsubscribed, left (does \
                 not belong there any more), ended (with the journey), merged (into another entry), forgotten; NULL while under way",
            ),
            (
                "goal_at",
                "enrollment.reached_at",
                "first time the goal was reached before goal_until, by orders that still count; later refunds do not change it; NULL if it was not reached",
            ),
            ("goal_until", "enrollment.until", "until when it counts"),
            (
                "goal_known_until",
                "greatest(least(enrollment.until, CASE enrollment.goal_event WHEN 'ordered' THEN {as_of} ELSE now() END), enrollment.entered_at)",
                "until when it is known whether it was reached: purchases up to the last refresh, events up to now",
            ),
        ],
        sql!(Views(store), "sql/journey_customers.sql"),
    )
}

fn journey_actions(store: &Store) -> View {
    View::new(
        store,
        "journey_actions",
        "every action that a journey has decided, and what became of it",
        &[
            ("action", "action.id", "number of the action"),
            JOURNEY,
            ("version", "action.version", "version of the journey"),
            ("step", "step.name", "step that decided it"),
            ("customer", "action.customer", "the customer's key, as it is in the orders"),
            ("entry", "action.entry", "which entry of the customer into this journey, from 1"),
            ("treatment", treatment!("action"), TREATMENT_MEANS),
            ("arm", "coalesce(action.arm, '(none)')", ARM_MEANS),
            ("channel", "action.channel", "by which way it is sent, such as email"),
            ("template", "action.template", "what is sent"),
            (
                "status",
                "action.status",
                "pending, claimed, done, dead (given up), withheld (control group, no consent, no address), cancelled (unsubscribed, or left the \
                 journey) or dropped (too late): reason says why",
            ),
            ("attempts", "action.attempts", "how often a sender has claimed it"),
            ("error", "action.error", "what the sender has said of its last failure; NULL without one"),
            ("decided_at", "action.decided_at", "when it was decided"),
            (
                "sent_at",
                "CASE WHEN action.status = 'done' THEN greatest(least(action.completed_at, reaction.answered_at), action.decided_at) END",
                "when it was done, as its sender has said, or as the first reaction proves, be it a bounce; NULL if it was not",
            ),
            (
                "delivered_at",
                "least(reaction.delivered_at, reaction.opened_at, reaction.clicked_at)",
                "when it was delivered, as its provider reported or the first opening proves; NULL if neither is known",
            ),
            (
                "opened_at",
                "least(reaction.opened_at, reaction.clicked_at)",
                "when it was first opened; a click is an opening, whether or not the picture was loaded; NULL if it was not",
            ),
            ("clicked_at", "reaction.clicked_at", "when a link in it was first followed; NULL if none was"),
            ("bounced_at", "reaction.bounced_at", "when it came back; NULL if it did not"),
            (
                "unsubscribed_at",
                "reaction.unsubscribed_at",
                "when it was answered by an unsubscription or a complaint; NULL if it was not",
            ),
            (
                "topic",
                "action.topic",
                "what it is about, of which customers can unsubscribe alone; NULL if nothing is said",
            ),
            (
                "transactional",
                "action.transactional",
                "whether it answers something that the customer did, so that caps and consent do not hold",
            ),
            ("expires_at", "action.expires_at", "when it is too late to send it"),
            ("handed_over_at", "action.handed_over_at", "when a sender got it last; NULL if none has"),
            (
                "reason",
                "action.reason",
                "why it was put off, withheld, cancelled or dropped when a sender asked for it; NULL if it was not",
            ),
        ],
        sql!(Views(store), "sql/journey_actions.sql"),
    )
}

fn journey_credits(store: &Store) -> View {
    View::new(
        store,
        "journey_credits",
        "purchases credited to an action by the attribution rule of the policy; each purchase has one action at most, and refunds \
         reduce the credit",
        &[
            ("customer", "credit.customer", "the customer's key, as it is in the orders"),
            ("purchased_at", "credit.purchased_at", "when the purchase was made"),
            ("amount", "round(credit.amount, 2)", "what it came to, {money}"),
            ("refunded", "round(credit.refunded, 2)", "what was given back of it by the last refresh, {money}"),
            ("credit", "round(credit.amount - credit.refunded, 2)", "what is left of it, {money}"),
            ("action", "credit.action", "number of the action that it is credited to"),
            ("journey", "journey.name", "name of that action's journey"),
            ("version", "credit.version", "version of the journey"),
            ("step", "step.name", "step that decided the action"),
            ("entry", "credit.entry", "which entry of the customer into this journey, from 1"),
            ("arm", "credit.arm", ARM_MEANS),
            ("touched_at", "credit.touched_at", "when it was sent, opened or clicked, as the rule says"),
            (
                "days_after_touch",
                "round((date_part('epoch', credit.purchased_at - credit.touched_at) / 86400)::numeric, 2)",
                "days from there to the purchase",
            ),
            (
                "rule",
                "credit.rule",
                "the rule: last_touch or first_touch, of what is sent, open or click, and within how long",
            ),
        ],
        sql!(Views(store), "sql/journey_credits.sql"),
    )
}

fn journey_funnel(store: &Store) -> View {
    View::new(
        store,
        "journey_funnel",
        "the funnel of each version and group: entries, each step that acts, and the goal",
        &[
            RESULTS_AS_OF,
            ("journey", "funnel.journey", "name of the journey"),
            ("version", "funnel.version", "version of the journey"),
            ("treatment", "funnel.treatment", TREATMENT_MEANS),
            ("place", "funnel.place", "place in the funnel, from 0 (entered), without gaps, to sort by"),
            (
                "label",
                "lpad(funnel.place::text, length(funnel.last_place::text), '0') || ' ' || funnel.step",
                "place and step, such as 2 letter: sorted as text, the labels are in the order of the funnel",
            ),
            ("step", "funnel.step", "(entered), the name of a step that acts, or (goal)"),
            (
                "entries",
                "funnel.entries",
                "entries that came so far: for a step, those for which its action was decided",
            ),
            (
                "share_of_entered",
                "round(funnel.entries / nullif(funnel.entered, 0)::numeric, 4)",
                "their share of all entries of the group, 0 to 1",
            ),
            ("sent", "funnel.sent", "entries whose message was sent; NULL but for steps"),
            ("delivered", "funnel.delivered", "entries whose message was delivered; NULL but for steps"),
            ("opened", "funnel.opened", "entries whose message was opened; NULL but for steps"),
            ("clicked", "funnel.clicked", "entries with a click in the message; NULL but for steps"),
        ],
        sql!(Views(store), "sql/journey_funnel.sql", treatment = fill(store, treatment!("measured"))),
    )
}

fn journey_goals(store: &Store) -> View {
    View::new(
        store,
        "journey_goals",
        "the share of entries that have reached the goal by each day after the entry, for each version and group (Kaplan and Meier), \
         so that recent entries count up to the last refresh",
        &[
            RESULTS_AS_OF,
            ("journey", "reaching.journey", "name of the journey"),
            ("version", "reaching.version", "version of the journey"),
            ("treatment", "reaching.treatment", TREATMENT_MEANS),
            (
                "day",
                "reaching.day",
                "whole days since the entry, every one from 0 to the last on which an entry of the group is known",
            ),
            (
                "still_followed",
                "reaching.still_followed",
                "entries that had not reached the goal before this day, and are known on it",
            ),
            ("reached", "reaching.reached", "entries that reached the goal on this day"),
            (
                "share_reached",
                "round((1 - reaching.share_left)::numeric, 4)",
                "share of entries that have reached the goal by the end of this day, 0 to 1, estimated at the instants themselves",
            ),
        ],
        sql!(Views(store), "sql/journey_goals.sql"),
    )
}

fn codes(store: &Store) -> View {
    View::new(
        store,
        "codes",
        "the voucher codes that actions have taken, and whether an order used them",
        &[
            ("pool", "code.pool", "name of the pool"),
            ("code", "code.code", "voucher code, as it was added"),
            JOURNEY,
            ("customer", "action.customer", "key of the customer whose action took it; NULL if that action is gone"),
            ("taken_at", "code.taken_at", "when it was handed over to a sender"),
            (
                "used_at",
                "used.at",
                "instant of the first order with this code, in any case of its letters; NULL without one",
            ),
            ("used_by", "used.customer", "key of the customer of that order, who may be another one"),
        ],
        sql!(store, "sql/codes.sql", orders = orders_with_codes(store)),
    )
}

fn code_pools(store: &Store) -> View {
    View::new(
        store,
        "code_pools",
        "the pools of voucher codes: how many are free, taken and used",
        &[
            ("pool", "pool.pool", "name of the pool"),
            ("codes", "pool.codes", "number of codes"),
            ("free", "pool.free", "how many no action has taken"),
            ("taken", "pool.codes - pool.free", "how many actions have taken"),
            ("used", "pool.used", "how many of the taken ones an order used; 0 where the setting code names no column"),
            ("last_taken_at", "pool.last_taken_at", "when one was taken last; NULL if none was"),
        ],
        sql!(store, "sql/code_pools.sql", orders = orders_with_codes(store)),
    )
}

/// The orders with a code: the code in small letters, the instant and the customer; none where the store does not know codes.
fn orders_with_codes(store: &Store) -> Sql {
    match store.settings.code {
        Some(_) => sql!(store, "sql/orders_with_codes.sql"),
        None => expression!(
            store,
            "(SELECT NULL::text AS code, NULL::timestamptz AS at, NULL::{key} AS customer WHERE false)"
        ),
    }
}

fn suppressions(store: &Store) -> View {
    View::new(
        store,
        "suppressions",
        "the customers who get nothing on a channel, or on a topic of it: one row for each suppression that is in force",
        &[
            ("customer", "suppression.customer", "the customer's key, as it is in the orders"),
            ("channel", "suppression.channel", "channel that nothing is sent on; NULL for all"),
            ("topic", "suppression.topic", "topic that nothing is sent of; NULL for all"),
            (
                "reason",
                "suppression.reason",
                "hard_bounce, soft_bounces (three in a row), complaint, unsubscribe, or manual (by lifecycle.suppress)",
            ),
            ("since", "suppression.since", "since when it holds"),
            ("event", "suppression.event", "number of the event that says so; NULL if the owner does"),
            ("note", "suppression.note", "note of the owner"),
        ],
        sql!(store, "sql/suppressions.sql"),
    )
}

fn consents(store: &Store) -> View {
    View::new(
        store,
        "consents",
        "what customers have agreed to, as lifecycle.record_consent and lifecycle.withdraw_consent say: one row for each customer and channel",
        &[
            ("customer", "consent.customer", "the customer's key, as it is in the orders"),
            ("channel", "consent.channel", "by which way the customer has agreed to be written to; NULL for all"),
            ("given_at", "consent.given_at", "when consent was given last; NULL if it was only withdrawn"),
            ("evidence", "consent.evidence", "by what it can be shown, as was said then; NULL if nothing was"),
            ("withdrawn_at", "consent.withdrawn_at", "when it was taken back last; NULL if it was not"),
            (
                "valid",
                "coalesce(consent.given_at > coalesce(consent.withdrawn_at, '-infinity'), false)",
                "whether it was given after it was last taken back",
            ),
        ],
        sql!(Views(store), "sql/consents.sql"),
    )
}

/// The views of journeys.
pub fn views(store: &Store) -> Vec<View> {
    vec![
        View::new(
            store,
            "journeys",
            "one row for each journey: status, entries and actions",
            JOURNEYS,
            sql!(Views(store), "sql/journeys.sql"),
        ),
        journey_customers(store),
        journey_actions(store),
        journey_credits(store),
        journey_funnel(store),
        journey_goals(store),
        suppressions(store),
        consents(store),
        codes(store),
        code_pools(store),
    ]
}
