//! Two groups of customers compared by their counts and means.

use pgrx::pg_extern;

use crate::domain::experiment::sample_ratio;
use crate::domain::experiment::{Comparison, Confidence, Conversions, Interval, Means};
use crate::domain::support::error::Result;
use crate::pg::ffi::composite::{Column, Row, column};
use crate::pg::ffi::error::SqlResult;

/// The columns that both comparisons have, from the difference on.
fn columns(said: &Comparison) -> [Option<Column>; 8] {
    let low = |interval: Option<Interval>| interval.and_then(|interval| column(interval.low));
    let high = |interval: Option<Interval>| interval.and_then(|interval| column(interval.high));
    [
        said.difference.and_then(column),
        low(said.difference_interval),
        high(said.difference_interval),
        said.lift.and_then(column),
        low(said.lift_interval),
        high(said.lift_interval),
        said.p_value.and_then(column),
        said.sample_size.and_then(column),
    ]
}

#[pg_extern]
fn compare_conversions(
    treated: i64,
    treated_converted: i64,
    control: i64,
    control_converted: i64,
    confidence: f64,
) -> SqlResult<Row<10>> {
    let treated = Conversions::new("treated", treated, treated_converted)?;
    let control = Conversions::new("control", control, control_converted)?;
    let [a, b, c, d, e, f, g, h] = columns(&treated.compare(&control, Confidence::new(confidence)?)?);
    Ok(Row([treated.rate().and_then(column), control.rate().and_then(column), a, b, c, d, e, f, g, h]))
}

#[pg_extern]
fn compare_means(
    treated: Option<i64>,
    treated_mean: Option<f64>,
    treated_variance: Option<f64>,
    control: Option<i64>,
    control_mean: Option<f64>,
    control_variance: Option<f64>,
    confidence: Option<f64>,
) -> SqlResult<Option<Row<8>>> {
    let group = |name, customers: Option<i64>, mean, variance| -> Result<Option<Means>> {
        customers.map(|customers| Means::new(name, customers, mean, variance)).transpose()
    };
    let treated = group("treated", treated, treated_mean, treated_variance)?;
    let control = group("control", control, control_mean, control_variance)?;
    let confidence = confidence.map(Confidence::new).transpose()?;
    Ok(match (treated, control, confidence) {
        (Some(treated), Some(control), Some(confidence)) => Some(Row(columns(&treated.compare(&control, confidence)))),
        _ => None,
    })
}

#[pg_extern]
fn sample_ratio_p_value(treated: i64, control: i64, treated_share: f64) -> SqlResult<Option<f64>> {
    Ok(sample_ratio::sample_ratio_p_value(treated, control, treated_share)?)
}
