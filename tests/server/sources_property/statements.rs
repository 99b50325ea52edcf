//! What a shop does to its tables, at random.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::kinds::{Kind, Refunds};

/// Where statements come from.
pub struct Random {
    kind: Kind,
    pub rng: ChaCha8Rng,
}

/// Whether `changed_at` shows all that a statement does: not the rows that are gone, nor whose they were before, nor other tables.
pub fn shows_in_column(statement: &str) -> bool {
    statement.starts_with("INSERT INTO lines")
        || statement.starts_with("UPDATE lines") && !statement.contains("SET tenant")
}

/// The columns whose type a migration changes, and the types that it goes to and fro between. The type of a key must stay.
const TYPES: [(&str, [&str; 2]); 5] = [
    ("price", ["numeric(40, 4)", "numeric"]),
    ("invoice", ["varchar(40)", "text"]),
    ("mail", ["varchar(40)", "text"]),
    ("quantity", ["bigint", "int"]),
    ("cents", ["varchar(40)", "text"]),
];

impl Random {
    pub fn new(kind: Kind, seed: u64) -> Self {
        Random { kind, rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    pub fn one_of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.rng.random_range(0..from.len())]
    }

    /// The tables that the kind reads.
    pub fn table(&mut self) -> &'static str {
        let mut tables = vec!["lines", "lines"];
        tables.extend((self.kind.refunds != Refunds::None).then_some("refunds"));
        tables.extend(self.kind.has_currencies().then_some("rates"));
        tables[self.rng.random_range(0..tables.len())]
    }

    fn number(&mut self) -> &'static str {
        // At times one that is none.
        let is_odd = !self.kind.fails.is_empty() && self.rng.random_bool(0.02);
        if is_odd { "'x'" } else { self.one_of(&["'1'", "'2'", "'3'", "'10'", "'007'", "NULL"]) }
    }

    fn tenant(&mut self) -> &'static str {
        self.one_of(&["0", "1", "2", "3", "4", "11", "NULL"])
    }

    fn mail(&mut self) -> &'static str {
        let mails =
            ["'ann@x'", "'Ann@X'", "' ann@x '", "'bo@x'", "'BO@x'", "'cy/1@x'", r"E'cy\\/1@x'", "''", "' '", "NULL"];
        self.one_of(&mails)
    }

    fn shop(&mut self) -> &'static str {
        self.one_of(&["1", "1", "2", "NULL"])
    }

    fn invoice(&mut self) -> String {
        match self.rng.random_range(0..20) {
            0 => "NULL".to_owned(),
            1 => "''".to_owned(),
            2 => r"E'a/b\\'".to_owned(),
            _ => format!("'{}'", self.rng.random_range(0..12)),
        }
    }

    fn at(&mut self) -> String {
        match self.rng.random_range(0..25) {
            0 => "NULL".to_owned(),
            1 => "'infinity'".to_owned(),
            2 => "'0001-01-01 BC'".to_owned(),
            3 => "'2999-01-01'".to_owned(),
            // At times within the hours in which clocks change.
            4 => "'2024-03-31 02:30'".to_owned(),
            5 => "'2024-10-27 02:30'".to_owned(),
            _ => format!("'2024-01-01 00:00'::timestamp + interval '{} hours'", self.rng.random_range(0..6000)),
        }
    }

    fn price(&mut self) -> String {
        match self.rng.random_range(0..20) {
            0 => "NULL".to_owned(),
            1 => "'NaN'".to_owned(),
            2 => "1e20".to_owned(),
            3..=6 => format!("-{}.{:02}", self.rng.random_range(0..100), self.rng.random_range(0..100)),
            _ => format!("{}.{:02}", self.rng.random_range(0..100), self.rng.random_range(0..100)),
        }
    }

    fn cents(&mut self) -> String {
        match self.rng.random_range(0..12) {
            0 => "NULL".to_owned(),
            1 => self.one_of(&["'NaN'", "'1e5'", "''", "'1,50'", "'-'", "'12345678901234567'"]).to_owned(),
            2 => format!("' +{} '", self.rng.random_range(0..9999)),
            3 => format!("'-{}'", self.rng.random_range(0..9999)),
            _ => format!("'{}.5'", self.rng.random_range(0..9999)),
        }
    }

    /// XXX never has a rate.
    fn currency(&mut self) -> &'static str {
        self.one_of(&["'EUR'", "'EUR'", "'eur '", "'USD'", "'USD'", "' gbp'", "'XXX'", "''", "NULL"])
    }

    /// Two decimals, so that what is converted needs no rounding.
    fn rate(&mut self) -> String {
        match self.rng.random_range(0..12) {
            0 => "NULL".to_owned(),
            1 => "0".to_owned(),
            _ => format!("{}.{:02}", self.rng.random_range(0..3), self.rng.random_range(1..100)),
        }
    }

    fn total(&mut self) -> String {
        match self.rng.random_range(0..12) {
            0 => self.one_of(&["NULL", "'NaN'", "1e20"]).to_owned(),
            3 => self.one_of(&["0", "0.00001"]).to_owned(),
            1 | 2 => format!("-{}.5", self.rng.random_range(0..50)),
            _ => format!("{}.25", self.rng.random_range(0..50)),
        }
    }

    fn row(&mut self) -> String {
        let values = [
            self.tenant(),
            self.number(),
            self.mail(),
            self.shop(),
            &self.invoice(),
            &self.at(),
            self.one_of(&["1", "1", "2", "-1", "0", "NULL"]),
            &self.price(),
            &self.cents(),
            self.currency(),
        ];
        format!("({})", values.join(", "))
    }

    fn refund(&mut self) -> String {
        let values = [self.tenant(), self.mail(), self.shop(), &self.invoice(), &self.at(), &self.total()];
        format!("({})", values.join(", "))
    }

    fn many(&mut self, row: impl Fn(&mut Self) -> String) -> String {
        let count = self.rng.random_range(1..12);
        (0..count).map(|_| row(self)).collect::<Vec<_>>().join(", ")
    }

    /// Some rows of the lines or of the refunds.
    fn some(&mut self, table: &str) -> String {
        match self.rng.random_range(0..4) {
            0 => format!("tenant = {}", self.tenant()),
            1 => format!("invoice = {}", self.invoice()),
            2 => format!("id % 7 = {}", self.rng.random_range(0..7)),
            _ => format!("id = (SELECT max(id) FROM {table})"),
        }
    }

    /// A statement on the orders or their refunds.
    pub fn statement(&mut self) -> String {
        if self.kind.refunds != Refunds::None && self.rng.random_bool(0.35) {
            return self.on_refunds();
        }
        let some = self.some("lines");
        let columns = "tenant, number, mail, shop, invoice, at, quantity, price, cents, currency";
        match self.rng.random_range(0..25) {
            0 => "TRUNCATE lines".to_owned(),
            1..=3 => format!("DELETE FROM lines WHERE {some}"),
            4 | 5 => {
                let (tenant, number, mail) = (self.tenant(), self.number(), self.mail());
                format!("UPDATE lines SET tenant = {tenant}, number = {number}, mail = {mail} WHERE {some}")
            }
            6 | 7 => format!("UPDATE lines SET invoice = {}, shop = {} WHERE {some}", self.invoice(), self.shop()),
            8 | 9 => format!("UPDATE lines SET price = {}, cents = {} WHERE {some}", self.price(), self.cents()),
            10 | 11 => format!("UPDATE lines SET at = {} WHERE {some}", self.at()),
            12 => format!("UPDATE lines SET currency = {} WHERE {some}", self.currency()),
            // Rows that come late.
            13 => format!(
                "INSERT INTO lines ({columns}) SELECT tenant, number, mail, shop, invoice, at - interval '3 days', quantity, -price, cents,
                    currency FROM lines WHERE {some}"
            ),
            _ => format!("INSERT INTO lines ({columns}) VALUES {}", self.many(Self::row)),
        }
    }

    fn on_refunds(&mut self) -> String {
        let some = self.some("refunds");
        match self.rng.random_range(0..12) {
            0 => "TRUNCATE refunds".to_owned(),
            1 | 2 => format!("DELETE FROM refunds WHERE {some}"),
            3 => format!("UPDATE refunds SET total = {} WHERE {some}", self.total()),
            4 => format!("UPDATE refunds SET at = {} WHERE {some}", self.at()),
            5 | 6 => format!(
                "UPDATE refunds SET invoice = {}, tenant = {}, mail = {} WHERE {some}",
                self.invoice(),
                self.tenant(),
                self.mail()
            ),
            _ => format!(
                "INSERT INTO refunds (tenant, mail, shop, invoice, at, total) VALUES {}",
                self.many(Self::refund)
            ),
        }
    }

    /// A rate that comes, late or not, is corrected, or goes.
    pub fn on_rates(&mut self) -> String {
        let currency = self.one_of(&["USD", "USD", "GBP", "EUR"]);
        match self.rng.random_range(0..6) {
            0 => format!("DELETE FROM rates WHERE currency = '{currency}' AND day > '2024-06-01'"),
            1 => format!("UPDATE rates SET rate = {} WHERE currency = '{currency}'", self.rate()),
            _ => format!(
                "INSERT INTO rates VALUES ('{currency}', date '2023-12-01' + {}, {})
                    ON CONFLICT (currency, day) DO UPDATE SET rate = excluded.rate",
                self.rng.random_range(0..250),
                self.rate()
            ),
        }
    }

    /// A table is built anew, from an edited copy of its rows, and takes the name of the old one, as dbt does it.
    pub fn swap(&mut self) -> String {
        let table = self.table();
        let edit = match table {
            "rates" => self.on_rates(),
            "refunds" => self.on_refunds(),
            _ => (0..).map(|_| self.statement()).find(|made| !made.contains("refunds")).unwrap_or_default(),
        };
        let edit = edit.replace(table, &format!("new_{table}"));
        let rows = if table == "rates" { "" } else { "WHERE id % 5 <> 0" };
        let trigger = match table {
            "lines" => {
                "CREATE TRIGGER ticked BEFORE UPDATE ON new_lines FOR EACH ROW EXECUTE FUNCTION ticked();
                 ALTER TABLE new_lines ENABLE ALWAYS TRIGGER ticked;"
            }
            _ => "",
        };
        let old = match self.rng.random_range(0..3) {
            0 => format!("DROP TABLE {table} CASCADE"),
            1 => format!("ALTER TABLE {table} RENAME TO old_{table}; DROP TABLE old_{table} CASCADE"),
            // Its rows count no more.
            _ => format!("ALTER TABLE {table} RENAME TO old_{table}; DELETE FROM old_{table}"),
        };
        format!(
            "BEGIN; DROP TABLE IF EXISTS old_{table} CASCADE; CREATE TABLE new_{table} (LIKE {table} INCLUDING ALL); {trigger}
             INSERT INTO new_{table} SELECT * FROM {table} {rows}; {edit}; {old}; ALTER TABLE new_{table} RENAME TO {table}; COMMIT"
        )
    }

    /// Triggers fire for nobody, or not for this session, and something is done meanwhile.
    pub fn suspended(&mut self) -> String {
        let (one, other) = (self.statement(), self.statement());
        match self.rng.random_range(0..3) {
            0 => {
                format!("ALTER TABLE lines DISABLE TRIGGER USER; {one}; {other}; ALTER TABLE lines ENABLE TRIGGER USER")
            }
            1 => format!(
                "BEGIN; ALTER TABLE lines DISABLE TRIGGER USER; {one}; {other}; ALTER TABLE lines ENABLE TRIGGER USER; COMMIT"
            ),
            _ => format!("SET session_replication_role = replica; {one}; {other}; RESET session_replication_role"),
        }
    }

    /// What a migration does while a store has let go of its tables.
    pub fn migration(&mut self) -> String {
        let (column, types) = TYPES[self.rng.random_range(0..TYPES.len())];
        let (one, other) = (self.statement(), self.statement());
        let to = self.one_of(&types);
        let swap = if self.rng.random_bool(0.3) { self.swap() } else { String::new() };
        format!("{one}; ALTER TABLE lines ALTER COLUMN {column} TYPE {to}; {swap}; {other}")
    }
}
