//! Every lot of a few customers, by bit masks, two passes over plain numbers, and normal equations by Gauss's elimination.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::{Customer, compare, near};
use crate::domain::experiment::spend::Effect;

/// Compares with every lot looked at.
pub fn check(customers: &[Customer]) -> Result<(), TestCaseError> {
    let found = compare(customers);
    let both = |stratum: u8| {
        let of = |treated| customers.iter().any(|c| c.stratum == stratum && c.treated == treated);
        of(true) && of(false)
    };
    let compared: Vec<&Customer> = customers.iter().filter(|c| both(c.stratum)).collect();
    if compared.is_empty() {
        prop_assert_eq!(found.plain, Effect::default());
        return Ok(());
    }
    let spends: Vec<f64> = compared.iter().map(|c| c.spend as f64 / 1e4).collect();
    let p = p_value(&compared, &spends);
    prop_assert!(near(found.plain.p_value, Some(p)), "{p} {:?}", found);
    if let Some(adjusted) = found.adjusted {
        let p = p_value(&compared, &residuals(&compared, &spends));
        prop_assert!(near(adjusted.p_value, Some(p)), "adjusted {p} {:?}", found);
    }
    let weighted = |treated: bool| -> f64 {
        let strata = strata(&compared);
        let mean = |stratum: &u8| {
            let of: Vec<f64> = (compared.iter().zip(&spends))
                .filter(|(c, _)| c.stratum == *stratum && c.treated == treated)
                .map(|(_, spend)| *spend)
                .collect();
            of.iter().sum::<f64>() / of.len() as f64
        };
        let size = |stratum: &u8| compared.iter().filter(|c| c.stratum == *stratum).count() as f64;
        strata.iter().map(|stratum| mean(stratum) * size(stratum)).sum::<f64>() / compared.len() as f64
    };
    prop_assert!(near(found.treated.mean, Some(weighted(true))) && near(found.control.mean, Some(weighted(false))));
    let difference = weighted(true) - weighted(false);
    prop_assert!(near(found.plain.difference, Some(difference)), "{difference} {:?}", found);
    Ok(())
}

fn strata(customers: &[&Customer]) -> Vec<u8> {
    let mut strata: Vec<u8> = customers.iter().map(|c| c.stratum).collect();
    strata.sort_unstable();
    strata.dedup();
    strata
}

/// Twice the smaller share of the lots with at least, or at most, the statistic of the one that was drawn.
fn p_value(customers: &[&Customer], values: &[f64]) -> f64 {
    let strata = strata(customers);
    let treated = |lot: u32, stratum: u8| {
        (0..customers.len()).filter(|i| customers[*i].stratum == stratum && lot >> i & 1 == 1).count()
    };
    let drawn: u32 = customers.iter().enumerate().map(|(i, c)| u32::from(c.treated) << i).sum();
    let lots: Vec<f64> = (0u32..1 << customers.len())
        .filter(|lot| strata.iter().all(|s| treated(*lot, *s) == treated(drawn, *s)))
        .map(|lot| statistic(customers, values, lot, &strata))
        .collect();
    let of_drawn = statistic(customers, values, drawn, &strata);
    let same =
        |t: &f64| *t == of_drawn || of_drawn.is_finite() && (t - of_drawn).abs() <= 1e-7 * (1.0 + of_drawn.abs());
    let above = lots.iter().filter(|t| **t > of_drawn || same(t)).count();
    let below = lots.iter().filter(|t| **t < of_drawn || same(t)).count();
    (2.0 * above.min(below) as f64 / lots.len() as f64).min(1.0)
}

fn statistic(customers: &[&Customer], values: &[f64], lot: u32, strata: &[u8]) -> f64 {
    let (mut difference, mut squared_error) = (0.0, 0.0);
    let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    for stratum in strata {
        let group = |treated: u32| -> Vec<f64> {
            let here = (0..customers.len()).filter(|i| customers[*i].stratum == *stratum && lot >> i & 1 == treated);
            here.map(|i| values[i]).collect()
        };
        let (treated, control) = (group(1), group(0));
        let all: Vec<f64> = treated.iter().chain(&control).copied().collect();
        let weight = all.len() as f64 / customers.len() as f64;
        let variance = |of: &[f64]| if of.len() < 2 { variance(&all) } else { variance(of) };
        difference += weight * (mean(&treated) - mean(&control));
        squared_error += weight * weight * variance(&treated) / treated.len() as f64;
        squared_error += weight * weight * variance(&control) / control.len() as f64;
    }
    let difference = if difference.abs() <= 1e-12 * largest { 0.0 } else { difference };
    if squared_error > 1e-12 * largest * largest {
        difference / squared_error.sqrt()
    } else if difference == 0.0 {
        0.0
    } else {
        f64::INFINITY.copysign(difference)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// The residuals of least squares on an indicator of each stratum and the covariates, unknown ones as the mean of the known.
fn residuals(customers: &[&Customer], spends: &[f64]) -> Vec<f64> {
    let covariates = customers.iter().map(|c| c.before.len()).max().unwrap_or(0);
    let strata = strata(customers);
    let known = |i: usize| -> Vec<f64> { customers.iter().filter_map(|c| *c.before.get(i)?).collect() };
    let design: Vec<Vec<f64>> = customers
        .iter()
        .map(|c| {
            let of_stratum = strata.iter().map(|s| f64::from(u8::from(*s == c.stratum)));
            let past = (0..covariates).map(|i| {
                let known = known(i);
                c.before.get(i).copied().flatten().unwrap_or(if known.is_empty() { 0.0 } else { mean(&known) })
            });
            of_stratum.chain(past).collect()
        })
        .collect();
    // Gram and Schmidt, column by column: what is left of a column is taken off the spends.
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let product = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(x, y)| x * y).sum::<f64>();
    for column in 0..design.first().map_or(0, Vec::len) {
        let mut left: Vec<f64> = design.iter().map(|row| row[column]).collect();
        let size = product(&left, &left);
        for _ in 0..2 {
            for unit in &basis {
                let part = product(&left, unit);
                left.iter_mut().zip(unit).for_each(|(x, u)| *x -= part * u);
            }
        }
        let norm = product(&left, &left);
        if norm > 1e-16 * size {
            basis.push(left.iter().map(|x| x / norm.sqrt()).collect());
        }
    }
    let mut left = spends.to_vec();
    for _ in 0..2 {
        for unit in &basis {
            let part = product(&left, unit);
            left.iter_mut().zip(unit).for_each(|(x, u)| *x -= part * u);
        }
    }
    let largest = spends.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    left.into_iter().map(|x| if x.abs() <= 1e-10 * largest { 0.0 } else { x }).collect()
}
