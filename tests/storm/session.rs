//! A session of the storm: whatever ends its statements or itself is counted, and it goes on.

use std::thread;
use std::time::Duration;

use postgres::{Client, NoTls};

use crate::harness::{config, show};
use crate::{OWNER, Storm};

/// Messages of class XX that the server itself has for sessions that alter the same thing at once.
const CONCURRENT: [&str; 3] = ["tuple concurrently", "could not open relation with OID", "cache lookup failed"];

/// One of many sessions, which is opened anew when it was ended.
pub struct Session<'a> {
    storm: &'a Storm,
    name: String,
    role: &'static str,
    client: Option<Client>,
}

impl<'a> Session<'a> {
    pub fn new(storm: &'a Storm, name: &str) -> Self {
        Session { storm, name: format!("storm {name}"), role: "postgres", client: None }
    }

    /// One of the owner of the stores.
    pub fn of_owner(storm: &'a Storm, name: &str) -> Self {
        Session { role: OWNER, ..Session::new(storm, name) }
    }

    fn client(&mut self) -> Option<&mut Client> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            let mut config = config(&self.storm.database, self.role);
            config.application_name(&self.name).options("-c client_min_messages=error");
            self.client = None;
            match config.connect(NoTls) {
                Ok(client) => self.client = Some(client),
                // The server is about to be back.
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
        self.client.as_mut()
    }

    /// What a work gives; None if it failed, after which no transaction is open.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Client) -> Result<T, postgres::Error>) -> Option<T> {
        let client = self.client()?;
        match work(client) {
            Ok(result) => Some(result),
            Err(error) => {
                let _ = client.batch_execute("ROLLBACK");
                self.count(&error);
                None
            }
        }
    }

    /// Whether statements succeeded.
    pub fn run(&mut self, statements: &str) -> bool {
        self.attempt(|client| client.batch_execute(statements)).is_some()
    }

    fn count(&self, error: &postgres::Error) {
        let Some(db) = error.as_db_error() else {
            return self.storm.count("lost session");
        };
        let (state, message) = (db.code().code(), db.message());
        self.storm.count(state);
        let concurrent = CONCURRENT.iter().any(|known| message.contains(known));
        if (state.starts_with("XX") && !concurrent) || message.contains("panicked") {
            self.storm.bad(&format!("{}: {}", self.name, show(error)));
        }
    }
}
