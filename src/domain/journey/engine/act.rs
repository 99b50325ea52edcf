//! The step that acts: what is sent now, what is postponed, and what is dropped in the end.

use serde_json::{Map, Value};

use super::conditions::unsubscribed;
use super::context::{ActiveVersion, RunContext, text};
use super::step_ctes::{due, ends, go_on, noted};
use super::step_due::{at_one_of, time, weekdays_sql};
use crate::domain::journey::definition::StepKind;
use crate::domain::journey::definition::policy::Cap;
use crate::domain::store::quote::{identifier, literal};

/// The statement of a step that acts.
pub fn act(context: &RunContext, journey: &ActiveVersion, step: usize) -> String {
    let steps = &journey.definition.steps;
    let StepKind::Act { channel, template, payload, deadline, next } = &steps[step].kind else { return String::new() };
    let now = context.now();
    let caps: Vec<&Cap> =
        context.policy.caps.iter().filter(|cap| cap.channel.as_ref().is_none_or(|of| of == channel)).collect();
    let deadline = context.later(
        &format!("COALESCE(q.postponed_since, {now})"),
        deadline.unwrap_or(context.policy.deadline),
        "q.zone",
    );
    let permitted = permitted(context, &format!("COALESCE(q.free_at, {now})"), "q.zone");
    let arrival = at_one_of(context, steps, &[*next], "j.target", "j.zone");
    let (number, after) = (step + 1, next + 1);
    let mut notes = vec![format!(
        "SELECT j.customer, j.entry, {number}, j.round, j.verdict, CASE WHEN j.verdict = 'passed over' THEN 'unsubscribed' ELSE j.hindrance END
            FROM judged AS j WHERE j.verdict <> 'acted'
                AND (j.verdict <> 'postponed' OR j.postponed_why IS DISTINCT FROM j.hindrance)"
    )];
    if let Some(ends) = ends(journey, &[*next]) {
        notes.push(format!(
            "SELECT j.customer, j.entry, {after}, j.round + 1, 'left', {ends}
            FROM (SELECT *, {after} AS target FROM judged) AS j WHERE j.verdict <> 'postponed'"
        ));
    }
    let stays = "j.verdict = 'postponed'";
    let (next_due, outcome) = (arrival.due, arrival.outcome);
    let set = format!(
        "step = CASE WHEN {stays} THEN {number} ELSE {after} END, round = CASE WHEN {stays} THEN j.round ELSE j.round + 1 END,
            since = CASE WHEN {stays} THEN j.since ELSE {now} END,
            due_at = CASE WHEN {stays} THEN LEAST(j.permitted_at, j.deadline) ELSE {next_due} END,
            postponed_since = CASE WHEN {stays} THEN COALESCE(j.postponed_since, {now}) END,
            postponed_why = CASE WHEN {stays} THEN j.hindrance END,
            ended_at = CASE WHEN NOT ({stays}) AND {outcome} IS NOT NULL THEN {now} END,
            outcome = CASE WHEN NOT ({stays}) THEN {outcome} END,
            goal_at = CASE WHEN NOT ({stays}) AND {outcome} = 'goal' THEN COALESCE(e.goal_at, {now}) ELSE e.goal_at END"
    );
    format!(
        "WITH {due},
        judged AS MATERIALIZED (
            SELECT q.*, p.permitted_at, p.deadline,
                CASE WHEN q.unsubscribed THEN 'passed over' WHEN p.permitted_at <= {now} THEN 'acted'
                    WHEN p.deadline <= {now} AND q.postponed_since IS NOT NULL THEN 'dropped' ELSE 'postponed' END AS verdict,
                {hindrance} AS hindrance
            FROM (SELECT q.*, {free_at} AS free_at FROM (
                    SELECT a.*{cap_columns} FROM (
                        SELECT d.*, {zone} AS zone, {unsubscribed} AS unsubscribed, {payload} AS payload{latest}
                        FROM due AS d {joined} OFFSET 0) AS a OFFSET 0) AS q OFFSET 0) AS q,
                LATERAL (SELECT {permitted} AS permitted_at, {deadline} AS deadline OFFSET 0) AS p),
        acted AS (
            INSERT INTO {action} (customer, journey, version, entry, step, round, at, arm, control, channel, template, payload,
                priority, status, claimable_at)
            SELECT j.customer, {id}, {version}, j.entry, {number}, j.round, {now}, j.arm, j.control, {channel}, {template}, j.payload,
                {priority}, CASE WHEN j.control IS NULL THEN 'pending' ELSE 'withheld' END, CASE WHEN j.control IS NULL THEN {now} END
            FROM judged AS j WHERE j.verdict = 'acted'
            ON CONFLICT (customer, journey, version, entry, step, round) DO NOTHING){noted}{go_on}",
        due = due(context, journey, step),
        zone = context.zone(),
        unsubscribed = unsubscribed(context, "d.customer", channel),
        payload = object(payload),
        joined = context.joined("d"),
        latest = if caps.is_empty() { String::new() } else { format!(", {} AS latest", latest(context, &caps)) },
        cap_columns = caps.iter().enumerate().map(|(i, cap)| format!(", {} AS cap_{i}", free_after(context, cap, i))).collect::<String>(),
        free_at = free_at(context, caps.len()),
        hindrance = hindrance(context, &caps),
        action = context.table("action"),
        id = journey.journey,
        version = journey.version,
        channel = text(channel),
        template = text(template),
        priority = journey.definition.priority,
        noted = noted(context, journey, &notes),
        go_on = go_on(context, journey, &[*next], &set, "judged"),
    )
}

// ---- politeness -----------------------------------------------------------------------------------------------------

/// The first instant from this one on at which the customer may be written to.
fn permitted(context: &RunContext, from: &str, zone: &str) -> String {
    if context.policy.quiet_hours.is_none() && context.policy.weekdays.is_empty() {
        return from.to_owned();
    }
    let (quiet_from, quiet_to) = match context.policy.quiet_hours {
        Some((from, to)) => (time(from), time(to)),
        None => ("NULL::pg_catalog.time".to_owned(), "NULL::pg_catalog.time".to_owned()),
    };
    format!(
        "lifecycle.next_permitted({from}, {zone}, {quiet_from}, {quiet_to}, {})",
        weekdays_sql(&context.policy.weekdays)
    )
}

/// Of each cap the latest action but so many: an action counts until the cap's stretch of time after it has passed, so that this one
/// tells when there is room again. One look at the customer's actions for all caps.
fn latest(context: &RunContext, caps: &[&Cap]) -> String {
    let of = |cap: &&Cap| {
        let on = cap
            .channel
            .as_ref()
            .map_or(String::new(), |channel| format!(" FILTER (WHERE t.channel = {})", text(channel)));
        match cap.most {
            1 => format!("pg_catalog.max(t.at){on}"),
            most => format!("(pg_catalog.array_agg(t.at ORDER BY t.at DESC){on})[{most}]"),
        }
    };
    format!(
        "(SELECT ARRAY[{}] FROM {} AS t WHERE t.customer = d.customer AND t.status <> 'cancelled')",
        caps.iter().map(of).collect::<Vec<_>>().join(", "),
        context.table("action")
    )
}

/// When the customer is below a cap again; an instant of the past, or NULL, where the customer is below it now.
fn free_after(context: &RunContext, cap: &Cap, place: usize) -> String {
    context.later(&format!("a.latest[{}]", place + 1), cap.per, "a.zone")
}

/// When all caps leave room again; NULL where they do now.
fn free_at(context: &RunContext, caps: usize) -> String {
    if caps == 0 {
        return "NULL::pg_catalog.timestamptz".to_owned();
    }
    let columns: Vec<String> = (0..caps).map(|i| format!("q.cap_{i}")).collect();
    let latest = format!("GREATEST({})", columns.join(", "));
    format!("CASE WHEN {latest} > {} THEN {latest} END", context.now())
}

/// What stands in the way.
fn hindrance(context: &RunContext, caps: &[&Cap]) -> String {
    let mut cases = String::new();
    for (i, cap) in caps.iter().enumerate() {
        cases += &format!(" WHEN q.cap_{i} > {} THEN {}", context.now(), text(&format!("cap: {}", shown(cap))));
    }
    format!("CASE{cases} WHEN p.permitted_at > {} THEN 'quiet hours' END", context.now())
}

/// A cap in words.
pub fn shown(cap: &Cap) -> String {
    let on = cap.channel.as_ref().map_or(String::new(), |channel| format!(" on {channel}"));
    format!("{} in {}{on}", cap.most, cap.per)
}

// ---- payload --------------------------------------------------------------------------------------------------------

/// A payload as an expression: what does not depend on the customer is a constant.
fn object(payload: &Map<String, Value>) -> String {
    build(&Value::Object(payload.clone()))
}

fn build(value: &Value) -> String {
    if !depends_on_profile(value) {
        return format!("{}::pg_catalog.jsonb", literal(&value.to_string()));
    }
    match value {
        Value::Object(members) => match column_of(members) {
            Some(column) => {
                format!("COALESCE(pg_catalog.to_jsonb(p.{}), 'null'::pg_catalog.jsonb)", identifier(column))
            }
            None => {
                let parts: Vec<String> =
                    members.iter().map(|(name, value)| format!("{}, {}", text(name), build(value))).collect();
                // A function takes a hundred arguments at most.
                let objects: Vec<String> = parts
                    .chunks(40)
                    .map(|parts| format!("pg_catalog.jsonb_build_object({})", parts.join(", ")))
                    .collect();
                format!("({})", objects.join(" || "))
            }
        },
        Value::Array(values) => {
            let parts: Vec<String> = values.iter().map(build).collect();
            format!("pg_catalog.to_jsonb(ARRAY[{}])", parts.join(", "))
        }
        _ => format!("{}::pg_catalog.jsonb", literal(&value.to_string())),
    }
}

/// The column that a part of a payload stands for.
pub fn column_of(members: &Map<String, Value>) -> Option<&str> {
    match members.get("profile") {
        Some(Value::String(column)) if members.len() == 1 => Some(column),
        _ => None,
    }
}

fn depends_on_profile(value: &Value) -> bool {
    match value {
        Value::Object(members) => column_of(members).is_some() || members.values().any(depends_on_profile),
        Value::Array(values) => values.iter().any(depends_on_profile),
        _ => false,
    }
}
