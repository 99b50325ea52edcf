//! Which customers have changed, and how their histories are brought up to date.
//!
//! In all ways the customers whose rows have changed are found first, and then their histories are built anew from all of
//! their rows: so the result does not depend on what the change was, nor on how often it was noticed.
//!
//! The statements leave temporary tables: [`CHANGED`], the customers, and [`FRESH`], their new histories.

use super::Store;
use super::quote::{identifier, literal};
use super::settings::Changes;
use super::tables::{Source, order_attributes};

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

/// A temporary table as it is dropped: what is left of a refresh that was rolled back to a savepoint may be there, or not.
fn drop_temporary(table: &str) -> String {
    format!("DROP TABLE IF EXISTS {table}")
}

/// Makes the table of the customers who have changed, empty.
pub fn begin(store: &Store) -> Vec<String> {
    vec![
        drop_temporary(CHANGED),
        // `high` is the value of the growing column, where there is one; `differs` says that the customer was found by comparing.
        format!(
            "CREATE TEMPORARY TABLE {CHANGED} (customer {}, high pg_catalog.text, differs pg_catalog.bool)",
            store.key.sql()
        ),
    ]
}

/// Drops the temporary tables.
pub fn end() -> Vec<String> {
    [CHANGED, FRESH].map(drop_temporary).to_vec()
}

// ---- changed customers ---------------------------------------------------------------------------------------------

/// Takes the customers that triggers have noted. Each is taken with the rows that were committed with the note, or later
/// ones: customers noted after this are taken the next time.
pub fn take_noted(store: &Store, source: Source) -> String {
    format!(
        "WITH noted AS (DELETE FROM {} RETURNING customer)
        INSERT INTO {CHANGED} (customer) SELECT DISTINCT customer FROM noted",
        store.data(source.change_table())
    )
}

/// Forgets the notes of triggers, where all customers are read anyway.
pub fn forget_noted(store: &Store, source: Source) -> String {
    format!("DELETE FROM {}", store.data(source.change_table()))
}

/// Whether a note says that all customers may have changed: `t` or `f`.
pub fn everybody_noted() -> String {
    format!("SELECT EXISTS (SELECT FROM {CHANGED} WHERE customer IS NULL)")
}

/// How many have changed.
pub fn count_changed() -> String {
    format!("SELECT pg_catalog.count(DISTINCT customer) FROM {CHANGED}")
}

/// Tells the planner how many they are.
pub fn analyze_changed() -> String {
    format!("ANALYZE {CHANGED}")
}

/// Whether the growing column of a source is one of time.
fn by_time(base_type: &str) -> bool {
    base_type.starts_with("timestamp") || base_type == "date"
}

/// How far before the highest value seen a source is read again if nothing else is said: an hour, or 10,000 ids. A
/// transaction that began earlier may have committed later, with lower values.
fn overlap(store: &Store, base_type: &str) -> String {
    match (&store.settings.overlap, by_time(base_type)) {
        (Some(overlap), true) => format!("{}::pg_catalog.interval", literal(overlap)),
        (Some(overlap), false) => format!("{}::pg_catalog.numeric", literal(overlap)),
        (None, true) => "'1 hour'::pg_catalog.interval".to_owned(),
        (None, false) => "10000".to_owned(),
    }
}

/// Finds the customers whose rows have a value of the growing column from shortly before the highest that was seen, also
/// rows that the store's condition does not let in any more.
/// `base_type` is the type of the column in the view.
pub fn find_grown(store: &Store, source: Source, base_type: &str, high: &str) -> String {
    let seen = format!("{}::{base_type}", literal(high));
    let overlap = overlap(store, base_type);
    // The bound is of the column's own type, so that an index on the column serves.
    let past = if by_time(base_type) {
        format!(" FILTER (WHERE changed_at <= pg_catalog.clock_timestamp()::{base_type})")
    } else {
        String::new()
    };
    let bound = if by_time(base_type) {
        format!("({seen} - {overlap})::{base_type}")
    } else {
        lower(&seen, base_type, &overlap)
    };
    format!(
        "INSERT INTO {CHANGED} (customer, high) SELECT customer, pg_catalog.max(changed_at){past}::pg_catalog.text FROM {}
        WHERE changed_at >= {bound} GROUP BY customer",
        store.data(source.grown_view())
    )
}

/// seen - overlap, which for whole numbers may lie below the least that the type has.
fn lower(seen: &str, base_type: &str, overlap: &str) -> String {
    let least = match base_type {
        "bigint" => "-9223372036854775808",
        "integer" => "-2147483648",
        "smallint" => "-32768",
        _ => return format!("({seen} - {overlap})::{base_type}"),
    };
    format!("GREATEST({seen}::pg_catalog.numeric - {overlap}, {least})::{base_type}")
}

/// The highest value of the growing column among those found; NULL if no customer was. A time that is yet to come, or `infinity`, does
/// not count: all that came until then would be missed.
pub fn highest(base_type: &str) -> String {
    let past = if by_time(base_type) {
        format!(" WHERE high::{base_type} <= pg_catalog.clock_timestamp()::{base_type}")
    } else {
        String::new()
    };
    format!("SELECT pg_catalog.max(high::{base_type})::pg_catalog.text FROM {CHANGED}{past}")
}

/// The same of a source that is read whole.
pub fn highest_of_all(store: &Store, source: Source, base_type: &str) -> String {
    let past = if by_time(base_type) {
        format!(" WHERE changed_at <= pg_catalog.clock_timestamp()::{base_type}")
    } else {
        String::new()
    };
    format!("SELECT pg_catalog.max(changed_at)::pg_catalog.text FROM {}{past}", store.data(source.grown_view()))
}

/// A value of the growing column that lies no later than now, and whether this one does: where it does, the clock went back.
pub fn no_later_than_now(base_type: &str, high: &str) -> Option<String> {
    by_time(base_type).then(|| {
        let (high, now) =
            (format!("{}::{base_type}", literal(high)), format!("pg_catalog.clock_timestamp()::{base_type}"));
        format!("SELECT LEAST({high}, {now})::pg_catalog.text, {high} > {now}")
    })
}

/// The number of a customer's rows, and a checksum of them that does not depend on their order: of everything that goes into
/// a history. Two different sets of rows have the same with a probability of 2^-64.
fn checksum(store: &Store, source: Source) -> String {
    let what: Vec<String> = match source {
        Source::Orders => {
            ["ordered_at", "amount", "channel"].into_iter().chain(order_attributes(store)).map(identifier).collect()
        }
        Source::Events => ["happened_at", "kind", "channel"].map(identifier).to_vec(),
    };
    // Hashed again, because the hash of a record is linear in those of its columns: rows that exchange a value would not show.
    format!(
        "pg_catalog.sum(pg_catalog.hashint8extended(pg_catalog.hash_record_extended(ROW({}), 0), 0))",
        what.join(", ")
    )
}

/// Finds the customers whose number of rows or checksum is not the one of their history.
pub fn find_different(store: &Store, source: Source) -> String {
    let (count, kept) = match source {
        Source::Orders => ("orders", "order_checksum"),
        Source::Events => ("events", "event_checksum"),
    };
    format!(
        "INSERT INTO {CHANGED} (customer, differs)
        SELECT COALESCE(h.customer, s.customer), true
        FROM (SELECT customer, pg_catalog.count(*) AS count, {} AS checksum FROM {} GROUP BY customer) AS s
            FULL JOIN (SELECT customer, {count} AS count, {kept} AS checksum FROM {} WHERE {count} > 0) AS h
            ON h.customer = s.customer
        WHERE h.count IS DISTINCT FROM s.count OR h.checksum IS DISTINCT FROM s.checksum",
        checksum(store, source),
        store.data(source.view()),
        store.data("history")
    )
}

/// Finds the customers whose history is not the one that was built anew of all rows.
pub fn find_wrong(store: &Store, source: Source) -> String {
    let (value, count) = value_and_count(source);
    format!(
        "INSERT INTO {CHANGED} (customer, differs)
        SELECT COALESCE(h.customer, f.customer), true
        FROM (SELECT * FROM {} WHERE {count} > 0) AS h FULL JOIN {FRESH} AS f ON f.customer = h.customer
        WHERE h.customer IS NULL OR f.customer IS NULL OR {}",
        store.data("history"),
        differs(store, source, value)
    )
}

/// How many customers were found by comparing and in no other way. Where triggers note changes, those who were noted meanwhile were
/// found in another way: the next refresh takes them.
pub fn count_mismatches(store: &Store, source: Source) -> String {
    let noted = match source.changes(store) {
        Some(Changes::Triggers) => format!(
            " AND NOT EXISTS (SELECT FROM {} AS n WHERE n.customer IS NULL OR n.customer = d.customer)",
            store.data(source.change_table())
        ),
        _ => String::new(),
    };
    format!(
        "SELECT pg_catalog.count(*) FROM {CHANGED} AS d
        WHERE d.differs AND NOT EXISTS (SELECT FROM {CHANGED} AS c WHERE c.customer = d.customer AND c.differs IS NULL){noted}"
    )
}

// ---- their new histories --------------------------------------------------------------------------------------------

/// The columns of [`FRESH`] but for the customer, in the order of [`rebuilt`].
fn columns(store: &Store, source: Source) -> Vec<String> {
    match source {
        Source::Orders => ["purchases", "orders", "order_checksum", "first_channel", "last_channel"]
            .into_iter()
            .chain(order_attributes(store))
            .map(identifier)
            .collect(),
        Source::Events => ["engagement", "events", "event_checksum"].map(identifier).to_vec(),
    }
}

/// The query that builds histories from the rows of a source: what every store would hold if it were new.
pub fn rebuilt(store: &Store, source: Source, scope: Scope) -> String {
    let checksum = match source.changes(store) {
        Some(Changes::Triggers) | None => "NULL::pg_catalog.numeric".to_owned(),
        Some(Changes::Column | Changes::Compare) => checksum(store, source),
    };
    let values = match source {
        Source::Orders => {
            let history = match store.settings.amount {
                Some(_) => format!("{}(ordered_at, amount)", store.ext("purchase_history")),
                None => format!("{}(ordered_at)", store.ext("purchase_history")),
            };
            let channel = |which: &str| match store.settings.channel {
                // The channel of a refund says nothing about where a customer buys.
                Some(_) if store.settings.amount.is_some() => {
                    format!("lifecycle.{which}(channel, ordered_at) FILTER (WHERE amount >= 0)")
                }
                Some(_) => format!("lifecycle.{which}(channel, ordered_at)"),
                None => "NULL::pg_catalog.text".to_owned(),
            };
            let carried: String = order_attributes(store)
                .iter()
                .map(|name| format!(", lifecycle.last({}, ordered_at) AS {0}", identifier(name)))
                .collect();
            format!(
                "{history} AS purchases, pg_catalog.count(*) AS orders, {checksum} AS order_checksum,
                {} AS first_channel, {} AS last_channel{carried}",
                channel("first"),
                channel("last")
            )
        }
        Source::Events => {
            let channel = if store.settings.event_channel.is_some() { ", channel" } else { "" };
            format!(
                "{}(happened_at, kind{channel}) AS engagement, pg_catalog.count(*) AS events, {checksum} AS event_checksum",
                store.ext("engagement_history")
            )
        }
    };
    let scope = match scope {
        Scope::All => String::new(),
        Scope::Changed => format!(" WHERE customer IN (SELECT customer FROM {CHANGED})"),
    };
    format!("SELECT customer, {values} FROM {}{scope} GROUP BY customer", store.data(source.view()))
}

/// Builds the new histories. A statement of its own, because only such a one may use parallel workers.
pub fn build(store: &Store, source: Source, scope: Scope) -> [String; 2] {
    [drop_temporary(FRESH), format!("CREATE TEMPORARY TABLE {FRESH} AS {}", rebuilt(store, source, scope))]
}

/// Puts the new histories into a table that has none yet.
pub fn fill(store: &Store, source: Source) -> String {
    let columns = columns(store, source).join(", ");
    format!("INSERT INTO {} (customer, {columns}) SELECT customer, {columns} FROM {FRESH}", store.data("history"))
}

/// The customers whom a statement on the history, there called `h`, is about.
fn within(scope: Scope) -> String {
    match scope {
        Scope::All => String::new(),
        Scope::Changed => format!(" AND h.customer IN (SELECT customer FROM {CHANGED})"),
    }
}

/// Empties the histories of customers who have no rows any more.
pub fn empty(store: &Store, source: Source, scope: Scope) -> String {
    let (_, count) = value_and_count(source);
    let set: Vec<String> = columns(store, source)
        .iter()
        .map(|column| if *column == identifier(count) { format!("{column} = 0") } else { format!("{column} = NULL") })
        .collect();
    format!(
        "UPDATE {} AS h SET {}
        WHERE h.{count} > 0 AND NOT EXISTS (SELECT FROM {FRESH} AS f WHERE f.customer = h.customer){}",
        store.data("history"),
        set.join(", "),
        within(scope)
    )
}

/// Removes those who have rows in no source any more.
pub fn remove(store: &Store, scope: Scope) -> String {
    format!("DELETE FROM {} AS h WHERE h.orders = 0 AND h.events = 0{}", store.data("history"), within(scope))
}

/// Tells the planner how many new histories there are.
pub fn analyze_fresh() -> String {
    format!("ANALYZE {FRESH} (customer)")
}

/// Puts the new histories in the place of the old ones. Those that are as they were are not touched.
pub fn replace(store: &Store, source: Source, scope: Scope) -> String {
    let columns = columns(store, source);
    let (value, _) = value_and_count(source);
    let differs = differs(store, source, value);
    let fresh = match scope {
        Scope::All => FRESH.to_owned(),
        Scope::Changed => {
            format!("(SELECT * FROM {FRESH} WHERE customer IN (SELECT customer FROM {CHANGED}))")
        }
    };
    let set = columns.iter().map(|column| format!("{column} = f.{column}")).collect::<Vec<_>>().join(", ");
    let values = columns.iter().map(|column| format!("f.{column}")).collect::<Vec<_>>().join(", ");
    format!(
        "MERGE INTO {} AS h USING {fresh} AS f ON h.customer = f.customer
        WHEN MATCHED AND ({differs}) THEN UPDATE SET {set}
        WHEN NOT MATCHED THEN INSERT (customer, {}) VALUES (f.customer, {values})",
        store.data("history"),
        columns.join(", ")
    )
}

/// That a stored history `h` is not the fresh one `f`, in anything that it holds.
fn differs(store: &Store, source: Source, value: &str) -> String {
    let others: String = columns(store, source)
        .iter()
        .filter(|column| **column != identifier(value))
        .map(|column| format!(" OR h.{column} IS DISTINCT FROM f.{column}"))
        .collect();
    format!("h.{value} IS NULL OR h.{value} OPERATOR({}.<>) f.{value}{others}", identifier(&store.extension))
}

/// The columns of the history that hold a source's value, and the number of its rows.
fn value_and_count(source: Source) -> (&'static str, &'static str) {
    match source {
        Source::Orders => ("purchases", "orders"),
        Source::Events => ("engagement", "events"),
    }
}

// ---- the law --------------------------------------------------------------------------------------------------------

/// The query that finds customers whose history is not that of a rebuild, in anything that it holds.
pub fn verify(store: &Store, source: Source) -> String {
    let (value, count) = value_and_count(source);
    let extension = identifier(&store.extension);
    let others: Vec<String> =
        columns(store, source).into_iter().filter(|column| *column != identifier(value)).collect();
    let differs: String = others.iter().map(|column| format!(" OR h.{column} IS DISTINCT FROM r.{column}")).collect();
    let all = |side: &str| {
        let others: Vec<String> = others.iter().map(|column| format!("{side}.{column}")).collect();
        // The history where it tells, else what stands beside it.
        format!(
            "CASE WHEN h.{value} OPERATOR({extension}.=) r.{value} THEN ROW({})::pg_catalog.text ELSE {side}.{value}::pg_catalog.text END",
            others.join(", ")
        )
    };
    format!(
        "SELECT COALESCE(h.customer, r.customer)::pg_catalog.text, '{}', {}, {}
        FROM (SELECT * FROM {} WHERE {count} > 0) AS h FULL JOIN ({}) AS r ON r.customer = h.customer
        WHERE h.customer IS NULL OR r.customer IS NULL OR (h.{value} IS NULL) <> (r.{value} IS NULL)
            OR h.{value} OPERATOR({extension}.<>) r.{value}{differs}
        ORDER BY 1",
        source.name(),
        all("h"),
        all("r"),
        store.data("history"),
        rebuilt(store, source, Scope::All)
    )
}
