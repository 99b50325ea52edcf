//! The extension is installed into schemas in which a hostile role has laid traps, and refers to none of them; nor do the stores.

use postgres::Client;

use crate::harness::{Ask, Database, connect, connect_as};
use crate::stores::refuses;
use crate::strangers::{EXTENSION, strangers};
use crate::traps;

/// A role of this name that may create schemas in the database, and no more. It is gone from the server before.
pub fn hostile_role(database: &mut Database, role: &str) -> Client {
    let name = database.name().to_owned();
    drop_role(database, role);
    database.run(&format!("CREATE ROLE {role} LOGIN; GRANT CREATE, TEMPORARY ON DATABASE {name} TO {role}"));
    connect_as(&name, role)
}

/// Drops the role, which has nothing any more.
fn drop_role(client: &mut Client, role: &str) {
    if client.get(&format!("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')")) {
        client.run(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
    }
}

/// Drops the database, and the role, which then has nothing any more. One by one its objects would take too many locks.
pub fn gone(database: Database, role: &str) {
    drop(database);
    drop_role(&mut connect(&std::env::var("PGDATABASE").expect("PGDATABASE")), role);
}

#[track_caller]
fn knows_no_stranger(database: &mut Database) {
    let found = strangers(database, EXTENSION, EXTENSION);
    assert!(found.is_empty(), "{} strangers: {found:#?}", found.len());
}

#[track_caller]
fn gained_nothing(database: &mut Database, role: &str) {
    let gained: String = database.get(&format!(
        "SELECT concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,
            (SELECT count(*) FROM pg_auth_members WHERE member = r.oid)) FROM pg_roles AS r WHERE rolname = '{role}'"
    ));
    assert_eq!(gained, "f f f f f 0");
}

#[test]
fn a_plain_role_installs_it_among_her_own_traps() {
    let mut reference = Database::new("install_plain_reference");
    let mut database = Database::without_extension("install_plain");
    let mut hostile = hostile_role(&mut database, "server_tests_installer");
    hostile.run("CREATE SCHEMA evil; CREATE SCHEMA before; CREATE SCHEMA after");
    for place in ["evil", "before", "after"] {
        let laid = traps::lay(&mut hostile, place, &mut reference);
        assert!(laid > 3000, "{laid} traps in {place}");
    }
    // The script runs in this session: what is in pg_temp is in its reach.
    hostile.run(
        "CREATE FUNCTION pg_temp.cardinality(text[]) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE DOMAIN pg_temp.jsonb AS pg_catalog.int4; CREATE DOMAIN pg_temp.text AS pg_catalog.int4;
        CREATE DOMAIN pg_temp.timestamptz AS pg_catalog.int4; CREATE TYPE pg_temp.purchase_history AS (struck integer);
        CREATE TYPE pg_temp.rfm_triple AS (recency integer, frequency integer, monetary integer);
        CREATE TYPE pg_temp.lifecycle_stage AS ENUM ('struck');
        CREATE TEMPORARY TABLE grid (struck integer); CREATE TEMPORARY TABLE store (struck integer);
        CREATE TEMPORARY TABLE pg_proc (struck integer); CREATE TEMPORARY TABLE pg_locks (struck integer);
        CREATE TEMPORARY VIEW pg_database AS SELECT 1 AS struck",
    );
    hostile
        .run("SET search_path = pg_temp, before, evil, after, pg_catalog; CREATE EXTENSION pg_lifecycle SCHEMA evil");
    gained_nothing(&mut database, "server_tests_installer");
    knows_no_stranger(&mut database);
    // The last part of the script has found its aggregates.
    let stable: i64 = database
        .get("SELECT count(*) FROM pg_proc WHERE prokind = 'a' AND proname = 'purchase_rhythm' AND provolatile = 's'");
    assert_eq!(stable, 2);
    // It works, for those who look for its functions in the schema and for no other's there.
    let said: String = database.get(
        "SELECT concat_ws(' ', evil.rfm_segment(s), s::text, s::int, h::jsonb, evil.lifecycle_stage(h, '1999-01-01'::timestamptz),
            evil.btyd_summary(h, '1997-02-01'::timestamptz, '7 days'::interval))
         FROM (SELECT h, evil.rfm_score(h, array[1], array[1], array[1::numeric], '2024-01-01'::timestamptz) AS s
            FROM (SELECT '{1997-01-01 5}'::evil.purchase_history AS h) AS one) AS scored",
    );
    assert!(said.contains("1-1-2 112 [{") && said.contains("lapsed (0,0,"), "{said}");
    drop(hostile);
    gone(database, "server_tests_installer");
}

#[test]
fn a_superuser_installs_it_into_a_public_where_others_may_create() {
    let mut reference = Database::new("install_public_reference");
    let mut database = Database::without_extension("install_public");
    let mut hostile = hostile_role(&mut database, "server_tests_squatter");
    database.run("GRANT CREATE ON SCHEMA public TO PUBLIC");
    hostile.run("CREATE SCHEMA before; CREATE SCHEMA after; GRANT USAGE ON SCHEMA before, after TO PUBLIC");
    for place in ["public", "before", "after"] {
        let laid = traps::lay(&mut hostile, place, &mut reference);
        assert!(laid > 3000, "{laid} traps in {place}");
    }
    // Operator classes take a superuser, who may have been talked into them.
    database.run(
        "CREATE FUNCTION before.compare(before.pair, before.pair) RETURNS integer LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE OPERATOR CLASS before.text_ops DEFAULT FOR TYPE before.pair USING btree AS FUNCTION 1 before.compare(before.pair, before.pair);
        CREATE OPERATOR CLASS public.text_ops DEFAULT FOR TYPE public.pair USING btree AS FUNCTION 1 before.compare(before.pair, before.pair);
        ALTER OPERATOR CLASS before.text_ops USING btree OWNER TO server_tests_squatter",
    );
    database
        .run("SET search_path = before, public, after; CREATE EXTENSION pg_lifecycle SCHEMA public; RESET search_path");
    gained_nothing(&mut database, "server_tests_squatter");
    knows_no_stranger(&mut database);
    drop(hostile);
    gone(database, "server_tests_squatter");
}

/// As in the report of the flaw: an overload of a polymorphic function in the extension's schema, which a check of a table called while
/// the script filled the table as a superuser.
#[test]
fn a_check_calls_no_overload_of_the_installers() {
    let mut database = Database::without_extension("install_check");
    let mut hostile = hostile_role(&mut database, "server_tests_climber");
    hostile.run(
        "CREATE SCHEMA evil;
        CREATE FUNCTION evil.climb() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                EXECUTE 'ALTER ROLE server_tests_climber SUPERUSER';
            END IF; END $$;
        CREATE FUNCTION evil.cardinality(cells text[]) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
            PERFORM evil.climb(); RETURN pg_catalog.cardinality(cells); END $$;
        CREATE FUNCTION evil.array_position(text[], text) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
            PERFORM evil.climb(); RETURN NULL; END $$;
        CREATE EXTENSION pg_lifecycle SCHEMA evil",
    );
    gained_nothing(&mut database, "server_tests_climber");
    let checks: String = database.get(
        "SELECT string_agg(pg_get_constraintdef(oid), ' ') FROM pg_constraint WHERE conrelid = 'lifecycle.segment_rule'::regclass",
    );
    assert!(checks.contains("cardinality(cells)") && !checks.contains("evil"), "{checks}");
    drop(hostile);
    gone(database, "server_tests_climber");
}

/// As in the report, too: operators in a view that everybody reads, and a function of the very arguments in the body of a function.
#[test]
fn views_and_bodies_call_no_overload_of_the_installers() {
    let mut database = Database::without_extension("install_views");
    let mut hostile = hostile_role(&mut database, "server_tests_angler");
    let texts = |n: usize| vec!["text"; n].join(", ");
    let arguments = format!("{}, text[], {}", texts(23), texts(20));
    hostile.run(&format!(
        "CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC;
        CREATE FUNCTION evil.m(bigint, integer) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE OPERATOR evil.% (FUNCTION = evil.m, LEFTARG = bigint, RIGHTARG = integer);
        CREATE FUNCTION evil.e(oid, integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE OPERATOR evil.= (FUNCTION = evil.e, LEFTARG = oid, RIGHTARG = integer);
        CREATE FUNCTION evil.d(float8, integer) RETURNS float8 LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE OPERATOR evil./ (FUNCTION = evil.d, LEFTARG = float8, RIGHTARG = integer);
        CREATE FUNCTION evil.jsonb_build_object({arguments}) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'STRUCK'; END $$;
        CREATE EXTENSION pg_lifecycle SCHEMA evil"
    ));
    knows_no_stranger(&mut database);
    database.run(
        "SET client_min_messages = warning; CREATE TABLE orders (customer integer, at timestamptz);
        SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', settings => '{\"reader\": \"\"}');
        BEGIN; CALL lifecycle.refresh('shop'); COMMIT;
        SELECT count(*) FROM lifecycle.refresh_progress",
    );
    drop(hostile);
    gone(database, "server_tests_angler");
}

#[test]
fn a_schema_of_its_name_that_another_has_made_keeps_it_out() {
    let mut database = Database::without_extension("install_premade");
    let mut hostile = hostile_role(&mut database, "server_tests_early_bird");
    for made in [
        "",
        "CREATE TABLE lifecycle.segment_grid (grid text, struck integer);",
        "GRANT ALL ON SCHEMA lifecycle TO PUBLIC;",
    ] {
        hostile.run(&format!("CREATE SCHEMA lifecycle; {made}"));
        for call in ["CREATE EXTENSION pg_lifecycle", "CREATE EXTENSION pg_lifecycle SCHEMA lifecycle"] {
            let said =
                &["schema \"lifecycle\" already exists", "server_tests_early_bird", "ALTER SCHEMA lifecycle RENAME TO"];
            refuses(&mut database, call, "42P06", said);
            refuses(&mut hostile, call, "42P06", said);
        }
        hostile.run("DROP SCHEMA lifecycle CASCADE");
    }
    // What has the name of a function or type of the extension is not taken for it, either.
    hostile.run("CREATE SCHEMA evil");
    for (made, code) in [
        (
            "CREATE FUNCTION evil.rfm_text(integer, integer, integer) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
            "42723",
        ),
        ("CREATE TYPE evil.rfm_triple AS (recency integer, frequency integer, monetary integer)", "42710"),
        ("CREATE TYPE evil.lifecycle_stage AS ENUM ('prospect', 'new', 'active', 'at_risk', 'lapsed')", "42710"),
        ("CREATE DOMAIN evil.purchase_history AS text", "42710"),
        ("CREATE TABLE evil.btyd_summary (struck integer)", "42710"),
        ("CREATE VIEW evil.purchase_history AS SELECT 1 AS struck", "42710"),
    ] {
        hostile.run(made);
        let error = hostile.refused("CREATE EXTENSION pg_lifecycle SCHEMA evil");
        assert_eq!(error.code().code(), code, "{}\n{made}", error.message());
        if code == "42710" {
            assert!(error.message().contains("already exists in schema \"evil\""), "{}", error.message());
            assert!(error.hint().is_some_and(|hint| hint.contains("SCHEMA analytics")), "{:?}", error.hint());
        }
        hostile.run("DROP SCHEMA evil CASCADE; CREATE SCHEMA evil");
    }
    // Nor is a family of operators, which takes a superuser to make.
    database.run("CREATE OPERATOR FAMILY evil.purchase_history_ops USING btree");
    assert_eq!(hostile.refused("CREATE EXTENSION pg_lifecycle SCHEMA evil").code().code(), "42710");
    database.run("DROP OPERATOR FAMILY evil.purchase_history_ops USING btree");
    hostile.run("CREATE EXTENSION pg_lifecycle SCHEMA evil");
    drop(hostile);
    gone(database, "server_tests_early_bird");
}

#[test]
fn a_schema_may_have_any_name_that_the_server_puts_into_a_script() {
    let mut database = Database::without_extension("install_odd");
    for schema in ["Odd Näme", "a-b.c;d", "select", "%I {x} @y@", " "] {
        database.run(&format!("CREATE SCHEMA \"{schema}\"; CREATE EXTENSION pg_lifecycle SCHEMA \"{schema}\""));
        knows_no_stranger(&mut database);
        let said: String = database.get(&format!(
            "SELECT (h OPERATOR(\"{schema}\".+) h)::text FROM (SELECT \"{schema}\".purchase_history('2024-01-01Z'::timestamptz) AS h) AS x"
        ));
        assert!(said.contains(", "), "{said}");
        database.run(&format!("DROP EXTENSION pg_lifecycle; DROP SCHEMA \"{schema}\""));
    }
    // These could end the name in a script that quotes it otherwise: the server refuses them for every extension.
    for schema in ["Odd \"\"name", "a$b", "a''b", "a\\b"] {
        database.run(&format!("CREATE SCHEMA \"{}\"", schema.replace("''", "'")));
        let schema = schema.replace("''", "'");
        let error = database.refused(&format!("CREATE EXTENSION pg_lifecycle SCHEMA \"{schema}\""));
        assert!(error.message().contains("invalid character"), "{}", error.message());
    }
}

#[test]
fn the_script_says_the_schema_of_all_that_it_makes() {
    // An update replaces views of the schema lifecycle; the server refuses to replace there what is not the extension's.
    let script = traps::script().replace("CREATE OR REPLACE VIEW lifecycle.", "CREATE VIEW lifecycle.");
    let words: Vec<&str> = script.split_whitespace().collect();
    let mut made = 0;
    for (at, word) in words.iter().enumerate().filter(|(_, word)| **word == "CREATE") {
        let said = words[at..words.len().min(at + 8)].join(" ");
        assert!(!["OR", "IF"].contains(&words[at + 1]) && words[at + 2] != "IF", "{word}: {said}");
        let name = match (words[at + 1], words[at + 2]) {
            ("SCHEMA", name) => {
                assert!(["lifecycle", "analytics"].contains(&name.trim_end_matches(';')), "{said}");
                continue;
            }
            // What a hint says.
            ("EXTENSION", "pg_lifecycle") => continue,
            // A trigger, a policy and an index are in the schema of their table.
            ("TRIGGER" | "POLICY", _) => words[words[at..].iter().position(|word| *word == "ON").expect("ON") + at + 1],
            ("INDEX", "ON") => words[at + 3],
            ("CAST", _) => words[at + 2].trim_start_matches('('),
            ("OPERATOR", "CLASS" | "FAMILY") => words[at + 3],
            ("FUNCTION" | "PROCEDURE" | "AGGREGATE" | "OPERATOR" | "TYPE" | "TABLE" | "VIEW", name) => name,
            _ => panic!("not known: {said}"),
        };
        let is_own = name.starts_with("@extschema@.") || name.starts_with("lifecycle.");
        assert!(is_own || name == "jsonb" || name == "text", "{said}");
        made += 1;
    }
    assert!(made > 400, "{made}");
    let first =
        include_str!("../../sql/search_path.sql").lines().find(|line| !line.starts_with("--") && !line.is_empty());
    assert_eq!(first, Some("SET LOCAL search_path = pg_catalog, pg_temp;"));
    assert!(include_str!("../../Makefile").contains("SQL_FILES = \\\n\tsql/search_path.sql \\\n"));
}
