//! Every statement of audiences and feeds is one statement, whatever the names.

use std::cell::Cell;

use serde_json::json;

use super::definition::{Audience, read};
use super::feed::{State, last_logged, listed, logged, members, state, through};
use super::membership::{Cause, Whom, end, leave_merged, on_day, update};
use crate::domain::journey::definition::policy::Policy;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::journey::engine::context::{Fresh, RunContext};
use crate::domain::store::fresh::Watched;
use crate::domain::store::moves::Before;
use crate::domain::store::scoring::Fit;
use crate::domain::store::tests::stores;
use crate::domain::store::views::audiences::{create_audience, drop_audience, grant_audience};
use crate::domain::store::{Key, Store};
use crate::domain::support::sql::Sql;
use crate::domain::support::sql_parser::{HOSTILE_NAMES, assert_is_one_statement};

fn columns(store: &Store) -> Vec<ProfileColumn> {
    let own = [("spend", "numeric"), ("segment", "text"), ("stage_since", "timestamptz")];
    let own = own.map(|(name, sql_type)| ProfileColumn { name: name.to_owned(), sql_type: sql_type.to_owned() });
    let attributes = store
        .attributes
        .iter()
        .map(|attribute| ProfileColumn { name: attribute.name.clone(), sql_type: attribute.sql_type.clone() });
    own.into_iter().chain(attributes).collect()
}

fn audiences(store: &Store) -> Vec<Audience> {
    let columns = columns(store);
    let name = &columns[columns.len() - 1].name;
    let conditions = [
        json!({"profile": "spend", "at_least": 5}),
        json!({"or": [{"profile": name, "is_null": true}, {"profile": "segment", "in": HOSTILE_NAMES}]}),
        json!({"not": {"profile": "stage_since", "within_last": "2 days"}}),
        json!({"and": [{"bought": {"at_least": 2, "spend_at_least": 5, "within": "1 year"}}, {"subscribed": "email"},
            {"event": "open", "within": "1 day", "channel": "email"}]}),
    ];
    let read = |(number, json): (i32, &serde_json::Value)| Audience {
        number,
        name: HOSTILE_NAMES[number as usize].to_owned(),
        condition: read(json, &columns).expect("a condition"),
    };
    (0..).zip(&conditions).map(read).collect()
}

fn context(store: &Store) -> RunContext {
    let columns = columns(store);
    RunContext {
        store: store.clone(),
        user: 0,
        is_simulation: false,
        as_of: "2025-01-01 00:00:00+00".to_owned(),
        takes_instants: false,
        known_until: "2025-01-01 00:00:00+00".to_owned(),
        watched: Watched::default(),
        fresh: Cell::new(Fresh::Nowhere),
        policy: Policy::read(&json!({}), &columns).expect("a policy"),
        columns,
    }
}

#[test]
fn every_statement_is_one() {
    for store in HOSTILE_NAMES.into_iter().flat_map(stores) {
        let (context, audiences) = (context(&store), audiences(&store));
        let all: Vec<&Audience> = audiences.iter().collect();
        let other = Before::Other(Box::new(store.clone()), Fit::default());
        let causes = [
            Cause::Definition,
            Cause::Refresh { logged: 7, before: &Before::Unknown },
            Cause::Refresh { logged: 7, before: &Before::Same },
            Cause::Refresh { logged: 7, before: &other },
        ];
        let mut statements: Vec<Sql> =
            vec![end(), on_day(&store), leave_merged(&store), state(&store), last_logged(&store)];
        for cause in &causes {
            for whom in [Whom::All, Whom::Changed(7)] {
                statements.extend(update(&context, &all, whom, cause));
                statements.extend(update(&context, &all[..1], whom, cause));
            }
        }
        let key = if store.key == Key::Text { "o'; --" } else { "7" };
        let state = State { reshaped: 3, ..State::default() };
        for sees in [true, false] {
            statements
                .extend([listed(&store, &state, sees, 7, None, 10), listed(&store, &state, sees, 7, Some(key), 10)]);
            for next in [(None, 7, None), (None, 7, Some(key)), (Some(2), 7, Some(key)), (Some(3), 7, None)] {
                statements.push(through(&store, &state, sees, next, 10));
            }
        }
        statements.extend([members(&store, None, 10), members(&store, Some(key), 10), logged(&store, 7, 10)]);
        for name in HOSTILE_NAMES {
            statements.extend(create_audience(&store, 7, name));
            statements.extend([drop_audience(&store, name), grant_audience(&store, name, name)]);
        }
        statements.iter().for_each(assert_is_one_statement);
    }
}

#[test]
fn attributes_are_left_out_for_roles_that_may_not_see_them() {
    let store = stores("shop").into_iter().find(|store| !store.attributes.is_empty()).expect("a store with attributes");
    let shown = Sql::identifier(&store.attributes[0].name);
    let has = |sees| listed(&store, &State::default(), sees, 7, None, 10).as_str().contains(shown.as_str());
    assert!(has(true) && !has(false));
}
