//! Tests of the family; the figures' sources are in tests/data/README.md.

use super::{Cnbd, Dropout};
use crate::domain::models::purchase_model::{PurchaseProcess, Summary};
use crate::domain::models::reference::{BG_NBD as BG, MBG_NBD as MBG};

mod fit;
mod golden;
mod properties;

fn customer(frequency: f64, recency: f64, t: f64) -> Summary {
    Summary { frequency, recency, t }
}

/// The rows of a table by column name; lines that begin with # are left out.
fn table(text: &'static str) -> impl Iterator<Item = Box<dyn Fn(&str) -> &'static str>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines.map(move |line| {
        let (names, fields): (Vec<&str>, Vec<&str>) = (names.clone(), line.split(',').collect());
        let row: Box<dyn Fn(&str) -> &'static str> =
            Box::new(move |name| fields[names.iter().position(|n| *n == name).unwrap_or_else(|| panic!("{name}"))]);
        row
    })
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

#[track_caller]
fn near(what: &str, got: f64, want: f64, relative: f64) {
    let error = (got - want).abs() / want.abs();
    assert!(error <= relative || got == want, "{what}: {got:e} instead of {want:e}, off by {error:e}");
}
