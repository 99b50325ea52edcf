//! What the templates of views and of their comments may name beside the relations of the store.

use super::answers::{Answers, was};
use super::{JOURNEY_CONTROL, STORE_CONTROL, log, sees_attributes};
use crate::domain::engagement::event_kind::{DELIVERY_EVIDENCE_KINDS, OPT_OUT_KINDS};
use crate::domain::stages::stage::LifecycleStage;
use crate::domain::store::Store;
use crate::domain::store::journey_defaults::{ATTRIBUTION_RULE, ATTRIBUTION_TOUCH, ATTRIBUTION_WINDOW, GOAL_WITHIN};
use crate::domain::store::profile_columns::{PROSPECT, UNSCORED};
use crate::domain::store::source_views::kind_of_event;
use crate::domain::support::sql::{self, Gaps, Sql, expression, sql};

/// The SQL of a template:
///
/// | gap | what comes in |
/// |---|---|
/// | `{data.profile}`, `{own.segments}`, `{ext.p_alive}`, `{key}` | as in all templates of a store |
/// | `{as_of}` | the instant of the last refresh; NULL before the first |
/// | `{stages}` | the stages of the lifecycle in order, as an array |
/// | `{segments}` | the segments of the store's grid in order, those of the highest scores first, as an expression |
/// | `{sees_attributes}` | whether the caller is a member of the store's owner |
/// | `{zone}` | the store's time zone, as a literal |
/// | `{goal_within}`, `{attribution_window}`, `{attribution_rule}`, `{attribution_touch}` | defaults of journeys, as literals |
/// | `{journey_control}`, `{store_control}` | how the column `treatment` calls control groups, as literals |
/// | `{is_answer}` | whether the row `event` proves that its message was sent |
/// | `{is_delivery}`, `{is_opening}`, `{is_click}`, `{is_bounce}`, `{is_opt_out}` | whether it proves that the message was delivered, opened and so on: a click is an opening, and an opening a delivery |
/// | `{moves}`, `{goals}`, `{reactions}`, `{goal_event}`, `{leads_back}` | parts that several statements have |
/// | `{entries_to_order}`, `{entries_to_event}` | the entries with when their goal was reached, by what the goal is; `{counting_until}` says until when it counts |
/// | `{attribution.rule}`, `{attribution.touch}`, `{attribution.window}` | the attribution rule of the policy |
/// | `{answers}`, `{answered}`, `{was.opened}` and the like | what actions were answered by, see [`super::answers`] |
/// | `{parameters_in_words}`, `{errors_in_words}` | JSON of the row `fit` of the view `models` as a line of text |
pub fn fill(store: &Store, template: &'static str) -> Sql {
    sql::fill(template, &Views(store), &[])
}

/// The words of a comment, with gaps `{money}`, `{horizon}`, `{years}` and `{zone_name}`.
pub fn words(store: &Store, template: &str) -> String {
    sql::fill_text(template, |gap| {
        Some(match gap {
            "money" => match &store.settings.currency {
                Some(currency) => format!("in {currency}"),
                None => "in the currency of the orders".to_owned(),
            },
            "horizon" => store.settings.horizon.clone(),
            "years" => store.settings.ltv_years.to_string(),
            "zone_name" => store.zone().to_owned(),
            _ => return None,
        })
    })
}

fn in_words(object: &'static str) -> Sql {
    sql!((), "sql/in_words.sql", object = object)
}

/// Whether the row `event` is of one of these kinds.
fn is_one_of(kinds: &[&str]) -> Sql {
    expression!((), "event.kind IN ({kinds})", kinds = Sql::list(kinds.iter().map(|kind| Sql::literal(kind))))
}

/// The same, of what a person has done and no machine.
fn by_person(kinds: &[&str]) -> Sql {
    expression!((), "({is_one} AND NOT event.is_machine)", is_one = is_one_of(kinds))
}

/// What the funnel counts.
const FUNNEL: Answers = Answers(&[("delivered", "is_delivery"), ("opened", "is_opening"), ("clicked", "is_click")]);

/// The gaps of the views of a store.
pub struct Views<'a>(pub &'a Store);

impl Gaps for Views<'_> {
    fn gap(&self, name: &str) -> Option<Sql> {
        let Views(store) = self;
        let attribution = |part: &'static str, otherwise: &str| {
            let otherwise = Sql::literal(otherwise);
            sql!(store, "sql/attribution.sql", part = part, otherwise = otherwise)
        };
        Some(match name {
            "as_of" => expression!(store, "(SELECT max(kpi.as_of) FROM {data.kpi} AS kpi)"),
            "stages" => {
                expression!(
                    (),
                    "ARRAY[{stages}]",
                    stages = Sql::list(LifecycleStage::ALL.map(|stage| Sql::literal(stage.label())))
                )
            }
            "segments" => sql!(
                store,
                "sql/segments_in_order.sql",
                prospect = Sql::literal(PROSPECT),
                unscored = Sql::literal(UNSCORED)
            ),
            "sees_attributes" => sees_attributes(store),
            "zone" => Sql::literal(store.zone()),
            "goal_within" => Sql::literal(&GOAL_WITHIN.to_string()),
            "attribution_window" => Sql::literal(&ATTRIBUTION_WINDOW.to_string()),
            "attribution_rule" => Sql::literal(ATTRIBUTION_RULE),
            "attribution_touch" => Sql::literal(ATTRIBUTION_TOUCH),
            "is_answer" => is_one_of(&DELIVERY_EVIDENCE_KINDS),
            "is_delivery" => is_one_of(&["delivered", "open", "click"]),
            "is_opening" => by_person(&["open", "click"]),
            "is_click" => by_person(&["click"]),
            "is_bounce" => is_one_of(&["bounce"]),
            "is_opt_out" => is_one_of(&OPT_OUT_KINDS),
            "attribution.rule" => attribution("rule", ATTRIBUTION_RULE),
            "attribution.touch" => attribution("touch", ATTRIBUTION_TOUCH),
            "attribution.window" => attribution("window", &ATTRIBUTION_WINDOW.to_string()),
            "leads_back" => sql!(self, "sql/leads_back.sql"),
            "answers" => FUNNEL.query(self, "true".into()),
            "answered" => FUNNEL.join(),
            "was.delivered" => was("delivered"),
            "was.opened" => was("opened"),
            "was.clicked" => was("clicked"),
            "entries_to_order" => sql!(self, "sql/entries_to_order.sql"),
            "entries_to_event" => sql!(self, "sql/entries_to_event.sql"),
            "counting_until" => sql!(self, "sql/counting_until.sql"),
            "journey_control" => Sql::literal(JOURNEY_CONTROL),
            "store_control" => Sql::literal(STORE_CONTROL),
            "moves" => fill(store, log::CHANGES),
            "goals" => sql!(self, "sql/goals.sql"),
            "reactions" => sql!(self, "sql/reactions.sql"),
            "goal_event" => kind_of_event(&Sql::from("(version.head #>> '{goal,event}')")),
            "parameters_in_words" => in_words("fit.params"),
            "errors_in_words" => in_words("fit.value -> 'standard_errors'"),
            _ => return store.gap(name),
        })
    }
}
