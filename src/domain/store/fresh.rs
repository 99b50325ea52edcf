//! Histories as fresh as the sources: those of a few customers, built anew where their rows changed since the last refresh.
//!
//! Nothing is stored, and no note is taken away: the next refresh finds the same customers. A change is seen once its transaction is
//! committed.
//!
//! The two queries serve a run of journeys, which keeps their rows in temporary tables, and a statement that has no temporary
//! tables, as the parts [`changed`] and [`histories`] of a `WITH`.

use super::Store;
use super::changes::{GrowingType, bound, rebuilt_where, seen};
use super::noting::MISSED;
use super::people::{kept_of, with_duplicates};
use super::refund_row::customers_of_noted;
use super::source::LinkType;
use super::tables::Source;
use crate::domain::support::sql::{Sql, expression, sql};

/// How a store knows which customers of a source changed since the last refresh.
#[derive(Debug, Clone, Copy)]
pub enum Watch {
    /// Triggers note them.
    Triggers,
    /// A growing column of this type shows them.
    Column(GrowingType),
}

/// The sources whose changes are known between two refreshes. Those of a source that is compared are not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Watched {
    /// The orders.
    pub orders: Option<Watch>,
    /// The engagement events.
    pub events: Option<Watch>,
    /// The refunds, where triggers note them, and how they find their orders.
    pub refunds: Option<LinkType>,
}

impl Watched {
    /// Those that there are.
    fn sources(&self) -> impl Iterator<Item = (Source, Watch)> {
        let watches = [(Source::Orders, self.orders), (Source::Events, self.events)];
        watches.into_iter().filter_map(|(source, watch)| Some((source, watch?)))
    }
}

/// The query for those of the rows of a relation, which has a column `customer`, whose rows in a source changed since the last refresh. All
/// of them where the store knows that changes were missed. None if the store watches no source.
pub fn changed(store: &Store, watched: Watched, among: &Sql) -> Option<Sql> {
    if !store.people.has_merged {
        return changed_keys(store, watched, among);
    }
    // What is noted of a customer who was merged has changed the one who was kept.
    let changed = changed_keys(store, watched, &with_duplicates(store, among))?;
    Some(kept_of(store, &changed))
}

/// The same by the keys that the sources have.
fn changed_keys(store: &Store, watched: Watched, among: &Sql) -> Option<Sql> {
    let each = watched.sources().map(|(source, watch)| match watch {
        Watch::Triggers => sql!(
            store,
            "sql/fresh/noted.sql",
            among = among,
            notes = store.data(source.change_table()),
            missed = store.data(MISSED),
            store = Sql::literal(&store.name)
        ),
        Watch::Column(column) => sql!(
            store,
            "sql/fresh/grown.sql",
            among = among,
            grown = store.data(source.grown_view()),
            bound = bound(store, column, seen(store, source, column)),
            store = Sql::literal(&store.name)
        ),
    });
    let of_refunds = watched.refunds.map(|link| {
        let notes = store.data(Source::Refunds.change_table());
        sql!(
            (),
            "sql/fresh/noted_refunds.sql",
            among = among,
            notes = &notes,
            customers = customers_of_noted(store, link, &notes)
        )
    });
    let each: Vec<Sql> = each.chain(of_refunds).collect();
    (!each.is_empty()).then(|| Sql::join(each, "\nUNION\n"))
}

/// The query for the histories of the customers of a relation, which has a column `customer` and holds each once: `customer`,
/// `purchases`, `engagement`. What the store does not watch is as of the last refresh.
pub fn histories(store: &Store, watched: Watched, changed: &Sql) -> Sql {
    let of = |source: Source, is_watched: bool| {
        let condition =
            || expression!((), "customer IN (SELECT changed.customer FROM {changed} AS changed)", changed = changed);
        match is_watched {
            true => expression!((), "({rebuilt})", rebuilt = rebuilt_where(store, source, condition())),
            false => store.data("history"),
        }
    };
    sql!(
        (),
        "sql/fresh/histories.sql",
        changed = changed,
        orders = of(Source::Orders, watched.orders.is_some()),
        events = of(Source::Events, watched.events.is_some())
    )
}
