//! A customer base on three shards behind postgres_fdw: what is shipped, and that the answers are the local ones.

use crate::harness::{Ask, Database, assert_none};

const SHARDS: usize = 3;

/// Whether the server has postgres_fdw. Some builds come without contrib; then nothing here can be shown, and we say so.
fn has_fdw(database: &mut Database) -> bool {
    let has: bool = database.get("SELECT count(*) > 0 FROM pg_available_extensions WHERE name = 'postgres_fdw'");
    if !has {
        let version: String = database.get("SELECT version()");
        println!("NOT TESTED: this server has no postgres_fdw, so that nothing was sharded ({version})");
        // Past the test harness, which shows nothing of a test that passes.
        std::io::Write::write_all(&mut std::io::stderr(), b"sharding: NOT TESTED, this server has no postgres_fdw\n")
            .ok();
    }
    has
}

/// A local database and its shards. `orders` holds every order in foreign partitions by customer, `scattered` the same
/// orders by whatever came, `local_orders` all of them here.
fn sharded(name: &str) -> Option<(Database, Vec<Database>)> {
    let mut local = Database::new(name);
    if !has_fdw(&mut local) {
        return None;
    }
    let columns = "(customer_id int, at timestamptz, amount numeric)";
    local.run(&format!(
        "CREATE EXTENSION postgres_fdw;
         SELECT setseed(0.75);
         CREATE TABLE local_orders {columns};
         INSERT INTO local_orders SELECT (random() ^ 2 * 500)::int, '2023-01-01'::timestamptz + random() * interval '700 days',
            (random() * 300 - 15)::numeric(12, 5) FROM generate_series(1, 6000);
         INSERT INTO local_orders VALUES (501, NULL, 5), (502, '2024-01-01', NULL), (503, '0001-01-01 00:00Z', 922337203685477.5807),
            (503, '9999-12-31 23:59:59.999999Z', -922337203685477.5808), (504, '2024-03-31 01:30Z', -1);
         CREATE TABLE orders {columns} PARTITION BY HASH (customer_id);
         CREATE TABLE scattered (LIKE local_orders, shard int) PARTITION BY LIST (shard)"
    ));
    let (socket, port): (String, String) = (local.get("SHOW unix_socket_directories"), local.get("SHOW port"));
    let shards = (0..SHARDS).map(|i| {
        let mut shard = Database::new(&format!("{name}_shard_{i}"));
        shard.run(&format!("CREATE TABLE orders {columns}; CREATE TABLE scattered (LIKE orders, shard int)"));
        local.run(&format!(
            "CREATE SERVER shard_{i} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{socket}', port '{port}',
                dbname '{}', extensions 'pg_lifecycle');
             CREATE USER MAPPING FOR CURRENT_USER SERVER shard_{i} OPTIONS (user 'postgres');
             CREATE FOREIGN TABLE orders_{i} PARTITION OF orders FOR VALUES WITH (MODULUS {SHARDS}, REMAINDER {i})
                SERVER shard_{i} OPTIONS (table_name 'orders');
             CREATE FOREIGN TABLE scattered_{i} PARTITION OF scattered FOR VALUES IN ({i})
                SERVER shard_{i} OPTIONS (table_name 'scattered')",
            shard.name()
        ));
        shard
    });
    let shards = shards.collect();
    local.run(
        "INSERT INTO orders SELECT * FROM local_orders;
         INSERT INTO scattered SELECT *, (random() * 2)::int FROM local_orders;
         ANALYZE local_orders; ANALYZE orders; ANALYZE scattered;
         SET enable_partitionwise_aggregate = on",
    );
    Some((local, shards))
}

/// The SQL that a plan sends away.
fn remote_sql(plan: &str) -> Vec<&str> {
    plan.lines().filter_map(|line| line.trim().strip_prefix("Remote SQL: ")).collect()
}

#[test]
fn grouping_by_customer_ships_whole() {
    let Some((mut local, mut shards)) = sharded("sharding_whole") else { return };
    for shard in &mut shards {
        assert!(
            shard.get::<i64>("SELECT count(DISTINCT customer_id) FROM orders") > 100,
            "a shard must have customers"
        );
    }
    let query = "SELECT customer_id, purchase_history(at, amount) AS h FROM orders GROUP BY customer_id";
    let plan = local.plan(query);
    let remote = remote_sql(&plan);
    assert_eq!(remote.len(), SHARDS, "{plan}");
    for sql in remote {
        assert!(sql.contains("purchase_history(at, amount)") && sql.contains("GROUP BY 1"), "{sql}");
    }
    assert!(!plan.contains("Aggregate\n") && !plan.contains("HashAggregate"), "nothing is left to do here:\n{plan}");
    assert_none(
        &mut local,
        "histories from shards",
        &format!(
            "SELECT * FROM (SELECT customer_id, purchase_history(at, amount) AS h FROM local_orders GROUP BY customer_id) AS l
             FULL JOIN ({query}) AS r USING (customer_id) WHERE l.h IS DISTINCT FROM r.h"
        ),
    );
    assert_eq!(
        local.get::<i64>(&format!("SELECT count(*) FROM ({query}) AS r")),
        local.get::<i64>("SELECT count(DISTINCT customer_id) FROM local_orders")
    );
}

#[test]
fn partial_histories_roll_up_to_the_local_ones() {
    let Some((mut local, _shards)) = sharded("sharding_partial") else { return };
    let parts: Vec<String> = (0..SHARDS)
        .map(|i| {
            format!("SELECT customer_id, purchase_history(at, amount) AS h FROM scattered_{i} GROUP BY customer_id")
        })
        .collect();
    let query = format!(
        "SELECT customer_id, rollup(h) AS h FROM ({}) AS parts GROUP BY customer_id",
        parts.join(" UNION ALL ")
    );
    let plan = local.plan(&query);
    let remote = remote_sql(&plan);
    assert_eq!(remote.len(), SHARDS, "{plan}");
    assert!(remote.iter().all(|sql| sql.contains("purchase_history(at, amount)")), "{plan}");
    local.run(&format!("CREATE TABLE rolled AS {query}"));
    assert_none(
        &mut local,
        "rolled up",
        "SELECT * FROM (SELECT customer_id, purchase_history(at, amount) AS h FROM local_orders GROUP BY customer_id) AS l
         FULL JOIN rolled AS r USING (customer_id) WHERE l.h IS DISTINCT FROM r.h",
    );
    let split: i64 = local
        .get("SELECT count(*) FROM (SELECT FROM scattered GROUP BY customer_id HAVING min(shard) < max(shard)) AS s");
    assert!(split > 200, "only {split} customers are on several shards");
}

#[test]
fn what_depends_on_the_session_is_not_computed_elsewhere() {
    // A session of postgres_fdw runs in the zone GMT and in another transaction: a day is another day there.
    let Some((mut local, mut shards)) = sharded("sharding_session") else { return };
    local.run("SET TimeZone = 'Pacific/Kiritimati'");
    let as_of = "timestamptz '2024-06-01'";
    for reading in [
        format!("lifecycle_stage(at, amount, {as_of})"),
        format!("expected_next_purchase(at, amount, {as_of})"),
        format!("ltv(at, amount, 2, {as_of})"),
        "purchase_history(at::date, amount)".to_owned(),
        "purchase_history(at::timestamp, amount)".to_owned(),
    ] {
        let of = |table| {
            format!("SELECT customer_id, {reading} AS said FROM {table} WHERE customer_id < 500 GROUP BY customer_id")
        };
        assert_none(
            &mut local,
            &reading,
            &format!(
                "SELECT * FROM ({}) AS l FULL JOIN ({}) AS r USING (customer_id) WHERE l.said IS DISTINCT FROM r.said",
                of("local_orders"),
                of("orders")
            ),
        );
    }
    // Histories on a shard: what is said of a base of them.
    local.run(
        "CREATE TABLE histories AS SELECT customer_id, purchase_history(at, amount) AS h FROM local_orders
            WHERE customer_id < 500 GROUP BY customer_id",
    );
    shards[0].run("CREATE TABLE histories (customer_id int, h purchase_history)");
    local.run(
        "CREATE FOREIGN TABLE far_histories (customer_id int, h purchase_history) SERVER shard_0
            OPTIONS (table_name 'histories');
         INSERT INTO far_histories SELECT * FROM histories",
    );
    for figure in ["purchase_rhythm", "ltv_inputs", "average_ltv", "rfm_breaks"] {
        let said = |table| format!("SELECT {figure}(h, {as_of})::text FROM {table}");
        let (here, there): (String, String) = (local.get(&said("histories")), local.get(&said("far_histories")));
        assert_eq!(here, there, "{figure}");
    }
    for figure in [
        "purchase_model(h, 'mbg/nbd', {as_of})",
        "purchase_model(h, 'pareto/nbd', {as_of})",
        "purchase_model(h, 'bg/cnbd-k', {as_of}, '1 day')",
        "spend_model(h, {as_of})",
        "renewal_model(h, {as_of}, '1 month')",
        "backtest(h, 'mbg/nbd', '2024-01-31', '2 months')",
        "tracking(h, '{\"model\": \"nbd\", \"params\": {\"r\": 1, \"alpha\": 10}}'::purchase_model, {as_of})",
        "regularity(h, {as_of})",
        "sum(p_alive(h, '{\"model\": \"bg/nbd\", \"params\": {\"r\": 1, \"alpha\": 10, \"a\": 1, \"b\": 2}}'::purchase_model, {as_of})::numeric)",
    ] {
        let figure = figure.replace("{as_of}", as_of);
        let said = |table| format!("SELECT ({figure})::text FROM {table}");
        let (here, there): (String, String) = (local.get(&said("histories")), local.get(&said("far_histories")));
        assert_eq!(here, there, "{figure}");
        assert!(here.len() > 5, "{here}");
    }
    // What depends on nothing but the rows may go.
    let plan = local.plan(&format!("SELECT rfm_breaks(h, {as_of}) FROM far_histories"));
    assert!(remote_sql(&plan).iter().any(|sql| sql.contains("rfm_breaks")), "{plan}");
}

#[test]
fn models_of_a_base_on_shards_are_those_of_the_whole_base() {
    let Some((mut local, mut shards)) = sharded("sharding_models") else { return };
    local.run(
        "CREATE TABLE local_histories AS SELECT customer_id, purchase_history(at, amount) AS h FROM local_orders
            WHERE customer_id < 500 GROUP BY customer_id;
         CREATE TABLE histories (customer_id int, h purchase_history) PARTITION BY HASH (customer_id)",
    );
    for (i, shard) in shards.iter_mut().enumerate() {
        shard.run("CREATE TABLE histories (customer_id int, h purchase_history)");
        local.run(&format!(
            "CREATE FOREIGN TABLE histories_{i} PARTITION OF histories FOR VALUES WITH (MODULUS {SHARDS}, REMAINDER {i})
                SERVER shard_{i} OPTIONS (table_name 'histories')"
        ));
    }
    local.run("INSERT INTO histories SELECT * FROM local_histories; ANALYZE histories; ANALYZE local_histories");
    let as_of = "timestamptz '2024-06-01'";
    for figure in [
        format!("purchase_model(h, 'mbg/nbd', {as_of})"),
        format!("purchase_model(h, 'pareto/nbd', {as_of})"),
        format!("purchase_model(h, 'mbg/cnbd-k', {as_of})"),
        format!("purchase_model(h, 'bg/bb', {as_of}, '30 days')"),
        format!("spend_model(h, {as_of})"),
        format!("renewal_model(h, {as_of}, '60 days')"),
        "backtest(h, 'mbg/nbd', '2024-01-31', '2 months')".to_owned(),
        format!("regularity(h, {as_of})"),
    ] {
        let said = |table| format!("SELECT ({figure})::text FROM {table}");
        let plan = local.plan(&said("histories"));
        assert!(plan.contains("Partial Aggregate"), "each shard's rows make a part:\n{plan}");
        assert_eq!(local.get::<String>(&said("histories")), local.get::<String>(&said("local_histories")), "{figure}");
    }
}

#[test]
fn histories_come_through_a_foreign_table_without_loss() {
    let Some((mut local, mut shards)) = sharded("sharding_values") else { return };
    shards[0].run("CREATE TABLE kept (customer_id int, h purchase_history, b rfm_breaks, r purchase_rhythm, m purchase_model, s spend_model, n renewal_model)");
    local.run(
        "CREATE TABLE kept AS SELECT customer_id, purchase_history(at, amount) AS h, NULL::rfm_breaks AS b, NULL::purchase_rhythm AS r,
                NULL::purchase_model AS m, NULL::spend_model AS s, NULL::renewal_model AS n
            FROM local_orders GROUP BY customer_id;
         UPDATE kept SET b = (SELECT rfm_breaks(h, timestamptz '2024-06-01', 3 + kept.customer_id % 5) FROM kept AS k
                WHERE k.customer_id < 500) WHERE customer_id < 20;
         UPDATE kept SET r = (SELECT purchase_rhythm(h, timestamptz '2024-06-01') FROM kept AS k
                WHERE k.customer_id % 20 = kept.customer_id AND k.customer_id < 500) WHERE customer_id < 20;
         UPDATE kept SET (m, s, n) = (SELECT purchase_model(h, 'mbg/nbd', timestamptz '2024-06-01'), spend_model(h, '2024-06-01'),
                renewal_model(h, '2024-06-01', '1 month') FROM kept AS k WHERE k.customer_id % 20 = kept.customer_id) WHERE customer_id < 20;
         CREATE FOREIGN TABLE far (customer_id int, h purchase_history, b rfm_breaks, r purchase_rhythm, m purchase_model, s spend_model,
            n renewal_model) SERVER shard_0
            OPTIONS (table_name 'kept');
         INSERT INTO far SELECT * FROM kept",
    );
    assert_eq!(local.get::<i64>("SELECT count(b) + count(r) + count(m) + count(s) + count(n) FROM far"), 100);
    assert_none(
        &mut local,
        "there and back",
        "SELECT * FROM kept AS a FULL JOIN far AS b USING (customer_id) WHERE a.h IS DISTINCT FROM b.h
            OR purchase_history_send(a.h) <> purchase_history_send(b.h)
            OR a.b::text IS DISTINCT FROM b.b::text OR a.r::text IS DISTINCT FROM b.r::text
            OR a.m::text IS DISTINCT FROM b.m::text OR a.s::text IS DISTINCT FROM b.s::text OR a.n::text IS DISTINCT FROM b.n::text",
    );
}
