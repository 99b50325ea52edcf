//! Conditions on rows that users write as SQL: that each is one expression, and one whose value depends on the row alone.

use std::ffi::CString;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe};

use pgrx::pg_sys;
use pgrx::pg_sys::panic::{CaughtError, ErrorReport, ErrorReportWithLevel};
use pgrx::{PgLogLevel, PgSqlErrorCode, PgTryBuilder};

use crate::domain::store::settings::{CONDITIONS, Changes};
use crate::domain::store::source::Relation;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::Sql;
use crate::pg::ffi::spi::{check, connected};
use crate::pg::ffi::text::bytes_in_database;

/// The class of an error: the first two characters of its SQLSTATE, five of six bits each in the server's number.
fn class(code: PgSqlErrorCode) -> [u8; 2] {
    [0, 6].map(|shift| ((code as i32 >> shift) & 0x3F) as u8 + b'0')
}

/// Whether an error says that the data do not serve, such as a number out of range.
pub fn is_of_data(code: PgSqlErrorCode) -> bool {
    class(code) == *b"22"
}

/// Whether an error says nothing of what a statement says or reads, but of the moment: the connection, the transaction, a deadlock,
/// memory or disk, a lock, a cancel or shutdown, the system, the configuration, or a defect.
fn is_of_the_moment(code: PgSqlErrorCode) -> bool {
    [*b"08", *b"25", *b"40", *b"53", *b"55", *b"57", *b"58", *b"F0", *b"XX"].contains(&class(code))
}

/// Runs something whose errors are the server's, or those of our own functions, and says them in other words: those that come of
/// what it says or reads. All others pass as they are.
pub fn reworded<T>(
    run: impl FnOnce() -> T,
    words: impl Fn(&ErrorReportWithLevel) -> Option<ErrorReport> + UnwindSafe + RefUnwindSafe,
) -> T {
    PgTryBuilder::new(AssertUnwindSafe(run))
        .catch_others(|error| {
            if let CaughtError::PostgresError(report) | CaughtError::ErrorReport(report) = &error
                && !is_of_the_moment(report.sql_error_code())
                && let Some(other) = words(report)
            {
                other.report(PgLogLevel::ERROR);
            }
            error.rethrow()
        })
        .execute()
}

/// Has the server look at what a setting says: its errors then name the setting and what it says, and `exists` says what there is
/// instead.
pub fn naming<T>(setting: &str, text: &str, exists: &str, look: impl FnOnce() -> T) -> T {
    reworded(look, |report| {
        let message = format!("{setting}: {}", report.message());
        let mut detail = format!("{setting} is: {}{exists}", shorten(text));
        if let Some(more) = report.detail() {
            detail = format!("{more}\n{detail}");
        }
        let named = ErrorReport::new(report.sql_error_code(), message, "pg_lifecycle").set_detail(detail);
        Some(match report.hint() {
            Some(hint) => named.set_hint(hint.to_owned()),
            None => named,
        })
    })
}

/// Refuses a text that is not one expression: read as PL/pgSQL reads its expressions, what comes after SELECT, it must be one value
/// and nothing else.
/// What it names is looked up later, when the view is made that it becomes a part of.
///
/// # Errors
/// [`Kind::Syntax`]. Text that is no SQL at all is the server's own error, of the same class.
pub fn check_is_expression(setting: &str, text: &str) -> Result<()> {
    naming(setting, text, "", || is_expression(setting, text))
}

fn is_expression(setting: &str, text: &str) -> Result<()> {
    let statement = CString::new(bytes_in_database(text)).map_err(|_| refusal(setting, text))?;
    // SAFETY: the parser reads a C string, and its nodes are looked at while they live.
    let is_one = unsafe {
        let list = pg_sys::raw_parser(statement.as_ptr(), pg_sys::RawParseMode::RAW_PARSE_PLPGSQL_EXPR);
        !list.is_null() && (*list).length == 1 && {
            let raw: *const pg_sys::RawStmt = (*(*list).elements).ptr_value.cast();
            let node = (*raw).stmt;
            (*node).type_ == pg_sys::NodeTag::T_SelectStmt && {
                let select: *const pg_sys::SelectStmt = node.cast();
                let select = &*select;
                select.op == pg_sys::SetOperation::SETOP_NONE
                    && !select.targetList.is_null()
                    && (*select.targetList).length == 1
                    && [
                        select.distinctClause,
                        select.fromClause,
                        select.groupClause,
                        select.windowClause,
                        select.valuesLists,
                        select.sortClause,
                        select.lockingClause,
                    ]
                    .iter()
                    .all(|clause| clause.is_null())
                    && select.intoClause.is_null()
                    && select.whereClause.is_null()
                    && select.havingClause.is_null()
                    && select.limitCount.is_null()
                    && select.limitOffset.is_null()
                    && select.withClause.is_null()
            }
        }
    };
    if is_one { Ok(()) } else { Err(refusal(setting, text)) }
}

fn refusal(setting: &str, text: &str) -> Error {
    Error::new(Kind::Syntax, format!("{setting} is not one expression: {}", shorten(text))).hint(
        if CONDITIONS.contains(&setting) {
            format!("Give a condition on a row, as after WHERE: {setting} => $$state <> 'cancelled'$$.")
        } else {
            format!("Give one column, or one expression over a row, as after SELECT: {setting} => $$lower(email)$$.")
        },
    )
}

/// Refuses a condition that says something else of the same row each time, as with `random()`: what is kept of such rows could
/// never be brought up to date. If changes are found row by row, it may not look at other tables either. Says so where it
/// changes without a change of the row, as with `now()`.
///
/// # Errors
/// [`Kind::InvalidParameter`] and [`Kind::NotSupported`].
pub fn check_depends_on_row(setting: &str, text: &str, relation: &Relation, changes: Changes) -> Result<()> {
    let name = Sql::join([&relation.schema, &relation.name].map(|name| Sql::identifier(name)), ".");
    let query = format!("SELECT FROM {name} WHERE (\n{text}\n)");
    let exists = format!("\nThe columns of {} are: {}.", relation.shown(), relation.shown_columns());
    let query = CString::new(bytes_in_database(&query)).map_err(|_| refusal(setting, text))?;
    let depends = naming(setting, text, &exists, || depends_on(&query));
    if depends.volatile {
        return Err(Error::new(Kind::InvalidParameter, format!("{setting} is volatile: {}", shorten(text)))
            .detail("A volatile condition can give another result for the same row each time.")
            .hint("Use columns of the row, and functions that are stable or immutable."));
    }
    if depends.tables && changes != Changes::Compare {
        return Err(Error::new(Kind::NotSupported, format!("{setting} reads other tables: {}", shorten(text)))
            .detail(format!("With changes = {} the store does not notice changes of those tables.", changes.name()))
            .hint("Say changes => 'compare', or attach a view that joins them."));
    }
    if depends.settings {
        pgrx::notice!(
            "{setting} depends on more than the row, such as the clock or a setting; after a change of these, run CALL \
             lifecycle.refresh(..., rebuild => true)"
        );
    }
    Ok(())
}

/// What a query depends on beside the rows that it reads.
#[derive(Default)]
struct Depends {
    volatile: bool,
    settings: bool,
    tables: bool,
}

fn depends_on(query: &CString) -> Depends {
    let mut depends = Depends::default();
    // SAFETY: the server's functions look at a query that lives.
    analyzed(query, |query| unsafe {
        depends.volatile |= pg_sys::contain_volatile_functions(query.cast());
        depends.settings |= pg_sys::contain_mutable_functions(query.cast());
        depends.tables |= (*query).hasSubLinks;
    });
    depends
}

/// Has the server analyze a statement, and looks at each query that comes of it while it lives.
pub(super) fn analyzed(statement: &CString, mut look: impl FnMut(*mut pg_sys::Query)) {
    // SAFETY: prepares a plan, which lives until the connection ends.
    connected(|| unsafe {
        let plan = pg_sys::SPI_prepare(statement.as_ptr(), 0, std::ptr::null_mut());
        if plan.is_null() {
            check("SPI_prepare", pg_sys::SPI_result);
            return;
        }
        for source in elements::<pg_sys::CachedPlanSource>(pg_sys::SPI_plan_get_plan_sources(plan)) {
            elements::<pg_sys::Query>((*source).query_list).into_iter().for_each(&mut look);
        }
    });
}

/// The pointers in a list of the server's.
///
/// # Safety
/// It must be NULL or a list of pointers to T.
pub(super) unsafe fn elements<T>(list: *const pg_sys::List) -> Vec<*mut T> {
    // SAFETY: the caller vouches for it.
    unsafe {
        let Some(list) = list.as_ref() else { return Vec::new() };
        (0..list.length as usize).map(|i| (*list.elements.add(i)).ptr_value.cast()).collect()
    }
}
