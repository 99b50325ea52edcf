//! What happened to one customer in a journey, when, and why.

use crate::domain::journey::engine::context::text;
use crate::domain::store::Store;
use crate::domain::store::quote::literal;

/// All that is known of a customer's entries into a journey, in order, in the columns of `lifecycle.explain_journey`.
pub fn explain(store: &Store, journey: &str, customer: &str) -> String {
    // Of two things at one instant, `place` says which came first.
    format!(
        "WITH entries AS MATERIALIZED (
            SELECT c.entry, c.version, c.entered_at, c.ended_at, c.goal_at, c.goal_until, c.treatment, c.step, c.due_at, c.postponed_since,
                c.postponed_why, COALESCE(lead(c.entered_at) OVER (ORDER BY c.entry), 'infinity') AS next_entered_at
            FROM {customers} AS c WHERE c.journey = {name} AND c.customer = {customer}),
        acts AS MATERIALIZED (
            SELECT a.* FROM {actions} AS a WHERE a.journey = {name} AND a.customer = {customer}),
        told AS (
            SELECT d.entry, d.version, d.at, s.name AS step, d.what, CASE d.what WHEN 'entered' THEN concat_ws('; ', d.why,
                    CASE e.treatment WHEN 'journey control' THEN 'in the control group of the journey, which gets nothing from it'
                        WHEN 'store control' THEN 'in the control group of the store, which gets nothing from any journey' END)
                ELSE d.why END AS why, CASE d.what WHEN 'entered' THEN 0 WHEN 'left' THEN 9 ELSE 3 END AS place, d.id
            FROM {decision} AS d JOIN {table} AS j ON j.journey = d.journey JOIN entries AS e ON e.entry = d.entry
                LEFT JOIN {step} AS s ON s.journey = d.journey AND s.version = d.version AND s.step = d.step
            WHERE j.name = {name} AND d.customer = {customer}
            UNION ALL
            SELECT a.entry, a.version, a.decided_at, a.step, CASE a.status WHEN 'withheld' THEN 'withheld' ELSE 'decided' END,
                concat_ws('; ', a.channel || ': ' || a.template,
                    CASE WHEN a.status IN ('pending', 'claimed', 'dead', 'cancelled') THEN a.status END,
                    'last failure: ' || a.error), 4, a.action
            FROM acts AS a
            UNION ALL
            SELECT a.entry, a.version, a.sent_at, a.step, 'sent', 'attempt ' || a.attempts, 5, a.action FROM acts AS a WHERE a.sent_at IS NOT NULL
            UNION ALL
            SELECT a.entry, a.version, v.at, a.step, v.kind, v.channel, 6, v.id
            FROM acts AS a JOIN {event} AS v ON v.action = a.action AND v.customer = {customer}
            UNION ALL
            SELECT e.entry, e.version, v.at, NULL, v.kind, v.channel, 6, v.id
            FROM entries AS e JOIN {event} AS v ON v.customer = {customer} AND v.action IS NULL AND v.at > e.entered_at
                AND v.at <= LEAST(e.next_entered_at, GREATEST(COALESCE(e.ended_at, 'infinity'), e.goal_until))
            UNION ALL
            SELECT e.entry, e.version, p.purchased_at, k.step, 'purchased', concat_ws('; ', round(p.amount, 2)::text,
                    'given back: ' || NULLIF(round(p.refunded, 2), 0), 'credited to action ' || k.action), 7, p.place
            FROM entries AS e JOIN {history} AS h ON h.customer = {customer}
                CROSS JOIN LATERAL {net_purchases}(h.purchases, '9999-12-31 00:00:00+00'::timestamptz) WITH ORDINALITY
                    AS p (purchased_at, amount, refunded, place)
                LEFT JOIN LATERAL (SELECT k.step, k.action FROM {credits} AS k
                    WHERE k.customer = {customer} AND k.journey = {name} AND k.purchased_at = p.purchased_at AND k.amount = round(p.amount, 2)
                    LIMIT 1) AS k ON true
            WHERE p.purchased_at > e.entered_at
                AND p.purchased_at <= LEAST(e.next_entered_at, GREATEST(COALESCE(e.ended_at, 'infinity'), e.goal_until))
            UNION ALL
            SELECT e.entry, e.version, e.goal_at, NULL, 'goal reached', NULL, 8, 0 FROM entries AS e WHERE e.goal_at IS NOT NULL
            UNION ALL
            SELECT e.entry, e.version, e.due_at, e.step, 'due', CASE WHEN e.postponed_since IS NOT NULL
                THEN format('postponed since %s: %s', e.postponed_since, e.postponed_why) END, 10, 0
            FROM entries AS e WHERE e.due_at IS NOT NULL)
        SELECT t.entry, t.version, t.at, t.step, t.what, NULLIF(t.why, '') FROM told AS t
        ORDER BY t.entry, (t.place = 10), t.at, t.place, t.id",
        customers = store.own("journey_customers"),
        actions = store.own("journey_actions"),
        credits = store.own("journey_credits"),
        decision = store.data("decision"),
        table = store.data("journey"),
        step = store.data("journey_step"),
        event = store.data("event"),
        history = store.data("history"),
        net_purchases = store.ext("net_purchases"),
        name = text(journey),
        customer = format_args!("{}::{}", literal(customer), store.key.sql()),
    )
}
