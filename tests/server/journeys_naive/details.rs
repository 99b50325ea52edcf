//! What events say, and what is asked of them and of orders, by lot.

use chrono::Duration;
use serde_json::{Map, Value, json};

use super::calendar::Instant;
use super::generate::Lots;

impl Lots {
    /// A condition on the event or the order of the entry, before it or in it.
    pub fn on_occasion(&mut self, is_before: bool) -> Value {
        let number = self.number(0, 60);
        let order = self.one_of(&["less_than", "at_most", "more_than", "at_least"]);
        let same = self.one_of(&["is", "is_not"]);
        let instant = self.one_of(&["2024-03-30", "2024-03-10T02:30:00-05:00", "2024-10-27T00:30:00+00:00"]);
        let within = self.one_of(&["within_last", "not_within_last"]);
        if self.speaks_of == Some("order") {
            return match self.number(0, if is_before { 3 } else { 5 }) {
                0 => json!({"order": "amount", order: number / 2}),
                1 => json!({"order": "amount", same: number / 2}),
                2 => json!({"order": "at", within: self.short()}),
                3 => json!({"order": "at", order: instant}),
                4 => json!({"order": "key", "is_null": self.is(0.5)}),
                _ => json!({"order": "key", "not_in": [format!("n{:05}", number), "n00001"]}),
            };
        }
        match self.number(0, 8) {
            // Such a condition could also count events, but for these words.
            0 | 1 if is_before => json!({"event": "total", order: number}),
            0 | 1 => json!({"event": "total", order: number, "of": "entry"}),
            2 => json!({"event": "total", same: number}),
            3 => json!({"event": "cart_id", "in": ["a", self.one_of(&["b", "7", "true"])]}),
            4 => json!({"event": "gift", same: self.is(0.5)}),
            5 => json!({"event": "on", order: instant, "of": "entry"}),
            6 => json!({"event": "on", within: self.span()}),
            7 => json!({"event": ["lines", "0", "sku"], same: "A1"}),
            _ => json!({"event": self.one_of(&["gift", "cart_id"]), "is_null": self.is(0.5)}),
        }
    }

    /// What must hold of an event or an order, so that customers enter by it.
    pub fn is_asked_for(&mut self) -> Value {
        let (one, other) = (self.on_occasion(true), self.on_occasion(true));
        match self.number(0, 5) {
            0 => json!({"and": [one, other]}),
            1 => json!({"or": [one, other]}),
            2 => json!({"not": one}),
            _ => one,
        }
    }

    /// What an event says: often what is asked, and often something else.
    pub fn detail(&mut self, now: Instant) -> Option<Value> {
        let mut detail = match self.number(0, 19) {
            0 => return None,
            1 => {
                return Some(
                    [json!(null), json!(7), json!("a"), json!([{"cart_id": "a"}])][self.number(0, 3) as usize].clone(),
                );
            }
            _ => Map::new(),
        };
        let number = self.number(0, 60);
        let key = match self.number(0, 15) {
            0 => json!(7),
            1 => json!("7"),
            2 => json!(true),
            3 => match self.number(0, 4) {
                0 => json!(null),
                1 => json!(""),
                2 => json!(["a"]),
                3 => json!({"id": "a"}),
                _ => json!("x".repeat(501)),
            },
            4 => json!("x".repeat(500)),
            _ => json!(self.one_of(&["a", "b", "c"])),
        };
        let total = match self.number(0, 9) {
            0 => json!(number.to_string()),
            1 => json!(format!("+{number}.50")),
            2 => [json!([number]), json!(format!("{number} ")), json!(""), json!("9".repeat(101))]
                [self.number(0, 3) as usize]
                .clone(),
            3 => json!(number as f64 + 0.25),
            _ => json!(number),
        };
        let at = now + Duration::seconds(self.number(-5 * 86400, 5 * 86400));
        let on = match self.number(0, 9) {
            0 => json!(self.one_of(&["soon", "", "2024-02-30", "infinity"])),
            1 => json!(20240330),
            2 => json!(at.format("%Y-%m-%dT%H:%M").to_string()),
            3 | 4 => json!(at.format("%Y-%m-%dT%H:%M:%S+02:00").to_string()),
            _ => json!(at.format("%Y-%m-%d").to_string()),
        };
        let gift = if self.is(0.2) { json!("true") } else { json!(self.is(0.5)) };
        let lines = match self.number(0, 4) {
            0 => json!([]),
            1 => json!({"0": {"sku": "A1"}}),
            _ => json!([{"sku": self.one_of(&["A1", "B 2"]), "n": number}]),
        };
        for (name, value) in [
            ("cart_id", key.clone()),
            ("basket", json!({"id": key})),
            ("total", total),
            ("on", on),
            ("gift", gift),
            ("lines", lines),
        ] {
            match self.number(0, 19) {
                0 => {}
                1 => drop(detail.insert(name.to_owned(), Value::Null)),
                _ => drop(detail.insert(name.to_owned(), value)),
            }
        }
        Some(Value::Object(detail))
    }
}
