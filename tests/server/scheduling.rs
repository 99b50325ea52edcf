//! Schedules in a database without pg_cron, which is what most of the test servers' are: what is said, and that nothing else
//! fails for it. With pg_cron: scripts/test-cron.

use crate::harness::{Ask, Database, assert_none};

fn with_store(name: &str, store: &str) -> Database {
    let mut database = Database::new(name);
    database.run("CREATE TABLE orders (customer_id bigint, ordered_at timestamptz)");
    let attach = "SELECT lifecycle.attach($1, orders => 'public.orders', customer => 'customer_id',
        ordered_at => 'ordered_at', settings => '{\"reader\": \"\"}')";
    database.execute(attach, &[&store]).expect("attaching");
    database
}

#[test]
fn without_pg_cron_other_ways_are_shown() {
    let mut database = with_store("scheduling", "shop");
    let error = database.refused("SELECT lifecycle.schedule('shop', '0 * * * *')");
    assert_eq!(error.code().code(), "0A000");
    assert_eq!(error.message(), "cannot schedule store \"shop\" in this database, which is without pg_cron");
    let psql = format!("psql -qXd {} -c \"CALL lifecycle.refresh('shop')\"", database.name());
    assert_eq!(
        error.hint().unwrap_or_default(),
        format!(
            "Add a line to the crontab: 0 * * * * {psql}\n\
             Or start a systemd timer: systemd-run --on-calendar='*:00' {psql}"
        )
    );
    assert_eq!(database.refused("SELECT lifecycle.unschedule('shop')").code().code(), "0A000");
    assert_none(&mut database, "a schedule", "SELECT FROM lifecycle.stores WHERE schedule IS NOT NULL");
    database.run("SELECT lifecycle.detach('shop')");
}

#[test]
fn a_schema_of_the_name_cron_is_not_pg_cron() {
    let mut database = with_store("scheduling_cron", "or'ders\"; drop");
    database.run(
        "CREATE SCHEMA cron;
         CREATE FUNCTION cron.schedule(text, text, text) RETURNS bigint RETURN 1 / 0;
         CREATE TABLE cron.job (jobid bigint)",
    );
    let error = database.refused("SELECT lifecycle.schedule($$or'ders\"; drop$$, '0 * * * *')");
    assert_eq!(error.code().code(), "0A000");
    assert!(
        error.hint().unwrap_or_default().contains(r#"-c "CALL lifecycle.refresh('or''ders\"; drop')""#),
        "{error:?}"
    );
    assert_none(&mut database, "a schedule", "SELECT FROM lifecycle.stores WHERE schedule IS NOT NULL");
    database.run("SELECT lifecycle.detach($$or'ders\"; drop$$)");
}

#[test]
fn what_is_missing_is_named() {
    let mut database = with_store("scheduling_wrong", "shop");
    for (statement, code, message) in [
        ("SELECT lifecycle.schedule('none', '0 * * * *')", "42704", "store \"none\" does not exist"),
        ("SELECT lifecycle.schedule(NULL, '0 * * * *')", "22004", "store must not be NULL"),
        ("SELECT lifecycle.schedule('shop', NULL)", "22004", "schedule must not be NULL"),
        ("SELECT lifecycle.unschedule('none')", "42704", "store \"none\" does not exist"),
        ("SELECT lifecycle.unschedule(NULL)", "22004", "store must not be NULL"),
    ] {
        let error = database.refused(statement);
        assert_eq!((error.code().code(), error.message()), (code, message), "{statement}");
    }
}
