//! Binary values of the extension's types, as a client or COPY sends them, with something changed: what is accepted must be read by
//! everything, equal itself as text, and be sent again as it came.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::time::{Duration, Instant};

use postgres::types::{Format, IsNull, ToSql, Type};
use postgres::{Client, Statement};

use crate::corpus::{self, Binary};
use crate::harness::show;
use crate::judge::{bug, shares};
use crate::random::Random;
use crate::{Budget, mutate};

use bytes::BytesMut;

/// What is done with a history: `$1` is the value.
const OF_HISTORIES: [&str; 6] =
    ["$1::text", "{kind}_send($1)", "$1 + $1", "$1 = ($1::text)::{kind}", "$1::jsonb", "{kind}_hash($1)"];
const OF_PURCHASES: [&str; 6] = [
    "num_purchases($1, '2025-01-01Z')",
    "total_spend($1)",
    "median_gap($1)",
    "lifecycle_stage($1, as_of => '2025-01-01Z')",
    "(SELECT count(*) FROM purchases($1))",
    "until($1, '2024-01-01Z')",
];
const OF_EVENTS: [&str; 3] =
    ["(SELECT count(*) FROM events($1))", "engagement_temperature($1, '2025-01-01Z')", "until($1, '2024-01-01Z')"];
const OF_MODELS: [&str; 4] = ["$1::text", "{kind}_send($1)", "$1 = ($1::text)::{kind}", "{kind}_hash($1)"];
const MODELS: [&str; 6] =
    ["rfm_breaks", "vip_breaks", "purchase_rhythm", "purchase_model", "spend_model", "renewal_model"];

/// Bytes that are sent as they are, whatever type they are to be.
#[derive(Debug)]
struct Raw<'a>(&'a [u8]);

impl ToSql for Raw<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Binary
    }

    postgres::types::to_sql_checked!();
}

struct Tries<'a> {
    client: &'a mut Client,
    statements: HashMap<(String, String), Statement>,
    states: BTreeMap<String, u64>,
    accepted: u64,
    findings: Vec<String>,
}

impl Tries<'_> {
    fn found(&mut self, what: &str, binary: &Binary, detail: &str) {
        println!(
            "FOUND {what} of {}: {}\n  {detail}\n  {}",
            binary.kind,
            binary.expression,
            corpus::hex(&binary.value)
        );
        corpus::keep_binary(what, binary);
        self.findings.push(format!("{what} of {}: {}: {detail}", binary.kind, binary.expression));
    }

    /// Whether the value was accepted.
    fn attempt(&mut self, binary: &Binary) -> bool {
        let Binary { kind, expression, value } = binary;
        let key = (kind.clone(), expression.clone());
        if !self.statements.contains_key(&key) {
            let expression = expression.replace("{kind}", kind).replacen("$1", &format!("$1::{kind}"), 1);
            let statement = self.client.prepare(&format!("SELECT ({expression})::text"));
            self.statements
                .insert(key.clone(), statement.unwrap_or_else(|error| panic!("{}\n{expression}", show(&error))));
        }
        let start = Instant::now();
        let result = self.client.query_one(&self.statements[&key], &[&Raw(value)]);
        match result {
            Ok(row) => {
                let text: Option<String> = row.get(0);
                *self.states.entry("00000".to_owned()).or_default() += 1;
                self.accepted += 1;
                if expression.contains(" = ") && text.as_deref() == Some("false") {
                    self.found("not equal to itself", binary, "the text of the value is another value");
                }
                let sent = text.as_deref().and_then(|text| text.strip_prefix("\\x")).map(corpus::unhex);
                if expression.ends_with("_send($1)") && kind.ends_with("history") && sent.as_ref() != Some(value) {
                    self.found("not sent as it came", binary, text.as_deref().unwrap_or("NULL"));
                }
                true
            }
            Err(error) => {
                let Some(error) = error.as_db_error() else {
                    self.found("crash", binary, &show(&error));
                    panic!("the session was lost: {}", self.findings.join("\n"));
                };
                let state = error.code().code();
                *self.states.entry(state.to_owned()).or_default() += 1;
                if let Some(why) = bug(state, error.message()) {
                    self.found(&why, binary, error.message());
                } else if start.elapsed() > Duration::from_secs(3) {
                    self.found("late cancel", binary, error.message());
                }
                false
            }
        }
    }
}

fn seeds(client: &mut Client) -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let mut seeds = Vec::new();
    for (kind, table) in [("purchase_history", "ph"), ("engagement_history", "eh")] {
        let query =
            format!("SELECT s FROM (SELECT {kind}_send(v) AS s FROM {table} ORDER BY i) AS t WHERE length(s) < 3000");
        let rows = client.query(&query, &[]).unwrap_or_else(|error| panic!("{}", show(&error)));
        seeds.push((kind, rows.iter().map(|row| row.get(0)).collect()));
    }
    for kind in MODELS {
        let query =
            format!("SELECT {kind}_send(v::{kind}) FROM models WHERE t = '{kind}' AND v IS NOT NULL ORDER BY v");
        let rows = client.query(&query, &[]).unwrap_or_else(|error| panic!("{}", show(&error)));
        seeds.push((kind, rows.iter().map(|row| row.get(0)).collect()));
    }
    seeds
}

fn expressions(kind: &str) -> Vec<&'static str> {
    match kind {
        "purchase_history" => [OF_HISTORIES, OF_PURCHASES].concat(),
        "engagement_history" => [&OF_HISTORIES[..], &OF_EVENTS[..]].concat(),
        _ => OF_MODELS.to_vec(),
    }
}

/// Tries the values that are kept, and then others until the budget is spent.
pub fn run(client: &mut Client, random: &mut Random, budget: &Budget) {
    client.batch_execute("SET statement_timeout = '2s'; SET client_min_messages = error").expect("settings");
    let mut seeds = seeds(client);
    let mut tries =
        Tries { client, statements: HashMap::new(), states: BTreeMap::new(), accepted: 0, findings: Vec::new() };
    for binary in corpus::binaries() {
        tries.attempt(&binary);
    }
    let start = Instant::now();
    let mut n = 0;
    while budget.lasts(n) && tries.findings.len() < 25 {
        n += 1;
        let at = if random.chance(0.8) { random.below(2) } else { random.below(seeds.len()) };
        let kind = seeds[at].0;
        let value = if random.chance(0.97) {
            let seed = random.below(seeds[at].1.len());
            mutate::bytes(random, &seeds[at].1[seed])
        } else {
            (0..random.below(30)).map(|_| random.byte()).collect()
        };
        let expression = (*random.one(&expressions(kind))).to_owned();
        let binary = Binary { kind: kind.to_owned(), expression, value };
        // What was accepted may go further the next time.
        if tries.attempt(&binary) && random.chance(0.02) && binary.value.len() < 3000 {
            seeds[at].1.push(binary.value);
        }
    }
    println!(
        "binary: {n} values in {:.0} s, {} accepted; {}",
        start.elapsed().as_secs_f64(),
        tries.accepted,
        shares(&tries.states, n)
    );
    assert!(tries.findings.is_empty(), "{} findings:\n{}", tries.findings.len(), tries.findings.join("\n"));
}
