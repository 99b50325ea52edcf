//! Whether an action that was decided is still to be sent, judged when a sender asks for it: the hand-over is the decision that counts.
//!
//! | what holds by then | what becomes of the action |
//! |---|---|
//! | the deadline is over | dropped |
//! | the customer has left the journey, reached its goal, taken back the order that it began with, unsubscribed, or is not in the store any more | cancelled |
//! | there is no consent, or no address | withheld; cancelled if a sender had it before |
//! | quiet hours, another weekday, or a cap of actions that were handed over | put off |
//! | the order that the customer entered by is not found since the last refresh | put off |
//! | nothing | handed over, with a payload of this moment |

use serde_json::Value;

use super::act::{caps_of, permitted};
use super::caps::{When, cap_columns, free_at, latest, over_caps};
use super::conditions::{Subject, holds, reached_goal};
use super::context::{ActiveVersion, Fresh, RunContext};
use super::leave::CANCELLED;
use super::objection::refusal;
use super::occasion::{Orders, is_cancelled, misses_order};
use super::payload::{build, columns_of};
use crate::domain::journey::definition::policy::Cap;
use crate::domain::journey::definition::{Act, StepKind};
use crate::domain::journey::suppressions::objections;
use crate::domain::store::{Store, fresh};
use crate::domain::support::sql::{Sql, expression, sql};

/// The actions of a channel that may be claimed, in the order in which they are: of `$1` the channel, `$2` the present of the store, `$3`
/// that of the server, `$4` how many. Those that another session is just about to claim are passed over. The actions of journeys that
/// are paused or have ended stay where they are. Where caps count what was handed over, no other session hands anything over to these
/// customers meanwhile.
pub fn choose(store: &Store, has_caps: bool) -> Sql {
    match has_caps {
        true => sql!(store, "sql/hand_over/choose_with_customers.sql"),
        false => sql!(store, "sql/hand_over/choose.sql"),
    }
}

/// The acts of a version by a channel, with the numbers of their steps.
pub fn acts<'a>(journey: &'a ActiveVersion, channel: &str) -> Vec<(usize, &'a Act)> {
    let steps = journey.definition.steps.iter().enumerate();
    let acts = steps.filter_map(|(step, of)| match &of.kind {
        StepKind::Act { act, .. } if act.channel == channel => Some((step + 1, act)),
        _ => None,
    });
    acts.collect()
}

/// An expression of the row that depends on the step; the last one where the version has no such act.
fn by_step(row: &'static str, acts: &[(usize, &Act)], of: impl Fn(&Act) -> Sql, otherwise: &'static str) -> Sql {
    let each: Vec<(usize, Sql)> = acts.iter().map(|(step, act)| (*step, of(act))).collect();
    match each.split_first() {
        None => otherwise.into(),
        Some((first, rest)) if rest.iter().all(|other| other.1 == first.1) => first.1.clone(),
        _ => Sql::case_of(&expression!((), "{row}.step", row = row), each),
    }
}

/// The columns of the profile without which a channel has nowhere to send to: that of the setting, or else the attribute that is called by the
/// channel or as its addresses mostly are, if the payload holds it.
fn addresses(context: &RunContext, act: &Act) -> Vec<String> {
    let settings = &context.store.settings;
    if let Some(column) = settings.addresses.as_ref().and_then(|addresses| addresses.get(&act.channel)) {
        return vec![column.clone()];
    }
    let usual = match act.channel.as_str() {
        "sms" => "phone",
        other => other,
    };
    let used = columns_of(&Value::Object(act.payload.clone()));
    let is_attribute = |name: &str| context.store.attributes.iter().any(|attribute| attribute.name == name);
    let found =
        [usual, act.channel.as_str()].into_iter().find(|name| is_attribute(name) && used.iter().any(|of| of == name));
    found.map(str::to_owned).into_iter().collect()
}

/// Whether nothing says where to send to.
fn lacks_address(context: &RunContext, act: &Act) -> Sql {
    let empty = addresses(context, act).into_iter().map(|column| {
        expression!((), "COALESCE(btrim(profile.{column}::text), '') = ''", column = Sql::identifier(&column))
    });
    let empty: Vec<Sql> = empty.collect();
    if empty.is_empty() { "false".into() } else { Sql::all(empty) }
}

/// Whether a refresh has ever seen the customer of the row `enrolled`, asked only of those without a profile.
fn was_seen(context: &RunContext) -> Sql {
    expression!(
        context,
        "EXISTS (SELECT FROM {data.known_customer} AS known WHERE known.customer = enrolled.customer AND known.known_since IS NOT NULL)"
    )
}

/// Why the row `enrolled` is to get nothing more of the journey; NULL where it goes on.
fn left(context: &RunContext, journey: &ActiveVersion) -> Sql {
    let definition = &journey.definition;
    let mut reasons: Vec<(Sql, Sql)> = vec![
        ("enrolled.left_early".into(), "enrolled.outcome".into()),
        (expression!((), "profile.customer IS NULL AND {was_seen}", was_seen = was_seen(context)), "'gone'".into()),
    ];
    if definition.ends_on_goal {
        reasons.push((reached_goal(context, journey), "'goal'".into()));
    }
    if let Some(is_cancelled) = is_cancelled(context, journey, Orders::All) {
        reasons.push((is_cancelled, CANCELLED.into()));
    }
    if let Some(unless) = &definition.unless {
        let stays = holds(context, Subject::enrolled(journey), unless);
        reasons.push((expression!((), "NOT {stays}", stays = stays), "'left'".into()));
    }
    Sql::case(reasons, "NULL".into())
}

/// The query for those customers of the actions `$1` whose rows changed since the last refresh. None if the store watches no source.
pub fn changed(context: &RunContext) -> Option<Sql> {
    let customers = expression!(
        context,
        "(SELECT DISTINCT action.customer FROM {data.action} AS action WHERE action.id = ANY ($1::int8[]))"
    );
    let changed = fresh::changed(&context.store, context.watched, &customers)?;
    Some(sql!((), "sql/hand_over/changed.sql", changed = changed))
}

/// Judges the actions `$1` of a version and a channel, which were chosen, at the instants of [`RunContext::takes_instants`], and hands over
/// those that may be, until `$4`, to the sender `$5`. Returns all of them: number, status, customer, template, payload, step, instant of
/// the decision, attempts, priority, incarnation.
///
/// With [`Fresh::InStatement`] the histories of the customers `$6` are built anew from the sources.
pub fn judge(context: &RunContext, journey: &ActiveVersion, channel: &str) -> Sql {
    let acts = acts(journey, channel);
    let caps: Vec<&Cap> =
        context.policy.caps.iter().filter(|cap| cap.channel.as_ref().is_none_or(|of| of == channel)).collect();
    let zone = Sql::from("freed.zone");
    let considered = sql!(
        context,
        "sql/hand_over/considered.sql",
        deadline = context.later(&"enrolled.decided_at".into(), context.policy.deadline, &context.zone()),
        left = left(context, journey),
        was_seen = was_seen(context),
        refusal = by_step("enrolled", &acts, |act| refusal(context, "enrolled.customer", act), "NULL::text"),
        misses_order = misses_order(context, journey, Orders::All).unwrap_or_else(|| "false".into()),
        lacks_address = by_step("enrolled", &acts, |act| lacks_address(context, act), "false"),
        payload = by_step("enrolled", &acts, |act| build(context, &Value::Object(act.payload.clone())), "'{}'::jsonb"),
        latest = latest(context, &caps, When::HandedOver)
    );
    let free_at = free_at(context, caps.len());
    let free_for =
        |act: &Act| if caps_of(context, act).is_empty() { "NULL::timestamptz".into() } else { free_at.clone() };
    let freed = by_step("capped", &acts, free_for, "NULL::timestamptz");
    let permitted = by_step(
        "freed",
        &acts,
        |act| permitted(context, act, &"freed.free_at".into(), &zone),
        "'-infinity'::timestamptz",
    );
    let fresh = match context.fresh.get() {
        Fresh::InStatement => sql!(
            context,
            "sql/hand_over/fresh.sql",
            histories = fresh::histories(&context.store, context.watched, &"changed".into())
        ),
        _ => Sql::default(),
    };
    let hindrance = Sql::case(over_caps(context, &caps), "'quiet hours'".into());
    sql!(
        context,
        "sql/hand_over/judge.sql",
        objections = objections(),
        fresh = fresh,
        considered = considered,
        capped = cap_columns(context, &caps),
        free_at = freed,
        permitted = permitted,
        hindrance = hindrance
    )
}
