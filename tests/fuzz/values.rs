//! Arguments of any type as SQL: usual ones, and those that nobody should pass.

use std::collections::HashMap;

use postgres::Client;
use serde_json::Value;

use crate::harness::Ask;
use crate::mutate;
use crate::odd;
use crate::random::{Random, literal};

/// What stands for a type that may be any.
const ANY: [&str; 7] = ["integer", "text", "numeric", "double precision", "timestamp with time zone", "jsonb", "bytea"];

/// What the catalog says of a type that is made of others.
enum Made {
    Enum(Vec<String>),
    Array(String),
    Domain(String),
    Range(String),
    Composite(Vec<String>),
}

/// Where arguments come from.
pub struct Values {
    pub random: Random,
    made: HashMap<String, Made>,
    /// Fitted models as text, by type.
    models: HashMap<String, Vec<String>>,
    /// Definitions of journeys.
    journeys: Vec<String>,
    histories: i64,
    engagements: i64,
}

impl Values {
    pub fn new(random: Random, client: &mut Client) -> Self {
        let mut models: HashMap<String, Vec<String>> = HashMap::new();
        for row in client.query("SELECT t, v FROM models WHERE v IS NOT NULL ORDER BY 1, 2", &[]).expect("models") {
            models.entry(row.get(0)).or_default().push(row.get(1));
        }
        let journeys = client.texts(
            "SELECT lifecycle.ready_made_journey(n)::text
            FROM unnest('{welcome,post_purchase,replenishment,at_risk,win_back,vip,referral}'::text[]) AS n",
        );
        let histories = client.get::<i32>("SELECT max(i) FROM ph").into();
        let engagements = client.get::<i32>("SELECT max(i) FROM eh").into();
        Values { random, made: made(client), models, journeys, histories, engagements }
    }

    /// One of the texts that `|` separates.
    fn odd(&mut self, texts: &'static str) -> &'static str {
        let texts: Vec<&str> = texts.split('|').collect();
        texts[self.random.below(texts.len())]
    }

    /// An argument of this type, NULL now and then.
    pub fn of(&mut self, kind: &str) -> String {
        let kind =
            if kind.starts_with("any") && !self.made.contains_key(kind) { self.any(kind) } else { kind.to_owned() };
        if self.random.chance(0.05) { format!("NULL::{kind}") } else { self.known(&kind) }
    }

    fn any(&mut self, kind: &str) -> String {
        match kind {
            "anyenum" => "lifecycle_stage".to_owned(),
            "anyarray" | "anycompatiblearray" => "integer[]".to_owned(),
            "anyrange" | "anycompatiblerange" => "tstzrange".to_owned(),
            _ => (*self.random.one(&ANY)).to_owned(),
        }
    }

    fn known(&mut self, kind: &str) -> String {
        let value = match kind {
            "timestamp with time zone" => self.instant(),
            "purchase_history" => self.history(),
            "engagement_history" => self.engagement(),
            "double precision" | "real" => self.double(),
            "smallint" | "integer" | "bigint" => self.integer(kind),
            "numeric" => {
                literal(if self.random.chance(0.6) { self.odd(odd::NUMBERS) } else { self.odd(odd::NUMERICS) })
            }
            "boolean" => (*self.random.one(&["true", "false"])).to_owned(),
            "text" | "character varying" | "name" => self.text(),
            "interval" => literal(self.odd(odd::INTERVALS)),
            "date" => literal(self.odd(odd::DATES)),
            "timestamp without time zone" => {
                literal(if self.random.chance(0.5) { self.odd(odd::DATES) } else { "2024-03-31 02:30" })
            }
            "time without time zone" => literal(self.odd(odd::TIMES)),
            "jsonb" | "json" => literal(self.document()),
            "bytea" => self.bytes(),
            "cstring" => self.input(),
            _ if self.models.contains_key(kind) => self.model(kind),
            _ => return self.made(kind),
        };
        format!("{value}::{kind}")
    }

    fn made(&mut self, kind: &str) -> String {
        match self.made.get(kind) {
            Some(Made::Enum(labels)) => format!("{}::{kind}", literal(self.random.one(labels))),
            Some(Made::Array(element)) => {
                let element = element.clone();
                self.array(kind, &element)
            }
            Some(Made::Domain(base)) => {
                let base = base.clone();
                format!("({})::{kind}", self.known(&base))
            }
            Some(Made::Range(of)) => {
                let (of, ends) = (of.clone(), *self.random.one(&["[)", "[]", "()", "(]"]));
                match self.random.below(5) {
                    0 => format!("'empty'::{kind}"),
                    1 => format!("'(,)'::{kind}"),
                    2 => "'[2024-01-01,2025-01-01)'::tstzrange".to_owned(),
                    _ => format!("{kind}({}, {}, '{ends}')", self.of(&of), self.of(&of)),
                }
            }
            Some(Made::Composite(fields)) => {
                let fields = fields.clone();
                let fields: Vec<String> = fields
                    .iter()
                    .map(|field| {
                        if self.random.chance(0.5) { format!("{}", self.random.between(1, 5)) } else { self.of(field) }
                    })
                    .collect();
                format!("ROW({})::{kind}", fields.join(", "))
            }
            // A type that is new here: what it makes of a text.
            None => format!("{}::{kind}", self.input()),
        }
    }

    fn array(&mut self, kind: &str, element: &str) -> String {
        let fills = [
            "ARRAY[2, 2]",
            "ARRAY[3], ARRAY[5]",
            "ARRAY[300000]",
            "ARRAY[1, 1, 1, 1, 1, 1]",
            "ARRAY[7], ARRAY[-2147483648]",
        ];
        if self.random.chance(0.2) {
            return format!("array_fill({}, {})::{kind}", self.of(element), self.random.one(&fills));
        }
        let usual = match kind {
            "integer[]" => "{180,365} {1,2,3} {1,2,3,4,5,6,7,1} {1,1,1,1,1,1,2,3} {5,4,3,2,1} {NULL}",
            "bigint[]" => "{1000,631,468,382,326} {1,2,3} {0,0} {5,4,3,2,1} {NULL}",
            "numeric[]" => "{30,100} {1,2,3} {0,0} {NaN,1} {NULL}",
            _ => "",
        };
        let usual: Vec<&str> = usual.split_whitespace().collect();
        if !usual.is_empty() && self.random.chance(0.4) {
            return format!("'{}'::{kind}", self.random.one(&usual));
        }
        let count = *self.random.one(&[0, 1, 2, 3, 4, 5, 8, 9, 50]);
        let items: Vec<String> = (0..count).map(|_| self.of(element)).collect();
        format!("ARRAY[{}]::{kind}", items.join(", "))
    }

    fn double(&mut self) -> String {
        match self.random.below(10) {
            0..6 => literal(self.odd(odd::NUMBERS)),
            6..8 => format!("({:.6})", self.random.real(-2.0, 2.0)),
            _ => {
                let power = self.random.between(-320, 307);
                literal(format!("{:e}", self.random.real(-1.0, 1.0) * 10f64.powi(power as i32)))
            }
        }
    }

    fn integer(&mut self, kind: &str) -> String {
        match self.random.below(20) {
            0 if kind == "bigint" => literal(self.random.one(&["9223372036854775807", "-9223372036854775808"])),
            0..14 => literal(self.odd(odd::INTEGERS)),
            _ => format!("({})", self.random.between(-100, 10_000)),
        }
    }

    fn instant(&mut self) -> String {
        match self.random.below(20) {
            0..8 => literal(self.odd(odd::INSTANTS)),
            8..10 => "now()".to_owned(),
            10..19 => {
                let (days, seconds) = (self.random.between(0, 1600), self.random.between(0, 86_399));
                format!("('2022-01-01Z'::timestamptz + interval '{days} days {seconds} seconds')")
            }
            _ => {
                let (year, month, day) =
                    (self.random.between(1, 9999), self.random.between(1, 12), self.random.between(1, 28));
                literal(format!("{year:04}-{month:02}-{day:02} 12:34+00"))
            }
        }
    }

    fn text(&mut self) -> String {
        match self.random.below(100) {
            0..88 => literal(self.odd(odd::TEXTS)),
            88..92 => {
                let times = *self.random.one(&[2, 100, 10_000, 300_000, 3_000_000]);
                format!("repeat({}, {times})", literal(self.odd(odd::TEXTS)))
            }
            // Bytes that are no text in UTF-8, which only a database in SQL_ASCII lets in.
            92..94 => r"E'ab\xff\xc3'".to_owned(),
            _ => {
                let count = self.random.between(1, 30);
                let chars = (0..count).map(|_| match self.random.below(5) {
                    0..3 => char::from(self.random.between(1, 126) as u8),
                    3 => char::from_u32(self.random.between(160, 0x2fff) as u32).unwrap_or('x'),
                    _ => '\u{1F600}',
                });
                literal(chars.collect::<String>())
            }
        }
    }

    fn entry_time(&mut self) -> String {
        let odd = [
            "0001-01-01",
            "9999-12-31T23:59:59.999999Z",
            "2024-02-29",
            "2024-01-01T12:34:56.789Z",
            "2023-06-01",
            "1970-01-01",
        ];
        if self.random.chance(0.35) {
            return (*self.random.one(&odd)).to_owned();
        }
        let (year, month, day) =
            (self.random.between(2022, 2025), self.random.between(1, 12), self.random.between(1, 28));
        format!("{year}-{month:02}-{day:02}")
    }

    /// What a history prints as, from entries that come after the time.
    fn entries(&mut self, mut entry: impl FnMut(&mut Random) -> String) -> String {
        let count = *self.random.one(&[0, 1, 1, 2, 3, 5, 20]);
        let entries: Vec<String> = (0..count)
            .map(|_| {
                let time = self.entry_time();
                format!("{time} {}", entry(&mut self.random)).trim_end().to_owned()
            })
            .collect();
        let text = format!("{{{}}}", entries.join(", "));
        if self.random.chance(0.15) { mutate::text(&mut self.random, &text) } else { text }
    }

    fn purchases(&mut self) -> String {
        let odd = [
            "",
            "0",
            "5",
            "-5",
            "922337203685477.5807",
            "-922337203685477.5808",
            "0.0001",
            "0.00001",
            "1e3",
            "-12.34",
            "NaN",
            "1e20",
        ];
        self.entries(|random| {
            if random.chance(0.4) {
                (*random.one(&odd)).to_owned()
            } else {
                format!("{:.2}", random.real(-20.0, 200.0))
            }
        })
    }

    fn events(&mut self) -> String {
        let kinds = [
            "sent",
            "open",
            "click",
            "delivered",
            "bounce",
            "unsubscribe",
            "complaint",
            "visit",
            "reply",
            "subscribe",
            "xx",
            "",
        ];
        self.entries(|random| format!("{}{}", random.one(&kinds), random.one(&["", " email", " sms", " push", " zz"])))
    }

    fn history(&mut self) -> String {
        match self.random.below(100) {
            0..55 => literal(self.purchases()),
            55..97 => format!("(SELECT v FROM ph WHERE i = {})", self.random.between(1, 300)),
            _ => format!("(SELECT v FROM ph WHERE i = {})", self.random.between(301, self.histories)),
        }
    }

    fn engagement(&mut self) -> String {
        if self.random.chance(0.6) {
            return literal(self.events());
        }
        format!("(SELECT v FROM eh WHERE i = {})", self.random.between(1, self.engagements))
    }

    fn changed(&mut self, document: &str, changes: &[usize]) -> String {
        let mut value: Value = serde_json::from_str(document).expect("what the extension prints is JSON");
        for _ in 0..*self.random.one(changes) {
            value = mutate::json(&mut self.random, &value, true);
        }
        value.to_string()
    }

    fn model(&mut self, kind: &str) -> String {
        let model = self.random.one(&self.models[kind]).clone();
        if self.random.chance(0.35) {
            return literal(&model);
        }
        let changed = self.changed(&model, &[1, 1, 1, 2, 3]);
        literal(if self.random.chance(0.1) { mutate::text(&mut self.random, &changed) } else { changed })
    }

    fn document(&mut self) -> String {
        match self.random.below(20) {
            0..6 => (self.odd(odd::DOCUMENTS)).to_owned(),
            // Deeper than anything that means something.
            6 => {
                let deep = *self.random.one(&[10, 500, 5000]);
                format!("{}{}", "[".repeat(deep), "]".repeat(deep))
            }
            _ => {
                let journey = self.random.one(&self.journeys).clone();
                self.changed(&journey, &[0, 1, 1, 2, 3, 5])
            }
        }
    }

    fn bytes(&mut self) -> String {
        let count = *self.random.one(&[0, 1, 8, 9, 20, 200]);
        let hex: String = (0..count).map(|_| format!("{:02x}", self.random.byte())).collect();
        literal(format!("\\x{hex}"))
    }

    /// A text that some type may take for its own.
    fn input(&mut self) -> String {
        let kinds: Vec<String> = self.models.keys().cloned().collect();
        match self.random.below(3) {
            0 => literal(self.purchases()),
            1 => literal(self.events()),
            _ => {
                let mut kinds = kinds;
                kinds.sort();
                let kind = self.random.one(&kinds).clone();
                self.model(&kind)
            }
        }
    }
}

/// The types that are made of others, by the names that format_type gives them.
fn made(client: &mut Client) -> HashMap<String, Made> {
    let query = "SELECT format_type(t.oid, NULL), t.typtype::text, format_type(COALESCE(r.rngsubtype, nullif(t.typbasetype, 0), t.typelem), NULL),
            ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
            ARRAY(SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
        FROM pg_type AS t LEFT JOIN pg_range AS r ON r.rngtypid = t.oid LEFT JOIN pg_class AS c ON c.oid = t.typrelid
        WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c') OR (t.typtype = 'b' AND t.typcategory = 'A')";
    let rows = client.query(query, &[]).expect("types");
    rows.iter()
        .map(|row| {
            let of: Option<String> = row.get(2);
            let of = of.unwrap_or_default();
            let made = match row.get::<_, String>(1).as_str() {
                "e" => Made::Enum(row.get(3)),
                "d" => Made::Domain(of),
                "r" => Made::Range(of),
                "c" => Made::Composite(row.get(4)),
                _ => Made::Array(of),
            };
            (row.get(0), made)
        })
        .collect()
}
