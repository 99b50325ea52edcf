//! Fits and predictions on histories against those on the bare summaries that plain queries make of the order tables, as
//! of many instants and in several zones.

use proptest::test_runner::TestCaseResult;

use crate::harness::{Ask, Database};
use crate::orders::ZONES;
use crate::properties::{for_random_bases, must_not_be};

/// Models written by hand, each with its unit of time. The last counts periods, and has no place among summaries of time.
const MODELS: &str = r#"
    CREATE TABLE models (id int PRIMARY KEY, unit interval, m purchase_model);
    INSERT INTO models VALUES
        (1, '7 days', '{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}}'),
        (2, '1 day', '{"model": "mbg/nbd", "params": {"r": 0.525, "alpha": 43.2, "a": 0.891, "b": 1.614}, "unit": "1 day"}'),
        (3, '36 hours', '{"model": "mbg/cnbd-k", "params": {"k": 3, "r": 0.5, "alpha": 2.5, "a": 0.4, "b": 2.5}, "unit": "36 hours"}'),
        (4, '30 days', '{"model": "pareto/nbd", "params": {"r": 0.553, "alpha": 2.47, "s": 0.606, "beta": 2.72}, "unit": "30 days"}'),
        (5, '7 days', '{"model": "nbd", "params": {"r": 0.4, "alpha": 8.5}}'),
        (6, '7 days', '{"model": "bg/bb", "params": {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.78}}');
    CREATE TABLE spends (s spend_model);
    INSERT INTO spends VALUES ('{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}');
    -- Within a billionth; a value next to nothing within what its terms are rounded by.
    CREATE FUNCTION near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN a IS NULL OR b IS NULL THEN a IS NULL AND b IS NULL
            ELSE a = b OR abs(a - b) <= 1e-9 * greatest(abs(a), abs(b)) + 1e-14 END $$"#;

/// Instants at which a horizon of some years ends before the calendar does.
const ASKED: &str = "(SELECT as_of FROM instants WHERE as_of < '9900-01-01') AS asked";

fn prepared(database: &mut Database) {
    if !database.get::<bool>("SELECT to_regclass('models') IS NOT NULL") {
        database.run(MODELS);
    }
}

#[test]
fn predictions_of_histories_are_those_of_their_summaries() {
    for_random_bases("model_laws_predictions", 4, |database| {
        prepared(database);
        for zone in ZONES {
            database.run(&format!("SET TimeZone = '{zone}'"));
            let rows = format!(
                "(SELECT as_of, customer_id, id, h, m, s, (b).frequency AS x, (b).recency AS t_x, (b).t AS t, unit,
                    extract(epoch FROM as_of + '1 year 10 days' - as_of)::float8 / extract(epoch FROM unit)::float8 AS units
                  FROM (SELECT *, btyd_summary(h, as_of, unit) AS b FROM {ASKED}, histories, spends, models WHERE id < 6 OFFSET 0) AS s
                  OFFSET 0) AS r"
            );
            let year = "'1 year 10 days'";
            for (of_history, of_summary) in [
                ("p_alive(h, m, as_of)", "p_alive(m, x, t_x, t)"),
                ("expected_purchases(h, m, YEAR, as_of)", "expected_purchases(m, x, t_x, t, units)"),
                ("purchase_probability(h, m, YEAR, as_of)", "purchase_probability(m, x, t_x, t, units)"),
                (
                    "residual_value(h, m, 0.15, YEAR, as_of)",
                    "residual_value(m, x, t_x, t, ln(1.15::float8) / 365.2425 * extract(epoch FROM unit)::float8 / 86400, units)",
                ),
                (
                    "residual_value(h, m, 0.15, as_of => as_of)",
                    "residual_value(m, x, t_x, t, ln(1.15::float8) / 365.2425 * extract(epoch FROM unit)::float8 / 86400)",
                ),
                ("residual_value(h, m, 0, YEAR, as_of)", "expected_purchases(h, m, YEAR, as_of)"),
                (
                    "ltv(h, m, s, YEAR, 0.1, 0.3, as_of)",
                    "0.3 * residual_value(h, m, 0.1, YEAR, as_of) * expected_spend(h, s, as_of)",
                ),
                (
                    "expected_spend(h, s, as_of)",
                    "expected_spend(s, x, coalesce((btyd_summary(h, as_of)).monetary_value, 0))",
                ),
                (
                    "extract(epoch FROM expected_next_purchase(h, m, as_of) - as_of)::float8",
                    "CASE WHEN expected_next_purchase(h, m, as_of) IS NOT NULL THEN
                        ceil(expected_wait(m, x, t_x, t) * extract(epoch FROM unit)::float8 * 1e6) / 1e6 END",
                ),
            ] {
                let (given, expected) = (of_history.replace("YEAR", year), of_summary.replace("YEAR", year));
                // Seconds are rounded to microseconds, and money to as many digits as a double has.
                let same =
                    if given.contains("expected_next") { "abs(a - b) > 2e-6 + 1e-9 * b" } else { "NOT near(a, b)" };
                must_not_be(
                    database,
                    &format!("{zone}: {given}"),
                    &format!(
                        "SELECT * FROM (SELECT as_of, customer_id, id, x, t_x, t, ({given})::float8 AS a, ({expected})::float8 AS b
                            FROM {rows}) AS v WHERE {same}"
                    ),
                )?;
            }
            must_not_be(
                database,
                &format!("{zone}: lifecycle_stage(h, m)"),
                &format!(
                    "SELECT * FROM (SELECT *, lifecycle_stage(h, m, as_of) AS stage, p_alive(m, x, t_x, t) AS p,
                            purchase_probability(m, x, t_x, t_x, t - t_x)
                                / nullif(purchase_probability(m, x, t_x, t_x, 'infinity'), 0) AS overdue
                        FROM {rows}) AS v
                     WHERE NOT (abs(p - 0.5) < 1e-9 OR abs(p - 0.1) < 1e-9 OR coalesce(abs(overdue - 0.9) < 1e-9, false))
                        AND stage::text <> CASE WHEN x IS NULL THEN 'prospect' WHEN p < 0.1 THEN 'lapsed'
                            WHEN p < 0.5 OR coalesce(overdue, 1) > 0.9 THEN 'at_risk' WHEN x = 0 THEN 'new' ELSE 'active' END"
                ),
            )?;
        }
        Ok(())
    });
}

/// Everything that is said of a customer, as text.
const SAID: &str = "concat_ws('|', p_alive(H, m, as_of), expected_purchases(H, m, '400 days', as_of),
    purchase_probability(H, m, '400 days', as_of), expected_next_purchase(H, m, as_of),
    expected_next_purchase_within(H, m, '400 days', as_of), expected_next_purchase_range(H, m, 0.8, as_of),
    residual_value(H, m, 0.1, '10 years', as_of), residual_value(H, m, as_of => as_of), expected_spend(H, s, as_of),
    ltv(H, m, s, '1 year', as_of => as_of), lifecycle_stage(H, m, as_of))";

#[test]
fn predictions_travel_in_time() {
    for_random_bases("model_laws_time_travel", 1, |database| {
        prepared(database);
        for zone in ZONES {
            database.run(&format!("SET TimeZone = '{zone}'"));
            must_not_be(
                database,
                zone,
                &format!(
                    "SELECT * FROM (SELECT as_of, id, customer_id, h, {} AS now_known, {} AS then_known
                        FROM {ASKED}, histories, models, spends) AS said WHERE now_known <> then_known",
                    SAID.replace("H,", "h,"),
                    SAID.replace("H,", "until(h, as_of),")
                ),
            )?;
            for figure in [
                "purchase_model(H, 'mbg/nbd', as_of)",
                "purchase_model(H, 'bg/cnbd-k', as_of, '1 day')",
                "purchase_model(H, 'bg/bb', as_of, '30 days')",
                "spend_model(H, as_of)",
                "renewal_model(H, as_of, '1 month')",
                "regularity(H, as_of)",
            ] {
                must_not_be(
                    database,
                    &format!("{zone}: {figure}"),
                    &format!(
                        "SELECT * FROM (SELECT as_of, {}::text AS now_known, {}::text AS then_known
                            FROM {ASKED}, histories GROUP BY as_of) AS said WHERE now_known IS DISTINCT FROM then_known",
                        figure.replace("H,", "h,"),
                        figure.replace("H,", "until(h, as_of),")
                    ),
                )?;
            }
        }
        Ok(())
    });
}

/// That two columns, `given` and `expected`, are the same model but for the instant and the last digits of numbers; of a parameter
/// that the base hardly determines, but for a thousandth of its standard error: along a flat ridge the search may stop anywhere. Where
/// there is no such error, but for a millionth: around an optimum the likelihood tells no more than half of the digits.
fn same_models(database: &mut Database, what: &str, query: &str) -> TestCaseResult {
    must_not_be(
        database,
        what,
        &format!(
            "SELECT * FROM (SELECT given::jsonb - 'as_of' AS g, expected::jsonb - 'as_of' AS e FROM ({query}) AS pairs) AS j
             WHERE (g IS NULL) <> (e IS NULL) OR g->>'status' IS DISTINCT FROM e->>'status'
                OR g->>'customers' IS DISTINCT FROM e->>'customers' OR g->>'repeat_buyers' IS DISTINCT FROM e->>'repeat_buyers'
                OR g->>'unit' IS DISTINCT FROM e->>'unit' OR g->>'collapses_to' IS DISTINCT FROM e->>'collapses_to'
                OR NOT near((g->>'log_likelihood')::float8, (e->>'log_likelihood')::float8)
                OR jsonb_typeof(g->'params') IS DISTINCT FROM jsonb_typeof(e->'params')
                OR jsonb_typeof(g->'params') = 'object' AND EXISTS (SELECT FROM jsonb_each_text(g->'params') AS p (name, value)
                    WHERE NOT near(value::float8, (e->'params'->>name)::float8)
                        AND NOT COALESCE(abs(value::float8 - (e->'params'->>name)::float8)
                            <= COALESCE(1e-3 * (g->'standard_errors'->>name)::float8, 1e-6 * abs(value::float8)), false))"
        ),
    )
}

#[test]
fn models_of_histories_are_those_of_their_summaries() {
    for_random_bases("model_laws_fits", 4, |database| {
        prepared(database);
        for zone in ["UTC", "America/Sao_Paulo"] {
            database.run(&format!(
                "SET TimeZone = '{zone}';
                 DROP TABLE IF EXISTS few; CREATE TEMP TABLE few AS SELECT as_of FROM instants ORDER BY as_of DESC LIMIT 12"
            ));
            for (kind, unit) in
                [("bg/nbd", "7 days"), ("mbg/nbd", "1 day"), ("pareto/nbd", "30 days"), ("nbd", "36 hours")]
            {
                same_models(
                    database,
                    &format!("{zone}: {kind}"),
                    &format!(
                        "SELECT as_of, purchase_model(h, '{kind}', as_of, '{unit}') AS given,
                            purchase_model((b).frequency, (b).recency, (b).t, 1, '{kind}', '{unit}') AS expected
                         FROM (SELECT *, btyd_summary(h, as_of, '{unit}') AS b FROM few, histories OFFSET 0) AS s GROUP BY as_of"
                    ),
                )?;
            }
            must_not_be(
                database,
                &format!("{zone}: spend_model"),
                "SELECT * FROM (SELECT as_of, spend_model(h, as_of)::jsonb - 'as_of' AS given, spend_model(
                        (btyd_summary(h, as_of)).frequency, (btyd_summary(h, as_of)).monetary_value)::jsonb - 'as_of' AS expected
                    FROM few, histories WHERE abs(total_spend(h, as_of)) < 1e9 GROUP BY as_of) AS pairs
                 WHERE given IS DISTINCT FROM expected",
            )?;
        }
        Ok(())
    });
}
