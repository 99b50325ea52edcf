//! What the detail of an event says: how long a bounce lasts, whether a machine opened, which topic was unsubscribed from.
//!
//! Each service calls it otherwise and puts it at another depth, so members are looked for by their normal names, wherever they stand.

use serde_json::Value;

use super::event_kind::Class;
use super::provider_words::{Meaning, normal_form};

/// An event as it is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Understood {
    /// The kind under which it is kept.
    pub kind: &'static str,
    /// How long a bounce lasts.
    pub class: Option<Class>,
    /// Whether it is said to be a machine's.
    pub is_machine: bool,
}

/// So many members of a detail are looked at, and so deep.
const MOST: usize = 2_000;
const DEEPEST: usize = 12;

/// The members of all objects of a detail, by their normal names, the outer ones first.
fn members(detail: &Value) -> Vec<(String, &Value)> {
    let (mut found, mut level) = (Vec::new(), vec![detail]);
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for value in level {
            match value {
                Value::Object(object) => {
                    for (name, value) in object.iter().take(MOST) {
                        found.push((normal_form(name), value));
                        next.push(value);
                    }
                }
                Value::Array(values) => next.extend(values.iter().take(MOST)),
                _ => {}
            }
            if found.len() + next.len() > MOST {
                return found;
            }
        }
        level = next;
    }
    found
}

/// The value of the first member of one of these names for which something can be said.
fn say<T>(members: &[(String, &Value)], names: &[&str], say: impl Fn(&Value) -> Option<T>) -> Option<T> {
    members.iter().filter(|(name, _)| names.contains(&name.as_str())).find_map(|(_, value)| say(value))
}

/// A text or number as a word in its normal form.
fn as_word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(normal_form(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a member says yes; None if it says nothing.
fn as_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) => Some(!["", "0", "false", "no", "none", "human"].contains(&normal_form(text).as_str())),
        _ => None,
    }
}

/// What a name for a sort of bounce says.
fn class_named(value: &Value) -> Option<Class> {
    match as_word(value)?.as_str() {
        "permanent" | "hard" | "hardbounce" | "bounce" | "bademailaddress" | "invalid" | "invalidaddress"
        | "invalidemail" | "undetermined" => Some(Class::Hard),
        "transient" | "temporary" | "soft" | "softbounce" | "blocked" | "block" | "dnserror" | "dmarcpolicy"
        | "mailboxfull" | "technical" | "reputation" | "frequencyvolume" | "mailboxunavailable" | "unknown" => {
            Some(Class::Soft)
        }
        _ => None,
    }
}

/// What SparkPost's class of bounces says: invalid recipient (10), no recipient (30) and unsubscribed (90) are for good.
fn class_of_sparkpost(value: &Value) -> Option<Class> {
    let class: u32 = as_word(value)?.parse().ok()?;
    Some(if [10, 30, 90].contains(&class) { Class::Hard } else { Class::Soft })
}

/// What Twilio's error codes say: no such number, no mobile number, unknown destination, a landline are for good.
fn class_of_twilio(value: &Value) -> Option<Class> {
    match as_word(value)?.parse().ok()? {
        21211 | 21214 | 21217 | 21610 | 21612 | 21614 | 30005 | 30006 => Some(Class::Hard),
        20000..=39999 => Some(Class::Soft),
        _ => None,
    }
}

/// What a reply of SMTP says: `5.1.1`, `550`, `550 5.1.1 no such user`, `smtp; 421 try later`.
fn class_of_reply(value: &Value) -> Option<Class> {
    let text = match value {
        Value::String(text) => text.chars().take(200).collect(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let mut words = text.split(|char: char| !char.is_ascii_digit() && char != '.').filter(|word| !word.is_empty());
    words.find_map(|word| {
        let is_code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        let parts: Vec<&str> = word.trim_end_matches('.').split('.').collect();
        let is_status =
            parts.len() == 3 && parts[0].len() == 1 && parts.iter().all(|part| !part.is_empty() && part.len() <= 3);
        match word.as_bytes()[0] {
            b'5' if is_code || is_status => Some(Class::Hard),
            b'4' if is_code || is_status => Some(Class::Soft),
            _ => None,
        }
    })
}

/// How long a bounce lasts by its detail; None if that says nothing.
pub fn class_of_bounce(detail: &Value) -> Option<Class> {
    let members = members(detail);
    let hard_or_soft = |value: &Value| as_flag(value).map(|is_hard| if is_hard { Class::Hard } else { Class::Soft });
    let named = ["bouncetype", "severity", "type", "bounceclassification", "errortype"];
    let reply = ["status", "code", "smtpcode", "smtpstatus", "statuscode", "enhancedstatuscode", "enhancedcode"];
    let words = [
        "diagnosticcode",
        "diag",
        "smtpresponse",
        "response",
        "reason",
        "rawreason",
        "error",
        "description",
        "details",
        "message",
    ];
    say(&members, &["hardbounce"], hard_or_soft)
        .or_else(|| say(&members, &["bounceclass"], class_of_sparkpost))
        .or_else(|| say(&members, &named, class_named))
        .or_else(|| say(&members, &["errorcode"], class_of_twilio))
        .or_else(|| say(&members, &reply, class_of_reply))
        .or_else(|| say(&members, &words, class_of_reply))
}

/// Whether the detail says that a machine opened or clicked.
pub fn is_machine(detail: &Value) -> bool {
    let flags = [
        "sgmachineopen",
        "machine",
        "ismachine",
        "machineopen",
        "isprefetched",
        "prefetched",
        "bot",
        "isbot",
        "robot",
        "isrobot",
        "proxy",
        "isproxy",
        "isproxied",
        "prefetch",
        "applemailprivacy",
        "mpp",
        "ismpp",
    ];
    let members = members(detail);
    members.iter().any(|(name, value)| match name.as_str() {
        "clienttype" => as_word(value).is_some_and(|word| ["robot", "bot", "library"].contains(&word.as_str())),
        name => flags.contains(&name) && as_flag(value) == Some(true),
    })
}

/// The topic that the detail names.
pub fn topic(detail: &Value) -> Option<&str> {
    detail.get("topic").and_then(Value::as_str).map(str::trim).filter(|topic| !topic.is_empty())
}

/// Why a provider did not send: what the customer has said before, or a fault of the address, or of the message.
fn dropped(detail: &Value) -> Meaning {
    let members = members(detail);
    let hard = Meaning::Bounce(Some(Class::Hard));
    let reason = |value: &Value| {
        let word = as_word(value)?;
        Some(match word.as_str() {
            word if word.starts_with("unsub") => Meaning::Unsubscribe,
            "spam" | "spamreportingaddress" => Meaning::Complaint,
            "softbounce" => Meaning::Bounce(Some(Class::Soft)),
            "invalidsmtpapiheader"
            | "spamcontent"
            | "spamcontentifspamcheckerappenabled"
            | "recipientlistoverpackagequota"
            | "invalidsender"
            | "testmodelimit"
            | "unsigned"
            | "rule" => Meaning::Deferred,
            _ => hard,
        })
    };
    say(&members, &["reason"], reason).unwrap_or(hard)
}

/// What a change of a subscription says: an end, unless it says clearly that messages are wanted.
fn subscription(detail: &Value) -> Meaning {
    let members = members(detail);
    let is_wanted = |value: &Value| as_flag(value).map(|stops| !stops);
    match say(&members, &["suppresssending", "unsubscribeall"], is_wanted) {
        Some(true) => {
            let opts_out = |value: &Value| (as_word(value)? == "optout").then_some(());
            match say(&members, &["subscriptionstatus"], opts_out) {
                Some(()) => Meaning::Unsubscribe,
                None => Meaning::Subscribe,
            }
        }
        _ => {
            let reason = |value: &Value| match as_word(value)?.as_str() {
                "hardbounce" => Some(Meaning::Bounce(Some(Class::Hard))),
                "spamcomplaint" => Some(Meaning::Complaint),
                _ => None,
            };
            say(&members, &["suppressionreason"], reason).unwrap_or(Meaning::Unsubscribe)
        }
    }
}

/// What a word means with its detail.
pub fn understand(meaning: Meaning, detail: &Value) -> Understood {
    let meaning = match meaning {
        Meaning::Dropped => dropped(detail),
        Meaning::Subscription => subscription(detail),
        Meaning::Bounce(None) => {
            // A number that has said STOP, or an address that was unsubscribed.
            let unsubscribed = |value: &Value| (["21610", "90"].contains(&as_word(value)?.as_str())).then_some(());
            match say(&members(detail), &["errorcode", "bounceclass"], unsubscribed) {
                Some(()) => Meaning::Unsubscribe,
                None => Meaning::Bounce(Some(class_of_bounce(detail).unwrap_or(Class::Hard))),
            }
        }
        meaning => meaning,
    };
    let class = match meaning {
        Meaning::Bounce(class) => Some(class.unwrap_or(Class::Hard)),
        _ => None,
    };
    let is_machine =
        meaning == Meaning::MachineOpen || (matches!(meaning, Meaning::Open | Meaning::Click) && is_machine(detail));
    Understood { kind: meaning.kind(), class, is_machine }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::provider_words::meaning;
    use super::*;

    fn said(word: &str, detail: Value) -> Understood {
        understand(meaning(word, None).unwrap(), &detail)
    }

    #[test]
    fn a_bounce_lasts_as_its_detail_says() {
        let cases = [
            (json!({"bounce": {"bounceType": "Permanent", "bounceSubType": "General"}}), Class::Hard),
            (json!({"bounce": {"bounceType": "Transient", "bouncedRecipients": [{"status": "5.1.1"}]}}), Class::Soft),
            (json!({"type": "Permanent", "code": "550 5.1.1 no such user"}), Class::Hard),
            (json!({"Type": "SoftBounce", "TypeCode": 4096}), Class::Soft),
            (json!({"type": "blocked", "reason": "550 blocked"}), Class::Soft),
            (json!({"event-data": {"severity": "temporary", "delivery-status": {"code": 452}}}), Class::Soft),
            (json!({"event-data": {"delivery-status": {"code": 550}}}), Class::Hard),
            (json!({"hard_bounce": false}), Class::Soft),
            (json!({"msys": {"message_event": {"bounce_class": "10"}}}), Class::Hard),
            (json!({"bounce_class": 22}), Class::Soft),
            (json!({"ErrorCode": "30003"}), Class::Soft),
            (json!({"ErrorCode": 30005}), Class::Hard),
            (json!({"status": "4.2.2"}), Class::Soft),
            (json!({"diag": "smtp; 421 4.7.0 try later"}), Class::Soft),
            (json!({}), Class::Hard),
            (json!(null), Class::Hard),
            (json!([1, "x", [[]]]), Class::Hard),
            (json!({"type": ["soft"], "status": {"a": 1}}), Class::Hard),
        ];
        for (detail, class) in cases {
            let expected = Understood { kind: "bounce", class: Some(class), is_machine: false };
            assert_eq!(said("bounced", detail.clone()), expected, "{detail}");
        }
        assert_eq!(said("soft_bounce", json!({"status": "5.1.1"})).class, Some(Class::Soft));
    }

    #[test]
    fn what_was_not_sent_says_why() {
        let cases = [
            ("dropped", json!({"reason": "Unsubscribed Address"}), "unsubscribe"),
            ("dropped", json!({"reason": "Spam Reporting Address"}), "complaint"),
            ("dropped", json!({"reason": "Bounced Address"}), "bounce"),
            ("dropped", json!({"reason": "Invalid SMTPAPI header"}), "deferred"),
            ("dropped", json!({}), "bounce"),
            ("reject", json!({"msg": {"reject": {"reason": "unsub"}}}), "unsubscribe"),
            ("undelivered", json!({"ErrorCode": "21610"}), "unsubscribe"),
            ("SubscriptionChange", json!({"SuppressSending": true, "SuppressionReason": "SpamComplaint"}), "complaint"),
            ("SubscriptionChange", json!({"SuppressSending": false}), "subscribe"),
            ("SubscriptionChange", json!({}), "unsubscribe"),
            ("Subscription", json!({"newTopicPreferences": {"unsubscribeAll": true}}), "unsubscribe"),
        ];
        for (word, detail, kind) in cases {
            assert_eq!(said(word, detail.clone()).kind, kind, "{word} {detail}");
        }
    }

    #[test]
    fn machines_are_known_by_their_flags() {
        for detail in [
            json!({"sg_machine_open": true}),
            json!({"is_prefetched": true}),
            json!({"client-info": {"bot": "apple"}}),
            json!({"client-info": {"client-type": "robot"}}),
            json!({"proxy": 1}),
        ] {
            assert!(said("open", detail.clone()).is_machine, "{detail}");
            assert!(!said("reply", detail).is_machine);
        }
        for detail in
            [json!({"sg_machine_open": false}), json!({"client-info": {"bot": ""}}), json!({"bot": null}), json!([])]
        {
            assert!(!said("click", detail.clone()).is_machine, "{detail}");
        }
        assert!(said("unique_proxy_open", json!(null)).is_machine);
    }

    #[test]
    fn a_topic_is_a_text_of_the_outermost_object() {
        assert_eq!(topic(&json!({"topic": " offers "})), Some("offers"));
        for detail in
            [json!({"topic": ""}), json!({"topic": 1}), json!(["topic"]), json!({"a": {"topic": "x"}}), json!(null)]
        {
            assert_eq!(topic(&detail), None, "{detail}");
        }
    }

    #[test]
    fn a_detail_of_any_size_and_depth_is_read() {
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!({"a": [deep]});
        }
        assert_eq!(said("bounce", deep).class, Some(Class::Hard));
        let wide = Value::Array(vec![json!({"": null}); 100_000]);
        assert_eq!(said("bounce", wide).class, Some(Class::Hard));
    }
}
