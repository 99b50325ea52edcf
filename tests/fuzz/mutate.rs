//! Texts, JSON and bytes that were right, with something wrong in them.

use serde_json::{Map, Value, json};

use crate::random::Random;

const MARKS: &str = "{}[],:\"0123456789eE+-. TZ\\nulé";

/// A text with one to four changes.
pub fn text(random: &mut Random, text: &str) -> String {
    let marks: Vec<char> = MARKS.chars().collect();
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..random.between(1, 4) {
        let at = random.below(chars.len() + 1);
        match random.below(10) {
            _ if at == chars.len() => chars.push(*random.one(&marks)),
            0..3 => chars.insert(at, *random.one(&marks)),
            3..6 => drop(chars.remove(at)),
            6..8 => chars[at] = *random.one(&marks),
            _ => {
                let end = (at + random.below(20) + 1).min(chars.len());
                let again: Vec<char> = chars[at..end].to_vec();
                chars.splice(at..at, again);
            }
        }
    }
    chars.into_iter().collect()
}

/// Bytes with one to eight changes.
pub fn bytes(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..*random.one(&[1, 1, 1, 2, 3, 8]) {
        let at = random.below(bytes.len() + 1);
        match random.below(100) {
            _ if at == bytes.len() => bytes.push(random.byte()),
            0..15 => bytes.insert(at, random.byte()),
            15..30 => drop(bytes.remove(at)),
            30..55 => bytes[at] ^= 1 << random.below(8),
            55..70 => bytes[at] = *random.one(&[0, 1, 127, 128, 255]),
            70..80 => {
                let end = (at + random.below(12) + 1).min(bytes.len());
                let again: Vec<u8> = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            80..88 => bytes.truncate(at),
            // As a number that is too long.
            88..95 => {
                let end = (at + 9).min(bytes.len());
                let number: Vec<u8> = (0..9).map(|_| *random.one(&[255, 128, 0])).collect();
                bytes.splice(at..end, number);
            }
            _ => (0..random.between(1, 10)).for_each(|_| bytes.push(random.byte())),
        }
    }
    bytes
}

/// A value that is wrong nearly everywhere.
fn wrong(random: &mut Random) -> Value {
    let values = [
        json!(0),
        json!(1),
        json!(-1),
        json!(2),
        json!(9),
        json!(0.5),
        json!(1e308),
        json!(-1e308),
        json!(5e-324),
        json!(1e-300),
        json!(1e15),
        json!(9_007_199_254_740_993_u64),
        json!(u64::MAX),
        json!(0.999_999_999_999_999_9),
        json!(null),
        json!(true),
        json!("x"),
        json!(""),
        json!("infinity"),
        json!("-infinity"),
        json!("2024-01-01T00:00:00Z"),
        json!("x".repeat(1000)),
        json!([]),
        json!({}),
        json!([1]),
        json!([0, 0]),
        json!([5, 4, 3, 2, 1]),
        json!([1e308, 1e308]),
        json!({"a": 1}),
        json!([[[]]]),
    ];
    random.one(&values).clone()
}

/// A JSON value with one change somewhere in it.
pub fn json(random: &mut Random, value: &Value, at_top: bool) -> Value {
    let go_in = at_top || random.chance(0.8);
    match value {
        Value::Object(map) if !map.is_empty() && go_in => object(random, map),
        Value::Array(items) if !items.is_empty() && go_in => array(random, items),
        Value::Number(number) if random.chance(0.6) => {
            let number = number.as_f64().unwrap_or(0.0);
            let times = *random.one(&[2.0, 0.5, -1.0, 1.0 + 1e-9, 1e6, 1e-6, 1e150, 1e-150]);
            json!(number * times)
        }
        _ => wrong(random),
    }
}

fn object(random: &mut Random, map: &Map<String, Value>) -> Value {
    let mut map = map.clone();
    let keys: Vec<String> = map.keys().cloned().collect();
    let key = random.one(&keys).clone();
    match random.below(10) {
        0..6 => {
            let changed = json(random, &map[&key], false);
            map.insert(key, changed);
        }
        6 => drop(map.remove(&key)),
        7 => {
            let name = random.one(&["zz".to_owned(), "version".to_owned(), "k".to_owned(), format!("{key}x")]).clone();
            map.insert(name, wrong(random));
        }
        _ => drop(map.insert(key, wrong(random))),
    }
    Value::Object(map)
}

fn array(random: &mut Random, items: &[Value]) -> Value {
    let mut items = items.to_vec();
    let at = random.below(items.len());
    match random.below(10) {
        0..6 => items[at] = json(random, &items[at], false),
        6 => drop(items.remove(at)),
        7 => items = vec![items; *random.one(&[2, 50])].concat(),
        8 => items[at] = wrong(random),
        _ => random.shuffle(&mut items),
    }
    Value::Array(items)
}
