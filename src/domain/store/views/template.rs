//! SQL and comments with gaps for what differs from store to store.

use crate::domain::engagement::event_kind::{DELIVERY_EVIDENCE_KINDS, OPT_OUT_KINDS};
use crate::domain::stages::stage::LifecycleStage;
use crate::domain::store::Store;
use crate::domain::store::journey_defaults::{ATTRIBUTION_RULE, ATTRIBUTION_TOUCH, ATTRIBUTION_WINDOW, GOAL_WITHIN};
use crate::domain::store::quote::literal;

/// Fills the gaps of a text:
///
/// | gap | what comes in |
/// |---|---|
/// | `{data.profile}` | a relation or function of the store |
/// | `{ext.p_alive}` | a function or type of the extension |
/// | `{key}` | the type of the customers' key |
/// | `{as_of}` | the instant of the last refresh, as an expression in SQL; NULL before the first |
/// | `{stages}` | the stages of the lifecycle in order, as an array in SQL |
/// | `{segments}` | the segments of the store's grid in order, those of the highest scores first, as an expression in SQL |
/// | `{sees_attributes}` | whether the caller is a member of the store's owner, as an expression in SQL |
/// | `{zone}` | the store's time zone, as a literal in SQL |
/// | `{goal_within}`, `{attribution_window}`, `{attribution_rule}`, `{attribution_touch}` | defaults of journeys, as literals in SQL |
/// | `{delivery_evidence}`, `{opt_out}` | kinds of events, as literals in SQL with commas between them |
/// | `{money}`, `{horizon}`, `{years}`, `{zone_name}`, `{attribution_days}` | words for comments |
///
/// What comes in is not looked at again: a name with braces is a name. Braces around anything but a lone word stay as they are.
pub fn fill(store: &Store, template: &str) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let close = rest.find('}').map_or(rest.len(), |close| close + 1);
        let (gap, after) = rest.split_at(close);
        match value(store, gap.trim_start_matches('{').trim_end_matches('}')) {
            Some(value) => filled.push_str(&value),
            None => {
                debug_assert!(!is_word(gap), "nothing is known of the gap {gap} in {template}");
                filled.push_str(gap);
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Whether a text is a word in braces, as gaps are; the paths of JSON values have commas.
fn is_word(gap: &str) -> bool {
    gap.strip_prefix('{').and_then(|gap| gap.strip_suffix('}')).is_some_and(|word| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte))
    })
}

fn value(store: &Store, gap: &str) -> Option<String> {
    if let Some(name) = gap.strip_prefix("own.") {
        return Some(store.own(name));
    }
    if let Some(name) = gap.strip_prefix("data.") {
        return Some(store.data(name));
    }
    if let Some(name) = gap.strip_prefix("ext.") {
        return Some(store.ext(name));
    }
    // Attaching writes the zone of its session down; UTC is for a store that was never told one.
    let zone = store.settings.time_zone.as_deref().unwrap_or("UTC");
    let value = match gap {
        "key" => store.key.sql().to_owned(),
        "as_of" => format!("(SELECT max(k.as_of) FROM {} AS k)", store.data("kpi")),
        "stages" => format!("ARRAY[{}]", LifecycleStage::ALL.map(|stage| literal(stage.label())).join(", ")),
        "segments" => fill(store, include_str!("sql/segments_in_order.sql").trim_ascii_end()),
        "sees_attributes" => format!(
            "(SELECT pg_has_role(n.nspowner, 'USAGE') FROM pg_namespace AS n WHERE n.nspname = {})",
            literal(&store.name)
        ),
        "zone" => literal(zone),
        "zone_name" => zone.to_owned(),
        "money" => match &store.settings.currency {
            Some(currency) => format!("in {currency}"),
            None => "in the currency of the orders".to_owned(),
        },
        "horizon" => store.settings.horizon.clone(),
        "goal_within" => literal(&GOAL_WITHIN.to_string()),
        "attribution_window" => literal(&ATTRIBUTION_WINDOW.to_string()),
        "attribution_days" => ATTRIBUTION_WINDOW.to_string(),
        "attribution_rule" => literal(ATTRIBUTION_RULE),
        "attribution_touch" => literal(ATTRIBUTION_TOUCH),
        "delivery_evidence" => DELIVERY_EVIDENCE_KINDS.map(literal).join(", "),
        "opt_out" => OPT_OUT_KINDS.map(literal).join(", "),
        "years" => store.settings.ltv_years.to_string(),
        _ => return None,
    };
    Some(value)
}
