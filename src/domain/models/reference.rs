//! For tests only: the CDNOW sample, and BG/NBD and MBG/NBD as they are fitted to it.

use std::collections::{BTreeMap, HashMap};

use super::bg_nbd::{Cnbd, Dropout};
use crate::domain::history::History;
use crate::domain::history::encoding::Entry;
use crate::domain::history::money::Amount;
use crate::domain::time::instant::Instant;

/// x, t_x and T, in days.
pub type Days = (u32, u32, u32);

/// The purchase histories of the CDNOW sample, in order of the customers' numbers.
pub fn histories() -> Vec<History<'static>> {
    let mut customers: BTreeMap<u32, Vec<Entry>> = BTreeMap::new();
    for line in include_str!("../../../tests/data/cdnow_sample.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let entry = Entry { at: Instant::parse(fields[1]).unwrap(), amount: Amount::parse(fields[3]).unwrap() };
        customers.entry(fields[0].parse().unwrap()).or_default().push(entry);
    }
    customers.into_values().map(|mut entries| History::from_entries(&mut entries).unwrap()).collect()
}

/// The summary of each customer of the sample on 1997-09-30, and the purchase days of the 39 weeks after it.
pub fn summaries() -> impl Iterator<Item = (Days, u32)> {
    include_str!("../../../tests/data/cdnow_sample_summary.csv").lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap() as u32;
        ((number(1), number(2), number(3)), number(8))
    })
}

/// What BG/NBD, MBG/NBD and Pareto/NBD expect of those 39 weeks, by summary.
pub fn forecasts() -> HashMap<Days, [f64; 3]> {
    let lines = include_str!("../../../tests/data/cdnow_sample_forecasts.csv").lines().skip(1);
    lines
        .map(|line| {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            ((fields[0] as u32, fields[1] as u32, fields[2] as u32), [fields[3], fields[4], fields[5]])
        })
        .collect()
}

/// BG/NBD at its optimum for the calibration of the CDNOW sample, in weeks.
pub const BG_NBD: Cnbd = Cnbd {
    k: 1,
    r: 0.242_594_522_430_157_08,
    alpha: 4.413_602_019_013_504,
    dropout: Some(Dropout { a: 0.792_922_017_225_597_6, b: 2.425_906_776_826_332, at_first: false }),
};

/// MBG/NBD at its optimum for the calibration of the CDNOW sample, in weeks.
pub const MBG_NBD: Cnbd = Cnbd {
    k: 1,
    r: 0.524_843_159_106_297_6,
    alpha: 6.183_085_279_576_005,
    dropout: Some(Dropout { a: 0.891_359_390_732_215_8, b: 1.614_002_240_170_344, at_first: true }),
};
