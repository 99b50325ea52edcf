//! What was found is kept in tests/fuzz/corpus, to be tried first at each run: calls as `.sql`, binary values as `.hex`.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use crate::calls::Call;

/// A binary value, of which type it is to be, and what is done with it.
#[derive(Clone)]
pub struct Binary {
    pub kind: String,
    pub expression: String,
    pub value: Vec<u8>,
}

fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/corpus"))
}

fn keep(what: &str, subject: &str, content: &str, extension: &str) {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let word =
        |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect::<String>();
    let name = format!("{}-{}-{:08x}.{extension}", word(subject), word(what), hasher.finish() as u32);
    fs::write(directory().join(name), content).expect("writing to the corpus");
}

/// Keeps a call that went wrong.
pub fn keep_call(what: &str, call: &Call, detail: &str) {
    let detail: String = detail.replace('\n', " ").chars().take(300).collect();
    let name = call.signature.split('(').next().unwrap_or_default();
    keep(what, name, &format!("-- {}: {what}: {detail}\n{}\n", call.signature, call.statement), "sql");
}

/// Keeps a binary value that went wrong.
pub fn keep_binary(what: &str, binary: &Binary) {
    let content = format!("{}\n{}\n{}\n", binary.kind, binary.expression, hex(&binary.value));
    keep(what, &binary.kind, &content, "hex");
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn unhex(text: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits");
    (0..text.len() / 2).map(|n| byte(2 * n)).collect()
}

fn files(extension: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = fs::read_dir(directory())
        .expect("tests/fuzz/corpus")
        .map(|entry| entry.expect("a file of the corpus").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a file of the corpus");
            (path.file_name().expect("a name").to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

/// The calls that are kept: each file has one, after lines of comment.
pub fn calls() -> Vec<Call> {
    let call = |(name, text): (String, String)| {
        let lines: Vec<&str> = text.lines().skip_while(|line| line.starts_with("--")).collect();
        Call { signature: name, statement: lines.join("\n"), keep: false }
    };
    files("sql").into_iter().map(call).collect()
}

/// The binary values that are kept: type, expression, value.
pub fn binaries() -> Vec<Binary> {
    let binary = |(name, text): (String, String)| {
        let lines: Vec<&str> = text.lines().collect();
        let [kind, expression, value] = lines[..] else { panic!("{name} must have three lines") };
        Binary { kind: kind.to_owned(), expression: expression.to_owned(), value: unhex(value) }
    };
    files("hex").into_iter().map(binary).collect()
}
