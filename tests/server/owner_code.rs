//! What the owner of a store has put on its tables runs in the sessions of its senders and readers: with the owner's rights, and
//! nothing of it stays with them. One store's code costs the others no mail.

use std::thread;
use std::time::{Duration, Instant};

use postgres::Client;

use crate::harness::{Ask, Database, connect_as, show};

/// A database with the stores `good` of one role and `bad` of another, both opened to a sender and to a reader, and with sessions
/// of the owner of `bad`, and of the sender.
struct Stores {
    database: Database,
    owner: Client,
    sender: Client,
}

const NAMES: [&str; 3] = ["good", "bad", "mailer"];

fn stores(name: &'static str) -> Stores {
    let mut database = Database::new(name);
    let role = |part: &str| format!("{name}_{part}");
    for part in NAMES {
        let exists: bool =
            database.get(&format!("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{}')", role(part)));
        if exists {
            database.run(&format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", role(part)));
        }
        let grant = format!("GRANT CREATE ON DATABASE {} TO {}", database.name(), role(part));
        database.run(&format!("CREATE ROLE {} LOGIN; {grant}", role(part)));
    }
    for part in ["good", "bad"] {
        let mut owner = connect_as(database.name(), &role(part));
        let mailer = role("mailer");
        owner.run(&format!(
            "SET client_min_messages = warning;
            CREATE SCHEMA {part}_tables; GRANT USAGE ON SCHEMA {part}_tables TO PUBLIC;
            CREATE TABLE {part}_tables.orders (customer_id bigint, ordered_at timestamptz);
            SELECT lifecycle.attach('{part}', orders => '{part}_tables.orders', customer => 'customer_id', ordered_at => 'ordered_at',
                settings => '{{\"reader\": \"\"}}');
            INSERT INTO {part}_data.journey (name, status, version) VALUES ('welcome', 'live', 1);
            INSERT INTO {part}_data.journey_version SELECT journey, 1, '{{\"entry\": {{\"call\": true}}}}' FROM {part}_data.journey;
            INSERT INTO {part}_data.journey_step SELECT journey, 1, 1, 'letter', '{{\"act\": {{\"channel\": \"email\", \"template\": \"hello\"}}}}' FROM {part}_data.journey;
        INSERT INTO {part}_data.journey_step SELECT journey, 1, 2, 'end', '{{\"exit\": \"done\"}}' FROM {part}_data.journey;
            INSERT INTO {part}_data.action (customer, journey, version, entry, step, round, decided_at, channel, template, payload, priority,
                status, claimable_at)
            SELECT n, 1, 1, 1, 1, 1, now(), 'email', '{part}', '{{}}', 0, 'pending', now() - interval '1 hour' FROM generate_series(1, 20) AS n;
            GRANT USAGE ON SCHEMA {part} TO {mailer}; GRANT INSERT ON {part}.journey_actions TO {mailer}; GRANT SELECT ON {part}.journeys TO {mailer};
            CREATE FUNCTION {part}_tables.act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER act BEFORE UPDATE ON {part}_data.action FOR EACH ROW EXECUTE FUNCTION {part}_tables.act();
            CREATE TRIGGER act BEFORE INSERT ON {part}_data.event FOR EACH ROW EXECUTE FUNCTION {part}_tables.act()"
        ));
    }
    let owner = connect_as(database.name(), &role("bad"));
    let mut sender = connect_as(database.name(), &role("mailer"));
    // PL/pgSQL, once it is loaded, brings settings of its own.
    sender.run("SET client_min_messages = error; DO $$ BEGIN END $$");
    Stores { database, owner, sender }
}

impl Stores {
    /// What the trigger of store `bad` does from now on.
    fn acts(&mut self, body: &str) {
        self.owner.run(&format!(
            "CREATE OR REPLACE FUNCTION bad_tables.act() RETURNS trigger LANGUAGE plpgsql AS $body$ DECLARE c refcursor; r record; n int;
                BEGIN {body}; RETURN NEW; END $body$"
        ));
    }

    fn end(self, name: &str) {
        let Stores { mut database, owner, sender } = self;
        drop((owner, sender));
        for part in NAMES {
            database.run(&format!("DROP OWNED BY {name}_{part} CASCADE; DROP ROLE {name}_{part}"));
        }
    }
}

/// The calls in which code of the owner runs.
const CALLS: [&str; 7] = [
    "SELECT count(*) FROM lifecycle.claim_actions('email', 2, store => 'bad')",
    "SELECT lifecycle.complete_action('bad', 11)",
    "SELECT lifecycle.complete_actions('bad', '{12,13}')",
    "SELECT lifecycle.fail_action('bad', 14, 'no route')",
    "SELECT lifecycle.fail_action('bad', 15, 'no route', true)",
    "SELECT lifecycle.retry_action('bad', 15)",
    "SELECT lifecycle.record_event('bad', 'unsubscribe', 'e', action => 16)",
];

/// What a session holds, as text; but for the extension's own locks, which end with the transaction.
const HELD: &str = "SELECT concat_ws(E'\\n',
    (SELECT string_agg(name || ' = ' || setting, E'\\n' ORDER BY name) FROM pg_settings WHERE name <> 'pg_lifecycle.handover' OR setting <> boot_val),
    (SELECT string_agg(locktype || objid || mode || granted, E'\\n' ORDER BY objid, mode) FROM pg_locks
        WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND classid::bigint >> 16 <> 27245),
    (SELECT string_agg(name || statement, E'\\n' ORDER BY name) FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_settings%'),
    (SELECT string_agg(name || statement, E'\\n' ORDER BY name) FROM pg_cursors),
    (SELECT string_agg(c, E'\\n') FROM pg_listening_channels() AS c),
    (SELECT string_agg(proname, E'\\n') FROM pg_proc WHERE pronamespace = pg_my_temp_schema()),
    (SELECT string_agg(relname, E'\\n') FROM pg_class WHERE relnamespace = pg_my_temp_schema()),
    current_setting('app.tenant', true), current_user, session_user)";

/// What the owner tries. An error is as good as a call that changes nothing.
const TRICKS: [&str; 33] = [
    "PERFORM set_config('search_path', 'bad_tables, pg_catalog', false)",
    "PERFORM set_config('work_mem', '64kB', false)",
    "PERFORM set_config('app.tenant', 'bad', false)",
    "PERFORM set_config('app.tenant', 'bad', true)",
    "SET default_transaction_read_only = on",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "SET TIME ZONE 'Pacific/Chatham'",
    "RESET ALL",
    "SET LOCAL statement_timeout = 1",
    "SET client_encoding = 'LATIN1'",
    "EXECUTE 'SET SESSION row_security = off'",
    "BEGIN PERFORM set_config('statement_timeout', '1', false); RAISE EXCEPTION 'x'; EXCEPTION WHEN OTHERS THEN \
        PERFORM set_config('lock_timeout', '1', false); END",
    "ALTER ROLE CURRENT_USER SET search_path = bad_tables; PERFORM set_config('search_path', 'bad_tables', false)",
    "PERFORM pg_advisory_lock(7)",
    "PERFORM pg_advisory_lock_shared(1, 7)",
    "PERFORM pg_try_advisory_lock(7)",
    "SELECT CASE WHEN pg_try_advisory_xact_lock(7) THEN 1 END INTO n",
    "EXECUTE 'SELECT pg_advisory_xact_lock(l) FROM generate_series(1, 3) AS l'",
    "PERFORM pg_advisory_unlock(1000)",
    "PERFORM pg_advisory_unlock_shared(1001)",
    "PERFORM pg_advisory_unlock_all()",
    "BEGIN PERFORM pg_advisory_unlock_all(); EXCEPTION WHEN OTHERS THEN NULL; END",
    "PERFORM setseed(0.5)",
    "SET CONSTRAINTS ALL DEFERRED",
    "BEGIN EXECUTE 'SET CONSTRAINTS ALL IMMEDIATE'; EXCEPTION WHEN OTHERS THEN NULL; END",
    "CREATE TEMP TABLE left_behind (n int)",
    "CREATE FUNCTION pg_temp.left_behind() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "PREPARE left_behind AS SELECT 1",
    "DEALLOCATE ALL",
    "LISTEN left_behind",
    "EXECUTE 'DECLARE left_behind CURSOR WITH HOLD FOR SELECT 1'",
    "c := 'left_behind'; OPEN c FOR SELECT 1",
    "c := 'mine'; CLOSE c",
];

#[test]
fn the_code_of_an_owner_leaves_nothing_in_the_session() {
    let mut stores = stores("owner_code_session");
    stores.sender.run(
        "SET app.tenant = 'mine'; SET work_mem = '5MB'; SELECT pg_advisory_lock(1000), pg_advisory_lock_shared(1001); LISTEN mine;
        CREATE TEMP TABLE mine (n int PRIMARY KEY DEFERRABLE, d int UNIQUE DEFERRABLE INITIALLY DEFERRED);
        PREPARE mine AS SELECT 1",
    );
    let mut wrong = Vec::new();
    let mut passed = 0;
    for trick in TRICKS {
        stores.acts(trick);
        for call in CALLS {
            stores.sender.run("BEGIN; DECLARE mine CURSOR FOR SELECT 1; SAVEPOINT s");
            let before: String = stores.sender.get(HELD);
            match stores.sender.simple_query(call) {
                Ok(_) => passed += 1,
                Err(_) => stores.sender.run("ROLLBACK TO s"),
            }
            let after: String = stores.sender.get(HELD);
            let lines: Vec<&str> = before.lines().collect();
            let changed: Vec<&str> = after.lines().filter(|line| !lines.contains(line)).collect();
            if before != after {
                wrong.push(format!("{trick}: {call}: {changed:?}"));
            }
            // Constraints are checked when they were to be.
            if stores.sender.batch_execute("INSERT INTO mine VALUES (1, 1); SAVEPOINT t").is_err() {
                wrong.push(format!("{trick}: {call}: cannot write"));
            } else {
                let deferred =
                    stores.sender.batch_execute("INSERT INTO mine VALUES (2, 1); DELETE FROM mine WHERE n = 2").is_ok();
                let immediate = stores.sender.batch_execute("INSERT INTO mine VALUES (1, 2)").is_err();
                if !deferred || !immediate {
                    wrong.push(format!("{trick}: {call}: constraints: {deferred} {immediate}"));
                }
            }
            stores.sender.run("ROLLBACK");
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TRICKS.len() * CALLS.len(), wrong.join("\n"));
    assert!(passed > 80, "the settings, which may be set for the time of a call: {passed}");
    stores.end("owner_code_session");
}

#[test]
fn what_views_policies_and_rules_of_an_owner_call_leaves_nothing_with_a_reader() {
    let mut stores = stores("owner_code_reader");
    stores.owner.run(
        "CREATE FUNCTION bad_tables.trick() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
            PERFORM set_config('search_path', 'bad_tables', false), set_config('app.tenant', 'bad', false);
            BEGIN PERFORM pg_advisory_unlock_all(); EXCEPTION WHEN OTHERS THEN NULL; END;
            BEGIN SET CONSTRAINTS ALL DEFERRED; EXCEPTION WHEN OTHERS THEN NULL; END;
            RETURN true; END $$;
        ALTER TABLE bad_data.journey ENABLE ROW LEVEL SECURITY; ALTER TABLE bad_data.journey FORCE ROW LEVEL SECURITY;
        CREATE POLICY trick ON bad_data.journey USING (bad_tables.trick())",
    );
    stores.sender.run("SET app.tenant = 'mine'; SELECT pg_advisory_lock(1000)");
    let before: String = stores.sender.get(HELD);
    for call in [
        "SELECT count(*) FROM lifecycle.explain_journey('bad', 'welcome', '1')",
        "SELECT count(*) FROM lifecycle.journey_report('bad', 'welcome')",
        "SELECT count(*) FROM lifecycle.claim_actions('email', 1, stores => '{bad}')",
        "SELECT lifecycle.complete_action('bad', 1)",
    ] {
        stores.sender.run(call);
        let after: String = stores.sender.get(HELD);
        let lines: Vec<&str> = before.lines().collect();
        let changed: Vec<&str> = after.lines().filter(|line| !lines.contains(line)).collect();
        assert!(before == after, "{call}: {changed:?}");
    }
    stores.end("owner_code_reader");
}

#[test]
fn what_a_store_reads_sets_nothing_in_the_session_of_its_owner() {
    let mut stores = stores("owner_code_sources");
    stores.sender.run(
        "CREATE SCHEMA sources;
        CREATE FUNCTION sources.trick(boolean) RETURNS boolean STABLE LANGUAGE plpgsql AS $$ BEGIN
            PERFORM set_config('search_path', 'sources, pg_catalog', false), set_config('app.tenant', 'other', false),
                set_config('work_mem', '64kB', false);
            RETURN $1; END $$;
        CREATE FUNCTION sources.constant(boolean) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
            PERFORM set_config('maintenance_work_mem', '1MB', false); RETURN $1; END $$;
        CREATE TABLE sources.paid (customer_id bigint, ordered_at timestamptz, amount numeric);
        INSERT INTO sources.paid SELECT i % 5, now() - i * interval '1 day', 5 FROM generate_series(1, 40) AS i;
        CREATE VIEW sources.orders AS SELECT * FROM sources.paid WHERE sources.trick(amount > 1) AND sources.constant(true);
        SET app.tenant = 'mine'; SET work_mem = '5MB'",
    );
    let before: String = stores.sender.get(HELD);
    let journey = "'{\"entry\": {\"condition\": {\"profile\": \"orders\", \"at_least\": 1}, \"existing\": true},
        \"steps\": [{\"name\": \"a\", \"act\": {\"channel\": \"email\", \"template\": \"t\"}}, {\"name\": \"e\", \"exit\": \"done\"}]}'";
    for call in [
        "SELECT lifecycle.attach('viewed', orders => 'sources.orders', customer => 'customer_id', ordered_at => 'ordered_at',
            amount => 'amount', changes => 'compare', status => 'sources.constant(true)', settings => '{\"reader\": \"\"}')",
        "CALL lifecycle.refresh('viewed')",
        "SELECT count(*) FROM lifecycle.verify('viewed')",
        &format!("SELECT lifecycle.create_journey('viewed', 'j', {journey}, start => true)"),
        "CALL lifecycle.run_journeys('viewed')",
        &format!("SELECT count(*) FROM lifecycle.simulate_journey('viewed', {journey}, now() - interval '3 days', now())"),
        &format!("SELECT count(*) FROM lifecycle.experiment_power('viewed', {journey}, 0.1, now() - interval '40 days')"),
        "SELECT count(*) FROM lifecycle.journey_report('viewed', 'j')",
        "SELECT count(*) FROM lifecycle.journey_lift('viewed', 'j')",
        "SELECT lifecycle.configure('viewed', '{\"status\": \"sources.trick(true)\", \"lapsed_after\": 3}')",
        "CALL lifecycle.refresh('viewed', rebuild => true)",
        "SELECT lifecycle.detach('viewed')",
    ] {
        stores.sender.run(call);
        let after: String = stores.sender.get(HELD);
        let lines: Vec<&str> = before.lines().collect();
        let changed: Vec<&str> = after.lines().filter(|line| !lines.contains(line) && !line.contains("lifecycle")).collect();
        assert!(changed.is_empty(), "{call}: {changed:?}");
    }
    stores.end("owner_code_sources");
}

#[test]
fn the_code_of_an_owner_reads_no_cursor_of_the_session() {
    let mut stores = stores("owner_code_cursor");
    stores.owner.run("CREATE TABLE bad_tables.seen (what text)");
    for trick in [
        "c := 'mine'; FETCH c INTO r; INSERT INTO bad_tables.seen VALUES (r::text)",
        "c := 'mine'; LOOP FETCH c INTO r; EXIT WHEN NOT FOUND; INSERT INTO bad_tables.seen VALUES (r::text); END LOOP",
        "FOR r IN EXECUTE 'FETCH ALL FROM mine' LOOP INSERT INTO bad_tables.seen VALUES (r::text); END LOOP",
        "EXECUTE 'MOVE ALL FROM mine'",
        "INSERT INTO bad_tables.seen SELECT cursor_to_xml('mine', 10, true, true, '')::text",
        "FOR r IN SELECT name FROM pg_cursors LOOP BEGIN c := r.name; FETCH c INTO r; INSERT INTO bad_tables.seen VALUES (r::text);
            EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP",
        "c := 'held'; FETCH c INTO r; INSERT INTO bad_tables.seen VALUES (r::text)",
    ] {
        stores.acts(&format!("BEGIN {trick}; EXCEPTION WHEN OTHERS THEN NULL; END"));
        for call in CALLS {
            stores.sender.run(
                "BEGIN; DECLARE held CURSOR WITH HOLD FOR SELECT 'secret' FROM generate_series(1, 3); COMMIT;
                BEGIN; DECLARE mine CURSOR FOR SELECT 'secret' FROM generate_series(1, 3)",
            );
            stores.sender.run(call);
            for cursor in ["mine", "held"] {
                let rows = stores.sender.simple_query(&format!("FETCH ALL FROM {cursor}")).expect("the cursor goes on");
                assert_eq!(rows.iter().filter(|row| matches!(row, postgres::SimpleQueryMessage::Row(_))).count(), 3, "{trick}");
            }
            stores.sender.run("ROLLBACK; CLOSE held");
        }
    }
    // Those that PL/pgSQL opens for its loops are cursors, too.
    stores.acts(
        "FOR r IN SELECT name FROM pg_cursors LOOP BEGIN c := r.name; FETCH c INTO r; INSERT INTO bad_tables.seen VALUES (r::text);
            EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP",
    );
    stores.sender.run(
        "DO $$ DECLARE r record; n int := 0; BEGIN
            FOR r IN SELECT 'secret' AS what, g FROM generate_series(1, 200) AS g LOOP
                n := n + 1; IF r.g % 50 = 0 THEN PERFORM lifecycle.complete_action('bad', r.g / 50); END IF;
            END LOOP;
            ASSERT n = 200; END $$",
    );
    assert_eq!(stores.owner.get::<i64>("SELECT count(*) FROM bad_tables.seen WHERE what LIKE '%secret%'"), 0);
    stores.end("owner_code_cursor");
}

#[test]
fn the_code_of_an_owner_reads_no_large_object_that_the_session_has_opened() {
    let mut stores = stores("owner_code_large");
    for trick in [
        "loread(0, 100)",
        "lo_tell(0)",
        "lo_lseek64(0, 1, 0)",
        "lowrite(0, 'taken')",
        "lo_truncate(0, 1)",
        "lo_close(0)",
        "lo_open(1, 131072)",
    ] {
        stores.acts(&format!("PERFORM {trick}"));
        // What is not dead is not put back, so that nothing runs.
        for call in CALLS[1..].iter().filter(|call| !call.contains("retry")) {
            stores.sender.run("BEGIN; SELECT lo_open(lo_from_bytea(0, 'secret'), 393216); SAVEPOINT s");
            let error = stores.sender.refused(call);
            assert_eq!(error.code().code(), "42501", "{trick}: {call}: {}", error.message());
            stores.sender.run("ROLLBACK TO s");
            let read: Vec<u8> = stores.sender.get("SELECT loread(0, 100)");
            assert_eq!(read, b"secret", "{trick}: {call}");
            stores.sender.run("ROLLBACK");
        }
    }
    stores.end("owner_code_large");
}

#[test]
fn a_schema_that_has_changed_hands_runs_nothing_of_its_former_owner() {
    let mut stores = stores("owner_code_hands");
    stores.acts("INSERT INTO bad_tables.ran VALUES (current_user)");
    stores.owner.run("CREATE TABLE bad_tables.ran (whose text); GRANT INSERT ON bad_tables.ran TO PUBLIC");
    let calls: Vec<&str> = CALLS[1..]
        .iter()
        .copied()
        .chain([
            "SELECT count(*) FROM lifecycle.journey_report('bad', 'welcome')",
            "SELECT count(*) FROM lifecycle.journey_lift('bad', 'welcome')",
            "SELECT count(*) FROM lifecycle.explain_journey('bad', 'welcome', '1')",
        ])
        .collect();
    let no_claims: Vec<(String, i64)> = Vec::new();
    stores.owner.run("SET client_min_messages = error");
    let mut good = connect_as(stores.database.name(), "owner_code_hands_good");
    // One of the schemas is another's; the tables stay with the former owner.
    for schema in ["bad", "bad_data"] {
        stores.database.run(&format!("ALTER SCHEMA {schema} OWNER TO owner_code_hands_good"));
        for call in &calls {
            for client in [&mut stores.owner, &mut stores.sender] {
                let error = client.refused(call);
                assert!(["55000", "42501"].contains(&error.code().code()), "{call}: {}", error.message());
            }
            let error = stores.database.refused(call);
            assert_eq!(error.code().code(), "55000", "{call}: {}", error.message());
        }
        let own = claims(&mut good, "").expect("a store that is refused costs the others nothing");
        assert_eq!(own, if schema == "bad" { only_good() } else { no_claims.clone() });
        assert_eq!(stores.database.get::<i64>("SELECT count(*) FROM bad_tables.ran"), 0);
    }
    // Another role makes a schema of the name.
    stores.database.run(
        "DROP SCHEMA bad, bad_data CASCADE; CREATE SCHEMA bad AUTHORIZATION owner_code_hands_bad;
        CREATE SCHEMA bad_data AUTHORIZATION owner_code_hands_bad",
    );
    stores.owner.run(
        "CREATE TABLE bad_data.action (id bigint, channel text); GRANT USAGE ON SCHEMA bad TO PUBLIC;
        CREATE TABLE bad.journey_actions (n int); GRANT INSERT ON bad.journey_actions TO owner_code_hands_mailer; CREATE TABLE bad.journeys (n int); GRANT SELECT ON bad.journeys TO PUBLIC",
    );
    for call in &calls {
        let error = stores.sender.refused(call);
        assert_eq!(error.code().code(), "55000", "{call}: {}", error.message());
    }
    assert_eq!(claims(&mut stores.owner, "").unwrap(), no_claims);
    drop(good);
    stores.end("owner_code_hands");
}

// ---- claims ---------------------------------------------------------------------------------------------------------

/// What is claimed of which store, and the warnings.
fn claims(client: &mut Client, more: &str) -> Result<Vec<(String, i64)>, String> {
    let query =
        format!("SELECT store, count(*) FROM lifecycle.claim_actions('email', 10000{more}) GROUP BY 1 ORDER BY 1");
    client
        .query(&query, &[])
        .map(|rows| rows.iter().map(|row| (row.get(0), row.get(1))).collect())
        .map_err(|error| show(&error))
}

fn only_good() -> Vec<(String, i64)> {
    vec![("good".to_owned(), 20)]
}

#[test]
fn a_sender_takes_what_it_has_named_or_owns_itself() {
    let mut stores = stores("owner_code_named");
    let name = stores.database.name().to_owned();
    let none: Vec<(String, i64)> = Vec::new();
    stores.sender.run("BEGIN");
    assert_eq!(claims(&mut stores.sender, "").unwrap(), none, "a grant is no consent");
    assert_eq!(claims(&mut stores.sender, ", stores => '{}'").unwrap(), none);
    assert_eq!(claims(&mut stores.sender, ", stores => '{good}'").unwrap(), only_good());
    stores.sender.run("ROLLBACK; BEGIN");
    let both = vec![("bad".to_owned(), 20), ("good".to_owned(), 20)];
    assert_eq!(claims(&mut stores.sender, ", store => 'good', stores => '{bad,good,bad}'").unwrap(), both);
    stores.sender.run("ROLLBACK; BEGIN");
    assert_eq!(claims(&mut stores.sender, ", stores => '{{good},{bad}}'").unwrap(), both);
    stores.sender.run("ROLLBACK");
    // Neither a superuser nor a member of the owner has agreed to send for the owner.
    stores.database.run("GRANT owner_code_named_good, owner_code_named_bad TO owner_code_named_mailer");
    let mut superuser = crate::harness::connect(&name);
    for client in [&mut stores.sender, &mut superuser] {
        client.run("BEGIN");
        assert_eq!(claims(client, "").unwrap(), none);
        assert_eq!(claims(client, ", store => 'good'").unwrap(), only_good());
        client.run("ROLLBACK");
    }
    let mut own = connect_as(&name, "owner_code_named_good");
    assert_eq!(claims(&mut own, "").unwrap(), only_good());
    stores.database.run("REVOKE owner_code_named_good, owner_code_named_bad FROM owner_code_named_mailer");
    stores.owner.run("REVOKE INSERT ON bad.journey_actions FROM owner_code_named_mailer");
    for (more, code) in [
        (", stores => '{good,bad}'", "42501"),
        (", store => 'bad'", "42501"),
        (", stores => '{good,nowhere}'", "42704"),
        (", stores => '{good,NULL}'", "22004"),
        (", budget => NULL", "22004"),
        (", budget => '0'", "22023"),
        (", budget => '-1 s'", "22023"),
        (", budget => '1 hour 1 microsecond'", "22023"),
        (", budget => '1 month'", "22023"),
    ] {
        let error = claims(&mut stores.sender, more).unwrap_err();
        assert!(error.starts_with(code), "{more}: {error}");
    }
    drop((own, superuser));
    stores.end("owner_code_named");
}

/// What the owner of one store does so that others get no mail, and what the warning says.
const HINDRANCES: [(&str, &str); 13] = [
    ("RAISE EXCEPTION 'no mail today'", "P0001 no mail today"),
    ("RAISE query_canceled USING MESSAGE = 'as if canceled'", "57014 as if canceled"),
    ("RAISE 'as if shut down' USING ERRCODE = '57P01'", "57P01 as if shut down"),
    ("RAISE 'as if serialized' USING ERRCODE = '40001'", "40001 as if serialized"),
    ("n := 1 / 0", "22012"),
    ("PERFORM pg_advisory_unlock_all()", "42501"),
    ("SET ROLE owner_code_budget_mailer", "42501"),
    ("PERFORM pg_sleep(60)", "57014 it took longer than the budget of 300 ms"),
    ("LOOP n := 1; END LOOP", "57014 it took longer"),
    ("LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP", "57014 it took longer"),
    (
        "LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN \
            BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled OR OTHERS THEN PERFORM pg_sleep(60); END; END; END LOOP",
        "57014 it took longer",
    ),
    (
        "BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN RAISE EXCEPTION 'too late'; END",
        "57014 it took longer",
    ),
    ("PERFORM set_config('statement_timeout', '1h', false), pg_sleep(60)", "57014 it took longer"),
];

#[test]
fn one_store_costs_the_others_no_mail() {
    let mut stores = stores("owner_code_budget");
    let name = stores.database.name().to_owned();
    let (say, said) = std::sync::mpsc::channel();
    let mut sender = crate::harness::config(&name, "owner_code_budget_mailer")
        .notice_callback(move |notice| say.send(format!("{} {}", notice.severity(), notice.message())).unwrap_or(()))
        .connect(postgres::NoTls)
        .expect("a sender");
    let more = ", stores => '{good,bad}', budget => '300 ms'";
    for (trick, warning) in HINDRANCES {
        stores.acts(trick);
        sender.run("BEGIN");
        let began = Instant::now();
        assert_eq!(claims(&mut sender, more).unwrap(), only_good(), "{trick}");
        assert!(began.elapsed() < Duration::from_secs(8), "{trick}: {:?}", began.elapsed());
        let heard: Vec<String> = said.try_iter().collect();
        let wanted = format!("WARNING store \"bad\" hands nothing over: {warning}");
        assert!(heard.len() == 1 && heard[0].starts_with(&wanted), "{trick}: {heard:?}");
        // The transaction goes on, and nothing of the store was handed over.
        sender.run("COMMIT");
        let attempts: i64 = stores.owner.get("SELECT sum(attempts)::bigint FROM bad_data.action");
        assert_eq!(attempts, 0, "{trick}");
        stores.database.run("UPDATE good_data.action SET status = 'pending', claimable_at = now() - interval '1 hour'");
    }

    // A store that is locked, and one whose table is gone.
    stores.acts("NULL");
    stores.owner.run("BEGIN; LOCK TABLE bad_data.action");
    sender.run("BEGIN");
    assert_eq!(claims(&mut sender, more).unwrap(), only_good());
    sender.run("ROLLBACK");
    stores.owner.run("ROLLBACK; ALTER TABLE bad_data.enrollment RENAME TO other");
    sender.run("BEGIN");
    assert_eq!(claims(&mut sender, more).unwrap(), only_good());
    sender.run("ROLLBACK");
    stores.owner.run("ALTER TABLE bad_data.other RENAME TO enrollment");
    let heard: Vec<String> = said.try_iter().collect();
    assert!(heard.len() == 2 && heard[0].contains("57014 it took longer") && heard[1].contains("42P01"), "{heard:?}");

    // All is well again, and no timer is left.
    sender.run("BEGIN");
    assert_eq!(claims(&mut sender, more).unwrap().len(), 2);
    sender.run("SELECT pg_sleep(0.6); ROLLBACK");
    assert_eq!(said.try_iter().count(), 0);

    // What cannot be is no failure of the stores.
    sender.run("BEGIN READ ONLY");
    assert!(claims(&mut sender, more).unwrap_err().starts_with("25006"));
    sender.run("ROLLBACK");
    drop(sender);
    stores.end("owner_code_budget");
}

#[test]
fn who_cancels_is_obeyed_whatever_an_owner_catches() {
    let mut stores = stores("owner_code_cancel");
    let catches = "LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled OR OTHERS THEN NULL; END; END LOOP";
    let raises = "BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN RAISE EXCEPTION 'not today'; END";
    let returns = "BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END";
    let calls = [
        "SELECT count(*) FROM lifecycle.claim_actions('email', 1, stores => '{bad,good}', budget => '1 min')",
        "SELECT lifecycle.complete_action('bad', 1)",
        "SELECT lifecycle.fail_action('bad', 1, 'no route')",
        "SELECT lifecycle.record_event('bad', 'open', 'e', action => 1)",
    ];
    for trick in ["PERFORM pg_sleep(60)", catches, raises, returns] {
        stores.acts(trick);
        for call in calls {
            // A claim may come upon the good store first, which fills what was asked for.
            stores.database.run("UPDATE good_data.action SET claimable_at = 'infinity'");
            stores.sender.run("SET statement_timeout = 300");
            let began = Instant::now();
            let error = stores.sender.refused(call);
            let code = error.code().code().to_owned();
            assert!(code == "57014" || (trick == raises && code == "P0001"), "{trick}: {call}: {error:?}");
            assert!(began.elapsed() < Duration::from_secs(6), "{trick}: {call}: {:?}", began.elapsed());
            stores.sender.run("RESET statement_timeout");

            let token = stores.sender.cancel_token();
            let canceler = thread::spawn(move || {
                thread::sleep(Duration::from_millis(300));
                token.cancel_query(postgres::NoTls).expect("a cancel");
            });
            let error = stores.sender.refused(call);
            canceler.join().expect("the canceler");
            let code = error.code().code().to_owned();
            assert!(code == "57014" || (trick == raises && code == "P0001"), "{trick}: {call}: {error:?}");
        }
        // Nothing is canceled afterwards; but the server sends two signals for a cancel, of which one may come late.
        thread::sleep(Duration::from_millis(300));
        stores.sender.run("SELECT pg_sleep(0.1)");
    }
    // A lock_timeout is an error like any other.
    stores.acts("NULL");
    stores.owner.run("BEGIN; LOCK TABLE bad_data.action");
    stores.sender.run("SET lock_timeout = 200");
    assert_eq!(claims(&mut stores.sender, ", store => 'bad'").unwrap(), Vec::new());
    assert_eq!(stores.sender.refused("SELECT lifecycle.complete_action('bad', 1)").code().code(), "55P03");
    stores.owner.run("ROLLBACK");
    // The session's end is the end.
    stores.acts(catches);
    let pid: i32 = stores.sender.get("SELECT pg_backend_pid()");
    let mut sender = stores.sender;
    let waiting = thread::spawn(move || sender.simple_query("SELECT lifecycle.complete_action('bad', 1)").is_err());
    thread::sleep(Duration::from_millis(300));
    assert!(stores.database.get::<bool>(&format!("SELECT pg_terminate_backend({pid}, 10000)")));
    assert!(waiting.join().expect("the sender"));
    let sender = connect_as(stores.database.name(), "owner_code_cancel_mailer");
    Stores { sender, ..stores }.end("owner_code_cancel");
}

#[test]
fn the_code_of_an_owner_does_not_claim_and_may_record() {
    let mut stores = stores("owner_code_nested");
    stores.acts("PERFORM lifecycle.claim_actions('email', 1, store => 'bad', budget => '1 hour')");
    assert_eq!(stores.sender.refused("SELECT lifecycle.complete_action('bad', 1)").code().code(), "42501");
    // What the extension locks itself is no trick of the owner's.
    stores.acts("IF TG_TABLE_NAME = 'action' THEN IF NEW.id = 1 THEN PERFORM lifecycle.record_event('bad', 'unsubscribe', 'u', action => 2); END IF; END IF");
    assert!(stores.sender.get::<bool>("SELECT lifecycle.complete_action('bad', 1)"));
    assert_eq!(stores.owner.get::<String>("SELECT string_agg(kind, ' ') FROM bad_data.event"), "unsubscribe");
    // An error on the way gives back the user, the settings and the cursors.
    stores.acts("PERFORM set_config('search_path', 'bad_tables', false); RAISE EXCEPTION 'no'");
    stores.sender.run(
        "BEGIN; DECLARE mine CURSOR FOR SELECT 1;
        DO $$ BEGIN PERFORM lifecycle.complete_action('bad', 3); EXCEPTION WHEN OTHERS THEN NULL; END $$",
    );
    assert_eq!(
        stores.sender.get::<String>("SELECT current_user || ' ' || current_setting('search_path')"),
        "owner_code_nested_mailer \"$user\", public"
    );
    stores.sender.run("FETCH mine; CLOSE mine; COMMIT");
    stores
        .sender
        .run("SELECT pg_advisory_lock(1); SELECT pg_advisory_unlock(1); BEGIN; SET CONSTRAINTS ALL DEFERRED; COMMIT");
    stores.end("owner_code_nested");
}
