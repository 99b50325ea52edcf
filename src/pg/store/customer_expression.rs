//! The customers of changed rows where the store's setting `customer` is an expression, or where the key is made of a column of another
//! type, such as `citext`: the trigger computes them as the view of the source does.
//!
//! An expression runs as the owner of the store, in a security-restricted operation, under the search_path and the formats of a refresh, and in a part of the transaction of its own: where it
//! fails, the writer's statement does not, and all customers are noted.

use std::ffi::CStr;

use pgrx::pg_sys::panic::CaughtError;
use pgrx::{PgSqlErrorCode, check_for_interrupts, pg_sys};

use super::change_table::{Changes, NOTED, Notes};
use super::customer_key::{Conversion, DedupSet, Reader};
use super::note_changes::{CHUNK, is_virtual, unguarded};
use super::noting::Noting;
use super::user_condition::elements;
use crate::domain::store::tables::Source;
use crate::domain::support::error::Result;
use crate::pg::ffi::session::{as_owner, with_pinned_settings};
use crate::pg::ffi::subtransaction::in_subtransaction;

/// Notes the customers of these transition tables of a relation. False if they could not be computed, so that nothing is noted.
///
/// # Safety
/// The tables must be those of the current call, and the relation its own.
pub unsafe fn note(
    relation: pg_sys::Relation,
    tables: [Option<*mut pg_sys::Tuplestorestate>; 2],
    source: Source,
    noting: &Noting,
) -> bool {
    // SAFETY: the caller vouches for the call.
    let result = in_subtransaction(|| unsafe {
        let Some(changes) = Changes::open(noting.changes, (*relation).rd_id, 0) else { return Ok(false) };
        let noted = match expression(relation, &changes, source) {
            // Functions of the owner find names as a refresh does, and not by the search_path of the writer, who is anybody.
            Some(expression) => {
                with_pinned_settings(|| as_owner(changes.owner(), || note_all(relation, tables, expression, &changes)))
            }
            None => Ok(false),
        };
        changes.close();
        noted
    });
    match result {
        Ok(noted) => noted.unwrap_or(false),
        Err(error) if ends_statement(&error) => error.rethrow(),
        Err(_) => false,
    }
}

/// Whether an error is none of the expression's: a cancel, or a shutdown.
fn ends_statement(error: &CaughtError) -> bool {
    match error {
        CaughtError::PostgresError(report) | CaughtError::ErrorReport(report) => matches!(
            report.sql_error_code(),
            PgSqlErrorCode::ERRCODE_QUERY_CANCELED
                | PgSqlErrorCode::ERRCODE_ADMIN_SHUTDOWN
                | PgSqlErrorCode::ERRCODE_CRASH_SHUTDOWN
        ),
        CaughtError::RustPanic { .. } => false,
    }
}

/// The expression of the customer, as the store's view of the source has it, over the rows of the relation. None if there is none that
/// depends on the row alone.
///
/// # Safety
/// Call it within a transaction, with an open relation.
unsafe fn expression(relation: pg_sys::Relation, changes: &Changes, source: Source) -> Option<*mut pg_sys::Expr> {
    // SAFETY: the view is open while its query is read, and what is kept of it is a copy.
    unsafe {
        let name = match source {
            Source::Orders => c"source_orders",
            Source::Events => c"source_events",
            Source::Refunds => c"source_refunds",
        };
        let view = pg_sys::get_relname_relid(name.as_ptr(), changes.schema());
        if view == pg_sys::InvalidOid {
            return None;
        }
        let view = pg_sys::try_relation_open(view, pg_sys::AccessShareLock as i32);
        if view.is_null() {
            return None;
        }
        let form = &*(*view).rd_rel;
        let is_own = form.relkind as u8 == pg_sys::RELKIND_VIEW
            && form.relowner == changes.owner()
            && !(*view).rd_rules.is_null();
        let found = if is_own { of_query(&*pg_sys::get_view_query(view), relation) } else { None };
        pg_sys::relation_close(view, pg_sys::NoLock as i32);
        found
    }
}

/// # Safety
/// The query must be that of an open view.
unsafe fn of_query(query: &pg_sys::Query, relation: pg_sys::Relation) -> Option<*mut pg_sys::Expr> {
    // SAFETY: the nodes of a query are what their tags say, and live as long as the view is open.
    unsafe {
        let from = elements::<pg_sys::Node>((*query.jointree).fromlist);
        let [from] = from[..] else { return None };
        if (*from).type_ != pg_sys::NodeTag::T_RangeTblRef {
            return None;
        }
        let place = (*from.cast::<pg_sys::RangeTblRef>()).rtindex;
        let tables = elements::<pg_sys::RangeTblEntry>(query.rtable);
        let table = *tables.get(usize::try_from(place - 1).ok()?)?;
        if (*table).rtekind != pg_sys::RTEKind::RTE_RELATION || !has_same_columns((*table).relid, relation) {
            return None;
        }
        let target = elements::<pg_sys::TargetEntry>(query.targetList).into_iter().find(|target| {
            let name = (**target).resname;
            !name.is_null() && NOTED.contains(&CStr::from_ptr(name))
        })?;
        let expression: *mut pg_sys::Node = pg_sys::copyObjectImpl((*target).expr.cast()).cast();
        // What is computed when it is read, a row of a transition table does not have.
        if (1..=(*(*relation).rd_att).natts).any(|column| is_virtual(relation, column)) {
            return None;
        }
        if pg_sys::contain_mutable_functions(expression) || pg_sys::contain_subplans(expression) {
            return None;
        }
        pg_sys::ChangeVarNodes(expression, place, 1, 0);
        Some(expression.cast())
    }
}

/// Whether the rows of a relation have the columns of another one in the same places, as those of most partitions have.
///
/// # Safety
/// Call it within a transaction, with an open relation.
unsafe fn has_same_columns(of: pg_sys::Oid, relation: pg_sys::Relation) -> bool {
    // SAFETY: opens the other one while its columns are compared.
    unsafe {
        if of == (*relation).rd_id {
            return true;
        }
        let other = pg_sys::try_relation_open(of, pg_sys::AccessShareLock as i32);
        if other.is_null() {
            return false;
        }
        let (ours, theirs) = ((*relation).rd_att, (*other).rd_att);
        let is_same = |number: i32| {
            let name = |columns| {
                let name = pg_sys::SPI_fname(columns, number);
                (!name.is_null()).then(|| CStr::from_ptr(name).to_owned())
            };
            name(ours) == name(theirs) && pg_sys::SPI_gettypeid(ours, number) == pg_sys::SPI_gettypeid(theirs, number)
        };
        let are_same = (*ours).natts == (*theirs).natts && (1..=(*ours).natts).all(is_same);
        pg_sys::relation_close(other, pg_sys::NoLock as i32);
        are_same
    }
}

/// Notes the customers of all rows. False if they are not of the type of the store's keys.
///
/// # Safety
/// As [`note`]; the expression must be over the relation's columns.
unsafe fn note_all(
    relation: pg_sys::Relation,
    tables: [Option<*mut pg_sys::Tuplestorestate>; 2],
    expression: *mut pg_sys::Expr,
    changes: &Changes,
) -> Result<bool> {
    // SAFETY: the caller vouches for the rows and the expression; what is made here is freed at the end, or with the transaction's part.
    unsafe {
        let Some(conversion) = Conversion::between(pg_sys::exprType(expression.cast()), changes.key) else {
            return Ok(false);
        };
        let reader = Reader { column: 0, conversion };
        let estate = pg_sys::CreateExecutorState();
        let context = pg_sys::CreateExprContext(estate);
        let state = pg_sys::ExecPrepareExpr(expression, estate);
        let (mut seen, mut notes) = (DedupSet::new(changes.key), Notes::new(changes));
        for table in tables.into_iter().flatten() {
            if !note_rows(table, (*relation).rd_att, (context, state), &reader, &mut seen, &mut notes)? {
                break;
            }
        }
        notes.finish();
        pg_sys::FreeExecutorState(estate);
        Ok(true)
    }
}

/// Computes the customers of as many rows as there is room for; how many were not NULL, and whether there may be more.
///
/// # Safety
/// The table must be one of the current call, the slot of its columns, and the expression over them, made ready.
unsafe fn compute(
    table: *mut pg_sys::Tuplestorestate,
    slot: *mut pg_sys::TupleTableSlot,
    (context, state): (*mut pg_sys::ExprContext, *mut pg_sys::ExprState),
    values: &mut [pg_sys::Datum],
) -> (usize, bool) {
    // SAFETY: the caller vouches for all. One guard stands around the loop, in which nothing is to be dropped and nothing may panic: the
    // expression is C, whose errors must find the guard. `count` is below the number of rounds, which is the length of `values`.
    unsafe {
        pg_sys::ffi::pg_guard_ffi_boundary(|| {
            // A row that was written to disk is read into memory that the slot gives back: it is not to be that of the values.
            let (before, of_values) = (pg_sys::CurrentMemoryContext, (*context).ecxt_per_tuple_memory);
            (*context).ecxt_scantuple = slot;
            let (mut count, mut more) = (0, true);
            for _ in 0..values.len() {
                if !unguarded::tuplestore_gettupleslot(table, true, false, slot) {
                    more = false;
                    break;
                }
                let mut is_null = true;
                pg_sys::CurrentMemoryContext = of_values;
                let value = match (*state).evalfunc {
                    Some(evaluate) => evaluate(state, context, &raw mut is_null),
                    None => pg_sys::Datum::null(),
                };
                pg_sys::CurrentMemoryContext = before;
                if !is_null {
                    *values.get_unchecked_mut(count) = value;
                    count += 1;
                }
            }
            (count, more)
        })
    }
}

/// Notes the customers of a transition table. False if they are noted as all, so that nothing else need be read.
///
/// # Safety
/// As [`note_all`], with an expression that was made ready.
unsafe fn note_rows(
    table: *mut pg_sys::Tuplestorestate,
    columns: pg_sys::TupleDesc,
    ready: (*mut pg_sys::ExprContext, *mut pg_sys::ExprState),
    reader: &Reader,
    seen: &mut DedupSet,
    notes: &mut Notes<'_>,
) -> Result<bool> {
    // SAFETY: the caller vouches for all. Others read the table too, hence a pointer of our own. A value of a call may be the row's own,
    // which lives until the next one is read: only numbers are computed many at a time.
    unsafe {
        let pointer = pg_sys::tuplestore_alloc_read_pointer(table, pg_sys::EXEC_FLAG_REWIND as i32);
        pg_sys::tuplestore_select_read_pointer(table, pointer);
        pg_sys::tuplestore_rescan(table);
        let slot = pg_sys::MakeSingleTupleTableSlot(columns, &raw const pg_sys::TTSOpsMinimalTuple);
        let chunk = if matches!(reader.conversion, Conversion::Integer(_)) { CHUNK } else { 1 };
        let mut values = [pg_sys::Datum::null(); CHUNK];
        let mut exact = true;
        loop {
            check_for_interrupts!();
            let (count, more) = compute(table, slot, ready, &mut values[..chunk]);
            for &value in &values[..count] {
                exact = exact && notes.note(reader, value, seen)?;
            }
            pg_sys::MemoryContextReset((*ready.0).ecxt_per_tuple_memory);
            if !exact || !more {
                break;
            }
        }
        pg_sys::ExecDropSingleTupleTableSlot(slot);
        Ok(exact)
    }
}
