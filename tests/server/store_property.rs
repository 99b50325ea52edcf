//! The law of stores: whatever was done to the tables, in whatever transactions, after a refresh a store is what one would be
//! that was attached to the same tables anew, and what plain SQL says of them.

use std::io::Write;

use postgres::Client;
use rand::Rng;

use crate::harness::{Ask, Database, connect, none, show};
use crate::plain::Plain;
use crate::seeds::Seeds;
use crate::store_statements::{IS_EVENT, Random, Run, ZONE};
use crate::stores::{same_fits, same_histories, same_profiles, verified};

/// Sequences of each run, the same ones and others, and statements of each sequence.
const SEQUENCES: u64 = 8;
const FRESH: usize = 2;
const STEPS: usize = 25;

/// What a statement may fail with: a lock that another session holds, and what the statement itself does wrong.
const REFUSALS: [&str; 4] = ["55P03", "23505", "21000", "40P01"];

/// A session that writes, and what it is in the middle of.
struct Writer {
    client: Client,
    open: bool,
    savepoints: usize,
    /// Whether it holds a lock that keeps everybody out.
    truncated: bool,
}

impl Writer {
    fn new(database: &str) -> Self {
        let mut client = connect(database);
        client.run("SET lock_timeout = '20ms'; SET client_min_messages = warning");
        Writer { client, open: false, savepoints: 0, truncated: false }
    }

    fn end(&mut self, how: &str, log: &mut Vec<String>) {
        if self.open {
            log.push(format!("    {how}"));
            self.client.run(how);
        }
        (self.open, self.savepoints, self.truncated) = (false, 0, false);
    }

    /// After a failed statement: back to the last savepoint, or out of the transaction.
    fn recover(&mut self, error: &postgres::Error, log: &mut Vec<String>) -> Result<(), String> {
        let code = error.code().map(|code| code.code().to_owned()).unwrap_or_default();
        if !REFUSALS.contains(&code.as_str()) {
            return Err(show(error));
        }
        log.push(format!("    -- {code}"));
        if self.savepoints > 0 {
            self.client.run(&format!("ROLLBACK TO SAVEPOINT s{}", self.savepoints));
        } else {
            self.end("ROLLBACK", log);
        }
        Ok(())
    }
}

/// A sequence in the making.
struct Sequence<'a> {
    random: Random,
    client: &'a mut Client,
    writers: [Writer; 2],
    log: Vec<String>,
    /// Minutes since the start of 2024 of the last refresh.
    clock: i64,
    refreshes: usize,
    /// Those of them that went by an older fit.
    by_older_fits: usize,
}

impl Sequence<'_> {
    /// Rows by COPY.
    fn copy(&mut self, writer: usize) -> Result<(), String> {
        let text = self.random.rows();
        self.log.push(format!("{writer}: COPY\n{text}"));
        let writer = &mut self.writers[writer];
        let copied = writer.client.copy_in("COPY orders (customer, at, amount, status, channel) FROM STDIN").and_then(
            |mut copy| {
                copy.write_all(text.as_bytes()).expect("sending rows");
                copy.finish()
            },
        );
        match copied {
            Ok(_) => Ok(()),
            Err(error) => writer.recover(&error, &mut self.log),
        }
    }

    /// One thing that one of the writers does.
    fn step(&mut self) -> Result<(), String> {
        let writer = self.random.rng.random_range(0..2);
        match self.random.rng.random_range(0..20) {
            0..=5 if !self.writers[writer].open => {
                self.log.push(format!("{writer}: BEGIN"));
                self.writers[writer].client.run("BEGIN");
                self.writers[writer].open = true;
                Ok(())
            }
            0 | 1 => {
                self.log.push(format!("{writer}:"));
                self.writers[writer].end("COMMIT", &mut self.log);
                Ok(())
            }
            2 => {
                self.log.push(format!("{writer}:"));
                self.writers[writer].end("ROLLBACK", &mut self.log);
                Ok(())
            }
            3 | 4 => {
                self.writers[writer].savepoints += 1;
                let statement = format!("SAVEPOINT s{}", self.writers[writer].savepoints);
                self.log.push(format!("{writer}: {statement}"));
                self.writers[writer].client.run(&statement);
                Ok(())
            }
            5 if self.writers[writer].savepoints > 0 => {
                let how = if self.random.rng.random_bool(0.7) { "ROLLBACK TO" } else { "RELEASE" };
                let statement = format!("{how} SAVEPOINT s{}", self.writers[writer].savepoints);
                self.log.push(format!("{writer}: {statement}"));
                self.writers[writer].client.run(&statement);
                if how == "RELEASE" {
                    self.writers[writer].savepoints -= 1;
                }
                Ok(())
            }
            6 => self.copy(writer),
            _ => {
                let statement = self.random.statement();
                self.log.push(format!("{writer}: {statement}"));
                let writer = &mut self.writers[writer];
                writer.truncated |= statement.starts_with("TRUNCATE");
                match writer.client.batch_execute(&statement) {
                    Ok(()) => Ok(()),
                    Err(error) => writer.recover(&error, &mut self.log),
                }
            }
        }
    }

    fn next_as_of(&mut self) -> String {
        // At times the same day again.
        self.clock += if self.random.rng.random_bool(0.2) { 7 } else { self.random.rng.random_range(60..40_000) };
        self.client.get::<String>(&format!(
            "SELECT (timestamptz '2024-03-01 00:00Z' + interval '{} minutes')::text",
            self.clock
        ))
    }

    /// A refresh in one of the ways to call it, after which the store is checked.
    fn refresh(&mut self) -> Result<(), String> {
        // Who has truncated a table keeps everybody from reading it until he is done. Who commits late is a matter of the
        // overlap, which the isolation specs try.
        for writer in &mut self.writers {
            if writer.truncated || self.random.run.by_column_alone {
                writer.end("COMMIT", &mut self.log);
            }
        }
        let as_of = self.next_as_of();
        let refit = self.random.rng.random_bool(0.3);
        let call = format!("CALL lifecycle.refresh('kept', as_of => '{as_of}', refit => {refit})");
        let way = self.random.rng.random_range(0..8);
        self.log.push(format!("{call} -- way {way}"));
        match way {
            // Rolled back, it must have lost nothing.
            0 | 1 => {
                let earlier = format!("CALL lifecycle.refresh('kept', as_of => '{as_of}', rebuild => {})", way == 1);
                for statement in ["BEGIN", &earlier, "ROLLBACK", &call] {
                    self.client.batch_execute(statement).map_err(|error| show(&error))?;
                }
            }
            2 => self.client.batch_execute(&format!("BEGIN; {call}; COMMIT")).map_err(|error| show(&error))?,
            // By a writer in the middle of his transaction, which sees what he has written.
            3 if self.writers[0].open => {
                let writer = &mut self.writers[0];
                writer.client.batch_execute(&call).map_err(|error| show(&error))?;
                if self.random.rng.random_bool(0.5) {
                    writer.end("ROLLBACK", &mut self.log);
                    self.client.batch_execute(&call).map_err(|error| show(&error))?;
                } else {
                    writer.end("COMMIT", &mut self.log);
                }
            }
            _ => self.client.batch_execute(&call).map_err(|error| show(&error))?,
        }
        self.refreshes += 1;
        self.check(&as_of)
    }

    fn check(&mut self, as_of: &str) -> Result<(), String> {
        let run = self.random.run;
        let client = &mut *self.client;
        // The same tables, attached anew.
        client.run(&run.attach("anew", "compare"));
        client.run(&format!("CALL lifecycle.refresh('anew', as_of => '{as_of}', refit => true)"));
        same_histories(client, "kept", "anew")?;
        let refitted: bool =
            client.get(&format!("SELECT as_of = '{as_of}' FROM kept_data.fit ORDER BY id DESC LIMIT 1"));
        if refitted {
            same_fits(client, "kept", "anew")?;
            same_profiles(client, "kept", "anew")?;
        } else {
            self.by_older_fits += 1;
        }
        client.run("SELECT lifecycle.detach('anew')");

        // Plain SQL, which knows nothing of stores.
        let plain = plain(run);
        plain.check_profile(client, "kept", as_of)?;
        if refitted {
            plain.check_fit(client, "kept", as_of)?;
        }
        let orders = format!(
            "(SELECT customer, at, {} AS amount, channel, status FROM orders) AS orders WHERE customer IS NOT NULL AND ({})",
            run.amount(),
            run.is_order()
        );
        let mut plain = |what: &str, query: &str| {
            none(client, query).map_err(|found| format!("{what} is not what plain SQL says:\n{found}\n{query}"))
        };
        plain(
            "history.purchases",
            &format!(
                "SELECT customer, h.purchases AS stored, b.purchases AS built FROM kept_data.history AS h FULL JOIN
                    (SELECT customer, purchase_history({}, amount) AS purchases FROM {orders} GROUP BY customer) AS b USING (customer)
                 WHERE COALESCE(h.purchases, '{{}}') <> COALESCE(b.purchases, '{{}}')",
                run.instant()
            ),
        )?;
        plain(
            "profile",
            &format!(
                "SELECT customer, p.orders, b.orders AS counted, p.spend, b.spend AS summed, p.first_purchase, b.first,
                    p.last_purchase, b.last, p.cohort, p.segment
                 FROM kept_data.profile AS p FULL JOIN
                    (SELECT customer, count(*) FILTER (WHERE bought) AS orders, sum(amount) AS spend,
                        min(at) FILTER (WHERE bought) AS first, max(at) FILTER (WHERE bought) AS last
                     FROM (SELECT customer, {} AS at, round(amount, 4) AS amount, amount >= 0 AS bought FROM {orders}) AS o
                     WHERE at <= '{as_of}' AND amount IS NOT NULL GROUP BY customer) AS b USING (customer)
                 WHERE (p.customer IS NULL AND b.orders > 0) OR (p.customer IS NOT NULL AND (
                    p.orders <> COALESCE(b.orders, 0) OR p.spend <> COALESCE(b.spend, 0)
                    OR p.first_purchase IS DISTINCT FROM b.first OR p.last_purchase IS DISTINCT FROM b.last
                    OR p.cohort IS DISTINCT FROM date_trunc('month', b.first AT TIME ZONE '{ZONE}')::date
                    OR (p.segment = 'Prospect') <> (p.orders = 0)))",
                run.instant()
            ),
        )?;
        // A channel is certain where a customer has only one.
        plain(
            "first and last channel",
            &format!(
                "SELECT customer, first_channel, last_channel, b.channel FROM kept_data.history JOIN
                    (SELECT customer, min(channel) AS channel FROM {orders} AND at IS NOT NULL AND amount IS NOT NULL
                     GROUP BY customer HAVING count(DISTINCT channel) = 1 AND count(channel) = count(*)
                        AND min(amount) >= 0) AS b USING (customer)
                 WHERE first_channel IS DISTINCT FROM b.channel OR last_channel IS DISTINCT FROM b.channel"
            ),
        )?;
        plain(
            "kpi",
            &format!(
                "SELECT k.*, p.* FROM (SELECT count(*) AS customers, count(*) FILTER (WHERE orders > 0) AS buyers,
                        COALESCE(sum(orders), 0) AS orders, COALESCE(sum(spend), 0) AS revenue,
                        count(*) FILTER (WHERE vip) AS vips FROM kept_data.profile) AS p
                 LEFT JOIN kept_data.kpi AS k ON day = (timestamptz '{as_of}' AT TIME ZONE '{ZONE}')::date
                 WHERE (k.customers, k.buyers, k.orders_to_date, k.revenue_to_date, k.vips)
                    IS DISTINCT FROM (p.customers, p.buyers, p.orders, p.revenue, p.vips)
                    OR k.prospects + k.new + k.active + k.at_risk + k.lapsed <> k.customers"
            ),
        )?;
        if run.companions {
            plain(
                "history.engagement",
                &format!(
                    "SELECT customer, h.engagement AS stored, b.engagement AS built FROM kept_data.history AS h FULL JOIN
                        (SELECT customer, engagement_history(at, kind, channel) AS engagement FROM events
                         WHERE customer IS NOT NULL AND ({IS_EVENT}) GROUP BY customer) AS b USING (customer)
                     WHERE COALESCE(h.engagement, '{{}}') <> COALESCE(b.engagement, '{{}}')"
                ),
            )?;
            plain(
                "attributes",
                &format!(
                    "SELECT customer, p.country, p.tier, p.consented_at, c.* FROM kept_data.profile AS p FULL JOIN customers AS c USING (customer)
                     WHERE p.customer IS NULL OR p.country IS DISTINCT FROM c.country OR p.tier IS DISTINCT FROM c.tier
                        OR p.consented_at IS DISTINCT FROM c.consented::timestamp AT TIME ZONE '{ZONE}'"
                ),
            )?;
        }
        plain(
            "movement",
            "SELECT * FROM kept_data.movement WHERE stage_before IS NOT DISTINCT FROM stage_after
                AND segment_before IS NOT DISTINCT FROM segment_after",
        )?;
        plain(
            "stage_since",
            "SELECT p.customer, p.stage, p.stage_since, m.at FROM kept_data.profile AS p JOIN (SELECT customer, max(at) AS at
                FROM kept_data.movement WHERE stage_before IS DISTINCT FROM stage_after GROUP BY customer) AS m USING (customer)
             WHERE p.stage_since <> m.at",
        )?;
        verified(client, "kept")?;
        client.run(&format!("INSERT INTO snapshots SELECT '{as_of}', customer, stage, segment FROM kept_data.profile"));
        client.run(&format!("INSERT INTO refreshes VALUES ('{as_of}')"));
        Ok(())
    }

    /// The log of moves, replayed: it knows the stage and the segment of everybody after each refresh.
    fn replay(&mut self) -> Result<(), String> {
        let replayed = "
            SELECT refreshes.at, c.customer,
                CASE WHEN l.id IS NOT NULL THEN l.stage_after WHEN n.id IS NOT NULL THEN n.stage_before ELSE p.stage END AS stage,
                CASE WHEN l.id IS NOT NULL THEN l.segment_after WHEN n.id IS NOT NULL THEN n.segment_before ELSE p.segment END
                    AS segment
            FROM refreshes CROSS JOIN (SELECT customer FROM kept_data.profile UNION SELECT customer FROM kept_data.movement) AS c
            LEFT JOIN kept_data.profile AS p USING (customer)
            LEFT JOIN LATERAL (SELECT * FROM kept_data.movement AS m WHERE m.customer = c.customer AND m.at <= refreshes.at
                ORDER BY m.at DESC, id DESC LIMIT 1) AS l ON true
            LEFT JOIN LATERAL (SELECT * FROM kept_data.movement AS m WHERE m.customer = c.customer AND m.at > refreshes.at
                ORDER BY m.at, id LIMIT 1) AS n ON true";
        let replayed = format!("SELECT * FROM ({replayed}) AS r WHERE stage IS NOT NULL");
        let differing = |other: &str| {
            format!(
                "SELECT at, customer, s.stage AS was, r.stage AS replayed, s.segment AS was_in, r.segment AS replayed_in
                 FROM snapshots AS s FULL JOIN ({other}) AS r USING (at, customer)
                 WHERE (s.stage, s.segment) IS DISTINCT FROM (r.stage, r.segment) ORDER BY 1, 2"
            )
        };
        none(self.client, &differing(&replayed)).map_err(|found| format!("movements do not replay:\n{found}"))?;
        let asked =
            "SELECT refreshes.at, s.customer, s.stage, s.segment FROM refreshes, kept.stages_at(refreshes.at) AS s";
        none(self.client, &differing(asked)).map_err(|found| format!("stages_at differs:\n{found}"))
    }

    fn play(&mut self) -> Result<(), String> {
        for _ in 0..3 {
            let statement =
                (0..).map(|_| self.random.statement()).find(|s| s.starts_with("INSERT INTO orders (customer"));
            let statement = statement.expect("there are inserts");
            self.log.push(statement.clone());
            self.client.run(&statement);
        }
        for _ in 0..STEPS {
            self.step()?;
            if self.random.rng.random_bool(0.12) {
                self.refresh()?;
            }
        }
        for writer in &mut self.writers {
            writer.end("COMMIT", &mut self.log);
        }
        self.refresh()?;
        self.refresh()?;
        self.replay()
    }
}

/// The tables as plain SQL reads them.
fn plain(run: Run) -> Plain {
    let orders = format!(
        "SELECT customer, {} AS at, {} AS amount, channel FROM orders WHERE {}",
        run.instant(),
        run.amount(),
        run.is_order()
    );
    let mut plain = Plain { zone: ZONE.to_owned(), ..Plain::of(&orders, run.key) };
    if run.companions {
        plain.events = format!("SELECT customer, at, kind, channel FROM events WHERE {IS_EVENT}");
        plain.people =
            format!("SELECT customer, consented::timestamp AT TIME ZONE '{ZONE}' AS consented_at FROM customers");
    }
    plain
}

/// Sequences of one run, each with a seed of its own; STORE_SEED plays that one alone.
fn play(run: Run) {
    let mut database = Database::new(&format!("store_{}", run.name));
    database.run("SET client_min_messages = warning; SET lock_timeout = '10s'");
    database.run(&run.tables());
    database.run(&format!(
        "CREATE TABLE snapshots (at timestamptz, customer {}, stage text, segment text);
         CREATE TABLE refreshes (at timestamptz)",
        run.key
    ));
    let seeds = Seeds::new(&format!("store_{}", run.name), "STORE_SEED", SEQUENCES, FRESH);
    let (mut refreshes, mut by_older_fits) = (0, 0);
    for &seed in &seeds.seeds {
        database.run("TRUNCATE orders, events, customers, snapshots, refreshes RESTART IDENTITY");
        database.run(&run.attach("kept", run.changes));
        let name = database.name().to_owned();
        let mut sequence = Sequence {
            random: Random::new(run, seed),
            client: &mut database,
            writers: [Writer::new(&name), Writer::new(&name)],
            log: Vec::new(),
            clock: 0,
            refreshes: 0,
            by_older_fits: 0,
        };
        if let Err(found) = sequence.play() {
            seeds.keep(seed);
            let log = sequence.log.join("\n");
            panic!("{}, STORE_SEED={seed}: {found}\nafter {} refreshes:\n{log}", run.name, sequence.refreshes);
        }
        refreshes += sequence.refreshes;
        by_older_fits += sequence.by_older_fits;
        drop(sequence);
        database.run("SELECT lifecycle.detach('kept')");
    }
    assert!(seeds.alone || refreshes >= 3 * SEQUENCES as usize, "only {refreshes} refreshes");
    assert!(seeds.alone || by_older_fits >= SEQUENCES as usize / 3, "only {by_older_fits} refreshes by older fits");
}

macro_rules! plays {
    ($($name:ident: $key:literal $time:literal $changes:literal $partitioned:literal $companions:literal;)*) => {
        $(#[test]
        fn $name() {
            play(Run {
                name: stringify!($name), key: $key, time: $time, changes: $changes, partitioned: $partitioned,
                companions: $companions, by_column_alone: stringify!($name).ends_with("_alone"),
            });
        })*
    };
}

plays! {
    triggers_of_a_table: "bigint" "timestamptz" "triggers" false true;
    triggers_of_partitions: "text" "timestamptz" "triggers" true false;
    column_of_a_table: "integer" "timestamp" "column" false true;
    column_of_partitions: "uuid" "date" "column" true false;
    column_of_a_table_alone: "text" "date" "column" false true;
    column_of_partitions_alone: "bigint" "timestamptz" "column" true false;
    comparing_a_table: "uuid" "date" "compare" false true;
    comparing_partitions: "text" "timestamp" "compare" true false;
}
