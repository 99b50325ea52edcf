//! Calls of what the extension has: functions, aggregates and procedures as the catalog lists them, so that a new one is called too.

use postgres::Client;

use crate::random::literal;
use crate::values::Values;

/// What takes long, such as a refresh: called seldom.
const LONG: [&str; 13] = [
    "attach",
    "backtest",
    "begin_refresh",
    "configure",
    "detach",
    "experiment_power",
    "refresh",
    "refresh_",
    "restore_store",
    "run_journeys",
    "simulate_journey",
    "upgrade_store",
    "verify",
];
/// What would take the store away from the calls that come after, if it were kept.
const NEVER_KEPT: [&str; 4] = ["attach", "configure", "detach", "restore_store"];
const JOURNEYS: [&str; 9] =
    ["welcome", "post_purchase", "replenishment", "at_risk", "win_back", "vip", "referral", "j1", "j2"];
const EVENTS: [&str; 9] =
    ["opened", "clicked", "unsubscribe", "bounce", "delivered", "registered", "cart_left", "complaint", "subscribe"];

/// A function, an aggregate or a procedure.
pub struct Function {
    pub signature: String,
    schema: String,
    name: String,
    kind: String,
    returns_set: bool,
    arguments: Vec<String>,
    /// Their names, as far as they have some.
    names: Vec<String>,
    defaults: usize,
    variadic: bool,
}

/// A call and the function that it is of.
#[derive(Clone)]
pub struct Call {
    pub signature: String,
    pub statement: String,
    /// Whether what it does may stay.
    pub keep: bool,
}

/// All functions that SQL can call: a value of type `internal` cannot be had, and triggers call their functions themselves.
pub fn functions(client: &mut Client) -> Vec<Function> {
    let query = "SELECT p.oid::regprocedure::text, n.nspname::text, p.proname::text, p.prokind::text, p.proretset,
            ARRAY(SELECT format_type(a, NULL) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS u (a, o) ORDER BY o),
            p.pronargdefaults::integer, p.provariadic <> 0, COALESCE(p.proargnames::text[], '{}')
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
        JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
        WHERE e.extname = 'pg_lifecycle' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
            AND 'internal'::regtype <> ALL (p.proargtypes::oid[])
        ORDER BY 1";
    let rows = client.query(query, &[]).expect("the extension's functions");
    rows.iter()
        .map(|row| Function {
            signature: row.get(0),
            schema: row.get(1),
            name: row.get(2),
            kind: row.get(3),
            returns_set: row.get(4),
            arguments: row.get(5),
            defaults: row.get::<_, i32>(6) as usize,
            variadic: row.get(7),
            // The arguments that are given come before those that only return something.
            names: row.get(8),
        })
        .collect()
}

impl Function {
    /// How seldom it is called, as a probability that a draw of it counts.
    pub fn weight(&self) -> f64 {
        if LONG.iter().any(|long| self.name == *long || (long.ends_with('_') && self.name.starts_with(long))) {
            0.03
        } else {
            1.0
        }
    }

    /// Whether it is about a store: its journeys, its actions, its settings.
    pub fn is_of_store(&self) -> bool {
        self.schema == "lifecycle" && self.names.iter().any(|name| name == "store")
    }

    fn qualified(&self) -> String {
        format!("\"{}\".\"{}\"", self.schema, self.name)
    }

    /// How many arguments are given: some leave out those that have a default.
    fn given(&self, values: &mut Values, often: f64) -> &[String] {
        let left_out =
            if self.defaults > 0 && values.random.chance(often) { values.random.below(self.defaults + 1) } else { 0 };
        &self.arguments[..self.arguments.len() - left_out]
    }

    fn call(&self, arguments: &[String], statement: impl FnOnce(&str) -> String) -> Call {
        let mut arguments = arguments.to_vec();
        if self.variadic && arguments.len() == self.arguments.len() {
            let last = arguments.pop().expect("a variadic argument");
            arguments.push(format!("VARIADIC {last}"));
        }
        let statement = statement(&format!("{}({})", self.qualified(), arguments.join(", ")));
        Call { signature: self.signature.clone(), statement, keep: false }
    }

    fn plain(&self, arguments: &[String]) -> Call {
        self.call(arguments, |call| match self.kind.as_str() {
            "p" => format!("CALL {call}"),
            _ if self.returns_set => {
                format!(
                    "SELECT count(x), md5(string_agg(x::text, '')) FROM (SELECT x FROM {call} AS x LIMIT 100000) AS y"
                )
            }
            _ => format!("SELECT {call}::text"),
        })
    }

    /// A call with arguments of the declared types.
    pub fn any(&self, values: &mut Values) -> Call {
        let kinds = self.given(values, 0.3).to_vec();
        if self.kind == "a" {
            return self.aggregate(values, &kinds);
        }
        let arguments: Vec<String> = kinds.iter().map(|kind| values.of(kind)).collect();
        self.plain(&arguments)
    }

    fn aggregate(&self, values: &mut Values, kinds: &[String]) -> Call {
        let constants: Vec<String> = kinds.iter().map(|kind| values.of(kind)).collect();
        if kinds.iter().any(|kind| kind == "purchase_history") && values.random.chance(0.25) {
            // Over the customers, with the same arguments beside each.
            let arguments: Vec<String> = kinds
                .iter()
                .zip(constants)
                .map(|(kind, constant)| match kind.as_str() {
                    "purchase_history" => "v".to_owned(),
                    "engagement_history" => "(SELECT v FROM eh WHERE i = 1)".to_owned(),
                    _ => constant,
                })
                .collect();
            let most = *values.random.one(&[0, 1, 5, 50, 300]);
            return self.call(&arguments, |call| format!("SELECT {call}::text FROM ph WHERE i <= {most}"));
        }
        let count = *values.random.one(&[0, 1, 2, 3, 8]);
        if count == 0 {
            return self.call(&constants, |call| format!("SELECT {call}::text WHERE false"));
        }
        let rows: Vec<String> = (0..count)
            .map(|_| {
                let row: Vec<String> = (0..kinds.len())
                    .map(|i| {
                        let same = values.random.chance(if i > 0 { 0.9 } else { 0.2 });
                        if same { constants[i].clone() } else { values.of(&kinds[i]) }
                    })
                    .collect();
                format!("({})", row.join(", "))
            })
            .collect();
        let columns: Vec<String> = (0..kinds.len()).map(|i| format!("a{i}")).collect();
        let windows = [
            " OVER ()",
            " OVER (ORDER BY 1 ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
            " OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
            " OVER (ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING EXCLUDE CURRENT ROW)",
        ];
        let window = if values.random.chance(0.2) { *values.random.one(&windows) } else { "" };
        let filter = if values.random.chance(0.1) { " FILTER (WHERE random() < 0.5)" } else { "" };
        let many = if values.random.chance(0.03) { ", generate_series(1, 20000)" } else { "" };
        let mut arguments = columns.clone();
        if window.is_empty() && values.random.chance(0.05) {
            arguments[0] = format!("DISTINCT {}", arguments[0]);
        }
        self.call(&arguments, |call| {
            format!(
                // One text of all rows: the results of a window over many rows would take the memory that is judged.
                "SELECT min(made) FROM (SELECT {call}{filter}{window}::text AS made FROM (VALUES {}) AS t ({}){many}) AS calls",
                rows.join(", "),
                columns.join(", ")
            )
        })
    }

    /// A call that is likely to mean something to the store `shop`, and may stay.
    pub fn of_store(&self, values: &mut Values) -> Call {
        let kinds = self.given(values, 0.5).to_vec();
        let mut arguments = Vec::new();
        for (i, kind) in kinds.iter().enumerate() {
            let name = self.names.get(i).map_or("", String::as_str);
            let argument = match (name, kind.as_str()) {
                ("store", "text") if values.random.chance(0.95) => "'shop'".to_owned(),
                ("kind", "text") if values.random.chance(0.85) => literal(values.random.one(&EVENTS)),
                ("channel", "text") if values.random.chance(0.85) => literal(values.random.one(&["email", "sms"])),
                ("journey" | "name", "text") if values.random.chance(0.85) => {
                    format!("{}::text", literal(values.random.one(&JOURNEYS)))
                }
                ("customer", "text") if values.random.chance(0.6) => {
                    format!("'{}'::text", values.random.between(1, 300))
                }
                ("action" | "customer" | "message_id", kind) if values.random.chance(0.5) => format!("NULL::{kind}"),
                (_, "bigint") if values.random.chance(0.6) => format!("{}::bigint", values.random.between(1, 100)),
                (_, "bigint[]") if values.random.chance(0.6) => {
                    "ARRAY(SELECT generate_series(1, 50))::bigint[]".to_owned()
                }
                (_, "timestamp with time zone") if values.random.chance(0.7) => {
                    format!("'2025-01-{:02} 12:00Z'::timestamptz", values.random.between(1, 28))
                }
                (_, kind) if values.random.chance(0.15) => format!("NULL::{kind}"),
                (_, kind) => values.of(kind),
            };
            arguments.push(argument);
        }
        let mut call = self.plain(&arguments);
        call.keep = !NEVER_KEPT.contains(&self.name.as_str()) && values.random.chance(0.3);
        call
    }
}
