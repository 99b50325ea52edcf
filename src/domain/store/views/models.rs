//! What was fitted to the base: breaks, rhythm and models, with what they are and whether they count.

use super::template::Views;
use super::{Text, View};
use crate::domain::store::Store;
use crate::domain::support::sql::sql;

const COLUMNS: &[Text] = &[
    ("fit", "fit.id", "number of the fit, which fits all kinds at once; grows with each"),
    ("kind", "fit.kind", "what was fitted: rfm_breaks, rhythm, purchase_model, spend_model or vip_breaks"),
    (
        "in_force",
        "fit.id = (SELECT max(newest.id) FROM {data.fit} AS newest)",
        "whether scores and predictions are made with it; false for what a later fit has superseded",
    ),
    ("fitted_at", "fit.fitted_at", "instant at which it was fitted"),
    ("as_of", "fit.as_of", "instant up to which the purchases were read"),
    ("customers", "coalesce((fit.value ->> 'customers')::int8, 0)", "number of customers that it was fitted to"),
    ("model", "coalesce(fit.value ->> 'model', fit.kind_of_model)", "name of the model; quantiles for breaks"),
    (
        "status",
        "CASE WHEN fit.value IS NULL THEN 'not fitted' ELSE coalesce(fit.value ->> 'status', fit.value ->> 'method', 'exact') END",
        "converged, or what kept the fit from it; exact for breaks, which are counted and not estimated; not fitted where \
         there was nothing to fit to",
    ),
    (
        "parameters",
        "{parameters_in_words}",
        "the parameters by their names, to six digits, or the breaks; money {money}; empty where there are none",
    ),
    (
        "standard_errors",
        "{errors_in_words}",
        "standard errors of the parameters, to six digits; empty where there are none, as for breaks",
    ),
    (
        "log_likelihood",
        "(fit.value ->> 'log_likelihood')::float8",
        "log-likelihood of the data at the parameters; NULL for breaks, and where nothing was fitted",
    ),
    ("unit", "coalesce(fit.value ->> 'unit', '')", "unit of time of the parameters; empty where they have none"),
    ("note", "coalesce(fit.value ->> 'note', '')", "what else a reader should know; empty for the most part"),
    (
        "version",
        "coalesce(fit.value ->> 'version', '')",
        "version of the extension that fitted; empty where nothing was",
    ),
];

/// The view of the fits.
pub fn view(store: &Store) -> View {
    View::new(
        store,
        "models",
        "what was fitted to the base, a row for each kind in each fit, the newest fit first",
        COLUMNS,
        sql!(Views(store), "sql/models.sql"),
    )
}
