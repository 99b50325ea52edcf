//! Definitions and policies by lot. Whatever comes of it is a valid one: steps lead on to later ones, and back only to waits.

use chrono::{DateTime, Duration, Timelike};
use chrono_tz::Tz;
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use super::calendar::{moved, next_permitted, span, time};
use super::interpreter::strings;

pub const CHANNELS: [&str; 3] = ["email", "sms", "push"];

/// Words for events that are recorded.
pub const KINDS: [&str; 8] = ["opened", "click", "delivered", "bounced", "trial", "visit_shop", "cart", "registered"];

/// Words for events that may cancel an entry.
pub const CANCELLING: [&str; 2] = ["emptied", "returned"];

/// Days and weeks around which clocks are changed: when a history begins, and how many days it goes on.
pub const WINDOWS: [(&str, i64); 6] = [
    ("2024-03-29T20:00:00+00:00", 5),
    ("2024-03-08T22:00:00+00:00", 5),
    ("2024-11-01T19:00:00+00:00", 5),
    ("2024-10-25T20:00:00+00:00", 5),
    ("2024-03-30T04:00:00+00:00", 3),
    ("2024-10-24T04:00:00+00:00", 14),
];

/// A lot-drawer.
pub struct Lots {
    pub random: ChaCha8Rng,
    /// Of what the steps of the journey that is drawn can speak.
    pub speaks_of: Option<&'static str>,
}

impl Lots {
    pub fn one_of<'a>(&mut self, among: &[&'a str]) -> &'a str {
        among.choose(&mut self.random).expect("something to choose from")
    }

    pub fn is(&mut self, chance: f64) -> bool {
        self.random.random_bool(chance)
    }

    pub fn number(&mut self, from: i64, to: i64) -> i64 {
        self.random.random_range(from..=to)
    }

    pub fn span(&mut self) -> String {
        match self.number(0, 9) {
            0 => format!("{} minutes", self.number(5, 300)),
            1 | 2 => format!("{} hours", self.number(1, 40)),
            3 => "1 day 12 hours".to_owned(),
            4 => "1 week".to_owned(),
            5 => "1 month".to_owned(),
            6 => "1 day".to_owned(),
            _ => format!("{} days", self.number(1, 4)),
        }
    }

    pub fn short(&mut self) -> String {
        match self.number(0, 3) {
            0 => format!("{} minutes", self.number(5, 300)),
            1 => "1 day".to_owned(),
            _ => format!("{} hours", self.number(1, 30)),
        }
    }

    fn clock(&mut self) -> String {
        // The hours in which clocks are changed are the interesting ones.
        let hour = if self.is(0.4) { self.number(0, 4) } else { self.number(0, 23) };
        format!("{hour:02}:{:02}", [0, 0, 15, 30, 45, 59][self.number(0, 5) as usize])
    }

    fn weekdays(&mut self) -> Value {
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let some: Vec<&str> = days.into_iter().filter(|_| self.is(0.6)).collect();
        json!(if some.is_empty() { vec!["sun", "mon"] } else { some })
    }

    // ---- policies ---------------------------------------------------------------------------------------------------

    pub fn policy(&mut self) -> Value {
        let mut policy = Map::new();
        let caps: Vec<Value> = (0..self.number(0, 4))
            .map(|_| {
                let most = if self.is(0.6) { 1 } else { self.number(2, 3) };
                let mut cap = json!({"per": self.short(), "most": most});
                // Over before a sender comes: then two actions that were decided wait for it.
                if self.is(0.4) {
                    cap["per"] = json!(format!("{} minutes", self.number(5, 200)));
                }
                if self.is(0.2) {
                    cap["per"] = json!(self.span());
                }
                if self.is(0.4) {
                    cap["channel"] = json!(self.one_of(&CHANNELS));
                }
                cap
            })
            .collect();
        policy.insert("caps".to_owned(), json!(caps));
        // One cap that is over before a sender comes, and no other hindrance: of the actions that wait by then, one is handed over.
        let is_short = self.is(0.35);
        if is_short {
            policy.insert("caps".to_owned(), json!([{"per": format!("{} minutes", self.number(5, 60)), "most": 1}]));
        }
        if !is_short && self.is(0.7) {
            let hour = |clock: &str| clock[..2].parse::<i64>().expect("an hour");
            let (from, mut to) = (self.clock(), self.clock());
            // Not nearly the whole day: then all is dropped.
            while to == from || (hour(&to) - hour(&from)).rem_euclid(24) > 13 {
                to = self.clock();
            }
            let night = json!({"from": "21:00", "to": "09:00"});
            let hours = if self.is(0.4) { night } else { json!({"from": from, "to": to}) };
            policy.insert("quiet_hours".to_owned(), hours);
        }
        if self.is(0.2) {
            policy.insert("weekdays".to_owned(), self.weekdays());
        }
        if self.is(0.85) {
            policy.insert("time_zone".to_owned(), json!("zone"));
        }
        if self.is(0.6) {
            policy.insert("deadline".to_owned(), json!(self.short()));
        }
        if self.is(0.3) {
            policy.insert("control".to_owned(), json!(0.2));
        }
        if self.is(0.3) {
            policy.insert("max_entries".to_owned(), json!(self.number(2, 8)));
        }
        if self.is(0.5) {
            policy.insert("consent".to_owned(), json!(self.one_of(&["required", "assumed"])));
        }
        Value::Object(policy)
    }

    // ---- conditions -------------------------------------------------------------------------------------------------

    /// A condition on the profile alone.
    fn on_profile(&mut self) -> Value {
        let (tier, points) = (self.one_of(&["gold", "silver", "none"]), self.number(0, 10));
        match self.number(0, 12) {
            0 => json!({"profile": "tier", "is": tier}),
            1 => json!({"profile": "tier", "is_not": tier}),
            2 => json!({"profile": "tier", "in": [tier, "gold"]}),
            3 => json!({"profile": "tier", "not_in": ["silver", tier]}),
            4 => json!({"profile": "tier", "is_null": self.is(0.5)}),
            5 => json!({"profile": "points", "less_than": points}),
            6 => json!({"profile": "points", "at_least": points}),
            7 => json!({"profile": "orders", "more_than": self.number(0, 3)}),
            8 => json!({"profile": "points", "at_most": points}),
            9 => json!({"profile": "insider", "is": self.is(0.5)}),
            10 => json!({"profile": "joined", "within_last": self.span()}),
            11 => json!({"profile": "born", "not_within_last": self.span()}),
            _ => json!({"profile": "joined", "at_least": "2024-03-30T00:30:00+00:00"}),
        }
    }

    /// A condition before an entry (no steps), or in a journey with these steps that act.
    fn condition(&mut self, acts: Option<&[String]>, depth: u32) -> Value {
        if depth > 0 && self.is(0.3) {
            let mut part = || self.condition(acts, depth - 1);
            let (one, other) = (part(), part());
            return match self.number(0, 2) {
                0 => json!({"and": [one, other]}),
                1 => json!({"or": [one, other]}),
                _ => json!({"not": one}),
            };
        }
        let mut form = Map::new();
        let since = |lots: &mut Self, form: &mut Map<String, Value>, with_of: bool| match acts {
            Some(acts) if !acts.is_empty() && lots.is(0.7) => {
                let act = json!(acts.choose(&mut lots.random));
                let key = if with_of && lots.is(0.6) { "of" } else { "since" };
                form.insert(key.to_owned(), act);
            }
            Some(_) if lots.is(0.3) => drop(form.insert("since".to_owned(), json!("entry"))),
            Some(_) if lots.is(0.4) => {}
            _ => drop(form.insert("within".to_owned(), json!(lots.span()))),
        };
        if acts.is_some() && self.speaks_of.is_some() && self.is(0.3) {
            return self.on_occasion(false);
        }
        match self.number(0, 9) {
            0..=2 => self.on_profile(),
            3..=5 => {
                if self.is(0.4) {
                    form.insert("at_least".to_owned(), json!(self.number(1, 3)));
                }
                if self.is(0.3) {
                    form.insert("spend_at_least".to_owned(), json!(self.number(5, 60)));
                }
                since(self, &mut form, false);
                json!({"bought": form})
            }
            6..=8 => {
                form.insert("event".to_owned(), json!(self.one_of(&KINDS)));
                if self.is(0.3) {
                    form.insert("at_least".to_owned(), json!(self.number(1, 2)));
                }
                if self.is(0.2) {
                    form.insert("channel".to_owned(), json!(self.one_of(&CHANNELS)));
                }
                since(self, &mut form, true);
                Value::Object(form)
            }
            _ => json!({"subscribed": self.one_of(&CHANNELS)}),
        }
    }

    // ---- journeys ---------------------------------------------------------------------------------------------------

    fn entry(&mut self) -> Value {
        match self.number(0, 15) {
            14 | 15 => self.joined(),
            0..=3 | 12 => {
                let mut entry = json!({"event": self.one_of(&["trial", "visit_shop", "cart", "opened"])});
                self.speaks_of = Some("event");
                if self.is(0.5) {
                    entry["key"] = if self.is(0.7) { json!("cart_id") } else { json!(["basket", "id"]) };
                }
                if self.is(0.4) {
                    entry["where"] = self.is_asked_for();
                }
                if self.is(0.5) {
                    entry["cancelled_by"] = if self.is(0.5) { json!("emptied") } else { json!(CANCELLING) };
                }
                entry
            }
            4 => {
                self.speaks_of = Some("event");
                if self.is(0.2) {
                    json!({"event": "registered", "where": self.is_asked_for()})
                } else {
                    json!({"event": "registered"})
                }
            }
            5 | 6 | 13 => {
                let mut entry = json!({"event": "ordered"});
                self.speaks_of = Some("order");
                if self.is(0.6) {
                    entry["key"] = json!("order");
                }
                if self.is(0.4) {
                    entry["where"] = self.is_asked_for();
                }
                if self.is(0.5) {
                    let by = [json!([]), json!("returned"), json!(["order", "returned"])];
                    entry["cancelled_by"] = by.choose(&mut self.random).cloned().expect("one");
                }
                entry
            }
            7 => json!({"movement": {"what": "stage", "to": ["new", "active", "lapsed", "at_risk"]}}),
            8 => json!({"date": "joined", "offset": self.one_of(&["-1 day", "2 hours", "1 day 3 hours"])}),
            9 => {
                let offset = self.one_of(&["-3 days", "-1 week", "1 day", "12 hours"]);
                json!({"date": "born", "offset": offset, "every_year": true, "at": self.clock()})
            }
            _ => json!({"condition": self.condition(None, 2), "existing": self.is(0.7)}),
        }
    }

    /// A journey of this number; it may call those of other names.
    pub fn journey(&mut self, called: &[&str], is_called: bool, entry: Option<&Value>) -> Value {
        self.speaks_of = None;
        let entry = match entry {
            Some(entry) => {
                let word = entry["event"].as_str();
                self.speaks_of = word.map(|word| if word == "ordered" { "order" } else { "event" });
                entry.clone()
            }
            None if is_called && self.is(0.5) => json!({"call": true}),
            None => self.entry(),
        };
        let steps = self.steps(called);
        let acts: Vec<String> = steps
            .iter()
            .filter(|step| !step["act"].is_null())
            .map(|step| step["name"].as_str().expect("a name").to_owned())
            .collect();
        let mut definition = json!({"entry": entry, "steps": steps, "priority": self.number(-1, 1)});
        if self.is(0.25) {
            definition["who"] = self.condition(None, 1);
        }
        definition["reentry"] = match self.number(0, 3) {
            0 => json!("once"),
            1 | 2 => json!("always"),
            _ => json!({"not_within": self.short()}),
        };
        if definition["entry"]["every_year"] == true && self.is(0.5) {
            definition.as_object_mut().expect("a definition").remove("reentry");
        }
        if self.is(0.8) {
            definition["goal"] = match self.number(0, 3) {
                0 => json!({"event": self.one_of(&KINDS[1..]), "within": self.span()}),
                1 => json!({"bought": {"at_least": 2, "spend_at_least": 20}, "within": self.span()}),
                2 => json!({"bought": true, "within": self.short()}),
                _ => json!({"bought": {"spend_at_least": 200}}),
            };
        }
        let mut exit = json!({"on_goal": self.is(0.5)});
        if self.is(0.3) {
            exit["unless"] = if self.is(0.5) {
                json!({"not": self.condition(Some(&acts), 1)})
            } else {
                self.condition(Some(&acts), 1)
            };
        }
        definition["exit"] = exit;
        if self.is(0.3) {
            definition["control"] = json!(0.3);
        }
        definition
    }

    /// Steps that lead on to one another; the last is an end.
    fn steps(&mut self, called: &[&str]) -> Vec<Value> {
        let number = self.number(3, 9) as usize;
        let name = |step: usize| if step < number { format!("step_{}", step + 1) } else { "end".to_owned() };
        let kinds: Vec<i64> = (0..number).map(|_| self.number(0, 17)).collect();
        let acts: Vec<String> = (0..number).filter(|step| kinds[*step] < 5).map(name).collect();
        let mut steps = Vec::new();
        // Waits for a time alone, to which loops may lead back.
        let mut times: Vec<String> = Vec::new();
        for (step, kind) in kinds.into_iter().enumerate() {
            // One of the later steps.
            let on = |lots: &mut Self| name(lots.number(step as i64 + 1, number as i64) as usize);
            let mut made = match kind {
                0..=4 => self.act(),
                5 => {
                    times.push(name(step));
                    json!({"wait": {"for": self.short()}})
                }
                6 => {
                    times.push(name(step));
                    let mut wait = json!({"until": self.clock()});
                    if self.is(0.4) {
                        wait["weekdays"] = self.weekdays();
                    }
                    json!({"wait": wait})
                }
                7 | 8 => {
                    let mut wait = json!({"event": self.one_of(&KINDS), "timeout": self.short()});
                    match self.number(0, 3) {
                        0 | 1 if !acts.is_empty() => wait["of"] = json!(acts.choose(&mut self.random)),
                        2 => wait["event"] = json!("ordered"),
                        _ => {}
                    }
                    if self.is(0.5) {
                        wait["then"] = json!(on(self));
                    }
                    json!({"wait": wait})
                }
                9 | 10 => {
                    let cases: Vec<Value> = (0..self.number(1, 2))
                        .map(|_| {
                            let back = times.choose(&mut self.random).cloned();
                            let to = back.filter(|_| self.is(0.7)).unwrap_or_else(|| on(self));
                            json!({"if": self.condition(Some(&acts), 2), "then": to})
                        })
                        .collect();
                    json!({"branch": cases})
                }
                11 => {
                    // The first arm leads to the step after it, so that each is reached.
                    let mut arms = vec![json!({"arm": "a", "weight": self.number(1, 3), "then": name(step + 1)})];
                    for arm in ["b", "c"].into_iter().take(self.number(1, 2) as usize) {
                        arms.push(json!({"arm": arm, "weight": self.number(1, 5), "then": on(self)}));
                    }
                    json!({"split": arms})
                }
                12 => {
                    times.push(name(step));
                    json!({"wait": {"for": self.short()}})
                }
                15..=17 => {
                    let of_event = self.is(0.5) && self.speaks_of == Some("event");
                    let mut wait = match of_event {
                        true => json!({"date": {"event": "on"}}),
                        false => json!({"date": self.one_of(&["joined", "joined", "joined", "born"])}),
                    };
                    wait["else"] = json!(on(self));
                    if self.is(0.6) {
                        wait["offset"] =
                            json!(self.one_of(&["1 day", "2 hours", "1 day 3 hours", "3 days", "-12 hours"]));
                    }
                    if self.is(0.6) {
                        wait["at"] = json!(self.clock());
                    }
                    json!({"wait": wait})
                }
                _ if called.is_empty() => self.act(),
                _ => json!({"call": self.one_of(called)}),
            };
            made["name"] = json!(name(step));
            steps.push(made);
        }
        if self.is(0.4) {
            let condition = self.condition(Some(&acts), 1);
            steps.push(json!({"name": "end", "branch": [{"if": condition, "then": "reached"}]}));
            steps.push(json!({"name": "over", "exit": "through"}));
            steps.push(json!({"name": "reached", "goal": true}));
        } else if let Some(back) = times.choose(&mut self.random).cloned() {
            let condition = self.condition(Some(&acts), 1);
            steps.push(json!({"name": "end", "branch": [{"if": condition, "then": back}]}));
            steps.push(json!({"name": "over", "exit": "done"}));
        } else {
            steps.push(json!({"name": "end", "exit": "done"}));
        }
        steps
    }

    fn act(&mut self) -> Value {
        let template = self.one_of(&["hello", "offer", "reminder"]);
        let mut act = json!({"channel": self.one_of(&CHANNELS), "template": template});
        if self.is(0.5) {
            act["payload"] = json!({"tier": {"profile": "tier"}, "of": [{"profile": "points"}, 1, {"x": {"profile": "insider"}}],
                "born": {"profile": "born"}, "fixed": {"profile": "tier", "and": 2.5}});
            match self.speaks_of {
                Some("event") => {
                    act["payload"]["lines"] = json!({"event": ["lines", "0"]});
                    act["payload"]["said"] = json!([{"event": "total"}, {"event": "nothing"}]);
                }
                Some(_) => {
                    let part = |name| json!({"order": name});
                    act["payload"]["order"] = json!([part("key"), part("at"), part("amount")]);
                }
                None => {}
            }
        }
        if self.is(0.3) {
            act["deadline"] = json!(self.short());
        }
        if self.is(0.15) {
            act["transactional"] = json!(true);
        }
        if self.is(0.15) {
            act["topic"] = json!(self.one_of(&["offers", "news"]));
        }
        json!({"act": act})
    }
}

/// The minutes of a length of time without months.
pub fn minutes(text: &str) -> i64 {
    let zero = DateTime::UNIX_EPOCH.naive_utc();
    (moved(zero, span(text), false) - zero).num_minutes()
}

/// The longest time, in minutes, in which a policy permits nothing.
pub fn longest_wait(policy: &Value) -> i64 {
    let hours = &policy["quiet_hours"];
    let quiet = hours["from"].as_str().map(|from| (time(from), time(hours["to"].as_str().expect("a time"))));
    let days = strings(&policy["weekdays"]);
    let zero = DateTime::UNIX_EPOCH.naive_utc();
    let wait = |minute| {
        let from = zero + Duration::minutes(minute);
        (next_permitted(Tz::UTC, from, quiet, &days) - from).num_minutes()
    };
    // Where nothing is permitted any more, or a day begins.
    let ends = (0..14).flat_map(|day| {
        let to = quiet.map_or(0, |(from, _)| i64::from(from.hour() * 60 + from.minute()));
        [day * 1440, day * 1440 + to]
    });
    ends.map(wait).max().unwrap_or(0)
}
