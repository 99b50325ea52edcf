//! Amounts come from the digits of a `numeric` where they lie: every form the server gives them must read as `round`.

use crate::harness::{Ask, Database, assert_none};

/// Amounts as text: of all scales and lengths, around where halves are rounded, and around where 64 bits end.
const SHAPES: &str = "
    CREATE TABLE shapes AS
    SELECT n, CASE n % 10
        WHEN 0 THEN format('%s%s.%s', sign, (random() * 1e5)::int, lpad((random() * 99)::int::text, 2, '0'))
        WHEN 1 THEN format('%s%s', sign, (random() * 1e15)::bigint)
        WHEN 2 THEN format('%s%s.%s5', sign, (random() * 1e4)::int, lpad((random() * 9999)::int::text, 4, '0'))
        WHEN 3 THEN format('%s%s.%s4%s', sign, (random() * 1e9)::bigint, lpad((random() * 9999)::int::text, 4, '0'),
            repeat('9', 1 + (random() * 60)::int))
        WHEN 4 THEN format('%s%se%s', sign, (random() * 1e9)::bigint, (random() * 40)::int - 30)
        WHEN 5 THEN format('%s%s.%s', sign, (random() * 1e6)::int, repeat('0', (random() * 120)::int + 1))
        WHEN 6 THEN format('%s9223372036854%s', sign, (random() * 99.99999999)::numeric(12, 8))
        WHEN 7 THEN format('%s92233720368547%s.%s', sign, (random())::int + 7, repeat((random() * 9)::int::text, 300))
        WHEN 8 THEN format('%s1e%s', sign, (random() * 4000)::int - 2000)
        ELSE format('%s0.%s%s', sign, repeat('0', (random() * 8)::int), (random() * 1e9)::bigint)
        END AS text
    FROM generate_series(1, 100000) AS n, LATERAL (SELECT CASE WHEN random() < 0.5 THEN '-' ELSE '' END AS sign
        WHERE n > 0) AS signs;
    INSERT INTO shapes VALUES
        (100001, '922337203685477.5807'), (100002, '-922337203685477.5808'), (100003, '922337203685477.58074999'),
        (100004, '922337203685477.5808'), (100005, '-922337203685477.5809'), (100006, '922337203685477.58075'),
        (100007, '-922337203685477.58084999'), (100008, '-922337203685477.58085'), (100009, '0'), (100010, '-0.0000'),
        (100011, '0.00005'), (100012, '-0.00005'), (100013, '0.000049999'), (100014, '9999.99995'), (100015, '1e-16383')";

#[test]
fn reads_every_numeric_as_round_does() {
    let mut database = Database::new("numerics");
    database.run("SELECT setseed(0.4711)");
    database.run(SHAPES);
    // Plain in a row, with the long header of a computed value, compressed, and out of line.
    database.run(
        "CREATE TABLE amounts AS SELECT n, text::numeric AS stored, NULL::numeric AS wide FROM shapes;
         ALTER TABLE amounts ADD compressed numeric, ADD outside numeric;
         ALTER TABLE amounts ALTER compressed SET STORAGE EXTENDED, ALTER outside SET STORAGE EXTERNAL;
         INSERT INTO amounts
         SELECT 200000 + n, d, d + 0, d, d FROM generate_series(1, 500) AS n,
             LATERAL (SELECT ((n * 7919 % 100003 - 50000)::text || '.' || lpad((n % 100)::text, 5, '0')
                 || repeat((n % 10)::text || '31', 3000 + n))::numeric AS d) AS long",
    );
    assert!(
        database.get::<bool>(
            "SELECT bool_and(pg_column_size(outside) > 4000) AND bool_and(pg_column_size(compressed) < 4000)
             FROM amounts WHERE n > 200000"
        ),
        "the long values must be stored in the two ways"
    );
    let bounds = "BETWEEN -922337203685477.5808 AND 922337203685477.5807";
    for column in ["stored", "stored * 1", "stored + 0.0000000000", "wide", "compressed", "outside"] {
        assert_none(
            &mut database,
            column,
            &format!(
                "SELECT n, a::text, total_spend(h)::text FROM (SELECT n, {column} AS a, purchase_history(now(), {column}) AS h
                    FROM amounts WHERE round({column}, 4) {bounds} GROUP BY n, {column}) AS histories
                 WHERE total_spend(h)::text IS DISTINCT FROM (round(a, 4))::numeric(30, 4)::text"
            ),
        );
    }
    let out_of_range: i64 = database.get(&format!("SELECT count(*) FROM amounts WHERE NOT round(stored, 4) {bounds}"));
    assert!(out_of_range > 5_000, "only {out_of_range} amounts are out of range");
    database.run(&format!(
        "DO $$
         DECLARE amount numeric;
         BEGIN
             FOR amount IN SELECT stored FROM amounts WHERE NOT round(stored, 4) {bounds} LOOP
                 BEGIN
                     PERFORM purchase_history(now(), amount);
                     RAISE EXCEPTION 'accepted %', amount;
                 EXCEPTION WHEN numeric_value_out_of_range THEN
                     NULL;
                 END;
             END LOOP;
         END $$"
    ));
}
