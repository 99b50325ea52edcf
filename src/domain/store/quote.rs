//! Names and values as SQL text. Everything that came from a user passes through here.

/// A name as SQL: always in quotes, so that no keyword and no capital is a special case.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a SQL literal, whatever `standard_conforming_strings` says.
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', r"\\")) } else { format!("'{quoted}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(identifier(r#"or'ders"; drop"#), r#""or'ders""; drop""#);
        assert_eq!(literal(r"it's \o/"), r"E'it''s \\o/'");
        assert_eq!(literal("plain"), "'plain'");
    }
}
