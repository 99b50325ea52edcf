//! What a session keeps from one call to the next follows what it depends on: settings, the role, types, grids, the extension itself.

use postgres::Client;

use crate::harness::{Ask, Database, connect};

/// 09:00 in a zone on the day of an instant, in UTC, by the extension and by the server.
fn nine(client: &mut Client, zone: &str) -> [Option<String>; 2] {
    let of_extension = format!(
        "SELECT timezone('UTC', lifecycle.next_local_time('2024-01-10 00:00Z', lifecycle.known_zone('{zone}', '{zone}'), '09:00', NULL))::time::text"
    );
    let of_server = format!("SELECT timezone('UTC', timezone('{zone}', timestamp '2024-01-10 09:00'))::time::text");
    [of_extension, of_server].map(|query| client.query_one(&query, &[]).ok().map(|row| row.get(0)))
}

#[test]
fn abbreviations_are_those_of_the_moment() {
    let mut database = Database::new("caches_abbreviations");
    // Of two meanings, known in one set only, and of a zone that is an abbreviation as well.
    let zones = ["EST", "ACSST", "LIGT", "MST", "EET", "Europe/Berlin", "SAST"];
    let sets = ["Default", "Australia", "India", "Default", "Australia"];
    let mut answers = Vec::new();
    for set in sets {
        database.run(&format!("SET timezone_abbreviations = '{set}'"));
        for zone in zones {
            let [own, server] = nine(&mut database, zone);
            assert_eq!(own, server, "{zone} in {set}");
            answers.push(own);
        }
    }
    assert_ne!(answers[0], answers[zones.len()], "EST means the same in both sets: the test shows nothing");
    // Within one statement, too, and after all kinds of ways back.
    let mut differs = |change: &str| {
        database.run("SET timezone_abbreviations = 'Australia'");
        let before = nine(&mut database, "EST");
        database.run(change);
        let after = nine(&mut database, "EST");
        assert_eq!(after[0], after[1], "{change}");
        assert_ne!(before[0], after[0], "{change}");
    };
    differs("RESET timezone_abbreviations");
    differs("RESET ALL");
    differs("DISCARD ALL");
    differs("SELECT set_config('timezone_abbreviations', 'Default', false)");
    differs(
        "BEGIN; SET LOCAL timezone_abbreviations = 'India'; SELECT lifecycle.known_zone('EST', ''); ROLLBACK; SET timezone_abbreviations = 'Default'",
    );
    let moved: bool = database.get(
        "SELECT count(DISTINCT lifecycle.next_local_time('2024-01-10Z', 'EST', '09:00', NULL)) = 2
         FROM unnest(ARRAY['Default', 'Australia']) AS name, LATERAL (SELECT set_config('timezone_abbreviations', name, false)) AS s (name_again)
         WHERE name_again = name",
    );
    assert!(moved, "a change within the statement is not seen");
}

#[test]
fn the_zone_of_the_session_is_that_of_the_moment() {
    let mut database = Database::new("caches_session_zone");
    let query = "SELECT (purchase_history('2024-07-01 00:00'::timestamp))::text";
    for _ in 0..2 {
        for (change, expected) in [
            ("SET TimeZone = 'Europe/Berlin'", "{2024-06-30T22:00:00Z 0}"),
            ("SET TimeZone = 'Asia/Tokyo'", "{2024-06-30T15:00:00Z 0}"),
            ("DISCARD ALL", "{2024-07-01T00:00:00Z 0}"),
            ("SET TIME ZONE INTERVAL '-03:00' HOUR TO MINUTE", "{2024-07-01T03:00:00Z 0}"),
            ("RESET TimeZone", "{2024-07-01T00:00:00Z 0}"),
        ] {
            database.run(change);
            assert_eq!(database.get::<String>(query), expected, "{change}");
        }
    }
}

#[test]
fn labels_are_found_by_their_names_of_the_moment() {
    let mut database = Database::new("caches_labels");
    let stage = "SELECT lifecycle_stage('{}'::purchase_history, now())::text";
    let temperature = "SELECT engagement_temperature(NULL::engagement_history)::text";
    let growth = "SELECT cardinality(growth_lifecycle('{2024-01-01 5}'::purchase_history, '1 month', '2024-02-01'))";
    assert_eq!(database.get::<String>(stage), "prospect");
    assert_eq!(database.get::<String>(temperature), "never_contacted");
    let rows: i32 = database.get(growth);
    for (rename, back, query) in [
        (
            "ALTER TYPE lifecycle_stage RENAME VALUE 'prospect' TO 'nobody'",
            "ALTER TYPE lifecycle_stage RENAME VALUE 'nobody' TO 'prospect'",
            stage,
        ),
        (
            "ALTER TYPE engagement_temperature RENAME VALUE 'never_contacted' TO 'new'",
            "ALTER TYPE engagement_temperature RENAME VALUE 'new' TO 'never_contacted'",
            temperature,
        ),
        (
            "ALTER TYPE growth_status RENAME VALUE 'new' TO 'fresh'",
            "ALTER TYPE growth_status RENAME VALUE 'fresh' TO 'new'",
            growth,
        ),
    ] {
        database.run(rename);
        // The session that had found the label, and a fresh one.
        let mut other = connect(database.name());
        for client in [&mut *database, &mut other] {
            let error = client.refused(query);
            assert_eq!(error.code().code(), "55000", "{rename}: {}", error.message());
            assert!(error.message().contains("has no label"), "{}", error.message());
            assert!(error.hint().is_some_and(|hint| hint.contains("RENAME VALUE")), "{rename}");
        }
        // A rename that is not to last.
        database.run(back);
        database.run(&format!("BEGIN; {rename}; ROLLBACK"));
        for client in [&mut *database, &mut other] {
            client.simple_query(query).unwrap_or_else(|error| panic!("{query}: {error}"));
        }
    }
    // A name that another label takes over.
    database.run("ALTER TYPE lifecycle_stage RENAME VALUE 'prospect' TO 'nobody'; ALTER TYPE lifecycle_stage ADD VALUE 'prospect'");
    assert_eq!(database.get::<String>(stage), "prospect");
    assert_eq!(database.get::<i32>(growth), rows);
}

#[test]
fn grids_are_those_that_the_role_may_read() {
    let mut database = Database::new("caches_grid_role");
    let segment = "rfm_segment(ROW(5, 5, 5)::rfm_triple, 'rfm_25')";
    // One place in a function, which lasts from call to call: what the owner may read does not show it to others.
    database.run(&format!(
        "DROP ROLE IF EXISTS server_tests_no_grids; CREATE ROLE server_tests_no_grids;
         REVOKE SELECT ON lifecycle.segment_grid, lifecycle.segment_rule FROM PUBLIC;
         CREATE FUNCTION ask(as_whom text) RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN
            RETURN {segment};
         END $$"
    ));
    assert_eq!(database.get::<String>("SELECT ask('')"), "Champions");
    let error = database.refused(&format!(
        "DO $$ DECLARE role text; BEGIN
            FOREACH role IN ARRAY ARRAY['postgres', 'server_tests_no_grids'] LOOP
                EXECUTE format('SET LOCAL ROLE %I', role);
                PERFORM {segment};
            END LOOP;
         END $$"
    ));
    assert_eq!(error.code().code(), "42501", "{}", error.message());
    database.run("RESET ROLE; DROP ROLE server_tests_no_grids");
}

#[test]
fn grids_are_those_of_the_moment() {
    let mut database = Database::new("caches_grids");
    database.run(
        "BEGIN;
         INSERT INTO lifecycle.segment_grid (grid, description, dimensions, bins) VALUES ('mine', 'mine', 'R,FM', 5);
         INSERT INTO lifecycle.segment_rule (grid, cells, name, priority) SELECT 'mine', cells, name, priority
            FROM lifecycle.segment_rule WHERE grid = 'rfm_25';
         COMMIT",
    );
    assert_eq!(database.get::<String>("SELECT rfm_segment(ROW(5, 5, 5)::rfm_triple, 'mine')"), "Champions");
    database.run(
        "CREATE TABLE said (segment text);
         DO $$ BEGIN
            FOR i IN 1..2 LOOP
                INSERT INTO said SELECT rfm_segment(ROW(5, 5, 5)::rfm_triple, 'mine');
                UPDATE lifecycle.segment_rule SET name = 'Best' WHERE grid = 'mine' AND name = 'Champions';
            END LOOP;
         END $$",
    );
    assert_eq!(database.texts("SELECT segment FROM said ORDER BY ctid"), ["Champions", "Best"]);
}

#[test]
fn a_session_outlives_the_extension() {
    let mut database = Database::new("caches_extension");
    let look = "SELECT format('%s %s %s %s', lifecycle_stage('{}'::purchase_history, now()), (rfm_score('{2024-01-01 5}'::purchase_history, 'BREAKS'::rfm_breaks, '2024-02-01')) IS NOT NULL,
        rfm_segment(ROW(5, 5, 5)::rfm_triple, 'rfm_25'), lifecycle.next_local_time('2024-01-10Z', 'EST', '09:00', NULL) IS NOT NULL)";
    let breaks: String = database.get(
        "SELECT rfm_breaks(h, '2024-02-01')::text FROM (SELECT purchase_history('2024-01-01Z'::timestamptz + n * interval '1 day', n) AS h
         FROM generate_series(1, 20) AS n GROUP BY n) AS t",
    );
    let look = look.replace("BREAKS", &breaks);
    let shop = "CREATE TABLE IF NOT EXISTS orders (customer_id bigint, ordered_at timestamptz);
        SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer_id', ordered_at => 'ordered_at', settings => '{\"reader\": \"\"}');
        SELECT lifecycle.record_event('shop', 'open', 'a', customer => '1')";
    database.run("SET client_min_messages = warning");
    let first: String = database.get(&look);
    for way in [
        "DROP EXTENSION pg_lifecycle CASCADE; DROP SCHEMA IF EXISTS shop, shop_data CASCADE; CREATE SCHEMA elsewhere; CREATE EXTENSION pg_lifecycle SCHEMA elsewhere; SET search_path = elsewhere, public",
        "DROP EXTENSION pg_lifecycle CASCADE; DROP SCHEMA IF EXISTS shop, shop_data CASCADE; SET search_path = public; CREATE EXTENSION pg_lifecycle SCHEMA public",
        "BEGIN; DROP EXTENSION pg_lifecycle CASCADE; ROLLBACK; SELECT lifecycle.detach('shop')",
        "DISCARD ALL; SET client_min_messages = warning; SELECT lifecycle.detach('shop')",
    ] {
        database.run(shop);
        way.split(';').for_each(|statement| database.run(statement));
        assert_eq!(database.get::<String>(&look), first, "{way}");
    }
    database.run(shop);
}

/// More plans than are kept: the oldest go, and every answer is still right.
#[test]
fn of_many_statements_the_last_ones_keep_their_plans() {
    /// Stores, each with some eight statements.
    const STORES: usize = 40;
    const KEPT: i64 = 200;
    let mut database = Database::new("caches_plans");
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE orders (customer_id bigint, ordered_at timestamptz);
         CREATE FUNCTION shop(n int) RETURNS text LANGUAGE sql AS $$ SELECT 'shop_' || n $$",
    );
    for n in 0..STORES {
        database.run(&format!(
            "SELECT lifecycle.attach(shop({n}), orders => 'orders', customer => 'customer_id', ordered_at => 'ordered_at', changes => 'compare',
                settings => '{{\"reader\": \"\"}}');
             INSERT INTO shop_{n}_data.journey (name, status, version) VALUES ('welcome', 'live', 1);
             INSERT INTO shop_{n}_data.journey_version SELECT journey, 1, '{{\"entry\": {{\"call\": true}}}}' FROM shop_{n}_data.journey;
             INSERT INTO shop_{n}_data.journey_step SELECT journey, 1, 1, 'letter', '{{\"act\": {{\"channel\": \"email\", \"template\": \"hello\"}}}}' FROM shop_{n}_data.journey;
        INSERT INTO shop_{n}_data.journey_step SELECT journey, 1, 2, 'end', '{{\"exit\": \"done\"}}' FROM shop_{n}_data.journey;
             INSERT INTO shop_{n}_data.action (customer, journey, version, entry, step, round, decided_at, channel, template, payload, priority, status, claimable_at)
             SELECT {n} + i, 1, 1, 1, 1, 1, now(), 'email', 'hello', '{{}}', 0, 'pending', now() FROM generate_series(1, 9) AS i"
        ));
    }
    let kept = "SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'CachedPlanSource'";
    let used = |client: &mut Client, n: usize, action: i64| {
        let told: String = client.get(&format!(
            "SELECT format('%s %s %s %s', lifecycle.fail_action('shop_{n}', {action}, 'full'), lifecycle.complete_action('shop_{n}', {action}),
                lifecycle.record_event('shop_{n}', 'open', 'o{action}', {action}), lifecycle.record_event('shop_{n}', 'unsubscribe', 'u{action}', {action}))"
        ));
        assert_eq!(told, "pending t t t", "store {n}");
    };
    let mut client = connect(database.name());
    client.run("SET client_min_messages = warning");
    for n in 0..STORES {
        used(&mut client, n, 1);
    }
    let count: i64 = client.get(kept);
    assert!((KEPT / 2..=KEPT + 10).contains(&count), "{count} plans are kept");
    // The last ones are there, and the first ones are not.
    let of = |client: &mut Client, n: usize| -> i64 {
        client.get(&format!(
            "SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'CachedPlanSource' AND ident LIKE '%\"shop_{n}_data\"%' AND ident !~ 'pg_backend'"
        ))
    };
    assert_eq!(of(&mut client, 0), 0, "the oldest plans are still kept");
    let last = of(&mut client, STORES - 1);
    assert!(last > 3, "only {last} plans of the store that was used last are kept");
    used(&mut client, 0, 2);
    assert_eq!(of(&mut client, 0), last, "what is used again is not kept again");
    // What is used all along stays, however many others come.
    for n in 1..STORES {
        used(&mut client, n, 2);
        client.run(&format!("SELECT lifecycle.record_event('shop_0', 'open', 'again {n}', 2)"));
    }
    assert!((2..last).contains(&of(&mut client, 0)), "what is used all along is not kept");
    for n in 0..STORES {
        used(&mut client, n, 3);
    }
    assert!(client.get::<i64>(kept) <= KEPT + 10, "plans are never given back");
    // From within a statement that runs: a trigger uses all the others, and the one that runs goes on.
    client.run(&format!(
        "CREATE FUNCTION public.all_others() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            FOR round IN 1..2 LOOP
                FOR n IN 0..{} LOOP
                    PERFORM lifecycle.record_event('shop_' || n, 'click', format('c%s %s %s', round, n, NEW.id), customer => '1');
                    PERFORM lifecycle.record_event('shop_' || n, 'unsubscribe', format('v%s %s %s', round, n, NEW.id), customer => '1');
                    PERFORM lifecycle.fail_action('shop_' || n, 5, 'full');
                    PERFORM lifecycle.complete_action('shop_' || n, 5 + round);
                END LOOP;
            END LOOP;
            RETURN NULL;
         END $$;
         CREATE TRIGGER others AFTER UPDATE ON shop_0_data.action FOR EACH ROW WHEN (OLD.id = 4 AND NEW.status = 'done' AND OLD.status <> 'done')
            EXECUTE FUNCTION public.all_others()",
        STORES - 1
    ));
    assert!(client.get::<bool>("SELECT lifecycle.complete_action('shop_0', 4)"));
    let recorded: i64 =
        client.get(&format!("SELECT count(*) FROM shop_{}_data.event WHERE kind = 'click'", STORES - 1));
    assert_eq!(recorded, 2);
    let done: i64 = client.get("SELECT count(*) FROM shop_0_data.action WHERE id IN (4, 6, 7) AND status = 'done'");
    assert_eq!(done, 3);
    assert!(client.get::<i64>(kept) <= KEPT + 10, "plans are never given back");
    // What fails on the way leaves nothing in use.
    client.run("ALTER FUNCTION public.all_others() RENAME TO others; CREATE OR REPLACE FUNCTION public.others() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
        DROP TRIGGER others ON shop_0_data.action; CREATE TRIGGER others AFTER UPDATE ON shop_0_data.action FOR EACH ROW EXECUTE FUNCTION public.others()");
    for _ in 0..3 {
        client.refused("SELECT lifecycle.complete_action('shop_0', 8)");
    }
    client.run("DROP TRIGGER others ON shop_0_data.action");
    for n in 0..STORES {
        assert!(client.get::<bool>(&format!("SELECT lifecycle.complete_action('shop_{n}', 9)")));
    }
    client.run("DISCARD PLANS");
    assert!(client.get::<bool>("SELECT lifecycle.record_event('shop_3', 'open', 'last', customer => '1')"));
}
