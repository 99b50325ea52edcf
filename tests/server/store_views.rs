//! The views for people of a store, against plain SQL over tables that are made by hand as the store would make them.

use std::io::Write;

use pg_lifecycle::domain::journey;
use pg_lifecycle::domain::store::people::People;
use pg_lifecycle::domain::store::settings::Settings;
use pg_lifecycle::domain::store::{Attribute, Key, Store, data_schema, tables, views};
use pg_lifecycle::domain::support::sql::Sql;
use postgres::Client;

use crate::harness::{Ask, Database, assert_none};
use crate::store_catalog::{check_catalog, check_reader};
use crate::store_view_times::{check_days, check_log, check_months};
use crate::stores::VIEWS;

const HOSTILE: &str = "or'ders\"; drop";
/// West of Greenwich, so that the orders, at midnight there, belong to the day before: nobody's session may change that.
pub const ZONE: &str = "America/New_York";
fn store(name: &str, extension: &str, key: Key) -> Store {
    let attribute = |name: &str, sql_type: &str| Attribute { name: name.to_owned(), sql_type: sql_type.to_owned() };
    Store {
        name: name.to_owned(),
        extension: extension.to_owned(),
        key,
        settings: Settings {
            time_zone: Some(ZONE.to_owned()),
            currency: Some("US'D".to_owned()),
            ..Settings::default()
        },
        attributes: vec![
            attribute("pl\"an", "pg_catalog.text"),
            attribute("tags", "pg_catalog.text[]"),
            attribute("reason", "pg_catalog.varchar(20)"),
        ],
        people: People::default(),
    }
}

/// The tables of a store, with nothing in them, as the store makes them.
fn make_tables(client: &mut Client, store: &Store) {
    run_as_the_store_does(client, &tables::create(store));
    run_as_the_store_does(client, &journey::tables::create(store));
    let [shown, data, extension] =
        [&store.name, &data_schema(&store.name), &store.extension].map(|schema| Sql::identifier(schema));
    client.run(&format!("SET search_path = {shown}, {data}, {extension}, pg_catalog"));
}

/// The order tables beside the store, which the checks count by themselves.
fn load_orders(client: &mut Client, store: &Store) {
    client.run(&format!(
        "CREATE TABLE public.sample (customer_id text, ordered_on date, cds integer, amount numeric);
         CREATE TABLE public.orders (customer {key}, ordered_at timestamptz, amount numeric)",
        key = store.key.sql()
    ));
    let copy = "COPY public.sample FROM STDIN (FORMAT csv, HEADER)";
    let mut writer = client.copy_in(copy).expect("starting to copy");
    writer.write_all(include_bytes!("../data/cdnow_sample.csv")).expect("copying");
    writer.finish().expect("copying");
    client.run(&format!(
        "INSERT INTO public.orders SELECT customer_id::{key}, ordered_on::timestamp AT TIME ZONE 'UTC', amount FROM public.sample;
         INSERT INTO public.orders SELECT customer, ordered_at + interval '10 days', -amount FROM public.orders
            WHERE customer::text::int % 40 = 0 AND ordered_at < '1998-06-01'",
        key = store.key.sql()
    ));
}

/// The state after a few refreshes, in plain statements.
fn fill_tables(client: &mut Client) {
    client.run(&format!(
        "SET TimeZone = '{ZONE}';
         INSERT INTO history (customer, purchases, orders)
            SELECT customer, purchase_history(ordered_at, amount), count(*) FROM public.orders GROUP BY customer;
         INSERT INTO history (customer) VALUES ('800001'), ('800002');
         INSERT INTO fit (fitted_at, as_of, customers, rfm_breaks, rhythm, purchase_model, spend_model, vip_breaks)
            SELECT now(), as_of, count(*), rfm_breaks(purchases, as_of), purchase_rhythm(purchases, as_of), NULL,
                spend_model(purchases, as_of), vip_breaks(purchases, as_of)
            FROM history, (VALUES (timestamptz '1998-06-01'), ('1998-07-01')) AS v (as_of) GROUP BY as_of ORDER BY as_of;
         UPDATE fit SET purchase_model =
            (SELECT purchase_model(purchases, 'mbg/nbd', timestamptz '1998-07-01') FROM history) WHERE id = 2;
         INSERT INTO profile
            SELECT customer, lifecycle_stage(h, f.rhythm, a)::text, coalesce(rfm_segment(rfm_score(h, f.rfm_breaks, a)), 'Prospect'),
                (rfm_score(h, f.rfm_breaks, a)).recency, (rfm_score(h, f.rfm_breaks, a)).frequency,
                (rfm_score(h, f.rfm_breaks, a)).monetary, 'growth', 'customer', 'cold', coalesce(is_vip(h, f.vip_breaks, a), false),
                coalesce(num_purchases(h, a), 0), coalesce(total_spend(h, a), 0), average_order_value(h, a), first_purchase(h, a),
                last_purchase(h, a), extract(day FROM a - last_purchase(h, a)), round(overdue_ratio(h, f.rhythm, a)::numeric, 2),
                CASE WHEN h IS NOT NULL THEN (a + make_interval(days => customer::text::int % 97 - 10))::date END,
                NULL, NULL, round(p_alive(h, f.purchase_model, a)::numeric, 4),
                round(expected_purchases(h, f.purchase_model, interval '1 year', a)::numeric, 4),
                round(purchase_probability(h, f.purchase_model, interval '1 year', a)::numeric, 4), expected_spend(h, f.spend_model, a),
                ltv(h, 3, a), expected_spend(h, f.spend_model, a) * expected_purchases(h, f.purchase_model, interval '1 year', a)::numeric,
                CASE customer::text::int % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'shop' END, NULL,
                date_trunc('month', first_purchase(h, a)), NULL, spend_between(h, a - interval '1 year', a), timestamptz '1998-05-01' + interval '1 hour' * (customer::text::int % 800),
                '1998-05-01', 0, 'plan ' || customer, ARRAY['a', 'b'], 'attribute'
            FROM (SELECT customer, CASE WHEN orders > 0 THEN purchases END AS h FROM history) AS h,
                (SELECT *, timestamptz '1998-07-01' AS a FROM fit WHERE id = 2) AS f;
         INSERT INTO kpi (day, as_of, customers, buyers, prospects, \"new\", active, at_risk, lapsed, vips, orders_to_date, revenue_to_date,
                orders_of_day, revenue_of_day, average_order_value, moved)
            VALUES ('1998-06-01', '1998-06-01', 10, 8, 1, 2, 3, 4, 0, 1, 20, 123.456, 0, 0, NULL, 0),
                ('1998-07-01', '1998-07-01', 10, 9, 1, 2, 3, 4, 0, 1, 20, 123.456, 3, 12.345, 6.17, 7);
         -- Two changes each, of one thing or both; who came on the way, who left, and who left and came back.
         INSERT INTO movement (customer, at, kind, stage_refitted, segment_refitted, stage_before, stage_after, segment_before, segment_after, score_before, score_after,
                orders_before, orders_after, spend_before, spend_after)
            SELECT customer, '1998-05-10', 'moved', true, true, 'new', 'active', segment, segment, '1-1-1', '2-2-2', 1, 2, 10.005, 20 FROM profile
                WHERE customer::text::int % 3 = 0;
         INSERT INTO movement (customer, at, kind, stage_refitted, segment_refitted, stage_before, stage_after, segment_before, segment_after)
            SELECT customer, timestamptz '1998-05-20' + interval '1 minute' * (customer::text::int % 1000), 'moved', false, true, 'active', stage, 'Old', segment
            FROM profile WHERE customer::text::int % 3 = 0 AND stage <> 'active'
            UNION ALL SELECT customer, '1998-06-15', 'moved', false, false, stage, stage, 'Old', segment FROM profile WHERE customer::text::int % 3 = 1
            UNION ALL SELECT customer, '1998-06-20', 'appeared', false, false, NULL, stage, NULL, segment FROM profile WHERE customer::text IN ('2', '5');
         INSERT INTO movement (customer, at, kind, stage_refitted, segment_refitted, stage_before, stage_after, segment_before, segment_after)
            VALUES ('900001', '1998-06-10', 'vanished', false, false, 'at_risk', NULL, 'Gone', NULL), ('8', '1998-05-05', 'vanished', false, false, 'new', NULL, 'Gone', NULL),
                ('900002', '1998-05-05', 'appeared', false, false, NULL, 'new', NULL, 'Recent'), ('900002', '1998-06-20', 'vanished', false, false, 'new', NULL, 'Recent', NULL);
         INSERT INTO movement (customer, at, kind, stage_refitted, segment_refitted, stage_before, stage_after, segment_before, segment_after)
            SELECT customer, '1998-05-25', 'returned', false, false, NULL, stage, NULL, segment FROM profile WHERE customer::text = '8';
         INSERT INTO audience (name, condition, since) VALUES ('everybody', '{{}}', '1998-05-01');
         INSERT INTO audience_member SELECT 1, customer, '1998-05-01' FROM profile;
         INSERT INTO audience_log (audience, customer, at, joined, kind) SELECT 1, customer, '1998-05-01', true, 'defined' FROM profile;
         INSERT INTO store_settings (settings, key_type) VALUES ('{{\"grid\": \"rfm_25\"}}', 'text');
         ANALYZE; SET TimeZone = 'UTC'"
    ));
}

pub fn run_as_the_store_does(client: &mut Client, statements: &[impl AsRef<str>]) {
    let path: String = client.get("SHOW search_path");
    client.run("SET search_path = pg_catalog, pg_temp");
    statements.iter().for_each(|statement| client.run(statement.as_ref()));
    client.run(&format!("SET search_path = {path}"));
}

/// The same rows, told by what differs.
#[track_caller]
pub fn assert_same(client: &mut Client, what: &str, ours: &str, plain: &str) {
    let rows: i64 = client.get(&format!("SELECT count(*) FROM ({plain}) AS plain"));
    assert!(rows > 0, "{what}: there is nothing to compare with");
    for (left, right) in [(ours, plain), (plain, ours)] {
        assert_none(client, what, &format!("({left}) EXCEPT ALL ({right})"));
    }
}

fn check_single_customers(client: &mut Client) {
    let order =
        |name: &str, of: &str| format!("coalesce((SELECT place FROM {of}s_in_order WHERE name = {name})::int, 0)");
    client.run(
        "CREATE TEMP TABLE stages_in_order AS SELECT label::text AS name, place
            FROM unnest(enum_range(NULL::lifecycle_stage)) WITH ORDINALITY AS l (label, place);
         -- The cells of the grid rfm_25 are digits.
         CREATE TEMP TABLE segments_in_order AS SELECT name, row_number() OVER (ORDER BY name = 'Prospect', name = 'Unscored', score DESC, name) AS place
            FROM (SELECT name, sum(left(cell, 1)::numeric + right(cell, 1)::numeric) / count(*) AS score
                FROM lifecycle.segment_rule, unnest(cells) AS cell WHERE grid = 'rfm_25' GROUP BY name
                UNION ALL VALUES ('Prospect', 0), ('Unscored', 0)) AS s",
    );
    let (stage_order, segment_order) = (order("stage", "stage"), order("segment", "segment"));
    let day = |column: &str| format!("timezone('{ZONE}', {column})::date");
    let (first_day, last_day) = (day("first_purchase"), day("last_purchase"));
    let profile = format!("customer, stage, {stage_order}, segment, {segment_order},
        recency_score || '-' || frequency_score || '-' || monetary_score, recency_score, frequency_score, monetary_score, phase, relationship_stage,
        temperature, vip, orders, round(spend, 2), round(spend_last_year, 2), round(average_order_value, 2), (SELECT max(as_of) FROM kpi), first_purchase, {first_day},
        last_purchase, {last_day}, recency_days, overdue_ratio,
        next_purchase, next_purchase_from, next_purchase_to, p_alive, expected_purchases, purchase_probability,
        round(expected_spend, 2), round(ltv, 2), round(predicted_ltv, 2), coalesce(channel, '(none)'),
        coalesce(last_channel, '(none)'), cohort, left(cohort::text, 7), consented_at, stage_since, segment_since, \"pl\"\"an\", tags::text, reason");
    assert_same(client, "customers", "TABLE customers", &format!("SELECT {profile} FROM profile"));

    let at_risk = "SELECT customer::text FROM profile WHERE stage = 'at_risk' ORDER BY spend DESC, predicted_ltv DESC NULLS LAST, customer";
    assert_eq!(client.texts("SELECT customer::text FROM at_risk"), client.texts(at_risk));
    assert_same(
        client,
        "at_risk",
        "SELECT customer, overdue_ratio, recency_days, spend, at_risk_since, \"pl\"\"an\" FROM at_risk",
        "SELECT customer, overdue_ratio, recency_days, round(spend, 2), stage_since, \"pl\"\"an\" FROM profile WHERE stage = 'at_risk'",
    );
    assert_none(
        client,
        "reason",
        "SELECT reason FROM at_risk WHERE reason !~ '^last purchase [0-9]+ days ago, [0-9.]+ times the usual gap of [0-9]+ days$'
            OR abs(usual_gap_days - recency_days / overdue_ratio) > 0.5",
    );
    assert_same(
        client,
        "due",
        "SELECT customer, as_of, due_on, last_purchase_day, segment_order FROM at_risk",
        &format!(
            "SELECT customer, (SELECT max(as_of) FROM kpi), {last_day} + round(recency_days / overdue_ratio)::int, {last_day}, {segment_order}
             FROM profile WHERE stage = 'at_risk'"
        ),
    );
    for (view, days) in [
        ("next_purchases", "last_purchase_day"),
        ("top_customers", "last_purchase_day, first_purchase_day"),
        ("top_customers_of_year", "last_purchase_day"),
    ] {
        assert_same(
            client,
            view,
            &format!("SELECT customer, as_of, stage_order, segment_order, {days} FROM {view}"),
            &format!(
                "SELECT customer, as_of, stage_order, segment_order, {days} FROM customers WHERE customer IN (SELECT customer FROM {view})"
            ),
        );
    }

    let next = "SELECT customer::text FROM profile WHERE stage IN ('new', 'active', 'at_risk') ORDER BY next_purchase, spend DESC, customer";
    assert_eq!(client.texts("SELECT customer::text FROM next_purchases"), client.texts(next));
    assert_none(client, "days", "SELECT FROM next_purchases WHERE date '1998-07-01' + days_until <> next_purchase");

    let top = "SELECT customer::text FROM profile WHERE orders > 0 ORDER BY spend + coalesce(predicted_ltv, 0) DESC, customer LIMIT 100";
    assert_eq!(client.texts("SELECT customer::text FROM top_customers"), client.texts(top));
    let of_year = "SELECT customer::text FROM profile WHERE spend_last_year > 0 ORDER BY spend_last_year DESC, customer LIMIT 100";
    assert_eq!(client.texts("SELECT customer::text FROM top_customers_of_year"), client.texts(of_year));
    assert_none(
        client,
        "ranks",
        "SELECT FROM top_customers AS t JOIN profile AS p USING (customer)
         WHERE t.rank <> 1 + (SELECT count(*) FROM profile AS q
                WHERE q.spend + coalesce(q.predicted_ltv, 0) > p.spend + coalesce(p.predicted_ltv, 0))
            OR t.value <> round(p.spend + coalesce(p.predicted_ltv, 0), 2)",
    );
}

fn check_groups(client: &mut Client) {
    let sums = "count(*), round(count(*)::numeric / (SELECT count(*) FROM profile), 4), count(*) FILTER (WHERE vip),
        sum(orders)::bigint, round(sum(spend), 2), round(sum(spend) / (SELECT sum(spend) FROM profile), 4),
        round(sum(spend) / nullif(count(*) FILTER (WHERE orders > 0), 0), 2), round(sum(spend) / nullif(sum(orders), 0), 2),
        coalesce(round(sum(predicted_ltv), 2), 0), count(*) FILTER (WHERE stage = 'at_risk')";
    let columns =
        "customers, share, vips, orders, spend, share_of_spend, average_spend, average_order_value, predicted_ltv";
    for (view, name, key) in
        [("segments", "segment", "segment"), ("channels", "channel", "coalesce(channel, '(none)')")]
    {
        assert_same(
            client,
            view,
            &format!("SELECT {name}, {columns}, at_risk FROM {view}"),
            &format!("SELECT {key}, {sums} FROM profile GROUP BY 1"),
        );
        let by_spend = format!("SELECT {key} FROM profile GROUP BY 1 ORDER BY sum(spend) DESC, 1");
        assert_eq!(client.texts(&format!("SELECT {name} FROM {view}")), client.texts(&by_spend));
    }
    assert_same(
        client,
        "stages",
        &format!(
            "SELECT stage, {columns}, CASE stage WHEN 'at_risk' THEN customers ELSE 0 END FROM stages WHERE customers > 0"
        ),
        &format!("SELECT stage, {sums} FROM profile GROUP BY 1"),
    );
    let stages = ["prospect", "new", "active", "at_risk", "lapsed"];
    assert_eq!(client.texts("SELECT stage FROM stages"), stages);

    for (view, name) in [("segments", "segment"), ("stages", "stage")] {
        let places = format!(
            "SELECT {name} FROM {view} WHERE {name}_order IS DISTINCT FROM (SELECT place FROM {name}s_in_order WHERE name = {name})"
        );
        assert_none(client, view, &places);
    }
    for view in ["segments", "stages", "channels", "concentration", "cohorts", "growth", "transitions", "time_in_stage"]
    {
        assert_none(
            client,
            view,
            &format!("SELECT as_of FROM {view} WHERE as_of IS DISTINCT FROM (SELECT max(as_of) FROM kpi)"),
        );
    }
    assert_same(
        client,
        "kpis",
        "TABLE kpis",
        "SELECT day, as_of, customers, buyers, prospects, \"new\", active, at_risk, lapsed, vips, orders_to_date, round(revenue_to_date, 2), round(revenue_with_guests, 2),
            orders_of_day, round(revenue_of_day, 2), average_order_value, 0::numeric, 0::numeric, average_p_alive, moved FROM kpi",
    );

    // The Gini coefficient and the curve from plain sums.
    client.run(
        "CREATE TEMP TABLE spends AS SELECT greatest(sum(amount), 0) AS x, row_number() OVER (ORDER BY greatest(sum(amount), 0)) AS i,
            count(*) OVER () AS n FROM public.orders GROUP BY customer",
    );
    assert_none(
        client,
        "gini",
        "SELECT gini FROM concentration WHERE customers <> (SELECT count(*) FROM spends) OR spend <> (SELECT sum(x) FROM spends)
            OR gini <> (SELECT round(sum((2 * i - n - 1) * x) / (max(n) * sum(x)), 4) FROM spends)
            OR share_of_best_customers <> 1 - share_of_customers OR share_of_spend_of_best <> 1 - share_of_spend",
    );
    assert_none(
        client,
        "curve",
        "SELECT * FROM concentration AS c, LATERAL (SELECT sum(x) FILTER (WHERE i <= c.share_of_customers * n) / sum(x) AS below,
            sum(x) FILTER (WHERE i <= c.share_of_customers * n + 1) / sum(x) AS above FROM spends) AS s
         WHERE share_of_spend NOT BETWEEN coalesce(below, 0) - 0.0001 AND above + 0.0001",
    );
    assert_eq!(client.get::<i64>("SELECT count(*) FROM concentration"), 101);
}

fn check_models(client: &mut Client) {
    let kinds = ["rfm_breaks", "rhythm", "purchase_model", "spend_model", "vip_breaks"];
    assert_eq!(client.texts("SELECT kind FROM models WHERE in_force"), kinds);
    assert_eq!(client.texts("SELECT kind FROM models WHERE NOT in_force"), kinds);
    assert_eq!(
        client.get::<String>("SELECT status FROM models WHERE fit = 1 AND kind = 'purchase_model'"),
        "not fitted"
    );
    assert_none(
        client,
        "models",
        "SELECT m.* FROM models AS m JOIN fit AS f ON f.id = m.fit
         WHERE m.fitted_at <> f.fitted_at OR m.as_of <> f.as_of OR m.customers = 0 AND status <> 'not fitted'
            OR (parameters = '') <> (status = 'not fitted')
            OR (standard_errors = '') <> (status = 'not fitted' OR kind LIKE '%breaks')
            OR log_likelihood IS DISTINCT FROM CASE kind WHEN 'rhythm' THEN (rhythm::jsonb ->> 'log_likelihood')::float8
                WHEN 'purchase_model' THEN (purchase_model::jsonb ->> 'log_likelihood')::float8
                WHEN 'spend_model' THEN (spend_model::jsonb ->> 'log_likelihood')::float8 END",
    );
    assert_none(
        client,
        "parameters to six digits",
        "SELECT m.parameters, f.rhythm FROM models AS m JOIN fit AS f ON f.id = m.fit
         WHERE kind = 'rhythm' AND (parameters !~ '^k = [0-9.]+, r = [0-9.]+, alpha = [0-9.]+$'
            OR abs(substring(parameters FROM 'k = ([0-9.]+)')::numeric - (rhythm::jsonb #>> '{params,k}')::numeric) > 1e-4)",
    );
    let breaks: String = client.get("SELECT parameters FROM models WHERE kind = 'rfm_breaks' AND in_force");
    assert!(breaks.starts_with("recency_days = ") && breaks.contains(", monetary = "), "{breaks}");
    assert_eq!(client.get::<String>("SELECT model FROM models WHERE kind = 'purchase_model' AND in_force"), "mbg/nbd");
}

fn check_currency(client: &mut Client) {
    let spend: String = client.get(
        "SELECT col_description('customers'::regclass, attnum) FROM pg_attribute
         WHERE attrelid = 'customers'::regclass AND attname = 'spend'",
    );
    assert!(spend.contains("in US'D"), "{spend}");
}

fn check(database: &str, store: &Store, reader: &str) {
    let mut database = Database::without_extension(database);
    database.run(&format!(
        "CREATE SCHEMA IF NOT EXISTS {0}; CREATE EXTENSION pg_lifecycle SCHEMA {0}",
        Sql::identifier(&store.extension)
    ));
    make_tables(&mut database, store);
    run_as_the_store_does(&mut database, &views::create(store));
    check_empty(&mut database);

    load_orders(&mut database, store);
    // The histories may be there before anything else is.
    database.run("INSERT INTO history (customer, purchases) SELECT customer, purchase_history(ordered_at) FROM public.orders GROUP BY 1");
    check_empty(&mut database);
    database.run("TRUNCATE history");

    fill_tables(&mut database);
    check_single_customers(&mut database);
    check_groups(&mut database);
    check_days(&mut database);
    check_months(&mut database);
    check_log(&mut database);
    check_models(&mut database);
    check_catalog(&mut database, &store.name);
    check_currency(&mut database);
    check_reader(&mut database, store, reader);

    run_as_the_store_does(&mut database, &views::drop(store));
    let schema = Sql::literal(&store.name);
    assert_none(
        &mut database,
        "left behind",
        &format!(
            "SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = {schema})
             UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = {schema})"
        ),
    );
}

/// Before the first refresh there are no rows, or rows of zeros, and no errors.
fn check_empty(client: &mut Client) {
    for view in VIEWS {
        let rows: i64 = client.get(&format!("SELECT count(*) FROM (SELECT * FROM {view}) AS v"));
        assert_eq!(rows, if ["stages", "time_in_stage"].contains(&view) { 5 } else { 0 }, "{view}");
    }
    assert_eq!(client.get::<i64>("SELECT sum(customers + orders + vips)::bigint FROM stages"), 0);
    assert_eq!(client.get::<i64>("SELECT sum(customers + completed_stays)::bigint FROM time_in_stage"), 0);
    assert_eq!(client.get::<i64>("SELECT count(*) FROM stages_at(now())"), 0);
}

#[test]
fn show_what_plain_sql_counts() {
    check("store_views_bigint", &store("shop", "public", Key::BigInt), "server_tests_shop_reader");
}

#[test]
fn show_the_same_under_hostile_names() {
    check("store_views_text", &store(HOSTILE, "C r;m{key}", Key::Text), "server_tests_hostile_reader");
}
