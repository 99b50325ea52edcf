//! Refreshes the stores, configures them and reads their views, under timeouts that end most of it half way.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::session::Session;
use crate::{STORES, Storm, one};

const SETTINGS: [&str; 6] = [
    r#"{"lapsed_after": 2.5}"#,
    r#"{"lapsed_after": null}"#,
    r#"{"grid": "rfm_125"}"#,
    r#"{"grid": null}"#,
    r#"{"status": "state <> 'cancelled'"}"#,
    r#"{"status": "state = 'paid'"}"#,
];

/// One of the refreshers.
pub fn refresh(storm: &Storm, number: u64) {
    let mut rng = storm.rng(100 + number);
    let mut session = Session::of_owner(storm, &format!("refresher {number}"));
    while storm.lasts() {
        let timeout = *one(&mut rng, &[0, 0, 1, 3, 10, 30, 100, 300]);
        let lock = *one(&mut rng, &[0, 0, 0, 1, 20]);
        if session.run(&format!("SET statement_timeout = {timeout}; SET lock_timeout = {lock}")) {
            session.run(&statement(&mut rng));
        }
    }
}

fn statement(rng: &mut ChaCha8Rng) -> String {
    let store = if rng.random_bool(0.3) { STORES[0] } else { *one(rng, &STORES) };
    let refresh = format!(
        "CALL lifecycle.refresh('{store}', refit => {}, rebuild => {}, accept => true)",
        rng.random_bool(0.05),
        rng.random_bool(0.02)
    );
    match rng.random_range(0..100) {
        0..60 => refresh,
        60..75 => {
            let level = *one(rng, &["", "ISOLATION LEVEL REPEATABLE READ", "ISOLATION LEVEL SERIALIZABLE"]);
            format!("BEGIN {level}; {refresh}; {}", one(rng, &["COMMIT", "ROLLBACK"]))
        }
        75..85 => format!("DO $$ BEGIN {refresh}; EXCEPTION WHEN OTHERS THEN NULL; END $$"),
        85..90 => format!("SELECT lifecycle.configure('{store}', {}::jsonb)", literal(one::<&str>(rng, &SETTINGS))),
        90..95 => format!("SELECT count(*) FROM {store}.customers; SELECT count(*) FROM {store}.segments"),
        95..97 => "VACUUM FULL by_triggers_data.order_change".to_owned(),
        97..99 => format!("VACUUM {store}_data.history"),
        _ => format!("SELECT count(*) FROM lifecycle.verify('{store}')"),
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
