//! SQL that is safe by its type: a [`Sql`] comes from a text of this project, or from a name or a value that was quoted.
//!
//! Nothing turns a `String` into a [`Sql`], so a user's text reaches a statement only as [`Sql::identifier`] or [`Sql::literal`].
//! Statements stand in `.sql` files, one a file, with gaps such as `{limit}`. `sql!` fills them:
//!
//! ```ignore
//! sql!(store, "sql/take_noted.sql", changes = store.data("orders_changed"))
//! ```
//!
//! `expression!` does the same for a fragment of one expression that stands in the Rust beside it.

use std::fmt;

use serde::Serialize;

/// A statement or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Sql(String);

impl Sql {
    /// A name, always in quotes, so that no keyword and no capital is a special case.
    pub fn identifier(name: &str) -> Self {
        Sql(format!("\"{}\"", name.replace('"', "\"\"")))
    }

    /// A value, as a literal that reads the same whatever `standard_conforming_strings` says.
    pub fn literal(text: &str) -> Self {
        let quoted = text.replace('\'', "''");
        Sql(match quoted.contains('\\') {
            true => format!("E'{}'", quoted.replace('\\', r"\\")),
            false => format!("'{quoted}'"),
        })
    }

    /// A value of the type `text`.
    pub fn text(text: &str) -> Self {
        Sql(format!("{}::pg_catalog.text", Self::literal(text)))
    }

    /// A text for which the server vouches: a condition of a user that its parser has found to be one expression
    /// (`src/pg/store/user_condition.rs`), or a type or name that it has written itself, with `format_type` or `%I`. A user's text that the
    /// server has not looked at is no such text.
    pub fn vouched(text: &str) -> Self {
        Sql(text.to_owned())
    }

    /// The parts with a separator between them.
    pub fn join(parts: impl IntoIterator<Item = impl Into<Sql>>, separator: &'static str) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|part| part.into().0).collect();
        Sql(parts.join(separator))
    }

    /// The parts with commas between them.
    pub fn list(parts: impl IntoIterator<Item = impl Into<Sql>>) -> Self {
        Self::join(parts, ", ")
    }

    /// A condition that holds where all of these do; `true` for none.
    pub fn all(conditions: impl IntoIterator<Item = Sql>) -> Self {
        let conditions: Vec<String> = conditions.into_iter().map(|condition| format!("({condition})")).collect();
        if conditions.is_empty() { Sql("true".to_owned()) } else { Sql(conditions.join(" AND ")) }
    }

    /// The value of the first condition that holds, or else the last value.
    pub fn case(arms: impl IntoIterator<Item = (Sql, Sql)>, otherwise: Sql) -> Self {
        Self::arms("CASE", arms, otherwise)
    }

    /// The value of the first number that an expression equals; NULL for any other.
    pub fn case_of(expression: &Sql, arms: impl IntoIterator<Item = (usize, Sql)>) -> Self {
        let arms = arms.into_iter().map(|(number, value)| (Sql::from(number), value));
        Self::arms(&format!("CASE {expression}"), arms, Sql::from("NULL"))
    }

    fn arms(start: &str, arms: impl IntoIterator<Item = (Sql, Sql)>, otherwise: Sql) -> Self {
        let arms: String = arms.into_iter().map(|(of, value)| format!(" WHEN {of} THEN {value}")).collect();
        if arms.is_empty() { otherwise } else { Sql(format!("{start}{arms} ELSE {otherwise} END")) }
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, for the server.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Sql {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the shell may run: [`Sql`], or a text of this project. A `String` is neither.
pub trait Statement {
    /// The text, for the server.
    fn text(&self) -> &str;
}

impl Statement for Sql {
    fn text(&self) -> &str {
        &self.0
    }
}

impl Statement for &'static str {
    fn text(&self) -> &str {
        self
    }
}

impl<T: Statement> Statement for &T {
    fn text(&self) -> &str {
        (**self).text()
    }
}

/// Text of this project.
impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Sql(text.to_owned())
    }
}

impl From<&Sql> for Sql {
    fn from(sql: &Sql) -> Self {
        sql.clone()
    }
}

macro_rules! from_numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Sql {
            fn from(number: $number) -> Self {
                // A minus sign binds less than a cast.
                Sql(if number < <$number>::default() { format!("({number})") } else { number.to_string() })
            }
        }
    )*};
}
from_numbers!(i16, i32, i64, u8, u16, u32, u64, usize);

impl From<f64> for Sql {
    fn from(number: f64) -> Self {
        Sql(format!("'{number:?}'::pg_catalog.float8"))
    }
}

/// The gaps that all templates of a place share, such as the relations of a store.
pub trait Gaps {
    /// The SQL of a gap; `None` for a gap that is not known.
    fn gap(&self, name: &str) -> Option<Sql>;
}

/// For templates that have no gaps but those that are given.
impl Gaps for () {
    fn gap(&self, _: &str) -> Option<Sql> {
        None
    }
}

impl<T: Gaps> Gaps for &T {
    fn gap(&self, name: &str) -> Option<Sql> {
        (**self).gap(name)
    }
}

/// Fills the gaps of a template, from those that are given and then from the shared ones.
///
/// A gap is a word in braces, with dots where a shared gap has parts: `{limit}`, `{data.profile}`. Other braces stay: the paths of JSON
/// values have commas or capitals in them, or stand in quotes. What comes in is not looked at again: a name with braces is a name.
/// In debug builds, as tests are, a gap that nothing fills panics, and so does a value that has no gap; the server refuses the former in
/// a release.
pub fn fill(template: &'static str, shared: &dyn Gaps, given: &[(&'static str, Sql)]) -> Sql {
    let mut used = vec![false; given.len()];
    let filled = fill_text(template, |gap| match given.iter().position(|(name, _)| *name == gap) {
        Some(place) => {
            used[place] = true;
            Some(given[place].1.0.clone())
        }
        None => shared.gap(gap).map(|value| value.0),
    });
    for ((name, _), used) in given.iter().zip(used) {
        debug_assert!(used, "there is no gap {{{name}}} in {template}");
    }
    Sql(filled)
}

/// Fills the gaps of a text that is not SQL, such as a comment, in the same way.
pub fn fill_text(template: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let word = rest.find('}').map(|close| &rest[1..close]).filter(|word| is_gap(word));
        let Some(word) = word else {
            filled.push('{');
            rest = &rest[1..];
            continue;
        };
        let (gap, after) = rest.split_at(word.len() + 2);
        match value(word) {
            Some(value) => filled.push_str(&value),
            None => {
                debug_assert!(false, "nothing fills the gap {gap} of {template}");
                filled.push_str(gap);
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn is_gap(word: &str) -> bool {
    !word.is_empty()
        && word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._".contains(&byte))
}

/// The text of a file without the comment at its head, which is for its readers.
pub fn without_heading(mut text: &'static str) -> &'static str {
    while text.starts_with("--") {
        text = text.split_once('\n').map_or("", |(_, rest)| rest);
    }
    text.trim_ascii_end()
}

/// The statement of a `.sql` file beside the caller's, with its gaps filled: `sql!(shared, "sql/name.sql", gap = value, …)`.
macro_rules! sql {
    ($shared:expr, $file:literal $(, $gap:ident = $value:expr)* $(,)?) => {
        $crate::domain::support::sql::fill(
            $crate::domain::support::sql::without_heading(include_str!($file)),
            &$shared,
            &[$((stringify!($gap), ::core::convert::Into::<$crate::domain::support::sql::Sql>::into($value))),*],
        )
    };
}
pub(crate) use sql;

/// A fragment of one expression, with its gaps filled: `expression!(shared, "{instant} + {span}", instant = …, span = …)`.
macro_rules! expression {
    ($shared:expr, $template:literal $(, $gap:ident = $value:expr)* $(,)?) => {
        $crate::domain::support::sql::fill(
            $template,
            &$shared,
            &[$((stringify!($gap), ::core::convert::Into::<$crate::domain::support::sql::Sql>::into($value))),*],
        )
    };
}
pub(crate) use expression;

#[cfg(test)]
mod tests {
    use super::*;

    struct Shared;
    impl Gaps for Shared {
        fn gap(&self, name: &str) -> Option<Sql> {
            Some(Sql::identifier(name.strip_prefix("data.")?))
        }
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(Sql::identifier(r#"or'ders"; drop"#).as_str(), r#""or'ders""; drop""#);
        assert_eq!(Sql::literal(r"it's \o/").as_str(), r"E'it''s \\o/'");
        assert_eq!(Sql::literal("plain").as_str(), "'plain'");
        assert_eq!(Sql::text("{gap}").as_str(), "'{gap}'::pg_catalog.text");
    }

    #[test]
    fn the_comment_at_the_head_of_a_file_is_left_out() {
        assert_eq!(without_heading("-- What it does.\n-- More.\nSELECT 1 -- one\n"), "SELECT 1 -- one");
        assert_eq!(without_heading("SELECT 1"), "SELECT 1");
    }

    #[test]
    fn gaps_are_filled_once() {
        let filled = expression!(
            Shared,
            "SELECT {data.a}, {b} #> '{x,y}', {b} - {n} FROM {data.{",
            b = Sql::literal("{data.a}"),
            n = -3
        );
        assert_eq!(filled.as_str(), "SELECT \"a\", '{data.a}' #> '{x,y}', '{data.a}' - (-3) FROM {data.{");
    }

    #[test]
    #[should_panic(expected = "nothing fills the gap {horzon}")]
    fn a_gap_that_nothing_fills_is_noticed() {
        expression!(Shared, "{horzon}");
    }

    #[test]
    #[should_panic(expected = "there is no gap {limit}")]
    fn a_value_without_a_gap_is_noticed() {
        expression!((), "SELECT 1", limit = 1);
    }

    #[test]
    fn lists_and_conditions_have_their_words_between_parts() {
        assert_eq!(Sql::list(["a", "b"].map(Sql::identifier)).as_str(), r#""a", "b""#);
        assert_eq!(Sql::all([]).as_str(), "true");
        assert_eq!(Sql::all([Sql::from("a OR b"), Sql::from("c")]).as_str(), "(a OR b) AND (c)");
        let one = || (Sql::from("a > b"), Sql::from("c"));
        assert_eq!(Sql::case([one()], "d".into()).as_str(), "CASE WHEN a > b THEN c ELSE d END");
        assert_eq!(Sql::case([], "d".into()).as_str(), "d");
        assert_eq!(Sql::case_of(&"a".into(), [(1, "b".into())]).as_str(), "CASE a WHEN 1 THEN b ELSE NULL END");
        assert_eq!(Sql::from(0.5).as_str(), "'0.5'::pg_catalog.float8");
        assert_eq!(Sql::from(f64::INFINITY).as_str(), "'inf'::pg_catalog.float8");
    }
}
