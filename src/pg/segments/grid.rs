//! Segment grids: the segment of a score in a grid of the table, and the check of every statement that writes to it.

use std::ffi::CStr;

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::iter::TableIterator;
use pgrx::{name, pg_extern, pg_sys};

use crate::domain::segments::grid::{Definition, Grid, Problem, refusal};
use crate::domain::segments::rfm::Rfm;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::json::check_length;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::composite::columns_of;
use crate::pg::ffi::error::{SqlResult, or_raise};
use crate::pg::ffi::fn_cache::cached_pair;
use crate::pg::ffi::spi::{Mode, ask};
use crate::pg::ffi::text::{Text, bytes_in_database, jsonb_text, text_of};
use crate::pg::ffi::trigger::{DONE, trigger};
use crate::pg::ffi::varlena::{Bytes, ServerValue, new_value, raw_argument};

// ---- reading the table ----------------------------------------------------------------------------------------------

/// A grid with its rules as JSON.
const DEFINITION: &CStr =
    c"SELECT pg_catalog.json_build_object('dimensions', g.dimensions, 'bins', g.bins, 'rules', COALESCE((
        SELECT pg_catalog.json_agg(
            pg_catalog.json_build_object('cells', r.cells, 'name', r.name, 'priority', r.priority)
            ORDER BY r.priority, r.name COLLATE pg_catalog.\"C\")
        FROM lifecycle.segment_rule AS r WHERE r.grid OPERATOR(pg_catalog.=) g.grid), '[]'::pg_catalog.json))
    FROM lifecycle.segment_grid AS g WHERE g.grid OPERATOR(pg_catalog.=) $1";

/// The rules of a grid, whose name is in the database's encoding.
fn definition(grid: &[u8], mode: Mode) -> Result<Definition> {
    // SAFETY: the argument is a text.
    let json = unsafe { ask(DEFINITION, Some(new_value(grid)), std::ptr::null_mut(), mode) };
    let Some(json) = json else {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("segment grid \"{}\" does not exist", shorten(&text_of(grid))),
        )
        .hint("SELECT grid, description FROM lifecycle.segment_grid shows those that do."));
    };
    Definition::from_json(&json)
}

/// The grid of that name, if it is sound.
///
/// # Errors
/// [`Kind::InvalidParameter`] if it is not, or does not exist.
pub fn grid_named(grid: &[u8]) -> Result<Grid> {
    Grid::new(&text_of(grid), definition(grid, Mode::ReadOnly)?)
}

// ---- the segment of a score -----------------------------------------------------------------------------------------

/// An argument of type `rfm_triple`; None if it, or one of its scores, is NULL.
struct Score(Option<Rfm>);

// SAFETY: SQL declares these arguments as rfm_triple.
unsafe impl<'fcx> ArgAbi<'fcx> for Score {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        let Some(datum) = raw_argument(arg) else { return Score(None) };
        // SAFETY: SQL declares the argument with a composite type; what its columns are is looked at.
        let columns = unsafe { columns_of(datum, [pg_sys::INT4OID; 3]) };
        let [recency, frequency, monetary] = or_raise(columns).map(|value| value.map(|value| value.value() as i32));
        Score(recency.zip(frequency).zip(monetary).map(|((recency, frequency), monetary)| Rfm {
            recency,
            frequency,
            monetary,
        }))
    }
}

/// A grid, and the name of each rule as SQL returns it.
struct Names {
    grid: Grid,
    names: Vec<Vec<u8>>,
}

/// What tells one snapshot of the database from another, within a session: a statement after a change sees the change,
/// also from a call site that lives on, as in PL/pgSQL; and so does one after a savepoint to which a change was rolled back,
/// which leaves the snapshot's own numbers as they were.
///
/// The user is a part of it, for what one may read another may not.
fn snapshot() -> [u8; 28] {
    // SAFETY: reads the snapshot of the query that calls, if there is one.
    let parts = unsafe {
        if !pg_sys::ActiveSnapshotSet() {
            return [0; 28];
        }
        let snapshot = &*pg_sys::GetActiveSnapshot();
        // Between two snapshots with the same bounds others can only have ended, so that their numbers tell.
        let bounds = [snapshot.xmin, snapshot.xmax].map(pg_sys::TransactionId::into_inner);
        let within = pg_sys::GetCurrentSubTransactionId();
        let user = pg_sys::GetUserId().to_u32();
        [bounds[0], bounds[1], snapshot.xcnt, snapshot.subxcnt as u32, snapshot.curcid, within, user]
    };
    let mut bytes = [0; 28];
    bytes.chunks_exact_mut(4).zip(parts).for_each(|(chunk, part)| chunk.copy_from_slice(&part.to_ne_bytes()));
    bytes
}

fn segment(score: Rfm, grid: Bytes<'_>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<ServerValue>> {
    let known = cached_pair(fcinfo, [grid.0, &snapshot()], |[grid, _]| {
        let grid = grid_named(grid)?;
        let names = grid.rules().iter().map(|rule| bytes_in_database(&rule.name)).collect();
        Ok(Names { grid, names })
    })?;
    Ok(Some(ServerValue(new_value(&known.names[known.grid.rule_of(score)?]))))
}

// SQL: rfm_segment_grid(rfm_triple, text) text
#[pg_extern]
fn rfm_segment_grid(score: Score, grid: Bytes<'_>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<ServerValue>> {
    let Some(score) = score.0 else { return Ok(None) };
    segment(score, grid, fcinfo)
}

// SQL: rfm_segment_grid_scores(integer, integer, integer, text) text
#[pg_extern]
fn rfm_segment_grid_scores(
    recency: i32,
    frequency: i32,
    monetary: i32,
    grid: Bytes<'_>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<ServerValue>> {
    segment(Rfm { recency, frequency, monetary }, grid, fcinfo)
}

// ---- the check ------------------------------------------------------------------------------------------------------

type Problems =
    TableIterator<'static, (name!(problem, &'static str), name!(cell, Option<String>), name!(names, Vec<Text>))>;

fn rows(problems: Vec<Problem>) -> Problems {
    TableIterator::new(problems.into_iter().map(|problem| {
        let kind = problem.kind();
        let text = |names: Vec<String>| names.into_iter().map(Text).collect();
        match problem {
            Problem::Overlap { cell, names } => (kind, Some(cell), text(names)),
            Problem::Hole { cell } => (kind, Some(cell), Vec::new()),
            Problem::Unreachable { name } => (kind, None, text(vec![name])),
        }
    }))
}

#[pg_extern]
fn check_segment_grid(grid: Bytes<'_>) -> SqlResult<Problems> {
    Ok(rows(definition(grid.0, Mode::ReadOnly)?.problems()?))
}

/// (rules, dimensions, bins)
// SQL: check_segment_rules(jsonb, text, integer) SETOF record STRICT
#[pg_extern]
fn check_segment_rules(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Problems> {
    // SAFETY: SQL declares the arguments as jsonb, text and integer, none of them NULL.
    let json = unsafe {
        let arguments = Arguments::of(fcinfo);
        let rules = arguments.datum(0).and_then(|rules| jsonb_text(rules)).unwrap_or_default();
        let dimensions = text_of(arguments.bytes(1).unwrap_or_default());
        let bins = arguments.datum(2).map_or(0, |bins| bins.value() as i32);
        check_length(&rules)?;
        check_length(&dimensions)?;
        format!(r#"{{"dimensions": {}, "bins": {bins}, "rules": {rules}}}"#, serde_json::Value::from(dimensions))
    };
    Ok(rows(Definition::from_json(&json)?.problems()?))
}

/// After a change of rules: touches their grids, so that two changes of one grid at the same time wait for each other, and
/// so that the grid's own trigger checks it.
// SQL: segment_rules_changed() trigger
#[pg_extern]
fn segment_rules_changed(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<ServerValue> {
    let data = trigger(fcinfo)?;
    // SAFETY: the data are those of this call.
    unsafe {
        let touch = match (*data).tg_event & pg_sys::TRIGGER_EVENT_OPMASK {
            pg_sys::TRIGGER_EVENT_INSERT => {
                c"UPDATE lifecycle.segment_grid AS g SET bins = g.bins WHERE g.grid OPERATOR(pg_catalog.=) ANY (SELECT grid FROM come)"
            }
            pg_sys::TRIGGER_EVENT_DELETE => {
                c"UPDATE lifecycle.segment_grid AS g SET bins = g.bins WHERE g.grid OPERATOR(pg_catalog.=) ANY (SELECT grid FROM gone)"
            }
            _ => {
                c"UPDATE lifecycle.segment_grid AS g SET bins = g.bins WHERE g.grid OPERATOR(pg_catalog.=) ANY (
                    SELECT grid FROM gone UNION ALL SELECT grid FROM come)"
            }
        };
        ask(touch, None, data, Mode::Write);
    }
    Ok(DONE)
}

/// After a change of grids: refuses a change of what comes with the extension, and rules that are no partition.
// SQL: segment_grids_changed() trigger
#[pg_extern]
fn segment_grids_changed(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<ServerValue> {
    let data = trigger(fcinfo)?;
    // SAFETY: the data are those of this call; the flag is the backend's own.
    let (changed, by_extension) = unsafe {
        let changed = match (*data).tg_event & pg_sys::TRIGGER_EVENT_OPMASK {
            pg_sys::TRIGGER_EVENT_INSERT => {
                c"SELECT pg_catalog.json_agg(pg_catalog.json_build_array(grid, preset, true)) FROM come"
            }
            pg_sys::TRIGGER_EVENT_DELETE => {
                c"SELECT pg_catalog.json_agg(pg_catalog.json_build_array(grid, preset, false)) FROM gone"
            }
            _ => {
                c"SELECT pg_catalog.json_agg(pg_catalog.json_build_array(grid, preset, here)) FROM (
                    SELECT grid, preset, false AS here FROM gone UNION ALL SELECT grid, preset, true FROM come) AS changed"
            }
        };
        (ask(changed, None, data, Mode::Write), pg_sys::creating_extension)
    };
    let changed: Vec<(String, bool, bool)> = changed
        .map_or(Ok(Vec::new()), |json| serde_json::from_str(&json))
        .map_err(|error| Error::new(Kind::InvalidParameter, error.to_string()))?;
    for (grid, preset, is_here) in changed {
        if preset && !by_extension {
            return Err(Error::new(
                Kind::NotAllowed,
                format!("segment grid \"{}\" comes with the extension", shorten(&grid)),
            )
            .detail("A preset cannot be changed, and only the extension adds grids with preset = true.")
            .hint("Insert a copy of its rules under another name, and change the copy.")
            .into());
        }
        if is_here {
            check(&grid)?;
        }
    }
    Ok(DONE)
}

/// Refuses rules that are no partition. A grid without rules is one that is about to get some, or was taken out of use.
fn check(grid: &str) -> Result<()> {
    let definition = definition(&bytes_in_database(grid), Mode::Write)?;
    if definition.rules.is_empty() {
        return Ok(());
    }
    match definition.problems()?[..] {
        [] => Ok(()),
        ref problems => Err(refusal(Kind::CheckViolation, grid, problems)),
    }
}
