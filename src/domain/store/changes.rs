//! Which customers have changed, and how their histories are brought up to date.
//!
//! In all ways the customers whose rows have changed are found first, and then their histories are built anew from all of
//! their rows: so the result does not depend on what the change was, nor on how often it was noticed.
//!
//! The statements leave temporary tables: [`CHANGED`], the customers, and [`FRESH`], their new histories. They run under a pinned
//! search_path.

use super::Store;
use super::people::{verify_without, with_merged};
use super::refund_row::{self, with_refunds};
use super::settings::Changes;
use super::source::LinkType;
use super::tables::{Source, order_attributes, since_of_orders};
use crate::domain::support::sql::{Gaps, Sql, expression, sql};

/// Which customers a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody.
    All,
    /// Those in [`CHANGED`].
    Changed,
}

/// The customers who have changed. No other temporary table is likely to have such a name: what a session has put into pg_temp is left
/// alone.
pub const CHANGED: &str = "pg_temp.\"lifecycle.refresh: changed\"";
/// Their new histories.
pub const FRESH: &str = "pg_temp.\"lifecycle.refresh: fresh\"";

/// What the statements on a source may name besides the relations of the store: the temporary tables `{changed}` and `{fresh}`, the `{view}`
/// of its rows, the `{grown}` view of its growing column, the `{notes}` of triggers, and the columns of the history that hold its
/// `{value}`, the `{count}` of its rows and their `{stored_checksum}`.
struct Of<'a>(&'a Store, Source);

impl Gaps for Of<'_> {
    fn gap(&self, name: &str) -> Option<Sql> {
        let Of(store, source) = self;
        Some(match name {
            "changed" => CHANGED.into(),
            "fresh" => FRESH.into(),
            "view" => store.data(source.view()),
            "grown" => store.data(source.grown_view()),
            "notes" => store.data(source.change_table()),
            "value" => source.history_column().into(),
            "count" => source.count_column().into(),
            "stored_checksum" => source.checksum_column().into(),
            _ => return store.gap(name),
        })
    }
}

/// A temporary table as it is dropped: what is left of a refresh that was rolled back to a savepoint may be there, or not.
fn drop_temporary(table: &'static str) -> Sql {
    expression!((), "DROP TABLE IF EXISTS {table}", table = table)
}

/// Makes the table of the customers who have changed, empty.
pub fn begin(store: &Store) -> [Sql; 2] {
    [drop_temporary(CHANGED), sql!(store, "sql/create_changed.sql", changed = CHANGED)]
}

/// Says that customers `$1`, an array of keys, have changed.
pub fn say_changed(store: &Store) -> Sql {
    expression!(store, "INSERT INTO {changed} (customer) SELECT unnest($1::{key}[])", changed = CHANGED)
}

/// Drops the temporary tables.
pub fn end() -> [Sql; 2] {
    [CHANGED, FRESH].map(drop_temporary)
}

// ---- changed customers ---------------------------------------------------------------------------------------------

/// Takes the customers that triggers have noted.
pub fn take_noted(store: &Store, source: Source) -> Sql {
    sql!(Of(store, source), "sql/take_noted.sql")
}

/// Takes the customers of the refunds that triggers have noted, where they were not taken before.
pub fn take_noted_refunds(store: &Store, link: LinkType) -> Sql {
    refund_row::take_noted(store, link, CHANGED)
}

/// Forgets the notes of triggers, where all customers are read anyway.
pub fn forget_noted(store: &Store, source: Source) -> Sql {
    sql!(Of(store, source), "sql/forget_noted.sql")
}

/// Whether a note says that all customers may have changed: `t` or `f`.
pub fn everybody_noted() -> Sql {
    sql!((), "sql/everybody_noted.sql", changed = CHANGED)
}

/// How many have changed.
pub fn count_changed() -> Sql {
    sql!((), "sql/count_changed.sql", changed = CHANGED)
}

/// How many rows of the source are in the new histories.
pub fn count_rows(store: &Store, source: Source) -> Sql {
    expression!(Of(store, source), "SELECT COALESCE(sum({count}), 0)::int8 FROM {fresh}")
}

/// Tells the planner how many they are.
pub fn analyze_changed() -> Sql {
    expression!((), "ANALYZE {changed}", changed = CHANGED)
}

/// The type of a growing column.
#[derive(Debug, Clone, Copy)]
pub struct GrowingType(&'static str);

impl GrowingType {
    /// The types that a growing column may have, as the catalog names them.
    pub const NAMES: [&'static str; 7] =
        ["bigint", "integer", "smallint", "numeric", "timestamp with time zone", "timestamp without time zone", "date"];

    /// The type of this name; None if no column of it can grow.
    pub fn of(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|known| *known == name).map(GrowingType)
    }

    fn is_time(self) -> bool {
        self.0.starts_with("timestamp") || self.0 == "date"
    }

    /// The least value, where there is one.
    fn least(self) -> Option<Sql> {
        match self.0 {
            "bigint" => Some("-9223372036854775808".into()),
            "integer" => Some("-2147483648".into()),
            "smallint" => Some("-32768".into()),
            _ => None,
        }
    }

    /// A value of this type.
    fn of_text(self, text: &str) -> Sql {
        expression!((), "{value}::{type}", value = Sql::literal(text), type = self.0)
    }

    fn now(self) -> Sql {
        expression!((), "clock_timestamp()::{type}", type = self.0)
    }

    /// That a value counts. A time that is yet to come, or `infinity`, does not: all that came until then would be missed.
    fn is_past(self, value: &'static str) -> Sql {
        match self.is_time() {
            true => expression!((), "{value}::{type} <= {now}", value = value, type = self.0, now = self.now()),
            false => "true".into(),
        }
    }
}

/// How far before the highest value seen a source is read again if nothing else is said: an hour, or 10,000 ids. A
/// transaction that began earlier may have committed later, with lower values.
fn overlap(store: &Store, column: GrowingType) -> Sql {
    let given = store.settings.overlap.as_deref();
    let (text, sql_type) = match column.is_time() {
        true => (given.unwrap_or("1 hour"), "interval"),
        false => (given.unwrap_or("10000"), "numeric"),
    };
    expression!((), "{overlap}::{type}", overlap = Sql::literal(text), type = sql_type)
}

/// The value of the growing column from which on rows are read again: shortly before the highest that was seen.
pub fn bound(store: &Store, column: GrowingType, seen: Sql) -> Sql {
    let overlap = overlap(store, column);
    // For whole numbers the bound may lie below the least that the type has.
    match column.least() {
        Some(least) => expression!(
            (),
            "GREATEST({seen}::numeric - {overlap}, {least})::{type}",
            seen = seen,
            overlap = overlap,
            least = least,
            type = column.0
        ),
        None => expression!((), "({seen} - {overlap})::{type}", seen = seen, overlap = overlap, type = column.0),
    }
}

/// The highest value of the growing column that the last refresh has seen, in a statement that may be planned once; no later than now,
/// for the clock may have gone back.
pub fn seen(store: &Store, source: Source, column: GrowingType) -> Sql {
    let high = expression!(
        store,
        "(SELECT watermark.high FROM {data.watermark} AS watermark WHERE watermark.source = {source})::{type}",
        source = Sql::literal(source.name()),
        type = column.0
    );
    match column.is_time() {
        true => expression!((), "LEAST({high}, {now})", high = high, now = column.now()),
        false => high,
    }
}

/// Finds the customers whose rows have a value of the growing column from shortly before the highest that was seen.
pub fn find_grown(store: &Store, source: Source, column: GrowingType, high: &str) -> Sql {
    let bound = bound(store, column, column.of_text(high));
    sql!(Of(store, source), "sql/find_grown.sql", is_past = column.is_past("changed_at"), bound = bound)
}

/// The highest value of the growing column among those found.
pub fn highest(column: GrowingType) -> Sql {
    sql!((), "sql/highest.sql", type = column.0, changed = CHANGED, is_past = column.is_past("high"))
}

/// The same of a source that is read whole.
pub fn highest_of_all(store: &Store, source: Source, column: GrowingType) -> Sql {
    sql!(Of(store, source), "sql/highest_of_all.sql", is_past = column.is_past("changed_at"))
}

/// A value of the growing column that lies no later than now, and whether this one does: where it does, the clock went back.
pub fn no_later_than_now(column: GrowingType, high: &str) -> Option<Sql> {
    column.is_time().then(|| sql!((), "sql/no_later_than_now.sql", high = column.of_text(high), now = column.now()))
}

/// The rows of a source, for the customers for whom a condition on the column `customer` holds: as a relation of a FROM clause, which need
/// not heed the condition.
fn rows(store: &Store, source: Source, condition: &Sql) -> Sql {
    let of = |condition: &Sql| match source {
        Source::Orders | Source::Refunds => with_refunds(store, condition),
        Source::Events => store.data(source.view()),
    };
    match store.people.has_merged {
        true => with_merged(store, &row_columns(store, source), condition, of),
        false => of(condition),
    }
}

/// The columns of a row that go into a history, but for the customer.
fn row_columns(store: &Store, source: Source) -> Vec<Sql> {
    match source {
        Source::Orders | Source::Refunds => {
            let since = since_of_orders(store).map(|_| "earliest_since");
            let order_key = store.settings.order_key.as_ref().map(|_| "order_key");
            let columns = ["ordered_at", "amount", "channel"].into_iter().chain(order_key).chain(since);
            columns.chain(order_attributes(store)).map(Sql::identifier).collect()
        }
        Source::Events => ["happened_at", "kind", "channel"].map(Sql::from).to_vec(),
    }
}

/// The number of a customer's rows, and a checksum of them that does not depend on their order: of everything that goes into
/// a history. Two different sets of rows have the same with a probability of 2^-64.
fn checksum(store: &Store, source: Source) -> Sql {
    let row = Sql::list(row_columns(store, source));
    // Hashed again, because the hash of a record is linear in those of its columns: rows that exchange a value would not show.
    expression!((), "sum(hashint8extended(hash_record_extended(ROW({row}), 0), 0))", row = row)
}

/// Finds the customers whose number of rows or checksum is not the one of their history.
pub fn find_different(store: &Store, source: Source) -> Sql {
    let rows = rows(store, source, &"true".into());
    sql!(Of(store, source), "sql/find_different.sql", checksum = checksum(store, source), rows = rows)
}

/// Finds the customers whose history is not the one that was built anew of all rows.
pub fn find_wrong(store: &Store, source: Source) -> Sql {
    sql!(Of(store, source), "sql/find_wrong.sql", differs = differs(store, source))
}

/// How many customers were found by comparing and in no other way. Where triggers note changes, those who were noted meanwhile were
/// found in another way: the next refresh takes them.
pub fn count_mismatches(store: &Store, source: Source) -> Sql {
    let of = Of(store, source);
    let is_unknown = match source.changes(store) {
        Some(Changes::Triggers) => expression!(
            of,
            "NOT EXISTS (SELECT FROM {notes} AS note WHERE note.customer IS NULL OR note.customer = found.customer)
                AND NOT EXISTS (SELECT FROM {of_refunds})",
            // Of a refund that was noted meanwhile the customer is not looked up.
            of_refunds = store.data(Source::Refunds.change_table())
        ),
        _ => "true".into(),
    };
    sql!(of, "sql/count_mismatches.sql", is_unknown = is_unknown)
}

// ---- their new histories --------------------------------------------------------------------------------------------

/// A column of the history: its name, and its value over the rows of a customer.
struct HistoryColumn {
    name: Sql,
    value: Sql,
}

/// The columns of the history that come from a source, but for the customer.
fn columns(store: &Store, source: Source) -> Vec<HistoryColumn> {
    let of = Of(store, source);
    let column = |name: &'static str, value: Sql| HistoryColumn { name: name.into(), value };
    let checksum = match source.changes(store) {
        Some(Changes::Triggers) | None => "NULL::numeric".into(),
        Some(Changes::Column | Changes::Compare) => checksum(store, source),
    };
    let counted = [column(source.count_column(), "count(*)".into()), column(source.checksum_column(), checksum)];
    match source {
        Source::Orders | Source::Refunds => {
            let purchases = match (&store.settings.amount, &store.settings.order_key) {
                (Some(_), None) => expression!(of, "{ext.purchase_history}(ordered_at, amount)"),
                (None, None) => expression!(of, "{ext.purchase_history}(ordered_at)"),
                (Some(_), Some(_)) => expression!(of, "{ext.purchase_history}(ordered_at, amount, order_key)"),
                (None, Some(_)) => expression!(of, "{ext.purchase_history}(ordered_at, 0::numeric, order_key)"),
            };
            // The channel of a refund says nothing about where a customer buys.
            let is_purchase = if store.settings.amount.is_some() { "amount >= 0" } else { "true" };
            let channel = |aggregate: Sql| match store.settings.channel {
                Some(_) => expression!(
                    (),
                    "{aggregate}(channel, ordered_at) FILTER (WHERE {is_purchase})",
                    aggregate = aggregate,
                    is_purchase = is_purchase
                ),
                None => "NULL::text".into(),
            };
            let carried = order_attributes(store).into_iter().map(|name| {
                let name = Sql::identifier(name);
                HistoryColumn { value: expression!((), "{last}({name}, ordered_at)", last = LAST, name = &name), name }
            });
            let since = since_of_orders(store).map_or("NULL::timestamptz".into(), |_| "min(earliest_since)".into());
            [column("purchases", purchases), column("earliest_since", since)]
                .into_iter()
                .chain(counted)
                .chain([column("first_channel", channel(FIRST.into())), column("last_channel", channel(LAST.into()))])
                .chain(carried)
                .collect()
        }
        Source::Events => {
            let engagement = match store.settings.event_channel {
                Some(_) => expression!(of, "{ext.engagement_history}(happened_at, kind, channel)"),
                None => expression!(of, "{ext.engagement_history}(happened_at, kind)"),
            };
            [column("engagement", engagement), column("first_event_at", "min(happened_at)".into())]
                .into_iter()
                .chain(counted)
                .collect()
        }
    }
}

/// The aggregates of the value at the first and at the last instant.
const FIRST: &str = "lifecycle.first";
const LAST: &str = "lifecycle.last";

/// The names of those columns.
fn names(store: &Store, source: Source) -> Vec<Sql> {
    columns(store, source).into_iter().map(|column| column.name).collect()
}

/// The query that builds histories from the rows of a source: what every store would hold if it were new.
pub fn rebuilt(store: &Store, source: Source, scope: Scope) -> Sql {
    rebuilt_where(store, source, within(scope, "customer"))
}

/// The same for the customers for whom a condition on the column `customer` holds.
pub fn rebuilt_where(store: &Store, source: Source, condition: Sql) -> Sql {
    let values = columns(store, source).into_iter();
    let values = values.map(|column| expression!((), "{value} AS {name}", value = column.value, name = column.name));
    let rows = rows(store, source, &condition);
    sql!(Of(store, source), "sql/rebuilt.sql", values = Sql::list(values), rows = rows, condition = condition)
}

/// That a customer is one whom a statement is about.
pub fn within(scope: Scope, customer: &'static str) -> Sql {
    match scope {
        Scope::All => "true".into(),
        Scope::Changed => {
            expression!((), "{customer} IN (SELECT customer FROM {changed})", customer = customer, changed = CHANGED)
        }
    }
}

/// Builds the new histories.
pub fn build(store: &Store, source: Source, scope: Scope) -> [Sql; 2] {
    let query = rebuilt(store, source, scope);
    [drop_temporary(FRESH), sql!((), "sql/build_histories.sql", fresh = FRESH, query = query)]
}

/// Puts the new histories into a table that has none yet.
pub fn fill(store: &Store, source: Source) -> Sql {
    sql!(Of(store, source), "sql/fill_histories.sql", columns = Sql::list(names(store, source)))
}

/// Empties the histories of customers who have no rows any more.
pub fn empty(store: &Store, source: Source, scope: Scope) -> Sql {
    let past = (source == Source::Orders).then(|| "past_changed = true".into());
    let set = names(store, source).into_iter().map(|column| {
        let nothing = if column == Sql::from(source.count_column()) { "0" } else { "NULL" };
        expression!((), "{column} = {nothing}", column = column, nothing = nothing)
    });
    sql!(
        Of(store, source),
        "sql/empty_histories.sql",
        set = Sql::list(set.chain(past)),
        condition = within(scope, "stored.customer")
    )
}

/// Removes those who have rows in no source any more.
pub fn remove(store: &Store, scope: Scope) -> Sql {
    sql!(store, "sql/remove_histories.sql", condition = within(scope, "stored.customer"))
}

/// Tells the planner how many new histories there are.
pub fn analyze_fresh() -> Sql {
    expression!((), "ANALYZE {fresh} (customer)", fresh = FRESH)
}

/// Puts the new histories in the place of the old ones.
pub fn replace(store: &Store, source: Source, scope: Scope) -> Sql {
    let of = Of(store, source);
    let rows = match scope {
        Scope::All => FRESH.into(),
        Scope::Changed => {
            expression!(of, "(SELECT * FROM {fresh} WHERE {condition})", condition = within(scope, "customer"))
        }
    };
    let names = names(store, source);
    let set = names.iter().map(|column| expression!((), "{column} = fresh.{column}", column = column));
    let past = (source == Source::Orders)
        .then(|| expression!(store, "past_changed = {changed}", changed = past_changed(store)));
    let set = past.into_iter().chain(set);
    let values = names.iter().map(|column| expression!((), "fresh.{column}", column = column));
    sql!(
        of,
        "sql/replace_histories.sql",
        rows = rows,
        differs = differs(store, source),
        set = Sql::list(set),
        columns = Sql::list(&names),
        values = Sql::list(values)
    )
}

/// That the fresh history differs from the stored one up to its last purchase, or lacks a refund that came after it, and not by later ones
/// alone; it stays so until profiles are made of it.
fn past_changed(store: &Store) -> Sql {
    let extension = Sql::identifier(&store.extension);
    let last = expression!(store, "{ext.last_purchase}(stored.purchases, '9999-12-31 00:00:00+00'::timestamptz)");
    expression!(
        store,
        "stored.past_changed OR COALESCE({ext.until}(fresh.purchases, COALESCE({last}, {first}))
            OPERATOR({extension}.<>) {ext.until}(stored.purchases, COALESCE({last}, {first})), false)
            OR EXISTS (SELECT held.purchased_at, held.amount FROM {ext.purchases}(stored.purchases, {end}) AS held
                WHERE held.purchased_at > {last}
                EXCEPT ALL SELECT come.purchased_at, come.amount FROM {ext.purchases}(fresh.purchases, {end}) AS come)",
        last = last,
        first = "'0001-01-01 00:00:00+00'::timestamptz",
        end = "'9999-12-31 00:00:00+00'::timestamptz",
        extension = extension
    )
}

/// That a stored history is not the fresh one in anything that stands beside its value.
fn differs_beside(store: &Store, source: Source) -> Sql {
    let others = beside(store, source).into_iter();
    let differs =
        others.map(|column| expression!((), "stored.{column} IS DISTINCT FROM fresh.{column}", column = column));
    Sql::join(differs, " OR ")
}

/// The columns of a source that stand beside its value.
fn beside(store: &Store, source: Source) -> Vec<Sql> {
    let mut names = names(store, source);
    names.retain(|name| *name != Sql::from(source.history_column()));
    names
}

/// That a stored history is not the fresh one, in anything that it holds.
fn differs(store: &Store, source: Source) -> Sql {
    expression!(
        Of(store, source),
        "stored.{value} IS NULL OR stored.{value} OPERATOR({extension}.<>) fresh.{value} OR {beside}",
        extension = Sql::identifier(&store.extension),
        beside = differs_beside(store, source)
    )
}

// ---- the law --------------------------------------------------------------------------------------------------------

/// The query that finds customers whose history is not that of a rebuild.
pub fn verify(store: &Store, source: Source) -> Sql {
    let of = Of(store, source);
    let extension = Sql::identifier(&store.extension);
    let shown = |row: &'static str| {
        let beside = beside(store, source);
        let beside = beside.iter().map(|column| expression!((), "{row}.{column}", row = row, column = column));
        expression!(
            of,
            "CASE WHEN stored.{value} OPERATOR({extension}.=) fresh.{value} THEN ROW({beside})::text ELSE {row}.{value}::text END",
            extension = &extension,
            beside = Sql::list(beside),
            row = row
        )
    };
    let query = sql!(
        of,
        "sql/verify_histories.sql",
        source = Sql::literal(source.name()),
        shown_stored = shown("stored"),
        shown_fresh = shown("fresh"),
        rebuilt = rebuilt(store, source, Scope::All),
        differs = expression!(
            of,
            "stored.{value} OPERATOR({extension}.<>) fresh.{value} OR {beside}",
            extension = &extension,
            beside = differs_beside(store, source)
        )
    );
    if store.people.has_forgotten { verify_without(store, query) } else { query }
}
