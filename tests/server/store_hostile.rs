//! What a store must not be told: each is refused with a clear error and leaves nothing behind. And hostile names that must
//! work all the same.

use postgres::Client;

use crate::harness::{Ask, Database, connect_as};
use crate::stores::{differences, everything, refuses, same_histories, verified};

const TABLES: &str = "
    SET client_min_messages = warning;
    CREATE TABLE orders (id bigint, customer_id bigint, ordered_at timestamptz, total numeric, status text, channel text,
        updated_at timestamptz, price money, place point, note xml, tags text[], flag boolean, amount float8);
    INSERT INTO orders (id, customer_id, ordered_at, total, status)
        SELECT n, n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', n, 'paid' FROM generate_series(1, 60) AS n;
    CREATE VIEW paid AS SELECT * FROM orders WHERE status = 'paid';
    CREATE TABLE people (customer_id bigint PRIMARY KEY, consented timestamptz, country text, stage text, flag boolean);
    CREATE TABLE names (customer_id text, ordered_at timestamptz);
    CREATE TABLE events (customer_id bigint, happened_at timestamptz, kind text, channel text, n int);
    CREATE SCHEMA taken;
    CREATE TABLE victims (n int)";

/// An attach of the orders with these arguments in place of, or besides, the usual ones.
fn attach(store: &str, other: &str) -> String {
    let usual =
        [("orders", "'orders'"), ("customer", "'customer_id'"), ("ordered_at", "'ordered_at'"), ("amount", "'total'")];
    let mut arguments: Vec<String> = usual
        .iter()
        .filter(|(name, _)| !other.split(", ").any(|one| one.starts_with(&format!("{name} =>"))))
        .map(|(name, value)| format!("{name} => {value}"))
        .collect();
    if !other.is_empty() {
        arguments.push(other.to_owned());
    }
    format!("SELECT lifecycle.attach({store}, {})", arguments.join(", "))
}

/// A statement is refused, and afterwards everything is as it was.
#[track_caller]
fn refused_without_trace(client: &mut Client, statement: &str, code: &str, words: &[&str]) {
    let before = everything(client, "hostile_shop_reader");
    refuses(client, statement, code, words);
    let left = differences(&before, &everything(client, "hostile_shop_reader"));
    assert!(left.is_empty(), "left behind: {left:#?}\n{statement}");
}

#[test]
fn hostile_attaches_are_refused_and_leave_nothing() {
    let mut database = Database::new("store_hostile");
    database.run(TABLES);
    // The arguments; the SQLSTATE; what must be named, in the message, detail or hint.
    let calls: &[(&str, &str, &[&str])] = &[
        // Relations.
        ("orders => 'order_lines'", "42P01", &["order_lines"]),
        ("orders => 'nowhere.orders'", "42P01", &["nowhere"]),
        ("orders => ''", "22004", &["orders"]),
        ("orders => 'orders; DROP TABLE victims'", "42P01", &["DROP TABLE victims"]),
        ("orders => 'orders_id_seq'", "42P01", &["orders_id_seq"]),
        ("orders => 'pg_class', customer => 'relname', ordered_at => 'oid', amount => NULL", "42804", &["pg_class"]),
        ("changes => 'triggers', orders => 'paid'", "0A000", &["paid", "triggers"]),
        // Columns that are not there: the near one is suggested, and all are listed.
        ("customer => 'custmer_id'", "42703", &["custmer_id", "customer_id", "ordered_at", "total"]),
        ("ordered_at => 'orderd_at'", "42703", &["orderd_at", "ordered_at"]),
        ("amount => 'totl'", "42703", &["totl", "total"]),
        ("amount => 'TOTAL'", "42703", &["TOTAL", "total"]),
        // Expressions that are none, or say another thing each time.
        ("amount => 'totl * 2'", "42703", &["totl * 2", "totl", "total"]),
        ("amount => 'total * 2) FROM victims; DROP TABLE victims; --'", "42601", &["DROP TABLE victims"]),
        ("amount => '(SELECT n FROM victims)'", "0A000", &["SELECT n FROM victims", "compare"]),
        ("amount => 'sum(total)'", "22023", &["sum(total)", "aggregate"]),
        ("amount => 'total * random()'", "22023", &["total * random()", "volatile"]),
        ("customer => 'customer_id + extract(year FROM now())::int'", "22023", &["now()", "immutable"]),
        ("customer => 'customer_id, id'", "22023", &["{customer_id, id}"]),
        ("customer => '{customer_id, total}'", "42804", &["total", "numeric", "bigint"]),
        ("order_key => 'generate_series(1, 2)'", "22023", &["generate_series", "set of rows"]),
        ("order_key => 'ordr'", "42703", &["ordr", "id"]),
        ("settings => '{\"guest\": \"nobody\"}'", "22P02", &["guest", "nobody", "bigint"]),
        ("settings => '{\"ordered_at_zone\": \"Berlin\"}'", "22023", &["ordered_at_zone", "Europe/Berlin"]),
        ("customer => 'ctid'", "42703", &["ctid"]),
        ("channel => 'chanel'", "42703", &["chanel", "channel"]),
        ("attributes => ARRAY['status', 'regoin']", "42703", &["regoin", "status"]),
        ("changes => 'column', changed_at => 'updatedat'", "42703", &["updatedat", "updated_at"]),
        ("customers => 'people', customers_key => 'customer'", "42703", &["customer", "customer_id", "people"]),
        ("customers => 'people', consented_at => 'consent'", "42703", &["consent", "consented"]),
        ("customers => 'people', attributes => ARRAY['cuntry']", "42703", &["cuntry", "country"]),
        (
            "events => 'events', happened_at => 'hapened_at', kind => 'kind'",
            "42703",
            &["hapened_at", "happened_at", "events"],
        ),
        // Columns of another type.
        ("customer => 'place'", "42804", &["place", "point", "bigint", "uuid", "text"]),
        ("customer => 'ordered_at'", "42804", &["ordered_at", "timestamp with time zone", "bigint"]),
        ("ordered_at => 'total'", "42804", &["total", "numeric", "timestamp"]),
        ("ordered_at => 'id'", "42804", &["id", "bigint", "timestamp"]),
        ("amount => 'place'", "42804", &["place", "point", "numeric"]),
        ("amount => 'ordered_at'", "42804", &["ordered_at", "numeric"]),
        ("changes => 'column', changed_at => 'flag'", "42804", &["flag", "boolean"]),
        ("customers => 'people', consented_at => 'country'", "42804", &["country", "text", "timestamp"]),
        ("events => 'events', happened_at => 'n', kind => 'kind'", "42804", &["n", "integer"]),
        ("events => 'events', happened_at => 'happened_at', kind => 'n'", "42804", &["n", "integer", "text"]),
        // Keys that do not go together.
        ("customers => 'names'", "42804", &["customer_id", "text", "bigint"]),
        (
            "events => 'names', happened_at => 'ordered_at', kind => 'customer_id'",
            "42804",
            &["customer_id", "text", "bigint"],
        ),
        // Filters that are none.
        ("status => 'true) UNION SELECT 1 --'", "42601", &["UNION"]),
        ("status => '1; DROP TABLE victims'", "42601", &["DROP TABLE victims"]),
        ("status => 'true); DROP TABLE victims; --'", "42601", &["DROP TABLE victims"]),
        ("status => 'true /* to be continued'", "42601", &["to be continued"]),
        ("status => $$status = 'paid$$", "42601", &["paid"]),
        ("status => ''", "42601", &["status"]),
        ("status => 'status'", "42804", &["status", "boolean"]),
        ("status => 'total'", "42804", &["boolean"]),
        ("status => 'stauts <> ''test'''", "42703", &["stauts", "status"]),
        ("status => 'count(*) > 1'", "42803", &["count(*) > 1"]),
        ("status => 'row_number() OVER () > 1'", "42P20", &["row_number"]),
        ("status => 'random() < 0.5'", "22023", &["random() < 0.5", "volatile"]),
        ("status => 'ordered_at < clock_timestamp()'", "22023", &["clock_timestamp", "volatile"]),
        ("status => 'id IN (SELECT n FROM victims)'", "0A000", &["SELECT n FROM victims"]),
        ("status => 'generate_series(1, 2) > 1'", "0A000", &["generate_series"]),
        ("status => 'no_such_function(status)'", "42883", &["no_such_function"]),
        (
            "events => 'events', happened_at => 'happened_at', kind => 'kind', event_status => 'kind; x'",
            "42601",
            &["kind; x"],
        ),
        // Attributes.
        ("attributes => ARRAY['status', 'status']", "22023", &["status"]),
        ("customers => 'people', attributes => ARRAY['stage']", "22023", &["stage"]),
        ("customers => 'people', attributes => ARRAY['customer_id', NULL]", "22023", &["attributes"]),
        // What must be given, or given together.
        ("orders => NULL", "22004", &["orders"]),
        ("customer => NULL", "22004", &["customer"]),
        ("ordered_at => NULL", "22004", &["ordered_at"]),
        ("changes => 'column'", "22023", &["changed_at"]),
        ("events => 'events'", "22023", &["happened_at"]),
        ("events => 'events', happened_at => 'happened_at'", "22023", &["kind"]),
        ("kind => 'kind'", "22023", &["kind", "events"]),
        ("consented_at => 'consented'", "22023", &["consented_at", "customers"]),
        // Settings.
        ("changes => 'trigger'", "22023", &["trigger", "triggers", "column", "compare"]),
        (
            "changes => 'column', changed_at => 'updated_at', settings => '{\"overlap\": \"-1 hour\"}'",
            "22023",
            &["overlap", "-1"],
        ),
        ("time_zone => 'Europe/Berlln'", "22023", &["Europe/Berlln"]),
        ("settings => '{\"grid\": \"rfm_26\"}'", "22023", &["rfm_26", "lifecycle.segment_grid"]),
        ("settings => '{\"model\": \"bg/nbt\"}'", "22023", &["bg/nbt", "bg/nbd"]),
        ("settings => '{\"refits\": \"7 days\"}'", "22023", &["refits", "refit"]),
        ("settings => '{\"refit\": 7}'", "22023", &["refit", "7"]),
        ("settings => '{\"refit\": \"-7 days\"}'", "22023", &["refit", "-7 days"]),
        ("settings => '{\"refit\": \"a week\"}'", "22007", &["a week"]),
        ("settings => '{\"horizon\": \"-1 year\"}'", "22023", &["horizon", "-1 year"]),
        ("settings => '{\"horizon\": \"0\"}'", "22023", &["horizon", "0"]),
        ("settings => '{\"reconcile\": \"-1 day\"}'", "22023", &["reconcile", "-1 day"]),
        ("settings => '{\"ltv_years\": \"three\"}'", "22023", &["ltv_years", "three"]),
        ("settings => '{\"ltv_years\": -3}'", "22023", &["ltv_years", "-3"]),
        ("settings => '{\"margin\": 1e999}'", "22023", &["margin"]),
        ("settings => '{\"annual_discount_rate\": -2}'", "22023", &["annual_discount_rate", "-2"]),
        ("settings => '{\"at_risk_after\": 3, \"lapsed_after\": 2}'", "22023", &["at_risk_after", "lapsed_after"]),
        ("settings => '[]'", "22023", &["settings"]),
        ("settings => '\"x\"'", "22023", &["settings"]),
        ("settings => '{\"reader\": \"public\"}'", "42939", &["public"]),
    ];
    assert!(calls.len() > 60);
    let mut wrong = Vec::new();
    for (arguments, code, words) in calls {
        let statement = attach("'hostile_shop'", arguments);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            refused_without_trace(&mut database, &statement, code, words)
        }));
        if let Err(why) = result {
            wrong.push(why.downcast_ref::<String>().cloned().unwrap_or_default());
            // Whatever it has made must not disturb the next.
            let _ = database.batch_execute("SELECT lifecycle.detach('hostile_shop')");
        }
    }
    // All of them at once, so that one run tells all.
    assert!(wrong.is_empty(), "{} of {} calls:\n\n{}", wrong.len(), calls.len(), wrong.join("\n\n"));

    let long = format!("'{}'", "s".repeat(64));
    for (store, code, words) in [
        ("NULL", "22004", &["store"][..]),
        ("''", "42602", &["store"]),
        (&long, "42602", &["sssss", "at most"]),
        // Its reader's name would be cut, and be that of another's reader.
        ("repeat('s', 60)", "42602", &["sssss"]),
        ("'pg_shop'", "42602", &["pg_shop"]),
        ("'taken'", "42P06", &["taken"]),
        ("'public'", "42P06", &["public"]),
        ("'lifecycle'", "42602", &["lifecycle"]),
        ("'information_schema'", "42602", &["information_schema"]),
    ] {
        refused_without_trace(&mut database, &attach(store, ""), code, words);
    }

    // A role of the reader's name that somebody uses is not let in by the way, nor does it go with the store.
    database.run("DROP ROLE IF EXISTS hostile_shop_reader; CREATE ROLE hostile_shop_reader LOGIN");
    database.run(&attach("'hostile_shop'", ""));
    assert!(!database.get::<bool>("SELECT has_schema_privilege('hostile_shop_reader', 'hostile_shop', 'USAGE')"));
    assert!(database.get::<bool>("SELECT reader IS NULL AND NOT made_reader FROM lifecycle.store"));
    database.run("SELECT lifecycle.detach('hostile_shop'); DROP ROLE hostile_shop_reader");
    // A comment that ends with the condition is none of these.
    database.run(&attach("'hostile_shop'", "status => 'true -- and nothing else', settings => '{\"reader\": \"\"}'"));
    database.run("SELECT lifecycle.detach('hostile_shop')");
    // A store of that name.
    database.run(&attach("'hostile_shop'", ""));
    refused_without_trace(&mut database, &attach("'hostile_shop'", ""), "42710", &["hostile_shop"]);
    // None of the statements within has been run.
    assert_eq!(database.get::<i64>("SELECT count(*) FROM victims"), 0);
    database.run("SELECT lifecycle.detach('hostile_shop')");
}

#[test]
fn hostile_calls_to_a_store_are_refused_and_change_nothing() {
    let mut database = Database::new("store_hostile_calls");
    database.run(TABLES);
    database.run(&attach("'shop'", "status => $$status = 'paid'$$, settings => '{\"reader\": \"\"}'"));
    database.run("CALL lifecycle.refresh('shop', as_of => '2024-03-15Z')");
    let state = "SELECT md5(string_agg(s::text, '|')) || (SELECT md5(string_agg(p::text, '|' ORDER BY customer)) FROM shop_data.profile AS p)
        FROM lifecycle.store AS s";
    let before: String = database.get(state);
    for (statement, code, words) in [
        ("CALL lifecycle.refresh('shpo')", "42704", &["shpo", "lifecycle.stores"][..]),
        ("CALL lifecycle.refresh('')", "42704", &["lifecycle.stores"]),
        ("CALL lifecycle.refresh(NULL)", "22004", &["store"]),
        ("CALL lifecycle.refresh('shop', as_of => 'infinity')", "22008", &["infinity"]),
        ("CALL lifecycle.refresh('shop', as_of => now() + interval '2 days')", "22023", &["as_of"]),
        ("CALL lifecycle.refresh('shop', as_of => '-infinity')", "22008", &["-infinity"]),
        ("CALL lifecycle.refresh('shop', as_of => '0044-03-15 BC')", "22008", &["BC"]),
        ("SELECT lifecycle.detach('shpo')", "42704", &["shpo", "lifecycle.stores"]),
        ("SELECT lifecycle.detach('public')", "42704", &["public"]),
        ("SELECT lifecycle.detach(NULL)", "22004", &["store"]),
        ("SELECT * FROM lifecycle.verify('shpo')", "42704", &["shpo", "lifecycle.stores"]),
        ("SELECT * FROM lifecycle.verify(NULL)", "22004", &["store"]),
        ("SELECT lifecycle.configure('shpo', '{}')", "42704", &["shpo", "lifecycle.stores"]),
        ("SELECT lifecycle.configure(NULL, '{}')", "22004", &["store"]),
        ("SELECT lifecycle.configure('shop', NULL)", "22004", &["settings"]),
        ("SELECT lifecycle.configure('shop', '[]')", "22023", &["settings"]),
        ("SELECT lifecycle.configure('shop', '{\"gird\": \"rfm_25\"}')", "22023", &["gird", "grid"]),
        (
            "SELECT lifecycle.configure('shop', '{\"grid\": \"rfm_26\"}')",
            "22023",
            &["rfm_26", "lifecycle.segment_grid"],
        ),
        ("SELECT lifecycle.configure('shop', '{\"model\": \"x\"}')", "22023", &["x", "bg/nbd"]),
        ("SELECT lifecycle.configure('shop', '{\"refit\": \"-1 day\"}')", "22023", &["refit", "-1 day"]),
        ("SELECT lifecycle.configure('shop', '{\"time_zone\": \"Mars\"}')", "22023", &["Mars"]),
        // One right setting does not save a wrong one, nor is it kept.
        ("SELECT lifecycle.configure('shop', '{\"margin\": 0.5, \"ltv_years\": -1}')", "22023", &["ltv_years", "-1"]),
    ] {
        refused_without_trace(&mut database, statement, code, words);
        assert_eq!(database.get::<String>(state), before, "{statement}");
    }
    verified(&mut database, "shop").unwrap();
}

#[test]
fn somebody_elses_store_is_not_ones_own() {
    let names = ["store_owner_one", "store_owner_two", "store_owner_none"];
    let mut database = Database::new("store_owners");
    database.run(TABLES);
    for name in names {
        database.run(&format!(
            "DO $$ BEGIN
                IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN
                    EXECUTE 'DROP OWNED BY {name} CASCADE';
                    EXECUTE 'DROP ROLE {name}';
                END IF;
             END $$;
             CREATE ROLE {name} LOGIN"
        ));
    }
    let name = database.name().to_owned();
    database.run(&format!(
        "GRANT CREATE ON DATABASE {name} TO store_owner_one, store_owner_two;
         GRANT SELECT ON orders TO store_owner_one, store_owner_none; GRANT SELECT (id, total) ON orders TO store_owner_two",
    ));
    let mut one = connect_as(database.name(), names[0]);
    let mut two = connect_as(database.name(), names[1]);
    let mut none = connect_as(database.name(), names[2]);
    let settings = "settings => '{\"reader\": \"\"}'";
    for client in [&mut one, &mut two, &mut none] {
        client.run("SET client_min_messages = warning");
    }

    // Who may not read the orders, or make a schema, attaches nothing.
    refused_without_trace(&mut two, &attach("'two'", settings), "42501", &["orders"]);
    refused_without_trace(&mut none, &attach("'none'", settings), "42501", &["server_tests_store_owners"]);
    // Nor who may not create triggers; without being told, a store compares.
    refused_without_trace(
        &mut one,
        &attach("'one'", &format!("changes => 'triggers', {settings}")),
        "42501",
        &["orders"],
    );
    one.run(&attach("'one'", settings));
    assert_eq!(one.get::<i64>("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'orders'::regclass"), 0);
    one.run("CALL lifecycle.refresh('one', as_of => '2024-03-15Z')");
    assert_eq!(one.get::<i64>("SELECT count(*) FROM one.customers"), 10);

    for statement in [
        "CALL lifecycle.refresh('one')",
        "SELECT lifecycle.detach('one')",
        "SELECT lifecycle.configure('one', '{\"refit\": \"1 day\"}')",
        "SELECT * FROM lifecycle.verify('one')",
        "SELECT * FROM one.customers",
        "DELETE FROM lifecycle.store",
    ] {
        refused_without_trace(&mut two, statement, "42501", &[]);
    }
    // A right that is taken away later ends the refreshes with the source's own error.
    database.run("REVOKE SELECT ON orders FROM store_owner_one");
    refused_without_trace(&mut one, "CALL lifecycle.refresh('one', rebuild => true)", "42501", &["orders"]);
    assert_eq!(one.get::<i64>("SELECT count(*) FROM one.customers"), 10, "the old state stays");
    one.run("SELECT lifecycle.detach('one')");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM lifecycle.store"), 0);
    drop((one, two, none));
    for name in names {
        database.run(&format!("DROP OWNED BY {name} CASCADE; DROP ROLE {name}"));
    }
}

#[test]
fn names_with_everything_in_them_work() {
    let mut database = Database::new("store_names");
    database.run("SET client_min_messages = warning; CREATE TABLE victims (n int)");
    database.run(
        r#"CREATE SCHEMA "sales"";drop";
           CREATE TABLE "sales"";drop"."or'ders""; drop" ("a b" text, "At" date, "$amount$" numeric, "select" text,
                "back\slash" text, "ünï'" integer, "status" text);
           INSERT INTO "sales"";drop"."or'ders""; drop"
                SELECT format('%s''"\%s', n % 10, n % 10), date '2024-01-01' + n, n, 'it''s "so"; \drop', E'a\\b', n % 3, 'ok\'
                FROM generate_series(1, 60) AS n;
           CREATE TABLE "people of ""C:\" ("a b" text PRIMARY KEY, "when?" date, "select" text, "x y""z" integer);
           INSERT INTO "people of ""C:\" SELECT DISTINCT "a b", date '2024-01-01', '\', 1 FROM "sales"";drop"."or'ders""; drop";
           CREATE TABLE "e'v" ("a b" text, "-- at" timestamptz, "kind'" text)"#,
    );
    let before = everything(&mut database, "");
    let mut worked = 0;
    for (store, strings) in [
        (r#"or'ders; drop"#, "on"),
        (r#"or"ders""#, "on"),
        (r"back\slash'\", "on"),
        (r"back\slash'\", "off"),
        ("Select", "on"),
        ("$$; DROP TABLE victims; $$", "on"),
        ("%s %I %1$s", "on"),
        ("Läden — 店", "on"),
        (" ", "on"),
        ("ssssssssssssssssssssssssssssssssssssssss", "on"),
    ] {
        for changes in ["triggers", "compare"] {
            let literal: String = database.get(&format!("SELECT quote_literal($store${store}$store$)"));
            let schema: String = database.get(&format!("SELECT quote_ident($store${store}$store$)"));
            let data: String = database.get(&format!("SELECT quote_ident($store${store}_data$store$)"));
            database.run(&format!("SET standard_conforming_strings = {strings}; SET escape_string_warning = off"));
            database.run(&format!(
                r#"SELECT lifecycle.attach({literal}, orders => $_$"sales"";drop"."or'ders""; drop"$_$, customer => 'a b',
                    ordered_at => 'At', amount => '$amount$', channel => 'select', status => $_$"status" <> 'no' || $q$'$q$$_$,
                    changes => '{changes}', customers => $_$"people of ""C:\"$_$, consented_at => 'when?',
                    attributes => ARRAY['select', $_$x y"z$_$], events => $_$"e'v"$_$, event_customer => 'a b',
                    happened_at => '-- at', kind => $_$kind'$_$, time_zone => 'America/St_Johns', currency => $_$'"\$_$)"#
            ));
            database.run(&format!("CALL lifecycle.refresh({literal}, as_of => '2024-03-15Z')"));
            database.run(
                r#"INSERT INTO "sales"";drop"."or'ders""; drop" VALUES (E'new''"\\', '2024-03-01', 5, 'w', 'b', 1, 'ok');
                   UPDATE "sales"";drop"."or'ders""; drop" SET "$amount$" = "$amount$" + 1 WHERE "ünï'" = 1;
                   INSERT INTO "e'v" VALUES (E'new''"\\', '2024-03-01Z', 'open')"#,
            );
            database.run(&format!("CALL lifecycle.refresh({literal}, as_of => '2024-03-16Z')"));
            assert_eq!(database.get::<i64>(&format!("SELECT count(*) FROM lifecycle.verify({literal})")), 0, "{store}");
            assert_eq!(database.get::<i64>(&format!("SELECT count(*) FROM {schema}.customers")), 11, "{store}");
            for view in
                ["segments", "stages", "at_risk", "cohorts", "growth", "movements", "channels", "kpis", "models"]
            {
                database.run(&format!("SELECT * FROM {schema}.{view}"));
            }
            let carried: i64 = database
                .get(&format!(r#"SELECT count(*) FROM {data}.profile WHERE "select" = $q$\$q$ AND "x y""z" = 1"#));
            assert_eq!(carried, 10, "{store}");
            let role = format!("SELECT count(*) FROM pg_roles WHERE rolname = $store${store}$store$ || '_reader'");
            assert_eq!(database.get::<i64>(&role), 1, "{store}");
            database.run(&format!("SELECT lifecycle.configure({literal}, '{{\"refit\": \"1 day\"}}')"));
            database.run(&format!("SELECT lifecycle.detach({literal})"));
            assert_eq!(database.get::<i64>(&role), 0, "{store}");
            database.run("RESET standard_conforming_strings");
            database.run(r#"DELETE FROM "sales"";drop"."or'ders""; drop" WHERE "a b" ~ '^new'; TRUNCATE "e'v""#);
            let left = differences(&before, &everything(&mut database, ""));
            assert!(left.is_empty(), "{store}: {left:?}");
            worked += 1;
        }
    }
    assert_eq!(worked, 20);
}

#[test]
fn every_kind_of_relation_and_type_that_fits_is_taken() {
    let mut database = Database::new("store_relations");
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE plain AS SELECT n % 10 AS customer, '2024-01-01'::timestamp + n * interval '1 day' AS at, n AS amount
            FROM generate_series(1, 60) AS n;
         CREATE VIEW viewed AS SELECT * FROM plain;
         CREATE MATERIALIZED VIEW materialized AS SELECT * FROM plain;
         CREATE TEMP TABLE temporary AS SELECT * FROM plain;
         CREATE TABLE typed AS SELECT (customer || 'x')::varchar(20) AS customer, at::date, amount::float8 FROM plain;
         CREATE TABLE moneyed AS SELECT customer::bigint, at::timestamptz, amount::numeric(10, 2) FROM plain;
         CREATE DOMAIN whole AS integer CHECK (VALUE >= 0);
         CREATE TABLE cents AS SELECT customer::whole, at, amount::smallint FROM plain;
         CREATE TABLE generated (customer bigint, at timestamptz, net numeric, amount numeric GENERATED ALWAYS AS (net * 1.19) STORED);
         INSERT INTO generated SELECT * FROM plain;
         CREATE TABLE parent (customer bigint, at timestamptz, amount numeric);
         CREATE TABLE child () INHERITS (parent);
         INSERT INTO child SELECT * FROM plain",
    );
    let before = everything(&mut database, "");
    for relation in ["plain", "viewed", "materialized", "typed", "moneyed", "cents", "generated", "parent"] {
        database.run(&format!(
            "SELECT lifecycle.attach('shop', orders => '{relation}', customer => 'customer', ordered_at => 'at',
                amount => 'amount', settings => '{{\"reader\": \"\"}}')"
        ));
        database.run("CALL lifecycle.refresh('shop', as_of => '2024-03-15Z')");
        let rows: i64 = database.get(&format!("SELECT count(*) FROM {relation}"));
        assert_eq!(database.get::<i64>("SELECT sum(orders)::bigint FROM shop_data.profile"), rows, "{relation}");
        if relation == "parent" {
            // Triggers of a parent do not fire for its children's rows: these are compared.
            database.run("INSERT INTO child VALUES (3, '2024-03-01', 5)");
        }
        if relation != "viewed" && relation != "materialized" && relation != "generated" && relation != "parent" {
            database.run(&format!("INSERT INTO {relation} SELECT * FROM {relation} LIMIT 1"));
        }
        database.run("CALL lifecycle.refresh('shop', as_of => '2024-03-16Z')");
        verified(&mut database, "shop").unwrap_or_else(|found| panic!("{relation}: {found}"));
        database.run("SELECT lifecycle.detach('shop')");
        let left = differences(&before, &everything(&mut database, ""));
        assert!(left.is_empty(), "{relation}: {left:?}");
    }
    // A session's own table is gone when the session is.
    refused_without_trace(
        &mut database,
        "SELECT lifecycle.attach('shop', orders => 'temporary', customer => 'customer', ordered_at => 'at')",
        "42804",
        &["temporary"],
    );

    // Without amounts, and side by side.
    for store in ["first", "second"] {
        database.run(&format!(
            "SELECT lifecycle.attach('{store}', orders => 'plain', customer => 'customer', ordered_at => 'at',
                settings => '{{\"reader\": \"\"}}')"
        ));
        database.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-03-16Z')"));
    }
    database.run("INSERT INTO plain VALUES (77, '2024-03-01', 1)");
    for store in ["first", "second"] {
        database.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-03-17Z')"));
        verified(&mut database, store).unwrap();
    }
    same_histories(&mut database, "first", "second").unwrap();
    // One goes, and the other goes on.
    database.run("SELECT lifecycle.detach('first'); INSERT INTO plain VALUES (78, '2024-03-01', 1)");
    database.run("CALL lifecycle.refresh('second', as_of => '2024-03-18Z')");
    verified(&mut database, "second").unwrap();
}
