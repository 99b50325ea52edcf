//! The server's own parser, that of PostgreSQL 18 as libpg_query has it, without a server: for tests of SQL that is generated.

use pg_query::{ParserOptions, parse};

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
    match parse(sql, ParserOptions::default()) {
        Ok(parsed) => assert_eq!(parsed.protobuf.stmts.len(), 1, "not one statement:\n{sql}"),
        Err(error) => panic!("{error}:\n{sql}"),
    }
}

#[test]
fn what_is_not_one_statement_is_noticed() {
    assert_is_one_statement("SELECT 1;");
    for other in ["", "SELECT 1; SELECT 2", "SELEC 1", "SELECT {gap}", "SELECT '1"] {
        assert!(std::panic::catch_unwind(|| assert_is_one_statement(other)).is_err(), "{other}");
    }
}
