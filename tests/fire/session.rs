//! A session that is opened anew when it was ended, as a client of any server must.

use std::error::Error;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use postgres::{Client, NoTls};

use crate::Fire;
use crate::harness::{config, show};

/// A session of one of the threads.
pub struct Session<'a> {
    fire: &'a Fire,
    database: String,
    name: String,
    client: Option<Client>,
}

/// What a session that was ended, or that a server which stops or starts refuses, says.
fn is_lost(error: &postgres::Error) -> bool {
    match error.as_db_error() {
        Some(error) => ["57P01", "57P02", "57P03"].contains(&error.code().code()),
        None => error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>()),
    }
}

/// What a database says that lets nobody in for now.
fn is_closed(error: &postgres::Error) -> bool {
    error.as_db_error().is_some_and(|error| error.code().code() == "55000")
}

impl<'a> Session<'a> {
    /// A session by this name, once it is needed.
    pub fn new(fire: &'a Fire, name: &str) -> Self {
        Self::in_database(fire, name, &fire.database)
    }

    /// The same in another database.
    pub fn in_database(fire: &'a Fire, name: &str, database: &str) -> Self {
        Session { fire, database: database.to_owned(), name: format!("fire {name}"), client: None }
    }

    fn connected(&mut self) -> &mut Client {
        let client = self.client.take().filter(|client| !client.is_closed()).unwrap_or_else(|| self.connect());
        self.client.insert(client)
    }

    fn connect(&self) -> Client {
        let mut config = config(&self.database, "postgres");
        config.application_name(&self.name);
        loop {
            match config.connect(NoTls) {
                Ok(client) => return client,
                // No socket, a server that recovers, or a database that is being copied.
                Err(error) if is_lost(&error) || is_closed(&error) => {
                    assert!(self.fire.goes_on(), "another thread has failed")
                }
                Err(error) => panic!("{}: {}", self.name, show(&error)),
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What a work gives, once; None if the session was lost and nobody knows whether it was done. Any other error is a failure.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Client) -> Result<T, postgres::Error>) -> Option<T> {
        match work(self.connected()) {
            Ok(result) => Some(result),
            Err(error) if is_lost(&error) => {
                self.client = None;
                self.fire.lost.fetch_add(1, SeqCst);
                None
            }
            Err(error) => panic!("{}: {}", self.name, show(&error)),
        }
    }

    /// What a work gives that may be done over and over, as often as it needs.
    pub fn until_done<T>(&mut self, work: impl Fn(&mut Client) -> Result<T, postgres::Error>) -> T {
        loop {
            if let Some(result) = self.attempt(&work) {
                return result;
            }
        }
    }
}
