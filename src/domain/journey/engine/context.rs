//! Where decisions are made: the tables that are read and written, the instant, and the rules for all customers.
//!
//! Fragments of different files speak of the same rows of a statement, by these names:
//!
//! | row | of what |
//! |---|---|
//! | `enrolled` | an entry of a customer into the journey: `customer`, `entry`, `entered_at`, `step_since` |
//! | `occasion` | a reason for a customer to enter: `customer`, `triggered_at`, `reason` |
//! | `profile`, `history` | what the store knows of that customer |
//! | `judged` | the enrollment, with what was decided about it |

use std::cell::Cell;

use crate::domain::journey::definition::Definition;
use crate::domain::journey::definition::policy::Policy;
use crate::domain::journey::definition::profile_columns::ProfileColumn;
use crate::domain::store::Store;
use crate::domain::store::fresh::Watched;
use crate::domain::support::sql::{Gaps, Sql, expression, sql};
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
    /// Whether `$2` and `$3` of the statements are the next two: then a statement serves for every instant.
    pub takes_instants: bool,
    /// Up to when purchases and events of the sources are known of customers whose rows did not change: the instant of the store's last
    /// refresh, or that of the run if it is earlier.
    pub known_until: String,
    /// The sources whose changes since then are known: of customers whose rows changed there, they are known up to the run.
    pub watched: Watched,
    /// Where the histories are that are fresher than the stored ones.
    pub fresh: Cell<Fresh>,
    /// What holds for all journeys.
    pub policy: Policy,
    /// The columns of the profile.
    pub columns: Vec<ProfileColumn>,
}

/// Where the histories are of the customers whose rows changed since the last refresh: `customer`, `purchases`, `engagement`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    /// Nowhere: none changed, or it is not known.
    Nowhere,
    /// In the temporary table `fresh` of a run.
    InScratch,
    /// In the part `fresh` of the statement.
    InStatement,
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
const LATEST: &str = "'168 hours'::interval";

/// The rows whose customer's history is joined, with the expression of the customer.
const HISTORY_OF: [(&str, &str); 2] = [("enrolled", "enrolled.customer"), ("occasion", "occasion.customer")];

/// The bucket of a customer, whatever the store.
pub fn bucket_of(customer: impl Into<Sql>) -> Sql {
    expression!((), "floor({share} * {buckets})::int2", share = share(customer, "bucket"), buckets = BUCKETS)
}

/// A number of a customer from 0 to below 1, for this purpose.
pub fn share(customer: impl Into<Sql>, purpose: &str) -> Sql {
    let customer: Sql = customer.into();
    expression!(
        (),
        "lifecycle.hash_share({customer}::text, {purpose})",
        customer = customer,
        purpose = Sql::text(purpose)
    )
}

fn instant(at: &str) -> Sql {
    expression!((), "{at}::timestamptz", at = Sql::literal(at))
}

/// A length of time.
pub fn interval(span: Span) -> Sql {
    expression!((), "{span}::interval", span = Sql::literal(&span.to_string()))
}

fn temporary(name: &str) -> Sql {
    expression!((), "pg_temp.{name}", name = Sql::identifier(name))
}

impl RunContext {
    /// A table that is written, or the profile or the log of movements.
    pub fn table(&self, name: &str) -> Sql {
        match self.is_simulation {
            true => temporary(&format!("lifecycle_simulated_{name}")),
            false => self.store.data(name),
        }
    }

    /// A temporary table of a run, of the customers' key; kept from run to run of a session. A session may change its role, and a
    /// table is its maker's.
    pub fn scratch(&self, name: &str) -> Sql {
        temporary(&format!("lifecycle_{name}_{}_{}", self.store.key.name(), self.user))
    }

    /// The instant of the run.
    pub fn now(&self) -> Sql {
        if self.takes_instants {
            return "(SELECT $2::timestamptz)".into();
        }
        instant(&self.as_of)
    }

    /// An instant, or that up to which the purchases of the row `history` are known if it is earlier.
    pub fn if_known(&self, at: &Sql) -> Sql {
        self.known(at, "history.purchases_until")
    }

    /// The same for the engagement events that the store reads from a relation.
    pub fn if_event_known(&self, at: &Sql) -> Sql {
        self.known(at, "history.engagement_until")
    }

    fn known(&self, at: &Sql, of_history: &'static str) -> Sql {
        let known = match self.fresh.get() {
            Fresh::Nowhere => self.known_until(),
            Fresh::InScratch | Fresh::InStatement => of_history.into(),
        };
        if *at == self.now() { known } else { expression!((), "LEAST({at}, {known})", at = at, known = known) }
    }

    /// The join that gives the row `history` of a customer: the fresh one, where there is one.
    pub fn history_of(&self, customer: &'static str) -> Sql {
        let fresh = match self.fresh.get() {
            Fresh::Nowhere => return sql!(self, "sql/history/stored.sql", customer = customer),
            Fresh::InScratch => self.scratch("fresh"),
            Fresh::InStatement => "fresh".into(),
        };
        let until = |is_watched: bool| if is_watched { self.now() } else { self.known_until() };
        sql!(
            self,
            "sql/history/fresh.sql",
            customer = customer,
            fresh = fresh,
            known_until = self.known_until(),
            purchases_until = until(self.watched.orders.is_some()),
            engagement_until = until(self.watched.events.is_some())
        )
    }

    /// Up to when the sources are known of customers whose rows did not change.
    pub fn known_until(&self) -> Sql {
        if self.takes_instants { "(SELECT $3::timestamptz)".into() } else { instant(&self.known_until) }
    }

    /// Whether customers get only what they have agreed to get: as the policy says, or else where the store knows who has agreed.
    pub fn requires_consent(&self) -> bool {
        let settings = &self.store.settings;
        self.policy.requires_consent.unwrap_or(settings.consented_at.is_some() || settings.consents.is_some())
    }

    /// The customer's time zone, by the row `profile`.
    pub fn zone(&self) -> Sql {
        let own = Sql::text(self.store.zone());
        match &self.policy.time_zone {
            Some(column) => expression!(
                (),
                "lifecycle.known_zone(profile.{column}::text, {own})",
                column = Sql::identifier(column),
                own = own
            ),
            None => own,
        }
    }

    /// The instant so long after another by the calendar of a zone.
    pub fn later(&self, at: &Sql, span: Span, zone: &Sql) -> Sql {
        expression!(
            (),
            "timezone({zone}, timezone({zone}, {at}) + {span})",
            zone = zone,
            at = at,
            span = interval(span)
        )
    }

    /// The instant so long before that of the run by the calendar of the customer's zone.
    pub fn ago(&self, span: Span) -> Sql {
        expression!(self, "timezone({zone}, timezone({zone}, {now}) - {span})", span = interval(span))
    }

    /// A column of the profile. One that is gone since the definition was read is the server's error.
    pub fn column(&self, name: &str) -> ProfileColumn {
        let found = self.columns.iter().find(|column| column.name == name).cloned();
        found.unwrap_or_else(|| ProfileColumn { name: name.to_owned(), sql_type: "text".to_owned() })
    }
}

/// Besides those of the store: `{table.action}`, `{scratch.due}`, `{history_of.enrolled}`, which joins the history of that row's customer, `{now}`, `{earliest}`, before which there is no occasion to enter, and
/// `{zone}`, the customer's.
impl Gaps for RunContext {
    fn gap(&self, name: &str) -> Option<Sql> {
        match (name.split_once('.'), name) {
            (Some(("table", table)), _) => Some(self.table(table)),
            (Some(("scratch", table)), _) => Some(self.scratch(table)),
            (Some(("history_of", row)), _) => HISTORY_OF.iter().find(|of| of.0 == row).map(|of| self.history_of(of.1)),
            (None, "now") => Some(self.now()),
            (None, "earliest") => Some(expression!((), "({now} - {latest})", now = self.now(), latest = LATEST)),
            (None, "zone") => Some(self.zone()),
            _ => self.store.gap(name),
        }
    }
}

/// Besides those of the run: `{journey}` and `{version}`, the numbers of the journey and of its version.
impl Gaps for (&RunContext, &ActiveVersion) {
    fn gap(&self, name: &str) -> Option<Sql> {
        match name {
            "journey" => Some(self.1.journey.into()),
            "version" => Some(self.1.version.into()),
            _ => self.0.gap(name),
        }
    }
}
