//! What led to a segment, and what would lift a customer out of it.

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::iter::TableIterator;
use pgrx::{AnyNumeric, IntoDatum, name, pg_extern, pg_sys};

use super::grid::grid_named;
use crate::domain::history::History;
use crate::domain::history::summary::Facts;
use crate::domain::segments::explain::{Figure, Step, explain};
use crate::domain::segments::rfm::RfmValues;
use crate::domain::segments::rfm_breaks::RfmBreaks;
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::fn_cache::as_text;
use crate::pg::ffi::numeric::Decimal;
use crate::pg::ffi::text::{Text, text_of};
use crate::pg::ffi::varlena::Bytes;

impl IntoDatum for Figure {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        match self {
            Figure::Whole(number) => AnyNumeric::from(number).into_datum(),
            Figure::Money(units) => Decimal(units).into_datum(),
        }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::NUMERICOID
    }
}

// SAFETY: SQL declares the column as numeric.
unsafe impl BoxRet for Figure {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        match self.into_datum() {
            // SAFETY: as above.
            Some(datum) => unsafe { fcinfo.return_raw_datum(datum) },
            None => fcinfo.return_null(),
        }
    }
}

type Rows = TableIterator<
    'static,
    (
        name!(dimension, &'static str),
        name!(value, Figure),
        name!(score, i32),
        name!(above, Option<Figure>),
        name!(up_to, Option<Figure>),
        name!(cell, String),
        name!(segment, Text),
        name!(rule_cells, Vec<String>),
        name!(rule_priority, i32),
        name!(next_score, Option<i32>),
        name!(next_needs, Option<Figure>),
        name!(next_segment, Option<Text>),
        name!(lift_score, Option<i32>),
        name!(lift_needs, Option<Figure>),
        name!(lift_segment, Option<Text>),
    ),
>;

#[pg_extern]
fn explain_segment(
    h: History<'_>,
    breaks: Option<Bytes<'_>>,
    grid: Option<Bytes<'_>>,
    as_of: Instant,
) -> SqlResult<Rows> {
    let none = || TableIterator::new(std::iter::empty());
    let (Some(breaks), Some(grid)) = (breaks, grid) else { return Ok(none()) };
    let breaks = RfmBreaks::from_json(as_text(breaks.0)?)?;
    let (name, grid) = (text_of(grid.0), grid_named(grid.0)?);
    let facts = Facts::of(&h, as_of);
    let Some(days_since_last) = facts.days_since_last(as_of) else { return Ok(none()) };
    let values = RfmValues { days_since_last, purchases: facts.purchases.into(), spend: facts.spend };
    let explanation = explain(values, &breaks, &name, &grid)?;
    let rule = explanation.rule;
    let segment = |step: Option<Step<'_>>| step.map(|step| Text(step.segment.to_owned()));
    let rows = explanation.dimensions.iter().map(|d| {
        (
            d.dimension,
            d.value,
            d.score,
            d.above,
            d.up_to,
            explanation.cell.clone(),
            Text(rule.name.clone()),
            rule.cells.clone(),
            rule.priority,
            d.next.map(|step| step.score),
            d.next.map(|step| step.needs),
            segment(d.next),
            d.lift.map(|step| step.score),
            d.lift.map(|step| step.needs),
            segment(d.lift),
        )
    });
    Ok(TableIterator::new(rows.collect::<Vec<_>>()))
}
