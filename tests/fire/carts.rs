//! One cart, one chain, under fire: customers leave carts and empty them, are merged and forgotten, while runners, senders and those who end
//! them are at work. Then each cart that counts was one entry, no code was given twice and none is lost, and nothing was handed over for
//! a cart, or to a customer, that was known to be gone before the sender asked.

use std::collections::HashMap;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use postgres::Client;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::harness::{self, Ask, assert_none};
use crate::killer::{self, Plan};
use crate::ledger::Ledger;
use crate::session::Session;
use crate::{Alarm, Fire, begin, runner, sender};

const RUNNERS: u64 = 3;
const SENDERS: u64 = 3;
const TELLERS: u64 = 3;

const PLAN: Plan =
    Plan { kills: 20, crashes: &[(0.3, 0.7)], whom: &["fire runner", "fire sender", "fire sender", "fire teller"] };

const JOURNEY: &str = r#"{
    "entry": {"event": "cart_left", "where": {"event": "total", "at_least": 20}, "key": "cart", "cancelled_by": "cart_emptied"},
    "steps": [
        {"name": "letter", "act": {"channel": "email", "template": "cart",
            "payload": {"cart": {"event": "cart"}, "lines": {"event": "lines"}, "code": {"code": "comeback"}}}},
        {"name": "text", "act": {"channel": "sms", "template": "cart", "payload": {"cart": {"event": "cart"}}}},
        {"name": "end", "exit": "through"}]}"#;

const STORE: &str = "
    CREATE TABLE people AS SELECT c AS customer, 'Given' || c AS first_name FROM generate_series(1, {customers}) AS c;
    ALTER TABLE people ADD PRIMARY KEY (customer);
    CREATE TABLE orders (customer integer NOT NULL, at timestamptz NOT NULL, amount numeric NOT NULL);
    INSERT INTO orders SELECT customer, now() - interval '84 hours', 10 FROM people;
    CREATE INDEX ON orders (customer);
    ANALYZE people, orders;
    SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
        customers => 'people', attributes => '{first_name}', settings => '{\"reader\": \"\"}');
    SELECT lifecycle.set_journey_policy('shop', '{\"max_entries\": 1000000000}');
    SELECT lifecycle.add_codes('shop', 'comeback', ARRAY(SELECT 'CODE-' || n FROM generate_series(1, 3 * {customers}) AS n));
    CALL lifecycle.refresh('shop');
    CREATE TABLE completion (action bigint, completed_at timestamptz, at timestamptz);
    CREATE FUNCTION log_completion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.completion VALUES (NEW.id, NEW.completed_at, clock_timestamp());
        RETURN NULL;
    END $$;
    CREATE TRIGGER log_completion AFTER UPDATE ON shop_data.action FOR EACH ROW WHEN (NEW.status = 'done' AND OLD.status <> 'done')
        EXECUTE FUNCTION log_completion()";

/// What becomes of a customer: of twenty one is forgotten, and one is merged into the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Forgotten,
    MergedIntoNext,
}

fn fate(customer: i32) -> Fate {
    match customer % 20 {
        4 => Fate::Forgotten,
        8 => Fate::MergedIntoNext,
        _ => Fate::Stays,
    }
}

/// The carts of a customer, with their totals; one of three customers empties the second.
fn carts(customer: i32) -> [(String, i32); 2] {
    [(format!("{customer}-a"), 20 + customer % 7), (format!("{customer}-b"), if customer % 4 == 0 { 19 } else { 50 })]
}

fn empties(customer: i32) -> bool {
    customer % 3 == 0
}

/// When something was known, by the clock of this program.
#[derive(Default)]
struct Known {
    carts: HashMap<String, Duration>,
    customers: HashMap<String, Duration>,
}

#[test]
fn one_cart_one_chain_under_fire() {
    let (seed, customers, mut database) = begin("fire_carts");
    let customers = (customers / 100).max(500) as i32 / 20 * 20;
    create(&mut database, customers);
    let actions = i64::from(customers) * 2;
    let fire = Fire::new(database.name(), seed, &[], actions, actions);

    let (ledgers, known) = thread::scope(|scope| {
        let fire = &fire;
        let _alarm = Alarm(fire);
        let runners: Vec<_> = (0..RUNNERS).map(|number| scope.spawn(move || runner::run(fire, number))).collect();
        let senders: Vec<_> = (0..SENDERS).map(|number| scope.spawn(move || sender::send(fire, number))).collect();
        let tellers: Vec<_> = (0..TELLERS).map(|number| scope.spawn(move || tell(fire, number, customers))).collect();
        let killer = scope.spawn(move || killer::kill(fire, &PLAN));
        let mut known = Known::default();
        for teller in tellers {
            let told = teller.join().expect("a teller");
            known.carts.extend(told.carts);
            known.customers.extend(told.customers);
        }
        killer.join().expect("the killer");
        let mut session = Session::new(fire, "lead");
        while !session.until_done(is_over) && fire.goes_on() {
            thread::sleep(Duration::from_millis(100));
        }
        fire.decided.store(true, SeqCst);
        fire.finished.store(true, SeqCst);
        for runner in runners {
            runner.join().expect("a runner");
        }
        let ledgers: Vec<Ledger> = senders.into_iter().map(|sender| sender.join().expect("a sender")).collect();
        (ledgers, known)
    });
    println!("{:5.1} s: all is done", fire.clock().as_secs_f64());

    let ledger = Ledger::all(ledgers);
    let mut client = harness::connect(&fire.database);
    check_tables(&mut client, customers);
    check_codes(&mut client, &ledger);
    check_harm(&ledger, &known);
    println!("{ledger}");
}

fn create(client: &mut Client, customers: i32) {
    client.run("SET client_min_messages = warning; SET timezone = 'UTC'");
    client.run(&STORE.replace("{customers}", &customers.to_string()));
    client.run(&format!("SELECT lifecycle.create_journey('shop', 'cart', '{JOURNEY}', start => true)"));
    client.run("VACUUM ANALYZE");
}

/// Tells of the customers of some groups of twenty: each leaves carts, may empty one, and is then forgotten or merged. Told again
/// where the answer was lost.
fn tell(fire: &Fire, number: u64, customers: i32) -> Known {
    let _alarm = Alarm(fire);
    let mut rng = ChaCha8Rng::seed_from_u64(fire.seed << 8 | 0x40 | number);
    let mut session = Session::new(fire, &format!("teller {number}"));
    let mut mine: Vec<i32> = (1..=customers).filter(|customer| *customer as u64 / 20 % TELLERS == number).collect();
    mine.shuffle(&mut rng);
    let mut known = Known::default();
    let mut say = |call: &str| {
        session.until_done(|client| client.batch_execute(call));
        if rng.random_bool(0.3) {
            thread::sleep(Duration::from_millis(rng.random_range(0..6)));
        }
        fire.clock()
    };
    for &customer in &mine {
        for (cart, total) in carts(customer) {
            say(&left(customer, &cart, total));
        }
    }
    mine.shuffle(&mut ChaCha8Rng::seed_from_u64(fire.seed ^ number));
    for &customer in &mine {
        let [_, (second, _)] = carts(customer);
        if empties(customer) {
            let emptied = format!(
                "SELECT lifecycle.record_event('shop', 'cart_emptied', 'emptied {second}', customer => '{customer}',
                    detail => '{{\"cart\": \"{second}\"}}')"
            );
            known.carts.insert(second, say(&emptied));
        }
        match fate(customer) {
            Fate::Stays => {}
            Fate::Forgotten => {
                let at = say(&format!("SELECT lifecycle.forget('shop', '{customer}')"));
                known.customers.insert(customer.to_string(), at);
            }
            Fate::MergedIntoNext => {
                let at = say(&format!("SELECT lifecycle.merge_customers('shop', '{customer}', '{}')", customer + 1));
                known.customers.insert(customer.to_string(), at);
                // The shop still knows the customer by the old key.
                say(&left(customer, &format!("{customer}-c"), 70));
            }
        }
    }
    known
}

/// The call that tells of a cart that was left.
fn left(customer: i32, cart: &str, total: i32) -> String {
    format!(
        "SELECT lifecycle.record_event('shop', 'cart_left', 'left {cart}', customer => '{customer}',
            detail => '{{\"cart\": \"{cart}\", \"total\": {total}, \"lines\": [{{\"sku\": {customer}}}]}}')"
    )
}

fn is_over(client: &mut Client) -> Result<bool, postgres::Error> {
    let query = "SELECT NOT EXISTS (SELECT FROM shop_data.event WHERE NOT processed)
        AND NOT EXISTS (SELECT FROM shop_data.action WHERE NOT processed OR status IN ('pending', 'claimed'))
        AND NOT EXISTS (SELECT FROM shop_data.enrollment WHERE due_at IS NOT NULL)";
    client.query_one(query, &[]).map(|row| row.get(0))
}

/// Each cart that counts was one entry of its customer, or of the one whom that was merged into; of the forgotten there is nothing.
fn check_tables(client: &mut Client, customers: i32) {
    let mut expected: Vec<String> = Vec::new();
    for customer in (1..=customers).filter(|customer| fate(*customer) != Fate::Forgotten) {
        let is_merged = fate(customer) == Fate::MergedIntoNext;
        let owner = if is_merged { customer + 1 } else { customer };
        let late = is_merged.then(|| (format!("{customer}-c"), 70));
        let counted = carts(customer).into_iter().chain(late).filter(|(_, total)| *total >= 20);
        expected.extend(counted.map(|(cart, _)| format!("({owner}, '{cart}', 1::bigint)")));
    }
    let expected = format!("VALUES {}", expected.join(", "));
    let found = "SELECT customer, occasion_key, count(*) FROM shop_data.enrollment WHERE customer > 0 GROUP BY 1, 2";
    assert_none(client, "entries: too many", &format!("{found} EXCEPT ALL {expected}"));
    assert_none(client, "entries: lost", &format!("{expected} EXCEPT ALL {found}"));
    for table in ["enrollment", "action", "decision", "event", "profile", "history", "known_customer"] {
        let gone = format!("SELECT customer FROM shop_data.{table} WHERE customer % 20 IN (4, 8)");
        assert_none(client, &format!("{table}: of a customer who is gone"), &gone);
    }
    let unfinished = "SELECT * FROM shop_data.enrollment WHERE outcome NOT IN ('exit', 'cancelled', 'forgotten')";
    assert_none(client, "ended otherwise", unfinished);
    let cancelled: i64 = client.get("SELECT count(*) FROM shop_data.enrollment WHERE outcome = 'cancelled'");
    assert!(cancelled > 0, "nothing was cancelled in time");
}

/// No code went to two actions, none is lost, and each letter that was handed over says the code that is its own.
fn check_codes(client: &mut Client, ledger: &Ledger) {
    let all: i64 = client.get("SELECT count(*) FROM shop_data.code");
    let made: i64 = client.get("SELECT 3 * count(*) FROM people");
    assert_eq!(all, made, "codes are lost");
    let other = "SELECT action.id, action.payload ->> 'code', code.code FROM shop_data.action AS action
            FULL JOIN (SELECT * FROM shop_data.code WHERE action IN (SELECT id FROM shop_data.action)) AS code ON code.action = action.id
        WHERE (action.channel = 'email' OR code.code IS NOT NULL) AND action.handed_over_at IS NOT NULL
            AND NOT action.is_anonymous AND action.payload ->> 'code' IS DISTINCT FROM code.code";
    assert_none(client, "an action that says another code", other);
    let mut of: HashMap<&str, i64> = HashMap::new();
    let mut with: HashMap<i64, &str> = HashMap::new();
    for claim in &ledger.claims {
        let Some(code) = claim.code.as_deref() else { continue };
        assert_eq!(*of.entry(code).or_insert(claim.action), claim.action, "{code} was handed over with two actions");
        assert_eq!(*with.entry(claim.action).or_insert(code), code, "action {} had two codes", claim.action);
    }
    assert!(of.len() > 300, "{} letters with codes are few", of.len());
    // Those of the forgotten stay taken.
    let taken: i64 = client.get("SELECT count(*) FROM shop_data.code WHERE action IS NOT NULL");
    assert!(taken >= of.len() as i64, "{taken} are taken, and {} were handed over", of.len());
}

/// Nothing was handed over for a cart that was empty, or to a customer who was gone, before the sender asked.
fn check_harm(ledger: &Ledger, known: &Known) {
    for claim in &ledger.claims {
        let cart = claim.cart.as_ref().and_then(|cart| known.carts.get(cart));
        assert!(
            cart.is_none_or(|at| *at >= claim.began),
            "{:?} was empty by {cart:?}, claimed at {:?}",
            claim.cart,
            claim.began
        );
        let gone = known.customers.get(&claim.customer);
        assert!(
            gone.is_none_or(|at| *at >= claim.began),
            "{} was gone by {gone:?}, claimed at {:?}",
            claim.customer,
            claim.began
        );
    }
}
