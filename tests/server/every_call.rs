//! Every function of the extension, as one statement each, over data of any size: the list comes from the catalog, so that a
//! function is never forgotten.

use postgres::Client;

use crate::harness::{Ask, Database, assert_none};

/// A statement, and the function that it is about.
pub struct Call {
    pub function: String,
    pub statement: String,
    /// Whether it may run in a transaction that is rolled back.
    pub in_transaction: bool,
}

/// One row `d` with a value of each type: histories of so many entries, and their texts; and tables of many customers, of
/// many orders, and a store of it.
pub fn prepare(database: &mut Database, entries: u32, customers: u32) {
    database.run(&format!(
        "SET client_min_messages = error;
         CREATE TABLE many AS
            SELECT i, purchase_history('2020-01-01Z'::timestamptz + (i % 500 + k * i % 997) * interval '1 day', i + k) AS h,
                engagement_history('2020-01-01Z'::timestamptz + (i + k) % 700 * interval '1 day', 'open', 'email') AS e
            FROM generate_series(1, {customers}) AS i, generate_series(0, 3) AS k GROUP BY i;
         CREATE TABLE line AS
            SELECT i, i % 7919 AS customer, '2020-01-01Z'::timestamptz + i * interval '1 minute' AS at, 1.5 + i % 90 AS amount,
                's' || i % 50 AS name, (i % 7)::float8 AS x, 30.0::float8 AS t, i % 3 = 0 AS b, repeat('note ', 10) || i AS note
            FROM generate_series(1, {entries} / 4) AS i;
         CREATE TABLE d AS
            SELECT (SELECT purchase_history('2000-01-01Z'::timestamptz + i * interval '5 seconds', 1.5 + i % 90)
                    FROM generate_series(1, {entries}) AS i) AS h,
                (SELECT engagement_history('2000-01-01Z'::timestamptz + i * interval '5 seconds',
                    (ARRAY['sent', 'open', 'click'])[1 + i % 3], 'email') FROM generate_series(1, {entries}) AS i) AS e,
                (SELECT purchase_model(h, 'mbg/nbd', '2024-01-01Z') FROM many WHERE i < 1000) AS m,
                (SELECT purchase_rhythm(h, '2024-01-01Z') FROM many WHERE i < 1000) AS r,
                (SELECT spend_model(h, '2024-01-01Z') FROM many WHERE i < 1000) AS s,
                (SELECT rfm_breaks(h, '2024-01-01Z') FROM many WHERE i < 1000) AS b,
                (SELECT vip_breaks(h, '2024-01-01Z') FROM many WHERE i < 1000) AS v,
                renewal_model(ARRAY[1000, 631, 468, 382, 326]::bigint[]) AS c;
         CREATE TABLE texts AS SELECT h::text AS h FROM d;
         CREATE TABLE event_texts AS SELECT e::text AS e FROM d;
         CREATE TABLE orders AS SELECT customer, at, amount, note FROM line;
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{{\"reader\": \"\"}}');
         CALL lifecycle.refresh('shop');
         SELECT lifecycle.create_ready_made('shop', 'welcome', start => true);
         SELECT lifecycle.create_audience('shop', 'everybody', '{{\"profile\": \"orders\", \"at_least\": 0}}');
         ANALYZE"
    ));
}

/// A value of a type, by the name of the argument where that says more.
fn value(type_name: &str, argument: &str, is_aggregate: bool) -> Option<&'static str> {
    Some(match (type_name, argument) {
        ("text", "store") => "'shop'",
        ("text", "model") => "'bg/nbd'",
        ("text", "kind") => "'open'",
        ("text", "channel") => "'email'",
        ("text", "journey") => "'welcome'",
        ("text", "audience") => "'everybody'",
        ("text", "time_zone" | "zone") => "'Europe/Berlin'",
        ("text", "locale") => "'de_DE'",
        ("text", "format") => "'%x'",
        ("text", "grid") => "'rfm_25'",
        ("text[]", _) => "'{a,b}'::text[]",
        ("purchase_history", _) if is_aggregate => "many.h",
        ("engagement_history", _) if is_aggregate => "many.e",
        ("text", _) if is_aggregate => "line.name",
        ("text" | "cstring", _) => "texts.h",
        ("purchase_history", _) => "d.h",
        ("purchase_history_rows", _) => "'{}'::purchase_history_rows",
        ("engagement_history", _) => "d.e",
        ("purchase_model", _) => "d.m",
        ("purchase_rhythm", _) => "d.r",
        ("spend_model", _) => "d.s",
        ("rfm_breaks", _) => "d.b",
        ("vip_breaks", _) => "d.v",
        ("renewal_model", _) => "d.c",
        ("rfm_triple", _) => "ROW(1, 2, 3)::rfm_triple",
        ("timestamp with time zone", _) => "'2024-01-01Z'::timestamptz",
        ("timestamp without time zone", _) => "'2024-01-01'::timestamp",
        ("date", _) => "'2024-01-01'::date",
        ("time without time zone", _) => "'09:00'::time",
        ("interval", _) => "'1 day'::interval",
        ("tstzrange", _) => "'[2020-01-01,2021-01-01)'::tstzrange",
        ("double precision", _) => "0.5::float8",
        ("numeric", _) => "1::numeric",
        ("integer", _) => "3::integer",
        ("bigint", _) => "3::bigint",
        ("boolean", _) => "true",
        ("double precision[]", _) => "'{0.1,0.5}'::double precision[]",
        ("interval[]", _) => "'{1 day,30 days}'::interval[]",
        ("integer[]", _) => "'{1,2,3,4}'::integer[]",
        ("bigint[]", _) => "'{1,2}'::bigint[]",
        ("numeric[]", _) => "'{1,2,3,4}'::numeric[]",
        ("jsonb", _) => "'{}'::jsonb",
        ("anyenum", _) => "'new'::lifecycle_stage",
        _ => return None,
    })
}

/// What changes from row to row, where an aggregate is one of rows: of the first types of its arguments.
fn of_rows(types: &[String]) -> Option<Vec<&'static str>> {
    let first = types.first()?;
    let number = |name: &&String| *name == "double precision";
    match first.as_str() {
        "timestamp with time zone" => Some(vec!["line.at"]),
        "timestamp without time zone" => Some(vec!["line.at::timestamp"]),
        "date" => Some(vec!["line.at::date"]),
        "text" if types.get(1).is_some_and(|second| second != "text") => Some(vec!["line.note", "line.at"]),
        "double precision" if types.get(1).is_some_and(|second| second == "boolean") => Some(vec!["line.x", "line.b"]),
        "double precision" => {
            let places = ["line.x", "line.x * 2", "line.t", "1::float8"];
            Some(places.into_iter().take(types.iter().take_while(number).count()).collect())
        }
        _ => None,
    }
}

/// A statement for each function that SQL can call, and those that make the server call the others.
pub fn calls(client: &mut Client) -> Vec<Call> {
    let functions = client
        .query(
            "SELECT n.nspname::text, p.proname::text, p.prokind::text, p.proretset, p.oid::regprocedure::text,
                ARRAY(SELECT format_type(a, NULL) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS u(a, i) ORDER BY i),
                coalesce(p.proargnames, '{}'), p.prorettype = 'trigger'::regtype
             FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
             JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
             JOIN pg_extension AS x ON x.oid = d.refobjid AND x.extname = 'pg_lifecycle'
             WHERE NOT 'internal'::regtype = ANY (p.proargtypes::oid[])
                AND NOT EXISTS (SELECT FROM pg_aggregate WHERE p.oid IN (aggtransfn, aggcombinefn, aggmtransfn, aggfinalfn))
             ORDER BY 5",
            &[],
        )
        .expect("the functions of the extension");
    assert_none(
        client,
        "functions that neither SQL nor an aggregate nor a type calls",
        "SELECT p.oid::regprocedure FROM pg_proc AS p
         JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
         JOIN pg_extension AS x ON x.oid = d.refobjid AND x.extname = 'pg_lifecycle'
         WHERE 'internal'::regtype = ANY (p.proargtypes::oid[]) AND NOT EXISTS (SELECT FROM pg_aggregate WHERE p.oid IN
            (aggtransfn, aggcombinefn, aggserialfn, aggdeserialfn, aggfinalfn, aggmtransfn, aggminvtransfn, aggmfinalfn))
            AND NOT EXISTS (SELECT FROM pg_type WHERE p.oid IN (typreceive, typinput))",
    );
    let mut calls = Vec::new();
    for function in functions {
        let [schema, name, kind] = [0, 1, 2].map(|column| function.get::<_, String>(column));
        let (is_set, signature): (bool, String) = (function.get(3), function.get(4));
        let (types, names): (Vec<String>, Vec<String>) = (function.get(5), function.get(6));
        if kind == "p" || function.get::<_, bool>(7) {
            continue;
        }
        let is_aggregate = kind == "a";
        let changing = if is_aggregate { of_rows(&types).unwrap_or_default() } else { Vec::new() };
        let arguments: Vec<&str> = types
            .iter()
            .enumerate()
            .map(|(i, of)| {
                let name = names.get(i).map_or("", String::as_str);
                changing.get(i).copied().or_else(|| value(of, name, is_aggregate)).unwrap_or_else(|| {
                    panic!("{signature}: no value of type {of}: say one in tests/server/every_call.rs")
                })
            })
            .collect();
        let call = format!("\"{schema}\".\"{name}\"({})", arguments.join(", "));
        let uses = |table: &str| call.contains(&format!("{table}."));
        let mut tables: Vec<&str> = ["many", "line", "d", "texts"].into_iter().filter(|table| uses(table)).collect();
        if tables.is_empty() {
            tables.push("d");
        }
        let tables = tables.join(", ");
        let statement = match (is_set, is_aggregate) {
            (true, _) => format!("SELECT count(x) FROM {tables}, LATERAL {call} AS x"),
            (_, true) => format!("SELECT sum(length(x::text)) FROM (SELECT {call} AS x FROM {tables}) AS s"),
            // Comparisons and the like give booleans, the input functions need a type that a table may have.
            _ => format!("SELECT count(x::text) FROM (SELECT {call} AS x FROM {tables} OFFSET 0) AS s"),
        };
        // What is called by an operator or with a pseudo-type is called by the server.
        if types.iter().any(|of| of == "cstring") {
            let of = name.trim_end_matches("_in");
            let (text, table) = if of == "engagement_history" { ("e", "event_texts") } else { ("h", "texts") };
            let statement = format!("SELECT length(({text}::{of})::text) FROM {table}");
            calls.push(Call { function: signature, statement, in_transaction: true });
            continue;
        }
        calls.push(Call { function: signature, statement, in_transaction: true });
    }
    let further = [
        ("purchase_history over a window", "SELECT sum(num_purchases(h)) FROM (SELECT purchase_history(at, amount) OVER (PARTITION BY customer ORDER BY at) AS h FROM line WHERE customer < 50) AS s"),
        ("purchase_history of one customer", "SELECT length(purchase_history(at, amount)::text) FROM line"),
        ("rollup of giants", "SELECT num_purchases(rollup(x)) FROM (SELECT h AS x FROM d UNION ALL SELECT h FROM d) AS s"),
        ("the send and receive functions", "CREATE TEMP TABLE back (LIKE d); DO $$ BEGIN
            EXECUTE format('COPY d TO %L (FORMAT binary)', current_setting('data_directory') || '/every_call.bin');
            EXECUTE format('COPY back FROM %L (FORMAT binary)', current_setting('data_directory') || '/every_call.bin'); END $$"),
        ("long JSON of a model", "SELECT count((('{\"model\": [' || repeat('[0],', 5000000) || '0]}')::purchase_model)::text)"),
        ("long JSON of breaks", "SELECT count((('{\"bins\": 5, \"recency_days\": [' || repeat('1,', 5000000) || '0]}')::rfm_breaks)::text)"),
        ("long settings", "SELECT lifecycle.configure('shop', jsonb_build_object('a', repeat('x', 20000000)))"),
        ("a long journey", "SELECT lifecycle.create_journey('shop', 'long', (SELECT jsonb_object_agg('k' || i, i) FROM generate_series(1, 100000) AS i))"),
        ("triggers", "INSERT INTO orders SELECT i, now(), 1 FROM generate_series(1, 100000) AS i"),
        ("triggers of rows", "UPDATE orders SET amount = amount + 1"),
        ("the grids' triggers", "UPDATE lifecycle.segment_rule SET priority = priority"),
        ("lifecycle.verify", "SELECT count(*) FROM lifecycle.verify('shop')"),
        ("a simulation", "SELECT count(*) FROM lifecycle.simulate_journey('shop', lifecycle.ready_made_journey('welcome'), '2020-02-01', '2020-02-10', '1 day')"),
        ("how large an experiment must be", "SELECT count(*) FROM lifecycle.experiment_power('shop', lifecycle.ready_made_journey('welcome'), 0.2, '2020-02-01', '2020-02-10')"),
        ("a store of its own", "SELECT lifecycle.attach('other', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount', settings => '{\"reader\": \"\"}')"),
    ];
    calls.extend(further.map(|(what, statement)| Call {
        function: what.to_owned(),
        statement: statement.to_owned(),
        in_transaction: true,
    }));
    let procedures = [
        ("lifecycle.refresh", "CALL lifecycle.refresh('shop', rebuild => true)"),
        ("lifecycle.run_journeys", "CALL lifecycle.run_journeys('shop')"),
    ];
    calls.extend(procedures.map(|(what, statement)| Call {
        function: what.to_owned(),
        statement: statement.to_owned(),
        in_transaction: false,
    }));
    let known: Vec<String> = client.texts(
        "SELECT DISTINCT p.oid::regproc::text FROM pg_proc AS p
         JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
         JOIN pg_extension AS x ON x.oid = d.refobjid AND x.extname = 'pg_lifecycle' WHERE p.prokind = 'p'",
    );
    for procedure in known {
        assert!(
            procedures.iter().any(|(name, _)| *name == procedure),
            "the procedure {procedure} is not called in tests/server/every_call.rs"
        );
    }
    calls
}
