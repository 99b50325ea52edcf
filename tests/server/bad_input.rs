//! Wrong arguments: the right SQLSTATE, the value in the words, and a hint where one helps. The session survives.

use postgres::Client;

use crate::harness::{Ask, Database};

/// A statement must be refused with this SQLSTATE and with these words in its message, detail or hint.
#[track_caller]
fn refuses(client: &mut Client, statement: &str, code: &str, words: &[&str]) {
    let error = client.refused(statement);
    let said =
        format!("{} | {} | {}", error.message(), error.detail().unwrap_or_default(), error.hint().unwrap_or_default());
    assert_eq!(error.code().code(), code, "{said}\n{statement}");
    for word in words {
        assert!(said.contains(word), "\"{word}\" is not in: {said}\n{statement}");
    }
    let lower =
        error.message().chars().next().is_some_and(|first| !first.is_uppercase() || error.message().starts_with("RFM"));
    assert!(lower && !error.message().ends_with('.'), "style of {said}");
}

/// Calls of every public function and aggregate that has a parameter of these names: `$` stands for its value, all
/// others get a right one.
fn calls(client: &mut Client, parameters: &str) -> Vec<String> {
    // Where a text is the name of a grid, it is that of the model.
    client.run(
        "INSERT INTO lifecycle.segment_grid (grid, bins) VALUES ('mbg/nbd', 2);
         INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mbg/nbd', 'good', '{2*}'), ('mbg/nbd', 'bad', '{1*}')",
    );
    let calls = client.texts(&format!(
        "SELECT format('SELECT %s(%s) FROM (VALUES (1)) AS one', p.proname,
            (SELECT string_agg(CASE WHEN p.proargnames[i] = ANY ('{{{parameters}}}') AND t <> 'double precision' THEN '$::' || t
                ELSE CASE t::text WHEN 'purchase_history' THEN '''{{2024-01-01 5, 2024-02-01 7}}''::purchase_history'
                    WHEN 'engagement_history' THEN '''{{2024-01-01 sent, 2024-01-02 open}}''::engagement_history'
                    WHEN 'rfm_breaks' THEN '''{{\"bins\": 2, \"recency_days\": [1], \"frequency\": [1], \"monetary\": [1]}}''::rfm_breaks'
                    WHEN 'vip_breaks' THEN '''{{\"purchases\": 2, \"tenure_days\": 30, \"spend\": 10}}''::vip_breaks'
                    WHEN 'purchase_rhythm' THEN '''{{\"params\": {{\"k\": 1, \"r\": 3, \"alpha\": 100}}}}''::purchase_rhythm'
                    WHEN 'purchase_model' THEN '''{{\"model\": \"bg/nbd\", \"params\": {{\"r\": 0.2, \"alpha\": 4, \"a\": 0.8, \"b\": 2}}}}''::purchase_model'
                    WHEN 'spend_model' THEN '''{{\"params\": {{\"p\": 6, \"q\": 4, \"gamma\": 15}}}}''::spend_model'
                    WHEN 'text' THEN CASE p.proargnames[i] WHEN 'kind' THEN '''open''::text' WHEN 'channel' THEN '''email''::text'
                        ELSE '''mbg/nbd''::text' END
                    WHEN 'boolean' THEN 'true' WHEN 'jsonb' THEN '''{{}}''::jsonb' WHEN 'bigint' THEN '5::bigint'
                    WHEN 'double precision' THEN CASE WHEN p.proargnames[i] IN ('frequency', 'recency', 't') THEN '2::float8' ELSE '0.5::float8' END
                    WHEN 'interval' THEN '''7 days''::interval'
                    WHEN 'integer' THEN '5' WHEN 'integer[]' THEN 'array[1]' WHEN 'numeric[]' THEN 'array[1.5]'
                    WHEN 'numeric' THEN '10.0' ELSE '''2024-03-01''::' || t END END, ', ' ORDER BY i)
             FROM (SELECT i, format_type(p.proargtypes[i - 1], NULL) AS t FROM generate_series(1, p.pronargs) AS i) AS arguments))
         FROM pg_proc AS p JOIN pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
         WHERE p.pronamespace = 'public'::regnamespace AND EXISTS (SELECT FROM unnest(p.proargnames, p.proargtypes::oid[]) AS a (name, of)
            WHERE name = ANY ('{{{parameters}}}') AND of <> 'double precision'::regtype) ORDER BY 1"
    ));
    for call in &calls {
        let right = if parameters.contains("amount") { "5" } else { "'2024-03-01'" };
        client.run(&call.replace('$', right));
    }
    calls
}

#[test]
fn every_reading_refuses_an_as_of_that_is_none() {
    let mut database = Database::new("bad_as_of");
    let calls = calls(&mut database, "as_of,t");
    assert_eq!(calls.len(), 83, "{calls:#?}");
    for call in calls {
        let words: &[&str] = match call.contains("until(") {
            true => &["t must not be NULL"],
            false => &["as_of must not be NULL", "now()"],
        };
        refuses(&mut database, &call.replace('$', "NULL"), "22004", words);
        for (value, shown) in [
            ("infinity", "out of range: infinity"),
            ("-infinity", "out of range: -infinity"),
            ("0044-03-15 00:00Z BC", "0044-03-15 BC"),
            ("10000-01-01 00:00Z", "+10000-01-01T00:00:00Z"),
            ("200000-01-01 00:00Z", "+200000-01-01T00:00:00Z"),
            ("294276-12-31 00:00Z", "9223371244800000000 microseconds after 2000-01-01"),
            ("4713-01-01 00:00Z BC", "4713-01-01 BC"),
        ] {
            let statement = call.replace('$', &format!("'{value}'"));
            refuses(&mut database, &statement, "22008", &["instant out of range", shown, "years 1 to 9999"]);
        }
    }
}

#[test]
fn every_aggregate_refuses_orders_out_of_time() {
    let mut database = Database::new("bad_ordered_at");
    let calls = calls(&mut database, "ordered_at,ordered_on");
    assert_eq!(calls.len(), 19, "{calls:#?}");
    for call in calls {
        for (value, shown) in [
            ("infinity", "out of range: infinity"),
            ("-infinity", "out of range: -infinity"),
            ("0001-12-30 BC", "0001-12-30 BC"),
            ("10000-01-03", "+10000-01-03"),
        ] {
            let statement = call.replace('$', &format!("'{value}'"));
            refuses(&mut database, &statement, "22008", &["instant out of range", shown]);
        }
    }
}

#[test]
fn every_aggregate_refuses_amounts_that_do_not_fit() {
    let mut database = Database::new("bad_amount");
    let calls = calls(&mut database, "amount");
    let calls: Vec<_> = calls.into_iter().filter(|call| !call.contains("purchases(")).collect();
    assert_eq!(calls.len(), 11, "{calls:#?}");
    for call in calls {
        for value in
            ["NaN", "Infinity", "-Infinity", "922337203685477.5808", "-922337203685477.5809", "1000000000000000000000"]
        {
            let statement = call.replace('$', &format!("'{value}'"));
            refuses(&mut database, &statement, "22003", &["amount out of range", value, "922337203685477.5807"]);
        }
    }
}

const H: &str = "'{2024-01-01 5, 2024-02-01 7}'::purchase_history";
const RHYTHM: &str = r#"'{"params": {"k": 1, "r": 3, "alpha": 100}}'::purchase_rhythm"#;

#[test]
fn parameters_out_of_range_are_named() {
    let mut database = Database::new("bad_parameters");
    for (call, code, words) in [
        ("btyd_summary(H, unit => '0')", "22023", &["time unit must be positive", "00:00:00", "7 days"][..]),
        ("btyd_summary(H, unit => '-7 days')", "22023", &["time unit must be positive", "-7 days"]),
        ("btyd_summary(H, unit => '1 month')", "22023", &["no fixed length", "1 mon", "Months and years", "30 days"]),
        ("btyd_summary(H, unit => '1 year 3 days')", "22023", &["no fixed length", "1 year"]),
        ("purchase_probability(H, R, '-1 day')", "22023", &["horizon", "negative", "-1 day"]),
        ("expected_next_purchase_range(H, R, 0)", "22023", &["level out of range: 0", "between 0 and 1"]),
        ("expected_next_purchase_range(H, R, 1)", "22023", &["level out of range: 1"]),
        ("purchase_probability(H, R, '9000 years')", "22008", &["horizon ends beyond the year 9999", "9000 years"]),
        ("expected_next_purchase_range(H, R, 'NaN')", "22023", &["level out of range: NaN"]),
        ("expected_next_purchase_range(H, R, NULL)", "22004", &["level must not be NULL"]),
        ("lifecycle_stage(H, at_risk_after => 0)", "22023", &["at_risk_after 0", "0 < at_risk_after <= lapsed_after"]),
        ("lifecycle_stage(H, at_risk_after => 3)", "22023", &["at_risk_after 3, lapsed_after 2"]),
        ("lifecycle_stage(H, R, lapsed_after => 'NaN')", "22023", &["lapsed_after NaN"]),
        ("lifecycle_stage(H, at_risk_after => NULL)", "22004", &["at_risk_after and lapsed_after must not be NULL"]),
        ("lifecycle_stage(H, R, lapsed_after => NULL)", "22004", &["must not be NULL"]),
        ("ltv(H, -1::float8)", "22023", &["out of range: -1", "not negative"]),
        ("ltv(H, 'NaN'::float8)", "22023", &["out of range: NaN"]),
        ("ltv(H, 'Infinity'::float8)", "22023", &["out of range: inf"]),
        ("ltv(H, 1e300)", "22003", &["lifetime value", "out of range"]),
        ("ltv('2024-01-01'::timestamptz, 5, -2.0)", "22023", &["out of range: -2"]),
        ("rfm_breaks(H, '2024-03-01'::timestamptz, 1)", "22023", &["bins out of range: 1", "between 2 and 100"]),
        ("rfm_breaks(H, '2024-03-01'::timestamptz, 101)", "22023", &["bins out of range: 101"]),
        ("rfm_breaks(H, '2024-03-01'::timestamptz, -2147483648)", "22023", &["bins out of range: -2147483648"]),
        ("rfm_breaks(H, '2024-03-01'::timestamptz, NULL)", "22004", &["bins must not be NULL"]),
        (
            "rfm_score(H, array[365, 180], array[1], array[1])",
            "22023",
            &["recency_days do not ascend", "365, 180", "ascending"],
        ),
        ("rfm_score(H, array[180], array[2, 1], array[1])", "22023", &["frequency do not ascend", "2, 1"]),
        ("rfm_score(H, array[180], array[1], array[5, 4.5])", "22023", &["monetary do not ascend", "4.5"]),
        (
            "rfm_score(H, array[180, NULL], array[1], array[1])",
            "22004",
            &["thresholds of recency_days must not be NULL"],
        ),
        ("rfm_score(H, array[180], array[NULL]::int[], array[1])", "22004", &["thresholds of frequency"]),
        ("rfm_score(H, array[180], array[1], array[NULL]::numeric[])", "22004", &["thresholds of monetary"]),
        ("rfm_score(H, array[180], array[1], array[1e20])", "22003", &["amount out of range: 100000000000000000000"]),
        ("rfm_score(H, array[180], array[1], array['NaN'::numeric])", "22003", &["amount out of range: NaN"]),
        (
            "rfm_score(H, '2025-12-31')",
            "22P02",
            &["type rfm_breaks: \"2025-12-31\"", "The text is not a JSON object.", "rfm_breaks(h) OVER ()"],
        ),
        ("rfm_segment(0, 1, 1)", "22023", &["0-1-1", "1 to 5", "5 bins"]),
        ("rfm_segment(1, 6, 1)", "22023", &["1-6-1"]),
        ("rfm_segment(row(5, 5, 10)::rfm_triple)", "22023", &["5-5-10"]),
        ("row(10, 5, 5)::rfm_triple::int", "22003", &["10-5-5", "one digit"]),
        ("row(-1, 5, 5)::rfm_triple::int", "22003", &["-1-5-5"]),
        ("'5-4'::text::rfm_triple", "22P02", &["invalid RFM score: \"5-4\"", "5-4-3"]),
        ("'5-4-x'::text::rfm_triple", "22P02", &["\"5-4-x\""]),
        ("'5-4-99999999999'::text::rfm_triple", "22P02", &["\"5-4-99999999999\""]),
    ] {
        let statement =
            format!("SELECT {}", call.replace("(H", &format!("({H}")).replace(", R", &format!(", {RHYTHM}")));
        refuses(&mut database, &statement, code, words);
    }
}

#[test]
fn malformed_values_are_shown_and_explained() {
    let mut database = Database::new("bad_values");
    let long = format!("{{{}", "1997-01-01 5, ".repeat(1000));
    for (value, kind, code, words) in [
        (
            "1997-01-01 5",
            "purchase_history",
            "22P02",
            &["\"1997-01-01 5\"", "braces", "Write {instant amount, ...}"][..],
        ),
        ("{1997-01-01}", "purchase_history", "22P02", &["\"{1997-01-01}\"", "Entry 1 "]),
        ("{1997-01-01 5, 1997-02-30 5}", "purchase_history", "22P02", &["Entry 2", "1997-02-30"]),
        ("{1997-01-01 5.00001}", "purchase_history", "22P02", &["Entry 1", "5.00001"]),
        ("{1997-01-01 NaN}", "purchase_history", "22P02", &["NaN"]),
        ("{infinity 1}", "purchase_history", "22P02", &["infinity"]),
        ("{1997-01-01 922337203685477.5808}", "purchase_history", "22003", &["922337203685477.5808"]),
        ("{0000-12-31 5}", "purchase_history", "22008", &["0001-12-31 BC", "years 1 to 9999"]),
        (&long, "purchase_history", "22P02", &["1997-01-01 5, 1997-01-01 5", "..."]),
        ("", "rfm_breaks", "22P02", &["\"\"", "JSON"]),
        (
            "{\"bins\": 3, \"recency_days\": [1], \"frequency\": [1, 2], \"monetary\": [1, 2]}",
            "rfm_breaks",
            "22P02",
            &["3 bins need 2 breaks, and recency_days has 1"],
        ),
        (
            "{\"bins\": 2, \"recency_days\": [1], \"frequency\": [1, 2], \"monetary\": [1]}",
            "rfm_breaks",
            "22P02",
            &["2 bins need 1 breaks, and frequency has 2"],
        ),
        (
            "{\"bins\": 3, \"recency_days\": [1, 2], \"frequency\": [1, 2], \"monetary\": [2, 1]}",
            "rfm_breaks",
            "22P02",
            &["monetary must ascend"],
        ),
        (
            "{\"bins\": 1, \"recency_days\": [], \"frequency\": [], \"monetary\": []}",
            "rfm_breaks",
            "22P02",
            &["bins out of range: 1"],
        ),
        (
            "{\"bins\": 2, \"recency_days\": [1], \"frequency\": [1], \"monetary\": [1], \"x\": 1}",
            "rfm_breaks",
            "22P02",
            &["`x`"],
        ),
        (
            "{\"bins\": 2, \"recency_days\": [1], \"frequency\": [1], \"monetary\": [1e20]}",
            "rfm_breaks",
            "22P02",
            &["1e20"],
        ),
        ("{}", "purchase_rhythm", "22P02", &["\"{}\"", "missing field `params`", "alpha in days"]),
        ("{\"params\": {\"k\": 1, \"r\": 3}}", "purchase_rhythm", "22P02", &["missing field `alpha`"]),
        ("{\"params\": {\"k\": -1, \"r\": 3, \"alpha\": 100}}", "purchase_rhythm", "22P02", &["parameter k is -1"]),
        ("{\"params\": {\"k\": 1, \"r\": 3, \"alpha\": 1e999}}", "purchase_rhythm", "22P02", &["out of range"]),
        ("{\"params\": null, \"unit\": \"1 week\"}", "purchase_rhythm", "22P02", &["1 week"]),
        ("{\"params\": null, \"model\": \"bg/nbd\"}", "purchase_rhythm", "22P02", &["bg/nbd"]),
        ("{}", "purchase_model", "22P02", &["missing field `model`", "bg/nbd"]),
        ("{\"model\": \"bg/nbd\"}", "purchase_model", "22P02", &["missing field `params`"]),
        ("{\"model\": \"x\", \"params\": null}", "purchase_model", "22P02", &["unknown purchase model", "mbg/nbd"]),
        ("{\"model\": \"nbd\", \"params\": {\"r\": 1}}", "purchase_model", "22P02", &["alpha is missing"]),
        (
            "{\"model\": \"nbd\", \"params\": {\"r\": 1, \"alpha\": 1, \"a\": 1}}",
            "purchase_model",
            "22P02",
            &["no parameter a"],
        ),
        ("{\"model\": \"nbd\", \"params\": {\"r\": 1, \"alpha\": -0}}", "purchase_model", "22P02", &["alpha is -0"]),
        (
            "{\"model\": \"nbd\", \"params\": {\"r\": 1e999, \"alpha\": 1}}",
            "purchase_model",
            "22P02",
            &["out of range"],
        ),
        ("{\"model\": \"nbd\", \"params\": null, \"unit\": \"1 month\"}", "purchase_model", "22P02", &["1 month"]),
        ("{\"model\": \"nbd\", \"params\": null, \"unit\": \"0 days\"}", "purchase_model", "22P02", &["0 days"]),
        (
            "{\"model\": \"bg/cnbd-k\", \"params\": {\"k\": 2.5, \"r\": 1, \"alpha\": 1, \"a\": 1, \"b\": 1}}",
            "purchase_model",
            "22P02",
            &["k is 2.5"],
        ),
        (
            "{\"model\": \"bg/cnbd-k\", \"params\": {\"k\": 13, \"r\": 1, \"alpha\": 1, \"a\": 1, \"b\": 1}}",
            "purchase_model",
            "22P02",
            &["k is 13"],
        ),
        ("{\"params\": {\"p\": 0, \"q\": 1, \"gamma\": 1}}", "spend_model", "22P02", &["parameter p is 0"]),
        ("{\"params\": {\"p\": 1, \"q\": 1}}", "spend_model", "22P02", &["missing field `gamma`"]),
        ("{\"params\": null, \"model\": \"x\"}", "spend_model", "22P02", &["\"x\""]),
        ("{\"params\": {\"alpha\": 1, \"beta\": 1e7}}", "renewal_model", "22P02", &["parameter beta is 1e7"]),
        ("{\"params\": {\"alpha\": 1}}", "renewal_model", "22P02", &["missing field `beta`"]),
    ] {
        refuses(&mut database, &format!("SELECT '{value}'::{kind}"), code, words);
        if kind != "purchase_history" && value.starts_with('{') && !value.contains("1e999") {
            refuses(&mut database, &format!("SELECT '{value}'::jsonb::{kind}"), code, &[]);
        }
    }
}

/// What a person may write around the parameters of a model that are right.
const AROUND: [&str; 14] = [
    "",
    r#", "covariance": []"#,
    r#", "covariance": [[]], "standard_errors": {}"#,
    r#", "covariance": [[1, 0], [0, 1]], "standard_errors": {"x": 1, "y": 1}"#,
    r#", "covariance": [[1, 0], [0, 1]], "standard_errors": {"alpha": 1, "r": 1}"#,
    r#", "covariance": [[1, 0], [0, 1]], "standard_errors": {"x": 1, "alpha": 1, "r": 1}"#,
    r#", "covariance": [[1, 5], [5, 1]], "standard_errors": {"r": 1, "alpha": 1}"#,
    r#", "covariance": [[-1, 0], [0, -1]], "standard_errors": {"r": 1, "alpha": 1}"#,
    r#", "covariance": [[0, 0], [0, 0]], "standard_errors": {"r": 0, "alpha": 0}"#,
    r#", "covariance": [[1e308, 0], [0, 1e308]], "standard_errors": {"r": -1, "alpha": 1}"#,
    r#", "covariance": [[1, 2, 3], [4]], "standard_errors": {"r": 1, "alpha": 1}"#,
    r#", "covariance": [[1e-320]], "standard_errors": {"a": 1e300}"#,
    r#", "standard_errors": {"k": 1, "r": 1}, "covariance": [[4, 0], [0, 4]]"#,
    r#", "customers": 18446744073709551615, "log_likelihood": 1e308, "log_likelihood_by_k": [], "fixed": {"z": 1}"#,
];

#[test]
fn what_stands_around_parameters_does_no_harm() {
    let mut database = Database::new("bad_around");
    database.run("SET statement_timeout = '60s'");
    let params = [
        ("bg/nbd", r#"{"r": 0.2, "alpha": 4, "a": 0.8, "b": 2}"#),
        ("mbg/nbd", r#"{"r": 0.2, "alpha": 4, "a": 0, "b": 2}"#),
        ("mbg/cnbd-k", r#"{"k": 3.0, "r": 0.2, "alpha": 4, "a": 0.8, "b": 2}"#),
        ("pareto/nbd", r#"{"r": 0.5, "alpha": 10, "s": 0.6, "beta": 12}"#),
        ("nbd", r#"{"r": 0.5, "alpha": 10}"#),
        ("bg/bb", r#"{"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.78}"#),
    ];
    for (model, params) in params {
        for around in AROUND {
            let m = format!(r#"'{{"model": "{model}", "params": {params}{around}}}'::purchase_model"#);
            // The spend model has fields of the same names for matrices of three rows.
            for spend in [
                r#"{"params": {"p": 6, "q": 4, "gamma": 15}}"#,
                r#"{"params": {"p": 6, "q": 4, "gamma": 15}, "covariance": [[1, 9, 9], [9, 1, 9], [9, 9, 1]]}"#,
                r#"{"params": {"p": 6, "q": 4, "gamma": 15}, "covariance": [[1e300, 0, 0], [0, 1e300, 0], [0, 0, 1e300]]}"#,
            ] {
                let said: bool = database.get(&format!(
                    "SELECT lower(r) >= 0 AND upper(r) >= lower(r) AND upper(r) < 'NaN'
                        AND ltv({H}, m, s, '1 year', as_of => '2024-03-01') >= 0 AND p_alive({H}, m, '2024-03-01') BETWEEN 0 AND 1
                        AND (aic(m) IS NULL OR aic(m) < 'NaN') AND (bic(m) IS NULL OR bic(m) < 'NaN')
                     FROM (SELECT m, s, ltv_range({H}, m, s, '1 year', as_of => '2024-03-01') AS r
                        FROM (VALUES ({m}, '{spend}'::spend_model)) AS v (m, s)) AS asked"
                ));
                assert!(said, "{m} {spend}");
            }
        }
    }
    let same: bool = database.get(
        r#"SELECT '{"model": "bg/cnbd-k", "params": {"k": 2.0, "r": 1, "alpha": 1, "a": 1, "b": 1}}'::purchase_model
            = '{"params": {"\u006b": 2, "r": 1.0, "alpha": 10e-1, "a": 1, "b": 1}, "model": "BG/CNBD-K", "unit": "1 week"}'::purchase_model"#,
    );
    assert!(same, "the same numbers, written in two ways");
}

#[test]
fn parameters_must_not_vary_within_a_group() {
    let mut database = Database::new("bad_varying");
    // One row in many differs, so that with workers it may be found only where their states meet.
    database.run(
        "CREATE TABLE varying AS SELECT n, '2024-01-01'::timestamptz + n * interval '1 day' AS at, 5.0 AS amount,
            CASE WHEN n = 4000 THEN '2030-01-02'::timestamptz ELSE '2030-01-01' END AS as_of,
            CASE WHEN n = 4000 THEN 4 ELSE 5 END AS bins, CASE WHEN n = 4000 THEN 1.5 ELSE 2 END::float8 AS years,
            '2030-01-01'::timestamptz AS same, purchase_history('2024-01-01'::timestamptz, n) AS h
         FROM generate_series(1, 4000) AS n GROUP BY n;
         ALTER TABLE varying SET (parallel_workers = 2); ANALYZE varying",
    );
    for settings in [
        "SET max_parallel_workers_per_gather = 0",
        "SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
         SET min_parallel_table_scan_size = 0",
    ] {
        database.run(settings);
        for (aggregate, words) in [
            ("rfm_breaks(h, as_of)", &["same in every row", "as_of", "Group by"][..]),
            ("rfm_breaks(h, same, bins)", &["same in every row", "bins"]),
            ("purchase_rhythm(h, as_of)", &["as_of", "same in every row", "2030-01-0"]),
            ("average_ltv(h, as_of)", &["as_of", "same in every row", "2030-01-0"]),
            ("ltv_inputs(h, as_of)", &["as_of", "same in every row"]),
            ("lifecycle_stage(at, as_of)", &["as_of", "same in every row"]),
            ("lifecycle_stage(at, amount, as_of)", &["as_of", "same in every row"]),
            ("expected_next_purchase(at, as_of)", &["as_of", "same in every row"]),
            ("expected_next_purchase(at, amount, as_of)", &["as_of", "same in every row"]),
            ("ltv(at, amount, years, same)", &["years", "same in every row"]),
            ("ltv(at, amount, years)", &["years", "same in every row"]),
            ("ltv(at, amount, 2.0, as_of)", &["as_of", "same in every row"]),
            ("purchase_model(h, 'nbd', as_of)", &["as_of", "same in every row", "2030-01-0"]),
            (
                "purchase_model(h, CASE bins WHEN 4 THEN 'nbd' ELSE 'bg/nbd' END, same)",
                &["model", "same in every row", "Group by"],
            ),
            ("purchase_model(h, 'nbd', same, bins * interval '1 day')", &["unit", "same in every row"]),
            (
                "purchase_model(h, 'nbd', same, '1 day', jsonb_build_object('ridge', years))",
                &["options", "same in every row"],
            ),
            (
                "purchase_model(n, n, n, 1, CASE bins WHEN 4 THEN 'nbd' ELSE 'bg/nbd' END)",
                &["model", "same in every row"],
            ),
            ("spend_model(h, as_of)", &["as_of", "same in every row"]),
            ("renewal_model(h, as_of, '1 month')", &["as_of", "same in every row"]),
            ("backtest(h, 'nbd', as_of, '1 day')", &["split_at", "same in every row"]),
            ("backtest(h, 'nbd', same, bins * interval '1 day')", &["horizon", "same in every row"]),
            (
                "tracking(h, format('{\"model\": \"nbd\", \"params\": {\"r\": %s, \"alpha\": 1}}', years)::purchase_model, same, '100 days')",
                &["m must be", "same in every row"],
            ),
            (
                "tracking(h, '{\"model\": \"nbd\", \"params\": null}'::purchase_model, same, bins * interval '1 day')",
                &["step"],
            ),
            ("regularity(h, as_of)", &["as_of", "same in every row"]),
        ] {
            refuses(&mut database, &format!("SELECT {aggregate} FROM varying"), "22023", words);
            database.run(&format!("SELECT {aggregate} FROM varying GROUP BY as_of, bins, years"));
        }
    }
}

#[test]
fn inner_functions_do_nothing_outside_an_aggregate() {
    let mut database = Database::new("bad_inner");
    let inner = database.texts(
        "SELECT format('%s(%s)', p.proname, (SELECT string_agg(CASE t::text
                WHEN 'internal' THEN 'NULL' WHEN 'purchase_history' THEN '''{2024-01-01 5}''::purchase_history'
                WHEN 'purchase_history_rows' THEN '''{}''::purchase_history_rows'
                WHEN 'engagement_history' THEN '''{2024-01-01 open}''::engagement_history' WHEN 'text' THEN '''open''::text'
                WHEN 'numeric' THEN '5.0' WHEN 'double precision' THEN '2.0::float8' WHEN 'integer' THEN '5'
                WHEN 'bigint' THEN '5::bigint' WHEN 'boolean' THEN 'true' WHEN 'bigint[]' THEN 'array[5, 3]::bigint[]'
                WHEN 'interval' THEN '''7 days''::interval' WHEN 'jsonb' THEN '''{}''::jsonb'
                WHEN 'tstzrange' THEN '''(,)''::tstzrange' WHEN 'anyenum' THEN '''new''::lifecycle_stage'
                WHEN 'purchase_rhythm' THEN '''{\"params\": null}''::purchase_rhythm'
                WHEN 'purchase_model' THEN '''{\"model\": \"nbd\", \"params\": {\"r\": 1, \"alpha\": 1}}''::purchase_model'
                WHEN 'bytea' THEN '''\\x010203''::bytea' ELSE '''2024-01-01''::' || t END, ', ' ORDER BY i)
            FROM (SELECT i, format_type(p.proargtypes[i - 1], NULL) AS t FROM generate_series(1, p.pronargs) AS i) AS arguments))
         FROM pg_proc AS p JOIN pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
         WHERE p.pronamespace = 'public'::regnamespace AND (p.proname ~ '_(accum|combine|serialize|deserialize|final|recv)(_|$)' OR p.proname ~ '^rows_') ORDER BY 1",
    );
    assert!(inner.len() > 35, "{inner:#?}");
    let (mut refused, mut unreachable) = (0, 0);
    for call in inner {
        if call.contains("NULL") {
            // A state of type internal cannot be had in SQL: the server finds no such function, or no such value.
            let code = database.refused(&format!("SELECT {call}")).code().code().to_owned();
            assert!(["42883", "0A000"].contains(&code.as_str()), "{code}: {call}");
            unreachable += 1;
        } else if call.contains("_final(") {
            database.run(&format!("SELECT {call}"));
        } else {
            refuses(&mut database, &format!("SELECT {call}"), "22023", &["outside an aggregate"]);
            refused += 1;
        }
    }
    assert!(refused == 14 && unreachable > 25, "{refused} refused, {unreachable} unreachable");
}
