//! A book of contracts over the years.

use pgrx::iter::TableIterator;
use pgrx::{name, pg_extern};

use crate::domain::models::renewal::RenewalModel;
use crate::domain::models::renewal::projection::{Renewals, project};
use crate::domain::support::error::Result;
use crate::domain::support::json::JsonValue;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::fn_cache::as_text;
use crate::pg::ffi::varlena::Bytes;

type Years = TableIterator<
    'static,
    (
        name!(year, i32),
        name!(new_business, f64),
        name!(renewed, f64),
        name!(lost_renewals, f64),
        name!(total, f64),
        name!(growth, Option<f64>),
    ),
>;

#[pg_extern]
fn renewal_projection(new_per_year: Option<f64>, renewal_rate: Option<f64>, years: Option<i32>) -> SqlResult<Years> {
    Ok(rows(new_per_year, renewal_rate.map(Renewals::rate).transpose()?, years)?)
}

#[pg_extern]
fn renewal_projection_model(new_per_year: Option<f64>, m: Option<Bytes<'_>>, years: Option<i32>) -> SqlResult<Years> {
    // Not kept at the call site, where a function that returns rows keeps its own.
    let model = m.map(|m| RenewalModel::from_json(as_text(m.0)?)).transpose()?;
    Ok(rows(new_per_year, model.and_then(|model| model.params).map(Renewals::Model), years)?)
}

fn rows(new_per_year: Option<f64>, renewals: Option<Renewals>, years: Option<i32>) -> Result<Years> {
    let (Some(new_per_year), Some(renewals), Some(years)) = (new_per_year, renewals, years) else {
        return Ok(TableIterator::empty());
    };
    let book = project(new_per_year, renewals, years)?;
    Ok(TableIterator::new(
        book.into_iter().map(|y| (y.year as i32, y.new_business, y.renewed, y.lost_renewals, y.total, y.growth)),
    ))
}
