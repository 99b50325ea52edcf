//! No harm under fire: while runners, senders and those who end them are at work, customers object and come back, give and take back
//! their consent, and do what is answered; the store is held, a journey paused, the source reloaded, the database copied. Then nothing
//! was handed over against what was known before the sender asked, nothing twice, and nobody has entered who did nothing.

#[path = "no_harm/conductor.rs"]
mod conductor;
#[path = "no_harm/copy.rs"]
mod copy;
#[path = "no_harm/judge.rs"]
mod judge;
#[path = "no_harm/rules.rs"]
mod rules;
#[path = "no_harm/teller.rs"]
mod teller;
#[path = "no_harm/world.rs"]
mod world;

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use crate::killer::{self, Plan};
use crate::ledger::Ledger;
use crate::session::Session;
use crate::{Alarm, Fire, SENDERS, begin, harness, runner, sender};

use rules::Told;

const RUNNERS: u64 = 4;
const TELLERS: u64 = 2;

const PLAN: Plan = Plan {
    kills: 60,
    crashes: &[(0.3, 0.7)],
    whom: &["fire runner", "fire runner", "fire sender", "fire sender", "fire teller"],
};

#[test]
fn no_harm_under_fire() {
    let (seed, customers, mut database) = begin("fire_no_harm");
    // Each has more to get here than in the chain, and there must be time for all that happens.
    let customers = (customers / 5).max(5000) as i32;
    world::create(&mut database, customers);
    let actions = world::at_least(customers);
    let fire = Fire::new(database.name(), seed, &[], actions, actions);
    let is_quiet = AtomicBool::new(false);

    let (ledgers, told, conducted) = thread::scope(|scope| {
        let (fire, is_quiet) = (&fire, &is_quiet);
        let _alarm = Alarm(fire);
        let runners: Vec<_> = (0..RUNNERS).map(|number| scope.spawn(move || runner::run(fire, number))).collect();
        let senders: Vec<_> = (0..SENDERS).map(|number| scope.spawn(move || sender::send(fire, number))).collect();
        let tellers: Vec<_> = (0..TELLERS)
            .map(|number| scope.spawn(move || teller::tell(fire, is_quiet, (number, TELLERS), customers)))
            .collect();
        let conductor = scope.spawn(move || conductor::conduct(fire));
        let killer = scope.spawn(move || killer::kill(fire, &PLAN));
        let conducted = conductor.join().expect("the conductor");
        let deeds = killer.join().expect("the killer");
        assert_eq!((deeds.ended.len(), deeds.crashes), (PLAN.kills, PLAN.crashes.len()));
        is_quiet.store(true, SeqCst);
        let told: Vec<Told> = tellers.into_iter().flat_map(|teller| teller.join().expect("a teller")).collect();
        let mut session = Session::new(fire, "lead");
        while !session.until_done(world::is_over) && fire.goes_on() {
            thread::sleep(Duration::from_millis(100));
        }
        fire.decided.store(true, SeqCst);
        fire.finished.store(true, SeqCst);
        for runner in runners {
            runner.join().expect("a runner");
        }
        let ledgers: Vec<Ledger> = senders.into_iter().map(|sender| sender.join().expect("a sender")).collect();
        (ledgers, told, conducted)
    });
    println!("{:5.1} s: all is done", fire.clock().as_secs_f64());

    let mut client = harness::connect(&fire.database);
    world::check(&mut client, customers);
    let ledger = Ledger::all(ledgers);
    ledger.check(&mut client, false);
    let judged = judge::judge(&mut client, &ledger, &told, &conducted);
    let woken = copy::wake(&mut client, &ledger, &told, &conducted);
    println!("{ledger}");
    println!("{judged}");
    println!("{woken}");
    println!("{}", world::reasons(&mut client).join(", "));
}
