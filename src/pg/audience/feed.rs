//! Which profiles and members have changed, page by page.

use pgrx::{pg_extern, pg_sys};

use super::define::number_of;
use crate::domain::audience::feed::{Next, State, check_rows, last_logged, listed, logged, members, state, through};
use crate::domain::audience::token::{Place, no_token};
use crate::domain::store::Store;
use crate::domain::store::feed::follow;
use crate::domain::store::views::sees_attributes;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::composite::{jsonb_column, text_column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::row_set::{return_rows, return_values};
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{Row, RowWithBytes, holds, rows, rows_with_bytes, run};
use crate::pg::ffi::text::bytes_in_database;
use crate::pg::journey::access::{Grant, StoreAccess};
use crate::pg::journey::delivery::optional_text;
use crate::pg::journey::record_event::check_key;
use crate::pg::store::{look_at, text_argument};

/// A page of a feed: the rows, and the place behind each.
type Page<T> = Vec<(T, Place)>;

/// A row of a feed.
trait OfCustomer {
    /// The key of the customer.
    fn customer(&self) -> String;
}

impl OfCustomer for Row {
    fn customer(&self) -> String {
        self.first().cloned().flatten().unwrap_or_default()
    }
}

impl OfCustomer for RowWithBytes {
    fn customer(&self) -> String {
        self.texts.customer()
    }
}

/// Reads up to so many rows of a feed from a place on: on the way through all customers by `through`, and behind it by `listed`, which also
/// gives the place behind each row.
fn read<T: OfCustomer>(
    feed: &State,
    mut next: Next,
    max_rows: i32,
    through: impl Fn((Option<i64>, i64, Option<&str>), i32) -> Vec<T>,
    listed: impl Fn(i64, Option<&str>, i32) -> Page<T>,
) -> Page<T> {
    let mut page: Page<T> = Vec::new();
    loop {
        let room = max_rows - page.len() as i32;
        if room <= 0 {
            return page;
        }
        match next {
            Next::Through { from, upto, customer } => {
                let found = through((from, upto, customer.as_deref()), room);
                let is_done = (found.len() as i32) < room;
                page.extend(found.into_iter().map(|row| {
                    let customer = row.customer();
                    (row, Place::Through { from, upto, customer })
                }));
                if !is_done {
                    return page;
                }
                // Behind the last row of the way there is nothing left of it.
                if let Some((_, place)) = page.last_mut() {
                    *place = Place::Listed { version: upto, customer: None };
                }
                next = feed.listed(upto, None);
            }
            Next::Listed(version, customer) => {
                let found = listed(version, customer.as_deref(), room);
                let is_all = (found.len() as i32) < room;
                page.extend(found);
                // Behind the last one there is nothing left of its version.
                if is_all && let Some((_, Place::Listed { customer, .. })) = page.last_mut() {
                    *customer = None;
                }
                return page;
            }
        }
    }
}

/// The last value of a row, which is a number.
fn number_of_row(row: &mut Row) -> i64 {
    row.pop().flatten().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// How far the feed of profiles has come; of another one of the store what tells it apart.
fn state_of(store: &Store, of: &str) -> Result<State> {
    let row = rows(state(store), &[Some(of)]).into_iter().next();
    let missing = || {
        Error::new(Kind::NotReady, format!("store \"{}\" has no feed", shorten(&store.name)))
            .detail(format!("The row of {} was deleted.", shorten(store.data("feed").as_str())))
    };
    let row: [Option<String>; 5] = row.and_then(|row| row.try_into().ok()).ok_or_else(missing)?;
    let [Some(identity), version, most_changed, reshaped, purged] = row else { return Err(missing()) };
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or_default();
    Ok(State {
        identity,
        version: number(version),
        most_changed: number(most_changed),
        reshaped: number(reshaped),
        purged: number(purged),
    })
}

/// The place of a token; one whose customer is none of this store's was not given by it.
fn place_of(store: &Store, token: Option<&str>, identity: &str, last: i64) -> Result<Place> {
    let place = Place::read(token, identity, last)?;
    if let Place::Listed { customer: Some(customer), .. } | Place::Through { customer, .. } = &place {
        check_key(customer, store.key).map_err(|_| no_token(token.unwrap_or_default()))?;
    }
    Ok(place)
}

/// Notes that a feed is read; not in a transaction that writes nothing, as on a standby.
fn note_reader(store: &Store) {
    // SAFETY: reads a variable of the backend.
    if !unsafe { pg_sys::XactReadOnly } {
        run(follow(store));
    }
}

fn profile_changes(name: &str, token: Option<&str>, max_rows: i32) -> Result<(Page<RowWithBytes>, String)> {
    check_rows(max_rows)?;
    let access = StoreAccess::named(name, Grant::Customers)?;
    let store = look_at(name)?.store;
    // Asked as the caller, and not as the owner.
    let sees = store.settings.reader_attributes
        || with_pinned_settings(|| holds(expression!((), "SELECT {sees}", sees = sees_attributes(&store)), &[]));
    access.run(|| {
        note_reader(&store);
        let feed = state_of(&store, "profiles")?;
        let place = place_of(&store, token, &feed.identity, feed.version)?;
        // SAFETY: the third column of both queries is of type jsonb.
        let rows = |query: Sql| unsafe { rows_with_bytes(query, 2) };
        let page = read(
            &feed,
            feed.next(place, token)?,
            max_rows,
            |next, room| rows(through(&store, &feed, sees, next, room)),
            |version, customer, room| {
                let found = rows(listed(&store, &feed, sees, version, customer, room));
                let with_place = |mut row: RowWithBytes| {
                    let version = number_of_row(&mut row.texts);
                    let customer = Some(row.customer());
                    (row, Place::Listed { version, customer })
                };
                found.into_iter().map(with_place).collect()
            },
        );
        Ok((page, feed.identity))
    })
}

fn member_changes(name: &str, audience: &str, token: Option<&str>, max_rows: i32) -> Result<Vec<Row>> {
    check_rows(max_rows)?;
    let access = StoreAccess::named(name, Grant::Customers)?;
    let store = look_at(name)?.store;
    access.run(|| {
        note_reader(&store);
        let number = number_of(&store, audience)?.to_string();
        let identity = state_of(&store, &format!("audience {number}"))?.identity;
        let number = Some(number.as_str());
        let last = rows(last_logged(&store), &[number]).into_iter().next().unwrap_or_default();
        let last: Vec<i64> = last.into_iter().map(|id| id.and_then(|id| id.parse().ok()).unwrap_or_default()).collect();
        let [version, purged, ever] = last[..] else { return Ok(Vec::new()) };
        let feed = State { identity, version, purged, ..State::default() };
        let place = place_of(&store, token, &feed.identity, ever)?;
        let page = read(
            &feed,
            feed.next(place, token)?,
            max_rows,
            |(_, _, customer), room| rows(members(&store, customer, room), &[number]),
            |version, _, room| {
                let with_place = |mut row: Row| {
                    let version = number_of_row(&mut row);
                    (row, Place::Listed { version, customer: None })
                };
                rows(logged(&store, version, room), &[number]).into_iter().map(with_place).collect()
            },
        );
        let with_token = |(mut row, place): (Row, Place)| {
            row.push(Some(place.token(&feed.identity)));
            row
        };
        Ok(page.into_iter().map(with_token).collect())
    })
}

/// The number of rows that is asked for.
fn max_rows(fcinfo: pg_sys::FunctionCallInfo, number: usize) -> Result<i32> {
    // SAFETY: SQL declares the argument as integer.
    let arguments = unsafe { Arguments::of(fcinfo) };
    arguments.not_null(number, "max_rows")?;
    Ok(arguments.datum(number).map_or(0, |datum| datum.value() as i32))
}

/// (store, token, max_rows)
// SQL: changes_since(text, text, integer) SETOF record
#[pg_extern]
fn changes_since(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = text_argument(fcinfo, 0, "store")?;
    let token = optional_text(fcinfo, 1)?;
    let (page, identity) = profile_changes(&store, token.as_deref(), max_rows(fcinfo, 2)?)?;
    let text = |text: Option<&String>| text.and_then(|text| text_column(&bytes_in_database(text)));
    let rows = page.iter().map(|(row, place)| {
        let of = |column: usize| text(row.texts.get(column).and_then(Option::as_ref));
        [of(0), of(1), row.bytes.as_deref().and_then(jsonb_column), text(Some(&place.token(&identity)))]
    });
    // SAFETY: the current call, of a function that returns these columns.
    unsafe { return_values(fcinfo, rows) };
    Ok(())
}

/// (store, audience, token, max_rows)
// SQL: audience_changes_since(text, text, text, integer) SETOF record
#[pg_extern]
fn audience_changes_since(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, audience) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "audience")?);
    let token = optional_text(fcinfo, 2)?;
    let found = member_changes(&store, &audience, token.as_deref(), max_rows(fcinfo, 3)?)?;
    // SAFETY: as above.
    unsafe { return_rows(fcinfo, &found) };
    Ok(())
}
