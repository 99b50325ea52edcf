//! Ready-made journeys: a name and a few settings make the definition of each.
//!
//! All know the settings `channel` (email), `prefix` (of the templates' names; the journey's name and `_`), `control` (0), `priority`
//! (0) and `goal_within`. What else each knows stands beside it below.

use serde_json::{Map, Value, json};

use super::json_path::{JsonPath, perhaps};
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// A journey that is ready made.
struct ReadyMade {
    name: &'static str,
    description: &'static str,
    /// The default of `goal_within`.
    goal_within: &'static str,
    /// Lengths of time that can be set, each with its default.
    spans: &'static [(&'static str, &'static str)],
    /// Names that can be set, each with its default; empty for none.
    names: &'static [(&'static str, &'static str)],
    /// What can be switched on.
    switches: &'static [&'static str],
    build: fn(&Settings<'_>) -> Value,
}

const READY_MADE: [ReadyMade; 7] = [
    ReadyMade {
        name: "welcome",
        description: "a letter after the registration; a second if the first is not opened; a third if the customer buys nothing",
        goal_within: "30 days",
        // How long a letter may lie unopened, and how long a reader may think.
        spans: &[("opening", "3 days"), ("thinking", "4 days")],
        names: &[],
        switches: &[],
        build: welcome,
    },
    ReadyMade {
        name: "post_purchase",
        description: "thanks for an order, then a request for a review, then what goes with it",
        goal_within: "60 days",
        // From the thanks to the request, and from there to the offer.
        spans: &[("review", "14 days"), ("cross_sell", "16 days")],
        names: &[],
        switches: &[],
        build: post_purchase,
    },
    ReadyMade {
        name: "replenishment",
        description: "a reminder shortly before the next purchase is expected, and another if it does not come",
        goal_within: "30 days",
        // How long before the expected day, how long until the second reminder, and how long a customer is not reminded again.
        spans: &[("before", "3 days"), ("again", "7 days"), ("reentry", "14 days")],
        names: &[],
        switches: &[],
        build: replenishment,
    },
    ReadyMade {
        name: "at_risk",
        description: "a reminder to customers who are late by their own rhythm, then an offer",
        goal_within: "30 days",
        spans: &[("offer", "7 days"), ("answer", "14 days"), ("reentry", "60 days")],
        names: &[],
        switches: &[],
        build: at_risk,
    },
    ReadyMade {
        name: "win_back",
        description: "three letters to customers who have not bought for long; those who answer get an offer, the others are suppressed",
        goal_within: "60 days",
        // How long without a purchase, how long a letter waits for an answer, and how long an offer does.
        spans: &[("after", "12 months"), ("answer", "10 days"), ("offer", "14 days")],
        // The channel by which the sender is told to write no more, and a journey for those who answer, in place of the offer.
        names: &[("suppress", "suppress"), ("conversion", "")],
        // Whether those come too who have not bought for so long when the journey starts.
        switches: &["existing"],
        build: win_back,
    },
    ReadyMade {
        name: "vip",
        description: "thanks to customers who become VIPs, then early access",
        goal_within: "60 days",
        spans: &[("early_access", "14 days"), ("answer", "30 days")],
        names: &[],
        switches: &["existing"],
        build: vip,
    },
    ReadyMade {
        name: "referral",
        description: "asks customers who buy again and read the letters for a referral, and thanks them for it",
        goal_within: "60 days",
        // Within how long a letter must have been read, and how long the recommendation may take.
        spans: &[("engaged", "60 days"), ("answer", "30 days")],
        names: &[],
        switches: &["existing"],
        build: referral,
    },
];

/// The names of all.
pub fn names() -> Vec<&'static str> {
    READY_MADE.iter().map(|ready| ready.name).collect()
}

/// The definition of a journey that is ready made, as the settings want it.
///
/// # Errors
/// [`Kind::UndefinedObject`] for an unknown name, [`Kind::InvalidParameter`] for a setting that does not exist or serve.
pub fn ready_made(name: &str, settings: &Value) -> Result<Value> {
    let ready = READY_MADE.iter().find(|ready| ready.name == name).ok_or_else(|| {
        let unknown = format!("there is no ready-made journey \"{}\"", shorten(name));
        perhaps(Error::new(Kind::UndefinedObject, unknown), name, &names())
    })?;
    let settings = Settings::read(ready, settings)?;
    let Value::Object(own) = (ready.build)(&settings) else { return Ok(Value::Null) };
    let mut definition = Map::new();
    definition.insert("description".to_owned(), json!(ready.description));
    definition.insert("control".to_owned(), settings.number("control"));
    definition.insert("priority".to_owned(), settings.number("priority"));
    definition.insert("goal".to_owned(), json!({"bought": true, "within": settings.text("goal_within")}));
    definition.extend(own);
    Ok(Value::Object(definition))
}

// ---- settings -------------------------------------------------------------------------------------------------------

struct Settings<'a> {
    ready: &'a ReadyMade,
    given: &'a Map<String, Value>,
}

impl<'a> Settings<'a> {
    fn read(ready: &'a ReadyMade, json: &'a Value) -> Result<Self> {
        let whole = JsonPath::of(json, "settings");
        let Value::Object(given) = json else { return Err(whole.must_be("an object")) };
        let spans = || ready.spans.iter().map(|(name, _)| *name).chain(["goal_within"]);
        let names = || ready.names.iter().map(|(name, _)| *name).chain(["channel"]);
        let known: Vec<&str> = spans()
            .chain(names())
            .chain(ready.switches.iter().copied())
            .chain(["prefix", "control", "priority"])
            .collect();
        let object = whole.object(&known)?;
        spans().try_for_each(|name| object.read(name, JsonPath::span).map(drop))?;
        names().try_for_each(|name| object.read(name, |place| place.name().map(drop)).map(drop))?;
        ready.switches.iter().try_for_each(|name| object.read(name, JsonPath::boolean).map(drop))?;
        object.read("prefix", |place| {
            let prefix = place.text()?;
            if prefix.chars().count() > 500 { Err(place.refuse("more than 500 characters")) } else { Ok(()) }
        })?;
        object.read("control", JsonPath::share)?;
        object.read("priority", |place| place.whole(-1000, 1000))?;
        Ok(Settings { ready, given })
    }

    /// A text that was given, or its default.
    fn text(&self, name: &str) -> &str {
        let default = match name {
            "channel" => "email",
            "goal_within" => self.ready.goal_within,
            _ => self
                .ready
                .spans
                .iter()
                .chain(self.ready.names)
                .find_map(|(known, default)| (*known == name).then_some(*default))
                .unwrap_or_default(),
        };
        self.given.get(name).and_then(Value::as_str).unwrap_or(default)
    }

    fn number(&self, name: &str) -> Value {
        self.given.get(name).cloned().unwrap_or(json!(0))
    }

    fn is_on(&self, name: &str) -> bool {
        self.given.get(name) == Some(&Value::Bool(true))
    }

    /// A step that sends the template of this name.
    fn send(&self, step: &str) -> Value {
        self.act(step, self.text("channel"))
    }

    fn act(&self, step: &str, channel: &str) -> Value {
        let template = match self.given.get("prefix").and_then(Value::as_str) {
            Some(prefix) => format!("{prefix}{step}"),
            None => format!("{}_{step}", self.ready.name),
        };
        json!({"name": step, "act": {"channel": channel, "template": template}})
    }

    /// A step that waits for a time that can be set.
    fn wait(&self, step: &str, span: &str) -> Value {
        json!({"name": step, "wait": {"for": self.text(span)}})
    }

    /// A step that waits for a letter to be opened, and then leads elsewhere.
    fn opening(&self, step: &str, letter: &str, span: &str, then: &str) -> Value {
        json!({"name": step, "wait": {"event": "opened", "of": letter, "timeout": self.text(span), "then": then}})
    }
}

fn exit(step: &str, why: &str) -> Value {
    json!({"name": step, "exit": why})
}

// ---- the journeys ---------------------------------------------------------------------------------------------------

fn welcome(s: &Settings<'_>) -> Value {
    json!({
        "entry": {"event": "registered"},
        "steps": [
            s.send("letter"),
            s.opening("first_opening", "letter", "opening", "thinking"),
            s.send("second_letter"),
            s.opening("second_opening", "second_letter", "opening", "thinking"),
            exit("unread", "opened no letter"),
            s.wait("thinking", "thinking"),
            s.send("third_letter"),
            s.wait("deciding", "thinking"),
            exit("unconvinced", "bought nothing"),
        ]
    })
}

fn post_purchase(s: &Settings<'_>) -> Value {
    json!({
        "entry": {"event": "ordered"},
        "reentry": "always",
        "steps": [
            s.send("thanks"),
            s.wait("using", "review"),
            s.send("review_request"),
            s.wait("pausing", "cross_sell"),
            s.send("cross_sell"),
            exit("done", "all was sent"),
        ]
    })
}

fn replenishment(s: &Settings<'_>) -> Value {
    json!({
        "entry": {"date": "next_purchase", "offset": format!("-{}", s.text("before").trim_start())},
        "reentry": {"not_within": s.text("reentry")},
        "steps": [
            s.send("reminder"),
            s.wait("waiting", "again"),
            s.send("second_reminder"),
            s.wait("waiting_again", "again"),
            exit("not_yet", "bought nothing"),
        ]
    })
}

fn at_risk(s: &Settings<'_>) -> Value {
    json!({
        "entry": {"movement": {"what": "stage", "to": "at_risk"}},
        "reentry": {"not_within": s.text("reentry")},
        // Whoever lapses on the way is still to be had back.
        "exit": {"unless": {"profile": "stage", "in": ["at_risk", "lapsed"]}},
        "steps": [
            s.send("reminder"),
            s.wait("waiting", "offer"),
            s.send("offer"),
            s.wait("deciding", "answer"),
            exit("not_reactivated", "bought nothing"),
        ]
    })
}

fn win_back(s: &Settings<'_>) -> Value {
    let answered = |letter: &str, next: &str| {
        let did = |kind: &str| json!({"event": kind, "since": "we_miss_you"});
        let any = json!({"or": [did("opened"), did("clicked"), did("visited"), did("replied")]});
        json!({"name": format!("answer_to_{letter}"), "branch": [{"if": any, "then": "answered"}], "else": next})
    };
    let mut steps = vec![
        s.send("we_miss_you"),
        s.opening("first_wait", "we_miss_you", "answer", "answered"),
        answered("first", "what_is_new"),
        s.send("what_is_new"),
        s.opening("second_wait", "what_is_new", "answer", "answered"),
        answered("second", "last_letter"),
        s.send("last_letter"),
        s.opening("third_wait", "last_letter", "answer", "answered"),
        answered("third", "sunset"),
    ];
    // Those who answer are worth an offer, or a journey of their own. The others cost the sender its good name.
    steps.extend(match s.text("conversion") {
        "" => [
            json!({"name": "answered", "act": s.send("offer")["act"]}),
            s.wait("deciding", "offer"),
            exit("unconvinced", "answered, and bought nothing"),
        ]
        .to_vec(),
        journey => [json!({"name": "answered", "call": journey}), exit("converting", "answered")].to_vec(),
    });
    steps.extend([s.act("sunset", s.text("suppress")), exit("taken_out", "sunset")]);
    let lapsed = json!({"profile": "last_purchase", "not_within_last": s.text("after")});
    json!({
        "entry": {"condition": {"and": [{"profile": "orders", "at_least": 1}, lapsed]}, "existing": s.is_on("existing")},
        "who": {"subscribed": s.text("channel")},
        "reentry": {"not_within": s.text("after")},
        "exit": {"unless": {"subscribed": s.text("channel")}},
        "steps": steps,
    })
}

fn vip(s: &Settings<'_>) -> Value {
    json!({
        "entry": {"condition": {"profile": "vip", "is": true}, "existing": s.is_on("existing")},
        // Early access is also for customers who buy, and not for those who are no longer VIPs.
        "exit": {"on_goal": false, "unless": {"profile": "vip", "is": true}},
        "steps": [
            s.send("thanks"),
            s.wait("enjoying", "early_access"),
            s.send("early_access"),
            s.wait("looking", "answer"),
            exit("done", "all was sent"),
        ]
    })
}

fn referral(s: &Settings<'_>) -> Value {
    let did = |kind: &str| json!({"event": kind, "within": s.text("engaged")});
    json!({
        "entry": {
            "condition": {"and": [{"profile": "orders", "at_least": 2}, {"or": [did("opened"), did("clicked")]}]},
            "existing": s.is_on("existing"),
        },
        "goal": {"event": "referral", "within": s.text("goal_within")},
        // The thanks come after the goal.
        "exit": {"on_goal": false},
        "steps": [
            s.send("request"),
            json!({"name": "hoping", "wait": {"event": "referral", "timeout": s.text("answer"), "then": "thanks"}}),
            exit("no_referral", "no referral"),
            s.send("thanks"),
            json!({"name": "recommended", "goal": true}),
        ]
    })
}
