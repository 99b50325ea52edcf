//! RFM against its definition in plain SQL: on real orders and on tables full of ties.

use crate::harness::{Ask, Database, assert_none};

/// The definition, over a table `figures (k, customer_id, days, purchases, spend)` of customers in groups k.
///
/// Break i of n is the first value at which i/n of the customers are reached. `percentile_disc` says the same where i/n
/// has no rounding error, and takes one row more where i/n times the customers comes out just above a whole number.
fn scores(bins: i32) -> String {
    let breaks = |column: &str| {
        format!(
            "(SELECT array_agg((SELECT array_agg({column} ORDER BY {column}) FROM figures AS f WHERE f.k = groups.k)
                [(i * customers + {bins} - 1) / {bins}] ORDER BY i) FROM generate_series(1, {bins} - 1) AS i)"
        )
    };
    format!(
        "WITH groups AS (SELECT k, count(*)::int AS customers FROM figures GROUP BY k),
         broken AS MATERIALIZED (SELECT k, {} AS days_breaks, {} AS purchases_breaks, {} AS spend_breaks FROM groups)
         SELECT k, customer_id, days_breaks, purchases_breaks, spend_breaks,
            {bins} - (SELECT count(*) FROM unnest(days_breaks) AS b WHERE b < days) AS recency,
            1 + (SELECT count(*) FROM unnest(purchases_breaks) AS b WHERE b < purchases) AS frequency,
            1 + (SELECT count(*) FROM unnest(spend_breaks) AS b WHERE b < spend) AS monetary
         FROM figures JOIN broken USING (k)",
        breaks("days"),
        breaks("purchases"),
        breaks("spend")
    )
}

/// Fills `figures` from `orders (k, customer_id, at, amount)`, and `histories`.
fn figure(database: &mut Database, as_of: &str) {
    database.run(&format!(
        "DROP TABLE IF EXISTS figures, histories;
         CREATE TABLE figures AS
         SELECT k, customer_id, floor(extract(epoch FROM timestamptz '{as_of}' - max(at) FILTER (WHERE amount >= 0)) / 86400)::int AS days,
            count(*) FILTER (WHERE amount >= 0)::int AS purchases, sum(amount) AS spend
         FROM orders WHERE at <= '{as_of}' GROUP BY k, customer_id HAVING count(*) FILTER (WHERE amount >= 0) > 0;
         CREATE TABLE histories AS
         SELECT k, customer_id, purchase_history(at, amount) AS h FROM orders GROUP BY k, customer_id"
    ));
}

fn must_score_as_defined(database: &mut Database, as_of: &str, bins: i32) {
    let given = format!(
        "SELECT k, customer_id, (b::jsonb)->'recency_days' AS days_breaks, (b::jsonb)->'frequency' AS purchases_breaks,
            (b::jsonb)->'monetary' AS spend_breaks, (s).recency, (s).frequency, (s).monetary, b::jsonb->>'customers' AS customers
         FROM (SELECT *, rfm_score(h, b, '{as_of}') AS s
            FROM (SELECT *, rfm_breaks(h, '{as_of}', {bins}) OVER (PARTITION BY k) AS b FROM histories) AS with_breaks
            OFFSET 0) AS scored
         WHERE s IS NOT NULL"
    );
    assert_none(
        database,
        &format!("{bins} bins"),
        &format!(
            "SELECT * FROM ({}) AS d FULL JOIN ({given}) AS g USING (k, customer_id)
             WHERE to_jsonb(d.days_breaks) IS DISTINCT FROM g.days_breaks
                OR to_jsonb(d.purchases_breaks) IS DISTINCT FROM g.purchases_breaks
                OR to_jsonb(d.spend_breaks) IS DISTINCT FROM g.spend_breaks
                OR (d.recency, d.frequency, d.monetary) IS DISTINCT FROM (g.recency, g.frequency, g.monetary)
                OR customers::int <> (SELECT count(*) FROM figures AS f WHERE f.k = g.k)",
            scores(bins)
        ),
    );
}

fn cdnow(name: &str) -> Database {
    let mut database = Database::new(name);
    database.run("CREATE TABLE orders (k int DEFAULT 0, customer_id int, at timestamptz, cds int, amount numeric)");
    let rows = include_bytes!("../data/cdnow_sample.csv");
    let copy = "COPY orders (customer_id, at, cds, amount) FROM STDIN (FORMAT csv, HEADER)";
    let mut writer = database.copy_in(copy).expect("starting to copy");
    std::io::Write::write_all(&mut writer, rows).expect("copying the CDNOW sample");
    writer.finish().expect("copying the CDNOW sample");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM orders"), 6919);
    database
}

#[test]
fn scores_the_cdnow_sample_as_defined() {
    let mut database = cdnow("rfm_cdnow");
    for as_of in ["1997-09-30", "1998-07-01", "1997-02-01"] {
        figure(&mut database, as_of);
        for bins in [2, 3, 4, 5, 7, 10] {
            must_score_as_defined(&mut database, as_of, bins);
        }
        assert_none(
            &mut database,
            "percentile_disc",
            &format!(
                "SELECT percentile_disc(array[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY days) AS r,
                    percentile_disc(array[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY purchases) AS f,
                    percentile_disc(array[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY spend) AS m,
                    (SELECT rfm_breaks(h, '{as_of}')::jsonb FROM histories) AS b FROM figures
                 HAVING to_jsonb(percentile_disc(array[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY days)) <> (
                        SELECT rfm_breaks(h, '{as_of}')::jsonb->'recency_days' FROM histories)
                    OR to_jsonb(percentile_disc(array[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY purchases)) <> (
                        SELECT rfm_breaks(h, '{as_of}')::jsonb->'frequency' FROM histories)
                    OR to_jsonb(percentile_disc(array[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY spend)) <> (
                        SELECT rfm_breaks(h, '{as_of}')::jsonb->'monetary' FROM histories)"
            ),
        );
    }
}

#[test]
fn scores_ties_as_defined() {
    let mut database = Database::new("rfm_ties");
    database.run("SELECT setseed(0.125)");
    // Groups of 1 to 40 customers, few different days and amounts, some who only gave back, some yet to come.
    database.run(
        "CREATE TABLE orders AS
         SELECT k, c AS customer_id, '2024-01-10'::timestamptz - (random() * 4)::int * interval '1 day'
                - (random() * 2)::int * interval '12 hours' + (random() < 0.05)::int * interval '60 days' AS at,
            (array[0, 1, 1, 1, 2.5, 99.9999, -1, -0.0001])[1 + (random() * 7)::int]::numeric AS amount
         FROM generate_series(1, 80) AS k, generate_series(1, (k + 1) / 2) AS c, generate_series(1, 1 + (k * c) % 4)",
    );
    let as_of = "2024-01-10 12:00:00Z";
    figure(&mut database, as_of);
    for bins in 2..=10 {
        must_score_as_defined(&mut database, as_of, bins);
    }
    assert_none(
        &mut database,
        "thresholds by hand",
        &format!(
            "SELECT * FROM (SELECT h, days, purchases, spend,
                    rfm_score(h, array[1, 2, 2], array[1], array[-1, 0.00005, 99.9999, 100], '{as_of}') AS s,
                    rfm_score(h, array[]::int[], array[]::int[], array[]::numeric[], '{as_of}') AS one
                FROM histories LEFT JOIN figures USING (k, customer_id)) AS scored
             WHERE s::text IS DISTINCT FROM (4 - (days > 1)::int - 2 * (days > 2)::int) || '-' || (1 + (purchases > 1)::int) || '-'
                    || (1 + (spend > -1)::int + (spend > 0.0001)::int + (spend > 99.9999)::int + (spend > 100)::int)
                OR one::text IS DISTINCT FROM CASE WHEN days IS NOT NULL THEN '1-1-1' END"
        ),
    );
}

#[test]
fn every_code_has_the_segment_of_its_cell() {
    let mut database = Database::new("rfm_segments");
    // First digit recency, second the mean of frequency and monetary score, halves rounded up.
    database.run(
        "CREATE TABLE cells AS SELECT segment, cell::int FROM (VALUES
            ('Champions', '55 54 45'), ('Loyal', '53 44 35 34'), ('Potential Loyalist', '52 42 33 43'), ('Recent', '51'),
            ('Promising', '41 31'), ('Needs Attention', '32 23 22'), ('About To Sleep', '21'), ('At Risk', '25 24 13'),
            ('Can''t Lose', '15 14'), ('Hibernating', '12'), ('Lost', '11')) AS v (segment, cells),
            string_to_table(cells, ' ') AS cell",
    );
    assert_eq!(database.get::<i64>("SELECT count(DISTINCT cell) FROM cells"), 25);
    assert_none(
        &mut database,
        "segments",
        "SELECT * FROM (SELECT r, f, m, rfm_segment(r, f, m) AS digits, rfm_segment(row(r, f, m)::rfm_triple) AS segment,
                rfm_segment(format('%s-%s-%s', r, f, m)::rfm_triple) AS of_text, row(r, f, m)::rfm_triple::int AS code,
                row(r, f, m)::rfm_triple::text AS text
            FROM generate_series(1, 5) AS r, generate_series(1, 5) AS f, generate_series(1, 5) AS m) AS codes
         LEFT JOIN cells ON cell = 10 * r + ceil((f + m) / 2.0)
         WHERE cells.segment IS DISTINCT FROM codes.segment OR digits <> codes.segment OR of_text <> codes.segment
            OR code <> 100 * r + 10 * f + m OR text <> r || '-' || f || '-' || m",
    );
    assert_eq!(database.get::<Option<String>>("SELECT rfm_segment(NULL::rfm_triple)"), None);
    assert_eq!(database.get::<String>("SELECT '12-3-10'::text::rfm_triple::text"), "12-3-10");
}

#[test]
fn nobody_has_no_breaks_and_no_scores() {
    let mut database = Database::new("rfm_nobody");
    for (value, expected) in [
        ("rfm_breaks(h)::text", None),
        ("rfm_breaks('{}'::purchase_history)::text", None),
        ("rfm_breaks(NULL::purchase_history, now(), 3)::text", None),
        ("(SELECT rfm_score(NULL, rfm_breaks('{2024-01-01 5}'::purchase_history))::text)", None),
        ("(SELECT rfm_score('{2024-01-01 5}', NULL::rfm_breaks)::text)", None),
        ("(SELECT rfm_score('{2024-01-01 5}', array[1], NULL, array[1])::text)", None),
        ("(SELECT rfm_score('{2024-01-01 5}', rfm_breaks('{2024-01-01 5}'::purchase_history))::text)", Some("5-1-1")),
    ] {
        let query = format!("SELECT {value} FROM (SELECT '{{2024-01-01 -1}}'::purchase_history AS h) AS one");
        assert_eq!(database.get::<Option<String>>(&query).as_deref(), expected, "{value}");
    }
}
