//! Actions are handed over to one sender at a time, to senders who may do nothing else, with the rights of the store's owner. The
//! rows are made by hand.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use crate::harness::{Ask, Database, connect, connect_as};
use pg_lifecycle::domain::journey::engine::hand_over::choose;
use pg_lifecycle::domain::store::{Key, Store};
use postgres::Client;

/// A store of this name with a live journey and so many actions of a channel, as the session's user.
fn shop(client: &mut Client, store: &str, actions: u32) {
    client.run(&format!(
        "SET client_min_messages = warning;
        CREATE TABLE IF NOT EXISTS orders (customer_id bigint, ordered_at timestamptz);
        SELECT lifecycle.attach('{store}', orders => 'orders', customer => 'customer_id', ordered_at => 'ordered_at',
            settings => '{{\"reader\": \"\"}}');
        INSERT INTO {store}_data.journey (name, status, version) VALUES ('welcome', 'live', 1), ('paused', 'paused', 1);
        INSERT INTO {store}_data.journey_version SELECT journey, 1, '{{\"entry\": {{\"call\": true}}}}' FROM {store}_data.journey;
        INSERT INTO {store}_data.journey_step SELECT journey, 1, 1, 'letter', '{{\"act\": {{\"channel\": \"email\", \"template\": \"hello\"}}}}' FROM {store}_data.journey;
        INSERT INTO {store}_data.journey_step SELECT journey, 1, 2, 'end', '{{\"exit\": \"done\"}}' FROM {store}_data.journey;
        INSERT INTO {store}_data.action (customer, journey, version, entry, step, round, decided_at, channel, template, payload, priority, status,
            claimable_at)
        SELECT n, 1, 1, 1, 1, 1, now(), 'email', 'hello', '{{}}', n % 3, 'pending', now() - n * interval '1 second'
        FROM generate_series(1, {actions}) AS n"
    ));
}

fn role(client: &mut Client, name: &str) {
    let exists: bool = client.get(&format!("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}')"));
    if exists {
        client.run(&format!("DROP OWNED BY {name}; DROP ROLE {name}"));
    }
    client.run(&format!("CREATE ROLE {name} LOGIN"));
}

fn claimed(client: &mut Client, n: u32, more: &str) -> Vec<i64> {
    let rows = client.query(&format!("SELECT action FROM lifecycle.claim_actions('email', {n}{more})"), &[]);
    rows.expect("claiming").iter().map(|row| row.get(0)).collect()
}

#[test]
fn claimers_at_once_never_get_the_same_action() {
    let mut database = Database::new("delivery_claimers");
    shop(&mut database, "shop", 4000);
    let name = database.name().to_owned();
    let barrier = Arc::new(Barrier::new(4));
    let claimers: Vec<_> = (0..4)
        .map(|number| {
            let (name, barrier) = (name.clone(), Arc::clone(&barrier));
            thread::spawn(move || {
                let mut client = connect(&name);
                let mut mine = Vec::new();
                barrier.wait();
                loop {
                    let actions = claimed(&mut client, 1 + number * 23, ", store => 'shop'");
                    if actions.is_empty() {
                        return mine;
                    }
                    // Each is completed by two sessions: by this one, and once more in an array.
                    let first: bool = client.get(&format!("SELECT lifecycle.complete_action('shop', {})", actions[0]));
                    assert!(first);
                    let all = format!("SELECT lifecycle.complete_actions('shop', ARRAY{actions:?}::bigint[])");
                    assert_eq!(client.get::<i64>(&all), actions.len() as i64 - 1);
                    mine.extend(actions);
                }
            })
        })
        .collect();
    let all: Vec<i64> = claimers.into_iter().flat_map(|claimer| claimer.join().expect("a claimer")).collect();
    assert_eq!(all.len(), 4000);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 4000);
    let done: i64 = database.get("SELECT count(*) FROM shop_data.action WHERE status = 'done' AND attempts = 1");
    assert_eq!(done, 4000);
}

#[test]
fn leases_end_and_broken_sessions_leave_nothing_behind() {
    let mut database = Database::new("delivery_leases");
    shop(&mut database, "shop", 3);
    let name = database.name().to_owned();

    // A session that is gone before its transaction is committed has claimed nothing.
    let mut broken = connect(&name);
    broken.run("BEGIN");
    assert_eq!(claimed(&mut broken, 100, "").len(), 3);
    assert!(claimed(&mut database, 100, "").is_empty(), "what another session claims is passed over, without waiting");
    let pid: i32 = broken.get("SELECT pg_backend_pid()");
    database.run(&format!("SELECT pg_terminate_backend({pid}, 10000)"));
    let again = claimed(&mut database, 100, ", lease => '1 second'");
    assert_eq!(again.len(), 3);
    assert_eq!(database.get::<i32>("SELECT max(attempts) FROM shop_data.action"), 1);

    // One that is gone afterwards has it for the rest of the lease; then it goes to another, under the same key.
    thread::sleep(Duration::from_millis(1100));
    let key: String =
        database.get("SELECT min(idempotency_key) FROM lifecycle.claim_actions('email', lease => '1 hour')");
    assert_eq!(key, "shop/1");
    assert_eq!(database.get::<i32>("SELECT min(attempts) FROM shop_data.action"), 2);
    assert!(claimed(&mut database, 100, "").is_empty());
    // The first may still say that it has done it; the second then learns so.
    let mut first = connect(&name);
    assert!(first.get::<bool>("SELECT lifecycle.complete_action('shop', 1)"));
    assert!(!database.get::<bool>("SELECT lifecycle.complete_action('shop', 1)"));
}

#[test]
fn a_lease_is_counted_from_the_hand_over_and_not_from_the_question() {
    let mut database = Database::new("delivery_lease");
    shop(&mut database, "shop", 10);
    let name = database.name().to_owned();
    // Another session holds up the call for longer than the lease lasts.
    database.run("BEGIN; LOCK TABLE shop_data.action");
    let sender = thread::spawn(move || {
        let mut client = connect(&name);
        let claim =
            "SELECT lease_until >= clock_timestamp() FROM lifecycle.claim_actions('email', 10, '1 second', 'shop')";
        let rows = client.query(claim, &[]).expect("claiming");
        rows.iter().map(|row| row.get(0)).collect::<Vec<bool>>()
    });
    thread::sleep(Duration::from_millis(1500));
    database.run("COMMIT");
    assert_eq!(sender.join().expect("a sender"), [true; 10]);
}

#[test]
fn an_event_is_recorded_once_whoever_tells_it_at_once() {
    let mut database = Database::new("delivery_events");
    shop(&mut database, "shop", 1);
    let name = database.name().to_owned();
    let barrier = Arc::new(Barrier::new(4));
    let tellers: Vec<_> = (0..4)
        .map(|_| {
            let (name, barrier) = (name.clone(), Arc::clone(&barrier));
            thread::spawn(move || {
                let mut client = connect(&name);
                barrier.wait();
                let tell = |n| format!("SELECT lifecycle.record_event('shop', 'open', 'event-{n}', action => 1)");
                (0..50).filter(|n| client.get::<bool>(&tell(*n))).count()
            })
        })
        .collect();
    let new: usize = tellers.into_iter().map(|teller| teller.join().expect("a teller")).sum();
    assert_eq!(new, 50);
    assert_eq!(database.get::<i64>("SELECT count(*) FROM shop_data.event"), 50);
}

#[test]
fn who_unsubscribes_waits_for_what_is_just_decided() {
    let mut database = Database::new("delivery_unsubscribe");
    shop(&mut database, "shop", 0);
    let name = database.name().to_owned();
    let mut worker = connect(&name);
    worker.run(
        "BEGIN;
        SELECT pg_advisory_xact_lock(7669014979331194880 + ('shop'::regnamespace::oid::bigint << 8)
            + floor(lifecycle.hash_share('7', 'bucket') * 64)::bigint);
        INSERT INTO shop_data.action (customer, journey, version, entry, step, round, decided_at, channel, template, payload, priority, status,
            claimable_at) VALUES (7, 1, 1, 1, 1, 1, now(), 'email', 'hello', '{}', 0, 'pending', now())",
    );
    let teller = thread::spawn(move || {
        let mut client = connect(&name);
        client.get::<bool>(
            "SELECT lifecycle.record_event('shop', 'unsubscribed', 'u', customer => '7', channel => 'email')",
        )
    });
    while !database.get::<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)") {
        thread::sleep(Duration::from_millis(20));
    }
    worker.run("COMMIT");
    assert!(teller.join().expect("a teller"));
    assert_eq!(database.get::<String>("SELECT status FROM shop_data.action"), "cancelled");
}

const CALLS: [&str; 5] = [
    "SELECT lifecycle.complete_action('shop', 1)",
    "SELECT lifecycle.fail_action('shop', 2, 'no route')",
    "SELECT lifecycle.record_event('shop', 'open', 'e', action => 1)",
    "SELECT * FROM lifecycle.claim_actions('email', store => 'shop')",
    "SELECT lifecycle.retry_action('shop', 3)",
];

#[test]
fn a_sender_can_send_and_nothing_else() {
    let mut database = Database::new("delivery_mailer");
    for name in ["delivery_keeper", "delivery_mailer", "delivery_stranger"] {
        role(&mut database, name);
    }
    let name = database.name().to_owned();
    database.run(&format!(
        "GRANT CREATE ON DATABASE {name} TO delivery_keeper; GRANT CREATE ON SCHEMA public TO delivery_keeper"
    ));
    let mut keeper = connect_as(&name, "delivery_keeper");
    shop(&mut keeper, "shop", 10);
    let mut mailer = connect_as(&name, "delivery_mailer");
    for call in CALLS {
        let error = mailer.refused(call);
        assert_eq!(error.code().code(), "42501", "{call}");
        assert!(
            error.hint().unwrap().contains(r#"GRANT INSERT ON "shop".journey_actions TO "delivery_mailer""#),
            "{call}"
        );
    }
    assert!(claimed(&mut mailer, 10, "").is_empty());

    keeper.run("GRANT INSERT ON shop.journey_actions TO delivery_mailer");
    for call in CALLS {
        mailer.run(call);
    }
    assert!(mailer.get::<bool>("SELECT current_user = 'delivery_mailer'"), "it is itself again");
    assert_eq!(
        keeper.get::<i64>("SELECT count(*) FROM shop_data.action WHERE claimed_by LIKE 'delivery_mailer (%'"),
        8
    );
    for statement in [
        "SELECT * FROM shop_data.action",
        "UPDATE shop_data.action SET status = 'done'",
        "SELECT * FROM shop_data.profile",
        "INSERT INTO shop_data.event (customer, kind, at) VALUES (1, 'open', now())",
        "CALL lifecycle.refresh('shop')",
        "SELECT lifecycle.schedule_journeys('shop', '* * * * *')",
        "SELECT lifecycle.detach('shop')",
    ] {
        assert_eq!(mailer.refused(statement).code().code(), "42501", "{statement}");
    }
    let mut stranger = connect_as(&name, "delivery_stranger");
    for call in CALLS {
        assert_eq!(stranger.refused(call).code().code(), "42501", "{call}");
    }
    drop((keeper, mailer, stranger));
    database.run("DROP OWNED BY delivery_keeper, delivery_mailer CASCADE");
}

#[test]
fn the_role_of_senders_comes_and_goes_with_the_store() {
    let mut database = Database::new("delivery_role");
    database.run("SET client_min_messages = warning; DROP ROLE IF EXISTS delivery_shop_sender, delivery_shop_reader");
    role(&mut database, "delivery_member");
    let name = database.name().to_owned();
    let mut member = connect_as(&name, "delivery_member");
    database.run("CREATE TABLE orders (customer_id bigint, ordered_at timestamptz)");
    let attach = |settings: &str| {
        format!(
            "SELECT lifecycle.attach('delivery_shop', orders => 'orders', customer => 'customer_id', ordered_at => 'ordered_at',
                settings => '{settings}')"
        )
    };
    let exists = |database: &mut Database| -> bool {
        database.get("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'delivery_shop_sender')")
    };
    let call = "SELECT * FROM lifecycle.claim_actions('email', store => 'delivery_shop')";

    database.run(&attach("{}"));
    assert!(!database.get::<bool>("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'delivery_shop_sender'"));
    let to_sender = r#"GRANT "delivery_shop_sender" TO "delivery_member""#;
    let to_member = r#"GRANT INSERT ON "delivery_shop".journey_actions TO "delivery_member""#;
    let refused_until = |member: &mut Client, granted: &str| {
        let error = member.refused(call);
        assert_eq!(error.code().code(), "42501");
        assert!(error.hint().is_some_and(|hint| hint.ends_with(granted)), "{:?}", error.hint());
    };
    refused_until(&mut member, to_sender);
    database.run("GRANT delivery_shop_sender TO delivery_member");
    member.run(call);
    member.run("SELECT lifecycle.record_event('delivery_shop', 'open', 'o', customer => '1')");
    for view in ["journey_actions", "customers"] {
        assert_eq!(member.refused(&format!("TABLE delivery_shop.{view}")).code().code(), "42501", "{view}");
    }
    // Views that are made anew keep the right; the same setting again changes nothing.
    database.run("SELECT lifecycle.configure('delivery_shop', '{\"currency\": \"EUR\"}')");
    database.run("SELECT lifecycle.configure('delivery_shop', '{\"sender\": null}')");
    member.run(call);
    // Without one nobody but the owner sends.
    database.run("SELECT lifecycle.configure('delivery_shop', '{\"sender\": \"\"}')");
    assert!(!exists(&mut database));
    refused_until(&mut member, to_member);
    // A role that is named is let in, and stays when the store goes.
    database.run("SELECT lifecycle.configure('delivery_shop', '{\"sender\": null}')");
    assert!(exists(&mut database));
    database.run("SELECT lifecycle.configure('delivery_shop', '{\"sender\": \"delivery_member\"}')");
    assert!(!exists(&mut database));
    member.run(call);
    database.run("SELECT lifecycle.detach('delivery_shop')");
    assert!(database.get::<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'delivery_member')"));

    database.run(&attach("{}"));
    assert!(exists(&mut database));
    database.run("SELECT lifecycle.detach('delivery_shop')");
    assert!(!exists(&mut database));
    // A role that is there already is not let in unasked, and is not dropped.
    database.run(&format!(
        "CREATE ROLE delivery_shop_sender; GRANT delivery_shop_sender TO delivery_member; {}",
        attach("{}")
    ));
    refused_until(&mut member, to_member);
    database.run("SELECT lifecycle.detach('delivery_shop')");
    assert!(exists(&mut database));
    database.run("DROP ROLE delivery_shop_sender");
    // Where the reader is given, no sender is made unasked.
    database.run(&attach("{\"reader\": \"\"}"));
    assert!(!exists(&mut database));
    let error = database.refused(
        "SELECT lifecycle.configure('delivery_shop', '{\"reader\": \"delivery_member\", \"sender\": \"delivery_member\"}')",
    );
    assert_eq!(error.code().code(), "22023");
    drop(member);
    database.run("SELECT lifecycle.detach('delivery_shop'); DROP OWNED BY delivery_member; DROP ROLE delivery_member");
}

#[test]
fn what_an_owner_puts_on_the_actions_runs_as_the_owner() {
    let mut database = Database::new("delivery_hostile");
    role(&mut database, "delivery_villain");
    role(&mut database, "delivery_victim");
    let name = database.name().to_owned();
    database.run(&format!(
        "GRANT CREATE ON DATABASE {name} TO delivery_villain; GRANT CREATE ON SCHEMA public TO delivery_villain, delivery_victim"
    ));
    let mut villain = connect_as(&name, "delivery_villain");
    shop(&mut villain, "shop", 10);
    villain.run(
        "CREATE TABLE seen (who text, path text);
        CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.seen VALUES (current_user, current_setting('search_path'));
            RETURN NEW;
        END $$;
        CREATE TRIGGER spy BEFORE UPDATE ON shop_data.action FOR EACH ROW EXECUTE FUNCTION spy();
        CREATE TRIGGER spy BEFORE INSERT ON shop_data.event FOR EACH ROW EXECUTE FUNCTION spy();
        GRANT INSERT ON shop.journey_actions TO PUBLIC;",
    );
    let mut victim = connect_as(&name, "delivery_victim");
    // Without a name nothing is taken but from stores of the sender's own.
    assert!(claimed(&mut victim, 10, "").is_empty());
    for call in CALLS {
        victim.run(call);
    }
    database.run("SELECT lifecycle.complete_action('shop', 4); SELECT action FROM lifecycle.claim_actions('email')");
    let seen = villain.texts("SELECT DISTINCT who || ' ' || path FROM seen");
    assert_eq!(seen, ["delivery_villain pg_catalog, pg_temp"]);

    // Nor can it take the caller's rights on the way, or wait for the end of the transaction.
    for trick in ["RESET ROLE", "SET SESSION AUTHORIZATION DEFAULT", "SET ROLE delivery_victim"] {
        villain.run(&format!(
            "CREATE OR REPLACE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE '{trick}'; RETURN NEW; END $$"
        ));
        let error = victim.refused("SELECT lifecycle.fail_action('shop', 2, 'no route')");
        assert_eq!(error.code().code(), "42501", "{trick}");
    }
    villain.run(
        "DROP TRIGGER spy ON shop_data.action;
        CREATE OR REPLACE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.seen VALUES (current_user, 'late');
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON shop_data.action DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION spy();
        UPDATE shop_data.action SET status = 'claimed' WHERE id = 2",
    );
    assert_eq!(victim.refused("SELECT lifecycle.complete_action('shop', 2)").code().code(), "42501");
    assert_eq!(villain.get::<i64>("SELECT count(*) FROM seen WHERE path = 'late' AND who <> 'delivery_villain'"), 0);

    // Nor does a right count that was given to the sender's role, but for a store that it names.
    villain.run("DROP TRIGGER late ON shop_data.action; GRANT INSERT ON shop.journey_actions TO delivery_victim; UPDATE shop_data.action SET claimable_at = now()");
    assert!(claimed(&mut victim, 10, "").is_empty());
    assert!(claimed(&mut database, 10, "").is_empty(), "nor that it is a superuser's");
    // All but the two that are done.
    assert_eq!(claimed(&mut victim, 10, ", stores => '{shop}'").len(), 8);
    drop((villain, victim));
    database.run("DROP OWNED BY delivery_villain, delivery_victim CASCADE");
}

#[test]
fn those_who_listen_are_told() {
    use postgres::fallible_iterator::FallibleIterator;
    let mut database = Database::new("delivery_notify");
    shop(&mut database, "shop", 1);
    database.run("UPDATE shop_data.action SET status = 'dead', claimable_at = NULL");
    let mut sender = connect(database.name());
    sender.run("LISTEN lifecycle_actions");
    assert!(database.get::<bool>("SELECT lifecycle.retry_action('shop', 1)"));
    let told = sender.notifications().timeout_iter(Duration::from_secs(10)).next().unwrap().expect("a notification");
    let told: serde_json::Value = serde_json::from_str(told.payload()).unwrap();
    assert_eq!(told, serde_json::json!({"store": "shop", "channel": "email"}));
}

#[test]
fn claims_come_from_the_index_of_what_can_be_claimed() {
    let mut database = Database::new("delivery_plans");
    shop(&mut database, "shop", 20_000);
    database.run(
        "UPDATE shop_data.action SET status = 'done', claimable_at = NULL WHERE id % 10 <> 0; ANALYZE shop_data.action",
    );
    let store = Store::bare("shop".to_owned(), Key::BigInt);
    let statement = choose(&store, false).as_str().replace("$1", "'email'").replace("$4", "'100'::text");
    let plan = database.plan(&statement.replace("$2", "now()::text").replace("$3", "now()::text"));
    assert!(plan.contains("Index Scan using action_channel_priority_claimable_at_id_idx"), "{plan}");
    assert!(!plan.contains("Sort") && !plan.contains("Seq Scan on shop_data.action"), "{plan}");
}
