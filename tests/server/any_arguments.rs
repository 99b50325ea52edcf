//! Every public function and aggregate with every kind of argument: each call gives a value or a documented error, and the
//! session lives.

use std::collections::BTreeMap;

use postgres::{Client, SimpleQueryMessage};

use crate::harness::{Ask, Database, show};

/// Malformed text or bytes, a value out of range, NULL where none may stand, an instant, an interval, a limit, memory; of stores
/// what does not exist, what cannot be a name, and what this server has not.
const ALLOWED: [&str; 14] = [
    "22P02", "22P03", "22023", "22004", "22003", "22008", "22015", "54000", "53200", "2202E", "42704", "42P01",
    "42602", "0A000",
];

/// The values of a type as SQL text; the first is a right one.
fn values(kind: &str) -> Vec<String> {
    let texts: &[&str] = match kind {
        "purchase_history" => &[
            "{2024-01-01 5, 2024-02-01 7}",
            "{}",
            "{2024-01-01 0}",
            "{2024-01-01 -5, 2024-01-02 -7}",
            "{2024-01-01 5, 2024-01-01 5, 2024-01-02 5, 2024-01-02 -5}",
            "{0001-01-01T00:00:00Z 922337203685477.5807, 9999-12-31T23:59:59.999999Z -922337203685477.5808}",
            "{0001-01-01T00:00:00Z 922337203685477.5807, 0001-01-03T00:00:00Z 922337203685477.5807, 2023-12-31 1}",
            "{9999-12-31T23:59:59.999999Z 1}",
        ],
        "purchase_history_rows" => &[
            r"\x19000000010000000000000000000000010000000000000061",
            "{}",
            // Two rows of one order, whose sum no order can be over.
            r"\x2c000000000000000000000000000000ffffffffffffff7f000000000000000000000000ffffffffffffff7f",
        ],
        "engagement_history" => &[
            "{2024-01-01 sent email, 2024-01-02 open email}",
            "{}",
            "{2024-01-01 unsubscribe, 2024-01-01 subscribe, 2024-01-01 complaint sms, 2024-01-01 sent sms}",
            "{2024-01-01 sent, 2024-01-01 sent, 2024-01-01 bounce, 2024-01-01 bounce}",
            "{0001-01-01 subscribe, 9999-12-31T23:59:59.999999Z visit store}",
            "{9999-12-31T23:59:59.999999Z referral}",
        ],
        "purchase_model" => &[
            r#"{"model": "mbg/nbd", "params": {"r": 0.5, "alpha": 6, "a": 0.9, "b": 2}}"#,
            r#"{"model": "bg/nbd", "params": null}"#,
            r#"{"model": "bg/nbd", "params": {"r": 1e-3, "alpha": 1e12, "a": 1e-3, "b": 1e5}}"#,
            r#"{"model": "bg/nbd", "params": {"r": 1e6, "alpha": 1e-6, "a": 1e5, "b": 1e-3}, "unit": "1 microsecond"}"#,
            r#"{"model": "mbg/nbd", "params": {"r": 1e6, "alpha": 1e-6, "a": 0, "b": 1}, "unit": "100000000 days"}"#,
            r#"{"model": "bg/cnbd-k", "params": {"k": 12, "r": 1e-3, "alpha": 1e-6, "a": 1, "b": 1}}"#,
            r#"{"model": "mbg/cnbd-k", "params": {"k": 2.0, "r": 0.5, "alpha": 5, "a": 1e-3, "b": 1e-3}, "unit": "1 day"}"#,
            r#"{"model": "mbg/cnbd-k", "params": {"k": 12, "r": 1e6, "alpha": 1e12, "a": 1e5, "b": 1e5}}"#,
            r#"{"model": "pareto/nbd", "params": {"r": 0.55, "alpha": 10.58, "s": 0.61, "beta": 11.67}}"#,
            r#"{"model": "pareto/nbd", "params": {"r": 1e-4, "alpha": 1e15, "s": 1e-4, "beta": 1e-6}}"#,
            r#"{"model": "pareto/nbd", "params": {"r": 1e6, "alpha": 1e-6, "s": 1e6, "beta": 1e15}, "unit": "1 second"}"#,
            r#"{"model": "pareto/nbd", "params": {"r": 1, "alpha": 5, "s": 0, "beta": 1}}"#,
            r#"{"model": "nbd", "params": {"r": 1e-3, "alpha": 1e-6}}"#,
            r#"{"model": "bg/bb", "params": {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.78}}"#,
            r#"{"model": "bg/bb", "params": {"alpha": 1e-5, "beta": 1e6, "gamma": 1e6, "delta": 1e-5}, "unit": "1 microsecond"}"#,
            r#"{"model": "bg/nbd", "params": {"r": 0.2, "alpha": 4, "a": 0.8, "b": 2}, "covariance": [[1, 2], [3]], "standard_errors": {"x": 1}}"#,
        ],
        "spend_model" => &[
            r#"{"params": {"p": 6, "q": 4, "gamma": 15}}"#,
            r#"{"params": null}"#,
            r#"{"params": {"p": 0.01, "q": 0.01, "gamma": 1e18}}"#,
            r#"{"params": {"p": 1e4, "q": 1e6, "gamma": 1e-12}}"#,
            r#"{"params": {"p": 1e4, "q": 1.0000001, "gamma": 1e18}}"#,
        ],
        "renewal_model" => &[
            r#"{"params": {"alpha": 0.668, "beta": 3.806}}"#,
            r#"{"params": null}"#,
            r#"{"params": {"alpha": 1e-6, "beta": 1e6}}"#,
            r#"{"params": {"alpha": 1e6, "beta": 1e-6}}"#,
        ],
        "rfm_breaks" => &[
            r#"{"bins": 2, "recency_days": [1], "frequency": [1], "monetary": [1]}"#,
            r#"{"bins": 2, "recency_days": [-2147483648], "frequency": [2147483647], "monetary": [-922337203685477.5808]}"#,
        ],
        "purchase_rhythm" => &[r#"{"params": {"k": 1, "r": 3, "alpha": 100}}"#, r#"{"params": null}"#],
        "timestamp with time zone" | "timestamp without time zone" | "date" => &[
            "2024-03-01",
            "infinity",
            "-infinity",
            "0001-01-01 00:00Z",
            "9999-12-31 23:59:59.999999Z",
            "0044-03-15 BC",
            "10000-01-01",
            "2023-12-31 23:59:59.999999Z",
            "2024-01-01",
        ],
        "interval" => &[
            "7 days",
            "0",
            "1 microsecond",
            "-1 microsecond",
            "1 month",
            "-1 month 40 days",
            "1 year",
            "7000 years",
            "100000000 days",
            "178000000 years",
            "-178000000 years",
            "2147483647 months 2147483647 days 2562047788 hours",
            "-2147483648 months -2147483648 days -2562047788 hours",
        ],
        "double precision" => &[
            "0.5",
            "NaN",
            "Infinity",
            "-Infinity",
            "0",
            "-0",
            "-1",
            "1",
            "2",
            "5e-324",
            "1e-300",
            "0.9999999999999999",
            "1.5",
            "40",
            "4294967295",
            "4294967296",
            "1e15",
            "1e16",
            "1.7976931348623157e308",
        ],
        "bigint" => &["5", "0", "-1", "1", "4294967295", "4294967296", "9223372036854775807", "-9223372036854775808"],
        "integer" => &["5", "0", "-1", "1", "2", "101", "2147483647", "-2147483648"],
        "numeric" => {
            &["5", "0", "-5", "NaN", "Infinity", "-Infinity", "1e20", "-1e20", "1e-30", "922337203685477.5807"]
        }
        "vip_breaks" => &[
            r#"{"purchases": 2, "tenure_days": 30, "spend": 10}"#,
            r#"{"purchases": -9223372036854775808, "tenure_days": 9223372036854775807, "spend": -922337203685477.5808}"#,
        ],
        "boolean" => &["true", "false"],
        "bigint[]" => &[
            "{1000,869,743,653,593}",
            "{}",
            "{NULL}",
            "{5,6}",
            "{-1}",
            "{0}",
            "{0,0,0}",
            "{9223372036854775807,9223372036854775807,1}",
            "{-9223372036854775808}",
            "{{3,2},{1,0}}",
            "[5:7]={30,20,10}",
        ],
        "integer[]" => &["{1}", "{}", "{NULL}", "{2,1}", "{{1,2},{3,4}}", "{-2147483648,2147483647}", "[5:6]={1,2}"],
        "numeric[]" => &["{1.5}", "{}", "{NULL}", "{2,1}", "{{1,2},{3,4}}", "{NaN}", "{Infinity}", "{1e20}"],
        "double precision[]" => {
            &["{1.5}", "{}", "{NULL}", "{2,1}", "{{1,2},{3,4}}", "{NaN}", "{Infinity}", "{1e308,-1e308}", "{5e-324}"]
        }
        "interval[]" => &["{1 day}", "{}", "{NULL}", "{30 days,1 year}", "{-1 day}", "{178000000 years}"],
        "text[]" => &["{country}", "{}", "{NULL}", "{{a,b},{c,d}}"],
        "text" => &[
            "mbg/nbd",
            "open",
            "email",
            "bg/nbd",
            "bg/cnbd-k",
            "mbg/cnbd-k",
            "pareto/nbd",
            "nbd",
            "bg/bb",
            " BG/NBD ",
            "",
            "bg/bb\u{301}",
            "5-4-3",
            "-1--1--1",
            "\u{1}\u{2}",
            "rfm_25",
            "rfm_27",
            "R,FM",
        ],
        "jsonb" => &[
            "{}",
            "null",
            "[]",
            "1",
            "\"x\"",
            "{\"ridge\": 0.01}",
            "{\"ridge\": -1}",
            "{\"ridge\": 1e400}",
            "{\"ridge\": 1e308}",
            "{\"ridge\": null}",
            "{\"ridge\": []}",
            "{\"start\": {}}",
            "{\"start\": {\"r\": 1e300, \"alpha\": 1e-300}}",
            "{\"start\": {\"r\": 0}}",
            "{\"start\": {\"r\": 1, \"alpha\": 1, \"a\": 1, \"b\": 1}}",
            "{\"start\": {\"x\": 1}}",
            "{\"fixed\": {\"r\": 1}}",
            "{\"fixed\": {\"a\": 0}}",
            "{\"fixed\": {\"s\": 0}}",
            "{\"fixed\": {\"r\": 1, \"alpha\": 1, \"a\": 1, \"b\": 1}}",
            "{\"fixed\": {\"r\": 1, \"alpha\": 1, \"s\": 1, \"beta\": 1}}",
            "{\"fixed\": {\"alpha\": 1, \"beta\": 1, \"gamma\": 1, \"delta\": 1}}",
            "{\"fixed\": {\"k\": 13}}",
            "{\"fixed\": {\"k\": 1.5}}",
            "{\"fixed\": {\"k\": 3}}",
            "{\"sum_log_gaps\": 3}",
            "{\"sum_log_gaps\": -1e308}",
            "{\"sum_log_gaps\": \"\"}",
            "[{\"name\": \"a\", \"cells\": [\"[1-2]*\", \"3[4-5]\"]}, {\"name\": \"b\", \"cells\": [\"**\"], \"priority\": -2147483648}]",
            "[{\"name\": \"a\", \"cells\": [\"[1-\"]}]",
            "[{\"name\": null, \"cells\": []}]",
            "{\"unknown\": {\"deep\": [[[[[[[[1]]]]]]]]}}",
        ],
        "time without time zone" => &["09:00", "00:00", "23:59", "24:00", "21:00:00.000001"],
        "anyenum" => &["active", "prospect", "lapsed"],
        "tstzrange" => &[
            "[2024-01-01, 2024-02-01)",
            "empty",
            "(,)",
            "[-infinity, infinity]",
            "[infinity, infinity]",
            "(2024-01-01, 2024-01-01 00:00:00.000001)",
            "[4713-01-01 BC, 294000-01-01]",
        ],
        "rfm_triple" => &["(1,2,3)", "(1,2,2)", "(,,)", "(0,0,0)", "(-2147483648,2147483647,)", "(5,5,5)"],
        _ => panic!("no values of {kind}"),
    };
    // A polymorphic parameter takes a value of any such type.
    let kind = if kind == "anyenum" { "lifecycle_stage" } else { kind };
    let mut values: Vec<String> = texts.iter().map(|text| format!("'{text}'::{kind}")).collect();
    values.push(format!("NULL::{kind}"));
    match kind {
        "purchase_history" => values.push("(SELECT h FROM long_history)".into()),
        "text" => values.push("repeat('x', 100000)".into()),
        "bigint[]" => values.push("array_fill(1000::bigint, array[2000])".into()),
        "jsonb" => {
            values.push("(repeat('[', 500) || repeat(']', 500))::jsonb".into());
            values.push("('{\"ridge\": ' || repeat('9', 2000) || '}')::jsonb".into());
        }
        _ => {}
    }
    values
}

/// A function or an aggregate with the types of its parameters.
struct Function {
    name: String,
    kinds: Vec<String>,
    aggregate: bool,
}

fn functions(client: &mut Client) -> Vec<Function> {
    let rows = client
        .query(
            "SELECT CASE p.pronamespace WHEN 'lifecycle'::regnamespace THEN 'lifecycle.' ELSE '' END || p.proname, p.prokind = 'a',
                coalesce((SELECT array_agg(format_type(t, NULL) ORDER BY i) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, i)), '{}')
             FROM pg_proc AS p JOIN pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
                JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'pg_lifecycle'
             WHERE p.prokind <> 'p' AND p.prorettype <> 'trigger'::regtype AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT 'cstring'::regtype = ANY (p.proargtypes)
                AND p.proname !~ '_(accum|combine|serialize|deserialize|final|send)$' AND p.proname !~ '^rows_'
             ORDER BY 1, 3",
            &[],
        )
        .expect("the functions of the extension");
    rows.iter().map(|row| Function { name: row.get(0), aggregate: row.get(1), kinds: row.get(2) }).collect()
}

/// Runs a call; its SQLSTATE, or "value", or what is wrong with the answer.
fn answer(client: &mut Client, call: &str) -> Result<String, String> {
    match client.simple_query(call) {
        Ok(messages) => {
            for message in &messages {
                let SimpleQueryMessage::Row(row) = message else { continue };
                let said = row.get(0).unwrap_or_default();
                if said.contains("NaN") {
                    return Err(said.to_owned());
                }
            }
            Ok("value".to_owned())
        }
        Err(error) => match error.as_db_error() {
            Some(refused) if ALLOWED.contains(&refused.code().code()) => Ok(refused.code().code().to_owned()),
            Some(_) => Err(show(&error)),
            None => panic!("lost the session: {error}\n{call}"),
        },
    }
}

#[test]
fn any_arguments_give_a_value_or_a_named_error() {
    let mut database = Database::new("any_arguments");
    database.run(
        "INSERT INTO lifecycle.segment_grid (grid, bins) VALUES ('mbg/nbd', 2);
         INSERT INTO lifecycle.segment_rule (grid, name, cells, priority) VALUES ('mbg/nbd', 'good', '{2*}', 1), ('mbg/nbd', 'bad', '{1*}', 1);
         SELECT setseed(0.3);
         CREATE TABLE long_history AS SELECT purchase_history('2020-01-01'::timestamptz + n * interval '7 hours', n % 7) AS h
            FROM generate_series(1, 5000) AS n;
         CREATE TABLE base AS SELECT c, purchase_history('2023-01-01'::timestamptz + random() * interval '400 days', 5) AS h
            FROM generate_series(1, 60) AS c, generate_series(1, 1 + c % 5) GROUP BY c;
         SET statement_timeout = '15s'",
    );
    let functions = functions(&mut database);
    assert!(functions.len() > 140, "only {} functions", functions.len());
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    for Function { name, kinds, aggregate } in &functions {
        let right: Vec<String> = kinds.iter().map(|kind| values(kind).swap_remove(0)).collect();
        for (i, kind) in kinds.iter().enumerate() {
            for value in values(kind) {
                let mut arguments = right.clone();
                arguments[i] = value;
                let mut calls =
                    vec![format!("SELECT ({name}({}))::text FROM (VALUES (1)) AS one", arguments.join(", "))];
                if *aggregate && kinds[0] == "purchase_history" && i > 0 {
                    arguments[0] = "h".into();
                    calls.push(format!("SELECT ({name}({}))::text FROM base", arguments.join(", ")));
                }
                for call in calls {
                    match answer(&mut database, &call) {
                        Ok(answer) => *answers.entry(answer).or_insert(0) += 1,
                        Err(wrong) => problems.push(format!("{wrong}\n    {call}")),
                    }
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    let calls: usize = answers.values().sum();
    assert!(calls > 5_000 && answers["value"] > calls / 3, "{answers:?}");
}
