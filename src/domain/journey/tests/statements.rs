//! Every statement that journeys run is one statement, whatever the names, the definition and the policy.

use std::cell::Cell;
use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::properties::definition;
use super::{columns, sound};
use crate::domain::journey::definition::policy::Policy;
use crate::domain::journey::definition::read_definition::read;
use crate::domain::journey::definition::{Entry, Occasion, StepKind};
use crate::domain::journey::delivery;
use crate::domain::journey::engine::context::{ActiveVersion, Fresh, RunContext};
use crate::domain::journey::engine::enter::ScanPosition;
use crate::domain::journey::engine::leave::Scope;
use crate::domain::journey::engine::simulation::{Assumed, Wanted};
use crate::domain::journey::engine::why_nobody::why_nobody_enters;
use crate::domain::journey::engine::{batch, brake, decide, enter, fresh, hand_over, leave, simulation};
use crate::domain::journey::people::holdings::{self, HOLDINGS};
use crate::domain::journey::people::{self, forget, merge};
use crate::domain::journey::results::experiment;
use crate::domain::journey::results::explain::explain;
use crate::domain::journey::results::lift::{Comparison, Control, EntryArm};
use crate::domain::journey::results::report::{Question, has_arms};
use crate::domain::journey::suppressions::Reason;
use crate::domain::journey::tables;
use crate::domain::store::Store;
use crate::domain::store::fresh::{Watch, Watched};
use crate::domain::store::scoring;
use crate::domain::store::tests::stores;
use crate::domain::support::sql::Sql;
use crate::domain::support::sql_parser::{HOSTILE_NAMES, assert_is_one_statement, output_columns};
use crate::domain::time::span::Span;

const INSTANT: &str = "2024-03-01 12:00:00+00";

/// What does not depend on a definition.
fn of_a_store(store: &Store, name: &str) -> Vec<Sql> {
    let mut all = tables::create(store);
    all.extend(tables::drop(store));
    all.extend([
        hand_over::choose(store, true),
        hand_over::choose(store, false),
        delivery::head(store),
        delivery::retry(store),
        delivery::record(store),
        batch::lock(store, 7),
        batch::lock_customer(store),
        batch::lock_store(store),
        explain(store, name, name),
        batch::lock_customers(store),
        people::lock_journeys(store),
        people::lock_people(store),
        people::lock_actions(store),
        people::lock_events(store),
        people::hold_customer(store),
        people::whose(store),
        people::note_change(store),
        people::see_changes(store),
        holdings::persons(store),
        holdings::recipients(store),
        holdings::codes(store),
        people::journeys_in_force(store),
        holdings::forget_recipients(store),
        forget::keep_credit(store),
        forget::keep_goals(store),
        forget::anonymize(store),
        forget::remember_hashes(store),
        forget::unforget(store),
        merge::state(store),
        merge::end_twins(store),
        merge::number_entries(store),
        merge::log_end(store),
        has_arms(store, name),
        experiment::recent_spend(store, INSTANT, Span::days(30)),
    ]);
    all.extend(HOLDINGS.iter().flat_map(|holding| holding.delete(store).into_iter().chain(holding.export(store))));
    all.extend(merge::settle_numbers(store));
    all.extend(merge::keep_objections(store));
    all.extend(merge::know(store));
    all.extend(merge::write(store));
    all.extend(["event", "suppression", "consent"].map(|table| merge::give(store, table)));
    for layout in [2, 3] {
        all.extend([
            delivery::complete(store, layout),
            delivery::action(store, layout),
            delivery::fail(store, layout),
            delivery::cancel(store, layout, Reason::Complaint),
            delivery::cancel(store, layout, Reason::HardBounce),
            delivery::prove(store, layout),
        ]);
    }
    for (group_by, has_arms) in [(None, false), (Some(name), true)] {
        let question = Question { store, journey: name, number: 1, group_by, has_arms, as_of: INSTANT };
        all.push(question.report());
        all.extend([None, Some(Control::Store), Some(Control::Journey)].map(|against| lift(&question, against)));
    }
    all
}

/// The comparison that answers a question.
fn lift(question: &Question, against: Option<Control>) -> Sql {
    let arm = |arm: &str| EntryArm { version: 1, split: "subject".into(), arm: arm.into(), weight: 0.5 };
    let arms = if question.has_arms { vec![arm("a"), arm("b"), EntryArm { version: 2, ..arm("c") }] } else { vec![] };
    let fit = scoring::Fit::default();
    Comparison { question, known_until: INSTANT, against, confidence: 0.95, arms: &arms, fit: &fit }.lift()
}

/// What a run, or a simulation, does whatever the steps of a journey.
fn of_a_run(context: &RunContext, journey: &ActiveVersion) -> Vec<Sql> {
    let both = [journey.clone(), ActiveVersion { version: 8, ..journey.clone() }];
    let mut all = batch::scratch_tables(context);
    all.extend(batch::drop_scratch_tables(context));
    all.extend(batch::take_all_due(context, &both));
    all.extend([
        batch::try_lock(context, &[1, 2]),
        batch::lock_all(context, batch::CUSTOMERS),
        batch::take_due(context, &both, &[1, 2], 100),
        batch::customers_due(context),
        batch::due_steps(context),
        batch::take_events(context, 100),
        batch::customers_of_events(context),
        batch::events_processed(context),
        batch::take_settled(context, 100),
        batch::expire(context, &both),
        batch::customers_of_settled(context),
        batch::wake_settled(context),
        enter::taken(context),
        batch::leave_out(context, batch::EVENTS),
    ]);
    for whom in [Scope::Customers, Scope::Changed, Scope::Everybody, Scope::Bucket(3)] {
        all.extend(fresh::take_changed(context, &fresh::customers(context, whom)));
    }
    all.extend(fresh::build(context));
    all.extend(fresh::forget(context));
    if context.is_simulation {
        let assumed = [Assumed { kind: "open".to_owned(), share: 0.5 }];
        all.extend(simulation::begin(context, journey));
        let wanted = Wanted::of(journey, &json!({"p_alive": "segment_since"}), &json!({}));
        assert!(wanted.has("segment") && !wanted.has("p_alive"));
        let fit = scoring::Fit::default();
        let (columns, scored) = scoring::scored_in_part(&context.store, INSTANT, &fit, |_| true);
        all.extend(simulation::profiles(context, &columns, &scored, &wanted, false));
        let nothing = Wanted::of(journey, &json!({}), &json!({}));
        all.extend(simulation::profiles(context, &[], &scored, &nothing, true));
        all.extend(simulation::analyze(context));
        all.push(simulation::had_happened(context, INSTANT));
        all.extend(simulation::happened(context, INSTANT));
        all.extend(simulation::refreshed(context));
        all.extend(simulation::react(context, &assumed));
        all.push(simulation::results(context));
        all.push(experiment::past_customers(context, INSTANT, 20));
        all.push(experiment::expected_customers(context, INSTANT, INSTANT));
        all.extend(simulation::end(context));
    }
    all
}

/// The brake.
fn of_a_brake(context: &RunContext, journey: &ActiveVersion) -> Vec<Sql> {
    let occasions = brake::held_events(context, journey, &Occasion::of_kind(&journey.name));
    vec![
        brake::count_in(context, journey, 3),
        brake::entered(context, journey),
        brake::coming(context, journey, &occasions),
        brake::limit(context, journey),
        brake::begin_release(context),
        brake::hold(context, journey, &brake::first_event(context)),
        brake::lock(context, journey),
        brake::has_held_events(context, journey),
        brake::forget_held_events(context, journey),
        occasions,
        batch::swept(context),
    ]
}

/// What it does with a journey that calls itself.
fn of_a_journey(context: &RunContext, journey: &ActiveVersion) -> Vec<Sql> {
    let mut all = simulation::count(context, journey, &scoring::Fit::default());
    all.extend(why_nobody_enters(context, journey, INSTANT, INSTANT).count);
    all.extend(of_a_brake(context, journey));
    let held = brake::customers_of_held_events(context, journey, &Occasion::of_kind(&journey.name));
    all.extend(fresh::take_changed(context, &held));
    let seen = ScanPosition {
        movement: "1".to_owned(),
        last_movement: "2".to_owned(),
        has_new_profiles: true,
        is_first: false,
    };
    let occasions = [enter::by_event(context, journey), enter::by_profile(context, journey, &seen)];
    for occasions in occasions.into_iter().flatten() {
        all.push(enter::take(context, journey, &occasions, 100));
        all.push(enter::enter(context, journey, &occasions, None));
        all.push(occasions);
    }
    if let Entry::Condition { condition, .. } = &journey.definition.entry {
        all.extend([true, false].iter().flat_map(|is_all| enter::note_condition(context, journey, condition, *is_all)));
    }
    all.extend(["email", "sms"].map(|channel| hand_over::judge(context, journey, channel)));
    for whom in [Scope::Customers, Scope::Changed, Scope::Bucket(3), Scope::Everybody] {
        all.extend(leave::leave(context, journey, whom));
        all.extend(leave::put_off(context, journey, whom));
        all.extend(leave::wake(context, journey, whom));
    }
    for number in 1..=journey.definition.steps.len() {
        // A wait for a time is decided with the step after it.
        let (_, step) = batch::first(std::slice::from_ref(journey), &[(7, 9, number)]).expect("a step");
        all.push(decide::decide(context, journey, step));
        if let StepKind::Call { .. } = journey.definition.steps[step].kind {
            let occasions = enter::by_call(context, journey, step);
            all.push(enter::enter(context, journey, &occasions, Some((journey, step))));
            all.push(batch::take_called(context, journey, step, journey));
        }
    }
    all
}

fn version(name: &str, json: &Value) -> ActiveVersion {
    ActiveVersion {
        journey: 7,
        name: name.to_owned(),
        version: 9,
        is_current: true,
        started_at: INSTANT.to_owned(),
        definition: read(json, name, &columns()).expect("a sound definition"),
    }
}

fn context(store: Store, policy: &Value, is_simulation: bool) -> RunContext {
    RunContext {
        store,
        user: 10,
        is_simulation,
        takes_instants: !is_simulation,
        as_of: INSTANT.to_owned(),
        known_until: "2024-02-01 12:00:00+00".to_owned(),
        watched: Watched { orders: Some(Watch::Triggers), events: None, refunds: None },
        fresh: Cell::new(Fresh::Nowhere),
        policy: Policy::read(policy, &columns()).expect("a sound policy"),
        columns: columns(),
    }
}

fn policy() -> Value {
    json!({
        "caps": [{"per": "1 day", "most": 1, "channel": "email"}, {"per": "7 days", "most": 3}, {"per": "2 weeks", "most": 9}],
        "quiet_hours": {"from": "21:00", "to": "09:00"}, "weekdays": ["mon", "fri"], "time_zone": "it's \"odd\"",
        "control": 0.05, "deadline": "8 days", "consent": "required"
    })
}

/// All ways to enter.
fn entries() -> Vec<Value> {
    vec![
        json!({"event": "ordered"}),
        json!({"event": "registered"}),
        json!({"event": "trial"}),
        json!({"movement": {"what": "stage", "from": ["prospect", "active"], "to": "at_risk"}}),
        json!({"movement": {"what": "segment", "to": ["it's {now}"]}}),
        json!({"movement": {"what": "segment", "to": "Loyal"}, "include_refitted": true}),
        json!({"date": "birthday", "offset": "-3 days", "every_year": true, "at": "09:30"}),
        json!({"date": "last_purchase", "offset": "1 month"}),
        json!({"date": "last_purchase"}),
        json!({"condition": {"profile": "it's \"odd\"", "is": "'\"{now}"}}),
        json!({"call": true}),
    ]
}

fn assert_each_is_one(statements: &[Sql]) {
    statements.iter().for_each(assert_is_one_statement);
}

/// Of many statements those that are new: most of a journey's say the same however it is entered.
#[derive(Default)]
struct Parsed(HashSet<String>);

impl Parsed {
    fn assert_each_is_one(&mut self, statements: &[Sql]) {
        for sql in statements {
            let sql: &str = sql.as_ref();
            if self.0.insert(sql.to_owned()) {
                assert_is_one_statement(sql);
            }
        }
    }
}

#[test]
fn statements_are_single_ones_whatever_the_names() {
    for name in HOSTILE_NAMES {
        for store in stores(name) {
            let mut parsed = Parsed::default();
            parsed.assert_each_is_one(&of_a_store(&store, name));
            for is_simulation in [true, false] {
                let context = context(store.clone(), &policy(), is_simulation);
                parsed.assert_each_is_one(&of_a_run(&context, &version(name, &sound())));
                for entry in entries() {
                    let mut json = sound();
                    json["entry"] = entry;
                    for fresh in [Fresh::InScratch, Fresh::InStatement, Fresh::Nowhere] {
                        context.fresh.set(fresh);
                        parsed.assert_each_is_one(&of_a_journey(&context, &version(name, &json)));
                    }
                }
            }
        }
    }
}

/// The same with another character in place of each zero byte, which no jsonb holds.
fn without_zero_bytes(json: Value) -> Value {
    match json {
        Value::String(text) => Value::String(text.replace('\0', "0")),
        Value::Array(all) => all.into_iter().map(without_zero_bytes).collect(),
        Value::Object(all) => {
            all.into_iter().map(|(key, json)| (key.replace('\0', "0"), without_zero_bytes(json))).collect()
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn statements_are_single_ones_whatever_the_definition(
        json in definition(), has_policy: bool, is_simulation: bool, store in 0usize..4
    ) {
        let json = without_zero_bytes(json);
        let policy = if has_policy { policy() } else { json!({}) };
        let store = stores("it's \"odd\"").into_iter().nth(store).expect("a store");
        assert_each_is_one(&of_a_journey(&context(store, &policy, is_simulation), &version("a journey", &json)));
    }
}

#[test]
fn results_have_the_columns_that_their_functions_declare() {
    let store = &stores("shop")[0];
    let question = Question { store, journey: "welcome", number: 1, group_by: None, has_arms: false, as_of: INSTANT };
    let script = include_str!("../../../../sql/journey/report.sql");
    for (function, answer) in [
        ("journey_report", question.report()),
        ("journey_lift", lift(&question, None)),
        ("explain_journey", explain(store, "welcome", "1")),
    ] {
        let declared = script.split("CREATE FUNCTION lifecycle.").find(|part| part.starts_with(function));
        let declared = declared.and_then(|part| part.split_once(") RETURNS")).expect("a function").0;
        let declared: Vec<&str> =
            declared.split("OUT ").skip(1).filter_map(|column| column.split(' ').next()).collect();
        assert_eq!(output_columns(&answer), declared, "{function}");
    }
}
