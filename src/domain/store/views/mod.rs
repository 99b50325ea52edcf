//! The views for people: what a store shows to dashboards and to analysts who write SQL by hand.
//!
//! A view is a list of columns, each with the SQL of its value and with what it means, so that none is without a comment.
//! Their columns are of plain types, for not every tool knows composites and arrays. Readers need no right on the tables
//! behind: a view reads them with the rights of its owner, and so does a function. [`grant`] is all that the reader's role may do.
//!
//! A file below lists the columns of its views. Those of the profile, such as `overdue_ratio`, are made and explained in
//! `src/domain/store/profile_columns.rs`, and those of the key figures in `kpi_columns.rs` beside it.
//!
//! | file | what it shows |
//! |---|---|
//! | `lists` | customers, a row each |
//! | `groups` | sums of customers by segment, stage and channel, the concentration of spend |
//! | `days` | the base on each day and in each month, sales by day |
//! | `calendar` | cohorts and growth by months of the store's time zone |
//! | `log` | movements, and what they add up to |
//! | `models` | what was fitted |
//! | `journeys` | journeys, who is in them, what was sent, and what came of it |
//! | `audiences` | audiences, and the view of each |
//! | `answers` | what actions were answered by, for views and reports that count all of them |

pub mod answers;
pub mod audiences;
mod calendar;
mod days;
mod groups;
mod journeys;
mod lists;
mod log;
mod models;
mod template;

use super::Store;
use crate::domain::support::sql::{Sql, expression, sql};
pub use template::Views;
use template::{fill, words};

/// A column as it is written down: its name, the template of its SQL, and of its comment.
type Text = (&'static str, &'static str, &'static str);

/// In every view that tells of the last refresh, before all other columns of dates and instants: a tool that takes the first of them for its
/// time filter then keeps all rows or none.
const AS_OF: Text =
    ("as_of", "{as_of}", "instant of the last refresh, as of which all rows are; NULL before the first");

const STAGE_ORDER_MEANS: &str = "place of the stage in the lifecycle, 1 (prospect) to 5 (lapsed), to sort by";
const SEGMENT_ORDER_MEANS: &str = "place of the segment by the mean of the scores that it stands for, 1 for the highest, Prospect last, to sort by; NULL \
                                   for one that the grid does not have any more";

/// How the column `treatment` calls customers of the control group of a journey, and of that of the store.
pub const JOURNEY_CONTROL: &str = "journey control";
/// See [`JOURNEY_CONTROL`].
pub const STORE_CONTROL: &str = "store control";

/// A column of a view.
struct Column {
    name: String,
    sql: Sql,
    comment: String,
}

/// A view: `SELECT columns rest`.
struct View {
    name: &'static str,
    comment: String,
    columns: Vec<Column>,
    rest: Sql,
}

/// A function of the rights of its owner, that answers with rows of these columns: name and type.
struct Function {
    name: &'static str,
    arguments: &'static [(&'static str, &'static str)],
    columns: Vec<(&'static str, &'static str)>,
    /// Whether it computes by the calendar of the store's time zone, whatever that of the session is.
    in_zone: bool,
    /// How many rows the planner should expect.
    rows: u32,
    body: Sql,
    comment: String,
}

impl View {
    fn new(store: &Store, name: &'static str, comment: &str, columns: &[Text], rest: Sql) -> Self {
        let columns = columns
            .iter()
            .map(|(name, sql, comment)| Column {
                name: (*name).to_owned(),
                sql: fill(store, sql),
                comment: words(store, comment),
            })
            .collect();
        View { name, comment: words(store, comment), columns, rest }
    }

    fn create(&self, store: &Store) -> Vec<Sql> {
        create_view(&store.own(self.name), &self.columns, &self.rest, &self.comment)
    }
}

fn create_view(view: &Sql, columns: &[Column], rest: &Sql, comment: &str) -> Vec<Sql> {
    let shown = columns
        .iter()
        .map(|column| expression!((), "{value} AS {name}", value = &column.sql, name = Sql::identifier(&column.name)));
    let create = sql!((), "../sql/create_view.sql", view = view, columns = Sql::join(shown, ",\n    "), rest = rest);
    let comment = expression!((), "COMMENT ON VIEW {view} IS {comment}", view = view, comment = Sql::literal(comment));
    let of_columns = columns.iter().map(|column| comment_on_column(view, &column.name, &column.comment));
    [create, comment].into_iter().chain(of_columns).collect()
}

/// The statement that says what a column of a view means.
pub fn comment_on_column(view: &Sql, name: &str, comment: &str) -> Sql {
    expression!(
        (),
        "COMMENT ON COLUMN {view}.{name} IS {comment}",
        view = view,
        name = Sql::identifier(name),
        comment = Sql::literal(comment)
    )
}

impl Function {
    /// The function as GRANT and DROP call it.
    fn signature(&self, store: &Store) -> Sql {
        let types = Sql::list(self.arguments.iter().map(|(_, of_type)| *of_type));
        expression!((), "{function}({types})", function = store.own(self.name), types = types)
    }

    /// Nobody but the owner may call it at first, for it lends the owner's rights.
    ///
    /// The body is parsed here and now (BEGIN ATOMIC): no search_path can change what it means, and the tables that it reads
    /// cannot be dropped under it. It is PARALLEL UNSAFE so that the query within may itself go parallel, which it could
    /// not if the query around it had.
    fn create(&self, store: &Store) -> Vec<Sql> {
        let declared = |pairs: &[(&'static str, &'static str)]| {
            Sql::list(pairs.iter().map(|(name, of_type)| {
                expression!((), "{name} {type}", name = Sql::identifier(name), type = fill(store, of_type))
            }))
        };
        let signature = self.signature(store);
        let zone = if self.in_zone { fill(store, "SET \"TimeZone\" = {zone}") } else { Sql::default() };
        vec![
            sql!(
                (),
                "../sql/create_function.sql",
                function = store.own(self.name),
                arguments = declared(self.arguments),
                columns = declared(&self.columns),
                rows = self.rows,
                zone = zone,
                body = &self.body
            ),
            expression!(
                (),
                "COMMENT ON FUNCTION {signature} IS {comment}",
                signature = &signature,
                comment = Sql::literal(&self.comment)
            ),
            expression!((), "REVOKE ALL ON FUNCTION {signature} FROM PUBLIC", signature = signature),
        ]
    }
}

fn functions(store: &Store) -> Vec<Function> {
    calendar::functions(store).into_iter().chain(log::functions(store)).collect()
}

fn views(store: &Store) -> Vec<View> {
    let views = [
        lists::views(store),
        groups::views(store),
        days::views(store),
        calendar::views(store),
        log::views(store),
        vec![models::view(store)],
        journeys::views(store),
        audiences::views(store),
    ];
    views.into_iter().flatten().collect()
}

/// The statements that make the views and functions with their comments, in order.
pub fn create(store: &Store) -> Vec<Sql> {
    // Functions first: views read from some of them.
    let functions = functions(store).into_iter().flat_map(|function| function.create(store));
    functions.chain(views(store).into_iter().flat_map(|view| view.create(store))).collect()
}

/// The names of the views.
pub fn names(store: &Store) -> Vec<&'static str> {
    views(store).iter().map(|view| view.name).collect()
}

/// The functions, each with the types of its arguments.
pub fn signatures(store: &Store) -> Vec<Sql> {
    functions(store).iter().map(|function| function.signature(store)).collect()
}

/// The statements that drop them again.
pub fn drop(store: &Store) -> Vec<Sql> {
    let views = views(store).into_iter().rev();
    let views = views.map(|view| expression!((), "DROP VIEW IF EXISTS {view}", view = store.own(view.name)));
    let functions = functions(store)
        .into_iter()
        .rev()
        .map(|function| expression!((), "DROP FUNCTION IF EXISTS {signature}", signature = function.signature(store)));
    views.chain(functions).collect()
}

/// A column of a view that is called otherwise in another store.
pub struct RenamedColumn {
    /// The view.
    pub view: Sql,
    /// The name in the one store.
    pub old: String,
    /// The name in the other.
    pub new: String,
    /// The comment there.
    pub comment: String,
}

/// The columns that are called otherwise in a store whose attributes are, and in the views of these audiences. None if more than names is
/// different.
pub fn renamed_columns(before: &Store, after: &Store, of_audiences: &[String]) -> Option<Vec<RenamedColumn>> {
    let (old, new) = (views(before), views(after));
    let of_audiences = audiences::renamed_columns(before, after, of_audiences)?;
    let same_places = old.iter().zip(&new).all(|(old, new)| old.columns.len() == new.columns.len());
    let created =
        |store: &Store| functions(store).iter().flat_map(|function| function.create(store)).collect::<Vec<_>>();
    if !same_places || created(before) != created(after) {
        return None;
    }
    let columns = old.iter().zip(&new).flat_map(|(old, new)| {
        let pairs = old.columns.iter().zip(&new.columns).filter(|(old, new)| old.name != new.name);
        pairs.map(|(one, other)| RenamedColumn {
            view: before.own(old.name),
            old: one.name.clone(),
            new: other.name.clone(),
            comment: other.comment.clone(),
        })
    });
    Some(columns.chain(of_audiences).collect())
}

/// The statements by which a role may read the views and call the functions, and nothing else.
pub fn grant(store: &Store, role: &str) -> Vec<Sql> {
    let role = Sql::identifier(role);
    let views = Sql::list(views(store).iter().map(|view| store.own(view.name)));
    let functions = Sql::list(signatures(store));
    vec![
        expression!((), "GRANT USAGE ON SCHEMA {store} TO {role}", store = Sql::identifier(&store.name), role = &role),
        expression!((), "GRANT SELECT ON {views} TO {role}", views = views, role = &role),
        expression!((), "GRANT EXECUTE ON FUNCTION {functions} TO {role}", functions = functions, role = &role),
    ]
}

/// Whether the caller sees the attributes of customers where the setting `reader_attributes` is off, as an expression in SQL.
pub fn sees_attributes(store: &Store) -> Sql {
    expression!(
        (),
        "(SELECT pg_has_role(n.nspowner, 'USAGE') FROM pg_namespace AS n WHERE n.nspname = {store})",
        store = Sql::literal(&store.name)
    )
}

/// The statement by which a role may send the actions of journeys: a right on a view into which no row can be put, as a mark that
/// `lifecycle.claim_actions` and its kin look for.
pub fn grant_sending(store: &Store, role: &str) -> Sql {
    expression!(store, "GRANT INSERT ON {own.journey_actions} TO {role}", role = Sql::identifier(role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::store::settings::Settings;
    use crate::domain::store::source::is_taken;
    use crate::domain::store::{Attribute, Key};

    const NAMES: [&str; 34] = [
        "customers",
        "segments",
        "stages",
        "at_risk",
        "next_purchases",
        "top_customers",
        "top_customers_of_year",
        "cohorts",
        "growth",
        "movements",
        "corrections",
        "left_out",
        "transitions",
        "time_in_stage",
        "concentration",
        "channels",
        "kpis",
        "stage_days",
        "sales",
        "kpis_by_month",
        "models",
        "journeys",
        "journey_customers",
        "journey_actions",
        "journey_credits",
        "journey_funnel",
        "journey_goals",
        "suppressions",
        "consents",
        "codes",
        "code_pools",
        "audiences",
        "audience_days",
        "audience_changes",
    ];

    fn store(name: &str) -> Store {
        let attribute = |name: &str, sql_type: &str| Attribute { name: name.to_owned(), sql_type: sql_type.to_owned() };
        Store {
            name: name.to_owned(),
            extension: "c\"rm".to_owned(),
            key: Key::Text,
            settings: Settings {
                time_zone: Some("Europe/Berlin".to_owned()),
                reader_attributes: true,
                currency: Some("{zone}'€".to_owned()),
                ..Settings::default()
            },
            attributes: vec![attribute("pl\"an", "pg_catalog.text"), attribute("reason", "pg_catalog.jsonb")],
            people: crate::domain::store::people::People::default(),
        }
    }

    #[test]
    fn all_views_are_there_and_have_comments() {
        let store = store("or'ders\"; drop {key}");
        let statements = create(&store);
        for view in views(&store) {
            assert!(NAMES.contains(&view.name), "{}", view.name);
            let name = store.own(view.name);
            assert!(statements.iter().any(|s| s.as_str().starts_with(&format!("CREATE VIEW {name} AS"))));
            assert!(view.comment.len() > 20 && !view.columns.is_empty(), "{name}");
            for (i, column) in view.columns.iter().enumerate() {
                let comment = format!("COMMENT ON COLUMN {name}.{} IS '", Sql::identifier(&column.name));
                assert!(statements.iter().any(|s| s.as_str().starts_with(&comment)), "{comment}");
                assert!(column.comment.len() > 10, "{name}.{}", column.name);
                assert!(!column.comment.ends_with('.'), "{comment}");
                assert!(
                    view.columns[..i].iter().all(|other| other.name != column.name),
                    "{name}.{} twice",
                    column.name
                );
                let snake = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
                let attribute = store.attributes.iter().any(|attribute| attribute.name == column.name);
                assert!(attribute || column.name.chars().all(snake), "{}", column.name);
            }
        }
        assert_eq!(views(&store).len(), NAMES.len());
    }

    #[test]
    fn views_of_the_last_refresh_say_of_which_instant_they_are() {
        // Rows of these have instants of their own.
        let logs = [
            "movements",
            "corrections",
            "suppressions",
            "consents",
            "journeys",
            "journey_customers",
            "journey_actions",
            "journey_credits",
            "audience_changes",
            "codes",
            "code_pools",
        ];
        for view in views(&store("shop")) {
            let as_of = view.columns.iter().position(|column| column.name == "as_of");
            assert_eq!(as_of.is_none(), logs.contains(&view.name), "{}", view.name);
        }
        for name in ["cohorts", "growth", "journey_funnel", "journey_goals"] {
            let view = views(&store("shop")).into_iter().find(|view| view.name == name).expect("a view");
            assert_eq!(view.columns[0].name, "as_of", "{name}");
        }
    }

    #[test]
    fn columns_name_only_rows_that_their_view_reads() {
        for view in views(&store("shop")) {
            for column in &view.columns {
                let words = column.sql.as_str().split(|c: char| !c.is_ascii_lowercase() && !"_.\"".contains(c));
                let rows = words.filter_map(|word| word.split_once('.')).map(|(row, _)| row);
                for row in rows
                    .filter(|row| !row.is_empty() && !row.contains('"') && !["pg_catalog", "lifecycle"].contains(row))
                {
                    let named = format!("AS {row} ");
                    let read = format!("{} {} ", view.rest, column.sql).replace([')', '\n', '(', ','], " ");
                    assert!(read.contains(&named), "{}.{}: {row}", view.name, column.name);
                }
            }
        }
    }

    #[test]
    fn no_attribute_is_called_like_a_column_of_the_view_customers() {
        let mut store = store("shop");
        store.attributes.clear();
        let customers = views(&store).into_iter().find(|view| view.name == "customers").expect("the view");
        for column in customers.columns {
            assert!(is_taken(&column.name), "{}", column.name);
        }
    }

    #[test]
    fn names_are_quoted_and_filled_in_once() {
        let store = store("or'ders\"; drop {key}");
        let (own, data) = (r#""or'ders""; drop {key}"."#, r#""or'ders""; drop {key}_data"."#);
        for statement in create(&store).iter().chain(&drop(&store)).chain(&grant(&store, "re\"ader")).map(Sql::as_str) {
            // Wherever the name stands, it stands quoted; in it, the braces are letters.
            let rest = statement.replace(own, "").replace(data, "").replace(r#""or'ders""; drop {key}" TO"#, "");
            let rest = rest.replace(r#"log.store = 'or''ders"; drop {key}'"#, "");
            assert!(!rest.contains("or'ders") && !rest.contains("or''ders"), "{statement}");
            assert!(!rest.contains("{own") && !rest.contains("{ext") && !rest.contains("{key"), "{statement}");
            assert!(!rest.contains("c\"rm") || rest.contains("\"c\"\"rm\"."), "{statement}");
        }
        let all = Sql::join(create(&store), "\n");
        let all = all.as_str();
        assert!(all.contains("in {zone}''€"), "a currency is text, whatever it looks like");
        assert!(all.contains(r#"profile."pl""an" AS "pl""an""#));
        assert_eq!(grant(&store, "re\"ader").iter().filter(|s| s.as_str().ends_with(" TO \"re\"\"ader\"")).count(), 3);
    }

    #[test]
    fn what_is_made_is_dropped_the_other_way_around() {
        let store = store("shop");
        let name = |statement: &Sql| {
            statement.as_str().split(['(', ' ']).find(|word| word.starts_with("\"shop\".")).map(str::to_owned)
        };
        let made: Vec<_> =
            create(&store).iter().filter(|s| s.as_str().starts_with("CREATE ")).filter_map(name).collect();
        let mut dropped: Vec<_> = drop(&store).iter().filter_map(name).collect();
        dropped.reverse();
        assert_eq!(made, dropped);
    }

    #[test]
    fn an_attribute_gives_way_to_a_column_of_a_list_but_is_always_among_customers() {
        let store = store("shop");
        let of = |view: &str| {
            let view = views(&store).into_iter().find(|v| v.name == view).expect("a view");
            view.columns
                .into_iter()
                .filter(|column| column.name == "reason")
                .map(|column| column.sql)
                .collect::<Vec<_>>()
        };
        // jsonb is shown as text.
        assert_eq!(of("customers"), [Sql::from(r#"profile."reason"::pg_catalog.text"#)]);
        assert_eq!(of("at_risk").len(), 1);
        assert_ne!(of("at_risk"), of("customers"));
    }

    #[test]
    fn attributes_are_for_members_of_the_owner_unless_the_owner_lets_readers_see_them() {
        let mut store = store("shop");
        let columns = |store: &Store| {
            views(store).into_iter().flat_map(|view| view.columns).filter(|c| c.name == "pl\"an").collect::<Vec<_>>()
        };
        assert!(columns(&store).iter().all(|column| column.sql.as_str() == r#"profile."pl""an""#));
        store.settings.reader_attributes = false;
        assert_eq!(columns(&store).len(), 5);
        assert!(columns(&store).iter().all(|column| column.sql.as_str().starts_with("CASE WHEN (SELECT pg_has_role(")));
    }
}
