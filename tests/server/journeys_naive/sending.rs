//! A sender who asks for actions, and says what became of them.

use std::collections::HashMap;

use serde_json::Value;

use super::facts::{ActionKey, shown};
use super::history::History;
use crate::harness::Ask;

/// Under which keys actions were handed over, here and by the database that this one was copied from.
#[derive(Default)]
pub struct Keys {
    here: HashMap<String, ActionKey>,
    of: HashMap<ActionKey, String>,
    elsewhere: HashMap<String, ActionKey>,
    /// The last action that both databases have.
    last_common: i64,
}

impl Keys {
    /// A key names one action, an action has one key, and what was decided in two databases goes by two keys.
    fn note(&mut self, id: i64, action: ActionKey, key: String) -> Result<(), String> {
        let named = *self.here.entry(key.clone()).or_insert(action);
        let known = self.of.entry(action).or_insert(key.clone()).clone();
        if named != action || known != key {
            return Err(format!("{action:?} was handed over as {key}, which is {named:?}, and before as {known}"));
        }
        match self.elsewhere.get(&key) {
            Some(other) if id > self.last_common || *other != action => {
                Err(format!("{action:?}, number {id}, was handed over as {key}, as was {other:?} by the original"))
            }
            _ => Ok(()),
        }
    }

    /// The database is a copy from now on, with actions up to a number.
    pub fn begin_copy(&mut self, last_common: i64) {
        (self.last_common, self.elsewhere) = (last_common, HashMap::new());
    }

    /// Whether the original has handed over anything since.
    pub fn has_elsewhere(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    /// What the original has handed over since.
    pub fn note_elsewhere(&mut self, action: ActionKey, key: String) {
        self.elsewhere.insert(key, action);
    }
}

/// Which action a row names, from a column on.
pub fn action_key(row: &postgres::Row, from: usize) -> ActionKey {
    let number = |place: usize| row.get::<_, i32>(from + place) as usize;
    (row.get(from), number(1), number(2), number(3), number(4), number(5))
}

impl History<'_> {
    /// A sender asks for all that there is, and says what became of it. The clocks of both stand still meanwhile.
    pub(super) fn send(&mut self, channel: &str) -> Result<(), String> {
        let now = shown(self.now);
        let key = "customer, journey, version, entry, step, round";
        self.client.run(&format!(
            "UPDATE naive_data.action SET claimable_at = '{now}' WHERE status = 'claimed';
            UPDATE naive_data.journey_state SET ran_at = clock_timestamp()"
        ));
        let order = format!(
            "SELECT {key} FROM naive_data.action AS a
            WHERE channel = '{channel}' AND claimable_at <= '{now}' AND status IN ('pending', 'claimed')
                AND journey IN (SELECT journey FROM naive_data.journey WHERE status = 'live')
            ORDER BY priority DESC, claimable_at, id"
        );
        let read = action_key;
        let order: Vec<ActionKey> =
            self.client.query(&order, &[]).expect("actions").iter().map(|row| read(row, 0)).collect();
        self.log.push(format!("a sender asks for {channel}"));
        let mut expected = self.naive.hand_over(&order);
        let claim = format!(
            "SELECT c.action, a.customer, a.journey, a.version, a.entry, a.step, a.round, c.payload::text, c.idempotency_key
            FROM lifecycle.claim_actions('{channel}', 10000, store => 'naive') AS c JOIN naive_data.action AS a ON a.id = c.action"
        );
        let rows = self.client.query(&claim, &[]).expect("a claim");
        let payload = |row: &postgres::Row| serde_json::from_str::<Value>(&row.get::<_, String>(7)).expect("JSON");
        let mut found: Vec<(ActionKey, Value)> = rows.iter().map(|row| (read(row, 1), payload(row))).collect();
        let order = |one: &(ActionKey, Value)| one.0;
        expected.sort_by_key(order);
        found.sort_by_key(order);
        self.client
            .run(&format!("UPDATE naive_data.action SET handed_over_at = '{now}' WHERE handed_over_at > '{now}'"));
        if found != expected {
            let all: std::collections::BTreeSet<i32> = found
                .iter()
                .chain(&expected)
                .filter(|one| !found.contains(one) || !expected.contains(one))
                .map(|one| one.0.0)
                .collect();
            let customer = all.into_iter().next().map_or(Value::Null, Value::from);
            let lines = |of: &[(ActionKey, Value)]| of.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>();
            return Err(self.difference("claims", &lines(&found), &lines(&expected), &customer));
        }
        for row in &rows {
            let (id, key): (i64, ActionKey) = (row.get(0), read(row, 1));
            self.keys.note(id, key, row.get(8))?;
            let action = self.naive.facts.actions.iter_mut().find(|action| action.key == key).expect("an action");
            match self.lots.number(0, 9) {
                // The sender says nothing.
                0 => {}
                1 => {
                    self.client
                        .run(&format!("SELECT lifecycle.fail_action('naive', {id}, 'no route', permanent => true)"));
                    (action.status, action.processed) = ("dead".to_owned(), false);
                }
                2 => {
                    self.client.run(&format!(
                        "SELECT lifecycle.fail_action('naive', {id}, 'no route');
                        UPDATE naive_data.action SET claimable_at = date_trunc('second', claimable_at) WHERE id = {id}"
                    ));
                    let is_dead = action.attempts % 8 == 0;
                    action.status = if is_dead { "dead" } else { "pending" }.to_owned();
                    action.processed = !is_dead;
                }
                _ => {
                    self.client.run(&format!(
                        "SELECT lifecycle.complete_action('naive', {id});
                        UPDATE naive_data.action SET completed_at = '{now}' WHERE id = {id}"
                    ));
                    (action.status, action.processed, action.completed_at) = ("done".to_owned(), false, Some(self.now));
                }
            }
        }
        Ok(())
    }
}
