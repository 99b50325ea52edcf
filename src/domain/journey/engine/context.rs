//! Where decisions are made: the tables that are read and written, the instant, and the rules for all customers.

use crate::domain::journey::definition::Definition;
use crate::domain::journey::definition::policy::Policy;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::store::Store;
use crate::domain::store::quote::{identifier, literal};
use crate::domain::time::span::Span;

/// All that the SQL of decisions depends on, but for the journey.
#[derive(Debug)]
pub struct RunContext {
    /// The store.
    pub store: Store,
    /// The number of the role that runs it.
    pub user: u32,
    /// Whether nothing is real: then what is written, and the profile, are temporary tables.
    pub is_simulation: bool,
    /// The instant of the run.
    pub as_of: String,
    /// Up to when purchases are known: the instant of the store's last refresh, or that of the run if it is earlier.
    pub known_until: String,
    /// What holds for all journeys.
    pub policy: Policy,
    /// The columns of the profile.
    pub columns: Vec<ProfileColumn>,
}

/// A version of a journey that people are in, or can enter.
#[derive(Debug, Clone)]
pub struct ActiveVersion {
    /// The journey's number.
    pub journey: i32,
    /// Its name.
    pub name: String,
    /// The version.
    pub version: i32,
    /// Whether it is the one that people enter.
    pub is_current: bool,
    /// Since when the journey is live.
    pub started_at: String,
    /// What it is.
    pub definition: Definition,
}

/// Into how many buckets the customers of a store fall. A worker locks whole buckets: the server has room for so many locks of a
/// few stores, and not for one of each customer.
pub const BUCKETS: u8 = 64;

/// Occasions that are older than this when they are noticed are no occasions any more.
const LATEST: &str = "'168 hours'::pg_catalog.interval";

/// The bucket of a customer, whatever the store.
pub fn bucket_of(customer: &str) -> String {
    format!(
        "pg_catalog.floor(lifecycle.hash_share({customer}::pg_catalog.text, 'bucket') * {BUCKETS})::pg_catalog.int2"
    )
}

impl RunContext {
    /// A table that is written, or the profile or the log of movements.
    pub fn table(&self, name: &str) -> String {
        match self.is_simulation {
            true => format!("pg_temp.{}", identifier(&format!("lifecycle_simulated_{name}"))),
            false => self.store.data(name).to_string(),
        }
    }

    /// A temporary table of a run, of the customers' key; kept from run to run of a session.
    pub fn scratch(&self, name: &str) -> String {
        format!("pg_temp.{}", self.scratch_name(name))
    }

    /// Its name alone. A session may change its role, and a table is its maker's.
    pub fn scratch_name(&self, name: &str) -> String {
        identifier(&format!("lifecycle_{name}_{}_{}", self.store.key.name(), self.user))
    }

    /// The instant of the run.
    pub fn now(&self) -> String {
        format!("{}::pg_catalog.timestamptz", literal(&self.as_of))
    }

    /// An instant, or that up to which purchases are known if it is earlier.
    pub fn if_known(&self, instant: &str) -> String {
        let known = format!("{}::pg_catalog.timestamptz", literal(&self.known_until));
        if instant == self.now() { known } else { format!("LEAST({instant}, {known})") }
    }

    /// Before this instant there is no occasion to enter.
    pub fn earliest(&self) -> String {
        format!("({} - {LATEST})", self.now())
    }

    /// The customer's time zone, by the profile `p`.
    pub fn zone(&self) -> String {
        let own = literal(self.store.settings.time_zone.as_deref().unwrap_or("UTC"));
        match &self.policy.time_zone {
            Some(column) => format!("lifecycle.known_zone(p.{}::pg_catalog.text, {own})", identifier(column)),
            None => format!("{own}::pg_catalog.text"),
        }
    }

    /// The instant so long after another by the calendar of a zone.
    pub fn later(&self, instant: &str, span: Span, zone: &str) -> String {
        format!("pg_catalog.timezone({zone}, pg_catalog.timezone({zone}, {instant}) + {})", span.sql())
    }

    /// The instant so long before that of the run by the calendar of the customer's zone.
    pub fn ago(&self, span: Span) -> String {
        let (zone, now) = (self.zone(), self.now());
        format!("pg_catalog.timezone({zone}, pg_catalog.timezone({zone}, {now}) - {})", span.sql())
    }

    /// Joins what is known of the customers of a relation: the profile `p` and the histories `h`. What is not used of them the
    /// planner leaves out, for both are unique by customer.
    pub fn joined(&self, alias: &str) -> String {
        format!(
            "LEFT JOIN {} AS p ON p.customer = {alias}.customer LEFT JOIN {} AS h ON h.customer = {alias}.customer",
            self.table("profile"),
            self.store.data("history")
        )
    }

    /// A column of the profile. One that is gone since the definition was read is the server's error.
    pub fn column(&self, name: &str) -> ProfileColumn {
        let found = self.columns.iter().find(|column| column.name == name).cloned();
        found.unwrap_or_else(|| ProfileColumn { name: name.to_owned(), sql_type: "text".to_owned() })
    }
}

/// A text in SQL, of that type.
pub fn text(value: &str) -> String {
    format!("{}::pg_catalog.text", literal(value))
}
