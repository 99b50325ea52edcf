//! A database for each test, and short ways to ask it.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use postgres::error::DbError;
use postgres::types::FromSqlOwned;
use postgres::{Client, Config, NoTls};

/// A database that is made for a test, and dropped after it unless the test failed.
pub struct Database {
    name: String,
    client: Option<Client>,
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: these tests need a server. Run `make test-server`, or scripts/cluster run COMMAND.")
    })
}

/// A session in a database of the test server.
pub fn connect(database: &str) -> Client {
    connect_as(database, &variable("PGUSER"))
}

/// A session in a database of the test server as this user.
pub fn connect_as(database: &str, user: &str) -> Client {
    config(database, user).connect(NoTls).unwrap_or_else(|error| panic!("cannot connect to the test server: {error}"))
}

/// How to connect to a database of the test server as this user.
pub fn config(database: &str, user: &str) -> Config {
    let mut config = Config::new();
    let port = variable("PGPORT").parse().expect("PGPORT must be a number");
    config.host(&variable("PGHOST")).port(port).user(user).dbname(database);
    config
}

impl Database {
    /// A fresh database with the extension. The name must be that of one test only.
    pub fn new(name: &str) -> Self {
        let mut database = Self::without_extension(name);
        database.run("CREATE EXTENSION pg_lifecycle");
        database
    }

    /// A fresh database with nothing in it.
    pub fn without_extension(name: &str) -> Self {
        Self::made(name, "")
    }

    /// The same in an encoding.
    pub fn in_encoding(name: &str, encoding: &str) -> Self {
        Self::made(name, &format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"))
    }

    fn made(name: &str, how: &str) -> Self {
        let name = format!("server_tests_{name}");
        let mut server = connect(&variable("PGDATABASE"));
        server.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).expect("dropping a database");
        server.batch_execute(&format!("CREATE DATABASE {name} {how}")).expect("creating a database");
        Database { client: Some(connect(&name)), name }
    }

    /// Gives the database another name, and has a copy of it take its place, in which sessions go on. The original.
    pub fn become_a_copy(&mut self, original: &str) -> Self {
        let original = format!("server_tests_{original}");
        self.client = None;
        let mut server = connect(&variable("PGDATABASE"));
        let statements = [
            format!("DROP DATABASE IF EXISTS {original} WITH (FORCE)"),
            format!("ALTER DATABASE {} RENAME TO {original}", self.name),
            format!("CREATE DATABASE {} TEMPLATE {original}", self.name),
        ];
        // The server may still be ending the session.
        let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1";
        server.execute(end, &[&self.name]).expect("ending sessions");
        for statement in statements {
            server.batch_execute(&statement).unwrap_or_else(|error| panic!("{}\n{statement}", show(&error)));
        }
        self.client = Some(connect(&self.name));
        Database { client: Some(connect(&original)), name: original }
    }

    /// The database's name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.client = None;
        if !std::thread::panicking() {
            let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
            connect(&variable("PGDATABASE")).batch_execute(&drop).expect("dropping a database");
        }
    }
}

impl Deref for Database {
    type Target = Client;

    fn deref(&self) -> &Client {
        self.client.as_ref().expect("the session lasts as long as the database")
    }
}

impl DerefMut for Database {
    fn deref_mut(&mut self) -> &mut Client {
        self.client.as_mut().expect("the session lasts as long as the database")
    }
}

/// What a test asks of a session. Every failure ends the test and says which statement it was.
pub trait Ask {
    /// Runs statements.
    fn run(&mut self, statements: &str);
    /// The single value of a query.
    fn get<T: FromSqlOwned>(&mut self, query: &str) -> T;
    /// The first column of all rows, which must be text.
    fn texts(&mut self, query: &str) -> Vec<String>;
    /// The error that ends a statement.
    fn refused(&mut self, statement: &str) -> DbError;
    /// The plan of a query, as text.
    fn plan(&mut self, query: &str) -> String;
}

impl Ask for Client {
    fn run(&mut self, statements: &str) {
        self.batch_execute(statements).unwrap_or_else(|error| panic!("{}\n{statements}", show(&error)));
    }

    fn get<T: FromSqlOwned>(&mut self, query: &str) -> T {
        let row = self.query_one(query, &[]).unwrap_or_else(|error| panic!("{}\n{query}", show(&error)));
        row.get(0)
    }

    fn texts(&mut self, query: &str) -> Vec<String> {
        let rows = self.query(query, &[]).unwrap_or_else(|error| panic!("{}\n{query}", show(&error)));
        rows.iter().map(|row| row.get(0)).collect()
    }

    fn refused(&mut self, statement: &str) -> DbError {
        let Err(error) = self.simple_query(statement) else { panic!("was not refused: {statement}") };
        error.as_db_error().unwrap_or_else(|| panic!("lost the session: {error}\n{statement}")).clone()
    }

    fn plan(&mut self, query: &str) -> String {
        self.texts(&format!("EXPLAIN (COSTS OFF, VERBOSE) {query}")).join("\n")
    }
}

/// An error with what the server says about it.
pub fn show(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(e) => format!("{} {}: {:?} {:?} {:?}", e.code().code(), e.message(), e.detail(), e.hint(), e.where_()),
        None => error.to_string(),
    }
}

/// Whether a query that looks for what must not be there finds nothing; else some of the rows, or the error.
pub fn none(client: &mut Client, query: &str) -> Result<(), String> {
    match client.query(&format!("SELECT row_to_json(found)::text FROM ({query}) AS found LIMIT 3"), &[]) {
        Ok(rows) if rows.is_empty() => Ok(()),
        Ok(rows) => Err(rows.iter().map(|row| row.get(0)).collect::<Vec<String>>().join("\n")),
        Err(error) => Err(show(&error)),
    }
}

/// Fails with what [`none`] says.
#[track_caller]
pub fn assert_none(client: &mut Client, what: &str, query: &str) {
    none(client, query).unwrap_or_else(|found| panic!("{what}:\n{found}\n{query}"));
}

/// The files in a directory and in those below it whose names end so, by name.
pub fn files_below(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display())) {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|of| of == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}
