//! What ends a statement from outside says so as the server does: what our functions say of an error fits its SQLSTATE.

use postgres::Client;

use crate::harness::{Ask, Database, connect};
use crate::stores::said;

const HINT: &str = "A condition leaves such rows out";

/// A store that compares, whose status asks a function for each row.
fn store(name: &str, body: &str) -> Database {
    let mut database = Database::new(name);
    database.run(&format!(
        "SET client_min_messages = warning;
         CREATE TABLE gate (open int); CREATE UNIQUE INDEX ON gate (open);
         CREATE FUNCTION serves(customer int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
         CREATE TABLE orders (customer int, at timestamptz, amount numeric);
         INSERT INTO orders SELECT g, '2024-01-01Z', 1 FROM generate_series(1, 100) AS g;
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            changes => 'compare', status => 'serves(customer)', settings => '{{\"reader\": \"\"}}');
         CREATE OR REPLACE FUNCTION serves(customer int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN {body} RETURN true; END $$"
    ));
    database
}

/// The error of a refresh: its SQLSTATE and all that it says.
fn refresh(client: &mut Client) -> (String, String, Option<String>) {
    let error = client.refused("CALL lifecycle.refresh('shop')");
    (error.code().code().to_owned(), said(&error), error.hint().map(str::to_owned))
}

#[test]
fn what_ends_the_reading_from_outside_is_said_as_it_is() {
    let mut database = store("hints_outside", "PERFORM pg_sleep(0.02);");
    database.run("SET statement_timeout = '300ms'");
    let (code, text, hint) = refresh(&mut database);
    assert_eq!((code.as_str(), hint), ("57014", None), "{text}");
    assert!(text.starts_with("canceling statement due to statement timeout"), "{text}");
    database.run("RESET statement_timeout");
    // A cancel by another session.
    let token = database.cancel_token();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(400));
        token.cancel_query(postgres::NoTls).expect("cancelling");
    });
    let (code, text, hint) = refresh(&mut database);
    canceller.join().expect("the canceller");
    assert_eq!((code.as_str(), hint), ("57014", None), "{text}");
    // Locks: a timeout, and a wait for a lock that the server gives up.
    let mut other = connect(database.name());
    other.run("BEGIN; LOCK TABLE gate");
    database.run("CREATE OR REPLACE FUNCTION serves(customer int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM public.gate; RETURN true; END $$; SET lock_timeout = '200ms'");
    let (code, text, hint) = refresh(&mut database);
    assert_eq!((code.as_str(), hint), ("55P03", None), "{text}");
    other.run("ROLLBACK");
    database.run("RESET lock_timeout");
    // What the server raises for want of memory, disk, connections; for a deadlock and a defect; and of a transaction.
    for (code, condition) in [
        ("53100", "disk_full"),
        ("53200", "out_of_memory"),
        ("40P01", "deadlock_detected"),
        ("40001", "serialization_failure"),
        ("57P03", "cannot_connect_now"),
        ("58030", "io_error"),
        ("55006", "object_in_use"),
        ("25006", "read_only_sql_transaction"),
        ("08006", "connection_failure"),
        ("XX001", "data_corrupted"),
    ] {
        database.run(&format!(
            "CREATE OR REPLACE FUNCTION serves(customer int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
                RAISE {condition} USING MESSAGE = 'it happened', DETAIL = 'in the middle', HINT = 'wait'; END $$"
        ));
        let (found, text, _) = refresh(&mut database);
        assert_eq!((found.as_str(), text.as_str()), (code, "it happened | in the middle | wait"));
    }
}

#[test]
fn what_a_row_says_names_the_source_and_what_to_do() {
    let mut database = store("hints_rows", "");
    for (code, body, is_of_data) in [
        ("22012", "PERFORM 1 / (customer - customer);", true),
        ("22P02", "PERFORM ('x' || customer)::int;", true),
        ("22003", "PERFORM customer * 1000000000;", true),
        ("P0001", "RAISE 'refused' USING HINT = 'ask again';", false),
        ("23514", "RAISE check_violation USING MESSAGE = 'refused', HINT = 'ask again';", false),
        ("42501", "RAISE insufficient_privilege USING MESSAGE = 'refused', HINT = 'ask again';", false),
    ] {
        database.run(&format!(
            "CREATE OR REPLACE FUNCTION serves(customer int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN {body} RETURN true; END $$"
        ));
        let (found, text, hint) = refresh(&mut database);
        assert_eq!(found, code, "{text}");
        assert!(text.starts_with("orders: "), "{text}");
        let hint = hint.unwrap_or_default();
        assert_eq!(hint.contains(HINT), is_of_data, "{code}: {hint}");
        assert_eq!(hint == "ask again", !is_of_data, "{code}: {hint}");
    }
    // A row's own fault is none: it is left out.
    database.run("CREATE OR REPLACE FUNCTION serves(customer int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
        INSERT INTO orders VALUES (7, '2024-01-01Z', 'NaN'); CALL lifecycle.refresh('shop')");
    assert_eq!(database.texts("SELECT reason FROM shop_data.left_out_orders"), ["amount out of range"]);
}

#[test]
fn a_name_that_may_not_be_looked_at_is_not_said_to_be_missing() {
    let mut database = Database::new("hints_names");
    database.run(
        "SET client_min_messages = warning; DROP ROLE IF EXISTS server_tests_hints; CREATE ROLE server_tests_hints;
         GRANT CREATE ON DATABASE server_tests_hints_names TO server_tests_hints;
         CREATE SCHEMA closed; CREATE TABLE closed.orders (customer int, at timestamptz); SET ROLE server_tests_hints",
    );
    let attach = |orders: &str, more: &str| {
        format!(
            "SELECT lifecycle.attach('shop', orders => '{orders}', customer => 'customer', ordered_at => 'at', settings => '{{\"reader\": \"\"{more}}}')"
        )
    };
    assert_eq!(database.refused(&attach("closed.orders", "")).code().code(), "42501");
    for name in ["a.b.c.d", "nowhere.orders", "\"", "no_such_table", "other_database.public.orders"] {
        let error = database.refused(&attach(name, ""));
        assert_eq!(error.code().code(), "42P01", "{name}: {}", error.message());
    }
    database.run("RESET ROLE; DROP OWNED BY server_tests_hints; DROP ROLE server_tests_hints; CREATE TABLE orders (customer int, at timestamptz, amount numeric)");
    // A zone must serve as the setting TimeZone: an abbreviation does not, nor does what only timezone() takes.
    for zone in ["MSK", "CEST", "aest", "Mars/Olympus", "5", " -3.5", "right/UTC", ""] {
        let error = database.refused(&attach("public.orders", &format!(", \"time_zone\": \"{zone}\"")));
        assert_eq!(error.code().code(), "22023", "{zone}: {}", error.message());
        assert!(error.message().starts_with("time_zone"), "{zone}: {}", error.message());
    }
    database.run(&attach("public.orders", ", \"time_zone\": \"CET-1CEST\""));
    for zone in ["EST", "Asia/Kathmandu", "europe/berlin", "<+05>-05", "UTC"] {
        database.run(&format!(
            "SELECT lifecycle.configure('shop', '{{\"time_zone\": \"{zone}\"}}'); CALL lifecycle.refresh('shop')"
        ));
    }
    for zone in ["MSK", "IST"] {
        let error = database.refused(&format!("SELECT lifecycle.configure('shop', '{{\"time_zone\": \"{zone}\"}}')"));
        assert_eq!(error.code().code(), "22023", "{zone}: {}", error.message());
        assert!(said(&error).contains("pg_timezone_names"), "{}", said(&error));
    }
}

/// What a hint says to type can be typed.
#[test]
fn a_hint_on_a_name_can_be_copied() {
    let mut database = Database::new("hints_copied");
    database.run(
        r#"SET client_min_messages = warning;
        CREATE TABLE "OnlineRetail" ("CustomerID" int, "Invoice Date" timestamp, "Quantity" int, "UnitPrice" numeric, größe text, note text);
        INSERT INTO "OnlineRetail" VALUES (1, '2024-01-01', 2, 3, 'L'), (1, '2024-02-01', 1, 4, 'M');
        CREATE SCHEMA "Sales"; CREATE TABLE "Sales"."Order Lines" (customer int, at timestamptz);
        CREATE TABLE "O'Hara" (customer int, at timestamptz)"#,
    );
    let attach = |orders: &str, customer: &str, at: &str, more: &str| {
        let [orders, customer, at] = [orders, customer, at].map(|name| name.replace('\'', "''"));
        format!(
            "SELECT lifecycle.attach('shop', orders => '{orders}', customer => '{customer}', ordered_at => '{at}'{more}, settings => '{{\"reader\": \"\"}}')"
        )
    };
    for (typed, hint) in [
        ("OnlineRetail", r#"'"OnlineRetail"'"#),
        ("onlineretial", r#"'"OnlineRetail"'"#),
        ("PUBLIC.OnlineRetail", r#"'public."OnlineRetail"'"#),
        ("order lines", r#"'"Sales"."Order Lines"'"#),
        ("sales.\"order lines\"", r#"'"Sales"."Order Lines"'"#),
        ("O'Hara", r#"'"O''Hara"'"#),
    ] {
        let error = database.refused(&attach(typed, "customer", "at", ""));
        assert_eq!(error.code().code(), "42P01", "{typed}");
        assert_eq!(error.hint(), Some(format!("Perhaps you meant orders => {hint}.").as_str()), "{typed}");
        let found: bool = database.get(&format!("SELECT to_regclass({hint}) IS NOT NULL"));
        assert!(found, "{hint}");
    }
    for query in ["(SELECT * FROM x)", "select 1", "WITH a AS (SELECT 1) SELECT * FROM a", "VALUES (1)"] {
        let error = database.refused(&attach(query, "customer", "at", ""));
        assert!(said(&error).contains("not a query") && said(&error).contains("CREATE VIEW"), "{}", said(&error));
    }
    // The detail of the error for an expression has the one that is wanted.
    let retail = "\"OnlineRetail\"";
    for (customer, amount, wanted) in [
        ("CustomerID::bigint", None, "in quotes: \"CustomerID\"::bigint."),
        ("CustomerID", Some("Quantity * UnitPrice"), "in quotes: \"Quantity\" * \"UnitPrice\"."),
    ] {
        let more = amount.map_or(String::new(), |amount| format!(", amount => '{amount}'"));
        let error = database.refused(&attach(retail, customer, "Invoice Date", &more));
        assert_eq!(error.code().code(), "42703");
        assert!(said(&error).contains(wanted), "{}", said(&error));
    }
    // The statement of the hint makes an attribute of an expression.
    let error = database.refused(&attach(retail, "CustomerID", "Invoice Date", ", attributes => '{lower(note)}'"));
    let hint = error.hint().expect("a hint").to_owned();
    let alter =
        hint.split("generated column: ").nth(1).and_then(|rest| rest.split(". Or attach").next()).expect("a statement");
    database.run(alter);
    let error = database.refused(&attach(retail, "CustomerID", "Invoice Date", ", channel => 'Größe'"));
    assert!(said(&error).contains(r"channel => E'gr\U000000f6\U000000dfe'"), "{}", said(&error));
    // Columns may be in quotes, as relations must be.
    database.run(&attach(
        retail,
        "\"CustomerID\"::bigint",
        "\"Invoice Date\"",
        ", amount => '\"Quantity\" * \"UnitPrice\"', attributes => '{\"\\\"größe\\\"\", attributes_of_row}'",
    ));
    database.run("SELECT lifecycle.configure('shop', '{\"amount\": \"\\\"UnitPrice\\\"\"}'); CALL lifecycle.refresh('shop', as_of => '2024-03-01')");
    let spend: String = database.get("SELECT spend::text FROM shop.customers");
    assert_eq!(spend, "7.00");
    let settings: String =
        database.get("SELECT concat(settings ->> 'amount', settings ->> 'attributes') FROM lifecycle.stores");
    assert_eq!(settings, "UnitPrice[\"größe\", \"attributes_of_row\"]");
}

#[test]
fn a_city_and_an_abbreviation_lead_to_zones() {
    let mut database = Database::new("hints_zones");
    database.run("SET client_min_messages = warning; CREATE TABLE orders (customer int, at timestamptz)");
    for (zone, hint) in [
        ("London", "Perhaps you meant Europe/London."),
        ("new york", "Perhaps you meant America/New_York."),
        ("Sao Paulo", "Perhaps you meant America/Sao_Paulo."),
        ("Europe/Pariss", "Perhaps you meant Europe/Paris."),
        ("JST", "Asia/Tokyo"),
        ("Neverland", "Write a name such as Europe/London."),
    ] {
        let error = database.refused(&format!(
            "SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', time_zone => '{zone}', settings => '{{\"reader\": \"\"}}')"
        ));
        assert_eq!(error.code().code(), "22023", "{zone}");
        assert!(error.message().contains(zone), "{zone}: {}", error.message());
        assert!(error.hint().unwrap_or_default().contains(hint), "{zone}: {}", said(&error));
    }
}

#[test]
fn a_call_that_lacks_what_a_figure_needs_says_what_to_write() {
    let mut database = Database::new("hints_lacking");
    database.run("CREATE TABLE h AS SELECT '{2024-01-01 5}'::purchase_history AS h");
    let error = database.refused("SELECT rfm_score(h) FROM h");
    assert!(error.code().code() == "22023" && said(&error).contains("rfm_breaks(h) OVER ()"), "{}", said(&error));
    let error = database.refused("SELECT ltv(h) FROM h");
    assert!(error.code().code() == "22023" && said(&error).contains("average_ltv(h)"), "{}", said(&error));
}

#[test]
fn a_simulation_takes_a_name_or_a_definition() {
    let mut database = Database::new("hints_simulation");
    database.run(
        "SET client_min_messages = warning; CREATE TABLE orders (customer int, at timestamptz, amount numeric);
         INSERT INTO orders SELECT n % 20, '2024-01-01Z'::timestamptz + n * interval '1 day', 5 FROM generate_series(1, 60) AS n;
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{\"reader\": \"\"}'); CALL lifecycle.refresh('shop', as_of => '2024-06-01')",
    );
    let ask = |journey: &str| {
        format!(
            "SELECT coalesce(string_agg(s::text, ';' ORDER BY s), '') FROM lifecycle.simulate_journey('shop', {journey}, '2024-02-01', '2024-06-01', '7 days') AS s"
        )
    };
    let refused = |database: &mut Database, journey: &str| {
        let error = database.refused(&ask(journey));
        (error.code().code().to_owned(), said(&error))
    };
    let (code, text) = refused(&mut database, "'win_back'");
    assert!(code == "42704" && text.contains("lifecycle.ready_made_journey('win_back')"), "{text}");
    database.run("SELECT lifecycle.create_ready_made('shop', 'win_back', '{\"after\": \"1 month\"}')");
    let named: String = database.get(&ask("'win_back'"));
    assert!(named.contains("entered"), "{named}");
    for same in ["journey => 'win_back'", "definition => lifecycle.journey_definition('shop', 'win_back')"] {
        let call = ask(same).replace(
            "'2024-02-01', '2024-06-01', '7 days'",
            "since => '2024-02-01', until => '2024-06-01', every => '7 days'",
        );
        assert_eq!(database.get::<String>(&call), named);
    }
    let json: String = database.get("SELECT lifecycle.journey_definition('shop', 'win_back')::text");
    assert_eq!(database.get::<String>(&ask(&format!("' {json}'"))), named);
    for (wrong, code, words) in [
        ("'winback'", "42704", "Perhaps you meant win_back."),
        ("'nothing_like_it'", "42704", "There are: win_back."),
        ("NULL::text", "22004", "journey must not be NULL"),
        ("NULL::jsonb", "22004", "definition must not be NULL"),
        ("'{\"steps\": '", "22P02", "json"),
        ("'{\"stps\": []}'", "22023", "unknown key"),
    ] {
        let (found, text) = refused(&mut database, wrong);
        assert!(found == code && text.contains(words), "{wrong}: {found} {text}");
    }
}

/// A refresh that takes more than a second says how far it is: what tests and examples show must not depend on how fast the machine
/// is.
#[test]
fn expected_output_does_not_depend_on_how_long_a_refresh_takes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for folder in ["tests/pg_regress/sql", "tests/isolation/specs"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("the tests") {
            let path = entry.expect("a test").path();
            let text = std::fs::read_to_string(&path).expect("its text");
            let mut quiet = false;
            for line in text.lines() {
                if line.contains("client_min_messages") {
                    quiet = line.contains("warning") || line.contains("error");
                }
                if line.contains("CALL lifecycle.refresh(") {
                    seen += 1;
                    assert!(quiet, "{}: SET client_min_messages = warning before: {line}", path.display());
                }
            }
        }
    }
    assert!(seen > 40, "only {seen} refreshes were found");
    let check = std::fs::read_to_string(root.join("scripts/check-docs")).expect("the check of the documentation");
    assert!(check.contains("client_min_messages=warning"), "the examples show how far a refresh is");
}
