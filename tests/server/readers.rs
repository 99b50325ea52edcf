//! What comes from outside is read with mistrust: cut, flipped, lengthened and lying values, by the text and by the
//! binary protocol. Each is refused by a clear error or accepted, and then reads back the same; the session survives.

use std::collections::BTreeMap;
use std::error::Error;

use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::harness::{Ask, Database, show};

use bytes::BytesMut;

/// Values of each type and protocol: 12 x 20,000 inputs in all.
const INPUTS: usize = 20_000;

/// What a reader may answer: malformed text or bytes, a number or an instant out of range, a limit, and text that is not
/// in the encoding at all.
const ALLOWED: [&str; 6] = ["22P02", "22P03", "22003", "22008", "54000", "22021"];

/// Bytes that are sent as they are, whatever the type.
#[derive(Debug)]
struct Raw(Vec<u8>);

impl ToSql for Raw {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One change of a value.
#[derive(Debug, Clone)]
enum Change {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Put(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index),
    Repeat(prop::sample::Index, prop::sample::Index),
    /// Four bytes at one of the places where a length stands, or anywhere.
    Length(prop::sample::Index, u32),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    // The marks of the text forms are likelier to lead somewhere than any byte.
    let mark =
        prop_oneof![Just(b'{'), Just(b'}'), Just(b','), Just(b'"'), Just(b'-'), Just(b'0'), Just(b'9'), any::<u8>()];
    let length = prop_oneof![0u32..40, Just(u32::MAX), Just(i32::MAX as u32), any::<u32>()];
    prop_oneof![
        at().prop_map(Change::Cut),
        (at(), (0u8..8).prop_map(|bit| 1 << bit)).prop_map(|(at, flip)| Change::Flip(at, flip)),
        (at(), mark).prop_map(|(at, byte)| Change::Put(at, byte)),
        (at(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        at().prop_map(Change::Remove),
        (at(), at()).prop_map(|(from, to)| Change::Repeat(from, to)),
        (at(), length).prop_map(|(at, length)| Change::Length(at, length)),
    ]
}

impl Change {
    fn apply(&self, value: &mut Vec<u8>) {
        let end = value.len() + 1;
        match self {
            Change::Cut(at) => value.truncate(at.index(end)),
            Change::Insert(at, bytes) => {
                let at = at.index(end);
                value.splice(at..at, bytes.iter().copied());
            }
            Change::Length(at, length) => {
                let at = [3, at.index(end)][at.index(2)];
                for (byte, new) in value.iter_mut().skip(at).zip(length.to_le_bytes()) {
                    *byte = new;
                }
            }
            _ if value.is_empty() => {}
            Change::Flip(at, flip) => *at.get_mut(value) ^= flip,
            Change::Put(at, byte) => *at.get_mut(value) = *byte,
            Change::Remove(at) => {
                value.remove(at.index(end - 1));
            }
            Change::Repeat(from, to) => {
                let (from, to) = (from.index(end - 1), to.index(end - 1));
                let piece = value[from.min(to)..=from.max(to)].to_vec();
                value.extend(piece);
            }
        }
    }
}

/// Values that are right, and of each type the changed ones: one in ten is invented from nothing.
fn inputs(right: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let changed = (prop::sample::select(right.to_vec()), prop::collection::vec(change(), 0..4)).prop_map(
        |(mut value, changes)| {
            changes.iter().for_each(|change| change.apply(&mut value));
            value
        },
    );
    let input = prop_oneof![9 => changed, 1 => prop::collection::vec(any::<u8>(), 0..60)];
    let mut runner = TestRunner::default();
    (0..INPUTS).map(|_| input.new_tree(&mut runner).expect("no input is filtered out").current()).collect()
}

/// Values of a type as SQL text, of many shapes.
fn right_values(database: &mut Database, kind: &str) -> Vec<String> {
    database.run(
        "CREATE TABLE orders AS SELECT n % 40 AS c, n % 7 AS k, now() - random() * random() * interval '900 days' AS at,
            (random() * 300 - 20)::numeric(9, 4) AS amount FROM generate_series(1, 400) AS n;
         CREATE TABLE histories AS SELECT c, k, purchase_history(at, amount) AS h FROM orders GROUP BY c, k
         UNION ALL SELECT c, 8, purchase_history(at::date, round(amount)) FROM orders GROUP BY c",
    );
    let made = match kind {
        "purchase_history" => {
            "SELECT h::text FROM histories UNION ALL SELECT unnest(array['{}', '{0001-01-01 922337203685477.5807,
                9999-12-31T23:59:59.999999Z -922337203685477.5808}', '{2024-01-01T00:00:00+05:45 0, 2024-01-01 0}'])"
        }
        "engagement_history" => {
            "SELECT engagement_history(at, (array['sent', 'open', 'click', 'visit', 'bounce', 'unsubscribe', 'subscribe'])[k + 1],
                (array['email', 'sms', NULL, 'store'])[1 + c % 4])::text FROM orders GROUP BY c
             UNION ALL SELECT unnest(array['{}', '{0001-01-01 sent, 9999-12-31T23:59:59.999999Z subscribe store}'])"
        }
        "rfm_breaks" => {
            "SELECT rfm_breaks(h, now(), 2 + k)::text FROM histories GROUP BY k UNION ALL SELECT
                '{\"bins\": 3, \"recency_days\": [180, 365], \"frequency\": [1, 2], \"monetary\": [-1.5, 922337203685477.5807]}'"
        }
        "purchase_model" => {
            r#"SELECT purchase_model(h, (array['bg/nbd', 'mbg/cnbd-k', 'pareto/nbd', 'nbd', 'bg/bb', 'mbg/nbd', 'bg/cnbd-k'])[k + 1],
                now(), '3 days', '{"ridge": 0.01}')::text FROM histories WHERE k < 7 GROUP BY k
             UNION ALL SELECT unnest(array['{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}}',
                '{"model": "mbg/cnbd-k", "params": {"k": 2, "r": 1, "alpha": 1, "a": 0, "b": 1}, "unit": "1 day"}',
                '{"model": "pareto/nbd", "params": null, "status": "no interior optimum: s \u2192 0"}'])"#
        }
        "spend_model" => {
            r#"SELECT spend_model(h)::text FROM histories GROUP BY k % 3
             UNION ALL SELECT unnest(array['{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}', '{"params": null}'])"#
        }
        "renewal_model" => {
            r#"SELECT renewal_model(h, now(), '1 month')::text FROM histories GROUP BY k
             UNION ALL SELECT unnest(array['{"params": {"alpha": 0.668, "beta": 3.806}}', '{"params": null}'])"#
        }
        _ => {
            "SELECT purchase_rhythm(h)::text FROM histories GROUP BY k UNION ALL SELECT
                unnest(array['{\"params\": {\"k\": 1.07, \"r\": 3.49, \"alpha\": 139.4}}', '{\"params\": null}'])"
        }
    };
    database.texts(made)
}

fn must_be_allowed(database: &mut Database, answers: &BTreeMap<String, usize>) {
    for code in answers.keys() {
        assert!(code == "accepted" || ALLOWED.contains(&code.as_str()), "{code} is no error for a reader: {answers:?}");
    }
    let accepted = answers.get("accepted").copied().unwrap_or(0);
    assert!(accepted > INPUTS / 50, "of so many inputs some must be right: {answers:?}");
    assert!(accepted < INPUTS / 2, "of so many inputs most must be wrong: {answers:?}");
    assert_eq!(answers.values().sum::<usize>(), INPUTS);
    assert_eq!(database.get::<i64>("SELECT num_purchases('{2024-01-01 1}', '2024-01-02')"), 1);
}

/// Each input as a binary parameter in a statement of its own.
fn read_binary(kind: &str) {
    let mut database = Database::new(&format!("readers_binary_{kind}"));
    let texts = right_values(&mut database, kind);
    let send = database.prepare(&format!("SELECT {kind}_send($1::text::{kind})")).expect("preparing");
    let right: Vec<Vec<u8>> =
        texts.iter().map(|text| database.query_one(&send, &[text]).expect("sending").get(0)).collect();
    let read = database
        .prepare(&format!("SELECT {kind}_send($1::{kind}), ($1::{kind}::text)::{kind}::text = $1::{kind}::text"))
        .expect("preparing");
    let mut answers = BTreeMap::new();
    for input in inputs(&right) {
        let raw = Raw(input);
        let answer = match database.query_one(&read, &[&raw]) {
            Ok(row) => {
                assert!(row.get::<_, bool>(1), "does not read back from text: {raw:?}");
                let sent: Vec<u8> = row.get(0);
                // JSON may be written in many ways, of which one is stored.
                assert!(!kind.ends_with("_history") || sent == raw.0, "{raw:?} became {sent:?}");
                "accepted".to_owned()
            }
            Err(error) => match error.as_db_error() {
                Some(refused) => {
                    assert!(refused.message().len() > 10, "{raw:?}: {}", show(&error));
                    refused.code().code().to_owned()
                }
                None => panic!("lost the session on {raw:?}: {error}"),
            },
        };
        *answers.entry(answer).or_insert(0) += 1;
    }
    must_be_allowed(&mut database, &answers);
}

/// All inputs in one statement, each in a block that catches its error.
fn read_text(kind: &str) {
    let mut database = Database::new(&format!("readers_text_{kind}"));
    let right: Vec<Vec<u8>> = right_values(&mut database, kind).into_iter().map(String::into_bytes).collect();
    database.run(&format!(
        "CREATE FUNCTION read(input text) RETURNS text LANGUAGE plpgsql AS $$
         DECLARE value {kind};
         BEGIN
             value := input::{kind};
             IF value::text::{kind}::text <> value::text OR {kind}_send(value::text::{kind}) <> {kind}_send(value) THEN
                 RETURN 'does not read back: ' || input;
             END IF;
             RETURN 'accepted';
         EXCEPTION WHEN OTHERS THEN
             RETURN SQLSTATE;
         END $$"
    ));
    // The server does not let in what is not UTF-8, nor NUL: see that of the binary form.
    let texts: Vec<String> =
        inputs(&right).iter().map(|input| String::from_utf8_lossy(input).replace('\0', "\u{1}")).collect();
    let mut answers = BTreeMap::new();
    for batch in texts.chunks(2_000) {
        let rows = database.query("SELECT read(t), count(*) FROM unnest($1::text[]) AS t GROUP BY 1", &[&batch]);
        for row in rows.unwrap_or_else(|error| panic!("{}", show(&error))) {
            *answers.entry(row.get(0)).or_insert(0) += row.get::<_, i64>(1) as usize;
        }
    }
    must_be_allowed(&mut database, &answers);
}

macro_rules! read {
    ($($name:ident: $how:ident($kind:literal);)*) => {
        $(#[test]
        fn $name() {
            $how($kind);
        })*
    };
}

read! {
    binary_histories: read_binary("purchase_history");
    binary_breaks: read_binary("rfm_breaks");
    binary_rhythms: read_binary("purchase_rhythm");
    text_histories: read_text("purchase_history");
    binary_engagements: read_binary("engagement_history");
    text_engagements: read_text("engagement_history");
    text_breaks: read_text("rfm_breaks");
    text_rhythms: read_text("purchase_rhythm");
    binary_purchase_models: read_binary("purchase_model");
    binary_spend_models: read_binary("spend_model");
    binary_renewal_models: read_binary("renewal_model");
    text_purchase_models: read_text("purchase_model");
    text_spend_models: read_text("spend_model");
    text_renewal_models: read_text("renewal_model");
}
