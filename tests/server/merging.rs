//! The monoid in the server: whatever way rows are read, split and merged, the result is the same to the last bit.

use crate::harness::{Ask, Database, assert_none};
use crate::plans::{WAYS, large_tables, reset, run_all_in_a_worker};

const AS_OF: &str = "timestamptz '2024-05-01 12:00:00Z'";
const MODEL: &str = r#"'{"model": "bg/nbd", "params": {"r": 0.24, "alpha": 4.4, "a": 0.8, "b": 2.4}}'::purchase_model"#;
const SPEND: &str = r#"'{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}'::spend_model"#;

/// What is said of a base by the aggregates that fit and judge models, but for those of bare summaries.
fn models() -> [String; 8] {
    [
        format!("purchase_model(h, 'mbg/nbd', {AS_OF})"),
        format!("purchase_model(h, 'bg/cnbd-k', {AS_OF}, '1 day')"),
        format!("purchase_model(h, 'pareto/nbd', {AS_OF})"),
        format!("spend_model(h, {AS_OF})"),
        format!("renewal_model(h, {AS_OF}, '60 days')"),
        "backtest(h, 'mbg/nbd', '2024-01-31', '2 months')".to_owned(),
        format!("tracking(h, {MODEL}, {AS_OF})"),
        format!("regularity(h, {AS_OF})"),
    ]
}

fn database(name: &str) -> Database {
    let mut database = Database::new(name);
    database.run("SET TimeZone = 'Europe/Berlin'");
    large_tables(&mut database);
    database.run(
        "CREATE TABLE histories AS SELECT customer_id, purchase_history(at, amount) AS h FROM orders GROUP BY customer_id;
         ALTER TABLE histories SET (parallel_workers = 2);
         CREATE TABLE rehashed AS SELECT * FROM histories ORDER BY h;
         ALTER TABLE rehashed SET (parallel_workers = 2);
         ANALYZE",
    );
    database
}

#[test]
fn every_plan_builds_the_same_histories() {
    let mut database = database("merging_plans");
    for way in &WAYS {
        way.choose(&mut database);
        for (table, aggregate) in [
            ("orders", "purchase_history(at, amount)"),
            ("shuffled", "purchase_history(at, amount)"),
            ("shuffled", "rollup(CASE WHEN at IS NULL OR amount IS NULL THEN NULL
                ELSE ('{' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') || ' ' || round(amount, 4) || '}')
                ::purchase_history END)"),
        ] {
            let query = format!("SELECT customer_id, {aggregate} AS h FROM {table} GROUP BY customer_id");
            way.must_be_that_of(&mut database, &query);
            let differing = format!(
                "SELECT * FROM histories FULL JOIN ({query} OFFSET 0) AS built USING (customer_id)
                 WHERE histories.h IS DISTINCT FROM built.h"
            );
            assert_none(&mut database, way.name, &differing);
        }
    }
}

#[test]
fn a_spilling_hash_aggregate_loses_nothing() {
    let mut database = database("merging_spill");
    database.run(
        "SET enable_sort = off; SET work_mem = '64kB'; SET hash_mem_multiplier = 1;
        SET max_parallel_workers_per_gather = 0",
    );
    let query = "SELECT customer_id, purchase_history(at, amount) AS h FROM shuffled GROUP BY customer_id";
    let plan = database.texts(&format!("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {query}")).join("\n");
    assert!(plan.contains("HashAggregate") && plan.contains("Disk Usage"), "{plan}");
    let differing = format!(
        "SELECT * FROM histories FULL JOIN ({query} OFFSET 0) AS built USING (customer_id)
         WHERE histories.h IS DISTINCT FROM built.h"
    );
    assert_none(&mut database, "spilled", &differing);
}

#[test]
fn partitions_are_aggregated_in_parts() {
    let mut database = database("merging_partitions");
    database.run(
        "SET enable_partitionwise_aggregate = on; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
         SET min_parallel_table_scan_size = 0",
    );
    // By the key of the partitions each is aggregated whole; by another key only in part.
    let whole = "SELECT customer_id, purchase_history(at, amount) AS h FROM parts GROUP BY customer_id";
    assert_none(
        &mut database,
        "by the key",
        &format!(
            "SELECT * FROM histories FULL JOIN ({whole}) AS b USING (customer_id) WHERE histories.h IS DISTINCT FROM b.h"
        ),
    );
    let partial = "SELECT customer_id % 7 AS k, purchase_history(at, amount) AS h FROM parts GROUP BY 1";
    let plan = database.plan(partial);
    assert!(plan.contains("Finalize") && plan.contains("Partial"), "{plan}");
    assert_none(
        &mut database,
        "by another key",
        &format!(
            "SELECT * FROM (SELECT customer_id % 7 AS k, rollup(h) AS h FROM histories GROUP BY 1) AS a
            FULL JOIN ({partial}) AS b USING (k) WHERE a.h IS DISTINCT FROM b.h"
        ),
    );
}

#[test]
fn parts_in_any_split_and_order_roll_up_to_the_whole() {
    let mut database = database("merging_rollup");
    for parts in [1, 2, 7, 100] {
        database.run(&format!(
            "CREATE OR REPLACE TEMP VIEW split AS
             SELECT customer_id, part, purchase_history(at, amount) AS h
             FROM (SELECT *, (random() * {parts})::int AS part FROM shuffled OFFSET 0) AS s GROUP BY customer_id, part"
        ));
        assert_none(
            &mut database,
            "rollup",
            "SELECT * FROM histories FULL JOIN
                (SELECT customer_id, rollup(h ORDER BY random()) AS h FROM split GROUP BY customer_id) AS r USING (customer_id)
             WHERE histories.h IS DISTINCT FROM r.h",
        );
    }
    // a + b = b + a, (a + b) + c = a + (b + c), a + {} = a; an overlap counts twice.
    assert_none(
        &mut database,
        "+",
        "WITH three AS MATERIALIZED (SELECT customer_id, purchase_history(at, amount) FILTER (WHERE n % 3 = 0) AS a,
                purchase_history(at, amount) FILTER (WHERE n % 3 = 1) AS b,
                purchase_history(at, amount) FILTER (WHERE n % 3 = 2) AS c
            FROM (SELECT *, row_number() OVER () AS n FROM shuffled) AS numbered GROUP BY customer_id)
         SELECT * FROM three JOIN histories USING (customer_id)
         WHERE a + b <> b + a OR (a + b) + c <> a + (b + c) OR a + b + c <> h OR a + '{}' <> a
            OR num_purchases(h + h, 'epoch'::timestamptz + interval '100 years') <> 2 * num_purchases(h, '2070-01-01')
            OR total_spend(h + a, '2070-01-01') <> total_spend(h, '2070-01-01') + total_spend(a, '2070-01-01')",
    );
}

#[test]
fn windows_go_on_with_the_state() {
    let mut database = database("merging_windows");
    database.run(
        "CREATE TABLE few AS SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY at, amount, ctid) AS n
        FROM orders WHERE customer_id < 60 AND at IS NOT NULL AND amount IS NOT NULL",
    );
    for (frame, condition) in [
        ("ROWS UNBOUNDED PRECEDING", "i.n <= o.n"),
        ("ROWS BETWEEN 3 PRECEDING AND CURRENT ROW", "i.n BETWEEN o.n - 3 AND o.n"),
        ("ROWS BETWEEN 2 FOLLOWING AND UNBOUNDED FOLLOWING", "i.n >= o.n + 2"),
        (
            "RANGE BETWEEN '30 days' PRECEDING AND '1 day' FOLLOWING",
            "i.at BETWEEN o.at - '30 days'::interval AND o.at + '1 day'::interval",
        ),
    ] {
        for (aggregate, of) in [("purchase_history(at, amount)", "at, amount"), ("rollup(purchase_history)", "")] {
            let aggregate = if of.is_empty() {
                "rollup(('{2024-01-01 ' || round(amount, 4) || '}')::purchase_history)"
            } else {
                aggregate
            };
            let order = if frame.starts_with("RANGE") { "at" } else { "at, amount, n" };
            assert_none(
                &mut database,
                frame,
                &format!(
                    "SELECT * FROM (SELECT *, {aggregate} OVER (PARTITION BY customer_id ORDER BY {order} {frame}) AS h
                        FROM few) AS o, LATERAL (SELECT {aggregate} AS own FROM few AS i
                        WHERE i.customer_id = o.customer_id AND {condition}) AS naive WHERE h IS DISTINCT FROM own"
                ),
            );
        }
    }
    let running: i64 = database.get(
        "SELECT count(DISTINCT b::text) FROM (SELECT rfm_breaks(h, '2024-05-01') OVER (ORDER BY customer_id) AS b
            FROM histories WHERE customer_id < 40) AS running",
    );
    assert!(running > 20, "a running aggregate must change: {running}");
    assert_none(
        &mut database,
        "running breaks, rhythm and inputs",
        "SELECT * FROM (SELECT customer_id, rfm_breaks(h, '2024-05-01') OVER w AS b, purchase_rhythm(h, '2024-05-01') OVER w AS r,
                ltv_inputs(h, '2024-05-01') OVER w AS l FROM histories WHERE customer_id < 40
                WINDOW w AS (ORDER BY customer_id)) AS o,
            LATERAL (SELECT rfm_breaks(h, '2024-05-01') AS b, purchase_rhythm(h, '2024-05-01') AS r,
                ltv_inputs(h, '2024-05-01') AS l FROM histories AS i WHERE i.customer_id <= o.customer_id) AS naive
         WHERE o.b::text IS DISTINCT FROM naive.b::text OR o.r::text IS DISTINCT FROM naive.r::text
            OR o.l::text IS DISTINCT FROM naive.l::text",
    );
    for figure in models() {
        let differing = format!(
            "SELECT * FROM (SELECT customer_id, {figure}::text OVER w AS said FROM histories WHERE customer_id < 40
                WINDOW w AS (ORDER BY customer_id)) AS o,
                LATERAL (SELECT {figure}::text AS own FROM histories AS i WHERE i.customer_id <= o.customer_id) AS naive
             WHERE said IS DISTINCT FROM own"
        );
        let differing = differing.replacen("::text OVER w", " OVER w", 1).replace("said IS", "said::text IS");
        assert_none(&mut database, &figure, &differing);
    }
    assert_none(
        &mut database,
        "scores within groups in one query",
        "SELECT * FROM (SELECT customer_id % 3 AS k, h, rfm_score(h, rfm_breaks(h, '2024-05-01') OVER (PARTITION BY customer_id % 3),
                '2024-05-01') AS s FROM histories) AS a
            JOIN (SELECT customer_id % 3 AS k, rfm_breaks(h, '2024-05-01') AS b FROM histories GROUP BY 1) AS groups USING (k)
         WHERE s IS DISTINCT FROM rfm_score(h, b, '2024-05-01')",
    );
}

#[test]
fn what_is_said_of_a_base_depends_on_the_customers_alone() {
    let mut database = database("merging_base");
    let figures = [
        format!("rfm_breaks(h, {AS_OF})::text"),
        format!("rfm_breaks(h, {AS_OF}, 10)::text"),
        format!("purchase_rhythm(h, {AS_OF})::text"),
        format!("average_ltv(h, {AS_OF})::text"),
        format!("ltv_inputs(h, {AS_OF})::text"),
        format!("purchase_model(h, 'mbg/nbd', {AS_OF})::text"),
        format!("purchase_model(h, 'mbg/cnbd-k', {AS_OF}, '1 day')::text"),
        format!("purchase_model(h, 'pareto/nbd', {AS_OF}, '7 days', '{{\"ridge\": 0.001}}')::text"),
        format!("purchase_model(h, 'bg/bb', {AS_OF}, '30 days')::text"),
        format!(
            "purchase_model((btyd_summary(h, {AS_OF})).frequency, (btyd_summary(h, {AS_OF})).recency, (btyd_summary(h, {AS_OF})).t)::text"
        ),
        format!("spend_model(h, {AS_OF})::text"),
        format!("spend_model((btyd_summary(h, {AS_OF})).frequency, (btyd_summary(h, {AS_OF})).monetary_value)::text"),
        format!("renewal_model(h, {AS_OF}, '60 days', '5 days')::text"),
        format!("renewal_model(array[num_purchases(h, {AS_OF}) + 30, num_purchases(h, {AS_OF})])::text"),
        "backtest(h, 'bg/nbd', '2024-01-31', '2 months')::text".to_owned(),
        "backtest(h, 'mbg/cnbd-k', '2024-01-31', '60 days', '1 day')::text".to_owned(),
        format!("tracking(h, {MODEL}, {AS_OF}, '14 days')::text"),
        format!("regularity(h, {AS_OF})::text"),
    ];
    for figure in figures {
        let mut said = Vec::new();
        for way in &WAYS {
            way.choose(&mut database);
            for table in ["histories", "rehashed"] {
                let query = format!("SELECT customer_id % 2 AS k, {figure} AS said FROM {table} GROUP BY 1");
                way.must_be_that_of(&mut database, &query);
                said.push(database.texts(&format!("SELECT k || ' ' || said FROM ({query}) AS s ORDER BY k")));
            }
        }
        assert_eq!(said[0].len(), 2, "{figure}");
        assert!(said[0].iter().all(|text| text.len() > 8), "{said:?}");
        assert!(said.iter().all(|text| *text == said[0]), "{figure}: {said:#?}");
    }
}

#[test]
fn models_of_a_whole_base_are_merged_from_parts() {
    let mut database = database("merging_models");
    database.run(
        "CREATE TABLE history_parts (customer_id int, h purchase_history) PARTITION BY HASH (customer_id);
         CREATE TABLE history_part_0 PARTITION OF history_parts FOR VALUES WITH (MODULUS 3, REMAINDER 0);
         CREATE TABLE history_part_1 PARTITION OF history_parts FOR VALUES WITH (MODULUS 3, REMAINDER 1);
         CREATE TABLE history_part_2 PARTITION OF history_parts FOR VALUES WITH (MODULUS 3, REMAINDER 2);
         -- The planner has to know that there are few groups.
         CREATE STATISTICS thirds ON (customer_id % 3) FROM history_parts;
         CREATE STATISTICS thirds_0 ON (customer_id % 3) FROM history_part_0;
         CREATE STATISTICS thirds_1 ON (customer_id % 3) FROM history_part_1;
         CREATE STATISTICS thirds_2 ON (customer_id % 3) FROM history_part_2;
         INSERT INTO history_parts SELECT * FROM rehashed; ANALYZE",
    );
    for figure in models() {
        // Without a key, in one process and in several; by the key of the parts, of which each is then aggregated whole,
        // and by another one, so that what is made of the parts is merged.
        reset(&mut database);
        database.run("SET max_parallel_workers_per_gather = 0");
        let whole = |table: &str| format!("SELECT {figure}::text FROM {table}");
        let by = |key: &str, table: &str| {
            format!(
                "SELECT string_agg(k || ' ' || said, ' ' ORDER BY k) FROM (SELECT {key} AS k, {figure}::text AS said FROM {table} GROUP BY 1) AS s"
            )
        };
        let expected = [
            database.get::<String>(&whole("histories")),
            database.get::<String>(&by("customer_id % 3", "histories")),
            database.get::<String>(&by("customer_id", "histories WHERE customer_id < 100")),
        ];
        database.run("SET enable_partitionwise_aggregate = on");
        let plan = database.plan(&whole("history_parts"));
        assert!(plan.contains("Finalize Aggregate") && plan.contains("Partial Aggregate"), "{plan}");
        assert_eq!(database.get::<String>(&whole("history_parts")), expected[0], "{figure} of parts");
        let plan = database.plan(&by("customer_id % 3", "history_parts"));
        assert!(plan.contains("Finalize") && plan.contains("Partial"), "{plan}");
        assert_eq!(database.get::<String>(&by("customer_id % 3", "history_parts")), expected[1], "{figure} of parts");
        let of_few = by("customer_id", "history_parts WHERE customer_id < 100");
        assert!(!database.plan(&of_few).contains("Finalize"), "{}", database.plan(&of_few));
        assert_eq!(database.get::<String>(&of_few), expected[2], "{figure} of whole parts");
        for leader in ["on", "off"] {
            database.run(&format!(
                "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
                 SET max_parallel_workers_per_gather = 2; SET parallel_leader_participation = {leader}"
            ));
            let plan = database.plan(&whole("rehashed"));
            assert!(plan.contains("Gather") && plan.contains("Partial Aggregate"), "{plan}");
            for table in ["histories", "rehashed", "history_parts"] {
                assert_eq!(database.get::<String>(&whole(table)), expected[0], "{figure} in parallel");
            }
        }
    }
}

#[test]
fn aggregates_on_rows_say_what_the_history_says() {
    let mut database = database("merging_rows");
    for way in &WAYS {
        way.choose(&mut database);
        let query = format!(
            "SELECT customer_id, purchase_history(at, amount) AS h, purchase_history(at) AS all_at,
                lifecycle_stage(at, amount, {AS_OF}) AS stage, lifecycle_stage(at, {AS_OF}) AS stage_at,
                expected_next_purchase(at, amount, {AS_OF}) AS next, expected_next_purchase(at, {AS_OF}) AS next_at,
                ltv(at, amount, 2.5, {AS_OF}) AS value, lifecycle_stage(at, amount) AS stage_now, lifecycle_stage(at) AS stage_at_now,
                expected_next_purchase(at, amount) AS next_now, ltv(at, amount, 2) AS value_now
             FROM shuffled GROUP BY customer_id"
        );
        way.must_be_that_of(&mut database, &query);
        assert_none(
            &mut database,
            way.name,
            &format!(
                "SELECT * FROM ({query} OFFSET 0) AS rows
                 WHERE stage IS DISTINCT FROM lifecycle_stage(h, {AS_OF}) OR stage_at IS DISTINCT FROM lifecycle_stage(all_at, {AS_OF})
                    OR next IS DISTINCT FROM expected_next_purchase(h, {AS_OF})
                    OR next_at IS DISTINCT FROM expected_next_purchase(all_at, {AS_OF})
                    OR value IS DISTINCT FROM ltv(h, 2.5, {AS_OF}) OR stage_now IS DISTINCT FROM lifecycle_stage(h)
                    OR stage_at_now IS DISTINCT FROM lifecycle_stage(all_at)
                    OR next_now IS DISTINCT FROM expected_next_purchase(h) OR value_now IS DISTINCT FROM ltv(h, 2)"
            ),
        );
    }
    assert_eq!(database.get::<String>("SELECT lifecycle_stage(at)::text FROM orders WHERE false"), "prospect");
}

#[test]
fn equal_histories_group_join_and_hash_alike() {
    let mut database = database("merging_equality");
    let expected: i64 = database.get("SELECT count(DISTINCT h::text) FROM histories");
    database.run(
        "INSERT INTO rehashed SELECT customer_id + 10000, h::text::purchase_history FROM histories; ANALYZE rehashed",
    );
    for (settings, node) in [
        ("SET enable_hashagg = off; SET enable_hashjoin = off; SET enable_nestloop = off", "Merge Join"),
        ("SET enable_sort = off; SET enable_mergejoin = off; SET enable_nestloop = off", "Hash Join"),
    ] {
        reset(&mut database);
        database.run(settings);
        let distinct: i64 = database.get("SELECT count(*) FROM (SELECT DISTINCT h FROM rehashed) AS d");
        let grouped: i64 =
            database.get("SELECT count(*) FROM (SELECT h FROM rehashed GROUP BY h HAVING count(*) >= 2) AS d");
        assert_eq!((distinct, grouped), (expected, expected), "{settings}");
        let join = "SELECT count(*) FROM histories AS a JOIN rehashed AS b ON a.h = b.h";
        assert!(database.plan(join).contains(node), "{}", database.plan(join));
        let texts: i64 =
            database.get("SELECT count(*) FROM histories AS a JOIN rehashed AS b ON a.h::text = b.h::text");
        assert_eq!(database.get::<i64>(join), texts);
    }
}

#[test]
fn every_reading_works_in_a_worker() {
    let mut database = database("merging_worker");
    database.run(
        "CREATE TABLE base AS SELECT purchase_rhythm(h, '2024-05-01') AS rhythm, rfm_breaks(h, '2024-05-01') AS breaks,
            purchase_model(h, 'mbg/nbd', '2024-05-01') AS m, SPEND AS spend
        FROM histories"
            .replace("SPEND", SPEND)
            .as_str(),
    );
    let query = "SELECT md5(string_agg(s::text, ' ' ORDER BY s::text)) FROM (SELECT customer_id,
            num_purchases(h), num_purchase_days(h), first_purchase(h), last_purchase(h), total_spend(h), average_order_value(h),
            recency(h), tenure(h), mean_gap(h), median_gap(h), btyd_summary(h), until(h, '2024-01-01'), h::jsonb,
            rfm_score(h, breaks), rfm_score(h, array[30, 90], array[1, 2], array[10, 100.5]), rfm_segment(rfm_score(h, breaks)),
            rfm_score(h, breaks)::text::rfm_triple::int, expected_gap(h), expected_gap(h, rhythm), overdue_ratio(h),
            overdue_ratio(h, rhythm), expected_next_purchase(h), expected_next_purchase(h, rhythm),
            expected_next_purchase_range(h, rhythm), purchase_probability(h, rhythm, '1 month'), lifecycle_stage(h),
            lifecycle_stage(h, rhythm), ltv(h, 3), repeat_purchases_per_year(h), retention_years(h),
            purchases(h, '2023-03-01'), h + h, h = h, breaks::jsonb::rfm_breaks, rhythm::jsonb::purchase_rhythm,
            p_alive(h, m), expected_purchases(h, m, '1 year'), purchase_probability(h, m, '1 year'), expected_next_purchase(h, m),
            expected_next_purchase_within(h, m, '1 year'), expected_next_purchase_range(h, m), residual_value(h, m),
            expected_spend(h, spend), ltv(h, m, spend, '1 year'), lifecycle_stage(h, m), m::jsonb::purchase_model,
            CASE WHEN customer_id < 50 THEN ltv_range(h, m, spend, '1 year') END
        FROM histories, base) AS s";
    database.run("BEGIN"); // now() must not move between the two
    let serial: String = database.get(query);
    run_all_in_a_worker(&mut database);
    let plan = database.plan(query);
    assert!(plan.contains("Gather"), "{plan}");
    assert_eq!(database.get::<String>(query), serial);
}
