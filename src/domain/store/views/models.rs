//! What was fitted to the base: breaks, rhythm and models, with what they are and whether they count.

use super::{Text, View};
use crate::domain::store::Store;

/// The pairs of a JSON object in one line: numbers with six digits that count, arrays with spaces between.
macro_rules! in_words {
    ($object:literal) => {
        concat!(
            "coalesce((SELECT string_agg(e.key || ' = ' || CASE json_typeof(e.value) WHEN 'array' THEN
            (SELECT string_agg(i.item, ' ' ORDER BY i.place)
            FROM json_array_elements_text(e.value) WITH ORDINALITY AS i (item, place))
        WHEN 'number' THEN (SELECT CASE WHEN n.n = 0 THEN '0' ELSE
            trim_scale(round(n.n, least(greatest(5 - floor(log(abs(n.n)))::int4, 0), 1000)))::text END
            FROM (SELECT (e.value #>> '{}')::numeric AS n) AS n)
        ELSE e.value #>> '{}' END, ', ' ORDER BY e.place)
    FROM json_each(CASE json_typeof(",
            $object,
            ") WHEN 'object' THEN ",
            $object,
            " ELSE '{}'::json END) WITH ORDINALITY AS e (key, value, place)
    WHERE json_typeof(e.value) <> 'null'), '')"
        )
    };
}

const COLUMNS: &[Text] = &[
    ("fit", "f.id", "number of the fit, which fits all kinds at once; grows with each"),
    ("kind", "f.kind", "what was fitted: rfm_breaks, rhythm, purchase_model, spend_model or vip_breaks"),
    (
        "in_force",
        "f.id = (SELECT max(newest.id) FROM {data.fit} AS newest)",
        "whether scores and predictions are made with it; false for what a later fit has superseded",
    ),
    ("fitted_at", "f.fitted_at", "instant at which it was fitted"),
    ("as_of", "f.as_of", "instant up to which the purchases were read"),
    ("customers", "coalesce((f.value ->> 'customers')::int8, 0)", "number of customers that it was fitted to"),
    ("model", "coalesce(f.value ->> 'model', f.kind_of_model)", "name of the model; quantiles for breaks"),
    (
        "status",
        "CASE WHEN f.value IS NULL THEN 'not fitted' ELSE coalesce(f.value ->> 'status', f.value ->> 'method', 'exact') END",
        "converged, or what kept the fit from it; exact for breaks, which are counted and not estimated; not fitted where \
         there was nothing to fit to",
    ),
    (
        "parameters",
        in_words!("f.params"),
        "the parameters by their names, to six digits, or the breaks; money {money}; empty where there are none",
    ),
    (
        "standard_errors",
        in_words!("f.value -> 'standard_errors'"),
        "standard errors of the parameters, to six digits; empty where there are none, as for breaks",
    ),
    (
        "log_likelihood",
        "(f.value ->> 'log_likelihood')::float8",
        "log-likelihood of the data at the parameters; NULL for breaks, and where nothing was fitted",
    ),
    ("unit", "coalesce(f.value ->> 'unit', '')", "unit of time of the parameters; empty where they have none"),
    ("note", "coalesce(f.value ->> 'note', '')", "what else a reader should know; empty for the most part"),
    ("version", "coalesce(f.value ->> 'version', '')", "version of the extension that fitted; empty where nothing was"),
];

/// The view of the fits.
pub fn view(store: &Store) -> View {
    View::new(
        store,
        "models",
        "what was fitted to the base, a row for each kind in each fit, the newest fit first",
        COLUMNS,
        "FROM (SELECT f.id, f.fitted_at, f.as_of, k.kind_order, k.kind, k.kind_of_model, k.value,
        CASE k.kind
            WHEN 'rfm_breaks' THEN json_build_object('recency_days', k.value -> 'recency_days', 'frequency', k.value -> 'frequency',
                'monetary', k.value -> 'monetary')
            WHEN 'vip_breaks' THEN json_build_object('purchases', k.value -> 'purchases', 'tenure_days', k.value -> 'tenure_days',
                'spend', k.value -> 'spend', 'top_share', k.value -> 'top_share', 'mean_spend', k.value -> 'mean_spend')
            ELSE k.value -> 'params' END AS params
    FROM {data.fit} AS f,
        LATERAL (VALUES (1, 'rfm_breaks', 'quantiles', f.rfm_breaks::text::json), (2, 'rhythm', '', f.rhythm::text::json),
            (3, 'purchase_model', '', f.purchase_model::text::json), (4, 'spend_model', '', f.spend_model::text::json),
            (5, 'vip_breaks', 'quantiles', f.vip_breaks::text::json)) AS k (kind_order, kind, kind_of_model, value)) AS f
ORDER BY f.id DESC, f.kind_order",
    )
}
