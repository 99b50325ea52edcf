//! The rows of lifecycle.store: the extension alone writes them, what they say counts only where the store's own schema says the
//! same, and the figures beside them are for the owner and the reader.

use postgres::Client;

use crate::harness::{Ask, Database, connect_as};
use crate::stores::{refuses, said, verified};

/// Roles of a test, made anew; the database is made after them, so that nothing in an old one holds them.
fn with_roles(name: &str, roles: &[&str]) -> Database {
    let mut database = Database::without_extension(name);
    let name = database.name().to_owned();
    for role in roles {
        database.run(&format!(
            "DO $$ BEGIN
                IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    EXECUTE 'DROP OWNED BY {role} CASCADE';
                    EXECUTE 'DROP ROLE {role}';
                END IF;
             END $$;
             CREATE ROLE {role} LOGIN; GRANT CREATE ON DATABASE {name} TO {role}"
        ));
    }
    database.run("SET client_min_messages = warning; GRANT CREATE ON SCHEMA public TO PUBLIC");
    database
}

fn drop_roles(database: &mut Database, roles: &[&str]) {
    for role in roles {
        database.run(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
    }
}

fn orders(client: &mut Client, table: &str) {
    client.run(&format!(
        "SET client_min_messages = warning;
         CREATE TABLE {table} (customer bigint, at timestamptz, amount numeric, state text);
         INSERT INTO {table} SELECT n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', n, 'paid' FROM generate_series(1, 60) AS n"
    ));
}

/// A function that says who has run it: in a sequence that counts the calls by anybody but its maker.
fn trap(client: &mut Client, schema: &str) {
    client.run(&format!(
        "CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO PUBLIC; CREATE SEQUENCE {schema}.caught;
         GRANT USAGE ON SEQUENCE {schema}.caught TO PUBLIC;
         CREATE FUNCTION {schema}.nice(x anyelement) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
            IF current_user <> '{schema}' THEN PERFORM nextval('{schema}.caught'); END IF; RETURN true; END $$;
         CREATE FUNCTION {schema}.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF current_user <> '{schema}' THEN PERFORM nextval('{schema}.caught'); END IF; RETURN NULL; END $$"
    ));
}

#[track_caller]
fn nobody_was_caught(database: &mut Database, schema: &str) {
    assert!(
        !database.get::<bool>(&format!("SELECT is_called FROM {schema}.caught")),
        "code of {schema} ran as another role"
    );
}

#[test]
fn no_role_has_a_right_to_write_rows() {
    let names = ["rows_installer", "rows_stranger"];
    let mut database = with_roles("rows_rights", &names);
    let mut installer = connect_as(database.name(), "rows_installer");
    installer.run("SET client_min_messages = warning; CREATE EXTENSION pg_lifecycle");
    orders(&mut database, "orders");
    database.run("SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', settings => '{\"reader\": \"\"}')");
    trap(&mut installer, "rows_installer");
    let mut stranger = connect_as(database.name(), "rows_stranger");
    for client in [&mut installer, &mut stranger] {
        for statement in [
            "UPDATE lifecycle.store SET settings = settings || '{\"status\": \"rows_installer.nice(customer)\"}'",
            "UPDATE lifecycle.store SET settings = settings || '{\"time_zone\": \"x\"}' WHERE store = 'shop'",
            "UPDATE lifecycle.store SET orders = 'pg_class'",
            "UPDATE lifecycle.store SET reader = current_user",
            "INSERT INTO lifecycle.store SELECT * FROM lifecycle.store",
            "DELETE FROM lifecycle.store",
            "TRUNCATE lifecycle.store CASCADE",
            "COPY lifecycle.store FROM STDIN",
            "SELECT * FROM lifecycle.store FOR UPDATE",
            "CREATE TRIGGER mine BEFORE UPDATE ON lifecycle.store EXECUTE FUNCTION rows_installer.fire()",
            "CREATE RULE mine AS ON UPDATE TO lifecycle.store DO ALSO SELECT 1",
            "ALTER TABLE lifecycle.store DISABLE ROW LEVEL SECURITY",
            "INSERT INTO lifecycle.refresh_log (store) VALUES ('shop')",
            "UPDATE lifecycle.refresh_log SET store = 'shop'",
            "DELETE FROM lifecycle.refresh_log",
            "ALTER TABLE lifecycle.refresh_log DISABLE ROW LEVEL SECURITY",
            "DROP POLICY owners_and_readers ON lifecycle.refresh_log",
            "SELECT nextval('lifecycle.refresh_log_id_seq')",
            "SELECT last_value FROM lifecycle.refresh_log_id_seq",
        ] {
            refuses(client, statement, "42501", &[]);
        }
    }
    let held = database.texts(
        "SELECT format('%s on %s to %s', a.privilege_type, c.oid::regclass, a.grantee::regrole) FROM pg_class AS c, aclexplode(c.relacl) AS a
         WHERE c.oid IN ('lifecycle.store'::regclass, 'lifecycle.refresh_log'::regclass, 'lifecycle.refresh_log_id_seq'::regclass,
            'lifecycle.stores'::regclass, 'lifecycle.refresh_progress'::regclass)
         AND a.grantee <> c.relowner AND (a.grantee, a.privilege_type) <> (0, 'SELECT')",
    );
    assert!(held.is_empty(), "{held:?}");
    database.run(
        "SELECT lifecycle.configure('shop', '{\"time_zone\": \"Europe/Berlin\"}'); CALL lifecycle.refresh('shop')",
    );
    nobody_was_caught(&mut database, "rows_installer");
    database.run("SELECT lifecycle.detach('shop')");
    drop((installer, stranger));
    drop_roles(&mut database, &names);
}

/// What would run the code of a row.
const CALLS: [&str; 6] = [
    "SELECT lifecycle.configure('shop', '{\"time_zone\": \"Europe/Berlin\"}')",
    "SELECT lifecycle.configure('shop', '{\"lapsed_after\": 4}')",
    "SELECT lifecycle.configure('shop', '{\"changes\": \"compare\"}')",
    "CALL lifecycle.refresh('shop')",
    "CALL lifecycle.refresh('shop', rebuild => true, refit => true)",
    "SELECT * FROM lifecycle.verify('shop')",
];

#[test]
fn a_row_that_says_other_than_the_schema_is_refused() {
    let names = ["rows_forger"];
    let mut database = with_roles("rows_forged", &names);
    database.run("CREATE EXTENSION pg_lifecycle");
    let mut forger = connect_as(database.name(), "rows_forger");
    trap(&mut forger, "rows_forger");
    orders(&mut database, "orders");
    database.run(
        "SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            status => $$state = 'paid'$$, settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('shop', as_of => '2024-05-01Z')");
    // Only a superuser can write a row; whoever it is for, what it says does not run.
    for change in [
        r#"settings = settings || '{"status": "rows_forger.nice(customer)"}'"#,
        r#"settings = settings || '{"grid": "rfm_125"}'"#,
        r#"settings = settings || '{"time_zone": "x''; SELECT rows_forger.nice(1); --"}'"#,
        r#"settings = settings || '{"customer": "customer\" , rows_forger.nice(customer), \""}'"#,
        r#"settings = settings || '{"attributes": ["state"]}'"#,
        "settings = '{}'",
        "key_type = 'text'",
        "reader = 'rows_forger'",
        "kept_in = 'orders'",
    ] {
        database.run("CREATE TABLE before AS TABLE lifecycle.store");
        database.run(&format!("UPDATE lifecycle.store SET {change}"));
        for call in CALLS {
            refuses(&mut database, call, "55000", &["shop", "lifecycle.detach"]);
        }
        database.run("DELETE FROM lifecycle.store; INSERT INTO lifecycle.store TABLE before; DROP TABLE before");
        for call in CALLS.iter().skip(3) {
            database.run(call);
        }
    }
    nobody_was_caught(&mut database, "rows_forger");

    // What the schema says is checked as attach checks it, by the way back.
    database.run("UPDATE lifecycle.store SET settings = settings || '{\"status\": \"rows_forger.nice(customer)\"}'; SELECT lifecycle.detach('shop')");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM shop.customers"), 10, "the schema stays");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM pg_trigger WHERE tgname ~ '^shop_'"), 0);
    for (change, code, words) in [
        (r#"'{"status": "1 = 1; DROP TABLE orders"}'"#, "42601", &["status"][..]),
        (r#"'{"status": "SELECT true"}'"#, "42601", &["status"]),
        (r#"'{"time_zone": "Mars/Olympus"}'"#, "22023", &["time_zone"]),
        (r#"'{"grid": "no such"}'"#, "22023", &["no such"]),
        (r#"'{"horizon": "long"}'"#, "22007", &["horizon"]),
        (r#"'{"model": "none"}'"#, "22023", &["none"]),
        (r#"'{"gird": "x"}'"#, "22023", &["gird"]),
        (r#"'{"events": "orders", "happened_at": "at", "kind": "state"}'"#, "55000", &["key_events"]),
    ] {
        database.run("CREATE TABLE before AS TABLE shop_data.store_settings");
        database.run(&format!("UPDATE shop_data.store_settings SET settings = settings || {change}"));
        refuses(&mut database, "SELECT lifecycle.restore_store('shop')", code, words);
        database
            .run("DELETE FROM shop_data.store_settings; INSERT INTO shop_data.store_settings TABLE before; DROP TABLE before");
    }
    refuses(&mut forger, "SELECT lifecycle.restore_store('shop')", "42501", &["shop"]);
    database.run("SELECT lifecycle.restore_store('shop')");
    refuses(&mut database, "SELECT lifecycle.restore_store('shop')", "42710", &["shop"]);
    assert!(
        database.get::<bool>("SELECT as_of = '2024-05-01Z' FROM lifecycle.store")
            || database.get::<bool>("SELECT as_of > '2024-05-01Z' FROM lifecycle.store")
    );
    database.run("INSERT INTO orders VALUES (77, '2024-02-01Z', 3, 'paid'); CALL lifecycle.refresh('shop')");
    verified(&mut database, "shop").unwrap();
    assert_eq!(database.get::<i64>("SELECT orders FROM shop_data.profile WHERE customer = 77"), 1);
    database.run("SELECT lifecycle.detach('shop')");
    database.run("CREATE SCHEMA other; CREATE SCHEMA other_data");
    for (statement, words) in [
        ("SELECT lifecycle.restore_store('shop')", &["there is no schema"][..]),
        ("SELECT lifecycle.restore_store('other')", &["store_settings"]),
    ] {
        refuses(&mut database, statement, "42704", words);
    }
    database.run("CREATE SCHEMA shop; CREATE SCHEMA shop_data; CREATE TABLE shop_data.store_settings (settings jsonb)");
    refuses(&mut database, "SELECT lifecycle.restore_store('shop')", "42704", &["store_settings"]);
    refuses(&mut database, "SELECT lifecycle.restore_store(NULL)", "22004", &["store"]);
    nobody_was_caught(&mut database, "rows_forger");
    drop(forger);
    drop_roles(&mut database, &names);
}

#[test]
fn a_schema_that_was_made_again_does_not_get_the_settings_of_the_old_one() {
    let names = ["rows_former", "rows_next"];
    let mut database = with_roles("rows_again", &names);
    database.run("CREATE EXTENSION pg_lifecycle");
    let mut former = connect_as(database.name(), "rows_former");
    orders(&mut former, "orders");
    trap(&mut former, "rows_former");
    former.run("GRANT SELECT ON orders TO PUBLIC");
    for and_then in [
        "CREATE SCHEMA shop; CREATE SCHEMA shop_data",
        // As much like the old one as can be without being it.
        "CREATE SCHEMA shop; CREATE SCHEMA shop_data; CREATE TABLE shop_data.history (n int); CREATE TABLE shop.customers (n int);
         CREATE TABLE shop_data.store_settings AS SELECT settings, key_type, reader, made_reader, attached_at, '{}'::jsonb AS conditions FROM lifecycle.store",
    ] {
        former.run(
            "SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
                status => 'rows_former.nice(customer)', settings => '{\"reader\": \"\"}')",
        );
        former.run("CALL lifecycle.refresh('shop'); DROP SCHEMA shop, shop_data CASCADE");
        refuses(&mut former, "CALL lifecycle.refresh('shop')", "55000", &["does not exist", "lifecycle.detach"]);
        database.run(and_then);
        for call in CALLS {
            refuses(&mut database, call, "55000", &["shop", "lifecycle.detach"]);
            refuses(&mut former, call, "42501", &["shop"]);
        }
        let stored = "SELECT owner IS NULL AND customers IS NOT NULL FROM lifecycle.stores WHERE store = 'shop'";
        assert!(database.get::<bool>(stored), "a superuser sees the figures");
        // Neither the former owner's figures are shown to the next, nor the next's schema to the former.
        let mut next = connect_as(database.name(), "rows_next");
        next.run("SET client_min_messages = warning");
        database.run("ALTER SCHEMA shop OWNER TO rows_next; ALTER SCHEMA shop_data OWNER TO rows_next");
        assert!(next.get::<bool>("SELECT customers IS NULL AND purchases IS NULL FROM lifecycle.stores WHERE store = 'shop'"));
        assert_eq!(next.get::<i64>("SELECT count(*) FROM lifecycle.refresh_log"), 0);
        let tables = "SELECT count(*) FROM pg_class WHERE relnamespace IN ('shop'::regnamespace, 'shop_data'::regnamespace)";
        let before: i64 = database.get(tables);
        if !and_then.contains("TABLE") {
            next.run("SELECT lifecycle.detach('shop')");
        } else {
            former.run("SELECT lifecycle.detach('shop')");
        }
        assert_eq!(database.get::<i64>(tables), before, "the schema is left as it is");
        assert_eq!(database.get::<i64>("SELECT count(*) FROM lifecycle.store"), 0);
        former.run("DROP TRIGGER IF EXISTS shop_orders_inserted ON orders; DROP TRIGGER IF EXISTS shop_orders_updated ON orders;
            DROP TRIGGER IF EXISTS shop_orders_deleted ON orders; DROP TRIGGER IF EXISTS shop_orders_truncated ON orders");
        nobody_was_caught(&mut database, "rows_former");
        database.run("DROP SCHEMA shop, shop_data CASCADE");
    }
    drop(former);
    drop_roles(&mut database, &names);
}

#[test]
fn a_store_that_is_handed_over_goes_on_and_half_of_one_does_not() {
    let names = ["rows_giver", "rows_taker"];
    let mut database = with_roles("rows_handed", &names);
    database.run("CREATE EXTENSION pg_lifecycle");
    let mut giver = connect_as(database.name(), "rows_giver");
    orders(&mut giver, "orders");
    trap(&mut giver, "rows_giver");
    let attach = "SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
        settings => '{\"reader\": \"\"}')";
    giver.run(attach);
    giver.run("CALL lifecycle.refresh('shop')");
    giver.run(
        "CREATE TRIGGER fire AFTER INSERT OR UPDATE OR DELETE ON shop_data.history EXECUTE FUNCTION rows_giver.fire();
        CREATE TRIGGER fire AFTER INSERT OR UPDATE OR DELETE ON shop_data.store_settings EXECUTE FUNCTION rows_giver.fire()",
    );
    // The schema of the tables alone, to a superuser, who could write to the giver's tables.
    database.run("ALTER SCHEMA shop_data OWNER TO CURRENT_USER");
    for call in CALLS {
        refuses(&mut database, call, "55000", &["shop", "rows_giver", "OWNER TO"]);
    }
    // The schema of the views alone.
    database.run("ALTER SCHEMA shop_data OWNER TO rows_giver; ALTER SCHEMA shop OWNER TO CURRENT_USER");
    for call in CALLS {
        refuses(&mut database, call, "42501", &["shop", "rows_giver"]);
        refuses(&mut giver, call, "55000", &["ALTER SCHEMA shop OWNER TO \"rows_giver\""]);
    }
    // One table, which another has in hand.
    database.run("ALTER SCHEMA shop OWNER TO rows_giver; ALTER TABLE shop_data.profile OWNER TO rows_taker");
    for call in CALLS {
        refuses(&mut giver, call, "55000", &["shop_data.profile", "rows_taker", "OWNER TO"]);
    }
    database.run("ALTER TABLE shop_data.profile OWNER TO rows_giver; DROP TRIGGER fire ON shop_data.history; DROP TRIGGER fire ON shop_data.store_settings");
    nobody_was_caught(&mut database, "rows_giver");
    // All of it: as if the taker had attached it.
    database
        .run("REASSIGN OWNED BY rows_giver TO rows_taker; INSERT INTO orders VALUES (55, '2024-02-02Z', 4, 'paid')");
    let mut taker = connect_as(database.name(), "rows_taker");
    taker.run("SET client_min_messages = warning");
    for call in CALLS {
        taker.run(call);
        refuses(&mut giver, call, "42501", &["rows_taker"]);
    }
    assert_eq!(taker.get::<i64>("SELECT orders FROM shop_data.profile WHERE customer = 55"), 1);
    assert_eq!(taker.get::<String>("SELECT owner::text FROM lifecycle.stores"), "rows_taker");
    verified(&mut taker, "shop").unwrap();
    taker.run("SELECT lifecycle.detach('shop')");
    drop((giver, taker));
    drop_roles(&mut database, &names);
}

#[test]
fn figures_are_for_the_owner_and_the_reader() {
    let names = ["rows_seller", "rows_member", "rows_stranger2", "rows_analyst"];
    let mut database = with_roles("rows_figures", &names);
    database.run("CREATE EXTENSION pg_lifecycle; GRANT rows_seller TO rows_member");
    let mut seller = connect_as(database.name(), "rows_seller");
    orders(&mut seller, "orders");
    for (store, reader) in [("seen", "rows_analyst"), ("hidden", "")] {
        seller.run(&format!(
            "SELECT lifecycle.attach('{store}', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
                settings => '{{\"reader\": \"{reader}\"}}')"
        ));
        for _ in 0..2 {
            seller.run(&format!("CALL lifecycle.refresh('{store}')"));
        }
    }
    // A refresh that runs, as another session sees it.
    database.run(
        "INSERT INTO lifecycle.refresh_log (store) VALUES ('seen'), ('hidden');
         SELECT pg_advisory_lock_shared(1818846821, id::integer) FROM lifecycle.refresh_log WHERE finished_at IS NULL",
    );
    let name = database.name().to_owned();
    for (role, figures, progress, log) in
        [("rows_seller", 2, 2, 6), ("rows_member", 2, 2, 6), ("rows_analyst", 1, 1, 3), ("rows_stranger2", 0, 0, 0)]
    {
        let mut client = connect_as(&name, role);
        assert_eq!(client.get::<i64>("SELECT count(*) FROM lifecycle.stores"), 2, "{role}");
        for column in ["customers", "purchases", "moved", "took"] {
            let shown: i64 = client.get(&format!("SELECT count({column}) FROM lifecycle.stores"));
            assert_eq!(shown, figures, "{role} {column}");
        }
        assert_eq!(client.get::<i64>("SELECT count(*) FROM lifecycle.refresh_progress"), progress, "{role}");
        assert_eq!(client.get::<i64>("SELECT count(*) FROM lifecycle.refresh_log"), log, "{role}");
        // Nothing leaks on the way to what is shown.
        client.run(
            "CREATE FUNCTION pg_temp.tell(x bigint) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN
                IF x IS NOT NULL THEN PERFORM set_config('rows.told', current_setting('rows.told', true) || '+', false); END IF;
                RETURN true; END $$; SELECT set_config('rows.told', '', false)",
        );
        client.run("SELECT count(*) FROM lifecycle.refresh_log WHERE pg_temp.tell(customers)");
        let told: i32 = client.get("SELECT length(current_setting('rows.told'))");
        assert_eq!(i64::from(told), figures * 2, "{role}");
        // A view of one role's shows its maker's figures to nobody else by the way.
        client.run("SELECT set_config('rows.told', '', false)");
        client.run("SELECT count(*) FROM lifecycle.stores WHERE pg_temp.tell(customers)");
        assert_eq!(i64::from(client.get::<i32>("SELECT length(current_setting('rows.told'))")), figures, "{role}");
    }
    assert_eq!(database.get::<i64>("SELECT count(customers) FROM lifecycle.stores"), 2, "a superuser sees all");
    seller.run("SELECT lifecycle.detach('seen'); SELECT lifecycle.detach('hidden')");
    drop(seller);
    drop_roles(&mut database, &names);
}

#[test]
fn temporary_relations_of_the_session_are_left_alone() {
    let mut database = Database::new("rows_temporary");
    orders(&mut database, "orders");
    database.run("SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount', settings => '{\"reader\": \"\"}')");
    for (make, kind) in [
        ("CREATE TEMP VIEW {} AS SELECT 1 AS customer", "VIEW"),
        ("CREATE TEMP TABLE {} AS SELECT 1 AS customer", "TABLE"),
        ("CREATE TEMP SEQUENCE {}", "SEQUENCE"),
    ] {
        for name in ["lifecycle_changed", "lifecycle_fresh", "lifecycle_scored", "lifecycle_fitted"] {
            database.run(&make.replace("{}", name));
        }
        // In use, too.
        database.run("BEGIN; DECLARE reading CURSOR FOR SELECT * FROM lifecycle_changed; FETCH reading; CALL lifecycle.refresh('shop'); COMMIT");
        database.run(
            "INSERT INTO orders VALUES (3, '2024-02-02Z', 4, 'paid'); CALL lifecycle.refresh('shop', refit => true)",
        );
        for name in ["lifecycle_changed", "lifecycle_fresh", "lifecycle_scored", "lifecycle_fitted"] {
            database.run(&format!("DROP {kind} pg_temp.{name}"));
        }
    }
    // Names that only a refresh gives are refused in words that help, and nothing is dropped.
    for name in ["changed", "fresh", "scored", "fitted"] {
        let name = format!("pg_temp.\"lifecycle.refresh: {name}\"");
        database.run(&format!("CREATE TEMP VIEW {} AS SELECT 1 AS customer", name.replace("pg_temp.", "")));
        let error = database.refused("CALL lifecycle.refresh('shop')");
        assert_eq!(error.code().code(), "42710", "{}", said(&error));
        assert!(said(&error).contains(&name) && error.hint().is_some(), "{}", said(&error));
        database.run(&format!("DROP VIEW {name}"));
    }
    database.run("CALL lifecycle.refresh('shop')");
    verified(&mut database, "shop").unwrap();
    database.run("SELECT lifecycle.detach('shop')");
}
