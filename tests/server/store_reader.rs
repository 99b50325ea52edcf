//! Who may read what of a store: the reader's role sees the views and nothing behind them, the owner sees what the source
//! shows him, and who writes to the source needs no right to the store.

use crate::harness::{Ask, Database, connect_as};
use crate::stores::{VIEWS, refuses, verified};

/// Roles belong to the whole server: those of a test are made by it, and bear its name. The database is made anew after the
/// roles, so that nothing in an old one holds them.
fn roles(name: &str, roles: &[&str]) -> Database {
    let mut database = Database::new(name);
    for role in roles {
        database.run(&format!(
            "DO $$ BEGIN
                IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    EXECUTE 'DROP OWNED BY {role}';
                    EXECUTE 'DROP ROLE {role}';
                END IF;
             END $$;
             CREATE ROLE {role} LOGIN"
        ));
    }
    database
}

fn drop_roles(database: &mut Database, roles: &[&str]) {
    for role in roles {
        database.run(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
    }
}

const ORDERS: &str = "
    SET client_min_messages = warning;
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, customer bigint, at timestamptz, amount numeric, status text,
        channel text, region text);
    INSERT INTO orders (customer, at, amount, status, channel, region)
        SELECT n % 20, '2024-01-01Z'::timestamptz + n * interval '1 day', n, 'paid', 'web',
            CASE WHEN n % 20 < 5 THEN 'eu' ELSE 'us' END
        FROM generate_series(1, 200) AS n;
    CREATE TABLE events (customer bigint, at timestamptz, kind text);
    INSERT INTO events VALUES (1, '2024-02-01Z', 'open')";

#[test]
fn the_reader_sees_the_views_and_nothing_behind_them() {
    let mut database = Database::new("store_reader");
    database.run(ORDERS);
    database.run(
        "SELECT lifecycle.attach('read_shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            status => $$status = 'paid'$$, channel => 'channel', events => 'events', event_customer => 'customer',
            happened_at => 'at', kind => 'kind', attributes => ARRAY['region'])",
    );
    database.run("CALL lifecycle.refresh('read_shop', as_of => '2024-08-01Z')");
    database.run("CALL lifecycle.refresh('read_shop', as_of => '2024-09-01Z')");
    assert!(!database.get::<bool>("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'read_shop_reader'"));
    database.run("SET ROLE read_shop_reader");
    let mut filled = 0;
    for view in VIEWS {
        filled += i32::from(database.get::<i64>(&format!("SELECT count(*) FROM read_shop.{view}")) > 0);
    }
    assert!(filled >= 10, "only {filled} views have rows");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM read_shop.customers"), 20);
    assert_eq!(database.get::<i64>("SELECT count(*) FROM read_shop.stages_at('2024-08-15Z')"), 20);

    // Whatever else is there is refused, whether it has a name that the test knows or not.
    let behind = database.texts(&format!(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'read_shop_data'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')
         AND relname <> ALL (string_to_array('{}', ','))",
        VIEWS.join(",")
    ));
    for known in ["history", "profile", "movement", "fit", "kpi", "source_orders", "source_events", "order_change"] {
        assert!(behind.contains(&known.to_owned()), "{known} is not among {behind:?}");
    }
    let mut refused = |statement: String| {
        let error = database.refused(&statement);
        assert_eq!(error.code().code(), "42501", "{}: {statement}", error.message());
    };
    for relation in &behind {
        refused(format!("SELECT * FROM read_shop_data.{relation}"));
        refused(format!("DELETE FROM read_shop_data.{relation}"));
    }
    for view in VIEWS {
        let error = database.refused(&format!("DELETE FROM read_shop.{view}"));
        // A view of several tables cannot be written to at all, and says that first.
        assert!(["42501", "55000"].contains(&error.code().code()), "{}: {view}", error.message());
    }
    let mut refused = |statement: &str| {
        let error = database.refused(statement);
        assert_eq!(error.code().code(), "42501", "{}: {statement}", error.message());
    };
    refused("SELECT * FROM orders");
    refused("CALL lifecycle.refresh('read_shop')");
    refused("SELECT lifecycle.configure('read_shop', '{\"refit\": \"1 day\"}')");
    refused("SELECT lifecycle.detach('read_shop')");
    refused("SELECT * FROM lifecycle.verify('read_shop')");
    refused("CREATE TABLE read_shop.mine (n int)");
    refused("DELETE FROM lifecycle.store");
    refused("UPDATE lifecycle.store SET store = 'x'");

    // What a refresh puts in place of a table later is no more open.
    database.run("RESET ROLE");
    database.run("CALL lifecycle.refresh('read_shop', as_of => '2024-10-01Z', rebuild => true, refit => true)");
    database.run("SET ROLE read_shop_reader");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM read_shop.customers"), 20);
    assert_eq!(database.refused("SELECT * FROM read_shop_data.profile").code().code(), "42501");
    database.run("RESET ROLE");

    // Nobody else sees anything.
    let everybody: bool = database.get("SELECT has_schema_privilege('public', 'read_shop', 'USAGE')");
    assert!(!everybody, "the schema is open to everybody");

    // Another role takes the reader's place.
    let mut database = {
        database.run(
            "DROP ROLE IF EXISTS read_analysts; CREATE ROLE read_analysts;
             SELECT lifecycle.configure('read_shop', '{\"reader\": \"read_analysts\"}')",
        );
        database
    };
    database.run("SET ROLE read_analysts");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM read_shop.customers"), 20);
    database.run("RESET ROLE");
    database.run("SELECT lifecycle.detach('read_shop')");
    assert!(!database.get::<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'read_shop_reader')"));
    assert!(database.get::<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'read_analysts')"), "not ours");
    database.run("DROP ROLE read_analysts");
}

#[test]
fn a_store_holds_what_its_owner_can_see() {
    let names = ["store_rls_owner", "store_rls_writer"];
    let mut database = roles("store_rls", &names);
    database.run(ORDERS);
    let name = database.name().to_owned();
    database.run(&format!(
        "GRANT CREATE ON DATABASE {name} TO store_rls_owner;
         ALTER TABLE orders OWNER TO store_rls_owner;
         GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON orders TO store_rls_writer;
         ALTER TABLE orders ENABLE ROW LEVEL SECURITY; ALTER TABLE orders FORCE ROW LEVEL SECURITY;
         CREATE POLICY europe ON orders FOR SELECT TO store_rls_owner USING (region = 'eu');
         CREATE POLICY everything ON orders TO store_rls_writer USING (true)",
    ));
    let mut owner = connect_as(database.name(), "store_rls_owner");
    owner.run("SET client_min_messages = warning");
    for changes in ["triggers", "compare"] {
        owner.run(&format!(
            "SELECT lifecycle.attach('rls_{changes}', orders => 'orders', customer => 'customer', ordered_at => 'at',
                amount => 'amount', changes => '{changes}', settings => '{{\"reader\": \"\"}}')"
        ));
        owner.run(&format!("CALL lifecycle.refresh('rls_{changes}', as_of => '2024-08-01Z')"));
        assert_eq!(owner.get::<i64>(&format!("SELECT count(*) FROM rls_{changes}.customers")), 5, "{changes}");
    }
    // Who writes needs no right to the store, and is not told of it.
    let mut writer = connect_as(database.name(), "store_rls_writer");
    writer.run(
        "INSERT INTO orders (customer, at, amount, status, region) VALUES (1, '2024-07-01Z', 5, 'paid', 'eu'),
            (100, '2024-07-01Z', 5, 'paid', 'us'), (101, '2024-07-01Z', 5, 'paid', 'eu');
         UPDATE orders SET region = 'us' WHERE customer = 2; DELETE FROM orders WHERE customer = 3",
    );
    assert_eq!(writer.refused("SELECT * FROM rls_triggers.customers").code().code(), "42501");
    for changes in ["triggers", "compare"] {
        owner.run(&format!("CALL lifecycle.refresh('rls_{changes}', as_of => '2024-08-02Z')"));
        let seen = owner.texts(&format!(
            "SELECT customer::text FROM rls_{changes}_data.profile AS p WHERE orders > 0 ORDER BY p.customer"
        ));
        assert_eq!(seen, ["0", "1", "4", "101"], "{changes}");
        verified(&mut owner, &format!("rls_{changes}")).unwrap();
        // A superuser's refresh or verify, which would see all rows, is no way around it.
        for statement in [
            format!("CALL lifecycle.refresh('rls_{changes}', as_of => '2024-08-03Z')"),
            format!("CALL lifecycle.refresh('rls_{changes}', as_of => '2024-08-03Z', rebuild => true)"),
            format!("SELECT * FROM lifecycle.verify('rls_{changes}')"),
            format!("SELECT lifecycle.configure('rls_{changes}', '{{\"lapsed_after\": 3}}')"),
        ] {
            refuses(&mut database, &statement, "42501", &["store_rls_owner"]);
        }
        let seen = owner.texts(&format!(
            "SELECT customer::text FROM rls_{changes}_data.profile AS p WHERE orders > 0 ORDER BY p.customer"
        ));
        assert_eq!(seen, ["0", "1", "4", "101"], "{changes}, after a superuser's refresh");
    }
    writer.run("TRUNCATE orders");
    for changes in ["triggers", "compare"] {
        owner.run(&format!("CALL lifecycle.refresh('rls_{changes}', as_of => '2024-08-04Z')"));
        assert_eq!(owner.get::<i64>(&format!("SELECT count(*) FROM rls_{changes}_data.profile WHERE orders > 0")), 0);
        owner.run(&format!("SELECT lifecycle.detach('rls_{changes}')"));
    }
    drop((owner, writer));
    drop_roles(&mut database, &names);
}

#[test]
fn a_trigger_function_is_no_way_into_the_store() {
    // It runs with its owner's rights, under a search_path of its own: a writer's objects of the same names are not used.
    let names = ["store_path_writer"];
    let mut database = roles("store_path", &names);
    database.run(ORDERS);
    database.run(
        "SELECT lifecycle.attach('path', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            changes => 'triggers', settings => '{\"reader\": \"\"}');
         GRANT SELECT, INSERT ON orders TO store_path_writer; CREATE SCHEMA hers AUTHORIZATION store_path_writer",
    );
    database.run("CALL lifecycle.refresh('path', as_of => '2024-08-01Z')");
    let loose = database.texts(
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p
         WHERE prosecdef AND NOT COALESCE(proconfig::text ~ 'search_path', false)
         AND pronamespace IN ('path'::regnamespace, 'lifecycle'::regnamespace, 'public'::regnamespace)",
    );
    assert!(loose.is_empty(), "SECURITY DEFINER without a search_path: {loose:?}");
    let mut writer = connect_as(database.name(), "store_path_writer");
    writer.run(
        "CREATE FUNCTION hers.trap(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'trapped as %', current_user; END $$;
         CREATE OPERATOR hers.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = hers.trap);
         CREATE OPERATOR hers.<> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = hers.trap);
         CREATE TEMP TABLE order_change (customer bigint);
         CREATE TABLE hers.order_change (customer bigint);
         SET search_path = hers, pg_temp, pg_catalog, public",
    );
    writer.run("INSERT INTO orders (customer, at, amount) VALUES (1, '2024-07-01Z', 5), (500, '2024-07-01Z', 5)");
    assert_eq!(writer.get::<i64>("SELECT count(*) FROM pg_temp.order_change"), 0);
    assert_eq!(writer.get::<i64>("SELECT count(*) FROM hers.order_change"), 0);
    // She cannot call it by herself either.
    for function in database.texts(
        "SELECT DISTINCT tgfoid::regproc::text FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal",
    ) {
        refuses(&mut writer, &format!("SELECT {function}()"), "22023", &["trigger"]);
    }
    database.run("CALL lifecycle.refresh('path', as_of => '2024-08-02Z')");
    assert_eq!(database.get::<i64>("SELECT orders FROM path_data.profile WHERE customer = 500"), 1);
    verified(&mut database, "path").unwrap();
    drop(writer);
    database.run("SELECT lifecycle.detach('path')");
    drop_roles(&mut database, &names);
}

#[test]
fn a_reader_that_may_not_be_dropped_stays_and_the_store_goes() {
    // `kept_for_reader` is made by attach; what hinders its end comes later.
    let names = ["store_kept_owner"];
    let mut database = roles("store_kept_reader", &names);
    let name = database.name().to_owned();
    database.run(&format!("GRANT CREATE ON DATABASE {name} TO store_kept_owner; DROP ROLE IF EXISTS kept_for_reader"));
    database.run(ORDERS);
    database.run("ALTER TABLE orders OWNER TO store_kept_owner");
    for (hinder, words, undo) in [
        ("ALTER ROLE store_kept_owner NOCREATEROLE", "you may not drop it", ""),
        ("ALTER ROLE kept_for_reader SUPERUSER", "you may not drop it", "ALTER ROLE kept_for_reader NOSUPERUSER"),
        (
            "CREATE TABLE hers (n int); ALTER TABLE hers OWNER TO kept_for_reader",
            "other objects depend on it",
            "DROP TABLE hers",
        ),
    ] {
        database.run("ALTER ROLE store_kept_owner CREATEROLE");
        let mut config = crate::harness::config(&name, "store_kept_owner");
        let said = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let hears = said.clone();
        config.notice_callback(move |notice| hears.lock().expect("one thread").push_str(notice.message()));
        let mut owner = config.connect(postgres::NoTls).expect("a session");
        owner
            .run("SELECT lifecycle.attach('kept_for', orders => 'orders', customer => 'customer', ordered_at => 'at')");
        owner.run("CALL lifecycle.refresh('kept_for')");
        database.run(hinder);
        owner.run("SELECT lifecycle.detach('kept_for')");
        let said = said.lock().expect("one thread").clone();
        assert!(said.contains(words) && said.contains("DROP ROLE \"kept_for_reader\""), "{hinder}: {said}");
        assert_eq!(database.get::<i64>("SELECT count(*) FROM lifecycle.store"), 0, "{hinder}");
        assert!(
            !database.get::<bool>("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'kept_for')"),
            "{hinder}"
        );
        database.run(undo);
        database.run("DROP ROLE kept_for_reader");
    }
    drop_roles(&mut database, &names);
}

#[test]
fn attributes_are_for_the_owner_unless_readers_are_let_see_them() {
    let mut database = roles("store_attributes", &["store_attributes_reader"]);
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE orders AS SELECT i % 5 AS customer, '2024-01-01Z'::timestamptz + i * interval '1 day' AS at, 'DE' AS country
            FROM generate_series(1, 50) AS i;
         SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', attributes => '{country}',
            settings => '{\"reader\": \"store_attributes_reader\"}');
         CALL lifecycle.refresh('shop', as_of => '2024-03-01Z');
         SELECT lifecycle.create_journey('shop', 'hello', '{\"entry\": {\"event\": \"hello\"}, \"steps\": [
            {\"name\": \"letter\", \"act\": {\"channel\": \"email\", \"template\": \"hello\"}}, {\"name\": \"end\", \"exit\": \"sent\"}]}', true)",
    );
    let mut reader = connect_as(database.name(), "store_attributes_reader");
    let known = "SELECT count(country) FROM shop.customers";
    let grouped = "SELECT * FROM lifecycle.journey_report('shop', 'hello', group_by => 'country')";
    assert_eq!((reader.get::<i64>(known), database.get::<i64>(known)), (0, 5));
    let error = reader.refused(grouped);
    assert_eq!(error.code().code(), "42501");
    assert!(error.hint().unwrap().contains("{\"reader_attributes\": true}"), "{error:?}");
    reader.run("SELECT * FROM lifecycle.journey_report('shop', 'hello', group_by => 'segment')");
    database.run(grouped);
    // A view of the owner's over the views hides them too.
    database
        .run("CREATE VIEW mine AS SELECT country FROM shop.at_risk; GRANT SELECT ON mine TO store_attributes_reader");
    assert_eq!(reader.get::<i64>("SELECT count(country) FROM mine"), 0);
    database.run("DROP VIEW mine; SELECT lifecycle.configure('shop', '{\"reader_attributes\": true}')");
    assert_eq!(reader.get::<i64>(known), 5);
    reader.run(grouped);
    assert!(
        !database.get::<bool>("SELECT rebuild_due OR refit_due FROM lifecycle.store"),
        "it is about the views alone"
    );
    drop(reader);
    database.run(
        "SELECT lifecycle.detach('shop'); DROP OWNED BY store_attributes_reader; DROP ROLE store_attributes_reader",
    );
}
