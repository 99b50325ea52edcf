//! Sessions that write, in transactions that last, are prepared, commit late or never.

use postgres::Client;
use rand::Rng;

use super::statements::{Random, shows_in_column};
use crate::harness::{Ask, connect, show};

/// What a statement may fail with: a lock that another session holds.
const REFUSALS: [&str; 2] = ["55P03", "40P01"];

/// A transaction in the making, or a prepared one.
#[derive(Clone, Copy, Default)]
struct Open {
    /// Whether it holds a lock that keeps everybody out.
    truncates: bool,
    /// Whether it does what a column does not show.
    hides: bool,
    savepoints: usize,
}

/// A session that writes.
struct Writer {
    client: Client,
    open: Option<Open>,
}

/// All of them, and the transactions that are prepared.
pub struct Writers {
    database: String,
    writers: [Writer; 2],
    prepared: Vec<(String, Open)>,
    /// How many transactions have been prepared.
    count: usize,
    /// Whether something was done since the last refresh that a column does not show.
    pub hidden: bool,
}

impl Writers {
    pub fn new(database: &str) -> Self {
        let writer = || {
            let mut client = connect(database);
            client.run("SET lock_timeout = '20ms'; SET client_min_messages = error; SET TimeZone = 'UTC'");
            Writer { client, open: None }
        };
        let writers = [writer(), writer()];
        Writers { database: database.to_owned(), writers, prepared: Vec::new(), count: 0, hidden: false }
    }

    pub fn prepared_so_far(&self) -> usize {
        self.count
    }

    /// Whether a transaction is open or prepared.
    pub fn are_busy(&self) -> bool {
        !self.prepared.is_empty() || self.writers.iter().any(|writer| writer.open.is_some())
    }

    /// One of them does something; its log goes with it.
    pub fn step(&mut self, random: &mut Random, log: &mut Vec<String>) -> Result<(), String> {
        let writer = random.rng.random_range(0..2);
        let is_open = self.writers[writer].open.is_some();
        match random.rng.random_range(0..20) {
            0..=3 if !is_open => {
                let statement = random.statement();
                self.begin(writer, &statement, log)
            }
            0 if !self.prepared.is_empty() => {
                let number = random.rng.random_range(0..self.prepared.len());
                let how = random.one_of(&["COMMIT", "COMMIT", "ROLLBACK"]);
                self.end_prepared(number, how, log);
                Ok(())
            }
            1 => {
                let how = random.one_of(&["COMMIT", "COMMIT", "ROLLBACK"]);
                self.end(writer, how, log);
                Ok(())
            }
            2..=4 if is_open => {
                self.prepare(writer, log);
                Ok(())
            }
            5 if is_open => {
                let savepoints = self.writers[writer].open.map_or(0, |open| open.savepoints);
                let statement = match savepoints > 0 && random.rng.random_bool(0.5) {
                    true => format!("ROLLBACK TO s{savepoints}"),
                    false => format!("SAVEPOINT s{}", savepoints + 1),
                };
                log.push(format!("{writer}: {statement}"));
                self.writers[writer].client.run(&statement);
                if let Some(open) = self.writers[writer].open.as_mut().filter(|_| statement.starts_with('S')) {
                    open.savepoints += 1;
                }
                Ok(())
            }
            _ => {
                let statement = random.statement();
                self.write(writer, &statement, log)
            }
        }
    }

    /// A statement, within a transaction if one is open. Whatever an expression makes of a row: the shop goes on.
    pub fn write(&mut self, writer: usize, statement: &str, log: &mut Vec<String>) -> Result<(), String> {
        log.push(format!("{writer}: {statement}"));
        let hides = !shows_in_column(statement);
        self.hidden |= hides;
        let session = &mut self.writers[writer];
        if let Some(open) = &mut session.open {
            open.truncates |= statement.starts_with("TRUNCATE");
            open.hides |= hides;
        }
        let Err(error) = session.client.batch_execute(statement) else { return Ok(()) };
        if !error.code().is_some_and(|code| REFUSALS.contains(&code.code())) {
            return Err(format!("the shop's statement failed: {}", show(&error)));
        }
        log.push("    -- locked".to_owned());
        match session.open {
            Some(Open { savepoints: 1.., .. }) => {
                let last = session.open.map_or(0, |open| open.savepoints);
                session.client.run(&format!("ROLLBACK TO s{last}"));
            }
            _ => self.end(writer, "ROLLBACK", log),
        }
        Ok(())
    }

    /// Begins a transaction that does this.
    pub fn begin(&mut self, writer: usize, statement: &str, log: &mut Vec<String>) -> Result<(), String> {
        log.push(format!("{writer}: BEGIN"));
        self.writers[writer].client.run("BEGIN");
        self.writers[writer].open = Some(Open::default());
        self.write(writer, statement, log)
    }

    /// The same, and it keeps a lock on a table.
    pub fn hold(&mut self, writer: usize, statement: &str, lock: &str, log: &mut Vec<String>) -> Result<(), String> {
        self.begin(writer, statement, log)?;
        self.write(writer, &format!("LOCK TABLE {lock} MODE"), log)
    }

    /// Ends a transaction, if one is open.
    pub fn end(&mut self, writer: usize, how: &str, log: &mut Vec<String>) {
        if self.writers[writer].open.take().is_some() {
            log.push(format!("{writer}: {how}"));
            self.writers[writer].client.run(how);
        }
    }

    /// Prepares the transaction of a session, if one is open.
    pub fn prepare(&mut self, writer: usize, log: &mut Vec<String>) {
        let Some(open) = self.writers[writer].open.take() else { return };
        self.count += 1;
        let name = format!("{} {}", self.database, self.count);
        log.push(format!("{writer}: PREPARE TRANSACTION '{name}'"));
        self.writers[writer].client.run(&format!("PREPARE TRANSACTION '{name}'"));
        self.prepared.push((name, open));
    }

    fn end_prepared(&mut self, number: usize, how: &str, log: &mut Vec<String>) {
        let (name, _) = self.prepared.remove(number);
        log.push(format!("{how} PREPARED '{name}'"));
        self.writers.iter_mut().find(|writer| writer.open.is_none()).map_or_else(
            || connect(&self.database).run(&format!("{how} PREPARED '{name}'")),
            |writer| writer.client.run(&format!("{how} PREPARED '{name}'")),
        );
    }

    /// Commits what keeps readers out.
    pub fn let_read(&mut self, log: &mut Vec<String>) {
        for writer in 0..2 {
            if self.writers[writer].open.is_some_and(|open| open.truncates) {
                self.end(writer, "COMMIT", log);
            }
        }
        while let Some(number) = self.prepared.iter().position(|(_, open)| open.truncates) {
            self.end_prepared(number, "COMMIT", log);
        }
    }

    /// Commits everything.
    pub fn settle(&mut self, log: &mut Vec<String>) {
        for writer in 0..2 {
            self.end(writer, "COMMIT", log);
        }
        while !self.prepared.is_empty() {
            self.end_prepared(0, "COMMIT", log);
        }
    }

    /// A refresh has read everything that is committed.
    pub fn were_read(&mut self) {
        let open =
            self.writers.iter().filter_map(|writer| writer.open).chain(self.prepared.iter().map(|(_, open)| *open));
        self.hidden = open.into_iter().any(|open| open.hides);
    }
}

/// What is prepared outlives its session, and its database could not be dropped.
impl Drop for Writers {
    fn drop(&mut self) {
        if !self.prepared.is_empty() {
            let mut client = connect(&self.database);
            for (name, _) in &self.prepared {
                client.batch_execute(&format!("ROLLBACK PREPARED '{name}'")).ok();
            }
        }
    }
}
