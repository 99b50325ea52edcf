//! Does what an owner may do to a table of changes and to what lets the triggers note, and undoes it a moment later.

use std::thread;
use std::time::{Duration, Instant};

use rand::Rng;

use crate::killer::{OLD, end_prepared};
use crate::session::Session;
use crate::{Storm, one};

/// Each may fail because of what another session does; the procedure `undo` of tests/storm/base.sql undoes each.
const MEDDLING: [&str; 16] = [
    "CREATE INDEX added ON by_triggers_data.order_change (customer)",
    "ALTER TABLE by_triggers_data.order_change ADD CONSTRAINT added CHECK (customer > 0)",
    "ALTER TABLE by_triggers_data.order_change ADD COLUMN added int NOT NULL DEFAULT 1",
    "ALTER TABLE by_triggers_data.order_change RENAME TO away",
    "ALTER TABLE by_triggers_data.order_change RENAME customer TO buyer",
    "ALTER TABLE by_triggers_data.order_change SET UNLOGGED",
    "ALTER TABLE by_triggers_data.order_change DISABLE TRIGGER ALL; DELETE FROM by_triggers_data.order_change",
    "DROP TABLE by_triggers_data.order_change",
    "TRUNCATE by_triggers_data.order_change",
    "DELETE FROM by_triggers_data.order_change",
    "DROP SEQUENCE by_triggers_data.missed",
    "ALTER TABLE orders DISABLE TRIGGER USER; ALTER TABLE orders ENABLE TRIGGER set_changed",
    "ALTER TABLE orders_2024 DISABLE TRIGGER USER; ALTER TABLE orders_2024 ENABLE TRIGGER set_changed",
    "REVOKE SELECT ON orders, orders_early, orders_2024, orders_rest FROM keeper",
    "ALTER SCHEMA by_triggers RENAME TO away",
    "ALTER SCHEMA by_triggers_data RENAME TO away_data",
];

/// Meddles until the storm is over; how often.
pub fn meddle(storm: &Storm) -> usize {
    let mut rng = storm.rng(300);
    let mut session = Session::new(storm, "owner");
    let mut done = 0;
    while storm.lasts() {
        thread::sleep(Duration::from_millis(rng.random_range(0..3_000)));
        if session.run("SET lock_timeout = '2s'") && session.run(one::<&str>(&mut rng, &MEDDLING)) {
            done += 1;
            thread::sleep(Duration::from_millis(rng.random_range(0..500)));
        }
        undo(&mut session);
    }
    done
}

/// Undoes all of it, as soon as the server is there and no other session is in the way.
pub fn undo(session: &mut Session) {
    let until = Instant::now() + Duration::from_secs(120);
    while !session.run("SET lock_timeout = '1s'; CALL public.undo()") {
        assert!(Instant::now() < until, "what the owner did cannot be undone");
        // A transaction that a writer prepared before its session was ended holds its locks.
        end_prepared(session, OLD);
        thread::sleep(Duration::from_millis(50));
    }
}
