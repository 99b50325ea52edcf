//! What the functions in Rust read and return is what SQL declares: a wrong type would be read as the bytes of another.
//!
//! Most functions say it by their types in Rust. Those that take their arguments from the call by hand say it in a comment before
//! them, `// SQL: name(types) result`, with `[, types]` for what only some declarations have and STRICT at the end if they cannot
//! have a NULL; and the calls by which they take an argument of a certain number must fit what the comment says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::harness::{Database, files_below};

/// A function that SQL declares in C.
struct Declared {
    name: String,
    symbol: String,
    arguments: Vec<String>,
    result: String,
    /// The types of the columns, where it returns rows.
    columns: Vec<String>,
    /// The number of columns of a composite type; 0 for any other.
    width: usize,
    is_enum: bool,
    is_strict: bool,
}

/// A function as Rust has it.
#[derive(Debug, Default)]
struct Rust {
    file: String,
    /// The types of the arguments, but for the call itself; None if they are taken from the call by hand.
    arguments: Option<Vec<String>>,
    result: String,
    body: String,
    /// What the comment says.
    said: Option<Said>,
}

#[derive(Debug, Clone, Default)]
struct Said {
    arguments: Vec<String>,
    /// How many arguments a declaration may have.
    counts: Vec<usize>,
    result: String,
    is_strict: bool,
}

fn declared(database: &mut Database) -> Vec<Declared> {
    let list = |types: &str| {
        format!("ARRAY(SELECT format_type(t, NULL) FROM unnest({types}) WITH ORDINALITY AS a (t, n) ORDER BY n)")
    };
    let rows = database
        .query(
            &format!(
                "SELECT p.oid::regprocedure::text, p.prosrc, {}, CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END || format_type(p.prorettype, NULL),
                    ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proallargtypes, p.proargmodes) WITH ORDINALITY AS a (t, mode, n)
                        WHERE mode IN ('o', 't') ORDER BY n),
                    (SELECT count(*) FROM pg_attribute WHERE attrelid = y.typrelid AND attnum > 0 AND y.typrelid <> 0), y.typtype = 'e',
                    p.proisstrict
                FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang JOIN pg_type AS y ON y.oid = p.prorettype
                WHERE l.lanname = 'c' AND p.probin ~ 'pg_lifecycle'",
                list("p.proargtypes")
            ),
            &[],
        )
        .expect("the functions");
    rows.iter()
        .map(|row| Declared {
            name: row.get(0),
            symbol: row.get(1),
            arguments: row.get::<_, Vec<String>>(2).iter().map(|name| short(name)).collect(),
            result: short(&row.get::<_, String>(3)),
            columns: row.get::<_, Vec<String>>(4).iter().map(|name| short(name)).collect(),
            width: row.get::<_, i64>(5) as usize,
            is_enum: row.get(6),
            is_strict: row.get(7),
        })
        .collect()
}

/// The names of types as the comments have them.
fn short(name: &str) -> String {
    name.replace("timestamp with time zone", "timestamptz")
        .replace("timestamp without time zone", "timestamp")
        .replace("time without time zone", "time")
}

// ---- Rust ----------------------------------------------------------------------------------------------------------

/// Splits at commas that stand in no brackets.
fn split(list: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in list.chars() {
        depth += i32::from("(<[{".contains(c)) - i32::from(")>]}".contains(c));
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().expect("a part").push(c),
        }
    }
    parts
        .iter()
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|part| !part.is_empty())
        .collect()
}

/// The text up to the bracket that closes the first one, without both, and what follows.
fn within(text: &str) -> (&str, &str) {
    let open = text.find(['(', '{', '<']).expect("a bracket");
    let opens = &text[open..=open];
    let closes = match opens {
        "(" => ')',
        "{" => '}',
        _ => '>',
    };
    let mut depth = 0;
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < open) {
        let is_arrow = c == '>' && text[..at].ends_with('-');
        depth += i32::from(opens.starts_with(c)) - i32::from(c == closes && !is_arrow);
        if depth == 0 {
            return (&text[open + 1..at], &text[at + 1..]);
        }
    }
    panic!("no bracket closes: {}", &text[..text.len().min(100)]);
}

/// The functions of a file, by their symbols: those that are marked `pg_extern`, and those that macros make.
fn functions(file: &str, source: &str, found: &mut BTreeMap<String, Rust>) {
    // The bodies of macros are not code yet.
    let code = source.split("macro_rules!").next().unwrap_or_default().to_owned()
        + &source.split("macro_rules!").skip(1).map(|rest| within(rest).1).collect::<String>();
    for (at, _) in code.match_indices("#[pg_extern]\n") {
        let rest = &code[at..];
        let rest = &rest[rest.find("fn ").expect("a function") + 3..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let rest = &rest[name.len()..];
        let rest = if rest.starts_with('<') { within(rest).1 } else { rest };
        let (arguments, rest) = within(rest);
        let head = &rest[..rest.find('{').expect("a body")];
        let result = head.trim().trim_start_matches("->").trim();
        let arguments: Vec<String> =
            split(arguments).iter().map(|argument| argument.split_once(": ").expect("a type").1.to_owned()).collect();
        let typed: Vec<String> = arguments.iter().filter(|it| !it.ends_with("FunctionCallInfo")).cloned().collect();
        let by_hand = typed.is_empty() && !arguments.is_empty();
        found.insert(
            format!("{name}_wrapper"),
            Rust {
                file: file.to_owned(),
                arguments: (!by_hand).then_some(typed),
                result: aliased(&code, result),
                body: within(&rest[head.len()..]).0.to_owned(),
                said: None,
            },
        );
    }
    let mut add = |name: &str, arguments: &[&str], result: &str| {
        let arguments = Some(arguments.iter().map(|it| (*it).to_owned()).collect());
        let rust = Rust { file: file.to_owned(), arguments, result: result.to_owned(), ..Rust::default() };
        found.insert(format!("{name}_wrapper"), rust);
    };
    for (at, _) in code.match_indices("\njson_type!(") {
        let names = split(within(&code[at..]).0);
        add(&names[1], &["&CStr"], "String");
        add(&names[2], &["Message"], "String");
    }
    for (at, _) in code.match_indices("\nstate_functions!(") {
        let names = split(within(&code[at..]).0);
        add(&names[1], &["Pointer", "Pointer"], "Pointer");
        add(&names[2], &["Pointer"], "Vec<u8>");
        add(&names[3], &["Bytes", "Pointer"], "Pointer");
    }
    for line in code.lines().filter_map(|line| line.strip_prefix("// SQL: ")) {
        let (name, _) = line.split_once('(').expect("SQL: name(");
        let (arguments, result) = within(line);
        // A [, b [, c]]: one, two or three. The brackets of an array have nothing in them.
        let arguments = arguments.replace("[]", "#");
        let parts: Vec<Vec<String>> =
            arguments.split('[').map(|part| split(&part.replace(']', "").replace('#', "[]"))).collect();
        let counts = (1..=parts.len()).map(|n| parts[..n].iter().map(Vec::len).sum()).collect();
        let said = Said {
            arguments: parts.concat(),
            counts,
            result: result.trim().trim_end_matches("STRICT").trim().to_owned(),
            is_strict: result.ends_with("STRICT"),
        };
        let symbol = format!("{name}_wrapper");
        match found.get_mut(&symbol) {
            Some(rust) => rust.said = Some(said),
            None => {
                let rust = Rust { file: file.to_owned(), said: Some(said), ..Rust::default() };
                found.insert(name.to_owned(), rust);
            }
        }
    }
}

/// A result type, with what `type` of the file stands for instead of its name.
fn aliased(code: &str, result: &str) -> String {
    let mut result = result.split_whitespace().collect::<Vec<_>>().join(" ");
    for (at, _) in code.match_indices("\ntype ") {
        let (name, rest) = code[at + 6..].split_once('=').expect("a type");
        let stands_for = rest[..rest.find(";\n").expect("an end")].split_whitespace().collect::<Vec<_>>().join(" ");
        if result == name.trim() || result == format!("SqlResult<{}>", name.trim()) {
            result = stands_for;
        }
    }
    result
}

// ---- one against the other ------------------------------------------------------------------------------------------

/// A type in Rust without lifetimes, `Option` and `SqlResult`; and whether NULL has a place in it.
fn bare(rust: &str) -> (String, bool) {
    let mut rust = rust.replace("<'_>", "").replace("<'fcx>", "").replace("<'static>", "").replace("'static ", "");
    let mut is_nullable = false;
    for wrapper in ["SqlResult<", "Option<"] {
        if let Some(inside) = rust.strip_prefix(wrapper) {
            is_nullable |= wrapper == "Option<";
            rust = inside[..inside.len() - 1].trim().trim_end_matches(',').to_owned();
        }
    }
    // These look at NULL by themselves.
    let sees_null =
        ["History", "Engagement", "Instant", "RowInstant", "AmountArgument", "Score"].contains(&rust.as_str());
    (rust.clone(), is_nullable || sees_null || rust.starts_with("Pointer"))
}

/// Whether a type in Rust reads or makes a value of a type in SQL.
fn fits(rust: &str, sql: &str) -> bool {
    const SIMPLE: &[(&str, &[&str])] = &[
        ("f64", &["double precision"]),
        ("i32", &["integer"]),
        ("i64", &["bigint"]),
        ("bool", &["boolean"]),
        ("Instant", &["timestamptz"]),
        ("RowInstant", &["timestamptz"]),
        ("Interval", &["interval"]),
        ("AmountArgument", &["numeric"]),
        ("NumericArgument", &["numeric"]),
        ("Decimal", &["numeric"]),
        ("Figure", &["numeric"]),
        ("History", &["purchase_history"]),
        ("Engagement", &["engagement_history"]),
        ("Score", &["rfm_triple"]),
        ("&CStr", &["cstring"]),
        ("CString", &["cstring"]),
        ("CText<String>", &["cstring"]),
        ("Message", &["internal"]),
        ("Vec<u8>", &["bytea"]),
        ("Jsonb", &["jsonb"]),
        ("Vec<Text>", &["text[]"]),
        ("Vec<String>", &["text[]"]),
        ("Array<'_, i32>", &["integer[]"]),
        ("Array<'_, AnyNumeric>", &["numeric[]"]),
        ("Range<AnyNumeric>", &["numrange"]),
        ("Range<TimestampWithTimeZone>", &["tstzrange"]),
        ("()", &["void"]),
    ];
    // Values of variable length whose bytes are read as they are.
    const TEXTS: [&str; 7] =
        ["text", "rfm_breaks", "vip_breaks", "purchase_rhythm", "purchase_model", "spend_model", "renewal_model"];
    match rust {
        _ if rust.starts_with("Pointer") => sql == "internal",
        "Bytes" => TEXTS.contains(&sql) || ["bytea", "purchase_history_rows"].contains(&sql),
        // The functions of this type make its bytes by hand.
        "ServerValue" => ["bytea", "purchase_history_rows"].contains(&sql),
        "String" | "Text" | "&str" | "&'static str" => TEXTS.contains(&sql),
        _ => SIMPLE.iter().any(|(name, types)| *name == rust && types.contains(&sql)),
    }
}

fn check_result(rust: &str, declared: &Declared) -> Result<(), String> {
    let (rust, _) = bare(rust);
    if let Some(columns) = rust.strip_prefix("TableIterator<") {
        let columns: Vec<String> = columns
            .split("name!(")
            .skip(1)
            .map(|column| bare(within(&format!("({column}")).0.split_once(", ").expect("name!(name, type)").1).0)
            .collect();
        let fit = columns.len() == declared.columns.len()
            && columns.iter().zip(&declared.columns).all(|(rust, sql)| fits(rust, sql));
        return if fit && declared.result.starts_with("SETOF ") {
            Ok(())
        } else {
            Err(format!("returns rows of {columns:?}, and SQL declares {} {:?}", declared.result, declared.columns))
        };
    }
    let fit = match rust.strip_prefix("Row<") {
        Some(width) => width.trim_end_matches('>').parse() == Ok(declared.width),
        None if rust == "Label" => declared.is_enum,
        // What is sent of a history is its bytes.
        None if declared.symbol.ends_with("_history_send_wrapper") && declared.result == "bytea" => {
            fits(&rust, &declared.arguments[0])
        }
        None => fits(&rust, &declared.result),
    };
    if fit { Ok(()) } else { Err(format!("returns {rust}, and SQL declares {}", declared.result)) }
}

/// The calls by which functions take an argument of a number from the call: what comes before the number, and the types.
const TAKEN: &[(&str, &[&str])] = &[
    ("text_argument(fcinfo, ", &["text"]),
    ("optional_text(fcinfo, ", &["text"]),
    ("json_argument(fcinfo, ", &["jsonb"]),
    ("switch(fcinfo, ", &["boolean"]),
    (".interval(", &["interval"]),
    (".interval_parts(", &["interval"]),
    (".float(", &["double precision"]),
    (".whole(", &["double precision"]),
    (".weight(", &["double precision"]),
    (".instant(", &["timestamptz"]),
    (".history::<Purchases>(", &["purchase_history"]),
    (".history::<Events>(", &["engagement_history"]),
    (".history(", &["purchase_history", "engagement_history"]),
    ("time_of_day(arguments, ", &["time"]),
    ("weekdays(arguments, ", &["integer[]"]),
    ("two_names(", &["text"]),
];

fn check_taken(body: &str, arguments: &[String]) -> Result<usize, String> {
    let mut number_of_calls = 0;
    for (call, types) in TAKEN {
        for (at, _) in body.match_indices(call) {
            let digits: String = body[at + call.len()..].chars().take_while(char::is_ascii_digit).collect();
            let Ok(number) = digits.parse::<usize>() else { continue };
            number_of_calls += 1;
            match arguments.get(number) {
                Some(declared) if types.contains(&declared.as_str()) => {}
                other => return Err(format!("takes argument {number} as {types:?}, and SQL declares {other:?}")),
            }
        }
    }
    Ok(number_of_calls)
}

fn check(rust: &Rust, declared: &Declared) -> Result<(), String> {
    if let Some(said) = &rust.said {
        let count = declared.arguments.len();
        let arguments = said.arguments.get(..count).unwrap_or_default();
        if !said.counts.contains(&count) || arguments != declared.arguments || said.result != declared.result {
            return Err(format!(
                "says {said:?}, and SQL declares ({}) {}",
                declared.arguments.join(", "),
                declared.result
            ));
        }
        if said.is_strict && !declared.is_strict {
            return Err("cannot have a NULL, and SQL does not declare it STRICT".to_owned());
        }
        check_taken(&rust.body, &said.arguments)?;
        let by_its_type =
            !rust.result.is_empty() && !rust.result.contains("ServerValue") && rust.result != "SqlResult<()>";
        if by_its_type {
            check_result(&rust.result, declared)?;
        }
    } else {
        check_result(&rust.result, declared)?;
    }
    let Some(arguments) = &rust.arguments else {
        return if rust.said.is_some() {
            Ok(())
        } else {
            Err("takes its arguments by hand, and does not say which".to_owned())
        };
    };
    if arguments.len() != declared.arguments.len() {
        return Err(format!("takes {arguments:?}, and SQL declares {:?}", declared.arguments));
    }
    for (rust, sql) in arguments.iter().zip(&declared.arguments) {
        let (name, is_nullable) = bare(rust);
        if !fits(&name, sql) {
            return Err(format!("takes {rust}, and SQL declares {sql}"));
        }
        if declared.is_strict && rust.starts_with("Option<") {
            return Err(format!("takes {rust}, and SQL declares it STRICT"));
        }
        if !declared.is_strict && !is_nullable {
            return Err(format!("takes {rust}, which cannot be NULL, and SQL does not declare it STRICT"));
        }
    }
    Ok(())
}

fn rust_functions() -> BTreeMap<String, Rust> {
    let mut found = BTreeMap::new();
    for path in files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pg"), "rs") {
        let source = fs::read_to_string(&path).expect("Rust");
        functions(&path.to_string_lossy(), &source, &mut found);
    }
    found
}

#[test]
fn what_rust_reads_is_what_sql_declares() {
    let mut database = Database::new("signatures");
    let (declared, rust) = (declared(&mut database), rust_functions());
    assert!(declared.len() > 300, "{} functions", declared.len());
    let mut wrong = Vec::new();
    for declared in &declared {
        match rust.get(&declared.symbol) {
            None => wrong.push(format!(
                "{}: nothing is known of {}: mark it pg_extern, or write // SQL: {}({}) {} before it",
                declared.name,
                declared.symbol,
                declared.symbol,
                declared.arguments.join(", "),
                declared.result
            )),
            Some(rust) => wrong.extend(
                check(rust, declared)
                    .err()
                    .map(|why| format!("{}: {} in {} {why}", declared.name, declared.symbol, rust.file)),
            ),
        }
    }
    wrong.extend(
        rust.iter()
            .filter(|(symbol, _)| !declared.iter().any(|declared| declared.symbol == **symbol))
            .map(|(symbol, rust)| format!("{symbol} in {} is not declared in SQL", rust.file)),
    );
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The test would notice: each of these declarations differs from the one before it in one thing.
#[test]
fn a_wrong_declaration_is_noticed() {
    let source = "// SQL: accum(internal, double precision [, bigint[] [, text]]) internal\n#[pg_extern]\n\
        fn accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<State>> {\n    arguments.float(1); text_argument(fcinfo, 3, \"\")\n}\n\
        #[pg_extern]\nfn plain(h: History<'_>, n: Option<i32>, at: Instant, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<f64>> {\n}\n\
        #[pg_extern]\nfn strict<'fcx>(n: i32, text: Bytes<'fcx>) -> Text {\n}\n";
    let mut rust = BTreeMap::new();
    functions("file.rs", source, &mut rust);
    let check = |symbol: &str, arguments: &[&str], result: &str, is_strict: bool| {
        let arguments = arguments.iter().map(|it| (*it).to_owned()).collect();
        let declared = Declared {
            name: symbol.to_owned(),
            symbol: symbol.to_owned(),
            arguments,
            result: result.to_owned(),
            columns: Vec::new(),
            width: 0,
            is_enum: false,
            is_strict,
        };
        check(&rust[&format!("{symbol}_wrapper")], &declared)
    };
    for arguments in [&["internal", "double precision"][..], &["internal", "double precision", "bigint[]", "text"]] {
        assert_eq!(check("accum", arguments, "internal", false), Ok(()));
    }
    for (arguments, result) in [
        (&["internal", "numeric"][..], "internal"),
        (&["internal"], "internal"),
        (&["internal", "double precision", "integer[]"], "internal"),
        (&["internal", "double precision", "bigint[]", "text", "text"], "internal"),
        (&["internal", "double precision"], "bytea"),
    ] {
        assert!(check("accum", arguments, result, false).is_err(), "{arguments:?} {result}");
    }
    let plain = ["purchase_history", "integer", "timestamptz"];
    assert_eq!(check("plain", &plain, "double precision", false), Ok(()));
    assert!(check("plain", &plain, "double precision", true).is_err(), "an Option of a STRICT function");
    assert!(check("plain", &plain, "numeric", false).is_err());
    assert!(check("plain", &["purchase_history", "bigint", "timestamptz"], "double precision", false).is_err());
    assert!(check("plain", &["purchase_history", "integer", "timestamp"], "double precision", false).is_err());
    assert!(check("plain", &["engagement_history", "integer", "timestamptz"], "double precision", false).is_err());
    assert_eq!(check("strict", &["integer", "text"], "text", true), Ok(()));
    assert!(check("strict", &["integer", "text"], "text", false).is_err(), "a NULL has no place in an i32");
    assert!(check("strict", &["integer", "jsonb"], "text", true).is_err());
    // What a comment says is held against what the body takes.
    assert!(check_taken("arguments.float(1)", &["internal".to_owned(), "numeric".to_owned()]).is_err());
    assert!(check_taken("arguments.instant(2, \"as_of\")", &["internal".to_owned()]).is_err());
}
