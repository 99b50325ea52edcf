//! Every journey that is ready made is one that is taken.

use serde_json::json;

use super::read_as;
use crate::domain::journey::definition::ready_made::{names, ready_made};
use crate::domain::journey::definition::{Entry, StepKind};
use crate::domain::time::span::Span;

#[test]
fn each_can_be_read() {
    for name in names() {
        read_as(&ready_made(name, &json!({})).unwrap(), name).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn settings_arrive() {
    let settings = json!({
        "channel": "sms", "prefix": "x'", "control": 0.2, "priority": 7, "goal_within": "5 days", "opening": "1 hour"
    });
    let read = read_as(&ready_made("welcome", &settings).unwrap(), "welcome").unwrap();
    assert_eq!((read.control, read.priority, read.goal.within), (0.2, 7, Span::days(5)));
    let StepKind::Act { act, .. } = &read.steps[0].kind else { panic!("no act") };
    assert_eq!((act.channel.as_str(), act.template.as_str()), ("sms", "x'letter"));

    let settings = json!({"existing": true, "conversion": "welcome", "suppress": "crm", "after": "6 months"});
    let read = read_as(&ready_made("win_back", &settings).unwrap(), "win_back").unwrap();
    assert!(matches!(read.entry, Entry::Condition { existing: true, .. }));
    assert!(read.steps.iter().any(|step| matches!(&step.kind, StepKind::Call { journey, .. } if journey == "welcome")));
    assert!(read.steps.iter().any(|step| matches!(&step.kind, StepKind::Act { act, .. } if act.channel == "crm")));
}
