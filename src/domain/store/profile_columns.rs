//! The columns of the profile, but for the attributes: the one place that says what each is called, how it is made and what it means.
//!
//! The table, the scores, the log of moves and the view `customers` read it: a new column is one entry here.

use super::Store;
use super::scoring::Fit;
use crate::domain::engagement::lifecycle_phase::{ENGAGED_WITHIN, INACTIVE_AFTER, WIN_BACK_WAIT};
use crate::domain::engagement::relationship_stage::{ADVOCATE_REFERRALS, RETAIN_FROM};
use crate::domain::engagement::temperature::WARM_WITHIN;
use crate::domain::support::sql::{Gaps, Sql, expression, fill};

/// The segment of customers without a purchase.
pub const PROSPECT: &str = "Prospect";

/// The segment of customers whose scores no rule of the grid matches.
pub const UNSCORED: &str = "Unscored";

/// A column of the profile.
pub struct ProfileColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type, and NOT NULL where a customer always has a value.
    pub definition: &'static str,
    /// How it is computed.
    pub value: Value,
    /// How views show it, of a row `profile`.
    pub shown: &'static str,
    /// What it means, for the comments of views.
    pub comment: &'static str,
}

/// How a column is computed: the template of an expression.
pub enum Value {
    /// Of a row `base`, which has both histories of a customer, with the gaps of [`Scores`].
    Scored(&'static str),
    /// Of what is computed once for several columns: three scores, and two ends of a range. A subquery that keeps such a value would
    /// keep parallel workers from it.
    Derived(&'static str),
}
use Value::{Derived, Scored};

/// The columns, in order.
pub static PROFILE: [ProfileColumn; 30] = [
    ProfileColumn {
        name: "stage",
        definition: "text NOT NULL",
        value: Scored(
            "{ext.lifecycle_stage}(base.purchases, {rhythm}, {now}, {at_risk_after}, {lapsed_after})::text",
        ),
        shown: "profile.stage",
        comment: "stage of the lifecycle: prospect (no purchase yet), new, active, at_risk (overdue), lapsed (long overdue)",
    },
    ProfileColumn {
        name: "segment",
        definition: "text NOT NULL",
        value: Scored(
            "CASE WHEN NOT {has_bought} THEN {prospect} ELSE COALESCE({ext.rfm_segment}({score}, {grid}), {unscored}) END",
        ),
        shown: "profile.segment",
        comment: "segment by the RFM scores; Prospect without a purchase. Segment At Risk is by scores, and not the same as stage at_risk",
    },
    ProfileColumn {
        name: "recency_score",
        definition: "integer",
        value: Derived("(lifecycle_score).recency"),
        shown: "profile.recency_score",
        comment: "RFM score of recency, 1 (longest ago) and up; NULL without a purchase",
    },
    ProfileColumn {
        name: "frequency_score",
        definition: "integer",
        value: Derived("(lifecycle_score).frequency"),
        shown: "profile.frequency_score",
        comment: "RFM score of frequency, 1 (rarest) and up; NULL without a purchase",
    },
    ProfileColumn {
        name: "monetary_score",
        definition: "integer",
        value: Derived("(lifecycle_score).monetary"),
        shown: "profile.monetary_score",
        comment: "RFM score of spend, 1 (least) and up; NULL without a purchase",
    },
    // A customer without orders and events is in activation.
    ProfileColumn {
        name: "phase",
        definition: "text NOT NULL",
        value: Scored(
            "COALESCE({ext.lifecycle_phase}(base.purchases, base.engagement, {now}, {mean_spend}, {vip}, {inactive_after},
            {engaged_within}, NULL::timestamptz, {win_back_wait})::text, 'activation')",
        ),
        shown: "profile.phase",
        comment: "what to invest in: activation, conversion, growth, retention, reactivation, sunset",
    },
    ProfileColumn {
        name: "relationship_stage",
        definition: "text NOT NULL",
        value: Scored(
            "{ext.relationship_stage}(base.purchases, base.engagement, {now}, {retain_from}::int8, {advocate_referrals}::int8, 0::int8)::text",
        ),
        shown: "profile.relationship_stage",
        comment: "how far the relationship has come: reach, acquire, develop, retain, advocate",
    },
    ProfileColumn {
        name: "temperature",
        definition: "text NOT NULL",
        value: Scored(
            "{ext.engagement_temperature}(base.engagement, {now}, {warm_within})::text",
        ),
        shown: "profile.temperature",
        comment: "whether the customer has reacted recently: warm, cold, never_contacted",
    },
    ProfileColumn {
        name: "vip",
        definition: "boolean NOT NULL",
        value: Scored(
            "COALESCE({vip}, false)",
        ),
        shown: "profile.vip",
        comment: "whether the customer is at the top of the base by purchases, tenure and spend together",
    },
    ProfileColumn {
        name: "orders",
        definition: "bigint NOT NULL",
        value: Scored(
            "{ext.num_purchases}(base.purchases, {now})",
        ),
        shown: "profile.orders",
        comment: "number of purchases; 0 for prospects",
    },
    ProfileColumn {
        name: "spend",
        definition: "numeric NOT NULL",
        value: Scored(
            "{ext.total_spend}(base.purchases, {now})",
        ),
        shown: "round(profile.spend, 2)",
        comment: "amounts paid less refunds, {money}; 0 for prospects",
    },
    ProfileColumn {
        name: "average_order_value",
        definition: "numeric",
        value: Scored(
            "round({ext.average_order_value}(base.purchases, {now})::numeric, 2)",
        ),
        shown: "round(profile.average_order_value, 2)",
        comment: "mean value of a purchase, {money}; NULL without a purchase",
    },
    ProfileColumn {
        name: "first_purchase",
        definition: "timestamptz",
        value: Scored(
            "{ext.first_purchase}(base.purchases, {now})",
        ),
        shown: "profile.first_purchase",
        comment: "instant of the first purchase; NULL without a purchase",
    },
    ProfileColumn {
        name: "last_purchase",
        definition: "timestamptz",
        value: Scored(
            "{ext.last_purchase}(base.purchases, {now})",
        ),
        shown: "profile.last_purchase",
        comment: "instant of the last purchase; NULL without a purchase",
    },
    ProfileColumn {
        name: "recency_days",
        definition: "integer",
        value: Scored(
            "date_part('day', {ext.recency}(base.purchases, {now}))::int4",
        ),
        shown: "profile.recency_days",
        comment: "whole days since the last purchase; NULL without a purchase",
    },
    ProfileColumn {
        name: "overdue_ratio",
        definition: "numeric",
        value: Scored(
            "round({ext.overdue_ratio}(base.purchases, {rhythm}, {now})::numeric, 2)",
        ),
        shown: "profile.overdue_ratio",
        comment: "time since the last purchase as a multiple of the customer's usual gap: 1 is just due; NULL without a purchase",
    },
    ProfileColumn {
        name: "next_purchase",
        definition: "date",
        value: Scored(
            "{ext.expected_next_purchase}(base.purchases, {rhythm}, {now})::date",
        ),
        shown: "profile.next_purchase",
        comment: "day on which the next purchase is expected; NULL where it is not known",
    },
    ProfileColumn {
        name: "next_purchase_from",
        definition: "date",
        value: Derived("lower(lifecycle_next)::date"),
        shown: "profile.next_purchase_from",
        comment: "first day of the range in which the next purchase falls with 80 %; NULL where it is not known",
    },
    ProfileColumn {
        name: "next_purchase_to",
        definition: "date",
        value: Derived("upper(lifecycle_next)::date"),
        shown: "profile.next_purchase_to",
        comment: "last day of the range in which the next purchase falls with 80 %; NULL where it is not known",
    },
    ProfileColumn {
        name: "p_alive",
        definition: "numeric",
        value: Scored(
            "round({ext.p_alive}(base.purchases, {purchase_model}, {now})::numeric, 4)",
        ),
        shown: "round(profile.p_alive, 4)",
        comment: "probability that the customer still buys at all, 0 to 1; NULL without a purchase or a fitted model",
    },
    ProfileColumn {
        name: "expected_purchases",
        definition: "numeric",
        value: Scored(
            "round({ext.expected_purchases}(base.purchases, {purchase_model}, {horizon}, {now})::numeric, 4)",
        ),
        shown: "round(profile.expected_purchases, 4)",
        comment: "expected number of purchases within {horizon}; NULL without a purchase or a fitted model",
    },
    ProfileColumn {
        name: "purchase_probability",
        definition: "numeric",
        value: Scored(
            "round({ext.purchase_probability}(base.purchases, {purchase_model}, {horizon}, {now})::numeric, 4)",
        ),
        shown: "round(profile.purchase_probability, 4)",
        comment: "probability of a purchase within {horizon}, 0 to 1; NULL without a purchase or a fitted model",
    },
    ProfileColumn {
        name: "expected_spend",
        definition: "numeric",
        value: Scored(
            "round({ext.expected_spend}(base.purchases, {spend_model}, {now})::numeric, 2)",
        ),
        shown: "round(profile.expected_spend, 2)",
        comment: "expected value of a future purchase, {money}; NULL without a purchase or a fitted model",
    },
    ProfileColumn {
        name: "ltv",
        definition: "numeric",
        value: Scored(
            "round({ext.ltv}(base.purchases, {ltv_years}, {now})::numeric, 2)",
        ),
        shown: "round(profile.ltv, 2)",
        comment: "simple lifetime value of {years} years at the pace so far, {money}: 0 for one-time buyers, NULL for prospects and \
     on the day of the first purchase",
    },
    ProfileColumn {
        name: "predicted_ltv",
        definition: "numeric",
        value: Scored(
            "round({ext.ltv}(base.purchases, {purchase_model}, {spend_model}, {horizon}, {annual_discount_rate},
            {margin}, {now})::numeric, 2)",
        ),
        shown: "round(profile.predicted_ltv, 2)",
        comment: "predicted value of the purchases within {horizon}, discounted, {money}; NULL without a purchase or a fitted model",
    },
    // Of an order that is yet to come nothing is known.
    ProfileColumn {
        name: "channel",
        definition: "text",
        value: Scored(
            "CASE WHEN {has_bought} THEN base.first_channel END",
        ),
        shown: "coalesce(profile.channel, '(none)')",
        comment: "channel of the first order; (none) where it is not known",
    },
    ProfileColumn {
        name: "last_channel",
        definition: "text",
        value: Scored(
            "CASE WHEN {has_bought} THEN base.last_channel END",
        ),
        shown: "coalesce(profile.last_channel, '(none)')",
        comment: "channel of the last order, also one with a future date; (none) where it is not known",
    },
    ProfileColumn {
        name: "cohort",
        definition: "date",
        value: Scored(
            "date_trunc('month', {ext.first_purchase}(base.purchases, {now}))::date",
        ),
        shown: "profile.cohort",
        comment: "first day of the month of the first purchase, time zone {zone_name}; NULL without a purchase",
    },
    ProfileColumn {
        name: "consented_at",
        definition: "timestamptz",
        value: Scored(
            "base.consented_at",
        ),
        shown: "profile.consented_at",
        comment: "instant of consent to be addressed; NULL without one, or where it is not known",
    },
    ProfileColumn {
        name: "spend_last_year",
        definition: "numeric",
        value: Scored(
            "{ext.spend_between}(base.purchases, {now} - '1 year'::interval, {now})",
        ),
        shown: "round(profile.spend_last_year, 2)",
        comment: "amounts paid less refunds in the year before the last refresh, {money}; 0 without a purchase in it; NULL from an upgrade \
                  of the store to the next refresh",
    },
];

/// The column of this name. There is one: in constants another name does not compile.
pub const fn profile_column(name: &str) -> &'static ProfileColumn {
    const fn is(one: &[u8], other: &[u8]) -> bool {
        let (mut i, mut same) = (0, one.len() == other.len());
        while same && i < one.len() {
            same = one[i] == other[i];
            i += 1;
        }
        same
    }
    let mut i = 0;
    while !is(PROFILE[i].name.as_bytes(), name.as_bytes()) {
        i += 1;
    }
    &PROFILE[i]
}

/// The columns that are computed of the histories, as a list for SELECT.
pub fn scored(scores: &Scores) -> Sql {
    Sql::list(PROFILE.iter().filter_map(|column| match column.value {
        Scored(template) => Some(named(fill(template, scores, &[]), column.name)),
        Derived(_) => None,
    }))
}

/// Some of the columns, each with its name and its expression, without a value that is kept for several of them.
pub fn some(scores: &Scores, is_wanted: impl Fn(&str) -> bool) -> Vec<(Sql, Sql)> {
    let wanted = PROFILE.iter().filter(|column| is_wanted(column.name));
    wanted
        .map(|column| {
            let value = match column.value {
                Scored(template) => fill(template, scores, &[]),
                Derived(template) => {
                    let [score, range] = [SCORE, RANGE].map(|template| fill(template, scores, &[]).as_str().to_owned());
                    Sql::vouched(&template.replace("lifecycle_score", &score).replace("lifecycle_next", &range))
                }
            };
            (Sql::identifier(column.name), value)
        })
        .collect()
}

/// What is computed once for several columns: the scores, and the range of the next purchase.
const SCORE: &str = "{score}";
const RANGE: &str = "{ext.expected_next_purchase_range}(base.purchases, {rhythm}, 0.8::float8, {now})";

/// The columns that are computed of those.
pub fn derived() -> Sql {
    Sql::list(PROFILE.iter().filter_map(|column| match column.value {
        Derived(value) => Some(named(value.into(), column.name)),
        Scored(_) => None,
    }))
}

fn named(value: Sql, name: &str) -> Sql {
    expression!((), "{value} AS {name}", value = value, name = Sql::identifier(name))
}

fn interval(length: &str) -> Sql {
    expression!((), "{length}::interval", length = Sql::literal(length))
}

/// What the values of the profile are computed with: besides what every template of a store may name, `{now}`, the parts of the fit
/// (`{rfm_breaks}`, `{rhythm}`, `{purchase_model}`, `{spend_model}`, `{vip_breaks}`, `{mean_spend}`), the settings `{at_risk_after}`,
/// `{lapsed_after}`, `{grid}`, `{horizon}`, `{ltv_years}`, `{annual_discount_rate}` and `{margin}`, the terms of engagement
/// (`{inactive_after}`, `{engaged_within}`, `{win_back_wait}`, `{warm_within}`, `{retain_from}`, `{advocate_referrals}`), the segments
/// `{prospect}` and `{unscored}`, and of the customer `{score}`, `{vip}`
/// and `{has_bought}`.
pub struct Scores<'a> {
    /// The store.
    pub store: &'a Store,
    /// The instant, as an expression.
    pub now: &'a Sql,
    /// The fit.
    pub fit: &'a Fit,
}

impl Gaps for Scores<'_> {
    fn gap(&self, name: &str) -> Option<Sql> {
        let settings = &self.store.settings;
        Some(match name {
            "now" => self.now.clone(),
            "at_risk_after" => settings.at_risk_after.into(),
            "lapsed_after" => settings.lapsed_after.into(),
            "grid" => Sql::text(&settings.grid),
            "horizon" => interval(&settings.horizon),
            "prospect" => Sql::literal(PROSPECT),
            "unscored" => Sql::literal(UNSCORED),
            "inactive_after" => interval(INACTIVE_AFTER),
            "engaged_within" => interval(ENGAGED_WITHIN),
            "win_back_wait" => interval(WIN_BACK_WAIT),
            "warm_within" => interval(WARM_WITHIN),
            "retain_from" => RETAIN_FROM.into(),
            "advocate_referrals" => ADVOCATE_REFERRALS.into(),
            "ltv_years" => settings.ltv_years.into(),
            "annual_discount_rate" => settings.annual_discount_rate.into(),
            "margin" => settings.margin.into(),
            "score" => expression!(self, "{ext.rfm_score}(base.purchases, {rfm_breaks}, {now})"),
            "vip" => expression!(self, "{ext.is_vip}(base.purchases, {vip_breaks}, {now})"),
            "has_bought" => expression!(self, "{ext.num_purchases}(base.purchases, {now}) > 0"),
            _ => return self.fit.gap(self.store, name).or_else(|| self.store.gap(name)),
        })
    }
}
