//! What befalls a store and its journeys: they are paused, held and released, defined anew, their source is reloaded, their database copied.

use chrono::Duration;
use rand::seq::IndexedRandom;

use super::calendar::Instant;
use super::facts::shown;
use super::generate::CHANNELS;
use super::history::{History, SESSION};
use super::interpreter::{Enrollment, Journey};
use super::people::counted;
use super::sending::action_key;
use crate::harness::Ask;

impl History<'_> {
    /// Pauses a journey, or has it go on.
    pub(super) fn pause(&mut self) {
        let any = self.lots.number(0, self.naive.journeys.len() as i64 - 1) as usize;
        let is_paused = |journey: &Journey| !journey.is_live && !journey.brake.is_pulled;
        let at = self.naive.journeys.iter().position(is_paused).unwrap_or(any);
        if self.naive.journeys[at].brake.is_pulled {
            return;
        }
        let (is_live, name) = (self.naive.journeys[at].is_live, self.naive.journeys[at].name.clone());
        let function = if is_live { "pause_journey" } else { "start_journey" };
        self.log.push(format!("{function} {name}"));
        self.client.run(&format!("SELECT lifecycle.{function}('naive', '{name}')"));
        self.naive.pause(at, !is_live);
    }

    /// Releases, after a while, a store that is held, and journeys that the brake holds.
    pub(super) fn go_on_after_accidents(&mut self) {
        if self.naive.is_held && self.lots.is(0.4) {
            self.log.push("release".to_owned());
            let was_held: bool = self.client.get("SELECT lifecycle.release('naive')");
            assert!(was_held);
            self.naive.is_held = false;
        }
        for at in 0..self.naive.journeys.len() {
            if self.naive.journeys[at].brake.is_pulled && self.lots.is(0.3) {
                let up_to = self.lots.is(0.5).then(|| self.lots.number(1, 6));
                let name = self.naive.journeys[at].name.clone();
                self.log.push(format!("release_journey {name} up to {up_to:?}"));
                let shown = up_to.map_or("NULL".to_owned(), |up_to| up_to.to_string());
                let was_held: bool =
                    self.client.get(&format!("SELECT lifecycle.release_journey('naive', '{name}', {shown})"));
                assert!(was_held);
                self.naive.release(at, up_to.map(|up_to| up_to as usize));
            }
        }
    }

    /// An order is cancelled, or counts again, or moves to another instant: often one by which a customer is in a journey.
    pub(super) fn change_order(&mut self) {
        let by_order =
            |of: &&Enrollment| of.due_at.is_some() && self.naive.definition_of(of)["entry"]["event"] == "ordered";
        let known: Vec<(i32, Instant)> =
            self.naive.enrollments.iter().filter(by_order).map(|of| (of.customer, of.triggered_at)).collect();
        let known = known.choose(&mut self.lots.random).copied().filter(|_| self.lots.is(0.7));
        let any = self.lots.number(0, self.orders.len() as i64 - 1) as usize;
        let cancelled = self.orders.iter().position(|of| of.is_cancelled).filter(|_| self.lots.is(0.4));
        let place = known.and_then(|known| self.orders.iter().position(|of| (of.customer, of.at) == known));
        let of = &mut self.orders[cancelled.or(place).unwrap_or(any)];
        if cancelled.is_some() || self.lots.is(0.6) {
            of.is_cancelled = !of.is_cancelled;
        } else {
            of.at += Duration::seconds(self.lots.number(-2 * 3600, 3600));
        }
        let state = if of.is_cancelled { "cancelled" } else { "paid" };
        self.client.run(&format!(
            "UPDATE orders SET (at, state) = ('{}', '{state}') WHERE number = '{}'",
            shown(of.at),
            of.number
        ));
        self.log.push(format!("changed: {of:?}"));
        self.naive.facts.changed.insert(of.customer);
        self.naive.facts.purchases_now = counted(&self.orders);
    }

    /// The owner holds the store.
    pub(super) fn hold(&mut self) {
        self.log.push("hold".to_owned());
        self.client.run("SELECT lifecycle.hold('naive', 'a test')");
        self.naive.is_held = true;
    }

    /// The table of orders is emptied and filled with the same rows, in another order: nobody has done anything.
    pub(super) fn reload(&mut self) {
        self.log.push("reload".to_owned());
        self.client.run(
            "BEGIN;
            CREATE TEMP TABLE kept ON COMMIT DROP AS TABLE orders;
            TRUNCATE orders;
            INSERT INTO orders SELECT * FROM kept ORDER BY random();
            COMMIT",
        );
        self.naive.facts.all_changed = true;
    }

    /// The same with a refresh while the table is empty, which the brake does not hold in so small a store.
    pub(super) fn reload_slowly(&mut self, as_of: Instant) -> Result<(), String> {
        self.refresh(as_of);
        let before = self.naive.facts.movements.len();
        self.log.push("reload with a refresh in between".to_owned());
        self.client.run("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS TABLE orders; TRUNCATE orders");
        let orders = std::mem::take(&mut self.orders);
        self.refresh(as_of);
        self.client.run("INSERT INTO orders SELECT * FROM kept ORDER BY random(); DROP TABLE kept");
        self.orders = orders;
        self.refresh(as_of);
        let own = self.naive.facts.movements[before..].iter().find(|movement| movement.is_own);
        own.map_or(Ok(()), |own| Err(format!("{:#?}\na reload has made {own:?}", self.log)))
    }

    /// The database becomes a copy of what it was: it decides and hands over nothing until it is adopted, while the original goes on.
    pub(super) fn copy(&mut self) -> Result<(), String> {
        self.log.push("copy".to_owned());
        let mut original = self.client.become_a_copy("journeys_original");
        self.client.run(SESSION);
        let last = self.client.get("SELECT COALESCE(max(id), 0) FROM naive_data.action");
        self.keys.begin_copy(last);
        self.client
            .run(&format!("CALL lifecycle.run_journeys('naive', '{}')", shown(self.now + Duration::minutes(30))));
        for channel in CHANNELS {
            let claim = format!("SELECT count(*) FROM lifecycle.claim_actions('{channel}', 10000, store => 'naive')");
            let handed: i64 = self.client.get(&claim);
            if handed > 0 {
                return Err(format!("{:#?}\na copy has handed over {handed} actions", self.log));
            }
        }
        self.compare()?;

        let later = shown(self.now + Duration::hours(1));
        original
            .run(&format!("{SESSION}; UPDATE naive_data.action SET claimable_at = '{later}' WHERE status = 'claimed'"));
        original.run(&format!("CALL lifecycle.run_journeys('naive', '{later}')"));
        for channel in CHANNELS {
            let claim = format!(
                "SELECT c.idempotency_key, a.customer, a.journey, a.version, a.entry, a.step, a.round
                FROM lifecycle.claim_actions('{channel}', 10000, store => 'naive') AS c JOIN naive_data.action AS a ON a.id = c.action"
            );
            for row in original.query(&claim, &[]).expect("a claim") {
                self.keys.note_elsewhere(action_key(&row, 1), row.get(0));
            }
        }
        self.client.run("SELECT lifecycle.adopt('naive')");
        Ok(())
    }

    /// Another version of a journey, with the same way in: its name stays, so that it may be called.
    pub(super) fn define_anew(&mut self) {
        let at = self.lots.number(0, self.naive.journeys.len() as i64 - 1) as usize;
        if self.naive.journeys[at].brake.is_pulled {
            return;
        }
        let entry = self.naive.journeys[at].versions[0]["entry"].clone();
        let definition = self.lots.journey(&[], false, Some(&entry));
        let definition = self.serve(definition);
        let journey = &self.naive.journeys[at];
        let name = journey.name.clone();
        self.define(&name, &definition);
        self.naive.journeys[at].versions.push(definition);
        if !self.naive.journeys[at].is_live {
            self.naive.pause(at, true);
        }
    }
}
