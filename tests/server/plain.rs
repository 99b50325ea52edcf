//! What plain SQL says of a store: queries over the tables themselves that call the public functions, and know nothing of stores
//! but which fit is in force.

use pg_lifecycle::domain::store::profile_columns::PROFILE;
use postgres::Client;

use crate::harness::{Ask, none};

/// The tables of a store and its settings, as a query needs them.
#[derive(Debug, Clone)]
pub struct Plain {
    /// A query for customer, at, amount and channel of each order.
    pub orders: String,
    /// A query for customer, at, kind and channel of each event.
    pub events: String,
    /// A query for customer and consented_at of each known person.
    pub people: String,
    pub zone: String,
    pub grid: String,
    pub model: String,
    pub horizon: String,
    pub ltv_years: f64,
    pub annual_discount_rate: f64,
    pub margin: f64,
    pub at_risk_after: f64,
    pub lapsed_after: f64,
}

impl Plain {
    /// A store of orders alone, with the default settings. The query is for customer, at, amount and channel.
    pub fn of(orders: &str, key: &str) -> Self {
        Plain {
            orders: orders.to_owned(),
            events: format!(
                "SELECT NULL::{key} AS customer, NULL::timestamptz AS at, NULL AS kind, NULL AS channel WHERE false"
            ),
            people: format!("SELECT NULL::{key} AS customer, NULL::timestamptz AS consented_at WHERE false"),
            zone: "UTC".to_owned(),
            grid: "rfm_25".to_owned(),
            model: "mbg/nbd".to_owned(),
            horizon: "1 year".to_owned(),
            ltv_years: 3.0,
            annual_discount_rate: 0.1,
            margin: 1.0,
            at_risk_after: 1.1,
            lapsed_after: 2.0,
        }
    }

    /// Everybody of whom a table knows, with both histories.
    fn everybody(&self) -> String {
        let channel = |order: &str| {
            format!(
                "(array_agg(channel ORDER BY at {order}, channel COLLATE \"C\")
                    FILTER (WHERE channel IS NOT NULL AND amount >= 0))[1]"
            )
        };
        format!(
            "SELECT customer, h, e, first_channel, latest_channel, consented_at
             FROM (SELECT customer, purchase_history(at, amount) AS h, {} AS first_channel, {} AS latest_channel
                   FROM ({}) AS o WHERE customer IS NOT NULL AND at IS NOT NULL GROUP BY customer) AS o
             FULL JOIN (SELECT customer, engagement_history(at, kind, channel) AS e FROM ({}) AS e
                   WHERE customer IS NOT NULL AND at IS NOT NULL AND kind IS NOT NULL GROUP BY customer) AS e USING (customer)
             FULL JOIN ({}) AS people USING (customer)",
            channel("ASC"),
            channel("DESC"),
            self.orders,
            self.events,
            self.people
        )
    }

    /// The profile of everybody by the fit that the store has kept.
    fn profile(&self, store: &str, as_of: &str) -> String {
        let Plain {
            zone,
            grid,
            horizon,
            ltv_years,
            annual_discount_rate: rate,
            margin,
            at_risk_after,
            lapsed_after,
            ..
        } = self;
        let date = |value: &str| format!("({value} AT TIME ZONE '{zone}')::date");
        format!(
            "SELECT customer,
                lifecycle_stage(h, rhythm, a, {at_risk_after}, {lapsed_after})::text AS stage,
                CASE WHEN num_purchases(h, a) > 0 THEN rfm_segment(score, '{grid}') ELSE 'Prospect' END AS segment,
                (score).recency AS recency_score, (score).frequency AS frequency_score, (score).monetary AS monetary_score,
                COALESCE(lifecycle_phase(h, e, a, mean_spend, vip)::text, 'activation') AS phase,
                relationship_stage(h, e, a)::text AS relationship_stage,
                engagement_temperature(e, a)::text AS temperature,
                vip, num_purchases(h, a) AS orders, total_spend(h, a) AS spend,
                round(average_order_value(h, a), 2) AS average_order_value,
                first_purchase(h, a) AS first_purchase, last_purchase(h, a) AS last_purchase,
                floor(extract(epoch FROM a - last_purchase(h, a)) / 86400)::integer AS recency_days,
                round(overdue_ratio(h, rhythm, a)::numeric, 2) AS overdue_ratio,
                {} AS next_purchase, {} AS next_purchase_from, {} AS next_purchase_to,
                round(p_alive(h, m, a)::numeric, 4) AS p_alive,
                round(expected_purchases(h, m, '{horizon}', a)::numeric, 4) AS expected_purchases,
                round(purchase_probability(h, m, '{horizon}', a)::numeric, 4) AS purchase_probability,
                round(expected_spend(h, s, a), 2) AS expected_spend, round(ltv(h, {ltv_years}, a), 2) AS ltv,
                round(ltv(h, m, s, '{horizon}', {rate}, {margin}, a), 2) AS predicted_ltv,
                CASE WHEN num_purchases(h, a) > 0 THEN first_channel END AS channel,
                CASE WHEN num_purchases(h, a) > 0 THEN latest_channel END AS last_channel, {} AS cohort, consented_at
             FROM (SELECT *, rfm_score(h, breaks, a) AS score, COALESCE(is_vip(h, vips, a), false) AS vip
                   FROM ({}) AS everybody, (SELECT timestamptz '{as_of}' AS a, rfm_breaks AS breaks, rhythm, purchase_model AS m,
                        spend_model AS s, vip_breaks AS vips, mean_spend FROM {store}_data.fit ORDER BY id DESC LIMIT 1) AS fit
                   OFFSET 0) AS b",
            date("expected_next_purchase(h, rhythm, a)"),
            date("lower(expected_next_purchase_range(h, rhythm, 0.8, a))"),
            date("upper(expected_next_purchase_range(h, rhythm, 0.8, a))"),
            date(&format!("date_trunc('month', first_purchase(h, a), '{zone}')")),
            self.everybody()
        )
    }

    /// Whether the profile of a store is what this says, in each of its columns.
    pub fn check_profile(&self, client: &mut Client, store: &str, as_of: &str) -> Result<(), String> {
        let columns: Vec<&str> = PROFILE.iter().map(|column| column.name).collect();
        let columns = columns.join(", ");
        let side = |from: &str| {
            format!(
                "(SELECT customer, to_jsonb(r) - 'customer' AS held FROM (SELECT customer, {columns} FROM {from}) AS r)"
            )
        };
        let query = format!(
            "SELECT customer, (SELECT jsonb_object_agg(key, jsonb_build_array(value, b.held -> key))
                FROM jsonb_each(a.held) WHERE value IS DISTINCT FROM b.held -> key) AS stored_and_plain,
                a.held IS NULL AS missing, b.held IS NULL AS too_many
             FROM {} AS a FULL JOIN {} AS b USING (customer) WHERE a.held IS DISTINCT FROM b.held ORDER BY 1",
            side(&format!("{store}_data.profile AS p")),
            side(&format!("({}) AS plain", self.profile(store, as_of)))
        );
        self.in_zone(client, |client| none(client, &query))
            .map_err(|found| format!("the profile is not what plain SQL says:\n{found}\n{query}"))
    }

    /// Whether the newest fit of a store, made as of this instant, is what this says.
    pub fn check_fit(&self, client: &mut Client, store: &str, as_of: &str) -> Result<(), String> {
        let columns = "as_of, customers, rfm_breaks, rhythm, purchase_model, spend_model, vip_breaks, mean_spend";
        let query = format!(
            "SELECT f.fit AS stored, p.fit AS plain
             FROM (SELECT to_jsonb(f) AS fit FROM (SELECT {columns} FROM {store}_data.fit ORDER BY id DESC LIMIT 1) AS f) AS f
             FULL JOIN (SELECT to_jsonb(p) AS fit FROM (
                SELECT timestamptz '{as_of}' AS as_of, count(*) FILTER (WHERE num_purchases(h, a) > 0) AS customers,
                    rfm_breaks(h, a, (SELECT bins FROM lifecycle.segment_grid WHERE grid = '{grid}')) AS rfm_breaks,
                    purchase_rhythm(h, a) AS rhythm, purchase_model(h, '{model}', a) AS purchase_model,
                    spend_model(h, a) AS spend_model, vip_breaks(h, a) AS vip_breaks,
                    round(avg(total_spend(h, a)) FILTER (WHERE num_purchases(h, a) > 0), 4) AS mean_spend
                FROM (SELECT * FROM ({everybody}) AS e WHERE h IS NOT NULL OR e IS NOT NULL) AS e, (SELECT timestamptz '{as_of}' AS a) AS a) AS p) AS p ON true
             WHERE f.fit IS DISTINCT FROM p.fit",
            grid = self.grid,
            model = self.model,
            everybody = self.everybody()
        );
        self.in_zone(client, |client| none(client, &query))
            .map_err(|found| format!("the fit is not what plain SQL says:\n{found}\n{query}"))
    }

    /// Days end in the store's zone, and so do the months and years of a function that is given an interval.
    fn in_zone<T>(&self, client: &mut Client, ask: impl FnOnce(&mut Client) -> T) -> T {
        client.run(&format!("SET TimeZone = '{}'", self.zone));
        let answer = ask(client);
        client.run("RESET TimeZone");
        answer
    }
}
