//! Values move between databases: by COPY in text and in binary, and by pg_dump and pg_restore.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use crate::harness::{Ask, Database, assert_none};

const KEPT: &str = "
    SELECT setseed(0.6);
    CREATE TABLE kept (id int PRIMARY KEY, h purchase_history, b rfm_breaks, r purchase_rhythm, score rfm_triple, stage lifecycle_stage,
        summary btyd_summary, pm purchase_model, sm spend_model, rm renewal_model, bt backtest_result, tr model_tracking_point[]);
    INSERT INTO kept (id, h) SELECT n % 500, purchase_history('2023-06-01'::timestamptz + random() * interval '400 days',
        (random() * 400 - 20)::numeric(12, 5)) FROM generate_series(1, 5000) AS n GROUP BY 1;
    INSERT INTO kept (id, h) VALUES (1000, '{}'), (1001, NULL),
        (1002, '{0001-01-01T00:00:00Z 922337203685477.5807, 9999-12-31T23:59:59.999999Z -922337203685477.5808}');
    INSERT INTO kept (id, h) SELECT 1003, purchase_history(now() - n * interval '1.000001 hours', n * 1.0001)
        FROM generate_series(1, 20000) AS n;
    UPDATE kept SET b = (SELECT rfm_breaks(h, '2024-06-01', 2 + kept.id % 7) FROM kept AS k WHERE id < 500),
        r = (SELECT purchase_rhythm(h, '2024-06-01') FROM kept AS k WHERE id % 9 = kept.id % 9 AND id < 500) WHERE id < 18;
    UPDATE kept SET score = rfm_score(h, (SELECT b FROM kept WHERE id = 3), '2024-06-01'), stage = lifecycle_stage(h, '2024-06-01'),
        summary = btyd_summary(h, '2024-06-01');
    UPDATE kept SET (pm, sm, rm, bt, tr) = (SELECT purchase_model(h, (array['bg/nbd', 'mbg/cnbd-k', 'pareto/nbd', 'bg/bb'])[1 + kept.id % 4],
            '2024-06-01', '3 days'), spend_model(h, '2024-06-01'), renewal_model(h, '2024-06-01', '1 month'),
            backtest(h, 'mbg/nbd', '2024-03-01', '1 month'),
            tracking(h, '{\"model\": \"nbd\", \"params\": {\"r\": 1, \"alpha\": 1}}'::purchase_model, timestamptz '2024-06-01', '30 days')
        FROM kept AS k WHERE id % 9 = kept.id % 9 AND id < 500) WHERE id < 18;
    UPDATE kept SET pm = '{\"model\": \"nbd\", \"params\": null, \"status\": \"no interior optimum: s → 0, é, 😀\"}' WHERE id = 20;
    INSERT INTO lifecycle.segment_grid (grid, dimensions, bins, description) VALUES ('later', 'R,FM', 2, 'for a test'), ('earlier', 'R,F,M', 3, NULL);
    INSERT INTO lifecycle.segment_rule (grid, name, cells, priority) VALUES ('later', 'good', '{2*}', 1), ('later', 'bad', '{11}', 2),
        ('later', 'rest', '{**}', 3), ('earlier', 'all', '{***}', 1);
    CREATE MATERIALIZED VIEW segments AS SELECT r, f, rfm_segment(r, f, f, 'later') AS segment
        FROM generate_series(1, 2) AS r, generate_series(1, 2) AS f;
    CREATE MATERIALIZED VIEW models AS SELECT id % 2 AS k, purchase_model(h, 'mbg/nbd', timestamptz '2024-06-01') AS m,
        spend_model(h, '2024-06-01') AS s, renewal_model(h, '2024-06-01', '1 month') AS r,
        backtest(h, 'nbd', '2024-03-01', '1 month') AS b FROM kept WHERE id < 500 GROUP BY 1;
    CREATE INDEX ON models USING hash (m);
    CREATE INDEX ON kept (h) WHERE id < 1003;
    CREATE MATERIALIZED VIEW stages AS SELECT stage, count(*), sum(total_spend(h, '2024-06-01')) FROM kept GROUP BY stage";

const SUMS: &str = "SELECT md5(string_agg(kept::text || coalesce(purchase_history_send(h)::text, ''), ' ' ORDER BY id))
    || count(b) || count(r) || count(score) || count(pm) || count(sm) || count(rm) || count(bt) || count(tr) FROM kept";

#[test]
fn copy_moves_values_without_loss() {
    let mut from = Database::new("moving_from");
    from.run(KEPT);
    let expected: String = from.get(SUMS);
    for format in ["text", "csv", "binary"] {
        let mut to = Database::new(&format!("moving_to_{format}"));
        to.run("CREATE TABLE kept (id int, h purchase_history, b rfm_breaks, r purchase_rhythm, score rfm_triple, stage lifecycle_stage,
            summary btyd_summary, pm purchase_model, sm spend_model, rm renewal_model, bt backtest_result, tr model_tracking_point[])");
        let mut bytes = Vec::new();
        let mut reader = from.copy_out(&format!("COPY kept TO STDOUT (FORMAT {format})")).expect("copying out");
        reader.read_to_end(&mut bytes).expect("copying out");
        drop(reader);
        let mut writer = to.copy_in(&format!("COPY kept FROM STDIN (FORMAT {format})")).expect("copying in");
        writer.write_all(&bytes).expect("copying in");
        writer.finish().unwrap_or_else(|error| panic!("{format}: {}", crate::harness::show(&error)));
        assert_eq!(to.get::<String>(SUMS), expected, "{format}");
    }
}

/// Runs a program of the server's own; false, loudly, if this server came without it.
fn run_program(database: &mut Database, program: &str, arguments: &[&str]) -> bool {
    let directory: String = database.get("SELECT setting FROM pg_config() WHERE name = 'BINDIR'");
    let path = Path::new(&directory).join(program);
    let runs = Command::new(&path).arg("--version").output().is_ok_and(|output| output.status.success());
    if !runs {
        let line = format!("moving: NOT TESTED, this server has no {program} that runs at {}\n", path.display());
        std::io::stderr().write_all(line.as_bytes()).ok();
        return false;
    }
    let output = Command::new(&path).args(arguments).output().expect("running a program of the server");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    true
}

#[test]
fn dump_and_restore_give_the_same_database() {
    dump_and_restore("moving_dumped", Database::without_extension("moving_restored"));
}

#[test]
fn a_dump_goes_into_another_encoding() {
    // Statuses have arrows, which LATIN1 has not: they must have been written as JSON escapes.
    dump_and_restore("moving_dumped_utf8", Database::in_encoding("moving_restored_latin1", "LATIN1"));
}

fn dump_and_restore(name: &str, mut to: Database) {
    let mut from = Database::new(name);
    from.run(KEPT);
    let file = std::env::temp_dir().join(format!("pg_lifecycle_{name}_{}.dump", std::process::id()));
    let file = file.to_str().expect("the temporary directory's name is text");
    let from_name = from.name().to_owned();
    let done = run_program(&mut from, "pg_dump", &["--format=custom", "--file", file, &from_name]) && {
        let to_name = to.name().to_owned();
        run_program(&mut to, "pg_restore", &["--exit-on-error", "--dbname", &to_name, file])
    };
    std::fs::remove_file(file).ok();
    if !done {
        return;
    }
    assert_eq!(to.get::<String>(SUMS), from.get::<String>(SUMS));
    assert_eq!(
        to.get::<String>("SELECT string_agg(stages::text, ' ' ORDER BY stage) FROM stages"),
        from.get::<String>("SELECT string_agg(stages::text, ' ' ORDER BY stage) FROM stages")
    );
    let models = "SELECT md5(string_agg(models::text, ' ' ORDER BY k)) || count(m) || count(s) || count(r) || count(b) FROM models";
    assert_eq!(to.get::<String>(models), from.get::<String>(models));
    assert_none(
        &mut to,
        "a model that does not read back",
        "SELECT id FROM kept WHERE pm::text::purchase_model <> pm OR sm::text::spend_model <> sm OR rm::text::renewal_model <> rm
            OR pm::text::purchase_model::text <> pm::text",
    );
    to.run("REFRESH MATERIALIZED VIEW models");
    assert_eq!(to.get::<String>(models), from.get::<String>(models));
    let grids =
        "SELECT concat_ws(' ', (SELECT string_agg(g::text, ' ' ORDER BY grid) FROM lifecycle.segment_grid AS g),
        (SELECT string_agg(r::text, ' ' ORDER BY grid, priority, name) FROM lifecycle.segment_rule AS r),
        (SELECT string_agg(s::text, ' ' ORDER BY r, f) FROM segments AS s))";
    assert_eq!(to.get::<String>(grids), from.get::<String>(grids));
    assert_eq!(
        to.refused("DELETE FROM lifecycle.segment_rule WHERE grid = 'later' AND name = 'rest'").code().code(),
        "23514"
    );
    let mut found = to.texts("SELECT id::text FROM kept WHERE h = '{}'");
    found.sort();
    assert_eq!(found, ["1000"]);
    assert_none(
        &mut to,
        "the index",
        "SELECT id FROM kept AS k WHERE NOT EXISTS (SELECT FROM kept WHERE h = k.h AND id < 1003) AND h IS NOT NULL AND id < 1003",
    );
}
