//! The profile of every customer as of an instant: what is fitted to the base, the scores, and the log of moves.
//!
//! The statements leave temporary tables: [`FITTED`], one row of fits, and [`SCORED`], the new profiles.

use super::Store;
use super::quote::{identifier, literal};
use super::tables::{KPI, PROFILE};

/// The new profiles.
pub const SCORED: &str = "pg_temp.\"lifecycle.refresh: scored\"";
/// What was fitted.
pub const FITTED: &str = "pg_temp.\"lifecycle.refresh: fitted\"";

fn instant(as_of: &str) -> String {
    format!("{}::pg_catalog.timestamptz", literal(as_of))
}

fn interval(interval: &str) -> String {
    format!("{}::pg_catalog.interval", literal(interval))
}

// ---- fits -----------------------------------------------------------------------------------------------------------

/// Whether a fit is due: there is none, the newest is older than the setting `refit` says, it is of a later instant than is
/// asked about, of half as many customers as there are by now (while they are few, and for nobody at all), or its breaks are
/// not as many as the grid has by now: `t` or `f`.
pub fn fit_is_due(store: &Store, as_of: &str, bins: &str) -> String {
    format!(
        "SELECT NOT EXISTS (SELECT FROM (SELECT as_of, customers, rfm_breaks FROM {} ORDER BY id DESC LIMIT 1) AS f
        WHERE f.customers > 0
            AND (f.customers >= 100000 OR (SELECT pg_catalog.count(*) FROM {} WHERE orders > 0) < 2 * f.customers)
            AND f.as_of + {} > {as_of} AND f.as_of <= {as_of}
            AND COALESCE((f.rfm_breaks::pg_catalog.jsonb ->> 'bins')::pg_catalog.int4 = {bins}, true))",
        store.data("fit"),
        store.data("history"),
        interval(&store.settings.refit),
        as_of = instant(as_of)
    )
}

/// Fits the base. First a statement of its own, which may use parallel workers; then the row.
pub fn fit(store: &Store, as_of: &str, bins: &str) -> Vec<String> {
    let as_of = instant(as_of);
    let columns = "customers, rfm_breaks, rhythm, purchase_model, spend_model, vip_breaks, mean_spend";
    vec![
        format!("DROP TABLE IF EXISTS {FITTED}"),
        format!(
            "CREATE TEMPORARY TABLE {FITTED} AS
            SELECT pg_catalog.count(*) FILTER (WHERE bought) AS customers, {rfm}(h, {as_of}, {bins}::pg_catalog.int4) AS rfm_breaks,
                {rhythm}(h, {as_of}) AS rhythm, {model}(h, {name}::pg_catalog.text, {as_of}) AS purchase_model,
                {spend}(h, {as_of}) AS spend_model, {vip}(h, {as_of}) AS vip_breaks,
                pg_catalog.round(pg_catalog.avg({total}(h, {as_of})) FILTER (WHERE bought), 4) AS mean_spend
            FROM (SELECT purchases AS h, {count}(purchases, {as_of}) > 0 AS bought FROM {history}) AS base",
            rfm = store.ext("rfm_breaks"),
            bins = bins,
            rhythm = store.ext("purchase_rhythm"),
            model = store.ext("purchase_model"),
            name = literal(&store.settings.model),
            spend = store.ext("spend_model"),
            vip = store.ext("vip_breaks"),
            total = store.ext("total_spend"),
            count = store.ext("num_purchases"),
            history = store.data("history"),
        ),
        format!(
            "INSERT INTO {} (fitted_at, as_of, {columns}) SELECT pg_catalog.now(), {as_of}, {columns} FROM {FITTED}",
            store.data("fit")
        ),
        format!("DROP TABLE {FITTED}"),
    ]
}

// ---- profiles -------------------------------------------------------------------------------------------------------

/// Everybody that the store knows of, with both histories and what the customers' relation says.
fn base(store: &Store) -> String {
    let history = store.data("history");
    if store.settings.customers.is_none() {
        let attributes: String = store
            .attributes
            .iter()
            .map(|attribute| format!(", h.{0}::{1} AS {0}", identifier(&attribute.name), attribute.sql_type))
            .collect();
        return format!(
            "SELECT h.customer, h.purchases, h.engagement, h.first_channel, h.last_channel,
                NULL::pg_catalog.timestamptz AS consented_at{attributes} FROM {history} AS h"
        );
    }
    let customers = store.data("source_customers");
    let attributes: String =
        store.attributes.iter().map(|attribute| format!(", c.{}", identifier(&attribute.name))).collect();
    // Two halves instead of a full join, which PostgreSQL 15 cannot do in parallel.
    format!(
        "SELECT h.customer, h.purchases, h.engagement, h.first_channel, h.last_channel, c.consented_at{attributes}
        FROM {history} AS h LEFT JOIN {customers} AS c ON c.customer = h.customer
        UNION ALL
        SELECT c.customer, NULL, NULL, NULL, NULL, c.consented_at{attributes}
        FROM {customers} AS c WHERE NOT EXISTS (SELECT FROM {history} AS h WHERE h.customer = c.customer)"
    )
}

/// The fit in force.
pub fn newest_fit(store: &Store) -> String {
    format!(
        "SELECT rfm_breaks, rhythm, purchase_model, spend_model, vip_breaks, mean_spend FROM {} ORDER BY id DESC LIMIT 1",
        store.data("fit")
    )
}

/// The values of a fit, each as its text. They stand in the query as constants: that one table is read, and not joined with
/// another, lets parallel workers score.
#[derive(Debug, Clone, Default)]
pub struct Fit {
    /// Breaks, rhythm, model of purchases, model of spend, `vip_breaks`, mean spend: as [`newest_fit`] gives them.
    pub values: [Option<String>; 6],
}

impl Fit {
    fn value(&self, number: usize, sql_type: &str) -> String {
        self.values[number]
            .as_ref()
            .map_or(format!("NULL::{sql_type}"), |text| format!("{}::{sql_type}", literal(text)))
    }
}

/// The query that scores all customers by a fit: the columns of the profile but for those of time in stage and segment, and what was
/// bought on the day of `as_of`.
pub fn scored(store: &Store, as_of: &str, fit: &Fit) -> String {
    let settings = &store.settings;
    let now = instant(as_of);
    let f = |name: &str| store.ext(name).to_string();
    let round = |value: String, digits: u8| format!("pg_catalog.round(({value})::pg_catalog.numeric, {digits})");
    let horizon = interval(&settings.horizon);
    let breaks = fit.value(0, &f("rfm_breaks"));
    let rhythm = fit.value(1, &f("purchase_rhythm"));
    let model = fit.value(2, &f("purchase_model"));
    let spend_model = fit.value(3, &f("spend_model"));
    let vip_breaks = fit.value(4, &f("vip_breaks"));
    let mean_spend = fit.value(5, "pg_catalog.numeric");
    let score = format!("{}(b.purchases, {breaks}, {now})", f("rfm_score"));
    let bought = format!("{}(b.purchases, {now}) > 0", f("num_purchases"));
    let vip = format!("{}(b.purchases, {vip_breaks}, {now})", f("is_vip"));
    let values = [
        format!(
            "{}(b.purchases, {rhythm}, {now}, {}::pg_catalog.float8, {}::pg_catalog.float8)::pg_catalog.text",
            f("lifecycle_stage"),
            settings.at_risk_after,
            settings.lapsed_after
        ),
        format!(
            "CASE WHEN NOT {bought} THEN 'Prospect' ELSE COALESCE({}({score}, {}::pg_catalog.text), 'Unscored') END",
            f("rfm_segment"),
            literal(&settings.grid)
        ),
        DERIVED.to_owned(),
        DERIVED.to_owned(),
        DERIVED.to_owned(),
        // Nobody of whom nothing but the name is known has reacted yet.
        format!(
            "COALESCE({}(b.purchases, b.engagement, {now}, {mean_spend}, {vip}, '12 months'::pg_catalog.interval,
                '90 days'::pg_catalog.interval, NULL::pg_catalog.timestamptz, '30 days'::pg_catalog.interval)::pg_catalog.text, 'activation')",
            f("lifecycle_phase")
        ),
        format!(
            "{}(b.purchases, b.engagement, {now}, 3::pg_catalog.int8, 1::pg_catalog.int8, 0::pg_catalog.int8)::pg_catalog.text",
            f("relationship_stage")
        ),
        format!("{}(b.engagement, {now}, '90 days'::pg_catalog.interval)::pg_catalog.text", f("engagement_temperature")),
        format!("COALESCE({vip}, false)"),
        format!("{}(b.purchases, {now})", f("num_purchases")),
        format!("{}(b.purchases, {now})", f("total_spend")),
        round(format!("{}(b.purchases, {now})", f("average_order_value")), 2),
        format!("{}(b.purchases, {now})", f("first_purchase")),
        format!("{}(b.purchases, {now})", f("last_purchase")),
        format!("pg_catalog.date_part('day', {}(b.purchases, {now}))::pg_catalog.int4", f("recency")),
        round(format!("{}(b.purchases, {rhythm}, {now})", f("overdue_ratio")), 2),
        format!("{}(b.purchases, {rhythm}, {now})::pg_catalog.date", f("expected_next_purchase")),
        DERIVED.to_owned(),
        DERIVED.to_owned(),
        round(format!("{}(b.purchases, {model}, {now})", f("p_alive")), 4),
        round(format!("{}(b.purchases, {model}, {horizon}, {now})", f("expected_purchases")), 4),
        round(format!("{}(b.purchases, {model}, {horizon}, {now})", f("purchase_probability")), 4),
        round(format!("{}(b.purchases, {spend_model}, {now})", f("expected_spend")), 2),
        round(format!("{}(b.purchases, {}::pg_catalog.float8, {now})", f("ltv"), settings.ltv_years), 2),
        round(
            format!(
                "{}(b.purchases, {model}, {spend_model}, {horizon}, {}::pg_catalog.float8, {}::pg_catalog.float8, {now})",
                f("ltv"),
                settings.annual_discount_rate,
                settings.margin
            ),
            2,
        ),
        // Of an order that is yet to come nothing is known.
        format!("CASE WHEN {bought} THEN b.first_channel END"),
        format!("CASE WHEN {bought} THEN b.last_channel END"),
        format!("pg_catalog.date_trunc('month', {}(b.purchases, {now}))::pg_catalog.date", f("first_purchase")),
        "b.consented_at".to_owned(),
    ];
    let named: Vec<String> = values
        .iter()
        .zip(PROFILE)
        .filter(|(value, _)| *value != DERIVED)
        .map(|(value, (name, _))| format!("{value} AS {}", identifier(name)))
        .collect();
    let attributes: String =
        store.attributes.iter().map(|attribute| format!(", b.{}", identifier(&attribute.name))).collect();
    format!(
        "SELECT b.customer, {named}{attributes}, {score} AS lifecycle_score,
            {range}(b.purchases, {rhythm}, 0.8::pg_catalog.float8, {now}) AS lifecycle_next,
            {count}(b.purchases, {now}) - {count}(b.purchases, {morning}) AS lifecycle_orders_of_day,
            {total}(b.purchases, {now}) - {total}(b.purchases, {morning}) AS lifecycle_revenue_of_day
        FROM ({base}) AS b",
        named = named.join(", "),
        range = f("expected_next_purchase_range"),
        count = f("num_purchases"),
        total = f("total_spend"),
        // The last microsecond of the day before.
        morning = format!("(pg_catalog.date_trunc('day', {now}) - '1 microsecond'::pg_catalog.interval)"),
        base = base(store),
    )
}

/// Stands for a column of the profile that is a part of a value which is computed once: three scores, and two ends of a range.
/// A subquery that keeps such a value for several columns would keep parallel workers from it, too.
const DERIVED: &str = "";

/// The new profiles with all columns.
fn scored_rows() -> String {
    format!(
        "(SELECT *, (lifecycle_score).recency AS recency_score, (lifecycle_score).frequency AS frequency_score,
            (lifecycle_score).monetary AS monetary_score,
            pg_catalog.lower(lifecycle_next)::pg_catalog.date AS next_purchase_from,
            pg_catalog.upper(lifecycle_next)::pg_catalog.date AS next_purchase_to FROM {SCORED})"
    )
}

/// Scores all customers. A statement of its own, because only such a one may use parallel workers.
pub fn score(store: &Store, as_of: &str, fit: &Fit) -> Vec<String> {
    vec![
        format!("DROP TABLE IF EXISTS {SCORED}"),
        format!("CREATE TEMPORARY TABLE {SCORED} AS {}", scored(store, as_of, fit)),
    ]
}

/// The columns of the profile that a score gives, attributes included.
fn columns(store: &Store) -> Vec<String> {
    PROFILE
        .iter()
        .map(|(name, _)| identifier(name))
        .chain(store.attributes.iter().map(|attribute| identifier(&attribute.name)))
        .collect()
}

fn prefixed(columns: &[String], prefix: &str) -> String {
    columns.iter().map(|column| format!("{prefix}.{column}")).collect::<Vec<_>>().join(", ")
}

/// Puts the first profiles into an empty table. They are not moves: where the customers were before is not known.
pub fn fill(store: &Store, profile: &str, as_of: &str) -> String {
    let columns = columns(store);
    format!(
        "INSERT INTO {} (customer, {}, stage_since, segment_since) SELECT customer, {}, {as_of}, {as_of} FROM {rows} AS s",
        profile,
        columns.join(", "),
        prefixed(&columns, "s"),
        as_of = instant(as_of),
        rows = scored_rows(),
    )
}

/// Logs the moves from the old profiles to the new ones, and whether the base was fitted anew: then borders moved, too.
pub fn log_moves(profile: &str, movement: &str, as_of: &str, refitted: bool) -> String {
    let sides = |value: &str| format!("p.{value}, s.{value}");
    let score =
        |side: &str| format!("{side}.recency_score || '-' || {side}.frequency_score || '-' || {side}.monetary_score");
    format!(
        "INSERT INTO {} (customer, at, refitted, stage_before, stage_after, segment_before, segment_after, score_before, score_after,
            orders_before, orders_after, spend_before, spend_after, recency_days_before, recency_days_after,
            overdue_before, overdue_after)
        SELECT COALESCE(s.customer, p.customer), {}, {refitted}, {}, {}, {}, {}, {}, {}, {}, {}
        FROM {} AS p FULL JOIN {} AS s ON s.customer = p.customer
        WHERE p.stage IS DISTINCT FROM s.stage OR p.segment IS DISTINCT FROM s.segment",
        movement,
        instant(as_of),
        sides("stage"),
        sides("segment"),
        score("p"),
        score("s"),
        sides("orders"),
        sides("spend"),
        sides("recency_days"),
        sides("overdue"),
        profile,
        scored_rows()
    )
}

/// Puts the new profiles in the place of the old ones. Rows that are as they were are not touched.
pub fn replace(store: &Store, profile: &str, as_of: &str) -> Vec<String> {
    let columns = columns(store);
    let as_of = instant(as_of);
    // A type without an equality of its own, such as json, is compared by its text.
    let compared = |side: &str| {
        PROFILE
            .iter()
            .map(|(name, _)| format!("{side}.{}", identifier(name)))
            .chain(
                store
                    .attributes
                    .iter()
                    .map(|attribute| format!("{side}.{}::pg_catalog.text", identifier(&attribute.name))),
            )
            .collect::<Vec<_>>()
            .join(", ")
    };
    let set: Vec<String> = columns.iter().map(|column| format!("{column} = s.{column}")).collect();
    vec![
        format!("ANALYZE {SCORED} (customer)"),
        format!(
            "MERGE INTO {profile} AS p USING {} AS s ON p.customer = s.customer
            WHEN MATCHED AND ROW({}) IS DISTINCT FROM ROW({}) THEN UPDATE SET {},
                stage_since = CASE WHEN p.stage = s.stage THEN p.stage_since ELSE {as_of} END,
                segment_since = CASE WHEN p.segment = s.segment THEN p.segment_since ELSE {as_of} END
            WHEN NOT MATCHED THEN INSERT (customer, {}, stage_since, segment_since)
                VALUES (s.customer, {}, {as_of}, {as_of})",
            scored_rows(),
            compared("p"),
            compared("s"),
            set.join(", "),
            columns.join(", "),
            prefixed(&columns, "s"),
        ),
        format!(
            "DELETE FROM {profile} AS p WHERE NOT EXISTS (SELECT FROM {SCORED} AS s WHERE s.customer = p.customer)"
        ),
    ]
}

/// The figures of the day of `as_of`; the last refresh of a day counts.
pub fn figures(store: &Store, as_of: &str) -> String {
    let stage = |stage: &str| format!("pg_catalog.count(*) FILTER (WHERE stage = '{stage}')");
    let as_of = instant(as_of);
    let values = [
        format!("{as_of}::pg_catalog.date"),
        as_of.clone(),
        "pg_catalog.count(*)".to_owned(),
        "pg_catalog.count(*) FILTER (WHERE orders > 0)".to_owned(),
        stage("prospect"),
        stage("new"),
        stage("active"),
        stage("at_risk"),
        stage("lapsed"),
        "pg_catalog.count(*) FILTER (WHERE vip)".to_owned(),
        "COALESCE(pg_catalog.sum(orders), 0)".to_owned(),
        "COALESCE(pg_catalog.sum(spend), 0)".to_owned(),
        "COALESCE(pg_catalog.sum(lifecycle_orders_of_day), 0)".to_owned(),
        "COALESCE(pg_catalog.sum(lifecycle_revenue_of_day), 0)".to_owned(),
        "pg_catalog.round(pg_catalog.sum(spend) / NULLIF(pg_catalog.sum(orders), 0), 2)".to_owned(),
        "pg_catalog.sum(expected_purchases)".to_owned(),
        "pg_catalog.sum(predicted_ltv)".to_owned(),
        "pg_catalog.round(pg_catalog.avg(p_alive), 4)".to_owned(),
        format!(
            "(SELECT pg_catalog.count(*) FROM {} AS m WHERE m.at >= pg_catalog.date_trunc('day', {as_of}) AND m.at <= {as_of})",
            store.data("movement")
        ),
    ];
    let columns: Vec<String> = KPI.iter().map(|(name, _)| identifier(name)).chain(["moved".to_owned()]).collect();
    let set: Vec<String> = columns[1..].iter().map(|column| format!("{column} = excluded.{column}")).collect();
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM {SCORED} ON CONFLICT (day) DO UPDATE SET {}",
        store.data("kpi"),
        columns.join(", "),
        values.join(", "),
        set.join(", ")
    )
}

/// Drops the temporary tables.
pub fn end() -> Vec<String> {
    vec![format!("DROP TABLE IF EXISTS {SCORED}")]
}
