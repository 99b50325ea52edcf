//! The JSON Schemas of the docs say what the reader takes, as far as a schema can.

use boon::{Compiler, SchemaIndex, Schemas};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::accepted::full_policy;
use super::properties::definition;
use super::rejected::{Schema, broken, broken_policies, definition_of};
use super::sound;
use crate::domain::journey::definition::ready_made::{names, ready_made};

struct Compiled(Schemas, SchemaIndex);

impl Compiled {
    fn of(text: &str) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("journey.json", serde_json::from_str(text).unwrap()).unwrap();
        let index = compiler.compile("journey.json", &mut schemas).unwrap();
        Compiled(schemas, index)
    }

    fn definition() -> Self {
        Self::of(include_str!("../../../../docs/journey.schema.json"))
    }

    fn takes(&self, json: &Value) -> bool {
        self.0.validate(json, self.1).is_ok()
    }
}

#[test]
fn what_the_reader_takes_the_schema_takes() {
    let schema = Compiled::definition();
    assert!(schema.takes(&sound()));
    assert!(schema.takes(&json!({"entry": {"call": true}, "steps": [{"name": "end", "goal": true}]})));
    for name in names() {
        assert!(schema.takes(&ready_made(name, &json!({})).unwrap()), "{name}");
    }
    let settings = json!({"conversion": "welcome", "existing": true});
    assert!(schema.takes(&ready_made("win_back", &settings).unwrap()));
}

#[test]
fn what_is_broken_in_itself_both_refuse() {
    let schema = Compiled::definition();
    for (pointer, value, _, words, expected) in broken() {
        let takes = schema.takes(&definition_of(pointer, &value));
        assert_eq!(takes, expected == Schema::CannotTell, "{pointer} = {value} ({words})");
    }
}

#[test]
fn policies_likewise() {
    let schema = Compiled::of(include_str!("../../../../docs/journey_policy.schema.json"));
    assert!(schema.takes(&json!({})) && schema.takes(&full_policy()));
    for (json, place, words) in broken_policies() {
        let cannot_tell = place == "time_zone" || words == "are the same" || words == "more than nothing";
        assert_eq!(schema.takes(&json), cannot_tell, "{json}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_made_by_the_rules_the_schema_takes(json in definition()) {
        prop_assert!(Compiled::definition().takes(&json), "{json}");
    }
}
