//! Names and values as people read and type them: in messages and hints, and what a name that they gave says.

use crate::domain::support::sql::Sql;

/// A text as a SQL literal in ASCII, which is the same in every encoding of a database: for messages, to be copied.
pub fn ascii_literal(text: &str) -> String {
    if text.is_ascii() {
        return Sql::literal(text).to_string();
    }
    let escaped = text.chars().map(|char| match char {
        '\'' => "''".to_owned(),
        '\\' => r"\\".to_owned(),
        _ if char.is_ascii() => char.to_string(),
        _ => format!(r"\U{:08x}", u32::from(char)),
    });
    format!("E'{}'", escaped.collect::<String>())
}

/// A statement that calls a function with these texts, for a hint to be copied.
pub fn select_call(function: &str, arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(|text| ascii_literal(text)).collect();
    ["SELECT ", function, "(", &arguments.join(", "), ")"].concat()
}

/// A name as SQL, in quotes only where it needs them.
pub fn plain_identifier(name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_');
    if is_plain { name.to_owned() } else { Sql::identifier(name).to_string() }
}

/// The name that a text in double quotes says; None for any other text.
pub fn unquoted(text: &str) -> Option<String> {
    let inside = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    let bare = inside.replace("\"\"", "");
    (!inside.is_empty() && !bare.contains('"')).then(|| inside.replace("\"\"", "\""))
}

/// Whether a text reads as the name of a relation: parts joined by dots, each a word or in double quotes.
pub fn reads_as_name(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        let after = if let Some(quoted) = rest.strip_prefix('"') {
            let mut chars = quoted.char_indices().peekable();
            let end = loop {
                match chars.next() {
                    Some((_, '"')) if chars.next_if(|(_, next)| *next == '"').is_some() => {}
                    Some((end, '"')) => break Some(end),
                    Some(_) => {}
                    None => break None,
                }
            };
            let Some(end) = end.filter(|end| *end > 0) else { return false };
            &quoted[end + 1..]
        } else {
            let is_of_word =
                |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '$' || !char.is_ascii();
            if rest.starts_with(|first: char| !is_of_word(first) || first.is_ascii_digit() || first == '$')
                || rest.is_empty()
            {
                return false;
            }
            rest.trim_start_matches(is_of_word)
        };
        let after = after.trim_start();
        match after.strip_prefix('.') {
            Some(next) => rest = next.trim_start(),
            None => return after.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_for_messages_reads_back_in_any_encoding() {
        assert_eq!(ascii_literal("it's"), "'it''s'");
        assert_eq!(ascii_literal(r"caf\é's"), r"E'caf\\\U000000e9''s'");
    }

    #[test]
    fn quotes_of_a_name_are_written_where_needed_and_taken_off() {
        let names = ["orders", "_o1", "OnlineRetail", "1st", "a b", "straße", r#"a"b"#];
        let written = ["orders", "_o1", "\"OnlineRetail\"", "\"1st\"", "\"a b\"", "\"straße\"", r#""a""b""#];
        assert_eq!(names.map(plain_identifier), written);
        for name in names {
            assert_eq!(unquoted(Sql::identifier(name).as_str()).as_deref(), Some(name));
        }
        for text in ["orders", "\"", "\"\"", "\"a\"b\"", "\"a\" * \"b\"", "\"a", "a\""] {
            assert_eq!(unquoted(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_of_a_relation_is_told_from_other_text() {
        for name in ["orders", "public.orders", " sales . \"Order Lines\" ", "\"a\"\"b\"", "größe", "_x1$", "a.b.c.d"]
        {
            assert!(reads_as_name(name), "{name}");
        }
        for text in [
            "",
            " ",
            "\"",
            "\"\"",
            "\"a",
            "order lines",
            "1st",
            "(SELECT 1)",
            "a.",
            ".a",
            "a..b",
            "WITH a AS (SELECT 1) SELECT 1",
            "o-1",
            "\"a\"b",
        ] {
            assert!(!reads_as_name(text), "{text}");
        }
    }
}
