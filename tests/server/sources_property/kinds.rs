//! The kinds of sources that are played: what the settings say, and what they mean in plain SQL.

/// The value of a setting, and the same in plain SQL.
pub type Said = (&'static str, &'static str);

/// Whose a refund is.
#[derive(Clone, Copy, PartialEq)]
pub enum Refunds {
    None,
    /// Of the order of this key.
    Of(Said),
    /// Of this customer.
    By(Said),
}

/// One kind of source.
#[derive(Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    changes: &'static str,
    pub customer: Said,
    pub order_key: Said,
    pub amount: Said,
    pub ordered_at: Said,
    /// More settings as JSON, and the condition on a row that they make.
    pub settings: Said,
    /// The condition of rows on which the customer's expression fails.
    pub fails: &'static str,
    pub refunds: Refunds,
    has_currencies: bool,
}

/// What makes a row an order, whatever the settings.
const FITS: &str =
    "customer IS NOT NULL AND key IS NOT NULL AND at >= '0001-01-01 00:00Z' AND at < '10000-01-01 00:00Z'
    AND (amount IS NULL OR amount * rate BETWEEN -922337203685477 AND 922337203685477)";

/// By how much the amount of a row is multiplied.
const RATE: &str = "CASE WHEN upper(btrim(currency)) = 'EUR' THEN 1 ELSE (SELECT rate FROM rates
    WHERE rates.currency = upper(btrim(lines.currency)) AND day <= at::date AND rate IS NOT NULL ORDER BY day DESC LIMIT 1) END";

pub const TABLES: &str = "
    DROP TABLE IF EXISTS lines, old_lines, refunds, old_refunds, rates, old_rates CASCADE;
    DROP SEQUENCE IF EXISTS tick, line_id;
    CREATE SEQUENCE tick; CREATE SEQUENCE line_id;
    CREATE TABLE lines (id bigint DEFAULT nextval('line_id') PRIMARY KEY, tenant int, number text, mail text, shop int, invoice text,
        at timestamp, quantity int, price numeric, cents text, currency text, made bigint DEFAULT nextval('tick'), updated bigint);
    CREATE INDEX ON lines (tenant);
    CREATE TABLE refunds (id bigint DEFAULT nextval('line_id'), tenant int, mail text, shop int, invoice text, at timestamp, total numeric);
    CREATE TABLE rates (currency text, day date, rate numeric, PRIMARY KEY (currency, day));
    -- A store waits as long as there are no rates at all.
    INSERT INTO rates VALUES ('XXX', '2023-01-01', 1);
    CREATE OR REPLACE FUNCTION ticked() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated := nextval(''tick''); RETURN NEW; END';
    CREATE TRIGGER ticked BEFORE UPDATE ON lines FOR EACH ROW EXECUTE FUNCTION ticked();
    ALTER TABLE lines ENABLE ALWAYS TRIGGER ticked;";

impl Kind {
    /// How changes are found.
    pub fn changes(&self) -> &'static str {
        self.changes
    }

    pub fn has_currencies(&self) -> bool {
        self.has_currencies
    }

    /// The call that attaches a store; `overlap` is that of a column.
    pub fn attach(&self, store: &str, changes: &str, overlap: u32) -> String {
        let said = |name: &str, said: Said| format!(r#""{name}": {}, "#, serde_json::Value::from(said.0));
        let mut json = [
            said("customer", self.customer),
            said("order_key", self.order_key),
            said("amount", self.amount),
            said("ordered_at", self.ordered_at),
        ]
        .concat();
        match self.refunds {
            Refunds::None => {}
            Refunds::Of(order) => json.push_str(&said("refund_order", order)),
            Refunds::By(customer) => json.push_str(&said("refund_customer", customer)),
        }
        if self.refunds != Refunds::None {
            json.push_str(r#""refunds": "refunds", "refunded_at": "at", "refund_amount": "total", "#);
        }
        if self.has_currencies() {
            json.push_str(r#""currency": "EUR", "currency_column": "currency", "rates": "rates", "#);
        }
        json.push_str(&match changes {
            "column" => {
                format!(r#""changed_at": "COALESCE(updated, made)", "overlap": "{overlap}", "reconcile": "0", "#)
            }
            // What the triggers miss must not be found otherwise.
            _ => r#""reconcile": "100 years", "#.to_owned(),
        });
        format!(
            r#"SELECT lifecycle.attach('{store}', '{{"orders": "lines", "changes": "{changes}", "reader": "", "time_zone": "UTC", "max_shrink": 1, {}{}}}')"#,
            json.replace('\'', "''"),
            self.settings.0.replace('\'', "''")
        )
    }

    /// The rows that are lines of orders: `customer`, `key`, `at`, `amount` in the currency of the store, and the `rate`.
    fn lines(&self) -> String {
        format!(
            "SELECT customer, key, at, COALESCE(amount * rate, 0) AS amount, rate FROM (
                SELECT {} AS customer, {} AS key, {} AS at, {} AS amount, {} AS rate FROM lines WHERE {}) AS line WHERE {FITS}",
            self.customer.1,
            self.order_key.1,
            self.ordered_at.1,
            self.amount.1,
            if self.has_currencies() { RATE } else { "1" },
            self.settings.1
        )
    }

    /// The refunds, each with the `customer` whose it is or NULL: `id`, `at`, `key`, `amount`.
    fn refunds(&self) -> Option<String> {
        let (customer, key, orders) = match self.refunds {
            Refunds::None => return None,
            Refunds::By((_, customer)) => (customer, "NULL", String::new()),
            Refunds::Of((_, order)) => {
                let orders = format!(
                    "LEFT JOIN (SELECT customer, key, min(rate) AS rate FROM ({}) AS line GROUP BY customer, key
                        ) AS placed ON placed.key = {order}",
                    self.lines()
                );
                ("placed.customer", order, orders)
            }
        };
        let rate = if orders.is_empty() { "1" } else { "placed.rate" };
        Some(format!(
            "SELECT refund.id, CASE WHEN refund.at >= '0001-01-01' AND refund.at < '10000-01-01'
                    AND total BETWEEN -922337203685477 AND 922337203685477 AND round(total, 4) <> 0 AND {rate} IS NOT NULL THEN {customer} END AS customer,
                {key} AS key, refund.at AT TIME ZONE 'UTC' AS at, -abs(total) * {rate} AS amount
             FROM refunds AS refund {orders}"
        ))
    }

    /// Orders and refunds as plain SQL reads them: `customer`, `at`, `amount`, `bought`. Refunds of one order at one instant are one.
    pub fn plain(&self) -> String {
        let orders = format!(
            "SELECT customer, min(at) AS at, sum(amount) AS amount, sum(amount) >= 0 AS bought FROM ({}) AS line GROUP BY customer, key",
            self.lines()
        );
        match self.refunds() {
            None => orders,
            Some(refunds) => format!(
                "{orders} UNION ALL SELECT customer, at, sum(amount), false FROM ({refunds}) AS refund
                 WHERE customer IS NOT NULL AND amount < 0 GROUP BY customer, at, key"
            ),
        }
    }

    /// How many rows the condition leaves, and of those how many the store reads and how many it leaves out; the same of refunds that are
    /// nobody's.
    pub fn counts(&self) -> String {
        let (left_out, refunds) = match self.refunds {
            Refunds::None => ("", "(SELECT 0)".to_owned()),
            _ => (
                "UNION ALL SELECT reason FROM kept_data.left_out_refunds",
                format!(
                    "(SELECT count(*) FROM (SELECT id FROM ({}) AS refund GROUP BY id HAVING count(customer) = 0) AS lost)",
                    self.refunds().unwrap_or_default()
                ),
            ),
        };
        format!(
            "SELECT (SELECT count(*) FROM lines WHERE ({}) IS NOT FALSE) AS rows, (SELECT count(*) FROM kept_data.source_orders) AS read,
                count(*) FILTER (WHERE reason !~ '^refund') AS left_out, count(*) FILTER (WHERE reason ~ '^refund') AS lost,
                {refunds} AS nobodys
             FROM (SELECT reason FROM kept_data.left_out_orders {left_out}) AS left_out",
            if self.settings.0.contains("\"status\"") { self.settings.1 } else { "true" }
        )
    }
}

/// Two columns as one key.
const OF_TENANT_AND_MAIL: Said =
    ("{tenant, mail}", r"tenant::text || '/' || replace(replace(mail, E'\\', E'\\\\'), '/', E'\\/')");
const TENANT: Said = ("tenant", "tenant");
const INVOICE: Said = ("invoice", "invoice");
const OF_SHOP: Said = ("{shop, invoice}", "(shop, invoice::text)");
const AT: Said = ("at", "at AT TIME ZONE 'UTC'");
const AT_LATER: Said = ("at + interval '1 hour'", "(at + interval '1 hour') AT TIME ZONE 'UTC'");
const PRODUCT: Said = ("quantity * price", "quantity * price");
const PRICE: Said = ("price", "price");
const NONE: Said = (r#""guest": []"#, "true");
/// Cancelled orders.
const OF_SHOP_1: Said = (r#""status": "COALESCE(shop, 1) <> 2""#, "COALESCE(shop, 1) <> 2");
const MAIL: Said = ("lower(btrim(mail))", "lower(btrim(mail))");
const CENTS: Said = (
    "cents",
    "CASE WHEN btrim(cents) ~ '^[-+]?[0-9]{1,15}([.][0-9]*)?$' THEN cents::numeric WHEN cents IS NOT NULL THEN 'NaN' END",
);

const fn kind(
    name: &'static str,
    changes: &'static str,
    customer: Said,
    order_key: Said,
    amount: Said,
    ordered_at: Said,
) -> Kind {
    let (settings, fails, refunds, has_currencies) = (NONE, "", Refunds::None, false);
    Kind { name, changes, customer, order_key, amount, ordered_at, settings, fails, refunds, has_currencies }
}

const fn with(settings: Said, kind: Kind) -> Kind {
    Kind { settings, ..kind }
}

/// Orders of tenants, whose refunds are these, perhaps in several currencies.
const fn refunded(
    name: &'static str,
    changes: &'static str,
    order_key: Said,
    refunds: Refunds,
    has_currencies: bool,
) -> Kind {
    Kind { refunds, has_currencies, settings: OF_SHOP_1, ..kind(name, changes, TENANT, order_key, PRODUCT, AT) }
}

macro_rules! kinds {
    ($($name:ident: $kind:expr;)*) => {
        $(#[test]
        fn $name() {
            const KIND: Kind = $kind;
            super::play(Kind { name: stringify!($name), ..KIND });
        })*
    };
}

kinds! {
    lines_of_orders: kind("", "triggers", TENANT, INVOICE, PRODUCT, AT);
    lines_of_orders_by_column: kind("", "column", TENANT, INVOICE, PRODUCT, AT);
    mails: with((r#""ordered_at_zone": "Europe/Berlin", "guest": ["", "bo@x"]"#, "lower(btrim(mail)) NOT IN ('', 'bo@x')"),
        kind("", "triggers", MAIL, OF_SHOP, PRODUCT, ("at", "at AT TIME ZONE 'Europe/Berlin'")));
    mails_compared: kind("", "compare", MAIL, OF_SHOP, PRODUCT, AT_LATER);
    keys_of_two_columns: kind("", "triggers", OF_TENANT_AND_MAIL, INVOICE, PRODUCT, AT);
    keys_of_two_columns_by_column: kind("", "column", OF_TENANT_AND_MAIL, OF_SHOP, PRODUCT, AT);
    texts: with((r#""null_amount": "skip", "guest": 0"#, "cents IS NOT NULL AND COALESCE(tenant, 4) <> 0"),
        kind("", "triggers", ("COALESCE(tenant, 4)", "COALESCE(tenant, 4)"), INVOICE, CENTS, AT));
    failing: Kind { fails: "number = 'x'", ..kind("", "triggers", ("number::int", "number::int"), INVOICE, PRODUCT, AT) };
    failing_where_no_order_is: Kind { fails: "false AND number = 'x'",
        ..with((r#""status": "number ~ '^[0-9]+$'""#, "number ~ '^[0-9]+$'"),
            kind("", "triggers", ("number::int", "CASE WHEN number <> 'x' THEN number::int END"), INVOICE, PRODUCT, AT)) };
    currencies: Kind { has_currencies: true, ..kind("", "triggers", TENANT, INVOICE, PRICE, AT) };
    currencies_by_column: Kind { has_currencies: true, ..with(OF_SHOP_1, kind("", "column", MAIL, INVOICE, PRICE, AT)) };
    currencies_compared: Kind { has_currencies: true, ..kind("", "compare", OF_TENANT_AND_MAIL, OF_SHOP, PRODUCT, AT) };
    refunds_of_orders: refunded("", "triggers", INVOICE, Refunds::Of(INVOICE), false);
    refunds_of_orders_compared: refunded("", "compare", OF_SHOP, Refunds::Of(OF_SHOP), false);
    refunds_of_customers: refunded("", "triggers", INVOICE, Refunds::By(TENANT), false);
    refunds_of_mails: Kind { customer: MAIL, ..refunded("", "triggers", INVOICE, Refunds::By(MAIL), false) };
    refunds_in_currencies: Kind { amount: PRICE, ..refunded("", "triggers", INVOICE, Refunds::Of(INVOICE), true) };
    refunds_in_currencies_compared: Kind { amount: PRICE, ..refunded("", "compare", INVOICE, Refunds::Of(INVOICE), true) };
}
