//! The extension as a guest in a database: what it brings, that all of it is labelled, and that it leaves nothing.

use crate::harness::{Ask, Database, assert_none};

/// Everything that belongs to the extension. Types come with arrays, and composites with classes, which depend on them;
/// tables come with types of their rows, which from PostgreSQL 17 on are members too.
const MEMBERS: &str = "SELECT d.classid, d.objid, d.objsubid, i.type, i.identity
    FROM pg_depend AS d, pg_identify_object(d.classid, d.objid, d.objsubid) AS i
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
        AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_lifecycle')
        AND NOT (d.classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type WHERE oid = d.objid AND typcategory = 'A'))
        AND NOT (d.classid = 'pg_type'::regclass AND EXISTS (
            SELECT FROM pg_type AS t JOIN pg_class AS c ON c.oid = t.typrelid WHERE t.oid = d.objid AND c.relkind IN ('r', 'v')))";

const FUNCTIONS: &str =
    "SELECT p.* FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
        AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_lifecycle')";

#[test]
fn brings_what_is_listed_and_nothing_else() {
    let mut database = Database::new("house_list");
    let mut found = database.texts(&format!("SELECT type || ' ' || identity FROM ({MEMBERS}) AS m"));
    found.sort();
    let listed: Vec<&str> = include_str!("public_objects.txt").lines().collect();
    assert!(listed.is_sorted(), "public_objects.txt must be sorted");
    let unlisted: Vec<_> = found.iter().filter(|object| !listed.contains(&object.as_str())).collect();
    let missing: Vec<_> = listed.iter().filter(|object| !found.iter().any(|found| found == *object)).collect();
    assert!(
        unlisted.is_empty() && missing.is_empty(),
        "The public surface has changed. If that is meant, change tests/server/public_objects.txt.\nnew: {unlisted:#?}\n\
         gone: {missing:#?}"
    );
}

#[test]
fn every_object_is_labelled() {
    let mut database = Database::new("house_labels");
    assert_none(
        &mut database,
        "without a comment",
        &format!(
            "SELECT type, identity FROM ({MEMBERS}) AS m
             WHERE coalesce(obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)), '') = ''
                AND type NOT LIKE 'operator family%'"
        ),
    );
    assert_none(
        &mut database,
        "a column without a comment",
        &format!(
            "SELECT m.identity, a.attname FROM ({MEMBERS}) AS m JOIN pg_type AS t ON t.oid = m.objid AND m.type = 'type'
                JOIN pg_attribute AS a ON a.attrelid = t.typrelid
             WHERE a.attnum > 0 AND col_description(a.attrelid, a.attnum) IS NULL"
        ),
    );
    assert_none(
        &mut database,
        "out of public",
        &format!("SELECT proname FROM ({FUNCTIONS}) AS f WHERE pronamespace NOT IN ('public'::regnamespace, 'lifecycle'::regnamespace)
            UNION ALL SELECT identity FROM ({MEMBERS}) AS m WHERE type NOT IN ('cast') AND identity NOT LIKE '%public.%' AND identity !~ '^lifecycle(\\.|$)'"),
    );
    assert_none(
        &mut database,
        "not parallel safe, volatile, definer's rights or with settings",
        &format!(
            "SELECT oid::regprocedure FROM ({FUNCTIONS}) AS f
            WHERE prorettype <> 'trigger'::regtype AND (proparallel <> 's' OR provolatile NOT IN ('i', 's'))
                    AND (pronamespace <> 'lifecycle'::regnamespace OR proname NOT IN ('attach', 'attach_preset', 'configure', 'restore_store', 'upgrade_store', 'detach', 'refresh',
                        'begin_refresh', 'refresh_histories', 'hold_refresh', 'refresh_fits', 'refresh_profiles', 'may_commit', 'verify', 'schedule',
                        'unschedule', 'create_journey', 'create_ready_made', 'draft_journey', 'start_journey', 'pause_journey',
                        'release_journey', 'end_journey', 'journey_definition', 'set_journey_policy', 'journey_policy', 'claim_actions', 'complete_action',
                        'complete_actions', 'fail_action', 'retry_action', 'record_event', 'suppress', 'unsuppress', 'add_codes', 'remove_codes', 'schedule_journeys', 'unschedule_journeys',
                        'forget', 'unforget', 'export_customer', 'merge_customers', 'hold', 'release', 'adopt', 'record_consent', 'withdraw_consent',
                        'work_journeys', 'run_journeys', 'simulate_journey', 'experiment_power', 'journey_report', 'journey_lift', 'explain_journey',
                        'health_of_stores', 'journey_graph', 'check_source', 'detach_source', 'reattach_source',
                        'create_audience', 'change_audience', 'drop_audience', 'audience_on', 'changes_since', 'audience_changes_since',
                        'forget_departures'))
                OR prosecdef OR proconfig IS NOT NULL"
        ),
    );
    assert_none(
        &mut database,
        "an aggregate that promises more than its parts",
        &format!(
            "SELECT f.oid::regprocedure FROM ({FUNCTIONS}) AS f JOIN pg_aggregate AS a ON a.aggfnoid = f.oid
            JOIN pg_proc AS part ON part.oid IN (a.aggtransfn, a.aggfinalfn)
            WHERE f.provolatile = 'i' AND part.provolatile <> 'i'"
        ),
    );
    assert_none(
        &mut database,
        "an aggregate that cannot be split or that keeps its state secret without need",
        &format!(
            "SELECT f.oid::regprocedure FROM ({FUNCTIONS}) AS f JOIN pg_aggregate AS a ON a.aggfnoid = f.oid
            WHERE a.aggcombinefn = 0 OR a.aggtransspace <= 0
                OR (a.aggtranstype = 'internal'::regtype) <> (a.aggserialfn <> 0)
                OR (a.aggtranstype = 'internal'::regtype) <> (a.aggdeserialfn <> 0)
                OR f.proname ~ '^(rollup|.*_history)$'
                    AND a.aggtranstype NOT IN ('purchase_history'::regtype, 'purchase_history_rows'::regtype, 'engagement_history'::regtype)"
        ),
    );
    // Whatever goes through a history or reads JSON costs more than an operator; a fit far more than a reading.
    assert_none(
        &mut database,
        "priced like +",
        &format!(
            "SELECT oid::regprocedure, procost FROM ({FUNCTIONS}) AS f
            WHERE prokind = 'f' AND prolang <> (SELECT oid FROM pg_language WHERE lanname = 'internal') AND procost < 10
                AND (proargtypes[0] = 'purchase_history'::regtype AND proname !~ '_(accum|combine|eq|ne|lt|le|gt|ge|cmp|hash|hash_extended)$'
                    OR proname ~ '_(in|recv)$' OR proargnames @> array['as_of'])"
        ),
    );
    let fit: f32 = database.get("SELECT procost FROM pg_proc WHERE proname = 'purchase_rhythm_final'");
    assert!(fit >= 10_000.0, "{fit}");
    assert_none(
        &mut database,
        "ROWS",
        "SELECT proname FROM pg_proc WHERE proname = 'purchases' AND prorows NOT BETWEEN 2 AND 100",
    );
}

#[test]
fn lives_in_another_schema() {
    let mut database = Database::without_extension("house_schema");
    database.run("CREATE SCHEMA crm; CREATE EXTENSION pg_lifecycle SCHEMA crm; SET search_path = pg_catalog");
    let elsewhere: i64 = database.get(&format!(
        "SELECT count(*) FROM ({FUNCTIONS}) AS f
            WHERE pronamespace NOT IN ('crm'::regnamespace, 'lifecycle'::regnamespace)"
    ));
    assert_eq!(elsewhere, 0);
    let said: String = database.get(
        "SELECT concat_ws(' ', crm.num_purchases(h), crm.rfm_segment(s), s::text, s::int, '5-4-3'::text::crm.rfm_triple::int, h::jsonb,
            crm.lifecycle_stage(h, timestamptz '1997-02-01'), (crm.btyd_summary(h, '1997-02-01')).frequency, h OPERATOR(crm.=) h,
            crm.rollup(h OPERATOR(crm.+) h))
         FROM (SELECT h, crm.rfm_score(h, crm.rfm_breaks(h)) AS s FROM (SELECT crm.purchase_history(d, 5) AS h
            FROM (VALUES (timestamptz '1997-01-01'), ('1997-01-18')) AS v (d)) AS built GROUP BY h) AS scored
         GROUP BY h, s",
    );
    assert!(said.starts_with("2 Recent 5-1-1 511 543 [{"), "{said}");
    assert!(said.contains("active 1 t {1997-01-01T00:00:00Z 5, 1997-01-01T00:00:00Z 5, "), "{said}");
    let error = database.refused("ALTER EXTENSION pg_lifecycle SET SCHEMA public");
    assert!(error.message().contains("does not support SET SCHEMA"), "{}", error.message());
}

#[test]
fn the_script_looks_for_tables_and_types_of_the_names_of_all_its_types() {
    let mut database = Database::new("house_types");
    let types: Vec<String> = database.texts(
        "SELECT t.typname::text FROM pg_type AS t JOIN pg_depend AS d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid
         WHERE d.deptype = 'e' AND t.typnamespace = 'public'::regnamespace AND t.typelem = 0 ORDER BY t.typname COLLATE \"C\"",
    );
    let script = include_str!("../../sql/preflight.sql");
    let list = script.split("typname IN (").nth(1).and_then(|rest| rest.split(')').next()).expect("the list");
    let checked: Vec<&str> = list.split('\'').skip(1).step_by(2).collect();
    assert_eq!(checked, types);
}

#[test]
fn drop_extension_leaves_nothing() {
    let mut database = Database::without_extension("house_drop");
    // 16384: the first object that is not of the server's own making.
    let counts = "SELECT concat_ws(' ', (SELECT count(*) FROM pg_proc WHERE oid >= 16384),
        (SELECT count(*) FROM pg_type WHERE oid >= 16384), (SELECT count(*) FROM pg_operator WHERE oid >= 16384),
        (SELECT count(*) FROM pg_class WHERE oid >= 16384), (SELECT count(*) FROM pg_opclass WHERE oid >= 16384),
        (SELECT count(*) FROM pg_opfamily WHERE oid >= 16384), (SELECT count(*) FROM pg_amop WHERE oid >= 16384),
        (SELECT count(*) FROM pg_amproc WHERE oid >= 16384), (SELECT count(*) FROM pg_cast WHERE oid >= 16384),
        (SELECT count(*) FROM pg_enum), (SELECT count(*) FROM pg_aggregate), (SELECT count(*) FROM pg_description),
        (SELECT count(*) FROM pg_depend), (SELECT count(*) FROM pg_namespace))";
    let before: String = database.get(counts);
    for _ in 0..2 {
        database.run("CREATE EXTENSION pg_lifecycle");
        assert_ne!(database.get::<String>(counts), before);
        database.run("DROP EXTENSION pg_lifecycle");
        assert_eq!(database.get::<String>(counts), before);
    }
    // Who uses it must say so.
    database.run("CREATE EXTENSION pg_lifecycle; CREATE TABLE kept (h purchase_history)");
    assert_eq!(database.refused("DROP EXTENSION pg_lifecycle").code().code(), "2BP01");
    database.run("DROP EXTENSION pg_lifecycle CASCADE");
    assert_eq!(
        database.get::<i64>(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'kept'::regclass AND attnum > 0
        AND NOT attisdropped"
        ),
        0
    );
}
