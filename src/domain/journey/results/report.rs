//! What came of a journey: the counts of its steps, its arms and of groups of customers, and the comparison with the control group.
//!
//! All of it reads the store's own views of journeys, which say what was sent, when a goal was reached, and which action an order is
//! credited to.

use crate::domain::store::Store;
use crate::domain::store::quote::{identifier, literal};

fn text(value: &str) -> String {
    crate::domain::support::sql::Sql::text(value).to_string()
}

/// What is asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// The journey's name.
    pub journey: &'a str,
    /// The column of the profile by which customers are grouped.
    pub group_by: Option<&'a str>,
    /// Whether arms are told apart.
    pub has_arms: bool,
    /// What comes later is left out.
    pub as_of: &'a str,
    /// Against which control group; None for the journey's own, or the store's if it has none.
    pub against: Option<Control>,
    /// The confidence of the intervals.
    pub confidence: f64,
}

/// A control group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Of the journey: they get everything but this.
    Journey,
    /// Of the store: they get nothing from any journey.
    Store,
}

impl Control {
    /// As the views call it.
    const fn treatment(self) -> &'static str {
        match self {
            Control::Journey => "journey control",
            Control::Store => "store control",
        }
    }
}

/// The sums of a row: how they are called, from which column of the levels they come, and of whom they are.
const COUNTS: [(&str, &str); 17] = [
    ("entered", "count(*) FILTER (WHERE l.has_entered AND l.is_treated)"),
    ("control", "count(*) FILTER (WHERE l.has_entered AND NOT l.is_treated)"),
    ("decided", "sum(l.decided) FILTER (WHERE l.is_treated)"),
    ("withheld", "sum(l.decided) FILTER (WHERE NOT l.is_treated)"),
    ("sent", "sum(l.sent)"),
    ("delivered", "sum(l.delivered)"),
    ("opened", "sum(l.opened)"),
    ("clicked", "sum(l.clicked)"),
    ("bounced", "sum(l.bounced)"),
    ("unsubscribed", "count(*) FILTER (WHERE l.unsubscribed AND l.is_treated)"),
    ("dropped", "sum(l.dropped) FILTER (WHERE l.is_treated)"),
    ("goal_reached", "count(*) FILTER (WHERE l.has_reached AND l.is_treated)"),
    ("orders", "sum(l.orders)"),
    ("revenue", "sum(l.revenue)"),
    ("waiting", "count(*) FILTER (WHERE l.is_waiting AND l.is_treated)"),
    ("postponed", "count(*) FILTER (WHERE l.is_postponed AND l.is_treated)"),
    ("left_without_goal", "count(*) FILTER (WHERE l.has_left AND l.is_treated)"),
];

/// The rows of the report, in the columns of `lifecycle.journey_report`.
pub fn report(store: &Store, question: &Question<'_>) -> String {
    let counts: Vec<String> = COUNTS.iter().map(|(name, sum)| format!("{sum} AS {name}")).collect();
    let shown: Vec<String> = COUNTS
        .iter()
        .map(|(name, _)| match *name {
            // A wait for a time leaves no trace of those who have passed it.
            "entered" | "control" => format!("CASE WHEN s.is_wait_for_time THEN NULL ELSE COALESCE(c.{name}, 0) END"),
            "revenue" => "COALESCE(round(c.revenue, 2), 0)".to_owned(),
            _ => format!("COALESCE(c.{name}, 0)"),
        })
        .collect();
    format!(
        "WITH {entries},
        {acts},
        {by_step},
        levels AS (
            SELECT e.version, NULL::text AS step, e.arm, e.group_value, e.is_treated, true AS has_entered, a.decided, a.sent,
                a.delivered, a.opened, a.clicked, a.bounced, (a.unsubscribed > 0 OR e.outcome = 'unsubscribed') AS unsubscribed,
                a.dropped, a.orders, a.revenue, e.goal_at IS NOT NULL AS has_reached, e.is_under_way AS is_waiting,
                e.is_under_way AND e.postponed_since IS NOT NULL AS is_postponed,
                NOT e.is_under_way AND e.goal_at IS NULL AS has_left
            FROM entries AS e LEFT JOIN (
                SELECT b.customer, b.entry, sum(b.decided) AS decided, sum(b.sent) AS sent, sum(b.delivered) AS delivered,
                    sum(b.opened) AS opened, sum(b.clicked) AS clicked, sum(b.bounced) AS bounced,
                    sum(b.unsubscribed) AS unsubscribed, sum(b.dropped) AS dropped, sum(b.orders) AS orders, sum(b.revenue) AS revenue
                FROM by_step AS b GROUP BY b.customer, b.entry) AS a ON a.customer = e.customer AND a.entry = e.entry
            UNION ALL
            SELECT e.version, b.step, e.arm, e.group_value, e.is_treated, true, b.decided, b.sent, b.delivered, b.opened, b.clicked,
                b.bounced, b.unsubscribed > 0, b.dropped, b.orders, b.revenue, e.goal_at > b.first_decided_at,
                e.is_under_way AND e.step = b.step, e.is_under_way AND e.step = b.step AND e.postponed_since IS NOT NULL,
                NOT e.is_under_way AND e.goal_at IS NULL AND e.step = b.step
            FROM by_step AS b JOIN entries AS e ON e.customer = b.customer AND e.entry = b.entry),
        counted AS (
            SELECT l.version, l.step, {of_steps}, {counts}
            FROM levels AS l GROUP BY {sets_of_steps}),
        {compared}
        SELECT c.version, c.step, c.arm, c.group_value, {shown}, {comparison}
        FROM counted AS c
            LEFT JOIN (SELECT k.version, k.step AS place, k.name,
                    k.definition #> '{{wait,for}}' IS NOT NULL OR k.definition #> '{{wait,until}}' IS NOT NULL AS is_wait_for_time
                FROM {step} AS k JOIN {journey} AS j ON j.journey = k.journey WHERE j.name = {name}) AS s
                ON s.version = c.version AND s.name = c.step
            LEFT JOIN compared AS g ON c.step IS NULL AND g.version = c.version AND g.arm IS NOT DISTINCT FROM c.arm
                AND g.group_value IS NOT DISTINCT FROM c.group_value
            LEFT JOIN LATERAL lifecycle.compare_conversions(g.treated, g.treated_reached, g.control, g.control_reached, {confidence}) AS o
                ON g.treated > 0 AND g.control > 0
            LEFT JOIN LATERAL lifecycle.compare_means(g.treated, g.treated_mean, g.treated_variance, g.control, g.control_mean,
                g.control_variance, {confidence}) AS m ON g.treated > 0 AND g.control > 0
        ORDER BY c.version, c.group_value NULLS FIRST, c.arm NULLS FIRST, s.place NULLS FIRST",
        entries = entries(store, question),
        acts = acts(store, question),
        by_step = by_step(store, question),
        counts = counts.join(", "),
        of_steps = arm_and_group(question, "l"),
        sets_of_steps = sets(question, "l", "l.step, "),
        compared = compared(store, question),
        shown = shown.join(", "),
        comparison = COMPARISON,
        step = store.data("journey_step"),
        journey = store.data("journey"),
        name = text(question.journey),
        confidence = format_args!("{:?}::float8", question.confidence),
    )
}

/// By what is counted: all together, each arm, each group, and each arm of each group.
fn sets(question: &Question<'_>, row: &str, before: &str) -> String {
    let mut sets = vec![format!("({before}{row}.version)")];
    if question.has_arms {
        sets.push(format!("({before}{row}.version, {row}.arm)"));
    }
    if question.group_by.is_some() {
        sets.push(format!("({before}{row}.version, {row}.group_value)"));
    }
    if question.has_arms && question.group_by.is_some() {
        sets.push(format!("({before}{row}.version, {row}.arm, {row}.group_value)"));
    }
    format!("GROUPING SETS ({})", sets.join(", "))
}

/// The columns that only some sets have, of a row that is grouped by them.
fn arm_and_group(question: &Question<'_>, row: &str) -> String {
    let column = |is_asked: bool, name: &str| match is_asked {
        true => format!("{row}.{name}"),
        false => format!("NULL::text AS {name}"),
    };
    format!("{}, {}", column(question.has_arms, "arm"), column(question.group_by.is_some(), "group_value"))
}

fn as_of(question: &Question<'_>) -> String {
    format!("{}::timestamptz", literal(question.as_of))
}

/// All customers who have entered by then.
fn entries(store: &Store, question: &Question<'_>) -> String {
    let group = question
        .group_by
        .map_or("NULL::text".to_owned(), |column| format!("COALESCE(p.{}::text, '(none)')", identifier(column)));
    format!(
        "entries AS MATERIALIZED (
            SELECT c.version, c.customer, c.entry, c.treatment, c.treatment = 'treated' AS is_treated, c.arm, {group} AS group_value,
                CASE WHEN c.since <= {as_of} THEN c.step END AS step,
                CASE WHEN c.postponed_since <= {as_of} THEN c.postponed_since END AS postponed_since,
                CASE WHEN c.ended_at <= {as_of} THEN c.outcome END AS outcome, c.entered_at, c.goal_until,
                CASE WHEN c.goal_at <= {as_of} THEN c.goal_at END AS goal_at,
                c.ended_at IS NULL OR c.ended_at > {as_of} AS is_under_way
            FROM {customers} AS c LEFT JOIN {profile} AS p ON p.customer = c.customer
            WHERE c.journey = {name} AND c.entered_at <= {as_of})",
        customers = store.own("journey_customers"),
        profile = store.data("profile"),
        name = text(question.journey),
        as_of = as_of(question),
    )
}

/// Everything that was decided to be sent by then, and what came of it.
fn acts(store: &Store, question: &Question<'_>) -> String {
    let by_then: Vec<String> = ["sent", "delivered", "opened", "clicked", "bounced", "unsubscribed"]
        .iter()
        .map(|what| format!("COALESCE(a.{what}_at <= {}, false)::int4 AS {what}", as_of(question)))
        .collect();
    format!(
        "acts AS MATERIALIZED (
            SELECT a.step, a.customer, a.entry, a.decided_at, {by_then}, COALESCE(k.orders, 0) AS orders, COALESCE(k.revenue, 0) AS revenue
            FROM {actions} AS a LEFT JOIN (
                SELECT k.action, count(*) AS orders, sum(k.credit) AS revenue FROM {credits} AS k
                WHERE k.journey = {name} AND k.purchased_at <= {as_of} GROUP BY k.action) AS k ON k.action = a.action
            WHERE a.journey = {name} AND a.decided_at <= {as_of})",
        by_then = by_then.join(", "),
        actions = store.own("journey_actions"),
        credits = store.own("journey_credits"),
        name = text(question.journey),
        as_of = as_of(question),
    )
}

/// The customers at each step, as far as they have left a trace: a row for each entry and step.
fn by_step(store: &Store, question: &Question<'_>) -> String {
    format!(
        "by_step AS MATERIALIZED (
            SELECT b.step, b.customer, b.entry, sum(b.decided) AS decided, sum(b.sent) AS sent, sum(b.delivered) AS delivered,
                sum(b.opened) AS opened, sum(b.clicked) AS clicked, sum(b.bounced) AS bounced, sum(b.unsubscribed) AS unsubscribed,
                sum(b.dropped) AS dropped, sum(b.orders) AS orders, sum(b.revenue) AS revenue, min(b.decided_at) AS first_decided_at
            FROM (
                SELECT a.step, a.customer, a.entry, 1 AS decided, a.sent, a.delivered, a.opened, a.clicked, a.bounced, a.unsubscribed,
                    0 AS dropped, a.orders, a.revenue, a.decided_at
                FROM acts AS a
                UNION ALL
                SELECT s.name, d.customer, d.entry, 0, 0, 0, 0, 0, 0, 0, (d.kind = 'dropped')::int4, 0, 0, NULL
                FROM {decision} AS d JOIN {journey} AS j ON j.journey = d.journey
                    JOIN {step} AS s ON s.journey = d.journey AND s.version = d.version AND s.step = d.step
                WHERE j.name = {name} AND d.decided_at <= {as_of} AND d.kind <> 'entered'
                UNION ALL
                SELECT e.step, e.customer, e.entry, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL FROM entries AS e
                WHERE e.step IS NOT NULL) AS b
            GROUP BY b.step, b.customer, b.entry)",
        decision = store.data("decision"),
        journey = store.data("journey"),
        step = store.data("journey_step"),
        name = text(question.journey),
        as_of = as_of(question),
    )
}

/// The two groups of each version, arm and group: customers by their first entry, for it is customers on whom the lot falls, and up
/// to their entry into the next version, which may treat them otherwise.
fn compared(store: &Store, question: &Question<'_>) -> String {
    let against = match question.against {
        Some(control) => text(control.treatment()),
        None => format!(
            "CASE WHEN COALESCE((v.head ->> 'control')::float8, 0) > 0 THEN '{}' ELSE '{}' END",
            Control::Journey.treatment(),
            Control::Store.treatment()
        ),
    };
    format!(
        "compared AS (
            SELECT f.version, {arm_and_group}, f.against, count(*) FILTER (WHERE f.is_treated) AS treated,
                count(*) FILTER (WHERE NOT f.is_treated) AS control, count(*) FILTER (WHERE f.is_open) AS open,
                count(*) FILTER (WHERE f.is_treated AND f.has_reached) AS treated_reached,
                count(*) FILTER (WHERE NOT f.is_treated AND f.has_reached) AS control_reached,
                (avg(f.spend) FILTER (WHERE f.is_treated))::float8 AS treated_mean,
                (avg(f.spend) FILTER (WHERE NOT f.is_treated))::float8 AS control_mean,
                (var_samp(f.spend) FILTER (WHERE f.is_treated))::float8 AS treated_variance,
                (var_samp(f.spend) FILTER (WHERE NOT f.is_treated))::float8 AS control_variance
            FROM (SELECT e.version, e.arm, e.group_value, e.treatment, e.is_treated, v.against,
                    COALESCE(e.goal_at <= e.known_until, false) AS has_reached, e.known_until < e.goal_until AS is_open,
                    COALESCE({total_spend}(h.purchases, e.known_until) - {total_spend}(h.purchases, e.entered_at), 0) AS spend
                FROM (SELECT e.*, GREATEST(LEAST(e.goal_until, {as_of},
                            lead(e.entered_at) OVER (PARTITION BY e.customer ORDER BY e.version)), e.entered_at) AS known_until
                    FROM (SELECT DISTINCT ON (e.customer, e.version) e.* FROM entries AS e ORDER BY e.customer, e.version, e.entry) AS e)
                    AS e
                    JOIN (SELECT v.version, {against} AS against FROM {version} AS v JOIN {journey} AS j ON j.journey = v.journey
                        WHERE j.name = {name}) AS v ON v.version = e.version
                    LEFT JOIN {history} AS h ON h.customer = e.customer) AS f
            WHERE f.is_treated OR f.treatment = f.against
            GROUP BY f.against, {sets})",
        as_of = as_of(question),
        total_spend = store.ext("total_spend"),
        version = store.data("journey_version"),
        journey = store.data("journey"),
        history = store.data("history"),
        name = text(question.journey),
        arm_and_group = arm_and_group(question, "f"),
        sets = sets(question, "f", ""),
    )
}

/// The columns of the comparison.
const COMPARISON: &str = "g.against, g.treated, g.control, g.open, g.treated_reached::float8 / NULLIF(g.treated, 0),
    g.control_reached::float8 / NULLIF(g.control, 0), o.difference, o.difference_low, o.difference_high, o.lift, o.lift_low, o.lift_high,
    o.p_value, o.sample_size, g.treated_mean, g.control_mean, m.difference, m.difference_low, m.difference_high, m.lift, m.lift_low,
    m.lift_high, m.p_value, m.sample_size";

/// Whether a version of the journey has a split.
pub fn has_arms(store: &Store, journey: &str) -> String {
    format!(
        "SELECT EXISTS (SELECT FROM {} AS s JOIN {} AS j ON j.journey = s.journey WHERE j.name = {} AND s.definition ? 'split')",
        store.data("journey_step"),
        store.data("journey"),
        text(journey)
    )
}
