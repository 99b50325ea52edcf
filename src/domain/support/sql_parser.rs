//! The server's own parser, that of PostgreSQL 18 as libpg_query has it, without a server: for tests of SQL that is generated.

use pg_query::protobuf::{Node, ResTarget};
use pg_query::{NodeEnum, ParserOptions, parse, split_with_parser};

/// Names that break out of quotes, gaps and comments if anything lets them.
pub const HOSTILE_NAMES: [&str; 8] = [
    "shop",
    "or'ders\"; DROP TABLE x; --",
    "{key}{data.profile}{{}}",
    "line\nbreak\r\n/* not a comment",
    "$$ $1 $body$ %s %I \\' E'",
    "größe 🛒 \u{202e}",
    "select",
    "a.b.c \t ''\"\"",
];

/// Refuses what is not exactly one statement, and one whose braces nothing has filled.
pub fn assert_is_one_statement(sql: &(impl AsRef<str> + ?Sized)) {
    let sql = sql.as_ref();
    // Without the tree, whose making takes a hundred times as long.
    match split_with_parser(sql) {
        Ok(statements) => assert_eq!(statements.len(), 1, "not one statement:\n{sql}"),
        Err(error) => panic!("{error}:\n{sql}"),
    }
}

/// The names of the columns that a query answers with.
pub fn output_columns(sql: &impl AsRef<str>) -> Vec<String> {
    let parsed = parse(sql.as_ref(), ParserOptions::default()).expect("a statement").protobuf;
    let Some(NodeEnum::SelectStmt(query)) = parsed.stmts[0].stmt.as_ref().and_then(|node| node.node.as_ref()) else {
        panic!("no query: {}", sql.as_ref())
    };
    let last_name = |value: &Node| match value.node.as_ref()? {
        NodeEnum::ColumnRef(column) => match column.fields.last()?.node.as_ref()? {
            NodeEnum::String(name) => Some(name.sval.clone()),
            _ => None,
        },
        _ => None,
    };
    let name = |target: &ResTarget| match target.name.is_empty() {
        true => last_name(target.val.as_ref()?),
        false => Some(target.name.clone()),
    };
    let names = query.target_list.iter().map(|target| match &target.node {
        Some(NodeEnum::ResTarget(target)) => name(target).unwrap_or_default(),
        _ => String::new(),
    });
    names.collect()
}

#[test]
fn what_is_not_one_statement_is_noticed() {
    assert_is_one_statement("SELECT 1;");
    for other in ["", "SELECT 1; SELECT 2", "SELEC 1", "SELECT {gap}", "SELECT '1"] {
        assert!(std::panic::catch_unwind(|| assert_is_one_statement(other)).is_err(), "{other}");
    }
}

#[test]
fn columns_of_a_query_are_known_by_name() {
    assert_eq!(output_columns(&"WITH a AS (SELECT 1 AS x) SELECT a.x, a.x + 1 AS y, 2 FROM a"), ["x", "y", ""]);
}
