//! Audiences: each with its number of members, how that developed, which customers joined and left, and the customers who are in one.

use super::lists::customers;
use super::template::{Views, fill};
use super::{AS_OF, Column, RenamedColumn, Text, View, create_view};
use crate::domain::store::Store;
use crate::domain::support::sql::{Sql, expression, sql};

const AUDIENCE: Text = ("audience", "audience.name", "the name of the audience, which is that of its view");

const AUDIENCES: &[Text] = &[
    AUDIENCE,
    ("condition", "audience.condition::text", "the condition on the customers who are in it, as JSON"),
    (
        "members",
        "(SELECT count(*) FROM {data.audience_member} AS member WHERE member.audience = audience.number)",
        "number of customers who are in it as of the last refresh",
    ),
    AS_OF,
    (
        "since",
        "audience.since",
        "instant of the refresh from which on the members are known; NULL before the first refresh",
    ),
    ("created_at", "audience.created_at", "instant at which it was created"),
    ("changed_at", "audience.changed_at", "instant at which its condition was last changed"),
    (
        "problem",
        "audience.problem",
        "reason why the last refresh could not bring its members up to date; NULL where it could",
    ),
];

const AUDIENCE_DAYS: &[Text] = &[
    AS_OF,
    ("audience", "counted.name", "the name of the audience"),
    ("day", "counted.day", "the day, time zone {zone_name}; the last is that of the last refresh"),
    ("members", "counted.members::int8", "number of customers who were in it at the end of the day"),
    ("joined", "counted.joined", "how many times a customer joined it on the day"),
    ("gone", "counted.gone", "how many times a customer left it on the day"),
];

const AUDIENCE_CHANGES: &[Text] = &[
    AUDIENCE,
    ("customer", "log.customer", "the customer's key, as it is in the orders"),
    ("at", "log.at", "instant of the refresh that found the change"),
    ("day", "(log.at AT TIME ZONE {zone})::date", "day of that instant, time zone {zone_name}"),
    ("change", "CASE WHEN log.joined THEN 'joined' ELSE 'left' END", "what the customer did: joined or left"),
    (
        "reason",
        "log.kind",
        "what made the change: moved (the customer or time), appeared, vanished, corrected (rows of the past), refitted (a fit or a \
         setting), or defined (the condition is new)",
    ),
];

pub(super) fn views(store: &Store) -> Vec<View> {
    vec![
        View::new(
            store,
            "audiences",
            "the audiences of the store: conditions on customers that have a name, each with a view of its customers",
            AUDIENCES,
            fill(store, "FROM {data.audience} AS audience\nORDER BY audience.name"),
        ),
        View::new(
            store,
            "audience_days",
            "each audience on each day since it is known: how many customers were in it, joined it and left it",
            AUDIENCE_DAYS,
            sql!(Views(store), "sql/audience_days.sql"),
        ),
        View::new(
            store,
            "audience_changes",
            "which customer joined or left an audience, when, and what made it",
            AUDIENCE_CHANGES,
            fill(
                store,
                "FROM {data.audience_log} AS log JOIN {data.audience} AS audience ON audience.number = log.audience\n\
                 WHERE log.kind <> 'forgotten'\nORDER BY log.id",
            ),
        ),
    ]
}

// ---- the view of one audience -----------------------------------------------------------------------------------------

const SINCE: &str = "since";

/// The columns of the view of an audience that are those of the view `customers`: an attribute that is called like the column of its own gives
/// way.
fn shown(store: &Store) -> Vec<Column> {
    customers(store).columns.into_iter().filter(|column| column.name != SINCE).collect()
}

/// The statements that make the view of an audience of this number and name.
pub fn create_audience(store: &Store, number: i32, name: &str) -> Vec<Sql> {
    let of_customers = shown(store).into_iter().map(|column| Column {
        sql: expression!((), "customers.{name}", name = Sql::identifier(&column.name)),
        ..column
    });
    let since = Column {
        name: SINCE.to_owned(),
        sql: "member.since".into(),
        comment: "instant of the refresh from which on the customer is in the audience".to_owned(),
    };
    let columns: Vec<Column> = of_customers.chain([since]).collect();
    let rest = expression!(
        store,
        "FROM {data.audience_member} AS member JOIN {own.customers} AS customers ON customers.customer = member.customer
WHERE member.audience = {number}",
        number = number
    );
    let comment = "the customers who are in this audience as of the last refresh: the columns of the view customers, and since when";
    create_view(&store.own(name), &columns, &rest, comment)
}

/// The columns of the views of these audiences that are called otherwise in a store whose attributes are. None if more than names is different.
pub fn renamed_columns(before: &Store, after: &Store, names: &[String]) -> Option<Vec<RenamedColumn>> {
    if names.is_empty() {
        return Some(Vec::new());
    }
    let (old, new) = (shown(before), shown(after));
    if old.len() != new.len() {
        return None;
    }
    let of_one = |name: &String| {
        let pairs = old.iter().zip(&new).filter(|(one, other)| one.name != other.name);
        let renamed = pairs.map(|(one, other)| RenamedColumn {
            view: before.own(name),
            old: one.name.clone(),
            new: other.name.clone(),
            comment: other.comment.clone(),
        });
        renamed.collect::<Vec<_>>()
    };
    Some(names.iter().flat_map(of_one).collect())
}

/// The statement that drops it.
pub fn drop_audience(store: &Store, name: &str) -> Sql {
    expression!((), "DROP VIEW IF EXISTS {view}", view = store.own(name))
}

/// The statement by which a role may read it.
pub fn grant_audience(store: &Store, name: &str, role: &str) -> Sql {
    expression!((), "GRANT SELECT ON {view} TO {role}", view = store.own(name), role = Sql::identifier(role))
}

/// The columns of the view `customers` as a feed gives them: of the row `profile`, without those that change from refresh to refresh and
/// those that sort, as one JSON object. Attributes are left out for roles that may not see them.
pub fn profile_as_json(store: &Store, sees_attributes: bool) -> Sql {
    const LEFT_OUT: [&str; 3] = ["as_of", "stage_order", "segment_order"];
    let is_attribute = |column: &Column| store.attributes.iter().any(|attribute| attribute.name == column.name);
    let mut of_owner = store.clone();
    // The caller was asked already: within the function all is read as the owner.
    of_owner.settings.reader_attributes = true;
    let columns = customers(&of_owner)
        .columns
        .into_iter()
        .filter(|column| !LEFT_OUT.contains(&column.name.as_str()) && (sees_attributes || !is_attribute(column)));
    let columns = columns
        .map(|column| expression!((), "{value} AS {name}", value = &column.sql, name = Sql::identifier(&column.name)));
    expression!((), "(SELECT to_jsonb(shown) FROM (SELECT {columns}) AS shown)", columns = Sql::list(columns))
}
